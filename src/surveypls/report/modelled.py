"""Sentences about the structural model: what was estimated, how well it fits, explains and predicts."""

from __future__ import annotations

import pandas as pd

from plsem.thresholds import BAD, BORDERLINE, GOOD, judge, threshold
from surveypls.report.measured import Long
from surveypls.study.definition import Study
from surveypls.study.terms import arrows
from surveypls.tables import thresholds
from surveypls.tables.structural import PREDICTIVE_POWER
from surveypls.tables.values import as_values
from tabletext.catalogue import N_
from tabletext.display import ENGLISH, Display


def estimated(
    n: int, n_items: int, n_constructs: int, converged: bool, iterations: int, *, display: Display = ENGLISH
) -> str:
    """Say what was estimated, and whether the weights settled."""
    sizes = display(
        "{n} respondents, {n_items} items, {n_constructs} constructs",
        n=display.count(n),
        n_items=n_items,
        n_constructs=n_constructs,
    )
    ending = (
        display("the weights settled in {iterations} iterations", iterations=iterations)
        if converged
        else display("**the weights did not settle in {iterations} iterations**", iterations=iterations)
    )
    return f"{sizes}; {ending}."


#: Why a resample could not be used.
_REASONS = (N_("zero variance"), N_("singular"), N_("not converged"), N_("inadmissible"))


def failures(counts: pd.DataFrame, n_resamples: int, n_turned: int = 0, *, display: Display = ENGLISH) -> str:
    """Say how many resamples were drawn, how many could not be used, by reason, and in how many a sign turned."""
    drawn = display.count(n_resamples)
    left = [
        f"{display.count(float(r['count']))} {display(r['reason'])}"
        for _, r in counts.iterrows()
        if r["count"]
    ]
    text = display("All {drawn} resamples could be used.", drawn=drawn)
    if left:
        text = display(
            "Of {drawn} resamples, {left} were left out.",
            drawn=drawn,
            left=display.listed(left),
        )
    if n_turned:
        turned = display.count(n_turned)
        text += display(
            " In {turned} a construct points the other way than in the sample (`bootstrap.sign_changes`).",
            turned=turned,
        )
    return text


def fit(study: Study, summary: Long, *, display: Display = ENGLISH) -> str:
    """Say on which side of its threshold the SRMR of the estimated model lies."""
    variant = "estimated/common_factor" if study.pls.consistent else "estimated/composite"
    value = as_values(summary).get("srmr", "model", variant)
    if study.higher_order and study.pls.higher_order == "repeated":
        return display("Fit is not given for a model with repeated indicators, whose items stand twice.")
    line = threshold("srmr")
    text = N_(
        {
            GOOD: "SRMR of the estimated model is {value}, within the usual limit of {limit}.",
            BORDERLINE: "SRMR of the estimated model is {value}, just outside the usual limit of {limit}.",
            BAD: "SRMR of the estimated model is {value}, outside the usual limit of {limit}.",
        }
    ).get(judge("srmr", value), "")
    return display(text, value=display.number(value), limit=display.figure(line.acceptable))


def prediction(
    power: pd.DataFrame, against_means: pd.DataFrame, significance: float, *, display: Display = ENGLISH
) -> str:
    """Say of each endogenous construct how well its items are predicted.

    Parameters
    ----------
    power : DataFrame
        From :meth:`plsem.prediction.Prediction.power`.
    against_means : DataFrame
        CVPAT against the indicator average: difference, p_value by construct.
    significance : float
    """
    said = []
    for name, row in power.iterrows():
        difference, p_value = (float(against_means[c].to_dict()[name]) for c in ("difference", "p_value"))
        better = difference < 0 and p_value < significance
        said.append(
            display(
                "**{name}**: {n_above_average} of {n_items} items better than their means, predictive power "
                "{power}; better than the means overall (CVPAT p {p})"
                if better
                else "**{name}**: {n_above_average} of {n_items} items better than their means, predictive power "
                "{power}; not shown to be better than the means overall (CVPAT p {p})",
                name=name,
                n_above_average=int(row["n_above_average"]),
                n_items=int(row["n_items"]),
                power=display(PREDICTIVE_POWER[row["power"]], context="predictive power"),
                p=display.compared(p_value),
            )
        )
    return "; ".join(said) + "."


def explained(study: Study, values: Long, *, display: Display = ENGLISH) -> str:
    """Say how much variance of each endogenous construct the model explains, and how large each f² is."""
    found = as_values(values)
    targets = list(dict.fromkeys(t for _, t in study.path_pairs))
    shares = display.listed(
        [
            f"{display.number(r2)} {display('of')} {t}"
            + (f" ({word})" if (word := display(threshold("r_squared").size(r2))) else "")
            for t in targets
            for r2 in [found.get("r_squared", "", t)]
        ]
    )
    sizes = display.listed(
        [
            f"{arrows(s, t)} {display.number(f2, digits=2)} ({thresholds.effect_size(s, f2, display)})"
            for s, t in study.path_pairs
            for f2 in [found.get("f_squared", s, t)]
        ]
    )
    return display("The model explains {shares}. Effect sizes f²: {sizes}.", shares=shares, sizes=sizes)
