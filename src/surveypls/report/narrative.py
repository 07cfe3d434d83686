"""The sentences that notebooks read off their results, in English and Spanish.

A number in the prose is never typed: each function takes results and returns one or two sentences of
Markdown about them, for any study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from plsem.resampling.result import BootstrapResult
from surveypls.report.measured import Long, cautions, discriminant, listed, pick, reliability, scaling
from surveypls.report.modelled import estimated, explained, failures, fit, prediction
from surveypls.study.definition import Hypothesis, Study
from surveypls.survey.screening import CleaningResult
from surveypls.tables import thresholds
from surveypls.tables.decisions import Decision, decide
from surveypls.tables.values import as_values
from tabletext.language import Language
from tabletext.words import number, p_text, percent, whole
from tabletext.words import words as phrase

__all__ = [
    "adequacy",
    "cautions",
    "cleaning",
    "discriminant",
    "estimated",
    "explained",
    "failures",
    "fit",
    "hypotheses",
    "hypothesis",
    "hypothesis_table",
    "listed",
    "missing",
    "other_sign",
    "prediction",
    "pruning",
    "reliability",
    "scaling",
    "sensitivity",
    "statements",
    "submissions",
    "verdicts",
]

_EFFECT_WORDS = {
    "direct": ("direct effect", "efecto directo"),
    "indirect": ("indirect effect", "efecto indirecto"),
    "total": ("total effect", "efecto total"),
}
#: Verdict → (English for one, for several; Spanish for one, for several).
_VERDICTS = {
    "equal": ("equal at the printed digits", "equal at the printed digits", "igual en los dígitos impresos",
              "iguales en los dígitos impresos"),
    "close": ("close", "close", "cercana", "cercanas"),
    "differ": ("differs", "differ", "difiere", "difieren"),
    "impossible": ("impossible", "impossible", "imposible", "imposibles"),
    "not recomputed": ("not recomputed", "not recomputed", "no recalculada", "no recalculadas"),
}  # fmt: skip


def submissions(n_rows: int, n_items: int, n_analysed: int, *, labels: Language = "en") -> str:
    """Say what was read."""
    return pick(
        labels,
        f"{whole(n_rows, labels)} submissions of {n_items} items, {n_analysed} of them analysed.",
        f"{whole(n_rows, labels)} envíos de {n_items} ítems, de los que se analizan {n_analysed}.",
    )


def cleaning(flow: pd.DataFrame, *, labels: Language = "en") -> str:
    """Say how many submissions came in, how many were kept, and which rules dropped rows.

    Parameters
    ----------
    flow : DataFrame
        Columns ``label`` (or ``rule``), ``rows_in``, ``dropped``, ``rows_kept``; one row a rule in order.
    """
    first, last = int(flow["rows_in"].iloc[0]), int(flow["rows_kept"].iloc[-1])
    name = "label" if "label" in flow else "rule"
    used = flow[flow["dropped"] > 0]
    reasons = listed(
        [f"{row[name]} ({whole(float(row['dropped']), labels)})" for _, row in used.iterrows()], labels
    )
    kept, came = whole(last, labels), whole(first, labels)
    share = percent(last / first, labels) if first else ""
    if not reasons:
        return pick(
            labels,
            f"All **{came}** rows were kept; no rule dropped any.",
            f"Se conservaron las **{came}** filas; ninguna regla descartó filas.",
        )
    return pick(
        labels,
        f"**{came}** rows came in and **{kept}** ({share}) were kept. Rows left by rule: {reasons}.",
        f"Entraron **{came}** filas y se conservaron **{kept}** ({share}). Filas descartadas por regla: {reasons}.",
    )


def missing(cleaned: CleaningResult, *, labels: Language = "en") -> str:
    """Say how many answers were missing, what Little's test finds, and which policy was applied."""
    table = cleaned.missing
    gone, asked = int(table["missing"].sum()), len(cleaned.screened) * len(table)
    policy = {
        "listwise": ("rows with a gap are left out", "se excluyen las filas con huecos"),
        "mean": ("gaps are filled with the item's mean", "los huecos se llenan con la media del ítem"),
        "em": (
            "gaps are filled by expectation–maximisation",
            "los huecos se llenan por esperanza–maximización",
        ),
    }[cleaned.settings.missing]
    share = percent(gone / asked, labels, digits=1)
    text = pick(
        labels,
        f"{whole(gone, labels)} of {whole(asked, labels)} answers ({share}) are missing; {policy[0]}.",
        f"Faltan {whole(gone, labels)} de {whole(asked, labels)} respuestas ({share}); {policy[1]}.",
    )
    if cleaned.mcar is None:
        return text
    test = cleaned.mcar
    figures = f"χ² = {number(test.chi_square, labels, digits=1)}, {pick(labels, 'df', 'gl')} = {whole(test.df, labels)}, p = {p_text(test.p_value, labels)}"
    if test.p_value < 0.05:
        return f"{text} " + pick(
            labels,
            f"Little's test rejects that they are missing completely at random ({figures}).",
            f"La prueba de Little rechaza que falten completamente al azar ({figures}).",
        )
    return f"{text} " + pick(
        labels,
        f"Little's test does not reject that they are missing completely at random ({figures}).",
        f"La prueba de Little no rechaza que falten completamente al azar ({figures}).",
    )


