"""How a column is read, where the figures just suffice for another reading and where they just do not."""

from __future__ import annotations

import pytest
from audit_cases import article

from tableaudit.audit import audit, relations_of
from tableaudit.readings import choose


def read(*rows):
    made = article(*rows)
    return choose(made, relations_of(made))


def reading(chosen, dimension):
    found = [r for r in chosen.found if r.dimension == dimension]
    return (found[0].option, found[0].fits, found[0].total, found[0].default_fits) if found else None


# p and t: 1.702 has 0.089 with two tails and 0.044 with one; 2.101 has 0.036 and 0.018; 5.000 has 0.000 with both
BOTH, ONE, TWO, NEITHER = ("5.000", "0.000"), ("1.702", "0.044"), ("2.101", "0.036"), ("1.702", "0.200")


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([ONE], ("two-sided", 0, 1, 0)),  # one pair is too few to tell by
        ([ONE, ONE], ("one-sided", 2, 2, 0)),
        ([ONE, BOTH], ("one-sided", 2, 2, 1)),  # all are served by one tail
        ([ONE, NEITHER], ("one-sided", 1, 2, 0)),
        ([ONE, TWO], ("two-sided", 1, 2, 1)),
        ([BOTH, BOTH], ("two-sided", 2, 2, 2)),
        ([BOTH, BOTH, ONE, NEITHER], ("one-sided", 3, 4, 2)),  # two tails fail half
        ([BOTH, BOTH, BOTH, ONE, NEITHER], ("two-sided", 3, 5, 3)),  # two of five
    ],
)
def test_tails(pairs, expected):
    rows = [
        row
        for i, (t, p) in enumerate(pairs)
        for row in (f"path_coefficient X Y{i} 0.2", f"t_statistic X Y{i} {t}", f"p_value X Y{i} {p}")
    ]
    chosen = read(*rows)
    assert reading(chosen, "p_value") == expected
    assert chosen.values["p_value"] == expected[0]
    stated = read(*rows, "meta tails . 1")
    assert reading(stated, "p_value")[0] == "one-sided"
    assert [r.stated for r in stated.found if r.dimension == "p_value"] == [True]


def block(name, loadings, **figures):
    return [
        *(f"outer_loading {name}{i} {name} {v}" for i, v in enumerate(loadings)),
        *(f"{statistic} {name} . {v}" for statistic, v in figures.items()),
    ]


# loadings 0.8 and 0.7: rho_C = 1.5² / (1.5² + 0.36 + 0.51) = 2.25 / 3.12 = 0.721;
# consistent rho_A, q = 0.64 + 0.49 = 1.13: 1.13² / (1.13 + 1.13² − 0.6497) = 1.2769 / 1.7572 = 0.727
PAIR = ("0.800", "0.700")
# with 0.75 beside them: rho_C = 2.25² / (2.25² + 0.36 + 0.51 + 0.4375) = 5.0625 / 6.37 = 0.795; rho_A may be 0.750
TRIO = ("0.800", "0.700", "0.750")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (["0.795"], ("rho_c", 1, 1, 1)),
        (["0.750"], ("rho_a", 1, 1, 0)),
        (["0.795", "0.750"], ("rho_c", 1, 2, 1)),  # at three decimals hardly one of two agrees by chance
        (["0.80", "0.75"], ("rho_a", 1, 2, 1)),  # at two decimals one may
        (["0.795", "0.795", "0.750"], ("rho_c", 2, 3, 2)),
    ],
)
def test_composite_reliability(printed, expected):
    rows = [row for i, v in enumerate(printed) for row in block(f"A{i}", TRIO, composite_reliability=v)]
    single = block("S", ["1.000"], composite_reliability="0.900")  # one item tells nothing
    for more in ([], single):
        assert reading(read(*rows, *more), "composite_reliability") == expected
    stated = read(*rows, "meta composite_reliability . rho_c")
    assert reading(stated, "composite_reliability") == ("rho_c", expected[3], expected[2], expected[3])
    assert [r.stated for r in (read(*rows).found[0], stated.found[0])] == [False, True]


def test_composite_reliability_without_loadings_is_read_as_the_field_reads_it():
    chosen = read("composite_reliability A . 0.900", "ave A . 0.600")
    assert reading(chosen, "composite_reliability") == ("rho_c", 0, 0, 0)
    assert reading(read("ave A . 0.600"), "composite_reliability") is None


def blocks(statistic, printed, **more):
    return [row for i, v in enumerate(printed) for row in block(f"A{i}", PAIR, **{statistic: v}, **more)]


