"""Which conventions stand behind printed figures, where the answers are at hand: every choice is tried on every figure.

What acts on everything (gaps, scheme, estimator and so on) is crossed; what acts on one statistic is tried within
each.  The list of conventions is ``plsem.conventions.CONVENTIONS``.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from plsem.conventions import CONVENTIONS
from plsem.model import Model
from plsem.names import N_, Said, nearest
from plsem.quantities import QUANTITIES, about
from plsem.quantities import STATISTICS as REGISTRY
from plsem.under_conventions import analyses
from tableaudit.conventions_search import Search, t_of
from tableaudit.printed import STATISTICS, Cell, Published, PublishedError, from_values
from tableaudit.tables_in import read_article
from tabletext.language import Language
from tabletext.said import into

_RESAMPLED = N_("it comes from resamples")
_NOT_COMPUTED = N_("it is not computed here")
_NO_T = N_("its t is not printed")


@dataclass(frozen=True, repr=False)
class Solution:
    """Which conventions reproduce the most printed figures, and what that tells.

    Attributes
    ----------
    conventions : DataFrame
        One row an option of each convention that a printed figure depends on: ``convention, option, reproduced`` (the
        most figures that any setting with this option reproduces), ``holds`` (none reproduces more).
    settings : DataFrame
        The settings that reproduce the most figures, one row each for what acts on everything; for what acts on one
        statistic the options that serve, joined by ``|``.
    figures : DataFrame
        One row a printed figure: ``cell, statistic, row, column, printed, verdict, value`` (under the first of the
        settings), ``nearest`` (under any), ``otherwise`` (what has to be different for it).  Verdicts:
        ``reproduced``; ``otherwise``: by another setting, which reproduces fewer figures in all; ``nowhere``: by none;
        ``not judged``, with the reason in ``otherwise``.
    left_out : tuple of str
        What is not tried, a sentence each.
    n_rows, n_missing : int
        Rows of the data, and answers that are missing in them.
    """

    conventions: pd.DataFrame
    settings: pd.DataFrame
    figures: pd.DataFrame
    left_out: tuple[str, ...]
    n_rows: int
    n_missing: int

    def holding(self, convention: str) -> tuple[str, ...]:
        """Return the options of a convention that the printed figures leave; none where no figure depends on it."""
        rows = self.conventions
        found = rows.loc[(rows["convention"] == convention) & rows["holds"], "option"]
        return tuple(found)

    def text(self, language: Language = "en") -> str:
        """Write the report."""
        parts = []
        for heading, lines in self._sections():
            parts.append(
                "\n".join([into(heading, language), *(f"- {into(line, language)}" for line in lines)])
            )
        return "\n\n".join(parts)

    def as_data(self) -> dict[str, object]:
        """Return the tables as plain data, for JSON."""
        tables = {"conventions": self.conventions, "settings": self.settings, "figures": self.figures}
        plain = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
        return {"n": self.n_rows, "missing": self.n_missing, **plain, "not_tried": list(self.left_out)}

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        parts = []
        for heading, lines in self._sections():
            items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
            parts.append(f"<p>{html.escape(heading)}</p><ul>{items}</ul>")
        return "\n".join(parts)

    def _sections(self) -> list[tuple[str, list[str]]]:
        judged = self.figures[self.figures["verdict"] != "not judged"]
        counts = judged["verdict"].value_counts()
        said = Said(
            "{found} of {judged} figures are reproduced under these conventions ({rows} rows, {gaps} answers missing):",
            found=int(counts.get("reproduced", 0)),
            judged=len(judged),
            rows=self.n_rows,
            gaps=self.n_missing,
        )
        told: list[str] = []
        untold: list[str] = []
        for name, rows in self.conventions.groupby("convention", sort=False):
            label = Said(CONVENTIONS[str(name)].label)
            if rows["holds"].all():
                untold.append(label)
            else:
                told.append(_told(str(name), label, rows))
        sections: list[tuple[str, list[str]]] = [(said, told)]
        if 2 * counts.get("reproduced", 0) < len(judged):
            told.insert(
                0,
                Said(
                    "Fewer than half: other answers or another model may be behind the figures, and what follows "
                    "rests on coincidences"
                ),
            )
        if untold:
            sections.append((Said("Not told apart by these figures:"), untold))
        for verdict, heading in (
            ("nowhere", Said("Reproduced by no setting:")),
            ("otherwise", Said("Reproduced only by another setting, which reproduces fewer figures in all:")),
        ):
            rows = judged[judged["verdict"] == verdict]
            if len(rows):
                sections.append((heading, [_missed(row) for _, row in rows.iterrows()]))
        if self.left_out:
            sections.append((Said("Not tried:"), list(self.left_out)))
        others = self.figures[self.figures["verdict"] == "not judged"]
        if len(others):
            kinds = pd.Series(zip(others["statistic"], others["otherwise"], strict=True)).value_counts(
                sort=False
            )
            named: list[str] = [
                Said("{count} × {name}: {reason}", count=n, name=_label(name), reason=Said(why))
                for (name, why), n in zip(kinds.index.tolist(), kinds.tolist(), strict=True)
            ]
            sections.append((Said("Not judged:"), named))
        return sections


def _label(statistic: str) -> Said:
    row = REGISTRY.get(statistic)
    return Said(row.label if row is not None else statistic)


def _option(convention: str, option: str) -> Said:
    return Said(CONVENTIONS[convention].options[option])


def _told(name: str, label: Said, rows: pd.DataFrame) -> Said:
    holding = [_option(name, option) for option in rows.loc[rows["holds"], "option"]]
    chosen = holding[0]
    for other in holding[1:]:
        chosen = Said("{one} or {other}", one=chosen, other=other)
    others = Said("")
    failing = rows[~rows["holds"]]
    for option, count in zip(failing["option"], failing["reproduced"], strict=True):
        one = Said("{option} ({count})", option=_option(name, option), count=int(count))
        others = Said("{one}; {other}", one=others, other=one) if others else one
    return Said(
        "{label}: {chosen}. Others reproduce at most: {others}", label=label, chosen=chosen, others=others
    )


def _missed(row: pd.Series) -> Said:
    text = Said(
        "{cell}: {statistic} {about} is printed as {printed}, and is {value}; nearest {nearest}",
        cell=row["cell"],
        statistic=_label(row["statistic"]),
        about=about(str(row["statistic"]), str(row["row"]), str(row["column"])),
        printed=row["printed"],
        value=_beside(row["value"], row["printed"]),
        nearest=_beside(row["nearest"], row["printed"]),
    )
    changes = row["otherwise"]
    if not isinstance(changes, tuple) or not changes:
        return text
    named = [
        Said("{label}: {chosen}", label=Said(CONVENTIONS[c].label), chosen=_option(c, o)) for c, o in changes
    ]
    return Said("{text} with {changes}", text=text, changes=named)


def _beside(value: float, printed: str) -> str:
    """Write a value with one digit more than the printed figure that it is set beside."""
    decimals = len(printed.replace(",", ".").partition(".")[2])
    return "–" if np.isnan(value) else f"{value:.{min(decimals, 7) + 1}f}"


def solve(
    data: pd.DataFrame,
    model: Model,
    figures: Published | pd.DataFrame | str | Path,
    *,
    decimals: int | None = None,
    resamples: int | None = None,
) -> Solution:
    """Find the conventions under which a survey gives someone's printed figures.

    Parameters
    ----------
    data : DataFrame
        One row a respondent with the model's items among its columns, NaN where an answer is missing.
    model : Model
    figures : Published, DataFrame or path
        Printed cells; or their file, in the long form or as tables of an article; or a table with the columns
        statistic, row, column and ``printed`` (text) or ``value`` (numbers).
    decimals : int, optional
        Of figures given as numbers; without it the most that any of the same statistic has.
    resamples : int, optional
        Of the bootstrap behind printed p-values.

    Returns
    -------
    Solution

    Raises
    ------
    PublishedError
        If the figures cannot be used: a row names an item or construct that the model does not have, a statistic that
        is not known, or no number.
    DataError
        If the data cannot be used.

    Notes
    -----
    A figure is reproduced where its computed value rounds to the printed one, half up or half even; of figures with six
    decimals or more, where they differ by at most 2e-6, as programs stop at different steps.  A p-value is reproduced
    where the printed t, as it is rounded, can give it.

    Examples
    --------
    >>> from plsem.conventions import CONVENTIONS
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})
    >>> model = Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")])
    >>> printed = pd.DataFrame([("r_squared", "", "Y", "0.520")], columns=["statistic", "row", "column", "printed"])
    >>> solve(answers, model, printed).holding("r_squared")
    ('adjusted',)
    """
    published = _published(figures, decimals)
    _check_names(published, model)
    cells, not_judged = _judged(published, model)
    if not cells:
        reasons = "; ".join(dict.fromkeys(not_judged.values()))
        raise PublishedError(f"{published.source}: no figure that can be computed from answers ({reasons})")
    found, left_out = analyses(data, model)
    search = Search(published, cells, model, resamples)
    for analysis in found:
        search.add(analysis)
    items = data[list(model.items)]
    return Solution(
        search.evidence(),
        search.settings(),
        search.figures(not_judged),
        left_out,
        len(items),
        int(items.isna().to_numpy().sum()),
    )


def _published(figures: Published | pd.DataFrame | str | Path, decimals: int | None) -> Published:
    if isinstance(figures, Published):
        return figures
    if not isinstance(figures, pd.DataFrame):
        return read_article(figures).published()
    for name in ("statistic", "row", "column"):
        if name not in figures:
            raise PublishedError(f"figures: no column {name!r}{nearest(name, map(str, figures.columns))}")
    if "printed" not in figures and "value" not in figures:
        raise PublishedError(
            f"figures: no column 'printed' or 'value'{nearest('printed', map(str, figures.columns))}"
        )
    table = pd.DataFrame({c: figures[c].fillna("").astype(str) for c in ("statistic", "row", "column")})
    if "printed" in figures:
        table["printed"] = figures["printed"].fillna("").astype(str)
    else:
        numbers = pd.to_numeric(figures["value"], errors="coerce").round(12)
        plain = [np.format_float_positional(v, trim="-") if np.isfinite(v) else "" for v in numbers]
        shown = pd.Series([len(text.partition(".")[2]) for text in plain], index=table.index)
        places = (
            shown.groupby(table["statistic"]).transform("max") if decimals is None else shown * 0 + decimals
        )
        table["printed"] = [
            f"{v:.{d}f}" if np.isfinite(v) else "" for v, d in zip(numbers, places, strict=True)
        ]
    table["table"] = ""
    table["cell"] = [f"row {number}" for number in range(1, len(table) + 1)]
    return from_values(table, "figures")


def _check_names(published: Published, model: Model) -> None:
    """Refuse figures about items or constructs that the model does not have, all at once.

    A second-order construct's items are its components; those of products have names of many kinds.
    """
    constructs, items = model.constructs, (*model.items, *model.constructs) if model.composed else model.items
    known = {"item": () if model.products else items, "construct": constructs}
    known |= {"source": constructs, "target": constructs}
    problems = []
    for cell in published:
        for name, kind in zip((cell.row, cell.column), STATISTICS[cell.statistic], strict=True):
            valid = known.get(kind, ())
            if name and valid and name not in valid:
                what = "item" if kind == "item" else "construct"
                problems.append(f"{cell.id}: {name!r} is no {what} of the model{nearest(name, valid)}")
    if problems:
        raise PublishedError(f"{published.source}: " + "; ".join(dict.fromkeys(problems)))


def _judged(published: Published, model: Model) -> tuple[list[Cell], dict[str, str]]:
    """Return the cells to judge, and the reasons why others are not."""
    cells, reasons = [], {}
    for cell in published:
        base, _, last = cell.statistic.rpartition(".")
        if last == "p_value":
            if t_of(published, cell) is None:
                reasons[cell.id] = _NO_T
                continue
        elif base or last in ("standard_error", "t_statistic", "ci_lower", "ci_upper", "decision"):
            reasons[cell.id] = _RESAMPLED
            continue
        elif last not in QUANTITIES and last not in ("composite_reliability", "sample_size"):
            reasons[cell.id] = _NOT_COMPUTED
            continue
        cells.append(cell)
    return cells, reasons
