"""The estimator: by hand, invariances, batches, convergence and signs."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pls_random import QUICK, cases
from pls_reference import data, model, tight

from plsem import batches, structural, weighting
from plsem.batches import pack, unpack
from plsem.estimator import estimate, estimate_batch, fit, scores
from plsem.inputs import correlations
from plsem.model import Model

TIGHT = {"tolerance": 1e-13, "max_iterations": 3000}
TWO = Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, [("X", "Y")])
# Items of X correlate 0.5, of Y 0.2; across, x1 with (y1, y2) 0.4, 0.3 and x2 0.2, 0.1.
R_TWO = np.array([[1.0, 0.5, 0.4, 0.3], [0.5, 1.0, 0.2, 0.1], [0.4, 0.2, 1.0, 0.2], [0.3, 0.1, 0.2, 1.0]])
# The same model where PLSc has an admissible solution.
R_GOOD = np.array(
    [[1.0, 0.5, 0.32, 0.28], [0.5, 1.0, 0.26, 0.3], [0.32, 0.26, 1.0, 0.45], [0.28, 0.3, 0.45, 1.0]]
)


def resamples(model_id: str, size: int, seed: int = 5) -> np.ndarray:
    spec = model(model_id)
    frame = data("sim3x11" if model_id == "sim3x11" else "mobi")
    x = frame[list(spec.items)].to_numpy(float)
    rng = np.random.default_rng(seed)
    return np.stack([correlations(x[rng.integers(0, len(x), len(x))]) for _ in range(size)])


# --- by hand ---------------------------------------------------------------


def by_hand(r, blocks, modes, paths, scheme, iterations):
    """Iterate the textbook algorithm on one matrix with plain matrices (Tenenhaus et al. 2005)."""
    p, k = len(r), len(blocks)
    w = np.zeros((p, k))
    for j, block in enumerate(blocks):
        w[block, j] = 1.0
    w /= np.sqrt(np.einsum("pj,pq,qj->j", w, r, w))
    for _ in range(iterations):
        c = w.T @ r @ w
        e = np.zeros((k, k))
        for s, t in paths:
            e[s, t] = e[t, s] = c[s, t]
        if scheme == "centroid":
            e = np.sign(e)
        elif scheme == "path":
            for t in range(k):
                before = [s for s, target in paths if target == t]
                if before:
                    e[before, t] = np.linalg.solve(c[np.ix_(before, before)], c[before, t])
        new = np.zeros_like(w)
        for j, block in enumerate(blocks):
            a = (r @ w @ e[:, j])[block]
            new[block, j] = np.linalg.solve(r[np.ix_(block, block)], a) if modes[j] == "B" else a
        w = new / np.sqrt(np.einsum("pj,pq,qj->j", new, r, new))
    return w


@pytest.mark.parametrize("scheme", ["path", "factor", "centroid"])
@pytest.mark.parametrize("modes", ["AA", "AB", "BA", "BB"])
@pytest.mark.parametrize("iterations", [1, 2, 40])
def test_two_blocks_follow_the_textbook_step_by_step(scheme, modes, iterations):
    spec = Model(
        {"X": ["x1", "x2"], "Y": ["y1", "y2"]}, [("X", "Y")], modes=dict(zip("XY", modes, strict=True))
    )
    ours = estimate(spec, R_TWO, scheme=scheme, max_iterations=iterations, tolerance=1e-15, orient=False)
    expected = by_hand(R_TWO, [[0, 1], [2, 3]], modes, [(0, 1)], scheme, iterations)
    np.testing.assert_allclose(ours.outer_weights, expected.sum(axis=1), rtol=1e-12)
    assert ours.iterations <= iterations


@QUICK
@given(case=cases(max_constructs=6, max_items=4), scheme=st.sampled_from(["path", "factor", "centroid"]))
def test_random_models_follow_the_textbook(case, scheme):
    r = correlations(case.data[list(case.model.items)])
    ours = estimate(case.model, r, scheme=scheme, max_iterations=5, tolerance=1e-15, orient=False)
    blocks = [list(b) for b in case.model.blocks]
    steps = int(ours.iterations)
    expected = by_hand(r, blocks, case.model.modes, case.model.paths, scheme, steps)
    np.testing.assert_allclose(ours.outer_weights, expected.sum(axis=1), rtol=1e-8, atol=1e-10)


def test_loadings_paths_and_r_squared_by_hand():
    w = by_hand(R_TWO, [[0, 1], [2, 3]], "AA", [(0, 1)], "path", 200)
    ours = estimate(TWO, R_TWO, **TIGHT)
    cross = R_TWO @ w
    np.testing.assert_allclose(ours.cross_loadings, cross, rtol=1e-12)
    np.testing.assert_allclose(ours.loadings, [*cross[:2, 0], *cross[2:, 1]], rtol=1e-12)
    r = w[:, 0] @ R_TWO @ w[:, 1]
    np.testing.assert_allclose(ours.construct_correlations, [[1, r], [r, 1]], rtol=1e-12)
    np.testing.assert_allclose(ours.path_coefficients, [[0, r], [0, 0]], atol=1e-12)
    assert np.isnan(ours.r_squared[0]) and ours.r_squared[1] == pytest.approx(r**2)
    np.testing.assert_allclose(ours.correlations, R_TWO)


def test_mode_b_of_two_blocks_is_the_first_canonical_correlation():
    spec = Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, [("X", "Y")], modes={"X": "B", "Y": "B"})
    a, b, c = R_TWO[:2, :2], R_TWO[2:, 2:], R_TWO[:2, 2:]
    squared = np.linalg.eigvals(np.linalg.solve(a, c) @ np.linalg.solve(b, c.T)).max()
    assert estimate(spec, R_TWO, **TIGHT).r_squared[1] == pytest.approx(squared, rel=1e-12)


def test_single_items_are_ordinary_regression():
    spec = Model({c: [c.lower()] for c in "ABCD"}, [("A", "D"), ("B", "D"), ("C", "D"), ("A", "B")])
    rng = np.random.default_rng(2)
    x = rng.normal(size=(40, 4)) @ rng.normal(size=(4, 4))
    r = correlations(x)
    ours = estimate(spec, r)
    beta = np.linalg.solve(r[:3, :3], r[:3, 3])
    np.testing.assert_allclose(ours.path_coefficients[:3, 3], beta, rtol=1e-10)
    assert ours.r_squared[3] == pytest.approx(beta @ r[:3, 3])
    assert ours.path_coefficients[0, 1] == pytest.approx(r[0, 1])
    np.testing.assert_allclose(ours.outer_weights, 1.0, rtol=1e-15)


def test_rho_a_and_consistent_estimates_by_hand():
    plain = estimate(TWO, R_TWO, **TIGHT)
    corrected = estimate(TWO, R_TWO, consistent=True, **TIGHT)
    np.testing.assert_array_equal(np.diag(corrected.construct_correlations), 1.0)
    rho = []
    for rows in (slice(0, 2), slice(2, 4)):
        w, s = plain.outer_weights[rows], R_TWO[rows, rows]
        off = s - np.diag(np.diag(s))
        ww = np.outer(w, w)
        rho.append((w @ w) ** 2 * (w @ off @ w) / (w @ (ww - np.diag(np.diag(ww))) @ w))
        np.testing.assert_allclose(corrected.loadings[rows], w * np.sqrt(rho[-1]) / (w @ w), rtol=1e-12)
    np.testing.assert_allclose(plain.rho_a, rho, rtol=1e-12)
    np.testing.assert_allclose(corrected.rho_a, rho, rtol=1e-12)
    r = plain.construct_correlations[0, 1] / np.sqrt(rho[0] * rho[1])
    assert corrected.construct_correlations[0, 1] == pytest.approx(r)
    assert corrected.path_coefficients[0, 1] == pytest.approx(r)
    assert corrected.r_squared[1] == pytest.approx(r**2)
    np.testing.assert_allclose(corrected.cross_loadings, plain.cross_loadings)


def test_consistent_estimates_recover_a_factor_model():
    """At the population matrix of a factor model PLSc finds the true loadings and correlation."""
    x, y, rho = np.array([0.9, 0.8, 0.7]), np.array([0.85, 0.6, 0.75]), 0.5
    loadings = np.concatenate([x, y])
    phi = np.array([[1.0] * 3 + [rho] * 3] * 3 + [[rho] * 3 + [1.0] * 3] * 3)
    r = np.outer(loadings, loadings) * phi
    np.fill_diagonal(r, 1.0)
    spec = Model({"X": ["a", "b", "c"], "Y": ["d", "e", "f"]}, [("X", "Y")])
    found = estimate(spec, r, consistent=True, **TIGHT)
    np.testing.assert_allclose(found.loadings, loadings, rtol=1e-10)
    assert found.path_coefficients[0, 1] == pytest.approx(rho, rel=1e-10)


def test_scores_have_unit_variance_and_the_reported_correlations():
    frame = data("mobi")
    found = tight("mobi_ecsi")
    y = scores(frame, found)
    np.testing.assert_allclose(y.std(axis=0, ddof=1), 1, rtol=1e-12)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.corrcoef(y.T), found.construct_correlations, atol=1e-12)
    np.testing.assert_allclose(scores(frame, found, ddof=0).std(axis=0), 1, rtol=1e-12)
    x = frame[list(found.model.items)].to_numpy(float)
    np.testing.assert_allclose(scores(x, found), y)
    with pytest.raises(ValueError, match="one matrix"):
        scores(frame, estimate(found.model, found.correlations[None]))


# --- invariances -----------------------------------------------------------


@QUICK
@given(case=cases(), seed=st.integers(0, 100))
def test_order_of_items_and_constructs_does_not_matter(case, seed):
    rng = np.random.default_rng(seed)
    spec = case.model
    blocks = {c: [spec.items[i] for i in b] for c, b in zip(spec.constructs, spec.blocks, strict=True)}
    names = list(rng.permutation(spec.constructs))
    turned = Model(
        {str(c): [str(i) for i in rng.permutation(blocks[c])] for c in names},
        list(spec.path_names)[::-1],
        modes=dict(zip(spec.constructs, spec.modes, strict=True)),
    )
    one, other = (fit(case.data, m, **TIGHT) for m in (spec, turned))
    if not (one.converged and one.iterations < 300):
        return
    items = [turned.items.index(i) for i in spec.items]
    order = [turned.constructs.index(c) for c in spec.constructs]
    np.testing.assert_allclose(one.outer_weights, other.outer_weights[items], atol=1e-9)
    np.testing.assert_allclose(
        one.path_coefficients, other.path_coefficients[np.ix_(order, order)], atol=1e-9
    )


@QUICK
@given(case=cases(), seed=st.integers(0, 100))
def test_rescaling_and_duplicating_rows_does_not_matter(case, seed):
    rng = np.random.default_rng(seed)
    items = list(case.model.items)
    scaled = case.data.copy()
    scaled[items] = scaled[items] * rng.uniform(0.1, 9, len(items)) + rng.uniform(-5, 5, len(items))
    base = fit(case.data, case.model, consistent=False)
    for changed in (scaled, pd.concat([case.data] * 3, ignore_index=True)):
        again = fit(changed, case.model)
        np.testing.assert_allclose(again.outer_weights, base.outer_weights, atol=1e-9)
        np.testing.assert_allclose(again.loadings, base.loadings, atol=1e-9)


@QUICK
@given(case=cases(), scheme=st.sampled_from(["path", "factor", "centroid"]))
def test_reversing_a_whole_block_turns_only_its_sign(case, scheme):
    spec = case.model
    items = [spec.items[i] for i in spec.blocks[0]]
    turned = case.data.copy()
    turned[items] = 7.0 - turned[items]
    plain = fit(case.data, spec, orient=False, scheme=scheme)
    mirrored = fit(turned, spec, orient=False, scheme=scheme)
    np.testing.assert_allclose(mirrored.outer_weights, plain.outer_weights, atol=1e-9)
    np.testing.assert_allclose(mirrored.path_coefficients[0], -plain.path_coefficients[0], atol=1e-9)
    np.testing.assert_allclose(mirrored.r_squared, plain.r_squared, atol=1e-9)


def test_reversing_one_item_turns_its_loading():
    frame = data("sim3x11").copy()
    spec = model("sim3x11")
    plain = fit(frame, spec, **TIGHT)
    frame["x2"] = 6 - frame["x2"]
    turned = fit(frame, spec, **TIGHT)
    sign = np.where(np.array(spec.items) == "x2", -1.0, 1.0)
    np.testing.assert_allclose(turned.loadings, plain.loadings * sign, atol=1e-9)
    np.testing.assert_allclose(turned.path_coefficients, plain.path_coefficients, atol=1e-9)


# --- batches ---------------------------------------------------------------


@pytest.mark.parametrize("model_id", ["sim3x11", "mobi_ecsi"])
@pytest.mark.parametrize("consistent", [False, True])
def test_a_batch_equals_its_matrices_bit_for_bit(model_id, consistent):
    spec = model(model_id)
    r = resamples(model_id, 130)
    whole = estimate(spec, r, consistent=consistent)
    parts = [estimate(spec, r[a:b], consistent=consistent) for a, b in ((0, 1), (1, 3), (3, 40), (40, 130))]
    for name in ("outer_weights", "loadings", "path_coefficients", "r_squared", "rho_a", "iterations"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_array_equal(getattr(whole, name), joined, err_msg=name)


@pytest.mark.parametrize(("sizes", "last", "count"), [((64, 64), 3, 700), ((2, 2), 1, 25)])
def test_groups_of_the_batch_do_not_matter(monkeypatch, sizes, last, count):
    # Groups of two leave one matrix alone in the last group.
    spec = model("mobi_ecsi")
    packed = pack(np.moveaxis(resamples("mobi_ecsi", count), 0, -1))
    whole = estimate_batch(spec, packed)
    monkeypatch.setattr(weighting, "_GROUP_SIZES", sizes)
    monkeypatch.setattr(weighting, "_LAST_GROUP", last)
    np.testing.assert_array_equal(estimate_batch(spec, packed).outer_weights, whole.outer_weights)


def test_items_that_are_not_standardised_weigh_by_their_covariances():
    """The textbook's steps on raw items: weights from covariances with the proxy, scores of variance 1."""
    spec = Model(
        {"X": ["x1", "x2"], "M": ["m1", "m2"], "Y": ["y1", "y2"]}, [("X", "M"), ("X", "Y"), ("M", "Y")]
    )
    rng = np.random.default_rng(4)
    x = (rng.normal(size=(80, 1)) + rng.normal(size=(80, 6))) * [1.0, 3.0, 2.0, 0.5, 1.0, 4.0]
    x -= x.mean(axis=0)
    blocks = [x[:, :2], x[:, 2:4], x[:, 4:]]
    y = np.column_stack([b.sum(axis=1) / b.sum(axis=1).std() for b in blocks])
    for _ in range(500):
        r = np.corrcoef(y.T)
        inner = r - np.eye(3)  # the factor scheme
        weights = [b.T @ (y @ inner[:, j]) for j, b in enumerate(blocks)]
        y = np.column_stack([b @ w / (b @ w).std() for b, w in zip(blocks, weights, strict=True)])
    variances = x.var(axis=0)
    both = np.column_stack([np.ones(6), variances])
    packed = np.repeat(pack(correlations(x)[:, :, None]), 2, axis=1)
    found = estimate_batch(spec, packed, scheme="factor", item_variances=both, orient=True, **TIGHT)
    plain = fit(x, spec, scheme="factor", **TIGHT)
    assert found.path_coefficients_last[..., 0] == pytest.approx(plain.path_coefficients, abs=1e-10)
    expected = np.linalg.solve(np.corrcoef(y[:, :2].T), np.corrcoef(y.T)[:2, 2])
    assert found.path_coefficients_last[:2, 2, 1] == pytest.approx(expected, abs=1e-10)
    assert np.abs(found.path_coefficients_last[:2, 2, 0] - expected).max() > 0.01
    # f² with the model estimated again keeps the scaling: without X -> Y the scores of M and Y are others
    reduced = Model({c: [f"{c.lower()}1", f"{c.lower()}2"] for c in "XMY"}, [("X", "M"), ("M", "Y")])
    without = estimate_batch(reduced, packed, scheme="factor", item_variances=both, **TIGHT).r_squared_last[2]
    full = found.r_squared_last[2]
    again = structural.f_squared_last(found, method="reestimated")[1]
    assert again == pytest.approx((full - without) / (1 - full), abs=1e-9)
    staged = Model(
        {"X": ["x1", "x2"], "M": ["m1"], "Y": ["y1"]},
        [("X", "Y"), ("M", "Y"), ("P", "Y")],
        products={"P": ("X", "M")},
    )
    with pytest.raises(ValueError, match="item_variances: a model in stages"):
        estimate_batch(
            staged, np.zeros((15, 1)), product_scales=np.ones((2, 1)), item_variances=np.ones((4, 1))
        )


