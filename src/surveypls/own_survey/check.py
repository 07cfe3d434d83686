"""Check a survey and a study file together: every problem at once, before anything is run.

Errors keep the analysis from running; warnings are what a reader of its results should know.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from plsem.efa.correlations import EfaError
from plsem.efa.pruning import prune
from plsem.estimator import fit
from plsem.inputs import DataError
from plsem.model import Model, ModelError
from plsem.model_text import write_model
from plsem.prediction import predict
from plsem.quantities import quantities
from plsem.resampling.bootstrap import BootstrapError, BootstrapWarning, bootstrap
from plsem.resampling.exact_fit import exact_fit_test
from surveypls.own_survey import answers_check
from surveypls.own_survey.sample_size import minimum_n, smallest_path, ten_times
from surveypls.study.definition import Study, StudyError, load_study
from surveypls.study.paths import STUDIES, TABLES
from surveypls.survey.answers import name_key
from surveypls.survey.codebook import load_codebook
from surveypls.survey.files import SurveyError, TextTable, read_table
from surveypls.survey.reading import RawSurvey, survey_from_table
from surveypls.survey.screening import CleaningResult, clean
from tableaudit.printed import PublishedError, load_published

#: Path coefficient that a study should be able to find, unless another is asked for (Kock & Hadaya 2018).
MINIMUM_PATH = 0.20
#: Resamples drawn to see whether a run would come to its end.
TRIAL = 200
#: Rows an item below which a factor analysis is not to be trusted (Gorsuch 1983).
ROWS_PER_ITEM = 5


class CheckError(ValueError):
    """The survey and the study file cannot be analysed; the message lists every error."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes
    ----------
    errors, warnings : tuple of str
        Each with file, place, what was found and what was expected.
    facts : tuple of str
        Rows, items and sample size, as far as they could be found out.
    model : str
        The model as it was read, in lavaan's notation; empty if the study file cannot be read.
    study : Study or None
        The study, if its file is in order.
    """

    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    facts: tuple[str, ...]
    model: str
    study: Study | None

    def text(self) -> str:
        """Return the report as plain text."""
        parts = []
        for title, lines in (("error", self.errors), ("warning", self.warnings)):
            if lines:
                parts += [
                    f"{len(lines)} {title}{'s' * (len(lines) > 1)}",
                    *(f"  - {line}" for line in lines),
                    "",
                ]
        if self.model:
            parts += ["The model as read", *(f"  {line}" for line in self.model.splitlines()), ""]
        parts += list(self.facts)
        parts.append("Not ready: mend the errors above." if self.errors else "Ready to run.")
        return "\n".join(parts)


def check(survey: Path | str, study_file: Path | str, *, minimum_path: float = MINIMUM_PATH) -> CheckReport:
    """Check everything that can be checked without running a notebook.

    The files are read, the answers screened, the items pruned and the model estimated once, so that what
    would stop a run is found here.  Nothing is written.

    Parameters
    ----------
    survey, study_file : path
        The answers (CSV, TSV or XLSX) and the study (YAML).
    minimum_path : float
        The smallest path coefficient that the sample should find with a power of 80 %.

    Returns
    -------
    CheckReport

    Raises
    ------
    CheckError
        If the two files stand in each other's place.
    """
    survey, study_file = Path(survey), Path(study_file)
    found = _Findings()
    study = table = None
    refuse_swapped(survey, study_file)
    try:
        study = load_study(study_file)
        found.model = write_model(study.blocks(), study.path_pairs, study.modes)
    except StudyError as error:
        found.errors += [f"{study_file.name}: {problem}" for problem in error.problems]
    try:
        table = read_table(survey)
    except SurveyError as error:
        found.errors += [f"{survey.name}: {problem}" for problem in error.problems]
    if study is not None and table is not None:
        _together(found, survey, study_file, study, table, minimum_path)
    return CheckReport(tuple(found.errors), tuple(found.warnings), tuple(found.facts), found.model, study)


def preflight(survey: Path | str, study_file: Path | str) -> Study:
    """Return the checked study; raise :class:`CheckError` with every error if a run cannot succeed."""
    report = check(survey, study_file)
    if report.errors or report.study is None:
        listed = "\n".join(f"  - {e}" for e in report.errors)
        n = len(report.errors)
        raise CheckError(report.errors[0] if n == 1 else f"{n} problems, nothing was run\n{listed}")
    return report.study


def refuse_swapped(survey: Path, study_file: Path) -> None:
    """Raise :class:`CheckError` where the study file was given as the survey, or the other way round."""
    if survey.suffix.lower() in STUDIES and study_file.suffix.lower() in TABLES:
        raise CheckError(
            f"{survey.name} looks like the study file and {study_file.name} like the survey: the survey comes first "
            f"(in make, SURVEY={study_file} STUDY={survey})"
        )


class _Findings:
    """What has been found so far."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.facts: list[str] = []
        self.model = ""


