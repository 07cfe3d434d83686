"""Tables of the check: printed against recomputed figures, the audit, the text against the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from surveypls.tables import thresholds
from surveypls.tables.audit_words import check_name, figures_found, place, subject
from surveypls.tables.build import Builder, need_columns, phrase, plain
from surveypls.tables.words import say
from tabletext.language import Language
from tabletext.tabular import Column, Kind, Table, is_missing
from tabletext.words import decimals_in, has_word, words

VERDICT_MARKS: Mapping[str, str] = {
    "equal": thresholds.GOOD,
    "close": thresholds.BORDERLINE,
    "differ": thresholds.BAD,
    "impossible": thresholds.BAD,
    "holds": thresholds.GOOD,
    "fails": thresholds.BAD,
    "cannot be told": thresholds.BORDERLINE,
}


def comparison_table(
    comparison: pd.DataFrame,
    *,
    table: str | None = None,
    labels: Language = "en",
    notice: str | None = None,
) -> Table:
    """Every printed cell beside its recomputed value, with a verdict.

    Parameters
    ----------
    comparison : DataFrame
        As :func:`tableaudit.comparison.compare` returns it.
    table : str, optional
        Only the cells of this printed table.
    labels, notice
        See :func:`surveypls.tables.process.cleaning_table`.
    """
    need_columns(
        comparison, ("table", "statistic", "row", "column", "printed", "recomputed", "verdict"), "comparison"
    )
    b = Builder(labels)
    b.text("table", say("table", labels))
    b.text("statistic", say("r.statistic", labels))
    b.text("about", say("v.about", labels))
    b.columns.append(Column("printed", say("printed", labels), "printed"))
    b.columns.append(Column("recomputed", say("recomputed", labels), "printed"))
    b.columns.append(Column("difference", say("difference", labels), "number"))
    b.text("verdict", say("verdict", labels))
    kinds: dict[tuple[int, str], Kind] = {}
    for _, row in comparison.iterrows():
        if table is not None and str(row["table"]) != table:
            continue
        value: Any = row["recomputed"]
        if is_missing(value):
            value = plain(row.get("recomputed_text"))
            value = say(value, labels) if value in ("accepted", "rejected") else None
        printed = plain(row["printed"])
        matched = plain(row.get("matched"))
        at = b.add(
            table=str(row["table"]),
            statistic=_statistic(str(row["statistic"]), matched, labels),
            about=" – ".join(dict.fromkeys(filter(None, (plain(row["row"]), plain(row["column"]))))),
            printed=say(printed, labels) if printed in ("accepted", "rejected") else printed,
            recomputed=value,
            difference=row.get("difference", float("nan")),
            verdict=_verdict(str(row["verdict"]), labels),
        )
        if str(row["statistic"]) == "p_value" and not isinstance(value, str):
            kinds[at, "recomputed"] = "p"
        if str(row["statistic"]).startswith("n_"):
            kinds[at, "recomputed"] = kinds[at, "difference"] = "count"
    made = b.table(
        title=say("v.title", labels), note=say("v.note", labels), notice=notice, repeats=("table",)
    )
    return made.with_text(cell_kinds=kinds)


def _statistic(name: str, matched: str, labels: Language) -> str:
    shown = words(name, labels) if has_word(name) else name
    reading = matched.partition(" (")[0]
    if reading in ("rho_a", "rho_c", "ave") and reading != name:
        shown = f"{say('composite', labels)} ({say(f'short.{reading}', labels)})"
    return shown


def _verdict(verdict: str, labels: Language) -> str:
    mark = VERDICT_MARKS.get(verdict, "")
    return f"{mark} {phrase('v', verdict, labels)}".strip()


def verdict_table(comparison: pd.DataFrame, *, labels: Language = "en", notice: str | None = None) -> Table:
    """Count the verdicts, one row a printed table and one for all.

    Parameters
    ----------
    comparison : DataFrame
        Columns table and verdict.
    labels, notice
        See :func:`surveypls.tables.process.cleaning_table`.
    """
    need_columns(comparison, ("table", "verdict"), "comparison")
    order = ("equal", "close", "differ", "impossible", "not recomputed")
    found = [v for v in order if v in set(comparison["verdict"])]
    b = Builder(labels)
    b.text("table", say("table", labels))
    b.columns.append(Column("n", say("v.cells", labels), "count"))
    b.columns += [Column(v.replace(" ", "_"), _verdict(v, labels), "count") for v in found]
    groups = [(str(name), part) for name, part in comparison.groupby("table", sort=False)]
    for name, part in [*groups, (say("v.all", labels), comparison)]:
        counts = part["verdict"].value_counts()
        b.add(table=name, n=len(part), **{v.replace(" ", "_"): int(counts.get(v, 0)) for v in found})
    return b.table(title=say("v.summary", labels), note=say("v.note", labels), notice=notice)


def audit_table(
    checks: pd.DataFrame,
    *,
    verdict: str | None = None,
    kinds: tuple[str, ...] | None = None,
    labels: Language = "en",
    notice: str | None = None,
) -> Table:
    """List the audit's checks: what was printed, what the other cells allow, the verdict and why.

    Parameters
    ----------
    checks : DataFrame
        Columns check, kind, about, printed, allowed_lower, allowed_upper, verdict, detail, detail_es.
    verdict : {"holds", "fails", "cannot be told"}, optional
        Only these.
    kinds : tuple of str, optional
        Only these kinds of check.
    labels : {"en", "es"}
    notice : str, optional
        Accepted as by every table and left out: no responses are used here.
    """
    need_columns(checks, ("check", "kind", "printed", "verdict"), "audit")
    b = Builder(labels)
    b.text("check", say("a.check", labels))
    b.text("about", say("v.about", labels))
    b.columns.append(Column("printed", say("printed", labels), "printed"))
    b.columns.append(Column("allowed_lower", say("a.from", labels), "number", say("a.allowed", labels)))
    b.columns.append(Column("allowed_upper", say("a.to", labels), "number", say("a.allowed", labels)))
    b.text("verdict", say("verdict", labels))
    detail = "detail_es" if labels == "es" else "detail"
    if detail in checks:
        b.text("detail", say("a.detail", labels))
    for _, row in checks.iterrows():
        if (verdict and row["verdict"] != verdict) or (kinds and row["kind"] not in kinds):
            continue
        printed = plain(row["printed"])
        b.add(
            check=check_name(plain(row["check"]), labels),
            about=subject(plain(row.get("about")), labels),
            printed=say(printed, labels)
            if printed in ("accepted", "rejected")
            else subject(printed, labels) or None,
            allowed_lower=row.get("allowed_lower", float("nan")),
            allowed_upper=row.get("allowed_upper", float("nan")),
            verdict=_verdict(plain(row["verdict"]), labels),
            detail=decimals_in(plain(row.get(detail)), labels),
        )
    return b.table(title=say("a.title", labels), note=say("a.note", labels), notice=None)


def statement_table(
    statements: pd.DataFrame,
    *,
    verdict: str | None = None,
    labels: Language = "en",
    notice: str | None = None,
) -> Table:
    """Statements of the article's text, held against its own tables.

    Parameters
    ----------
    statements : DataFrame
        Columns id, where, statement (or text_en and text_es), verdict, found, note (or note_en, note_es).
    verdict : {"holds", "fails", "cannot be told"}, optional
        Only these.
    labels : {"en", "es"}
    notice : str, optional
        Accepted as by every table and left out: no responses are used here.
    """
    need_columns(statements, ("id", "verdict"), "statements")
    b = Builder(labels)
    for key in ("id", "where", "statement", "verdict", "found", "remark"):
        b.text(key, say(f"st.{key}", labels))
    for _, row in statements.iterrows():
        if verdict and row["verdict"] != verdict:
            continue
        text = row.get(f"text_{labels}", row.get("statement"))
        b.add(
            id=plain(row["id"]),
            where=place(plain(row.get("where")), labels),
            statement=decimals_in(plain(text), labels),
            verdict=_verdict(plain(row["verdict"]), labels),
            found=figures_found(plain(row.get("found")), labels),
            remark=decimals_in(plain(row.get(f"note_{labels}", row.get("note"))), labels),
        )
    return b.table(title=say("st.title", labels), note=say("st.note", labels), notice=None)
