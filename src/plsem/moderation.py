"""Moderating and quadratic effects for whole batches: interaction effects and simple slopes.

The product of two standardised scores is standardised again, so that its path is comparable with the
others; its path per unit of the product, b₃, is what slopes are made of:
slope(m) = b₁ + b₃ m at m standard deviations of the moderator, and b₁ + 2 b₃ x for a quadratic effect.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plsem.model import Model
from plsem.solution import Estimate

FloatArray = NDArray[np.float64]

LEVELS = (-1.0, 0.0, 1.0)
"""Standard deviations of the moderator at which simple slopes are given."""


def interaction_paths(model: Model) -> list[tuple[str, str]]:
    """Return (product, target) of every path that leads from a product."""
    products = dict(model.products)
    return [(s, t) for s, t in model.path_names if s in products]


def interaction_effects_last(estimate: Estimate) -> FloatArray:
    """Return the path of each product per unit of the product of standardised scores, ``(m, B)``.

    The path of the standardised product over the product's standard deviation: for product indicators the
    mean of the items' standard deviations, weighted by the size of their loadings (as seminr).
    """
    model = estimate.model
    rows = []
    for product, target in interaction_paths(estimate.described):
        s, t = model.position(product), model.position(target)
        assert estimate.item_scales_last is not None
        sizes = np.abs(estimate.loadings_last[model.slices[s]])
        scale = (sizes * estimate.item_scales_last[model.slices[s]]).sum(axis=0) / sizes.sum(axis=0)
        rows.append(estimate.path_coefficients_last[s, t] / scale)
    return _stack(rows, estimate)


def slope_index(model: Model) -> list[tuple[str, str]]:
    """Return the names of the simple slopes: ``"X -> Y"``, ``"M = -1 SD"``."""
    return [
        (f"{product.first} -> {target}", level_name(product.second, level))
        for product, target in ((dict(model.products)[p], t) for p, t in interaction_paths(model))
        for level in LEVELS
    ]


def level_name(moderator: str, level: float) -> str:
    """Return how a level of a moderator is written: ``"M = -1 SD"``, ``"M = mean"``."""
    return f"{moderator} = mean" if level == 0 else f"{moderator} = {level:+g} SD"


def simple_slopes_last(estimate: Estimate) -> FloatArray:
    """Return the simple slopes at :data:`LEVELS`, ``(3 m, B)``; other moderators are at their means."""
    effects = interaction_effects_last(estimate)
    products, model = dict(estimate.described.products), estimate.model
    rows = []
    for (name, target), effect in zip(interaction_paths(estimate.described), effects, strict=True):
        product = products[name]
        base = estimate.path_coefficients_last[model.position(product.first), model.position(target)]
        steepness = 2.0 * effect if product.is_quadratic else effect
        rows += [base + level * steepness for level in LEVELS]
    return _stack(rows, estimate)


def _stack(rows: list[FloatArray], estimate: Estimate) -> FloatArray:
    return np.stack(rows) if rows else np.empty((0, estimate.outer_weights_last.shape[-1]))
