"""PLSpredict and CVPAT: against seminr and cSEM, by hand, and as properties."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pandas as pd
import pytest
from pls_reference import FOLDER, data, model, reference
from scipy import stats

from plsem.estimator import estimate
from plsem.inputs import DataError
from plsem.model import Model
from plsem.prediction import Prediction, cvpat, predict

FIGURES = json.loads((FOLDER / "predict.json").read_text(encoding="utf-8"))["models"]
TIGHT = {"tolerance": 1e-13, "max_iterations": 5000}
NAMES = {"DA": "direct", "EA": "earliest"}


def frame(model_id: str) -> pd.DataFrame:
    return data(reference(model_id)["data"])


@pytest.mark.parametrize("model_id", list(FIGURES))
@pytest.mark.parametrize("technique", ["DA", "EA"])
@pytest.mark.parametrize("kind", ["LOOCV", "10fold"])
def test_items_are_predicted_as_by_seminr(model_id, technique, kind):
    n = len(frame(model_id))
    fold = np.arange(n) if kind == "LOOCV" else np.array(FIGURES[model_id]["fold"])
    result = predict(
        frame(model_id),
        model(model_id),
        fold=fold,
        antecedents=NAMES[technique],
        lm_predictors="others",
        **TIGHT,
    )
    figures = FIGURES[model_id]["seminr"][f"{technique}_{kind}"]
    table = result.summary().loc[figures["items"]]
    for name in ("rmse", "mae", "lm_rmse", "lm_mae", "q2_predict", "lm_q2_predict", "average_rmse"):
        np.testing.assert_allclose(table[name], figures[name], rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("model_id", list(FIGURES))
@pytest.mark.parametrize("technique", ["DA", "EA"])
def test_items_are_predicted_as_by_csem(model_id, technique):
    result = predict(
        frame(model_id),
        model(model_id),
        fold=np.arange(len(frame(model_id))),
        antecedents=NAMES[technique],
        **TIGHT,
    )
    table = result.summary()
    for item, figures in FIGURES[model_id]["cSEM"][technique].items():
        assert table.loc[item, "rmse"] == pytest.approx(figures["rmse"], abs=1e-9)
        assert table.loc[item, "mae"] == pytest.approx(figures["mae"], abs=1e-9)
        assert table.loc[item, "mape"] == pytest.approx(100 * figures["mape"], abs=1e-7)


def single_items(n: int = 24, seed: int = 3) -> tuple[pd.DataFrame, Model]:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    b = 0.6 * a + rng.normal(size=n)
    c = 0.5 * b + 0.3 * a + rng.normal(size=n)
    table = pd.DataFrame({"a": a + 5, "b": b + 9, "c": c - 4})
    spec = Model({"A": ["a"], "B": ["b"], "C": ["c"]}, [("A", "B"), ("A", "C"), ("B", "C")])
    return table, spec


def test_single_items_are_predicted_by_ordinary_regression():
    table, spec = single_items()
    fold = np.arange(24) % 4
    result = predict(table, spec, fold=fold, antecedents="direct", lm_predictors="others")
    for f in range(4):
        train, held = table[fold != f], table[fold == f]
        design = np.column_stack([np.ones(len(train)), train[["a", "b"]]])
        beta = np.linalg.lstsq(design, train["c"].to_numpy(), rcond=None)[0]
        by_hand = np.column_stack([np.ones(len(held)), held[["a", "b"]]]) @ beta
        np.testing.assert_allclose(result.pls[0, fold == f, 1], by_hand, rtol=1e-10)
        np.testing.assert_allclose(result.lm[0, fold == f, 1], by_hand, rtol=1e-10)
        np.testing.assert_allclose(result.average[0, fold == f, 1], train["c"].mean(), rtol=1e-12)


def test_earliest_antecedents_follow_the_paths():
    table, spec = single_items()
    fold = np.arange(24) % 4
    result = predict(table, spec, fold=fold, antecedents="earliest")
    held, train = table[fold == 0], table[fold != 0]
    z = (train - train.mean()) / train.std()
    r = z.corr().to_numpy()
    to_b = r[0, 1]
    beta = np.linalg.solve(r[:2, :2], r[:2, 2])
    a = ((held["a"] - train["a"].mean()) / train["a"].std()).to_numpy()
    predicted = (beta[0] + beta[1] * to_b) * a
    np.testing.assert_allclose(result.scores[0, fold == 0, 1], predicted, rtol=1e-10)
    np.testing.assert_allclose(
        result.pls[0, fold == 0, 1], predicted * train["c"].std() + train["c"].mean(), rtol=1e-10
    )


def test_exogenous_benchmark_takes_only_exogenous_items():
    table, spec = single_items()
    fold = np.arange(24) % 3
    result = predict(table, spec, fold=fold)
    train, held = table[fold != 1], table[fold == 1]
    slope = np.polyfit(train["a"], train["c"], 1)
    np.testing.assert_allclose(result.lm[0, fold == 1, 1], np.polyval(slope, held["a"]), rtol=1e-9)


def crafted() -> Prediction:
    """Return two repetitions of two rows and three items with errors known by heart."""
    actual = np.array([[1.0, 2.0, 4.0], [3.0, 4.0, 5.0]])
    pls = actual - np.array([[[1, 0, 2], [-1, 2, 0]], [[3, 0, -2], [1, -2, 0]]])
    lm = actual - np.array([[[2, 0, 1], [2, 1, 1]], [[2, 0, 1], [2, 1, 1]]])
    average = actual - np.full((2, 2, 3), 2.0)
    spec = Model({"A": ["x"], "B": ["u", "v"], "C": ["w"]}, [("A", "B"), ("B", "C")])
    scores = np.array([[2.0, -1.0], [-2.0, 1.0]])
    return Prediction(
        model=spec,
        items=("u", "v", "w"),
        item_constructs=("B", "B", "C"),
        constructs=("B", "C"),
        actual=actual,
        pls=pls,
        lm=lm,
        average=average,
        actual_scores=scores,
        scores=np.stack([0.5 * scores, np.zeros((2, 2))]),
        fold=np.array([[0, 1], [0, 1]]),
        not_converged=0,
        antecedents="direct",
        lm_predictors="exogenous",
        seed=None,
    )


def test_summary_by_hand():
    table = crafted().summary()
    assert list(table["construct"]) == ["B", "B", "C"]
    np.testing.assert_allclose(table["rmse"], np.sqrt([12 / 4, 8 / 4, 8 / 4]))
    np.testing.assert_allclose(table["mae"], [6 / 4, 4 / 4, 4 / 4])
    np.testing.assert_allclose(
        table["mape"], [100 * (1 + 1 / 3 + 3 + 1 / 3) / 4, 100 * (0 + 0.5 + 0 + 0.5) / 4, 100 * 1.0 / 4]
    )
    np.testing.assert_allclose(table["lm_rmse"], [2, np.sqrt(0.5), 1])
    np.testing.assert_allclose(table["lm_mae"], [2, 0.5, 1])
    np.testing.assert_allclose(table["lm_mape"], [100 * (2 + 2 / 3) / 2, 12.5, 100 * (0.25 + 0.2) / 2])
    np.testing.assert_allclose(table["average_rmse"], 2)
    np.testing.assert_allclose(table["average_mae"], 2)
    np.testing.assert_allclose(table["q2_predict"], [1 - 3 / 4, 0.5, 0.5])
    np.testing.assert_allclose(table["lm_q2_predict"], [0, 1 - 0.5 / 4, 0.75])
    np.testing.assert_allclose(table["rmse_difference"], table["rmse"] - [2, np.sqrt(0.5), 1])
    np.testing.assert_allclose(table["mae_difference"], [-0.5, 0.5, 0])


def test_construct_summary_by_hand():
    table = crafted().construct_summary()
    assert list(table.index) == ["B", "C"]
    np.testing.assert_allclose(table["rmse"], np.sqrt([(1 + 4) / 2, (0.25 + 1) / 2]))
    np.testing.assert_allclose(table["mae"], [1.5, 0.75])
    np.testing.assert_allclose(table["q2_predict"], [1 - 2.5 / 4, 1 - 0.625])


def test_mape_is_missing_where_an_answer_is_zero():
    base = crafted()
    actual = base.actual.copy()
    actual[0, 1] = 0.0
    changed = Prediction(**{f: getattr(base, f) for f in base.__slots__} | {"actual": actual})
    assert list(changed.summary()["mape"].isna()) == [False, True, False]


def test_power_counts_the_items_that_beat_the_benchmark():
    table = crafted().power()
    assert list(table.loc["B"]) == [2, 2, 1, "medium"]
    assert list(table.loc["C"]) == [1, 1, 0, "none"]
    base = crafted()
    fields = {f: getattr(base, f) for f in base.__slots__}
    high = Prediction(**fields | {"lm": base.actual - 9.0 * np.ones((2, 2, 3))}).power()
    assert list(high["power"]) == ["high", "high"]
    hopeless = Prediction(**fields | {"average": base.actual - 0.01 * np.ones((2, 2, 3))}).power()
    assert list(hopeless["power"]) == ["not assessed", "not assessed"]


@pytest.mark.parametrize(("better", "word"), [(0, "none"), (1, "low"), (2, "medium"), (3, "high")])
def test_power_by_the_number_of_better_items(better, word):
    base = crafted()
    fields = {f: getattr(base, f) for f in base.__slots__}
    lm = base.actual - np.where(np.arange(3) < better, 9.0, 0.1) * np.ones((2, 2, 3))
    one = {"item_constructs": ("B", "B", "B"), "constructs": ("B",), "lm": lm}
    assert Prediction(**fields | one).power().loc["B", "power"] == word


def test_an_item_worse_than_its_mean_speaks_for_no_power():
    base = crafted()
    fields = {f: getattr(base, f) for f in base.__slots__}
    average = base.actual - np.array([0.01, 2.0, 2.0]) * np.ones((2, 2, 3))
    lm = base.actual - 9.0 * np.ones((2, 2, 3))
    found = Prediction(**fields | {"average": average, "lm": lm}).power()
    assert list(found.loc["B"]) == [2, 1, 1, "medium"]


def test_by_default_the_model_and_its_benchmark_see_the_same_items():
    """Of a saturated chain of single items both are the regression on the one exogenous item."""
    table, spec = single_items()
    result = predict(table, spec, folds=4, repetitions=2)
    np.testing.assert_allclose(result.pls, result.lm, rtol=1e-9)


def test_scores_keep_their_sign_whichever_way_items_point():
    """An item that is turned round leaves the model the same, up to the signs that folds then differ in."""
    rng = np.random.default_rng(4)
    f = rng.normal(size=80)
    g = 0.5 * f + rng.normal(size=80)
    table = pd.DataFrame(
        {k: s + 0.7 * rng.normal(size=80) for k, s in zip("abcd", (f, f, g, g), strict=True)}
    )
    spec = Model({"F": ["a", "b"], "G": ["c", "d"]}, [("F", "G")])
    straight = predict(table, spec, folds=5, repetitions=4)
    turned = predict(table.assign(b=-table["b"], d=-table["d"]), spec, folds=5, repetitions=4)
    np.testing.assert_allclose(
        turned.construct_summary()["q2_predict"], straight.construct_summary()["q2_predict"], rtol=1e-6
    )


def test_power_needs_a_strictly_smaller_error_and_keeps_the_models_order():
    base = crafted()
    fields = {f: getattr(base, f) for f in base.__slots__}
    turned = {"item_constructs": ("Z", "Z", "A"), "constructs": ("Z", "A")}
    tie = Prediction(**fields | turned | {"lm": base.pls}).power()
    assert list(tie.index) == ["Z", "A"]
    assert list(tie["power"]) == ["none", "none"] and list(tie["n_above_average"]) == [2, 1]
    no_better_than_the_mean = Prediction(**fields | {"average": base.pls}).power()
    assert list(no_better_than_the_mean["n_above_average"]) == [0, 0]


def test_cvpat_by_hand():
    # Losses by row: mean over repetitions of the mean squared error of the items.
    table = cvpat(crafted(), "average")
    b = np.array([(1 + 0 + 9 + 0) / 4, (1 + 4 + 1 + 4) / 4])
    c = np.array([4.0, 0.0])
    overall = np.array([(1 + 0 + 4 + 9 + 0 + 4) / 6, (1 + 4 + 0 + 1 + 4 + 0) / 6])
    for name, loss in (("B", b), ("C", c), ("overall", overall)):
        d = loss - 4.0
        t = d.mean() / (d.std(ddof=1) / np.sqrt(2)) if d.std() > 0 else -np.inf
        assert table.loc[name, "loss"] == pytest.approx(loss.mean())
        assert table.loc[name, "benchmark_loss"] == pytest.approx(4.0)
        assert table.loc[name, "difference"] == pytest.approx(d.mean())
        assert table.loc[name, "t_statistic"] == pytest.approx(t)
        assert table.loc[name, "p_value"] == pytest.approx(2 * stats.t.sf(abs(t), 1))


def test_cvpat_is_a_one_sample_t_test():
    table, spec = single_items(60)
    result = predict(table, spec, folds=5, repetitions=3, seed=4, antecedents="direct")
    for alternative in ("two-sided", "less", "greater"):
        ours = cvpat(result, "lm", alternative=alternative)
        gaps = result.losses() - result.losses("lm")
        theirs = stats.ttest_1samp(gaps, 0, alternative=alternative)
        np.testing.assert_allclose(ours["t_statistic"], theirs.statistic, rtol=1e-10)
        np.testing.assert_allclose(ours["p_value"], theirs.pvalue, rtol=1e-10)


def test_cvpat_of_two_models():
    table, spec = single_items(60)
    smaller = Model({"A": ["a"], "B": ["b"], "C": ["c"]}, [("A", "B"), ("A", "C")])
    one, other = (
        predict(table, m, folds=5, repetitions=2, seed=1, antecedents="direct") for m in (spec, smaller)
    )
    result = cvpat(one, other)
    assert result.loc["C", "difference"] < 0 < result.loc["C", "benchmark_loss"]
    mirrored = cvpat(other, one)
    np.testing.assert_allclose(mirrored["difference"], -result["difference"])
    with pytest.raises(ValueError, match="same seed"):
        cvpat(one, predict(table, smaller, folds=5, repetitions=2, seed=2, antecedents="direct"))
    with pytest.raises(ValueError, match="same items"):
        turned = Model({"A": ["a"], "B": ["b"], "C": ["c"]}, [("B", "A"), ("A", "C")])
        cvpat(one, predict(table, turned, folds=5, repetitions=2, seed=1, antecedents="direct"))


def test_folds_are_seeded_balanced_and_nested():
    table, spec = single_items(23)
    one = predict(table, spec, folds=5, repetitions=2, seed=8)
    more = predict(table, spec, folds=5, repetitions=3, seed=8)
    np.testing.assert_array_equal(one.fold, more.fold[:2])
    np.testing.assert_array_equal(one.pls, more.pls[:2])
    assert not np.array_equal(more.fold[0], more.fold[1])
    for cut in more.fold:
        assert sorted(np.bincount(cut)) == [4, 4, 5, 5, 5]
    assert not np.array_equal(one.fold, predict(table, spec, folds=5, repetitions=2, seed=9).fold)
    default = predict(table, spec)
    assert default.fold.shape == (10, 23) and len(np.unique(default.fold)) == 10
    np.testing.assert_allclose(one.actual_scores.std(axis=0, ddof=1), 1.0, rtol=1e-12)
    assert one.not_converged == 0 and predict(table, spec, folds=5, repetitions=2, max_iterations=1).seed == 1


def test_unsettled_training_sets_are_counted():
    result = predict(frame("sim3x11"), model("sim3x11"), folds=4, repetitions=2, max_iterations=1)
    assert result.not_converged == 8


def test_held_out_rows_do_not_leak():
    """Changing the answers of a held-out row leaves its own prediction's training set alone."""
    table, spec = single_items()
    fold = np.arange(24)
    before = predict(table, spec, fold=fold)
    changed = table.copy()
    changed.loc[0, "c"] = 100.0
    after = predict(changed, spec, fold=fold)
    np.testing.assert_allclose(after.pls[0, 0], before.pls[0, 0], rtol=1e-12)
    assert not np.allclose(after.pls[0, 1], before.pls[0, 1])


