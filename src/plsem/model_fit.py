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
from plsem.batches import SINGULAR
from plsem.discrepancy import blocks_of
from plsem.measurement import single
from plsem.model import Model
from plsem.names import nearest
from plsem.solution import Estimate

__all__ = ["fit_table", "implied_correlations", "srmr"]

FloatArray = NDArray[np.float64]
Structure = Literal["saturated", "estimated"]
Implied = Literal["composite", "common_factor"]

VARIANTS: tuple[str, ...] = tuple(
    f"{structure}/{implied}" for implied in get_args(Implied) for structure in get_args(Structure)
)
"""The four variants, as they stand in the column of long tables."""


STATISTICS = ("srmr", "d_uls", "d_g", "nfi", "chi_square")

_USERS = {"d_g": {"d_g"}, "d_ml": {"nfi", "chi_square"}}  # discrepancies, and statistics made from them
_CACHE_BYTES = 2**21  # of matrices worked at once


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
    """Return the implied item correlation matrices, ``(..., p, p)``; see :func:`implied_last`.

    Parameters
    ----------
    estimate : Estimate
    structure : {"estimated", "saturated"}
        Construct correlations as the paths imply them, or as they are.
    implied : {"composite", "common_factor"}
        Correlations within blocks as they are, or the products of the loadings.

    Returns
    -------
    ndarray, (..., p, p)

    Notes
    -----
    In R: ``cSEM::fit``.

    References
    ----------
    Dijkstra & Henseler (2015).

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> implied_correlations(plsem.fit(r, model), implied="common_factor").round(2)
    array([[1. , 0.8, 0.3, 0.3],
           [0.8, 1. , 0.3, 0.3],
           [0.3, 0.3, 1. , 0.8],
           [0.3, 0.3, 0.8, 1. ]])
    """
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

    Returns
    -------
    ndarray

    Notes
    -----
    In R: ``cSEM::calculateSRMR``.

    Examples
    --------
    >>> import numpy as np
    >>> srmr(np.array(0.04), 4).round(4)
    np.float64(0.0632)
    """
    return np.asarray(np.sqrt(sum_of_squares / (p * (p + 1 if count_diagonal else p - 1) / 2)))


def d_g_last(
    estimate: Estimate, variants: Iterable[str] = VARIANTS, *, base: Literal["e", "10"] = "e"
) -> FloatArray:
    r"""Return the geodesic distance :math:`\frac12\sum(\log\varphi_i)^2`, one row a variant, ``(m, B)``.

    φ are the eigenvalues of :math:`S^{-1}\Sigma` (Dijkstra & Henseler 2015).  Computed without them, see
    :mod:`plsem.spectrum`; equal to their sum to about 1e-12.

    Parameters
    ----------
    estimate : Estimate
    variants : iterable of str
        From :data:`VARIANTS`.
    base : {"e", "10"}
        cSEM and ADANCO take base 10, which makes the value 5.302 times smaller.

    Returns
    -------
    ndarray, (m, B)
        NaN where the observed or the implied matrix is not positive definite (few rows, redundant items).
    """
    values = _discrepancies(estimate, tuple(variants), ("d_g",))[0]
    return values if base == "e" else np.asarray(values / np.log(10) ** 2)


def d_ml_last(estimate: Estimate, variants: Iterable[str] = VARIANTS) -> FloatArray:
    r"""Return the discrepancy :math:`\log|\Sigma|-\log|S|+tr(S\Sigma^{-1})-p`, one row a variant, ``(m, B)``.

    NaN where the observed or the implied matrix is not positive definite.
    """
    return np.asarray(_discrepancies(estimate, tuple(variants), ("d_ml",))[0])


def _discrepancies(estimate: Estimate, variants: tuple[str, ...], which: tuple[str, ...]) -> FloatArray:
    """Return ``d_g``, ``d_ml`` or both, and −log |S|, ``(len(which) + 1, m, B)``.

    Worked on so many columns that fit a cache.
    """
    model = estimate.model
    parts = [split_variant(variant) for variant in variants]
    r = {"saturated": estimate.construct_correlations_last}
    if any(structure == "estimated" for structure, _ in parts):
        r["estimated"] = implied_construct_correlations_last(estimate)
    size = estimate.packed_last.shape[-1]
    step = int(np.clip(_CACHE_BYTES // (8 * model.n_items**2), 256, 2048))
    out = np.empty((len(which) + 1, max(len(parts), 1), size))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for start in range(0, size, step):
            stop = min(start + step, size)
            packed, loadings, *rs = (
                _columns(a, start, stop) for a in (estimate.packed_last, estimate.loadings_last, *r.values())
            )
            observed = batches.unpack(packed, model.n_items)
            structures = dict(zip(r, rs, strict=True))
            steps = batches.pivots(observed)
            steps[:, (steps <= SINGULAR).any(axis=0)] = np.nan
            log_determinant = batches.total(np.log(steps))
            blocks = {
                kind: blocks_of(model, observed, loadings, factors=kind == "common_factor")
                for kind in {kind for _, kind in parts}
            }
            found = [blocks[kind].structure(structures[structure]) for structure, kind in parts]
            out[-1, :, start:stop] = -log_determinant[: stop - start]
            for name, values in zip(which, out[:-1], strict=True):
                for one, row in zip(found, values, strict=True):
                    value = one.d_g() if name == "d_g" else one.d_ml(log_determinant)
                    value[~(np.isfinite(value) & np.isfinite(log_determinant))] = np.nan
                    row[start:stop] = value[: stop - start]
    return out


def _columns(a: FloatArray, start: int, stop: int) -> FloatArray:
    """Return some columns; a single one twice, since sums over one would be added in another order."""
    part = a[..., start:stop]
    return part if stop - start > 1 else np.repeat(part, 2, axis=-1)


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
    which = [name for name, users in _USERS.items() if users & wanted]
    if which:
        *values, independence = _discrepancies(estimate, VARIANTS, tuple(which))
        found |= dict(zip(which, values, strict=True))
    if "nfi" in wanted:
        with np.errstate(divide="ignore", invalid="ignore"):
            found["nfi"] = 1 - found["d_ml"] / independence
    if "chi_square" in wanted:
        if estimate.n_observations is None:
            raise ValueError("χ² needs the number of rows: estimate(..., n_observations=n)")
        found["chi_square"] = (estimate.n_observations - 1) * found["d_ml"]
    return {name: values for name, values in found.items() if name in wanted}


def index(model: Model) -> list[tuple[str, str]]:
    """Return the (row, column) names of the values of each fit statistic."""
    return [("model", variant) for variant in VARIANTS]


def fit_table(estimate: Estimate) -> pd.DataFrame:
    """Return the fit statistics (index) of the four variants (columns).

    Parameters
    ----------
    estimate : Estimate
        Of one matrix.

    Returns
    -------
    DataFrame
        Rows SRMR, d_ULS, d_G, NFI and, where the number of rows is known, χ²; NaN where they need an inverse that
        the items' correlations do not have.

    Notes
    -----
    In R: ``cSEM::assess``, ``cSEM::calculateSRMR``, ``cSEM::calculateDG`` (to base 10).

    References
    ----------
    Hu & Bentler (1998), Dijkstra & Henseler (2015), Bentler & Bonett (1980).

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> fit_table(plsem.fit(r, model)).T.round(3)
    statistic                 srmr  d_uls    d_g    nfi
    variant
    saturated/composite      0.000   0.00  0.000  1.000
    estimated/composite      0.000   0.00  0.000  1.000
    saturated/common_factor  0.089   0.08  0.501  0.394
    estimated/common_factor  0.089   0.08  0.501  0.394
    """
    single(estimate)
    names = [n for n in STATISTICS if n != "chi_square" or estimate.n_observations is not None]
    values = fit_last(estimate, names)
    return pd.DataFrame(
        np.stack([values[name][:, 0] for name in names]),
        index=pd.Index(names, name="statistic"),
        columns=pd.Index(VARIANTS, name="variant"),
    )
