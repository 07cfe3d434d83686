"""The search behind ``tableaudit.conventions``: every figure under every choice of conventions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.convention_values import ONLY_PLAIN, values
from plsem.conventions import CONVENTIONS
from plsem.model import Model
from plsem.model_fit import VARIANTS
from plsem.names import N_
from plsem.quantities import FIT
from plsem.under_conventions import Analysis
from tableaudit.boxes import SLACK
from tableaudit.comparison import find_key
from tableaudit.inference import p_value
from tableaudit.printed import Cell, Published

FloatArray = NDArray[np.float64]
#: Programs stop where weights change by 1e-7 or so: more decimals than this are not compared.
PRECISION = 2e-6
NO_SUCH = N_("the model has no such figure")


@dataclass(frozen=True)
class _Group:
    """Figures that share conventions, and every combination of these."""

    cells: list[int]
    names: tuple[str, ...]
    combinations: list[dict[str, str]]


@dataclass(frozen=True)
class _Record:
    """One setting of what acts on everything; for each group values and hits, (combinations, cells)."""

    chosen: Mapping[str, str]
    found: list[FloatArray]
    hits: list[NDArray[np.bool_]]
    total: int

    def serving(self, place: int) -> int:
        """Return the combination of a group's conventions that reproduces the most of its figures."""
        return int(self.hits[place].sum(axis=1).argmax())


def t_of(published: Published, cell: Cell) -> Cell | None:
    """Return the printed t beside a printed p."""
    found = published.select(cell.statistic.replace("p_value", "t_statistic"), cell.row, cell.column)
    return found[0] if found else None


