"""Necessary condition analysis (NCA) of construct scores, and its combination with importance and performance.

A condition X is necessary for an outcome Y where no respondent has a high Y with a low X: the upper left of
their scatter is empty.  A ceiling bounds what is found there; the effect size is the empty share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from plsem.estimator import scores
from plsem.importance import importance_performance
from plsem.names import check_choice, check_flag, check_whole, named_options, nearest
from plsem.resampling.moments import BLOCK, block_generator
from plsem.resampling.replicates import STREAM_PERMUTATION
from plsem.solution import Estimate
from plsem.thresholds import threshold

__all__ = ["NecessityResult", "combined_importance", "necessary_conditions"]

FloatArray = NDArray[np.float64]
Ceiling = Literal["ce_fdh", "cr_fdh"]
Peers = Literal["once", "all"]

CEILINGS: tuple[str, ...] = get_args(Ceiling)
_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Scatter:
    """A condition and an outcome, with the condition's values in order.

    Parameters
    ----------
    x : ndarray, (m,)
        The different values of the condition, ascending.
    starts : ndarray of int, (m,)
        Where each of them begins among the n rows in that order.
    y : ndarray, (n,)
        The outcome in that order.
    """

    x: FloatArray
    starts: NDArray[np.intp]
    y: FloatArray

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike) -> Scatter:
        """Sort the rows by the condition."""
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        if x.shape != y.shape or x.ndim != 1 or not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise ValueError(f"expected two columns of finite numbers, found {x.shape} and {y.shape}")
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            raise ValueError("a condition or outcome that does not vary has no ceiling")
        order = np.argsort(x, kind="stable")
        values, starts = np.unique(x[order], return_index=True)
        return cls(values, starts, y[order])

    @property
    def scope(self) -> float:
        """Area of the rectangle that the data span."""
        return float(np.ptp(self.x) * np.ptp(self.y))

    def sizes(self, outcomes: FloatArray, ceiling: Ceiling, peers: Peers = "once") -> FloatArray:
        """Return the effect size of each of some orders of the outcome, (b, n) → (b,)."""
        best = np.maximum.reduceat(outcomes, self.starts, axis=1)
        step = np.maximum.accumulate(best, axis=1)
        top = self.y.max()
        if ceiling == "ce_fdh":
            return np.asarray(((top - step[:, :-1]) * np.diff(self.x)).sum(axis=1) / self.scope)
        intercept, slope = self._lines(outcomes, best, step, peers)
        return self._zone(intercept, slope) / self.scope

    def peers(self) -> pd.DataFrame:
        """Return the points at which the step ceiling rises: ``x``, ``y``."""
        step = np.maximum.accumulate(np.maximum.reduceat(self.y, self.starts))
        rises = np.r_[True, np.diff(step) > 0]
        return pd.DataFrame({"x": self.x[rises], "y": step[rises]})

    def line(self, peers: Peers = "once") -> tuple[float, float]:
        """Return intercept and slope of the regression through the peers; NaN where there is one only."""
        best = np.maximum.reduceat(self.y[None], self.starts, axis=1)
        intercept, slope = self._lines(self.y[None], best, np.maximum.accumulate(best, axis=1), peers)
        return float(intercept[0]), float(slope[0])

    def _lines(
        self, outcomes: FloatArray, best: FloatArray, step: FloatArray, peers: Peers
    ) -> tuple[FloatArray, FloatArray]:
        weight = np.ones(best.shape)
        weight[:, 1:] = np.diff(step, axis=1) > 0
        if peers == "all":
            lengths = np.diff(np.append(self.starts, outcomes.shape[1]))
            at_peer = outcomes == np.repeat(best, lengths, axis=1)
            weight *= np.add.reduceat(at_peer.astype(float), self.starts, axis=1)
        total = weight.sum(axis=1)
        mean_x, mean_y = weight @ self.x / total, (weight * best).sum(axis=1) / total
        from_x = self.x - mean_x[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            slope = (weight * from_x * best).sum(axis=1) / (weight * from_x**2).sum(axis=1)
        slope[(weight > 0).sum(axis=1) < 2] = np.nan
        return mean_y - slope * mean_x, slope

    def _zone(self, intercept: FloatArray, slope: FloatArray) -> FloatArray:
        """Return the area above rising lines within the scope; 0 where there is one peer, which is at the top."""
        (left, right), (low, top) = (self.x[0], self.x[-1]), (self.y.min(), self.y.max())
        with np.errstate(invalid="ignore", divide="ignore"):
            enters, leaves = ((end - intercept) / slope for end in (low, top))
        start, stop = np.clip(enters, left, right), np.clip(leaves, left, right)
        flat = (top - low) * (start - left)
        under = (top - intercept) * (stop - start) - slope * (stop**2 - start**2) / 2
        return np.where(np.isnan(slope), 0.0, flat + under)

    def required(self, y: FloatArray, ceiling: Ceiling, peers: Peers = "once") -> FloatArray:
        """Return the condition that levels of the outcome need: the lowest where any will do, NaN if out of reach."""
        if ceiling == "ce_fdh":
            corners = self.peers()
            at = np.searchsorted(corners["y"].to_numpy(), y - _TIE * np.ptp(self.y), side="left")
            return np.append(corners["x"].to_numpy(), np.nan)[at]
        intercept, slope = self.line(peers)
        if np.isnan(slope):
            return np.full(len(y), self.x[0])
        x = np.maximum((y - intercept) / slope, self.x[0])
        return np.where(x > self.x[-1] + _TIE * np.ptp(self.x), np.nan, x)


@dataclass(frozen=True, slots=True, repr=False)
class NecessityResult:
    """Necessary conditions of one construct.

    Parameters
    ----------
    target : str
    effects : DataFrame
        One row a condition and ceiling: ``condition``, ``ceiling``, ``d`` (effect size), ``size`` (its word),
        ``p_value`` (permutation; NaN without), ``necessary`` (d at least 0.10 and p below alpha; None without
        p), ``n_peers``, ``intercept`` and ``slope`` (``cr_fdh`` only, in the scores' units), ``accuracy`` (share
        of rows on or below the ceiling).
    scatters : mapping of str to Scatter
        Condition → its points and peers, for a picture.
    n_permutations : int
    peers : {"once", "all"}
    """

    target: str
    effects: pd.DataFrame
    scatters: Mapping[str, Scatter]
    n_permutations: int
    peers: Peers

    def bottleneck(self, ceiling: Ceiling = "ce_fdh", *, steps: int = 10) -> pd.DataFrame:
        """Return what each level of the target needs, in per cent of the observed ranges.

        Parameters
        ----------
        ceiling : {"ce_fdh", "cr_fdh"}
        steps : int
            Levels from 0 to 100 %.

        Returns
        -------
        DataFrame
            Index: the target's level.  One column a condition: 0 where the condition is not necessary for that
            level, NaN where the ceiling does not reach it within the observed range.

        Raises
        ------
        ValueError
            If ``steps`` is below 1.
        """
        check_choice("ceiling", ceiling, CEILINGS)
        check_whole("steps", steps, 1)
        levels = np.linspace(0.0, 100.0, steps + 1)
        columns = {name: self._percent(s, levels, ceiling) for name, s in self.scatters.items()}
        return pd.DataFrame(columns, index=pd.Index(levels, name=self.target))

    def needed(self, level: float, ceiling: Ceiling = "ce_fdh") -> pd.Series:
        """Return what a level of the target needs, in per cent of each condition's observed range.

        Parameters
        ----------
        level : float
            In per cent of the target's observed range.
        ceiling : {"ce_fdh", "cr_fdh"}
            The ceiling line that says so.

        Returns
        -------
        Series
            Condition → what is needed: 0 where the condition is not necessary for that level, NaN where the ceiling
            does not reach it.

        Raises
        ------
        ValueError
            For an unknown ceiling.

        Examples
        --------
        >>> found.needed(80.0)  # doctest: +SKIP
        """
        check_choice("ceiling", ceiling, CEILINGS)
        at = np.array([float(level)])
        found = {name: self._percent(s, at, ceiling)[0] for name, s in self.scatters.items()}
        return pd.Series(found, name="needed", dtype=float).rename_axis("condition")

    def cases_below(self, level: float, ceiling: Ceiling = "ce_fdh") -> pd.Series:
        """Return the share of rows whose condition is below what a level (in per cent) of the target needs.

        Parameters
        ----------
        level : float
            In per cent of the target's observed range.
        ceiling : {"ce_fdh", "cr_fdh"}

        Returns
        -------
        Series
            By condition.
        """
        check_choice("ceiling", ceiling, CEILINGS)
        found = {}
        for name, s in self.scatters.items():
            need = s.required(_levels(s, np.array([float(level)])), ceiling, self.peers)[0]
            x = np.repeat(s.x, np.diff(np.append(s.starts, len(s.y))))
            slack = _TIE * np.ptp(s.x)
            found[name] = np.nan if np.isnan(need) else float((x < need - slack).mean())
        return pd.Series(found, name="cases_below").rename_axis("condition")

    def _percent(self, s: Scatter, levels: FloatArray, ceiling: Ceiling) -> FloatArray:
        need = s.required(_levels(s, levels), ceiling, self.peers)
        return np.asarray(100 * (need - s.x[0]) / np.ptp(s.x))

    def __repr__(self) -> str:
        shown = self.effects.drop(columns=["intercept", "slope"])
        head = f"Necessary conditions of {self.target} ({self.n_permutations:,} permutations)"
        return f"{head}\n\n{shown.to_string(index=False, float_format=lambda v: f'{v:.3f}')}"


def _levels(s: Scatter, per_cent: FloatArray) -> FloatArray:
    return np.asarray(s.y.min() + per_cent / 100 * np.ptp(s.y))


@named_options
def necessary_conditions(
    data: pd.DataFrame | ArrayLike,
    estimate: Estimate,
    target: str,
    *,
    conditions: Sequence[str] | None = None,
    n_permutations: int = 10_000,
    seed: int | None = None,
    alpha: float = 0.05,
    peers: Peers = "once",
    count_observed: bool = True,
) -> NecessityResult:
    r"""Analyse which constructs are necessary for another one (NCA).

    Parameters
    ----------
    data : DataFrame or array_like, (n, p)
        The answers that were estimated on.
    estimate : Estimate
        Of one sample; the analysis is of its construct scores.
    target : str
    conditions : sequence of str, optional
        Default: the target's direct predecessors.
    n_permutations : int
        0 for no test.
    seed : int
        Of the permutations; needed for a test.  The rows' order does not matter.
    alpha : float
    peers : {"once", "all"}
        Whether rows that are the same at a peer count once in the regression of ``cr_fdh`` (seminrExtras), or each
        (R's NCA).
    count_observed : bool
        p = (1 + e)/(1 + R) with e of R permutations at least as large as the data (Phipson & Smyth 2010), which is
        never 0; or e/R.

    Returns
    -------
    NecessityResult

    Raises
    ------
    ValueError
        For an unknown construct or option, or a test without a seed.

    Notes
    -----
    Dul (2016, Organizational Research Methods 19, 10–52); with PLS: Richter et al. (2020, Industrial Management &
    Data Systems 120, 2243–2267).  The scope is the rectangle of the smallest and largest values found; d is the
    share of it above the ceiling.  ``ce_fdh``: the step function :math:`c(x) = \max\{y_i : x_i \le x\}`; ``cr_fdh``:
    the least squares line through its corners.  The test permutes the outcome (Dul, van der Laan & Kuik 2020).
    Neither d nor p depends on the scores' scale.

    In R: ``NCA::nca_analysis``, ``seminrExtras::assess_nca``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e, f = np.random.default_rng(1).normal(size=(3, 200))
    >>> m = 0.6 * x + 0.8 * e
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + 0.3 * x + 0.8 * f})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ X + M")
    >>> found = necessary_conditions(data, plsem.fit(data, model), "Y", seed=1, n_permutations=500)
    >>> found.bottleneck(steps=2).round(0)
              X     M
    Y
    0.0     0.0   0.0
    50.0   25.0  22.0
    100.0  94.0  71.0
    """
    check_choice("peers", peers, get_args(Peers))
    check_flag("count_observed", count_observed)
    model = estimate.model
    if target not in model.constructs:
        raise ValueError(f"target: no construct {target!r}{nearest(target, model.constructs)}")
    direct = [model.constructs[s] for s in model.predecessors[model.position(target)]]
    chosen = list(direct if conditions is None else conditions)
    for name in chosen:
        if name not in model.constructs or name == target:
            others = [c for c in model.constructs if c != target]
            raise ValueError(f"conditions: no construct {name!r} beside {target}{nearest(name, others)}")
    if not chosen:
        raise ValueError(f"{target!r} has no predecessor; name its conditions")
    if n_permutations and (seed is None or seed < 0):
        raise ValueError("seed: the permutation test needs one (a whole number of at least 0)")
    # Equal answers give scores that rounding tells apart, and a ceiling would have a corner at each.
    table = pd.DataFrame(scores(data, estimate).round(10), columns=list(model.constructs))
    scatters = {name: Scatter.of(table[name], table[target]) for name in chosen}
    limit = threshold("nca_effect_size")
    rows = []
    for name, s in scatters.items():
        x = np.repeat(s.x, np.diff(np.append(s.starts, len(s.y))))
        drawn = _drawn_sizes(s, int(n_permutations), seed, peers)
        for ceiling in get_args(Ceiling):
            d = float(s.sizes(s.y[None], ceiling, peers)[0])
            p = permutation_p(d, drawn[ceiling], count_observed) if n_permutations else np.nan
            intercept, slope = s.line(peers) if ceiling == "cr_fdh" else (np.nan, np.nan)
            bound = np.maximum.accumulate(s.y) if ceiling == "ce_fdh" else intercept + slope * x
            below = s.y <= bound + _TIE * np.ptp(s.y)
            rows.append(
                {
                    "condition": name,
                    "ceiling": ceiling,
                    "d": d,
                    "size": limit.size(d) if d > 0 else "none",
                    "p_value": p,
                    "necessary": bool(d >= limit.acceptable and p < alpha) if n_permutations else None,
                    "n_peers": len(s.peers()),
                    "intercept": intercept,
                    "slope": slope,
                    "accuracy": float(below.mean()) if ceiling == "ce_fdh" or np.isfinite(slope) else np.nan,
                }
            )
    return NecessityResult(target, pd.DataFrame(rows), scatters, int(n_permutations), peers)


def permutation_p(d: float, drawn: FloatArray, count_observed: bool) -> float:
    """Return the share of drawn effect sizes that are at least d, equal to rounding included."""
    more = int(count_observed)
    return float((np.count_nonzero(drawn >= d - _TIE) + more) / (len(drawn) + more))


def _drawn_sizes(s: Scatter, total: int, seed: int | None, peers: Peers) -> dict[str, FloatArray]:
    """Return the effect sizes of permuted outcomes, by ceiling; the rows' order is of no account."""
    outcome = np.sort(s.y)
    found: dict[str, list[FloatArray]] = {ceiling: [] for ceiling in CEILINGS}
    for block, start in enumerate(range(0, total, BLOCK)):
        rng = block_generator(seed or 0, STREAM_PERMUTATION, block)
        size = min(BLOCK, total - start)
        drawn = rng.permuted(np.broadcast_to(outcome, (size, len(outcome))), axis=1)
        for ceiling in get_args(Ceiling):
            found[ceiling].append(s.sizes(drawn, ceiling, peers))
    return {ceiling: np.concatenate(parts) if parts else np.empty(0) for ceiling, parts in found.items()}


