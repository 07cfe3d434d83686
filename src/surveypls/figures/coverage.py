"""The figure of a coverage simulation (:mod:`plsem.coverage`)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from surveypls.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    add_notice,
    check_frame,
    new_figure,
    number_axis,
    styled,
)
from surveypls.tables.coverage import POPULATIONS, interval_name, statistic_name
from tabletext.display import ENGLISH, Display

_NEEDED = ("population", "statistic", "n_observations", "interval", "coverage", "coverage_se")
#: The confidence level that the intervals promise.
NOMINAL = 0.95
_STYLES = {"percentile": (BLUE, "o"), "bca": (ORANGE, "s"), "normal": (INK, "^")}


@styled
def coverage_figure(simulated: pd.DataFrame, *, display: Display = ENGLISH) -> tuple[Figure, pd.DataFrame]:
    """Draw mean coverage with two Monte Carlo standard errors: a column a sample size, a row a population.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.pooled` returns it, with a column ``population``; percentile, BCa and normal
        intervals are drawn.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        What is drawn.
    """
    data = check_frame(simulated, _NEEDED, "coverage_figure", names=("population", "statistic", "interval"))
    data = data.loc[data["interval"].isin(_STYLES), list(_NEEDED)].reset_index(drop=True)
    sizes = sorted(set(data["n_observations"]))
    populations = list(dict.fromkeys(data["population"]))
    names = list(dict.fromkeys(data["statistic"]))
    figure = new_figure((0.2 * len(names) + 0.5) * len(populations) + 0.7)
    axes = figure.subplots(len(populations), len(sizes), sharex=True, sharey=True, squeeze=False)
    for line, population in zip(axes, populations, strict=True):
        for ax, size in zip(line, sizes, strict=True):
            ax.axvline(NOMINAL, color=GREY, linewidth=0.8, linestyle="--")
            mine = data[(data["population"] == population) & (data["n_observations"] == size)]
            for k, (kind, (colour, marker)) in enumerate(_STYLES.items()):
                part = mine[mine["interval"] == kind]
                places = [names.index(s) + 0.24 * (k - 1) for s in part["statistic"]]
                ax.errorbar(
                    part["coverage"], places, xerr=2 * part["coverage_se"], fmt=marker, color=colour,
                    markersize=3.5, linewidth=1, label=interval_name(kind, display),
                )  # fmt: skip
            ax.set_title(f"n = {size}, {display(POPULATIONS.get(population, population))}")
            number_axis(ax.xaxis, display)
    for ax in axes[-1]:
        ax.set_xlabel(display("Coverage"))
    axes[0, 0].set_yticks(range(len(names)), [statistic_name(s, display) for s in names])
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=len(_STYLES))
    add_notice(figure, display.notice)
    return figure, data
