"""What a cell shows and where its files go: a figure's picture and words, the other language's form, its address."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace

import nbformat
import pytest

from surveypls.compendium import showing
from tabletext.display import Display


def project(folder, *, output=None, every_format=False, languages=("en", "es")):
    """The part of a project that showing asks for."""
    made = SimpleNamespace(
        root=folder, output=output or folder, every_format=every_format, languages=languages
    )
    made.folder = lambda kind, language: showing.folder_of(made, kind, language)
    return made


def picture(monkeypatch, *, front_page, drawn=("figure", "data")):
    """One figure whose file is the bytes PNG; what was asked of the writer."""
    asked = []

    def save(figure, data, folder, stem, *, formats):
        asked.append((figure, data, folder, stem, formats))
        return {"png": b"PNG"}

    made = SimpleNamespace(front_page=front_page, alt="Paths", draw=lambda project, display, *results: drawn)
    monkeypatch.setitem(showing.PICTURES, "fig", made)
    monkeypatch.setattr(showing.files, "save", save)
    return asked


@pytest.mark.parametrize(
    ("front_page", "every_format", "language", "formats", "folder", "beside"),
    [
        (True, False, "en", ("svg", "png"), "figures", []),
        (True, False, "es", ("svg", "png"), "build/es/figures", ["figures/fig_es.png"]),
        (False, False, "es", ("svg",), "build/es/figures", []),
        (True, True, "es", ("svg", "png", "pdf"), "build/es/figures", []),
    ],
)
def test_a_figure_is_saved_and_shown(
    front_page, every_format, language, formats, folder, beside, tmp_path, monkeypatch
):
    asked = picture(monkeypatch, front_page=front_page)
    display = Display(language, notice="Synthetic.")
    shown = showing._picture(project(tmp_path, every_format=every_format), "fig", display, [])
    assert asked == [("figure", "data", tmp_path / folder, "fig", formats)]
    assert shown["image/png"] == base64.b64encode(b"PNG").decode()
    assert shown["alt"].endswith("Synthetic.") and shown["text/plain"] == f"[fig] {shown['alt']}"
    written = [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.png")]
    assert written == beside and all((tmp_path / p).read_bytes() == b"PNG" for p in written)


def test_a_figure_that_the_study_has_not_is_not_shown(tmp_path, monkeypatch):
    handed = []
    monkeypatch.setattr(showing, "_hand_over", handed.append)
    asked = picture(monkeypatch, front_page=False, drawn=None)
    made = project(tmp_path)
    made.display_in = Display
    showing.show(made, "fig", [])
    assert (asked, handed) == ([], [])
    with pytest.raises(KeyError, match="no figure or table 'figg'; did you mean 'fig'"):
        showing.show(made, "figg", [])


def test_files_of_the_second_language_stand_aside(tmp_path):
    paper, own = project(tmp_path), project(tmp_path, output=tmp_path / "build" / "mine")
    assert showing.folder_of(paper, "tables", "en") == tmp_path / "tables"
    assert showing.folder_of(paper, "tables", "es") == tmp_path / "build" / "es" / "tables"
    assert showing.folder_of(own, "tables", "es") == tmp_path / "build" / "mine" / "es" / "tables"


def test_one_execution_makes_two_notebooks():
    both = {"text/plain": "Paths", showing.OTHER: {"text/plain": "Trayectorias", "alt": "Dos"}}
    outputs = [
        nbformat.v4.new_output("stream", text="1"),
        nbformat.v4.new_output("display_data", dict(both), metadata={"image/png": {"alt": "Two"}}),
        nbformat.v4.new_output("display_data", {"text/plain": "x", showing.OTHER: {"text/plain": "y"}}),
    ]
    cells = [nbformat.v4.new_markdown_cell("#"), nbformat.v4.new_code_cell("show()", outputs=outputs)]
    own, other = showing.split(nbformat.v4.new_notebook(cells=cells))
    assert [o.get("data") for o in own.cells[1].outputs] == [
        None,
        {"text/plain": "Paths"},
        {"text/plain": "x"},
    ]
    assert [o.get("data") for o in other.cells[1].outputs] == [
        None,
        {"text/plain": "Trayectorias"},
        {"text/plain": "y"},
    ]
    assert own.cells[1].outputs[1].metadata == {"image/png": {"alt": "Two"}}
    assert [o.metadata for o in other.cells[1].outputs[1:]] == [{"image/png": {"alt": "Dos"}}, {}]


@pytest.mark.parametrize(("both", "other"), [("", None), ("1", {"text/plain": "b"})])
def test_the_other_language_is_handed_over_where_it_is_asked_for(both, other, monkeypatch):
    handed = []
    monkeypatch.setenv(showing.BOTH_VARIABLE, both)
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **more: handed.append((data, more["metadata"]))
    )
    showing._hand_over([{"text/plain": "a", "alt": "A"}, {"text/plain": "b"}])
    showing._hand_over([{"text/plain": "a"}])
    first = {"text/plain": "a"} | ({showing.OTHER: other} if other else {})
    assert handed == [(first, {"image/png": {"alt": "A"}}), ({"text/plain": "a"}, {})]


def test_an_output_is_addressed_by_the_heading_above_it(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    cells = [
        ("markdown", "# One"),
        ("code", 'show("a")'),
        ("markdown", "text\n## Two of it\nmore"),
        ("markdown", "no heading"),
        ("code", 'x\nshow("b", 1)'),
    ]
    content = {"cells": [{"cell_type": kind, "source": [source]} for kind, source in cells]}
    (folder / "01_x.ipynb").write_text(json.dumps(content), encoding="utf-8")
    paper = project(tmp_path)
    assert showing.cell_of(paper, "a", "en") == "notebooks/01_x.ipynb#One"
    assert showing.cell_of(paper, "b", "en") == "notebooks/01_x.ipynb#Two-of-it"
    assert showing.cell_of(paper, "c", "en") == showing.cell_of(paper, "a", "es") == ""
    # a run has no notebooks of its own before its first one is done
    assert (
        showing.cell_of(project(tmp_path, output=tmp_path / "build" / "m"), "a", "en")
        == "notebooks/01_x.ipynb#One"
    )


@pytest.mark.parametrize(
    ("every", "article", "formats"), [(False, 3, ("csv", "docx")), (False, None, ("csv",))]
)
def test_the_paper_keeps_word_of_the_articles_own_tables(every, article, formats, tmp_path, monkeypatch):
    monkeypatch.setattr(showing, "article_table", lambda stem: article)
    assert showing.table_formats(project(tmp_path, every_format=every), "t") == formats
    assert showing.table_formats(project(tmp_path, every_format=True), "t") == showing.export.FORMATS


def test_a_sentence_that_is_empty_is_not_shown(tmp_path, monkeypatch):
    handed = []
    monkeypatch.setattr(showing, "_hand_over", handed.append)
    made = project(tmp_path)
    made.display_in = Display
    said = {"en": "H1 holds", "es": "H1 se sostiene"}
    monkeypatch.setitem(
        showing.SENTENCES, "s", lambda project, display, given: said[display.language] if given else ""
    )
    showing.say(made, "s", [True])
    showing.say(made, "s", [False])
    assert handed == [
        [{"text/markdown": text, "text/plain": text} for text in ("H1 holds", "H1 se sostiene")]
    ]
    with pytest.raises(KeyError, match="no sentence 'none of these'"):
        showing.say(made, "none of these", [])
