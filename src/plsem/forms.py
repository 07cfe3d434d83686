"""The items of a later stage as linear forms in standardised columns, for a whole batch.

A score is a weighted sum of standardised columns, the product of two scores a weighted sum of products of
columns, and its residual a sum of both.  So the correlations of the next stage's items follow from those of
the columns and of their products, without a look at the data.  Arrays have the batch on their last axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plsem import batches
from plsem.stages import Column, Recipe, Residual, Score, Stage, Stages, Times

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_SMALLEST = 1e-12  # share of a variance below which it is 0 to rounding


@dataclass(frozen=True, slots=True)
class Form:
    """A variable with mean 0 and variance 1 as a sum of columns.

    Parameters
    ----------
    terms : dict of int to ndarray (B,) or None
        Column → coefficient; None stands for 1, the column itself.
    scale : ndarray (B,) or None
        For a product: its standard deviation before it was standardised.
    """

    terms: dict[int, FloatArray | None]
    scale: FloatArray | None = None

    @property
    def column(self) -> int | None:
        """The column that this is, or None for a sum."""
        return next((c for c, w in self.terms.items() if w is None), None)


class Columns:
    """Standardised columns and products of columns of a batch of samples.

    Parameters
    ----------
    plan : Stages
    packed : ndarray, (P(P−1)/2, B)
        Correlations of the columns followed by the products in ``plan.pairs``.
    scales : ndarray, (m, B)
        Standard deviations of the products of standardised columns.
    """

    def __init__(self, plan: Stages, packed: FloatArray, scales: FloatArray) -> None:
        whole, self.p = plan.n_columns, plan.described.n_items
        self.plan, self.packed, self.scales = plan, packed, scales
        self.index = np.zeros((whole, whole), dtype=np.intp)
        rows, columns = np.triu_indices(whole, 1)
        self.index[rows, columns] = self.index[columns, rows] = np.arange(len(rows))
        self.place = {pair: self.p + t for t, pair in enumerate(plan.pairs)}

    def items_of(self, stage: Stage, weights: Sequence[FloatArray]) -> list[Form]:
        """Return the items of a stage.

        Parameters
        ----------
        stage : Stage
        weights : sequence of ndarray, (p_s, B)
            The outer weights of the stages before it.
        """
        return [self.form(recipe, weights) for recipe in stage.recipes]

    def form(self, recipe: Recipe, weights: Sequence[FloatArray]) -> Form:
        """Return the variable that a recipe makes."""
        if isinstance(recipe, Column):
            return Form({recipe.position: None})
        if isinstance(recipe, Score):
            stage = self.plan.stages[recipe.stage]
            rows = stage.model.blocks[recipe.construct]
            parts = [self.form(stage.recipes[i], weights) for i in rows]
            return Form(_sum(zip(parts, weights[recipe.stage][list(rows)], strict=True)))
        if isinstance(recipe, Times):
            return self._standardised(self._product(recipe, weights))
        return self._residual(recipe, weights)

    def _product(self, recipe: Times, weights: Sequence[FloatArray]) -> dict[int, FloatArray | None]:
        first, second = (self.form(factor, weights) for factor in (recipe.first, recipe.second))
        terms: dict[int, FloatArray | None] = {}
        for a, u in first.terms.items():
            for b, v in second.terms.items():
                column = self.place[min(a, b), max(a, b)]
                value = self.scales[column - self.p]
                for factor in (u, v):
                    value = value if factor is None else value * factor
                known = terms.get(column)
                terms[column] = value if known is None else known + value
        return terms

    def _standardised(self, terms: dict[int, FloatArray | None]) -> Form:
        along = self.with_columns(Form(terms))
        variance = _dot(terms, along)
        size = np.sqrt(np.where(variance > _SMALLEST, variance, np.nan))
        return Form({c: w / size for c, w in terms.items() if w is not None}, size)

    def _residual(self, recipe: Residual, weights: Sequence[FloatArray]) -> Form:
        product = self._standardised(self._product(recipe.of, weights))
        on = [self.form(factor, weights) for factor in recipe.on]
        m = len(on)
        packed = self.between([*on, product])
        full = batches.unpack(packed, m + 1)
        right = full[:m, m:]
        beta = batches.solve(full[:m, :m], right, smallest=batches.SINGULAR)[:, 0]
        left = 1.0 - batches.dot(beta, right[:, 0])
        size = np.sqrt(np.where(left > _SMALLEST, left, np.nan))
        terms = _sum([(product, 1.0 / size), *((form, -b / size) for form, b in zip(on, beta, strict=True))])
        assert product.scale is not None
        return Form(terms, product.scale * size)

    def with_columns(self, form: Form) -> FloatArray:
        """Return the correlations of a form with every column, (P, B)."""
        whole = len(self.index)
        total = np.zeros((whole, self.packed.shape[1]))
        row = np.empty_like(total)
        for column, weight in form.terms.items():
            np.take(self.packed, self.index[column], axis=0, out=row, mode="clip")
            row[column] = 1.0
            if weight is not None:
                row *= weight
            total += row
        return total

    def between(self, forms: Sequence[Form]) -> FloatArray:
        """Return the correlations of forms, packed, (q(q−1)/2, B)."""
        q = len(forms)
        columns = [form.column for form in forms]
        if columns == list(range(len(self.index))):
            return self.packed
        rows, others = np.triu_indices(q, 1)
        place = np.array([-1 if c is None else c for c in columns])
        plain = (place[rows] >= 0) & (place[others] >= 0)
        out = np.empty((len(rows), self.packed.shape[1]))
        at = np.flatnonzero(plain)
        out[at] = self.packed[self.index[place[rows[at]], place[others[at]]]]
        out[plain & (place[rows] == place[others])] = 1.0
        index = np.zeros((q, q), dtype=np.intp)
        index[rows, others] = index[others, rows] = np.arange(len(rows))
        done: set[int] = set()
        for i, form in enumerate(forms):
            if columns[i] is not None:
                continue
            along = self.with_columns(form)
            done.add(i)
            for j, other in enumerate(forms):
                if j not in done:
                    column = columns[j]
                    value = along[column] if column is not None else _dot(other.terms, along)
                    out[index[i, j]] = batches.exact_zeros(value)
        return out


def _dot(terms: dict[int, FloatArray | None], along: FloatArray) -> FloatArray:
    total: FloatArray | None = None
    for column, weight in terms.items():
        part = along[column] if weight is None else weight * along[column]
        total = part if total is None else total + part
    assert total is not None
    return total


def _sum(parts: Iterable[tuple[Form, FloatArray]]) -> dict[int, FloatArray | None]:
    """Return the terms of a weighted sum of forms."""
    terms: dict[int, FloatArray | None] = {}
    for form, weight in parts:
        for column, inner in form.terms.items():
            value = weight if inner is None else inner * weight
            known = terms.get(column)
            terms[column] = value if known is None else known + value
    return terms
