"""A model with second-order constructs or products as plain models that are estimated one after another.

Each :class:`Stage` is a plain :class:`~plsem.model.Model` and a recipe for each of its items: a column of the
data, the score of a construct in an earlier stage, a product of two of these, or what a product has beyond
others.  All recipes are linear in the standardised columns and their products, so every stage follows from
the moments of these; :mod:`plsem.forms` does the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from plsem.composition import HigherOrder, Product
from plsem.model import Model

Paths = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the data, by its position in the described model's items."""

    position: int


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a construct in an earlier stage, both by position."""

    stage: int
    construct: int


@dataclass(frozen=True, slots=True)
class Times:
    """The product of two columns or scores."""

    first: Column | Score
    second: Column | Score


@dataclass(frozen=True, slots=True)
class Residual:
    """What is left of a product after regression on columns or scores."""

    of: Times
    on: tuple[Column | Score, ...]


Recipe = Column | Score | Times | Residual
Blocks = dict[str, list[tuple[str, Recipe]]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A plain model and the recipe of each of its items."""

    model: Model
    recipes: tuple[Recipe, ...]


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of a model, the last of which gives its structural model.

    Parameters
    ----------
    described : Model
    stages : tuple of Stage
    pairs : tuple of (int, int)
        The products of columns that some recipe needs, a ≤ b, ascending.  The moments are those of the
        columns followed by these products.
    """

    described: Model
    stages: tuple[Stage, ...]
    pairs: tuple[tuple[int, int], ...]

    @property
    def final(self) -> Model:
        """The plain model of the last stage."""
        return self.stages[-1].model

    @property
    def n_columns(self) -> int:
        """Columns and products of columns."""
        return self.described.n_items + len(self.pairs)


@lru_cache(maxsize=64)
def expand(model: Model) -> Stages:
    """Return the stages of a model; a plain model is its own single stage.

    Examples
    --------
    >>> m = Model({"X": ["x1", "x2"], "M": ["m"], "Y": ["y1", "y2"]},
    ...     [("X", "Y"), ("M", "Y"), ("X*M", "Y")], products={"X*M": Product("X", "M")})
    >>> [stage.model.items for stage in expand(m).stages]
    [('x1', 'x2', 'm', 'y1', 'y2'), ('x1', 'x2', 'm', 'X*M', 'y1', 'y2')]
    >>> expand(m).pairs
    ((0, 2), (1, 2))
    """
    if not model.composed:
        columns = tuple(Column(i) for i in range(model.n_items))
        return Stages(model, (Stage(model, columns),), ())
    higher, products = dict(model.higher_order), dict(model.products)
    modes = dict(zip(model.constructs, model.modes, strict=True))
    paths = [(s, t) for s, t in model.path_names if s not in products]
    first: Blocks = {
        c: [(model.items[i], Column(i)) for i in block]
        for c, block in zip(model.constructs, model.blocks, strict=True)
        if block
    }
    stages: list[Stage] = []
    blocks = first
    if higher:
        method = next(iter(higher.values())).method
        if method == "two_stage":
            stages.append(_stage(first, _without_orders(paths, higher), modes))
        else:
            repeated = _repeated(first, higher)
            stages.append(_stage(repeated, _with_components(paths, higher), modes))
        below = stages[0].model
        if method == "repeated":
            blocks, paths = repeated, _with_components(paths, higher)
        else:
            blocks = _second_order(first, higher, below, keep_items=method == "two_stage")
            if not products or _needs_scores(products):
                stages.append(_stage(blocks, paths, modes))
    elif _needs_scores(products):
        stages.append(_stage(blocks, paths, modes))
    if products:
        leading = [(s, t) for s, t in model.path_names if s in products]
        if higher and method == "repeated":
            leading = [q for q in _with_components(leading, higher) if q[0] in products]
        source = stages[-1].model if stages else None
        with_products = _with_products(blocks, products, source, len(stages) - 1)
        stages.append(_stage(with_products, [*paths, *leading], modes))
    return Stages(model, tuple(stages), _pairs(stages))


def _needs_scores(products: Mapping[str, Product]) -> bool:
    return any(product.method == "two_stage" for product in products.values())


def _stage(blocks: Blocks, paths: Paths, modes: Mapping[str, str]) -> Stage:
    model = Model(
        {name: [item for item, _ in block] for name, block in blocks.items()},
        paths,
        modes={name: modes[name] for name in blocks},
    )
    return Stage(model, tuple(recipe for block in blocks.values() for _, recipe in block))


def _unique(paths: Iterable[tuple[str, str]]) -> Paths:
    return list(dict.fromkeys(paths))


def _without_orders(paths: Paths, higher: Mapping[str, HigherOrder]) -> Paths:
    """Put the components in the place of their second-order constructs."""

    def ends(name: str) -> Sequence[str]:
        return higher[name].components if name in higher else (name,)

    return _unique((s, t) for source, target in paths for s in ends(source) for t in ends(target))


def _with_components(paths: Paths, higher: Mapping[str, HigherOrder]) -> Paths:
    """Join second-order constructs and components; what leads to a formative one leads to its components."""
    out: Paths = []
    for source, target in paths:
        order = higher.get(target)
        formed = order is not None and order.mode == "B"
        out += [(source, c) for c in order.components] if order and formed else [(source, target)]
    for name, order in higher.items():
        out += [(c, name) if order.mode == "B" else (name, c) for c in order.components]
    return _unique(out)


def _repeated(first: Blocks, higher: Mapping[str, HigherOrder]) -> Blocks:
    """Add a block of all items of its components for each second-order construct."""
    blocks: Blocks = {}
    owner = {c: name for name, order in higher.items() for c in order.components}
    left = {name: set(order.components) for name, order in higher.items()}
    for name, block in first.items():
        blocks[name] = block
        order = owner.get(name, "")
        left.get(order, set()).discard(name)
        if order and not left[order]:
            blocks[order] = [
                (f"{item} ({order})", recipe) for c in higher[order].components for item, recipe in first[c]
            ]
    return blocks


def _second_order(
    first: Blocks, higher: Mapping[str, HigherOrder], below: Model, *, keep_items: bool
) -> Blocks:
    """Put each second-order construct, measured by scores, in the place of its first component."""
    owner = {c: name for name, order in higher.items() for c in order.components}
    blocks: Blocks = {}
    for name, block in first.items():
        order = owner.get(name)
        if order is None:
            score: Recipe = Score(0, below.position(name))
            blocks[name] = block if keep_items or len(block) == 1 else [(name, score)]
        elif order not in blocks:
            blocks[order] = [(c, Score(0, below.position(c))) for c in higher[order].components]
    return blocks


def _with_products(
    blocks: Blocks, products: Mapping[str, Product], source: Model | None, stage: int
) -> Blocks:
    """Add a block for each product, behind the later of its factors."""
    behind: dict[str, list[str]] = {}
    order = list(blocks)
    for name, product in products.items():
        behind.setdefault(max(product.factors, key=order.index), []).append(name)
    out: Blocks = {}
    for construct, block in blocks.items():
        out[construct] = block
        for name in behind.get(construct, ()):
            out[name] = _product_block(name, products[name], blocks, source, stage)
    return out


def _product_block(
    name: str, product: Product, blocks: Blocks, source: Model | None, stage: int
) -> list[tuple[str, Recipe]]:
    if product.method == "two_stage":
        assert source is not None
        first, second = (Score(stage, source.position(factor)) for factor in (product.first, product.second))
        return [(name, Times(first, second))]
    one, other = (
        [(item, recipe) for item, recipe in blocks[factor] if isinstance(recipe, Column | Score)]
        for factor in (product.first, product.second)
    )
    on = tuple(dict.fromkeys(recipe for _, recipe in (*one, *other)))
    found: list[tuple[str, Recipe]] = []
    for a, x in one:
        for b, y in other:
            times = Times(x, y)
            found.append(
                (f"{a}*{b}", times if product.method == "product_indicator" else Residual(times, on))
            )
    return found


def columns_behind(recipe: Recipe, stages: Sequence[Stage]) -> frozenset[int]:
    """Return the columns that a recipe without products rests on."""
    if isinstance(recipe, Column):
        return frozenset((recipe.position,))
    if isinstance(recipe, Score):
        stage = stages[recipe.stage]
        block = stage.model.blocks[recipe.construct]
        return frozenset().union(*(columns_behind(stage.recipes[i], stages) for i in block))
    raise TypeError(f"{recipe} is a product")


def _pairs(stages: Sequence[Stage]) -> tuple[tuple[int, int], ...]:
    found = set()
    for recipe in (r for stage in stages for r in stage.recipes):
        times = recipe.of if isinstance(recipe, Residual) else recipe
        if isinstance(times, Times):
            for a in columns_behind(times.first, stages):
                for b in columns_behind(times.second, stages):
                    found.add((min(a, b), max(a, b)))
    return tuple(sorted(found))
