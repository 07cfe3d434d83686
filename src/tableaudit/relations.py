r"""Relations between printed cells: one cell as a function of others, under named readings.

A relation says that a cell equals (or is at most, or at least) a function of other cells.  Its check compares
the cell's rounding box with the range of the function over the boxes of the others; all relations together are
solved by :mod:`tableaudit.joint`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from plsem.quantities import STATISTICS
from tableaudit.boxes import Interval, range_over_box
from tableaudit.checks import Check, Kind, compare_with
from tableaudit.details import Detail, Field, say
from tableaudit.printed import Cell, Published

FloatArray = NDArray[np.float64]
Sense = Literal["=", "<=", ">="]
#: What each ambiguous thing is read as where neither the file nor the figures say otherwise.
DEFAULTS: Mapping[str, str] = {
    "estimator": "PLS",
    "cronbach_alpha": "standardised",
    "composite_reliability": "rho_c",
    "f_squared": "fixed",
    "r_squared": "plain",
    "p_value": "two-sided",
    "product": "standardised",
    "correlations": "as printed",
    "vif": "as printed",
    "vif of the paths": "the same",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """One printed cell as a function of others.

    Parameters
    ----------
    check : str
        What is checked, in English; its Spanish stands in the catalogue.
    about : str
        Construct, path or item.
    target : Cell
    inputs : tuple of Cell
    value : callable
        Array (N, k) of values of the inputs → N values that the target is compared with.
    written : callable
        The printed texts of the inputs → the calculation, as it would be done on paper.
    sense : {"=", "<=", ">="}
        Target against value.
    slack : float
        Absolute tolerance beyond rounding (for approximations with a documented bound).
    when : tuple of (str, str)
        Readings under which it holds.
    kind : str
        ``identity``, or ``coincidence`` where nothing is contradicted.
    joint : bool
        Whether it takes part in the joint solution.
    """

    check: str
    about: str
    target: Cell
    inputs: tuple[Cell, ...]
    value: Callable[[FloatArray], FloatArray]
    written: Callable[[Sequence[str]], Field]
    sense: Sense = "="
    slack: float = 0.0
    when: tuple[tuple[str, str], ...] = ()
    kind: Kind = "identity"
    joint: bool = True

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The target and the inputs."""
        return (self.target, *self.inputs)

    def under(self, *when: tuple[str, str], **changes: Any) -> Relation:
        """Return the same under further readings, with other changes."""
        return replace(self, when=(*self.when, *when), **changes)

    def holds_under(self, readings: Mapping[str, str]) -> bool:
        """Tell whether it applies under the readings."""
        return all(readings.get(name, DEFAULTS.get(name, "printed")) == option for name, option in self.when)

    def allowed(self) -> Interval:
        """Return what the inputs' boxes allow the target to be."""
        found = (
            range_over_box(self.value, [c.box for c in self.inputs])
            if self.inputs
            else Interval.point(float(self.value(np.zeros((1, 0)))[0]))
        )
        low, high = found.lower - self.slack, found.upper + self.slack
        if self.sense == "<=":
            low = -math.inf
        if self.sense == ">=":
            high = math.inf
        return Interval(low, high)

    def central(self) -> float:
        """Return the value at the printed figures."""
        point = np.array([[c.box.middle for c in self.inputs]])
        return float(self.value(point)[0])

    def calculation(self) -> Detail:
        """Write the calculation out, with its result."""
        written = self.written([plain(c) for c in self.inputs])
        sign = {"=": "=", "<=": "≤", ">=": "≥"}[self.sense]
        digits = max(self.target.decimals, 3) + 1
        return say("{} {} {} = {}", symbol(self.target), sign, written, f"{self.central():.{digits}f}")


def check_of(relation: Relation) -> Check:
    """Compare the target's box with what the inputs allow."""
    allowed = relation.allowed()
    if not (math.isfinite(allowed.lower) or math.isfinite(allowed.upper)):
        detail = Detail("with their rounding the other figures do not bound it")
    else:
        detail = relation.calculation() + say("; with the rounding {}", allowed)
    return compare_with(
        relation.target,
        allowed,
        relation.check,
        relation.about,
        relation.inputs,
        detail,
        kind=relation.kind,
        when=relation.when,
    )


def symbol(cell: Cell) -> Detail:
    """Return the short sign of a cell's statistic."""
    kind = cell.statistic.rpartition(".")[2]
    if kind.endswith("vif"):
        return Detail("VIF")
    name = kind.replace("specific_", "").replace("_", " ")
    return Detail(_AS_PRINTED.get(kind) or (STATISTICS[kind].symbol if kind in STATISTICS else "") or name)


_AS_PRINTED = {"composite_reliability": "CR", "cross_loading": "λ", "efa_loading": "λ"}


def plain(cell: Cell) -> str:
    """Return a cell's figure as it is written in a calculation."""
    if math.isnan(cell.value):
        return cell.printed
    text = f"{cell.value:.{cell.decimals}f}"
    return f"({text})" if text.startswith("-") else text


def active(relations: Iterable[Relation], readings: Mapping[str, str]) -> list[Relation]:
    """Return the relations that hold under the readings."""
    return [r for r in relations if r.holds_under(readings)]


def sources_of(published: Published, target: str) -> list[str]:
    """Return the printed predictors of a construct."""
    return [s for s, t in published.paths if t == target]


def first(published: Published, statistic: str, row: str | None, column: str | None = None) -> Cell | None:
    """Return the first printed cell of a statistic, or None."""
    found = [c for c in published.select(statistic, row, column) if c.is_number]
    return found[0] if found else None
