"""What a reader is told of failed checks: the grade, the figure that is named, what it could be, and why."""

from __future__ import annotations

import pytest
from audit_cases import article

from tableaudit.audit import audit
from tableaudit.report import as_json

COUNTED = "p was counted from the resamples instead of computed from t"
AGAIN = "f² of a model estimated again without the path"
PAIR = "path_coefficient {0} Y 0.2 | t_statistic {0} Y {1} | p_value {0} Y {2}"
TRIO = "outer_loading a A 0.800 | outer_loading b A 0.700 | outer_loading c A 0.750"
#: β 0.5 and 0.5, VIF 1.25: R² = 0.5 + 0.5 · √(1 − 1/1.25) = 0.7236, f² = 0.25 / (1.25 · 0.276) = 0.7246
TWO = (
    " | ".join(f"path_coefficient {s} Y 0.500 | inner_vif {s} Y 1.250" for s in "AB")
    + " | r_squared . Y 0.724"
)
OF_C = (
    "R² = β² = 0.400² = 0.1600; with the rounding [0.1596, 0.1604] / "
    "indirect effect = 0.500 · 0.400 = 0.2000; with the rounding [0.1996, 0.2005]"
)
#: Printed cells, then each finding: grade; cells; text; others that would settle it; unless; calculations.
BOOK = f"""
ave A . 0.500 | ave A . 1.300
- arithmetic; c1 c0; AVE of A: printed 1.300; the other figures give 0.499–0.501; ; ; printed as 0.500 in c0 / \
AVE is never outside [0, 1]

ave A . 0.700 | sqrt_ave A A 0.800 | outer_loading a A 0.800 | outer_loading b A 0.800
- arithmetic; c0 c2 c3 c1; AVE of A: printed 0.700; the other figures give 0.639–0.641; ; ; \
AVE = (0.800² + 0.800²)/2 = 0.6400; with the rounding [0.6392, 0.6408] / \
√AVE = √0.700 = 0.8367; with the rounding [0.8364, 0.8370]

{PAIR.format("A", "2.010", "0.440")}
- decision; c2 c1; p value of A – Y: printed 0.440; the other figures give 0.044; c1 = 0.771–0.773; {COUNTED}; \
two-sided normal p is in [0.0444, 0.0445]; no Student t gives it

{PAIR.format("A", "2.010", "0.440")} | decision A Y accepted
- decision; c2 c1 c3; p value of A – Y: printed 0.440; the other figures give 0.044; c1 = 0.771–0.773; {COUNTED}; \
two-sided normal p is in [0.0444, 0.0445]; no Student t gives it / p = 0.440 at the level 0.05

{PAIR.format("A", "2.010", "0.440")} | {PAIR.format("B", "2.576", "0.010")} | {PAIR.format("C", "1.960", "0.050")}
- decision; c2 c1 c4 c5 c7 c8; p value of A – Y: printed 0.440; the other figures give 0.044; c1 = 0.771–0.773; ; \
two-sided normal p is in [0.0444, 0.0445]; no Student t gives it / \
no number of tails and no degrees of freedom serve all printed pairs of t and p

{PAIR.format("A", "1.500", "0.000")}
- decision; c2 c1; p value of A – Y: printed 0.000; the other figures give 0.133–0.134; ; {COUNTED}; \
two-sided normal p is in [0.1335, 0.1337]; no Student t gives it

{PAIR.format("A", "2.100", "0.026")}
- definition; c2 c1; p value of A – Y: printed 0.026; the other figures give 0.036; c1 = 2.219–2.234; {COUNTED}; \
two-sided normal p is in [0.0357, 0.0358]; no Student t gives it; \
one-sided it would need 15.0 to 17.0 degrees of freedom

{PAIR.format("A", "2.100", "0.026")} | meta significance . 0.03
- decision; c2 c1; p value of A – Y: printed 0.026; the other figures give 0.036; c1 = 2.219–2.234; {COUNTED}; \
two-sided normal p is in [0.0357, 0.0358]; no Student t gives it; \
one-sided it would need 15.0 to 17.0 degrees of freedom

{PAIR.format("A", "3.000", "0.003")}

htmt_diagonal A A 1.000 | htmt_diagonal B B 0.990 | path_coefficient A B 0.4
- definition; c0 c1; HTMT (diagonal) of A, B: printed 1.000, 0.990; ; ; \
HTMT compares two different constructs; it has no diagonal

path_coefficient X Y 0.500 | decision X Y accepted | p_value X Y 0.400
- decision; c1 c2; Decision of X -> Y: printed accepted; ; ; p = 0.400 at the level 0.05

path_coefficient X Y 0.500 | construct_correlation X Y 0.500 | r_squared . Y 0.520 | f_squared X Y 0.333
- arithmetic; c2 c3 c0; R² of Y: printed 0.520; the other figures give 0.250; ; ; \
R² = β² = 0.500² = 0.2500; with the rounding [0.2495, 0.2505] / \
f² = R²/(1 − R²) = 0.520/(1 − 0.520) = 1.0833; with the rounding [1.0812, 1.0855]

path_coefficient A Y -0.2 | path_coefficient B Y 0.1 | r_squared . Y 0.30
- definition; c1 c2 c0; Path coefficient of B – Y: printed 0.1; the other figures give 0.3–3.0; \
c0 = -3.0–-0.4, c2 = 0.00–0.16; Y has predictors that are not printed; \
R² ≤ (|-0.2| + |0.1|)² = 0.0900; with the rounding [-∞, 0.1700]

ave Q . 0.500 | ave Q . 1.300 | path_coefficient A B 0.500 | path_coefficient B C 0.400 | indirect_effect A C 0.300 | \
r_squared . B 0.250 | r_squared . C 0.250
- arithmetic; c1 c0; AVE of Q: printed 1.300; the other figures give 0.499–0.501; ; ; printed as 0.500 in c0 / \
AVE is never outside [0, 1]
- definition; c3 c5 c6 c4 c2; Path coefficient of B – C: printed 0.400; the other figures give 0.500–0.501; ; \
C has predictors that are not printed; {OF_C}
- definition; c4 c5 c6 c3 c2; Indirect effect of A – C: printed 0.300; the other figures give 0.249–0.251; \
c6 = 0.358–0.362; C has predictors that are not printed; {OF_C}

{TWO} | f_squared A Y 0.800 | f_squared B Y 0.725
- definition; c5 c0 c4 c1; f² of A – Y: printed 0.800; the other figures give 0.722–0.727; c0 = 0.525–0.526; {AGAIN}; \
f² = 0.500² / (1.250 · (1 − 0.724)) = 0.7246; with the rounding [0.7216, 0.7277]

{TWO} | f_squared A Y 0.800 | f_squared B Y 0.725 | adjusted_r_squared . Y 0.600 | sample_size model . 103
- arithmetic; c7 c0 c5 c1 c4; Adjusted R² of Y: printed 0.600; the other figures give 0.719; ; ; \
R² adj. = 1 − (1 − 0.724) · 102/100 = 0.7185; with the rounding [0.7180, 0.7190]
- definition; c5 c0 c4 c1; f² of A – Y: printed 0.800; the other figures give 0.722–0.727; c0 = 0.525–0.526; {AGAIN}; \
f² = 0.500² / (1.250 · (1 − 0.724)) = 0.7246; with the rounding [0.7216, 0.7277]

composite_reliability A . 0.750 | {TRIO}
- definition; c0; Composite reliability (as printed): not rho_C in 1 of 1; read as rho_A; ; rho_A; \
1 of 1 figures agree with this reading

composite_reliability A . 0.990 | {TRIO}
- arithmetic; c0 c1 c2 c3; Composite reliability (as printed) of A: printed 0.990; the other figures allow \
[0.0943, 0.7548]; ; ; with these loadings a composite has it in [0.0943, 0.7548]
- definition; ; Composite reliability (as printed): not rho_C in 1 of 1; as rho_A: not attainable in 1 of these; ; \
rho_A; 0 of 1 figures agree with this reading

path_coefficient X Y 0.500 | path_coefficient X Z 0.500 | r_squared . Y 0.240 | r_squared . Z 0.230
- definition; c2 c3; R²: not plain R² in 2 of 2; read as adjusted R²; ; adjusted R²; \
2 of 2 figures agree with this reading

{PAIR.format("A", "1.702", "0.044")} | {PAIR.format("B", "2.101", "0.018")}
- definition; c2 c5; p value: not two-sided in 2 of 2; read as one-sided; ; one-sided; \
2 of 2 figures agree with this reading

path_coefficient A Y 0.3 | standard_error A Y 0.100 | ci_lower A Y 0.000 | ci_upper A Y 0.950
- arithmetic; c1 c2 c3; Standard error of A – Y: printed 0.100; the other figures allow [0.1061, ∞]; ; ; \
a normal distribution with this error would have an interval 0.392 wide, any at most 0.899; printed 0.950

path_coefficient X Y 0.501 | construct_correlation X Y 0.500 | r_squared . Y 0.252
- arithmetic; c1 c2; Correlation of constructs of X – Y: printed 0.500; the other figures give 0.501–0.502; \
no two figures disagree, but all together do: their rounding would have to be 3.0 times as wide; c2 = 0.250–0.251; ; \
β = r = 0.500 = 0.5000

cronbach_alpha A . 0.850 | cronbach_alpha B . 0.830 | construct_correlation A B 0.645 | htmt A B 0.150
- coincidence; c3 c2 c0 c1; HTMT of A – B: printed 0.150; ; ; HTMT · √(α α) = 0.150 · 0.840 = 0.126, beside \
|r| = 0.645; rarely more than 0.1 apart

path_coefficient A Y 0.2 | ci_lower A Y 0.100 | ci_upper A Y 0.300 | p_value A Y 0.400
- definition; c3 c1 c2; p value of A – Y: printed 0.400; ; p is computed from t and the interval from percentiles; \
p = 0.400, interval [0.100; 0.300]
"""


