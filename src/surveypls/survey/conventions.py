"""The commands that hold printed figures against answers; they read answers and model from their files."""

from __future__ import annotations

import argparse
import json
from collections import Counter
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
from tableaudit.against_answers import printed_model
from tableaudit.audit import AuditReport, with_answers
from tableaudit.conventions import solve
from tableaudit.printed import PublishedError
from tableaudit.tables_in import read_article
from tabletext.said import Said, into

MISSING: tuple[str, ...] = SurveySettings.model_fields["missing_codes"].default


def run(options: argparse.Namespace) -> int:
    """Read the files, search, and print what was found; 3 where a figure is not reproduced."""
    if not options.figures.exists():
        why = not_readable(options.figures, FileNotFoundError(), (*TABLES, ".docx", ".html", ".tex", ".md"))
        raise PublishedError(f"{options.figures.name}: {why}")
    model = read_model(options.model)
    data, missing = read_answers(options.data, model, tuple(options.missing or MISSING))
    found = solve(data, model, read_article(options.figures).published(), resamples=options.resamples)
    if options.format == "json":
        print(json.dumps(found.as_data(), ensure_ascii=False, indent=1))
    else:
        if missing:
            codes = [f"{code} ({count})" if code else f"'' ({count})" for code, count in missing.items()]
            said = Said("Read as missing: {codes}", codes=codes)
            print(into(said, options.lang), end="\n\n")
        print(found.text(options.lang))
    return 0 if found.all_found else 3


def held(report: AuditReport, options: argparse.Namespace) -> AuditReport:
    """Hold an audit's printed figures against the answers that the options name."""
    model = read_model(options.model) if options.model is not None else printed_model(report.published)
    data, _ = read_answers(options.data, model, tuple(options.missing or MISSING))
    return with_answers(report, data, model, resamples=options.resamples)


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
    problems = [
        f"no column for item {item!r}{nearest(item, table.header)}"
        for item in model.items
        if item not in table.header
    ]
    if problems:
        raise SurveyError(path.name, problems)
    places = [table.header.index(item) for item in model.items]
    texts = pd.DataFrame(table.rows).iloc[:, places].map(str.strip).set_axis(list(model.items), axis=1)
    gaps = texts.isin(["", *missing, *table.missing])
    numbers = texts.map(number_of)
    for row, column in zip(*np.nonzero((numbers.isna() & ~gaps).to_numpy()), strict=True):
        place = f"row {table.row_numbers[row]}, {model.items[column]}"
        problems.append(f"{place}: expected a number, found {texts.iloc[row, column]!r}")
    if problems:
        more = len(problems) - SHOWN_ROWS
        raise SurveyError(path.name, problems[:SHOWN_ROWS] + ([f"and {more} more"] if more > 0 else []))
    return numbers.mask(gaps).astype(float), dict(Counter(texts.to_numpy()[gaps].tolist()))
