"""The figure of groups: each path in each of them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import norm

from surveypls.figures.style import (
    BLUE,
    GREY,
    INK,
    NORMAL,
    ORANGE,
    SKY,
    add_notice,
    check_frame,
    new_figure,
    number_axis,
    row_axis,
    styled,
)
from surveypls.study.terms import arrows
from tabletext.display import ENGLISH, Display

_LOOKS = ((BLUE, "o"), (ORANGE, "s"), (GREY, "D"), (SKY, "^"), (INK, "v"))


@styled
def group_forest(
    estimates: pd.DataFrame,
    *,
    differing: Collection[tuple[str, str]] = (),
    confidence_level: float = 0.95,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw each path in each group with its interval, the groups side by side.

    Parameters
    ----------
    estimates : DataFrame
        ``row, column`` (source and target), ``group``, ``value``, ``se``.
    differing : collection of (source, target)
        Paths whose name is marked, because they differ between groups.
    confidence_level : float
        Of the intervals: value ± z times its standard error.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``row, column, group, value, lower, upper``.
    """
    data = check_frame(estimates, ("row", "column", "group", "value", "se"), "group_forest")
    z = norm.ppf((1 + confidence_level) / 2)
    data = data.assign(lower=data["value"] - z * data["se"], upper=data["value"] + z * data["se"])
    paths = list(dict.fromkeys(zip(data["row"], data["column"], strict=True)))
    groups = list(dict.fromkeys(data["group"]))
    figure = new_figure((0.16 * len(groups) + 0.14) * len(paths) + 0.95)
    ax = figure.subplots()
    ax.axvline(0, color=GREY, linewidth=0.8)
    offsets = (np.arange(len(groups)) - (len(groups) - 1) / 2) * 0.7 / max(len(groups), 1)
    for k, group in enumerate(groups):
        part = data[data["group"] == group]
        colour, marker = _LOOKS[k % len(_LOOKS)]
        y = [paths.index(p) + offsets[k] for p in zip(part["row"], part["column"], strict=True)]
        ax.hlines(y, part["lower"], part["upper"], color=colour, linewidth=1.5)
        clear = ((part["lower"] > 0) | (part["upper"] < 0)).to_numpy()
        for mask, face in ((clear, colour), (~clear, "white")):
            ax.plot(
                part["value"][mask],
                np.asarray(y)[mask],
                marker,
                color=colour,
                markerfacecolor=face,
                markersize=5.5,
            )
        ax.plot([], [], f"{marker}-", color=colour, markersize=5.5, label=group)
    row_axis(ax, [f"{arrows(*p)}{' *' if p in differing else ''}" for p in paths], size=NORMAL - 0.5)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    number_axis(ax.xaxis, display)
    figure.legend(loc="outside upper center", ncols=min(len(groups), 4))
    note = display(
        "━ {level} interval (normal, bootstrap standard error); filled where it excludes 0.",
        level=display.level(confidence_level),
    )
    marked = display("* The path differs between groups.") if differing else ""
    add_notice(figure, f"{note} {marked}".strip(), display.notice)
    return figure, data[["row", "column", "group", "value", "lower", "upper"]]
