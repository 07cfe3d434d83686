"""Which conventions stand behind printed figures, where the answers are at hand: every choice is tried on every figure.

What acts on everything (gaps, scheme, estimator and so on) is crossed; what acts on one statistic is tried within
each.  The list of conventions is ``plsem.conventions.CONVENTIONS``.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plsem.conventions import CONVENTIONS, RESAMPLED
from plsem.model import Model
from plsem.names import N_, Said, nearest
from plsem.quantities import QUANTITIES, about
from plsem.quantities import STATISTICS as REGISTRY
from plsem.under_conventions import analyses
from tableaudit.conventions_resampled import NOT_COMPUTED, judge_resampled, limit_of
from tableaudit.conventions_search import Search, not_judged, t_of
from tableaudit.printed import STATISTICS, Cell, Published, PublishedError, from_values
from tabletext.language import Language
from tabletext.said import into

__all__ = ["Solution", "solve"]

_NO_T = N_("its t is not printed")


@dataclass(frozen=True, repr=False)
class Solution:
    """Which conventions reproduce the most printed figures, and what that tells.

    Attributes
    ----------
    conventions : DataFrame
        One row an option of each convention that a printed figure depends on: ``convention, option, reproduced`` (the
        most figures that any setting with this option reproduces; of conventions of resamples the most of theirs within
        Monte Carlo error), ``holds`` (none reproduces more).
    settings : DataFrame
        The settings that reproduce the most figures, one row each for what acts on everything; for what acts on one
        statistic the options that serve, joined by ``|``.
    figures : DataFrame
        One row a printed figure: ``cell, statistic, row, column, printed, verdict, value`` (under the first of the
        settings), ``nearest`` (under any), ``error`` (Monte Carlo error of a figure from resamples), ``away`` (how many
        of these the printed figure is away), ``otherwise`` (what has to be different for it).  Verdicts:
        ``reproduced``; ``otherwise``: by another setting, which reproduces fewer figures in all; ``nowhere``: by none;
        ``within`` and ``outside`` Monte Carlo error; ``not judged``, with the reason in ``otherwise``.
    left_out : tuple of str
        What is not tried, a sentence each.
    n_rows, n_missing : int
        Rows of the data, and answers that are missing in them.
    resamples, own_resamples : int
        Behind the printed figures and ours; 0 where none were compared.
    """

    conventions: pd.DataFrame
    settings: pd.DataFrame
    figures: pd.DataFrame
    left_out: tuple[str, ...]
    n_rows: int
    n_missing: int
    resamples: int = 0
    own_resamples: int = 0

    @property
    def all_found(self) -> bool:
        """Whether each figure that is judged is reproduced, or within Monte Carlo error."""
        return set(self.figures["verdict"]) <= {"reproduced", "within", "not judged"}

    def options(self, convention: str) -> tuple[str, ...]:
        """Return the options of a convention that were tried; none where no figure depends on it."""
        return tuple(self.conventions.loc[self.conventions["convention"] == convention, "option"])

    def holding(self, convention: str) -> tuple[str, ...]:
        """Return the options of a convention that the printed figures leave; none where no figure depends on it."""
        held = self.conventions[self.conventions["holds"]]
        return tuple(held.loc[held["convention"] == convention, "option"])

    def text(self, language: Language = "en") -> str:
        """Write the report."""
        parts = []
        for heading, lines in self.sections():
            parts.append(
                "\n".join([into(heading, language), *(f"- {into(line, language)}" for line in lines)])
            )
        return "\n\n".join(parts)

    def as_data(self) -> dict[str, object]:
        """Return the tables as plain data, for JSON."""
        tables = {"conventions": self.conventions, "settings": self.settings, "figures": self.figures}
        plain = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
        counts = {"n": self.n_rows, "missing": self.n_missing}
        counts |= {"resamples": self.resamples, "own_resamples": self.own_resamples}
        return {**counts, **plain, "not_tried": list(self.left_out)}

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        parts = []
        for heading, lines in self.sections():
            items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
            parts.append(f"<p>{html.escape(heading)}</p><ul>{items}</ul>")
        return "\n".join(parts)

    def sections(self) -> list[tuple[str, list[str]]]:
        """Return the report: headings, and the lines below each."""
        exact = self.figures[~self.figures["verdict"].isin(["not judged", "within", "outside"])]
        drawn = self.figures[self.figures["verdict"].isin(["within", "outside"])]
        reproduced = int((exact["verdict"] == "reproduced").sum())
        heading = Said(
            "{found} of {judged} figures are reproduced under these conventions ({rows} rows, {gaps} answers missing):",
            found=reproduced,
            judged=len(exact),
            rows=self.n_rows,
            gaps=self.n_missing,
        )
        told: tuple[list[str], list[str]] = ([], [])
        untold: list[str] = []
        for name, rows in self.conventions.groupby("convention", sort=False):
            row = CONVENTIONS[str(name)]
            if rows["holds"].all():
                untold.append(Said(row.label))
            else:
                told[row.statistics[-1:] == RESAMPLED[-1:]].append(_told(str(name), Said(row.label), rows))
        if 2 * reproduced < len(exact):
            few = Said(
                "Fewer than half: other answers or another model may be behind the figures, and what follows rests on "
                "coincidences"
            )
            told[0].insert(0, few)
        sections: list[tuple[str, list[str]]] = [(heading, told[0])]
        if len(drawn):
            sections.append((self._drawn(drawn), told[1]))
        lists: list[tuple[str, list[str]]] = [(Said("Not told apart by these figures:"), untold)]
        for verdict, missed in _MISSED.items():
            rows = self.figures[self.figures["verdict"] == verdict]
            lists.append((Said(missed), [_missed(row) for _, row in rows.iterrows()]))
        others = self.figures[self.figures["verdict"] == "not judged"]
        kinds = pd.Series(zip(others["statistic"], others["otherwise"], strict=True)).value_counts(sort=False)
        named: list[str] = [
            Said("{count} × {name}: {reason}", count=n, name=_label(name), reason=_said(why))
            for (name, why), n in zip(kinds.index.tolist(), kinds.tolist(), strict=True)
        ]
        lists += [(Said("Not tried:"), list(self.left_out)), (Said("Not judged:"), named)]
        return sections + [(title, lines) for title, lines in lists if lines]

    def _drawn(self, drawn: pd.DataFrame) -> Said:
        return Said(
            "{found} of {judged} figures from {theirs} resamples are within Monte Carlo error of our own {own} (the "
            "farthest is {most} standard errors of the difference away; up to {limit} is chance):",
            found=int((drawn["verdict"] == "within").sum()),
            judged=len(drawn),
            theirs=f"{self.resamples:,}",
            limit=f"{limit_of(len(drawn)):.1f}",
            own=f"{self.own_resamples:,}",
            most=f"{drawn['away'].max():.1f}",
        )


_MISSED = N_(
    {
        "nowhere": "Reproduced by no setting:",
        "otherwise": "Reproduced only by another setting, which reproduces fewer figures in all:",
        "outside": "Outside Monte Carlo error:",
    }
)


def _said(why: str) -> str:
    return why if isinstance(why, Said) else Said(why)


def _label(statistic: str) -> Said:
    base, _, kind = statistic.rpartition(".")
    row = REGISTRY.get(kind)
    label = Said(row.label if row is not None else kind)
    return Said("{name} ({kind})", name=_label(base), kind=label) if base else label


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
    found = {
        "cell": row["cell"],
        "statistic": _label(row["statistic"]),
        "about": about(str(row["statistic"]).partition(".")[0], str(row["row"]), str(row["column"])),
        "printed": row["printed"],
        "value": beside(row["value"], row["printed"]),
    }
    if row["verdict"] == "outside":
        text = Said(
            "{cell}: {statistic} {about} is printed as {printed}, and is {value} ± {error}: outside, by {away} Monte "
            "Carlo errors",
            **found,
            error=beside(row["error"], row["printed"]),
            away=f"{row['away']:.1f}",
        )
    else:
        text = Said(
            "{cell}: {statistic} {about} is printed as {printed}, and is {value}; nearest {nearest}",
            **found,
            nearest=beside(row["nearest"], row["printed"]),
        )
    if not row["otherwise"]:
        return text
    return Said("{text} with {changes}", text=text, changes=named_options(row["otherwise"]))


def named_options(chosen: Iterable[tuple[str, str]]) -> list[Said]:
    """Name conventions with their options."""
    return [
        Said("{label}: {chosen}", label=Said(CONVENTIONS[c].label), chosen=_option(c, o)) for c, o in chosen
    ]


def beside(value: float, printed: str) -> str:
    """Write a value with one digit more than the printed figure that it is set beside."""
    decimals = len(printed.replace(",", ".").partition(".")[2])
    return "–" if np.isnan(value) else f"{value:.{min(decimals, 7) + 1}f}"


def solve(
    data: pd.DataFrame,
    model: Model,
    figures: Published | pd.DataFrame,
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
    figures : Published or DataFrame
        Printed cells (:func:`tableaudit.tables_in.read_article` reads them), or a table with the columns statistic,
        row, column and ``printed`` (text) or ``value`` (numbers).
    decimals : int, optional
        Of figures given as numbers; without it the most that any of the same statistic has.
    resamples : int, optional
        Of the bootstrap behind printed standard errors, t, p and intervals; without it what the figures' file says.

    Returns
    -------
    Solution

    Raises
    ------
    PublishedError
        If the figures cannot be used: a row names an item or construct that the model does not have, a statistic that
        is not known, or no number; or there are fewer than 2 resamples.
    DataError
        If the data cannot be used.

    Notes
    -----
    A figure is reproduced where its computed value rounds to the printed one, half up or half even; of figures with six
    decimals or more, where they differ by at most 2e-6, as programs stop at different steps.  A p-value is reproduced
    where the printed t, as it is rounded, can give it.

    Standard errors, t and intervals are judged where it is known how many resamples are behind them: by a bootstrap of
    four times as many (10,000 to 40,000), under the first setting that reproduces the most figures.  They are within or
    outside :func:`tableaudit.conventions_resampled.limit_of` Monte Carlo errors of the difference
    (:func:`tableaudit.conventions_resampled.monte_carlo_error`).

    Examples
    --------
    >>> from plsem.conventions import CONVENTIONS, RESAMPLED
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})
    >>> model = Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")])
    >>> printed = pd.DataFrame([("r_squared", "", "Y", "0.520")], columns=["statistic", "row", "column", "printed"])
    >>> solve(answers, model, printed).holding("r_squared")
    ('adjusted',)
    """
    published = _published(figures, decimals)
    if resamples is None and "resamples" in published.meta:
        resamples = int(float(published.meta["resamples"]))
    if resamples is not None and resamples < 2:
        raise PublishedError(f"resamples: expected 2 or more, found {resamples}")
    cells, drawn, reasons = _judged(published)
    _check_names(published.source, [*cells, *drawn], model)
    if not cells:
        raise PublishedError(
            f"{published.source}: no figure that can be computed from answers "
            f"({'; '.join(dict.fromkeys(reasons.values())) or 'all come from resamples'})"
        )
    found, left_out = analyses(data, model)
    search = Search(published, cells, model, resamples)
    for analysis in found:
        search.add(analysis)
    settings = [search.whole(record) for record in search.best]
    judged = judge_resampled(published, drawn, settings, data, model, resamples)
    rows = {name: not_judged(why) for name, why in reasons.items()} | judged.figures
    items = data[list(model.items)]
    return Solution(
        pd.concat(
            [search.evidence(), *([judged.evidence] if len(judged.evidence) else [])], ignore_index=True
        ),
        search.settings(),
        search.figures(rows),
        left_out,
        len(items),
        int(items.isna().to_numpy().sum()),
        (resamples or 0) if judged.n_resamples else 0,
        judged.n_resamples,
    )


