"""The coverage simulation: its population and its accounting."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from resampling_cases import SMALL

from plsem import estimator as pls
from plsem.coverage import common_factor_correlations, coverage, lowest, pooled, supported_intervals
from plsem.model import ModelError
from plsem.quantities import quantities

PATHS = {("X", "M"): 0.5, ("X", "Y"): 0.3, ("M", "Y"): 0.4}
STATISTICS = partial(quantities, include=["path_coefficient", "htmt"])


@pytest.fixture(scope="module")
def population():
    return common_factor_correlations(SMALL, loadings=0.8, paths=PATHS)


@pytest.fixture(scope="module")
def simulated(population):
    return coverage(
        population, SMALL, STATISTICS, n_observations=[40, 80], seed=3, n_samples=30, n_resamples=200
    )


def test_population_by_hand(population):
    item = {name: i for i, name in enumerate(SMALL.items)}
    assert population[item["x1"], item["x2"]] == pytest.approx(0.64)
    assert population[item["x1"], item["m1"]] == pytest.approx(0.64 * 0.5)
    assert population[item["x1"], item["y1"]] == pytest.approx(0.64 * (0.3 + 0.4 * 0.5))
    assert population[item["m1"], item["y1"]] == pytest.approx(0.64 * (0.4 + 0.3 * 0.5))
    np.testing.assert_array_equal(population, population.T)
    assert (np.diag(population) == 1).all()
    # consistent PLS recovers the factor model from its own correlations
    estimate = pls.estimate(SMALL, population, consistent=True, tolerance=1e-12)
    np.testing.assert_allclose(estimate.loadings, 0.8, atol=1e-9)
    np.testing.assert_allclose(estimate.path_coefficients[0], [0, 0.5, 0.3], atol=1e-9)


def test_population_refuses_what_cannot_be():
    with pytest.raises(ModelError, match="no item 'x9'; valid names: x1"):
        common_factor_correlations(
            SMALL, loadings={**dict.fromkeys(SMALL.items, 0.8), "x9": 0.5}, paths=PATHS
        )
    with pytest.raises(ModelError, match="no value for the items x1"):
        common_factor_correlations(SMALL, loadings=dict.fromkeys(SMALL.items[1:], 0.8), paths=PATHS)
    with pytest.raises(ModelError, match="more than its whole variance"):
        common_factor_correlations(SMALL, loadings=0.8, paths={**PATHS, ("X", "M"): 1.1})
    with pytest.raises(ModelError, match="between -1 and 1"):
        common_factor_correlations(SMALL, loadings=1.2, paths=PATHS)
    with pytest.raises(ValueError, match="not a positive definite"):
        coverage(np.ones((11, 11)), SMALL, STATISTICS, n_observations=20, seed=1, n_samples=1)


def test_shares_add_up_and_truth_is_the_populations_estimate(population, simulated):
    assert len(simulated) == 2 * 2 * 6
    np.testing.assert_allclose(simulated[["coverage", "below", "above"]].sum(axis=1), 1.0)
    n = simulated["n_samples"]
    assert (n == 30).all()
    expected = np.sqrt(simulated["coverage"] * (1 - simulated["coverage"]) / n)
    np.testing.assert_allclose(simulated["coverage_se"], expected)
    labels, truth = STATISTICS(pls.estimate(SMALL, population, tolerance=1e-12))
    np.testing.assert_allclose(simulated["true_value"], np.tile(truth, 4))
    htmt = simulated[simulated["statistic"] == "htmt"]
    np.testing.assert_allclose(htmt["true_value"], np.tile([0.5, 0.5, 0.55], 4), atol=1e-12)
    assert labels["statistic"].tolist() == simulated["statistic"].tolist()[:6]


def test_intervals_shrink_with_the_sample_and_usually_hold_the_truth(simulated):
    width = simulated.groupby("n_observations")["mean_width"].mean()
    assert 1.2 < width[40] / width[80] < 1.7  # about the root of 2
    assert simulated["coverage"].mean() > 0.85


def test_the_level_moves_the_coverage(population, simulated):
    half = coverage(
        population, SMALL, STATISTICS, n_observations=40, seed=3, n_samples=30, n_resamples=200,
        confidence_level=0.5, intervals=["percentile"],
    )  # fmt: skip
    assert 0.25 < half["coverage"].mean() < 0.7
    wide = simulated[(simulated["n_observations"] == 40) & (simulated["interval"] == "percentile")]
    assert (half["mean_width"].to_numpy() < wide["mean_width"].to_numpy()).all()
    np.testing.assert_allclose(half["mean_estimate"], wide["mean_estimate"])  # the same samples


def test_the_seed_fixes_everything(population, simulated):
    again = coverage(
        population, SMALL, STATISTICS, n_observations=[40, 80], seed=3, n_samples=30, n_resamples=200
    )
    pd.testing.assert_frame_equal(again, simulated)


def test_intervals_of_the_double_bootstrap_are_counted_as_well(population):
    kinds = ("percentile", "calibrated", "studentised")
    found = coverage(
        population, SMALL, STATISTICS, n_observations=40, seed=3, n_samples=6, n_resamples=60, n_inner=20,
        intervals=kinds,
    )  # fmt: skip
    widths = found.pivot_table(index=["statistic", "row", "column"], columns="interval", values="mean_width")
    assert set(widths.columns) == set(kinds) and widths.nunique(axis=1).eq(3).all()
    alone = coverage(
        population, SMALL, STATISTICS, n_observations=40, seed=3, n_samples=6, n_resamples=60,
        intervals=("percentile",),
    )  # fmt: skip
    same = found[found["interval"] == "percentile"].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, alone)
    with pytest.raises(ValueError, match="calibrated"):
        coverage(population, SMALL, STATISTICS, n_observations=40, seed=3, intervals=("calibratd",))


def test_coverages_of_one_statistic_are_put_together():
    rows = [("b", "x", n, kind, c, 0.01) for n, kind, c in _COVERED]
    columns = ["statistic", "row", "n_observations", "interval", "coverage", "coverage_se"]
    table = pd.DataFrame(rows, columns=columns).assign(
        column="", true_value=0.3, mean_estimate=0.3, below=0.0, above=0.0, mean_width=1.0, width_se=0.01, n_samples=500
    )
    found = pooled(table)
    bca = found[(found["n_observations"] == 25) & (found["interval"] == "bca")]
    assert bca["coverage"].tolist() == pytest.approx([0.9])
    assert found["lowest"].min() == 0.85 and found["quantities"].tolist() == [2, 2, 1, 1]
    worst = lowest(found).set_index("interval")["coverage"]
    assert worst.to_dict() == pytest.approx({"percentile": 0.94, "bca": 0.9})
    assert supported_intervals(found) == {"b": "percentile"}
    better = found.assign(coverage=np.where(found["interval"] == "bca", 0.97, 0.90))
    assert supported_intervals(better) == {"b": "bca"}
    # within two standard errors of the difference, 0.028, the default stays
    near = found.assign(coverage=np.where(found["interval"] == "bca", 0.92, 0.90))
    assert supported_intervals(near) == {"b": "percentile"}


_COVERED = (
    (25, "percentile", 0.94),
    (25, "percentile", 0.94),
    (25, "bca", 0.95),
    (25, "bca", 0.85),
    (100, "percentile", 0.95),
    (100, "bca", 0.95),
)
