"""The measurement model as a journal asks for it (Hair et al. 2019, 2022; Benitez et al. 2020).

Items with intervals, reliability, cross-loadings, HTMT with intervals.

Every function takes a study and long tables: point estimates (``value``), a bootstrap summary
(``original``, ``standard_deviation``, ``t_statistic``, ``p_value``, ``lower``, ``upper``), or a list of both.
"""

from __future__ import annotations

from surveypls.study.definition import Study
from surveypls.tables import thresholds
from surveypls.tables.build import (
    Builder,
    Long,
    abbreviations,
    construct_label,
    inference_columns,
    inference_of,
    join,
    resampling_note,
)
from surveypls.tables.values import as_values
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Column, Table

RELIABILITY = ("cronbach_alpha", "rho_a", "rho_c", "ave")


def item_table(
    study: Study, values: Long, *, weights: bool | None = None, display: Display = ENGLISH
) -> Table:
    """Outer loadings (Mode A) or weights (Mode B) with inference, λ² and VIF.

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        ``outer_loading``, ``outer_weight`` (with a summary's columns where there is one), ``outer_vif``.
    weights : bool, optional
        True shows weights for all constructs, False loadings for all; None (default) what each
        construct's mode calls for.
    display : Display
        Language, decimal sign and notice.
    """
    found = as_values(values)
    b = Builder(display)
    b.text("construct", display("Construct"))
    b.text("item", display("Item"))
    b.text("quantity", display("Quantity"))
    b.columns.append(Column("estimate", display("Estimate"), "unit"))
    inference_columns(b, study)
    b.columns.append(Column("squared_loading", "λ²", "unit"))
    b.columns.append(Column("outer_vif", "VIF", "number"))
    for name, items in found.blocks(study).items():
        formative = study.get(name).mode == "B"
        statistic = "outer_weight" if (formative if weights is None else weights) else "outer_loading"
        for item in items:
            estimate = found.get(statistic, item, name)
            loading = found.get("outer_loading", item, name)
            vif = found.get("outer_vif", item, name)
            row = b.add(
                construct=construct_label(study, name, display),
                item=item,
                quantity=display(coded(statistic)),
                estimate=estimate,
                squared_loading=loading**2,
                outer_vif=vif,
                **inference_of(found, statistic, item, name),
            )
            if statistic == "outer_loading" and not formative and len(items) > 1:
                b.mark(row, "estimate", thresholds.judge("outer_loading", estimate))
            if len(items) > 1:
                b.mark(row, "outer_vif", thresholds.judge("outer_vif", vif))
    note = join(
        display("λ²: squared loading (indicator reliability)."),
        resampling_note(study, display),
        thresholds.legend(display),
    )
    return b.table(title=display("Items: loadings and weights"), note=note, repeats=("construct",))


def reliability_table(study: Study, values: Long, *, display: Display = ENGLISH) -> Table:
    """Cronbach's alpha, ρA, ρC and AVE of each Mode A construct, with intervals.

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        The four statistics by construct.  Constructs without any (Mode B, single items) are left out.
    display : Display
        Language, decimal sign and notice.
    """
    found = as_values(values)
    b = Builder(display)
    b.text("construct", display("Construct"))
    b.text("coefficient", display("Coefficient"))
    b.columns.append(Column("estimate", display("Estimate"), "unit"))
    b.columns.append(Column("standard_deviation", display("SE"), "number"))
    inference_columns(b, study, tests=False)
    for name in study.construct_names:
        for statistic in RELIABILITY:
            estimate = found.get(statistic, name)
            if estimate != estimate:
                continue
            inference = inference_of(found, statistic, name, "")
            row = b.add(
                construct=construct_label(study, name, display),
                coefficient=display(thresholds.threshold(statistic).label),
                estimate=estimate,
                **{k: inference[k] for k in ("standard_deviation", "lower", "upper")},
            )
            b.mark(row, "estimate", thresholds.judge(statistic, estimate))
    note = join(
        display("Reliability and AVE are defined for reflective constructs of two items or more."),
        thresholds.legend(display),
    )
    return b.table(
        title=display("Internal consistency and convergent validity"), note=note, repeats=("construct",)
    )


def cross_loading_table(study: Study, values: Long, *, display: Display = ENGLISH) -> Table:
    """Correlation of every item with every construct; ✓ where an item loads most on its own.

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        ``cross_loading`` (item, construct).  Own loadings are taken from ``outer_loading`` where missing.
    display : Display
        Language, decimal sign and notice.
    """
    found = as_values(values)
    blocks = found.blocks(study)
    b = Builder(display)
    b.text("construct", display("Construct"))
    b.text("item", display("Item"))
    b.columns += [Column(n, n, "unit") for n in blocks]
    for name, items in blocks.items():
        for item in items:
            loads: dict[str, float] = {}
            for other in blocks:
                value = found.get("cross_loading", item, other)
                loads[other] = found.get("outer_loading", item, other) if value != value else value
            row = b.add(construct=construct_label(study, name, display), item=item, **loads)
            others = [abs(v) for n, v in loads.items() if n != name and v == v]
            if others and study.get(name).mode == "A":
                b.mark(row, name, thresholds.judge("cross_loading", abs(loads[name]) - max(others)))
    note = join(
        display("✓ the item correlates most with its own construct, ✗ it does not."),
        abbreviations(study, list(blocks), display),
    )
    return b.table(title=display("Cross-loadings"), note=note, repeats=("construct",))


def htmt_table(study: Study, values: Long, *, display: Display = ENGLISH) -> Table:
    """HTMT of each pair with its interval, HTMT2, and whether the interval stays below the limit.

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        ``htmt`` (with a summary's interval where there is one) and ``htmt2``.
    display : Display
        Language, decimal sign and notice.
    """
    found = as_values(values)
    b = Builder(display)
    b.text("pair", display("Constructs"))
    b.columns.append(Column("htmt", "HTMT", "number"))
    inference_columns(b, study, tests=False)
    b.text("below_limit", display("Upper limit < 0.90"))
    b.columns.append(Column("htmt2", "HTMT2", "number"))
    limit = thresholds.threshold("htmt").borderline or 1.0
    for c1, c2 in dict.fromkeys(found.keys_of("htmt")):
        if c1 == c2:
            continue
        value, other = found.get("htmt", c1, c2), found.get("htmt2", c1, c2)
        lower, upper = (found.get("htmt", c1, c2, side) for side in ("lower", "upper"))
        row = b.add(
            pair=f"{c1} – {c2}",
            htmt=value,
            lower=lower,
            upper=upper,
            htmt2=other,
            below_limit="" if upper != upper else display(coded("yes" if upper < limit else "no")),
        )
        b.mark(row, "htmt", thresholds.judge("htmt", value))
        b.mark(row, "htmt2", thresholds.judge("htmt2", other))
    note = join(
        display("✓ HTMT below 0.85, ~ up to 0.90, ✗ above. HTMT2 takes geometric means."),
        abbreviations(study, study.construct_names, display),
    )
    return b.table(title=display("Discriminant validity: HTMT with intervals"), note=note)
