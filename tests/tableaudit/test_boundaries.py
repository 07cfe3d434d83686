"""Limits of the audit's rules, met exactly and just missed, with figures worked by hand."""

from __future__ import annotations

import math

import pytest
from audit_cases import article, one

from tableaudit import slips
from tableaudit.block_checks import HTMT_GAP, htmt_checks
from tableaudit.boxes import Interval
from tableaudit.effects import adjusted_sizes
from tableaudit.inference import degrees_of_freedom, inference_checks, p_value, student_quantiles, t_of_p
from tableaudit.rules import fornell_larcker, loading_sample_size, rule_checks

PLS = {"estimator": "PLS", "correlations": "as printed"}


HTMT_NEAR = "HTMT near the correlation of the constructs"


@pytest.mark.parametrize(
    ("readings", "scale"),
    [
        (PLS, 0.72),  # √(0.64 · 0.81)
        ({"estimator": "PLSc", "correlations": "as printed"}, 1.0),
        ({"estimator": "PLSc", "correlations": "of scores"}, 0.72),
    ],
)
def test_htmt_beside_the_correlation(readings, scale):
    printed = ("cronbach_alpha A . 0.64", "cronbach_alpha B . 0.81", "construct_correlation A B -0.300")
    found = one(htmt_checks(article(*printed, "htmt A B 0.900"), readings, set()), HTMT_NEAR)
    assert HTMT_GAP == 0.1
    assert (found.allowed.lower, found.allowed.upper) == pytest.approx((0.2 / scale, 0.4 / scale))
    assert (found.verdict, found.cells) == ("fails", ("c2", "c0", "c1"))
    within = one(htmt_checks(article(*printed, f"htmt A B {0.4 / scale:.3f}"), readings, set()), HTMT_NEAR)
    assert within.verdict != "fails"


def test_htmt_needs_both_alphas_where_correlations_are_attenuated():
    one_alpha = article("cronbach_alpha A . 0.64", "construct_correlation A B 0.300", "htmt A B 0.900")
    assert [c for c in htmt_checks(one_alpha, PLS, set()) if c.check == HTMT_NEAR] == []


@pytest.mark.parametrize(
    ("loading", "n"),
    [(0.29, None), (0.30, 350), (0.349, 350), (0.35, 250), (-0.50, 120), (0.7, 60), (0.749, 60), (0.75, 50), (1, 50)],
)  # fmt: skip
def test_how_many_respondents_a_loading_needs(loading, n):
    assert loading_sample_size(loading) == n


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ("htmt A B 0.849", "holds"),  # 0.8485 to 0.8495, below 0.85
        ("htmt A B 0.850", "cannot be told"),
        ("htmt A B 0.851", "fails"),
        ("outer_loading a A 0.709", "holds"),
        ("outer_loading a A -0.709", "holds"),
        ("outer_loading a A 0.707", "fails"),
        ("ave A . 0.50", "cannot be told"),
        ("ave A . 0.51", "holds"),
        ("composite_reliability A . 0.701", "holds"),
        ("composite_reliability A . 0.699", "fails"),
        ("inner_vif A B 2.999", "holds"),
        ("inner_vif A B 3.001", "fails"),
    ],
)
def test_a_rule_is_met_with_the_whole_box(row, verdict):
    (found,) = rule_checks(article(row))
    assert (found.kind, found.cell, found.verdict) == ("rule", "c0", verdict)


def test_the_smaller_root_stands_against_the_correlation():
    cells = (
        "sqrt_ave A A 0.700",
        "ave B . 0.640",
        "construct_correlation A B -0.695",
        "construct_correlation A A 1.0",
    )
    ((cell, root, margin),) = fornell_larcker(article(*cells))
    assert (cell.id, root.id) == ("c2", "c0")
    assert (margin.lower, margin.upper) == pytest.approx((0.6995 - 0.6955, 0.7005 - 0.6945))
    ((_, root, margin),) = fornell_larcker(article("ave B . 0.640", "construct_correlation A B 0.5"))
    assert root.id == "c0"
    assert (margin.lower, margin.upper) == pytest.approx((math.sqrt(0.6395) - 0.55, math.sqrt(0.6405) - 0.45))


@pytest.mark.parametrize(("pairs", "same", "verdict"), [(2, 2, None), (3, 3, "fails"), (3, 2, "holds")])
def test_loadings_that_repeat_digit_for_digit(pairs, same, verdict):
    rows = [f"outer_loading a{i} A 0.80{i}" for i in range(pairs)]
    rows += [f"efa_loading a{i} A 0.{80 if i < same else 70}{i}" for i in range(pairs)]
    found = [c for c in rule_checks(article(*rows)) if c.kind == "coincidence"]
    assert [c.verdict for c in found] == ([verdict] if verdict else [])
    if found:
        assert found[0].detail.en.startswith(f"{same} of {pairs} EFA loadings")


