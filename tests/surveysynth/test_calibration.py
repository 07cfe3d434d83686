"""Calibration on smaller targets, with exact checks of every step."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plsem.estimator import estimate
from plsem.model import Model
from plsem.quantities import long_table
from plsem.resampling.bootstrap import bootstrap
from surveysynth.answer_blocks import _block_errors, moments
from surveysynth.arrangement import arrange, exact_swaps, exchange, product_errors
from surveysynth.calibration import CalibrationError, calibrate, cell_table, path_t_statistic
from surveysynth.lattice import near_vectors, reduce_basis
from surveysynth.targets import (
    Target,
    block_pairs,
    cross_pairs,
    jacobian,
    meeting_matrix,
    spearman_loadings,
    target_of,
    unpacked,
)
from tableaudit.printed import load_published

VALUES = """table,cell,statistic,row,column,printed
1,l1,outer_loading,A1,A,0.85
1,l2,outer_loading,A2,A,0.80
1,l3,outer_loading,B1,B,0.82
1,l4,outer_loading,B2,B,0.78
1,l5,outer_loading,B3,B,0.75
2,alpha,cronbach_alpha,B,,0.69
3,path,path_coefficient,A,B,0.55
3,r2,r_squared,A,B,0.30
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "published_values.csv"
    path.write_text(VALUES)
    return load_published(path)


@pytest.fixture(scope="module")
def model():
    return Model({"A": ["A1", "A2"], "B": ["B1", "B2", "B3"]}, [("A", "B")])


@pytest.fixture(scope="module")
def target(published, model):
    return target_of(published, model)


@pytest.fixture(scope="module")
def found(target):
    return calibrate(target, n=40, seed=3)


def test_small_target_is_met_at_every_digit(found, target, published, model):
    assert len(found.answers) == 40
    assert found.cells["inside"].all()
    r = np.corrcoef(found.answers.to_numpy(float), rowvar=False)
    table = long_table(estimate(model, r, tolerance=1e-12)).set_index(["statistic", "row", "column"])["value"]
    for cell in published:
        row, column = ("", cell.column) if cell.statistic == "r_squared" else (cell.row, cell.column)
        assert f"{table[cell.statistic, row, column]:.2f}" == cell.printed, cell.id


def test_answers_are_whole_numbers_of_the_scale(found):
    values = found.answers.to_numpy()
    assert np.issubdtype(values.dtype, np.integer)
    assert set(np.unique(values)) == {1, 2, 3, 4, 5}


@pytest.mark.slow
def test_same_seed_same_answers_and_other_seed_others(found, target):
    pd.testing.assert_frame_equal(calibrate(target, n=40, seed=3).answers, found.answers)
    assert not calibrate(target, n=40, seed=4).answers.equals(found.answers)


