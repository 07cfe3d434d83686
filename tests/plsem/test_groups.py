"""Comparing groups: worked cases, what must not matter, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from group_cases import MODEL, answers
from scipy import stats

import plsem
import plsem.groups.comparison
from plsem.groups import GroupComparison, compare
from plsem.groups.difference import adjusted, henseler, parametric, welch
from plsem.inputs import DataError
from plsem.model import Model
from plsem.quantities import SIGNED
from plsem.resampling.bootstrap import BootstrapError

KEYS = ["statistic", "row", "column"]


def two_groups(sizes: tuple[int, int] = (70, 50), digits: int | None = 0) -> pd.DataFrame:
    parts = [answers(sizes[0], 1, 0.7, digits), answers(sizes[1], 2, 0.1, digits)]
    return pd.concat(parts, ignore_index=True).assign(group=np.repeat(["one", "two"], sizes))


def short(data: pd.DataFrame, **options: object) -> GroupComparison:
    chosen = {
        "seed": 3,
        "n_permutations": 300,
        "n_resamples": 200,
        "statistics": ("path_coefficient", "r_squared"),
    }
    return compare(data, MODEL, "group", **(chosen | options))  # type: ignore[arg-type]


def test_each_group_is_estimated_as_it_is_alone() -> None:
    data = two_groups(digits=None)
    found = short(data, statistics="report", n_resamples=0, tolerance=1e-13)
    for name in ("one", "two"):
        alone = plsem.fit(data[data["group"] == name].drop(columns="group"), MODEL, tolerance=1e-13)
        both = found.estimates.merge(alone.summary(statistic="report"), on=KEYS)
        assert len(both) == len(found.estimates) > 20
        np.testing.assert_allclose(both[name], both["value"], atol=1e-10)


def test_permutations_are_estimates_of_the_permuted_rows() -> None:
    data = two_groups((40, 30), digits=None)
    rng = np.random.default_rng(5)
    given = np.array([rng.permutation(np.arange(70) < 40) for _ in range(12)])
    found = short(data, permutations=given, n_resamples=0, count_observed=False, tolerance=1e-13)
    items = data[list(MODEL.items)]
    expected = []
    for rows in given:
        one, two = (
            plsem.fit(items[r], MODEL, tolerance=1e-13).summary(statistic=["path_coefficient", "r_squared"])
            for r in (rows, ~rows)
        )
        expected.append(one["value"] - two["value"])
    drawn = np.array(expected)
    np.testing.assert_allclose(found.permutations["one", "two"], drawn, atol=1e-9)
    by_hand = (np.abs(drawn) >= np.abs(found.differences["difference"].to_numpy())).mean(axis=0)
    np.testing.assert_allclose(found.differences["p_permutation"], by_hand, atol=1e-12)


@pytest.mark.parametrize("sizes", [(70, 50), (45, 45)])
@pytest.mark.parametrize("digits", [0, None])
def test_naming_the_groups_otherwise_changes_only_signs(sizes: tuple[int, int], digits: int | None) -> None:
    data = two_groups(sizes, digits)
    renamed = data.assign(group=data["group"].map({"one": "zeta", "two": "alpha"}))
    one, other = short(data), short(renamed)
    assert other.groups == ("alpha", "zeta")
    a, b = one.differences, other.between("zeta", "alpha")
    numbers = [c for c in a if c not in (*KEYS, "group_1", "group_2", "invariant")]
    np.testing.assert_allclose(a[numbers].to_numpy(float), b[numbers].to_numpy(float), atol=1e-9)
    c, d = one.invariance, other.invariance
    for name in ("correlation", "correlation_p_value", "mean_p_value", "variance_p_value"):
        np.testing.assert_allclose(c[name], d[name], atol=1e-9)
    np.testing.assert_allclose(c["mean_difference"], -d["mean_difference"], atol=1e-9)


@pytest.mark.parametrize("digits", [0, None])
def test_neither_the_order_of_rows_nor_threads_matter(digits: int | None) -> None:
    data = two_groups(digits=digits)
    first = short(data)
    for other in (short(data.sample(frac=1.0, random_state=9)), short(data, n_jobs=2)):
        pd.testing.assert_frame_equal(first.differences, other.differences)
        pd.testing.assert_frame_equal(first.invariance, other.invariance)


@pytest.mark.slow
def test_groups_split_at_random_give_uniform_p() -> None:
    p, c = [], []
    for i in range(100):
        data = answers(60, 100 + i).assign(group=np.repeat([1, 2], 30))
        found = compare(data, MODEL, "group", seed=i, n_permutations=99, n_resamples=0, adjustment="none")
        p.append(found.differences.loc[0, "p_permutation"])
        c.append(found.invariance.loc[0, "mean_p_value"])
    for values in (p, c):
        assert stats.kstest(values, "uniform").pvalue > 0.01
        assert np.mean(np.array(values) <= 0.05) < 0.12


def test_a_planted_difference_is_found_by_every_test() -> None:
    parts = [answers(150, 1, 0.9), answers(150, 2, 0.0)]
    data = pd.concat(parts, ignore_index=True).assign(group=np.repeat([1, 2], 150))
    found = short(data, statistics=("path_coefficient",)).between("1", "2")
    planted = found[(found["row"] == "X") & (found["column"] == "M")].iloc[0]
    assert planted["difference"] > 0.3
    for test in ("p_permutation", "p_henseler", "p_parametric", "p_welch"):
        assert planted[test] < 0.01, test
        assert planted[f"{test}_adjusted"] >= planted[test]
    assert planted["p_henseler_greater"] < 0.01
    assert not planted["lower"] <= planted["difference"] <= planted["upper"]


def test_composites_that_differ_are_not_invariant() -> None:
    one, two = answers(200, 1), answers(200, 2)
    rng = np.random.default_rng(3)
    for item, weaker in ((one, "x1"), (two, "x2")):  # in each group another item is mere noise
        item[weaker] = rng.normal(size=200)
    two["m1"] += 2.0
    data = pd.concat([one, two], ignore_index=True).assign(group=np.repeat([1, 2], 200))
    found = short(data, n_resamples=0)
    assert dict(zip(found.invariance["construct"], found.invariance["invariance"], strict=True)) == {
        "X": "none",
        "M": "partial",
        "Y": "full",
    }
    table = found.differences.set_index(["row", "column"])["invariant"]
    assert not table["X", "M"] and table["M", "Y"] and not table["", "Y"]  # R² rests on all that leads to Y


def test_a_group_turns_with_the_pooled_data() -> None:
    data = two_groups(digits=None)
    rng = np.random.default_rng(5)
    given = np.array([rng.permutation(np.arange(120) < 70) for _ in range(50)])
    chosen = {"statistics": ("path_coefficient", "outer_loading"), "n_resamples": 0, "permutations": given}
    plain = short(data, **chosen).differences
    data["x1"] *= -1
    turned = short(data, sign_items={"X": "x1"}, **chosen).differences
    # X now points the other way in every estimate: its paths and the loading of x2 change their signs.
    assert {"path_coefficient", "outer_loading"} <= SIGNED
    other = (plain["row"] == "X") | (plain["row"] == "x2")
    for column in ("estimate_1", "estimate_2", "difference"):
        np.testing.assert_allclose(turned[column], np.where(other, -1, 1) * plain[column], atol=1e-6)
    np.testing.assert_allclose(turned["p_permutation"], plain["p_permutation"], atol=1e-12)


def test_tests_by_hand() -> None:
    first, second = np.array([[1.0], [2.0], [3.0]]), np.array([[0.0], [1.0], [2.0]])
    # Mirrored at their means: 3, 2, 1 against 2, 1, 0; of nine pairs the first is above in 2 + 1 + 3 × 1 = 6.
    one_sided, both = henseler(first, second)
    assert one_sided[0] == pytest.approx(1 - 6 / 9) and both[0] == pytest.approx(2 / 3)
    errors = (np.array([0.3]), np.array([0.4]))
    t, p = parametric(np.array([1.0]), errors, (11, 21))
    # (100 × 0.09 + 400 × 0.16)/30 = 73/30; × (1/11 + 1/21) = 73/30 × 32/231
    assert t[0] == pytest.approx(1 / np.sqrt(73 / 30 * 32 / 231))
    assert p[0] == pytest.approx(2 * stats.t.sf(t[0], 30))
    t, df, p = welch(np.array([1.0]), errors, (11, 21))
    v1, v2 = 0.09 * 10 / 11, 0.16 * 20 / 21
    assert t[0] == pytest.approx(1 / np.sqrt(v1 + v2))
    assert df[0] == round((v1 + v2) ** 2 / (v1**2 / 10 + v2**2 / 20) - 2)
    assert p[0] == pytest.approx(2 * stats.t.sf(t[0], df[0]))


def test_p_is_adjusted_within_a_statistic_over_all_pairs() -> None:
    p = pd.Series([0.01, 0.04, 0.03, np.nan, 0.02])
    families = pd.Series(["a", "a", "a", "a", "b"])
    np.testing.assert_allclose(adjusted(p, families, "holm"), [0.03, 0.06, 0.06, np.nan, 0.02])
    np.testing.assert_allclose(adjusted(p, families, "bonferroni"), [0.03, 0.12, 0.09, np.nan, 0.02])
    data = answers(120, 1).assign(group=np.tile(["a", "b", "c"], 40))
    found = short(data, statistics=("path_coefficient",), n_resamples=0)
    assert len(found.differences) == 9 and len(found.invariance) == 9
    assert list(found.differences["group_1"] + found.differences["group_2"])[::3] == ["ab", "ac", "bc"]
    smallest = found.differences["p_permutation"].min()
    assert found.differences["p_permutation_adjusted"].min() == pytest.approx(min(1, 9 * smallest))
    assert "holm" in repr(found) and "a − b: X -> M" in repr(found)
    chosen = short(data, select=["c", "a"], n_resamples=0, adjustment="none")
    assert chosen.groups == ("c", "a") and "p_permutation_adjusted" not in chosen.differences


def test_a_second_order_construct_is_a_composite_of_its_components_items() -> None:
    model = plsem.Model(
        {"A": ["x1", "x2"], "B": ["m1", "m2"], "Y": ["y1"]},
        [("AB", "Y")],
        higher_order={"AB": ("A", "B")},
    )
    data = two_groups(digits=None)
    found = compare(data, model, "group", ("path_coefficient",), seed=1, n_permutations=99, n_resamples=0)
    assert list(found.invariance["construct"]) == ["A", "B", "Y", "AB"]
    total = []
    for name in ("one", "two"):
        alone = plsem.fit(data[data["group"] == name].drop(columns="group"), model, tolerance=1e-13)
        w = {(r, c): v for _, r, c, v in alone.summary(statistic=["outer_weight"]).itertuples(index=False)}
        parts = [(item, part) for part, items in (("A", ("x1", "x2")), ("B", ("m1", "m2"))) for item in items]
        total.append([w[item, part] * w[part, "AB"] for item, part in parts])
    z = data[["x1", "x2", "m1", "m2"]]
    z = (z - z.mean()) / z.std()
    by_hand = np.corrcoef(z @ total[0], z @ total[1])[0, 1]
    row = found.invariance.set_index("construct").loc["AB"]
    assert row["correlation"] == pytest.approx(by_hand, abs=1e-6)
    scores = plsem.scores(data.drop(columns="group"), plsem.fit(data.drop(columns="group"), model))
    one = (data["group"] == "one").to_numpy()
    whole = scores[:, list(plsem.fit(data.drop(columns="group"), model).model.constructs).index("AB")]
    assert row["mean_difference"] == pytest.approx(whole[one].mean() - whole[~one].mean(), abs=1e-9)


def test_the_size_of_each_group_and_what_keeps_it_out() -> None:
    data = two_groups((60, 20), digits=0).assign(group=np.repeat(["a", "b", "c", "d"], [30, 20, 19, 11]))
    data.loc[data["group"] == "b", "m2"] = 3.0
    found = plsem.groups.group_sizes(data, MODEL, "group", select=["a", "b", "c", "z"])
    assert found["n"].to_dict() == {"a": 30, "b": 20, "c": 19, "z": 0}
    assert found["usable"].to_dict() == {"a": True, "b": False, "c": False, "z": False}
    assert found.loc["b", "constant"] == "m2" and set(found["needed"]) == {20}
    assert list(plsem.groups.group_sizes(data, MODEL, "group", smallest_group=11)["usable"]) == [
        True, False, True, True,
    ]  # fmt: skip


def test_a_product_is_as_invariant_as_its_factors() -> None:
    model = plsem.Model(
        {"X": ["x1", "x2"], "M": ["m1", "m2"], "Y": ["y1"]},
        [("X", "Y"), ("M", "Y"), ("X*M", "Y")],
        products={"X*M": ("X", "M")},
    )
    data = two_groups(digits=None)
    found = compare(data, model, "group", ("path_coefficient",), seed=1, n_permutations=99, n_resamples=50)
    assert list(found.invariance["construct"]) == ["X", "M", "Y"]
    same = found.invariance.set_index("construct")["invariance"] != "none"
    for row in found.differences.itertuples():
        assert row.invariant == same[[*str(row.row).split("*"), "Y"]].all()
    one = plsem.fit(data[data["group"] == "one"].drop(columns="group"), model)
    s, t = one.model.position("X*M"), one.model.position("Y")
    row = found.differences[found.differences["row"] == "X*M"].iloc[0]
    assert row["estimate_1"] == pytest.approx(one.path_coefficients[s, t], abs=1e-6)
    assert 0 < row["p_permutation"] <= 1 and 0 <= row["p_henseler"] <= 1


def test_small_groups_are_refused_with_the_numbers() -> None:
    data = two_groups((60, 19))
    with pytest.raises(
        DataError, match=r"two has 19 rows, expected at least 20: 10 rows for each of the 2 arrows into Y"
    ):
        short(data)
    found = short(data, smallest_group=15, n_resamples=0)
    assert found.sizes.loc["two", "n"] == 19
    assert found.sizes.loc["two", "smallest_path"] == pytest.approx(2.486 / np.sqrt(19), abs=2e-4)


def test_failed_permutations_are_counted() -> None:
    data = two_groups((40, 40), digits=None)
    data["y1"] = 0.0
    data.loc[[0, 1, 60, 61], "y1"] = 1.0
    with pytest.raises(BootstrapError, match="permutations of one and two have no solution"):
        short(data, n_resamples=0, max_failed=0.01)
    found = short(data, n_resamples=0, max_failed=0.5)
    assert 10 < found.failed["permutations"] < 90  # C(36, 40-4)/C(80, 40) twice, about 1/8
    assert "Left out" in repr(found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": "grup"}, "no column 'grup' in the data; did you mean 'group'"),
        ({"select": ["one", "tow"]}, "no group 'tow'; did you mean 'two'"),
        ({"select": ["one"]}, "has 1 group"),
        ({"adjustment": "holms"}, "did you mean 'holm'"),
        ({"n_permutations": 0}, "n_permutations"),
        ({"n_resamples": 1}, "n_resamples"),
        ({"item_scale": "row"}, "did you mean 'raw'"),
        ({"groups": [1, 2]}, "one for each of 120 rows, found 2"),
        ({"permutations": np.zeros((3, 120), dtype=bool)}, "must give 70 rows"),
        ({"statistics": ("path",)}, "path"),
    ],
)
def test_wrong_options_are_named(change: dict[str, object], message: str) -> None:
    options = {"groups": "group", "seed": 1, "n_permutations": 9, "n_resamples": 0} | change
    with pytest.raises(ValueError, match=message):
        compare(two_groups(), MODEL, **options)  # type: ignore[arg-type]


def test_rows_without_a_group_and_constant_items_are_refused() -> None:
    data = two_groups()
    with pytest.raises(DataError, match="'group' is empty in 1 of 120 rows"):
        short(data.assign(group=data["group"].where(data.index != 5)))
    flat = data.assign(m1=data["m1"].where(data["group"] == "one", 3.0))
    with pytest.raises(DataError, match="'m1' in two"):
        short(flat)


def test_looking_up_a_pair() -> None:
    found = short(two_groups())
    with pytest.raises(KeyError, match="did you mean 'one'"):
        found.between("oen", "two")
    with pytest.raises(KeyError, match="path_coefficient"):
        found.between("one", "two", statistic="path_coefficent")
    back = found.between("two", "one", statistic="r_squared")
    assert list(back["group_1"]) == ["two", "two"] and (back["lower"] <= back["upper"]).all()
    assert "<table" in found._repr_html_()


def test_what_is_not_offered_says_why_and_where_to_go() -> None:
    for name in ("fimix", "pls_pos", "FIMIX"):
        with pytest.raises(AttributeError, match=r"hundreds of rows.*plsem\.groups\.compare"):
            getattr(plsem, name)


@pytest.mark.parametrize(("name", "said"), [("firm", "firm"), (None, "group"), (7, "7")])
def test_a_group_that_is_not_there_is_told_with_the_columns_name(name, said):
    data = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3]})
    model = Model({"A": ["a"], "B": ["b"]}, [("A", "B")])
    with pytest.raises(ValueError, match=rf"groups: {said} has no group 'z'; valid names: x, y"):
        compare(data, model, pd.Series(list("xxyy"), name=name), seed=1, select=["z"])
