"""The search over correlation matrices: what it keeps holds when estimated anew, and its ends are ends."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from plsem.estimator import estimate
from plsem.model import Model
from plsem.quantities import long_table
from tableaudit.attainable import (
    attainable_intervals,
    central_matrix,
    find_matrix,
    from_witnesses,
    matrices_of,
    verify,
)
from tableaudit.block_scan import scan_block
from tableaudit.constraints import constraints_of
from tableaudit.implied_size import (
    _bootstrapped,
    _summary,
    plausible_sizes,
    simulate_t,
    standard_error_sizes,
)
from tableaudit.matrix_search import MatrixSearch, generators
from tableaudit.printed import load_published

ROOT = Path(__file__).parents[2]
BLOCKS = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2"]}
PATHS = [("B", "A")]
MODEL = Model(BLOCKS, PATHS)
STATISTICS = (
    "outer_loading",
    "cronbach_alpha",
    "rho_a",
    "ave",
    "htmt",
    "path_coefficient",
    "r_squared",
    "f_squared",
)
READINGS = {"composite_reliability": ("rho_a", "rho_c")}


def true_matrix():
    rng = np.random.default_rng(3)
    b = rng.normal(size=300)
    a = 0.6 * b + 0.8 * rng.normal(size=300)
    data = np.array([a, a, a, b, b]) + np.array([[0.6], [0.8], [1.0], [0.6], [0.7]]) * rng.normal(
        size=(5, 300)
    )
    return np.corrcoef(data)


def write(folder, changes=()):
    table = long_table(estimate(MODEL, true_matrix(), tolerance=1e-12, max_iterations=1000))
    lines = ["table,cell,statistic,row,column,printed"]
    for statistic, row, column, value in table.itertuples(index=False, name=None):
        if statistic in STATISTICS:
            cell = f"{statistic}.{row}.{column}".strip(".")
            lines.append(f"1,{cell},{statistic},{row},{column},{dict(changes).get(cell, f'{value:.3f}')}")
    path = folder / "small_values.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_published(path)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return write(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def found(small):
    return attainable_intervals(
        small,
        statistics=["cronbach_alpha", "path_coefficient", "rho_c"],
        n_starts=1,
        n_sweeps=1,
        seed=7,
        max_steps=25,
    )


def true_value(statistic, row, column):
    table = long_table(estimate(MODEL, true_matrix(), tolerance=1e-12, max_iterations=1000))
    at = (table["statistic"] == statistic) & (table["row"] == row) & (table["column"] == column)
    return float(table.loc[at, "value"].iloc[0])


def test_a_matrix_is_found_that_gives_every_printed_digit(small):
    matrices, excess = find_matrix(constraints_of(small), seed=2)
    assert excess.tolist() == [0.0]
    result = long_table(estimate(MODEL, matrices[0], tolerance=1e-12, max_iterations=1000))
    value = {(s, r, c): v for s, r, c, v in result.itertuples(index=False, name=None)}
    for cell in small:
        assert f"{value[cell.statistic, cell.row, cell.column]:.3f}" == cell.printed


def test_the_true_value_is_inside_every_interval(found):
    assert found.feasible
    for row in found.intervals.itertuples():
        value = true_value(row.statistic, row.row, row.column)
        assert row.lower - 6e-4 <= value <= row.upper + 6e-4, row
        assert row.verdict in ("attainable", "not printed")


def test_the_search_stays_within_the_exhaustive_scan_and_comes_to_its_end(small):
    """Alpha of A, with what only the whole matrix ties to it left out; the scan has a second branch above."""
    free = [c.id for c in small if c.statistic == "htmt"]
    found = attainable_intervals(
        small, exclude=free, statistics=["cronbach_alpha"], n_starts=1, n_sweeps=1, max_steps=60
    )
    cells = {c.statistic: c.box for c in small if c.row == "A"}
    outer = scan_block(
        [c.box for c in small.select("outer_loading", None, "A")],
        correlation=small.select("path_coefficient")[0].box,
        boxes={"rho_a": cells["rho_a"], "ave": cells["ave"]},
        statistics=["cronbach_alpha"],
    )["cronbach_alpha"].attainable
    row = found.intervals.set_index("row").loc["A"]
    assert outer.lower - 1e-6 <= row["lower"] <= row["upper"] <= outer.upper + 1e-6
    assert row["lower"] == pytest.approx(outer.lower, abs=3e-4)


def test_beta_is_pinned_by_r_squared_and_f_squared(small, found):
    r2, f2 = (small.select(s)[0].box for s in ("r_squared", "f_squared"))
    low = max(np.sqrt(r2.lower), np.sqrt(f2.lower / (1 + f2.lower)))
    high = min(np.sqrt(r2.upper), np.sqrt(f2.upper / (1 + f2.upper)))
    row = found.intervals.set_index("statistic").loc["path_coefficient"]
    assert row["lower"] == pytest.approx(low, abs=2e-5)
    assert row["upper"] == pytest.approx(high, abs=2e-5)


def test_witnesses_hold_when_estimated_anew_and_rebuild_the_intervals(small, found, tmp_path):
    path = tmp_path / "witnesses.csv"
    found.witnesses.to_csv(path, index=False, float_format="%.12f")
    read = pd.read_csv(path)
    checked = verify(small, read)
    assert (checked["excess"] == 0).all()
    assert checked["recomputed"].to_numpy() == pytest.approx(checked["value"].to_numpy(), abs=1e-8)
    smallest = [np.linalg.eigvalsh(m).min() for m in matrices_of(read, constraints_of(small).model)]
    assert checked["smallest_eigenvalue"].to_numpy() == pytest.approx(np.array(smallest), abs=1e-12)
    assert min(smallest) > -1e-9
    again = from_witnesses(small, read)
    pd.testing.assert_frame_equal(again.intervals, found.intervals, atol=1e-8, rtol=0)


def test_a_goal_is_met_at_a_hundredth_of_the_last_digit(small, found):
    search = MatrixSearch(constraints_of(small))
    row = found.witnesses.iloc[:1]
    target = int(
        np.flatnonzero((search.c.labels == row[["statistic", "row", "column"]].to_numpy()).all(axis=1))[0]
    )
    values = search.statistics(matrices_of(row, search.c.model))[0]
    for distance, done in ((0.0, True), (4e-6, True), (6e-6, False), (0.1, False)):
        assert search._done(values, target, (target, values[target] + distance)) is done


def test_a_witness_that_breaks_a_box_is_left_out(small, found):
    broken = found.witnesses.copy()
    first = next(c for c in broken.columns if "~" in c)
    broken.loc[broken.index[0], first] += 0.05
    again = from_witnesses(small, broken)
    assert np.isnan(again.intervals["lower"].iloc[0])
    assert again.intervals["verdict"].iloc[0] == "no matrix found"


def test_a_search_goes_on_from_kept_matrices_and_never_loses_an_end(small, found):
    broken = found.witnesses.copy()
    first = next(c for c in broken.columns if "~" in c)
    broken.loc[broken.index[1], first] += 0.05  # no longer holds; its end is sought again from the others
    again = attainable_intervals(
        small,
        statistics=["cronbach_alpha", "path_coefficient", "rho_c"],
        n_starts=1,
        n_sweeps=1,
        max_steps=5,
        start_from=broken,
    )
    assert (verify(small, again.witnesses)["excess"] == 0).all()
    before, after = (x.intervals.set_index(["statistic", "row"]) for x in (found, again))
    kept = before.index[1:]
    assert (after.loc[kept, "lower"] <= before.loc[kept, "lower"] + 1e-9).all()
    assert (after.loc[kept, "upper"] >= before.loc[kept, "upper"] - 1e-9).all()


def test_a_longer_search_moves_both_ends_outward(small):
    options = {"statistics": ["cronbach_alpha", "rho_c"], "n_starts": 1, "n_sweeps": 1, "seed": 7}
    short = attainable_intervals(small, max_steps=1, **options)
    longer = attainable_intervals(small, max_steps=25, start_from=short.witnesses, **options)
    gained = longer.intervals[["lower", "upper"]] - short.intervals[["lower", "upper"]]
    assert (gained["lower"] < -1e-5).any() and (gained["upper"] > 1e-5).any()


def test_a_singular_matrix_can_be_searched_from(small):
    search = MatrixSearch(constraints_of(small))
    flat = np.zeros((search.p, search.p))
    flat[:, 0], flat[:, 1] = 0.8, 0.6
    found = search.extreme(0, 1.0, [flat], max_steps=3)
    assert found is None or np.isfinite(found[0])


def test_every_end_of_two_sweeps_holds_the_other_boxes(small):
    """The second sweep starts from matrices that break their own boxes; none of that may be kept."""
    result = attainable_intervals(
        small, statistics=["outer_loading", "rho_c"], n_starts=1, n_sweeps=2, max_steps=15, seed=3
    )
    assert (verify(small, result.witnesses)["excess"] == 0).all()


def test_unknown_names_in_witnesses_are_refused(small, found):
    renamed = found.witnesses.rename(columns={"a1~a2": "a9~a2"})
    with pytest.raises(KeyError, match="unknown item 'a9'"):
        verify(small, renamed)
    with pytest.raises(KeyError, match="no statistic 'alphaa A'"):
        verify(small, found.witnesses.replace({"statistic": {"cronbach_alpha": "alphaa"}}))


def test_an_impossible_figure_leaves_no_matrix_and_excluding_it_does(tmp_path):
    wrong = write(tmp_path, {"cronbach_alpha.A": "0.990"})
    _, excess = find_matrix(constraints_of(wrong), seed=1, max_starts=3)
    assert excess[0] > 0.01
    nothing = attainable_intervals(wrong, statistics=["htmt"], n_starts=1, n_sweeps=1, max_starts=3)
    assert not nothing.feasible and nothing.witnesses.empty
    assert nothing.intervals["verdict"].tolist() == ["no matrix found"]
    left_out = attainable_intervals(
        wrong,
        exclude=["cronbach_alpha.A"],
        statistics=["cronbach_alpha"],
        n_starts=1,
        n_sweeps=1,
        max_steps=30,
    )
    row = left_out.intervals.set_index("row").loc["A"]
    assert row["verdict"] == "not reached" and row["upper"] < 0.98 and not row["held"]


def test_the_search_is_fixed_by_its_seed(small):
    one, two = (find_matrix(constraints_of(small), seed=5)[0] for _ in range(2))
    other = find_matrix(constraints_of(small), seed=6)[0]
    assert np.array_equal(one, two) and not np.array_equal(one, other)


def test_derivatives_by_the_root_agree_with_differences(small):
    search = MatrixSearch(constraints_of(small))
    v = search.start(generators(3, 1)[0], 30)
    _, slope = search.slope(v @ v.T)
    by_v = search._by_v(v, slope)
    rng = np.random.default_rng(1)
    step = rng.normal(size=v.shape)
    step -= np.sum(step * v, axis=1, keepdims=True) * v
    h = 1e-5
    ends = []
    for sign in (1, -1):
        moved = v + sign * h * step
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        ends.append(search.statistics((moved @ moved.T)[None])[0])
    numeric = (ends[0] - ends[1]) / (2 * h)
    assert np.einsum("qij,ij->q", by_v, step) == pytest.approx(numeric, abs=2e-5)


def test_constraints_join_cells_of_one_statistic_and_refuse_a_contradiction(small, tmp_path):
    constraints = constraints_of(small, exclude=["ave.A"])
    assert "ave.A" not in {c for cells in constraints.cells for c in cells}
    article = load_published(ROOT / "data" / "published")
    labels = constraints_of(article, readings=READINGS).labels
    assert len(labels) > 36
    text = tmp_path / "x.csv"
    text.write_text(
        "table,cell,statistic,row,column,printed\n1,l1,outer_loading,a1,A,0.8\n1,l2,outer_loading,b1,B,0.8\n"
        "1,p,path_coefficient,B,A,0.5\n2,c,path_coefficient,B,A,0.7\n"
    )
    with pytest.raises(ValueError, match=r"c = 0\.7 contradicts p"):
        constraints_of(load_published(text))


def test_the_article_is_attainable_without_its_impossible_alpha():
    article = load_published(ROOT / "data" / "published")
    constraints = constraints_of(article, readings=READINGS, exclude=["T2.RC.cronbach_alpha"])
    _, excess = find_matrix(constraints, seed=1)
    assert excess.tolist() == [0.0]


# implied sample size


def test_the_standard_error_implies_a_sample_size_for_each_path():
    article = load_published(ROOT / "data" / "published")
    table = standard_error_sizes(article).set_index("target")
    assert table.loc["FI", "standard_error"] == pytest.approx(0.232, abs=5e-4)
    assert table.loc["RC", "standard_error"] == pytest.approx(0.2935, abs=5e-5)
    for row in table.itertuples():
        error = (1 - row.path_coefficient**2) / np.sqrt(row.n - 1)
        assert error == pytest.approx(row.standard_error, rel=1e-12)
        assert row.n_lower < row.n < row.n_upper


def test_simulated_t_grow_with_the_sample_and_find_the_size_that_made_them(tmp_path):
    path = tmp_path / "x_values.csv"
    rows = ["table,cell,statistic,row,column,printed"]
    rows += [f"1,{i},outer_loading,{i},{c},0.8" for c, items in BLOCKS.items() for i in items]
    rows += ["1,b,path_coefficient,B,A,0.5", "1,t,t_statistic,B,A,{t}"]
    simulated = None
    printed = "6.0"
    for _ in range(2):
        path.write_text("\n".join(rows).format(t=printed) + "\n")
        article = load_published(path)
        simulated = simulate_t(
            article, true_matrix(), sizes=(20, 60, 400), n_samples=40, n_resamples=60, seed=2
        )
        printed = f"{simulated.set_index('n').loc[60, 't_median']:.3f}"
    assert simulated["t_median"].is_monotonic_increasing
    table = simulated.set_index("n")
    assert table.loc[60, "plausible"] and not table.loc[400, "plausible"]
    assert table.loc[60, "share_below"] == pytest.approx(0.5, abs=0.05)
    assert table.loc[400, "share_below"] == 0
    listed = plausible_sizes(simulated)
    assert listed["sizes"].iloc[-1] == listed["sizes"].iloc[0] and "60" in listed["sizes"].iloc[0]
    alone = simulate_t(article, true_matrix(), sizes=(60,), n_samples=40, n_resamples=60, seed=2)
    pd.testing.assert_frame_equal(alone, simulated[simulated["n"] == 60].reset_index(drop=True))


def test_exact_samples_have_the_printed_estimate_and_t_is_it_over_the_standard_error(small, tmp_path):
    lines = tmp_path / "x_values.csv"
    lines.write_text(
        "table,cell,statistic,row,column,printed\n"
        + "".join(f"1,{i},outer_loading,{i},{c},0.8\n" for c, items in BLOCKS.items() for i in items)
        + "1,b,path_coefficient,B,A,0.5\n1,t,t_statistic,B,A,6.0\n"
    )
    article = load_published(lines)
    beta = true_value("path_coefficient", "B", "A")
    row = simulate_t(article, true_matrix(), sizes=(80,), n_samples=1, n_resamples=50, seed=4).iloc[0]
    assert row["t_median"] * row["standard_error"] == pytest.approx(beta, rel=1e-5)
    rng = np.random.default_rng([4, 80])
    left, _, right = np.linalg.svd((z := rng.standard_normal((80, 5))) - z.mean(axis=0), full_matrices=False)
    values, vectors = np.linalg.eigh(true_matrix())
    data = left @ right @ (vectors * np.sqrt(values)).T
    draws = [
        estimate(MODEL, np.corrcoef(data[rows].T), orient=False).path_coefficients[1, 0]
        for rows in rng.integers(0, 80, (50, 80))
    ]
    assert row["standard_error"] == pytest.approx(np.std(draws, ddof=1), abs=1e-6)
    loose = simulate_t(article, true_matrix(), sizes=(80,), n_samples=1, n_resamples=50, seed=4, exact=False)
    assert abs(loose.iloc[0]["t_median"] * loose.iloc[0]["standard_error"] - beta) > 1e-4


def test_both_standard_errors_are_reported_and_neither_is_always_the_larger(tmp_path):
    """Reliable items: smaller than with fixed weights.  Weak items in a small sample: larger."""
    path = tmp_path / "x_values.csv"
    rows = ["table,cell,statistic,row,column,printed"]
    rows += [f"1,{i},outer_loading,{i},{c},0.8" for c, items in BLOCKS.items() for i in items]
    rows += ["1,b,path_coefficient,B,A,0.5", "1,t,t_statistic,B,A,6.0"]
    path.write_text("\n".join(rows) + "\n")
    article = load_published(path)
    beta = true_value("path_coefficient", "B", "A")
    options = {"n_samples": 20, "n_resamples": 100, "seed": 6}
    row = simulate_t(article, true_matrix(), sizes=(45,), **options).iloc[0]
    assert row["fixed_weights_error"] == pytest.approx((1 - beta**2) / np.sqrt(44), abs=1e-6)
    assert row["standard_error"] < row["fixed_weights_error"]
    weak = 0.15 * true_matrix() + 0.85 * np.eye(5)
    row = simulate_t(article, weak, sizes=(20,), **options).iloc[0]
    assert row["standard_error"] > row["fixed_weights_error"]


def test_resamples_without_a_solution_are_left_out_and_counted():
    rng = np.random.default_rng(8)
    data = rng.standard_normal((40, 5)) @ np.linalg.cholesky(true_matrix()).T
    drawn = rng.integers(0, 40, (20, 40))
    betas, errors, failed = _bootstrapped(MODEL, data, drawn)
    assert failed == 0
    constant = np.zeros((5, 40), dtype=int)
    again = _bootstrapped(MODEL, data, np.vstack([drawn, constant]))
    assert again[2] == pytest.approx(0.2)
    np.testing.assert_allclose(again[0], betas)
    np.testing.assert_allclose(again[1], errors)
    assert np.isnan(_bootstrapped(MODEL, data, constant)[1]).all()


def test_a_size_at_which_no_sample_has_a_solution_is_plausible_for_none():
    nothing = np.full(3, np.nan)
    found = _summary(nothing, nothing, nothing, 20, 2.0, 0.95)
    assert found[6] is False and np.isnan([*found[:6], *found[7:12]]).all() and found[12] == 0


def test_t_of_several_samples_are_summarised_by_median_and_central_interval():
    betas = np.array([0.1, 0.2, 0.3, 0.4, 0.5, np.nan])
    low, middle, high, error, fixed, below, inside, failed, *monte_carlo = _summary(
        betas, np.full(6, 0.1), np.array([0.0, 0.0, 0.1, 0.0, 0.0, np.nan]), 26, 2.0, 0.5
    )
    assert (low, middle, high, error) == pytest.approx((2, 3, 4, 0.1))
    assert (fixed, below, inside, failed) == pytest.approx((0.91 / 5, 0.4, True, 0.02))
    # of five samples, two below: half a sample more on either side makes the share 2.5 of 6
    assert monte_carlo[3:] == pytest.approx([np.sqrt(2.5 / 6 * 3.5 / 6 / 5), 5])
    # Maritz & Jarrett's error of the median of 1 … 5: weights are those of a beta(3, 3)
    weights = np.diff(stats.beta(3, 3).cdf(np.arange(6) / 5))
    values = np.arange(1, 6)
    expected = np.sqrt(weights @ values**2 - (weights @ values) ** 2)
    assert monte_carlo[1] == pytest.approx(expected)


def test_simulation_refuses_what_it_cannot_use():
    article = load_published(ROOT / "data" / "published")
    with pytest.raises(ValueError, match=r"expected shape \(11, 11\)"):
        simulate_t(article, np.eye(5))
    with pytest.raises(ValueError, match="13 rows or more here, found 3"):
        simulate_t(article, np.eye(11), sizes=(3,))


def test_the_central_matrix_is_the_kept_one_nearest_to_the_mean():
    article = load_published(ROOT / "data" / "published")
    kept = pd.read_csv(ROOT / "data" / "derived" / "S1_witnesses.csv")
    model = Model(article.items, article.paths)
    matrices = matrices_of(kept, model)
    found = central_matrix(article, kept)
    far = [np.linalg.norm(m - matrices.mean(axis=0)) for m in matrices]
    assert np.linalg.norm(found - matrices.mean(axis=0)) == pytest.approx(min(far))
    assert any(np.array_equal(found, m) for m in matrices)
