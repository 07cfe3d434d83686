"""Linear algebra on batches: arrays with the batch on their last axis, ``(…, B)``.

Only element-wise operations along the batch are used and sums are added in a fixed order, so the result
for one matrix does not depend on its neighbours or on the size of the batch, bit for bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def pack(matrices: FloatArray) -> FloatArray:
    """Return the strict upper triangles of ``(p, p, B)`` matrices, row by row, ``(p(p−1)/2, B)``."""
    return np.ascontiguousarray(matrices[np.triu_indices(matrices.shape[0], 1)])


def unpack(packed: FloatArray, p: int) -> FloatArray:
    """Return the symmetric matrices ``(p, p, B)`` with unit diagonals behind packed triangles."""
    full = np.ones((p, p, packed.shape[-1]))
    rows, columns = np.triu_indices(p, 1)
    full[rows, columns] = packed
    full[columns, rows] = packed
    return full


ZERO = 1e-14
"""A correlation of this size is 0 to rounding: no answers in numbers of rows that can be had give a smaller one."""

SINGULAR = 1e-12
"""A pivot of a correlation matrix is the share of a variable's variance that those before it leave; of this
size it is 0 to rounding."""


def dot(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the sum of ``x * y`` over the first axis, added in order.

    ``numpy.sum`` would add a batch of one in another order, and the last bit would depend on the batch.
    """
    total = x[0] * y[0]
    for i in range(1, len(x)):
        total += x[i] * y[i]
    return np.asarray(total)


def exact_zeros(r: FloatArray) -> FloatArray:
    """Return correlations with those that are 0 to rounding set to 0, as logarithms and signs must see them."""
    return np.asarray(np.where(np.abs(r) < ZERO, 0.0, r))


def total(x: FloatArray) -> FloatArray:
    """Return the sum over the first axis, added in order whatever the size of the batch."""
    x = np.ascontiguousarray(x)  # else numpy may add along memory instead
    if x.shape[-1] > 1:
        return np.asarray(x.sum(axis=0))
    return np.asarray(np.add.accumulate(x, axis=0)[-1])


def solve(a: FloatArray, b: FloatArray, *, smallest: float = 0.0) -> FloatArray:
    """Solve ``a x = b`` for a batch of symmetric matrices by elimination.

    Parameters
    ----------
    a : ndarray, (m, m, B)
    b : ndarray, (m, q, B)
    smallest : float
        :data:`SINGULAR` tells singular matrices from others; 0 only exactly singular ones.

    Returns
    -------
    ndarray, (m, q, B)
        NaN where a pivot is not larger in size than ``smallest``.  No pivoting: correlation matrices that
        are positive definite do not need it.
    """
    m = a.shape[0]
    if m == 1:
        return np.asarray(b / a[0])
    a, b = a.copy(), b.copy()
    for i in range(m):
        a[i, i][np.abs(a[i, i]) <= smallest] = np.nan
        factor = a[i + 1 :, i] / a[i, i]
        a[i + 1 :, i + 1 :] -= factor[:, None] * a[i, None, i + 1 :]
        b[i + 1 :] -= factor[:, None] * b[i]
    b[-1] /= a[-1, -1]
    for i in range(m - 2, -1, -1):
        for later in range(i + 1, m):
            b[i] -= a[i, later] * b[later]
        b[i] /= a[i, i]
    return b


def inverse(a: FloatArray, *, smallest: float = 0.0) -> FloatArray:
    """Return the inverses of a batch of symmetric matrices, ``(m, m, B)``; see :func:`solve`."""
    m = a.shape[0]
    identity = np.zeros_like(a)
    identity[np.arange(m), np.arange(m)] = 1.0
    return solve(a, identity, smallest=smallest)


def inflation(a: FloatArray) -> FloatArray:
    """Return the diagonals of the inverses of correlation matrices, ``(m, B)``: variance inflation factors.

    Infinite throughout a matrix that is singular: one of its variables is a sum of others, and which one
    elimination would name depends on the order.
    """
    m = a.shape[0]
    diagonal = inverse(a, smallest=SINGULAR)[np.arange(m), np.arange(m)]
    return np.where(np.isnan(diagonal) & ~np.isnan(a).any(axis=(0, 1)), np.inf, diagonal)


def pivots(a: FloatArray) -> FloatArray:
    """Return the pivots of elimination, ``(m, B)``: all above 0 if and only if positive definite."""
    return np.asarray(_factored(a)[1])


def inverse_root(a: FloatArray, *, smallest: float = 0.0) -> FloatArray:
    """Return L⁻¹ of symmetric matrices a = L L' with L lower triangular, ``(m, m, B)``.

    NaN where a pivot is not above ``smallest``; see :func:`solve`.
    """
    m = a.shape[0]
    upper, steps = _factored(a)
    steps[~(steps > smallest)] = np.nan
    scale = 1.0 / np.sqrt(steps)
    out = np.zeros_like(a)
    for i in range(m):
        row = out[i]
        for k in range(i):  # so short that sums of products are taken one by one
            row[: k + 1] -= upper[k, i] * out[k, : k + 1]
        row[i] = 1.0
    out *= scale[:, None]
    return out


def _factored(a: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return L', with ones on its diagonal, and the pivots D of a = L D L', ``(m, m, B)`` and ``(m, B)``.

    Below the diagonal stands nothing of use.
    """
    m = a.shape[0]
    if a.shape[-1] == 1:  # sums over one column would be added in another order
        upper, steps = _factored(np.repeat(a, 2, axis=-1))
        return upper[..., :1], steps[..., :1]
    upper, scaled = np.empty_like(a), np.empty_like(a)  # rows, so that what is added lies end to end
    steps = np.empty_like(a[0])
    for i in range(m):
        row = scaled[i, i:]
        if i:
            np.einsum("krb,kb->rb", upper[:i, i:], scaled[:i, i], out=row)
            np.subtract(a[i, i:], row, out=row)
        else:
            row[:] = a[0]
        steps[i] = row[0]
        np.multiply(row, 1.0 / steps[i], out=upper[i, i:])
    return upper, steps
