"""Tables of every kind as the files that are written of them, as kept lists (``kept_lists``)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from kept_lists import keep

from surveypls.report import typeset, webpage, word
from surveypls.report.document import (
    Beside,
    Bullets,
    Document,
    FigureBlock,
    Heading,
    Notice,
    Paragraph,
    References,
    TableBlock,
)
from tabletext import export, latex, office
from tabletext.display import Display
from tabletext.tabular import Column, Table, from_frame, hide_repeats

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>'
LONG = "A text that is longer than its column can be, so that it is broken, as questions of a survey are; "


def _kinds(display: Display) -> Table:
    frame = pd.DataFrame(
        {
            "construct": ["A", "A", "B"],
            "item": ["a1", "=a2", "b1"],
            "n": [1200, 7, 0],
            "loading": [0.8125, -0.05, np.nan],
            "beta": [1.25, -0.4999, 12.0],
            "p": [0.0004, 0.05, 1.0],
            "share": [0.455, 0.0, 1.0],
            "printed": ["0.70", "", "< .001"],
        }
    )
    columns = (
        Column("construct", "Construct", "text"),
        Column("item", "Item & code", "text"),
        Column("n", "n", "count"),
        Column("loading", "Loading", "unit", "Estimate"),
        Column("beta", "β", "number", "Estimate", 2),
        Column("p", "p", "p", "Estimate"),
        Column("share", "Share", "percent"),
        Column("printed", "Printed", "printed", "Article"),
    )
    return Table(
        frame,
        columns,
        title="All kinds <of> cells",
        number="2",
        note="χ² ≥ 0.5, ρA and ρC; a · b.",
        display=display,
        marks={(0, "loading"): " ✓", (1, "p"): "*", (1, "beta"): ' "'},
        hidden=hide_repeats(frame, "construct", ["construct"]) | {(2, "n")},
        cell_kinds={(2, "beta"): "count"},
    )


def _wide(display: Display) -> Table:
    texts = [LONG * k for k in (1, 3, 1)]
    frame = pd.DataFrame({"key": ["x", "*y", "z"], "text": texts, "other": [LONG, "", LONG * 2]})
    for j in range(7):
        frame[f"v{j}"] = [j + 0.1234567890123, 10.0**j, -j]
    return from_frame(frame, headings={"text": "Question"}, title="A wide table", note=LONG, display=display)


def _one(display: Display) -> Table:
    return from_frame(pd.DataFrame({"only": ["one"]}), display=display)


def _empty(display: Display) -> Table:
    return from_frame(pd.DataFrame({"a": [], "p": []}, dtype=float), title="Nothing", display=display)


TABLES = {"kinds": _kinds, "wide": _wide, "one": _one, "empty": _empty}
DISPLAYS = {"en": Display("en", notice="Made-up data."), "es": Display("es", decimal="comma")}


def parts(content: bytes) -> Iterator[str]:
    """Return the texts of an office file's parts, an element a line."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith((".xml", ".rels")) and "theme" not in name and "styles" not in name:
                yield f"== {name}"
                yield from archive.read(name).decode("utf-8").replace("><", ">\n<").splitlines()


def written(name: str) -> list[str]:
    """Return a table in every form, in both languages."""
    lines: list[str] = []
    for language, display in DISPLAYS.items():
        table = TABLES[name](display)
        lines += [f"==== {language}", *repr(table).splitlines(), *table.to_html().splitlines()]
        lines += export.to_csv(table).decode("utf-8").splitlines()
        lines += latex.to_tex(table, label="tab:x").splitlines()
    content = office.to_xlsx(table, name)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        lines += archive.read("xl/styles.xml").decode("utf-8").replace("><", ">\n<").splitlines()
    lines += parts(content)
    return [*lines, *(line for line in parts(office.to_docx(table)) if "http://" not in line)]


def document(folder: Path) -> Document:
    """Return a document with every kind of block."""
    display = Display("es", notice="Datos inventados.")
    pictures = [folder / f"figure_{i}.svg" for i in (1, 2)]
    for path in pictures:
        path.write_bytes(SVG)
    wide = FigureBlock(
        pictures[0], "Wide", "1", 'An "alt"', 0.85, "../notebooks/es/03_made.ipynb#Title-of-it"
    )
    tall = FigureBlock(pictures[1], "Tall", "2", "Alt", 0.42)
    text = "Plain, **bold**, *italic*, `code`, [label](https://a.b/c) and https://d.e/f."
    blocks = (
        Beside((Heading(1, "First"), Paragraph(text), Bullets((text, "b"))), tall),
        Notice(text),
        Heading(1, "Second"),
        Heading(2, "Below"),
        TableBlock(_kinds(display), "notebooks/04_x.ipynb#y"),
        TableBlock(_wide(display)),
        TableBlock(_one(display)),
        Heading(2, "Below again"),
        wide,
        References((text, "Cohen, J. (1988). *Power*.")),
    )
    return Document("Title", "Subtitle", display, blocks, footer="Foot")


def set_in_type(folder: Path) -> list[str]:
    """Return the document's Typst source, its page, and what Word is given."""
    made = document(folder)
    images = {folder / f"figure_{i}.svg": f"figure_{i}.svg" for i in (1, 2)}
    lines = typeset.to_typst(made, images).splitlines()
    lines += webpage.to_html(made).decode("utf-8").splitlines()
    named = [line for line in parts(word.to_docx(made)) if "http://schemas" not in line]
    return [*lines, *named]


def main(folder: Path) -> None:
    """Keep the list of every table and of the document."""
    for name in TABLES:
        keep("files", name, written(name))
    keep("files", "document", set_in_type(folder))
