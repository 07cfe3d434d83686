"""Factor analysis: exact recoveries, invariances, and what is said when it goes wrong."""

import numpy as np
import pandas as pd
import pytest

from plsem.efa import rotation
from plsem.efa.adequacy import (
    eigenvalues,
    kaiser_rule,
    kmo,
    minimum_average_partial,
    parallel_analysis,
    partial_correlations,
    reduced_eigenvalues,
)
from plsem.efa.correlations import EfaError, correlation_matrix, smooth
from plsem.efa.extraction import extract, smc
from plsem.efa.factorability import adequacy, choose_n_factors, kmo_label, number_of_factors
from plsem.efa.items import (
    cronbach_alpha,
    item_analysis,
    mcdonald_omega,
    scale_reliability,
    scaling_success,
)
from plsem.efa.rotation import rotate
from plsem.efa.solution import factor_analysis

METHODS = ("minres", "principal_axis", "ml")
PATTERN = np.array([[0.8, 0], [0.7, 0], [0.6, 0], [0.5, 0], [0, 0.9], [0, 0.6], [0, 0.5], [0, 0.4]])


def population(pattern, phi):
    common = pattern @ phi @ pattern.T
    return common + np.diag(1 - np.diag(common))


def labelled(r):
    names = [f"i{j + 1}" for j in range(len(r))]
    return pd.DataFrame(r, index=names, columns=names)


def exact_data(r, n=60, seed=1):
    """Answers whose sample correlation matrix is exactly r."""
    z = np.random.default_rng(seed).normal(size=(n, len(r)))
    z -= z.mean(axis=0)
    white = z @ np.linalg.inv(np.linalg.cholesky(z.T @ z)).T
    return labelled_data(white @ np.linalg.cholesky(r).T)


def labelled_data(x):
    return pd.DataFrame(x, columns=[f"i{j + 1}" for j in range(x.shape[1])])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("phi", [0.0, 0.4])
def test_a_population_matrix_gives_its_factors_back(method, phi):
    corr = np.array([[1, phi], [phi, 1]])
    r = labelled(population(PATTERN, corr))
    found = factor_analysis(r, 2, extraction=method, rotation="oblimin")
    np.testing.assert_allclose(found.pattern, PATTERN[:, found_order(found)], atol=1e-5)
    np.testing.assert_allclose(found.factor_correlations.iloc[0, 1], phi, atol=1e-5)
    np.testing.assert_allclose(found.communalities, (PATTERN**2).sum(axis=1), atol=1e-6)
    np.testing.assert_allclose(found.complexity, 1.0, atol=1e-5)
    assert found.rmsr < 1e-6
    assert found.converged
    assert found.notes == ()


def found_order(found):
    return [int(np.argmax(found.pattern.iloc[0].abs())), 1 - int(np.argmax(found.pattern.iloc[0].abs()))]


