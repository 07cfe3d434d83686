"""Printed cells as constraints on the statistics that the estimator gives for their model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.model import Model
from plsem.quantities import QUANTITIES, labels_of
from tableaudit.boxes import Interval
from tableaudit.comparison import find_key
from tableaudit.printed import Cell, Published

__all__ = ["Constraints", "constraints_of"]

FloatArray = NDArray[np.float64]
UNPRINTED = ("rho_a", "rho_c", "cronbach_alpha", "htmt", "srmr")
NOT_FROM_CORRELATIONS = frozenset(
    {"efa_loading", "n_items", "n_items_retained", "sample_size", "adjusted_r_squared", "htmt_diagonal"}
    | {"t_statistic", "p_value", "standard_error", "ci_lower", "ci_upper", "decision"}
)


@dataclass(frozen=True, slots=True)
class Constraints:
    """Printed boxes as constraints on statistics of a model.

    Attributes
    ----------
    model : Model
    labels : DataFrame
        statistic, row, column of each statistic of the model.
    include : tuple of str
        Their names, as :func:`plsem.quantities.quantities` takes them.
    positions : ndarray of int, (m,)
        The row of ``labels`` that each constraint is about.
    lower, upper : ndarray, (m,)
    cells : tuple of tuple of str
        The printed cells behind each.
    """

    model: Model
    labels: pd.DataFrame
    include: tuple[str, ...]
    positions: NDArray[np.intp]
    lower: FloatArray
    upper: FloatArray
    cells: tuple[tuple[str, ...], ...]


def constraints_of(
    published: Published,
    *,
    readings: Mapping[str, Sequence[str]] | None = None,
    exclude: Iterable[str] = (),
    fit: str = "estimated/composite",
    model: Model | None = None,
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
    model : Model, optional
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

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", f"{i}", "outer_loading", i, i[0].upper(), "0.90") for i in ("x1", "x2", "y1", "y2")]
    >>> rows.append(("2", "beta", "path_coefficient", "X", "Y", "0.50"))
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> len(constraints_of(published).cells)
    5
    """
    excluded = set(exclude)
    for name in excluded:
        published[name]
    chosen = model or Model(published.items, published.paths)
    wanted = {_name(c, readings) for c in published} & set(QUANTITIES)
    include = tuple(name for name in QUANTITIES if name in wanted | set(UNPRINTED))
    labels = labels_of(chosen, include)
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
    key = find_key(cell, keys, name, fit)
    return None if key is None else keys[key]
