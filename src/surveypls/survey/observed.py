"""Read the columns beside the items: control variables, the marker and the groups."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from surveypls.study.definition import GROUP, MARKER, Study
from surveypls.survey.answers import number_of, plain
from surveypls.survey.files import SurveyError
from surveypls.survey.log import CleaningLog, mask_of
from surveypls.survey.private import short_answer
from surveypls.survey.reading import RawSurvey
from tabletext.said import Said


def read_observed(book: CleaningLog, raw: RawSurvey, study: Study) -> pd.DataFrame:
    """Read the control variables as numbers, drop rows that lack one, and pass the groups on."""
    missing = {plain(code) for code in study.survey.missing_codes} | {""}
    found: dict[str, object] = {}
    lost: dict[int, list[str]] = {}
    problems: list[str] = []
    for name, control in study.controls.items():
        codes = {plain(k): v for k, v in (control.codes or {}).items()}
        texts = raw.observed[name].tolist()
        values = [codes.get(plain(t)) if codes else number_of(t) for t in texts]
        strange = _strange(texts, values, missing)
        if 2 * strange.total() > len(texts) or (codes and strange):
            problems.append(
                Said(
                    "controls.{name}: {shown} in column {heading} have no number; write codes: {{category: number}}",
                    name=name,
                    shown=_listed(strange),
                    heading=repr(control.column),
                )
            )
        found[name] = _numbers(values)
        for i, v in enumerate(values):
            if v is None:
                lost.setdefault(i, []).append(
                    f"{name} {texts[i]!r}" if texts[i] and short_answer(texts[i]) else name
                )
    if study.marker is not None:
        found[MARKER] = _marker(raw, study, missing, problems)
    if study.groups is not None:
        found[GROUP] = raw.observed[GROUP].tolist()
        given = set(found[GROUP])  # type: ignore[call-overload]
        problems += [
            Said(
                "groups.compare: no row has {group} in column {heading}",
                group=repr(g),
                heading=study.groups.column,
            )
            for g in study.groups.compare
            if g not in given
        ]
    if problems:
        raise SurveyError(raw.source, problems)
    if study.controls:
        book.drop("observed", mask_of(lost, len(book.kept)), lambda i: ", ".join(lost[i]))
    return pd.DataFrame(found, index=raw.answers.index)


def _marker(raw: RawSurvey, study: Study, missing: set[str], problems: list[str]) -> list[float]:
    """Read the marker variable: numbers, or answers of the survey's scale; NaN where there is none."""
    texts = raw.observed[MARKER].tolist()
    numbers = {plain(label): float(value) for label, value in study.survey.scale.items()}
    read = {t: None if plain(t) in missing else number_of(t) for t in texts}
    values = [numbers.get(plain(t)) if read[t] is None else read[t] for t in texts]
    strange = _strange(texts, values, missing)
    if 2 * strange.total() > len(texts):
        problems.append(
            Said(
                "marker: {shown} in column {heading} are neither numbers nor answers of survey.scale",
                shown=_listed(strange),
                heading=repr(study.marker),
            )
        )
    return _numbers(values)


def _numbers(values: list[float | None]) -> list[float]:
    return [np.nan if value is None else value for value in values]


def _strange(texts: list[str], values: list[float | None], missing: set[str]) -> Counter[str]:
    """Count the texts that stand for no number and do not mean that there is none."""
    return Counter(t for t, v in zip(texts, values, strict=True) if v is None and plain(t) not in missing)


def _listed(strange: Counter[str]) -> str:
    """Name the commonest of some texts, with their counts."""
    return ", ".join(f"{t[:40]!r} ×{n}" for t, n in strange.most_common(6))
