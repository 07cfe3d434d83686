"""Slopes, regions, kinds of mediation, controls and redundancy: hand-worked cases and their edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from composed_cases import BLOCKS, both
from composed_cases import moderated as reference_moderation
from pls_reference import data

import plsem
from plsem.controls import side_by_side, with_controls
from plsem.mediation import KINDS, kind_of_mediation, mediation
from plsem.model import Model, ModelError
from plsem.redundancy import redundancy
from plsem.slopes import SlopeCurve, interactions, johnson_neyman, simple_slopes, slope_lines

DATA = data("corp_rep").round()
NEEDED = ("path_coefficient", "specific_indirect_effect", "indirect_effect", "total_effect")


@pytest.fixture(scope="module")
def moderated():
    model = both(None, "two_stage")
    return model, plsem.bootstrap(DATA, model, "fast", seed=4, n_resamples=400)


def test_slopes_at_the_levels_are_the_quantities_drawn(moderated):
    model, boot = moderated
    table = simple_slopes(boot, model)
    drawn = boot.summary(statistic="simple_slope")
    assert table["product"].tolist() == ["LIKE*SC"] * 3 + ["CUSA*SC"] * 3
    assert table["level"].tolist() == [-1, 0, 1] * 2
    for column in ("original", "standard_deviation", "t_statistic", "p_value", "lower", "upper"):
        assert np.allclose(table[column], drawn[column], rtol=1e-9), column


def test_regions_are_where_p_is_small(moderated):
    model, boot = moderated
    curve = SlopeCurve(boot, model, "CUSA*SC")
    for level in (0.5, 0.95, 0.999):
        regions = curve.regions(confidence_level=level)
        assert regions["from"].iloc[0] == -np.inf and regions["to"].iloc[-1] == np.inf
        assert (regions["from"].to_numpy()[1:] == regions["to"].to_numpy()[:-1]).all()
        grid = np.linspace(-12, 12, 801)
        at = curve.at(grid, interval="normal")
        for row in regions.itertuples():
            inside = (grid > row[3] + 1e-9) & (grid < row[4] - 1e-9)
            significant = at["p_value"].to_numpy()[inside] < 1 - level
            assert (significant == (row.sign != "")).all()
            if row.sign:
                assert (np.sign(at["original"].to_numpy()[inside]) == (1 if row.sign == "+" else -1)).all()
    scores = pd.DataFrame(
        plsem.scores(DATA, plsem.fit(DATA, model)), columns=plsem.fit(DATA, model).model.constructs
    )
    both_products = johnson_neyman(boot, model, scores=scores)
    assert both_products.groupby("product")["share"].sum().to_numpy() == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("b", "draws", "regions"),
    [
        # Slope 1 + m with the same standard error everywhere: differs from 0 beyond 1 ± t s.
        ((1.0, 1.0), "level", 3),
        # Slope without any spread but at its root: everywhere but one point, so two regions.
        ((0.0, 0.0), "nothing", 1),
    ],
)
def test_regions_by_hand(moderated, b, draws, regions):
    model, boot = moderated
    curve = SlopeCurve(boot, model, "CUSA*SC")
    rng = np.random.default_rng(0)
    curve.original = np.array(b)
    noise = rng.normal(size=len(curve.draws))
    curve.draws = (
        np.column_stack([b[0] + 0.1 * noise, np.full(len(noise), b[1])])
        if draws == "level"
        else rng.normal(size=(len(noise), 2))
    )
    table = curve.regions()
    assert len(table) == regions
    if draws == "level":
        from scipy import stats

        half = stats.t.ppf(0.975, len(noise) - 1) * curve.draws[:, 0].std(ddof=1)
        assert table["to"].iloc[:2].to_numpy() == pytest.approx([-1 - half, -1 + half])
        assert table["sign"].tolist() == ["-", "", "+"]
    else:
        assert table["sign"].tolist() == [""]


def test_quadratic_slope_is_twice_as_steep():
    blocks = {c: BLOCKS[c] for c in ("LIKE", "CUSL")}
    model = Model(blocks, [("LIKE", "CUSL"), ("Q", "CUSL")], products={"Q": ("LIKE", "LIKE")})
    estimate = plsem.fit(DATA, model)
    low, middle, high = estimate.summary(statistic="simple_slope")["value"]
    effect = estimate.summary(statistic="interaction_effect")["value"].iloc[0]
    assert high - middle == pytest.approx(2 * effect) and middle - low == pytest.approx(2 * effect)
    lines = slope_lines(estimate, "Q", ends=(-1, 0, 1))
    assert lines["y"].iloc[2] - lines["y"].iloc[0] == pytest.approx(2 * middle)
    boot = plsem.bootstrap(DATA, model, "fast", seed=1, n_resamples=60, jackknife=False)
    assert simple_slopes(boot, model, interval="percentile")["original"].tolist() == pytest.approx(
        [low, middle, high]
    )


def test_lines_pass_through_the_means(moderated):
    model, _ = moderated
    estimate = plsem.fit(DATA, model)
    lines = slope_lines(estimate, "CUSA*SC")
    slopes = lines.groupby("level")["y"].apply(lambda y: (y.iloc[1] - y.iloc[0]) / 4)
    expected = estimate.summary(statistic="simple_slope")["value"].iloc[3:]
    assert slopes.tolist() == pytest.approx(expected.tolist())


def test_sizes_of_interactions_by_both_scales():
    _, estimate, product = reference_moderation("corp_rep_CUSAxSC", "two_stage")
    row = interactions(estimate).set_index("product").loc[product]
    assert row["f_squared"] == pytest.approx(0.0143, abs=1e-4)
    assert row["size_kenny"] == "medium" and row["size_cohen"] not in ("small", "medium", "large")


def test_what_has_no_slope_says_so(moderated):
    model, boot = moderated
    with pytest.raises(KeyError, match="did you mean 'CUSA\\*SC'"):
        SlopeCurve(boot, model, "CUSA*SCC")
    with pytest.raises(KeyError, match="does not lead to 'CUSA'"):
        SlopeCurve(boot, model, "CUSA*SC", "CUSA")
    plain = Model({c: BLOCKS[c] for c in ("LIKE", "CUSL")}, [("LIKE", "CUSL")])
    for function in (simple_slopes, johnson_neyman):
        with pytest.raises(ValueError, match="no product"):
            function(boot, plain)
    thin = plsem.bootstrap(DATA, model, ["path_coefficient"], seed=1, n_resamples=10, jackknife=False)
    with pytest.raises(KeyError, match="no statistic 'interaction_effect' was drawn"):
        SlopeCurve(thin, model, "CUSA*SC")


IN, OUT_LOW, OUT_HIGH = (-0.1, 0.2), (0.0, 0.3), (-0.3, 0.0)


@pytest.mark.parametrize("touching", [OUT_LOW, OUT_HIGH, (0.0, 0.0), IN])
def test_an_interval_that_touches_0_does_not_differ(touching):
    assert kind_of_mediation(0.2, touching, 0.3, (0.1, 0.5)) == "direct-only"
    assert kind_of_mediation(0.2, (0.1, 0.3), 0.3, touching) == "indirect-only"
    assert kind_of_mediation(0.2, touching, 0.3, touching) == "no effect"
    assert kind_of_mediation(0.2, touching) == "none"


def test_kinds_at_the_smallest_distance_from_0():
    tiny = np.nextafter(0.0, 1.0)
    assert kind_of_mediation(0.2, (tiny, 1.0), 0.3, (tiny, 1.0)) == "complementary"
    assert kind_of_mediation(-0.2, (-1.0, -tiny), 0.3, (tiny, 1.0)) == "competitive"
    assert kind_of_mediation(-0.2, (-1.0, -tiny), -0.3, (-1.0, -tiny)) == "complementary"
    assert kind_of_mediation(0.2, (tiny, 1.0)) == "indirect"
    assert kind_of_mediation(0.2, (np.nan, np.nan), 0.3, (np.nan, np.nan)) == "no effect"


def test_opposite_routes_are_pointed_out_and_have_no_share():
    rng = np.random.default_rng(3)
    x = rng.normal(size=300)
    up, down = x + rng.normal(size=300), -x + rng.normal(size=300)
    frame = pd.DataFrame({"x": x, "u": up, "d": down, "y": up + down + rng.normal(size=300)})
    model = Model(
        {"X": ["x"], "U": ["u"], "D": ["d"], "Y": ["y"]},
        [("X", "U"), ("X", "D"), ("U", "Y"), ("D", "Y"), ("X", "Y")],
    )
    boot = plsem.bootstrap(frame, model, NEEDED, seed=1, n_resamples=300, sign_items={"D": "d"})
    table = mediation(boot).set_index("via")
    assert table.loc["U", "effect"] > 0 > table.loc["D", "effect"]
    assert table.loc["U", "opposed_by"] == "X -> D -> Y" and table.loc["D", "opposed_by"] == "X -> U -> Y"
    assert table["share"].isna().all()
    assert table.loc[["U", "D"], "kind"].tolist() == ["indirect-only", "indirect-only"]
    assert table.loc["", "effect"] == pytest.approx(table.loc["U", "effect"] + table.loc["D", "effect"])
    assert mediation(boot, via="U")["route"].tolist() == ["X -> U -> Y"]
    with pytest.raises(KeyError, match="no route through 'V'"):
        mediation(boot, via="V")
    assert set(table["kind"]) <= set(KINDS)


def test_share_where_all_signs_agree():
    boot = plsem.bootstrap(DATA, both(None, "two_stage"), NEEDED, seed=1, n_resamples=60, jackknife=False)
    table = mediation(boot, source="LIKE", interval="percentile").iloc[0]
    assert table["share"] == pytest.approx(table["effect"] / table["total"])
    assert table["total"] == pytest.approx(table["effect"] + table["direct"])
    thin = plsem.bootstrap(
        DATA, both(None, "two_stage"), ["indirect_effect"], seed=1, n_resamples=5, jackknife=False
    )
    with pytest.raises(ValueError, match="mediation needs the statistics"):
        mediation(thin, interval="percentile")


@pytest.mark.parametrize("reference", ["a", "b", "c"])
def test_coding_of_groups_does_not_change_what_is_explained(reference):
    rng = np.random.default_rng(1)
    frame = DATA.assign(group=rng.choice(list("abc"), len(DATA), p=[0.2, 0.5, 0.3]))
    coded = pd.get_dummies(frame["group"], prefix="group", dtype=float).drop(columns=f"group_{reference}")
    model = Model({c: BLOCKS[c] for c in ("LIKE", "CUSA")}, [("LIKE", "CUSA")])
    table = side_by_side(frame.join(coded), model, coded.columns, tolerance=1e-12)
    paths = table.set_index(["statistic", "row", "column"])
    baseline = np.corrcoef(frame["cusa"], plsem.scores(frame, plsem.fit(frame, model))[:, 0])[0, 1]
    assert paths.loc[("path_coefficient", "LIKE", "CUSA"), "without"] == pytest.approx(baseline, abs=1e-6)
    # One endogenous single item: the weights of LIKE are its correlations with it, whatever the coding.
    wide = np.column_stack(
        [plsem.scores(frame, plsem.fit(frame, model))[:, 0], *coded.to_numpy().T, np.ones(len(frame))]
    )
    left = np.linalg.lstsq(wide, frame["cusa"].to_numpy(), rcond=None)[1][0]
    expected = 1 - left / ((frame["cusa"] - frame["cusa"].mean()) ** 2).sum()
    assert paths.loc[("r_squared", "", "CUSA"), "with"] == pytest.approx(expected, abs=2e-3)
    assert np.isnan(paths.loc[("path_coefficient", coded.columns[0], "CUSA"), "without"])


def test_controls_in_the_model_and_their_refusals():
    model = both("two_stage", "two_stage")
    wide = with_controls(model, {"AGE": "servicetype"}, targets=["CUSL"])
    assert ("AGE", "CUSL") in wide.path_names and wide.products == model.products
    assert plsem.fit(DATA, wide).converged
    drawn = side_by_side(
        DATA,
        both(None, "two_stage"),
        ["servicetype"],
        seed=1,
        bootstrap_options={"n_resamples": 40, "jackknife": False},
    )
    assert drawn["p_value_with"].notna().any()
    for controls, message in (
        ({"CUSA": "servicetype"}, "is a construct"),
        ({"Z": "cusa"}, "is an item"),
    ):
        with pytest.raises(ModelError, match=message):
            with_controls(model, controls)
    with pytest.raises(ModelError, match="no construct 'CUSX'"):
        with_controls(model, ["servicetype"], targets=["CUSX"])


def test_redundancy_of_a_second_order_construct():
    blocks = {c: BLOCKS[c] for c in ("COMP", "LIKE", "CUSL")}
    from plsem.composition import HigherOrder

    model = Model(blocks, [("REPU", "CUSL")], higher_order={"REPU": HigherOrder(("COMP", "LIKE"), "B")})
    table = redundancy(DATA, model, {"REPU": "cusa"}, seed=1, n_resamples=100)
    assert table.loc["REPU", "n_items"] == 2
    assert table.loc["REPU", "lower"] < table.loc["REPU", "path_coefficient"] < table.loc["REPU", "upper"]
    with pytest.raises(ValueError, match="'CUSL' is reflective"):
        redundancy(DATA, model, {"CUSL": "cusa"})
