"""An effect under every combination of the analyst's choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from surveypls.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    NORMAL,
    ORANGE,
    SMALL,
    add_notice,
    check_frame,
    new_figure,
    number_axis,
    shorten,
    styled,
)
from tabletext.display import ENGLISH, Display

#: So many specifications that marks and dots are drawn small.
MANY = 80
#: So many hypotheses or more stand side by side.
FEW = 3


@styled
def specification_curve(
    specifications: pd.DataFrame,
    choices: Mapping[str, Mapping[str, str]],
    *,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw an effect under every combination of choices (Simonsohn, Simmons & Nelson, 2020), one pair of panels each.

    Above, the estimates in rising order with their intervals, filled where the interval excludes 0; below, a
    mark for each choice that was made.

    Parameters
    ----------
    specifications : DataFrame
        One row a specification: ``hypothesis, estimate, lower, upper, marked`` (the main analysis) and a column for
        each choice.
    choices : mapping
        Column of a choice → its name in the display's language under ``""`` and that of each option, in the order
        drawn.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``hypothesis, order`` (1 for the smallest), ``estimate, lower, upper, excludes_0, marked`` and the choices.

    Raises
    ------
    FigureError
        If there are no rows, or a choice is no column (the nearest is named).
    """
    columns = ("hypothesis", "estimate", "lower", "upper", "marked", *choices)
    found = check_frame(specifications, columns, "specification_curve", names=("hypothesis", *choices))
    found = found.assign(_e=found["estimate"].round(9), marked=found["marked"].astype(bool))
    names = list(dict.fromkeys(found["hypothesis"]))
    parts = [
        found[found["hypothesis"] == name]
        .sort_values("_e", kind="stable", ignore_index=True)
        .assign(order=lambda part: np.arange(1, len(part) + 1))
        for name in names
    ]
    data = pd.concat(parts, ignore_index=True)
    data["excludes_0"] = (data["lower"] > 0) | (data["upper"] < 0)
    data = data[["hypothesis", "order", "estimate", "lower", "upper", "excludes_0", "marked", *choices]]

    lines = sum(len(options) for options in choices.values())
    marks = 0.15 * lines
    across = 1 if len(names) < FEW else 3
    rows = -(-len(names) // across)
    figure = new_figure(0.5 + (2.0 + marks) * rows)
    axes = figure.subplots(2 * rows, across, height_ratios=[2.0, marks] * rows, squeeze=False)
    for unused in range(len(names), rows * across):
        for panel in axes[-2:, unused % across]:
            panel.remove()
    curves = []
    for place, name in enumerate(names):
        part = data[data["hypothesis"] == name]
        row, column = divmod(place, across)
        curve, grid = axes[2 * row : 2 * row + 2, column]
        _curve(curve, part, str(name), display)
        _choice_marks(grid, part, choices, small=len(part) > MANY // across, named=column == 0)
        curve.set_xlim(0, len(part) + 1)
        curve.set_xticks([])
        curves.append(curve)
    axes[-1, 0].set_xlabel(display("Specifications, by estimate"))
    handles, texts = _legend(curves)
    figure.legend(handles, texts, loc="outside upper center", ncols=3, fontsize=NORMAL - 0.5)
    add_notice(figure, display.notice)
    return figure, data


def _curve(curve: Axes, part: pd.DataFrame, name: str, display: Display) -> None:
    few = len(part) <= MANY
    curve.vlines(part["order"], part["lower"], part["upper"], color="#b9c9d6", linewidth=1.2 if few else 0.6)
    curve.axhline(0, color=GREY, linewidth=0.8)
    for filled, label in ((False, display("interval includes 0")), (True, display("interval excludes 0"))):
        if len(shown := part[part["excludes_0"] == filled]):
            sns.scatterplot(
                x=shown["order"], y=shown["estimate"], s=14 if few else 6, zorder=3, ax=curve, label=label,
                facecolor=BLUE if filled else "white", edgecolor=BLUE, linewidth=0.8, legend=False,
            )  # fmt: skip
    main = part[part["marked"]]
    if len(main):
        label = display("the study's own analysis")
        curve.plot(main["order"], main["estimate"], "D", color=ORANGE, markersize=5, zorder=4, label=label)
    curve.set_ylabel(name)
    curve.set_xlabel("")
    number_axis(curve.yaxis, display)


def _legend(curves: Sequence[Axes]) -> tuple[list[Artist], list[str]]:
    found: dict[str, Artist] = {}
    for curve in curves:
        for handle, text in zip(*curve.get_legend_handles_labels(), strict=True):
            found.setdefault(text, handle)
    return list(found.values()), list(found)


def _choice_marks(
    grid: Axes,
    data: pd.DataFrame,
    choices: Mapping[str, Mapping[str, str]],
    *,
    small: bool,
    named: bool,
) -> None:
    """Draw one line an option, under the name of its choice, with a mark for each specification."""
    names: list[tuple[int, str, bool]] = []
    y, room = 0, 1.9
    size = 4.0 if small else 5.5
    for choice, options in choices.items():
        names.append((y, shorten(options[""], room, SMALL + 0.5, bold=True), True))
        for option, name in options.items():
            if not option:
                continue
            y += 1
            names.append((y, shorten(name, room, SMALL + 0.5), False))
            at = data.loc[data[choice] == option, "order"]
            grid.plot(at, [y] * len(at), "|", color=INK, markersize=size, markeredgewidth=1.0)
            grid.axhline(y, color=LIGHT, linewidth=0.5, zorder=0)
        y += 1
    grid.set_yticks([place for place, _, _ in names], [text for _, text, _ in names], fontsize=SMALL + 0.5)
    if not named:  # the panel at the left has the same lines
        grid.set_yticklabels([])
    for tick, (_, _, heavy) in zip(grid.get_yticklabels(), names, strict=True):
        tick.set_fontweight("bold" if heavy else "normal")
    grid.set(ylim=(y - 0.5, -0.6), xlim=(0, len(data) + 1))
    grid.tick_params(length=0)
    grid.set_xticks([])
    for side in ("left", "bottom"):
        grid.spines[side].set_visible(False)
