"""Confidence intervals and p-values from draws of an estimator: pure functions on arrays.

The draws stand in the last axis, so one call serves every quantity of a model.  A draw that is not
finite (a quantity that one resample does not define) is left out of that quantity's figures only.
Nothing here knows what was estimated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from plsem.names import check_choice, check_share

__all__ = ["acceleration", "bias_correction", "interval_bounds", "p_value", "quantiles"]

Interval = Literal["percentile", "basic", "normal", "bc", "bca"]
Alternative = Literal["two-sided", "one-sided", "greater", "less"]
QuantileMethod = Literal["linear", "weibull", "normal"]
Array = NDArray[np.float64]

DEFAULT_INTERVAL: Final = "percentile"
"""Of every statistic, as in SmartPLS 4.  By simulated coverage at small n (supplement S4, docs/definitions.md) weights,
loadings and reliabilities are covered better by it than by bc and bca, paths about as well; the upper bound of HTMT,
by which distinctness is judged, hardly ever lies below the true value.  R² of weak models is covered badly."""

INTERVALS: tuple[str, ...] = get_args(Interval)
ALTERNATIVES: tuple[str, ...] = get_args(Alternative)
QUANTILE_METHODS: tuple[str, ...] = get_args(QuantileMethod)

_ROUNDING = 1e-14
"""Relative size below which draws differ by rounding only: a single item's loading is 1 in each."""


def mean_and_deviation(draws: ArrayLike) -> tuple[Array, Array, Array]:
    """Return mean, bootstrap standard error and number of the finite draws.

    The standard error is their standard deviation over B − 1 (Efron & Tibshirani 1993; R's ``boot`` and
    ``seminr``), where B counts the draws that are finite.

    Parameters
    ----------
    draws : array (..., B)

    Returns
    -------
    mean, deviation, count : arrays (...)
        The mean is NaN where no draw is finite; the deviation is NaN where fewer than two are, and 0
        where the draws differ by rounding alone.
    """
    centred, count, average = _centre(draws)
    squares = np.einsum("...b,...b->...", centred, centred)
    squares = np.where(squares <= count * (_ROUNDING * average) ** 2, 0.0, squares)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = np.sqrt(np.where(count > 1, squares / (count - 1), np.nan))
    return average, np.asarray(deviation), count


def standard_deviation(draws: ArrayLike) -> Array:
    """Return the bootstrap standard error alone; see :func:`mean_and_deviation`."""
    return mean_and_deviation(draws)[1]


def mean(draws: ArrayLike) -> Array:
    """Return the mean of the finite draws over the last axis; NaN where there is none."""
    return mean_and_deviation(draws)[0]