def _together(
    found: _Findings, survey: Path, study_file: Path, study: Study, table: TextTable, minimum_path: float
) -> None:
    """Check the survey against the study."""
    name = survey.name
    found.errors += [f"{study_file.name}: {p}" for p in _files_named(study, study_file)]
    alike = list(_names_alike(study.items))
    if alike:
        found.errors += [f"{study_file.name}: {p}" for p in alike]
        return
    if not any(c.factored for c in study.constructs):
        found.errors.append(
            f"{study_file.name}: constructs: the factor analysis needs a construct in Mode A with two items or more, "
            "found none"
        )
    book = None
    if study.survey.codebook is not None:
        path = study_file.parent / study.survey.codebook
        try:
            book = load_codebook(path)
        except SurveyError as error:
            found.errors += [f"{path.name} (survey.codebook): {p}" for p in error.problems]
            return
    found.facts.append(f"{len(table.rows)} rows and {len(table.header)} columns in {name}.")
    try:
        raw = survey_from_table(table, study, book, source=name)
    except SurveyError as error:
        for problem in [*error.problems, *_hints(table, study)]:
            # a name that no column has stands in the study file; which of the two is wrong, its user knows
            told = error.source == "study file" or problem.startswith(("no column for item", "survey."))
            found.errors.append(f"{study_file.name if told else name}: {problem}")
        return
    wrong, stray = answers_check.off_scale(raw, study)
    found.errors += [f"{study_file.name}: {p}" for p in wrong]
    found.warnings += [f"{study_file.name}: {w}" for w in answers_check.scale_order(study)]
    found.warnings += [f"{name}: {w}" for w in (*_headings(raw), *stray)]
    found.warnings += [f"{name}: {w}" for w in answers_check.consent(table, raw, study)]
    try:
        cleaned = clean(raw, study)
    except SurveyError as error:
        found.errors += [f"{name}: {p}" for p in error.problems]
        return
    found.warnings += [f"{name}: {w}" for w in _screening(cleaned)]
    n = len(cleaned.responses)
    found.facts.append(f"{n} rows are left after screening.")
    errors, warnings, model = _estimates(cleaned, study)
    found.errors += [f"{name}: {e}" for e in errors]
    found.warnings += [f"{name}: {w}" for w in warnings]
    found.warnings += [f"{study_file.name}: {w}" for w in _measurement(study)]
    if model is not None:
        kept = ", ".join(_kept(model, study))
        found.facts.append(f"Items after pruning: {kept}.")
        found.warnings += [f"{name}: {w}" for w in _sample_size(study, model, n, minimum_path)]
        found.facts.append(_power(study, n, minimum_path))


# files and names -----------------------------------------------------------------------------------
def _files_named(study: Study, study_file: Path) -> Iterable[str]:
    if study.published is None:
        return
    folder = study_file.parent / study.published
    if not folder.is_dir():
        yield f"published: no folder {study.published!r} beside the study file"
        return
    try:
        load_published(folder)
    except PublishedError as error:
        yield f"published: {error}"


def _names_alike(items: Sequence[str]) -> Iterable[str]:
    """Headings are compared without case and punctuation, so two such items could not be told apart."""
    seen: dict[str, str] = {}
    for item in items:
        other = seen.setdefault(name_key(item).replace(" ", ""), item)
        if other != item:
            yield f"items {other!r} and {item!r} differ in case or punctuation only; rename one"


def _headings(raw: RawSurvey) -> Iterable[str]:
    keys = [name_key(h) for h in raw.columns["heading"]]
    other = raw.columns["role"] == "other"
    twice = {k for k, o in zip(keys, other, strict=True) if k and o and keys.count(k) > 1}
    for key in sorted(twice):
        places = [i + 1 for i, k in enumerate(keys) if k == key]
        heading = raw.columns["heading"][places[0] - 1]
        yield f"columns {', '.join(map(str, places))} have the same heading {heading!r}"


