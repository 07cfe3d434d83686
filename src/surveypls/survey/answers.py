"""Read one answer: what a cell's text means on the study's scale."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surveypls.study.definition import Study
from surveypls.study.settings import SurveySettings
from tabletext.said import Said

Array = NDArray[np.float64]

Kind = Literal["answer", "missing", "unreadable"]

#: Longer is no number that anyone answers, and Python refuses to read one of thousands of digits.
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:[.,]\d{1,300})?")
_NUMBERED_LABEL = re.compile(
    r"[(\[]?\s*([+-]?\d{1,30})\s*[)\].:=–—-]*\s*(\D.*)|(\D.*?)\s*[(\[=:–—-]\s*([+-]?\d{1,30})\s*[)\]]?"
)
_MONTHS = (
    *("jan ene gen", "feb fev fév", "mar mär", "apr abr avr", "may mai mag", "jun giu jui"),
    *("jul lug", "aug ago aoû", "sep set", "oct out okt ott", "nov", "dec dic dez déc"),
)
_MONTH = {name: n for n, names in enumerate(_MONTHS, 1) for name in names.split()}
#: What word processors make of an apostrophe and a dash.
_TYPED = str.maketrans("‘’–—", "''--")
#: Texts, cells, rows or columns named in one message at most.
SHOWN = 6
#: A scale of more answers than this is a slider: any number between its ends is an answer.
MOST_STEPS = 11


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """Fold a text to what a reader takes for the same: no case, accents, underscores, spaces or outer punctuation."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    bare = "".join(
        " " if c == "_" or c.isspace() or unicodedata.category(c) in ("Cf", "Cc") else c
        for c in bare.translate(_TYPED)
    )
    return re.sub(r"\s+", " ", bare).strip(" .,;:!?¡¿\"'`´«»“”‘’*")


def number_of(text: str) -> float | None:
    """Read a number with a point or a comma, bare or as spreadsheets write it for text, ``'4`` or ``="4"``; or None."""
    text = text.strip().strip("'\"=")
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def numbered(text: str) -> tuple[int, str] | None:
    """Take ``"5 - Always"``, ``"Always (5)"`` or ``"10 (Always)"`` apart, as (5, "Always"); None if it is neither."""
    match = _NUMBERED_LABEL.fullmatch(" ".join(text.split()))
    if match is None or spreadsheet_date(text):
        return None
    digits, label = (match[1], match[2]) if match[1] is not None else (match[4], match[3])
    return int(digits), label.strip("()[] ")


