"""What a test says under each of the analyst's choices: sign rule, test or interval, one tail or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.estimator import fit
from plsem.model import Model
from plsem.quantities import SIGNED, quantities
from plsem.resampling.bootstrap import bootstrap
from plsem.resampling.intervals import Alternative, Interval
from plsem.resampling.replicates import nearest_signs, turned
from plsem.resampling.result import BootstrapResult
from plsem.solution import Estimate

__all__ = ["behind_the_sign", "by_choice", "under_sign_rules"]

FloatArray = NDArray[np.float64]
#: p from t; p counted from the draws; whether the interval excludes 0.
TESTS = ("t", "count", "percentile", "bca")


def under_sign_rules(
    data: pd.DataFrame,
    model: Model,
    statistics: Sequence[str],
    *,
    estimator: Mapping[str, Any],
    **options: Any,
) -> dict[str, BootstrapResult]:
    """Bootstrap once, and give the draws with their signs as they fall and with whole constructs turned.

    Parameters
    ----------
    data : DataFrame (n, items)
    model : Model
    statistics : sequence of str
    estimator : mapping
        Options of the estimator: scheme, consistent, tolerance and so on.
    **options
        Those of :func:`plsem.resampling.bootstrap.bootstrap`, but its sign rule.

    Returns
    -------
    dict of str to BootstrapResult
        ``none`` and ``construct``, for :func:`by_choice`.

    Raises
    ------
    BootstrapError
        If the sample or too many of its resamples have no solution.

    References
    ----------
    Tenenhaus et al. (2005), as :func:`behind_the_sign`.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> drawn = under_sign_rules(data, model, ["path_coefficient"], estimator={}, seed=1, n_resamples=200)
    >>> {rule: result.n_turned for rule, result in drawn.items()}
    {'none': 0, 'construct': 0}
    """
    loadings = np.asarray(fit(data, model, **estimator).loadings)

    def both(estimate: Estimate) -> tuple[pd.DataFrame, FloatArray]:
        labels, plain = quantities(estimate, include=tuple(statistics))
        signs = nearest_signs(loadings, estimate)
        other = quantities(turned(estimate, signs), include=tuple(statistics))[1]
        return pd.concat([labels, labels]), np.concatenate([plain, other], axis=-1)

    drawn = bootstrap(data, model, both, **estimator, **options)
    half = len(drawn.labels) // 2
    return {"none": _part(drawn, slice(0, half)), "construct": _part(drawn, slice(half, None))}


def _part(drawn: BootstrapResult, columns: slice) -> BootstrapResult:
    knife = drawn.jackknife
    return replace(
        drawn,
        labels=drawn.labels.iloc[columns].reset_index(drop=True),
        original=drawn.original[columns],
        draws=drawn.draws[:, columns],
        jackknife=None if knife is None else knife[:, columns],
    )


def by_choice(
    results: Mapping[str, BootstrapResult],
    *,
    statistic: str = "path_coefficient",
    significance: float = 0.05,
    alternatives: Sequence[Alternative] = ("two-sided", "one-sided"),
) -> pd.DataFrame:
    r"""Test each effect under every combination of sign rule, test and tails.

    Parameters
    ----------
    results : mapping of str to BootstrapResult
        Sign rule → the bootstrap under it.  ``"individual"`` is taken from the draws of ``"none"`` where it is
        not given: each draw with its estimate's sign.
    statistic : str
        Whose effects.
    significance : float
        Level of the tests; the intervals are those of level 1 − significance.
    alternatives : sequence of {"two-sided", "one-sided"}
        ``one-sided`` tests in the direction of the estimate.

    Returns
    -------
    DataFrame
        One row an effect and combination: row, column, sign_changes, test, alternative, p_value (NaN for an
        interval), significant, then estimate, t_statistic, lower and upper (of the interval; of the
        percentile interval beside t and count).  ``count`` is
        :math:`p = 2 \min(\#\{\theta^* \le 0\}, \#\{\theta^* \ge 0\}) / B`, or the share of draws that do
        not have the estimate's sign; ``bca`` is left out without a jackknife.

    References
    ----------
    The count of draws: Davison & Hinkley (1997).  Combinations of choices: Steegen et al. (2016).

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> boot = plsem.bootstrap(data, model, ["path_coefficient"], seed=1, n_resamples=200)
    >>> table = by_choice({"none": boot})
    >>> table.groupby("significant").size().to_dict()
    {True: 16}
    """
    results = dict(results)
    if "none" in results and "individual" not in results:
        results["individual"] = with_individual_signs(results["none"])
    parts = []
    for rule, result in results.items():
        tests = [test for test in TESTS if test != "bca" or result.jackknife is not None]
        for test in tests:
            for alternative in alternatives:
                table = _tested(result, statistic, test, alternative, significance)
                parts.append(table.assign(sign_changes=rule, test=test, alternative=alternative))
    columns = ["row", "column", "sign_changes", "test", "alternative", "p_value", "significant"]
    columns += ["estimate", "t_statistic", "lower", "upper"]
    return pd.concat(parts, ignore_index=True)[columns]


def with_individual_signs(result: BootstrapResult) -> BootstrapResult:
    """Give each draw of a signed statistic its estimate's sign."""
    signed = result.labels["statistic"].isin(SIGNED).to_numpy() & (result.original != 0)
    draws = result.draws.copy()
    draws[:, signed] = np.copysign(draws[:, signed], result.original[signed])
    return replace(result, draws=draws)


