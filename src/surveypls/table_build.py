"""What the tables are built from: a row-by-row builder, printed cells, the order of constructs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from surveypls.printed import Published
from surveypls.study import Language, Study
from surveypls.table_words import say
from surveypls.tabular import Column, Kind, Table, hide_repeats

Printed = Published | pd.DataFrame | None
EFFECT_STATISTIC: Mapping[str, str] = {
    "direct": "path_coefficient",
    "indirect": "indirect_effect",
    "total": "total_effect",
}


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
        self, *, number: str, title: str, note: str, notice: str | None, repeats: Sequence[str] = ()
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


def figure(value: float) -> str:
    """Return a threshold's figure with two decimals, or three where it has them."""
    text = f"{value:.3f}"
    return text[:-1] if text.endswith("0") else text


def effects_stated(study: Study) -> tuple[tuple[str, str, str, str], ...]:
    """Return (row heading, statistic, source, target) of each hypothesis, or of each path without any."""
    if not study.hypotheses:
        return tuple((f"{s} → {t}", "path_coefficient", s, t) for s, t in study.path_pairs)
    return tuple(
        (
            f"{h.id}: {h.path.source} → {h.path.target}",
            EFFECT_STATISTIC[h.effect],
            h.path.source,
            h.path.target,
        )
        for h in study.hypotheses
    )
