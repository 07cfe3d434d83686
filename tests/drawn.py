"""What a figure holds, one line for each thing drawn: its kind, style, text and place.

``tests/data/figures/NAME.txt`` holds what the figures of hand-made frames held when they were looked at; a test
compares.  After a wanted change look at the figures, which this writes as PNG beside the new lists::

    python tests/drawn.py build/drawn
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from surveypls.figures.files import render
from surveypls.figures.style import solve_layout

EXPECTED = Path(__file__).parent / "data" / "figures"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
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
    points = np.array(_NUMBER.findall(path.get("d", "")), dtype=float).reshape(-1, 2)
    return f"{len(points)} points {_summary(*points.T)}" if len(points) else "empty"


def _summary(x: np.ndarray, y: np.ndarray) -> str:
    few = [x.min(), x.mean(), x.max(), y.min(), y.mean(), y.max()]
    return " ".join(f"{number + 0.0:.2f}" for number in few)


def _style(thing: ElementTree.Element) -> str:
    return _rounded(thing.get("style", "").replace("; ", ";"))


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", text)


def difference(found: list[str], expected: list[str]) -> str:
    """Return the first line that differs by more than rounding, or nothing."""
    for number, (new, old) in enumerate(zip(found, expected, strict=False), 1):
        alike = _NUMBER.sub("#", new) == _NUMBER.sub("#", old)
        places = [np.array(_NUMBER.findall(line), dtype=float) for line in (new, old)]
        if not alike or np.abs(places[0] - places[1]).max(initial=0.0) > 0.03:
            return f"line {number}: {new}\nexpected: {old}"
    if len(found) != len(expected):
        return f"{len(found)} lines, expected {len(expected)}"
    return ""


def main(folder: Path) -> None:
    from figure_cases import LONG_NOTICE, every_drawing

    from tabletext.display import Display

    EXPECTED.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in every_drawing().items():
        first, second = (draw(display=Display("en", notice=LONG_NOTICE))[0] for _ in range(2))
        (EXPECTED / f"{name}.txt").write_text("\n".join(drawn(first)) + "\n", encoding="utf-8")
        (folder / f"{name}.png").write_bytes(render(second, formats=["png"])["png"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