def combined_importance(
    data: pd.DataFrame,
    estimate: Estimate,
    necessity: NecessityResult,
    *,
    minimum: float | Mapping[str, float],
    maximum: float | Mapping[str, float],
    ceiling: Ceiling = "ce_fdh",
    level: float = 80.0,
) -> pd.DataFrame:
    """Combine importance and performance with necessity (cIPMA).

    Parameters
    ----------
    data, estimate, minimum, maximum
        See :func:`plsem.importance.importance_performance`.
    necessity : NecessityResult
        Of the same target.
    ceiling : {"ce_fdh", "cr_fdh"}
    level : float
        Of the target, in per cent of its observed range, that ``required`` and ``cases_below`` are about.

    Returns
    -------
    DataFrame
        Index ``condition``: ``importance``, ``performance``, ``d``, ``p_value``, ``necessary``, ``required`` (per
        cent of the condition's range that the level needs), ``cases_below`` (share of rows below it) and
        ``above_average`` (importance above the conditions' mean).  A necessary condition whose cases lie below
        comes first, whatever its importance.

    Raises
    ------
    ValueError
        If the level is not between 0 and 100, or a condition does not lead to the target.

    Notes
    -----
    Hauff, Richter, Sarstedt & Ringle (2024, Journal of Retailing and Consumer Services 78, 103723).

    In R: ``seminrExtras::assess_cipma``, which weighs raw items by the weights of standardised ones.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e = np.random.default_rng(1).normal(size=(2, 200))
    >>> data = pd.DataFrame({"x": x, "y": x + e}).mul(1.2).round().add(4).clip(1, 7)
    >>> fitted = plsem.fit(data, plsem.Model.from_text("X =~ x; Y =~ y; Y ~ X"))
    >>> needed = necessary_conditions(data, fitted, "Y", seed=1, n_permutations=500)
    >>> found = combined_importance(data, fitted, needed, minimum=1, maximum=7)
    >>> found[["importance", "performance", "necessary", "required"]].round(2)
               importance  performance  necessary  required
    condition
    X                0.94        48.58       True      50.0
    """
    check_choice("ceiling", ceiling, CEILINGS)
    if not 0 <= level <= 100:
        raise ValueError(f"level: expected per cent from 0 to 100, found {level:g}")
    target = necessity.target
    table = importance_performance(data, estimate, minimum=minimum, maximum=maximum, targets=[target])
    own = table[table["level"] == "construct"].set_index("name")
    missing = [name for name in necessity.scatters if name not in own.index]
    if missing:
        raise ValueError(f"{missing[0]!r} does not lead to {target}; it has no importance for it")
    effects = necessity.effects[necessity.effects["ceiling"] == ceiling].set_index("condition")
    out = own.loc[list(necessity.scatters), ["importance", "performance"]].rename_axis("condition")
    out[["d", "p_value", "necessary"]] = effects[["d", "p_value", "necessary"]]
    out["required"] = necessity.needed(level, ceiling)
    out["cases_below"] = necessity.cases_below(level, ceiling)
    out["above_average"] = out["importance"] > out["importance"].mean()
    return out
