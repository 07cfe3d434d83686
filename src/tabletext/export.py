"""Write a table as CSV, XLSX, DOCX and LaTeX: one call, the same bytes each time.

Text cells that a spreadsheet would run as a formula are defused, reversibly; numbers stay numbers.  A file
is replaced only where its bytes changed, and never left half-written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from plsem.names import nearest
from tabletext import latex, office
from tabletext.storage import defuse, write_atomically
from tabletext.tabular import Table, is_missing

Format = Literal["csv", "xlsx", "docx", "tex"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx", "docx", "tex")
NOTICE_COLUMN = "data_note"
FLOAT_FORMAT = "%.12g"
_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def export(table: Table, folder: Path | str, stem: str, *, formats: Sequence[Format] = FORMATS) -> list[Path]:
    """Write a table into a folder, one file per format.

    Parameters
    ----------
    table : Table
        The notice of its display (synthetic data) follows the note, and fills a last column ``data_note`` of the
        CSV file.
    folder : path
        Made where it is missing.
    stem : str
        File name without ending: letters, digits, ``.``, ``_`` and ``-``.
    formats : sequence of {"csv", "xlsx", "docx", "tex"}

    Returns
    -------
    list of Path
        The files, in the order of ``formats``, whether or not their bytes changed.

    Raises
    ------
    ValueError
        For an unknown format or a stem that is not a plain file name.
    """
    if not _STEM.fullmatch(stem):
        raise ValueError(f"file name {stem!r}: expected up to 100 letters, digits, '.', '_' or '-'")
    for name in formats:
        if name not in _WRITERS:
            raise ValueError(f"unknown format {name!r}{nearest(name, FORMATS)}")
    paths = []
    for name in formats:
        path = Path(folder) / f"{stem}.{name}"
        write_atomically(path, _WRITERS[name](table, stem))
        paths.append(path)
    return paths


def to_csv(table: Table, stem: str = "") -> bytes:
    """Return the unrounded values as UTF-8 CSV that ``pandas.read_csv`` reads as it stands.

    Column names are the table's keys, the same in both languages.  Text that a spreadsheet would run is
    defused (:func:`defuse`); numbers written as text (printed digits) stay as they are.
    """
    frame = table.numeric()
    if table.display.notice:
        frame[NOTICE_COLUMN] = table.display.notice
    safe = pd.DataFrame({defuse(str(name)): [_csv_cell(v) for v in frame[name]] for name in frame.columns})
    text = safe.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8")


def _csv_cell(value: object) -> str:
    if isinstance(value, str):
        return defuse(value)
    if is_missing(value):
        return ""
    return FLOAT_FORMAT % value if isinstance(value, float) else str(value)


def _tex(table: Table, stem: str) -> bytes:
    return latex.to_tex(table, label=f"tab:{stem}").encode("utf-8")


_WRITERS: dict[str, Callable[[Table, str], bytes]] = {
    "csv": to_csv,
    "xlsx": office.to_xlsx,
    "docx": office.to_docx,
    "tex": _tex,
}
