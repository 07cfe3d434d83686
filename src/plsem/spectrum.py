r"""Functions of the eigenvalues of many symmetric matrices, without eigenvalues.

:math:`\frac12\sum_i\log^2\varphi_i` of a positive definite matrix A is an integral of log determinants,

.. math:: \int_{-\infty}^0 (g(u) - \log|A|)\,du + \int_0^\infty (g(u) - pu)\,du - p\pi^2/6,
   \qquad g(u) = \log|A + e^u I|,

since each eigenvalue adds the integral of a softplus function whose second derivative in
:math:`\log\varphi` is 1.  The trapezoidal rule converges geometrically (Trefethen & Weideman 2014): steps
of 0.65 leave an error of 1e-13 an eigenvalue.  A Householder reduction to tridiagonal form, once, makes
each determinant a product of p pivots, and all of it is element-wise arithmetic on arrays with the batch on
their last axis: a small fraction of the cost of LAPACK's eigenvalues, called matrix by matrix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_STEP = 0.65
_REACH = 6.0  # the logarithms of eigenvalues that the nodes are laid out for, in size
_MARGIN = 4.0  # how far the nodes reach beyond
_TERMS = 7  # of the tails' exponential series, summed from the outermost nodes
_LOG_EVERY = 16  # pivots multiplied before a logarithm is taken: no overflow


def _nodes() -> tuple[FloatArray, FloatArray]:
    """Return the nodes u and their weights; the outermost ones stand for the tails too."""
    last = int(np.ceil((_REACH + _MARGIN) / _STEP))
    u = _STEP * np.arange(-last, last + 1, dtype=np.float64)
    weights: FloatArray = np.full(len(u), _STEP)
    # the tail Σ_{k ≥ 1} e^{-jhk}, j = 1 … _TERMS, as a combination of e^{jhi} at the outermost nodes i
    powers = np.arange(1, _TERMS + 1)[:, None]
    ends = np.linalg.solve(
        np.exp(_STEP * powers * np.arange(_TERMS)), 1 / np.expm1(_STEP * powers[:, 0]).astype(float)
    )
    weights[:_TERMS] += _STEP * ends
    weights[-_TERMS:] += _STEP * ends[::-1]
    return u, weights


_NODES, _WEIGHTS = _nodes()
_AT_ONE = float(_WEIGHTS @ np.log1p(np.exp(-np.abs(_NODES))))  # of φ = 1; π²/6 and the rule's own error
_FARTHEST = np.log1p(np.exp(-_MARGIN))  # log(1 + φ e^-u) at the outermost node and the farthest eigenvalue


def tridiagonal(a: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Reduce symmetric matrices to tridiagonal form by Householder reflections (Golub & Van Loan 2013, 8.3).

    Parameters
    ----------
    a : ndarray, (p, p, B)
        Overwritten.

    Returns
    -------
    diagonal : ndarray, (p, B)
    squares : ndarray, (p − 1, B)
        The squares of the elements beside the diagonal.
    """
    p, size = a.shape[0], a.shape[-1]
    squares = np.empty((max(p - 1, 0), size))
    pair, swapped = np.empty((2, p, size)), np.empty((2, p, size))
    change = np.empty(((p - 1) ** 2, size))
    for c in range(p - 2):
        m = p - 1 - c
        rest = a[c + 1 :, c + 1 :]
        v, q = pair[:, :m]
        v[:] = a[c, c + 1 :]
        length = np.einsum("ib,ib->b", v, v)
        squares[c] = length
        norm = np.sqrt(length)
        half = length + norm * np.abs(v[0])
        v[0] += np.copysign(norm, v[0])
        np.divide(1.0, half, out=half, where=half > 0)  # 0 where the column is reduced already
        np.einsum("jib,jb->ib", rest, v, out=q)
        q *= half
        shift = np.einsum("ib,ib->b", v, q)
        shift *= half
        shift *= 0.5
        q -= shift * v
        swapped[0, :m], swapped[1, :m] = q, v
        update = change[: m * m].reshape(m, m, size)
        np.einsum("kib,kjb->ijb", pair[:, :m], swapped[:, :m], out=update)
        rest -= update
    if p > 1:
        squares[-1] = a[-1, -2] ** 2
    return np.ascontiguousarray(a[np.arange(p), np.arange(p)]), squares


def half_log_squares(a: FloatArray) -> FloatArray:
    r"""Return :math:`\frac12\sum_i\log^2\varphi_i` of symmetric matrices with eigenvalues φ, ``(B,)``.

    Parameters
    ----------
    a : ndarray, (p, p, B)
        Overwritten.

    Returns
    -------
    ndarray, (B,)
        NaN where a matrix is not positive definite or not finite.  Exact to about 1e-13 a row; matrices
        with an eigenvalue beyond e^±6 go to LAPACK one by one.
    """
    whole = a if a.shape[-1] > 1 else np.repeat(a, 2, axis=-1)  # sums over one column run in another order
    kept = whole.copy()
    out = np.full(whole.shape[-1], np.nan)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        value, far = _quadrature(*tridiagonal(whole))
    out[~far] = value[~far]
    for column in np.flatnonzero(far):
        matrix = kept[..., column]
        if np.isfinite(matrix).all():
            eigenvalues = np.linalg.eigvalsh(matrix)
            if eigenvalues[0] > 0:
                out[column] = np.sum(np.log(eigenvalues) ** 2) / 2
    return out[: a.shape[-1]]


def _quadrature(diagonal: FloatArray, squares: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the integral, and which matrices have eigenvalues too far out for it."""
    p, size = diagonal.shape
    shift = np.exp(_NODES)[:, None]
    scale = np.exp(-_LOG_EVERY * np.maximum(_NODES, 0.0))[:, None]
    middle = len(_NODES) // 2
    logs = np.zeros((len(_NODES), size))
    step = np.empty_like(logs)
    pivot = diagonal[0] + shift
    product = pivot.copy()
    own = diagonal[0].copy()
    log_determinant, own_product = np.zeros(size), own.copy()
    for i in range(1, p):
        np.divide(squares[i - 1], pivot, out=step)
        np.subtract(diagonal[i], step, out=pivot)
        pivot += shift
        own = diagonal[i] - squares[i - 1] / own
        if i % _LOG_EVERY:
            product *= pivot
            own_product *= own
        else:  # pu is taken away at once, where u > 0, so that what is summed stays small
            product *= scale
            logs += np.log(product, out=product)
            log_determinant += np.log(own_product)
            product[:], own_product[:] = pivot, own
    product *= np.exp(-((p - 1) % _LOG_EVERY + 1) * np.maximum(_NODES, 0.0))[:, None]
    logs += np.log(product, out=product)
    log_determinant += np.log(own_product)
    logs[:middle] -= log_determinant
    logs[middle] -= 0.5 * log_determinant
    value = np.einsum("k,kb->b", _WEIGHTS, logs) - p * _AT_ONE
    return np.maximum(value, 0.0), ~((logs[0] <= _FARTHEST) & (logs[-1] <= _FARTHEST))
