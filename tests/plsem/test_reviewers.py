"""Common method bias, model selection, necessity, endogeneity, nonlinearity: worked cases, properties, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from group_cases import MODEL, answers
from scipy import stats

import plsem
from plsem import necessity
from plsem.endogeneity import copula_terms, gaussian_copula
from plsem.inputs import DataError
from plsem.method_bias import full_collinearity, harman, marker_variable
from plsem.model import ModelError
from plsem.necessity import Scatter, combined_importance, necessary_conditions
from plsem.nonlinearity import nonlinearity
from plsem.prediction import cvpat, predict
from plsem.selection import akaike_weights, compare_models, information_criteria

DATA = answers(150, 4)
ESTIMATE = plsem.fit(DATA, MODEL)
SINGLE = plsem.Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")])


# Common method bias


def test_full_collinearity_by_regression() -> None:
    scores = plsem.scores(DATA, ESTIMATE)
    table = full_collinearity(ESTIMATE)
    for j, construct in enumerate(MODEL.constructs):
        others = sm.add_constant(np.delete(scores, j, axis=1))
        explained = sm.OLS(scores[:, j], others).fit().rsquared
        assert table.loc[construct, "full_collinearity_vif"] == pytest.approx(1 / (1 - explained))
    assert (table["mark"] == "✓").all()


def test_harmans_share_of_items_that_share_nothing_is_one_of_p() -> None:
    model = plsem.Model({"X": ["a", "b"], "Y": ["c", "d"]}, [("X", "Y")])
    r = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
    found = harman(plsem.fit(r, model))
    assert found.component_share == pytest.approx(2.5 / 4)  # the first eigenvalue is 1 + 3 × 0.5
    assert found.factor_share == pytest.approx(0.5, abs=1e-6)  # every item loads √0.5
    assert "Nothing follows" in found.remark


def test_a_marker_by_hand() -> None:
    rng = np.random.default_rng(1)
    raw = rng.normal(size=(103, 3))
    raw -= raw.mean(axis=0)
    q, _ = np.linalg.qr(raw)
    target = np.array([[1, 0.5, 0.2], [0.5, 1, 0.4], [0.2, 0.4, 1]])
    data = pd.DataFrame(q @ np.linalg.cholesky(target).T, columns=["x", "y", "mark"])
    found = marker_variable(data, SINGLE, "mark")
    assert found.r_m == pytest.approx(0.2)
    pair = found.correlations.iloc[0]
    assert pair["adjusted"] == pytest.approx(0.3 / 0.8)
    assert pair["t_statistic"] == pytest.approx(0.375 / np.sqrt((1 - 0.375**2) / 100))
    assert found.paths.loc[0, "adjusted"] == pytest.approx(0.375) and pair["stays"]
    assert marker_variable(data, SINGLE, "mark", r_m=0.4).correlations.loc[0, "adjusted"] == pytest.approx(
        1 / 6
    )


@pytest.mark.parametrize(
    ("marker", "options", "error", "message"),
    [
        ("x1", {}, ValueError, "'x1' is an item of the model"),
        ("mark", {}, DataError, "no column 'mark'"),
        ("flat", {}, DataError, "does not vary"),
        ("age", {"r_m": 1.0}, ValueError, "from 0 to below 1"),
    ],
)
def test_markers_that_cannot_serve(marker, options, error, message) -> None:
    data = DATA.assign(flat=1.0, age=np.arange(len(DATA)) % 7)
    with pytest.raises(error, match=message):
        marker_variable(data, MODEL, marker, **options)


# Model selection


def test_criteria_by_hand() -> None:
    found = information_criteria(plsem.fit([[1, 0.6], [0.6, 1]], SINGLE, n=100)).loc["Y"]
    fitted = 100 * np.log(0.64 * 99 / 100)
    assert found["AIC"] == pytest.approx(fitted + 4)
    assert found["BIC"] == pytest.approx(fitted + 2 * np.log(100))
    assert found["HQ"] == pytest.approx(fitted + 4 * np.log(np.log(100)))
    assert found["AICc"] == pytest.approx(fitted + 100 * 102 / 96)
    with pytest.raises(ValueError, match="number of rows"):
        information_criteria(plsem.fit([[1, 0.6], [0.6, 1]], SINGLE))


def test_models_are_ordered_and_weighed() -> None:
    less = plsem.Model({"X": ["x1", "x2"], "M": ["m1", "m2"], "Y": ["y1"]}, [("X", "M"), ("M", "Y")])
    noise = DATA.assign(z=np.random.default_rng(1).normal(size=len(DATA)))
    more = MODEL.extended({"Z": ["z"]}, [("Z", "Y")])
    models = {"more": more, "less": less, "model": MODEL}
    found = compare_models(noise, models, "Y", repetitions=2)
    assert list(found["BIC"]) == sorted(found["BIC"]) and found["weight"].sum() == pytest.approx(1)
    assert found.loc["more", "r_squared"] > found.loc["model", "r_squared"]
    assert found.loc["more", "BIC"] > found.loc["model", "BIC"]  # noise does not pay for itself
    np.testing.assert_allclose(found["weight"], akaike_weights(found["BIC"]))
    best, other = found.index[0], found.index[1]
    direct = cvpat(*(predict(noise, models[name], repetitions=2) for name in (other, best))).loc["Y"]
    assert found.loc[other, "loss_difference"] == pytest.approx(direct["difference"])
    assert found.loc[other, "p_value"] == pytest.approx(direct["p_value"]) and np.isnan(
        found.loc[best, "p_value"]
    )
    with pytest.raises(ValueError, match="two or more"):
        compare_models(DATA, {"one": MODEL}, "Y")
    with pytest.raises(ValueError, match="no path leads to 'X'"):
        compare_models(DATA, {"one": MODEL, "two": less}, "X")


# Necessary conditions


def test_ceilings_by_hand() -> None:
    s = Scatter.of([4, 1, 5, 3, 2], [5, 1, 4, 2, 3])
    # Steps at (1, 1), (2, 3), (4, 5): above them (5 − 1)·1 + (5 − 3)·2 + 0 of 16.
    assert s.sizes(s.y[None], "ce_fdh")[0] == pytest.approx(8 / 16)
    assert s.peers().to_numpy().tolist() == [[1, 1], [2, 3], [4, 5]]
    intercept, slope = s.line()
    assert (intercept, slope) == (pytest.approx(0.0), pytest.approx(9 / 7))
    # y = 9x/7 is at 5 where x = 35/9.
    zone = 5 * (35 / 9 - 1) - 9 / 14 * ((35 / 9) ** 2 - 1)
    assert s.sizes(s.y[None], "cr_fdh")[0] == pytest.approx(zone / 16)
    np.testing.assert_allclose(s.required(np.array([1.0, 2.0, 3.0, 3.1, 5.0]), "ce_fdh"), [1, 2, 2, 4, 4])
    np.testing.assert_allclose(s.required(np.array([1.0, 5.0]), "cr_fdh"), [1, 35 / 9])


def test_a_line_that_starts_below_the_scope_and_one_peer() -> None:
    s = Scatter.of([0, 8, 9, 10], [0, 0.5, 9, 10])
    # Peers (0, 0), (8, .5), (9, 9), (10, 10); the area is that of a fine grid.
    intercept, slope = s.line()
    x = np.linspace(0, 10, 200_001)
    above = 10 - np.clip(intercept + slope * x, 0, 10)
    assert intercept < 0
    assert s.sizes(s.y[None], "cr_fdh")[0] == pytest.approx(np.trapezoid(above, x) / 100, abs=1e-6)
    top = Scatter.of([0, 1, 2], [5, 1, 2])
    assert [top.sizes(top.y[None], c)[0] for c in necessity.CEILINGS] == [0, 0]
    assert np.isnan(top.line()[0])


def test_necessity_depends_neither_on_rows_nor_on_scale() -> None:
    options = {"n_permutations": 400, "seed": 1}
    one = necessary_conditions(DATA, ESTIMATE, "Y", **options)
    other = necessary_conditions(DATA.sample(frac=1, random_state=3), ESTIMATE, "Y", **options)
    pd.testing.assert_frame_equal(one.effects, other.effects)
    scaled = DATA * 3 + 7
    third = necessary_conditions(scaled, plsem.fit(scaled, MODEL), "Y", **options)
    np.testing.assert_allclose(one.effects["d"], third.effects["d"], atol=1e-9)
    assert (one.effects["p_value"] >= 1 / 401).all()
    assert one.effects.loc[one.effects["ceiling"] == "ce_fdh", "accuracy"].eq(1).all()


def test_the_permutation_test_finds_a_ceiling_and_holds_its_level() -> None:
    rng = np.random.default_rng(2)
    p = []
    for i in range(100):
        x, y = rng.uniform(size=(2, 60))
        data = pd.DataFrame({"x": x, "y": y})
        found = necessary_conditions(data, plsem.fit(data, SINGLE), "Y", n_permutations=99, seed=i)
        p.append(found.effects.loc[0, "p_value"])
    assert stats.kstest(p, "uniform").pvalue > 0.01
    x = rng.uniform(size=200)
    data = pd.DataFrame({"x": x, "y": x * rng.uniform(size=200)})  # nothing above the diagonal
    found = necessary_conditions(data, plsem.fit(data, SINGLE), "Y", n_permutations=999, seed=1)
    assert found.effects["necessary"].all() and found.effects.loc[0, "d"] == pytest.approx(0.5, abs=0.08)
    table = found.bottleneck("ce_fdh", steps=4)
    assert list(table.index) == [0, 25, 50, 75, 100] and table["X"].is_monotonic_increasing
    assert found.cases_below(75)["X"] == pytest.approx((x < 0.75).mean(), abs=0.1)


def test_the_combined_map() -> None:
    data = DATA.apply(lambda c: np.clip(np.round(c + 4), 1, 7))
    estimate = plsem.fit(data, MODEL)
    found = necessary_conditions(data, estimate, "Y", n_permutations=199, seed=1)
    table = combined_importance(data, estimate, found, minimum=1, maximum=7, level=50)
    assert list(table.index) == ["X", "M"] and table["above_average"].sum() == 1
    assert table.loc["X", "required"] == pytest.approx(found.bottleneck(steps=2).loc[50, "X"])
    with pytest.raises(ValueError, match="level"):
        combined_importance(data, estimate, found, minimum=1, maximum=7, level=101)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "Z"}, "no construct 'Z'"),
        ({"target": "X", "n_permutations": 0}, "no predecessor"),
        ({"conditions": ["Y"]}, "no construct 'Y' beside Y"),
        ({"seed": None}, "seed"),
        ({"peers": "each"}, "peers"),
    ],
)
def test_necessity_that_cannot_be_asked(options, message) -> None:
    with pytest.raises(ValueError, match=message):
        necessary_conditions(DATA, ESTIMATE, **({"target": "Y", "seed": 1} | options))


# Endogeneity and nonlinearity


def confounded(n: int, seed: int, strength: float) -> pd.DataFrame:
    """Return a skewed predictor and an outcome of slope 0.5 whose errors are correlated by a Gaussian copula."""
    rng = np.random.default_rng(seed)
    z, e = rng.multivariate_normal([0, 0], [[1, strength], [strength, 1]], size=n).T
    x = stats.expon.ppf(stats.norm.cdf(z))
    return pd.DataFrame({"x": x, "y": 0.5 * x + 0.7 * e})


def test_an_endogenous_predictor_is_found_and_its_path_corrected() -> None:
    data = confounded(1500, 1, 0.6)
    found = gaussian_copula(data, plsem.fit(data, SINGLE), seed=1, n_resamples=500)
    term = found.terms.iloc[0]
    truth = 0.5 * data["x"].std() / data["y"].std()
    assert term["endogenous"] and term["coefficient"] > term["detectable"]
    assert term["path_without"] - truth > 0.2 and abs(term["path_with"] - truth) < 0.1
    assert "significant for X" in repr(found)


def test_copula_terms_hold_their_level() -> None:
    hits = 0
    for i in range(60):
        data = confounded(250, 50 + i, 0.0)
        hits += (
            gaussian_copula(data, plsem.fit(data, SINGLE), seed=i, n_resamples=200).terms["endogenous"].sum()
        )
    assert hits <= 9  # of 60 at 5 %: the chance of more is below 1 in 500


def test_coefficients_are_those_of_a_regression_and_rows_do_not_matter() -> None:
    data = DATA.apply(np.exp)
    estimate = plsem.fit(data, MODEL)
    found = gaussian_copula(data, estimate, seed=1, n_resamples=100, smallest_n=100)
    scores = pd.DataFrame(plsem.scores(data, estimate), columns=list(MODEL.constructs))
    ranks = scores[["X", "M"]].rank(method="max")
    design = sm.add_constant(
        scores[["X", "M"]].assign(cx=stats.norm.ppf(ranks["X"] / 151), cm=stats.norm.ppf(ranks["M"] / 151))
    )
    expected = sm.OLS(scores["Y"], design).fit().params
    both = found.terms[(found.terms["target"] == "Y") & (found.terms["terms"] == "X + M")].set_index(
        "construct"
    )
    np.testing.assert_allclose(both["coefficient"], expected[["cx", "cm"]], atol=1e-9)
    np.testing.assert_allclose(both["path_with"], expected[["X", "M"]], atol=1e-9)
    shuffled = gaussian_copula(
        data.sample(frac=1, random_state=1), estimate, seed=1, n_resamples=100, smallest_n=100
    )
    pd.testing.assert_frame_equal(found.terms, shuffled.terms, rtol=1e-9)
    counts = np.array([[2.0, 0.0, 1.0, 1.0]])
    np.testing.assert_allclose(
        stats.norm.cdf(copula_terms(np.array([1.0, 5.0, 3.0, 3.0]), counts)), [[2 / 5, 4 / 5, 4 / 5, 4 / 5]]
    )


@pytest.mark.parametrize(("smallest_n", "reason"), [(120, ""), (121, "120 rows")])
def test_a_copula_takes_as_many_rows_as_are_asked_for(smallest_n: int, reason: str) -> None:
    x = stats.expon.ppf((np.arange(120) + 0.5) / 120)  # far from normal
    data = pd.DataFrame({"x": x, "y": x + np.cos(np.arange(120))})
    found = gaussian_copula(data, plsem.fit(data, SINGLE), seed=1, n_resamples=20, smallest_n=smallest_n)
    (told,) = found.requirements["reason"]
    assert reason in told and bool(told) is bool(reason)
    assert found.terms.empty is bool(reason)


def test_requirements_come_first() -> None:
    normal = pd.DataFrame({"x": stats.norm.ppf((np.arange(300) + 0.5) / 300)})
    normal["y"] = normal["x"] + np.random.default_rng(1).normal(size=300)
    found = gaussian_copula(normal, plsem.fit(normal, SINGLE), seed=1, n_resamples=50)
    assert found.terms.empty and "normality is not rejected" in found.describe()
    few = confounded(60, 1, 0.5)
    assert "60 rows, expected at least 200" in repr(
        gaussian_copula(few, plsem.fit(few, SINGLE), seed=1, n_resamples=50)
    )
    binary = confounded(300, 1, 0.0).assign(x=lambda d: (d["x"] > 1).astype(float))
    assert (
        "2 different scores"
        in gaussian_copula(binary, plsem.fit(binary, SINGLE), seed=1, n_resamples=50).describe()
    )
    with pytest.raises(ValueError, match="no path leads to 'X'"):
        gaussian_copula(few, plsem.fit(few, SINGLE), seed=1, targets=["X"])


def test_a_planted_curve_is_found() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=400)
    data = pd.DataFrame({"x": x, "y": 0.5 * x - 0.3 * x**2 + rng.normal(size=400)})
    found = nonlinearity(data, SINGLE, seed=1, n_resamples=300).iloc[0]
    z = (data - data.mean()) / data.std()
    expected = sm.OLS(z["y"], sm.add_constant(np.column_stack([z["x"], z["x"] ** 2]))).fit().params
    assert found["quadratic_effect"] == pytest.approx(expected.iloc[2], abs=1e-6)
    assert found["path_coefficient"] == pytest.approx(expected.iloc[1], abs=1e-6)
    assert not found["linear"] and found["size"] == "large"
    straight = nonlinearity(DATA, MODEL, seed=1, n_resamples=300)
    assert len(straight) == 3 and straight["linear"].all()
    with pytest.raises(ModelError, match="no path Y -> X"):
        nonlinearity(DATA, MODEL, paths=[("Y", "X")])


def test_a_marker_leaves_the_correlations_of_products_as_they_are() -> None:
    model = plsem.Model(
        {"X": ["x1", "x2"], "M": ["m1", "m2"], "Y": ["y1"]},
        [("X", "Y"), ("M", "Y"), ("X*M", "Y")],
        products={"X*M": ("X", "M")},
    )
    data = DATA.assign(mark=np.random.default_rng(6).normal(size=len(DATA)) + 0.3 * DATA["x1"])
    found = marker_variable(data, model, "mark")
    assert set(found.correlations[["row", "column"]].to_numpy().ravel()) == {"X", "M", "Y"}
    assert list(found.marker_correlations.index) == ["X", "M", "Y"]
    estimate = plsem.fit(DATA, model)
    names = list(estimate.model.constructs)
    r = np.corrcoef(plsem.scores(DATA, estimate), rowvar=False)
    for a, b in (("X", "M"), ("X", "Y"), ("M", "Y")):
        i, j = names.index(a), names.index(b)
        r[i, j] = r[j, i] = (r[i, j] - found.r_m) / (1 - found.r_m)
    sources = [names.index(n) for n in ("X", "M", "X*M")]
    beta = np.linalg.solve(r[np.ix_(sources, sources)], r[sources, names.index("Y")])
    np.testing.assert_allclose(found.paths.set_index("source").loc[["X", "M", "X*M"], "adjusted"], beta)


def test_scores_that_only_rounding_tells_apart_are_one_corner_of_a_ceiling(monkeypatch) -> None:
    data = pd.DataFrame({"x": np.repeat([1.0, 2, 3, 4], 2), "y": np.repeat([1.0, 3, 2, 4], 2)})
    estimate, plain = plsem.fit(data, SINGLE), necessity.scores
    noise = np.tile([0.0, 3e-16], 4)[:, None]
    clean = necessary_conditions(data, estimate, "Y", n_permutations=0).effects
    monkeypatch.setattr(necessity, "scores", lambda *a: plain(*a) + noise)
    pd.testing.assert_frame_equal(necessary_conditions(data, estimate, "Y", n_permutations=0).effects, clean)