def adequacy(kmo: float, p_value: float, *, labels: Language = "en") -> str:
    """Say whether the items suit a factor analysis, by KMO and Bartlett's test."""
    line = thresholds.threshold("kmo")
    good = kmo >= (line.borderline or line.acceptable)
    clear = kmo >= line.acceptable
    value, limit, p = number(kmo, labels), number(line.borderline or line.acceptable, labels, digits=2), ""
    p = p_text(p_value, labels)
    p = p if p.startswith("<") else f"= {p}"
    if good and p_value < 0.05:
        return pick(
            labels,
            f"KMO is {value}, above {limit}, and Bartlett's test rejects uncorrelated items (p {p}): "
            + ("the items can be factored." if clear else "the items can be factored, but only just."),
            f"El KMO es {value}, superior a {limit}, y la prueba de Bartlett rechaza que los ítems no se "
            f"correlacionen (p {p}): "
            + ("se pueden factorizar." if clear else "se pueden factorizar, pero apenas."),
        )
    return pick(
        labels,
        f"KMO is {value} (limit {limit}) and Bartlett's p {p}: a factor analysis of these items rests on weak ground.",
        f"El KMO es {value} (límite {limit}) y la p de Bartlett {p}: un análisis factorial de estos ítems tiene "
        "poco sustento.",
    )


def pruning(
    before: Mapping[str, Sequence[str]],
    after: Mapping[str, Sequence[str]],
    trace: pd.DataFrame | None = None,
    *,
    labels: Language = "en",
) -> str:
    """Say how many items each construct kept, which were dropped, and which stay although they break a rule.

    Parameters
    ----------
    before, after : mapping of construct to items
    trace : DataFrame, optional
        Columns item, action, from :func:`plsem.efa.pruning.prune`.
    """
    saved = [] if trace is None else list(dict.fromkeys(trace.loc[trace["action"] == "kept", "item"]))
    spared = (
        pick(
            labels,
            f" Breaking a rule, but kept because their constructs have no more items to spare: {listed(saved, labels)}.",
            f" No cumplen una regla, pero se conservan porque a sus constructos no les sobran ítems: {listed(saved, labels)}.",
        )
        if saved
        else ""
    )
    dropped = [i for name, items in before.items() for i in items if i not in after.get(name, ())]
    counts = listed(
        [f"{name} {len(after.get(name, ()))}/{len(items)}" for name, items in before.items()], labels
    )
    n_before, n_after = (sum(len(items) for items in blocks.values()) for blocks in (before, after))
    if not dropped:
        return pick(
            labels,
            f"No item was dropped: {n_before} items stay.{spared}",
            f"No se descartó ningún ítem: quedan {n_before}.{spared}",
        )
    return pick(
        labels,
        f"**{n_after}** of {n_before} items stay ({counts}). Dropped: {listed(dropped, labels)}.{spared}",
        f"Quedan **{n_after}** de {n_before} ítems ({counts}). Descartados: {listed(dropped, labels)}.{spared}",
    )


def sensitivity(tried: pd.DataFrame, *, labels: Language = "en") -> str:
    """Say how often other settings of the factor analysis retain the same items, by scope.

    Parameters
    ----------
    tried : DataFrame
        Columns scope, same, from :func:`plsem.efa.sensitivity.sensitivity`.
    """
    names = {
        "per_construct": ("one construct at a time", "cada constructo por separado"),
        "joint": ("all items jointly", "todos los ítems juntos"),
    }
    parts = [
        f"{pick(labels, *names.get(str(scope), (str(scope), str(scope))))}: "
        + pick(labels, f"{int(group.sum())} of {len(group)}", f"{int(group.sum())} de {len(group)}")
        for scope, group in tried.groupby("scope", sort=False)["same"]
    ]
    return pick(
        labels,
        f"Settings that retain exactly the items above, {'; '.join(parts)}.",
        f"Ajustes que retienen exactamente los ítems de arriba, {'; '.join(parts)}.",
    )


