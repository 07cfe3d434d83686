"""What headings, further heading rows, footers and columns beside the items are taken for, case by case."""

from __future__ import annotations

import pytest

from surveypls.survey import columns, forms
from surveypls.survey.files import TextTable
from surveypls.survey.naming import Heading, as_name, named_items, read_headings, stem


# headings -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("headings", "read"),
    [
        # LimeSurvey: the question's code and its part's
        (["grp[SQ001]", "grp[SQ010]"], [("grp_1", "grp", "", "SQ001"), ("grp_10", "grp", "", "SQ010")]),
        (["Q[EU1]. Useful", "Q[EU2]"], [("EU1", "EU", "", "Useful"), ("EU2", "EU", "", "EU2")]),
        (["Q[a1]", "R[a1]"], [("Q_1", "Q", "", "a1"), ("R_1", "R", "", "a1")]),
        (["Q[EU1]. How? [Easy ]", "Q[x]"], [("EU1", "EU", "", "Easy"), ("Q_x", "Q", "", "x")]),
        # groups before a question's own name
        (["grp/EU1", "other/SAT2"], [("EU1", "EU", "", "grp/EU1"), ("SAT2", "SAT", "", "other/SAT2")]),
        (["grp/easy", "x/grp/fast"], [("easy", "grp", "", "grp/easy"), ("fast", "grp", "", "x/grp/fast")]),
        (["g-a", "g-b"], [("a", "g", "", "g-a"), ("b", "g", "", "g-b")]),
        (["e-mail", "g-b"], [("", "", "", "e-mail"), ("", "", "", "g-b")]),
        # codes before and in texts
        (
            ["EASE1. It is easy", "SAT_2"],
            [("EASE1", "EASE", "", "It is easy"), ("SAT_2", "SAT", "", "SAT_2")],
        ),
        (["Agree? [EU1. Easy]"], [("EU1", "EU", "", "Easy")]),
        (["Agree? [EU1]"], [("EU1", "EU", "", "EU1")]),
        (["How? [Learning it]"], [("", "", "How?", "Learning it")]),
        (["12. It is easy", "3) Fast"], [("", "", "", "It is easy"), ("", "", "", "Fast")]),
        # codes behind the rows of a grid, if each row has its own
        (
            ["How? [It is easy EU1]", "How? [I learn EU2]"],
            [("EU1", "EU", "", "It is easy EU1"), ("EU2", "EU", "", "I learn EU2")],
        ),
        (
            ["How? [It is easy EU1]", "How? [I learn EU1]"],
            [("", "", "How?", "It is easy EU1"), ("", "", "How?", "I learn EU1")],
        ),
        (
            ["How? [It is easy EU1]", "How? [Fast]"],
            [("", "", "How?", "It is easy EU1"), ("", "", "How?", "Fast")],
        ),
    ],
)
def test_what_headings_say(headings, read):
    assert read_headings(headings) == [Heading(*one) for one in read]


@pytest.mark.parametrize(
    ("headings", "titles", "items"),
    [
        (["It is easy", "I like it"], [], [("X1", "X", "It is easy"), ("X2", "X", "I like it")]),
        (
            ["How? [a]", "Why? [b]", "How? [c d]"],
            [],
            [("C1_1", "C1", "a"), ("C2_1", "C2", "b"), ("C1_2", "C1", "c d")],
        ),
        (["OUT", "EU1"], [], [("OUT", "OUT", "OUT"), ("EU1", "EU", "EU1")]),
        # a construct and an item share no name, unless the construct is that item
        (["OUT", "OUT_1"], [], [("OUT_item", "OUT", "OUT"), ("OUT_1", "OUT", "OUT_1")]),
        (["EU1. Easy", "eu1 - Fast"], [], [("EU1", "EU", "Easy"), ("eu1_2", "eu", "Fast")]),
        (["Q1", "Q2"], ["How? - Easy", "Q2"], [("Q1", "Q", "Easy"), ("Q2", "Q", "Q2")]),
        (["Q1", "Q2"], ["A - b - Easy", ""], [("Q1", "Q", "Easy"), ("Q2", "Q", "Q2")]),
    ],
)
def test_names_of_items_and_constructs(headings, titles, items):
    found = named_items(headings, titles, range(len(headings)))
    assert [(i.name, i.construct, i.text) for i in found] == items


@pytest.mark.parametrize(
    ("code", "shared"), [("RC_1", "RC"), ("RC1a", "RC"), ("rc_x_12", "rc_x"), ("RC", "RC"), ("7", "7")]
)
def test_what_codes_of_one_construct_share(code, shared):
    assert stem(code) == shared


