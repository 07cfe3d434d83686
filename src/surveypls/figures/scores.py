"""Figures of construct scores: one against another, what is necessary, and what a moderator changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plsem.names import nearest
from surveypls.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    NORMAL,
    ORANGE,
    FigureError,
    add_notice,
    check_frame,
    new_figure,
    number_axes,
    styled,
)
from tabletext.display import ENGLISH, Display


@styled
def score_scatter(
    scores: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    *,
    confidence_level: float = 0.95,
    construct_labels: Mapping[str, Any] | None = None,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw respondents' construct scores against each other, one panel a path, with the regression line.

    Parameters
    ----------
    scores : DataFrame, (n, constructs)
        Construct scores (standardised or not).
    pairs : sequence of (source, target)
        What is drawn across and upwards.
    confidence_level : float
        Of the band around the line: normal theory, for the mean of the target (statsmodels' OLS).
    construct_labels : mapping, optional
        Construct → text.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``source, target, respondent`` (position, from 1), ``x, y, fitted, lower, upper``.

    Raises
    ------
    FigureError
        If a construct has no scores (the nearest is named), or fewer than three pairs of scores are complete.

    Examples
    --------
    >>> scores = pd.DataFrame({"X": [-1.0, 0.0, 1.0, 2.0], "Y": [-1.0, 0.5, 0.5, 2.0]})
    >>> score_scatter(scores, [("X", "Y")])[1]["fitted"].round(2).tolist()
    [-0.85, 0.05, 0.95, 1.85]
    """
    from statsmodels.api import OLS, add_constant

    known = check_frame(scores, (), "score_scatter", names=())
    for name in (name for pair in pairs for name in pair):
        if name not in known.columns:
            raise FigureError(f"score_scatter: no scores of {name!r}{nearest(name, map(str, known.columns))}")
    if not pairs:
        raise FigureError("score_scatter: nothing to draw, no pair of constructs")
    columns = min(2, len(pairs))
    n_rows = -(-len(pairs) // columns)
    figure = new_figure(2.7 * n_rows + 0.4)
    axes = figure.subplots(n_rows, columns, squeeze=False).ravel()
    for ax in axes[len(pairs) :]:
        ax.set_axis_off()
    parts = []
    for ax, (source, target) in zip(axes, pairs, strict=False):
        both = known[[source, target]].to_numpy(dtype=float)
        complete = np.isfinite(both).all(axis=1)
        x, y = both[complete].T
        if len(x) < 3 or np.ptp(x) == 0:
            raise FigureError(f"score_scatter: {source} and {target} need three respondents that differ")
        fit = OLS(y, add_constant(x)).fit()
        band = fit.get_prediction().summary_frame(alpha=1 - confidence_level)
        part = pd.DataFrame(
            {
                "source": source,
                "target": target,
                "respondent": np.flatnonzero(complete) + 1,
                "x": x,
                "y": y,
                "fitted": band["mean"].to_numpy(),
                "lower": band["mean_ci_lower"].to_numpy(),
                "upper": band["mean_ci_upper"].to_numpy(),
            }
        ).round(9)  # what kernels agree on, so that all of them draw the same
        parts.append(part)
        along = part.sort_values("x")
        ax.fill_between(along["x"], along["lower"], along["upper"], color=BLUE, alpha=0.15, linewidth=0)
        ax.plot(along["x"], along["fitted"], color=BLUE, linewidth=1.4)
        sns.scatterplot(data=part, x="x", y="y", s=20, facecolor="white", edgecolor=INK, linewidth=0.8, ax=ax)
        names = [display.text((construct_labels or {}).get(c), default=c) for c in (source, target)]
        ax.set(xlabel=names[0], ylabel=names[1])
        r = float(np.corrcoef(x, y)[0, 1])
        ax.set_title(f"r = {display.number(r)}, n = {display.count(len(x))}")
        number_axes(ax, display)
    band_note = display("Band: {level} interval of the line.", level=display.level(confidence_level))
    add_notice(figure, band_note, display.notice)
    return figure, pd.concat(parts, ignore_index=True)


#: Ceiling → name, colour, dashes.
CEILINGS = {"ce_fdh": ("CE-FDH", BLUE, "-"), "cr_fdh": ("CR-FDH", ORANGE, "--")}


@styled
def ceiling_scatter(
    scores: pd.DataFrame,
    ceilings: pd.DataFrame,
    *,
    source: str,
    target: str,
    effects: Mapping[str, float] | None = None,
    construct_labels: Mapping[str, Any] | None = None,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw a necessary condition: scores with the ceiling above which there are none (Dul, 2016).

    Parameters
    ----------
    scores : DataFrame, (n, constructs)
        Scores of both constructs.
    ceilings : DataFrame
        ``ceiling`` ("ce_fdh" or "cr_fdh"), ``x, y``: the corners of each line from left to right.  CE-FDH, a
        step function, is drawn through its corners as they stand.
    source, target : str
        Condition (across) and outcome (upwards).
    effects : mapping, optional
        Ceiling → effect size d, for the legend.
    construct_labels : mapping, optional
        Construct → text.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``element`` ("score", "ce_fdh" or "cr_fdh"), ``x, y``.

    Raises
    ------
    FigureError
        If a construct has no scores or a ceiling is unknown; the nearest is named.
    """
    known = check_frame(scores, (source, target), "ceiling_scatter", names=())
    lines = check_frame(ceilings, ("ceiling", "x", "y"), "ceiling_scatter: ceilings", names=("ceiling",))
    for name in lines["ceiling"]:
        if name not in CEILINGS:
            raise FigureError(f"ceiling_scatter: ceiling {name!r}{nearest(name, CEILINGS)}")
    points = known[[source, target]].astype(float).dropna().set_axis(["x", "y"], axis=1)
    figure = new_figure(4.2)
    ax = figure.subplots()
    sns.scatterplot(data=points, x="x", y="y", s=22, facecolor="white", edgecolor=INK, linewidth=0.8, ax=ax)
    for name in dict.fromkeys(lines["ceiling"]):
        part = lines[lines["ceiling"] == name]
        text, colour, dashes = CEILINGS[name]
        if effects and name in effects:
            text = f"{text}: d = {display.number(effects[name])}"
        ax.plot(part["x"], part["y"], dashes, color=colour, linewidth=1.5, label=text)
    for low, high, draw in (
        (*points["x"].agg(["min", "max"]), ax.axvline),
        (*points["y"].agg(["min", "max"]), ax.axhline),
    ):
        for edge in (low, high):
            draw(edge, color=LIGHT, linewidth=0.8, zorder=0)
    names = [display.text((construct_labels or {}).get(c), default=c) for c in (source, target)]
    ax.set(xlabel=names[0], ylabel=names[1])
    number_axes(ax, display)
    figure.legend(loc="outside upper center", ncols=2)
    note = display("Grey lines: the scope, from the lowest to the highest score.")
    add_notice(figure, note, display.notice)
    data = pd.concat(
        [points.assign(element="score"), lines[["ceiling", "x", "y"]].rename(columns={"ceiling": "element"})],
        ignore_index=True,
    )
    return figure, data[["element", "x", "y"]]


@styled
def simple_slopes(
    lines: pd.DataFrame,
    slopes: pd.DataFrame,
    *,
    confidence_level: float = 0.95,
    construct_labels: Mapping[str, Any] | None = None,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw moderated paths, a row each: lines at levels of the moderator, and the slope over its values.

    On the right the band leaves out 0 where the slope is significant (Johnson & Neyman, 1936).

    Parameters
    ----------
    lines : DataFrame
        ``source, moderator, target, level`` (the moderator, in standard deviations), ``x, y``: points along each
        line.
    slopes : DataFrame
        ``source, moderator, target, at, slope, lower, upper``: points over the moderator's values, rising.
    confidence_level : float
        Of the band (:meth:`plsem.slopes.SlopeCurve.band`).
    construct_labels : mapping, optional
        Construct → text.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``source, moderator, target, element`` ("line", "slope" or "boundary" of the Johnson-Neyman region),
        ``level, x, y, lower, upper``.
    """
    key = ["source", "moderator", "target"]
    left = check_frame(lines, (*key, "level", "x", "y"), "simple_slopes: lines", names=key)
    right = check_frame(slopes, (*key, "at", "slope", "lower", "upper"), "simple_slopes: slopes", names=key)
    shown = list(dict.fromkeys(right[key].itertuples(index=False, name=None)))
    figure = new_figure(2.9 * len(shown) + 0.4)
    rows = []
    for (ax, jn), names in zip(figure.subplots(len(shown), 2, squeeze=False), shown, strict=True):
        of_lines, of_slope = (frame[(frame[key] == list(names)).all(axis=1)] for frame in (left, right))
        of_slope = of_slope.sort_values("at", kind="stable", ignore_index=True)
        source, moderator, target = (display.text((construct_labels or {}).get(c), default=c) for c in names)
        _draw_lines(ax, of_lines, names[1], display)
        ax.set(xlabel=source, ylabel=target)
        boundaries = _draw_slope(jn, of_slope, display)
        jn.set(xlabel=moderator, ylabel=f"{display('Slope')} {names[0]} → {names[2]}")
        for axes in (ax, jn):
            number_axes(axes, display)
        at = np.interp(boundaries, of_slope["at"], of_slope["slope"])
        ends = pd.DataFrame({"x": boundaries, "y": at}).assign(element="boundary")
        curve = of_slope.rename(columns={"at": "x", "slope": "y"}).assign(element="slope")
        part = pd.concat([row for row in (of_lines.assign(element="line"), curve, ends) if len(row)])
        rows.append(part.assign(source=names[0], moderator=names[1], target=names[2]))
    note = display(
        "Shaded: the slope ± t of the {level} level × its bootstrap standard error, over the moderator's observed "
        "values.",
        level=display.level(confidence_level),
    )
    add_notice(figure, note, display.notice)
    columns = [*key, "element", "level", "x", "y", "lower", "upper"]
    return figure, pd.concat(rows, ignore_index=True)[columns]


def _draw_lines(ax: Axes, lines: pd.DataFrame, moderator: str, display: Display) -> None:
    """Draw the target along the source at each level of the moderator."""
    looks = ((GREY, ":"), (INK, "--"), (BLUE, "-"), (ORANGE, "-."))
    levels = list(lines.groupby("level"))
    for (colour, dashes), (level, part) in zip(
        looks[-2:] if len(levels) == 1 else looks, levels, strict=False
    ):
        part = part.sort_values("x")
        sd = display.number(float(str(level)), digits=0 if float(str(level)).is_integer() else 1, plus=True)
        ax.plot(
            part["x"],
            part["y"],
            dashes,
            color=colour,
            linewidth=1.5,
            label=f"{moderator}: {sd} {display('SD')}",
        )
    if len(levels) > 1:  # a quadratic effect has one line, at no level
        ax.legend(loc="best", fontsize=NORMAL - 1)


def _draw_slope(ax: Axes, curve: pd.DataFrame, display: Display) -> list[float]:
    """Draw a slope with its band over the moderator, and return where the band begins or ends to hold 0."""
    x, low, high = (curve[c].to_numpy(dtype=float) for c in ("at", "lower", "upper"))
    clear = (low > 0) | (high < 0)
    boundaries = sorted(_crossings(x, low) + _crossings(x, high))
    ax.axhline(0, color=GREY, linewidth=0.8)
    if not clear.all():
        ax.fill_between(x, low, high, color=LIGHT, linewidth=0, label=display("slope not significant"))
    for start, stop in _runs(clear):
        inside = [b for b in boundaries if x[max(start - 1, 0)] <= b <= x[min(stop, len(x) - 1)]]
        ends = np.unique([*x[start:stop], *inside])
        lo, hi = np.interp(ends, x, low), np.interp(ends, x, high)
        ax.fill_between(ends, lo, hi, color=BLUE, alpha=0.3, linewidth=0, hatch="////", edgecolor="white")
    if clear.any():
        ax.fill_between([], [], color=BLUE, alpha=0.3, hatch="////", label=display("slope significant"))
    ax.plot(x, curve["slope"], color=BLUE, linewidth=1.4)
    for b in boundaries:
        ax.axvline(b, color=ORANGE, linestyle="--", linewidth=1.0)
        ax.annotate(
            display.number(b, digits=2), (b, 1), (2, -2), xycoords=ax.get_xaxis_transform(),
            textcoords="offset points", ha="left", va="top", fontsize=NORMAL - 1, color=ORANGE,
        )  # fmt: skip
    ax.margins(x=0)
    ax.legend(loc="best", fontsize=NORMAL - 1)
    return boundaries


def _crossings(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> list[float]:
    """Return where a polyline crosses zero."""
    at = np.flatnonzero(np.signbit(y[:-1]) != np.signbit(y[1:]))
    return [float(x[i] - y[i] * (x[i + 1] - x[i]) / (y[i + 1] - y[i])) for i in at]


def _runs(flags: np.ndarray[Any, Any]) -> list[tuple[int, int]]:
    """Return (start, stop) of each run of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
