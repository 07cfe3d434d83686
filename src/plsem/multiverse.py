"""The multiverse of an analysis: every defensible combination of the analyst's choices, each with its bootstrap.

Choices about the data (screening, items, missing answers) come prepared; choices about the estimator are
estimated; sign rule, test and tails are read off the same draws, so that they cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from plsem.choices import by_choice, under_sign_rules
from plsem.model import Model
from plsem.names import N_
from plsem.resampling.bootstrap import BootstrapError
from plsem.resampling.parallel import Progress, run_tasks
from plsem.solution import Scheme

__all__ = ["Multiverse", "Prepared", "choice_effects", "multiverse"]

ANALYSIS = ("scheme", "estimator", "sign_changes", "test", "alternative")
"""The choices that are made here, beside those of the data."""
_SEEN_TWICE = ("statistic", "row", "column")


@dataclass(frozen=True)
class Prepared:
    """One set of data to analyse.

    Parameters
    ----------
    choices : mapping of str to str
        Choice → option: how these data came about.
    data : DataFrame (n, items)
        Complete answers.
    model : Model
        Of the items that stay.
    """

    choices: Mapping[str, str]
    data: pd.DataFrame
    model: Model

    @property
    def key(self) -> str:
        """The same for the same answers, items and model."""
        values = np.ascontiguousarray(self.data[list(self.model.items)].to_numpy(dtype=float))
        return sha256(values.tobytes() + repr((values.shape, self.model)).encode()).hexdigest()


@dataclass(frozen=True)
class Multiverse:
    """All analyses.

    Parameters
    ----------
    analyses : DataFrame
        One row an effect and analysis: the choices of the data, ``scheme, estimator, sign_changes, test,
        alternative``, then ``statistic, row, column, n, estimate, t_statistic, lower, upper, p_value,
        significant`` and ``repeated``: the answers, items and model are those of an earlier combination.
    left_out : DataFrame
        ``reason, analyses``: how many combinations each rule leaves out.  Repeated ones stay among the analyses,
        so that choices can be compared, and are to be counted once.
    """

    analyses: pd.DataFrame
    left_out: pd.DataFrame


def multiverse(
    prepared: Sequence[Prepared],
    *,
    seed: int,
    statistics: Sequence[str] = ("path_coefficient",),
    schemes: Sequence[Scheme] = ("path", "factor", "centroid"),
    estimators: Sequence[str] = ("PLS", "PLSc"),
    n_resamples: int = 2_000,
    significance: float = 0.05,
    max_failed: float = 0.10,
    tolerance: float = 1e-7,
    max_iterations: int = 300,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> Multiverse:
    """Run every combination that makes sense.

    Parameters
    ----------
    prepared : sequence of Prepared
        All with the same choices.
    seed : int
        Of each bootstrap: the same whatever else is chosen, and whatever the workers.
    statistics : sequence of str
        The effects tested.
    schemes, estimators : sequences
        Inner weighting schemes; "PLS" and "PLSc".
    n_resamples, max_failed, tolerance, max_iterations
        See :func:`plsem.resampling.bootstrap.bootstrap`.
    significance : float
        Level of the tests.
    n_jobs : int
        Workers, by joblib; a ``joblib.parallel_config`` takes them elsewhere.
    progress : callable, optional
        Called with (bootstraps done, in all).

    Returns
    -------
    Multiverse

    Raises
    ------
    ValueError
        If nothing is prepared, or the choices differ in name.

    Notes
    -----
    Steegen, Tuerlinckx, Gelman & Vanpaemel (2016); Simonsohn, Simmons & Nelson (2020).  Left out are: what repeats
    another combination; the factor scheme where it is the path scheme (no construct has two predecessors); PLSc
    where no construct has several items of Mode A; draws that were each given the estimate's sign, with a test that
    asks on which side of zero draws lie; and what has no solution.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> result = multiverse(
    ...     [Prepared({"items": "all"}, data, model)], seed=1, schemes=["path"], estimators=["PLS"], n_resamples=200)
    >>> len(result.analyses), bool(result.analyses["significant"].all())
    (18, True)
    """
    if len({tuple(p.choices) for p in prepared}) != 1:
        raise ValueError("prepared: expected at least one set of data, and the same choices in each")
    first: dict[str, Prepared] = {}
    for one in prepared:
        first.setdefault(one.key, one)
    jobs = [(key, *how) for key in first for how in product(schemes, estimators)]
    same = {job: reason for job in jobs if (reason := _same_as_another(first[job[0]].model, *job[1:]))}
    todo = [job for job in jobs if job not in same]
    options = {
        "statistics": tuple(statistics),
        "seed": seed,
        "n_resamples": n_resamples,
        "max_failed": max_failed,
        "tolerance": tolerance,
        "max_iterations": max_iterations,
    }
    tasks = [(first[key], scheme, estimator, significance, options) for key, scheme, estimator in todo]
    runs = run_tasks(_analysed, tasks, n_jobs=n_jobs, progress=progress)
    found: dict[tuple[str, str, str], pd.DataFrame | str] = dict(zip(todo, runs, strict=True))
    tests = max((t.attrs["combinations"] for t in found.values() if not isinstance(t, str)), default=0)
    parts, reasons = [], dict.fromkeys(REASONS, 0)
    for one in prepared:
        for scheme, estimator in product(schemes, estimators):
            job = (one.key, scheme, estimator)
            table = same.get(job) or found[job]
            repeated = one is not first[one.key]
            if repeated:
                reasons[REPEATED] += tests
            if isinstance(table, str):
                reasons[table] += 0 if repeated else tests
                continue
            reasons[SIGNED_DRAWS] += 0 if repeated else table.attrs["left_out"]
            chosen = {**one.choices, "scheme": scheme, "estimator": estimator}
            again = {"repeated": repeated}
            columns = [*chosen, *table.columns, *again]
            parts.append(table.assign(**chosen, **again)[columns])
    left_out = pd.DataFrame({"reason": list(reasons), "analyses": list(reasons.values())})
    analyses = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return Multiverse(analyses, left_out[left_out["analyses"] > 0].reset_index(drop=True))


REPEATED = N_("The answers, items and model are those of another combination.")
SAME_SCHEME = N_("The factor scheme is the path scheme, as no construct has two predecessors.")
SAME_ESTIMATOR = N_("PLSc is PLS, as no construct has several items of Mode A.")
SIGNED_DRAWS = N_("Draws that were each given the estimate's sign cannot lie beyond zero.")
NO_SOLUTION = N_("The sample, or too many of its resamples, has no solution that data can have.")
REASONS = (REPEATED, SAME_SCHEME, SAME_ESTIMATOR, SIGNED_DRAWS, NO_SOLUTION)


def _same_as_another(model: Model, scheme: str, estimator: str) -> str:
    targets = [target for _, target in model.paths]
    if scheme == "factor" and len(targets) == len(set(targets)) and not model.composed:
        return SAME_SCHEME
    if estimator == "PLSc" and not any(model.factor_blocks):
        return SAME_ESTIMATOR
    return ""


def _analysed(
    one: Prepared, scheme: Scheme, estimator: str, significance: float, options: Mapping[str, Any]
) -> pd.DataFrame | str:
    settings = dict(options)
    names = settings.pop("statistics")
    how: dict[str, Any] = {
        "scheme": scheme,
        "consistent": estimator == "PLSc",
        "tolerance": settings.pop("tolerance"),
        "max_iterations": settings.pop("max_iterations"),
    }
    try:
        results = under_sign_rules(one.data, one.model, names, estimator=how, **settings)
    except BootstrapError:
        return NO_SOLUTION
    tables = []
    for statistic in names:
        table = by_choice(results, statistic=statistic, significance=significance)
        table.insert(0, "statistic", statistic)
        tables.append(table)
    table = pd.concat(tables, ignore_index=True).assign(n=len(one.data))
    signed = (table["sign_changes"] == "individual") & (table["test"] != "t")
    effects = len(table[list(_SEEN_TWICE)].drop_duplicates())
    kept = table[~signed].reset_index(drop=True)
    kept.attrs = {"combinations": len(table) // effects, "left_out": int(signed.sum()) // effects}
    return kept


def choice_effects(
    analyses: pd.DataFrame, choices: Sequence[str], *, held: str = "significant"
) -> pd.DataFrame:
    """Say how much each choice moves an effect: pairs of analyses that differ in it alone.

    Parameters
    ----------
    analyses : DataFrame
        As :class:`Multiverse` has them, of one effect.
    choices : sequence of str
        All columns of choices.
    held : str
        Column of the decision.

    Returns
    -------
    DataFrame
        One row a choice, the one that moves decisions most first: ``choice, options, pairs, decisions_changed``
        (share of the pairs whose decisions differ), ``estimate_change`` (mean absolute difference).

    References
    ----------
    Steegen, Tuerlinckx, Gelman & Vanpaemel (2016); see :func:`multiverse`.

    Examples
    --------
    >>> table = pd.DataFrame({"items": ["all", "few"], "estimate": [0.5, 0.3], "significant": [True, False]})
    >>> choice_effects(table, ["items"]).round(3).to_dict("records")[0]["estimate_change"]
    0.2
    """
    rows = []
    yes, value = analyses[held].to_numpy(dtype=bool), analyses["estimate"].to_numpy(dtype=float)
    for choice in choices:
        others = [c for c in choices if c != choice]
        alike = (
            analyses.groupby(others, sort=False).ngroup().to_numpy() if others else np.zeros(len(value), int)
        )
        size, holding = np.bincount(alike), np.bincount(alike, yes)
        n_pairs = int((size * (size - 1) // 2).sum())
        changed = (holding * (size - holding)).sum()
        order = np.lexsort((value, alike))
        place = np.arange(len(value)) - np.repeat(np.cumsum(size) - size, size)
        rising = value[order]
        gaps = np.diff(rising, prepend=rising[:1])
        # k (m - k) pairs of m values span the gap below the k-th, counted from 0; equal values give exactly 0
        moved = (gaps * place * (np.repeat(size, size) - place)).sum()
        shares = (changed / n_pairs, moved / n_pairs) if n_pairs else (np.nan, np.nan)
        rows.append((choice, analyses[choice].nunique(), n_pairs, *shares))
    table = pd.DataFrame(rows, columns=["choice", "options", "pairs", "decisions_changed", "estimate_change"])
    return table.sort_values("decisions_changed", ascending=False, kind="stable", ignore_index=True)
