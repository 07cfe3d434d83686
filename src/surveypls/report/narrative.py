"""The sentences that notebooks read off their results, in English and Spanish.

A number in the prose is never typed: each function takes results and returns one or two sentences of
Markdown about them, for any study.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from surveypls.study.definition import Hypothesis, Language, Study
from surveypls.survey.screening import CleaningResult
from surveypls.tables import thresholds
from surveypls.tables.values import Values, as_values
from surveypls.words import number, p_text, percent, whole

Long = pd.DataFrame | Values | Sequence[pd.DataFrame]
_EFFECTS = {"direct": "path_coefficient", "indirect": "indirect_effect", "total": "total_effect"}
_EFFECT_WORDS = {
    "direct": ("direct effect", "efecto directo"),
    "indirect": ("indirect effect", "efecto indirecto"),
    "total": ("total effect", "efecto total"),
}
_VERDICTS = {
    "equal": ("equal at the printed digits", "iguales en los dígitos impresos"),
    "close": ("close", "cercanas"),
    "differ": ("differ", "difieren"),
    "impossible": ("impossible", "imposibles"),
    "not recomputed": ("not recomputed", "no recalculadas"),
}


def _pick(labels: Language, english: str, spanish: str) -> str:
    return spanish if labels == "es" else english


def listed(names: Iterable[str], labels: Language) -> str:
    """Join names as a sentence does: "a, b and c" or "a, b y c"."""
    items = [str(n) for n in names]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {_pick(labels, 'and', 'y')} {items[-1]}"


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
        return _pick(
            labels,
            f"All **{came}** rows were kept; no rule dropped any.",
            f"Se conservaron las **{came}** filas; ninguna regla descartó filas.",
        )
    return _pick(
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
    text = _pick(
        labels,
        f"{whole(gone, labels)} of {whole(asked, labels)} answers ({share}) are missing; {policy[0]}.",
        f"Faltan {whole(gone, labels)} de {whole(asked, labels)} respuestas ({share}); {policy[1]}.",
    )
    if cleaned.mcar is None:
        return text
    test = cleaned.mcar
    figures = f"χ² = {number(test.chi_square, labels, digits=1)}, {_pick(labels, 'df', 'gl')} = {whole(test.df, labels)}, p = {p_text(test.p_value, labels)}"
    if test.p_value < 0.05:
        return f"{text} " + _pick(
            labels,
            f"Little's test rejects that they are missing completely at random ({figures}).",
            f"La prueba de Little rechaza que falten completamente al azar ({figures}).",
        )
    return f"{text} " + _pick(
        labels,
        f"Little's test does not reject that they are missing completely at random ({figures}).",
        f"La prueba de Little no rechaza que falten completamente al azar ({figures}).",
    )


def adequacy(kmo: float, p_value: float, *, labels: Language = "en") -> str:
    """Say whether the items suit a factor analysis, by KMO and Bartlett's test."""
    line = thresholds.threshold("kmo")
    good = kmo >= (line.borderline or line.acceptable)
    value, limit, p = number(kmo, labels), number(line.borderline or line.acceptable, labels, digits=2), ""
    p = p_text(p_value, labels)
    p = p if p.startswith("<") else f"= {p}"
    if good and p_value < 0.05:
        return _pick(
            labels,
            f"KMO is {value}, above {limit}, and Bartlett's test rejects uncorrelated items (p {p}): "
            "the items can be factored.",
            f"El KMO es {value}, superior a {limit}, y la prueba de Bartlett rechaza que los ítems no se "
            f"correlacionen (p {p}): se pueden factorizar.",
        )
    return _pick(
        labels,
        f"KMO is {value} (limit {limit}) and Bartlett's p {p}: a factor analysis of these items rests on weak ground.",
        f"El KMO es {value} (límite {limit}) y la p de Bartlett {p}: un análisis factorial de estos ítems tiene "
        "poco sustento.",
    )


