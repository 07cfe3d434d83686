"""Layers of a path diagram: which construct stands in which, and in what order.

A layer is a construct's longest chain of paths that leads to it (Sugiyama, Tagawa & Toda 1981).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

Pair = tuple[str, str]


class LayoutError(ValueError):
    """The model cannot be drawn; the message says why."""


def component_arrows(components: Mapping[str, Sequence[str]], paths: Sequence[Pair]) -> list[Pair]:
    """Return the arrows between second-order constructs and their components, in the direction of the flow.

    Components stand before a construct that leads to others, and after one that ends the model.
    """
    sources = {s for s, _ in paths}
    return [(c, p) if p in sources else (p, c) for p, parts in components.items() for c in parts]


def find_layers(
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[Pair],
    components: Mapping[str, Sequence[str]] | None = None,
    moderated: Sequence[tuple[str, Pair]] = (),
) -> tuple[list[list[str]], dict[Pair, list[str]]]:
    """Return the layers in drawing order and, for each path, its stand-ins in the layers it passes.

    A construct to which no path leads stands in the first layer, one from which none leads in the
    last; the others by the longest chain that leads to them.  A component stands next to its
    second-order construct (``paths`` holds their arrows, too: :func:`component_arrows`), a moderator to
    which no path leads beside the source of the path that it moderates.
    """
    if not blocks:
        raise LayoutError("the model has no construct")
    for name in itertools.chain.from_iterable(paths):
        if name not in blocks:
            raise LayoutError(f"a path names {name!r}, which is no construct of the model")
    rank = dict.fromkeys(blocks, 0)
    for _ in blocks:
        for source, target in paths:
            rank[target] = max(rank[target], rank[source] + 1)
    if any(rank[s] >= rank[t] for s, t in paths):
        raise LayoutError("the paths form a cycle; only recursive models can be drawn")
    last = max(rank.values())
    sources = {s for s, _ in paths}
    for name in blocks:
        if name not in sources and any(t == name for _, t in paths):
            rank[name] = last
    for parent, parts in (components or {}).items():
        rank |= {c: rank[parent] - 1 for c in parts if (c, parent) in paths}
    for moderator, (source, _) in moderated:
        nearest_target = min((rank[t] for s, t in paths if s == moderator), default=0)
        if not any(t == moderator for _, t in paths) and rank[source] < nearest_target:
            rank[moderator] = rank[source]
    layers: list[list[str]] = [[c for c in blocks if rank[c] == r] for r in range(last + 1)]
    layers = [layer for layer in layers if layer]
    place = {c: i for i, layer in enumerate(layers) for c in layer}
    chains: dict[Pair, list[str]] = {}
    for s, t in paths:
        stand_ins = [f"{s}\0{t}\0{r}" for r in range(place[s] + 1, place[t])]
        for r, name in enumerate(stand_ins, start=place[s] + 1):
            layers[r].append(name)
        chains[s, t] = [s, *stand_ins, t]
    return _ordered(layers, chains), chains


def _ordered(layers: list[list[str]], chains: Mapping[Pair, Sequence[str]]) -> list[list[str]]:
    """Order each layer for few crossings: barycentre sweeps, then swaps of neighbours."""
    steps = [step for chain in chains.values() for step in itertools.pairwise(chain)]
    before: dict[str, list[str]] = {n: [] for layer in layers for n in layer}
    after: dict[str, list[str]] = {n: [] for layer in layers for n in layer}
    for a, b in steps:
        after[a].append(b)
        before[b].append(a)

    def crossings(order: list[list[str]]) -> int:
        at = {n: i for layer in order for i, n in enumerate(layer)}
        count = 0
        for layer in order[:-1]:
            here = [(at[a], at[b]) for a in layer for b in after[a]]
            count += sum((p[0] - q[0]) * (p[1] - q[1]) < 0 for p, q in itertools.combinations(here, 2))
        return count

    best, least = [list(layer) for layer in layers], crossings(layers)
    order = [list(layer) for layer in layers]
    for sweep in range(12):
        near = before if sweep % 2 == 0 else after
        for layer in order if sweep % 2 == 0 else reversed(order):
            at = {n: (i + 0.5) / len(la) for la in order for i, n in enumerate(la)}
            layer.sort(key=lambda n: float(np.mean([at[m] for m in near[n]])) if near[n] else at[n])
        if (now := crossings(order)) < least:
            best, least = [list(layer) for layer in order], now
    improved = True
    while improved and least:
        improved = False
        for layer in best:
            for i in range(len(layer) - 1):
                layer[i], layer[i + 1] = layer[i + 1], layer[i]
                if (now := crossings(best)) < least:
                    least, improved = now, True
                else:
                    layer[i], layer[i + 1] = layer[i + 1], layer[i]
    return best
