"""What printed figures say of one another, with the calculation that a reader is shown, each worked by hand."""

from __future__ import annotations

import pytest
from audit_cases import article

from tableaudit.audit import audit
from tableaudit.relations import DEFAULTS
from tableaudit.structure import is_product, sample_size, structure_relations

TWO = "path_coefficient A Y 0.400 | path_coefficient B Y -0.300"
#: With r = 0.500 between A and B: β 0.5333 and 0.1333, R² = 0.6 · 0.5333 + 0.4 · 0.1333 = 0.3733.
REGRESSION = """path_coefficient A Y 0.533 | path_coefficient B Y 0.133 | construct_correlation A B 0.500
construct_correlation A Y 0.600 | construct_correlation B Y 0.400 | r_squared . Y 0.373"""
#: Loadings of 0.8 and 0.7 have the consistent rho_A 0.7267.
CONSISTENT = "outer_loading a1 A 0.800 | outer_loading a2 A 0.700 | rho_a A . 0.727"
OF_A = "ρA = q² / (q + q² − (0.800⁴ + 0.700⁴)), q = 0.800² + 0.700² = 0.7267 in [0.7251, 0.7283]"
#: Printed cells, then each check: its name; the cell; V holds, X fails, ? cannot be told; what is said of it.
BOOK = f"""
path_coefficient X Y 0.500 | construct_correlation X Y 0.400
- β = correlation (one predictor); c0; X; β = r = 0.400 = 0.4000 in [0.3995, 0.4005]

path_coefficient X Y -0.500 | r_squared . Y 0.260
- R² = β² (one predictor); c1; X; R² = β² = (-0.500)² = 0.2500 in [0.2495, 0.2505]

path_coefficient X Y 0.500 | path_coefficient X Z 0.500 | r_squared X Y 0.250 | r_squared . Z 0.240
- R² = β² (one predictor); c2; V; R² = β² = 0.500² = 0.2500 in [0.2495, 0.2505]
- R² = β² (one predictor); c3; X; R² = β² = 0.500² = 0.2500 in [0.2495, 0.2505]

path_coefficient X Y 0.447 | r_squared . Y 0.200 | f_squared X Y 0.260
- R² = β² (one predictor); c1; V; R² = β² = 0.447² = 0.1998 in [0.1994, 0.2003]
- f² = R²/(1 − R²); c2; X; f² = R²/(1 − R²) = 0.200/(1 − 0.200) = 0.2500 in [0.2492, 0.2508]

path_coefficient X Y 0.600 | f_squared X Y 0.500
- f² = β²/(1 − β²) (one predictor); c1; X; f² = 0.600²/(1 − 0.600²) = 0.5625 in [0.5610, 0.5640]

path_coefficient X Y 0.600 | inner_vif X Y 1.100
- VIF of a single predictor is 1; c1; X; VIF = 1 = 1.0000 in [1.0000, 1.0000]

{TWO} | construct_correlation A B 0.500 | inner_vif A Y 1.333 | inner_vif B Y 1.400
- VIF from the construct correlations; c3; V; VIF = regression = 1.3333 in \
[1.3324, 1.3342]
- VIF from the construct correlations; c4; X; VIF = regression = 1.3333 in \
[1.3324, 1.3342]
- two predictors have one VIF; c4; X; VIF = 1.333 = 1.3330 in [1.3325, 1.3335]

{REGRESSION} | f_squared A Y 0.400
- β from the construct correlations; c0; V; β = regression = 0.5333 in \
[0.5322, 0.5344]
- f² from the construct correlations; c6; X; f² = regression = 0.3404 in \
[0.3388, 0.3421]
- β from the construct correlations; c1; V; β = regression = 0.1333 in \
[0.1320, 0.1346]
- R² from the construct correlations; c5; V; R² = regression = 0.3733 in \
[0.3726, 0.3741]
- the construct correlations form a correlation matrix; ; V; smallest eigenvalue 0.3825, with rounding ± 0.0010

{REGRESSION} | inner_vif B Y 1.333 | f_squared B Y 0.025
- VIF from the construct correlations; c6; V; VIF = regression = 1.3333 in \
[1.3324, 1.3342]
- β from the construct correlations; c0; V; β = regression = 0.5333 in \
[0.5322, 0.5344]
- β from the construct correlations; c1; V; β = regression = 0.1333 in \
[0.1320, 0.1346]
- R² from the construct correlations; c5; V; R² = regression = 0.3733 in \
[0.3726, 0.3741]
- f² = β²/(VIF (1 − R²)); c7; X; f² = 0.133² / (1.333 · (1 − 0.373)) = 0.0212 in [0.0210, 0.0213]
- R² is at least what one predictor adds; c5; V; R² ≥ 0.133² / 1.333 = 0.0133 in [0.0132, ∞]
- the construct correlations form a correlation matrix; ; V; smallest eigenvalue 0.3825, with rounding ± 0.0010

{REGRESSION.replace("0.373", "0.573")} | path_coefficient C Y 0.100
- R² ≤ (Σ|β|)²; c5; V; R² ≤ (|0.533| + |0.133| + |0.100|)² = 0.5868 in [-∞, 0.5891]

path_coefficient A Y 0.400 | path_coefficient B Y 0.300 | construct_correlation A B 0.500 | r_squared . Y 0.360
- R² from β and the predictors' correlations; c3; X; R² = Σ β_i β_j r_ij = 0.3700 in [0.3688, 0.3712]

{TWO} | r_squared . Y 0.480
- R² ≤ (Σ|β|)²; c2; V; R² ≤ (|0.400| + |-0.300|)² = 0.4900 in [-∞, 0.4914]

{TWO} | inner_vif A Y 1.250 | inner_vif B Y 1.300 | r_squared . Y 0.380 | f_squared A Y 0.200
- f² = β²/(VIF (1 − R²)); c5; X; f² = 0.400² / (1.250 · (1 − 0.380)) = 0.2065 in [0.2057, 0.2072]
- R² is at least what one predictor adds; c4; V; R² ≥ 0.400² / 1.250 = 0.1280 in [0.1276, ∞]
- R² is at least what one predictor adds; c4; V; R² ≥ (-0.300)² / 1.300 = 0.0692 in [0.0690, ∞]
- two predictors have one VIF; c3; X; VIF = 1.250 = 1.2500 in [1.2495, 1.2505]
- R² is at most what β and VIF allow; c4; X; \
R² ≤ 0.400² + (-0.300)² + 2 (|0.400 · -0.300| · √(1 − 1/1.250)) = 0.3573 in \
[-∞, 0.3584]
- R² is at least what β and VIF allow; c4; V; \
R² ≥ 0.400² + (-0.300)² − 2 (|0.400 · -0.300| · √(1 − 1/1.250)) = 0.1427 in \
[0.1422, ∞]
- R² of two predictors from β and VIF; c4; X; 0.400² + (-0.300)² ± 2 · 0.400 · (-0.300) · √(1 − 1/1.250) gives \
[0.1416, 0.1438] or [0.3562, 0.3584]

{TWO} | path_coefficient C Y 0.100 | inner_vif A Y 1.250 | inner_vif B Y 1.300 | inner_vif C Y 1.100 | \
r_squared . Y 0.380
- R² is at least what one predictor adds; c6; V; R² ≥ 0.400² / 1.250 = 0.1280 in [0.1276, ∞]
- R² is at least what one predictor adds; c6; V; R² ≥ (-0.300)² / 1.300 = 0.0692 in [0.0690, ∞]
- R² is at least what one predictor adds; c6; V; R² ≥ 0.100² / 1.100 = 0.0091 in [0.0090, ∞]
- R² is at most what β and VIF allow; c6; V; R² ≤ 0.400² + (-0.300)² + 0.100² + 2 (|0.400 · -0.300| · √(1 − 1/1.250) + \
|0.400 · 0.100| · √(1 − 1/1.100) + |-0.300 · 0.100| · √(1 − 1/1.100)) = 0.4095 in [-∞, 0.4111]
- R² is at least what β and VIF allow; c6; V; \
R² ≥ 0.400² + (-0.300)² + 0.100² − 2 (|0.400 · -0.300| · √(1 − 1/1.250) + \
|0.400 · 0.100| · √(1 − 1/1.100) + |-0.300 · 0.100| · √(1 − 1/1.100)) = 0.1105 in [0.1098, ∞]

path_coefficient A Y 0.500 | path_coefficient B Y 0.500 | r_squared . Y 0.900 | inner_vif A Y 1.250
- R² is at least what one predictor adds; c2; V; R² ≥ 0.500² / 1.250 = 0.2000 in [0.1995, ∞]
- R² ≤ (Σ|β|)²; c2; V; R² ≤ (|0.500| + |0.500|)² = 1.0000 in [-∞, 1.0020]
- R² of two predictors from β and VIF; c2; X; 0.500² + 0.500² ± 2 · 0.500 · 0.500 · √(1 − 1/1.250) gives \
[0.7220, 0.7252] or [0.2748, 0.2780]

path_coefficient A Y 0.400 | path_coefficient A*B Y 0.200 | inner_vif A*B Y 1.100 | r_squared . Y 0.500 | \
f_squared A*B Y 0.1
- f² = β²/(VIF (1 − R²)); c4; V; f² = 0.200² / (1.100 · (1 − 0.500)) = 0.0727 in [0.0723, 0.0732]
- R² is at least what one predictor adds; c3; V; R² ≥ 0.200² / 1.100 = 0.0364 in [0.0362, ∞]

construct_correlation A B 0.900 | construct_correlation A C 0.900 | construct_correlation C B 0.620
- the construct correlations form a correlation matrix; ; ?; smallest eigenvalue -0.0000, with rounding ± 0.0010

construct_correlation A B 0.900 | construct_correlation A C 0.900 | construct_correlation C B 0.614
- the construct correlations form a correlation matrix; ; X; smallest eigenvalue -0.0023, with rounding ± 0.0010

construct_correlation A B 0.900 | construct_correlation A C 0.900 | sqrt_ave A A 0.900

{CONSISTENT} | outer_loading y1 Y 0.800 | outer_loading y2 Y 0.700 | rho_a Y . 0.727 | path_coefficient A Y 0.495 \
| construct_correlation A Y 0.360
- rho_A from consistent loadings; c2; V; {OF_A}
- rho_A from consistent loadings; c5; V; {OF_A}
- β = correlation (one predictor); c6; V; β = r = 0.360/√(0.727 · 0.727) = 0.4952 in [0.4942, 0.4962]

{CONSISTENT} | path_coefficient A Y 0.423 | construct_correlation A Y 0.360 | n_items_retained Y items 1
- rho_A from consistent loadings; c2; V; {OF_A}
- β = correlation (one predictor); c3; V; β = r = 0.360/√(0.727) = 0.4222 in [0.4215, 0.4229]

{CONSISTENT} | outer_loading y1 Y 0.900 | path_coefficient A Y 0.423 | construct_correlation A Y 0.360
- rho_A from consistent loadings; c2; V; {OF_A}
- β = correlation (one predictor); c4; V; β = r = 0.360/√(0.727) = 0.4222 in [0.4215, 0.4229]

path_coefficient A B 0.500 | path_coefficient B C 0.400 | path_coefficient A C 0.100 | indirect_effect A C 0.200 | \
total_effect A C 0.340 | total_effect A B 0.500
- indirect effect from the paths; c3; V; indirect effect = 0.500 · 0.400 = 0.2000 in [0.1996, 0.2005]
- total effect = direct + indirect effect; c4; X; total effect = 0.100 + 0.200 = 0.3000 in [0.2990, 0.3010]
- total effect from the paths; c4; X; total effect = 0.500 · 0.400 + 0.100 = 0.3000 in [0.2991, 0.3010]
- total effect from the paths; c5; V; total effect = 0.500 = 0.5000 in [0.4995, 0.5005]

path_coefficient A B 0.500 | path_coefficient B C 0.400 | path_coefficient C A 0.300 | total_effect A C 0.210 | \
indirect_effect B A 0.120
- indirect effect from the paths; c4; V; indirect effect = 0.400 · 0.300 = 0.1200 in [0.1197, 0.1204]
- total effect from the paths; c3; X; total effect = 0.500 · 0.400 = 0.2000 in [0.1996, 0.2005]

path_coefficient A B 0.500 | path_coefficient B C 0.400 | specific_indirect_effect A->B->C . 0.210 | \
specific_indirect_effect A->B . 0.500 | path_coefficient A D 0.300 | path_coefficient D C 0.200 | \
indirect_effect A C 0.261
- indirect effect along a route; c2; X; indirect effect = 0.500 · 0.400 = 0.2000 in [0.1996, 0.2005]
- indirect effect from the paths; c6; V; indirect effect = 0.500 · 0.400 + 0.300 · 0.200 = 0.2600 in \
[0.2593, 0.2607]

path_coefficient A B 0.500 | indirect_effect A B 0.100 | total_effect A B 0.700
- total effect = direct + indirect effect; c2; X; total effect = 0.500 + 0.100 = 0.6000 in [0.5990, 0.6010]

path_coefficient A B 0.500 | adjusted_r_squared . B 0.240 | r_squared . B 0.250 | sample_size model . 21
- R² = β² (one predictor); c2; V; R² = β² = 0.500² = 0.2500 in [0.2495, 0.2505]
- adjusted R² from R² and n; c1; X; R² adj. = 1 − (1 − 0.250) · 20/19 = 0.2105 in [0.2100, 0.2111]

{TWO} | r_squared . Y 0.400 | adjusted_r_squared . Y 0.340 | sample_size model . 4
- R² ≤ (Σ|β|)²; c2; V; R² ≤ (|0.400| + |-0.300|)² = 0.4900 in [-∞, 0.4914]
- adjusted R² from R² and n; c3; X; R² adj. = 1 − (1 − 0.400) · 3/1 = -0.8000 in [-0.8015, -0.7985]

{TWO} | r_squared . Y 0.400 | adjusted_r_squared . Y 0.340 | sample_size model . 3
- R² ≤ (Σ|β|)²; c2; V; R² ≤ (|0.400| + |-0.300|)² = 0.4900 in [-∞, 0.4914]

path_coefficient A B -0.500 | standard_error A B 0.100 | t_statistic A B -4.500
- t = |β| / standard error; c2; X; t = |-0.500| / 0.100 = -5.0000 in [-5.0304, -4.9699]

path_coefficient A B -0.400 | standard_error A B 0.100 | t_statistic A B 4.500
- t = |β| / standard error; c2; X; t = |-0.400| / 0.100 = 4.0000 in [3.9749, 4.0253]

path_coefficient A B 0.400 | standard_error A B 0.000 | t_statistic A B 4.500

outer_loading a A 0.800 | outer_loading b A 0.600 | ave A . 0.490 | sqrt_ave A A 0.690 | rho_c A . 0.700
- AVE = mean squared loading; c2; X; AVE = (0.800² + 0.600²)/2 = 0.5000 in [0.4993, 0.5007]
- √AVE is the root of AVE; c3; X; √AVE = √0.490 = 0.7000 in [0.6996, 0.7004]
- rho_C from the loadings; c4; X; ρC = (0.800 + 0.600)² / [(0.800 + 0.600)² + 1 − 0.800² + 1 − 0.600²] = 0.6622 in \
[0.6615, 0.6628]

outer_loading a A 0.800 | outer_loading b A 0.600 | sqrt_ave A A 0.690
- √AVE is the root of the mean squared loading; c2; X; √AVE = √[(0.800² + 0.600²)/2] = 0.7071 in \
[0.7066, 0.7076]

ave A . 0.500 | n_items_retained A items 3 | rho_c A . 0.760 | cronbach_alpha A . 0.500
- rho_C is at most that of equal loadings; c2; X; ρC ≤ 3 · 0.500 / (1 + 2 · 0.500) = 0.7500 in [-∞, 0.7504]
- alpha is at least what AVE and rho_C imply; c3; X; α ≥ 3/2 · (1 − (1 − 0.760) / (0.760 · (1 − 0.500))) = 0.5526 in \
[0.5491, ∞]

ave A . 0.500 | n_items_retained A items 2 | rho_c A . 0.660
- rho_C is at most that of equal loadings; c2; V; ρC ≤ 2 · 0.500 / (1 + 1 · 0.500) = 0.6667 in [-∞, 0.6671]

ave A . 0.500 | n_items_retained A items 1 | rho_c A . 1.000
- a construct of one item has 1 or nothing here; c2; V; ρC = 1 = 1.0000 in [1.0000, 1.0000]
- a construct of one item has 1 or nothing here; c0; X; AVE = 1 = 1.0000 in [1.0000, 1.0000]

outer_loading a A 1.000 | cronbach_alpha A . 0.900 | ave A . 1.000
- AVE = mean squared loading; c2; V; AVE = (1.000²)/1 = 1.0000 in [0.9990, 1.0010]
- a construct of one item has 1 or nothing here; c0; V; λ = 1 = 1.0000 in [1.0000, 1.0000]
- a construct of one item has 1 or nothing here; c1; X; α = 1 = 1.0000 in [1.0000, 1.0000]
- a construct of one item has 1 or nothing here; c2; V; AVE = 1 = 1.0000 in [1.0000, 1.0000]

outer_loading a A 0.900 | cronbach_alpha A . 0.900

outer_loading a A 0.800 | outer_loading b A 0.600 | outer_weight a A 0.600 | outer_weight b A 0.700 | \
cross_loading a A 0.810
- weights times loadings sum to 1; c3; X; w = (1 − 0.600 · 0.800) / 0.600 = 0.8667 in [0.8648, 0.8686]
- cross-loading on its own construct = loading; c4; X; λ = 0.800 = 0.8000 in [0.7995, 0.8005]

outer_loading a A 0.900 | outer_loading b A 0.900 | cronbach_alpha A . 0.926 | rho_c A . 0.895
- rho_C from the loadings; c3; V; ρC = (0.900 + 0.900)² / [(0.900 + 0.900)² + 1 − 0.900² + 1 − 0.900²] = 0.8950 in \
[0.8945, 0.8956]
- alpha near rho_C; c2; V; α ≤ 0.895 + 0.03 = 0.9250 in [-∞, 0.9255]
- alpha beside the loadings; c2; X; with these loadings a composite has it in [0.7641, 0.7714]
"""
VERDICTS = {"holds": "V", "fails": "X", "cannot be told": "?"}


