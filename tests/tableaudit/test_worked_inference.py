"""t, p and their reference distribution, beside the quantiles that tables of Student's t print."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from audit_cases import article, one

from tableaudit.boxes import Interval
from tableaudit.conventions_resampled import _with_errors
from tableaudit.inference import effects_with_inference, inference_checks, quantile_chance, t_of_p

COUNTED = "p was counted from the resamples instead of computed from t"
MANY = "as with the normal distribution or many degrees of freedom"


# 97.5 % quantiles: 2.776 (4 degrees of freedom), 2.571 (5), 2.086 (20), 1.990 (80), 1.984 (100), 1.960 (normal);
# 95 %: 2.132 (4), 2.015 (5), 1.645 (normal)
@pytest.mark.parametrize(
    ("t", "p", "tails", "verdict", "detail"),
    [
        ("1.960", "0.050", 2, "holds", f"two-sided, {MANY}"),
        ("1.984", "0.0500", 2, "holds", f"two-sided, {MANY}"),
        ("-1.984", "0.0500", 2, "holds", f"two-sided, {MANY}"),
        ("1.645", "0.050", 1, "holds", f"one-sided, {MANY}"),
        (
            *("1.990", "0.0500", 2, "cannot be told"),
            "two-sided normal p is in [0.0465, 0.0466]; Student's t would need 77.8 to 82.7 degrees of freedom; "
            "one-sided it would need 5.3 to 5.3 degrees of freedom",
        ),
        (
            *("2.571", "0.050", 2, "cannot be told"),
            "two-sided normal p is in [0.0101, 0.0102]; Student's t would need 4.9 to 5.1 degrees of freedom; "
            "one-sided it would need 2.5 to 2.5 degrees of freedom",
        ),
        (  # a sample with four degrees of freedom fits no path model
            *("2.776", "0.050", 2, "fails"),
            "two-sided normal p is in [0.0055, 0.0055]; Student's t would need 4.0 to 4.0 degrees of freedom; "
            "one-sided it would need 2.1 to 2.2 degrees of freedom",
        ),
        (
            *("2.015", "0.050", 1, "cannot be told"),
            "one-sided normal p is in [0.0219, 0.0220]; Student's t would need 4.9 to 5.1 degrees of freedom",
        ),
        (
            *("2.132", "0.050", 1, "fails"),
            "one-sided normal p is in [0.0165, 0.0165]; Student's t would need 3.9 to 4.1 degrees of freedom",
        ),
        ("2.000", "0.500", 2, "fails", "two-sided normal p is in [0.0454, 0.0456]; no Student t gives it"),
        (
            *("1.645", "0.050", 2, "fails"),
            "two-sided normal p is in [0.0999, 0.1001]; no Student t gives it; one-sided it would need 277.2 degrees "
            "of freedom or more",
        ),
    ],
)
def test_p_beside_t(t, p, tails, verdict, detail):
    made = article("path_coefficient A Y 0.2", f"t_statistic A Y {t}", f"p_value A Y {p}")
    found = one(inference_checks(made, tails=tails), f"p from t ({'two' if tails == 2 else 'one'}-sided)")
    assert (found.verdict, found.detail.en, found.cell, found.cells) == (verdict, detail, "c2", ("c1",))
    unless = [u.en for u in found.unless]
    assert unless[-1] == COUNTED and len(unless) == (2 if verdict == "cannot be told" else 1)


@pytest.mark.parametrize(
    ("pairs", "verdict", "detail"),
    [
        (("1.960 0.050", "2.576 0.010"), "holds", "two-sided with 493.1 degrees of freedom or more"),
        (("1.645 0.050", "2.326 0.010"), "holds", "one-sided with 277.2 degrees of freedom or more"),
        (("2.086 0.050", "2.528 0.020"), "cannot be told", "two-sided with 19.2 to 20.9 degrees of freedom"),
        (("2.571 0.050", "4.032 0.010"), "cannot be told", "two-sided with 5.0 to 5.1 degrees of freedom"),
        (("2.571 0.050", "2.576 0.010"), "fails", "no number of tails and no degrees of freedom serve all printed "
         "pairs of t and p"),
        (("2.776 0.050", "4.604 0.010"), "fails", "no number of tails and no degrees of freedom serve all printed "
         "pairs of t and p"),
    ],
)  # fmt: skip
def test_one_reference_for_all_p(pairs, verdict, detail):
    rows = []
    for i, (t, p) in enumerate(pair.split() for pair in pairs):
        rows += [f"path_coefficient A{i} Y 0.2", f"t_statistic A{i} Y {t}", f"p_value A{i} Y {p}"]
    found = one(inference_checks(article(*rows)), "one reference distribution for all p")
    assert (found.verdict, found.detail.en) == (verdict, detail)
    assert (found.printed, found.about, found.cell) == ("2 pairs of t and p", "A0 -> Y, A1 -> Y", "")
    assert found.cells == ("c1", "c2", "c4", "c5")
    alone = [
        c.check for c in inference_checks(article(*rows[:3], "path_coefficient B Y 0.1", "t_statistic B Y 2"))
    ]
    assert "one reference distribution for all p" not in alone


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        ("0.401", "0.399", "fails"),
        ("0.401", "0.400", "holds"),
        ("0.400", "0.400", "holds"),
        ("-0.4", "0.4", "holds"),
    ],
)
def test_ends_of_an_interval(lower, upper, verdict):
    made = article("path_coefficient A Y 0.4", f"ci_lower A Y {lower}", f"ci_upper A Y {upper}")
    found = list(inference_checks(made))
    assert (found[0].check, found[0].cell, found[0].verdict) == ("interval's ends in order", "c1", verdict)
    assert found[0].detail.en == f"the upper end is {upper}"
    assert len(found) == (1 if verdict == "fails" else 2)


@pytest.mark.parametrize(
    ("lower", "upper", "p", "verdict"),
    [
        ("0.01", "0.40", "0.040", "holds"),
        ("0.01", "0.40", "0.060", "fails"),
        ("-0.40", "-0.01", "0.060", "fails"),
        ("-0.01", "0.40", "0.060", "holds"),
        ("-0.01", "0.40", "0.040", "fails"),
        ("0.00", "0.40", "0.060", "cannot be told"),
        ("-0.01", "0.40", "0.050", "cannot be told"),
    ],
)
def test_p_and_the_interval_about_zero(lower, upper, p, verdict):
    rows = ("path_coefficient A Y 0.2", f"ci_lower A Y {lower}", f"ci_upper A Y {upper}", f"p_value A Y {p}")
    found = one(inference_checks(article(*rows)), "p and the interval agree about zero")
    assert (found.verdict, found.grade, found.cell) == (verdict, "definition", "c3")
    assert found.detail.en == f"p = {p}, interval [{lower}; {upper}]"


def test_an_interval_at_another_level():
    """At 90 % a normal distribution with error 0.1 has an interval of 3.290 · 0.1 wide, any at most 0.2010 / √0.1."""
    rows = (
        "path_coefficient A Y 0.3",
        "standard_error A Y 0.100",
        "ci_lower A Y 0.000",
        "ci_upper A Y 0.650",
    )
    found = one(
        inference_checks(article(*rows, "meta interval_level . 0.9")),
        "the interval's width and the standard error",
    )
    assert found.verdict == "fails" and found.grade == "arithmetic"
    assert found.detail.en == (
        "a normal distribution with this error would have an interval 0.329 wide, any at most 0.636; printed 0.650"
    )
    # the width is at least 0.649: the error at least 0.649 · √0.1 / 2 = 0.1026
    assert found.allowed.lower == pytest.approx(0.10262, abs=1e-5)


def test_inference_of_other_statistics_than_paths():
    made = article(
        *(
            "outer_loading a A 0.8",
            "outer_loading.t_statistic a A 9.1",
            "r_squared . Y 0.3",
            "t_statistic A Y 2.1",
        ),
        *("r_squared.p_value . Y 0.01", "indirect_effect.decision A Y accepted"),
    )
    found = [(e.about, *(c and c.id for c in (e.estimate, e.t, e.p))) for e in effects_with_inference(made)]
    assert found == [
        ("a -> A", "c0", "c1", None),
        ("A -> Y", None, "c3", None),
        ("Y", "c2", None, "c4"),
        ("A -> Y", None, None, None),
    ]


def test_the_size_of_t_that_gives_a_p():
    # normal quantiles of 0.975, 0.95 and 0.5
    assert t_of_p(Interval.point(0.05), 2).middle == pytest.approx(1.959964)
    assert t_of_p(Interval.point(0.05), 1).middle == pytest.approx(1.644854)
    assert t_of_p(Interval(0.4, 1.0), 2).lower == t_of_p(Interval(0.4, 0.5), 1).lower == pytest.approx(0.0)


def test_the_chance_of_tabled_quantiles():
    """Two t of 2.0 with one decimal, a quarter of it either way: eleven values, 1.5 to 2.5."""
    made = article("t_statistic A Y 2.0", "t_statistic B Y 2.0")
    # Student's t with 1 and 2 degrees of freedom: of 0.90 and 0.95 3.08, 6.31 and 1.89, 2.92: none and one of eleven
    chance = quantile_chance(made, spread=0.25, probabilities=(0.90, 0.95), max_df=2)
    assert chance == pytest.approx((1 / 11) ** 2)
    # of 0.90 with 3 and 4 degrees of freedom 1.64 and 1.53 too; of 0.95 2.35 and 2.13: two of eleven each
    more = quantile_chance(made, spread=0.25, probabilities=(0.90, 0.95), max_df=4)
    assert more == pytest.approx((1 + 4 + 4) / 121)
    dense = tuple(k / 1000 for k in range(500, 1000))  # some quantile is 2.0 at all degrees of freedom
    assert quantile_chance(made, spread=0.02, probabilities=dense, max_df=1) == pytest.approx(1.0)
    assert quantile_chance(made, spread=0.02, probabilities=dense, max_df=3) == 1.0
    assert quantile_chance(article("t_statistic A Y 2.0")) != quantile_chance(
        article("t_statistic A Y 2.0")
    )  # NaN


@pytest.mark.parametrize(("apart", "settled"), [(0.37, True), (0.38, False)])
def test_a_standard_error_with_heavy_tails_does_not_settle(apart, settled):
    """50 parts of 100 draws, half with deviation 1 − d and half with 1 + d, scatter by 1.0102 d.

    Times √(100 (1/B + 1/D)) that is more than 5 times √((1/B + 1/D) / 2) of the whole, √(1 + d²), from d = 0.375.
    """
    sizes = np.repeat([1 - apart, 1 + apart], 25)
    draws = (sizes[:, None] * np.tile([1.0, -1.0], 50)).reshape(-1, 1)
    result = SimpleNamespace(original=np.zeros(1), accelerations=None)
    value, error = _with_errors(result, [0], draws, (), 0.95, 100)["standard_error"]
    assert np.isfinite(value).tolist() == [settled]
    assert error == pytest.approx(apart * 1.0102 * 1.005 * 10 * math.sqrt(1 / 100 + 1 / 5000), rel=1e-3)
    if settled:
        assert value == pytest.approx(math.sqrt(1 + apart**2), rel=1e-3)
