"""Importance and performance against their definitions, worked out another way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from plsem import estimator as pls
from plsem.importance import importance_performance
from plsem.model import Model


def survey(n: int = 150, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    m = 0.6 * x + 0.8 * rng.normal(size=n)
    y = 0.3 * x + 0.5 * m + 0.8 * rng.normal(size=n)
    columns = {
        f"{name}{i}": np.clip(np.round(3.4 + latent * (0.7 + 0.15 * i) + 0.7 * rng.normal(size=n)), 1, 5)
        for name, latent in (("x", x), ("m", m), ("y", y))
        for i in range(3)
    }
    return pd.DataFrame(columns)


MODEL = Model(
    {"X": ["x0", "x1", "x2"], "M": ["m0", "m1", "m2"], "Y": ["y0", "y1", "y2"]},
    [("X", "M"), ("X", "Y"), ("M", "Y")],
)


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return survey()


@pytest.fixture(scope="module")
def result(data):
    return importance_performance(data, pls.fit(data, MODEL), minimum=1, maximum=5)


def scores_by_hand(data: pd.DataFrame) -> pd.DataFrame:
    """Unstandardised weights as the regression of the standardised score on the raw items."""
    standard = pls.scores(data[list(MODEL.items)], pls.fit(data, MODEL))
    scores = {}
    for j, (name, block) in enumerate(zip(MODEL.constructs, MODEL.blocks, strict=True)):
        items = [MODEL.items[i] for i in block]
        design = np.column_stack([np.ones(len(data)), data[items].to_numpy()])
        weights = np.linalg.lstsq(design, standard[:, j], rcond=None)[0][1:]
        scores[name] = ((data[items] - 1) * 25).to_numpy() @ (weights / weights.sum())
    return pd.DataFrame(scores)


def test_importance_is_about_the_scores_whether_paths_are_corrected_or_not(data, result):
    corrected = importance_performance(data, pls.fit(data, MODEL, consistent=True), minimum=1, maximum=5)
    pd.testing.assert_frame_equal(corrected, result, rtol=1e-6)


def slope(y: pd.Series, *x: pd.Series) -> np.ndarray:
    return np.linalg.lstsq(np.column_stack([np.ones(len(y)), *x]), y, rcond=None)[0][1:]


def test_importance_is_the_total_effect_on_scores_from_0_to_100(data, result):
    s = scores_by_hand(data)
    direct_x, direct_m = slope(s["Y"], s["X"], s["M"])
    (x_on_m,) = slope(s["M"], s["X"])
    expected = {("Y", "X"): direct_x + x_on_m * direct_m, ("Y", "M"): direct_m, ("M", "X"): x_on_m}
    constructs = result[result["level"] == "construct"].set_index(["target", "name"])
    assert set(constructs.index) == set(expected)
    for key, value in expected.items():
        assert constructs.loc[key, "importance"] == pytest.approx(value, abs=1e-6)
        assert constructs.loc[key, "performance"] == pytest.approx(s[key[1]].mean(), abs=1e-6)
        assert constructs.loc[key, "target_performance"] == pytest.approx(s[key[0]].mean(), abs=1e-6)


def test_items_share_out_their_construct(data, result):
    items = result[result["level"] == "item"]
    for (target, construct), part in items.groupby(["target", "construct"]):
        whole = result[(result["target"] == target) & (result["name"] == construct)].iloc[0]
        assert part["weight"].sum() == pytest.approx(1.0)
        assert part["importance"].sum() == pytest.approx(whole["importance"])
        assert part["standardized_importance"].sum() == pytest.approx(whole["standardized_importance"])
        assert part["performance"] @ part["weight"] == pytest.approx(whole["performance"])
    means = items.drop_duplicates("name").set_index("name")["performance"]
    for name, value in means.items():
        assert value == pytest.approx((data[name].mean() - 1) * 25)


def test_standardized_importance_is_the_standardised_total_effect(data, result):
    estimate = pls.fit(data, MODEL)
    b = estimate.path_coefficients
    total = b + b @ b
    constructs = result[result["level"] == "construct"].set_index(["target", "name"])[
        "standardized_importance"
    ]
    assert constructs["Y", "X"] == pytest.approx(total[0, 2])
    assert constructs["M", "X"] == pytest.approx(total[0, 1])


def test_units_of_the_items_do_not_matter(data, result):
    other = data.copy()
    other["x1"] = 10 * other["x1"] - 3
    low = dict.fromkeys(data.columns, 1.0) | {"x1": 7.0}
    high = dict.fromkeys(data.columns, 5.0) | {"x1": 47.0}
    again = importance_performance(other, pls.fit(other, MODEL), minimum=low, maximum=high)
    pd.testing.assert_frame_equal(again, result, check_exact=False, rtol=1e-9)


def test_a_target_can_be_chosen(data, result):
    one = importance_performance(data, pls.fit(data, MODEL), minimum=1, maximum=5, targets=["M"])
    pd.testing.assert_frame_equal(one, result[result["target"] == "M"].reset_index(drop=True))


@pytest.mark.parametrize(
    ("spoil", "options", "message"),
    [
        (lambda d: d, {"targets": ["X"]}, "'X' has no predecessor"),
        (lambda d: d.drop(columns="m1"), {}, "no item 'm1'"),
        (lambda d: d.assign(m1=np.nan), {}, "'m1' has 150 empty cells"),
        (lambda d: d, {"maximum": 4}, "answers from 1 to 5, expected 1 to 4"),
        (lambda d: d, {"minimum": 5}, "minimum 5 is not below its maximum 5"),
        (lambda d: d.assign(m1=3.0), {}, "'m1' does not vary"),
    ],
)
def test_what_cannot_be_mapped_is_refused(data, spoil, options, message):
    estimate = pls.fit(data, MODEL)
    with pytest.raises(ValueError, match=message):
        importance_performance(spoil(data), estimate, **{"minimum": 1, "maximum": 5, **options})


def test_weights_that_cancel_are_refused(data):
    estimate = pls.fit(data, MODEL)
    opposed = dataclasses.replace(estimate, outer_weights_last=-estimate.outer_weights_last)
    with pytest.raises(ValueError, match="'X' do not sum to a positive number"):
        importance_performance(data, opposed, minimum=1, maximum=5)


def test_a_batch_is_refused(data):
    r = np.corrcoef(data[list(MODEL.items)].to_numpy(), rowvar=False)
    batch = pls.estimate(MODEL, np.stack([r, r]))
    with pytest.raises(ValueError, match="batch"):
        importance_performance(data, batch, minimum=1, maximum=5)