def test_benchmark_is_missing_where_predictors_outnumber_rows():
    rows = frame("sim3x11").iloc[:10]
    result = predict(rows, model("sim3x11"), folds=2, repetitions=1, lm_predictors="others")
    assert np.isnan(result.lm).all()
    assert set(result.power()["power"]) == {"not assessed"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"folds": 1}, "folds: expected a whole number of at least 2"),
        ({"folds": 25}, "folds: expected 2 … 24"),
        ({"repetitions": 0}, "repetitions: expected a whole number of at least 1, found 0"),
        ({"antecedents": "dirct"}, "did you mean 'direct'"),
        ({"lm_predictors": "other"}, "did you mean 'others'"),
        ({"fold": [0, 1]}, "fold: expected whole numbers"),
        ({"fold": [0] * 24}, "at least 2 different folds"),
        ({"fold": [0.5] * 24}, "fold: expected whole numbers"),
    ],
)
def test_options_are_checked(options, message):
    table, spec = single_items()
    with pytest.raises(ValueError, match=message):
        predict(table, spec, **options)


def test_constant_training_sets_are_named():
    table, spec = single_items()
    table["b"] = [1.0] * 23 + [2.0]
    with pytest.raises(DataError, match="training set: b"):
        predict(table, spec, folds=24, repetitions=1)


