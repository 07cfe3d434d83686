"""The path diagram as users of PLS-SEM software know it.

Ellipses are constructs with their R² or AVE inside, boxes are items; loadings (or, for Mode B,
weights) and path coefficients stand on their arrows, stars give the p value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, FancyArrowPatch, Rectangle
from matplotlib.path import Path as Outline

from plsem.model import Model
from plsem.resampling.result import Key
from surveypls.figures.path_cells import Sizes
from surveypls.figures.path_layers import Pair
from surveypls.figures.path_layout import Layout, layout, onto_path
from surveypls.figures.path_parts import take_apart
from surveypls.figures.path_routing import Box, Line, Point
from surveypls.figures.style import (
    BOX,
    ELLIPSE,
    GREY,
    INK,
    SMALL,
    WIDTH,
    FigureError,
    blank_page,
    check_frame,
    line_height,
    shorten,
    styled,
    text_width,
    wrap,
    write_foot,
)
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display, stars

NAME_SIZE, LABEL_SIZE, NUMBER_SIZE, PATH_SIZE = 8.0, 6.5, 6.5, 7.5
PAGE_HEIGHT = 8.8
ROUNDED = 0.12  # inches of a bend
SMALLEST = 0.72  # below this scale the smallest numbers would be under 4.7 points: the page grows instead


@styled
def path_diagram(
    model: Model,
    values: pd.DataFrame,
    *,
    inference: pd.DataFrame | None = None,
    items: bool = True,
    construct_labels: Mapping[str, Any] | None = None,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw a PLS path model with its estimates; the layout is automatic.

    Parameters
    ----------
    model : Model
        The model.  Components of a second-order construct are ellipses with an arrow each: from the construct
        where it is reflective (Mode A, with ``outer_loading`` of (component, construct)), towards it where it is
        formative (Mode B, ``outer_weight``).  A product is an arrow from the moderator onto the path.
    values : DataFrame
        Long format: ``statistic, row, column`` and ``value`` (or ``original``, as in a bootstrap
        summary).  Read are ``outer_loading`` (Mode A) or ``outer_weight`` (Mode B) with (item,
        construct), ``path_coefficient`` with (source, target), and what stands inside an ellipse:
        the construct in ``row`` (``ave``) or in ``column`` (``r_squared``).
    inference : DataFrame, optional
        ``statistic, row, column, p_value``, for the stars of the path coefficients; default: the
        ``p_value`` column of ``values`` where it has one.
    items : bool
        Draw the measurement model too.
    construct_labels : mapping, optional
        Construct → text (or a study's ``Text``) under its name.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        One row for each number drawn: ``element`` (construct, item, path, component or moderation),
        ``statistic``, ``row``, ``column``, ``value``, ``p_value``, ``text``, and its place ``x``, ``y`` (inches).

    Raises
    ------
    FigureError
        If a loading or path coefficient of the model is not among the values.
    LayoutError
        If the model is not recursive.
    """
    known = _lookup(values, "value" if "value" in getattr(values, "columns", ()) else "original")
    source = inference if inference is not None else values
    p_values = _lookup(source, "p_value") if "p_value" in source.columns else {}
    parts = take_apart(model)
    blocks = parts.blocks if items else {c: [] for c in parts.blocks}
    modes = parts.modes

    item_texts: dict[str, tuple[Key, float, str]] = {}
    for c, block in blocks.items():
        statistic = "outer_loading" if modes[c] == "A" else "outer_weight"
        for item in block:
            value = _value(known, (statistic, item, c))
            item_texts[item] = ((statistic, item, c), value, display.number(value))
    path_texts: dict[Pair, tuple[Key, float, str]] = {}
    kinds: dict[Pair, str] = {}
    for kind, pair, arrow in [
        *(("path", pair, ("path_coefficient", *pair)) for pair in parts.paths),
        *(("component", pair, key) for pair, key in parts.component_keys(known).items()),
        *(("moderation", onto_path(m, pair), key) for (m, pair), key in parts.moderated.items()),
    ]:
        value = _value(known, arrow)
        mark = stars(p_values.get(arrow, _NAN)) if kind != "component" else ""
        path_texts[pair] = (arrow, value, display.number(value) + mark)
        kinds[pair] = kind
    insides = {c: _inside(known, c) for c in blocks}
    texts = {
        c: _ellipse_texts(c, display.text((construct_labels or {}).get(c)), insides[c], display)
        for c in blocks
    }

    sizes = _sizes(texts, list(item_texts), item_texts, path_texts)
    page = (WIDTH - 0.1, PAGE_HEIGHT)
    for _ in range(2):
        placed = layout(
            blocks, parts.paths, sizes, components=parts.components, moderated=list(parts.moderated),
            page=page,
        )  # fmt: skip
        if placed.scale >= SMALLEST:
            break
        page = (page[0] * SMALLEST / placed.scale, page[1] * SMALLEST / placed.scale)
    figure, axes, corner = _canvas(placed, _notes(placed, p_values, display), display.notice)
    _draw_items(axes, placed, corner, item_texts, modes, blocks)
    turned = {pair for pair in kinds if kinds[pair] == "component" and parts.against_flow(pair)}
    _draw_paths(axes, placed, corner, path_texts, kinds, turned)
    _draw_constructs(axes, placed, corner, texts)

    rows = []
    for c, (found, value) in insides.items():
        shown = "" if found is None else display.number(value)
        rows.append(("construct", *(found or ("", c, "")), value, _NAN, shown, placed.ellipses[c]))
    for item, (key, value, shown) in item_texts.items():
        rows.append(("item", *key, value, p_values.get(key, _NAN), shown, placed.loadings[item]))
    for pair, (key, value, shown) in path_texts.items():
        rows.append((kinds[pair], *key, value, p_values.get(key, _NAN), shown, placed.path_labels[pair]))
    columns = ["element", "statistic", "row", "column", "value", "p_value", "text", "x", "y"]
    data = pd.DataFrame(
        [(*row[:-1], row[-1].x + corner[0], row[-1].y + corner[1]) for row in rows], columns=columns
    )
    return figure, data


