"""Sentences of the audit: an English template and its fields, worded at display in either language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plsem.quantities import STATISTICS
from tableaudit.boxes import Interval
from tabletext.catalogue import translate

Field = object  # str, int, float, Detail, Interval, Shown, Word or Listed


@dataclass(frozen=True, slots=True)
class Shown:
    """An interval, written with so many decimals."""

    interval: Interval
    digits: int = 4

    def text(self, language: str) -> str:
        """Write it; a Spanish comma is a decimal one, so a semicolon stands between the ends."""
        low, high = (
            f"{end:.{self.digits}f}".replace("inf", "∞") for end in (self.interval.lower, self.interval.upper)
        )
        return f"[{low}; {high}]" if language == "es" else f"[{low}, {high}]"


@dataclass(frozen=True, slots=True)
class Word:
    """The name of a statistic, in the words of the tables."""

    key: str

    def text(self, language: str) -> str:
        """Return the word; a statistic without one keeps its code."""
        row = STATISTICS.get(self.key)
        return translate(row.label if row is not None else self.key.replace("_", " "), language)


@dataclass(frozen=True, slots=True)
class Said:
    """A text that its author wrote in both languages."""

    en: str
    es: str

    def text(self, language: str) -> str:
        """Return it in a language."""
        return self.es if language == "es" else self.en


@dataclass(frozen=True, slots=True)
class Listed:
    """Several fields in a row, separated as the language does."""

    parts: tuple[Field, ...]

    def text(self, language: str) -> str:
        """Write them; decimal commas need semicolons between them."""
        return ("; " if language == "es" else ", ").join(_written(p, language) for p in self.parts)


@dataclass(frozen=True, slots=True)
class Detail:
    """A sentence, or a part of one.

    Figures stand with a decimal point in both languages; what shows the Spanish text writes its commas.

    Parameters
    ----------
    template : str
        English, with ``{}`` for each field; its Spanish stands in the catalogue.
    fields : tuple
        Values; an interval is written with four decimals, a sentence in its own language.
    then : Detail, optional
        What follows it.
    """

    template: str
    fields: tuple[Field, ...] = ()
    then: Detail | None = None

    def __add__(self, other: Detail) -> Detail:
        return Detail(self.template, self.fields, other if self.then is None else self.then + other)

    def text(self, language: str = "en") -> str:
        """Word the sentence in a language."""
        template = translate(self.template, language)
        text = template.format(*(_written(f, language) for f in self.fields)) if self.fields else template
        return text + (self.then.text(language) if self.then is not None else "")

    @property
    def en(self) -> str:
        """The sentence in English."""
        return self.text("en")

    @property
    def es(self) -> str:
        """The sentence in Spanish."""
        return self.text("es")


def say(template: str, *values: Field) -> Detail:
    """Write a sentence with its values."""
    return Detail(template, values)


def show(interval: Interval, digits: int = 4) -> Shown:
    """Write an interval with enough digits to be set beside printed ones."""
    return Shown(interval, digits)


def listed(parts: Iterable[Field]) -> Listed:
    """Write several values in a row."""
    return Listed(tuple(parts))


def _written(value: Field, language: str) -> str:
    if isinstance(value, Interval):
        return Shown(value).text(language)
    if isinstance(value, (Detail, Shown, Word, Said, Listed)):
        return value.text(language)
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}" if language == "en" else f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return str(value)
