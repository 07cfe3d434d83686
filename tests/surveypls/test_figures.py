"""Every figure: what is drawn, in which words, that nothing is cut off, and that bytes repeat."""

from __future__ import annotations

import inspect
import itertools
import re

import figure_cases
import numpy as np
import pandas as pd
import pytest
from figure_cases import (
    BLOCKS,
    COVERAGE,
    DRAWINGS,
    ENSEMBLE,
    FLOW,
    INTERVALS,
    IPMA,
    ITEMS,
    POWER,
    SCALE,
    STATISTICS,
    SUMMARY,
    TRACE,
    draws,
    responses,
)
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy.stats import gaussian_kde

from plsem.efa.adequacy import parallel_analysis
from plsem.thresholds import threshold
from surveypls import figures
from surveypls.figures import FigureError
from surveypls.report.simulated import coverage_sentence
from surveypls.tables.coverage import coverage_table
from tabletext.display import Display
from tabletext.language import LANGUAGES

NOTICE = {"en": "Synthetic survey, not the responses.", "es": "Encuesta sintética, no las respuestas."}


def texts(figure: Figure) -> list[Text]:
    """All texts that are seen: ticks beyond the ends of an axis are kept by matplotlib but not drawn."""
    unseen = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not ax.axison or not low <= tick.get_loc() <= high:
                    unseen |= {tick.label1, tick.label2}
    return [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible() and t not in unseen]


def test_every_figure_is_tried_here():
    offered = {name for name, thing in vars(figures).items() if inspect.isfunction(thing)}
    assert offered - {"path_diagram", "render", "save"} == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_numbers_notice_and_edges(name, language):
    figure, data = DRAWINGS[name](display=Display(language, notice=NOTICE[language]))
    assert isinstance(figure, Figure) and isinstance(data, pd.DataFrame) and len(data)
    figure.set_dpi(200)
    figure.draw_without_rendering()
    page = figure.bbox
    shown = texts(figure)
    written = [t.get_text().replace("\n", " ") for t in shown]
    assert any(NOTICE[language] in text for text in written)
    wrong = re.compile(r"\d\.\d" if language == "es" else r"\d,\d")
    assert not [text for text in written if wrong.search(text)]
    for text in shown:
        box = Text.get_window_extent(text)
        assert box.x0 >= -2 and box.x1 <= page.x1 + 2, (text.get_text(), box, page)
        assert box.y0 >= -12 and box.y1 <= page.y1 + 12, (text.get_text(), box, page)
        assert text.get_fontsize() >= 4.5
    assert figure.get_figwidth() == (3.9 if name == "facsimile" else 6.8)


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_data_does_not_depend_on_the_language(name):
    english, spanish = (DRAWINGS[name](display=Display(language))[1] for language in LANGUAGES)
    words = ["label", "answer", "text", "line", "heading"]
    pd.testing.assert_frame_equal(
        english.drop(columns=words, errors="ignore"), spanish.drop(columns=words, errors="ignore")
    )


@pytest.mark.parametrize(
    ("name", "formats"),
    [("forest", ["svg", "png", "pdf"]), ("importance_map", ["svg"])],
)
def test_the_same_input_gives_the_same_bytes(name, formats):
    first, second = (
        figures.render(DRAWINGS[name](display=Display("es", notice="n"))[0], formats=formats, dpi=60)
        for _ in range(2)
    )
    assert first == second
    assert first["svg"].startswith(b"<?xml") and b"dc:date" not in first["svg"]
    if "pdf" in formats:
        assert first["png"][1:4] == b"PNG" and b"tEXtSoftware" not in first["png"]
        assert first["pdf"].startswith(b"%PDF") and b"CreationDate" not in first["pdf"]


def test_settings_of_the_caller_change_nothing():
    import matplotlib as mpl

    plain = figures.render(DRAWINGS["htmt_bars"]()[0], formats=["svg"])
    with mpl.rc_context({"font.size": 22, "axes.grid": True, "svg.hashsalt": "x", "text.color": "red"}):
        assert figures.render(DRAWINGS["htmt_bars"]()[0], formats=["svg"]) == plain
    assert mpl.rcParams["font.size"] == 10.0


