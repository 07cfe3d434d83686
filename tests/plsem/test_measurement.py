"""The measurement model's statistics by hand, their edge cases, and the labelled tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pls_reference import data, tight

import plsem
from plsem import measurement
from plsem.estimator import estimate
from plsem.model import Model
from plsem.quantities import QUANTITIES
from plsem.resampling.moments import draw_indices

# X has two items that correlate 0.5, Y two that correlate −0.2 (one is reversed), Z is a single item.
SPEC = Model({"X": ["x1", "x2"], "Y": ["y1", "y2"], "Z": ["z"]}, [("X", "Y"), ("Y", "Z")])
R = np.array(
    [
        [1.0, 0.5, 0.4, -0.3, 0.2],
        [0.5, 1.0, 0.2, -0.1, 0.3],
        [0.4, 0.2, 1.0, -0.2, 0.5],
        [-0.3, -0.1, -0.2, 1.0, -0.4],
        [0.2, 0.3, 0.5, -0.4, 1.0],
    ]
)
FOUND = estimate(SPEC, R, tolerance=1e-12)
MIXED = Model({"F": ["f1", "f2"], "X": ["x1", "x2"], "Z": ["z"]}, [("F", "X"), ("X", "Z")], modes={"F": "B"})
WITH_B = estimate(MIXED, R[np.ix_([2, 3, 0, 1, 4], [2, 3, 0, 1, 4])], tolerance=1e-12)


def column(values):
    assert values.shape[-1] == 1
    return values[..., 0]


def test_cronbach_alpha():
    three = Model({"X": ["a", "b", "c"], "Z": ["z"]}, [("X", "Z")])
    r = np.eye(4) + 0.2 * (1 - np.eye(4))
    r[0, 1] = r[1, 0] = 0.5
    mean = (0.5 + 0.2 + 0.2) / 3
    np.testing.assert_allclose(
        column(measurement.cronbach_alpha_last(estimate(three, r))), [3 * mean / (1 + 2 * mean)]
    )
    # Two items: alpha is the Spearman-Brown formula, and negative where they oppose each other.
    np.testing.assert_allclose(
        column(measurement.cronbach_alpha_last(FOUND)), [2 * 0.5 / 1.5, 2 * -0.2 / (1 - 0.2)]
    )


def test_composite_reliability_and_ave():
    loadings = FOUND.loadings
    for place, rows in enumerate((slice(0, 2), slice(2, 4))):
        x = loadings[rows]
        rho_c = x.sum() ** 2 / (x.sum() ** 2 + (1 - x**2).sum())
        assert column(measurement.rho_c_last(FOUND))[place] == pytest.approx(rho_c, rel=1e-12)
        assert column(measurement.ave_last(FOUND))[place] == pytest.approx((x**2).mean(), rel=1e-12)
        assert column(measurement.sqrt_ave_last(FOUND))[place] == pytest.approx(np.sqrt((x**2).mean()))
    np.testing.assert_array_equal(column(measurement.rho_a_last(FOUND)), FOUND.rho_a[:2])


def test_htmt():
    # Pairs: Y-X, Z-X, Z-Y; a single item's mean within is 1.
    between = [np.mean([0.4, 0.3, 0.2, 0.1]), np.mean([0.2, 0.3]), np.mean([0.5, 0.4])]
    within = [np.sqrt(0.5 * 0.2), np.sqrt(0.5), np.sqrt(0.2)]
    np.testing.assert_allclose(column(measurement.htmt_last(FOUND)), np.divide(between, within))


def test_htmt_with_signs():
    between = np.abs([np.mean([0.4, -0.3, 0.2, -0.1]), np.mean([0.2, 0.3]), np.mean([0.5, -0.4])])
    values = column(measurement.htmt_last(FOUND, signed=True))
    assert np.isnan(values[0]) and np.isnan(values[2])  # the reversed item makes the mean within Y negative
    assert values[1] == pytest.approx(between[1] / np.sqrt(0.5))


def test_htmt2():
    between = [np.prod([0.4, 0.3, 0.2, 0.1]) ** 0.25, np.sqrt(0.2 * 0.3), np.sqrt(0.5 * 0.4)]
    within = [np.sqrt(0.5 * 0.2), np.sqrt(0.5), np.sqrt(0.2)]
    np.testing.assert_allclose(column(measurement.htmt2_last(FOUND)), np.divide(between, within))


def test_htmt2_of_unrelated_items_is_zero():
    r = R.copy()
    r[0, 2] = r[2, 0] = 0.0
    assert column(measurement.htmt2_last(estimate(SPEC, r)))[0] == 0.0


def test_outer_vif():
    vif = column(measurement.outer_vif_last(FOUND))
    np.testing.assert_allclose(vif, [1 / 0.75, 1 / 0.75, 1 / 0.96, 1 / 0.96, 1.0])
    block = np.array([[1, 0.5, 0.3], [0.5, 1, 0.2], [0.3, 0.2, 1]])
    three = Model({"X": ["a", "b", "c"], "Z": ["z"]}, [("X", "Z")])
    r = np.eye(4) * 0.9 + 0.1
    r[:3, :3] = block
    np.testing.assert_allclose(
        column(measurement.outer_vif_last(estimate(three, r)))[:3], np.diag(np.linalg.inv(block))
    )


def test_pairs_put_the_later_construct_first():
    quantity = QUANTITIES["construct_correlation"]
    assert quantity.index(SPEC) == [("Y", "X"), ("Z", "X"), ("Z", "Y")]
    np.testing.assert_allclose(
        column(quantity.compute(FOUND)), FOUND.construct_correlations[[1, 2, 2], [0, 0, 1]]
    )


def test_mode_b_blocks_have_no_internal_consistency():
    for name in ("cronbach_alpha", "rho_a", "rho_c", "ave"):
        assert QUANTITIES[name].index(MIXED) == [("X", "")]
    assert QUANTITIES["sqrt_ave"].index(MIXED) == [("X", "X")]
    assert QUANTITIES["htmt"].index(MIXED) == [("Z", "X")]
    table = measurement.reliability(WITH_B)
    assert table.loc["F"].isna().tolist() == [True, False, True, True]
    assert table.loc["F", "rho_a"] == 1.0
    assert table.loc["Z"].tolist() == [1.0, 1.0, 1.0, 1.0]
    larcker = measurement.fornell_larcker(WITH_B)
    assert np.isnan(larcker.loc["F", "F"]) and larcker.loc["Z", "Z"] == 1.0
    assert list(measurement.htmt_table(WITH_B).index) == ["X", "Z"]


def test_models_of_single_items_have_no_reliability():
    spec = Model({"A": ["a"], "B": ["b"]}, [("A", "B")])
    found = estimate(spec, [[1, 0.5], [0.5, 1]])
    assert measurement.cronbach_alpha_last(found).shape == (0, 1)
    assert (measurement.reliability(found) == 1.0).all(axis=None)
    assert measurement.htmt_table(found).loc["B", "A"] == pytest.approx(0.5)


def test_tables_carry_names_and_the_estimates():
    outer = measurement.outer_model(WITH_B)
    assert list(outer.index) == ["f1", "f2", "x1", "x2", "z"]
    assert outer.index.name == "item"
    assert outer["construct"].tolist() == ["F", "F", "X", "X", "Z"]
    assert outer["mode"].tolist() == ["B", "B", "A", "A", "A"]
    np.testing.assert_array_equal(outer["outer_weight"], WITH_B.outer_weights)
    np.testing.assert_array_equal(outer["outer_loading"], WITH_B.loadings)
    cross = measurement.cross_loadings(FOUND)
    assert cross.loc["y1", "Z"] == FOUND.cross_loadings[2, 2]
    reliability = measurement.reliability(FOUND)
    assert reliability.loc["Y", "rho_a"] == FOUND.rho_a[1]
    assert reliability.loc["Y", "ave"] == column(measurement.ave_last(FOUND))[1]
    larcker = measurement.fornell_larcker(FOUND)
    assert larcker.loc["Y", "X"] == FOUND.construct_correlations[1, 0]
    assert larcker.loc["Y", "Y"] == pytest.approx(np.sqrt(reliability.loc["Y", "ave"]))
    assert np.isnan(larcker.loc["X", "Y"])
    htmt = measurement.htmt_table(FOUND)
    np.testing.assert_array_equal(
        [htmt.loc["Y", "X"], htmt.loc["Z", "X"], htmt.loc["Z", "Y"]], column(measurement.htmt_last(FOUND))
    )
    assert np.isnan(htmt.loc["X", "X"]) and np.isnan(htmt.loc["X", "Y"])
    two = measurement.htmt_table(FOUND, geometric=True)
    assert two.loc["Z", "Y"] == column(measurement.htmt2_last(FOUND))[2]


def test_tables_refuse_batches():
    batch = estimate(SPEC, R[None])
    for table in (measurement.reliability, measurement.outer_model, measurement.htmt_table):
        with pytest.raises(ValueError, match=r"one matrix, found batch \(1,\)"):
            table(batch)
    with pytest.raises(ValueError, match="exclude each other"):
        measurement.htmt_table(FOUND, geometric=True, signed=True)


def test_raw_alpha_by_hand():
    frame = pd.DataFrame(
        {
            "a": [1, 2, 3, 4],
            "b": [2, 2, 4, 4.5],
            "c": [1.0, 3, 2, 5],
            "d": [5.0, 1, 1, 2],
            "z": [1, 0, 0, 1.0],
        }
    )
    spec = Model({"X": ["a", "b", "c"], "F": ["d", "z"]}, [("F", "X")], modes={"F": "B"})
    alpha = measurement.cronbach_alpha_raw(frame, spec)
    s = np.cov(frame[["a", "b", "c"]].T)
    assert alpha["X"] == pytest.approx(3 / 2 * (1 - np.trace(s) / s.sum()))
    assert np.isnan(alpha["F"])
    single = Model({"X": ["a", "b"], "Z": ["z"]}, [("X", "Z")])
    assert measurement.cronbach_alpha_raw(frame, single)["Z"] == 1.0


def test_raw_and_standardised_alpha_agree_on_standardised_items():
    frame = data("mobi")
    spec = tight("mobi_ecsi").model
    z = (frame - frame.mean()) / frame.std()
    raw = measurement.cronbach_alpha_raw(z, spec)
    standardised = measurement.reliability(tight("mobi_ecsi"))["cronbach_alpha"]
    np.testing.assert_allclose(raw[["Image", "Quality"]], standardised[["Image", "Quality"]])


def test_raw_alpha_beside_the_standardised_one_and_in_every_resample():
    frame = data("sim3x11")
    frame["x1"] = 3 * frame["x1"]
    spec = tight("sim3x11").model
    found = plsem.fit(frame, spec)
    right = measurement.cronbach_alpha_raw(frame, spec)
    table = found.summary(statistic="cronbach_alpha_raw").set_index("row")["value"]
    np.testing.assert_allclose(table, right.loc[table.index], rtol=1e-12)
    standardised = found.summary(statistic="cronbach_alpha").set_index("row")["value"]
    assert abs(table["X"] - standardised["X"]) > 0.05
    assert "cronbach_alpha_raw" in repr(found)
    boot = plsem.bootstrap(frame, spec, ["cronbach_alpha_raw"], seed=3, n_resamples=20)
    rows = [*draw_indices(3, len(frame), 20)]
    loop = [measurement.cronbach_alpha_raw(frame.iloc[i], spec) for i in rows]
    np.testing.assert_allclose(boot.draws, np.stack(loop), rtol=1e-10)
    knife = [measurement.cronbach_alpha_raw(frame.drop(index=i), spec) for i in frame.index[:5]]
    np.testing.assert_allclose(boot.jackknife[:5], np.stack(knife), rtol=1e-10)


def test_raw_alpha_needs_the_answers():
    found = plsem.fit(
        data("sim3x11")[list(tight("sim3x11").model.items)].corr(), tight("sim3x11").model, n=100
    )
    assert "cronbach_alpha_raw" not in set(found.summary()["statistic"])
    with pytest.raises(ValueError, match="raw alpha needs the answers"):
        found.summary(statistic="cronbach_alpha_raw")
