"""The door: split, permute, bootstrap, and lay the tables out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from plsem.groups.composites import composites
from plsem.groups.difference import ADJUSTMENTS, adjusted, henseler, parametric, welch
from plsem.groups.invariance import ItemScale, micom, two_sided
from plsem.groups.permutations import Pair, Permuted, Settings, bootstrap_group, permute
from plsem.groups.result import GroupComparison
from plsem.groups.split import Split, check_sizes, group_name, split_rows
from plsem.inputs import DataError, item_matrix
from plsem.model import Model
from plsem.names import check_choice, check_flag, check_share, check_whole, named_options
from plsem.power import smallest_path
from plsem.quantities import QUANTITIES, statistics_of
from plsem.resampling.bootstrap import BootstrapError
from plsem.resampling.intervals import mean_and_deviation
from plsem.resampling.parallel import Progress, n_threads
from plsem.solution import Scheme

__all__ = ["compare"]

FloatArray = NDArray[np.float64]

_TESTS = ("p_permutation", "p_henseler", "p_parametric", "p_welch")


@named_options
def compare(
    data: pd.DataFrame | ArrayLike,
    model: Model,
    groups: str | ArrayLike | pd.Series,
    statistics: str | Iterable[str] = ("path_coefficient",),
    *,
    seed: int,
    select: Sequence[Any] | None = None,
    n_permutations: int = 5000,
    n_resamples: int = 5000,
    adjustment: str = "holm",
    alpha: float = 0.05,
    item_scale: ItemScale = "standardized",
    count_observed: bool = True,
    smallest_group: int | None = None,
    scheme: Scheme = "path",
    tolerance: float = 1e-7,
    max_iterations: int = 300,
    consistent: bool = False,
    sign_items: Mapping[str, str] | None = None,
    permutations: ArrayLike | None = None,
    indices: Mapping[Any, ArrayLike] | None = None,
    max_failed: float = 0.10,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> GroupComparison:
    r"""Compare groups of respondents: measurement invariance (MICOM) and multigroup analysis.

    Parameters
    ----------
    data : DataFrame or array_like, (n, p)
        Answers, as for :func:`plsem.fit`.
    model : Model
    groups : str or array_like, (n,)
        A column of ``data``, or each row's group.  More than two groups are compared pair by pair.
    statistics : str or iterable of str
        ``"report"``, ``"fast"``, ``"all"`` or names of statistics; see :func:`plsem.quantities.quantities`.
    seed : int
        Fixes every permutation and resample, whatever the number of threads, the order of the rows and the
        names of the groups.
    select : sequence, optional
        Only these groups, in this order.
    n_permutations : int
        For each pair of groups.
    n_resamples : int
        Bootstrap resamples of each group, for all tests but the permutation test; 0 for none.
    adjustment : str
        How p is adjusted for many comparisons: a method of statsmodels' ``multipletests``, or ``"none"``.  A
        family is one statistic over all pairs of groups.
    alpha : float
        Level of the decisions on invariance and of the permutation quantiles.
    item_scale : {"standardized", "raw"}
        MICOM's second step applies the groups' weights to the pooled items, standardised (the weights are
        those of standardised items) or as they are (cSEM).
    count_observed : bool
        p = (1 + e)/(1 + R) with e of R permutations as extreme as the data (Phipson & Smyth 2010), which is never
        0; or e/R, as cSEM and Chin & Dibbern (2010).
    smallest_group : int, optional
        Fewest rows of a group; default ten for each arrow into a construct.
    scheme, tolerance, max_iterations, consistent, sign_items
        The estimator's; see :func:`plsem.estimate`.
    permutations : array_like of bool, (R, n), optional
        Which rows of the data each permutation gives to the first of two groups, in place of the seed's.
    indices : mapping of group to array_like of int, (B, n_g), optional
        Rows to resample, counted from 0 within the group in the data's order, in place of the seed's.
    max_failed : float
        Share of permutations or resamples without a solution above which there is no result.
    n_jobs : int
    progress : callable, optional
        Called with (permutations done, permutations in all) of each pair.

    Returns
    -------
    GroupComparison

    Raises
    ------
    DataError
        If the data cannot be used, a row has no group, or a group is too small.
    BootstrapError
        If more than ``max_failed`` of the permutations or resamples have no solution.
    ValueError
        For an option that cannot be used.

    Notes
    -----
    Every estimate's constructs are turned as in the pooled data of the pair.  *Invariance* (Henseler, Ringle &
    Sarstedt 2016): the same items and settings serve all groups (configural, step 1); the correlation c of the
    pooled composites by the two groups' weights is not below its quantile under permutation (compositional,
    step 2); pooled scores have equal means and variances (step 3).  *Differences*: the permutation test (Chin &
    Dibbern 2010) asks how often groups of the same sizes, drawn from the pooled rows, differ as much;
    Henseler's, the parametric and the Welch-Satterthwaite test read each group's own bootstrap
    (:mod:`plsem.groups.difference`).

    In R: ``cSEM::testMICOM``, ``cSEM::testMGD``, ``seminr::estimate_pls_mga``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> factor, slope = rng.normal(size=200), np.repeat([0.9, -0.1], 100)
    >>> x = factor[:, None] + 0.5 * rng.normal(size=(200, 2))
    >>> y = (slope * factor + 0.5 * rng.normal(size=200))[:, None] + 0.5 * rng.normal(size=(200, 2))
    >>> data = pd.DataFrame(np.hstack([x, y]), columns=["x1", "x2", "y1", "y2"])
    >>> model = Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> found = compare(data, model, np.repeat(["a", "b"], 100), seed=1, n_permutations=999, n_resamples=0)
    >>> found.differences[["group_1", "group_2", "p_permutation"]].round(3)
      group_1 group_2  p_permutation
    0       a       b          0.001
    """
    check_choice("adjustment", adjustment, ADJUSTMENTS)
    check_flag("count_observed", count_observed)
    check_share("alpha", alpha)
    n_threads(n_jobs)
    check_whole("n_permutations", n_permutations, 1)
    if n_resamples < 0 or n_resamples == 1:
        raise ValueError(f"n_resamples: expected 0 for no bootstrap, or at least 2, found {n_resamples}")
    values = item_matrix(data, model)
    split = split_rows(values, groups, data, select)
    check_sizes(split, model, smallest_group)
    _check_varying(split, model)
    settings = Settings(
        model=model,
        names=statistics_of(statistics, model=model, answers_known=not model.composed),
        options={
            "scheme": scheme, "tolerance": tolerance, "max_iterations": max_iterations, "consistent": consistent,
        },
        sign_items=sign_items,
        seed=seed,
        n_permutations=n_permutations,
        n_resamples=n_resamples,
        n_jobs=n_jobs,
        progress=progress,
    )  # fmt: skip
    given = None if permutations is None else _membership(permutations, split, len(values))
    rows = None if indices is None else _checked_indices(indices, split)
    failed = {"permutations": 0, "resamples": 0}
    invariances: list[pd.DataFrame] = []
    differences: list[pd.DataFrame] = []
    drawn: dict[tuple[str, str], FloatArray] = {}
    estimates: dict[str, FloatArray] = {}
    for one, two in combinations(split.answers, 2):
        sizes = (len(split.rows[one]), len(split.rows[two]))
        permuted = permute(split.answers[one], split.answers[two], settings, given)
        lost = int(np.count_nonzero(permuted.status))
        _check_failed(lost, len(permuted.status), max_failed, f"permutations of {one} and {two}")
        failed["permutations"] += lost
        drawn[one, two] = permuted.differences
        for name, own in zip((one, two), permuted.estimates, strict=True):
            estimates.setdefault(name, own)
        table = _permutation_table(permuted, alpha, count_observed)
        if n_resamples or rows:
            pair = Pair.of(split.answers[one], split.answers[two], settings)
            found = [
                bootstrap_group(pair, split.answers[g], settings, None if rows is None else rows[g])
                for g in (one, two)
            ]
            for g, (draws, lost) in zip((one, two), found, strict=True):
                _check_failed(lost, len(draws), max_failed, f"resamples of {g}")
                failed["resamples"] += lost
            q = len(permuted.labels)
            _add_bootstrap(table, (found[0][0][:, :q], found[1][0][:, :q]), sizes)
        deviations = np.concatenate([split.answers[one], split.answers[two]]).std(axis=0, ddof=1)
        blocks = {name: items for name, (_, items) in composites(model).items()}
        steps = micom(
            permuted, blocks, deviations, item_scale=item_scale, alpha=alpha, count_observed=count_observed
        )
        invariances.append(_of_pair(steps, one, two))
        same = set(steps.loc[steps["invariance"] != "none", "construct"])
        table["invariant"] = [same >= about for about in _constructs_of(permuted.labels, model)]
        differences.append(_of_pair(table, one, two))
    whole = pd.concat(differences, ignore_index=True)
    for test in _TESTS:
        if test in whole and adjustment != "none":
            place = list(whole.columns).index(test) + 1
            whole.insert(place, f"{test}_adjusted", adjusted(whole[test], whole["statistic"], adjustment))
    n = pd.Series({name: len(own) for name, own in split.rows.items()}, name="n")
    return GroupComparison(
        column=split.column,
        sizes=pd.DataFrame({"n": n, "smallest_path": n.map(smallest_path)}).rename_axis("group"),
        estimates=permuted.labels.assign(**{name: estimates[name] for name in split.rows}),
        invariance=pd.concat(invariances, ignore_index=True),
        differences=whole,
        permutations=drawn,
        failed=failed,
        adjustment=adjustment,
        settings={
            **settings.options,
            "seed": seed,
            "n_permutations": n_permutations if given is None else len(given),
            "n_resamples": n_resamples if rows is None else len(next(iter(rows.values()))),
            "alpha": alpha,
            "item_scale": item_scale,
            "count_observed": count_observed,
        },
    )


def _of_pair(table: pd.DataFrame, one: str, two: str) -> pd.DataFrame:
    return table.assign(group_1=one, group_2=two)[["group_1", "group_2", *table.columns]]


def _permutation_table(permuted: Permuted, alpha: float, count_observed: bool) -> pd.DataFrame:
    table = permuted.labels.copy()
    one, two = permuted.estimates
    table["estimate_1"], table["estimate_2"], table["difference"] = one, two, one - two
    drawn = permuted.differences
    with np.errstate(invalid="ignore"):
        bounds = [
            np.nanquantile(column, (alpha / 2, 1 - alpha / 2))
            if np.isfinite(column).any()
            else (np.nan, np.nan)
            for column in drawn.T
        ]
    table["lower"], table["upper"] = np.array(bounds).reshape(-1, 2).T
    pairs = zip(one - two, drawn.T, strict=True)
    table["p_permutation"] = [two_sided(d, column, count_observed) for d, column in pairs]
    return table


def _add_bootstrap(table: pd.DataFrame, draws: tuple[FloatArray, FloatArray], sizes: tuple[int, int]) -> None:
    errors = (mean_and_deviation(draws[0].T)[1], mean_and_deviation(draws[1].T)[1])
    difference = table["difference"].to_numpy()
    greater, both = henseler(*draws)
    t, p = parametric(difference, errors, sizes)
    t_welch, df, p_welch = welch(difference, errors, sizes)
    table["p_henseler"], table["p_parametric"], table["p_welch"] = both, p, p_welch
    table["p_henseler_greater"] = greater
    table["t_parametric"], table["t_welch"], table["df_welch"] = t, t_welch, df
    table["se_1"], table["se_2"] = errors


def _constructs_of(labels: pd.DataFrame, model: Model) -> list[set[str]]:
    """Return the constructs that each quantity is about: an item stands for its construct, "" for the whole model.

    A product stands for its factors.
    """
    factors = {name: set(product.factors) for name, product in model.products}
    owner = {
        item: model.constructs[j]
        for j, block in enumerate(model.blocks)
        for item in (model.items[i] for i in block)
    }
    found = []
    for name, row, column in labels.itertuples(index=False, name=None):
        about = {part for text in (row, column) for part in text.split(" -> ")}
        own = {owner.get(part, part) for part in about if part in owner or part in model.constructs}
        if QUANTITIES[name].kind == "target":
            j = model.position(column)
            own |= {model.constructs[s] for s in model.predecessors[j]}
        own = own or set(model.constructs)
        found.append(set().union(*(factors.get(name, {name}) for name in own)))
    return found


def _check_varying(split: Split, model: Model) -> None:
    problems = [
        f"{item!r} in {name}"
        for name, values in split.answers.items()
        for item, spread in zip(model.items, np.ptp(values, axis=0), strict=True)
        if spread == 0
    ]
    if problems:
        raise DataError(
            f"the same answer throughout a group of {split.column!r}: {', '.join(problems)}; without configural "
            "invariance groups cannot be compared: leave the item out in all of them"
        )


def _check_failed(failed: int, total: int, max_failed: float, what: str) -> None:
    if failed > max_failed * total:
        raise BootstrapError(
            f"{failed} of {total} {what} have no solution, more than max_failed={max_failed:.0%}"
        )


def _membership(permutations: ArrayLike, split: Split, n: int) -> NDArray[np.bool_]:
    """Return given permutations with the rows in the order of the split: first group, then second."""
    if len(split.rows) != 2:
        raise ValueError(f"permutations: can be given for two groups, found {len(split.rows)}")
    given = np.asarray(permutations)
    if given.ndim != 2 or given.shape[1] != n or given.dtype != bool:
        raise ValueError(
            f"permutations: expected True and False of shape (R, {n}), found {given.dtype} {given.shape}"
        )
    one, two = split.rows.values()
    arranged = given[:, np.concatenate([one, two])]
    if (arranged.sum(axis=1) != len(one)).any():
        raise ValueError(f"permutations: each row must give {len(one)} rows to the first group")
    return np.asarray(arranged)


def _checked_indices(indices: Mapping[Any, ArrayLike], split: Split) -> dict[str, NDArray[np.int64]]:
    """Return given resamples with the rows of each group in the order of the split."""
    named = {group_name(name): np.asarray(rows) for name, rows in indices.items()}
    out = {}
    for name, own in split.rows.items():
        if name not in named:
            raise ValueError(f"indices: none for the group {name!r}")
        given = named[name]
        if given.ndim != 2 or given.shape[1] != len(own) or not np.issubdtype(given.dtype, np.integer):
            raise ValueError(f"indices of {name}: expected whole numbers of shape (B, {len(own)})")
        if given.min() < 0 or given.max() >= len(own):
            raise ValueError(f"indices of {name}: expected 0 … {len(own) - 1}")
        out[name] = np.argsort(own)[given]
    return out
