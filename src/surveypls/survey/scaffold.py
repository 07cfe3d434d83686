"""Write a first study file for a survey: items, constructs, scales and special columns guessed, to be confirmed.

What is not taken into the file (columns, rows, words, cells) is listed with its reason.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surveypls.study.paths import STUDIES
from surveypls.study.strict_yaml import StrictYamlError, load_yaml
from surveypls.survey.answers import name_key, spreadsheet_date
from surveypls.survey.columns import (
    Language,
    accepted,
    answer_counts,
    consent_by_heading,
    language_of,
    other_columns,
    personal_columns,
    previews,
    special_columns,
)
from surveypls.survey.files import TextTable, read_table
from surveypls.survey.naming import Item, as_name, named_items, read_headings
from surveypls.survey.said import Said, into
from surveypls.survey.scale_found import FoundScale
from surveypls.survey.scale_guess import guess_scales

#: Cells or columns named in one line at most.
SHOWN = 6


class ScaffoldError(ValueError):
    """No study file can be written; the message says why."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The files to write and what was guessed.

    Attributes
    ----------
    survey : Path
        The survey that was looked at.
    files : dict of Path to str
        The study file and, where headings are not names, a codebook.
    unsure : tuple of str
        What the user has to look at.
    left_out : tuple of str
        What the study file does not use, and why.
    language : {"en", "es"}
        The study's language.
    """

    survey: Path
    files: dict[Path, str]
    unsure: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    language: Language = "en"

    def write(self) -> list[Path]:
        """Write every file, none of which may be there already; return them.

        Raises
        ------
        ScaffoldError
            If a file exists or its folder does not; nothing is then written.
        """
        _refuse_existing(self.files)
        written: list[Path] = []
        try:
            for path, text in self.files.items():
                with path.open("x", encoding="utf-8", newline="") as stream:
                    written.append(path)
                    stream.write(text)
        except OSError as error:
            for path in written:
                path.unlink(missing_ok=True)
            raise ScaffoldError(f"{error.filename or 'file'}: cannot be written: {error.strerror}") from None
        return written

    @property
    def study(self) -> Path:
        """The study file to be written."""
        return next(iter(self.files))

    def advice(self, command: str = "") -> str:
        """Say in the study's language what to confirm, what was left out and, where it is given, what comes next."""
        lines = ["", Said("To confirm in {file}:", file=str(self.study)).into(self.language)]
        lines += [f"  - {into(u, self.language)}" for u in self.unsure]
        if self.left_out:
            lines += ["", Said("Left out, and why:").into(self.language)]
            lines += [f"  - {into(text, self.language)}" for text in self.left_out]
        if command:
            lines += ["", Said("Then: {command}", command=command).into(self.language)]
        return "\n".join(lines)


def default_output(survey: Path | str) -> Path:
    """Return where a survey's study file goes unless told otherwise: beside it, under its name."""
    return Path(survey).with_suffix(".yaml")


def scaffold(survey: Path | str, output: Path | str | None = None) -> Scaffold:
    """Guess a study file from a survey's headings and answers.

    Items are the columns answered on the scale that most columns share.  Constructs come from the stems of item
    names (``RC1, RC2`` or ``rc_1, rc_2``) or, for grid questions (``"Question [row]"``), from the question.
    Paths lead from each construct to the last one.  All of it is to be confirmed; nothing is written yet.

    Parameters
    ----------
    survey : path
        CSV, TSV or XLSX.
    output : path, optional
        The study file to be written, by default the survey's name with ``.yaml``, beside it.  A codebook goes beside
        the study file, as ``NAME_codebook.csv``, where headings are not names.

    Raises
    ------
    SurveyError
        If the survey cannot be read.
    ScaffoldError
        If the output exists, or no column looks like an item.
    """
    survey, output = Path(survey), default_output(survey) if output is None else Path(output)
    if survey.suffix.lower() in STUDIES:
        raise ScaffoldError(f"{survey.name} looks like a study file; expected the survey, CSV or XLSX")
    table = read_table(survey)
    _refuse_existing([output])
    guess = _Guess.of(table)
    if not guess.scales:
        raise ScaffoldError(
            f"{survey.name}: no two columns share the answers of a scale of 3 to 11 points; expected items "
            "such as 'X1' answered 1 to 5 or 'Never' to 'Always'. Are the headings in the first row?"
        )
    _refuse_equal_headings(survey, table, guess.columns)
    language = language_of([*table.header, *table.titles, *(t for s in guess.scales for t in s.scale)])
    files: dict[Path, str] = {}
    codebook = None
    if any(name_key(i.name) != name_key(i.heading) or i.text != i.heading for i in guess.items):
        codebook = output.with_name(f"{output.stem}_codebook.csv")
        _refuse_existing([codebook])
        files[codebook] = _codebook(guess.items, f"text_{language}")
    text = _study_text(survey, output, guess, codebook, language)
    return Scaffold(survey, {output: text, **files}, tuple(_unsure(guess)), tuple(_left_out(guess)), language)


