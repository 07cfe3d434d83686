"""Check a survey and a study file together: every problem at once, before anything is run.

Errors keep the analysis from running; warnings are what a reader of its results should know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from plsem.groups.split import rows_needed
from plsem.model import Model
from plsem.names import few
from plsem.power import minimum_n, smallest_path
from surveypls.study.definition import Study, StudyError, load_study
from surveypls.study.paths import STUDIES, TABLES
from surveypls.study.terms import arrows
from surveypls.survey import answers_check
from surveypls.survey.answers import SHOWN, name_key
from surveypls.survey.asked import asked
from surveypls.survey.codebook import load_codebook
from surveypls.survey.files import SurveyError, TextTable, read_table
from surveypls.survey.reading import RawSurvey, survey_from_table
from surveypls.survey.screening import CleaningResult, clean
from surveypls.survey.trial import ROWS_PER_ITEM, estimates
from tableaudit.printed import PublishedError, load_published
from tabletext.language import Language
from tabletext.said import Said, into, say

#: Path coefficient that a study should be able to find, unless another is asked for (Kock & Hadaya 2018).
MINIMUM_PATH = 0.20


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
    language : {"en", "es"}
        The study's language.
    """

    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    facts: tuple[str, ...]
    model: str
    study: Study | None

    language: Language = "en"

    def text(self) -> str:
        """Return the report as plain text, in the study's language."""
        parts = []
        for one, many, lines in (("error", "errors", self.errors), ("warning", "warnings", self.warnings)):
            if lines:
                parts.append(f"{len(lines)} {say(self.language, one if len(lines) == 1 else many)}")
                parts += [*(f"  - {into(line, self.language)}" for line in lines), ""]
        if self.model:
            parts += [
                say(self.language, "The model as read"),
                *(f"  {line}" for line in self.model.splitlines()),
                "",
            ]
        parts += [into(fact, self.language) for fact in self.facts]
        parts.append(
            say(self.language, "Not ready: mend the errors above." if self.errors else "Ready to run.")
        )
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
    language: Language = "en"
    refuse_swapped(survey, study_file)
    try:
        study = load_study(study_file)
        found.model = study.model().to_text()
    except StudyError as error:
        found.errors += _of(study_file.name, error.problems)
        language = error.language
    try:
        table = read_table(survey, sheet=None if study is None else study.survey.sheet)
    except SurveyError as error:
        found.errors += _of(survey.name, error.problems)
    if study is not None and table is not None:
        _together(found, survey, study_file, study, table, minimum_path)
    language = language if study is None else study.labels
    return CheckReport(
        tuple(found.errors), tuple(found.warnings), tuple(found.facts), found.model, study, language
    )


def _of(name: str, lines: Iterable[str]) -> list[str]:
    """Put the file before each line."""
    return [Said("{file}: {line}", file=name, line=line) for line in lines]