@pytest.mark.parametrize("method", METHODS)
def test_one_factor_of_three_items_is_the_tetrad(method):
    r = np.array([[1, 0.6, 0.42], [0.6, 1, 0.35], [0.42, 0.35, 1]])
    found = extract(r, 1, method=method)
    wanted = [np.sqrt(0.6 * 0.42 / 0.35), np.sqrt(0.6 * 0.35 / 0.42), np.sqrt(0.42 * 0.35 / 0.6)]
    np.testing.assert_allclose(found.loadings[:, 0], wanted, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_communality_above_one_is_a_heywood_case(method):
    r = labelled(np.array([[1, 0.75, 0.75], [0.75, 1, 0.5], [0.75, 0.5, 1]]))
    found = factor_analysis(r, 1, extraction=method)
    assert found.heywood == ("i1",)
    assert any("Heywood" in note and "i1" in note for note in found.notes)


def test_extraction_does_not_depend_on_the_order_of_the_items():
    r = population(PATTERN, np.array([[1, 0.3], [0.3, 1]]))
    rng = np.random.default_rng(2)
    r = np.corrcoef(rng.multivariate_normal(np.zeros(8), r, size=150), rowvar=False)
    shuffled = rng.permutation(8)
    for method in METHODS:
        one = extract(r, 2, method=method)
        other = extract(r[np.ix_(shuffled, shuffled)], 2, method=method)
        np.testing.assert_allclose(other.loadings, one.loadings[shuffled], atol=1e-6)


@pytest.mark.parametrize("kaiser", [True, False])
def test_rotation_keeps_what_it_must(kaiser):
    rng = np.random.default_rng(4)
    loadings = rng.normal(scale=0.4, size=(10, 3))
    common = loadings @ loadings.T
    varimax = rotate(loadings, method="varimax", kaiser_normalization=kaiser)
    np.testing.assert_allclose(varimax.pattern @ varimax.pattern.T, common, atol=1e-10)
    np.testing.assert_allclose(varimax.factor_correlations, np.eye(3), atol=1e-12)
    oblimin = rotate(loadings, method="oblimin", kaiser_normalization=kaiser)
    phi = oblimin.factor_correlations
    np.testing.assert_allclose(oblimin.pattern @ phi @ oblimin.pattern.T, common, atol=1e-8)
    np.testing.assert_allclose(np.diag(phi), 1.0)
    for found in (varimax, oblimin):
        assert found.converged
        assert (found.pattern.sum(axis=0) >= 0).all()
        sizes = (found.pattern**2).sum(axis=0)
        assert (np.diff(sizes) <= 1e-12).all()


def test_rotation_finds_its_criterion_whatever_the_start():
    """A rotation of the loadings by any orthogonal matrix changes nothing in the solution."""
    rng = np.random.default_rng(8)
    loadings = population_loadings() + rng.normal(scale=0.05, size=(8, 2))
    turn, _ = np.linalg.qr(rng.normal(size=(2, 2)))
    for method in ("varimax", "oblimin"):
        one, other = (rotate(x, method=method) for x in (loadings, loadings @ turn))
        np.testing.assert_allclose(one.pattern, other.pattern, atol=1e-6)


def population_loadings():
    return PATTERN.astype(float)


@pytest.mark.parametrize(
    ("values", "converged", "taken"),
    [
        ((-0.5, -0.9, -0.7), (True, True, True), 1),
        ((-0.9, -0.5, -0.7), (True, True, True), 0),
        ((0.5, 0.9, 0.2), (True, True, True), 2),
        ((-0.5, -0.9, -0.7), (True, False, True), 2),  # one that has not converged comes last
        ((-0.7, -0.7 - 1e-7, -0.7), (True, True, True), 0),  # a tie: the first start's digits stay
    ],
)
def test_the_rotation_is_finished_from_the_start_with_the_lowest_criterion(
    monkeypatch, values, converged, taken
):
    def run(a, start, oblique, tolerance, max_iterations):
        i = round(start[0, 0])
        return a, start, converged[i], 7, values[i]

    monkeypatch.setattr(rotation, "_gradient_projection", run)
    starts = [np.full((1, 1), float(i)) for i in range(3)]
    found = rotation._lowest(np.ones((2, 1)), starts, False, 1e-6, 100)
    assert (found[1][0, 0], found[3], found[4]) == (taken, 14, values[taken])


def test_one_factor_is_not_rotated():
    found = rotate(np.array([[-0.5], [-0.6], [0.1]]), method="varimax")
    np.testing.assert_allclose(found.pattern[:, 0], [0.5, 0.6, -0.1])
    assert found.iterations == 0


def test_unknown_methods_and_counts_are_refused():
    r = population(PATTERN, np.eye(2))
    with pytest.raises(ValueError, match="minres"):
        extract(r, 2, method="pa")
    with pytest.raises(ValueError, match="quartimax"):
        rotate(PATTERN, method="quartimax")
    for k in (0, 8):
        with pytest.raises(ValueError, match="between 1 and 7"):
            extract(r, k)
    with pytest.raises(EfaError, match="between 1 and 7"):
        factor_analysis(labelled(r), 8)


def test_maximum_likelihood_refuses_a_singular_matrix_and_labels_do_not():
    r = np.ones((3, 3)) * 0.5
    np.fill_diagonal(r, 1)
    singular = np.block([[r, r[:, :1]], [r[:1, :], np.ones((1, 1))]])
    with pytest.raises(ValueError, match="positive definite"):
        extract(singular, 1, method="ml")
    found = factor_analysis(labelled(singular), 1, extraction="minres")
    assert found.smoothed
    assert any("smoothed" in note for note in found.notes)


def test_more_factors_than_the_items_identify_are_noted():
    r = labelled(np.array([[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]]))
    assert any("not identified" in note for note in factor_analysis(r, 2).notes)
    # Six items identify three factors: no degrees of freedom are left, but none is missing.
    six = labelled(np.corrcoef(np.random.default_rng(4).normal(size=(60, 6)), rowvar=False))
    assert not any("not identified" in note for note in factor_analysis(six, 3).notes)
    assert any("not identified" in note for note in factor_analysis(six, 4).notes)


def test_smoothing():
    bad = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    assert np.linalg.eigvalsh(bad)[0] < 0
    mended, changed = smooth(bad)
    assert changed
    assert np.linalg.eigvalsh(mended)[0] > 0
    np.testing.assert_allclose(np.diag(mended), 1.0)
    np.testing.assert_allclose(mended, mended.T)
    good = population(PATTERN, np.eye(2))
    same, changed = smooth(good)
    assert not changed
    assert same is good


def test_partial_correlations_are_those_of_residuals():
    data = exact_data(population(PATTERN, np.array([[1, 0.4], [0.4, 1]])))
    r = np.corrcoef(data, rowvar=False)
    x = data.to_numpy()
    others = np.column_stack([np.ones(len(x)), x[:, 2:]])
    residuals = [y - others @ np.linalg.lstsq(others, y, rcond=None)[0] for y in (x[:, 0], x[:, 1])]
    assert partial_correlations(r)[0, 1] == pytest.approx(np.corrcoef(residuals)[0, 1], abs=1e-10)


def test_kmo_of_two_items_is_one_half():
    overall, msa = kmo(np.array([[1, 0.3], [0.3, 1]]))
    assert overall == pytest.approx(0.5)
    np.testing.assert_allclose(msa, 0.5)


@pytest.mark.parametrize(
    ("value", "word"), [(0.49, "unacceptable"), (0.5, "miserable"), (0.69, "mediocre"), (0.9, "marvelous")]
)
def test_kmo_labels(value, word):
    assert kmo_label(value) == word


def test_eigenvalues_in_batches_equal_single_ones():
    rng = np.random.default_rng(0)
    batch = np.stack([np.corrcoef(rng.normal(size=(30, 5)), rowvar=False) for _ in range(4)])
    for many, one in ((eigenvalues, eigenvalues), (reduced_eigenvalues, reduced_eigenvalues)):
        np.testing.assert_allclose(many(batch), [one(r) for r in batch], atol=1e-12)


def test_smc_is_the_r_squared_of_a_regression():
    data = exact_data(population(PATTERN, np.eye(2))).to_numpy()
    design = np.column_stack([np.ones(len(data)), data[:, 1:]])
    fitted = design @ np.linalg.lstsq(design, data[:, 0], rcond=None)[0]
    r2 = np.var(fitted) / np.var(data[:, 0])
    assert smc(np.corrcoef(data, rowvar=False))[0] == pytest.approx(r2, abs=1e-10)


def two_factor_answers(n=300, seed=3):
    rng = np.random.default_rng(seed)
    return labelled_data(rng.multivariate_normal(np.zeros(8), population(PATTERN, np.eye(2)), size=n))


@pytest.mark.parametrize("reference", ["normal", "permutation"])
def test_parallel_analysis_finds_two_factors(reference):
    found = parallel_analysis(two_factor_answers().to_numpy(), n_iterations=100, reference=reference)
    assert (found.n_components, found.n_factors) == (2, 2)
    assert (found.percentile_components > found.mean_components).all()
    np.testing.assert_allclose(found.mean_components.sum(), 8.0)


def test_parallel_analysis_is_seeded_and_not_bound_to_blocks():
    data = two_factor_answers(80).to_numpy()
    one, again = (parallel_analysis(data, n_iterations=120, seed=7) for _ in range(2))
    np.testing.assert_array_equal(one.percentile_factors, again.percentile_factors)
    said = parallel_analysis(data, n_iterations=120, seed=7, percentile=95.0)
    np.testing.assert_array_equal(one.percentile_factors, said.percentile_factors)
    other = parallel_analysis(data, n_iterations=120, seed=8)
    assert not np.array_equal(one.percentile_factors, other.percentile_factors)
    # The first 50 data sets are the same however many follow.
    short, long = (parallel_analysis(data, n_iterations=n, percentile=100, seed=7) for n in (50, 100))
    assert (long.percentile_components >= short.percentile_components).all()


def test_permuted_answers_stay_within_their_item():
    """Permuting within a row would make the items' correlations negative, the last eigenvalue near 0."""
    data = two_factor_answers(80).to_numpy() + 100 * np.arange(8)
    found = parallel_analysis(data, n_iterations=50, reference="permutation")
    assert found.mean_components[-1] > 0.3


def test_noise_has_no_factor():
    noise = np.random.default_rng(1).normal(size=(200, 8))
    assert parallel_analysis(noise, n_iterations=200).n_components == 0
    assert minimum_average_partial(np.corrcoef(noise, rowvar=False))[0] == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [(np.ones((20, 3)), "vary"), (np.eye(4), "more rows"), (np.full((9, 2), np.nan), "complete")],
)
def test_parallel_analysis_refuses(data, message):
    with pytest.raises(ValueError, match=message):
        parallel_analysis(data)


