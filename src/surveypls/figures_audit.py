"""Figures that set the article beside what was computed: verdicts, attainable values, power."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from surveypls.figure_style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    NORMAL,
    ORANGE,
    SKY,
    SMALL,
    VERDICTS,
    WIDTH,
    FigureError,
    add_notice,
    check_frame,
    new_figure,
    number_axis,
    quantity_label,
    row_axis,
    shorten,
    styled,
)
from surveypls.study import nearest
from surveypls.words import has_word, number, percent, whole, words

_LIMIT = 1000.0  # units of the last digit; beyond it a dot stands at the edge


@styled
def published_dots(
    comparison: pd.DataFrame, *, labels: str = "en", notice: str | None = None
) -> tuple[Figure, pd.DataFrame]:
    """Draw every printed cell: how far the recomputed value lies from it, and the verdict.

    The axis counts units of the last printed digit, so that one band, from −0.5 to 0.5, is the
    rounding box of every cell.

    Parameters
    ----------
    comparison : DataFrame
        ``table, cell, statistic, row, column, printed, recomputed, difference, verdict`` ("equal", "close",
        "differ", "impossible" or "not recomputed"), one row a printed cell in print order, as
        :func:`surveypls.published.compare` returns it; with ``recomputed_text`` for decisions.
    labels, notice
        Language and note.

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
    # A decision that agrees stands at zero, one that does not at the edge.
    otherwise = np.where(
        data["verdict"] == "equal", 0.0, np.where(data["verdict"] == "not recomputed", np.nan, _LIMIT)
    )
    data["drawn_at"] = data["units"].clip(-_LIMIT, _LIMIT).fillna(pd.Series(otherwise, index=data.index))
    data = data[[*needed[:-1], "units", "drawn_at", "verdict"]]

    halves = _halves(data)
    longest = max(len(half) for half in halves)
    figure = new_figure(0.148 * longest + 1.25)
    axes = figure.subplots(1, len(halves), squeeze=False)[0]
    reach = float(data["drawn_at"].abs().max())
    for ax, half in zip(axes, halves, strict=True):
        _dots_panel(ax, half, styles, labels)
        ax.set_ylim(longest - 0.5, -0.5)
        _unit_axis(ax, reach, labels)
    counts = data["verdict"].value_counts()
    handles = [_handle(styles[v], f"{words(v, labels)} ({counts[v]})") for v in styles if v in counts.index]
    figure.legend(handles=handles, loc="outside upper center", ncols=3, handletextpad=0.2, columnspacing=1.2)
    note = words("dots_note", labels)
    if ((data["statistic"] == "decision") & (data["drawn_at"] != 0)).any():
        note = f"{note} {words('dots_decision', labels)}"
    add_notice(figure, note, notice)
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
    ax: Axes, rows: list[dict[Any, Any]], styles: Mapping[str, tuple[str, str, bool]], labels: str
) -> None:
    ax.axvspan(-0.5, 0.5, color=LIGHT, linewidth=0, zorder=0)
    size = SMALL - 0.5
    names = []
    for y, row in enumerate(rows):
        if "heading" in row:
            names.append(f"{words('table', labels)} {row['heading']}")
            continue
        printed = row["printed"].replace(".", ",") if labels == "es" else row["printed"]
        if row["statistic"] == "decision" and has_word(row["printed"]):
            printed = words(row["printed"], labels)
        name = quantity_label(
            _short(row["statistic"], labels), row["row"], row["column"], statistic=row["statistic"]
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


def _unit_axis(ax: Axes, reach: float, labels: str) -> None:
    """Scale an axis in units of the last digit: linear to one unit, logarithmic beyond."""
    ax.set_xscale("symlog", linthresh=1.0, linscale=0.7, base=10)
    decades = int(np.ceil(np.log10(max(reach, 10.0))))
    ax.set_xlim(-(10.0**decades) * 1.2, 10.0**decades * 1.2)
    powers = [10.0**k for k in range(decades % 2, decades + 1, 2)] if decades > 2 else [1.0, 10.0**decades]
    ticks = [-t for t in reversed(powers)] + [0.0, *powers]
    ax.set_xticks(ticks, [number(t, labels, digits=0) for t in ticks])
    ax.minorticks_off()


def _short(statistic: str, labels: str) -> str:
    key = f"short.{statistic}"
    if has_word(key):
        return words(key, labels)
    return words(statistic, labels) if has_word(statistic) else statistic


def _handle(style: tuple[str, str, bool], text: str) -> Line2D:
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


@styled
def attainable_intervals(
    intervals: pd.DataFrame, *, labels: str = "en", notice: str | None = None
) -> tuple[Figure, pd.DataFrame]:
    """Draw each statistic's attainable interval beside the printed value.

    Parameters
    ----------
    intervals : DataFrame
        ``statistic, row, column, lower, upper`` (what the other cells allow) and ``printed`` (text or number;
        empty where it is not printed), as in :class:`surveypls.attainable.Attainable`.  Columns
        ``allowed_lower, allowed_upper`` stand for ``lower, upper``.
    labels, notice
        Language and note.

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
    ax.plot(data["printed"][outside], y[outside], "X", color=VERDICTS["impossible"][0], markersize=6.5)
    for i, row in enumerate(data.to_dict("records")):
        comma = ";" if labels == "es" else ","
        text = f"[{number(row['lower'], labels)}{comma} {number(row['upper'], labels)}]"
        ax.text(1.01, i, text, transform=ax.get_yaxis_transform(), fontsize=SMALL, va="center_baseline")
    names = [
        quantity_label(_short(s, labels), r, c, statistic=s)
        for s, r, c in data[["statistic", "row", "column"]].itertuples(index=False)
    ]
    row_axis(ax, [shorten(name, 2.2, SMALL + 0.5) for name in names], size=SMALL + 0.5)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    number_axis(ax.xaxis, labels)
    ax.set_xlabel(words("attainable_axis", labels))
    handles = [
        Line2D([], [], color=SKY, linewidth=6, label=words("attainable", labels)),
        _handle((INK, "o", True), words("attainable_inside", labels)),
        _handle((VERDICTS["impossible"][0], "X", True), words("attainable_outside", labels)),
    ]
    figure.legend(handles=handles if outside.any() else handles[:2], loc="outside upper center", ncols=3)
    add_notice(figure, notice)
    return figure, data


@styled
def ensemble_intervals(
    ensemble: pd.DataFrame,
    *,
    confidence_level: float = 0.90,
    count: int | None = None,
    labels: str = "en",
    notice: str | None = None,
) -> tuple[Figure, pd.DataFrame]:
    """Draw what statistics that were not printed take over many data sets that reach the printed cells.

    Parameters
    ----------
    ensemble : DataFrame
        ``statistic, row, column, minimum, lower, median, upper, maximum``; or one row a data set with
        ``statistic, row, column, value``, from which these are computed.
    confidence_level : float
        Share of the data sets between ``lower`` and ``upper``.
    count : int, optional
        Number of data sets, for the note; counted where there is one row a data set.
    labels, notice
        Language and note.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``statistic, row, column, minimum, lower, median, upper, maximum``.
    """
    ends = ["minimum", "lower", "median", "upper", "maximum"]
    data = check_frame(ensemble, ("statistic", "row", "column"), "ensemble_intervals")
    if "value" in data.columns and "median" not in data.columns:
        tail = (1 - confidence_level) / 2
        groups = data.groupby(["statistic", "row", "column"], sort=False)["value"]
        count = int(groups.size().max()) if count is None else count
        levels = (0.0, tail, 0.5, 1 - tail, 1.0)
        data = pd.DataFrame(
            {name: groups.quantile(q) for name, q in zip(ends, levels, strict=True)}
        ).reset_index()
    data = check_frame(data, ("statistic", *ends), "ensemble_intervals")[
        ["statistic", "row", "column", *ends]
    ]
    panels = list(dict.fromkeys(data["statistic"]))
    heights = [int((data["statistic"] == s).sum()) + 1.1 for s in panels]
    figure = new_figure(0.2 * sum(heights) + 0.3 * len(panels) + 0.9)
    axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for ax, s in zip(axes, panels, strict=True):
        part = data[data["statistic"] == s].reset_index(drop=True)
        y = np.arange(len(part))
        ax.hlines(y, part["minimum"], part["maximum"], color=GREY, linewidth=1.0)
        ax.hlines(y, part["lower"], part["upper"], color=SKY, linewidth=6)
        ax.plot(part["median"], y, "|", color=INK, markersize=8, markeredgewidth=1.4)
        row_axis(
            ax,
            [quantity_label("", r, c, statistic=s) for r, c in zip(part["row"], part["column"], strict=True)],
        )
        ax.set_title(words(s, labels) if has_word(s) else s)
        number_axis(ax.xaxis, labels)
        ax.grid(axis="x")
        ax.spines["left"].set_visible(False)
    middle = words("ensemble_middle", labels, level=percent(confidence_level, labels))
    handles = [
        Line2D([], [], color=GREY, linewidth=1.0, label=words("ensemble_range", labels)),
        Line2D([], [], color=SKY, linewidth=6, label=middle),
        _handle((INK, "|", True), words("ensemble_median", labels)),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=3)
    note = None if count is None else words("ensemble_count", labels, count=whole(count, labels)) + "."
    add_notice(figure, note, notice)
    return figure, data


@styled
def power_curve(
    power: pd.DataFrame,
    *,
    target: float = 0.80,
    labels: str = "en",
    notice: str | None = None,
) -> tuple[Figure, pd.DataFrame]:
    """Draw the power of a test over the sample size.

    Parameters
    ----------
    power : DataFrame
        ``n, power`` (0 to 1) and, for several curves, ``statistic, row, column``; with ``lower, upper`` a
        band (for example the Monte-Carlo error).
    target : float
        Power that is marked.
    labels, notice
        Language and note.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``statistic, row, column, n, power, lower, upper``, sorted by curve and n.
    """
    data = check_frame(power, ("n", "power"), "power_curve")
    for name in ("statistic", "row", "column"):
        if name not in data.columns:
            data[name] = ""
    for name in ("lower", "upper"):
        if name not in data.columns:
            data[name] = np.nan
    if not data["power"].between(0, 1).all():
        raise FigureError("power_curve: power must lie between 0 and 1")
    keys = ["statistic", "row", "column"]
    curves = list(dict.fromkeys(data[keys].itertuples(index=False, name=None)))
    place = {key: i for i, key in enumerate(curves)}
    order = data.assign(_c=[place[k] for k in data[keys].itertuples(index=False, name=None)])
    data = data.loc[
        order.sort_values(["_c", "n"], kind="stable").index, [*keys, "n", "power", "lower", "upper"]
    ]
    data = data.reset_index(drop=True)

    figure = new_figure(3.0, width=WIDTH)
    ax = figure.subplots()
    looks = [(BLUE, "-", "o"), (ORANGE, "--", "s"), (INK, ":", "^"), (GREY, "-.", "D")]
    for i, (s, r, c) in enumerate(curves):
        part = data[(data["statistic"] == s) & (data["row"] == r) & (data["column"] == c)]
        colour, line, marker = looks[i % len(looks)]
        name = quantity_label("" if s in ("", "path_coefficient") else _short(s, labels), r, c, statistic=s)
        if part["lower"].notna().all():
            ax.fill_between(part["n"], part["lower"], part["upper"], color=colour, alpha=0.15, linewidth=0)
        ax.plot(
            part["n"], part["power"], line, marker=marker, color=colour, markersize=3.5, label=name or None
        )
    ax.axhline(target, color=GREY, linestyle="--", linewidth=0.8)
    text = words("power_target", labels, value=percent(target, labels))
    ax.text(
        0.995,
        target,
        text,
        transform=ax.get_yaxis_transform(),
        ha="right",
        va="bottom",
        fontsize=SMALL,
        color=GREY,
    )
    ax.set_ylim(0, 1.02)
    ax.set_xlabel(words("sample_size", labels))
    ax.set_ylabel(words("power", labels))
    number_axis(ax.xaxis, labels)
    number_axis(ax.yaxis, labels)
    if any(any(key) for key in curves):
        ax.legend(loc="lower right", fontsize=NORMAL - 0.5)
    add_notice(figure, notice)
    return figure, data
