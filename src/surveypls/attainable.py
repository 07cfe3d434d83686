r"""What each printed figure could be while all the others stay as printed: a search over correlation matrices.

PLS estimates are functions of the items' correlation matrix.  The search moves through all positive
semidefinite correlation matrices, :math:`R = V V'` with the rows of a triangular V of length 1, and asks the
estimator itself for every statistic, so a found matrix is a proof that its figures go together.  First a
matrix is sought that puts every printed figure into its rounding box; from such matrices each statistic is
then driven to its smallest and largest value with all the other boxes as constraints.

An interval found so is attained at both ends by matrices that are kept.  It is an inner bound: a wider one
is not excluded.  Where no matrix is found, that is all that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveypls.boxes import Interval
from surveypls.matrix_search import Constraints, MatrixSearch, generators, statistics_of_matrices
from surveypls.model import PlsModel
from surveypls.printed import BY_TARGET, FIT, SYMMETRIC, Cell, Published
from surveypls.structural import QUANTITIES
from surveypls.study import nearest

FloatArray = NDArray[np.float64]
UNPRINTED = ("rho_a", "rho_c", "cronbach_alpha", "htmt", "srmr")
NOT_FROM_CORRELATIONS = frozenset(
    {"efa_loading", "n_items", "n_items_retained", "sample_size", "adjusted_r_squared", "htmt_diagonal"}
    | {"t_statistic", "p_value", "standard_error", "ci_lower", "ci_upper", "decision"}
)


@dataclass(frozen=True, slots=True)
class Attainable:
    """Result of :func:`attainable_intervals`.

    Parameters
    ----------
    intervals : DataFrame
        One row a statistic: statistic, row, column, cells (the printed cells that it stands for), printed,
        box_lower, box_upper, lower, upper (NaN where no matrix was found), verdict (``attainable``,
        ``out of reach`` where the printed box misses the interval, ``no matrix found``, ``not printed``),
        held (whether its own box was among the constraints of the other searches).
    witnesses : DataFrame
        One row a matrix: statistic, row, column, end (``lower``, ``upper``), value, and one column
        ``ITEM_A~ITEM_B`` for each correlation.
    excluded : tuple of str
        Printed cells that were left out of the constraints.
    feasible : bool
        Whether any matrix was found that holds every constraint.
    """

    intervals: pd.DataFrame
    witnesses: pd.DataFrame
    excluded: tuple[str, ...]
    feasible: bool


def constraints_of(
    published: Published,
    *,
    readings: Mapping[str, Sequence[str]] | None = None,
    exclude: Iterable[str] = (),
    fit: str = "estimated/composite",
    model: PlsModel | None = None,
) -> Constraints:
    """Turn printed cells into constraints on the statistics of their model.

    Parameters
    ----------
    published : Published
    readings : mapping, optional
        What composite_reliability is read as (first choice); a column without a reading is left out.
    exclude : iterable of str
        Cells to leave out.
    fit : str
        The variant that a printed SRMR, d_ULS, d_G or NFI stands for.
    model : PlsModel, optional
        Default: the constructs, items and paths that the cells name, Mode A.

    Returns
    -------
    Constraints
        Several cells of one statistic give one constraint, the common part of their boxes.

    Raises
    ------
    KeyError
        If ``exclude`` names no printed cell.
    ValueError
        If two cells of one statistic have no common value.
    """
    excluded = set(exclude)
    for name in excluded:
        published[name]
    chosen = model or PlsModel.from_blocks(published.items, published.paths)
    wanted = {_name(c, readings) for c in published} & set(QUANTITIES)
    include = tuple(name for name in QUANTITIES if name in wanted | set(UNPRINTED))
    labels, _ = statistics_of_matrices(chosen, include, np.eye(chosen.n_items)[None])
    keys = {key: i for i, key in enumerate(labels.itertuples(index=False, name=None))}
    found: dict[int, tuple[Interval, tuple[str, ...]]] = {}
    for cell in published:
        position = _position(cell, keys, readings, fit)
        if position is None or cell.id in excluded:
            continue
        box, cells = found.get(position, (cell.box, ()))
        common = box.intersect(cell.box)
        if common is None:
            raise ValueError(f"{cell.id} = {cell.printed} contradicts {', '.join(cells)}")
        found[position] = (common, (*cells, cell.id))
    order = sorted(found)
    return Constraints(
        chosen,
        labels,
        include,
        np.array(order, dtype=np.intp),
        np.array([found[i][0].lower for i in order]),
        np.array([found[i][0].upper for i in order]),
        tuple(found[i][1] for i in order),
    )


def find_matrix(
    constraints: Constraints, *, seed: int = 1, n_wanted: int = 1, max_starts: int = 60, max_steps: int = 100
) -> tuple[FloatArray, FloatArray]:
    """Seek correlation matrices that hold all constraints, by least squares on what is outside the boxes.

    Parameters
    ----------
    constraints : Constraints
    seed : int
    n_wanted : int
        Random starts are made until so many have ended in a matrix that holds all constraints.
    max_starts : int
        At most so many starts; many end in a valley without a way out.
    max_steps : int
        Levenberg-Marquardt steps of each start.

    Returns
    -------
    matrices : ndarray, (n_wanted or fewer, p, p)
        The nearest first.
    excess : ndarray
        Largest distance by which a statistic is outside its box; 0 where all constraints hold.
    """
    points, excess = _starts(MatrixSearch(constraints), seed, n_wanted, max_starts, max_steps)
    return np.asarray(points @ points.transpose(0, 2, 1)), excess


def attainable_intervals(
    published: Published,
    *,
    readings: Mapping[str, Sequence[str]] | None = None,
    exclude: Iterable[str] = (),
    fit: str = "estimated/composite",
    statistics: Iterable[str] | None = None,
    n_starts: int = 3,
    seed: int = 1,
    max_steps: int = 200,
    progress: bool = False,
) -> Attainable:
    """Smallest and largest value of each statistic while all (other) printed cells stay in their boxes.

    Parameters
    ----------
    published : Published
    readings, exclude, fit
        As for :func:`constraints_of`.
    statistics : iterable of str, optional
        Names of the statistics to bound; default: every printed one, and alpha, rho_A, rho_C, HTMT and the
        variants of SRMR whether printed or not.
    n_starts : int
        Matrices that hold all constraints, each the start of one search for each end.
    seed : int
    max_steps : int
        Steps of each search (sequential quadratic programming).
    progress : bool
        Print a line for each statistic.

    Returns
    -------
    Attainable
    """
    constraints = constraints_of(published, readings=readings, exclude=exclude, fit=fit)
    every = constraints_of(published, readings=readings, fit=fit, model=constraints.model)
    search = MatrixSearch(constraints)
    targets = _targets(constraints, every, statistics)
    points, excess = _starts(search, seed, n_starts, 20 * n_starts, 100)
    starts = [v for v, outside in zip(points, excess, strict=True) if outside == 0]
    rows, kept = [], []
    for target in targets:
        label = constraints.labels.iloc[target]
        ends = {}
        for end, sign in (("lower", -1.0), ("upper", 1.0)):
            best = search.extreme(target, sign, starts, max_steps=max_steps)
            if best is not None:
                value, v = best
                matrix = v @ v.T
                ends[end] = value
                kept.append((*label, end, value, *matrix[constraints.model.pairs]))
        rows.append(_row(target, ends, constraints, every, published))
        if progress:
            print(*label, *(f"{ends.get(end, np.nan):.4f}" for end in ("lower", "upper")), flush=True)
    items = constraints.model.items
    pairs = [f"{items[i]}~{items[j]}" for i, j in zip(*constraints.model.pairs, strict=True)]
    return Attainable(
        pd.DataFrame(rows, columns=INTERVAL_COLUMNS),
        pd.DataFrame(kept, columns=["statistic", "row", "column", "end", "value", *pairs]),
        tuple(sorted(exclude)),
        bool(starts),
    )


def verify(
    published: Published,
    witnesses: pd.DataFrame,
    *,
    readings: Mapping[str, Sequence[str]] | None = None,
    exclude: Iterable[str] = (),
    fit: str = "estimated/composite",
) -> pd.DataFrame:
    """Recompute kept matrices with the estimator: the value attained, and how the other cells stand.

    Parameters
    ----------
    published : Published
    witnesses : DataFrame
        As in :class:`Attainable`.
    readings, exclude, fit
        As in the search.

    Returns
    -------
    DataFrame
        statistic, row, column, end, value (as kept), recomputed, excess (largest distance outside a box
        among the other constraints; 0 where all hold), smallest_eigenvalue.
    """
    constraints = constraints_of(published, readings=readings, exclude=exclude, fit=fit)
    search = MatrixSearch(constraints)
    pairs = [c for c in witnesses.columns if "~" in c]
    names = [tuple(c.split("~")) for c in pairs]
    items = constraints.model.items
    for name in {n for pair in names for n in pair}:
        if name not in items:
            raise KeyError(f"witnesses: unknown item {name!r}{nearest(name, items)}")
    p = len(items)
    matrices = np.tile(np.eye(p), (len(witnesses), 1, 1))
    values = witnesses[pairs].to_numpy(dtype=float)
    for k, (a, b) in enumerate(names):
        i, j = items.index(a), items.index(b)
        matrices[:, i, j] = matrices[:, j, i] = values[:, k]
    keys = {key: i for i, key in enumerate(constraints.labels.itertuples(index=False, name=None))}
    targets = [keys[key] for key in zip(*(witnesses[c] for c in _KEY), strict=True)]
    statistics = search.statistics(matrices)
    table = witnesses[[*_KEY, "end", "value"]].copy()
    table["recomputed"] = statistics[np.arange(len(targets)), targets]
    table["excess"] = [
        search.excess(matrices[i : i + 1], without=target)[0] for i, target in enumerate(targets)
    ]
    table["smallest_eigenvalue"] = np.linalg.eigvalsh(matrices)[:, 0]
    return table


_KEY = ["statistic", "row", "column"]
INTERVAL_COLUMNS = [
    *(*_KEY, "cells", "printed", "box_lower", "box_upper", "lower", "upper", "verdict", "held"),
]


def _starts(
    search: MatrixSearch, seed: int, n_wanted: int, max_starts: int, max_steps: int
) -> tuple[FloatArray, FloatArray]:
    points, excess = [], []
    for rng in generators(seed, max_starts):
        points.append(search.start(rng, max_steps))
        excess.append(float(search.excess((points[-1] @ points[-1].T)[None])[0]))
        if excess.count(0.0) == n_wanted:
            break
    order = np.argsort(excess, kind="stable")[:n_wanted]
    return np.stack(points)[order], np.array(excess)[order]


def _name(cell: Cell, readings: Mapping[str, Sequence[str]] | None) -> str | None:
    if cell.statistic in NOT_FROM_CORRELATIONS:
        return None
    if cell.statistic == "composite_reliability":
        return next(iter((readings or {}).get("composite_reliability", ())), None)
    return cell.statistic


def _position(
    cell: Cell,
    keys: Mapping[tuple[str, str, str], int],
    readings: Mapping[str, Sequence[str]] | None,
    fit: str,
) -> int | None:
    name = _name(cell, readings)
    if name is None:
        return None
    candidates = [(name, cell.row, cell.column)]
    if name in SYMMETRIC:
        candidates.append((name, cell.column, cell.row))
    if name in BY_TARGET:
        candidates = [(name, "", cell.column)]
    if name in FIT:
        candidates = [(name, "model", fit)]
    return next((keys[k] for k in candidates if k in keys), None)


def _targets(constraints: Constraints, every: Constraints, statistics: Iterable[str] | None) -> list[int]:
    labels = constraints.labels
    if statistics is None:
        printed = set(every.positions.tolist())
        return [i for i in range(len(labels)) if i in printed or labels["statistic"].iloc[i] in UNPRINTED]
    wanted = list(statistics)
    for name in wanted:
        if name not in constraints.include:
            raise KeyError(f"statistics: no {name!r} here{nearest(name, constraints.include)}")
    return [i for i in range(len(labels)) if labels["statistic"].iloc[i] in wanted]


def _row(
    target: int,
    ends: Mapping[str, float],
    constraints: Constraints,
    every: Constraints,
    published: Published,
) -> tuple[object, ...]:
    label = constraints.labels.iloc[target]
    at = np.flatnonzero(every.positions == target)
    cells = every.cells[at[0]] if at.size else ()
    low, high = (every.lower[at[0]], every.upper[at[0]]) if at.size else (np.nan, np.nan)
    lower, upper = ends.get("lower", np.nan), ends.get("upper", np.nan)
    if np.isnan(lower) or np.isnan(upper):
        verdict = "no matrix found"
    elif not cells:
        verdict = "not printed"
    else:
        verdict = "attainable" if lower <= high and upper >= low else "out of reach"
    return (
        *label,
        " ".join(cells),
        published[cells[0]].printed if cells else "",
        low,
        high,
        lower,
        upper,
        verdict,
        bool(np.any(constraints.positions == target)),
    )
