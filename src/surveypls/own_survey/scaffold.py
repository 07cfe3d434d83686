"""Write a first study file for a survey: items, constructs, scale and special columns guessed, to be confirmed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surveypls.own_survey.columns import (
    Language,
    accepted,
    answer_counts,
    consent_by_heading,
    language_of,
    personal_columns,
    special_columns,
)
from surveypls.own_survey.scale_guess import ScaleGuess, guess_scale
from surveypls.study.checks import RESERVED
from surveypls.study.paths import STUDIES
from surveypls.study.strict_yaml import StrictYamlError, load_yaml
from surveypls.survey.answers import in_brackets, name_key
from surveypls.survey.files import TextTable, read_table

_CODE = re.compile(
    r"([A-Za-z][A-Za-z_]*?[_.\- ]?\d+[a-z]?|[A-Za-z]+\d+[_.\-]\d+)(?:[\s.:)\-–—]+(\D.*))?", re.DOTALL
)
_STEM = re.compile(r"(.*?)[_.\- ]*(\d+)[a-z]?")


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
    """

    survey: Path
    files: dict[Path, str]
    unsure: tuple[str, ...]

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
        """Say what to confirm and, where it is given, which command comes next."""
        lines = ["", f"To confirm in {self.study}:", *(f"  - {u}" for u in self.unsure)]
        return "\n".join([*lines, "", f"Then: {command}"] if command else lines)


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    construct: str
    heading: str
    text: str


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
    special = special_columns(table)
    guess = guess_scale(table.rows, len(table.header), frozenset(special.values()))
    if not guess.columns:
        raise ScaffoldError(
            f"{survey.name}: no two columns share the answers of a scale of 3 to 11 points; expected items "
            "such as 'X1' answered 1 to 5 or 'Never' to 'Always'. Are the headings in the first row?"
        )
    _refuse_equal_headings(survey, table, guess.columns)
    items = _named_items([table.header[j] for j in guess.columns])
    unsure = _unsure(table, guess, items, special)
    language = language_of([*table.header, *guess.scale])
    files: dict[Path, str] = {}
    codebook = None
    if any(name_key(i.name) != name_key(i.heading) for i in items):
        codebook = output.with_name(f"{output.stem}_codebook.csv")
        _refuse_existing([codebook])
        files[codebook] = _codebook(items, f"text_{language}")
    text = _study_text(survey, output, table, guess, items, special, codebook, language)
    return Scaffold(survey, {output: text, **files}, tuple(unsure))


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


# columns -------------------------------------------------------------------------------------------
def _named_items(headings: Sequence[str]) -> list[_Item]:
    """Give each heading an item name, a construct and its text."""
    grids: dict[str, list[int]] = {}
    coded: dict[int, tuple[str, str]] = {}
    for k, heading in enumerate(headings):
        row = in_brackets(heading)
        match = _CODE.fullmatch((row or heading).strip())
        if match:
            coded[k] = (_as_name(match[1]), (match[2] or row or heading).strip())
        elif row is not None:
            grids.setdefault(heading[: heading.rindex("[")].strip(), []).append(k)
    numbered = {q: f"C{n}" for n, q in enumerate(grids, 1)}
    rest = [k for k in range(len(headings)) if k not in coded and not any(k in ks for ks in grids.values())]
    names: dict[int, tuple[str, str, str]] = {}
    for k, (name, text) in coded.items():
        stem = _STEM.fullmatch(name)
        names[k] = (name, _as_name(stem[1]) if stem and stem[1] else name, text)
    for question, places in grids.items():
        for n, k in enumerate(places, 1):
            names[k] = (f"{numbered[question]}_{n}", numbered[question], in_brackets(headings[k]) or "")
    for n, k in enumerate(rest, 1):
        heading = headings[k]
        if re.fullmatch(r"[A-Za-z_]\w*", heading, flags=re.ASCII):
            names[k] = (_as_name(heading), _as_name(heading), heading)
        else:
            names[k] = (f"X{n}", "X", re.sub(r"^\d+[.)\s]+", "", heading).strip())
    used: dict[str, int] = {}
    items = []
    for k, heading in enumerate(headings):
        name, construct, text = names[k]
        if name_key(name) in used or name in RESERVED:
            name = f"{name}_{k + 1}"
        used[name_key(name)] = k
        items.append(_Item(name, construct, heading, text))
    return items


def _as_name(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text.strip()).strip("_")[:50]
    if name.lower() in ("true", "false", "null"):  # YAML would not read these as text
        return f"{name}_"
    return name if re.match(r"[A-Za-z_]", name) else f"X{name}"


def _blocks(items: Sequence[_Item]) -> dict[str, list[str]]:
    blocks: dict[str, list[str]] = {}
    for item in items:
        blocks.setdefault(item.construct, []).append(item.name)
    return blocks