def test_every_rule_for_the_number_of_factors():
    data = two_factor_answers()
    r = correlation_matrix(data).to_numpy()
    options = {"n_parallel": 100, "seed": 1}
    assert choose_n_factors("constructs", data, r, 3, **options) == 3
    assert choose_n_factors("parallel", data, r, 3, **options) == 2
    assert choose_n_factors("map", data, r, 3, **options) == 2
    assert choose_n_factors("kaiser", data, r, 3, **options) == kaiser_rule(r)
    assert choose_n_factors(4, data, r, 3, **options) == 4
    assert choose_n_factors("constructs", data, r, 30, **options) == 7
    assert choose_n_factors("constructs", data, r, 1, **options) == 1
    with pytest.raises(EfaError, match="between 1 and 7"):
        choose_n_factors(8, data, r, 3, **options)
    with pytest.raises(EfaError, match="'parallel'"):
        choose_n_factors("scree", data, r, 3, **options)
    table = number_of_factors(data, n_constructs=3, n_parallel=100).set_index("criterion")["n_factors"]
    assert table["parallel analysis, components"] == 2
    assert table["constructs of the study"] == 3


def test_correlations_need_complete_columns_that_vary():
    data = pd.DataFrame({"a": [1, 2, 3, 4.0], "b": [2, 2, 2, 2.0], "c": [1, np.nan, 2, 3]})
    with pytest.raises(EfaError, match=r"missing answers in c: .*policy"):
        correlation_matrix(data)
    with pytest.raises(EfaError, match="the same in b"):
        correlation_matrix(data[["a", "b"]])
    with pytest.raises(EfaError, match="at least 3"):
        correlation_matrix(data.iloc[:2])
    with pytest.raises(EfaError, match="'pearson' or 'polychoric'"):
        correlation_matrix(data[["a"]], method="spearman")


