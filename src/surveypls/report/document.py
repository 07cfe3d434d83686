"""A small document model: headings, paragraphs, lists, tables and figures, written as HTML or Typst.

Inline text is a subset of Markdown: ``**bold**``, ``*italic*``, ```code```, ``[text](https://…)`` and
bare ``https://`` addresses.  Anything else is text, so no content can reach the mark-up of either format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tabletext.display import Display
from tabletext.language import Language
from tabletext.tabular import Table

Style = Literal["plain", "bold", "italic", "code", "link"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; ``target`` is a link's address."""

    style: Style
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading; level 1 is a section, 2 a subsection."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of inline Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; each entry is inline Markdown."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class References:
    """A list of references with hanging indents."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A boxed text that must not be overlooked."""

    text: str


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; its number, title and note are its own.

    ``made_in`` names the notebook and heading that make it, as in ``"03_measurement_model.ipynb#Reliability"``.
    """

    table: Table
    made_in: str = ""


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """An image file with a caption.

    Parameters
    ----------
    path : Path
        SVG or PNG.
    caption : str
        Without the word "Figure" and the number.
    number : str
    alt : str
        What the figure shows.
    width : float
        Share of the text width, 0 to 1.
    made_in : str
        The notebook and heading that make it.
    """

    path: Path
    caption: str
    number: str
    alt: str
    width: float = 1.0
    made_in: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """A tall figure with text beside it; below each other where the page is narrow."""

    blocks: tuple[Block, ...]
    figure: FigureBlock


Block = Heading | Paragraph | Bullets | References | Notice | TableBlock | FigureBlock | Beside


@dataclass(frozen=True, slots=True)
class Document:
    """Title and blocks of one document in one language."""

    title: str
    subtitle: str
    display: Display
    blocks: Sequence[Block]
    footer: str = ""

    @property
    def language(self) -> Language:
        """The document's language."""
        return self.display.language

    @property
    def figure_word(self) -> str:
        """The word before a figure's number."""
        return self.display("Figure")

    def maker(self, made_in: str) -> str:
        """Name the notebook that made a table or figure; empty where none did."""
        name = made_in.partition(".ipynb")[0].rpartition("/")[2].partition("_")[0]
        return self.display("notebook {name}", name=name) if name else ""


_INLINE = re.compile(
    r"(?<![\w*])\*\*(?P<bold>[^*\s](?:[^*\n]*[^*\s])?)\*\*(?![\w*])"
    r"|(?<![\w*])\*(?P<italic>[^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"
    r"|`(?P<code>[^`\n]+)`"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<target>https://[^\s)]+)\)"
    r"|(?P<address>https://[^\s<>\"')\]]*[^\s<>\"')\].,;:])"
)


def inline(text: str) -> Iterator[Span]:
    """Split inline Markdown into runs of one style.

    Stars that do not open and close a run, such as significance stars, stay text.
    """
    at = 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            yield Span("plain", text[at : match.start()])
        if match["label"]:
            yield Span("link", match["label"], match["target"])
        elif match["address"]:
            yield Span("link", match["address"], match["address"])
        else:
            style: Style = "bold" if match["bold"] else "italic" if match["italic"] else "code"
            yield Span(style, match[style])
        at = match.end()
    if at < len(text):
        yield Span("plain", text[at:])


def markdown_blocks(text: str) -> list[Block]:
    """Return the paragraphs and lists of a Markdown text without headings."""
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = part.splitlines()
        bullets = [line[2:].strip() for line in lines if line.startswith(("- ", "* "))]
        prose = " ".join(line.strip() for line in lines if not line.startswith(("- ", "* ")))
        if prose:
            blocks.append(Paragraph(prose))
        if bullets:
            blocks.append(Bullets(tuple(bullets)))
    return blocks
