"""What the estimator returns: an estimate of one correlation matrix or of a batch of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import batches
from plsem.batches import unpack
from plsem.model import Model

__all__ = ["Estimate"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Number = TypeVar("Number", bound=np.generic)
Scheme = Literal["path", "factor", "centroid"]


@dataclass(frozen=True, slots=True, repr=False)
class Estimate:
    """The PLS estimate of a model from one correlation matrix or a batch of them.

    The fields named ``*_last`` hold the batch on their last axis; the properties give the same numbers
    (as views, without copying) with the batch's shape ``...`` leading.

    Parameters
    ----------
    model : Model
    batch_shape : tuple of int
        ``...``: empty for one matrix.
    packed_last : ndarray, (p(p−1)/2, B)
        The item correlations, strict upper triangle row by row.
    outer_weights_last : ndarray, (p, B)
        Weights of the standardised items; each construct score has variance 1.
    loadings_last : ndarray, (p, B)
        Correlation of each item with its own construct; with PLSc the disattenuated loadings.
    cross_loadings_last : ndarray, (p, k, B)
        Correlation of each item with every construct score (never disattenuated).
    construct_correlations_last : ndarray, (k, k, B)
        Correlations of the construct scores; with PLSc the disattenuated ones.
    path_coefficients_last : ndarray, (k, k, B)
        ``[source, target]``; 0 where there is no path.
    r_squared_last : ndarray, (k, B)
        NaN for exogenous constructs.
    rho_a_last : ndarray, (k, B)
        Dijkstra and Henseler's (2015) reliability; 1 for Mode B and for single items.
    iterations_last : ndarray of int, (B,)
    converged_last : ndarray of bool, (B,)
    scheme, tolerance, max_iterations, consistent
        The settings used.
    n_observations : int or None
        Rows behind each matrix; needed for the adjusted R² and χ² only.
    deviations_last : ndarray, (p, B), or None
        Standard deviations of the items, where a plain model was estimated from answers; needed for raw alpha only.
    description : Model or None
        Of a model in stages: the model as described, with its second-order constructs and products.
        ``model`` is then the plain model of the last stage, whose items are columns, scores and products.
    earlier : tuple of Estimate
        The stages before this one.
    item_scales_last : ndarray, (p, B), or None
        Standard deviation of each item before it was standardised, in units of standardised factors for
        products and 1 for all else; None where there are no products.
    item_variances_last : ndarray, (p, B), or None
        Variances of the items where they were not standardised.
    """

    model: Model
    batch_shape: tuple[int, ...]
    packed_last: FloatArray
    outer_weights_last: FloatArray
    loadings_last: FloatArray
    cross_loadings_last: FloatArray
    construct_correlations_last: FloatArray
    path_coefficients_last: FloatArray
    r_squared_last: FloatArray
    rho_a_last: FloatArray
    iterations_last: NDArray[np.int64]
    converged_last: BoolArray
    scheme: Scheme
    tolerance: float
    max_iterations: int
    consistent: bool
    n_observations: int | None = None
    deviations_last: FloatArray | None = None
    description: Model | None = None
    earlier: tuple[Estimate, ...] = ()
    item_scales_last: FloatArray | None = None
    item_variances_last: FloatArray | None = None

    @property
    def described(self) -> Model:
        """The model as described: with second-order constructs and products, and items that are columns."""
        return self.model if self.description is None else self.description

    def leading(self, array: NDArray[Number]) -> NDArray[Number]:
        """Return a batch-last array with the batch's shape leading instead (a view where possible)."""
        return np.moveaxis(array, -1, 0).reshape(self.batch_shape + array.shape[:-1])

    @property
    def correlations(self) -> FloatArray:
        """The item correlation matrices, (..., p, p)."""
        return self.leading(unpack(self.packed_last, self.model.n_items))

    @property
    def outer_weights(self) -> FloatArray:
        """Outer weights of the standardised items, (..., p)."""
        return self.leading(self.outer_weights_last)

    @property
    def loadings(self) -> FloatArray:
        """Outer loadings, (..., p)."""
        return self.leading(self.loadings_last)

    @property
    def cross_loadings(self) -> FloatArray:
        """Correlations of items and construct scores, (..., p, k)."""
        return self.leading(self.cross_loadings_last)

    @property
    def construct_correlations(self) -> FloatArray:
        """Construct correlations, (..., k, k)."""
        return self.leading(self.construct_correlations_last)

    @property
    def path_coefficients(self) -> FloatArray:
        """Path coefficients ``[..., source, target]``, (..., k, k)."""
        return self.leading(self.path_coefficients_last)

    @property
    def r_squared(self) -> FloatArray:
        """R² of each endogenous construct, NaN for exogenous ones, (..., k)."""
        return self.leading(self.r_squared_last)

    @property
    def rho_a(self) -> FloatArray:
        """Reliability rho_A, (..., k)."""
        return self.leading(self.rho_a_last)

    @property
    def iterations(self) -> NDArray[np.int64]:
        """Iterations taken, (...)."""
        return self.leading(self.iterations_last)

    @property
    def converged(self) -> BoolArray:
        """Whether the weights settled within ``tolerance``, (...)."""
        return self.leading(self.converged_last)

    @property
    def problems(self) -> dict[str, BoolArray]:
        """What is wrong with each matrix of the batch, as reason → mask of shape (...).

        ``"undefined"``: a zero variance or a singular block left no solution.  ``"not converged"``: the
        iteration limit was reached.  ``"inadmissible"`` (PLSc only): a loading or an R² above 1, a rho_A at
        or below 0, or construct correlations that are not positive definite.  A matrix is in one of the
        three at most.
        """
        solved = np.isfinite(self.outer_weights_last).all(axis=0)
        finite = np.isfinite(self.path_coefficients_last).all(axis=(0, 1))
        # A negative rho_A leaves no PLSc solution: that is inadmissible, not undefined.
        positive = (self.rho_a_last > 0).all(axis=0)
        undefined = ~solved | (~finite & (positive | (not self.consistent)))
        slow = ~undefined & ~self.converged_last
        wrong = ~undefined & ~slow & ~(positive & self._possible_last()) & self.consistent
        return {
            "undefined": self.leading(np.asarray(undefined)),
            "not converged": self.leading(np.asarray(slow)),
            "inadmissible": self.leading(np.asarray(wrong)),
        }

    def summary(self, *, statistic: str | Iterable[str] = "all") -> pd.DataFrame:
        """Return statistics of one estimate as a long table: statistic, row, column, value.

        Parameters
        ----------
        statistic : str or iterable of str
            ``"all"``, ``"fast"``, ``"report"``, or the name or names of statistics
            (:data:`plsem.quantities.QUANTITIES`).

        Returns
        -------
        DataFrame
        """
        from plsem.quantities import QUANTITIES, long_table

        wanted = [statistic] if isinstance(statistic, str) and statistic in QUANTITIES else statistic
        return long_table(self, include=wanted)

    def __repr__(self) -> str:
        from plsem.reports import estimate_text

        return estimate_text(self)

    def _repr_html_(self) -> str:
        from plsem.reports import estimate_html

        return estimate_html(self)

    def _possible_last(self) -> BoolArray:
        with np.errstate(invalid="ignore", divide="ignore"):
            small = (np.abs(self.loadings_last) <= 1 + 1e-12).all(axis=0)
            explained = ~(self.r_squared_last > 1 + 1e-12).any(axis=0)
            definite = (batches.pivots(self.construct_correlations_last) > 1e-12).all(axis=0)
        return np.asarray(small & explained & definite)
