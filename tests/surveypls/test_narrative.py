"""Sentences that notebooks read off their results."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from plsem.efa.pruning import prune
from plsem.efa.rules import PruningSettings
from plsem.model import Model
from plsem.quantities import quantities
from plsem.resampling.bootstrap import bootstrap
from surveypls.report import measured, modelled, narrative, printed
from surveypls.study.definition import Study, parse_study
from surveypls.study.settings import PlsSettings
from tabletext.display import Display
from tabletext.language import Language

ES = Display("es")
STUDY = parse_study(
    """
id: small
title: t
constructs: {X: [x1, x2], M: [m1, m2], Y: [y1, y2]}
paths: [X -> M, M -> Y, X -> Y]
hypotheses:
  - {id: H1, path: X -> M, statement: {en: X drives M, es: X impulsa M}}
  - {id: H2, path: X -> Y, effect: indirect}
"""
)


def _summary(rows: list[tuple[str, str, str, float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["statistic", "row", "column", "original", "p_value"])
    return frame.assign(
        standard_deviation=0.1,
        t_statistic=frame["original"] / 0.1,
        lower=frame.original - 0.2,
        upper=frame.original + 0.2,
    )


SUMMARY = _summary(
    [
        ("path_coefficient", "X", "M", 0.5, 0.0004),
        ("indirect_effect", "X", "Y", 0.06, 0.2),
        *[
            ("outer_loading", i, c, v, 0.0)
            for i, c, v in [("x1", "X", 0.9), ("x2", "X", 0.6), ("m1", "M", 0.8)]
        ],
        *[("outer_loading", i, c, 0.8, 0.0) for i, c in [("m2", "M"), ("y1", "Y"), ("y2", "Y")]],
        *[("cronbach_alpha", c, "", a, 0.0) for c, a in [("X", 0.55), ("M", 0.8), ("Y", 0.8)]],
        *[(s, c, "", 0.8, 0.0) for s in ("rho_a", "rho_c", "ave") for c in "XMY"],
        *[("sqrt_ave", c, c, 0.8, 0.0) for c in "XMY"],
        *[
            ("construct_correlation", a, b, v, 0.0)
            for a, b, v in [("M", "X", 0.85), ("Y", "X", 0.2), ("Y", "M", 0.3)]
        ],
        *[("htmt", a, b, v, 0.0) for a, b, v in [("M", "X", 0.95), ("Y", "X", 0.2), ("Y", "M", 0.3)]],
        ("r_squared", "", "M", 0.25, 0.0),
        ("r_squared", "", "Y", 0.1, 0.0),
        *[("f_squared", s, t, 0.4, 0.0) for s, t in STUDY.path_pairs],
    ]
)


def test_cleaning_counts_rows_by_rule() -> None:
    flow = pd.DataFrame(
        {"rule": ["blank", "duplicate_id"], "rows_in": [10, 9], "dropped": [1, 0], "rows_kept": [9, 9]}
    )
    text = narrative.cleaning(flow)
    assert "**10** rows came in and **9** (90%)" in text
    assert "blank form (1)" in text and "formulario en blanco (1)" in narrative.cleaning(flow, display=ES)
    assert "duplicate" not in text
    nothing = flow.assign(dropped=0, rows_in=9, rows_kept=9)
    assert (
        narrative.cleaning(nothing, display=ES)
        == "Se conservaron las **9** filas; ninguna regla descartó filas."
    )


def test_hypotheses_are_read_from_their_effect() -> None:
    text = narrative.hypotheses(STUDY, SUMMARY)
    first, second = text.splitlines()
    assert "X drives M" in first
    assert "β = 0.500, t = 5.000, p < 0.001, 95% CI [0.300, 0.700]: **supported**" in first
    assert "indirect effect = 0.060" in second
    assert "**not supported**" in second
    spanish = narrative.hypotheses(STUDY, SUMMARY, display=ES)
    assert "X impulsa M" in spanish
    assert "β = 0,500" in spanish
    assert "**respaldada**" in spanish
    assert "**no respaldada**" in spanish


def test_a_study_without_hypotheses_reads_its_paths() -> None:
    bare = Study.model_validate({**STUDY.model_dump(), "hypotheses": ()})
    assert narrative.hypotheses(bare, SUMMARY).count("\n") == 2
    table = narrative.hypothesis_table(STUDY, SUMMARY)
    assert table["supported"].tolist() == [True, False]
    assert table["effect"].tolist() == ["direct", "indirect"]


def test_reliability_names_what_is_off() -> None:
    text = measured.reliability(STUDY, SUMMARY)
    assert "Loadings below 0.708: x2 (0.600)." in text
    met, beyond = text.split("Met by the estimate, not shown by its interval:")
    assert "X (α 0.550)" in met and "M (" not in met
    assert "M (α 0.800 [0.600, 1.000])" in beyond
    clear = SUMMARY.assign(lower=SUMMARY["original"] - 0.01, upper=SUMMARY["original"] + 0.01)
    assert "not shown" not in measured.reliability(STUDY, clear)


def test_discriminant_validity() -> None:
    bounds = pd.DataFrame(
        [("M", "X", 1.02, 1.0, False), ("Y", "X", 0.5, 1.0, True), ("Y", "M", 0.6, 1.0, True)],
        columns=["row", "column", "upper", "threshold", "below"],
    )
    text = measured.discriminant(STUDY, SUMMARY, bounds)
    assert "Fornell-Larcker fails for M–X" in text
    assert "M–X (0.950)" in text
    assert "reaches 1 for M–X (1.020)" in text
    clean = SUMMARY.copy()
    clean.loc[clean["statistic"].isin(["htmt", "construct_correlation"]), "original"] = 0.1
    text = measured.discriminant(STUDY, clean, bounds.assign(below=True))
    assert (
        text
        == "Every HTMT is below 0.85. Every one-sided upper bound stays below 1. For comparison, outdated by "
        "SmartPLS's documentation: Fornell-Larcker holds for every pair."
    )


def test_explained_variance() -> None:
    text = modelled.explained(STUDY, SUMMARY)
    assert "0.250 of M (weak)" in text
    assert "X → M 0.40 (large)" in text


def test_failures_verdicts_and_statements() -> None:
    counts = pd.DataFrame({"reason": ["singular"], "count": [3]})
    assert modelled.failures(counts, 1000) == "Of 1,000 resamples, 3 singular were left out."
    assert "All 500" in modelled.failures(counts.assign(count=0), 500)
    comparison = pd.DataFrame(
        {
            "statistic": ["ave", "ave", "p_value", "n_items", "htmt_diagonal"],
            "verdict": ["equal", "equal", "differ", "equal", "not a statistic"],
            "aimed": [False] * 5,
        }
    )
    assert narrative.verdicts(comparison) == (
        "Of 4 printed figures: **3** equal at the printed digits and **1** differs."
    )
    made = narrative.verdicts(comparison.assign(aimed=[True, False, False, False, False]))
    assert made.startswith("1 of the 5 printed figures are what this survey was made to give")
    assert made.endswith("Of the 2 other statistics: **1** equal at the printed digits and **1** differs.")
    assert "contradict **1**" in narrative.statements(pd.DataFrame({"verdict": ["fails", "holds"]}))


def test_pruning_and_adequacy() -> None:
    text = narrative.pruning({"X": ["x1", "x2", "x3"]}, {"X": ["x1", "x3"]})
    assert text == "**2** of 3 items stay (X 2/3). Dropped: x2."
    assert narrative.pruning({"X": ["x1"]}, {"X": ["x1"]}) == "No item was dropped: 1 items stay."
    assert "can be factored" in narrative.adequacy(0.7, 1e-9)
    assert "weak ground" in narrative.adequacy(0.4, 1e-9)
    assert "weak ground" in narrative.adequacy(0.7, 0.3)


def test_sensitivity_and_scaling() -> None:
    tried = pd.DataFrame({"scope": ["per_construct", "per_construct", "joint"], "same": [True, False, False]})
    text = narrative.sensitivity(tried)
    assert "one construct at a time: 1 of 2; all items jointly: 0 of 1" in text
    table = pd.DataFrame(
        [("a", 0.2, "Y", 0.5, -0.3), ("b", 0.6, "Y", 0.1, 0.5)],
        columns=["item", "item_rest", "other_construct", "other_correlation", "gap"],
    )
    assert measured.scaling(table).endswith("a (0.500 with Y, 0.200 with its own items).")
    assert measured.scaling(table.tail(1)).startswith("Every item goes")


@pytest.mark.parametrize("language", ["en", "es"])
def test_decimals_follow_the_language(language: Language) -> None:
    text = modelled.explained(STUDY, SUMMARY, display=Display(language))
    found = re.findall(r"\d([.,])\d\d", text)
    assert set(found) == {"," if language == "es" else "."}


def test_joining_names() -> None:
    assert Display().listed([]) == ""
    assert Display().listed(["a"]) == "a"
    assert ES.listed(["a", "b", "c"]) == "a, b y c"
    assert np.isfinite(SUMMARY["original"]).all()


def test_fit_is_held_against_its_limit() -> None:
    summary = pd.DataFrame(
        [("srmr", "model", "estimated/composite", 0.07), ("srmr", "model", "estimated/common_factor", 0.2)],
        columns=["statistic", "row", "column", "value"],
    )
    plsc = STUDY.model_copy(update={"pls": PlsSettings(consistent=True)})
    assert (
        modelled.fit(STUDY, summary)
        == "SRMR of the estimated model is 0.070, within the usual limit of 0.08."
    )
    assert "0.200, outside" in modelled.fit(plsc, summary)
    assert modelled.fit(STUDY, summary.iloc[:0]) == ""


def test_prediction_is_told_by_construct() -> None:
    power = pd.DataFrame(
        {
            "n_items": [3, 3],
            "n_above_average": [3, 0],
            "n_better_than_lm": [3, 0],
            "power": ["high", "not assessed"],
        },
        index=["A", "B"],
    )
    against = pd.DataFrame({"difference": [-0.2, 0.1], "p_value": [0.0001, 0.4]}, index=["A", "B"])
    told = modelled.prediction(power, against, 0.05)
    assert "**A**: 3 of 3 items better than their means, predictive power high; better than" in told
    assert "p < 0.001" in told and "**B**: 0 of 3" in told and "not shown to be better" in told
    assert "capacidad predictiva sin evaluar" in modelled.prediction(power, against, 0.05, display=ES)


@pytest.mark.filterwarnings("ignore::plsem.resampling.bootstrap.BootstrapWarning")
def test_a_second_hump_is_named() -> None:
    study = STUDY
    stated = study.hypotheses[0]
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.normal(size=(40, 4)), columns=list("abcd"))
    source, target = stated.path.source, stated.path.target
    model = Model({source: ["a", "b"], target: ["c", "d"]}, [(source, target)])
    resampled = bootstrap(data, model, quantities, seed=1, n_resamples=200, jackknife=False, max_failed=1.0)
    draws = resampled.draws_of("path_coefficient", source, target)
    told = narrative.other_sign(study, resampled)
    known = draws[np.isfinite(draws)]
    table = resampled.summary(interval="percentile").set_index(["statistic", "row", "column"])["original"]
    share = (known * table["path_coefficient", source, target] < 0).mean()
    assert share > 0.05 and f"In {100 * share:.1f}% of the resamples the effect of {stated.id}" in told


def test_notes_of_factor_solutions_reach_the_reader() -> None:
    rng = np.random.default_rng(1)
    f = rng.normal(size=60)
    data = pd.DataFrame({f"a{i}": 0.5 * f + rng.normal(size=60) for i in range(3)})
    data["a3"] = f + 0.02 * rng.normal(size=60)
    data["a0"] = 0.95 * data["a3"] + 0.25 * rng.normal(size=60)
    run = prune(data, {"A": list(data.columns)}, PruningSettings(prune=False))
    assert narrative.factor_notes(run.solutions).startswith(
        "To know of the factor solutions: A: Heywood case: no unique variance left in a3"
    )
    assert "A: caso Heywood: no queda varianza única en a3" in narrative.factor_notes(
        run.solutions, display=ES
    )
    calm = prune(
        data.assign(a3=rng.normal(size=60) + f), {"A": list(data.columns)}, PruningSettings(prune=False)
    )
    assert calm.notes == ()
    assert "call for no remark" in narrative.factor_notes(calm.solutions)


def test_sizes_at_which_a_printed_t_is_ordinary() -> None:
    sizes = pd.DataFrame(
        {"source": ["X", "X", ""], "target": ["Y", "Z", ""], "printed_t": [1.325, 2.528, float("nan")],
         "sizes": ["20, 25", "none", "none"]}
    )  # fmt: skip
    text = printed.plausible_sizes(sizes)
    assert "X → Y 1.325 at n = 20, 25; X → Z 2.528 at none." in text
    assert text.endswith("No size that was tried makes all of them ordinary at once.")
    sizes.loc[1:, "sizes"] = "25"
    assert printed.plausible_sizes(sizes).endswith("All of them are ordinary at n = 25.")


def test_states_are_counted_in_words() -> None:
    found = pd.DataFrame({"state": ["follows", "open", "open", "contradicted unless"]})
    text = printed.states(found)
    assert "**0** are contradicted by the others" in text and "**1** follows from the others" in text
    assert "**2** are possible beside the others" in text and "count" not in text
    assert "**1** is contradicted by" in printed.states(pd.DataFrame({"state": ["contradicted"]}))