def ends(interval):
    return (interval.lower, interval.upper)


def test_p_of_t_and_back():
    # Student's t with 1 degree of freedom is Cauchy's: P(|t| > 1) = 1/2
    assert ends(p_value(Interval.point(-1.0), 1, 2)) == pytest.approx((0.5, 0.5))
    assert ends(p_value(Interval(1.0, math.inf), 1, 1)) == pytest.approx((0.0, 0.25))
    assert ends(t_of_p(Interval(0.0, 0.05), 2)) == pytest.approx((1.959964, math.inf))
    assert ends(t_of_p(Interval(0.05, 1.0), 1)) == pytest.approx((0.0, 1.644854), abs=1e-6)


def test_degrees_of_freedom_that_join_t_and_p():
    assert degrees_of_freedom(Interval.point(1.0), Interval.point(0.5), 2).lower == pytest.approx(1.0)
    # 12.706 and 4.303 are the 97.5 % quantiles with 1 and 2 degrees of freedom
    found = degrees_of_freedom(Interval(4.3022, 4.3032), Interval(0.0499, 0.0501), 2)
    assert found.contains(2.0) and found.width < 0.1
    assert degrees_of_freedom(Interval.point(1.96), Interval(0.0499, 0.0501), 2).upper == math.inf
    assert degrees_of_freedom(Interval.point(1.9), Interval.point(0.05), 2) is None  # the normal's p is 0.057
    assert degrees_of_freedom(Interval.point(13.0), Interval.point(0.5), 2) is None  # no t has so large a p


def test_tabled_quantiles():
    # with 20 degrees of freedom: 1.325 (0.90), 2.086 (0.975), 2.528 (0.99)
    rows = [f"t_statistic X Y{i} {t}" for i, t in enumerate(("1.325", "-2.086", "2.528"))]
    assert student_quantiles(article(*rows)) == [(20, (0.90, 0.975, 0.99))]
    # and the row of a table of Student's t for 20 degrees of freedom
    row = {
        0.75: "0.687",
        0.80: "0.860",
        0.85: "1.064",
        0.90: "1.325",
        0.95: "1.725",
        0.975: "2.086",
        0.98: "2.197",
    }
    row |= {0.99: "2.528", 0.995: "2.845", 0.999: "3.552", 0.9995: "3.850"}
    table = article(*(f"t_statistic X Y{i} {t}" for i, t in enumerate(row.values())))
    assert student_quantiles(table) == [(20, tuple(row))]
    assert student_quantiles(article(rows[0])) == []
    assert student_quantiles(article(*rows), max_df=19) == []
    assert student_quantiles(article(*rows), max_df=20) == [(20, (0.90, 0.975, 0.99))]


@pytest.mark.parametrize(
    ("estimate", "verdict", "grade"),
    [
        ("0.500", "holds", "definition"),
        ("0.502", "cannot be told", "definition"),  # 0.001 outside [0.0995, 0.5005]
        ("0.601", "cannot be told", "definition"),  # 0.1000 outside; a quarter of the width is 0.10025
        ("0.602", "fails", "definition"),
        ("0.901", "fails", "definition"),  # 0.400 outside; the width is 0.401
        ("0.903", "fails", "arithmetic"),
        ("-0.001", "cannot be told", "definition"),
        ("-0.303", "fails", "arithmetic"),
    ],
)
def test_an_estimate_outside_its_interval(estimate, verdict, grade):
    rows = (f"path_coefficient A Y {estimate}", "ci_lower A Y 0.100", "ci_upper A Y 0.500")
    found = one(inference_checks(article(*rows)), "the interval holds the estimate")
    assert (found.verdict, found.grade) == (verdict, grade)


@pytest.mark.parametrize(
    ("upper", "verdict", "grade"),
    [
        ("1.17", "fails", "definition"),  # 1.17 / (2 · 1.96 · 0.5) = 0.597
        ("1.18", "holds", "definition"),
        ("3.13", "holds", "definition"),
        ("3.14", "fails", "definition"),  # 1.602
        (
            "4.48",
            "fails",
            "definition",
        ),  # at least 4.47; any distribution at most 2 · 0.5005 / √0.05 = 4.4766
        ("4.49", "fails", "arithmetic"),
    ],
)
def test_an_interval_beside_its_standard_error(upper, verdict, grade):
    rows = (
        "path_coefficient A Y 0.5",
        "standard_error A Y 0.500",
        "ci_lower A Y 0.00",
        f"ci_upper A Y {upper}",
    )
    found = one(inference_checks(article(*rows)), "the interval's width and the standard error")
    assert (found.verdict, found.grade) == (verdict, grade)
    assert bool(found.unless) is (grade == "definition")


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        (("p_value A Y 0.049", "decision A Y accepted"), "holds"),
        (("p_value A Y 0.051", "decision A Y accepted"), "fails"),
        (("p_value A Y 0.050", "decision A Y accepted"), "cannot be told"),
        (("ci_lower A Y 0.01", "ci_upper A Y 0.40", "decision A Y accepted"), "holds"),
        (("ci_lower A Y -0.40", "ci_upper A Y -0.01", "decision A Y accepted"), "holds"),
        (("ci_lower A Y -0.01", "ci_upper A Y 0.40", "decision A Y accepted"), "fails"),
        (("ci_lower A Y 0.00", "ci_upper A Y 0.40", "decision A Y rejected"), "cannot be told"),
        (("t_statistic A Y 1.97", "decision A Y rejected"), "fails"),
        (("t_statistic A Y -1.95", "decision A Y rejected"), "holds"),
    ],
)
def test_what_a_decision_rests_on(rows, verdict):
    found = one(inference_checks(article("path_coefficient A Y 0.200", *rows)), "decision follows from p")
    assert (found.verdict, found.grade) == (verdict, "decision")


