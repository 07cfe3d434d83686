"""Model fit: what item correlations the model implies, and how far the observed ones are from them.

Two questions make four variants.  *Which constructs' correlations?*  ``saturated`` takes them as they
are, so only the measurement model is tested; ``estimated`` takes those that the paths imply.  *Which
correlations within a block?*  ``composite`` leaves them as observed; ``common_factor`` demands the product
of loadings for Mode A blocks.  With PLSc the common-factor variant is the one that fits the estimates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import batches
from plsem.estimator import Estimate
from plsem.measurement import single
from plsem.model import Model
from plsem.names import nearest

FloatArray = NDArray[np.float64]
Structure = Literal["saturated", "estimated"]
Implied = Literal["composite", "common_factor"]

VARIANTS: tuple[str, ...] = tuple(
    f"{structure}/{implied}" for implied in get_args(Implied) for structure in get_args(Structure)
)
"""The four variants, as they stand in the column of long tables."""


STATISTICS = ("srmr", "d_uls", "d_g", "nfi", "chi_square")
_SLOW = frozenset({"d_g", "nfi", "chi_square"})  # those that need each matrix's eigenvalues


def split_variant(variant: str) -> tuple[Structure, Implied]:
    """Return the two parts of a variant's name; ValueError names the nearest one."""
    if variant not in VARIANTS:
        raise ValueError(f"no fit variant {variant!r}{nearest(variant, VARIANTS)}")
    structure, implied = variant.split("/")
    return structure, implied  # type: ignore[return-value]


def implied_construct_correlations_last(estimate: Estimate) -> FloatArray:
    """Return the construct correlations that the paths imply, ``(k, k, B)``.

    Exogenous constructs keep their correlations.  Each other construct is the sum of its paths and of a
    residual that is correlated with nothing before it, scaled to variance 1.
    """
    model = estimate.model
    r = np.ones_like(estimate.construct_correlations_last)
    paths = estimate.path_coefficients_last
    before: list[int] = []
    exogenous = [j for j in range(model.n_constructs) if not model.predecessors[j]]
    for t in sorted(model.order, key=lambda j: (bool(model.predecessors[j]), model.order.index(j))):
        for s in before:
            if t in exogenous:
                value = estimate.construct_correlations_last[s, t]
            else:
                sources = list(model.predecessors[t])
                value = batches.dot(paths[sources, t], r[sources, s])
            r[s, t] = r[t, s] = value
        before.append(t)
    return r


def implied_last(estimate: Estimate, structure: Structure, implied: Implied) -> FloatArray:
    """Return the implied item correlations, packed, ``(p(p−1)/2, B)``.

    Parameters
    ----------
    estimate : Estimate
    structure : {"saturated", "estimated"}
    implied : {"composite", "common_factor"}
    """
    model = estimate.model
    if structure == "saturated":
        r = estimate.construct_correlations_last
    else:
        r = implied_construct_correlations_last(estimate)
    first, second = model.pairs
    one, other = model.construct_of[first], model.construct_of[second]
    out = estimate.loadings_last[first] * estimate.loadings_last[second]
    factor = np.array(model.factor_blocks)
    observed = (one == other) & ((implied == "composite") | ~factor[one])
    out[one != other] *= r[one[one != other], other[one != other]]
    out[observed] = estimate.packed_last[observed]
    return np.asarray(out)


def implied_correlations(
    estimate: Estimate, *, structure: Structure = "estimated", implied: Implied = "composite"
) -> FloatArray:
    """Return the implied item correlation matrices, ``(..., p, p)``; see :func:`implied_last`."""
    split_variant(f"{structure}/{implied}")
    return estimate.leading(
        batches.unpack(implied_last(estimate, structure, implied), estimate.model.n_items)
    )


def sum_of_squares_last(estimate: Estimate, implied: FloatArray) -> FloatArray:
    """Return the sum of squared residual correlations above the diagonal of one implied matrix, ``(B,)``."""
    residual = estimate.packed_last - implied
    return batches.dot(residual, residual)


def sums_of_squares_last(estimate: Estimate) -> FloatArray:
    """Return the sums of squared residual correlations above the diagonal, ``(4, B)``.

    One row a variant, in the order of :data:`VARIANTS`.  Residuals between blocks are the same for both
    implied matrices, and those within blocks for both structures, so each is computed once.
    """
    model, loadings = estimate.model, estimate.loadings_last
    structures = (estimate.construct_correlations_last, implied_construct_correlations_last(estimate))
    within = np.zeros(loadings.shape[-1])
    between = np.zeros((len(structures), loadings.shape[-1]))
    for j, items in enumerate(model.blocks):
        own = loadings[model.slices[j]]
        if model.factor_blocks[j]:
            first, second = np.triu_indices(len(items), 1)
            observed = estimate.packed_last[model.pair_index[np.ix_(items, items)][first, second]]
            observed -= own[first] * own[second]
            within += batches.dot(observed, observed)
        for other in range(j):
            observed = estimate.packed_last[model.pair_index[np.ix_(items, model.blocks[other])]]
            products = own[:, None] * loadings[model.slices[other]]
            for place, r in enumerate(structures):
                residual = products * r[j, other]
                residual -= observed
                residual *= residual
                between[place] += batches.total(batches.total(residual))
    return np.concatenate([between, between + within])


