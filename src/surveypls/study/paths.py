"""Say where a file that was named is looked for, and what is there instead."""

from __future__ import annotations

import difflib
import subprocess
from collections.abc import Sequence
from pathlib import Path

from plsem.names import Said, few

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".sav", ".zsav", ".dta")
STUDIES = (".yaml", ".yml")


def windows_command(command: str, survey: object, study: object, name: str = "") -> str:
    """Write a command as it is typed on Windows, which has no make and quotes in its own way.

    Examples
    --------
    >>> windows_command("check", "my thesis/answers.csv", "answers.yaml")
    'uv run surveypls check "my thesis/answers.csv" answers.yaml'
    """
    typed = subprocess.list2cmdline([str(survey), str(study)])
    return f"uv run surveypls {command} {typed}" + (f" --name {name}" if name else "")


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
        return Said("cannot be read: it is a folder, expected a file")
    if isinstance(error, PermissionError):
        return Said(
            "cannot be read: {strerror}; if it is open in another program, such as Excel, close it there",
            strerror=error.strerror,
        )
    if not isinstance(error, FileNotFoundError):
        return Said("cannot be read: {strerror}", strerror=error.strerror)
    if not folder.is_dir():
        return Said("cannot be read: there is no folder {folder!r}", folder=str(folder))
    try:
        there = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in endings and p.is_file())
    except OSError:
        there = []
    close = difflib.get_close_matches(path.name, there, n=1, cutoff=0.6)
    if close:
        return Said(
            "cannot be read: no such file in {folder!r}; did you mean {close!r}?",
            folder=str(folder),
            close=close[0],
        )
    listed = Said("; there are {names}", names=few([repr(name) for name in there], 6)) if there else ""
    return Said("cannot be read: no such file in {folder!r}{listed}", folder=str(folder), listed=listed)
