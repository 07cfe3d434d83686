"""The estimator and every statistic against independent software, at 15 digits."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from pls_reference import FOLDER, MODELS, data, lookup, model, reference, run_name, runs, tight

from plsem import batches, measurement, structural
from plsem import model_fit as model_fit
from plsem import quantities as registry
from plsem.model import Model

TOLERANCE = 1e-10
# Statistics that another package defines in another way; each has its own test below.
OTHER_DEFINITION = {
    "f_squared_reestimated",
    "htmt_signed",
    "srmr_without_diagonal",
    "srmr_unequal_definition",
    "d_g_log10",
    "rho_c_first_component",
    "score_correlation",
    "score_inner_vif",
}
RUNS = runs()


@pytest.mark.parametrize(("model_id", "run"), RUNS, ids=run_name)
def test_every_statistic_equals_the_reference(model_id, run):
    ours = lookup(registry.long_table(tight(model_id, run["scheme"], run["consistent"])))
    # SmartPLS 2 stops at 1e-7 and prints 8 decimals.
    tolerance = 2e-6 if run["package"] == "SmartPLS" else TOLERANCE
    compared = 0
    for statistic, cells in run["values"].items():
        if statistic in OTHER_DEFINITION:
            continue
        for cell, value in cells.items():
            if value is None:
                continue
            row, column = cell.split("|")
            found = ours[statistic, row, column]
            assert found == pytest.approx(value, abs=tolerance, rel=tolerance), (statistic, cell)
            compared += 1
    assert compared >= 3


def test_every_statistic_has_a_reference():
    """No statistic goes unproven: each is in some run, or has a hand-worked test of its own."""
    seen = {statistic for _, run in RUNS for statistic in run["values"]}
    elsewhere = {"specific_indirect_effect", "cronbach_alpha_raw", *registry.OF_PRODUCTS}
    # test_mediation.py, test_moderation.py
    assert set(registry.QUANTITIES) - seen == elsewhere


@pytest.mark.parametrize(("model_id", "run"), runs("seminr"), ids=run_name)
def test_f_squared_by_estimating_again_is_seminrs(model_id, run):
    estimate = tight(model_id, run["scheme"], run["consistent"])
    values = structural.f_squared_last(estimate, method="reestimated")[:, 0]
    ours = {f"{s}|{t}": v for (s, t), v in zip(model(model_id).path_names, values, strict=True)}
    for cell, value in run["values"]["f_squared_reestimated"].items():
        assert ours[cell] == pytest.approx(value, abs=TOLERANCE), cell


@pytest.mark.parametrize(("model_id", "run"), runs("seminr"), ids=run_name)
def test_seminrs_plsc_correlations_and_vifs_are_not_disattenuated(model_id, run):
    """Under PLSc seminr's Fornell-Larcker table and inner VIF are those of the scores; ours, as cSEM's, are not."""
    ours = lookup(registry.long_table(tight(model_id, run["scheme"])))
    for statistic in ("construct_correlation", "inner_vif"):
        theirs = run["values"].get(f"score_{statistic.removeprefix('construct_')}", {})
        for cell, value in theirs.items():
            assert ours[statistic, *cell.split("|")] == pytest.approx(value, abs=TOLERANCE)


def test_f_squared_with_fixed_scores_is_another_number():
    estimate = tight("corp_rep_ext_modeA")
    fixed = registry.long_table(estimate, include=["f_squared"])
    again = registry.long_table(estimate, include=["f_squared"], f_squared="reestimated")
    assert np.abs(fixed["value"] - again["value"]).max() > 1e-3


@pytest.mark.parametrize("model_id", MODELS)
def test_signed_htmt_is_csems(model_id):
    run = next(r for m, r in runs("cSEM") if m == model_id and "htmt_signed" in r["values"])
    table = measurement.htmt_table(tight(model_id), signed=True)
    for cell, value in run["values"]["htmt_signed"].items():
        row, column = cell.split("|")
        assert table.loc[row, column] == pytest.approx(value, abs=TOLERANCE)


def test_signed_and_absolute_htmt_differ_where_signs_are_mixed():
    signed = measurement.htmt_table(tight("mobi_ecsi"), signed=True)
    absolute = measurement.htmt_table(tight("mobi_ecsi"))
    assert (absolute - signed).max().max() == pytest.approx(0.036, abs=0.001)


@pytest.mark.parametrize(("model_id", "run"), runs("cSEM"), ids=run_name)
def test_other_definitions_of_fit_are_csems(model_id, run):
    estimate = tight(model_id, run["scheme"], run["consistent"])
    p = estimate.model.n_items
    for cell, value in run["values"]["srmr_without_diagonal"].items():
        implied = model_fit.implied_last(estimate, *model_fit.split_variant(cell.split("|")[1]))
        squares = model_fit.sum_of_squares_last(estimate, implied)
        without = model_fit.srmr(squares, p, count_diagonal=False)
        assert without[0] == pytest.approx(value, abs=TOLERANCE)
    for cell, value in run["values"]["d_g_log10"].items():
        if value is None:
            continue
        found = model_fit.d_g_last(estimate, [cell.split("|")[1]], base="10")
        assert found[0, 0] == pytest.approx(value, abs=TOLERANCE)


def test_csems_srmr_of_the_estimated_model_differs_by_little():
    """CSEM takes residual variances from the empirical construct correlations; ours is the recursion."""
    largest = 0.0
    for model_id, run in runs("cSEM"):
        estimate = tight(model_id, run["scheme"], run["consistent"])
        table = model_fit.fit_table(estimate)
        for cell, value in run["values"]["srmr_unequal_definition"].items():
            largest = max(largest, abs(table.loc["srmr", cell.split("|")[1]] - value))
    assert 1e-4 < largest < 2e-3


@pytest.mark.parametrize("model_id", [m for m in MODELS if m != "tiny_single"])
def test_plspms_composite_reliability_is_of_the_first_component(model_id):
    run = next(r for m, r in runs("plspm") if m == model_id)
    estimate = tight(model_id)
    spec = estimate.model
    for cell, value in run["values"]["rho_c_first_component"].items():
        j = spec.position(cell.split("|")[0])
        block = batches.unpack(estimate.packed_last, spec.n_items)[spec.slices[j], spec.slices[j], 0]
        eigenvalues, vectors = np.linalg.eigh(block)
        loadings = vectors[:, -1] * np.sqrt(eigenvalues[-1])
        common = loadings.sum() ** 2
        assert common / (common + (1 - loadings**2).sum()) == pytest.approx(value, abs=1e-10)


def test_raw_alpha_is_psychs():
    figures = json.loads((FOLDER / "alpha_raw.json").read_text(encoding="utf-8"))
    frame = data(figures["data"])
    names = list(figures["items"])
    spec = Model(figures["items"], list(itertools.pairwise(names)))
    raw = measurement.cronbach_alpha_raw(frame[list(spec.items)], spec)
    for name, value in figures["raw"].items():
        assert raw[name] == pytest.approx(value, abs=1e-12)
        assert abs(figures["std"][name] - value) > 1e-5  # the standardised form is another number


def test_reference_data_are_the_references():
    for model_id in MODELS:
        spec = reference(model_id)
        assert len(data(spec["data"])) == spec["runs"][0]["n"]
