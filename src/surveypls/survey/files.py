"""Open an exported survey, CSV, XLSX, SPSS or Stata, as a table of text: encoding, separator and sheet found out.

This module knows files, not surveys: every cell comes out as the text that stands in the file.
"""

from __future__ import annotations

import csv
import datetime
import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from surveypls.study.paths import TABLES, not_readable
from surveypls.survey.answers import number_of
from surveypls.survey.forms import LeftOut, Record, spans, split_records
from tabletext.said import Said

MAX_SURVEY_BYTES = 100_000_000
MAX_COLUMNS = 5_000
MAX_ROWS = 100_000
#: Of a survey as large as both limits allow most cells are empty; a file of so many is made to fill the memory.
MAX_CELLS = 20_000_000
#: Rows at fault named one by one.
SHOWN_ROWS = 20
#: A workbook is compressed; one that unpacks to more than this is no survey, or is made to fill the memory.
MAX_UNPACKED_BYTES = 1_000_000_000
#: Files of statistical packages.
BINARY = (".sav", ".zsav", ".dta")
NOT_A_TABLE = "not a text file and not a workbook; expected CSV, XLSX, SAV or DTA"
DELIMITERS = (",", ";", "\t", "|")


class SurveyError(ValueError):
    """The survey file cannot be used; the message lists every problem found, with row and column."""

    def __init__(self, source: str, problems: str | Sequence[str]) -> None:
        self.source = source
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        several = "\n".join([f"{len(self.problems)} problems", *(f"  - {p}" for p in self.problems)])
        super().__init__(f"{source}: {self.problems[0] if len(self.problems) == 1 else several}")

    def __reduce__(self) -> tuple[type[SurveyError], tuple[str, tuple[str, ...]]]:
        return type(self), (self.source, self.problems)


