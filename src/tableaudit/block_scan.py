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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from plsem.names import nearest
from tableaudit.boxes import Interval, verdict_of
from tableaudit.checks import Check
from tableaudit.details import Detail, say
from tableaudit.identities import own_loadings
from tableaudit.printed import Cell, Published

FloatArray = NDArray[np.float64]
STATISTICS = ("cronbach_alpha", "rho_a", "ave")
N_STARTS = 5  # grid points that each end is refined from: the most extreme ones, and as many spread evenly


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


def block_checks(published: Published, readings: Mapping[str, Sequence[str]]) -> Iterator[Check]:
    """Yield, for every block of two or three items, whether its printed alpha and rho_A are attainable.

    Parameters
    ----------
    published : Published
    readings : mapping of str to sequence of str
        A composite_reliability column that is read as rho_a counts as rho_A.
    """
    for construct, items in published.items.items():
        loadings = own_loadings(published, construct)
        if len(items) not in (2, 3) or len(loadings) != len(items):
            continue
        if any(c.box.absolute().upper >= 1 for c in loadings):
            continue
        cells = {name: published.select(name, construct) for name in STATISTICS}
        if readings.get("composite_reliability", ("",))[0] == "rho_a":
            cells["rho_a"] = [*cells["rho_a"], *published.select("composite_reliability", construct)]
        known = {name: found[0] for name, found in cells.items() if found}
        neighbour, used = neighbour_correlation(published, construct)
        ranges = scan_block(
            [c.box for c in loadings],
            correlation=neighbour,
            boxes={n: c.box for n, c in known.items()},
            statistics=[n for n in ("cronbach_alpha", "rho_a") if n in known],
        )
        checks = []
        for name in ("cronbach_alpha", "rho_a"):
            if name in known:
                others = [c for n, c in known.items() if n != name]
                checks.append(_check(construct, known[name], name, ranges[name], [*loadings, *others, *used]))
        yield from _blame(published, checks)


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


def _check(construct: str, cell: Cell, name: str, found: BlockRange, others: Sequence[Cell]) -> Check:
    label = "alpha" if name == "cronbach_alpha" else "rho_A"
    if found.attainable is None:
        truth: bool | None = None
        detail = Detail(
            "no correlation matrix of the block gives the other printed cells together",
            "ninguna matriz de correlación del bloque da a la vez las demás celdas impresas",
        )
    else:
        truth = cell.box.intersect(found.attainable) is not None
        detail = say(
            "every correlation matrix with the other printed cells has it in {}",
            "toda matriz de correlación con las demás celdas impresas la tiene en {}",
            found.attainable,
        )
    return Check(
        f"{label} attainable (exhaustive scan)",
        "attainable",
        construct,
        cell.id,
        cell.printed,
        found.attainable,
        verdict_of(truth),
        detail,
        tuple(dict.fromkeys(c.id for c in others)),
    )


def _blame(published: Published, checks: list[Check]) -> list[Check]:
    """Of two figures that exclude each other, name the one that the smaller change would repair."""
    failed = [c for c in checks if c.verdict == "fails" and c.allowed is not None]
    if len(failed) < 2:
        return checks
    gaps = {c.cell: _gap(published[c.cell].box, c.allowed) for c in failed if c.allowed is not None}
    named = min(gaps, key=lambda cell: gaps[cell])
    return [
        c
        if c.cell == named or c not in failed
        else replace(
            c,
            verdict="cannot be told",
            detail=say(
                "excluded by {}, which the smaller change would repair; {}",
                "excluida por {}, que se repararía con el cambio menor; {}",
                named,
                c.detail,
            ),
        )
        for c in checks
    ]


def _gap(box: Interval, allowed: Interval) -> float:
    return max(box.lower - allowed.upper, allowed.lower - box.upper, 0.0)


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

        def point(x: FloatArray) -> FloatArray:
            return np.concatenate([fixed, x])

        def objective(x: FloatArray) -> float:
            return sign * float(self.statistics(point(x)[None])[name][0])

        def margins(x: FloatArray) -> FloatArray:
            return self._margins(name, self.statistics(point(x)[None]))

        angles = self.m - 1 - len(fixed)
        low = np.array([-np.inf] * angles + [b.lower for b in self.loadings])
        high = np.array([np.inf] * angles + [b.upper for b in self.loadings])
        found = optimize.minimize(
            objective,
            start[len(fixed) :],
            method="SLSQP",
            bounds=optimize.Bounds(low, high),
            constraints=optimize.NonlinearConstraint(margins, 0.0, np.inf),
            options={"maxiter": 100, "ftol": 1e-10},
        )
        end = np.clip(np.asarray(found.x, dtype=float), low, high)
        if not np.isfinite(end).all() or margins(end).min() < -1e-7:
            return None
        return point(end)

    def _margins(self, name: str, values: Mapping[str, FloatArray]) -> FloatArray:
        out = [float(values["room"][0])]
        for other, box in self.boxes.items():
            if other != name:
                out += [float(values[other][0]) - box.lower, box.upper - float(values[other][0])]
        return np.array(out)