def _unsure(
    table: TextTable, guess: ScaleGuess, items: Sequence[_Item], special: dict[str, int]
) -> list[str]:
    blocks = _blocks(items)
    unsure = [
        f"constructs and their items: {', '.join(f'{c} ({len(b)})' for c, b in blocks.items())}; rename or divide them"
    ]
    if len(blocks) == 1:
        unsure.append("paths: only one construct was found; divide its items, then write the paths")
    else:
        unsure.append("paths: each construct leads to the last one; write the hypothesised ones")
    if not guess.sure:
        unsure.append(
            f"scale: give each answer its number, 1 for the lowest, and add those that nobody chose: "
            f"{', '.join(guess.scale)}"
        )
    if guess.other:
        shown = ", ".join(repr(table.header[j]) for j in guess.other[:5])
        unsure.append(f"columns on another scale, not taken: {shown}; all items must share one scale")
    if "consent" not in special:
        for j in consent_by_heading(table, [*guess.columns, *special.values()]):
            shown = ", ".join(repr(a[:40]) for a in answer_counts(table, j))
            unsure.append(
                f"column {table.header[j]!r} looks like a question of consent, but none of its answers is a known yes "
                f"({shown}); if it is, name it under survey.consent"
            )
    personal = personal_columns(table, guess.columns)
    if personal:
        unsure.append(f"personal data? delete before sharing: {', '.join(map(repr, personal[:5]))}")
    if "respondent" not in special:
        unsure.append("no column of ids was found; respondents are called by their row")
    unsure.append("items that ask the opposite of their construct: list them under reversed_items")
    return unsure


# text ----------------------------------------------------------------------------------------------
def _codebook(items: Sequence[_Item], language: str) -> str:
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


def _study_text(
    survey: Path,
    output: Path,
    table: TextTable,
    guess: ScaleGuess,
    items: Sequence[_Item],
    special: dict[str, int],
    codebook: Path | None,
    labels: Language,
) -> str:
    blocks = _blocks(items)
    texts = {i.name: _shown(i.text)[:80] for i in items}
    lines = [
        *_schema_line(output),
        f"# Study file for {_shown(survey.name)}, guessed from its headings: confirm every line.",
    ]
    lines += [
        f"# List all problems: make check SURVEY={_shown(shlex.quote(survey.name))} "
        f"STUDY={_shown(shlex.quote(output.name))}",
        f"id: {_as_name(output.stem if output.stem != 'study' else survey.stem).lower()}",
        "title: Title of the study            # to be filled in",
        'question: ""                         # the research question, one sentence',
        f"labels: {labels}                           # language of figures and tables: en or es",
        "seed: 1                              # one seed fixes every random draw",
        "",
        "survey:",
    ]
    if codebook is not None:
        lines.append(
            f"  codebook: {_scalar(codebook.name)}   # which heading is which item; reversed: yes or no"
        )
    if not guess.sure:
        lines.append(
            "  scale:   # give each answer its number, 1 for the lowest; add those that nobody chose"
        )
        lines += [f"    {_scalar(label)}:" for label in guess.scale]
    elif len(scale := ", ".join(f"{_scalar(label)}: {value}" for label, value in guess.scale.items())) < 90:
        lines.append(f"  scale: {{{scale}}}")
    else:
        lines.append("  scale:")
        lines += [f"    {_scalar(label)}: {value}" for label, value in guess.scale.items()]
    codes = ["", "NA", "N/A", *(c for c in guess.missing if c not in ("", "NA", "N/A"))]
    lines.append(f"  missing_codes: [{', '.join(_quoted(c) for c in codes)}]")
    for role in ("respondent", "time"):
        if role in special:
            lines.append(f"  {role}: {_scalar(table.header[special[role]])}")
    if "consent" in special:
        answers = ", ".join(_quoted(a) for a in accepted(answer_counts(table, special["consent"])))
        heading = _quoted(table.header[special["consent"]])
        lines.append(f"  consent: {{column: {heading}, accept: [{answers}]}}")
    lines += ["  reversed_items: []                 # items that ask the opposite of their construct", ""]
    lines += ["cleaning:", "  missing: listwise                  # rows with gaps: listwise, mean or em", ""]
    lines.append(
        "constructs:                          # mode A: reflective; `mode: B` where items form the construct"
    )
    for name, block in blocks.items():
        lines += [f"  {name}:", f"    label: {name}"]
        if codebook is None:
            lines.append(f"    items: {_wrapped(block, 11)}")
        else:
            width = max(map(len, block))
            lines += ["    items:", *(f"      - {i:<{width}}   # {texts[i]}" for i in block)]
    lines += ["", *_paths(list(blocks))]
    return "\n".join(lines) + "\n"


def _paths(names: Sequence[str]) -> list[str]:
    if len(names) == 1:
        return [
            "# paths:                             # to be filled in, once there are two constructs",
            "#   - SOURCE -> TARGET",
        ]
    lines = ["paths:                               # to be confirmed"]
    lines += [f"  - {name} -> {names[-1]}" for name in names[:-1]]
    lines += [
        "",
        "hypotheses:                          # to be confirmed; with a direction: sign: positive, or negative",
        *(f"  - {{id: H{n}, path: {name} -> {names[-1]}}}" for n, name in enumerate(names[:-1], 1)),
        f"  # - {{id: H{len(names)}, path: {names[0]} -> {names[-1]}, sign: positive, statement: In words.}}",
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
