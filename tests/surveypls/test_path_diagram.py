"""The path diagram: what stands in it, in both languages, with nothing written over anything."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Ellipse, FancyArrowPatch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from path_cases import (
    COMPONENTS,
    LABELS,
    LARGE,
    MIXED,
    STUDY,
    second_order,
    second_order_values,
    values_for,
)

from surveypls.figures.files import render
from surveypls.figures.path_diagram import path_diagram
from surveypls.figures.style import FigureError
from tabletext.display import Display
from tabletext.language import LANGUAGES


def texts(figure) -> list[Text]:
    return [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]


def ink(text: Text) -> Bbox:
    """What a line of text covers: its box is as tall as the font's tallest letters, its letters are not."""
    box = text.get_window_extent()
    if text.get_rotation() == 90:
        return Bbox.from_extents(box.x0 + 0.2 * box.width, box.y0, box.x1 - 0.15 * box.width, box.y1)
    return Bbox.from_extents(box.x0, box.y0 + 0.15 * box.height, box.x1, box.y1 - 0.2 * box.height)


@pytest.mark.parametrize("model", [STUDY, LARGE, MIXED], ids=["study", "large", "mixed"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_touches_another_or_leaves_the_page(model, language):
    figure, _ = path_diagram(
        model,
        values_for(model).assign(p_value=1e-4),
        construct_labels=LABELS,
        display=Display(language, notice="A synthetic survey. " * 12),
    )
    figure.set_dpi(400)
    figure.draw_without_rendering()
    drawn = [(t.get_text(), ink(t)) for t in texts(figure)]
    for (a, box_a), (b, box_b) in itertools.combinations(drawn, 2):
        assert not box_a.overlaps(box_b), (a, b, box_a, box_b)
    page = figure.bbox
    for text, box in drawn:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1, text


def test_item_names_fit_their_boxes_and_numbers_stay_readable():
    for model in (STUDY, LARGE):
        figure, _ = path_diagram(model, values_for(model))
        figure.set_dpi(400)
        figure.draw_without_rendering()
        assert min(t.get_fontsize() for t in texts(figure)) >= 4.5
        boxes = [
            p.get_window_extent()
            for p in figure.axes[0].patches
            if type(p) is Rectangle and p.get_zorder() == 4
        ]
        names = [t for t in texts(figure) if t.get_text().startswith(("INFRATICS2", "FI3", "A_RATHER"))]
        assert len(boxes) == len(model.items) and names
        for name in names:
            if name.get_fontweight() != "bold":
                text = ink(name)
                assert any(
                    b.x0 <= text.x0 and text.x1 <= b.x1 and b.y0 <= text.y0 <= text.y1 <= b.y1 for b in boxes
                )


def test_data_is_what_is_drawn():
    values = values_for(STUDY)
    figure, data = path_diagram(STUDY, values, construct_labels=LABELS)
    keys = values.set_index(["statistic", "row", "column"])["value"]
    shown = [t.get_text() for t in texts(figure)]
    for row in data.to_dict("records"):
        assert row["value"] == keys[row["statistic"], row["row"], row["column"]]
        assert row["text"] == f"{row['value']:.3f}".replace("-", "−")
        assert any(text.endswith(row["text"]) for text in shown)
    assert (data["element"].value_counts() == pd.Series({"item": 11, "construct": 3, "path": 2})).all()
    inside = data[data["element"] == "construct"].set_index("row")["statistic"]
    assert list(data.loc[data["element"] == "construct", "statistic"]) == ["ave", "r_squared", "r_squared"]
    assert inside["INFRATICS"] == "ave"
    patches = figure.axes[0].patches
    assert sum(isinstance(p, Ellipse) for p in patches) == 3
    assert sum(isinstance(p, FancyArrowPatch) for p in patches) == 11 + 2
    placed = {
        (t.get_text(), round(t.get_position()[0], 6), round(t.get_position()[1], 6)) for t in texts(figure)
    }
    for row in data[data["element"] != "construct"].to_dict("records"):
        assert (row["text"], round(row["x"], 6), round(row["y"], 6)) in placed


def test_stars_follow_the_p_values_and_are_explained():
    values = values_for(STUDY)
    inference = pd.DataFrame(
        [("path_coefficient", "INFRATICS", "FI", 0.15), ("path_coefficient", "INFRATICS", "RC", 0.004)],
        columns=["statistic", "row", "column", "p_value"],
    )
    figure, data = path_diagram(STUDY, values, inference=inference, display=Display("es"))
    paths = data[data["element"] == "path"].set_index("column")["text"]
    assert "*" not in paths["FI"] and paths["RC"].endswith("**") and not paths["RC"].endswith("***")
    assert any("p < 0,05" in t.get_text() for t in texts(figure))
    plain, _ = path_diagram(STUDY, values)
    assert not any("p <" in t.get_text() for t in texts(plain))


def test_a_bootstrap_summary_serves_as_values():
    summary = values_for(STUDY).rename(columns={"value": "original"}).assign(p_value=0.03)
    _, data = path_diagram(STUDY, summary)
    assert data.loc[data["element"] == "path", "text"].str.endswith("*").all()


def test_spanish_has_decimal_commas_and_its_labels():
    figure, _ = path_diagram(STUDY, values_for(STUDY), construct_labels=LABELS, display=Display("es"))
    shown = [t.get_text() for t in texts(figure)]
    assert "Fuentes de ingreso" in shown
    assert not any(
        any(a.isdigit() and b == "." and c.isdigit() for a, b, c in zip(t, t[1:], t[2:], strict=False))
        for t in shown
    )


def test_mode_b_draws_weights_and_turns_the_arrows():
    _, data = path_diagram(MIXED, values_for(MIXED))
    statistic = data[data["element"] == "item"].set_index("row")["statistic"]
    assert set(statistic[["x1", "x2", "x3"]]) == {"outer_weight"}
    assert set(statistic[["m1", "y$2"]]) == {"outer_loading"}
    figure, _ = path_diagram(MIXED, values_for(MIXED))
    ellipses = [p for p in figure.axes[0].patches if isinstance(p, Ellipse)]
    arrows = [p for p in figure.axes[0].patches if isinstance(p, FancyArrowPatch) and p.get_zorder() == 1]
    owners = [ellipses[0]] * 3 + [ellipses[1]] + [ellipses[2]] * 3
    for i, (arrow, owner) in enumerate(zip(arrows, owners, strict=True)):
        vertices = arrow._path_original.vertices  # from tail to head, in inches
        tail, head = (np.hypot(*(v - np.array(owner.get_center()))) for v in (vertices[0], vertices[-1]))
        assert (head < tail) == (i < 3)


def arrows_of(figure, width: float) -> list[FancyArrowPatch]:
    """The arrows of a width in points at full size; the widest are the paths', 1.3 points."""
    arrows = [p for p in figure.axes[0].patches if isinstance(p, FancyArrowPatch)]
    scale = max(p.get_linewidth() for p in arrows) / 1.3
    return [p for p in arrows if p.get_linewidth() == pytest.approx(width * scale)]


@pytest.mark.parametrize("mode", ["A", "B"])
def test_components_are_ellipses_with_arrows_by_mode(mode):
    values = second_order_values()
    figure, data = path_diagram(second_order(mode), values)
    assert sum(isinstance(p, Ellipse) for p in figure.axes[0].patches) == 6
    table = data.set_index(["element", "row"])
    statistic = "outer_loading" if mode == "A" else "outer_weight"
    known = values.set_index(["statistic", "row", "column"])["value"]
    for part in COMPONENTS:
        row = table.loc[("component", part)]
        assert row["statistic"] == statistic and row["value"] == known[statistic, part, "REPU"]
        assert f"{part.lower()}1" in table.loc["item"].index
    ellipses = {t.get_text(): t.get_position() for t in texts(figure) if t.get_fontweight() == "bold"}
    arrows = [p._path_original.vertices for p in arrows_of(figure, 0.8)]
    assert len(arrows) == 2
    for vertices, part in zip(arrows, COMPONENTS, strict=True):
        to_parent = [np.hypot(*(v - np.array(ellipses["REPU"]))) for v in (vertices[0], vertices[-1])]
        assert (to_parent[1] < to_parent[0]) == (mode == "B")
        to_part = [np.hypot(*(v - np.array(ellipses[part]))) for v in (vertices[0], vertices[-1])]
        assert (to_part[1] < to_part[0]) == (mode == "A")


def test_a_moderator_leads_onto_its_path():
    figure, data = path_diagram(
        second_order(), second_order_values().assign(p_value=0.03), display=Display("es")
    )
    row = data[data["element"] == "moderation"].iloc[0]
    assert (row["row"], row["column"], row["text"]) == ("CUSA*SC", "CUSL", "−0,071*")
    (arrow,) = arrows_of(figure, 1.0)
    onto = arrow._path_original.vertices[-1]
    ways = [p._path_original.vertices for p in arrows_of(figure, 1.3)]
    assert len(ways) == 4
    distances = [
        np.linalg.norm(onto - (a + np.clip((onto - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1) * (b - a)))
        for v in ways
        for a, b in itertools.pairwise(v)
    ]
    assert min(distances) < 1e-9
    figure.set_dpi(400)
    figure.draw_without_rendering()
    drawn = [(t.get_text(), ink(t)) for t in texts(figure)]
    for (a, box_a), (b, box_b) in itertools.combinations(drawn, 2):
        assert not box_a.overlaps(box_b), (a, b)


def test_the_structural_model_alone():
    figure, data = path_diagram(STUDY, values_for(STUDY), items=False)
    assert set(data["element"]) == {"construct", "path"}
    assert not any(t.get_text() == "FI2" for t in texts(figure))


def test_the_same_input_gives_the_same_bytes():
    first, second = (
        render(
            path_diagram(STUDY, values_for(STUDY), display=Display("es"))[0],
            formats=["svg", "png", "pdf"],
            title="t",
        )
        for _ in range(2)
    )
    assert first == second and set(first) == {"svg", "png", "pdf"}
    assert b"20" + b"26-" not in first["svg"] and b"CreationDate" not in first["pdf"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: f[f["statistic"] != "path_coefficient"], "no path_coefficient of INFRATICS and FI"),
        (lambda f: f[f["row"] != "RC3"], "no outer_loading of RC3 and RC"),
        (lambda f: f.iloc[:0], "no rows"),
        (lambda f: f.drop(columns="row"), "no column 'row'"),
        (lambda f: f.to_dict(), "expected a DataFrame"),
    ],
)
def test_what_is_missing_is_named(spoil, message):
    with pytest.raises(FigureError, match=message):
        path_diagram(STUDY, spoil(values_for(STUDY)))
