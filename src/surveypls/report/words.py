"""The fixed sentences of the paper in English and Spanish; every number in them is filled in from results."""

from __future__ import annotations

from collections.abc import Mapping

from plsem.names import nearest
from tabletext.language import Language

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "subtitle": ("A recomputation in Python", "Recálculo en Python"),
    "subtitle.own": ("Analysis by partial least squares", "Análisis por mínimos cuadrados parciales"),
    # sections
    "h.brief": ("In brief", "En breve"),
    "h.article": ("What the article asks and prints", "Qué pregunta y qué imprime el artículo"),
    "h.question": ("The question", "La pregunta"),
    "h.method": ("What was done", "Qué se hizo"),
    "h.data": ("Responses", "Respuestas"),
    "h.items": ("Items", "Ítems"),
    "h.estimation": ("Estimation", "Estimación"),
    "h.results": ("Results", "Resultados"),
    "h.measurement": ("Measurement model", "Modelo de medida"),
    "h.structural": ("Structural model", "Modelo estructural"),
    "h.fit": ("Fit and prediction", "Ajuste y predicción"),
    "h.improve": ("What to improve first", "Qué mejorar primero"),
    "h.comparison": ("Printed and recomputed", "Impreso y recalculado"),
    "h.audit": ("The audit of the printed tables", "La auditoría de las tablas impresas"),
    "h.limits": ("Limits", "Límites"),
    "h.references": ("References", "Referencias"),
    "h.appendix": ("Appendix", "Apéndice"),
    # the article
    "article.question": ("The question: {question}", "La pregunta: {question}"),
    "article.cells": (
        "The article prints {cells} figures in {tables} tables. Here each stands beside the value recomputed "
        "from the responses described below, with a verdict: equal at the printed digits, close, different, "
        "or impossible beside the other printed figures.",
        "El artículo imprime {cells} cifras en {tables} tablas. Aquí cada una aparece junto al valor recalculado "
        "con las respuestas que se describen abajo, con un veredicto: igual en los dígitos impresos, cercana, "
        "diferente o imposible junto a las demás cifras impresas.",
    ),
    "article.hypotheses": (
        "Its hypotheses and what it prints on them:",
        "Sus hipótesis y lo que imprime de ellas:",
    ),
    "own.hypotheses": ("The hypotheses:", "Las hipótesis:"),
    "article.printed": ("printed: {figures}", "impreso: {figures}"),
    # method
    "data.rules": (
        "Each response was screened by rules fixed beforehand.",
        "Cada respuesta se depuró con reglas fijadas de antemano.",
    ),
    "items.method": (
        "Candidate items were pruned by exploratory factor analysis ({extraction}, {correlation} correlations, "
        "{scope}), one item at a time: an item breaks a rule where {rules}. A construct keeps at least "
        "{min_items} items.",
        "Los ítems candidatos se depuraron por análisis factorial exploratorio ({extraction}, correlaciones "
        "{correlation}, {scope}), un ítem por vez: un ítem incumple una regla si {rules}. Cada constructo conserva "
        "al menos {min_items} ítems.",
    ),
    "rule.msa": ("its sampling adequacy is below {limit}", "su adecuación muestral es menor que {limit}"),
    "rule.loading": ("its loading is below {limit}", "su carga es menor que {limit}"),
    "rule.gap": (
        "the gap to its largest cross-loading is below {limit}",
        "la distancia a su mayor carga cruzada es menor que {limit}",
    ),
    "rule.communality": ("its communality is below {limit}", "su comunalidad es menor que {limit}"),
    "items.none": (
        "All candidate items were kept; none was pruned.",
        "Se conservaron todos los ítems candidatos.",
    ),
    "extraction.minres": ("minimum residuals", "residuos mínimos"),
    "extraction.principal_axis": ("principal axes", "ejes principales"),
    "extraction.ml": ("maximum likelihood", "máxima verosimilitud"),
    "correlation.pearson": ("Pearson", "de Pearson"),
    "correlation.polychoric": ("polychoric", "policóricas"),
    "scope.joint": ("all constructs together", "todos los constructos juntos"),
    "scope.per_construct": ("construct by construct", "constructo por constructo"),
    "estimation.pls": (
        "The model was estimated by {method} on standardised answers ({scheme} weighting scheme, tolerance "
        "{tolerance}, at most {iterations} iterations; Lohmöller, 1989).",
        "El modelo se estimó por {method} con respuestas estandarizadas (esquema de ponderación {scheme}, "
        "tolerancia {tolerance}, a lo sumo {iterations} iteraciones; Lohmöller, 1989).",
    ),
    "method.pls": ("partial least squares path modelling", "mínimos cuadrados parciales"),
    "method.plsc": (
        "consistent partial least squares (Dijkstra and Henseler, 2015)",
        "mínimos cuadrados parciales consistentes (Dijkstra y Henseler, 2015)",
    ),
    "scheme.path": ("path", "de trayectorias"),
    "scheme.factor": ("factor", "factorial"),
    "scheme.centroid": ("centroid", "centroide"),
    "estimation.modes": (
        "Formative constructs (Mode B): {formative}; all others are reflective (Mode A).",
        "Constructos formativos (modo B): {formative}; los demás son reflectivos (modo A).",
    ),
    "estimation.bootstrap": (
        "Standard errors and {level} {interval} intervals come from {count} bootstrap resamples; t is the "
        "estimate over its standard error, and p is {sided}. A hypothesis is supported where p < {alpha}.",
        "Los errores estándar y los intervalos {interval} de {level} provienen de {count} remuestras bootstrap; "
        "t es la estimación entre su error estándar y p es {sided}. Una hipótesis se acepta si p < {alpha}.",
    ),
    "interval.bca": ("BCa (Efron, 1987)", "BCa (Efron, 1987)"),
    "interval.bc": ("bias-corrected", "corregidos por sesgo"),
    "interval.percentile": ("percentile", "de percentiles"),
    "interval.basic": ("basic bootstrap", "bootstrap básicos"),
    "sided.two-sided": ("two-sided", "bilateral"),
    "sided.one-sided": ("one-sided", "unilateral"),
    "estimation.sources": (
        "What is reported follows Hair, Risher, Sarstedt and Ringle (2019), Hair, Hult, Ringle and Sarstedt (2022) "
        "and Benitez et al. (2020). The appendix lists the thresholds behind the marks ✓ ~ ✗ and their sources.",
        "Lo que se informa sigue a Hair, Risher, Sarstedt y Ringle (2019), Hair, Hult, Ringle y Sarstedt (2022) y "
        "Benitez et al. (2020). El apéndice da los umbrales de las marcas ✓ ~ ✗ y sus fuentes.",
    ),
    # results
    "fit.exact": (
        "HI95 and HI99 come from resamples of data transformed to the correlations that the model implies (Bollen and "
        "Stine, 1992).",
        "HI95 y HI99 provienen de remuestras de datos transformados a las correlaciones que el modelo implica "
        "(Bollen y Stine, 1992).",
    ),
    "predict": (
        "Each response was predicted by a model estimated without it, in {folds} folds and {repetitions} "
        "repetitions (Shmueli et al., 2019).",
        "Cada respuesta se predijo con un modelo estimado sin ella, en {folds} pliegues y {repetitions} "
        "repeticiones (Shmueli et al., 2019).",
    ),
    "improve": (
        "The importance–performance map sets the total effect of each predictor on an outcome against its present "
        "level from 0 to 100. Effort pays where importance is high and performance low.",
        "El mapa de importancia y desempeño muestra el efecto total de cada predictor sobre un resultado frente a "
        "su nivel actual, de 0 a 100. El esfuerzo rinde donde la importancia es alta y el desempeño bajo.",
    ),
    "comparison.rest": (
        "The figures whose verdict is not “equal” are listed in Table {number}.",
        "La tabla {number} lista las cifras cuyo veredicto no es «igual».",
    ),
    "audit": (
        "The audit uses the printed figures alone, each standing for the interval that rounds to its digits. It "
        "found {failed} contradictions among {checks} identities and searches; Table {number} lists them.",
        "La auditoría usa solo las cifras impresas; cada una representa el intervalo que redondea a sus dígitos. "
        "Halló {failed} contradicciones entre {checks} identidades y búsquedas; la tabla {number} las lista.",
    ),
    "audit.none": (
        "The audit uses the printed figures alone, each standing for the interval that rounds to its digits. None "
        "of its {checks} identities and searches fails.",
        "La auditoría usa solo las cifras impresas; cada una representa el intervalo que redondea a sus dígitos. "
        "Ninguna de sus {checks} identidades y búsquedas falla.",
    ),
    "statements": (
        "Of {count} statements of the text that the tables can decide or illustrate, {failed} fail (Table {number}).",
        "De {count} afirmaciones del texto que las tablas pueden decidir o ilustrar, {failed} no se cumplen "
        "(tabla {number}).",
    ),
    "statements.none": (
        "None of the {count} statements of the text fails that the tables can decide or illustrate.",
        "Ninguna de las {count} afirmaciones del texto que las tablas pueden decidir o ilustrar deja de cumplirse.",
    ),
    "audit.title": ("Contradictions among the printed figures", "Contradicciones entre las cifras impresas"),
    "statements.title": ("Statements that the tables contradict", "Afirmaciones que las tablas contradicen"),
    "rest.title": (
        "Printed figures that are not equal to the recomputed ones",
        "Cifras impresas que no son iguales a las recalculadas",
    ),
    # limits
    "limit.synthetic": (
        "**The responses are synthetic.** They were calibrated to the printed tables, so that figures which agree "
        "show that the printed values can occur together, not that the article's data gave them. They confirm "
        "nothing about the firms or people that the article studied.",
        "**Las respuestas son sintéticas.** Se calibraron con las tablas impresas: las cifras que coinciden "
        "muestran que los valores impresos pueden ocurrir juntos, no que los datos del artículo los dieran. No "
        "confirman nada sobre las empresas o personas que el artículo estudió.",
    ),
    "limit.unprinted": (
        "**Statistics that the article does not print** (intervals, VIF, cross-loadings, prediction and others) are "
        "those of these responses; other data with the same printed tables give others, and can decide a hypothesis "
        "otherwise.",
        "**Los estadísticos que el artículo no imprime** (intervalos, VIF, cargas cruzadas, predicción y otros) son "
        "los de estas respuestas; otros datos con las mismas tablas impresas dan otros, y pueden decidir una hipótesis "
        "de otro modo.",
    ),
    "limit.audit": (
        "**The audit names contradictions, not causes.** A printed figure can be wrong by a slip of copying, by "
        "another definition or by other data; the tables do not say which.",
        "**La auditoría señala contradicciones, no causas.** Una cifra impresa puede estar mal por un error de "
        "copia, por otra definición o por otros datos; las tablas no lo dicen.",
    ),
    "limit.size": (
        "**The sample is small**: {n} responses for {items} items. Standard errors by resampling are rough at this "
        "size.",
        "**La muestra es pequeña**: {n} respuestas para {items} ítems. Los errores estándar por remuestreo son "
        "imprecisos con este tamaño.",
    ),
    "limit.cross": (
        "**Answers given once, by choice, do not show causes.** The paths are associations in the direction that the "
        "model assumes.",
        "**Respuestas dadas una sola vez no muestran causas.** Las trayectorias son asociaciones en la dirección "
        "que el modelo supone.",
    ),
    "limit.thresholds": (
        "**Thresholds are conventions.** A mark says on which side of one a value lies, no more.",
        "**Los umbrales son convenciones.** Una marca dice de qué lado de uno cae un valor, nada más.",
    ),
}