def test_batch_shapes():
    spec = model("sim3x11")
    r = resamples("sim3x11", 6)
    found = estimate(spec, r.reshape(2, 3, 11, 11))
    flat = estimate(spec, r)
    assert found.outer_weights.shape == (2, 3, 11)
    assert found.cross_loadings.shape == (2, 3, 11, 3)
    assert found.path_coefficients.shape == (2, 3, 3, 3)
    assert found.iterations.shape == found.converged.shape == (2, 3)
    np.testing.assert_array_equal(found.loadings.reshape(6, 11), flat.loadings)
    np.testing.assert_allclose(found.correlations.reshape(6, 11, 11), r)
    assert estimate(spec, np.empty((0, 11, 11))).loadings.shape == (0, 11)


def test_packing():
    r = np.moveaxis(resamples("sim3x11", 4), 0, -1)
    packed = pack(r)
    assert packed.shape == (55, 4) and packed.flags.c_contiguous
    np.testing.assert_array_equal(packed[0], r[0, 1])
    np.testing.assert_array_equal(packed[10], r[1, 2])
    np.testing.assert_array_equal(unpack(packed, 11), r)


@pytest.mark.parametrize("m", [1, 2, 3, 6])
def test_batched_linear_algebra(m):
    rng = np.random.default_rng(m)
    a = rng.normal(size=(5, m, m + 2))
    a = a @ np.swapaxes(a, 1, 2)
    b = rng.normal(size=(5, m, 2))
    last = np.moveaxis(a, 0, -1)
    np.testing.assert_allclose(
        np.moveaxis(batches.solve(last, np.moveaxis(b, 0, -1)), -1, 0), np.linalg.solve(a, b), rtol=1e-9
    )
    np.testing.assert_allclose(
        np.moveaxis(batches.inverse(last), -1, 0) @ a, np.broadcast_to(np.eye(m), a.shape), atol=1e-9
    )
    np.testing.assert_allclose(batches.pivots(last).prod(axis=0), np.linalg.det(a), rtol=1e-9)


