"""The report on one page: what it says, and its text and JSON form (HTML and DOCX: :mod:`tableaudit.report_files`)."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plsem.names import Said
from tableaudit.against_answers import of_finding, of_reading
from tableaudit.coverage import coverage, name_notes
from tableaudit.details import Detail, listed, say
from tableaudit.findings import GRADE_NAMES, OF_COLUMN, Finding
from tableaudit.readings import Reading, name_of
from tabletext.catalogue import translate
from tabletext.language import Language
from tabletext.said import into

if TYPE_CHECKING:
    from tableaudit.audit import AuditReport

__all__ = ["as_json", "as_text"]

_MOST_CALCULATIONS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding, or a part of a section: its grade, if it has one, its sentence, and what stands below it."""

    grade: str
    sentence: str
    below: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs or entries below it, and lines that are shown as they are."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    lines: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report in one language."""

    title: str
    sections: tuple[Section, ...]


def page(report: AuditReport, language: Language = "en", *, rules: bool = False) -> Page:
    """Word the report.

    Parameters
    ----------
    report : AuditReport
    language : {"en", "es"}
    rules : bool
        Also the rules of the field that are not met.

    Returns
    -------
    Page
        Coverage, readings, findings with the gravest first, what the answers say, statements, rules.
    """

    def word(detail: Detail | str) -> str:
        # figures stay as the article prints them, with its decimal sign
        if isinstance(detail, Detail):
            return detail.text(language)
        return into(detail, language) if isinstance(detail, Said) else translate(detail, language)

    refuted = [f for f in report.findings if f.grade != "rule" and report.is_refuted(f)]
    shown = [f for f in report.findings if f.grade != "rule" and f not in refuted]
    grave = [f for f in shown if f.contradiction]
    sections = [
        Section(word("What was checked"), tuple(word(d) for d in _coverage_lines(report))),
    ]
    lines = [
        " ".join([word(_reading_line(r)), *([word(told)] if told else [])])
        for r in report.chosen.found
        if (told := of_reading(r, report.solution) if report.solution else None)
        or r.stated
        or not r.is_default
    ]
    if lines:
        sections.append(Section(word("How the figures are read"), tuple(lines)))
    if grave:
        heading = word("Figures that cannot all be right")
    elif any(f.unless and f.check != OF_COLUMN for f in shown):
        heading = word("No figure is contradicted under every definition")
    else:
        heading = word("No printed figures contradict one another")
    sections.append(Section(heading, (), tuple(_entry(report, f, word) for f in grave)))
    for grade, title in (
        ("definition", "What another definition could explain"),
        ("coincidence", "Worth a question"),
    ):
        found = [f for f in shown if f.grade == grade]
        if found:
            sections.append(Section(word(title), (), tuple(_entry(report, f, word) for f in found)))
    if refuted:
        sections.append(
            Section(
                word(Said("What the answers refute")), (), tuple(_entry(report, f, word) for f in refuted)
            )
        )
    if report.solution is not None:
        parts = [
            Entry("", word(heading) if below else word(heading).rstrip(":") + ".", tuple(map(word, below)))
            for heading, below in report.solution.sections()
        ]
        sections.append(
            Section(word(Said("What the answers say")), _told_findings(report, word), tuple(parts))
        )
    texts = tuple(
        f"{s.id} ({s.where}): {s.text_es if language == 'es' else s.text_en} [{s.found or word('no printed cell')}]"
        for s in report.statements
        if s.verdict == "cannot be told"
    )
    if texts:
        sections.append(Section(word("Statements of the text that the tables do not decide"), texts))
    if rules:
        found = [f for f in report.findings if f.grade == "rule"]
        sections.append(
            Section(word("Rules of the field not met"), (), tuple(_entry(report, f, word) for f in found))
        )
    return Page(word(say("Audit of {}", report.source)), tuple(sections))


def _told_findings(report: AuditReport, word: Any) -> tuple[str, ...]:
    """Count the findings that the answers confirm and refute."""
    assert report.solution is not None
    told = [of_finding(f, report.solution) for f in report.findings if f.grade != "rule"]
    verdicts = [one[0] for one in told if one is not None]
    if not verdicts:
        return ()
    said = Said(
        "Of the findings above the answers confirm {confirmed} and refute {refuted}; {open} stay undecided.",
        confirmed=verdicts.count("confirmed"),
        refuted=verdicts.count("refuted"),
        open=verdicts.count("not decided"),
    )
    return (word(said),)


def _coverage_lines(report: AuditReport) -> list[Detail]:
    found = coverage(report.published, report.checks)
    lines = [
        say(
            "{} printed figures: {} held against others, {} not.",
            found.printed,
            len(found.checked),
            len(found.unchecked),
        )
    ]
    missing = found.missing()
    if missing:
        lines.append(
            say(
                "What is missing for the rest: {}.",
                listed(say("{} (for {})", what, count) for what, count in missing[:6]),
            )
        )
    if found.blank:
        lines.append(say("{} cells of the tables hold a dash or nothing.", found.blank))
    return [*lines, *(n + Detail(".") for n in name_notes(found))]


def _reading_line(reading: Reading) -> Detail:
    chosen = name_of(reading.dimension, reading.option)
    if reading.stated:
        return say("As the file states: {}.", chosen)
    if reading.dimension.startswith("predictors of ") or reading.dimension == "mediators":
        return say("{}: {} figures would contradict one another otherwise.", chosen, reading.fits)
    return say(
        "Read as {}: {} of {} figures agree; by the usual definition {}.",
        chosen,
        reading.fits,
        reading.total,
        reading.default_fits,
    )


