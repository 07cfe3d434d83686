"""Sentences about the structural model: what was estimated, how well it fits, explains and predicts."""

from __future__ import annotations

import pandas as pd

from surveypls.report.measured import Long, listed, pick
from surveypls.study.definition import Study
from surveypls.tables import thresholds
from surveypls.tables.values import as_values
from tabletext.catalogue import translate
from tabletext.language import Language
from tabletext.words import number, p_text, whole


def estimated(
    n: int, n_items: int, n_constructs: int, converged: bool, iterations: int, *, labels: Language = "en"
) -> str:
    """Say what was estimated, and whether the weights settled."""
    sizes = pick(
        labels,
        f"{whole(n, labels)} respondents, {n_items} items, {n_constructs} constructs",
        f"{whole(n, labels)} encuestados, {n_items} ítems, {n_constructs} constructos",
    )
    ending = (
        pick(
            labels,
            f"the weights settled in {iterations} iterations",
            f"los pesos convergen en {iterations} iteraciones",
        )
        if converged
        else pick(
            labels,
            f"**the weights did not settle in {iterations} iterations**",
            f"**los pesos no convergen en {iterations} iteraciones**",
        )
    )
    return f"{sizes}; {ending}."


_REASONS = {
    "zero variance": "sin varianza",
    "singular": "singulares",
    "not converged": "sin convergencia",
    "inadmissible": "inadmisibles",
}


def failures(counts: pd.DataFrame, n_resamples: int, n_turned: int = 0, *, labels: Language = "en") -> str:
    """Say how many resamples were drawn, how many could not be used, by reason, and in how many a sign turned."""
    drawn = whole(n_resamples, labels)
    left = [
        f"{whole(float(r['count']), labels)} {pick(labels, r['reason'], _REASONS[r['reason']])}"
        for _, r in counts.iterrows()
        if r["count"]
    ]
    text = pick(labels, f"All {drawn} resamples could be used.", f"Se pudieron usar las {drawn} remuestras.")
    if left:
        text = pick(
            labels,
            f"Of {drawn} resamples, {listed(left, labels)} were left out.",
            f"De {drawn} remuestras se dejaron fuera: {listed(left, labels)}.",
        )
    if n_turned:
        turned = whole(n_turned, labels)
        text += pick(
            labels,
            f" In {turned} a construct points the other way than in the sample (`bootstrap.sign_changes`).",
            f" En {turned} un constructo apunta en sentido contrario al de la muestra (`bootstrap.sign_changes`).",
        )
    return text


def fit(summary: Long, *, consistent: bool = False, labels: Language = "en") -> str:
    """Say on which side of its threshold the SRMR of the estimated model lies."""
    variant = "estimated/common_factor" if consistent else "estimated/composite"
    value = as_values(summary).get("srmr", "model", variant)
    line = thresholds.threshold("srmr")
    word = {
        thresholds.GOOD: ("within", "dentro de"),
        thresholds.BORDERLINE: ("just outside", "apenas fuera de"),
        thresholds.BAD: ("outside", "fuera de"),
    }.get(thresholds.judge("srmr", value))
    if word is None:
        return ""
    limit = number(line.acceptable, labels, digits=2)
    return pick(
        labels,
        f"SRMR of the estimated model is {number(value, labels)}, {word[0]} the usual limit of {limit}.",
        f"El SRMR del modelo estimado es {number(value, labels)}, {word[1]} el límite habitual de {limit}.",
    )


_POWERS = {
    "none": ("none", "ninguna"),
    "low": ("low", "baja"),
    "medium": ("medium", "media"),
    "high": ("high", "alta"),
    "not assessed": ("none to speak of", "ninguna de la que hablar"),
}


def prediction(
    power: pd.DataFrame, against_means: pd.DataFrame, significance: float, *, labels: Language = "en"
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
        p = p_text(p_value, labels)
        p = p if p.startswith("<") else f"= {p}"
        said.append(
            pick(
                labels,
                f"**{name}**: {int(row['n_above_average'])} of {int(row['n_items'])} items better than their means, "
                f"predictive power {_POWERS[row['power']][0]}; {'better' if better else 'not shown to be better'} than "
                f"the means overall (CVPAT p {p})",
                f"**{name}**: {int(row['n_above_average'])} de {int(row['n_items'])} ítems mejor que sus medias, "
                f"capacidad predictiva {_POWERS[row['power']][1]}; "
                f"{'mejor' if better else 'no se muestra mejor'} que las medias en conjunto (CVPAT p {p})",
            )
        )
    return "; ".join(said) + "."


def explained(study: Study, values: Long, *, labels: Language = "en") -> str:
    """Say how much variance of each endogenous construct the model explains, and how large each f² is."""
    found = as_values(values)
    targets = list(dict.fromkeys(t for _, t in study.path_pairs))
    shares = listed(
        [
            f"{number(r2, labels)} {pick(labels, 'of', 'de')} {t}"
            + (
                f" ({word})"
                if (word := translate(thresholds.threshold("r_squared").size(r2), labels))
                else ""
            )
            for t in targets
            for r2 in [found.get("r_squared", "", t)]
        ],
        labels,
    )
    sizes = listed(
        [
            f"{s} → {t} {number(f2, labels, digits=2)} ({translate(thresholds.threshold('f_squared').size(f2), labels)})"
            for s, t in study.path_pairs
            for f2 in [found.get("f_squared", s, t)]
        ],
        labels,
    )
    return pick(
        labels,
        f"The model explains {shares}. Effect sizes f²: {sizes}.",
        f"El modelo explica {shares}. Tamaños de efecto f²: {sizes}.",
    )
