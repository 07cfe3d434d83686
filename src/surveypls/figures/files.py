"""Saving a figure and its data without a date, a host, a random id or a digit that is noise."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from plsem.names import nearest
from surveypls.figures.style import FigureError, solve_layout, styled
from tabletext.storage import defused, write_atomically

#: Significant digits of a figure's data, and decimals of an SVG's coordinates (1/72 inch): far more than
#: anyone can see, and few enough that every processor's linear algebra agrees on them.
DIGITS, DECIMALS = 9, 3


def save(
    figure: Figure,
    data: pd.DataFrame,
    folder: Path | str,
    stem: str,
    *,
    formats: Sequence[str] = ("svg",),
    dpi: int = 180,
) -> dict[str, bytes]:
    """Save a figure and the data that it draws: ``STEM.svg`` (``.png``, ``.pdf``) and ``STEM.csv``.

    Parameters
    ----------
    figure, data
        As a drawing function returns them.
    folder : path
        Made where it is not there.
    stem : str
        File name without ending.
    formats : sequence of {"svg", "png", "pdf"}
        What to write beside the CSV.
    dpi : int
        Dots per inch of the PNG.

    Returns
    -------
    dict of str to bytes
        Ending → content; the PNG is made also where it is not written, for a notebook shows it.

    Notes
    -----
    No date, host or random id goes into a file: the same figure gives the same bytes.  A file is
    written under a temporary name and renamed, and only where its bytes differ.
    """
    contents = render(figure, formats=tuple(dict.fromkeys((*formats, "png"))), dpi=dpi, title=stem)
    contents["csv"] = to_csv(data)
    for ending in (*formats, "csv"):
        write_atomically(Path(folder) / f"{stem}.{ending}", contents[ending])
    return contents


def to_csv(data: pd.DataFrame) -> bytes:
    """Return a figure's data as CSV: nine significant digits, and no text that a spreadsheet would run."""
    safe = defused(data)
    for name in safe.columns:
        if pd.api.types.is_float_dtype(safe[name]):
            safe[name] = safe[name].mask(safe[name].abs() < 10.0**-12, 0.0)
    text = safe.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")
    return text.encode("utf-8")


@styled
def render(
    figure: Figure, *, formats: Sequence[str] = ("svg",), dpi: int = 180, title: str = ""
) -> dict[str, bytes]:
    """Return the figure's bytes in each format, free of dates and random ids."""
    named = {"Title": title} if title else {}
    metadata: dict[str, dict[str, str | None]] = {
        "svg": {"Date": None, **named},
        "png": {"Software": None, **named},
        "pdf": {"CreationDate": None, **named},
    }
    for ending in formats:
        if ending not in metadata:
            raise FigureError(f"format {ending!r}{nearest(ending, metadata)}")
    solve_layout(figure)
    figure.set_layout_engine("none")
    contents = {}
    for ending in formats:
        buffer = io.BytesIO()
        figure.savefig(buffer, format=ending, dpi=dpi, metadata=metadata[ending])
        content = buffer.getvalue()
        contents[ending] = _rounded(_numbered_ids(content)) if ending == "svg" else content
    return contents


_ATTRIBUTE = re.compile(rb'\b(d|x|y|points|transform|x1|x2|y1|y2|cx|cy|width|height)="([^"]*)"')
_LONG = re.compile(rb"-?\d+\.\d{%d,}(?![\d.]*[eE])" % (DECIMALS + 1))
_SCALE = re.compile(rb"(scale\([^)]*\))")


def _rounded(svg: bytes) -> bytes:
    """Write an SVG's coordinates with three decimals; factors of scale keep theirs."""

    def short(number: re.Match[bytes]) -> bytes:
        text = f"{float(number[0]):.{DECIMALS}f}".rstrip("0").rstrip(".")
        return b"0" if text == "-0" else text.encode()

    def attribute(found: re.Match[bytes]) -> bytes:
        parts = _SCALE.split(found[2])  # every second part is a scale
        parts[::2] = [_LONG.sub(short, part) for part in parts[::2]]
        return b'%s="%s"' % (found[1], b"".join(parts))

    return _ATTRIBUTE.sub(attribute, svg)


def _numbered_ids(svg: bytes) -> bytes:
    """Rename the clip paths by their order of appearance.

    Matplotlib names them by a hash of coordinates in full precision, so noise in the last digit, which no
    printed coordinate shows, would change the file.
    """
    names = dict.fromkeys(re.findall(rb"#(p[0-9a-f]{10})\b", svg))
    for number, name in enumerate(names, 1):
        svg = re.sub(rb"\b" + name + rb"\b", b"clip%d" % number, svg)
    return svg
