"""An article's tables in any of several files, as printed cells: what was understood, to be looked at first."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from tableaudit.details import Detail, say
from tableaudit.grids import read_grids
from tableaudit.names import SURE, likeness, matches
from tableaudit.printed import (
    REQUIRED_COLUMNS,
    STATISTICS,
    Published,
    PublishedError,
    from_values,
    load_published,
)
from tableaudit.report import Section
from tableaudit.understand import COLUMNS, understand
from tabletext.catalogue import translate

__all__ = ["Article", "read_article"]


@dataclass(frozen=True)
class Article:
    """What was read of a file.

    Parameters
    ----------
    source : str
    values : DataFrame
        The long form, all text.
    is_long : bool
        The file was in the long form already.
    notes : tuple of Detail
        What was not understood, which names were taken as one, and which are asked about.
    """

    source: str
    values: pd.DataFrame
    is_long: bool
    notes: tuple[Detail, ...] = ()
    loaded: Published | None = field(default=None, repr=False)

    def published(self) -> Published:
        """Return the printed cells.

        Raises
        ------
        PublishedError
            If a row of the long form cannot be used.
        """
        return self.loaded if self.loaded is not None else from_values(self.values, self.source)

    def csv(self) -> str:
        """Write the long form; it can be corrected and audited again."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.values.columns)
        writer.writerows(self.values.itertuples(index=False, name=None))
        return out.getvalue()

    def section(self, language: str = "en") -> Section:
        """Return what was understood, as it stands at the end of a report in a file."""
        heading = translate("What was understood (correct it in this form and audit it again):", language)
        return Section(
            heading.rstrip(":"), tuple(n.text(language) for n in self.notes), (), self.csv().rstrip()
        )

    def shown(self, language: str = "en") -> str:
        """Write what was understood, as it is shown before the report."""
        lines = [translate("What was understood (correct it in this form and audit it again):", language)]
        lines += [self.csv().rstrip(), *(f"! {note.text(language)}" for note in self.notes)]
        return "\n".join(lines)


def read_article(path: Path | str) -> Article:
    r"""Read an article's printed figures.

    Parameters
    ----------
    path : path
        A folder or CSV in the long form of ``data/published/README.md``, or tables as articles print them:
        ``.xlsx``, ``.docx``, ``.html``, ``.tex``, ``.md``, ``.txt`` or ``.csv``.

    Returns
    -------
    Article

    Raises
    ------
    PublishedError
        If the file cannot be read, or nothing in it is recognised.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "article.md"
    ...     _ = path.write_text("| Path | β | t | p |\n|---|---|---|---|\n| X -> Y | 0.500 | 2.101 | 0.036 |\n")
    ...     read_article(path).values[["statistic", "row", "column", "printed"]]
              statistic row column printed
    0  path_coefficient   X      Y   0.500
    1       t_statistic   X      Y   2.101
    2           p_value   X      Y   0.036
    """
    path = Path(path)
    if path.is_dir() or (path.suffix.lower() == ".csv" and _is_long(path)):
        loaded = load_published(path)
        return Article(loaded.source, loaded.values, True, (), loaded)
    found = understand(read_grids(path))
    if not found.rows:
        raise PublishedError(
            f"{path.name}: no printed figure recognised; expected tables with headings such as Loading, AVE, "
            f"Composite reliability, Path coefficient, t, p, R² ({'; '.join(n.en for n in found.notes[:5])})"
        )
    rows, notes = _one_name_each(found.rows)
    values = pd.DataFrame(_with_cells(rows), columns=list(COLUMNS), dtype=str)
    return Article(path.name, values, False, (*found.notes, *notes))


def _is_long(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8-sig") as file:
            header = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return True  # the reader of the long form says what is wrong
    return len({h.strip() for h in header} & set(REQUIRED_COLUMNS)) >= 3


_Row = tuple[str, str, str, str, str]


def _one_name_each(rows: list[_Row]) -> tuple[list[_Row], list[Detail]]:
    """Give a construct that tables name differently one name: the one of its loadings, else the first."""
    uses: dict[str, set[str]] = {}
    for table, statistic, row, column, _ in rows:
        for name in _constructs(statistic, row, column):
            uses.setdefault(name, set()).add(table)
    measured = list(
        dict.fromkeys(c for _, s, _, c, _ in rows if s in ("outer_loading", "outer_weight") and c)
    )
    known = measured or list(uses)
    others = [n for n in uses if n not in known]
    found = matches(others, known)
    renamed: dict[str, str] = {}
    notes: list[Detail] = []
    for name, other in found.items():
        if uses[name] & uses[other] and measured and likeness(name, other) < 1:
            continue
        if likeness(name, other) >= SURE:
            renamed[name] = other
            if name != other:
                notes.append(say("{} is read as {}", repr(name), repr(other)))
        else:
            notes.append(say("is {} the same construct as {}? They are kept apart", repr(name), repr(other)))
    out = []
    for table, statistic, row, column, printed in rows:
        if statistic == "specific_indirect_effect" or statistic.startswith("specific_indirect_effect."):
            row = " -> ".join(renamed.get(s, s) for s in row.split(" -> "))
        else:
            kinds = STATISTICS[statistic]
            row = renamed.get(row, row) if kinds[0] in _NAMED else row
            column = renamed.get(column, column) if kinds[1] in _NAMED else column
        out.append((table, statistic, row, column, printed))
    return out, notes


_NAMED = ("construct", "source", "target")


def _constructs(statistic: str, row: str, column: str) -> list[str]:
    kinds = STATISTICS[statistic]
    return [n for n, k in zip((row, column), kinds, strict=True) if n and k in _NAMED]


def _with_cells(rows: list[_Row]) -> list[tuple[str, ...]]:
    out: list[tuple[str, ...]] = []
    seen: dict[str, int] = {}
    for table, statistic, row, column, printed in rows:
        name = ".".join(
            filter(
                None, (f"T{table}", *(_word(p) for p in (row, column if column != row else "")), statistic)
            )
        )
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name = f"{name}.{seen[name]}"
        out.append((table, name, statistic, row, column, printed, ""))
    return out


def _word(text: str) -> str:
    return "_".join("".join(ch if ch.isalnum() or ch == "_" else " " for ch in text).split())
