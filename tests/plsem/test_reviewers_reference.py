"""Common method bias, model selection and necessary conditions against independent software."""

from __future__ import annotations

import json
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from pls_reference import FOLDER, data

import plsem
from plsem.method_bias import full_collinearity, harman, marker_variable
from plsem.necessity import NecessityResult, combined_importance, necessary_conditions, permutation_p
from plsem.selection import CRITERIA, akaike_weights, information_criteria

FIGURES = json.loads((FOLDER / "reviewers" / "figures.json").read_text(encoding="utf-8"))
CASES = {"corp_rep_simple": "corp_rep", "mobi": "mobi"}
TIGHT = {"tolerance": 1e-13, "max_iterations": 5000}
TOLERANCE = 1e-10

cases = pytest.mark.parametrize("name", CASES)


def matrix(spec: dict) -> pd.DataFrame:
    return pd.DataFrame(spec["values"], spec["rows"], spec["cols"], dtype=float)


@cache
def case(name: str) -> tuple[pd.DataFrame, plsem.Model, plsem.Estimate]:
    spec, frame = FIGURES[name], data(CASES[name])
    model = plsem.Model(spec["constructs"], [tuple(p) for p in spec["paths"]])
    return frame, model, plsem.fit(frame, model, **TIGHT)


@cache
def necessity(name: str, peers: str = "once", n_permutations: int = 0) -> NecessityResult:
    frame, _, estimate = case(name)
    target = FIGURES[name]["nca"]["target"]
    return necessary_conditions(frame, estimate, target, peers=peers, n_permutations=n_permutations, seed=1)


@cases
def test_full_collinearity_is_that_of_the_scores_regressed_on_each_other(name):
    ours = full_collinearity(case(name)[2])["full_collinearity_vif"]
    assert (ours - pd.Series(FIGURES[name]["full_collinearity_vif"])).abs().max() < TOLERANCE


@cases
def test_harmans_factor_is_psychs(name):
    frame, model, estimate = case(name)
    theirs = FIGURES[name]["harman"]
    for ours in (harman(estimate), harman(frame[list(model.items)])):
        assert ours.component_share == pytest.approx(theirs["first_eigenvalue_share_PCA"], abs=TOLERANCE)
        assert ours.factor_share == pytest.approx(theirs["paf_one_factor_share"], abs=1e-8)


@cases
def test_correlations_without_a_marker_variable(name):
    frame, model, _ = case(name)
    theirs = FIGURES[name]["lindell_whitney"]
    ours = marker_variable(frame, model, theirs["marker"], **TIGHT)
    assert ours.r_m == pytest.approx(theirs["rM_smallest_abs"], abs=TOLERANCE)
    expected = pd.Series(theirs["r_marker_with_constructs"])
    assert (ours.marker_correlations.abs() - expected.abs()).abs().max() < TOLERANCE
    adjusted, t = matrix(theirs["adjusted"]), matrix(theirs["t_df_nminus3"])
    for pair in ours.correlations.itertuples():
        assert pair.adjusted == pytest.approx(adjusted.loc[pair.row, pair.column], abs=TOLERANCE)
        assert pair.t_statistic == pytest.approx(t.loc[pair.row, pair.column], abs=1e-8)


@cases
def test_a_small_correlation_stands_in_for_a_marker(name):
    frame, model, _ = case(name)
    theirs = FIGURES[name]["lindell_whitney"]["variant_rM_second_smallest_construct_correlation"]
    ours = marker_variable(frame, model, **TIGHT)
    assert ours.r_m == pytest.approx(theirs["rM"], abs=TOLERANCE)
    adjusted = matrix(theirs["adjusted"])
    for pair in ours.correlations.itertuples():
        assert pair.adjusted == pytest.approx(adjusted.loc[pair.row, pair.column], abs=TOLERANCE)


@cases
@pytest.mark.parametrize("package", ["model_selection", "model_selection_cSEM"])
def test_information_criteria_are_csems(name, package):
    ours = information_criteria(case(name)[2])[list(CRITERIA)]
    assert (ours - pd.DataFrame(FIGURES[name][package])).abs().to_numpy().max() < 1e-9


