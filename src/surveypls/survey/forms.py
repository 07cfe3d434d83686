"""What form tools write around the answers: further heading rows, import ids, footers.

Each row that holds no answers is set aside with its reason; nothing is dropped without one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from surveypls.survey.answers import number_of, plain
from surveypls.survey.words import means
from tabletext.said import Said

Record = tuple[int, list[str]]

#: Closed questions that a second heading row must stand out from, and the share of them.
FEWEST_CLOSED, STANDS_OUT = 3, 0.8
#: Rows at the foot that can be a summary.
LONGEST_FOOTER = 12
_IMPORT_ID = re.compile(r"\{\s*[\"']ImportId[\"'].*")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of the file, counted from 1, that holds no answers, and why."""

    row: int
    why: str


def split_records(
    header: list[str], body: Sequence[Record]
) -> tuple[list[str], list[str], list[Record], list[LeftOut]]:
    """Tell headings, answers and the rest apart.

    Parameters
    ----------
    header : list of str
        The first row with text.
    body : sequence of (row number, cells)
        The rows below it, each as long as the header.

    Returns
    -------
    header : list of str
        One heading a column; under a heading that spans several columns, ``"Question [row]"``.
    titles : list of str
        The question's text from a further heading row; empty without one.
    rows : list of (row number, cells)
        The rows of answers.
    left_out : list of LeftOut
    """
    rows, left = list(body), []
    titles = [""] * len(header)
    at = next((i for i, (_, cells) in enumerate(rows[:3]) if _is_import_row(cells)), None)
    if at is not None:
        if at > 0:
            titles = [c.strip() for c in rows[at - 1][1]]
        left = [LeftOut(n, Said("question texts, below the headings")) for n, _ in rows[:at]]
        left.append(LeftOut(rows[at][0], Said("import ids, below the headings")))
        rows = rows[at + 1 :]
    elif rows and spans(header, rows[0][1]):
        header, titles = _joined(header, [c.strip() for c in rows[0][1]])
        left = [LeftOut(rows[0][0], Said("a second row of headings"))]
        rows = rows[1:]
    elif rows and _stands_out(rows):
        titles = [c.strip() for c in rows[0][1]]
        left = [LeftOut(rows[0][0], Said("question texts, below the headings"))]
        rows = rows[1:]
    rows, footers = _without_footers(rows)
    return header, titles, rows, left + footers


def _is_import_row(cells: Sequence[str]) -> bool:
    return any(_IMPORT_ID.match(c.strip()) for c in cells)


def spans(header: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether headings span columns whose own headings stand in the next row, as merged cells do."""
    blank = [j for j, h in enumerate(header) if not h and j]
    cells = [below[j] if j < len(below) else "" for j in blank]
    return len(blank) > 1 and all(c.strip() and number_of(c) is None for c in cells)


def _joined(header: Sequence[str], below: Sequence[str]) -> tuple[list[str], list[str]]:
    """Join the two rows of headings: ``"Question [row]"`` where a question has several columns."""
    above, question = [], ""
    for heading in header:
        question = heading or question
        above.append(question)
    joined = []
    for top, own in zip(above, below, strict=True):
        bare = not own or means("subheading", own)
        joined.append(top if bare else f"{top} [{own}]" if top else own)
    return joined, ["" if means("subheading", own) else own for own in below]


def _stands_out(rows: Sequence[Record]) -> bool:
    """Tell whether the first row holds texts that no closed question is ever answered with: the questions' own."""
    first, rest = rows[0][1], [cells for _, cells in rows[1:]]
    if len(rest) < 5:
        return False
    closed, odd = 0, []
    for j, text in enumerate(first):
        counts = Counter(t for cells in rest if (t := cells[j].strip()))
        if counts and 2 * len(counts) <= counts.total() and len(counts) <= 15:
            closed += 1
            if len(text.strip()) > 3 and number_of(text) is None and plain(text) not in map(plain, counts):
                odd.append(plain(text))
    return closed >= FEWEST_CLOSED and len(set(odd)) >= STANDS_OUT * closed


def _without_footers(rows: list[Record]) -> tuple[list[Record], list[LeftOut]]:
    """Set aside the rows at the foot that sum up: "Mean", "Total responses: 300", or means without a name."""
    first = len(rows)
    for i in range(len(rows) - 1, max(len(rows) - LONGEST_FOOTER, 0) - 1, -1):
        cells = [c.strip() for c in rows[i][1]]
        if not any(cells):
            continue
        if not (_named_footer(cells, i, rows) or _unnamed_footer(cells, rows)):
            break
        first = i
    left = []
    for n, cells in rows[first:]:
        text = next((c.strip() for c in cells if c.strip()), "")
        if text:
            left.append(LeftOut(n, Said("a footer, {text}", text=repr(text[:40]))))
    while first < len(rows) and first and not any(c.strip() for c in rows[first - 1][1]):
        first -= 1  # blank rows before a footer are its distance
    return rows[:first], left


def _named_footer(cells: Sequence[str], at: int, rows: Sequence[Record]) -> bool:
    filled = [j for j, c in enumerate(cells) if c]
    j = filled[0]
    if len(filled) == 1 and cells[j].count(" ") > 1:
        return True  # a sentence in a row of its own
    if not means("footer", cells[j]) or any(r[1][j].strip() == cells[j] for r in rows[:at]):
        return False
    return all(number_of(cells[k].rstrip(" %")) is not None for k in filled[1:])


def _unnamed_footer(cells: Sequence[str], rows: Sequence[Record]) -> bool:
    """Tell whether a row holds decimals where every other row holds whole numbers."""
    numbers = [v for c in cells if c and (v := number_of(c)) is not None]
    broken = sum(not v.is_integer() for v in numbers)
    if len(numbers) < 3 or 2 * broken <= len(numbers):
        return False
    others = [v for _, r in rows[:-LONGEST_FOOTER] or rows[:1] for c in r if (v := number_of(c)) is not None]
    return bool(others) and sum(not v.is_integer() for v in others) < 0.05 * len(others)