def pruning(
    before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]], *, labels: Language = "en"
) -> str:
    """Say how many items each construct kept, and which were dropped."""
    dropped = [i for name, items in before.items() for i in items if i not in after.get(name, ())]
    counts = listed(
        [f"{name} {len(after.get(name, ()))}/{len(items)}" for name, items in before.items()], labels
    )
    n_before, n_after = (sum(len(items) for items in blocks.values()) for blocks in (before, after))
    if not dropped:
        return _pick(
            labels,
            f"No item was dropped: {n_before} items stay.",
            f"No se descartó ningún ítem: quedan {n_before}.",
        )
    return _pick(
        labels,
        f"**{n_after}** of {n_before} items stay ({counts}). Dropped: {listed(dropped, labels)}.",
        f"Quedan **{n_after}** de {n_before} ítems ({counts}). Descartados: {listed(dropped, labels)}.",
    )


def sensitivity(tried: pd.DataFrame, *, labels: Language = "en") -> str:
    """Say how often other settings of the factor analysis retain the same items, by scope.

    Parameters
    ----------
    tried : DataFrame
        Columns scope, same, from :func:`surveypls.efa.sensitivity.sensitivity`.
    """
    names = {
        "per_construct": ("one construct at a time", "cada constructo por separado"),
        "joint": ("all items jointly", "todos los ítems juntos"),
    }
    parts = [
        f"{_pick(labels, *names.get(str(scope), (str(scope), str(scope))))}: "
        + _pick(labels, f"{int(group.sum())} of {len(group)}", f"{int(group.sum())} de {len(group)}")
        for scope, group in tried.groupby("scope", sort=False)["same"]
    ]
    return _pick(
        labels,
        f"Settings that retain exactly the items above, {'; '.join(parts)}.",
        f"Ajustes que retienen exactamente los ítems de arriba, {'; '.join(parts)}.",
    )


def scaling(table: pd.DataFrame, *, labels: Language = "en") -> str:
    """Name the retained items that go with another construct more than with their own.

    Parameters
    ----------
    table : DataFrame
        Columns item, item_rest, other_construct, other_correlation, gap, from
        :func:`surveypls.efa.items.scaling_success`.
    """
    strays = table[table["gap"] < 0]
    if strays.empty:
        return _pick(
            labels,
            "Every item goes with its own construct's items more than with another's.",
            "Cada ítem va más con los ítems de su propio constructo que con los de otro.",
        )
    said = [
        _pick(
            labels,
            f"{r['item']} ({number(r['other_correlation'], labels)} with {r['other_construct']}, {number(r['item_rest'], labels)} with its own items)",
            f"{r['item']} ({number(r['other_correlation'], labels)} con {r['other_construct']}, {number(r['item_rest'], labels)} con sus propios ítems)",
        )
        for _, r in strays.iterrows()
    ]
    return _pick(
        labels,
        f"Going with another construct more than with their own: {listed(said, labels)}.",
        f"Van más con otro constructo que con el suyo: {listed(said, labels)}.",
    )


def reliability(study: Study, values: Long, *, labels: Language = "en") -> str:
    """Say which items and constructs pass the thresholds of loading, reliability and AVE."""
    found = as_values(values)
    blocks = {n: b for n, b in found.blocks(study).items() if study.get(n).mode == "A" and len(b) > 1}
    weak = [
        f"{item} ({number(value, labels)})"
        for name, items in blocks.items()
        for item in items
        if thresholds.judge("outer_loading", value := found.get("outer_loading", item, name))
        != thresholds.GOOD
    ]
    low = [
        f"{name} ({symbol} {number(value, labels)})"
        for name in blocks
        for statistic, symbol in (("cronbach_alpha", "α"), ("rho_a", "ρA"), ("rho_c", "ρC"), ("ave", "AVE"))
        if thresholds.judge(statistic, value := found.get(statistic, name)) != thresholds.GOOD
    ]
    limit = number(thresholds.threshold("outer_loading").acceptable, labels)
    first = (
        _pick(
            labels,
            f"Loadings below {limit}: {listed(weak, labels)}.",
            f"Cargas inferiores a {limit}: {listed(weak, labels)}.",
        )
        if weak
        else _pick(labels, f"Every loading reaches {limit}.", f"Todas las cargas alcanzan {limit}.")
    )
    second = (
        _pick(
            labels,
            f"Off the threshold: {listed(low, labels)}.",
            f"Fuera del umbral: {listed(low, labels)}.",
        )
        if low
        else _pick(
            labels,
            "Reliability and AVE meet their thresholds for every reflective construct.",
            "La fiabilidad y la AVE cumplen sus umbrales en todos los constructos reflectivos.",
        )
    )
    return f"{first} {second}"


