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
from surveypls.study.definition import parse_study
from surveypls.survey import trial
from surveypls.survey.answers_check import scale_order
from surveypls.survey.check import CheckError, CheckReport, _hints, check, preflight
from surveypls.survey.files import TextTable

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


# limits -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("lost", "less"), [(100, False), (101, True)])
def test_less_than_half_of_the_rows_is_said(lost: int, less: bool, tmp_path: Path) -> None:
    survey = _survey()
    survey.loc[: lost - 1, "X1"] = ""
    said = _one(_check(tmp_path, survey).warnings, "rows are kept")
    assert said.startswith(
        f"survey.csv: {200 - lost} of 200 rows are kept{', less than half' * less}; dropped: "
    )
    assert said.endswith(f"missing answer (listwise) {lost} (rows 2, 3, 4, 5, 6, 7, …)")


@pytest.mark.parametrize(
    ("n", "words", "told"),
    [
        (155, "inverse square root", False),
        (154, "inverse square root", True),
        (35, "a factor analysis asks for at least 5 rows an item (Gorsuch 1983), 35", False),
        (34, "a factor analysis asks for at least 5 rows an item (Gorsuch 1983), 35", True),
    ],
)
def test_rows_that_are_just_enough(n: int, words: str, told: bool, tmp_path: Path) -> None:
    assert any(words in w for w in _check(tmp_path, _survey(n)).warnings) is told


@pytest.mark.parametrize(("n", "told"), [(30, False), (29, True)])
def test_ten_rows_an_arrow_are_just_enough(n: int, told: bool, tmp_path: Path) -> None:
    study = STUDY.replace("Y: [Y1, Y2, Y3]", "Y: {items: [Y1, Y2, Y3], mode: B}")
    assert any("ten-times rule" in w for w in _check(tmp_path, _survey(n), study).warnings) is told


@pytest.mark.parametrize(("folds", "told"), [(20, False), (21, True)])
def test_each_fold_has_a_row(folds: int, told: bool, tmp_path: Path) -> None:
    report = _check(tmp_path, _survey(20), STUDY + f"pls: {{predict_folds: {folds}}}\n")
    said = f"20 rows for {folds} folds (pls.predict_folds); expected a row for each fold"
    assert any(said in e for e in report.errors) is told


def test_columns_that_are_not_used_are_counted_and_shortened(tmp_path: Path) -> None:
    one = _check(tmp_path, _survey().assign(**{"x" * 41: "a"}))
    assert f"One column is not used: {'x' * 40!r}." in one.facts
    two = _check(tmp_path, _survey().assign(Comment="a", Other="b"))
    assert "2 columns are not used: 'Comment', 'Other'." in two.facts


@pytest.mark.parametrize(("mode", "told"), [("A", True), ("B", False)])
def test_two_reflective_items_are_few(mode: str, told: bool, tmp_path: Path) -> None:
    study = STUDY.replace("Y: [Y1, Y2, Y3]", f"Y: {{items: [Y1, Y2], mode: {mode}}}")
    said = [w for w in _check(tmp_path, _survey(), study).warnings if "better" in w]
    assert said == (["study.yaml: Y has two items: three or more measure better"] if told else [])


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        # of four items two are half, and not more
        (["a1", "a2"], [], []),
        (["a1", "a2", "a3"], [], None),
        (["x"], [["1"]], ["the whole file is one column"]),
        (["x", "y"], [["1", "2"]], []),
        (
            ["x"] * 4,
            [[""] * 4, ["a1", "a2", "u", "v"], ["a1", "a2", "a3", "v"]],
            ["stand in row 4; delete the rows"],
        ),
        (["x"] * 4, [[""] * 4] * 4 + [["a1", "a2", "b1", "v"]], ["stand in row 6; delete the rows above it"]),
        (["x"] * 4, [[""] * 4] * 5 + [["a1", "a2", "b1", "v"]], []),
    ],
)
def test_where_the_headings_seem_to_stand(
    header: list[str], rows: list[list[str]], said: list[str] | None
) -> None:
    study = parse_study("id: t\ntitle: t\nconstructs: {A: [a1, a2, a3], B: [b1]}\npaths: [A -> B]")
    header = [*header, *["q"] * (4 - len(header))] if len(header) > 1 else header
    table = TextTable(tuple(header), tuple(map(tuple, rows)), tuple(range(2, len(rows) + 2)))
    found = list(_hints(table, study))
    assert len(found) == len(said or [])
    assert all(words in hint for words, hint in zip(said or [], found, strict=True))


