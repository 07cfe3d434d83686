"""The tables: the article's six, and the fuller ones on a model with a mediator, a formative block, one item."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plsem import estimator as pls
from plsem import inputs, prediction
from plsem import quantities as registry
from plsem.model import Model
from plsem.resampling import bootstrap as resampling
from plsem.resampling import exact_fit
from plsem.thresholds import THRESHOLDS, threshold
from surveypls import tables
from surveypls.study.definition import load_study, parse_study
from surveypls.tables.values import Values, as_values
from tableaudit.comparison import compare
from tableaudit.printed import load_published
from tabletext.display import ENGLISH, Display
from tabletext.tabular import as_number

ES = Display("es")
ROOT = Path(__file__).resolve().parents[2]
STUDY = load_study(ROOT / "study.yaml")
PUBLISHED = load_published(ROOT / "data" / "published")
CODEBOOK = pd.read_csv(ROOT / "data" / "codebook.csv")
LONG = ["statistic", "row", "column", "value"]


@pytest.fixture(scope="module")
def echo():
    """Recomputed values that lie 0.0004 above the printed ones."""
    rows = []
    for cell in PUBLISHED:
        if not cell.is_number or cell.statistic == "htmt_diagonal":
            continue
        key = (cell.statistic, cell.row, cell.column)
        if cell.statistic == "composite_reliability":
            rows.append(("rho_c", cell.row, "", cell.value + 0.02))
            key = ("rho_a", cell.row, "")
        elif cell.statistic == "r_squared":
            key = ("r_squared", "", cell.column)
        elif cell.statistic == "srmr":
            key = ("srmr", "model", "estimated/composite")
        rows.append((*key, cell.value + 0.0004))
    return pd.DataFrame(rows, columns=LONG)


def six(values, *, study=STUDY, printed=PUBLISHED, display=ENGLISH):
    options = {"printed": printed, "display": display}
    return (
        tables.table_1_operationalisation(study, CODEBOOK, values, **options),
        tables.table_2_reflective_measurement(study, values, **options),
        tables.table_3_fornell_larcker(study, values, **options),
        tables.table_4_htmt(study, values, **options),
        tables.table_5_paths(study, values, **options),
        tables.table_6_model_quality(study, values, **options),
    )


def test_every_printed_figure_stands_in_its_table(echo):
    for number, table in enumerate(six(echo), start=1):
        assert table.number == str(number)
        shown = [text for row in table.cells() for text in row]
        for cell in PUBLISHED:
            if cell.table == str(number) and cell.is_number and not cell.statistic.startswith("n_items"):
                assert cell.printed in shown, cell.id


def test_recomputed_figures_stand_beside_the_printed_ones(echo):
    checked = 0
    for table in six(echo):
        for column in table.columns:
            twin = f"{column.key}_printed"
            if twin not in table.frame or column.kind == "text":
                continue
            for printed, value in zip(table.frame[twin], table.frame[column.key], strict=True):
                if printed is not None and printed == printed and not math.isnan(value):
                    assert value == pytest.approx(float(printed) + 0.0004, abs=1e-12)
                    checked += 1
    assert checked >= 11 + 11 + 2 * 11 + 6 + 3 + 6 + 4


def test_constructs_come_in_the_article_s_order_and_without_it_in_the_study_s(echo):
    printed = six(echo)[1].frame["construct"].drop_duplicates().tolist()
    assert [c[-4:] for c in printed] == ["(FI)", "ICS)", "(RC)"]
    alone = six(echo, printed=None)[1].frame["construct"].drop_duplicates().tolist()
    assert [c[-4:] for c in alone] == ["ICS)", "(FI)", "(RC)"]


def test_spanish_takes_the_article_s_wording_and_decimal_commas(echo):
    notice = STUDY.synthetic("es")
    made = six(echo, display=Display("es", notice=notice))
    assert [t.title for t in made][:2] == [
        "Operacionalización de la variable",
        "Modelos de medida reflectivos: validez convergente y discriminante",
    ]
    for table in made:
        text = repr(table)
        assert notice in text
        assert not any(word in text for word in ("Printed", "Recomputed", "Note.", "threshold"))
        for row in table.cells():
            for cell, column in zip(row, table.columns, strict=True):
                assert column.kind == "text" or "." not in cell
    assert made[0].cells()[0][2] == "¿Sabe qué productos o servicios dejan más ingresos a su negocio?"


def test_table_1_counts_items_and_leaves_out_dropped_ones(echo):
    table = six(echo)[0]
    first = table.frame.groupby("construct", sort=False)[["items_printed", "items"]].first()
    assert first["items"].tolist() == first["items_printed"].tolist() == ["3/5", "5/10", "3/6"]
    fewer = echo[~((echo["statistic"] == "efa_loading") & (echo["row"] == "RC4"))]
    dropped = six(fewer)[0]
    assert "RC4" not in dropped.frame["item"].tolist()
    assert dropped.frame["items"].tolist()[-1] == "2/6"
    assert dropped.frame["items_printed"].tolist()[-1] == "3/6"


def test_marks_follow_the_recomputed_values_not_the_printed_ones(echo):
    changed = echo.copy()
    changed.loc[(changed["statistic"] == "htmt") & (changed["column"] == "INFRATICS"), "value"] = 0.95
    changed.loc[(changed["statistic"] == "sqrt_ave") & (changed["row"] == "RC"), "value"] = 0.70
    t2, t3, t4 = six(changed)[1:4]
    assert t4.cells()[2][-2:] == ["0.950\u00a0✗", ""]
    assert t4.cells()[2][-3] == "0.244\u00a0✓"
    assert t3.cells()[2][-1] == "0.700" and "outdated" in t3.note
    assert t2.frame["item"].tolist()[-1] == "RC4"
    assert t2.cells()[-1][3] == "0.470\u00a0~"


def test_table_4_prints_the_article_s_diagonal_and_computes_none(echo):
    rows = six(echo)[3].cells()
    assert [rows[i][1 + i] for i in range(3)] == ["0.000"] * 3
    assert [rows[i][4 + i] for i in range(3)] == ["", "", ""]
    assert rows[0][2] == rows[0][5] == ""


def test_table_5_decides_by_p_and_the_study_s_level(echo):
    table = six(echo)[4]
    assert table.frame["hypothesis"].tolist() == ["H1: INFRATICS → FI", "H2: INFRATICS → RC"]
    assert table.frame["decision"].tolist() == ["Rejected", "Accepted"]
    assert table.frame["decision_printed"].tolist() == ["Rejected", "Accepted"]
    assert table.cells()[1][2] == "0.742*"
    swapped = echo.copy()
    p = swapped["statistic"] == "p_value"
    swapped.loc[p, "value"] = swapped.loc[p, "value"].tolist()[::-1]
    assert six(swapped)[4].frame["decision"].tolist() == ["Accepted", "Rejected"]
    strict = STUDY.model_copy(update={"bootstrap": STUDY.bootstrap.model_copy(update={"significance": 0.01})})
    assert six(echo, study=strict)[4].frame["decision"].tolist() == ["Rejected", "Rejected"]
    without = echo[echo["statistic"] != "p_value"]
    assert six(without)[4].frame["decision"].tolist() == ["", ""]


def test_table_6_shows_srmr_once_and_names_its_variant(echo):
    table = six(echo)[5]
    assert [row[-2:] for row in table.cells()] == [["0.090", "0.090\u00a0~"], ["", ""]]
    assert "estimated model, composite implied matrix" in table.note
    other = tables.table_6_model_quality(STUDY, echo, fit="saturated/common_factor")
    assert "saturated model, common-factor implied matrix" in other.note
    assert other.cells()[0][-1] == "–"


MEDIATION = parse_study(
    """
