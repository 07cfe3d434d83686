"""The bootstrap test of exact fit: what is known about it beforehand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from resampling_cases import SMALL, small_data

from plsem import admissibility
from plsem import estimator as pls
from plsem import model_fit as model_fit
from plsem.prediction import predict
from plsem.quantities import quantities
from plsem.resampling.bootstrap import bootstrap
from plsem.resampling.exact_fit import NotTransformableError, exact_fit_test, transformed

CHAIN = pls.Model(
    {"X": SMALL.items[:4], "M": SMALL.items[4:8], "Y": SMALL.items[8:]}, [("X", "M"), ("M", "Y")]
)
REGRESSED = pls.Model(
    {"X": SMALL.items[:4], "M": SMALL.items[4:8], "Y": SMALL.items[8:]},
    [("X", "M"), ("M", "Y")],
    modes=dict.fromkeys("XMY", "B"),
)


def implied(estimate, variant):
    structure, kind = model_fit.split_variant(variant)
    return model_fit.implied_correlations(estimate, structure=structure, implied=kind)


@pytest.mark.parametrize("variant", model_fit.VARIANTS)
def test_the_transformed_sample_has_the_implied_correlations(variant):
    data = small_data()
    target = implied(pls.fit(data, CHAIN), variant)
    turned = transformed(data.to_numpy(), target)
    np.testing.assert_allclose(np.corrcoef(turned.T), target, rtol=0, atol=1e-12)
    np.testing.assert_allclose(turned.mean(axis=0), 0.0, atol=1e-12)


def test_the_samples_own_correlations_leave_it_as_it_is():
    data = small_data().to_numpy()
    turned = transformed(data, pls.correlations(data))
    np.testing.assert_allclose(turned, (data - data.mean(axis=0)) / data.std(axis=0), atol=1e-11)


def test_original_discrepancies_are_those_of_the_structural_module():
    data = small_data()
    table = exact_fit_test(data, CHAIN, seed=1, n_resamples=50, variants=model_fit.VARIANTS).summary()
    labels, values = quantities(pls.fit(data, CHAIN), include=["srmr", "d_uls", "d_g"])
    expected = labels.assign(value=values)
    merged = table.merge(expected, on=["statistic", "row", "column"])
    assert len(merged) == 12
    np.testing.assert_allclose(merged["original"], merged["value"], rtol=1e-12)


def test_resamples_that_cannot_be_factored_count_as_failed():
    rng = np.random.default_rng(2)
    x, y, z = (rng.normal(size=10) for _ in range(3))
    y, z = 0.6 * x + 0.8 * y, 0.5 * (0.6 * x + 0.8 * y) + 0.8 * z
    answers = np.column_stack([x, x, x, y, y, y, z, z]) + 0.7 * rng.normal(size=(10, 8))
    data = pd.DataFrame(np.clip(np.round(3 + answers), 1, 5), columns=[*"abcdefgh"])
    blocks = {"X": ["a", "b", "c"], "Y": ["d", "e", "f"], "Z": ["g", "h"]}
    model = pls.Model(blocks, [("X", "Y"), ("Y", "Z")])
    table = exact_fit_test(data, model, seed=1, n_resamples=500).summary().set_index(["statistic", "column"])
    n = table.loc["d_g", "n_draws"]
    assert (n < table.loc["srmr", "n_draws"]).all()
    assert (n > 0).all()


def test_quantiles_and_p_are_those_of_the_draws():
    result = exact_fit_test(small_data(), REGRESSED, seed=1, n_resamples=400, tolerance=1e-10)
    table = result.summary(quantiles=(0.9, 0.99)).set_index(["statistic", "column"])
    for variant, draws in result.results.items():
        for name, values in zip(("srmr", "d_uls", "d_g"), draws.draws.T, strict=True):
            row = table.loc[(name, variant)]
            np.testing.assert_allclose([row["90%"], row["99%"]], np.quantile(values, [0.9, 0.99]))
            assert row["p_value"] == (1 + (values >= row["original"]).sum()) / 401
            assert row["n_draws"] == 400


def test_monotone_discrepancies_give_one_answer():
    """SRMR is a monotone function of d_ULS, so both have the same p."""
    table = exact_fit_test(small_data(), REGRESSED, seed=1, n_resamples=300, tolerance=1e-10).summary()
    assert table["p_value"].notna().all()
    p = table.pivot_table(index="column", columns="statistic", values="p_value")
    np.testing.assert_array_equal(p["srmr"], p["d_uls"])


def factor_data(rng, n, direct):
    """Common-factor answers; ``direct`` is an effect of X on Y that the chain leaves out."""
    x = rng.normal(size=n)
    m = 0.6 * x + 0.8 * rng.normal(size=n)
    y = (0.5 * m + direct * x) + rng.normal(size=n)
    y /= np.sqrt(0.25 + direct**2 + 0.6 * direct + 1.0)
    items = [0.8 * f + 0.6 * rng.normal(size=n) for f in (x, x, x, x, m, m, m, m, y, y, y)]
    return pd.DataFrame(np.column_stack(items), columns=list(CHAIN.items))


def p_values(direct, n, repetitions, variant):
    rng = np.random.default_rng(12)
    return np.array(
        [
            exact_fit_test(
                factor_data(rng, n, direct),
                CHAIN,
                seed=i,
                n_resamples=99,
                variants=[variant],
                consistent=True,
                max_failed=0.5,
            )
            .summary()["p_value"]
            .to_numpy()
            for i in range(repetitions)
        ]
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::plsem.resampling.bootstrap.BootstrapWarning")
def test_a_model_that_holds_is_seldom_rejected_and_p_spreads_over_the_range():
    p = p_values(direct=0.0, n=200, repetitions=40, variant="estimated/common_factor")
    assert (p < 0.05).mean(axis=0).max() < 0.2
    assert (p[:, 0] < 0.5).any()
    assert (p[:, 0] > 0.5).any()
    assert p[:, 0].std() > 0.1


def test_a_missing_path_is_found_by_the_estimated_variant_only():
    wrong = p_values(direct=0.8, n=400, repetitions=5, variant="estimated/common_factor")
    assert (wrong <= 0.02).all()
    measured = p_values(direct=0.8, n=400, repetitions=5, variant="saturated/common_factor")
    assert np.median(measured[:, 0]) > 0.05


def test_threads_and_chunks_do_not_matter():
    first = exact_fit_test(small_data(), CHAIN, seed=4, n_resamples=600)
    again = exact_fit_test(small_data(), CHAIN, seed=4, n_resamples=600, chunk_size=37, n_jobs=2)
    for variant, result in first.results.items():
        np.testing.assert_array_equal(result.draws, again.results[variant].draws)


def test_what_cannot_be_transformed_is_left_blank_with_its_reason():
    few = small_data().iloc[:10]
    found = exact_fit_test(few, CHAIN, seed=1, n_resamples=20)
    assert set(found.reasons.values()) == {
        "10 rows for 11 items leave their correlation matrix without an inverse"
    }
    table = found.summary()
    assert table["n_draws"].eq(0).all() and table[["transformed", "95%", "p_value"]].isna().all(axis=None)
    assert table.loc[table["statistic"] != "d_g", "original"].notna().all()
    assert table.loc[table["statistic"] == "d_g", "original"].isna().all()
    impossible = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    with pytest.raises(NotTransformableError, match="no data can have the implied correlations"):
        transformed(small_data().to_numpy()[:, :3], impossible)
    with pytest.raises(ValueError, match="did you mean 'saturated/composite'"):
        exact_fit_test(small_data(), CHAIN, seed=1, variants=["saturated/composit"])


def test_regression_weights_reproduce_the_correlations_that_they_imply():
    """Mode B is consistent for composites, so the transformed sample fits to the last digit."""
    result = exact_fit_test(
        small_data(), REGRESSED, seed=1, n_resamples=20, variants=["saturated/composite"], tolerance=1e-13
    )
    np.testing.assert_allclose(result.results["saturated/composite"].original, 0.0, atol=1e-10)
    assert (result.original["saturated/composite"] > 0.01).all()


@pytest.mark.parametrize(
    ("model", "consistent", "variants"),
    [(REGRESSED, False, "composite"), (CHAIN, True, "common_factor")],
    ids=["Mode B", "PLSc"],
)
def test_by_default_the_variants_are_those_that_the_estimator_gives_back(model, consistent, variants):
    result = exact_fit_test(
        factor_data(np.random.default_rng(5), 300, 0.0), model, seed=1, n_resamples=20, consistent=consistent,
        max_failed=0.5, tolerance=1e-12,
    )  # fmt: skip
    table = result.summary()
    assert list(dict.fromkeys(table["column"])) == [f"saturated/{variants}", f"estimated/{variants}"]
    np.testing.assert_allclose(table["transformed"], 0.0, atol=1e-8)
    assert table["p_value"].notna().all()


def test_mode_a_does_not_give_its_own_correlations_back_and_so_has_no_p():
    """Unequal loadings: a true composite model is then rejected at any size, so p would mislead."""
    table = exact_fit_test(small_data(), CHAIN, seed=1, n_resamples=50).summary()
    assert (table.loc[table["statistic"] == "srmr", "transformed"] > 1e-3).all()
    assert table["p_value"].isna().all() and table["95%"].notna().all()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda d: d.assign(x4=d["x1"] + d["x2"] - d["x3"]), "x1, x2, x3, x4"),
        (lambda d: d.assign(m4=d["m1"] + d["m2"] + d["m3"]), "m1, m2, m3, m4"),
        (
            lambda d: d.assign(x4=d["x1"] + d["x2"], y3=d["y1"] - d["y2"]),
            "x1, x2, x4; y1, y2, y3",
        ),
    ],
)
def test_a_redundant_item_stops_nothing_but_what_needs_the_inverse(change, named):
    data = change(small_data())
    estimate = pls.fit(data, CHAIN)
    assert estimate.converged and np.isfinite(estimate.path_coefficients).all()
    exact = exact_fit_test(data, CHAIN, seed=1, n_resamples=20)
    reason = f"one of these items is a combination of the others: {named}"
    assert set(exact.reasons.values()) == {reason}
    assert admissibility.report(estimate).set_index("check").loc["redundant", "found"] == reason
    labels, values = quantities(estimate)
    missing = set(labels["statistic"][np.isnan(values)])
    assert missing == {"d_g", "nfi", "chi_square"}
    boot = bootstrap(data, CHAIN, seed=1, n_resamples=50)
    assert boot.n_failed == 0
    assert boot.summary(statistic="path_coefficient")["p_value"].notna().all()
    assert np.isfinite(predict(data, CHAIN, folds=5, repetitions=1).pls).all()
