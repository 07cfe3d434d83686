"""Geometry of the path diagram: rectangles, lines that pass between them, places for labels.

All lengths are inches, x to the right and y upwards.  Nothing here knows constructs or items.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Line = tuple[Point, ...]
Rect = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle (or the ellipse inscribed in it) by its centre; ``angle`` turns only its text."""

    x: float
    y: float
    width: float
    height: float
    angle: int = 0

    @property
    def rect(self) -> Rect:
        """The sides: left, bottom, right, top."""
        w, h = self.width / 2, self.height / 2
        return self.x - w, self.y - h, self.x + w, self.y + h

    def moved(self, dx: float, dy: float, scale: float = 1.0) -> Box:
        """Return the box shifted and then scaled about the origin."""
        return Box(
            (self.x + dx) * scale, (self.y + dy) * scale, self.width * scale, self.height * scale, self.angle
        )


def around(rects: Sequence[Rect]) -> Rect:
    """Return the smallest rectangle that holds all rectangles."""
    left, bottom, right, top = zip(*rects, strict=True)
    return min(left), min(bottom), max(right), max(top)


def overlap(a: Rect, b: Rect, slack: float = 0.0) -> bool:
    """Tell whether two rectangles come closer than ``slack``."""
    return a[0] < b[2] + slack and b[0] < a[2] + slack and a[1] < b[3] + slack and b[1] < a[3] + slack


def hits(starts: NDArray[np.float64], ends: NDArray[np.float64], rect: Rect) -> NDArray[np.bool_]:
    """Tell which segments (shape (n, 2) starts and ends) pass through the inside of a rectangle.

    A segment is cut down to the part between each pair of parallel sides (Liang & Barsky 1984);
    it passes through where a part is left.
    """
    if len(starts) == 0:
        return np.zeros(0, dtype=np.bool_)
    delta = ends - starts
    enter, leave = np.zeros(len(starts)), np.ones(len(starts))
    outside = np.zeros(len(starts), dtype=np.bool_)
    for axis in (0, 1):
        low, high = rect[axis], rect[axis + 2]
        still = np.abs(delta[:, axis]) < 1e-12
        outside |= still & ((starts[:, axis] <= low) | (starts[:, axis] >= high))
        step = np.where(still, 1.0, delta[:, axis])
        a, b = (low - starts[:, axis]) / step, (high - starts[:, axis]) / step
        enter = np.where(still, enter, np.maximum(enter, np.minimum(a, b)))
        leave = np.where(still, leave, np.minimum(leave, np.maximum(a, b)))
    return ~outside & (enter < leave - 1e-9)


def segments(lines: Sequence[Line]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the starts and ends of all segments of some polylines, each (n, 2)."""
    pairs = [(p, q) for line in lines for p, q in itertools.pairwise(line)]
    array = np.asarray(pairs, dtype=float).reshape(-1, 2, 2)
    return array[:, 0], array[:, 1]


def is_free(line: Line, obstacles: Sequence[Rect]) -> bool:
    """Tell whether a polyline passes through none of the rectangles."""
    starts, ends = segments([line])
    return not any(hits(starts, ends, rect).any() for rect in obstacles)


def on_ellipse(ellipse: Box, towards: Point) -> Point:
    """Return the point of an ellipse on the ray from its centre towards a point."""
    dx, dy = towards[0] - ellipse.x, towards[1] - ellipse.y
    reach = math.hypot(2 * dx / ellipse.width, 2 * dy / ellipse.height)
    if reach == 0.0:
        return ellipse.x, ellipse.y
    return ellipse.x + dx / reach, ellipse.y + dy / reach


def port(ellipse: Box, side: str, offset: float) -> Point:
    """Return the point of an ellipse on its left, right, top or bottom, ``offset`` off the middle."""
    a, b = ellipse.width / 2, ellipse.height / 2
    if side in ("left", "right"):
        depth = a * math.sqrt(max(0.0, 1.0 - (offset / b) ** 2))
        return ellipse.x + (depth if side == "right" else -depth), ellipse.y + offset
    depth = b * math.sqrt(max(0.0, 1.0 - (offset / a) ** 2))
    return ellipse.x + offset, ellipse.y + (depth if side == "top" else -depth)


def straightened(line: Line, obstacles: Sequence[Rect]) -> Line:
    """Return a polyline with every bend left out that is not needed to pass between the rectangles."""
    points = list(line)
    i = 0
    kept = [points[0]]
    while i < len(points) - 1:
        j = next(
            (k for k in range(len(points) - 1, i + 1, -1) if is_free((points[i], points[k]), obstacles)),
            i + 1,
        )
        kept.append(points[j])
        i = j
    return tuple(kept)


def along(line: Line, fraction: float) -> Point:
    """Return the point at a fraction of a polyline's length."""
    lengths = [math.dist(p, q) for p, q in itertools.pairwise(line)]
    left = fraction * sum(lengths)
    for (p, q), length in zip(itertools.pairwise(line), lengths, strict=True):
        if left <= length and length > 0:
            t = left / length
            return p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])
        left -= length
    return line[-1]


_FRACTIONS = tuple(sorted((i / 40 for i in range(4, 37)), key=lambda f: (abs(f - 0.5), f)))


def place_labels(
    lines: dict[tuple[str, str], Line],
    sizes: dict[tuple[str, str], tuple[float, float]],
    obstacles: Sequence[Rect],
    other_lines: Sequence[Line],
) -> dict[tuple[str, str], Box] | None:
    """Put a label on each line, clear of all rectangles and of the other labels.

    Among the places that are clear the one is taken that hides least of other lines and lies nearest
    the middle; the line with the fewest clear places is served first.

    Returns
    -------
    dict or None
        None where some label finds no place.
    """
    places: dict[tuple[str, str], list[tuple[float, Box]]] = {}
    for key, line in lines.items():
        w, h = sizes[key]
        others = [other for k, other in lines.items() if k != key]
        strong, weak = segments(others), segments(other_lines)
        own_length = sum(math.dist(p, q) for p, q in itertools.pairwise(line))
        found = []
        for fraction in _FRACTIONS:
            # Room is left for the arrow's head and its first stretch.
            if min(fraction, 1 - fraction) * own_length < 0.12:
                continue
            box = Box(*along(line, fraction), w, h)
            if any(overlap(box.rect, rect, 0.015) for rect in obstacles):
                continue
            hidden = 3.0 * hits(*strong, box.rect).sum() + hits(*weak, box.rect).sum()
            found.append((float(hidden) + 2.0 * abs(fraction - 0.5), box))
        places[key] = sorted(found, key=lambda pair: pair[0])
    placed: dict[tuple[str, str], Box] = {}
    waiting = list(lines)
    while waiting:
        clear = {
            key: [
                pair
                for pair in places[key]
                if not any(overlap(pair[1].rect, other.rect, 0.015) for other in placed.values())
            ]
            for key in waiting
        }
        key = min(waiting, key=lambda k: len(clear[k]))
        if not clear[key]:
            return None
        placed[key] = clear[key][0][1]
        waiting.remove(key)
    return {key: placed[key] for key in lines}
