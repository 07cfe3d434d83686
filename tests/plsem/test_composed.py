"""Models in stages behave like any model: resamples, invariances, tables, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from composed_cases import BLOCKS, both
from hypothesis import given, settings
from hypothesis import strategies as st
from pls_reference import data

import plsem
from plsem import quantities as registry
from plsem.admissibility import report
from plsem.composition import HigherOrder, Product
from plsem.estimator import estimate_values
from plsem.model import Model, ModelError
from plsem.products import centre, sample_columns, scales, with_products
from plsem.resampling.moments import item_moments
from plsem.stages import Column, Score, Times, expand

DATA = data("corp_rep").round()
KINDS = [
    (order, product, mode)
    for order in (None, "two_stage", "embedded", "repeated")
    for product in ("two_stage", "product_indicator", "orthogonal")
    for mode in (("A",) if order is None else ("A", "B"))
]
SOME = [
    (None, "two_stage", "A"),
    ("two_stage", "two_stage", "B"),
    ("embedded", "product_indicator", "A"),
    ("repeated", "orthogonal", "B"),
]
OPTIONS = {"tolerance": 1e-11, "max_iterations": 3000}


def values_of(estimate):
    table = estimate.summary()
    return table.set_index(["statistic", "row", "column"])["value"]


@pytest.mark.parametrize(("order", "product", "mode"), KINDS)
def test_resamples_are_fits_of_the_drawn_rows(order, product, mode):
    model = both(order, product, mode)
    rng = np.random.default_rng(5)
    indices = rng.integers(0, len(DATA), (4, len(DATA)))
    boot = plsem.bootstrap(DATA, model, "report", seed=1, indices=indices, jackknife=False, **OPTIONS)
    for draw, rows in zip(boot.draws, indices, strict=True):
        again = plsem.fit(DATA.iloc[rows].reset_index(drop=True), model, **OPTIONS)
        labels, values = registry.quantities(again, include="report")
        pd.testing.assert_frame_equal(labels, boot.labels)
        assert np.allclose(draw, values, rtol=0, atol=1e-8, equal_nan=True)


@pytest.mark.parametrize(("order", "product", "mode"), SOME)
def test_jackknife_leaves_one_row_out(order, product, mode):
    model = both(order, product, mode)
    few = DATA.iloc[:60].reset_index(drop=True)
    boot = plsem.bootstrap(
        few, model, ["path_coefficient"], seed=1, n_resamples=20, max_failed=1.0, **OPTIONS
    )
    for row in (0, 31, 59):
        again = plsem.fit(few.drop(index=row).reset_index(drop=True), model, **OPTIONS)
        _, values = registry.quantities(again, include=["path_coefficient"])
        assert np.allclose(boot.jackknife[row], values, atol=1e-8)


@pytest.mark.parametrize(("order", "product", "mode"), SOME)
def test_results_do_not_depend_on_chunks_threads_or_rows(order, product, mode):
    model = both(order, product, mode)
    one = plsem.bootstrap(DATA, model, "report", seed=3, n_resamples=40, jackknife=False)
    other = plsem.bootstrap(
        DATA, model, "report", seed=3, n_resamples=40, jackknife=False, chunk_size=7, n_jobs=2
    )
    assert np.array_equal(one.draws, other.draws, equal_nan=True)
    shuffled = DATA.sample(frac=1, random_state=1).reset_index(drop=True)
    first, second = (values_of(plsem.fit(d, model, **OPTIONS)) for d in (DATA, shuffled))
    assert np.allclose(first, second, atol=1e-8, equal_nan=True)


@pytest.mark.parametrize(("order", "product", "mode"), SOME)
def test_units_of_the_items_do_not_matter(order, product, mode):
    model = both(order, product, mode)
    rng = np.random.default_rng(2)
    scaled = DATA * rng.uniform(0.1, 20, DATA.shape[1]) + rng.normal(0, 50, DATA.shape[1])
    first, second = (values_of(plsem.fit(d, model, **OPTIONS)) for d in (DATA, scaled))
    finite = np.isfinite(first) & np.isfinite(second)
    assert np.allclose(first[finite], second[finite], atol=1e-6, rtol=1e-6)
    assert finite.mean() > 0.9


@pytest.mark.parametrize(("order", "product", "mode"), KINDS)
def test_labels_are_unique_and_known(order, product, mode):
    model = both(order, product, mode)
    estimate = plsem.fit(DATA, model)
    table = estimate.summary()
    assert list(table.columns) == ["statistic", "row", "column", "value"]
    assert not table.duplicated(["statistic", "row", "column"]).any()
    pd.testing.assert_frame_equal(
        table.drop(columns="value"), registry.labels_of(model, table["statistic"].unique())
    )
    known = {*model.constructs, *estimate.model.items, *model.items}
    named = table[
        table["statistic"].isin(["outer_loading", "htmt", "path_coefficient", "construct_correlation"])
    ]
    assert known >= {*named["row"], *named["column"]}
    copies = named["row"].str.contains(r"\(", regex=True) & ~named["row"].str.contains(r"\*", regex=True)
    assert not copies.any()  # copies of repeated indicators are no quantities
    scores = plsem.scores(DATA, estimate)
    assert np.allclose(np.corrcoef(scores, rowvar=False), estimate.construct_correlations, atol=1e-10)
    assert np.allclose(scores.std(axis=0, ddof=1), 1)
    assert isinstance(repr(estimate), str)


def test_double_bootstrap_is_the_loop_over_resamples_of_resamples():
    from plsem.resampling.double import double_bootstrap, inner_indices
    from plsem.resampling.moments import draw_indices

    model, few = both("two_stage", "two_stage"), DATA
    options = {"n_resamples": 2, "n_inner": 8, "seed": 4, "max_failed": 1.0, **OPTIONS}
    result = double_bootstrap(few, model, **options)

    def paths(rows):
        again = plsem.fit(few.iloc[rows].reset_index(drop=True), model, **OPTIONS)
        return registry.quantities(again, include=["path_coefficient"])[1]

    for b, rows in enumerate(draw_indices(4, len(DATA), 2)):
        assert np.allclose(result.draws[b], paths(rows), atol=1e-8)
        inner = np.stack([paths(d) for d in inner_indices(4, b, rows, 8)])
        assert np.allclose(result.standard_errors[b], inner.std(axis=0, ddof=1), atol=1e-8)


def test_order_of_the_factors_does_not_matter_but_for_the_slope():
    paths = [("LIKE", "CUSL"), ("SC", "CUSL")]
    blocks = {c: BLOCKS[c] for c in ("LIKE", "SC", "CUSL")}
    one = plsem.fit(DATA, Model(blocks, [*paths, ("P", "CUSL")], products={"P": ("LIKE", "SC")}))
    other = plsem.fit(DATA, Model(blocks, [*paths, ("P", "CUSL")], products={"P": ("SC", "LIKE")}))
    a, b = (e.summary(statistic=["path_coefficient", "interaction_effect"]) for e in (one, other))
    assert np.allclose(a["value"], b["value"])
    assert one.summary(statistic="simple_slope")["row"].iloc[0] == "LIKE -> CUSL"
    assert other.summary(statistic="simple_slope")["row"].iloc[0] == "SC -> CUSL"


def test_two_stage_by_hand():
    """The second stage is PLS on the scores of the first and on their product."""
    blocks = {c: BLOCKS[c] for c in ("LIKE", "SC", "CUSL")}
    paths = [("LIKE", "CUSL"), ("SC", "CUSL")]
    first = plsem.fit(DATA, Model(blocks, paths), **OPTIONS)
    scores = plsem.scores(DATA, first)
    wide = DATA.assign(product=scores[:, 0] * scores[:, 1])
    plain = Model({**blocks, "P": ["product"]}, [*paths, ("P", "CUSL")])
    expected = plsem.fit(wide, plain, **OPTIONS)
    model = Model(blocks, [*paths, ("P", "CUSL")], products={"P": Product("LIKE", "SC")})
    found = plsem.fit(DATA, model, **OPTIONS)
    names = {name: expected.model.position(name) for name in plain.constructs}
    for s, t in (*paths, ("P", "CUSL")):
        ours = found.path_coefficients[found.model.position(s), found.model.position(t)]
        assert ours == pytest.approx(expected.path_coefficients[names[s], names[t]], abs=1e-9)
    effect = found.summary(statistic="interaction_effect")["value"].iloc[0]
    assert effect == pytest.approx(
        expected.path_coefficients[names["P"], names["CUSL"]] / wide["product"].std(), abs=1e-9
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 40), st.booleans())
def test_centred_products_follow_from_moments(seed, n, whole):
    rng = np.random.default_rng(seed)
    values = rng.integers(1, 6, (n, 4)).astype(float) if whole else rng.normal(3, 2, (n, 4))
    pairs = ((0, 0), (0, 2), (1, 3), (2, 2))
    counts = rng.multinomial(n, np.full(n, 1 / n))
    drawn = np.repeat(values, counts, axis=0)
    if (np.ptp(drawn, axis=0) == 0).any() or (np.ptp(values, axis=0) == 0).any():
        return
    moments = item_moments(values, pairs)
    part = moments.of_counts(counts[None].astype(moments.items.dtype))
    packed, constant, size = moments.columns(part, float(n))
    expected, expected_size = sample_columns(drawn, pairs)
    assert not constant.any()
    assert np.allclose(packed[:, 0], expected[np.triu_indices(8, 1)], atol=1e-7)
    assert np.allclose(size[:, 0], expected_size, atol=1e-7)


def test_a_product_that_does_not_vary_is_named_zero_not_noise():
    values = np.array([[1.0, 1], [0, 2], [1, 3], [0, 5], [1, 4], [0, 3]])
    columns = with_products(values.T, ((0, 0),))
    assert columns.shape == (3, 6)
    correlations, size = sample_columns(values, ((0, 0),))
    assert size[0] == 0 and (correlations[2, :2] == 0).all()
    moments = item_moments(values, ((0, 0),))
    packed, _, scale = moments.columns(moments.of_counts(np.ones((1, 6), dtype=moments.items.dtype)), 6.0)
    assert scale[0, 0] == 0 and packed[1, 0] == packed[2, 0] == 0
    raw = moments.totals[:, None].copy()
    centre(raw, 6.0, 2, ((0, 0),))
    assert scales(raw, 6.0, 2, ((0, 0),))[0, 0] == 0


def test_stages_of_a_description():
    plan = expand(both("two_stage", "two_stage"))
    assert [stage.model.constructs for stage in plan.stages] == [
        ("COMP", "LIKE", "CUSA", "SC", "CUSL"),
        ("REPU", "CUSA", "SC", "CUSL"),
        ("REPU", "CUSA", "SC", "REPU*SC", "CUSA*SC", "CUSL"),
    ]
    final = plan.stages[-1]
    assert final.recipes[0] == Score(0, 0) and final.recipes[2] == Column(6)
    assert final.recipes[final.model.items.index("CUSA*SC")] == Times(Score(1, 1), Score(1, 2))
    assert plan.n_columns == 14 + 7 * 4
    plain = Model({c: BLOCKS[c] for c in ("LIKE", "CUSL")}, [("LIKE", "CUSL")])
    assert expand(plain).final is plain and expand(plain).pairs == ()


def test_a_formative_construct_by_repeated_indicators_is_nearly_its_components():
    estimate = plsem.fit(DATA, both("repeated", "two_stage", "B"), **OPTIONS)
    table = values_of(estimate)
    assert 0.95 < table["r_squared", "", "REPU"] <= 1
    assert table["outer_vif", "COMP", "REPU"] == pytest.approx(
        1 / (1 - table["construct_correlation", "LIKE", "COMP"] ** 2)
    )
    assert ("srmr", "model", "saturated/composite") not in table.index


def test_a_construct_that_is_its_predecessors_has_no_f_squared():
    frame = DATA.assign(sum=DATA["cusa"] + DATA["comp_1"])
    model = Model({"A": ["cusa"], "B": ["comp_1"], "S": ["sum"]}, [("A", "S"), ("B", "S")])
    assert plsem.fit(frame, model).summary(statistic="f_squared")["value"].isna().all()


def test_figures_of_both_orders():
    for method in ("two_stage", "embedded", "repeated"):
        table = plsem.fit(DATA, both(method, "two_stage"), **OPTIONS).summary()
        table = table.set_index(["statistic", "row", "column"])["value"]
        components = table["outer_loading"].xs("REPU", level="column")
        assert components.index.tolist() == ["COMP", "LIKE"]
        assert (("outer_weight", "COMP", "REPU") in table.index) == (method != "repeated")
        assert table["ave", "REPU", ""] == pytest.approx((components**2).mean())
        assert {"COMP", "LIKE"} <= set(table["ave"].index.get_level_values("row"))
        pairs = {frozenset(pair) for pair in table["htmt"].index}
        assert frozenset(("REPU", "COMP")) not in pairs and frozenset(("REPU", "SC")) in pairs


def test_htmt_of_the_second_order_is_that_of_scores_beside_items():
    estimate = plsem.fit(DATA, both("embedded", "two_stage"), **OPTIONS)
    low = estimate.earlier[0]
    scores = plsem.scores(
        DATA[list(both(None, "two_stage").items)], plsem.fit(DATA, _repeated_by_hand(), **OPTIONS)
    )
    assert low.model.constructs[0] == "COMP"
    frame = pd.DataFrame(scores[:, :2], columns=["c", "l"]).join(DATA[BLOCKS["SC"]])
    r = frame.corr().abs()
    within = r.loc[BLOCKS["SC"], BLOCKS["SC"]].to_numpy()[np.triu_indices(4, 1)].mean()
    expected = r.loc[["c", "l"], BLOCKS["SC"]].to_numpy().mean() / np.sqrt(r.loc["c", "l"] * within)
    htmt = estimate.summary(statistic="htmt")
    found = htmt[
        [{row, column} == {"SC", "REPU"} for row, column in zip(htmt["row"], htmt["column"], strict=True)]
    ]
    assert found["value"].item() == pytest.approx(expected, abs=1e-8)


def _repeated_by_hand():
    return Model(
        BLOCKS,
        [("REPU", "CUSA"), ("REPU", "CUSL"), ("CUSA", "CUSL"), ("SC", "CUSL")],
        higher_order={"REPU": HigherOrder(("COMP", "LIKE"), "A", "repeated")},
    )


@pytest.mark.parametrize(("order", "product", "mode"), SOME)
def test_prediction_of_held_out_rows_by_hand(order, product, mode):
    model = both(order, product, mode)
    fold = np.arange(len(DATA)) % 4
    found = plsem.predict(DATA, model, fold=fold, antecedents="direct", **OPTIONS)
    train, test = DATA[fold != 2].reset_index(drop=True), DATA[fold == 2].reset_index(drop=True)
    estimate = plsem.fit(train, model, **OPTIONS)
    centred = (test - train.mean()) / train.std()
    final = estimate.model
    t = final.position("CUSL")
    from plsem.stage_data import StageData

    z = ((train - train.mean()) / train.std())[list(model.items)].to_numpy()
    weights = [e.outer_weights for e in (*estimate.earlier, estimate)]
    scores = StageData(expand(model), weights, z).scores(centred[list(model.items)].to_numpy())
    latent = scores @ estimate.path_coefficients[:, t]
    item = "cusl_2"
    loading = estimate.summary(statistic="outer_loading")
    loading = loading[(loading["row"] == item) & (loading["column"] == "CUSL")]["value"].iloc[0]
    expected = latent * loading * train[item].std() + train[item].mean()
    if order != "embedded":  # there the loading is that of a score times that of the item
        assert np.allclose(found.pls[0, fold == 2, found.items.index(item)], expected, atol=1e-8)
    assert (found.summary()["q2_predict"] > 0).all()


def test_predictions_of_a_product_use_predicted_factors():
    model = both(None, "two_stage")
    early, direct = (
        plsem.predict(DATA, model, folds=5, repetitions=1, antecedents=a) for a in ("earliest", "direct")
    )
    errors = [p.summary().loc["cusl_1", "rmse"] for p in (early, direct)]
    assert errors[0] > errors[1]  # observed satisfaction knows more than predicted


@pytest.mark.parametrize(("order", "product", "mode"), SOME)
def test_report_of_checks_covers_every_stage(order, product, mode):
    estimate = plsem.fit(DATA, both(order, product, mode))
    table = report(estimate).set_index("check")
    assert table.loc["converged", "status"] == "passed"
    assert table.loc["redundant", "status"] == "passed"
    reversed_item = DATA.assign(comp_2=8 - DATA["comp_2"])
    found = (
        report(plsem.fit(reversed_item, both(order, product, mode)))
        .set_index("check")
        .loc["reversed", "found"]
    )
    assert "comp_2" in found


def test_signs_of_a_product_follow_its_factors():
    model = both(None, "two_stage")
    turned = DATA.assign(**{c: 8 - DATA[c] for c in BLOCKS["SC"]})
    one, other = (plsem.fit(d, model, **OPTIONS) for d in (DATA, turned))
    a, b = (e.summary(statistic="interaction_effect").set_index("row")["value"] for e in (one, other))
    assert np.allclose(a, -b, atol=1e-9)
    by_item = plsem.fit(turned, model, sign_items={"SC": "switch_1"}, **OPTIONS)
    assert by_item.loadings[by_item.model.items.index("switch_1")] > 0
    boot = plsem.bootstrap(DATA, model, seed=1, n_resamples=30, jackknife=False, sign_changes="construct")
    plain = plsem.bootstrap(DATA, model, seed=1, n_resamples=30, jackknife=False)
    assert plain.n_turned == 0 and np.array_equal(boot.draws, plain.draws, equal_nan=True)


def test_turning_a_factor_turns_its_products():
    from plsem.resampling.replicates import turned

    model = both(None, "two_stage")
    values = DATA[list(model.items)].to_numpy(dtype=float)
    pairs = expand(model).pairs
    moments = item_moments(values, pairs)
    part = moments.totals[:, None].copy()
    packed, _, size = moments.columns(part, float(len(values)))
    estimate = plsem.estimator.estimate_batch(model, packed, product_scales=size)
    k = estimate.model.n_constructs
    signs = np.ones((k, 1))
    signs[estimate.model.position("SC")] = -1
    other = turned(estimate, signs)
    names = estimate.model.constructs
    for product in ("CUSA*SC", "LIKE*SC"):
        at = names.index(product), names.index("CUSL")
        assert other.path_coefficients_last[at] == -estimate.path_coefficients_last[at]
        place = estimate.model.items.index(product)
        assert other.loadings_last[place] == estimate.loadings_last[place] > 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"higher_order": {"REPU": ("COMP",)}}, "at least 2 components"),
        ({"higher_order": {"REPU": ("COMP", "LIK")}}, "unknown component 'LIK'; did you mean 'LIKE'"),
        ({"higher_order": {"REPU": ("COMP", "CUSA")}}, "CUSA is a component of REPU and acts through it"),
        ({"higher_order": {"REPU": ("COMP", "COMP")}}, "stands twice in REPU"),
        ({"higher_order": {"REPU": HigherOrder(("COMP", "LIKE"), "C")}}, "unknown mode 'C'"),
        ({"higher_order": {"REPU": HigherOrder(("COMP", "LIKE"), "A", "twostage")}}, "did you mean 'two_stage'"),
        ({"products": {"P": ("REPU", "SC")}}, "'P' leads nowhere"),
        ({"products": {"P": ("COMP", "SC")}, "more": [("P", "CUSL")]}, "COMP is a component; multiply by REPU"),
        ({"products": {"P": ("REPU", "SCC")}, "more": [("P", "CUSL")]}, "did you mean 'SC'"),
        ({"products": {"P": ("REPU", "SC")}, "more": [("P", "CUSA")]}, "needs 'SC -> CUSA' beside it"),
        ({"products": {"P": ("REPU", "SC")}, "more": [("P", "CUSL"), ("CUSA", "P")]}, "nothing can lead to a product"),
        (
            {"products": {"P": ("REPU", "SC"), "Q": ("SC", "REPU")}, "more": [("P", "CUSL"), ("Q", "CUSL")]},
            "are the same",
        ),
        (
            {"products": {"P": ("REPU", "SC"), "Q": ("P", "CUSA")}, "more": [("P", "CUSL"), ("Q", "CUSL")]},
            "product of three",
        ),
        ({"products": {"SC": ("REPU", "CUSA")}, "more": []}, "names a construct and a product"),
        ({"modes": {"REPU": "B"}}, "stands in its HigherOrder"),
    ],
)  # fmt: skip
def test_descriptions_that_do_not_hold_together(changes, message):
    paths = [("REPU", "CUSA"), ("REPU", "CUSL"), ("CUSA", "CUSL"), ("SC", "CUSL"), *changes.get("more", ())]
    options = {"higher_order": {"REPU": ("COMP", "LIKE")}} | {k: v for k, v in changes.items() if k != "more"}
    with pytest.raises(ModelError) as error:
        Model(BLOCKS, paths, **options)
    assert message in str(error.value)


def test_what_is_not_offered_is_refused_by_name():
    model = both("two_stage", "two_stage")
    r = DATA[list(model.items)].corr()
    with pytest.raises(ValueError, match="does not follow from the items' correlations"):
        plsem.fit(r, model)
    with pytest.raises(ValueError, match="Schermelleh-Engel"):
        plsem.fit(DATA, model, consistent=True)
    formative = Model(
        BLOCKS,
        [("REPU", "CUSA"), ("SC", "CUSL"), ("CUSA", "CUSL")],
        higher_order={"REPU": HigherOrder(("COMP", "LIKE"), "B")},
    )
    with pytest.raises(ValueError, match="only reflective ones by two_stage"):
        plsem.fit(DATA, formative, consistent=True)
    with pytest.raises(ValueError, match="exact fit"):
        plsem.exact_fit_test(DATA, model, seed=1, n_resamples=10)
    with pytest.raises(ValueError, match="is not an item of REPU"):
        plsem.fit(DATA, formative, sign_items={"REPU": "comp_1"})
    with pytest.raises(ValueError, match="whose sign is that of the products of items"):
        plsem.fit(DATA, both(None, "orthogonal"), sign_items={"SC": "switch_1"})


def test_second_order_follows_from_correlations_alone():
    model = Model(
        BLOCKS, [("REPU", "CUSA"), ("SC", "CUSL"), ("CUSA", "CUSL")], higher_order={"REPU": ("COMP", "LIKE")}
    )
    r = DATA[list(model.items)].corr()
    one, other = plsem.fit(r, model, n=len(DATA), **OPTIONS), plsem.fit(DATA, model, **OPTIONS)
    assert np.allclose(values_of(one), values_of(other), atol=1e-8)
    consistent = plsem.fit(DATA, model, consistent=True, **OPTIONS)
    rho = other.rho_a[other.model.position("REPU")]
    at = other.model.position("REPU"), other.model.position("CUSA")
    assert consistent.path_coefficients[at] == pytest.approx(other.path_coefficients[at] / np.sqrt(rho))


def test_the_lavaan_like_text():
    text = """
    COMP =~ comp_1 + comp_2 + comp_3
    LIKE =~ like_1 + like_2 + like_3
    REPU <~ COMP + LIKE
    CUSA =~ cusa
    SC =~ switch_1 + switch_2 + switch_3 + switch_4
    CUSL =~ cusl_1 + cusl_2 + cusl_3
    CUSA ~ REPU
    CUSL ~ REPU + CUSA*SC + SC:REPU
    """
    model = Model.from_text(text)
    assert dict(model.higher_order) == {"REPU": HigherOrder(("COMP", "LIKE"), "B")}
    assert dict(model.products) == {"CUSA*SC": Product("CUSA", "SC"), "SC*REPU": Product("SC", "REPU")}
    assert Model.from_text(model.to_text()) == model
    assert "CUSA:SC" in repr(model)
    by = Model.from_text(text, product_method="orthogonal", higher_order_method="embedded")
    assert by.products[0][1].method == "orthogonal" and by.higher_order[0][1].method == "embedded"
    assert estimate_values(DATA[list(model.items)].to_numpy(), model).converged


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("X =~ x; Y =~ y; Y ~ 0.5*X", "fixed or labelled coefficients are not part"),
        ("X =~ x; Y =~ y; Y ~ b*X", "'b' is no construct; fixed or labelled"),
        ("X =~ x; Y =~ y; M =~ m; N =~ n; Y ~ X*M*N", "enter the three products of two"),
        ("X =~ x + Y; Y =~ y; Y ~ X", "has constructs only"),
        ("X:M =~ x; Y =~ y; Y ~ X", "an interaction stands on the right of ~"),
        ("X =~ x; M =~ m; Y =~ y; Y ~ X:M", "needs 'X -> Y' and 'M -> Y' beside it"),
    ],
)
def test_texts_that_cannot_be_read(text, message):
    with pytest.raises(ModelError) as error:
        Model.from_text(text)
    assert message in str(error.value)
