"""Figures of the factor analysis: correlations, number of factors, the pruning of items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from plsem.efa.adequacy import ParallelAnalysis
from plsem.names import nearest
from surveypls.figures.style import (
    BLUE,
    GREY,
    INK,
    NORMAL,
    ORANGE,
    SMALL,
    WIDTH,
    FigureError,
    add_notice,
    check_frame,
    contrast,
    line_height,
    new_figure,
    number_axis,
    shorten,
    styled,
    text_width,
    wrap,
)
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display


@styled
def correlation_map(
    correlations: pd.DataFrame,
    *,
    blocks: Mapping[str, Sequence[str]] | None = None,
    construct_labels: Mapping[str, Any] | None = None,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw a correlation matrix as a heat map, the constructs' blocks outlined.

    Parameters
    ----------
    correlations : DataFrame, (p, p)
        Items in rows and columns, in the same order.
    blocks : mapping, optional
        Construct → items; gives the order and the outlines.
    construct_labels : mapping, optional
        Construct → text.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        The lower triangle as drawn: ``row, column, value``.
    """
    matrix = check_frame(correlations.rename_axis(index="item").reset_index(), (), "correlation_map")
    matrix = matrix.set_index("item")
    matrix.index = matrix.index.astype(str)
    if list(matrix.index) != [str(c) for c in matrix.columns]:
        raise FigureError("correlation_map: rows and columns must be the same items in the same order")
    order = list(matrix.columns) if blocks is None else [i for block in blocks.values() for i in block]
    for item in order:
        if item not in matrix.columns:
            raise FigureError(f"correlation_map: no item {item!r}{nearest(item, matrix.columns)}")
    r = matrix.loc[order, order].to_numpy(dtype=float)
    p = len(order)
    rows, columns = np.tril_indices(p, -1)
    data = pd.DataFrame(
        {"row": [order[i] for i in rows], "column": [order[j] for j in columns], "value": r[rows, columns]}
    )

    names = [shorten(i, 1.4, SMALL) for i in order]
    room = max(text_width(i, SMALL) for i in names)
    side = WIDTH - room - 1.0
    figure = new_figure(side + room + 0.55)
    ax = figure.subplots()
    size = min(SMALL, SMALL * 0.9 * side / p / text_width("−.00", SMALL))
    sns.heatmap(
        r,
        mask=np.triu(np.ones((p, p), dtype=bool)) | np.isnan(r),
        cmap="RdBu",
        vmin=-1,
        vmax=1,
        square=True,
        annot=pd.DataFrame(r).map(_without_zero, display=display) if size >= 4.5 else False,
        fmt="",
        annot_kws={"fontsize": size, "va": "center_baseline"},
        xticklabels=names,
        yticklabels=names,
        cbar_kws={"shrink": 0.5, "aspect": 25, "pad": 0.01, "label": display("Correlation")},
        ax=ax,
    )
    contrast(ax)
    tick_size = float(np.clip(60 * side / p, 4.0, SMALL))
    ax.tick_params(axis="x", length=0, rotation=90, labelsize=tick_size)
    ax.tick_params(axis="y", length=0, rotation=0, labelsize=tick_size)
    start = previous = 0
    for construct, block in (blocks or {}).items():
        if block:
            box = (start, start)
            ax.add_patch(
                Rectangle(
                    box, len(block), len(block), fill=False, edgecolor=INK, linewidth=1.1, clip_on=False
                )
            )
            label = display.text((construct_labels or {}).get(construct), default=construct)
            # A label stands in the rows of the block above, where the upper triangle is empty.
            above = previous * side / p if previous else 1.0
            size = min(NORMAL, max(4.5, 72 * above / 1.25))
            most = 2 if above > 2 * line_height(size) else 1
            lines = wrap(label, 0.85 * (p - start) * side / p, size, max_lines=most)
            ax.text(start, start - 0.15, "\n".join(lines), fontsize=size, weight="bold", va="bottom")
            previous = len(block)
            start += len(block)
    number_axis(figure.axes[-1].yaxis, display)
    add_notice(figure, display.notice)
    return figure, data


def _without_zero(value: float, display: Display) -> str:
    """Write a correlation as it is usually printed, without its leading zero."""
    return display.number(value, digits=2).replace("0", "", 1) if abs(value) < 0.995 else "1"


