"""Limits of screening and of the check of answers, met exactly and just missed, with answers made by hand."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from survey_cases import ITEMS, raw, study, varied

from surveypls.survey.answers_check import off_scale
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
