"""Cells of a path diagram: a construct with its items around it, before it has a place.

All lengths are inches, x to the right and y upwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveypls.figures.path_layers import Pair
from surveypls.figures.path_routing import Box, Point, Rect, around


@dataclass(frozen=True, slots=True)
class Sizes:
    """What has to fit, in inches at full size: (width, height) of texts with their padding."""

    ellipse: tuple[float, float]
    box: tuple[float, float]
    loading: tuple[float, float]
    path: Mapping[Pair, tuple[float, float]]
    gap: float = 0.55
    head: float = 0.09


@dataclass(frozen=True, slots=True)
class Style:
    """One way to arrange a diagram; the one that leaves the texts largest is taken."""

    flow: str  # "horizontal" or "vertical"
    split: str  # "no", "lone" (constructs alone in a layer), "all": items on two sides
    turned: bool  # item boxes above and below a construct stand upright
    liking: float  # divides the size: the look that users know first


STYLES = (
    Style("horizontal", "no", False, 1.0),
    Style("horizontal", "no", True, 0.9),
    Style("horizontal", "lone", False, 0.9),
    Style("horizontal", "lone", True, 0.85),
    Style("horizontal", "all", True, 0.8),
    Style("vertical", "no", False, 0.85),
    Style("vertical", "lone", False, 0.9),
    Style("vertical", "all", False, 0.85),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A construct at (0, 0) with its items around it."""

    boxes: dict[str, Box]
    loadings: dict[str, Box]
    ends: dict[str, Point]
    stacks: tuple[Rect, ...]  # each: boxes and their arrows, up to the ellipse
    rect: Rect


def build_cell(groups: Sequence[tuple[str, Sequence[str]]], sizes: Sizes, turned: bool) -> Cell:
    """Build a cell from its groups of items, each on one side of the ellipse."""
    ew, eh = sizes.ellipse
    boxes: dict[str, Box] = {}
    loadings: dict[str, Box] = {}
    ends: dict[str, Point] = {}
    stacks = []
    for side, items in groups:
        upright = side in ("top", "bottom") and turned
        sideways = side in ("left", "right") or upright
        b_deep, b_wide = sizes.box if sideways else sizes.box[::-1]
        l_deep, l_wide = sizes.loading if sideways else sizes.loading[::-1]
        edge = (ew if side in ("left", "right") else eh) / 2
        reach = edge + max(0.32, l_deep + 2 * sizes.head)
        middle = reach - sizes.head - l_deep / 2
        pitch = max(b_wide + 0.035, (l_wide + 0.012) * reach / middle)
        sign = -1.0 if side in ("left", "bottom") else 1.0
        for i, item in enumerate(items):
            spread = (i - (len(items) - 1) / 2) * pitch
            deep = (reach + b_deep / 2, middle, reach)
            wide = (spread, spread * middle / reach, spread)
            if side in ("left", "right"):
                centre, label, end = ((sign * d, -w) for d, w in zip(deep, wide, strict=True))
                boxes[item] = Box(*centre, b_deep, b_wide)
                loadings[item] = Box(*label, l_deep, l_wide)
            else:
                centre, label, end = ((w, sign * d) for d, w in zip(deep, wide, strict=True))
                boxes[item] = Box(*centre, b_wide, b_deep, 90 if upright else 0)
                loadings[item] = Box(*label, l_wide, l_deep, 90 if upright else 0)
            ends[item] = end
        hull = around([boxes[i].rect for i in items] + [loadings[i].rect for i in items])
        near = {
            "left": (hull[0], hull[1], -edge, hull[3]),
            "right": (edge, hull[1], hull[2], hull[3]),
            "top": (hull[0], edge, hull[2], hull[3]),
            "bottom": (hull[0], hull[1], hull[2], -edge),
        }
        stacks.append(near[side])
    rect = around([(-ew / 2, -eh / 2, ew / 2, eh / 2), *stacks])
    return Cell(boxes, loadings, ends, tuple(stacks), rect)


def sides_of(
    items: Sequence[str], style: Style, layer: int, n_layers: int, i: int, n: int
) -> Iterator[tuple[str, Sequence[str]]]:
    """Say on which side of a construct (the i-th of n in its layer) its items stand."""
    sides: tuple[str, ...]
    two_sides = len(items) > 1 and (style.split == "all" or (style.split == "lone" and n == 1))
    if style.flow == "horizontal":
        if layer in (0, n_layers - 1):
            sides = ("left",) if layer == 0 else ("right",)
        elif two_sides:
            sides = ("top", "bottom")
        else:
            sides = ("bottom",) if n > 1 and i == n - 1 else ("top",)
    elif two_sides:
        sides = ("left", "right")
    else:
        sides = ("left",) if i < (n + 1) // 2 else ("right",)
    half = len(items) if len(sides) == 1 else (len(items) + 1) // 2
    for side, part in zip(sides, (items[:half], items[half:]), strict=False):
        if part:
            yield side, part
