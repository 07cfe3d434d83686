"""Where everything stands in a path diagram: an automatic layout for recursive models.

Constructs stand in layers by the longest chain of paths that leads to them (Sugiyama, Tagawa &
Toda 1981), the layers from left to right or from top to bottom.  Each construct and its items form
a cell; cells never touch.  A path is a straight arrow where no cell is in its way and is otherwise
led between the cells, through lanes that the layers it passes leave open.

All lengths are inches, x to the right and y upwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import isotonic_regression

from surveypls.figures.path_cells import STYLES, Cell, Sizes, Style, build_cell, sides_of
from surveypls.figures.path_layers import LayoutError, Pair, component_arrows, find_layers
from surveypls.figures.path_routing import (
    Box,
    Line,
    Point,
    Rect,
    along,
    around,
    is_free,
    on_ellipse,
    place_labels,
    port,
    straightened,
)

LANE = 0.16
APART = 0.18


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of all parts of a path diagram.

    Attributes
    ----------
    width, height : float
        Size of the drawing; its lower left corner is (0, 0).
    scale : float
        The factor by which it was made smaller (texts too) to fit the page; 1 for full size.
    ellipses : dict
        Construct → its ellipse.
    boxes, loadings : dict
        Item → its box, and the place of the number on its arrow.
    item_lines : dict
        Item → (point on the ellipse, point on the box).
    path_lines, path_labels : dict
        (source, target) → the arrow's points from source to target, and the place of its number.  Arrows
        of components and of moderators (:func:`onto_path`) stand among them.
    flow : {"horizontal", "vertical"}
        Direction from the first layer to the last.
    """

    width: float
    height: float
    scale: float
    ellipses: dict[str, Box]
    boxes: dict[str, Box]
    loadings: dict[str, Box]
    item_lines: dict[str, tuple[Point, Point]]
    path_lines: dict[Pair, Line]
    path_labels: dict[Pair, Box]
    flow: str


def layout(
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[Pair],
    sizes: Sizes,
    *,
    components: Mapping[str, Sequence[str]] | None = None,
    moderated: Sequence[tuple[str, Pair]] = (),
    page: tuple[float, float] = (6.8, 8.8),
    flow: str | None = None,
) -> Layout:
    """Place constructs, items, arrows and their numbers.

    Parameters
    ----------
    blocks : mapping
        Construct → its items; no items leaves the measurement model out.
    paths : sequence of (source, target)
        The structural model; it must be recursive.
    sizes : Sizes
        Room that the texts take at full size.
    components : mapping, optional
        Second-order construct → its components; all are among the blocks.
    moderated : sequence of (moderator, (source, target))
        Paths onto whose middle an arrow leads.
    page : (float, float)
        Width and height in inches that the drawing should fit; it is scaled down to do so.
    flow : {"horizontal", "vertical"}, optional
        Direction; default: whichever leaves the texts larger, with a liking for horizontal.

    Returns
    -------
    Layout

    Raises
    ------
    LayoutError
        If there is no construct, the paths form a cycle, or a path names an unknown construct.
    """
    paths = [*paths, *component_arrows(components or {}, paths)]
    layers, chains = find_layers(blocks, paths, components, moderated)
    drafts: list[tuple[float, int, Style]] = []
    for style in STYLES:
        if flow is None or flow == style.flow:
            draft = _arrange(blocks, paths, sizes, layers, chains, style, 1.0)
            fit = min(1.0, page[0] / draft.width, page[1] / draft.height)
            drafts.append((fit * style.liking, -len(drafts), style))
    if not drafts:
        raise LayoutError(f"flow: expected 'horizontal' or 'vertical', found {flow!r}")
    style = max(drafts, key=lambda d: d[:2])[2]
    begin = 1.0
    if style.flow == "horizontal":
        widths = [_arrange(blocks, paths, sizes, layers, chains, style, g).width for g in (1.0, 2.0)]
        begin = float(np.clip(1.0 + (page[0] - widths[0]) / (widths[1] - widths[0]), 1.0, 2.0))
    for growth in (begin * 1.15**i for i in range(30)):
        placed = _arrange(blocks, paths, sizes, layers, chains, style, growth)
        solid = [
            b.rect for b in (*placed.ellipses.values(), *placed.boxes.values(), *placed.loadings.values())
        ]
        for moderator, pair in moderated:
            line = _touching(placed.ellipses[moderator], placed.path_lines[pair], solid)
            placed.path_lines[onto_path(moderator, pair)] = line
            (x, y), head = line[-1], sizes.head
            solid.append((x - head, y - head, x + head, y + head))
        labels = place_labels(placed.path_lines, dict(sizes.path), solid, list(placed.item_lines.values()))
        if labels is not None:
            return _fitted(replace(placed, path_labels=labels), page)
    raise LayoutError(f"no room for the numbers of {len(paths)} paths; draw fewer or without numbers")


