"""Single cells: numbers, dates that spreadsheets made, values of statistical packages, answers between and beyond."""

from __future__ import annotations

import pandas as pd
import pytest
from survey_cases import study

from surveypls.study.definition import MARKER, parse_study
from surveypls.study.settings import SurveySettings
from surveypls.survey import asked, packages
from surveypls.survey.answers import Scale, in_brackets, name_key, plain, spreadsheet_date, unique_keys
from surveypls.survey.files import SurveyError, read_table
from surveypls.survey.private import names_people, short_answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("01-feb", "1-2"),
        ("2 ene", "2-1"),
        ("3/mar.", "3-3"),
        ("4-April", "4-4"),
        ("5-may", "5-5"),
        ("06-jun", "6-6"),
        ("7-jul", "7-7"),
        ("8-ago", "8-8"),
        ("9-sep", "9-9"),
        ("10-oct", "10-10"),
        ("11-Nov", "11-11"),
        ("12-dic", "12-12"),
        ("2024-02-01", "1-2"),
        ("1999-12-31T00:00", "31-12"),
        ("2024-02-01 00:00:00", "1-2"),
        ("2024-02-01 10:00:00", None),
        ("1-xyz", None),
        ("123-feb", None),
    ],
)
def test_answers_that_a_spreadsheet_made_dates_of(text, answer):
    assert spreadsheet_date(text) == answer


@pytest.mark.parametrize(
    ("top", "text", "read"),
    [
        (10, "5.5", ("unreadable", None)),  # eleven answers are ticked one by one
        (11, "5.5", ("answer", 5.5)),  # twelve are a slider
        (11, "5,5", ("answer", 5.5)),
        (11, "0", ("answer", 0)),
        (11, "11.0", ("answer", 11)),
        (11, "11.5", ("unreadable", None)),
        (11, "-0.5", ("unreadable", None)),
    ],
)
def test_numbers_between_and_beyond_the_answers(top, text, read):
    assert Scale.of(SurveySettings(scale={str(v): v for v in range(top + 1)})).read(text) == read


def test_a_code_of_numbers_counts_however_it_is_written():
    scale = Scale.of(SurveySettings(missing_codes=("", "-9", "?")))
    assert {t: scale.read(t)[0] for t in ("-9", "-9.0", "-9,0", "?", "-8", "!")} == {
        **dict.fromkeys(("-9", "-9.0", "-9,0", "?"), "missing"),
        "-8": "unreadable",
        "!": "unreadable",
    }


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Ár_bol\x00x", "ar bol x"), (" ¿Qué? ", "que"), ("a\u200bb", "a b"), ("«No.»", "no")],
)
def test_what_a_reader_takes_for_the_same(text, folded):
    assert plain(text) == folded


def test_keys_of_headings():
    assert name_key("X-1.a_b") == "x 1 a b"
    assert [in_brackets(t) for t in ("Q [row ] ", "Q [a] b", "[a][b]")] == ["row ", None, "b"]
    assert unique_keys([("a", "1"), ("a", "1"), ("b", "1"), ("b", "2"), ("", "3")]) == {"a": "1"}


# files of statistical packages --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "labels", "text"),
    [
        (None, {}, ""),
        (float("nan"), {}, ""),
        (5.0, {}, "5"),
        (2.5, {}, "2.5"),
        (5.0, {5.0: "Agree"}, "5 - Agree"),
        (5.0, {5.0: "5"}, "5"),
        (5.0, {5.0: "5 - Agree"}, "5 - Agree"),
        (5.0, {5.0: "4 - Agree"}, "5 - 4 - Agree"),
        (5.0, {5.0: " "}, "5"),
        ("a", {"a": "Agree"}, "Agree"),
        ("a", {}, "a"),
        ("3", {"3": "Three"}, "3 - Three"),
    ],
)
def test_a_labelled_value_as_text(value, labels, text):
    assert packages._text(value, labels) == text


@pytest.mark.parametrize(
    ("value", "span", "within"),
    [
        (5, {"lo": 5, "hi": 7}, True),
        (7, {"lo": 5, "hi": 7}, True),
        (4.9, {"lo": 5, "hi": 7}, False),
        (7.1, {"lo": 5, "hi": 7}, False),
        (9, 9, True),
        (8, 9, False),
        ("x", "x", True),
        ("x", {"lo": "x", "hi": "x"}, True),
        ("x", "y", False),
        ("x", 9, False),
        (9, "x", False),
        (float("nan"), 9, False),
        (None, 9, False),
    ],
)
def test_values_declared_missing(value, span, within):
    assert packages._within(value, span) is within


@pytest.mark.parametrize(("n", "read"), [(4, True), (5, False)])
def test_a_package_has_as_many_rows_as_other_files(n, read, tmp_path, monkeypatch):
    pyreadstat = pytest.importorskip("pyreadstat")
    monkeypatch.setattr(packages, "MAX_ROWS", 4)
    path = tmp_path / "s.sav"
    pyreadstat.write_sav(pd.DataFrame({"A": range(n), "B": range(n)}), str(path), column_labels={"A": "How?"})
    if read:
        found = read_table(path)
        assert (found.row_numbers, found.titles) == ((2, 3, 4, 5), ("How?", ""))
    else:
        with pytest.raises(SurveyError, match="too many to bootstrap"):
            read_table(path)


# what is kept of a cell -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("1" * 6, True),
        ("1" * 7, False),  # somebody's telephone number
        ("ab cd", False),
        ("a b cd", True),  # one word of two letters
        ("siempre mal", True),  # a word of the scale's
        ("x" * 20, True),
        ("x" * 21, False),
        ("a@b", False),
    ],
)
def test_a_short_answer_is_of_one_word_or_of_the_scales(text, short):
    assert short_answer(text, ["Casi siempre"]) is short


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("+1234567", True),
        ("+123456", False),
        ("123 4567", True),
        ("123 456", False),
        ("1234567", False),
        ("(12) 34567", True),
        ("12-34-567", False),
        ("abc", True),
        ("abc1", False),
    ],
)
def test_seven_digits_in_groups_are_a_telephone_number(text, named):
    assert names_people([text]) is named


# what a study asks for beside its model ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "said", "warned"),
    [
        ([1, 1, 1, None], ["marker: 'M' does not vary in the rows that are kept"], []),
        ([1, 2, 1, 2], [], []),
        (
            [1, 2, None, None],
            [],
            ["marker: 2 of 4 rows have no answer to 'M'; they are left out of its analysis alone"],
        ),
    ],
)
def test_a_marker_varies_and_its_gaps_are_told(given, said, warned):
    warnings = []
    data = pd.DataFrame({MARKER: pd.Series(given, dtype=float)})
    assert list(asked._marker(data, study("marker: M"), warnings)) == said
    assert warnings == warned


@pytest.mark.parametrize(("n", "told"), [(asked.SMALLEST_N, False), (asked.SMALLEST_N - 1, True)])
def test_endogeneity_needs_rows(n, told):
    chosen = parse_study(
        "id: t\ntitle: t\nconstructs: {A: [a1, a2], B: [b1]}\npaths: [A -> B]\nrobustness: true"
    )
    errors, warnings, facts = asked.asked(pd.DataFrame({"a1": range(n)}), chosen.model(), chosen)
    assert (errors, facts, bool(warnings)) == ([], [], told)
