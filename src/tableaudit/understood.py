"""What is read of an article's tables: rows of the long form, and remarks."""

from __future__ import annotations

from dataclasses import dataclass, field

from tableaudit.details import Detail, Word, say
from tableaudit.headings import decision_of
from tableaudit.numbers import is_blank, parse_printed


@dataclass(slots=True)
class Understood:
    """Rows of the long form, and remarks on what was not understood; ``table`` is the one that is read."""

    table: str = ""
    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    notes: list[Detail] = field(default_factory=list)

    def add(self, statistic: str, row: str, column: str, printed: str) -> None:
        """Add a printed cell; one that holds nothing is left out, one that is no number is remarked on."""
        if is_blank(printed):
            return
        kind = statistic.rpartition(".")[2]
        if kind == "decision":
            decided = decision_of(printed)
            if decided is None:
                self.notes.append(
                    say(
                        "table {}, {} {}: {} is not read as a decision",
                        self.table,
                        row,
                        column,
                        repr(printed),
                    )
                )
                return
            printed = decided
        else:
            try:
                parse_printed(printed, statistic)
            except ValueError as error:
                self.notes.append(
                    say("table {}, {} of {} {}: {}", self.table, Word(statistic), row, column, str(error))
                )
                return
        self.rows.append((self.table, statistic, row, column, printed))
