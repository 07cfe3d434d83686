"""Power by simulation, the sample size that it asks for, and the ensemble's figures."""

from __future__ import annotations

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from plsem import estimator as pls
from plsem.model import Model
from plsem.power import power_grid, required_n, simulate, wilson_interval
from plsem.quantities import long_table
from surveysynth.calibration import cell_table
from surveysynth.ensemble import LONG, REAL, ensemble, open_figures, ranges
from surveysynth.targets import Target

OPTIONS = {"seed": 3, "n_replications": 30, "n_resamples": 60}


@pytest.fixture(scope="module")
def model():
    return Model({"A": ["a1", "a2"], "B": ["b1", "b2"], "C": ["c1", "c2"]}, [("A", "B"), ("A", "C")])


@pytest.fixture(scope="module")
def answers(model):
    """A is strongly tied to B and not to C."""
    rng = np.random.default_rng(5)
    a = rng.normal(size=80)
    parts = [a, a, 0.8 * a + 0.6 * rng.normal(size=80), None, rng.normal(size=80), None]
    parts[3], parts[5] = parts[2], parts[4]
    values = np.column_stack(parts) + 0.5 * rng.normal(size=(80, 6))
    return pd.DataFrame(np.clip(np.round(3.5 + values), 1, 5), columns=list(model.items))


@pytest.fixture(scope="module")
def grid(answers, model):
    return power_grid(answers, model, (15, 40), **OPTIONS)


@pytest.mark.slow
def test_strong_path_is_found_and_power_rises(grid):
    strong = grid[grid["target"] == "B"].set_index("n")["power"]
    weak = grid[grid["target"] == "C"].set_index("n")["power"]
    assert strong[40] > 0.9
    assert (strong > weak).all()
    assert (grid["lower"] <= grid["power"]).all()
    assert (grid["power"] <= grid["upper"]).all()
    assert (grid["significant"] == grid["power"] * grid["n_replications"]).all()


def test_standard_error_tells_the_scatter_of_the_estimates(grid):
    row = grid[(grid["target"] == "B") & (grid["n"] == 40)].iloc[0]
    assert row["mean_standard_error"] == pytest.approx(row["sd_estimate"], rel=0.5)


def test_a_larger_size_does_not_change_a_smaller_one(grid, answers, model):
    pd.testing.assert_frame_equal(
        power_grid(answers, model, (15,), **OPTIONS), grid[grid["n"] == 15].reset_index(drop=True)
    )


@pytest.mark.slow
def test_workers_do_not_change_the_numbers(grid, answers, model):
    with joblib.parallel_config(backend="threading"):
        pd.testing.assert_frame_equal(power_grid(answers, model, (15, 40), n_jobs=2, **OPTIONS), grid)


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_numbers(grid, answers, model):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        pd.testing.assert_frame_equal(power_grid(answers, model, (15, 40), n_jobs=-1, **OPTIONS), grid)


def test_a_population_of_respondents_draws_only_respondents(answers):
    values = answers.to_numpy()
    drawn = simulate(values, 500, np.random.default_rng(1), population="respondents")
    assert {tuple(row) for row in drawn} <= {tuple(row) for row in values}


def test_a_normal_population_has_the_correlations(answers):
    values = answers.to_numpy()
    drawn = simulate(values, 40_000, np.random.default_rng(1))
    np.testing.assert_allclose(np.corrcoef(drawn.T), np.corrcoef(values.T), atol=0.02)
    np.testing.assert_allclose(drawn.std(axis=0), 1, atol=0.02)


def test_bad_arguments_are_refused(answers, model):
    with pytest.raises(ValueError, match="did you mean 'respondents'"):
        power_grid(answers, model, (20,), population="respondent", **OPTIONS)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="population"):
        simulate(answers.to_numpy(), 5, np.random.default_rng(1), population="x")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 10, found 5"):
        power_grid(answers, model, (5, 20), **OPTIONS)
    with pytest.raises(ValueError, match="at least 2"):
        power_grid(answers, model, (20,), seed=1, n_replications=1)


