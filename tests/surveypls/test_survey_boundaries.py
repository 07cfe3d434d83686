"""Limits of screening and of the check of answers, met exactly and just missed, with answers made by hand."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from survey_cases import ITEMS, raw, study, varied

from surveypls.survey.answers_check import off_scale
from surveypls.survey.files import SurveyError
from surveypls.survey.screening import DUPLICATE_ITEMS, _least_answers, _timed, clean

OFF = {
    "min_completion": None,
    "max_person_missing": None,
    "mahalanobis_p": None,
    "drop_duplicates": False,
    "missing": "mean",
}


def cleaned(*answers, **rules):
    """Clean ten sound rows and the given ones: texts of five answers, a dot for none."""
    rows = [(f"S{i}", "Sí", *("" if a == "." else a for a in text)) for i, text in enumerate(answers, 1)]
    chosen = study(**(OFF | rules))
    return clean(raw([*varied(10), *rows], study_=chosen), chosen)


@pytest.mark.parametrize(
    ("rules", "stays", "goes", "said"),
    [
        ({"min_completion": 0.8}, "1234.", "123..", "answered 60% of 5 items"),
        ({"max_longstring": 3}, "44412", "44442", "the same answer 4 times in a row"),
        ({"min_irv": 1.0}, "24242", "33343", "standard deviation of the answers 0.45"),
        ({"min_irv": 0.0}, "33333", None, ""),
        ({"max_person_missing": 0.2}, "1.345", "1.3.5", "40% of the analysed items missing"),
        ({"max_person_missing": 0.0}, "12345", "1234.", "20% of the analysed items missing"),
        ({"missing": "listwise"}, "54321", ".432.", "a1, b2"),
    ],
)
def test_what_meets_a_limit_stays(rules, stays, goes, said):
    found = cleaned(stays, *([goes] if goes else []), **rules)
    mine = found.log["respondent"].str.startswith("S") & (found.log["action"] == "dropped")
    expected = [["S2", f"dropped: {said}"]] if goes else []
    assert found.log.loc[mine, ["respondent", "what"]].to_numpy().tolist() == expected
    assert "S1" in found.responses.index and "S2" not in found.responses.index
    flow = found.flow
    assert (flow["rows_in"] - flow["dropped"]).tolist() == flow["rows_kept"].tolist()
    assert flow["dropped"].sum() == (found.log["action"] == "dropped").sum()


def test_variability_of_exactly_the_limit_stays():
    # 4 · 0.4² + 1.6² = 3.2, over 4
    assert "S1" in cleaned("11113", min_irv=float(np.sqrt(0.8)) - 1e-12).responses.index
    assert "S1" not in cleaned("11113", min_irv=float(np.sqrt(0.8)) + 1e-12).responses.index
    assert "S1" in cleaned("24242", min_irv=float(np.std([2, 4, 2, 4, 2], ddof=1))).responses.index


def test_an_outlier_is_less_probable_than_the_limit():
    far = cleaned("15151", mahalanobis_p=0.5)
    p = far.respondents.set_index("respondent").loc["S1", "p_value"]
    assert 0 < p < 0.5
    for limit, flagged in ((p, 0), (p * 1.0001, 1)):
        found = cleaned("15151", mahalanobis_p=float(limit), drop_outliers=True)
        assert found.respondents.loc[10, "dropped_by"] == ("outlier" if flagged else "")
    reported = far.log[far.log["rule"] == "outlier"]
    assert set(reported["action"]) == {"reported"} and "S1" in reported["respondent"].tolist()
    assert re.fullmatch(r"reported, kept: D² = \d+\.\d, p = 0\.\d+", reported["what"].iloc[-1])


@pytest.mark.parametrize(("gaps", "reported"), [(2, False), (3, True)])
def test_an_item_is_reported_above_its_share_of_gaps(gaps, reported):
    rows = [(f"R{i}", "Sí", "" if i < gaps else "3", *"2451") for i in range(10)]
    chosen = study(**(OFF | {"max_item_missing": 0.2}))
    table = clean(raw(rows, study_=chosen), chosen).missing.set_index("item")
    assert table.loc["a1", ["n", "missing", "share", "reported"]].tolist() == [
        10 - gaps,
        gaps,
        gaps / 10,
        reported,
    ]
    assert not table.loc["a2":, "reported"].any()


@pytest.mark.parametrize(
    ("given", "n_items", "least"),
    [(None, 4, 10), (None, 10, 10), (None, 15, 15), (None, 20, 20), (None, 21, 20), (3, 21, 3)],
)
def test_how_many_answers_tell_that_a_form_was_sent_twice(given, n_items, least):
    assert DUPLICATE_ITEMS == (10, 20)
    assert _least_answers(study(min_duplicate_items=given).cleaning, n_items) == least


@pytest.mark.parametrize(("least", "found"), [(4, 1), (5, 0)])
def test_the_same_answers_count_from_that_many_on(least, found):
    again = cleaned("1234.", "1234.", "33333", "33333", min_duplicate_items=least)
    repeated = again.log[again.log["rule"] == "duplicate_answers"]
    assert len(repeated) == found
    if found:
        assert repeated[["respondent", "action", "what"]].to_numpy().tolist() == [
            ["S2", "reported", "reported, kept: same answers as row 12"]
        ]


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("2024-03-01 09:15", True),
        ("1/3/24 0:01", True),
        ("2024-03-01 00:00", False),
        ("2024-03-01 0:00:00", False),
        ("2024-03-01 10:00", True),
        ("2024-03-01", False),
    ],
)
def test_midnight_is_no_time_of_day(time, told):
    chosen = study()
    survey = raw(varied(2), study_=chosen)
    survey.respondents["time"] = ["", time]
    assert _timed(survey, 1) is told


def checked(*cells, n=50):
    """What is said of answers off the scale: the given texts stand in the items a1, a2, … from the first row on."""
    frame = pd.DataFrame([row[2:] for row in varied(n)], columns=ITEMS)
    for item, text, times in cells:
        frame.loc[: times - 1, item] = text
    rows = [(f"R{i}", "Sí", *row) for i, row in enumerate(frame.to_numpy())]
    chosen = study()
    return off_scale(raw(rows, study_=chosen), chosen)


@pytest.mark.parametrize(
    ("text", "times", "is_error"),
    [
        ("Quizás", 5, False),  # 2 % of 250 answers are 5
        ("Quizás", 6, True),
        ("Quizás", 1, False),
    ],
)
def test_a_text_that_many_gave_is_an_error(text, times, is_error):
    errors, warnings = checked(("a1", text, times))
    assert len(errors) == is_error and len(warnings) == (not is_error)
    if is_error:
        assert errors[0].startswith(f"survey.scale: 'Quizás' ×{times} in a1 is not on the scale")
    elif times > 1:
        assert warnings[0].endswith(f"taken for missing: 'Quizás' ×{times} (from row 2, a1)")
    else:
        assert warnings[0].startswith("1 answer is off the scale (Nunca, Casi nunca,")


def test_half_of_an_items_answers_are_an_error_however_few():
    # of 12 answers to a1 six are half; of 1,000 answers in all they are not 2 %
    frame = pd.DataFrame([row[2:] for row in varied(250)], columns=ITEMS)
    for times, is_error in ((6, True), (5, False)):
        given = frame.copy()
        given.loc[12:, "a1"] = ""
        given.loc[: times - 1, "a1"] = "Quizás"
        chosen = study()
        rows = [(f"R{i}", "Sí", *row) for i, row in enumerate(given.to_numpy())]
        errors, _ = off_scale(raw(rows, study_=chosen), chosen)
        assert bool(errors) is is_error


@pytest.mark.parametrize(("times", "is_error"), [(3, True), (2, False)])
def test_a_label_that_nobody_gave_and_a_text_near_it_from_three_times_on(times, is_error):
    frame = pd.DataFrame([row[2:] for row in varied(50)], columns=ITEMS).replace("5", "4")
    frame.loc[: times - 1, "b1"] = "Siempree"
    chosen = study()
    rows = [(f"R{i}", "Sí", *row) for i, row in enumerate(frame.to_numpy())]
    errors, warnings = off_scale(raw(rows, study_=chosen), chosen)
    if is_error:
        assert "did you mean it by 'Siempre', which nobody answered?" in errors[0]
    else:
        assert errors == [] and "did you mean 'Siempre'?" in warnings[0]
    given = frame.replace("4", "5")
    rows = [(f"R{i}", "Sí", *row) for i, row in enumerate(given.to_numpy())]
    assert off_scale(raw(rows, study_=chosen), chosen)[0] == []  # the label itself was given, too


# screening, beyond its limits ---------------------------------------------------------------------------
@pytest.mark.parametrize(("n", "told"), [(49, True), (50, False)])
def test_littles_test_is_a_rough_guide_below_ten_rows_an_item(n, told):
    rows = varied(n)
    for k, at in enumerate((2, 3, 4)):
        rows[k] = (*rows[k][:at], "", *rows[k][at + 1 :])
    found = clean(raw(rows, study_=study(**OFF)), study(**OFF))
    said = f"Little's test is asymptotic: with {n} rows for 5 items its p-value is a rough guide"
    assert list(found.notes) == ([said] if told else [])
    assert found.mcar is not None


def test_what_a_test_of_gaps_lacks_is_told_in_the_language_of_the_log():
    rows = [(f"R{i}", "Sí", *"1234", "" if i else "5") for i in range(6)]
    found = clean(raw(rows, study_=study(**OFF)), study(**OFF), labels="es")
    assert found.mcar is None
    assert found.notes == ("la prueba de Little necesita más filas que ítems + 1; hay 6 filas y 5 ítems",)


@pytest.mark.parametrize(("n", "given"), [(7, True), (6, False)])
def test_distances_need_two_rows_more_than_items(n, given):
    rules = OFF | {"mahalanobis_p": 0.001}
    found = clean(raw(varied(n), study_=study(**rules)), study(**rules))
    said = "Mahalanobis distances need 7 complete rows, found 6 rows for 5 items"
    assert list(found.notes) == ([] if given else [said])
    assert found.respondents["mahalanobis"].notna().all() == given


def test_distances_where_no_row_is_complete_are_left_out():
    rows = [(*r[:2], *(("", *r[3:]) if i % 2 else (*r[2:6], ""))) for i, r in enumerate(varied(12))]
    rules = OFF | {"mahalanobis_p": 0.001}
    found = clean(raw(rows, study_=study(**rules)), study(**rules))
    assert found.respondents["mahalanobis"].isna().all()
    assert "Mahalanobis distances need 7 complete rows, found 0 rows for 5 items" in found.notes


def test_an_item_of_two_neighbouring_answers_varies():
    rows = [(*r[:2], "34"[int(r[2]) % 2], *r[3:]) for r in varied(30)]
    found = clean(
        raw(rows, study_=study(**(OFF | {"mahalanobis_p": 0.001}))), study(**(OFF | {"mahalanobis_p": 0.001}))
    )
    assert not any("answered alike" in note for note in found.notes)


def test_gaps_do_not_make_two_rows_alike():
    found = cleaned("1234.", "123.4", "1234.", min_duplicate_items=4)
    again = found.log[found.log["rule"] == "duplicate_answers"]
    assert again[["respondent", "what"]].to_numpy().tolist() == [
        ["S3", "reported, kept: same answers as row 12"]
    ]


# columns beside the items ---------------------------------------------------------------------------------
CONTROLS = {
    "AGE": "controls: {AGE: Edad}",
    "SEX": "controls: {SEX: {column: Edad, codes: {M: 0, H: 1}}}",
    "marker": "marker: Edad",
}


def observed(kind, cells):
    chosen = study(CONTROLS[kind], **OFF)
    rows = [(*row, cell) for row, cell in zip(varied(len(cells)), cells, strict=True)]
    return clean(raw(rows, ["Folio", "¿Acepta?", *ITEMS, "Edad"], study_=chosen), chosen)


@pytest.mark.parametrize("kind", ["AGE", "marker"])
def test_half_of_a_column_of_numbers_may_be_texts(kind):
    with pytest.raises(SurveyError, match=r"'many' ×6 in column 'Edad'"):
        observed(kind, ["many"] * 6 + ["1", "2", "3", "4", "5"])
    found = observed(kind, ["many"] * 5 + ["1", "2", "3", "4", "5"])
    if kind == "AGE":
        assert found.responses.index.tolist() == [f"R{i}" for i in range(6, 11)]
        assert found.log["what"].tolist() == ["dropped: AGE 'many'"] * 5
    else:
        assert found.observed[kind].tolist()[5:] == [1, 2, 3, 4, 5]
        assert found.observed[kind].isna().sum() == 5


def test_six_of_the_texts_without_a_number_are_named():
    with pytest.raises(SurveyError, match="'abcdef' ×2") as error:
        observed("AGE", [f"{c}bcdef" for c in "aabcdefghi"])
    assert str(error.value).count(" ×1") == 5


def test_a_category_without_a_code_is_an_error_and_no_answer_drops_the_row():
    with pytest.raises(SurveyError, match=r"controls.SEX: 'X' ×1 in column 'Edad' have no number"):
        observed("SEX", [*"MHMHMHM", "X"])
    found = observed("SEX", [*"MHMHMH", "", "NA", "m"])
    assert found.observed["SEX"].tolist() == [0, 1, 0, 1, 0, 1, 0]
    dropped = found.log[["respondent", "rule", "what"]].to_numpy().tolist()
    assert dropped == [["R7", "observed", "dropped: SEX"], ["R8", "observed", "dropped: SEX 'NA'"]]


def test_a_marker_is_read_as_numbers_or_as_answers_of_the_scale():
    found = observed("marker", ["3", "Siempre", "-99", "", "No sé", "2,5", "casi nunca"])
    np.testing.assert_array_equal(found.observed["marker"], [3, 5, np.nan, np.nan, np.nan, 2.5, 2])


def test_a_group_that_no_row_has_is_an_error():
    chosen = study("groups: {column: Edad, compare: [a, c, d]}", **OFF)
    rows = [(*row, "ab"[i % 2]) for i, row in enumerate(varied(6))]
    with pytest.raises(SurveyError) as error:
        clean(raw(rows, ["Folio", "¿Acepta?", *ITEMS, "Edad"], study_=chosen), chosen)
    assert error.value.problems == tuple(f"groups.compare: no row has {g!r} in column Edad" for g in "cd")


# columns of the file ----------------------------------------------------------------------------------------
def test_half_of_a_columns_answers_may_be_off_the_scale():
    rows = [list(r) for r in varied(10)]
    for k in range(5):
        rows[k][3] = f"odd {k}"
    assert raw(rows).answers.shape == (10, 5)
    rows[5][3] = "odd 4"
    with pytest.raises(SurveyError) as error:
        raw(rows)
    assert error.value.problems == (
        "column 4, item 'a2' (headed 'a2'): 6 of 10 answers are not on the scale, for example 'odd 0', 'odd 1', "
        "'odd 2' (rows 2, 3, 4); the study's scale is Nunca, Casi nunca, A veces, Casi siempre, Siempre",
    )


@pytest.mark.parametrize(("n", "more"), [(5, False), (6, True)])
def test_five_columns_that_are_not_recognised_are_named(n, more):
    header = ["Folio", "¿Acepta?", *(f"zzz{k}" for k in range(n)), *ITEMS[1:]]
    rows = [(*r[:2], *"x" * n, *r[3:]) for r in varied(3)]
    with pytest.raises(SurveyError) as error:
        raw(rows, header)
    assert error.value.problems[0] == "no column for item 'a1' of A in the survey"
    shown = ", ".join(repr(f"zzz{k}") for k in range(5)) + ", …" * more
    assert error.value.problems[1] == (
        f"{n} columns not recognised: {shown}; give a codebook that says which heading is which item"
    )


def test_two_columns_of_one_item_are_named_by_their_places():
    with pytest.raises(SurveyError) as error:
        raw([(*r, "1") for r in varied(3)], ["Folio", "¿Acepta?", *ITEMS, "A-1"])
    assert error.value.problems == ("columns 3 and 8 are both item 'a1': 'a1' and 'A-1'",)