@pytest.mark.parametrize(
    ("text", "name"),
    [("ítem 1!", "tem_1"), ("True", "True_"), ("1a", "X1a"), ("_a_", "a"), ("a" * 60, "a" * 50)],
)
def test_a_name_of_the_study_file(text, name):
    assert as_name(text) == name


# further rows ---------------------------------------------------------------------------------------------
IDS = ["{'ImportId':'a'}", '{"ImportId":"b"}']


def split(header, *rows):
    return forms.split_records(list(header), [(n, list(row)) for n, row in enumerate(rows, 2)])


@pytest.mark.parametrize(
    ("above", "titles", "why"),
    [
        ([IDS], ["", ""], ["import ids"]),
        ([[" Text A ", "Text B"], IDS], ["Text A", "Text B"], ["question texts", "import ids"]),
        (
            [["x", "y"], ["Text A", "Text B"], IDS],
            ["Text A", "Text B"],
            ["question texts"] * 2 + ["import ids"],
        ),
        ([["x", "y"], ["x", "y"], ["x", "y"], IDS], ["", ""], []),  # further down it is an answer
    ],
)
def test_import_ids_stand_below_the_headings(above, titles, why):
    header, found, rows, left = split(["Q1", "Q2"], *above, ["1", "2"], ["3", "4"])
    assert (header, found) == (["Q1", "Q2"], titles)
    assert [(one.row, one.why) for one in left] == [
        (n, f"{w}, below the headings") for n, w in enumerate(why, 2)
    ]
    assert rows == [
        (n, cells) for n, cells in enumerate([*above, ["1", "2"], ["3", "4"]], 2) if n - 2 >= len(why)
    ]


def test_headings_over_several_columns_are_joined_with_those_below():
    header, titles, rows, left = split(
        ["ID", "How?", "", "", "Sex"], ["", "easy", "fast", "cheap", "Response"], "1abcd"
    )
    assert header == ["ID", "How? [easy]", "How? [fast]", "How? [cheap]", "Sex"]
    assert titles == ["", "easy", "fast", "cheap", ""]
    assert [(one.row, one.why) for one in left] == [(2, "a second row of headings")]
    assert rows == [(3, list("1abcd"))]
    assert split(["", "", ""], ["a", "b", "c"], "123")[0] == ["a", "b", "c"]


def stands_out(texts, n_rows=5, answers=("1", "2")):
    body = [[answers[k % len(answers)]] * len(texts) for k in range(n_rows)]
    return split([f"Q{j}" for j in range(len(texts))], texts, *body)[1] == list(texts)


@pytest.mark.parametrize(
    ("texts", "options", "expected"),
    [
        (["How easy?", "How fast?", "How cheap?"], {}, True),
        (["How easy?", "How fast?", "How cheap?"], {"n_rows": 4}, False),
        (["How easy?", "How fast?"], {}, False),  # two closed questions
        (["How1", "How2", "How3"], {}, True),
        (["How", "Why", "Who"], {}, False),  # as short as answers
        (["How easy?", "How easy?", "How easy?"], {}, False),  # one answer throughout
        (["1234", "2345", "3456"], {}, False),
        (["How1", "How2", "How3", "How4", "1"], {}, True),  # four of five
        (["How1", "How2", "How3", "1", "1"], {}, False),
        (["How1", "How2", "How3", "yess", "yess"], {"answers": ("YESS", "nooo")}, False),
        (["How1", "How2", "How3"], {"n_rows": 30, "answers": tuple(map(str, range(15)))}, True),
        (["How1", "How2", "How3"], {"n_rows": 32, "answers": tuple(map(str, range(16)))}, False),
        (["How1", "How2", "How3"], {"n_rows": 9, "answers": tuple("12345")}, False),  # open questions
        (["How1", "How2", "How3"], {"n_rows": 10, "answers": tuple("12345")}, True),
    ],
)
def test_a_row_of_texts_that_nobody_answers_with_holds_the_questions(texts, options, expected):
    assert stands_out(texts, **options) is expected


@pytest.mark.parametrize(("n", "all_found"), [(12, True), (13, False)])
def test_a_footer_has_twelve_rows_at_most(n, all_found):
    foot = [[f"Mean: {k}", "2.5", "50 %"] for k in range(n)]
    _, _, rows, left = split(["ID", "Q1", "Q2"], *[[f"P{k}", "1", "2"] for k in range(20)], *foot)
    assert len(left) == 12
    assert (len(rows) == 20) is all_found


