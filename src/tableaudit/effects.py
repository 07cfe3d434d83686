"""Relations of effects along the paths, and of adjusted R² with the number of respondents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tableaudit.boxes import Interval
from tableaudit.checks import Check, arrow, compare_with, judged
from tableaudit.details import Detail, Field, say
from tableaudit.printed import Cell, Published
from tableaudit.relations import Relation, first, sources_of
from tableaudit.structure import predictors_key, sample_size

FloatArray = NDArray[np.float64]
MOST_ROWS = 10_000  # sample sizes that are tried where none is printed


# effects


def effect_relations(published: Published) -> Iterator[Relation]:
    """Yield what the paths say about indirect and total effects, and those about each other."""
    betas = {(c.row, c.column): c for c in published.select("path_coefficient")}
    for cell in published.select("specific_indirect_effect"):
        stops = [s.strip() for s in re.split(r"\s*(?:->|→|>|⟶|➔)\s*", cell.row) if s.strip()]
        steps = [betas.get(pair) for pair in pairwise(stops)]
        if len(stops) > 2 and all(s is not None for s in steps):
            yield _products("indirect effect along a route", cell.row, cell, [[s for s in steps if s]], {})
    for statistic in ("indirect_effect", "total_effect"):
        for cell in published.select(statistic):
            pair = (cell.row, cell.column)
            about = arrow(pair)
            if statistic == "total_effect" and pair in betas:
                printed = published.select("indirect_effect", *pair)
                if printed:
                    yield Relation(
                        "total effect = direct + indirect effect",
                        about,
                        cell,
                        (betas[pair], *printed),
                        lambda x: np.sum(x, axis=1),
                        " + ".join,
                    )
            found = [list(r) for r in _routes(betas, *pair, (cell.row,))]
            if statistic == "indirect_effect":
                found = [r for r in found if len(r) > 1]
            if not found or len(published.select(statistic, *pair)) > 1:
                continue
            if all(len(r) == 1 for r in found) and published.select("indirect_effect", *pair):
                continue  # its mediators are not printed
            label = statistic.replace("_", " ")
            yield _products(f"{label} from the paths", about, cell, found, {"mediators": "printed"})


def _products(check: str, about: str, cell: Cell, routes: list[list[Cell]], when: dict[str, str]) -> Relation:
    used = list({c.id: c for r in routes for c in r}.values())
    at = {c.id: i for i, c in enumerate(used)}
    columns = [[at[c.id] for c in route] for route in routes]

    def value(x: FloatArray) -> FloatArray:
        return np.asarray(sum(np.prod(x[:, c], axis=1) for c in columns))

    def written(texts: Sequence[str]) -> str:
        return " + ".join(" · ".join(texts[i] for i in c) for c in columns)

    return Relation(check, about, cell, tuple(used), value, written, when=tuple(when.items()))


def _routes(
    betas: dict[tuple[str, str], Cell], start: str, end: str, seen: tuple[str, ...]
) -> Iterator[tuple[Cell, ...]]:
    for (a, b), cell in betas.items():
        if a != start or b in seen:
            continue
        if b == end:
            yield (cell,)
        else:
            yield from ((cell, *rest) for rest in _routes(betas, b, end, (*seen, b)))


# adjusted R²

#: Further predictors, such as controls, that an article may leave out of its tables.
UNPRINTED = range(1, 6)


def adjusted_relations(published: Published) -> Iterator[Relation]:
    """Yield adjusted R² from R² and the printed number of respondents, unless it is n that is wrong."""
    if _size_is_wrong(published):
        return
    for cell, plain, k in _adjusted_pairs(published):
        n = sample_size(published, cell.column)
        if n is None or n <= k + 1:
            continue
        yield Relation(
            "adjusted R² from R² and n",
            cell.column,
            cell,
            (plain,),
            _shrunk(n, k),
            _written_shrunk(n, k),
            when=((predictors_key(cell.column), "printed"), ("r_squared", "plain")),
        )


def _adjusted_pairs(published: Published) -> list[tuple[Cell, Cell, int]]:
    """Return each adjusted R² with its R² and the number of predictors."""
    found = []
    for cell in published.select("adjusted_r_squared"):
        plain = first(published, "r_squared", None, cell.column)
        k = len(sources_of(published, cell.column))
        if plain is not None and k:
            found.append((cell, plain, k))
    return found


def _sizes(cell: Cell, plain: Cell, k: int) -> list[int]:
    """Return the sample sizes that give an adjusted R²."""
    return [n for n in range(k + 2, MOST_ROWS + 1) if adjusted_at(plain.box, n, k).intersect(cell.box)]


def _size_is_wrong(published: Published) -> bool:
    """Tell whether the printed n gives none of several adjusted R², and another one all of them."""
    rows, cells = _adjusted_pairs(published), published.select("sample_size")
    if len(rows) < 2 or len(cells) != 1:
        return False
    n = cells[0].value

    def gives(cell: Cell, plain: Cell, k: int) -> bool:
        return n > k + 1 and adjusted_at(plain.box, n, k).intersect(cell.box) is not None

    if any(gives(*row) for row in rows):
        return False
    if all(any(gives(cell, plain, k + more) for more in UNPRINTED) for cell, plain, k in rows):
        return False  # controls that are not printed explain as much
    return bool(set.intersection(*(set(_sizes(*row)) for row in rows)))


def _shrunk(n: float, k: int) -> Callable[[FloatArray], FloatArray]:
    return lambda x: 1 - (1 - x[:, 0]) * (n - 1) / (n - k - 1)


def _written_shrunk(n: float, k: int) -> Callable[[Sequence[str]], Field]:
    return lambda t: f"1 − (1 − {t[0]}) · {n - 1:.0f}/{n - k - 1:.0f}"


def adjusted_sizes(published: Published) -> Iterator[Check]:
    """Yield, where n is not printed or is wrong, whether one sample size gives every adjusted R²."""
    wrong = _size_is_wrong(published)
    if sample_size(published) is not None and not wrong:
        return
    rows = _adjusted_pairs(published)
    common: set[int] | None = None
    for cell, plain, k in rows:
        sizes = _sizes(cell, plain, k)
        if sizes:
            common = set(sizes) if common is None else common & set(sizes)
            detail = say("sample sizes {} to {} give it", sizes[0], sizes[-1])
            allowed = cell.box
        else:
            detail = say("no sample size from {} to {} gives it", k + 2, MOST_ROWS)
            allowed = Interval(adjusted_at(plain.box, k + 2, k).lower, plain.box.upper)
        yield compare_with(cell, allowed, "adjusted R² from R² and n", cell.column, [plain], detail)
    if len(rows) > 1 and common is not None:
        sizes = sorted(common)
        truth = bool(sizes) and not wrong
        detail = (
            say("sample sizes {} to {} give all of them", sizes[0], sizes[-1])
            if sizes
            else Detail("no single sample size gives all of them")
        )
        if wrong:
            detail += Detail("; R² adj. = 1 − (1 − R²) · (n − 1)/(n − k − 1), k predictors")
        yield judged(
            published.select("sample_size")[0] if wrong else f"{len(rows)} pairs",
            "one sample size for every adjusted R²",
            ", ".join(c.column for c, _, _ in rows),
            truth,
            detail,
            (c for row in rows for c in row[:2]),
            allowed=Interval(sizes[0], sizes[-1]) if wrong else None,
        )


def adjusted_at(r2: Interval, n: float, k: int) -> Interval:
    """Return the range of adjusted R² with n respondents and k predictors."""
    return 1 - (1 - r2) * ((n - 1) / (n - k - 1))
