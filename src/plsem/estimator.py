"""The PLS path modelling algorithm, for one correlation matrix or for thousands at once.

Outer weights, loadings, paths and every assessment statistic are functions of the items' correlation
matrix alone (Lohmöller 1989).  The estimator therefore takes correlation matrices, of any leading batch
shape, and iterates the whole batch together: the sample, its bootstrap resamples, the jackknife, the
training sets of cross-validation.

Inside, arrays have the batch on their last axis, and a matrix is packed into its strict upper triangle,
so that each step is one pass over contiguous memory.  Each matrix stops at its own convergence and its
result does not depend on its neighbours in the batch, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from plsem import batches, kernels
from plsem.batches import pack, unpack
from plsem.inputs import DataError, check_correlations, correlations, given_correlations, item_matrix
from plsem.model import Model, ModelError
from plsem.names import check_choice, check_flag, named_options, nearest
from plsem.weighting import outer_weights

__all__ = [
    "DataError",
    "Estimate",
    "Model",
    "ModelError",
    "correlations",
    "estimate",
    "estimate_batch",
    "fit",
    "item_matrix",
    "pack",
    "scores",
    "unpack",
]

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
        Standard deviations of the items, where they were estimated from answers; needed for raw alpha only.
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


@named_options
def fit(
    data: pd.DataFrame | ArrayLike,
    model: Model,
    *,
    n: int | None = None,
    scheme: Scheme = "path",
    tolerance: float = 1e-7,
    max_iterations: int = 300,
    consistent: bool = False,
    orient: bool = True,
    sign_items: Mapping[str, str] | None = None,
) -> Estimate:
    """Check the data and estimate a PLS path model from them.

    Parameters
    ----------
    data : DataFrame or array_like
        Answers, one row a respondent: a DataFrame with the model's items among its columns, or an array
        with one column an item in the model's order.  Or the items' correlation matrix: a DataFrame
        whose rows and columns are named by the items, in any order, or an array in the model's order.
    model : Model
    n : int, optional
        Respondents behind a correlation matrix; without it adjusted R² and χ² are left out.
    scheme, tolerance, max_iterations, consistent, orient, sign_items
        See :func:`estimate`.

    Returns
    -------
    Estimate

    Raises
    ------
    DataError
        If the data cannot be used; the message names items and rows.
    ValueError
        For a wrong option, or a matrix that no data can have.

    Examples
    --------
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> round(float(fit(r, model, n=100).path_coefficients[0, 1]), 3)
    0.375
    """
    r = given_correlations(data, model)
    deviations = None
    if r is None:
        if n is not None:
            raise ValueError("n: belongs to a correlation matrix; answers have their own number of rows")
        values = item_matrix(data, model)
        r, n = correlations(values), len(values)
        deviations = values.std(axis=0, ddof=1)[:, None]
    elif n is not None and not (isinstance(n, int | np.integer) and n >= 3):
        raise ValueError(f"n: expected a whole number of at least 3, found {n!r}")
    found = estimate(
        model,
        r,
        scheme=scheme,
        tolerance=tolerance,
        max_iterations=max_iterations,
        consistent=consistent,
        orient=orient,
        sign_items=sign_items,
        n_observations=n,
    )
    return replace(found, deviations_last=deviations)


@named_options
def estimate(
    model: Model,
    correlations: pd.DataFrame | ArrayLike,
    *,
    scheme: Scheme = "path",
    tolerance: float = 1e-7,
    max_iterations: int = 300,
    consistent: bool = False,
    orient: bool = True,
    sign_items: Mapping[str, str] | None = None,
    n_observations: int | None = None,
) -> Estimate:
    r"""Estimate a PLS path model.

    Parameters
    ----------
    model : Model
    correlations : DataFrame or array_like, (..., p, p)
        Correlation matrices of the items in the model's order; a DataFrame is matched by its names.
    scheme : {"path", "factor", "centroid"}
        Inner weighting scheme.  With scores :math:`y` and neighbours :math:`l` of :math:`j`, the inner
        weight :math:`e_{jl}` is the correlation (factor), its sign (centroid), or the regression
        coefficient where :math:`l` leads to :math:`j` and the correlation otherwise (path).
    tolerance : float
        Stop when no outer weight changes by this much, or by this share of the largest one where Mode B
        weights are above 1 (almost collinear items).
    max_iterations : int
        Matrices that have not settled by then are kept and flagged in ``converged``.
    consistent : bool
        PLSc: correct loadings, construct correlations and paths of Mode A blocks with two items or more
        for attenuation by rho_A (Dijkstra & Henseler 2015).
    orient : bool
        Turn each construct so that the sum of its loadings is positive.  The algorithm leaves the sign
        of a score open.
    sign_items : mapping of str to str, optional
        Construct → an item of it that must load positively; overrides the sum rule.
    n_observations : int, optional
        Rows behind the matrices; carried along for the adjusted R².

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If the shape is not (..., p, p), a single matrix is not a correlation matrix, an option is
        unknown, or a sign item is not an item of its construct.
    DataError
        If, in a single matrix, items of a Mode B block or predictors of a construct are perfectly
        collinear.  In a batch such matrices become NaN; see :attr:`Estimate.problems`.

    Notes
    -----
    Standardised items, initial weights 1, as SmartPLS 4.  Mode A: :math:`w_j \propto \mathrm{cov}(x_j,
    z_j)`; Mode B: :math:`w_j \propto R_{jj}^{-1}\mathrm{cov}(x_j, z_j)`, with the inner proxy
    :math:`z_j = \sum_l e_{jl} y_l` (Lohmöller 1989; Tenenhaus et al. 2005).
    """
    if isinstance(correlations, pd.DataFrame):
        named = given_correlations(correlations, model)
        if named is None:
            raise DataError("correlations: rows and columns must be named by the items")
        correlations = named
    r = np.asarray(correlations, dtype=float)
    p = model.n_items
    if r.ndim < 2 or r.shape[-2:] != (p, p):
        raise ValueError(f"correlations: expected shape (..., {p}, {p}), found {r.shape}")
    batch_shape = r.shape[:-2]
    last = np.moveaxis(r.reshape(-1, p, p), 0, -1)
    if not batch_shape:
        check_correlations(r, model)
    result = estimate_batch(
        model,
        pack(last),
        scheme=scheme,
        tolerance=tolerance,
        max_iterations=max_iterations,
        consistent=consistent,
        orient=orient,
        sign_items=sign_items,
        n_observations=n_observations,
    )
    if not batch_shape:
        _check_collinear(result)
    return replace(result, batch_shape=batch_shape)


def estimate_batch(
    model: Model,
    packed: FloatArray,
    *,
    scheme: Scheme = "path",
    tolerance: float = 1e-7,
    max_iterations: int = 300,
    consistent: bool = False,
    orient: bool = False,
    sign_items: Mapping[str, str] | None = None,
    n_observations: int | None = None,
) -> Estimate:
    """Estimate a batch of packed correlation matrices: the entry point without copies or checks of values.

    Parameters
    ----------
    model : Model
    packed : ndarray, (p(p−1)/2, B)
        Strict upper triangles, row by row (``numpy.triu_indices(p, 1)``), the batch last and contiguous.
        It is kept in the result, not copied.
    scheme, tolerance, max_iterations, consistent, orient, sign_items, n_observations
        As for :func:`estimate`, but signs are left as the algorithm gives them unless asked.

    Returns
    -------
    Estimate
        With ``batch_shape`` (B,).  NaN where a matrix has no solution.
    """
    check_choice("scheme", scheme, get_args(Scheme))
    check_flag("consistent", consistent)
    check_flag("orient", orient)
    if not (isinstance(tolerance, float | int | np.number) and tolerance > 0):
        raise ValueError(f"tolerance: must be a number above 0, found {tolerance!r}")
    if not (isinstance(max_iterations, int | np.integer) and max_iterations >= 1):
        raise ValueError(f"max_iterations: must be a whole number of at least 1, found {max_iterations!r}")
    expected = model.n_items * (model.n_items - 1) // 2
    if packed.ndim != 2 or packed.shape[0] != expected:
        raise ValueError(f"packed: expected shape ({expected}, B), found {packed.shape}")
    positions = _sign_positions(model, sign_items)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
        weights, iterations, converged = outer_weights(model, packed, scheme, tolerance, max_iterations)
        cross = kernels.cross_loadings(model, packed, weights)
        if orient or positions:
            kernels.orient(model, weights, cross, positions, orient)
        constructs = kernels.score_correlations(model, weights, cross)
        loadings = cross[np.arange(model.n_items), model.construct_of]
        rho_a = kernels.rho_a(model, packed, weights)
        if consistent:
            loadings, constructs = kernels.disattenuate(model, weights, loadings, constructs, rho_a)
        paths, r_squared = kernels.regressions(model, constructs)
    return Estimate(
        model=model,
        batch_shape=(packed.shape[1],),
        packed_last=packed,
        outer_weights_last=weights,
        loadings_last=loadings,
        cross_loadings_last=cross,
        construct_correlations_last=constructs,
        path_coefficients_last=paths,
        r_squared_last=r_squared,
        rho_a_last=rho_a,
        iterations_last=iterations,
        converged_last=converged,
        scheme=scheme,
        tolerance=tolerance,
        max_iterations=max_iterations,
        consistent=consistent,
        n_observations=n_observations,
    )


def _sign_positions(model: Model, sign_items: Mapping[str, str] | None) -> dict[int, int]:
    positions = {}
    for construct, item in (sign_items or {}).items():
        j = model.position(construct)
        own = [model.items[i] for i in model.blocks[j]]
        if item not in own:
            raise ValueError(f"sign_items: {item!r} is not an item of {construct}{nearest(item, own)}")
        positions[j] = model.items.index(item)
    return positions


def _check_collinear(result: Estimate) -> None:
    model = result.model
    problems = []
    with np.errstate(invalid="ignore", divide="ignore"):
        for j, items in enumerate(model.blocks):
            block = kernels.block_matrix(model, result.packed_last, j)
            if model.modes[j] == "B" and batches.pivots(block).min() < 1e-10:
                names = ", ".join(model.items[i] for i in items)
                problems.append(f"the items of the Mode B construct {model.constructs[j]} ({names})")
        r = kernels.score_correlations(model, result.outer_weights_last, result.cross_loadings_last)
        for t in model.endogenous:
            sources = list(model.predecessors[t])
            if batches.pivots(r[np.ix_(sources, sources)]).min() < 1e-10:
                names = ", ".join(model.constructs[s] for s in sources)
                problems.append(f"the predictors of {model.constructs[t]} ({names})")
    if problems:
        raise DataError(f"perfectly collinear: {'; '.join(problems)}; leave one out")


def scores(data: pd.DataFrame | ArrayLike, estimate: Estimate, *, ddof: int = 1) -> FloatArray:
    """Return the standardised construct scores, (n, k).

    Parameters
    ----------
    data : DataFrame or array_like, (n, p)
        A DataFrame must hold the model's items; an array has the items in the model's order.
    estimate : Estimate
        Of a single matrix.
    ddof : int
        1: the scores' variance with n − 1 is 1 (as seminr and SmartPLS); 0: with n.
    """
    if estimate.batch_shape:
        raise ValueError(f"scores: needs the estimate of one matrix, found batch {estimate.batch_shape}")
    model = estimate.model
    x = item_matrix(data, model)
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=ddof)
    return np.column_stack([z[:, s] @ estimate.outer_weights[s] for s in model.slices])