def cases():
    found = []
    for block in BOOK.strip().split("\n\n"):
        printed, *expected = ("\n" + block).split("\n- ")
        rows = [row.strip() for row in printed.split("|")]
        found.append(pytest.param(rows, expected, id=" | ".join(rows)[:70]))
    return found


@pytest.mark.parametrize(("rows", "expected"), cases())
def test_what_a_reader_is_told(rows, expected):
    found = [f for f in audit(article(*rows), scan=False).findings if f.grade != "rule"]
    told = [
        (
            f.grade,
            " ".join(f.cells),
            f.text.en,
            ", ".join(f"{name} = {text}" for name, text in f.others),
            ", ".join(u.en for u in f.unless),
            " / ".join(c.en for c in f.calculations),
        )
        for f in found
    ]
    assert ["; ".join(parts) for parts in told] == expected
    assert all(f.cell == (f.cells[0] if f.check != "one reading for the whole column" else "") for f in found)


def test_ends_of_intervals_are_written_with_nine_decimals():
    """R² 0.25 within [0.2494998, 0.2505002] leaves f² 0.332445 to 0.334224; no interval bounds an error above."""
    rows = ("path_coefficient X Y 0.500", "r_squared . Y 0.25", "f_squared X Y 0.40")
    (finding,) = as_json(audit(article(*rows), scan=False))["findings"]
    low, high = finding["allowed"]
    assert (low, high) == pytest.approx((0.332445, 0.334224), abs=1e-6)
    assert [round(low, 9), round(high, 9)] == [low, high] and round(low, 8) != low
    rows = (
        "path_coefficient A Y 0.3",
        "standard_error A Y 0.100",
        "ci_lower A Y 0.000",
        "ci_upper A Y 0.950",
    )
    (finding,) = as_json(audit(article(*rows), scan=False))["findings"]
    assert finding["allowed"] == [pytest.approx(0.949 * 0.05**0.5 / 2), None]


def test_a_report_is_shown_without_its_machinery():
    shown = repr(audit(article("path_coefficient A Y 0.500", "r_squared . Y 0.250"), scan=False))
    assert "Readings(" not in shown
