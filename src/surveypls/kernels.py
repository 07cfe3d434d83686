"""The estimator's arithmetic on whole batches.

Every array has the batch on its last axis, ``(…, B)``; correlation matrices are packed into their strict
upper triangles.  The caller silences floating-point warnings: a matrix without a solution becomes NaN
and is reported.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surveypls.batches import dot, inverse, solve
from surveypls.model import PlsModel

FloatArray = NDArray[np.float64]

_CACHE_BYTES = 4_000_000  # matrices are iterated in groups whose working set fits a core's cache


def block_matrix(model: PlsModel, packed: FloatArray, construct: int) -> FloatArray:
    """Return the correlation matrices of one block's items, ``(p_j, p_j, B)``."""
    own = list(model.blocks[construct])
    block = packed[model.pair_index[np.ix_(own, own)]]
    diagonal = np.arange(len(own))
    block[diagonal, diagonal] = 1.0
    return block


def outer_weights(
    model: PlsModel, packed: FloatArray, scheme: str, tolerance: float, max_iterations: int
) -> tuple[FloatArray, NDArray[np.int64], NDArray[np.bool_]]:
    """Iterate the PLS algorithm to its fixed point.

    Returns
    -------
    weights : ndarray, (p, B)
        Scaled so that each score has variance 1; NaN where there is no solution.
    iterations : ndarray of int, (B,)
    converged : ndarray of bool, (B,)
    """
    size = packed.shape[1]
    weights = np.full((model.n_items, size), np.nan)
    iterations = np.full(size, max_iterations)
    converged = np.zeros(size, dtype=bool)
    plan = _Plan(model, scheme)
    step = max(512, _CACHE_BYTES // (8 * plan.n_rows))
    for start in range(0, size, step):
        part = slice(start, min(start + step, size))
        _iterate(
            plan,
            packed[:, part],
            tolerance,
            max_iterations,
            weights[:, part],
            iterations[part],
            converged[part],
        )
    return weights, iterations, converged


class _Plan:
    """Which correlations one model and scheme need, and where they stand."""

    def __init__(self, model: PlsModel, scheme: str) -> None:
        k = model.n_constructs
        self.model, self.scheme = model, scheme
        self.neighbours = [sorted({*model.predecessors[j], *model.successors[j]}) for j in range(k)]
        self.regressors = [model.predecessors[j] if scheme == "path" else () for j in range(k)]
        # For each construct: its own items first, then those whose covariance with its score is needed.
        needs = [set(self.neighbours[j]) for j in range(k)]
        for regressors in self.regressors:
            for s in regressors:
                needs[s] |= {other for other in regressors if other > s}
        self.index: list[NDArray[np.intp]] = []
        self.rows: list[dict[int, slice]] = []
        for j in range(k):
            order = [j, *sorted(needs[j])]
            rows: dict[int, slice] = {}
            place = 0
            for near in order:
                rows[near] = slice(place, place + len(model.blocks[near]))
                place = rows[near].stop
            items = [i for near in order for i in model.blocks[near]]
            self.index.append(model.pair_index[np.ix_(model.blocks[j], items)])
            self.rows.append(rows)
        self.n_rows = sum(index.size for index in self.index)

    def gather(self, packed: FloatArray) -> list[FloatArray]:
        """Return for each construct the correlations of its items (first axis) with the rows needed."""
        parts = []
        for index in self.index:
            part = np.take(packed, index, axis=0)
            for i in range(index.shape[0]):
                part[i, i] = 1.0
            parts.append(part)
        return parts

    def inner_weights(self, r: Sequence[Sequence[FloatArray | None]], j: int) -> list[FloatArray]:
        """Return the inner weights of construct j's neighbours, from the score correlations ``r``."""
        near = self.neighbours[j]
        weights = [_known(r[j][other]) for other in near]
        if self.scheme == "centroid":
            return [np.sign(e) for e in weights]
        regressors = self.regressors[j]
        if regressors:
            beta = _regress(r, regressors, j)
            for place, s in enumerate(regressors):
                weights[near.index(s)] = beta[place]
        return weights


def _known(value: FloatArray | None) -> FloatArray:
    assert value is not None
    return value


def _regress(r: Sequence[Sequence[FloatArray | None]], regressors: Sequence[int], j: int) -> FloatArray:
    """Return the standardised regression coefficients of construct j on others, ``(m, B)``."""
    m = len(regressors)
    first = _known(r[j][regressors[0]])
    if m == 1:
        return first[None]
    if m == 2:
        s, t = regressors
        between = _known(r[s][t])
        b = _known(r[j][t])
        determinant = 1.0 - between * between
        return np.stack([(first - between * b) / determinant, (b - between * first) / determinant])
    a = np.ones((m, m, first.shape[-1]))
    b = np.empty((m, 1, first.shape[-1]))
    for x, s in enumerate(regressors):
        b[x, 0] = _known(r[j][s])
        for y in range(x):
            a[x, y] = a[y, x] = _known(r[s][regressors[y]])
    return solve(a, b)[:, 0]


def _iterate(
    plan: _Plan,
    packed: FloatArray,
    tolerance: float,
    max_iterations: int,
    out: FloatArray,
    iterations: NDArray[np.int64],
    converged: NDArray[np.bool_],
) -> None:
    """Iterate one group of matrices into ``out``; matrices that have settled drop out of the work."""
    model = plan.model
    size = packed.shape[1]
    where = np.arange(size)  # the columns of the group that the arrays still hold
    running = np.ones(size, dtype=bool)  # those of them that have not settled
    parts = plan.gather(packed)
    inverses = {
        j: inverse(block_matrix(model, packed, j))
        for j, items in enumerate(model.blocks)
        if model.modes[j] == "B" and len(items) > 1
    }
    weights = [np.ones((len(items), size)) for items in model.blocks]
    products = _standardise(parts, weights)
    for iteration in range(1, max_iterations + 1):
        previous = weights
        weights = _update(plan, inverses, weights, products)
        products = _standardise(parts, weights)
        change = np.abs(weights[0] - previous[0]).max(axis=0)
        for new, old in zip(weights[1:], previous[1:], strict=True):
            np.maximum(change, np.abs(new - old).max(axis=0), out=change)
        settled = change < tolerance
        leaving = running & (settled | np.isnan(change) | (iteration == max_iterations))
        if not leaving.any():
            continue
        columns = where[leaving]
        for rows, block in zip(model.slices, weights, strict=True):
            out[rows, columns] = block[:, leaving]
        iterations[columns] = iteration
        converged[columns] = settled[leaving]
        running &= ~leaving
        left = int(running.sum())
        if left == 0:
            return
        if left < 0.5 * len(where):
            keep = np.flatnonzero(running)
            where, running = where[keep], running[keep]
            parts = [part[..., keep] for part in parts]
            inverses = {j: matrix[..., keep] for j, matrix in inverses.items()}
            weights = [block[:, keep] for block in weights]
            products = [product[:, keep] for product in products]


def _standardise(parts: list[FloatArray], weights: list[FloatArray]) -> list[FloatArray]:
    """Scale weights in place to scores of variance 1; return the rows' covariances with the scores."""
    products = []
    for part, w in zip(parts, weights, strict=True):
        total = part[0] * w[0]
        buffer = np.empty_like(total)
        for i in range(1, len(w)):
            np.multiply(part[i], w[i], out=buffer)
            total += buffer
        scale = dot(w, total)
        np.sqrt(scale, out=scale)
        np.divide(1.0, scale, out=scale)
        w *= scale
        total *= scale
        products.append(total)
    return products


def _update(
    plan: _Plan, inverses: dict[int, FloatArray], weights: list[FloatArray], products: list[FloatArray]
) -> list[FloatArray]:
    """Return the next outer weights, unscaled."""
    k = plan.model.n_constructs
    r: list[list[FloatArray | None]] = [[None] * k for _ in range(k)]
    for j in range(k):
        for near, rows in plan.rows[j].items():
            if near != j and r[near][j] is None:
                r[j][near] = r[near][j] = dot(weights[near], products[j][rows])
    updated = []
    for j in range(k):
        total = np.zeros_like(weights[j])
        for near, e in zip(plan.neighbours[j], plan.inner_weights(r, j), strict=True):
            total += e * products[near][plan.rows[near][j]]
        if j in inverses:
            total = dot(inverses[j], total[:, None])
        updated.append(total)
    return updated


def cross_loadings(model: PlsModel, packed: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the correlation of each item with each score, ``(p, k, B)``."""
    p, size = model.n_items, packed.shape[1]
    cross = np.zeros((p, model.n_constructs, size))
    rows = np.empty((p, size))
    for i in range(p):
        np.take(packed, model.pair_index[i], axis=0, out=rows, mode="clip")
        rows[i] = 1.0
        rows *= weights[i]
        cross[:, model.construct_of[i]] += rows
    return cross


def orient(
    model: PlsModel, weights: FloatArray, cross: FloatArray, sign_items: dict[int, int], by_sum: bool
) -> None:
    """Turn scores in place: positive loading of the sign item, else a positive sum of loadings."""
    for j, rows in enumerate(model.slices):
        if j in sign_items:
            reference = cross[sign_items[j], j]
        elif by_sum:
            reference = dot(cross[rows, j], np.ones_like(cross[rows, j]))
        else:
            continue
        sign = np.where(reference < 0, -1.0, 1.0)
        weights[rows] *= sign
        cross[:, j] *= sign


def score_correlations(model: PlsModel, weights: FloatArray, cross: FloatArray) -> FloatArray:
    """Return the correlations of the scores, ``(k, k, B)``."""
    k = model.n_constructs
    r = np.ones((k, k, weights.shape[1]))
    for j, rows in enumerate(model.slices):
        for other in range(j):
            r[j, other] = r[other, j] = dot(weights[rows], cross[rows, other])
    return r


def rho_a(model: PlsModel, packed: FloatArray, weights: FloatArray) -> FloatArray:
    """Return rho_A (Dijkstra & Henseler 2015) of Mode A blocks, 1 for Mode B and single items, ``(k, B)``."""
    out = np.ones((model.n_constructs, weights.shape[1]))
    for j, (rows, block) in enumerate(zip(model.slices, model.blocks, strict=True)):
        if not model.factor_blocks[j]:
            continue
        w = weights[rows]
        above, below = np.triu_indices(len(block), 1)
        products = w[above] * w[below]
        r = packed[model.pair_index[rows, rows][above, below]]
        out[j] = dot(w, w) ** 2 * dot(products, r) / dot(products, products)
    return out


def disattenuate(
    model: PlsModel, weights: FloatArray, loadings: FloatArray, r: FloatArray, reliability: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return PLSc loadings ``(p, B)`` and construct correlations ``(k, k, B)``."""
    root = np.sqrt(reliability)
    loadings = loadings.copy()
    for j, rows in enumerate(model.slices):
        if model.factor_blocks[j]:
            w = weights[rows]
            loadings[rows] = w * (root[j] / dot(w, w))
    corrected = r / (root[:, None] * root[None, :])
    diagonal = np.arange(model.n_constructs)
    corrected[diagonal, diagonal] = 1.0
    return loadings, corrected


def regressions(model: PlsModel, r: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the paths ``[source, target]`` (k, k, B) and R² (k, B) from construct correlations."""
    k = model.n_constructs
    paths = np.zeros((k, k, r.shape[-1]))
    r_squared = np.full((k, r.shape[-1]), np.nan)
    lists = [[r[x, y] for y in range(k)] for x in range(k)]
    for t in model.endogenous:
        sources = list(model.predecessors[t])
        beta = _regress(lists, sources, t)
        paths[sources, t] = beta
        r_squared[t] = dot(beta, r[sources, t])
    return paths, r_squared
