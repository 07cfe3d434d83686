"""Moderation read from a bootstrap: slopes at levels of the moderator, and where a slope differs from 0.

A simple slope is linear in the moderator, so its draws at any level follow from those of two quantities, the
path of the focal construct and the interaction effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from plsem import structural
from plsem.measurement import single
from plsem.model import Model
from plsem.moderation import LEVELS, interaction_effects_last, interaction_paths, level_name
from plsem.names import check_share, nearest
from plsem.resampling.intervals import DEFAULT_INTERVAL, Alternative, Interval
from plsem.resampling.result import BootstrapResult, Key
from plsem.solution import Estimate
from plsem.thresholds import threshold

__all__ = ["SlopeCurve", "interactions", "johnson_neyman", "simple_slopes", "slope_lines"]

FloatArray = NDArray[np.float64]


def interactions(estimate: Estimate) -> pd.DataFrame:
    """Return every interaction of one estimate with its sizes.

    Parameters
    ----------
    estimate : Estimate
        Of one sample and a model with products.

    Returns
    -------
    DataFrame
        product, first, second, target, method, path_coefficient (of the product standardised again),
        interaction_effect (per unit of the product of standardised scores), f_squared, size_kenny and
        size_cohen (the words of ``thresholds.csv``; Kenny's limits are for interactions).

    Notes
    -----
    In R: ``seminr::interaction_term``; the path that seminr prints is the ``interaction_effect``.

    References
    ----------
    Kenny, D. A. (2018). Moderation. https://davidakenny.net/cm/moderation.htm; Cohen (1988).

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, m, e = np.random.default_rng(1).normal(size=(3, 200))
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.4 * x + 0.3 * m + 0.3 * x * m + 0.8 * e})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; Y ~ X*M")
    >>> found = interactions(plsem.fit(data, model))
    >>> found[["product", "target", "path_coefficient", "interaction_effect", "f_squared"]].round(2)
      product target  path_coefficient  interaction_effect  f_squared
    0     X*M      Y              0.21                0.23       0.06
    """
    single(estimate)
    model, products = estimate.described, dict(estimate.described.products)
    effects = interaction_effects_last(estimate)[:, 0]
    f_squared = structural.f_squared_last(estimate)[:, 0]
    rows = []
    for (name, target), effect in zip(interaction_paths(model), effects, strict=True):
        s, t = estimate.model.position(name), estimate.model.position(target)
        size = float(f_squared[estimate.model.paths.index((s, t))])
        rows.append(
            {
                "product": name,
                "first": products[name].first,
                "second": products[name].second,
                "target": target,
                "method": products[name].method,
                "path_coefficient": float(estimate.path_coefficients[s, t]),
                "interaction_effect": float(effect),
                "f_squared": size,
                "size_kenny": threshold("f_squared_interaction").size(size),
                "size_cohen": threshold("f_squared").size(size),
            }
        )
    columns = ["product", "first", "second", "target", "method", "path_coefficient", "interaction_effect"]
    return pd.DataFrame(rows, columns=[*columns, "f_squared", "size_kenny", "size_cohen"])


class SlopeCurve:
    """A slope as a function of the moderator: estimate and draws of b₁ and of its steepness.

    Parameters
    ----------
    boot : BootstrapResult
        Of a model with products; it holds ``path_coefficient`` and ``interaction_effect``.
    model : Model
        As described.
    product : str
        Name of the product.
    target : str, optional
        Where the product leads to; needed only if to several.
    """

    def __init__(self, boot: BootstrapResult, model: Model, product: str, target: str | None = None) -> None:
        products = dict(model.products)
        if product not in products:
            raise KeyError(f"no product {product!r}{nearest(product, products)}")
        targets = [t for s, t in interaction_paths(model) if s == product]
        if target is None and len(targets) > 1:
            raise ValueError(f"{product} leads to {' and '.join(targets)}; name one as target")
        if target is not None and target not in targets:
            raise KeyError(f"{product} does not lead to {target!r}{nearest(target, targets)}")
        self.target = target or targets[0]
        self.product = products[product]
        factor = 2.0 if self.product.is_quadratic else 1.0
        self.keys: list[Key] = [
            ("path_coefficient", self.product.first, self.target),
            ("interaction_effect", product, self.target),
        ]
        self.line = boot.derived(self.keys, self.keys, lambda b: b * np.array([1.0, factor]))
        self.original = self.line.original
        self.draws = self.line.draws[np.isfinite(self.line.draws).all(axis=1)]

    @property
    def quantity(self) -> str:
        """What the slope is of: ``"X -> Y"``."""
        return f"{self.product.first} -> {self.target}"

    def at(
        self,
        levels: Sequence[float],
        *,
        interval: Interval = DEFAULT_INTERVAL,
        confidence_level: float = 0.95,
        alternative: Alternative = "two-sided",
    ) -> pd.DataFrame:
        """Return the slope at levels of the moderator with its inference.

        Parameters
        ----------
        levels : sequence of float
            In standard deviations of the moderator.
        interval, confidence_level, alternative
            See :meth:`plsem.resampling.result.BootstrapResult.summary`.

        Returns
        -------
        DataFrame
            slope (``"X -> Y"``), moderator, level, original, standard_deviation, t_statistic, p_value, lower,
            upper.
        """
        x = np.stack([np.ones(len(levels)), np.asarray(levels, dtype=float)])
        labels = [("simple_slope", self.quantity, level_name(self.product.second, level)) for level in levels]
        found = self.line.derived(labels, self.keys, lambda b: b @ x)
        table = found.summary(interval=interval, confidence_level=confidence_level, alternative=alternative)
        columns = ["original", "standard_deviation", "t_statistic", "p_value", "lower", "upper"]
        named = {"slope": self.quantity, "moderator": self.product.second, "level": x[1]}
        return table.assign(**named)[[*named, *columns]]

    def band(self, levels: Sequence[float], *, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return the slope at levels of the moderator ± t times its bootstrap standard error.

        The band whose ends cross 0 where :meth:`regions` says that the slope begins or ceases to differ from 0.

        Parameters
        ----------
        levels : sequence of float
            Levels of the moderator, in standard deviations.
        confidence_level : float
            Of the band.

        Returns
        -------
        DataFrame
            level, original, lower, upper.
        """
        check_share("confidence_level", confidence_level)
        m = np.asarray(levels, dtype=float)
        s11, s13, s33 = self._covariances()
        slope = self.original[0] + self.original[1] * m
        reach = self._critical(confidence_level) * np.sqrt(s11 + 2 * m * s13 + m**2 * s33)
        return pd.DataFrame({"level": m, "original": slope, "lower": slope - reach, "upper": slope + reach})

    def regions(self, *, confidence_level: float = 0.95, observed: ArrayLike | None = None) -> pd.DataFrame:
        """Return where the slope differs from 0: the Johnson-Neyman regions of the moderator.

        Parameters
        ----------
        confidence_level : float
        observed : array_like, optional
            The respondents' standardised scores of the moderator, to count who lies where.

        Returns
        -------
        DataFrame
            One row a region, from low to high: slope, moderator, from, to (standard deviations of the
            moderator; −∞ and ∞ at the ends), sign (``"+"``, ``"-"`` or ``""`` where the slope does not differ
            from 0) and, with ``observed``, share.

        Notes
        -----
        At level m the slope b₁ + b₃ m has the standard error √(s₁₁ + 2 m s₁₃ + m² s₃₃), from the draws'
        covariances.  The ends are the roots of (b₁ + b₃ m)² = t² (s₁₁ + 2 m s₁₃ + m² s₃₃), with t of B − 1
        degrees of freedom, so that p of :meth:`at` is below 1 − confidence_level exactly inside (Johnson &
        Neyman 1936; Bauer & Curran 2005).
        """
        check_share("confidence_level", confidence_level)
        b, (s11, s13, s33) = self.original, self._covariances()
        t2 = self._critical(confidence_level) ** 2
        quadratic = (b[1] ** 2 - t2 * s33, 2 * (b[0] * b[1] - t2 * s13), b[0] ** 2 - t2 * s11)
        ends = [-np.inf, *_roots(*quadratic), np.inf]
        rows: list[dict[str, Any]] = []
        for low, high in pairwise(ends):
            inside = _within(low, high)
            value = b[0] + b[1] * inside
            differs = value**2 > t2 * (s11 + 2 * inside * s13 + inside**2 * s33)
            row = {
                "slope": self.quantity,
                "moderator": self.product.second,
                "from": low,
                "to": high,
                "sign": ("+" if value > 0 else "-") if differs else "",
            }
            if observed is not None:
                scores = np.asarray(observed, dtype=float)
                row["share"] = float(((scores >= low) & (scores < high)).mean())
            rows.append(row)
        return pd.DataFrame(rows)

    def _critical(self, confidence_level: float) -> float:
        return float(special.stdtrit(len(self.draws) - 1, (1 + confidence_level) / 2))

    def _covariances(self) -> tuple[float, float, float]:
        s = np.cov(self.draws.T)
        return float(s[0, 0]), float(s[0, 1]), float(s[1, 1])


