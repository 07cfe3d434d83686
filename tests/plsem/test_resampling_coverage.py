"""The coverage simulation: its population and its accounting."""

from __future__ import annotations

from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
from resampling_cases import SMALL

from plsem import coverage as module
from plsem import estimator as pls
from plsem.coverage import (
    answer_correlations,
    common_factor_correlations,
    coverage,
    lowest,
    pooled,
    supported_intervals,
)
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


def test_correlations_of_answers_by_closed_form_and_by_counting():
    r = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 1.0]])
    # halves: Sheppard's 2 arcsin(rho) / pi
    np.testing.assert_allclose(answer_correlations(r, [0.5, 0.5]), 2 * np.arcsin(r) / np.pi, atol=1e-12)
    shares = (0.05, 0.07, 0.14, 0.24, 0.50)
    scores = np.random.default_rng(2).multivariate_normal(np.zeros(3), r, size=400_000)
    answers = np.stack([np.digitize(z, np.quantile(z, np.cumsum(shares)[:-1])) for z in scores.T])
    np.testing.assert_allclose(answer_correlations(r, shares), np.corrcoef(answers), atol=0.006)
    for wrong in ([0.5, 0.4], [1.0], [0.5, 0.5, 0.0]):
        with pytest.raises(ValueError, match="shares"):
            answer_correlations(r, wrong)


FIVE = {
    "n_observations": 30,
    "seed": 3,
    "n_samples": 45,
    "n_resamples": 40,
    "shares": (0.1, 0.2, 0.4, 0.2, 0.1),
}


@pytest.fixture(scope="module")
def five(population):
    return coverage(population, SMALL, STATISTICS, **FIVE)


def test_answers_are_whole_numbers_and_their_truth_is_their_correlations(population, five, monkeypatch):
    truth = STATISTICS(pls.estimate(SMALL, answer_correlations(population, FIVE["shares"]), tolerance=1e-12))[
        1
    ]
    np.testing.assert_allclose(five["true_value"], np.tile(truth, 2))
    assert abs(five["mean_estimate"] - five["true_value"]).max() < 0.1
    seen = []
    monkeypatch.setattr(module, "bootstrap", lambda sample, *a, **k: seen.append(sample) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        coverage(population, SMALL, STATISTICS, **FIVE)
    assert set(np.unique(seen[0])) <= {1.0, 2.0, 3.0, 4.0, 5.0} and len(np.unique(seen[0])) > 3


def test_a_part_is_the_first_samples_and_workers_change_nothing(population, five):
    with joblib.parallel_config(backend="threading"):
        told = []
        again = coverage(
            population, SMALL, STATISTICS, **FIVE, n_jobs=2, progress=lambda *done: told.append(done)
        )
    pd.testing.assert_frame_equal(again, five)
    assert told == [(1, 3), (2, 3), (3, 3)]
    widths = [
        coverage(population, SMALL, STATISTICS, **FIVE | {"n_samples": m})["mean_width"] for m in (1, 2)
    ]
    second = 2 * widths[1] - widths[0]
    errors = coverage(population, SMALL, STATISTICS, **FIVE | {"n_samples": 2})["width_se"]
    np.testing.assert_allclose(errors, np.abs(second - widths[0]) / 2, atol=1e-12)


@pytest.mark.slow
def test_a_dask_cluster_simulates_the_same_coverage(population, five):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        pd.testing.assert_frame_equal(coverage(population, SMALL, STATISTICS, **FIVE, n_jobs=-1), five)


def test_a_stopped_simulation_goes_on_where_it_was(population, five, monkeypatch, tmp_path):
    class StoppedError(Exception):
        pass

    made = []

    def stopped(*arguments, **options):
        if len(made) == 25:
            raise StoppedError
        made.append(arguments)
        return real(*arguments, **options)

    real = module.bootstrap
    monkeypatch.setattr(module, "bootstrap", stopped)
    with pytest.raises(StoppedError):
        coverage(population, SMALL, STATISTICS, **FIVE, store=tmp_path)
    monkeypatch.setattr(module, "bootstrap", lambda *a, **k: made.append(a) or real(*a, **k))
    again = coverage(population, SMALL, STATISTICS, **FIVE, store=tmp_path)
    pd.testing.assert_frame_equal(again, five)
    assert len(made) == 25 + 25  # the first block of 20 was kept


def test_coverages_of_one_statistic_are_put_together():
    rows = [("b", "x", n, kind, c, 0.01) for n, kind, c in _COVERED]
    columns = ["statistic", "row", "n_observations", "interval", "coverage", "coverage_se"]
    table = pd.DataFrame(rows, columns=columns).assign(
        column="",
        true_value=0.3,
        mean_estimate=0.3,
        below=0.0,
        above=0.0,
        mean_width=1.0,
        width_se=0.01,
        n_samples=500,
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