def _centre(draws: ArrayLike) -> tuple[Array, Array, Array]:
    """Return the draws minus their mean (0 where not finite), their number and their mean."""
    values = np.asarray(draws, dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        average = np.asarray(values.sum(axis=-1) / max(values.shape[-1], 1))
    if values.shape[-1] and np.isfinite(average).all():  # then so is every draw
        return values - average[..., None], np.full(average.shape, float(values.shape[-1])), average
    finite = np.isfinite(values)
    count = finite.sum(axis=-1, dtype=np.float64)
    values = np.where(finite, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        average = np.where(count > 0, values.sum(axis=-1) / count, np.nan)
        centred = values - average[..., None]
    return np.where(finite, centred, 0.0), count, average


def p_value(
    original: ArrayLike,
    standard_error: ArrayLike,
    *,
    degrees_of_freedom: float | Array = np.inf,
    alternative: Alternative = "two-sided",
) -> Array:
    """Probability of a t statistic at least as extreme as ``original / standard_error``.

    Parameters
    ----------
    original, standard_error : array (...)
        Estimate and its bootstrap standard deviation.
    degrees_of_freedom : float or array
        Of Student's t distribution; infinity gives the normal distribution.
    alternative : {"two-sided", "one-sided", "greater", "less"}
        ``one-sided`` tests in the direction of the estimate (half the two-sided p, as SmartPLS);
        ``greater`` and ``less`` fix the direction beforehand.

    Returns
    -------
    array (...)
        NaN where the standard error is 0 or NaN (a quantity that does not vary has no test).

    Raises
    ------
    ValueError
        For an unknown alternative, or degrees of freedom that are not above 0.

    Notes
    -----
    Student's t with B − 1 degrees of freedom is the usual PLS-SEM convention (Hair et al. 2021);
    with thousands of resamples it is the normal distribution for all practical purposes.

    Examples
    --------
    >>> p_value(0.3, 0.1, degrees_of_freedom=999).round(4)
    np.float64(0.0028)
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    se = np.asarray(standard_error, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(se > 0, np.asarray(original, dtype=np.float64) / se, np.nan)
    df = np.asarray(degrees_of_freedom, dtype=np.float64)
    if (df <= 0).any():
        raise ValueError(f"degrees_of_freedom: must be above 0, found {df.min():g}")
    if alternative == "two-sided":
        return np.asarray(2.0 * special.stdtr(df, -np.abs(t)), dtype=np.float64)
    if alternative == "one-sided":
        t = np.abs(t)
    return np.asarray(special.stdtr(df, t if alternative == "less" else -t), dtype=np.float64)


def stars(p: ArrayLike, *, levels: tuple[float, ...] = (0.05, 0.01, 0.001)) -> NDArray[np.str_]:
    """One star for every level that p lies below: ``*`` p < .05, ``**`` p < .01, ``***`` p < .001.

    The one rule for tables and figures.  NaN gives no star.
    """
    values = np.asarray(p, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        number = np.sum([values < level for level in levels], axis=0)
    marks: NDArray[np.str_] = np.array(["*" * k for k in range(len(levels) + 1)])
    return np.asarray(marks[number])


def quantiles(draws: ArrayLike, probabilities: ArrayLike, *, method: QuantileMethod = "linear") -> Array:
    """Quantiles of the finite draws.

    Parameters
    ----------
    draws : array (..., B)
    probabilities : array (..., m) or (m,)
        May differ from quantity to quantity; NaN gives NaN.
    method : {"linear", "weibull", "normal"}
        ``linear`` is Hyndman & Fan's (1996) type 7, ``weibull`` their type 6; ``normal`` takes the
        order statistic (B + 1)p and interpolates on the normal quantile scale, as Davison & Hinkley
        (1997, eq. 5.8) and R's ``boot``.

    Returns
    -------
    array (..., m)

    Notes
    -----
    In R: ``stats::quantile`` (types 7 and 6), ``boot::boot.ci``.

    Examples
    --------
    >>> import numpy as np
    >>> quantiles(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.25, 0.5]))
    array([1.75, 2.5 ])
    """
    values = np.asarray(draws, dtype=np.float64)
    return _quantiles_of_sorted(*_sorted(values), np.asarray(probabilities, dtype=np.float64), method)


def _sorted(values: Array) -> tuple[Array, Array]:
    """Return the draws in order, those that are not finite last, and the number of finite ones."""
    finite = np.isfinite(values)
    whole = bool(finite.all())
    ordered = np.sort(values if whole else np.where(finite, values, np.nan), axis=-1)
    return ordered, finite.sum(axis=-1, dtype=np.float64)


def _quantiles_of_sorted(ordered: Array, count: Array, p: Array, method: QuantileMethod) -> Array:
    check_choice("quantile method", method, QUANTILE_METHODS)
    p = np.broadcast_to(p, (*ordered.shape[:-1], p.shape[-1]))
    m = count[..., None]
    defined = np.isfinite(p) & (m > 0)
    p = np.where(defined, p, 0.5)
    position = (m - 1.0) * p if method == "linear" else (m + 1.0) * p - 1.0
    low = np.clip(np.floor(position), 0.0, np.maximum(m - 1.0, 0.0))
    high = np.clip(low + 1.0, 0.0, np.maximum(m - 1.0, 0.0))
    fraction = np.clip(position - low, 0.0, 1.0)
    if method == "normal":
        z_low, z, z_high = (special.ndtri(v) for v in ((low + 1) / (m + 1), p, (low + 2) / (m + 1)))
        inside = (position > 0) & (position < m - 1) & (fraction > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            fraction = np.where(inside, (z - z_low) / (z_high - z_low), fraction)
    below = np.take_along_axis(ordered, low.astype(np.intp), axis=-1)
    above = np.take_along_axis(ordered, high.astype(np.intp), axis=-1)
    return np.where(defined, below + fraction * (above - below), np.nan)


def share_below(draws: ArrayLike, original: ArrayLike) -> Array:
    """Return the share of the draws below the estimate, a draw equal to it counting one half.

    Draws that differ from it by rounding alone are equal to it; those that are not finite are left out.

    Parameters
    ----------
    draws : array (..., B)
    original : array (...)

    Returns
    -------
    array (...)
        NaN where there is no finite draw.
    """
    values = np.asarray(draws, dtype=np.float64)
    reference = np.asarray(original, dtype=np.float64)[..., None]
    values = np.where(np.isinf(values), np.nan, values) if np.isinf(values).any() else values
    slack = _ROUNDING * np.abs(reference)
    with np.errstate(invalid="ignore", divide="ignore"):
        below = np.count_nonzero(values < reference - slack, axis=-1)
        above = np.count_nonzero(values > reference + slack, axis=-1)
        count = values.shape[-1] - np.count_nonzero(np.isnan(values), axis=-1)
        return np.asarray(0.5 + 0.5 * np.subtract(below, above, dtype=np.float64) / count)


def bias_correction(draws: ArrayLike, original: ArrayLike) -> Array:
    """Return z₀ = Φ⁻¹(share of draws below the estimate); see :func:`share_below`.

    Efron (1987).  Infinite where every draw lies on one side of the estimate.

    Parameters
    ----------
    draws : array (..., B)
    original : array (...)

    Returns
    -------
    array (...)

    Examples
    --------
    >>> import numpy as np
    >>> bias_correction(np.array([0.1, 0.2, 0.3, 0.4]), np.array(0.35)).round(3)
    np.float64(0.674)
    """
    return np.asarray(special.ndtri(share_below(draws, original)), dtype=np.float64)


def acceleration(jackknife: ArrayLike, *, remaining: ArrayLike | None = None) -> Array:
    """BCa acceleration from jackknife values: a = Σ L³ / (6 (Σ L²)^{3/2}), L = mean − value.

    Parameters
    ----------
    jackknife : array (..., m)
        The estimate without row (or group of rows) i.
    remaining : array (m,), optional
        Rows that each value is computed from; weighs groups of unequal size (Efron & Tibshirani
        1993, section 11.5).  Default: all alike.

    Returns
    -------
    array (...)
        0 where the jackknife values do not vary.

    Notes
    -----
    In R: ``boot::empinf`` gives the influence values.

    Examples
    --------
    >>> import numpy as np
    >>> acceleration(np.array([1.0, 1.1, 1.2, 1.6])).round(4)
    np.float64(-0.0694)
    """
    values = np.asarray(jackknife, dtype=np.float64)
    centred, count, average = _centre(values)
    weights = np.ones(values.shape[-1]) if remaining is None else np.asarray(remaining, dtype=np.float64)
    influence = -centred * weights
    squares = np.einsum("...i,...i->...", influence, influence)
    cubes = np.einsum("...i,...i,...i->...", influence, influence, influence)
    varies = squares > count * (_ROUNDING * weights.max() * average) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(varies, cubes / (6.0 * squares**1.5), 0.0)


def interval_bounds(
    draws: ArrayLike,
    original: ArrayLike,
    *,
    interval: Interval = "bca",
    confidence_level: float = 0.95,
    alternative: Alternative = "two-sided",
    accelerations: ArrayLike | None = None,
    method: QuantileMethod = "linear",
) -> tuple[Array, Array]:
    r"""Bootstrap confidence intervals of many quantities at once.

    Parameters
    ----------
    draws : array (..., B)
    original : array (...)
        The estimates from the sample itself.
    interval : {"percentile", "basic", "normal", "bc", "bca"}
        With :math:`q_p` the draws' quantile and :math:`\hat\theta` the estimate: ``percentile``
        :math:`[q_{\alpha_1}, q_{\alpha_2}]`; ``basic`` :math:`[2\hat\theta - q_{\alpha_2},
        2\hat\theta - q_{\alpha_1}]`; ``normal`` :math:`\hat\theta - bias \mp z\,s`; ``bc`` and ``bca``
        :math:`q` at :math:`\Phi(z_0 + (z_0 + z_\alpha)/(1 - a(z_0 + z_\alpha)))` with a = 0 for ``bc``.
    confidence_level : float
        Such as 0.95.
    alternative : {"two-sided", "one-sided", "greater", "less"}
        ``two-sided`` leaves (1 − level)/2 on each side.  ``one-sided`` gives both one-sided bounds
        at that level (5 % and 95 % for 0.95, as SmartPLS's one-tailed test); ``greater`` only the
        lower one (the upper is +inf), ``less`` only the upper one (the lower is −inf).
    accelerations : array (...), required for "bca"
        See :func:`acceleration`.
    method : {"linear", "weibull", "normal"}
        See :func:`quantiles`.

    Returns
    -------
    lower, upper : arrays (...)
        NaN where there are no finite draws, and for ``bc`` and ``bca`` where all draws lie on one
        side of the estimate: there the correction is infinite and no such interval exists.

    Raises
    ------
    ValueError
        For an unknown interval, alternative or method, a level outside (0, 1), or BCa without
        accelerations.

    Notes
    -----
    Efron (1987); Davison & Hinkley (1997), chapter 5.

    In R: ``boot::boot.ci``.

    Examples
    --------
    >>> import numpy as np
    >>> draws = np.linspace(0.1, 0.5, 41)
    >>> lower, upper = interval_bounds(draws, np.array(0.3), interval="percentile", confidence_level=0.90)
    >>> round(float(lower), 3), round(float(upper), 3)
    (0.12, 0.48)
    """
    check_choice("interval", interval, INTERVALS)
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("confidence_level", confidence_level)
    if interval == "bca" and accelerations is None:
        raise ValueError(
            "interval 'bca' needs jackknife values; run the bootstrap with a jackknife or use 'bc'"
        )
    values, estimate = np.asarray(draws, dtype=np.float64), np.asarray(original, dtype=np.float64)
    tail = (1.0 - confidence_level) / (2.0 if alternative == "two-sided" else 1.0)
    a = np.zeros_like(estimate) if interval != "bca" else np.asarray(accelerations, dtype=np.float64)
    levels = np.array([tail, 1.0 - tail])
    return one_sided(*_BOUNDS[interval](values, estimate, levels, a, method), alternative)


def one_sided(lower: Array, upper: Array, alternative: Alternative) -> tuple[Array, Array]:
    """Return the ends of an interval, of which a one-sided alternative leaves one at infinity."""
    if alternative == "greater":
        upper = np.where(np.isnan(lower), np.nan, np.inf)
    elif alternative == "less":
        lower = np.where(np.isnan(upper), np.nan, -np.inf)
    return lower, upper


def _percentile(
    values: Array, estimate: Array, levels: Array, a: Array, method: QuantileMethod
) -> tuple[Array, Array]:
    bounds = quantiles(values, levels, method=method)
    return bounds[..., 0], bounds[..., 1]


def _basic(
    values: Array, estimate: Array, levels: Array, a: Array, method: QuantileMethod
) -> tuple[Array, Array]:
    low, high = _percentile(values, estimate, levels, a, method)
    return 2.0 * estimate - high, 2.0 * estimate - low


def _normal(
    values: Array, estimate: Array, levels: Array, a: Array, method: QuantileMethod
) -> tuple[Array, Array]:
    average, deviation, _ = mean_and_deviation(values)
    centre = 2.0 * estimate - average
    half_width = special.ndtri(levels[1]) * deviation
    return centre - half_width, centre + half_width


def _bias_corrected(
    values: Array, estimate: Array, levels: Array, a: Array, method: QuantileMethod
) -> tuple[Array, Array]:
    z0 = bias_correction(values, estimate)[..., None]
    z = z0 + special.ndtri(levels)
    with np.errstate(invalid="ignore", divide="ignore"):
        shrink = 1.0 - a[..., None] * z
        p = np.where(np.isfinite(z0) & (shrink > 0), special.ndtr(z0 + z / shrink), np.nan)
    bounds = quantiles(values, p, method=method)
    return bounds[..., 0], bounds[..., 1]


_Bounds = Callable[[Array, Array, Array, Array, QuantileMethod], tuple[Array, Array]]
_BOUNDS: dict[str, _Bounds] = {
    "percentile": _percentile,
    "basic": _basic,
    "normal": _normal,
    "bc": _bias_corrected,
    "bca": _bias_corrected,
}
