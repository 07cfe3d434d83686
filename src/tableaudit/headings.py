"""Words of printed PLS-SEM tables, in four languages: headings with what they name, and decisions."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    """Read ``headings.csv``: patterns of plain headings, in the order in which they are tried.

    A statistic's pattern may stand anywhere in a heading, a role's and a decision's are the whole of it.
    """
    text = resources.files("tableaudit").joinpath("headings.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, list[str]]] = {"statistic": {}, "role": {}, "decision": {}}
    for record in csv.DictReader(io.StringIO(text)):
        found[record["kind"]].setdefault(record["name"], []).append(record["pattern"])
    form = {"statistic": "{}", "role": "^(?:{})$", "decision": "^(?:{})$"}
    return {
        kind: tuple((name, re.compile(form[kind].format("|".join(parts)))) for name, parts in names.items())
        for kind, names in found.items()
    }


def plain_heading(text: str) -> str:
    """Return a heading in lower case without accents, signs of squares written as 2."""
    text = text.replace("²", "2").replace("√", "√").replace("’", "'")
    text = unicodedata.normalize("NFKD", text)
    text = "".join(ch for ch in text if not unicodedata.combining(ch)).lower()
    text = text.replace("'s", "").replace("∣", "|")
    return " ".join(re.sub(r"[:*†]", " ", text).split())


def statistic_of(heading: str) -> str | None:
    """Return the statistic that a heading names, or None.

    ``ci`` is an interval in one cell, ``vif`` one that the table's kind tells apart.
    """
    plain = plain_heading(heading)
    return _named("statistic", plain) if plain and len(plain) <= 60 else None


def statistics_in(text: str) -> set[str]:
    """Return every statistic that a title names."""
    plain = plain_heading(text)
    return {name for name, pattern in _patterns()["statistic"] if pattern.search(plain)}


def role_of(heading: str) -> str | None:
    """Return what a heading says that its column names: item, construct, path, hypothesis, source, target."""
    return _named("role", plain_heading(heading))


def decision_of(text: str) -> str | None:
    """Read a printed decision as accepted or rejected; None where it is neither."""
    return _named("decision", plain_heading(text).strip("."))


def _named(kind: str, plain: str) -> str | None:
    return next((name for name, pattern in _patterns()[kind] if pattern.search(plain)), None)