@pytest.mark.parametrize(
    ("statistic", "printed", "estimator", "open_to"),
    [
        ("rho_a", ["0.727"], "PLSc", None),
        ("rho_a", ["0.750"], "PLS", ("CFA",)),
        ("composite_reliability", ["0.727"], "PLS", ("CFA",)),  # a single column that is not rho_C
        ("composite_reliability", ["0.727", "0.727"], "PLSc", None),
        ("rho_a", ["0.727", "0.750"], "PLS", None),  # half are no consistent rho_A: composites
        ("rho_a", ["0.727", "0.727", "0.750"], "PLS", ("CFA",)),
        ("rho_a", ["0.727", "0.727", "0.727", "0.750"], "PLSc", None),  # three of four
        ("rho_a", ["0.727", "0.727", "0.750", "0.750"], "PLS", None),
    ],
)
def test_estimator_by_rho_a(statistic, printed, estimator, open_to):
    chosen = read(*blocks(statistic, printed, cronbach_alpha="0.720"))
    assert chosen.values["estimator"] == estimator
    assert chosen.open_to.get("estimator") == open_to
    if estimator == "PLSc":
        fits = sum(v == "0.727" for v in printed)
        assert reading(chosen, "estimator") == ("PLSc", fits, len(printed), 0)
    else:
        assert reading(chosen, "estimator") is None


@pytest.mark.parametrize(
    ("alphas", "open_to"),
    [
        # rho_C is 0.7212: 0.672 is 0.049 from it, 0.671 is 0.050 and a little
        (["0.672"], ("CFA",)),
        (["0.671"], None),
        (["0.770"], ("CFA",)),
        (["0.772"], None),
        (["0.672", "0.671"], None),
        (["0.672", "0.672", "0.671"], ("CFA",)),
    ],
)
def test_alpha_near_rho_c_leaves_common_factors_open(alphas, open_to):
    chosen = read(*blocks("cronbach_alpha", alphas), *block("S", ["1.000"], cronbach_alpha="0.300"))
    assert chosen.open_to.get("estimator") == open_to


@pytest.mark.parametrize(
    ("cross", "estimator"),
    [
        (("0.800", "0.700"), "PLS"),
        (("0.800", "0.650"), "CFA"),  # one of two own cross-loadings is no loading
        (("0.750", "0.650"), "CFA"),
    ],
)
def test_cross_loadings_that_are_no_loadings_are_those_of_factors(cross, estimator):
    rows = block("A", PAIR, cronbach_alpha="0.720")
    rows += [f"cross_loading A{i} A {v}" for i, v in enumerate(cross)]
    chosen = read(*rows)
    assert chosen.values["estimator"] == estimator
    assert chosen.open_to.get("estimator") == (("CFA",) if estimator == "PLS" else None)
    if estimator == "CFA":
        missed = sum(a != b for a, b in zip(cross, PAIR, strict=True))
        assert reading(chosen, "estimator") == ("CFA", missed, missed, 2 - missed)
    apart = read(*[row.replace("0.720", "0.600") for row in rows])
    assert apart.values["estimator"] == "PLS" and "estimator" not in apart.open_to


def test_one_cross_loading_of_three_is_a_slip():
    rows = block("A", ("0.800", "0.700", "0.750"), cronbach_alpha="0.790")
    rows += [f"cross_loading A{i} A {v}" for i, v in enumerate(("0.800", "0.700", "0.650"))]
    chosen = read(*rows)
    assert chosen.values["estimator"] == "PLS" and chosen.open_to["estimator"] == ("CFA",)


@pytest.mark.parametrize(
    ("beta", "option"), [("0.550", "of scores"), ("0.400", "as printed"), ("0.700", "as printed")]
)
def test_correlations_of_scores_under_plsc(beta, option):
    # 0.400 / √(0.727 · 0.727) = 0.550
    rows = [*block("A", PAIR, rho_a="0.727"), *block("B", PAIR, rho_a="0.727")]
    rows += [f"path_coefficient A B {beta}", "construct_correlation A B 0.400"]
    stated = read(*rows, "meta estimator . PLSc")
    assert stated.values["correlations"] == option and reading(stated, "estimator") == ("PLSc", 0, 0, 0)
    chosen = read(*rows)
    assert chosen.values["estimator"] == "PLSc" and chosen.values["correlations"] == option
    assert reading(chosen, "correlations") == (("of scores", 1, 1, 0) if option == "of scores" else None)
    assert chosen.values["vif of the paths"] == ("other" if option == "of scores" else "the same")


