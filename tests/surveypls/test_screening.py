"""Screening: each rule drops or reports what it names, the log says why, and the raw survey stays as it was."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from survey_cases import CODEBOOK, ITEMS, raw, study, varied

from surveypls.study.definition import load_study, parse_study
from surveypls.survey.careless import longest_run, mahalanobis, response_variability
from surveypls.survey.files import SurveyError
from surveypls.survey.log import RULES
from surveypls.survey.reading import read_survey
from surveypls.survey.screening import clean

ROOT = Path(__file__).parents[2]
OFF = {
    "min_completion": None,
    "max_person_missing": None,
    "mahalanobis_p": None,
    "drop_duplicates": False,
    "missing": "mean",
}


def cleaned(rows, labels="en", *, text="", codebook=None, header=None, **rules):
    chosen = study(text, **(OFF | rules))
    return clean(raw(rows, header, study_=chosen, codebook=codebook), chosen, labels=labels)


def step(result, rule):
    return result.flow.set_index("rule").loc[rule]


def dropped(result):
    return result.log.loc[result.log["action"] == "dropped", "respondent"].tolist()


def test_clean_answers_stay_as_they_are():
    rows = varied(12)
    found = cleaned(rows)
    assert found.log.empty
    assert found.responses.to_numpy().astype(int).tolist() == [[int(c) for c in r[2:]] for r in rows]
    assert found.responses.index.tolist() == [r[0] for r in rows]
    assert list(found.responses.columns) == ITEMS
    assert found.flow["rows_kept"].unique().tolist() == [12]
    assert found.mcar is None


def test_the_flow_adds_up_and_every_loss_is_in_the_log():
    rows = varied(20)
    rows[3] = ("R4", "No", *rows[3][2:])
    rows[5] = ("R6", "", "", "", "", "", "")
    rows[7] = ("R8", "Sí", "5", "", "NA", "No sé", "2")
    found = cleaned(rows, min_completion=0.8, missing="listwise", drop_duplicates=True)
    flow = found.flow
    assert (flow["rows_in"] - flow["dropped"] == flow["rows_kept"]).all()
    assert flow["rows_in"].iloc[1:].tolist() == flow["rows_kept"].iloc[:-1].tolist()
    counted = found.log[found.log["action"] == "dropped"].groupby("rule").size()
    assert counted.to_dict() == {"consent": 1, "blank": 1, "completion": 1}
    assert set(flow["rule"]) <= set(RULES)
    assert len(found.responses) == 17
    people = found.respondents.set_index("respondent")
    assert people.loc[["R4", "R6", "R8"], "dropped_by"].tolist() == ["consent", "blank", "completion"]
    assert people["kept"].sum() == 17


def test_consent_in_any_spelling():
    rows = varied(6)
    said = ["SI", " sí. ", "Acepto", "no", "", "No acepto"]
    rows = [(r[0], s, *r[2:]) for r, s in zip(rows, said, strict=True)]
    found = cleaned(rows)
    assert dropped(found) == ["R4", "R5", "R6"]
    assert "'no'" in found.log["what"].iloc[0]
    assert step(found, "consent")["parameter"] == "Sí, Acepto"


def test_blank_forms_and_refusals_are_told_apart():
    rows = [*varied(4), ("R5", "", *[""] * 5), ("R6", "Sí", "NA", *[""] * 4), ("R7", "No", *[""] * 5)]
    found = cleaned(rows)
    assert step(found, "blank")["dropped"] == 2
    assert step(found, "consent")["dropped"] == 1
    assert found.log["rule"].tolist() == ["blank", "blank", "consent"]


def test_without_a_consent_column_nobody_needs_one():
    chosen = study(**OFF)
    chosen = chosen.model_copy(
        update={"survey": chosen.survey.model_copy(update={"consent": None, "respondent": None})}
    )
    found = clean(raw([r[2:] for r in varied(5)], ITEMS, study_=chosen), chosen)
    assert found.responses.index.tolist() == [f"row {i}" for i in range(2, 7)]
    assert "consent" not in set(found.flow["rule"])


def test_a_whole_form_sent_twice_keeps_the_first():
    rows = varied(5)
    again = tuple(rows[1])
    found = cleaned([*rows, again, again], drop_duplicates=True)
    assert found.log["row"].tolist() == [7, 8]
    assert "same as row 3" in found.log["what"].iloc[0]
    assert step(found, "duplicate_row")["dropped"] == 2
    kept = cleaned([*rows, again], drop_duplicates=False)
    assert len(kept.responses) == 6
    assert step(kept, "duplicate_id")["flagged"] == 1


def test_the_same_id_with_anything_else_different_is_reported_and_dropped_only_if_asked():
    rows = varied(5)
    again = (" r2 ", "Sí", *rows[4][2:])
    found = cleaned([*rows, again], drop_duplicates=True)
    assert step(found, "duplicate_id")[["dropped", "flagged"]].tolist() == [0, 1]
    assert len(found.responses) == 6
    gone = cleaned([*rows, again, again], drop_same_id=True)
    assert gone.log["row"].tolist() == [7, 8]
    assert "same id as row 3" in gone.log["what"].iloc[0]


def test_respondents_without_an_id_are_not_duplicates():
    rows = [("", *r[1:]) for r in varied(4)]
    found = cleaned([*rows, rows[2]], drop_duplicates=True, drop_same_id=True, min_duplicate_items=5)
    assert found.responses.index.tolist() == ["row 2", "row 3", "row 4", "row 5", "row 6"]
    assert step(found, "duplicate_answers")["flagged"] == 1


def test_duplicate_answers_need_enough_of_them():
    rows = varied(6)
    again = ("R9", "Sí", *rows[2][2:])
    assert dropped(cleaned([*rows, again], drop_same_answers=True, min_duplicate_items=5)) == ["R9"]
    assert dropped(cleaned([*rows, again], min_duplicate_items=5)) == []
    assert dropped(cleaned([*rows, again], drop_same_answers=True, min_duplicate_items=6)) == []
    flat = [("R7", "Sí", *"55555"), ("R8", "Sí", *"55555")]
    assert dropped(cleaned([*rows, *flat], drop_same_answers=True, min_duplicate_items=5)) == []


def test_an_item_answered_alike_is_named_and_the_distances_are_still_computed():
    rows = [(*r[:2], "3", *r[3:]) for r in varied(30)]
    found = cleaned(rows, mahalanobis_p=0.001)
    assert any("leave out a1, answered alike" in note for note in found.notes)
    assert found.respondents["mahalanobis"].notna().all()


def _timed_study(n_items, **cleaning):
    items = [f"a{i}" for i in range(1, n_items + 1)]
    constructs = f"{{A: [{', '.join(items)}], B: [b1, b2]}}"
    found = parse_study(f"id: t\ntitle: t\nsurvey: {{time: Time}}\nconstructs: {constructs}\npaths: [A -> B]")
    return found.model_copy(update={"cleaning": found.cleaning.model_copy(update=cleaning)}), [
        *items,
        "b1",
        "b2",
    ]


def _timed(n_items, times, answers, **cleaning):
    given, items = _timed_study(n_items, **cleaning)
    rows = [(time, *a) for time, a in zip(times, answers, strict=True)]
    return clean(raw(rows, ["Time", *items], study_=given), given)


def test_the_same_answers_count_from_all_items_on_unless_these_are_few():
    answers = [r[2:] for r in varied(6, 12)]
    answers.append(answers[2])
    times = [f"2025-01-02 10:0{i}" for i in range(7)]
    found = _timed(10, times, answers, drop_same_answers=True)
    assert step(found, "duplicate_answers")[["parameter", "dropped"]].tolist() == [">= 12", 1]
    assert step(_timed(10, times, answers), "duplicate_answers")[["dropped", "flagged"]].tolist() == [0, 1]
    # eight items can be answered alike by chance: the rule says that it cannot fire, and the rows stay
    few = [a[:8] for a in answers]
    found = _timed(6, times, few, drop_same_answers=True)
    assert step(found, "duplicate_answers")[["parameter", "dropped"]].tolist() == ["", 0]
    assert any("8 items are fewer than 10" in note for note in found.notes)
    found = _timed(10, times, answers, min_duplicate_items=20, drop_same_answers=True)
    assert any("12 items are fewer than 20" in note for note in found.notes)
    found = _timed(25, times, [a * 2 + a[:3] for a in answers])
    assert step(found, "duplicate_answers")["parameter"] == ">= 20"


@pytest.mark.parametrize(
    ("time", "n"), [("2025-01-02 10:03", 1), ("2025-01-02", 0), ("2025-01-02 00:00:00", 0)]
)
def test_rows_alike_in_every_cell_with_the_time_are_sent_twice(time, n):
    answers = [r[2:] for r in varied(6)]
    answers += [answers[4]]
    assert len(_timed(3, [time] * 7, answers).responses) == 7 - n
    assert len(_timed(3, [time] * 6 + ["2025-01-02 10:04"], answers).responses) == 7


def test_the_papers_screening_is_what_was_committed():
    folder = Path(__file__).parents[2]
    shipped = load_study(folder / "study.yaml")
    found = clean(read_survey(folder / "data/raw/survey.csv", shipped, folder / "data/codebook.csv"), shipped)
    committed = pd.read_csv(folder / "data/derived/01_cleaning_flow.csv", keep_default_na=False)
    assert found.flow["dropped"].tolist() == committed["dropped"].tolist()
    assert found.flow["parameter"].tolist() == committed["parameter"].tolist()
    assert not any("twice" in note for note in found.notes)


def test_an_id_that_repeats_because_duplicates_stay_gets_its_row():
    rows = varied(3)
    found = cleaned([*rows, ("R1", "Sí", "1", "1", "2", "2", "3")])
    assert found.responses.index.tolist() == ["R1 (row 2)", "R2", "R3", "R1 (row 5)"]


def test_off_scale_answers_become_missing_and_are_logged():
    rows = [list(r) for r in varied(10)]
    rows[2][3], rows[6][6] = "6", "Muchas veces"
    found = cleaned(rows, missing="listwise")
    notes = found.log[found.log["rule"] == "out_of_scale"]
    assert notes[["row", "item", "found", "action"]].to_numpy().tolist() == [
        [4, "a2", "6", "set missing"],
        [8, "b2", "Muchas veces", "set missing"],
    ]
    assert step(found, "out_of_scale")[["dropped", "flagged"]].tolist() == [0, 2]
    assert dropped(found) == ["R3", "R7"]


def test_completion_and_person_missing_look_at_different_items():
    header = ["Folio", "¿Acepta?", *CODEBOOK["header"]]
    rows = [list(r) for r in varied(8, 6)]
    rows[1][4] = ""  # x1 is on the instrument, not analysed
    rows[2][2] = ""  # a1 is analysed
    whole = cleaned(rows, header=header, codebook=CODEBOOK, min_completion=0.9)
    assert dropped(whole) == ["R2", "R3"]
    analysed = cleaned(rows, header=header, codebook=CODEBOOK, max_person_missing=0.1)
    assert dropped(analysed) == ["R3"]
    assert list(whole.instrument.columns) == ["a1", "a2", "x1", "a3", "b1", "b2"]


def test_reversed_items_are_turned_after_straight_lining_is_looked_for():
    header = ["Folio", "¿Acepta?", *CODEBOOK["header"]]
    rows = [*varied(8, 6), ("R9", "Sí", *"444444")]
    found = cleaned(rows, header=header, codebook=CODEBOOK, max_longstring=5)
    assert dropped(found) == ["R9"]
    turned = found.responses["a2"].to_numpy()
    assert turned.tolist() == [6 - int(r[3]) for r in rows[:8]]
    assert found.responses["a1"].tolist() == [int(r[2]) for r in rows[:8]]


def test_response_variability_rule():
    rows = [*varied(8), ("R9", "Sí", *"33343")]
    found = cleaned(rows, min_irv=0.5)
    assert dropped(found) == ["R9"]
    assert f"{np.std([3, 3, 3, 4, 3], ddof=1):.2f}" in found.log["what"].iloc[0]


def test_a_row_falls_to_the_first_rule_that_it_breaks():
    rows = [*varied(6), ("R7", "No", *"55555"), ("R8", "Sí", *"55555")]
    found = cleaned(rows, max_longstring=4, min_irv=0.1)
    assert found.log[["respondent", "rule"]].to_numpy().tolist() == [["R7", "consent"], ["R8", "longstring"]]


def outlying():
    rng = np.random.default_rng(3)
    base = np.clip(np.round(4 + rng.normal(size=(60, 1)) * 0.5 + rng.normal(size=(60, 5)) * 0.4), 3, 5)
    rows = [(f"R{i}", "Sí", *(str(int(v)) for v in row)) for i, row in enumerate(base)]
    rows[10] = ("R10", "Sí", *"15151")
    return rows


def test_outliers_are_reported_and_only_dropped_if_asked():
    found = cleaned(outlying(), mahalanobis_p=0.001)
    assert found.log[["respondent", "action"]].to_numpy().tolist() == [["R10", "reported"]]
    assert step(found, "outlier")[["dropped", "flagged", "rows_kept"]].tolist() == [0, 1, 60]
    gone = cleaned(outlying(), mahalanobis_p=0.001, drop_outliers=True)
    assert dropped(gone) == ["R10"]
    x = np.array([[float(c) for c in r[2:]] for r in outlying()])
    squared, p = mahalanobis(x)
    assert found.respondents["mahalanobis"].tolist() == pytest.approx(squared.tolist())
    inverse = np.linalg.inv(np.cov(x, rowvar=False))
    wanted = (x[10] - x.mean(axis=0)) @ inverse @ (x[10] - x.mean(axis=0))
    assert squared[10] == pytest.approx(wanted)
    assert p[10] == pytest.approx(stats.chi2.sf(wanted, 5))


def test_too_few_rows_for_distances_are_noted():
    found = cleaned(varied(5), mahalanobis_p=0.001)
    assert any("Mahalanobis" in note and "5 rows for 5 items" in note for note in found.notes)
    assert found.respondents["mahalanobis"].isna().all()
    assert step(found, "outlier")["flagged"] == 0


@pytest.mark.parametrize("policy", ["listwise", "mean", "em"])
def test_missing_data_policies(policy):
    rows = [list(r) for r in outlying()]
    rows[4][2], rows[5][6] = "", "NA"
    given_ = pd.DataFrame([r[2:] for r in rows], columns=ITEMS).replace({"": None, "NA": None}).astype(float)
    found = cleaned(rows, missing=policy)
    assert not found.responses.isna().any().any()
    if policy == "listwise":
        assert dropped(found) == ["R4", "R5"]
        assert found.log["what"].tolist() == ["dropped: a1", "dropped: b2"]
        assert step(found, "missing")["dropped"] == 2
        return
    assert len(found.responses) == 60
    assert found.log[["respondent", "item", "action"]].to_numpy().tolist() == [
        ["R4", "a1", "imputed"],
        ["R5", "b2", "imputed"],
    ]
    assert step(found, "imputed")["flagged"] == 2
    value = found.responses.at["R4", "a1"]
    if policy == "mean":
        assert value == pytest.approx(given_["a1"].mean())
    else:
        assert value != pytest.approx(given_["a1"].mean())
        assert 1 <= value <= 5
    observed = given_.notna().to_numpy()
    np.testing.assert_array_equal(found.responses.to_numpy()[observed], given_.to_numpy()[observed])
    assert found.instrument.isna().sum().sum() == 2


def test_the_missing_table_reports_items_above_the_limit():
    rows = [list(r) for r in varied(10)]
    for i in (1, 2, 3):
        rows[i][4] = ""
    found = cleaned(rows, max_item_missing=0.25)
    table = found.missing.set_index("item")
    assert table.at["a3", "missing"] == 3
    assert table.at["a3", "share"] == pytest.approx(0.3)
    assert table["reported"].tolist() == [False, False, True, False, False]
    assert not cleaned(rows, max_item_missing=None).missing["reported"].any()


def test_nobody_left_is_an_error_that_says_where_they_went():
    rows = [(r[0], "No", *r[2:]) for r in varied(3)]
    with pytest.raises(SurveyError, match=r"no respondent is left after screening: no consent 3"):
        cleaned(rows)
    gaps = [list(r) for r in varied(5)]
    for i, row in enumerate(gaps):
        row[2 + i] = ""
    with pytest.raises(SurveyError, match=r"missing answer \(listwise\) 5"):
        cleaned(gaps, missing="listwise")


@pytest.mark.parametrize("policy", ["mean", "em"])
def test_an_item_that_nobody_left_answered_cannot_be_filled(policy):
    rows = [list(r) for r in varied(8)]
    for row in rows[:6]:
        row[4] = ""
    for row in rows[6:]:
        row[1] = "No"
    with pytest.raises(SurveyError, match=f"cleaning.missing '{policy}'.*no value"):
        cleaned(rows, missing=policy)


def test_a_log_in_spanish():
    rows = [*varied(5), ("R6", "No", *"12345")]
    found = cleaned(rows, "es")
    assert found.log["what"].iloc[0].startswith("eliminado: contestó 'No'")
    assert step(found, "consent")["label"] == "sin consentimiento"


def test_the_raw_survey_is_not_changed():
    rows = [list(r) for r in varied(10, 6)]
    rows[2][3] = "9"
    chosen = study(**OFF)
    before = raw(rows, ["Folio", "¿Acepta?", *CODEBOOK["header"]], codebook=CODEBOOK, study_=chosen)
    copies = [before.table.copy(), before.answers.copy(), before.respondents.copy()]
    clean(before, chosen)
    for now, copy in zip((before.table, before.answers, before.respondents), copies, strict=True):
        pd.testing.assert_frame_equal(now, copy)


# indices -------------------------------------------------------------------------------------------
def plain_longest_run(row):
    best = run = 0
    last = None
    for value in row:
        if np.isnan(value):
            continue
        run = run + 1 if value == last else 1
        last = value
        best = max(best, run)
    return best


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 3.0, float("nan")]), min_size=7, max_size=7),
        min_size=1,
        max_size=6,
    )
)
def test_indices_equal_their_plain_definition(rows):
    values = np.array(rows)
    assert longest_run(values).tolist() == [plain_longest_run(row) for row in values]
    for row, irv in zip(values, response_variability(values), strict=True):
        answers = row[~np.isnan(row)]
        if answers.size > 1:
            assert irv == pytest.approx(np.std(answers, ddof=1), abs=1e-12)
        else:
            assert np.isnan(irv)


# the shipped survey --------------------------------------------------------------------------------
def test_the_shipped_survey_is_screened_by_every_rule():
    project = load_study(ROOT / "study.yaml")
    source = read_survey(ROOT / "data/raw/survey.csv", project, ROOT / "data/codebook.csv")
    found = clean(source, project)
    flow = found.flow.set_index("rule")
    for rule in (
        "blank",
        "consent",
        "duplicate_id",
        "duplicate_answers",
        "completion",
        "longstring",
        "missing",
    ):
        assert flow.at[rule, "dropped"] > 0, rule
    assert flow.at["out_of_scale", "flagged"] > 0
    assert flow["rows_in"].iloc[0] == len(source.answers)
    assert flow["rows_kept"].iloc[-1] == len(found.responses)
    assert found.responses.isin([1, 2, 3, 4, 5]).all().all()
    assert list(found.responses.columns) == list(project.items)
    assert found.responses.index.is_unique
