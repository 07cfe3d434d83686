"""Indices of careless or unusual answering, one value a respondent: longest run, variability, distance.

Arrays in, arrays out; NaN marks a missing answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from plsem.names import Said
from surveypls.survey.answers import Array


def longest_run(values: Array) -> NDArray[np.int64]:
    """Length of each row's longest run of one answer; missing answers are passed over (Johnson, 2005)."""
    longest = np.zeros(len(values), dtype=np.int64)
    run = np.zeros(len(values), dtype=np.int64)
    last = np.full(len(values), np.nan)
    for column in values.T:
        given = ~np.isnan(column)
        run = np.where(given, np.where(column == last, run + 1, 1), run)
        last = np.where(given, column, last)
        longest = np.maximum(longest, run)
    return longest


def response_variability(values: Array) -> Array:
    """Intra-individual response variability, the standard deviation (n - 1) of each row's answers.

    NaN for a row with fewer than two answers (Dunn et al., 2018).
    """
    given = ~np.isnan(values)
    n = given.sum(axis=1)
    total = np.where(given, values, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(given, values - (total / n)[:, None], 0.0)
        return np.asarray(np.where(n > 1, np.sqrt((centred**2).sum(axis=1) / (n - 1)), np.nan))


def mahalanobis(values: Array) -> tuple[Array, Array]:
    """Squared Mahalanobis distance of each row from the mean, and its chi-square p-value (p degrees of freedom).

    Parameters
    ----------
    values : (n, p) array
        Complete rows.

    Raises
    ------
    ValueError
        If the rows are too few, or the covariance matrix is singular.
    """
    n, p = values.shape
    if n <= p + 1:
        raise ValueError(
            Said(
                "Mahalanobis distances need {least} complete rows, found {n} rows for {p} items",
                least=p + 2,
                n=n,
                p=p,
            )
        )
    centred = values - values.mean(axis=0)
    covariance = centred.T @ centred / (n - 1)
    if np.linalg.matrix_rank(covariance, hermitian=True) < p:
        raise ValueError(
            Said(
                "Mahalanobis distances are not defined: among the {p} items some follow from the others", p=p
            )
        )
    squared = np.einsum("ij,ij->i", centred, np.linalg.solve(covariance, centred.T).T)
    return squared, np.asarray(stats.chi2.sf(squared, p))
