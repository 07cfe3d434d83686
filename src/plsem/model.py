"""The PLS model: which items measure which construct, and which construct leads to which.

:class:`Model` is the checked, immutable description that the estimator and every statistic read.
It also holds the index tables that they share, computed once: the blocks of items, the order of the
constructs, and the place of each pair of items in a packed correlation matrix.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plsem.composition import (
    HigherOrder,
    HigherOrderMethod,
    Product,
    ProductMethod,
    problems_of_composition,
)
from plsem.model_text import ModelTextError, parse_model, write_model
from plsem.names import Said, nearest

__all__ = ["Model", "ModelError"]

IntArray = NDArray[np.intp]


class ModelError(ValueError):
    """The model cannot be estimated; the message lists every problem found."""


@dataclass(frozen=True, init=False, repr=False)
class Model:
    """A recursive PLS path model.

    Parameters
    ----------
    blocks : mapping of str to sequence of str
        Construct → its items.
    paths : iterable of (str, str)
        (source, target) construct names.
    modes : mapping of str to str, optional
        Construct → ``"A"`` (correlation weights, reflective; the default) or ``"B"`` (regression
        weights, formative).
    higher_order : mapping of str to HigherOrder or to sequence of str, optional
        Second-order construct → its components (reflective, two-stage where only they are given).
    products : mapping of str to Product or to (str, str), optional
        Product → its two factors (two-stage where only they are given); it leads to a target by a path of
        its own, beside those of its factors.

    Attributes
    ----------
    constructs : tuple of str
        Names of the k constructs: those with items, then those of second order, then products.
    items : tuple of str
        Names of the p items, block after block.
    blocks : tuple of tuple of int
        For each construct the positions of its items in ``items``; empty for the second order and products.
    modes : tuple of str
        ``"A"`` or ``"B"`` for each construct.
    paths : tuple of tuple of int
        The structural paths as (source, target) positions in ``constructs``.

    Raises
    ------
    ModelError
        If the description does not hold together; the message lists all that :func:`problems_of` finds.

    Notes
    -----
    In R: ``seminr::constructs`` with ``seminr::composite``, and ``seminr::relationships`` with ``seminr::paths``.

    Examples
    --------
    >>> Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    Model of 2 constructs, 4 items, 1 path
      X =~ x1 + x2
      Y =~ y1 + y2
      Y ~ X
    >>> Model({"A": ["a1", "a2"], "B": ["b1", "b2"], "M": ["m"], "Y": ["y1", "y2"]},
    ...     [("AB", "Y"), ("M", "Y"), ("AB*M", "Y")],
    ...     higher_order={"AB": ("A", "B")}, products={"AB*M": ("AB", "M")}).composed
    True
    """

    constructs: tuple[str, ...]
    items: tuple[str, ...]
    blocks: tuple[tuple[int, ...], ...]
    modes: tuple[str, ...]
    paths: tuple[tuple[int, int], ...]
    higher_order: tuple[tuple[str, HigherOrder], ...]
    products: tuple[tuple[str, Product], ...]

    def __init__(
        self,
        blocks: Mapping[str, Sequence[str]],
        paths: Iterable[tuple[str, str]],
        *,
        modes: Mapping[str, str] | None = None,
        higher_order: Mapping[str, HigherOrder | Sequence[str]] | None = None,
        products: Mapping[str, Product | tuple[str, str]] | None = None,
    ) -> None:
        blocks = {c: [items] if isinstance(items, str) else list(items) for c, items in blocks.items()}
        pairs = [_pair(path) for path in paths]
        for name in (*blocks, *(item for items in blocks.values() for item in items)):
            if not isinstance(name, str):
                raise ModelError(
                    f"a construct or item is called {name!r}; names are text, found {type(name).__name__}"
                )
        orders = {
            name: order if isinstance(order, HigherOrder) else HigherOrder(tuple(order))
            for name, order in (higher_order or {}).items()
        }
        multiplied = {
            name: product if isinstance(product, Product) else Product(*product)
            for name, product in (products or {}).items()
        }
        modes = dict.fromkeys(blocks, "A") | dict(modes or {})
        problems = list(problems_of(blocks, pairs, modes, higher_order=orders, products=multiplied))
        if problems:
            raise ModelError("; ".join(problems))
        names = (*blocks, *orders, *multiplied)
        modes |= {name: order.mode for name, order in orders.items()} | dict.fromkeys(multiplied, "A")
        empty: list[tuple[int, ...]] = [()] * (len(orders) + len(multiplied))
        starts = np.cumsum([0, *(len(b) for b in blocks.values())]).tolist()
        described = {
            "constructs": names,
            "items": tuple(i for block in blocks.values() for i in block),
            "blocks": (*(tuple(range(a, b)) for a, b in pairwise(starts)), *empty),
            "modes": tuple(modes[c] for c in names),
            "paths": tuple((names.index(s), names.index(t)) for s, t in pairs),
            "higher_order": tuple(orders.items()),
            "products": tuple(multiplied.items()),
        }
        for name, value in described.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        higher_order_method: HigherOrderMethod = "two_stage",
        product_method: ProductMethod = "two_stage",
    ) -> Model:
        """Read a model in lavaan's notation; see :func:`plsem.model_text.parse_model`.

        Parameters
        ----------
        text : str
        higher_order_method, product_method
            How second-order constructs and products are estimated, which the notation does not say.

        Returns
        -------
        Model

        Raises
        ------
        ModelError
            If a line cannot be read, or the model does not hold together.

        Notes
        -----
        In R: ``cSEM::parseModel``, ``seminr::csem2seminr``.

        Examples
        --------
        >>> Model.from_text("X =~ x1 + x2; Y <~ y1 + y2; Y ~ X").modes
        ('A', 'B')
        >>> Model.from_text("X =~ x1 + x2; M =~ m; Y =~ y1 + y2; Y ~ X*M").path_names
        (('X', 'Y'), ('M', 'Y'), ('X*M', 'Y'))
        """
        try:
            found = parse_model(text)
        except ModelTextError as error:
            raise ModelError(str(error)) from None
        constructs = found["constructs"]
        return cls(
            {name: body["items"] for name, body in constructs.items()},
            [tuple(path.split(" -> ")) for path in found["paths"]],
            modes={name: body["mode"] for name, body in constructs.items()},
            higher_order={
                name: HigherOrder(tuple(body["components"]), body["mode"], higher_order_method)
                for name, body in found.get("higher_order", {}).items()
            },
            products={
                name: Product(first, second, product_method)
                for name, (first, second) in found.get("products", {}).items()
            },
        )

    def to_text(self) -> str:
        """Return the model in lavaan's notation, which :meth:`from_text` reads back."""
        blocks: dict[str, Sequence[str]] = {
            c: [self.items[i] for i in b] for c, b in zip(self.constructs, self.blocks, strict=True) if b
        }
        blocks |= {name: order.components for name, order in self.higher_order}
        return write_model(
            blocks,
            self.path_names,
            dict(zip(self.constructs, self.modes, strict=True)),
            products={name: (p.first, p.second) for name, p in self.products},
        )

    def __getstate__(self) -> dict[str, object]:
        """Return what another process, or a store of results, is given: the description, without its tables."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __repr__(self) -> str:
        q = len(self.paths)
        head = f"Model of {self.n_constructs} constructs, {self.n_items} items, {q} path{'s' * (q != 1)}"
        return "\n  ".join([head, *self.to_text().splitlines()])

    def _repr_html_(self) -> str:
        head, *lines = repr(self).splitlines()
        return f"<p>{head}</p>\n<pre>{html.escape(chr(10).join(line[2:] for line in lines))}</pre>"

    def extended(self, blocks: Mapping[str, Sequence[str]], paths: Iterable[tuple[str, str]]) -> Model:
        """Return the model with more constructs and paths.

        Parameters
        ----------
        blocks : mapping of str to sequence of str
            More constructs → their items.
        paths : iterable of (str, str)
            More paths.

        Returns
        -------
        Model
        """
        own = {c: [self.items[i] for i in b] for c, b in zip(self.constructs, self.blocks, strict=True) if b}
        modes = dict(zip(self.constructs, self.modes, strict=True))
        return Model(
            {**own, **blocks},
            [*self.path_names, *paths],
            modes={c: modes[c] for c in own},
            higher_order=dict(self.higher_order),
            products=dict(self.products),
        )

    @property
    def composed(self) -> bool:
        """Whether it has second-order constructs or products, and so is estimated in stages."""
        return bool(self.higher_order or self.products)

    @property
    def n_items(self) -> int:
        """The number of items, p."""
        return len(self.items)

    @property
    def n_constructs(self) -> int:
        """The number of constructs, k."""
        return len(self.constructs)

    @property
    def path_names(self) -> tuple[tuple[str, str], ...]:
        """The paths as (source, target) names."""
        return tuple((self.constructs[s], self.constructs[t]) for s, t in self.paths)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """For each construct the slice of its items."""
        return tuple(slice(b[0], b[-1] + 1) if b else slice(0, 0) for b in self.blocks)

    @cached_property
    def construct_of(self) -> IntArray:
        """For each item the position of its construct, shape (p,)."""
        return np.repeat(np.arange(self.n_constructs), [len(b) for b in self.blocks])

    @cached_property
    def predecessors(self) -> tuple[tuple[int, ...], ...]:
        """For each construct the constructs that lead to it, in the model's order."""
        return tuple(tuple(sorted(s for s, t in self.paths if t == j)) for j in range(self.n_constructs))

    @cached_property
    def successors(self) -> tuple[tuple[int, ...], ...]:
        """For each construct the constructs that it leads to, in the model's order."""
        return tuple(tuple(sorted(t for s, t in self.paths if s == j)) for j in range(self.n_constructs))

    @cached_property
    def endogenous(self) -> tuple[int, ...]:
        """The constructs that a path leads to."""
        return tuple(j for j in range(self.n_constructs) if self.predecessors[j])

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The constructs in causal order: each after all its predecessors."""
        return tuple(TopologicalSorter(dict(enumerate(self.predecessors))).static_order())

    @cached_property
    def pairs(self) -> tuple[IntArray, IntArray]:
        """Rows and columns of the strict upper triangle of the item matrix, the packed order."""
        rows, columns = np.triu_indices(self.n_items, 1)
        return rows, columns

    @cached_property
    def pair_index(self) -> IntArray:
        """Place of each pair of items in the packed order, shape (p, p); the diagonal is 0."""
        p = self.n_items
        index = np.zeros((p, p), dtype=np.intp)
        rows, columns = self.pairs
        index[rows, columns] = np.arange(len(rows))
        return index + index.T

    @cached_property
    def factor_blocks(self) -> tuple[bool, ...]:
        """For each construct whether it is measured by Mode A with two items or more."""
        return tuple(m == "A" and len(b) > 1 for m, b in zip(self.modes, self.blocks, strict=True))

    def position(self, construct: str) -> int:
        """Return the position of a construct.

        Raises
        ------
        KeyError
            If there is none of that name; the message gives the nearest.
        """
        if construct not in self.constructs:
            raise KeyError(f"no construct {construct!r}{nearest(construct, self.constructs)}")
        return self.constructs.index(construct)

    def without_path(self, source: int, target: int) -> tuple[Model, list[int]]:
        """Return the model without one path, and the positions of the items that it still holds.

        A construct that no other path reaches leaves the model together with its items.

        Parameters
        ----------
        source, target : int
            Positions of the constructs.

        Returns
        -------
        model : Model
        positions : list of int
        """
        left = [q for q in self.paths if q != (source, target)]
        kept = [j for j in range(self.n_constructs) if any(j in q for q in left)]
        names, items = self.constructs, self.items
        reduced = Model(
            {names[j]: [items[i] for i in self.blocks[j]] for j in kept},
            [(names[s], names[t]) for s, t in left],
            modes={names[j]: self.modes[j] for j in kept},
        )
        return reduced, [i for j in kept for i in self.blocks[j]]


def _pair(path: object) -> tuple[str, str]:
    """Return a path as (source, target)."""
    ends = list(path) if isinstance(path, Iterable) and not isinstance(path, str) else []
    if len(ends) != 2:
        raise ModelError(f"path {path!r}: expected a pair of names, (source, target)")
    return ends[0], ends[1]


def problems_of(
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
    modes: Mapping[str, str],
    *,
    higher_order: Mapping[str, HigherOrder] | None = None,
    products: Mapping[str, Product] | None = None,
) -> Iterable[str]:
    """Yield whatever keeps a description from being a PLS path model, each in one sentence.

    A construct without items or in no path; an item in two constructs or twice in one; an unknown mode; a
    path that names an unknown construct, leads from a construct to itself or stands twice; a cycle.

    Parameters
    ----------
    blocks : mapping of str to sequence of str
        Construct → items.
    paths : sequence of (str, str)
        (source, target).
    modes : mapping of str to str
        Construct → ``"A"`` or ``"B"``.
    higher_order, products : mapping, optional
        See :func:`plsem.composition.problems_of_composition`.
    """
    orders, multiplied = higher_order or {}, products or {}
    components = {c for order in orders.values() for c in order.components}
    names = [*blocks, *orders, *multiplied]
    if not blocks:
        yield Said("the model has no construct")
    owner: dict[str, str] = {}
    for construct, items in blocks.items():
        if not items:
            yield Said("construct {construct!r} has no item", construct=construct)
        for item in items:
            if owner.get(item) == construct:
                yield Said("item {item!r} is listed twice in {construct}", item=item, construct=construct)
            elif item in owner:
                yield Said(
                    "item {item!r} stands in two constructs, {other} and {construct}",
                    item=item,
                    other=owner[item],
                    construct=construct,
                )
            owner.setdefault(item, construct)
    for construct, mode in modes.items():
        if construct in orders:
            yield Said("the mode of {construct} stands in its HigherOrder, not in modes", construct=construct)
        elif construct not in blocks:
            yield Said(
                "a mode is given for the unknown construct {construct!r}{near}",
                construct=construct,
                near=nearest(construct, blocks),
            )
        if mode not in ("A", "B"):
            yield Said(
                "the mode of {construct} must be 'A' or 'B', found {mode!r}", construct=construct, mode=mode
            )
    if not paths:
        yield Said("the model has no path")
    for source, target in paths:
        for end in (source, target):
            if end not in names:
                name = f"'{source} -> {target}'"
                yield Said(
                    "path {name} names an unknown construct {end!r}{near}",
                    name=name,
                    end=end,
                    near=nearest(end, names),
                )
        if source == target:
            yield Said(
                "path '{source} -> {target}' leads from a construct to itself", source=source, target=target
            )
    for pair in sorted({q for q in paths if list(paths).count(q) > 1}):
        yield Said("path '{source} -> {target}' is listed twice", source=pair[0], target=pair[1])
    for construct in (*blocks, *orders):
        if construct not in components and not any(construct in pair for pair in paths):
            yield Said("construct {construct!r} is on no path", construct=construct)
    yield from problems_of_composition(blocks, paths, orders, multiplied)
    before: dict[str, list[str]] = {}
    for source, target in paths:
        if source != target:
            before.setdefault(target, []).append(source)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        yield Said(
            "the paths form a cycle, {around}; PLS needs a recursive model", around=" -> ".join(error.args[1])
        )
