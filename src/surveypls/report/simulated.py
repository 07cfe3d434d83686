"""Sentences about kinds of intervals and the simulations that measure them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from plsem.coverage import lowest, supported_intervals
from plsem.resampling.intervals import DEFAULT_INTERVAL
from surveypls.study.terms import Hypothesis
from surveypls.tables.coverage import interval_name, relative_widths, statistic_name
from tableaudit.conventions_search import PRECISION
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
    return " ".join(
        [
            first,
            display("Lowest mean coverage of the intervals: {said}.", said="; ".join(said)),
            _upper_ends(simulated, ("percentile", "bca"), display),
        ]
    )


def _upper_ends(simulated: pd.DataFrame, kinds: Sequence[str], display: Display) -> str:
    htmt = simulated[simulated["statistic"] == "htmt"].groupby("interval")["below"].max()
    bounds = [f"{interval_name(k, display)} {display.percent(float(htmt[k]), digits=1)}" for k in kinds]
    return display(
        "HTMT is judged by its upper end, which lies below the true value in at most: {bounds}.",
        bounds="; ".join(bounds),
    )


def calibrated(
    intervals: pd.DataFrame, hypotheses: Sequence[Hypothesis], *, level: float, display: Display = ENGLISH
) -> str:
    """Say at which levels calibration takes a path's interval and why, and which intervals leave zero out.

    Parameters
    ----------
    intervals : DataFrame
        As :func:`plsem.resampling.double.side_by_side` returns it.
    hypotheses : sequence of Hypothesis
    level : float
        The confidence level.
    display : Display
        Language, decimal sign and notice.
    """
    said, moved = [], []
    for hypothesis in hypotheses:
        own = intervals[
            (intervals["statistic"] == "path_coefficient")
            & (intervals["row"] == hypothesis.path.source)
            & (intervals["column"] == hypothesis.path.target)
        ]
        if own.empty:
            continue
        by = own.set_index("interval")
        levels = by[["lower_level", "upper_level"]].to_dict("index")["calibrated"]
        low, high = levels["lower_level"], levels["upper_level"]
        held = by["held"].to_dict()["percentile"]
        moved.append((low + high) / 2 - 0.5)
        without = [interval_name(str(k), display) for k in by.index[(by["lower"] > 0) | (by["upper"] < 0)]]
        said.append(
            display(
                "{name}: the {level} percentile interval of a resample holds the estimate in {held} of resamples, so "
                "that calibration takes the draws' quantiles of {low} and {high}, a nominal level of {nominal}. Zero "
                "is left out by: {without}.",
                name=hypothesis.id,
                level=display.level(level),
                held=display.percent(held, digits=1),
                low=display.percent(low, digits=1),
                high=display.percent(high, digits=1),
                nominal=display.percent(high - low, digits=1),
                without=display.listed(without) if without else display("none of the four"),
            )
        )
    if moved and all(shift < 0 for shift in moved):
        said.append(
            display(
                "Levels moved down undo a bias: resamples of a resample mostly have larger coefficients than the "
                "estimate."
            )
        )
    return " ".join(said)


def calibration(simulated: pd.DataFrame, *, level: float = 0.95, display: Display = ENGLISH) -> str:
    """Say what calibration gains in coverage and costs in width, and whether the default follows.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.pooled` returns it, with the four kinds of intervals.
    level : float
        The confidence level that they promise.
    display : Display
        Language, decimal sign and notice.
    """
    kinds = list(dict.fromkeys(simulated["interval"]))
    widths = relative_widths(simulated)
    means = simulated.groupby(["statistic", "interval"])["coverage"].mean()
    said, nearest = [], []
    for statistic in ("path_coefficient", "indirect_effect", "htmt"):
        if (means[statistic] - level).abs().idxmin() == "calibrated":
            nearest.append(statistic_name(statistic, display))
        each = [
            f"{interval_name(kind, display)} {display.percent(float(means[statistic, kind]), digits=1)} "
            f"({display.number(widths[statistic, kind], digits=2)})"
            for kind in kinds
        ]
        said.append(f"{statistic_name(statistic, display)}: {', '.join(each)}")
    gain = (
        [
            display(
                "The mean coverage of the calibrated interval is the nearest to {level} for: {names}.",
                level=display.level(level),
                names=display.listed(nearest),
            )
        ]
        if nearest
        else []
    )
    chosen = [s for s, kind in supported_intervals(simulated).items() if kind == "calibrated"]
    text = (
        display(
            "The lowest coverage speaks for the calibrated interval for {names}.",
            names=display.listed(statistic_name(s, display) for s in chosen),
        )
        if chosen
        else display(
            "For no statistic does the lowest coverage speak for the calibrated interval, so that the default stays "
            "the {name} one.",
            name=interval_name(DEFAULT_INTERVAL, display),
        )
    )
    return " ".join(
        [
            display(
                "Mean coverage over sizes, populations and answers, in brackets the width as a multiple of the "
                "percentile interval's: {said}. At one size the Monte Carlo error of a coverage is at most {error}.",
                said="; ".join(said),
                error=display.percent(float(simulated["coverage_se"].max()), digits=1),
            ),
            *gain,
            text,
            _upper_ends(simulated, kinds, display),
        ]
    )


def remade(made: pd.DataFrame, kept: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say whether a part of a simulation that was made anew gives the kept figures.

    Parameters
    ----------
    made, kept : DataFrame
        As :func:`plsem.coverage.pooled` returns them; the second holds the rows of the first, and others.
    display : Display
        Language, decimal sign and notice.
    """
    keys = [
        c for c in made.columns if c in ("answers", "population", "statistic", "n_observations", "interval")
    ]
    both = made.merge(kept, on=keys, suffixes=("", "_kept"))
    pairs = [(both[c], both[f"{c}_kept"]) for c in made.columns if c not in keys]
    same = len(both) == len(made) and all(np.allclose(a, b, rtol=0, atol=PRECISION) for a, b in pairs)
    return display(
        "Made anew here from the first {count} samples: {rows} rows, which give the kept figures."
        if same
        else "Made anew here from the first {count} samples: {rows} rows, which do not give the kept figures.",
        count=display.count(int(made["n_samples"].max())),
        rows=display.count(len(made)),
    )
