"""What the multiverse shows, from analyses written by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from figure_cases import CHOICES, DRAWINGS, SPECIFICATIONS

from plsem.multiverse import NO_SOLUTION, REASONS, SIGNED_DRAWS, Multiverse, Prepared
from surveypls import figures
from surveypls.compendium import multiverse as universe
from surveypls.figures import FigureError
from surveypls.report.multiverse import multiverse
from surveypls.study.choices import AS_STATED, ITEMS, MISSING, SCHEMES, SCREENING, MultiverseSettings
from surveypls.study.definition import StudyError, parse_study
from surveypls.survey.reading import read_survey
from surveypls.tables import choice_effects_table, multiverse_table, over_surveys_table
from surveypls.tables.multiverse import CHOICE_NAMES
from tabletext.catalogue import spanish
from tabletext.display import Display

OWN = ("items", "test")
ROWS = [
    ("all candidates", "t", 0.50, True, False),
    ("all candidates", "bca", 0.50, False, False),
    ("as the study states", "t", 0.30, True, False),
    ("as the study states", "bca", 0.30, False, False),
    ("loadings of at least 0.50", "t", 0.30, True, True),
    ("loadings of at least 0.50", "bca", 0.30, False, True),
]
ANALYSES = pd.DataFrame(ROWS, columns=[*OWN, "estimate", "holds", "repeated"]).assign(hypothesis="H1")
LEFT_OUT = pd.DataFrame({"reason": [SIGNED_DRAWS, NO_SOLUTION], "analyses": [10, 4]})


def test_the_sentence_counts_each_analysis_once_and_names_what_moves_it():
    said = multiverse(ANALYSES, LEFT_OUT, OWN)
    assert said == (
        "H1 holds in 2 of 4 analyses (50%). The choice that moves it most is “Test”: of pairs of analyses that "
        "differ in it alone, 100% decide differently. Left out by rule were 14 combinations, 4 of them for want of a "
        "solution."
    )
    assert "se sostiene en 2 de 4 análisis" in multiverse(ANALYSES, LEFT_OUT, OWN, display=Display("es"))


def test_nothing_is_said_to_move_what_nothing_moves():
    assert "moves" not in multiverse(ANALYSES.assign(holds=True), LEFT_OUT, OWN)


def test_shares_stand_by_option():
    rows = multiverse_table(ANALYSES, OWN).frame.to_dict("records")
    assert [(r["option"], r["count"], r["H1"]) for r in rows] == [
        ("", 4, 0.5),
        ("all candidates", 2, 0.5),
        ("as the study states", 2, 0.5),
        ("p from t", 2, 1.0),
        ("BCa interval", 2, 0.0),
    ]


def test_effects_compare_pairs_repeated_ones_included():
    rows = {r["choice"]: r for r in choice_effects_table(ANALYSES, OWN).frame.to_dict("records")}
    assert (rows["Test"]["pairs"], rows["Test"]["decisions_changed"]) == (3, 1.0)
    # of items 0.50, 0.30, 0.30 under either test: differences 0.20, 0.20, 0
    assert rows["Items"]["pairs"] == 6
    assert rows["Items"]["estimate_change"] == pytest.approx(0.4 / 3)


def test_other_surveys_stand_by_n():
    table = pd.DataFrame(
        [("H1", "0", 45, True), ("H1", "0", 45, False), ("H1", "1", 45, False), ("H1", "2", 80, True)],
        columns=["hypothesis", "survey", "n", "holds"],
    )
    rows = over_surveys_table(table).frame.to_dict("records")
    assert [(r["n"], r["surveys"], r["H1"]) for r in rows] == [(45, 2, pytest.approx(1 / 3)), (80, 1, 1.0)]


def test_every_choice_option_and_reason_has_a_name():
    assert {*universe.CHOICES, *universe.OF_SURVEYS} == set(CHOICE_NAMES)
    assert all(
        spanish()[name].string
        for name in (*SCREENING, *ITEMS, *MISSING.values(), *SCHEMES.values(), *REASONS)
    )


def test_specifications_stand_in_order_with_their_choices_below():
    figure, data = DRAWINGS["specification_curve"]()
    assert data["order"].tolist() == [1, 2, 3, 1]
    assert data["estimate"].tolist() == [0.29, 0.31, 0.41, -0.20]
    assert data["excludes_0"].tolist() == [False, True, True, True]
    assert data["marked"].tolist() == [False, True, False, True]
    marks = [line.get_xdata().tolist() for line in figure.axes[1].lines if line.get_marker() == "|"]
    assert marks == [[1, 2], [3], [2, 3], [1]]
    with pytest.raises(FigureError, match="no column 'tail'"):
        figures.specification_curve(SPECIFICATIONS, {**CHOICES, "tail": {"": "Tail"}})


STUDY = """
id: small
title: small
constructs: {X: [x1, x2, x3], Y: [y1, y2, y3]}
paths: [X -> Y]
hypotheses: [{id: H1, path: X -> Y, sign: negative}]
"""


def test_a_stated_sign_must_be_met(monkeypatch):
    study = parse_study(STUDY)
    found = pd.DataFrame(
        [("path_coefficient", "X", "Y", 0.4, True), ("path_coefficient", "X", "Y", -0.4, True)],
        columns=["statistic", "row", "column", "estimate", "significant"],
    )
    monkeypatch.setattr(universe, "multiverse", lambda *a, **k: Multiverse(found, LEFT_OUT))
    tried = universe.study_multiverse(study, [Prepared({}, found, study.model())], n_resamples=100)
    assert tried.analyses["hypothesis"].tolist() == ["H1", "H1"]
    assert tried.analyses["holds"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{items: [all candidate]}", "multiverse.items.0: expected 'as the study states', 'all candidates'"),
        ("{schemes: []}", "multiverse.schemes: at least 1 entry is needed"),
        ("{n_resamples: 99}", "multiverse.n_resamples: expected greater than or equal to 100 (found 99)"),
        ("{itms: [all candidates]}", "multiverse.itms: unknown key; did you mean 'items'?"),
        ("sometimes", "multiverse: expected keys with values (found 'sometimes')"),
    ],
)
def test_a_study_file_says_what_is_wrong_with_its_choices(written, said):
    with pytest.raises(StudyError, match=re.escape(said)):
        parse_study(f"{STUDY}multiverse: {written}\n")


def test_a_study_file_asks_for_all_choices_some_or_none():
    assert parse_study(f"{STUDY}multiverse: false\n").multiverse is None
    everything = parse_study(f"{STUDY}multiverse: true\n").multiverse
    assert everything == MultiverseSettings() and everything.items == tuple(ITEMS)
    some = parse_study(
        f"{STUDY}multiverse: {{missing: [em], schemes: [path], n_resamples: 100}}\n"
    ).multiverse
    assert (some.missing, some.schemes, some.n_resamples) == (("em",), ("path",), 100)
    assert some.screening == tuple(SCREENING)


def test_three_hypotheses_or_more_stand_side_by_side():
    three = pd.concat(
        [SPECIFICATIONS[SPECIFICATIONS["hypothesis"] == "H1"].assign(hypothesis=f"H{k}") for k in range(1, 5)]
    )
    figure, data = figures.specification_curve(three, CHOICES)
    figure.draw_without_rendering()
    curves = [ax for ax in figure.axes if ax.get_ylabel()]
    assert [ax.get_ylabel() for ax in curves] == ["H1", "H2", "H3", "H4"]
    places = [(round(ax.get_position().x0, 2), round(ax.get_position().y0, 2)) for ax in curves]
    assert (
        len({y for _, y in places[:3]}) == 1 and places[3][0] == places[0][0] and places[3][1] < places[0][1]
    )
    assert len(figure.axes) == 8 and data["hypothesis"].nunique() == 4


def test_data_are_made_by_each_chosen_rule_and_no_other():
    folder = Path(__file__).parents[2] / "examples" / "library_app"
    screening, items = "[as the study states]", "[all candidates, as the study states]"
    asked = f"{{missing: [mean, listwise], items: {items}, screening: {screening}}}"
    study = parse_study(f"{(folder / 'study.yaml').read_text(encoding='utf-8')}\nmultiverse: {asked}\n")
    raw = read_survey(folder / "survey.csv", study, folder / "codebook.csv")
    sets = universe.prepared(study, raw)
    assert [tuple(one.choices.values()) for one in sets] == [
        ("as the study states", gaps, items)
        for gaps in ("mean", "listwise")
        for items in ("all candidates", "as the study states")
    ]
    every, pruned, fewer_rows, _ = sets
    assert set(every.model.items) - set(pruned.model.items) == {"EASE5"}  # the guide's check says why
    assert len(every.data) == 291 and len(fewer_rows.data) == 280  # eleven respondents left gaps
    columns = list(fewer_rows.model.items)
    pd.testing.assert_frame_equal(fewer_rows.data, every.data.loc[fewer_rows.data.index, columns])
    assert every.data.notna().all(axis=None)


SMALL = "id: t\ntitle: t\nconstructs: {A: [a1, a2], B: [b1]}\npaths: [A -> B]\n"
OF_ONE_ESTIMATE = [
    # screening, missing, items, scheme, estimator, sign_changes, test, alternative, repeated
    (AS_STATED, "listwise", AS_STATED, "path", "PLS", "none", "percentile", "two-sided", False),
    (AS_STATED, "listwise", AS_STATED, "path", "PLS", "none", "percentile", "two-sided", True),
    (AS_STATED, "listwise", AS_STATED, "path", "PLS", "none", "percentile", "one-sided", False),
    (AS_STATED, "listwise", AS_STATED, "path", "PLS", "none", "bca", "two-sided", False),
    (AS_STATED, "listwise", AS_STATED, "path", "PLS", "construct", "percentile", "two-sided", False),
    (AS_STATED, "mean", AS_STATED, "path", "PLS", "none", "percentile", "two-sided", False),
    (AS_STATED, "listwise", AS_STATED, "path", "PLSc", "none", "percentile", "two-sided", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "shown", "marked"),
    [
        ("", [0, 5, 6], [0]),
        ("bootstrap: {interval: bca}", [3], [3]),
        ("bootstrap: {sign_changes: construct}", [4], [4]),
        ("bootstrap: {sign_changes: individual}", [0, 5, 6], [0]),
        ("cleaning: {missing: mean}", [0, 5, 6], [5]),
        ("pls: {consistent: true}", [0, 5, 6], [6]),
        ("pls: {scheme: factor}", [0, 5, 6], []),
    ],
)
def test_each_estimate_is_shown_once_and_the_studys_own_is_marked(settings, shown, marked):
    columns = ["screening", "missing", "items", "scheme", "estimator"]
    columns += ["sign_changes", "test", "alternative", "repeated"]
    analyses = pd.DataFrame(OF_ONE_ESTIMATE, columns=columns).rename_axis("n").reset_index()
    found = universe.specifications(parse_study(SMALL + settings), analyses)
    assert found["n"].tolist() == shown
    assert found.loc[found["marked"], "n"].tolist() == marked


def test_other_surveys_leave_the_choices_of_the_analysis(monkeypatch):
    asked = []
    monkeypatch.setattr(
        universe, "study_multiverse", lambda study, sets, **options: asked.append((sets, options))
    )
    answers = pd.DataFrame({"matrix": [4, 4, 2], "a1": [1, 2, 3], "a2": [2, 2, 1], "b1": [3, 1, 1]})
    universe.surveys_multiverse(parse_study(SMALL), answers, n_resamples=7)
    ((sets, options),) = asked
    assert [(s.choices, s.data.to_numpy().tolist()) for s in sets] == [
        ({"survey": "4"}, [[1, 2, 3], [2, 2, 1]]),
        ({"survey": "2"}, [[3, 1, 1]]),
    ]
    assert options == {"n_resamples": 7, "n_jobs": 1, "progress": None}