@pytest.mark.slow
def test_a_stopped_run_goes_on_to_the_same_answers(found, target, tmp_path):
    path = tmp_path / "kept.npz"
    told: list[str] = []

    def stop(text: str) -> None:
        if text.startswith("choosing"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(target, n=40, seed=3, checkpoint=path, progress=stop)
    assert path.exists()
    again = calibrate(target, n=40, seed=3, checkpoint=path, progress=told.append)
    assert not any("correlation matrix" in text for text in told)
    pd.testing.assert_frame_equal(again.answers, found.answers)


@pytest.mark.slow
def test_a_checkpoint_of_other_settings_is_not_used(found, target, tmp_path):
    path = tmp_path / "kept.npz"
    calibrate(target, n=30, seed=3, checkpoint=path)
    pd.testing.assert_frame_equal(calibrate(target, n=40, seed=3, checkpoint=path).answers, found.answers)


def test_contradictory_targets_are_refused(published, model, tmp_path):
    path = tmp_path / "published_values.csv"
    path.write_text(VALUES.replace("0.69", "0.95"))
    with pytest.raises(CalibrationError, match="no correlation matrix meets all targets"):
        meeting_matrix(target_of(load_published(path), model), rng=np.random.default_rng(1), n_starts=2)


def test_a_left_out_cell_is_no_target(published, model):
    free = target_of(published, model, free=("alpha",))
    assert "cronbach_alpha" not in set(free.labels["statistic"])
    with pytest.raises(KeyError, match="alpha"):
        target_of(published, model, free=("alpfa",))


def test_mode_b_is_refused(published):
    model = Model({"A": ["A1", "A2"], "B": ["B1", "B2", "B3"]}, [("A", "B")], modes={"A": "B"})
    with pytest.raises(CalibrationError, match="Mode A"):
        target_of(published, model)


def test_cell_table_tells_inside_from_outside(found, target):
    moved = found.answers.copy()
    moved["B1"] = np.roll(moved["B1"].to_numpy(), 1)
    cells = cell_table(target, moved)
    assert not cells["inside"].all()
    assert (
        cells["inside"] == ((cells["value"] >= cells["lower"]) & (cells["value"] <= cells["upper"]))
    ).all()


def test_meeting_matrix_keeps_the_loadings_in_range(target):
    packed = meeting_matrix(target, rng=np.random.default_rng(2), min_factor_loading=0.5)
    assert np.abs(target.errors(packed[:, None])).max() < 0.9
    assert spearman_loadings(packed[block_pairs(target.model)[1]][:, None]).min() > 0.47
    assert np.linalg.eigvalsh(unpacked(packed, 5))[0] > 0.07


@given(st.lists(st.floats(0.3, 0.95), min_size=3, max_size=6))
@settings(max_examples=30, deadline=None)
def test_spearman_loadings_of_one_factor_are_exact(loadings):
    lam = np.array(loadings)
    packed = np.outer(lam, lam)[np.triu_indices(len(lam), 1)]
    np.testing.assert_allclose(spearman_loadings(packed[:, None])[:, 0], lam, atol=1e-10)


def test_block_figures_agree_with_the_estimator():
    """With the estimator's own weights the block formulas give its loadings, AVE, alpha, rho_A and rho_C."""
    rng = np.random.default_rng(0)
    latent = rng.normal(size=(200, 1)) + 0.6 * rng.normal(size=(200, 7))
    r = np.corrcoef(latent, rowvar=False)
    model = Model({"A": list("abc"), "B": list("defg")}, [("A", "B")])
    fitted = estimate(model, r, tolerance=1e-13, max_iterations=5000)
    table = long_table(fitted).set_index(["statistic", "row", "column"])["value"]
    items = list("defg")
    wanted = [("outer_loading", i, "B") for i in items]
    wanted += [(s, "B", "") for s in ("ave", "cronbach_alpha", "rho_a", "rho_c")] + [("sqrt_ave", "B", "B")]
    cells = [(s, row, float(table[s, row, column]), 1e-3) for s, row, column in wanted]
    block = r[3:, 3:][np.triu_indices(4, 1)][:, None]
    errors, _ = _block_errors(cells, items, block, 3.7 * fitted.outer_weights[3:, None])
    np.testing.assert_allclose(errors, 0.0, atol=1e-7)


def test_jacobian_of_a_quadratic():
    a = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])
    slope = jacobian(lambda x: a @ x**2, np.array([1.5, -2.0]))
    np.testing.assert_allclose(slope, a * 2 * np.array([1.5, -2.0]), rtol=1e-8)


def test_pairs_split_the_triangle(model):
    blocks, cross = block_pairs(model), cross_pairs(model)
    assert [len(b) for b in blocks] == [1, 3]
    assert sorted([*np.concatenate(blocks), *cross]) == list(range(10))


# Lattice