def test_save_writes_four_files_and_touches_only_what_changed(tmp_path):
    every = ("svg", "png", "pdf")
    figure, data = DRAWINGS["power_curve"]()
    figures.save(figure, data, tmp_path / "new", "fig_01", formats=every)
    paths = sorted((tmp_path / "new").iterdir())
    assert [p.name for p in paths] == ["fig_01.csv", "fig_01.pdf", "fig_01.png", "fig_01.svg"]
    back = pd.read_csv(tmp_path / "new" / "fig_01.csv", keep_default_na=False, na_values=[""])
    pd.testing.assert_frame_equal(back, data, check_exact=False, rtol=1e-8)
    before = {p: p.stat().st_mtime_ns for p in paths}
    (tmp_path / "new" / "fig_01.svg").write_text("spoilt")
    spoilt = (tmp_path / "new" / "fig_01.svg").stat().st_mtime_ns
    figures.save(*DRAWINGS["power_curve"](), tmp_path / "new", "fig_01", formats=every)
    for p in paths:
        changed = p.stat().st_mtime_ns != before[p]
        assert changed == (p.suffix == ".svg")
    assert (tmp_path / "new" / "fig_01.svg").stat().st_mtime_ns != spoilt or (
        (tmp_path / "new" / "fig_01.svg").read_bytes().startswith(b"<?xml")
    )


def test_files_hold_no_digit_that_is_noise_and_no_formula(tmp_path):
    noise = lambda: 1 + 1e-13 * np.random.default_rng().normal(size=len(POWER))  # noqa: E731
    first, second = (
        figures.power_curve(POWER.assign(power=POWER["power"] * noise(), column="=1+1")) for _ in range(2)
    )
    made, again = (figures.save(*f, tmp_path / folder, "f") for f, folder in ((first, "a"), (second, "b")))
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["f.csv", "f.svg"]
    assert made["png"].startswith(b"\x89PNG")
    for ending in ("svg", "csv"):
        assert made[ending] == again[ending] == (tmp_path / "b" / f"f.{ending}").read_bytes()
    svg, csv = made["svg"].decode(), made["csv"].decode()
    placed = re.sub(r"scale\([^)]*\)", "", " ".join(re.findall(r'(?:d|x|y|transform)="([^"]*)"', svg)))
    assert len(placed) > 1000 and not re.search(r"\.\d{4}", placed) and "scale(0.0" in svg
    assert ",'=1+1," in csv and not re.search(r"\d{10}", csv)
    tiny = pd.DataFrame({"x": [1e-17, -1e-18, 0.5], "t": ["-1", "-a", "b"]})
    assert figures.files.to_csv(tiny) == b"x,t\n0,-1\n0,'-a\n0.5,b\n"


def test_an_unknown_format_is_named():
    with pytest.raises(FigureError, match="'svgz'; did you mean 'svg'"):
        figures.render(DRAWINGS["power_curve"]()[0], formats=["svgz"])


# what is drawn is the data ------------------------------------------------------------------------


def bars(figure: Figure) -> np.ndarray:
    found = [
        (patch.get_x(), patch.get_width())
        for ax in figure.axes
        for container in ax.containers
        if isinstance(container, BarContainer)
        for patch in container
    ]
    return np.array(sorted(found))


def test_response_bars_show_the_shares():
    figure, data = DRAWINGS["response_bars"]()
    answers = responses()
    for row in data.to_dict("records"):
        assert row["count"] == (answers[row["item"]] == row["value"]).sum() and row["n"] == 60
        assert row["share"] == pytest.approx(row["count"] / 60)
    drawn = data[data["share"] > 0]
    assert bars(figure) == pytest.approx(np.array(sorted(zip(drawn["left"], drawn["share"], strict=True))))
    for _, part in data.groupby("item"):
        assert part["share"].sum() == pytest.approx(1.0)
        middle = part[part["value"] == 3].iloc[0]
        assert middle["left"] == pytest.approx(-middle["share"] / 2)
    assert list(data["answer"].unique()) == ["Never", "Almost never", "Sometimes", "Almost always", "Always"]


def test_an_even_scale_has_its_middle_between_two_answers():
    data = pd.DataFrame({"a": [1.0, 2, 3, 4, np.nan]})
    _, drawn = figures.response_bars(data, {"no": 1, "rather no": 2, "rather yes": 3, "yes": 4})
    assert drawn["left"].tolist() == pytest.approx([-0.5, -0.25, 0.0, 0.25])
    assert (drawn["n"] == 4).all()


