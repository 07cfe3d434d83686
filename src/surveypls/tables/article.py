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
    decision_text,
    effects_stated,
    figure,
    in_print_order,
    join,
    marked_text,
    printed_cells,
    reversed_note,
)
from surveypls.tables.decisions import decision_about
from surveypls.tables.values import as_values
from surveypls.tables.words import abbreviations, construct_label, say, thousands, variant_words
from tabletext.language import Language
from tabletext.tabular import Column, Table
from tabletext.words import decimals_in, stars, stars_note


def table_1_operationalisation(
    study: Study,
    codebook: pd.DataFrame | None,
    values: Long,
    *,
    printed: Printed = None,
    labels: Language = "en",
    notice: str | None = None,
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
    labels : {"en", "es"}
    notice : str, optional
        The synthetic-data notice.
    """
    found = as_values(values)
    b = Builder(labels, printed_cells(printed))
    b.text("construct", say("latent", labels))
    b.text("item", say("item", labels))
    b.text("indicator", say("indicators", labels))
    b.pair("items", say("items_share", labels), "text", "n_items_retained")
    b.pair("efa_loading", say("efa_loading", labels), "unit")
    retained = set(found.keys_of("efa_loading"))
    for name in in_print_order(study.construct_names, b.printed):
        own = study.get(name)
        kept = [i for i in own.items if (i, name) in retained or not own.factored]
        share = "/".join(b.printed.get((s, name, "items"), "—") for s in ("n_items_retained", "n_items"))
        for item in kept:
            b.add(
                construct=construct_label(study, name, labels),
                item=item,
                indicator=marked_text(study, codebook, item, labels),
                items_printed=share,
                items=f"{len(kept)}/{len(study.get(name).items)}",
                efa_loading_printed=b.found("efa_loading", item, name),
                efa_loading=found.get("efa_loading", item, name),
            )
    return b.table(
        number="1",
        title=say("t1.title" if b.printed else "t1.title.own", labels),
        note=join(
            say("n.t1", labels),
            say("n.paraphrase", labels) if b.printed else "",
            reversed_note(b, "indicator"),
        ),
        notice=notice,
        repeats=("construct", "items_printed", "items"),
    )


def table_2_reflective_measurement(
    study: Study,
    values: Long,
    *,
    printed: Printed = None,
    labels: Language = "en",
    notice: str | None = None,
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
    b = Builder(labels, printed_cells(printed))
    reflective = {n: items for n, items in found.blocks(study).items() if study.get(n).mode == "A" and items}
    b.text("construct", say("latent", labels))
    b.text("item", say("item_or_indicator", labels))
    b.pair("outer_loading", say("factor_loading", labels), "unit")
    b.pair("ave", say("ave", labels), "unit")
    composite = say("composite", labels)
    if any(k[0] == "composite_reliability" for k in b.printed):
        b.columns.append(
            Column("composite_reliability_printed", say("printed", labels), "printed", composite)
        )
    b.columns.append(Column("rho_a", "ρA", "unit", composite))
    b.columns.append(Column("rho_c", "ρC", "unit", composite))
    b.pair("cronbach_alpha", say("alpha", labels), "unit")
    per_construct = ("ave", "rho_a", "rho_c", "cronbach_alpha")
    for name in in_print_order(reflective, b.printed):
        for item in reflective[name]:
            cells: dict[str, Any] = {s: found.get(s, name) for s in per_construct}
            cells |= {f"{s}_printed": b.found(s, name) for s in (*per_construct, "composite_reliability")}
            loading = found.get("outer_loading", item, name)
            row = b.add(
                construct=construct_label(study, name, labels),
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
    note = [say("n.t2", labels, **limits), thresholds.legend(labels)]
    if any(k[0] == "composite_reliability" for k in b.printed):
        note.append(say("n.t2.composite", labels))
    printed_too = tuple(f"{s}_printed" for s in (*per_construct, "composite_reliability"))
    return b.table(
        number="2",
        title=say("t2.title" if b.printed else "t2.title.own", labels),
        note=" ".join(note),
        notice=notice,
        repeats=("construct", *per_construct, *printed_too),
    )


def _matrix(
    study: Study,
    names: tuple[str, ...],
    b: Builder,
    fill: Callable[[str, str], tuple[str | None, float, str]],
    *,
    number: str,
    key: str,
    note: str,
    notice: str | None,
) -> Table:
    """Build a lower triangle, printed and recomputed side by side; ``fill`` gives (printed, value, mark)."""
    b.text("construct", say("construct", b.labels))
    cells = {(r, c): fill(r, c) for i, r in enumerate(names) for c in names[: i + 1]}
    has_printed = any(text for text, _, _ in cells.values())
    if has_printed:
        b.columns += [Column(f"{c}_printed", c, "printed", say("printed", b.labels)) for c in names]
    group = say("recomputed", b.labels) if has_printed else ""
    b.columns += [Column(c, c, "unit", group) for c in names]
    hidden: set[tuple[int, str]] = set()
    for i, r in enumerate(names):
        b.add(construct=construct_label(study, r, b.labels))
        for j, c in enumerate(names):
            text, value, mark = cells[r, c] if j <= i else (None, float("nan"), "")
            b.rows[i] |= {f"{c}_printed": text, c: value}
            b.mark(i, c, mark)
            # Above the diagonal, and on a diagonal that is not defined, nothing is missing.
            if j > i or (r == c and text is None and value != value):
                hidden |= {(i, c), (i, f"{c}_printed")}
            elif r == c and value != value:
                hidden.add((i, c))
    made = b.table(number=number, title=say(key, b.labels), note=note, notice=notice)
    return made.with_text(hidden=frozenset(hidden))


def table_3_fornell_larcker(
    study: Study,
    values: Long,
    *,
    printed: Printed = None,
    labels: Language = "en",
    notice: str | None = None,
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
    b = Builder(labels, printed_cells(printed))
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

    note = say("n.t3", labels)
    return _matrix(study, names, b, fill, number="3", key="t3.title", note=note, notice=notice)


def table_4_htmt(
    study: Study,
    values: Long,
    *,
    printed: Printed = None,
    labels: Language = "en",
    notice: str | None = None,
) -> Table:
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
    b = Builder(labels, printed_cells(printed))
    names = in_print_order(study.construct_names, b.printed)

    def fill(r: str, c: str) -> tuple[str | None, float, str]:
        if r == c:
            return b.found("htmt_diagonal", r, r), float("nan"), ""
        value = found.get("htmt", r, c)
        return b.found("htmt", r, c), value, thresholds.judge("htmt", value)

    line = thresholds.threshold("htmt")
    note = say("n.t4", labels, good=figure(line.acceptable), limit=figure(line.borderline or line.acceptable))
    return _matrix(study, names, b, fill, number="4", key="t4.title", note=note, notice=notice)


def table_5_paths(
    study: Study,
    values: Long,
    *,
    printed: Printed = None,
    n_resamples: int | None = None,
    labels: Language = "en",
    notice: str | None = None,
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
    b = Builder(labels, printed_cells(printed))
    b.text("hypothesis", say("hypothesis_path", labels))
    b.pair(
        "path_coefficient", say("beta", labels), "unit", "path_coefficient", "total_effect", "indirect_effect"
    )
    b.pair("t_statistic", say("t", labels), "number")
    b.pair("p_value", say("p", labels), "p")
    b.pair("decision", say("decision", labels), "text")
    level = study.bootstrap.significance
    for heading, statistic, source, target in effects_stated(study, labels):
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
            decision_printed=say(decided, labels) if decided in ("accepted", "rejected") else decided,
            decision=decision_text(
                decision_about(study, found, statistic, source, target), ("accepted", "rejected"), labels
            ),
        )
        if stars(p):
            b.marks[row, "path_coefficient"] = stars(p)
    note = say(
        "n.t5",
        labels,
        resamples=thousands(n_resamples or study.bootstrap.n_resamples, labels),
        sided=say(study.bootstrap.alternative, labels),
        alpha=f"{level:g}",
    )
    used = {name for effect in effects_stated(study, labels) for name in effect[2:]}
    parts = [
        note,
        stars_note(labels) + ".",
        abbreviations(study, [n for n in study.construct_names if n in used], labels),
    ]
    return b.table(
        number="5", title=say("t5.title", labels), note=" ".join(filter(None, parts)), notice=notice
    )


def table_6_model_quality(
    study: Study,
    values: Long,
    *,
    printed: Printed = None,
    fit: str = "estimated/composite",
    labels: Language = "en",
    notice: str | None = None,
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
    b = Builder(labels, printed_cells(printed))
    b.text("path", say("latent_paths", labels))
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
    variant = variant_words(fit, labels)
    limits = {s: figure(thresholds.threshold(s).acceptable) for s in ("f_squared", "r_squared", "srmr")}
    signs = f"f² ≥ {limits['f_squared']}, R² ≥ {limits['r_squared']}, SRMR < {limits['srmr']}."
    note = " ".join((say("n.t6", labels, fit=variant), thresholds.legend(labels), decimals_in(signs, labels)))
    made = b.table(
        number="6", title=say("t6.title" if b.printed else "t6.title.own", labels), note=note, notice=notice
    )
    return made.with_text(hidden=frozenset(hidden))
