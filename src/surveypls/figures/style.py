"""The one house style of all figures, measured text and checked input.

Blues and oranges, which colour-blind readers tell apart (Okabe & Ito, 2008); no figure tells two things
apart by colour alone, so that each also reads in a grey print.  The typeface is DejaVu Sans, which
ships with matplotlib: the same letters on every machine.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from matplotlib.ticker import ScalarFormatter
from seaborn.utils import relative_luminance

from plsem.model_fit import VARIANTS
from plsem.names import nearest
from plsem.quantities import STATISTICS
from tabletext.catalogue import N_
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display

P = ParamSpec("P")
R = TypeVar("R")

WIDTH = 6.8
SMALL, NORMAL = 6.5, 8.0

INK = "#222222"
GREY = "#8a8a8a"
LIGHT = "#e4e4e4"
BLUE = "#0b5394"
SKY = "#9dc6e6"
ORANGE = "#d55e00"
GREEN = "#00805f"
ELLIPSE = "#d6e6f2"
BOX = "#fdf3d7"
#: A printed figure that nothing reaches.
UNREACHED = "#7a1f00"

_RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": NORMAL,
    "axes.titlesize": NORMAL + 0.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": NORMAL,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "text.color": INK,
    "text.usetex": False,
    "text.parse_math": False,
    "text.hinting": "none",
    "xtick.labelsize": NORMAL - 0.5,
    "ytick.labelsize": NORMAL - 0.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "grid.color": LIGHT,
    "grid.linewidth": 0.6,
    "legend.fontsize": NORMAL - 0.5,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "patch.linewidth": 0.7,
    "hatch.linewidth": 0.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    "svg.fonttype": "path",
    "svg.hashsalt": "surveypls",
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "path.simplify": False,
}


class FigureError(ValueError):
    """A figure cannot be drawn from what it was given; the message says what was expected."""


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function in the house style, whatever the caller's matplotlib settings are."""

    @functools.wraps(draw)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_RC)
            return draw(*args, **kwargs)

    return wrapped


