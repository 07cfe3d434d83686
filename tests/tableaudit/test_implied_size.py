"""Sample sizes that printed t imply, in cases worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from audit_cases import article

from tableaudit.implied_size import _summary, exact_sample, plausible_sizes, simulate_t, standard_error_sizes


def test_the_size_at_which_beta_over_t_is_the_error_of_a_correlation():
    """1 + (0.75 · 2.101 / 0.5)² = 10.93; at the ends (0.7495 · 2.1005 / 0.5005)² and (0.7505 · 2.1015 / 0.4995)²."""
    rows = [
        *(
            "path_coefficient X Y -0.500",
            "t_statistic X Y -2.101",
            "path_coefficient X Z 0.500",
            "t_statistic X Z 0.000",
        ),
        *(
            "path_coefficient A B 0.500",
            "path_coefficient C B 0.500",
            "t_statistic A B 2.101",
        ),  # two predictors
        *("path_coefficient D E 0.000", "t_statistic D E 0.1", "path_coefficient F G 0.400"),  # no size, no t
    ]
    found = standard_error_sizes(article(*rows))
    assert found[["source", "target"]].to_numpy().tolist() == [["X", "Y"], ["X", "Z"]]
    first, second = found.itertuples(index=False)
    assert first.standard_error == pytest.approx(0.5 / 2.101)
    assert (first.n, first.n_lower, first.n_upper) == pytest.approx((10.9319, 10.8942, 10.9698), abs=1e-3)
    assert second.standard_error == math.inf and (second.n, second.n_lower) == (1.0, 1.0)


def test_sizes_that_serve_each_path_and_all():
    simulated = pd.DataFrame(
        {
            "n": [20, 40, 60] * 2,
            "source": "X",
            "target": ["Y"] * 3 + ["Z"] * 3,
            "printed_t": [2.1] * 3 + [3.0] * 3,
            "plausible": [False, True, True, True, True, False],
        }
    )
    assert plausible_sizes(simulated)["sizes"].tolist() == ["40, 60", "20, 40", "40"]
    assert plausible_sizes(simulated.assign(plausible=False))["sizes"].tolist() == ["none"] * 3


def test_a_single_sample_has_no_spread():
    found = _summary(np.array([0.5]), np.array([0.25]), np.array([0.0]), 17, 2.0, 0.95)
    # t = 2 at each quantile; (1 − 0.25) / √16; of one sample, half more on either side: share 1.5 of 2
    assert found[:8] == pytest.approx((2.0, 2.0, 2.0, 0.25, 0.1875, 1.0, True, 0.0))
    assert np.isnan(found[8:11]).all() and found[11:] == pytest.approx((math.sqrt(0.75 * 0.25), 1))


def test_the_central_interval_of_t():
    """t of 0, 1, …, 100: of 90 % the middle is 5 to 95, and 94.9 of them is plausible where 95.1 is not."""
    t = np.arange(101.0)
    for printed, plausible, below in ((95.0, True, 96), (95.1, False, 96), (5.0, True, 6), (4.9, False, 5)):
        found = _summary(t * 0.01, np.full(101, 0.01), np.zeros(101), 17, printed, 0.90)
        assert found[:3] == pytest.approx((5.0, 50.0, 95.0))
        assert (found[6], found[5]) == (plausible, pytest.approx(below / 101))


@pytest.mark.parametrize(("exact", "fewest"), [(True, 6), (False, 4)])
def test_the_fewest_rows_of_a_sample(exact, fewest):
    rows = [*(f"outer_loading {c}{i} {c} 0.8" for c in "AB" for i in (1, 2)), "path_coefficient A B 0.5"]
    made, matrix = article(*rows, "t_statistic A B 2.0"), np.full((4, 4), 0.4) + 0.6 * np.eye(4)
    options = {"n_samples": 1, "n_resamples": 5, "exact": exact}
    with pytest.raises(ValueError, match=f"a sample needs {fewest} rows or more here, found {fewest - 1}"):
        simulate_t(made, matrix, sizes=(50, fewest - 1), **options)
    assert simulate_t(made, matrix, sizes=(fewest,), **options)["n"].tolist() == [fewest]
    with pytest.raises(ValueError, match="found 0"):
        simulate_t(made, matrix, sizes=(), **options)


def test_an_exact_sample_has_mean_zero_and_length_one():
    wanted = np.array([[1.0, 0.6], [0.6, 1.0]])
    rows = exact_sample(wanted, 5, np.random.default_rng(3))
    np.testing.assert_allclose(rows.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(rows.T @ rows, wanted, atol=1e-12)
