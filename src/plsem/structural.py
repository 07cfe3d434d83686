"""The structural model: effects, explained variance, effect sizes and collinearity, for batches.

Functions that end in ``_last`` return arrays with the batch on the last axis, those that end in ``_index``
the names of their rows; the others return labelled tables of a single estimate.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import batches
from plsem.estimator import estimate_batch
from plsem.measurement import Index, single
from plsem.model import Model
from plsem.names import nearest
from plsem.solution import Estimate

__all__ = ["effects", "explained", "paths"]

FloatArray = NDArray[np.float64]

MAX_ROUTES = 2000
"""Specific indirect effects are listed up to this many; beyond it the model must leave them out."""


def effects_last(estimate: Estimate) -> tuple[FloatArray, FloatArray]:
    """Return indirect and total effects ``[source, target]``, each ``(k, k, B)``.

    The total effect is the sum over all routes of the product of their paths; the indirect effect leaves
    the direct path out.
    """
    model, direct = estimate.model, estimate.path_coefficients_last
    indirect = np.zeros_like(direct)
    total = np.zeros_like(direct)
    for t in model.order:
        for s in range(model.n_constructs):
            through = [m for m in model.predecessors[t] if route_exists(model)[s, m]]
            if through:
                indirect[s, t] = batches.dot(total[s, through], direct[through, t])
        total[:, t] = direct[:, t] + indirect[:, t]
    return indirect, total


def adjusted_r_squared_last(estimate: Estimate) -> FloatArray:
    """Return adjusted R² of each endogenous construct, 1 − (1 − R²)(n − 1)/(n − m − 1), ``(t, B)``."""
    n = estimate.n_observations
    if n is None:
        raise ValueError("adjusted R² needs the number of rows: estimate(..., n_observations=n)")
    rows = []
    for t in estimate.model.endogenous:
        left = n - len(estimate.model.predecessors[t]) - 1
        shrink = (n - 1) / left if left > 0 else np.nan
        rows.append(1 - (1 - estimate.r_squared_last[t]) * shrink)
    return np.stack(rows)


def inner_vif_last(estimate: Estimate) -> FloatArray:
    """Return the variance inflation factor of each path's source among its target's sources, ``(q, B)``.

    Infinite where a target's sources are linearly dependent.
    """
    model = estimate.model
    out = np.empty((len(model.paths), estimate.construct_correlations_last.shape[-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        for t in model.endogenous:
            sources = list(model.predecessors[t])
            vif = batches.inflation(estimate.construct_correlations_last[np.ix_(sources, sources)])
            for place, s in enumerate(sources):
                out[model.paths.index((s, t))] = vif[place]
    return out


def f_squared_last(estimate: Estimate, *, method: Literal["fixed", "reestimated"] = "fixed") -> FloatArray:
    r"""Return Cohen's (1988) effect size of each path, ``(q, B)``.

    :math:`f^2 = (R^2 - R^2_{-s}) / (1 - R^2)`.

    Parameters
    ----------
    estimate : Estimate
    method : {"fixed", "reestimated"}
        How :math:`R^2_{-s}`, the R² without the path, is found.  ``"fixed"``: the scores stay and only the
        regression is repeated (SmartPLS, cSEM).  Then :math:`f^2 = \beta^2 / (VIF\,(1 - R^2))` exactly.
        ``"reestimated"``: the whole model is estimated again without the path (seminr); NaN where that
        does not converge.

    Returns
    -------
    ndarray, (q, B)
        In the order of ``model.paths``.
    """
    model = estimate.model
    if method == "fixed":
        vif = inner_vif_last(estimate)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.stack(
                [
                    estimate.path_coefficients_last[s, t] ** 2
                    / (vif[q] * _unexplained(estimate.r_squared_last[t]))
                    for q, (s, t) in enumerate(model.paths)
                ]
            )
    if method != "reestimated":
        raise ValueError(f"f_squared: unknown method {method!r}{nearest(method, ('fixed', 'reestimated'))}")
    rows = []
    for s, t in model.paths:
        included = estimate.r_squared_last[t]
        excluded = _r_squared_without(estimate, s, t)
        with np.errstate(divide="ignore", invalid="ignore"):
            rows.append((included - excluded) / _unexplained(included))
    return np.stack(rows)


def _unexplained(r_squared: FloatArray) -> FloatArray:
    """Return 1 − R², NaN where nothing is left: a construct made of its predecessors has no f²."""
    left = 1 - r_squared
    return np.where(np.abs(left) <= batches.SINGULAR, np.nan, left)


def _r_squared_without(estimate: Estimate, source: int, target: int) -> FloatArray:
    model = estimate.model
    if model.predecessors[target] == (source,):
        return np.zeros_like(estimate.r_squared_last[target])
    reduced, items = model.without_path(source, target)
    rows, columns = reduced.pairs
    kept = np.array(items)
    again = estimate_batch(
        reduced,
        estimate.packed_last[model.pair_index[kept[rows], kept[columns]]],
        scheme=estimate.scheme,
        tolerance=estimate.tolerance,
        max_iterations=estimate.max_iterations,
        consistent=estimate.consistent,
        item_variances=None if estimate.item_variances_last is None else estimate.item_variances_last[kept],
    )
    r_squared = again.r_squared_last[reduced.position(model.constructs[target])]
    return np.where(again.converged, r_squared, np.nan)


@lru_cache(maxsize=64)
def route_exists(model: Model) -> NDArray[np.bool_]:
    """Return whether a route leads from s to t, (k, k)."""
    k = model.n_constructs
    out = np.zeros((k, k), dtype=bool)
    for t in model.order:
        for m in model.predecessors[t]:
            out[m, t] = True
            out[:, t] |= out[:, m]
    return out


@lru_cache(maxsize=64)
def routes_can_be_listed(model: Model) -> bool:
    """Return whether the model has at most :data:`MAX_ROUTES` routes over two paths or more."""
    ending = np.zeros(model.n_constructs, dtype=object)  # routes that end in each construct, in whole numbers
    for t in model.order:
        ending[t] = sum(1 + ending[s] for s in model.predecessors[t])
    return bool(sum(ending) - len(model.paths) <= MAX_ROUTES)


@lru_cache(maxsize=64)
def _routes(model: Model) -> tuple[tuple[int, ...], ...]:
    """Return every route over two paths or more."""
    if not routes_can_be_listed(model):
        raise ValueError(
            f"more than {MAX_ROUTES} specific indirect effects; leave 'specific_indirect_effect' out"
        )
    found: list[tuple[int, ...]] = []
    open_routes: list[tuple[int, ...]] = [(s, t) for s, t in model.paths]
    while open_routes:
        open_routes = [(*route, t) for route in open_routes for t in model.successors[route[-1]]]
        found += open_routes
    return tuple(sorted(found))


def specific_indirect_effects_last(estimate: Estimate) -> FloatArray:
    """Return the product of the paths of each route over two paths or more, ``(m, B)``."""
    direct = estimate.path_coefficients_last
    rows = []
    for route in _routes(estimate.model):
        product = direct[route[0], route[1]]
        for s, t in pairwise(route[1:]):
            product = product * direct[s, t]
        rows.append(product)
    return np.stack(rows) if rows else np.empty((0, direct.shape[-1]))


def _effect_pairs(model: Model, *, indirect: bool) -> list[tuple[int, int]]:
    reaches = route_exists(model)
    k = range(model.n_constructs)
    if not indirect:
        return [(s, t) for s in k for t in k if reaches[s, t]]
    return [(s, t) for s in k for t in k if any(reaches[s, m] for m in model.predecessors[t])]


def _names(model: Model, pairs: Iterable[tuple[int, int]]) -> Index:
    return [(model.constructs[s], model.constructs[t]) for s, t in pairs]


def _gather(matrix: FloatArray, pairs: list[tuple[int, int]]) -> FloatArray:
    index = np.array(pairs, dtype=np.intp).reshape(len(pairs), 2)
    return np.asarray(matrix[index[:, 0], index[:, 1]])


def path_coefficients_last(estimate: Estimate) -> FloatArray:
    """Return each path's coefficient, ``(q, B)``."""
    return _gather(estimate.path_coefficients_last, list(estimate.model.paths))


