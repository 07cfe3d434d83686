"""Bounds of a block's reliabilities beside its loadings, in cases small enough to be worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from audit_cases import article

from tableaudit.block_bounds import (
    _closes,
    _excess,
    _shares,
    alpha_bounds,
    htmt_bounds,
    raw_alpha_range,
    rho_a_bounds,
    rho_a_of_weights,
)
from tableaudit.block_checks import proxy_correlation
from tableaudit.block_scan import neighbour_correlation, raw_alpha_of_block, scan_block
from tableaudit.boxes import Interval
from tableaudit.measurement import room_of_sum
from tableaudit.relations import DEFAULTS

#: Residuals of two items balance only where w₁s₁ = w₂s₂: loadings 0.8 and 0.7 have weights in the ratio
#: 1/0.6 : 1/0.71414, with sum of products 1 that is 0.72040 and 0.60526.  Then w'w = 0.88532, Σw⁴ = 0.40355, and
#: rho_A = 0.78379 · 0.11468 / (0.78379 − 0.40355) = 0.23639; r = 0.56 − 0.6 · 0.71414 = 0.13152, alpha 0.23246.
TWO = (0.8, 0.7)
RHO_A, ALPHA = 0.23639, 0.23246
#: The search is widened by this much.
MARGIN = 0.006


def boxes(values, half=0.0005):
    return [Interval(v - half, v + half) for v in values]


def ends(interval):
    return (interval.lower, interval.upper)


def test_two_items_have_one_rho_a():
    assert rho_a_of_weights(np.array([[0.72040, 0.60526]])) == pytest.approx(RHO_A, abs=1e-4)
    # loadings of 0.7995 and 0.6995 give rho_A 0.23396, of 0.8005 and 0.7005 0.23884: 0.00244 on either side
    margin = MARGIN + 0.00244
    assert ends(rho_a_bounds(boxes(TWO))) == pytest.approx((RHO_A - margin, RHO_A + margin), abs=1e-4)
    # from below 1'R1 is the squared sum of the loadings, 1.499² = 2.247: alpha 2 · (1 − 2 / 2.247) = 0.21984
    # half of what the rounding moves 2 · (1 − 2 / (λ₁ + λ₂)²), from 0.21985 to 0.22459, is added
    assert ends(alpha_bounds(boxes(TWO), None)) == pytest.approx(
        (0.21984, ALPHA + MARGIN + 0.00237), abs=1e-4
    )


@pytest.mark.parametrize(
    ("low", "high", "possible"),
    [
        (0.2380, 0.2390, True),  # the box and 0.002 to either side: from 0.2360
        (0.2386, 0.2396, False),  # from 0.2366
        (0.2335, 0.2345, True),  # to 0.2365
        (0.2332, 0.2342, False),  # to 0.2362
    ],
)
def test_weights_that_give_the_printed_rho_a(low, high, possible):
    assert (alpha_bounds(boxes(TWO), Interval(low, high)) is not None) is possible


@pytest.mark.parametrize(
    ("loadings", "bounded"),
    [
        ((0.5, 0.4), True),
        ((0.5, 0.3999), False),  # a weight may be negative
        ((0.5, 0.9994), True),
        ((0.5, 0.9995), False),  # no residual is left
        ((0.8,), False),
    ],
)
def test_which_blocks_are_bounded(loadings, bounded):
    for found in (rho_a_bounds(boxes(loadings, 0)), alpha_bounds(boxes(loadings, 0), None)):
        assert (found is not None) is bounded


def test_three_equal_items():
    """Loadings of 0.8: from weights 1 : 1 : 0 to 2 : 1 : 1, beyond which the residuals cannot balance.

    1 : 1 : 0 over 1.6: w'w = 0.78125, rho_A = w'w (1 − w'w) / (w'w − Σw⁴/w'w) = 0.61035 · 0.21875 / 0.30518 = 0.4375;
    2 : 1 : 1 over 3.2: w'w = 0.58594, rho_A = 0.34332 · 0.41406 / 0.17166 = 0.8281.
    Both have residuals of length 0.6 in sum: 1'R1 from 2.4² = 5.76 (alpha 1.5 · (1 − 3 / 5.76) = 0.71875) to 6.12
    (0.76471).
    """
    three = boxes((0.8, 0.8, 0.8), 0)
    assert ends(rho_a_bounds(three)) == pytest.approx((0.4375 - MARGIN, 0.8281 + MARGIN), abs=1.5e-3)
    found = alpha_bounds(three, None)
    assert ends(found) == pytest.approx((0.71875, 0.76471 + MARGIN), abs=1e-3)
    weights = np.array([[2, 1, 1], [1, 1, 1]]) / np.array([[3.2], [2.4]])
    assert rho_a_of_weights(weights) == pytest.approx([0.828125, 0.71875])
    assert _excess(weights, np.full((2, 3), 0.6)) == pytest.approx([0.6, 0.0])


def test_alpha_bounds_how_far_the_weights_are_apart():
    """An alpha whose residuals sum to at most 0.113 leaves weights in a ratio below 1 + 0.113 / 0.6.

    Alpha 0.7195: 1'R1 = 3 / (1 − 0.7195 · 2/3) = 5.7655, of which 2.3985² = 5.7528 are the loadings.
    """
    three = boxes((0.8, 0.8, 0.8))
    found = rho_a_bounds(three, None, Interval(0.7185, 0.7195))
    # ratio 1.188 : 1 : 1 has rho_A 0.7239, equal weights 0.7188
    assert found.contains(0.7188) and found.contains(0.7239)
    assert found.width < 0.04 < 0.3 < rho_a_bounds(three).width
    weights = np.array([[2.0, 1, 1], [1.2, 1, 1], [1.1, 1, 1]])
    # beside the smallest weight the sides are 0.6 · (1.2 − 1) = 0.12 and nothing
    assert _closes(weights, np.full(3, 0.6), 0.1199).tolist() == [False, False, True]
    assert _closes(weights, np.full(3, 0.6), 0.1201).tolist() == [False, True, True]


def test_what_a_neighbour_takes_of_each_residual():
    """With rho 0.8, rho / √(1 − rho²) = 4/3; weights 0.9 and 0.5 have w'w = 1.06, w / w'w = 0.84906 and 0.47170."""
    found = _shares(np.array([[0.9, 0.5]]), np.array([0.8, 0.5]), 0.8)
    assert found[0] == pytest.approx([4 / 3 * 0.04906, 4 / 3 * -0.02830], abs=1e-5)


def test_a_neighbour_bounds_rho_a():
    """Loadings 0.8 beside a proxy that correlates 0.95: |w / w'w − 0.8| ≤ 0.6 · √(1 / 0.95² − 1) = 0.1972.

    Equal weights, whose rho_A is 0.71875, are the least then; a grid of weights within the limit reaches 0.7572.
    """
    found = rho_a_bounds(boxes((0.8, 0.8, 0.8), 0), (0.95, 0.96))
    assert ends(found) == pytest.approx((0.71875 - MARGIN, 0.7572 + MARGIN), abs=2e-4)


@pytest.mark.parametrize(
    ("alpha", "m", "low", "high"),
    [
        # r = 0.8 / (4 − 3 · 0.8) = 0.5; the squared mean of deviations 1 and 2.5 over their mean square is
        # 3.0625 / 3.625 = 0.84483: 4/3 · (1 − 1 / (0.5 + 0.84483 · 4 · 0.5)) = 0.72441, 0.07559 less
        (0.8, 4, 0.72441, 0.8 + 0.037795),
        # r = 0.9 / (2 − 0.9) = 0.81818: 2 · (1 − 1 / (0.18182 + 1.38245)) = 0.72145
        (0.9, 2, 0.72145, 0.9 + 0.089275),
        (0.0, 3, 0.0, 0.0),
        (-0.5, 3, -0.5, -0.5),
    ],
)
def test_raw_alpha(alpha, m, low, high):
    assert ends(raw_alpha_range(Interval.point(alpha), m)) == pytest.approx((low, high), abs=1e-5)


def test_raw_alpha_is_at_most_one():
    assert raw_alpha_range(Interval(0.9, 0.99), 2).upper == 1.0


POINT = Interval.point


def test_htmt_of_blocks_whose_sums_are_their_scores():
    found = htmt_bounds(POINT(0.5), (POINT(0.64), POINT(0.81)), (POINT(5.0),) * 2, (POINT(5.0),) * 2)
    assert ends(found) == pytest.approx((0.5 / 0.72, 0.5 / 0.72))


def test_htmt_turns_by_the_angles_of_the_sums():
    """cos θ = √0.81 = 0.9, θ = 0.45103 of one block; r = 0.5 is an angle of 1.04720."""
    turned = ((POINT(0.64), POINT(0.81)), (POINT(5.0), POINT(5.0)), (POINT(4.05), POINT(5.0)))
    found = htmt_bounds(POINT(0.5), *turned)
    assert ends(found) == pytest.approx((math.cos(1.49823) / 0.72, math.cos(0.59617) / 0.72), abs=1e-4)
    weak = htmt_bounds(Interval(0.1, 0.2), (Interval(0.60, 0.64), Interval(0.79, 0.81)), *turned[1:])
    # the sums may even correlate negatively: the low end is divided by the smaller roots then
    roots = math.sqrt(0.60 * 0.79)
    assert ends(weak) == pytest.approx(
        (math.cos(math.acos(0.1) + 0.45103) / roots, math.cos(math.acos(0.2) - 0.45103) / roots), abs=1e-4
    )
    strong = htmt_bounds(Interval(0.95, 1.0), (Interval(0.60, 0.64), Interval(0.79, 0.81)), *turned[1:])
    low = math.cos(math.acos(0.95) + 0.45103)
    assert ends(strong) == pytest.approx((low / math.sqrt(0.64 * 0.81), 1.0 / roots), abs=1e-4)


def test_htmt_needs_positive_alphas():
    sums = ((POINT(5.0),) * 2, (POINT(5.0),) * 2)
    assert htmt_bounds(POINT(0.5), (Interval(0.05, 0.1), POINT(0.8)), *sums) is None
    assert htmt_bounds(POINT(0.5), (Interval(0.06, 0.1), POINT(0.8)), *sums) is not None


def test_what_the_sum_of_a_block_can_be():
    """Loadings 0.8, 0.8 and 0.3: 1.9² = 3.61, and at most (0.6 + 0.9539)² = 2.4147 more: all but the least residual."""
    block = list(article("outer_loading a A 0.800", "outer_loading b A 0.800", "outer_loading c A 0.300"))
    assert ends(room_of_sum(block, None)) == pytest.approx((3.61, 6.0247), abs=1e-4)
    (alpha,) = article("cronbach_alpha A . 0.750")
    assert ends(room_of_sum(block, alpha)) == pytest.approx(
        (3 / (1 - 0.7495 * 2 / 3), 3 / (1 - 0.7505 * 2 / 3))
    )
    (alpha,) = article("cronbach_alpha A . 1.000")
    assert room_of_sum(block, alpha).upper == pytest.approx(3 / (1 - 0.9999 * 2 / 3))


# the neighbours


@pytest.mark.parametrize(
    ("rows", "expected", "cells"),
    [
        (("path_coefficient B A -0.500",), (0.4995, 0.5005), ["c0"]),
        (("path_coefficient A B 0.500",), (0.4995, 0.5005), ["c0"]),
        # R² 0.250 lies in [0.2495, 0.2505]: its root in [0.4995, 0.5005]; f² 0.33 in [0.325, 0.335]: 0.4953 to 0.5009
        (("path_coefficient B A 0.50", "r_squared . A 0.250"), (0.49950, 0.50050), ["c0", "c1"]),
        (("path_coefficient B A 0.50", "f_squared B A 0.33"), (0.49526, 0.50094), ["c0", "c1"]),
        (("path_coefficient B A 0.0", "r_squared . A 0.00"), (0.0, 0.05), ["c0", "c1"]),  # √0.005 = 0.071
        (("path_coefficient B A 0.0", "f_squared B A 0.0"), (0.0, 0.05), ["c0", "c1"]),
        (("path_coefficient B A 0.500", "construct_correlation A B 0.600"), None, []),
        # beside another predictor a path is no correlation
        (("path_coefficient A B 0.500", "path_coefficient C B 0.500", "construct_correlation A B 0.60",
          "r_squared . B 0.9"), (0.595, 0.605), ["c2"]),
        (("path_coefficient A B 0.500", "path_coefficient C B 0.500"), None, []),
        (("path_coefficient A B 0.500", "path_coefficient A C 0.500"), None, []),
        (("construct_correlation A B 0.500",), None, []),
    ],
)  # fmt: skip
def test_the_correlation_with_the_only_neighbour(rows, expected, cells):
    found, used = neighbour_correlation(article(*rows), "A")
    assert (None if found is None else ends(found)) == (expected and pytest.approx(expected, abs=1e-5))
    assert [c.id for c in used] == cells


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # one neighbour: the proxy is its score
        (("path_coefficient A B 0.500", "construct_correlation A B 0.600"), (0.6, 0.6)),
        # two successors that correlate 0.4, r = 0.6 and 0.3: weights r: (0.36 + 0.09) / √(0.36 + 0.09 + 2 · 0.4 · 0.18)
        # = 0.45 / √0.594 = 0.58387; weights of one sign: 0.9 / √2.8 = 0.53785
        (("path_coefficient A B 0.500", "path_coefficient A C 0.500", "construct_correlation A B 0.600",
          "construct_correlation A C 0.300", "construct_correlation C B 0.400"), (0.53785, 0.58387)),
        # of predictors the paths: 0.5 · 0.6 + 0.2 · 0.3 = 0.36, over √(0.25 + 0.04 + 2 · 0.4 · 0.1) = 0.60828
        (("path_coefficient B A 0.500", "path_coefficient C A 0.200", "construct_correlation A B 0.600",
          "construct_correlation A C 0.300", "construct_correlation C B 0.400"), (0.53785, 0.59183)),
        (("path_coefficient A B 0.500",), None),
        (("path_coefficient A B 0.500", "path_coefficient A C 0.500", "construct_correlation A B 0.600",
          "construct_correlation A C 0.300"), None),
        (("path_coefficient A B 0.500", "path_coefficient B A 0.500", "construct_correlation A B 0.600"), None),
        (("path_coefficient A B 0.500", "construct_correlation A B 0.959"), (0.959, 0.959)),
        (("path_coefficient A B 0.500", "construct_correlation A B 0.961"), None),  # 0.961 + 0.03 is no room
        (("path_coefficient A B 0.500", "construct_correlation A B 0.020"), None),
        (("construct_correlation A B 0.500",), None),
    ],
)  # fmt: skip
def test_the_correlation_with_the_inner_proxy(rows, expected):
    found = proxy_correlation(article(*rows), "A", DEFAULTS)
    assert (None if found is None else found[0]) == (
        expected and pytest.approx((expected[0] - 0.03, expected[1] + 0.03), abs=1e-5)
    )
    assert (
        proxy_correlation(
            article(*rows), "A", {**DEFAULTS, "predictors of B": "more", "predictors of A": "more"}
        )
        is None
    )


# the scan


def alpha_of(r):
    m = len(r)
    mean = r[np.triu_indices(m, 1)].mean()
    return m * mean / (1 + (m - 1) * mean)


def test_the_scan_of_two_items_and_a_neighbour():
    """r = λ₁λ₂ ± s₁s₂ = 0.56 ± 0.42849, and w = R⁻¹λ.

    A neighbour that correlates ρ with the score correlates ρ w / w'w with the items, which needs ρ² w'R⁻¹w ≤ (w'w)².
    For r = 0.98849 w is (4.7196, −3.9653), w'w 37.998 and w'R⁻¹w 3275.5: ρ is at most 37.998 / √3275.5 = 0.6639.
    """
    loadings = boxes(TWO, 0)
    found = scan_block(loadings, statistics=["cronbach_alpha", "rho_a", "ave"])
    low, high = 0.56 - 0.6 * math.sqrt(0.51), 0.56 + 0.6 * math.sqrt(0.51)
    assert ends(found["cronbach_alpha"].attainable) == pytest.approx(
        (2 * low / (1 + low), 2 * high / (1 + high)), abs=1e-6
    )
    assert ends(found["ave"].attainable) == pytest.approx((0.565, 0.565))  # (0.64 + 0.49) / 2
    assert alpha_of(found["cronbach_alpha"].highest) == pytest.approx(2 * high / (1 + high), abs=1e-6)
    for rho, top in ((0.663, high), (0.665, low)):
        near = scan_block(loadings, correlation=POINT(-rho), statistics=["cronbach_alpha"])["cronbach_alpha"]
        assert ends(near.attainable) == pytest.approx((2 * low / (1 + low), 2 * top / (1 + top)), abs=1e-6)
    boxed = scan_block(loadings, boxes={"rho_a": boxes([RHO_A])[0]}, statistics=["cronbach_alpha", "rho_a"])
    assert ends(boxed["cronbach_alpha"].attainable) == pytest.approx((ALPHA, ALPHA), abs=1e-4)
    assert boxed["rho_a"].attainable.contains(RHO_A - 1e-5)


def test_raw_alpha_of_two_items():
    """Deviations 1 and 2.5 beside r = 0.98849: 2 · (1 − 7.25 / (7.25 + 5 · 0.98849)) = 0.811; equal ones: 0.994."""
    loadings = boxes(TWO, 0)
    for alpha, possible in ((0.812, True), (0.9938, True), (0.9948, False), (0.24, True)):
        assert raw_alpha_of_block(loadings, None, boxes([alpha])[0]) is possible, alpha
    # the other matrix, r = 0.13151, has rho_A 0.2364: 2 · (1 − 7.25 / (7.25 + 5 · 0.13151)) = 0.166 to 0.232
    for rho_a, alpha, possible in (
        (0.2364, 0.167, True),
        (0.2364, 0.232, True),
        (0.2364, 0.165, False),
        (0.2364, 0.234, False),
        (0.2408, 0.200, True),  # its box and 0.004: from 0.2363
        (0.2410, 0.200, False),
        (0.2320, 0.200, True),
        (0.2318, 0.200, False),
    ):
        box = boxes([rho_a])[0]
        assert raw_alpha_of_block(loadings, box, boxes([alpha])[0]) is possible, (rho_a, alpha)
