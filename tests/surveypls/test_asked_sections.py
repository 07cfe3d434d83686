"""What a study asks for beside its model: keys and their messages, figures, tables, sentences, pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from group_cases import answers
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from plsem import groups as plsem_groups
from plsem.endogeneity import gaussian_copula
from plsem.estimator import fit
from plsem.method_bias import full_collinearity, marker_variable
from plsem.necessity import combined_importance, necessary_conditions
from plsem.nonlinearity import nonlinearity
from plsem.selection import compare_models
from surveypls import figures, sections
from surveypls.sections import competing, groups, method_bias, necessity, robustness
from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study, StudyError, parse_study
from surveypls.survey.check import check
from tabletext.display import ENGLISH, Display

MODEL = """\
id: small
title: A small study
survey: {scale: 1-7}
constructs:
  X: [x1, x2]
  M: [m1, m2]
  Y: [y1]
paths: [X -> M, X -> Y, M -> Y]
bootstrap: {n_resamples: 200, n_permutations: 200}
seed: 7
"""
ASKED = """\
groups: {column: Town}
marker: Colour
compare:
  direct: [X -> M, X -> Y]
  mediated: [X -> M, M -> Y]
  only: [X -> Y]
necessity: true
robustness: true
"""


def small_study(asked: str = "", **changes: str) -> Study:
    text = MODEL + asked
    for old, new in changes.items():
        text = text.replace(old, new)
    return parse_study(text)


def small_data(sizes: tuple[int, ...] = (120, 100, 15)) -> pd.DataFrame:
    """Answers on a scale from 1 to 7, a group and a marker of each row."""
    n = sum(sizes)
    rng = np.random.default_rng(8)
    data = answers(n, 4).apply(lambda c: np.clip(np.round(1.4 * c + 4), 1, 7))
    names = np.repeat(["North", "South", "West"][: len(sizes)], sizes)
    return data.assign(group=names, marker=rng.integers(1, 8, n).astype(float))


def analysis_of(study: Study, data: pd.DataFrame) -> Analysis:
    return Analysis.of(study, data, pd.DataFrame({"item": study.items}))


@pytest.fixture(scope="module")
def asked() -> Analysis:
    """All sections of the small study on its answers."""
    data = small_data()
    data.loc[data.index[:4], "marker"] = np.nan
    return analysis_of(small_study(ASKED), data)


# keys ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("necessity: [Y, Z]", "necessity: unknown construct 'Z'; valid names: M, Y"),
        ("necessity: X", "necessity: no path leads to X, so it has no conditions; valid names: M, Y"),
        ("necessity: {target: Y}", "necessity.target: unknown key; did you mean 'targets'?"),
        ("necessity: {level: 0}", "necessity.level: expected greater than 0 (found 0)"),
        ("necessity: {level: 100.1}", "necessity.level: expected less than or equal to 100 (found 100.1)"),
        ("necessity: 5", "necessity: expected true, an outcome or a list of outcomes, found 5"),
        ("robustness: fimix", "robustness: expected true or false (found 'fimix')"),
        ("marker: x1", "marker: 'x1' is in the model already; a marker variable stands outside it"),
        ("marker: 3", "marker: expected text; put quotation marks around it (found 3)"),
        ("markr: Colour", "markr: unknown key; did you mean 'marker'?"),
        ("compare: {a: [X -> YY]}", "compare.a: unknown construct 'YY'; did you mean 'Y'?"),
        ("compare: {a: [X > Y]}", "compare.a.0: a path is written 'SOURCE -> TARGET', found 'X > Y'"),
        ("compare: {a: []}", "compare.a: at least 1 entry is needed (found [])"),
        ("compare: {paths: [X -> Y]}", "compare.paths: the name stands for the study's own paths"),
        ("compare: {a: [X -> Y], b: [X -> Y]}", "compare.b: the same paths as a"),
        ("compare: {a: [X -> M, X -> Y, M -> Y]}", "compare.a: the same paths as paths"),
        ("compare: {a: [Y -> X]}", "compare.a: explains no construct by others than paths does"),
        ("compare: {a: [X -> M, M -> X]}", "compare.a: the paths form a cycle"),
        ("groups: {colum: Town}", "groups.colum: unknown key; did you mean 'column'?"),
        (
            "bootstrap: {n_permutations: 99}",
            "bootstrap.n_permutations: expected greater than or equal to 100",
        ),
    ],
)
def test_a_key_that_cannot_be_met_is_named_with_the_nearest(line: str, message: str) -> None:
    text = MODEL.replace("bootstrap: {n_resamples: 200, n_permutations: 200}\n", "") + line + "\n"
    with pytest.raises(StudyError) as error:
        parse_study(text)
    assert any(p.startswith(message) for p in error.value.problems), error.value.problems


@pytest.mark.parametrize(
    ("line", "conditions"),
    [
        ("necessity: true", {"Y": ("X", "M")}),
        ("necessity: M", {"M": ("X",)}),
        ("necessity: [M, Y]", {"M": ("X",), "Y": ("X", "M")}),
        ("necessity: {targets: [Y], level: 50}", {"Y": ("X", "M")}),
        ("necessity: false", {}),
    ],
)
def test_necessary_conditions_are_asked_for_in_short(
    line: str, conditions: dict[str, tuple[str, ...]]
) -> None:
    assert small_study(line).conditions == conditions


def test_each_section_stands_only_where_the_study_asks_for_it() -> None:
    always = ["mediation"]  # of any model with a route
    assert [s.key for s in sections.of(small_study())] == always
    for line, key in (
        ("groups: {column: Town}", "groups"),
        ("method_bias: true", "method_bias"),
        ("marker: Colour", "method_bias"),
        ("compare: {a: [X -> M, M -> Y]}", "competing"),
        ("necessity: true", "necessity"),
        ("robustness: true", "robustness"),
    ):
        assert [s.key for s in sections.of(small_study(line))] == [*always, key]
    off = small_study("method_bias: false\nnecessity: false\nrobustness: false")
    assert [s.key for s in sections.of(off)] == always


def test_a_competing_model_has_the_constructs_on_its_paths_only() -> None:
    found = small_study(ASKED).competing()
    assert list(found) == ["paths", "direct", "mediated", "only"]
    assert set(found["only"].constructs) == {"X", "Y"} and set(found["only"].items) == {"x1", "x2", "y1"}


# figures against the engine ---------------------------------------------------------------------------
def frames(analysis: Analysis, key: str) -> list[pd.DataFrame]:
    return sections.called(key).frames(analysis)


def test_the_frames_of_groups_are_the_engines(asked: Analysis) -> None:
    sizes, steps, differences = frames(asked, "groups")
    assert dict(zip(sizes["group"], sizes["n"], strict=True)) == {"North": 120, "South": 100, "West": 15}
    assert list(sizes["usable"]) == [True, True, False] and set(sizes["needed"]) == {20}
    direct = plsem_groups.compare(
        asked.table, asked.model, "group", seed=7, select=["North", "South"], n_permutations=200, n_resamples=200,
        adjustment="none",
    )  # fmt: skip
    pd.testing.assert_frame_equal(steps, direct.invariance[steps.columns])
    shared = [
        "estimate_1",
        "estimate_2",
        "se_1",
        "se_2",
        "difference",
        "p_permutation",
        "p_henseler",
        "p_welch",
    ]
    assert direct.differences["invariant"].all()
    pd.testing.assert_frame_equal(differences[shared], direct.differences[shared])
    holm = multipletests(direct.differences["p_permutation"], method="holm")[1]
    np.testing.assert_allclose(differences["p_adjusted"], holm)


def test_the_frames_of_method_bias_are_the_engines(asked: Analysis) -> None:
    signs, adjusted = frames(asked, "method_bias")
    rows = asked.table.dropna(subset=["marker"])
    direct = marker_variable(rows, asked.model, "marker")
    values = signs.set_index(["statistic", "construct"])["value"]
    assert values["marker_rows", ""] == 231 and values["marker_taken", ""] == pytest.approx(direct.r_m)
    vif = full_collinearity(asked.estimate)["full_collinearity_vif"]
    assert values["full_collinearity_vif", "M"] == pytest.approx(vif["M"])
    paths = adjusted[adjusted["kind"] == "path"]
    np.testing.assert_allclose(paths["after"].astype(float), direct.paths["adjusted"])
    assert list(adjusted["kind"]) == ["correlation"] * 3 + ["path"] * 3


def test_models_are_compared_where_they_differ_and_by_prediction_where_they_can(asked: Analysis) -> None:
    (frame,) = frames(asked, "competing")
    assert set(frame["target"]) == {"Y"}  # M is explained by X alone in each
    assert set(frame["model"]) == {"paths", "direct", "mediated"}  # "only" explains Y as "direct" does
    models = {name: m for name, m in asked.study.competing().items() if name != "only"}
    direct = compare_models(asked.table, models, "Y", seed=7).reset_index()
    for name in ("BIC", "weight", "loss_difference", "p_value"):
        np.testing.assert_allclose(frame[name], direct[name], atol=1e-9)
    assert list(frame["model"]) == list(direct["model"])
    fewer = analysis_of(small_study(ASKED.replace("  direct: [X -> M, X -> Y]\n", "")), asked.table)
    assert (
        frames(fewer, "competing")[0]["loss_difference"].isna().all()
    )  # "only" predicts the items of Y alone


def test_the_frames_of_necessity_are_the_engines(asked: Analysis) -> None:
    effects, bottleneck = frames(asked, "necessity")
    direct = necessary_conditions(asked.responses, asked.estimate, "Y", n_permutations=200, seed=7)
    step = direct.effects[direct.effects["ceiling"] == "ce_fdh"]
    np.testing.assert_allclose(effects["d"], step["d"])
    np.testing.assert_allclose(effects["p_value"].astype(float), step["p_value"].astype(float))
    both = combined_importance(asked.responses, asked.estimate, direct, minimum=1, maximum=7)
    for name in ("importance", "performance", "required", "cases_below"):
        np.testing.assert_allclose(effects.set_index("condition")[name], both[name])
    for name, part in bottleneck.groupby("condition"):
        np.testing.assert_allclose(part["required"], direct.bottleneck()[name])


def test_the_frames_of_robustness_are_the_engines(asked: Analysis) -> None:
    requirements, checks = frames(asked, "robustness")
    direct = gaussian_copula(asked.responses, asked.estimate, seed=7, n_resamples=200)
    assert list(requirements["usable"]) == list(direct.requirements["usable"])
    squares = nonlinearity(asked.responses, asked.model, seed=7, n_resamples=200)
    np.testing.assert_allclose(checks["quadratic_effect"], squares["quadratic_effect"])
    np.testing.assert_allclose(checks["p_quadratic"], squares["p_value"])
    terms = direct.terms.set_index(["terms", "target"])
    for row in checks.itertuples():
        if (row.row, row.column) in terms.index:
            assert row.copula == pytest.approx(terms.loc[(row.row, row.column), "coefficient"])
        else:
            assert np.isnan(row.copula)


# words and tables from hand-made figures --------------------------------------------------------------
SIZES = pd.DataFrame(
    [
        {"group": "A", "n": 120, "needed": 20, "smallest_path": 0.227, "constant": "", "usable": True, "asked": True},
        {"group": "B", "n": 90, "needed": 20, "smallest_path": 0.262, "constant": "", "usable": True, "asked": True},
    ]
).assign(arrows=2, into="Y")  # fmt: skip


def steps(**levels: str) -> pd.DataFrame:
    """Return MICOM's frame of constructs with a degree of invariance each."""
    rows = [
        {"group_1": "A", "group_2": "B", "construct": name, "correlation": 0.99, "correlation_lower": 0.98,
         "correlation_p_value": 0.2, "mean_difference": 0.1, "mean_p_value": 0.3, "log_variance_ratio": 0.0,
         "variance_p_value": 0.6, "invariance": level}
        for name, level in levels.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def difference(source: str, target: str, p: float, invariant: bool = True) -> dict[str, object]:
    return {
        "group_1": "A", "group_2": "B", "row": source, "column": target, "estimate_1": 0.51, "estimate_2": 0.12,
        "se_1": 0.1, "se_2": 0.05, "invariant": invariant, "difference": 0.39, "p_permutation": p,
        "p_henseler": 0.02, "p_parametric": 0.03, "p_welch": 0.04,
    }  # fmt: skip


def test_a_path_whose_construct_is_not_invariant_is_not_tested_and_leaves_the_family() -> None:
    table = groups.allowed(
        pd.DataFrame(
            [
                difference("X", "M", 0.01),
                difference("X", "Y", 0.04, invariant=False),
                difference("M", "Y", 0.03),
            ]
        )
    )
    np.testing.assert_allclose(table["p_adjusted"], [0.02, np.nan, 0.03])  # Holm over two, not over three
    assert table.loc[1, ["difference", "p_permutation", "p_henseler", "p_parametric", "p_welch"]].isna().all()
    assert table.loc[1, "estimate_1"] == 0.51


def said(sizes: pd.DataFrame, invariance: pd.DataFrame, differences: pd.DataFrame) -> str:
    return groups.SECTION.sentence(small_study(ASKED), sizes, invariance, differences, display=ENGLISH)


def test_each_degree_of_invariance_is_said_in_words() -> None:
    one = groups.allowed(pd.DataFrame([difference("X", "Y", 0.01)]))
    text = said(SIZES, steps(X="full", Y="full"), one)
    assert "Compared by Town: A (n = 120) and B (n = 90)." in text and "from 0.26 on" in text
    assert "**Full invariance**" in text and "configurally invariant" in text
    text = said(SIZES, steps(X="partial", Y="full"), one)
    assert "**Partial invariance**" in text and "means or variances differ for X" in text
    none = groups.allowed(pd.DataFrame([difference("X", "Y", 0.01, invariant=False)]))
    text = said(SIZES, steps(X="none", M="partial", Y="full"), none)
    assert "**No invariance** for X" in text and "Fully invariant: Y; partially: M." in text
    assert text.endswith("No path can be compared.")


@pytest.mark.parametrize(("p", "significant"), [(0.0499, True), (0.05, False), (0.3, False)])
def test_a_difference_is_significant_below_the_level_after_adjustment(p: float, significant: bool) -> None:
    table = groups.allowed(pd.DataFrame([difference("X", "Y", p)]))
    text = said(SIZES, steps(X="full", Y="full"), table)
    if significant:
        assert (
            "1 of 1 differences: " in text and "X → Y: 0.510 in A and 0.120 in B (adjusted p = 0.050)" in text
        )
    else:
        assert "None of 1 differences is significant" in text and "no proof of equality" in text


def test_groups_that_cannot_be_compared_are_listed_with_the_numbers() -> None:
    left = SIZES.assign(
        group=["A", "B"], n=[19, 30], usable=[False, False], constant=["", "x1, x2"], asked=[True, True]
    )
    rest = pd.DataFrame([{**SIZES.iloc[0].to_dict(), "group": "C", "usable": False, "asked": False}])
    sizes = pd.concat([left, rest], ignore_index=True)
    empty = pd.DataFrame(columns=["group_1", "group_2", "p_permutation"])
    text = said(sizes, empty, empty)
    assert text == (
        "**The groups of Town are not compared**: fewer than two of them can carry it. Left out: A (n = 19): too few "
        "rows, 20 are needed; B (n = 30): one answer only to x1, x2; C (n = 120): not asked for."
    )
    study = small_study(ASKED)
    assert groups.micom_table(study, empty, display=ENGLISH) is None
    assert groups.differences_table(study, empty, display=ENGLISH) is None
    shown = repr(groups.sizes_table(study, sizes, display=ENGLISH))  # type: ignore[arg-type]
    assert "too few rows, 20 are needed" in shown and "two arrows" not in shown and "2 arrows into Y" in shown
    assert (
        groups.sizes_table(study, SIZES, display=ENGLISH) is None
    )  # two groups, both compared: said in the text


def test_a_group_too_small_is_refused_and_the_section_still_speaks() -> None:
    analysis = analysis_of(small_study(ASKED), small_data((30, 12)))
    sizes, invariance, differences = frames(analysis, "groups")
    assert list(sizes["usable"]) == [True, False] and invariance.empty and differences.empty
    assert "South (n = 12): too few rows, 20 are needed" in said(sizes, invariance, differences)
    assert groups.SECTION.figures["fig_4_20_groups"].draw(analysis.study, analysis, ENGLISH) is None


def test_groups_that_a_file_made_numbers_are_the_same_groups() -> None:
    data = small_data((60, 60))
    data["group"] = np.repeat([1.0, 2.0], 60)
    data.loc[data.index[:3], "group"] = np.nan
    study = parse_study(MODEL + 'groups: {column: Town, compare: ["1", "2"]}\n')
    sizes, invariance, _ = frames(analysis_of(study, data), "groups")
    assert dict(zip(sizes["group"], sizes["n"], strict=True)) == {"1": 57, "2": 60}
    assert set(invariance["group_1"]) == {"1"}


def test_three_groups_are_compared_pair_by_pair_and_adjusted_together() -> None:
    analysis = analysis_of(small_study(ASKED), small_data((50, 45, 40)))
    _, _, differences = frames(analysis, "groups")
    assert len(differences) == 9
    holm = multipletests(differences["p_permutation"], method="holm")[1]
    np.testing.assert_allclose(differences["p_adjusted"], holm)
    table = groups.differences_table(analysis.study, differences, display=ENGLISH)
    assert "North / South" in repr(table)  # type: ignore[arg-type]
    each = groups.by_group(differences)
    assert len(each) == 9 and set(each["group"]) == {"North", "South", "West"}


@pytest.mark.parametrize(("vif", "above"), [(3.3, False), (3.31, True)])
def test_a_full_collinearity_vif_is_a_sign_above_its_limit_only(vif: float, above: bool) -> None:
    signs = pd.DataFrame(
        [
            ("full_collinearity_vif", "X", vif),
            ("full_collinearity_vif", "Y", 1.2),
            ("harman_component", "", 0.412),
            ("harman_factor", "", 0.31),
        ],
        columns=["statistic", "construct", "value"],
    )
    none = pd.DataFrame(columns=["kind"])
    text = method_bias.SECTION.sentence(small_study(ASKED), signs, none, display=ENGLISH)
    assert ("is above 3.3 for X (3.31)" in text) == above
    assert ("no proof that there is none" in text) != above and "41% of the items' variance" in text
    table = repr(method_bias.signs_table(small_study(ASKED), signs, display=ENGLISH))
    assert ("✗" in table) == above and "hardly ever detects" in table


def test_what_a_marker_changes_is_said() -> None:
    signs = pd.DataFrame(
        [("full_collinearity_vif", "X", 1.1), ("harman_component", "", 0.4), ("harman_factor", "", 0.3),
         ("marker_correlation", "X", 0.09), ("marker_taken", "", 0.09), ("marker_rows", "", 231.0)],
        columns=["statistic", "construct", "value"],
    )  # fmt: skip
    pair = {"kind": "correlation", "row": "X", "column": "Y", "before": 0.15, "after": 0.066, "p_value": 0.3}
    path = {"kind": "path", "row": "X", "column": "Y", "before": 0.15, "after": 0.066, "p_value": np.nan}
    adjusted = pd.DataFrame([{**pair, "stays": False}, {**path, "stays": np.nan}])
    study = small_study(ASKED)
    text = method_bias.SECTION.sentence(study, signs, adjusted, display=ENGLISH)
    assert "The marker Colour (n = 231) takes r = 0.090" in text
    assert "The significance of X – Y changes." in text and "X → Y, from 0.150 to 0.066" in text
    kept = method_bias.SECTION.sentence(study, signs, adjusted.assign(stays=True), display=ENGLISH)
    assert "All of them stay on their side of significance." in kept


def test_the_model_with_the_smallest_bic_is_named_and_what_predicts_otherwise() -> None:
    best = {"target": "Y", "model": "paths", "n_predictors": 2, "r_squared": 0.4, "BIC": -50.0, "AIC": -56.0,
            "AICc": 10.0, "HQ": -52.0, "difference": 0.0, "weight": 0.731, "loss_difference": 0.0,
            "p_value": np.nan}  # fmt: skip
    other = best | {
        "model": "direct",
        "BIC": -48.0,
        "difference": 2.0,
        "weight": 0.269,
        "loss_difference": -0.01,
    }
    study = small_study(ASKED)

    def sentence(p: float, loss: float) -> str:
        frame = pd.DataFrame([best, other | {"p_value": p, "loss_difference": loss}])
        return competing.SECTION.sentence(study, frame, display=ENGLISH)

    assert "BIC is smallest for the study's own (weight 0.731; *direct* follows 2.0 above)" in sentence(
        0.2, -0.01
    )
    assert "no model predicts its items better or worse" in sentence(0.05, -0.01)
    assert "It is predicted better than by that one by: *direct* (CVPAT)." in sentence(0.049, -0.01)
    assert "It is predicted worse than by that one by: *direct* (CVPAT)." in sentence(0.049, 0.01)
    assert "CVPAT" not in sentence(np.nan, np.nan)
    same = pd.DataFrame([best, other | {"difference": 0.0}])
    assert "the same BIC" in competing.SECTION.sentence(study, same, display=ENGLISH)


def test_necessary_conditions_are_said_with_what_they_need() -> None:
    row = {"target": "Y", "condition": "X", "d": 0.1, "size": "medium", "p_value": 0.01, "d_line": 0.2, "p_line": 0.01,
           "accuracy_line": 0.98, "necessary": True, "required": 41.6, "cases_below": 0.125, "importance": np.nan,
           "performance": np.nan}  # fmt: skip
    other = row | {"condition": "M", "d": 0.04, "size": "small", "necessary": False}
    study = small_study(ASKED)
    text = necessity.SECTION.sentence(study, pd.DataFrame([row, other]), pd.DataFrame(), display=ENGLISH)
    assert "necessary for 80% of its range: X (d = 0.100, medium; 42% of its range, which 12%" in text
    text = necessity.SECTION.sentence(study, pd.DataFrame([other]), pd.DataFrame(), display=ENGLISH)
    assert "none of M is a necessary condition (the largest d is 0.040, of M)" in text
    shown = repr(necessity.necessity_table(study, pd.DataFrame([row, other]), display=ENGLISH))
    assert "Importance" not in shown and "at least 0.10" in shown


def test_bottlenecks_are_empty_where_nothing_is_needed_and_dashes_out_of_reach() -> None:
    frame = pd.DataFrame(
        {"target": "Y", "level": [0.0, 50.0, 100.0], "condition": "X", "required": [0.0, 12.5, np.nan]}
    )
    table = necessity.bottleneck_table(small_study(ASKED), frame, display=ENGLISH)
    assert [row[-1] for row in table.cells()] == ["", "12.5", "–"]


def requirement(**changes: object) -> dict[str, object]:
    return {"construct": "X", "n": 300, "skewness": -1.0, "excess_kurtosis": 0.5, "ks_p_value": 0.001, "n_values": 40,
            "usable": True, "reason": ""} | changes  # fmt: skip


def test_robustness_says_what_bends_what_is_endogenous_and_what_cannot_be_tested() -> None:
    row = {"row": "X", "column": "Y", "path_coefficient": 0.4, "quadratic_effect": -0.12, "f_squared": 0.03,
           "size": "large", "p_quadratic": 0.01, "lower": -0.2, "upper": -0.03, "linear": False, "copula": 0.3,
           "p_copula": 0.05, "p_together": 0.1, "detectable": 0.42, "path_with": 0.1}  # fmt: skip
    study = small_study(ASKED)
    refused = requirement(construct="M", usable=False, reason="150 rows, expected at least 200")
    needs = pd.DataFrame([requirement(), refused])

    def sentence(needs: pd.DataFrame, display: Display = ENGLISH, **changes: object) -> str:
        return robustness.SECTION.sentence(study, needs, pd.DataFrame([row | changes]), display=display)

    text = sentence(needs)
    assert "differs from 0 in X → Y (−0.120, f² 0.030)" in text
    assert "no copula term is significant (tested: X)" in text and "from 0.42 to 0.42 on" in text
    assert "Not tested: M (150 rows, expected at least 200)." in text
    text = sentence(needs, p_copula=0.049, linear=True)
    assert "no quadratic effect leaves out 0 (paths tested: 1)" in text
    assert "significant for X → Y (p = 0.049; the path is 0.100 beside the term)" in text
    assert "Endogeneity cannot be tested. Not tested: M" in sentence(
        needs.iloc[1:], copula=np.nan, p_copula=np.nan
    )
    normal = "normality is not rejected (p = 0.276), so the term cannot be told from the predictor"
    spanish = sentence(
        pd.DataFrame([requirement(usable=False, reason=normal)]), Display("es"), p_copula=np.nan
    )
    assert "no se rechaza la normalidad (p = 0,276)" in spanish


def test_squares_and_products_are_not_squared_again() -> None:
    text = MODEL.replace("M -> Y]", "M -> Y, X * X -> Y, X * M -> Y]")
    assert robustness.tested_paths(parse_study(text)) == [("X", "M"), ("M", "Y")]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_table_and_sentence_reads_in_both_languages(asked: Analysis, language: str) -> None:
    display = Display(language)  # type: ignore[arg-type]
    for section in sections.of(asked.study):
        found = section.frames(asked)
        shown = [part.make(asked.study, frame, display=display) for part, frame in
                 zip(section.tables.values(), found, strict=True)]  # fmt: skip
        assert all(t is None or "{" not in repr(t) for t in shown)
        text = section.sentence(asked.study, *found, display=display)
        assert text and "{" not in text and "nan" not in text


def test_what_is_handed_on_says_the_same_when_it_is_read_again(asked: Analysis, tmp_path: Path) -> None:
    for section in sections.of(asked.study):
        before = section.frames(asked)
        after = []
        for number, frame in enumerate(before):
            frame.to_csv(tmp_path / f"{number}.csv", index=False, float_format="%.12g")
            after.append(pd.read_csv(tmp_path / f"{number}.csv", keep_default_na=False, na_values=[""]))
        spoken = [section.sentence(asked.study, *found, display=ENGLISH) for found in (before, after)]
        assert spoken[0] == spoken[1]
        for part, one, other in zip(section.tables.values(), before, after, strict=True):
            made = [part.make(asked.study, frame, display=ENGLISH) for frame in (one, other)]
            assert (made[0] is None) == (made[1] is None)
            if made[0] is not None and made[1] is not None:
                assert repr(made[0]) == repr(made[1])


# pictures ----------------------------------------------------------------------------------------------
def test_the_forest_of_groups_draws_each_estimate_where_it_is() -> None:
    each = pd.DataFrame(
        [
            ("X", "Y", "A", 0.5, 0.1),
            ("X", "Y", "B", 0.1, 0.1),
            ("M", "Y", "A", -0.3, 0.05),
            ("M", "Y", "B", 0.0, 0.2),
        ],
        columns=["row", "column", "group", "value", "se"],
    )
    figure, data = figures.group_forest(each, differing={("X", "Y")}, confidence_level=0.9)
    ax = figure.axes[0]
    z = norm.ppf(0.95)
    np.testing.assert_allclose(data["lower"], each["value"] - z * each["se"])
    lines = sorted(tuple(s[:, 0]) for c in ax.collections for s in c.get_segments())
    np.testing.assert_allclose(lines, sorted(zip(data["lower"], data["upper"], strict=True)))
    marks = [line for line in ax.lines if line.get_linestyle() == "None" and len(line.get_xdata())]
    drawn = sorted((float(x), line.get_markerfacecolor()) for line in marks for x in line.get_xdata())
    assert [x for x, _ in drawn] == [-0.3, 0.0, 0.1, 0.5]
    assert [face == "white" for _, face in drawn] == [
        False,
        True,
        True,
        False,
    ]  # open where the interval holds 0
    assert [t.get_text() for t in ax.get_yticklabels()] == ["X → Y *", "M → Y"]
    upper = {
        float(x): float(y) for line in marks for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    assert upper[0.5] < upper[0.1] < 0.5 < upper[-0.3] < upper[0.0]  # paths from the top, groups within them
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["A", "B"]


def test_the_ceilings_run_through_the_corners_and_end_at_the_scope() -> None:
    data = pd.DataFrame({"x": [1.0, 2, 3, 4, 5], "y": [1.0, 3, 2, 5, 4]})
    study = parse_study(
        "id: s\ntitle: S\nconstructs: {X: [x], Y: [y], Z: [z1, z2]}\npaths: [X -> Y, Z -> Y]\nnecessity: true\n"
    )
    model = study.model().__class__({"X": ["x"], "Y": ["y"]}, [("X", "Y")])
    found = necessary_conditions(data, fit(data, model), "Y", n_permutations=0)
    lines = necessity.ceiling_lines(found, "X")
    scale, means = data.std(), data.mean()
    step = lines[lines["ceiling"] == "ce_fdh"]
    back = np.column_stack([step["x"] * scale["x"] + means["x"], step["y"] * scale["y"] + means["y"]])
    np.testing.assert_allclose(back, [(1, 1), (2, 1), (2, 3), (4, 3), (4, 5), (5, 5)], atol=1e-8)
    line = lines[lines["ceiling"] == "cr_fdh"]
    across = (line["x"] * scale["x"] + means["x"]).to_numpy()
    up = (line["y"] * scale["y"] + means["y"]).to_numpy()
    np.testing.assert_allclose(
        up, 9 / 7 * across, atol=1e-8
    )  # the least squares line of the corners, y = 9x/7
    assert across[0] == pytest.approx(1) and up[-1] == pytest.approx(5)


def test_the_condition_with_the_largest_effect_is_drawn(asked: Analysis) -> None:
    effects, _ = frames(asked, "necessity")
    largest = effects.sort_values("d")["condition"].iloc[-1]
    figure, data = necessity.SECTION.figures["fig_4_26_ceiling"].draw(asked.study, asked, ENGLISH)
    assert figure.axes[0].get_xlabel() == largest and figure.axes[0].get_ylabel() == "Y"
    points = data[data["element"] == "score"]
    np.testing.assert_allclose(points["x"], asked.scores[largest], atol=1e-8)


# before a run ----------------------------------------------------------------------------------------
def checked(folder: Path, data: pd.DataFrame, asked: str) -> object:
    data.rename(columns={"group": "Town", "marker": "Colour"}).to_csv(folder / "survey.csv", index=False)
    text = MODEL.replace("seed: 7", "seed: 7\nefa: {prune: false}") + asked
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return check(folder / "survey.csv", folder / "study.yaml")


def test_check_lists_the_groups_and_those_that_are_too_small(tmp_path: Path) -> None:
    report = checked(tmp_path, small_data(), "groups: {column: Town}\nmarker: Colour\nrobustness: true\n")
    assert report.errors == ()  # type: ignore[attr-defined]
    assert "Groups of 'Town': North 120, South 100, West 15." in report.facts  # type: ignore[attr-defined]
    (small,) = (w for w in report.warnings if "groups:" in w)  # type: ignore[attr-defined]
    assert small.endswith(
        "groups: West has 15 rows, fewer than 20, ten for each of 2 arrows into Y; it is left out of the comparison"
    )


def test_check_says_what_a_study_will_go_without(tmp_path: Path) -> None:
    data = small_data((60, 12))
    data.loc[data.index[:5], "marker"] = np.nan
    report = checked(tmp_path, data, ASKED)
    told = "\n".join(report.warnings)  # type: ignore[attr-defined]
    assert "fewer than two groups of 'Town' can be compared, so none is" in told
    assert "marker: 5 of 72 rows have no answer to 'Colour'" in told
    assert "robustness: endogeneity is not tested with 72 rows, fewer than 200" in told


@pytest.mark.parametrize(
    ("asked", "values", "message"),
    [
        (
            "marker: Colour",
            ["red", "blue"],
            "marker: 'red' ×60, 'blue' ×60 in column 'Colour' are neither numbers",
        ),
        ("marker: Colour", ["4", "4"], "marker: 'Colour' does not vary in the rows that are kept"),
        ("marker: Color", ["1", "2"], "no column headed 'Color'; did you mean 'Colour'?"),
        ("groups: {column: Toun}", ["1", "2"], "no column headed 'Toun'; did you mean 'Town'?"),
        ("groups: {column: Town, compare: [North, Sout]}", ["1", "2"], "no row has 'Sout' in column Town"),
    ],
)
def test_columns_that_cannot_serve_are_errors(
    tmp_path: Path, asked: str, values: list[str], message: str
) -> None:
    data = small_data((60, 60)).astype(object)
    data["marker"] = np.tile(values, 60)
    report = checked(tmp_path, data, asked + "\n")
    assert any(message in e for e in report.errors), report.errors  # type: ignore[attr-defined]


def test_controls_are_no_constructs_of_invariance_marker_or_groups() -> None:
    data = small_data((60, 60)).assign(AGE=np.random.default_rng(3).integers(20, 70, 120).astype(float))
    study = small_study(ASKED + "controls: {AGE: Your age}\n")
    analysis = analysis_of(study, data)
    assert "AGE" in analysis.model.constructs
    _, invariance, differences = frames(analysis, "groups")
    assert list(invariance["construct"]) == ["X", "M", "Y"]
    assert set(differences["row"]) == {"X", "M"}
    signs, adjusted = frames(analysis, "method_bias")
    values = signs.set_index(["statistic", "construct"])["value"]
    own = values["marker_correlation"]
    assert list(own.index) == ["X", "M", "Y"] and values["marker_taken", ""] == pytest.approx(own.abs().min())
    assert "AGE" not in {*adjusted["row"], *adjusted["column"], *signs["construct"]}
    first = adjusted.iloc[0]
    assert first["after"] == pytest.approx((first["before"] - own.abs().min()) / (1 - own.abs().min()))
