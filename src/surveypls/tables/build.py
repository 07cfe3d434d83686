"""What the tables are built from: a row-by-row builder, printed cells, the order of constructs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from plsem.names import nearest
from surveypls.study.definition import Study
from surveypls.survey.codebook import reversed_items
from surveypls.tables.decisions import Decision
from surveypls.tables.values import Values
from surveypls.tables.words import percent_level, say, thousands
from tableaudit.printed import Published
from tabletext.language import Language
from tabletext.tabular import Column, Kind, Table, hide_repeats, is_missing

Printed = Published | pd.DataFrame | None
_INFERENCE: tuple[tuple[str, str, Kind], ...] = (
    ("standard_deviation", "SE", "number"),
    ("t_statistic", "t", "number"),
    ("p_value", "p", "p"),
)
Long = pd.DataFrame | Values | Sequence[pd.DataFrame]
#: Mark of an item whose answers are turned round.
REVERSED = "(R)"


@dataclass(slots=True)
class Builder:
    """Collects the rows, marks and columns of one table."""

    labels: Language
    printed: dict[tuple[str, str, str], str] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[tuple[int, str], str] = field(default_factory=dict)

    def text(self, key: str, heading: str) -> None:
        """Add a column of text."""
        self.columns.append(Column(key, heading, "text"))

    def pair(self, key: str, heading: str, kind: Kind, *statistics: str) -> None:
        """Add a recomputed column, with a printed one before it where any of these statistics is printed."""
        if any(k[0] in (statistics or (key,)) for k in self.printed):
            shown: Kind = "text" if kind == "text" else "printed"
            self.columns.append(Column(f"{key}_printed", say("printed", self.labels), shown, heading))
            self.columns.append(Column(key, say("recomputed", self.labels), kind, heading))
        else:
            self.columns.append(Column(key, heading, kind))

    def add(self, **cells: Any) -> int:
        """Add a row and return its position."""
        self.rows.append(cells)
        return len(self.rows) - 1

    def mark(self, row: int, key: str, mark: str) -> None:
        """Set ✓, ~ or ✗ behind a cell; "" sets none."""
        if mark:
            self.marks[row, key] = f"\N{NO-BREAK SPACE}{mark}"

    def found(self, statistic: str, row: str, column: str = "") -> str | None:
        """Return a printed cell's text, in either order of a pair."""
        return self.printed.get((statistic, row, column)) or self.printed.get((statistic, column, row))

    def table(
        self, *, title: str, note: str, notice: str | None, number: str = "", repeats: Sequence[str] = ()
    ) -> Table:
        """Return the table; the columns in ``repeats`` show a run of the first column's value once."""
        frame = pd.DataFrame(self.rows, columns=[c.key for c in self.columns])
        hidden = hide_repeats(frame, self.columns[0].key, repeats) if repeats else frozenset()
        return Table(
            frame,
            tuple(self.columns),
            title=title,
            number=number,
            note=note,
            notice=notice or "",
            labels=self.labels,
            marks=self.marks,
            hidden=hidden,
        )


def printed_cells(printed: Printed) -> dict[tuple[str, str, str], str]:
    """Return (statistic, row, column) → the text as printed; empty without printed values."""
    if printed is None:
        return {}
    if isinstance(printed, pd.DataFrame):
        keys = (printed[c].fillna("").astype(str) for c in ("statistic", "row", "column"))
        return dict(zip(zip(*keys, strict=True), printed["printed"].astype(str), strict=True))
    return {(c.statistic, c.row, c.column): c.printed for c in printed}


def in_print_order(names: Iterable[str], printed: Mapping[tuple[str, str, str], str]) -> tuple[str, ...]:
    """Return constructs in the order of the first printed table that names them; the rest follow."""
    seen: dict[str, None] = {}
    known = list(names)
    for _, row, column in printed:
        for name in (row, column):
            if name in known:
                seen.setdefault(name)
    return (*seen, *(n for n in known if n not in seen))