def test_singular_systems_have_no_solution_and_leave_their_neighbours_alone():
    good = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]])
    singular = np.array([[1.0, 1.0, 0.5], [1.0, 1.0, 0.5], [0.5, 0.5, 1.0]])
    nearly = singular + np.diag([5e-13, 0.0, 0.0])
    a = np.stack([good, singular, nearly], axis=-1)
    b = np.array([1.0, 2.0, 4.0])[:, None, None] * np.ones(3)
    with np.errstate(invalid="ignore", divide="ignore"):
        loose = batches.solve(a, b)[:, 0]
        strict = batches.solve(a, b, smallest=batches.SINGULAR)[:, 0]
        strict_inverse = batches.inverse(a, smallest=batches.SINGULAR)
    for found in (loose, strict):
        np.testing.assert_allclose(found[:, 0], np.linalg.solve(good, [1, 2, 4]))
        assert np.isnan(found[:, 1]).all()
    assert np.isfinite(loose[:, 2]).all() and np.isnan(strict[:, 2]).all()
    assert np.isnan(strict_inverse[..., 1:]).all() and np.isfinite(strict_inverse[..., 0]).all()
    np.testing.assert_array_equal(batches.solve(a[:1, :1], b[:1]), 1 / a[:1, :1])


# --- convergence and failures ----------------------------------------------


