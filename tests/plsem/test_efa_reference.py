"""Factor analysis against psych, stats::factanal, GPArotation and lavaan."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plsem.efa.adequacy import (
    bartlett,
    eigenvalues,
    kmo,
    minimum_average_partial,
    parallel_analysis,
    reduced_eigenvalues,
)
from plsem.efa.correlations import correlation_matrix
from plsem.efa.extraction import extract, smc
from plsem.efa.factorability import adequacy
from plsem.efa.items import (
    cronbach_alpha,
    item_analysis,
    item_statistics,
    mcdonald_omega,
    scale_reliability,
)
from plsem.efa.rotation import rotate
from plsem.efa.solution import factor_analysis

FOLDER = Path(__file__).parents[1] / "reference"
SETS = ("bfi25", "corp_rep_9items", "sim3x11")


@pytest.fixture(scope="module", params=SETS)
def case(request):
    return load(request.param)


def load(name):
    reference = json.loads((FOLDER / "efa" / f"{name}.json").read_text())
    matrix = reference["correlations"]
    reference["r"] = pd.DataFrame(matrix["values"], index=matrix["items"], columns=matrix["items"])
    return reference


def sim():
    return pd.read_csv(FOLDER / "sim3x11_n100.csv")


def aligned(found, expected, phi=None):
    """Permute and reflect factors to the expected ones; with phi, return that too."""
    expected = np.asarray(expected)
    k = expected.shape[1]
    order = max(
        itertools.permutations(range(k)), key=lambda p: np.abs((found[:, p] * expected).sum(axis=0)).sum()
    )
    signs = np.sign((found[:, order] * expected).sum(axis=0))
    turned = found[:, order] * signs
    return turned if phi is None else (turned, phi[np.ix_(order, order)] * np.outer(signs, signs))


def close(found, expected, tolerance):
    np.testing.assert_allclose(np.asarray(found, float), np.asarray(expected, float), rtol=0, atol=tolerance)


def test_adequacy_in_closed_form(case):
    r, wanted = case["r"].to_numpy(), case["adequacy"]
    overall, msa = kmo(r)
    close(overall, wanted["kmo"], 1e-10)
    close(msa, wanted["msa"], 1e-10)
    close(smc(r), wanted["smc"], 1e-10)
    close(eigenvalues(r), wanted["eigenvalues"], 1e-10)
    close(reduced_eigenvalues(r), wanted["reduced_eigenvalues"], 1e-10)
    test = bartlett(r, case["n"])
    assert test.chi_square == pytest.approx(wanted["bartlett"]["chisq"], rel=1e-10)
    assert test.df == wanted["bartlett"]["df"]
    assert test.p_value == pytest.approx(wanted["bartlett"]["p_value"], rel=1e-8)
    labelled = adequacy(case["r"], case["n"])
    assert labelled.kmo == overall
    assert not labelled.smoothed
    assert labelled.determinant == pytest.approx(wanted["determinant"], rel=1e-9)


def test_minimum_average_partial(case):
    # The reference starts after one component; ours has the mean squared correlation before it.
    n_components, values = minimum_average_partial(case["r"].to_numpy())
    wanted = case["map"]["values"]
    close(values[1 : len(wanted) + 1], wanted, 1e-10)
    assert n_components == 1 + int(np.argmin(wanted))


@pytest.mark.parametrize("method", ["minres", "principal_axis"])
def test_least_squares_extraction(case, method):
    wanted = case["principal_axis"]
    k = len(wanted["loadings"][0])
    found = extract(case["r"].to_numpy(), k, method=method)
    assert found.converged
    assert not found.heywood.any()
    close(found.uniquenesses, wanted["uniquenesses"], 1e-7)
    close(aligned(found.loadings, wanted["loadings"]), wanted["loadings"], 1e-7)
    close(found.objective, wanted["off_diagonal"], 1e-12)


def test_least_squares_rotations(case):
    wanted = case["principal_axis"]
    k = len(wanted["loadings"][0])
    loadings = extract(case["r"].to_numpy(), k).loadings
    varimax = rotate(loadings, method="varimax")
    close(aligned(varimax.pattern, wanted["varimax"]), wanted["varimax"], 1e-6)
    oblimin = rotate(loadings, method="oblimin", kaiser_normalization=False)
    pattern, phi = aligned(oblimin.pattern, wanted["oblimin"], oblimin.factor_correlations)
    close(pattern, wanted["oblimin"], 1e-6)
    close(phi, wanted["phi"], 1e-6)


def test_maximum_likelihood(case):
    wanted = case["ml"]
    k = len(wanted["loadings"][0])
    found = extract(case["r"].to_numpy(), k, method="ml")
    assert found.converged
    close(found.objective, wanted["objective"], 1e-10)
    close(found.uniquenesses, wanted["uniquenesses"], 1e-6)
    close(aligned(found.loadings, wanted["loadings"]), wanted["loadings"], 1e-6)


@pytest.mark.parametrize(
    ("entry", "method", "kaiser"),
    [
        ("varimax_kaiser", "varimax", True),
        ("varimax_raw", "varimax", False),
        ("oblimin_gam0_raw", "oblimin", False),
        ("oblimin_gam0_kaiser", "oblimin", True),
    ],
)
def test_maximum_likelihood_rotations(case, entry, method, kaiser):
    wanted = case["ml"][entry]
    found = rotate(np.array(case["ml"]["loadings"]), method=method, kaiser_normalization=kaiser)
    assert found.converged
    pattern, phi = aligned(found.pattern, wanted["loadings"], found.factor_correlations)
    close(pattern, wanted["loadings"], 1e-6)
    close(phi, wanted.get("phi", np.eye(len(phi))), 1e-6)
    if wanted.get("criterion") is not None:
        assert found.criterion <= wanted["criterion"] + 1e-9


def test_labelled_solution(case):
    wanted = case["minres_oblimin"]
    k = len(wanted["loadings"][0])
    found = factor_analysis(case["r"], k, kaiser_normalization=False)
    pattern, phi = aligned(found.pattern.to_numpy(), wanted["loadings"], found.factor_correlations.to_numpy())
    close(pattern, wanted["loadings"], 1e-4)
    close(phi, wanted["phi"], 1e-4)
    close(aligned(found.structure.to_numpy(), wanted["structure"]), wanted["structure"], 1e-4)
    close(found.communalities, wanted["communality"], 1e-4)
    close(found.complexity, wanted["complexity"], 1e-3)
    # psych lists factors in the order of its own solution; ours go by variance.
    close(found.variance["ss_loadings"], sorted(wanted["ss_loadings"], reverse=True), 2e-4)
    close(found.rmsr, wanted["rms"], 1e-6)


def test_scales(case):
    r = case["r"]
    for scale in (s for name, s in case["scales"].items() if name != "source"):
        items = [k.lstrip("-") for k in scale["keys"]]
        signs = np.array([-1.0 if k.startswith("-") else 1.0 for k in scale["keys"]])
        block = r.loc[items, items].to_numpy() * np.outer(signs, signs)
        close(cronbach_alpha(block), scale["std_alpha"], 1e-10)
        close(mcdonald_omega(block), scale["omega_total_minres_1f_congeneric"], 1e-6)
        for j, value in enumerate(scale["alpha_drop_std"].values()):
            rest = np.delete(np.delete(block, j, 0), j, 1)
            close(cronbach_alpha(rest), value, 1e-10)


def test_item_analysis_of_answers():
    data, reference = sim(), load("sim3x11")
    scales = {k: v for k, v in reference["scales"].items() if k != "source"}
    blocks = {name: scale["keys"] for name, scale in scales.items()}
    table = item_analysis(data, blocks).set_index("item")
    reliability = scale_reliability(data, blocks).set_index("construct")
    for name, scale in scales.items():
        close(reliability.at[name, "cronbach_alpha"], scale["raw_alpha"], 1e-10)
        close(reliability.at[name, "standardized_alpha"], scale["std_alpha"], 1e-10)
        close(reliability.at[name, "mean_correlation"], scale["average_r"], 1e-10)
        mine = table.loc[scale["keys"]]
        close(mine["item_rest"], list(scale["item_r_drop_corrected"].values()), 1e-10)
        close(mine["item_total"], list(scale["item_r_raw"].values()), 1e-10)
        close(mine["alpha_if_dropped"], list(scale["alpha_drop_raw"].values()), 1e-10)
        close(mine["standardized_alpha_if_dropped"], list(scale["alpha_drop_std"].values()), 1e-10)


def test_item_statistics_of_answers():
    wanted = load("sim3x11")["describe"]
    table = item_statistics(sim(), (1, 5))
    close(table["mean"], wanted["mean"], 1e-12)
    close(table["sd"], wanted["sd"], 1e-12)
    close(table["skew"], wanted["skew_type2"], 1e-10)
    close(table["kurtosis"], wanted["kurtosis_type2"], 1e-10)


def test_polychoric_correlations():
    reference = load("sim3x11")
    found = correlation_matrix(sim(), method="polychoric").to_numpy()
    close(found, reference["polychoric"]["values"], 2e-5)
    close(found, reference["polychoric_psych"]["values"], 1e-4)


def test_pearson_correlations():
    close(correlation_matrix(sim()), load("sim3x11")["r"], 1e-14)


def test_parallel_analysis_within_monte_carlo_error():
    wanted = load("sim3x11")["parallel"]
    found = parallel_analysis(sim().to_numpy(), n_iterations=2000, seed=5)
    # Two independent simulations, of 2,000 and of 5,000 data sets.
    error = np.array(wanted["mc_se_q95"]) * np.sqrt(1 + wanted["iterations"] / 2000)
    assert (np.abs(found.percentile_components - wanted["q95"]) < 4 * error).all()
    close(found.mean_components, wanted["mean"], 4 * 0.05 / np.sqrt(2000))
    assert found.n_components == wanted["psych"]["ncomp"]


@pytest.mark.parametrize(("method", "tolerance"), [("promax_r", 1e-7), ("promax", 1e-3)])
def test_promax(case, method, tolerance):
    # psych's varimax stops at 1e-5, so that its promax has three digits; stats::promax was given a tight one.
    wanted = case["ml"][method]
    found = rotate(np.array(case["ml"]["loadings"]), method=method)
    pattern, phi = aligned(found.pattern, wanted["pattern"], found.factor_correlations)
    close(pattern, wanted["pattern"], tolerance)
    close(phi, wanted["phi"], tolerance)


def test_promax_of_spss_by_its_formula(case):
    """Kappa 4: fit Λ to |λ/h|⁵ h/λ, scale the factors to variance 1 (Hendrickson & White 1964)."""
    varimax = rotate(np.array(case["ml"]["loadings"]), method="varimax").pattern
    h = np.sqrt((varimax**2).sum(axis=1, keepdims=True))
    target = np.abs(varimax / h) ** 5 * h / varimax
    turn = np.linalg.inv(varimax.T @ varimax) @ varimax.T @ target
    turn = turn @ np.diag(np.sqrt(np.diag(np.linalg.inv(turn.T @ turn))))
    phi = np.linalg.inv(turn.T @ turn)
    found = rotate(np.array(case["ml"]["loadings"]), method="promax_spss")
    pattern, correlations = aligned(found.pattern, varimax @ turn, found.factor_correlations)
    close(pattern, varimax @ turn, 1e-7)
    close(correlations, phi, 1e-7)
    implied = found.pattern @ found.factor_correlations @ found.pattern.T
    close(implied, varimax @ varimax.T, 1e-9)
