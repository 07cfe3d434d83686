"""Say where a file that was named is looked for, and what is there instead."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".sav", ".zsav", ".dta")
STUDIES = (".yaml", ".yml")


def not_readable(path: Path, error: OSError, endings: Sequence[str]) -> str:
    """Put a file that cannot be opened in words: the folder, and the file there whose name is nearest.

    Parameters
    ----------
    path : Path
    error : OSError
        What opening it gave.
    endings : sequence of str
        Endings that such a file has.
    """
    folder = path.parent.resolve()
    if path.is_dir():
        return "cannot be read: it is a folder, expected a file"
    if isinstance(error, PermissionError):
        return f"cannot be read: {error.strerror}; if it is open in another program, such as Excel, close it there"
    if not isinstance(error, FileNotFoundError):
        return f"cannot be read: {error.strerror}"
    if not folder.is_dir():
        return f"cannot be read: there is no folder {str(folder)!r}"
    try:
        there = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in endings and p.is_file())
    except OSError:
        there = []
    close = difflib.get_close_matches(path.name, there, n=1, cutoff=0.6)
    if close:
        return f"cannot be read: no such file in {str(folder)!r}; did you mean {close[0]!r}?"
    listed = (
        f"; there are {', '.join(map(repr, there[:6]))}" + (", …" if len(there) > 6 else "") if there else ""
    )
    return f"cannot be read: no such file in {str(folder)!r}{listed}"
