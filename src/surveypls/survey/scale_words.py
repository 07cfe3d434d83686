"""Scales of words: known ones, words of strength, numbers within words, and an order from the answers themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from surveypls.survey.answers import MOST_STEPS, number_of, plain, spreadsheet_date
from surveypls.survey.known_scales import KNOWN_SCALES, rank, worded_order
from surveypls.survey.scale_found import (
    ENOUGH,
    FREQUENT,
    RARE,
    FoundScale,
    is_either,
    value_of,
)
from tabletext.said import Said


# words ----------------------------------------------------------------------------------------------
def word_scales(
    rows: Sequence[Sequence[str]],
    worded: Mapping[int, Counter[str]],
    stems: Sequence[str],
    left: dict[int, str],
) -> list[FoundScale]:
    """Put columns of words together that share a scale, the largest family first."""
    common = {j: _common(counts) for j, counts in worded.items()}
    scales: list[FoundScale] = []
    rest = dict(common)
    while rest:
        columns = _largest_family(rest)
        if not columns:
            break
        rest = {j: c for j, c in rest.items() if j not in columns}
        scales.append(_ordered(rows, columns, worded, stems))
    for j in rest:
        if len(rest[j]) > 2 and _known_order(*_spelled((j,), worded)):
            scales.append(_ordered(rows, (j,), worded, stems))
            continue
        n, shown = len(worded[j]), ", ".join(repr(t[:30]) for t, _ in worded[j].most_common(3))
        left[j] = (
            Said("only {n} different answers ({shown})", n=n, shown=shown)
            if n < 3
            else Said("{n} different answers ({shown}), which no other column has", n=n, shown=shown)
            if n <= MOST_STEPS
            else Said("{n} different texts: an open question, or something else", n=n)
        )
    return scales


def _common(counts: Counter[str]) -> list[str]:
    """Leave out stray answers: rare ones, and digits among words."""
    frequent = [t for t, n in counts.items() if 50 * n > counts.total()]
    words = [t for t in frequent if value_of(t) is None and number_of(t) is None]
    return words or frequent


def _largest_family(texts: Mapping[int, list[str]]) -> tuple[int, ...]:
    """Find the largest set of columns whose answers are the same few words."""
    keys = {j: frozenset(map(plain, t)) for j, t in texts.items() if t}
    families: list[tuple[int, ...]] = []
    for seed in set(keys.values()):
        words, members = seed, list[int]()
        while more := [
            j
            for j, k in keys.items()
            if j not in members and 2 * len(k & words) >= len(k) and len(words | k) <= MOST_STEPS
        ]:
            members.append(more[0])
            words |= keys[more[0]]
        # Questions answered yes or no are not a scale.
        if len(members) > 1 and len(words) > 2:
            families.append(tuple(sorted(members)))
    return max(families, key=lambda found: (len(found), found), default=())


def _spelled(
    columns: Sequence[int], worded: Mapping[int, Counter[str]]
) -> tuple[dict[str, str], Counter[str]]:
    """Return each answer's commonest spelling, and how often it was given in any."""
    counts = sum((worded[j] for j in columns), Counter[str]())
    words = {plain(t): t for t in sorted(counts, key=lambda t: (counts[t], t))}
    return words, Counter(plain(t) for t in counts.elements())


