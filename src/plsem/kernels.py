"""The estimator's arithmetic on whole batches.

Every array has the batch on its last axis, ``(…, B)``; correlation matrices are packed into their strict
upper triangles.  The caller silences floating-point warnings: a matrix without a solution becomes NaN
and is reported.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plsem.batches import SINGULAR, dot
from plsem.model import Model
from plsem.weighting import regress

FloatArray = NDArray[np.float64]

_CANCELLED = 1e-9  # a sum of loadings of this size has no sign of its own


def block_matrix(model: Model, packed: FloatArray, construct: int) -> FloatArray:
    """Return the correlation matrices of one block's items, ``(p_j, p_j, B)``."""
    own = list(model.blocks[construct])
    block = packed[model.pair_index[np.ix_(own, own)]]
    diagonal = np.arange(len(own))
    block[diagonal, diagonal] = 1.0
    return block


def cross_loadings(model: Model, packed: FloatArray, weights: FloatArray) -> FloatArray:
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
    model: Model, weights: FloatArray, cross: FloatArray, sign_items: dict[int, int], by_sum: bool
) -> None:
    """Turn scores in place: positive loading of the sign item, else a positive sum of loadings.

    Loadings that cancel out (two items of opposite direction) are turned by the first item.
    """
    for j, rows in enumerate(model.slices):
        if j in sign_items:
            reference = cross[sign_items[j], j]
        elif by_sum:
            reference = dot(cross[rows, j], np.ones_like(cross[rows, j]))
            reference = np.where(np.abs(reference) < _CANCELLED, cross[rows.start, j], reference)
        else:
            continue
        sign = np.where(reference < 0, -1.0, 1.0)
        weights[rows] *= sign
        cross[:, j] *= sign


def score_correlations(model: Model, weights: FloatArray, cross: FloatArray) -> FloatArray:
    """Return the correlations of the scores, ``(k, k, B)``."""
    k = model.n_constructs
    r = np.ones((k, k, weights.shape[1]))
    for j, rows in enumerate(model.slices):
        for other in range(j):
            r[j, other] = r[other, j] = dot(weights[rows], cross[rows, other])
    return r


def rho_a(model: Model, packed: FloatArray, weights: FloatArray) -> FloatArray:
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
    model: Model, weights: FloatArray, loadings: FloatArray, r: FloatArray, reliability: FloatArray
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


def regressions(model: Model, r: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the paths ``[source, target]`` (k, k, B) and R² (k, B) from construct correlations."""
    k = model.n_constructs
    paths = np.zeros((k, k, r.shape[-1]))
    r_squared = np.full((k, r.shape[-1]), np.nan)
    lists = [[r[x, y] for y in range(k)] for x in range(k)]
    for t in model.endogenous:
        sources = list(model.predecessors[t])
        beta = regress(lists, sources, t, smallest=SINGULAR)
        paths[sources, t] = beta
        r_squared[t] = dot(beta, r[sources, t])
    return paths, r_squared
