"""What stands in a path diagram, taken from a model: ellipses, items, paths, components, moderations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plsem.model import Model
from plsem.resampling.result import Key
from surveypls.figures.path_layers import Pair, component_arrows


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


def take_apart(model: Model) -> Parts:
    """Take a model apart for drawing: a product that moderates a path becomes an arrow onto it."""
    blocks = {
        c: [model.items[i] for i in block] for c, block in zip(model.constructs, model.blocks, strict=True)
    }
    modes = dict(zip(model.constructs, model.modes, strict=True))
    components = {name: tuple(order.components) for name, order in model.higher_order}
    blocks |= {name: [] for name in components}
    modes |= {name: order.mode for name, order in model.higher_order}
    paths = list(model.path_names)
    moderated: dict[tuple[str, Pair], Key] = {}
    for name, product in model.products:
        first, second = product.first, product.second
        targets = [t for s, t in paths if s == name]
        if first != second and all((first, t) in paths for t in targets):
            moderated |= {(second, (first, t)): ("path_coefficient", name, t) for t in targets}
            paths = [pair for pair in paths if pair[0] != name]
            del blocks[name]
    return Parts(blocks, modes, paths, components, moderated)
