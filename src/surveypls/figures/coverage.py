"""The figure of a coverage simulation (:mod:`plsem.coverage`)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from surveypls.figures.style import (
    BLUE,
    GREY,
    ORANGE,
    add_notice,
    check_frame,
    new_figure,
    number_axis,
    styled,
)
from surveypls.tables.coverage import interval_name, quantity_name
from tabletext.display import ENGLISH, Display

_NEEDED = ("statistic", "row", "column", "n_observations", "interval", "coverage", "coverage_se")
_STYLES = {"percentile": (BLUE, "o"), "bca": (ORANGE, "s")}


@styled
def coverage_figure(
    simulated: pd.DataFrame, *, nominal: float = 0.95, display: Display = ENGLISH
) -> tuple[Figure, pd.DataFrame]:
    """Draw coverage with two Monte Carlo standard errors, one panel a sample size.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.coverage` returns it.
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
    data = check_frame(
        simulated, _NEEDED, "coverage_figure", names=("statistic", "row", "column", "interval")
    )
    data = data[list(_NEEDED)].reset_index(drop=True)
    sizes = sorted(set(data["n_observations"]))
    keys = list(dict.fromkeys(data[["statistic", "row", "column"]].itertuples(index=False, name=None)))
    figure = new_figure(0.32 * len(keys) + 1.2)
    axes = figure.subplots(1, len(sizes), sharex=True, sharey=True, squeeze=False)[0]
    kinds = list(dict.fromkeys(data["interval"]))
    for ax, size in zip(axes, sizes, strict=True):
        ax.axvline(nominal, color=GREY, linewidth=0.8, linestyle="--")
        for k, kind in enumerate(kinds):
            part = data[(data["n_observations"] == size) & (data["interval"] == kind)]
            shift = 0.16 * (k - (len(kinds) - 1) / 2)
            places = [
                keys.index(key) + shift
                for key in part[["statistic", "row", "column"]].itertuples(index=False, name=None)
            ]
            colour, marker = _STYLES.get(kind, (GREY, "^"))
            ax.errorbar(
                part["coverage"], places, xerr=2 * part["coverage_se"], fmt=marker, color=colour,
                markersize=4, linewidth=1, label=interval_name(kind, display),
            )  # fmt: skip
        ax.set_title(f"n = {size}")
        number_axis(ax.xaxis, display)
        ax.set_xlabel(display("Coverage"))
    axes[0].set_yticks(range(len(keys)), [quantity_name(*key, display=display) for key in keys])
    axes[0].invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=len(kinds))
    add_notice(figure, display.notice)
    return figure, data