@dataclass(frozen=True, slots=True)
class _Guess:
    """Everything that was guessed of a table."""

    table: TextTable
    special: dict[str, int]
    scales: list[FoundScale]
    items: list[Item]
    columns: tuple[int, ...]
    left_out: dict[int, str]
    exclude: dict[int, list[str]]

    @classmethod
    def of(cls, table: TextTable) -> _Guess:
        """Guess."""
        stems = [h.construct for h in read_headings(table.header)]
        special = special_columns(table)
        left = other_columns(table, stems, special.values())
        skip = frozenset(left) | frozenset(special.values())
        scales, others = guess_scales(table.rows, stems, table.header, skip, table.missing)
        columns = tuple(sorted(j for s in scales for j in s.columns))
        items = named_items(table.header, table.titles, columns)
        exclude = {j: sorted(counts) for j, counts in previews(table, columns).items()}
        return cls(table, special, scales, items, columns, left | others, exclude)

    @property
    def blocks(self) -> dict[str, list[str]]:
        """Construct → its items."""
        blocks: dict[str, list[str]] = {}
        for item in self.items:
            blocks.setdefault(item.construct, []).append(item.name)
        return blocks

    def own_scales(self) -> dict[str, FoundScale]:
        """Construct or item → its scale, where it is not the first one."""
        by_name = {
            i.name: s
            for i, j in zip(self.items, self.columns, strict=True)
            for s in self.scales
            if j in s.columns
        }
        found: dict[str, FoundScale] = {}
        for construct, block in self.blocks.items():
            used = {id(by_name[name]) for name in block}
            for name in block:
                if by_name[name] is not self.scales[0]:
                    found[construct if len(used) == 1 else name] = by_name[name]
        return found


def _refuse_existing(paths: Sequence[Path] | dict[Path, str]) -> None:
    for path in paths:
        if path.exists():
            raise ScaffoldError(
                f"{path} exists already and is not overwritten; name another with --output (in make, OUTPUT=)"
            )
        if not path.parent.is_dir():
            raise ScaffoldError(f"{path}: there is no folder {str(path.parent)!r}")


def _refuse_equal_headings(survey: Path, table: TextTable, columns: Sequence[int]) -> None:
    """Two items under one heading could not be told apart."""
    places: dict[str, list[int]] = {}
    for j in columns:
        places.setdefault(name_key(table.header[j]), []).append(j)
    for found in places.values():
        if len(found) > 1:
            listed, heading = ", ".join(str(j + 1) for j in found), table.header[found[0]]
            raise ScaffoldError(
                f"{survey.name}: columns {listed} have the same heading {heading!r}; rename them"
            )


# what to look at -----------------------------------------------------------------------------------
def _unsure(guess: _Guess) -> list[str]:
    table, blocks = guess.table, guess.blocks
    unsure: list[str] = [
        Said(
            "constructs and their items: {blocks}; rename or divide them",
            blocks=", ".join(f"{c} ({len(b)})" for c, b in blocks.items()),
        )
    ]
    if len(blocks) == 1:
        unsure.append(Said("paths: only one construct was found; divide its items, then write the paths"))
    else:
        unsure.append(
            Said("paths and hypotheses: every construct leads to the last one until you say otherwise")
        )
    own = guess.own_scales()
    for scale in guess.scales:
        names = [n for n, s in own.items() if s is scale]
        where = f"scales.{', '.join(names)}" if names else "scale"
        if names:
            unsure.append(
                Said("{where} is another scale: {scale}", where=where, scale=", ".join(scale.scale))
            )
        unsure += [Said("{where}: {question}", where=where, question=q) for q in scale.questions]
    words = {t: n for s in guess.scales for t, n in s.missing.items()}
    if words:
        unsure.append(
            Said(
                "words taken for no answer: {words}; is each of them no answer?",
                words=", ".join(f"{t[:40]!r} ×{n}" for t, n in words.items()),
            )
        )
    unsure += [
        Said(
            "column {heading}: {n} rows are previews or tests ({answers}); they are left out by survey.exclude",
            heading=repr(table.header[j]),
            n=sum(answer_counts(table, j)[a] for a in answers),
            answers=", ".join(map(repr, answers)),
        )
        for j, answers in guess.exclude.items()
    ]
    if "consent" not in guess.special:
        for j in consent_by_heading(table, [*guess.columns, *guess.special.values()]):
            unsure.append(
                Said(
                    "column {heading} looks like a question of consent, but none of its answers is a known yes "
                    "({shown}); if it is, name it under survey.consent",
                    heading=repr(table.header[j]),
                    shown=", ".join(repr(a[:40]) for a in answer_counts(table, j)),
                )
            )
    personal = personal_columns(table, guess.columns)
    if personal:
        unsure.append(
            Said(
                "personal data? delete before sharing: {columns}", columns=", ".join(map(repr, personal[:5]))
            )
        )
    if "respondent" not in guess.special:
        unsure.append(Said("no column of ids was found; respondents are called by their row"))
    unsure.append(Said("items that ask the opposite of their construct: list them under reversed_items"))
    return unsure


