"""The audit's checks, and the places in an article, in Spanish."""

from __future__ import annotations

import re

from tabletext.catalogue import translate
from tabletext.language import Language
from tabletext.words import decimals_in, has_word, words

_CHECKS = {
    "AVE = mean squared loading": "AVE = media de las cargas al cuadrado",
    "EFA loadings are not the PLS loadings": "las cargas AFE no son las cargas PLS",
    "R² = β² (one predictor)": "R² = β² (un predictor)",
    "composite reliability read as rho_C": "fiabilidad compuesta leída como ρC",
    "composite reliability read as rho_A": "fiabilidad compuesta leída como ρA",
    "correlation = β (one predictor)": "correlación = β (un predictor)",
    "β = correlation (one predictor)": "β = correlación (un predictor)",
    "decision follows from p": "la decisión se sigue de p",
    "f² = R²/(1 − R²)": "f² = R²/(1 − R²)",
    "loadings give AVE": "las cargas dan la AVE",
    "one reference distribution for all p": "una misma distribución de referencia para todos los p",
    "p from t (two-sided)": "p a partir de t (bilateral)",
    "printed t are not tabled quantiles": "los t impresos no son cuantiles de tabla",
    "retained items = printed loadings": "ítems retenidos = cargas impresas",
    "retained items ≤ items": "ítems retenidos ≤ ítems",
    "R² from the construct correlations": "R² según las correlaciones de constructos",
    "VIF from the construct correlations": "VIF según las correlaciones de constructos",
    "adjusted R² from R² and n": "R² ajustada según R² y n",
    "f² from the construct correlations": "f² según las correlaciones de constructos",
    "indirect effect from the paths": "efecto indirecto según las trayectorias",
    "interval's ends in order": "extremos del intervalo en orden",
    "rho_C from the loadings": "ρC según las cargas",
    "t = |β| / standard error": "t = |β| / error estándar",
    "the same figure in two tables": "la misma cifra en dos tablas",
    "total effect from the paths": "efecto total según las trayectorias",
    "within the statistic's range": "dentro del rango del estadístico",
    "β from the construct correlations": "β según las correlaciones de constructos",
    "the construct correlations form a correlation matrix": "las correlaciones forman una matriz de correlación",
    "the interval holds the estimate": "el intervalo contiene la estimación",
    "the statistic is defined": "el estadístico está definido",
    "√AVE above the correlation (Fornell-Larcker)": "√AVE mayor que la correlación (Fornell-Larcker)",
    "√AVE is the root of AVE": "√AVE es la raíz de la AVE",
}
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
_SYMBOLS = {"alpha": "alfa", "rho_A": "ρA"}
_COUNTS = {"pairs": "pares", "loadings": "cargas", "correlations": "correlaciones"}
_COUNTED = re.compile(rf"(\d+) ({'|'.join(_COUNTS)})\b")
_THINGS = {"items": "ítems", "t statistics": "estadísticos t", "model": "modelo"}


def check_name(check: str, labels: Language) -> str:
    """Return a check's name in a language; one that is not known stays as it is."""
    rule = _RULE.fullmatch(check)
    if rule:
        name = words(rule["statistic"], labels) if has_word(rule["statistic"]) else rule["statistic"]
        side = translate(rule["side"], labels)
        return f"{name} {side} {decimals_in(rule['limit'], labels)}"
    if labels != "es":
        return check
    scan = _SCAN.fullmatch(check)
    if scan:
        return f"{_SYMBOLS.get(scan['label'], scan['label'])} alcanzable (búsqueda exhaustiva)"
    return _CHECKS.get(check, check)


def place(where: str, labels: Language) -> str:
    """Return a place in the article in a language, as in "Resultados, antes de la tabla 5"."""
    for english, spanish in _PLACES if labels == "es" else ():
        where = where.replace(english, spanish)
    where = _NUMBERED.sub("\\1\N{NO-BREAK SPACE}", where)
    return where[:1].upper() + where[1:]


def subject(about: str, labels: Language) -> str:
    """Return what a check is about; paths get an arrow."""
    text = about.replace("->", "→")
    if labels != "es":
        return text
    if text in _THINGS:
        return _THINGS[text]
    text = text.replace(" pairs of ", " pares de ").replace(" and ", " y ")
    return _COUNTED.sub(lambda found: f"{found[1]} {_COUNTS[found[2]]}", text)


def figures_found(found: str, labels: Language) -> str:
    """Return the list of printed figures that decide a statement, as in "T1.FI2.loading = 0,738, …"."""
    if labels != "es":
        return found
    text = re.sub(r", and (\d+) more", r" y \1 más", found)
    text = text.replace("= accepted", "= aceptada").replace("= rejected", "= rechazada")
    return decimals_in(text, labels)