def item_text(codebook: pd.DataFrame | None, item: str, labels: Language) -> str:
    """Return an item's text in a language, or in the other, or "" without a codebook."""
    if codebook is None or "item" not in codebook:
        return ""
    rows = codebook[codebook["item"] == item]
    for name in (f"text_{labels}", "text_en", "text_es", "text"):
        if name in rows and len(rows) and isinstance(rows[name].iloc[0], str):
            return str(rows[name].iloc[0])
    return ""


def marked_text(study: Study, codebook: pd.DataFrame | None, item: str, labels: Language) -> str:
    """Return an item's text, with "(R)" where its answers are turned round."""
    text = item_text(codebook, item, labels)
    return f"{text} {REVERSED}".strip() if item in reversed_items(study, codebook) else text


def reversed_note(b: Builder, key: str) -> str:
    """Return the note on "(R)" where a row of the table has it."""
    return say("n.reversed", b.labels) if any(REVERSED in str(row.get(key, "")) for row in b.rows) else ""


def figure(value: float) -> str:
    """Return a threshold's figure with two decimals, or three where it has them."""
    text = f"{value:.3f}"
    return text[:-1] if text.endswith("0") else text


def effects_stated(study: Study, labels: Language = "en") -> tuple[tuple[str, str, str, str], ...]:
    """Return (row heading, statistic, source, target) of each hypothesis, or of each path without any.

    The heading of an indirect or total effect says so.
    """
    if not study.hypotheses:
        return tuple((f"{s} → {t}", "path_coefficient", s, t) for s, t in study.path_pairs)
    rows = []
    for h in study.hypotheses:
        statistic, source, target = h.quantity
        kind = "" if h.effect == "direct" else f" ({say(statistic, labels).lower()})"
        heading = f"{h.id}: {source} → {target}{kind}"
        rows.append((heading, statistic, source, target))
    return tuple(rows)


def decision_text(decision: Decision | None, words: tuple[str, str], labels: Language) -> str:
    """Return a decision in the words for yes and no, with its remarks; "" where nothing was decided."""
    if decision is None:
        return ""
    verdict = say(words[0 if decision.supported else 1], labels)
    return ", ".join([verdict, *(say(f"remark.{r}", labels) for r in decision.remarks)])


def inference_columns(b: Builder, study: Study, *, tests: bool = True) -> None:
    """Add the columns SE, t, p (unless ``tests`` is False) and the interval's two ends."""
    for key, heading, kind in _INFERENCE if tests else ():
        b.columns.append(Column(key, say("r.se", b.labels) if heading == "SE" else heading, kind))
    level = say("r.interval", b.labels, level=percent_level(study.bootstrap.confidence_level, b.labels))
    b.columns.append(Column("lower", say("r.lower", b.labels), "number", level))
    b.columns.append(Column("upper", say("r.upper", b.labels), "number", level))


def inference_of(found: Values, statistic: str, row: str, column: str) -> dict[str, float]:
    """Return SE, t, p and the interval of one figure, NaN where they are not known."""
    fields = ("standard_deviation", "t_statistic", "p_value", "lower", "upper")
    return {name: found.get(statistic, row, column, name) for name in fields}


def resampling_note(study: Study, labels: Language) -> str:
    """Return the sentence that says how SE, t, p and intervals were found."""
    return say(
        "r.resampling",
        labels,
        count=thousands(study.bootstrap.n_resamples, labels),
        interval=say(f"r.{study.bootstrap.interval}", labels),
        sided=say(study.bootstrap.alternative, labels),
    )


def join(*parts: str) -> str:
    """Join the sentences of a note."""
    return " ".join(p for p in parts if p)


def need_columns(frame: pd.DataFrame, columns: tuple[str, ...], what: str) -> None:
    """Raise KeyError, with the nearest name, where a frame lacks a column."""
    for name in columns:
        if name not in frame.columns:
            raise KeyError(f"{what}: no column {name!r}{nearest(name, map(str, frame.columns))}")


def plain(value: Any) -> str:
    """Return a cell as text, "" where it is missing."""
    return "" if is_missing(value) else str(value)


def phrase(prefix: str, text: str, labels: Language) -> str:
    """Return a known code's phrase, or the text itself."""
    try:
        return say(f"{prefix}.{text}", labels)
    except KeyError:
        return text
