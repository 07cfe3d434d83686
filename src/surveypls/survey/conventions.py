"""The command that finds the conventions behind printed figures; it reads answers and model from their files."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

from plsem.model import Model, ModelError
from plsem.names import nearest
from surveypls.study.definition import load_study
from surveypls.study.paths import STUDIES, TABLES, not_readable
from surveypls.study.settings import SurveySettings
from surveypls.survey.answers import number_of
from surveypls.survey.files import SHOWN_ROWS, SurveyError, read_table
from tableaudit.conventions import solve
from tableaudit.printed import PublishedError
from tabletext.said import Said, into

MISSING: tuple[str, ...] = SurveySettings.model_fields["missing_codes"].default


def run(options: argparse.Namespace) -> int:
    """Read the files, search, and print what was found; 3 where a figure is not reproduced."""
    if not options.figures.exists():
        why = not_readable(options.figures, FileNotFoundError(), (*TABLES, ".docx", ".html", ".tex", ".md"))
        raise PublishedError(f"{options.figures.name}: {why}")
    model = read_model(options.model)
    data, missing = read_answers(options.data, model, tuple(options.missing or MISSING))
    found = solve(data, model, options.figures, resamples=options.resamples)
    if options.format == "json":
        print(json.dumps(found.as_data(), ensure_ascii=False, indent=1))
    else:
        if missing:
            codes = [f"{code} ({count})" if code else f"'' ({count})" for code, count in missing.items()]
            said = Said("Read as missing: {codes}", codes=codes)
            print(into(said, options.lang), end="\n\n")
        print(found.text(options.lang))
    return 0 if set(found.figures["verdict"]) <= {"reproduced", "not judged"} else 3


def read_model(path: Path) -> Model:
    """Read a model: of a study file (YAML), or a text in lavaan's notation.

    Raises
    ------
    ModelError, StudyError
        If it cannot be read or does not hold together; the message names the file.
    """
    if path.suffix.lower() in STUDIES:
        return load_study(path).model()
    try:
        return Model.from_text(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ModelError(f"{path.name}: {not_readable(path, error, (*STUDIES, '.txt'))}") from None
    except UnicodeDecodeError as error:
        raise ModelError(f"{path.name}: not UTF-8 text (byte {error.start})") from None
    except ModelError as error:
        raise ModelError(f"{path.name}: {error}") from None


def read_answers(path: Path, model: Model, missing: tuple[str, ...]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Read the answers to a model's items as numbers.

    Parameters
    ----------
    path : path
        CSV, XLSX, SPSS or Stata; a column for each item of the model.
    model : Model
    missing : tuple of str
        Cells that mean no answer, beside empty ones.

    Returns
    -------
    answers : DataFrame
        NaN where an answer is missing.
    found : dict of str to int
        How often each code of ``missing`` stands for an answer.

    Raises
    ------
    SurveyError
        If an item has no column, or a cell is neither a number nor missing; all problems at once.
    """
    table = read_table(path)
    codes = {"", *missing, *table.missing}
    problems = [
        f"no column for item {item!r}{nearest(item, table.header)}"
        for item in model.items
        if item not in table.header
    ]
    if problems:
        raise SurveyError(path.name, problems)
    places = [table.header.index(item) for item in model.items]
    values = np.full((len(table.rows), len(places)), np.nan)
    found: dict[str, int] = {}
    for i, (number, row) in enumerate(zip(table.row_numbers, table.rows, strict=True)):
        for j, place in enumerate(places):
            text = row[place].strip()
            if text in codes:
                found[text] = found.get(text, 0) + 1
                continue
            value = number_of(text)
            if value is None:
                problems.append(f"row {number}, {model.items[j]}: expected a number, found {text!r}")
            else:
                values[i, j] = value
    if problems:
        more = len(problems) - SHOWN_ROWS
        raise SurveyError(path.name, problems[:SHOWN_ROWS] + ([f"and {more} more"] if more > 0 else []))
    return pd.DataFrame(values, columns=list(model.items)), found
