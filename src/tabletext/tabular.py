"""One model for every table: typed columns, marks, title, note and how cells read in print.

A :class:`Table` keeps the numbers as numbers.  Display strings (decimal comma in Spanish, APA
rounding, ``p < 0.001``) are made only when it is shown or exported.  It knows nothing of the
statistics; :mod:`surveypls.tables` lists the functions that build the tables.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

from tabletext.display import ENGLISH, MISSING, Display

Kind = Literal["text", "count", "unit", "number", "p", "percent", "printed"]
KINDS: tuple[Kind, ...] = ("text", "count", "unit", "number", "p", "percent", "printed")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    key : str
        Machine name, the same in every language; the header in CSV files.
    heading : str
        What a reader sees.
    kind : str
        ``text``; ``count`` (no decimals); ``unit`` (cannot leave [-1, 1]); ``number``; ``p``
        (shown as ``< 0.001`` where smaller); ``percent`` (a share, shown times 100);
        ``printed`` (digits as a publication prints them, kept as text).
    group : str
        A heading that spans neighbouring columns, or "".
    decimals : int or None
        Decimals in print; None takes 3 (1 for percentages, 0 for counts).
    """

    key: str
    heading: str
    kind: Kind = "number"
    group: str = ""
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key!r}: unknown kind {self.kind!r}; valid: {', '.join(KINDS)}")

    @property
    def numeric(self) -> bool:
        """Whether the cells are right-aligned figures."""
        return self.kind != "text"

    @property
    def places(self) -> int:
        """Decimals in print."""
        if self.decimals is not None:
            return self.decimals
        return {"percent": 1, "count": 0}.get(self.kind, 3)

    @property
    def full_heading(self) -> str:
        """Heading with its spanning heading before it."""
        return f"{self.group}: {self.heading}" if self.group else self.heading


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """A table ready to be shown or exported.

    Parameters
    ----------
    frame : DataFrame
        Rows in order, one column per :class:`Column` key, unrounded numbers.
    columns : sequence of Column
    title : str
    number : str
        "2", "A1" or "" for a table without a number.
    note : str
        What stands under the table, without the word "Note".
    display : Display
        Language, decimal sign and notice; the notice stands after the note and in each row of the CSV file.
    marks : mapping
        (row position, column key) → text that follows the figure, such as ✓ or stars.
    hidden : frozenset
        (row position, column key) of cells left empty in print: repeated construct names and
        values, or the half of a matrix that is not shown.  CSV files keep them.
    cell_kinds : mapping
        (row position, column key) → kind of a cell that differs from its column's.
    judged : frozenset of str
        Names of the thresholds that its marks go by.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    title: str = ""
    number: str = ""
    note: str = ""
    display: Display = ENGLISH
    marks: Mapping[tuple[int, str], str] = field(default_factory=dict)
    hidden: frozenset[tuple[int, str]] = frozenset()
    cell_kinds: Mapping[tuple[int, str], Kind] = field(default_factory=dict)
    judged: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        keys = [c.key for c in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"table {self.title!r}: column keys repeat in {keys}")
        missing = [k for k in keys if k not in self.frame.columns]
        if missing:
            raise ValueError(
                f"table {self.title!r}: columns {missing} are not in the frame {list(self.frame)}"
            )

    def with_text(self, **changes: Any) -> Table:
        """Return a copy with other title, number, note, marks or hidden cells."""
        return replace(self, **changes)

    def numeric(self) -> pd.DataFrame:
        """Return the unrounded values under their machine names, with marks in columns beside them."""
        out: dict[str, list[Any]] = {}
        for column in self.columns:
            values = self.frame[column.key].tolist()
            out[column.key] = [None if is_missing(v) else v for v in values]
            marked = [self.marks.get((i, column.key), "").strip() for i in range(len(values))]
            if any(marked):
                out[f"{column.key}_mark"] = marked
        return pd.DataFrame(out)

    def cells(self) -> list[list[str]]:
        """Return the printed text of every cell, row by row; see :func:`format_cell`."""
        rows: list[list[str]] = []
        for i in range(len(self.frame)):
            row = []
            for column in self.columns:
                if (i, column.key) in self.hidden:
                    row.append("")
                    continue
                kind = self.column_at(i, column)
                text = format_cell(self.frame[column.key].iloc[i], kind, self.display)
                row.append(text + self.marks.get((i, column.key), ""))
            rows.append(row)
        return rows

    def column_at(self, row: int, column: Column) -> Column:
        """Return the column as it holds in one row, where a cell's kind may differ."""
        kind = self.cell_kinds.get((row, column.key))
        return column if kind is None else replace(column, kind=kind)

    def as_text(self) -> pd.DataFrame:
        """Return the table as a DataFrame of printed strings."""
        return pd.DataFrame(self.cells(), columns=[c.full_heading for c in self.columns], dtype="str")

    @property
    def full_note(self) -> str:
        """Note and synthetic-data notice in one text."""
        return " ".join(part for part in (self.note.strip(), self.display.notice.strip()) if part)

    @property
    def caption_word(self) -> str:
        """The words before the title, as in Table 2 or Tabla 2; "" without a number."""
        return f"{self.display('Table')} {self.number}" if self.number else ""

    @property
    def note_word(self) -> str:
        """The word that opens the note, in the table's language."""
        return self.display("Note.")

    def spans(self) -> list[tuple[str, int]]:
        """Return the upper heading row as (group, number of columns); groups "" span one column."""
        out: list[tuple[str, int]] = []
        for column in self.columns:
            if column.group and out and out[-1][0] == column.group:
                out[-1] = (column.group, out[-1][1] + 1)
            else:
                out.append((column.group, 1))
        return out

    @property
    def grouped(self) -> bool:
        """Whether there is an upper heading row."""
        return any(c.group for c in self.columns)

    def to_html(self) -> str:
        """Return plain HTML: a caption, headings, cells, note; no identifiers and no style sheet."""
        esc = html.escape
        number = f"<strong>{esc(self.caption_word)}</strong>" if self.number else ""
        title = f"<em>{esc(self.title)}</em>" if self.title else ""
        out = to_plain_html(self, ". ".join(filter(None, (number, title))))
        if self.full_note:
            note = f"<em>{self.note_word}</em> {esc(self.full_note)}"
            cell = f'<td colspan="{len(self.columns)}" style="text-align:left">{note}</td>'
            out.append(f"<tfoot><tr>{cell}</tr></tfoot>")
        out.append("</table>")
        return "\n".join(out)

    _repr_html_ = to_html

    def __repr__(self) -> str:
        head = ". ".join(part for part in (self.caption_word, self.title) if part)
        body = self.as_text().to_string(index=False)
        note = f"{self.note_word} {self.full_note}" if self.full_note else ""
        return "\n".join(part for part in (head, body, note) if part)


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT or pandas' NA."""
    return value is None or (not isinstance(value, str) and bool(pd.isna(value)))


