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
from tableaudit.printed import Published
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
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

    display: Display
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
            self.columns.append(Column(f"{key}_printed", self.display("Printed"), shown, heading))
            self.columns.append(Column(key, self.display("Recomputed"), kind, heading))
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
        self, *, title: str, note: str, number: str = "", repeats: Sequence[str] = (), plain: bool = False
    ) -> Table:
        """Return the table.

        The columns in ``repeats`` show a run of the first column's value once; a ``plain`` one says nothing of
        the data, as it rests on none.
        """
        frame = pd.DataFrame(self.rows, columns=[c.key for c in self.columns])
        hidden = hide_repeats(frame, self.columns[0].key, repeats) if repeats else frozenset()
        return Table(
            frame,
            tuple(self.columns),
            title=title,
            number=number,
            note=note,
            display=self.display.without_notice() if plain else self.display,
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


def item_text(codebook: pd.DataFrame | None, item: str, display: Display) -> str:
    """Return an item's text in a language, or in the other, or "" without a codebook."""
    if codebook is None or "item" not in codebook:
        return ""
    rows = codebook[codebook["item"] == item]
    for name in (f"text_{display.language}", "text_en", "text_es", "text"):
        if name in rows and len(rows) and isinstance(rows[name].iloc[0], str):
            return str(rows[name].iloc[0])
    return ""


def marked_text(study: Study, codebook: pd.DataFrame | None, item: str, display: Display) -> str:
    """Return an item's text, with "(R)" where its answers are turned round."""
    text = item_text(codebook, item, display)
    return f"{text} {REVERSED}".strip() if item in reversed_items(study, codebook) else text


def reversed_note(b: Builder, key: str) -> str:
    """Return the note on "(R)" where a row of the table has it."""
    return (
        b.display("(R): reversed item, its answers turned round before the analysis.")
        if any(REVERSED in str(row.get(key, "")) for row in b.rows)
        else ""
    )


def figure(value: float) -> str:
    """Return a threshold's figure with two decimals, or three where it has them."""
    text = f"{value:.3f}"
    return text[:-1] if text.endswith("0") else text


def effects_stated(study: Study, display: Display = ENGLISH) -> tuple[tuple[str, str, str, str], ...]:
    """Return (row heading, statistic, source, target) of each hypothesis, or of each path without any.

    The heading of an indirect or total effect says so.
    """
    if not study.hypotheses:
        return tuple((f"{s} → {t}", "path_coefficient", s, t) for s, t in study.path_pairs)
    rows = []
    for h in study.hypotheses:
        statistic, source, target = h.quantity
        kind = "" if h.effect == "direct" else f" ({display(coded(statistic)).lower()})"
        heading = f"{h.id}: {source} → {target}{kind}"
        rows.append((heading, statistic, source, target))
    return tuple(rows)


def decision_text(decision: Decision | None, words: Sequence[str], display: Display) -> str:
    """Return a decision in the words for yes and no, with its remarks; "" where nothing was decided."""
    if decision is None:
        return ""
    verdict = display(words[0 if decision.supported else 1])
    return ", ".join([verdict, *(display(coded(f"remark.{r}")) for r in decision.remarks)])


def inference_columns(b: Builder, study: Study, *, tests: bool = True) -> None:
    """Add the columns SE, t, p (unless ``tests`` is False) and the interval's two ends."""
    for key, heading, kind in _INFERENCE if tests else ():
        b.columns.append(Column(key, b.display("SE") if heading == "SE" else heading, kind))
    level = b.display("{level} CI", level=b.display.level(study.bootstrap.confidence_level))
    b.columns.append(Column("lower", b.display("LL"), "number", level))
    b.columns.append(Column("upper", b.display("UL"), "number", level))


def inference_of(found: Values, statistic: str, row: str, column: str) -> dict[str, float]:
    """Return SE, t, p and the interval of one figure, NaN where they are not known."""
    fields = ("standard_deviation", "t_statistic", "p_value", "lower", "upper")
    return {name: found.get(statistic, row, column, name) for name in fields}


def resampling_note(study: Study, display: Display) -> str:
    """Return the sentence that says how SE, t, p and intervals were found."""
    return display(
        "SE, t, p ({sided}) and {interval} intervals from {count} bootstrap resamples.",
        count=display.count(study.bootstrap.n_resamples),
        interval=display(coded(f"r.{study.bootstrap.interval}")),
        sided=display(coded(study.bootstrap.alternative)),
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


def phrase(prefix: str, text: str, display: Display) -> str:
    """Return a known code's phrase, or the text itself."""
    try:
        return display(coded(f"{prefix}.{text}"))
    except KeyError:
        return text


def variant_words(variant: str, display: Display) -> str:
    """Return a fit variant such as ``estimated/composite`` in words."""
    return ", ".join(display(coded(f"fit.{part}")) for part in variant.split("/") if part)


def construct_label(study: Study, name: str, display: Display) -> str:
    """Return "Label (NAME)", or the name alone where there is no other label."""
    label = study.label(name, display.language)
    return label if label == name else f"{label} ({name})"


def abbreviations(study: Study, names: Sequence[str], display: Display) -> str:
    """Return "FI = Sources of income; …." for the constructs that have a label."""
    pairs = [(n, study.label(n, display.language)) for n in names]
    listed = "; ".join(f"{n} = {label}" for n, label in pairs if label != n)
    return listed + "." if listed else ""
