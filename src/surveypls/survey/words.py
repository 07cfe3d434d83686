"""Words that form tools and their users write around the answers, by kind, in seven languages (``words.csv``)."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib import resources

from surveypls.survey.answers import plain


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    text = resources.files("surveypls.survey").joinpath("words.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    kinds = dict.fromkeys(row["kind"] for row in rows)
    return {k: re.compile("|".join(f"(?:{r['pattern']})" for r in rows if r["kind"] == k)) for k in kinds}


def means(kind: str, text: str) -> bool:
    """Tell whether a heading or cell is of a kind of the list, such as "respondent", "time" or "footer"."""
    return _patterns()[kind].fullmatch(plain(text).strip(" *_()[]")) is not None
