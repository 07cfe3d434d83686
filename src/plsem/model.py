"""The PLS model: which items measure which construct, and which construct leads to which.

:class:`Model` is the checked, immutable description that the estimator and every statistic read.
It also holds the index tables that they share, computed once: the blocks of items, the order of the
constructs, and the place of each pair of items in a packed correlation matrix.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plsem.names import nearest

IntArray = NDArray[np.intp]


class ModelError(ValueError):
    """The model cannot be estimated; the message lists every problem found."""


@dataclass(frozen=True)
class Model:
    """A recursive PLS path model.

    Parameters
    ----------
    constructs : tuple of str
        Names of the k constructs.
    items : tuple of str
        Names of the p items, block after block.
    blocks : tuple of tuple of int
        For each construct the positions of its items in ``items``.
    modes : tuple of str
        ``"A"`` (correlation weights) or ``"B"`` (regression weights) for each construct.
    paths : tuple of tuple of int
        The structural paths as (source, target) positions in ``constructs``.

    Raises
    ------
    ModelError
        If the description does not hold together; see :meth:`from_blocks`.
    """

    constructs: tuple[str, ...]
    items: tuple[str, ...]
    blocks: tuple[tuple[int, ...], ...]
    modes: tuple[str, ...]
    paths: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not len(self.constructs) == len(self.blocks) == len(self.modes):
            raise ModelError("constructs, blocks and modes must have the same length")
        flat = [i for block in self.blocks for i in block]
        if flat != list(range(len(self.items))):
            raise ModelError("blocks must number the items 0 … p − 1 in order, each once")
        k = len(self.constructs)
        if any(not (0 <= s < k and 0 <= t < k) for s, t in self.paths):
            raise ModelError(f"paths must join positions 0 … {k - 1}, found {self.paths}")
        names = self.constructs
        blocks = {c: [self.items[i] for i in b] for c, b in zip(names, self.blocks, strict=True)}
        problems = list(
            _problems(
                blocks,
                [(names[s], names[t]) for s, t in self.paths],
                dict(zip(names, self.modes, strict=True)),
            )
        )
        if len(set(names)) < k:
            problems.append("a construct is named twice")
        if problems:
            raise ModelError("; ".join(problems))

    @classmethod
    def from_blocks(
        cls,
        blocks: Mapping[str, Sequence[str]],
        paths: Iterable[tuple[str, str]],
        *,
        modes: Mapping[str, str] | None = None,
    ) -> Model:
        """Build a model from names.

        Parameters
        ----------
        blocks : mapping of str to sequence of str
            Construct → its items.
        paths : iterable of (str, str)
            (source, target) construct names.
        modes : mapping of str to str, optional
            Construct → ``"A"`` (default) or ``"B"``.

        Returns
        -------
        Model

        Raises
        ------
        ModelError
            If a construct has no item, an item stands in two constructs, a path names an unknown
            construct, leads from a construct to itself or stands twice, the paths form a cycle, or a
            construct is on no path.  The message lists all problems.
        """
        blocks = {c: [items] if isinstance(items, str) else list(items) for c, items in blocks.items()}
        pairs = [(s, t) for s, t in paths]
        modes = dict.fromkeys(blocks, "A") | dict(modes or {})
        problems = list(_problems(blocks, pairs, modes))
        if problems:
            raise ModelError("; ".join(problems))
        names = tuple(blocks)
        items = tuple(i for block in blocks.values() for i in block)
        starts = np.cumsum([0, *(len(b) for b in blocks.values())]).tolist()
        return cls(
            constructs=names,
            items=items,
            blocks=tuple(tuple(range(a, b)) for a, b in pairwise(starts)),
            modes=tuple(modes[c] for c in names),
            paths=tuple((names.index(s), names.index(t)) for s, t in pairs),
        )

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
        return tuple(slice(b[0], b[-1] + 1) for b in self.blocks)

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
        done: list[int] = []
        while len(done) < self.n_constructs:
            done += [
                j
                for j in range(self.n_constructs)
                if j not in done and all(s in done for s in self.predecessors[j])
            ]
        return tuple(done)

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
        """Return the position of a construct; KeyError names the nearest valid name."""
        if construct not in self.constructs:
            raise KeyError(f"no construct {construct!r}{nearest(construct, self.constructs)}")
        return self.constructs.index(construct)

    def without_path(self, source: int, target: int) -> tuple[Model, list[int]]:
        """Return the model without one path, and the positions of the items that it still holds.

        A construct that no other path reaches leaves the model together with its items.
        """
        left = [q for q in self.paths if q != (source, target)]
        kept = [j for j in range(self.n_constructs) if any(j in q for q in left)]
        names, items = self.constructs, self.items
        reduced = Model.from_blocks(
            {names[j]: [items[i] for i in self.blocks[j]] for j in kept},
            [(names[s], names[t]) for s, t in left],
            modes={names[j]: self.modes[j] for j in kept},
        )
        return reduced, [i for j in kept for i in self.blocks[j]]


def _problems(
    blocks: Mapping[str, Sequence[str]], paths: Sequence[tuple[str, str]], modes: Mapping[str, str]
) -> Iterable[str]:
    if not blocks:
        yield "the model has no construct"
    owner: dict[str, str] = {}
    for construct, items in blocks.items():
        if not items:
            yield f"construct {construct!r} has no item"
        for item in items:
            if owner.get(item) == construct:
                yield f"item {item!r} is listed twice in {construct}"
            elif item in owner:
                yield f"item {item!r} stands in two constructs, {owner[item]} and {construct}"
            owner.setdefault(item, construct)
    for construct, mode in modes.items():
        if construct not in blocks:
            yield f"a mode is given for the unknown construct {construct!r}{nearest(construct, blocks)}"
        if mode not in ("A", "B"):
            yield f"the mode of {construct} must be 'A' or 'B', found {mode!r}"
    if not paths:
        yield "the model has no path"
    for source, target in paths:
        for end in (source, target):
            if end not in blocks:
                name = f"'{source} -> {target}'"
                yield f"path {name} names an unknown construct {end!r}{nearest(end, blocks)}"
        if source == target:
            yield f"path '{source} -> {target}' leads from a construct to itself"
    for pair in sorted({q for q in paths if list(paths).count(q) > 1}):
        yield f"path '{pair[0]} -> {pair[1]}' is listed twice"
    for construct in blocks:
        if not any(construct in pair for pair in paths):
            yield f"construct {construct!r} is on no path"
    left = set(blocks)
    while True:
        sources = {j for j in left if not any(t == j and s in left for s, t in paths)}
        if not sources:
            break
        left -= sources
    # What is left lies on a cycle or behind one; constructs that lead nowhere are only behind one.
    while ends := {j for j in left if not any(s == j and t in left for s, t in paths)}:
        left -= ends
    if left and not any(s == t for s, t in paths):
        listed = ", ".join(c for c in blocks if c in left)
        yield f"the paths form a cycle among {listed}; PLS needs a recursive model"