_NAN = float("nan")


def _lookup(frame: pd.DataFrame, column: str) -> dict[Key, float]:
    checked = check_frame(frame, ("statistic", "row", "column", column), "path_diagram")
    return {
        (str(s), str(r), str(c)): float(v)
        for s, r, c, v in checked[["statistic", "row", "column", column]].itertuples(index=False)
    }


def _value(known: Mapping[Key, float], key: Key) -> float:
    if key not in known:
        raise FigureError(f"path_diagram: no {key[0]} of {key[1]} and {key[2]} among the values")
    return known[key]


def _inside(known: Mapping[Key, float], construct: str) -> tuple[Key | None, float]:
    """Return R², or AVE where a construct has none, with the key that it stands under."""
    for statistic in ("r_squared", "ave"):
        for key in ((statistic, construct, ""), (statistic, "", construct)):
            if key in known and known[key] == known[key]:
                return key, known[key]
        several = [k for k in known if k[0] == statistic and k[2] == construct and known[k] == known[k]]
        if several:
            return several[0], known[several[0]]
    return None, _NAN


def _ellipse_texts(
    construct: str, label: str, inside: tuple[Key | None, float], display: Display
) -> list[tuple[str, float, bool]]:
    """Return the lines inside an ellipse: text, size, bold."""
    lines = [(shorten(construct.replace("*", " × "), 1.25, NAME_SIZE, bold=True), NAME_SIZE, True)]
    if label and label != construct:
        lines += [(line, LABEL_SIZE, False) for line in wrap(label, 1.15, LABEL_SIZE, max_lines=3)]
    if inside[0] is not None:
        sign = display(coded(f"short.{inside[0][0]}"))
        lines.append((f"{sign} = {display.number(inside[1])}", NUMBER_SIZE + 0.5, False))
    return lines


def _sizes(
    texts: Mapping[str, list[tuple[str, float, bool]]],
    items: Sequence[str],
    item_texts: Mapping[str, tuple[Key, float, str]],
    path_texts: Mapping[Pair, tuple[Key, float, str]],
) -> Sizes:
    """Measure all texts; every ellipse and every box has the size that the largest needs."""
    half_height = max(sum(line_height(size) for _, size, _ in lines) for lines in texts.values()) / 2
    b = max(0.24, half_height * 1.22)
    a = 0.4
    for lines in texts.values():
        top = sum(line_height(size) for _, size, _ in lines) / 2
        for text, size, bold in lines:
            far = max(abs(top), abs(top - line_height(size)))
            top -= line_height(size)
            a = max(a, (text_width(text, size, bold=bold) / 2 + 0.03) / (1 - (far / b) ** 2) ** 0.5)
    box_width = max((text_width(_item(i), LABEL_SIZE) for i in items), default=0.0) + 0.1
    loading = max((text_width(t, NUMBER_SIZE) for _, _, t in item_texts.values()), default=0.0) + 0.03
    return Sizes(
        ellipse=(2 * a, 2 * b),
        box=(max(0.36, box_width), line_height(LABEL_SIZE) + 0.035),
        loading=(loading, 1.05 * NUMBER_SIZE / 72),
        path={
            pair: (text_width(t, PATH_SIZE) + 0.05, 1.15 * PATH_SIZE / 72)
            for pair, (_, _, t) in path_texts.items()
        },
    )


def _item(name: str) -> str:
    return shorten(name, 1.05, LABEL_SIZE)


def _notes(placed: Layout, p_values: Mapping[Key, float], display: Display) -> str | None:
    drawn = {("path_coefficient", *pair) for pair in placed.path_lines}
    return display.stars_note if drawn & set(p_values) else None


