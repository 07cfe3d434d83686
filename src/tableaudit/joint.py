r"""All relations at once: whether the printed figures can be true together, and which one would settle it.

Unknown are the unrounded values :math:`v` of the cells.  Each relation is :math:`g(v) = 0` (or :math:`\le 0`),
each printed figure a box :math:`|v - m| \le h`.  The least total growth of the boxes,

.. math:: \min_{v, s} \sum s_c \quad\text{subject to}\quad g(v) = 0,\; |v_c - m_c| \le (1 + s_c)\,h_c,\; s \ge 0,

is found by sequential linear programming: the boxes are so small that the relations are all but linear in
them.  A sum of 0 comes with values that prove the figures consistent.  Above 0, the dual solution names the
figures that the conflict rests on; a single one whose box, taken away, makes the rest consistent may be the
wrong one, and the same programme gives the values that it could have.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from plsem.quantities import SIGNED
from tableaudit.boxes import Interval
from tableaudit.printed import Cell
from tableaudit.relations import Relation, check_of

FloatArray = NDArray[np.float64]
EXCESS = (
    0.01  # growth of the boxes, as a share of their half width, that floating point and curvature explain
)
_ROUNDS = 14
_STEP = 1e-6
Score = Callable[[Cell, Interval], float]


@dataclass(frozen=True, slots=True)
class Solution:
    """What the programme ended with.

    Parameters
    ----------
    excess : float
        Total growth of the boxes, in half widths; ``nan`` where it did not converge.
    values : ndarray
        Values of the cells.
    growth : ndarray
        Growth of each box.
    blamed : tuple of str
        Cells that the conflict rests on; empty where there is none.
    """

    excess: float
    values: FloatArray
    growth: FloatArray
    blamed: tuple[str, ...] = ()

    @property
    def consistent(self) -> bool | None:
        """True with proof, False, or None where the programme did not converge."""
        return None if math.isnan(self.excess) else self.excess <= EXCESS


@dataclass(slots=True)
class Component:
    """Cells that relations tie together, directly or through others."""

    cells: list[Cell]
    relations: list[Relation]
    index: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.index = {c.id: i for i, c in enumerate(self.cells)}
        self.columns = [np.array([self.index[c.id] for c in r.cells], dtype=np.intp) for r in self.relations]
        self.low = np.array([c.box.lower for c in self.cells])
        self.high = np.array([c.box.upper for c in self.cells])
        half = 0.5 * (self.high - self.low)
        unit = np.array([0.5 * 10.0**-c.decimals for c in self.cells])
        self.half = np.where(np.isfinite(half) & (half > 0), half, unit)
        middle = np.where(np.isfinite(self.low) & np.isfinite(self.high), 0.5 * (self.low + self.high), 0.0)
        middle = np.where(np.isfinite(self.low) & ~np.isfinite(self.high), self.low + unit, middle)
        self.start = np.where(~np.isfinite(self.low) & np.isfinite(self.high), self.high - unit, middle)
        self.fixed = (self.high - self.low) == 0

    columns: list[NDArray[np.intp]] = field(init=False)
    low: FloatArray = field(init=False)
    high: FloatArray = field(init=False)
    half: FloatArray = field(init=False)
    start: FloatArray = field(init=False)
    fixed: NDArray[np.bool_] = field(init=False)

    def linearised(self, v: FloatArray) -> tuple[FloatArray, sparse.csr_array]:
        """Return g(v) and its Jacobian; g = target − function of the inputs."""
        g = np.empty(len(self.relations))
        rows, columns, values = [], [], []
        for i, (relation, at) in enumerate(zip(self.relations, self.columns, strict=True)):
            inputs = at[1:]
            k = len(inputs)
            points = np.tile(v[inputs], (2 * k + 1, 1))
            step = np.maximum(_STEP, 1e-3 * self.half[inputs])
            points[1 : k + 1][np.diag_indices(k)] += step
            points[k + 1 :][np.diag_indices(k)] -= step
            found = relation.value(points)
            g[i] = v[at[0]] - found[0]
            with np.errstate(invalid="ignore"):  # what is not finite ends the search
                slope = (found[1 : k + 1] - found[k + 1 :]) / (2 * step)
            rows += [i] * (k + 1)
            columns += at.tolist()
            values += [1.0, *(-slope)]
        shape = (len(self.relations), len(self.cells))
        return g, sparse.csr_array((values, (rows, columns)), shape=shape)

    def residual(self, v: FloatArray) -> float:
        """Return the largest miss of a relation at v, beyond its slack."""
        worst = 0.0
        for relation, at in zip(self.relations, self.columns, strict=True):
            miss = float(v[at[0]] - relation.value(v[at[1:]][None])[0])
            if relation.sense == "=":
                miss = abs(miss)
            elif relation.sense == ">=":
                miss = -miss
            worst = max(worst, miss - relation.slack) if not math.isnan(miss) else math.inf
        return worst


def components(relations: Sequence[Relation]) -> list[Component]:
    """Group relations that share cells."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for relation in relations:
        for cell in relation.inputs:
            parent[root(cell.id)] = root(relation.target.id)
    groups: dict[str, list[Relation]] = {}
    for relation in relations:
        groups.setdefault(root(relation.target.id), []).append(relation)
    return [
        Component(list({c.id: c for r in group for c in r.cells}.values()), group)
        for group in groups.values()
    ]