def test_akaike_weights_are_seminrs():
    spec = FIGURES["akaike_weights"]
    np.testing.assert_allclose(akaike_weights(spec["input"]), spec["weights"], rtol=1e-12)


@cases
def test_effect_sizes_are_seminrextras(name):
    theirs = matrix(FIGURES[name]["nca"]["nca_effect_sizes"])
    ours = necessity(name).effects.pivot_table("d", "condition", "ceiling")
    assert (ours.loc[theirs.index, theirs.columns] - theirs).abs().to_numpy().max() < TOLERANCE


def test_the_r_package_counts_rows_that_are_the_same_at_a_peer():
    once, every = (necessity("corp_rep_simple", peers).effects for peers in ("once", "all"))
    for condition, theirs in FIGURES["corp_rep_simple"]["nca_R"].items():
        ours = every[every["condition"] == condition].set_index("ceiling")
        for ceiling in ("ce_fdh", "cr_fdh"):
            assert ours.loc[ceiling, "d"] == pytest.approx(theirs[ceiling][0], abs=TOLERANCE)
        assert ours.loc["cr_fdh", "slope"] == pytest.approx(theirs["slope_cr"][0], abs=1e-9)
        assert ours.loc["cr_fdh", "intercept"] == pytest.approx(theirs["intercept_cr"][0], abs=1e-9)
    apart = (every["d"] - once["d"]).abs().to_numpy()
    of_cusa = (once["condition"] == "CUSA") & (once["ceiling"] == "cr_fdh")
    assert apart[of_cusa].item() == pytest.approx(0.2299 - 0.2222, abs=1e-4)
    assert apart[~of_cusa].max() == 0


@cases
def test_permutation_tests_of_effect_sizes_on_their_permutations(name):
    frame, model, estimate = case(name)
    spec, result = FIGURES[name]["nca"], necessity(name)
    seed = re.search(r"PCG64\((\d+)\)", spec["perms"])
    assert seed is not None
    rng = np.random.Generator(np.random.PCG64(int(seed[1])))
    theirs = matrix(spec["nca_p"])
    scores = pd.DataFrame(plsem.scores(frame, estimate), columns=list(model.constructs))
    y = scores[spec["target"]].to_numpy()
    for ceiling in theirs.columns:
        for condition in theirs.index:
            drawn = y[np.array([rng.permutation(len(y)) for _ in range(199)])]
            scatter = result.scatters[condition]
            in_order = drawn[:, np.argsort(scores[condition].to_numpy(), kind="stable")]
            d = scatter.sizes(scatter.y[None], ceiling)[0]
            p = permutation_p(d, scatter.sizes(in_order, ceiling), count_observed=False)
            assert p == pytest.approx(theirs.loc[condition, ceiling], abs=TOLERANCE)


@cases
@pytest.mark.parametrize("ceiling", ["ce_fdh", "cr_fdh"])
def test_bottlenecks_are_seminrextras_to_their_digits(name, ceiling):
    theirs = matrix(FIGURES[name]["nca"]["bottleneck"][ceiling]).iloc[:, 1:]
    ours = necessity(name).bottleneck(ceiling).set_axis(theirs.index)[theirs.columns]
    # They leave out what is not necessary, and sometimes the highest level by rounding.
    assert (ours - theirs).abs().max().max() < 0.05 + 1e-9
    left_out = theirs.isna() & (ours != 0)
    assert not left_out.drop(index="100").to_numpy().any()


def test_importance_in_the_combined_map():
    frame, _, estimate = case("corp_rep_simple")
    spec = FIGURES["corp_rep_simple"]
    ours = combined_importance(frame, estimate, necessity("corp_rep_simple"), minimum=1, maximum=7)
    csem = matrix(spec["ipma_cSEM"]).loc["CUSL", ours.index]
    assert (ours["importance"] - csem).abs().max() < 1e-9
    # seminrExtras weighs raw items by weights of standardised ones.
    apart = (ours["importance"] - pd.Series(spec["nca"]["importance_unstd"])).abs()
    assert 1e-4 < apart.max() < 5e-3
    assert ours.loc["CUSA", "d"] == pytest.approx(0.2665, abs=5e-5)