def _canvas(placed: Layout, note: str | None, notice: str) -> tuple[Figure, Axes, Point]:
    """Return a figure with axes in inches, and where the drawing's lower left corner goes."""
    width = max(WIDTH, placed.width + 0.1)
    lines = [line for text in (note, notice) if text for line in wrap(text, width - 0.2, SMALL)]
    foot = len(lines) * line_height(SMALL) + (0.12 if lines else 0.0)
    height = placed.height + foot + 0.16
    figure, axes = blank_page(width, height)
    write_foot(axes, lines, (0.1, 0.05))
    return figure, axes, ((width - placed.width) / 2, foot + 0.06)


def _moved(points: Sequence[Point], corner: Point) -> Line:
    return tuple((x + corner[0], y + corner[1]) for x, y in points)


def _arrow(axes: Axes, points: Line, *, width: float, head: float, colour: str, zorder: float) -> None:
    """Draw a polyline with rounded bends and an arrow's head at its end."""
    vertices, codes = [points[0]], [Outline.MOVETO]
    for before, bend, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_towards(bend, before), bend, _towards(bend, after)]
        codes += [Outline.LINETO, Outline.CURVE3, Outline.CURVE3]
    vertices.append(points[-1])
    codes.append(Outline.LINETO)
    axes.add_patch(
        FancyArrowPatch(
            path=Outline(vertices, codes),
            arrowstyle=f"-|>,head_length={head},head_width={head * 0.45}",
            mutation_scale=1.0,
            linewidth=width,
            color=colour,
            shrinkA=0,
            shrinkB=0,
            joinstyle="miter",
            zorder=zorder,
        )
    )


def _towards(bend: Point, other: Point) -> Point:
    dx, dy = other[0] - bend[0], other[1] - bend[1]
    length = (dx * dx + dy * dy) ** 0.5
    t = min(ROUNDED, length / 2) / length if length else 0.0
    return bend[0] + t * dx, bend[1] + t * dy


def _write(axes: Axes, box: Box, corner: Point, text: str, size: float, *, backed: bool) -> None:
    x, y = box.x + corner[0], box.y + corner[1]
    if backed:
        rect = box.moved(*corner).rect
        axes.add_patch(
            Rectangle(
                rect[:2], rect[2] - rect[0], rect[3] - rect[1], facecolor="white", edgecolor="none", zorder=3
            )
        )
    level = "center" if box.angle else "center_baseline"
    axes.text(x, y, text, fontsize=size, rotation=box.angle, ha="center", va=level, zorder=5)


def _draw_items(
    axes: Axes,
    placed: Layout,
    corner: Point,
    texts: Mapping[str, tuple[Key, float, str]],
    modes: Mapping[str, str],
    blocks: Mapping[str, Sequence[str]],
) -> None:
    k = placed.scale
    for c, block in blocks.items():
        for item in block:
            line = _moved(placed.item_lines[item], corner)
            points = line if modes[c] == "A" else line[::-1]
            _arrow(axes, points, width=0.6 * k, head=4.2 * k, colour=GREY, zorder=1)
            x0, y0, x1, y1 = placed.boxes[item].moved(*corner).rect
            axes.add_patch(
                Rectangle(
                    (x0, y0), x1 - x0, y1 - y0, facecolor=BOX, edgecolor=INK, linewidth=0.6 * k, zorder=4
                )
            )
            _write(axes, placed.boxes[item], corner, _item(item), LABEL_SIZE * k, backed=False)
            _write(axes, placed.loadings[item], corner, texts[item][2], NUMBER_SIZE * k, backed=True)


def _draw_paths(
    axes: Axes,
    placed: Layout,
    corner: Point,
    texts: Mapping[Pair, tuple[Key, float, str]],
    kinds: Mapping[Pair, str],
    turned: Collection[Pair],
) -> None:
    k = placed.scale
    for pair, line in placed.path_lines.items():
        measured = kinds[pair] == "component"
        points = _moved(line, corner)
        _arrow(
            axes,
            points[::-1] if pair in turned else points,
            width={"path": 1.3, "component": 0.8, "moderation": 1.0}[kinds[pair]] * k,
            head=(4.6 if measured else 5.6) * k,
            colour=GREY if measured else INK,
            zorder=1 if measured else 2,
        )
        size = NUMBER_SIZE if measured else PATH_SIZE
        _write(axes, placed.path_labels[pair], corner, texts[pair][2], size * k, backed=True)


def _draw_constructs(
    axes: Axes, placed: Layout, corner: Point, texts: Mapping[str, list[tuple[str, float, bool]]]
) -> None:
    k = placed.scale
    for c, box in placed.ellipses.items():
        x, y = box.x + corner[0], box.y + corner[1]
        axes.add_patch(
            Ellipse(
                (x, y), box.width, box.height, facecolor=ELLIPSE, edgecolor=INK, linewidth=0.9 * k, zorder=4
            )
        )
        top = y + k * sum(line_height(size) for _, size, _ in texts[c]) / 2
        for text, size, bold in texts[c]:
            middle = top - k * line_height(size) / 2
            top -= k * line_height(size)
            axes.text(
                x,
                middle,
                text,
                fontsize=size * k,
                ha="center",
                va="center_baseline",
                weight="bold" if bold else "normal",
                zorder=5,
            )
