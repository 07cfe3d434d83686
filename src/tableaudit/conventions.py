"""Which conventions stand behind printed figures, where the answers are at hand: every choice is tried on every figure.

What acts on everything (gaps, scheme, estimator and so on) is crossed; what acts on one statistic is tried within
each.  The list of conventions is :data:`plsem.conventions.CONVENTIONS`.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.conventions import CONVENTIONS, Analysis, analyses, values
from plsem.model import Model
from plsem.model_fit import VARIANTS
from plsem.names import N_, Said, nearest
from plsem.quantities import FIT, QUANTITIES, about
from tableaudit.boxes import SLACK
from tableaudit.comparison import find_key
from tableaudit.inference import p_value
from tableaudit.printed import STATISTICS, Cell, Published, PublishedError, from_values
from tableaudit.tables_in import read_article
from tabletext.language import Language
from tabletext.said import into

FloatArray = NDArray[np.float64]
#: Programs stop where weights change by 1e-7 or so: more decimals than this are not compared.
PRECISION = 2e-6
_RESAMPLED = N_("it comes from resamples")
_NOT_COMPUTED = N_("it is not computed here")
_NO_T = N_("its t is not printed")
_NO_SUCH = N_("the model has no such figure")


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
    left_out : mapping of str to str
        Treatments of missing answers that cannot be had, with the reason.
    n_rows, n_missing : int
        Rows of the data, and answers that are missing in them.
    """

    conventions: pd.DataFrame
    settings: pd.DataFrame
    figures: pd.DataFrame
    left_out: Mapping[str, str]
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
            parts.append("\n".join([into(heading, language), *(f"- {into(line, language)}" for line in lines)]))
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        parts = []
        for heading, lines in self._sections():
            items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
            parts.append(f"<p>{html.escape(heading)}</p><ul>{items}</ul>")
        return "\n".join(parts)

    def _sections(self) -> list[tuple[Said, list[Said]]]:
        judged = self.figures[self.figures["verdict"] != "not judged"]
        counts = judged["verdict"].value_counts()
        said = Said(
            "{found} of {judged} figures are reproduced under these conventions ({rows} rows, {gaps} answers missing):",
            found=int(counts.get("reproduced", 0)),
            judged=len(judged),
            rows=self.n_rows,
            gaps=self.n_missing,
        )
        told, untold = [], []
        for name, rows in self.conventions.groupby("convention", sort=False):
            label = Said(CONVENTIONS[str(name)].label)
            if rows["holds"].all():
                untold.append(label)
            else:
                told.append(_told(str(name), label, rows))
        sections = [(said, told)]
        if untold:
            sections.append((Said("Not told apart by these figures:"), untold))
        for verdict, heading in (
            ("nowhere", Said("Reproduced by no setting:")),
            ("otherwise", Said("Reproduced only by another setting, which reproduces fewer figures in all:")),
        ):
            rows = judged[judged["verdict"] == verdict]
            if len(rows):
                sections.append((heading, [_missed(row) for row in rows.to_dict("records")]))
        if self.left_out:
            reasons = [
                Said("{option}: {reason}", option=_option("missing", option), reason=why)
                for option, why in self.left_out.items()
            ]
            sections.append((Said("Not tried:"), reasons))
        others = self.figures[self.figures["verdict"] == "not judged"]
        if len(others):
            named = [
                Said("{count} × {statistic}: {reason}", count=len(rows), statistic=statistic, reason=Said(why))
                for (statistic, why), rows in others.groupby(["statistic", "otherwise"], sort=False)
            ]
            sections.append((Said("Not judged:"), named))
        return sections


def _option(convention: str, option: str) -> Said:
    return Said(CONVENTIONS[convention].options[option])


