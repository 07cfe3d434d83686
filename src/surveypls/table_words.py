"""The words of the tables in English and Spanish: titles, headings and notes.

Tables 1–6 keep the article's wording; what other rooms share stands in :mod:`surveypls.words`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from surveypls.study import Language, Study, nearest
from surveypls.words import has_word, words

_PHRASES: Mapping[str, tuple[str, str]] = {
    # the article's tables
    "t1.title": ("Operationalisation of the variable", "Operacionalización de la variable"),
    "t2.title": (
        "Reflective measurement models: convergent and discriminant validity",
        "Modelos de medida reflectivos: validez convergente y discriminante",
    ),
    "t3.title": (
        "Discriminant validity (Fornell-Larcker criterion)",
        "Validez discriminante (criterio de Fornell-Larcker)",
    ),
    "t4.title": ("Discriminant validity by the HTMT test", "Validez discriminante por la prueba HTMT"),
    "t5.title": (
        "Path coefficients (standardised regression coefficients)",
        "Coeficientes de path (coeficientes de regresión estandarizados)",
    ),
    "t6.title": (
        "Explanatory power (R²), effect size (f²) and the global fit criterion (SRMR)",
        "Capacidad predictiva (R²), relevancia predictiva (f²) y "
        "el criterio de ajuste del modelo global (SRMR)",
    ),
    "latent": ("Latent variable", "Variable latente"),
    "indicators": ("Indicators", "Indicadores"),
    "items_share": ("Items", "Ítems"),
    "item": ("Item", "Ítem"),
    "item_or_indicator": ("Item or indicator", "Ítem o indicador"),
    "efa_loading": ("Loading in the factor analysis (EFA)", "Carga en el análisis factorial (AFE)"),
    "factor_loading": ("Factor loading", "Carga factorial"),
    "ave": ("Convergent validity (AVE)", "Validez convergente (AVE)"),
    "composite": ("Composite reliability", "Fiabilidad compuesta"),
    "alpha": ("Cronbach's alpha", "Alfa de Cronbach"),
    "printed": ("Printed", "Impreso"),
    "recomputed": ("Recomputed", "Recalculado"),
    "hypothesis_path": ("Hypothesis", "Relación de hipótesis"),
    "beta": ("Path coefficient β", "Coeficiente de path β"),
    "t": ("Student's t (bootstrap)", "Estadístico t de Student (bootstrapping)"),
    "p": ("p-value", "Valor P"),
    "decision": ("Accepted / rejected", "Aceptada / rechazada"),
    "accepted": ("Accepted", "Aceptada"),
    "rejected": ("Rejected", "Rechazada"),
    "latent_paths": ("Latent variables (constructs)", "Variables latentes (constructos)"),
    # notes
    "n.t1": (
        "Items: retained by the factor analysis / candidates. Item texts are short paraphrases.",
        "Ítems: retenidos por el análisis factorial / candidatos. Los textos son paráfrasis breves.",
    ),
    "n.t2": (
        "Thresholds: loading ≥ {outer_loading}, AVE ≥ {ave}, reliability ≥ {rho_c}.",
        "Umbrales: carga ≥ {outer_loading}, AVE ≥ {ave}, fiabilidad ≥ {rho_c}.",
    ),
    "n.t2.composite": (
        "The printed composite reliability does not say whether it is ρA or ρC.",
        "La fiabilidad compuesta impresa no dice si es ρA o ρC.",
    ),
    "n.t3": (
        "Diagonal: square root of the AVE, ✓ where it exceeds the correlations with all other constructs. "
        "Below it: correlations.",
        "Diagonal: raíz cuadrada de la AVE, ✓ donde supera las correlaciones con los demás constructos. "
        "Debajo: correlaciones.",
    ),
    "n.t4": (
        "✓ below {good}, ~ below or at {limit}, ✗ above. HTMT has no diagonal.",
        "✓ menos de {good}, ~ hasta {limit}, ✗ más. HTMT no tiene diagonal.",
    ),
    "n.t5": (
        "Recomputed t: estimate over its bootstrap standard error ({resamples} resamples); p {sided} from t; "
        "accepted where p < {alpha}.",
        "t recalculado: estimación entre su error estándar bootstrap ({resamples} remuestras); p {sided} "
        "a partir de t; aceptada si p < {alpha}.",
    ),
    "two-sided": ("two-sided", "bilateral"),
    "one-sided": ("one-sided", "unilateral"),
    "n.t6": (
        "Named sizes of f²: 0.02 small, 0.15 medium, 0.35 large (Cohen, 1988). SRMR: {fit}.",
        "Tamaños de f²: 0.02 pequeño, 0.15 mediano, 0.35 grande (Cohen, 1988). SRMR: {fit}.",
    ),
    "fit.estimated": ("estimated model", "modelo estimado"),
    "fit.saturated": ("saturated model", "modelo saturado"),
    "fit.composite": ("composite implied matrix", "matriz implicada compuesta"),
    "fit.common_factor": ("common-factor implied matrix", "matriz implicada de factor común"),
}


def say(key: str, labels: Language, **fields: object) -> str:
    """Return a phrase of the tables, or the shared word of that key."""
    if key not in _PHRASES:
        if has_word(key):
            return words(key, labels, **fields)
        raise KeyError(f"no phrase {key!r}{nearest(key, _PHRASES)}")
    text = _PHRASES[key][1 if labels == "es" else 0]
    return decimal_commas(text.format(**fields) if fields else text, labels)


def decimal_commas(text: str, labels: Language) -> str:
    """Return text with the decimal points of its figures written as Spanish commas."""
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text) if labels == "es" else text


def construct_label(study: Study, name: str, labels: Language) -> str:
    """Return "Label (NAME)", or the name alone where there is no other label."""
    label = study.label(name, labels)
    return label if label == name else f"{label} ({name})"


def abbreviations(study: Study, names: tuple[str, ...] | list[str], labels: Language) -> str:
    """Return "FI = Sources of income; …." for the constructs that have a label."""
    pairs = [(n, study.label(n, labels)) for n in names]
    listed = "; ".join(f"{n} = {label}" for n, label in pairs if label != n)
    return listed + "." if listed else ""


def thousands(value: int, labels: Language) -> str:
    """Return a count with its thousands set apart."""
    return f"{value:,}".replace(",", "\u202f" if labels == "es" else ",")