def hypothesis(study: Study, stated: Hypothesis, summary: Long, *, labels: Language = "en") -> str:
    """Say what one hypothesis claims, the estimate with t, p and interval, and whether it is supported."""
    found = as_values(summary)
    statistic, source, target = stated.quantity
    value, t, p, lower, upper = (
        found.get(statistic, source, target, field)
        for field in ("original", "t_statistic", "p_value", "lower", "upper")
    )
    level = percent(study.bootstrap.confidence_level, labels)
    symbol = "β" if stated.effect == "direct" else pick(labels, *_EFFECT_WORDS[stated.effect])
    p_shown = p_text(p, labels)
    p_shown = p_shown if p_shown.startswith("<") else f"= {p_shown}"
    figures = (
        f"{symbol} = {number(value, labels)}, t = {number(t, labels)}, p {p_shown}, "
        f"{level} {pick(labels, 'CI', 'IC')} [{number(lower, labels)}; {number(upper, labels)}]"
    )
    statement = stated.statement(labels)
    claim = f", *{statement.rstrip('.')}*" if statement else ""
    verdict = _verdict(decide(study, stated, found), labels)
    return f"**{stated.id}** ({source} → {target}){claim}: {figures}: {verdict}."


def _verdict(decision: Decision | None, labels: Language) -> str:
    """Say a decision, in bold, with its remarks."""
    if decision is None:
        return pick(labels, "**not tested**", "**sin prueba**")
    yes, no = pick(labels, "supported", "se acepta"), pick(labels, "not supported", "no se acepta")
    said = [
        f"**{yes if decision.supported else no}**",
        *(phrase(f"remark.{r}", labels) for r in decision.remarks),
    ]
    return ", ".join(said)


def _stated(study: Study) -> tuple[Hypothesis, ...]:
    """Return the study's hypotheses, or one for each path where it states none."""
    return study.hypotheses or tuple(
        Hypothesis(id=f"P{place}", path=path) for place, path in enumerate(study.paths, 1)
    )


def other_sign(study: Study, resampled: BootstrapResult, *, labels: Language = "en") -> str:
    """Say how many draws of each hypothesis's effect have the other sign than the estimate, where many have.

    A share of a twentieth or more often is a second hump of the distribution, for which t and p, which
    assume one, are poor summaries.
    """
    said = []
    for h in _stated(study):
        try:
            draws = resampled.draws_of(*h.quantity)
        except KeyError:
            continue
        known = draws[np.isfinite(draws)]
        keys = list(resampled.labels[["statistic", "row", "column"]].itertuples(index=False, name=None))
        estimate = float(resampled.original[keys.index(h.quantity)])
        share = float((known * estimate < 0).mean()) if len(known) else 0.0
        if share >= 0.05:
            said.append(f"{h.id} {percent(share, labels)}")
    if not said:
        return ""
    return pick(
        labels,
        f"Resamples in which the effect has the other sign: {listed(said, labels)}. Where they make a hump of their "
        "own, t and p, which assume one, say less than the interval.",
        f"Remuestras en que el efecto tiene el otro signo: {listed(said, labels)}. Donde forman una joroba propia, t y "
        "p, que suponen una sola, dicen menos que el intervalo.",
    )


def hypothesis_table(study: Study, summary: Long) -> pd.DataFrame:
    """Return the decision on each hypothesis with the figures that it rests on.

    Returns
    -------
    DataFrame
        Columns hypothesis, effect, source, target, original, standard_deviation, t_statistic, p_value, lower, upper,
        supported, remarks.
    """
    found = as_values(summary)
    fields = ("original", "standard_deviation", "t_statistic", "p_value", "lower", "upper")
    rows = []
    for h in _stated(study):
        statistic, source, target = h.quantity
        figures = {f: found.get(statistic, source, target, f) for f in fields}
        decision = decide(study, h, found)
        rows.append(
            {"hypothesis": h.id, "effect": h.effect, "source": source, "target": target, **figures}
            | {
                "supported": decision is not None and decision.supported,
                "remarks": " ".join(decision.remarks) if decision is not None else "",
            }
        )
    return pd.DataFrame(rows)


def hypotheses(study: Study, summary: Long, *, labels: Language = "en") -> str:
    """Return one bullet for each hypothesis; for each path where the study states none."""
    return "\n".join(f"- {hypothesis(study, h, summary, labels=labels)}" for h in _stated(study))


def verdicts(comparison: pd.DataFrame, *, labels: Language = "en") -> str:
    """Count the verdicts on the printed figures."""
    counts = comparison["verdict"].value_counts()
    parts = [
        f"**{int(counts[key])}** {pick(labels, *forms[int(counts[key] != 1) :: 2])}"
        for key, forms in _VERDICTS.items()
        if counts.get(key, 0)
    ]
    total = len(comparison)
    return pick(
        labels,
        f"Of {total} printed figures: {listed(parts, labels)}.",
        f"De {total} cifras impresas: {listed(parts, labels)}.",
    )


def statements(checked: pd.DataFrame, *, labels: Language = "en") -> str:
    """Count the article's statements that its own tables contradict."""
    counts = checked["verdict"].value_counts()
    against = int(counts.get("fails", 0))
    return pick(
        labels,
        f"Of {len(checked)} statements, the article's own tables contradict **{against}**.",
        f"De {len(checked)} afirmaciones, las propias tablas del artículo contradicen **{against}**.",
    )
