"""Guess what a survey's other columns are: ids, times, consent, personal data; and the language of its headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from surveypls.survey.answers import plain
from surveypls.survey.files import TextTable
from surveypls.survey.words import means
from tabletext.language import Language
from tabletext.said import Said

_CONSENT = re.compile(
    r".*(consent|take part|participate|participation|acept\w* .*(particip|tratamiento|datos|privacidad)|"
    r"acepta\b|acepto\b|participar|participacion|autoriz|consenso|einwillig|teilnahme|datenschutz).*"
)
_ACCEPTS = re.compile(
    r"(1|y|s|true|(yes|si|i agree|agree|i accept|accept|i consent|consent|acepto|acepta|de acuerdo|estoy de acuerdo|"
    r"consiento|autorizo|doy mi|otorgo|he leido y|i have read and|quiero participar|deseo participar|sim|concordo|"
    r"aceito|li e|oui|j'accepte|ja|ich stimme zu|accetto|acconsento)\b.*)"
)
_REFUSES = re.compile(
    r"(0|n|false|(no|not|disagree|decline|refuse|rechazo|i do not|i don't|i decline|nao|je refuse|non|nein)\b.*)"
)
#: A consent question has few different answers.
_MOST_ANSWERS = 4
_SPANISH = re.compile(
    r"\b(?:de|la|el|los|las|que|en|mi|con|para|por|una|un|se|es|su|del|al|lo|muy|esta|este|mis|nos|como|si|soy|"
    r"marca|temporal|folio|edad|sexo|genero)\b|[¿¡ñáéíóúü]"
)
_ENGLISH = re.compile(
    r"\b(?:the|of|is|to|my|with|for|and|i|it|are|am|this|that|have|has|be|you|your|on|at|we|they|was|will|can|"
    r"timestamp|age|gender|response)\b"
)


def special_columns(table: TextTable) -> dict[str, int]:
    """Find the columns of ids, times and consent by their headings and answers."""
    found: dict[str, int] = {}
    for j, heading in enumerate(table.header):
        answers = _answers(table, j)
        for role in ("respondent", "time"):
            if role in found or not means(role, heading):
                continue
            if role == "respondent" and 2 * len(answers) < len(table.rows):
                continue
            found[role] = j
            break
        else:
            asks = "consent" not in found and looks_like_consent(heading, answers) and accepted(answers)
            if asks and all(accepts(a) or _REFUSES.fullmatch(plain(a)) for a in answers):
                found["consent"] = j
    return found


def other_columns(table: TextTable, stems: Sequence[str], taken: Iterable[int]) -> dict[int, str]:
    """Find what form tools add and what asks about the person, and say of each column what it is."""
    used, shared = set(taken), Counter(stems)
    found: dict[int, str] = {}
    for j, heading in enumerate(table.header):
        if j in used or (stems[j] and shared[stems[j]] > 1):
            continue
        kinds = {
            kind
            for kind in ("respondent", "time", "status", "tool", "wave", "person", "personal")
            if means(kind, heading)
        }
        if table.titles and means("person", table.titles[j]):
            kinds.add("person")
        if means("attention", heading) or (table.titles and means("attention", table.titles[j])):
            found[j] = Said(
                "asks for a certain answer, a test of attention; survey.exclude leaves out who gave another"
            )
        elif "wave" in kinds:
            found[j] = Said("waves? analyse one at a time: survey.exclude leaves out the others")
        elif "person" in kinds:
            found[j] = Said("about the person; name it under controls or groups if you need it")
        elif kinds & {"respondent", "time"}:
            found[j] = Said("ids or times")
        elif "personal" in kinds:
            found[j] = Said("personal data")
        elif kinds:
            found[j] = Said("written by the form tool")
    return found


def previews(table: TextTable, taken: Iterable[int]) -> dict[int, Counter[str]]:
    """Find the columns of status or names in which some rows, and not most, are called previews or tests."""
    used = set(taken)
    found: dict[int, Counter[str]] = {}
    for j, heading in enumerate(table.header):
        if j in used or not (means("status", heading) or means("personal", heading)):
            continue
        counts = answer_counts(table, j)
        tests = Counter({t: n for t, n in counts.items() if means("preview", t) and "@" not in t})
        if tests and 2 * tests.total() < counts.total():
            found[j] = tests
    return found


def consent_by_heading(table: TextTable, taken: Iterable[int]) -> list[int]:
    """Find the columns not taken whose heading asks for consent and whose answers are few."""
    used = set(taken)
    return [
        j
        for j, heading in enumerate(table.header)
        if j not in used and looks_like_consent(heading, _answers(table, j))
    ]


def looks_like_consent(heading: str, answers: Iterable[str]) -> bool:
    """Tell whether a heading asks for consent, and there are answers, few enough for such a question."""
    return _CONSENT.fullmatch(plain(heading)) is not None and 1 <= len(set(answers)) <= _MOST_ANSWERS


def accepts(answer: str) -> bool:
    """Tell whether an answer to a consent question begins as a yes does: "Sí, acepto", "I agree to take part"."""
    return _ACCEPTS.fullmatch(plain(answer)) is not None


def accepted(answers: Iterable[str]) -> list[str]:
    """Return the answers that accept, in order."""
    return sorted(a for a in set(answers) if accepts(a))


def answer_counts(table: TextTable, column: int) -> Counter[str]:
    """Count the answers of a column, without the empty ones."""
    return Counter(text for row in table.rows if (text := row[column].strip()))


def _answers(table: TextTable, column: int) -> set[str]:
    return set(answer_counts(table, column))


def personal_columns(table: TextTable, items: Iterable[int]) -> list[str]:
    """Return the headings, of columns that are no items, that ask for names, addresses or numbers."""
    asked = set(items)
    return [h for j, h in enumerate(table.header) if j not in asked and means("personal", h)]


def language_of(texts: Iterable[str]) -> Language:
    """Guess whether headings and answers are Spanish or English, by their commonest words and letters."""
    text = "\n".join(texts).casefold()
    return "es" if len(_SPANISH.findall(text)) > len(_ENGLISH.findall(text)) else "en"