def _tested(
    result: BootstrapResult, statistic: str, test: str, alternative: Alternative, significance: float
) -> pd.DataFrame:
    interval: Interval = "bca" if test == "bca" else "percentile"
    # A one-sided test in the direction of the estimate: the interval's near end at twice the level.
    level = 1 - significance * (1 if alternative == "two-sided" else 2)
    found = result.summary(statistic=statistic, interval=interval, confidence_level=level)
    original = found["original"].to_numpy()
    shown = found.rename(columns={"original": "estimate"})
    shown = shown[["row", "column", "estimate", "t_statistic", "lower", "upper"]]
    if test == "t":
        tails = 1.0 if alternative == "two-sided" else 0.5
        p = tails * found["p_value"].to_numpy()
    elif test == "count":
        p = np.array(
            [
                _counted(result.draws_of(*key), value, alternative)
                for key, value in zip(
                    found[["statistic", "row", "column"]].itertuples(index=False, name=None),
                    original,
                    strict=True,
                )
            ]
        )
    else:
        near = np.where(original > 0, found["lower"], -found["upper"])
        return shown.assign(p_value=np.nan, significant=near > 0)
    return shown.assign(p_value=p, significant=p < significance)


def _counted(draws: FloatArray, estimate: float, alternative: Alternative) -> float:
    known = draws[np.isfinite(draws)]
    if len(known) == 0:
        return float("nan")
    below, above = float((known <= 0).mean()), float((known >= 0).mean())
    if alternative == "one-sided":
        return below if estimate > 0 else above
    return min(1.0, 2 * min(below, above))


def behind_the_sign(result: BootstrapResult, source: str, target: str) -> pd.DataFrame:
    """Show what goes with the draws of a path that have the other sign than its estimate.

    Where a whole construct is turned (label switching) all its items load the other way; where the weights are
    unstable a single item does.

    Parameters
    ----------
    result : BootstrapResult
        With path_coefficient and outer_loading among its statistics.
    source, target : str
        The path.

    Returns
    -------
    DataFrame
        One row an item of the target: item, loading (the sample's), ``other`` and ``same``: the share of draws with
        the other sign than the estimate, and of the rest, in which the item loads with the other sign.  The
        last row, with an empty item, gives the shares in which the loadings of some construct as a whole lie nearer
        to the sample's when turned (:attr:`plsem.resampling.result.BootstrapResult.turned`).

    Raises
    ------
    KeyError
        If the path or the loadings were not drawn.

    References
    ----------
    Tenenhaus, M., Vinzi, V. E., Chatelin, Y.-M., & Lauro, C. (2005). PLS path modeling. Computational Statistics & Data
    Analysis, 48(1), 159–205 (on signs in resamples).

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> boot = plsem.bootstrap(data, model, ["path_coefficient", "outer_loading"], seed=1, n_resamples=200)
    >>> behind_the_sign(boot, "X", "Y")[["item", "loading", "same"]].round(2)
      item  loading  same
    0   y1     0.88   0.0
    1   y2     0.86   0.0
    2           NaN   0.0
    """
    keys = list(result.labels[["statistic", "row", "column"]].itertuples(index=False, name=None))
    draws = result.draws_of("path_coefficient", source, target)
    estimate = result.original[keys.index(("path_coefficient", source, target))]
    known = np.isfinite(draws)
    other = known & (draws * estimate < 0)
    same = known & ~other
    rows = []
    for place, (statistic, item, construct) in enumerate(keys):
        if statistic == "outer_loading" and construct == target:
            turned = result.draws[:, place] * result.original[place] < 0
            rows.append((item, float(result.original[place]), _share(turned, other), _share(turned, same)))
    if not rows:
        raise KeyError(f"no outer_loading of {target!r} was drawn")
    rows.append(("", float("nan"), _share(result.turned, other), _share(result.turned, same)))
    return pd.DataFrame(rows, columns=["item", "loading", "other", "same"]).assign(
        draws_other=int(other.sum()), draws_same=int(same.sum())
    )


def _share(flags: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(flags[among].mean()) if among.any() else float("nan")
