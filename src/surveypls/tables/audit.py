"""Tables of the check: printed against recomputed figures, the audit, the text against the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from plsem.quantities import COUNTS
from plsem.thresholds import BAD, BORDERLINE, GOOD
from surveypls.tables.audit_words import check_name, figures_found, place, subject
from surveypls.tables.build import Builder, need_columns, phrase, plain
from tableaudit.cell_states import STATES, count_states
from tabletext.catalogue import N_
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Column, Kind, Table, is_missing

VERDICT_MARKS: Mapping[str, str] = {
    "equal": GOOD,
    "close": BORDERLINE,
    "differ": BAD,
    "holds": GOOD,
    "fails": BAD,
    "cannot be told": BORDERLINE,
}

_STATEMENT = N_(
    {"id": "No.", "where": "Where", "statement": "Statement", "verdict": "Verdict", "found": "Printed figures",
     "remark": "Remark"}
)  # fmt: skip


def comparison_table(comparison: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Set printed cells beside their recomputed values, with a verdict.

    Figures that the data were made to give are left out, as are counts beside them and what is not a
    statistic: that they agree says nothing.

    Parameters
    ----------
    comparison : DataFrame
        As :func:`tableaudit.comparison.compare` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    need_columns(
        comparison,
        ("table", "statistic", "row", "column", "printed", "recomputed", "verdict", "aimed"),
        "comparison",
    )
    shown = comparison[tested(comparison)]
    b = _cells(display)
    b.column("recomputed", display("Recomputed"), "printed")
    b.column("difference", display("Difference"))
    b.text("verdict", display("Verdict"))
    kinds: dict[tuple[int, str], Kind] = {}
    for row in shown.to_dict("records"):
        value: Any = row["recomputed"]
        if is_missing(value):
            value = plain(row.get("recomputed_text"))
            value = display(coded(value)) if value in ("accepted", "rejected") else None
        printed = plain(row["printed"])
        matched = plain(row.get("matched"))
        at = b.add(
            table=str(row["table"]),
            statistic=_statistic(str(row["statistic"]), matched, display),
            about=_about(row),
            printed=display(coded(printed)) if printed in ("accepted", "rejected") else printed,
            recomputed=value,
            difference=row.get("difference", float("nan")),
            verdict=_verdict(str(row["verdict"]), display),
        )
        if str(row["statistic"]) == "p_value" and not isinstance(value, str):
            kinds[at, "recomputed"] = "p"
        if str(row["statistic"]).startswith("n_"):
            kinds[at, "recomputed"] = kinds[at, "difference"] = "count"
    made = b.table(
        title=display("Printed figures that the survey was not made to give, beside the survey's")
        if comparison["aimed"].any()
        else display("Printed and recomputed figures"),
        note=display("Equal: rounds to the printed digits. Close: within 0.005 (t: 0.05, p: 0.01)."),
        repeats=("table",),
    )
    return made.with_text(cell_kinds=kinds)


def tested(comparison: pd.DataFrame) -> pd.Series:
    """Tell which printed figures an agreement would say something about: not inputs, nor what is no statistic.

    Where a survey was made to give printed figures, its counts of items are inputs as well.
    """
    counts = comparison["statistic"].isin(COUNTS) if comparison["aimed"].any() else False
    return ~(comparison["aimed"].astype(bool) | counts | (comparison["verdict"] == "not a statistic"))


def _cells(display: Display) -> Builder:
    """Begin a table of printed cells: where each stands, what it is, and what was printed."""
    b = Builder(display)
    b.text("table", display("Table"))
    b.text("statistic", display("Statistic"))
    b.text("about", display("Of"))
    b.column("printed", display("Printed"), "printed")
    return b


def _about(row: Mapping[Any, Any]) -> str:
    return " – ".join(dict.fromkeys(filter(None, (plain(row["row"]), plain(row["column"])))))


def _statistic(name: str, matched: str, display: Display) -> str:
    shown = display(coded(name)) if name in CODES else name
    reading = matched.partition(" (")[0]
    if reading in ("rho_a", "rho_c", "ave") and reading != name:
        shown = f"{display('Composite reliability')} ({display(coded(f'short.{reading}'))})"
    return shown


def _verdict(verdict: str, display: Display) -> str:
    mark = VERDICT_MARKS.get(verdict, "")
    return f"{mark} {phrase('v', verdict, display)}".strip()


def state_table(states: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Count the states of the printed figures, one row a printed table and one for all.

    Parameters
    ----------
    states : DataFrame
        As :func:`tableaudit.cell_states.states` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    need_columns(states, ("table", "state"), "states")
    counts = count_states(states)
    b = Builder(display)
    b.text("table", display("Table"))
    b.column("n", display("Figures"), "count")
    b.columns += [
        Column(key.replace(" ", "_"), f"{sign} {display(name)}", "count")
        for key, (sign, name, _) in STATES.items()
    ]
    for name, row in [*counts.iterrows(), (display("All"), counts.sum())]:
        b.add(table=str(name), n=int(row.sum()), **{str(k).replace(" ", "_"): int(v) for k, v in row.items()})
    return b.table(
        title=display("States of the printed figures"),
        note=display("Computed from the printed figures alone: no responses are used.")
        + " "
        + " ".join(f"{sign} {display(text)}." for sign, _, text in STATES.values()),
        plain=True,
    )


def contradicted_table(states: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """List the printed figures that contradict others: what the others give, and the definition that would free it.

    Parameters
    ----------
    states : DataFrame
        As :func:`tableaudit.cell_states.states` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    need_columns(states, ("table", "statistic", "printed", "state", "lower", "upper"), "states")
    b = _cells(display)
    b.columns.append(Column("lower", display("from"), "number", display("The other cells give")))
    b.column("upper", display("to"), "number", display("The other cells give"))
    b.text("unless", display("Unless"))
    under = "under_es" if display.language == "es" else "under"
    for row in states[states["state"].str.startswith("contradicted")].to_dict("records"):
        b.add(
            table=str(row["table"]),
            statistic=_statistic(str(row["statistic"]), "", display),
            about=_about(row),
            printed=plain(row["printed"]),
            lower=row["lower"],
            upper=row["upper"],
            unless=display.decimals(plain(row[under])) or "–",
        )
    return b.table(
        title=display("Printed figures that contradict others"),
        note=display(
            "Computed from the printed figures alone, over their rounding intervals; no responses are used."
        ),
        repeats=("table",),
        plain=True,
    )


