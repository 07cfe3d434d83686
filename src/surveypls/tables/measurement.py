"""The measurement model as a journal asks for it (Hair et al. 2019, 2022; Benitez et al. 2020).

Items with intervals, reliability, cross-loadings, HTMT with intervals.

Every function takes a study and long tables: point estimates (``value``), a bootstrap summary
(``original``, ``standard_deviation``, ``t_statistic``, ``p_value``, ``lower``, ``upper``), or a list of both.
"""

from __future__ import annotations

from plsem.thresholds import threshold
from surveypls.study.definition import Study
from surveypls.tables import thresholds
from surveypls.tables.build import Builder, Long, abbreviations, construct_label, join, resampling_note
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Column, Table

RELIABILITY = ("cronbach_alpha", "rho_a", "rho_c", "ave")


def item_table(study: Study, values: Long, *, display: Display = ENGLISH) -> Table:
    """Outer loadings (Mode A) or weights (Mode B) with inference, λ² and VIF.

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        ``outer_loading``, ``outer_weight`` (with a summary's columns where there is one), ``outer_vif``.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder.of(display, values)
    b.text("construct", display("Construct"))
    b.text("item", display("Item"))
    b.text("quantity", display("Quantity"))
    b.column("estimate", display("Estimate"), "unit")
    b.inference(study)
    b.column("squared_loading", "λ²", "unit")
    b.column("outer_vif", "VIF")
    for name, items in b.recomputed.blocks(study).items():
        formative = study.get(name).mode == "B"
        statistic = "outer_weight" if formative else "outer_loading"
        for item in items:
            estimate = b.recomputed.get(statistic, item, name)
            loading = b.recomputed.get("outer_loading", item, name)
            vif = b.recomputed.get("outer_vif", item, name)
            row = b.add(
                construct=construct_label(study, name, display),
                item=item,
                quantity=display(coded(statistic)),
                estimate=estimate,
                squared_loading=loading**2,
                outer_vif=vif,
                **b.inferred(statistic, item, name),
            )
            if statistic == "outer_loading" and not formative and len(items) > 1:
                b.judge(row, "estimate", "outer_loading", of=(item, name))
            if len(items) > 1:
                b.judge(row, "outer_vif")
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
    b = Builder.of(display, values)
    b.text("construct", display("Construct"))
    b.text("coefficient", display("Coefficient"))
    b.column("estimate", display("Estimate"), "unit")
    b.column("standard_deviation", display("SE"))
    b.inference(study, tests=False)
    for name in study.construct_names:
        for statistic in RELIABILITY:
            estimate = b.recomputed.get(statistic, name)
            if estimate != estimate:
                continue
            row = b.add(
                construct=construct_label(study, name, display),
                coefficient=display(threshold(statistic).label),
                estimate=estimate,
                **b.inferred(statistic, name),
            )
            b.judge(row, "estimate", statistic, of=(name, ""))
    note = join(
        display("Reliability and AVE are defined for reflective constructs of two items or more."),
        thresholds.legend(display),
    )
    return b.table(
        title=display("Internal consistency and convergent validity"), note=note, repeats=("construct",)
    )


def cross_loading_table(study: Study, values: Long, *, display: Display = ENGLISH) -> Table:
    """Correlation of every item with every construct, for comparison: HTMT has replaced it.

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        ``cross_loading`` (item, construct).  Own loadings are taken from ``outer_loading`` where missing.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder.of(display, values)
    blocks = b.recomputed.blocks(study)
    b.text("construct", display("Construct"))
    b.text("item", display("Item"))
    b.columns += [Column(n, n, "unit") for n in blocks]
    for name, items in blocks.items():
        for item in items:
            loads: dict[str, float] = {}
            for other in blocks:
                value = b.recomputed.get("cross_loading", item, other)
                loads[other] = b.recomputed.get("outer_loading", item, other) if value != value else value
            b.add(construct=construct_label(study, name, display), item=item, **loads)
    note = join(
        thresholds.outdated_note(display),
        abbreviations(study, list(blocks), display),
    )
    return b.table(title=display("Cross-loadings"), note=note, repeats=("construct",))