@styled
def scree(
    parallel: ParallelAnalysis | pd.DataFrame, *, display: Display = ENGLISH
) -> tuple[Figure, pd.DataFrame]:
    """Draw observed eigenvalues beside those of random data, for components and for factors.

    Parameters
    ----------
    parallel : ParallelAnalysis or DataFrame
        The parallel analysis, or its table: ``kind`` ("components" or "factors"), ``number`` (1 …),
        ``observed, mean, percentile, retained`` (bool) and ``level`` (the percentile, e.g. 95).
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        The table described above.
    """
    data = parallel_table(parallel) if isinstance(parallel, ParallelAnalysis) else parallel
    needed = ("kind", "number", "observed", "mean", "percentile", "retained", "level")
    data = check_frame(data, needed, "scree", names=("kind",))[list(needed)]
    kinds = [k for k in ("components", "factors") if (data["kind"] == k).any()]
    if not kinds:
        raise FigureError("scree: kind must be 'components' or 'factors'")
    figure = new_figure(2.9)
    axes = figure.subplots(1, len(kinds), squeeze=False)[0]
    level = f"{data['level'].iloc[0]:g}"
    for ax, kind in zip(axes, kinds, strict=True):
        part = data[data["kind"] == kind]
        x, kept = part["number"], part["retained"].astype(bool)
        percentile = display("simulated, {value}th percentile", value=level)
        ax.axhline(0, color=GREY, linewidth=0.5)
        ax.plot(x, part["percentile"], color=ORANGE, linestyle="--", label=percentile)
        ax.plot(x, part["mean"], color=GREY, linestyle=":", label=display("simulated, mean"))
        ax.plot(x, part["observed"], color=BLUE, label=display("observed"))
        ax.plot(x[kept], part["observed"][kept], "o", color=BLUE, markersize=5)
        ax.plot(x[~kept], part["observed"][~kept], "o", color=BLUE, markerfacecolor="white", markersize=4)
        count = display("{count} above chance", count=int(kept.sum()))
        ax.set_title(f"{display(coded(f'scree_{kind}'))}: {count}")
        ax.set_xlabel(display("Number"))
        ax.xaxis.get_major_locator().set_params(integer=True)
        number_axis(ax.yaxis, display)
    axes[0].set_ylabel(display("Eigenvalue"))
    axes[0].legend(loc="upper right")
    add_notice(figure, display.notice)
    return figure, data


