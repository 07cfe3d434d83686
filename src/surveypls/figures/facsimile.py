"""An article's printed tables redrawn, each cell in the state that the other printed cells leave it in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from plsem.names import nearest
from surveypls.figures.style import (
    GREY,
    INK,
    FigureError,
    blank_page,
    check_frame,
    kind_of,
    line_height,
    short_name,
    shorten,
    styled,
    text_width,
    wrap,
    write_foot,
)
from tableaudit.cell_states import STATES
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display, Texts

#: Inches: a phone of 390 pixels shows a point as 1.4 pixels.
PHONE = 3.9
#: State → its colour; its sign and words are the audit's.
_COLOURS: Mapping[str, str] = {
    "contradicted": "#ee8866",
    "contradicted unless": "#f7cfb0",
    "follows": "#8fc1e3",
    "open": "#ffffff",
    "not a statistic": "#d4d4d4",
    "a count": "#ececec",
}
_SIZE, _SMALL, _SIGN = 7.0, 5.0, 6.0
_LABEL = 0.95  # inches for the name of a row
_MARGIN = 0.06


@dataclass(frozen=True, slots=True)
class _Grid:
    """One table as it is drawn: names of rows and columns, and (row, column) → index of its cell.

    ``spans`` says over how many lines a cell stretches that is about a construct with several items.
    """

    table: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], int]
    spans: Mapping[tuple[str, str], int]


@styled
def facsimile(
    cells: pd.DataFrame, *, titles: Mapping[str, Texts] | None = None, display: Display = ENGLISH
) -> tuple[Figure, pd.DataFrame]:
    """Redraw an article's printed tables as one picture, each cell coloured and marked by its state.

    The tables stand below each other, so that the picture can be read on a phone.

    Parameters
    ----------
    cells : DataFrame
        One row a printed cell, in print order: ``table, statistic, row, column, printed, state, lower, upper``,
        as :func:`tableaudit.cell_states.states` returns them.
    titles : mapping, optional
        Table → its heading; default: "Table 1" and so on.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``table, statistic, row, column, printed, state, lower, upper`` and the place in the drawing:
        ``line`` and ``heading``.

    Raises
    ------
    FigureError
        If there are no rows, a column is missing, a state is unknown, or two cells fall on one place.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     [("4", "htmt", "FI", "RC", "0.244", "open", 0.21, 0.27)],
    ...     columns=["table", "statistic", "row", "column", "printed", "state", "lower", "upper"],
    ... )
    >>> facsimile(cells)[1][["line", "heading"]].to_numpy().tolist()
    [['FI', 'RC']]
    """
    needed = ["table", "statistic", "row", "column", "printed", "state"]
    data = check_frame(cells, needed, "facsimile", names=("table", "row", "column", "printed"))
    for state in data["state"]:
        if state not in STATES:
            raise FigureError(f"facsimile: state {state!r}{nearest(state, STATES)}")
    for name in ("lower", "upper"):
        data[name] = pd.to_numeric(data[name]) if name in data.columns else math.nan
    data = data[[*needed, "lower", "upper"]]
    grids = [_grid(data[data["table"] == t], display) for t in dict.fromkeys(data["table"])]
    place = {i: key for grid in grids for key, i in grid.cells.items()}
    data["line"], data["heading"] = ([place[i][k] for i in data.index] for k in (0, 1))

    notes = wrap(display.notice, PHONE - 0.2, _SMALL + 0.5) if display.notice else []
    legend = [state for state in STATES if (data["state"] == state).any()]
    heights = [_height(grid, data) for grid in grids]
    foot = 0.17 * len(legend) + 0.12 + len(notes) * line_height(_SMALL + 0.5)
    height = sum(heights) + foot + 0.1
    figure, ax = blank_page(PHONE, height)
    top = height - 0.04
    for grid, tall in zip(grids, heights, strict=True):
        title = display.text((titles or {}).get(grid.table), default=f"{display('Table')} {grid.table}")
        _draw_grid(ax, grid, data, top, title, display)
        top -= tall
    counts = data["state"].value_counts()
    for state in legend:
        (sign, _, text), colour = STATES[state], _COLOURS[state]
        ax.add_patch(Rectangle((_MARGIN, top - 0.13), 0.24, 0.13, facecolor=colour, edgecolor=GREY))
        ax.text(_MARGIN + 0.12, top - 0.065, sign, fontsize=_SIGN, ha="center", va="center", weight="bold")
        ax.text(_MARGIN + 0.32, top - 0.065, f"{display(text)} ({counts[state]})", fontsize=6.5, va="center")
        top -= 0.17
    write_foot(ax, notes, (_MARGIN, 0.04), size=_SMALL + 0.5)
    return figure, data


def _grid(cells: pd.DataFrame, display: Display) -> _Grid:
    """Give a table's cells their places: constructs by constructs, else a line an item, construct or path.

    What is about a construct stretches over the lines of its items, where the table has items.
    """
    items: dict[str, list[str]] = {}  # of each construct, as printed
    for record in cells.to_dict("records"):
        if kind_of(record["statistic"]) == "item":
            block = items.setdefault(record["column"], [])
            block.extend({record["row"]} - set(block))
    lines = dict.fromkeys(item for block in items.values() for item in block)
    headings: dict[str, None] = {}
    placed: dict[tuple[str, str], int] = {}
    spans: dict[tuple[str, str], int] = {}
    for index, record in zip(cells.index, cells.to_dict("records"), strict=True):
        statistic, row, column = record["statistic"], record["row"], record["column"]
        kind, name = kind_of(statistic), short_name(statistic, display)
        if kind in ("pair", "diagonal") and row and column:
            line, heading = row, column
        elif kind in ("path", "target") and row and column:
            line, heading = f"{row} → {column}", name
        elif kind == "fit":
            line, heading = display("Model"), name
        else:
            about = column if kind == "item" else row or column
            lines_of = [row] if kind == "item" else items.get(about, [about])
            line, heading = lines_of[0], name
            spans[line, heading] = len(lines_of)
        if (line, heading) in placed:
            raise FigureError(f"facsimile: table {record['table']} has two cells for {line}, {heading}")
        placed[line, heading] = int(index)
        lines.setdefault(line)
        headings.setdefault(heading)
    return _Grid(str(cells["table"].iloc[0]), tuple(lines), tuple(headings), placed, spans)


def _line_heights(grid: _Grid, data: pd.DataFrame) -> list[float]:
    """Return the height of each line: more where an interval stands below a printed value."""
    bounded = {line for (line, _), i in grid.cells.items() if data.loc[i, ["lower", "upper"]].notna().all()}
    return [0.25 if line in bounded else 0.17 for line in grid.rows]


def _height(grid: _Grid, data: pd.DataFrame) -> float:
    return 0.17 + 0.15 + sum(_line_heights(grid, data)) + 0.1


def _draw_grid(ax: Axes, grid: _Grid, data: pd.DataFrame, top: float, title: str, display: Display) -> None:
    across = (PHONE - 2 * _MARGIN - _LABEL) / max(3, len(grid.columns))
    title = wrap(title, PHONE - 2 * _MARGIN, _SIZE + 0.5, max_lines=1)[0]
    ax.text(_MARGIN, top - 0.085, title, fontsize=_SIZE + 0.5, weight="bold", va="center")
    top -= 0.17
    left = {heading: _MARGIN + _LABEL + k * across for k, heading in enumerate(grid.columns)}
    for heading, x in left.items():
        text = shorten(heading, across - 0.04, _SIZE)
        ax.text(x + across / 2, top - 0.075, text, fontsize=_SIZE, ha="center", va="center", color="#555555")
    top -= 0.15
    records = data.to_dict("records")
    heights = _line_heights(grid, data)
    for k, (line, tall) in enumerate(zip(grid.rows, heights, strict=True)):
        name = shorten(line, _LABEL - 0.05, _SIZE)
        ax.text(_MARGIN + _LABEL - 0.05, top - tall / 2, name, fontsize=_SIZE, ha="right", va="center")
        for heading, x in left.items():
            if (line, heading) in grid.cells:
                whole = sum(heights[k : k + grid.spans.get((line, heading), 1)])
                _draw_cell(ax, records[grid.cells[line, heading]], (x, top - whole, across, whole), display)
        top -= tall


def _draw_cell(
    ax: Axes, cell: Mapping[Any, Any], box: tuple[float, float, float, float], display: Display
) -> None:
    x, y, wide, tall = box
    sign, colour = STATES[cell["state"]][0], _COLOURS[cell["state"]]
    ax.add_patch(Rectangle((x, y), wide, tall, facecolor=colour, edgecolor=GREY, linewidth=0.5))
    printed = str(cell["printed"])
    text = display(coded(printed)) if printed in CODES else display.decimals(printed)
    room = wide - 0.19
    size = max(_SMALL, min(_SIZE, _SIZE * room / text_width(text, _SIZE)))
    bounded = pd.notna(cell["lower"]) and pd.notna(cell["upper"])
    middle = y + tall / 2 + (0.045 if bounded else 0)
    text = shorten(text, room, size)
    ax.text(x + 0.03 + room / 2, middle, text, fontsize=size, ha="center", va="center", color=INK)
    ax.text(x + wide - 0.03, middle, sign, fontsize=_SIGN, ha="right", va="center", weight="bold")
    if bounded:
        text = _interval(cell["lower"], cell["upper"], printed, display)
        ax.text(x + wide / 2, middle - 0.11, text, fontsize=_SMALL, ha="center", va="center", color="#444444")


def _interval(lower: float, upper: float, printed: str, display: Display) -> str:
    """Write an interval with the printed value's decimals, or one more where its ends would be the same."""
    digits = len(printed.replace(",", ".").partition(".")[2])
    alike = display.number(lower, digits=digits) == display.number(upper, digits=digits)
    return display.interval(lower, upper, digits=digits + alike)