def srmr(sum_of_squares: FloatArray, p: int, *, count_diagonal: bool = True) -> FloatArray:
    """Return the standardised root mean square residual.

    Parameters
    ----------
    sum_of_squares : ndarray
        Squared residual correlations above the diagonal, summed.
    p : int
        Items.
    count_diagonal : bool
        Divide by p(p+1)/2 (True: the zeros of the diagonal are averaged in, as Hu & Bentler 1998, cSEM
        and ADANCO) or by p(p−1)/2.
    """
    return np.asarray(np.sqrt(sum_of_squares / (p * (p + 1 if count_diagonal else p - 1) / 2)))


def eigenvalues_last(estimate: Estimate, implied: FloatArray) -> FloatArray:
    r"""Return the eigenvalues of :math:`S^{-1}\Sigma`, ``(p, B)``.

    NaN where the observed matrix is not positive definite or cannot be factored (few rows, redundant items).
    d_G and the maximum-likelihood discrepancy are functions of them.
    """
    p = estimate.model.n_items
    observed = batches.unpack(estimate.packed_last, p)
    fitted = np.moveaxis(batches.unpack(implied, p), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        definite = (batches.pivots(observed) > 1e-12).all(axis=0)
    usable = np.asarray(definite & np.isfinite(implied).all(axis=0))
    root, factored = _roots(np.where(usable[:, None, None], np.moveaxis(observed, -1, 0), np.eye(p)))
    usable &= factored
    fitted = np.where(usable[:, None, None], fitted, np.eye(p))
    half = np.linalg.solve(root, fitted)
    whole = np.linalg.solve(root, np.swapaxes(half, -1, -2))
    values = np.linalg.eigvalsh(whole)
    return np.where(usable, values.T, np.nan)


def _roots(matrices: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return Cholesky factors and which matrices have one; the identity stands for those that rounding left without."""
    factored: NDArray[np.bool_] = np.ones(len(matrices), dtype=np.bool_)
    try:
        return np.asarray(np.linalg.cholesky(matrices), dtype=np.float64), factored
    except np.linalg.LinAlgError:
        roots = np.empty_like(matrices)
    for place, matrix in enumerate(matrices):
        try:
            roots[place] = np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError:
            roots[place], factored[place] = np.eye(len(matrix)), False
    return roots, factored


def d_g(eigenvalues: FloatArray, *, base: Literal["e", "10"] = "e") -> FloatArray:
    r"""Return the geodesic distance :math:`\frac12\sum(\log\varphi_i)^2` (Dijkstra & Henseler 2015).

    Parameters
    ----------
    eigenvalues : ndarray, (p, B)
        Of :math:`S^{-1}\Sigma`.
    base : {"e", "10"}
        cSEM and ADANCO take base 10, which makes the value 5.302 times smaller.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(eigenvalues) if base == "e" else np.log10(eigenvalues)
    return np.asarray(batches.total(logs**2) / 2)


def d_ml(eigenvalues: FloatArray) -> FloatArray:
    r"""Return the maximum-likelihood discrepancy :math:`\log|\Sigma|-\log|S|+tr(S\Sigma^{-1})-p`.

    It is NaN where the implied matrix is not positive definite.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(batches.total(np.log(eigenvalues) + 1 / eigenvalues) - len(eigenvalues))


def independence_d_ml(estimate: Estimate) -> FloatArray:
    r"""Return the discrepancy of the model in which no items correlate, :math:`-\log|S|`, ``(B,)``."""
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = batches.pivots(batches.unpack(estimate.packed_last, estimate.model.n_items))
        return np.asarray(-batches.total(np.log(steps)))


def fit_last(estimate: Estimate, statistics: Iterable[str] = STATISTICS) -> dict[str, FloatArray]:
    """Return fit statistics, each ``(4, B)`` in the order of :data:`VARIANTS`.

    ``srmr`` counts the diagonal; ``d_uls`` is half the squared residuals of the whole matrix; ``d_g`` has
    natural logarithms; ``nfi`` is 1 − F / F₀ with the maximum-likelihood discrepancies of the model and of
    independence (Bentler & Bonett 1980); ``chi_square`` is (n − 1) F.
    """
    wanted = set(statistics)
    found: dict[str, FloatArray] = {}
    if wanted & {"srmr", "d_uls"}:
        squares = sums_of_squares_last(estimate)
        found["srmr"] = srmr(squares, estimate.model.n_items)
        found["d_uls"] = squares
    if wanted & _SLOW:
        eigenvalues = [
            eigenvalues_last(estimate, implied_last(estimate, *split_variant(variant)))
            for variant in VARIANTS
        ]
        discrepancies = np.stack([d_ml(values) for values in eigenvalues])
        found["d_g"] = np.stack([d_g(values) for values in eigenvalues])
        with np.errstate(divide="ignore", invalid="ignore"):
            found["nfi"] = 1 - discrepancies / independence_d_ml(estimate)
        if "chi_square" in wanted:
            if estimate.n_observations is None:
                raise ValueError("χ² needs the number of rows: estimate(..., n_observations=n)")
            found["chi_square"] = (estimate.n_observations - 1) * discrepancies
    return {name: values for name, values in found.items() if name in wanted}


def index(model: Model) -> list[tuple[str, str]]:
    """Return the (row, column) names of the values of each fit statistic."""
    return [("model", variant) for variant in VARIANTS]


def fit_table(estimate: Estimate) -> pd.DataFrame:
    """Return the fit statistics (index) of the four variants (columns)."""
    single(estimate)
    names = [n for n in STATISTICS if n != "chi_square" or estimate.n_observations is not None]
    values = fit_last(estimate, names)
    return pd.DataFrame(
        np.stack([values[name][:, 0] for name in names]),
        index=pd.Index(names, name="statistic"),
        columns=pd.Index(VARIANTS, name="variant"),
    )
