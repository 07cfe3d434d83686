"""Open a file of SPSS (.sav) or Stata (.dta): value labels, variable labels and user missing values kept."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

from surveypls.survey.answers import number_of, numbered
from surveypls.survey.files import MAX_ROWS, SurveyError, _cell_text, too_many_rows
from surveypls.survey.forms import Record
from tabletext.said import Said


def read_package(path: Path) -> tuple[list[Record], list[str], tuple[str, ...]]:
    """Read the file as text.

    Parameters
    ----------
    path : Path
        ``.sav``, ``.zsav`` or ``.dta``.

    Returns
    -------
    records : list of (row number, cells)
        The first holds the variables' names.  A labelled value reads ``"5 - Strongly agree"``, one that the file
        declares missing ``"missing 9 (Refused)"``, a system-missing one is empty.
    titles : list of str
        The variables' labels.
    missing : tuple of str
        The texts of the values declared missing.

    Raises
    ------
    SurveyError
        If pyreadstat is not there, the file cannot be read by it, or has too many rows.
    """
    try:
        import pyreadstat
    except ImportError:
        raise SurveyError(
            path.name, Said("SPSS and Stata files are read by pyreadstat: pip install pyreadstat")
        ) from None
    reader = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame, about = reader(str(path), user_missing=True, row_limit=MAX_ROWS + 1)
    except (pyreadstat.ReadstatError, ValueError, OSError) as error:
        raise SurveyError(path.name, Said("cannot be read: {error}", error=str(error))) from None
    if len(frame) > MAX_ROWS:
        raise too_many_rows(path.name)
    names = [str(name) for name in frame.columns]
    columns, missing = [], dict[str, None]()
    for name in names:
        labels = about.variable_value_labels.get(name, {})
        gone = about.missing_ranges.get(name, [])
        declared = set(about.missing_user_values.get(name, []))
        column = []
        for value in frame[name].tolist():
            text = _text(value, labels)
            if text and (value in declared or any(_within(value, span) for span in gone)):
                label = str(labels.get(value, "")).strip()
                text = f"missing {_text(value, {})}" + (f" ({label})" if label else "")
                missing[text] = None
            column.append(text)
        columns.append(column)
    rows = [list(cells) for cells in zip(*columns, strict=True)]
    titles = [str(about.column_names_to_labels.get(name) or "") for name in names]
    return [(1, names), *enumerate(rows, 2)], titles, tuple(missing)


def _text(value: Any, labels: dict[Any, str]) -> str:
    if value is None or value != value:
        return ""
    text = _cell_text(value)
    label = str(labels.get(value, "")).strip()
    if not label or (isinstance(value, str) and number_of(text) is None):
        return label or text
    found = numbered(label)
    return (
        label
        if number_of(label) is not None or (found and found[0] == number_of(text))
        else f"{text} - {label}"
    )


def _within(value: Any, span: Any) -> bool:
    low, high = (span["lo"], span["hi"]) if isinstance(span, dict) else (span, span)
    if isinstance(value, str) or isinstance(low, str):
        return bool(value == low)
    return isinstance(value, (int, float)) and not math.isnan(value) and bool(low <= value <= high)
