"""Printed figures of a published study: read them and keep their digits.

The figures stand in a CSV, one row a printed cell (``data/published/README.md`` documents the columns).
They are kept as text, because ``0.80`` and ``0.800`` say different things: a figure with d decimals stands
for the box v ± 0.5·10⁻ᵈ.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from plsem.names import nearest
from plsem.quantities import STATISTICS as REGISTRY
from plsem.quantities import SYMMETRIC
from tableaudit.boxes import Interval
from tableaudit.details import Detail
from tableaudit.headings import decision_of
from tableaudit.numbers import is_blank, parse_printed

__all__ = ["Cell", "Published", "PublishedError", "from_values", "load_published"]

REQUIRED_COLUMNS = ("table", "cell", "statistic", "row", "column", "printed")
MAX_BYTES = 5_000_000

#: Kinds of rows that are no statistic of the registry: they say what another figure is about.
_FURTHER: Mapping[str, tuple[str, str]] = {
    "moderator": ("construct", "*"),
    "item_mean": ("item", "construct"),
    "item_sd": ("item", "construct"),
}
_STATISTICS: Mapping[str, tuple[str, str]] = {
    **{name: row.index_kinds for name, row in REGISTRY.items()},
    **_FURTHER,
}
INFERENCE = ("standard_error", "t_statistic", "p_value", "ci_lower", "ci_upper", "decision")
#: What may have inference of its own, as in ``outer_loading.t_statistic``; without a prefix it is the path's.
_WITH_INFERENCE = (
    *("outer_loading", "outer_weight", "indirect_effect", "specific_indirect_effect", "total_effect"),
    *("r_squared", "htmt"),
)
STATISTICS: Mapping[str, tuple[str, str]] = {
    **_STATISTICS,
    **{f"{base}.{name}": _STATISTICS[base] for base in _WITH_INFERENCE for name in INFERENCE},
}
UNDEFINED: Mapping[str, Detail] = {
    name: Detail(row.undefined) for name, row in REGISTRY.items() if row.undefined
}
DECISIONS = ("accepted", "rejected")
#: Keys of rows whose statistic is ``meta``, and what they may say ("" = a number).
META: Mapping[str, tuple[str, ...]] = {
    "estimator": ("PLS", "PLSc", "CFA"),
    "tails": ("1", "2"),
    "cronbach_alpha": ("standardised", "raw"),
    "composite_reliability": ("rho_c", "rho_a"),
    "f_squared": ("fixed", "re-estimated"),
    "r_squared": ("plain", "adjusted"),
    "htmt": ("absolute", "signed"),
    "product": ("standardised", "not standardised"),
    "complete_paths": ("yes", "no"),
    "n": (),
    "significance": (),
    "interval_level": (),
    "resamples": (),
}


class PublishedError(ValueError):
    """The file of printed figures cannot be used; the message says where, what was found and expected."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell.

    Attributes
    ----------
    table, id, statistic, row, column, note : str
    printed : str
        The text as printed.
    value : float
        NaN for a decision.
    decimals : int
    box : Interval
        What the digits stand for; ``<0.001`` stands for everything below.
    """

    table: str
    id: str
    statistic: str
    row: str
    column: str
    printed: str
    note: str
    value: float
    decimals: int
    box: Interval

    @property
    def is_number(self) -> bool:
        """Whether the cell holds a number rather than a decision."""
        return not self.statistic.endswith("decision")


@dataclass(frozen=True)
class Published:
    """The printed cells of one article, in print order, and the statements of its text.

    Attributes
    ----------
    source : str
    cells : tuple of Cell
    values, statements : DataFrame
        The two tables as read, all text.
    meta : mapping of str to str
        What the file says of its conventions (keys of :data:`META`).
    blank : tuple of str
        The cells that hold a dash or nothing.
    """

    source: str
    cells: tuple[Cell, ...]
    values: pd.DataFrame
    statements: pd.DataFrame
    meta: Mapping[str, str] = field(default_factory=dict)
    blank: tuple[str, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Cell]:
        return {cell.id: cell for cell in self.cells}

    @cached_property
    def _by_statistic(self) -> dict[str, list[Cell]]:
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.statistic, []).append(cell)
        return found

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, cell_id: str) -> Cell:
        """Return the cell of that id; KeyError names the nearest one."""
        if cell_id in self._by_id:
            return self._by_id[cell_id]
        raise KeyError(f"no printed cell {cell_id!r}{nearest(cell_id, (c.id for c in self.cells))}")

    def select(self, statistic: str, row: str | None = None, column: str | None = None) -> list[Cell]:
        """Return the cells of a statistic, in either order of a symmetric pair.

        Parameters
        ----------
        statistic : str
        row, column : str, optional

        Returns
        -------
        list of Cell

        Raises
        ------
        KeyError
            If there is no such statistic; the message names the nearest.
        """
        if statistic not in STATISTICS:
            raise KeyError(f"no statistic {statistic!r}{nearest(statistic, STATISTICS)}")
        pairs = [(row, column)]
        if statistic in SYMMETRIC and row is not None and column is not None:
            pairs.append((column, row))
        return [
            c
            for c in self._by_statistic.get(statistic, ())
            if any((r is None or c.row == r) and (k is None or c.column == k) for r, k in pairs)
        ]

    @cached_property
    def items(self) -> dict[str, tuple[str, ...]]:
        """Construct → its items, as the rows of loadings or weights name them."""
        blocks: dict[str, list[str]] = {}
        for cell in self.cells:
            if cell.statistic in ("outer_loading", "outer_weight"):
                block = blocks.setdefault(cell.column, [])
                if cell.row not in block:
                    block.append(cell.row)
        return {name: tuple(block) for name, block in blocks.items()}

    @cached_property
    def paths(self) -> tuple[tuple[str, str], ...]:
        """The structural paths (source, target), as the rows of path coefficients name them."""
        return tuple(dict.fromkeys((c.row, c.column) for c in self.select("path_coefficient")))

    @cached_property
    def constructs(self) -> tuple[str, ...]:
        """Every construct that a loading, a path or a construct's own statistic names, in print order."""
        names: dict[str, None] = {}
        for cell in self.cells:
            row_kind, column_kind = STATISTICS[cell.statistic]
            for name, kind in ((cell.row, row_kind), (cell.column, column_kind)):
                if name and kind in ("construct", "source", "target"):
                    names.setdefault(name)
        return tuple(names)