def test_the_iteration_limit_is_reported_not_hidden():
    spec = model("sim3x11")
    found = fit(data("sim3x11"), spec, max_iterations=2)
    assert not found.converged and found.iterations == 2
    assert found.problems["not converged"] and not found.problems["undefined"]
    assert np.isfinite(found.outer_weights).all()


def test_tolerance_is_the_largest_change_of_a_weight():
    spec, r = TWO, R_TWO
    steps = [by_hand(r, [[0, 1], [2, 3]], "AA", [(0, 1)], "path", i).sum(axis=1) for i in range(30)]
    changes = [np.abs(b - a).max() for a, b in itertools.pairwise(steps)]
    for tolerance in (1e-3, 1e-6, 1e-9):
        expected = next(i for i, change in enumerate(changes) if change < tolerance) + 1
        assert estimate(spec, r, tolerance=tolerance).iterations == expected


def test_a_matrix_without_solution_leaves_its_neighbours_alone():
    spec = model("sim3x11")
    r = resamples("sim3x11", 5)
    r[2] = np.nan
    assert estimate(spec, r, consistent=True).problems["undefined"].tolist() == [
        False,
        False,
        True,
        False,
        False,
    ]
    found = estimate(spec, r)
    alone = estimate(spec, r[[0, 1, 3, 4]])
    np.testing.assert_array_equal(found.problems["undefined"], [False, False, True, False, False])
    assert np.isnan(found.outer_weights[2]).all() and found.iterations[2] < 300
    np.testing.assert_array_equal(found.loadings[[0, 1, 3, 4]], alone.loadings)


