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
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.model import Model
from plsem.names import nearest
from plsem.resampling.parallel import Progress, part_of, run_tasks
from tableaudit.constraints import UNPRINTED, Constraints, constraints_of
from tableaudit.matrix_search import MatrixSearch, generators
from tableaudit.printed import Published

__all__ = ["Attainable", "attainable_intervals", "central_matrix", "find_matrix", "from_witnesses", "verify"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Attainable:
    """Result of :func:`attainable_intervals`.

    Parameters
    ----------
    intervals : DataFrame
        One row a statistic: statistic, row, column, cells (the printed cells that it stands for), printed,
        box_lower, box_upper, lower, upper (NaN where no matrix was found), verdict (``attainable``,
        ``not reached`` where the search did not come to the printed box, ``no matrix found``, ``not printed``),
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

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", f"{i}", "outer_loading", i, i[0].upper(), "0.90") for i in ("x1", "x2", "y1", "y2")]
    >>> rows.append(("2", "beta", "path_coefficient", "X", "Y", "0.50"))
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> matrices, excess = find_matrix(constraints_of(published))
    >>> matrices.shape, excess
    ((1, 4, 4), array([0.]))
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
    max_starts: int = 60,
    n_sweeps: int = 2,
    start_from: pd.DataFrame | None = None,
    n_jobs: int = 1,
    store: Path | None = None,
    progress: Progress | None = None,
) -> Attainable:
    """Smallest and largest value of each statistic while all (other) printed cells stay in their boxes.

    Parameters
    ----------
    published : Published
    readings, exclude, fit
        As for :func:`tableaudit.constraints.constraints_of`.
    statistics : iterable of str, optional
        Names of the statistics to bound; default: every printed one, and alpha, rho_A, rho_C, HTMT and the
        variants of SRMR whether printed or not.
    n_starts : int
        Matrices that hold all constraints, each the start of one search for each end.
    seed : int
    max_steps : int
        Steps of each search (sequential quadratic programming).
    max_starts : int
        Random starts that are made at most until ``n_starts`` matrices hold all constraints.
    n_sweeps : int
        The first sweep starts from matrices that hold all constraints; each further one, for each end, from
        the matrices found so far in which the statistic is most extreme.
    start_from : DataFrame, optional
        Witnesses of an earlier search, which this one goes on from; those that no longer hold are dropped.
    n_jobs, store, progress
        See :func:`plsem.resampling.parallel.run_tasks`; a task is one statistic in one sweep.

    Returns
    -------
    Attainable

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", f"{i}", "outer_loading", i, i[0].upper(), "0.90") for i in ("x1", "x2", "y1", "y2")]
    >>> rows.append(("2", "beta", "path_coefficient", "X", "Y", "0.50"))
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> found = attainable_intervals(published, statistics=["htmt"], n_starts=1, n_sweeps=1)
    >>> found.intervals[["statistic", "row", "column", "lower", "upper"]].round(1)
      statistic row column  lower  upper
    0      htmt   Y      X    0.6    0.7
    """
    constraints = constraints_of(published, readings=readings, exclude=exclude, fit=fit)
    every = constraints_of(published, readings=readings, fit=fit, model=constraints.model)
    search = MatrixSearch(constraints)
    targets = _targets(constraints, every, statistics)
    found = {} if start_from is None else _incumbents(search, start_from)
    starts: list[FloatArray] = []
    if not found:
        points, excess = _starts(search, seed, n_starts, max_starts, 100)
        starts = [v for v, outside in zip(points, excess, strict=True) if outside == 0]
    for sweep in range(n_sweeps if starts or found else 0):
        known = np.stack([v for _, v in found.values()] or starts)
        values = search.statistics(np.asarray(known @ known.transpose(0, 2, 1)))
        tasks = []
        for target in targets:
            order = {
                e: np.argsort(-s * values[:, target], kind="stable")[:n_starts] for e, s in _ENDS.items()
            }
            nearby = {e: list(known[order[e]]) if found else starts for e in _ENDS}
            tasks.append((constraints, target, nearby, max_steps))
        shown = part_of(progress, sweep, n_sweeps)
        best = run_tasks(_extremes, tasks, n_jobs=n_jobs, store=store, progress=shown)
        for target, ends in zip(targets, best, strict=True):
            for end, reached in ends.items():
                before = found.get((target, end))
                if reached is not None and (before is None or _ENDS[end] * (reached[0] - before[0]) > 0):
                    found[target, end] = reached
    return _result(found, targets, constraints, every, published, tuple(sorted(exclude)))


def _extremes(
    constraints: Constraints, target: int, starts: Mapping[str, Sequence[FloatArray]], max_steps: int
) -> dict[str, tuple[float, FloatArray] | None]:
    """Return each end of a statistic, with its V, from starts of its own."""
    search = MatrixSearch(constraints)
    return {
        end: search.extreme(target, sign, starts[end], max_steps=max_steps) for end, sign in _ENDS.items()
    }


def _incumbents(
    search: MatrixSearch, witnesses: pd.DataFrame
) -> dict[tuple[int, str], tuple[float, FloatArray]]:
    """Return the ends that kept matrices still attain, each with a root V of its matrix."""
    found = {}
    keys = {key: i for i, key in enumerate(search.c.labels.itertuples(index=False, name=None))}
    matrices = matrices_of(witnesses, search.c.model)
    for row, matrix in zip(witnesses.fillna(dict.fromkeys(_KEY, "")).itertuples(), matrices, strict=True):
        target = keys.get((row.statistic, row.row, row.column))
        if target is None or search.excess(matrix[None], without=target)[0] > 0:
            continue
        values, vectors = np.linalg.eigh(matrix)
        v = vectors * np.sqrt(np.maximum(values, 0.0))
        found[target, str(row.end)] = (float(search.statistics(matrix[None])[0, target]), v)
    return found


def matrices_of(witnesses: pd.DataFrame, model: Model) -> FloatArray:
    """Return the matrices of witnesses, (m, p, p), with the items in the model's order.

    Raises
    ------
    KeyError
        If a column names an item that the model does not have.
    """
    pairs = [c for c in witnesses.columns if "~" in c]
    names = [tuple(c.split("~")) for c in pairs]
    items = model.items
    for name in {n for pair in names for n in pair}:
        if name not in items:
            raise KeyError(f"witnesses: unknown item {name!r}{nearest(name, items)}")
    matrices = np.tile(np.eye(len(items)), (len(witnesses), 1, 1))
    values = witnesses[pairs].to_numpy(dtype=float)
    for k, (a, b) in enumerate(names):
        i, j = items.index(a), items.index(b)
        matrices[:, i, j] = matrices[:, j, i] = values[:, k]
    return matrices


def central_matrix(published: Published, witnesses: pd.DataFrame) -> FloatArray:
    """Return the kept matrix that lies nearest to the mean of all, (p, p).

    Read from a file, it is the same on every machine, where a matrix that is searched for anew differs in the
    digits that the search leaves open.

    Parameters
    ----------
    published : Published
        The printed figures that the matrices hold.
    witnesses : DataFrame
        As :func:`attainable_intervals` returns them.

    Returns
    -------
    ndarray, (p, p)
        Items in the model's order.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", f"{i}", "outer_loading", i, i[0].upper(), "0.90") for i in ("x1", "x2", "y1", "y2")]
    >>> rows.append(("2", "beta", "path_coefficient", "X", "Y", "0.50"))
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> found = attainable_intervals(published, statistics=["htmt"], n_starts=1, n_sweeps=1)
    >>> central_matrix(published, found.witnesses).shape
    (4, 4)
    """
    matrices = matrices_of(witnesses, Model(published.items, published.paths))
    distance = np.square(matrices - matrices.mean(axis=0)).sum(axis=(1, 2))
    return np.asarray(matrices[int(np.argmin(np.round(distance, 9)))])


def _result(
    found: Mapping[tuple[int, str], tuple[float, FloatArray]],
    targets: Sequence[int],
    constraints: Constraints,
    every: Constraints,
    published: Published,
    excluded: tuple[str, ...],
) -> Attainable:
    rows, kept = [], []
    for target in targets:
        label = constraints.labels.iloc[target]
        ends = {end: found[target, end] for end in _ENDS if (target, end) in found}
        for end, (value, v) in ends.items():
            kept.append((*label, end, value, *(v @ v.T)[constraints.model.pairs]))
        values = {end: value for end, (value, _) in ends.items()}
        rows.append(_row(target, values, constraints, every, published))
    items = constraints.model.items
    pairs = [f"{items[i]}~{items[j]}" for i, j in zip(*constraints.model.pairs, strict=True)]
    return Attainable(
        pd.DataFrame(rows, columns=INTERVAL_COLUMNS),
        pd.DataFrame(kept, columns=[*_KEY, "end", "value", *pairs]),
        excluded,
        bool(found),
    )


def from_witnesses(
    published: Published,
    witnesses: pd.DataFrame,
    *,
    readings: Mapping[str, Sequence[str]] | None = None,
    exclude: Iterable[str] = (),
    fit: str = "estimated/composite",
) -> Attainable:
    """Rebuild the intervals from kept matrices alone: each is estimated anew and held against the boxes.

    Parameters
    ----------
    published : Published
    witnesses : DataFrame
        As in :class:`Attainable`; it may come from a file.
    readings, exclude, fit
        As in the search.

    Returns
    -------
    Attainable
        Matrices that do not hold the other printed cells are left out of the intervals; ``witnesses`` has
        the recomputed values.

    Raises
    ------
    KeyError
        If a witness names an item or a statistic that the printed cells do not.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", f"{i}", "outer_loading", i, i[0].upper(), "0.90") for i in ("x1", "x2", "y1", "y2")]
    >>> rows.append(("2", "beta", "path_coefficient", "X", "Y", "0.50"))
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> found = attainable_intervals(published, statistics=["htmt"], n_starts=1, n_sweeps=1)
    >>> again = from_witnesses(published, found.witnesses)
    >>> again.intervals.round(6).equals(found.intervals.round(6))
    True
    """
    excluded = tuple(sorted(exclude))
    constraints = constraints_of(published, readings=readings, exclude=excluded, fit=fit)
    every = constraints_of(published, readings=readings, fit=fit, model=constraints.model)
    checked = verify(published, witnesses, readings=readings, exclude=excluded, fit=fit)
    keys = {key: i for i, key in enumerate(constraints.labels.itertuples(index=False, name=None))}
    values: dict[int, dict[str, float]] = {}
    order = [keys[key] for key in zip(*(checked[c] for c in _KEY), strict=True)]
    for target, end, value, excess in zip(
        order, checked["end"], checked["recomputed"], checked["excess"], strict=True
    ):
        ends = values.setdefault(target, {})
        if excess == 0:
            ends[str(end)] = float(value)
    rows = [_row(target, ends, constraints, every, published) for target, ends in values.items()]
    kept = witnesses.assign(value=checked["recomputed"].to_numpy())
    kept[_KEY] = checked[_KEY]
    feasible = bool((checked["excess"] == 0).any())
    return Attainable(pd.DataFrame(rows, columns=INTERVAL_COLUMNS), kept, excluded, feasible)


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

    Raises
    ------
    KeyError
        If a witness names an item or a statistic that the printed cells do not.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", f"{i}", "outer_loading", i, i[0].upper(), "0.90") for i in ("x1", "x2", "y1", "y2")]
    >>> rows.append(("2", "beta", "path_coefficient", "X", "Y", "0.50"))
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> found = attainable_intervals(published, statistics=["htmt"], n_starts=1, n_sweeps=1)
    >>> bool((verify(published, found.witnesses)["excess"] == 0).all())
    True
    """
    constraints = constraints_of(published, readings=readings, exclude=exclude, fit=fit)
    search = MatrixSearch(constraints)
    matrices = matrices_of(witnesses, constraints.model)
    keys = {key: i for i, key in enumerate(constraints.labels.itertuples(index=False, name=None))}
    table = witnesses[[*_KEY, "end", "value"]].copy()
    table[_KEY] = table[_KEY].fillna("").astype(str)  # an empty name comes back from a file as missing
    targets = []
    for key in zip(*(table[c] for c in _KEY), strict=True):
        if key not in keys:
            name = " ".join(key).strip()
            raise KeyError(f"witnesses: no statistic {name!r}{nearest(name, map(' '.join, keys))}")
        targets.append(keys[key])
    statistics = search.statistics(matrices)
    table["recomputed"] = statistics[np.arange(len(targets)), targets]
    table["excess"] = [
        search.excess(matrices[i : i + 1], without=target)[0] for i, target in enumerate(targets)
    ]
    table["smallest_eigenvalue"] = np.linalg.eigvalsh(matrices)[:, 0]
    return table


_KEY = ["statistic", "row", "column"]
_ENDS = {"lower": -1.0, "upper": 1.0}
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
        verdict = "attainable" if lower <= high and upper >= low else "not reached"
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
