"""Sentences about the measurement: items that stray, reliability, discriminant validity, what to be wary of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from plsem.thresholds import BAD, BORDERLINE, GOOD, judge, threshold
from surveypls.study.definition import Study
from surveypls.tables.values import Values, as_values
from tabletext.display import ENGLISH, Display

Long = pd.DataFrame | Values | Sequence[pd.DataFrame]


def scaling(table: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Name the retained items that go with another construct more than with their own.

    Parameters
    ----------
    table : DataFrame
        Columns item, item_rest, other_construct, other_correlation, gap, from
        :func:`plsem.efa.items.scaling_success`.
    """
    strays = table[table["gap"] < 0]
    if strays.empty:
        return display("Every item goes with its own construct's items more than with another's.")
    said = [
        display(
            "{item} ({other_correlation} with {other_construct}, {item_rest} with its own items)",
            item=r["item"],
            other_correlation=display.number(r["other_correlation"]),
            other_construct=r["other_construct"],
            item_rest=display.number(r["item_rest"]),
        )
        for _, r in strays.iterrows()
    ]
    return display(
        "Going with another construct more than with their own: {said}.",
        said=display.listed(said),
    )


def reliability(study: Study, values: Long, *, display: Display = ENGLISH) -> str:
    """Say which items and constructs pass the thresholds of loading, reliability and AVE."""
    found = as_values(values)
    blocks = {n: b for n, b in found.blocks(study).items() if study.get(n).mode == "A" and len(b) > 1}
    weak = [
        f"{item} ({display.number(value)})"
        for name, items in blocks.items()
        for item in items
        if judge("outer_loading", value := found.get("outer_loading", item, name)) != GOOD
    ]
    low = [
        f"{name} ({symbol} {display.number(value)})"
        for name in blocks
        for statistic, symbol in _RELIABILITY
        if judge(statistic, value := found.get(statistic, name)) != GOOD
    ]
    limit = display.number(threshold("outer_loading").acceptable)
    first = (
        display(
            "Loadings below {limit}: {weak}.",
            limit=limit,
            weak=display.listed(weak),
        )
        if weak
        else display("Every loading reaches {limit}.", limit=limit)
    )
    second = (
        display(
            "Outside the thresholds: {low}.",
            low=display.listed(low),
        )
        if low
        else display("Reliability and AVE meet their thresholds for every reflective construct.")
    )
    return " ".join(filter(None, [first, second, _not_shown(found, blocks, display)]))


def _not_shown(found: Values, blocks: Mapping[str, Sequence[str]], display: Display) -> str:
    """Name the reliabilities and AVE that meet their threshold while their interval reaches beyond it."""
    beyond = []
    for name in blocks:
        for statistic, symbol in _RELIABILITY:
            ends = [found.get(statistic, name, "", side) for side in ("lower", "upper")]
            line, value = threshold(statistic), found.get(statistic, name)
            if line.judge(value) == GOOD != line.judge(value, *ends):
                beyond.append(f"{name} ({symbol} {display.number(value)} {display.interval(*ends)})")
    if not beyond:
        return ""
    return display("Met by the estimate, not shown by its interval: {beyond}.", beyond=display.listed(beyond))


#: Reliabilities and AVE with their symbols.
_RELIABILITY = (("cronbach_alpha", "α"), ("rho_a", "ρA"), ("rho_c", "ρC"), ("ave", "AVE"))


def discriminant(study: Study, values: Long, bounds: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say for which pairs of constructs HTMT, its bound and, for comparison, Fornell-Larcker question validity.

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
    line = threshold("htmt")
    strict, wide = (display.figure(t) for t in (line.acceptable, line.borderline or line.acceptable))
    point = [
        f"{a}–{b} ({display.number(found.get('htmt', a, b))})"
        for i, a in enumerate(names)
        for b in names[:i]
        if judge("htmt", found.get("htmt", a, b)) in (BORDERLINE, BAD)
    ]
    one = bounds[bounds["threshold"] == 1.0]
    open_pairs = [
        f"{r['row']}–{r['column']} ({display.number(float(r['upper']))})"
        for _, r in one[~one["below"]].iterrows()
    ]
    first = (
        display(
            "For comparison, outdated by SmartPLS's documentation: Fornell-Larcker fails for {crossing}.",
            crossing=display.listed(crossing),
        )
        if crossing
        else display(
            "For comparison, outdated by SmartPLS's documentation: Fornell-Larcker holds for every pair."
        )
    )
    second = (
        display(
            "HTMT is {strict} or more for {point} (limits {strict} and {wide}).",
            strict=strict,
            point=display.listed(point),
            wide=wide,
        )
        if point
        else display("Every HTMT is below {strict}.", strict=strict)
    )
    third = (
        display(
            "The one-sided upper bound reaches 1 for {open_pairs}: these constructs are not shown to be "
            "distinct.",
            open_pairs=display.listed(open_pairs),
        )
        if open_pairs
        else display("Every one-sided upper bound stays below 1.")
    )
    return f"{second} {third} {first}"


def cautions(
    study: Study, summary: Long, bounds: pd.DataFrame | None = None, *, display: Display = ENGLISH
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
                f"{symbol} {display.number(value)}"
                for statistic, symbol in (("cronbach_alpha", "α"), ("rho_c", "ρC"), ("ave", "AVE"))
                if judge(statistic, value := found.get(statistic, name)) == BAD
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
            display(
                "{weak}: measured below the thresholds",
                weak=display.listed(weak),
            )
        )
    if single:
        said.append(
            display(
                "{single}: one item, so its reliability is not known",
                single=display.listed(single),
            )
        )
    if alike:
        said.append(
            display(
                "{alike}: not shown to be distinct (HTMT)",
                alike=display.listed(alike),
            )
        )
    if not said:
        return ""
    return display("The decisions are only as good as the measurement. ") + "; ".join(said) + "."
