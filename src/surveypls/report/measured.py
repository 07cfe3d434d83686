"""Sentences about the measurement: items that stray, reliability, discriminant validity, what to be wary of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from surveypls.study.definition import Study
from surveypls.tables import thresholds
from surveypls.tables.values import Values, as_values
from tabletext.language import Language
from tabletext.words import number

Long = pd.DataFrame | Values | Sequence[pd.DataFrame]


def pick(labels: Language, english: str, spanish: str) -> str:
    """Return the text in that language."""
    return spanish if labels == "es" else english


def listed(names: Iterable[str], labels: Language) -> str:
    """Join names as a sentence does: "a, b and c" or "a, b y c"."""
    items = [str(n) for n in names]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {pick(labels, 'and', 'y')} {items[-1]}"


def scaling(table: pd.DataFrame, *, labels: Language = "en") -> str:
    """Name the retained items that go with another construct more than with their own.

    Parameters
    ----------
    table : DataFrame
        Columns item, item_rest, other_construct, other_correlation, gap, from
        :func:`plsem.efa.items.scaling_success`.
    """
    strays = table[table["gap"] < 0]
    if strays.empty:
        return pick(
            labels,
            "Every item goes with its own construct's items more than with another's.",
            "Cada ítem va más con los ítems de su propio constructo que con los de otro.",
        )
    said = [
        pick(
            labels,
            f"{r['item']} ({number(r['other_correlation'], labels)} with {r['other_construct']}, {number(r['item_rest'], labels)} with its own items)",
            f"{r['item']} ({number(r['other_correlation'], labels)} con {r['other_construct']}, {number(r['item_rest'], labels)} con sus propios ítems)",
        )
        for _, r in strays.iterrows()
    ]
    return pick(
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
        pick(
            labels,
            f"Loadings below {limit}: {listed(weak, labels)}.",
            f"Cargas inferiores a {limit}: {listed(weak, labels)}.",
        )
        if weak
        else pick(labels, f"Every loading reaches {limit}.", f"Todas las cargas alcanzan {limit}.")
    )
    second = (
        pick(
            labels,
            f"Outside the thresholds: {listed(low, labels)}.",
            f"Fuera de los umbrales: {listed(low, labels)}.",
        )
        if low
        else pick(
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
        pick(
            labels,
            f"Fornell-Larcker fails for {listed(crossing, labels)}.",
            f"Fornell-Larcker no se cumple en {listed(crossing, labels)}.",
        )
        if crossing
        else pick(
            labels, "Fornell-Larcker holds for every pair.", "Fornell-Larcker se cumple en todos los pares."
        )
    )
    second = (
        pick(
            labels,
            f"HTMT is {strict} or more for {listed(point, labels)} (limits {strict} and {wide}).",
            f"HTMT es {strict} o más en {listed(point, labels)} (límites {strict} y {wide}).",
        )
        if point
        else pick(labels, f"Every HTMT is below {strict}.", f"Todo HTMT es inferior a {strict}.")
    )
    third = (
        pick(
            labels,
            f"The one-sided upper bound reaches 1 for {listed(open_pairs, labels)}: these constructs are not shown to be distinct.",
            f"La cota superior unilateral alcanza 1 en {listed(open_pairs, labels)}: no se demuestra que sean distintos.",
        )
        if open_pairs
        else pick(
            labels,
            "Every one-sided upper bound stays below 1.",
            "Toda cota superior unilateral es menor que 1.",
        )
    )
    return f"{first} {second} {third}"


def cautions(
    study: Study, summary: Long, bounds: pd.DataFrame | None = None, *, labels: Language = "en"
) -> str:
    """Name what weakens the decisions: constructs measured badly, by one item, or not apart from another.

    Parameters
    ----------
    bounds : DataFrame, optional
        HTMT against thresholds, as for :func:`discriminant`.

    Returns
    -------
    str
        Empty where there is nothing to name.
    """
    found = as_values(summary)
    blocks = found.blocks(study)
    weak = []
    for name, items in blocks.items():
        if study.get(name).mode == "A" and len(items) > 1:
            failed = [
                f"{symbol} {number(value, labels)}"
                for statistic, symbol in (("cronbach_alpha", "α"), ("rho_c", "ρC"), ("ave", "AVE"))
                if thresholds.judge(statistic, value := found.get(statistic, name)) == thresholds.BAD
            ]
            weak += [f"{name} ({', '.join(failed)})"] if failed else []
    single = [name for name, items in blocks.items() if len(items) == 1]
    alike = []
    if bounds is not None:
        one = bounds[(bounds["threshold"] == 1.0) & ~bounds["below"].astype(bool)]
        alike = [f"{r['row']}–{r['column']}" for _, r in one.iterrows()]
    said = []
    if weak:
        said.append(
            pick(
                labels,
                f"{listed(weak, labels)}: measured below the thresholds",
                f"{listed(weak, labels)}: medición por debajo de los umbrales",
            )
        )
    if single:
        said.append(
            pick(
                labels,
                f"{listed(single, labels)}: one item, so its reliability is not known",
                f"{listed(single, labels)}: un solo ítem, de fiabilidad desconocida",
            )
        )
    if alike:
        said.append(
            pick(
                labels,
                f"{listed(alike, labels)}: not shown to be distinct (HTMT)",
                f"{listed(alike, labels)}: no se demuestra que sean distintos (HTMT)",
            )
        )
    if not said:
        return ""
    return (
        pick(
            labels,
            "The decisions are only as good as the measurement. ",
            "Las decisiones valen lo que la medición. ",
        )
        + "; ".join(said)
        + "."
    )
