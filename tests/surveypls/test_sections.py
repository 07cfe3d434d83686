"""The optional sections: which studies have them, their cells, and what their tables and sentences say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plsem.thresholds import threshold_of
from surveypls import sections
from surveypls.compendium.notebook_text import fitted
from surveypls.report import modelled
from surveypls.sections.moderation import span
from surveypls.study.definition import Study, load_study, parse_study
from surveypls.tables.article import table_6_model_quality
from surveypls.tables.structural import fit_table, path_table
from tabletext.display import ENGLISH, Display

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "examples" / "town_bus" / "study.yaml").read_text(encoding="utf-8")
STUDY = parse_study(TEXT)
SPANISH = Display("es")


def _sources(number: str, study: Study) -> list[str]:
    notebook = next((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
    return [cell.source for cell in fitted(notebook, study, "en").cells]


def _without(*keys: str) -> Study:
    """Return the example without some of its lines."""
    lines = [line for line in TEXT.splitlines() if not any(key in line for key in keys)]
    return parse_study("\n".join(lines))


def test_a_study_has_the_sections_that_it_asks_for() -> None:
    assert [s.key for s in sections.of(STUDY)][:8] == [
        "stages", "higher_order", "redundancy", "mediation", "moderation", "conditional", "controls",
        "not_in_stages",
    ]  # fmt: skip
    assert sections.of(load_study(ROOT / "study.yaml")) == ()
    library = load_study(ROOT / "examples" / "library_app" / "study.yaml")
    assert [s.key for s in sections.of(library)] == ["mediation"]


@pytest.mark.parametrize(
    ("left_out", "key"),
    [
        (("SAT * HABIT",), "moderation"),
        (("controls:", "AGE:", "WOMAN:"), "controls"),
        (("global_item:",), "redundancy"),
    ],
)
def test_without_what_it_is_about_there_is_no_section(left_out: tuple[str, ...], key: str) -> None:
    assert key in [s.key for s in sections.of(STUDY)]
    assert key not in [s.key for s in sections.of(_without(*left_out))]


def test_only_a_route_over_a_construct_is_mediation() -> None:
    head = "id: s\ntitle: S\nconstructs: {X: [x1, x2], M: [m1, m2], Y: [y1, y2]}\npaths: "
    found = {
        paths: [s.key for s in sections.of(parse_study(head + paths))]
        for paths in ("[X -> Y, M -> Y, X * M -> Y]", "[X -> M, M -> Y]", "[X -> Y, M -> Y]")
    }
    assert [set(keys) & {"mediation", "moderation"} for keys in found.values()] == [
        {"moderation"},
        {"mediation"},
        set(),
    ]


def test_each_section_stands_behind_its_output_and_in_the_place_of_what_it_replaces() -> None:
    measurement, structural = _sources("03", STUDY), _sources("04", STUDY)
    place = structural.index('project.show("fig_4_3_effects", analysis)')
    assert structural[place + 1].startswith("## Mediation")
    assert structural[place + 2] == 'project.show("table_4_11_effects", analysis)'
    assert structural.index('project.say("mediation", analysis)') < structural.index(
        'project.show("table_4_8_interactions", analysis)'
    )
    for gone in ("table_4_2_effects", "fig_4_4_importance_performance", "What should be improved first?"):
        assert not any(gone in source for source in structural), gone
        assert any(gone in source for source in _sources("04", load_study(ROOT / "study.yaml")))
    place = measurement.index('project.show("fig_3_2_correlations", analysis)')
    assert measurement[place + 1].startswith("## Second-order constructs")
    assert 'project.hand_on("redundancy", analysis)' in measurement
    assert 'project.hand_on("stages", analysis)' not in measurement  # it has no table to hand on


def test_the_sentence_on_moderation_says_both_scales_and_where_the_slope_differs() -> None:
    key = {"product": "X*M", "slope": "X -> Y", "moderator": "M"}
    effect = {"product": "X*M", "first": "X", "second": "M", "target": "Y", "path_coefficient": -0.084}
    sizes = {"interaction_effect": -0.071, "f_squared": 0.021, "size_kenny": "medium", "size_cohen": "small"}
    slopes = pd.DataFrame([key | {"level": m, "original": 0.5 - 0.071 * m} for m in (-1, 0, 1)])
    regions = pd.DataFrame(
        [
            key | {"from": -2.5, "to": 1.25, "sign": "+", "share": 0.9, "whole": False},
            key | {"from": 1.25, "to": 3.0, "sign": np.nan, "share": 0.1, "whole": False},
        ]
    )
    section = sections.called("moderation")
    text = section.sentence(STUDY, pd.DataFrame([effect | sizes]), slopes, regions, display=ENGLISH)
    for part in ("X × M → Y", "0.021, medium by Kenny's scale and small by Cohen's"):
        assert part in text, text
    assert "0.571 where M is one standard deviation below" in text
    assert text.endswith("It differs from 0 at values from −2.50 to 1.25 SD.")
    none = section.sentence(STUDY, pd.DataFrame([effect | sizes]), slopes, regions.iloc[1:], display=ENGLISH)
    assert none.endswith("It differs from 0 at no observed value of the moderator.")
    assert span(regions.assign(whole=True).iloc[0], ENGLISH) == "every observed value of the moderator"
    table = section.tables["table_4_10_regions"].make(STUDY, regions, display=SPANISH)
    assert [c.heading for c in table.columns][2] == "Valores del moderador"  # not a confidence interval


ROUTE = {
    "source": "QUAL", "target": "LOYAL", "route": "QUAL -> SAT -> LOYAL", "via": "SAT", "effect": 0.12,
    "standard_deviation": 0.03, "p_value": 0.0, "lower": 0.06, "upper": 0.18, "direct": -0.2,
    "direct_p_value": 0.0, "direct_lower": -0.3, "direct_upper": -0.1, "total": -0.08, "total_lower": -0.2,
    "total_upper": 0.04, "kind": "competitive", "opposed_by": "direct", "share": np.nan,
}  # fmt: skip
ALONE = ROUTE | {
    "route": "VALUE -> SAT -> LOYAL", "source": "VALUE", "effect": 0.1, "lower": 0.05, "upper": 0.15,
    "direct": 0.15, "direct_lower": 0.05, "direct_upper": 0.25, "total": 0.25, "kind": "complementary",
    "opposed_by": np.nan, "share": 0.4,
}  # fmt: skip


def test_mediation_says_the_kind_what_opposes_it_and_a_share_only_of_one_sign() -> None:
    section, routes = sections.called("mediation"), pd.DataFrame([ROUTE, ALONE])
    bullets, moderated = section.sentence(STUDY, None, routes, display=ENGLISH).split("\n\n")
    first, second = bullets.split("\n")
    assert first == (
        "- **QUAL → SAT → LOYAL**: 0.120, 95% CI [0.060, 0.180]. Competitive mediation: the indirect and the direct "
        "effect differ from 0 and point opposite ways. The direct effect is −0.200, 95% CI [−0.300, −0.100]. It is "
        "opposed by the direct effect."
    )
    assert second.startswith("- **VALUE → SAT → LOYAL**: 0.100") and "opposed" not in second
    assert second.endswith("Its share of the total effect is 40%.")
    assert moderated == (
        "SAT → LOYAL is moderated by HABIT: the effects that pass over it are those at the mean of HABIT."
    )
    table = section.tables["table_4_12_mediation"].make(STUDY, routes, display=ENGLISH)
    assert table.frame["opposed"].tolist() == ["the direct effect", ""]
    assert [row[3] for row in table.cells()] == ["–", "40.0%"]
    both = routes.iloc[:1].assign(
        route=np.nan
    )  # all routes of the pair together, as a CSV file gives it back
    together = section.tables["table_4_12_mediation"].make(STUDY, both, display=SPANISH)
    assert together.frame["route"].tolist() == ["QUAL → LOYAL (todas las rutas)"]


CONDITIONAL = pd.DataFrame(
    [
        ("X -> M -> Y", "W", level, value, value - 0.1, value + 0.1)
        for level, value in ((-1, 0.05), (0, 0.2), (1, 0.35), (np.nan, 0.15))
    ],
    columns=["route", "moderator", "level", "original", "lower", "upper"],
).assign(standard_deviation=0.05, t_statistic=1.0, p_value=0.04)


@pytest.mark.parametrize(("lower", "changes"), [(0.05, True), (1e-9, True), (0.0, False), (-0.1, False)])
def test_an_indirect_effect_depends_on_a_moderator_where_the_interval_of_its_index_leaves_out_0(
    lower: float, changes: bool
) -> None:
    frame = CONDITIONAL.copy()
    frame.loc[3, "lower"] = lower
    text = sections.called("conditional").sentence(STUDY, frame, display=ENGLISH)
    verb = "depends on W" if changes else "is not shown to depend on W"
    assert text.startswith(
        f"- **X → M → Y** {verb}: it is 0.050 at one standard deviation below its mean and 0.350 at one above; "
        "the index is 0.150, 95% CI ["
    )


def test_the_table_of_conditional_effects_names_levels_and_index() -> None:
    part = sections.called("conditional").tables["table_4_14_conditional"]
    for display, levels in (
        (ENGLISH, ["−1 SD", "mean", "1 SD", "index"]),
        (SPANISH, ["−1 DE", "media", "1 DE", "índice"]),
    ):
        table = part.make(STUDY, CONDITIONAL, display=display)
        assert table.frame["level"].tolist() == levels
        assert table.frame["route"].tolist() == ["X → M → Y"] * 4


def test_only_a_route_with_a_moderated_step_is_conditional() -> None:
    head = "id: s\ntitle: S\nconstructs: {X: [x1, x2], W: [w1, w2], M: [m1, m2], Y: [y1, y2]}\npaths: "
    for paths, asked in (
        ("[X -> M, M -> Y, W -> Y, M * W -> Y]", True),
        ("[X -> M, M -> Y, X -> Y, W -> Y, X * W -> Y]", False),
        ("[X -> M, W -> M, M -> Y]", False),
    ):
        assert ("conditional" in [s.key for s in sections.of(parse_study(head + paths))]) == asked, paths


def _compared(p_with: float) -> pd.DataFrame:
    """Return a comparison in which H3 (VALUE → SAT, positive) is significant without the controls."""
    rows = [
        ("path_coefficient", "VALUE", "SAT", 0.30, 0.22, 0.001, p_with),
        ("path_coefficient", "AGE", "SAT", np.nan, 0.25, np.nan, 0.01),
        ("path_coefficient", "QUAL", "SAT", 0.40, 0.41, 0.001, 0.001),
        ("path_coefficient", "WOMAN", "SAT", np.nan, 0.02, np.nan, 0.80),
        ("r_squared", "", "SAT", 0.35, 0.38, np.nan, np.nan),
    ]
    frame = pd.DataFrame(
        rows,
        columns=["statistic", "row", "column", "without", "with", "p_value_without", "p_value_with"],
    )
    frame["change"] = frame["with"] - frame["without"]
    return frame.assign(
        **{f"{end}_{which}": np.nan for end in ("lower", "upper") for which in ("without", "with")}
    )


def test_controls_say_which_decision_changes_and_what_moves_most() -> None:
    section = sections.called("controls")
    assert section.sentence(STUDY, _compared(0.2), display=ENGLISH) == (
        "**H3** (VALUE → SAT) is supported without the controls and not with them. The path that changes most is "
        "VALUE → SAT, by −0.080; the R² that changes most is that of SAT, by +0.030. Paths of control variables with "
        "p below 0.05: AGE → SAT (0.250)."
    )
    assert section.sentence(STUDY, _compared(0.01), display=ENGLISH).startswith("No decision changes")
    table = section.tables["table_4_13_controls"].make(STUDY, _compared(0.2), display=ENGLISH)
    assert table.frame["path"].tolist() == [
        "VALUE → SAT",
        "QUAL → SAT",
        "AGE → SAT",
        "WOMAN → SAT",
        "R² of SAT",
    ]
    assert table.cells()[2][1:] == ["–", "–", "0.250", "0.010", "–"]


@pytest.mark.parametrize(
    ("path", "lower", "mark", "said"),
    [
        (0.80, 0.75, "✓", "convergent validity holds over the whole interval (path ≥ 0.708)"),
        (0.80, 0.70, "~", "the path is ≥ 0.708, but its interval reaches below"),
        (0.60, 0.50, "✗", "less than the half that convergent validity asks for (path ≥ 0.708)"),
    ],
)
def test_redundancy_says_whether_half_of_the_global_item_is_explained(
    path: float, lower: float, mark: str, said: str
) -> None:
    frame = pd.DataFrame(
        [
            {
                "construct": "VALUE", "measure": "VALUE_ALL", "path_coefficient": path, "r_squared": path**2,
                "lower": lower, "upper": 0.85,
            }
        ]
    )  # fmt: skip
    section = sections.called("redundancy")
    text = section.sentence(STUDY, frame, display=ENGLISH)
    assert text.startswith(
        f"- **VALUE** explains {round(100 * path**2)}% of VALUE_ALL (path {path:.3f}, 95% CI ["
    )
    assert said in text
    table = section.tables["table_3_5_redundancy"].make(STUDY, frame, display=ENGLISH)
    assert table.cells()[0][2] == f"{path:.3f}\N{NO-BREAK SPACE}{mark}"
    assert "≥ 0.708 (Chin, 1998)" in table.full_note


def test_second_order_constructs_are_told_by_what_they_miss() -> None:
    def rows(*figures: tuple[int, str, str, float, float, float]) -> pd.DataFrame:
        names = ["order", "statistic", "of", "value", "lower", "upper"]
        return pd.DataFrame(figures, columns=names).assign(construct="QUAL")

    section = sections.called("higher_order")
    short = rows((1, "ave", "RIDE", 0.45, 0.40, 0.52), (2, "htmt", "SAT – QUAL", 0.84, 0.8, 0.9))
    assert section.sentence(STUDY, short, display=ENGLISH) == (
        "- **QUAL** shows in TIME, RIDE and STAFF. Not clearly within the limits: Average variance extracted (AVE) "
        "0.450 (RIDE) ✗ and HTMT 0.840 (SAT – QUAL) ~."
    )
    table = section.tables["table_3_4_second_order"].make(STUDY, short, display=ENGLISH)
    assert [row[1] for row in table.cells()] == ["first (components)", "second"]
    assert [row[-1] for row in table.cells()] == ["≥ 0.50", "< 0.85"]
    formed = parse_study(TEXT.replace("STAFF]}", "STAFF], mode: B}"))
    weights = rows((2, "outer_weight", "TIME", 0.7, 0.5, 0.9), (2, "outer_weight", "RIDE", 0.1, -0.03, 0.3))
    text = section.sentence(formed, weights, display=ENGLISH)
    assert text == (
        "- **QUAL** is formed by TIME, RIDE and STAFF. Both orders are within every limit. Weights whose interval "
        "holds 0: RIDE."
    )
    table = section.tables["table_3_4_second_order"].make(formed, weights, display=ENGLISH)
    assert {row[-1] for row in table.cells()} == {"interval excludes 0"}


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("{higher_order: two_stage}", "(disjoint two-stage approach)"),
        ("{higher_order: embedded}", "(embedded two-stage approach)"),
        ("{higher_order: repeated}", "(repeated indicators)"),
        ("{products: two_stage}", "the product of the two, standardised, is a single item"),
        ("{products: product_indicator}", "(product indicators)"),
        ("{products: orthogonal}", "(orthogonalising approach)"),
    ],
)
def test_what_was_estimated_is_told_as_the_study_file_chose(setting: str, said: str) -> None:
    study = parse_study(TEXT.replace("hypotheses:", f"pls: {setting}\nhypotheses:"))
    text = sections.called("stages").sentence(study, display=ENGLISH)
    assert said in text and "Of QUAL: " in text and "Of SAT × HABIT: " in text
    missing = sections.called("not_in_stages")
    assert "without QUAL and SAT × HABIT" in missing.sentence(study, display=ENGLISH)
    order_only = _without("SAT * HABIT")
    assert "products" not in missing.sentence(order_only, display=ENGLISH)


def test_the_f_squared_of_a_product_has_kennys_scale_wherever_it_is_judged() -> None:
    values = pd.DataFrame(
        [
            ("f_squared", "SAT*HABIT", "LOYAL", 0.012),
            ("f_squared", "SAT", "LOYAL", 0.012),
            ("r_squared", "", "LOYAL", 0.3),
            ("srmr", "model", "estimated/composite", 0.05),
        ],
        columns=["statistic", "row", "column", "original"],
    )
    assert threshold_of("f_squared", "SAT*HABIT").source == "Kenny (2018)"
    assert threshold_of("r_squared", "SAT*HABIT").statistic == "r_squared"
    sizes = path_table(STUDY, values).frame.set_index("path")["size"]
    assert sizes["H4: SAT × HABIT → LOYAL"] == "medium by Kenny"
    assert sizes["SAT → LOYAL"] == "none"
    quality = table_6_model_quality(STUDY, values)
    marks = {row[0]: row[1] for row in quality.cells()}
    assert marks["H4: SAT × HABIT → LOYAL"].endswith("✓") and marks["SAT → LOYAL"].endswith("✗")
    for note in (quality.full_note, path_table(STUDY, values).full_note):
        assert "small from 0.005, medium from 0.01, large from 0.025 (Kenny, 2018)" in note
    assert "Kenny" not in path_table(_without("SAT * HABIT"), values).full_note
    said = modelled.explained(STUDY, values)
    assert "SAT × HABIT → LOYAL 0.01 (medium by Kenny)" in said and "SAT → LOYAL 0.01 (none)" in said


def test_fit_of_a_model_in_stages_says_that_there_is_no_exact_test_and_where_there_is_no_fit() -> None:
    values = pd.DataFrame(
        [("srmr", "model", "estimated/composite", 0.05)], columns=["statistic", "row", "column", "original"]
    )
    table = fit_table(STUDY, values)
    assert table is not None and "There is no test of exact fit" in table.full_note
    plain = fit_table(load_study(ROOT / "examples" / "library_app" / "study.yaml"), values)
    assert plain is not None and "There is no test of exact fit" not in plain.full_note
    assert fit_table(STUDY, values.iloc[:0]) is None
    repeated = parse_study(TEXT.replace("hypotheses:", "pls: {higher_order: repeated}\nhypotheses:"))
    assert "repeated indicators" in modelled.fit(repeated, values.iloc[:0])
    assert (
        modelled.fit(STUDY, values) == "SRMR of the estimated model is 0.050, within the usual limit of 0.08."
    )
