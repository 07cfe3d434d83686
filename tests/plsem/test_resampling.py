"""The resampling plan: seeds, chunks, threads and processes, moments, jackknife, sign policies, failures, results."""

from __future__ import annotations

import io
import multiprocessing
import os
import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from resampling_cases import REFERENCE, SMALL, core, injected, small_data

from plsem import estimator as pls
from plsem.quantities import quantities
from plsem.resampling import moments as mo
from plsem.resampling import parallel
from plsem.resampling.bootstrap import BootstrapError, BootstrapWarning, bootstrap
from plsem.resampling.parallel import progress_bar, run_ranges
from plsem.resampling.replicates import turned
from plsem.resampling.result import REASONS

PAIR = pls.Model({"X": ["a", "b"], "Y": ["c", "d"]}, [("X", "Y")])


def pair_data(n=40, seed=3, path=0.6):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = path * x + rng.normal(size=n)
    noise = rng.normal(size=(n, 4))
    return pd.DataFrame(np.column_stack([x, x, y, y]) + 0.7 * noise, columns=["a", "b", "c", "d"])


def run(data=None, model=SMALL, statistics=core, **options):
    options = {"seed": 5, "n_resamples": 700, **options}
    return bootstrap(small_data() if data is None else data, model, statistics, **options)


# ---- one plan, whatever the machine does ------------------------------------------------------------


@pytest.fixture(scope="module")
def plain():
    return run(n_resamples=1100)


@pytest.mark.parametrize(
    "options", [{"chunk_size": 1}, {"chunk_size": 97}, {"chunk_size": 512}, {"chunk_size": 10_000}]
)
@pytest.mark.parametrize("n_jobs", [1, 3])
def test_results_do_not_depend_on_chunks_or_threads(plain, options, n_jobs):
    if options["chunk_size"] == 1:
        options = {**options, "n_resamples": 60}
    again = run(n_jobs=n_jobs, **{"n_resamples": 1100, **options})
    np.testing.assert_array_equal(again.draws, plain.draws[: again.n_resamples])
    np.testing.assert_array_equal(again.jackknife, plain.jackknife)


def test_answers_that_are_not_whole_numbers_keep_that_promise():
    data = small_data() + 0.1 * np.sin(np.arange(1100)).reshape(100, 11)
    first = run(data, n_resamples=1100)
    for options in ({"chunk_size": 33}, {"n_jobs": 2}, {"n_resamples": 600}):
        again = run(data, **{"n_resamples": 1100, **options})
        np.testing.assert_array_equal(again.draws, first.draws[: again.n_resamples])


def test_fewer_resamples_are_the_first_of_more(plain):
    np.testing.assert_array_equal(run(n_resamples=513).draws, plain.draws[:513])


def test_draws_are_those_of_the_documented_indices(plain):
    indices = mo.draw_indices(5, 100, 1100)
    again = bootstrap(small_data(), SMALL, core, seed=99, indices=indices)
    np.testing.assert_array_equal(again.draws, plain.draws)


def test_no_two_resamples_are_alike_and_seeds_differ():
    indices = np.sort(mo.draw_indices(1, 50, 2048), axis=1)
    assert len(np.unique(indices, axis=0)) == 2048
    other = np.sort(mo.draw_indices(2, 50, 2048), axis=1)
    assert len(np.unique(np.vstack([indices, other]), axis=0)) == 4096


def test_every_respondent_is_as_likely_as_any_other():
    indices = mo.draw_indices(4, 50, 4000)
    counts = np.bincount(indices.ravel(), minlength=50)
    chi_square = ((counts - 4000) ** 2 / 4000).sum()
    assert 20 < chi_square < 95  # 49 degrees of freedom: 0.00005 outside on each side
    assert indices.min() == 0
    assert indices.max() == 49


# ---- moments ----------------------------------------------------------------------------------------


