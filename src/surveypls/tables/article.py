"""Tables 1–6 of the article, in its order and wording, with recomputed figures beside the printed ones.

Each works for any study: without printed values the columns for them are left out.  The fuller tables
that a journal asks for today stand in :mod:`surveypls.tables`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from surveypls.study.definition import Study
from surveypls.tables import thresholds
from surveypls.tables.build import (
    Builder,
    Long,
    Printed,
    abbreviations,
    construct_label,
    decision_text,
    effects_stated,
    figure,
    in_print_order,
    join,
    marked_text,
    printed_cells,
    reversed_note,
    variant_words,
)
from surveypls.tables.decisions import decision_about
from surveypls.tables.values import as_values
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display, stars
from tabletext.tabular import Column, Table

#: What the article says of a hypothesis.
_CLAIMED = N_({"accepted": "Accepted", "rejected": "Rejected"})


def table_1_operationalisation(
    study: Study,
    codebook: pd.DataFrame | None,
    values: Long,
    *,
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
    printed : Published or DataFrame, optional
        Printed cells: columns statistic, row, column, printed.
    display : Display
        Language, decimal sign and notice.
    """
    found = as_values(values)
    b = Builder(display, printed_cells(printed))
    b.text("construct", display("Latent variable"))
    b.text("item", display("Item"))
    b.text("indicator", display("Indicators"))
    b.pair("items", display("Items"), "text", "n_items_retained")
    b.pair("efa_loading", display("Loading in the factor analysis (EFA)"), "unit")
    retained = set(found.keys_of("efa_loading"))
    for name in in_print_order(study.construct_names, b.printed):
        own = study.get(name)
        kept = [i for i in own.items if (i, name) in retained or not own.factored]
        share = "/".join(b.printed.get((s, name, "items"), "—") for s in ("n_items_retained", "n_items"))
        for item in kept:
            b.add(
                construct=construct_label(study, name, display),
                item=item,
                indicator=marked_text(study, codebook, item, display),
                items_printed=share,
                items=f"{len(kept)}/{len(study.get(name).items)}",
                efa_loading_printed=b.found("efa_loading", item, name),
                efa_loading=found.get("efa_loading", item, name),
            )
    return b.table(
        number="1",
        title=display(coded("t1.title" if b.printed else "t1.title.own")),
        note=join(
            display("Items: retained by the factor analysis / candidates."),
            display("Item texts are short paraphrases.") if b.printed else "",
            reversed_note(b, "indicator"),
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
    printed, labels, notice
        See :func:`table_1_operationalisation`.  A printed ``composite_reliability`` stands beside both
        recomputed coefficients, ρA and ρC.
    """
    found = as_values(values)
    b = Builder(display, printed_cells(printed))
    reflective = {n: items for n, items in found.blocks(study).items() if study.get(n).mode == "A" and items}
    b.text("construct", display("Latent variable"))
    b.text("item", display("Item or indicator"))
    b.pair("outer_loading", display("Factor loading"), "unit")
    b.pair("ave", display("Convergent validity (AVE)"), "unit")
    composite = display("Composite reliability")
    if any(k[0] == "composite_reliability" for k in b.printed):
        b.columns.append(Column("composite_reliability_printed", display("Printed"), "printed", composite))
    b.columns.append(Column("rho_a", "ρA", "unit", composite))
    b.columns.append(Column("rho_c", "ρC", "unit", composite))
    b.pair("cronbach_alpha", display("Cronbach's alpha"), "unit")
    per_construct = ("ave", "rho_a", "rho_c", "cronbach_alpha")
    for name in in_print_order(reflective, b.printed):
        for item in reflective[name]:
            cells: dict[str, Any] = {s: found.get(s, name) for s in per_construct}
            cells |= {f"{s}_printed": b.found(s, name) for s in (*per_construct, "composite_reliability")}
            loading = found.get("outer_loading", item, name)
            row = b.add(
                construct=construct_label(study, name, display),
                item=item,
                outer_loading_printed=b.found("outer_loading", item, name),
                outer_loading=loading,
                **cells,
            )
            if len(reflective[name]) > 1:
                b.mark(row, "outer_loading", thresholds.judge("outer_loading", loading))
            for statistic in per_construct:
                b.mark(row, statistic, thresholds.judge(statistic, cells[statistic]))
    limits = {s: figure(thresholds.threshold(s).acceptable) for s in ("outer_loading", "ave", "rho_c")}
    note = [
        display("Thresholds: loading ≥ {outer_loading}, AVE ≥ {ave}, reliability ≥ {rho_c}.", **limits),
        thresholds.legend(display),
    ]
    if any(k[0] == "composite_reliability" for k in b.printed):
        note.append(display("The printed composite reliability does not say whether it is ρA or ρC."))
    printed_too = tuple(f"{s}_printed" for s in (*per_construct, "composite_reliability"))
    return b.table(
        number="2",
        title=display(coded("t2.title" if b.printed else "t2.title.own")),
        note=" ".join(note),
        repeats=("construct", *per_construct, *printed_too),
    )


def _matrix(
    study: Study,
    names: tuple[str, ...],
    b: Builder,
    fill: Callable[[str, str], tuple[str | None, float, str]],
    *,
    number: str,
    title: str,
    note: str,
) -> Table:
    """Build a lower triangle, printed and recomputed side by side; ``fill`` gives (printed, value, mark)."""
    b.text("construct", b.display("Construct"))
    cells = {(r, c): fill(r, c) for i, r in enumerate(names) for c in names[: i + 1]}
    has_printed = any(text for text, _, _ in cells.values())
    if has_printed:
        b.columns += [Column(f"{c}_printed", c, "printed", b.display("Printed")) for c in names]
    group = b.display("Recomputed") if has_printed else ""
    b.columns += [Column(c, c, "unit", group) for c in names]
    hidden: set[tuple[int, str]] = set()
    for i, r in enumerate(names):
        b.add(construct=construct_label(study, r, b.display))
        for j, c in enumerate(names):
            text, value, mark = cells[r, c] if j <= i else (None, float("nan"), "")
            b.rows[i] |= {f"{c}_printed": text, c: value}
            b.mark(i, c, mark)
            # Above the diagonal, and on a diagonal that is not defined, nothing is missing.
            if j > i or (r == c and text is None and value != value):
                hidden |= {(i, c), (i, f"{c}_printed")}
            elif r == c and value != value:
                hidden.add((i, c))
    made = b.table(number=number, title=title, note=note)
    return made.with_text(hidden=frozenset(hidden))


def table_3_fornell_larcker(
    study: Study, values: Long, *, printed: Printed = None, display: Display = ENGLISH
) -> Table:
    """Table 3: square roots of AVE on the diagonal, correlations of the constructs below it.

    Parameters
    ----------
    study : Study
    values : long DataFrame
        ``sqrt_ave`` (construct, construct) and ``construct_correlation``.
    printed, labels, notice
        See :func:`table_1_operationalisation`.
    """
    found = as_values(values)
    b = Builder(display, printed_cells(printed))
    names = in_print_order(study.construct_names, b.printed)

    def fill(r: str, c: str) -> tuple[str | None, float, str]:
        if r != c:
            value = found.get("construct_correlation", r, c)
            return b.found("construct_correlation", r, c), value, ""
        root = found.get("sqrt_ave", r, r)
        others = [abs(found.get("construct_correlation", r, o)) for o in names if o != r]
        known = [o for o in others if o == o]
        mark = thresholds.judge("fornell_larcker", root - max(known)) if known else ""
        return b.found("sqrt_ave", r, r), root, mark

    note = display(
        "Diagonal: square root of the AVE, ✓ where it exceeds the correlations with all other "
        "constructs. Below it: correlations."
    )
    return _matrix(
        study,
        names,
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
    printed, labels, notice
        See :func:`table_1_operationalisation`.
    """
    found = as_values(values)
    b = Builder(display, printed_cells(printed))
    names = in_print_order(study.construct_names, b.printed)

    def fill(r: str, c: str) -> tuple[str | None, float, str]:
        if r == c:
            return b.found("htmt_diagonal", r, r), float("nan"), ""
        value = found.get("htmt", r, c)
        return b.found("htmt", r, c), value, thresholds.judge("htmt", value)

    line = thresholds.threshold("htmt")
    note = display(
        "✓ below {good}, ~ below or at {limit}, ✗ above. HTMT has no diagonal.",
        good=figure(line.acceptable),
        limit=figure(line.borderline or line.acceptable),
    )
    return _matrix(
        study, names, b, fill, number="4", title=display("Discriminant validity by the HTMT test"), note=note
    )


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
    printed, labels, notice
        See :func:`table_1_operationalisation`.
    n_resamples : int, optional
        Named in the note; the study's own where not given.
    """
    found = as_values(values)
    b = Builder(display, printed_cells(printed))
    b.text("hypothesis", display("Hypothesis"))
    b.pair(
        "path_coefficient",
        display("Path coefficient β"),
        "unit",
        "path_coefficient",
        "total_effect",
        "indirect_effect",
    )
    b.pair("t_statistic", display("Student's t (bootstrap)"), "number")
    b.pair("p_value", display("p-value"), "p")
    b.pair("decision", display("Accepted / rejected"), "text")
    level = study.bootstrap.significance
    for heading, statistic, source, target in effects_stated(study, display):
        p = found.get(statistic, source, target, "p_value")
        decided = b.printed.get(("decision", source, target), "")
        row = b.add(
            hypothesis=heading,
            path_coefficient_printed=b.printed.get((statistic, source, target)),
            path_coefficient=found.get(statistic, source, target),
            t_statistic_printed=b.printed.get(("t_statistic", source, target)),
            t_statistic=found.get(statistic, source, target, "t_statistic"),
            p_value_printed=b.printed.get(("p_value", source, target)),
            p_value=p,
            decision_printed=display(_CLAIMED.get(decided, decided)),
            decision=decision_text(
                decision_about(study, found, statistic, source, target), tuple(_CLAIMED.values()), display
            ),
        )
        if stars(p):
            b.marks[row, "path_coefficient"] = stars(p)
    note = display(
        "t: estimate over its bootstrap standard error ({resamples} resamples); p {sided} from t; "
        "accepted where p < {alpha}.",
        resamples=display.count(n_resamples or study.bootstrap.n_resamples),
        sided=display(coded(study.bootstrap.alternative)),
        alpha=f"{level:g}",
    )
    used = {name for effect in effects_stated(study, display) for name in effect[2:]}
    parts = [
        note,
        display.stars_note + ".",
        abbreviations(study, [n for n in study.construct_names if n in used], display),
    ]
    return b.table(
        number="5",
        title=display("Path coefficients (standardised regression coefficients)"),
        note=" ".join(filter(None, parts)),
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
    printed, labels, notice
        See :func:`table_1_operationalisation`.
    fit : str
        The variant of SRMR, ``"estimated/composite"`` and the like; the note names it.
    """
    found = as_values(values)
    b = Builder(display, printed_cells(printed))
    b.text("path", display("Latent variables (constructs)"))
    b.pair("f_squared", "f²", "number")
    b.pair("r_squared", "R²", "unit")
    b.pair("srmr", "SRMR", "unit")
    direct = {(h.path.source, h.path.target): h.id for h in study.hypotheses if h.effect == "direct"}
    hidden: set[tuple[int, str]] = set()
    seen: set[str] = set()
    srmr = found.get("srmr", "model", fit)
    printed_srmr = next((text for key, text in b.printed.items() if key[0] == "srmr"), None)
    for source, target in sorted(
        study.path_pairs, key=lambda p: (p not in direct, study.path_pairs.index(p))
    ):
        name = f"{source} → {target}"
        f2, r2 = found.get("f_squared", source, target), found.get("r_squared", source, target)
        row = b.add(
            path=f"{direct[source, target]}: {name}" if (source, target) in direct else name,
            f_squared_printed=b.printed.get(("f_squared", source, target)),
            f_squared=f2,
            r_squared_printed=b.printed.get(("r_squared", source, target))
            or b.printed.get(("r_squared", "", target)),
            r_squared=r2,
            srmr_printed=printed_srmr,
            srmr=srmr,
        )
        b.mark(row, "f_squared", thresholds.judge("f_squared", f2))
        if target in seen:
            hidden |= {(row, "r_squared"), (row, "r_squared_printed")}
        b.mark(row, "r_squared", thresholds.judge("r_squared", r2))
        seen.add(target)
        b.mark(row, "srmr", thresholds.judge("srmr", srmr))
        if row:
            hidden |= {(row, "srmr"), (row, "srmr_printed")}
    variant = variant_words(fit, display)
    limits = {s: figure(thresholds.threshold(s).acceptable) for s in ("f_squared", "r_squared", "srmr")}
    signs = f"f² ≥ {limits['f_squared']}, R² ≥ {limits['r_squared']}, SRMR < {limits['srmr']}."
    note = " ".join(
        (
            display(
                "Named sizes of f²: 0.02 small, 0.15 medium, 0.35 large (Cohen, 1988). SRMR: {fit}.",
                fit=variant,
            ),
            thresholds.legend(display),
            display.decimals(signs),
        )
    )
    made = b.table(number="6", title=display(coded("t6.title" if b.printed else "t6.title.own")), note=note)
    return made.with_text(hidden=frozenset(hidden))
