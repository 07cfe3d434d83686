"""What a row of the registry of statistics says; the rows stand in :mod:`plsem.quantities`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from plsem.measurement import Index
from plsem.model import Model
from plsem.solution import Estimate

__all__ = ["Statistic"]

FloatArray = NDArray[np.float64]
Kind = Literal[
    "item",
    "cross",
    "construct",
    "diagonal",
    "pair",
    "path",
    "route",
    "slope",
    "target",
    "fit",
    "count",
    "sample",
]
Printed = Literal["unit", "number", "p", "count", "word"]

KINDS: Mapping[Kind, tuple[str, str, str]] = {
    "item": ("item", "construct", " <- "),
    "cross": ("item", "construct", " <- "),
    "construct": ("construct", "", ""),
    "diagonal": ("construct", "construct", ""),
    "pair": ("construct", "construct", " <-> "),
    "path": ("source", "target", " -> "),
    "route": ("route", "", ""),
    "slope": ("path", "level", " at "),
    "target": ("*", "target", ""),
    "fit": ("*", "*", ""),
    "count": ("construct", "*", ""),
    "sample": ("*", "*", ""),
}
"""Kind → what the names in ``row`` and ``column`` are ("" nothing, "*" anything), and the arrow between them."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """One row of the registry.

    Parameters
    ----------
    name : str
        As in the column ``statistic`` of every long table.
    label : str
        Plain English.
    symbol : str
        Short sign for diagrams and column heads; "" where there is none.
    kind : str
        What its values are about; a key of :data:`KINDS`.
    bounds : tuple of float
        Smallest and largest value that data can give it (ordinary PLS).
    index : callable, optional
        Model → the (row, column) names of its values.  None: it does not follow from one correlation matrix.
    compute : callable, optional
        Estimate → its values, ``(m, B)``, the batch last.
    signed : bool
        Its sign turns with the constructs it is about, whose own sign PLS leaves open.
    needs_rows : bool
        Defined only where the number of respondents is known.
    needs_answers : bool
        Defined only where the items' standard deviations are known: not for a correlation matrix.
    slow : bool
        Needs linear algebra on each matrix by itself (LAPACK); ``include="fast"`` leaves it out.
    reported : bool
        A PLS-SEM report usually prints it; ``include="report"``.
    printed : {"unit", "number", "p", "count", "word"}
        How it is written: ``unit`` at most 1 in size (some styles leave the leading zero out).
    decimals : int
        Usually printed.
    threshold : str
        Line of ``thresholds.csv`` that judges it; default its own name, where there is one.
    undefined : str
        Why no value of it exists, for what articles print all the same.
    """

    name: str
    label: str
    symbol: str
    kind: Kind
    bounds: tuple[float, float] = (-math.inf, math.inf)
    index: Callable[[Model], Index] | None = None
    compute: Callable[[Estimate], FloatArray] | None = None
    signed: bool = False
    needs_rows: bool = False
    needs_answers: bool = False
    slow: bool = False
    reported: bool = False
    printed: Printed = "number"
    decimals: int = 3
    threshold: str = ""
    undefined: str = ""

    @property
    def computed(self) -> bool:
        """Whether it follows from the items' correlations, so that :func:`plsem.quantities.quantities` gives it."""
        return self.compute is not None

    @property
    def symmetric(self) -> bool:
        """Whether its two names can change places."""
        return self.kind == "pair"

    @property
    def by_target(self) -> bool:
        """Whether it is about an endogenous construct, which stands in ``column``."""
        return self.kind == "target"

    @property
    def arrow(self) -> str:
        """What joins its two names in text."""
        return KINDS[self.kind][2]

    @property
    def index_kinds(self) -> tuple[str, str]:
        """What its names in ``row`` and ``column`` are: item, construct, source, target, "" or "*"."""
        return KINDS[self.kind][:2]

    def about(self, row: str, column: str) -> str:
        """Return what one value is about: ``"X -> Y"``, ``"x1 <- X"``, ``"X <-> Y"``, ``"X"``.

        Parameters
        ----------
        row, column : str

        Returns
        -------
        str
        """
        if self.arrow and row and column:
            return f"{row}{self.arrow}{column}"
        return column or row if self.kind in ("fit", "target") else row or column
