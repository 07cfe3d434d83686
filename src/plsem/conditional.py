"""Conditional indirect effects: a route whose steps are moderated, at levels of the moderator.

At m standard deviations of the moderator a step's path is b₁ + b₃ m; a route's effect is the product over its steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import structural
from plsem.model import Model
from plsem.moderation import LEVELS, interaction_paths, level_name
from plsem.names import nearest
from plsem.resampling.intervals import DEFAULT_INTERVAL, Alternative, Interval
from plsem.resampling.result import BootstrapResult, Key

__all__ = ["conditional_effects"]

FloatArray = NDArray[np.float64]


def moderated_routes(model: Model) -> dict[tuple[str, str], dict[int, str]]:
    """Return (route, moderator) → place of a moderated step → its product; a curve is no moderation.

    A product's first factor is the one moderated, as for slopes, unless only the second begins a step of a route.
    """
    products = dict(model.products)
    routes = {route: list(pairwise(route.split(" -> "))) for route, _ in structural.route_index(model)}
    routes = {route: steps for route, steps in routes.items() if steps[0][0] not in products}
    found: dict[tuple[str, str], dict[int, str]] = {}
    for name, target in interaction_paths(model):
        product = products[name]
        for focal, moderator in ((product.first, product.second), (product.second, product.first)):
            on = [route for route, steps in routes.items() if (focal, target) in steps]
            if on and not product.is_quadratic:
                for route in on:
                    found.setdefault((route, moderator), {})[routes[route].index((focal, target))] = name
                break
    return found


def conditional_effects(
    boot: BootstrapResult,
    model: Model,
    *,
    route: str | None = None,
    levels: Sequence[float] = LEVELS,
    interval: Interval = DEFAULT_INTERVAL,
    confidence_level: float = 0.95,
    alternative: Alternative = "two-sided",
) -> pd.DataFrame:
    r"""Return each moderated indirect effect at levels of its moderator, and its index of moderated mediation.

    Parameters
    ----------
    boot : BootstrapResult
        Of a model with products; it holds ``path_coefficient`` and ``interaction_effect``.
    model : Model
        As described.
    route : str, optional
        Only this one, as ``"X -> M -> Y"``.
    levels : sequence of float
        In standard deviations of the moderator; other moderators are at their means.
    interval, confidence_level, alternative
        See :meth:`plsem.resampling.result.BootstrapResult.summary`.

    Returns
    -------
    DataFrame
        A row a route, moderator and level, and one with the level NaN for the index: route, moderator, level,
        original, standard_deviation, t_statistic, p_value, lower, upper.

    Raises
    ------
    KeyError
        For a route without a moderated step; the message names the nearest.
    ValueError
        If no route of the model has one, or the bootstrap lacks what the effects need.

    Notes
    -----
    The effect at level m is :math:`\prod_s (b_{1s} + b_{3s} m)` over the steps s of the route; where a
    step is not moderated, :math:`b_{3s} = 0`.  The index is half the difference between the effects at
    m = 1 and m = −1, by how much the effect changes with a standard deviation of the moderator: with one moderated
    step Hayes's index :math:`a b_3`, with several the slope of a curve between these levels.

    References
    ----------
    Hayes, A. F. (2015). An index and test of linear moderated mediation. Multivariate Behavioral Research, 50(1),
    1-22; Preacher, K. J., Rucker, D. D., & Hayes, A. F. (2007). Addressing moderated mediation hypotheses.
    Multivariate Behavioral Research, 42(1), 185-227.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, w, e, f = np.random.default_rng(1).normal(size=(4, 300))
    >>> m = 0.5 * x + 0.8 * e
    >>> data = pd.DataFrame({"x": x, "w": w, "m": m, "y": 0.4 * m + 0.3 * m * w + 0.7 * f})
    >>> model = plsem.Model.from_text("X =~ x; W =~ w; M =~ m; Y =~ y; M ~ X; Y ~ X + M*W")
    >>> boot = plsem.bootstrap(data, model, seed=1, n_resamples=500)
    >>> conditional_effects(boot, model)[["route", "moderator", "level", "original", "lower", "upper"]].round(2)
             route moderator  level  original  lower  upper
    0  X -> M -> Y         W   -1.0      0.04  -0.02   0.11
    1  X -> M -> Y         W    0.0      0.17   0.11   0.24
    2  X -> M -> Y         W    1.0      0.30   0.21   0.40
    3  X -> M -> Y         W    NaN      0.13   0.08   0.18
    """
    found = moderated_routes(model)
    if not found:
        raise ValueError("no indirect route of the model has a moderated step")
    names = dict.fromkeys(name for name, _ in found)
    if route is not None and route not in names:
        raise KeyError(f"route: no moderated route {route!r}{nearest(route, names)}")
    parts = []
    for (name, moderator), bent in found.items():
        if route in (None, name):
            effects = _effects(boot, name, moderator, bent, levels)
            table = effects.summary(
                interval=interval, confidence_level=confidence_level, alternative=alternative
            )
            table = table.rename(columns={"row": "route"}).assign(
                moderator=moderator, level=[*levels, np.nan]
            )
            parts.append(table)
    columns = ["route", "moderator", "level", "original", "standard_deviation", "t_statistic", "p_value"]
    return pd.concat(parts, ignore_index=True)[[*columns, "lower", "upper"]]


def _effects(
    boot: BootstrapResult, route: str, moderator: str, bent: Mapping[int, str], levels: Sequence[float]
) -> BootstrapResult:
    """Return a route's effect at each level, and half the difference between those at 1 and −1."""
    steps = list(pairwise(route.split(" -> ")))
    keys: list[Key] = [("path_coefficient", *step) for step in steps]
    keys += [("interaction_effect", product, steps[k][1]) for k, product in bent.items()]

    def along(values: FloatArray, at: Sequence[float]) -> FloatArray:
        slopes = np.repeat(values[..., None, : len(steps)], len(at), axis=-2)
        for place, k in enumerate(bent):
            slopes[..., k] += values[..., None, len(steps) + place] * np.asarray(at)
        return np.asarray(slopes.prod(axis=-1))

    def figures(values: FloatArray) -> FloatArray:
        index = -np.diff(along(values, (1.0, -1.0))) / 2
        return np.concatenate([along(values, levels), index], axis=-1)

    labels = [("conditional_effect", route, level_name(moderator, level)) for level in levels]
    return boot.derived([*labels, ("moderated_mediation", route, moderator)], keys, figures)
