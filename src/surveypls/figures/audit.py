"""Figures that set the article beside what was computed: verdicts, attainable values, power."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from surveypls.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    SKY,
    SMALL,
    UNREACHED,
    FigureError,
    add_notice,
    by_appearance,
    check_frame,
    marker_handle,
    new_figure,
    number_axes,
    number_axis,
    quantity_label,
    row_axis,
    short_name,
    shorten,
    styled,
    with_columns,
)
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display

_DASHES: tuple[Any, ...] = ("", (4, 1.5), (1, 1), (4, 1, 1, 1)) * 2
_MARKERS = ("o", "s", "^", "D") * 2
#: Power that is marked.
ENOUGH = 0.80


@styled
def attainable_intervals(
    intervals: pd.DataFrame, *, display: Display = ENGLISH
) -> tuple[Figure, pd.DataFrame]:
    """Draw each statistic's attainable interval beside the printed value.

    Parameters
    ----------
    intervals : DataFrame
        ``statistic, row, column, lower, upper`` (what the other cells allow) and ``printed`` (text or number;
        empty where it is not printed), as in :class:`tableaudit.attainable.Attainable`.  Columns
        ``allowed_lower, allowed_upper`` stand for ``lower, upper``.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``statistic, row, column, lower, upper, printed`` (number), ``box_lower, box_upper, inside``.
    """
    if isinstance(intervals, pd.DataFrame) and "lower" not in intervals.columns:
        intervals = intervals.rename(columns={"allowed_lower": "lower", "allowed_upper": "upper"})
    found = check_frame(
        intervals, ("statistic", "row", "column", "lower", "upper", "printed"), "attainable_intervals"
    )
    found = found[found["lower"].notna() & found["upper"].notna()].reset_index(drop=True)
    if found.empty:
        raise FigureError("attainable_intervals: nothing to draw, no row has an interval")
    data = found[["statistic", "row", "column", "lower", "upper"]].copy()
    texts = found["printed"].astype("object").where(found["printed"].notna(), "").astype(str)
    data["printed"] = pd.to_numeric(texts.str.replace(",", "."), errors="coerce")
    half = [0.5 * 10.0 ** -(len(m.group(1)) if (m := re.search(r"[.,](\d+)", t)) else 0) for t in texts]
    data["box_lower"], data["box_upper"] = data["printed"] - half, data["printed"] + half
    data["inside"] = (data["box_upper"] >= data["lower"]) & (data["box_lower"] <= data["upper"])

    figure = new_figure(0.185 * len(data) + 1.1)
    ax = figure.subplots()
    y = np.arange(len(data))
    ax.hlines(y, data["lower"], data["upper"], color=SKY, linewidth=6)
    ax.plot(data["lower"], y, "|", color=BLUE, markersize=7)
    ax.plot(data["upper"], y, "|", color=BLUE, markersize=7)
    known = data["printed"].notna()
    inside, outside = known & data["inside"], known & ~data["inside"]
    ax.plot(data["printed"][inside], y[inside], "o", color=INK, markersize=3.5)
    ax.plot(data["printed"][outside], y[outside], "X", color=UNREACHED, markersize=6.5)
    for i, ends in enumerate(data[["lower", "upper"]].itertuples(index=False)):
        text = display.interval(*ends)
        ax.text(1.01, i, text, transform=ax.get_yaxis_transform(), fontsize=SMALL, va="center_baseline")
    names = [
        quantity_label(short_name(s, display), r, c, statistic=s, display=display)
        for s, r, c in data[["statistic", "row", "column"]].itertuples(index=False)
    ]
    row_axis(ax, [shorten(name, 2.2, SMALL + 0.5) for name in names], size=SMALL + 0.5)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    number_axis(ax.xaxis, display)
    ax.set_xlabel(display("Value"))
    handles = [
        Line2D(
            [],
            [],
            color=SKY,
            linewidth=6,
            label=display("found by search with the other figures held (at least)"),
        ),
        marker_handle((INK, "o", True), display("printed, within")),
        marker_handle((UNREACHED, "X", True), display("printed, out of reach")),
    ]
    figure.legend(handles=handles if outside.any() else handles[:2], loc="outside upper center", ncols=3)
    add_notice(figure, display.notice)
    return figure, data


@styled
def ensemble_intervals(
    ensemble: pd.DataFrame, *, count: int, display: Display = ENGLISH
) -> tuple[Figure, pd.DataFrame]:
    """Draw what statistics that were not printed take over many data sets that reach the printed cells.

    Parameters
    ----------
    ensemble : DataFrame
        ``statistic, row, column, minimum, lower, median, upper, maximum``, as :func:`surveysynth.ensemble.ranges`
        returns them: nine in ten data sets lie between ``lower`` and ``upper``.
    count : int
        Number of data sets, for the note.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``statistic, row, column, minimum, lower, median, upper, maximum``.
    """
    columns = ["statistic", "row", "column", "minimum", "lower", "median", "upper", "maximum"]
    data = check_frame(ensemble, columns, "ensemble_intervals")[columns]
    panels = list(dict.fromkeys(data["statistic"]))
    heights = [int((data["statistic"] == s).sum()) + 1.1 for s in panels]
    figure = new_figure(0.2 * sum(heights) + 0.3 * len(panels) + 0.9)
    axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for ax, s in zip(axes, panels, strict=True):
        part = data[data["statistic"] == s].reset_index(drop=True)
        y = np.arange(len(part))
        names = [
            quantity_label("", r, c, statistic=s, display=display)
            for r, c in zip(part["row"], part["column"], strict=True)
        ]
        ax.hlines(y, part["minimum"], part["maximum"], color=GREY, linewidth=1.0)
        ax.hlines(y, part["lower"], part["upper"], color=SKY, linewidth=6)
        ax.plot(part["median"], y, "|", color=INK, markersize=9, markeredgewidth=1.6)
        row_axis(ax, names)
        ax.set_title(display(coded(s)) if s in CODES else s)
        number_axis(ax.xaxis, display)
        ax.grid(axis="x")
        ax.spines["left"].set_visible(False)
    middle = display("middle {level}", level=display.percent(0.9))
    handles = [
        Line2D([], [], color=GREY, linewidth=1.0, label=display("all")),
        Line2D([], [], color=SKY, linewidth=6, label=middle),
        marker_handle((INK, "|", True), display("median")),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=4)
    note = display("{count} data sets that reach the printed cells", count=display.count(count))
    add_notice(figure, f"{note}.", display.notice)
    return figure, data


@styled
def power_curve(power: pd.DataFrame, *, display: Display = ENGLISH) -> tuple[Figure, pd.DataFrame]:
    """Draw the power of a test over the sample size (at most eight curves), and a power of 80%.

    Parameters
    ----------
    power : DataFrame
        ``n, power`` (0 to 1) and, for several curves, ``statistic, row, column``; with ``lower, upper`` a
        band (for example the Monte-Carlo error).
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``statistic, row, column, n, power, lower, upper``, sorted by curve and n.
    """
    keys = ["statistic", "row", "column"]
    data = with_columns(check_frame(power, ("n", "power"), "power_curve"), keys, "")
    data = with_columns(data, ("lower", "upper"), np.nan)
    if not data["power"].between(0, 1).all():
        raise FigureError("power_curve: power must lie between 0 and 1")
    data = by_appearance(data, keys, "n")[[*keys, "n", "power", "lower", "upper"]]
    several = bool((data[keys] != "").any(axis=None))

    figure = new_figure(3.0)
    ax = figure.subplots()
    names = pd.Series([_curve_name(s, r, c, display) for s, r, c in data[keys].itertuples(index=False)])
    colours = dict(zip(names.unique(), itertools.cycle((BLUE, ORANGE, INK, GREY)), strict=False))
    for name, colour in colours.items():
        part = data[names == name]
        if part["lower"].notna().all():
            ax.fill_between(part["n"], part["lower"], part["upper"], color=colour, alpha=0.15, linewidth=0)
    sns.lineplot(
        x=data["n"], y=data["power"], hue=names, style=names, palette=colours, dashes=[*_DASHES[: len(colours)]],
        markers=[*_MARKERS[: len(colours)]], markersize=5, markeredgewidth=0, errorbar=None, ax=ax,
        legend="full" if several else False,
    )  # fmt: skip
    ax.axhline(ENOUGH, color=GREY, linestyle="--", linewidth=0.8)
    text = display("power {value}", value=display.percent(ENOUGH))
    ax.text(
        0.995, ENOUGH, text, transform=ax.get_yaxis_transform(), ha="right", va="bottom", fontsize=SMALL,
        color=GREY,
    )  # fmt: skip
    ax.set(ylim=(0, 1.02), xlabel=display("Sample size n"), ylabel=display("Power"))
    number_axes(ax, display)
    if several:
        sns.move_legend(ax, "lower right", title=None)
    bands = display("Bands: 95% intervals of the simulated shares.") if data["lower"].notna().any() else None
    add_notice(figure, bands, display.notice)
    return figure, data


def _curve_name(statistic: str, row: str, column: str, display: Display) -> str:
    kind = "" if statistic in ("", "path_coefficient") else short_name(statistic, display)
    return ", ".join(filter(None, (kind, " → ".join(filter(None, (row, column))))))
