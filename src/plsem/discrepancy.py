r"""How far implied correlations lie from observed ones: d_ML and d_G of a batch, without eigenvalues.

Every implied matrix is a block diagonal one, changed by a term of rank k:
:math:`\Sigma = B + \Lambda(\Phi - I)\Lambda'`, with B the blocks (observed, or products of loadings), Λ the
loadings, one column a construct, and Φ the construct correlations.  With Cholesky roots :math:`B = LL'` and
:math:`L^{-1}\Lambda = UD` (U of orthonormal columns), :math:`L^{-1}\Sigma L^{-T} = I + U(G - I)U'` where
:math:`G = I + D(\Phi - I)D`.  Determinants, traces and :math:`\Sigma^{-1/2}S\Sigma^{-1/2}` then cost little
more than the blocks' roots, which the structures share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plsem import batches
from plsem.batches import SINGULAR, dot, total
from plsem.model import Model
from plsem.spectrum import half_log_squares

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Blocks:
    """The whitened problem of one choice of blocks B.

    Parameters
    ----------
    observed : ndarray, (p, p, B)
        The item correlations S.
    slices : sequence of slice
        The items of each construct.
    loadings : ndarray, (p, B)
        Λ, each item's on its own construct.
    roots : sequence of ndarray, (p_j, p_j, B)
        Inverses of the lower triangular roots of each block of B; NaN where it is not positive definite.
    changed : sequence of bool
        Whether a block of B is another than S's.
    """

    observed: FloatArray
    slices: Sequence[slice]
    loadings: FloatArray
    roots: Sequence[FloatArray]
    changed: Sequence[bool]

    @cached_property
    def directions(self) -> tuple[FloatArray, FloatArray]:
        """U, one column a construct laid end to end, ``(p, B)``, and the diagonal of D, ``(k, B)``."""
        u = np.empty_like(self.loadings)
        lengths = np.empty((len(self.slices), u.shape[-1]))
        for j, (rows, root) in enumerate(zip(self.slices, self.roots, strict=True)):
            u[rows] = np.einsum("icb,cb->ib", root, self.loadings[rows])
            lengths[j] = np.sqrt(dot(u[rows], u[rows]))
            u[rows] *= np.divide(1.0, lengths[j], out=np.zeros_like(lengths[j]), where=lengths[j] > 0)
        return u, lengths

    @cached_property
    def along(self) -> tuple[FloatArray, FloatArray]:
        """S̃U, ``(p, k, B)``, and U'S̃U, ``(k, k, B)``, with S̃ = L⁻¹SL⁻ᵀ."""
        u, _ = self.directions
        k, size = len(self.slices), u.shape[-1]
        y, z = np.empty((len(u), k, size)), np.empty((k, k, size))
        for j, (rows, root) in enumerate(zip(self.slices, self.roots, strict=True)):
            x = np.einsum("icb,ib->cb", root, u[rows])
            y[:, j] = np.einsum("icb,cb->ib", self.observed[:, rows], x)
        for j, (rows, root) in enumerate(zip(self.slices, self.roots, strict=True)):
            y[rows] = np.einsum("icb,cmb->imb", root, y[rows])
            z[j] = np.einsum("ib,imb->mb", u[rows], y[rows])
        return y, z

    @cached_property
    def whitened(self) -> FloatArray:
        """S̃ = L⁻¹SL⁻ᵀ, ``(p, p, B)``."""
        out = np.empty_like(self.observed)
        for j, (rows, root) in enumerate(zip(self.slices, self.roots, strict=True)):
            half = np.einsum("icb,cmb->imb", root, self.observed[rows, : rows.stop])
            for other in range(j + 1):
                columns = self.slices[other]
                part = np.einsum("icb,mcb->imb", half[:, columns], self.roots[other])
                out[rows, columns] = part
                if other < j:
                    out[columns, rows] = np.swapaxes(part, 0, 1)
        return out

    @cached_property
    def log_determinant(self) -> FloatArray:
        """Log |B|, ``(B,)``."""
        diagonals = [root[np.arange(len(root)), np.arange(len(root))] for root in self.roots]
        return np.asarray(-2.0 * total(np.log(np.concatenate(diagonals))))

    @cached_property
    def trace(self) -> FloatArray:
        """Tr(B⁻¹S), ``(B,)``."""
        out = np.full(self.loadings.shape[-1], float(len(self.loadings)))
        for rows, root, changed in zip(self.slices, self.roots, self.changed, strict=True):
            if changed:
                half = np.einsum("icb,cmb->imb", root, self.observed[rows, rows])
                out += np.einsum("icb,icb->b", half, root) - len(root)
        return out

    def structure(self, r: FloatArray) -> Structure:
        """Return the implied matrix that construct correlations Φ, ``(k, k, B)``, complete."""
        _, lengths = self.directions
        g = r * lengths[:, None]
        g *= lengths
        diagonal = np.arange(len(g))
        g[diagonal, diagonal] = 1.0
        return Structure(self, batches.inverse_root(g, smallest=SINGULAR))