def natural_range(cell: Cell) -> Interval:
    """Return a range that no figure of a statistic leaves: where a cell is free, it moves within it."""
    kind = cell.statistic.rpartition(".")[2]
    if kind in _CORRELATIONS:
        return Interval(-1.0, 1.0)
    if kind in _SHARES:
        return Interval(0.0, 1.0)
    if kind == "cronbach_alpha":
        return Interval(-2.0, 1.0)
    if kind.endswith("vif"):
        return Interval(1.0, 100.0)
    if kind in ("path_coefficient", "total_effect", "indirect_effect", "specific_indirect_effect"):
        return Interval(-3.0, 3.0)
    if kind == "t_statistic":
        return Interval(-1000.0, 1000.0)
    return Interval(0.0, 1000.0) if kind in ("f_squared", "standard_error") else Interval(-1000.0, 1000.0)


_CORRELATIONS = frozenset({"outer_loading", "cross_loading", "construct_correlation", "adjusted_r_squared"})
_SHARES = frozenset({"ave", "sqrt_ave", "r_squared", "p_value", "rho_c", "rho_a", "composite_reliability"})


def solve(
    component: Component,
    *,
    free: Iterable[str] = (),
    toward: tuple[str, float] | None = None,
    start: FloatArray | None = None,
    allowance: FloatArray | None = None,
) -> Solution:
    """Find the least growth of the boxes, or the end of a free cell's range.

    Parameters
    ----------
    component : Component
    free : iterable of str
        Cells whose boxes are taken away.
    toward : (str, float), optional
        A cell and a sign: with all other boxes as printed, move that cell as far as it goes (+1 up).
    start : ndarray, optional
        Values to start from; default the boxes' centres.
    allowance : ndarray, optional
        With ``toward``: growth that each box may have.

    Returns
    -------
    Solution
        With ``toward``, ``values`` hold the end that was reached, and ``excess`` is 0.
    """
    n = len(component.cells)
    open_ = np.zeros(n, dtype=bool)
    for name in free:
        open_[component.index[name]] = True
    v = component.start.copy() if start is None else start.copy()
    natural = [natural_range(c) for c in component.cells]
    low = np.where(open_, [r.lower for r in natural], component.low)
    high = np.where(open_, [r.upper for r in natural], component.high)
    half = np.where(open_ | component.fixed, 0.0, component.half)
    trust = np.full(n, np.inf)
    wide = np.array([r.width for r in natural])
    trust[open_] = np.maximum(wide[open_], np.abs(v[open_]))
    nothing = np.zeros(n)
    best = Solution(math.nan, v, nothing)
    previous = math.inf
    scale = float(np.median(component.half))
    for round_ in range(_ROUNDS):
        g, jacobian = component.linearised(v)
        if not (np.isfinite(g).all() and np.isfinite(jacobian.data).all()):
            return Solution(math.nan, v, nothing)
        found = _programme(component, v, g, jacobian, low, high, half, trust, toward, allowance)
        if found is None:  # relations that repeat one another agree off the solution to second order only
            relaxed = 2 * component.residual(v)
            found = _programme(component, v, g, jacobian, low, high, half, trust, toward, allowance, relaxed)
        if found is None:
            return best if toward is not None else Solution(math.nan, v, nothing)
        step, growth, blamed = found
        v = v + step
        aim = float(growth.sum()) if toward is None else float(v[component.index[toward[0]]])
        settled = component.residual(v) < 1e-3 * scale
        if settled:
            best = Solution(aim if toward is None else 0.0, v.copy(), growth, blamed)
        near = 1e-3 * max(1.0, aim) if toward is None else 1e-3 * component.half[component.index[toward[0]]]
        if settled and (abs(previous - aim) < near or (toward is None and aim <= EXCESS)):
            break
        previous = aim
        if round_ > 2:
            moved = np.maximum(0.5 * np.abs(step), 1e-9)
            trust[open_] = np.minimum(trust[open_], moved[open_]) if not settled else trust[open_]
        if round_ > 8:
            trust = np.minimum(trust, np.maximum(0.5 * np.abs(step), 1e-9))
    return best


