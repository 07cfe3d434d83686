"""Sentences about simulations, which rest on no survey."""

from __future__ import annotations

import pandas as pd

from plsem.coverage import lowest, supported_intervals
from plsem.resampling.intervals import DEFAULT_INTERVAL
from surveypls.tables.coverage import interval_name, statistic_name
from tabletext.catalogue import N_
from tabletext.display import ENGLISH, Display


def coverage_sentence(simulated: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say what speaks for the default interval of each statistic, and where BCa and percentile fall shortest.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.pooled` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    chosen = supported_intervals(simulated)
    others = [
        f"{statistic_name(s, display)} ({interval_name(kind, display)})"
        for s, kind in chosen.items()
        if kind != DEFAULT_INTERVAL
    ]
    name = interval_name(DEFAULT_INTERVAL, display)
    text = (
        N_("The coverage speaks for another interval than the {name} one for {others}.")
        if others
        else N_(
            "For no statistic has BC or BCa a clearly higher lowest coverage than the {name} interval, the default of "
            "all."
        )
    )
    first = display(text, name=name, others=display.listed(others))
    worst = lowest(simulated)
    said = []
    for kind in ("percentile", "bca"):
        part = worst[worst["interval"] == kind]
        low = part.loc[[part["coverage"].idxmin()]].to_dict("records")[0]
        said.append(
            display(
                "{interval} {coverage} ± {error} ({statistic}, n = {n})",
                interval=interval_name(kind, display),
                coverage=display.percent(low["coverage"], digits=1),
                error=display.percent(low["coverage_se"], digits=1),
                statistic=statistic_name(low["statistic"], display),
                n=display.count(low["n_observations"]),
            )
        )
    bounds = [
        f"{interval_name(kind, display)} {display.percent(float(part['below'].max()), digits=1)}"
        for kind in ("percentile", "bca")
        for part in [simulated[(simulated["statistic"] == "htmt") & (simulated["interval"] == kind)]]
    ]
    return " ".join(
        [
            first,
            display("Lowest mean coverage of the intervals: {said}.", said="; ".join(said)),
            display(
                "HTMT is judged by its upper end, which lies below the true value in at most: {bounds}.",
                bounds="; ".join(bounds),
            ),
        ]
    )