def indirect_effects_last(estimate: Estimate) -> FloatArray:
    """Return the indirect effect of each pair with a route over two paths or more, ``(m, B)``."""
    return _gather(effects_last(estimate)[0], _effect_pairs(estimate.model, indirect=True))


def total_effects_last(estimate: Estimate) -> FloatArray:
    """Return the total effect of each connected pair, ``(m, B)``."""
    return _gather(effects_last(estimate)[1], _effect_pairs(estimate.model, indirect=False))


def r_squared_last(estimate: Estimate) -> FloatArray:
    """Return R² of each endogenous construct, ``(t, B)``."""
    return np.asarray(estimate.r_squared_last[list(estimate.model.endogenous)])


def route_index(model: Model) -> Index:
    """Return each route, written ``X -> M -> Y``, as a row without a column."""
    return [(" -> ".join(model.constructs[j] for j in route), "") for route in _routes(model)]


def indirect_index(model: Model) -> Index:
    """Return source and target of each indirect effect."""
    return _names(model, _effect_pairs(model, indirect=True))


def total_index(model: Model) -> Index:
    """Return source and target of each total effect."""
    return _names(model, _effect_pairs(model, indirect=False))


def target_index(model: Model) -> Index:
    """Return each endogenous construct as a column without a row."""
    return [("", model.constructs[t]) for t in model.endogenous]


