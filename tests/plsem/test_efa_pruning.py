"""Pruning: each rule drops what it names, one item at a time, and the trace says so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plsem.efa.correlations import EfaError
from plsem.efa.items import scale_reliability
from plsem.efa.pruning import prune
from plsem.efa.rules import PruningSettings, active_rules
from plsem.efa.sensitivity import sensitivity
from plsem.efa.solution import factor_analysis
from surveypls.study.definition import load_study, parse_study
from surveypls.study.settings import EfaSettings
from surveypls.survey.reading import read_survey
from surveypls.survey.screening import clean

ROOT = Path(__file__).parents[2]
STUDY = """
id: t
title: t
constructs:
  A: [a1, a2, a3, a4, a5]
  B: [b1, b2, b3, b4]
paths: [A -> B]
efa: {n_parallel: 50}
"""
ITEMS = ["a1", "a2", "a3", "a4", "a5", "b1", "b2", "b3", "b4"]


def study(**efa):
    return parse_study(STUDY).model_copy(update={"efa": EfaSettings.model_validate({"n_parallel": 50} | efa)})


def exact(pattern, phi=0.3, n=80, seed=1):
    """Answers whose sample correlations are exactly those of the pattern (item → loadings on A and B)."""
    load = np.array(list(pattern.values()), dtype=float)
    common = load @ np.array([[1, phi], [phi, 1]]) @ load.T
    r = common + np.diag(1 - np.diag(common))
    z = np.random.default_rng(seed).normal(size=(n, len(load)))
    z -= z.mean(axis=0)
    white = z @ np.linalg.inv(np.linalg.cholesky(z.T @ z)).T
    return pd.DataFrame(white @ np.linalg.cholesky(r).T, columns=list(pattern))


def clear(**changes):
    pattern = {f"a{i}": (0.7, 0) for i in range(1, 6)} | {f"b{i}": (0, 0.7) for i in range(1, 5)}
    return exact(pattern | changes)


@pytest.mark.parametrize("scope", ["per_construct", "joint"])
def test_clean_items_all_stay(scope):
    found = prune(clear(), **study(scope=scope, min_cross_loading_gap=0.2, min_communality=0.4).pruning)
    assert found.retained == tuple(ITEMS)
    assert found.dropped == ()
    assert found.trace.empty
    np.testing.assert_allclose(found.statistics["loading"], 0.7, atol=1e-5)
    np.testing.assert_allclose(found.statistics["communality"], 0.49, atol=1e-5)
    assert list(found.solutions) == (["joint"] if scope == "joint" else ["A", "B"])


@pytest.mark.parametrize("scope", ["per_construct", "joint"])
@pytest.mark.parametrize("extraction", ["minres", "principal_axis", "ml"])
def test_a_weak_item_goes_and_the_trace_says_why(scope, extraction):
    data = clear(a3=(0.35, 0))
    found = prune(data, **study(scope=scope, extraction=extraction).pruning)
    assert found.dropped == ("a3",)
    row = found.trace.iloc[0]
    assert (row["round"], row["item"], row["construct"], row["action"]) == (1, "a3", "A", "dropped")
    assert row["rule"] == ("no salient loading" if scope == "joint" else "own loading")
    assert row["value"] == pytest.approx(0.35, abs=1e-4)
    assert row["threshold"] == 0.40
    assert "0.35 is below 0.40" in row["reason"]
    assert (row["n_items_before"], row["n_items_after"]) == (5, 4)
    before, after = (
        scale_reliability(data, {"A": items}).iloc[0]
        for items in (["a1", "a2", "a3", "a4", "a5"], ["a1", "a2", "a4", "a5"])
    )
    assert row["alpha_before"] == pytest.approx(before["cronbach_alpha"])
    assert row["alpha_after"] == pytest.approx(after["cronbach_alpha"])
    assert row["omega_after"] == pytest.approx(after["mcdonald_omega"])


def test_each_round_analyses_the_remaining_items_anew():
    data = clear(a2=(0.3, 0), a4=(0.2, 0), b1=(0, 0.1))
    found = prune(data, **study().pruning)
    assert found.trace["item"].tolist() == ["b1", "a4", "a2"]  # the worst of any construct first
    assert found.trace["round"].tolist() == [1, 2, 3]
    left = list(ITEMS)
    for number, item in enumerate([None, "b1", "a4", "a2"]):
        left = [i for i in left if i != item]
        table = found.statistics[found.statistics["round"] == number].set_index("item")
        assert table.index.tolist() == left
        own = [i for i in left if i.startswith("a")]
        solution = factor_analysis(data[own].corr(), 1)
        np.testing.assert_allclose(table.loc[own, "loading"], solution.pattern.iloc[:, 0], atol=1e-9)


def test_only_the_worst_goes_even_if_the_next_would_have_failed():
    """Two near copies take the factor for themselves; without one of them the others hold together."""
    pattern = {"a1": 0.6, "a2": 0.6, "a3": 0.6, "a4": 0.25, "a5": 0.25}
    load = np.array(list(pattern.values()))
    r = np.outer(load, load)
    r[3, 4] = r[4, 3] = 0.85
    np.fill_diagonal(r, 1)
    first = factor_analysis(pd.DataFrame(r, index=list(pattern), columns=list(pattern)), 1).pattern.iloc[:, 0]
    assert (first[["a1", "a2", "a3"]] < 0.45).all()
    whole = np.eye(9)
    whole[:5, :5] = r
    whole[5:, 5:] = 0.5
    np.fill_diagonal(whole, 1)
    z = np.random.default_rng(0).normal(size=(60, 9))
    z -= z.mean(axis=0)
    white = z @ np.linalg.inv(np.linalg.cholesky(z.T @ z)).T
    data = pd.DataFrame(white @ np.linalg.cholesky(whole).T, columns=ITEMS)
    found = prune(data, **study(min_msa=None, min_loading=0.5).pruning)
    failing = found.statistics[(found.statistics["round"] == 0) & (found.statistics["loading"] < 0.5)]
    dropped = found.trace[found.trace["action"] == "dropped"]
    assert len(dropped) < len(failing)


def test_the_minimum_of_items_protects_and_is_told():
    data = clear(b1=(0, 0.2), b2=(0, 0.3))
    found = prune(data, **study(min_items=3).pruning)
    assert found.dropped == ("b1",)
    last = found.trace.iloc[-1]
    assert (last["item"], last["action"], last["round"]) == ("b2", "kept", 1)
    assert "minimum" in last["reason"]
    assert last["n_items_before"] == last["n_items_after"] == 3
    assert prune(data, **study(min_items=2).pruning).dropped == ("b1", "b2")


def test_a_reversed_item_is_asked_about():
    found = prune(clear(a5=(-0.7, 0)), **study().pruning)
    assert found.dropped == ("a5",)
    assert "reversed wording" in found.trace.at[0, "reason"]
    assert found.trace.at[0, "value"] < 0


def test_sampling_adequacy_goes_first_and_its_worst_item():
    data = clear(a1=(0.05, 0), a2=(0.3, 0))
    strict = prune(data, **study(min_msa=0.75).pruning)
    start = strict.statistics[strict.statistics["round"] == 0].set_index("item")["msa"]
    assert strict.trace.at[0, "rule"] == "sampling adequacy"
    assert strict.trace.at[0, "item"] == start.idxmin()


def test_communality_rule():
    found = prune(clear(a3=(0.55, 0)), **study(min_communality=0.4).pruning)
    assert found.dropped == ("a3",)
    assert found.trace.at[0, "rule"] == "communality"
    assert prune(clear(a3=(0.55, 0)), **study(min_communality=0.3).pruning).dropped == ()


def test_an_item_of_the_wrong_construct():
    data = clear(a3=(0.1, 0.6))
    joint = prune(data, **study(scope="joint").pruning)
    assert joint.dropped == ("a3",)
    assert joint.trace.at[0, "rule"] == "own factor"
    assert joint.trace.at[0, "reason"] == "loads more on B than on A"
    scaled = prune(data, **study(min_loading=None, min_cross_loading_gap=0.0).pruning)
    assert scaled.dropped == ("a3",)
    assert scaled.trace.at[0, "reference"] == "Hays & Hayashi (1990)"


def test_the_cross_loading_gap():
    data = clear(a3=(0.6, 0.45))
    assert prune(data, **study(scope="joint", min_cross_loading_gap=0.10).pruning).dropped == ()
    found = prune(data, **study(scope="joint", min_cross_loading_gap=0.25).pruning)
    assert found.dropped == ("a3",)
    assert found.trace.at[0, "rule"] == "cross-loading"
    assert found.trace.at[0, "value"] == pytest.approx(0.15, abs=0.02)


def test_noise_goes_before_what_it_bends():
    data = clear(a3=(0.1, 0.55), b4=(0.0, 0.15))
    found = prune(data, **study(scope="joint").pruning)
    assert found.trace["rule"].tolist() == ["no salient loading", "own factor"]


def test_factors_carry_their_constructs_names():
    found = prune(clear(), **study(scope="joint", rotation="varimax").pruning)
    solution = found.solutions["joint"]
    assert set(solution.pattern.columns) == {"A", "B"}
    assert (solution.pattern.loc[[f"a{i}" for i in range(1, 6)], "A"] > 0.6).all()
    one = prune(clear(), **study(scope="joint", n_factors=1).pruning).solutions["joint"]
    assert list(one.pattern.columns) == ["A+B"]
    three = prune(exact_noise(), **study(scope="joint", n_factors=3, prune=False).pruning).solutions["joint"]
    assert sorted(three.pattern.columns)[:2] == ["A", "B"]


def exact_noise():
    rng = np.random.default_rng(3)
    return clear() + rng.normal(scale=0.05, size=(80, 9))


@pytest.mark.parametrize("rule", ["parallel", "map", "kaiser", "constructs", 2])
def test_each_number_of_factors_rule_prunes_alike_on_clear_data(rule):
    found = prune(clear(a3=(0.3, 0)), **study(scope="joint", n_factors=rule).pruning)
    assert found.dropped == ("a3",)


def test_switched_off_there_is_a_solution_and_no_trace():
    found = prune(clear(a3=(0.1, 0)), **study(prune=False).pruning)
    assert found.retained == tuple(ITEMS)
    assert found.trace.empty
    assert set(found.solutions) == {"A", "B"}


def test_two_items_are_neither_accused_nor_unsigned():
    text = STUDY.replace("B: [b1, b2, b3, b4]", "B: [b1, b2]")
    data = clear()
    found = prune(data, **parse_study(text).pruning)
    assert found.trace.empty
    assert any("not identified" in note for note in found.notes)
    pair = found.solutions["B"].pattern["B"]
    np.testing.assert_allclose(pair, np.sqrt(data["b1"].corr(data["b2"])), atol=1e-6)
    data["b2"] = -data["b2"]
    opposite = prune(data, **parse_study(text).pruning).solutions["B"].pattern["B"]
    assert opposite["b1"] > 0 > opposite["b2"]


def test_too_few_rows_for_parallel_analysis_is_the_users_error():
    with pytest.raises(EfaError, match="more rows than items"):
        prune(clear().iloc[:9], **study(scope="joint", n_factors="parallel").pruning)


def test_answers_that_do_not_vary():
    data = clear()
    data["a2"] = 3.0
    found = prune(data, **study().pruning)
    assert found.dropped == ("a2",)
    assert found.trace.at[0, "rule"] == "no variance"
    assert np.isfinite(found.trace.at[0, "alpha_after"])
    with pytest.raises(EfaError, match="a2"):
        prune(data, **study(prune=False).pruning)


def test_formative_and_single_item_constructs_are_left_alone():
    text = STUDY.replace("B: [b1, b2, b3, b4]", "B: {items: [b1, b2, b3], mode: B}\n  C: [b4]").replace(
        "[A -> B]", "[A -> B, B -> C]"
    )
    data = clear(b1=(0, 0.0), b2=(0, 0.05))
    found = prune(data, **parse_study(text).pruning)
    assert found.blocks == {"A": tuple(ITEMS[:5]), "B": ("b1", "b2", "b3"), "C": ("b4",)}
    assert list(found.solutions) == ["A"]
    joint = prune(data, **parse_study(text.replace("n_parallel: 50", "n_parallel: 50, scope: joint")).pruning)
    assert list(joint.solutions["joint"].pattern.columns) == ["A"]
    only_formative = text.replace("A: [a1, a2, a3, a4, a5]", "A: {items: [a1, a2], mode: B}")
    nothing = prune(data, **parse_study(only_formative).pruning)
    assert nothing.solutions == {}
    assert nothing.retained == ("a1", "a2", "b1", "b2", "b3", "b4")


def test_missing_columns_and_answers_are_named():
    data = clear()
    with pytest.raises(EfaError, match=r"no column for b4; did you mean 'B4'"):
        prune(data.rename(columns={"b4": "B4"}), **study().pruning)
    data.loc[3, "a2"] = np.nan
    with pytest.raises(EfaError, match="missing answers in a2"):
        prune(data, **study().pruning)


def test_the_data_are_not_changed():
    data = clear(a3=(0.3, 0))
    copy = data.copy()
    prune(data, **study().pruning)
    pd.testing.assert_frame_equal(data, copy)


def test_rules_follow_the_settings():
    names = [r.name for r in active_rules(PruningSettings(scope="joint", min_cross_loading_gap=0.1))]
    assert names == ["sampling adequacy", "no salient loading", "own factor", "own loading", "cross-loading"]
    off = PruningSettings(min_msa=None, min_loading=None)
    assert active_rules(off) == ()


def test_sensitivity_covers_the_grid_and_agrees_with_prune():
    data, chosen = clear(a3=(0.45, 0), b4=(0.4, 0.45)), study()
    table = sensitivity(
        data,
        **chosen.pruning,
        min_loading=(0.4, 0.5),
        min_cross_loading_gap=(None, 0.2),
        correlation=("pearson",),
    )
    assert len(table) == 3 * 4 + 3 * 2 * 4
    assert (table.loc[table["scope"] == "per_construct", "rotation"] == "none").all()
    own = prune(data, **chosen.pruning).retained
    base = table[
        (table["scope"] == "per_construct")
        & (table["extraction"] == "minres")
        & (table["min_loading"] == 0.4)
        & table["min_cross_loading_gap"].isna()
    ]
    assert base["retained"].item() == " ".join(own)
    assert base["same"].item()
    for row in table.iloc[::5].to_dict("records"):
        gap = row["min_cross_loading_gap"]
        settings = {k: row[k] for k in ("scope", "extraction", "rotation", "min_loading")}
        settings["min_cross_loading_gap"] = None if np.isnan(gap) else gap
        retained = prune(data, **study(**settings).pruning).retained
        assert row["retained"] == " ".join(retained)
        assert row["n_retained"] == len(retained)
        assert set(row["lost"].split()) == set(own) - set(retained)
        assert set(row["added"].split()) == set(retained) - set(own)
    assert table["same"].nunique() == 2


def test_sensitivity_puts_failures_in_the_table():
    data = clear()
    table = sensitivity(
        data,
        **study(n_factors=9).pruning,
        min_loading=(0.4,),
        min_cross_loading_gap=(None,),
        extraction=("minres",),
        correlation=("pearson",),
    )
    joint = table[table["scope"] == "joint"]
    assert (joint["n_retained"] == 0).all()
    assert joint["note"].str.contains("between 1 and 8").all()


def test_the_shipped_survey_retains_the_published_items():
    project = load_study(ROOT / "study.yaml")
    raw = read_survey(ROOT / "data/raw/survey.csv", project, ROOT / "data/codebook.csv")
    published = pd.read_csv(ROOT / "data/published/published_values.csv", dtype=str, keep_default_na=False)
    wanted = set(published.loc[published["statistic"] == "outer_loading", "row"])
    assert len(wanted) == 11
    found = prune(clean(raw, project).responses, **project.pruning)
    assert set(found.retained) == wanted
    # They pass the rules; none is only protected by the minimum of items.
    assert (found.trace["action"] == "dropped").all()
    assert found.notes == ()


def test_solutions_depend_on_what_is_factored_not_on_thresholds():
    own = PruningSettings()
    other = replace(
        own, min_msa=0.6, min_loading=0.7, min_cross_loading_gap=0.2, min_communality=0.3, min_items=2
    )
    assert replace(other, prune=False).without_thresholds == own.without_thresholds
    for change in (
        {"scope": "joint"},
        {"correlation": "polychoric"},
        {"extraction": "ml"},
        {"rotation": "none"},
    ):
        assert replace(own, **change).without_thresholds != own.without_thresholds