def _roots(a: float, b: float, c: float) -> list[float]:
    """Return the real roots at which a x² + b x + c changes its sign, ascending."""
    if a == 0:
        return [] if b == 0 else [-c / b]
    inner = b * b - 4 * a * c
    if inner <= 0:
        return []
    # The stable form: no difference of nearly equal numbers.
    q = -(b + np.copysign(np.sqrt(inner), b)) / 2
    return sorted({q / a, c / q}) if q else [0.0]


def _within(low: float, high: float) -> float:
    if np.isinf(low) and np.isinf(high):
        return 0.0
    if np.isinf(low):
        return high - 1.0
    return low + 1.0 if np.isinf(high) else (low + high) / 2


def simple_slopes(
    boot: BootstrapResult,
    model: Model,
    *,
    levels: Sequence[float] = LEVELS,
    interval: Interval = DEFAULT_INTERVAL,
    confidence_level: float = 0.95,
) -> pd.DataFrame:
    """Return the simple slopes of every product of a model with their inference; see :meth:`SlopeCurve.at`.

    Parameters
    ----------
    boot : BootstrapResult
    model : Model
    levels : sequence of float
        In standard deviations of the moderator.
    interval, confidence_level
        See :meth:`plsem.resampling.result.BootstrapResult.summary`.

    Returns
    -------
    DataFrame
        That of :meth:`SlopeCurve.at`, and ``product``.

    Raises
    ------
    ValueError
        If the model has no product.
    KeyError
        If the bootstrap did not draw ``path_coefficient`` and ``interaction_effect``.

    Notes
    -----
    In R: ``cSEM::doNonlinearEffectsAnalysis``; ``seminr::slope_analysis`` draws them.

    References
    ----------
    Aiken, L. S., & West, S. G. (1991). Multiple regression: testing and interpreting interactions. Sage.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, m, e = np.random.default_rng(1).normal(size=(3, 200))
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.4 * x + 0.3 * m + 0.3 * x * m + 0.8 * e})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; Y ~ X*M")
    >>> boot = plsem.bootstrap(data, model, seed=1, n_resamples=500)
    >>> simple_slopes(boot, model)[["slope", "level", "original", "lower", "upper"]].round(1)
        slope  level  original  lower  upper
    0  X -> Y   -1.0       0.2    0.1    0.4
    1  X -> Y    0.0       0.5    0.3    0.6
    2  X -> Y    1.0       0.7    0.5    0.8
    """
    parts = []
    for product, target in interaction_paths(model):
        table = SlopeCurve(boot, model, product, target).at(
            levels, interval=interval, confidence_level=confidence_level
        )
        table.insert(0, "product", product)
        parts.append(table)
    if not parts:
        raise ValueError("the model has no product of constructs, so it has no simple slopes")
    return pd.concat(parts, ignore_index=True)