def _random_basis(seed: int, m: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.hstack([rng.integers(-50, 50, size=(m, m)).astype(float), np.eye(m)])


@pytest.mark.parametrize("seed", range(5))
def test_reduction_keeps_the_lattice_and_shortens_it(seed):
    basis = _random_basis(seed)
    reduced, transform = reduce_basis(basis)
    np.testing.assert_allclose(transform @ basis, reduced, atol=1e-8)
    assert round(abs(np.linalg.det(transform.astype(float)))) == 1
    assert np.linalg.norm(reduced, axis=1).max() <= np.linalg.norm(basis, axis=1).max()
    _, r = np.linalg.qr(reduced.T)
    mu = r / np.diag(r)[:, None]
    assert np.abs(mu[np.triu_indices(len(mu), 1)]).max() <= 0.5 + 1e-9
    size = np.diag(r) ** 2
    lovasz = size[1:] >= (0.99 - mu[np.arange(7), np.arange(1, 8)] ** 2) * size[:-1] - 1e-9
    assert lovasz.all()


def test_reduction_finds_the_shortest_vector_of_the_plane():
    basis = np.array([[201.0, 37.0], [1648.0, 297.0]])
    reduced, _ = reduce_basis(basis)
    shortest = min(
        np.hypot(*(i * basis[0] + j * basis[1]))
        for i, j in itertools.product(range(-60, 61), repeat=2)
        if (i, j) != (0, 0)
    )
    assert np.linalg.norm(reduced[0]) == pytest.approx(shortest)


def test_dependent_rows_and_bad_delta_are_refused():
    with pytest.raises(ValueError, match="row 1 of the basis depends"):
        reduce_basis(np.array([[1.0, 2.0], [2.0, 4.0]]))
    with pytest.raises(ValueError, match="delta"):
        reduce_basis(np.eye(2), delta=1.5)


def test_near_vectors_come_near_and_return_a_lattice_point_exactly():
    reduced, _ = reduce_basis(_random_basis(1))
    rng = np.random.default_rng(4)
    wanted = rng.integers(-5, 6, size=8)
    exact = near_vectors(reduced, wanted @ reduced, n_samples=1, temperature=0.0, rng=rng)
    np.testing.assert_array_equal(exact[0], wanted)
    goal = rng.normal(scale=40, size=16)
    drawn = near_vectors(reduced, goal, n_samples=500, temperature=2000.0, rng=rng)
    plain = near_vectors(reduced, goal, n_samples=1, temperature=0.0, rng=rng)
    distance = ((drawn @ reduced - goal) ** 2).sum(axis=1)
    np.testing.assert_array_equal(drawn[0], plain[0])
    assert distance.min() <= distance[0]
    assert len(np.unique(drawn, axis=0)) > 50


# Arrangement


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(8)
    latent = rng.normal(size=(36, 1)) + rng.normal(size=(36, 4))
    return np.clip(np.round(3.8 + 1.1 * latent), 1, 5).astype(np.int64)


def test_arrange_reaches_given_sums_exactly(sample):
    counts = np.stack([np.bincount(column, minlength=6)[1:] for column in sample.T])
    packed = np.corrcoef(sample, rowvar=False)[np.triu_indices(4, 1)]
    got = arrange(counts, sample.T @ sample, packed, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(got.T @ got, sample.T @ sample)
    np.testing.assert_array_equal(np.sort(got, axis=0), np.sort(sample, axis=0))
    assert not np.array_equal(got, sample)


def test_arrange_says_what_could_not_be_settled(sample, monkeypatch):
    monkeypatch.setattr("surveysynth.arrangement._STEPS", 20)
    monkeypatch.setattr("surveysynth.arrangement._SNAPSHOTS", 5)
    counts = np.stack([np.bincount(column, minlength=6)[1:] for column in sample.T])
    packed = np.corrcoef(sample, rowvar=False)[np.triu_indices(4, 1)]
    products = sample.T @ sample
    products[0, 1] = products[1, 0] = 10_000
    with pytest.raises(CalibrationError, match=r"n = 36: \d+ sums of products"):
        arrange(counts, products, packed, rng=np.random.default_rng(1), max_rounds=2)


@pytest.mark.parametrize("seed", range(6))
def test_exact_swaps_do_what_was_wanted(sample, seed):
    rng = np.random.default_rng(seed)
    moved = sample.copy()
    exchange(moved, 1, [tuple(pair) for pair in rng.permutation(36)[:6].reshape(3, 2).tolist()])
    wanted = -product_errors(moved, sample.T @ sample)[1]
    swaps = exact_swaps(moved, 1, wanted, rng)
    assert swaps is not None
    exchange(moved, 1, swaps)
    np.testing.assert_array_equal(product_errors(moved, sample.T @ sample), 0)


def test_impossible_swaps_give_none(sample):
    wanted = np.array([0, 0, 100_000, 0])
    assert exact_swaps(sample, 1, wanted, np.random.default_rng(0), tries=2) is None


@pytest.mark.parametrize("warmth", [0.0, 0.5])
def test_another_arrangement_keeps_all_sums_and_changes_answers(sample, warmth):
    counts = np.stack([np.bincount(column, minlength=6)[1:] for column in sample.T])
    packed = np.corrcoef(sample, rowvar=False)[np.triu_indices(4, 1)]
    products = sample.T @ sample
    got = arrange(counts, products, packed, rng=np.random.default_rng(3), start=sample, warmth=warmth)
    np.testing.assert_array_equal(got.T @ got, products)
    np.testing.assert_array_equal(np.sort(got, axis=0), np.sort(sample, axis=0))
    assert not np.array_equal(got, sample)


def test_moments_of_counts(sample):
    counts = np.stack([np.bincount(column, minlength=6)[1:] for column in sample.T])
    mean, sd = moments(counts)
    np.testing.assert_allclose(mean, sample.mean(axis=0))
    np.testing.assert_allclose(sd, sample.std(axis=0))


def test_target_value_is_found_either_way_round():
    model = Model({"A": ["a"], "B": ["b"]}, [("A", "B")])
    labels = pd.DataFrame([("htmt", "B", "A")], columns=["statistic", "row", "column"])
    box = Target(model, labels, np.array([0.5]), np.array([0.6]), ("htmt",), ())
    assert box.value("htmt", "A", "B") == pytest.approx(0.55)
    assert np.isnan(box.value("htmt", "A", "C"))


def test_a_paths_t_is_that_of_its_bootstrap():
    rng = np.random.default_rng(8)
    answers = rng.integers(1, 6, size=(40, 4))
    model = Model({"A": ["a1", "a2"], "B": ["b1"], "C": ["c1"]}, [("A", "B"), ("B", "C"), ("A", "C")])
    data = pd.DataFrame(answers, columns=list(model.items))
    table = bootstrap(data, model, seed=3, n_resamples=60).summary().set_index(["statistic", "row", "column"])
    for path in (("B", "C"), ("A", "C")):
        found = path_t_statistic(answers, model, path, n_resamples=60, seed=3)
        assert found == pytest.approx(abs(table.loc[("path_coefficient", *path), "t_statistic"]))