def cases():
    found = []
    for block in BOOK.strip().split("\n\n"):
        printed, *expected = ("\n" + block).split("\n- ")
        rows = [row.strip() for row in printed.replace("\n", " | ").split("|") if row.strip()]
        found.append(pytest.param(rows, expected, id=" | ".join(rows)[:70]))
    return found


@pytest.mark.parametrize(("rows", "expected"), cases())
def test_what_is_calculated(rows, expected):
    checks = [c for c in audit(article(*rows), scan=False).checks if c.kind != "rule"]
    said = [c.detail.en.replace("; with the rounding", " in") for c in checks]
    said = [
        text.replace("regression of Y on A, B with their printed correlations", "regression") for text in said
    ]
    assert [
        f"{c.check}; {c.cell}; {VERDICTS[c.verdict]}; {text}" for c, text in zip(checks, said, strict=True)
    ] == expected


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("A × B", True), ("A*B", True), ("A x B", True), ("A X B", True), ("A:B", True), ("AxB", True), ("A_x_B", True),
        ("A", False), ("A:C", False), ("AxC", False), ("C*D", True), ("C × D", True), ("*D", False), ("M", True),
    ],
)  # fmt: skip
def test_a_product_is_told_by_its_name(name, product):
    rows = ["path_coefficient A Y 0.4", "path_coefficient B Y 0.4", "moderator M . 1"]
    assert is_product(article(*rows), name) is product


def test_the_sample_size_is_that_of_the_group():
    made = article("sample_size model . 100", "sample_size Women:_x . 40")
    assert sample_size(made) == 100
    assert sample_size(article("ave A . 0.5", "meta n . 45")) == 45
    assert sample_size(article("ave A . 0.5")) is None


def test_f_squared_of_a_model_estimated_again_may_differ_by_so_much():
    # 0.02 + 0.25 · 0.100 = 0.045 more on either side of β²/(1 − β²) = 0.36/0.64 = 0.5625
    made = article(
        *("path_coefficient A Y 0.4", "path_coefficient B Y 0.3", "construct_correlation A B 0.500"),
        *("construct_correlation A Y 0.600", "construct_correlation B Y 0.400", "f_squared A Y 0.100"),
    )
    again = DEFAULTS | {"f_squared": "re-estimated"}
    fixed, wide = (
        [r for r in structure_relations(made) if r.check.startswith("f² from") and r.holds_under(values)]
        for values in (DEFAULTS, again)
    )
    assert [r.slack for r in (*fixed, *wide)] == [0.0, pytest.approx(0.045)]