def _exact_grid(a: float, b: float, sizes: list[int], count: int) -> pd.DataFrame:
    share = stats.norm.cdf(a + b * np.sqrt(sizes))
    return pd.DataFrame(
        {
            "n": sizes,
            "source": "A",
            "target": "B",
            "significant": np.round(share * count).astype(int),
            "n_replications": count,
        }
    )


def test_required_n_of_a_known_curve():
    grid = _exact_grid(-1.2, 0.25, [20, 40, 60, 80, 120], 1_000_000)
    true = ((stats.norm.ppf(0.8) + 1.2) / 0.25) ** 2
    found = required_n(grid, power=0.8).iloc[0]
    assert found["n"] == np.ceil(true)
    assert found["lower"] < true < found["upper"]
    assert found["upper"] - found["lower"] < 1.5
    assert not found["extrapolated"]
    assert required_n(grid, power=0.999).iloc[0]["extrapolated"]


def test_required_n_interval_is_wider_with_fewer_replications():
    widths = []
    for count in (100, 10_000):
        found = required_n(_exact_grid(-1.2, 0.25, [20, 40, 60, 80, 120], count)).iloc[0]
        widths.append(found["upper"] - found["lower"])
    assert widths[1] < widths[0] / 5


def test_where_all_are_significant_the_smallest_size_is_enough():
    grid = _exact_grid(5.0, 0.0, [20, 40], 100)
    found = required_n(grid).iloc[0]
    assert found["n"] == 20
    assert np.isnan(found["lower"])
    assert found["extrapolated"]


def test_a_path_that_never_gets_there_has_no_size():
    found = required_n(_exact_grid(-1.6, 0.0, [20, 40, 80], 1000)).iloc[0]
    assert np.isnan(found["n"])


def test_wilson_interval():
    low, high = wilson_interval(8, 10)
    assert (low, high) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert all(np.isnan(wilson_interval(0, 0)))


# The ensemble


@pytest.fixture(scope="module")
def opened(answers, model):
    return open_figures(answers, model, seed=2, n_resamples=200, repetitions=1)


def test_open_figures_agree_with_the_analysis(opened, answers, model):
    keyed = opened.set_index(["statistic", "row", "column"])["value"]
    table = long_table(pls.fit(answers, model)).set_index(["statistic", "row", "column"])["value"]
    for key in (("rho_c", "A", ""), ("cronbach_alpha", "C", "")):
        assert keyed[key] == pytest.approx(table[key])
    assert keyed["significant/none/t", "A", "B"] == float(keyed["p_value", "A", "B"] < 0.05)
    excludes = not keyed["ci_lower", "A", "C"] <= 0 <= keyed["ci_upper", "A", "C"]
    assert keyed["significant/none/percentile", "A", "C"] == float(excludes)
    assert keyed["ci_lower", "A", "B"] < table["path_coefficient", "A", "B"] < keyed["ci_upper", "A", "B"]
    assert keyed["q2_predict", "B", ""] > keyed["q2_predict", "C", ""]
    upper = opened[opened["statistic"] == "htmt_upper"]
    assert len(upper) == 3
    for row in upper.itertuples():
        assert row.value > table["htmt", row.row, row.column]


@pytest.fixture(scope="module")
def small_target():
    model = Model({"A": ["a1", "a2"], "B": ["b1", "b2"]}, [("A", "B")])
    labels = pd.DataFrame(
        [("outer_loading", "a1", "A"), ("path_coefficient", "A", "B")], columns=["statistic", "row", "column"]
    )
    lower = np.array([0.845, 0.495])
    return Target(model, labels, lower, lower + 0.01, ("outer_loading", "path_coefficient"), ())


