"""Write a guess at a survey as a study file and a codebook, in the study's language."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import textwrap
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from surveypls.study.paths import windows_command
from surveypls.study.strict_yaml import StrictYamlError, load_yaml
from surveypls.survey.answers import MOST_STEPS, name_key
from surveypls.survey.columns import accepted, answer_counts
from surveypls.survey.naming import Item, as_name
from surveypls.survey.proposal import Guess
from surveypls.survey.scale_found import FoundScale
from tabletext.language import Language
from tabletext.said import say
from tabletext.storage import defuse


def codebook_text(items: Sequence[Item], language: str) -> str:
    """Write the codebook, one row an item; the wording stands under ``language``, ``text_en`` or ``text_es``.

    A heading that a spreadsheet would run stands behind an apostrophe, which reading takes away again.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["item", "construct", "reversed", "header", language])
    writer.writerows([i.name, i.construct, "no", defuse(i.heading), defuse(i.text)] for i in items)
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
    text = textwrap.fill(f"[{', '.join(names)}]", 110 - indent, subsequent_indent=" ", break_long_words=False)
    return text.replace("\n", "\n" + " " * indent)


def _note(language: Language, text: str, **fields: str) -> str:
    """Write a remark in a language."""
    return "# " + say(language, text, **fields)


def study_text(survey: Path, output: Path, guess: Guess, codebook: Path | None, language: Language) -> str:
    """Write the study file, each guess with a remark of what to confirm."""
    note = partial(_note, language)
    table, blocks, items = guess.table, guess.blocks, guess.items

    texts = {i.name: _shown(i.text)[:80] for i in items}
    command = f"make check SURVEY={shlex.quote(survey.name)} STUDY={shlex.quote(output.name)}"
    if os.name == "nt":
        command = windows_command("check", survey.name, output.name)
    title = say(language, "Title of the study")
    lines = [
        *_schema_line(output),
        note("Study file for {file}, guessed from its headings: confirm every line.", file=_shown(survey.name)),
        note("List all problems: {command}", command=_shown(command)),
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
    lines += [
        f"  missing: listwise                  {note('rows with gaps: listwise, mean or em')}",
        "",
    ]
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
    if len(blocks) > 1:
        lines += ["", *_on_request(list(blocks), language)]
    return "\n".join(lines) + "\n"


def _scale_lines(key: str, scale: FoundScale, indent: int, language: Language) -> list[str]:
    """Write a scale; an answer whose number only the user knows is left without one."""
    pad, pairs = " " * indent, scale.scale
    numbers = list(pairs.values())
    if len(numbers) > MOST_STEPS:
        return [f"{pad}{key}: {numbers[0]}-{numbers[-1]}"]
    flow = ", ".join(f"{_scalar(label)}: {value}" for label, value in pairs.items())
    if None not in numbers and len(flow) < 90:
        return [f"{pad}{key}: {{{flow}}}"]
    told = ""
    if None in numbers:
        told = "give each answer its number, 1 for the lowest; add those that nobody chose"
        told = f"   {_note(language, told)}"
    return [
        f"{pad}{key}:{told}",
        *(f"{pad}  {_scalar(label)}:{'' if v is None else f' {v}'}" for label, v in pairs.items()),
    ]


def _missing_lines(guess: Guess, language: Language) -> list[str]:
    """Write the cells that count as no answer, each with how often it was found."""
    found = {t: n for s in guess.scales for t, n in s.missing.items()}
    taken = {name_key(t) for s in guess.scales for t in s.scale}
    usual = [c for c in ("NA", "N/A") if c not in found and name_key(c) not in taken]
    codes = ["", *usual, *guess.table.missing, *(c for c in found if c not in guess.table.missing)]
    listed = ", ".join(_quoted(c) for c in dict.fromkeys(codes))
    if not found:
        return [f"  missing_codes: [{listed}]"]
    counts = ", ".join(f"{_shown(t)[:30]} ×{n}" for t, n in found.items())
    told = _note(language, "cells that mean no answer; found: {counts}", counts=counts)
    return [f"  {told}", f"  missing_codes: [{listed}]"]


def _paths(names: Sequence[str], language: Language) -> list[str]:
    note = partial(_note, language)
    if len(names) == 1:
        return [
            f"# paths:                             {note('to be filled in, once there are two constructs')}",
            "#   - SOURCE -> TARGET",
        ]
    lines = [f"paths:                               {note('to be confirmed')}"]
    lines += [f"  - {name} -> {names[-1]}" for name in names[:-1]]
    signs = note("to be confirmed; with a direction: sign: positive, or negative")
    words = say(language, "In words.")
    lines += [
        "",
        f"hypotheses:                          {signs}",
        *(f"  - {{id: H{n}, path: {name} -> {names[-1]}}}" for n, name in enumerate(names[:-1], 1)),
        f"  # - {{id: H{len(names)}, path: {names[0]} -> {names[-1]}, sign: positive, statement: {words}}}",
    ]
    return lines


def _on_request(names: Sequence[str], language: Language) -> list[str]:
    """Propose what only studies that ask for it have, each in a line of its own."""
    note = partial(_note, language)
    heading = say(language, "HEADING")
    last = names[-1]
    return [
        note("On request; take away the # in front of a line:"),
        f"# groups: {{column: {heading}}}           {note('do paths differ between groups?')}",
        f"# marker: {heading}                     {note('common method bias; without a marker: method_bias: true')}",
        f"# compare: {{other: [{names[0]} -> {last}]}}   {note('competing models, each a list of its paths')}",
        f"# necessity: {last}                    {note('what does it not reach its heights without?')}",
        f"# robustness: true                    {note('curved paths, endogenous predictors')}",
    ]


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
