"""Check a survey's answers: those off the scale, the scale's order, and the question of consent."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from surveypls.own_survey.columns import accepts, answer_counts, looks_like_consent
from surveypls.own_survey.known_scales import is_neutral, rank
from surveypls.study.definition import Study
from surveypls.survey.answers import plain
from surveypls.survey.files import TextTable
from surveypls.survey.reading import RawSurvey

#: Texts, cells or columns named in one message at most.
SHOWN = 6
#: A text off the scale is an error above this share of all answers, if given more than so many times ...
FREQUENT, FEW = 0.02, 5
#: ... or from so many times on where it is near to a label of the scale that nobody gave.
REPEATED = 3


def off_scale(raw: RawSurvey, study: Study) -> tuple[list[str], list[str]]:
    """Return what is wrong with the study's scale, and what a reader should know of stray answers.

    A text that many gave is an answer of the survey that the study file does not have, or has mistyped: taken for
    missing, it would cost the rows of all who gave it.
    """
    texts = raw.answers[[i for i in study.items if i in raw.answers]].map(str.strip)
    readings = raw.scale.readings(texts.to_numpy(dtype=object).ravel())
    kinds = texts.map(lambda t: readings[t][0])
    bad = kinds == "unreadable"
    n_filled = (kinds != "missing").sum()
    counts = Counter(texts.to_numpy(dtype=object)[bad.to_numpy()])
    given = {plain(t) for t, (kind, _) in readings.items() if kind == "answer"}
    used = {readings[t][1] for t in readings}
    unused = [label for label, v in study.survey.scale.items() if plain(label) not in given and v not in used]
    errors: list[str] = []
    stray: list[str] = []
    n_stray = 0
    for text, n in counts.most_common():
        where = texts == text
        near = _near(text, list(study.survey.scale))
        mistyped = near in unused and n >= REPEATED
        half = n > FEW and bool((2 * where.sum() >= n_filled)[where.any()].any())
        if mistyped or half or n > max(FEW, FREQUENT * n_filled.sum()):
            errors.append(_frequent(text, n, where, near, mistyped))
        else:
            n_stray += n
            stray.append(_stray(text, n, where, near))
    warnings = []
    if stray:
        more = ", …" if len(stray) > SHOWN else ""
        verb = "answer is off" if n_stray == 1 else "answers are off"
        warnings.append(
            f"{n_stray} {verb} the scale ({', '.join(study.survey.scale)}), taken for missing: "
            f"{', '.join(stray[:SHOWN])}{more}"
        )
    return errors, [*warnings, *_second_heading_row(texts, bad, counts)]


def _near(text: str, labels: Sequence[str]) -> str | None:
    folded = {plain(label): label for label in reversed(labels)}
    found = difflib.get_close_matches(plain(text)[:200], folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def _frequent(text: str, n: int, where: pd.DataFrame, near: str | None, mistyped: bool) -> str:
    n_items = int(where.any().sum())
    items = f"{n_items} items" if n_items > 1 else str(where.columns[where.any()][0])
    advice = f"; did you mean {near!r}?" if near else ""
    if mistyped:
        advice = f"; did you mean it by {near!r}, which nobody answered?"
    return (
        f"survey.scale: {text[:40]!r} ×{n} in {items} is not on the scale{advice} "
        "Write the labels as they stand in the survey, or the text under survey.missing_codes"
    )


def _stray(text: str, n: int, where: pd.DataFrame, near: str | None) -> str:
    rows = where.index[where.any(axis=1)]
    first = f"row {rows[0]}, {where.columns[where.loc[rows[0]]][0]}"
    also = f"; did you mean {near!r}?" if near else ""
    return f"{text[:40]!r} ×{n} ({'from ' * (n > 1)}{first}{also})"


def _second_heading_row(texts: pd.DataFrame, bad: pd.DataFrame, counts: Counter[str]) -> Iterable[str]:
    """Name a row near the top that holds other texts than any other row: question texts, import ids."""
    for row in texts.index[:2]:
        own = Counter(texts.loc[row, bad.loc[row]])
        if 2 * own.total() <= texts.shape[1]:
            return
        if any(re.fullmatch(r"[-+\d.,\s]*", t) or counts[t] > n for t, n in own.items()):
            return
        yield f"row {row} is not a row of answers; some tools write a second heading there: delete it"


def scale_order(study: Study) -> Iterable[str]:
    """Say where the scale's numbers go against its labels: a middle at an end, or words of strength out of order."""
    scale = sorted(study.survey.scale.items(), key=lambda pair: pair[1])
    labels = [label for label, _ in scale]
    for label in (labels[0], labels[-1]) if len(set(study.survey.scale.values())) > 2 else ():
        if is_neutral(label):
            yield (
                f"survey.scale: {label!r} names the middle of a scale and stands at an end of it, "
                f"{study.survey.scale[label]}; is the order {', '.join(labels)} right?"
            )
    ranks = [r for label in labels if (r := rank(label)) is not None]
    if len(set(ranks)) > 2 and not (np.all(np.diff(ranks) >= 0) or np.all(np.diff(ranks) <= 0)):
        yield f"survey.scale: the numbers do not follow the labels: {', '.join(f'{t}: {v}' for t, v in scale)}"


def consent(table: TextTable, raw: RawSurvey, study: Study) -> Iterable[str]:
    """Name a question of consent that is not used, and answers that say yes and are not listed as such."""
    if study.survey.consent is None:
        for j, (heading, role) in enumerate(zip(table.header, raw.columns["role"], strict=True)):
            answers = answer_counts(table, j)
            if role == "other" and looks_like_consent(heading, answers):
                shown = ", ".join(f"{text[:40]!r} ×{n}" for text, n in answers.most_common())
                yield (
                    f"column {j + 1} {heading[:60]!r} looks like a question of consent and is not used ({shown}): "
                    "name it under survey.consent, or who refused is analysed too"
                )
        return
    listed = {plain(a) for a in study.survey.consent.accept}
    given = Counter(a for a in raw.respondents["consent"] if a)
    yes = [f"{a[:40]!r} ×{n}" for a, n in given.most_common() if plain(a) not in listed and accepts(a)]
    if yes:
        yield f"survey.consent.accept does not list {', '.join(yes)}: these rows are dropped for want of consent"
