"""Choosing between structural models: information criteria, Akaike weights, and CVPAT between models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from plsem.estimator import fit
from plsem.measurement import single
from plsem.model import Model
from plsem.names import check_choice, nearest
from plsem.prediction import cvpat, predict
from plsem.solution import Estimate

__all__ = ["akaike_weights", "compare_models", "information_criteria"]

FloatArray = NDArray[np.float64]
Criterion = Literal["BIC", "AIC", "AICc", "HQ"]

CRITERIA: tuple[str, ...] = get_args(Criterion)


def information_criteria(estimate: Estimate) -> pd.DataFrame:
    r"""Return the information criteria of each endogenous construct's regression.

    Parameters
    ----------
    estimate : Estimate
        Of answers, or of a correlation matrix with its number of rows.

    Returns
    -------
    DataFrame
        Index ``construct``: ``BIC``, ``AIC``, ``AICc``, ``HQ`` and ``k``.  Only differences between models of the
        same construct and answers mean anything; smaller is better.

    Raises
    ------
    ValueError
        If the number of rows is not known.

    Notes
    -----
    With m predecessors, :math:`k = m + 1` and :math:`SSE = (1 - R^2)(n - 1)`:
    :math:`AIC = n \ln(SSE/n) + 2k`, :math:`BIC = n \ln(SSE/n) + k \ln n`,
    :math:`HQ = n \ln(SSE/n) + 2 k \ln \ln n`, :math:`AICc = n \ln(SSE/n) + n (n + k)/(n - k - 2)`
    (Sharma et al. 2019, Journal of the Association for Information Systems 20, 346–397).  The constant n in AICc, which
    changes no comparison, is cSEM's and theirs.

    In R: ``cSEM::calculateModelSelectionCriteria``; BIC also in ``summary(model)$it_criteria`` of seminr.

    Examples
    --------
    >>> r = [[1, 0.6], [0.6, 1]]
    >>> model = Model({"X": ["x"], "Y": ["y"]}, paths=[("X", "Y")])
    >>> information_criteria(fit(r, model, n=100)).round(2).reset_index()
      construct    BIC    AIC   AICc     HQ  k
    0         Y -36.42 -41.63  60.62 -39.53  2
    """
    single(estimate)
    n = estimate.n_observations
    if n is None:
        raise ValueError("information criteria need the number of rows: fit(R, model, n=…)")
    model = estimate.model
    rows = {}
    for t in model.endogenous:
        k = len(model.predecessors[t]) + 1
        left = (1 - float(estimate.r_squared[t])) * (n - 1) / n
        with np.errstate(divide="ignore"):
            fitted = n * float(np.log(left)) if left > 0 else -np.inf
        rows[model.constructs[t]] = {
            "BIC": fitted + k * np.log(n),
            "AIC": fitted + 2 * k,
            "AICc": fitted + n * (n + k) / (n - k - 2) if n > k + 2 else np.nan,
            "HQ": fitted + 2 * k * np.log(np.log(n)),
            "k": k,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("construct")


def akaike_weights(criteria: ArrayLike) -> FloatArray:
    r"""Return the Akaike weights of competing models: :math:`e^{-\Delta_i/2} / \sum_j e^{-\Delta_j/2}`.

    Parameters
    ----------
    criteria : array_like, (m,)
        One criterion's values.  :math:`\Delta_i` is a value minus the smallest.

    Returns
    -------
    ndarray, (m,)

    Notes
    -----
    Burnham & Anderson (2002); with BIC the weights are posterior probabilities under equal priors (Danks, Sharma
    & Sarstedt 2020).

    In R: ``seminr::compute_itcriteria_weights``.

    Examples
    --------
    >>> akaike_weights([-202.0, -200.0]).round(3)
    array([0.731, 0.269])
    """
    values = np.asarray(criteria, dtype=float)
    relative = np.exp(-(values - values.min()) / 2)
    return np.asarray(relative / relative.sum())


def compare_models(
    data: pd.DataFrame | ArrayLike,
    models: Mapping[str, Model],
    target: str,
    *,
    criterion: Criterion = "BIC",
    predictive: bool = True,
    folds: int = 10,
    repetitions: int = 10,
    seed: int = 1,
    **options: Any,
) -> pd.DataFrame:
    """Compare structural models of one construct by information criteria, their weights, and CVPAT.

    Parameters
    ----------
    data : DataFrame
    models : mapping of str to Model
        At least two, which all have the same items for ``target``.
    target : str
        The endogenous construct that they explain differently.
    criterion : {"BIC", "AIC", "AICc", "HQ"}
        That the models are ordered and weighed by.
    predictive : bool
        Whether each model's prediction of the target's items is compared with that of the best (CVPAT).
    folds, repetitions, seed
        See :func:`plsem.prediction.predict`.
    **options
        The estimator's: scheme, tolerance, max_iterations.

    Returns
    -------
    DataFrame
        Index ``model``, best first: ``n_predictors``, ``r_squared``, ``BIC``, ``AIC``, ``AICc``, ``HQ``,
        ``difference`` (of the criterion from the best), ``weight``; with ``predictive`` also ``loss``,
        ``loss_difference`` and ``p_value``: this model's loss minus the best model's, and the two-sided p
        (CVPAT; NaN for the best itself).

    Raises
    ------
    ValueError
        If there is one model only, a model does not explain the target by the same items, or, with ``predictive``,
        the models do not predict the same items altogether.

    Notes
    -----
    In R: ``seminr::compute_itcriteria_weights``, ``seminrExtras::assess_cvpat_compare``.

    References
    ----------
    Sharma et al. (2019), as :func:`information_criteria`; CVPAT: Liengaard et al. (2021).

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e, f = np.random.default_rng(1).normal(size=(3, 200))
    >>> m = 0.6 * x + 0.8 * e
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + 0.3 * x + 0.8 * f})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ X + M")
    >>> other = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ M")
    >>> found = compare_models(data, {"both": model, "mediator alone": other}, "Y")
    >>> found[["n_predictors", "r_squared", "weight"]].round(2)
                    n_predictors  r_squared  weight
    model
    both                       2       0.42     1.0
    mediator alone             1       0.29     0.0
    """
    check_choice("criterion", criterion, CRITERIA)
    if len(models) < 2:
        raise ValueError(f"models: expected two or more to compare, found {len(models)}")
    measured = {}
    for name, model in models.items():
        ends = [model.constructs[t] for t in model.endogenous]
        if target not in ends:
            raise ValueError(f"model {name!r}: no path leads to {target!r}{nearest(target, ends)}")
        measured[name] = {model.items[i] for i in model.blocks[model.position(target)]}
    first = next(iter(measured))
    for name, items in measured.items():
        if items != measured[first]:
            raise ValueError(f"models {first!r} and {name!r} measure {target!r} by different items")
    rows = {}
    for name, model in models.items():
        estimate = fit(data, model, **options)
        found = information_criteria(estimate)
        at = estimate.model.position(target)
        rows[name] = {
            "n_predictors": len(model.predecessors[model.position(target)]),
            "r_squared": float(estimate.r_squared[at]),
            **{c: _at(found, target, c) for c in CRITERIA},
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    table["difference"] = table[criterion] - table[criterion].min()
    table["weight"] = akaike_weights(table[criterion])
    table = table.sort_values(criterion, kind="stable")
    if predictive:
        predictions = {
            name: predict(data, model, folds=folds, repetitions=repetitions, seed=seed, **options)
            for name, model in models.items()
        }
        best = table.index[0]
        tests = {name: cvpat(predictions[name], predictions[best]) for name in table.index}
        table["loss"] = [_at(t, target, "loss") for t in tests.values()]
        table["loss_difference"] = [_at(t, target, "difference") for t in tests.values()]
        table["p_value"] = [
            _at(t, target, "p_value") if name != best else np.nan for name, t in tests.items()
        ]
    return table


def _at(table: pd.DataFrame, row: str, column: str) -> float:
    return float(table[column].to_numpy(dtype=float)[list(table.index).index(row)])
