"""The engine at its edges: exact zeros, opposite items, far values, scales, almost collinear items."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import plsem
from plsem import kernels, measurement
from plsem.estimator import estimate
from plsem.quantities import quantities
from plsem.resampling.bootstrap import BootstrapWarning
from plsem.resampling.moments import block_generator, draw_indices
from plsem.resampling.replicates import STREAM_GROUPS

MODEL = plsem.Model({"A": ["a0", "a1", "a2"], "B": ["b0", "b1", "b2"]}, [("A", "B")])
FORMATIVE = plsem.Model({"A": ["a0", "a1", "a2"], "B": ["b0", "b1", "b2"]}, [("A", "B")], modes={"A": "B"})


def continuous(noise: float = 0.5, n: int = 60, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    b = 0.6 * a + 0.8 * rng.normal(size=n)
    first = {f"a{i}": a + noise * rng.normal(size=n) for i in range(3)}
    return pd.DataFrame(first | {f"b{i}": b + 0.5 * rng.normal(size=n) for i in range(3)})


def with_exact_zeros(count: int) -> list[pd.DataFrame]:
    """Likert samples in which an item of A and one of B have a covariance of exactly 0."""
    found: list[pd.DataFrame] = []
    seed = 0
    while len(found) < count:
        rng = np.random.default_rng(seed)
        seed += 1
        f = rng.normal(size=45)
        g = 0.4 * f + rng.normal(size=45)
        columns = {}
        for name, factor in (("a", f), ("b", g)):
            for i in range(3):
                columns[f"{name}{i}"] = np.clip(np.round(3 + factor + 0.8 * rng.normal(size=45)), 1, 5)
        data = pd.DataFrame(columns)
        x = data.to_numpy().astype(int)
        if ((45 * x.T @ x - np.outer(x.sum(0), x.sum(0)))[:3, 3:] == 0).any():
            found.append(data)
    return found


@pytest.mark.parametrize("data", with_exact_zeros(5), ids=range(5))
def test_an_exact_zero_between_blocks_is_seen_in_every_order_of_rows(data: pd.DataFrame) -> None:
    for order in range(6):
        found = plsem.fit(data.sample(frac=1, random_state=order), MODEL)
        assert measurement.htmt_table(found, geometric=True).iloc[1, 0] == 0.0
        assert measurement.htmt_table(found).iloc[1, 0] > 0.0
        boot = plsem.bootstrap(data, MODEL, ["htmt2"], seed=1, n_resamples=10)
        assert boot.original.tolist() == [0.0]


def test_an_exact_zero_within_a_block_leaves_htmt2_undefined() -> None:
    r = np.full((6, 6), 0.3)
    np.fill_diagonal(r, 1.0)
    for noise in (0.0, 3e-17, -3e-17):
        r[0, 1] = r[1, 0] = noise
        assert np.isnan(measurement.htmt_table(estimate(MODEL, r), geometric=True).iloc[1, 0])
    assert measurement.htmt_table(estimate(MODEL, r)).iloc[1, 0] == pytest.approx(0.3 / np.sqrt(0.2 * 0.3))


def test_the_last_shown_digit_does_not_depend_on_the_order_of_rows() -> None:
    data = with_exact_zeros(1)[0]
    base = plsem.fit(data, MODEL).summary()["value"].to_numpy()
    for order in range(5):
        again = plsem.fit(data.sample(frac=1, random_state=order), MODEL).summary()["value"].to_numpy()
        np.testing.assert_allclose(again, base, rtol=1e-12, atol=1e-14)


def test_loadings_that_cancel_are_turned_by_the_first_item() -> None:
    model = plsem.Model({"X": ["x1", "x2"], "Y": ["y"]}, [("X", "Y")])
    for noise in (0.0, 1e-15, -1e-15):
        weights = np.array([[-0.7], [0.7], [1.0]])
        cross = np.array([[-0.8, -0.4], [0.8 + noise, 0.4], [-0.5, 1.0]])[:, :, None]
        kernels.orient(model, weights, cross, {}, True)
        assert weights[:, 0].tolist() == [0.7, -0.7, 1.0]
        assert cross[0, 0] > 0


def opposite_items() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    a = rng.normal(size=80)
    return pd.DataFrame(
        {
            "a0": a + 0.5 * rng.normal(size=80),
            "a1": -a + 0.5 * rng.normal(size=80),
            "b0": a + rng.normal(size=80),
            "b1": a + rng.normal(size=80),
        }
    )


def test_turned_resamples_are_counted_and_turned_although_items_are_opposite() -> None:
    data = opposite_items()
    model = plsem.Model({"A": ["a0", "a1"], "B": ["b0", "b1"]}, [("A", "B")])
    options = {"seed": 1, "n_resamples": 1000, "jackknife": False}
    by_rule = {
        rule: plsem.bootstrap(data, model, ["path_coefficient"], sign_changes=rule, **options)
        for rule in ("none", "construct", "tenenhaus")
    }
    right = plsem.bootstrap(data.assign(a1=-data["a1"]), model, ["path_coefficient"], **options)
    left = by_rule["none"].draws[:, 0] * by_rule["none"].original[0] < 0
    assert left.sum() == 97
    assert by_rule["none"].turned[left].all()
    assert by_rule["construct"].n_turned == by_rule["none"].n_turned
    np.testing.assert_allclose(np.abs(by_rule["construct"].draws), np.abs(right.draws), atol=1e-6)
    assert not (by_rule["construct"].draws[:, 0] * by_rule["construct"].original[0] < 0).any()
    # Tenenhaus's sums cancel, so that his rule sees none of them.
    assert (by_rule["tenenhaus"].draws[:, 0] * by_rule["tenenhaus"].original[0] < 0).sum() == 97
    assert "they were turned round" in by_rule["construct"].describe()


def test_without_opposite_items_the_two_sign_rules_agree() -> None:
    rng = np.random.default_rng(5)
    noise = pd.DataFrame(rng.normal(size=(40, 6)), columns=list(MODEL.items))
    draws = [
        plsem.bootstrap(
            continuous() + noise.to_numpy()[0], MODEL, "fast", seed=1, n_resamples=100, sign_changes=rule
        )
        for rule in ("construct", "tenenhaus")
    ]
    np.testing.assert_array_equal(draws[0].draws, draws[1].draws)


def test_an_estimate_of_zero_gives_no_sign() -> None:
    x = np.array([-1.0, -1, 1, 1] * 10)
    y = np.array([-1.0, 1, -1, 1] * 10)
    model = plsem.Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")])
    data = pd.DataFrame({"x": x, "y": y})
    boot = plsem.bootstrap(
        data, model, ["path_coefficient"], seed=1, n_resamples=200, sign_changes="individual"
    )
    assert boot.original[0] == 0.0
    assert (boot.draws > 0).any() and (boot.draws < 0).any()


@pytest.mark.parametrize("far", [1e5, 1e7, 1e9, 1e12])
def test_one_far_value_takes_no_digits_of_the_others(far: float) -> None:
    data = continuous()
    data.loc[0, "a0"] = far
    boot = plsem.bootstrap(data, MODEL, "fast", seed=1, n_resamples=100)
    assert boot.n_failed == 0
    x = data.to_numpy()
    rows = [*draw_indices(1, 60, 100), *(np.delete(np.arange(60), i) for i in range(60))]
    loop = np.stack([quantities(plsem.fit(x[i], MODEL), include="fast")[1] for i in rows])
    ours = np.concatenate([boot.draws, boot.jackknife])
    # A resample of which the sign is open may come out turned.
    np.testing.assert_allclose(np.abs(ours), np.abs(loop), rtol=1e-11, atol=1e-12)


def test_what_does_not_vary_is_still_found() -> None:
    data = continuous(n=5)
    data["a0"] = [0.1, 0.1, 0.1, 0.1, 3e6]
    same = np.array([[0, 1, 2, 3, 3], [0, 1, 2, 3, 4]])
    with pytest.warns(BootstrapWarning, match="1 zero variance"):
        boot = plsem.bootstrap(data, MODEL, ["htmt"], seed=1, indices=same, jackknife=False, max_failed=1.0)
    assert boot.status.tolist() == [1, 0]


@pytest.mark.parametrize("factor", [1e-100, 1e-50, 1e-9, 1e9, 1e50, 1e100])
def test_the_scale_of_the_answers_changes_nothing(factor: float) -> None:
    data = continuous()
    right, found = (plsem.fit(d, MODEL).summary()["value"] for d in (data, data * factor))
    np.testing.assert_allclose(found, right, rtol=1e-11, atol=1e-13)
    first, second = (plsem.bootstrap(d, MODEL, "fast", seed=1, n_resamples=20) for d in (data, data * factor))
    np.testing.assert_allclose(second.draws, first.draws, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("factor", [1e200, 1e-200])
def test_a_scale_that_cannot_be_squared_is_refused(factor: float) -> None:
    with pytest.raises(plsem.DataError, match="item 'a0' has values whose squares a computer cannot hold"):
        plsem.fit(continuous() * factor, MODEL)


def test_an_offset_takes_no_more_digits_than_the_answers_lose() -> None:
    data = (continuous() * 100).round()
    moved = plsem.bootstrap(data + 1e9, MODEL, "fast", seed=1, n_resamples=50)
    there = plsem.bootstrap(data, MODEL, "fast", seed=1, n_resamples=50)
    np.testing.assert_array_equal(moved.draws, there.draws)


@pytest.mark.parametrize("noise", [1e-3, 1e-4, 1e-5])
def test_large_mode_b_weights_settle(noise: float) -> None:
    found = plsem.fit(continuous(noise), FORMATIVE)
    assert np.abs(found.outer_weights).max() > 1e2
    assert found.converged and found.iterations < 30
    tight = plsem.fit(continuous(noise), FORMATIVE, tolerance=1e-13, max_iterations=2000)
    np.testing.assert_allclose(found.path_coefficients, tight.path_coefficients, atol=1e-6)


def test_groups_left_out_by_the_jackknife_count_their_own_rows() -> None:
    """Adjusted R² and χ² of what is left go by the rows that are left."""
    data = continuous()
    boot = plsem.bootstrap(
        data, MODEL, ["adjusted_r_squared", "chi_square"], seed=1, n_resamples=10, jackknife=7
    )
    order = block_generator(1, STREAM_GROUPS, 0).permutation(60)
    for found, out in zip(boot.jackknife, np.array_split(order, 7), strict=True):
        alone = plsem.fit(data.drop(index=data.index[out]), MODEL)
        np.testing.assert_allclose(
            found, quantities(alone, include=["adjusted_r_squared", "chi_square"])[1], rtol=1e-11
        )