def preflight(survey: Path | str, study_file: Path | str) -> Study:
    """Return the checked study; raise :class:`CheckError` with every error if a run cannot succeed."""
    report = check(survey, study_file)
    if report.errors or report.study is None:
        said = [into(e, report.language) for e in report.errors]
        many = say(report.language, "{n} problems, nothing was run", n=len(said))
        raise CheckError(said[0] if len(said) == 1 else "\n  - ".join([many, *said]))
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
    found.errors += _of(study_file.name, _files_named(study, study_file))
    alike = list(_names_alike(study.items))
    if alike:
        found.errors += _of(study_file.name, alike)
        return
    if not any(c.factored for c in study.constructs):
        found.errors += _of(
            study_file.name,
            [
                Said(
                    "constructs: the factor analysis needs a construct in Mode A with two items or more, found none"
                )
            ],
        )
    book = None
    if study.survey.codebook is not None:
        path = study_file.parent / study.survey.codebook
        try:
            book = load_codebook(path)
        except SurveyError as error:
            found.errors += _of(f"{path.name} (survey.codebook)", error.problems)
            return
    found.facts += _read(table, name)
    try:
        raw = survey_from_table(table, study, book, source=name)
    except SurveyError as error:
        for problem in [*error.problems, *_hints(table, study)]:
            # a name that no column has stands in the study file; which of the two is wrong, its user knows
            keys = ("no column for item", "survey.", "controls.", "groups.", "marker:")
            told = error.source == "study file" or problem.startswith(keys)
            found.errors += _of(study_file.name if told else name, [problem])
        return
    wrong, stray = answers_check.off_scale(raw, study)
    found.errors += _of(study_file.name, wrong)
    found.warnings += _of(study_file.name, answers_check.scale_order(study))
    found.warnings += _of(name, [*_headings(raw), *stray, *answers_check.consent(table, raw, study)])
    found.warnings += _of(name, answers_check.excluded_previews(table, raw, study))
    found.warnings += _of(study_file.name, answers_check.never_given(raw, study))
    codes = answers_check.missing_codes(raw, study)
    if codes:
        found.facts.append(Said("Cells that count as no answer: {codes}.", codes=codes))
    unused = [
        str(h) for h, role in zip(raw.columns["heading"], raw.columns["role"], strict=True) if role == "other"
    ]
    unused = [h for h in unused if h not in (*study.observed.values(), *study.survey.exclude)]
    if unused:
        found.facts.append(
            Said(
                "One column is not used: {columns}."
                if len(unused) == 1
                else "{n} columns are not used: {columns}.",
                n=len(unused),
                columns=few([repr(h[:40]) for h in unused], SHOWN),
            )
        )
    try:
        cleaned = clean(raw, study, labels=study.labels)
    except SurveyError as error:
        found.errors += _of(name, error.problems)
        return
    found.warnings += _of(name, _screening(cleaned))
    n = len(cleaned.responses)
    found.facts.append(Said("{n} rows are left after screening.", n=n))
    errors, warnings, model = estimates(cleaned, study)
    found.errors += _of(name, errors)
    found.warnings += _of(name, warnings)
    found.warnings += _of(study_file.name, [*_measurement(study), *_not_offered(study)])
    if model is not None:
        if not errors:
            data = cleaned.responses.join(cleaned.observed)
            refused, cautions, facts = asked(data, model, study)
            found.errors += _of(study_file.name, refused)
            found.warnings += _of(study_file.name, cautions)
            found.facts += facts
        found.facts.append(Said("Items after pruning: {items}.", items=list(_kept(model, study))))
        found.warnings += _of(name, _sample_size(study, model, n, minimum_path))
        found.facts.append(_power(study, n, minimum_path))


def _read(table: TextTable, name: str) -> Iterable[str]:
    """Say what was read of a file, and which of its rows hold no answers."""
    yield Said(
        "{rows} rows and {columns} columns in {file}.",
        rows=len(table.rows),
        columns=len(table.header),
        file=name,
    )
    if table.sheet:
        yield Said("Of the workbook's sheets {sheet} was read.", sheet=repr(table.sheet))
    for left in table.left_out:
        yield Said("Row {row} is no answer: {why}.", row=left.row, why=left.why)


# files and names -----------------------------------------------------------------------------------
def _files_named(study: Study, study_file: Path) -> Iterable[str]:
    if study.published is None:
        return
    folder = study_file.parent / study.published
    if not folder.is_dir():
        yield Said("published: no folder {folder} beside the study file", folder=repr(study.published))
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
            yield Said(
                "items {one} and {two} differ in case or punctuation only; rename one",
                one=repr(other),
                two=repr(item),
            )


def _headings(raw: RawSurvey) -> Iterable[str]:
    keys = [name_key(h) for h in raw.columns["heading"]]
    other = raw.columns["role"] == "other"
    twice = {k for k, o in zip(keys, other, strict=True) if k and o and keys.count(k) > 1}
    for key in sorted(twice):
        places = [i + 1 for i, k in enumerate(keys) if k == key]
        heading = raw.columns["heading"][places[0] - 1]
        yield Said(
            "columns {places} have the same heading {heading}",
            places=", ".join(map(str, places)),
            heading=repr(heading),
        )


def _hints(table: TextTable, study: Study) -> Iterable[str]:
    """Say what the file looks like where items have no column."""
    wanted = {name_key(i) for i in study.items}
    if sum(name_key(h) in wanted for h in table.header) > len(wanted) / 2:
        return
    if len(table.header) == 1:
        yield Said(
            "the whole file is one column: expected headings in the first row, separated by , ; | or tab"
        )
    for number, cells in zip(table.row_numbers[:5], table.rows[:5], strict=True):
        if sum(name_key(c) in wanted for c in cells) > len(wanted) / 2:
            yield Said("the headings seem to stand in row {row}; delete the rows above it", row=number)
            return


