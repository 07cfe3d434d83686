"""The audit's checks, and the places in an article, in Spanish."""

from __future__ import annotations

import re

from tabletext.catalogue import N_
from tabletext.codes import CODES, coded
from tabletext.display import Display

_RULE = re.compile(r"(?P<statistic>\w+) (?P<side>at least|at most|below|above) (?P<limit>[\d.]+)")
_SCAN = re.compile(r"(?P<label>.+) attainable \(exhaustive scan\)")
_PLACES = (
    ("Method", "Metodología"),
    ("Results", "Resultados"),
    ("Conclusions", "Conclusiones"),
    ("Abstract", "Resumen"),
    ("Introduction", "Introducción"),
    ("before Table", "antes de la tabla"),
    ("after Table", "después de la tabla"),
    ("Tables", "tablas"),
    ("Table", "tabla"),
    (" and ", " y "),
)
_NUMBERED = re.compile(r"(Tables?|[Tt]ablas?) (?=\d)")
_COUNTS = {"pairs": "pares", "loadings": "cargas", "correlations": "correlaciones"}
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
_THINGS = {"items": "ítems", "t statistics": "estadísticos t", "model": "modelo"}


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
    for english, spanish in _PLACES if display.language == "es" else ():
        where = where.replace(english, spanish)
    where = _NUMBERED.sub("\\1\N{NO-BREAK SPACE}", where)
    return where[:1].upper() + where[1:]


def subject(about: str, display: Display) -> str:
    """Return what a check is about; paths get an arrow."""
    text = about.replace("->", "→")
    if display.language != "es":
        return text
    if text in _THINGS:
        return _THINGS[text]
    text = text.replace(" pairs of ", " pares de ").replace(" and ", " y ")
    return _COUNTED.sub(lambda found: f"{found[1]} {_COUNTS[found[2]]}", text)


def figures_found(found: str, display: Display) -> str:
    """Return the list of printed figures that decide a statement, as in "T1.FI2.loading = 0,738, …"."""
    if display.language != "es":
        return found
    text = re.sub(r", and (\d+) more", r" y \1 más", found)
    text = text.replace("= accepted", "= aceptada").replace("= rejected", "= rechazada")
    return display.decimals(text)
