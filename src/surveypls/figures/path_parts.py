"""What stands in a path diagram, taken from a model: ellipses, items, paths, components, moderations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plsem.model import Model
from plsem.names import nearest
from surveypls.figures.path_layers import Pair, component_arrows
from surveypls.figures.style import FigureError

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands in a diagram: ellipses with their items, paths, components, and moderated paths."""

    blocks: dict[str, list[str]]
    modes: dict[str, str]
    paths: list[Pair]
    components: dict[str, tuple[str, ...]]
    moderated: dict[tuple[str, Pair], Key]

    def component_keys(self, known: Mapping[Key, float]) -> dict[Pair, Key]:
        """Return the arrow of each component, as it lies in the flow, with the value that stands on it."""
        keys = {}
        for pair in component_arrows(self.components, self.paths):
            parent, part = (
                pair if pair[0] in self.components and pair[1] in self.components[pair[0]] else pair[::-1]
            )
            statistic = "outer_loading" if self.modes[parent] == "A" else "outer_weight"
            keys[pair] = (statistic, part, parent)
        return keys

    def against_flow(self, pair: Pair) -> bool:
        """Whether a component's arrow points against the flow: reflective before, or formative after."""
        before = pair[1] in self.components and pair[0] in self.components[pair[1]]
        return (self.modes[pair[1] if before else pair[0]] == "A") == before


def take_apart(
    model: Model,
    known: Mapping[Key, float],
    higher_order: Mapping[str, Sequence[str]] | None,
    moderation: Sequence[tuple[str, Pair]] | None,
) -> Parts:
    """Take a model apart for drawing, with the second-order constructs and moderations that it or the call names."""
    blocks = {
        c: [model.items[i] for i in block] for c, block in zip(model.constructs, model.blocks, strict=True)
    }
    modes = dict(zip(model.constructs, model.modes, strict=True))
    own = dict(getattr(model, "higher_order", ()))
    if higher_order is None:
        higher_order = {name: order.components for name, order in own.items()}
    modes |= {name: order.mode for name, order in own.items()}
    for parent, parts in higher_order.items():
        if parent not in blocks:
            raise FigureError(f"path_diagram: no construct {parent!r}{nearest(parent, blocks)}")
        blocks[parent] = []
        for part in parts:
            if part not in blocks:
                items = [r for s, r, c in known if c == part and s in ("outer_loading", "outer_weight")]
                blocks[part] = list(dict.fromkeys(items))
                modes[part] = "A" if ("outer_loading", *items[:1], part) in known else "B"
    paths = list(model.path_names)
    moderated: dict[tuple[str, Pair], Key] = {}
    products = {name: (p.first, p.second) for name, p in dict(getattr(model, "products", ())).items()}
    for name, (first, second) in products.items():
        targets = [t for s, t in paths if s == name]
        if first != second and all((first, t) in paths for t in targets):
            moderated |= {(second, (first, t)): ("path_coefficient", name, t) for t in targets}
            paths = [pair for pair in paths if pair[0] != name]
            del blocks[name]
    for moderator, path in moderation or ():
        source, target = path
        if path not in paths or moderator not in blocks:
            raise FigureError(
                f"path_diagram: the model has no path {source} -> {target}, or no {moderator!r}"
            )
        names = (f"{source}*{moderator}", f"{moderator}*{source}")
        keys = [key for n in names if (key := ("path_coefficient", n, target)) in known]
        moderated[moderator, path] = keys[0] if keys else ("path_coefficient", names[0], target)
    return Parts(blocks, modes, paths, {p: tuple(c) for p, c in higher_order.items()}, moderated)
