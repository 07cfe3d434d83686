"""Check a survey's answers: those off the scale, the scale's order, and the question of consent."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from plsem.names import few
from surveypls.study.definition import Study
from surveypls.survey.answers import MOST_STEPS, SHOWN, Scale, numbered, plain, spreadsheet_date
from surveypls.survey.columns import accepts, answer_counts, consent_by_heading, previews
from surveypls.survey.files import TextTable
from surveypls.survey.known_scales import KNOWN_SCALES, is_neutral, rank
from surveypls.survey.reading import RawSurvey
from tabletext.said import Said

#: A text off the scale is an error above this share of all answers, if given more than so many times ...
FREQUENT, FEW = 0.02, 5
#: ... or from so many times on where it is near to a label of the scale that nobody gave.
REPEATED = 3


def off_scale(raw: RawSurvey, study: Study) -> tuple[list[str], list[str]]:
    """Return what is wrong with the study's scales, and what a reader should know of stray answers.

    A text that many gave is an answer of the survey that the study file does not have, or has mistyped: taken for
    missing, it would cost the rows of all who gave it.
    """
    errors: list[str] = []
    warnings: list[str] = []
    for scale, items in _by_scale(raw, study):
        texts = raw.answers[items].map(str.strip)
        readings = scale.readings(texts.to_numpy(dtype=object).ravel())
        kinds = texts.map(lambda t, found=readings: found[t][0])
        bad = kinds == "unreadable"
        n_filled = (kinds != "missing").sum()
        counts = Counter(texts.to_numpy(dtype=object)[bad.to_numpy()])
        given = {plain(t) for t, (kind, _) in readings.items() if kind == "answer"}
        used = {readings[t][1] for t in readings}
        unused = [t for t in scale.written if plain(t) not in given and scale.labels[plain(t)] not in used]
        stray: list[str] = []
        n_stray = 0
        for text, n in counts.most_common():
            where = texts == text
            near = _near(text, scale.written)
            mistyped = near in unused and n >= REPEATED
            half = n > FEW and bool((2 * where.sum() >= n_filled)[where.any()].any())
            if mistyped or half or n > max(FEW, FREQUENT * n_filled.sum()):
                errors.append(_frequent(text, n, where, near, mistyped))
            else:
                n_stray += n
                stray.append(_stray(text, n, where, near))
        if stray:
            template = (
                "1 answer is off the scale ({scale}), taken for missing: {stray}"
                if n_stray == 1
                else "{n} answers are off the scale ({scale}), taken for missing: {stray}"
            )
            shown = [*stray[:SHOWN], *(["…"] if len(stray) > SHOWN else [])]
            warnings.append(Said(template, n=n_stray, scale=_shown_scale(scale), stray=shown))
        warnings += _unused_steps(
            scale,
            items,
            Counter(v for t in texts.to_numpy(dtype=object).ravel() if (v := readings[t][1]) is not None),
        )
    return errors, warnings


def _by_scale(raw: RawSurvey, study: Study) -> list[tuple[Scale, list[str]]]:
    """Return each scale of the study with the items that are answered on it."""
    found: dict[int, tuple[Scale, list[str]]] = {}
    for item in (i for i in study.items if i in raw.answers):
        scale = raw.scales[item]
        found.setdefault(id(scale), (scale, []))[1].append(item)
    return list(found.values())


def _shown_scale(scale: Scale) -> str:
    return f"{scale.ends[0]}–{scale.ends[1]}" if scale.slider else ", ".join(scale.written)


def _unused_steps(scale: Scale, items: Sequence[str], given: Counter[float]) -> Iterable[str]:
    """Ask about steps that nobody ticked between others that were: the highest answer may be a code."""
    if scale.slider or not given:
        return
    inner = [v for v in sorted(scale.labels.values()) if not given[v] and min(given) < v < max(given)]
    if inner:
        beyond = {v: n for v, n in given.items() if v > max(inner)}
        yield Said(
            "survey.scale: nobody answered {unused} of {items}, and {n} answered {beyond}: is that an answer, or a "
            "code for no answer (survey.missing_codes)?",
            unused=", ".join(map(str, inner)),
            items=few(items, SHOWN),
            n=sum(beyond.values()),
            beyond=", ".join(f"{v:g}" for v in sorted(beyond)),
        )


def missing_codes(raw: RawSurvey, study: Study) -> list[str]:
    """List every cell that counts as no answer, with how often it was found and in how many items."""
    texts = raw.answers[[i for i in study.items if i in raw.answers]]
    counts: Counter[str] = Counter()
    places: dict[str, set[str]] = {}
    for item in texts:
        for text, n in texts[item].str.strip().value_counts().items():
            if raw.read(str(item), str(text))[0] == "missing":
                counts[str(text)] += int(n)
                places.setdefault(str(text), set()).add(str(item))
    return [
        Said("{text} ×{n} in {items} items", text=repr(t) if t else Said("empty"), n=n, items=len(places[t]))
        for t, n in counts.most_common()
    ]


def excluded_previews(table: TextTable, raw: RawSurvey, study: Study) -> Iterable[str]:
    """Name rows that are previews or tests of the form and are analysed."""
    for j, counts in previews(table, ()).items():
        heading = table.header[j]
        if heading in study.survey.exclude or raw.columns["role"].iloc[j] == "item":
            continue
        rows = [n for n, r in zip(table.row_numbers, table.rows, strict=True) if r[j].strip() in counts]
        yield Said(
            "column {heading}: {n} rows are previews or tests ({answers}; rows {rows}) and are analysed; to leave them "
            "out write under survey: exclude: {{{column}: [{listed}]}}",
            heading=repr(heading),
            n=counts.total(),
            answers=", ".join(map(repr, counts)),
            rows=few(rows, SHOWN),
            column=heading,
            listed=", ".join(counts),
        )


def _near(text: str, labels: Sequence[str]) -> str | None:
    folded = {plain(label): label for label in reversed(labels)}
    found = difflib.get_close_matches(plain(text)[:200], folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def _frequent(text: str, n: int, where: pd.DataFrame, near: str | None, mistyped: bool) -> str:
    n_items = int(where.any().sum())
    items = Said("{n} items", n=n_items) if n_items > 1 else str(where.columns[where.any()][0])
    advice = Said(
        "; did you mean it by {near}, which nobody answered?" if mistyped else "; did you mean {near}?",
        near=repr(near),
    )
    return Said(
        "survey.scale: {text} ×{n} in {items} is not on the scale{advice} Write the labels as they stand in the "
        "survey, or the text under survey.missing_codes",
        text=repr(text[:40]),
        n=n,
        items=items,
        advice=advice if near else ".",
    )


def _stray(text: str, n: int, where: pd.DataFrame, near: str | None) -> str:
    rows = where.index[where.any(axis=1)]
    date = spreadsheet_date(text)
    also: str = Said("; did you mean {near}?", near=repr(near)) if near else ""
    if date:
        also = Said("; a spreadsheet made a date of {answer}", answer=repr(date))
    return Said(
        "{text} ×{n} (row {row}, {item}{also})" if n == 1 else "{text} ×{n} (from row {row}, {item}{also})",
        text=repr(text[:40]),
        n=n,
        row=rows[0],
        item=where.columns[where.loc[rows[0]]][0],
        also=also,
    )


def scale_order(study: Study) -> Iterable[str]:
    """Say where a scale's numbers go against its labels: a middle at an end, or words of strength out of order."""
    for name, labelled in (("scale", study.survey.scale), *study.survey.scales.items()):
        where = "survey.scale" if name == "scale" else f"survey.scales.{name}"
        scale = sorted(labelled.items(), key=lambda pair: pair[1])
        labels = [label for label, _ in scale]
        for label in (labels[0], labels[-1]) if len(set(labelled.values())) > 2 else ():
            if is_neutral(label):
                yield Said(
                    "{where}: {label} names the middle of a scale and stands at an end of it, {value}; is the order "
                    "{order} right?",
                    where=where,
                    label=repr(label),
                    value=labelled[label],
                    order=", ".join(labels),
                )
        unused = [str(v) for v in range(scale[0][1], scale[-1][1]) if v not in labelled.values()]
        if unused and len(set(labelled.values())) <= MOST_STEPS:
            yield Said(
                "{where}: no answer has the number {unused}; is that meant?",
                where=where,
                unused=", ".join(unused),
            )
        worded = [plain(found[1] if (found := numbered(label)) else label) for label in labels]
        known = next((k for k in (list(map(plain, s)) for s in KNOWN_SCALES) if {*worded} <= {*k}), None)
        ranks = [r for text in worded if (r := known.index(text) if known else rank(text)) is not None]
        if len(set(ranks)) > 2 and not np.all(np.diff(ranks) >= 0):
            falls = np.all(np.diff(ranks) <= 0)
            yield Said(
                "{where}: the highest number is the lowest answer: {labels}; is that meant?"
                if falls
                else "{where}: the numbers do not follow the labels: {labels}",
                where=where,
                labels=", ".join(f"{t}: {v}" for t, v in scale),
            )


