"""Out-of-sample prediction: PLSpredict and the cross-validated predictive ability test (CVPAT).

Each fold's rows are predicted by a model estimated on the other rows only, their means and standard
deviations included.  All training sets are estimated as one batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from plsem.batches import solve, unpack
from plsem.estimator import estimate_batch, estimate_values, scores
from plsem.folds import TrainingSets, given_cuts, random_cuts, training_sets
from plsem.inputs import DataError, correlations, item_matrix
from plsem.model import Model
from plsem.names import named_options, nearest
from plsem.solution import Estimate, Scheme
from plsem.stage_data import Chain, StageData, chains
from plsem.stages import Stages, columns_behind, expand

__all__ = ["Prediction", "cvpat", "predict"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Antecedents = Literal["direct", "earliest"]
LmPredictors = Literal["exogenous", "others"]
Benchmark = Literal["average", "lm"]
Alternative = Literal["two-sided", "less", "greater"]

_COLLINEAR = 1e-6  # a pivot up to which normal equations would lose too many digits


@dataclass(frozen=True, slots=True)
class Prediction:
    """Out-of-sample predictions of the items and scores of the endogenous constructs.

    Parameters
    ----------
    model : Model
    items : tuple of str
        The q predicted items; ``item_constructs`` names the construct of each.
    constructs : tuple of str
        The t predicted constructs.
    actual : ndarray, (n, q)
        The answers.
    pls, lm, average : ndarray, (r, n, q)
        Predictions of the path model, of the linear regression on items and of the training mean, for
        each of the r repetitions.  ``lm`` is NaN where a training set has no more rows than coefficients.
    actual_scores : ndarray, (n, t)
        Construct scores with the weights of the whole sample.
    scores : ndarray, (r, n, t)
        Predicted scores, with the sign that each construct has in the whole sample.
    fold : ndarray of int, (r, n)
        The fold in which each row was held out.
    not_converged : int
        Training sets whose weights did not settle within the iteration limit; they are used all the same.
    antecedents, lm_predictors, seed : settings used
    """

    model: Model
    items: tuple[str, ...]
    item_constructs: tuple[str, ...]
    constructs: tuple[str, ...]
    actual: FloatArray
    pls: FloatArray
    lm: FloatArray
    average: FloatArray
    actual_scores: FloatArray
    scores: FloatArray
    fold: IntArray
    not_converged: int
    antecedents: Antecedents
    lm_predictors: LmPredictors
    seed: int | None

    def summary(self) -> pd.DataFrame:
        r"""Return the prediction statistics of each item (index).

        Columns: construct, q2_predict, rmse, mae, mape of the path model; lm_rmse, lm_mae, lm_mape and
        lm_q2_predict of the linear benchmark; average_rmse, average_mae of the indicator average; and
        rmse_difference and mae_difference (path model minus linear benchmark: negative is better).
        Squared and absolute errors are averaged over rows and repetitions before the root is taken.
        :math:`Q^2_{predict} = 1 - \sum e^2 / \sum e^2_{average}` (Shmueli et al. 2016).  mape is in per
        cent, NaN where an answer is 0.
        """
        pls, lm, average = (self._errors(p) for p in (self.pls, self.lm, self.average))
        squares = {name: (e**2).mean(axis=(0, 1)) for name, e in zip("pla", (pls, lm, average), strict=True)}
        table = pd.DataFrame({"construct": self.item_constructs}, index=pd.Index(self.items, name="item"))
        table["q2_predict"] = 1 - squares["p"] / squares["a"]
        table["rmse"] = np.sqrt(squares["p"])
        table["mae"] = np.abs(pls).mean(axis=(0, 1))
        table["mape"] = self._mape(pls)
        table["lm_q2_predict"] = 1 - squares["l"] / squares["a"]
        table["lm_rmse"] = np.sqrt(squares["l"])
        table["lm_mae"] = np.abs(lm).mean(axis=(0, 1))
        table["lm_mape"] = self._mape(lm)
        table["average_rmse"] = np.sqrt(squares["a"])
        table["average_mae"] = np.abs(average).mean(axis=(0, 1))
        table["rmse_difference"] = table["rmse"] - table["lm_rmse"]
        table["mae_difference"] = table["mae"] - table["lm_mae"]
        return table

    def construct_summary(self) -> pd.DataFrame:
        """Return q2_predict, rmse and mae of each construct's score (index); the benchmark is the mean, 0."""
        errors = self.actual_scores - self.scores
        squares = (errors**2).mean(axis=(0, 1))
        return pd.DataFrame(
            {
                "q2_predict": 1 - squares / (self.actual_scores**2).mean(axis=0),
                "rmse": np.sqrt(squares),
                "mae": np.abs(errors).mean(axis=(0, 1)),
            },
            index=pd.Index(self.constructs, name="construct"),
        )

    def power(self) -> pd.DataFrame:
        """Return the predictive power of each construct (index) by Shmueli et al. (2019).

        Columns: n_items, n_above_average (items with q2_predict > 0), n_better_than_lm (those of them
        with a smaller RMSE than the linear benchmark), power: ``"none"`` (no item), ``"low"`` (fewer
        than half), ``"medium"`` (half or more), ``"high"`` (all); ``"not assessed"`` where no item has
        q2_predict above 0 or the linear benchmark is missing.  An item that is predicted worse than by
        its mean speaks for no power, however bad the linear benchmark is.
        """
        table = self.summary()
        rows = {}
        for construct, part in table.groupby("construct", sort=False):
            useful = part["q2_predict"] > 0
            better = int((useful & (part["rmse"] < part["lm_rmse"])).sum())
            above = int(useful.sum())
            n = len(part)
            word = (
                "none" if better == 0 else "high" if better == n else "medium" if better >= n / 2 else "low"
            )
            if above == 0 or part["lm_rmse"].isna().any():
                word = "not assessed"
            rows[construct] = (n, above, better, word)
        columns = ["n_items", "n_above_average", "n_better_than_lm", "power"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("construct")

    def losses(self, of: Literal["pls", "lm", "average"] = "pls") -> pd.DataFrame:
        """Return each row's loss by construct and ``"overall"``: the mean squared error of its items.

        The mean over repetitions; (n, t + 1).
        """
        squares = (self._errors({"pls": self.pls, "lm": self.lm, "average": self.average}[of]) ** 2).mean(
            axis=0
        )
        owner = np.array(self.item_constructs)
        columns = {c: squares[:, owner == c].mean(axis=1) for c in self.constructs}
        return pd.DataFrame(columns | {"overall": squares.mean(axis=1)})

    def _errors(self, predicted: FloatArray) -> FloatArray:
        return np.asarray(self.actual - predicted)

    def _mape(self, errors: FloatArray) -> FloatArray:
        safe = np.where((self.actual == 0).any(axis=0), np.nan, self.actual)
        return np.asarray(100 * np.abs(errors / safe).mean(axis=(0, 1)))


@named_options
def predict(
    data: pd.DataFrame | ArrayLike,
    model: Model,
    *,
    folds: int = 10,
    repetitions: int = 10,
    seed: int | None = 1,
    fold: ArrayLike | None = None,
    antecedents: Antecedents = "earliest",
    lm_predictors: LmPredictors = "exogenous",
    scheme: Scheme = "path",
    tolerance: float = 1e-7,
    max_iterations: int = 300,
) -> Prediction:
    """Predict each row by a model that has not seen it (PLSpredict; Shmueli et al. 2016, 2019).

    Parameters
    ----------
    data : DataFrame
    model : Model
    folds : int
        Parts into which the rows are cut, sizes differing by one at most; n is leave-one-out.
    repetitions : int
        Times that the rows are cut anew.
    seed : int or None
        Fixes the cuts; repetition i does not depend on the number of repetitions.
    fold : array_like of int, (n,) or (r, n), optional
        The fold of each row, in place of random cuts by ``folds``, ``repetitions`` and ``seed``.
    antecedents : {"earliest", "direct"}
        Predict a construct from the exogenous constructs' scores only, along the paths, or from its
        direct predecessors' scores in the held-out rows.
    lm_predictors : {"exogenous", "others"}
        The linear benchmark regresses an item on all items of the exogenous constructs (Shmueli et al.
        2019) or on all items of the other constructs (seminr).  The defaults give both sides the same
        information; ``direct`` beside ``exogenous`` lets the path model alone see held-out mediators.
    scheme, tolerance, max_iterations
        As for :func:`plsem.estimator.estimate`.

    Returns
    -------
    Prediction

    Raises
    ------
    DataError
        If the data cannot be used, or an item is constant in a training set.
    ValueError
        If an option is unknown or out of range.

    Notes
    -----
    In R: ``seminr::predict_pls``, ``cSEM::predict``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> predict(data, model, seed=1).construct_summary().round(2)
               q2_predict  rmse   mae
    construct
    Y                0.31  0.83  0.65
    """
    for name, value, valid in (
        ("antecedents", antecedents, get_args(Antecedents)),
        ("lm_predictors", lm_predictors, get_args(LmPredictors)),
    ):
        if value not in valid:
            raise ValueError(f"{name}: unknown {value!r}{nearest(str(value), valid)}")
    x = item_matrix(data, model)
    n = len(x)
    cuts = random_cuts(n, folds, repetitions, seed) if fold is None else given_cuts(fold, n)
    plan = expand(model)
    final = plan.final
    led = chains(plan)
    targets = list(led)
    columns = [chain.column for t in targets for chain in led[t]]
    shape = (len(cuts), n, len(columns))
    pls, lm, average = np.empty(shape), np.empty(shape), np.empty(shape)
    predicted = np.empty((len(cuts), n, len(targets)))

    sets = [(r, np.flatnonzero(cut == f)) for r, cut in enumerate(cuts) for f in np.unique(cut)]
    train = training_sets(x, [held for _, held in sets], model)
    options: dict[str, Any] = {"scheme": scheme, "tolerance": tolerance, "max_iterations": max_iterations}
    fits = estimate_batch(
        model,
        train.packed,
        product_scales=train.scales,
        **options,
    )
    if fits.problems["undefined"].any():
        raise DataError(f"{fits.problems['undefined'].sum()} training sets have no solution; use more folds")
    r_whole = correlations(x)
    whole = estimate_values(x, model, orient=False, **options)
    slopes = _benchmark_slopes(plan, led, x, train, lm_predictors)
    stages = (*fits.earlier, fits)
    owners = [t for t in targets for _ in led[t]]
    for place, (r, held) in enumerate(sets):
        mean, sd = train.means[place], train.deviations[place]
        z = (x[held] - mean) / sd
        loadings = [stage.loadings[place] for stage in stages]
        if model.composed:  # oriented already
            weights = [stage.outer_weights[place] for stage in stages]
            left = (np.delete(x, held, axis=0) - mean) / sd
            latent = StageData(plan, weights, left).predicted(
                z, fits.path_coefficients[place], led, loadings, direct=antecedents == "direct"
            )
            predicted[r, held] = latent[:, targets]
        else:
            latent = _predict_scores(model, fits, place, z, antecedents)
            predicted[r, held] = latent[:, targets] * _signs(model, fits, place, whole, r_whole)[targets]
        leading = np.array([chain.loading(loadings) for t in targets for chain in led[t]])
        pls[r, held] = latent[:, owners] * leading * sd[columns] + mean[columns]
        average[r, held] = mean[columns]
        linear = [z[:, chosen] @ slope[place] for chosen, slope in slopes]
        lm[r, held] = np.concatenate(linear, axis=1) * sd[columns] + mean[columns]
    actual = scores(x, whole)[:, targets]
    return Prediction(
        model=model,
        items=tuple(model.items[i] for i in columns),
        item_constructs=tuple(final.constructs[t] for t in targets for _ in led[t]),
        constructs=tuple(final.constructs[t] for t in targets),
        actual=x[:, columns],
        pls=pls,
        lm=lm,
        average=average,
        actual_scores=actual,
        scores=predicted,
        fold=cuts,
        not_converged=int((~fits.converged).sum()),
        antecedents=antecedents,
        lm_predictors=lm_predictors,
        seed=seed if fold is None else None,
    )


def _predict_scores(
    model: Model, fits: Estimate, place: int, z: FloatArray, antecedents: Antecedents
) -> FloatArray:
    weights, paths = fits.outer_weights[place], fits.path_coefficients[place]
    observed = np.column_stack([z[:, s] @ weights[s] for s in model.slices])
    latent = observed.copy()
    for t in model.order:
        if model.predecessors[t]:
            sources = list(model.predecessors[t])
            latent[:, t] = (observed if antecedents == "direct" else latent)[:, sources] @ paths[sources, t]
    return latent


def _signs(model: Model, fits: Estimate, place: int, whole: Estimate, r: FloatArray) -> FloatArray:
    """Return 1 where a training set's score correlates positively with the whole sample's, else −1, (k,)."""
    one, other = fits.outer_weights[place], whole.outer_weights
    return np.array([1.0 if one[s] @ r[s, s] @ other[s] >= 0 else -1.0 for s in model.slices])


def _benchmark_slopes(
    plan: Stages,
    led: Mapping[int, Sequence[Chain]],
    x: FloatArray,
    train: TrainingSets,
    predictors: LmPredictors,
) -> list[tuple[list[int], FloatArray]]:
    """Return the linear benchmark of each target: its predictors, and standardised slopes (m, c, q).

    From the normal equations of all training sets at once.  Where predictors are all but collinear a set
    goes to the least squares of smallest norm by itself; NaN where it has no more rows than coefficients.
    """
    out = []
    final = plan.final
    products = {name for name, _ in plan.described.products}
    behind = {
        j: sorted(
            {c for i in final.blocks[j] for c in columns_behind(plan.stages[-1].recipes[i], plan.stages)}
        )
        for j in range(final.n_constructs)
        if final.constructs[j] not in products
    }
    correlation = unpack(train.packed, plan.n_columns)
    for t, chained in led.items():
        own = [chain.column for chain in chained]
        sources = [
            i
            for j, items in behind.items()
            if (j != t if predictors == "others" else not final.predecessors[j])
            for i in items
            if i not in own
        ]
        chosen = list(dict.fromkeys(sources))
        with np.errstate(invalid="ignore", divide="ignore"):
            solved = solve(
                correlation[np.ix_(chosen, chosen)], correlation[np.ix_(chosen, own)], smallest=_COLLINEAR
            )
        slopes = np.ascontiguousarray(np.moveaxis(solved, -1, 0))
        for place in np.flatnonzero(np.isnan(slopes).any(axis=(1, 2))):
            left = np.delete(x, train.held[place], axis=0) - train.means[place]
            sd = train.deviations[place]
            raw = np.linalg.lstsq(left[:, chosen], left[:, own], rcond=None)[0]
            slopes[place] = raw * sd[chosen][:, None] / sd[own]
        slopes[train.sizes <= len(chosen) + 1] = np.nan
        out.append((chosen, slopes))
    return out


def cvpat(
    prediction: Prediction,
    against: Benchmark | Prediction = "average",
    *,
    alternative: Alternative = "two-sided",
) -> pd.DataFrame:
    r"""Test whether the model predicts better than a benchmark or than another model (CVPAT).

    Parameters
    ----------
    prediction : Prediction
    against : {"average", "lm"} or Prediction
        The indicator average, the linear benchmark, or another model of the same items, predicted with
        the same folds.
    alternative : {"two-sided", "less", "greater"}
        ``"less"``: the model's loss is smaller.

    Returns
    -------
    DataFrame
        Index: the constructs (those of both models) and ``"overall"``.  Columns: loss, benchmark_loss,
        difference (negative: the model predicts better), t_statistic, p_value.

    Raises
    ------
    ValueError
        If the other prediction is not of the same items, answers and folds.

    Notes
    -----
    The loss of a row is the mean squared error of its items, averaged over repetitions.  With the
    differences :math:`D_i` of the rows, :math:`t = \bar D / (s_D / \sqrt n)` with n − 1 degrees of freedom
    (Liengaard et al. 2021; Sharma et al. 2023).  t and p are NaN where all differences are the same, as for
    two models that predict alike.

    In R: ``seminrExtras::assess_cvpat`` and ``assess_cvpat_compare``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> cvpat(predict(data, model, seed=1), "average")[["difference", "p_value"]].round(2)
               difference  p_value
    construct
    Y               -0.43      0.0
    overall         -0.43      0.0
    """
    if alternative not in get_args(Alternative):
        raise ValueError(f"alternative: unknown {alternative!r}{nearest(alternative, get_args(Alternative))}")
    loss = prediction.losses()
    if isinstance(against, Prediction):
        if set(against.items) != set(prediction.items):
            raise ValueError("CVPAT compares models that predict the same items")
        order = [against.items.index(i) for i in prediction.items]
        same = np.array_equal(against.fold, prediction.fold)
        if not same or not np.array_equal(against.actual[:, order], prediction.actual):
            raise ValueError("CVPAT compares models on the same rows and folds; give both the same seed")
        other = against.losses()
    elif against in get_args(Benchmark):
        other = prediction.losses(against)
    else:
        raise ValueError(f"against: unknown {against!r}{nearest(str(against), get_args(Benchmark))}")
    names = [c for c in loss if c in other]
    difference = loss[names] - other[names]
    n = len(difference)
    mean = difference.mean()
    error = difference.std(ddof=1) / np.sqrt(n)
    t = mean / error
    p = {
        "two-sided": 2 * stats.t.sf(np.abs(t), n - 1),
        "less": stats.t.cdf(t, n - 1),
        "greater": stats.t.sf(t, n - 1),
    }[alternative]
    return pd.DataFrame(
        {
            "loss": loss[names].mean(),
            "benchmark_loss": other[names].mean(),
            "difference": mean,
            "t_statistic": t,
            "p_value": p,
        }
    ).rename_axis("construct")
