"""Second order, moderation, mediation and redundancy against independent software, at 1e-8 and better."""

from __future__ import annotations

import numpy as np
import pytest
from composed_cases import TIGHT, blocks, data_of, matrix, moderated, paths_of, reference, second_order
from pls_reference import FOLDER, data

import plsem
from plsem import slopes, structural
from plsem.mediation import KINDS, kind_of_mediation, mediation
from plsem.model import Model
from plsem.redundancy import redundancy

TOLERANCE = 1e-10
ORDERS = ("corp_rep_hoc_rf", "mobi_hoc_rr", "mobi_hoc_rf")
METHODS = ("two_stage", "embedded", "repeated")
MODERATED = tuple(name for name in reference("moderation") if name != "package")


def value(estimate, statistic, row, column=""):
    table = estimate.summary(statistic=statistic)
    found = table[(table["row"] == row) & (table["column"] == column)]["value"]
    assert len(found) == 1, (statistic, row, column)
    return float(found.iloc[0])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ORDERS)
def test_second_order_paths_are_seminrs(name, method):
    theirs = matrix(reference("higher_order")[name][method]["paths"])
    ours = paths_of(second_order(name, method)[1])
    assert np.abs(ours.loc[theirs.index, theirs.columns] - theirs).to_numpy().max() < TOLERANCE


@pytest.mark.parametrize("method", ["two_stage", "embedded"])
@pytest.mark.parametrize("name", ORDERS)
def test_second_order_weights_loadings_and_reliability_are_seminrs(name, method):
    spec = reference("higher_order")[name]
    _, estimate = second_order(name, method)
    theirs = spec[method]
    order = spec["higher_order"]
    for statistic, found in (("outer_weight", "hoc_weights"), ("outer_loading", "hoc_loadings")):
        for component, expected in theirs[found].items():
            ours = value(estimate, statistic, component, order["name"])
            assert ours == pytest.approx(expected, abs=TOLERANCE)
    if order["mode"] == "A":
        row = matrix(theirs["reliability"]).loc[order["name"]]
        for mine, other in (
            ("cronbach_alpha", "alpha"),
            ("rho_c", "rhoC"),
            ("ave", "AVE"),
            ("rho_a", "rhoA"),
        ):
            assert value(estimate, mine, order["name"]) == pytest.approx(row[other], abs=TOLERANCE)


@pytest.mark.parametrize("name", ORDERS)
def test_first_order_is_measured_in_the_first_stage(name):
    spec = reference("higher_order")[name]
    _, estimate = second_order(name, "two_stage")
    weights, loadings = (matrix(spec["two_stage"][f"stage1_{what}"]) for what in ("weights", "loadings"))
    for component in spec["higher_order"]["components"]:
        for item in blocks(spec["constructs"])[component]:
            assert value(estimate, "outer_weight", item, component) == pytest.approx(
                weights.loc[item, component], abs=TOLERANCE
            )
            assert value(estimate, "outer_loading", item, component) == pytest.approx(
                loadings.loc[item, component], abs=TOLERANCE
            )
    if vif := spec["two_stage"].get("vif_components"):
        for component, expected in vif.items():
            assert value(estimate, "outer_vif", component, spec["higher_order"]["name"]) == pytest.approx(
                expected
            )


@pytest.mark.parametrize("name", ["mobi_hoc_rr"])
def test_repeated_indicators_are_assessed_by_component_scores(name):
    spec = reference("higher_order")[name]
    _, estimate = second_order(name, "repeated")
    construct = spec["higher_order"]["name"]
    for component, expected in spec["repeated"]["hoc_component_correlations"].items():
        assert value(estimate, "outer_loading", component, construct) == pytest.approx(
            expected, abs=TOLERANCE
        )
    derived = spec["repeated"]["derived_hoc_reliability"]
    for mine, other in (("cronbach_alpha", "alpha"), ("rho_c", "rhoC"), ("ave", "AVE")):
        assert value(estimate, mine, construct) == pytest.approx(derived[other], abs=TOLERANCE)


@pytest.mark.parametrize("name", ORDERS)
def test_drivers_of_a_formative_construct_act_on_its_components(name):
    """Becker et al. (2012): under repeated indicators the effect of a driver is its total effect."""
    theirs = matrix(reference("higher_order")[name]["repeated"]["total_effects"])
    model, estimate = second_order(name, "repeated")
    _, total = structural.effects_last(estimate)
    names = list(estimate.model.constructs)
    for source, target in model.path_names:
        ours = total[names.index(source), names.index(target), 0]
        assert ours == pytest.approx(theirs.loc[source, target], abs=TOLERANCE)


