r"""Intervals from a double bootstrap: percentile levels calibrated, or t taken from studentised draws.

In the bootstrap world the sample's estimate :math:`\hat\theta` is the truth, and every outer resample has
an interval of its own, from its inner resamples.  How often those intervals hold :math:`\hat\theta` is the
coverage of the method, as estimated; calibration takes the level at which it is nominal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from plsem.names import check_choice, check_share
from plsem.resampling.intervals import (
    ALTERNATIVES,
    Alternative,
    Array,
    QuantileMethod,
    mean_and_deviation,
    one_sided,
    quantiles,
)


def calibrated_bounds(
    draws: ArrayLike,
    shares: ArrayLike,
    *,
    confidence_level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: QuantileMethod = "linear",
) -> tuple[tuple[Array, Array], Array]:
    r"""Percentile intervals at the levels that give nominal coverage in the bootstrap world.

    Parameters
    ----------
    draws : array (..., B)
        Outer estimates :math:`\theta^*`.
    shares : array (..., B)
        :math:`u^*`, the share of inner estimates below the sample's; see
        :func:`plsem.resampling.intervals.share_below`.
    confidence_level : float
    alternative : {"two-sided", "one-sided", "greater", "less"}
        As for :func:`plsem.resampling.intervals.interval_bounds`; each tail is calibrated by itself.
    method : {"linear", "weibull", "normal"}
        See :func:`plsem.resampling.intervals.quantiles`.

    Returns
    -------
    (lower, upper) : arrays (...)
        NaN where there are no draws.
    levels : array (..., 2)
        The levels used: the tail's quantiles of :math:`u^*`.

    Notes
    -----
    An outer resample's upper percentile bound at level β holds :math:`\hat\theta` if and only if
    :math:`u^* \le \beta`, its lower one if and only if :math:`u^* \ge \beta`.  The calibrated levels are
    therefore quantiles of :math:`u^*` (Hall 1986; Martin 1990); it is the interval of Beran's (1987)
    prepivoted root.
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("confidence_level", confidence_level)
    tail = (1.0 - confidence_level) / (2.0 if alternative == "two-sided" else 1.0)
    levels = quantiles(shares, np.array([tail, 1.0 - tail]), method=method)
    bounds = quantiles(draws, levels, method=method)
    return one_sided(bounds[..., 0], bounds[..., 1], alternative), levels


def studentised_bounds(
    draws: ArrayLike,
    original: ArrayLike,
    standard_errors: ArrayLike,
    *,
    confidence_level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: QuantileMethod = "linear",
) -> tuple[Array, Array]:
    r"""Bootstrap-t intervals, :math:`[\hat\theta - t_{1-\alpha/2}\,s,\ \hat\theta - t_{\alpha/2}\,s]`.

    Parameters
    ----------
    draws : array (..., B)
        Outer estimates :math:`\theta^*`.
    original : array (...)
        The sample's, :math:`\hat\theta`.
    standard_errors : array (..., B)
        Of each outer estimate: the standard deviation of its inner ones.
    confidence_level, alternative, method
        See :func:`calibrated_bounds`.

    Returns
    -------
    lower, upper : arrays (...)
        NaN where no draw has a standard error above 0.

    Notes
    -----
    t are quantiles of :math:`(\theta^* - \hat\theta) / s^*` and s is the standard deviation of the outer
    draws (Efron 1981; Hall 1988).
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("confidence_level", confidence_level)
    values, estimate = np.asarray(draws, dtype=np.float64), np.asarray(original, dtype=np.float64)
    errors = np.asarray(standard_errors, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(errors > 0, (values - estimate[..., None]) / errors, np.nan)
    tail = (1.0 - confidence_level) / (2.0 if alternative == "two-sided" else 1.0)
    limits = quantiles(t, np.array([tail, 1.0 - tail]), method=method)
    deviation = mean_and_deviation(values)[1]
    lower, upper = (estimate - limits[..., place] * deviation for place in (1, 0))
    return one_sided(lower, upper, alternative)