def test_missing_answers_are_counted_by_item_and_pattern():
    figure, data = DRAWINGS["missing_answers"]()
    table = data.set_index("item")
    assert table["missing"].to_dict() == dict.fromkeys(ITEMS, 0) | {"FI1": 3, "INFRATICS2": 2}
    assert bars(figure) == pytest.approx(np.array(sorted((0.0, 100 * s) for s in data["share"])))
    patterns = {tuple(table.index[table[c] > 0]): table[c].max() for c in table if c.startswith("pattern_")}
    assert patterns == {("FI1",): 2, ("INFRATICS2", "FI1"): 1, ("INFRATICS2",): 1}
    assert list(table["pattern_1"]) == [0, 0, 0, 2, 0]
    whole, data = figures.missing_answers(responses())
    assert data["share"].sum() == 0 and any("No answer is missing" in t.get_text() for t in texts(whole))


def test_the_flow_adds_up_and_says_what_each_rule_did():
    figure, data = figures.cleaning_flow(FLOW, display=Display("es"))
    shown = [t.get_text() for t in texts(figure)]
    assert {"70 registros recibidos", "60 registros conservados", "−2", "−8"} <= set(shown)
    assert {"3 señalados", "4 completados", "Formulario sin terminar (se conserva con ≥ 0,8)"} <= set(shown)
    assert data["rule"].tolist() == ["consent", "completion", "outlier", "imputed"]
    with pytest.raises(FigureError, match="rows_kept must be rows_in less dropped"):
        figures.cleaning_flow(FLOW.assign(dropped=1))
    with pytest.raises(FigureError, match="next rule's rows_in"):
        figures.cleaning_flow(FLOW.iloc[[1, 3]])


def test_the_correlation_map_holds_the_lower_triangle():
    r = responses().corr()
    figure, data = figures.correlation_map(r, blocks=BLOCKS)
    assert len(data) == 10
    image = figure.axes[0].collections[0].get_array()
    for row in data.to_dict("records"):
        i, j = ITEMS.index(row["row"]), ITEMS.index(row["column"])
        assert i > j and row["value"] == r.loc[row["row"], row["column"]] == image[i, j]
    assert np.ma.count(image) == 10
    with pytest.raises(FigureError, match="no item 'FI9'; did you mean 'FI"):
        figures.correlation_map(r, blocks={"FI": ["FI9"]})
    unknown = r.copy()
    unknown.loc["FI1", "FI2"] = unknown.loc["FI2", "FI1"] = np.nan
    shown = [t.get_text() for t in figures.correlation_map(unknown)[0].axes[0].texts]
    assert len(shown) == 9 and "1" not in shown
    with pytest.raises(FigureError, match="same items in the same order"):
        figures.correlation_map(r.iloc[:3])


def test_scree_draws_the_parallel_analysis():
    parallel = parallel_analysis(responses().to_numpy(), n_iterations=30, seed=1)
    figure, data = figures.scree(parallel)
    for ax, kind in zip(figure.axes, ("components", "factors"), strict=True):
        part = data[data["kind"] == kind]
        assert part["observed"].to_numpy() == pytest.approx(getattr(parallel, f"observed_{kind}"))
        assert part["percentile"].to_numpy() == pytest.approx(getattr(parallel, f"percentile_{kind}"))
        assert part["retained"].sum() == getattr(parallel, f"n_{kind}")
        lines = [tuple(line.get_ydata()) for line in ax.lines]
        assert tuple(part["observed"]) in lines and tuple(part["percentile"]) in lines
    again, same = figures.scree(data)
    pd.testing.assert_frame_equal(same, data)
    assert figures.render(again, formats=["svg"]) == figures.render(figure, formats=["svg"])
    with pytest.raises(FigureError, match="kind must be"):
        figures.scree(data.assign(kind="other"))


def test_the_loading_map_marks_what_was_dropped_and_why():
    figure, data = figures.loading_map(STATISTICS, TRACE, display=Display("es"))
    table = data.set_index(["item", "round"])
    assert table.loc[("FI1", 0), "loading"] == pytest.approx(0.6)
    assert np.isnan(table.loc[("FI1", 1), "loading"]) and table.loc[("FI1", 1), "action"] == "dropped"
    assert table.loc[("FI1", 1), "text"] == "carga propia 0,21 < 0,40"
    assert table.loc[("FI2", 1), "text"] == "brecha de carga cruzada 0,04 < 0,10 (se conserva: mínimo)"
    assert (data["action"] != "").sum() == 2
    assert sum(t.get_text() == "×" for t in texts(figure)) == 1
    drawn = np.ma.concatenate([ax.collections[0].get_array().ravel() for ax in figure.axes])
    assert sorted(np.ma.masked_invalid(drawn).compressed()) == pytest.approx(
        sorted(data["loading"].dropna().abs())
    )
    unpruned, data = figures.loading_map(STATISTICS[STATISTICS["round"] == 0], TRACE.iloc[:0])
    assert (data["action"] == "").all() and not any(t.get_text() == "×" for t in texts(unpruned))


