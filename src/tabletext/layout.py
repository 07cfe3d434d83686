"""How wide the columns of a printed table are, in characters, and how many lines its rows take."""

from __future__ import annotations

import math

from tabletext.tabular import Table

GAP = 2.4
_WIDTHS = {
    **dict.fromkeys("0123456789", 1.12),
    **dict.fromkeys("mw—→", 1.4),
    **dict.fromkeys("✓✗", 2.0),
    **dict.fromkeys("ijlt.,:;'|()", 0.6),
}


def needs(table: Table, cells: list[list[str]]) -> list[tuple[float, float]]:
    """Return (least, natural) width of each column.

    The least width keeps figures on one line and breaks text only between words; the natural width
    breaks nothing but the heading.
    """
    out = []
    for j, column in enumerate(table.columns):
        texts = [row[j] for row in cells]
        heading = _longest_word(column.heading)
        longest = max([text_width(t) for t in texts], default=0.0)
        least = longest if column.numeric else max([_longest_word(t) for t in texts], default=0.0)
        natural = max(longest, min(text_width(column.heading), heading + 6))
        out.append((max(least, heading) + GAP, max(natural, heading) + GAP))
    return out


def text_width(text: str) -> float:
    """Return the width of a text in a proportional font, in average small letters."""
    return sum(_WIDTHS.get(c, 1.35 if c.isupper() else 1.0) for c in text)


def _longest_word(text: str) -> float:
    return max((text_width(word) for word in text.split()), default=0.0)


def column_widths(table: Table, cells: list[list[str]], room: float) -> list[float]:
    """Return column widths that fill at most ``room`` characters.

    Natural widths where they fit.  Otherwise every column gets its least width and the rest is shared
    in proportion to the square root of what is still wanted, so that one long text does not starve
    the others.  Widths below the least only come about where even those do not fit.
    """
    wanted = needs(table, cells)
    natural = [n for _, n in wanted]
    if sum(natural) <= room:
        return natural
    least = [m for m, _ in wanted]
    spare = room - sum(least)
    if spare <= 0:
        return [w * room / sum(least) for w in least]
    widths, open_columns = list(least), [j for j, (m, n) in enumerate(wanted) if n > m]
    while spare > 1e-9 and open_columns:
        weights = [math.sqrt(natural[j] - least[j]) for j in open_columns]
        given = spare / sum(weights)
        used = 0.0
        for j, weight in zip(open_columns, weights, strict=True):
            more = min(given * weight, natural[j] - widths[j])
            widths[j] += more
            used += more
        spare -= used
        open_columns = [j for j in open_columns if natural[j] - widths[j] > 1e-9]
    return widths


def lines(cells: list[list[str]], widths: list[float]) -> int:
    """Return the number of lines that all rows take at these widths."""
    return sum(
        max(
            (
                math.ceil((text_width(text) - 0.5) / max(w - GAP, 1))
                for text, w in zip(row, widths, strict=True)
            ),
            default=1,
        )
        for row in cells
    )


def heading_lines(table: Table, widths: list[float]) -> int:
    """Return the number of lines of the tallest column heading, at least 1."""
    return max(
        (_wrapped(c.heading, max(w - GAP + 1, 1)) for c, w in zip(table.columns, widths, strict=True)),
        default=1,
    )


def group_lines(table: Table, widths: list[float]) -> int:
    """Return the number of lines of the tallest spanning heading, 0 without any."""
    if not table.grouped:
        return 0
    tallest, at = 1, 0
    for group, span in table.spans():
        tallest = max(tallest, _wrapped(group, sum(widths[at : at + span]) - GAP + 1))
        at += span
    return tallest


def wrap(text: str, width: float) -> list[str]:
    """Break a text between words into lines of at most ``width``; a longer word has its own line."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _wrapped(text: str, width: float) -> int:
    return max(len(wrap(text, width)), 1)