def test_collinear_predictors_in_a_batch_are_undefined():
    spec = Model({c: [c.lower()] for c in "ABC"}, [("A", "C"), ("B", "C")])
    r = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, 0.3], [0.3, 0.3, 1.0]])
    collinear = np.array([[1.0, 1.0, 0.3], [1.0, 1.0, 0.3], [0.3, 0.3, 1.0]])
    for consistent, scheme in ((False, "path"), (True, "path"), (False, "factor"), (True, "factor")):
        found = estimate(spec, np.stack([r, collinear]), consistent=consistent, scheme=scheme)
        np.testing.assert_array_equal(found.problems["undefined"], [False, True])
        assert not found.problems["inadmissible"].any()
        assert np.isnan(found.path_coefficients[1, :2, 2]).all()


def test_impossible_consistent_solutions_are_flagged():
    r = np.stack([R_GOOD, R_GOOD, R_GOOD])
    r[1, 2, 3] = r[1, 3, 2] = -0.2  # a negative rho_A
    r[2, :2, 2:] = r[2, 2:, :2] = 0.5  # a construct correlation above 1
    found = estimate(TWO, r, consistent=True)
    np.testing.assert_array_equal(found.problems["inadmissible"], [False, True, True])
    assert not found.problems["undefined"].any()
    assert not any(mask.any() for mask in estimate(TWO, r).problems.values())
    unsettled = estimate(TWO, r, consistent=True, max_iterations=1).problems
    assert unsettled["not converged"][1] and not unsettled["inadmissible"][1]


