"""What a figure holds, one line for each thing drawn: its kind, style, text and place (``kept_lists``)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
from figure_cases import LONG_NOTICE, every_drawing
from kept_lists import NUMBER, keep
from matplotlib.figure import Figure

from surveypls.figures.files import render
from surveypls.figures.style import solve_layout
from tabletext.display import Display

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"


def drawn(figure: Figure) -> list[str]:
    """Return the list of a figure: paths with how many points, their means and ends, markers, texts; in points."""
    solve_layout(figure)
    figure.set_layout_engine("none")
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "drawn", "text.parse_math": False}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    root = ElementTree.fromstring(buffer.getvalue())
    shapes = {
        path.get("id"): path
        for defs in root.iter(f"{_SVG}defs")
        for path in defs.iter(f"{_SVG}path")
        if path.get("id")
    }
    return list(_lines(root, shapes))


def _lines(root: ElementTree.Element, shapes: dict) -> Iterator[str]:
    within = {id(thing) for defs in root.iter(f"{_SVG}defs") for thing in defs.iter()}
    run: list[tuple[str, float, float]] = []
    for thing in root.iter():
        kind = thing.tag.removeprefix(_SVG)
        if id(thing) in within or kind not in ("path", "use", "text", "rect", "image"):
            continue
        if kind == "use":
            shape = shapes[thing.get(_HREF, "").removeprefix("#")]
            looks = f"{_style(thing)} {_geometry(shape)}"
            if run and run[0][0] != looks:
                yield _marks(run)
                run = []
            run.append((looks, float(thing.get("x", 0)), float(thing.get("y", 0))))
            continue
        if run:
            yield _marks(run)
            run = []
        if kind == "path":
            yield f"path {_style(thing)} {_geometry(thing)}"
        elif kind == "text":
            place = thing.get("transform") or f"{thing.get('x')} {thing.get('y')}"
            yield f"text {''.join(thing.itertext())!r} {_style(thing)} {_rounded(place)}"
        else:
            place = " ".join(thing.get(a, "") for a in ("x", "y", "width", "height", "transform"))
            yield f"{kind} {_style(thing)} {_rounded(place)}"
    if run:
        yield _marks(run)


def _marks(run: list[tuple[str, float, float]]) -> str:
    x, y = np.array([m[1] for m in run]), np.array([m[2] for m in run])
    return f"{len(run)} marks {run[0][0]} at {_summary(x, y)}"


def _geometry(path: ElementTree.Element) -> str:
    points = np.array(NUMBER.findall(path.get("d", "")), dtype=float).reshape(-1, 2)
    return f"{len(points)} points {_summary(*points.T)}" if len(points) else "empty"


def _summary(x: np.ndarray, y: np.ndarray) -> str:
    few = [x.min(), x.mean(), x.max(), y.min(), y.mean(), y.max()]
    return " ".join(f"{number + 0.0:.2f}" for number in few)


def _style(thing: ElementTree.Element) -> str:
    return _rounded(thing.get("style", "").replace("; ", ";"))


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", text)


def main(folder: Path) -> None:
    """Keep the list of every figure, and write it as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in every_drawing().items():
        first, second = (draw(display=Display("en", notice=LONG_NOTICE))[0] for _ in range(2))
        keep("figures", name, drawn(first))
        (folder / f"{name}.png").write_bytes(render(second, formats=["png"])["png"])
