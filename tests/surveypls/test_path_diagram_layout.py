"""The automatic layout of path diagrams: nothing overlaps, whatever the recursive model."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from surveypls.figures.path_cells import Sizes
from surveypls.figures.path_layers import LayoutError, component_arrows
from surveypls.figures.path_layout import Layout, layout, onto_path
from surveypls.figures.path_routing import (
    Box,
    along,
    hits,
    is_free,
    on_ellipse,
    overlap,
    port,
    segments,
    straightened,
)


def sizes_for(paths, *, box=(0.65, 0.15), ellipse=(1.1, 0.55)):
    return Sizes(ellipse=ellipse, box=box, loading=(0.33, 0.095), path=dict.fromkeys(paths, (0.45, 0.12)))


def make(n_items, edges, **options):
    blocks = {f"C{i}": [f"C{i}_{j}" for j in range(n)] for i, n in enumerate(n_items)}
    paths = [(f"C{a}", f"C{b}") for a, b in edges]
    return blocks, paths, layout(blocks, paths, sizes_for(paths, **options))


def assert_clear(blocks, paths, drawn: Layout) -> None:
    solid = [*drawn.ellipses.values(), *drawn.boxes.values(), *drawn.loadings.values()]
    for a, b in itertools.combinations(solid, 2):
        assert not overlap(a.rect, b.rect), (a, b)
    labels = list(drawn.path_labels.values())
    for a, b in itertools.combinations(labels, 2):
        assert not overlap(a.rect, b.rect)
    for a in labels:
        assert not any(overlap(a.rect, b.rect) for b in solid)
    for (source, target), line in drawn.path_lines.items():
        starts, ends = segments([line])
        for box in (*drawn.boxes.values(), *drawn.loadings.values()):
            assert not hits(starts, ends, box.rect).any(), (source, target, box)
        for name, ellipse in drawn.ellipses.items():
            if name not in (source, target):
                assert not hits(starts, ends, ellipse.rect).any()
    for box in (*solid, *labels):
        left, bottom, right, top = box.rect
        assert left >= -1e-9 and bottom >= -1e-9
        assert right <= drawn.width + 1e-9 and top <= drawn.height + 1e-9
    assert set(drawn.ellipses) == set(blocks)
    assert set(drawn.boxes) == {i for block in blocks.values() for i in block}
    assert set(drawn.path_lines) == set(drawn.path_labels) == set(paths)


@st.composite
def models(draw):
    k = draw(st.integers(2, 8))
    pairs = list(itertools.combinations(range(k), 2))
    chosen = set(draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=14)))
    for i in range(k):
        if not any(i in pair for pair in chosen):
            chosen.add((i - 1, i) if i else (0, 1))
    order = draw(st.permutations(range(k)))
    edges = [(order[a], order[b]) for a, b in sorted(chosen)]
    return draw(st.lists(st.integers(1, 10), min_size=k, max_size=k)), edges


@pytest.mark.slow
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(models())
@example(([10] * 8, [(a, b) for a in range(8) for b in range(a + 1, 8)]))
@example(([10] * 8, [(a, a + 1) for a in range(7)]))
@example(([10] * 8, [(a, 7) for a in range(7)]))
@example(([10] * 8, [(0, a) for a in range(1, 8)]))
@example(([10] * 8, [(0, i) for i in range(1, 7)] + [(i, 7) for i in range(1, 7)] + [(0, 7)]))
@example(([1, 1], [(0, 1)]))
def test_nothing_overlaps(model):
    assert_clear(*make(*model))


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(models(), st.data())
def test_components_and_moderators_find_their_place(model, data):
    n_items, edges = model
    blocks = {f"C{i}": [f"C{i}_{j}" for j in range(n)] for i, n in enumerate(n_items)}
    paths = [(f"C{a}", f"C{b}") for a, b in edges]
    parent = data.draw(st.sampled_from(list(blocks)))
    blocks |= {parent: [], "P1": ["p1"], "P2": ["p2", "p3"], "M": ["m1"]}
    moderated = data.draw(st.sampled_from(paths))
    paths.append(("M", moderated[1]))
    arrow = onto_path("M", moderated)
    arrows = [*paths, *component_arrows({parent: ["P1", "P2"]}, paths)]
    drawn = layout(
        blocks,
        paths,
        sizes_for([*arrows, arrow]),
        components={parent: ["P1", "P2"]},
        moderated=[("M", moderated)],
    )
    line = drawn.path_lines.pop(arrow)
    label = drawn.path_labels.pop(arrow)
    assert_clear(blocks, arrows, drawn)
    solid = [
        *drawn.ellipses.values(),
        *drawn.boxes.values(),
        *drawn.loadings.values(),
        *drawn.path_labels.values(),
    ]
    assert not any(overlap(label.rect, b.rect) for b in solid)
    onto = [along(drawn.path_lines[moderated], f / 20) for f in range(6, 15)]
    assert min(math.dist(line[-1], p) for p in onto) < 1e-9
    axis = 0 if drawn.flow == "horizontal" else 1
    sign = 1 if axis == 0 else -1
    leads = any(s == parent for s, _ in paths)
    for part in ("P1", "P2"):
        ahead = sign * ((drawn.ellipses[parent].x, drawn.ellipses[parent].y)[axis])
        own = sign * ((drawn.ellipses[part].x, drawn.ellipses[part].y)[axis])
        assert (own < ahead) == leads


def test_the_study_runs_from_left_to_right_at_full_size():
    _, _, drawn = make([5, 3, 3], [(0, 1), (0, 2)])
    assert drawn.flow == "horizontal" and drawn.scale == 1.0
    first, upper, lower = (drawn.ellipses[f"C{i}"] for i in range(3))
    assert first.x < upper.x == lower.x and upper.y > lower.y
    assert first.y == pytest.approx((upper.y + lower.y) / 2)
    assert all(drawn.boxes[f"C0_{j}"].x < first.x for j in range(5))
    assert all(drawn.boxes[f"C1_{j}"].x > upper.x for j in range(3))
    # Items stand in their order from the top, and every arrow is one straight line.
    assert [drawn.boxes[f"C0_{j}"].y for j in range(5)] == sorted(
        (b.y for i, b in drawn.boxes.items() if i.startswith("C0")), reverse=True
    )
    assert all(len(line) == 2 for line in drawn.path_lines.values())


def test_paths_lead_forward_and_end_on_their_ellipses():
    _, _, drawn = make([4] * 5, [(0, 1), (1, 2), (0, 2), (2, 3), (0, 3), (3, 4), (1, 4)])
    axis = 0 if drawn.flow == "horizontal" else 1
    sign = 1 if axis == 0 else -1
    for (source, target), line in drawn.path_lines.items():
        a, b = drawn.ellipses[source], drawn.ellipses[target]
        assert sign * (a.x, a.y)[axis] < sign * (b.x, b.y)[axis]
        for point, ellipse in ((line[0], a), (line[-1], b)):
            reach = math.hypot(
                2 * (point[0] - ellipse.x) / ellipse.width, 2 * (point[1] - ellipse.y) / ellipse.height
            )
            assert reach == pytest.approx(1.0)


def test_a_path_past_a_construct_bends_round_its_cell():
    # C0 -> C2 has no straight way in a chain drawn downwards: C1 stands between them.
    blocks = {f"C{i}": [f"C{i}_{j}" for j in range(6)] for i in range(3)}
    paths = [("C0", "C1"), ("C1", "C2"), ("C0", "C2")]
    drawn = layout(blocks, paths, sizes_for(paths), flow="vertical")
    assert len(drawn.path_lines["C0", "C2"]) > 2
    assert_clear(blocks, paths, drawn)


def test_item_arrows_join_ellipse_and_box():
    blocks, _, drawn = make([10, 3, 1], [(0, 1), (1, 2)])
    for construct, items in blocks.items():
        for item in items:
            start, end = drawn.item_lines[item]
            left, bottom, right, top = drawn.boxes[item].rect
            assert left - 1e-9 <= end[0] <= right + 1e-9 and bottom - 1e-9 <= end[1] <= top + 1e-9
            ellipse = drawn.ellipses[construct]
            reach = math.hypot(
                2 * (start[0] - ellipse.x) / ellipse.width, 2 * (start[1] - ellipse.y) / ellipse.height
            )
            assert reach == pytest.approx(1.0)


@pytest.mark.parametrize("flow", ["horizontal", "vertical"])
def test_a_direction_can_be_chosen(flow):
    blocks = {"A": ["a1"], "B": ["b1", "b2"], "C": []}
    paths = [("A", "B"), ("B", "C")]
    drawn = layout(blocks, paths, sizes_for(paths), flow=flow)
    assert drawn.flow == flow
    assert_clear(blocks, paths, drawn)


def test_the_drawing_is_scaled_to_the_page():
    blocks = {f"C{i}": [f"C{i}_{j}" for j in range(10)] for i in range(4)}
    paths = [("C0", "C1"), ("C1", "C2"), ("C2", "C3")]
    drawn = layout(blocks, paths, sizes_for(paths), page=(3.0, 3.0))
    assert drawn.width <= 3.0 + 1e-9 and drawn.height <= 3.0 + 1e-9
    assert max(drawn.width, drawn.height) == pytest.approx(3.0)
    assert drawn.boxes["C0_0"].width == pytest.approx(0.65 * drawn.scale)


def test_the_same_model_gives_the_same_layout():
    assert make([4, 5, 6, 2], [(0, 2), (1, 2), (2, 3), (0, 3)]) == make(
        [4, 5, 6, 2], [(0, 2), (1, 2), (2, 3), (0, 3)]
    )


@pytest.mark.parametrize(
    ("blocks", "paths", "message"),
    [
        ({}, [], "no construct"),
        ({"A": ["a"]}, [("A", "B")], "'B', which is no construct"),
        ({"A": ["a"], "B": ["b"]}, [("A", "B"), ("B", "A")], "cycle"),
    ],
)
def test_impossible_models_are_refused(blocks, paths, message):
    with pytest.raises(LayoutError, match=message):
        layout(blocks, paths, sizes_for(paths))


def test_unknown_direction_is_refused():
    with pytest.raises(LayoutError, match="'sideways'"):
        layout({"A": [], "B": []}, [("A", "B")], sizes_for([("A", "B")]), flow="sideways")


# The geometry itself, against sampling the line densely.
coordinates = st.floats(-2, 2, allow_nan=False).map(lambda x: round(x, 3))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.tuples(coordinates, coordinates), st.tuples(coordinates, coordinates))
def test_hits_agrees_with_points_on_the_segment(p, q):
    rect = (-0.5, -0.3, 0.7, 0.4)
    t = np.linspace(0, 1, 4001)[:, None]
    points = (1 - t) * np.array(p) + t * np.array(q)
    inside = (points > np.array(rect[:2]) + 1e-3) & (points < np.array(rect[2:]) - 1e-3)
    near = (points > np.array(rect[:2]) - 1e-3) & (points < np.array(rect[2:]) + 1e-3)
    found = bool(hits(np.array([p]), np.array([q]), rect)[0])
    if inside.all(axis=1).sum() > 1:
        assert found
    if not near.all(axis=1).any():
        assert not found


def test_straightened_keeps_only_the_needed_bends():
    wall = (1.0, -1.0, 2.0, 1.0)
    line = ((0.0, 0.0), (0.5, 1.5), (1.5, 1.6), (2.5, 1.5), (3.0, 0.0))
    assert straightened(line, []) == (line[0], line[-1])
    bent = straightened(line, [wall])
    assert is_free(bent, [wall]) and len(bent) < len(line) and bent[0] == line[0] and bent[-1] == line[-1]


def test_points_on_ellipses_and_lines():
    ellipse = Box(1.0, 2.0, 4.0, 2.0)
    assert on_ellipse(ellipse, (9.0, 2.0)) == (3.0, 2.0)
    assert on_ellipse(ellipse, (1.0, 2.0)) == (1.0, 2.0)
    assert port(ellipse, "top", 0.0) == (1.0, 3.0)
    assert port(ellipse, "left", 0.0) == (-1.0, 2.0)
    x, y = port(ellipse, "right", 0.5)
    assert ((x - 1) / 2) ** 2 + (y - 2) ** 2 == pytest.approx(1.0) and x > 1
    assert along(((0, 0), (2, 0), (2, 2)), 0.75) == (2, 1)
    assert along(((0, 0), (2, 0), (2, 2)), 1.0) == (2, 2)
