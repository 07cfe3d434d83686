"""Checks of a block of items as a PLS composite: alpha, rho_A and HTMT against the loadings.

Blocks of two or three items are scanned exhaustively (:mod:`tableaudit.block_scan`); larger ones, and all where
no scan is wanted, are held against the bounds of :mod:`tableaudit.block_bounds`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np

from tableaudit.block_bounds import alpha_bounds, htmt_bounds, raw_alpha_range, rho_a_bounds
from tableaudit.block_scan import neighbour_correlation, raw_alpha_of_block, scan_block
from tableaudit.boxes import Interval, total
from tableaudit.checks import Check, Kind, judged
from tableaudit.details import Detail, say
from tableaudit.measurement import own_loadings, room_of_sum
from tableaudit.printed import Cell, Published
from tableaudit.relations import first
from tableaudit.structure import correlation_cell, path_cell, predictors_key

#: |r| and HTMT times the root of both alphas differ by at most this in 117 pairs of reference models (largest 0.092).
HTMT_GAP = 0.10
#: What rounding and neighbours that are not printed may change of a correlation with the inner proxy.
PROXY_MARGIN = 0.03
_PLS = (("estimator", "PLS"),)
_ALPHA = (*_PLS, ("cronbach_alpha", "standardised"))
_SCANNED = {
    "cronbach_alpha": "alpha attainable (exhaustive scan)",
    "rho_a": "rho_A attainable (exhaustive scan)",
}
RAW = Detail("alpha is raw alpha, from covariances, instead of standardised alpha")
FACTOR = Detail("the loadings are those of a common-factor model (CFA or PLSc)")
NEGATIVE = Detail(
    "an item has a negative weight: it correlates with the neighbouring constructs the other way round"
)
MIXED = Detail("some item correlations have the other sign")


def reliability_checks(
    published: Published,
    readings: Mapping[str, str],
    *,
    scan: bool,
    failed: Collection[str],
    factor_open: bool,
    progress: Callable[[str], None] | None = None,
) -> Iterator[Check]:
    """Yield whether alpha and rho_A of each block are attainable beside its loadings.

    Parameters
    ----------
    published : Published
    readings : mapping
        As chosen for the article; nothing is said under PLSc or CFA.
    scan : bool
        Scan blocks of two or three items.
    failed : collection of str
        Cells that a check has failed already: a block with one of them is not scanned.
    factor_open : bool
        The figures leave a common-factor model open.
    progress : callable, optional
        Called with a line of text before each scan.
    """
    if readings["estimator"] != "PLS":
        return
    for construct, items in published.items.items():
        loadings = own_loadings(published, construct)
        if (
            len(loadings) != len(items)
            or len(items) < 2
            or any(c.box.absolute().upper >= 1 for c in loadings)
        ):
            continue
        alpha, rho_a = _reliabilities(published, construct, readings)
        if alpha is None and rho_a is None:
            continue
        unless = (
            *((RAW,) if readings["cronbach_alpha"] != "raw" else ()),
            *((FACTOR,) if factor_open else ()),
        )
        broken = any(c.id in failed for c in loadings)
        small = len(items) in (2, 3)
        if scan and small and not broken:
            if progress is not None:
                progress(construct)
            checks = list(_scanned(published, construct, loadings, alpha, rho_a, readings, unless))
        else:
            proxy = proxy_correlation(published, construct, readings)
            checks = list(_bounded(construct, loadings, alpha, rho_a, readings, unless, proxy))
        yield from checks


def _reliabilities(
    published: Published, construct: str, readings: Mapping[str, str]
) -> tuple[Cell | None, Cell | None]:
    alpha = first(published, "cronbach_alpha", construct)
    rho_a = first(published, "rho_a", construct)
    if rho_a is None and readings["composite_reliability"] == "rho_a":
        rho_a = first(published, "composite_reliability", construct)
    return alpha, rho_a


def proxy_correlation(
    published: Published, construct: str, readings: Mapping[str, str]
) -> tuple[tuple[float, float], list[Cell]] | None:
    """Return how a construct's score correlates with its inner proxy, under any weighting scheme.

    Parameters
    ----------
    published : Published
    construct : str
    readings : mapping

    Returns
    -------
    ((lowest, highest), cells), or None where a neighbour, or a figure of one, is not printed.
    """
    paths = [p for p in published.paths if construct in p]
    if any(readings.get(predictors_key(t), "printed") != "printed" for _, t in paths) or not paths:
        return None
    names = [t if s == construct else s for s, t in paths]
    own = [correlation_cell(published, construct, name) for name in names]
    betas = [path_cell(published, *p) if p[1] == construct else None for p in paths]
    between = {p: correlation_cell(published, *p) for p in combinations(names, 2)}
    cells = [c for c in (*own, *betas, *between.values()) if c is not None]
    if None in own or None in between.values() or len(set(names)) < len(names):
        return None
    r = np.array([c.value for c in own if c is not None])
    matrix = np.eye(len(names))
    for (a, b), cell in between.items():
        if cell is not None:
            i, j = names.index(a), names.index(b)
            matrix[i, j] = matrix[j, i] = cell.value
    path = np.array([c.value if c is not None else v for c, v in zip(betas, r, strict=True)])
    found = []
    for weights in (path, r, np.sign(r)):
        spread = float(weights @ matrix @ weights)
        if spread <= 0:
            return None
        found.append(float(weights @ r) / math.sqrt(spread))
    low, high = min(found) - PROXY_MARGIN, max(found) + PROXY_MARGIN
    return ((low, high), cells) if low > 0 and high < 0.99 else None


def _bounded(
    construct: str,
    loadings: list[Cell],
    alpha: Cell | None,
    rho_a: Cell | None,
    readings: Mapping[str, str],
    unless: tuple[Detail, ...],
    proxy: tuple[tuple[float, float], list[Cell]] | None,
) -> Iterator[Check]:
    boxes = [c.box for c in loadings]
    strength, neighbours = proxy if proxy is not None else (None, [])
    if proxy is not None and (
        rho_a_bounds(boxes, strength) is None and rho_a_bounds(boxes) is not None
    ):  # the neighbours contradict the loadings: no bound by them
        strength, neighbours = None, []
    possible = rho_a_bounds(boxes, strength)
    fits = rho_a is None or possible is None or rho_a.box.intersect(possible) is not None
    factor = tuple(u for u in unless if u is not RAW)
    own = None
    if alpha is not None:
        own = alpha_bounds(boxes, rho_a.box if rho_a is not None and fits else None, strength)
        if own is None:
            own = alpha_bounds(boxes, None, strength)
    standard = readings["cronbach_alpha"] != "raw"
    if rho_a is not None and possible is not None:
        used, excuses = [*loadings, *neighbours], factor
        if (
            fits
            and standard
            and alpha is not None
            and own is not None
            and alpha.box.intersect(own) is not None
        ):
            beside = rho_a_bounds(boxes, strength, alpha.box)
            if beside is not None:
                possible, used = beside, [*loadings, alpha, *neighbours]
                excuses = unless if rho_a.box.intersect(possible) is None else factor
        told = _told(possible, strength, alpha if alpha in used else None)
        yield _compared(
            "rho_A beside the loadings", construct, rho_a, possible, used, excuses, when=_PLS, detail=told
        )
    if alpha is not None and own is not None:
        raw = raw_alpha_range(own, len(loadings))
        own = own if standard else raw
        reach = alpha.box.intersect(raw) is not None
        excuses = tuple(u for u in unless if u is not RAW or reach)
        used = [*loadings, *((rho_a,) if rho_a is not None else ()), *neighbours]
        told = _told(own, strength, None)
        yield _compared(
            "alpha beside the loadings", construct, alpha, own, used, excuses, when=_ALPHA, detail=told
        )


def _told(allowed: Interval, strength: tuple[float, float] | None, alpha: Cell | None) -> Detail | None:
    """Word what a block leaves a reliability, where more than the loadings bounds it."""
    if strength is None and alpha is None:
        return None
    first_part = Detail("with these loadings")
    if alpha is not None:
        first_part += say(", alpha = {}", alpha.printed)
    if strength is not None:
        first_part += say(", and its score correlating {} with its inner proxy", Interval(*strength))
    return first_part + say(", a composite has it in {}", allowed)


def _compared(
    check: str,
    construct: str,
    cell: Cell,
    allowed: Interval,
    cells: list[Cell],
    unless: tuple[Detail, ...],
    *,
    when: tuple[tuple[str, str], ...],
    kind: Kind = "attainable",
    detail: Detail | None = None,
) -> Check:
    return judged(
        cell,
        check,
        construct,
        cell.box.intersect(allowed) is not None,
        detail or say("with these loadings a composite has it in {}", allowed),
        cells,
        kind=kind,
        allowed=allowed,
        unless=unless,
        when=when,
    )


def _scanned(
    published: Published,
    construct: str,
    loadings: list[Cell],
    alpha: Cell | None,
    rho_a: Cell | None,
    readings: Mapping[str, str],
    unless: tuple[Detail, ...],
) -> Iterator[Check]:
    possible = rho_a_bounds([c.box for c in loadings])
    if rho_a is not None and possible is not None and rho_a.box.intersect(possible) is None:
        factor = tuple(u for u in unless if u is not RAW)
        yield _compared("rho_A beside the loadings", construct, rho_a, possible, loadings, factor, when=_PLS)
        rho_a = None
    known = {n: c for n, c in (("cronbach_alpha", alpha), ("rho_a", rho_a)) if c is not None}
    ave = first(published, "ave", construct)
    boxes = {n: c.box for n, c in known.items()}
    used = [*loadings]
    if ave is not None:
        mean = total(c.box.square() for c in loadings) * (1 / len(loadings))
        if ave.box.intersect(mean) is not None:
            boxes["ave"] = ave.box
            used.append(ave)
    neighbour, neighbour_cells = neighbour_correlation(published, construct)
    used += neighbour_cells
    raw_reading = readings["cronbach_alpha"] == "raw"
    if raw_reading:
        boxes.pop("cronbach_alpha", None)
    ranges = scan_block(
        [c.box for c in loadings],
        correlation=neighbour,
        boxes=boxes,
        statistics=[n for n in known if not (raw_reading and n == "cronbach_alpha")],
    )
    checks = []
    for name, cell in known.items():
        if name not in ranges:
            continue
        title = _SCANNED[name]
        others = [c for n, c in known.items() if n != name]
        found = ranges[name].attainable
        excuses = unless if name == "cronbach_alpha" else tuple(u for u in unless if u is not RAW)
        if found is None:
            without = {n: b for n, b in boxes.items() if n not in ("cronbach_alpha", "rho_a")}
            free = scan_block(
                [c.box for c in loadings], correlation=neighbour, boxes=without, statistics=[name]
            )[name].attainable
            checks.append(
                Check(
                    title,
                    "attainable",
                    construct,
                    cell.id,
                    cell.printed,
                    free,
                    "fails" if free is None or cell.box.intersect(free) is None else "cannot be told",
                    Detail("no correlation matrix of the block gives the other printed cells together")
                    if free is None
                    else say(
                        "no correlation matrix gives the other printed cells together; by the loadings alone {}",
                        free,
                    ),
                    tuple(dict.fromkeys(c.id for c in (*used, *others))),
                    unless=excuses,
                    when=_ALPHA if name == "cronbach_alpha" else _PLS,
                )
            )
            continue
        told = "every correlation matrix with the other printed cells has it in {}"
        signed = (
            alpha_bounds([c.box for c in loadings], boxes.get("rho_a")) if name == "cronbach_alpha" else None
        )
        if signed is not None and cell.box.intersect(found) is not None and cell.box.upper > signed.upper:
            # only a negative weight brings it so high
            found, excuses = Interval(min(found.lower, signed.upper), signed.upper), (*excuses, NEGATIVE)
            told = "every correlation matrix with the other printed cells and positive weights has it in {}"
        if RAW in excuses and cell.box.intersect(found) is None:
            raw = raw_alpha_of_block(
                [c.box for c in loadings], boxes.get("rho_a"), cell.box, correlation=neighbour
            )
            if not raw:
                excuses = tuple(u for u in excuses if u is not RAW)
        checks.append(
            _compared(
                title,
                construct,
                cell,
                found,
                [*used, *others],
                excuses,
                when=_ALPHA if name == "cronbach_alpha" else _PLS,
                detail=say(told, found),
            )
        )
    yield from _blame(published, checks)


def _blame(published: Published, checks: list[Check]) -> list[Check]:
    """Of two figures that exclude each other, name the one that the smaller change would repair."""
    failed = [c for c in checks if c.verdict == "fails" and c.allowed is not None]
    if len(failed) < 2:
        return checks
    gaps = {c.cell: _gap(published[c.cell].box, c.allowed) for c in failed if c.allowed is not None}
    named = min(gaps, key=lambda cell: gaps[cell])
    return [
        c
        if c.cell == named or c not in failed
        else replace(
            c,
            verdict="cannot be told",
            detail=say("excluded by {}, which the smaller change would repair; {}", named, c.detail),
        )
        for c in checks
    ]


def _gap(box: Interval, allowed: Interval) -> float:
    return max(box.lower - allowed.upper, allowed.lower - box.upper, 0.0)


def htmt_checks(
    published: Published, readings: Mapping[str, str], failed: Collection[str]
) -> Iterator[Check]:
    """Yield HTMT against the correlation of the scores: by the loadings where they are printed, else roughly.

    Parameters
    ----------
    published : Published
    readings : mapping
    failed : collection of str
        Alphas that are not those of their blocks are not used.
    """
    for a, b in combinations(published.constructs, 2):
        cell, r = first(published, "htmt", a, b), first(published, "construct_correlation", a, b)
        if cell is None or r is None:
            continue
        alphas = [first(published, "cronbach_alpha", name) for name in (a, b)]
        printed = [None if c is None or c.id in failed else c for c in alphas]
        blocks = [own_loadings(published, name) for name in (a, b)]
        about = f"{a} – {b}"
        exact = readings["estimator"] == "PLS" and all(
            (len(block) >= 2 and min(c.box.lower for c in block) > 0) or _one(block) for block in blocks
        )
        if exact:
            yield from _exact_htmt(about, cell, r, printed, blocks, readings)
        values = [c.box if c is not None else None for c in printed]
        values = [Interval.point(1.0) if _one(block) else v for v, block in zip(values, blocks, strict=True)]
        if readings["estimator"] == "PLS" or readings["correlations"] == "of scores":
            known = [v for v in values if v is not None and v.lower > 0]
            if len(known) < 2:
                continue
            scale = math.sqrt(known[0].middle * known[1].middle)
            written = f"HTMT · √(α α) = {cell.printed} · {scale:.3f} = {cell.value * scale:.3f}"
        else:
            scale = 1.0
            written = f"HTMT = {cell.printed}"
        allowed = Interval((abs(r.value) - HTMT_GAP) / scale, (abs(r.value) + HTMT_GAP) / scale)
        yield _compared(
            "HTMT near the correlation of the constructs",
            about,
            cell,
            allowed,
            [r, *(c for c in printed if c is not None)],
            (),
            when=(),
            kind="coincidence",
            detail=say(
                "{}, beside |r| = {}; rarely more than {} apart", written, r.printed.lstrip("-−–"), HTMT_GAP
            ),
        )


def _one(block: list[Cell]) -> bool:
    return len(block) == 1 and block[0].box.contains(1.0)


def _exact_htmt(
    about: str,
    cell: Cell,
    r: Cell,
    alphas: list[Cell | None],
    blocks: list[list[Cell]],
    readings: Mapping[str, str],
) -> Iterator[Check]:
    standard = readings["cronbach_alpha"] == "standardised"
    rooms, squares, sizes = [], [], []
    for block, alpha in zip(blocks, alphas, strict=True):
        m = len(block)
        if m == 1:
            one = Interval.point(1.0)
            rooms.append(one)
            squares.append(one)
            sizes.append(one)
            continue
        square = total(c.box for c in block).square()
        room = room_of_sum(block, None)
        if alpha is not None and standard:
            told = room_of_sum(block, alpha)
            if told.upper < square.lower:
                return  # an alpha that the loadings exclude says nothing about the items
            room = Interval(max(told.lower, square.lower), max(told.upper, square.lower))
        else:
            own = alpha_bounds([c.box for c in block], None)
            if own is not None:
                room = Interval(square.lower, m / (1 - min(own.upper, 0.999) * (m - 1) / m))
        rooms.append(room)
        squares.append(square)
        ends = np.array([m / (m - 1) * (1 - m / room.lower), m / (m - 1) * (1 - m / room.upper)])
        sizes.append(Interval(float(ends.min()), float(ends.max())))
    bounds = htmt_bounds(r.box.absolute(), sizes, rooms, squares)
    if bounds is None:
        return
    above = cell.box.lower > bounds.upper
    yield _compared(
        "HTMT beside the loadings, alphas and correlation",
        about,
        cell,
        bounds,
        [r, *(c for c in alphas if c is not None), *(c for block in blocks for c in block)],
        (MIXED,) if above and abs(r.value) < 0.3 else (),
        when=_PLS,
        detail=say("HTMT · √(α α) is the correlation of the items' sums, which leaves {}", bounds),
    )