def load_published(path: Path | str) -> Published:
    r"""Read the printed values of an article and, beside them, the statements of its text.

    Parameters
    ----------
    path : path
        A folder with ``published_values.csv`` and perhaps ``published_statements.csv``, or one CSV of values;
        the statements that go with ``X_values.csv`` are looked for beside it, in ``X_statements.csv``.

    Returns
    -------
    Published

    Raises
    ------
    PublishedError
        If a file cannot be read, a column is missing, a cell stands twice, a statistic is unknown or a
        printed figure is not a number.  The message lists every problem with its line.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "article_values.csv"
    ...     _ = path.write_text("table,cell,statistic,row,column,printed\n1,b,path_coefficient,X,Y,0.5\n")
    ...     load_published(path).paths
    (('X', 'Y'),)
    """
    path = Path(path)
    values_path = path / "published_values.csv" if path.is_dir() else path
    values = _read_table(values_path, REQUIRED_COLUMNS)
    if "note" not in values:
        values["note"] = ""
    statements_path = values_path.with_name(values_path.name.replace("_values.csv", "_statements.csv"))
    statements = pd.DataFrame(columns=["id"], dtype=str)
    if statements_path != values_path and statements_path.exists():
        statements = _read_table(statements_path, ("id", "expression"))
    return from_values(values, values_path.name, statements)


def from_values(values: pd.DataFrame, source: str, statements: pd.DataFrame | None = None) -> Published:
    """Make printed cells of a table of values.

    Parameters
    ----------
    values : DataFrame
        All text; columns table, cell, statistic, row, column, printed, and perhaps note and group.
    source : str
        Name of the file, for messages.
    statements : DataFrame, optional

    Returns
    -------
    Published

    Raises
    ------
    PublishedError
        As for :func:`load_published`.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> published["t"].box
    Interval(lower=2.1005, upper=2.1015)
    """
    reader = _Reader(source)
    for number, record in enumerate(values.to_dict("records"), start=2):
        reader.read(number, {str(k): str(v) for k, v in record.items()})
    if not reader.cells and not reader.problems:
        reader.problems.append("no rows; expected one row for each printed cell")
    if reader.problems:
        raise PublishedError(f"{source}: " + "; ".join(reader.problems))
    if statements is None:
        statements = pd.DataFrame(columns=["id"], dtype=str)
    return Published(source, tuple(reader.cells), values, statements, reader.meta, tuple(reader.blank))


