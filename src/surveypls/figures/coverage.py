"""Figures of kinds of intervals, and of their coverage in a simulation (:mod:`plsem.coverage`)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from surveypls.figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    add_notice,
    check_frame,
    new_figure,
    number_axis,
    quantity_label,
    row_axis,
    short_name,
    styled,
)
from surveypls.tables.coverage import SIMULATED, interval_name, statistic_name
from tabletext.display import ENGLISH, Display

_KEYS = ("answers", "population", "statistic", "interval")
#: What can be drawn, with its Monte Carlo standard error.
_ERRORS = {"coverage": "coverage_se", "mean_width": "width_se"}
_STYLES = {
    "percentile": (BLUE, "o"),
    "bca": (ORANGE, "s"),
    "normal": (INK, "^"),
    "studentised": (GREEN, "D"),
    "calibrated": (INK, "v"),
}


@styled
def coverage_figure(
    simulated: pd.DataFrame, *, value: str = "coverage", nominal: float = 0.95, display: Display = ENGLISH
) -> tuple[Figure, pd.DataFrame]:
    """Draw coverage or width with two Monte Carlo standard errors: a column a sample size, a row a population.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.pooled` returns it, with a column ``population``, and ``answers`` where there
        are several kinds; percentile, BCa, normal, studentised and calibrated intervals are drawn.
    value : {"coverage", "mean_width"}
    nominal : float
        The confidence level that the intervals promise.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        What is drawn.
    """
    needed = ("population", "statistic", "n_observations", "interval", value, _ERRORS[value])
    data = check_frame(simulated, needed, "coverage_figure", names=_KEYS)
    columns = [c for c in ("answers", *needed) if c in data]
    data = data.loc[data["interval"].isin(_STYLES), columns].reset_index(drop=True)
    sizes = sorted(set(data["n_observations"]))
    keys = [c for c in ("population", "answers") if c in data]
    row_of = list(data[keys].itertuples(index=False, name=None))
    rows = list(dict.fromkeys(row_of))
    names = list(dict.fromkeys(data["statistic"]))
    kinds = [kind for kind in _STYLES if kind in set(data["interval"])]
    step = 0.72 / len(kinds)
    figure = new_figure((0.07 * len(kinds) * len(names) + 0.65) * len(rows) + 0.7)
    axes = figure.subplots(len(rows), len(sizes), sharex=True, sharey=True, squeeze=False)
    for line, row in zip(axes, rows, strict=True):
        mine = data[[found == row for found in row_of]]
        for ax, size in zip(line, sizes, strict=True):
            if value == "coverage":
                ax.axvline(nominal, color=GREY, linewidth=0.8, linestyle="--")
            for k, kind in enumerate(kinds):
                part = mine[(mine["n_observations"] == size) & (mine["interval"] == kind)]
                places = [names.index(s) + step * (k - (len(kinds) - 1) / 2) for s in part["statistic"]]
                colour, marker = _STYLES[kind]
                ax.errorbar(
                    part[value], places, xerr=2 * part[_ERRORS[value]], fmt=marker, color=colour,
                    markersize=3.5, linewidth=1, label=interval_name(kind, display),
                )  # fmt: skip
            ax.set_title(f"n = {size}")
            number_axis(ax.xaxis, display)
        words = ", ".join(display(SIMULATED[name]) if name in SIMULATED else name for name in row)
        line[0].set_title(f"{words}\nn = {sizes[0]}")
    for ax in axes[-1]:
        ax.set_xlabel(display("Coverage") if value == "coverage" else display("Mean width"))
    axes[0, 0].set_yticks(range(len(names)), [statistic_name(s, display) for s in names])
    axes[0, 0].set_ylim(len(names) - 0.5, -0.5)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=len(kinds))
    add_notice(figure, display.notice)
    return figure, data


@styled
def interval_kinds(intervals: pd.DataFrame, *, display: Display = ENGLISH) -> tuple[Figure, pd.DataFrame]:
    """Draw each quantity's estimate with its intervals of several kinds, one below the other.

    Parameters
    ----------
    intervals : DataFrame
        As :func:`plsem.resampling.double.side_by_side` returns it.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        What is drawn.
    """
    needed = ("statistic", "row", "column", "interval", "original", "lower", "upper")
    data = check_frame(intervals, needed, "interval_kinds")[list(needed)]
    quantities = list(dict.fromkeys(data[["statistic", "row", "column"]].itertuples(index=False, name=None)))
    kinds = [kind for kind in _STYLES if kind in set(data["interval"])]
    step = 0.72 / len(kinds)
    figure = new_figure(0.13 * len(kinds) * len(quantities) + 0.9)
    ax = figure.subplots()
    ax.axvline(0, color=GREY, linewidth=0.8)
    for k, kind in enumerate(kinds):
        part = data[data["interval"] == kind]
        places = np.arange(len(part)) + step * (k - (len(kinds) - 1) / 2)
        colour, marker = _STYLES[kind]
        ax.hlines(places, part["lower"], part["upper"], color=colour, linewidth=1.4)
        for end in ("lower", "upper"):
            ax.plot(part[end], places, "|", color=colour, markersize=5)
        ax.plot(
            part["original"], places, marker, color=colour, markersize=4, label=interval_name(kind, display)
        )
    row_axis(
        ax,
        [
            quantity_label(short_name(s, display), r, c, statistic=s, display=display)
            for s, r, c in quantities
        ],
    )
    number_axis(ax.xaxis, display)
    ax.set_xlabel(display("Value"))
    figure.legend(loc="outside upper center", ncols=len(kinds))
    add_notice(figure, display.notice)
    return figure, data
