"""A document as one Word file, by pandoc from its HTML; figures are drawn as PNG by Typst."""

from __future__ import annotations

import calendar
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

from surveypls.report import typeset, webpage
from surveypls.report.document import Beside, Block, Document, FigureBlock
from tabletext.office import FIXED_DATE


def to_docx(document: Document) -> bytes:
    """Write a document as a Word file whose headings, tables and figures can be edited.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        The same for the same document: the file says no time.

    Raises
    ------
    typeset.TypesetError
        If Typst or pandoc is not installed (extra ``documents``).
    """
    try:
        import pypandoc
    except ImportError:
        raise typeset.TypesetError(
            "the Word file needs pandoc: install the extra 'documents' (pip install '.[documents]')"
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        drawn = replace(document, blocks=tuple(_drawn(block, Path(folder)) for block in document.blocks))
        made = Path(folder, "made.docx")
        with mock.patch.dict(os.environ, {"SOURCE_DATE_EPOCH": str(calendar.timegm(FIXED_DATE.timetuple()))}):
            pypandoc.convert_text(
                webpage.body(drawn),
                "docx",
                format="html",
                outputfile=str(made),
                extra_args=[
                    f"--metadata=title:{document.title}",
                    f"--metadata=subtitle:{document.subtitle}",
                    f"--metadata=lang:{document.language}",
                ],
            )
        return made.read_bytes()


def _drawn(block: Block, folder: Path) -> Block:
    """Return a block whose figures are PNG files: word processors do not all show SVG."""
    if isinstance(block, Beside):
        figure = _drawn(block.figure, folder)
        assert isinstance(figure, FigureBlock)
        return replace(block, figure=figure)
    if not isinstance(block, FigureBlock) or block.path.suffix != ".svg":
        return block
    path = folder / f"{block.path.stem}.png"
    path.write_bytes(typeset.to_png(block.path))
    return replace(block, path=path)