id: mediation
title: {en: A mediation, es: Una mediación}
constructs:
  F: {items: [f1, f2, f3], mode: B, label: {en: Formative cause, es: Causa formativa}}
  S: {items: [s1]}
  M: {items: [m1, m2, m3], label: {en: Mediator, es: Mediador}}
  Y: {items: [y1, y2, y3], label: {en: Outcome, es: Resultado}}
paths: [F -> M, S -> M, M -> Y, F -> Y]
hypotheses:
  - {id: H1, path: M -> Y}
  - {id: H2, path: F -> Y, effect: indirect}
bootstrap: {n_resamples: 200, confidence_level: 0.9}
"""
)


@pytest.fixture(scope="module")
def mediation():
    rng = np.random.default_rng(4)
    n = 150
    f, s = rng.normal(size=(n, 3)), rng.normal(size=n)
    m = 0.5 * (f @ [0.6, 0.3, 0.5]) + 0.3 * s + 0.7 * rng.normal(size=n)
    y = 0.6 * m + 0.7 * rng.normal(size=n)
    columns = {f"f{i + 1}": f[:, i] for i in range(3)} | {"s1": s}
    columns |= {f"m{i}": m + rng.normal(size=n) * (0.4 + 0.3 * i) for i in (1, 2, 3)}
    columns |= {f"y{i}": y + rng.normal(size=n) * (0.4 + 0.2 * i) for i in (1, 2, 3)}
    data = pd.DataFrame(columns)
    model = Model(MEDIATION.blocks(), MEDIATION.path_pairs, modes=MEDIATION.modes)
    estimate = pls.estimate(model, inputs.correlations(data.to_numpy()), n_observations=n)
    values = registry.long_table(estimate)
    summary = resampling.bootstrap(data, model, registry.quantities, seed=1, n_resamples=200).summary(
        confidence_level=0.9
    )
    fit = exact_fit.exact_fit_test(data, model, seed=1, n_resamples=100).summary()
    return values, summary, fit, prediction.predict(data, model, folds=5, repetitions=1)


def test_article_tables_serve_other_models(mediation):
    values, summary, _, _ = mediation
    t1, t2, t3, t4, t5, t6 = six([summary, values], study=MEDIATION, printed=None)
    assert t1.frame["item"].tolist() == ["f1", "f2", "f3", "s1"] and t1.frame["efa_loading"].isna().all()
    assert "paraphrases" not in t1.note
    assert t2.frame["item"].tolist() == ["s1", "m1", "m2", "m3", "y1", "y2", "y3"]
    assert not any("Printed" in c.full_heading for t in (t2, t3, t4, t5, t6) for c in t.columns)
    assert t3.cells()[0][1] == "" and t3.cells()[1][2] == ""
    assert not t3.marks
    assert t4.cells()[2][1] == "–"
    assert t5.frame["hypothesis"].tolist() == ["H1: M → Y", "H2: F → Y (indirect effect)"]
    indirect = summary[(summary["statistic"] == "indirect_effect") & (summary["row"] == "F")]
    assert t5.frame["path_coefficient"].iloc[1] == indirect["original"].iloc[0]
    assert t6.frame["path"].tolist() == ["H1: M → Y", "F → M", "S → M", "F → Y"]
    # R² of a target with two predictors is shown once.
    assert [row[2] == "" for row in t6.cells()] == [False, False, True, True]


def test_items_show_weights_for_formative_and_loadings_for_reflective_blocks(mediation):
    values, summary, _, _ = mediation
    table = tables.item_table(MEDIATION, [summary, values])
    assert table.frame["quantity"].tolist() == ["Weight"] * 3 + ["Loading"] * 7
    found = Values([summary, values])
    assert table.frame["estimate"].iloc[0] == found.get("outer_weight", "f1", "F")
    assert table.frame["lower"].iloc[5] == found.get("outer_loading", "m2", "M", "lower")
    assert table.frame["squared_loading"].iloc[4] == found.get("outer_loading", "m1", "M") ** 2
    assert "90% CI" in {c.group for c in table.columns}


def test_reliability_leaves_out_what_is_not_defined(mediation):
    _, summary, _, _ = mediation
    table = tables.reliability_table(MEDIATION, summary)
    assert table.frame["construct"].drop_duplicates().tolist() == ["Mediator (M)", "Outcome (Y)"]
    assert len(table.frame) == 8
    for _, row in table.frame.iterrows():
        assert row["lower"] < row["estimate"] < row["upper"]


def test_cross_loadings_are_reported_without_marks(mediation):
    values, _, _, _ = mediation
    table = tables.cross_loading_table(MEDIATION, values)
    assert not table.marks and "outdated" in table.note
    row = table.frame["item"].tolist().index("m1")
    own = (values["statistic"] == "cross_loading") & (values["row"] == "m1") & (values["column"] == "S")
    assert table.frame["S"].iloc[row] == values.loc[own, "value"].iloc[0]


def test_a_figure_whose_interval_reaches_beyond_its_threshold_gets_no_mark_of_approval(mediation):
    _, summary, _, _ = mediation
    own = (summary["statistic"] == "rho_a") & (summary["row"] == "M")
    for lower, mark in ((0.75, "✓"), (-0.94, "~")):
        changed = summary.copy()
        changed.loc[own, ["original", "lower", "upper"]] = [0.821, lower, 0.90]
        table = tables.reliability_table(MEDIATION, changed)
        place = [i for i, v in enumerate(table.frame["estimate"]) if v == 0.821]
        assert table.marks[place[0], "estimate"].endswith(mark)


def test_paths_list_hypotheses_first_and_decide_only_those(mediation):
    _, summary, _, _ = mediation
    table = tables.path_table(MEDIATION, summary)
    assert table.frame["path"].tolist()[2:] == ["F → M", "S → M", "F → Y"]
    assert [bool(d) for d in table.frame["decision"]] == [True, True, False, False, False]
    assert math.isnan(table.frame["f_squared"].iloc[1])
    f2 = table.frame["f_squared"].iloc[0]
    assert table.frame["size"].iloc[0] == threshold("f_squared").size(f2)


def test_effects_of_all_four_kinds(mediation):
    _, summary, _, _ = mediation
    table = tables.effects_table(MEDIATION, summary, display=ES)
    counts = table.frame["kind"].value_counts()
    assert counts.to_dict() == {"Total": 5, "Directo": 4, "Indirecto específico": 2, "Indirecto total": 2}
    assert "F → M → Y" in table.frame["route"].tolist()
    by = table.frame.set_index(["kind", "route"])["estimate"]
    assert by["Total", "F → Y"] == pytest.approx(by["Directo", "F → Y"] + by["Indirecto total", "F → Y"])


def test_fit_of_every_variant(mediation):
    values, _, fit, _ = mediation
    shown = tables.fit_table(MEDIATION, values, fit)
    assert len(shown.frame) == 16
    row = shown.frame[shown.frame["statistic"] == "SRMR"].iloc[1]
    test = fit[(fit["statistic"] == "srmr") & (fit["column"] == "estimated/composite")].iloc[0]
    assert (row["hi95"], row["hi99"]) == (test["95%"], test["99%"])
    assert "p_value" not in shown.frame and f"transformed data: {test['transformed']:.3f}" in shown.note
    held = tables.fit_table(MEDIATION, values, fit.assign(transformed=0.0, p_value=0.25))
    assert held.frame["p_value"].dropna().unique().tolist() == [0.25] and "rejects exact fit" in held.note
    assert "hi95" not in tables.fit_table(MEDIATION, values).frame


def test_prediction_against_the_benchmarks(mediation):
    pred = mediation[3]
    items, power = pred.summary(), pred.power()
    table = tables.prediction_table(MEDIATION, items, power)
    assert table.frame["item"].tolist() == list(items.index)
    marked = {i for i, key in table.marks if key == "rmse"}
    assert marked == set(np.flatnonzero(items["rmse"] < items["lm_rmse"]).tolist())
    again = tables.prediction_table(MEDIATION, items.reset_index(), power.reset_index())
    assert again.cells() == table.cells()
    tests = {"average": prediction.cvpat(pred), "lm": prediction.cvpat(pred, "lm")}
    shown = tables.cvpat_table(MEDIATION, tests)
    assert shown.frame["construct"].tolist() == ["Mediator (M)", "Outcome (Y)", "Overall"] * 2
    assert shown.frame["difference"].iloc[-1] == tests["lm"].loc["overall", "difference"]


def test_comparison_leaves_out_what_the_survey_was_made_to_give(echo):
    comparison = compare(PUBLISHED, echo)
    every = tables.comparison_table(comparison)
    assert len(every.frame) == len(PUBLISHED) - 3  # HTMT's diagonal is no statistic
    verdicts = dict(zip(comparison["cell"], comparison["verdict"], strict=True))
    assert verdicts["T5.H1.path_coefficient"] == "equal" and "made to give" not in every.title
    aimed = pd.DataFrame([("path_coefficient", "INFRATICS", "FI")], columns=["statistic", "row", "column"])
    comparison = compare(PUBLISHED, echo, aimed=aimed)
    shown = tables.comparison_table(comparison)
    assert len(shown.frame) == len(PUBLISHED) - 3 - 6 - 1  # the counts are inputs, too
    assert not ((shown.frame["statistic"] == "β") & (shown.frame["about"] == "INFRATICS – FI")).any()
    assert "not made to give" in shown.title


FOUND = pd.DataFrame(
    [
        (
            "2",
            "cronbach_alpha",
            "RC",
            "",
            "0.730",
            "contradicted unless",
            "raw alpha",
            "alfa bruto",
            0.615,
            0.721,
        ),
        ("2", "ave", "RC", "", "0.561", "follows", "", "", 0.5602, 0.5612),
        ("5", "p_value", "X", "Y", "0.150", "contradicted", "", "", 0.185, 0.1854),
    ],
    columns=[
        "table",
        "statistic",
        "row",
        "column",
        "printed",
        "state",
        "under",
        "under_es",
        "lower",
        "upper",
    ],
)


def test_states_are_counted_and_contradictions_listed_with_what_would_free_them():
    counted = tables.state_table(FOUND, display=ES)
    assert counted.frame["n"].tolist() == [2, 1, 3]
    assert counted.frame["contradicted_unless"].tolist() == [1, 0, 1]
    assert counted.frame["contradicted"].tolist() == [0, 1, 1]
    listed = tables.contradicted_table(FOUND)
    assert listed.frame["about"].tolist() == ["RC", "X – Y"]
    assert listed.frame["unless"].tolist() == ["raw alpha", "–"]
    assert tables.contradicted_table(FOUND, display=ES).frame["unless"].tolist() == ["alfa bruto", "–"]
    assert listed.frame[["lower", "upper"]].to_numpy().tolist() == [[0.615, 0.721], [0.185, 0.1854]]


def test_audit_and_statements_in_words():
    checks = pd.DataFrame(
        {
            "check": ["rho_C from loadings", "p from t"],
            "kind": ["identity", "rule"],
            "about": ["FI", "INFRATICS -> FI"],
            "printed": ["0.821", ""],
            "allowed_lower": [0.8421, np.nan],
            "allowed_upper": [0.8436, np.nan],
            "verdict": ["fails", "cannot be told"],
            "detail": ["d", "e"],
        }
    )
    table = tables.audit_table(checks, display=ES)
    assert table.frame["verdict"].tolist() == ["✗ no se cumple", "~ no se puede saber"]
    assert table.frame["about"].tolist()[1] == "INFRATICS → FI"
    assert table.cells()[0][2:5] == ["0,821", "0,842", "0,844"]
    assert len(tables.audit_table(checks, kinds=("rule",)).frame) == 1
    statements = PUBLISHED.statements.assign(verdict="holds", found="")
    spanish = tables.statement_table(statements, display=ES)
    assert spanish.frame["statement"].tolist()[0].startswith("FI conserva tres")
    assert tables.statement_table(statements, verdict="fails").frame.empty


def test_screening_items_and_pruning():
    flow = pd.DataFrame(
        {
            "rule": ["received", "irv", "my own rule"],
            "label": ["x", "y", "my own rule"],
            "parameter": ["", "< 0.3", np.nan],
            "rows_in": [100, 100, 90],
            "dropped": [0, 10, 0],
            "flagged": [0, 0, 3],
            "rows_kept": [100, 90, 90],
            "reference": ["", "Dunn et al. (2018)", ""],
        }
    )
    table = tables.cleaning_table(flow, display=ES)
    assert table.frame["step"].tolist() == ["Recibidos", "Respuestas casi sin variación", "My own rule"]
    assert table.cells()[1][1] == "< 0,3"
    with pytest.raises(KeyError, match="no column 'rows_kept'"):
        tables.cleaning_table(flow.drop(columns="rows_kept"))
    statistics = pd.DataFrame(
        {"item": ["FI2", "OTR1"], "n": [90, 89], "mean": [4.123, 3.0], "floor": [0.05, 0.0]}
    )
    items = tables.item_statistics_table(STUDY, statistics, CODEBOOK)
    assert items.cells()[0] == [
        "Sources of income (FI)", "FI2", "Knows which products or services earn the business most",
        "90", "4.12", "5.0%",
    ]  # fmt: skip
    assert items.frame["construct"].tolist()[1] == ""
    trace = pd.DataFrame(
        {
            "round": [1], "item": ["FI1"], "construct": ["FI"], "action": ["dropped"], "rule": ["own loading"],
            "value": [0.31], "threshold": [0.4], "n_items_after": [4], "alpha_after": [0.7], "reference": ["X"],
        }
    )  # fmt: skip
    pruned = tables.pruning_table(STUDY, trace, display=ES)
    assert pruned.cells()[0][:7] == [
        "1",
        "FI1",
        "FI",
        "eliminado",
        "carga en su propio factor",
        "0,310",
        "0,40",
    ]


def test_frame_table_takes_bilingual_headings_and_shared_words():
    frame = pd.DataFrame({"construct": ["A"], "x": [1.5], "p_value": [0.0001]})
    table = tables.frame_table(
        frame, title={"en": "T", "es": "Título"}, headings={"x": {"en": "Ex", "es": "Equis"}}, display=ES
    )
    assert [c.heading for c in table.columns] == ["Constructo", "Equis", "Valor p"]
    assert table.cells() == [["A", "1,500", "< 0,001"]]
    assert table.title == "Título"


def test_values_look_up_pairs_in_either_order_and_summaries_first():
    frame = pd.DataFrame(
        [("htmt", "A", "B", 0.5), ("r_squared", "", "B", 0.3), ("path_coefficient", "A", "B", 0.2)],
        columns=LONG,
    )
    values = as_values(frame)
    assert values.get("htmt", "B", "A") == 0.5
    assert values.get("r_squared", "A", "B") == 0.3
    assert math.isnan(values.get("path_coefficient", "B", "A"))
    summary = pd.DataFrame(
        [("path_coefficient", "A", "B", 0.25, 2.5)],
        columns=["statistic", "row", "column", "original", "t_statistic"],
    )
    both = Values([summary, frame])
    assert both.get("path_coefficient", "A", "B") == 0.25
    assert both.get("path_coefficient", "A", "B", "t_statistic") == 2.5
    assert math.isnan(both.get("path_coefficient", "A", "B", "upper"))
    with pytest.raises(KeyError, match="needs the column 'row'"):
        Values([frame.drop(columns="row")])


def test_a_small_p_is_shown_as_such_in_the_comparison_and_kept_as_a_number(echo):
    tiny = echo.copy()
    tiny.loc[(tiny["statistic"] == "p_value") & (tiny["column"] == "RC"), "value"] = 0.00012
    table = tables.comparison_table(compare(PUBLISHED, tiny), display=ES)
    row = table.frame.index[
        (table.frame["statistic"] == "Valor p") & (table.frame["about"] == "INFRATICS – RC")
    ][0]
    assert table.cells()[row][4] == "< 0,001"
    assert table.numeric()["recomputed"].iloc[row] == 0.00012


def test_audit_and_statements_speak_spanish_and_carry_no_notice():
    checks = pd.DataFrame(
        {
            "check": ["htmt below 0.85", "alpha attainable (exhaustive scan)", "a check of tomorrow"],
            "kind": ["rule", "attainable", "identity"],
            "about": ["RC and INFRATICS", "RC", "items"],
            "printed": ["0.884", "0.730", "2 pairs of t and p"],
            "verdict": ["fails"] * 3,
        }
    )
    shown = tables.audit_table(checks, display=Display("es", notice="Encuesta sintética."))
    assert shown.frame["check"].tolist() == [
        "HTMT menor que 0,85", "alfa alcanzable (búsqueda exhaustiva)", "a check of tomorrow",
    ]  # fmt: skip
    assert shown.frame["about"].tolist() == ["RC y INFRATICS", "RC", "ítems"]
    assert shown.frame["printed"].tolist()[2] == "2 pares de t y p"
    assert shown.display.notice == ""
    statements = pd.DataFrame(
        {"id": ["S1"], "where": ["Results, before Table 5"], "text_en": ["a"], "text_es": ["b"], "verdict": ["fails"],
         "found": ["D = rejected, and 3 more"]}
    )  # fmt: skip
    row = tables.statement_table(statements, display=ES).frame.iloc[0]
    assert row["where"] == "Resultados, antes de la tabla\u00a05"
    assert row["found"] == "D = rechazada y 3 más"
    assert tables.statement_table(statements).frame["where"].iloc[0] == "Results, before Table\u00a05"


def test_thresholds_are_shown_line_by_line_with_decimal_commas_in_spanish():
    shown = [tables.threshold_table(THRESHOLDS, display=display) for display in (Display(), ES)]
    english, spanish = (table.as_text() for table in shown if table)
    assert len(english) == len(spanish) == len(THRESHOLDS)
    assert english["Acceptable ✓"].tolist()[0] == "≥ 0.708"
    assert spanish["Aceptable ✓"].tolist()[0] == "≥ 0,708"
    for text in spanish.to_numpy().ravel():
        assert not any(
            as_number(word.strip("();,.²≥<>~")) and "." in word.strip(".") for word in text.split()
        )


def test_a_heywood_case_is_marked_in_table_1_and_told(echo):
    notes = pd.DataFrame(
        [("FI", "heywood", "FI2", "…"), ("RC", "several minima", "", "…")],
        columns=["solution", "code", "items", "text"],
    )
    table = tables.table_1_operationalisation(STUDY, CODEBOOK, echo, notes=notes)
    marked = {
        table.frame["item"][i]
        for (i, key), mark in table.marks.items()
        if key == "efa_loading" and "†" in mark
    }
    assert marked == {"FI2"}
    assert "†: Heywood case" in table.note
    without = tables.table_1_operationalisation(STUDY, CODEBOOK, echo, notes=notes.iloc[1:])
    assert "†" not in without.note and not without.marks
    spanish = tables.table_1_operationalisation(STUDY, CODEBOOK, echo, notes=notes, display=Display("es"))
    assert "†: caso Heywood" in spanish.note


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "are left blank: one of these items is a combination of the others: f1, f2, f3."),
        ("es", "quedan en blanco: uno de estos ítems es combinación de los demás: f1, f2, f3."),
    ],
)
def test_the_fit_table_says_why_it_leaves_figures_blank(mediation, tmp_path, language, words):
    rng = np.random.default_rng(2)
    data = pd.DataFrame(
        rng.normal(size=(80, 10)), columns=["f1", "f2", "f3", "s1", "m1", "m2", "m3", "y1", "y2", "y3"]
    )
    data["f3"] = data["f1"] + data["f2"]
    data[["m1", "m2", "m3"]] += data[["f1"]].to_numpy()
    model = Model(MEDIATION.blocks(), MEDIATION.path_pairs)
    values = registry.long_table(pls.fit(data, model))
    fit = exact_fit.exact_fit_test(data, model, seed=1, n_resamples=20).summary()
    fit.to_csv(tmp_path / "fit.csv", index=False)  # the paper reads it from there
    for found in (fit, pd.read_csv(tmp_path / "fit.csv")):
        shown = tables.fit_table(MEDIATION, values, found, display=Display(language))
        assert words in shown.note
        assert set(shown.frame["statistic"]) == {"SRMR", "d_ULS"}
        assert "HI95" not in shown.note
