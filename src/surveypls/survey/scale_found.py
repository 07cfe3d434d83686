"""What a guess at a scale is, and what one cell of an unknown scale can be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from surveypls.survey.answers import number_of, numbered, plain
from surveypls.survey.words import means

#: Share of a column's cells that must fit, and of a scale's answers that a known scale must hold.
FITS, ENOUGH = 0.9, 0.95
#: An answer given fewer times is a stray one; a word that may be an answer is asked about from this share on.
RARE, FREQUENT = 3, 0.02
#: Numbers that questionnaires use for the highest answer.
USUAL_TOPS = (5, 7, 10)


@dataclass(slots=True)
class FoundScale:
    """A scale that several columns share.

    Attributes
    ----------
    columns : tuple of int
        Positions of the columns answered on it.
    scale : dict of str to int or None
        Answer → number, lowest first; None where only the user can tell whether it is an answer, and which.
    sure : bool
        Whether order and completeness are known.
    missing : dict of str to int
        Cells that seem to mean no answer, and how often they occur.
    stray : list of (text, row, column)
        Cells that fit nowhere, by their position in the table.
    questions : list of str
        What the user has to confirm.
    """

    columns: tuple[int, ...]
    scale: dict[str, int | None]
    sure: bool = True
    missing: dict[str, int] = field(default_factory=dict)
    stray: list[tuple[str, int, int]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


def value_of(text: str) -> int | None:
    """Read ``4``, ``4.0``, ``4 - Often`` and ``Often (4)`` as 4."""
    number = number_of(text)
    if number is not None:
        return int(number) if number.is_integer() and abs(number) < 10_000 else None
    found = numbered(text)
    return found[0] if found and abs(found[0]) <= 1000 and not re.search(r"\d", found[1]) else None


def is_no_answer(text: str, declared: frozenset[str]) -> bool:
    """Tell whether a cell is empty, declared missing by its file, or says that there is no answer."""
    key = plain(text)
    return not key or key in declared or means("no_answer", key)


def is_either(text: str) -> bool:
    """Tell whether a word means no answer in one survey and is an answer in another."""
    return means("either", text)


def is_code(value: int) -> bool:
    """Tell whether a number is one that statisticians write for no answer: negative, 77, 99, 999."""
    return value < 0 or value in (66, 77, 88, 97, 98, 99, 888, 997, 998, 999, 9998, 9999)