def limits(figure: Figure) -> dict[float, str]:
    """The upright lines of the first panel: place → text of the legend."""
    return {
        line.get_xdata()[0]: line.get_label()
        for line in figure.axes[0].lines
        if not line.get_label().startswith("_")
    }


def test_htmt_bars_have_intervals_and_the_limits_of_the_table():
    figure, data = DRAWINGS["htmt_bars"](display=Display("es"))
    assert bars(figure) == pytest.approx(np.array([(0.0, 0.335), (0.0, 0.884)]))
    assert data[["lower", "upper"]].to_numpy() == pytest.approx(np.array([[0.1, 0.6], [0.7, 1.02]]))
    known = threshold("htmt")
    assert set(limits(figure)) == {known.acceptable, known.borderline}
    assert {"0,335", "0,884"} <= {t.get_text() for t in texts(figure)}
    plain, data = figures.htmt_bars(SUMMARY.drop(columns=["lower", "upper"]))
    assert data["lower"].isna().all() and not any("95" in t.get_text() for t in texts(plain))


def test_htmt_bars_draw_the_bound_that_the_text_judges_by():
    bounds = pd.DataFrame(
        [("htmt", "INFRATICS", "FI", 0.501), ("htmt", "RC", "INFRATICS", 1.013)],
        columns=["statistic", "row", "column", "upper"],
    )
    figure, data = figures.htmt_bars(SUMMARY, bounds=pd.concat([bounds, bounds]))
    assert data["bound"].tolist() == [0.501, 1.013] and "upper" not in data
    assert limits(figure)[1.0] == "1 (limit of the upper bound)"
    drawn = next(c for c in figure.axes[0].collections if len(c.get_segments()) == 2).get_segments()
    assert [tuple(s[:, 0]) for s in drawn] == [(0.335, 0.501), (0.884, 1.013)]
    weight = {t.get_text(): t.get_fontweight() for t in texts(figure)}
    assert weight["1.013"] == "bold" and weight["0.501"] == "normal"
    with pytest.raises(FigureError, match="no bound of the htmt of FI and INFRATICS"):
        figures.htmt_bars(SUMMARY, bounds=bounds.iloc[1:])


def test_the_forest_puts_hypotheses_first_and_tells_intervals_apart():
    figure, data = DRAWINGS["forest"]()
    assert data["hypothesis"].tolist() == ["H1", "H2", ""]
    assert data["text"].tolist()[:2] == [
        "0.310 [−0.050, 0.550]  p = 0.150",
        "0.740*** [0.500, 0.860]  p < 0.001",
    ]
    markers = [
        (line.get_xdata()[0], line.get_markerfacecolor())
        for line in figure.axes[0].lines
        if line.get_marker() == "o"
    ]
    assert [x for x, _ in markers] == [0.31, 0.74]
    assert markers[0][1] == "white" and markers[1][1] != "white"
    spanish, _ = DRAWINGS["forest"](display=Display("es"))
    assert any(t.get_text().startswith("0,310 [−0,050; 0,550]") for t in texts(spanish))
    with pytest.raises(FigureError, match="no row has the statistic f_squared"):
        figures.forest(SUMMARY, statistics="f_squared")


def test_densities_integrate_to_one_and_mark_the_interval():
    figure, data = DRAWINGS["bootstrap_densities"]()
    for key, part in data.groupby(["statistic", "row", "column"]):
        curve = part[part["element"] == "density"]
        assert np.trapezoid(curve["density"], curve["x"]) == pytest.approx(1.0, abs=0.01)
        wanted = SUMMARY.set_index(["statistic", "row", "column"]).loc[key]
        marks = part.set_index("element")["x"]
        assert (
            marks[["estimate", "lower", "upper"]].tolist() == wanted[["original", "lower", "upper"]].tolist()
        )
    assert data["statistic"].unique().tolist() == ["path_coefficient"]
    curves = [tuple(line.get_ydata()) for ax in figure.axes for line in ax.lines]
    part = data[(data["element"] == "density") & (data["column"] == "FI")]
    assert tuple(part["density"]) in curves
    resampled = draws()
    of = (resampled["column"] == "FI") & (resampled["statistic"] == "path_coefficient")
    assert part["density"].to_numpy() == pytest.approx(gaussian_kde(resampled.loc[of, "value"])(part["x"]))


