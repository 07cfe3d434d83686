"""The audit's checks, what they are about, and the places in an article, in a language."""

from __future__ import annotations

import re

from tabletext.catalogue import N_
from tabletext.codes import CODES, coded
from tabletext.display import Display

_RULE = re.compile(r"(?P<statistic>\w+) (?P<side>at least|at most|below|above) (?P<limit>[\d.]+)")
_SCAN = re.compile(r"(?P<label>.+) attainable \(exhaustive scan\)")
#: Words of a place in an article, the longer before the shorter.
_PLACES = N_(
    (
        "Method",
        "Results",
        "Conclusions",
        "Abstract",
        "Introduction",
        "before Table",
        "after Table",
        "Tables",
        "Table",
    ),
    context="place",
)
_NUMBERED = re.compile(r"(Tables?|[Tt]ablas?) (?=\d)")
#: What a check counts, and what it is about.
_COUNTS = N_(("pairs of", "pairs", "loadings", "correlations"), context="subject")
_COUNTED = re.compile(rf"(\d+) ({'|'.join(_COUNTS)})\b")
#: Names of checks that the audit puts together.
CHECKS = N_(
    (
        "β from the construct correlations",
        "f² from the construct correlations",
        "VIF from the construct correlations",
        "indirect effect from the paths",
        "total effect from the paths",
        "composite reliability read as rho_A",
        "composite reliability read as rho_C",
    )
)
_THINGS = N_(("items", "t statistics", "model"), context="subject")


def check_name(check: str, display: Display) -> str:
    """Return a check's name in a language; one that is not known stays as it is."""
    rule = _RULE.fullmatch(check)
    if rule:
        statistic = rule["statistic"]
        name = display(coded(statistic)) if statistic in CODES else statistic
        side = display(rule["side"])
        return f"{name} {side} {display.decimals(rule['limit'])}"
    scan = _SCAN.fullmatch(check)
    if scan:
        return display("{label} attainable (exhaustive scan)", label=display(scan["label"]))
    return display(check)


def place(where: str, display: Display) -> str:
    """Return a place in the article in a language, as in "Resultados, antes de la tabla 5"."""
    for word in _PLACES:
        where = where.replace(word, display(word, context="place"))
    where = where.replace(" and ", f" {display('and')} ")
    where = _NUMBERED.sub("\\1\N{NO-BREAK SPACE}", where)
    return where[:1].upper() + where[1:]


def subject(about: str, display: Display) -> str:
    """Return what a check is about; paths get an arrow."""
    text = about.replace("->", "→")
    if text in _THINGS:
        return display(text, context="subject")
    counted = _COUNTED.sub(lambda found: f"{found[1]} {display(found[2], context='subject')}", text)
    return counted.replace(" and ", f" {display('and')} ")


def figures_found(found: str, display: Display) -> str:
    """Return the list of printed figures that decide a statement, as in "T1.FI2.loading = 0,738, …"."""
    text = re.sub(r", and (\d+) more", lambda more: display(", and {count} more", count=more[1]), found)
    for decision in ("accepted", "rejected"):
        text = text.replace(f"= {decision}", f"= {display(coded(decision))}")
    return display.decimals(text)
