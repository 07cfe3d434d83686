"""Correlations between items: Pearson or polychoric, checked, and smoothed where they must be inverted."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from ordinalcorr import polychoric

from plsem.efa.extraction import Array
from plsem.names import Said

__all__ = ["EfaError", "correlation_matrix", "smooth"]

Correlation = Literal["pearson", "polychoric"]

#: A smaller eigenvalue is 0 to rounding, or negative: the matrix has no inverse.
SINGULAR = 1e-10
#: What such eigenvalues are raised to.
EIGENVALUE_FLOOR = 1e-4


class EfaError(ValueError):
    """The data or the settings do not allow a factor analysis; the message says why."""


def smooth(correlations: Array, *, floor: float = EIGENVALUE_FLOOR) -> tuple[Array, bool]:
    """Make a correlation matrix positive definite: raise small eigenvalues to ``floor``, rescale to unit diagonal.

    Pairwise estimates such as polychoric correlations need not fit together (Wothke, 1993).  A matrix that is
    positive definite stays as it is, however small its eigenvalues.

    Parameters
    ----------
    correlations : (p, p) array
        Symmetric, with a unit diagonal.
    floor : float
        Eigenvalues below it are raised to it.

    Returns
    -------
    correlations : (p, p) array
    smoothed : bool
        False, and the matrix as it came, if it was positive definite.

    Notes
    -----
    In R: ``psych::cor.smooth``, whose floor is lower.

    Examples
    --------
    >>> import numpy as np
    >>> mended, smoothed = smooth(np.array([[1, 0.9, 0.1], [0.9, 1, 0.9], [0.1, 0.9, 1]]))
    >>> smoothed, mended.round(2)
    (True, array([[1.  , 0.76, 0.15],
           [0.76, 1.  , 0.76],
           [0.15, 0.76, 1.  ]]))
    """
    values, vectors = np.linalg.eigh(correlations)
    if values[0] >= SINGULAR:
        return correlations, False
    raised = (vectors * np.maximum(values, floor)) @ vectors.T
    scale = 1.0 / np.sqrt(np.diag(raised))
    result = raised * np.outer(scale, scale)
    result = (result + result.T) / 2
    np.fill_diagonal(result, 1.0)
    return result, True


def correlation_matrix(data: pd.DataFrame, *, method: Correlation = "pearson") -> pd.DataFrame:
    """Correlate complete numeric columns.

    Parameters
    ----------
    data : DataFrame (n, p)
        Complete answers.
    method : {"pearson", "polychoric"}
        Polychoric correlations take each answer for a cut of a normal variable and are estimated pair by pair in
        two steps, thresholds first (Olsson, 1979; package ordinalcorr).  The matrix is not smoothed here.

    Returns
    -------
    DataFrame (p, p)

    Raises
    ------
    EfaError
        If a value is missing or a column does not vary.

    Notes
    -----
    In R: ``cor``, ``psych::polychoric``.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 4, 3, 5]})
    >>> correlation_matrix(data).round(2)
         a    b
    a  1.0  0.8
    b  0.8  1.0
    """
    check_complete(data)
    if method == "pearson":
        return pd.DataFrame(
            np.corrcoef(data.to_numpy(dtype=float), rowvar=False), index=data.columns, columns=data.columns
        )
    if method != "polychoric":
        raise EfaError(f"correlation must be 'pearson' or 'polychoric', found {method!r}")
    # Codes 0, 1, … of the answers that occur: an answer that nobody gave has no threshold.
    codes = [np.unique(data[c].to_numpy(), return_inverse=True)[1] for c in data.columns]
    p = len(codes)
    r = np.eye(p)
    for i in range(p):
        for j in range(i):
            r[i, j] = r[j, i] = polychoric(codes[i], codes[j])
    if not np.isfinite(r).all():
        i, j = np.argwhere(~np.isfinite(r))[0]
        raise EfaError(
            Said(
                "no polychoric correlation between {one} and {two}; use pearson",
                one=data.columns[i],
                two=data.columns[j],
            )
        )
    return pd.DataFrame(r, index=data.columns, columns=data.columns)


def check_complete(data: pd.DataFrame) -> None:
    """Raise EfaError, naming the columns, where an answer is missing or a column does not vary."""
    if len(data) < 3:
        raise EfaError(Said("factor analysis needs at least 3 complete rows, found {n}", n=len(data)))
    gaps = [str(c) for c in data.columns if data[c].isna().any()]
    if gaps:
        raise EfaError(
            Said(
                "missing answers in {names}: apply a missing-data policy first (cleaning.missing)",
                names=", ".join(gaps),
            )
        )
    flat = [str(c) for c in data.columns if data[c].nunique() < 2]
    if flat:
        raise EfaError(
            Said(
                "every answer is the same in {names}: such an item correlates with nothing",
                names=", ".join(flat),
            )
        )
