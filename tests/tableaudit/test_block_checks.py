"""What a block's loadings leave alpha, rho_A and HTMT: verdicts, the figures that they rest on, and what is said."""

from __future__ import annotations

import pytest
from audit_cases import article

from tableaudit.audit import audit
from tableaudit.block_checks import htmt_checks, reliability_checks
from tableaudit.relations import DEFAULTS


def loadings(name, *values):
    return [f"outer_loading {name}{i} {name} {v}" for i, v in enumerate(values)]


def checks(family, rows, *, readings=None, **options):
    found = family(article(*rows), {**DEFAULTS, **(readings or {})}, **options)
    return [
        (c.check.partition(" ")[0] + " " + c.check.split(" ")[1], c.cell, c.verdict, c.cells, c.allowed and
         (round(c.allowed.lower, 3), round(c.allowed.upper, 3)), c.detail.en, [u.en.split(",")[0] for u in c.unless])
        for c in found
    ]  # fmt: skip


BESIDE, NEAR = "HTMT beside", "HTMT near"
BOTH = [*loadings("A", *["0.800"] * 3), *loadings("B", *["0.800"] * 3)]
ALPHAS = ["cronbach_alpha A . 0.750", "cronbach_alpha B . 0.750"]
R = "construct_correlation A B 0.500"


def htmt(rows, failed=(), **readings):
    return {c[0]: c[1:] for c in checks(htmt_checks, rows, readings=readings, failed=set(failed))}


def test_htmt_beside_alphas():
    """Alpha 0.75 says 1'R1 = 3 / (1 − 0.75 · 2/3) = 6, beside 2.4² = 5.76: θ = acos √(5.76/6) = 0.2014 of either block.

    With the rounding cos θ is √(2.3985² / 6.0045) = 0.9788, θ = 0.2062; r = 0.500 is an angle of 1.0466 to 1.0478, so
    the sums correlate from cos 1.4602 = 0.1104 to cos 0.6342 = 0.8055; over alphas of 0.7495 to 0.7505.
    """
    cell, verdict, cells, allowed, detail, unless = htmt([*BOTH, *ALPHAS, R, "htmt A B 0.700"])[BESIDE]
    assert (cell, verdict, unless) == ("c9", "holds", [])
    assert cells == ("c8", "c6", "c7", "c0", "c1", "c2", "c3", "c4", "c5")
    assert allowed == pytest.approx((0.1104 / 0.7505, 0.8055 / 0.7495), abs=1e-3)
    assert detail == "HTMT · √(α α) is the correlation of the items' sums, which leaves [0.1476, 1.0744]"
    high = htmt([*BOTH, *ALPHAS, R, "htmt A B 1.080"])[BESIDE]
    assert high[1] == "fails" and high[5] == []


def test_htmt_beside_loadings_alone():
    """Without alphas 1'R1 is from 2.3985² = 5.7528 to 3 / (1 − 0.7707 · 2/3) = 6.1704: θ = 0.2632, alphas from 0.7178.

    The sums correlate from cos (1.0478 + 0.5264) = −0.0034 to cos (1.0466 − 0.5264) = 0.8677.
    """
    for readings, alphas in (({}, []), ({"cronbach_alpha": "raw"}, ALPHAS)):
        found = htmt([*BOTH, *alphas, R, "htmt A B 0.700"], **readings)[BESIDE]
        assert found[3] == pytest.approx((-0.0034 / 0.7178, 0.8677 / 0.7178), abs=1.5e-3)
    one_wrong = htmt([*BOTH, *ALPHAS, R, "htmt A B 0.700"], failed={"c6"})[BESIDE]
    # of the one block 0.2632, of the other 0.2062
    assert one_wrong[3] == pytest.approx((0.0535 / 0.7605, 0.8383 / 0.7335), abs=2e-3)
    assert "c6" not in one_wrong[2]


@pytest.mark.parametrize(
    ("r", "unless"), [("0.299", ["some item correlations have the other sign"]), ("0.300", [])]
)
def test_a_weak_correlation_with_items_of_both_signs(r, unless):
    rows = [*BOTH, f"construct_correlation A B {r}"]
    assert htmt([*rows, "htmt A B 1.100"])[BESIDE][1:2] == ("fails",)
    assert htmt([*rows, "htmt A B 1.100"])[BESIDE][5] == unless
    assert htmt([*rows, "htmt A B -0.500"])[BESIDE][5] == []


