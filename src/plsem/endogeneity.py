"""Endogeneity by Gaussian copulas: whether a predictor is correlated with what its regression leaves out.

A copula term Φ⁻¹(H(x)), H the distribution of the predictor's scores, stands in for that part.  It can be told from the
predictor only where this is not normal, and only with many rows: both are checked first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from plsem.estimator import scores
from plsem.names import N_, Said, check_share, named_options, nearest
from plsem.resampling import intervals
from plsem.resampling.moments import BLOCK, block_generator, counts_of_indices
from plsem.resampling.replicates import STREAM_BOOTSTRAP
from plsem.solution import Estimate

__all__ = ["CopulaResult", "copula_terms", "gaussian_copula"]

FloatArray = NDArray[np.float64]

#: Fewer rows are not tested, unless said otherwise; there is no agreed line.
SMALLEST_N = 200
#: Why a predictor cannot be tested.
REASONS = N_(
    (
        "{values} different scores; the term needs a continuous predictor",
        "{n} rows, expected at least {needed}",
        "normality is not rejected (p = {p}), so the term cannot be told from the predictor",
    )
)


@dataclass(frozen=True, slots=True, repr=False)
class CopulaResult:
    """Gaussian copula terms of the structural regressions.

    Parameters
    ----------
    requirements : DataFrame
        One row a predictor: ``construct``, ``n``, ``skewness``, ``excess_kurtosis``, ``ks_statistic`` and
        ``ks_p_value`` (Kolmogorov-Smirnov with Lilliefors' correction), ``n_values`` (different scores), ``usable``,
        ``reason`` (why not).
    terms : DataFrame
        One row a copula term: ``target``, ``terms`` (the predictors whose terms stand in the regression together,
        ``" + "`` between them), ``construct``, ``coefficient`` of the term, ``standard_deviation``, ``p_value``,
        ``lower``, ``upper`` (percentile), ``detectable`` (the smallest coefficient that so large a standard error
        finds with a power of 0.80, 2.8 times it), ``path_without`` and ``path_with`` it, ``endogenous`` (p below
        alpha).
    n_resamples : int
    """

    requirements: pd.DataFrame
    terms: pd.DataFrame
    n_resamples: int

    def describe(self) -> str:
        """Say in a sentence or two what could be tested and what was found."""
        usable = list(self.requirements.loc[self.requirements["usable"], "construct"])
        refused = self.requirements[~self.requirements["usable"]]
        parts = [f"{r.construct}: {r.reason}" for r in refused.itertuples()]
        text = f"Gaussian copula terms ({self.n_resamples:,} resamples). "
        if not usable:
            return text + f"Nothing can be tested: {'; '.join(parts)}."
        found = list(dict.fromkeys(self.terms.loc[self.terms["endogenous"], "construct"]))
        text += f"Tested: {', '.join(usable)}; " + (
            f"significant for {', '.join(found)}." if found else "none is significant."
        )
        return text + (f" Not tested: {'; '.join(parts)}." if parts else "")

    def __repr__(self) -> str:
        tables = [self.requirements, self.terms] if len(self.terms) else [self.requirements]
        shown = [t.to_string(index=False, float_format=lambda v: f"{v:.3f}") for t in tables]
        return "\n\n".join([self.describe(), *shown])


@named_options
def gaussian_copula(
    data: pd.DataFrame | ArrayLike,
    estimate: Estimate,
    *,
    seed: int,
    targets: list[str] | None = None,
    n_resamples: int = 5000,
    smallest_n: int = SMALLEST_N,
    alpha: float = 0.05,
) -> CopulaResult:
    r"""Test predictors for endogeneity by Gaussian copula terms.

    Parameters
    ----------
    data : DataFrame or array_like, (n, p)
        The answers that were estimated on.
    estimate : Estimate
        Of one sample; its construct scores are taken as they are.
    seed : int
    targets : list of str, optional
        Endogenous constructs; default all.
    n_resamples : int
        Of the rows, for the terms' standard errors; the terms are formed anew in each.
    smallest_n : int
        Fewer rows are not tested.  No line is agreed on: with an intercept the terms are biased and of little power in
        small samples (Becker, Proksch & Ringle 2022); read ``detectable`` beside it.
    alpha : float
        A predictor whose normality Lilliefors' test does not reject at this level is not tested.

    Returns
    -------
    CopulaResult

    Raises
    ------
    ValueError
        For a construct that no path leads to, or an option out of range.

    Notes
    -----
    For a target y with predictors x,
    :math:`y = b_0 + \sum_j b_j x_j + \sum_{j \in E} c_j \Phi^{-1}(H_j(x_j)) + e`, with
    :math:`H(x_i)` the number of rows up to :math:`x_i` over n + 1, once for each usable predictor alone and once
    for all of them together; :math:`c_j \ne 0` says that x_j is endogenous (Park & Gupta 2012, Marketing Science 31,
    567–586; with PLS: Hult et al. 2018, Journal of International Marketing 26, 1–21).

    In R: ``REndo::copulaCorrection`` on the scores, which treats the largest H in another way.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> rng = np.random.default_rng(1)
    >>> x = rng.exponential(size=300)
    >>> data = pd.DataFrame({"x": x, "y": x + rng.normal(size=300)})
    >>> fitted = plsem.fit(data, plsem.Model.from_text("X =~ x; Y =~ y; Y ~ X"))
    >>> found = gaussian_copula(data, fitted, seed=1, n_resamples=200)
    >>> found.terms[["target", "terms", "endogenous"]]
      target terms  endogenous
    0      Y     X       False
    """
    model = estimate.model
    ends = [model.constructs[t] for t in model.endogenous]
    for name in targets or ():
        if name not in ends:
            raise ValueError(f"targets: no path leads to {name!r}{nearest(name, ends)}")
    if n_resamples < 2 or seed < 0:
        raise ValueError(
            f"expected n_resamples of at least 2 and a seed of at least 0, found {n_resamples} and {seed}"
        )
    check_share("alpha", alpha)
    y = scores(data, estimate).round(10)  # equal answers give scores that only rounding tells apart
    y = y[np.lexsort(y.T[::-1])]  # what a seed draws does not depend on the rows' order
    products = {name for name, _ in estimate.described.products}
    wanted = [model.position(name) for name in (ends if targets is None else targets)]
    sources = sorted(set(chain.from_iterable(model.predecessors[t] for t in wanted)))
    rows = [
        _requirements(model.constructs[s], y[:, s], smallest_n, alpha)
        for s in sources
        if model.constructs[s] not in products
    ]
    requirements = pd.DataFrame(rows)
    usable = set(requirements.loc[requirements["usable"], "construct"])
    terms = []
    for t in wanted:
        own = list(model.predecessors[t])
        able = [s for s in own if model.constructs[s] in usable]
        for chosen in [[s] for s in able] + ([able] if len(able) > 1 else []):
            terms += _regression(y, t, own, chosen, model.constructs, seed, n_resamples, alpha)
    columns = [
        "target", "terms", "construct", "coefficient", "standard_deviation", "p_value", "lower", "upper", "detectable",
        "path_without", "path_with", "endogenous",
    ]  # fmt: skip
    table = pd.DataFrame(terms, columns=columns).astype({"endogenous": bool})
    return CopulaResult(requirements, table, n_resamples)


def _requirements(name: str, x: FloatArray, smallest_n: int, alpha: float) -> dict[str, object]:
    from statsmodels.stats.diagnostic import lilliefors

    statistic, p = lilliefors(x)
    p = round(float(p), 9)  # from a table that ends at 0.001: not below it by rounding
    values = len(np.unique(x))
    discrete, few, normal = REASONS
    reason = ""
    if values < 5:  # H of so few steps is no distribution of a continuous predictor
        reason = Said(discrete, values=values)
    elif len(x) < smallest_n:
        reason = Said(few, n=len(x), needed=smallest_n)
    elif p >= alpha:
        reason = Said(normal, p=f"{p:.3f}")
    return {
        "construct": name,
        "n": len(x),
        "skewness": float(stats.skew(x)),
        "excess_kurtosis": float(stats.kurtosis(x)),
        "ks_statistic": float(statistic),
        "ks_p_value": float(p),
        "n_values": values,
        "usable": not reason,
        "reason": reason,
    }


def _regression(
    y: FloatArray,
    target: int,
    sources: list[int],
    chosen: list[int],
    names: tuple[str, ...],
    seed: int,
    n_resamples: int,
    alpha: float,
) -> list[dict[str, object]]:
    """Return the copula terms of one regression."""
    n = len(y)
    fixed = np.column_stack([np.ones(n), y[:, sources]])
    whole = np.ones((1, n))
    without = _coefficients(fixed, y[:, target], whole, [])[0]
    columns = [y[:, s] for s in chosen]
    found = _coefficients(fixed, y[:, target], whole, columns)[0]
    draws = np.empty((n_resamples, len(found)))
    for block, start in enumerate(range(0, n_resamples, BLOCK)):
        size = min(BLOCK, n_resamples - start)
        rng = block_generator(seed, STREAM_BOOTSTRAP, block)
        counts = np.empty((size, n))
        counts_of_indices(rng.integers(0, n, size=(size, n)), n, counts)
        draws[start : start + size] = _coefficients(fixed, y[:, target], counts, columns)
    deviation = intervals.standard_deviation(draws.T)
    p = intervals.p_value(found, deviation, degrees_of_freedom=n_resamples - 1.0)
    lower, upper = intervals.interval_bounds(
        draws.T, found, interval="percentile", confidence_level=1 - alpha
    )
    rows = []
    for place, s in enumerate(chosen):
        c, b = fixed.shape[1] + place, 1 + sources.index(s)
        rows.append(
            {
                "target": names[target],
                "terms": " + ".join(names[j] for j in chosen),
                "construct": names[s],
                "coefficient": found[c],
                "standard_deviation": deviation[c],
                "p_value": p[c],
                "lower": lower[c],
                "upper": upper[c],
                "detectable": (special.ndtri(0.975) + special.ndtri(0.8)) * deviation[c],
                "path_without": without[b],
                "path_with": found[b],
                "endogenous": bool(p[c] < alpha),
            }
        )
    return rows


def _coefficients(
    fixed: FloatArray, target: FloatArray, counts: FloatArray, columns: list[FloatArray]
) -> FloatArray:
    """Return the regression of resamples given as counts, (b, m): fixed columns, then the copula terms of some."""
    b, n = counts.shape
    design = np.empty((b, n, fixed.shape[1] + len(columns)))
    design[:, :, : fixed.shape[1]] = fixed
    for place, x in enumerate(columns):
        design[:, :, fixed.shape[1] + place] = copula_terms(x, counts)
    weighted = design * counts[:, :, None]
    left = np.matmul(weighted.transpose(0, 2, 1), design)
    right = np.matmul(weighted.transpose(0, 2, 1), target[:, None])
    return np.asarray(np.linalg.solve(left, right)[..., 0])


def copula_terms(x: FloatArray, counts: FloatArray) -> FloatArray:
    r"""Return :math:`\Phi^{-1}(H(x))` in resamples given as counts, (b, n): H is the share of rows up to x, of n + 1.

    Parameters
    ----------
    x : ndarray, (n,)
        A predictor's scores.
    counts : ndarray, (b, n)
        How often each row stands in each resample.

    Returns
    -------
    ndarray, (b, n)

    References
    ----------
    Park, S., & Gupta, S. (2012). Handling endogenous regressors by joint estimation using copulas. Marketing Science,
    31(4), 567–586.

    Examples
    --------
    >>> copula_terms(np.array([3.0, 1.0, 2.0]), np.ones((1, 3))).round(3)
    array([[ 0.674, -0.674,  0.   ]])
    """
    values, place = np.unique(x, return_inverse=True)
    sums = np.zeros((len(counts), len(values)))
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(len(values)))
    sums = np.add.reduceat(counts[:, order], starts, axis=1)
    share = np.cumsum(sums, axis=1) / (counts.sum(axis=1, keepdims=True) + 1)
    # Rows below the smallest that a resample drew have no weight in it; any finite value will do.
    return np.asarray(special.ndtri(np.maximum(share, 1 / (len(x) + 1)))[:, place])
