"""Resamples of resamples, and the intervals made from them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from resampling_cases import SMALL, core, small_data

from plsem import estimator as pls
from plsem.quantities import quantities
from plsem.resampling import double
from plsem.resampling.bootstrap import bootstrap
from plsem.resampling.calibration import calibrated_bounds, studentised_bounds
from plsem.resampling.double import double_bootstrap, inner_indices, side_by_side
from plsem.resampling.intervals import share_below
from plsem.resampling.moments import draw_indices

DATA = small_data().iloc[:40].round(1)


def test_it_is_the_loop_over_resamples_of_resamples():
    result = double_bootstrap(DATA, SMALL, n_resamples=3, n_inner=25, seed=4)
    x = DATA[list(SMALL.items)].to_numpy(float)

    def paths(rows):
        return quantities(
            pls.estimate(SMALL, pls.correlations(x[rows]), orient=False), include=["path_coefficient"]
        )[1]

    sample = pls.estimate(SMALL, pls.correlations(x))
    np.testing.assert_allclose(result.original, quantities(sample, include=["path_coefficient"])[1])
    for b, rows in enumerate(draw_indices(4, 40, 3)):
        np.testing.assert_allclose(result.draws[b], paths(rows), rtol=1e-10)
        drawn = inner_indices(4, b, rows, 25)
        assert set(drawn.ravel()) <= set(rows)
        inner = np.stack([paths(d) for d in drawn])
        np.testing.assert_allclose(result.standard_errors[b], inner.std(axis=0, ddof=1), rtol=1e-9)
        np.testing.assert_allclose(result.shares[b], (inner < result.original).mean(axis=0))
    assert (result.n_inner_used == 25).all()
    assert result.labels["statistic"].unique().tolist() == ["path_coefficient"]


def test_outer_draws_are_the_bootstraps():
    result = double_bootstrap(DATA, SMALL, core, n_resamples=30, n_inner=4, seed=7)
    single = bootstrap(DATA, SMALL, core, n_resamples=30, seed=7, jackknife=False, max_failed=1.0)
    np.testing.assert_array_equal(result.draws, single.draws)


def test_workers_and_pieces_change_nothing(monkeypatch):
    options = {"n_resamples": 12, "n_inner": 30, "seed": 2, "include": ("path_coefficient", "r_squared")}
    one = double_bootstrap(DATA, SMALL, **options)
    two = double_bootstrap(DATA, SMALL, n_jobs=2, **options)
    monkeypatch.setattr(double, "_INNER_AT_ONCE", 70)
    pieces = double_bootstrap(DATA, SMALL, **options)
    fewer = double_bootstrap(DATA, SMALL, **options | {"n_resamples": 5})
    for name in ("draws", "standard_errors", "shares", "n_inner_used"):
        for other in (two, pieces):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        np.testing.assert_array_equal(getattr(one, name)[:5], getattr(fewer, name))


def test_calibrated_levels_give_nominal_coverage_in_the_bootstrap_world():
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(2, 999))
    shares = np.stack([rng.beta(0.6, 0.9, size=999), np.linspace(0, 1, 999)])
    (low, high), levels = calibrated_bounds(draws, shares, confidence_level=0.9)
    held = (shares >= levels[:, :1]) & (shares <= levels[:, 1:])
    np.testing.assert_allclose(held.mean(axis=1), 0.9, atol=2 / 999)
    np.testing.assert_allclose(levels[1], [0.05, 0.95])  # uniform shares: nothing to calibrate
    np.testing.assert_allclose([low[1], high[1]], np.quantile(draws[1], [0.05, 0.95]))
    np.testing.assert_allclose(low[0], np.quantile(draws[0], levels[0, 0]))
    (low, high), levels = calibrated_bounds(draws, shares, confidence_level=0.9, alternative="greater")
    assert np.isposinf(high).all() and np.allclose(levels[1], [0.1, 0.9])


def test_studentised_bounds_by_hand():
    draws, errors = np.array([1.0, 2.0, 4.0, np.nan]), np.array([0.5, 1.0, 2.0, 1.0])
    low, high = studentised_bounds(draws, 1.5, errors, confidence_level=0.5)
    t = np.quantile([-1.0, 0.5, 1.25], [0.25, 0.75])
    s = np.std([1.0, 2.0, 4.0], ddof=1)
    np.testing.assert_allclose([low, high], [1.5 - t[1] * s, 1.5 - t[0] * s])
    low, high = studentised_bounds(draws, 1.5, errors, confidence_level=0.5, alternative="less")
    assert np.isneginf(low) and np.isfinite(high)
    assert np.isnan(studentised_bounds(draws, 1.5, np.zeros(4))[0])


def test_shares_count_equal_draws_half():
    found = share_below(np.array([[1.0, 2.0, 2.0, 3.0], [np.nan, np.inf, 1.0, 0.0]]), np.array([2.0, 0.5]))
    np.testing.assert_allclose(found, [0.5, 0.5])


@pytest.mark.parametrize("interval", ["percentile", "studentised"])
def test_summary(interval):
    result = double_bootstrap(DATA, SMALL, n_resamples=60, n_inner=40, seed=1, sign_changes="construct")
    table = result.summary(interval=interval, confidence_level=0.9)
    assert (table["lower"] < table["upper"]).all()
    assert table["n_draws"].tolist() == [60] * 3
    assert ("lower_level" in table) == (interval == "percentile")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_inner": 1}, "n_inner: expected a whole number of at least 2, found 1"),
        ({"n_resamples": 1}, "n_resamples"),
        ({"seed": -1}, "seed"),
        ({"sign_changes": "individual"}, "sign_changes"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        double_bootstrap(DATA, SMALL, **{"seed": 1} | options)
    with pytest.raises(ValueError, match="did you mean 'studentised'"):
        double_bootstrap(DATA, SMALL, n_resamples=3, n_inner=3, seed=1).summary(interval="studentized")


def test_studentised_bounds_against_a_nested_bootstrap():
    reference = json.loads((Path(__file__).parents[1] / "reference" / "studentised.json").read_text())
    draws, errors = np.array(reference["outer"]), np.array(reference["inner_se"])
    assert np.std(draws, ddof=1) == pytest.approx(reference["se_outer"], rel=1e-12)
    found = studentised_bounds(draws, reference["estimate"], errors)
    np.testing.assert_allclose(found, reference["ci95_type7"], rtol=1e-12)


def test_side_by_side_has_each_summarys_bounds_and_counts_what_resamples_hold():
    single = bootstrap(DATA, SMALL, core, n_resamples=60, seed=3)
    doubled = double_bootstrap(DATA, SMALL, core, n_resamples=60, n_inner=21, seed=3)
    table = side_by_side(single, doubled, confidence_level=0.9)
    expected = {
        "percentile": single.summary(interval="percentile", confidence_level=0.9),
        "bca": single.summary(interval="bca", confidence_level=0.9),
        "studentised": doubled.summary(interval="studentised", confidence_level=0.9),
        "calibrated": doubled.summary(confidence_level=0.9),
    }
    first = table.iloc[:4]
    assert first["interval"].tolist() == list(expected) and first["row"].nunique() == 1
    for kind, summary in expected.items():
        part = table[table["interval"] == kind]
        for end in ("lower", "upper"):
            np.testing.assert_array_equal(part[end], summary[end])
        np.testing.assert_allclose(part["width"], summary["upper"] - summary["lower"])
    plain = table[table["interval"] == "percentile"]
    assert plain["lower_level"].to_numpy() == pytest.approx(0.05)
    assert plain["upper_level"].to_numpy() == pytest.approx(0.95)
    u = doubled.shares[:, 0]
    assert plain["held"].iloc[0] == np.mean([0.05 <= share <= 0.95 for share in u])
    # calibration is to bring what resamples hold to the promised share, up to ties among 21 inner draws
    assert table.loc[table["interval"] == "calibrated", "held"].between(0.85, 1.0).all()
    assert table.loc[table["interval"] == "bca", "held"].isna().all()
