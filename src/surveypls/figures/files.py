"""Saving a figure and its data without a date, a host or a random id."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from plsem.names import nearest
from surveypls.figures.style import FigureError, solve_layout, styled
from tabletext.storage import write_atomically


def save(
    figure: Figure,
    data: pd.DataFrame,
    folder: Path | str,
    stem: str,
    *,
    formats: Sequence[str] = ("svg", "png", "pdf"),
    dpi: int = 180,
) -> list[Path]:
    """Save a figure and the data that it draws: ``STEM.svg``, ``.png``, ``.pdf`` and ``.csv``.

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
    list of Path
        The files, whether or not they changed.

    Notes
    -----
    No date, host or random id goes into a file: the same figure gives the same bytes.  A file is
    written under a temporary name and renamed, and only where its bytes differ.
    """
    folder = Path(folder)
    files = contents(figure, data, stem, formats=formats, dpi=dpi)
    written = [folder / f"{stem}.{ending}" for ending in files]
    for path, content in zip(written, files.values(), strict=True):
        write_atomically(path, content)
    return written


def contents(
    figure: Figure, data: pd.DataFrame, stem: str, *, formats: Iterable[str] = ("svg",), dpi: int = 180
) -> dict[str, bytes]:
    """Return what :func:`save` writes, by ending; the data as ``csv``."""
    made = dict(render(figure, formats=tuple(formats), dpi=dpi, title=stem))
    made["csv"] = data.to_csv(index=False, float_format="%.12g", lineterminator="\n").encode("utf-8")
    return made


@styled
def render(
    figure: Figure, *, formats: Sequence[str] = ("svg", "png", "pdf"), dpi: int = 180, title: str = ""
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
        contents[ending] = _numbered_ids(content) if ending == "svg" else content
    return contents


def _numbered_ids(svg: bytes) -> bytes:
    """Rename the clip paths by their order of appearance.

    Matplotlib names them by a hash of coordinates in full precision, so noise in the last digit, which no
    printed coordinate shows, would change the file.
    """
    names = dict.fromkeys(re.findall(rb"#(p[0-9a-f]{10})\b", svg))
    for number, name in enumerate(names, 1):
        svg = re.sub(rb"\b" + name + rb"\b", b"clip%d" % number, svg)
    return svg
