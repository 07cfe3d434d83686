"""A document as a PDF, typeset by Typst; the same input gives the same bytes.

Every text goes to Typst as a string literal, never as mark-up.  Only fonts that come with the compiler are
used, so that pages break alike on every machine.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from surveypls.report.document import (
    Beside,
    Block,
    Bullets,
    Document,
    FigureBlock,
    Heading,
    Notice,
    Paragraph,
    References,
    Span,
    TableBlock,
    inline,
)
from tabletext import layout
from tabletext.tabular import Table

TABLE_SIZE, LEAST_SIZE = 8.5, 6.0
ROOM = 126.0  # characters of the smaller size in a line
TEXT_WIDTH = 470.5  # of the page, in points
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_PREAMBLE = """\
#set document(title: {title}, date: none)
#set page(paper: "a4", margin: (x: 2.2cm, top: 2.2cm, bottom: 2.4cm), footer: context [
  #set text(size: 7.5pt, fill: luma(90))
  #grid(columns: (1fr, auto), column-gutter: 1em, {footer}, counter(page).display("1 / 1", both: true))
])
#set text(font: ("Libertinus Serif", "New Computer Modern Math", "DejaVu Sans Mono"), size: 10.5pt, lang: "{lang}")
#set par(justify: true, leading: 0.62em, spacing: 0.95em)
#set heading(numbering: "1.1")
#set table.cell(breakable: false)
#show heading: set block(above: 1.5em, below: 0.8em, sticky: true)
#show heading.where(level: 1): set text(size: 14pt)
#show heading.where(level: 2): set text(size: 11.5pt)
#show link: set text(fill: rgb("#0b5394"))
#let notice(body) = block(width: 100%, inset: 9pt, fill: rgb("#fdf3d7"),
  stroke: (left: 3pt + rgb("#e69f00")), body)
#let refs(..items) = {{ set par(justify: false, hanging-indent: 1.5em); set text(size: 9.5pt)
  for item in items.pos() {{ par(item) }} }}
#let caption(word, title, source) = block(above: 0pt, below: 6pt, sticky: true, {{
  set par(justify: false)
  if word != none {{ strong(word); linebreak() }}
  emph(title)
  if source != "" {{ h(0.6em); text(size: 7.5pt, fill: luma(90), source) }} }})
#let note(word, body) = block(above: 5pt, {{ set text(size: 8pt); set par(justify: false); emph(word); [ ]; body }})
#align(center, {{ set par(justify: false); text(size: 18pt, strong({title})); linebreak(); v(0.2em)
  text(size: 12pt, fill: luma(60), {subtitle}) }})
