"""Scales that questionnaires use, lowest answer first, and the order of worded agreement, satisfaction and likelihood.

A scale in the list is known whole.  A scale that is not, but whose answers all say how strongly they lie to one or
the other side ("Algo de acuerdo", "Muy en desacuerdo"), is put in order by the words of strength.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from surveypls.survey.answers import plain

_LISTED = """
Strongly disagree | Disagree | Agree | Strongly agree
Strongly disagree | Somewhat disagree | Somewhat agree | Strongly agree
Strongly disagree | Disagree | Neutral | Agree | Strongly agree
Strongly disagree | Disagree | Undecided | Agree | Strongly agree
Strongly disagree | Disagree | Neither agree nor disagree | Agree | Strongly agree
Strongly disagree | Somewhat disagree | Neither agree nor disagree | Somewhat agree | Strongly agree
Strongly disagree | Disagree | Somewhat disagree | Somewhat agree | Agree | Strongly agree
Strongly disagree | Disagree | Slightly disagree | Slightly agree | Agree | Strongly agree
Strongly disagree | Disagree | Somewhat disagree | Neither agree nor disagree | Somewhat agree | Agree | Strongly agree
Strongly disagree | Disagree | Slightly disagree | Neutral | Slightly agree | Agree | Strongly agree
Never | Sometimes | Often | Always
Never | Rarely | Sometimes | Often
Never | Rarely | Sometimes | Often | Always
Never | Rarely | Sometimes | Often | Very often
Never | Rarely | Sometimes | Usually | Always
Never | Rarely | Sometimes | Frequently | Always
Never | Rarely | Occasionally | Frequently | Always
Never | Seldom | Sometimes | Often | Always
Never | Almost never | Sometimes | Almost always | Always
Never | Almost never | Sometimes | Fairly often | Very often
Never | Very rarely | Rarely | Occasionally | Frequently | Very frequently
Never | Very rarely | Rarely | Sometimes | Often | Always
Never | Rarely | Occasionally | Sometimes | Frequently | Usually | Always
Never | Almost never | Rarely | Sometimes | Often | Almost always | Always
Very dissatisfied | Dissatisfied | Neutral | Satisfied | Very satisfied
Very dissatisfied | Dissatisfied | Satisfied | Very satisfied
Not at all satisfied | Slightly satisfied | Moderately satisfied | Very satisfied | Extremely satisfied
Not at all important | Slightly important | Moderately important | Very important | Extremely important
Not important | Slightly important | Moderately important | Important | Very important
Not important | Somewhat important | Important | Very important
Unimportant | Of little importance | Moderately important | Important | Very important
Not at all likely | Slightly likely | Moderately likely | Very likely | Extremely likely
Very unlikely | Unlikely | Neutral | Likely | Very likely
Definitely not | Probably not | Possibly | Probably | Definitely
Not at all | Slightly | Moderately | Very | Extremely
Not at all | A little | Somewhat | Quite a bit | Very much
Not at all | A little | Moderately | Quite a bit | Extremely
Very poor | Poor | Fair | Good | Very good
Very poor | Poor | Average | Good | Excellent
Very poor | Poor | Fair | Good | Very good | Excellent
Very poor | Poor | Fair | Average | Good | Very good | Excellent
Poor | Fair | Good | Excellent
Poor | Fair | Good | Very good | Excellent
Very bad | Bad | Neutral | Good | Very good
Very low | Low | Medium | High | Very high
Very low | Low | Moderate | High | Very high
Totalmente en desacuerdo | En desacuerdo | De acuerdo | Totalmente de acuerdo
Muy en desacuerdo | En desacuerdo | De acuerdo | Muy de acuerdo
Totalmente en desacuerdo | En desacuerdo | Ni de acuerdo ni en desacuerdo | De acuerdo | Totalmente de acuerdo
Totalmente en desacuerdo | En desacuerdo | Neutral | De acuerdo | Totalmente de acuerdo
Totalmente en desacuerdo | En desacuerdo | Indiferente | De acuerdo | Totalmente de acuerdo
Totalmente en desacuerdo | En desacuerdo | Indeciso | De acuerdo | Totalmente de acuerdo
Muy en desacuerdo | En desacuerdo | Ni de acuerdo ni en desacuerdo | De acuerdo | Muy de acuerdo
Muy en desacuerdo | En desacuerdo | Neutral | De acuerdo | Muy de acuerdo
Nunca | A veces | Casi siempre | Siempre
Nunca | Algunas veces | Casi siempre | Siempre
Nunca | Casi nunca | Casi siempre | Siempre
Nunca | Casi nunca | A veces | Casi siempre | Siempre
Nunca | Casi nunca | Algunas veces | Casi siempre | Siempre
Nunca | Casi nunca | Ocasionalmente | Casi siempre | Siempre
Nunca | Casi nunca | Algunas veces | Frecuentemente | Siempre
Nunca | Casi nunca | A veces | A menudo | Muy a menudo
Nunca | Rara vez | A veces | Frecuentemente | Siempre
Nunca | Rara vez | A veces | Casi siempre | Siempre
Nunca | Rara vez | Algunas veces | Casi siempre | Siempre
Nunca | Rara vez | A veces | A menudo | Siempre
Nunca | Raramente | A veces | Frecuentemente | Siempre
Nunca | Raras veces | Algunas veces | Muchas veces | Siempre
Nunca | Pocas veces | Algunas veces | Muchas veces | Siempre
Nunca | Casi nunca | A veces | Frecuentemente | Casi siempre | Siempre
Nunca | Muy rara vez | Rara vez | A veces | Frecuentemente | Siempre
Nunca | Casi nunca | Rara vez | A veces | Frecuentemente | Casi siempre | Siempre
Nunca | Casi nunca | Pocas veces | Algunas veces | Muchas veces | Casi siempre | Siempre
Nunca | Muy rara vez | Rara vez | A veces | Frecuentemente | Muy frecuentemente | Siempre
Muy insatisfecho | Insatisfecho | Satisfecho | Muy satisfecho
Muy insatisfecho | Insatisfecho | Neutral | Satisfecho | Muy satisfecho
Muy insatisfecho | Insatisfecho | Ni satisfecho ni insatisfecho | Satisfecho | Muy satisfecho
Nada satisfecho | Poco satisfecho | Satisfecho | Muy satisfecho
Nada satisfecho | Poco satisfecho | Algo satisfecho | Satisfecho | Muy satisfecho
Nada satisfecho | Poco satisfecho | Moderadamente satisfecho | Muy satisfecho | Extremadamente satisfecho
Nada importante | Poco importante | Importante | Muy importante
Nada importante | Poco importante | Algo importante | Importante | Muy importante
Nada importante | Poco importante | Moderadamente importante | Importante | Muy importante
Nada importante | Poco importante | Neutral | Importante | Muy importante
Sin importancia | Poco importante | Moderadamente importante | Importante | Muy importante
Nada probable | Poco probable | Probable | Muy probable
Nada probable | Poco probable | Algo probable | Probable | Muy probable
Muy improbable | Improbable | Neutral | Probable | Muy probable
Definitivamente no | Probablemente no | Probablemente sí | Definitivamente sí
Definitivamente no | Probablemente no | Indeciso | Probablemente sí | Definitivamente sí
Definitivamente no | Probablemente no | Tal vez | Probablemente sí | Definitivamente sí
Malo | Regular | Bueno | Excelente
Muy malo | Malo | Bueno | Muy bueno
Muy malo | Malo | Regular | Bueno | Muy bueno
Muy malo | Malo | Regular | Bueno | Excelente
Muy mala | Mala | Regular | Buena | Muy buena
Muy mala | Mala | Regular | Buena | Excelente
Malo | Regular | Bueno | Muy bueno | Excelente
Mala | Regular | Buena | Muy buena | Excelente
Muy malo | Malo | Regular | Bueno | Muy bueno | Excelente
Pésimo | Malo | Regular | Bueno | Excelente
Pésimo | Muy malo | Malo | Regular | Bueno | Muy bueno | Excelente
Muy bajo | Bajo | Medio | Alto | Muy alto
Nada | Poco | Algo | Mucho
Nada | Poco | Algo | Bastante | Mucho
Nada | Poco | Regular | Bastante | Mucho
Nada | Poco | Regular | Mucho | Muchísimo
"""
#: Complete scales, lowest answer first, as form tools and questionnaires word them.
KNOWN_SCALES: tuple[tuple[str, ...], ...] = tuple(
    tuple(label.strip() for label in line.split("|")) for line in _LISTED.strip().splitlines()
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
    r"(?:ni|neither) .+ (?:ni|nor) .+|ni lo uno ni lo otro|no opinion|neither"
)


@dataclass(frozen=True, slots=True)
class _Worded:
    """An answer's side (-1, 0, 1), how strong it is, and the family of words that it belongs to (-1: any)."""

    side: int
    strength: int
    family: int