def test_htmt_of_a_single_item():
    """Its sum is itself: θ = 0.2062 of the other block, cos 1.2540 = 0.3115 to cos 0.8404 = 0.6672."""
    rows = [*loadings("A", *["0.800"] * 3), "outer_loading B0 B 1.000", ALPHAS[0], R]
    found = htmt([*rows, "htmt A B 0.700"])
    assert found[BESIDE][3] == pytest.approx((0.3115 / 0.8663, 0.6672 / 0.8657), abs=1e-3)
    # (0.5 ± 0.1) / 0.866
    assert found[NEAR][3] == pytest.approx((0.4619, 0.6928), abs=1e-3) and found[NEAR][1] == "fails"
    assert (
        found[NEAR][4]
        == "HTMT · √(α α) = 0.700 · 0.866 = 0.606, beside |r| = 0.500; rarely more than 0.1 apart"
    )


def test_where_htmt_is_not_bounded():
    assert list(htmt([*BOTH, "cronbach_alpha A . 0.600", ALPHAS[1], R, "htmt A B 0.700"])) == [NEAR]
    assert list(htmt([*BOTH, *ALPHAS, R, "htmt A B 0.700"], estimator="CFA")) == [NEAR]
    turned = [row.replace("A0 A 0.800", "A0 A -0.100") for row in BOTH]
    assert list(htmt([*turned, *ALPHAS, R, "htmt A B 0.700"])) == [NEAR]
    assert list(htmt([*BOTH, R])) == [] and list(htmt([*BOTH, *ALPHAS, "htmt A B 0.700"])) == []


def reliability(rows, *, scan=False, failed=(), factor_open=False, **readings):
    made = {"scan": scan, "failed": set(failed), "factor_open": factor_open}
    return {c[0]: c[1:] for c in checks(reliability_checks, rows, readings=readings, **made)}


RAW, FACTOR = "alpha is raw alpha", "the loadings are those of a common-factor model (CFA or PLSc)"
NEGATIVE = "an item has a negative weight: it correlates with the neighbouring constructs the other way round"
# positive weights: rho_A 0.2364 and alpha 0.2325, each 0.006 more or less, and 0.0024 that rounding moves them
TWO = loadings("A", "0.800", "0.700")


@pytest.mark.parametrize(
    ("alpha", "rho_a", "verdicts", "unless"),
    [
        ("0.238", "0.240", ("holds", "holds"), [RAW]),
        ("0.242", "0.240", ("fails", "holds"), [RAW]),
        ("0.238", "0.250", ("holds", "fails"), [RAW]),
        ("0.720", "0.730", ("fails", "fails"), []),  # no raw alpha is so much higher
    ],
)
def test_two_items_beside_their_loadings(alpha, rho_a, verdicts, unless):
    found = reliability([*TWO, f"cronbach_alpha A . {alpha}", f"rho_a A . {rho_a}"])
    assert (found["alpha beside"][1], found["rho_A beside"][1]) == verdicts
    assert found["alpha beside"][3] == (0.220, 0.241) and found["rho_A beside"][3] == (0.228, 0.245)
    assert found["alpha beside"][5] == unless and found["rho_A beside"][5] == []
    assert found["alpha beside"][2] == ("c0", "c1", "c3")
    assert found["alpha beside"][4] == "with these loadings a composite has it in [0.2198, 0.2408]"
    told = verdicts == ("holds", "holds")  # an alpha that is possible bounds rho_A too, to what it was here
    assert found["rho_A beside"][2] == ("c0", "c1", *(["c2"] if told else []))
    also = ", alpha = 0.238," if told else ""
    assert found["rho_A beside"][4] == f"with these loadings{also} a composite has it in [0.2280, 0.2448]"


def test_a_rho_a_at_the_margin_leaves_alpha_to_the_loadings():
    """0.229 is within 0.0084 of 0.2364, though no weights give it within the 0.002 that alpha's bounds take."""
    found = reliability([*TWO, "cronbach_alpha A . 0.242", "rho_a A . 0.229"])
    assert [found[n][1] for n in ("alpha beside", "rho_A beside")] == ["fails", "holds"]


