"""The words of the tables in English and Spanish: titles, headings and notes.

Tables 1–6 keep the article's wording; what other rooms share stands in :mod:`tabletext.words`.
"""

from __future__ import annotations

from collections.abc import Mapping

from plsem.names import nearest
from surveypls.study.definition import Study
from tabletext.language import Language
from tabletext.words import decimals_in, has_word, words

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
    # the same tables of another study, where the article's headings would not be right
    "t1.title.own": ("Operationalisation of the variables", "Operacionalización de las variables"),
    "t2.title.own": (
        "Reflective measurement models: reliability and convergent validity",
        "Modelos de medida reflectivos: fiabilidad y validez convergente",
    ),
    "t6.title.own": (
        "Explanatory power (R²), effect size (f²) and the global fit criterion (SRMR)",
        "Capacidad explicativa (R²), tamaño del efecto (f²) y criterio de ajuste global (SRMR)",
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
        "Items: retained by the factor analysis / candidates.",
        "Ítems: retenidos por el análisis factorial / candidatos.",
    ),
    "n.paraphrase": ("Item texts are short paraphrases.", "Los textos son paráfrasis breves."),
    "n.reversed": (
        "(R): reversed item, its answers turned round before the analysis.",
        "(R): ítem inverso, con sus respuestas invertidas antes del análisis.",
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
        "t: estimate over its bootstrap standard error ({resamples} resamples); p {sided} from t; "
        "accepted where p < {alpha}.",
        "t: estimación entre su error estándar bootstrap ({resamples} remuestras); p {sided} "
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
    # the fuller tables
    "r.quantity": ("Quantity", "Medida"),
    "r.coefficient": ("Coefficient", "Coeficiente"),
    "r.interval": ("{level} CI", "IC {level}"),
    "r.lower": ("LL", "LI"),
    "r.upper": ("UL", "LS"),
    "r.resampling": (
        "SE, t, p ({sided}) and {interval} intervals from {count} bootstrap resamples.",
        "EE, t, p ({sided}) e intervalos {interval} de {count} remuestras bootstrap.",
    ),
    "r.percentile": ("percentile", "de percentiles"),
    "r.basic": ("basic", "básicos"),
    "r.bc": ("bias-corrected", "corregidos por sesgo"),
    "r.bca": ("BCa", "BCa"),
    "r.items": (
        "λ²: squared loading (indicator reliability).",
        "λ²: carga al cuadrado (fiabilidad del indicador).",
    ),
    "r.items.title": ("Items: loadings and weights", "Ítems: cargas y pesos"),
    "r.reliability": (
        "Reliability and AVE are defined for reflective constructs of two items or more.",
        "La fiabilidad y la AVE se definen para constructos reflectivos de dos o más ítems.",
    ),
    "r.reliability.title": (
        "Internal consistency and convergent validity",
        "Consistencia interna y validez convergente",
    ),
    "r.cross": (
        "✓ the item correlates most with its own construct, ✗ it does not.",
        "✓ el ítem se correlaciona más con su propio constructo, ✗ no es así.",
    ),
    "r.cross.title": ("Cross-loadings", "Cargas cruzadas"),
    "r.pair": ("Constructs", "Constructos"),
    "r.below_limit": ("Upper limit < 0.90", "Límite superior < 0.90"),
    "r.htmt": (
        "✓ HTMT below 0.85, ~ up to 0.90, ✗ above. HTMT2 takes geometric means.",
        "✓ HTMT menor que 0.85, ~ hasta 0.90, ✗ más. HTMT2 usa medias geométricas.",
    ),
    "r.htmt.title": (
        "Discriminant validity: HTMT with intervals",
        "Validez discriminante: HTMT con intervalos",
    ),
    "r.se": ("SE", "EE"),
    "r.decision": ("Hypothesis", "Hipótesis"),
    "r.size": ("Size", "Tamaño"),
    "r.size.note": (
        "Size of f²: small from 0.02, medium from 0.15, large from 0.35 (Cohen, 1988).",
        "Tamaño de f²: pequeño desde 0.02, mediano desde 0.15, grande desde 0.35 (Cohen, 1988).",
    ),
    "r.paths.title": (
        "Structural model: paths and hypotheses",
        "Modelo estructural: trayectorias e hipótesis",
    ),
    "r.effect": ("Effect", "Efecto"),
    "r.path_coefficient": ("Direct", "Directo"),
    "r.specific_indirect_effect": ("Specific indirect", "Indirecto específico"),
    "r.indirect_effect": ("Total indirect", "Indirecto total"),
    "r.total_effect": ("Total", "Total"),
    "r.effects.title": ("Direct, indirect and total effects", "Efectos directos, indirectos y totales"),
    "r.explained": (
        "R² is marked against 0.10 (Falk and Miller, 1992). Q²predict above 0: better than the training means.",
        "R² se marca contra 0.10 (Falk y Miller, 1992). Q²predict mayor que 0: mejor que las medias.",
    ),
    "r.explained.title": ("Explained variance and prediction", "Varianza explicada y predicción"),
    "r.variant": ("Model and implied matrix", "Modelo y matriz implicada"),
    "r.statistic": ("Statistic", "Estadístico"),
    "r.value": ("Value", "Valor"),
    "r.exact": ("Exact fit (bootstrap)", "Ajuste exacto (bootstrap)"),
    "r.transformed": ("Transformed data (bootstrap)", "Datos transformados (bootstrap)"),
    "r.fit": (
        "SRMR, d_ULS and d_G: distances, 0 is exact fit. The estimated model adds the paths to the "
        "measurement model.",
        "SRMR, d_ULS y d_G: distancias, 0 es ajuste exacto. El modelo estimado agrega las trayectorias al "
        "modelo de medida.",
    ),
    "r.fit.exact": (
        "HI95, HI99: 95th and 99th percentile where the model holds; a larger value rejects exact fit.",
        "HI95, HI99: percentiles 95 y 99 si el modelo es cierto; un valor mayor rechaza el ajuste exacto.",
    ),
    "r.fit.no_test": (
        "HI95, HI99: 95th and 99th percentile of resamples of the data transformed to the model. They are no test "
        "of exact fit here, and p is left out: Mode A without PLSc does not give the model's own correlations back "
        "(SRMR of the transformed data: {srmr}, which would be 0).",
        "HI95, HI99: percentiles 95 y 99 de remuestras de los datos transformados al modelo. Aquí no prueban el ajuste "
        "exacto, y p se omite: el modo A sin PLSc no devuelve las correlaciones del propio modelo (SRMR de los datos "
        "transformados: {srmr}; sería 0).",
    ),
    "r.fit.title": ("Model fit", "Ajuste del modelo"),
    "r.predict.title": (
        "Out-of-sample prediction of the items (PLSpredict)",
        "Predicción fuera de muestra (PLSpredict)",
    ),
    "r.predict": (
        "PLS: the path model; LM: linear regression on the exogenous items; IA: training means. "
        "✓ where Q²predict > 0, and where PLS has the smaller error than LM.",
        "PLS: el modelo; LM: regresión lineal sobre los ítems exógenos; IA: medias de entrenamiento. "
        "✓ si Q²predict > 0 y si el error de PLS es menor que el de LM.",
    ),
    "r.power": ("Predictive power", "Capacidad predictiva"),
    "r.power.none": ("none", "nula"),
    "r.power.low": ("low", "baja"),
    "r.power.medium": ("medium", "media"),
    "r.power.high": ("high", "alta"),
    "r.power.not assessed": ("not assessed", "no evaluada"),
    "r.cvpat.title": (
        "Cross-validated predictive ability test (CVPAT)",
        "Prueba de capacidad predictiva (CVPAT)",
    ),
    "r.cvpat": (
        "Average loss (mean squared error) of the model and of the benchmark; a negative difference favours "
        "the model (Liengaard et al., 2021; Sharma et al., 2023).",
        "Pérdida media (error cuadrático medio) del modelo y de la referencia; una diferencia negativa favorece "
        "al modelo (Liengaard et al., 2021; Sharma et al., 2023).",
    ),
    "r.benchmark": ("Benchmark", "Referencia"),
    "r.benchmark.average": ("Indicator average (IA)", "Media de los ítems (IA)"),
    "r.benchmark.lm": ("Linear model (LM)", "Modelo lineal (LM)"),
    "r.loss": ("Loss, model", "Pérdida, modelo"),
    "r.benchmark_loss": ("Loss, benchmark", "Pérdida, referencia"),
    "r.overall": ("Overall", "Total"),
    # screening, items, pruning
    "s.title": ("Screening of the responses", "Depuración de las respuestas"),
    "s.step": ("Rule", "Regla"),
    "s.parameter": ("Setting", "Parámetro"),
    "s.rows_in": ("Rows in", "Entran"),
    "s.dropped": ("Dropped", "Descartados"),
    "s.flagged": ("Reported", "Señalados"),
    "s.rows_kept": ("Rows kept", "Quedan"),
    "s.reference": ("Reference", "Referencia"),
    "s.note": (
        "Rules in the order applied; a response is dropped by the first rule that it breaks.",
        "Reglas en el orden aplicado; cada respuesta se descarta por la primera regla que incumple.",
    ),
    "i.title": ("Answers, item by item", "Respuestas por ítem"),
    "i.n": ("n", "n"),
    "i.missing": ("Missing", "Faltantes"),
    "i.mean": ("Mean", "Media"),
    "i.sd": ("SD", "DE"),
    "i.median": ("Median", "Mediana"),
    "i.skew": ("Skew", "Asimetría"),
    "i.kurtosis": ("Kurtosis", "Curtosis"),
    "i.floor": ("Lowest", "Mínimo"),
    "i.ceiling": ("Highest", "Máximo"),
    "i.note": (
        "Skew and excess kurtosis with small-sample correction. Lowest, Highest: share of answers at "
        "either end of the scale.",
        "Asimetría y curtosis (exceso) corregidas por muestra. Mínimo, Máximo: proporción de respuestas "
        "en los extremos de la escala.",
    ),
    "pr.title": ("Items dropped by the factor analysis", "Ítems eliminados por el análisis factorial"),
    "pr.title.kept": (
        "Items that break a rule of the factor analysis",
        "Ítems que no cumplen una regla del análisis factorial",
    ),
    "pr.kept.note": (
        "Kept: the item breaks the rule, and its construct is at its smallest number of items.",
        "Conservado: el ítem no cumple la regla y su constructo ya tiene el mínimo de ítems.",
    ),
    "pr.round": ("Round", "Ronda"),
    "pr.action": ("Action", "Acción"),
    "pr.rule": ("Rule", "Regla"),
    "pr.limit": ("Limit", "Límite"),
    "pr.n_items_after": ("Items left", "Ítems restantes"),
    "pr.alpha_after": ("Alpha after", "Alfa después"),
    "pr.dropped": ("dropped", "eliminado"),
    "pr.kept": ("kept", "conservado"),
    "pr.sampling adequacy": ("sampling adequacy (MSA)", "adecuación muestral (MSA)"),
    "pr.no salient loading": ("some loading is large", "alguna carga es alta"),
    "pr.own loading": ("loading on its own factor", "carga en su propio factor"),
    "pr.own factor": ("loads on its own factor most", "carga más en su propio factor"),
    "pr.cross-loading": ("gap to the largest cross-loading", "distancia a la mayor carga cruzada"),
    "pr.communality": ("communality", "comunalidad"),
    "pr.no variance": ("answers vary", "las respuestas varían"),
    "pr.note": (
        "One item is dropped in each round and the factors are extracted anew; {items} candidate items. "
        "α: of the raw answers.",
        "En cada ronda se elimina un ítem y se extraen de nuevo los factores; {items} ítems candidatos. "
        "α: de las respuestas sin estandarizar.",
    ),
    # comparison, audit, statements
    "v.title": ("Printed and recomputed figures", "Cifras impresas y recalculadas"),
    "v.summary": ("Verdicts on the printed figures", "Veredictos sobre las cifras impresas"),
    "v.about": ("Of", "De"),
    "v.cells": ("Figures", "Cifras"),
    "v.all": ("All", "Todas"),
    "v.equal": ("equal", "igual"),
    "v.close": ("close", "cercana"),
    "v.differ": ("differs", "difiere"),
    "v.impossible": ("impossible", "imposible"),
    "v.not recomputed": ("not recomputed", "no recalculada"),
    "v.holds": ("holds", "se cumple"),
    "v.fails": ("fails", "no se cumple"),
    "v.cannot be told": ("cannot be told", "no se puede saber"),
    "v.contradicted": ("contradicted", "contradicha"),
    "v.note": (
        "Equal: rounds to the printed digits. Impossible: no data give it beside the other printed figures, or the "
        "statistic is not defined.",
        "Igual: redondea a los dígitos impresos. Imposible: ningún dato la da junto a las demás cifras impresas, o el "
        "estadístico no está definido.",
    ),
    "a.title": (
        "Consistency audit of the printed tables",
        "Auditoría de consistencia de las tablas impresas",
    ),
    "a.check": ("Check", "Comprobación"),
    "a.from": ("from", "desde"),
    "a.to": ("to", "hasta"),
    "a.allowed": ("Allowed by the other cells", "Lo que permiten las demás celdas"),
    "a.detail": ("Detail", "Detalle"),
    "a.note": (
        "Computed from the printed figures alone, over their rounding intervals; no responses are used.",
        "Calculada solo con las cifras impresas, en sus intervalos de redondeo; no usa respuestas.",
    ),
    "st.title": ("The text held against the tables", "El texto frente a las tablas"),
    "st.id": ("No.", "N.º"),
    "st.where": ("Where", "Dónde"),
    "st.statement": ("Statement", "Afirmación"),
    "st.verdict": ("Verdict", "Veredicto"),
    "st.found": ("Printed figures", "Cifras impresas"),
    "st.remark": ("Remark", "Observación"),
    "st.note": (
        "Each statement is evaluated over the printed figures.",
        "Cada afirmación se evalúa con las cifras impresas.",
    ),
}


def variant_words(variant: str, labels: Language) -> str:
    """Return a fit variant such as ``estimated/composite`` in words."""
    return ", ".join(say(f"fit.{part}", labels) for part in variant.split("/") if part)


def say(key: str, labels: Language, **fields: object) -> str:
    """Return a phrase of the tables, or the shared word of that key."""
    if key not in _PHRASES:
        if has_word(key):
            return words(key, labels, **fields)
        raise KeyError(f"no phrase {key!r}{nearest(key, _PHRASES)}")
    text = _PHRASES[key][1 if labels == "es" else 0]
    return decimals_in(text.format(**fields) if fields else text, labels)


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


def percent_level(level: float, labels: Language) -> str:
    """Return a confidence level as in "95%" or "95 %"."""
    text = decimals_in(f"{100 * level:g}", labels)
    return f"{text} %" if labels == "es" else f"{text}%"