@pytest.mark.parametrize(
    ("foot", "found"),
    [
        (["Mean", "2.5", "3.5"], True),
        (["", "Mean", ""], True),
        (["Mean", "2.5", "so so"], False),
        (["Total", "", ""], False),  # somebody's answer is "Total"
        (["P9", "", ""], False),
    ],
)
def test_a_footer_has_a_name_that_no_answer_has_and_numbers(foot, found):
    body = [["Total", "1", "2"], ["P2", "2", "1"]]
    _, _, rows, left = split(["ID", "Q1", "Q2"], *body, ["", "", ""], foot)
    assert [one.row for one in left] == ([5] if found else [])
    assert len(rows) == (2 if found else 4)  # the blank row above is its distance


@pytest.mark.parametrize(("whole", "found"), [(20, True), (19, False)])
def test_means_without_a_name_stand_below_answers_of_which_one_in_twenty_is_broken(whole, found):
    # one of 21 numbers above is less than 5 %, one of 20 is not; the last 12 rows do not count
    rows = [["1.5"], *[["1"]] * whole, *[["1"]] * forms.LONGEST_FOOTER]
    cells = ["2.5", "3.5", "4.5"]
    assert forms._unnamed_footer(cells, [(n, row) for n, row in enumerate(rows)]) is found


def test_a_footer_is_named_by_its_first_40_letters():
    (left,) = split(["ID"], ["P1"], ["Source: " + "x" * 60])[3]
    assert (left.row, left.why) == (3, f"a footer, {'Source: ' + 'x' * 32!r}")


# columns beside the items ---------------------------------------------------------------------------------
def table(header, *rows, titles=()):
    return TextTable(tuple(header), tuple(map(tuple, rows)), tuple(range(2, len(rows) + 2)), titles)


@pytest.mark.parametrize(("different", "found"), [(5, {"respondent": 0}), (4, {})])
def test_ids_are_different_in_half_of_the_rows(different, found):
    rows = [[f"P{min(k, different - 1)}"] for k in range(10)]
    assert columns.special_columns(table(["ID"], *rows)) == found


def test_the_first_column_of_a_kind_is_taken():
    rows = [[f"P{k}", f"x{k}", f"10:{k}", "1:00", "Yes", "Yes"] for k in range(4)]
    header = ["ID", "Folio", "Timestamp", "End time", "Consent", "I agree to take part"]
    assert columns.special_columns(table(header, *rows)) == {"respondent": 0, "time": 2, "consent": 4}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (["Yes", "No"], True),
        (["Yes", "yes please", "no", "No, thanks"], True),
        (["Yes", "yes please", "no", "No, thanks", "1"], False),  # five answers
        (["Yes", "perhaps"], False),
        (["No"], False),
        ([""], False),
    ],
)
def test_answers_to_a_question_of_consent(answers, found):
    heading = "I consent to take part"
    made = table([heading], *[[a] for a in answers])
    assert columns.special_columns(made) == ({"consent": 0} if found else {})
    # where no yes is known it is asked about, unless the answers are too many
    assert columns.consent_by_heading(made, ()) == ([0] if 1 <= len({*answers} - {""}) <= 4 else [])
    assert columns.consent_by_heading(made, [0]) == []


@pytest.mark.parametrize(("tests", "others", "found"), [(2, 3, True), (2, 2, False), (0, 4, False)])
def test_some_rows_and_not_half_are_previews(tests, others, found):
    made = table(
        ["Status", "Q1"], *[["Survey Preview", "1"]] * tests, *[["IP Address", "Survey Preview"]] * others
    )
    assert columns.previews(made, ()) == ({0: {"Survey Preview": tests}} if found else {})
    assert columns.previews(made, [0]) == {}


def test_other_columns_are_told_by_kind():
    header = ["Age", "ID", "Correo", "Seed", "It is easy", "Q7", "Age"]
    titles = ("", "", "", "", "", "Your gender", "")
    made = table(header, ["1"] * 7, titles=titles)
    assert columns.other_columns(made, ["", "", "", "", "", "Q", ""], [6]) == {
        0: "about the person; name it under controls or groups if you need it",
        1: "ids or times",
        2: "personal data",
        3: "written by the form tool",
        5: "about the person; name it under controls or groups if you need it",
    }
    # an item of a construct of several is an item, whatever its name
    assert 0 not in columns.other_columns(made, ["Age", "", "", "", "", "Q", "Age"], [])
    assert columns.personal_columns(made, ()) == ["Correo"]
    assert columns.personal_columns(made, [2]) == []


@pytest.mark.parametrize(
    ("texts", "language"),
    [(["de la casa"], "es"), (["the house"], "en"), (["la house of"], "en"), (["x"], "en")],
)
def test_the_language_that_has_more_of_its_words(texts, language):
    assert columns.language_of(texts) == language
