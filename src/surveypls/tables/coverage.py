"""The table of a coverage simulation (:mod:`plsem.coverage`), and how its rows are called."""

from __future__ import annotations

import pandas as pd

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
_KINDS = N_(
    {"percentile": "percentile", "basic": "basic", "normal": "normal", "bc": "BC", "bca": "BCa"},
    context="interval",
)


def interval_name(kind: str, display: Display) -> str:
    """Return an interval's name in a language: ``percentil`` for ``percentile`` in Spanish."""
    return display(_KINDS[kind], context="interval")


def quantity_name(statistic: str, row: str, column: str, *, display: Display) -> str:
    """Return ``Path coefficient X → Y`` and the like."""
    name = display(coded(statistic)) if statistic in CODES else statistic
    arrow = " – " if statistic in ("htmt", "htmt2", "construct_correlation") else " → "
    return f"{name} {arrow.join(part for part in (row, column) if part)}"


def coverage_table(simulated: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
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
