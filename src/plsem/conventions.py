"""Which definitions programs take where they differ: one row each.

Those without ``statistics`` act on everything, the others on single statistics.
:mod:`plsem.under_conventions` computes figures under each, ``docs/definitions.md`` says which program takes which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plsem.names import N_
from plsem.quantities import FIT

__all__ = ["CONVENTIONS", "RESAMPLED", "Convention"]


@dataclass(frozen=True, slots=True)
class Convention:
    """A choice that programs make differently.

    Parameters
    ----------
    name, label : str
    options : mapping of str to str
        Option → label, this project's own first.
    statistics : tuple of str
        What it acts on; empty for everything.
    """

    name: str
    label: str
    options: Mapping[str, str]
    statistics: tuple[str, ...] = ()


RESAMPLED = ("standard_error", "t_statistic", "ci_lower", "ci_upper")
"""What is printed of a bootstrap, beside p and decisions."""
_FIT = tuple(sorted(FIT))
_ROWS = (
    Convention(
        "missing", N_("Missing answers"),
        N_({"listwise": "rows with a gap left out", "mean": "the item's mean",
            "block_mean": "the item's mean, rows without any answer to a construct left out",
            "em": "expected by EM from the row's other answers",
            "pairwise": "correlations of the pairs that there are"}),
    ),
    Convention(
        "scaling", N_("Scaling of the items"),
        N_({"standardised": "each standardised", "pooled": "all over one pooled standard deviation",
            "raw": "as they are"}),
    ),
    Convention("scheme", N_("Weighting scheme"), N_({"path": "path", "factor": "factor", "centroid": "centroid"})),
    Convention(
        "estimator", N_("Estimator"),
        N_({"PLS": "PLS, modes of the model", "PLSc": "PLSc", "Mode A": "PLS, Mode A throughout",
            "Mode B": "PLS, Mode B throughout"}),
    ),
    Convention(
        "divisor", N_("Variances of items and scores"),
        N_({"same": "one divisor for both, n or n − 1", "n-1/n": "of items over n − 1, of scores over n",
            "n/n-1": "of items over n, of scores over n − 1"}),
    ),
    Convention(
        "signs", N_("Sign of a construct"),
        N_({"sum": "sum of its loadings positive", "algorithm": "as initial weights of 1 leave it",
            "majority": "most of its loadings positive, weights not turned"}),
    ),
    Convention(
        "product", N_("Product of constructs"),
        N_({"two_stage": "of scores (two stages)", "product_indicator": "of items",
            "orthogonal": "of items, orthogonalised"}),
    ),
    Convention(
        "cronbach_alpha", N_("Cronbach's alpha"),
        N_({"standardised": "from correlations (standardised)", "raw": "from covariances (raw)"}), ("cronbach_alpha",),
    ),
    Convention(
        "rho_c", N_("Composite reliability rho_C"),
        N_({"loadings": "from the loadings", "first_component": "from the first principal component"}), ("rho_c",),
    ),
    Convention(
        "composite_reliability", N_("Composite reliability (as printed)"),
        N_({"rho_c": "rho_C", "rho_a": "rho_A", "first_component": "from the first principal component"}),
        ("composite_reliability",),
    ),
    Convention(
        "htmt", N_("HTMT"),
        N_({"absolute": "of absolute correlations", "signed": "of signed correlations", "htmt2": "HTMT2"}), ("htmt",),
    ),
    Convention(
        "correlations", N_("Correlations and VIF of constructs"),
        N_({"constructs": "of the estimator's constructs", "scores": "of the scores, also under PLSc"}),
        ("construct_correlation", "inner_vif"),
    ),
    Convention("r_squared", N_("R²"), N_({"plain": "plain", "adjusted": "adjusted"}), ("r_squared",)),
    Convention(
        "f_squared", N_("f²"),
        N_({"fixed": "scores fixed", "reestimated": "model estimated again without the path"}), ("f_squared",),
    ),
    Convention(
        "interaction", N_("Path of a product"),
        N_({"standardised": "product standardised again", "unit": "per unit of the product"}), ("path_coefficient",),
    ),
    Convention(
        "fit_variant", N_("Model behind the fit"),
        N_({"saturated/composite": "saturated, composites", "estimated/composite": "estimated, composites",
            "saturated/common_factor": "saturated, common factors",
            "estimated/common_factor": "estimated, common factors",
            "empirical/composite": "estimated with the residual variances of the scores, composites",
            "empirical/common_factor": "estimated with the residual variances of the scores, common factors"}), _FIT,
    ),
    Convention(
        "srmr", N_("SRMR"),
        N_({"diagonal": "diagonal counted", "no_diagonal": "diagonal not counted"}), ("srmr",),
    ),
    Convention("d_g", N_("d_G"), N_({"e": "natural logarithms", "10": "logarithms to base 10"}), ("d_g",)),
    Convention("chi_square", N_("χ²"), N_({"n-1": "(n − 1) F", "n": "n F"}), ("chi_square",)),
    Convention("tails", N_("Tails of p"), N_({"2": "two-sided", "1": "one-sided"}), ("p_value",)),
    Convention(
        "reference", N_("Distribution of p"),
        N_({"resamples": "Student's t, resamples − 1", "normal": "normal", "rows": "Student's t, n − 1"}), ("p_value",),
    ),
    Convention(
        "sign_changes", N_("Signs of the resamples"),
        N_({"none": "left as they fall", "construct": "turned by whole constructs",
            "individual": "set to the estimate's, one by one"}), RESAMPLED,
    ),
    Convention(
        "inadmissible", N_("Inadmissible resamples"),
        N_({"left_out": "left out of the draws", "kept": "kept among the draws"}), RESAMPLED,
    ),
    Convention(
        "interval", N_("Confidence interval"),
        N_({"percentile": "percentile", "bca": "bias-corrected and accelerated", "bc": "bias-corrected",
            "basic": "basic (reflected)", "normal": "normal, about the estimate less its bias"}),
        ("ci_lower", "ci_upper"),
    ),
)  # fmt: skip

CONVENTIONS: Mapping[str, Convention] = {row.name: row for row in _ROWS}
"""Every convention by its name."""