def path_index(model: Model) -> Index:
    """Return source and target of each path."""
    return list(model.path_names)


def paths(estimate: Estimate) -> pd.DataFrame:
    r"""Return source, target, path coefficient, f² and VIF of each path.

    Parameters
    ----------
    estimate : Estimate
        Of one matrix.

    Returns
    -------
    DataFrame

    Notes
    -----
    :math:`f^2 = \beta^2 / (VIF\,(1 - R^2))` on the scores as they are (Cohen 1988); see :func:`f_squared_last`.

    In R: ``summary(model)`` of seminr: ``paths``, ``fSquare``, ``vif_antecedents``; its f² estimates the model again.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e, f = np.random.default_rng(1).normal(size=(3, 200))
    >>> m = 0.6 * x + 0.8 * e
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + 0.3 * x + 0.8 * f})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ X + M")
    >>> paths(plsem.fit(data, model)).round(2)
      source target  path_coefficient  f_squared  inner_vif
    0      X      M              0.63       0.67       1.00
    1      X      Y              0.47       0.23       1.67
    2      M      Y              0.24       0.06       1.67
    """
    single(estimate)
    return pd.DataFrame(
        {
            "source": [s for s, _ in estimate.model.path_names],
            "target": [t for _, t in estimate.model.path_names],
            "path_coefficient": _gather(estimate.path_coefficients, list(estimate.model.paths)),
            "f_squared": f_squared_last(estimate)[:, 0],
            "inner_vif": inner_vif_last(estimate)[:, 0],
        }
    )


def effects(estimate: Estimate) -> pd.DataFrame:
    """Return source, target, direct, indirect and total effect of each connected pair of constructs.

    Parameters
    ----------
    estimate : Estimate
        Of one matrix.

    Returns
    -------
    DataFrame
        Standardised effects.

    Notes
    -----
    In R: ``summary(model)`` of seminr: ``total_effects``, ``total_indirect_effects``; ``cSEM::summarize``.

    References
    ----------
    Sums over routes of products of paths: Bollen, K. A. (1989). Structural equations with latent variables. Wiley.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e, f = np.random.default_rng(1).normal(size=(3, 200))
    >>> m = 0.6 * x + 0.8 * e
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + 0.3 * x + 0.8 * f})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ X + M")
    >>> effects(plsem.fit(data, model)).round(2)
      source target  direct  indirect  total
    0      X      M    0.63      0.00   0.63
    1      X      Y    0.47      0.15   0.62
    2      M      Y    0.24      0.00   0.24
    """
    single(estimate)
    pairs = _effect_pairs(estimate.model, indirect=False)
    indirect, total = effects_last(estimate)
    return pd.DataFrame(_names(estimate.model, pairs), columns=["source", "target"]).assign(
        direct=_gather(estimate.path_coefficients, pairs),
        indirect=_gather(indirect, pairs)[:, 0],
        total=_gather(total, pairs)[:, 0],
    )


def explained(estimate: Estimate) -> pd.DataFrame:
    r"""Return R² and, where the number of rows is known, adjusted R² of each endogenous construct (index).

    Parameters
    ----------
    estimate : Estimate
        Of one matrix.

    Returns
    -------
    DataFrame

    Notes
    -----
    :math:`R^2 = \sum \beta c` over the m predecessors; adjusted :math:`1 - (1 - R^2)(n - 1)/(n - m - 1)` (Theil 1961).

    In R: the first rows of ``summary(model)$paths`` of seminr.

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> explained(plsem.fit(r, model, n=100)).round(3)
               r_squared  adjusted_r_squared
    construct
    Y              0.141               0.132
    """
    single(estimate)
    model = estimate.model
    table = pd.DataFrame(
        {"r_squared": estimate.r_squared[list(model.endogenous)]},
        index=pd.Index([model.constructs[t] for t in model.endogenous], name="construct"),
    )
    if estimate.n_observations is not None:
        table["adjusted_r_squared"] = adjusted_r_squared_last(estimate)[:, 0]
    return table