@pytest.fixture(scope="module")
def surveys(small_target, tmp_path_factory):
    store = tmp_path_factory.mktemp("ensemble") / "kept"
    made = ensemble(small_target, sizes=(30, 40), n_matrices=2, seed=4, n_resamples=50, store=store)
    return made, store


@pytest.mark.slow
def test_every_survey_of_the_ensemble_meets_the_targets_and_is_kept(surveys, small_target):
    made, _ = surveys
    assert list(made.figures.columns) == LONG
    worst = made.figures[made.figures["statistic"] == "worst_distance"]
    assert sorted(worst["n"]) == [30, 40] and worst["matrix"].is_unique
    assert (worst["value"] < 1).all()
    for number, answers in made.answers.groupby("matrix"):
        mine = worst[worst["matrix"] == number]
        items = answers[list(small_target.model.items)]
        assert len(items) == mine["n"].iloc[0] and items.isin(range(1, 6)).all(axis=None)
        distance = cell_table(small_target, items)["distance"].abs().max()
        assert distance == pytest.approx(mine["value"].iloc[0], abs=1e-6)


@pytest.mark.slow
def test_what_is_varied_is_met_besides_the_targets(small_target):
    alpha = ("cronbach_alpha", "B", "")
    made = ensemble(
        small_target, sizes=(30,), n_matrices=4, seed=5, n_resamples=20, vary={alpha: (0.55, 0.8)}
    ).figures
    assert not (made["statistic"] == "missed").any()
    found = made.loc[(made["statistic"] == "cronbach_alpha") & (made["row"] == "B"), "value"]
    assert len(found) == 4 and found.min() > 0.52 and found.max() < 0.83 and np.ptp(found) > 0.05


@pytest.mark.slow
def test_a_value_that_no_matrix_has_is_written_down_as_missed(small_target):
    made = ensemble(
        small_target, sizes=(30,), n_matrices=1, seed=5, n_resamples=20,
        vary={("outer_loading", "a1", "A"): (0.2, 0.3)},
    )  # fmt: skip
    assert made.figures[["n", "statistic", "row", "value"]].to_numpy().tolist() == [
        [30, "missed", "matrix", 1.0]
    ]
    assert made.answers.empty


def test_real_valued_data_have_the_matrix_and_every_size(small_target):
    made = ensemble(small_target, data=REAL, sizes=(15, 40), n_matrices=2, seed=4, n_resamples=50).figures
    alpha = made[(made["statistic"] == "cronbach_alpha") & (made["row"] == "B")]
    assert alpha["n"].tolist() == [15, 40, 15, 40]
    first, second = alpha["value"].to_numpy().reshape(2, 2)
    assert first[0] == first[1] and second[0] == second[1] != first[0]
    t = made.loc[made["statistic"] == "t_statistic", "value"].to_numpy().reshape(2, 2)
    assert (t[:, 1] > t[:, 0]).all()


def test_a_stored_ensemble_is_read_and_not_made_again(surveys, small_target, monkeypatch):
    made, store = surveys
    monkeypatch.setattr("surveysynth.ensemble.meeting_matrix", None)
    seen = []
    again = ensemble(
        small_target, sizes=(30, 40), n_matrices=2, seed=4, n_resamples=50, store=store,
        progress=lambda *done: seen.append(done),
    )  # fmt: skip
    pd.testing.assert_frame_equal(again.figures, made.figures)
    pd.testing.assert_frame_equal(again.answers, made.answers)
    assert seen == [(1, 2), (2, 2)]


def test_ranges_are_those_of_the_values():
    table = pd.DataFrame(
        {"data": "answers", "statistic": "t", "row": "A", "column": "B", "value": np.arange(101.0)}
    )
    found = ranges(table).iloc[0]
    assert found[["n_surveys", "minimum", "lower", "median", "upper", "maximum"]].tolist() == [
        101, 0, 5, 50, 95, 100,
    ]  # fmt: skip