def test_neighbours_that_the_loadings_exclude_bound_nothing():
    """Loadings 0.7 and 0.998 have weights far from them, which no proxy that correlates 0.93 leaves."""
    rows = [*loadings("A", "0.700", "0.998"), "rho_a A . 0.900"]
    found = reliability([*rows, "path_coefficient A B 0.930", "construct_correlation A B 0.930"])[
        "rho_A beside"
    ]
    assert found[1:3] == ("fails", ("c0", "c1")) and "proxy" not in found[4]


def test_readings_of_a_block():
    rows = [*TWO, "cronbach_alpha A . 0.238", "composite_reliability A . 0.240"]
    assert list(reliability(rows)) == ["alpha beside"]
    assert list(reliability(rows, composite_reliability="rho_a")) == ["rho_A beside", "alpha beside"]
    assert reliability(rows, estimator="PLSc") == {} and reliability(TWO) == {}
    assert reliability(rows, factor_open=True)["alpha beside"][5] == [RAW, FACTOR]
    raw = reliability(rows, cronbach_alpha="raw")["alpha beside"]
    assert raw[5] == [] and raw[3][0] < 0.2 and raw[3][1] > 0.24


@pytest.mark.parametrize(
    ("rows", "checked"),
    [
        (["outer_loading A0 A 0.800"], False),
        (["outer_loading A0 A 0.800", "outer_loading A1 A 1.000"], False),
        (["outer_loading A0 A 0.800", "outer_weight A1 A 0.500"], False),
        (["outer_loading A0 A 0.800", "outer_loading A1 A 0.700"], True),
    ],
)
def test_which_blocks_are_held_against_their_loadings(rows, checked):
    assert bool(reliability([*rows, "cronbach_alpha A . 0.238"])) is checked


def test_more_than_loadings_bounds_a_block():
    """Four unlike items: a printed alpha and a neighbour narrow rho_A, and the sentence says by what."""
    rows = [*loadings("A", "0.800", "0.700", "0.600", "0.750"), "cronbach_alpha A . 0.720", "rho_a A . 0.740"]
    plain = reliability(rows)["rho_A beside"]
    assert plain[4].startswith("with these loadings, alpha = 0.720, a composite has it in [")
    assert plain[2] == ("c0", "c1", "c2", "c3", "c4")
    beside = reliability(
        [*rows, "path_coefficient A B 0.600", "construct_correlation A B 0.600"], factor_open=True
    )
    rho_a, alpha = beside["rho_A beside"], beside["alpha beside"]
    words = "and its score correlating [0.5700, 0.6300] with its inner proxy, a composite has it in ["
    assert rho_a[4].startswith(f"with these loadings, alpha = 0.720, {words}")
    assert alpha[4].startswith(f"with these loadings, {words}")
    assert rho_a[2] == ("c0", "c1", "c2", "c3", "c4", "c7") and alpha[2] == (
        "c0",
        "c1",
        "c2",
        "c3",
        "c5",
        "c7",
    )
    assert rho_a[5] == [FACTOR] and alpha[5] == [RAW, FACTOR]
    # an alpha that the loadings exclude bounds nothing
    wrong = reliability([*rows[:4], "cronbach_alpha A . 0.980", "rho_a A . 0.740"])["rho_A beside"]
    assert wrong[2] == ("c0", "c1", "c2", "c3") and "alpha" not in wrong[4]


SCAN_ALPHA, SCAN_RHO = "alpha attainable", "rho_A attainable"