# answers -------------------------------------------------------------------------------------------
def _screening(cleaned: CleaningResult) -> Iterable[str]:
    """Say which rows each rule drops and which it reports, and which items have many gaps."""
    rows: dict[tuple[str, str], list[str]] = {}
    for entry in cleaned.log.itertuples():
        found = rows.setdefault((str(entry.rule), str(entry.action)), [])
        if str(entry.row) not in found:
            found.append(str(entry.row))
    first, last = int(cleaned.flow["rows_in"].iloc[0]), int(cleaned.flow["rows_kept"].iloc[-1])
    lost: list[str] = [
        Said(
            "{rule} {n} (rows {rows})",
            rule=str(step.label),
            n=step.dropped,
            rows=few(rows.get((str(step.rule), "dropped"), []), SHOWN),
        )
        for step in cleaned.flow.itertuples()
        if step.dropped
    ]
    if lost:
        template = "{kept} of {all} rows are kept; dropped: {lost}"
        if last < first / 2:
            template = "{kept} of {all} rows are kept, less than half; dropped: {lost}"
        yield Said(template, kept=last, all=first, lost=lost)
    for step in cleaned.flow.itertuples():
        if step.flagged and str(step.rule) in ("duplicate_id", "duplicate_answers"):
            yield Said(
                "{rule}: {n} rows, kept (rows {rows}); if they were sent twice, write under cleaning: "
                "drop_same_id: true; if they are waves, analyse one at a time (survey.exclude)"
                if step.rule == "duplicate_id"
                else "{rule}: {n} rows, kept (rows {rows}); people do answer alike. If they were sent twice, write "
                "under cleaning: drop_same_answers: true",
                rule=str(step.label),
                n=step.flagged,
                rows=few(rows.get((str(step.rule), "reported"), []), SHOWN),
            )
    for row in cleaned.missing.itertuples():
        if row.reported:
            yield Said(
                "item {item}: {share} of the answers are missing",
                item=str(row.item),
                share=f"{row.share:.0%}",
            )
    yield from cleaned.notes


def _measurement(study: Study) -> Iterable[str]:
    for c in study.constructs:
        if len(c.items) == 1:
            yield Said("{construct} has one item: its reliability cannot be estimated", construct=c.name)
        elif len(c.items) == 2 and c.mode == "A":
            yield Said("{construct} has two items: three or more measure better", construct=c.name)


def _not_offered(study: Study) -> Iterable[str]:
    """Name what a model in stages goes without, with the way round."""
    staged = [*study.higher_order, *(arrows(name) for name in study.products)]
    if staged:
        yield Said(
            "importance–performance and the test of exact fit are not offered for a model with second-order "
            "constructs or products ({names}); run a study without them for these",
            names=", ".join(staged),
        )


def _kept(model: Model, study: Study) -> Iterable[str]:
    """Say how many items each construct keeps, and which it loses."""
    for construct in study.blocks():
        kept = {model.items[i] for i in model.blocks[model.position(construct)]}
        lost = [i for i in study.get(construct).items if i not in kept]
        template = "{construct} {n} of {all} (without {lost})" if lost else "{construct} {n} of {all}"
        yield Said(
            template, construct=construct, n=len(kept), all=len(kept) + len(lost), lost=", ".join(lost)
        )


# sample size ---------------------------------------------------------------------------------------
def _sample_size(study: Study, model: Model, n: int, minimum_path: float) -> Iterable[str]:
    if n < ROWS_PER_ITEM * len(study.items):
        yield Said(
            "{n} rows for {p} items: a factor analysis asks for at least {each} rows an item (Gorsuch 1983), {least}",
            n=n,
            p=len(study.items),
            each=ROWS_PER_ITEM,
            least=ROWS_PER_ITEM * len(study.items),
        )
    least, where, arrows = rows_needed(model)
    if n < least:
        yield Said(
            "{n} rows are fewer than the ten-times rule asks for, {least} (10 × {arrows} arrows into {where})",
            n=n,
            least=least,
            arrows=arrows,
            where=where,
        )
    needed = minimum_n(minimum_path, significance=study.bootstrap.significance)
    if n < needed:
        yield Said(
            "{n} rows are fewer than {needed}, the minimum to find a path of {path} with a power of 80% (inverse "
            "square root method, Kock & Hadaya 2018)",
            n=n,
            needed=needed,
            path=f"{minimum_path:g}",
        )


def _power(study: Study, n: int, minimum_path: float) -> str:
    alpha = study.bootstrap.significance
    return Said(
        "With {n} rows, paths of {least} or more are found with a power of 80% at the {alpha} level; a path of {path} "
        "needs {needed} rows.",
        n=n,
        least=f"{smallest_path(n, significance=alpha):.2f}",
        alpha=f"{alpha:.0%}",
        path=f"{minimum_path:g}",
        needed=minimum_n(minimum_path, significance=alpha),
    )
