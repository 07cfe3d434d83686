"""Interval arithmetic: every result holds the true range, and is no wider where it must be exact."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tableaudit.boxes import SLACK, Interval, range_over_box, total, verdict_of

numbers = st.floats(-5, 5, allow_nan=False)
shares = st.floats(0, 1)


@st.composite
def intervals(draw):
    low, high = sorted((draw(numbers), draw(numbers)))
    return Interval(low, high)


def inside(interval, share):
    point = interval.lower + share * interval.width
    return min(max(point, interval.lower), interval.upper)  # the sum may round to outside


@given(intervals(), intervals(), shares, shares)
def test_arithmetic_holds_every_pointwise_result(a, b, s, t):
    x, y = inside(a, s), inside(b, t)
    assert (a + b).contains(x + y)
    assert (a - b).contains(x - y)
    assert (a * b).contains(x * y)
    assert a.square().contains(x * x)
    assert a.absolute().contains(abs(x))
    if not b.lower <= 0 <= b.upper and min(abs(b.lower), abs(b.upper)) > 1e-150:
        quotient = a / b
        assert (
            quotient.lower - 1e-6 * abs(quotient.lower)
            <= x / y
            <= quotient.upper + 1e-6 * abs(quotient.upper)
        )


@given(intervals())
def test_square_is_tight(a):
    grid = np.linspace(a.lower, a.upper, 501) ** 2
    assert a.square().upper == pytest.approx(grid.max())
    if a.lower <= 0 <= a.upper:
        assert a.square().lower == 0
    else:
        assert a.square().lower == pytest.approx(grid.min())


def test_sqrt_drops_the_negative_part_and_refuses_a_negative_interval():
    assert Interval(-1, 4).sqrt() == Interval(0, 2)
    with pytest.raises(ValueError, match="negative"):
        Interval(-2, -1).sqrt()


def test_division_by_an_interval_with_zero_tells_nothing():
    assert Interval(1, 2) / Interval(-1, 1) == Interval(-math.inf, math.inf)


@given(intervals(), intervals(), shares, shares)
def test_a_decided_comparison_is_right_for_every_pair(a, b, s, t):
    x, y = inside(a, s), inside(b, t)
    if a.less(b) is True:
        assert x < y
    if a.less(b) is False:
        assert x >= y
    if a.less(b, strict=False) is True:
        assert x <= y
    if a.less(b, strict=False) is False:
        assert x > y
    if a.equal(b) is False:
        assert x != y


def test_touching_boxes_are_not_strictly_less_but_may_be_equal():
    a, b = Interval(0, 1), Interval(1, 2)
    assert a.less(b) is None
    assert a.less(b, strict=False) is True
    assert a.equal(b) is None
    assert Interval.point(1).equal(1) is True


@given(intervals(), intervals())
def test_intersection_and_hull(a, b):
    common = a.intersect(b)
    if common is None:
        assert a.upper < b.lower or b.upper < a.lower
    else:
        assert common.within(a) and common.within(b)
    assert a.within(a.hull(b)) and b.within(a.hull(b))


@pytest.mark.parametrize("end", [0.0, 0.3, 1.0, 1.7, 4.9])
def test_ends_that_miss_by_the_slack_are_in_both_or_in_neither(end):
    for gap in (SLACK, np.nextafter(SLACK, 0), np.nextafter(SLACK, 1)):
        a, b = Interval(end - 1, end), Interval(end + gap, end + 1)
        common = a.intersect(b)
        assert common is None or (common.within(a) and common.within(b))
        assert (common is None) == (not a.contains(b.lower))
    whole = Interval(-math.inf, math.inf)
    assert whole.within(whole) and whole.intersect(Interval(end, math.inf)) == Interval(end, math.inf)


def test_bad_intervals_are_refused():
    with pytest.raises(ValueError, match="not an interval"):
        Interval(1, 0)
    with pytest.raises(ValueError, match="not an interval"):
        Interval(math.nan, 0)


def test_total_of_none_is_zero_and_verdicts_have_names():
    assert total([]) == Interval(0, 0)
    assert [verdict_of(v) for v in (True, False, None)] == ["holds", "fails", "cannot be told"]


@pytest.mark.parametrize("k", [2, 5, 15])
def test_range_over_box_of_a_linear_function_is_exact(k):
    rng = np.random.default_rng(k)
    slope = rng.normal(size=k)
    box = [Interval(v, v + w) for v, w in zip(rng.normal(size=k), rng.uniform(0, 0.01, k), strict=True)]
    found = range_over_box(lambda x: x @ slope, box)
    low = sum(min(s * b.lower, s * b.upper) for s, b in zip(slope, box, strict=True))
    high = sum(max(s * b.lower, s * b.upper) for s, b in zip(slope, box, strict=True))
    assert found.lower == pytest.approx(low, abs=1e-12)
    assert found.upper == pytest.approx(high, abs=1e-12)


def test_range_over_box_holds_random_points_of_a_curved_function():
    rng = np.random.default_rng(1)
    box = [Interval(v - 0.01, v + 0.01) for v in (0.3, 0.7, 0.5)]

    def curved(x):
        return x[:, 0] * x[:, 1] / (1 - x[:, 2] ** 2)

    found = range_over_box(curved, box)
    points = np.stack([rng.uniform(b.lower, b.upper, 5000) for b in box], axis=1)
    assert found.lower <= curved(points).min() and curved(points).max() <= found.upper
    assert found.width < 1.1 * np.ptp(curved(points))


def test_range_over_box_of_an_undefined_function_is_the_whole_line():
    with np.errstate(divide="ignore", invalid="ignore"):
        found = range_over_box(lambda x: 1 / x[:, 0], [Interval(-1, 1)])
    assert found == Interval(-math.inf, math.inf)
