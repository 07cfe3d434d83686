"""Intervals, p-values and quantiles: hand-worked cases and properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from plsem.resampling import intervals as iv

NUMBERS = st.floats(-100, 100, allow_nan=False, width=32)
DRAWS = arrays(np.float64, st.integers(2, 40), elements=NUMBERS)
KINDS = st.sampled_from(iv.INTERVALS)


def bounds(draws, original, **options):
    return [float(b) for b in iv.interval_bounds(draws, original, accelerations=0.0, **options)]


def test_percentile_basic_and_normal_by_hand():
    draws, original = np.arange(1.0, 12.0), 5.0  # 1 … 11, mean 6
    assert bounds(draws, original, interval="percentile", confidence_level=0.8) == pytest.approx([2, 10])
    assert bounds(draws, original, interval="basic", confidence_level=0.8) == pytest.approx([0, 8])
    half = 1.2815515655446004 * math.sqrt(11)
    assert bounds(draws, original, interval="normal", confidence_level=0.8) == pytest.approx(
        [4 - half, 4 + half]
    )


def test_weibull_and_boots_interpolation_by_hand():
    draws = np.array([1.0, 2.0, 4.0])
    assert iv.quantiles(draws, [0.4], method="linear") == pytest.approx([1.8])
    assert iv.quantiles(draws, [0.4], method="weibull") == pytest.approx([1.6])
    # (B + 1)p = 1.6: between the quantiles of 1/4 and 2/4 on the normal scale.
    share = (-0.2533471031357997 + 0.6744897501960817) / 0.6744897501960817
    assert iv.quantiles(draws, [0.4], method="normal") == pytest.approx([1 + share])
    for method in iv.QUANTILE_METHODS:
        assert iv.quantiles(draws, [0.001, 0.999], method=method) == pytest.approx([1, 4], abs=0.01)


@pytest.mark.parametrize("method", iv.QUANTILE_METHODS)
def test_a_single_draw_is_every_quantile(method):
    for p in (0.0, 0.3, 1.0):
        assert iv.quantiles([3.0], [p], method=method) == pytest.approx([3.0])
        assert iv.quantiles([3.0, np.nan], [p], method=method) == pytest.approx([3.0])


def test_bias_correction_moves_both_ends_by_hand():
    # 70 of 100 draws lie below the estimate: z0 = Φ⁻¹(0.7), ends at Φ(2 z0 ± 1.96).
    draws, original = np.arange(100.0), 69.5
    z0 = 0.5244005127080409
    assert iv.bias_correction(draws, original) == pytest.approx(z0)
    low, high = bounds(draws, original, interval="bc", confidence_level=0.95)
    ends = [0.5 * math.erfc(-(2 * z0 + z) / math.sqrt(2)) for z in (-1.959963984540054, 1.959963984540054)]
    assert [low, high] == pytest.approx([99 * e for e in ends])


def test_bca_with_an_acceleration_by_hand():
    draws, original, a, z = np.arange(101.0), 50.0, 0.1, -1.6448536269514722
    low, high = iv.interval_bounds(
        draws, original, interval="bca", confidence_level=0.90, accelerations=np.array(a)
    )
    ends = [0.5 * math.erfc(-(x / (1 - a * x)) / math.sqrt(2)) for x in (z, -z)]
    assert [float(low), float(high)] == pytest.approx([100 * e for e in ends])


def test_acceleration_by_hand():
    # Mean 2, influences 1, 1, -2: a = (1 + 1 - 8) / (6 · 6^1.5).
    assert iv.acceleration([1.0, 1.0, 4.0]) == pytest.approx(-6 / (6 * 6**1.5))
    assert iv.acceleration([3.0, 3.0, 3.0]) == 0.0
    assert iv.acceleration([1.0, 1.0 + 2e-16, 1.0]) == 0.0


def test_acceleration_weighs_groups_by_the_rows_left():
    weighted = iv.acceleration([1.0, 1.0, 4.0], remaining=[8, 8, 4])
    influence = np.array([8.0, 8.0, -8.0])
    assert weighted == pytest.approx((influence**3).sum() / (6 * (influence**2).sum() ** 1.5))


def test_ties_with_the_estimate_count_one_half():
    assert iv.bias_correction([1.0, 1.0, 1.0], 1.0) == 0.0
    assert iv.bias_correction([1.0, 1.0 - 1e-16, 1.0 + 2e-16], 1.0) == 0.0
    assert iv.bias_correction([0.0, 1.0, 1.0, 2.0], 1.0) == 0.0


def test_no_corrected_interval_where_all_draws_lie_on_one_side():
    draws = np.arange(1.0, 100.0)
    for kind in ("bc", "bca"):
        assert np.isnan(bounds(draws, 0.0, interval=kind)).all()
    assert bounds(draws, 0.0, interval="percentile") == pytest.approx([3.45, 96.55])


def test_a_constant_has_a_point_interval_and_no_test():
    draws = np.full(50, 1.0)
    draws[::2] -= 1.1e-16
    deviation = iv.standard_deviation(draws)
    assert deviation == 0.0
    assert np.isnan(iv.p_value(1.0, deviation))
    for kind in iv.INTERVALS:
        assert bounds(draws, 1.0, interval=kind) == pytest.approx([1.0, 1.0])


def test_p_values_by_hand():
    # t = 2 with 10 degrees of freedom: 0.0733880 two-sided.
    assert iv.p_value(2.0, 1.0, degrees_of_freedom=10) == pytest.approx(0.07338803477074037)
    assert iv.p_value(-2.0, 1.0, degrees_of_freedom=10, alternative="one-sided") == pytest.approx(
        0.03669401738537
    )
    assert iv.p_value(-2.0, 1.0, alternative="greater") == pytest.approx(0.9772498680518208)
    assert iv.p_value(-2.0, 1.0, alternative="less") == pytest.approx(0.0227501319481792)
    assert iv.p_value(0.0, 1.0) == 1.0


def test_one_rule_for_stars():
    p = [0.0009, 0.001, 0.0099, 0.01, 0.049, 0.05, 0.5, np.nan]
    assert list(iv.stars(p)) == ["***", "**", "**", "*", "*", "", "", ""]
    assert str(iv.stars(0.04)) == "*"
    assert list(iv.stars([0.04, 0.06], levels=(0.10, 0.05))) == ["**", "*"]


def test_one_sided_bounds_are_the_ends_of_the_wider_level():
    draws = np.random.default_rng(1).normal(size=999)
    two = bounds(draws, 0.1, interval="percentile", confidence_level=0.90)
    assert bounds(draws, 0.1, interval="percentile", confidence_level=0.95, alternative="one-sided") == two
    assert bounds(draws, 0.1, interval="percentile", alternative="greater") == [two[0], np.inf]
    assert bounds(draws, 0.1, interval="percentile", alternative="less") == [-np.inf, two[1]]


@settings(deadline=None, derandomize=True)
@given(draws=DRAWS, original=NUMBERS, kind=KINDS, shift=NUMBERS)
def test_shifting_everything_shifts_the_interval(draws, original, kind, shift):
    low, high = bounds(draws, original, interval=kind)
    moved = bounds(draws + shift, original + shift, interval=kind)
    if np.isnan(low):
        return  # a tie that rounding breaks may give an interval where there was none
    if np.min(np.abs(draws - original)) > 1e-6 or kind not in ("bc", "bca"):
        np.testing.assert_allclose(moved, [low + shift, high + shift], rtol=0, atol=1e-9)


@settings(deadline=None, derandomize=True)
@given(draws=DRAWS, original=NUMBERS, kind=KINDS)
def test_turning_signs_turns_the_interval(draws, original, kind):
    low, high = bounds(draws, original, interval=kind)
    turned = bounds(-draws, -original, interval=kind)
    np.testing.assert_allclose(turned, [-high, -low], rtol=0, atol=1e-9)


@settings(deadline=None, derandomize=True)
@given(
    draws=DRAWS, original=NUMBERS, kind=KINDS, levels=st.tuples(st.floats(0.5, 0.99), st.floats(0.5, 0.99))
)
def test_intervals_are_ordered_and_nested(draws, original, kind, levels):
    inner = bounds(draws, original, interval=kind, confidence_level=min(levels))
    outer = bounds(draws, original, interval=kind, confidence_level=max(levels))
    if np.isnan(inner).any():
        assert np.isnan(outer).any()
        return
    assert outer[0] - 1e-9 <= inner[0] <= inner[1] + 1e-9 <= outer[1] + 2e-9


@settings(deadline=None, derandomize=True)
@given(draws=arrays(np.float64, (3, 12), elements=NUMBERS), holes=arrays(np.bool_, (3, 12)))
def test_undefined_draws_are_left_out_of_their_own_quantity_only(draws, holes):
    holes[:, :2] = False
    spoiled = np.where(holes, np.nan, draws)
    original = draws.mean(axis=1)
    for kind in ("percentile", "bc", "normal"):
        low, high = iv.interval_bounds(spoiled, original, interval=kind)
        for i in range(3):
            alone = bounds(draws[i][~holes[i]], original[i], interval=kind)
            np.testing.assert_allclose([low[i], high[i]], alone, rtol=0, atol=1e-9)
    np.testing.assert_allclose(
        iv.mean(spoiled), [d[~h].mean() for d, h in zip(draws, holes, strict=True)], atol=1e-9
    )
    deviations = [d[~h].std(ddof=1) for d, h in zip(draws, holes, strict=True)]
    np.testing.assert_allclose(iv.standard_deviation(spoiled), deviations, atol=1e-9)


@settings(deadline=None, derandomize=True)
@given(draws=DRAWS, p=st.floats(0, 1), method=st.sampled_from(["linear", "weibull"]))
def test_quantiles_equal_numpys(draws, p, method):
    np.testing.assert_allclose(
        iv.quantiles(draws, [p], method=method)[0], np.quantile(draws, p, method=method), rtol=0, atol=1e-9
    )


def test_no_draws_give_nan_and_no_warning():
    empty = np.full((2, 5), np.nan)
    assert np.isnan(iv.mean(empty)).all()
    assert np.isnan(iv.standard_deviation(empty)).all()
    for kind in iv.INTERVALS:
        low, high = iv.interval_bounds(empty, [1.0, 2.0], interval=kind, accelerations=[0.0, 0.0])
        assert np.isnan(low).all()
        assert np.isnan(high).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interval": "bcaa"}, "did you mean 'bca'"),
        ({"interval": "percentile", "alternative": "two sided"}, "did you mean 'two-sided'"),
        ({"interval": "percentile", "method": "linea"}, "did you mean 'linear'"),
        ({"interval": "percentile", "confidence_level": 95}, "between 0 and 1"),
        ({"interval": "bca"}, "needs jackknife values"),
    ],
)
def test_options_that_cannot_be_used_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        iv.interval_bounds([1.0, 2.0], 1.0, **options)


def test_one_finite_draw_has_a_mean_and_no_deviation():
    for draws in ([3.0], [3.0, np.nan], [np.nan, 3.0, np.inf]):
        average, deviation, count = iv.mean_and_deviation(draws)
        assert average == 3.0
        assert np.isnan(deviation)
        assert count == 1


def test_small_deviations_are_not_rounded_away():
    draws = 1.0 + 1e-9 * np.arange(5)
    assert iv.standard_deviation(draws) == pytest.approx(1e-9 * np.sqrt(2.5), rel=1e-6)


def test_any_leading_shape():
    draws = np.random.default_rng(2).normal(size=(2, 3, 40))
    draws[0, 1, :5] = np.nan
    average, deviation, count = iv.mean_and_deviation(draws)
    np.testing.assert_allclose(average, np.nanmean(draws, axis=-1))
    np.testing.assert_allclose(deviation, np.nanstd(draws, axis=-1, ddof=1))
    np.testing.assert_array_equal(count, [[40, 35, 40], [40, 40, 40]])
    low, high = iv.interval_bounds(draws, average, interval="bc")
    assert low.shape == high.shape == (2, 3)
    alone = iv.interval_bounds(draws[0, 1, 5:], average[0, 1], interval="bc")
    np.testing.assert_allclose([low[0, 1], high[0, 1]], alone)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 1.5])
def test_levels_lie_strictly_between_0_and_1(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        iv.interval_bounds(np.arange(9.0), 4.0, interval="percentile", confidence_level=level)
