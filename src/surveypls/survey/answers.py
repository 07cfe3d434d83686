"""Read one answer: what a cell's text means on the study's scale."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surveypls.study.definition import SurveySettings

Array = NDArray[np.float64]

Kind = Literal["answer", "missing", "unreadable"]

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_NUMBERED_LABEL = re.compile(
    r"[(\[]?\s*([+-]?\d+)\s*[)\].:=–—-]*\s*(\D.*)|(\D.*?)\s*[(\[=:–—-]\s*([+-]?\d+)\s*[)\]]?"
)


def plain(text: str) -> str:
    """Fold a text to what a reader takes for the same: no case, accents, doubled spaces or outer punctuation."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    bare = "".join(" " if c.isspace() or unicodedata.category(c) in ("Cf", "Cc") else c for c in bare)
    return re.sub(r"\s+", " ", bare).strip(" .,;:!?¡¿\"'`´«»“”‘’*")


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers that a study accepts, ready to be looked up.

    Attributes
    ----------
    values : tuple of int
        The scale's numbers, lowest first.
    labels : dict
        Folded label → number.
    missing : frozenset of str
        Folded codes that stand for no answer.
    """

    values: tuple[int, ...]
    labels: dict[str, int]
    missing: frozenset[str]

    @classmethod
    def of(cls, settings: SurveySettings) -> Scale:
        """Build the look-up of a study's survey settings.

        Raises
        ------
        ValueError
            If two labels are read as the same text but have different numbers, or a missing code is
            also an answer.
        """
        labels: dict[str, int] = {}
        for label, value in settings.scale.items():
            key = plain(label)
            if labels.setdefault(key, value) != value:
                raise ValueError(
                    f"survey.scale: {label!r} is read as {key!r}, which already means {labels[key]}"
                )
        values = tuple(sorted(set(labels.values())))
        # A code such as "." or "?" is nothing but punctuation: it is kept as it is written too.
        missing = frozenset(plain(code) for code in settings.missing_codes) - {""}
        missing |= {code.strip().casefold() for code in settings.missing_codes} | {""}
        for code in sorted(missing):
            if code in labels or _whole_number(code) in values:
                raise ValueError(f"survey.missing_codes: {code!r} is also an answer of survey.scale")
        return cls(values, labels, missing)

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and highest number of the scale."""
        return self.values[0], self.values[-1]

    def read(self, text: str) -> tuple[Kind, int | None]:
        """Tell what a cell holds: ("answer", number), ("missing", None) or ("unreadable", None).

        A label counts in any case, spacing and accent and with outer punctuation; a number counts if it is on the
        scale, also as ``4.0`` or ``4,0``; so does ``4 - Often`` or ``Often (4)`` where the two agree.
        """
        key, bare = plain(text), text.strip().strip("\ufeff\u200b").casefold()
        if bare in self.missing or (key and key in self.missing):
            return "missing", None
        if key in self.labels:
            return "answer", self.labels[key]
        number = _whole_number(text.strip())
        if number is not None:
            if number in self.values:
                return "answer", number
            coded = {_whole_number(code) for code in self.missing}
            return ("missing", None) if number in coded else ("unreadable", None)
        match = _NUMBERED_LABEL.fullmatch(" ".join(text.split()))
        if match:
            digits, label = (match[1], match[2]) if match[1] is not None else (match[4], match[3])
            value = self.labels.get(plain(label))
            if value is not None and value == int(digits):
                return "answer", value
        return "unreadable", None

    def readings(self, texts: Iterable[str]) -> dict[str, tuple[Kind, int | None]]:
        """Read each different text once."""
        return {text: self.read(text) for text in dict.fromkeys(texts)}


def _whole_number(text: str) -> int | None:
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return int(value) if value.is_integer() else None


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
