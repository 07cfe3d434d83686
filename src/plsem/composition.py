"""What a model may hold beside blocks of items: second-order constructs and products of constructs.

:class:`HigherOrder` and :class:`Product` are the two descriptions; :func:`problems_of_composition` checks
them against the rest of a model.  How they are estimated is the matter of :mod:`plsem.stages`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from plsem.names import nearest

__all__ = ["HigherOrder", "Product"]

HigherOrderMethod = Literal["two_stage", "embedded", "repeated"]
ProductMethod = Literal["two_stage", "product_indicator", "orthogonal"]


@dataclass(frozen=True, slots=True)
class HigherOrder:
    """A construct whose indicators are constructs.

    Parameters
    ----------
    components : tuple of str
        The first-order constructs, two or more.  They stand on no path: they act through this construct.
    mode : {"A", "B"}
        Reflective (the construct shows in its components) or formative (it is made of them).
    method : {"two_stage", "embedded", "repeated"}
        ``two_stage`` (disjoint): the first stage has the components in the place of the construct and on its
        paths; in the second their scores are its indicators, and every other construct keeps its items.
        ``embedded``: the first stage is the model of repeated indicators; the second has single scores for
        all other constructs.  ``repeated``: one stage, in which all items of the components are the
        construct's items once more, with paths to its components (reflective) or from them (formative).

    Notes
    -----
    In R: ``seminr::higher_composite``.

    References
    ----------
    Sarstedt, M., Hair, J. F., Cheah, J.-H., Becker, J.-M., & Ringle, C. M. (2019). How to specify, estimate,
    and validate higher-order constructs in PLS-SEM. Australasian Marketing Journal, 27(3), 197–211.
    Becker, J.-M., Klein, K., & Wetzels, M. (2012). Hierarchical latent variable models in PLS-SEM. Long Range
    Planning, 45(5–6), 359–394.

    Examples
    --------
    >>> HigherOrder(("COMP", "LIKE"), mode="B").method
    'two_stage'
    """

    components: tuple[str, ...]
    mode: Literal["A", "B"] = "A"
    method: HigherOrderMethod = "two_stage"

    def __post_init__(self) -> None:
        found = self.components
        object.__setattr__(self, "components", (found,) if isinstance(found, str) else tuple(found))


@dataclass(frozen=True, slots=True)
class Product:
    """A construct that is the product of two: a moderating effect, or a quadratic one.

    Parameters
    ----------
    first, second : str
        The two constructs; the same twice for a quadratic effect.
    method : {"two_stage", "product_indicator", "orthogonal"}
        ``two_stage``: the product of the two scores that the model without products gives.
        ``product_indicator``: the products of their standardised items, a Mode A block.  ``orthogonal``: the
        residuals of these products from all items of both constructs.

    Notes
    -----
    In R: ``seminr::interaction_term``.

    References
    ----------
    Chin, W. W., Marcolin, B. L., & Newsted, P. R. (2003). Information Systems Research, 14(2), 189–217
    (product indicators).  Henseler, J., & Chin, W. W. (2010). Structural Equation Modeling, 17(1), 82–109 (a
    comparison; orthogonalising).  Becker, J.-M., Ringle, C. M., & Sarstedt, M. (2018). Journal of Applied
    Structural Equation Modeling, 2(2), 1–21 (two-stage recommended).

    Examples
    --------
    >>> Product("CUSA", "SC").is_quadratic
    False
    """

    first: str
    second: str
    method: ProductMethod = "two_stage"

    @property
    def is_quadratic(self) -> bool:
        """Whether both factors are the same construct."""
        return self.first == self.second

    @property
    def factors(self) -> tuple[str, ...]:
        """The constructs multiplied, each once."""
        return (self.first,) if self.is_quadratic else (self.first, self.second)


def problems_of_composition(
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
    higher_order: Mapping[str, HigherOrder],
    products: Mapping[str, Product],
) -> Iterable[str]:
    """Yield whatever keeps second-order constructs and products from being estimated, each in one sentence.

    Parameters
    ----------
    blocks : mapping of str to sequence of str
        First-order construct → items.
    paths : sequence of (str, str)
    higher_order, products : mapping
        Name → description.
    """
    owner: dict[str, str] = {}
    for name, order in higher_order.items():
        yield from _choice(name, "method", order.method, get_args(HigherOrderMethod))
        yield from _choice(name, "mode", order.mode, ("A", "B"))
        if name in blocks:
            yield f"{name!r} has items and components; a second-order construct has components only"
        if len(order.components) < 2:
            yield f"second-order construct {name!r} needs at least 2 components, found {len(order.components)}"
        for part in order.components:
            if part in higher_order:
                yield (
                    f"{name}: component {part!r} is a second-order construct; a third order is not offered: "
                    f"use the scores of {part} as items"
                )
            elif part in products:
                yield f"{name}: component {part!r} is a product; a product cannot be a component"
            elif part not in blocks:
                yield f"{name}: unknown component {part!r}{nearest(part, blocks)}"
            if part in owner:
                where = f"twice in {name}" if owner[part] == name else f"in {owner[part]} and in {name}"
                yield f"component {part!r} stands {where}"
            owner.setdefault(part, name)
    methods = sorted({order.method for order in higher_order.values()})
    if len(methods) > 1:
        yield f"second-order constructs of one model need the same method, found {' and '.join(methods)}"
    for source, target in paths:
        for end in (source, target):
            if end in owner:
                yield (
                    f"path '{source} -> {target}': {end} is a component of {owner[end]} and acts through it; "
                    f"write {owner[end]}, or take {end} out of it"
                )
        if target in products:
            yield f"path '{source} -> {target}': nothing can lead to a product"
    yield from _problems_of_products(blocks, paths, higher_order, products, owner)


def _problems_of_products(
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
    higher_order: Mapping[str, HigherOrder],
    products: Mapping[str, Product],
    owner: Mapping[str, str],
) -> Iterable[str]:
    known = [*blocks, *higher_order]
    seen: dict[frozenset[str], str] = {}
    for name, product in products.items():
        yield from _choice(name, "method", product.method, get_args(ProductMethod))
        if name in blocks or name in higher_order:
            yield f"{name!r} names a construct and a product"
        for factor in product.factors:
            if factor in products:
                yield (
                    f"{name}: {factor} is a product itself; a product of three constructs is not offered: "
                    "enter the three products of two"
                )
            elif factor in owner:
                yield f"{name}: {factor} is a component; multiply by {owner[factor]}"
            elif factor not in known:
                yield f"{name}: unknown construct {factor!r}{nearest(factor, known)}"
        same = frozenset(product.factors)
        if same in seen:
            yield f"products {seen[same]!r} and {name!r} are the same"
        seen.setdefault(same, name)
        targets = [t for s, t in paths if s == name]
        if not targets:
            yield f"product {name!r} leads nowhere; add a path from it"
        for target in targets:
            missing = [f for f in product.factors if (f, target) not in paths and f != target]
            if target in product.factors:
                yield f"path '{name} -> {target}': {target} is a factor of {name}"
            elif missing:
                wanted = " and ".join(f"'{f} -> {target}'" for f in missing)
                yield f"path '{name} -> {target}' needs {wanted} beside it: an interaction without them has no meaning"


def _choice(name: str, what: str, value: str, valid: Sequence[str]) -> Iterable[str]:
    if value not in valid:
        yield f"{name}: unknown {what} {value!r}{nearest(str(value), valid)}"