def _programme(
    component: Component,
    v: FloatArray,
    g: FloatArray,
    jacobian: sparse.csr_array,
    low: FloatArray,
    high: FloatArray,
    half: FloatArray,
    trust: FloatArray,
    toward: tuple[str, float] | None,
    allowance: FloatArray | None,
    relaxed: float = 0.0,
) -> tuple[FloatArray, FloatArray, tuple[str, ...]] | None:
    n, m = len(v), len(g)
    senses = np.array([r.sense for r in component.relations])
    slack = np.array([r.slack for r in component.relations]) + relaxed
    tight = (senses == "=") & (slack == 0)
    loose = (senses == "=") & ~tight
    elastic = half > 0
    full = sparse.hstack([jacobian, sparse.csr_array((m, n))]).tocsr()
    eye = sparse.eye_array(n).tocsr()
    grow = sparse.diags_array(half).tocsr()
    upper_rows = np.flatnonzero(np.isfinite(high) & elastic)
    lower_rows = np.flatnonzero(np.isfinite(low) & elastic)
    above, below = loose | (senses == "<="), loose | (senses == ">=")
    blocks = [
        sparse.hstack([eye, -grow]).tocsr()[upper_rows],
        sparse.hstack([-eye, -grow]).tocsr()[lower_rows],
        full[np.flatnonzero(above)],
        -full[np.flatnonzero(below)],
    ]
    right = [(high - v)[upper_rows], (v - low)[lower_rows], (slack - g)[above], (slack + g)[below]]
    bounds = np.column_stack([-trust, trust])
    rigid = ~elastic
    bounds[rigid, 0] = np.maximum(bounds[rigid, 0], np.minimum((low - v)[rigid], 0.0))
    bounds[rigid, 1] = np.minimum(bounds[rigid, 1], np.maximum((high - v)[rigid], 0.0))
    growth_bounds = np.column_stack([np.zeros(n), np.full(n, np.inf)])
    cost = np.concatenate([np.zeros(n), np.where(elastic, 1.0, 0.0)])
    if toward is not None:
        cost = np.zeros(2 * n)
        cost[component.index[toward[0]]] = -toward[1]
        growth_bounds[:, 1] = 1e-3 + (0.0 if allowance is None else allowance)
    growth_bounds[rigid, 1] = 0.0
    linprog: Any = optimize.linprog  # its stubs do not know sparse matrices
    found = linprog(
        cost,
        A_ub=sparse.vstack(blocks),
        b_ub=np.concatenate(right),
        A_eq=full[np.flatnonzero(tight)] if tight.any() else None,
        b_eq=-g[tight] if tight.any() else None,
        bounds=np.vstack([bounds, growth_bounds]),
        method="highs",
    )
    if found.x is None or found.status != 0:
        return None
    marginals = np.asarray(found.ineqlin.marginals)
    rows = np.concatenate([upper_rows, lower_rows])
    on = rows[np.abs(marginals[: len(rows)]) > 1e-9]
    blamed = tuple(component.cells[i].id for i in dict.fromkeys(on.tolist()))
    return found.x[:n], found.x[n:], blamed


