"""The sentence that says why a check came out as it did, in English and Spanish from the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

from tableaudit.boxes import Interval


@dataclass(frozen=True, slots=True)
class Detail:
    """A sentence, or a part of one.

    Figures stand with a decimal point in both languages; what shows the Spanish text writes its commas.
    """

    en: str
    es: str

    def __add__(self, other: Detail) -> Detail:
        return Detail(self.en + other.en, self.es + other.es)


def say(en: str, es: str, *values: Detail | Interval | str | int) -> Detail:
    """Write a sentence in both languages, with the same values for the ``{}`` of each.

    Parameters
    ----------
    en, es : str
        As for :meth:`str.format`; a language that needs another order numbers its fields.
    *values
        An interval is written as :func:`show` writes it.
    """
    written = [_in_both(v) for v in values]
    return Detail(en.format(*(w.en for w in written)), es.format(*(w.es for w in written)))


def show(interval: Interval, digits: int = 4) -> Detail:
    """Write an interval with enough digits to be set beside printed ones."""
    low, high = (f"{end:.{digits}f}".replace("inf", "∞") for end in (interval.lower, interval.upper))
    return Detail(f"[{low}, {high}]", f"[{low}; {high}]")  # a Spanish comma is a decimal one


def _in_both(value: Detail | Interval | str | int) -> Detail:
    if isinstance(value, Detail):
        return value
    if isinstance(value, Interval):
        return show(value)
    return Detail(str(value), str(value))