def test_draws_that_do_not_vary_have_no_density():
    with pytest.raises(FigureError, match="do not vary"):
        figures.bootstrap_densities(draws().assign(value=1.0), SUMMARY)
    with pytest.raises(FigureError, match="not in the summary"):
        figures.bootstrap_densities(draws(), SUMMARY, quantities=[("htmt2", "a", "b")])


def test_the_importance_map_names_every_point_once_without_covering_another():
    figure, data = DRAWINGS["importance_map"]()
    panels = [ax for ax in figure.axes if ax.texts]
    drawn = sorted((x, y) for ax in panels for x, y in zip(*ax.lines[-1].get_data(), strict=True))
    assert drawn == sorted(zip(data["importance"], data["performance"], strict=True))
    assert data.loc[data["level"] == "item", "mean_importance"].unique() == pytest.approx([0.067])
    figure.set_dpi(300)
    figure.draw_without_rendering()
    for ax in panels:
        boxes = [Text.get_window_extent(t) for t in ax.texts]
        assert sorted(t.get_text() for t in ax.texts) in (
            ["INFRATICS"],
            sorted(f"INFRATICS{i}" for i in range(8)),
        )
        for a, b in itertools.combinations(boxes, 2):
            assert not (a.x0 < b.x1 and b.x0 < a.x1 and a.y0 + 6 < b.y1 - 6 and b.y0 + 6 < a.y1 - 6)


def test_attainable_intervals_tell_what_is_out_of_reach():
    figure, data = DRAWINGS["attainable_intervals"](display=Display("es"))
    assert data["inside"].tolist() == [False, True, False]
    assert data["printed"].tolist()[:2] == [0.73, 0.561] and np.isnan(data["printed"][2])
    assert "[0,615; 0,721]" in {t.get_text() for t in texts(figure)}
    crosses = [tuple(line.get_xdata()) for line in figure.axes[0].lines if line.get_marker() == "X"]
    assert crosses == [(0.73,)]
    renamed = INTERVALS.rename(columns={"lower": "allowed_lower", "upper": "allowed_upper"})
    pd.testing.assert_frame_equal(figures.attainable_intervals(renamed)[1], data)
    variant = INTERVALS.assign(statistic="srmr", row="model", column="saturated/common_factor").iloc[1:2]
    names = figures.attainable_intervals(variant, display=Display("es"))[0].axes[0].get_yticklabels()
    assert [t.get_text() for t in names] == ["SRMR saturado, factor común"]
    with pytest.raises(FigureError, match="no row has an interval"):
        figures.attainable_intervals(INTERVALS.assign(lower=np.nan))


def test_the_ensemble_is_drawn_by_its_quantiles():
    figure, data = DRAWINGS["ensemble_intervals"]()
    pd.testing.assert_frame_equal(data, ENSEMBLE)
    assert any("41 data sets" in t.get_text() for t in texts(figure))
    whole, middle = figure.axes[0].collections
    for lines, ends in ((whole, (0.1, 0.9)), (middle, (0.14, 0.86))):
        (segment,) = lines.get_segments()
        assert segment[:, 0].tolist() == pytest.approx(ends)
    (median,) = figure.axes[0].lines
    assert median.get_xdata().tolist() == [0.5]