def _told(name: str, label: Said, rows: pd.DataFrame) -> Said:
    holding = [_option(name, option) for option in rows.loc[rows["holds"], "option"]]
    chosen = holding[0]
    for other in holding[1:]:
        chosen = Said("{one} or {other}", one=chosen, other=other)
    others = [
        Said("{option} {count}", option=_option(name, row.option), count=row.reproduced)
        for row in rows[~rows["holds"]].itertuples()
    ]
    return Said("{label}: {chosen} (reproduced otherwise: {others})", label=label, chosen=chosen, others=others)


def _missed(row: Mapping[str, object]) -> Said:
    text = Said(
        "{cell}: {statistic} {about} is printed as {printed}, and is {value}; nearest {nearest}",
        cell=row["cell"],
        statistic=row["statistic"],
        about=about(str(row["statistic"]), str(row["row"]), str(row["column"])),
        printed=row["printed"],
        value=row["value_text"],
        nearest=row["nearest_text"],
    )
    changes = row["otherwise"]
    if not isinstance(changes, tuple) or not changes:
        return text
    named = [
        Said("{label}: {chosen}", label=Said(CONVENTIONS[c].label), chosen=_option(c, o)) for c, o in changes
    ]
    return Said("{text} with {changes}", text=text, changes=named)


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
    search = _Search(published, cells, model, resamples)
    for analysis in found:
        search.add(analysis)
    items = data[list(model.items)]
    return search.solution(not_judged, left_out, len(items), int(items.isna().to_numpy().sum()))


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
        places = shown.groupby(table["statistic"]).transform("max") if decimals is None else shown * 0 + decimals
        table["printed"] = [
            f"{v:.{d}f}" if np.isfinite(v) else "" for v, d in zip(numbers, places, strict=True)
        ]
    table["table"] = ""
    table["cell"] = [f"row {number}" for number in range(1, len(table) + 1)]
    return from_values(table, "figures")


def _check_names(published: Published, model: Model) -> None:
    """Refuse figures about items or constructs that the model does not have, all at once."""
    known = {"item": model.items, "cross": model.items}
    problems = []
    for cell in published:
        for name, kind in zip((cell.row, cell.column), STATISTICS[cell.statistic], strict=True):
            if kind in ("item", "construct", "source", "target") and name:
                valid = known.get(kind, model.constructs)
                if name not in valid:
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
            if _t_of(published, cell) is None:
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


def _t_of(published: Published, cell: Cell) -> Cell | None:
    found = published.select(cell.statistic.replace("p_value", "t_statistic"), cell.row, cell.column)
    return found[0] if found else None


@dataclass
class _Group:
    """Figures that share conventions, and every combination of these."""

    cells: list[int]
    names: tuple[str, ...]
    combinations: list[dict[str, str]] = field(default_factory=list)


@dataclass
class _Record:
    """One setting of what acts on everything: for each group the values and hits, (combinations, cells)."""

    chosen: Mapping[str, str]
    low: list[FloatArray]
    high: list[FloatArray]
    hits: list[NDArray[np.bool_]]
    total: int


