"""What codes are called: statistics, verdicts, rules and settings, in English; Spanish is in the catalogue.

Only what a table, figure or sentence looks up by a code of the data stands here.  A text that is shown at one
place stands in the code there.
"""

from __future__ import annotations

from collections.abc import Mapping

from plsem.names import nearest
from plsem.quantities import STATISTICS
from tabletext.catalogue import N_

#: Statistics, as the column ``statistic`` of a long table names them.
STATISTIC_NAMES: Mapping[str, str] = {name: row.label for name, row in STATISTICS.items()}
#: Their signs in figures and beside figures of a text.
SYMBOLS: Mapping[str, str] = {name: row.symbol for name, row in STATISTICS.items() if row.symbol}

CODES: Mapping[str, str] = {
    **STATISTIC_NAMES,
    **{f"short.{name}": symbol for name, symbol in SYMBOLS.items()},
    **N_(
        {
            "htmt_upper": "HTMT, upper end (percentile)",
            "post_hoc_power": "t as power",
            "q2_predict": "Q²predict",
            # populations of the power curves
            "normal": "normal scores",
            "respondents": "respondents",
            # what a table is about
            "construct": "Construct",
            "item": "Item",
            "constructs": "Constructs",
            "items": "Items",
            "yes": "yes",
            "no": "no",
            # verdicts on printed figures and statements
            "v.equal": "equal",
            "v.close": "close",
            "v.differ": "differs",
            "v.not recomputed": "not recomputed",
            "v.holds": "holds",
            "v.fails": "fails",
            "v.cannot be told": "cannot be told",
            "v.contradicted": "contradicted",
            # decisions on hypotheses
            "accepted": "accepted",
            "rejected": "rejected",
            "remark.opposite": "significant with the opposite sign",
            "remark.negative": "with a negative sign",
            "remark.interval_holds": "but the interval holds 0",
            "remark.interval_excludes": "but the interval excludes 0",
            # effects
            "r.path_coefficient": "Direct",
            "r.specific_indirect_effect": "Specific indirect",
            "r.indirect_effect": "Total indirect",
            "r.total_effect": "Total",
            # fit variants
            "fit.estimated": "estimated model",
            "fit.saturated": "saturated model",
            "fit.composite": "composite implied matrix",
            "fit.common_factor": "common-factor implied matrix",
            # settings of the bootstrap
            "r.percentile": "percentile",
            "r.basic": "basic",
            "r.bc": "bias-corrected",
            "r.bca": "BCa",
            "interval.bca": "BCa (Efron, 1987)",
            "interval.bc": "bias-corrected",
            "interval.percentile": "percentile",
            "interval.basic": "basic bootstrap",
            "two-sided": "two-sided",
            "one-sided": "one-sided",
            "sided.two-sided": "two-sided",
            "sided.one-sided": "one-sided",
            # settings of the estimate and of the factor analysis
            "scheme.path": "path",
            "scheme.factor": "factor",
            "scheme.centroid": "centroid",
            "extraction.minres": "minimum residuals",
            "extraction.principal_axis": "principal axes",
            "extraction.ml": "maximum likelihood",
            "correlation.pearson": "Pearson",
            "correlation.polychoric": "polychoric",
            "scope.joint": "all constructs together",
            "scope.per_construct": "construct by construct",
            "scree_components": "Components",
            "scree_factors": "Factors",
            # rules of pruning: in a table, in a figure, in a sentence
            "pr.dropped": "dropped",
            "pr.kept": "kept",
            "pr.sampling adequacy": "sampling adequacy (MSA)",
            "pr.no salient loading": "some loading is large",
            "pr.own loading": "loading on its own factor",
            "pr.own factor": "loads on its own factor most",
            "pr.cross-loading": "gap to the largest cross-loading",
            "pr.communality": "communality",
            "pr.no variance": "answers vary",
            "pruning.sampling adequacy": "MSA",
            "pruning.own loading": "own loading",
            "pruning.own factor": "on another factor, gap",
            "pruning.cross-loading": "cross-loading gap",
            "pruning.communality": "communality",
            "pruning.no variance": "no variance",
            "pruning.minimum": "kept: minimum",
            "rule.msa": "its sampling adequacy is below {limit}",
            "rule.loading": "its loading is below {limit}",
            "rule.gap": "the gap to its largest cross-loading is below {limit}",
            "rule.communality": "its communality is below {limit}",
            # rules of screening
            "policy.listwise": "listwise",
            "policy.mean": "mean",
            "policy.em": "EM",
            "rows_flagged": "{count} reported",
            "rows_blanked": "{count} set missing",
            "rows_imputed": "{count} filled in",
        }
    ),
}


def coded(code: str) -> str:
    """Return what a code is called; KeyError names the nearest code."""
    if code not in CODES:
        raise KeyError(f"no word {code!r}{nearest(code, CODES)}")
    return CODES[code]
