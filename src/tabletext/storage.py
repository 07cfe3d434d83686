"""Write files: never half of one, an unchanged one keeps its time; no cell runs as a formula, no text as a tag."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

#: What a spreadsheet takes for the beginning of a formula, behind any apostrophes that :func:`defuse` set.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def without_tags(text: str) -> str:
    r"""Return Markdown in which nothing is a tag, a comment or a picture from elsewhere.

    A notebook's pages run the tags of its Markdown.

    Examples
    --------
    >>> without_tags("<b>p < 0.05</b> & more"), without_tags("![x](http://a)")
    ('&lt;b>p < 0.05&lt;/b> & more', '!\\[x](http://a)')
    """
    return re.sub(r"!(?=\[)", r"!\\", re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text))


def write_atomically(path: Path, content: bytes) -> bool:
    """Write a file under a temporary name and rename it; return False where it already had these bytes.

    The bytes are on the disk before the name is, so that a power cut leaves the old file or the new one.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def defuse(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe stands before what would be one.

    Numbers are left alone.  :func:`restore` takes the apostrophe away again, so nothing is lost: a text that
    had apostrophes before a formula's sign gets one more.

    Examples
    --------
    >>> defuse("=1+1"), defuse("'=1"), defuse("-0.5"), restore(defuse("'=1"))
    ("'=1+1", "''=1", '-0.5', "'=1")
    """
    return "'" + text if _FORMULA.match(text) and not _is_number(text) else text


def restore(text: str) -> str:
    """Return the text that :func:`defuse` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def defused(frame: pd.DataFrame, *, undo: bool = False) -> pd.DataFrame:
    """Return a frame, its index and its headings with all texts through :func:`defuse`, or back (``undo``)."""
    turn = restore if undo else defuse

    def turned(values: Iterable[object]) -> list[object]:
        return [turn(v) if isinstance(v, str) else v for v in values]

    safe = frame.copy()
    for place, kind in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            safe.isetitem(place, pd.array(turned(frame.iloc[:, place]), dtype=kind))
    safe.columns = pd.Index(turned(frame.columns), name=frame.columns.name)
    if not pd.api.types.is_numeric_dtype(frame.index.dtype) and frame.index.nlevels == 1:
        safe.index = pd.Index(turned(frame.index), name=frame.index.name)
    return safe


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?", text) is not None
