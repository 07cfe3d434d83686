"""A document as one HTML file that needs nothing else: styles and figures are inside, no script."""

from __future__ import annotations

import base64
import html
from dataclasses import replace
from pathlib import Path

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

_TAGS = {"bold": "strong", "italic": "em", "code": "code"}
_MEDIA = {".svg": "image/svg+xml", ".png": "image/png"}
_STYLE = """\
:root { color-scheme: light; }
body { font: 1rem/1.55 Georgia, 'Times New Roman', serif; color: #222; background: #fff;
  margin: 0 auto; padding: 2rem 1.2rem 4rem; max-width: 54rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin-bottom: .2rem; }
h2 { font-size: 1.3rem; margin-top: 2.4rem; border-bottom: 1px solid #ddd; padding-bottom: .2rem; }
h3 { font-size: 1.08rem; margin-top: 1.8rem; }
.subtitle { color: #555; margin-top: 0; font-size: 1.1rem; }
.notice { background: #fdf3d7; border-left: 4px solid #e69f00; padding: .7rem 1rem; margin: 1.2rem 0; }
nav { font-size: .92rem; margin: 1.4rem 0; }
nav ol { margin: .3rem 0; padding-left: 1.4rem; }
a { color: #0b5394; }
figure { margin: 1.8rem 0; }
figcaption { margin-bottom: .5rem; }
img { max-width: 100%; height: auto; }
.table { margin: 1.8rem 0; }
.scroll { overflow-x: auto; }
.caption { margin: 0 0 .4rem; }
.note { margin: .4rem 0 0; font-size: .82rem; color: #444; }
.source { font-size: .8rem; white-space: nowrap; }
.beside { display: grid; grid-template-columns: 1fr 21rem; gap: 1.6rem; align-items: start; }
.beside h2:first-child, .beside figure { margin-top: 0; }
.beside img { width: 100% !important; }
table { border-collapse: collapse; font-size: .86rem; line-height: 1.35;
  border-top: 1.5px solid #222; border-bottom: 1.5px solid #222; }
th { font-weight: 600; vertical-align: bottom; }
th, td { padding: .2rem .5rem; }
td { vertical-align: top; }
thead tr:last-child th { border-bottom: 1px solid #222; }
th[colspan] { border-bottom: 1px solid #aaa; }
th[colspan='1'] { border-bottom: none; }
.references p { padding-left: 1.6rem; text-indent: -1.6rem; margin: .4rem 0; font-size: .94rem; }
footer { margin-top: 3rem; border-top: 1px solid #ddd; color: #555; font-size: .85rem; padding-top: .6rem; }
@media (max-width: 46rem) { img { width: 100% !important; } .beside { grid-template-columns: 1fr; } }
@media print { body { max-width: none; padding: 0; } .table, figure { break-inside: avoid; } nav { display: none; } }
"""


def _span(span: Span) -> str:
    text = html.escape(span.text)
    if span.style == "link":
        return f'<a href="{html.escape(span.target)}">{text}</a>'
    tag = _TAGS.get(span.style)
    return f"<{tag}>{text}</{tag}>" if tag else text


def content(text: str) -> str:
    """Return inline Markdown as HTML."""
    return "".join(_span(span) for span in inline(text))


def anchor(number: str) -> str:
    """Return the address inside the page of a numbered section."""
    return "s" + number.replace(".", "-")


def data_address(path: Path) -> str:
    """Return an image as a ``data:`` address."""
    media = _MEDIA.get(path.suffix.lower())
    if media is None:
        raise ValueError(f"{path.name}: expected an image ending in {' or '.join(_MEDIA)}")
    return f"data:{media};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def to_html(document: Document) -> bytes:
    """Return the document as one self-contained HTML file.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        UTF-8; figures are embedded, so the file can be sent or archived alone.
    """
    shown, contents = _blocks(document)
    word = document.display("Contents")
    page = [
        "<!doctype html>",
        f'<html lang="{document.language}">',
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(document.title)}</title>",
        f"<style>\n{_STYLE}</style></head>",
        "<body>",
        f"<h1>{html.escape(document.title)}</h1>",
        f'<p class="subtitle">{html.escape(document.subtitle)}</p>',
        *shown[:1],
        f'<nav aria-label="{word}"><strong>{word}</strong><ol>{"".join(contents)}</ol></nav>',
        *shown[1:],
        *([f"<footer>{html.escape(document.footer)}</footer>"] if document.footer else []),
        "</body></html>",
    ]
    return ("\n".join(page) + "\n").encode("utf-8")


def body(document: Document) -> str:
    """Return the document's blocks as HTML, without what a page needs around them."""
    return "\n".join(_blocks(document)[0])


def _blocks(document: Document) -> tuple[list[str], list[str]]:
    """Return the blocks, their headings numbered, and the entries of the contents."""
    numbers = [0, 0]
    contents: list[str] = []

    def written(block: Block) -> str:
        if isinstance(block, Beside):
            text = "".join(written(inner) for inner in block.blocks)
            return f'<div class="beside"><div>{text}</div>{_block(block.figure, document)}</div>'
        if not isinstance(block, Heading):
            return _block(block, document)
        numbers[:] = [numbers[0] + 1, 0] if block.level == 1 else [numbers[0], numbers[1] + 1]
        number = ".".join(map(str, numbers[: block.level]))
        if block.level == 1:
            contents.append(f'<li><a href="#{anchor(number)}">{html.escape(block.text)}</a></li>')
        tag = f"h{block.level + 1}"
        return f'<{tag} id="{anchor(number)}">{number}. {html.escape(block.text)}</{tag}>'

    return [written(block) for block in document.blocks], contents


def _source(made_in: str, document: Document) -> str:
    """Return a link to the notebook and heading that made a table or figure."""
    word = document.maker(made_in)
    return f' <a class="source" href="../{html.escape(made_in)}">{html.escape(word)}</a>' if word else ""


def _block(block: Block, document: Document) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{content(text)}</p>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{content(i)}</li>" for i in items) + "</ul>"
        case References(items):
            return '<div class="references">' + "".join(f"<p>{content(i)}</p>" for i in items) + "</div>"
        case Notice(text):
            return f'<div class="notice" role="note">{content(text)}</div>'
        case TableBlock(table, made_in):
            head = f"<strong>{html.escape(table.caption_word)}</strong>" if table.number else ""
            title = f"<em>{html.escape(table.title)}</em>"
            note = table.full_note
            foot = f"<p class='note'><em>{table.note_word}</em> {html.escape(note)}</p>" if note else ""
            bare = replace(table, title="", number="", note="", display=replace(table.display, notice=""))
            return (
                f'<div class="table"><p class="caption">{head} {title}{_source(made_in, document)}</p>'
                f'<div class="scroll" tabindex="0">{bare.to_html()}</div>{foot}</div>'
            )
        case FigureBlock(path, caption, number, alt, width, made_in):
            return (
                f"<figure><figcaption><strong>{document.figure_word} {html.escape(number)}</strong>. "
                f"<em>{html.escape(caption)}</em>{_source(made_in, document)}</figcaption>"
                f'<img src="{data_address(path)}" alt="{html.escape(alt)}" style="width:{100 * width:g}%"></figure>'
            )
        case Heading() | Beside():
            raise ValueError("numbered by the page")
