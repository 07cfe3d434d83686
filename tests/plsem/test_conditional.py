"""Conditional indirect effects: against least squares, and against the draws of the paths that they are made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import plsem
from plsem.conditional import conditional_effects, moderated_routes
from plsem.model import Model

BLOCKS = {name: [name.lower()] for name in "XWVMY"}
ROUTE = "X -> M -> Y"


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    x, w, v, e, f = np.random.default_rng(8).normal(size=(5, 150))
    m = 0.5 * x + 0.2 * x * w + 0.8 * e
    y = 0.4 * m + 0.3 * m * w - 0.2 * m * v + 0.2 * x + 0.7 * f
    return pd.DataFrame({"x": x, "w": w, "v": v, "m": m, "y": y})


def model(paths: str) -> Model:
    measured = "; ".join(f"{name} =~ {items[0]}" for name, items in BLOCKS.items() if name in paths)
    return Model.from_text(f"{measured}; {paths}")


def slopes(
    data: pd.DataFrame, target: str, others: list[str], focal: str, moderator: str
) -> tuple[float, float]:
    """Return the focal path at the moderator's mean, and its change a standard deviation, by least squares."""
    z = (data - data.mean()) / data.std()
    x = z[others].assign(product=z[focal] * z[moderator])
    fitted = sm.OLS(z[target], sm.add_constant(x)).fit()
    return float(fitted.params[focal]), float(fitted.params["product"])


def test_one_moderated_step_is_least_squares_and_hayes_index(answers):
    described = model("M ~ X; Y ~ X + M*W")
    boot = plsem.bootstrap(answers, described, seed=2, n_resamples=300)
    found = conditional_effects(boot, described, levels=(-1, 0, 0.5)).set_index("level")["original"]
    a = answers[["x", "m"]].corr().loc["x", "m"]
    b, bend = slopes(answers, "y", ["x", "m", "w"], "m", "w")
    for level in (-1, 0, 0.5):
        assert found[level] == pytest.approx(a * (b + bend * level), abs=1e-12)
    assert found[np.nan] == pytest.approx(a * bend, abs=1e-12)


def test_each_figure_has_the_inference_of_its_draws(answers):
    described = model("M ~ X; Y ~ X + M*W")
    boot = plsem.bootstrap(answers, described, seed=2, n_resamples=300)
    found = conditional_effects(boot, described, confidence_level=0.9)
    first = boot.draws_of("path_coefficient", "X", "M")
    base, bend = boot.draws_of("path_coefficient", "M", "Y"), boot.draws_of("interaction_effect", "M*W", "Y")
    for row, draws in zip(
        found.itertuples(), [first * (base + bend * k) for k in (-1, 0, 1)] + [first * bend], strict=True
    ):
        assert [row.lower, row.upper] == pytest.approx(np.quantile(draws, [0.05, 0.95]).tolist(), abs=1e-12)
        assert row.standard_deviation == pytest.approx(draws.std(ddof=1), abs=1e-12)
        assert row.t_statistic == pytest.approx(abs(row.original) / draws.std(ddof=1), abs=1e-9)
    plain = boot.summary(statistic="specific_indirect_effect").iloc[0]
    at_the_mean = found[found["level"] == 0].iloc[0]
    assert at_the_mean["original"] == pytest.approx(plain["original"], abs=1e-12)


def test_a_moderator_of_both_steps_bends_both_and_another_stays_at_its_mean(answers):
    described = model("M ~ X*W; Y ~ X + M*W + M*V")
    boot = plsem.bootstrap(answers, described, seed=2, n_resamples=100)
    found = conditional_effects(boot, described, route=ROUTE).set_index(["moderator", "level"])["original"]
    value = boot.labels.assign(value=boot.original).set_index(["statistic", "row", "column"])["value"]
    a, b = value["path_coefficient", "X", "M"], value["path_coefficient", "M", "Y"]
    a3, b3 = value["interaction_effect", "X*W", "M"], value["interaction_effect", "M*W", "Y"]
    assert found["W", 1] == pytest.approx((a + a3) * (b + b3), abs=1e-12)
    assert found["W", -1] == pytest.approx((a - a3) * (b - b3), abs=1e-12)
    assert found["W"][np.nan] == pytest.approx(a * b3 + a3 * b, abs=1e-12)
    assert found["V", 1] == pytest.approx(a * (b + value["interaction_effect", "M*V", "Y"]), abs=1e-12)


def test_the_order_of_a_product_does_not_matter(answers):
    tables = []
    for product in ("M*W", "W*M"):
        described = model(f"M ~ X; Y ~ X + {product}")
        boot = plsem.bootstrap(answers, described, seed=2, n_resamples=50)
        tables.append(conditional_effects(boot, described))
    pd.testing.assert_frame_equal(*tables, rtol=1e-9)


def test_the_first_factor_is_moderated_unless_only_the_second_begins_a_step():
    assert moderated_routes(model("M ~ X; Y ~ X + M*M")) == {}  # a curve
    assert moderated_routes(model("M ~ X; Y ~ X*W + M")) == {}  # the direct effect's
    assert moderated_routes(model("M ~ X; Y ~ M*X")) == {(ROUTE, "X"): {1: "M*X"}}
    assert moderated_routes(model("M ~ X; Y ~ X*M")) == {(ROUTE, "X"): {1: "X*M"}}
    assert moderated_routes(model("M ~ X*W; Y ~ M")) == {(ROUTE, "W"): {0: "X*W"}}
    twice = moderated_routes(model("M ~ X*W; Y ~ M*W"))
    assert twice == {(ROUTE, "W"): {0: "X*W", 1: "M*W"}, ("W -> M -> Y", "W"): {1: "M*W"}}


def test_bad_requests_are_named(answers):
    described = model("M ~ X; Y ~ X + M*W")
    boot = plsem.bootstrap(answers, described, seed=2, n_resamples=50)
    with pytest.raises(KeyError, match=r"no moderated route 'X -> N -> Y'; did you mean 'X -> M -> Y'"):
        conditional_effects(boot, described, route="X -> N -> Y")
    with pytest.raises(ValueError, match="no indirect route of the model has a moderated step"):
        conditional_effects(boot, model("M ~ X; Y ~ M"))
    few = plsem.bootstrap(answers, described, ["path_coefficient"], seed=2, n_resamples=50)
    with pytest.raises(KeyError, match="no statistic 'interaction_effect' was drawn"):
        conditional_effects(few, described)
