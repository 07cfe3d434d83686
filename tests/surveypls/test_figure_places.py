"""Places and sizes in the figures, with lengths worked out by hand."""

from __future__ import annotations

import pytest

from surveypls.figures import path_cells, path_routing
from surveypls.figures.path_routing import Box
from surveypls.figures.style import line_height, text_width


def test_an_ellipse_is_left_on_its_outline():
    ellipse = Box(1.0, 2.0, 4.0, 2.0)  # half axes 2 and 1
    # 0.6 off the middle of a half axis of 1: the outline is at 0.8 of the other one
    assert path_routing.port(ellipse, "right", 0.6) == pytest.approx((1.0 + 2.0 * 0.8, 2.6))
    assert path_routing.port(ellipse, "left", 0.6) == pytest.approx((1.0 - 2.0 * 0.8, 2.6))
    assert path_routing.port(ellipse, "top", 1.2) == pytest.approx((2.2, 2.8))
    assert path_routing.port(ellipse, "bottom", 1.2) == pytest.approx((2.2, 1.2))
    assert path_routing.on_ellipse(ellipse, (5.0, 2.0)) == pytest.approx((3.0, 2.0))
    assert path_routing.on_ellipse(ellipse, (1.0, 2.0)) == (1.0, 2.0)


def test_a_point_along_a_line_with_a_bend():
    line = [(0.0, 0.0), (1.0, 0.0), (1.0, 3.0)]
    assert path_routing.along(line, 0.125) == pytest.approx((0.5, 0.0))
    assert path_routing.along(line, 0.5) == pytest.approx((1.0, 1.0))


def test_a_label_stands_in_the_middle_of_a_free_line_and_keeps_off_its_ends():
    lines = {("A", "B"): [(0.0, 0.0), (1.0, 0.0)]}
    placed = path_routing.place_labels(lines, {("A", "B"): (0.1, 0.05)}, [], [])
    assert (placed["A", "B"].x, placed["A", "B"].y) == pytest.approx((0.5, 0.0))
    # all but the last 0.13 is covered: too near the arrow's head
    covered = [(-0.2, -0.1, 0.87, 0.1)]
    assert path_routing.place_labels(lines, {("A", "B"): (0.02, 0.02)}, covered, []) is None
    covered = [(-0.2, -0.1, 0.74, 0.1)]
    near_end = path_routing.place_labels(lines, {("A", "B"): (0.02, 0.02)}, covered, [])["A", "B"]
    assert 0.74 < near_end.x <= 0.88
    # a line of 0.2 has no point that is 0.12 from both ends
    short = {("A", "B"): [(0.0, 0.0), (0.2, 0.0)]}
    assert path_routing.place_labels(short, {("A", "B"): (0.02, 0.02)}, [], []) is None


def test_widths_and_heights_of_texts_are_in_inches():
    # DejaVu Sans: the advance of "m" is 1995 of 2048 units of the size
    many = text_width("m" * 100, 10.0)
    assert many == pytest.approx(100 * 10.0 * 1995 / 2048 / 72.0, rel=2e-3)
    assert line_height(7.2) == pytest.approx(0.125)
    assert text_width("m" * 20, 10.0, bold=True) > text_width("m" * 20, 10.0)


@pytest.mark.parametrize(
    ("side", "turned", "angle"), [("top", True, 90), ("top", False, 0), ("left", True, 0)]
)
def test_boxes_of_items_stand_side_by_side(side, turned, angle):
    sizes = path_cells.Sizes(ellipse=(1.0, 0.6), box=(0.5, 0.2), loading=(0.3, 0.1), path={}, head=0.1)
    cell = path_cells.build_cell([(side, ["a1", "a2"])], sizes, turned)
    one, two = cell.boxes["a1"], cell.boxes["a2"]
    assert (one.angle, cell.loadings["a1"].angle) == (angle, angle)
    gap = abs(one.x - two.x) - one.width if side == "top" else abs(one.y - two.y) - one.height
    assert gap == pytest.approx(0.035)
    apart = cell.loadings["a1"], cell.loadings["a2"]
    assert not path_routing.overlap(apart[0].rect, apart[1].rect)
