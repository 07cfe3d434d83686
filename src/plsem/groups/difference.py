"""Tests of a difference between two groups from their bootstrap draws, for all quantities at once.

None of them reads more than each group's own draws, so the two bootstraps may share their random numbers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from plsem.resampling import intervals

__all__ = ["adjusted", "henseler", "parametric", "welch"]

FloatArray = NDArray[np.float64]

ADJUSTMENTS = (
    "holm", "bonferroni", "sidak", "holm-sidak", "simes-hochberg", "hommel", "fdr_bh", "fdr_by", "none",
)  # fmt: skip
"""Names of statsmodels' ``multipletests``, and ``"none"``."""


def henseler(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    r"""Return Henseler's (2007) one-sided p that group 1 is not above group 2, and the two-sided p, each (q,).

    Parameters
    ----------
    first, second : ndarray, (B₁, q) and (B₂, q)
        Draws; NaN are left out.

    Returns
    -------
    one_sided, two_sided : ndarray, (q,)

    Notes
    -----
    One-sided: :math:`1 - \sum_i \sum_j \Theta(2 \bar b_1 - b_{1i} - 2 \bar b_2 + b_{2j}) / (B_1 B_2)`, with the
    means of the draws (Henseler, Ringle & Sinkovics 2009).  Two-sided: 2 min(p, 1 − p).

    In R: ``seminr::estimate_pls_mga``, which prints the one-sided p.

    Examples
    --------
    >>> import numpy as np
    >>> first, second = np.array([[0.5], [0.6], [0.7]]), np.array([[0.1], [0.2], [0.65]])
    >>> [p.round(3).tolist() for p in henseler(first, second)]
    [[0.111], [0.222]]
    """
    one_sided = np.full(first.shape[1], np.nan)
    for q in range(first.shape[1]):
        a, b = (x[np.isfinite(x[:, q]), q] for x in (first, second))
        if len(a) < 2 or len(b) < 2 or (not _varies(a) and not _varies(b)):
            continue
        below = np.searchsorted(np.sort(2 * b.mean() - b), 2 * a.mean() - a, side="left")
        one_sided[q] = 1 - below.sum() / (len(a) * len(b))
    return one_sided, 2 * np.minimum(one_sided, 1 - one_sided)


def parametric(
    difference: FloatArray, errors: tuple[FloatArray, FloatArray], sizes: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    r"""Return t and the two-sided p under equal standard errors (Keil et al. 2000), each (q,).

    Parameters
    ----------
    difference : ndarray, (q,)
        Estimates of group 1 − group 2.
    errors : pair of ndarray, (q,)
        Their bootstrap standard errors.
    sizes : pair of int
        Rows of each group.

    Returns
    -------
    t, p : ndarray, (q,)

    Notes
    -----
    :math:`t = d / (s \sqrt{1/n_1 + 1/n_2})`, :math:`s^2 = ((n_1-1)^2 se_1^2 + (n_2-1)^2 se_2^2) / (n_1+n_2-2)`,
    with n₁ + n₂ − 2 degrees of freedom.

    In R: ``cSEM::testMGD(.approach_mgd = "Keil")``.

    Examples
    --------
    >>> import numpy as np
    >>> t, p = parametric(np.array([0.3]), (np.array([0.1]), np.array([0.1])), (50, 60))
    >>> t.round(3), p.round(3)
    (array([2.123]), array([0.036]))
    """
    (one, two), (n1, n2) = errors, sizes
    pooled = ((n1 - 1) ** 2 * one**2 + (n2 - 1) ** 2 * two**2) / (n1 + n2 - 2)
    return _t_test(difference, np.sqrt(pooled * (1 / n1 + 1 / n2)), np.full(len(difference), n1 + n2 - 2.0))


def welch(
    difference: FloatArray, errors: tuple[FloatArray, FloatArray], sizes: tuple[int, int]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    r"""Return t, degrees of freedom and the two-sided p under unequal standard errors (Welch-Satterthwaite), (q,).

    Parameters
    ----------
    difference, errors, sizes
        As for :func:`parametric`.

    Returns
    -------
    t, degrees_of_freedom, p : ndarray, (q,)

    Notes
    -----
    With :math:`v_g = (n_g-1) se_g^2 / n_g`: :math:`t = d / \sqrt{v_1 + v_2}`, degrees of freedom
    :math:`(v_1+v_2)^2 / (v_1^2/(n_1-1) + v_2^2/(n_2-1)) - 2`, rounded (Sarstedt, Henseler & Ringle 2011; Nitzl
    2010).

    In R: ``cSEM::testMGD(.approach_mgd = "Nitzl")``.

    Examples
    --------
    >>> import numpy as np
    >>> t, df, p = welch(np.array([0.3]), (np.array([0.1]), np.array([0.1])), (50, 60))
    >>> t.round(3), df, p.round(3)
    (array([2.141]), array([105.]), array([0.035]))
    """
    v1, v2 = (se**2 * (n - 1) / n for se, n in zip(errors, sizes, strict=True))
    with np.errstate(invalid="ignore", divide="ignore"):
        df = np.round((v1 + v2) ** 2 / (v1**2 / (sizes[0] - 1) + v2**2 / (sizes[1] - 1)) - 2)
    t, p = _t_test(difference, np.sqrt(v1 + v2), df)
    return t, df, p


def adjusted(p: pd.Series, families: pd.Series, method: str) -> FloatArray:
    """Return p values adjusted for the number of tests of their family (statsmodels' ``multipletests``).

    Parameters
    ----------
    p : Series
    families : Series
        The family of each p.
    method : str
        One of statsmodels' ``multipletests``, such as ``"holm"``.

    Returns
    -------
    ndarray
        In the order of ``p``; NaN stays NaN and counts for no test.

    Notes
    -----
    In R: ``stats::p.adjust``.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics, 6,
    65–70.

    Examples
    --------
    >>> import pandas as pd
    >>> adjusted(pd.Series([0.01, 0.04, 0.04]), pd.Series(["a", "a", "b"]), "holm")
    array([0.02, 0.04, 0.04])
    """
    from statsmodels.stats.multitest import multipletests

    out = p.to_numpy(dtype=float).copy()
    for family in families.unique():
        at = np.flatnonzero((families == family).to_numpy() & np.isfinite(out))
        if len(at) > 1:  # one test needs no adjustment
            out[at] = multipletests(out[at], method=method)[1]
    return out


def _t_test(difference: FloatArray, error: FloatArray, df: FloatArray) -> tuple[FloatArray, FloatArray]:
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(error > 0, difference / error, np.nan)
    return t, np.asarray(2 * special.stdtr(df, -np.abs(t)))


def _varies(draws: FloatArray) -> bool:
    return bool(intervals.standard_deviation(draws) > 0)
