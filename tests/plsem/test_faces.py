"""What a person meets first: importing, naming, labelled input, refusals, reports."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import plsem
import plsem.model
import plsem.names
from plsem import groups, power
from plsem.names import few, nearest

BLOCKS = {"X": ["x1", "x2", "x3"], "M": ["m1", "m2"], "Y": ["y1", "y2"]}
PATHS = [("X", "M"), ("X", "Y"), ("M", "Y")]
MODEL = plsem.Model(BLOCKS, paths=PATHS)


def answers(n: int = 80, seed: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    m = 0.5 * x + rng.normal(size=n)
    y = 0.4 * m + 0.3 * x + rng.normal(size=n)
    factors = {"x": x, "m": m, "y": y}
    return pd.DataFrame({i: factors[i[0]] + 0.8 * rng.normal(size=n) for b in BLOCKS.values() for i in b})


DATA = answers()


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, plsem; print(sorted({'numpy', 'pandas', 'scipy'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
    code = (
        "import sys, plsem; plsem.Model, plsem.fit, plsem.bootstrap, plsem.predict\n"
        "print(sorted({'pydantic', 'yaml', 'matplotlib', 'statsmodels', 'IPython'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_every_public_name_is_there_and_listed() -> None:
    assert set(plsem.__all__) <= set(dir(plsem))
    for name in plsem.__all__:
        assert getattr(plsem, name).__doc__
    with pytest.raises(AttributeError, match="did you mean 'bootstrap'"):
        plsem.boostrap  # noqa: B018


@pytest.mark.parametrize("function", [plsem.fit, plsem.bootstrap, plsem.predict, plsem.exact_fit_test])
def test_options_are_spelled_out(function) -> None:
    parameters = inspect.signature(function).parameters.values()
    assert not any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters)
    assert sum(p.kind is p.KEYWORD_ONLY for p in parameters) >= 5
    with pytest.raises(TypeError, match="no option 'shceme'; did you mean 'scheme'"):
        function(DATA, MODEL, shceme="path")


@pytest.mark.parametrize(
    "form", ["frame", "array", "named matrix", "shuffled matrix", "plain matrix", "larger"]
)
def test_every_form_of_input_gives_the_same(form: str) -> None:
    right = plsem.fit(DATA, MODEL)
    items = list(MODEL.items)
    r = DATA[items].corr()
    turned = ["y2", "x1", "m1", "x3", "y1", "x2", "m2"]
    given = {
        "frame": (DATA[turned], None),
        "array": (DATA[items].to_numpy(), None),
        "named matrix": (r, 80),
        "shuffled matrix": (r.loc[turned, ["m2", *turned[:-1]]], 80),
        "plain matrix": (r.to_numpy(), 80),
        "larger": (DATA.assign(z=answers(seed=5)["x1"])[["z", *turned]].corr(), 80),
    }[form]
    found = plsem.fit(given[0], MODEL, n=given[1])
    right = right.summary()
    if given[1] is not None:  # raw alpha needs the answers
        right = right[right["statistic"] != "cronbach_alpha_raw"]
    np.testing.assert_allclose(found.summary()["value"], right["value"], rtol=1e-9, atol=1e-12)
    if given[1] is not None:
        np.testing.assert_allclose(plsem.estimate(MODEL, given[0]).loadings, found.loadings, atol=1e-12)


def test_a_matrix_without_n_leaves_out_what_needs_it() -> None:
    found = set(plsem.fit(DATA.corr(), MODEL).summary()["statistic"])
    assert not {"adjusted_r_squared", "chi_square"} & found
    assert {"r_squared", "nfi"} <= found


def test_wrong_input_is_refused_by_name() -> None:
    r = DATA.corr()
    with pytest.raises(plsem.DataError, match="no item 'x3'; did you mean 'x33'"):
        plsem.fit(r.rename(index={"x3": "x33"}, columns={"x3": "x33"}), MODEL)
    with pytest.raises(plsem.DataError, match=r"rows are named 0, 1, 2, 3, … and the columns x1"):
        plsem.fit(r.reset_index(drop=True), MODEL)
    with pytest.raises(plsem.DataError, match=r"expected shape \(n, 7\).*found \(80, 6\)"):
        plsem.fit(DATA.to_numpy()[:, :6], MODEL)
    with pytest.raises(ValueError, match="diagonal is not 1"):
        plsem.fit(DATA.cov(), MODEL)
    with pytest.raises(ValueError, match="n: belongs to a correlation matrix"):
        plsem.fit(DATA, MODEL, n=80)
    with pytest.raises(ValueError, match="n: expected a whole number"):
        plsem.fit(r, MODEL, n=2.5)  # type: ignore[arg-type]
    with pytest.raises(plsem.DataError, match="rows and columns must be named"):
        plsem.estimate(MODEL, DATA)
    with pytest.raises(ValueError, match="consistent: expected True or False, found 'yes'"):
        plsem.bootstrap(DATA, MODEL, seed=1, n_resamples=10, consistent="yes")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="did you mean 'report'"):
        plsem.bootstrap(DATA, MODEL, "reports", seed=1, n_resamples=10)


@pytest.mark.parametrize(
    ("blocks", "paths", "said"),
    [
        ({"A": ["a"], "B": ["b"]}, ["A -> B"], "path 'A -> B': expected a pair of names, (source, target)"),
        ({"A": ["a"], "B": ["b"]}, ("A", "B"), "path 'A': expected a pair of names, (source, target)"),
        ({"A": ["a"], "B": ["b"]}, [("A", "B", "B")], "path ('A', 'B', 'B'): expected a pair of names"),
        ({"A": ["a"], "B": ["b"]}, [3], "path 3: expected a pair of names"),
        ({1: ["a"], "B": ["b"]}, [(1, "B")], "a construct or item is called 1; names are text, found int"),
        (
            {"A": [10], "B": ["b"]},
            [("A", "B")],
            "a construct or item is called 10; names are text, found int",
        ),
    ],
)
def test_a_model_wants_pairs_of_names(blocks, paths, said) -> None:
    with pytest.raises(plsem.ModelError) as caught:
        plsem.Model(blocks, paths)
    assert said in str(caught.value)


def test_pairs_of_names_in_any_container() -> None:
    paths = np.array([["A", "B"]])
    assert plsem.Model({"A": ["a"], "B": ["b"]}, paths).path_names == (("A", "B"),)


def test_options_of_a_bootstrap_are_checked() -> None:
    rng = np.random.default_rng(2)
    model = plsem.Model({"A": ["a"], "B": ["b"]}, [("A", "B")])
    with pytest.raises(ValueError, match=r"n_jobs: expected a number of threads or -1 .* found 1\.5"):
        plsem.bootstrap(rng.normal(size=(20, 2)), model, seed=1, n_resamples=10, n_jobs=1.5)
    drawn = plsem.bootstrap(rng.normal(size=(20, 2)), model, seed=1, n_resamples=10)
    with pytest.raises(ValueError, match="degrees_of_freedom: must be above 0, found 0"):
        drawn.summary(degrees_of_freedom=0)
    with pytest.raises(ValueError, match=r"expected one of linear, weibull, normal$"):
        drawn.summary(quantile_method="x")
    with pytest.raises(KeyError, match="no statistic 'path' was drawn; did you mean 'path_coefficient'"):
        drawn.summary(statistic="path")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sizes": (30.5,)}, "sizes: expected a whole number of at least 10, found 30.5"),
        ({"sizes": (9, 30)}, "sizes: expected a whole number of at least 10, found 9"),
        ({"sizes": ()}, "sizes: expected at least one number of rows, found none"),
        ({"significance": 1}, "significance: expected a share between 0 and 1"),
        ({"population": "normals"}, "did you mean 'normal'"),
    ],
)
def test_a_power_grid_says_which_setting_is_wrong(options, said) -> None:
    given = {"sizes": (10, 20), "n_replications": 5, "n_resamples": 10, **options}
    with pytest.raises(ValueError, match=re.escape(said)):
        power.power_grid(DATA, MODEL, given.pop("sizes"), seed=1, **given)


def test_shares_and_folds_that_cannot_be() -> None:
    with pytest.raises(ValueError, match=r"power: expected a share between 0 and 1 .* found 80"):
        power.minimum_n(0.2, power=80)
    with pytest.raises(ValueError, match="n: expected a number of rows above 0, found 0"):
        power.smallest_path(0)
    with pytest.raises(ValueError, match=r"alpha: expected a share between 0 and 1 .* found 5"):
        groups.compare(DATA, MODEL, ["a", "b"] * (len(DATA) // 2), seed=1, alpha=5)
    with pytest.raises(ValueError, match=r"folds: expected a whole number of at least 2, found 2\.5"):
        plsem.predict(DATA, MODEL, folds=2.5)


def test_an_indefinite_matrix_is_refused() -> None:
    r = DATA.corr().to_numpy().copy()
    for (i, j), value in {(0, 1): 0.95, (0, 2): -0.9, (1, 2): 0.9}.items():
        r[i, j] = r[j, i] = value
    assert np.linalg.eigvalsh(r)[0] < -0.1
    for refused in (lambda: plsem.fit(r, MODEL), lambda: plsem.estimate(MODEL, r)):
        with pytest.raises(ValueError, match=r"no data can have them all \(smallest eigenvalue -0\.\d+\)"):
            refused()
    singular = DATA.iloc[:5].corr().to_numpy()  # fewer rows than items: rounding only
    assert plsem.fit(singular, MODEL).converged


def test_every_quantity_is_drawn_by_default() -> None:
    boot = plsem.bootstrap(DATA, MODEL, seed=1, n_resamples=40)
    assert set(boot.labels["statistic"]) == set(plsem.quantities.QUANTITIES) - plsem.quantities.OF_PRODUCTS
    chosen = plsem.bootstrap(DATA, MODEL, ["htmt", "r_squared"], seed=1, n_resamples=40)
    assert set(chosen.summary()["statistic"]) == {"htmt", "r_squared"}
    np.testing.assert_array_equal(chosen.draws_of("htmt", "M", "X"), boot.draws_of("htmt", "M", "X"))


def test_text_and_back() -> None:
    model = plsem.Model.from_text("X =~ x1 + x2\nZ <~ z1 + z2\nZ ~ X")
    assert model == plsem.Model({"X": ["x1", "x2"], "Z": ["z1", "z2"]}, [("X", "Z")], modes={"Z": "B"})
    assert plsem.Model.from_text(model.to_text()) == model
    with pytest.raises(plsem.ModelError, match=r"line 2.*write the target first"):
        plsem.Model.from_text("X =~ x1\nX -> Z")
    with pytest.raises(plsem.ModelError, match="unknown construct 'Zz'; did you mean 'Z'"):
        plsem.Model.from_text("X =~ x1\nZ =~ z1\nZz ~ X")


def test_reports_are_short_and_say_what_matters() -> None:
    found = plsem.fit(DATA, MODEL)
    text = repr(found)
    assert text.splitlines()[0].startswith(
        "PLS estimate: 3 constructs, 7 items, n = 80; path scheme, converged"
    )
    assert "X -> M" in text and f"{found.path_coefficients[0, 1]:.3f}" in text
    assert len(text.splitlines()) < 15
    assert "NOT CONVERGED" in repr(plsem.fit(DATA, MODEL, max_iterations=1))
    assert "failed: converged" in repr(plsem.fit(DATA, MODEL, max_iterations=1))
    assert "2 correlation matrices (2 converged)" in repr(plsem.estimate(MODEL, np.stack([DATA.corr()] * 2)))
    boot = plsem.bootstrap(DATA, MODEL, seed=1, n_resamples=40)
    assert "40 bootstrap resamples" in repr(boot) and "X -> Y" in repr(boot)
    assert repr(MODEL).splitlines()[0] == "Model of 3 constructs, 7 items, 3 paths"
    for shown in (found, boot, MODEL):
        assert shown._repr_html_().startswith("<p>") and "0x" not in shown._repr_html_()
    named = plsem.Model({"A<b>": ["a"], "C": ["c"]}, [("A<b>", "C")])
    assert "<b>" not in named._repr_html_()
    assert "<b>" not in plsem.fit(pd.DataFrame({"a": DATA["x1"], "c": DATA["y1"]}), named)._repr_html_()


def test_some_names_of_many_and_the_nearest() -> None:
    assert [few([], 2), few(["a"], 2), few([1, 2], 2), few(["a", "b", "c"], 2)] == [
        "",
        "a",
        "1, 2",
        "a, b, …",
    ]
    letters = [letter * 5 for letter in "abcdefghijklm"]
    assert nearest("?", letters[:12]) == f"; valid names: {', '.join(letters[:12])}"
    assert nearest("?", letters) == f"; valid names: {', '.join(letters[:12])}, …"
    assert nearest("AAAAB", letters) == "; did you mean 'aaaaa'?"
    assert nearest("x", []) == ""