def spreadsheet_date(text: str) -> str | None:
    """Return the answer that a spreadsheet made a date of: ``"01-feb"`` or ``"2024-02-01 00:00:00"`` is ``"1-2"``."""
    short = re.fullmatch(r"(\d{1,2})[-/. ]([^\W\d]{3})\w*\.?", text.strip().casefold())
    if short and short[2] in _MONTH:
        return f"{int(short[1])}-{_MONTH[short[2]]}"
    whole = re.fullmatch(r"(?:19|20)\d\d-(\d\d)-(\d\d)(?:[ T]00:00(?::00)?)?", text.strip())
    return f"{int(whole[2])}-{int(whole[1])}" if whole else None


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers that an item accepts, ready to be looked up.

    Attributes
    ----------
    values : tuple of int
        The scale's numbers, lowest first.
    labels : dict
        Folded label → number.
    missing : frozenset of str
        Folded codes that stand for no answer.
    written : tuple of str
        The labels as the study writes them, lowest first.
    numbers : dict
        What a number in the survey stands for: the number of that label; where every label that is a number has
        that number itself, any number of the scale counts as it is.
    """

    values: tuple[int, ...]
    labels: dict[str, int]
    missing: frozenset[str]
    written: tuple[str, ...] = ()
    numbers: dict[float, int] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: SurveySettings, scale: Mapping[str, int] | None = None) -> Scale:
        """Build the look-up of a study's survey settings, for their own scale or another one.

        Raises
        ------
        ValueError
            If two labels are read as the same text but have different numbers, or a missing code is
            also an answer.
        """
        scale = settings.scale if scale is None else scale
        labels: dict[str, int] = {}
        for label, value in scale.items():
            key = plain(label)
            if labels.setdefault(key, value) != value:
                raise ValueError(
                    Said(
                        "survey.scale: {label} is read as {key}, which already means {value}",
                        label=repr(label),
                        key=repr(key),
                        value=labels[key],
                    )
                )
        values = tuple(sorted(set(labels.values())))
        # A code such as "." or "?" is nothing but punctuation: it is kept as it is written too.
        missing = frozenset(plain(code) for code in settings.missing_codes) - {""}
        missing |= {code.strip().casefold() for code in settings.missing_codes} | {""}
        clash = [
            c for c in settings.missing_codes if plain(c) in labels or _whole_number(c.strip()) in values
        ]
        if clash:
            rest = ", ".join(f'"{c}"' for c in settings.missing_codes if c not in clash)
            codes, left = ", ".join(map(repr, clash)), f"missing_codes: [{rest}]"
            if "missing_codes" in settings.model_fields_set:
                raise ValueError(
                    Said(
                        "survey.missing_codes: {codes} is also an answer of survey.scale; if it is an answer, "
                        "write {left}",
                        codes=codes,
                        left=left,
                    )
                )
            raise ValueError(
                Said(
                    "survey.missing_codes: {codes} means no answer unless the study file says otherwise, and is also "
                    "an answer of survey.scale; if it is an answer, write under survey: {left}",
                    codes=codes,
                    left=left,
                )
            )
        numbers = {n: v for label, v in scale.items() if (n := number_of(label)) is not None}
        if all(n == v for n, v in numbers.items()):
            numbers |= {float(v): v for v in values}
        return cls(values, labels, missing, tuple(sorted(scale, key=lambda label: scale[label])), numbers)

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and highest number of the scale."""
        return self.values[0], self.values[-1]

    @property
    def slider(self) -> bool:
        """Whether it has more numbers than anybody ticks, so that those between count too."""
        return len(self.values) > MOST_STEPS

    def read(self, text: str) -> tuple[Kind, float | None]:
        """Tell what a cell holds: ("answer", number), ("missing", None) or ("unreadable", None).

        A label counts in any case, spacing and accent and with outer punctuation; a number counts if it is on the
        scale, also as ``4.0`` or ``4,0``; so does ``4 - Often`` or ``Often (4)`` where the two agree, or where
        the scale has no words.
        """
        key, bare = plain(text), text.strip().strip("\ufeff\u200b").casefold()
        if bare in self.missing or (key and key in self.missing):
            return "missing", None
        if key in self.labels:
            return "answer", self.labels[key]
        value = number_of(text)
        if value is not None:
            if value in self.numbers:
                return "answer", self.numbers[value]
            if self.slider and self.values[0] <= value <= self.values[-1]:
                return "answer", value
            coded = {number_of(code) for code in self.missing}
            return ("missing", None) if value in coded else ("unreadable", None)
        found = numbered(text)
        number = None if found is None else self.numbers.get(found[0])
        if found is not None and number is not None:
            said = self.labels.get(plain(found[1]))
            worded = any(number_of(label) is None and numbered(label) is None for label in self.labels)
            if said == number or (said is None and not worded and not re.search(r"\d", found[1])):
                return "answer", number
        return "unreadable", None

    def readings(self, texts: Iterable[str]) -> dict[str, tuple[Kind, float | None]]:
        """Read each different text once."""
        return {text: self.read(text) for text in dict.fromkeys(texts)}


def scales_of(study: Study, items: Iterable[str]) -> dict[str, Scale]:
    """Return each item's scale, its own where the study gives it one.

    Raises
    ------
    ValueError
        As :meth:`Scale.of`.
    """
    made: dict[tuple[tuple[str, int], ...], Scale] = {}
    found: dict[str, Scale] = {}
    for item in items:
        scale = study.scale_of(item)
        key = tuple(scale.items())
        if key not in made:
            made[key] = Scale.of(study.survey, scale)
        found[item] = made[key]
    return found


def _whole_number(text: str) -> int | None:
    value = number_of(text)
    return int(value) if value is not None and value.is_integer() else None


def name_key(text: str) -> str:
    """Fold a heading or item name for comparison; spaces, ``_``, ``-`` and ``.`` count alike."""
    return re.sub(r"[\s_.\-]+", " ", plain(text)).strip()


def without_number(key: str) -> str:
    """Take a question number off a folded heading: ``"12 how often …"`` → ``"how often …"``."""
    return plain(re.sub(r"^(?:(?:q|p|item|pregunta|question)\s*)?\d+\s*[)\]:]*\s+(?=\D)", "", key))


def in_brackets(heading: str) -> str | None:
    """Return the row text of a form's grid question, ``"Question [row]"`` → ``"row"``; None without brackets."""
    match = re.fullmatch(r".*\[([^\[\]]+)\]\s*", heading, flags=re.DOTALL)
    return match[1] if match else None


def unique_keys(pairs: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Map each key that points to one item only to that item; keys shared by several are left out."""
    found: dict[str, set[str]] = {}
    for key, item in pairs:
        if key:
            found.setdefault(key, set()).add(item)
    return {key: next(iter(items)) for key, items in found.items() if len(items) == 1}
