"""The rows of each group, and whether they are enough."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from plsem.inputs import DataError
from plsem.model import Model
from plsem.names import few, nearest
from plsem.power import smallest_path
from plsem.stages import expand
from plsem.thresholds import threshold

__all__ = ["rows_needed"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Split:
    """Answers by group.

    Parameters
    ----------
    column : str
        What the groups are called together.
    answers : mapping of str to ndarray, (n_g, p)
        Group → its answers, the rows in an order that depends on the answers alone, so that a seed draws the
        same resamples from them in whatever order they come.
    rows : mapping of str to ndarray of int, (n_g,)
        The places of these rows in the data.
    """

    column: str
    answers: Mapping[str, FloatArray]
    rows: Mapping[str, NDArray[np.intp]]


def split_rows(
    values: FloatArray, groups: str | ArrayLike | pd.Series, data: Any, select: Sequence[Any] | None
) -> Split:
    """Return the rows of each group.

    Parameters
    ----------
    values : ndarray, (n, p)
        The items' answers.
    groups : str or array_like, (n,)
        A column of ``data``, or each row's group.
    data : DataFrame or array_like
        What the answers come from.
    select : sequence, optional
        Only these groups, in this order; default all, in the order of a categorical column, else sorted.

    Raises
    ------
    DataError
        If a row has no group, or fewer than two groups are left.
    ValueError
        If there is no such column or group.
    """
    if isinstance(groups, str):
        columns = [str(c) for c in data.columns] if isinstance(data, pd.DataFrame) else []
        if groups not in columns:
            raise ValueError(f"groups: no column {groups!r} in the data{nearest(groups, columns)}")
        labels = data.iloc[:, columns.index(groups)]
    else:
        labels = groups if isinstance(groups, pd.Series) else pd.Series(np.asarray(groups))
        named = isinstance(groups, pd.Series) and isinstance(data, pd.DataFrame)
        if named and list(labels.index) != list(data.index):
            raise ValueError("groups: the Series is not indexed as the data; its rows cannot be told apart")
    if len(labels) != len(values):
        raise ValueError(f"groups: expected one for each of {len(values)} rows, found {len(labels)}")
    column = str(labels.name) if labels.name is not None else "group"
    levels = _levels(labels)
    if select is not None:
        for wanted in select:
            if wanted not in levels:
                raise ValueError(
                    f"groups: {column} has no group {wanted!r}{nearest(str(wanted), map(str, levels))}"
                )
        levels = list(dict.fromkeys(select))
    elif labels.isna().any():
        raise DataError(
            f"{column!r} is empty in {int(labels.isna().sum())} of {len(labels)} rows; drop them, or name the "
            "groups to compare"
        )
    if len(levels) < 2:
        raise DataError(f"{column!r} has {len(levels)} group; a comparison needs two")
    rows: dict[str, NDArray[np.intp]] = {}
    for level in levels:
        own = np.flatnonzero((labels == level).to_numpy(dtype=bool, na_value=False))
        rows[group_name(level)] = own[np.lexsort(values[own].T[::-1])]
    return Split(column, {name: values[own] for name, own in rows.items()}, rows)


def _levels(labels: pd.Series) -> list[Any]:
    if isinstance(labels.dtype, pd.CategoricalDtype):
        return [level for level in labels.cat.categories if (labels == level).any()]
    found = labels.dropna().unique().tolist()
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=str)


def group_name(level: Any) -> str:
    """Return how a group is written: 1.0 is 1."""
    return str(int(level)) if isinstance(level, float) and level == int(level) else str(level)


def rows_needed(model: Model) -> tuple[int, str, int]:
    """Return the fewest rows of a group by the ten-times rule, the construct that asks for them, and its arrows.

    Ten rows for each arrow into the construct with most of them: items of a formative block, or paths into an
    endogenous construct (Barclay, Higgins & Thompson 1995).  A lower limit only: the rule says nothing of power.

    Parameters
    ----------
    model : Model

    Returns
    -------
    rows : int
    construct : str
    arrows : int

    Examples
    --------
    >>> from plsem import Model
    >>> rows_needed(Model.from_text("A =~ a; B =~ b; Y =~ y1 + y2; Y ~ A + B"))
    (20, 'Y', 2)
    """
    most, where = 1, model.constructs[0]
    for stage in expand(model).stages:
        one = stage.model
        for j, construct in enumerate(one.constructs):
            arrows = max(len(one.blocks[j]) if one.modes[j] == "B" else 1, len(one.predecessors[j]))
            if arrows > most:
                most, where = arrows, construct
    return math.ceil(threshold("rows_per_arrow").acceptable * most), where, most


def group_sizes(
    data: pd.DataFrame,
    model: Model,
    groups: str,
    *,
    select: Sequence[Any] | None = None,
    smallest_group: int | None = None,
) -> pd.DataFrame:
    """Return how large each group is, and why it cannot be compared where it cannot.

    Parameters
    ----------
    data, model, groups, select, smallest_group
        As for :func:`plsem.groups.compare`; ``groups`` is a column, and a group of ``select`` may have no row.

    Returns
    -------
    DataFrame
        Index ``group``: ``n``, ``needed`` rows, ``smallest_path`` (NaN without rows) and ``constant``, the items
        that have one answer only in the group, with ", " between them.  ``usable``: enough rows, and none of these.

    Examples
    --------
    >>> m = Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")])
    >>> d = pd.DataFrame({"x": [1, 2] * 9, "y": [1, 2, 3] * 6, "town": ["a"] * 12 + ["b"] * 6})
    >>> group_sizes(d, m, "town").round(2).reset_index()
      group   n  needed  smallest_path constant  usable
    0     a  12      10           0.72             True
    1     b   6      10           1.02            False
    """
    needed = max(3, rows_needed(model)[0] if smallest_group is None else smallest_group)
    rows = {}
    for level in dict.fromkeys(_levels(data[groups]) if select is None else select):
        own = data.loc[(data[groups] == level).to_numpy(dtype=bool, na_value=False), list(model.items)]
        flat = [item for item in model.items if own[item].nunique() < 2] if len(own) > 1 else []
        rows[group_name(level)] = {
            "n": len(own),
            "needed": needed,
            "smallest_path": smallest_path(len(own)) if len(own) else np.nan,
            "constant": ", ".join(flat),
            "usable": len(own) >= needed and not flat,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


def check_sizes(split: Split, model: Model, smallest: int | None) -> None:
    """Raise DataError, with the numbers, where a group is too small to be compared."""
    needed, where, arrows = rows_needed(model)
    why = (
        f"10 rows for each of the {arrows} arrows into {where} (Barclay, Higgins & Thompson 1995)"
        if smallest is None
        else "smallest_group"
    )
    needed = needed if smallest is None else smallest
    small = [f"{name} has {len(rows)}" for name, rows in split.rows.items() if len(rows) < max(needed, 3)]
    if small:
        raise DataError(
            f"groups of {split.column!r} too small to be compared: {few(small, 12)} rows, expected at least "
            f"{max(needed, 3)}: {why}. Join groups, or name those to compare"
        )