def johnson_neyman(
    boot: BootstrapResult,
    model: Model,
    *,
    confidence_level: float = 0.95,
    scores: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the Johnson-Neyman regions of every product of a model; see :meth:`SlopeCurve.regions`.

    Parameters
    ----------
    boot : BootstrapResult
    model : Model
    confidence_level : float
    scores : DataFrame, optional
        Standardised construct scores, one column a construct (:func:`plsem.estimator.scores`).

    Returns
    -------
    DataFrame

    Raises
    ------
    ValueError
        If the model has no product.
    KeyError
        If the bootstrap did not draw ``path_coefficient`` and ``interaction_effect``.

    Notes
    -----
    In R: ``cSEM::doNonlinearEffectsAnalysis``.

    References
    ----------
    Johnson & Neyman (1936); Bauer & Curran (2005).

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, m, e = np.random.default_rng(1).normal(size=(3, 200))
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.4 * x + 0.3 * m + 0.3 * x * m + 0.8 * e})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; Y ~ X*M")
    >>> boot = plsem.bootstrap(data, model, seed=1, n_resamples=500)
    >>> johnson_neyman(boot, model)[["slope", "from", "to", "sign"]].round(1)
        slope  from   to sign
    0  X -> Y  -inf -4.5    -
    1  X -> Y  -4.5 -1.1
    2  X -> Y  -1.1  inf    +
    """
    parts = []
    for product, target in interaction_paths(model):
        curve = SlopeCurve(boot, model, product, target)
        observed = None if scores is None else scores[curve.product.second]
        table = curve.regions(confidence_level=confidence_level, observed=observed)
        table.insert(0, "product", product)
        parts.append(table)
    if not parts:
        raise ValueError("the model has no product of constructs, so it has no regions")
    return pd.concat(parts, ignore_index=True)


def slope_lines(
    estimate: Estimate, product: str, target: str | None = None, *, ends: Sequence[float] = (-2.0, 2.0)
) -> pd.DataFrame:
    """Return what a plot of simple slopes draws: the target's expected score along the focal construct.

    Parameters
    ----------
    estimate : Estimate
        Of one sample.
    product : str
    target : str, optional
        Needed only if the product leads to several.
    ends : sequence of float
        Values of the focal construct's standardised score; more than two for a curve.

    Returns
    -------
    DataFrame
        level (of the moderator, in standard deviations), x, y.  One level, 0, for a quadratic effect.  Other
        predecessors are at their means; products are centred, as they were estimated.

    Raises
    ------
    KeyError
        If there is no such product; the message names the nearest.
    ValueError
        If it leads to several targets and none is named.

    Notes
    -----
    In R: ``seminr::slope_analysis`` draws such lines.

    References
    ----------
    Aiken & West (1991).

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, m, e = np.random.default_rng(1).normal(size=(3, 200))
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.4 * x + 0.3 * m + 0.3 * x * m + 0.8 * e})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; Y ~ X*M")
    >>> slope_lines(plsem.fit(data, model), "X*M").round(2).head(2)
       level    x     y
    0   -1.0 -2.0 -0.57
    1   -1.0  2.0  0.37
    """
    single(estimate)
    products = dict(estimate.described.products)
    if product not in products:
        raise KeyError(f"no product {product!r}{nearest(product, products)}")
    found = interaction_paths(estimate.described)
    targets = [t for s, t in found if s == product]
    if target is None and len(targets) > 1:
        raise ValueError(f"{product} leads to {' and '.join(targets)}; name one as target")
    target = target or targets[0]
    effect = float(interaction_effects_last(estimate)[found.index((product, target)), 0])
    model, factors = estimate.model, products[product]
    t = model.position(target)
    first, second = (
        float(estimate.path_coefficients[model.position(c), t]) for c in (factors.first, factors.second)
    )
    x = np.asarray(ends, dtype=float)
    n = estimate.n_observations
    whole = 1.0 if n is None else 1.0 - 1.0 / n  # mean of a square whose variance is over n − 1
    if factors.is_quadratic:
        return pd.DataFrame({"level": 0.0, "x": x, "y": first * x + effect * (x**2 - whole)})
    r = whole * float(
        estimate.construct_correlations[model.position(factors.first), model.position(factors.second)]
    )
    return pd.concat(
        [
            pd.DataFrame({"level": m, "x": x, "y": first * x + second * m + effect * (x * m - r)})
            for m in LEVELS
        ],
        ignore_index=True,
    )
