"""Smallest cases at which a formula begins to hold, with values worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from plsem.efa.items import (
    item_analysis,
    item_statistics,
    scale_reliability,
    scaling_success,
)
from plsem.resampling import intervals

NAN = float("nan")


def statistics(*answers):
    frame = pd.DataFrame({"a": [*answers, np.nan]}, dtype=float)
    return item_statistics(frame, (1, 5)).iloc[0].drop("item").astype(float).to_dict()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((), {"n": 0, **dict.fromkeys(("mean", "sd", "median", "skew", "kurtosis", "floor", "ceiling"), NAN)}),
        ((5,), {"n": 1, "mean": 5, "sd": NAN, "median": 5, "skew": NAN, "kurtosis": NAN, "floor": 0, "ceiling": 1}),
        ((1, 2), {"n": 2, "mean": 1.5, "sd": math.sqrt(0.5), "median": 1.5, "skew": NAN, "floor": 0.5, "ceiling": 0}),
        # deviations -4/3, -1/3, 5/3: m2 = 14/9, m3 = 20/27; G1 = m3/m2^1.5 · √6
        ((1, 2, 4), {"n": 3, "skew": (20 / 27) / (14 / 9) ** 1.5 * math.sqrt(6), "kurtosis": NAN, "floor": 1 / 3}),
        ((4, 4, 4), {"n": 3, "sd": 0, "skew": NAN, "kurtosis": NAN, "floor": 0, "ceiling": 0}),
        # deviations -2, -1, 1, 2: m2 = 2.5, m4 = 8.5; G2 = 3/2 · (5 (m4/m2² - 3) + 6)
        ((1, 2, 4, 5), {"n": 4, "skew": 0, "kurtosis": 1.5 * (5 * (8.5 / 6.25 - 3) + 6), "ceiling": 0.25}),
        ((4, 4, 4, 4), {"n": 4, "sd": 0, "skew": NAN, "kurtosis": NAN}),
    ],
)  # fmt: skip
def test_what_so_many_answers_give(answers, expected):
    found = statistics(*answers)
    assert found["missing"] == 1
    assert {name: found[name] for name in expected} == pytest.approx(expected, nan_ok=True)


def test_each_item_may_have_a_scale_of_its_own():
    frame = pd.DataFrame({"a": [0.0, 0, 10, 10], "b": [1.0, 2, 5, 5]})
    found = item_statistics(frame, ({"a": 0, "b": 1}, {"a": 10, "b": 5}), items=["b", "a"]).set_index("item")
    assert found.index.tolist() == ["b", "a"]
    assert found["floor"].tolist() == [0.25, 0.5] and found["ceiling"].tolist() == [0.5, 0.5]


# A: two items with variances 2 and 8 over five rows and covariance 4; B: one item; C: three
ITEMS = pd.DataFrame(
    {
        "a1": [1.0, 2, 3, 4, 5],
        "a2": [1.0, 3, 2, 5, 4],
        "b1": [2.0, 2, 1, 2, 3],
        "c1": [1.0, 2, 3, 4, 5],
        "c2": [2.0, 1, 3, 5, 4],
        "c3": [5.0, 4, 3, 2, 2],
    }
)
BLOCKS = {"A": ["a1", "a2"], "B": ["b1"], "C": ["c1", "c2", "c3"]}


def test_items_within_their_constructs():
    found = item_analysis(ITEMS, BLOCKS).set_index("item")
    # a1 and a2 have variance 2.5 and covariance 2: r = 0.8, and with their sum √((1 + 0.8)/2)
    assert found.loc["a1", "item_rest"] == pytest.approx(0.8)
    assert found.loc["a2", "item_total"] == pytest.approx(math.sqrt(0.9))
    assert found.loc["b1", "item_total"] == pytest.approx(1.0)
    assert math.isnan(found.loc["b1", "item_rest"])
    assert found.loc[["a1", "a2", "b1"], ["alpha_if_dropped"]].isna().all(axis=None)
    # without c3: alpha of c1 and c2, 2 r / (1 + r) with r = 0.8
    assert found.loc["c3", "alpha_if_dropped"] == pytest.approx(1.6 / 1.8)
    assert found.loc["c3", "standardized_alpha_if_dropped"] == pytest.approx(1.6 / 1.8)


def test_reliability_from_how_many_items_on():
    found = scale_reliability(ITEMS, BLOCKS).set_index("construct")
    assert found["n_items"].tolist() == [2, 1, 3]
    assert found.loc["A", "cronbach_alpha"] == pytest.approx(1.6 / 1.8)
    assert found["mcdonald_omega"].isna().tolist() == [True, True, False]
    assert math.isnan(found.loc["B", "mean_correlation"]) and math.isnan(found.loc["B", "cronbach_alpha"])
    assert found.loc["A", "mean_correlation"] == pytest.approx(0.8)
    r = [0.8, np.corrcoef(ITEMS["c1"], ITEMS["c3"])[0, 1], np.corrcoef(ITEMS["c2"], ITEMS["c3"])[0, 1]]
    assert found.loc["C", "mean_correlation"] == pytest.approx(np.mean(r))


def test_each_item_beside_the_other_construct_it_goes_with_most():
    found = scaling_success(ITEMS, BLOCKS).set_index("item")
    with_b = float(np.corrcoef(ITEMS["a1"], ITEMS["b1"])[0, 1])
    with_c = float(np.corrcoef(ITEMS["a1"], ITEMS[["c1", "c2", "c3"]].sum(axis=1))[0, 1])
    other = max(("B", with_b), ("C", with_c), key=lambda pair: abs(pair[1]))
    assert found.loc["a1", ["item_rest", "gap"]].tolist() == pytest.approx([0.8, 0.8 - abs(other[1])])
    assert (found.loc["a1", "other_construct"], found.loc["a1", "other_correlation"]) == (
        other[0],
        pytest.approx(other[1]),
    )
    assert math.isnan(found.loc["b1", "item_rest"]) and math.isnan(found.loc["b1", "gap"])
    rest = ITEMS["c1"] + ITEMS["c3"]
    assert found.loc["c2", "item_rest"] == pytest.approx(np.corrcoef(ITEMS["c2"], rest)[0, 1])
    alone = scaling_success(ITEMS, {"A": BLOCKS["A"]}, items=["a2"])
    assert alone["item"].tolist() == ["a2"] and alone["other_construct"].tolist() == [""]
    assert alone["item_rest"].tolist() == pytest.approx([0.8]) and alone["gap"].isna().all()


def test_an_end_that_the_acceleration_turns_over_is_not_defined():
    # with a = 0.7 the upper end would divide by 1 - 0.7 · 1.645 < 0
    z = -1.6448536269514722
    low, high = intervals.interval_bounds(
        np.arange(101.0), 50.0, interval="bca", confidence_level=0.90, accelerations=np.array(0.7)
    )
    assert float(low) == pytest.approx(100 * 0.5 * math.erfc(-(z / (1 - 0.7 * z)) / math.sqrt(2)))
    assert math.isnan(float(high))
