"""Scales of numbers: ends that columns share, codes among the answers, words at the ends; totals of other columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from surveypls.survey.answers import MOST_STEPS, number_of, plain
from surveypls.survey.scale_found import (
    RARE,
    USUAL_TOPS,
    FoundScale,
    is_code,
    is_either,
    value_of,
)
from tabletext.said import Said


def totals(
    rows: Sequence[Sequence[str]], numeric: Mapping[int, Counter[int]]
) -> dict[int, tuple[tuple[int, ...], bool]]:
    """Find columns that are the sum or the mean of others in every complete row, and of which.

    Or that, with those others, have one sum in every row: then the second value is true.
    """
    order = sorted((j for j in numeric if len(numeric[j]) > 1), key=lambda j: (max(numeric[j]), j))
    whole = [[value_of(r[j].strip()) for j in order] for r in rows]
    data = np.array([r for r in whole if None not in r], dtype=float)
    if len(order) < 3 or len(data) < len(order) + 5:
        return {}
    found = {order[k]: parts for k, parts in dependent_columns(data, range(len(order)))}
    return {
        j: (tuple(order[m] for m in parts), parts[min(parts)] < 0)
        for j, parts in found.items()
        if (min(parts.values()) > 0 or min(parts.values()) < -0.999) and np.ptp(list(parts.values())) < 1e-6
    }


def dependent_columns(
    values: NDArray[np.float64], order: Iterable[int]
) -> Iterator[tuple[int, dict[int, float]]]:
    """Yield each column that follows from two or more before it, but for a constant: these, with their weights.

    Columns that follow from others are not among those that a later one follows from.
    """
    values = values - values.mean(axis=0)
    if np.linalg.matrix_rank(values) == values.shape[1]:
        return
    free: list[int] = []
    for j in order:
        weights = np.linalg.lstsq(values[:, free], values[:, j], rcond=None)[0] if free else np.zeros(0)
        if not free or np.abs(values[:, free] @ weights - values[:, j]).max() > 1e-6:
            free.append(j)
            continue
        parts = {k: float(w) for k, w in zip(free, weights, strict=True) if abs(w) > 1e-6}
        if len(parts) > 1:
            yield j, dict(sorted(parts.items()))


# numbers --------------------------------------------------------------------------------------------
def number_scales(
    rows: Sequence[Sequence[str]],
    numeric: dict[int, Counter[int]],
    stems: Sequence[str],
    left: dict[int, str],
) -> list[FoundScale]:
    """Put columns of numbers together that share a scale; those of one construct are looked at together."""
    groups: dict[str, list[int]] = {}
    for j in numeric:
        groups.setdefault(stems[j] or f"\0{j}", []).append(j)
    tops: dict[str, tuple[int, int]] = {}
    odd: dict[str, dict[int, int]] = {}
    for name, columns in groups.items():
        pooled = sum((numeric[j] for j in columns), Counter[int]())
        bipolar = _bipolar(pooled)
        values = {v: n for v, n in pooled.items() if not is_code(v) or v in bipolar}
        if sum(v > MOST_STEPS - 1 for v in values) > 1 and len(values) > MOST_STEPS:
            if len(columns) > 1 and max(pooled) <= 100:
                tops[name], odd[name] = (0, 100), {}
                continue
            for j in columns:
                left[j] = Said(
                    "numbers from {low} to {high}, not a scale of at most {most} answers",
                    low=min(values),
                    high=max(values),
                    most=MOST_STEPS,
                )
            continue
        core = _core(values)
        few = len(core) < 3 and (len(columns) < 2 or set(core) <= {0, 1} or set(core) <= {1, 2})
        if core and (core[0], core[-1]) in ((0, 5), (0, 7)):
            core = core[1:]  # 0 is an answer, or none: that is asked
        if not core or few or (max(core) > 10 and (len(columns) < 2 or len(core) < 3)):
            for j in columns:
                shown = ", ".join(f"{v} ×{numeric[j][v]}" for v in sorted(numeric[j])[:4])
                left[j] = Said("only {n} different numbers ({shown})", n=len(numeric[j]), shown=shown)
            continue
        tops[name] = (min(core), max(core))
        odd[name] = {v: n for v, n in values.items() if v not in core}
    return _joined(rows, groups, tops, odd, numeric)


def _bipolar(values: Mapping[int, int]) -> range:
    """Return the numbers below 0 of a scale such as -2 to 2: a run down from 0 that many gave, and no codes."""
    below = range(min((v for v in values if -5 <= v < 0), default=0), 0)
    many = 10 * sum(values[v] for v in below) >= sum(values.values())
    top = max((v for v in values if not is_code(v)), default=0)
    return below if len(below) > 1 and many and top <= 5 and {*below, 0} <= {*values} else range(0)


def _core(values: Mapping[int, int]) -> list[int]:
    """Take the run of numbers that belong together; a few beyond a gap, or one or two at an end, are set aside."""
    if not values:
        return []
    order = sorted(values)
    runs: list[list[int]] = [[order[0]]]
    for v in order[1:]:
        if v - runs[-1][-1] == 1:
            runs[-1].append(v)
        else:
            runs.append([v])
    total = sum(values.values())
    main = max(runs, key=lambda r: sum(values[v] for v in r))
    core = [
        v
        for r in runs
        for v in r
        if r is main or sum(values[u] for u in r) >= 0.1 * total or 1 <= r[-1] < main[0]
    ]
    if core[0] == 0 and len(core) > 3 and _lonely(values, 0, core[1], total):
        core = core[1:]
    if len(core) > 1 and core[-2] in USUAL_TOPS and _lonely(values, core[-1], core[-2], total):
        core = core[:-1]
    return core


def _lonely(values: Mapping[int, int], value: int, beside: int, total: int) -> bool:
    return values[value] < 0.005 * total and 20 * values[value] < values[beside]


def _joined(
    rows: Sequence[Sequence[str]],
    groups: Mapping[str, list[int]],
    tops: Mapping[str, tuple[int, int]],
    odd: Mapping[str, dict[int, int]],
    numeric: Mapping[int, Counter[int]],
) -> list[FoundScale]:
    """Give each construct the highest answer that was used in it, or the next one that more columns used."""
    used = Counter({top: 0 for _, top in tops.values()})
    for name, (_, top) in tops.items():
        used[top] += len(groups[name])
    final: dict[int, list[str]] = {}
    for name, (_, top) in tops.items():
        higher = [
            t for t in used
            if top < t <= 10 and (t - top <= 1 or (t in USUAL_TOPS and top not in USUAL_TOPS)) and used[t] > used[top]
        ]  # fmt: skip
        final.setdefault(min(higher, default=top), []).append(name)
    scales = []
    for top, names in final.items():
        columns = tuple(sorted(j for n in names for j in groups[n]))
        low = min(tops[n][0] for n in names)
        low = low if low < 1 or top > 10 else 1
        labels = Counter[str](
            t for r in rows for j in columns if (t := r[j].strip()) and value_of(t) is not None
        )
        if top == 100:
            said = Said("a slider: is {low} to {high} the whole scale?", low=0, high=top)
            scales.append(FoundScale(columns, {str(v): v for v in range(0, top + 1)}, questions=[said]))
            continue
        spelled = {
            value_of(t): t
            for t, _ in sorted(labels.items(), key=lambda p: (p[1], p[0]))
            if number_of(t) is None and any(map(str.isalpha, t))
        }
        found = FoundScale(columns, {spelled.get(v, str(v)): v for v in range(low, top + 1)})
        pooled = sum((numeric[j] for j in columns), Counter[int]())
        others = sum((Counter(odd[n]) for n in names), Counter[int]())
        _ask_of_numbers(found, low, top, pooled, others, spelled)
        scales.append(found)
    return scales


def _ask_of_numbers(
    found: FoundScale,
    low: int,
    top: int,
    pooled: Counter[int],
    odd: Counter[int],
    spelled: Mapping[int | None, str] | None = None,
) -> None:
    given = [v for v in range(low, top + 1) if pooled[v]]
    inner = [v for v in range(given[0], given[-1]) if not pooled[v]]
    if inner:
        found.questions.append(
            Said(
                "nobody answered {unused}, but answers below and above were given: is {low} to {high} the scale?",
                unused=", ".join(map(str, inner)),
                low=low,
                high=top,
            )
        )
    if top not in USUAL_TOPS or (top == 10 and low == 1):
        found.questions.append(
            Said("the answers run from {low} to {high}: is that the whole scale?", low=min(pooled), high=top)
        )
    for v, n in sorted(odd.items()):
        if n < RARE:
            continue
        label = (spelled or {}).get(v, str(v))
        found.scale = {label: None, **found.scale} if v < low else {**found.scale, label: None}
        found.sure = False
        skipped = range(top + 1, v)
        gap = f"{skipped[0]}" if len(skipped) == 1 else f"{skipped[0]}–{skipped[-1]}" if skipped else ""
        text = (
            Said("{v} was given {n} times and nobody answered {gap}", v=label, n=n, gap=gap)
            if gap
            else Said("{v} was given {n} times", v=label, n=n)
        )
        found.questions.append(
            Said(
                "{text}: is it an answer, or does it mean no answer? Give it a number under scale, or move it to "
                "missing_codes",
                text=text,
            )
        )


# numbers with words at the ends ------------------------------------------------------------------------
def _end_words(counts: Counter[str]) -> frozenset[str]:
    """Return the words among numbers: few where these go from 1 or 0 to a usual highest answer are stray ones.

    A word that may mean no answer is one of them where the lowest number is missing.
    """
    given = {v for t, n in counts.items() if n >= RARE and (v := value_of(t)) is not None}
    words = {
        t: n
        for t, n in counts.items()
        if number_of(t) is None
        and value_of(t) is None
        and n >= RARE
        and (min(given, default=0) == 2 or not is_either(t))
    }
    whole = given and min(given) < 2 and max(given) in USUAL_TOPS
    return (
        frozenset() if whole and 10 * sum(words.values()) < counts.total() else frozenset(map(plain, words))
    )


def has_end_words(counts: Counter[str]) -> bool:
    """Tell whether a column holds numbers and, at the ends of the scale, one or two words."""
    values = {v for t in counts if (v := value_of(t)) is not None}
    return 1 <= len(_end_words(counts)) <= 2 and len(values) >= 2 and min(values) >= 0 and max(values) <= 9


def end_scales(
    rows: Sequence[Sequence[str]], ended: Mapping[int, Counter[str]], left: dict[int, str]
) -> list[FoundScale]:
    """Find which of two words is the lowest answer: who gave it gave lower numbers elsewhere."""
    families: dict[frozenset[str], list[int]] = {}
    for j, counts in sorted(ended.items(), key=lambda p: not has_end_words(p[1])):
        words = _end_words(counts)
        home = next((k for k in families if k & words), words or next(iter(families), words))
        families.setdefault(home | words, families.pop(home, [])).append(j)
    scales = []
    for words, columns in families.items():
        values = Counter(v for r in rows for j in columns if (v := value_of(r[j].strip())) is not None)
        core = _core(values)
        if len(words) > 2 or len(core) < 2 or core[0] not in (0, 1, 2):
            for j in columns:
                left[j] = Said("numbers and words together, on no known scale")
            continue
        level = {}
        for word in words:
            others = [
                v for r in rows for j in columns if plain(r[j].strip()) == word
                for k in columns if (v := value_of(r[k].strip())) is not None
            ]  # fmt: skip
            level[word] = float(np.mean(others)) if others else np.nan
        known = [v for v in level.values() if np.isfinite(v)]
        middle = np.mean(known) if len(known) > 1 else (core[0] + core[-1]) / 2
        lows = [w for w in words if level[w] < middle]
        spelled = Counter(t for j in columns for t in ended[j].elements() if plain(t) in words)
        text = {w: max((t for t in spelled if plain(t) == w), key=lambda t: (spelled[t], t)) for w in words}
        scale: dict[str, int | None] = {text[w]: core[0] - 1 for w in lows}
        scale |= {str(v): v for v in range(core[0], core[-1] + 1)}
        scale |= {text[w]: core[-1] + 1 for w in words if w not in lows}
        found = FoundScale(tuple(columns), scale, sure=False)
        found.questions.append(
            Said(
                "numbers with words at the ends: is {low} the lowest and {high} the highest answer?",
                low=repr(next(iter(scale))),
                high=repr(list(scale)[-1]),
            )
        )
        scales.append(found)
    return scales
