"""What the tables are built from: a row-by-row builder, printed cells, the order of constructs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from plsem.names import nearest
from plsem.quantities import places
from plsem.thresholds import threshold_of
from surveypls.study.definition import Study
from surveypls.study.terms import Hypothesis
from surveypls.survey.codebook import reversed_items
from surveypls.tables.decisions import Decision
from surveypls.tables.values import Values, as_values
from tableaudit.printed import Published
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display, stars
from tabletext.tabular import Column, Kind, Table, hide_repeats, is_missing

Printed = Published | pd.DataFrame | None
Long = pd.DataFrame | Values | Sequence[pd.DataFrame]
#: Mark of an item whose answers are turned round.
REVERSED = "(R)"


@dataclass(slots=True)
class Builder:
    """Collects the rows, marks and columns of one table; looks up recomputed and printed figures."""

    display: Display
    recomputed: Values = field(default_factory=lambda: Values(()))
    printed: dict[tuple[str, str, str], str] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[tuple[int, str], str] = field(default_factory=dict)
    hidden: set[tuple[int, str]] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, display: Display, values: Long, printed: Printed = None) -> Builder:
        """Return a builder over recomputed figures and, where there are any, printed ones."""
        return cls(display, as_values(values), printed_cells(printed))

    def column(
        self, key: str, heading: str, kind: Kind = "number", group: str = "", *, decimals: int | None = None
    ) -> None:
        """Add a column; see :class:`tabletext.tabular.Column`."""
        self.columns.append(Column(key, heading, kind, group, decimals))

    def text(self, key: str, heading: str) -> None:
        """Add a column of text."""
        self.column(key, heading, "text")

    def prints(self, *statistics: str) -> bool:
        """Tell whether any figure of these statistics is printed."""
        return any(key[0] in statistics for key in self.printed)

    def pair(self, key: str, heading: str, kind: Kind, *statistics: str) -> None:
        """Add a recomputed column, with a printed one before it where any of these statistics is printed."""
        if self.prints(*(statistics or (key,))):
            self.column(
                f"{key}_printed", self.display("Printed"), "text" if kind == "text" else "printed", heading
            )
            self.column(key, self.display("Recomputed"), kind, heading)
        else:
            self.column(key, heading, kind)

    def inference(self, study: Study, *, tests: bool = True) -> None:
        """Add the columns SE, t, p (unless ``tests`` is False) and the interval's two ends."""
        if tests:
            self.column("standard_deviation", self.display("SE"))
            self.column("t_statistic", "t")
            self.column("p_value", "p", "p")
        level = self.display("{level} CI", level=self.display.level(study.bootstrap.confidence_level))
        self.column("lower", self.display("LL"), "number", level)
        self.column("upper", self.display("UL"), "number", level)

    def add(self, record: Mapping[Any, Any] | pd.Series | None = None, /, **cells: Any) -> int:
        """Add a row and return its position: a record, with cells in place of its own and beside them.

        A truth value reads yes or no.
        """
        row = {**({} if record is None else record), **cells}
        self.rows.append({key: yes_or_no(value, self.display) for key, value in row.items()})
        return len(self.rows) - 1

    def both(self, statistic: str, row: str, column: str = "") -> dict[str, Any]:
        """Return the cells of a pair of columns: the recomputed figure and the printed one."""
        return {
            statistic: self.recomputed.get(statistic, row, column),
            f"{statistic}_printed": self.found(statistic, row, column),
        }

    def inferred(self, statistic: str, row: str, column: str = "") -> dict[str, float]:
        """Return SE, t, p and the interval of one figure, NaN where they are not known."""
        fields = ("standard_deviation", "t_statistic", "p_value", "lower", "upper")
        return {name: self.recomputed.get(statistic, row, column, name) for name in fields}

    def mark(self, row: int, key: str, mark: str) -> None:
        """Set ✓, ~ or ✗ behind a cell; "" sets none."""
        if mark:
            self.marks[row, key] = f"\N{NO-BREAK SPACE}{mark}"

    def judge(
        self,
        row: int,
        key: str,
        statistic: str = "",
        of: tuple[str, str] | None = None,
        ends: Iterable[float] = (),
    ) -> None:
        """Mark a cell by a statistic's threshold; by default the one that the column is called after.

        Where ``of`` names what the figure is about, ✓ needs its interval, too, if there is one; or that of ``ends``.
        """
        name = statistic or key
        if of:
            ends = (self.recomputed.get(name, *of, side) for side in ("lower", "upper"))
        line = threshold_of(name, of[0] if of else "")
        self.judged.add(line.statistic)
        self.mark(row, key, line.judge(self.rows[row][key], *ends))

    def star(self, row: int, key: str) -> None:
        """Set the stars of a row's p value behind a cell."""
        if shown := stars(self.rows[row]["p_value"]):
            self.marks[row, key] = shown

    def found(self, statistic: str, row: str, column: str = "") -> str | None:
        """Return a printed cell's text, wherever it may stand."""
        cells = ((statistic, *place) for place in places(statistic, row, column))
        return next((self.printed[cell] for cell in cells if cell in self.printed), None)

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
            hidden=hidden | self.hidden,
            judged=frozenset(self.judged),
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


def heading_of(stated: Hypothesis, study: Study, display: Display = ENGLISH) -> str:
    """Return how a hypothesis heads its row: id, path, and the effect where it is not a path coefficient."""
    statistic, *_ = stated.quantity
    kind = "" if stated.effect == "direct" else f" ({display(coded(statistic)).lower()})"
    name = f"{stated.id}: " if stated in study.hypotheses else ""
    return f"{name}{stated.arrows}{kind}"


def decision_text(decision: Decision | None, words: Sequence[str], display: Display) -> str:
    """Return a decision in the words for yes and no, with its remarks; "" where nothing was decided."""
    if decision is None:
        return ""
    verdict = display(words[0 if decision.supported else 1])
    return ", ".join([verdict, *(display(coded(f"remark.{r}")) for r in decision.remarks)])


def resampling_note(study: Study, display: Display) -> str:
    """Return the sentence that says how SE, t, p and intervals were found."""
    return display(
        "SE, t, p ({sided}) and {interval} intervals from {count} bootstrap resamples.",
        count=display.count(study.bootstrap.n_resamples),
        interval=display(coded(f"r.{study.bootstrap.interval}")),
        sided=display(coded(study.bootstrap.alternative)),
    )


def interval(study: Study, lower: float, upper: float, display: Display) -> str:
    """Return an interval as sentences show it: "95% CI [0.077, 0.155]"."""
    level = display.level(study.bootstrap.confidence_level)
    return f"{level} {display('CI')} {display.interval(lower, upper)}"


def join(*parts: str) -> str:
    """Join the sentences of a note."""
    return " ".join(p for p in parts if p)


def need_columns(frame: pd.DataFrame, columns: tuple[str, ...], what: str) -> None:
    """Raise KeyError, with the nearest name, where a frame lacks a column."""
    for name in columns:
        if name not in frame.columns:
            raise KeyError(f"{what}: no column {name!r}{nearest(name, map(str, frame.columns))}")


def yes_or_no(value: Any, display: Display) -> Any:
    """Return the word for a truth value; anything else as it is."""
    return display(coded("yes" if value else "no")) if isinstance(value, (bool, np.bool_)) else value


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
