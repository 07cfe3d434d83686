"""Look up recomputed figures by statistic, row and column, wherever they come from.

Point estimates (column ``value``) and bootstrap summaries (columns ``original``, ``lower``, …) share
the long format; a :class:`Values` holds any number of them and answers NaN for what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from plsem.quantities import places
from surveypls.study.definition import Study

KEY = ("statistic", "row", "column")


class Values:
    """Recomputed figures of one or more long tables.

    Parameters
    ----------
    frames : iterable of DataFrame
        Each with the columns statistic, row, column and at least one figure.  ``original`` counts
        as ``value`` where there is no such column.  Where two tables hold the same field of the same
        figure, the first one answers.

    Raises
    ------
    KeyError
        If a table lacks one of the three key columns.
    """

    def __init__(self, frames: Iterable[pd.DataFrame]) -> None:
        self._cells: dict[tuple[str, str, str], dict[str, float]] = {}
        for frame in frames:
            self._add(frame)

    def _add(self, frame: pd.DataFrame) -> None:
        for name in KEY:
            if name not in frame.columns:
                raise KeyError(
                    f"a long table needs the column {name!r}; found {[str(c) for c in frame.columns]}"
                )
        fields = [str(c) for c in frame.columns if c not in KEY and pd.api.types.is_numeric_dtype(frame[c])]
        keys = [frame[c].fillna("").astype(str).tolist() for c in KEY]
        figures = [frame[c].astype(float).tolist() for c in fields]
        for i, key in enumerate(zip(*keys, strict=True)):
            cell = self._cells.setdefault(key, {})
            for name, column in zip(fields, figures, strict=True):
                cell.setdefault(name, column[i])
                if name == "original":
                    cell.setdefault("value", column[i])

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return iter(self._cells)

    def get(self, statistic: str, row: str = "", column: str = "", field: str = "value") -> float:
        """Return one figure, NaN where it is not known; it may stand at any of its :func:`~plsem.quantities.places`."""
        for place in places(statistic, row, column):
            cell = self._cells.get((statistic, *place), {})
            if field in cell:
                return cell[field]
        if field == "t_statistic" or field == "p_value":
            return self._cells.get((field, row, column), {}).get("value", float("nan"))
        return float("nan")

    def keys_of(self, statistic: str) -> list[tuple[str, str]]:
        """Return the (row, column) pairs of a statistic in the order they were given."""
        return [(row, column) for name, row, column in self._cells if name == statistic]

    def blocks(self, study: Study) -> dict[str, tuple[str, ...]]:
        """Return construct → items that were analysed, in the study's order.

        The items are those with a loading or a weight on the construct; without any such figure, the
        study's candidates.
        """
        pairs = set(self.keys_of("outer_loading")) | set(self.keys_of("outer_weight"))
        if not pairs:
            return study.blocks()
        return {c.name: tuple(i for i in c.indicators if (i, c.name) in pairs) for c in study.constructs}


def as_values(source: pd.DataFrame | Values | Sequence[pd.DataFrame]) -> Values:
    """Return :class:`Values` of a table, of several, or of values already."""
    if isinstance(source, Values):
        return source
    return Values([source] if isinstance(source, pd.DataFrame) else source)
