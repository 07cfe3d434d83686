"""Tests under each choice, on draws whose answers are counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from plsem.choices import behind_the_sign, by_choice
from plsem.resampling.result import BootstrapResult

LABELS = pd.DataFrame(
    [("path_coefficient", "X", "Y"), ("outer_loading", "y1", "Y"), ("outer_loading", "y2", "Y")],
    columns=["statistic", "row", "column"],
)


def _result(paths, y1=None, y2=None, turned=None) -> BootstrapResult:
    b = len(paths)
    columns = [paths, np.full(b, 0.8) if y1 is None else y1, np.full(b, 0.7) if y2 is None else y2]
    return BootstrapResult(
        labels=LABELS,
        original=np.array([0.3, 0.8, 0.7]),
        draws=np.column_stack(columns).astype(float),
        jackknife=None,
        jackknife_rows=None,
        status=np.zeros(b, dtype=np.int8),
        turned=np.zeros(b, dtype=bool) if turned is None else turned,
        n_observations=40,
        seed=1,
        settings={},
    )


@pytest.fixture
def paths():
    """Ninety-six draws about 0.3 and four below zero."""
    return np.concatenate([np.linspace(0.1, 0.5, 96), [-0.4, -0.3, -0.2, -0.1]])


def _cell(table, rule, test, alternative):
    found = table.set_index(["sign_changes", "test", "alternative"])
    return found.loc[(rule, test, alternative)]


def test_each_choice_says_what_its_rule_gives(paths):
    table = by_choice({"none": _result(paths)})
    assert len(table) == 2 * 3 * 2  # no jackknife, no BCa
    assert _cell(table, "none", "count", "two-sided")["p_value"] == pytest.approx(0.08)
    assert not _cell(table, "none", "count", "two-sided")["significant"]
    assert _cell(table, "none", "count", "one-sided")["p_value"] == pytest.approx(0.04)
    assert _cell(table, "none", "count", "one-sided")["significant"]
    t = 0.3 / paths.std(ddof=1)
    assert _cell(table, "none", "t", "two-sided")["p_value"] == pytest.approx(2 * stats.t.sf(t, 99))
    assert _cell(table, "none", "t", "one-sided")["p_value"] == pytest.approx(stats.t.sf(t, 99))
    assert not _cell(table, "none", "percentile", "two-sided")["significant"]
    assert _cell(table, "none", "percentile", "one-sided")["significant"] == (np.quantile(paths, 0.05) > 0)


def test_signs_set_to_the_estimates_cannot_cross_zero(paths):
    table = by_choice({"none": _result(paths)})
    assert _cell(table, "individual", "count", "two-sided")["p_value"] == 0
    assert _cell(table, "individual", "percentile", "two-sided")["significant"]
    t = 0.3 / np.abs(paths).std(ddof=1)
    assert _cell(table, "individual", "t", "two-sided")["p_value"] == pytest.approx(2 * stats.t.sf(t, 99))


def test_an_item_that_turns_alone_is_told_from_a_turned_construct(paths):
    other = paths < 0
    alone = behind_the_sign(_result(paths, y1=np.where(other, -0.5, 0.8)), "X", "Y").set_index("item")
    assert alone.loc["y1", ["other", "same"]].tolist() == [1.0, 0.0]
    assert alone.loc["y2", "other"] == 0.0 and alone.loc["", "other"] == 0.0
    whole = behind_the_sign(
        _result(paths, y1=np.where(other, -0.8, 0.8), y2=np.where(other, -0.7, 0.7), turned=other), "X", "Y"
    ).set_index("item")
    assert whole.loc["", "other"] == 1.0 and whole.loc["y2", "other"] == 1.0
    assert (whole["draws_other"] == 4).all() and (whole["draws_same"] == 96).all()
    with pytest.raises(KeyError):
        behind_the_sign(_result(paths), "X", "Z")
