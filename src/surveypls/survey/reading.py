"""Read a survey's raw answers: find each item's column, check the file, list every failure at once.

Nothing is changed here.  Answers stay the text that stands in the file;
:mod:`surveypls.survey.screening` decides on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from plsem.names import few, nearest
from surveypls.study.definition import GROUP, MARKER, Study
from surveypls.survey.answers import Scale, in_brackets, name_key, scales_of
from surveypls.survey.codebook import (
    load_codebook,
    lookups,
    match,
    reversed_items,
    text_frame,
)
from surveypls.survey.files import SurveyError, TextTable, read_table
from surveypls.survey.forms import LeftOut
from tabletext.said import Said

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
    scales : dict of str to Scale
        Each item's answers, ready to be looked up.
    observed : DataFrame of str
        The columns of control variables and groups, by their name in the study file; same index.
    excluded : DataFrame of str
        The columns named under ``survey.exclude``, by their heading; same index.
    left_out : tuple of LeftOut
        Rows of the file that hold no answers: further headings, footers.
    """

    source: str
    table: pd.DataFrame
    answers: pd.DataFrame
    respondents: pd.DataFrame
    columns: pd.DataFrame
    reversed_items: tuple[str, ...]
    scales: dict[str, Scale]
    observed: pd.DataFrame
    excluded: pd.DataFrame
    left_out: tuple[LeftOut, ...]

    def read(self, item: str, text: str) -> tuple[str, float | None]:
        """Read one cell of an item on the item's own scale."""
        return self.scales[item].read(text)


