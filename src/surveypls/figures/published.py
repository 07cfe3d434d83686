"""The article's printed cells against the recomputed ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plsem.names import nearest
from surveypls.figures.style import (
    GREY,
    LIGHT,
    SMALL,
    VERDICTS,
    FigureError,
    add_notice,
    check_frame,
    marker_handle,
    new_figure,
    quantity_label,
    short_name,
    shorten,
    styled,
)
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display

_LIMIT = 1000.0  # units of the last digit; beyond it a dot stands at the edge


@styled
def published_dots(comparison: pd.DataFrame, *, display: Display = ENGLISH) -> tuple[Figure, pd.DataFrame]:
    """Draw every printed cell: how far the recomputed value lies from it, and the verdict.

    The axis counts units of the last printed digit, so that one band, from −0.5 to 0.5, is the
    rounding box of every cell.

    Parameters
    ----------
    comparison : DataFrame
        ``table, cell, statistic, row, column, printed, recomputed, difference, verdict`` ("equal", "close",
        "differ", "impossible" or "not recomputed"), one row a printed cell in print order, as
        :func:`tableaudit.comparison.compare` returns it; with ``recomputed_text`` for decisions.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``table, cell, statistic, row, column, printed, recomputed, difference, units`` (difference in
        units of the last printed digit; NaN where the cell is no number or was not recomputed), ``drawn_at``
        and ``verdict``.

    Raises
    ------
    FigureError
        If there are no rows, a column is missing or a verdict is unknown.
    """
    needed = ("table", "cell", "statistic", "row", "column", "printed", "recomputed", "difference", "verdict")
    found = check_frame(
        comparison, needed, "published_dots", names=("table", "cell", "row", "column", "printed")
    )
    styles = {**VERDICTS, "not recomputed": (GREY, "_", True)}
    for verdict in found["verdict"]:
        if verdict not in styles:
            raise FigureError(f"published_dots: verdict {verdict!r}{nearest(str(verdict), styles)}")
    data = found[list(needed)].copy()
    decimals = [len(m.group(1)) if (m := re.search(r"[.,](\d+)", t)) else 0 for t in data["printed"]]
    data["units"] = pd.to_numeric(data["difference"], errors="coerce") * 10.0 ** np.array(decimals)
    # A decision that does not agree stands at the edge; one that does, and what is not defined, at zero.
    decision = (data["statistic"] == "decision") & (data["verdict"] == "differ")
    otherwise = np.where(data["verdict"] == "not recomputed", np.nan, np.where(decision, _LIMIT, 0.0))
    data["drawn_at"] = data["units"].clip(-_LIMIT, _LIMIT).fillna(pd.Series(otherwise, index=data.index))
    data = data[[*needed[:-1], "units", "drawn_at", "verdict"]]

    halves = _halves(data)
    longest = max(len(half) for half in halves)
    figure = new_figure(0.148 * longest + 1.25)
    axes = figure.subplots(1, len(halves), squeeze=False)[0]
    reach = float(data["drawn_at"].abs().max())
    for ax, half in zip(axes, halves, strict=True):
        _dots_panel(ax, half, styles, display)
        ax.set_ylim(longest - 0.5, -0.5)
        _unit_axis(ax, reach, display)
    counts = data["verdict"].value_counts()
    handles = [
        marker_handle(styles[v], f"{display(coded(v))} ({counts[v]})") for v in styles if v in counts.index
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=3, handletextpad=0.2, columnspacing=1.2)
    note = display(
        "Axis: recomputed minus printed, in units of the last printed digit; linear to ±1, "
        "logarithmic beyond, at the edge from ±1000. Grey band: rounding interval of the printed "
        "value. A statistic that is not defined has a mark on the line at 0."
    )
    if ((data["statistic"] == "decision") & (data["drawn_at"] != 0)).any():
        note = f"{note} {display('A decision that differs stands at the edge.')}"
    add_notice(figure, note, display.notice)
    return figure, data


def _halves(data: pd.DataFrame) -> list[list[dict[Any, Any]]]:
    """Part the tables, in order, into two columns of about the same length, each table under its heading."""
    parts = []
    for table in dict.fromkeys(data["table"]):
        rows = data[data["table"] == table].to_dict("records")
        parts.append([{"heading": table}, *rows])
    if len(parts) < 2:
        return parts
    sizes = [len(part) for part in parts]
    cut = min(range(1, len(parts)), key=lambda i: abs(sum(sizes[:i]) - sum(sizes[i:])))
    return [[row for part in half for row in part] for half in (parts[:cut], parts[cut:])]


def _dots_panel(
    ax: Axes, rows: list[dict[Any, Any]], styles: Mapping[str, tuple[str, str, bool]], display: Display
) -> None:
    ax.axvspan(-0.5, 0.5, color=LIGHT, linewidth=0, zorder=0)
    size = SMALL - 0.5
    names = []
    for y, row in enumerate(rows):
        if "heading" in row:
            names.append(f"{display('Table')} {row['heading']}")
            continue
        printed = display.decimals(row["printed"])
        if row["statistic"] == "decision" and row["printed"] in CODES:
            printed = display(coded(row["printed"]))
        name = quantity_label(
            short_name(row["statistic"], display),
            row["row"],
            row["column"],
            statistic=row["statistic"],
            display=display,
        )
        names.append(f"{shorten(name, 1.25, size)}   {printed}")
        colour, marker, filled = styles[row["verdict"]]
        ax.axhline(y, color=LIGHT, linewidth=0.4, zorder=0)
        if np.isfinite(row["drawn_at"]):
            face = colour if filled else "white"
            ax.plot([0, row["drawn_at"]], [y, y], color=colour, linewidth=0.6)
            ax.plot(
                row["drawn_at"], y, marker, color=colour, markerfacecolor=face, markersize=4.5, clip_on=False
            )
    ax.set_yticks(range(len(rows)), names, fontsize=size)
    for tick, row in zip(ax.get_yticklabels(), rows, strict=True):
        if "heading" in row:
            tick.set_fontweight("bold")
            tick.set_fontsize(size + 1)
        elif row["verdict"] == "not recomputed":
            tick.set_color(GREY)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _unit_axis(ax: Axes, reach: float, display: Display) -> None:
    """Scale an axis in units of the last digit: linear to one unit, logarithmic beyond."""
    ax.set_xscale("symlog", linthresh=1.0, linscale=0.7, base=10)
    decades = int(np.ceil(np.log10(max(reach, 10.0))))
    ax.set_xlim(-(10.0**decades) * 1.2, 10.0**decades * 1.2)
    powers = [10.0**k for k in range(decades % 2, decades + 1, 2)] if decades > 2 else [1.0, 10.0**decades]
    ticks = [-t for t in reversed(powers)] + [0.0, *powers]
    ax.set_xticks(ticks, [display.number(t, digits=0) for t in ticks])
    ax.minorticks_off()