def format_cell(value: Any, column: Column, display: Display = ENGLISH) -> str:
    """Return one value as it is printed.

    Missing values give a dash (an empty string in text columns).  Rounding is to the column's decimals; see
    :class:`tabletext.display.Display` for how numbers read.
    """
    if column.kind == "text":
        return "" if is_missing(value) else str(value)
    if is_missing(value) or value == "":
        return MISSING
    if column.kind == "printed":
        return printed_text(value, display, places=column.places)
    number = float(value)
    if column.kind == "count":
        return display.count(number)
    if column.kind == "percent":
        return display.percent(number, digits=column.places)
    write = display.p if column.kind == "p" else display.number
    return write(number, digits=column.places)


def printed_text(value: Any, display: Display = ENGLISH, *, places: int = 3) -> str:
    """Return a printed value with its own digits; a float gets ``places`` decimals."""
    text = value if isinstance(value, str) else f"{float(value):.{places}f}"
    if as_number(text) is None:
        return text
    return display.decimals(text).replace("-", "−")


def as_number(text: Any) -> float | None:
    """Return the number that a text writes, or None; "nan" and "inf" are not numbers here."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def from_frame(
    frame: pd.DataFrame,
    *,
    headings: Mapping[str, str] | None = None,
    kinds: Mapping[str, Kind] | None = None,
    title: str = "",
    number: str = "",
    note: str = "",
    display: Display = ENGLISH,
) -> Table:
    """Make a table of any DataFrame.

    Kinds not given are taken from the dtype: integers are counts, a float column with |x| ≤ 1 is
    still a plain number, columns named ``p`` or ending in ``p_value`` are p-values, the rest text.
    """
    headings, kinds = headings or {}, kinds or {}
    plain = frame.reset_index(drop=frame.index.names == [None])
    plain.columns = [str(c) for c in plain.columns]
    columns = []
    for key in plain.columns:
        series = plain[key]
        if key in kinds:
            kind: Kind = kinds[key]
        elif pd.api.types.is_bool_dtype(series) or not pd.api.types.is_numeric_dtype(series):
            kind = "text"
        elif pd.api.types.is_integer_dtype(series):
            kind = "count"
        else:
            kind = "p" if key == "p" or key.endswith("p_value") else "number"
        columns.append(Column(key, headings.get(key, key), kind))
    return Table(plain, tuple(columns), title=title, number=number, note=note, display=display)


def hide_repeats(frame: pd.DataFrame, by: str, keys: Sequence[str]) -> frozenset[tuple[int, str]]:
    """Return the cells to leave empty so that each run of ``by`` shows ``keys`` once."""
    groups = frame[by].tolist()
    return frozenset((i, k) for i in range(1, len(groups)) if groups[i] == groups[i - 1] for k in keys)


def to_plain_html(table: Table, head: str, *, widths: Sequence[float] = (), name: str = "") -> list[str]:
    """Return the lines of a table with a caption, headings and cells, left open for a note.

    Parameters
    ----------
    table : Table
    head : str
        The caption, as HTML.
    widths : sequence of float
        Shares of the line, one a column; none where the columns find their own.
    name : str
        Identifier of the table, or "".
    """
    esc = html.escape
    out = [f'<table id="{esc(name)}">' if name else "<table>"]
    if head:
        out.append(f'<caption style="text-align:left">{head}</caption>')
    if len(widths):
        out.append("".join(["<colgroup>", *(f'<col style="width:{w:.1%}"/>' for w in widths), "</colgroup>"]))
    out.append("<thead>")
    if table.grouped:
        cell = '<th colspan="{}" style="text-align:center">{}</th>'
        spans = [cell.format(width, esc(group)) for group, width in table.spans()]
        out.append(f"<tr>{''.join(spans)}</tr>")
    out.append("<tr>" + "".join(_html_cell("th", c.heading, c) for c in table.columns) + "</tr>")
    out += ["</thead>", "<tbody>"]
    for row in table.cells():
        pairs = zip(row, table.columns, strict=True)
        out.append("<tr>" + "".join(_html_cell("td", text, c) for text, c in pairs) + "</tr>")
    out.append("</tbody>")
    return out


def _html_cell(tag: str, text: str, column: Column) -> str:
    side = "right" if column.numeric else "left"
    wrap = ";white-space:nowrap" if side == "right" and tag == "td" else ""
    return f'<{tag} align="{side}" style="text-align:{side}{wrap}">{html.escape(text)}</{tag}>'
