"""A study file with second-order constructs, products, routes, controls and global items."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from plsem.composition import HigherOrder, Product
from plsem.controls import with_controls
from plsem.estimator import fit
from plsem.model import Model
from plsem.quantities import long_table
from surveypls.study.definition import Study, StudyError, load_study, parse_study
from surveypls.survey.check import check
from surveypls.survey.reading import read_survey
from surveypls.survey.screening import clean

EXAMPLE = Path(__file__).parents[2] / "examples" / "town_bus"
TEXT = (EXAMPLE / "study.yaml").read_text(encoding="utf-8")


def _responses(study: Study) -> pd.DataFrame:
    cleaned = clean(read_survey(EXAMPLE / "survey.csv", study), study)
    return cleaned.responses.join(cleaned.observed)


def test_the_survey_is_made_anew_byte_for_byte() -> None:
    spec = importlib.util.spec_from_file_location("make_town_bus", EXAMPLE / "make_survey.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, content in module.files().items():
        assert (EXAMPLE / name).read_bytes() == content, name


def test_a_study_file_gives_the_numbers_of_the_engine() -> None:
    study = load_study(EXAMPLE / "study.yaml")
    names = ("TIME", "RIDE", "STAFF", "VALUE", "SAT", "TRUST", "HABIT", "LOYAL")
    plain = Model(
        {c: [f"{c}{k}" for k in (1, 2, 3)] for c in names},
        [
            ("QUAL", "SAT"),
            ("VALUE", "SAT"),
            ("QUAL", "TRUST"),
            ("QUAL", "LOYAL"),
            ("SAT", "LOYAL"),
            ("TRUST", "LOYAL"),
            ("HABIT", "LOYAL"),
            ("SAT*HABIT", "LOYAL"),
        ],
        modes={"VALUE": "B"},
        higher_order={"QUAL": HigherOrder(("TIME", "RIDE", "STAFF"))},
        products={"SAT*HABIT": Product("SAT", "HABIT")},
    )
    data = _responses(study)
    mine = long_table(fit(data, study.model()), include="fast")
    theirs = long_table(fit(data, with_controls(plain, ["AGE", "WOMAN"])), include="fast")
    pd.testing.assert_frame_equal(mine, theirs, check_exact=True)
    assert study.model(controls=False) == plain


def test_the_model_as_text_says_the_same() -> None:
    study = load_study(EXAMPLE / "study.yaml")
    body = TEXT[: TEXT.index("constructs:")] + TEXT[TEXT.index("hypotheses:") :]
    model = "\n".join(f"  {line}" for line in study.model(controls=False).to_text().splitlines())
    written = parse_study(f"{body}\nmodel: |\n{model}\n")
    key = ["statistic", "row", "column"]
    data = _responses(study)
    one, other = (
        long_table(fit(data, s.model()), include=("path_coefficient",)).sort_values(key, ignore_index=True)
        for s in (study, written)
    )
    pd.testing.assert_frame_equal(one, other, atol=1e-6)


def test_each_item_has_its_own_range_and_the_global_item_stays_out_of_the_model() -> None:
    study = load_study(EXAMPLE / "study.yaml")
    lowest, highest = study.scale_ends
    assert (lowest["HABIT2"], highest["HABIT2"], highest["VALUE_ALL"]) == (1.0, 5.0, 7.0)
    assert "VALUE_ALL" in study.items
    assert "VALUE_ALL" not in study.model().items
    assert set(study.factored_items).isdisjoint({"VALUE_ALL", "VALUE1", "AGE", "WOMAN"})


def test_a_control_in_a_product_is_one_fault_wherever_it_is_named() -> None:
    with pytest.raises(StudyError) as error:
        parse_study(TEXT.replace("SAT * HABIT -> LOYAL", "SAT * AGE -> LOYAL"))
    said = [line for line in error.value.problems if "AGE" in line]
    assert [line.split(",")[0] for line in said] == [
        "path 'SAT*AGE -> LOYAL': AGE is a control",
        "compare.mediated: AGE is a control",
    ]


def test_hypotheses_name_a_route() -> None:
    first, second, *_, last = load_study(EXAMPLE / "study.yaml").hypotheses
    assert first.quantity == ("specific_indirect_effect", "QUAL -> SAT -> LOYAL", "")
    assert second.quantity == ("specific_indirect_effect", "QUAL -> TRUST -> LOYAL", "")
    assert last.quantity == ("path_coefficient", "SAT*HABIT", "LOYAL")
    assert (first.arrows, last.arrows) == ("QUAL → SAT → LOYAL", "SAT × HABIT → LOYAL")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("components: [TIME", "items: [TIME", "'components: [TIME, RIDE, STAFF]'"),
        ("[TIME, RIDE, STAFF]", "[TIME, RIDE, STAF]", "unknown component 'STAF'; did you mean 'STAFF'"),
        ("  - HABIT -> LOYAL\n", "", "needs 'HABIT -> LOYAL' beside it"),
        ("SAT * HABIT -> LOYAL   ", "SAT * HABBIT -> LOYAL   ", "did you mean 'HABIT'"),
        ("SAT * HABIT -> LOYAL   ", "SAT * HABIT * TRUST -> LOYAL   ", "a product of three constructs"),
        ("QUAL -> SAT -> LOYAL,", "QUAL -> HABIT -> LOYAL,", "hypothesis H1: no path 'QUAL -> HABIT'"),
        ("via: TRUST", "via: TRUST, effect: total", "the effect over a route is indirect"),
        ("via: TRUST", "via: TRUTS", "unknown construct 'TRUTS'; did you mean 'TRUST'"),
        ("    mode: B\n", "", "global_item: belongs to a formed construct"),
        (
            "SAT * HABIT -> LOYAL   ",
            "SAT * AGE -> LOYAL   ",
            "AGE is a control, which leads to every construct",
        ),
        ("hypotheses:", "pls: {consistent: true}\nhypotheses:", "pls.consistent: not offered with products"),
        ("  AGE: Age", "  SAT: Age", "controls.SAT: the name stands for something else"),
    ],
)
def test_each_fault_is_named(old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(StudyError) as error:
        parse_study(TEXT.replace(old, new))
    assert message in str(error.value)


def test_check_says_what_a_model_in_stages_goes_without() -> None:
    report = check(EXAMPLE / "survey.csv", EXAMPLE / "study.yaml")
    assert report.errors == ()
    assert any("not offered" in line and "QUAL, SAT × HABIT" in line for line in report.warnings)
    assert "LOYAL ~ QUAL + SAT + TRUST + HABIT + SAT:HABIT + AGE + WOMAN" in report.model
