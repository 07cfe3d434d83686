"""Scales that questionnaires use, lowest answer first, and the order of worded agreement, satisfaction and likelihood.

A scale in the list is known whole.  A scale that is not, but whose answers all say how strongly they lie to one or
the other side ("Algo de acuerdo", "Muy en desacuerdo"), is put in order by the words of strength.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources

from surveypls.survey.answers import plain

#: Complete scales, lowest answer first, as form tools and questionnaires word them (``scales.txt``).
KNOWN_SCALES: tuple[tuple[str, ...], ...] = tuple(
    tuple(label.strip() for label in line.split("|"))
    for line in resources.files("surveypls.survey").joinpath("scales.txt").read_text("utf-8").splitlines()
    if "|" in line
)

#: What each side is called: (below the middle, above it); the two make one family.
_SIDES = (
    ("en desacuerdo", "de acuerdo"),
    ("disagree", "agree"),
    ("insatisfech", "satisfech"),
    ("dissatisfied", "satisfied"),
    ("improbable", "probable"),
    ("unlikely", "likely"),
)
_ENDING = r"(?:[oa]s?)?(?:\([oa]s?\)|/[oa]s?)?"
#: Words of strength; words of one number are not told apart, so a scale that has two of them is not ordered.
_STRENGTH = {
    **dict.fromkeys(("muy fuertemente", "very strongly"), 6),
    **dict.fromkeys(("totalmente", "completamente", "absolutamente", "fuertemente", "extremadamente"), 5),
    **dict.fromkeys(("totally", "completely", "absolutely", "strongly", "extremely", "entirely"), 5),
    **dict.fromkeys(("muy", "mayormente", "very", "mostly", "generally", "mayoritariamente"), 4),
    **dict.fromkeys(("", "bastante", "quite"), 3),
    **dict.fromkeys(("moderadamente", "medianamente", "moderately", "mas o menos"), 2),
    **dict.fromkeys(("algo", "parcialmente", "ligeramente", "un poco", "levemente", "mas bien"), 1),
    **dict.fromkeys(("somewhat", "slightly", "partly", "partially", "mildly", "a little", "rather"), 1),
}
_NEUTRAL = re.compile(
    r"neutr(?:al|o|a)|indiferente|indecis[oa]|undecided|unsure|not sure|no estoy segur[oa]|intermedio|"
    r"(?:ni|neither|nem|nao|ne|weder) .+ (?:ni|nor|nem|ne|noch) .+|ni lo uno ni lo otro|no opinion|neither|"
    r"neutre|neutrale|teils/teils|weder noch|sans opinion|unentschieden|indeciso"
)


def is_neutral(label: str) -> bool:
    """Tell whether an answer names the middle of a scale."""
    return _NEUTRAL.fullmatch(plain(label)) is not None


def _worded(label: str) -> tuple[int, int] | None:
    """Return where an answer stands, negative below the middle, and its family of words (-1: any)."""
    key = plain(label)
    if _NEUTRAL.fullmatch(key):
        return 0, -1
    for family, sides in enumerate(_SIDES):
        for sign, side in zip((-1, 1), sides, strict=True):
            match = re.fullmatch(rf"(?:(?:estoy|i am|i)\s+)?(.*?)\s*\b{side}{_ENDING}", key)
            if match and match[1] in _STRENGTH:
                return sign * _STRENGTH[match[1]], family
    return None


def rank(label: str) -> int | None:
    """Return where a worded answer stands, negative below the middle; None if its words do not say it."""
    found = _worded(label)
    return None if found is None else found[0]


def worded_order(labels: Sequence[str]) -> list[str] | None:
    """Put answers in order by their words of strength; None where these do not settle it.

    An answer that nobody chose is added where its opposite was chosen: "Algo en desacuerdo" asks for
    "Algo de acuerdo".
    """
    known = {label: found for label in labels if (found := _worded(label)) is not None}
    if len(known) < len(labels) or len({family for _, family in known.values()} - {-1}) != 1:
        return None
    ranks = {place: label for label, (place, _) in known.items()}
    if len(ranks) < len(known) or not min(ranks) < 0 < max(ranks):
        return None
    for value, label in list(ranks.items()):
        ranks.setdefault(-value, _opposite(label))
    return [ranks[value] for value in sorted(ranks)]


def _opposite(label: str) -> str:
    for below, above in _SIDES:
        for side, other in ((below, above), (above, below)):
            text, n = re.subn(rf"\b{side}", other, label, count=1, flags=re.IGNORECASE)
            if n:
                return text[0].upper() + text[1:] if label[0].isupper() else text
    return label
