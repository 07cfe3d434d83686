"""The paper: one document made from contracts, figures and printed values, with no number typed by hand.

It works for any study.  A section whose contract is missing is left out; without printed values the
audit vanishes.  The PDF needs Typst and the Word file pandoc (extra ``documents``), the HTML file nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from plsem.names import nearest
from surveypls.report import typeset, webpage, word
from surveypls.report.composer import compose
from surveypls.report.data import PaperData, PaperSource
from surveypls.report.document import Document
from tabletext.language import Language
from tabletext.storage import write_atomically

PaperFormat = Literal["pdf", "html", "docx"]
FORMATS: tuple[PaperFormat, ...] = ("pdf", "html", "docx")


def build_paper(
    project: PaperSource,
    *,
    language: Language | None = None,
    folder: Path | str | None = None,
    formats: Sequence[PaperFormat] = FORMATS,
) -> list[Path]:
    """Write the paper as ``paper_en.pdf``, ``paper_en.html`` and the same in Spanish.

    Parameters
    ----------
    project : PaperSource
        A :class:`surveypls.compendium.project.Project` whose notebooks have run.
    language : {"en", "es"}, optional
        Default: all languages of the project.
    folder : path, optional
        Default: ``paper/`` in the project's output.
    formats : sequence of {"pdf", "html", "docx"}

    Returns
    -------
    list of Path
        The files; one whose bytes are the same is not touched.

    Raises
    ------
    compendium.ContractError
        If a notebook that the paper needs has not run.
    typeset.TypesetError
        If a PDF is wanted and Typst is not installed.
    ValueError
        For an unknown format.
    """
    for name in formats:
        if name not in FORMATS:
            raise ValueError(f"unknown format {name!r}{nearest(name, FORMATS)}")
    data = PaperData(project)
    target = Path(folder) if folder is not None else project.output / "paper"
    written = []
    for chosen in (language,) if language else project.languages:
        document = compose(
            data,
            project.folder("figures", chosen),
            display=data.study.display(chosen),
            made_in=partial(project.cell_of, language=chosen),
        )
        for name in formats:
            path = target / f"paper_{chosen}.{name}"
            write_atomically(path, WRITERS[name](document))
            written.append(path)
    return written


WRITERS: Mapping[PaperFormat, Callable[[Document], bytes]] = {
    "pdf": typeset.to_pdf,
    "html": webpage.to_html,
    "docx": word.to_docx,
}
