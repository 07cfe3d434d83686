"""The items of each stage computed from rows of data: for scores and for predictions of held-out rows.

The estimator knows only moments; here the same recipes are applied to standardised answers.  What a product
needs beside its factors, its mean, standard deviation and regression on items, is taken from the training rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plsem.stages import Column, Recipe, Residual, Score, Stages, Times

FloatArray = NDArray[np.float64]


@dataclass
class StageData:
    """Standardised training answers, and what the recipes of a model's stages make of other rows.

    Parameters
    ----------
    plan : Stages
    weights : sequence of ndarray, (p_s,)
        The outer weights of each stage.
    training : ndarray, (n, p)
        Standardised columns (n − 1).
    """

    plan: Stages
    weights: Sequence[FloatArray]
    training: FloatArray

    def items(self, rows: FloatArray, stage: int = -1) -> FloatArray:
        """Return a stage's items for some standardised rows, (m, q)."""
        return np.column_stack([self.item(recipe, rows) for recipe in self.plan.stages[stage].recipes])

    def item(self, recipe: Recipe, rows: FloatArray) -> FloatArray:
        """Return one variable for some standardised rows, (m,)."""
        if isinstance(recipe, Column):
            return np.asarray(rows[:, recipe.position])
        if isinstance(recipe, Score):
            stage = self.plan.stages[recipe.stage]
            block = stage.model.blocks[recipe.construct]
            parts = np.column_stack([self.item(stage.recipes[i], rows) for i in block])
            return np.asarray(parts @ self.weights[recipe.stage][list(block)])
        if isinstance(recipe, Times):
            known = self._times(recipe, self.training)
            return np.asarray((self._times(recipe, rows) - known.mean()) / known.std(ddof=1))
        return self._residual(recipe, rows)

    def _times(self, recipe: Times, rows: FloatArray) -> FloatArray:
        return self.item(recipe.first, rows) * self.item(recipe.second, rows)

    def _residual(self, recipe: Residual, rows: FloatArray) -> FloatArray:
        on = np.column_stack([self.item(factor, self.training) for factor in recipe.on])
        known = self.item(recipe.of, self.training)
        slopes = np.linalg.lstsq(on, known, rcond=None)[0]
        there = np.column_stack([self.item(factor, rows) for factor in recipe.on])
        return np.asarray((self.item(recipe.of, rows) - there @ slopes) / (known - on @ slopes).std(ddof=1))

    def scores(self, rows: FloatArray) -> FloatArray:
        """Return the scores of the last stage for some standardised rows, (m, k)."""
        items = self.items(rows)
        return np.column_stack([items[:, s] @ self.weights[-1][s] for s in self.plan.final.slices])

    def predicted(
        self, rows: FloatArray, paths: FloatArray, chains: Mapping[int, Sequence[Chain]],
        loadings: Sequence[FloatArray], *, direct: bool,
    ) -> FloatArray:  # fmt: skip
        """Return the last stage's scores for rows as the paths predict them, (m, k).

        Parameters
        ----------
        rows : ndarray, (m, p)
            Standardised by the training rows.
        paths : ndarray, (k, k)
        chains : mapping
            See :func:`chains`.
        loadings : sequence of ndarray, (p_s,)
            Of each stage.
        direct : bool
            From the observed scores of the predecessors; else from those that are predicted themselves.  A
            product of a predicted construct is then formed from the predictions of its items.
        """
        final = self.plan.final
        described = self.plan.described
        products = {final.position(name) for name, _ in described.products}
        # The items of these are items of their second-order construct too, whose observed score would hold them.
        components = {
            final.position(c)
            for _, order in described.higher_order
            for c in order.components
            if order.method == "repeated"
        }
        observed = self.scores(rows)
        latent, known = observed.copy(), rows.copy()
        for t in final.order:
            sources = list(final.predecessors[t])
            if not sources:
                continue
            if not direct:
                for s in products.intersection(sources):
                    recipes = [self.plan.stages[-1].recipes[i] for i in final.blocks[s]]
                    items = np.column_stack([self.item(recipe, known) for recipe in recipes])
                    latent[:, s] = items @ self.weights[-1][final.slices[s]]
            own = observed if direct and t not in components else latent
            latent[:, t] = own[:, sources] @ paths[sources, t]
            for chain in chains.get(t, ()):
                known[:, chain.column] = latent[:, t] * chain.loading(loadings)
        return latent


@dataclass(frozen=True)
class Chain:
    """How a column hangs on a construct of the last stage: the (stage, item) loadings to multiply."""

    column: int
    links: tuple[tuple[int, int], ...]

    def loading(self, loadings: Sequence[FloatArray]) -> float:
        """Return the product of the loadings."""
        return float(np.prod([loadings[stage][item] for stage, item in self.links]))


def chains(plan: Stages) -> dict[int, tuple[Chain, ...]]:
    """Return, for each endogenous construct of the last stage, the columns that it predicts.

    Second-order constructs by repeated indicators predict none: their components do, where anything leads to
    the construct.
    """
    final, described = plan.final, plan.described
    repeated = set()
    for name, order in described.higher_order:
        if order.method == "repeated":
            led = any(target == name for _, target in described.path_names)
            repeated |= {name} if led else {name, *order.components}
    last = len(plan.stages) - 1
    return {
        t: tuple(chain for i in final.blocks[t] for chain in _chains(plan, last, i, ()))
        for t in final.endogenous
        if final.constructs[t] not in repeated
    }


def _chains(plan: Stages, stage: int, item: int, links: tuple[tuple[int, int], ...]) -> list[Chain]:
    recipe = plan.stages[stage].recipes[item]
    links = (*links, (stage, item))
    if isinstance(recipe, Column):
        return [Chain(recipe.position, links)]
    if isinstance(recipe, Score):
        block = plan.stages[recipe.stage].model.blocks[recipe.construct]
        return [chain for i in block for chain in _chains(plan, recipe.stage, i, links)]
    return []
