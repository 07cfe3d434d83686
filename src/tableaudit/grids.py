"""Tables as rows of texts, out of spreadsheets, documents, web pages, LaTeX, Markdown and pasted text."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from tableaudit.headings import role_of, statistic_of
from tableaudit.numbers import is_figure
from tableaudit.printed import MAX_BYTES, PublishedError

SUFFIXES = (".xlsx", ".docx", ".html", ".htm", ".tex", ".md", ".txt", ".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: its title and its rows, all texts; rows may differ in length."""

    title: str
    rows: tuple[tuple[str, ...], ...]


def read_grids(path: Path) -> list[Grid]:
    """Read every table of a file.

    Parameters
    ----------
    path : Path
        One of ``SUFFIXES``.

    Returns
    -------
    list of Grid
        Merged cells hold their text in each place; empty rows and columns are left out.

    Raises
    ------
    PublishedError
        If the file cannot be read or holds no table.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise PublishedError(f"{path.name}: expected one of {', '.join(SUFFIXES)}")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PublishedError(
                f"{path.name}: larger than {MAX_BYTES:,} bytes; not a file of printed tables"
            )
        if suffix in (".xlsx", ".docx"):
            found = list(_spreadsheet(path) if suffix == ".xlsx" else _document(path))
        else:
            text = path.read_text(encoding="utf-8-sig")
            found = list(_READERS[suffix](text))
    except UnicodeDecodeError as error:
        raise PublishedError(f"{path.name}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise PublishedError(f"{path.name}: cannot be read: {error.strerror or error}") from None
    except PublishedError:
        raise
    except Exception as error:  # what a broken office file raises is not documented
        raise PublishedError(f"{path.name}: not a readable {suffix} file ({type(error).__name__})") from None
    grids = [g for g in (_tidy(t, rows) for t, rows in found) if g is not None]
    if not grids:
        raise PublishedError(f"{path.name}: no table found in it")
    return grids


_Raw = tuple[str, list[list[str]]]
_NUMBER = re.compile(r"^\W*\d+[.)]*\s+")
#: A line below a table, which is no row of it.
_FOOT = re.compile(
    r"(?i)(notes?|notas?|source|fuente|fonte|quelle|anmerkung|legend|leyenda)\b.*|[*†+]+\s*p\s*[<=≤].*"
)


def _tidy(title: str, rows: list[list[str]]) -> Grid | None:
    kept = [[" ".join(c.split()) for c in row] for row in rows]
    kept = [row for row in kept if any(row) and not _FOOT.match(next(filter(None, row)))]
    if len(kept) < 2:
        return None
    width = max(map(len, kept))
    kept = [row + [""] * (width - len(row)) for row in kept]
    columns = [j for j in range(width) if any(row[j] for row in kept)]
    if len(columns) < 2:
        return None
    return Grid(" ".join(title.split()), tuple(tuple(row[j] for j in columns) for row in kept))


def _spreadsheet(path: Path) -> Iterator[_Raw]:
    import openpyxl

    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in book.worksheets:
        values = {(c.row, c.column): _cell_text(c) for row in sheet.iter_rows() for c in row}
        for merged in sheet.merged_cells.ranges:
            text = values.get((merged.min_row, merged.min_col), "")
            for row in range(merged.min_row, merged.max_row + 1):
                for column in range(merged.min_col, merged.max_col + 1):
                    values[row, column] = text
        rows = [
            [values.get((r, c), "") for c in range(1, sheet.max_column + 1)]
            for r in range(1, sheet.max_row + 1)
        ]
        yield from _split(sheet.title, rows)


def _cell_text(cell: object) -> str:
    """Return a cell as it is shown: a number with the decimals of its format."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    pattern = str(getattr(cell, "number_format", "General"))
    shown = re.search(r"0(?:\.(0+))?", pattern)
    if pattern != "General" and shown and "E" not in pattern:
        decimals = len(shown[1] or "")
        return f"{100 * value:.{decimals}f}%" if "%" in pattern else f"{value:.{decimals}f}"
    return repr(round(value, 10)) if isinstance(value, float) else str(value)


def _split(title: str, rows: list[list[str]]) -> Iterator[_Raw]:
    """Split a sheet or a text at empty rows; a row with one cell is the title of what follows."""
    block: list[list[str]] = []
    name = title
    for row in [*rows, []]:
        filled = [c for c in row if c.strip()]
        if not filled or (len(set(filled)) == 1 and len(filled[0]) > 12 and _is_title(filled[0])):
            if len(block) > 1:
                yield name, block
            if filled:
                name = filled[0]
            elif block:
                name = title
            block = []
        else:
            block.append(row)