@dataclass(frozen=True, slots=True)
class TextTable:
    """A file's cells as text.

    Attributes
    ----------
    header : tuple of str
        The column headings, trimmed.
    rows : tuple of tuple of str
        One tuple a record, as long as the header.
    row_numbers : tuple of int
        Each record's line (CSV) or row (XLSX) in the file, counted from 1 with the header.
    titles : tuple of str
        The question's text for each column, from a second heading row or from variable labels; empty texts without.
    left_out : tuple of LeftOut
        Rows of the file that hold no answers: further headings, footers.
    missing : tuple of str
        Cells that the file itself declares to be no answer.
    sheet : str
        The sheet of a workbook with several that was read.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]
    titles: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    missing: tuple[str, ...] = ()
    sheet: str = ""


def read_table(path: Path | str, *, sheet: str | None = None) -> TextTable:
    """Read a CSV, TSV, XLSX, SPSS (.sav) or Stata (.dta) file as text.

    CSV may be UTF-8 (with or without a byte-order mark), UTF-16 with its mark, or Windows-1252 / Latin-1, separated by
    comma, semicolon, tab or bar; a first line ``sep=;`` is obeyed.

    Parameters
    ----------
    path : path
        The file.
    sheet : str, optional
        Sheet of a workbook; if None the first one, unless a later one holds more than twice as many cells.

    Returns
    -------
    TextTable

    Raises
    ------
    SurveyError
        If the file is missing, empty, too large, not a table of text, or has rows longer than its header.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > MAX_SURVEY_BYTES:
            raise SurveyError(
                path.name, Said("larger than {n} MB; this is not a survey", n=MAX_SURVEY_BYTES // 1_000_000)
            )
        content = path.read_bytes()
    except OSError as error:
        raise SurveyError(path.name, not_readable(path, error, TABLES)) from None
    read = ""
    titles: list[str] = []
    missing: tuple[str, ...] = ()
    if content.startswith((b"$FL2", b"$FL3", b"<stata_dta>")) or path.suffix.lower() in BINARY:
        from surveypls.survey.packages import read_package

        records, titles, missing = read_package(path)
    elif content.startswith(b"PK\x03\x04"):
        records, read = _workbook(content, path.name, sheet)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SurveyError(path.name, Said("an old Excel file (.xls): save it as .xlsx or CSV"))
    elif sheet is not None:
        raise SurveyError(path.name, Said("has no sheet {sheet}: it is a text file", sheet=repr(sheet)))
    else:
        records = _delimited(_decode(content, path.name), path.name)
    found = _table(records, path.name)
    return replace(found, titles=tuple(titles) or found.titles, missing=missing, sheet=read)


def _decode(content: bytes, source: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise SurveyError(source, Said("starts like UTF-16 text and is not")) from None
    for encoding in ("utf-8-sig", "cp1252", "latin-1"):  # the last one reads any bytes
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            pass
    if "\x00" in text:
        raise SurveyError(source, Said(NOT_A_TABLE))
    return text


def _delimited(text: str, source: str) -> list[Record]:
    first, _, rest = text.partition("\n")
    told = first.strip().strip('"').lower()
    skipped = 0
    if told.startswith("sep=") and len(told) == 5:
        chosen, text, skipped = told[4], rest, 1
    elif told == "sep=" and "\t" in first:
        chosen, text, skipped = "\t", rest, 1
    else:
        chosen = _sniff(text)
    try:
        return _records(text, chosen, skipped, source, strict=True)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise SurveyError(source, Said("a quotation mark is opened and never closed")) from None
    try:
        return _records(text, chosen, skipped, source, strict=False)
    except csv.Error as error:
        raise SurveyError(source, Said("not a readable CSV file: {error}", error=str(error))) from None


def _records(text: str, delimiter: str, skipped: int, source: str, *, strict: bool) -> list[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    records, start, n_cells = [], 1, 0
    for cells in reader:
        n_cells += len(cells)
        _limit_cells(n_cells, source)
        # An answer may hold line breaks: the record's number is the line where it starts.
        records.append((start + skipped, cells))
        start = reader.line_num + 1
        if len(records) > MAX_ROWS + 1:
            raise too_many_rows(source)
    return records


def too_many_rows(source: str) -> SurveyError:
    """Say that a file has more rows than a bootstrap is for."""
    return SurveyError(
        source,
        Said(
            "more than {n} rows: too many to bootstrap; draw a random sample of the rows first",
            n=f"{MAX_ROWS:,}",
        ),
    )


def _sniff(text: str) -> str:
    """Choose the separator that cuts the most of the first records into equally many cells, and into the most."""

    def score(delimiter: str) -> tuple[int, int]:
        widths: list[int] = []
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                if cells:
                    widths.append(len(cells))
                if len(widths) == 20:
                    break
        except csv.Error:
            return (0, 0)
        width, alike = max(Counter(widths).items(), key=lambda found: found[1], default=(0, 0))
        return (alike if width > 1 and 2 * alike >= len(widths) else 0, width)

    return max(DELIMITERS, key=score)


def _workbook(content: bytes, source: str, sheet: str | None) -> tuple[list[Record], str]:
    """Return a sheet's records, and its name where the workbook has several."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations that it skips
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED_BYTES:
                    raise SurveyError(
                        source,
                        Said("unpacks to more than {n} MB; not a survey", n=MAX_UNPACKED_BYTES // 1_000_000),
                    )
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            if sheet is not None and sheet not in book.sheetnames:
                raise SurveyError(
                    source,
                    Said(
                        "has no sheet {sheet}; its sheets: {names}",
                        sheet=repr(sheet),
                        names=", ".join(book.sheetnames),
                    ),
                )
            records: list[Record] = []
            name = ""
            filled = 0
            for page in book.worksheets if sheet is None else [book[sheet]]:
                read = _sheet(page, source)
                cells = sum(bool(c.strip()) for _, row in read for c in row)
                if not name or cells > 2 * filled:  # a list of variables before the answers is shorter
                    records, name, filled = read, page.title, cells
            return records, name if len(book.sheetnames) > 1 else ""
    except SurveyError:
        raise
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError, SyntaxError) as error:
        raise SurveyError(
            source, Said("not a readable workbook ({error})", error=type(error).__name__)
        ) from None


def _sheet(page: Any, source: str) -> list[Record]:
    page.reset_dimensions()  # some exporters write a wrong size
    records, cells = [], 0
    for number, row in enumerate(page.iter_rows(values_only=True), start=1):
        width = next((at for at in range(len(row), 0, -1) if row[at - 1] is not None), 0)
        if width > MAX_COLUMNS:
            raise SurveyError(source, _too_wide(width))
        cells += width
        if number > MAX_ROWS + 1:
            raise too_many_rows(source)
        _limit_cells(cells, source)
        records.append((number, [_cell_text(value) for value in row[: max(width, 1)]]))
    return records


def _too_wide(width: int) -> str:
    return Said("has {width} columns; more than {most} is not a survey", width=width, most=MAX_COLUMNS)


def _limit_cells(cells: int, source: str) -> None:
    """Refuse a sheet that would fill the memory: rows that hold only their last column are long all the same."""
    if cells > MAX_CELLS:
        raise SurveyError(source, Said("has more than {n} cells; not a survey", n=f"{MAX_CELLS:,}"))


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _table(records: list[Record], source: str) -> TextTable:
    filled = [(n, cells) for n, cells in records if cells]
    texts = [sum(bool(c.strip()) for c in cells) for _, cells in filled]
    if not any(texts):
        raise SurveyError(source, Said("is empty"))
    # A title stands in one cell above the headings; numbers are no headings.
    start = texts.index(next((n for n in texts if n > 1), 1))
    if any(number_of(c) is not None for c in filled[start][1]):
        start = texts.index(next(filter(None, texts)))
    above = [
        LeftOut(n, Said("above the headings, {text}", text=repr("".join(cells).strip()[:40])))
        for (n, cells), some in zip(filled[:start], texts, strict=False)
        if some
    ]
    header = [c.strip() for c in filled[start][1]]
    while header and not header[-1]:
        header.pop()
    body = filled[start + 1 :]
    below = body[0][1] if body else []
    width = len(header)
    wide = sum(any(c.strip() for c in cells[width:]) for _, cells in body)
    # The last heading may span columns whose own headings stand below.
    if (wide > len(body) / 2 or spans(header, below)) and len(below) > width:
        whole = header + [""] * (len(below) - width)
        header = whole if spans(whole, below, body[1:]) else header
        width = len(header)
    if width > MAX_COLUMNS:
        raise SurveyError(source, _too_wide(width))
    # Rows without any text after the last record are how spreadsheets end, not blank forms.
    while body and not any(c.strip() for c in body[-1][1]):
        body.pop()
    problems: list[str] = []
    rows = []
    for number, cells in body:
        if any(c.strip() for c in cells[width:]):
            problems.append(
                Said(
                    "row {row}: {n} cells under {width} headings (an unquoted separator in an answer?)",
                    row=number,
                    n=len(cells),
                    width=width,
                )
            )
        rows.append(tuple((cells + [""] * width)[:width]))
    if len(problems) > max(SHOWN_ROWS, len(body) / 2):
        problems = [
            Said(
                "{n} of {all} rows have more cells than row {row} has headings ({width}); are the headings in another "
                "row? Delete the rows above them",
                n=len(problems),
                all=len(body),
                row=filled[start][0],
                width=width,
            )
        ]
    elif len(problems) > SHOWN_ROWS:
        problems = [*problems[:SHOWN_ROWS], Said("… and {n} rows more", n=len(problems) - SHOWN_ROWS)]
    if not rows:
        problems.append(Said("has a header and no answers"))
    if problems:
        raise SurveyError(source, problems)
    numbers = [n for n, _ in body]
    header, titles, kept, left_out = split_records(
        header, [(n, list(r)) for n, r in zip(numbers, rows, strict=True)]
    )
    if not kept:
        raise SurveyError(source, Said("has a header and no answers"))
    return TextTable(
        tuple(header),
        tuple(tuple(cells) for _, cells in kept),
        tuple(n for n, _ in kept),
        tuple(titles) if any(titles) else (),
        (*above, *left_out),
    )