@pytest.mark.parametrize(
    ("vifs", "option"),
    [(("1.333", "1.333"), "as printed"), (("1.333", "1.200"), "as printed"), (("1.200", "1.200"), "other")],
)
def test_vif_of_scores_under_plsc(vifs, option):
    # predictors that correlate 0.500: 1 / (1 − 0.25) = 1.333
    rows = [row for name in "ABC" for row in block(name, PAIR, rho_a="0.727")]
    chosen = read(
        *rows,
        *(f"path_coefficient {s} C 0.300" for s in "AB"),
        *(f"inner_vif {s} C {vif}" for s, vif in zip("AB", vifs, strict=True)),
        "construct_correlation A B 0.500",
    )
    assert chosen.values["estimator"] == "PLSc"
    assert chosen.values["vif"] == option
    assert chosen.values["vif of the paths"] == ("other" if option == "other" else "the same")


# β 0.500, VIF 1.250 and R² 0.500 give f² = 0.25 / (1.25 · 0.5) = 0.400; of a model estimated again it may be
# 0.02 and a quarter of itself away: 0.533 − 0.02 − 0.133 = 0.380, and 0.600 − 0.02 − 0.15 = 0.430
@pytest.mark.parametrize(
    ("first", "second", "option"),
    [
        ("0.400", "0.400", "fixed"),
        ("0.450", "0.400", "fixed"),
        ("0.450", "0.450", "re-estimated"),
        ("0.450", "0.600", "fixed"),
    ],
)
def test_f_squared(first, second, option):
    rows = [
        f"{s} {x} Y {v}" for x in "AB" for s, v in (("path_coefficient", "0.500"), ("inner_vif", "1.250"))
    ]
    chosen = read(*rows, f"f_squared A Y {first}", f"f_squared B Y {second}", "r_squared . Y 0.500")
    right = [first, second].count("0.400")
    assert chosen.values["f_squared"] == option
    if option == "fixed":
        assert reading(chosen, "f_squared") == ("fixed", right, 2, right)
        assert chosen.open_to["f_squared"] == ("re-estimated",)
    else:
        assert reading(chosen, "f_squared") == ("re-estimated", 2, 2, 0)
        assert "f_squared" not in chosen.open_to
    stated = read(*rows, f"f_squared A Y {first}", "r_squared . Y 0.500", "meta f_squared . re-estimated")
    assert reading(stated, "f_squared")[0] == "re-estimated"


@pytest.mark.parametrize(
    ("printed", "option"),
    [
        # β² is 0.250; adjusted R² lies a little below
        (["0.240", "0.230"], "adjusted"),
        (["0.240"], "plain"),  # one is a slip
        (["0.240", "0.250"], "plain"),
        (["0.240", "0.260"], "plain"),  # no adjusted one is above
        (["0.240", "0.170"], "adjusted"),  # 0.2495 − 0.1705 = 0.079
        (["0.240", "0.168"], "plain"),  # 0.2495 − 0.1685 = 0.081 is more than adjusting takes
    ],
)
def test_adjusted_r_squared(printed, option):
    rows = [f"path_coefficient X Y{i} 0.500" for i in range(len(printed))]
    rows += [f"r_squared . Y{i} {v}" for i, v in enumerate(printed)]
    chosen = read(*rows)
    assert chosen.values["r_squared"] == option
    assert reading(chosen, "r_squared") == (("adjusted", 2, 2, 0) if option == "adjusted" else None)
    assert read(*rows, "adjusted_r_squared . Y0 0.235").values["r_squared"] == "plain"
    stated = read(*rows, "meta r_squared . adjusted")
    assert stated.values["r_squared"] == "adjusted"


@pytest.mark.parametrize(
    ("vifs", "option"),
    [
        # three predictors that all correlate 0.300: 1.3 / (0.7 · 1.6) = 1.161
        (("1.161", "1.161", "1.161"), "printed"),
        (("1.500", "1.600", "1.700"), "more"),
        (("1.161", "1.161", "1.700"), "printed"),
        (("1.500", "1.600", "1.050"), "printed"),  # further predictors do not lower a VIF
        (("1.161", "1.600", "1.700"), "more"),
    ],
)
def test_predictors_that_are_not_printed(vifs, option):
    rows = [f"construct_correlation {a} {b} 0.300" for a, b in ("AB", "AC", "BC")]
    rows += [f"path_coefficient {s} Y 0.300" for s in "ABC"]
    rows += [f"inner_vif {s} Y {v}" for s, v in zip("ABC", vifs, strict=True)]
    chosen = read(*rows)
    failed = sum(v != "1.161" for v in vifs)
    assert chosen.values["predictors of Y"] == option
    assert reading(chosen, "predictors of Y") == (
        ("more", failed, failed, 3 - failed) if option == "more" else None
    )
    assert read(*rows, "meta complete_paths . no").values["predictors of Y"] == "more"
    told = read(*rows, "meta complete_paths . yes")
    assert "predictors of Y" not in told.values and "predictors of Y" not in told.open_to