def _hints(table: TextTable, study: Study) -> Iterable[str]:
    """Say what the file looks like where items have no column."""
    wanted = {name_key(i) for i in study.items}
    if sum(name_key(h) in wanted for h in table.header) > len(wanted) / 2:
        return
    if len(table.header) == 1:
        yield "the whole file is one column: expected headings in the first row, separated by , ; | or tab"
    for number, cells in zip(table.row_numbers[:5], table.rows[:5], strict=True):
        if sum(name_key(c) in wanted for c in cells) > len(wanted) / 2:
            yield f"the headings seem to stand in row {number}; delete the rows above it"
            return


# answers -------------------------------------------------------------------------------------------
def _screening(cleaned: CleaningResult) -> Iterable[str]:
    flow = cleaned.flow
    lost = [f"{label} {n}" for label, n in zip(flow["label"], flow["dropped"], strict=True) if n]
    last, first = int(flow["rows_kept"].iloc[-1]), int(flow["rows_in"].iloc[0])
    if lost:
        half = ", less than half" if last < first / 2 else ""
        yield f"{last} of {first} rows are kept{half}; dropped: {', '.join(lost)}"
    for row in cleaned.missing.itertuples():
        if row.reported:
            yield f"item {row.item!s}: {row.share:.0%} of the answers are missing"
    yield from cleaned.notes


# the estimate --------------------------------------------------------------------------------------
def _estimates(cleaned: CleaningResult, study: Study) -> tuple[list[str], list[str], Model | None]:
    """Prune and estimate once; errors, warnings and the pruned model."""
    data = cleaned.responses
    errors: list[str] = []
    for item in study.items:
        if data[item].nunique() == 1:
            c = study.get(study.construct_of(item))
            text = f"item {item} ({c.name}): every answer that is kept is {data[item].iloc[0]:g}"
            if study.efa.prune and c.factored:
                continue
            errors.append(f"{text}; an item without variance cannot be analysed, leave it out")
    if len(data) < study.pls.predict_folds:
        errors.append(
            f"{len(data)} rows for {study.pls.predict_folds} folds (pls.predict_folds); expected a row for each fold"
        )
    if len(data) < 3:
        errors.append(f"{len(data)} rows after screening; expected at least 3, and many more for a result")
    if errors:
        return errors, [], None
    notes = [*_constant(data, study), *_turned(data, study)]
    try:
        pruned = prune(data, **study.pruning)
        out = pruned.trace[pruned.trace["action"] == "dropped"]
        notes += [
            f"item {item} is pruned: {reason}"
            for item, reason in zip(out["item"], out["reason"], strict=True)
            if data[item].nunique() > 1
        ]
        empty = [c for c, block in pruned.blocks.items() if not block]
        if empty:
            return [f"no item of {', '.join(empty)} can be analysed"], notes, None
        model = Model.from_blocks(pruned.blocks, study.path_pairs, modes=study.modes)
        lost = [i for i in (study.estimator["sign_items"] or {}).values() if i not in pruned.retained]
        if lost:
            return [f"sign_item {i} is dropped by pruning; name another" for i in lost], notes, model
        estimate = fit(data[list(model.items)], model, **study.estimator)
    except (EfaError, ModelError, DataError, ValueError) as error:
        return [str(error)], notes, None
    if not bool(np.all(estimate.converged)):
        notes.append(f"the estimate does not settle within {study.pls.max_iterations} iterations")
    return _tried(data[list(model.items)], model, study, notes), notes, model


