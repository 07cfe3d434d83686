"""Missing answers: EM estimates of mean and covariance, imputation, Little's MCAR test.

Arrays in, arrays out; NaN marks a missing answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from plsem.names import Said

__all__ = ["EmResult", "McarTest", "em", "fill", "little_mcar"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EmResult:
    """Maximum-likelihood mean and covariance of incomplete normal data.

    Attributes
    ----------
    mean : (p,) array
    covariance : (p, p) array
        Divided by n, as maximum likelihood has it.
    completed : (n, p) array
        The data with each missing value replaced by its expectation given the row's other values.
    iterations : int
    converged : bool
    """

    mean: Array
    covariance: Array
    completed: Array
    iterations: int
    converged: bool


def em(data: Array, *, tolerance: float = 1e-8, max_iterations: int = 5_000) -> EmResult:
    """Estimate mean and covariance from incomplete rows (Dempster, Laird & Rubin, 1977).

    Parameters
    ----------
    data : (n, p) array
        NaN where missing; rows without any value are left out of the estimate and completed by the mean.
    tolerance : float
        Largest change of a mean or covariance, in units of the items' standard deviations.
    max_iterations : int

    Returns
    -------
    EmResult

    Raises
    ------
    ValueError
        If a column has fewer than two values, or none that differ.

    Notes
    -----
    In R: ``norm::em.norm``.

    Examples
    --------
    >>> import numpy as np
    >>> data = np.array([[1, 2], [2, 1], [3, 4], [4, 3], [5, np.nan]])
    >>> found = em(data)
    >>> found.mean.round(2), found.converged
    (array([3. , 2.8]), True)
    """
    x = np.asarray(data, dtype=float)
    gone = np.isnan(x)
    lowest = np.where(gone, np.inf, x).min(axis=0)
    highest = np.where(gone, -np.inf, x).max(axis=0)
    bad = np.flatnonzero(~(lowest < highest))
    if bad.size:
        raise ValueError(
            Said(
                "column {column} does not have two different values: EM cannot estimate it",
                column=int(bad[0]) + 1,
            )
        )
    groups = _patterns(gone)
    used = [(missing, rows) for missing, rows in groups if not missing.all()]
    n = sum(len(rows) for _, rows in used)
    mean = np.nanmean(x, axis=0)
    covariance = np.diag(np.nanvar(x, axis=0))
    scale = np.sqrt(np.diag(covariance))
    converged = False
    iteration = 0
    while not converged and iteration < max_iterations:
        iteration += 1
        filled = np.empty_like(x)
        extra = np.zeros_like(covariance)
        for missing, rows in used:
            expectation, spread = _expected(x[rows], missing, mean, covariance)
            filled[rows] = expectation
            extra += len(rows) * spread
        rows_used = np.concatenate([rows for _, rows in used])
        part = filled[rows_used]
        new_mean = part.mean(axis=0)
        centred = part - new_mean
        new_covariance = (centred.T @ centred + extra) / n
        change = max(
            float(np.abs((new_mean - mean) / scale).max()),
            float(np.abs((new_covariance - covariance) / np.outer(scale, scale)).max()),
        )
        mean, covariance = new_mean, new_covariance
        converged = change < tolerance
    completed = x.copy()
    for missing, rows in groups:
        completed[rows] = mean if missing.all() else _expected(x[rows], missing, mean, covariance)[0]
    return EmResult(mean, covariance, completed, iteration, converged)


def fill(data: Array, policy: Literal["mean", "em"]) -> tuple[Array, bool]:
    """Replace missing values by the column's mean, or by their EM expectation given the row's other values.

    Both understate variances, the mean also correlations (Little & Rubin, 2019).

    Parameters
    ----------
    data : (n, p) array
        NaN where missing.
    policy : {"mean", "em"}

    Returns
    -------
    completed : (n, p) array
    converged : bool
        True for the mean.

    Raises
    ------
    ValueError
        If a column has no value at all.

    Notes
    -----
    In R: ``seminr::mean_replacement`` for the mean.

    Examples
    --------
    >>> import numpy as np
    >>> completed, converged = fill(np.array([[1, 2], [2, 1], [3, 4], [4, 3], [5, np.nan]]), "mean")
    >>> completed[-1]
    array([5. , 2.5])
    """
    x = np.asarray(data, dtype=float)
    gone = np.isnan(x)
    empty = np.flatnonzero(gone.all(axis=0))
    if empty.size:
        raise ValueError(f"column {int(empty[0]) + 1} has no value: it cannot be filled in")
    completed = np.where(gone, np.nanmean(x, axis=0), x)
    if policy == "mean" or not gone.any():
        return completed, True
    # A column that does not vary has no covariance to estimate; its gaps are its one value.
    varies = np.nanmin(x, axis=0) < np.nanmax(x, axis=0)
    found = em(x[:, varies])
    completed[:, varies] = found.completed
    return completed, found.converged


def _patterns(gone: NDArray[np.bool_]) -> list[tuple[NDArray[np.bool_], NDArray[np.intp]]]:
    """Group rows by which columns they miss."""
    patterns, which = np.unique(gone, axis=0, return_inverse=True)
    which = which.ravel()
    return [(patterns[i], np.flatnonzero(which == i)) for i in range(len(patterns))]


def _expected(rows: Array, missing: NDArray[np.bool_], mean: Array, covariance: Array) -> tuple[Array, Array]:
    """Return the rows' expectation given what they have, and the covariance of what they have not."""
    spread = np.zeros_like(covariance)
    if not missing.any():
        return rows, spread
    there = ~missing
    # Least squares rather than an inverse: few rows make the covariance singular.
    slope = np.linalg.lstsq(covariance[np.ix_(there, there)], covariance[np.ix_(there, missing)], rcond=None)[
        0
    ]
    filled = rows.copy()
    filled[:, missing] = mean[missing] + (rows[:, there] - mean[there]) @ slope
    spread[np.ix_(missing, missing)] = (
        covariance[np.ix_(missing, missing)] - covariance[np.ix_(missing, there)] @ slope
    )
    return filled, spread


