"""Decisions on hypotheses: by p, by the interval for indirect effects, and with the sign that was stated."""

from __future__ import annotations

import pandas as pd
import pytest

from surveypls import tables
from surveypls.report import narrative
from surveypls.study.definition import Study
from surveypls.tables.decisions import decide
from surveypls.tables.values import as_values
from tabletext.display import Display


def study(effect: str = "direct", **bootstrap: object) -> Study:
    return Study.model_validate(
        {
            "id": "s",
            "title": "S",
            "constructs": {n: {"items": [f"{n}1", f"{n}2"]} for n in "XMY"},
            "paths": ["X -> M", "M -> Y", "X -> Y"],
            "hypotheses": [{"id": "H1", "path": "X -> Y", "effect": effect}],
            "bootstrap": bootstrap,
        }
    )


def summary(statistic: str, original: float, p: float, lower: float, upper: float) -> pd.DataFrame:
    row = {"statistic": statistic, "row": "X", "column": "Y", "original": original, "t_statistic": 2.0}
    return pd.DataFrame([row | {"standard_deviation": 0.1, "p_value": p, "lower": lower, "upper": upper}])


CASES = {
    "clear": ("direct", 0.4, 0.001, 0.2, 0.6, True, ()),
    "absent": ("direct", 0.1, 0.4, -0.1, 0.3, False, ()),
    "negative": ("direct", -0.4, 0.001, -0.6, -0.2, True, ("negative",)),
    "p alone": ("direct", 0.4, 0.01, -0.1, 0.6, True, ("interval_holds",)),
    "interval alone": ("direct", 0.4, 0.2, 0.1, 0.6, False, ("interval_excludes",)),
    "indirect by interval": ("indirect", 0.2, 0.08, 0.01, 0.4, True, ("interval_excludes",)),
    "indirect by p": ("indirect", 0.2, 0.01, -0.01, 0.4, False, ("interval_holds",)),
    "total by p": ("total", 0.2, 0.01, 0.1, 0.4, True, ()),
    "no interval": ("indirect", 0.2, 0.01, float("nan"), float("nan"), True, ()),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_rule_for_tables_sentences_and_contracts(case):
    effect, original, p, lower, upper, supported, remarks = case
    statistic = {"direct": "path_coefficient", "indirect": "indirect_effect", "total": "total_effect"}[effect]
    what, found = study(effect), summary(statistic, original, p, lower, upper)
    decision = decide(what, what.hypotheses[0], as_values(found))
    assert (decision.supported, decision.remarks) == (supported, remarks)
    row = narrative.hypothesis_table(what, found).iloc[0]
    assert (row["supported"], row["remarks"]) == (supported, " ".join(remarks))
    for language in ("en", "es"):
        display = Display(language)
        told = narrative.hypotheses(what, found, display=display)
        shown = tables.table_5_paths(what, found, display=display).frame["decision"].iloc[0]
        listed = tables.path_table(what, found, display=display).frame["decision"].iloc[0]
        for text in (told, shown, listed):
            assert text.count("0" if "interval" in " ".join(remarks) else ", ") >= bool(remarks)
        yes = {
            "en": ("**supported**", "Accepted", "supported"),
            "es": ("**respaldada**", "Aceptada", "respaldada"),
        }
        for text, word in zip((told, shown, listed), yes[language], strict=True):
            assert (word in text and "no respaldada" not in text and "not supported" not in text) == supported


def test_p_and_interval_are_compared_only_where_they_answer_the_same_question():
    found = as_values(summary("path_coefficient", 0.4, 0.04, -0.1, 0.6))
    for settings in ({"alternative": "one-sided"}, {"confidence_level": 0.99}):
        what = study(**settings)
        assert decide(what, what.hypotheses[0], found).remarks == ()


@pytest.mark.parametrize(
    ("sign", "estimate", "supported", "remarks"),
    [
        ("positive", 0.4, True, ()),
        ("positive", -0.4, False, ("opposite",)),
        ("negative", -0.4, True, ()),
        ("negative", 0.4, False, ("opposite",)),
    ],
)
def test_a_stated_sign_is_part_of_the_hypothesis(sign, estimate, supported, remarks):
    what = study()
    stated = what.hypotheses[0].model_copy(update={"sign": sign})
    found = summary("path_coefficient", estimate, 0.001, estimate - 0.2, estimate + 0.2)
    decision = decide(what, stated, as_values(found))
    assert (decision.supported, decision.remarks) == (supported, remarks)
    told = narrative.hypothesis(what, stated, found)
    assert ("opposite sign" in told) == ("opposite" in remarks)


def test_what_was_not_tested_is_not_decided():
    found = as_values(summary("path_coefficient", 0.4, float("nan"), 0.1, 0.6))
    what = study()
    assert decide(what, what.hypotheses[0], found) is None
    assert "**not tested**" in narrative.hypotheses(
        what, summary("path_coefficient", 0.4, float("nan"), 0.1, 0.6)
    )
