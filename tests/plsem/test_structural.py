"""The structural model's statistics and fit by hand, the array of all quantities, and the tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from pls_random import QUICK, cases
from pls_reference import data, model, tight

from plsem import batches, measurement, structural
from plsem import model_fit as model_fit
from plsem import quantities as registry
from plsem.estimator import estimate, fit
from plsem.inputs import correlations
from plsem.model import Model

# Single items: A -> B, A -> C, B -> C, B -> D, C -> D, so that every figure is a regression on R.
SPEC = Model({c: [c.lower()] for c in "ABCD"}, [("A", "B"), ("A", "C"), ("B", "C"), ("B", "D"), ("C", "D")])
R = np.array([[1.0, 0.5, 0.4, 0.3], [0.5, 1.0, 0.3, 0.35], [0.4, 0.3, 1.0, 0.45], [0.3, 0.35, 0.45, 1.0]])
FOUND = estimate(SPEC, R, n_observations=50)
B_AB = 0.5
B_AC, B_BC = np.linalg.solve(R[:2, :2], R[:2, 2])
B_BD, B_CD = np.linalg.solve(R[1:3, 1:3], R[1:3, 3])


def value(estimate_, statistic, row="", column="", **options):
    table = registry.long_table(estimate_, include=[statistic], **options)
    match = table[(table["row"] == row) & (table["column"] == column)]
    assert len(match) == 1
    return float(match["value"].iloc[0])


def test_paths_and_effects():
    assert value(FOUND, "path_coefficient", "A", "B") == pytest.approx(B_AB)
    assert value(FOUND, "path_coefficient", "A", "C") == pytest.approx(B_AC)
    assert value(FOUND, "path_coefficient", "B", "D") == pytest.approx(B_BD)
    assert value(FOUND, "indirect_effect", "A", "C") == pytest.approx(B_AB * B_BC)
    a_to_d = B_AB * B_BD + B_AC * B_CD + B_AB * B_BC * B_CD
    assert value(FOUND, "indirect_effect", "A", "D") == pytest.approx(a_to_d)
    assert value(FOUND, "total_effect", "A", "D") == pytest.approx(a_to_d)
    assert value(FOUND, "total_effect", "A", "C") == pytest.approx(B_AC + B_AB * B_BC)
    assert value(FOUND, "total_effect", "B", "D") == pytest.approx(B_BD + B_BC * B_CD)
    assert value(FOUND, "total_effect", "C", "D") == pytest.approx(B_CD)


def test_specific_indirect_effects():
    table = registry.long_table(FOUND, include=["specific_indirect_effect"])
    expected = {
        "A -> B -> C": B_AB * B_BC,
        "A -> B -> C -> D": B_AB * B_BC * B_CD,
        "A -> B -> D": B_AB * B_BD,
        "A -> C -> D": B_AC * B_CD,
        "B -> C -> D": B_BC * B_CD,
    }
    assert dict(zip(table["row"], table["value"], strict=True)) == pytest.approx(expected)


@QUICK
@given(case=cases(max_constructs=6, max_items=3))
def test_effects_are_the_neumann_series(case):
    found = fit(case.data, case.model)
    b = found.path_coefficients
    total = np.linalg.inv(np.eye(len(b)) - b) - np.eye(len(b))
    indirect, ours = structural.effects_last(found)
    np.testing.assert_allclose(ours[..., 0], total, atol=1e-12)
    np.testing.assert_allclose(indirect[..., 0], total - b, atol=1e-12)
    table = registry.long_table(found, include=["specific_indirect_effect"])
    routes = [(r.split(" -> ")[0], r.split(" -> ")[-1]) for r in table["row"]]
    sums = table["value"].groupby([f"{s}>{t}" for s, t in routes]).sum()
    for pair, sum_ in sums.items():
        s, t = (case.model.position(c) for c in pair.split(">"))
        assert sum_ == pytest.approx(indirect[s, t, 0], abs=1e-12)


def test_explained_variance():
    r2_c = B_AC * R[0, 2] + B_BC * R[1, 2]
    assert value(FOUND, "r_squared", "", "C") == pytest.approx(r2_c)
    assert value(FOUND, "adjusted_r_squared", "", "C") == pytest.approx(1 - (1 - r2_c) * 49 / 47)
    assert value(FOUND, "adjusted_r_squared", "", "B") == pytest.approx(1 - (1 - 0.25) * 49 / 48)
    table = structural.explained(FOUND)
    assert list(table.index) == ["B", "C", "D"]
    assert table.loc["C", "r_squared"] == pytest.approx(r2_c)
    assert table.loc["C", "adjusted_r_squared"] == value(FOUND, "adjusted_r_squared", "", "C")
    assert list(structural.explained(estimate(SPEC, R))) == ["r_squared"]
    assert np.isnan(structural.adjusted_r_squared_last(estimate(SPEC, R, n_observations=3))[1, 0])
    assert np.isfinite(structural.adjusted_r_squared_last(estimate(SPEC, R, n_observations=4))[1, 0])


def test_collinearity_and_effect_size():
    assert value(FOUND, "inner_vif", "A", "C") == pytest.approx(1 / 0.75)
    assert value(FOUND, "inner_vif", "C", "D") == pytest.approx(1 / (1 - 0.09))
    assert value(FOUND, "inner_vif", "A", "B") == 1.0
    r2 = B_AC * R[0, 2] + B_BC * R[1, 2]
    assert value(FOUND, "f_squared", "A", "C") == pytest.approx((r2 - 0.3**2) / (1 - r2))
    assert value(FOUND, "f_squared", "B", "C") == pytest.approx((r2 - 0.4**2) / (1 - r2))
    assert value(FOUND, "f_squared", "A", "B") == pytest.approx(0.25 / 0.75)


def test_effect_size_of_single_items_does_not_depend_on_the_method():
    again = structural.f_squared_last(FOUND, method="reestimated")
    np.testing.assert_allclose(again, structural.f_squared_last(FOUND), rtol=1e-10)
    with pytest.raises(ValueError, match="did you mean 'reestimated'"):
        structural.f_squared_last(FOUND, method="re-estimated")


def test_effect_size_by_estimating_the_smaller_model():
    spec = model("sim3x11")
    found = tight("sim3x11")
    smaller = Model(
        {c: [spec.items[i] for i in b] for c, b in zip(spec.constructs, spec.blocks, strict=True)},
        [("X", "M"), ("X", "Y")],
    )
    excluded = fit(data("sim3x11"), smaller, tolerance=1e-13, max_iterations=5000).r_squared[2]
    included = found.r_squared[2]
    again = registry.long_table(found, include=["f_squared"], f_squared="reestimated")
    row = again[(again["row"] == "M") & (again["column"] == "Y")]
    assert row["value"].iloc[0] == pytest.approx((included - excluded) / (1 - included), abs=1e-12)


def test_a_construct_that_a_removed_path_isolates_leaves_the_model():
    spec = Model({"A": ["a1", "a2"], "B": ["b"], "C": ["c1", "c2"]}, [("A", "C"), ("B", "C")])
    reduced, items = spec.without_path(0, 2)
    assert reduced.constructs == ("B", "C") and reduced.items == ("b", "c1", "c2")
    assert items == [2, 3, 4] and reduced.path_names == (("B", "C"),)


def test_inner_vif_of_three_predictors():
    spec = Model({c: [c.lower()] for c in "ABCD"}, [("A", "D"), ("B", "D"), ("C", "D")])
    found = estimate(spec, R)
    np.testing.assert_allclose(
        structural.inner_vif_last(found)[:, 0], np.diag(np.linalg.inv(R[:3, :3])), rtol=1e-12
    )


# --- fit -------------------------------------------------------------------

# Two blocks and a chain, so that all four variants differ.
CHAIN = Model(
    {"X": ["x1", "x2"], "Y": ["y1", "y2"], "Z": ["z1", "z2"]},
    [("X", "Y"), ("Y", "Z")],
    modes={"Y": "B"},
)
ITEMS = list(CHAIN.items)


def chain():
    rng = np.random.default_rng(11)
    x = rng.normal(size=(80, 1)) + rng.normal(size=(80, 6)) * 0.8 + rng.normal(size=(80, 3)).repeat(2, axis=1)
    return fit_matrix(correlations(x))


def fit_matrix(r):
    return estimate(CHAIN, r, tolerance=1e-12, n_observations=80)


def implied_by_hand(found, structure, kind):
    r = found.construct_correlations.copy()
    if structure == "estimated":
        r[0, 2] = r[2, 0] = r[0, 1] * r[1, 2]
    loadings = np.zeros((6, 3))
    loadings[np.arange(6), [0, 0, 1, 1, 2, 2]] = found.loadings
    sigma = loadings @ r @ loadings.T
    observed = found.correlations
    for rows, mode in ((slice(0, 2), "A"), (slice(2, 4), "B"), (slice(4, 6), "A")):
        if kind == "composite" or mode == "B":
            sigma[rows, rows] = observed[rows, rows]
    np.fill_diagonal(sigma, 1.0)
    return sigma


@pytest.mark.parametrize("variant", model_fit.VARIANTS)
def test_fit_by_hand(variant):
    found = chain()
    structure, kind = model_fit.split_variant(variant)
    s, sigma = found.correlations, implied_by_hand(found, structure, kind)
    np.testing.assert_allclose(
        model_fit.implied_correlations(found, structure=structure, implied=kind), sigma, atol=1e-12
    )
    table = model_fit.fit_table(found)[variant]
    squares = model_fit.sum_of_squares_last(found, model_fit.implied_last(found, structure, kind))
    assert squares[0] == pytest.approx(table["d_uls"], rel=1e-12)
    residual = (s - sigma)[np.triu_indices(6)]
    assert table["srmr"] == pytest.approx(np.sqrt((residual**2).sum() / 21))
    assert table["d_uls"] == pytest.approx(((s - sigma) ** 2).sum() / 2)
    phi = np.linalg.eigvals(np.linalg.solve(s, sigma)).real
    assert table["d_g"] == pytest.approx((np.log(phi) ** 2).sum() / 2)
    f = np.log(np.linalg.det(sigma)) - np.log(np.linalg.det(s)) + np.trace(s @ np.linalg.inv(sigma)) - 6
    assert table["chi_square"] == pytest.approx(79 * f)
    assert table["nfi"] == pytest.approx(1 - f / -np.log(np.linalg.det(s)))


def test_the_four_variants_differ():
    table = model_fit.fit_table(chain())
    assert table.loc["srmr"].nunique() == 4
    assert list(table.columns) == list(model_fit.VARIANTS)
    assert "chi_square" not in model_fit.fit_table(estimate(CHAIN, chain().correlations)).index


def test_a_saturated_structure_has_one_fit():
    table = model_fit.fit_table(tight("sim3x11"))
    np.testing.assert_allclose(table["saturated/composite"], table["estimated/composite"], rtol=1e-9)


def test_implied_construct_correlations_keep_the_exogenous_ones():
    # B comes first in the model's order but is endogenous; A and C are exogenous and correlated.
    spec = Model({c: [c.lower()] for c in "BACD"}, [("A", "B"), ("C", "B"), ("B", "D")])
    found = estimate(spec, R)
    implied = model_fit.implied_construct_correlations_last(found)[..., 0]
    r = found.construct_correlations
    np.testing.assert_allclose(implied[:3, :3], r[:3, :3], rtol=1e-12)
    np.testing.assert_allclose(implied[3, :3], r[3, 0] * r[0, :3], rtol=1e-12)
    np.testing.assert_array_equal(implied, implied.T)
    np.testing.assert_array_equal(np.diag(implied), 1.0)


def test_fit_without_positive_definite_matrices_is_missing():
    frame = data("sim3x11").iloc[:9]
    found = fit(frame, model("sim3x11"))
    table = model_fit.fit_table(found)
    assert table.loc[["d_g", "nfi", "chi_square"]].isna().all(axis=None)
    assert table.loc[["srmr", "d_uls"]].notna().all(axis=None)


def test_fit_of_a_batch_with_a_bad_matrix():
    r = np.stack([chain().correlations] * 3)
    r[1] = np.nan
    found = fit_matrix(r)
    labels, values = registry.quantities(found)
    constant = (labels["statistic"] == "inner_vif").to_numpy()  # 1 for a single predictor, whatever the data
    assert np.isnan(values[1][~constant]).all()
    np.testing.assert_array_equal(values[0], values[2])
    assert np.isfinite(values[0]).all() and len(labels) == values.shape[1]


def test_a_matrix_whose_pivots_are_rounding_has_no_discrepancies_and_its_neighbours_have():
    spec = Model({"A": ["a"], "B": ["b"], "C": ["c"]}, [("A", "C"), ("B", "C")])
    sound = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, 0.4], [0.3, 0.4, 1.0]])
    close = np.array([[1.0, 1 - 1e-14, 0.3], [1 - 1e-14, 1.0, 0.3], [0.3, 0.3, 1.0]])
    found = estimate(spec, np.stack([sound, close, sound]), n_observations=50)
    for values in (model_fit.d_g_last(found), model_fit.d_ml_last(found)):
        assert np.isfinite(values).all(axis=0).tolist() == [True, False, True]
    alone = estimate(spec, sound, n_observations=50)
    np.testing.assert_array_equal(model_fit.d_g_last(found)[:, :1], model_fit.d_g_last(alone))


@pytest.mark.parametrize("consistent", [False, True])
@pytest.mark.parametrize(("model_id", "name"), [("sim3x11", "sim3x11"), ("mobi_ecsi", "mobi")])
def test_discrepancies_are_lapacks_on_resamples(model_id, name, consistent):
    spec = model(model_id)
    x = data(name)[list(spec.items)].to_numpy(float)
    rng = np.random.default_rng(5)
    r = np.stack([correlations(x[rng.integers(0, len(x), len(x))]) for _ in range(60)])
    found = estimate(spec, r, consistent=consistent)
    d_g, d_ml = model_fit.d_g_last(found), model_fit.d_ml_last(found)
    compared = 0
    for place, variant in enumerate(model_fit.VARIANTS):
        structure, kind = model_fit.split_variant(variant)
        implied = model_fit.implied_correlations(found, structure=structure, implied=kind)
        for s, sigma, ours, likelihood in zip(r, implied, d_g[place], d_ml[place], strict=True):
            if not np.isfinite(sigma).all() or np.linalg.eigvalsh(sigma)[0] < 1e-9:
                continue
            half = np.linalg.solve(np.linalg.cholesky(s), sigma)
            phi = np.linalg.eigvalsh(np.linalg.solve(np.linalg.cholesky(s), half.T))
            assert ours == pytest.approx((np.log(phi) ** 2).sum() / 2, rel=1e-10)
            assert likelihood == pytest.approx((np.log(phi) + 1 / phi - 1).sum(), rel=1e-10)
            compared += 1
    assert compared > 100


def test_logarithms_of_the_geodesic_distance():
    natural = model_fit.d_g_last(chain())
    np.testing.assert_allclose(natural / model_fit.d_g_last(chain(), base="10"), np.log(10) ** 2)


def test_srmr_with_and_without_the_diagonal():
    assert model_fit.srmr(np.array([3.0]), 3)[0] == pytest.approx(np.sqrt(0.5))
    assert model_fit.srmr(np.array([3.0]), 3, count_diagonal=False)[0] == pytest.approx(1.0)


def test_variants_are_named():
    with pytest.raises(ValueError, match="did you mean 'estimated/composite'"):
        model_fit.split_variant("estimated/composit")
    with pytest.raises(ValueError, match="no fit variant 'full/composite'"):
        model_fit.implied_correlations(chain(), structure="full")


# --- all quantities --------------------------------------------------------


@pytest.mark.parametrize("consistent", [False, True])
def test_quantities_of_a_batch_equal_those_of_its_matrices_bit_for_bit(consistent):
    spec = model("sim3x11")
    x = data("sim3x11")[list(spec.items)].to_numpy(float)
    rng = np.random.default_rng(3)
    r = np.stack([correlations(x[rng.integers(0, 100, 100)]) for _ in range(40)])
    labels, values = registry.quantities(estimate(spec, r, consistent=consistent, n_observations=100))
    assert values.shape == (40, len(labels))
    for i in (0, 17, 39):
        one_labels, one = registry.quantities(
            estimate(spec, r[i : i + 1], consistent=consistent, n_observations=100)
        )
        np.testing.assert_array_equal(one[0], values[i])
        assert one_labels.equals(labels)


def test_labels_and_values_agree_with_the_tables():
    found = chain()
    labels, values = registry.quantities(found)
    assert list(labels) == ["statistic", "row", "column"] and not labels.duplicated().any()
    expected = [
        name
        for name, row in registry.QUANTITIES.items()
        if not row.needs_answers and name not in registry.OF_PRODUCTS
    ]
    assert (labels["statistic"].unique() == expected).all()
    table = {
        (s, r, c): v
        for s, r, c, v in zip(labels["statistic"], labels["row"], labels["column"], values, strict=True)
    }
    assert table["outer_loading", "y2", "Y"] == found.loadings[3]
    assert table["outer_weight", "z1", "Z"] == found.outer_weights[4]
    assert table["cross_loading", "x2", "Z"] == found.cross_loadings[1, 2]
    assert table["cronbach_alpha", "Z", ""] == measurement.reliability(found).loc["Z", "cronbach_alpha"]
    assert table["sqrt_ave", "X", "X"] == measurement.fornell_larcker(found).loc["X", "X"]
    assert table["construct_correlation", "Z", "X"] == found.construct_correlations[2, 0]
    assert table["htmt", "Z", "X"] == measurement.htmt_table(found).loc["Z", "X"]
    assert table["path_coefficient", "Y", "Z"] == found.path_coefficients[1, 2]
    assert table["r_squared", "", "Z"] == found.r_squared[2]
    assert (
        table["srmr", "model", "estimated/composite"]
        == model_fit.fit_table(found).loc["srmr", "estimated/composite"]
    )
    again = registry.long_table(found)
    assert again["value"].tolist() == values.tolist()
    assert again[["statistic", "row", "column"]].equals(labels)


def test_labels_are_not_shared():
    found = chain()
    labels, _ = registry.quantities(found)
    labels.loc[0, "row"] = "spoilt"
    assert registry.quantities(found)[0].loc[0, "row"] == "x1"


def test_groups_of_quantities():
    found = chain()
    names = {
        group: set(registry.quantities(found, include=group)[0]["statistic"])
        for group in ("all", "fast", "report")
    }
    assert names["all"] - names["fast"] == {"d_g", "nfi", "chi_square"}
    assert names["report"] == set(registry.REPORT) - {"cronbach_alpha_raw"}
    unknown_rows = estimate(CHAIN, found.correlations)
    left = set(registry.quantities(unknown_rows)[0]["statistic"])
    assert names["all"] - left == {"adjusted_r_squared", "chi_square"}
    only = registry.quantities(found, include=["srmr", "ave"])[0]["statistic"]
    assert list(only) == ["ave", "ave"] + ["srmr"] * 4
    with pytest.raises(ValueError, match="did you mean 'report'"):
        registry.quantities(found, include="reports")
    with pytest.raises(ValueError, match="did you mean 'htmt'"):
        registry.quantities(found, include=["hmtmt"])
    with pytest.raises(ValueError, match="needs the number of rows"):
        registry.quantities(unknown_rows, include=["adjusted_r_squared"])
    with pytest.raises(ValueError, match="needs the number of rows"):
        registry.quantities(unknown_rows, include=["chi_square"])


def test_too_many_routes_are_refused():
    names = [f"C{i}" for i in range(13)]
    spec = Model(
        {c: [c.lower()] for c in names}, [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    )
    found = estimate(spec, np.eye(13) * 0.5 + 0.5)
    with pytest.raises(ValueError, match="more than 2000 specific indirect effects"):
        registry.quantities(found, include=["specific_indirect_effect"])
    assert "specific_indirect_effect" not in set(registry.quantities(found)[0]["statistic"])
    assert registry.quantities(found, include=["indirect_effect"])[1].size == 66


def test_the_limit_of_routes_is_inclusive(monkeypatch):
    structural._routes.cache_clear()
    structural.routes_can_be_listed.cache_clear()
    monkeypatch.setattr(structural, "MAX_ROUTES", 5)
    assert len(structural._routes(SPEC)) == 5
    structural._routes.cache_clear()
    structural.routes_can_be_listed.cache_clear()
    monkeypatch.setattr(structural, "MAX_ROUTES", 4)
    with pytest.raises(ValueError, match="more than 4 specific"):
        structural._routes(SPEC)


def test_a_model_without_indirect_effects_has_none():
    spec = Model({"A": ["a"], "B": ["b"]}, [("A", "B")])
    batch = estimate(spec, np.stack([np.eye(2) + r * (1 - np.eye(2)) for r in (0.1, 0.2, 0.3)]))
    for statistic in ("specific_indirect_effect", "indirect_effect"):
        assert registry.quantities(batch, include=[statistic])[1].shape == (3, 0)
    np.testing.assert_array_equal(registry.quantities(batch, include=["inner_vif"])[1], 1.0)


def test_rows_are_taken_as_known_unless_said():
    assert "adjusted_r_squared" in registry.statistics_of("all")
    assert "adjusted_r_squared" not in registry.statistics_of("all", rows_known=False)


def test_path_and_effect_tables():
    table = structural.paths(FOUND)
    assert list(table.columns) == ["source", "target", "path_coefficient", "f_squared", "inner_vif"]
    assert table.loc[1, ["source", "target"]].tolist() == ["A", "C"]
    assert table.loc[1, "path_coefficient"] == pytest.approx(B_AC)
    assert table.loc[1, "f_squared"] == value(FOUND, "f_squared", "A", "C")
    assert table.loc[1, "inner_vif"] == pytest.approx(1 / 0.75)
    effects = structural.effects(FOUND).set_index(["source", "target"])
    assert effects.loc[("A", "D"), "direct"] == 0.0
    assert effects.loc[("A", "D"), "indirect"] == value(FOUND, "indirect_effect", "A", "D")
    assert effects.loc[("A", "C"), "total"] == value(FOUND, "total_effect", "A", "C")
    assert len(effects) == 6


def test_sums_do_not_depend_on_the_size_of_the_batch():
    x = np.random.default_rng(0).normal(size=(40, 7))
    whole = batches.total(x)
    for i in range(7):
        assert batches.total(np.ascontiguousarray(x[:, i : i + 1]))[0] == whole[i]
