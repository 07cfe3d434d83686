"""Fit the notebooks' prose to a run: to another study, and to its language.

The committed notebooks tell of the re-run article, in English.  Each Markdown cell carries its
Spanish text in its metadata (``es``).  What only concerns the article is marked: cells by the tag
``article``, and in the ``header`` cell the paragraphs that begin with "The article" and the notice
on synthetic data.
"""

from __future__ import annotations

from pathlib import Path

import nbformat

from surveypls.study.definition import Study
from tabletext.language import Language

_ABOUT_THE_ARTICLE = ("The article", "El artículo")


def fitted(notebook: Path, study: Study, labels: Language) -> nbformat.NotebookNode:
    """Return a notebook with the prose that suits a study.

    Parameters
    ----------
    notebook : Path
        A committed notebook.
    study : Study
        Without ``published`` the cells about the article are left out.
    labels : {"en", "es"}
        Language of the prose.

    Returns
    -------
    NotebookNode
        Not executed: outputs and execution counts are empty.
    """
    content: nbformat.NotebookNode = nbformat.read(notebook, as_version=4)
    kept = []
    for cell in content.cells:
        tags = cell.metadata.get("tags", [])
        if "article" in tags and study.published is None:
            continue
        if cell.cell_type == "markdown":
            spanish = cell.metadata.pop("es", None)
            if labels == "es" and spanish:
                cell.source = spanish
            if "header" in tags:
                cell.source = _header(cell.source, study, labels)
        else:
            cell.outputs, cell.execution_count = [], None
        kept.append(cell)
    content.cells = kept
    return content


def _header(source: str, study: Study, labels: Language) -> str:
    """Return the first cell's text with the study's title, question and notice in place of the article's."""
    title, *paragraphs = source.split("\n\n")
    own = [f"*{study.title(labels)}*"]
    if study.question(labels):
        own.append(study.question(labels))
    if study.synthetic is not None:
        own.append(f"> **{study.synthetic(labels)}**")
    if study.published is None:
        paragraphs = [p for p in paragraphs if not p.startswith(_ABOUT_THE_ARTICLE)]
    paragraphs = [p for p in paragraphs if not p.startswith(">")]
    return "\n\n".join([title, *own, *paragraphs])
