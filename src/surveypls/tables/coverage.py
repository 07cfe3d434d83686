"""The table of a coverage simulation (:mod:`plsem.coverage`), and how its rows are called."""

from __future__ import annotations

import pandas as pd

from plsem.coverage import lowest, supported_intervals
from surveypls.tables.build import Builder, join
from tabletext.catalogue import N_
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Table

_KINDS = N_(
    {
        "percentile": "percentile",
        "basic": "basic",
        "normal": "normal",
        "bc": "BC",
        "bca": "BCa",
        "calibrated": "calibrated",
        "studentised": "studentised",
    },
    context="interval",
)
#: The simulated populations, as they are called.
POPULATIONS = N_({"moderate": "moderate paths", "weak": "weak paths"})


def interval_name(kind: str, display: Display) -> str:
    """Return an interval's name in a language: ``percentil`` for ``percentile`` in Spanish."""
    return display(_KINDS[kind], context="interval")


def statistic_name(statistic: str, display: Display) -> str:
    """Return a statistic's name in a language, or the name itself where there is no word for it."""
    return display(coded(statistic)) if statistic in CODES else statistic


def coverage_table(simulated: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Each statistic's lowest coverage by each interval, and the interval that the coverage speaks for.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.pooled` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder(display)
    b.text("statistic", display("Statistic"))
    kinds = list(dict.fromkeys(simulated["interval"]))
    group = display("Lowest mean coverage")
    for kind in kinds:
        b.column(kind, interval_name(kind, display), "percent", group, decimals=1)
    b.column("coverage_se", display("Monte Carlo SE, at most"), "percent", decimals=1)
    b.text("default", display("Coverage speaks for"))
    worst = lowest(simulated)
    chosen = supported_intervals(simulated)
    for statistic, part in worst.groupby("statistic", sort=False):
        cells = dict(zip(part["interval"], part["coverage"], strict=True))
        b.add(
            statistic=statistic_name(str(statistic), display),
            coverage_se=part["coverage_se"].max(),
            default=interval_name(chosen[str(statistic)], display),
            **cells,
        )
    sizes = display.listed(display.count(int(n)) for n in sorted(set(simulated["n_observations"])))
    note = join(
        display(
            "Lowest over populations and n = {sizes}; {count} samples of each.",
            sizes=sizes,
            count=display.count(int(simulated["n_samples"].max())),
        ),
        display(
            "The coverage speaks for the percentile interval, the default, unless BC or BCa is higher by more than two "
            "Monte Carlo standard errors; the basic and the normal interval can leave a statistic's range."
        ),
    )
    return b.table(title=display("Coverage of 95 % intervals"), note=note)
