"""Find respondents: answers with given counts and given sums of products of every pair of items, exactly.

Swapping two respondents' answers to one item keeps all counts and changes only that item's products, by
whole numbers.  Annealing over swaps comes within a few units.  Then one item after another is made exact
by one, two, four or six swaps with disjoint respondents, found by matching sums; what was exact stays so.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from surveysynth.targets import CalibrationError, unpacked

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Swaps = list[tuple[int, int]]

_CANDIDATES = 256
_STEPS = 700
_SNAPSHOTS = 200
_SINGLES = 2500
_SHORT = 20_000
_DISTINCT = 1000
_IDLE = 5
_HOT = 2.0
_COLD = 0.02
_SNAPSHOT_STEPS = 200


def product_errors(answers: IntArray, products: IntArray) -> IntArray:
    """How far the sums of products are off, (p, p), with zeros on the diagonal."""
    off = answers.T @ answers - products
    np.fill_diagonal(off, 0)
    return np.asarray(off)


def arrange(
    counts: IntArray,
    products: IntArray,
    packed: FloatArray,
    *,
    rng: np.random.Generator,
    start: IntArray | None = None,
    warmth: float = 0.0,
    max_rounds: int = 300,
    progress: Callable[[str], None] | None = None,
) -> IntArray:
    """Arrange answers so that every sum of products is as given.

    Parameters
    ----------
    counts : (p, c) array of int
        How often each item has the answers 1 … c; equal row sums n.
    products : (p, p) array of int
        Wanted sums over respondents; the diagonal is not read.
    packed : (p(p-1)/2,) array
        The correlations that they stand for: the search starts from normal scores correlated so.
    rng : Generator
    start : (n, p) array of int, optional
        Answers with these counts and products: another arrangement is sought near them, which is quicker.
    warmth : float
        How far from ``start``: 0 changes few answers, 1 nearly all.  Counts and products stay as given.
    max_rounds : int
        Times that all items with a product off are tried.
    progress : callable, optional
        Told in words how far it is.

    Returns
    -------
    (n, p) array of int

    Raises
    ------
    CalibrationError
        If the answers were not found; the message says how many products are off.
    """
    n, p = int(counts[0].sum()), len(counts)
    pairs = p * (p - 1) // 2
    count = min(_SNAPSHOTS, 4 * pairs)
    answers = _start(counts, packed, rng) if start is None else start.copy()
    scale = float(np.mean(np.abs(np.diag(answers.T @ answers)))) / n
    cold = _COLD * scale
    if start is None:
        _anneal(answers, products, rng, first=_HOT * scale, last=cold, steps=_STEPS * pairs)
    elif warmth > 0:
        first = cold * (_HOT / _COLD) ** warmth
        _anneal(answers, products, rng, first=first, last=cold, steps=int(_STEPS * pairs * warmth))
    answers = _best_snapshot(
        answers, products, rng, temperature=cold, count=count if start is None else count // 4
    )
    idle = 0
    for _ in range(max_rounds):
        off = product_errors(answers, products)
        wrong = np.flatnonzero(off.any(axis=0))
        if len(wrong) == 0:
            return answers
        if progress:
            progress(f"{np.count_nonzero(off) // 2} of {pairs} products to settle")
        idle += 1
        # The item with most products off first: making it exact settles most.
        for j in wrong[np.argsort(-np.count_nonzero(off[wrong], axis=1), kind="stable")]:
            swaps = exact_swaps(answers, int(j), -off[j], rng)
            if swaps is not None:
                exchange(answers, int(j), swaps)
                idle = 0
                break
        if idle == _IDLE:
            answers = _best_snapshot(answers, products, rng, temperature=cold, count=count // 4)
            idle = 0
    raise CalibrationError(f"n = {n}: {np.count_nonzero(off) // 2} sums of products could not be settled")


def _start(counts: IntArray, packed: FloatArray, rng: np.random.Generator) -> IntArray:
    """Cut correlated normal scores to answers with the given counts."""
    n, p = int(counts[0].sum()), len(counts)
    root = np.linalg.cholesky(unpacked(packed, p))
    scores = rng.normal(size=(n, p))
    scores -= scores.mean(axis=0)
    if n > p + 1:
        scores = np.linalg.solve(np.linalg.cholesky(np.cov(scores.T, bias=True)), scores.T).T
    scores = scores @ root.T
    answers = np.empty((n, p), dtype=np.int64)
    values = np.arange(1, counts.shape[1] + 1)
    for j in range(p):
        answers[np.argsort(scores[:, j], kind="stable"), j] = np.repeat(values, counts[j])
    return answers


def exchange(answers: IntArray, item: int, swaps: Swaps) -> None:
    """Swap the answers of pairs of respondents to one item, in place."""
    for a, b in swaps:
        answers[a, item], answers[b, item] = answers[b, item], answers[a, item]


def _anneal(
    answers: IntArray, products: IntArray, rng: np.random.Generator, *, first: float, last: float, steps: int
) -> None:
    """Lower the squared product errors by swaps, in place, as the temperature falls."""
    n, p = answers.shape
    off = product_errors(answers, products)
    candidates = np.arange(_CANDIDATES)
    for step in range(steps):
        temperature = first * (last / first) ** (step / steps)
        item = rng.integers(p, size=_CANDIDATES)
        a, b = rng.integers(n, size=(2, _CANDIDATES))
        change = (answers[b, item] - answers[a, item])[:, None] * (answers[a] - answers[b])
        change[candidates, item] = 0
        rise = (change * (2 * off[item] + change)).sum(axis=1)
        # Gumbel noise makes the best candidate a draw from the Boltzmann distribution.
        merit = -rise / temperature + rng.gumbel(size=_CANDIDATES)
        merit[answers[a, item] == answers[b, item]] = -np.inf
        k = int(np.argmax(merit))
        if merit[k] > rng.gumbel():
            exchange(answers, int(item[k]), [(int(a[k]), int(b[k]))])
            off[item[k]] += change[k]
            off[:, item[k]] += change[k]
            if step % 100 == 0 and not off.any():
                return


def _best_snapshot(
    answers: IntArray,
    products: IntArray,
    rng: np.random.Generator,
    *,
    temperature: float,
    count: int,
) -> IntArray:
    """Anneal on at the final temperature and keep the state with the fewest products off."""
    best, least = answers, answers.size**2
    current = answers.copy()
    for _ in range(count):
        _anneal(current, products, rng, first=temperature, last=temperature, steps=_SNAPSHOT_STEPS)
        wrong = np.count_nonzero(product_errors(current, products)) // 2
        if wrong < least:
            best, least = current.copy(), int(wrong)
    return best


def single_swaps(answers: IntArray, item: int) -> tuple[IntArray, IntArray, IntArray]:
    """All swaps of unequal answers to an item: respondents a and b, and the change of its products (m, p)."""
    a, b = np.triu_indices(len(answers), 1)
    differ = answers[b, item] != answers[a, item]
    a, b = a[differ], b[differ]
    change = (answers[b, item] - answers[a, item])[:, None] * (answers[a] - answers[b])
    change[:, item] = 0
    return a, b, change


def exact_swaps(
    answers: IntArray,
    item: int,
    wanted: IntArray,
    rng: np.random.Generator,
    *,
    tries: int = 30,
) -> Swaps | None:
    """Find one, two, four or six swaps of an item's answers that change its products by exactly ``wanted``.

    Two pairs of swaps are matched through a sorted list of the sums of all pairs; a third pair, drawn anew
    in each try, opens as many combinations again.

    Parameters
    ----------
    answers : (n, p) array of int
    item : int
    wanted : (p,) array of int
        Wanted change of the item's sums of products with the others.
    rng : Generator
        Chooses among solutions.
    tries : int
        Third pairs tried.

    Returns
    -------
    list of pairs of respondents, no respondent twice, or None if none was found.
    """
    a, b, change = single_swaps(answers, item)
    if len(a) == 0:
        return None
    if len(a) > _SINGLES:
        # Three million pairs hold a match as a rule; more would only take memory.
        some = np.sort(rng.choice(len(a), _SINGLES, replace=False))
        a, b, change = a[some], b[some], change[some]
    # One number for each vector: equal numbers of different vectors are next to impossible, and are checked.
    key = rng.integers(1, 2**40, size=answers.shape[1])
    code, aim = change @ key, int(wanted @ key)
    one = np.flatnonzero(code == aim)
    if len(one):
        return _chosen([int(rng.choice(one))], a, b, change, wanted)
    p, q = np.triu_indices(len(code), 1)
    apart = (a[p] != a[q]) & (a[p] != b[q]) & (b[p] != a[q]) & (b[p] != b[q])
    p, q = p[apart], q[apart]
    pair = code[p] + code[q]
    order = np.argsort(pair, kind="stable")
    p, q, pair = p[order], q[order], pair[order]
    two = np.flatnonzero(pair == aim)
    if len(two):
        k = int(rng.choice(two))
        return _chosen([int(p[k]), int(q[k])], a, b, change, wanted)
    # Sums of two pairs are densest about 0: a short third pair leaves the rest where matches are most likely.
    gram = change @ change.T
    length = np.diag(gram)[p] + np.diag(gram)[q] + 2 * gram[p, q]
    short = np.argpartition(length, min(_SHORT, len(length) - 1))[:_SHORT]
    short = short[np.unique(pair[short], return_index=True)[1]]
    short = short[pair[short] != 0]
    short = short[np.argsort(length[short], kind="stable")][:_DISTINCT]
    for attempt in range(tries + 1):
        extra: list[int] = []
        if attempt and len(short):
            third = int(rng.choice(short))
            extra = [int(p[third]), int(q[third])]
        rest = aim - int(code[extra].sum())
        place = np.minimum(np.searchsorted(pair, rest - pair[::-1])[::-1], len(pair) - 1)
        hits = np.flatnonzero(pair[place] == rest - pair)
        for k in rng.permutation(hits)[:200]:
            other = place[k]
            chosen = [int(x) for x in (p[k], q[k], p[other], q[other])] + extra
            found = _chosen(chosen, a, b, change, wanted)
            if found is not None:
                return found
    return None


def _chosen(chosen: list[int], a: IntArray, b: IntArray, change: IntArray, wanted: IntArray) -> Swaps | None:
    """Return the chosen swaps if no respondent stands in two of them and they change what was wanted."""
    swaps = [(int(a[x]), int(b[x])) for x in chosen]
    apart = len({row for swap in swaps for row in swap}) == 2 * len(swaps)
    return swaps if apart and (change[chosen].sum(axis=0) == wanted).all() else None