def test_each_kind_of_inadmissible_solution():
    found = estimate(TWO, R_GOOD, consistent=True)
    names = {
        "loadings_last": np.array([[1.01], [0.5], [0.5], [0.5]]),
        "r_squared_last": np.array([[np.nan], [1.01]]),
        "rho_a_last": np.array([[-0.1], [0.5]]),
        "construct_correlations_last": np.array([[[1.0], [1.01]], [[1.01], [1.0]]]),
    }
    assert not found.problems["inadmissible"]
    assert replace(found, rho_a_last=np.array([[0.0], [0.5]])).problems["inadmissible"]
    for name, value in names.items():
        assert replace(found, **{name: value}).problems["inadmissible"], name
    edge = replace(found, loadings_last=np.ones((4, 1)), r_squared_last=np.array([[np.nan], [1.0]]))
    assert not edge.problems["inadmissible"]


# --- signs -----------------------------------------------------------------


SIGNED = Model({"X": ["a", "b", "c"], "Y": ["y"]}, [("X", "Y")])
# The algorithm follows a, which is closest to Y; b and c then load negatively and outweigh it.
R_SIGNED = np.array(
    [[1.0, -0.2, -0.2, 0.8], [-0.2, 1.0, 0.9, -0.3], [-0.2, 0.9, 1.0, -0.3], [0.8, -0.3, -0.3, 1.0]]
)