def onto_path(moderator: str, path: Pair) -> Pair:
    """Return the key of the arrow from a moderator onto a path."""
    return moderator, "\0".join(path)


def _touching(moderator: Box, path: Line, obstacles: Sequence[Rect]) -> Line:
    """Return an arrow from a moderator onto a path: near its middle, past as few things as can be."""
    found: list[tuple[int, int, Line]] = []
    for fraction in (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7):
        end = along(path, fraction)
        line = (on_ellipse(moderator, end), end)
        crossed = sum(not is_free(line, [rect]) for rect in obstacles if rect != moderator.rect)
        found.append((crossed, len(found), line))
    return min(found)[2]


def _arrange(
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[Pair],
    sizes: Sizes,
    layers: list[list[str]],
    chains: Mapping[Pair, Sequence[str]],
    style: Style,
    growth: float,
) -> Layout:
    """Place cells and lead paths; lanes are kept only for the paths that no straight arrow can serve."""
    cells: dict[str, Cell] = {}
    for r, layer in enumerate(layers):
        real = [c for c in layer if c in blocks]
        for i, c in enumerate(real):
            groups = list(sides_of(blocks[c], style, r, len(layers), i, len(real)))
            cells[c] = build_cell(groups, sizes, style.turned)
    led: set[Pair] = set()
    while True:
        at, spans = _positions(cells, layers, chains, led, sizes, style, growth)
        obstacles = {
            c: tuple((x + r[0], y + r[1], x + r[2], y + r[3]) for r in (cell.rect, *cell.stacks))
            for c, cell in cells.items()
            for x, y in [at[c]]
        }
        ellipses = {c: Box(*at[c], *sizes.ellipse) for c in cells}
        lines: dict[Pair, Line] = {}
        blocked = set()
        for s, t in paths:
            ends = (s, t)
            in_the_way = [
                r for c, rects in obstacles.items() for r in (rects[1:] if c in ends else rects[:1])
            ]
            straight = (on_ellipse(ellipses[s], at[t]), on_ellipse(ellipses[t], at[s]))
            if is_free(straight, in_the_way):
                lines[s, t] = straight
            else:
                blocked.add((s, t))
        if blocked <= led:
            break
        led |= blocked
    for pair in sorted(blocked, key=list(paths).index):
        lines[pair] = _led(pair, blocked, chains, at, spans, ellipses, obstacles, style)
    return _assembled(cells, at, ellipses, {p: lines[p] for p in paths}, style.flow)


def _positions(
    cells: Mapping[str, Cell],
    layers: list[list[str]],
    chains: Mapping[Pair, Sequence[str]],
    led: set[Pair],
    sizes: Sizes,
    style: Style,
    growth: float,
) -> tuple[dict[str, Point], dict[str, tuple[float, float]]]:
    """Return each construct's and lane's place and the stretch of its layer along the flow.

    Along the flow a layer takes the room of its largest cell.  Across it, places are the least
    squares fit to the mean of the neighbours under the smallest distances allowed, which is isotonic
    regression on the places less the summed distances.
    """
    flat = style.flow == "horizontal"
    lanes = {n for pair in led for n in chains[pair][1:-1]}
    rows = [[n for n in layer if n in cells or n in lanes] for layer in layers]

    def extent(name: str) -> tuple[float, float, float, float]:
        """Return how far it reaches: along before and after, across before and after."""
        if name not in cells:
            return 0.0, 0.0, LANE / 2, LANE / 2
        left, bottom, right, top = cells[name].rect
        return (-left, right, top, -bottom) if flat else (top, -bottom, -left, right)

    near: dict[str, list[str]] = {n: [] for row in rows for n in row}
    for pair, chain in chains.items():
        kept = chain if pair in led else (chain[0], chain[-1])
        for a, b in itertools.pairwise(kept):
            near[a].append(b)
            near[b].append(a)
    across = {}
    for row in rows:
        place = 0.0
        for name in row:
            before, after = extent(name)[2:]
            across[name] = place + before
            place += before + after + APART
        for name in row:
            across[name] -= place / 2
    for sweep in range(16):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            apart = [extent(a)[3] + extent(b)[2] + APART for a, b in itertools.pairwise(row)]
            shift = np.concatenate([[0.0], np.cumsum(apart)])
            wish = np.array([np.mean([across[m] for m in near[n]]) if near[n] else across[n] for n in row])
            weight = np.array([1.0 if n in cells else 4.0 for n in row])
            found = isotonic_regression(wish - shift, weights=weight).x + shift
            across.update(zip(row, found.tolist(), strict=True))
    along, spans = {}, {}
    start = 0.0
    for number, row in enumerate(rows):
        if number:
            steep = max(
                (abs(across[a] - across[b]) for a in rows[number - 1] for b in near[a] if b in row),
                default=0.0,
            )
            label = max((w if flat else h for w, h in sizes.path.values()), default=0.0)
            base = max(sizes.gap if flat else 0.3, label + 0.2, (0.16 if flat else 0.12) * steep)
            start += base * growth
        before = max(extent(n)[0] for n in row)
        after = max(extent(n)[1] for n in row)
        for name in row:
            along[name] = start + before
            spans[name] = (start, start + before + after)
        start += before + after
    at = {n: (along[n], -across[n]) if flat else (across[n], -along[n]) for n in along}
    return at, spans


