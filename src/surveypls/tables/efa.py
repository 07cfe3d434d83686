"""Tables of the factor analysis: adequacy, number of factors, scales before and after, sensitivity."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from plsem.efa.solution import Adequacy
from surveypls.study.definition import Study
from surveypls.tables import thresholds
from surveypls.tables.process import frame_table
from tabletext.language import Language
from tabletext.tabular import Table
from tabletext.words import decimals_in, number, p_text, whole

_ADEQUACY = {
    "KMO": ("KMO", "KMO"),
    "smallest MSA": ("Smallest MSA of an item", "Menor MSA de un ítem"),
    "Bartlett chi-square": ("Bartlett's χ²", "χ² de Bartlett"),
    "Bartlett p": ("Bartlett's p", "p de Bartlett"),
    "determinant": ("Determinant", "Determinante"),
    "rows": ("Respondents", "Encuestados"),
}
_WORDS = {
    "unacceptable": "inaceptable",
    "miserable": "miserable",
    "mediocre": "mediocre",
    "middling": "regular",
    "meritorious": "meritorio",
    "marvelous": "excelente",
    "correlated": "correlacionados",
    "not shown to correlate": "sin correlación demostrada",
    "smoothed": "suavizado",
    "rows an item": "encuestados por ítem",
    "df": "gl",
}
_CRITERIA = {
    "parallel analysis, components": "análisis paralelo, componentes",
    "parallel analysis, factors": "análisis paralelo, factores",
    "minimum average partial": "mínima parcial promedio",
    "eigenvalues above 1": "autovalores mayores que 1",
    "constructs of the study": "constructos del estudio",
}
_STAGES: dict[str, dict[str, str]] = {
    "before": {"en": "before", "es": "antes"},
    "after": {"en": "after", "es": "después"},
}


def _spanish(text: str) -> str:
    for english, spanish in sorted(_WORDS.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(english, spanish)
    return decimals_in(text, "es")


def adequacy_table(found: Adequacy, *, labels: Language = "en", notice: str | None = None) -> Table:
    """KMO, smallest MSA, Bartlett's test, determinant and respondents an item.

    Parameters
    ----------
    found : Adequacy
        From :func:`plsem.efa.solution.adequacy`.
    labels, notice
        See :class:`tabletext.tabular.Table`.
    """
    frame = found.table()
    spanish = labels == "es"
    shown = []
    for measure, value in zip(frame["measure"], frame["value"], strict=True):
        if measure == "Bartlett p":
            shown.append(p_text(value, labels))
        elif measure == "determinant":
            shown.append(decimals_in(f"{value:.1e}", labels))
        elif measure == "rows":
            shown.append(whole(value, labels))
        else:
            shown.append(number(value, labels, digits=1 if measure.startswith("Bartlett") else 3))
    frame["value"] = shown
    frame["measure"] = [_ADEQUACY[m][spanish] for m in frame["measure"]]
    if spanish:
        frame["reading"] = [_spanish(r) for r in frame["reading"]]
    return frame_table(
        frame,
        title={"en": "Can the items be factored?", "es": "¿Se pueden factorizar los ítems?"},
        headings={
            "measure": {"en": "Measure", "es": "Medida"},
            "value": {"en": "Value", "es": "Valor"},
            "reading": {"en": "Reading", "es": "Lectura"},
        },
        note={
            "en": "Words for KMO and MSA: Kaiser (1974).",
            "es": "Palabras para KMO y MSA: Kaiser (1974).",
        },
        labels=labels,
        notice=notice,
    )


def factor_number_table(
    criteria: pd.DataFrame, *, labels: Language = "en", notice: str | None = None
) -> Table:
    """Show what each criterion says of the number of factors.

    Parameters
    ----------
    criteria : DataFrame
        Columns criterion, n_factors, source, from :func:`plsem.efa.solution.number_of_factors`.
    labels, notice
        See :class:`tabletext.tabular.Table`.
    """
    frame = criteria.copy()
    if labels == "es":
        frame["criterion"] = [_CRITERIA.get(c, c) for c in frame["criterion"]]
        frame["source"] = (
            frame["source"].str.replace("95th percentile", "percentil 95").replace("theory", "teoría")
        )
    return frame_table(
        frame,
        title={"en": "How many factors?", "es": "¿Cuántos factores?"},
        headings={
            "criterion": {"en": "Criterion", "es": "Criterio"},
            "n_factors": {"en": "Factors", "es": "Factores"},
            "source": {"en": "Source", "es": "Fuente"},
        },
        kinds={"n_factors": "count"},
        labels=labels,
        notice=notice,
    )


def scale_reliability_table(
    study: Study, reliability: pd.DataFrame, *, labels: Language = "en", notice: str | None = None
) -> Table:
    """Alpha and omega of each scale before and after pruning.

    Parameters
    ----------
    study : Study
    reliability : DataFrame
        Columns construct, stage ("before" or "after"), n_items, cronbach_alpha, standardized_alpha, mcdonald_omega,
        mean_correlation, as in :class:`plsem.efa.pruning.PruningResult`.
    labels, notice
        See :class:`tabletext.tabular.Table`.
    """
    reflective = [n for n in study.construct_names if study.get(n).mode == "A"]
    reliability = reliability[reliability["construct"].isin(reflective) & (reliability["n_items"] > 1)]
    order = {name: position for position, name in enumerate(study.construct_names)}
    frame = reliability.sort_values(
        "construct", key=lambda names: names.map(order), kind="stable"
    ).reset_index(drop=True)
    frame["construct"] = [study.label(c, labels) for c in frame["construct"]]
    frame["stage"] = [_STAGES[s][labels] for s in frame["stage"]]
    return frame_table(
        frame,
        title={
            "en": "The scales before and after pruning",
            "es": "Las escalas antes y después de la depuración",
        },
        headings={
            "construct": {"en": "Construct", "es": "Constructo"},
            "stage": {"en": "Pruning", "es": "Depuración"},
            "n_items": {"en": "Items", "es": "Ítems"},
            "cronbach_alpha": {"en": "Alpha", "es": "Alfa"},
            "standardized_alpha": {"en": "Standardised alpha", "es": "Alfa estandarizada"},
            "mcdonald_omega": {"en": "McDonald's omega", "es": "Omega de McDonald"},
            "mean_correlation": {"en": "Mean correlation", "es": "Correlación media"},
        },
        kinds={
            "n_items": "count",
            "cronbach_alpha": "unit",
            "standardized_alpha": "unit",
            "mcdonald_omega": "unit",
        },
        labels=labels,
        notice=notice,
    )


def sensitivity_table(
    sensitivity: pd.DataFrame, *, labels: Language = "en", notice: str | None = None
) -> Table:
    """How often each set of items is retained over settings, one row a scope, correlation and cross-loading gap.

    Parameters
    ----------
    sensitivity : DataFrame
        Columns scope, correlation, min_cross_loading_gap, n_retained, added, lost, same, from
        :func:`plsem.efa.pruning.sensitivity`.
    labels, notice
        See :class:`tabletext.tabular.Table`.
    """
    keys = ["scope", "correlation", "min_cross_loading_gap"]
    rows = []
    for key, group in sensitivity.groupby(keys, sort=False, dropna=False):
        rows.append(
            {
                **dict(zip(keys, key, strict=True)),
                "settings": len(group),
                "same": float(group["same"].mean()),
                "fewest": int(group["n_retained"].min()),
                "most": int(group["n_retained"].max()),
                "lost": _often(group["lost"], len(group)),
                "added": _often(group["added"], len(group)),
            }
        )
    frame = pd.DataFrame(rows)
    if labels == "es":
        frame["scope"] = frame["scope"].replace({"per_construct": "por constructo", "joint": "conjunto"})
        frame["correlation"] = frame["correlation"].replace({"polychoric": "policórica"})
    else:
        frame["scope"] = frame["scope"].replace({"per_construct": "per construct"})
    return frame_table(
        frame,
        title={
            "en": "The retained set under other settings",
            "es": "El conjunto retenido con otros ajustes",
        },
        headings={
            "scope": {"en": "Scope", "es": "Alcance"},
            "correlation": {"en": "Correlation", "es": "Correlación"},
            "min_cross_loading_gap": {"en": "Cross-loading gap", "es": "Diferencia de cargas cruzadas"},
            "settings": {"en": "Settings", "es": "Ajustes"},
            "same": {"en": "Same set", "es": "Mismo conjunto"},
            "fewest": {"en": "Fewest items", "es": "Mín. de ítems"},
            "most": {"en": "Most items", "es": "Máx. de ítems"},
            "lost": {"en": "Lost", "es": "Perdidos"},
            "added": {"en": "Added", "es": "Añadidos"},
        },
        kinds={"settings": "count", "same": "percent", "fewest": "count", "most": "count"},
        note={
            "en": "Each row covers every least loading, extraction and rotation tried. In brackets: in how many of them. — : no rule on cross-loadings. "
            "Same set: share of the settings that retain exactly the items retained above.",
            "es": "Cada fila abarca todas las cargas mínimas, extracciones y rotaciones probadas. Entre "
            "paréntesis: en cuántas. — : sin regla sobre cargas cruzadas. Mismo conjunto: proporción de ajustes que retienen exactamente los ítems de arriba.",
        },
        labels=labels,
        notice=notice,
    )


def _often(sets: pd.Series, total: int) -> str:
    """Count how often each item stands in sets of items written with spaces: ``"RC2 (12), RC4 (3)"``."""
    counts = Counter(item for text in sets.fillna("") for item in str(text).split())
    return ", ".join(item if n == total else f"{item} ({n})" for item, n in counts.most_common())


def scaling_table(
    study: Study, scaling: pd.DataFrame, *, labels: Language = "en", notice: str | None = None
) -> Table:
    """Each retained item's correlation with its own scale's other items and with the closest other scale.

    Parameters
    ----------
    study : Study
    scaling : DataFrame
        Columns construct, item, item_rest, other_construct, other_correlation, gap, from
        :func:`plsem.efa.items.scaling_success`.
    labels, notice
        See :class:`tabletext.tabular.Table`.
    """
    columns = ["item", "construct", "item_rest", "other_construct", "other_correlation", "gap"]
    reflective = [n for n in study.construct_names if study.get(n).mode == "A"]
    judged = scaling[scaling["construct"].isin(reflective) & scaling["gap"].notna()]
    frame = judged[columns].reset_index(drop=True)
    marks = {
        (row, "gap"): thresholds.GOOD if gap > 0 else thresholds.BAD for row, gap in enumerate(frame["gap"])
    }
    made = frame_table(
        frame,
        title={
            "en": "Does each item go with its own construct?",
            "es": "¿Va cada ítem con su propio constructo?",
        },
        headings={
            "item": {"en": "Item", "es": "Ítem"},
            "construct": {"en": "Construct", "es": "Constructo"},
            "item_rest": {"en": "With its own other items", "es": "Con los otros ítems propios"},
            "other_construct": {"en": "Closest other construct", "es": "Otro constructo más cercano"},
            "other_correlation": {"en": "With that construct", "es": "Con ese constructo"},
            "gap": {"en": "Difference", "es": "Diferencia"},
        },
        kinds={"item_rest": "unit", "other_correlation": "unit", "gap": "unit"},
        note={
            "en": "Correlations with summed scores (multitrait scaling, Hays and Hayashi 1990). ✗: the item goes more with "
            "another construct.",
            "es": "Correlaciones con puntajes sumados (escalamiento multirrasgo, Hays y Hayashi 1990). ✗: el ítem va más con "
            "otro constructo.",
        },
        labels=labels,
        notice=notice,
    )
    return made.with_text(marks={**made.marks, **marks})
