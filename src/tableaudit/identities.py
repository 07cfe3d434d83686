"""What printed cells say about each other: every identity and rule, checked over their rounding boxes.

Each check compares one printed cell (or group of cells) with the interval that other cells allow.  An
identity *holds* where the two intervals meet, *fails* where they cannot, and *cannot be told* where the
printed cells do not decide.  Cells that one quantity ties together (β, R², f² with one predictor; loadings,
AVE, √AVE) are checked one against all the others, so that a single wrong figure is the one that is named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from plsem.quantities import FIT, STATISTICS, SYMMETRIC
from tableaudit.boxes import Interval, total
from tableaudit.checks import Check, Member, chain, compare_with, same
from tableaudit.details import Detail, say, show
from tableaudit.printed import UNDEFINED, Cell, Published
from tableaudit.structure import structure_checks
from tabletext.catalogue import translate
from tabletext.codes import CODES

_RANGES = {
    name: Interval(*row.bounds) for name, row in STATISTICS.items() if row.bounds != (-math.inf, math.inf)
}
_SIGNED_T = "t_statistic"  # some packages print t with the path's sign


def identity_checks(published: Published) -> Iterator[Check]:
    """Yield every identity, definition and reading that the printed cells let be checked."""
    for family in (
        _definitions,
        _ranges,
        _repeated,
        _counts,
        _variance_extracted,
        _composite_reliability,
    ):
        yield from family(published)
    yield from structure_checks(published)


def own_loadings(published: Published, construct: str) -> list[Cell]:
    """Return the printed outer loadings of a construct, or none where some retained item has no loading."""
    cells = published.select("outer_loading", None, construct)
    counts = published.select("n_items_retained", construct)
    if counts and any(not c.box.contains(len({x.row for x in cells})) for c in counts):
        return []
    return cells if len({c.row for c in cells}) == len(cells) else []


def _definitions(published: Published) -> Iterator[Check]:
    for cell in published:
        if cell.statistic in UNDEFINED:
            about = cell.row
            yield Check(
                "the statistic is defined",
                "identity",
                about,
                cell.id,
                cell.printed,
                None,
                "fails",
                UNDEFINED[cell.statistic],
            )


def _ranges(published: Published) -> Iterator[Check]:
    for cell in published:
        bounds = _RANGES.get(cell.statistic)
        if bounds is None or (cell.statistic == _SIGNED_T and _negative_path(published, cell)):
            continue
        if cell.box.intersect(bounds) is None:
            yield compare_with(
                cell,
                bounds,
                "within the statistic's range",
                cell.row,
                [],
                say("{} is never outside {}", "{} nunca está fuera de {}", _name(cell), show(bounds, 0)),
            )


def _name(cell: Cell) -> Detail:
    key = "standard_deviation" if cell.statistic == "standard_error" else cell.statistic
    return Detail(cell.statistic, translate(CODES.get(key, cell.statistic), "es"))


def _negative_path(published: Published, cell: Cell) -> bool:
    return any(c.box.lower < 0 for c in published.select("path_coefficient", cell.row, cell.column))


def _repeated(published: Published) -> Iterator[Check]:
    groups: dict[tuple[str, tuple[str, ...]], list[Cell]] = {}
    for cell in published:
        if not cell.is_number or cell.statistic in FIT:
            continue
        pair = (cell.row, cell.column)
        key = tuple(sorted(pair)) if cell.statistic in SYMMETRIC else pair
        groups.setdefault((cell.statistic, key), []).append(cell)
    for cells in groups.values():
        for first, second in combinations(cells, 2):
            about = f"{second.row} {second.column}".strip()
            yield compare_with(
                second,
                first.box,
                "the same figure in two tables",
                about,
                [first],
                say("printed as {} in {}", "impreso como {} en {}", first.printed, first.id),
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
                say("{} loadings are printed", "hay {} cargas impresas", len(loadings)),
            )
        for before in published.select("n_items", cell.row):
            yield compare_with(
                cell,
                Interval(1, before.box.upper),
                "retained items ≤ items",
                cell.row,
                [before],
                say("{} items were there before pruning", "había {} ítems antes de depurar", before.printed),
            )


def _variance_extracted(published: Published) -> Iterator[Check]:
    for construct in published.constructs:
        loadings = own_loadings(published, construct)
        members = [
            Member("AVE = mean squared loading", c.id, c.printed, (c.id,), c.box, c.box, same)
            for c in published.select("ave", construct)
        ]
        members += [
            Member("√AVE is the root of AVE", c.id, c.printed, (c.id,), c.box, c.box.square(), Interval.sqrt)
            for c in published.select("sqrt_ave", construct)
            if c.box.upper >= 0
        ]
        if loadings:
            mean = total(c.box.square() for c in loadings) * (1 / len(loadings))
            text = f"{len(loadings)} loadings"
            ids = tuple(c.id for c in loadings)
            members.append(Member("loadings give AVE", "", text, ids, mean, mean, same))
        yield from chain(members, construct)


def rho_c_from_loadings(loadings: Sequence[Cell]) -> Interval:
    r"""Jöreskog's :math:`\rho_C = S^2 / (S^2 + \sum (1 - \lambda^2))`, :math:`S = \sum \lambda` (1971)."""
    s_squared = total(c.box for c in loadings).square()
    error = total(1 - c.box.square() for c in loadings)
    return 1 / (1 + error / s_squared)


def _composite_reliability(published: Published) -> Iterator[Check]:
    for construct in published.constructs:
        loadings = own_loadings(published, construct)
        if not loadings:
            continue
        allowed = rho_c_from_loadings(loadings)
        detail = say("the loadings give rho_C in {}", "las cargas dan una ρC en {}", allowed)
        for cell in published.select("rho_c", construct):
            yield compare_with(cell, allowed, "rho_C from the loadings", construct, loadings, detail)
        for cell in published.select("composite_reliability", construct):
            yield compare_with(
                cell,
                allowed,
                "composite reliability read as rho_C",
                construct,
                loadings,
                detail,
                kind="reading",
            )