def test_orientation_makes_the_sum_of_loadings_positive():
    raw = estimate(SIGNED, R_SIGNED, orient=False)
    found = estimate(SIGNED, R_SIGNED)
    assert raw.loadings[:3].sum() < 0 < found.loadings[:3].sum()
    np.testing.assert_array_equal(found.outer_weights[:3], -raw.outer_weights[:3])
    np.testing.assert_array_equal(found.cross_loadings[:, 0], -raw.cross_loadings[:, 0])
    np.testing.assert_array_equal(found.path_coefficients[0], -raw.path_coefficients[0])
    np.testing.assert_array_equal(found.outer_weights[3:], raw.outer_weights[3:])
    np.testing.assert_array_equal(found.cross_loadings[:, 1], raw.cross_loadings[:, 1])
    np.testing.assert_array_equal(found.rho_a, raw.rho_a)


def test_a_sign_item_loads_positively():
    found = estimate(SIGNED, R_SIGNED, sign_items={"X": "a"})
    assert found.loadings[0] > 0 > found.loadings[1]
    again = estimate(SIGNED, R_SIGNED, sign_items={"X": "c"})
    assert again.loadings[2] > 0 > again.loadings[0]
    flipped = R_SIGNED * np.outer([1, 1, 1, -1], [1, 1, 1, -1])
    # Another construct's sign item leaves the sum rule to X.
    both = estimate(SIGNED, flipped, sign_items={"Y": "y"})
    assert both.loadings[3] > 0 and both.loadings[:3].sum() > 0
    with pytest.raises(ValueError, match="'y' is not an item of X"):
        estimate(SIGNED, R_SIGNED, sign_items={"X": "y"})
    with pytest.raises(KeyError, match="did you mean 'X'"):
        estimate(SIGNED, R_SIGNED, sign_items={"x": "a"})


def test_batches_keep_the_algorithms_signs():
    packed = pack(R_SIGNED[:, :, None])
    assert estimate_batch(SIGNED, packed).loadings[0, :3].sum() < 0
    assert estimate_batch(SIGNED, packed, orient=True).loadings[0, :3].sum() > 0
    assert estimate_batch(SIGNED, packed, sign_items={"X": "b"}).loadings[0, 1] > 0


# --- options and input of the estimator ------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scheme": "pth"}, "did you mean 'path'"),
        ({"consistent": "yes"}, "consistent: expected True or False, found 'yes'"),
        ({"orient": 1}, "orient: expected True or False, found 1"),
        ({"tolerance": 0.0}, "tolerance: must be a number above 0"),
        ({"tolerance": float("nan")}, "tolerance: must be a number above 0"),
        ({"max_iterations": 0}, "max_iterations: expected a whole number of at least 1"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        estimate(TWO, R_TWO, **options)


def test_matrices_are_checked():
    with pytest.raises(ValueError, match=r"expected shape \(\.\.\., 4, 4\), found \(3, 3\)"):
        estimate(TWO, np.eye(3))
    bad = R_TWO.copy()
    bad[0, 2] = bad[2, 0] = np.inf
    with pytest.raises(ValueError, match="not finite in the rows of x1, y1"):
        estimate(TWO, bad)
    bad = R_TWO.copy()
    bad[0, 1] += 1e-3
    with pytest.raises(ValueError, match="not symmetric"):
        estimate(TWO, bad)
    with pytest.raises(ValueError, match="diagonal is not 1"):
        estimate(TWO, 2 * R_TWO)
    bad = R_TWO.copy()
    bad[0, 1] = bad[1, 0] = 1.2
    with pytest.raises(ValueError, match="above 1"):
        estimate(TWO, bad)
    with pytest.raises(ValueError, match=r"packed: expected shape \(6, B\), found \(4, 4\)"):
        estimate_batch(TWO, R_TWO)


def test_correlations_are_numpys():
    x = np.random.default_rng(0).normal(3, 2, size=(30, 4))
    np.testing.assert_allclose(correlations(x), np.corrcoef(x.T), rtol=1e-12)
    for seed in range(20):  # equal columns correlate 1, and not a rounding more
        column = np.random.default_rng(seed).normal(size=(17, 1))
        assert np.abs(correlations(np.hstack([column, column, -column]))).max() == 1.0
    x[:, 2] = 1.0
    r = correlations(x)
    assert np.isnan(r[2]).all() and np.isnan(r[:, 2]).all() and np.isfinite(r[:2, :2]).all()
