"""The multiverse: each analysis is the one made alone; combinations are counted; choices compared by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from plsem.choices import by_choice
from plsem.model import Model
from plsem.multiverse import (
    REPEATED,
    SAME_ESTIMATOR,
    SAME_SCHEME,
    SIGNED_DRAWS,
    Prepared,
    choice_effects,
    multiverse,
)
from plsem.resampling.bootstrap import bootstrap

MODEL = Model({"X": ["x1", "x2", "x3", "x4"], "Y": ["y1", "y2", "y3"]}, [("X", "Y")])


def _data(n: int = 150) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    x = rng.normal(size=n)
    y = 0.8 * x + 0.6 * rng.normal(size=n)
    columns = {f"x{i}": x + 0.7 * rng.normal(size=n) for i in (1, 2, 3, 4)}
    return pd.DataFrame(columns | {f"y{i}": y + 0.7 * rng.normal(size=n) for i in (1, 2, 3)})


def _prepared() -> list[Prepared]:
    data = _data()
    few = Model({"X": ["x1", "x2", "x3"], "Y": ["y1", "y2", "y3"]}, [("X", "Y")])
    return [
        Prepared({"items": "all", "rows": "all"}, data, MODEL),
        Prepared({"items": "few", "rows": "all"}, data, few),
        Prepared({"items": "all", "rows": "none missing"}, data.copy(), MODEL),
    ]


@pytest.fixture(scope="module")
def tried():
    return multiverse(_prepared(), seed=3, n_resamples=300)


@pytest.mark.parametrize(("scheme", "estimator"), [("path", "PLS"), ("centroid", "PLSc")])
def test_an_analysis_is_the_one_made_alone(tried, scheme, estimator):
    how = {"seed": 3, "n_resamples": 300, "scheme": scheme, "consistent": estimator == "PLSc"}
    alone = by_choice(
        {
            rule: bootstrap(_data(), MODEL, ["path_coefficient"], sign_changes=rule, **how)
            for rule in ("none", "construct")
        }
    )
    alone = alone[(alone["sign_changes"] != "individual") | (alone["test"] == "t")].reset_index(drop=True)
    mine = tried.analyses.query(
        f"items == 'all' and rows == 'all' and scheme == '{scheme}' and estimator == '{estimator}'"
    )
    pd.testing.assert_frame_equal(mine[alone.columns].reset_index(drop=True), alone)


def test_combinations_are_counted(tried):
    # 3 sets of data × path and centroid × PLS and PLSc × (two rules × 4 tests + the signed draws' t) × 2 tails
    assert len(tried.analyses) == 3 * 2 * 2 * 9 * 2
    assert tried.analyses.groupby(["items", "rows"])["repeated"].all().to_dict() == {
        ("all", "all"): False,
        ("all", "none missing"): True,
        ("few", "all"): False,
    }
    # repeated: 6 × 24; the factor scheme: 2 sets × 2 estimators × 24; signed draws: 2 × 4 runs × 3 tests × 2 tails
    counts = dict(tried.left_out.itertuples(index=False, name=None))
    assert counts == {REPEATED: 144, SAME_SCHEME: 96, SIGNED_DRAWS: 48}
    assert sum(counts.values()) + (~tried.analyses["repeated"]).sum() == 3 * 3 * 2 * 3 * 4 * 2


def test_plsc_needs_a_construct_of_several_items_and_a_scheme_two_predecessors():
    items = {"X": ["x1"], "Z": ["x2"], "Y": ["y1"]}
    model = Model(items, [("X", "Y"), ("Z", "Y")])
    tried = multiverse([Prepared({"items": "one"}, _data(), model)], seed=1, n_resamples=100)
    assert set(tried.analyses["scheme"]) == {"path", "factor", "centroid"}
    assert set(tried.analyses["estimator"]) == {"PLS"}
    assert tried.left_out.set_index("reason").loc[SAME_ESTIMATOR, "analyses"] == 3 * 24


def test_workers_do_not_matter(tried):
    again = multiverse(_prepared(), seed=3, n_resamples=300, n_jobs=2)
    pd.testing.assert_frame_equal(again.analyses, tried.analyses)


def test_choices_are_compared_where_nothing_else_differs():
    table = pd.DataFrame(
        [
            ("all", "PLS", 0.50, True),
            ("all", "PLSc", 0.60, True),
            ("few", "PLS", 0.20, False),
            ("few", "PLSc", 0.40, True),
        ],
        columns=["items", "estimator", "estimate", "significant"],
    )
    effects = choice_effects(table, ["items", "estimator"]).set_index("choice")
    # items: 0.30 and 0.20, one decision of two; estimator: 0.10 and 0.20, one decision of two
    assert effects["estimate_change"].to_dict() == pytest.approx({"items": 0.25, "estimator": 0.15})
    assert effects["decisions_changed"].to_dict() == {"items": 0.5, "estimator": 0.5}
    assert effects["pairs"].to_dict() == {"items": 2, "estimator": 2}


def test_of_three_options_every_pair_counts_once_in_any_order():
    table = pd.DataFrame(
        {"items": list("abc"), "estimate": [0.5, 0.2, 0.9], "significant": [True, False, True]}
    )
    twice = pd.concat([table.assign(scheme="path"), table.assign(scheme="factor", estimate=0.3)])
    effects = choice_effects(twice, ["items", "scheme"]).set_index("choice")
    # items: 0.3, 0.7, 0.4 and three times nothing, four decisions of six; scheme: 0.2, 0.1, 0.6, no decision
    assert effects["estimate_change"].to_dict() == pytest.approx({"items": 1.4 / 6, "scheme": 0.3})
    assert effects["decisions_changed"].to_dict() == pytest.approx({"items": 4 / 6, "scheme": 0})
    assert effects["pairs"].to_dict() == {"items": 6, "scheme": 3}
    alone = choice_effects(table, ["items"]).iloc[0]
    assert (alone["options"], alone["pairs"]) == (3, 3) and alone["estimate_change"] == pytest.approx(1.4 / 3)


def test_a_choice_that_moves_nothing_moves_exactly_nothing():
    table = pd.DataFrame({"test": ["t", "bca", "normal"], "estimate": [1 / 3] * 3, "significant": [True] * 3})
    assert choice_effects(table, ["test"])["estimate_change"].tolist() == [0.0]


def test_prepared_data_must_have_the_same_choices():
    one = Prepared({"items": "all"}, _data(), MODEL)
    for given in ([], [one, Prepared({"rows": "all"}, _data(), MODEL)]):
        with pytest.raises(ValueError, match="the same choices"):
            multiverse(given, seed=1)