def parallel_table(parallel: ParallelAnalysis) -> pd.DataFrame:
    """Return a parallel analysis as the table that :func:`scree` draws."""
    parts = []
    for kind in ("components", "factors"):
        observed = np.asarray(getattr(parallel, f"observed_{kind}"))
        parts.append(
            pd.DataFrame(
                {
                    "kind": kind,
                    "number": np.arange(1, len(observed) + 1),
                    "observed": observed,
                    "mean": getattr(parallel, f"mean_{kind}"),
                    "percentile": getattr(parallel, f"percentile_{kind}"),
                    "retained": np.arange(len(observed)) < getattr(parallel, f"n_{kind}"),
                    "level": parallel.percentile,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@styled
def loading_map(
    statistics: pd.DataFrame,
    trace: pd.DataFrame,
    *,
    construct_labels: Mapping[str, Any] | None = None,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw each item's loading on its own factor over the rounds of pruning, and why items were dropped.

    Parameters
    ----------
    statistics : DataFrame
        ``round, item, construct, loading``: every remaining item at every round, round 0 before any
        pruning (as in :class:`plsem.efa.pruning.PruningResult`).
    trace : DataFrame
        ``round, item, action`` ("dropped" or "kept"), ``rule, value, threshold``; may have no rows.
    construct_labels : mapping, optional
        Construct → text.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``construct, item, round, loading, action, text``: one row an item and round; ``action`` and
        ``text`` (the reason as drawn) in the round in which the item was dropped.
    """
    needed = ("round", "item", "construct", "loading")
    found = check_frame(statistics, needed, "loading_map", names=("item", "construct"))
    rounds = sorted(found["round"].astype(int).unique().tolist())
    items = list(dict.fromkeys(found["item"]))
    owner = dict(zip(found["item"], found["construct"], strict=True))
    fates = _fates(trace, display)
    rows = []
    for item in items:
        mine = found[found["item"] == item].set_index("round")["loading"]
        when, action, text = fates.get(item, (-1, "", ""))
        for r in rounds:
            ends = r == when if action == "dropped" else r == rounds[-1]
            value = float(mine[r]) if r in mine.index else float("nan")
            gone = action == "dropped" and r >= when
            rows.append(
                (
                    owner[item],
                    item,
                    r,
                    float("nan") if gone else value,
                    action if ends else "",
                    text if ends else "",
                )
            )
    data = pd.DataFrame(rows, columns=["construct", "item", "round", "loading", "action", "text"])

    constructs = list(dict.fromkeys(owner[i] for i in items))
    items = [i for c in constructs for i in items if owner[i] == c]
    margin = 1.95
    names = max(text_width(shorten(i, 1.4, SMALL), SMALL) for i in items)
    cell = min(0.52, (WIDTH - margin - names - 0.4) / len(rounds))
    height = 0.175 * len(items) + 0.22 * len(constructs) + 0.95
    figure = new_figure(height)
    heights = [sum(owner[i] == c for i in items) + 0.5 for c in constructs]
    axes = figure.subplots(len(constructs), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for ax, construct in zip(axes, constructs, strict=True):
        mine_all = [i for i in items if owner[i] == construct]
        mine = data.set_index(["item", "round"])["loading"]
        grid = np.array([[mine[i, r] for r in rounds] for i in mine_all], dtype=float)
        texts = pd.DataFrame(grid).map(display.number, digits=2)
        every = 1 if cell > 0.2 else 5
        sns.heatmap(
            np.abs(grid),
            cmap="Blues",
            vmin=0,
            vmax=1.15,
            cbar=False,
            annot=texts if cell >= 0.24 else False,
            fmt="",
            annot_kws={"fontsize": SMALL - 0.5, "va": "center_baseline"},
            xticklabels=False,
            yticklabels=[shorten(i, 1.4, SMALL) for i in mine_all],
            ax=ax,
        )
        contrast(ax)
        for y, item in enumerate(mine_all):
            when, action, text = fates.get(item, (-1, "", ""))
            if action == "dropped" and when in rounds:
                x = rounds.index(when) + 0.5
                ax.text(
                    x,
                    y + 0.5,
                    "×",
                    ha="center",
                    va="center_baseline",
                    fontsize=NORMAL,
                    color=ORANGE,
                    weight="bold",
                )
            if text:
                short = wrap(text, margin, SMALL - 0.5, max_lines=1)[0]
                colour = ORANGE if action == "dropped" else INK
                ax.text(
                    len(rounds) + 0.1,
                    y + 0.5,
                    short,
                    ha="left",
                    va="center_baseline",
                    fontsize=SMALL - 0.5,
                    color=colour,
                )
        ax.set_xlim(0, len(rounds) + margin / cell)
        ax.set_xticks(np.arange(0, len(rounds), every) + 0.5, [str(r) for r in rounds[::every]])
        ax.tick_params(length=0)
        ax.tick_params(axis="y", rotation=0, labelsize=SMALL)
        ax.set_title(display.text((construct_labels or {}).get(construct), default=construct))
    axes[-1].set_xlabel(display("Round"), x=len(rounds) / 2 / (len(rounds) + margin / cell))
    note = f"{display('Loading on own factor')}. × {display('dropped')}."
    add_notice(figure, note, display.notice)
    return figure, data


def _fates(trace: pd.DataFrame, display: Display) -> dict[str, tuple[int, str, str]]:
    """Return item → (round, action, reason in words) for the items of a pruning trace."""
    if isinstance(trace, pd.DataFrame) and trace.empty:
        return {}
    needed = ("round", "item", "action", "rule", "value", "threshold")
    fates = {}
    for row in check_frame(trace, needed, "loading_map: trace", names=("item", "rule")).to_dict("records"):
        key = f"pruning.{row['rule']}"
        rule = display(coded(key)) if key in CODES else str(row["rule"])
        text = (
            f"{rule} {display.number(row['value'], digits=2)} < {display.number(row['threshold'], digits=2)}"
        )
        if row["rule"] == "no variance":
            text = rule
        if row["action"] == "kept":
            text = f"{text} ({display('kept: minimum')})"
        fates[str(row["item"])] = (int(row["round"]), str(row["action"]), text)
    return fates
