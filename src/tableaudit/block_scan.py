r"""What alpha and :math:`\rho_A` a block of two or three items can have, by an exhaustive scan.

Write items as unit vectors around their construct's score y: item i has component :math:`\lambda_i` along y
and a residual of length :math:`s_i = \sqrt{1 - \lambda_i^2}` at right angles to it.  The score is a
combination of its items, so the residuals of three items lie in a plane and

.. math:: r_{ij} = \lambda_i \lambda_j + s_i s_j \cos(\varphi_i - \varphi_j).

Two angles (one choice of sign for two items) thus span every correlation matrix with the given loadings.
The weights follow, :math:`w = R^{-1}\lambda`.  In Mode A the items' correlations with the neighbouring
score are proportional to w; with one neighbour and a known path they are :math:`c = w |\beta| / w'w`, and
the matrix of the items extended by c must stay positive semidefinite.  Nothing else limits the block, so
what the scan does not reach, no data reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from plsem.names import nearest
from tableaudit.block_bounds import rounding
from tableaudit.boxes import Interval
from tableaudit.printed import Cell, Published

FloatArray = NDArray[np.float64]
STATISTICS = ("cronbach_alpha", "rho_a", "ave")
_STEP = 1e-7
N_STARTS = 4  # grid points that each end is refined from: the most extreme ones, and as many spread evenly


@dataclass(frozen=True, slots=True)
class BlockRange:
    """The range of one statistic over a block's attainable correlation matrices.

    Parameters
    ----------
    statistic : str
    attainable : Interval or None
        None where no matrix meets the other constraints.
    lowest, highest : ndarray, (m, m) or None
        Item correlation matrices that attain the two ends.
    """

    statistic: str
    attainable: Interval | None
    lowest: FloatArray | None
    highest: FloatArray | None


def scan_block(
    loadings: Sequence[Interval],
    *,
    correlation: Interval | None = None,
    boxes: Mapping[str, Interval] | None = None,
    statistics: Sequence[str] = STATISTICS,
    step: float = 1.0,
) -> dict[str, BlockRange]:
    """Range of alpha, rho_A and AVE, each while the other two stay in their boxes.

    Parameters
    ----------
    loadings : sequence of 2 or 3 Interval
        Boxes of the loadings.
    correlation : Interval, optional
        Correlation with the only neighbouring construct; without it (or with several neighbours) the
        condition on the extended matrix is left out.
    boxes : mapping of str to Interval, optional
        Printed boxes of ``cronbach_alpha``, ``rho_a`` and ``ave``, where there are any.
    statistics : sequence of str
        The ones to bound.
    step : float
        Grid of the two angles, in degrees.  The ends are then refined with the loadings free in their boxes.

    Returns
    -------
    dict of str to BlockRange

    Raises
    ------
    ValueError
        If there are not 2 or 3 loadings, one can reach 1 in size, or a statistic is unknown.
    """
    if len(loadings) not in (2, 3):
        raise ValueError(f"the scan covers blocks of 2 or 3 items, found {len(loadings)}")
    for name in statistics:
        if name not in STATISTICS:
            raise ValueError(f"statistics: unknown {name!r}{nearest(name, STATISTICS)}")
    if any(b.absolute().upper >= 1 for b in loadings):
        raise ValueError("a loading of 1 leaves no residual to scan")
    block = _Block(list(loadings), None if correlation is None else correlation.absolute(), dict(boxes or {}))
    grid = block.grid(step)
    values = block.statistics(grid)
    return {name: block.range(name, grid, values) for name in statistics}


def neighbour_correlation(published: Published, construct: str) -> tuple[Interval | None, list[Cell]]:
    """Return the size of the correlation with the only neighbouring construct, and the cells that print it.

    None where the construct has several neighbours, or nothing is printed, or the printed cells disagree.
    """
    paths = [path for path in published.paths if construct in path]
    if len(paths) != 1:
        return None, []
    source, target = paths[0]
    cells = [
        *published.select("construct_correlation", source, target),
        *(published.select("path_coefficient", source, target) if _alone(published, target) else []),
    ]
    boxes = [c.box.absolute() for c in cells]
    if _alone(published, target):
        for c in published.select("r_squared", None, target):
            cells.append(c)
            boxes.append(Interval(max(c.box.lower, 0), max(c.box.upper, 0)).sqrt())
        for c in published.select("f_squared", source, target):
            low, high = max(c.box.lower, 0), max(c.box.upper, 0)
            cells.append(c)
            boxes.append(Interval(low / (1 + low), high / (1 + high)).sqrt())
    common: Interval | None = boxes[0] if boxes else None
    for box in boxes[1:]:
        common = None if common is None else common.intersect(box)
    return common, cells if common is not None else []


def _alone(published: Published, target: str) -> bool:
    return sum(t == target for _, t in published.paths) == 1


def raw_alpha_of_block(
    loadings: Sequence[Interval],
    rho_a: Interval | None,
    alpha: Interval,
    *,
    correlation: Interval | None = None,
    spread: float = 2.5,
) -> bool:
    r"""Tell whether some matrix and standard deviations of the items give a raw alpha with the loadings and rho_A.

    Raw alpha is :math:`\frac{m}{m-1}(1 - \sum \sigma_i^2 / \sum \sigma_i \sigma_j r_{ij})`.

    Parameters
    ----------
    loadings : sequence of 2 or 3 Interval
    rho_a : Interval, optional
    alpha : Interval
        Box of the printed alpha.
    correlation : Interval, optional
        As for :func:`scan_block`.
    spread : float
        Largest ratio of two standard deviations.
    """
    block = _Block(list(loadings), None if correlation is None else correlation.absolute(), {})
    grid = block.grid(2.0)
    values = block.statistics(grid)
    kept = values["room"] >= 0
    if rho_a is not None:
        slack = 0.004 + rounding(loadings, of_weights=True)
        kept &= (values["rho_a"] >= rho_a.lower - slack) & (values["rho_a"] <= rho_a.upper + slack)
    r = block.matrices(grid[kept])
    m = block.m
    logs = np.linspace(0.0, np.log(spread), 8)
    sds = np.exp(np.stack(np.meshgrid(*[logs] * m, indexing="ij"), axis=-1).reshape(-1, m))
    low, high = np.inf, -np.inf
    for sd in sds[(sds == 1).any(axis=1)]:
        variance = np.einsum("bij,i,j->b", r, sd, sd)
        if not len(variance):
            return False
        raw = m / (m - 1) * (1 - np.sum(sd**2) / variance)
        low, high = min(low, float(raw.min())), max(high, float(raw.max()))
    slack = rounding(loadings, of_weights=False)
    return Interval(low - slack, max(low, high) + slack).intersect(alpha) is not None


class _Block:
    """The scan of one block; a point is (angles, loadings) in one row."""

    def __init__(
        self, loadings: list[Interval], correlation: Interval | None, boxes: dict[str, Interval]
    ) -> None:
        self.loadings = loadings
        self.correlation = correlation
        self.boxes = boxes
        self.m = len(loadings)

    def grid(self, step: float) -> FloatArray:
        """Return the points of the grid, loadings at their centres."""
        centre = np.array([b.middle for b in self.loadings])
        if self.m == 2:
            angles = np.array([[0.0], [np.pi]])
        else:
            half, full = (np.radians(np.arange(0.0, end, step)) for end in (180.0 + step / 2, 360.0))
            angles = np.stack(np.meshgrid(half, full, indexing="ij"), axis=-1).reshape(-1, 2)
        return np.hstack([angles, np.tile(centre, (len(angles), 1))])

    def matrices(self, points: FloatArray) -> FloatArray:
        """Return the item correlation matrices, (N, m, m)."""
        angles = np.hstack([np.zeros((len(points), 1)), points[:, : self.m - 1]])
        loadings = points[:, self.m - 1 :]
        residual = np.sqrt(1 - loadings**2)
        r = loadings[:, :, None] * loadings[:, None, :] + residual[:, :, None] * residual[
            :, None, :
        ] * np.cos(angles[:, :, None] - angles[:, None, :])
        diagonal = np.arange(self.m)
        r[:, diagonal, diagonal] = 1.0
        return np.asarray(r)

    def statistics(self, points: FloatArray) -> dict[str, FloatArray]:
        """Return alpha, rho_A, AVE and the room that the extended matrix leaves (negative: impossible)."""
        r = self.matrices(points)
        loadings = points[:, self.m - 1 :]
        # a vanishing ridge keeps singular matrices, a null set of the grid, from stopping the scan
        w = np.linalg.solve(r + 1e-12 * np.eye(self.m), loadings[..., None])[..., 0]
        rows, columns = np.triu_indices(self.m, 1)
        pairs, products = r[:, rows, columns], w[:, rows] * w[:, columns]
        mean = pairs.mean(axis=1)
        ww = np.sum(w * w, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            rho_a = ww**2 * np.sum(products * pairs, axis=1) / np.sum(products**2, axis=1)
            alpha = self.m * mean / (1 + (self.m - 1) * mean)
        room = np.ones(len(points))
        if self.correlation is not None:
            spread = np.sum(w * np.linalg.solve(r + 1e-12 * np.eye(self.m), w[..., None])[..., 0], axis=1)
            room = 1 - (self.correlation.lower / ww) ** 2 * spread
        return {
            "cronbach_alpha": alpha,
            "rho_a": rho_a,
            "ave": np.mean(loadings**2, axis=1),
            "room": room,
        }

    def range(self, name: str, grid: FloatArray, values: Mapping[str, FloatArray]) -> BlockRange:
        """Return the range of one statistic under the boxes of the others."""
        near = np.isfinite(values[name]) & (values["room"] > -0.05)
        miss = np.zeros(len(grid))
        for other, box in self.boxes.items():
            if other != name:
                miss = np.maximum(miss, np.maximum(box.lower - values[other], values[other] - box.upper))
        for slack in (0.01, 0.03, 0.1):
            chosen = near & (miss < slack)
            if chosen.sum() >= 20 or (self.m == 2 and chosen.any()):
                break
        candidates = np.flatnonzero(chosen)
        if not candidates.size:
            return BlockRange(name, None, None, None)
        ends = [self._refine(name, grid, values[name], candidates, sign) for sign in (1.0, -1.0)]
        (low, low_matrix), (high, high_matrix) = ends
        if low is None or high is None:
            return BlockRange(name, None, None, None)
        return BlockRange(name, Interval(min(low, high), max(low, high)), low_matrix, high_matrix)

    def _refine(
        self, name: str, grid: FloatArray, value: FloatArray, candidates: NDArray[np.intp], sign: float
    ) -> tuple[float | None, FloatArray | None]:
        order = candidates[np.argsort(sign * value[candidates], kind="stable")]
        spread = np.linspace(0, len(order) - 1, N_STARTS).astype(int)
        starts = np.unique(np.concatenate([order[:N_STARTS], order[spread]]))
        best: tuple[float | None, FloatArray | None] = (None, None)
        for start in starts:
            point = self._solve(name, grid[start], sign)
            if point is None:
                continue
            reached = float(self.statistics(point[None])[name][0])
            if best[0] is None or sign * reached < sign * best[0]:
                best = (reached, self.matrices(point[None])[0])
        return best

    def _solve(self, name: str, start: FloatArray, sign: float) -> FloatArray | None:
        """Move a grid point to the nearest end of the statistic; None where it meets no constraints."""
        fixed = start[: self.m - 1] if self.m == 2 else start[:0]
        angles = self.m - 1 - len(fixed)
        low = np.array([-np.inf] * angles + [b.lower for b in self.loadings])
        high = np.array([np.inf] * angles + [b.upper for b in self.loadings])
        k = len(low)
        offsets = _STEP * np.vstack([np.zeros((1, k)), np.eye(k), -np.eye(k)])
        seen: dict[bytes, FloatArray] = {}

        def around(x: FloatArray) -> FloatArray:
            # objective and margins at x and a step to each side, in one batch: their slopes cost no more calls
            key = x.tobytes()
            if key not in seen:
                points = x + offsets
                values = self.statistics(np.hstack([np.tile(fixed, (len(points), 1)), points]))
                seen.clear()
                seen[key] = np.vstack([sign * values[name], self._margins(name, values)])
            return seen[key]

        def slopes(x: FloatArray) -> FloatArray:
            rows = around(x)
            return (rows[:, 1 : k + 1] - rows[:, k + 1 :]) / (2 * _STEP)

        minimize: Any = optimize.minimize  # its stubs do not know SLSQP's options
        found = minimize(
            lambda x: float(around(x)[0, 0]),
            start[len(fixed) :],
            method="SLSQP",
            jac=lambda x: slopes(x)[0],
            bounds=optimize.Bounds(low, high),
            constraints={
                "type": "ineq",
                "fun": lambda x: around(x)[1:, 0],
                "jac": lambda x: slopes(x)[1:],
            },
            options={"maxiter": 60, "ftol": 1e-9},
        )
        end = np.clip(np.asarray(found.x, dtype=float), low, high)
        if not np.isfinite(end).all() or around(end)[1:, 0].min() < -1e-7:
            return None
        return np.concatenate([fixed, end])

    def _margins(self, name: str, values: Mapping[str, FloatArray]) -> FloatArray:
        out = [values["room"]]
        for other, box in self.boxes.items():
            if other != name:
                out += [values[other] - box.lower, box.upper - values[other]]
        return np.array(out)