def _is_title(text: str) -> bool:
    return _is_numbered(text) or len(text.split()) > 3


def _document(path: Path) -> Iterator[_Raw]:
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    title = ""
    for element in docx.Document(str(path)).iter_inner_content():
        if isinstance(element, Paragraph):
            if element.text.strip():
                title = element.text
        elif isinstance(element, Table):
            yield title, [[cell.text for cell in row.cells] for row in element.rows]
            title = ""


class _Tables(HTMLParser):
    """Collects tables with their captions; a spanning cell stands in each place."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Raw] = []
        self.rows: list[list[str]] | None = None
        self.title = ""
        self.text: list[str] = []
        self.span: tuple[int, int] | None = None  # of the cell that is open
        self.waiting: dict[int, tuple[int, str]] = {}
        self.skip = 0
        self.heading = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.skip += 1
        if tag in ("tr", "td", "th"):
            self._close()  # the end of a cell need not be written
        if tag == "table":
            self.rows, self.title, self.waiting = [], self.heading, {}
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
            self._carry()
        elif tag in ("td", "th") and self.rows:
            given = dict(attrs)
            self.span = (_whole(given.get("rowspan")), _whole(given.get("colspan")))
            self.text = []
        elif tag in ("caption", "p", "h1", "h2", "h3", "h4", "figcaption"):
            if self.rows is None or tag == "caption":
                self.text = []
        elif tag == "br":
            self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.skip = max(0, self.skip - 1)
        content = " ".join("".join(self.text).split())
        if tag in ("td", "th", "tr", "table"):
            self._close()
        if tag == "caption":
            self.title = content
        elif tag in ("p", "h1", "h2", "h3", "h4", "figcaption") and self.rows is None:
            self.heading = content or self.heading
        elif tag == "table" and self.rows is not None:
            self.found.append((self.title, self.rows))
            self.rows, self.heading = None, ""

    def handle_data(self, data: str) -> None:
        if not self.skip:
            self.text.append(data)

    def _close(self) -> None:
        if self.span is None or not self.rows:
            return
        content = " ".join("".join(self.text).split())
        (down, across), self.span = self.span, None
        self._carry()
        for _ in range(across):
            column = len(self.rows[-1])
            self.rows[-1].append(content)
            if down > 1:
                self.waiting[column] = (down - 1, content)
        self._carry()

    def _carry(self) -> None:
        assert self.rows is not None
        while len(self.rows[-1]) in self.waiting:
            column = len(self.rows[-1])
            left, content = self.waiting.pop(column)
            self.rows[-1].append(content)
            if left > 1:
                self.waiting[column] = (left - 1, content)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 4 and 0 < int(text) < 200 else 1


def _web(text: str) -> Iterator[_Raw]:
    parser = _Tables()
    parser.feed(text)
    yield from parser.found


_GREEK = {
    "beta": "β",
    "alpha": "α",
    "lambda": "λ",
    "rho": "ρ",
    "chi": "χ",
    "surd": "√",
    "textminus": "-",
    "pm": "±",
}
_GREEK |= {
    "rightarrow": "→",
    "to": "→",
    "Rightarrow": "→",
    "times": "×",
    "leq": "≤",
    "le": "≤",
    "geq": "≥",
    "textless": "<",
}
_TEX_SIGNS = {"\\" + name: sign for name, sign in _GREEK.items()}
_TEX_SIGNS |= {r"\%": "%", r"\&": "&", r"\_": "_", r"\,": " ", "~": " ", "--": "–"}


def _latex(text: str) -> Iterator[_Raw]:
    text = re.sub(r"(?<!\\)%.*", "", text)
    for match in re.finditer(
        r"\\begin\{(tabular\*?|tabularx|longtable|array)\}(.*?)\\end\{\1\}", text, re.DOTALL
    ):
        before, after = text[: match.start()], text[match.end() : match.end() + 400]
        captions = re.findall(
            r"\\caption\*?\{((?:[^{}]|\{[^{}]*\})*)\}", before[-600:] + after.split(r"\begin")[0]
        )
        rows = []
        body = re.sub(
            r"^(\{[^{}]*\}|\[[^\]]*\])*(\{(?:[^{}]|\{[^{}]*\})*\})?", "", match[2].lstrip(), count=1
        )
        for line in re.split(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline", body):
            line = re.sub(
                r"\\(hline|toprule|midrule|bottomrule|cline\{[^}]*\}|cmidrule(\([^)]*\))?\{[^}]*\})", "", line
            )
            cells: list[str] = []
            for cell in re.split(r"(?<!\\)&", line):
                wide = re.match(r"\s*\\multicolumn\{(\d+)\}\{[^}]*\}\{(.*)\}\s*$", cell, re.DOTALL)
                cells += [_plain_tex(wide[2])] * _whole(wide[1]) if wide else [_plain_tex(cell)]
            rows.append(cells)
        yield (_plain_tex(captions[-1]) if captions else ""), rows


def _plain_tex(text: str) -> str:
    text = re.sub(r"\\multirow\{[^}]*\}\{[^}]*\}\{(.*?)\}", r"\1", text)
    text = re.sub(r"\\(?:label|footnotesize|small|centering|addlinespace)(\{[^}]*\})?", "", text)
    for sign, plain in _TEX_SIGNS.items():
        text = (
            re.sub(re.escape(sign) + r"(?![A-Za-z])", plain, text)
            if sign[-1].isalpha()
            else text.replace(sign, plain)
        )
    text = re.sub(r"\^\{?2\}?", "²", text)
    text = re.sub(r"\^\{([^}]*)\}", r"\1", text)
    for _ in range(3):
        text = re.sub(r"\\[A-Za-z]+\*?\{([^{}]*)\}", r"\1", text)
    return re.sub(r"[${}]|\\[A-Za-z]+", "", text)


_BARS = re.compile(r"\\?\|\s*(O)\s*/\s*(STDEV)\s*\\?\|")  # in a heading of t, where bars would part cells
_RULED = re.compile(r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*\|[\s:|-]*$|^\s*\|.*\|\s*$", re.MULTILINE)


def _markdown(text: str) -> Iterator[_Raw]:
    title, block = "", []
    for line in [*text.splitlines(), ""]:
        line = _BARS.sub(r"\1/\2", line)
        if "|" in line:
            cells = [
                html.unescape(re.sub(r"^(\*+)(.+)\1$", r"\2", c.strip()))
                for c in line.strip().strip("|").split("|")
            ]
            if not all(re.fullmatch(r":?-{2,}:?", c) or not c for c in cells):
                block.append(cells)
        else:
            if len(block) > 1:
                yield title, block
                title = ""
            block = []
            if line.strip():
                title = line.strip().strip("#* ")


def _pasted(text: str) -> Iterator[_Raw]:
    """Read pasted text: cells apart by tabs, bars, two spaces and more, or single ones; a plain line is a title."""
    if len(_RULED.findall(text)) > 1:
        yield from _markdown(text)
        return
    before: list[str] = []  # plain lines since the last table
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        plain = line.strip()
        if plain and _cells_in(line) > 1:
            block.append(line)
        elif plain and block and not _is_numbered(plain):
            block.append(plain)
        else:
            if len(block) > 1:
                yield (before[0] if before else ""), _in_columns(before[1:] or before, block)
            if block or (plain and _is_numbered(plain)):
                before = []
            block = []
            if plain:
                before.append(plain)


def _is_numbered(line: str) -> bool:
    return bool(re.match(r"(?i)\s*(table|tabla|cuadro|tabelle|tabela|tab\.)", line))


def _cells_in(line: str) -> int:
    parts = line.split("\t") if "\t" in line else re.split(r"\s{2,}", line.strip())
    return len(parts) if len(parts) > 1 else len(_by_single_spaces(line))


def _in_columns(above: list[str], lines: list[str]) -> list[list[str]]:
    """Return the rows of a block: a cell stands in the column whose place on the page it shares most of."""
    if any("\t" in line for line in lines):
        return [line.split("\t") for line in lines]
    spans = [[(m.start(), m.end(), m[0]) for m in re.finditer(r"\S+(?: \S+)*", line)] for line in lines]
    width = max(map(len, spans))
    if width < 2:
        return _named_columns(above, [_by_single_spaces(line) for line in lines])
    full = [row for row in spans if len(row) == width]
    columns = [(min(row[j][0] for row in full), max(row[j][1] for row in full)) for j in range(width)]
    rows = []
    for row in spans:
        cells = [""] * width
        for start, end, cell in row:
            shared = [min(end, right) - max(start, left) for left, right in columns]
            over = [j for j in range(width) if shared[j] > 0]
            # one that stands over several columns heads them all
            for j in over if len(over) > 1 and not is_figure(cell) else [shared.index(max(shared))]:
                cells[j] = f"{cells[j]} {cell}".strip()
        rows.append(cells if len(row) > 1 else [row[0][2]] if row else [])
    return rows


def _by_single_spaces(line: str) -> list[str]:
    """Split a line at single spaces around its figures, where at least two stand together or one has decimals."""
    line = re.sub(r"[\[(]\s*([-–−]?[\d.,]+)\s*[;,]\s+([-–−]?[\d.,]+)\s*[\])]", r"[\1;\2]", line)
    tokens = re.sub(r"(?<=[<>≤≥=])\s+(?=[\d.])", "", line).split()
    figures = [
        bool(
            re.fullmatch(
                r"[<>≤≥]?[-–−+]?[(\[]?[-–−]?[\d.,·]+(;[-–−]?[\d.,]+)?[)\]%*a-d]*|[-–—]|n\.?s\.?|\*+", token
            )
        )
        for token in tokens
    ]
    end = len(tokens) - next((i for i, found in enumerate(reversed(figures)) if found), 0)
    start = end
    while start and figures[start - 1]:
        start -= 1
    if end - start < 2 and not (
        end - start == 1 and end == len(tokens) < 6 and re.search(r"\d[.,]\d", tokens[start])
    ):
        return [line.strip()]
    name, rest = " ".join(tokens[:start]), " ".join(tokens[end:])
    return [*filter(None, [name]), *tokens[start:end], *filter(None, [rest])]


def _named_columns(above: list[str], rows: list[list[str]]) -> list[list[str]]:
    """Part the words of the line above that name the columns; a row's first cell may hold two names."""
    width, names = max(map(len, rows)), [_NUMBER.sub("", row[0]) for row in rows]
    if rows[0] == [str(i) for i in range(1, len(rows[0]) + 1)]:
        return [["", *rows[0]], *rows[1:]]  # numbers of constructs
    headings: list[tuple[int, int, list[str]]] = []
    for line in above:
        words = re.sub(r"(?<=%) (?=[CIK]I\b)", "\u00a0", line).split(" ")
        if [_NUMBER.sub("", w) for w in words] == names or (
            len(words) == width - 1 and not any(map(statistic_of, words))
        ):
            headings.append((0, width, ["", *words]))
        for count in (width, width - 1, width + 1):
            score, groups = _parted(tuple(words), count)
            headings.append((score - count, -abs(count - width), [""] * (width - count) + groups))
    found = max(headings, default=(-99, 0, []))
    if found[0] < -width:
        return rows
    if len(found[2]) > width:
        rows = [_two_names(row) for row in rows]
    return [found[2], *rows]