def audit_table(
    checks: pd.DataFrame, *, kinds: tuple[str, ...] | None = None, display: Display = ENGLISH
) -> Table:
    """List the audit's checks: what was printed, what the other cells allow, the verdict and why.

    Parameters
    ----------
    checks : DataFrame
        Columns check, kind, about, printed, allowed_lower, allowed_upper, verdict, detail, detail_es.
    kinds : tuple of str, optional
        Only these kinds of check.
    display : Display
        Language, decimal sign and notice.
    """
    need_columns(checks, ("check", "kind", "printed", "verdict"), "audit")
    b = Builder(display)
    b.text("check", display("Check"))
    b.text("about", display("Of"))
    b.column("printed", display("Printed"), "printed")
    b.columns.append(
        Column("allowed_lower", display("from"), "number", display("Allowed by the other cells"))
    )
    b.column("allowed_upper", display("to"), "number", display("Allowed by the other cells"))
    b.text("verdict", display("Verdict"))
    detail = "detail_es" if display.language == "es" else "detail"
    if detail in checks:
        b.text("detail", display("Detail"))
    for _, row in checks.iterrows():
        if kinds and row["kind"] not in kinds:
            continue
        printed = plain(row["printed"])
        b.add(
            check=check_name(plain(row["check"]), display),
            about=subject(plain(row.get("about")), display),
            printed=display(coded(printed))
            if printed in ("accepted", "rejected")
            else subject(printed, display) or None,
            allowed_lower=row.get("allowed_lower", float("nan")),
            allowed_upper=row.get("allowed_upper", float("nan")),
            verdict=_verdict(plain(row["verdict"]), display),
            detail=display.decimals(plain(row.get(detail))),
        )
    return b.table(
        title=display("Consistency audit of the printed tables"),
        note=display(
            "Computed from the printed figures alone, over their rounding intervals; no responses are used."
        ),
        plain=True,
    )


def statement_table(
    statements: pd.DataFrame, *, verdict: str | None = None, display: Display = ENGLISH
) -> Table:
    """Statements of the article's text, held against its own tables.

    Parameters
    ----------
    statements : DataFrame
        Columns id, where, statement (or text_en and text_es), verdict, found, note (or note_en, note_es).
    verdict : {"holds", "fails", "cannot be told"}, optional
        Only these.
    display : Display
        Language, decimal sign and notice.
    """
    need_columns(statements, ("id", "verdict"), "statements")
    b = Builder(display)
    for key, heading in _STATEMENT.items():
        b.text(key, display(heading))
    for _, row in statements.iterrows():
        if verdict and row["verdict"] != verdict:
            continue
        text = row.get(f"text_{display.language}", row.get("statement"))
        b.add(
            id=plain(row["id"]),
            where=place(plain(row.get("where")), display),
            statement=display.decimals(plain(text)),
            verdict=_verdict(plain(row["verdict"]), display),
            found=figures_found(plain(row.get("found")), display),
            remark=display.decimals(plain(row.get(f"note_{display.language}", row.get("note")))),
        )
    return b.table(
        title=display("The text held against the tables"),
        note=display("Each statement is evaluated over the printed figures."),
        plain=True,
    )