def is_neutral(label: str) -> bool:
    """Tell whether an answer names the middle of a scale."""
    return _NEUTRAL.fullmatch(plain(label)) is not None


def _worded(label: str) -> _Worded | None:
    key = plain(label)
    if _NEUTRAL.fullmatch(key):
        return _Worded(0, 0, -1)
    for family, sides in enumerate(_SIDES):
        for sign, side in zip((-1, 1), sides, strict=True):
            match = re.fullmatch(rf"(?:(?:estoy|i am|i)\s+)?(.*?)\s*\b{side}{_ENDING}", key)
            if match and match[1] in _STRENGTH:
                return _Worded(sign, _STRENGTH[match[1]], family)
    return None


def rank(label: str) -> int | None:
    """Return where a worded answer stands, negative below the middle; None if its words do not say it."""
    found = _worded(label)
    return None if found is None else found.side * found.strength


def worded_order(labels: Sequence[str]) -> list[str] | None:
    """Put answers in order by their words of strength; None where these do not settle it.

    An answer that nobody chose is added where its opposite was chosen: "Algo en desacuerdo" asks for
    "Algo de acuerdo".
    """
    found = {label: _worded(label) for label in labels}
    known = {label: w for label, w in found.items() if w is not None}
    if len(known) < len(found) or len({w.family for w in known.values()} - {-1}) != 1:
        return None
    ranks = {w.side * w.strength: label for label, w in known.items()}
    if len(ranks) < len(known) or not {w.side for w in known.values()} >= {-1, 1}:
        return None
    for value, label in list(ranks.items()):
        ranks.setdefault(-value, _opposite(label))
    return [ranks[value] for value in sorted(ranks)]


def _opposite(label: str) -> str:
    for below, above in _SIDES:
        for side, other in ((below, above), (above, below)):
            match = re.search(rf"\b{side}", label, flags=re.IGNORECASE)
            if match:
                text = label[: match.start()] + other + label[match.end() :]
                return text[0].upper() + text[1:] if label[0].isupper() else text
    return label