def read_survey(
    path: Path | str,
    study: Study,
    codebook: Path | str | pd.DataFrame | None = None,
    *,
    sheet: str | None = None,
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
        CSV, TSV or XLSX; see :func:`surveypls.survey.files.read_table`.
    study : Study
        Items, and ``study.survey`` for the scale, missing codes and named columns.
    codebook : path or DataFrame, optional
        See :func:`load_codebook`.
    sheet : str, optional
        Sheet of a workbook.

    Returns
    -------
    RawSurvey

    Raises
    ------
    SurveyError
        Listing every failure at once.

    Examples
    --------
    >>> from surveypls import load_study
    >>> study = load_study("examples/library_app/study.yaml")
    >>> raw = read_survey("examples/library_app/survey.csv", study, "examples/library_app/codebook.csv")
    >>> raw.answers.shape
    (300, 17)
    """
    return survey_from_table(
        read_table(path, sheet=sheet or study.survey.sheet),
        study,
        codebook,
        source=Path(path).name,
    )


def survey_from_table(
    table: TextTable,
    study: Study,
    codebook: Path | str | pd.DataFrame | None = None,
    *,
    source: str = "survey",
) -> RawSurvey:
    """Find the study's items in a table of text; see :func:`read_survey`."""
    book = None if codebook is None else load_codebook(codebook)
    items = list(study.items) if book is None else list(book["item"])
    absent = [i for i in study.items if i not in items]
    if absent:
        raise SurveyError(
            "codebook",
            [
                Said("no row for item {item} of the study{near}", item=repr(i), near=nearest(i, items))
                for i in absent
            ],
        )
    try:
        scales = scales_of(study, items)
    except ValueError as error:
        raise SurveyError("study file", error.args[0]) from None
    columns, problems = _columns(table.header, study, book, items)
    known = [*items, *study.construct_names]
    problems += [
        Said("survey.scales: no construct or item {name}{near}", name=repr(n), near=nearest(n, known))
        for n in study.survey.scales
        if n not in known
    ]
    position = {role: i for i, role in enumerate(columns["role"]) if role not in ("item", "other")}
    place = {item: i for i, item in enumerate(columns["item"]) if item}
    # Without a codebook the order of asking is the order in the file.
    order = [i for i in items if i in place] if book is not None else sorted(place, key=lambda i: place[i])
    whole = text_frame(table)
    answers = pd.DataFrame({i: whole.iloc[:, place[i]] for i in order}, index=whole.index, dtype=str)
    keys = {name: f"controls.{name}" for name in study.observed} | {GROUP: "groups.column", MARKER: "marker"}
    observed = _found(whole, study.observed, keys, problems)
    headings = {h: h for h in study.survey.exclude}
    excluded = _found(whole, headings, dict.fromkeys(headings, "survey.exclude"), problems)
    problems += _unreadable(answers, study, scales, table.header, place)
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
    turned = reversed_items(study, book)
    return RawSurvey(
        source=source,
        table=whole,
        answers=answers,
        respondents=respondents,
        columns=columns,
        reversed_items=tuple(i for i in order if i in turned),
        scales={i: scales[i] for i in order},
        observed=observed,
        excluded=excluded,
        left_out=table.left_out,
    )


def _found(
    whole: pd.DataFrame, wanted: Mapping[str, str], keys: Mapping[str, str], problems: list[str]
) -> pd.DataFrame:
    """Take the columns with the wanted headings, name → heading, and list what cannot be found, by its key."""
    header = [str(h) for h in whole.columns]
    places = {name: _place(header, heading, keys[name], problems) for name, heading in wanted.items()}
    taken = {name: whole.iloc[:, i].str.strip() for name, i in places.items() if i is not None}
    return pd.DataFrame(taken, index=whole.index, dtype=str)


def _place(header: Sequence[str], wanted: str, where: str, problems: list[str]) -> int | None:
    """Return the place of the one column with a heading; None, and a problem listed, where there is not one."""
    key = name_key(wanted)
    places = [i for i, h in enumerate(header) if key in (name_key(h), name_key(in_brackets(h) or ""))]
    if len(places) == 1:
        return places[0]
    if places:
        said = Said("{where}: {n} columns are headed {name}", where=where, n=len(places), name=repr(wanted))
    else:
        near = nearest(wanted, header)
        said = Said("{where}: no column headed {name}{near}", where=where, name=repr(wanted), near=near)
    problems.append(said)
    return None


def _columns(
    header: Sequence[str], study: Study, book: pd.DataFrame | None, items: Sequence[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Say what each column is, and list what is missing, doubled or unknown."""
    ways = lookups(book, items)
    taken: dict[str, int] = {}
    rows: list[tuple[str, str, str, str]] = []
    problems: list[str] = []
    named = _named_columns(header, study, problems)
    for position, heading in enumerate(header):
        if position in named:
            rows.append((heading, named[position], "", "study file"))
            continue
        item, how = match(heading, ways)
        if item and item in taken:
            problems.append(
                Said(
                    "columns {one} and {two} are both item {item}: {first} and {second}",
                    one=taken[item] + 1,
                    two=position + 1,
                    item=repr(item),
                    first=repr(header[taken[item]]),
                    second=repr(heading),
                )
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
        close = nearest(wanted, free)
        problems.append(
            Said(
                "no column for item {item}{also} of {construct} in the survey{near}",
                item=repr(item),
                also=Said(" (headed {heading})", heading=repr(wanted)) if wanted != item else "",
                construct=study.construct_of(item),
                near=close if "did you mean" in close else "",
            )
        )
    if lost and free:
        advice = Said("; give a codebook that says which heading is which item")
        problems.append(
            Said(
                "{n} columns not recognised: {shown}{advice}",
                n=len(free),
                shown=few([repr(h) for h in free], 5),
                advice="" if book is not None else advice,
            )
        )
    return pd.DataFrame(rows, columns=["heading", "role", "item", "matched_by"]), problems


def _named_columns(header: Sequence[str], study: Study, problems: list[str]) -> dict[int, str]:
    """Find the respondent, time and consent columns that the study file names."""
    wanted = {
        "respondent": study.survey.respondent,
        "time": study.survey.time,
        "consent": None if study.survey.consent is None else study.survey.consent.column,
    }
    places = {
        role: _place(header, name, f"survey.{role}", problems)
        for role, name in wanted.items()
        if name is not None
    }
    return {place: role for role, place in places.items() if place is not None}


def _unreadable(
    answers: pd.DataFrame,
    study: Study,
    scales: Mapping[str, Scale],
    header: Sequence[str],
    place: Mapping[str, int],
) -> list[str]:
    """List the columns that hold something else."""
    problems: list[str] = []
    for item in answers.columns:
        readings = scales[item].readings(answers[item])
        kinds = answers[item].map(lambda text, found=readings: found[text][0])
        filled, bad = kinds != "missing", kinds == "unreadable"
        where = Said(
            "column {place}, item {item} (headed {heading})",
            place=place[item] + 1,
            item=repr(item),
            heading=repr(header[place[item]]),
        )
        if item in study.items and not filled.any():
            problems.append(Said("{where}: no answer in any row", where=where))
        elif bad.sum() > (1 - MIN_READABLE) * filled.sum():
            shown = list(dict.fromkeys(answers.loc[bad, item].str.strip()))[:3]
            problems.append(
                Said(
                    "{where}: {n} of {all} answers are not on the scale, for example {shown} (rows {rows}); the "
                    "study's scale is {scale}",
                    where=where,
                    n=int(bad.sum()),
                    all=int(filled.sum()),
                    shown=", ".join(map(repr, shown)),
                    rows=", ".join(str(r) for r in bad.index[bad][:3]),
                    scale=", ".join(scales[item].written),
                )
            )
    return problems
