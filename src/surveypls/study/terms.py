"""What a study's model is made of: constructs, paths and hypotheses, as they are written in its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from plsem.mediation import route_name
from plsem.names import Said, nearest
from surveypls.study.settings import Name, Settings, Source, Text


class Construct(Settings):
    """A latent variable and its candidate items (before any pruning), or the constructs that it is made of."""

    name: Name
    """Short name, as used in paths."""
    items: tuple[Name, ...] = Field(default=(), max_length=200)
    """Its items: headings of the survey, or names of the codebook."""
    components: tuple[Name, ...] = Field(default=(), max_length=50)
    """Constructs in the place of items: a second-order construct."""
    label: Text = Text()
    """What figures and tables call it."""
    mode: Literal["A", "B"] = "A"
    """A: reflective, correlation weights; B: formed by its items, regression weights."""
    sign_item: Name | None = None
    """Orient the construct so that this item loads positively; by default the loadings' sum is positive."""
    global_item: Name | None = None
    """An item that asks about the whole of a formed (Mode B) construct, for its redundancy analysis."""

    @property
    def indicators(self) -> tuple[str, ...]:
        """What measures it: its items, or its components."""
        return self.items or self.components

    @property
    def asked(self) -> tuple[str, ...]:
        """The items that respondents answered about it: its own and the global one."""
        return self.items if self.global_item is None else (*self.items, self.global_item)

    @property
    def factored(self) -> bool:
        """Whether its items can be factored: reflective, with two items or more."""
        return self.mode == "A" and len(self.items) > 1

    @field_validator("items")
    @classmethod
    def _items_once(cls, items: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({i for i in items if items.count(i) > 1})
        if twice:
            raise ValueError(Said("item listed twice: {names}", names=", ".join(twice)))
        return items

    @model_validator(mode="after")
    def _measured_one_way(self) -> Construct:
        if not self.indicators:
            raise ValueError(Said("items: missing; or components: [A, B], constructs that it is made of"))
        if self.items and self.components:
            raise ValueError(Said("has items and components; a second-order construct has components only"))
        if self.global_item is not None and self.mode == "A":
            raise ValueError(
                Said(
                    "global_item: belongs to a formed construct (mode: B), whose redundancy analysis it serves"
                )
            )
        if self.global_item in self.items:
            raise ValueError(
                Said("global_item {item!r} is one of the construct's own items", item=self.global_item)
            )
        return self

    @model_validator(mode="after")
    def _sign_item_belongs(self) -> Construct:
        if self.sign_item is not None and self.sign_item not in self.items:
            raise ValueError(
                Said(
                    "sign_item {item!r} is not one of the construct's items{near}",
                    item=self.sign_item,
                    near=nearest(self.sign_item, self.items),
                )
            )
        return self


class Path(Settings):
    """A directed structural path, written ``SOURCE -> TARGET``, or ``X * M -> TARGET`` for what M moderates."""

    source: Source
    """Construct that the path leaves, or the product of two, X * M."""
    target: Name
    """Construct that it points at."""

    @model_validator(mode="before")
    @classmethod
    def _parse_arrow(cls, value: Any) -> Any:
        if isinstance(value, str):
            parts = [part.strip() for part in value.split("->")]
            if len(parts) > 2 and " - " in value:
                raise ValueError(
                    Said(
                        "two entries in one, {value!r}: each begins with '- ', one below the other",
                        value=value,
                    )
                )
            if len(parts) != 2 or not all(parts) or parts[0][-1] in "<-–—=" or parts[1][0] in ">-=":
                raise ValueError(
                    Said("a path is written {meant!r}, found {value!r}", meant=_meant(value), value=value)
                )
            source = _product(parts[0])
            if source.count("*") > 1:
                raise ValueError(
                    Said(
                        "{value!r}: a product of three constructs is not offered; enter the three products of two",
                        value=value,
                    )
                )
            if "*" in _product(parts[1]):
                raise ValueError(
                    Said("{value!r}: nothing can lead to a product; write it before the arrow", value=value)
                )
            return {"source": source, "target": parts[1]}
        return value

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


def _product(value: str) -> str:
    """Write a product without spaces: ``X*M``."""
    return re.sub(r"\s*[*×:]\s*", "*", value)


def _meant(value: str) -> str:
    """Write a path with another arrow as it should be; the pattern where that is not to be seen."""
    match = re.fullmatch(r"\s*([\w.]+)\s*(<[-–—=]+|[-–—=]+>|[→⟶⇒]|[←⟵⇐])\s*([\w.]+)\s*", value)
    if match is None:
        return "SOURCE -> TARGET"
    source, target = (match[3], match[1]) if match[2][0] in "<←⟵⇐" else (match[1], match[3])
    return f"{source} -> {target}"


class Hypothesis(Settings):
    """A hypothesis about a path, or about the indirect effect over a route or over all of them."""

    id: str = Field(min_length=1, max_length=20)
    """What the hypothesis is called, for example H1."""
    path: Path
    """The path that it is about, SOURCE -> TARGET; or a route, SOURCE -> MEDIATOR -> TARGET."""
    via: tuple[Name, ...] = ()
    """The mediator or mediators of the route that it is about."""
    effect: Literal["direct", "indirect", "total"] = "direct"
    """Which effect of the source on the target; indirect: over all routes together, or over the one that is named."""
    sign: Literal["positive", "negative"] | None = None
    """The direction that is expected; left out, an effect of either sign supports the hypothesis."""
    statement: Text = Text()
    """The hypothesis in words."""

    @model_validator(mode="before")
    @classmethod
    def _route(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        found, path = dict(value), value.get("path")
        if isinstance(found.get("via"), str):
            found["via"] = [part.strip() for part in re.split(r"->|,", found["via"])]
        if isinstance(path, str) and path.count("->") > 1 and " - " not in path:
            parts = [part.strip() for part in path.split("->")]
            if found.get("via"):
                raise ValueError(Said("the route stands in path already, {path!r}; leave via out", path=path))
            found |= {"path": f"{parts[0]} -> {parts[-1]}", "via": parts[1:-1]}
        if found.get("via") and found.setdefault("effect", "indirect") != "indirect":
            raise ValueError(
                Said("the effect over a route is indirect, found effect: {effect}", effect=found["effect"])
            )
        return found

    @property
    def quantity(self) -> tuple[str, str, str]:
        """The statistic, row and column of its effect, as they stand in long tables."""
        if self.via:
            return "specific_indirect_effect", route_name(*self.stations), ""
        statistic = {"direct": "path_coefficient", "indirect": "indirect_effect", "total": "total_effect"}
        return statistic[self.effect], self.path.source, self.path.target

    @property
    def stations(self) -> tuple[str, ...]:
        """The source, the mediators named and the target."""
        return self.path.source, *self.via, self.path.target

    @property
    def arrows(self) -> str:
        """How it is shown: "A → M → Y", "X × M → Y"."""
        return arrows(*self.stations)


def arrows(*stations: str) -> str:
    """Write a path or route as it is shown, products with a cross: "X × M → Y"."""
    return " → ".join(stations).replace("*", " × ")
