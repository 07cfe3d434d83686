"""Write a first study file for a survey: items, constructs, scales and special columns guessed, to be confirmed.

What is not taken into the file (columns, rows, words, cells) is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surveypls.study.paths import STUDIES
from surveypls.survey.answers import SHOWN, name_key
from surveypls.survey.columns import language_of
from surveypls.survey.files import TextTable, read_table
from surveypls.survey.proposal import Guess, left_out, unsure
from surveypls.survey.study_text import codebook_text, study_text
from tabletext.language import Language
from tabletext.said import Said, into, say


class ScaffoldError(ValueError):
    """No study file can be written; the message says why, in the language of the headings once they are read."""

    def __init__(self, said: str, language: Language = "en") -> None:
        super().__init__(into(said, language))

    def __reduce__(self) -> tuple[type[ScaffoldError], tuple[str]]:
        return type(self), (str(self),)


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
        _refuse_existing(self.files, self.language)
        written: list[Path] = []
        try:
            for path, text in self.files.items():
                with path.open("x", encoding="utf-8", newline="") as stream:
                    written.append(path)
                    stream.write(text)
        except OSError as error:
            for path in written:
                path.unlink(missing_ok=True)
            raise ScaffoldError(
                Said(
                    "{file}: cannot be written: {strerror}",
                    file=error.filename or "file",
                    strerror=error.strerror,
                ),
                self.language,
            ) from None
        return written

    @property
    def study(self) -> Path:
        """The study file to be written."""
        return next(iter(self.files))

    def advice(self, command: str = "") -> str:
        """Say in the study's language what to confirm, what was left out and, where it is given, what comes next."""
        lines = ["", say(self.language, "To confirm in {file}:", file=str(self.study))]
        lines += [f"  - {into(u, self.language)}" for u in self.unsure]
        if self.left_out:
            lines += ["", say(self.language, "Left out, and why:")]
            lines += [f"  - {into(text, self.language)}" for text in self.left_out]
        if command:
            lines += ["", say(self.language, "Then: {command}", command=command)]
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
        raise ScaffoldError(
            Said("{file} looks like a study file; expected the survey, CSV or XLSX", file=survey.name)
        )
    table = read_table(survey)
    guess = Guess.of(table)
    language = language_of([*table.header, *table.titles, *(t for s in guess.scales for t in s.scale)])
    _refuse_existing([output], language)
    if not guess.scales:
        raise ScaffoldError(
            Said(
                "{file}: no two columns share the answers of a scale of 3 to 11 points; expected items "
                "such as 'X1' answered 1 to 5 or 'Never' to 'Always'. Are the headings in the first row? {found}",
                file=survey.name,
                found=left_out(guess)[:SHOWN],
            ),
            language,
        )
    _refuse_equal_headings(survey, table, guess.columns, language)
    files: dict[Path, str] = {}
    codebook = None
    if any(name_key(i.name) != name_key(i.heading) or i.text != i.heading for i in guess.items):
        codebook = output.with_name(f"{output.stem}_codebook.csv")
        _refuse_existing([codebook], language)
        files[codebook] = codebook_text(guess.items, f"text_{language}")
    text = study_text(survey, output, guess, codebook, language)
    return Scaffold(survey, {output: text, **files}, tuple(unsure(guess)), tuple(left_out(guess)), language)


def _refuse_existing(paths: Sequence[Path] | dict[Path, str], language: Language) -> None:
    for path in paths:
        if path.exists():
            raise ScaffoldError(
                Said(
                    "{path} exists already and is not overwritten; name another with --output (in make, OUTPUT=)",
                    path=str(path),
                ),
                language,
            )
        if not path.parent.is_dir():
            raise ScaffoldError(
                Said("{path}: there is no folder {folder!r}", path=str(path), folder=str(path.parent)),
                language,
            )


def _refuse_equal_headings(
    survey: Path, table: TextTable, columns: Sequence[int], language: Language
) -> None:
    """Two items under one heading could not be told apart."""
    places: dict[str, list[int]] = {}
    for j in columns:
        places.setdefault(name_key(table.header[j]), []).append(j)
    for found in places.values():
        if len(found) > 1:
            listed, heading = ", ".join(str(j + 1) for j in found), table.header[found[0]]
            raise ScaffoldError(
                Said(
                    "{file}: columns {listed} have the same heading {heading!r}; rename them",
                    file=survey.name,
                    listed=listed,
                    heading=heading,
                ),
                language,
            )