def _read_table(path: Path, required: Sequence[str]) -> pd.DataFrame:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PublishedError(f"{path.name}: larger than {MAX_BYTES:,} bytes; not a printed table")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PublishedError(f"{path.name}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise PublishedError(f"{path.name}: cannot be read: {error.strerror}") from None
    lines = [row for row in csv.reader(io.StringIO(text)) if any(field.strip() for field in row)]
    if not lines:
        raise PublishedError(f"{path.name}: empty; expected a header line with {', '.join(required)}")
    header = [name.strip() for name in lines[0]]
    for name in required:
        if name not in header:
            raise PublishedError(f"{path.name}: no column {name!r}{nearest(name, header)}")
    body = []
    for number, row in enumerate(lines[1:], start=2):
        if len(row) != len(header):
            raise PublishedError(
                f"{path.name} row {number}: {len(row)} fields where the header has {len(header)}; "
                "a text that holds a comma is written in double quotes"
            )
        body.append([field.strip() for field in row])
    return pd.DataFrame(body, columns=header, dtype=str)


class _Reader:
    """Reads rows one by one and keeps every problem with its row, table and cell."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.cells: list[Cell] = []
        self.problems: list[str] = []
        self.blank: list[str] = []
        self.meta: dict[str, str] = {}
        self.seen: set[str] = set()

    def read(self, number: int, text: Mapping[str, str]) -> None:
        """Read one row."""
        where = (
            f"row {number} ({text['cell']})"
            if not text["table"]
            else (f"row {number} (table {text['table']}, {text['cell']})")
        )
        statistic = text["statistic"]
        if statistic == "meta":
            self._read_meta(where, text["row"], text["printed"])
            return
        if text["cell"] in self.seen or not text["cell"]:
            self.problems.append(f"{where}: the cell's name is empty or stands twice")
        self.seen.add(text["cell"])
        if statistic not in STATISTICS:
            self.problems.append(f"{where}: unknown statistic {statistic!r}{nearest(statistic, STATISTICS)}")
            return
        for part, kind in zip(("row", "column"), STATISTICS[statistic], strict=True):
            if kind not in ("", "*") and not text[part]:
                self.problems.append(f"{where}: {statistic} needs the {kind} in column {part!r}")
        if is_blank(text["printed"]):
            self.blank.append(text["cell"])
            return
        printed, value, decimals, box = text["printed"], np.nan, 0, Interval(-np.inf, np.inf)
        if statistic.endswith("decision"):
            decided = decision_of(printed)
            if decided is None:
                self.problems.append(f"{where}: a decision is accepted or rejected, found {printed!r}")
            printed = decided or printed
        else:
            try:
                value, decimals, box = parse_printed(printed, statistic)
            except ValueError as error:
                self.problems.append(f"{where}: {error}")
        group = text.get("group", "")
        names = [f"{group}: {text[p]}" if group and text[p] else text[p] for p in ("row", "column")]
        self.cells.append(
            Cell(
                table=text["table"],
                id=text["cell"],
                statistic=statistic,
                row=names[0],
                column=names[1],
                printed=printed,
                note=text.get("note", ""),
                value=value,
                decimals=decimals,
                box=box,
            )
        )

    def _read_meta(self, where: str, key: str, value: str) -> None:
        if key not in META:
            self.problems.append(f"{where}: unknown meta key {key!r}{nearest(key, META)}")
            return
        allowed = META[key]
        found = next((a for a in allowed if a.lower() == value.lower()), None)
        if allowed and found is None:
            self.problems.append(f"{where}: {key} is one of {', '.join(allowed)}, found {value!r}")
            return
        if not allowed:
            counted = key in ("n", "resamples")
            above, below = (0.0, np.inf) if counted else (0.0, 1.0)
            try:
                fits = above < float(value) < below
            except ValueError:
                fits = False
            if not fits:
                wanted = "a number above 0" if counted else "a number between 0 and 1"
                self.problems.append(f"{where}: {key} is {wanted}, found {value!r}")
                return
        self.meta[key] = found if found is not None else value