def _published(figures: Published | pd.DataFrame, decimals: int | None) -> Published:
    if isinstance(figures, Published):
        return figures
    named = list(map(str, figures.columns))
    for name in ("statistic", "row", "column"):
        if name not in named:
            raise PublishedError(f"figures: no column {name!r}{nearest(name, named)}")
    if "printed" not in named and "value" not in named:
        raise PublishedError(f"figures: no column 'printed' or 'value'{nearest('printed', named)}")
    texts = [name for name in ("statistic", "row", "column", "printed") if name in named]
    table = figures[texts].fillna("").astype(str)
    if "printed" not in named:
        numbers = pd.to_numeric(figures["value"], errors="coerce").round(12)
        shown = numbers.map(lambda v: len(np.format_float_positional(v, trim="-").partition(".")[2]))
        places = (
            shown.groupby(table["statistic"]).transform("max") if decimals is None else shown * 0 + decimals
        )
        table["printed"] = [
            f"{v:.{d}f}" if np.isfinite(v) else "" for v, d in zip(numbers, places, strict=True)
        ]
    table["table"] = ""
    table["cell"] = [f"row {number}" for number in range(1, len(table) + 1)]
    return from_values(table, "figures")


def _check_names(source: str, cells: Iterable[Cell], model: Model) -> None:
    """Refuse figures about items or constructs that the model does not have, all at once.

    A second-order construct's items are its components; those of products have names of many kinds.
    """
    constructs, items = model.constructs, (*model.items, *model.constructs) if model.composed else model.items
    known = {"item": () if model.products else items, "construct": constructs}
    known |= {"source": constructs, "target": constructs}
    problems = []
    for cell in cells:
        for name, kind in zip((cell.row, cell.column), STATISTICS[cell.statistic], strict=True):
            valid = known.get(kind, ())
            if name and valid and name not in valid:
                what = "item" if kind == "item" else "construct"
                problems.append(f"{cell.id}: {name!r} is no {what} of the model{nearest(name, valid)}")
    if problems:
        raise PublishedError(f"{source}: " + "; ".join(dict.fromkeys(problems)))


def _judged(published: Published) -> tuple[list[Cell], list[Cell], dict[str, str]]:
    """Return the cells to judge, those that come from resamples, and the reasons why others are not judged."""
    cells, drawn, reasons = [], [], {}
    for cell in published:
        base, _, last = cell.statistic.rpartition(".")
        if last in RESAMPLED:
            drawn.append(cell)
        elif last == "p_value" and t_of(published, cell) is None:
            reasons[cell.id] = _NO_T
        elif last == "p_value" or (
            not base and (last in QUANTITIES or last in ("composite_reliability", "sample_size"))
        ):
            cells.append(cell)
        else:
            reasons[cell.id] = NOT_COMPUTED
    return cells, drawn, reasons