def test_tiny_training_sets_are_refused():
    table, spec = single_items(4)
    with pytest.raises(DataError, match="has 2 rows"):
        predict(table, spec, folds=2, repetitions=1)


def test_cvpat_options_are_checked():
    with pytest.raises(ValueError, match="did you mean 'average'"):
        cvpat(crafted(), "avrage")
    with pytest.raises(ValueError, match="did you mean 'less'"):
        cvpat(crafted(), alternative="les")


def test_the_estimators_defaults_are_those_of_the_estimator():
    own, estimators = (inspect.signature(f).parameters for f in (predict, estimate))
    for name in ("scheme", "tolerance", "max_iterations"):
        assert own[name].default == estimators[name].default


def test_two_given_folds_are_enough():
    model_id = next(iter(FIGURES))
    halves = np.arange(len(frame(model_id))) % 2
    assert np.isfinite(predict(frame(model_id), model(model_id), fold=halves).pls).all()


def test_leave_one_out_is_each_model_by_itself():
    spec, x = model("sim3x11"), data("sim3x11").iloc[:40]
    result = predict(x, spec, folds=40, repetitions=1, lm_predictors="others")
    values = x[list(spec.items)].to_numpy(float)
    for row in (0, 17, 39):
        held = int(np.flatnonzero(result.fold[0] == result.fold[0][row])[0])
        left = np.delete(values, held, axis=0)
        np.testing.assert_allclose(
            result.average[0, held], left[:, [spec.items.index(i) for i in result.items]].mean(axis=0)
        )
        for place, item in enumerate(result.items):
            own = spec.items.index(item)
            others = [i for i in range(spec.n_items) if spec.construct_of[i] != spec.construct_of[own]]
            design = np.column_stack([np.ones(39), left[:, others]])
            beta = np.linalg.lstsq(design, left[:, own], rcond=None)[0]
            expected = beta[0] + values[held, others] @ beta[1:]
            assert result.lm[0, held, place] == pytest.approx(expected, rel=1e-10)


def test_redundant_predictors_take_the_slopes_of_smallest_norm():
    x = data("sim3x11")[["x1", "x2", "x3", "y1"]].assign(twice=lambda d: d["x1"] + d["x2"])
    spec = Model({"X": ["x1", "x2", "x3", "twice"], "Y": ["y1"]}, [("X", "Y")])
    fold = np.arange(len(x)) % 4
    result = predict(x, spec, fold=fold)
    plain = predict(x, Model({"X": ["x1", "x2", "x3"], "Y": ["y1"]}, [("X", "Y")]), fold=fold)
    np.testing.assert_allclose(result.lm, plain.lm, rtol=1e-9)