@pytest.mark.parametrize("method", ["two_stage", "product_indicator", "orthogonal"])
@pytest.mark.parametrize("name", MODERATED)
def test_moderation_is_seminrs(name, method):
    spec = reference("moderation")[name]
    theirs = spec["methods"][method]
    _, estimate, product = moderated(name, method)
    ours, expected = paths_of(estimate), matrix(theirs["paths"])
    main = [c for c in expected.index if c != product]
    assert np.abs(ours.loc[main, expected.columns] - expected.loc[main]).to_numpy().max() < TOLERANCE
    table = slopes.interactions(estimate).set_index("product").loc[product]
    assert table["path_coefficient"] == pytest.approx(
        theirs["interaction_path_if_term_standardised"], abs=TOLERANCE
    )
    assert table["interaction_effect"] == pytest.approx(theirs["interaction_path_reported"], abs=TOLERANCE)
    assert table["f_squared"] == pytest.approx(theirs["f2_fixed_scores_interaction"], abs=TOLERANCE)
    levels = estimate.summary(statistic="simple_slope")["value"]
    assert levels.to_numpy() == pytest.approx(
        theirs["simple_slopes_moderator_minus1_0_plus1SD"], abs=TOLERANCE
    )
    if method != "two_stage":
        for item, weight in theirs["interaction_weights"].items():
            assert value(estimate, "outer_weight", item, product) == pytest.approx(weight, abs=TOLERANCE)


@pytest.mark.parametrize("name", MODERATED)
def test_re_estimated_f_squared_of_an_interaction_is_seminrs(name):
    spec = reference("moderation")[name]
    _, estimate, product = moderated(name, "two_stage")
    again = structural.f_squared_last(estimate, method="reestimated")[:, 0]
    model = estimate.model
    place = model.paths.index((model.position(product), model.position(spec["dependent"])))
    theirs = matrix(spec["methods"]["two_stage"]["f2_seminr"]).loc[product, spec["dependent"]]
    assert again[place] == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("name", MODERATED)
def test_csem_solves_interactions_from_moments_and_is_near(name):
    spec = reference("moderation")[name]
    _, estimate, _ = moderated(name, "two_stage")
    theirs = matrix(spec["cSEM_paths"])
    effect = estimate.summary(statistic="interaction_effect")["value"].iloc[0]
    other = theirs.loc[spec["dependent"], f"{spec['iv']}.{spec['moderator']}"]
    assert 0 < abs(effect - other) < 5e-3


def test_mediation_from_injected_resamples():
    spec = reference("mediation")
    model = Model(spec["constructs"], [tuple(pair) for pair in spec["paths"]])
    indices = np.load(FOLDER / "composed" / "mobi_indices_0based.npy").astype(int)
    boot = plsem.bootstrap(
        data("mobi"),
        model,
        ("path_coefficient", "specific_indirect_effect", "indirect_effect", "total_effect"),
        seed=1,
        indices=indices,
        tolerance=1e-12,
        max_iterations=5000,
        jackknife=False,
    )
    table = boot.summary(interval="percentile").set_index(["statistic", "row", "column"])
    kinds = {"total_indirect": "indirect_effect", "total": "total_effect", "direct": "path_coefficient"}
    for name, theirs in spec["effects"].items():
        first, _, rest = name.partition(" ")
        key = (
            (kinds[first], *rest.split(" -> ")) if first in kinds else ("specific_indirect_effect", name, "")
        )
        ours = table.loc[key]
        for mine, expected in (
            ("original", theirs["estimate"]),
            ("mean", theirs["boot_mean"]),
            ("standard_deviation", theirs["se_nminus1"]),
            ("lower", theirs["ci95_type7"][0]),
            ("upper", theirs["ci95_type7"][1]),
        ):
            assert ours[mine] == pytest.approx(expected, abs=1e-9), (name, mine)
    routes = mediation(boot, source="Image", target="Satisfaction", interval="percentile")
    assert routes["kind"].tolist() == [
        "complementary",
        "complementary",
        "direct-only",
        "direct-only",
        "complementary",
    ]
    assert routes["share"].iloc[-1] == pytest.approx(routes["share"].iloc[:-1].sum())
    assert set(mediation(boot, interval="percentile")["kind"]) <= set(KINDS)


@pytest.mark.parametrize("example", reference("mediation")["zhao"], ids=lambda e: e["class"])
def test_zhao_lynch_and_chen(example):
    found = kind_of_mediation(
        example["indirect"], tuple(example["indirect_ci"]), example["c_direct"], tuple(example["direct_ci"])
    )
    assert KINDS[found].lower().startswith(example["class"])


def test_redundancy_is_seminrs():
    spec = {name: body for name, body in reference("redundancy").items() if name != "package"}
    model = Model(
        {**{name: body["items"] for name, body in spec.items()}, "CUSA": ["cusa"]},
        [(name, "CUSA") for name in spec],
        modes=dict.fromkeys(spec, "B"),
    )
    table = redundancy(data_of("corp_rep"), model, {n: body["global"] for n, body in spec.items()}, **TIGHT)
    for name, body in spec.items():
        assert table.loc[name, "path_coefficient"] == pytest.approx(body["path"], abs=TOLERANCE)
        assert table.loc[name, "path_coefficient"] == pytest.approx(body["ols_multiple_R"], abs=TOLERANCE)
        assert table.loc[name, "r_squared"] == pytest.approx(body["R2"], abs=TOLERANCE)
        assert table.loc[name, "largest_outer_vif"] == pytest.approx(max(body["vif"].values()))
        assert table.loc[name, "convergent"] == "✓"