def range_of(
    component: Component,
    cell: str,
    *,
    free: Iterable[str] = (),
    base: Solution | None = None,
) -> Interval | None:
    """Return what a cell can be while all others (but the free ones) stay in their boxes; None if nothing.

    Parameters
    ----------
    component : Component
    cell : str
    free : iterable of str
        Further cells that are left out.
    base : Solution, optional
        With the cell free: its values are the start, and its growth of other boxes is allowed.
    """
    opened = {cell, *free}
    if base is None:
        base = solve(component, free=opened)
        if not base.consistent:
            return None
    ends = [
        solve(component, free=opened, toward=(cell, sign), start=base.values, allowance=base.growth)
        for sign in (-1.0, 1.0)
    ]
    at = component.index[cell]
    value = float(base.values[at])
    low, high = (value if math.isnan(e.excess) else float(e.values[at]) for e in ends)
    return Interval(min(low, high), max(low, high))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Figures that cannot all be right.

    Parameters
    ----------
    excess : float
        A box would have to be so many half widths wider.
    cells : tuple of str
        Cells that the conflict rests on.
    repairs : mapping of str to Interval
        Cell that alone would settle it → what it could be.
    relations : tuple of Relation
        Those between the cells that it rests on.
    component : Component
    """

    excess: float
    cells: tuple[str, ...]
    repairs: Mapping[str, Interval]
    relations: tuple[Relation, ...]
    component: Component = field(repr=False)


def _failing(component: Component, removed: Sequence[str]) -> list[str]:
    """Return the cells of the relations that fail alone."""
    checks = [check_of(r) for r in component.relations if not {c.id for c in r.cells} & set(removed)]
    return list(dict.fromkeys(n for c in checks if c.verdict == "fails" for n in (c.cell, *c.cells)))


def _without(component: Component, removed: Sequence[str], name: str) -> Solution:
    """Solve without a cell: from its printed figure and, where that leads nowhere, from what it could have been."""
    at = component.index[name]
    value = component.start[at]
    others = [r.central() for r in component.relations if r.target.id == name and r.sense == "="]
    others += [-value] if component.cells[at].statistic in SIGNED else [10 * value, value / 10]
    best = solve(component, free=[*removed, name])
    for other in others:
        if best.consistent:
            break
        start = component.start.copy()
        start[at] = other
        found = solve(component, free=[*removed, name], start=start)
        if math.isnan(best.excess) or found.excess < best.excess:
            best = found
    return best


def conflicts(component: Component, score: Score, *, most: int = 12) -> list[Conflict]:
    """Find conflicts one after the other, each time leaving out the figure that most simply settles one.

    Parameters
    ----------
    component : Component
    score : callable
        (cell, interval it could be) → how plausible a slip of that figure is; the highest is left out.
    most : int
        At most so many.
    """
    found: list[Conflict] = []
    removed: list[str] = []
    while len(found) < most:
        whole = solve(component, free=removed)
        if whole.consistent:
            break
        # without a solution at all, the figures of relations that fail alone are tried
        excess = {}
        trial = {}
        blamed = whole.blamed or tuple(_failing(component, removed))
        for name in blamed:
            if name in removed:
                continue
            trial[name] = _without(component, removed, name)
            value = trial[name].excess
            excess[name] = math.inf if math.isnan(value) else value
        least = min(excess.values(), default=math.inf)
        if math.isinf(least) or (math.isnan(whole.excess) and least > EXCESS):
            break
        near = 0.0 if math.isnan(whole.excess) else whole.excess
        settles = [n for n, e in excess.items() if e <= max(EXCESS, least + 0.02 * near)]
        repairs: dict[str, Interval] = {}
        for name in settles:
            if not math.isnan(trial[name].excess):
                repairs[name] = range_of(component, name, free=removed, base=trial[name]) or Interval(
                    -1.0, 1.0
                )
        if not repairs:
            break
        order = sorted(repairs, key=lambda n: (-score(component.cells[component.index[n]], repairs[n]), n))
        repairs = {n: repairs[n] for n in order}
        related = tuple(r for r in component.relations if {c.id for c in r.cells} & set(blamed))
        found.append(Conflict(float(whole.growth.max(initial=0.0)), blamed, repairs, related, component))
        removed.append(order[0])
    return found