@dataclass(frozen=True)
class Structure:
    """One implied matrix: its blocks, and the inverse root of G, ``(k, k, B)``."""

    blocks: Blocks
    root: FloatArray

    def d_ml(self, log_determinant: FloatArray) -> FloatArray:
        r"""Return :math:`\log|\Sigma|-\log|S|+tr(S\Sigma^{-1})-p`, ``(B,)``, given log |S|."""
        root, diagonal = self.root, np.arange(len(self.root))
        _, z = self.blocks.along
        gained = np.einsum("jmb,jmb->b", np.einsum("jlb,lmb->jmb", root, z), root)
        gained -= total(z[diagonal, diagonal])
        logs = -2.0 * total(np.log(root[diagonal, diagonal]))
        p = len(self.blocks.loadings)
        return np.asarray(
            self.blocks.log_determinant + logs - log_determinant + (self.blocks.trace + gained - p)
        )

    def d_g(self) -> FloatArray:
        r"""Return :math:`\frac12\sum\log^2\varphi_i`, φ the eigenvalues of :math:`\Sigma^{-1}S`, ``(B,)``.

        Those of :math:`S^{-1}\Sigma` are their reciprocals and give the same.
        """
        return half_log_squares(self.relative())

    def relative(self) -> FloatArray:
        """Return a symmetric matrix with the eigenvalues of Σ⁻¹S, ``(p, p, B)``."""
        blocks = self.blocks
        (u, _), (y, z) = blocks.directions, blocks.along
        n = self.root.copy()
        diagonal = np.arange(len(n))
        n[diagonal, diagonal] -= 1.0
        v = np.einsum("ilb,mlb->imb", y, n)
        nzn = np.einsum("jlb,mlb->jmb", np.einsum("jlb,lmb->jmb", n, z), n)
        nzn *= 0.5
        for j, rows in enumerate(blocks.slices):
            v[rows] += u[rows, None] * nzn[j]
        out = blocks.whitened.copy()
        for j, rows in enumerate(blocks.slices):
            change = v[:, j, None] * u[rows]
            out[:, rows] += change
            out[rows] += np.swapaxes(change, 0, 1)
        return out


def blocks_of(model: Model, observed: FloatArray, loadings: FloatArray, factors: bool) -> Blocks:
    """Return the blocks of an estimate: observed, or, where ``factors``, products of Mode A loadings."""
    roots = []
    for j, rows in enumerate(model.slices):
        block = observed[rows, rows]
        if factors and model.factor_blocks[j]:
            block = loadings[rows, None] * loadings[rows]
            diagonal = np.arange(len(block))
            block[diagonal, diagonal] = 1.0
        roots.append(batches.inverse_root(block, smallest=SINGULAR))
    changed = [factors and factor for factor in model.factor_blocks]
    return Blocks(observed, model.slices, loadings, roots, changed)
