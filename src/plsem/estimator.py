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

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from plsem import batches, kernels
from plsem.batches import pack
from plsem.forms import Columns
from plsem.inputs import DataError, check_correlations, correlations, given_correlations, item_matrix
from plsem.model import Model
from plsem.names import check_choice, check_flag, check_whole, named_options, nearest
from plsem.products import sample_columns
from plsem.solution import Estimate, Scheme
from plsem.stage_data import StageData
from plsem.stages import expand
from plsem.weighting import outer_weights

__all__ = ["Estimate", "estimate", "estimate_batch", "fit", "scores"]

FloatArray = NDArray[np.float64]


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

    Notes
    -----
    In R: ``seminr::estimate_pls``, ``cSEM::csem``.

    Examples
    --------
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> round(float(fit(r, model, n=100).path_coefficients[0, 1]), 3)
    0.375
    """
    options: dict[str, Any] = {
        "scheme": scheme,
        "tolerance": tolerance,
        "max_iterations": max_iterations,
        "consistent": consistent,
        "orient": orient,
        "sign_items": sign_items,
    }
    r = given_correlations(data, model)
    if r is None:
        if n is not None:
            raise ValueError("n: belongs to a correlation matrix; answers have their own number of rows")
        return estimate_values(item_matrix(data, model), model, **options)
    if n is not None:
        check_whole("n", n, 3)
    return estimate(model, r, n_observations=n, **options)


def estimate_values(values: FloatArray, model: Model, **options: Any) -> Estimate:
    """Estimate a model from checked answers (n, p); the options are those of :func:`estimate`."""
    options.setdefault("n_observations", len(values))
    pairs = expand(model).pairs
    if not pairs:
        result = estimate(model, correlations(values), **options)
        deviations = values.std(axis=0, ddof=1)[:, None] if result.description is None else None
        return replace(result, deviations_last=deviations)
    r, scales = sample_columns(values, pairs)
    options.setdefault("orient", True)
    result = estimate_batch(model, pack(r[:, :, None]), product_scales=scales[:, None], **options)
    _check_collinear(result)
    return replace(result, batch_shape=(), earlier=tuple(replace(e, batch_shape=()) for e in result.earlier))


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

    In R: ``seminr::estimate_pls``, ``cSEM::csem``.

    Examples
    --------
    >>> r = np.array([[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]])
    >>> model = Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> estimate(model, np.stack([r, np.eye(4) * 0.5 + r / 2])).path_coefficients[:, 0, 1].round(3)
    array([0.375, 0.231])
    """
    if model.products:
        raise ValueError(
            f"the product {model.products[0][0]!r} does not follow from the items' correlations; "
            "estimate this model from the answers: fit(data, model)"
        )
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
    earlier = tuple(replace(e, batch_shape=batch_shape) for e in result.earlier)
    return replace(result, batch_shape=batch_shape, earlier=earlier)


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
    product_scales: FloatArray | None = None,
    item_variances: FloatArray | None = None,
) -> Estimate:
    """Estimate a batch of packed correlation matrices: the entry point without copies or checks of values.

    Parameters
    ----------
    model : Model
    packed : ndarray, (p(p−1)/2, B)
        Strict upper triangles, row by row (``numpy.triu_indices(p, 1)``), the batch last and contiguous.
        It is kept in the result, not copied.
    scheme, tolerance, max_iterations, consistent, orient, sign_items, n_observations
        As for :func:`estimate`, but signs are left as the algorithm gives them unless asked.  A model in
        stages is always oriented: its products and second-order scores need the signs of what they are
        made of.
    product_scales : ndarray, (m, B), optional
        Where the model has products: the standard deviations of the products of standardised columns.
        ``packed`` then holds P = p + m columns, the items followed by the products in
        ``stages.expand(model).pairs``.
    item_variances : ndarray, (p, B), optional
        Items are not standardised, or by one standard deviation for all, as some programs have it: those with
        larger variances then weigh more in Mode A.  Not for models in stages.

    Returns
    -------
    Estimate
        With ``batch_shape`` (B,).  NaN where a matrix has no solution.

    Raises
    ------
    ValueError
        For an unknown option, or if ``packed`` has the wrong number of rows or the products' scales are missing.

    Examples
    --------
    >>> import numpy as np, plsem
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> upper = np.array([[0.6, 0.3, 0.3, 0.3, 0.3, 0.6], [0.8, 0.1, 0.1, 0.1, 0.1, 0.8]])  # two matrices
    >>> estimate_batch(model, np.ascontiguousarray(upper.T), orient=True).path_coefficients[:, 0, 1].round(3)
    array([0.375, 0.111])
    """
    check_choice("scheme", scheme, get_args(Scheme))
    check_flag("consistent", consistent)
    check_flag("orient", orient)
    if not (isinstance(tolerance, float | int | np.number) and tolerance > 0):
        raise ValueError(f"tolerance: must be a number above 0, found {tolerance!r}")
    check_whole("max_iterations", max_iterations, 1)
    plan = expand(model)
    expected = plan.n_columns * (plan.n_columns - 1) // 2
    if packed.ndim != 2 or packed.shape[0] != expected:
        raise ValueError(f"packed: expected shape ({expected}, B), found {packed.shape}")
    if model.composed:
        if item_variances is not None:
            raise ValueError("item_variances: a model in stages is estimated from standardised items")
        columns = Columns(
            plan, packed, np.empty((0, packed.shape[1])) if product_scales is None else product_scales
        )
        return _estimate_stages(
            columns,
            sign_items or {},
            scheme=scheme,
            tolerance=tolerance,
            max_iterations=max_iterations,
            consistent=consistent,
            n_observations=n_observations,
        )
    positions = _sign_positions(model, sign_items)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
        weights, iterations, converged = outer_weights(
            model, packed, scheme, tolerance, max_iterations, item_variances
        )
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
        item_variances_last=item_variances,
    )


