"""Each truth has one home: a threshold or a rule that changes, changes marks, notes, headings and sentences."""

import dataclasses

import pandas as pd
import pytest

from plsem.thresholds import THRESHOLDS
from surveypls import tables
from surveypls.report import measured, modelled, narrative
from surveypls.study.definition import parse_study
from surveypls.tables import thresholds
from tabletext.display import Display

ES = Display("es")
STUDY = parse_study(
    """
id: small
title: t
constructs: {X: [x1, x2], Y: [y1, y2]}
paths: [X -> Y]
hypotheses:
  - {id: H1, path: X -> Y, sign: positive}
  - {id: H2, path: X -> Y, sign: negative}
"""
)
ROWS = [
    *[("outer_loading", item, item[0].upper(), 0.65) for item in ("x1", "x2", "y1", "y2")],
    *[(s, c, "", 0.65) for s in ("cronbach_alpha", "rho_a", "rho_c", "ave") for c in "XY"],
    *[("sqrt_ave", c, c, 0.8) for c in "XY"],
    ("construct_correlation", "Y", "X", 0.3),
    ("htmt", "Y", "X", 0.7),
    ("htmt2", "Y", "X", 0.7),
    ("path_coefficient", "X", "Y", 0.3),
    ("f_squared", "X", "Y", 0.2),
    ("inner_vif", "X", "Y", 1.0),
    ("r_squared", "", "Y", 0.3),
    ("q_squared_predict", "", "Y", 0.05),
    ("srmr", "model", "estimated/composite", 0.06),
]
SUMMARY = pd.DataFrame(ROWS, columns=["statistic", "row", "column", "original"]).assign(
    standard_deviation=0.1, t_statistic=3.0, p_value=0.003, lower=0.1, upper=0.75
)


@pytest.fixture
def changed(monkeypatch):
    def change(statistic, **fields):
        monkeypatch.setitem(THRESHOLDS, statistic, dataclasses.replace(THRESHOLDS[statistic], **fields))

    return change


def htmt(display):
    bounds = pd.DataFrame(
        {"row": ["Y"], "column": ["X"], "upper": [0.8], "threshold": [1.0], "below": [True]}
    )
    table = tables.table_4_htmt(STUDY, SUMMARY, display=display)
    return {
        "mark": table.cells()[1][1][-1],
        "note": table.note,
        "sentence": measured.discriminant(STUDY, SUMMARY, bounds, display=display),
    }


def test_htmt(changed):
    for display, sign in ((Display(), "."), (ES, ",")):
        before = htmt(display)
        assert before["mark"] == "✓"
        assert f"0{sign}85, ~" in before["note"] and f"0{sign}90" in before["note"]
        assert f"0{sign}85" in before["sentence"]
    changed("htmt", acceptable=0.611, borderline=0.72)
    for display, sign in ((Display(), "."), (ES, ",")):
        after = htmt(display)
        assert after["mark"] == "~"
        assert f"0{sign}611, ~" in after["note"] and f"0{sign}72" in after["note"]
        assert f"0{sign}611" in after["sentence"] and f"0{sign}72)" in after["sentence"]
        assert "0.85" not in str(after) and "0,85" not in str(after)


def test_effect_sizes(changed):
    def shown():
        six, paths = tables.table_6_model_quality(STUDY, SUMMARY), tables.path_table(STUDY, SUMMARY)
        return six.note, paths.note, paths.frame["size"].iloc[0], modelled.explained(STUDY, SUMMARY)

    for text in shown()[:2]:
        assert "Size of f²: small from 0.02, medium from 0.15, large from 0.35 (Cohen, 1988)." in text
    assert shown()[2] == "medium" and "(medium)" in shown()[3]
    changed("f_squared", sizes=((0.01, "small"), (0.12, "large")), source="Someone (2001)")
    for text in shown()[:2]:
        assert "Size of f²: small from 0.01, large from 0.12 (Someone, 2001)." in text
    assert shown()[2] == "large" and "(large)" in shown()[3]


def test_explained_variance(changed):
    def shown():
        table = tables.table_6_model_quality(STUDY, SUMMARY.assign(lower=0.25))
        return table.marks.get((0, "r_squared"), "").strip(), table.note

    assert shown()[0] == "✓" and "R² ≥ 0.10" in shown()[1]
    changed("r_squared", acceptable=0.4, direction="above")
    assert shown()[0] == "✗" and "R² > 0.40" in shown()[1]


@pytest.mark.parametrize(
    ("statistic", "shown"), [("outer_loading", "loading"), ("ave", "AVE"), ("rho_c", "reliability")]
)
def test_measurement(changed, statistic, shown):
    changed(statistic, acceptable=0.611, borderline=None)
    sure = SUMMARY.assign(lower=SUMMARY["original"], upper=SUMMARY["original"])
    table = tables.table_2_reflective_measurement(STUDY, sure)
    assert f"{shown} ≥ 0.611" in table.note
    assert table.marks[0, statistic].endswith("✓")
    changed(statistic, acceptable=0.666, borderline=None)
    assert tables.table_2_reflective_measurement(STUDY, SUMMARY).marks[0, statistic].endswith("✗")
    assert ("0.666" in measured.reliability(STUDY, SUMMARY)) == (statistic == "outer_loading")


def test_fit(changed):
    assert modelled.fit(STUDY, SUMMARY.rename(columns={"original": "value"})).endswith(
        "within the usual limit of 0.08."
    )
    changed("srmr", acceptable=0.055)
    assert "just outside the usual limit of 0.055." in modelled.fit(STUDY, SUMMARY)
    six = tables.table_6_model_quality(STUDY, SUMMARY)
    assert "SRMR < 0.055" in six.note and six.marks[0, "srmr"].endswith("~")


def test_marks_note_without_a_middle():
    assert thresholds.marks_note("nfi") == "✓ above 0.90, ✗ otherwise."
    assert thresholds.bound("outer_vif", ES) == "< 3"


def test_each_hypothesis_is_decided_by_its_own_sign_in_every_table_and_sentence():
    five, paths = tables.table_5_paths(STUDY, SUMMARY), tables.path_table(STUDY, SUMMARY)
    assert five.frame["decision"].tolist() == ["Accepted", "Rejected, significant with the opposite sign"]
    assert paths.frame["decision"].tolist() == [
        "supported",
        "not supported, significant with the opposite sign",
    ]
    assert narrative.hypothesis_table(STUDY, SUMMARY)["supported"].tolist() == [True, False]
    for table in (five, paths):
        assert "Hypotheses are decided by p < 0.05; a stated sign must be met." in table.note
    strict = STUDY.model_copy(
        update={"bootstrap": STUDY.bootstrap.model_copy(update={"significance": 0.001})}
    )
    assert "p < 0,001" in tables.table_5_paths(strict, SUMMARY, display=ES).note
    assert tables.path_table(strict, SUMMARY).frame["decision"].tolist() == ["not supported"] * 2
