"""The importance–performance map."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from surveypls.figures.style import (
    BLUE,
    GREY,
    NORMAL,
    SMALL,
    WIDTH,
    add_notice,
    check_frame,
    new_figure,
    number_axes,
    shorten,
    solve_layout,
    styled,
    text_width,
)
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display

CROWDED = 12  # panels with more points name only those that find a free place


@styled
def importance_map(
    ipma: pd.DataFrame, *, construct_labels: Mapping[str, Any] | None = None, display: Display = ENGLISH
) -> tuple[Figure, pd.DataFrame]:
    """Draw importance against performance: one column of panels a target, constructs above items.

    Parameters
    ----------
    ipma : DataFrame
        From :func:`plsem.importance.importance_performance`: ``target, level`` ("construct" or
        "item"), ``name, construct, importance, performance``.
    construct_labels : mapping, optional
        Construct → text, for the targets.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        The rows drawn, with the panel's averages ``mean_importance`` and ``mean_performance``.
    """
    needed = ("target", "level", "name", "construct", "importance", "performance")
    data = check_frame(ipma, needed, "importance_map", names=("target", "name", "construct"))[list(needed)]
    groups = data.groupby(["target", "level"], sort=False)
    for name in ("importance", "performance"):
        data[f"mean_{name}"] = groups[name].transform("mean")
    targets = list(dict.fromkeys(data["target"]))
    levels = [v for v in ("construct", "item") if (data["level"] == v).any()]
    columns = min(len(targets), 3)
    n_rows = -(-len(targets) // columns) * len(levels)
    few = int(data[data["level"] == "construct"].groupby("target")["name"].count().max() or 0) <= 2
    tall = [1.5 if level == "construct" and few else 2.6 for level in levels] * (n_rows // len(levels))
    figure = new_figure(sum(tall) + 0.5)
    axes = figure.subplots(n_rows, columns, squeeze=False, height_ratios=tall)
    panels = []
    used = set()
    for i, target in enumerate(targets):
        for j, level in enumerate(levels):
            ax = axes[(i // columns) * len(levels) + j, i % columns]
            used.add(ax)
            part = data[(data["target"] == target) & (data["level"] == level)]
            if part.empty:
                ax.set_axis_off()
                continue
            panels.append((ax, part))
            _importance_panel(ax, part, display)
            label = display.text((construct_labels or {}).get(target), default=target)
            ax.set_xlabel(
                display("Importance for {target}", target=shorten(label, WIDTH / columns - 1.6, NORMAL))
            )
            ax.set_title(display(coded(f"{level}s")))
            if i % columns == 0:
                ax.set_ylabel(display("Performance (0–100)"))
    for ax in axes.ravel():
        if ax not in used:
            ax.set_axis_off()
    add_notice(
        figure,
        f"{display('Importance: unstandardised total effect.')} - - - {display('average')}.",
        display.notice,
    )
    solve_layout(figure)
    for ax, part in panels:
        _name_points(ax, part)
    return figure, data


def _importance_panel(ax: Axes, part: pd.DataFrame, display: Display) -> None:
    ax.axvline(part["mean_importance"].iloc[0], color=GREY, linestyle="--", linewidth=0.8)
    ax.axhline(part["mean_performance"].iloc[0], color=GREY, linestyle="--", linewidth=0.8)
    ax.plot(part["importance"], part["performance"], "o", color=BLUE, markersize=5, clip_on=False)
    bottom = 10 * np.floor((part["performance"].min() - 4) / 10)
    top = 10 * np.ceil((part["performance"].max() + 6) / 10)
    ax.set_ylim(max(0, bottom), min(100, top))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    low, high = min(0.0, part["importance"].min()), max(0.0, part["importance"].max())
    spread = (high - low) or 1.0
    ax.set_xlim(low - (0.08 * spread if low < 0 else 0.0), high + 0.22 * spread)
    number_axes(ax, display)


def _name_points(ax: Axes, part: pd.DataFrame) -> None:
    """Write each name beside its point, where it covers no other name or point.

    The most important come first; in a crowded panel those that find no free place stay unnamed.
    """
    scale = ax.figure.dpi
    points = ax.transData.transform(part[["importance", "performance"]].to_numpy(dtype=float)) / scale
    frame = ax.get_window_extent()
    limits = (frame.x0 / scale, frame.y0 / scale, frame.x1 / scale, frame.y1 / scale)
    means = part[["mean_importance", "mean_performance"]].to_numpy(dtype=float)[:1]
    across = (ax.transData.transform(means) / scale)[0]
    taken = [(x - 0.04, y - 0.04, x + 0.04, y + 0.04) for x, y in points]
    order = np.argsort(-part["importance"].to_numpy(dtype=float), kind="stable").tolist()
    for (x, y), name in ((points[i], str(part["name"].iloc[i])) for i in order):
        w, h = text_width(name, SMALL), SMALL / 72
        best, least = None, np.inf
        for far, (dx, dy) in itertools.product(
            (0.07, 0.2, 0.36), ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
        ):
            cx, cy = x + dx * (far + w / 2), y + dy * (far + h / 2)
            if dx and dy:
                cx, cy = x + dx * (far / 2 + w / 2), y + dy * (far / 2 + h / 2)
            box = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
            cost = 10.0 * sum(
                box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken
            )
            cost += box[0] < across[0] < box[2]
            cost += box[1] < across[1] < box[3]
            cost += 20.0 * (
                box[0] < limits[0] or box[2] > limits[2] or box[1] < limits[1] or box[3] > limits[3]
            )
            if cost + far < least:
                best, least = (cx, cy, box, far), cost + far
        if best is None or (least >= 10 and len(part) > CROWDED):
            continue
        taken.append(best[2])
        offset = ((best[0] - x) * 72, (best[1] - y) * 72)
        line = {"arrowstyle": "-", "color": GREY, "lw": 0.5} if best[3] > 0.1 else None
        place = part.loc[part["name"] == name, ["importance", "performance"]].iloc[0]
        note = ax.annotate(
            name,
            (float(place["importance"]), float(place["performance"])),
            xytext=offset,
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=SMALL,
            arrowprops=line,
        )
        note.set_in_layout(False)