def discriminant(study: Study, values: Long, bounds: pd.DataFrame, *, labels: Language = "en") -> str:
    """Say for which pairs of constructs Fornell-Larcker and HTMT question discriminant validity.

    Parameters
    ----------
    bounds : DataFrame
        HTMT against thresholds: ``row``, ``column``, ``upper``, ``threshold``, ``below``.
    """
    found = as_values(values)
    names = [n for n, b in found.blocks(study).items() if study.get(n).mode == "A" and len(b) > 1]
    crossing = [
        f"{a}–{b}"
        for i, a in enumerate(names)
        for b in names[:i]
        if abs(found.get("construct_correlation", a, b))
        >= min(found.get("sqrt_ave", a, a), found.get("sqrt_ave", b, b))
    ]
    strict, wide = (number(t, labels, digits=2) for t in (0.85, 0.90))
    point = [
        f"{a}–{b} ({number(found.get('htmt', a, b), labels)})"
        for i, a in enumerate(names)
        for b in names[:i]
        if found.get("htmt", a, b) >= 0.85
    ]
    one = bounds[bounds["threshold"] == 1.0]
    open_pairs = [
        f"{r['row']}–{r['column']} ({number(float(r['upper']), labels)})"
        for _, r in one[~one["below"]].iterrows()
    ]
    first = (
        _pick(
            labels,
            f"Fornell-Larcker fails for {listed(crossing, labels)}.",
            f"Fornell-Larcker no se cumple en {listed(crossing, labels)}.",
        )
        if crossing
        else _pick(
            labels, "Fornell-Larcker holds for every pair.", "Fornell-Larcker se cumple en todos los pares."
        )
    )
    second = (
        _pick(
            labels,
            f"HTMT is {strict} or more for {listed(point, labels)} (limits {strict} and {wide}).",
            f"HTMT es {strict} o más en {listed(point, labels)} (límites {strict} y {wide}).",
        )
        if point
        else _pick(labels, f"Every HTMT is below {strict}.", f"Todo HTMT es inferior a {strict}.")
    )
    third = (
        _pick(
            labels,
            f"The upper bound reaches 1 for {listed(open_pairs, labels)}: these constructs are not shown to be distinct.",
            f"La cota superior alcanza 1 en {listed(open_pairs, labels)}: no se demuestra que sean distintos.",
        )
        if open_pairs
        else _pick(labels, "Every upper bound stays below 1.", "Toda cota superior es menor que 1.")
    )
    return f"{first} {second} {third}"


def hypothesis(study: Study, stated: Hypothesis, summary: Long, *, labels: Language = "en") -> str:
    """Say what one hypothesis claims, the estimate with t, p and interval, and whether it is supported."""
    found = as_values(summary)
    source, target = stated.path.source, stated.path.target
    statistic = _EFFECTS[stated.effect]
    value, t, p, lower, upper = (
        found.get(statistic, source, target, field)
        for field in ("original", "t_statistic", "p_value", "lower", "upper")
    )
    level = percent(study.bootstrap.confidence_level, labels)
    accepted = p < study.bootstrap.significance
    symbol = "β" if stated.effect == "direct" else _pick(labels, *_EFFECT_WORDS[stated.effect])
    p_shown = p_text(p, labels)
    p_shown = p_shown if p_shown.startswith("<") else f"= {p_shown}"
    figures = (
        f"{symbol} = {number(value, labels)}, t = {number(t, labels)}, p {p_shown}, "
        f"{level} {_pick(labels, 'CI', 'IC')} [{number(lower, labels)}; {number(upper, labels)}]"
    )
    verdict = (
        _pick(labels, "supported", "se acepta")
        if accepted
        else _pick(labels, "not supported", "no se acepta")
    )
    statement = stated.statement(labels)
    claim = f" {statement}" if statement else ""
    return f"**{stated.id}** ({source} → {target}).{claim} {figures}: **{verdict}**."