def _ordered(
    rows: Sequence[Sequence[str]],
    columns: tuple[int, ...],
    worded: Mapping[int, Counter[str]],
    stems: Sequence[str],
) -> FoundScale:
    """Give words numbers: a known scale's, by words of strength, by numbers that they hold, or leave them open."""
    words, given = _spelled(columns, worded)
    order = _known_order(words, given)
    if order:
        found = FoundScale(columns, {text: n for n, text in enumerate(order, 1)})
        unused = [text for text in order if not given[plain(text)]]
        if unused:
            found.questions.append(
                Said(
                    "nobody answered {unused}; is the scale {order}?",
                    unused=", ".join(unused),
                    order=", ".join(order),
                )
            )
        digits = sum(n for key, n in given.items() if number_of(key) in found.scale.values())
        if digits >= RARE:
            found.questions.append(
                Said(
                    "numbers among the words, ×{n}, are read as places on the scale: is 1 its lowest answer?",
                    n=digits,
                )
            )
        for place, text in enumerate(order, 1):
            if is_either(key := plain(text)) and given.get(key):
                found.questions.append(
                    Said(
                        "{text} ×{n} is read as an answer, number {place} of the scale; if it means no answer, move it "
                        "to missing_codes",
                        text=repr(text),
                        n=given[key],
                        place=place,
                    )
                )
        # A word that may be the middle of a scale without one.
        half = len(order) // 2
        for key in given if len(order) == 2 * half else ():
            frequent = given[key] >= FREQUENT * given.total()
            if is_either(key) and key != "na" and words[key] not in order and frequent:
                pairs = list(found.scale.items())
                found.scale = dict([*pairs[:half], (words[key], None), *pairs[half:]])
                found.sure = False
                found.questions.append(
                    Said(
                        "{ask}; as the middle of the scale it is number {middle}, and each answer above it one more",
                        ask=_ask_either(words[key], given[key]),
                        middle=half + 1,
                    )
                )
        return found
    usual = list(
        dict.fromkeys(plain(t) for j in columns for t, n in worded[j].items() if 50 * n > worded[j].total())
    )
    numbers = {key: v for key in usual if (v := value_of(words[key])) is not None}
    if usual and len(numbers) == len(usual) == len(set(numbers.values())):
        return FoundScale(columns, {words[k]: v for k, v in sorted(numbers.items(), key=lambda p: p[1])})
    decimals = {key: d for key in usual if (d := number_of(words[key])) is not None}
    by_size = len(decimals) == len(usual)
    order = (
        sorted(usual, key=decimals.__getitem__)
        if by_size
        else _by_correlation(rows, columns, usual, given, stems)
    )
    found = FoundScale(columns, {words[key]: None for key in order}, sure=False)
    found.questions.append(
        Said(
            "numbers with decimals: give each answer its place, 1 for the lowest, and count those that nobody chose"
        )
        if by_size
        else Said(
            "give each answer its number, 1 for the lowest, and add those that nobody chose; the answers' own "
            "correlations put them in the order {order}, or the other way round",
            order=", ".join(found.scale),
        )
    )
    dates = [f"{words[k]!r}: {date!r}" for k in sorted(order) if (date := spreadsheet_date(words[k]))]
    if dates:
        found.questions.append(Said("a spreadsheet made dates of answers: {dates}", dates=", ".join(dates)))
    found.questions += [_ask_either(words[k], given[k]) for k in usual if is_either(k)]
    return found


def _ask_either(text: str, n: int) -> str:
    return Said(
        "{text} ×{n}: is it an answer of the scale, or no answer? Give it a number under scale, or move it to "
        "missing_codes",
        text=repr(text),
        n=n,
    )


def _known_order(words: Mapping[str, str], given: Counter[str]) -> list[str]:
    """Return the known scale that holds the most answers (95 % at least), as spelled here; empty if there is none.

    Words that may mean no answer are no part of the whole, unless the scale has them.
    """
    order = worded_order([t for key, t in words.items() if rank(t) is not None and given[key] >= RARE])
    found = []
    for scale in (*KNOWN_SCALES, *([tuple(order)] if order else [])):
        keys = {plain(t) for t in scale}
        places = range(1, len(scale) + 1)
        answers = sum(
            n for key, n in given.items() if key in keys or not (is_either(key) or number_of(key) in places)
        )
        held = sum(given[key] for key in keys)
        if held >= ENOUGH * answers and sum(given[key] >= RARE for key in keys) > 1:
            # To a whole per cent: a stray answer does not make a longer scale likelier.
            merit = round(100 * held / given.total()), scale in KNOWN_SCALES, -len(scale)
            found.append((merit, [words.get(plain(t), t) for t in scale]))
    return max(found, key=lambda pair: pair[0])[1] if found else []


def _by_correlation(
    rows: Sequence[Sequence[str]],
    columns: Sequence[int],
    usual: Sequence[str],
    given: Mapping[str, int],
    stems: Sequence[str],
) -> list[str]:
    """Order words so that items of one construct correlate most: the first dimension of their cross tables.

    The scores are those of correspondence analysis of the pooled, symmetric table of pairs of items (Guttman 1941);
    which end is the lowest they do not tell.
    """
    place = {key: k for k, key in enumerate(usual)}
    codes = np.array([[place.get(plain(r[j].strip()), -1) for j in columns] for r in rows])
    table = np.zeros((len(usual), len(usual)))
    for a in range(len(columns)):
        for b in range(len(columns)):
            if a != b and stems[columns[a]] == stems[columns[b]]:
                both = (codes[:, a] >= 0) & (codes[:, b] >= 0)
                np.add.at(table, (codes[both, a], codes[both, b]), 1.0)
    if not table.any():
        return list(usual)
    mass = np.maximum(table.sum(axis=1), 1e-9)
    _, vectors = np.linalg.eigh(table / np.sqrt(np.outer(mass, mass)))
    score = vectors[:, -2] / np.sqrt(mass)
    # The rarer end first, so that the order does not depend on the machine; the user says which is the lowest.
    order = [usual[k] for k in np.argsort(score, kind="stable")]
    return min(order, order[::-1], key=lambda one: (given[one[0]], one[0]))
