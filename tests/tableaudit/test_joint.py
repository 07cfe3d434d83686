"""All relations at once: by how much figures miss one another, and what each could be instead, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from audit_cases import article

from tableaudit.audit import audit, relations_of
from tableaudit.boxes import Interval
from tableaudit.findings import joined
from tableaudit.joint import Component, conflicts, natural_range, range_of, solve
from tableaudit.relations import DEFAULTS


def component(*rows):
    (found,) = joined(relations_of(article(*rows)), DEFAULTS)
    return found


def ends(interval):
    return (interval.lower, interval.upper)


def equal(*args):
    return pytest.approx(args, abs=2e-6)


APART = ("path_coefficient X Y 0.520", "construct_correlation X Y 0.500")


def test_two_figures_that_are_to_be_one():
    """β 0.520 and r 0.500 are 0.019 apart beyond their boxes: 38 half widths of 0.0005."""
    whole = component(*APART)
    found = solve(whole)
    assert found.excess == pytest.approx(38) and found.growth.sum() == pytest.approx(38)
    assert found.consistent is False and set(found.blamed) == {"c0", "c1"}
    assert solve(whole, free=["c0"]).consistent is True
    # the other's box, 0.0005 wider by a thousandth of itself
    assert ends(range_of(whole, "c0")) == equal(0.4994995, 0.5005005)
    assert ends(range_of(whole, "c1")) == equal(0.5194995, 0.5205005)
    (conflict,) = conflicts(whole, lambda cell, could_be: cell.id == "c1")
    assert list(conflict.repairs) == ["c1", "c0"] and conflict.excess == pytest.approx(38)
    assert [r.target.id for r in conflict.relations] == ["c0"]
    (conflict,) = conflicts(whole, lambda cell, could_be: 0.0)
    assert list(conflict.repairs) == ["c0", "c1"]  # between equals, by name
    assert conflicts(whole, lambda cell, could_be: 0.0, most=0) == []


@pytest.mark.parametrize(
    ("beta", "excess"),
    [
        ("0.501", 0.0),
        ("0.50", 0.0),
        ("0.5010", 0.9),  # begins at 0.50095, 0.00045 beyond, of half widths of 0.0005
        ("0.50105", 1.09),
        ("0.502", 2.0),
        ("0.51", 0.9),  # begins at 0.505, 0.0045 beyond, of half widths of 0.005
        ("0.52", 2.9),
    ],
)
def test_how_far_boxes_are_apart(beta, excess):
    """Beside r 0.500, which ends at 0.5005."""
    found = solve(component(f"path_coefficient X Y {beta}", "construct_correlation X Y 0.500"))
    assert found.excess == pytest.approx(excess, abs=1e-6)
    assert found.consistent is (excess == 0)


def test_what_a_square_leaves_its_root():
    """R² 0.25 lies in [0.245, 0.255], its half width 0.005 grown by a thousandth: β from √0.244995 to √0.255005."""
    whole = component("path_coefficient X Y 0.500", "r_squared . Y 0.25")
    assert solve(whole).excess == 0.0
    assert ends(range_of(whole, "c0")) == equal(math.sqrt(0.244995), math.sqrt(0.255005))
    assert ends(range_of(whole, "c1")) == equal(0.4994995**2, 0.5005005**2)


def test_one_of_three_settles_it():
    """β² = 0.25 and R²/(1 − R²) = 1/3: f² 0.40 alone is wrong, by (0.395 − 0.2505 / 0.7495) / 0.005 half widths."""
    whole = component("path_coefficient X Y 0.500", "r_squared . Y 0.25", "f_squared X Y 0.40")
    b2 = 0.5005**2
    assert solve(whole).excess == pytest.approx((0.395 - b2 / (1 - b2)) / 0.005, rel=1e-4)
    assert range_of(whole, "c0") is None and range_of(whole, "c1") is None
    (conflict,) = conflicts(whole, lambda cell, could_be: 0.0)
    assert list(conflict.repairs) == ["c2"]
    low, high = 0.4994995**2, 0.5005005**2
    assert ends(conflict.repairs["c2"]) == equal(low / (1 - low), high / (1 - high))


def test_what_is_at_most_a_sum():
    """R² ≤ (0.3005 + 0.2005)² = 0.251001; freed, it may be anything from 0 to there, and a path as much as any path."""
    whole = component("path_coefficient A Y 0.300", "path_coefficient B Y 0.200", "r_squared . Y 0.300")
    found = solve(whole)
    assert found.consistent is False and found.excess == pytest.approx((0.2995 - 0.251001) / 0.0005, abs=6)
    assert ends(range_of(whole, "c2")) == equal(0.0, 0.501001**2)
    low, high = ends(range_of(whole, "c0"))
    # 0.2995 and a thousandth of 0.0005 less: √0.2994995 − 0.2005005
    assert (low, high) == equal(math.sqrt(0.2994995) - 0.2005005, 3.0)
    fits = component("path_coefficient A Y 0.300", "path_coefficient B Y 0.200", "r_squared . Y 0.251")
    assert solve(fits).excess == 0.0 and solve(fits).blamed == ()


def test_two_conflicts_are_found_one_after_the_other():
    rows = [
        *("path_coefficient A B 0.500", "path_coefficient B C 0.400", "indirect_effect A C 0.300"),
        *("r_squared . B 0.250", "r_squared . C 0.250"),
    ]
    found = conflicts(component(*rows), lambda cell, could_be: cell.statistic == "indirect_effect")
    assert [next(iter(c.repairs)) for c in found] == ["c1", "c2"]
    assert len(conflicts(component(*rows), lambda cell, could_be: 0.0, most=1)) == 1


def test_the_likeliest_slip_is_named_first():
    """Weights times loadings, 0.6 · 0.8 + 0.7 · 0.7 = 0.97, are to be 1: a loading of 0.85 is one digit off.

    The other weight or loading would be 0.52 / 0.7 = 0.743, the first weight 0.51 / 0.8 = 0.638.
    """
    rows = (
        "outer_loading a A 0.800",
        "outer_loading b A 0.700",
        "outer_weight a A 0.600",
        "outer_weight b A 0.700",
    )
    (finding,) = [f for f in audit(article(*rows), scan=False).findings if f.grade == "arithmetic"]
    assert (finding.cell, finding.suggestion) == ("c0", "0.848–0.852")
    assert finding.text.en == "Loading of a – A: printed 0.800; the other figures give 0.848–0.852"
    assert finding.others == (("c3", "0.741–0.744"), ("c1", "0.741–0.744"), ("c2", "0.636–0.639"))


@pytest.mark.parametrize(
    ("statistic", "low", "high"),
    [
        ("outer_loading", -1, 1), ("adjusted_r_squared", -1, 1), ("ave", 0, 1), ("p_value", 0, 1),
        ("cronbach_alpha", -2, 1), ("total_effect", -3, 3), ("t_statistic", -1000, 1000), ("f_squared", 0, 1000),
        ("standard_error", 0, 1000), ("outer_weight", -1000, 1000), ("r_squared", 0, 1), ("outer_vif", 1, 100),
    ],
)  # fmt: skip
def test_the_range_that_no_figure_leaves(statistic, low, high):
    (cell,) = article(f"{statistic} a A 0.5")
    assert natural_range(cell) == Interval(low, high)


def test_where_the_search_starts():
    cells = list(
        article("r_squared . A 0.50", "r_squared . B >0.7", "r_squared . C <0.30", "f_squared D E 0.123")
    )
    made = Component(cells, [])
    np.testing.assert_allclose(made.start, [0.5, 0.75, 0.295, 0.123])
    np.testing.assert_allclose(made.half, [0.005, 0.05, 0.005, 0.0005])
    assert made.fixed.tolist() == [False] * 4
    point = component("n_items_retained A items 3", "ave A . 0.500", "rho_c A . 0.700")
    assert point.residual(point.start) == 0.0
