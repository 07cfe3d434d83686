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
from tabletext.language import Language
from tabletext.tabular import Table
from tabletext.words import has_word, number, percent, words

_HEADINGS = {
    "quantity": {"en": "Quantity", "es": "Cantidad"},
    "n_observations": {"en": "n", "es": "n"},
    "interval_kind": {"en": "Interval", "es": "Intervalo"},
    "true_value": {"en": "True value", "es": "Valor verdadero"},
    "mean_estimate": {"en": "Mean estimate", "es": "Estimación media"},
    "coverage": {"en": "Coverage", "es": "Cobertura"},
    "coverage_se": {"en": "Monte Carlo SE", "es": "EE de Monte Carlo"},
    "below": {"en": "Interval below", "es": "Intervalo por debajo"},
    "above": {"en": "Interval above", "es": "Intervalo por encima"},
    "mean_width": {"en": "Mean width", "es": "Anchura media"},
}
_KINDS = {"percentile": "percentil", "basic": "básico", "normal": "normal", "bc": "BC", "bca": "BCa"}
_NEEDED = ("statistic", "row", "column", "n_observations", "interval", "coverage", "coverage_se")
_STYLES = {"percentile": (BLUE, "o"), "bca": (ORANGE, "s")}


def interval_name(kind: str, labels: str) -> str:
    """Return an interval's name in a language: ``percentil`` for ``percentile`` in Spanish."""
    return _KINDS[kind] if labels == "es" or kind in ("bc", "bca") else kind


def quantity_name(statistic: str, row: str, column: str, *, labels: str) -> str:
    """Return ``Path coefficient X → Y`` and the like."""
    name = words(statistic, labels) if has_word(statistic) else statistic
    arrow = " – " if statistic in ("htmt", "htmt2", "construct_correlation") else " → "
    return f"{name} {arrow.join(part for part in (row, column) if part)}"


def coverage_table(simulated: pd.DataFrame, *, labels: Language = "en", notice: str | None = None) -> Table:
    """Coverage of each quantity's intervals beside its Monte Carlo error, and the side of the misses.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.coverage` returns it.
    labels, notice
        See :class:`tabletext.tabular.Table`.
    """
    frame = simulated.drop(columns=["statistic", "row", "column", "n_samples"])
    # "interval" is a phrase with a level in the dictionary of words
    frame = frame.rename(columns={"interval": "interval_kind"})
    frame["interval_kind"] = [interval_name(kind, labels) for kind in frame["interval_kind"]]
    names = simulated[["statistic", "row", "column"]].itertuples(index=False, name=None)
    frame.insert(0, "quantity", [quantity_name(*key, labels=labels) for key in names])
    shares = ("coverage", "coverage_se", "below", "above")
    return frame_table(
        frame,
        title={
            "en": "Share of simulated samples whose interval holds the true value",
            "es": "Proporción de muestras simuladas cuyo intervalo contiene el valor verdadero",
        },
        headings=_HEADINGS,
        kinds={"n_observations": "count", **dict.fromkeys(shares, "percent")},
        note={
            "en": f"{simulated['n_samples'].max()} samples of each size.",
            "es": f"{simulated['n_samples'].max()} muestras de cada tamaño.",
        },
        labels=labels,
        notice=notice,
    )


@styled
def coverage_figure(
    simulated: pd.DataFrame, *, nominal: float = 0.95, labels: str = "en", notice: str | None = None
) -> tuple[Figure, pd.DataFrame]:
    """Draw coverage with two Monte Carlo standard errors, one panel a sample size.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.coverage` returns it.
    nominal : float
        The confidence level that the intervals promise.
    labels, notice
        Language and note.

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
                markersize=4, linewidth=1, label=interval_name(kind, labels),
            )  # fmt: skip
        ax.set_title(f"n = {size}")
        number_axis(ax.xaxis, labels)
        ax.set_xlabel(_HEADINGS["coverage"][labels])
    axes[0].set_yticks(range(len(keys)), [quantity_name(*key, labels=labels) for key in keys])
    axes[0].invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=len(kinds))
    add_notice(figure, notice)
    return figure, data


def coverage_sentence(simulated: pd.DataFrame, *, nominal: float = 0.95, labels: str = "en") -> str:
    """Say how many intervals reach the nominal level within Monte Carlo error, and where they fall short.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.coverage` returns it.
    nominal : float
    labels : {"en", "es"}
    """
    n = simulated["n_samples"].to_numpy()
    error = np.sqrt(nominal * (1.0 - nominal) / n)
    near = int((np.abs(simulated["coverage"] - nominal) <= 2.0 * error).sum())
    worst = simulated.iloc[int(np.argmin(simulated["coverage"].to_numpy()))]
    fields = {
        "near": near,
        "all": len(simulated),
        "level": percent(nominal, labels),
        "error": number(float(error.max()), labels),
        "worst": percent(float(worst["coverage"]), labels, digits=1),
        "interval": interval_name(str(worst["interval"]), labels),
        "quantity": quantity_name(worst["statistic"], worst["row"], worst["column"], labels=labels),
        "size": int(worst["n_observations"]),
    }
    if labels == "es":
        text = (
            "{near} de {all} coberturas están a menos de dos errores estándar de Monte Carlo ({error}) del "
            "{level} nominal. La más baja es {worst}: {quantity}, intervalo {interval}, n = {size}."
        )
    else:
        text = (
            "{near} of {all} coverages lie within two Monte Carlo standard errors ({error}) of the nominal "
            "{level}. The lowest is {worst}: {quantity}, {interval} interval, n = {size}."
        )
    return text.format(**fields)