class Search:
    """Tries figures on analyses, and sums up.

    Parameters
    ----------
    published : Published
    cells : sequence of Cell
        Those of its figures that can be computed.
    model : Model
    resamples : int or None
        Of the bootstrap behind printed p-values.
    """

    def __init__(
        self, published: Published, cells: Sequence[Cell], model: Model, resamples: int | None
    ) -> None:
        self.published, self.cells, self.resamples = published, list(cells), resamples
        self.products = {name for name, _ in model.products}
        self.not_tried = set(ONLY_PLAIN if model.composed else ())
        self.not_tried |= set() if resamples else {("reference", "resamples")}
        self.acting = [self._acting(cell) for cell in cells]
        self.groups = self._groups()
        self.records: list[_Record] = []
        width = np.array([max(PRECISION - cell.box.width / 2, SLACK) for cell in cells])
        self.lower = np.array([cell.box.lower for cell in cells]) - width
        self.upper = np.array([cell.box.upper for cell in cells]) + width

    def _acting(self, cell: Cell) -> tuple[str, ...]:
        """Return the conventions that act on a figure's statistic, as far as its names leave them open."""
        statistic = cell.statistic.rpartition(".")[2]
        settled = {"fit_variant"} if cell.column in VARIANTS else set()
        settled |= set() if cell.row in self.products else {"interaction"}
        return tuple(n for n, row in CONVENTIONS.items() if statistic in row.statistics and n not in settled)

    def _groups(self) -> list[_Group]:
        parts: list[tuple[list[int], tuple[str, ...]]] = []
        for place, names in enumerate(self.acting):
            cells = [place]
            for part in [p for p in parts if p[1] == names or set(p[1]) & set(names)]:
                parts.remove(part)
                cells, names = part[0] + cells, tuple(dict.fromkeys(part[1] + names))
            parts.append((cells, names))
        groups = []
        for cells, names in parts:
            options = [[o for o in CONVENTIONS[n].options if (n, o) not in self.not_tried] for n in names]
            combinations = [dict(zip(names, chosen, strict=True)) for chosen in product(*options)]
            groups.append(_Group(cells, names, combinations))
        return groups

    def add(self, analysis: Analysis) -> None:
        """Try all figures on an analysis."""
        known: dict[tuple[str, tuple[str, ...]], dict[tuple[str, str, str], FloatArray]] = {}
        found, hits = [], []
        for group in self.groups:
            ends = np.full((2, len(group.combinations), len(group.cells), len(analysis.chosen)), np.nan)
            for k, combination in enumerate(group.combinations):
                for m, number in enumerate(group.cells):
                    chosen = {name: combination[name] for name in self.acting[number]}
                    ends[:, k, m] = self._ends(self.cells[number], chosen, analysis, known)
            inside = (ends[0] <= self.upper[group.cells, None]) & (ends[1] >= self.lower[group.cells, None])
            found.append(ends.mean(axis=0))
            hits.append(inside)
        total = sum(h.sum(axis=1).max(axis=0) for h in hits)
        self.records += [
            _Record(chosen, [f[..., b] for f in found], [h[..., b] for h in hits], int(total[b]))
            for b, chosen in enumerate(analysis.chosen)
        ]

    def _ends(
        self,
        cell: Cell,
        chosen: dict[str, str],
        analysis: Analysis,
        known: dict[tuple[str, tuple[str, ...]], dict[tuple[str, str, str], FloatArray]],
    ) -> FloatArray:
        """Return between which values a figure lies, (2, B); NaN where the model has none."""
        t = t_of(self.published, cell) if "tails" in chosen else None
        if t is not None:
            df = {"normal": np.inf, "resamples": (self.resamples or 2) - 1}
            each = [
                p_value(t.box, df.get(chosen["reference"], n - 1), int(chosen["tails"]))
                for n in analysis.n_rows
            ]
            return np.array([[p.lower for p in each], [p.upper for p in each]])
        if cell.statistic in FIT:
            chosen.setdefault("fit_variant", cell.column)
        key = (cell.statistic, tuple(chosen.values()))
        if key not in known:
            computed = values(analysis, cell.statistic, chosen)
            known[key] = {(cell.statistic, *names): value for names, value in computed.items()}
        name = find_key(cell, known[key], cell.statistic, "")
        return np.full((2, 1), np.nan) if name is None else np.stack([known[key][name]] * 2)

    @property
    def best(self) -> list[_Record]:
        """The settings that reproduce the most figures."""
        most = max(record.total for record in self.records)
        return [record for record in self.records if record.total == most]

    def evidence(self) -> pd.DataFrame:
        """Return for each option of a convention the most figures that a setting with it reproduces."""
        most: dict[tuple[str, str], int] = {}
        for record in self.records:
            reached = [(key, record.total) for key in record.chosen.items()]
            for group, hits in zip(self.groups, record.hits, strict=True):
                counts = hits.sum(axis=1)
                for combination, count in zip(group.combinations, counts - counts.max(), strict=True):
                    reached += [(key, record.total + int(count)) for key in combination.items()]
            for key, total in reached:
                most[key] = max(most.get(key, 0), total)
        return evidence_of(most)

    def settings(self) -> pd.DataFrame:
        """Return the settings that reproduce the most figures."""
        rows = []
        for record in self.best:
            row = dict(record.chosen)
            for group, hits in zip(self.groups, record.hits, strict=True):
                counts = hits.sum(axis=1)
                serving = [c for c, n in zip(group.combinations, counts, strict=True) if n == counts.max()]
                row |= {name: "|".join(dict.fromkeys(c[name] for c in serving)) for name in group.names}
            rows.append(row)
        return pd.DataFrame(rows)

    def whole(self, record: _Record) -> dict[str, str]:
        """Return a setting with an option of each convention of single statistics too."""
        taken = [group.combinations[record.serving(place)] for place, group in enumerate(self.groups)]
        return {**record.chosen, **{name: o for combination in taken for name, o in combination.items()}}

    def figures(self, others: Mapping[str, tuple[object, ...]]) -> pd.DataFrame:
        """Return what becomes of each printed figure under the first of the best settings, and under any.

        Parameters
        ----------
        others : mapping of str to tuple
            The rows of cells that were not searched.
        """
        first, rows = self.best[0], dict(others)
        for place, group in enumerate(self.groups):
            k = first.serving(place)
            taken = {**first.chosen, **group.combinations[k]}
            for m, number in enumerate(group.cells):
                cell, value = self.cells[number], float(first.found[place][k, m])
                hit = bool(first.hits[place][k, m])
                near, inside, how = (value, True, taken) if hit else self._nearest(place, m, taken)
                acts = {*first.chosen, *self.acting[number]}
                changes = tuple((c, how[c]) for c in taken if c in acts and how[c] != taken[c])
                verdict = "reproduced" if hit else ("otherwise" if inside else "nowhere")
                known = not np.isnan(near)
                rows[cell.id] = (verdict, value, near, *_NAN, changes) if known else not_judged(NO_SUCH)
        table = [(c.id, c.statistic, c.row, c.column, c.printed, *rows[c.id]) for c in self.published]
        return pd.DataFrame(table, columns=FIGURE_COLUMNS)

    def _nearest(self, place: int, m: int, taken: Mapping[str, str]) -> tuple[float, bool, Mapping[str, str]]:
        """Return the value nearest to a figure under any setting, whether it reproduces the figure, and the setting.

        Of those that reproduce it, the one with the most figures of its kind that differs least from the taken one.
        """
        group = self.groups[place]
        number = group.cells[m]
        kin = [
            i for i, n in enumerate(group.cells) if self.cells[n].statistic == self.cells[number].statistic
        ]
        found = np.stack([record.found[place][:, m] for record in self.records])
        hits = np.stack([record.hits[place][:, m] for record in self.records])
        if hits.any():
            same = np.stack([record.hits[place][:, kin].sum(axis=1) for record in self.records])
            rank = np.where(hits, -same.astype(float), np.inf)
        else:
            rank = np.maximum(self.lower[number] - found, found - self.upper[number]).round(9)
            rank[np.isnan(rank)] = np.inf
            if not np.isfinite(rank).any():
                return np.nan, False, taken
        near = []
        for r, k in np.argwhere(rank == rank.min()).tolist():
            how = {**self.records[r].chosen, **group.combinations[k]}
            changed = sum(how[c] != o for c, o in taken.items())
            near.append((changed, -self.records[r].total, float(found[r, k]), how))
        _, _, value, how = min(near, key=lambda one: one[:2])
        return value, bool(hits.any()), how


_NAN = (np.nan, np.nan)
FIGURE_COLUMNS = [
    *("cell", "statistic", "row", "column", "printed"),
    *("verdict", "value", "nearest", "error", "away", "otherwise"),
]


def evidence_of(most: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """Return a row for each option of the conventions that had several, of the most figures reached with it."""
    best = max(most.values(), default=0)
    rows = [
        (name, option, most[name, option], most[name, option] == best)
        for name, row in CONVENTIONS.items()
        for option in row.options
        if (name, option) in most
    ]
    table = pd.DataFrame(rows, columns=["convention", "option", "reproduced", "holds"])
    return table[table["convention"].duplicated(keep=False)].reset_index(drop=True)


def not_judged(why: str) -> tuple[object, ...]:
    """Return the row of a figure that is not judged."""
    return ("not judged", *_NAN, *_NAN, why)