def test_polychoric_ignores_the_numbers_of_the_answers():
    rng = np.random.default_rng(5)
    z = rng.multivariate_normal([0, 0], [[1, -0.6], [-0.6, 1]], size=400)
    data = pd.DataFrame(np.digitize(z, [-1, 0, 1]), columns=["a", "b"])
    r = correlation_matrix(data, method="polychoric").iloc[0, 1]
    spread = data.replace({0: 1, 1: 2, 2: 5, 3: 9})
    assert correlation_matrix(spread, method="polychoric").iloc[0, 1] == pytest.approx(r, abs=1e-12)
    assert r == pytest.approx(-0.6, abs=0.1)
    assert abs(r) > abs(correlation_matrix(data).iloc[0, 1])


def test_adequacy_table_and_smoothing():
    found = adequacy(labelled(np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])), 30)
    assert found.smoothed
    assert list(found.table().columns) == ["measure", "value", "reading"]
    assert found.table().iloc[-1]["reading"] == "10.0 rows an item"


def test_alpha_and_omega_of_parallel_items():
    r = np.full((4, 4), 0.5)
    np.fill_diagonal(r, 1)
    assert cronbach_alpha(r) == pytest.approx(4 * 0.5 / (1 + 3 * 0.5))
    assert mcdonald_omega(r) == pytest.approx(0.8, abs=1e-8)
    assert np.isnan(cronbach_alpha(np.ones((1, 1))))
    assert np.isnan(mcdonald_omega(r[:2, :2]))