def _stated(study: Study) -> tuple[Hypothesis, ...]:
    """Return the study's hypotheses, or one for each path where it states none."""
    return study.hypotheses or tuple(
        Hypothesis(id=f"P{place}", path=path) for place, path in enumerate(study.paths, 1)
    )


def hypothesis_table(study: Study, summary: Long) -> pd.DataFrame:
    """Return the decision on each hypothesis with the figures that it rests on.

    Returns
    -------
    DataFrame
        Columns hypothesis, effect, source, target, original, standard_deviation, t_statistic, p_value, lower, upper,
        supported.
    """
    found = as_values(summary)
    fields = ("original", "standard_deviation", "t_statistic", "p_value", "lower", "upper")
    rows = []
    for h in _stated(study):
        source, target = h.path.source, h.path.target
        figures = {f: found.get(_EFFECTS[h.effect], source, target, f) for f in fields}
        supported = figures["p_value"] < study.bootstrap.significance
        rows.append(
            {"hypothesis": h.id, "effect": h.effect, "source": source, "target": target, **figures}
            | {"supported": supported}
        )
    return pd.DataFrame(rows)


def hypotheses(study: Study, summary: Long, *, labels: Language = "en") -> str:
    """Return one bullet for each hypothesis; for each path where the study states none."""
    return "\n".join(f"- {hypothesis(study, h, summary, labels=labels)}" for h in _stated(study))


def explained(study: Study, values: Long, *, labels: Language = "en") -> str:
    """Say how much variance of each endogenous construct the model explains, and how large each f² is."""
    found = as_values(values)
    targets = list(dict.fromkeys(t for _, t in study.path_pairs))
    shares = listed(
        [
            f"{number(r2, labels)} {_pick(labels, 'of', 'de')} {t}"
            + (f" ({word})" if (word := thresholds.threshold("r_squared").size(r2, labels)) else "")
            for t in targets
            for r2 in [found.get("r_squared", "", t)]
        ],
        labels,
    )
    sizes = listed(
        [
            f"{s} → {t} {number(f2, labels, digits=2)} ({thresholds.threshold('f_squared').size(f2, labels)})"
            for s, t in study.path_pairs
            for f2 in [found.get("f_squared", s, t)]
        ],
        labels,
    )
    return _pick(
        labels,
        f"The model explains {shares}. Effect sizes f²: {sizes}.",
        f"El modelo explica {shares}. Tamaños de efecto f²: {sizes}.",
    )


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
        f"{whole(float(r['count']), labels)} {_pick(labels, r['reason'], _REASONS[r['reason']])}"
        for _, r in counts.iterrows()
        if r["count"]
    ]
    text = _pick(labels, f"All {drawn} resamples could be used.", f"Se pudieron usar las {drawn} remuestras.")
    if left:
        text = _pick(
            labels,
            f"Of {drawn} resamples, {listed(left, labels)} were left out.",
            f"De {drawn} remuestras se dejaron fuera: {listed(left, labels)}.",
        )
    if n_turned:
        turned = whole(n_turned, labels)
        text += _pick(
            labels,
            f" In {turned} a construct points the other way than in the sample (`bootstrap.sign_changes`).",
            f" En {turned} un constructo apunta en sentido contrario al de la muestra (`bootstrap.sign_changes`).",
        )
    return text


def verdicts(comparison: pd.DataFrame, *, labels: Language = "en") -> str:
    """Count the verdicts on the printed figures."""
    counts = comparison["verdict"].value_counts()
    parts = [
        f"**{int(counts[key])}** {_pick(labels, *words)}"
        for key, words in _VERDICTS.items()
        if counts.get(key, 0)
    ]
    total = len(comparison)
    return _pick(
        labels,
        f"Of {total} printed figures: {listed(parts, labels)}.",
        f"De {total} cifras impresas: {listed(parts, labels)}.",
    )


def statements(checked: pd.DataFrame, *, labels: Language = "en") -> str:
    """Count the article's statements that its own tables contradict."""
    counts = checked["verdict"].value_counts()
    against = int(counts.get("fails", 0))
    return _pick(
        labels,
        f"Of {len(checked)} statements, the article's own tables contradict **{against}**.",
        f"De {len(checked)} afirmaciones, las propias tablas del artículo contradicen **{against}**.",
    )