def _left_out(guess: _Guess) -> list[str]:
    """List columns, rows and cells that the study file does not use, each with its reason."""
    table = guess.table
    reasons: dict[str, list[int]] = {}
    for j, why in sorted(guess.left_out.items()):
        reasons.setdefault(why, []).append(j)
    lines: list[str] = [
        Said(
            "column {columns}: {why}" if len(places) == 1 else "columns {columns}: {why}",
            columns=", ".join(repr(table.header[j][:60]) for j in places),
            why=why,
        )
        for why, places in reasons.items()
    ]
    lines += [Said("row {row}: {why}", row=left.row, why=left.why) for left in table.left_out]
    if table.sheet:
        lines.append(Said("every sheet of the workbook but {sheet}, which was read", sheet=repr(table.sheet)))
    stray: dict[str, list[tuple[int, int]]] = {}
    for scale in guess.scales:
        for text, i, j in scale.stray:
            stray.setdefault(text, []).append((i, j))
    for text, places in stray.items():
        cells: list[str] = [
            Said("{item} row {row}", item=table.header[j][:30], row=table.row_numbers[i])
            for i, j in places[:SHOWN]
        ]
        date = spreadsheet_date(text)
        lines.append(
            Said(
                "{text} ×{n}, on no scale ({cells}), counts as missing{date}",
                text=repr(text[:40]),
                n=len(places),
                cells=[*cells, "…"] if len(places) > SHOWN else cells,
                date=Said(": a spreadsheet made a date of {answer}", answer=repr(date)) if date else "",
            )
        )
    return lines


# text ----------------------------------------------------------------------------------------------
def _codebook(items: Sequence[Item], language: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["item", "construct", "reversed", "header", language])
    writer.writerows([i.name, i.construct, "no", i.heading, i.text] for i in items)
    return buffer.getvalue()


def _quoted(value: str) -> str:
    """Write a text between quotation marks, with escapes where YAML needs them."""
    return "".join(
        c if c.isprintable() else f"\\U{ord(c):08x}" for c in json.dumps(value, ensure_ascii=False)
    )


