"""Tell whether a correlation matrix can be factored, and how many factors it holds.

Arrays in, arrays out: KMO and MSA, Bartlett's test, Kaiser's rule, Velicer's MAP, parallel analysis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from plsem.efa.extraction import Array, smc

__all__ = [
    "Bartlett",
    "ParallelAnalysis",
    "bartlett",
    "eigenvalues",
    "kaiser_rule",
    "kmo",
    "minimum_average_partial",
    "parallel_analysis",
    "partial_correlations",
    "reduced_eigenvalues",
]

#: Random data sets drawn from one spawned seed; results do not depend on how blocks are grouped.
_BLOCK = 50


def partial_correlations(correlations: Array) -> Array:
    """Correlation of each pair of items with all the others held fixed (unit diagonal).

    Parameters
    ----------
    correlations : (p, p) array
        An invertible correlation matrix R.

    Returns
    -------
    (p, p) array
        −R⁻¹, scaled to a diagonal of −1 and with 1 put in its place.

    Notes
    -----
    In R: ``psych::partial.r``.

    References
    ----------
    Anderson, T. W. (2003). An introduction to multivariate statistical analysis (3rd ed.). Wiley.

    Examples
    --------
    >>> import numpy as np
    >>> partial_correlations(np.array([[1, 0.6, 0.5], [0.6, 1, 0.4], [0.5, 0.4, 1]])).round(3)
    array([[1.   , 0.504, 0.355],
           [0.504, 1.   , 0.144],
           [0.355, 0.144, 1.   ]])
    """
    inverse = np.linalg.inv(correlations)
    scale = 1.0 / np.sqrt(np.diag(inverse))
    partial = -inverse * np.outer(scale, scale)
    np.fill_diagonal(partial, 1.0)
    return np.asarray(partial)


def kmo(correlations: Array) -> tuple[float, Array]:
    """Kaiser–Meyer–Olkin measure and each item's measure of sampling adequacy (MSA).

    ``Σ r² / (Σ r² + Σ q²)`` over pairs of items, with q the partial correlations: 1 when the partial
    correlations vanish, so that common factors account for the correlations (Kaiser, 1970; Kaiser & Rice, 1974).

    Parameters
    ----------
    correlations : (p, p) array
        A positive definite correlation matrix.

    Returns
    -------
    overall : float
    msa : (p,) array
        NaN for an item that correlates with no other.

    Notes
    -----
    In R: ``psych::KMO``.

    Examples
    --------
    >>> import numpy as np
    >>> overall, msa = kmo(np.array([[1, 0.6, 0.5], [0.6, 1, 0.4], [0.5, 0.4, 1]]))
    >>> round(overall, 3), msa.round(3)
    (0.658, array([0.616, 0.654, 0.737]))
    """
    off = ~np.eye(correlations.shape[0], dtype=bool)
    r2 = np.where(off, correlations, 0.0) ** 2
    q2 = np.where(off, partial_correlations(correlations), 0.0) ** 2
    with np.errstate(invalid="ignore"):
        msa = r2.sum(axis=0) / (r2.sum(axis=0) + q2.sum(axis=0))
        overall = r2.sum() / (r2.sum() + q2.sum())
    return float(overall), np.asarray(msa)


@dataclass(frozen=True, slots=True)
class Bartlett:
    """Bartlett's test of sphericity.

    Attributes
    ----------
    chi_square : float
    df : int
        Degrees of freedom.
    p_value : float
        Of the upper tail.
    """

    chi_square: float
    df: int
    p_value: float


def bartlett(correlations: Array, n: int) -> Bartlett:
    """Test that the items do not correlate at all in the population (Bartlett, 1951).

    ``χ² = -(n - 1 - (2p + 5) / 6) log|R|`` with ``p(p - 1) / 2`` degrees of freedom.

    Parameters
    ----------
    correlations : (p, p) array
        Pearson correlations.
    n : int
        Rows of data behind them.

    Returns
    -------
    Bartlett
        χ², its degrees of freedom and p.

    Notes
    -----
    In R: ``psych::cortest.bartlett``.

    Examples
    --------
    >>> import numpy as np
    >>> found = bartlett(np.array([[1, 0.6, 0.5], [0.6, 1, 0.4], [0.5, 0.4, 1]]), 50)
    >>> round(found.chi_square, 2), found.df, bool(found.p_value < 0.001)
    (35.61, 3, True)
    """
    p = correlations.shape[0]
    _, logdet = np.linalg.slogdet(correlations)
    chi_square = float(-(n - 1 - (2 * p + 5) / 6) * logdet)
    df = p * (p - 1) // 2
    return Bartlett(chi_square, df, float(stats.chi2.sf(chi_square, df)))


def eigenvalues(correlations: Array) -> Array:
    """Return the eigenvalues in falling order: those of the components.

    Parameters
    ----------
    correlations : (p, p) array

    Returns
    -------
    (p,) array
        They sum to p.

    Examples
    --------
    >>> import numpy as np
    >>> eigenvalues(np.array([[1, 0.6], [0.6, 1]])).round(3)
    array([1.6, 0.4])
    """
    return np.asarray(np.linalg.eigvalsh(correlations)[..., ::-1])


def reduced_eigenvalues(correlations: Array) -> Array:
    """Return the eigenvalues in falling order with squared multiple correlations on the diagonal: those of the factors.

    Parameters
    ----------
    correlations : (..., p, p) array
        Invertible correlation matrices.

    Returns
    -------
    (..., p) array

    References
    ----------
    Montanelli, R. G., & Humphreys, L. G. (1976). Latent roots of random data correlation matrices with squared multiple
    correlations on the diagonal. Psychometrika, 41(3), 341–348.

    Examples
    --------
    >>> import numpy as np
    >>> reduced_eigenvalues(np.array([[1, 0.6, 0.5], [0.6, 1, 0.4], [0.5, 0.4, 1]])).round(3)
    array([ 1.375, -0.083, -0.213])
    """
    r = np.asarray(correlations, dtype=float)
    diagonal = np.arange(r.shape[-1])
    reduced = r.copy()
    if r.ndim == 2:
        reduced[diagonal, diagonal] = smc(r)
    else:
        reduced[..., diagonal, diagonal] = 1.0 - 1.0 / np.linalg.inv(r)[..., diagonal, diagonal]
    return np.asarray(np.linalg.eigvalsh(reduced)[..., ::-1])


def kaiser_rule(correlations: Array) -> int:
    """Count the eigenvalues above 1 (Kaiser, 1960); tends to take too many factors.

    Parameters
    ----------
    correlations : (p, p) array

    Returns
    -------
    int

    Examples
    --------
    >>> import numpy as np
    >>> kaiser_rule(np.array([[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1]]))
    1
    """
    return int(np.sum(eigenvalues(correlations) > 1.0))


def minimum_average_partial(correlations: Array) -> tuple[int, Array]:
    """Velicer's MAP: the number of components that leaves the smallest mean squared partial correlation.

    Parameters
    ----------
    correlations : (p, p) array
        Correlation matrix.

    Returns
    -------
    n_components : int
        Position of the smallest value; 0 says that no component helps.
    values : (m,) array
        Mean squared partial correlation after 0, 1, … components (Velicer, 1976).

    Notes
    -----
    In R: ``psych::vss`` gives it as ``map``.

    Examples
    --------
    >>> import numpy as np
    >>> r = np.kron(np.eye(2), np.full((3, 3), 0.6)) + 0.4 * np.eye(6)
    >>> n_components, values = minimum_average_partial(r)
    >>> n_components, values[:3].round(3)
    (2, array([0.144, 0.122, 0.1  ]))
    """
    p = correlations.shape[0]
    values, vectors = np.linalg.eigh(correlations)
    loadings = (vectors * np.sqrt(np.maximum(values, 0.0)))[:, ::-1]
    off = ~np.eye(p, dtype=bool)
    averages = [float(np.mean(correlations[off] ** 2))]
    for m in range(1, p - 1):
        remaining = correlations - loadings[:, :m] @ loadings[:, :m].T
        variance = np.diag(remaining)
        if variance.min() < 1e-12:
            break
        partial = remaining / np.sqrt(np.outer(variance, variance))
        averages.append(float(np.mean(partial[off] ** 2)))
    return int(np.argmin(averages)), np.array(averages)


@dataclass(frozen=True, slots=True)
class ParallelAnalysis:
    """Observed eigenvalues beside those of random data of the same size.

    Attributes
    ----------
    observed_components, observed_factors : (p,) array
        Eigenvalues of the correlation matrix, and of the matrix with squared multiple correlations on its diagonal.
    mean_components, mean_factors : (p,) array
        Mean eigenvalues of the random data.
    percentile_components, percentile_factors : (p,) array
        Their percentile.
    n_components, n_factors : int
        Leading eigenvalues above that percentile, counted up to the first that is not.
    n_iterations : int
    percentile : float
    seed : int
    reference : str
        How the random data were made.
    """

    observed_components: Array
    observed_factors: Array
    mean_components: Array
    mean_factors: Array
    percentile_components: Array
    percentile_factors: Array
    n_components: int
    n_factors: int
    n_iterations: int
    percentile: float
    seed: int
    reference: str


def parallel_analysis(
    data: Array,
    *,
    n_iterations: int = 1000,
    percentile: float = 95.0,
    reference: Literal["normal", "permutation"] = "normal",
    seed: int = 1,
) -> ParallelAnalysis:
    """Compare the eigenvalues of Pearson correlations with those of data without any common factor.

    Parameters
    ----------
    data : (n, p) array
        Complete answers, ``n > p + 1``.
    n_iterations : int
        Random data sets.
    percentile : float
        Percentile of the random eigenvalues to exceed (Glorfeld, 1995, for the 95th; Horn, 1965, used the mean).
    reference : {"normal", "permutation"}
        Independent normal draws, or each column of the data shuffled by itself, which keeps the answers'
        distributions (Buja & Eyuboglu, 1992).
    seed : int
        Seeds ``numpy.random.SeedSequence``; the result does not depend on how the work is grouped.

    Returns
    -------
    ParallelAnalysis

    Raises
    ------
    ValueError
        If there are too few rows, a missing value or a column that does not vary.

    Notes
    -----
    In R: ``psych::fa.parallel``.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> factors = np.repeat(rng.normal(size=(150, 2)), 3, axis=1)
    >>> parallel_analysis(factors + rng.normal(size=(150, 6)), n_iterations=100).n_factors
    2
    """
    x = np.asarray(data, dtype=float)
    n, p = x.shape
    if n <= p + 1:
        raise ValueError(f"parallel analysis needs more rows than items + 1, found {n} rows and {p} items")
    if not np.isfinite(x).all() or (x.std(axis=0) == 0).any():
        raise ValueError("parallel analysis needs complete columns that vary")
    if reference not in ("normal", "permutation"):
        raise ValueError(f"reference must be 'normal' or 'permutation', found {reference!r}")
    blocks = -(-n_iterations // _BLOCK)
    components, factors = [], []
    for child in np.random.SeedSequence(seed).spawn(blocks):
        rng = np.random.default_rng(child)
        if reference == "normal":
            sample = rng.standard_normal((_BLOCK, n, p))
        else:
            sample = rng.permuted(np.broadcast_to(x, (_BLOCK, n, p)), axis=1)
        r = _batch_correlations(sample)
        components.append(eigenvalues(r))
        factors.append(reduced_eigenvalues(r))
    random_components = np.concatenate(components)[:n_iterations]
    random_factors = np.concatenate(factors)[:n_iterations]
    observed = np.corrcoef(x, rowvar=False)
    limit_components = np.percentile(random_components, percentile, axis=0)
    limit_factors = np.percentile(random_factors, percentile, axis=0)
    observed_components = eigenvalues(observed)
    observed_factors = reduced_eigenvalues(observed)
    return ParallelAnalysis(
        observed_components=observed_components,
        observed_factors=observed_factors,
        mean_components=random_components.mean(axis=0),
        mean_factors=random_factors.mean(axis=0),
        percentile_components=limit_components,
        percentile_factors=limit_factors,
        n_components=_leading(observed_components > limit_components),
        n_factors=_leading(observed_factors > limit_factors),
        n_iterations=n_iterations,
        percentile=percentile,
        seed=seed,
        reference=reference,
    )


def _batch_correlations(samples: Array) -> Array:
    centred = samples - samples.mean(axis=-2, keepdims=True)
    centred /= np.sqrt((centred**2).sum(axis=-2, keepdims=True))
    return np.asarray(centred.swapaxes(-1, -2) @ centred)


def _leading(above: NDArray[np.bool_]) -> int:
    return int(above.size if above.all() else np.argmin(above))