#v(0.6em)
"""


class TypesetError(RuntimeError):
    """The PDF cannot be made; the message says what to install or what Typst said."""


def string(text: str) -> str:
    """Return a Typst string literal."""
    clean = _CONTROL.sub(" ", text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _span(span: Span) -> str:
    literal = string(span.text)
    if span.style == "bold":
        return f"#strong({literal})"
    if span.style == "italic":
        return f"#emph({literal})"
    if span.style == "code":
        return f"#raw({literal})"
    if span.style == "link":
        return f"#link({string(span.target)}, {literal})"
    return f"#{literal}"


def content(text: str) -> str:
    """Return inline Markdown as a Typst content block."""
    return "[" + "".join(_span(span) for span in inline(text)) + "]"


def to_typst(document: Document, images: dict[Path, str]) -> str:
    """Return the document's Typst source.

    Parameters
    ----------
    document : Document
    images : dict of Path to str
        File name, beside the source, of each figure.
    """
    out = [
        _PREAMBLE.format(
            title=string(document.title),
            subtitle=string(document.subtitle),
            lang=document.language,
            footer=string(document.footer),
        )
    ]
    out += [_block(block, images, document) for block in document.blocks]
    return "\n\n".join(out) + "\n"


def _block(block: Block, images: dict[Path, str], document: Document) -> str:
    match block:
        case Heading(level, text):
            return f"#heading(level: {level}, {string(text)})"
        case Paragraph(text):
            return f"#par{content(text)}"
        case Bullets(items):
            return "#list(" + ", ".join(content(i) for i in items) + ")"
        case References(items):
            return "#refs(" + ", ".join(content(i) for i in items) + ")"
        case Notice(text):
            return f"#notice{content(text)}"
        case TableBlock(table, made_in):
            return _table(table, document.maker(made_in))
        case FigureBlock():
            return _figure(block, images[block.path], document)
        case Beside(blocks, figure):
            text = "\n\n".join(_block(inner, images, document) for inner in blocks)
            picture = _figure(replace(figure, width=1.0), images[figure.path], document)
            share = f"{100 * figure.width:g}%"
            return f"#grid(columns: (1fr, {share}), column-gutter: 1.2em, [{text}], [{picture}])"


def _figure(figure: FigureBlock, name: str, document: Document) -> str:
    width = f"{100 * figure.width:g}%"
    word, source = f"{document.figure_word} {figure.number}", document.maker(figure.made_in)
    return (
        f"#block(breakable: false, above: 1.4em, below: 1.4em, {{ caption({string(word)}, "
        f"{string(figure.caption)}, {string(source)}); align(center, image({string(name)}, width: {width}, "
        f"alt: {string(figure.alt)})) }})"
    )


def _table(table: Table, source: str) -> str:
    cells = table.cells()
    needs = layout.needs(table, cells)
    least = sum(m for m, _ in needs)
    size = max(LEAST_SIZE, min(TABLE_SIZE, TABLE_SIZE * ROOM / least)) if least else TABLE_SIZE
    room = ROOM * TABLE_SIZE / size
    widths = layout.column_widths(table, cells, room)
    natural = sum(n for _, n in needs) <= room
    # A little air where there is room: the widths are estimates.
    stretch = min(1.1, room / sum(widths)) if widths else 1.0
    columns = ", ".join(
        f"{w * stretch * TEXT_WIDTH / room:.2f}pt" if natural else f"{w:.2f}fr" for w in widths
    )
    align = ", ".join("right" if c.numeric else "left" for c in table.columns)
    lines = [
        f"#block(above: 1.4em, below: 1.4em, breakable: {str(len(cells) > 9).lower()}, {{",
        f"caption({string(table.caption_word) if table.number else 'none'}, {string(table.title)}, {string(source)})",
        f"set text(size: {size:.2f}pt); set par(justify: false, leading: 0.45em)",
        f"table(columns: ({columns},), align: ({align},), stroke: none, inset: (x: 3.2pt, y: 2.6pt),",
        "table.hline(stroke: 0.8pt), table.header(",
    ]
    if table.grouped:
        at = 0
        for group, span in table.spans():
            lines.append(f"table.cell(colspan: {span}, align: center, {string(group)}),")
            at += span
        at = 0
        for group, span in table.spans():
            if group:
                lines.append(f"table.hline(y: 1, start: {at}, end: {at + span}, stroke: 0.4pt),")
            at += span
    lines += [
        f"table.cell(align: bottom + {'right' if c.numeric else 'left'}, {string(c.heading)}),"
        for c in table.columns
    ]
    lines.append("table.hline(stroke: 0.5pt)),")
    lines += [", ".join(string(text) for text in row) + "," for row in cells]
    lines += ["table.hline(stroke: 0.8pt))"]
    if table.full_note:
        lines.append(f"note({string(table.note_word)}, {string(table.full_note)})")
    lines.append("})")
    return "\n".join(lines)


def to_pdf(document: Document) -> bytes:
    """Typeset a document.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        A PDF with tags and alternative texts.

    Raises
    ------
    TypesetError
        If Typst is not installed, or cannot typeset the document.
    """
    figures = [b.figure if isinstance(b, Beside) else b for b in document.blocks]
    paths = [b.path for b in figures if isinstance(b, FigureBlock)]
    images = {path: f"figure_{i}{path.suffix}" for i, path in enumerate(paths, start=1)}
    return _compiled(to_typst(document, images), images)


def to_png(path: Path, *, pixels_per_inch: float = 200.0) -> bytes:
    """Draw an SVG file as PNG, for what shows no SVG.

    Raises
    ------
    TypesetError
        If Typst is not installed, or cannot draw it.
    """
    page = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("image{path.suffix}")\n'
    return _compiled(page, {path: f"image{path.suffix}"}, format="png", ppi=pixels_per_inch)


def _compiled(text: str, images: dict[Path, str], **options: Any) -> bytes:
    try:
        import typst
    except ImportError:
        raise TypesetError(
            "the PDF needs Typst, which is optional: install the extra 'documents' (pip install '.[documents]')"
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        for path, name in images.items():
            Path(folder, name).write_bytes(path.read_bytes())
        source = Path(folder, "paper.typ")
        source.write_text(text, encoding="utf-8")
        try:
            return bytes(typst.compile(str(source), root=folder, ignore_system_fonts=True, **options))
        except typst.TypstError as error:
            raise TypesetError(f"Typst could not set the paper: {error}") from None