def test_power_curves_are_sorted_and_checked():
    figure, data = DRAWINGS["power_curve"]()
    assert data["n"].tolist() == [20, 40, 80] * 2
    curves = [tuple(line.get_ydata()) for line in figure.axes[0].lines]
    marks = {line.get_marker() for line in figure.axes[0].get_legend().get_lines()}
    assert len(marks) == 2
    assert tuple(data["power"][:3]) in curves and tuple(data["power"][3:]) in curves
    one, data = figures.power_curve(pd.DataFrame({"n": [10, 20], "power": [0.2, 0.4]}))
    assert one.axes[0].get_legend() is None and (data["row"] == "").all()
    with pytest.raises(FigureError, match="between 0 and 1"):
        figures.power_curve(POWER.assign(power=80.0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_coverage_is_drawn_tabled_and_put_into_words(language):
    display = Display(language, notice="simulated")
    figure, data = figures.coverage_figure(COVERAGE, display=display)
    assert len(figure.axes) == 4 and len(data) == len(COVERAGE)
    drawn = sorted(x for ax in figure.axes for c in ax.containers for x in c.lines[0].get_xdata())
    assert drawn == sorted(COVERAGE["coverage"])
    frame = coverage_table(COVERAGE, display=display).frame
    assert frame["percentile"].tolist() == [0.80, 0.94] and frame["bca"].tolist() == [0.95, 0.94]
    sentence = coverage_sentence(COVERAGE, display=display)
    assert "HTMT (BCa)" in sentence and ("cobertura" in sentence) == (language == "es")
    assert "80.0%" in sentence or "80,0\N{NO-BREAK SPACE}%" in sentence


def test_widths_and_kinds_of_answers_have_rows_of_their_own():
    both = pd.concat(
        [
            COVERAGE.assign(answers=a, mean_width=w, width_se=0.01)
            for a, w in (("normal", 0.3), ("skewed", 0.6))
        ]
    )
    figure, data = figures.coverage_figure(both, value="mean_width")
    assert len(figure.axes) == 8 and len(data) == len(both)
    drawn = [{x for c in ax.containers for x in c.lines[0].get_xdata()} for ax in figure.axes]
    assert drawn == [{0.3}, {0.3}, {0.3}, {0.3}, {0.6}, {0.6}, {0.6}, {0.6}]
    assert [ax.get_title(loc="left") for ax in figure.axes[:2]] == [
        "moderate paths, symmetric answers\nn = 50",
        "n = 100",
    ]


def test_each_kind_of_interval_is_drawn_from_end_to_end():
    figure, _ = figures.interval_kinds(figure_cases.KINDS)
    spans = sorted(tuple(segment[:, 0]) for c in figure.axes[0].collections for segment in c.get_segments())
    assert spans == sorted(2 * [(0.4 - d, 0.4 + d) for d in (1, 2, 3, 4)])


EMPTY = pd.DataFrame()
REFUSED = {
    "group_forest": lambda: figures.group_forest(
        figure_cases.GROUPS.head(0), differing=set(), confidence_level=0.9
    ),
    "response_bars": lambda: figures.response_bars(EMPTY, SCALE),
    "missing_answers": lambda: figures.missing_answers(EMPTY),
    "cleaning_flow": lambda: figures.cleaning_flow(FLOW.iloc[:0]),
    "correlation_map": lambda: figures.correlation_map(EMPTY),
    "scree": lambda: figures.scree(EMPTY),
    "loading_map": lambda: figures.loading_map(STATISTICS.iloc[:0], TRACE),
    "htmt_bars": lambda: figures.htmt_bars(SUMMARY.iloc[:0]),
    "forest": lambda: figures.forest(SUMMARY.iloc[:0]),
    "bootstrap_densities": lambda: figures.bootstrap_densities(draws(), SUMMARY.iloc[:0]),
    "importance_map": lambda: figures.importance_map(IPMA.iloc[:0]),
    "attainable_intervals": lambda: figures.attainable_intervals(INTERVALS.iloc[:0]),
    "ensemble_intervals": lambda: figures.ensemble_intervals(ENSEMBLE.iloc[:0], count=0),
    "power_curve": lambda: figures.power_curve(POWER.iloc[:0]),
    "coverage_figure": lambda: figures.coverage_figure(COVERAGE.iloc[:0]),
    "interval_kinds": lambda: figures.interval_kinds(figure_cases.KINDS.iloc[:0]),
    **figure_cases.REFUSED,
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_nothing_to_draw_is_an_error(name):
    with pytest.raises(FigureError, match=f"{name}: "):
        REFUSED[name]()


def test_answers_off_the_scale_and_unknown_items_are_named():
    with pytest.raises(FigureError, match="FI1 has the answer 9, expected one of"):
        figures.response_bars(responses().assign(FI1=9), SCALE)
    with pytest.raises(FigureError, match="no item 'FI3'; did you mean 'FI"):
        figures.response_bars(responses(), SCALE, blocks={"FI": ["FI3"]})
    with pytest.raises(FigureError, match="no column 'power'; did you mean 'powr'"):
        figures.power_curve(POWER.rename(columns={"power": "powr"}))


def test_unknown_language_is_refused():
    with pytest.raises(ValueError, match="language: unknown 'fr'"):
        DRAWINGS["htmt_bars"](display=Display("fr"))
