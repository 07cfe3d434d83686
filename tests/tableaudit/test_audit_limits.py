"""Limits of the audit's small parts, each tried on both sides with figures made by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from audit_cases import changed

from tableaudit import effects, findings, grids, measurement
from tableaudit.block_checks import _gap
from tableaudit.boxes import Interval, range_over_box
from tableaudit.joint import Component, natural_range
from tableaudit.printed import Cell
from tableaudit.slips import ONE_DIGIT, SHIFTED, SIGN, TRANSPOSED, neighbours, repaired_values


def cell(statistic="outer_loading", printed="0.712", *, box=None):
    value, decimals = float(printed), len(printed.partition(".")[2])
    half = 0.5 * 10.0**-decimals
    box = box or Interval(value - half, value + half)
    return Cell("1", "1.a", statistic, "a1", "A", printed, "", value, decimals, box)


@pytest.mark.parametrize(
    ("one", "other", "gap"),
    [((0, 1), (0.5, 2), 0), ((0, 1), (1, 2), 0), ((0, 0.25), (0.5, 1), 0.25), ((3, 4), (0.5, 1), 2)],
)
def test_gap_between_two_intervals(one, other, gap):
    assert _gap(Interval(*one), Interval(*other)) == gap


@pytest.mark.parametrize(
    ("statistic", "low", "high"),
    [("inner_vif", 1, 100), ("cronbach_alpha", -2, 1), ("path_coefficient", -3, 3), ("r_squared", 0, 1)],
)
def test_natural_ranges(statistic, low, high):
    assert natural_range(cell(statistic)) == Interval(low, high)


def test_a_box_without_width_is_measured_by_the_last_printed_digit():
    component = Component([cell(box=Interval(0.712, 0.712)), cell(printed="0.71")], [])
    np.testing.assert_allclose(component.half, [0.0005, 0.005])
    assert component.fixed.tolist() == [True, False]


def test_figures_that_an_interval_leaves():
    assert repaired_values(cell(), Interval(0.5, 0.51)) == [round(0.5 + 0.001 * k, 3) for k in range(11)]
    assert repaired_values(cell(printed="0.7"), Interval(0.36, 0.44)) == [0.4]
    assert len(repaired_values(cell(), Interval(0.0, 5.0))) == 5001
    assert repaired_values(cell(), Interval(0.0, 5.01)) == []
    assert repaired_values(cell(), Interval(-math.inf, 0.5)) == []


def test_slips_of_a_figure():
    found = neighbours(cell(printed="0.71"))
    assert found[0.72] == found[0.11] == found[9.71] == ONE_DIGIT
    assert found[0.17] == found[7.01] == TRANSPOSED
    assert found[-0.71] == SIGN
    assert found[7.1] == found[0.07] == SHIFTED
    assert 0.71 not in found
    assert 0.71 in neighbours(cell(printed="-0.71"))


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (0.5, "0.00", "0.50"),
        (0.5, "0", "0"),
        (0.125, "0.0%", "12.5%"),
        (0.5, "0.00E+00", "0.5"),
        (0.5, "General", "0.5"),
        (0.5, "@", "0.5"),
        (3, "General", "3"),
        (3, "0.0", "3.0"),
        (0.1 + 0.2, "General", "0.3"),
        (True, "0.00", "True"),
        (None, "0.00", ""),
        ("a", "0.00", "a"),
    ],
)
def test_a_number_of_a_sheet_is_read_as_shown(value, pattern, text):
    assert grids._cell_text(SimpleNamespace(value=value, number_format=pattern)) == text


@pytest.mark.parametrize(
    ("fits", "total", "told"), [(1, 1, False), (2, 3, True), (2, 4, False), (3, 5, True)]
)
def test_printed_p_follow_from_t_where_two_and_more_than_half_do(fits, total, told):
    reading = SimpleNamespace(dimension="p_value", fits=fits, total=total)
    other = SimpleNamespace(dimension="r_squared", fits=9, total=9)
    collector = SimpleNamespace(readings=SimpleNamespace(found=[other, reading]))
    assert findings._Collector._t_based_elsewhere(collector, None) is told
    collector.readings.found.pop()
    assert findings._Collector._t_based_elsewhere(collector, None) is False


def test_adjusted_r_squared_is_followed_only_with_its_r_squared(tmp_path):
    article = changed(tmp_path, {})
    ids = {r.cells[0].id for r in effects.adjusted_relations(article)}
    adjusted = {c.id for c in article.select("adjusted_r_squared")}
    assert ids == adjusted and len(ids) == 3
    plain = article.select("r_squared", None, "TRUST")[0].id
    fewer = {r.cells[0].id for r in effects.adjusted_relations(changed(tmp_path, {}, drop=(plain,)))}
    assert adjusted - fewer == {"6.TRUST.adjusted_r_squared"}


def test_adjusted_r_squared_of_three_predictors_and_21_respondents():
    # 1 − (1 − 0.5) · 20 / 17
    np.testing.assert_allclose(effects._shrunk(21, 3)(np.array([[0.5]])), [1 - 0.5 * 20 / 17])
    assert effects._written_shrunk(21, 3)(["0.500"]) == "1 − (1 − 0.500) · 20/17"


def test_the_last_weight_follows_from_the_others_and_the_loadings():
    loadings = [replace(cell(), id=f"l{k}", row=f"a{k}") for k in (1, 2, 3)]
    weights = [replace(cell("outer_weight"), id=f"w{k}", row=f"a{k}") for k in (1, 2, 3)]
    (relation,) = measurement._weights(SimpleNamespace(select=lambda *_: weights), "A", loadings)
    assert [c.id for c in relation.cells] == ["w3", "w1", "w2", "l1", "l2", "l3"]
    assert relation.written(["0.4", "0.5", "0.8", "0.7", "0.9"]) == "(1 − 0.4 · 0.8 − 0.5 · 0.7) / 0.9"
    np.testing.assert_allclose(
        relation.value(np.array([[0.4, 0.5, 0.8, 0.7, 0.9]])), [(1 - 0.4 * 0.8 - 0.5 * 0.7) / 0.9]
    )
    assert list(measurement._weights(SimpleNamespace(select=lambda *_: weights[:1]), "A", loadings[:1])) == []
    assert list(measurement._weights(SimpleNamespace(select=lambda *_: weights[:2]), "A", loadings)) == []


def test_a_range_where_the_function_is_not_finite_is_the_whole_line():
    def corner(x):
        return np.where((x == 1).all(axis=1), np.inf, x.sum(axis=1))

    def middle(x):
        return np.where((x == 0.5).all(axis=1), np.nan, x.sum(axis=1))

    for function in (corner, middle):
        found = range_over_box(function, [Interval(0, 1), Interval(0, 1)])
        assert (found.lower, found.upper) == (-np.inf, np.inf)
    found = range_over_box(lambda x: x @ [1.0, -2.0], [Interval(0, 1), Interval(0, 1)])
    assert (found.lower, found.upper) == pytest.approx((-2.0, 1.0))
