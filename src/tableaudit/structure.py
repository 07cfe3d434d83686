"""Identities of the structural model between printed cells: β, R², f², VIF, effects, adjusted R²."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tableaudit.boxes import Interval, range_over_box, verdict_of
from tableaudit.checks import Check, Member, arrow, chain, compare_with, same
from tableaudit.details import Detail, say
from tableaudit.printed import Cell, Published

FloatArray = NDArray[np.float64]
SMALLEST_EIGENVALUE = 1e-10  # at or below it a matrix of predictors is taken as singular
MOST_ROWS = 10_000  # sample sizes that are tried where none is printed


def structure_checks(published: Published) -> Iterator[Check]:
    """Yield the identities that tie paths, construct correlations, R², f², VIF and effects together."""
    for family in (_one_predictor, _several_predictors, _definite, _effects, _adjusted):
        yield from family(published)


def _one_predictor(published: Published) -> Iterator[Check]:
    for source, target in published.paths:
        if len(_sources(published, target)) != 1:
            continue
        members = [
            Member("β = correlation (one predictor)", c.id, c.printed, (c.id,), c.box, c.box, same)
            for c in published.select("path_coefficient", source, target)
        ]
        members += [
            Member("correlation = β (one predictor)", c.id, c.printed, (c.id,), c.box, c.box, same)
            for c in published.select("construct_correlation", source, target)
        ]
        negative = any(m.box.upper < 0 for m in members)

        def signed(size: Interval, negative: bool = negative) -> Interval:
            return -size if negative else size

        for c in published.select("r_squared", None, target):
            if c.box.upper >= 0:
                size = signed(c.box.sqrt())
                members.append(
                    Member("R² = β² (one predictor)", c.id, c.printed, (c.id,), c.box, size, Interval.square)
                )
        for c in published.select("f_squared", source, target):
            if c.box.lower > -1:
                share = (
                    1 / (1 + 1 / c.box) if c.box.lower > 0 else Interval(0, c.box.upper / (1 + c.box.upper))
                )
                size = signed(share.sqrt())
                members.append(
                    Member("f² = R²/(1 − R²)", c.id, c.printed, (c.id,), c.box, size, _f_from_beta)
                )
        yield from chain(members, arrow((source, target)))


def _f_from_beta(beta: Interval) -> Interval:
    r2 = beta.square()
    top = min(r2.upper, 1.0)
    bottom = min(r2.lower, top)
    return Interval(
        bottom / (1 - bottom) if bottom < 1 else math.inf, top / (1 - top) if top < 1 else math.inf
    )


def _several_predictors(published: Published) -> Iterator[Check]:
    for target in dict.fromkeys(t for _, t in published.paths):
        sources = _sources(published, target)
        if len(sources) < 2:
            continue
        pairs = [*combinations(sources, 2), *((s, target) for s in sources)]
        found = [correlation_cell(published, a, b) for a, b in pairs]
        cells = [c for c in found if c is not None]
        if len(cells) < len(pairs):
            continue
        boxes = [c.box for c in cells]
        k = len(sources)
        solve = _Regression(k)
        for j, source in enumerate(sources):
            pair = arrow((source, target))
            for statistic, name in (("path_coefficient", "β"), ("inner_vif", "VIF"), ("f_squared", "f²")):
                for cell in published.select(statistic, source, target):
                    allowed = range_over_box(solve.part(statistic, j), boxes)
                    detail = _given(allowed)
                    check = compare_with(
                        cell, allowed, f"{name} from the construct correlations", pair, cells, detail
                    )
                    if statistic == "f_squared" and check.verdict == "fails":
                        check = _lenient_f(check, cell, allowed)
                    yield check
        for cell in published.select("r_squared", None, target):
            allowed = range_over_box(solve.part("r_squared", 0), boxes)
            detail = _given(allowed)
            yield compare_with(cell, allowed, "R² from the construct correlations", target, cells, detail)


def _given(allowed: Interval) -> Detail:
    if not math.isfinite(allowed.width):
        return Detail(
            "the construct correlations do not bound it: with their rounding the predictors may be collinear",
            "las correlaciones de constructos no lo acotan: por su redondeo los predictores pueden ser colineales",
        )
    return say("the construct correlations give {}", "las correlaciones de constructos dan {}", allowed)


def _lenient_f(check: Check, cell: Cell, allowed: Interval) -> Check:
    """Soften a failure that re-estimation without the path, as some packages do it, may explain."""
    slack = 0.02 + 0.25 * allowed.absolute().upper
    wide = Interval(allowed.lower - slack, allowed.upper + slack)
    if cell.box.intersect(wide) is None:
        return check
    detail = check.detail + Detail(
        " on fixed scores; re-estimation without the path gives somewhat other values",
        " con puntuaciones fijas; reestimar sin la trayectoria da valores algo distintos",
    )
    return Check(
        check.check,
        check.kind,
        check.about,
        cell.id,
        cell.printed,
        allowed,
        "cannot be told",
        detail,
        check.cells,
    )


class _Regression:
    """Regression of a target on k predictors from boxes: predictor pairs first, then target correlations.

    NaN where the predictors' matrix is not positive definite.  The positive definite matrices are a convex set,
    so a box all of whose corners are in it has no pole inside.
    """

    def __init__(self, k: int) -> None:
        self.k = k
        self.rows, self.columns = np.triu_indices(k, 1)

    def part(self, statistic: str, j: int) -> Callable[[FloatArray], FloatArray]:
        def value(x: FloatArray) -> FloatArray:
            among = np.tile(np.eye(self.k), (len(x), 1, 1))
            n = len(self.rows)
            among[:, self.rows, self.columns] = among[:, self.columns, self.rows] = x[:, :n]
            definite = np.linalg.eigvalsh(among)[:, 0] > SMALLEST_EIGENVALUE
            among[~definite] = np.eye(self.k)
            inverse = np.linalg.inv(among)
            inverse[~definite] = np.nan
            beta = np.einsum("bij,bj->bi", inverse, x[:, n:])
            r2 = np.einsum("bi,bi->b", beta, x[:, n:])
            if statistic == "path_coefficient":
                return np.asarray(beta[:, j])
            if statistic == "inner_vif":
                return np.asarray(inverse[:, j, j])
            if statistic == "f_squared":
                rest = np.where(r2 < 1, 1 - r2, np.nan)
                return np.asarray(beta[:, j] ** 2 / inverse[:, j, j] / rest)
            return np.asarray(r2)

        return value


def _definite(published: Published) -> Iterator[Check]:
    names = published.constructs
    pairs = list(combinations(range(len(names)), 2))
    found = [correlation_cell(published, names[a], names[b]) for a, b in pairs]
    cells = [c for c in found if c is not None]
    if len(names) < 3 or len(cells) < len(pairs):
        return
    matrix = np.eye(len(names))
    for (a, b), cell in zip(pairs, cells, strict=True):
        matrix[a, b] = matrix[b, a] = cell.value
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    slack = max(c.box.width for c in cells) / 2 * (len(names) - 1)  # bounds the norm of the rounding error
    truth = True if smallest > slack else (False if smallest < -slack else None)
    yield Check(
        "the construct correlations form a correlation matrix",
        "identity",
        ", ".join(names),
        "",
        f"{len(cells)} correlations",
        None,
        verdict_of(truth),
        say(
            "smallest eigenvalue {}, with rounding ± {}",
            "menor valor propio {}, con redondeo ± {}",
            f"{smallest:.4f}",
            f"{slack:.4f}",
        ),
        tuple(c.id for c in cells),
    )


def _effects(published: Published) -> Iterator[Check]:
    betas = {(c.row, c.column): c for c in published.select("path_coefficient")}

    def routes(start: str, end: str, seen: tuple[str, ...]) -> Iterator[tuple[Cell, ...]]:
        for (a, b), cell in betas.items():
            if a != start or b in seen:
                continue
            if b == end:
                yield (cell,)
            else:
                yield from ((cell, *rest) for rest in routes(b, end, (*seen, b)))

    for statistic in ("indirect_effect", "total_effect"):
        for cell in published.select(statistic):
            found = list(routes(cell.row, cell.column, (cell.row,)))
            if statistic == "indirect_effect":
                found = [r for r in found if len(r) > 1]
            if not found:
                continue
            allowed = Interval.point(0.0)
            for route in found:
                product = Interval.point(1.0)
                for step in route:
                    product = product * step.box
                allowed = allowed + product
            used = list({c.id: c for r in found for c in r}.values())
            label = statistic.replace("_", " ")
            detail = say("the paths give {}", "las trayectorias dan {}", allowed)
            yield compare_with(
                cell, allowed, f"{label} from the paths", arrow((cell.row, cell.column)), used, detail
            )


def _adjusted(published: Published) -> Iterator[Check]:
    for cell in published.select("adjusted_r_squared"):
        k = len(_sources(published, cell.column))
        plain = published.select("r_squared", None, cell.column)
        if not plain or not k:
            continue
        r2 = plain[0].box
        sizes = published.select("sample_size")
        if sizes:
            n = sizes[0].value
            if n <= k + 1:
                continue
            allowed = 1 - (1 - r2) * ((n - 1) / (n - k - 1))
            detail = say("R² and n = {} give {}", "R² y n = {} dan {}", sizes[0].printed, allowed)
            used = [plain[0], sizes[0]]
        else:
            fits = [
                n
                for n in range(k + 2, MOST_ROWS + 1)
                if _adjusted_at(r2, n, k).intersect(cell.box) is not None
            ]
            allowed = cell.box if fits else Interval(_adjusted_at(r2, k + 2, k).lower, r2.upper)
            if fits:
                detail = say(
                    "sample sizes {} to {} give it",
                    "lo dan los tamaños de muestra de {} a {}",
                    fits[0],
                    fits[-1],
                )
            else:
                detail = say(
                    "no sample size from {} to {} gives it",
                    "no lo da ningún tamaño de muestra de {} a {}",
                    k + 2,
                    Detail(f"{MOST_ROWS:,}", f"{MOST_ROWS:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")),
                )
            used = [plain[0]]
        yield compare_with(cell, allowed, "adjusted R² from R² and n", cell.column, used, detail)


def _adjusted_at(r2: Interval, n: int, k: int) -> Interval:
    return 1 - (1 - r2) * ((n - 1) / (n - k - 1))


def _sources(published: Published, target: str) -> list[str]:
    return [s for s, t in published.paths if t == target]


def correlation_cell(published: Published, a: str, b: str) -> Cell | None:
    """Return the printed correlation of two constructs, or None."""
    found = published.select("construct_correlation", a, b)
    return found[0] if found else None
