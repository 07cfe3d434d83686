"""The codebook, one row an item, and how a heading of the export is recognised as an item."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from plsem.names import nearest
from surveypls.study.definition import Study
from surveypls.survey.answers import in_brackets, name_key, plain, unique_keys, without_number
from surveypls.survey.files import SurveyError, TextTable, read_table
from tabletext.storage import defused

_NUMBER = re.compile(r"\d+([.,]\d+)?")
_YES = frozenset({"yes", "y", "true", "1", "si", "s", "x", "reversed", "invertido"})
_NO = frozenset({"", "no", "n", "false", "0"})


def load_codebook(source: Path | str | pd.DataFrame) -> pd.DataFrame:
    """Read the codebook, one row an item.

    Parameters
    ----------
    source : path or DataFrame
        Columns: ``item`` (required); ``header`` (the column's heading in the export), ``reversed`` (yes / no),
        ``position`` (order of asking) and ``text_es``, ``text_en``, where there are.  Other columns are kept.

    Returns
    -------
    DataFrame of str
        In order of ``position`` where that is given.

    Raises
    ------
    SurveyError
        Listing every row that breaks a rule.
    """
    if isinstance(source, pd.DataFrame):
        name, book = "codebook", source.astype(object).where(source.notna(), "").astype(str)
        book.index = pd.RangeIndex(2, len(book) + 2)
    else:
        table = read_table(source)
        name, book = Path(source).name, text_frame(table)
    book.columns = [name_key(str(c)).replace(" ", "_") for c in book.columns]
    book = defused(book.apply(lambda column: column.str.strip()), undo=True)
    schema = pa.DataFrameSchema(
        {
            "item": pa.Column(
                str, pa.Check(lambda c: c != "", name="no item name", ignore_na=False), unique=True
            ),
            "header": pa.Column(str, required=False),
            "reversed": pa.Column(
                str,
                pa.Check(lambda c: c.map(plain).isin(_YES | _NO), name="expected yes or no"),
                required=False,
            ),
            "position": pa.Column(
                str,
                pa.Check(
                    lambda text: _NUMBER.fullmatch(text) is not None,
                    element_wise=True,
                    name="expected a number",
                ),
                required=False,
            ),
        }
    )
    problems = failures(
        schema, book, {"field_uniqueness": "stands more than once", "column_in_dataframe": "no column"}
    )
    if "header" in book:
        keys = book["header"].map(name_key)
        twice = keys[(keys != "") & keys.duplicated(keep=False)]
        problems += [
            f"row {row}, column header: {book.at[row, 'header']!r} stands more than once"
            for row in twice.index
        ]
    if problems:
        raise SurveyError(name, problems)
    if "position" in book:
        book = book.iloc[book["position"].str.replace(",", ".").astype(float).argsort(kind="stable")]
    result: pd.DataFrame = book.reset_index(drop=True)
    return result


def is_yes(text: str) -> bool:
    """Tell whether a codebook cell says yes."""
    return plain(text) in _YES


def reversed_items(study: Study, book: pd.DataFrame | None) -> set[str]:
    """Return the items whose answers are turned round, by the study file or by the codebook."""
    named = set(study.survey.reversed_items)
    if book is not None and "reversed" in book:
        named |= set(book.loc[book["reversed"].map(is_yes), "item"])
    return named


def text_frame(table: TextTable) -> pd.DataFrame:
    """Label a table of text by its headings and its rows in the file."""
    index = pd.Index(table.row_numbers, name="row")
    return pd.DataFrame(list(table.rows), columns=list(table.header), index=index, dtype=str)


def lookups(book: pd.DataFrame | None, items: Sequence[str]) -> list[tuple[str, Mapping[str, str]]]:
    """Ways to recognise an item by its heading, the surest first."""
    ways = [("item name", unique_keys([(name_key(i).replace(" ", ""), i) for i in items]))]
    if book is None:
        return ways
    if "header" in book:
        pairs = [(name_key(h), i) for h, i in zip(book["header"], book["item"], strict=True)]
        ways.append(("codebook header", unique_keys(pairs)))
        ways.append(("header without its number", unique_keys([(without_number(k), i) for k, i in pairs])))
    for column in ("text_es", "text_en"):
        if column in book:
            pairs = [(name_key(t), i) for t, i in zip(book[column], book["item"], strict=True)]
            ways.append(("item text", unique_keys(pairs)))
    return ways


def match(heading: str, ways: Sequence[tuple[str, Mapping[str, str]]]) -> tuple[str, str]:
    """Return the item that a heading stands for and how it was recognised; two empty texts if it is none."""
    inner = in_brackets(heading)
    for text, suffix in ((heading, ""), (inner, ", grid row")):
        if not text:
            continue
        key = name_key(text)
        for way, lookup in ways:
            if way == "item name":
                item = lookup.get(key.replace(" ", ""))
            else:
                item = lookup.get(key) or lookup.get(without_number(key))
            if item:
                return item, way + suffix
    return "", ""


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame, words: Mapping[str, str]) -> list[str]:
    """Validate the whole frame and put every failure in words, row by row."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        cases = cases.assign(order=pd.to_numeric(cases["index"], errors="coerce").fillna(0))
        found = []
        for case in cases.sort_values(["order", "column"], kind="stable").to_dict("records"):
            what = words.get(str(case["check"]), str(case["check"]))
            if pd.isna(case["index"]):
                found.append(
                    f"{what} {case['failure_case']!r}{nearest(str(case['failure_case']), map(str, frame.columns))}"
                )
            else:
                found.append(f"row {case['index']}, column {case['column']}: {case['failure_case']!r} {what}")
        return found
    return []