@dataclass(frozen=True, slots=True)
class McarTest:
    """Little's test.

    Attributes
    ----------
    chi_square : float
    df : int
        Degrees of freedom.
    p_value : float
        Of the upper tail.
    n_patterns : int
        Patterns of missing answers.
    """

    chi_square: float
    df: int
    p_value: float
    n_patterns: int


def little_mcar(data: Array) -> McarTest:
    """Test that answers are missing completely at random (Little, 1988).

    ``d² = Σ n_j (m_j - μ_j)ᵀ Σ_j⁻¹ (m_j - μ_j)`` over the patterns j of missing answers, with the means m_j of the
    answers that the pattern has, and the EM estimates μ and Σ; ``Σ p_j - p`` degrees of freedom.  Σ is the
    maximum-likelihood one, with divisor n; with n - 1 d² would be (n - 1)/n of this.

    Parameters
    ----------
    data : (n, p) array
        NaN where missing; rows without any value are left out.

    Returns
    -------
    McarTest

    Raises
    ------
    ValueError
        If nothing is missing, or there are too few rows to estimate the covariance.

    Notes
    -----
    In R: ``naniar::mcar_test``.

    Examples
    --------
    >>> import numpy as np
    >>> data = np.random.default_rng(1).normal(size=(100, 2))
    >>> data[:10, 0] = np.nan
    >>> round(little_mcar(data).p_value, 2)
    0.46
    """
    x = np.asarray(data, dtype=float)
    x = x[~np.isnan(x).all(axis=1)]
    n, p = x.shape
    gone = np.isnan(x)
    if not gone.any():
        raise ValueError(Said("nothing is missing: there is no pattern to test"))
    if n <= p + 1:
        raise ValueError(
            Said("Little's test needs more rows than items + 1, found {n} rows and {p} items", n=n, p=p)
        )
    found = em(x)
    if not found.converged:
        raise ValueError(Said("the EM estimates did not converge: Little's test is not given"))
    if np.linalg.cond(found.covariance) > 1e12:
        raise ValueError(Said("the covariance estimated by EM is singular: Little's test is not given"))
    groups = _patterns(gone)
    chi_square, parameters = 0.0, 0
    for missing, rows in groups:
        there = ~missing
        difference = x[np.ix_(rows, np.flatnonzero(there))].mean(axis=0) - found.mean[there]
        chi_square += len(rows) * float(
            difference @ np.linalg.solve(found.covariance[np.ix_(there, there)], difference)
        )
        parameters += int(there.sum())
    df = parameters - p
    if df < 1:
        raise ValueError(Said("too few patterns of missing answers for a test"))
    return McarTest(chi_square, df, float(stats.chi2.sf(chi_square, df)), len(groups))
