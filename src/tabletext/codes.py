"""What codes are called: statistics, verdicts, rules and settings, in English; Spanish is in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from plsem.names import nearest
from plsem.quantities import STATISTICS
from tabletext.catalogue import N_

CODES: Mapping[str, str] = {
    **{name: row.label for name, row in STATISTICS.items()},
    **{f"short.{name}": row.symbol for name, row in STATISTICS.items() if row.symbol},
    "t1.title": N_("Operationalisation of the variable"),
    "t1.title.own": N_("Operationalisation of the variables"),
    "t2.title": N_("Reflective measurement models: convergent and discriminant validity"),
    "t2.title.own": N_("Reflective measurement models: reliability and convergent validity"),
    "t6.title": N_("Explanatory power (R²), effect size (f²) and the global fit criterion (SRMR)"),
    "t6.title.own": N_("Explanatory power (R²), effect size (f²) and the global fit criterion (SRMR)"),
    "yes": N_("yes"),
    "no": N_("no"),
    "pr.title.kept": N_("Items that break a rule of the factor analysis"),
    "pr.title": N_("Items dropped by the factor analysis"),
    "r.exact": N_("Exact fit (bootstrap)"),
    "r.transformed": N_("Transformed data (bootstrap)"),
    "subtitle.own": N_("Analysis by partial least squares"),
    "subtitle": N_("A recomputation in Python"),
    "method.plsc": N_("consistent partial least squares (Dijkstra and Henseler, 2015)"),
    "method.pls": N_("partial least squares path modelling"),
    "audit": N_(
        "The audit uses the printed figures alone, each standing for the interval that rounds to its "
        "digits. It found {failed} contradictions among {checks} identities and searches; Table "
        "{number} lists them."
    ),
    "audit.none": N_(
        "The audit uses the printed figures alone, each standing for the interval that rounds to its "
        "digits. None of its {checks} identities and searches fails."
    ),
    "statements": N_(
        "Of {count} statements of the text that the tables can decide or illustrate, {failed} fail "
        "(Table {number})."
    ),
    "statements.none": N_(
        "None of the {count} statements of the text fails that the tables can decide or illustrate."
    ),
    "remark.opposite": N_("significant with the opposite sign"),
    "remark.negative": N_("with a negative sign"),
    "remark.interval_holds": N_("but the interval holds 0"),
    "remark.interval_excludes": N_("but the interval excludes 0"),
    "policy.listwise": N_("listwise"),
    "policy.mean": N_("mean"),
    "policy.em": N_("EM"),
    "scree_components": N_("Components"),
    "scree_factors": N_("Factors"),
    "scree_observed": N_("observed"),
    "scree_simulated_mean": N_("simulated, mean"),
    "scree_simulated_percentile": N_("simulated, {value}th percentile"),
    "scree_retain": N_("{count} above chance"),
    "scree_number": N_("Number"),
    "pruning.sampling adequacy": N_("MSA"),
    "pruning.own loading": N_("own loading"),
    "pruning.own factor": N_("on another factor, gap"),
    "pruning.cross-loading": N_("cross-loading gap"),
    "pruning.communality": N_("communality"),
    "pruning.no variance": N_("no variance"),
    "pruning.minimum": N_("kept: minimum"),
    "basis.printed": N_("From the article's printed tables alone; no survey is read."),
    "basis.simulated": N_("Samples simulated from stated population values; no survey is read."),
    "fit.estimated": N_("estimated model"),
    "fit.saturated": N_("saturated model"),
    "fit.composite": N_("composite implied matrix"),
    "fit.common_factor": N_("common-factor implied matrix"),
    "r.quantity": N_("Quantity"),
    "r.coefficient": N_("Coefficient"),
    "r.interval": N_("{level} CI"),
    "r.lower": N_("LL"),
    "r.upper": N_("UL"),
    "r.resampling": N_("SE, t, p ({sided}) and {interval} intervals from {count} bootstrap resamples."),
    "r.percentile": N_("percentile"),
    "r.basic": N_("basic"),
    "r.bc": N_("bias-corrected"),
    "r.bca": N_("BCa"),
    "r.items": N_("λ²: squared loading (indicator reliability)."),
    "r.items.title": N_("Items: loadings and weights"),
    "r.reliability": N_("Reliability and AVE are defined for reflective constructs of two items or more."),
    "r.reliability.title": N_("Internal consistency and convergent validity"),
    "r.cross": N_("✓ the item correlates most with its own construct, ✗ it does not."),
    "r.cross.title": N_("Cross-loadings"),
    "r.pair": N_("Constructs"),
    "r.below_limit": N_("Upper limit < 0.90"),
    "r.htmt": N_("✓ HTMT below 0.85, ~ up to 0.90, ✗ above. HTMT2 takes geometric means."),
    "r.htmt.title": N_("Discriminant validity: HTMT with intervals"),
    "r.se": N_("SE"),
    "r.decision": N_("Hypothesis"),
    "r.size": N_("Size"),
    "r.size.note": N_("Size of f²: small from 0.02, medium from 0.15, large from 0.35 (Cohen, 1988)."),
    "r.paths.title": N_("Structural model: paths and hypotheses"),
    "r.effect": N_("Effect"),
    "r.path_coefficient": N_("Direct"),
    "r.specific_indirect_effect": N_("Specific indirect"),
    "r.indirect_effect": N_("Total indirect"),
    "r.total_effect": N_("Total"),
    "r.effects.title": N_("Direct, indirect and total effects"),
    "r.explained": N_(
        "R² is marked against 0.10 (Falk and Miller, 1992). Q²predict above 0: better than the "
        "training means."
    ),
    "r.explained.title": N_("Explained variance and prediction"),
    "r.variant": N_("Model and implied matrix"),
    "r.statistic": N_("Statistic"),
    "r.value": N_("Value"),
    "r.fit": N_(
        "SRMR, d_ULS and d_G: distances, 0 is exact fit. The estimated model adds the paths to the "
        "measurement model."
    ),
    "r.fit.exact": N_(
        "HI95, HI99: 95th and 99th percentile where the model holds; a larger value rejects exact fit."
    ),
    "r.fit.no_test": N_(
        "HI95, HI99: 95th and 99th percentile of resamples of the data transformed to the model. "
        "They are no test of exact fit here, and p is left out: Mode A without PLSc does not give "
        "the model's own correlations back (SRMR of the transformed data: {srmr}, which would be 0)."
    ),
    "r.fit.title": N_("Model fit"),
    "r.predict.title": N_("Out-of-sample prediction of the items (PLSpredict)"),
    "r.predict": N_(
        "PLS: the path model; LM: linear regression on the exogenous items; IA: training means. ✓ "
        "where Q²predict > 0, and where PLS has the smaller error than LM."
    ),
    "r.power": N_("Predictive power"),
    "r.power.none": N_("none"),
    "r.power.low": N_("low"),
    "r.power.medium": N_("medium"),
    "r.power.high": N_("high"),
    "r.power.not assessed": N_("not assessed"),
    "r.cvpat.title": N_("Cross-validated predictive ability test (CVPAT)"),
    "r.cvpat": N_(
        "Average loss (mean squared error) of the model and of the benchmark; a negative difference "
        "favours the model (Liengaard et al., 2021; Sharma et al., 2023)."
    ),
    "r.benchmark": N_("Benchmark"),
    "r.benchmark.average": N_("Indicator average (IA)"),
    "r.benchmark.lm": N_("Linear model (LM)"),
    "r.loss": N_("Loss, model"),
    "r.benchmark_loss": N_("Loss, benchmark"),
    "r.overall": N_("Overall"),
    "s.title": N_("Screening of the responses"),
    "s.step": N_("Rule"),
    "s.parameter": N_("Setting"),
    "s.rows_in": N_("Rows in"),
    "s.dropped": N_("Dropped"),
    "s.flagged": N_("Reported"),
    "s.rows_kept": N_("Rows kept"),
    "s.reference": N_("Reference"),
    "s.note": N_("Rules in the order applied; a response is dropped by the first rule that it breaks."),
    "i.title": N_("Answers, item by item"),
    "i.n": N_("n"),
    "i.missing": N_("Missing"),
    "i.mean": N_("Mean"),
    "i.sd": N_("SD"),
    "i.median": N_("Median"),
    "i.skew": N_("Skew"),
    "i.kurtosis": N_("Kurtosis"),
    "i.floor": N_("Lowest"),
    "i.ceiling": N_("Highest"),
    "i.note": N_(
        "Skew and excess kurtosis with small-sample correction. Lowest, Highest: share of answers at "
        "either end of the scale."
    ),
    "pr.kept.note": N_(
        "Kept: the item breaks the rule, and its construct is at its smallest number of items."
    ),
    "pr.round": N_("Round"),
    "pr.action": N_("Action"),
    "pr.rule": N_("Rule"),
    "pr.limit": N_("Limit"),
    "pr.n_items_after": N_("Items left"),
    "pr.alpha_after": N_("Alpha after"),
    "pr.dropped": N_("dropped"),
    "pr.kept": N_("kept"),
    "pr.sampling adequacy": N_("sampling adequacy (MSA)"),
    "pr.no salient loading": N_("some loading is large"),
    "pr.own loading": N_("loading on its own factor"),
    "pr.own factor": N_("loads on its own factor most"),
    "pr.cross-loading": N_("gap to the largest cross-loading"),
    "pr.communality": N_("communality"),
    "pr.no variance": N_("answers vary"),
    "pr.note": N_(
        "One item is dropped in each round and the factors are extracted anew; {items} candidate "
        "items. α: of the raw answers."
    ),
    "v.title": N_("Printed and recomputed figures"),
    "v.summary": N_("Verdicts on the printed figures"),
    "v.about": N_("Of"),
    "v.cells": N_("Figures"),
    "v.all": N_("All"),
    "v.equal": N_("equal"),
    "v.close": N_("close"),
    "v.differ": N_("differs"),
    "v.impossible": N_("impossible"),
    "v.not recomputed": N_("not recomputed"),
    "v.holds": N_("holds"),
    "v.fails": N_("fails"),
    "v.cannot be told": N_("cannot be told"),
    "v.contradicted": N_("contradicted"),
    "v.note": N_(
        "Equal: rounds to the printed digits. Impossible: no data give it beside the other printed "
        "figures, or the statistic is not defined."
    ),
    "st.title": N_("The text held against the tables"),
    "st.id": N_("No."),
    "st.where": N_("Where"),
    "st.statement": N_("Statement"),
    "st.verdict": N_("Verdict"),
    "st.found": N_("Printed figures"),
    "st.remark": N_("Remark"),
    "st.note": N_("Each statement is evaluated over the printed figures."),
    "h.brief": N_("In brief"),
    "h.article": N_("What the article asks and prints"),
    "h.question": N_("The question"),
    "h.method": N_("What was done"),
    "h.data": N_("Responses"),
    "h.items": N_("Items"),
    "h.estimation": N_("Estimation"),
    "h.results": N_("Results"),
    "h.measurement": N_("Measurement model"),
    "h.structural": N_("Structural model"),
    "h.fit": N_("Fit and prediction"),
    "h.improve": N_("What to improve first"),
    "h.comparison": N_("Printed and recomputed"),
    "h.audit": N_("The audit of the printed tables"),
    "h.limits": N_("Limits"),
    "h.references": N_("References"),
    "h.appendix": N_("Appendix"),
    "article.question": N_("The question: {question}"),
    "article.cells": N_(
        "The article prints {cells} figures in {tables} tables. Here each stands beside the value "
        "recomputed from the responses described below, with a verdict: equal at the printed digits, "
        "close, different, or impossible beside the other printed figures."
    ),
    "article.hypotheses": N_("Its hypotheses and what it prints on them:"),
    "own.hypotheses": N_("The hypotheses:"),
    "article.printed": N_("printed: {figures}"),
    "rule.msa": N_("its sampling adequacy is below {limit}"),
    "rule.loading": N_("its loading is below {limit}"),
    "rule.gap": N_("the gap to its largest cross-loading is below {limit}"),
    "rule.communality": N_("its communality is below {limit}"),
    "extraction.minres": N_("minimum residuals"),
    "extraction.principal_axis": N_("principal axes"),
    "extraction.ml": N_("maximum likelihood"),
    "correlation.pearson": N_("Pearson"),
    "correlation.polychoric": N_("polychoric"),
    "scope.joint": N_("all constructs together"),
    "scope.per_construct": N_("construct by construct"),
    "scheme.path": N_("path"),
    "scheme.factor": N_("factor"),
    "scheme.centroid": N_("centroid"),
    "interval.bca": N_("BCa (Efron, 1987)"),
    "interval.bc": N_("bias-corrected"),
    "interval.percentile": N_("percentile"),
    "interval.basic": N_("basic bootstrap"),
    "sided.two-sided": N_("two-sided"),
    "sided.one-sided": N_("one-sided"),
    "fit.exact": N_(
        "HI95 and HI99 come from resamples of data transformed to the correlations that the model "
        "implies (Bollen and Stine, 1992)."
    ),
    "limit.synthetic": N_(
        "**The responses are synthetic.** They were calibrated to the printed tables, so that "
        "figures which agree show that the printed values can occur together, not that the article's "
        "data gave them. They confirm nothing about the firms or people that the article studied."
    ),
    "limit.unprinted": N_(
        "**Statistics that the article does not print** (intervals, VIF, cross-loadings, prediction "
        "and others) are those of these responses; other data with the same printed tables give "
        "others, and can decide a hypothesis otherwise."
    ),
    "limit.audit": N_(
        "**The audit names contradictions, not causes.** A printed figure can be wrong by a slip of "
        "copying, by another definition or by other data; the tables do not say which."
    ),
    "limit.size": N_(
        "**The sample is small**: {n} responses for {items} items. Standard errors by resampling are "
        "rough at this size."
    ),
    "limit.cross": N_(
        "**Answers given once, by choice, do not show causes.** The paths are associations in the "
        "direction that the model assumes."
    ),
    "limit.thresholds": N_(
        "**Thresholds are conventions.** A mark says on which side of one a value lies, no more."
    ),
    "communality": N_("Communality"),
    "correlation": N_("Correlation"),
    "standard_deviation": N_("Standard error"),
    "power": N_("Power"),
    "importance": N_("Importance"),
    "performance": N_("Performance"),
    "density": N_("Density"),
    "eigenvalue": N_("Eigenvalue"),
    "equal": N_("equal to the printed digits"),
    "close": N_("close"),
    "differ": N_("differs"),
    "impossible": N_("impossible beside the other printed cells"),
    "not recomputed": N_("not recomputed"),
    "accepted": N_("accepted"),
    "rejected": N_("rejected"),
    "supported": N_("supported"),
    "not_supported": N_("not supported"),
    "significant": N_("interval excludes 0"),
    "not_significant": N_("interval includes 0"),
    "table": N_("Table"),
    "item": N_("Item"),
    "construct": N_("Construct"),
    "hypothesis": N_("Hypothesis"),
    "path": N_("Path"),
    "estimate": N_("Estimate"),
    "mean": N_("Mean"),
    "printed": N_("Printed"),
    "recomputed": N_("Recomputed"),
    "difference": N_("Difference"),
    "verdict": N_("Verdict"),
    "interval": N_("{level} interval"),
    "threshold": N_("threshold {value}"),
    "original": N_("original sample"),
    "resamples": N_("{count} resamples"),
    "stars_note": N_("*** p < {p001}, ** p < {p01}, * p < {p05}"),
    "response_share": N_("Share of answers (%)"),
    "answers_n": N_("n = {count}"),
    "missing_share": N_("Missing answers (%)"),
    "missing_patterns": N_("Respondents by pattern of missing answers"),
    "missing_none": N_("No answer is missing"),
    "missing_incomplete": N_("{complete} of {n} respondents answered every item"),
    "missing_limit": N_("reported above {value}"),
    "rows_in": N_("{count} rows received"),
    "rows_kept": N_("{count} rows kept"),
    "rows_flagged": N_("{count} reported"),
    "rows_blanked": N_("{count} set missing"),
    "kept_if": N_("kept if {limit}"),
    "rows_imputed": N_("{count} filled in"),
    "pruning_round": N_("Round"),
    "pruning_dropped": N_("dropped"),
    "own_loading": N_("Loading on own factor"),
    "htmt_strict": N_("{value} (conceptually distinct constructs)"),
    "htmt_liberal": N_("{value} (conceptually similar constructs)"),
    "importance_of": N_("Importance for {target}"),
    "importance_note": N_("Importance: unstandardised total effect."),
    "performance_scale": N_("Performance (0–100)"),
    "average": N_("average"),
    "constructs": N_("Constructs"),
    "items": N_("Items"),
    "dots_decision": N_("A decision that differs stands at the edge."),
    "attainable": N_("found by search with the other figures held (at least)"),
    "attainable_axis": N_("Value"),
    "attainable_inside": N_("printed, within"),
    "attainable_outside": N_("printed, out of reach"),
    "dots_note": N_(
        "Axis: recomputed minus printed, in units of the last printed digit; linear to ±1, "
        "logarithmic beyond, at the edge from ±1000. Grey band: rounding interval of the printed "
        "value. A statistic that is not defined has a mark on the line at 0."
    ),
    "ensemble_range": N_("all"),
    "post_hoc_power": N_("t as power"),
    "htmt_upper": N_("HTMT, upper end (percentile)"),
    "q2_predict": N_("Q²predict"),
    "normal": N_("normal scores"),
    "respondents": N_("respondents"),
    "ensemble_middle": N_("middle {level}"),
    "ensemble_median": N_("median"),
    "ensemble_count": N_("{count} data sets that reach the printed cells"),
    "power_note": N_("Bands: 95% intervals of the simulated shares."),
    "power_target": N_("power {value}"),
    "latent": N_("Latent variable"),
    "indicators": N_("Indicators"),
    "items_share": N_("Items"),
    "item_or_indicator": N_("Item or indicator"),
    "factor_loading": N_("Factor loading"),
    "composite": N_("Composite reliability"),
    "alpha": N_("Cronbach's alpha"),
    "hypothesis_path": N_("Hypothesis"),
    "beta": N_("Path coefficient β"),
    "t": N_("Student's t (bootstrap)"),
    "p": N_("p-value"),
    "latent_paths": N_("Latent variables (constructs)"),
    "two-sided": N_("two-sided"),
    "one-sided": N_("one-sided"),
}


def coded(code: str) -> str:
    """Return what a code is called; KeyError names the nearest code."""
    if code not in CODES:
        raise KeyError(f"no word {code!r}{nearest(code, CODES)}")
    return CODES[code]
