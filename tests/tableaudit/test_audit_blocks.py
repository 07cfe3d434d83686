"""The exhaustive scan of small blocks: it holds what data give, and its ends are attained."""

from itertools import product

import numpy as np
import pytest

from plsem.estimator import estimate
from plsem.model import Model
from tableaudit.block_bounds import alpha_bounds, rho_a_bounds
from tableaudit.block_scan import _Block, neighbour_correlation, scan_block
from tableaudit.boxes import Interval
from tableaudit.printed import load_published

ROOM = {"rho_a": Interval(0.6, 0.9)}


def box(value, half=5e-4):
    return Interval(value - half, value + half)


def alpha(r):
    m = len(r)
    mean = r[np.triu_indices(m, 1)].mean()
    return m * mean / (1 + (m - 1) * mean)


def random_estimate(rng, sizes=(3, 4)):
    items = [f"x{i}" for i in range(sum(sizes))]
    model = Model({"A": items[: sizes[0]], "B": items[sizes[0] :]}, [("B", "A")])
    factor = rng.normal(size=(2, 200)) @ np.eye(200)
    factor[0] += 0.9 * factor[1]
    rows = [factor[0]] * sizes[0] + [factor[1]] * sizes[1]
    data = np.array(rows) + rng.uniform(0.4, 1.5, size=(len(rows), 1)) * rng.normal(size=(len(rows), 200))
    return estimate(model, np.corrcoef(data), tolerance=1e-12, max_iterations=2000)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sizes", [(3, 4), (2, 3)])
def test_the_scan_holds_what_real_data_give(seed, sizes):
    found = random_estimate(np.random.default_rng(seed), sizes)
    m = sizes[0]
    r = found.correlations[:m, :m]
    true = {"cronbach_alpha": alpha(r), "rho_a": float(found.rho_a[0])}
    beta = float(found.path_coefficients[1, 0])
    ranges = scan_block(
        [box(v) for v in found.loadings[:m]],
        correlation=box(beta),
        boxes={name: box(value) for name, value in true.items()},
        statistics=tuple(true),
    )
    for name, value in true.items():
        interval = ranges[name].attainable
        assert interval is not None
        assert interval.lower - 1e-6 <= value <= interval.upper + 1e-6


def test_the_ends_are_attained_by_the_matrices_that_are_kept():
    loadings = [box(0.8), box(0.75), box(0.6)]
    found = scan_block(loadings, correlation=box(0.5), boxes=ROOM, statistics=["cronbach_alpha"])
    interval = found["cronbach_alpha"].attainable
    for end, matrix in (
        (interval.lower, found["cronbach_alpha"].lowest),
        (interval.upper, found["cronbach_alpha"].highest),
    ):
        assert alpha(matrix) == pytest.approx(end, abs=1e-9)
        assert np.linalg.eigvalsh(matrix)[0] > -1e-9
    assert interval.width > 0.01


def test_mode_a_with_a_neighbour_realises_an_end():
    """The kept matrix, extended by a neighbour as the scan says, has those loadings in the estimator."""
    values = [0.8, 0.75, 0.6]
    found = scan_block(
        [box(v) for v in values], correlation=box(0.5), boxes=ROOM, statistics=["cronbach_alpha"]
    )
    r = found["cronbach_alpha"].lowest
    w = np.linalg.solve(r, np.array(values))
    w /= np.sqrt(w @ r @ w)
    c = 0.5 * w / (w @ w)
    extended = np.block([[r, c[:, None]], [c[None], np.ones((1, 1))]])
    model = Model({"A": ["a", "b", "c"], "N": ["n"]}, [("N", "A")])
    result = estimate(model, extended, tolerance=1e-12, max_iterations=5000)
    assert result.loadings[:3] == pytest.approx(values, abs=1e-3)
    assert result.path_coefficients[1, 0] == pytest.approx(0.5, abs=2e-3)


def test_the_grid_has_every_pair_of_angles():
    points = _Block([box(0.7), box(0.8), box(0.6)], None, {}).grid(60.0)
    pairs = {(round(a), round(b)) for a, b in np.degrees(points[:, :2])}
    assert pairs == set(product((0, 60, 120, 180), (0, 60, 120, 180, 240, 300)))
    np.testing.assert_allclose(points[:, 2:], np.tile([0.7, 0.8, 0.6], (24, 1)))


