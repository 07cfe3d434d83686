"""Table and figure of a coverage simulation (:mod:`plsem.coverage`)."""

from __future__ import annotations

import numpy as np
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
from surveypls.tables.process import frame_table
from tabletext.catalogue import N_
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Table

_HEADINGS = {
    "quantity": N_("Quantity"),
    "n_observations": N_("n"),
    "interval_kind": N_("Interval"),
    "true_value": N_("True value"),
    "mean_estimate": N_("Mean estimate"),
    "coverage": N_("Coverage"),
    "coverage_se": N_("Monte Carlo SE"),
    "below": N_("Interval below"),
    "above": N_("Interval above"),
    "mean_width": N_("Mean width"),
}
_KINDS = {
    "percentile": N_("percentile"),
    "basic": N_("basic"),
    "normal": N_("normal"),
    "bc": "BC",
    "bca": "BCa",
}
_NEEDED = ("statistic", "row", "column", "n_observations", "interval", "coverage", "coverage_se")
_STYLES = {"percentile": (BLUE, "o"), "bca": (ORANGE, "s")}


def interval_name(kind: str, display: Display) -> str:
    """Return an interval's name in a language: ``percentil`` for ``percentile`` in Spanish."""
    return display(_KINDS[kind], context="interval")


def quantity_name(statistic: str, row: str, column: str, *, display: Display) -> str:
    """Return ``Path coefficient X → Y`` and the like."""
    name = display(coded(statistic)) if statistic in CODES else statistic
    arrow = " – " if statistic in ("htmt", "htmt2", "construct_correlation") else " → "
    return f"{name} {arrow.join(part for part in (row, column) if part)}"


def coverage_table(
    simulated: pd.DataFrame,
    *,
    display: Display = ENGLISH,
) -> Table:
    """Coverage of each quantity's intervals beside its Monte Carlo error, and the side of the misses.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.coverage` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    frame = simulated.drop(columns=["statistic", "row", "column", "n_samples"])
    # "interval" is a phrase with a level in the dictionary of words
    frame = frame.rename(columns={"interval": "interval_kind"})
    frame["interval_kind"] = [interval_name(kind, display) for kind in frame["interval_kind"]]
    names = simulated[["statistic", "row", "column"]].itertuples(index=False, name=None)
    frame.insert(0, "quantity", [quantity_name(*key, display=display) for key in names])
    shares = ("coverage", "coverage_se", "below", "above")
    return frame_table(
        frame,
        title=display("Share of simulated samples whose interval holds the true value"),
        headings={key: display(text) for key, text in _HEADINGS.items()},
        kinds={"n_observations": "count", **dict.fromkeys(shares, "percent")},
        note=display("{n_samples} samples of each size.", n_samples=simulated["n_samples"].max()),
        display=display,
    )


@styled
def coverage_figure(
    simulated: pd.DataFrame,
    *,
    nominal: float = 0.95,
    display: Display = ENGLISH,
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
        ax.set_xlabel(display(_HEADINGS["coverage"]))
    axes[0].set_yticks(range(len(keys)), [quantity_name(*key, display=display) for key in keys])
    axes[0].invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=len(kinds))
    add_notice(figure, display.notice)
    return figure, data


def coverage_sentence(simulated: pd.DataFrame, *, nominal: float = 0.95, display: Display = ENGLISH) -> str:
    """Say how many intervals reach the nominal level within Monte Carlo error, and where they fall short.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.coverage` returns it.
    nominal : float
    display : Display
        Language, decimal sign and notice.
    """
    n = simulated["n_samples"].to_numpy()
    error = np.sqrt(nominal * (1.0 - nominal) / n)
    near = int((np.abs(simulated["coverage"] - nominal) <= 2.0 * error).sum())
    worst = simulated.iloc[int(np.argmin(simulated["coverage"].to_numpy()))]
    return display(
        "{near} of {all} coverages lie within two Monte Carlo standard errors ({error}) of the nominal "
        "{level}. The lowest is {worst}: {quantity}, {interval} interval, n = {size}.",
        near=near,
        all=len(simulated),
        level=display.percent(nominal),
        error=display.number(float(error.max())),
        worst=display.percent(float(worst["coverage"]), digits=1),
        interval=interval_name(str(worst["interval"]), display),
        quantity=quantity_name(worst["statistic"], worst["row"], worst["column"], display=display),
        size=int(worst["n_observations"]),
    )