def never_given(raw: RawSurvey, study: Study) -> Iterable[str]:
    """Name the answers by which rows are kept or left out and that nobody gave."""
    asked = [("exclude", h, raw.excluded[h], answers) for h, answers in study.survey.exclude.items()]
    if study.survey.consent is not None:
        accept = study.survey.consent
        asked.append(("consent.accept", accept.column, raw.respondents["consent"], accept.accept))
    for where, heading, given, answers in asked:
        known = set(map(plain, given))
        lost = [a for a in answers if plain(a) not in known]
        if lost and (where == "exclude" or len(lost) == len(answers)):
            yield Said(
                "survey.{where}: nobody answered {lost} in column {heading}; given: {given}",
                where=where,
                lost=", ".join(map(repr, lost)),
                heading=repr(heading),
                given=few([repr(a[:40]) for a in dict.fromkeys(given) if a], SHOWN),
            )


def consent(table: TextTable, raw: RawSurvey, study: Study) -> Iterable[str]:
    """Name a question of consent that is not used, and answers that say yes and are not listed as such."""
    if study.survey.consent is None:
        for j in consent_by_heading(table, [j for j, r in enumerate(raw.columns["role"]) if r != "other"]):
            heading, answers = table.header[j], answer_counts(table, j)
            shown = ", ".join(f"{text[:40]!r} ×{n}" for text, n in answers.most_common())
            yield Said(
                "column {place} {heading} looks like a question of consent and is not used ({shown}): name it "
                "under survey.consent, or who refused is analysed too",
                place=j + 1,
                heading=repr(heading[:60]),
                shown=shown,
            )
        return
    listed = {plain(a) for a in study.survey.consent.accept}
    given = Counter(a for a in raw.respondents["consent"] if a)
    yes = [f"{a[:40]!r} ×{n}" for a, n in given.most_common() if plain(a) not in listed and accepts(a)]
    if yes:
        yield Said(
            "survey.consent.accept does not list {answers}: these rows are dropped for want of consent",
            answers=", ".join(yes),
        )
