"""Factor the items that remain, jointly or construct by construct, and read each item's statistics off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from plsem.efa.adequacy import kmo
from plsem.efa.correlations import EfaError, correlation_matrix, smooth
from plsem.efa.extraction import Array
from plsem.efa.factorability import choose_n_factors
from plsem.efa.items import scaling_success
from plsem.efa.rules import ItemStatistics, PruningSettings
from plsem.efa.solution import FactorSolution, factor_analysis
from plsem.names import nearest

# Construct → items.
Blocks = dict[str, tuple[str, ...]]


class Analyser:
    """Factor sets of items under fixed settings, each set once.

    Thresholds play no part here, so that one analyser serves every threshold of a sensitivity table.

    Parameters
    ----------
    data, blocks, modes, seed
        As for :func:`plsem.efa.pruning.prune`.
    settings : PruningSettings
        Scope, correlation, extraction, rotation and number of factors.
    correlations : DataFrame, optional
        Correlations of the items, if already computed.
    """

    def __init__(
        self,
        data: pd.DataFrame,
        blocks: Mapping[str, Sequence[str]],
        settings: PruningSettings,
        *,
        modes: Mapping[str, str] | None = None,
        seed: int = 1,
        correlations: pd.DataFrame | None = None,
    ) -> None:
        self.all_blocks: Blocks = {name: tuple(items) for name, items in blocks.items()}
        listed = [i for items in self.all_blocks.values() for i in items]
        absent = [i for i in listed if i not in data.columns]
        if absent:
            hints = [f"{i}{nearest(i, map(str, data.columns))}" for i in absent]
            raise EfaError("no column for " + ", ".join(hints))
        self.answers = data[listed].astype(float)
        self.settings, self.seed = settings, seed
        reflective = {name for name in self.all_blocks if (modes or {}).get(name, "A") == "A"}
        self.factored = tuple(n for n, items in self.all_blocks.items() if n in reflective and len(items) > 1)
        items = [i for name in self.factored for i in self.all_blocks[name]]
        self.constant = tuple(i for i in items if self.answers[i].nunique(dropna=False) < 2)
        pool = [i for i in items if i not in self.constant]
        if correlations is None and pool:
            correlations = correlation_matrix(self.answers[pool], method=settings.correlation)
        self.correlations = correlations
        self._done: dict[object, tuple[FactorSolution, tuple[ItemStatistics, ...]]] = {}

    def analyse(self, blocks: Blocks) -> tuple[dict[str, FactorSolution], tuple[ItemStatistics, ...]]:
        """Factor the items that remain: one joint solution, or one for each construct with two items or more.

        Parameters
        ----------
        blocks : dict
            Construct → the items that it still has.

        Returns
        -------
        solutions : dict
            ``{"joint": …}`` or construct → solution.
        statistics : tuple of ItemStatistics
            Every factored item, in the blocks' order.
        """
        live = [name for name in self.factored if len(blocks[name]) > 1]
        if self.settings.scope == "joint":
            if not live:
                return {}, ()
            solution, partial = self._factored(tuple(live), blocks)
            return {"joint": solution}, partial
        scaling = scaling_success(self.answers, filled(blocks))
        columns = ("item_rest", "other_correlation", "other_construct")
        by_item = dict(zip(scaling["item"], zip(*(scaling[c] for c in columns), strict=True), strict=True))
        solutions, statistics = {}, []
        for name in live:
            solutions[name], partial = self._factored((name,), blocks)
            for s in partial:
                own, other, where = by_item[s.item]
                gap = own - abs(other) if where else own
                statistics.append(
                    replace(s, cross_loading=other, cross_construct=where, cross_loading_gap=gap)
                )
        return solutions, tuple(statistics)

    def _factored(
        self, live: tuple[str, ...], blocks: Blocks
    ) -> tuple[FactorSolution, tuple[ItemStatistics, ...]]:
        """Factor the live constructs' items together, or look the result up."""
        key = tuple((name, blocks[name]) for name in live)
        if key not in self._done:
            self._done[key] = self._factor(live, blocks)
        return self._done[key]

    def _factor(
        self, live: tuple[str, ...], blocks: Blocks
    ) -> tuple[FactorSolution, tuple[ItemStatistics, ...]]:
        assert self.correlations is not None
        chosen = self.settings
        items = [i for name in live for i in blocks[name]]
        owner = [name for name in live for _ in blocks[name]]
        r = self.correlations.loc[items, items]
        definite = smooth(r.to_numpy(dtype=float))[0]
        k = 1
        if chosen.scope == "joint":
            part = self.answers[items]
            k = choose_n_factors(
                chosen.n_factors, part, definite, len(live), n_parallel=chosen.n_parallel, seed=self.seed
            )
        solution = factor_analysis(
            r,
            k,
            extraction=chosen.extraction,
            rotation=chosen.rotation,
            kaiser_normalization=chosen.kaiser_normalization,
        )
        factor_of, solution = _assigned(solution, live, owner)
        pattern = solution.pattern.to_numpy(dtype=float)
        names = [str(c) for c in solution.pattern.columns]
        msa = kmo(definite)[1]
        rows = []
        for i, item in enumerate(items):
            own, other, where = _cross_loading(pattern[i], factor_of[owner[i]], names)
            rows.append(
                ItemStatistics(
                    item=item,
                    construct=owner[i],
                    n_items=len(items),
                    msa=float(msa[i]),
                    loading=float(pattern[i, factor_of[owner[i]]]),
                    largest_loading=float(np.abs(pattern[i]).max()),
                    cross_loading=other,
                    cross_construct=where,
                    cross_loading_gap=own - abs(other),
                    communality=float(solution.communalities.iloc[i]),
                )
            )
        return solution, tuple(rows)


def filled(blocks: Blocks) -> Blocks:
    """Leave out the constructs without any item."""
    return {name: items for name, items in blocks.items() if items}


def _assigned(
    solution: FactorSolution, live: Sequence[str], owner: Sequence[str]
) -> tuple[dict[str, int], FactorSolution]:
    """Give each construct the factor on which its items load most; name and turn the factors after them."""
    pattern = solution.pattern.to_numpy(dtype=float)
    mine = {name: np.array([o == name for o in owner]) for name in live}
    weight = np.array([(pattern[mine[name]] ** 2).sum(axis=0) for name in live])
    k = pattern.shape[1]
    if len(live) <= k:
        rows, columns = linear_sum_assignment(-weight)
        factor_of = {live[int(r)]: int(c) for r, c in zip(rows, columns, strict=True)}
    else:
        # Fewer factors than constructs: some must share one.
        factor_of = {name: int(np.argmax(weight[i])) for i, name in enumerate(live)}
    owners = [[name for name in live if factor_of[name] == j] for j in range(k)]
    names = ["+".join(owners[j]) or f"F{j + 1}" for j in range(k)]
    sums = [sum(float(pattern[mine[name], j].sum()) for name in owners[j]) for j in range(k)]
    signs = np.where(np.array(sums) < 0, -1.0, 1.0)
    return factor_of, solution.turned(signs).renamed(names)


def _cross_loading(row: Array, own: int, names: Sequence[str]) -> tuple[float, float, str]:
    """Return the absolute own loading, the largest other one as it is, and that factor's name."""
    others = [j for j in range(len(row)) if j != own]
    if not others:
        return abs(float(row[own])), 0.0, ""
    other = max(others, key=lambda j: abs(row[j]))
    return abs(float(row[own])), float(row[other]), names[other]