def _tried(data: pd.DataFrame, model: Model, study: Study, notes: list[str]) -> list[str]:
    """Resample and predict a few times: what would stop a run after minutes stops it here."""
    n, p = data.shape
    options = {**study.bootstrap.resampling, "n_resamples": TRIAL}
    seed, limit = study.seed, study.bootstrap.max_failed
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BootstrapWarning)
            tried = bootstrap(
                data, model, quantities, seed=seed, jackknife=False, **options, **study.estimator
            )
            exact = exact_fit_test(
                data, model, seed=seed, n_resamples=TRIAL, max_failed=limit, **study.fit_options
            )
        folds, scheme = study.pls.predict_folds, study.pls.scheme
        predict(data, model, seed=seed, folds=folds, repetitions=1, scheme=scheme)
    except (BootstrapError, DataError, ValueError, np.linalg.LinAlgError) as error:
        few = f"; {n} rows are too few for {p} items" if n < ROWS_PER_ITEM * p else ""
        return [f"a run would stop: {error}{few}"]
    if tried.n_failed:
        notes.append(
            f"{tried.n_failed} of {TRIAL} resamples, drawn to see, have no result ({tried.failures_text()}); "
            f"a run stops where more than {limit:.0%} fail"
        )
    reasons = sorted(set(exact.reasons.values()))
    if reasons:
        notes.append(f"exact fit, d_G, NFI and χ² are left blank: {'; '.join(reasons)}")
    least = int(exact.summary()["n_draws"].min())
    if not reasons and least < (1 - limit) * TRIAL:
        notes.append(
            f"{n} rows are too few for {p} items: d_G, which tests exact fit, has a value in {least} of {TRIAL} "
            "resamples drawn to see; do not report that test"
        )
    return []


def _constant(data: pd.DataFrame, study: Study) -> Iterable[str]:
    for item in study.items:
        if data[item].nunique() == 1:
            yield f"item {item}: the same answer in every row that is kept; it is pruned"


def _turned(data: pd.DataFrame, study: Study) -> Iterable[str]:
    """Find items that go against the rest of their construct, and pairs of items answered alike."""
    limit = norm.ppf(0.975) / np.sqrt(len(data))
    for c in study.constructs:
        items = [i for i in c.items if data[i].nunique() > 1]
        for item in items if c.mode == "A" and len(items) > 1 else []:
            rest = data[[i for i in items if i != item]].sum(axis=1)
            r = data[item].corr(rest) if rest.nunique() > 1 else 0.0
            if r < -limit:
                state = "listed" if item in study.survey.reversed_items else "not listed"
                yield (
                    f"item {item} correlates {r:.2f} with the rest of {c.name}: does it ask the opposite? "
                    f"(it is {state} under survey.reversed_items)"
                )
        for k, item in enumerate(items):
            for other in items[k + 1 :]:
                if (data[item] == data[other]).all():
                    yield f"items {item} and {other} hold the same answers in every row"


def _measurement(study: Study) -> Iterable[str]:
    for c in study.constructs:
        if len(c.items) == 1:
            yield f"{c.name} has one item: its reliability cannot be estimated"
        elif len(c.items) == 2 and c.mode == "A":
            yield f"{c.name} has two items: three or more measure better"


def _kept(model: Model, study: Study) -> Iterable[str]:
    """Say how many items each construct keeps, and which it loses."""
    for construct, block in zip(model.constructs, model.blocks, strict=True):
        kept = {model.items[i] for i in block}
        lost = [i for i in study.get(construct).items if i not in kept]
        without = f" (without {', '.join(lost)})" if lost else ""
        yield f"{construct} {len(kept)} of {len(kept) + len(lost)}{without}"


# sample size ---------------------------------------------------------------------------------------
def _sample_size(study: Study, model: Model, n: int, minimum_path: float) -> Iterable[str]:
    if n < ROWS_PER_ITEM * len(study.items):
        yield (
            f"{n} rows for {len(study.items)} items: a factor analysis asks for at least {ROWS_PER_ITEM} rows an item "
            f"(Gorsuch 1983), {ROWS_PER_ITEM * len(study.items)}"
        )
    least, where = ten_times(model)
    if n < least:
        yield f"{n} rows are fewer than the ten-times rule asks for, {least} (10 × {where})"
    needed = minimum_n(minimum_path, significance=study.bootstrap.significance)
    if n < needed:
        yield (
            f"{n} rows are fewer than {needed}, the minimum to find a path of {minimum_path:g} with a power of 80 % "
            "(inverse square root method, Kock & Hadaya 2018)"
        )


def _power(study: Study, n: int, minimum_path: float) -> str:
    alpha = study.bootstrap.significance
    least, needed = smallest_path(n, significance=alpha), minimum_n(minimum_path, significance=alpha)
    return (
        f"With {n} rows, paths of {least:.2f} or more are found with a power of 80 % at the {alpha:.0%} level; "
        f"a path of {minimum_path:g} needs {needed} rows."
    )
