"""Read a survey's raw answers: find each item's column, check the file, list every failure at once.

Nothing is changed here.  Answers stay the text that stands in the file; :mod:`surveypls.screening` decides on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from surveypls.answers import Scale, in_brackets, name_key, plain, unique_keys, without_number
from surveypls.study import Study, nearest
from surveypls.survey_file import SurveyError, TextTable, read_table

__all__ = ["RawSurvey", "SurveyError", "load_codebook", "read_survey", "survey_from_table"]

_YES = frozenset({"yes", "y", "true", "1", "si", "s", "x", "reversed", "invertido"})
_NO = frozenset({"", "no", "n", "false", "0"})

#: A column in which fewer than this share of the filled cells can be read holds something else, and is an error.
MIN_READABLE = 0.5


@dataclass(frozen=True, slots=True)
class RawSurvey:
    """A survey as it came, with its columns named.

    Attributes
    ----------
    source : str
        The file's name.
    table : DataFrame of str
        Every cell under its own heading; the index, ``row``, is the row in the file.
    answers : DataFrame of str
        The instrument's items, named, in the order in which they were asked; same index.
    respondents : DataFrame of str
        ``respondent, time, consent``; same index.  Empty text where the study names no such column; a
        respondent without an id is called by the row, ``"row 12"``.
    columns : DataFrame
        ``heading, role, item, matched_by``: what each column of the file was taken for.
    reversed_items : tuple of str
        Items to be turned round.
    scale : Scale
        The study's answers, ready to be looked up.
    encoding, delimiter : str
        How the file was read.
    """

    source: str
    table: pd.DataFrame
    answers: pd.DataFrame
    respondents: pd.DataFrame
    columns: pd.DataFrame
    reversed_items: tuple[str, ...]
    scale: Scale
    encoding: str
    delimiter: str


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
        name, book = Path(source).name, _frame(table)
    book.columns = [name_key(str(c)).replace(" ", "_") for c in book.columns]
    book = book.apply(lambda column: column.str.strip())
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
                pa.Check(lambda c: pd.to_numeric(c, errors="coerce").notna(), name="expected a number"),
                required=False,
            ),
        }
    )
    problems = _failures(
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
        book = book.iloc[pd.to_numeric(book["position"]).argsort(kind="stable")]
    return book.reset_index(drop=True)


def read_survey(
    path: Path | str,
    study: Study,
    codebook: Path | str | pd.DataFrame | None = None,
    *,
    sheet: str | None = None,
    strict: bool = False,
) -> RawSurvey:
    """Read a survey file and find every item of the study in it.

    A column is an item's if its heading is the item's name, the codebook's ``header``, that header without its
    question number, the row text of a grid question (``"… [row]"``), or the codebook's item text; case, accents,
    spacing and punctuation never matter.  Extra columns are kept and not analysed.

    A cell that cannot be read (off the scale, or other text) is left for screening, which sets it missing and logs it.
    A column in which fewer than half of the filled cells can be read is an error: it holds another
    question, or the study's scale is not the survey's.

    Parameters
    ----------
    path : path
        CSV, TSV or XLSX; see :func:`surveypls.survey_file.read_table`.
    study : Study
        Items, and ``study.survey`` for the scale, missing codes and named columns.
    codebook : path or DataFrame, optional
        See :func:`load_codebook`.
    sheet : str, optional
        Sheet of a workbook.
    strict : bool
        Take every cell that cannot be read for an error, each with its row and column.

    Returns
    -------
    RawSurvey

    Raises
    ------
    SurveyError
        Listing every failure at once.
    """
    return survey_from_table(
        read_table(path, sheet=sheet), study, codebook, source=Path(path).name, strict=strict
    )


def survey_from_table(
    table: TextTable,
    study: Study,
    codebook: Path | str | pd.DataFrame | None = None,
    *,
    source: str = "survey",
    strict: bool = False,
) -> RawSurvey:
    """Find the study's items in a table of text; see :func:`read_survey`."""
    try:
        scale = Scale.of(study.survey)
    except ValueError as error:
        raise SurveyError("study file", [str(error)]) from None
    book = None if codebook is None else load_codebook(codebook)
    items = list(study.items) if book is None else list(book["item"])
    absent = [i for i in study.items if i not in items]
    if absent:
        raise SurveyError(
            "codebook", [f"no row for item {i!r} of the study{nearest(i, items)}" for i in absent]
        )
    columns, problems = _columns(table.header, study, book, items)
    position = {role: i for i, role in enumerate(columns["role"]) if role not in ("item", "other")}
    place = {item: i for i, item in enumerate(columns["item"]) if item}
    # Without a codebook the order of asking is the order in the file.
    order = [i for i in items if i in place] if book is not None else sorted(place, key=lambda i: place[i])
    whole = _frame(table)
    answers = pd.DataFrame({i: whole.iloc[:, place[i]] for i in order}, index=whole.index, dtype=str)
    problems += _unreadable(answers, study, scale, table.header, place, strict=strict)
    if problems:
        raise SurveyError(source, problems)
    respondents = pd.DataFrame(
        {
            role: whole.iloc[:, position[role]].str.strip() if role in position else ""
            for role in ("respondent", "time", "consent")
        },
        index=whole.index,
        dtype=str,
    )
    unnamed = respondents["respondent"] == ""
    respondents.loc[unnamed, "respondent"] = [f"row {row}" for row in respondents.index[unnamed]]
    return RawSurvey(
        source=source,
        table=whole,
        answers=answers,
        respondents=respondents,
        columns=columns,
        reversed_items=_reversed(study, book, order),
        scale=scale,
        encoding=table.encoding,
        delimiter=table.delimiter,
    )


