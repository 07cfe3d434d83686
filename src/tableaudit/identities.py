"""Checks of single cells and of simple pairs: definitions, ranges, repeated figures, counts of items."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from plsem.quantities import FIT, STATISTICS, SYMMETRIC
from tableaudit.boxes import Interval
from tableaudit.checks import Check, compare_with, judged
from tableaudit.details import Detail, Word, say, show
from tableaudit.printed import UNDEFINED, Cell, Published

_RANGES = {
    name: Interval(*row.bounds) for name, row in STATISTICS.items() if row.bounds != (-math.inf, math.inf)
}
_AGAIN = Detail("f² of a model estimated again without the path")
_SIGNED_T = "t_statistic"  # some packages print t with the path's sign


def direct_checks(published: Published, readings: Mapping[str, str]) -> Iterator[Check]:
    """Yield the checks that need no more than a cell, or two cells that are to be the same."""
    for family in (_definitions, _repeated, _counts):
        yield from family(published)
    yield from _ranges(published, again=readings.get("f_squared") != "fixed")


def _definitions(published: Published) -> Iterator[Check]:
    for cell in published:
        if cell.statistic in UNDEFINED:
            yield judged(
                cell,
                "the statistic is defined",
                cell.row,
                False,
                UNDEFINED[cell.statistic],
                grade="definition",
            )


def _ranges(published: Published, *, again: bool) -> Iterator[Check]:
    for cell in published:
        kind = cell.statistic.rpartition(".")[2]
        bounds = _RANGES.get(kind)
        if bounds is None or (kind == _SIGNED_T and (cell.value < 0)):
            continue
        if kind == "f_squared" and again:
            continue  # of a model estimated again without the path it may be below 0
        if cell.box.intersect(bounds) is None:
            check = compare_with(
                cell,
                bounds,
                "within the statistic's range",
                cell.row,
                [],
                say("{} is never outside {}", Word(kind), show(bounds, 0)),
            )
            yield replace(check, unless=(_AGAIN,)) if kind == "f_squared" else check


def _repeated(published: Published) -> Iterator[Check]:
    groups: dict[tuple[str, tuple[str, ...]], list[Cell]] = {}
    for cell in published:
        # several indirect effects of one pair are those of several routes
        if not cell.is_number or cell.statistic in FIT or cell.statistic.startswith("indirect_effect"):
            continue
        pair = (cell.row, cell.column)
        key = tuple(sorted(pair)) if cell.statistic in SYMMETRIC else pair
        if cell.statistic in ("r_squared", "adjusted_r_squared"):
            key = ("", cell.column)
        groups.setdefault((cell.statistic, key), []).append(cell)
    for cells in groups.values():
        for one, other in combinations(cells, 2):
            about = f"{other.row} {other.column}".strip()
            yield compare_with(
                other,
                one.box,
                "the same figure in two tables",
                about,
                [one],
                say("printed as {} in {}", one.printed, one.id),
            )


def _counts(published: Published) -> Iterator[Check]:
    for cell in published.select("n_items_retained"):
        loadings = published.select("outer_loading", None, cell.row)
        if loadings:
            yield compare_with(
                cell,
                Interval.point(len(loadings)),
                "retained items = printed loadings",
                cell.row,
                loadings,
                say("{} loadings are printed", len(loadings)),
            )
        for before in published.select("n_items", cell.row):
            yield compare_with(
                cell,
                Interval(1, before.box.upper),
                "retained items ≤ items",
                cell.row,
                [before],
                say("{} items were there before pruning", before.printed),
            )