def _shown(text: str) -> str:
    """Write a text on one line of a comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _scalar(value: str) -> str:
    """Write a text so that YAML reads the same text back."""
    try:
        if value and load_yaml(f"[{value}]") == [value] and load_yaml(f"{value}: 1") == {value: 1}:
            return value
    except StrictYamlError:
        pass
    return _quoted(value)


def _wrapped(names: Sequence[str], indent: int) -> str:
    """Write a flow list, broken before column 110."""
    lines, line = [], "["
    for k, name in enumerate(names):
        piece = name + ("]" if k == len(names) - 1 else ", ")
        if len(line) + len(piece) + indent > 110:
            lines.append(line.rstrip())
            line = " "
        line += piece
    return ("\n" + " " * indent).join([*lines, line])


def _study_text(survey: Path, output: Path, guess: _Guess, codebook: Path | None, language: Language) -> str:
    table, blocks, items = guess.table, guess.blocks, guess.items

    def note(text: str) -> str:
        return "# " + Said(text).into(language)

    texts = {i.name: _shown(i.text)[:80] for i in items}
    files = f"SURVEY={_shown(shlex.quote(survey.name))} STUDY={_shown(shlex.quote(output.name))}"
    title = Said("Title of the study").into(language)
    lines = [
        *_schema_line(output),
        "# " + Said(
            "Study file for {file}, guessed from its headings: confirm every line.", file=_shown(survey.name)
        ).into(language),
        "# " + Said("List all problems: {command}", command=f"make check {files}").into(language),
        f"id: {as_name(output.stem if output.stem != 'study' else survey.stem).lower()}",
        f"title: {title}            {note('to be filled in')}",
        f'question: ""                         {note("the research question, one sentence")}',
        f"labels: {language}                           {note('language of figures and tables: en or es')}",
        f"seed: 1                              {note('one seed fixes every random draw')}",
        "",
        "survey:",
    ]  # fmt: skip
    if codebook is not None:
        lines.append(
            f"  codebook: {_scalar(codebook.name)}   {note('which heading is which item; reversed: yes or no')}"
        )
    if table.sheet:
        lines.append(f"  sheet: {_scalar(table.sheet)}")
    lines += _scale_lines("scale", guess.scales[0], 2, language)
    own = guess.own_scales()
    if own:
        lines.append(f"  scales:   {note('constructs or items that are answered on another scale')}")
        for name, scale in own.items():
            lines += _scale_lines(name, scale, 4, language)
    lines += _missing_lines(guess, language)
    for role in ("respondent", "time"):
        if role in guess.special:
            lines.append(f"  {role}: {_scalar(table.header[guess.special[role]])}")
    if "consent" in guess.special:
        answers = ", ".join(_quoted(a) for a in accepted(answer_counts(table, guess.special["consent"])))
        heading = _quoted(table.header[guess.special["consent"]])
        lines.append(f"  consent: {{column: {heading}, accept: [{answers}]}}")
    for j, tests in guess.exclude.items():
        told = note("previews and tests")
        lines.append(
            f"  exclude: {{{_quoted(table.header[j])}: [{', '.join(map(_quoted, tests))}]}}   {told}"
        )
    opposite = note("items that ask the opposite of their construct")
    lines += [f"  reversed_items: []                 {opposite}", "", "cleaning:"]
    lines += [f"  missing: listwise                  {note('rows with gaps: listwise, mean or em')}", ""]
    modes = note("mode A: reflective; `mode: B` where items form the construct")
    lines.append(f"constructs:                          {modes}")
    for name, block in blocks.items():
        lines += [f"  {name}:", f"    label: {name}"]
        if codebook is None:
            lines.append(f"    items: {_wrapped(block, 11)}")
        else:
            width = max(map(len, block))
            lines += ["    items:", *(f"      - {i:<{width}}   # {texts[i]}" for i in block)]
    lines += ["", *_paths(list(blocks), language)]
    return "\n".join(lines) + "\n"


def _scale_lines(key: str, scale: FoundScale, indent: int, language: Language) -> list[str]:
    """Write a scale; an answer whose number only the user knows is left without one."""
    pad, pairs = " " * indent, scale.scale
    numbers = list(pairs.values())
    if len(numbers) > 11:
        return [f"{pad}{key}: {numbers[0]}-{numbers[-1]}"]
    flow = ", ".join(f"{_scalar(label)}: {value}" for label, value in pairs.items())
    if None not in numbers and len(flow) < 90:
        return [f"{pad}{key}: {{{flow}}}"]
    told = ""
    if None in numbers:
        told = "   # " + Said(
            "give each answer its number, 1 for the lowest; add those that nobody chose"
        ).into(language)
    return [
        f"{pad}{key}:{told}",
        *(f"{pad}  {_scalar(label)}:{'' if v is None else f' {v}'}" for label, v in pairs.items()),
    ]


def _missing_lines(guess: _Guess, language: Language) -> list[str]:
    """Write the cells that count as no answer, each with how often it was found."""
    found = {t: n for s in guess.scales for t, n in s.missing.items()}
    taken = {name_key(t) for s in guess.scales for t in s.scale}
    usual = [c for c in ("NA", "N/A") if c not in found and name_key(c) not in taken]
    codes = ["", *usual, *guess.table.missing, *(c for c in found if c not in guess.table.missing)]
    listed = ", ".join(_quoted(c) for c in dict.fromkeys(codes))
    if not found:
        return [f"  missing_codes: [{listed}]"]
    counts = ", ".join(f"{_shown(t)[:30]} ×{n}" for t, n in found.items())
    told = Said("cells that mean no answer; found: {counts}", counts=counts).into(language)
    return [f"  # {told}", f"  missing_codes: [{listed}]"]


def _paths(names: Sequence[str], language: Language) -> list[str]:
    def note(text: str) -> str:
        return "# " + Said(text).into(language)

    if len(names) == 1:
        return [
            f"# paths:                             {note('to be filled in, once there are two constructs')}",
            "#   - SOURCE -> TARGET",
        ]
    lines = [f"paths:                               {note('to be confirmed')}"]
    lines += [f"  - {name} -> {names[-1]}" for name in names[:-1]]
    signs = note("to be confirmed; with a direction: sign: positive, or negative")
    words = Said("In words.").into(language)
    lines += [
        "",
        f"hypotheses:                          {signs}",
        *(f"  - {{id: H{n}, path: {name} -> {names[-1]}}}" for n, name in enumerate(names[:-1], 1)),
        f"  # - {{id: H{len(names)}, path: {names[0]} -> {names[-1]}, sign: positive, statement: {words}}}",
    ]
    return lines


def _schema_line(output: Path) -> list[str]:
    """Point editors to the schema, where the source tree is at hand."""
    schema = Path(__file__).resolve().parents[3] / "docs" / "study.schema.json"
    if not schema.is_file():
        return []
    try:
        relative = os.path.relpath(schema, output.resolve().parent)
    except ValueError:  # another drive
        return []
    return [f"# yaml-language-server: $schema={Path(relative).as_posix()}"]
