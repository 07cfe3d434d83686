"""The table of thresholds, and the rule that turns a value into ✓, ~ or ✗."""

import math

import pytest

from plsem import thresholds as th


@pytest.mark.parametrize(
    ("statistic", "value", "mark"),
    [
        ("outer_loading", 0.708, "✓"),
        ("outer_loading", 0.7079, "~"),
        ("outer_loading", 0.40, "~"),
        ("outer_loading", 0.3999, "✗"),
        ("outer_loading", -0.9, "✗"),
        ("cronbach_alpha", 0.70, "✓"),
        ("cronbach_alpha", 0.95, "✓"),
        ("cronbach_alpha", 0.9501, "~"),
        ("rho_a", 0.65, "~"),
        ("rho_c", 0.59, "✗"),
        ("ave", 0.5, "✓"),
        ("ave", 0.4999, "✗"),
        ("htmt", 0.8499, "✓"),
        ("htmt", 0.85, "~"),
        ("htmt", 0.90, "~"),
        ("htmt", 0.9001, "✗"),
        ("inner_vif", 2.999, "✓"),
        ("inner_vif", 3.0, "~"),
        ("outer_vif", 5.01, "✗"),
        ("srmr", 0.0799, "✓"),
        ("srmr", 0.09, "~"),
        ("srmr", 0.101, "✗"),
        ("r_squared", 0.094, "✗"),
        ("q2_predict", 0.0, "✗"),
        ("fornell_larcker", 0.007, "✓"),
        ("fornell_larcker", 0.0, "✗"),
        ("kmo", 0.55, "~"),
        ("nfi", 0.9, "✗"),
        ("f_squared", math.nan, ""),
    ],
)
def test_marks_at_and_beside_each_bound(statistic, value, mark):
    assert th.judge(statistic, value) == mark


@pytest.mark.parametrize(
    ("value", "size"), [(0.0199, "none"), (0.02, "small"), (0.15, "medium"), (1.2, "large")]
)
def test_sizes_of_f_squared(value, size):
    assert th.threshold("f_squared").size(value) == size
    assert th.threshold("ave").size(value) == ""


def test_another_bound_can_be_given():
    assert th.judge("htmt", 0.87) == "~"
    assert th.judge("htmt", 0.87, acceptable=0.90, borderline=None) == "✓"
    assert th.judge("srmr", 0.09, acceptable=0.09, direction="at most") == "✓"


def test_unknown_statistic_names_the_nearest():
    with pytest.raises(KeyError, match="did you mean 'htmt'"):
        th.judge("htm", 0.5)


def test_every_line_is_documented_and_ordered():
    assert len(th.THRESHOLDS) >= 18
    for line in th.THRESHOLDS.values():
        assert line.source, line.statistic
        if line.borderline is not None:
            easier = line.borderline < line.acceptable
            assert easier == (line.direction in ("at least", "above")), line.statistic
        bounds = [bound for bound, _ in line.sizes]
        assert bounds == sorted(bounds)
