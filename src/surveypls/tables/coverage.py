"""Tables of kinds of intervals and of their simulated coverage (:mod:`plsem.coverage`), and how rows are called."""

from __future__ import annotations

import pandas as pd

from plsem.coverage import lowest, supported_intervals
from plsem.resampling.intervals import DEFAULT_INTERVAL
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
#: The simulated populations and kinds of answers, as they are called.
SIMULATED = N_(
    {
        "moderate": "moderate paths",
        "weak": "weak paths",
        "normal": "symmetric answers",
        "skewed": "skewed answers",
    }
)


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
    widths = relative_widths(simulated) if "calibrated" in kinds else {}
    wider = [kind for kind in kinds if widths and kind != DEFAULT_INTERVAL]
    for kind in wider:
        heading = display("Width, {name} = 1", name=interval_name(DEFAULT_INTERVAL, display))
        b.column(f"width_{kind}", interval_name(kind, display), "number", heading, decimals=2)
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
            **{f"width_{kind}": widths[str(statistic), kind] for kind in wider},
        )
    sizes = display.listed(display.count(int(n)) for n in sorted(set(simulated["n_observations"])))
    note = join(
        display(
            "Lowest over populations, answers and n = {sizes}; {count} samples of each. Width: mean of the ratios."
            if wider
            else "Lowest over populations and n = {sizes}; {count} samples of each.",
            sizes=sizes,
            count=display.count(int(simulated["n_samples"].max())),
        ),
        display(
            "The coverage speaks for the percentile interval, the default, unless that of another is higher by more "
            "than two Monte Carlo standard errors; basic, normal and studentised intervals can leave a statistic's "
            "range and are passed over."
        ),
    )
    return b.table(title=display("Coverage of 95% intervals"), note=note)


def relative_widths(simulated: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return (statistic, interval) → its width as a multiple of the default's, mean over what was simulated."""
    keys = [c for c in ("answers", "population", "n_observations", "statistic") if c in simulated]
    wide = simulated.pivot_table(index=keys, columns="interval", values="mean_width", sort=False)
    ratios = wide.div(wide[DEFAULT_INTERVAL], axis=0).groupby("statistic", sort=False).mean()
    return {(str(s), str(kind)): float(ratios.loc[s, kind]) for s in ratios.index for kind in ratios.columns}


def intervals_table(intervals: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Each quantity's interval of each kind, with the levels that it was taken at.

    Parameters
    ----------
    intervals : DataFrame
        As :func:`plsem.resampling.double.side_by_side` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder(display)
    b.text("statistic", display("Statistic"))
    b.text("row", display("Of"))
    b.text("column", display("With"))
    b.column("original", display("Estimate"))
    b.text("interval", display("Interval"))
    b.column("lower", display("LL"))
    b.column("upper", display("UL"))
    b.column("width", display("Width"))
    group = display("Share of the draws below")
    b.column("lower_level", display("LL"), "percent", group, decimals=1)
    b.column("upper_level", display("UL"), "percent", group, decimals=1)
    b.column("held", display("Holds the estimate in resamples"), "percent", decimals=1)
    for row in intervals.to_dict("records"):
        b.add(
            row,
            statistic=statistic_name(row["statistic"], display),
            interval=interval_name(row["interval"], display),
        )
    note = display(
        "The last column is what calibration sets right: each resample is resampled itself, and its own percentile "
        "interval, at these levels, holds the estimate that it was drawn from, or does not."
    )
    return b.table(title=display("Intervals of one and of the double bootstrap"), note=note)
