"""The sections' figures on the worked example: against sums done by hand, and under other orders and scales."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import plsem
from plsem.composition import HigherOrder, Product
from surveypls import sections
from surveypls.compendium.execution import execute
from surveypls.compendium.notebook_text import fitted
from surveypls.compendium.outputs import PICTURES
from surveypls.compendium.parameters import find_root
from surveypls.compendium.project import open_project
from surveypls.study.analysis import Analysis
from surveypls.study.definition import parse_study
from surveypls.survey.reading import read_survey
from surveypls.survey.screening import clean
from tabletext.display import ENGLISH
from tabletext.storage import write_atomically

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "town_bus"
TEXT = (EXAMPLE / "study.yaml").read_text(encoding="utf-8")
NAMES = ("TIME", "RIDE", "STAFF", "VALUE", "SAT", "TRUST", "HABIT", "LOYAL")


def _table() -> pd.DataFrame:
    study = parse_study(TEXT)
    cleaned = clean(read_survey(EXAMPLE / "survey.csv", study), study)
    return cleaned.responses.join(cleaned.observed)


TABLE = _table()


def _analysis(text: str, table: pd.DataFrame) -> Analysis:
    study = parse_study(text.replace("n_resamples: 5000", "n_resamples: 100"))
    items = [item for items in study.blocks().values() for item in items]
    return Analysis.of(study, table, pd.DataFrame({"item": items}))


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return _analysis(TEXT, TABLE)


def _frame(analysis: Analysis, key: str, place: int = 0) -> pd.DataFrame:
    return sections.called(key).frames(analysis)[place]


def _path(analysis: Analysis, source: str, target: str) -> float:
    estimate = analysis.estimate
    return float(estimate.path_coefficients[estimate.model.position(source), estimate.model.position(target)])


def test_an_indirect_effect_is_the_product_of_its_paths_and_shares_are_of_the_total(
    analysis: Analysis,
) -> None:
    routes = _frame(analysis, "mediation", 1).fillna({"route": ""}).set_index("route")
    by_hand = {m: _path(analysis, "QUAL", m) * _path(analysis, m, "LOYAL") for m in ("SAT", "TRUST")}
    direct = _path(analysis, "QUAL", "LOYAL")
    total = sum(by_hand.values()) + direct
    assert direct > 0
    for mediator, effect in by_hand.items():
        row = routes.loc[f"QUAL -> {mediator} -> LOYAL"]
        assert row["effect"] == pytest.approx(effect, abs=1e-9)
        assert row["share"] == pytest.approx(effect / total, abs=1e-9)
        assert row["kind"] == "indirect-only"
    assert np.isnan(routes.loc["VALUE -> SAT -> LOYAL", "share"])  # it is 1 by the model alone
    assert not routes["source"].isin(["AGE", "WOMAN"]).any()
    effects = _frame(analysis, "mediation").set_index(["statistic", "row", "column"])["original"]
    assert effects["total_effect", "QUAL", "LOYAL"] == pytest.approx(total, abs=1e-9)
    assert ("indirect_effect", "VALUE", "LOYAL") not in effects.index  # one route: the same figure twice


def test_with_controls_is_the_model_of_all_other_tables_and_without_is_the_plain_one(
    analysis: Analysis,
) -> None:
    frame = _frame(analysis, "controls").set_index(["statistic", "row", "column"])
    plain = plsem.Model(
        {c: [f"{c}{k}" for k in (1, 2, 3)] for c in NAMES},
        [
            ("QUAL", "SAT"), ("VALUE", "SAT"), ("QUAL", "TRUST"), ("QUAL", "LOYAL"), ("SAT", "LOYAL"),
            ("TRUST", "LOYAL"), ("HABIT", "LOYAL"), ("SAT*HABIT", "LOYAL"),
        ],
        modes={"VALUE": "B"},
        higher_order={"QUAL": HigherOrder(("TIME", "RIDE", "STAFF"))},
        products={"SAT*HABIT": Product("SAT", "HABIT")},
    )  # fmt: skip
    bare = plsem.fit(TABLE, plain)
    for source, target in plain.path_names:
        row = frame.loc[("path_coefficient", source, target)]
        value = bare.path_coefficients[bare.model.position(source), bare.model.position(target)]
        assert row["without"] == pytest.approx(value, abs=1e-9)
        assert row["with"] == pytest.approx(_path(analysis, source, target), abs=1e-9)
        assert row["change"] == pytest.approx(row["with"] - row["without"], abs=2e-9)
    for name in ("SAT", "TRUST", "LOYAL"):
        value = bare.r_squared[bare.model.position(name)]
        assert frame.loc[("r_squared", "", name), "without"] == pytest.approx(value, abs=1e-9)
    summary = analysis.summary.set_index(["statistic", "row", "column"])
    shared = [key for key in frame.index if key[0] == "path_coefficient"]
    assert frame.loc[shared, "p_value_with"].tolist() == pytest.approx(
        summary.loc[shared, "p_value"].tolist(), abs=1e-9
    )


def test_redundancy_is_the_multiple_correlation_of_the_global_item(analysis: Analysis) -> None:
    items = np.column_stack([np.ones(len(TABLE)), TABLE[["VALUE1", "VALUE2", "VALUE3"]]])
    answers = TABLE["VALUE_ALL"].to_numpy(dtype=float)
    left = np.linalg.lstsq(items, answers, rcond=None)[1][0]
    explained = 1 - left / ((answers - answers.mean()) ** 2).sum()
    row = _frame(analysis, "redundancy").iloc[0]
    assert (row["construct"], row["measure"]) == ("VALUE", "VALUE_ALL")
    assert row["r_squared"] == pytest.approx(explained, abs=1e-9)
    assert row["path_coefficient"] == pytest.approx(np.sqrt(explained), abs=1e-9)
    assert row["lower"] < row["path_coefficient"] < row["upper"]


def test_the_second_order_is_judged_by_its_components(analysis: Analysis) -> None:
    frame = _frame(analysis, "higher_order").set_index(["order", "statistic"])
    parts = ["TIME", "RIDE", "STAFF"]
    first = plsem.Model(  # the first stage: the components stand in the place of the second order
        {**{c: [f"{c}{k}" for k in (1, 2, 3)] for c in NAMES}, "AGE": ["AGE"], "WOMAN": ["WOMAN"]},
        [
            *((part, end) for part in parts for end in ("SAT", "TRUST", "LOYAL")),
            ("VALUE", "SAT"), ("SAT", "LOYAL"), ("TRUST", "LOYAL"), ("HABIT", "LOYAL"),
            *((control, end) for control in ("AGE", "WOMAN") for end in ("SAT", "TRUST", "LOYAL")),
        ],
        modes={"VALUE": "B"},
    )  # fmt: skip
    estimate = plsem.fit(TABLE, first)
    scores = pd.DataFrame(plsem.scores(TABLE, estimate), index=TABLE.index, columns=list(first.constructs))
    loadings = scores[parts].corrwith(analysis.scores["QUAL"])
    assert frame.loc[(2, "ave"), "value"] == pytest.approx((loadings**2).mean(), abs=1e-9)
    assert frame.loc[(2, "outer_loading"), ["of", "value"]].tolist() == [
        "RIDE",
        pytest.approx(loadings.min()),
    ]
    between = scores[parts].corr().to_numpy()[np.triu_indices(3, 1)].mean()
    alpha = 3 * between / (1 + 2 * between)  # of standardised indicators
    assert frame.loc[(2, "cronbach_alpha"), "value"] == pytest.approx(alpha, abs=1e-9)
    # The first order's HTMT may be with any other first-order construct, never with its own second order.
    assert frame.loc[(1, "htmt"), "of"] == "RIDE – TIME"
    assert frame.loc[(2, "htmt"), "of"] == "SAT – QUAL"


def test_regions_end_where_t_is_critical_and_the_figure_shows_the_same_ends(analysis: Analysis) -> None:
    regions = _frame(analysis, "moderation", 2)
    level = analysis.scores["HABIT"]
    ends = regions["from"].iloc[0], regions["to"].iloc[-1]
    assert ends == pytest.approx((level.min(), level.max()), abs=1e-9)
    assert regions["share"].sum() == pytest.approx(1.0)
    end = regions["to"].iloc[0]
    boot = analysis.resampled
    keys = list(boot.labels[["statistic", "row", "column"]].itertuples(index=False, name=None))
    places = [
        keys.index(("path_coefficient", "SAT", "LOYAL")),
        keys.index(("interaction_effect", "SAT*HABIT", "LOYAL")),
    ]
    slopes = np.asarray(boot.draws[:, places], dtype=float) @ [1.0, end]
    t = boot.original[places] @ [1.0, end] / slopes.std(ddof=1)
    assert t == pytest.approx(stats.t.ppf(0.975, len(slopes) - 1), abs=1e-7)
    assert regions["share"].iloc[0] == pytest.approx((level < end).mean())
    _, drawn = (
        sections.called("moderation").figures["fig_4_6_simple_slopes"].draw(analysis.study, analysis, ENGLISH)
    )
    assert drawn.loc[drawn["element"] == "boundary", "x"].tolist() == pytest.approx([end], abs=1e-6)
    band = drawn[drawn["element"] == "slope"]
    assert (band["x"].min(), band["x"].max()) == pytest.approx((level.min(), level.max()), abs=1e-8)


def _values(analysis: Analysis) -> pd.Series:
    """Return every estimate of the sections that does not hang on which resamples are drawn."""
    found = {}
    routes = _frame(analysis, "mediation", 1).fillna({"route": ""})
    for _, row in routes.iterrows():
        found |= {
            ("route", row["source"], row["route"], k): row[k] for k in ("effect", "direct", "total", "share")
        }
    for _, row in _frame(analysis, "controls").iterrows():
        key = (row["statistic"], row["row"], row["column"])
        if row["statistic"] in ("path_coefficient", "r_squared"):
            found |= {(*key, k): row[k] for k in ("without", "with")}
    for _, row in _frame(analysis, "higher_order").iterrows():
        of = " – ".join(sorted(row["of"].split(" – ")))
        found["second", row["order"], row["statistic"], of] = row["value"]
    found |= {
        ("redundancy", "", "", k): _frame(analysis, "redundancy").iloc[0][k] for k in ("path_coefficient",)
    }
    for _, row in _frame(analysis, "moderation").iterrows():
        found |= {("product", "", "", k): row[k] for k in ("interaction_effect", "f_squared")}
    return pd.Series(found).sort_index()


def _reordered(text: str) -> str:
    """Return the study file with constructs, components and paths in another order."""
    text = text.replace("[TIME, RIDE, STAFF]", "[STAFF, TIME, RIDE]")
    begin, middle, end = text.index("constructs:\n"), text.index("paths:\n"), text.index("\ncompare:") + 1
    names: list[str] = []
    for line in text[begin:middle].rstrip().splitlines()[1:]:
        if line.startswith("    "):  # a construct may take several lines
            names[-1] += f"\n{line}"
        else:
            names.append(line)
    paths = text[middle + len("paths:\n") : end].rstrip().split("\n")
    turned = "constructs:\n" + "\n".join(reversed(names)) + "\n\npaths:\n" + "\n".join(reversed(paths))
    return f"{text[:begin]}{turned}\n\n{text[end:]}"


@pytest.mark.parametrize("change", ["rows", "file", "scales"])
def test_neither_order_nor_scale_changes_a_figure(change: str) -> None:
    text, table = f"{TEXT}\npls: {{tolerance: 1.0e-12}}\n", TABLE
    expected = _values(_analysis(text, table))
    if change == "rows":
        table = TABLE.sample(frac=1.0, random_state=3)
    elif change == "scales":
        items = [c for c in TABLE if c[-1] in "123" or c in ("VALUE_ALL", "AGE", "WOMAN")]
        table = TABLE.assign(**{c: 12.0 * TABLE[c] + k for k, c in enumerate(items)})
    else:
        text = _reordered(text)
        assert parse_study(text).construct_names[0] == "LOYAL"
    found = _values(_analysis(text, table))
    pd.testing.assert_series_equal(found, expected, rtol=0, atol=1e-8)


@pytest.fixture(scope="module")
def run() -> Iterator[Path]:
    """Run notebooks 3 and 4 of the example with few resamples."""
    assert find_root(ROOT) == ROOT
    name = "town_bus_test"
    folder = ROOT / "build" / name
    shutil.rmtree(folder, ignore_errors=True)
    study = parse_study(TEXT)
    project = open_project(
        "03_measurement_model", study=str(EXAMPLE / "study.yaml"), name=name, n_resamples=100
    )
    asked = TABLE[[*study.items]]
    project.write("01_responses", asked.rename_axis("respondent"), index=True)
    project.write("01_observed", TABLE.drop(columns=asked.columns).rename_axis("respondent"), index=True)
    retained = [item for items in study.blocks().values() for item in items]
    project.write("02_retained_items", pd.DataFrame({"item": retained}))
    options = {"study": str(EXAMPLE / "study.yaml"), "name": name, "n_resamples": 100}
    for notebook in ("03_measurement_model", "04_structural_model"):
        source = folder / "sources" / f"{notebook}.ipynb"
        source.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(
            source, nbformat.writes(fitted(ROOT / "notebooks" / source.name, study, "en")).encode("utf-8")
        )
        execute(source, folder / "notebooks" / source.name, options, root=ROOT)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.slow
def test_the_notebooks_of_the_example_show_the_engines_figures(run: Path) -> None:
    def shown(stem: str) -> pd.DataFrame:
        return pd.read_csv(run / "tables" / f"{stem}.csv")

    model = parse_study(TEXT).model()
    boot = plsem.bootstrap(TABLE, model, seed=20250611, n_resamples=100)
    table = boot.summary(interval="percentile").set_index(["statistic", "row", "column"])
    kinds = shown("table_4_12_mediation").set_index("route")
    assert kinds.loc["QUAL → SAT → LOYAL", "kind"].startswith("Indirect-only mediation")
    assert len(kinds) == 4
    effects = shown("table_4_11_effects").set_index("route")
    for mediator in ("SAT", "TRUST"):
        row = effects.loc[f"QUAL → {mediator} → LOYAL"]
        expected = table.loc[("specific_indirect_effect", f"QUAL -> {mediator} -> LOYAL", "")]
        assert row["estimate"] == pytest.approx(expected["original"], abs=1e-9)
        assert row[["lower", "upper"]].tolist() == pytest.approx(
            expected[["lower", "upper"]].tolist(), abs=1e-9
        )
    both = shown("table_4_13_controls").set_index("path")
    expected = table.loc[("path_coefficient", "AGE", "SAT")]
    assert both.loc["AGE → SAT", "with"] == pytest.approx(expected["original"], abs=1e-9)
    assert both.loc["AGE → SAT", "p_value_with"] == pytest.approx(expected["p_value"], abs=1e-9)
    interaction = shown("table_4_8_interactions").iloc[0]
    expected = table.loc[("interaction_effect", "SAT*HABIT", "LOYAL"), "original"]
    assert interaction["effect"] == pytest.approx(expected, abs=1e-9)
    slopes = shown("table_4_9_slopes").set_index("level")["original"]
    b1 = table.loc[("path_coefficient", "SAT", "LOYAL"), "original"]
    assert slopes[1] == pytest.approx(b1 + expected, abs=1e-9)
    second = shown("table_3_4_second_order").query("order == 'second'").set_index("criterion")["value"]
    assert second["HTMT"] == pytest.approx(table.loc[("htmt", "SAT", "QUAL"), "original"], abs=1e-9)
    assert shown("table_3_5_redundancy")["path_coefficient"].iloc[0] == pytest.approx(0.808, abs=5e-4)
    for stem in ("fig_4_6_simple_slopes", "fig_4_1_path_diagram"):
        assert stem in PICTURES and (run / "figures" / f"{stem}.png").is_file()
    assert not (run / "tables" / "table_4_2_effects.csv").exists()
    assert not (run / "figures" / "fig_4_4_importance_performance.png").exists()
    handed = {p.stem for p in (run / "data" / "derived").glob("*.csv")}
    assert {
        "03_second_order",
        "03_redundancy",
        "04_effects",
        "04_mediation",
        "04_controls",
        "04_regions",
    } <= handed
