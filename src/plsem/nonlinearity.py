"""Nonlinearity of the paths: the square of each predictor beside it, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike

from plsem.composition import Product
from plsem.estimator import fit
from plsem.model import Model, ModelError
from plsem.names import nearest
from plsem.resampling.bootstrap import bootstrap
from plsem.resampling.intervals import Interval
from plsem.slopes import interactions

__all__ = ["nonlinearity", "quadratic_model"]

QUADRATIC = "{}²"


def quadratic_model(model: Model, source: str, target: str) -> Model:
    """Return the model with the square of one predictor beside its path (two-stage).

    Parameters
    ----------
    model : Model
    source, target : str

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If there is no such path.

    Notes
    -----
    In R: ``seminr::interaction_term(iv, iv, method = two_stage)``.

    References
    ----------
    Sarstedt et al. (2020), as :func:`nonlinearity`.

    Examples
    --------
    >>> from plsem import Model
    >>> quadratic_model(Model.from_text("X =~ x1 + x2; Y =~ y1 + y2; Y ~ X"), "X", "Y").path_names
    (('X', 'Y'), ('X²', 'Y'))
    """
    if (source, target) not in model.path_names:
        known = [f"{s} -> {t}" for s, t in model.path_names]
        raise ModelError(f"no path {source} -> {target}{nearest(f'{source} -> {target}', known)}")
    own = {c: [model.items[i] for i in b] for c, b in zip(model.constructs, model.blocks, strict=True) if b}
    name = QUADRATIC.format(source)
    modes = dict(zip(model.constructs, model.modes, strict=True))
    return Model(
        own,
        [*model.path_names, (name, target)],
        modes={c: modes[c] for c in own},
        higher_order=dict(model.higher_order),
        products={**dict(model.products), name: Product(source, source)},
    )


def nonlinearity(
    data: pd.DataFrame | ArrayLike,
    model: Model,
    *,
    seed: int | None = None,
    paths: Sequence[tuple[str, str]] | None = None,
    n_resamples: int = 5000,
    interval: Interval = "percentile",
    confidence_level: float = 0.95,
    n_jobs: int = 1,
    **options: Any,
) -> pd.DataFrame:
    """Test each path for a quadratic effect.

    Parameters
    ----------
    data : DataFrame
    model : Model
    seed : int, optional
        With it each quadratic effect is bootstrapped.
    paths : sequence of (str, str), optional
        Default: all, but those from products.
    n_resamples, interval, confidence_level, n_jobs
        See :func:`plsem.bootstrap` and its ``summary``; BCa needs a jackknife of each model and takes longer.
    **options
        The estimator's: scheme, tolerance, max_iterations, sign_items.

    Returns
    -------
    DataFrame
        One row a path: ``source``, ``target``, ``path_coefficient`` (beside the square), ``quadratic_effect`` (per
        unit of the squared standardised score: the slope changes by twice it with one standard deviation),
        ``f_squared``, ``size`` (Kenny's words), and with a seed ``standard_deviation``, ``t_statistic``, ``p_value``,
        ``lower``, ``upper``, ``linear``: whether the interval holds 0.

    Notes
    -----
    One square at a time beside the model as it is, by the two-stage approach; others enter all of them at once, whose
    collinearity hides what each does.  Sarstedt, Ringle, Cheah, Ting, Moisescu & Radomir (2020, Tourism Economics 26,
    531–554).

    In R: ``seminr::interaction_term(iv, iv)`` in a model of its own.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e, f = np.random.default_rng(1).normal(size=(3, 200))
    >>> m = 0.6 * x + 0.8 * e
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + 0.3 * x + 0.8 * f})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ X + M")
    >>> data["m"] += 0.4 * data["x"] ** 2
    >>> found = nonlinearity(data, model)
    >>> found[["source", "target", "quadratic_effect", "f_squared"]].round(2).head(1)
      source target  quadratic_effect  f_squared
    0      X      M              0.34       0.62
    """
    products = {name for name, _ in model.products}
    chosen = (
        [p for p in model.path_names if p[0] not in products] if paths is None else [tuple(p) for p in paths]
    )
    rows = []
    for source, target in chosen:
        wide = quadratic_model(model, source, target)
        name = QUADRATIC.format(source)
        estimate = fit(data, wide, **options)
        every = interactions(estimate)
        found = every[every["product"] == name].iloc[0].to_dict()
        last = estimate.model
        row: dict[str, Any] = {
            "source": source,
            "target": target,
            "path_coefficient": float(
                estimate.path_coefficients[last.position(source), last.position(target)]
            ),
            "quadratic_effect": float(found["interaction_effect"]),
            "f_squared": float(found["f_squared"]),
            "size": str(found["size_kenny"]),
        }
        if seed is not None:
            drawn = bootstrap(
                data, wide, ("interaction_effect",), seed=seed, n_resamples=n_resamples, n_jobs=n_jobs,
                jackknife=interval == "bca", **options,
            ).summary(interval=interval, confidence_level=confidence_level)  # fmt: skip
            one = drawn[drawn["row"] == name].iloc[0]
            row |= {c: one[c] for c in ("standard_deviation", "t_statistic", "p_value", "lower", "upper")}
            row["linear"] = bool(one["lower"] <= 0 <= one["upper"])
        rows.append(row)
    return pd.DataFrame(rows)
