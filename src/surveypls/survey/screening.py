"""Screen raw answers by stated rules: who is kept, what is set missing, and a log of every decision.

The raw survey is never changed; the result is a new table of numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.missing import McarTest, fill, little_mcar
from surveypls.study.definition import Study
from surveypls.study.settings import CleaningSettings
from surveypls.survey.answers import Array, plain
from surveypls.survey.careless import longest_run, mahalanobis, response_variability
from surveypls.survey.files import SurveyError
from surveypls.survey.log import CleaningLog, Mask, mask_of
from surveypls.survey.observed import read_observed
from surveypls.survey.private import short_answer, shown_ids
from surveypls.survey.reading import RawSurvey
from tabletext.catalogue import N_
from tabletext.language import Language
from tabletext.said import Said, into

#: Fewer rows an item make the asymptotic p-value of Little's test doubtful.
ROWS_PER_ITEM = 10
#: Unless the study says otherwise, the same answers tell that a form was sent twice from all items on, within these.
DUPLICATE_ITEMS = (10, 20)


@dataclass(frozen=True, slots=True)
class CleaningResult:
    """What screening kept, and why.

    Attributes
    ----------
    responses : DataFrame (respondents × the study's items)
        Complete numbers, reversed items turned round; the index, ``respondent``, is the id.
    instrument : DataFrame (respondents × all items found)
        The same respondents on the whole instrument, NaN where missing; nothing is imputed here.
    observed : DataFrame (respondents × control variables and ``group``)
        The same respondents' control variables as numbers, and their group as text, "" where they have none.
    screened : DataFrame (respondents × the study's items)
        The rows that passed every rule before the missing-data policy, with their gaps.
    log : DataFrame
        One row a decision: ``row`` (in the file), ``respondent, rule, action`` ("dropped", "set
        missing", "reported" or "imputed"), ``item, found, what, reference``.
    flow : DataFrame
        One row a rule in the order applied: ``rule, label, parameter, rows_in, dropped, flagged,
        rows_kept, reference``.  ``flagged`` counts respondents that a rule touched without dropping them.
    missing : DataFrame
        The analysed items before the missing-data policy: ``item, n, missing, share, reported``;
        ``reported`` says that the share is above ``max_item_missing``.
    respondents : DataFrame
        Every submission: ``row, respondent, kept, dropped_by, completion, longstring, irv,
        mahalanobis, p_value``.  The last two are given for the complete rows that reached that rule.
    mcar : McarTest or None
        Little's test on the rows before the missing-data policy; None, with a note, where it cannot be computed.
    settings : CleaningSettings
    notes : tuple of str
    """

    responses: pd.DataFrame
    instrument: pd.DataFrame
    observed: pd.DataFrame
    screened: pd.DataFrame
    log: pd.DataFrame
    flow: pd.DataFrame
    missing: pd.DataFrame
    respondents: pd.DataFrame
    mcar: McarTest | None
    settings: CleaningSettings
    notes: tuple[str, ...]


def clean(raw: RawSurvey, study: Study, *, labels: Language = "en") -> CleaningResult:
    """Screen a raw survey by the rules of ``study.cleaning``.

    The order is: rows that the study excludes, blank forms, consent, duplicates (the first is kept), answers off the
    scale (set missing), controls without a value, completion, longest run, response variability, missing analysed
    items, outliers, missing-data policy.  A row is dropped by the first rule that it breaks.  Run and variability are
    taken on the answers as given, before reversed items are turned round, over the whole instrument
    in the order asked.

    Parameters
    ----------
    raw : RawSurvey
        From :func:`surveypls.survey.reading.read_survey`; not changed.
    study : Study
    labels : {"en", "es"}
        Language of ``flow.label`` and ``log.what``.

    Returns
    -------
    CleaningResult

    Raises
    ------
    SurveyError
        If no respondent is left, or the missing-data policy cannot be applied.

    Examples
    --------
    >>> from surveypls import clean, load_study, read_survey
    >>> study = load_study("examples/library_app/study.yaml")
    >>> raw = read_survey("examples/library_app/survey.csv", study, "examples/library_app/codebook.csv")
    >>> cleaned = clean(raw, study)
    >>> len(raw.answers), len(cleaned.responses)
    (300, 291)
    """
    rules = study.cleaning
    answers = _Answers(raw, study)
    book = CleaningLog(
        raw.answers.index.tolist(),
        shown_ids(raw.respondents["respondent"], raw.answers.index),
        labels,
        [(r.row, into(r.why, labels)) for r in raw.left_out],
    )
    notes: list[str] = []
    _excluded(book, raw, study)
    _consent(book, answers, raw, study)
    _duplicates(book, answers, raw, study, notes)
    _off_scale(book, answers, raw)
    observed = read_observed(book, raw, study)
    _careless(book, answers, rules)
    _require_rows(book, raw)
    distance, p_value = _outliers(book, answers, study.items, rules, notes)
    screened = pd.DataFrame(answers.analysed[book.kept], columns=list(study.items))
    missing = _missing_table(answers.analysed[book.kept], study.items, rules)
    mcar = _mcar(book, answers.analysed[book.kept], notes)
    completed = _complete(book, answers, raw, study, notes)
    _require_rows(book, raw)
    names = _unique_names(raw, book.kept)
    kept = pd.Index([n for n, k in zip(names, book.kept, strict=True) if k], name="respondent")
    return CleaningResult(
        responses=pd.DataFrame(completed[book.kept], index=kept, columns=list(study.items)),
        instrument=pd.DataFrame(answers.numbers[book.kept], index=kept, columns=answers.items),
        observed=observed[book.kept].set_axis(kept, axis=0),
        log=book.log(),
        flow=book.flow(),
        screened=screened,
        missing=missing,
        respondents=pd.DataFrame(
            {
                "row": raw.answers.index.to_numpy(),
                "respondent": names,
                "kept": book.kept,
                "dropped_by": book.dropped_by,
                "completion": (~np.isnan(answers.given)).mean(axis=1),
                "longstring": longest_run(answers.given),
                "irv": response_variability(answers.given),
                "mahalanobis": distance,
                "p_value": p_value,
            }
        ),
        mcar=mcar,
        settings=rules,
        notes=tuple(notes),
    )


class _Answers:
    """The raw answers as numbers: as given, turned round where reversed, and those analysed."""

    def __init__(self, raw: RawSurvey, study: Study) -> None:
        self.texts = raw.answers.to_numpy(dtype=object)
        self.items = [str(c) for c in raw.answers.columns]
        shape = self.texts.shape
        self.filled: Mask = np.zeros(shape, dtype=np.bool_)
        self.unreadable: Mask = np.zeros(shape, dtype=np.bool_)
        self.given: Array = np.full(shape, np.nan)
        self.numbers: Array = np.full(shape, np.nan)
        for j, item in enumerate(self.items):
            scale = raw.scales[item]
            readings = scale.readings(self.texts[:, j])
            self.filled[:, j] = [readings[t][0] != "missing" for t in self.texts[:, j]]
            self.unreadable[:, j] = [readings[t][0] == "unreadable" for t in self.texts[:, j]]
            self.given[:, j] = [np.nan if (v := readings[t][1]) is None else v for t in self.texts[:, j]]
            turned = sum(scale.ends) - self.given[:, j]
            self.numbers[:, j] = turned if item in raw.reversed_items else self.given[:, j]
        self.analysed: Array = self.numbers[:, [self.items.index(i) for i in study.items]]


def _consent(book: CleaningLog, answers: _Answers, raw: RawSurvey, study: Study) -> None:
    """Drop blank forms, then those without consent.

    Who refused and answered nothing is a refusal; who left the consent question out as well sent a blank form.
    """
    empty: Mask = np.asarray(~answers.filled.any(axis=1), dtype=np.bool_)
    asked = raw.respondents["consent"].tolist()
    refused = np.zeros(len(asked), dtype=np.bool_)
    if study.survey.consent is not None:
        accepted = {plain(answer) for answer in study.survey.consent.accept}
        refused = np.array([plain(a) not in accepted for a in asked], dtype=np.bool_)
        refused &= ~(empty & np.array([a == "" for a in asked], dtype=np.bool_))
    book.drop("blank", empty & ~refused, lambda i: book.say(N_("no item is answered")))
    if study.survey.consent is None:
        return
    said = book.say(N_("answered {!r} to the consent question"))
    longer = book.say(N_("did not consent"))
    book.drop(
        "consent",
        refused,
        lambda i: said.format(asked[i]) if short_answer(asked[i]) else longer,
        parameter=", ".join(study.survey.consent.accept),
    )


def _excluded(book: CleaningLog, raw: RawSurvey, study: Study) -> None:
    """Drop the rows that the study file leaves out by their answer to another question."""
    for heading, answers in study.survey.exclude.items():
        given, wanted = raw.excluded[heading].tolist(), {plain(a) for a in answers}
        out = np.array([plain(g) in wanted for g in given], dtype=np.bool_)
        said = [f"{heading}: {g}" for g in given]
        book.drop("excluded", out, said.__getitem__, parameter=f"{heading}: {', '.join(answers)}")


def _duplicates(book: CleaningLog, answers: _Answers, raw: RawSurvey, study: Study, notes: list[str]) -> None:
    """Drop what was sent twice; report rows that only share an id or all their answers, unless told to drop them.

    Two people can well give the same answers; a row is the same one again where its id, its time and every other
    column agree, and there is an id or a time of day to agree.
    """
    rules, rows = study.cleaning, raw.answers.index.tolist()
    ids = [plain(r) for r in raw.respondents["respondent"]]
    has_id = [study.survey.respondent is not None and not r.startswith("row ") for r in ids]

    def step(rule: str, same: dict[int, int], said: str, drop: bool, parameter: str = "") -> None:
        act = book.drop if drop else book.report
        act(rule, mask_of(same, len(rows)), lambda i: said.format(rows[same[i]]), parameter=parameter)

    still = [int(i) for i in np.flatnonzero(book.kept)]
    if rules.drop_duplicates:
        told = {i: tuple(raw.table.iloc[i]) for i in still if has_id[i] or _timed(raw, i)}
        again = _repeated(told)
        if again:
            step("duplicate_row", again, book.say(N_("same as row {}")), drop=True)
        still = [i for i in still if i not in again]
    if study.survey.respondent is not None:
        same = _repeated({i: ids[i] for i in still if has_id[i]})
        said = book.say(N_("same id as row {}"))
        step("duplicate_id", same, said, rules.drop_same_id)
        still = [i for i in still if book.kept[i]]
    minimum = _least_answers(rules, len(answers.items))
    if minimum > len(answers.items) and rules.drop_same_answers:
        said_never = book.say(
            N_(
                "the same answers sent twice are not looked for: {} items are fewer than {} "
                "(cleaning.min_duplicate_items)"
            )
        )
        notes.append(said_never.format(len(answers.items), minimum))
    keys: dict[int, object] = {}
    for i in still:
        given = answers.given[i]
        # Few answers, or one answer throughout, can be alike by chance; straight-lining has its own rule.
        if (~np.isnan(given)).sum() >= minimum and np.nanmin(given) < np.nanmax(given):
            keys[i] = given.tobytes()
    said_again = book.say(N_("same answers as row {}"))
    parameter = f">= {minimum}" if minimum <= len(answers.items) else ""
    step("duplicate_answers", _repeated(keys), said_again, rules.drop_same_answers, parameter)


def _least_answers(rules: CleaningSettings, n_items: int) -> int:
    """Return from how many answers on the same answers count as sent twice."""
    if rules.min_duplicate_items is not None:
        return rules.min_duplicate_items
    return max(DUPLICATE_ITEMS[0], min(DUPLICATE_ITEMS[1], n_items))


def _timed(raw: RawSurvey, row: int) -> bool:
    """Tell whether a row has a time of day, which two people hardly share with all their answers."""
    time = raw.respondents["time"].iloc[row]
    return re.search(r"\d:\d\d", time) is not None and re.search(r"\b0?0:00(?::00)?$", time) is None


def _repeated(keys: Mapping[int, object]) -> dict[int, int]:
    """Map each row whose key an earlier row has to that earlier row."""
    seen: dict[object, int] = {}
    return {i: seen[key] for i, key in keys.items() if seen.setdefault(key, i) != i}


def _off_scale(book: CleaningLog, answers: _Answers, raw: RawSurvey) -> None:
    """Log each answer off the scale; it counts as missing from here on."""
    said = book.say(N_("{!r} is not on the scale"))
    longer = book.say(N_("a text that is not on the scale"))
    where = [(int(i), int(j)) for i, j in np.argwhere(answers.unreadable & book.kept[:, None])]
    for i, j in where:
        found = str(answers.texts[i, j]).strip()
        item = answers.items[j]
        told, shown = (
            (said.format(found), found) if short_answer(found, raw.scales[item].labels) else (longer, "")
        )
        book.note(i, "out_of_scale", "set missing", told, item=item, found=shown)
    book.step("out_of_scale", flagged=len({i for i, _ in where}))


def _careless(book: CleaningLog, answers: _Answers, rules: CleaningSettings) -> None:
    """Drop unfinished, straight-lined and largely missing rows."""
    given = answers.given

    def drop(rule: str, value: NDArray[Any], least: float | None, most: float | None, said: str) -> None:
        limit, sign = (least, ">=") if most is None else (most, "<=")
        if limit is not None:
            broken = value < limit if most is None else value > limit
            book.drop(
                rule, broken, lambda i: said.format(value[i], given.shape[1]), parameter=f"{sign} {limit:g}"
            )

    answered, skipped = (~np.isnan(given)).mean(axis=1), np.isnan(answers.analysed).mean(axis=1)
    text = book.say(N_("answered {:.0%} of {} items"))
    drop("completion", answered, rules.min_completion, None, text)
    text = book.say(N_("the same answer {} times in a row"))
    drop("longstring", longest_run(given), None, rules.max_longstring, text)
    text = book.say(N_("standard deviation of the answers {:.2f}"))
    drop("irv", response_variability(given), rules.min_irv, None, text)
    text = book.say(N_("{:.0%} of the analysed items missing"))
    drop("person_missing", skipped, None, rules.max_person_missing, text)


def _require_rows(book: CleaningLog, raw: RawSurvey) -> None:
    if not book.kept.any():
        raise SurveyError(
            raw.source, Said("no respondent is left after screening: {losses}", losses=book.losses())
        )


def _outliers(
    book: CleaningLog, answers: _Answers, items: tuple[str, ...], rules: CleaningSettings, notes: list[str]
) -> tuple[Array, Array]:
    """Report, or drop if asked, complete rows far from the rest; their distances and p-values."""
    distance, p_value = (np.full(len(book.kept), np.nan) for _ in range(2))
    limit = rules.mahalanobis_p
    if limit is None:
        return distance, p_value
    rows = np.flatnonzero(book.kept & ~np.isnan(answers.analysed).any(axis=1))
    far = np.zeros(len(book.kept), dtype=np.bool_)
    whole = answers.analysed[rows]
    varies = np.ptp(whole, axis=0) > 0 if len(rows) else np.ones(len(items), dtype=np.bool_)
    if not varies.all():
        alike = ", ".join(item for item, v in zip(items, varies, strict=True) if not v)
        said = book.say(N_("Mahalanobis distances leave out {}, answered alike in every complete row"))
        notes.append(said.format(alike))
    try:
        distance[rows], p_value[rows] = mahalanobis(whole[:, varies])
        far[rows] = p_value[rows] < limit
    except ValueError as error:
        notes.append(into(error.args[0], book.language))
    act = book.drop if rules.drop_outliers else book.report
    act("outlier", far, lambda i: f"D² = {distance[i]:.1f}, p = {p_value[i]:.2g}", parameter=f"p < {limit:g}")
    return distance, p_value


def _missing_table(analysed: Array, items: tuple[str, ...], rules: CleaningSettings) -> pd.DataFrame:
    gone = np.isnan(analysed)
    limit = rules.max_item_missing
    table = pd.DataFrame({"item": list(items), "n": (~gone).sum(axis=0), "missing": gone.sum(axis=0)})
    table["share"] = gone.mean(axis=0)
    table["reported"] = False if limit is None else table["share"] > limit
    return table


def _mcar(book: CleaningLog, analysed: Array, notes: list[str]) -> McarTest | None:
    if not np.isnan(analysed).any():
        return None
    try:
        found = little_mcar(analysed)
        if len(analysed) < ROWS_PER_ITEM * analysed.shape[1]:
            said = book.say(
                N_("Little's test is asymptotic: with {} rows for {} items its p-value is a rough guide")
            )
            notes.append(said.format(*analysed.shape))
        return found
    except ValueError as error:
        notes.append(into(error.args[0], book.language))
        return None


def _complete(book: CleaningLog, answers: _Answers, raw: RawSurvey, study: Study, notes: list[str]) -> Array:
    """Drop or complete the rows with missing analysed answers, as the policy says."""
    policy, items, analysed = study.cleaning.missing, study.items, answers.analysed
    gone = np.isnan(analysed)
    if policy == "listwise":
        book.drop(
            "missing",
            np.asarray(gone.any(axis=1)),
            lambda i: ", ".join(item for item, g in zip(items, gone[i], strict=True) if g),
            parameter="listwise",
        )
        return analysed
    part, hole = analysed[book.kept], gone[book.kept]
    completed = analysed.copy()
    if hole.any():
        try:
            filled, settled = fill(part, policy)
        except ValueError as error:
            raise SurveyError(raw.source, f"cleaning.missing {policy!r}: {error}") from None
        if not settled:
            notes.append(book.say(N_("EM did not converge; the answers filled in are from its last step")))
        lowest, highest = np.array([raw.scales[i].ends for i in items], dtype=float).T
        completed[book.kept] = np.where(hole, np.clip(filled, lowest, highest), part)
    for i, j in np.argwhere(gone & book.kept[:, None]):
        book.note(int(i), "imputed", "imputed", f"{policy}: {completed[i, j]:.3f}", item=items[int(j)])
    book.step("imputed", parameter=policy, flagged=int(hole.any(axis=1).sum()))
    return completed


def _unique_names(raw: RawSurvey, kept: Mask) -> list[str]:
    """Name respondents by id; where kept ids repeat, by id and row."""
    ids = shown_ids(raw.respondents["respondent"], raw.answers.index)
    staying = Counter(i for i, k in zip(ids, kept, strict=True) if k)
    rows = raw.answers.index.tolist()
    return [f"{i} (row {r})" if staying[i] > 1 else i for i, r in zip(ids, rows, strict=True)]