def _led(
    pair: Pair,
    led: set[Pair],
    chains: Mapping[Pair, Sequence[str]],
    at: Mapping[str, Point],
    spans: Mapping[str, tuple[float, float]],
    ellipses: Mapping[str, Box],
    obstacles: Mapping[str, tuple[Rect, ...]],
    style: Style,
) -> Line:
    """Lead a path between the cells: out of its own layer, through the lanes, into the target's."""
    source, target = pair
    flat = style.flow == "horizontal"
    across = 1 if flat else 0

    def offset(construct: str, end: int) -> float:
        """Spread the led paths over the ellipse's side, in the order of what they lead to."""
        rivals = [p for p in led if p[end] == construct]
        rivals.sort(key=lambda p: (at[chains[p][1 if end == 0 else -2]][across], p))
        size = ellipses[construct].height if flat else ellipses[construct].width
        return (rivals.index(pair) - (len(rivals) - 1) / 2) * min(0.12, 0.7 * size / max(1, len(rivals)))

    def place(along: float, value: float) -> Point:
        return (along, value) if flat else (value, -along)

    leave = port(ellipses[source], "right" if flat else "bottom", offset(source, 0))
    enter = port(ellipses[target], "left" if flat else "top", offset(target, 1))
    points = [leave, place(spans[source][1], leave[across])]
    for name in chains[pair][1:-1]:
        points += [place(spans[name][0], at[name][across]), place(spans[name][1], at[name][across])]
    points += [place(spans[target][0], enter[across]), enter]
    in_the_way = [r for c, rects in obstacles.items() for r in (rects[1:] if c in pair else rects[:1])]
    line = straightened(tuple(points), in_the_way)
    # Where the stretch along the flow was not needed, the arrow aims at the ellipse's centre instead.
    first = leave if line[1] == points[1] else on_ellipse(ellipses[source], line[1])
    last = enter if line[-2] == points[-2] else on_ellipse(ellipses[target], line[-2])
    aimed = (first, *line[1:-1], last)
    return aimed if is_free(aimed, in_the_way) else line


def _assembled(
    cells: Mapping[str, Cell],
    at: Mapping[str, Point],
    ellipses: Mapping[str, Box],
    lines: Mapping[Pair, Line],
    flow: str,
) -> Layout:
    """Put all parts into one drawing whose lower left corner is (0, 0)."""
    boxes, loadings, item_lines = {}, {}, {}
    for c, cell in cells.items():
        x, y = at[c]
        for item, box in cell.boxes.items():
            boxes[item] = box.moved(x, y)
            loadings[item] = cell.loadings[item].moved(x, y)
            end = (cell.ends[item][0] + x, cell.ends[item][1] + y)
            item_lines[item] = (on_ellipse(ellipses[c], end), end)
    dots = [(x, y, x, y) for line in lines.values() for x, y in line]
    left, bottom, right, top = around([b.rect for b in (*ellipses.values(), *boxes.values())] + dots)
    draft = Layout(
        right - left, top - bottom, 1.0, dict(ellipses), boxes, loadings, item_lines, dict(lines), {}, flow
    )
    return _moved(draft, -left, -bottom, 1.0)


def _moved(draft: Layout, dx: float, dy: float, scale: float) -> Layout:
    def point(p: Point) -> Point:
        return (p[0] + dx) * scale, (p[1] + dy) * scale

    return Layout(
        width=draft.width * scale,
        height=draft.height * scale,
        scale=draft.scale * scale,
        ellipses={k: b.moved(dx, dy, scale) for k, b in draft.ellipses.items()},
        boxes={k: b.moved(dx, dy, scale) for k, b in draft.boxes.items()},
        loadings={k: b.moved(dx, dy, scale) for k, b in draft.loadings.items()},
        item_lines={k: (point(a), point(b)) for k, (a, b) in draft.item_lines.items()},
        path_lines={k: tuple(point(p) for p in line) for k, line in draft.path_lines.items()},
        path_labels={k: b.moved(dx, dy, scale) for k, b in draft.path_labels.items()},
        flow=draft.flow,
    )


def _fitted(placed: Layout, page: tuple[float, float]) -> Layout:
    """Scale a drawing down to the page; labels may reach past the other parts and count too."""
    rects = [b.rect for b in placed.path_labels.values()]
    left, bottom, right, top = around([(0.0, 0.0, placed.width, placed.height), *rects])
    whole = replace(placed, width=right - left, height=top - bottom)
    scale = min(1.0, page[0] / whole.width, page[1] / whole.height)
    return _moved(whole, -left, -bottom, scale)