FIGURES: Mapping[str, tuple[str, str]] = {
    "fig_1_1_cleaning_flow": ("Responses, rule by rule", "Respuestas, regla por regla"),
    "fig_1_3_responses": ("Answers to each item", "Respuestas a cada ítem"),
    "fig_2_2_loading_map": ("Loadings over the rounds of pruning", "Cargas en las rondas de depuración"),
    "fig_3_1_htmt": ("HTMT with intervals and limits", "HTMT con intervalos y límites"),
    "fig_4_1_path_diagram": ("The estimated model", "El modelo estimado"),
    "fig_4_2_bootstrap_densities": (
        "Bootstrap distributions of the path coefficients",
        "Distribuciones bootstrap de los coeficientes",
    ),
    "fig_4_4_importance_performance": ("Importance and performance", "Importancia y desempeño"),
    "fig_5_2_printed_and_recomputed": (
        "Printed against recomputed figures",
        "Cifras impresas frente a recalculadas",
    ),
}


def sentence(key: str, labels: Language, **fields: object) -> str:
    """Return a sentence of the paper with its fields filled in."""
    if key not in _SENTENCES:
        raise KeyError(f"no sentence {key!r}{nearest(key, _SENTENCES)}")
    return _SENTENCES[key][1 if labels == "es" else 0].format(**fields)


def caption(stem: str, labels: Language) -> str:
    """Return the caption of a figure."""
    return FIGURES[stem][1 if labels == "es" else 0]
