"""Guess from a table of answers which columns are Likert items, and what their scale is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveypls.own_survey.known_scales import KNOWN_SCALES, rank, worded_order
from surveypls.survey.answers import plain

_NO_ANSWER_WORDS = (
    *("", "NA", "N/A", "#N/A", "NaN", "null", "none", "-99", "-9", "-999", "99", "999"),
    *("don't know", "not applicable", "prefer not to say", "no answer"),
    *("no sé", "no sabe", "no aplica", "no contesta", "no sabe / no contesta"),
)
NO_ANSWER = frozenset(map(plain, _NO_ANSWER_WORDS))
#: Share of the answers that a known scale must hold.
ENOUGH = 0.95
#: A worded answer given fewer times than this is a stray one.
RARE = 3
_INTEGER = re.compile(r"[+-]?\d{1,3}(?:[.,]0+)?")
_NUMBERED = re.compile(r"\D*?(\d{1,2})\D*")


@dataclass(frozen=True, slots=True)
class ScaleGuess:
    """A guess at the survey's scale.

    Attributes
    ----------
    columns : tuple of int
        Positions of the columns answered on it.
    scale : dict of str to int
        Answer → number, lowest first.
    missing : tuple of str
        Codes found that seem to mean no answer.
    sure : bool
        Whether order and completeness of the scale are known.
    other : tuple of int
        Columns that look like items on another scale.
    """

    columns: tuple[int, ...]
    scale: dict[str, int]
    missing: tuple[str, ...]
    sure: bool
    other: tuple[int, ...]


def guess_scale(
    rows: Sequence[Sequence[str]], n_columns: int, skip: frozenset[int] = frozenset()
) -> ScaleGuess:
    """Guess the scale on which most columns are answered.

    Parameters
    ----------
    rows : sequence of sequences of str
        The answers.
    n_columns : int
        Columns of the table.
    skip : frozenset of int
        Columns known to be something else.

    Returns
    -------
    ScaleGuess
        Without columns where nothing looks like a scale.
    """
    found = {j: Counter(row[j].strip() for row in rows) for j in range(n_columns) if j not in skip}
    answers = {j: [t for t in counts if plain(t) not in NO_ANSWER] for j, counts in found.items()}
    numeric = {
        j: {_integer(t) for t in texts}
        for j, texts in answers.items()
        if texts and all(_INTEGER.fullmatch(t) for t in texts)
    }
    likert = {j: values for j, values in numeric.items() if _is_short(values)}
    common = {j: _common(found[j], texts) for j, texts in answers.items() if j not in numeric}
    worded = _largest_family(common)
    columns, scale, sure = _numbers(likert) if len(likert) > len(worded) else _words(found, common, worded)
    other = tuple(j for j in sorted({*likert, *worded}) if j not in columns)
    wanted = set(scale.values())
    codes = sorted(
        {
            t
            for j in columns
            for t in found[j]
            if plain(t) in NO_ANSWER and t and _integer_or_none(t) not in wanted
        }
    )
    return ScaleGuess(columns, scale, tuple(codes), sure, other)


def _integer(text: str) -> int:
    return int(float(text.replace(",", ".")))


def _integer_or_none(text: str) -> int | None:
    return _integer(text) if _INTEGER.fullmatch(text) else None


def _is_short(values: set[int]) -> bool:
    """Tell whether numbers can be answers on a scale of at most eleven points from 0 or 1."""
    return min(values) >= 0 and max(values) <= 10


def _numbers(likert: dict[int, set[int]]) -> tuple[tuple[int, ...], dict[str, int], bool]:
    """Take the end that most columns share; a column that goes beyond it is on another scale."""
    tops = Counter(max(values) for values in likert.values() if len(values) > 2)
    if not tops:
        return (), {}, False
    # A five-point item that nobody answered 5 looks like a four-point one: a larger end counts if it is the next
    # one or common.
    usual = max(tops, key=lambda t: (tops[t], t))
    top = max(4, *(t for t, n in tops.items() if t <= usual + 1 or 4 * n > tops[usual]), usual)
    columns = tuple(sorted(j for j, values in likert.items() if max(values) <= top and len(values) > 2))
    start = 0 if any(0 in likert[j] for j in columns) else 1
    return columns, {str(v): v for v in range(start, top + 1)}, True


def _common(counts: Counter[str], texts: list[str]) -> list[str]:
    """Leave out stray answers: rare ones, and digits among words."""
    filled = sum(counts[t] for t in texts)
    frequent = [t for t in texts if 50 * counts[t] > filled]
    words = [t for t in frequent if not _INTEGER.fullmatch(t)]
    return words or frequent


def _largest_family(texts: dict[int, list[str]]) -> tuple[int, ...]:
    """Find the largest set of columns whose answers are the same few words."""
    keys = {
        j: frozenset(map(plain, t)) for j, t in texts.items() if len(t) >= 2 and len(set(map(plain, t))) <= 11
    }
    best: tuple[int, ...] = ()
    for seed in keys.values():
        words, members = set(seed), set[int]()
        while True:
            more = {j for j, k in keys.items() if j not in members and 2 * len(k & words) >= len(k)}
            more = {j for j in more if len(words | keys[j]) <= 11}
            if not more:
                break
            j = min(more)
            members.add(j)
            words |= keys[j]
        if len(members) > len(best):
            best = tuple(sorted(members))
    # One question answered yes or no is not a scale.
    size = len({w for j in best for w in keys[j]})
    return best if len(best) > 1 and size > 2 else ()


def _words(
    found: dict[int, Counter[str]], common: dict[int, list[str]], columns: tuple[int, ...]
) -> tuple[tuple[int, ...], dict[str, int], bool]:
    """Give the words numbers: a known scale's, by words of strength, by numbers that they hold, or as they come."""
    spelled: dict[str, Counter[str]] = {}
    for j in columns:
        for text, n in found[j].items():
            if plain(text) not in NO_ANSWER:
                spelled.setdefault(plain(text), Counter())[text] += n
    words = {key: max(counts, key=lambda t: (counts[t], t)) for key, counts in spelled.items()}
    order = _known_order(words, {key: counts.total() for key, counts in spelled.items()})
    if order:
        return columns, {text: n for n, text in enumerate(order, 1)}, True
    usual = {key: words[key] for key in dict.fromkeys(plain(t) for j in columns for t in common[j])}
    numbers = {key: m for key in usual if (m := _NUMBERED.fullmatch(key))}
    if usual and len(numbers) == len(usual):
        values = {usual[key]: int(m[1]) for key, m in numbers.items()}
        if len(set(values.values())) == len(values):
            return columns, dict(sorted(values.items(), key=lambda pair: pair[1])), True
    return columns, {text: n for n, text in enumerate(usual.values(), 1)}, False


def _known_order(words: Mapping[str, str], n_answers: Mapping[str, int]) -> list[str]:
    """Return the known scale that holds the most answers (95 % at least), as spelled here; empty if there is none."""
    total = sum(n_answers.values())
    worded = [text for key, text in words.items() if rank(text) is not None and n_answers[key] >= RARE]
    candidates = [(0, scale) for scale in KNOWN_SCALES]
    candidates += [(1, tuple(order)) for order in (worded_order(worded),) if order]
    best: list[str] = []
    least: tuple[int, int, int] | None = None
    for kind, scale in candidates:
        share = sum(n_answers.get(plain(t), 0) for t in scale) / max(total, 1)
        # To a whole per cent: a stray answer does not make a longer scale likelier.
        merit = (-round(100 * share), kind, len(scale))
        if share >= ENOUGH and (least is None or merit < least):
            best, least = [words.get(plain(t), t) for t in scale], merit
    return best