def new_figure(height: float, *, width: float = WIDTH) -> Figure:
    """Return an empty figure (inches) that makes room for its labels by itself."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.06, h_pad=0.05, wspace=0.03, hspace=0.03)  # type: ignore[union-attr,call-arg]
    return figure


def solve_layout(figure: Figure) -> None:
    """Give a figure's parts their places, once, so that each format draws the same picture.

    Done at a high resolution, where the widths of texts are not yet rounded to pixels.
    """
    dpi = figure.dpi
    figure.set_dpi(600)
    figure.draw_without_rendering()
    figure.set_dpi(dpi)


def add_notice(figure: Figure, *lines: str | None) -> None:
    """Write notes (the synthetic-data notice last) small under a figure, wrapped to its width."""
    room = figure.get_figwidth() - 0.25
    text = "\n".join("\n".join(wrap(line, room, SMALL)) for line in lines if line)
    if text:
        figure.supxlabel(text, x=0.015, ha="left", fontsize=SMALL, color="#555555", fontstyle="normal")


@functools.lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width in inches of one line of text at a size in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0]) / 72.0


def line_height(size: float) -> float:
    """Return the height in inches that a line of text takes, ascenders and descenders included."""
    return 1.25 * size / 72.0


def wrap(text: str, room: float, size: float, *, max_lines: int | None = None) -> list[str]:
    """Break a text into lines no wider than ``room`` inches.

    A single word wider than the room is shortened in its middle; where ``max_lines`` is given, the
    last line ends in an ellipsis if words are left over.
    """
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size) <= room:
            lines[-1] = joined
        else:
            lines.append(shorten(word, room, size))
    if max_lines is not None and len(lines) > max_lines:
        last = lines[max_lines - 1]
        while last and text_width(f"{last}…", size) > room:
            last = last[:-1].rstrip()
        lines = [*lines[: max_lines - 1], f"{last}…"]
    return lines


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return the text, or its beginning and end around an ellipsis, no wider than ``room`` inches.

    The end is kept because item names differ there (``SATISFACTION12``).
    """
    if text_width(text, size, bold=bold) <= room:
        return text
    for kept in range(len(text) - 1, 1, -1):
        tail = max(1, min(4, kept // 3))
        candidate = f"{text[: kept - tail]}…{text[-tail:]}"
        if text_width(candidate, size, bold=bold) <= room:
            return candidate
    return "…"


class _Numbers(ScalarFormatter):
    def __init__(self, display: Display) -> None:
        super().__init__(useOffset=False)
        self._sign = display.decimal_sign

    def __call__(self, x: float, pos: int | None = None) -> str:
        text = super().__call__(x, pos)
        return text.replace(".", self._sign)


def number_axis(axis: Axis, display: Display) -> None:
    """Write an axis's numbers with the language's decimal sign."""
    axis.set_major_formatter(_Numbers(display))


def number_axes(ax: Axes, display: Display) -> None:
    """Write the numbers of both axes with the language's decimal sign."""
    for axis in (ax.xaxis, ax.yaxis):
        number_axis(axis, display)


def row_axis(ax: Axes, texts: Sequence[str], *, room: float = 2.2, size: float = NORMAL - 0.5) -> None:
    """Label rows 0, 1, … from the top, each text wrapped to ``room`` inches and two lines."""
    ax.set_yticks(range(len(texts)))
    ax.set_yticklabels(["\n".join(wrap(t, room, size, max_lines=2)) for t in texts], fontsize=size)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(texts) - 0.5, -0.5)


def check_frame(
    frame: pd.DataFrame, columns: Iterable[str], what: str, *, names: Iterable[str] = ("row", "column")
) -> pd.DataFrame:
    """Return a copy of a DataFrame after checking that it has rows and the columns that are drawn.

    Missing names (which an empty cell of a CSV file becomes) are read as empty text.

    Raises
    ------
    FigureError
        If it is no DataFrame, has no rows or lacks a column (the nearest one is named).
    """
    if not isinstance(frame, pd.DataFrame):
        raise FigureError(f"{what}: expected a DataFrame, found {type(frame).__name__}")
    for column in columns:
        if column not in frame.columns:
            raise FigureError(f"{what}: no column {column!r}{nearest(column, map(str, frame.columns))}")
    if frame.empty:
        raise FigureError(f"{what}: nothing to draw, the table has no rows")
    out = frame.reset_index(drop=True).copy()
    for name in names:
        if name in out.columns:
            out[name] = out[name].astype("object").where(out[name].notna(), "").astype(str)
    return out


def with_columns(frame: pd.DataFrame, names: Iterable[str], value: str | float) -> pd.DataFrame:
    """Return the table with one value in each column that it lacks."""
    return frame.assign(**{name: value for name in names if name not in frame.columns})


def by_appearance(frame: pd.DataFrame, keys: Sequence[str], *then: str) -> pd.DataFrame:
    """Sort rows by the order in which their keys first appear, then by further columns."""
    place = frame.groupby(list(keys), sort=False).ngroup()
    ordered = frame.assign(_place=place).sort_values(["_place", *then], kind="stable", ignore_index=True)
    return ordered.drop(columns="_place")


def blank_page(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure whose one axes, without ticks or frame, is measured in inches from its lower left corner."""
    figure = new_figure(height, width=width)
    figure.set_layout_engine("none")
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.set_axis_off()
    return figure, ax


def write_foot(ax: Axes, lines: Sequence[str], corner: tuple[float, float], *, size: float = SMALL) -> None:
    """Write lines at the foot of a blank page, the last one in the corner."""
    for i, line in enumerate(reversed(lines)):
        place = (corner[0], corner[1] + i * line_height(size))
        ax.text(*place, line, fontsize=size, color="#555555", va="bottom")


def kind_of(statistic: str) -> str:
    """Return what a statistic's values are about, as the registry says: item, path, target, fit, pair …."""
    return STATISTICS[statistic].kind if statistic in STATISTICS else "construct"


_VARIANT_WORDS = {
    "saturated": N_("saturated"),
    "estimated": N_("estimated"),
    "composite": N_("composite"),
    "common_factor": N_("common factor"),
}


def quantity_label(
    name: str, row: str, column: str, *, statistic: str = "", display: Display = ENGLISH
) -> str:
    """Return how a quantity is called in a figure: its name, then what it is about.

    The two names of a path are joined by an arrow, those of a pair of constructs by a dash; an item
    stands without its construct, R² without its sources, a fit measure by its variant, in words.
    """
    if column in VARIANTS:
        column = ", ".join(display(_VARIANT_WORDS[part]) for part in column.split("/"))
    kind = STATISTICS[statistic].kind if statistic in STATISTICS else "path"
    if row == "model" or (kind == "target" and column):
        about = column
    elif kind == "path" and row and column:
        about = f"{row} → {column}".replace("*", " × ")
    elif kind in ("item", "count"):
        about = row
    elif row and column and row != column:
        about = f"{row} – {column}"
    else:
        about = row or column
    return f"{name} {about}".strip()


def short_name(statistic: str, display: Display) -> str:
    """Return the sign of a statistic (β, AVE) where it has one, else its name, else its key."""
    key = f"short.{statistic}"
    if key in CODES:
        return display(coded(key))
    return display(coded(statistic)) if statistic in CODES else statistic


def contrast(ax: Axes) -> None:
    """Write the numbers of a heat map's cells in white or ink, whichever its colour leaves easier to read.

    The two meet at a relative luminance of 0.18 (contrast ratio of the Web Content Accessibility Guidelines).
    """
    mesh: Any = ax.collections[0]
    values = np.asarray(mesh.get_array())
    for text in ax.texts:
        x, y = text.get_position()
        face = mesh.cmap(mesh.norm(values[int(y), int(x)]))
        text.set_color("white" if relative_luminance(face) < 0.18 else INK)


def marker_handle(style: tuple[str, str, bool], text: str) -> Line2D:
    """Return a legend entry for a marker: (colour, marker, filled)."""
    colour, marker, filled = style
    return Line2D(
        [],
        [],
        color=colour,
        marker=marker,
        linestyle="",
        markersize=5,
        markerfacecolor=colour if filled else "white",
        label=text,
    )