def test_two_items_have_two_matrices_only():
    loading = box(0.8, 0)
    found = scan_block([loading, loading], statistics=["cronbach_alpha"])
    values = [alpha(np.array([[1, r], [r, 1]])) for r in (0.64 + 0.36, 0.64 - 0.36)]
    assert found["cronbach_alpha"].attainable.lower == pytest.approx(min(values), abs=1e-6)
    assert found["cronbach_alpha"].attainable.upper == pytest.approx(max(values), abs=1e-6)


def test_a_strong_path_narrows_what_is_attainable():
    loadings = [box(0.895), box(0.812), box(0.470)]
    free, weak, strong = (
        scan_block(loadings, correlation=c, statistics=["cronbach_alpha"])["cronbach_alpha"].attainable
        for c in (None, box(0.2), box(0.95))
    )
    assert strong.within(weak) and weak.within(free)
    assert strong.width < 0.8 * weak.width


def test_the_extended_matrix_is_what_a_strong_path_runs_into():
    """At an end that the path limits, items and neighbour form a matrix on the edge of being one."""
    loadings = np.array([0.895, 0.812, 0.470])
    found = scan_block([box(v, 0) for v in loadings], correlation=box(0.95, 0), statistics=["cronbach_alpha"])
    smallest = []
    for r in (found["cronbach_alpha"].lowest, found["cronbach_alpha"].highest):
        w = np.linalg.solve(r, loadings)
        c = 0.95 * w / (w @ w)
        extended = np.block([[r, c[:, None]], [c[None], np.ones((1, 1))]])
        smallest.append(np.linalg.eigvalsh(extended)[0])
        assert c @ w == pytest.approx(0.95)
    assert np.array(smallest) == pytest.approx([0.0, 0.0], abs=1e-5)


def test_f_squared_alone_pins_the_correlation_with_the_neighbour(tmp_path):
    path = tmp_path / "x_values.csv"
    path.write_text(
        "table,cell,statistic,row,column,printed\n1,a,outer_loading,a,A,0.8\n1,c,outer_loading,c,B,0.8\n"
        "1,b,path_coefficient,B,A,0.5\n1,f,f_squared,B,A,0.3333\n"
    )
    found, cells = neighbour_correlation(load_published(path), "A")
    low, high = (np.sqrt(f / (1 + f)) for f in (0.33325, 0.33335))
    assert (found.lower, found.upper) == pytest.approx((low, high), abs=1e-12)
    assert [c.id for c in cells] == ["b", "f"]


def test_constraints_that_exclude_each_other_leave_nothing():
    found = scan_block([box(0.8)] * 3, boxes={"rho_a": Interval(1.5, 1.6)}, statistics=["cronbach_alpha"])
    assert found["cronbach_alpha"].attainable is None


def test_what_the_scan_does_not_cover_is_refused():
    with pytest.raises(ValueError, match="2 or 3 items, found 4"):
        scan_block([box(0.7)] * 4)
    with pytest.raises(ValueError, match="loading of 1"):
        scan_block([box(0.9999), box(0.5)])
    with pytest.raises(ValueError, match="did you mean 'rho_a'"):
        scan_block([box(0.7)] * 3, statistics=["rho_aa"])


@pytest.mark.parametrize("seed", range(6))
def test_what_a_neighbour_leaves_holds_what_real_data_give(seed):
    """Blocks of unlike items: rho_A and alpha of the estimate lie within the bounds of loadings and neighbour."""
    found = random_estimate(np.random.default_rng(seed), (5, 3))
    assert (found.outer_weights[:5] > 0).all()
    loadings = [box(v) for v in found.loadings[:5]]
    assert min(b.lower for b in loadings) > 0.4
    beta = float(found.path_coefficients[1, 0])
    proxy = (abs(beta) - 0.01, abs(beta) + 0.01)
    own, rho_a = alpha(found.correlations[:5, :5]), float(found.rho_a[0])
    beside = rho_a_bounds(loadings, proxy, box(own))
    assert beside.contains(rho_a) and alpha_bounds(loadings, box(rho_a), proxy).contains(own)
    assert beside.width < 0.5 * rho_a_bounds(loadings).width


def test_a_strong_neighbour_keeps_the_weights_near_the_loadings():
    """|w_i/w'w − λ_i| ≤ s_i √(1/ρ² − 1): equal loadings and ρ near 1 make weights equal, and rho_A follows."""
    loadings = [box(0.8)] * 4
    q = 1 / (4 * 0.64)
    equal = q * (1 - q) / (q - q / 4)
    near = rho_a_bounds(loadings, (0.98, 0.985))
    assert near.contains(equal) and near.width < 0.1 < rho_a_bounds(loadings, (0.5, 0.55)).width