def _estimate_stages(
    columns: Columns, sign_items: Mapping[str, str], *, consistent: bool, **options: Any
) -> Estimate:
    """Estimate the stages of a model one after another; only the last can be corrected for attenuation."""
    model = columns.plan.described
    check_consistent(model, consistent)
    done: list[Estimate] = []
    for stage in columns.plan.stages:
        last = stage is columns.plan.stages[-1]
        with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
            items = columns.items_of(stage, [e.outer_weights_last for e in done])
            packed = columns.between(items)
        own = {
            c: [stage.model.items[i] for i in b]
            for c, b in zip(stage.model.constructs, stage.model.blocks, strict=True)
        }
        signs = {c: item for c, item in sign_items.items() if item in own.get(c, ())}
        done.append(
            estimate_batch(
                stage.model, packed, orient=True, sign_items=signs, consistent=consistent and last, **options
            )
        )
    _check_sign_items(model, sign_items)
    result = done[-1]
    scales = None
    if model.products:
        scales = np.ones_like(result.outer_weights_last)
        for row, item in enumerate(items):
            if item.scale is not None:
                scales[row] = item.scale
    return replace(
        result,
        description=model,
        earlier=tuple(done[:-1]),
        item_scales_last=scales,
        iterations_last=np.sum([e.iterations_last for e in done], axis=0),
        converged_last=np.all([e.converged_last for e in done], axis=0),
    )


def check_consistent(model: Model, consistent: bool) -> None:
    """Raise ValueError where PLSc is asked of a model in stages for which it is not consistent."""
    if not consistent:
        return
    if model.products:
        raise ValueError(
            "consistent PLS of products needs a correction of its own (Dijkstra & Schermelleh-Engel 2014), which "
            "is not offered; estimate the model with consistent=False"
        )
    for name, order in model.higher_order:
        if order.mode != "A" or order.method != "two_stage":
            raise ValueError(
                f"consistent PLS of the second-order construct {name}: only reflective ones by two_stage, "
                f"found mode {order.mode} by {order.method}; estimate the model with consistent=False"
            )


def _check_sign_items(model: Model, sign_items: Mapping[str, str]) -> None:
    orders = dict(model.higher_order)
    for construct, item in sign_items.items():
        j = model.position(construct)
        own = (
            orders[construct].components if construct in orders else [model.items[i] for i in model.blocks[j]]
        )
        if item not in own:
            raise ValueError(f"sign_items: {item!r} is not an item of {construct}{nearest(item, own)}")
        for name, product in model.products:
            if construct in product.factors and product.method != "two_stage":
                raise ValueError(
                    f"sign_items: {construct} is a factor of {name}, whose sign is that of the products of items; "
                    "turn the items themselves round, or take two_stage"
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

    Returns
    -------
    ndarray, (n, k)

    Raises
    ------
    ValueError
        If the estimate is of a batch.

    Notes
    -----
    In R: ``construct_scores`` of a seminr model, ``cSEM::getConstructScores``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> scores(data, plsem.fit(data, model)).std(axis=0, ddof=1).round(6)
    array([1., 1.])
    """
    if estimate.batch_shape:
        raise ValueError(f"scores: needs the estimate of one matrix, found batch {estimate.batch_shape}")
    model = estimate.model
    x = item_matrix(data, estimate.described)
    if estimate.description is not None:
        z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
        weights = [e.outer_weights for e in (*estimate.earlier, estimate)]
        factor = np.sqrt((len(z) - ddof) / (len(z) - 1))
        return np.asarray(StageData(expand(estimate.description), weights, z).scores(z) / factor)
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=ddof)
    return np.column_stack([z[:, s] @ estimate.outer_weights[s] for s in model.slices])
