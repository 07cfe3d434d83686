"""What of a survey is copied into what is kept: no e-mail addresses, names or telephone numbers, no free text.

A reader finds what is left out in the survey itself, by the row that stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from surveypls.survey.answers import plain

#: An answer that was mistyped is short; what is longer, or of several words, may tell of a person.
LONGEST = 20
#: As many digits may be somebody's telephone number.
TELEPHONE = 7


def names_people(ids: Iterable[str]) -> bool:
    """Tell whether a column of ids tells who people are: an e-mail address, a telephone number, an id without a digit.

    Examples
    --------
    >>> names_people(["F001", "F002"]), names_people(["17", "ana@example.org"]), names_people(["Ana Ruiz", "L. Paz"])
    (False, True, True)
    """
    return any(_names_someone(text.strip()) for text in ids)


def shown_ids(ids: Iterable[str], rows: Iterable[int]) -> list[str]:
    """Return ids as they are kept: each respondent's row, ``row 12``, where they tell who people are."""
    pairs = [(str(i), f"row {row}") for i, row in zip(ids, rows, strict=True)]
    masked = names_people(i for i, row in pairs if i != row)
    return [row if masked else i for i, row in pairs]


def _names_someone(text: str) -> bool:
    telephone = re.fullmatch(r"\+?[\d ().-]+", text) and (text[0] == "+" or re.search(r"\d[ )]+\d", text))
    named = any(c.isalpha() for c in text) and not any(c.isdigit() for c in text)
    return "@" in text or named or (telephone is not None and sum(c.isdigit() for c in text) >= TELEPHONE)


def short_answer(text: str, scale: Iterable[str] = ()) -> bool:
    """Tell whether a cell reads as an answer that was mistyped, and not as something that somebody wrote.

    It is short, and of one word or with a word of the scale's.

    Examples
    --------
    >>> short_answer("4 o 5"), short_answer("Many times", ["few times"]), short_answer("my boss")
    (True, True, False)
    """
    if len(text) > LONGEST or "@" in text or sum(c.isdigit() for c in text) >= TELEPHONE:
        return False
    words = [word for word in plain(text).split() if sum(c.isalpha() for c in word) > 1]
    return len(words) <= 1 or bool({*words} & {word for label in scale for word in plain(label).split()})
