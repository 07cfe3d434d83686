"""The references that a document cites, from one list of works."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from importlib import resources

from surveypls.report.document import Beside, Block, Bullets, Notice, Paragraph, TableBlock


def cited(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return the references that the blocks cite, in alphabetical order.

    A work is cited where its first author (or authors) and, within the same few words, its year appear.
    """
    text = "\n".join(_texts(blocks))
    source = resources.files("surveypls.report").joinpath("references.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(source.splitlines()):
        between = r"(?:(?!\d{4})[^\n;]){0,60}?"
        if re.search(rf"(?<!\w){re.escape(row['authors'])}(?!\w){between}{row['year']}(?!\d)", text):
            found.append(row["text"])
    return tuple(found)


def _texts(blocks: Sequence[Block]) -> list[str]:
    out: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(text) | Notice(text):
                out.append(text)
            case Bullets(items):
                out += items
            case TableBlock(table):
                out += [table.full_note, *(cell for row in table.cells() for cell in row)]
            case Beside(inner):
                out += _texts(inner)
            case _:
                pass
    return out