def test_two_items_scanned():
    """r = 0.56 ± 0.4285: alpha 0.2325 or 0.9942; only a negative weight has the higher one."""
    found = reliability([*TWO, "cronbach_alpha A . 0.720", "rho_a A . 0.730"], scan=True)
    assert found["rho_A beside"][1:4] == ("fails", ("c0", "c1"), (0.228, 0.245))
    assert found[SCAN_ALPHA][1] == "fails" and found[SCAN_ALPHA][5] == [RAW, NEGATIVE]
    assert found[SCAN_ALPHA][4].startswith(
        "every correlation matrix with the other printed cells and positive weights has"
    )
    assert SCAN_RHO not in found
    low = reliability([*TWO, "cronbach_alpha A . 0.232", "rho_a A . 0.236"], scan=True)
    assert [low[name][1] for name in (SCAN_ALPHA, SCAN_RHO)] == ["holds", "holds"]
    # deviations of at most 1 : 2.5 bring raw alpha from 0.232 down to 0.166, never up to 0.5
    raw = reliability([*TWO, "cronbach_alpha A . 0.200", "rho_a A . 0.236"], scan=True)[SCAN_ALPHA]
    assert (raw[1], raw[5]) == ("fails", [RAW])
    none = reliability([*TWO, "cronbach_alpha A . 0.150", "rho_a A . 0.236"], scan=True)[SCAN_ALPHA]
    assert (none[1], none[5]) == ("fails", [])
    # under raw alpha the scan says nothing of alpha
    assert list(
        reliability([*TWO, "cronbach_alpha A . 0.200", "rho_a A . 0.236"], scan=True, cronbach_alpha="raw")
    ) == [SCAN_RHO]


def test_of_two_figures_that_exclude_each_other_one_is_named():
    """Alpha 0.994 goes with r = 0.9885, whose rho_A is −76; rho_A 0.236 with r = 0.1315, alpha 0.232: 0.76 away."""
    rows = [*TWO, "cronbach_alpha A . 0.994", "rho_a A . 0.236", "ave A . 0.565"]
    found = reliability(rows, scan=True)
    assert found[SCAN_ALPHA][1:3] == ("fails", ("c0", "c1", "c4", "c3"))
    assert found[SCAN_RHO][1:3] == ("cannot be told", ("c0", "c1", "c4", "c2"))
    assert found[SCAN_RHO][4].startswith(
        "excluded by c2, which the smaller change would repair; every correlation"
    )
    # an AVE that the loadings exclude, (0.64 + 0.49) / 2 = 0.565, is no condition
    other = reliability([*rows[:-1], "ave A . 0.600"], scan=True)
    assert other[SCAN_ALPHA][2] == ("c0", "c1", "c3")


def test_where_no_matrix_has_the_other_figures():
    found = reliability([*TWO, "cronbach_alpha A . 0.500", "rho_a A . 0.236"], scan=True)
    assert found[SCAN_ALPHA][1] == "fails" and found[SCAN_RHO][1] == "cannot be told"
    assert found[SCAN_RHO][4].startswith(
        "no correlation matrix gives the other printed cells together; by the loadings alone ["
    )
    assert found[SCAN_RHO][2] == ("c0", "c1", "c2") and found[SCAN_RHO][3][0] < -70


@pytest.mark.parametrize(("alpha", "verdict"), [("0.150", "fails"), ("0.300", "cannot be told")])
def test_beside_a_rho_a_that_no_matrix_has(alpha, verdict):
    """0.231 is within the margin of 0.2364 only; the loadings alone leave alpha 0.2325 to 0.9942."""
    found = reliability([*TWO, f"cronbach_alpha A . {alpha}", "rho_a A . 0.231"], scan=True)[SCAN_ALPHA]
    assert found[1] == verdict and found[3] == (0.230, 0.994)


def test_only_blocks_of_two_or_three_that_no_check_has_failed_are_scanned():
    said = []
    four = [*loadings("A", "0.800", "0.700", "0.600", "0.750"), "cronbach_alpha A . 0.720"]
    assert list(reliability(four, scan=True)) == ["alpha beside"]
    two = [*TWO, "cronbach_alpha A . 0.232"]
    assert list(reliability(two, scan=True)) == [SCAN_ALPHA]
    assert list(reliability(two, scan=True, failed={"c1"})) == ["alpha beside"]
    made = article(*two)
    list(reliability_checks(made, DEFAULTS, scan=True, failed=set(), factor_open=False, progress=said.append))
    assert said == ["A"]


@pytest.mark.parametrize(("ave", "scanned"), [("0.565", True), ("0.700", False)])
def test_a_block_with_a_figure_that_fails_is_not_scanned(ave, scanned):
    """The AVE of loadings 0.8 and 0.7 is 0.565."""
    report = audit(article(*TWO, "cronbach_alpha A . 0.232", f"ave A . {ave}"))
    assert ("alpha attainable (exhaustive scan)" in [c.check for c in report.checks]) is scanned