class _Search:
    def __init__(self, published: Published, cells: Sequence[Cell], model: Model, resamples: int | None) -> None:
        self.published, self.cells, self.resamples = published, list(cells), resamples
        self.products = {name for name, _ in model.products}
        self.acting = [self._acting(cell) for cell in cells]
        self.groups = self._groups()
        self.records: list[_Record] = []
        width = [max(PRECISION - cell.box.width / 2, SLACK) if cell.is_number else SLACK for cell in cells]
        self.lower = np.array([c.box.lower - w for c, w in zip(cells, width, strict=True)])
        self.upper = np.array([c.box.upper + w for c, w in zip(cells, width, strict=True)])

    def _acting(self, cell: Cell) -> tuple[str, ...]:
        statistic = cell.statistic.rpartition(".")[2]
        return tuple(
            row.name
            for row in CONVENTIONS.values()
            if statistic in row.statistics
            and not (row.name == "fit_variant" and cell.column in VARIANTS)
            and not (row.name == "interaction" and cell.row not in self.products)
        )

    def _groups(self) -> list[_Group]:
        groups: list[_Group] = []
        for place, names in enumerate(self.acting):
            own = _Group([place], names)
            for group in [g for g in groups if g.names == names or set(g.names) & set(names)]:
                groups.remove(group)
                own = _Group([*group.cells, *own.cells], tuple(dict.fromkeys((*group.names, *own.names))))
            groups.append(own)
        for group in groups:
            options = [self._options(name) for name in group.names]
            group.combinations = [dict(zip(group.names, one, strict=True)) for one in product(*options)]
        return groups

    def _options(self, name: str) -> list[str]:
        found = list(CONVENTIONS[name].options)
        return [o for o in found if o != "resamples" or self.resamples is not None]

    def add(self, analysis: Analysis) -> None:
        """Try all figures on an analysis."""
        computed: dict[tuple[str, tuple[str, ...]], dict[tuple[str, str, str], FloatArray]] = {}
        size = len(analysis.chosen)
        low = [np.full((len(g.combinations), len(g.cells), size), np.nan) for g in self.groups]
        high = [a.copy() for a in low]
        for place, group in enumerate(self.groups):
            for k, combination in enumerate(group.combinations):
                for m, number in enumerate(group.cells):
                    cell = self.cells[number]
                    chosen = {name: combination[name] for name in self.acting[number]}
                    if cell.statistic.endswith("p_value"):
                        ends = [self._p(cell, chosen, n) for n in analysis.n_rows]
                        low[place][k, m], high[place][k, m] = np.array(ends).T
                        continue
                    if cell.statistic in FIT and cell.column in VARIANTS:
                        chosen["fit_variant"] = cell.column
                    key = (cell.statistic, tuple(chosen.values()))
                    if key not in computed:
                        found = values(analysis, cell.statistic, chosen)
                        computed[key] = {(cell.statistic, *names): v for names, v in found.items()}
                    name = find_key(cell, computed[key], cell.statistic, "")
                    if cell.statistic == "sample_size":
                        name = (cell.statistic, "model", "")
                    if name is not None:
                        low[place][k, m] = high[place][k, m] = computed[key][name]
        for b, options in enumerate(analysis.chosen):
            lows, highs = [a[..., b] for a in low], [a[..., b] for a in high]
            hits = [
                (x <= self.upper[g.cells]) & (y >= self.lower[g.cells])
                for g, x, y in zip(self.groups, lows, highs, strict=True)
            ]
            total = sum(int(h.sum(axis=1).max()) for h in hits)
            self.records.append(_Record(options, lows, highs, hits, total))

    def _p(self, cell: Cell, chosen: Mapping[str, str], n: int) -> tuple[float, float]:
        t = _t_of(self.published, cell)
        assert t is not None
        freedom = {"normal": np.inf, "rows": n - 1, "resamples": (self.resamples or 2) - 1}[chosen["reference"]]
        found = p_value(t.box, freedom, int(chosen["tails"]))
        return found.lower, found.upper

    def solution(
        self, not_judged: Mapping[str, str], left_out: Mapping[str, str], n_rows: int, n_missing: int
    ) -> Solution:
        """Sum up what was tried."""
        best = max(record.total for record in self.records)
        top = [record for record in self.records if record.total == best]
        settings = []
        for record in top:
            row = dict(record.chosen)
            for group, hits in zip(self.groups, record.hits, strict=True):
                counts = hits.sum(axis=1)
                serving = [c for c, n in zip(group.combinations, counts, strict=True) if n == counts.max()]
                row |= {name: "|".join(dict.fromkeys(c[name] for c in serving)) for name in group.names}
            settings.append(row)
        return Solution(
            self._evidence(best),
            pd.DataFrame(settings),
            self._figures(top[0], not_judged),
            left_out,
            n_rows,
            n_missing,
        )

    def _evidence(self, best: int) -> pd.DataFrame:
        most: dict[tuple[str, str], int] = {}
        for record in self.records:
            for key in record.chosen.items():
                most[key] = max(most.get(key, 0), record.total)
            for group, hits in zip(self.groups, record.hits, strict=True):
                counts = hits.sum(axis=1)
                for combination, count in zip(group.combinations, counts, strict=True):
                    for key in combination.items():
                        total = record.total - int(counts.max()) + int(count)
                        most[key] = max(most.get(key, 0), total)
        rows = [
            (name, option, most[name, option], most[name, option] == best)
            for name, row in CONVENTIONS.items()
            for option in row.options
            if (name, option) in most
        ]
        table = pd.DataFrame(rows, columns=["convention", "option", "reproduced", "holds"])
        several = table.groupby("convention")["option"].transform("size") > 1
        return table[several].reset_index(drop=True)

    def _figures(self, first: _Record, not_judged: Mapping[str, str]) -> pd.DataFrame:
        rows: dict[str, dict[str, object]] = {}
        for place, group in enumerate(self.groups):
            k = int(first.hits[place].sum(axis=1).argmax())
            taken = {**first.chosen, **group.combinations[k]}
            for m, number in enumerate(group.cells):
                cell = self.cells[number]
                value, hit = self._middle(first, place, k, m), bool(first.hits[place][k, m])
                near, how = (value, taken) if hit else self._nearest(place, m, cell, taken)
                acts = {*first.chosen, *self.acting[number]}
                changes = tuple((c, how[c]) for c in taken if c in acts and how[c] != taken[c])
                inside = self.lower[number] <= near <= self.upper[number]
                verdict = "reproduced" if hit else ("otherwise" if inside else "nowhere")
                if np.isnan(near):
                    rows[cell.id] = {"verdict": "not judged", "otherwise": _NO_SUCH}
                    continue
                rows[cell.id] = {
                    "verdict": verdict,
                    "value": value,
                    "nearest": near,
                    "otherwise": changes,
                    "value_text": _written(value, cell),
                    "nearest_text": _written(near, cell),
                }
        for name, why in not_judged.items():
            rows[name] = {"verdict": "not judged", "otherwise": why}
        columns = ["cell", "statistic", "row", "column", "printed"]
        table = [
            {"cell": c.id, "statistic": c.statistic, "row": c.row, "column": c.column, "printed": c.printed}
            | rows[c.id]
            for c in self.published
        ]
        columns += ["verdict", "value", "nearest", "otherwise", "value_text", "nearest_text"]
        return pd.DataFrame(table, columns=columns)

    def _nearest(
        self, place: int, m: int, cell: Cell, taken: Mapping[str, str]
    ) -> tuple[float, Mapping[str, str]]:
        """Return the value nearest to a figure under any setting, and the setting that differs least from the taken one.

        Among the settings that reproduce it, first those that reproduce the most figures of its kind.
        """
        best: tuple[tuple[float, ...], float, Mapping[str, str]] = ((np.inf,), np.nan, taken)
        group = self.groups[place]
        kin = [i for i, n in enumerate(group.cells) if self.cells[n].statistic == cell.statistic]
        for record in self.records:
            for k, combination in enumerate(group.combinations):
                value = self._middle(record, place, k, m)
                if np.isnan(value):
                    continue
                hit = bool(record.hits[place][k, m])
                how = {**record.chosen, **combination}
                changed = sum(how[c] != o for c, o in taken.items())
                same = -int(record.hits[place][k, kin].sum()) if hit else 0
                rank = (not hit, same, 0.0 if hit else round(abs(value - cell.value), 9), changed, -record.total)
                if rank < best[0]:
                    best = rank, value, how
        return best[1], best[2]

    @staticmethod
    def _middle(record: _Record, place: int, k: int, m: int) -> float:
        return float(record.low[place][k, m] + record.high[place][k, m]) / 2


def _written(value: float, cell: Cell) -> str:
    return "–" if np.isnan(value) else f"{value:.{min(cell.decimals + 1, 8)}f}"