def _two_names(row: list[str]) -> list[str]:
    found = re.match(r"(H\s?\d+\w?[:.]?)\s+(.*)", row[0])
    first, _, last = (found[1], "", found[2]) if found else row[0].rpartition(" ")
    return [first, last, *row[1:]]


def _parted(words: tuple[str, ...], count: int) -> tuple[int, list[str]]:
    """Return the parting of words into so many headings that are known, and how many are, less those that are not."""
    spans = [(i, j) for i in range(len(words)) for j in range(i + 1, min(i + 6, len(words)) + 1)]
    name = {(i, j): statistic_of(t) or role_of(t) for i, j in spans if (t := " ".join(words[i:j]))}
    best: dict[tuple[int, int], tuple[int, list[str], str | None]] = {(0, 0): (0, [], None)}
    for k in range(1, count + 1):
        for i, j in spans:
            if (k - 1, i) not in best or (words[i].startswith("(") and i):
                continue
            score, groups, last = best[k - 1, i]
            double = any(name[i, m] and name[m, j] and name[i, m] != name[m, j] for m in range(i + 1, j))
            score += 1 if name[i, j] and name[i, j] != last and not double else -1
            if score > best.get((k, j), (-99,))[0]:
                best[k, j] = score, [*groups, " ".join(words[i:j])], name[i, j]
    return best.get((count, len(words)), (-99, [], None))[:2]


def _separated(text: str) -> Iterator[_Raw]:
    """Read fields apart by the sign that leaves the most figures whole."""
    lines = text.splitlines()[:300]

    def whole(delimiter: str) -> tuple[int, int]:
        cells = [cell for row in csv.reader(lines, delimiter=delimiter) for cell in row]
        return sum(map(is_figure, cells)), len(cells)

    rows = list(csv.reader(io.StringIO(text), delimiter=max(("\t", ";", ","), key=whole)))
    yield from _split("", rows)


_READERS = {
    ".html": _web,
    ".htm": _web,
    ".tex": _latex,
    ".md": _markdown,
    ".txt": _pasted,
    ".csv": _separated,
    ".tsv": _separated,
}
