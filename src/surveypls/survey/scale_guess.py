"""Guess from a table of answers which columns are items, and on which scales they are answered.

What a guess leaves open stays open: an answer without a number, which the user has to give.  Every column that is no
item has its reason, every word taken for "no answer" its count, every cell that fits nowhere its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from surveypls.survey.answers import MOST_STEPS, number_of, plain
from surveypls.survey.scale_found import (
    FITS,
    FoundScale,
    is_code,
    is_either,
    is_no_answer,
    value_of,
)
from surveypls.survey.scale_numbers import end_scales, has_end_words, number_scales, totals
from surveypls.survey.scale_words import word_scales
from tabletext.said import Said


def guess_scales(
    rows: Sequence[Sequence[str]],
    stems: Sequence[str],
    headings: Sequence[str] = (),
    skip: frozenset[int] = frozenset(),
    declared: Sequence[str] = (),
) -> tuple[list[FoundScale], dict[int, str]]:
    """Guess the scales on which the columns are answered.

    Parameters
    ----------
    rows : sequence of sequences of str
        The answers.
    stems : sequence of str
        For each column the construct that its heading names; empty where it names none.
    headings : sequence of str, optional
        What to call the columns that a total is made of; their numbers without.
    skip : frozenset of int
        Columns known to be something else.
    declared : sequence of str
        Cells that the file itself declares to be no answer.

    Returns
    -------
    scales : list of FoundScale
        The scale of the most columns first; empty where nothing looks like one.
    left_out : dict of int to str
        Each other column that is not in ``skip``, and why it is no item.
    """
    gone = frozenset(map(plain, declared))
    cells = {j: Counter(t for r in rows if (t := r[j].strip())) for j in range(len(stems)) if j not in skip}
    left: dict[int, str] = {}
    numeric: dict[int, Counter[int]] = {}
    worded: dict[int, Counter[str]] = {}
    for j, counts in cells.items():
        answers = Counter({t: n for t, n in counts.items() if not is_no_answer(t, gone)})
        values, broken = _numbers_in(answers)
        whole = answers.total() - sum(n for t, n in answers.items() if is_either(t))
        if not answers:
            left[j] = Said("no answers")
        elif broken.total() > (1 - FITS) * whole and (values + broken).total() >= FITS * whole:
            if stems[j] and max(broken) > MOST_STEPS:
                numeric[j] = values + broken
            elif len(answers) <= MOST_STEPS:
                worded[j] = answers
            else:
                left[j] = Said("numbers with decimals, not answers of a scale")
        elif values.total() >= FITS * whole:
            numeric[j] = values
        else:
            worded[j] = answers
    for j, (parts, shared) in totals(rows, numeric).items():
        left[j] = Said(
            "it follows from {parts} in every row: a total, not an item",
            parts=" + ".join(headings[m] if headings else str(m + 1) for m in parts),
        )
        ranked = (j, *parts) if shared else ()
        left |= dict.fromkeys(
            ranked, Said("a ranking, or parts of a whole: they have the same sum in every row")
        )
        numeric = {m: counts for m, counts in numeric.items() if m not in {j, *ranked}}
    ended = {j: c for j, c in cells.items() if j in {**numeric, **worded} and has_end_words(c)}
    ends = {plain(t) for c in ended.values() for t in c if value_of(t) is None}
    homes = {stems[j] for j in ended} - {""}
    for j in [j for j in numeric if j not in ended]:
        # nobody chose an end here, or hardly anybody: the numbers are those of the other columns
        if stems[j] in homes or ends & {
            plain(t) for t in cells[j] if value_of(t) is None and not is_either(t)
        }:
            ended[j] = cells[j]
    numeric = {j: c for j, c in numeric.items() if j not in ended}
    scales = number_scales(rows, numeric, stems, left)
    scales += end_scales(rows, ended, left)
    scales += word_scales(rows, {j: c for j, c in worded.items() if j not in ended}, stems, left)
    if not scales:  # sliders under headings that are sentences
        scales = number_scales(rows, numeric, ["X"] * len(stems), left)
        left = {j: why for j, why in left.items() if not any(j in found.columns for found in scales)}
    for found in scales:
        _settle(found, rows, gone)
    scales.sort(key=lambda s: -len(s.columns))
    return scales, left


def _numbers_in(answers: Counter[str]) -> tuple[Counter[int], Counter[int]]:
    """Count whole numbers, and those with decimals by their whole part."""
    values, broken = Counter[int](), Counter[int]()
    for text, n in answers.items():
        value = value_of(text)
        if value is not None:
            values[value] += n
        elif (number := number_of(text)) is not None:
            broken[int(number)] += n
    return values, broken


# what is left ----------------------------------------------------------------------------------------
def _settle(found: FoundScale, rows: Sequence[Sequence[str]], gone: frozenset[str]) -> None:
    """Count the words taken for no answer, and list the cells that fit nowhere."""
    labels = {plain(t) for t in found.scale}
    values = {v for v in found.scale.values() if v is not None} | {
        v for t, n in found.scale.items() if n is None and (v := value_of(t)) is not None
    }
    slider = len(values) > MOST_STEPS
    for i, row in enumerate(rows):
        for j in found.columns:
            text = row[j].strip()
            key, value = plain(text), value_of(text)
            if not text or key in labels or value in values:
                continue
            number = number_of(text)
            if slider and number is not None and min(values) <= number <= max(values):
                continue
            if is_no_answer(text, gone) or is_either(text) or (value is not None and is_code(value)):
                found.missing[text] = found.missing.get(text, 0) + 1
            else:
                found.stray.append((text, i, j))
