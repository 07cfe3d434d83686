"""Show and save what the notebooks make: figures, tables and sentences, in the run's languages.

A cell shows its result in the run's own language.  Where the runner asks for both, the other language's form
is handed over beside it, so that one execution makes two notebooks (:func:`split`).
"""

from __future__ import annotations

import base64
import copy
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsem.names import nearest
from surveypls.compendium.outputs import PICTURES, SENTENCES, SHEETS, article_table
from surveypls.figures import files
from tabletext import export
from tabletext.display import Display
from tabletext.export import Format
from tabletext.storage import without_tags, write_atomically

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from surveypls.compendium.project import Project

#: Set where a cell is to hand over the other language's form, too.
BOTH_VARIABLE = "SURVEYPLS_BOTH"
OTHER = "application/vnd.surveypls.other+json"
Shown = dict[str, Any]


def show(project: Project, stem: str, results: Sequence[Any]) -> None:
    """Make, save and show a figure or table; see :meth:`surveypls.compendium.project.Project.show`."""
    make = _picture if stem in PICTURES else _sheet if stem in SHEETS else None
    if make is None:
        raise KeyError(f"no figure or table {stem!r}{nearest(stem, [*PICTURES, *SHEETS])}")
    forms = [make(project, stem, project.display_in(language), results) for language in project.languages]
    if all(forms):
        _hand_over(forms)


def say(project: Project, name: str, results: Sequence[Any]) -> None:
    """Show a sentence; see :meth:`surveypls.compendium.project.Project.say`."""
    if name not in SENTENCES:
        raise KeyError(f"no sentence {name!r}{nearest(name, SENTENCES)}")
    texts = [
        SENTENCES[name](project, project.display_in(language), *results) for language in project.languages
    ]
    if texts[0]:
        _hand_over([{"text/markdown": without_tags(text), "text/plain": text} for text in texts])


def table_formats(project: Project, stem: str) -> tuple[Format, ...]:
    """Return what a table is written as: the paper keeps CSV, and Word of the article's own tables."""
    if project.every_format:
        return export.FORMATS
    return ("csv", "docx") if article_table(stem) else ("csv",)


def figure_formats(project: Project, stem: str) -> tuple[str, ...]:
    """Return what a figure is written as beside its CSV: the paper keeps SVG, and PNG for the front page."""
    if project.every_format:
        return ("svg", "png", "pdf")
    return ("svg", "png") if PICTURES[stem].front_page else ("svg",)


def _picture(project: Project, stem: str, display: Display, results: Sequence[Any]) -> Shown:
    output = PICTURES[stem]
    drawn = output.draw(project, display, *results)
    if drawn is None:  # the study has no such thing
        return {}
    figure, data = drawn
    folder = project.folder("figures", display.language)
    png = files.save(figure, data, folder, stem, formats=figure_formats(project, stem))["png"]
    if output.front_page and not project.every_format and display.language != project.languages[0]:
        place = (
            project.output / "figures" / f"{stem}_{display.language}.png"
        )  # for the front page in this language
        write_atomically(place, png)
    alt = " ".join(filter(None, (display(output.alt), display.notice)))
    return {"image/png": base64.b64encode(png).decode("ascii"), "text/plain": f"[{stem}] {alt}", "alt": alt}


def _sheet(project: Project, stem: str, display: Display, results: Sequence[Any]) -> Shown:
    table = SHEETS[stem](project, display, *results)
    if table is None:  # the study has no such thing
        return {}
    export.export(
        table, project.folder("tables", display.language), stem, formats=table_formats(project, stem)
    )
    return {"text/html": table.to_html(), "text/plain": repr(table)}


def _hand_over(forms: Sequence[Shown]) -> None:
    from IPython.display import display

    first = dict(forms[0])
    alt = first.pop("alt", "")
    if len(forms) > 1 and os.environ.get(BOTH_VARIABLE):
        first[OTHER] = dict(forms[1])
    display(first, raw=True, metadata={"image/png": {"alt": alt}} if alt else {})


def split(executed: NotebookNode) -> tuple[NotebookNode, NotebookNode]:
    """Return an executed notebook as its own language shows it, and as the other does.

    Only outputs are told apart here; the prose is :mod:`surveypls.compendium.notebook_text`'s.
    """
    both = copy.deepcopy(executed), copy.deepcopy(executed)
    for place, cell in enumerate(executed.cells):
        for at, output in enumerate(cell.get("outputs", [])):
            other = output.get("data", {}).get(OTHER)
            if other is None:
                continue
            mine = {key: value for key, value in output["data"].items() if key != OTHER}
            both[0].cells[place].outputs[at]["data"] = mine
            form = dict(other)
            alt = form.pop("alt", "")
            theirs = both[1].cells[place].outputs[at]
            theirs["data"] = form
            theirs["metadata"] = {"image/png": {"alt": alt}} if alt else {}
    return both


def folder_of(project: Project, kind: str, language: str) -> Path:
    """Return where a kind of file goes: the second language of the paper stands under ``build/``."""
    if language == project.languages[0]:
        return project.output / kind
    aside = project.root / "build" if project.output == project.root else project.output
    return aside / language / kind


def cell_of(project: Project, stem: str, language: str) -> str:
    """Return the notebook and heading under which an output is made, in JupyterLab's form of an address.

    Parameters
    ----------
    project : Project
    stem : str
        The output's name.
    language : {"en", "es"}
        Of the notebook.

    Returns
    -------
    str
        From the output's folder; empty where no notebook makes it.
    """
    folder = "notebooks" if language == project.languages[0] else f"notebooks/{language}"
    home = project.output if (project.output / folder).is_dir() else project.root
    for path in sorted((home / folder).glob("*.ipynb")):
        heading = ""
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                heading = next((line for line in source.splitlines() if line.startswith("#")), heading)
            elif f'show("{stem}"' in source:
                return f"{folder}/{path.name}#{heading.lstrip('# ').replace(' ', '-')}"
    return ""
