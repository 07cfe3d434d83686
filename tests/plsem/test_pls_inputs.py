"""Models and data that cannot be estimated: early errors that name the place and the nearest name."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import plsem
from plsem.estimator import estimate, fit
from plsem.inputs import DataError, correlations, item_matrix
from plsem.model import Model, ModelError
from plsem.names import check_whole
from surveypls.study.definition import Study

BLOCKS = {"X": ["x1", "x2"], "Y": ["y1", "y2"], "Z": ["z"]}
PATHS = [("X", "Y"), ("Y", "Z")]
MODEL = Model(BLOCKS, PATHS)


def frame(n: int = 20) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(1).normal(size=(n, 5)), columns=list(MODEL.items))


# --- models ----------------------------------------------------------------


def test_positions_and_names():
    assert MODEL.constructs == ("X", "Y", "Z") and MODEL.items == ("x1", "x2", "y1", "y2", "z")
    assert MODEL.blocks == ((0, 1), (2, 3), (4,)) and MODEL.slices[1] == slice(2, 4)
    assert MODEL.modes == ("A", "A", "A") and MODEL.paths == ((0, 1), (1, 2))
    assert MODEL.path_names == (("X", "Y"), ("Y", "Z"))
    assert MODEL.construct_of.tolist() == [0, 0, 1, 1, 2]
    assert MODEL.predecessors == ((), (0,), (1,)) and MODEL.successors == ((1,), (2,), ())
    assert MODEL.endogenous == (1, 2) and MODEL.order == (0, 1, 2)
    assert MODEL.factor_blocks == (True, True, False)
    assert MODEL.pair_index[0, 1] == 0 and MODEL.pair_index[4, 3] == 9 and MODEL.pair_index[1, 3] == 5
    assert MODEL.n_items == 5 and MODEL.n_constructs == 3
    assert MODEL.position("Y") == 1
    with pytest.raises(KeyError, match="did you mean 'Y'"):
        MODEL.position("y")


def test_causal_order_does_not_need_the_models_order():
    turned = Model({"Z": ["z"], "Y": ["y1"], "X": ["x1"]}, PATHS)
    assert [turned.constructs[j] for j in turned.order] == ["X", "Y", "Z"]


def test_a_study_gives_its_model():
    study = Study.model_validate(
        {"id": "s", "title": "t", "constructs": BLOCKS, "paths": ["X -> Y", "Y -> Z"]}
    )
    assert Model(study.blocks(), study.path_pairs, modes=study.modes) == MODEL


@pytest.mark.parametrize(
    ("blocks", "paths", "modes", "message"),
    [
        ({}, [], None, "no construct"),
        ({"X": [], "Y": ["y"]}, [("X", "Y")], None, "construct 'X' has no item"),
        ({"X": ["a"], "Y": ["a", "b"]}, [("X", "Y")], None, "item 'a' stands in two constructs, X and Y"),
        ({"X": ["a", "a"], "Y": ["b"]}, [("X", "Y")], None, "item 'a' is listed twice in X"),
        (BLOCKS, [("X", "Y"), ("Y", "Zz")], None, "unknown construct 'Zz'; did you mean 'Z'"),
        (BLOCKS, [("X", "Y"), ("Z", "Z"), ("Y", "Z")], None, "from a construct to itself"),
        (BLOCKS, [("X", "Y"), ("X", "Y"), ("Y", "Z")], None, "path 'X -> Y' is listed twice"),
        (BLOCKS, [("X", "Y")], None, "construct 'Z' is on no path"),
        (BLOCKS, [], None, "the model has no path"),
        (BLOCKS, [("X", "Y"), ("Y", "Z"), ("Z", "X")], None, "cycle, .*; PLS needs"),
        (BLOCKS, PATHS, {"Q": "A"}, "unknown construct 'Q'"),
        (BLOCKS, PATHS, {"X": "C"}, "mode of X must be 'A' or 'B', found 'C'"),
    ],
)
def test_models_are_checked(blocks, paths, modes, message):
    with pytest.raises(ModelError, match=message):
        Model(blocks, paths, modes=modes)


def test_a_cycle_names_only_what_lies_on_it():
    blocks = {c: [c.lower()] for c in "ABCDE"}
    with pytest.raises(ModelError, match=r"cycle, (B -> C -> B|C -> B -> C);"):
        Model(blocks, [("A", "B"), ("B", "C"), ("C", "B"), ("C", "D"), ("D", "E")])


def test_all_problems_are_listed_at_once():
    with pytest.raises(ModelError) as error:
        Model({"X": ["a"], "Y": ["a"], "Z": []}, [("X", "W")])
    for part in ("two constructs", "has no item", "unknown construct 'W'", "'Y' is on no path"):
        assert part in str(error.value)


def test_one_item_may_be_given_as_text():
    assert Model({"X": "x1", "Y": ["y1"]}, [("X", "Y")]).items == ("x1", "y1")


# --- data ------------------------------------------------------------------


def test_columns_are_picked_in_the_models_order():
    data = frame()
    shuffled = data[["z", "y2", "x1", "y1", "x2"]].assign(other=["text"] * 20)
    np.testing.assert_array_equal(item_matrix(shuffled, MODEL), data.to_numpy())


def test_whole_numbers_and_booleans_are_numbers():
    data = pd.DataFrame(np.random.default_rng(4).integers(1, 6, size=(20, 5)), columns=list(MODEL.items))
    data["z"] = data["z"] > 3
    data["x1"] = data["x1"].astype("Int64")
    assert item_matrix(data, MODEL).dtype == float


@pytest.mark.parametrize(
    "held",
    [
        lambda c: c.astype(object),
        lambda c: pd.Series(pd.Categorical(c)),
        lambda c: c.map(lambda v: Decimal(str(v))).astype(object),
    ],
)
def test_numbers_are_numbers_however_they_are_held(held):
    data = frame()
    np.testing.assert_array_equal(
        item_matrix(data.assign(x2=held(data["x2"])), MODEL), item_matrix(data, MODEL)
    )


def test_a_gap_among_objects_is_a_gap():
    data = frame().astype({"x2": object})
    data.loc[3, "x2"] = None
    with pytest.raises(DataError, match=r"item 'x2' has 1 missing values \(rows 3\)"):
        fit(data, MODEL)


def broken(column: str, row: int, value: object) -> pd.DataFrame:
    data = frame().astype({column: object} if isinstance(value, str) else {})
    data.loc[row, column] = value
    return data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (frame().drop(columns="x1").assign(X1=1.0), "no column for item 'x1'; did you mean 'X1'"),
        (pd.concat([frame(), frame()[["z"]]], axis=1), "column 'z' stands 2 times"),
        (broken("y1", 3, "often"), "item 'y1' holds text, for example 'often'"),
        (broken("y1", 3, np.nan), r"item 'y1' has 1 missing values \(rows 3\).*nothing is imputed"),
        (broken("y1", 3, np.inf), r"item 'y1' has 1 missing or infinite values \(rows 3\)"),
        (frame(2), "2 rows; PLS needs at least 3"),
        (frame().assign(y2=4.0), "the same answer in every row: y2"),
        (
            frame().assign(x2=[pd.Timestamp("2020-01-01")] * 20),
            "item 'x2' holds values of type Timestamp, for",
        ),
        (frame().astype({"x2": complex}), "item 'x2' holds values of type complex"),
        (frame().assign(z=lambda d: d["y2"]), "items 'y2' and 'z' are the same column"),
        (frame().assign(y2=lambda d: 3 - 2 * d["x1"]), "items 'x1' and 'y2' are the same column"),
    ],
)
def test_data_are_checked(data, message):
    with pytest.raises(DataError, match=message):
        fit(data, MODEL)


def test_three_rows_are_enough_to_run():
    assert np.isfinite(fit(frame(3), MODEL).path_coefficients).all()


def test_many_missing_rows_are_abbreviated():
    data = frame()
    data.loc[2:7, "x1"] = np.nan
    with pytest.raises(DataError, match=r"6 missing values \(rows 2, 3, 4, 5, 6, …\)"):
        fit(data, MODEL)
    data = frame()
    data.loc[2:6, "x1"] = np.nan
    with pytest.raises(DataError, match=r"5 missing values \(rows 2, 3, 4, 5, 6\)"):
        fit(data, MODEL)


def test_missing_values_of_nullable_columns_are_found():
    data = frame().round().astype("Int64")
    data.loc[4, "z"] = pd.NA
    with pytest.raises(DataError, match="item 'z' has 1 missing"):
        fit(data, MODEL)


def test_rows_used_are_reported():
    assert fit(frame(17), MODEL).n_observations == 17


def test_collinear_mode_b_items_are_named():
    data = frame().assign(y3=lambda d: d["y1"] + d["y2"])
    spec = Model({"X": ["x1", "x2"], "Y": ["y1", "y2", "y3"]}, [("X", "Y")], modes={"Y": "B"})
    with pytest.raises(
        DataError, match=r"perfectly collinear: the items of the Mode B construct Y \(y1, y2, y3\)"
    ):
        fit(data, spec)
    assert fit(data, Model({"X": ["x1", "x2"], "Y": ["y1", "y2", "y3"]}, [("X", "Y")])).converged


def test_collinear_predictors_are_named():
    data = frame().assign(w=lambda d: d["x1"] - d["y1"])
    spec = Model({"X": ["x1"], "Y": ["y1"], "W": ["w"], "Z": ["z"]}, [("X", "Z"), ("Y", "Z"), ("W", "Z")])
    with pytest.raises(DataError, match=r"perfectly collinear: the predictors of Z \(X, Y, W\)"):
        fit(data, spec)
    found = estimate(spec, correlations(data[list(spec.items)])[None])  # in a batch: reported, not raised
    assert found.batch_shape == (1,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: fit(MODEL, frame()),
            "fit: model: expected a Model, found a DataFrame; the order is data, model",
        ),
        (
            lambda: fit(frame(), "Y ~ X"),
            r"fit: model: expected a Model, found text; Model.from_text\(text\) reads",
        ),
        (lambda: plsem.estimate(frame().corr(), MODEL), "the order is model, correlations"),
        (lambda: plsem.bootstrap(frame(), "Y ~ X", seed=1), "bootstrap: model: expected a Model, found text"),
        (
            lambda: plsem.predict(MODEL, frame(), seed=1),
            "predict: model: expected a Model, found a DataFrame",
        ),
    ],
)
def test_a_model_in_the_wrong_place_is_named(call, message):
    with pytest.raises(TypeError, match=message):
        call()


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "5", np.float64(3)])
def test_a_whole_number_is_wanted(value):
    with pytest.raises(ValueError, match="x: expected a whole number of at least 1, found"):
        check_whole("x", value, 1)


def test_a_whole_number_of_numpy_is_one():
    check_whole("x", np.int64(1), 1)