def _frame(table: TextTable) -> pd.DataFrame:
    index = pd.Index(table.row_numbers, name="row")
    return pd.DataFrame(list(table.rows), columns=list(table.header), index=index, dtype=str)


def _reversed(study: Study, book: pd.DataFrame | None, order: Sequence[str]) -> tuple[str, ...]:
    named = set(study.survey.reversed_items)
    if book is not None and "reversed" in book:
        named |= set(book.loc[book["reversed"].map(plain).isin(_YES), "item"])
    return tuple(i for i in order if i in named)


def _columns(
    header: Sequence[str], study: Study, book: pd.DataFrame | None, items: Sequence[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Say what each column is, and list what is missing, doubled or unknown."""
    lookups = _lookups(book, items)
    taken: dict[str, int] = {}
    rows: list[tuple[str, str, str, str]] = []
    problems: list[str] = []
    named = _named_columns(header, study, problems)
    for position, heading in enumerate(header):
        if position in named:
            rows.append((heading, named[position], "", "study file"))
            continue
        item, how = _match(heading, lookups)
        if item and item in taken:
            problems.append(
                f"columns {taken[item] + 1} and {position + 1} are both item {item!r}: "
                f"{header[taken[item]]!r} and {heading!r}"
            )
            item, how = "", ""
        if item:
            taken[item] = position
        rows.append((heading, "item" if item else "other", item, how))
    free = [heading for heading, role, _, _ in rows if role == "other"]
    headers = {}
    if book is not None and "header" in book:
        headers = dict(zip(book["item"], book["header"], strict=True))
    lost = [i for i in study.items if i not in taken]
    for item in lost:
        wanted = headers.get(item) or item
        also = f" (headed {wanted!r})" if wanted != item else ""
        close = nearest(wanted, free)
        problems.append(f"no column for item {item!r}{also}{close if 'did you mean' in close else ''}")
    if lost and free:
        shown = ", ".join(repr(h) for h in free[:5]) + (", …" if len(free) > 5 else "")
        advice = "" if book is not None else "; give a codebook that says which heading is which item"
        problems.append(f"{len(free)} columns not recognised: {shown}{advice}")
    return pd.DataFrame(rows, columns=["heading", "role", "item", "matched_by"]), problems


def _named_columns(header: Sequence[str], study: Study, problems: list[str]) -> dict[int, str]:
    """Find the respondent, time and consent columns that the study file names."""
    wanted = {
        "respondent": study.survey.respondent,
        "time": study.survey.time,
        "consent": None if study.survey.consent is None else study.survey.consent.column,
    }
    keys = [name_key(h) for h in header]
    found: dict[int, str] = {}
    for role, name in wanted.items():
        if name is None:
            continue
        places = [i for i, key in enumerate(keys) if key == name_key(name)]
        if len(places) == 1:
            found[places[0]] = role
        elif places:
            problems.append(f"survey.{role}: {len(places)} columns are headed {name!r}")
        else:
            problems.append(f"survey.{role}: no column headed {name!r}{nearest(name, header)}")
    return found


def _lookups(book: pd.DataFrame | None, items: Sequence[str]) -> list[tuple[str, Mapping[str, str]]]:
    """Ways to recognise an item by its heading, the surest first."""
    ways = [("item name", unique_keys([(name_key(i), i) for i in items]))]
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


def _match(heading: str, lookups: Sequence[tuple[str, Mapping[str, str]]]) -> tuple[str, str]:
    inner = in_brackets(heading)
    for text, suffix in ((heading, ""), (inner, ", grid row")):
        if not text:
            continue
        key = name_key(text)
        for way, lookup in lookups:
            item = lookup.get(key) or (lookup.get(without_number(key)) if way != "item name" else None)
            if item:
                return item, way + suffix
    return "", ""


def _unreadable(
    answers: pd.DataFrame,
    study: Study,
    scale: Scale,
    header: Sequence[str],
    place: Mapping[str, int],
    *,
    strict: bool,
) -> list[str]:
    """List the columns that hold something else and, if strict, every cell that cannot be read."""
    kinds = answers.map(lambda text: scale.read(text)[0])
    problems: list[str] = []
    wrong: list[str] = []
    for item in answers.columns:
        filled = kinds[item] != "missing"
        bad = kinds[item] == "unreadable"
        where = f"column {place[item] + 1}, item {item!r} (headed {header[place[item]]!r})"
        if item in study.items and not filled.any():
            problems.append(f"{where}: no answer in any row")
            wrong.append(item)
        elif bad.sum() > (1 - MIN_READABLE) * filled.sum():
            shown = list(dict.fromkeys(answers.loc[bad, item].str.strip()))[:3]
            rows = ", ".join(str(r) for r in bad.index[bad][:3])
            problems.append(
                f"{where}: {int(bad.sum())} of {int(filled.sum())} answers are not on the scale, for example "
                f"{', '.join(map(repr, shown))} (rows {rows}); the study's scale is {', '.join(study.survey.scale)}"
            )
            wrong.append(item)
    if strict:
        rest = answers.drop(columns=wrong)
        check = pa.Check(
            lambda text: scale.read(text)[0] != "unreadable", element_wise=True, name="not on the scale"
        )
        problems += _failures(pa.DataFrameSchema({i: pa.Column(str, check) for i in rest.columns}), rest, {})
    return problems


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame, words: Mapping[str, str]) -> list[str]:
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
