"""What a hypothesis depends on: the sample size."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from statsmodels.stats.proportion import proportion_confint

from surveypls.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    SKY,
    FigureError,
    add_notice,
    by_appearance,
    check_frame,
    new_figure,
    number_axes,
    styled,
    with_columns,
)
from tabletext.display import ENGLISH, Display

#: Colour, dashes and marker of the first, second, … hypothesis or kind of data.
LOOKS: tuple[tuple[str, Any, str], ...] = (
    (BLUE, "-", "o"),
    (ORANGE, "--", "s"),
    (INK, ":", "^"),
    (GREY, "-.", "D"),
)
#: Level of the shares' intervals; share of the surveys in the middle band of t, and where its ends stand.
LEVEL, MIDDLE = 0.95, 0.90
_ENDS = {
    "minimum": 0.0,
    "lower": (1 - MIDDLE) / 2,
    "median": 0.5,
    "upper": (1 + MIDDLE) / 2,
    "maximum": 1.0,
}


@styled
def significant_share(
    shares: pd.DataFrame, *, alpha: float = 0.05, display: Display = ENGLISH
) -> tuple[Figure, pd.DataFrame]:
    """Draw in which share of surveys a hypothesis is significant, over the sample size.

    The bands are Wilson's (1927) 95 % intervals of the shares: what a finite number of surveys leaves open.

    Parameters
    ----------
    shares : DataFrame
        ``n, significant, surveys`` (counts) and, for several curves, ``hypothesis`` (its name) and ``data``
        (what the surveys are, such as "whole-number answers").
    alpha : float
        Significance level, for the axis.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``hypothesis, data, n, significant, surveys, share, lower, upper``, sorted by curve and n.

    Raises
    ------
    FigureError
        If a count is no whole number, or more surveys are significant than there are.

    Examples
    --------
    >>> shares = pd.DataFrame({"n": [45, 100], "significant": [0, 14], "surveys": [14, 14]})
    >>> significant_share(shares)[1][["share", "lower", "upper"]].round(3).to_numpy().tolist()
    [[0.0, 0.0, 0.215], [1.0, 0.785, 1.0]]
    """
    found = _curves(shares, ("n", "significant", "surveys"), "significant_share")
    counts = found[["significant", "surveys"]].to_numpy(dtype=float)
    if (counts != counts.round()).any() or (counts < 0).any() or (counts[:, 0] > counts[:, 1]).any():
        raise FigureError("significant_share: expected whole numbers with 0 ≤ significant ≤ surveys")
    if (counts[:, 1] == 0).any():
        raise FigureError("significant_share: an n without surveys has no share")
    lower, upper = proportion_confint(*counts.T, alpha=1 - LEVEL, method="wilson")
    share = counts[:, 0] / counts[:, 1]
    data = found.assign(share=share, lower=np.clip(lower, 0, share), upper=np.clip(upper, share, 1))

    figure = new_figure(3.0)
    ax = figure.subplots()
    names = _curve_names(data)
    for (colour, line, marker), (name, part) in zip(
        itertools.cycle(LOOKS), data.groupby(names, sort=False), strict=False
    ):
        ax.fill_between(part["n"], part["lower"], part["upper"], color=colour, alpha=0.15, linewidth=0)
        sns.lineplot(
            x=part["n"], y=part["share"], color=colour, linestyle=line, marker=marker, markersize=5,
            markeredgewidth=0, errorbar=None, label=name or None, legend=False, ax=ax,
        )  # fmt: skip
    ax.set(ylim=(-0.02, 1.02), xlabel=display("Sample size n"))
    ax.set_ylabel(display("Share of surveys with p < {alpha}", alpha=display.plain(alpha)))
    ax.grid(axis="y")
    number_axes(ax, display)
    if any(names):
        figure.legend(loc="outside upper center", ncols=2)
    bands = display("Bands: Wilson's {level} intervals.", level=display.level(LEVEL))
    add_notice(figure, bands, display.notice)
    return figure, data


@styled
def t_bands(
    bands: pd.DataFrame,
    printed: Mapping[str, float],
    *,
    critical: float | None = None,
    names: Mapping[str, str] | None = None,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw what t each hypothesis takes over many surveys, by sample size, beside the printed t; one panel each.

    Parameters
    ----------
    bands : DataFrame
        ``hypothesis, n, t``, one row a survey; ``data`` where there are two kinds of data: those of the second
        kind have open markers.
    printed : mapping
        Hypothesis → its printed t, drawn as a line across.
    critical : float, optional
        Critical t, drawn as a thin line.
    names : mapping, optional
        What the kinds of data are called, the filled kind first.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``hypothesis, data, n, minimum, lower, median, upper, maximum, printed``: nine in ten surveys lie between
        ``lower`` and ``upper``.
    """
    found = check_frame(bands, ("hypothesis", "n", "t"), "t_bands", names=("hypothesis", "data"))
    groups = with_columns(found, ["data"], "").groupby(["hypothesis", "data", "n"], sort=False)["t"]
    found = pd.DataFrame({name: groups.quantile(q) for name, q in _ENDS.items()}).reset_index()
    hypotheses = list(dict.fromkeys(found["hypothesis"]))
    for name in printed:
        if name not in hypotheses:
            raise FigureError(f"t_bands: no surveys for {name!r}; there are {', '.join(hypotheses)}")
    data = by_appearance(found, ["hypothesis"], "n")
    data["printed"] = data["hypothesis"].map(printed).astype(float)
    kinds = list(names or dict.fromkeys(data["data"]))

    figure = new_figure(3.1)
    axes = figure.subplots(1, len(hypotheses), sharex=True, squeeze=False)[0]
    for ax, name in zip(axes, hypotheses, strict=True):
        part = data[data["hypothesis"] == name]
        ax.fill_between(part["n"], part["minimum"], part["maximum"], color=LIGHT, linewidth=0)
        ax.fill_between(part["n"], part["lower"], part["upper"], color=SKY, linewidth=0)
        sns.lineplot(x=part["n"], y=part["median"], color=BLUE, errorbar=None, ax=ax)
        for kind in kinds:
            mine = part[part["data"] == kind]
            ax.plot(
                mine["n"], mine["median"], "o", color=BLUE, markersize=4.5, markerfacecolor=_fill(kind, kinds)
            )
        title = name
        if name in printed:
            ax.axhline(printed[name], color=ORANGE, linestyle="--", linewidth=1.3)
            title = display(
                "{hypothesis} (printed: t = {t})", hypothesis=name, t=display.number(printed[name])
            )
        if critical is not None:
            ax.axhline(critical, color=INK, linestyle=":", linewidth=0.9)
        ax.set_title(title)
        ax.set(xlabel=display("Sample size n"), ylabel=display("t statistic") if ax is axes[0] else "")
        ax.set_ylim(min(0.0, float(part["minimum"].min())), None)
        number_axes(ax, display)
    medians = {kind: (names or {}).get(kind, kind) for kind in kinds}
    handles: list[Any] = [
        Line2D(
            [],
            [],
            color=BLUE,
            marker="o",
            markersize=4.5,
            markerfacecolor=_fill(kind, kinds),
            label=", ".join(filter(None, (display("median"), name))),
        )
        for kind, name in medians.items()
    ] + [
        Patch(color=SKY, linewidth=0, label=display("middle {level}", level=display.level(MIDDLE))),
        Patch(color=LIGHT, linewidth=0, label=display("all")),
        Line2D([], [], color=ORANGE, linestyle="--", linewidth=1.3, label=display("printed t")),
    ]
    if critical is not None:
        text = display("critical t = {t}", t=display.number(critical, digits=2))
        handles.append(Line2D([], [], color=INK, linestyle=":", linewidth=0.9, label=text))
    columns = 5 if len(kinds) == 1 else 3
    figure.legend(handles=handles, loc="outside upper center", ncols=columns, columnspacing=1.2)
    add_notice(figure, display.notice)
    return figure, data


def _fill(kind: str, kinds: Sequence[str]) -> str:
    return BLUE if kind == kinds[0] else "white"


def _curves(frame: pd.DataFrame, columns: Sequence[str], what: str) -> pd.DataFrame:
    """Return the columns to draw, sorted by curve (in the order given) and n."""
    keys = ("hypothesis", "data")
    found = with_columns(check_frame(frame, columns, what, names=keys), keys, "")
    return by_appearance(found, keys, "n")[[*keys, *columns]]


def _curve_names(data: pd.DataFrame) -> list[str]:
    return [", ".join(filter(None, key)) for key in data[["hypothesis", "data"]].itertuples(index=False)]
