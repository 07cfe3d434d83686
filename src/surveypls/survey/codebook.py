"""The codebook, one row an item, and how a heading of the export is recognised as an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from plsem.names import nearest
from surveypls.study.definition import Study
from surveypls.survey.answers import in_brackets, name_key, number_of, plain, unique_keys, without_number
from surveypls.survey.files import SurveyError, TextTable, read_table
from tabletext.storage import defused

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
    if "item" not in book:
        raise SurveyError(name, f"no column 'item'{nearest('item', map(str, book.columns))}")
    problems = []
    for row, cells in book.iterrows():
        broken = {
            "item": ("no item name", cells["item"] == ""),
            "reversed": ("expected yes or no", plain(cells.get("reversed", "")) not in _YES | _NO),
            "position": ("expected a number", number_of(cells.get("position", "1")) is None),
        }
        problems += [
            f"row {row}, column {c}: {cells[c]!r} {why}" for c, (why, wrong) in broken.items() if wrong
        ]
    for column in ("item", "header"):
        keys = book[column].map(name_key) if column in book else pd.Series(dtype=str)
        again = keys[(keys != "") & keys.duplicated(keep=False)].index
        problems += [f"row {r}, column {column}: {book.at[r, column]!r} stands more than once" for r in again]
    if problems:
        raise SurveyError(name, problems)
    if "position" in book:
        book = book.iloc[book["position"].map(number_of).argsort(kind="stable")]
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
