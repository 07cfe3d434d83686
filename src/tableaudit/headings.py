"""Headings of printed PLS-SEM tables, in English and Spanish, and the statistic that each names."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], tuple[tuple[str, re.Pattern[str]], ...]]:
    """Read ``headings.csv``: patterns of plain headings, in the order in which they are tried.

    A statistic's pattern may stand anywhere in a heading, a role's is the whole of it.
    """
    text = resources.files("tableaudit").joinpath("headings.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, list[str]]] = {"statistic": {}, "role": {}}
    for record in csv.DictReader(io.StringIO(text)):
        found[record["kind"]].setdefault(record["name"], []).append(record["pattern"])
    anywhere = tuple((name, re.compile("|".join(parts))) for name, parts in found["statistic"].items())
    whole = tuple((name, re.compile(f"^(?:{'|'.join(parts)})$")) for name, parts in found["role"].items())
    return anywhere, whole


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
    if not plain or len(plain) > 60:
        return None
    return next((name for name, pattern in _patterns()[0] if pattern.search(plain)), None)


def role_of(heading: str) -> str | None:
    """Return what a heading says that its column names: item, construct, path, hypothesis, source, target."""
    plain = plain_heading(heading)
    return next((name for name, pattern in _patterns()[1] if pattern.match(plain)), None)
