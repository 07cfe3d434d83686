"""Checking a survey and a study file together: warnings, sample size, the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plsem.groups.split import rows_needed
from plsem.model import Model
from plsem.power import minimum_n, smallest_path
from surveypls.__main__ import main
from surveypls.survey.check import CheckError, CheckReport, check, preflight

STUDY = """\
id: small
title: A small study
survey: {respondent: ID}
cleaning: {min_duplicate_items: 8}
efa: {prune: PRUNE, min_items: 2}
constructs:
  X: [X1, X2, X3]
  Y: [Y1, Y2, Y3]
  Z: [Z1]
paths: [X -> Y, Y -> Z]
"""
COLUMNS = ["X1", "X2", "X3", "Y1", "Y2", "Y3", "Z1"]


def _survey(n: int = 200, seed: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = 0.6 * x + 0.8 * rng.normal(size=n)
    z = 0.5 * y + 0.8 * rng.normal(size=n)
    latent = np.column_stack([x, x, x, y, y, y, z])
    answers = np.clip(np.round(3 + latent + 0.7 * rng.normal(size=latent.shape)), 1, 5).astype(int)
    return pd.DataFrame(answers, columns=COLUMNS).astype(object).assign(ID=[f"R{i}" for i in range(n)])


def _check(folder: Path, survey: pd.DataFrame, study: str = STUDY, *, prune: str = "false") -> CheckReport:
    survey.to_csv(folder / "survey.csv", index=False)
    (folder / "study.yaml").write_text(study.replace("PRUNE", prune), encoding="utf-8")
    return check(folder / "survey.csv", folder / "study.yaml")


def _one(lines: tuple[str, ...], words: str) -> str:
    found = [line for line in lines if words in line]
    assert len(found) == 1, (words, lines)
    return found[0]


def test_a_sound_pair_gives_no_errors_and_one_warning(tmp_path: Path) -> None:
    report = _check(tmp_path, _survey())
    assert report.errors == ()
    (single,) = report.warnings
    assert single == "study.yaml: Z has one item: its reliability cannot be estimated"
    assert report.model.splitlines() == [
        *("X =~ X1 + X2 + X3", "Y =~ Y1 + Y2 + Y3", "Z =~ Z1", "Y ~ X", "Z ~ Y"),
    ]
    assert "200 rows are left after screening." in report.facts
    assert report.text().endswith("Ready to run.")


def test_a_turned_item_is_found_and_listing_it_settles_it(tmp_path: Path) -> None:
    survey = _survey()
    survey["X2"] = 6 - survey["X2"]
    said = _one(_check(tmp_path, survey).warnings, "item X2 correlates -0.")
    assert "not listed under survey.reversed_items" in said
    listed = STUDY.replace("respondent: ID", "respondent: ID, reversed_items: [X2]")
    assert not any("X2" in w for w in _check(tmp_path, survey, listed).warnings)


def test_a_constant_item_is_an_error_unless_it_is_pruned(tmp_path: Path) -> None:
    survey = _survey().assign(X2=3)
    said = _one(_check(tmp_path, survey).errors, "item X2 (X): every answer that is kept is 3")
    assert said.startswith("survey.csv: ")
    pruned = _check(tmp_path, survey, prune="true")
    assert pruned.errors == ()
    _one(pruned.warnings, "item X2: the same answer in every row that is kept; it is pruned")
    assert any("X 2 of 3 (without X2)" in f for f in pruned.facts)


def test_items_answered_alike(tmp_path: Path) -> None:
    survey = _survey()
    survey["Y2"] = survey["Y1"]
    report = _check(tmp_path, survey)
    _one(report.warnings, "items Y1 and Y2 hold the same answers in every row")
    _one(report.errors, "'Y1' and 'Y2' are the same column")


def test_answers_off_the_scale_are_counted_with_the_nearest_label(tmp_path: Path) -> None:
    words = {1: "Never", 2: "Rarely", 3: "Sometimes", 4: "Often", 5: "Always"}
    survey = _survey()
    survey[COLUMNS] = survey[COLUMNS].map(lambda v: words[v])
    survey.loc[3, "X1"] = "Somtimes"
    survey.loc[5, "Y2"] = "9"
    labels = ", ".join(f"{w}: {v}" for v, w in words.items())
    report = _check(tmp_path, survey, STUDY.replace("respondent:", f"scale: {{{labels}}}, respondent:"))
    said = _one(report.warnings, "2 answers are off the scale")
    assert "'Somtimes' ×1 (row 5, X1; did you mean 'Sometimes'?)" in said
    assert "'9' ×1 (row 7, Y2)" in said


SPANISH = ("Totalmente en desacuerdo", "En desacuerdo", "Neutral", "De acuerdo", "Totalmente de acuerdo")


def _worded(survey: pd.DataFrame, labels: tuple[str, ...] = SPANISH) -> pd.DataFrame:
    return survey.assign(**{c: [labels[v - 1] for v in survey[c]] for c in COLUMNS})


def _with_scale(scale: dict[str, int]) -> str:
    listed = ", ".join(f"{label}: {v}" for label, v in scale.items())
    return STUDY.replace("respondent:", f"scale: {{{listed}}}, respondent:")


def test_a_mistyped_label_of_the_scale_is_an_error(tmp_path: Path) -> None:
    scale = {label: n for n, label in enumerate(SPANISH, 1)}
    survey = _worded(_survey())
    assert _check(tmp_path, survey, _with_scale(scale)).errors == ()
    n = int((survey[COLUMNS] == "De acuerdo").sum().sum())
    mistyped = {label.replace("De a", "Dea"): v for label, v in scale.items()}
    said = _one(_check(tmp_path, survey, _with_scale(mistyped)).errors, "survey.scale: 'De acuerdo'")
    assert said.startswith("study.yaml: ")
    assert f"×{n} in 7 items is not on the scale; did you mean it by 'Deacuerdo'" in said
    # a rare answer, mistyped: five of 1400
    rare = survey.replace("Totalmente en desacuerdo", "En desacuerdo")
    rare.loc[:4, "X1"] = "Totalmente en desacuerdo"
    mistyped = {label.replace("mente en", "mnte en"): v for label, v in scale.items()}
    _one(_check(tmp_path, rare, _with_scale(mistyped)).errors, "'Totalmente en desacuerdo' ×5 in X1")


def test_a_forgotten_point_of_the_scale_is_an_error(tmp_path: Path) -> None:
    forgotten = {label: n for n, label in enumerate(t for t in SPANISH if t != "Neutral")}
    _one(_check(tmp_path, _worded(_survey()), _with_scale(forgotten)).errors, "'Neutral' ×")


def test_a_respondent_of_strange_answers_is_no_second_heading(tmp_path: Path) -> None:
    survey = _survey()
    survey.loc[1, COLUMNS] = [9, 8, 9, 8, 9, 7, 7]
    assert not any("second heading" in w for w in _check(tmp_path, survey).warnings)
    survey.loc[1, COLUMNS] = ["don't know"] * 7
    survey.loc[50, "X1"] = "don't know"
    assert not any("second heading" in w for w in _check(tmp_path, survey).warnings)


def test_a_middle_at_an_end_of_the_scale_is_told(tmp_path: Path) -> None:
    order = ("Neutral", "De acuerdo", "En desacuerdo", "Totalmente de acuerdo", "Totalmente en desacuerdo")
    warnings = _check(
        tmp_path, _worded(_survey(), order), _with_scale({t: n for n, t in enumerate(order, 1)})
    ).warnings
    assert "'Neutral' names the middle" in _one(warnings, "stands at an end of it, 1")
    _one(warnings, "the numbers do not follow the labels")
    sound = _check(tmp_path, _worded(_survey()), _with_scale({t: n for n, t in enumerate(SPANISH, 1)}))
    assert not any("survey.scale" in w for w in sound.warnings)


def test_dropped_rows_are_told_with_their_rules(tmp_path: Path) -> None:
    survey = pd.concat([_survey(), _survey().iloc[[0, 1]]])
    survey.iloc[10, 0] = ""
    said = _one(_check(tmp_path, survey).warnings, "rows are kept; dropped:")
    assert "199 of 202 rows" in said
    assert "whole form sent again 2 (rows 202, 203)" in said
    assert "missing answer (listwise) 1 (rows 12)" in said


def test_the_same_id_or_answers_alone_are_told_and_kept(tmp_path: Path) -> None:
    survey = _survey()
    survey.loc[7, COLUMNS] = survey.loc[3, COLUMNS]
    survey.loc[9, "ID"] = "r4"
    report = _check(tmp_path, survey, STUDY.replace("min_duplicate_items: 8", "min_duplicate_items: 7"))
    assert "rows 11" in _one(report.warnings, "same id sent again: 1 rows, kept")
    assert "drop_same_answers: true" in _one(report.warnings, "same answers sent again")
    assert "200 rows are left after screening." in report.facts


def test_a_second_heading_row_is_read_as_such_and_told(tmp_path: Path) -> None:
    survey = _survey()
    second = pd.DataFrame([[*(f"How much {c}?" for c in COLUMNS), "ResponseId"]], columns=survey.columns)
    report = _check(tmp_path, pd.concat([second, survey]))
    assert report.errors == ()
    assert "Row 2 is no answer: question texts, below the headings." in report.facts
    assert "200 of 201 rows are kept; dropped: no row of answers 1" in _one(report.warnings, "rows are kept")


def test_columns_that_are_not_used_are_named(tmp_path: Path) -> None:
    survey = _survey()
    survey.insert(0, "Comment", "a", allow_duplicates=True)
    survey.insert(1, "comment ", "b", allow_duplicates=True)
    assert "2 columns are not used: 'Comment', 'comment'." in _check(tmp_path, survey).facts


def test_few_rows_are_told(tmp_path: Path) -> None:
    warnings = _check(tmp_path, _survey(60)).warnings
    assert "60 rows are fewer than 155" in _one(warnings, "inverse square root")
    assert not any("ten-times" in w for w in warnings)
    study = STUDY.replace("Y: [Y1, Y2, Y3]", "Y: {items: [Y1, Y2, Y3], mode: B}")
    assert "25 rows" in _one(_check(tmp_path, _survey(25), study).warnings, "ten-times rule asks for, 30")


def test_rows_too_few_for_the_items_are_told_before_anything_runs(tmp_path: Path) -> None:
    report = _check(tmp_path, _survey(7), STUDY + "pls: {predict_folds: 3}\n")
    assert "7 rows for 7 items" in _one(report.warnings, "exact fit, d_G, NFI and χ² are left blank")
    _one(report.warnings, "7 rows for 7 items: a factor analysis asks for at least 5")
    _one(_check(tmp_path, _survey(12)).warnings, "12 rows are too few for 7 items: d_G")
    _one(_check(tmp_path, _survey(30)).warnings, "30 rows for 7 items: a factor analysis asks for at least 5")


def test_an_indirect_hypothesis_needs_a_way(tmp_path: Path) -> None:
    more = "hypotheses:\n  - {id: H1, path: X -> Z, effect: indirect}\n"
    assert _check(tmp_path, _survey(), STUDY + more).errors == ()
    wrong = more + "  - {id: H2, path: X -> Y, effect: indirect}\n  - {id: H3, path: Z -> X, effect: total}\n"
    report = _check(tmp_path, _survey(), STUDY + wrong)
    _one(report.errors, "hypothesis H2: no way of two or more paths leads from X to Y")
    _one(report.errors, "hypothesis H3: no way leads from Z to X, so there is no total effect")


def test_a_pruned_sign_item_is_an_error(tmp_path: Path) -> None:
    survey = _survey()
    survey["X3"] = np.random.default_rng(1).integers(1, 6, len(survey))
    study = STUDY.replace("X: [X1, X2, X3]", "X: {items: [X1, X2, X3], sign_item: X3}")
    report = _check(tmp_path, survey, study, prune="true")
    _one(report.errors, "sign_item X3 is dropped by pruning")
    _one(report.warnings, "item X3 is pruned: MSA 0.37 is below 0.50")


def test_preflight_lists_every_error(tmp_path: Path) -> None:
    _check(tmp_path, _survey().assign(X2=3, Y3=2))
    with pytest.raises(CheckError, match=r"(?s)2 problems, nothing was run.*X2.*Y3"):
        preflight(tmp_path / "survey.csv", tmp_path / "study.yaml")
    _check(tmp_path, _survey())
    assert preflight(tmp_path / "survey.csv", tmp_path / "study.yaml").id == "small"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _check(tmp_path, _survey())
    files = [str(tmp_path / "survey.csv"), str(tmp_path / "study.yaml")]
    assert main(["check", *files, "--minimum-path", "0.1"]) == 0
    assert "200 rows are fewer than 619" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["check", *files, "--minimum-path", "2"])
    (tmp_path / "survey.csv").write_text("", encoding="utf-8")
    assert main(["check", *files]) == 2


@pytest.mark.parametrize(
    ("path", "significance", "rows"),
    # Kock & Hadaya (2018): 155 rows for 0.20 at 5 %, constants 3.168, 2.486 and 2.123 at 1 %, 5 % and 10 %.
    [(0.197, 0.05, 160), (0.2, 0.05, 155), (0.1, 0.05, 619), (0.2, 0.01, 251), (0.2, 0.10, 113)],
)
def test_inverse_square_root(path: float, significance: float, rows: int) -> None:
    assert minimum_n(path, significance=significance) == rows
    assert minimum_n(-path, significance=significance) == rows
    assert (
        smallest_path(rows, significance=significance)
        < path
        <= smallest_path(rows - 1, significance=significance)
    )
    with pytest.raises(ValueError, match="between 0 and 1"):
        minimum_n(0.0)


def test_ten_times_counts_arrows() -> None:
    blocks = {"A": ["a1", "a2", "a3", "a4"], "B": ["b1"], "C": ["c1", "c2"]}
    pairs = [("A", "B"), ("A", "C"), ("B", "C")]
    assert rows_needed(Model(blocks, pairs)) == (20, "C", 2)
    assert rows_needed(Model(blocks, pairs, modes={"A": "B"})) == (40, "A", 4)
