"""Tables 1–6 of the article, in its order and wording, with recomputed figures beside the printed ones.

Each works for any study: without printed values the columns for them are left out.  The fuller tables
that a journal asks for today stand in :mod:`surveypls.tables`.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from plsem.thresholds import threshold
from surveypls.study.definition import Study
from surveypls.study.terms import arrows
from surveypls.tables import thresholds
from surveypls.tables.build import (
    Builder,
    Long,
    Printed,
    abbreviations,
    construct_label,
    decision_text,
    heading_of,
    in_print_order,
    join,
    marked_text,
    reversed_note,
    variant_words,
)
from surveypls.tables.decisions import decide, rule
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Column, Table

#: What the article says of a hypothesis.
_CLAIMED = N_({"accepted": "Accepted", "rejected": "Rejected"})


#: Mark of a loading whose item has no unique variance left.
HEYWOOD = "†"


def heywood_items(notes: pd.DataFrame | None) -> set[str]:
    """Return the items that a table of factor solutions' notes calls Heywood cases."""
    if notes is None or notes.empty:
        return set()
    return {i for items in notes.loc[notes["code"] == "heywood", "items"] for i in str(items).split()}


def table_1_operationalisation(
    study: Study,
    codebook: pd.DataFrame | None,
    values: Long,
    *,
    notes: pd.DataFrame | None = None,
    printed: Printed = None,
    display: Display = ENGLISH,
) -> Table:
    """Table 1: constructs, their retained items with text, and the loadings of the factor analysis.

    Parameters
    ----------
    study : Study
    codebook : DataFrame or None
        Columns item, text_en, text_es.
    values : long DataFrame
        ``efa_loading`` (item, construct) of the retained items; an item of a reflective construct of two
        items or more that has none is left out, the items of other constructs were not factored.
    notes : DataFrame, optional
        Columns code, items, from :meth:`plsem.efa.pruning.PruningResult.notes_table`: loadings of a Heywood case
        are marked.
    printed : Published or DataFrame, optional
        Printed cells: columns statistic, row, column, printed.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder.of(display, values, printed)
    b.text("construct", display("Latent variable"))
    b.text("item", display("Item"))
    b.text("indicator", display("Indicators"))
    b.pair("items", display("Items"), "text", "n_items_retained")
    b.pair("efa_loading", display("Loading in the factor analysis (EFA)"), "unit")
    retained = set(b.recomputed.keys_of("efa_loading"))
    heywood = heywood_items(notes)
    for name in in_print_order(study.construct_names, b.printed):
        own = study.get(name)
        kept = [i for i in own.items if (i, name) in retained or not own.factored]
        share = "/".join(b.printed.get((s, name, "items"), "–") for s in ("n_items_retained", "n_items"))
        for item in kept:
            row = b.add(
                construct=construct_label(study, name, display),
                item=item,
                indicator=marked_text(study, codebook, item, display),
                items_printed=share,
                items=f"{len(kept)}/{len(own.items)}",
                **b.both("efa_loading", item, name),
            )
            if item in heywood:
                b.mark(row, "efa_loading", HEYWOOD)
    marked = any(key == "efa_loading" for _, key in b.marks)
    return b.table(
        number="1",
        title=display(
            "Operationalisation of the variable" if b.printed else "Operationalisation of the variables"
        ),
        note=join(
            display("Items: retained by the factor analysis / candidates."),
            display("Item texts are short paraphrases.") if b.printed else "",
            reversed_note(b, "indicator"),
            display("{mark}: Heywood case, the factor leaves the item no variance of its own.", mark=HEYWOOD)
            if marked
            else "",
        ),
        repeats=("construct", "items_printed", "items"),
    )


def table_2_reflective_measurement(
    study: Study, values: Long, *, printed: Printed = None, display: Display = ENGLISH
) -> Table:
    """Table 2: loadings, AVE, composite reliability and Cronbach's alpha of the reflective constructs.

    Parameters
    ----------
    study : Study
        Mode B constructs are left out: reliability and AVE are not defined for them.
    values : long DataFrame
        ``outer_loading`` (item, construct); ``ave``, ``rho_a``, ``rho_c``, ``cronbach_alpha`` by construct.
    printed, display
        See :func:`table_1_operationalisation`.  A printed ``composite_reliability`` stands beside both
        recomputed coefficients, ρA and ρC.
    """
    b = Builder.of(display, values, printed)
    reflective = {
        n: items for n, items in b.recomputed.blocks(study).items() if study.get(n).mode == "A" and items
    }
    b.text("construct", display("Latent variable"))
    b.text("item", display("Item or indicator"))
    b.pair("outer_loading", display("Factor loading"), "unit")
    b.pair("ave", display("Convergent validity (AVE)"), "unit")
    composite = display("Composite reliability")
    either = b.prints("composite_reliability")
    if either:
        b.column("composite_reliability_printed", display("Printed"), "printed", composite)
    b.column("rho_a", "ρA", "unit", composite)
    b.column("rho_c", "ρC", "unit", composite)
    b.pair("cronbach_alpha", display("Cronbach's alpha"), "unit")
    per_construct = ("ave", "rho_a", "rho_c", "cronbach_alpha")
    for name in in_print_order(reflective, b.printed):
        figures = b.both("composite_reliability", name)
        for statistic in per_construct:
            figures |= b.both(statistic, name)
        for item in reflective[name]:
            row = b.add(
                construct=construct_label(study, name, display),
                item=item,
                **b.both("outer_loading", item, name),
                **figures,
            )
            if len(reflective[name]) > 1:
                b.judge(row, "outer_loading", of=(item, name))
            for statistic in per_construct:
                b.judge(row, statistic, of=(name, ""))
    limits = {s: thresholds.bound(s, display) for s in ("outer_loading", "ave", "rho_c")}
    return b.table(
        number="2",
        title=display(
            "Reflective measurement models: convergent and discriminant validity"
            if b.printed
            else "Reflective measurement models: reliability and convergent validity"
        ),
        note=join(
            display("Thresholds: loading {outer_loading}, AVE {ave}, reliability {rho_c}.", **limits),
            thresholds.legend(display),
            display("The printed composite reliability does not say whether it is ρA or ρC.")
            if either
            else "",
        ),
        repeats=("construct", *(c.key for c in b.columns if c.key.removesuffix("_printed") in figures)),
    )


def _matrix(
    study: Study,
    b: Builder,
    fill: Callable[[str, str], tuple[str | None, float]],
    number: str,
    title: str,
    note: str,
    judged: str = "",
) -> Table:
    """Build a lower triangle, printed and recomputed side by side; ``fill`` gives (printed, value)."""
    names = in_print_order(study.construct_names, b.printed)
    b.text("construct", b.display("Construct"))
    cells = {(r, c): fill(r, c) for i, r in enumerate(names) for c in names[: i + 1]}
    has_printed = any(text for text, _ in cells.values())
    if has_printed:
        b.columns += [Column(f"{c}_printed", c, "printed", b.display("Printed")) for c in names]
    group = b.display("Recomputed") if has_printed else ""
    b.columns += [Column(c, c, "unit", group) for c in names]
    for i, r in enumerate(names):
        b.add(construct=construct_label(study, r, b.display))
        for j, c in enumerate(names):
            text, value = cells[r, c] if j <= i else (None, float("nan"))
            b.rows[i] |= {f"{c}_printed": text, c: value}
            if judged:
                b.judge(i, c, judged, of=(r, c))
            # Above the diagonal, and on a diagonal that is not defined, nothing is missing.
            if j > i or (r == c and value != value):
                b.hidden |= {(i, c)} if text else {(i, c), (i, f"{c}_printed")}
    return b.table(number=number, title=title, note=note)


def table_3_fornell_larcker(
    study: Study, values: Long, *, printed: Printed = None, display: Display = ENGLISH
) -> Table:
    """Table 3: square roots of AVE on the diagonal, correlations of the constructs below it.

    Parameters
    ----------
    study : Study
    values : long DataFrame
        ``sqrt_ave`` (construct, construct) and ``construct_correlation``.
    printed, display
        See :func:`table_1_operationalisation`.
    """
    b = Builder.of(display, values, printed)

    def fill(r: str, c: str) -> tuple[str | None, float]:
        statistic = "sqrt_ave" if r == c else "construct_correlation"
        return b.found(statistic, r, c), b.recomputed.get(statistic, r, c)

    note = join(
        display("Diagonal: square root of the AVE. Below it: correlations."),
        thresholds.outdated_note(display),
    )
    return _matrix(
        study,
        b,
        fill,
        number="3",
        title=display("Discriminant validity (Fornell-Larcker criterion)"),
        note=note,
    )


def table_4_htmt(study: Study, values: Long, *, printed: Printed = None, display: Display = ENGLISH) -> Table:
    """Table 4: heterotrait-monotrait ratios below the diagonal.

    Parameters
    ----------
    study : Study
    values : long DataFrame
        ``htmt`` (construct, construct); pairs without a value (single items, Mode B) show a dash.
    printed, display
        See :func:`table_1_operationalisation`.
    """
    b = Builder.of(display, values, printed)

    def fill(r: str, c: str) -> tuple[str | None, float]:
        if r == c:
            return b.found("htmt_diagonal", r, r), float("nan")
        return b.found("htmt", r, c), b.recomputed.get("htmt", r, c)

    note = join(
        thresholds.marks_note("htmt", display),
        thresholds.interval_note(display),
        display("HTMT has no diagonal."),
    )
    return _matrix(study, b, fill, "4", display("Discriminant validity by the HTMT test"), note, "htmt")


def table_5_paths(
    study: Study,
    values: Long,
    *,
    printed: Printed = None,
    n_resamples: int | None = None,
    display: Display = ENGLISH,
) -> Table:
    """Table 5: one row a hypothesis with its coefficient, t, p and the decision.

    Parameters
    ----------
    study : Study
        A hypothesis about an indirect or total effect takes that effect's figures.
    values : long DataFrame
        A bootstrap summary (original, t_statistic, p_value), or values of these names.
    printed, display
        See :func:`table_1_operationalisation`.
    n_resamples : int, optional
        Named in the note; the study's own where not given.
    """
    b = Builder.of(display, values, printed)
    b.text("hypothesis", display("Hypothesis"))
    effects = ("path_coefficient", "total_effect", "indirect_effect")
    b.pair("path_coefficient", display("Path coefficient β"), "unit", *effects)
    b.pair("t_statistic", display("Student's t (bootstrap)"), "number")
    b.pair("p_value", display("p-value"), "p")
    b.pair("decision", display("Accepted / rejected"), "text")
    stated = study.claims
    for h in stated:
        statistic, source, target = h.quantity
        claimed = b.printed.get(("decision", source, target), "")
        row = b.add(
            hypothesis=heading_of(h, study, display),
            path_coefficient_printed=b.printed.get(h.quantity),
            path_coefficient=b.recomputed.get(*h.quantity),
            decision_printed=display(_CLAIMED.get(claimed, claimed)),
            decision=decision_text(decide(study, h, b.recomputed), tuple(_CLAIMED.values()), display),
        )
        for key in ("t_statistic", "p_value"):
            b.rows[row] |= {
                f"{key}_printed": b.printed.get((key, source, target)),
                key: b.recomputed.get(statistic, source, target, key),
            }
        b.star(row, "path_coefficient")
    used = {part for h in stated for name in h.stations for part in name.split("*")}
    return b.table(
        number="5",
        title=display("Path coefficients (standardised regression coefficients)"),
        note=join(
            display(
                "t: estimate over its bootstrap standard error ({resamples} resamples); p {sided} from t.",
                resamples=display.count(n_resamples or study.bootstrap.n_resamples),
                sided=display(coded(study.bootstrap.alternative)),
            ),
            rule(study, display),
            display.stars_note + ".",
            abbreviations(study, [n for n in study.construct_names if n in used], display),
        ),
    )


def table_6_model_quality(
    study: Study,
    values: Long,
    *,
    printed: Printed = None,
    fit: str = "estimated/composite",
    display: Display = ENGLISH,
) -> Table:
    """Table 6: f² of each path, R² of its target and the model's SRMR.

    Parameters
    ----------
    study : Study
    values : long DataFrame
        ``f_squared`` (source, target), ``r_squared`` ("", target), ``srmr`` ("model", fit).
    printed, display
        See :func:`table_1_operationalisation`.
    fit : str
        The variant of SRMR, ``"estimated/composite"`` and the like; the note names it.
    """
    b = Builder.of(display, values, printed)
    b.text("path", display("Latent variables (constructs)"))
    b.pair("f_squared", "f²", "number")
    b.pair("r_squared", "R²", "unit")
    b.pair("srmr", "SRMR", "unit")
    named = {h.quantity[1:]: h.id for h in study.hypotheses if h.effect == "direct"}
    seen: set[str] = set()
    srmr = {
        "srmr": b.recomputed.get("srmr", "model", fit),
        "srmr_printed": next((text for key, text in b.printed.items() if key[0] == "srmr"), None),
    }
    for source, target in sorted(study.path_pairs, key=lambda pair: pair not in named):
        name = arrows(source, target)
        row = b.add(
            path=f"{named[source, target]}: {name}" if (source, target) in named else name,
            **b.both("f_squared", source, target),
            **b.both("r_squared", source, target),
            **srmr,
        )
        b.judge(row, "f_squared", of=(source, target))
        b.judge(row, "r_squared", of=("", target))
        b.judge(row, "srmr")
        if target in seen:
            b.hidden |= {(row, "r_squared"), (row, "r_squared_printed")}
        if row:
            b.hidden |= {(row, "srmr"), (row, "srmr_printed")}
        seen.add(target)
    bounds = {"f_squared": "f²", "r_squared": "R²", "srmr": "SRMR"}
    if study.products:
        bounds["f_squared_interaction"] = display(threshold("f_squared_interaction").label)
    limits = [f"{name} {thresholds.bound(key, display)}" for key, name in bounds.items()]
    return b.table(
        number="6",
        title=display("Explanatory power (R²), effect size (f²) and the global fit criterion (SRMR)"),
        note=join(
            thresholds.effect_sizes_note(study, display),
            display("SRMR: {fit}.", fit=variant_words(fit, display)),
            thresholds.legend(display),
            ", ".join(limits) + ".",
        ),
    )