def _entry(report: AuditReport, finding: Finding, word: Any) -> Entry:
    place = f" [{finding.cell}]" if finding.cell else ""
    sentence = word(finding.text) + place + "."
    below = [word(c) + "." for c in dict.fromkeys(finding.calculations[:_MOST_CALCULATIONS])]
    if len(finding.calculations) > _MOST_CALCULATIONS:
        below.append(word(say("and {} more", len(finding.calculations) - _MOST_CALCULATIONS)) + ".")
    if finding.unless and finding.check != OF_COLUMN:
        either = finding.unless[0]
        for other in finding.unless[1:]:
            either = say("{}; or {}", either, other)
        below.append(word(say("Contradicted unless: {}.", either)))
    others = [(name, text) for name, text in finding.others if text]
    if others:
        below.append(
            word(
                say(
                    "Instead of it, one of these alone would settle it: {}.",
                    listed(f"{name} = {text}" for name, text in others),
                )
            )
        )
    told = of_finding(finding, report.solution) if report.solution else None
    question = None if told and told[0] != "not decided" else _question(report, finding)
    if told:
        below.append(word(told[1]))
    if question is not None:
        below.append(word(question))
    return Entry(word(GRADE_NAMES[finding.grade]), sentence, tuple(below))


def _question(report: AuditReport, finding: Finding) -> Detail | None:
    """Return what to ask the authors."""
    if finding.grade in ("rule", "coincidence") or not finding.cell:
        return None
    cell = report.published[finding.cell]
    printed = cell.printed if cell.is_number else Detail(cell.printed)
    if finding.unless:
        return say("To ask: by which definition is {} computed?", printed)
    if finding.suggestion:
        return say("To ask: should {} be {}?", printed, finding.suggestion)
    return say("To ask: how was {} obtained?", printed)


def as_text(report: AuditReport, language: Language = "en", *, rules: bool = False) -> str:
    """Write the report as plain text, at most 100 characters wide.

    Parameters
    ----------
    report : AuditReport
    language : {"en", "es"}
    rules : bool
        The rules of the field as well.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> from tableaudit.audit import audit
    >>> print(as_text(audit(published)).splitlines()[0])
    Audit of example
    """
    made = page(report, language, rules=rules)
    lines = [made.title, ""]
    for section in made.sections:
        lines += [section.heading, "-" * len(section.heading)]
        for paragraph in section.paragraphs:
            lines += _wrap(paragraph, "- ", "  ")
        for number, entry in enumerate(section.entries, start=1):
            if entry.grade:
                lines += _wrap(f"{entry.sentence} ({entry.grade})", f"{number}. ", "   ")
            else:
                lines += _wrap(entry.sentence, "", "")
            for text in entry.below:
                lines += _wrap(text, "   ", "   ") if entry.grade else _wrap(text, "- ", "  ")
        lines.append("")
    return "\n".join(lines).rstrip()


def _wrap(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        100,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
        break_long_words=False,
    )


def as_json(report: AuditReport, language: Language = "en", *, rules: bool = False) -> dict[str, Any]:
    """Return the report as plain data: findings, coverage, readings, statements.

    Parameters
    ----------
    report : AuditReport
    language : {"en", "es"}
    rules : bool
        The rules of the field as well.

    Returns
    -------
    dict
        ``findings``: list of grade, check, cells (the one to change first), printed, allowed (two numbers or
        null each), text, and calculations, unless, suggestion, others; ``coverage``: printed, checked, unchecked;
        ``readings``: what each ambiguous thing is read as, how many figures agree; where answers are at hand,
        ``answers``: :meth:`tableaudit.conventions.Solution.as_data`, and of each finding the verdict and a sentence.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> from tableaudit.audit import audit
    >>> as_json(audit(published))["findings"][0]["grade"]
    'definition'
    """
    found = coverage(report.published, report.checks)
    return {
        "source": report.source,
        "findings": [
            _finding_data(f, report, language) for f in report.findings if rules or f.grade != "rule"
        ],
        "coverage": {
            "printed": found.printed,
            "checked": len(found.checked),
            "unchecked": {name: what.text(language) for name, what in found.unchecked.items()},
            "names": [list(pair) for pair in found.names],
        },
        "readings": {
            r.dimension: {
                "read_as": r.option,
                "stated": r.stated,
                "agree": r.fits,
                "of": r.total,
                "by_default": r.default_fits,
            }
            for r in report.chosen.found
        },
        "statements": [
            {"id": s.id, "where": s.where, "verdict": s.verdict, "found": s.found} for s in report.statements
        ],
        **({} if report.solution is None else {"answers": report.solution.as_data()}),
        "exit_status": report.exit_status,
    }


def _finding_data(finding: Finding, report: AuditReport, language: Language) -> dict[str, Any]:
    told = of_finding(finding, report.solution) if report.solution else None
    answers = {"answers": {"verdict": told[0], "text": into(told[1], language)}} if told else {}
    return {
        **answers,
        "grade": finding.grade,
        "check": translate(finding.check, language),
        "cells": list(finding.cells),
        "printed": list(finding.printed),
        "allowed": None if finding.allowed is None else [_finite(e) for e in _ends(finding)],
        "text": finding.text.text(language),
        "calculations": [c.text(language) for c in finding.calculations],
        "unless": [u.text(language) for u in finding.unless],
        "suggestion": finding.suggestion,
        "others": dict(finding.others),
    }


def _ends(finding: Finding) -> Sequence[float]:
    assert finding.allowed is not None
    return finding.allowed.lower, finding.allowed.upper


def _finite(value: float) -> float | None:
    return round(value, 9) if math.isfinite(value) else None
