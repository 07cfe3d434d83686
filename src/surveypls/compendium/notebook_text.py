"""Fit the notebooks' prose to a run: to another study, and to a language.

The committed notebooks tell of the re-run article, in English; their Spanish stands in the catalogue, a
Markdown cell an entry.  What only concerns the article is marked: cells by the tag ``article``, and in the
``header`` cell the paragraphs that begin with "The article" and the notice on synthetic data.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path

import nbformat

from surveypls import sections
from surveypls.sections.section import Section
from surveypls.study.definition import Study
from tabletext.catalogue import translate
from tabletext.language import Language
from tabletext.storage import without_tags

_ABOUT_THE_ARTICLE = ("The article", "El artículo")
_COMMENT = re.compile(r"(?<=  # )(.+)$", flags=re.MULTILINE)
_LANGUAGE = re.compile(r"^labels: str = None", flags=re.MULTILINE)


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
    content.cells = [
        cell
        for cell in content.cells
        if study.published is not None or "article" not in cell.metadata.get("tags", [])
    ]
    for section in reversed(sections.of(study)):  # each goes right behind the output it follows
        if notebook.stem.startswith(f"{section.notebook}_"):
            _insert(content, section)
    for section in sections.of(study):
        _leave_out(content, section.replaces)
    content = in_language(content, labels)
    for cell in content.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        elif "header" in cell.metadata.get("tags", []):
            cell.source = _header(cell.source, study, labels)
    return content


def _insert(content: nbformat.NotebookNode, section: Section) -> None:
    """Put an optional section's cells behind the cell of the output that it follows."""
    place = next(i for i, cell in enumerate(content.cells) if f'show("{section.after}"' in cell.source)
    made = [nbformat.v4.new_markdown_cell(section.prose)]
    made += [nbformat.v4.new_code_cell(source) for source in section.cells()]
    for number, cell in enumerate(made, 1):
        cell.id = f"{section.key}-{number:02d}"
    content.cells[place + 1 : place + 1] = made


def _leave_out(content: nbformat.NotebookNode, stem: str) -> None:
    """Take away an output's cell and the prose that leads to it."""
    places = [i for i, cell in enumerate(content.cells) if stem and f'show("{stem}"' in cell.source]
    for place in places:
        first = place - (content.cells[place - 1].cell_type == "markdown")
        del content.cells[first : place + 1]


def in_language(notebook: nbformat.NotebookNode, language: Language) -> nbformat.NotebookNode:
    """Return a notebook with its prose, and the remarks on its parameters, in a language."""
    content = copy.deepcopy(notebook)
    for cell in content.cells:
        if cell.cell_type == "markdown":
            cell.source = translate(cell.source, language)
        elif "parameters" in cell.metadata.get("tags", []):
            cell.source = _COMMENT.sub(lambda found: translate(found[1], language), cell.source)
    return content


def for_readers_of(notebook: nbformat.NotebookNode, language: Language) -> nbformat.NotebookNode:
    """Return a committed notebook's twin in another language, which shows that language when it is run again."""
    content = in_language(notebook, language)
    for cell in content.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = _LANGUAGE.sub(f'labels: str = "{language}"', cell.source)
    return content


def _header(source: str, study: Study, labels: Language) -> str:
    """Return the first cell's text with the study's title, question and notice in place of the article's."""
    title, *paragraphs = source.split("\n\n")
    own = [f"*{without_tags(study.title(labels))}*"]
    if study.question(labels):
        own.append(without_tags(study.question(labels)))
    if study.synthetic is not None:
        own.append(f"> **{without_tags(study.synthetic(labels))}**")
    if study.published is None:
        paragraphs = [p for p in paragraphs if not p.startswith(_ABOUT_THE_ARTICLE)]
    paragraphs = [p for p in paragraphs if not p.startswith(">")]
    return "\n\n".join([title, *own, *paragraphs])