def test_scaling_success_is_plain_correlation():
    rng = np.random.default_rng(9)
    data = pd.DataFrame(rng.normal(size=(40, 6)), columns=list("abcxyz"))
    blocks = {"F": ("a", "b", "c"), "G": ("x", "y"), "H": ("z",)}
    table = scaling_success(data, blocks).set_index("item")
    totals = {name: data[list(items)].sum(axis=1) for name, items in blocks.items()}
    assert table.at["a", "item_rest"] == pytest.approx(data["a"].corr(data["b"] + data["c"]), abs=1e-12)
    others = {name: data["a"].corr(totals[name]) for name in ("G", "H")}
    best = max(others, key=lambda name: abs(others[name]))
    assert table.at["a", "other_construct"] == best
    assert table.at["a", "other_correlation"] == pytest.approx(others[best], abs=1e-12)
    assert table.at["a", "gap"] == pytest.approx(table.at["a", "item_rest"] - abs(others[best]), abs=1e-12)
    assert np.isnan(table.at["z", "item_rest"])
    rest = item_analysis(data, blocks).set_index("item")["item_rest"]
    np.testing.assert_allclose(table["item_rest"], rest.loc[table.index], atol=1e-12, equal_nan=True)


def test_small_scales_have_no_figures_rather_than_wrong_ones():
    data = pd.DataFrame({"a": [1.0, 2, 3, 5], "b": [1.0, 3, 2, 4], "c": [2.0, 2, 2, 2]})
    table = scale_reliability(data, {"two": ("a", "b"), "one": ("a",), "flat": ("a", "b", "c")})
    table = table.set_index("construct")
    assert np.isnan(table.at["two", "mcdonald_omega"])
    assert table.at["two", "cronbach_alpha"] == pytest.approx(
        2 * (1 - (data["a"].var() + data["b"].var()) / (data["a"] + data["b"]).var())
    )
    assert np.isnan(table.at["one", "cronbach_alpha"])
    assert np.isnan(table.at["flat", "mcdonald_omega"])
    three = pd.DataFrame(np.random.default_rng(2).normal(size=(50, 1)) + np.eye(50, 3), columns=list("abc"))
    assert scale_reliability(three, {"three": ("a", "b", "c")})["mcdonald_omega"].notna().all()


def divergent_answers():
    rng = np.random.default_rng(11)
    p = int(rng.integers(3, 7))
    rng.integers(1, p)
    return rng.normal(size=(p + 2, p))


def test_principal_axes_that_run_away_are_stopped():
    r = np.corrcoef(divergent_answers(), rowvar=False)
    found = extract(r, 1, method="principal_axis", max_iterations=20_000)
    assert not found.converged and found.iterations < 20_000
    assert (1 - found.uniquenesses).max() > 1
