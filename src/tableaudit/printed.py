"""Printed figures of a published study: read them and keep their digits.

The figures stand in a CSV, one row a printed cell (``data/published/README.md`` documents the columns).
They are kept as text, because ``0.80`` and ``0.800`` say different things: a figure with d decimals stands
for the box v ± 0.5·10⁻ᵈ.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from plsem.names import nearest
from plsem.quantities import COUNTS, SYMMETRIC
from plsem.quantities import STATISTICS as REGISTRY
from tableaudit.boxes import Interval
from tableaudit.details import Detail
from tabletext.catalogue import translate

REQUIRED_COLUMNS = ("table", "cell", "statistic", "row", "column", "printed")
MAX_BYTES = 5_000_000

STATISTICS: Mapping[str, tuple[str, str]] = {name: row.index_kinds for name, row in REGISTRY.items()}
"""Statistic → what its row and column name; "" stands for nothing, "*" for anything."""

UNDEFINED: Mapping[str, Detail] = {
    name: Detail(row.undefined, translate(row.undefined, "es"))
    for name, row in REGISTRY.items()
    if row.undefined
}
DECISIONS = ("accepted", "rejected")
_NUMBER = re.compile(r"^(?P<bound>[<>≤≥]=?)?\s*(?P<sign>[-−+]?)(?P<digits>\d*[.,]?\d+)\s*(?P<stars>\**)$")
# thousands in groups of three, set apart by a comma, a point, an apostrophe or a space of any width
_COUNT = re.compile(
    r"^(?P<digits>\d+|\d{1,3}(?P<mark>[,.'’ \u00a0\u2009\u202f])\d{3}((?P=mark)\d{3})*)\s*\**$"
)


class PublishedError(ValueError):
    """The file of printed figures cannot be used; the message says where, what was found and expected."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell.

    ``printed`` is the text as printed.  ``value`` and ``decimals`` are NaN and 0 for a decision.
    ``box`` is the interval that the digits stand for; ``<0.001`` stands for everything below.
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
        return self.statistic != "decision"


@dataclass(frozen=True, slots=True)
class Published:
    """The printed cells of one article, in print order, and the statements of its text.

    ``values`` and ``statements`` are the two tables as read, all text.
    """

    source: str
    cells: tuple[Cell, ...]
    values: pd.DataFrame
    statements: pd.DataFrame

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, cell_id: str) -> Cell:
        """Return the cell of that id; KeyError names the nearest one."""
        for cell in self.cells:
            if cell.id == cell_id:
                return cell
        raise KeyError(f"no printed cell {cell_id!r}{nearest(cell_id, (c.id for c in self.cells))}")

    def select(self, statistic: str, row: str | None = None, column: str | None = None) -> list[Cell]:
        """Return the cells of a statistic, in either order of a symmetric pair."""
        if statistic not in STATISTICS:
            raise KeyError(f"no statistic {statistic!r}{nearest(statistic, STATISTICS)}")
        pairs = [(row, column)]
        if statistic in SYMMETRIC and row is not None and column is not None:
            pairs.append((column, row))
        return [
            c
            for c in self.cells
            if c.statistic == statistic
            and any((r is None or c.row == r) and (k is None or c.column == k) for r, k in pairs)
        ]

    @property
    def items(self) -> dict[str, tuple[str, ...]]:
        """Construct → its items, as the rows of loadings or weights name them."""
        blocks: dict[str, list[str]] = {}
        for cell in self.cells:
            if cell.statistic in ("outer_loading", "outer_weight"):
                block = blocks.setdefault(cell.column, [])
                if cell.row not in block:
                    block.append(cell.row)
        return {name: tuple(block) for name, block in blocks.items()}

    @property
    def paths(self) -> tuple[tuple[str, str], ...]:
        """The structural paths (source, target), as the rows of path coefficients name them."""
        return tuple(dict.fromkeys((c.row, c.column) for c in self.select("path_coefficient")))

    @property
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
    """Read the printed values of an article and, beside them, the statements of its text.

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
    return Published(values_path.name, _cells(values, values_path.name), values, statements)


def parse_printed(text: str, statistic: str = "") -> tuple[float, int, Interval]:
    """Read a printed number: its value, its decimals and the box it stands for.

    Parameters
    ----------
    text : str
        For instance ``0.738``, ``.80``, ``0,738``, ``−0.12``, ``1.325*`` or ``<0.001``; a count may have its
        thousands set apart, as in ``1,250``, ``1.250`` or ``1 250``.
    statistic : str
        Counts (``n_items``, ``n_items_retained``, ``sample_size``) are whole and exact; a p-value is at least 0.

    Returns
    -------
    value : float
    decimals : int
    box : Interval

    Raises
    ------
    ValueError
        If the text is not such a number.
    """
    if statistic in COUNTS:
        count = _COUNT.match(text.strip())
        if count is None:
            raise ValueError(f"expected a whole number such as 45 or 1,250, found {text!r}")
        value = float(re.sub(r"\D", "", count["digits"]))
        return value, 0, Interval.point(value)
    match = _NUMBER.match(text.strip())
    if match is None:
        raise ValueError(f"expected a number such as 0.738 or <0.001, found {text!r}")
    digits = match["digits"].replace(",", ".")
    value = float(digits) * (-1.0 if match["sign"] in ("-", "−") else 1.0)
    decimals = len(digits.partition(".")[2])
    half = 0.5 * 10.0**-decimals
    bottom = 0.0 if statistic == "p_value" else -np.inf
    top = 1.0 if statistic == "p_value" else np.inf
    if match["bound"]:
        below = match["bound"][0] in "<≤"
        return value, decimals, Interval(bottom, value) if below else Interval(value, top)
    return value, decimals, Interval(max(value - half, bottom), min(value + half, top))


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


def _cells(values: pd.DataFrame, source: str) -> tuple[Cell, ...]:
    problems: list[str] = []
    cells: list[Cell] = []
    seen: set[str] = set()
    for number, record in enumerate(values.to_dict("records"), start=2):
        text = {str(k): str(v) for k, v in record.items()}
        where = f"row {number} ({text['cell']})"
        statistic = text["statistic"]
        if text["cell"] in seen or not text["cell"]:
            problems.append(f"{where}: the cell's name is empty or stands twice")
        seen.add(text["cell"])
        if statistic not in STATISTICS:
            problems.append(f"{where}: unknown statistic {statistic!r}{nearest(statistic, STATISTICS)}")
            continue
        for part, kind in zip(("row", "column"), STATISTICS[statistic], strict=True):
            if kind not in ("", "*") and not text[part]:
                problems.append(f"{where}: {statistic} needs the {kind} in column {part!r}")
        value, decimals, box = np.nan, 0, Interval(-np.inf, np.inf)
        if statistic == "decision":
            if text["printed"] not in DECISIONS:
                problems.append(f"{where}: a decision is accepted or rejected, found {text['printed']!r}")
        else:
            try:
                value, decimals, box = parse_printed(text["printed"], statistic)
            except ValueError as error:
                problems.append(f"{where}: {error}")
        cells.append(
            Cell(
                table=text["table"],
                id=text["cell"],
                statistic=statistic,
                row=text["row"],
                column=text["column"],
                printed=text["printed"],
                note=text["note"],
                value=value,
                decimals=decimals,
                box=box,
            )
        )
    if not cells and not problems:
        problems.append("no rows; expected one row for each printed cell")
    if problems:
        raise PublishedError(f"{source}: " + "; ".join(problems))
    return tuple(cells)
