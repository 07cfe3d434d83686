"""The words of figures and tables in English and Spanish, and how numbers are written in each.

One dictionary, so that a figure and a table never call the same thing by two names.  This module
knows no results; numbers are rounded here, for display, and nowhere else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from plsem.names import nearest
from plsem.resampling import intervals
from tabletext.language import DecimalSign

LANGUAGES = ("en", "es")
MISSING = "–"
STAR_LEVELS = (0.05, 0.01, 0.001)
_spanish_sign: ContextVar[str] = ContextVar("spanish_sign", default=",")

_WORDS: dict[str, tuple[str, str]] = {
    # quantities
    "outer_weight": ("Weight", "Peso"),
    "outer_loading": ("Loading", "Carga"),
    "efa_loading": ("Factor loading", "Carga factorial"),
    "cross_loading": ("Cross-loading", "Carga cruzada"),
    "communality": ("Communality", "Comunalidad"),
    "cronbach_alpha": ("Cronbach's alpha", "Alfa de Cronbach"),
    "rho_a": ("Reliability rho_A", "Fiabilidad rho_A"),
    "rho_c": ("Composite reliability rho_C", "Fiabilidad compuesta rho_C"),
    "composite_reliability": ("Composite reliability (as printed)", "Fiabilidad compuesta (impresa)"),
    "ave": ("AVE", "AVE"),
    "sqrt_ave": ("√AVE", "√AVE"),
    "construct_correlation": ("Correlation of constructs", "Correlación de constructos"),
    "correlation": ("Correlation", "Correlación"),
    "htmt": ("HTMT", "HTMT"),
    "htmt2": ("HTMT2", "HTMT2"),
    "htmt_diagonal": ("HTMT (diagonal)", "HTMT (diagonal)"),
    "outer_vif": ("Outer VIF", "VIF externo"),
    "inner_vif": ("Inner VIF", "VIF interno"),
    "path_coefficient": ("Path coefficient", "Coeficiente de trayectoria"),
    "indirect_effect": ("Indirect effect", "Efecto indirecto"),
    "total_effect": ("Total effect", "Efecto total"),
    "r_squared": ("R²", "R²"),
    "adjusted_r_squared": ("Adjusted R²", "R² ajustada"),
    "f_squared": ("f²", "f²"),
    "q_squared": ("Q²", "Q²"),
    "q_squared_predict": ("Q²predict", "Q²predict"),
    "srmr": ("SRMR", "SRMR"),
    "d_uls": ("d_ULS", "d_ULS"),
    "d_g": ("d_G", "d_G"),
    "nfi": ("NFI", "NFI"),
    "t_statistic": ("t statistic", "Estadístico t"),
    "p_value": ("p value", "Valor p"),
    "standard_deviation": ("Standard error", "Error estándar"),
    "decision": ("Decision", "Decisión"),
    "n_items": ("Items", "Ítems"),
    "n_items_retained": ("Items retained", "Ítems retenidos"),
    "sample_size": ("Sample size n", "Tamaño de muestra n"),
    "power": ("Power", "Potencia"),
    "importance": ("Importance", "Importancia"),
    "performance": ("Performance", "Desempeño"),
    "density": ("Density", "Densidad"),
    "eigenvalue": ("Eigenvalue", "Valor propio"),
    # the short signs used inside the path diagram
    "short.outer_loading": ("λ", "λ"),
    "short.outer_weight": ("w", "w"),
    "short.efa_loading": ("EFA λ", "AFE λ"),
    "short.path_coefficient": ("β", "β"),
    "short.construct_correlation": ("r", "r"),
    "short.composite_reliability": ("CR", "FC"),
    "short.t_statistic": ("t", "t"),
    "short.p_value": ("p", "p"),
    "short.n_items": ("Items", "Ítems"),
    "short.n_items_retained": ("Retained", "Retenidos"),
    "short.cronbach_alpha": ("α", "α"),
    "short.rho_a": ("ρA", "ρA"),
    "short.rho_c": ("ρC", "ρC"),
    "short.ave": ("AVE", "AVE"),
    "short.r_squared": ("R²", "R²"),
    "short.adjusted_r_squared": ("R² adj.", "R² aj."),
    "short.q_squared_predict": ("Q²", "Q²"),
    # verdicts and marks
    "equal": ("equal to the printed digits", "igual a los dígitos impresos"),
    "close": ("close", "cercano"),
    "differ": ("differs", "difiere"),
    "impossible": ("impossible beside the other printed cells", "imposible junto a las demás celdas"),
    "not recomputed": ("not recomputed", "no recalculado"),
    "accepted": ("accepted", "aceptada"),
    "rejected": ("rejected", "rechazada"),
    "remark.opposite": ("significant with the opposite sign", "significativa con el signo contrario"),
    "remark.negative": ("with a negative sign", "con signo negativo"),
    "remark.interval_holds": ("but the interval holds 0", "pero el intervalo contiene 0"),
    "remark.interval_excludes": ("but the interval excludes 0", "pero el intervalo excluye 0"),
    "supported": ("supported", "respaldada"),
    "not_supported": ("not supported", "no respaldada"),
    "significant": ("interval excludes 0", "el intervalo excluye 0"),
    "not_significant": ("interval includes 0", "el intervalo incluye 0"),
    "yes": ("yes", "sí"),
    "no": ("no", "no"),
    # common words
    "table": ("Table", "Tabla"),
    "item": ("Item", "Ítem"),
    "construct": ("Construct", "Constructo"),
    "hypothesis": ("Hypothesis", "Hipótesis"),
    "path": ("Path", "Trayectoria"),
    "estimate": ("Estimate", "Estimación"),
    "mean": ("Mean", "Media"),
    "printed": ("Printed", "Impreso"),
    "recomputed": ("Recomputed", "Recalculado"),
    "difference": ("Difference", "Diferencia"),
    "verdict": ("Verdict", "Veredicto"),
    "interval": ("{level} interval", "Intervalo de {level}"),
    "threshold": ("threshold {value}", "umbral {value}"),
    "original": ("original sample", "muestra original"),
    "resamples": ("{count} resamples", "{count} remuestras"),
    "stars_note": (
        "*** p < {p001}, ** p < {p01}, * p < {p05}",
        "*** p < {p001}, ** p < {p01}, * p < {p05}",
    ),
    # response bars, missing answers, cleaning
    "response_share": ("Share of answers (%)", "Porcentaje de respuestas (%)"),
    "answers_n": ("n = {count}", "n = {count}"),
    "missing_share": ("Missing answers (%)", "Respuestas faltantes (%)"),
    "missing_patterns": (
        "Respondents by pattern of missing answers",
        "Personas por patrón de respuestas faltantes",
    ),
    "missing_none": ("No answer is missing", "No falta ninguna respuesta"),
    "missing_incomplete": (
        "{complete} of {n} respondents answered every item",
        "{complete} de {n} personas respondieron todos los ítems",
    ),
    "missing_limit": ("reported above {value}", "se informa arriba de {value}"),
    "rows_in": ("{count} rows received", "{count} registros recibidos"),
    "rows_kept": ("{count} rows kept", "{count} registros conservados"),
    "rows_flagged": ("{count} reported", "{count} señalados"),
    "rows_blanked": ("{count} set missing", "{count} con celdas anuladas"),
    "kept_if": ("kept if {limit}", "se conserva con {limit}"),
    "rows_imputed": ("{count} filled in", "{count} completados"),
    "policy.listwise": ("listwise", "por lista"),
    "policy.mean": ("mean", "media"),
    "policy.em": ("EM", "EM"),
    # correlations and factors
    "scree_components": ("Components", "Componentes"),
    "scree_factors": ("Factors", "Factores"),
    "scree_observed": ("observed", "observados"),
    "scree_simulated_mean": ("simulated, mean", "simulados, media"),
    "scree_simulated_percentile": ("simulated, {value}th percentile", "simulados, percentil {value}"),
    "scree_retain": ("{count} above chance", "{count} por encima del azar"),
    "scree_number": ("Number", "Número"),
    "pruning_round": ("Round", "Ronda"),
    "pruning_dropped": ("dropped", "descartado"),
    "pruning.sampling adequacy": ("MSA", "MSA"),
    "pruning.own loading": ("own loading", "carga propia"),
    "pruning.own factor": ("on another factor, gap", "en otro factor, brecha"),
    "pruning.cross-loading": ("cross-loading gap", "brecha cruzada"),
    "pruning.communality": ("communality", "comunalidad"),
    "pruning.no variance": ("no variance", "sin variación"),
    "pruning.minimum": ("kept: minimum", "se conserva: mínimo"),
    "own_loading": ("Loading on own factor", "Carga en el factor propio"),
    # discriminant validity, bootstrap, importance and performance
    "htmt_strict": (
        "{value} (conceptually distinct constructs)",
        "{value} (constructos conceptualmente distintos)",
    ),
    "htmt_liberal": (
        "{value} (conceptually similar constructs)",
        "{value} (constructos conceptualmente similares)",
    ),
    "importance_of": ("Importance for {target}", "Importancia para {target}"),
    "importance_note": (
        "Importance: unstandardised total effect.",
        "Importancia: efecto total no estandarizado.",
    ),
    "performance_scale": ("Performance (0–100)", "Desempeño (0–100)"),
    "average": ("average", "promedio"),
    "constructs": ("Constructs", "Constructos"),
    "items": ("Items", "Ítems"),
    # article against recomputation, audit, ensemble, power
    "dots_decision": (
        "A decision that differs stands at the edge.",
        "Una decisión que difiere está en el borde.",
    ),
    "attainable": (
        "found by search with the other figures held (at least)",
        "hallado por búsqueda con las demás cifras fijas (al menos)",
    ),
    "attainable_axis": ("Value", "Valor"),
    "attainable_inside": ("printed, within", "impreso, dentro"),
    "attainable_outside": ("printed, out of reach", "impreso, fuera de alcance"),
    "dots_note": (
        "Axis: recomputed minus printed, in units of the last printed digit; linear to ±1, logarithmic beyond, at "
        "the edge from ±1000. Grey band: rounding interval of the printed value. A statistic that is not defined has a "
        "mark on the line at 0.",
        "Eje: recalculado menos impreso, en unidades del último dígito impreso; lineal hasta ±1, logarítmico "
        "después, en el borde desde ±1000. Banda gris: intervalo de redondeo del valor impreso. Un estadístico no "
        "definido lleva su marca en la línea del 0.",
    ),
    "ensemble_range": ("all", "todas"),
    "post_hoc_power": ("t as power", "t como potencia"),
    "htmt_upper": ("HTMT, upper end (percentile)", "HTMT, extremo superior (percentil)"),
    "q2_predict": ("Q²predict", "Q²predict"),
    "normal": ("normal scores", "puntuaciones normales"),
    "respondents": ("respondents", "encuestados"),
    "basis.printed": (
        "From the article's printed tables alone; no survey is read.",
        "Solo a partir de las tablas impresas del artículo; no se lee ninguna encuesta.",
    ),
    "basis.simulated": (
        "Samples simulated from stated population values; no survey is read.",
        "Muestras simuladas a partir de valores poblacionales dados; no se lee ninguna encuesta.",
    ),
    "ensemble_middle": ("middle {level}", "{level} central"),
    "ensemble_median": ("median", "mediana"),
    "ensemble_count": (
        "{count} data sets that reach the printed cells",
        "{count} conjuntos de datos que alcanzan las celdas impresas",
    ),
    "power_note": (
        "Bands: 95% intervals of the simulated shares.",
        "Bandas: intervalos del 95 % de las proporciones simuladas.",
    ),
    "power_target": ("power {value}", "potencia {value}"),
}


def words(key: str, language: str, **fields: Any) -> str:
    """Return a word or phrase in a language.

    Parameters
    ----------
    key : str
        The phrase's key, e.g. ``"path_coefficient"``.
    language : {"en", "es"}
        The language.
    **fields
        What the phrase's placeholders stand for, already written for that language.

    Raises
    ------
    KeyError
        For an unknown key (the nearest one is named) or a placeholder without a value.
    ValueError
        For a language other than ``"en"`` and ``"es"``.
    """
    column = _column(language)
    if key not in _WORDS:
        raise KeyError(f"no word {key!r}{nearest(key, _WORDS)}")
    return _WORDS[key][column].format(**fields)


def has_word(key: str) -> bool:
    """Tell whether the dictionary has a key."""
    return key in _WORDS


def _column(language: str) -> int:
    if language not in LANGUAGES:
        raise ValueError(f"labels: expected 'en' or 'es', found {language!r}")
    return LANGUAGES.index(language)


def text_in(
    text: str | Mapping[str, str] | Callable[[Any], str] | None, language: str, *, default: str = ""
) -> str:
    """Return a text in a language.

    Parameters
    ----------
    text : str, mapping or callable
        The same for both languages, ``{"en": …, "es": …}``, or a study's ``Text``.
    language : {"en", "es"}
        The language.
    default : str
        Returned where there is no text.
    """
    _column(language)
    if text is None:
        return default
    if isinstance(text, str):
        return text or default
    if callable(text):
        return text(language) or default
    return text.get(language) or next((t for t in text.values() if t), default)


@contextmanager
def spanish_decimals(sign: DecimalSign) -> Iterator[None]:
    """Write Spanish numbers with a decimal comma, or with a point as in Mexico, within a block."""
    token = _spanish_sign.set({"comma": ",", "point": "."}[sign])
    try:
        yield
    finally:
        _spanish_sign.reset(token)


def decimals_in(text: str, language: str) -> str:
    """Return text with the decimal points between its digits written as the language writes them."""
    return re.sub(r"(?:(?<=[\d−\- ])|^)\.(?=\d)", _spanish_sign.get(), text) if _column(language) else text


def number(value: float, language: str, *, digits: int = 3, plus: bool = False) -> str:
    """Write a number with a fixed count of decimals and the language's decimal sign.

    Parameters
    ----------
    value : float
        NaN and infinities without sign become an en dash.
    language : {"en", "es"}
        The language.
    digits : int
        Decimals.
    plus : bool
        Write the sign of positive values too.

    Returns
    -------
    str
        With a true minus sign; never "minus zero".
    """
    _column(language)
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):.{digits}f}"
    if float(text) != 0.0:
        text = ("−" if value < 0 else "+" if plus else "") + text
    return decimals_in(text, language)


def whole(value: float, language: str) -> str:
    """Write a count with a thin space between thousands (both languages); NaN becomes an en dash."""
    _column(language)
    if value is None or not math.isfinite(value):
        return MISSING
    grouped = f"{abs(round(value)):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return ("−" if round(value) < 0 else "") + grouped


def percent(share: float, language: str, *, digits: int = 0) -> str:
    """Write a share (0 to 1) as a percentage, with a space before the sign in Spanish."""
    text = number(100 * share, language, digits=digits)
    if text == MISSING:
        return text
    return f"{text}\N{NO-BREAK SPACE}%" if _column(language) else f"{text}%"


def p_text(p: float, language: str, *, digits: int = 3) -> str:
    """Write a p value: exact to ``digits`` decimals, or "< 0.001" below that."""
    if p is None or not math.isfinite(p):
        return MISSING
    least = 10.0**-digits
    if p < least:
        return f"< {number(least, language, digits=digits)}"
    return number(p, language, digits=digits)


def stars(p: float) -> str:
    """Return ``***``, ``**``, ``*`` or nothing for p below 0.001, 0.01, 0.05 (nothing for NaN)."""
    return "" if p is None else str(intervals.stars(p, levels=STAR_LEVELS))


def stars_note(language: str) -> str:
    """Return the note that explains the stars."""
    limits = {
        "p05": number(STAR_LEVELS[0], language, digits=2),
        "p01": number(STAR_LEVELS[1], language, digits=2),
        "p001": number(STAR_LEVELS[2], language, digits=3),
    }
    return words("stars_note", language, **limits)


_SCALE_WORDS = (
    ("Never", "Nunca"),
    ("Almost never", "Casi nunca"),
    ("Rarely", "Rara vez"),
    ("Sometimes", "A veces"),
    ("Often", "A menudo"),
    ("Frequently", "Frecuentemente"),
    ("Almost always", "Casi siempre"),
    ("Always", "Siempre"),
    ("Strongly disagree", "Totalmente en desacuerdo"),
    ("Disagree", "En desacuerdo"),
    ("Somewhat disagree", "Algo en desacuerdo"),
    ("Neither agree nor disagree", "Ni de acuerdo ni en desacuerdo"),
    ("Neutral", "Neutral"),
    ("Somewhat agree", "Algo de acuerdo"),
    ("Agree", "De acuerdo"),
    ("Strongly agree", "Totalmente de acuerdo"),
    ("Very dissatisfied", "Muy insatisfecho"),
    ("Dissatisfied", "Insatisfecho"),
    ("Satisfied", "Satisfecho"),
    ("Very satisfied", "Muy satisfecho"),
    ("Yes", "Sí"),
    ("No", "No"),
)


def scale_word(label: str, language: str) -> str:
    """Return an answer category in a language where it is a usual one, else as the form has it."""
    column = _column(language)
    wanted = label.strip().casefold()
    for pair in _SCALE_WORDS:
        if wanted in (pair[0].casefold(), pair[1].casefold()):
            return pair[column]
    return label
