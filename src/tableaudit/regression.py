"""A regression from correlations alone: β, VIF, f² and R² as functions of printed correlations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
SMALLEST_EIGENVALUE = 1e-10  # at or below it a matrix of predictors is taken as singular


class Regression:
    """Regression of a target on k predictors: predictor pairs first, then target correlations.

    NaN where the predictors' matrix is not positive definite.  The positive definite matrices are a convex set,
    so a box all of whose corners are in it has no pole inside.
    """

    def __init__(self, k: int) -> None:
        self.k = k
        self.rows, self.columns = np.triu_indices(k, 1)

    def inverse(self, x: FloatArray) -> FloatArray:
        """Return the inverse of the predictors' matrix, (N, k, k)."""
        among = np.tile(np.eye(self.k), (len(x), 1, 1))
        n = len(self.rows)
        among[:, self.rows, self.columns] = among[:, self.columns, self.rows] = x[:, :n]
        definite = np.linalg.eigvalsh(among)[:, 0] > SMALLEST_EIGENVALUE
        among[~definite] = np.eye(self.k)
        inverse = np.linalg.inv(among)
        inverse[~definite] = np.nan
        return np.asarray(inverse)

    def vif(self, j: int) -> Callable[[FloatArray], FloatArray]:
        """Return the variance inflation of predictor j."""
        return lambda x: np.asarray(self.inverse(x)[:, j, j])

    def explained(self, x: FloatArray) -> FloatArray:
        """Return R² from the predictors' correlations and β."""
        n = len(self.rows)
        beta = x[:, n:]
        cross = np.sum(beta[:, self.rows] * beta[:, self.columns] * x[:, :n], axis=1)
        return np.asarray(np.sum(beta**2, axis=1) + 2 * cross)

    def part(self, statistic: str, j: int) -> Callable[[FloatArray], FloatArray]:
        """Return β_j, f²_j or R² as a function of the correlations."""

        def value(x: FloatArray) -> FloatArray:
            inverse = self.inverse(x)
            outward = x[:, len(self.rows) :]
            beta = np.einsum("bij,bj->bi", inverse, outward)
            r2 = np.einsum("bi,bi->b", beta, outward)
            if statistic == "path_coefficient":
                return np.asarray(beta[:, j])
            if statistic == "f_squared":
                rest = np.where(r2 < 1, 1 - r2, np.nan)
                return np.asarray(beta[:, j] ** 2 / inverse[:, j, j] / rest)
            return np.asarray(r2)

        return value