def test_one_sample_size_for_adjusted_r2():
    # 1 - 0.75 · (n - 1)/(n - 3) with two predictors: 0.24 at n = 153, and with one predictor 1 - 0.75 (n - 1)/(n - 2)
    both = (
        "path_coefficient A Y 0.3",
        "path_coefficient B Y 0.3",
        "r_squared . Y 0.2500",
        "adjusted_r_squared . Y 0.2400",
    )
    found = one(adjusted_sizes(article(*both)), "adjusted R² from R² and n")
    # 1 + 2/(n − 3) from 0.75995 / 0.75005 to 0.76005 / 0.74995
    assert found.verdict == "holds" and found.detail.en == "sample sizes 152 to 154 give it"
    none = (*both[:3], "adjusted_r_squared . Y 0.2600")
    found = one(adjusted_sizes(article(*none)), "adjusted R² from R² and n")
    assert found.verdict == "fails" and found.detail.en == "no sample size from 4 to 10,000 gives it"
    assert ends(found.allowed) == pytest.approx((1 - 0.75005 * 3, 0.25005))  # of four respondents
    assert list(adjusted_sizes(article(*both, "sample_size model . 153"))) == []


@pytest.mark.parametrize(
    ("adjusted", "verdict", "detail"),
    [  # 1 + 1/(n − 2) from 0.75495 / 0.75005 to 0.75505 / 0.74995, n − 2 from 147.1 to 153.1; 0.2400 has n near 77
        ("0.2450", "holds", "sample sizes 150 to 155 give all of them"),
        ("0.2400", "fails", "no single sample size gives all of them"),
    ],
)
def test_one_sample_size_for_several_adjusted_r2(adjusted, verdict, detail):
    rows = [f"path_coefficient A Y{i} 0.5" for i in range(2)] + [f"r_squared . Y{i} 0.2500" for i in range(2)]
    made = article(*rows, "adjusted_r_squared . Y0 0.2450", f"adjusted_r_squared . Y1 {adjusted}")
    found = one(adjusted_sizes(made), "one sample size for every adjusted R²")
    assert (found.verdict, found.detail.en, found.about) == (verdict, detail, "Y0, Y1")
    assert (found.printed, found.cells) == ("2 pairs", ("c4", "c2", "c5", "c3"))


def test_the_root_of_an_interval_that_ends_at_zero():
    assert ends(Interval(-1.0, 0.0).sqrt()) == (0.0, 0.0)
    with pytest.raises(ValueError, match="no square root"):
        Interval(-1.0, -1e-9).sqrt()


@pytest.mark.parametrize(
    ("printed", "meant", "weight"),
    [
        ("0.250", 0.350, 1.0),  # one digit
        ("0.250", 0.520, 0.7),  # two digits change places
        ("0.250", -0.250, 0.5),  # the sign
        ("0.250", 0.025, 0.3),  # the decimal point
        ("0.250", 2.500, 0.3),
        ("-0.250", -0.350, 1.0),
        ("-0.250", 0.250, 0.5),
        ("0.250", 0.361, None),  # no one slip
    ],
)
def test_how_likely_a_slip_is(printed, meant, weight):
    (cell,) = article(f"path_coefficient A Y {printed}")
    assert slips.neighbours(cell).get(meant) == weight


def test_the_likelier_slip_makes_a_figure_the_likelier_one():
    (cell,) = article("path_coefficient A Y 0.250")
    meant = {0.361: 0.02, -0.250: 0.5, 0.520: 0.7, 0.350: 1.0}  # of three decimals, one alone is within
    for value, weight in meant.items():
        assert slips.plausibility(cell, Interval(value - 0.0001, value + 0.0001)) == weight
    # 0.350 is a slip away, 0.351 is not
    assert slips.plausibility(cell, Interval(0.3499, 0.3506)) == pytest.approx((1 + 0.02) / 2)