# what a scale's order and stray answers say ----------------------------------------------------------------
def _order(scale: dict[str, int]) -> list[str]:
    listed = ", ".join(f"{label}: {v}" for label, v in scale.items())
    study = parse_study(
        STUDY.replace("PRUNE", "false").replace("respondent:", f"scale: {{{listed}}}, respondent:")
    )
    return list(scale_order(study))


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["Neutral", "De acuerdo"], []),  # two answers have no middle
        (["Neutral", "Algo de acuerdo", "De acuerdo"], ["'Neutral' names the middle"]),
        (
            ["De acuerdo", "Algo de acuerdo", "Neutral"],
            [
                "stands at an end of it, 3; is the order De acuerdo, Algo",
                "the highest number is the lowest answer",
            ],
        ),
        (["En desacuerdo", "Neutral", "De acuerdo"], []),
        (["De acuerdo", "En desacuerdo"], []),
        # two labels of one strength, up and down
        (["En desacuerdo", "Muy de acuerdo", "Mayormente de acuerdo", "Totalmente de acuerdo"], []),
        (
            ["Totalmente de acuerdo", "Muy de acuerdo", "Mayormente de acuerdo", "En desacuerdo"],
            ["the highest number is the lowest answer"],
        ),
        (
            ["En desacuerdo", "De acuerdo", "Algo de acuerdo"],
            ["the numbers do not follow the labels: En desacuerdo: 1, De acuerdo: 2, Algo de acuerdo: 3"],
        ),
        (
            ["Algo en desacuerdo", "Neutral", "Algo de acuerdo", "En desacuerdo"],
            ["the numbers do not follow the labels"],
        ),
        (["zub", "mip", "De acuerdo", "En desacuerdo"], []),
    ],
)
def test_whether_the_numbers_follow_the_labels(labels: list[str], told: list[str]) -> None:
    found = _order({label: n for n, label in enumerate(labels, 1)})
    assert len(found) == len(told)
    assert all(words in line for words, line in zip(told, found, strict=True))


@pytest.mark.parametrize(("n", "more"), [(6, False), (7, True)])
def test_six_stray_answers_are_named(n: int, more: bool, tmp_path: Path) -> None:
    survey = _survey()
    for k in range(n):
        survey.loc[k, "X1"] = str(11 + k) + "x" * 40
    said = _one(_check(tmp_path, survey).warnings, f"{n} answers are off the scale (1, 2, 3, 4, 5)")
    assert said.count("(row ") == 6 and ("…" in said.partition("taken")[2]) is more
    assert repr("11" + "x" * 38) in said and "x" * 39 not in said


@pytest.mark.parametrize(("items", "where"), [(["X2"], "in X2"), (["X2", "Y1"], "in 2 items")])
def test_a_text_that_many_gave_is_named_with_its_items(items: list[str], where: str, tmp_path: Path) -> None:
    survey = _survey()
    survey.loc[:39, items] = "x" * 41
    said = _one(_check(tmp_path, survey).errors, "is not on the scale")
    assert f"survey.scale: {'x' * 40!r} ×{40 * len(items)} {where} is not" in said


# items that go against or follow from others ----------------------------------------------------------------
@pytest.mark.parametrize(("alike", "told"), [(4, True), (6, False), (12, False)])
def test_an_item_goes_against_the_rest_beyond_chance(alike: int, told: bool) -> None:
    # of 16 answers 4 agree: r = (4 - 12) / 16 = -0.5; the limit is 1.96 / 4 = 0.49
    one = np.repeat([1.0, 2.0], 8)
    other = one.copy()
    turned = [*range(8 - alike // 2), *range(8, 16 - alike // 2)]
    other[turned] = 3 - other[turned]
    data = pd.DataFrame({"X1": one, "X2": other, "Y1": one, "Y2": other, "Z1": one})
    text = "id: t\ntitle: t\nconstructs: {X: [X1, X2], Y: {items: [Y1, Y2], mode: B}, Z: [Z1]}\npaths: [X -> Y, Y -> Z]"
    found = [line for line in trial._turned(data, parse_study(text)) if "correlates" in line]
    expected = [
        f"item {i} correlates -0.50 with the rest of X: does it ask the opposite? " for i in ("X1", "X2")
    ]
    assert [line.partition("(")[0] for line in found] == (expected if told else [])


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([(1.0, "A1"), (1.0, "A2"), (-0.5, "A3")], "A1 + A2 − 0.5 A3"),
        ([(-1.0, "A1"), (2.0, "A2")], "−A1 + 2 A2"),
        ([(1 / 3, "A1"), (-1 / 3, "A2")], "0.3333 A1 − 0.3333 A2"),
    ],
)
def test_a_sum_is_written_as_one_reads_it(parts: list[tuple[float, str]], text: str) -> None:
    assert trial._sum(parts) == text


def test_what_follows_from_others_needs_more_rows_than_items() -> None:
    data = pd.DataFrame({"a": [1, 2, 3, 5], "b": [2, 1, 5, 1], "c": [3, 3, 8, 6], "d": [4, 4, 4, 4]})
    assert list(trial.dependent(data)) == []
    more = pd.concat([data, pd.DataFrame({"a": [4], "b": [4], "c": [8], "d": [4]})])
    (said,) = trial.dependent(more)
    assert said == "item c follows from others in every row, c = a + b: leave one of them out"