@pytest.mark.parametrize(("vif", "option"), [([], "more"), (["inner_vif A Y 1.333"], "printed")])
def test_r_squared_and_a_path_that_fail_are_most_of_three_and_half_of_four(vif, option):
    # r 0.5, 0.6 and 0.4 give β 0.533 and 0.133 and R² 0.373
    rows = ["path_coefficient A Y 0.300", "path_coefficient B Y 0.133", "construct_correlation A B 0.500"]
    rows += ["construct_correlation A Y 0.600", "construct_correlation B Y 0.400", "r_squared . Y 0.900"]
    assert read(*rows, *vif).values["predictors of Y"] == option


def test_two_vif_that_one_correlation_would_explain_are_a_slip():
    rows = ["construct_correlation A B 0.500", *(f"path_coefficient {s} Y 0.300" for s in "AB")]
    chosen = read(*rows, *(f"inner_vif {s} Y 1.600" for s in "AB"))  # 0.500 gives 1.333; 0.612 would give 1.6
    assert chosen.values["predictors of Y"] == "printed" and "predictors of Y" not in chosen.open_to


def test_r_squared_alone_above_its_paths_leaves_further_predictors_open():
    rows = ["path_coefficient A Y 0.300", "path_coefficient B Y 0.200"]
    assert read(*rows, "r_squared . Y 0.300").open_to["predictors of Y"] == ("more",)  # (0.3 + 0.2)² = 0.25
    assert "predictors of Y" not in read(*rows, "r_squared . Y 0.250").open_to


@pytest.mark.parametrize(
    ("effects", "option"),
    [
        # A → B 0.5, B → C 0.4, B → D 0.6, C → E 0.5
        ({"A C": "0.200", "A D": "0.300"}, "printed"),
        ({"A C": "0.400"}, "printed"),
        ({"A C": "0.400", "A D": "0.500"}, "more"),
        ({"A C": "0.400", "A D": "0.500", "B E": "0.200"}, "more"),
        ({"A C": "0.400", "A D": "0.500", "B E": "0.200", "A E": "0.100"}, "printed"),
    ],
)
def test_mediators_that_are_not_printed(effects, option):
    rows = [f"path_coefficient {p}" for p in ("A B 0.500", "B C 0.400", "B D 0.600", "C E 0.500")]
    chosen = read(*rows, *(f"indirect_effect {pair} {v}" for pair, v in effects.items()))
    assert chosen.values["mediators"] == option
    right = sum(v in ("0.200", "0.300", "0.100") for v in effects.values())
    expected = ("more", 2, 2, right) if option == "more" else None
    assert reading(chosen, "mediators") == expected


def test_alpha_is_open_to_raw_alpha_unless_stated():
    rows = block("A", PAIR, cronbach_alpha="0.720")
    assert read(*rows).open_to["cronbach_alpha"] == ("raw",)
    stated = read(*rows, "meta cronbach_alpha . raw")
    assert "cronbach_alpha" not in stated.open_to and reading(stated, "cronbach_alpha") == ("raw", 0, 0, 0)
    assert "cronbach_alpha" not in read(*block("A", PAIR)).open_to


def test_the_chosen_reading_stands_first():
    chosen = read(*block("A", PAIR, composite_reliability="0.750"))
    assert chosen.compatible()["composite_reliability"] == ("rho_a", "rho_c")
    assert [r.is_default for r in chosen.found if r.dimension == "composite_reliability"] == [False]


def test_a_rho_a_that_the_loadings_exclude_does_not_agree():
    """No positive weights give rho_A 0.990 beside loadings of 0.8, 0.7 and 0.75."""
    first = block("A", TRIO, composite_reliability="0.750")
    second = block("B", TRIO, composite_reliability="0.990")
    chosen = audit(article(*first, *second), scan=False).chosen
    assert reading(chosen, "composite_reliability") == ("rho_a", 1, 2, 0)
    assert [r.cells for r in chosen.found if r.dimension == "composite_reliability"] == [("c3",)]