@settings(deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), whole=st.booleans(), n=st.integers(5, 60), p=st.integers(2, 7))
def test_moments_of_counts_are_the_correlations_of_the_rows(seed, whole, n, p):
    rng = np.random.default_rng(seed)
    data = rng.integers(1, 6, size=(n, p)).astype(float) if whole else rng.normal(3.0, 2.0, size=(n, p))
    data[0], data[1] = 1.0, 5.0  # no constant column
    prepared = mo.item_moments(data)
    assert prepared.exact == whole
    assert prepared.items.dtype == (np.float32 if whole else np.float64)
    indices = rng.integers(0, n, size=(9, n))
    counts = np.zeros((9, n), dtype=prepared.items.dtype)
    mo.counts_of_indices(indices, n, counts)
    packed, constant = prepared.correlations(prepared.of_counts(counts), n)
    for b, rows in enumerate(indices):
        sample = data[rows]
        varies = np.ptp(sample, axis=0) > 0
        np.testing.assert_array_equal(constant[:, b], ~varies)
        expected = pls.correlations(sample)[np.triu_indices(p, 1)]
        np.testing.assert_allclose(packed[:, b], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("whole", [True, False])
def test_large_samples_are_sliced_and_give_the_same(monkeypatch, whole):
    rng = np.random.default_rng(8)
    data = rng.integers(1, 6, size=(300, 5)) if whole else rng.normal(size=(300, 5))
    kept = mo.item_moments(data)
    monkeypatch.setattr(mo, "_CACHE_BYTES", 0)
    monkeypatch.setattr(mo, "_SLICE_ROWS", 64)
    monkeypatch.setattr(mo, "_COUNT_BYTES", 300 * 4 * 10)
    sliced = mo.item_moments(data)
    assert kept.kept is not None
    assert sliced.kept is None
    assert sliced.unit in (5, 10)
    whole_block = np.concatenate(list(mo.resample_moments(kept, 3, 0, 37)), axis=1)
    in_pieces = np.concatenate(list(mo.resample_moments(sliced, 3, 0, 37)), axis=1)
    np.testing.assert_allclose(in_pieces, whole_block, rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(sliced.without_rows(10, 20), kept.without_rows(10, 20), rtol=1e-12, atol=1e-10)


def test_large_whole_numbers_are_summed_in_double_precision():
    data = np.random.default_rng(0).integers(0, 5000, size=(80, 3))
    prepared = mo.item_moments(data)
    assert prepared.exact
    assert prepared.items.dtype == np.float64
    packed, _ = prepared.correlations(prepared.totals[:, None].copy(), 80)
    np.testing.assert_allclose(packed[:, 0], pls.correlations(data)[np.triu_indices(3, 1)], atol=1e-13)


@pytest.mark.parametrize(("largest", "dtype"), [(457, np.float32), (459, np.float64)])
def test_single_precision_is_used_only_where_it_is_exact(largest, dtype):
    # 80 · 457² < 2²⁴ < 80 · 459²: above, a sum of products need not fit into 24 bits.
    data = np.zeros((80, 2))
    data[:40], data[40:] = -largest, largest
    data[0] = [largest, -largest]
    data[40] = [-largest, largest]
    prepared = mo.item_moments(data)
    assert prepared.exact
    assert prepared.items.dtype == dtype


# ---- jackknife --------------------------------------------------------------------------------------


def test_jackknife_is_the_estimate_without_each_row():
    data = pair_data(12)
    result = run(data, PAIR, n_resamples=100, tolerance=1e-12)
    for i in range(12):
        left = pls.estimate(PAIR, pls.correlations(data.drop(index=i)), tolerance=1e-12, n_observations=12)
        np.testing.assert_allclose(result.jackknife[i], core(left)[1], rtol=0, atol=1e-11)


def test_grouped_jackknife_leaves_out_each_group_once():
    data = pair_data(31)
    result = run(data, PAIR, n_resamples=50, jackknife=6, tolerance=1e-12)
    assert sorted(31 - result.jackknife_rows) == [5, 5, 5, 5, 5, 6]
    order = mo.block_generator(5, 1, 0).permutation(31)
    for value, members in zip(result.jackknife, np.array_split(order, 6), strict=True):
        left = pls.estimate(
            PAIR, pls.correlations(data.drop(index=members)), tolerance=1e-12, n_observations=31
        )
        np.testing.assert_allclose(value, core(left)[1], rtol=0, atol=1e-11)


def test_grouped_acceleration_estimates_the_delete_one_acceleration():
    data = pair_data(3000, path=0.3)
    one = run(data, PAIR, n_resamples=10).accelerations
    grouped = run(data, PAIR, n_resamples=10, jackknife=600).accelerations
    assert np.abs(one).max() < 0.02
    # Its standard error is √6/(6 · 600) ≈ 0.0007.
    np.testing.assert_allclose(grouped, one, rtol=0, atol=0.004)


def test_without_a_jackknife_there_is_no_bca():
    result = run(n_resamples=50, jackknife=False)
    assert result.jackknife is None
    assert result.accelerations is None
    with pytest.raises(ValueError, match="needs jackknife values"):
        result.summary(interval="bca")
    assert "Original sample" in result._repr_html_()
    with pytest.raises(ValueError, match=r"jackknife: expected 2 … 100 groups, found 101"):
        run(n_resamples=50, jackknife=101)


# ---- signs ------------------------------------------------------------------------------------------


def test_turning_a_construct_keeps_the_model():
    batch = pls.estimate(SMALL, np.stack([pls.correlations(small_data())] * 2))
    signs = np.array([[1.0, -1.0], [1.0, 1.0], [1.0, -1.0]])
    result = turned(batch, signs)
    np.testing.assert_array_equal(result.outer_weights[0], batch.outer_weights[0])
    scores = [
        pls.scores(small_data(), pls.estimate(SMALL, pls.correlations(small_data()))) * s for s in signs.T
    ]
    for b, score in enumerate(scores):
        z = (small_data() - small_data().mean()) / small_data().std()
        cross = z.T.to_numpy() @ score / 99
        np.testing.assert_allclose(result.cross_loadings[b], cross, atol=1e-12)
        np.testing.assert_allclose(result.loadings[b], cross[np.arange(11), SMALL.construct_of], atol=1e-12)
        np.testing.assert_allclose(result.construct_correlations[b], score.T @ score / 99, atol=1e-12)
        beta = np.linalg.lstsq(score[:, :2], score[:, 2], rcond=None)[0]
        np.testing.assert_allclose(result.path_coefficients[b][:2, 2], beta, atol=1e-12)


def weak_data():
    """Two constructs whose second block is nearly noise: resamples turn it round."""
    rng = np.random.default_rng(17)
    x = rng.normal(size=30)
    return pd.DataFrame(
        {
            "a": x + rng.normal(size=30),
            "b": x + rng.normal(size=30),
            "c": 0.3 * x + rng.normal(size=30),
            "d": -0.2 * x + rng.normal(size=30),
        }
    )


def test_sign_policies_by_hand():
    data = weak_data()
    indices = mo.draw_indices(2, 30, 400)
    free, own, whole, sums = (
        bootstrap(data, PAIR, core, seed=0, indices=indices, sign_changes=policy, tolerance=1e-9)
        for policy in ("none", "individual", "construct", "tenenhaus")
    )
    sample = free.original
    signed = free.labels["statistic"].isin(["outer_weight", "outer_loading", "path_coefficient"]).to_numpy()
    assert (np.sign(free.draws[:, signed]) != np.sign(sample[signed])).any()

    expected = np.where(signed, np.abs(free.draws) * np.sign(sample), free.draws)
    np.testing.assert_array_equal(own.draws, expected)

    loading = (free.labels["statistic"] == "outer_loading").to_numpy()
    item = free.labels["row"].to_numpy()

    def nearer(found: np.ndarray, reference: np.ndarray) -> bool:
        return bool(((reference - found) ** 2).sum() > ((reference + found) ** 2).sum())

    def sums_apart(found: np.ndarray, reference: np.ndarray) -> bool:
        return bool(abs((reference - found).sum()) > abs((reference + found).sum()))

    for result, turns in ((whole, nearer), (sums, sums_apart)):
        expected = free.draws.copy()
        reversals = 0
        for b in range(400):
            turn = {}
            for construct, items in (("X", ["a", "b"]), ("Y", ["c", "d"])):
                places = loading & np.isin(item, items)
                turn[construct] = -1.0 if turns(free.draws[b, places], sample[places]) else 1.0
                expected[b, np.isin(item, items) & signed] *= turn[construct]
            expected[b, (free.labels["statistic"] == "path_coefficient").to_numpy()] *= turn["X"] * turn["Y"]
            reversals += sum(t < 0 for t in turn.values())
        assert reversals > 5
        np.testing.assert_array_equal(result.draws, expected)


def test_only_folded_signs_keep_intervals_from_crossing_zero():
    data = pair_data(100, seed=3, path=0.12)
    free = run(data, PAIR, n_resamples=2000, max_iterations=5000).summary(
        statistic="path_coefficient", interval="percentile"
    )
    folded = run(data, PAIR, n_resamples=2000, max_iterations=5000, sign_changes="individual")
    folded = folded.summary(statistic="path_coefficient", interval="percentile")
    assert free["lower"][0] < 0 < free["upper"][0]
    assert folded["lower"][0] * folded["upper"][0] > 0


def test_resamples_follow_the_orientation_of_the_sample():
    data = small_data().assign(x1=lambda d: 6 - d["x1"])
    usual = run(data, n_resamples=200)
    turned_round = run(data, n_resamples=200, sign_items={"X": "x1"})
    loading = usual.draws_of("outer_loading", "x1", "X")
    assert np.median(loading) < -0.5
    np.testing.assert_array_equal(turned_round.draws_of("outer_loading", "x1", "X"), -loading)
    np.testing.assert_array_equal(
        turned_round.draws_of("path_coefficient", "X", "M"), -usual.draws_of("path_coefficient", "X", "M")
    )
    np.testing.assert_array_equal(
        turned_round.draws_of("path_coefficient", "M", "Y"), usual.draws_of("path_coefficient", "M", "Y")
    )
    np.testing.assert_array_equal(turned_round.jackknife**2, usual.jackknife**2)


# ---- failures ---------------------------------------------------------------------------------------


def rare_answer(n=60, holders=4):
    """One item on which all but a few respondents agree: it is constant in some resamples."""
    data = pair_data(n)
    data["a"] = (np.arange(n) < holders).astype(float)
    return data


def test_failures_are_counted_by_reason_and_left_out():
    data = rare_answer()
    indices = mo.draw_indices(3, 60, 3000)
    constant = ~(indices < 4).any(axis=1)
    assert 0.01 < constant.mean() < 0.10
    with pytest.warns(BootstrapWarning, match=rf"{constant.sum()} of 3000 .*{constant.sum()} zero variance"):
        result = bootstrap(data, PAIR, core, seed=3, n_resamples=3000, max_iterations=5000)
    np.testing.assert_array_equal(result.status == 1, constant)
    assert result.n_failed == constant.sum()
    assert np.isnan(result.draws[constant]).all()
    assert np.isfinite(result.draws[~constant]).all()
    assert dict(zip(result.failures["reason"], result.failures["count"], strict=True)) == {
        "zero variance": constant.sum(),
        "singular": 0,
        "not converged": 0,
        "inadmissible": 0,
    }
    table = result.summary(interval="percentile")
    assert (table["n_draws"] == (~constant).sum()).all()
    kept = result.draws[~constant]
    np.testing.assert_allclose(table["mean"], kept.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(table["standard_deviation"], kept.std(axis=0, ddof=1), atol=1e-12)
    np.testing.assert_allclose(table["lower"], np.quantile(kept, 0.025, axis=0), atol=1e-12)
    assert f"{constant.sum()} zero variance" in repr(result)


def test_too_many_failures_leave_no_result():
    with pytest.raises(BootstrapError, match=r"resamples failed .*zero variance; more than max_failed=10%"):
        bootstrap(rare_answer(holders=2), PAIR, core, seed=3, n_resamples=1000)
    with pytest.warns(BootstrapWarning):
        bootstrap(rare_answer(holders=2), PAIR, core, seed=3, n_resamples=1000, max_failed=0.5)


def test_few_failures_pass_without_a_warning():
    data = rare_answer(holders=7)
    result = bootstrap(data, PAIR, core, seed=3, n_resamples=3000)
    assert 0 < result.n_failed <= 30


def test_resamples_that_do_not_converge_are_counted():
    limit = int(np.quantile(_iterations(), 0.95))
    with pytest.warns(BootstrapWarning, match="not converged"):
        result = run(max_iterations=limit)
    np.testing.assert_array_equal(result.status == 3, _iterations() > limit)


def _iterations():
    seen = []

    def spy(estimate):
        if estimate.batch_shape:
            seen.append(estimate.iterations)
        return core(estimate)

    run(statistics=spy, jackknife=False)
    return np.concatenate(seen)


def test_singular_blocks_are_told_from_constant_items():
    rng = np.random.default_rng(1)
    data = pair_data(40)
    data["b"] = data["a"] + np.where(np.arange(40) < 4, rng.normal(size=40), 0.0)  # equal outside four rows
    model = pls.Model({"X": ["a", "b"], "Y": ["c", "d"]}, [("X", "Y")], modes={"X": "B"})
    indices = mo.draw_indices(6, 40, 2000)
    same = ~(indices < 4).any(axis=1)
    with pytest.warns(BootstrapWarning, match="singular"):
        result = bootstrap(data, model, core, seed=6, n_resamples=2000, max_failed=0.5, jackknife=False)
    assert result.status[same].all()
    assert set(result.status[same]) <= {2, 3}
    assert np.isnan(result.draws[same]).all()


def test_inadmissible_resamples_are_left_out_or_kept():
    data = small_data().iloc[:14]
    with pytest.warns(BootstrapWarning, match="inadmissible"):
        dropped = run(data, consistent=True, max_failed=1.0)
    wrong = dropped.status == REASONS.index("inadmissible") + 1
    assert wrong.sum() > 10
    assert np.isnan(dropped.draws[wrong]).all()
    others = np.count_nonzero(dropped.status) - wrong.sum()
    kept = run(data, consistent=True, max_failed=1.0, keep_inadmissible=True) if others <= 7 else None
    if kept is not None:
        assert kept.n_failed == others
        assert np.isfinite(kept.draws[wrong]).any()
        np.testing.assert_array_equal(kept.status, dropped.status)
        assert f"Kept although inadmissible: {wrong.sum()}" in kept.describe()


def test_a_sample_without_a_solution_is_an_error():
    with pytest.raises(BootstrapError, match="the sample itself has no solution"):
        run(max_iterations=1, tolerance=1e-12)


def test_an_undefined_quantity_does_not_fail_the_resample():
    def with_a_hole(estimate):
        labels, values = quantities(estimate, include=["path_coefficient"])
        values = np.array(values)
        if estimate.batch_shape:
            values[values[..., 0] > 0.5, 1] = np.nan
            values[values[..., 0] < 0.4, 1] = np.inf
        return labels, values

    result = run(statistics=with_a_hole, n_resamples=500)
    first = result.draws_of("path_coefficient", "X", "M")
    count = np.count_nonzero((first <= 0.5) & (first >= 0.4))
    assert result.n_failed == 0
    assert list(result.summary(interval="bc")["n_draws"]) == [500, count, 500]


# ---- the result -------------------------------------------------------------------------------------


def test_summary_and_smartpls_names(plain):
    table = plain.summary()
    assert list(table.columns) == [
        "statistic",
        "row",
        "column",
        "original",
        "mean",
        "bias",
        "standard_deviation",
        "t_statistic",
        "p_value",
        "lower",
        "upper",
        "n_draws",
    ]
    draws = plain.draws_of("path_coefficient", "X", "Y")
    row = table[(table["statistic"] == "path_coefficient") & (table["row"] == "X") & (table["column"] == "Y")]
    assert row["bias"].item() == pytest.approx(draws.mean() - row["original"].item())
    assert row["t_statistic"].item() == pytest.approx(row["original"].item() / draws.std(ddof=1))
    view = plain.smartpls(interval="percentile", confidence_level=0.9)
    assert list(view.columns) == [
        "Original sample (O)",
        "Sample mean (M)",
        "Standard deviation (STDEV)",
        "T statistics (|O/STDEV|)",
        "P values",
        "5%",
        "95%",
    ]
    assert list(view.index) == ["X -> M", "X -> Y", "M -> Y"]
    assert view.loc["X -> Y", "5%"] == pytest.approx(np.quantile(draws, 0.05))
    assert plain.smartpls("outer_loading").index[0] == "x1 <- X"
    assert plain.smartpls(["r_squared", "path_coefficient"]).index[-1] in (
        "r_squared Y",
        "path_coefficient M -> Y",
    )


def test_summary_in_pieces_is_the_same(plain, monkeypatch):
    whole = plain.summary()
    monkeypatch.setattr("plsem.resampling.result._CHUNK_BYTES", 1)
    pd.testing.assert_frame_equal(plain.summary(), whole)


def test_html_is_safe_and_the_same_every_time(plain):
    assert plain._repr_html_() == run(n_resamples=1100)._repr_html_()
    model = pls.Model({"<script>": ["a", "b"], "Y": ["c", "d"]}, [("<script>", "Y")])
    shown = bootstrap(pair_data(), model, core, seed=1, n_resamples=50)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt; -&gt; Y" in shown


def test_htmt_is_tested_against_thresholds_by_its_upper_bound():
    result = run(statistics=lambda e: quantities(e, include=["htmt"]), n_resamples=1500)
    table = result.against((0.7, 0.9), interval="percentile")
    upper = np.quantile(result.draws, 0.95, axis=0)
    np.testing.assert_allclose(table["upper"], np.repeat(upper, 2))
    assert list(table["threshold"]) == [0.7, 0.9] * 3
    assert list(table["below"]) == [bool(u < t) for u in upper for t in (0.7, 0.9)]
    assert set(table["below"]) == {True, False}


def test_single_precision_keeps_seven_digits(plain):
    single = run(n_resamples=1100, precision="single")
    assert single.draws.dtype == np.float32
    np.testing.assert_allclose(single.draws, plain.draws, rtol=2e-7, atol=1e-8)
    left, right = single.summary(), plain.summary()
    np.testing.assert_allclose(left["upper"], right["upper"], rtol=1e-5, atol=1e-5)


def test_unknown_names_point_to_the_nearest(plain):
    with pytest.raises(KeyError, match="did you mean 'path_coefficient'"):
        plain.draws_of("path_coeficient", "X", "M")
    with pytest.raises(KeyError, match="no path_coefficient \\(M, X\\)"):
        plain.draws_of("path_coefficient", "M", "X")
    with pytest.raises(KeyError, match="did you mean 'r_squared'"):
        plain.summary(statistic="r_square")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sign_changes": "contruct"}, "did you mean 'construct'"),
        ({"precision": "half"}, "precision: found 'half'"),
        ({"n_resamples": 1}, "n_resamples: expected a whole number of at least 2"),
        ({"seed": -1}, "seed: expected"),
        ({"chunk_size": 0}, "chunk_size: expected a whole number of at least 1"),
        ({"n_jobs": 0}, "n_jobs: expected"),
        ({"max_failed": 2.0}, "max_failed: expected a share"),
        ({"indices": np.zeros((5, 99), dtype=int)}, r"indices: expected whole numbers of shape \(B, 100\)"),
        ({"indices": np.full((5, 100), 100)}, "indices: expected 0 … 99, found 100"),
        ({"indices": np.zeros((5, 100))}, "indices: expected whole numbers"),
    ],
)
def test_options_that_cannot_be_used_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        run(**options)


def test_arrays_are_taken_in_the_models_order():
    frame = small_data()[list(reversed(SMALL.items))]
    by_name = run(frame, n_resamples=20)
    by_place = run(small_data()[list(SMALL.items)].to_numpy(), n_resamples=20)
    np.testing.assert_array_equal(by_name.draws, by_place.draws)
    with pytest.raises(ValueError, match=r"data: expected shape \(n, 11\)"):
        run(np.ones((5, 3)))


def test_the_data_are_left_as_they_were():
    data, indices = small_data().copy(), injected("sim3x11")[:50].copy()
    run(data, indices=indices)
    pd.testing.assert_frame_equal(data, pd.read_csv(REFERENCE / "sim3x11.csv"))
    np.testing.assert_array_equal(indices, injected("sim3x11")[:50])


# ---- threads and progress ---------------------------------------------------------------------------


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_progress_counts_to_the_end(n_jobs):
    seen = []
    run(
        n_resamples=1500,
        chunk_size=512,
        n_jobs=n_jobs,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert [total for _, total in seen] == [1500] * 3
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[-1] == (1500, 1500)


def test_progress_bar_draws_one_line():
    out = io.StringIO()
    show = progress_bar("resamples", stream=out, width=10, every=0.0)
    show(5, 20)
    show(20, 20)
    first, last = out.getvalue().split("\r")[1:]
    assert first.startswith("resamples [##........] 5/20")
    assert last.startswith("resamples [##########] 20/20")
    assert out.getvalue().endswith("\n")


@pytest.mark.parametrize("n_jobs", [1, 4])
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupt_stops_all_threads_and_is_passed_on(n_jobs, error):
    begun = []
    lock = threading.Event()

    def task(start, stop, cancelled):
        begun.append(start)
        if start == 0:
            lock.set()
            raise error
        lock.wait(5)
        cancelled.wait(5)
        assert cancelled.is_set()

    before = threading.active_count()
    with pytest.raises(error):
        run_ranges(task, 100, 1, n_jobs=n_jobs)
    assert len(begun) <= 2 * n_jobs  # a thread may begin its next task before the first one's end is seen
    assert threading.active_count() == before


@pytest.fixture
def forking(monkeypatch):
    """Let the smallest work be worth processes."""
    if not parallel._can_fork():
        pytest.skip("this system does not fork")
    monkeypatch.setattr(parallel, "WORTH_FORKING", 0.0)


@pytest.mark.parametrize("possible", [True, False])
def test_processes_and_threads_give_what_one_does_to_the_last_bit(forking, monkeypatch, possible):
    monkeypatch.setattr(parallel, "_can_fork", lambda: possible)
    told = []
    one = run(n_resamples=3_000, chunk_size=512)
    two = run(n_resamples=3_000, chunk_size=512, n_jobs=2, progress=lambda *done: told.append(done))
    for name in ("draws", "status", "turned", "jackknife"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert [total for _, total in told] == [3_000] * 6 and told[-1][0] == 3_000
    assert sorted(told) == told


class UntoldError(Exception):
    """One that cannot be sent to another process."""

    def __reduce__(self):
        raise TypeError


@pytest.mark.parametrize(
    ("fault", "raised", "said"),
    [
        (lambda: (_ for _ in ()).throw(ValueError("row 7")), ValueError, "row 7"),
        (lambda: (_ for _ in ()).throw(UntoldError("row 8")), RuntimeError, "UntoldError: row 8"),
        (lambda: (_ for _ in ()).throw(KeyboardInterrupt), KeyboardInterrupt, None),
        (lambda: os._exit(9), RuntimeError, "ended from outside"),
    ],
)
def test_what_goes_wrong_in_a_process_is_raised_here_and_none_is_left(forking, fault, raised, said):
    def task(start, stop, cancelled):
        if start == 4:
            fault()

    with pytest.raises(raised, match=said):
        run_ranges(task, 100, 1, n_jobs=2, shared=True)
    assert multiprocessing.active_children() == []


def test_little_work_is_done_here(monkeypatch):
    here = []
    run_ranges(lambda start, stop, _: here.append((start, stop)), 10, 3, n_jobs=4, shared=True)
    assert here == [(0, 3), (3, 6), (6, 9), (9, 10)]


def test_an_interrupted_bootstrap_stops_between_chunks():
    calls = []

    def progress(done, total):
        calls.append(done)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(n_resamples=100_000, chunk_size=512, progress=progress)
    assert calls == [512, 1024]
