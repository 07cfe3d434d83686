"""Interval arithmetic for printed figures: the box that a rounded number stands for.

A figure printed as ``0.738`` says that the true value lies in [0.7375, 0.7385].  Sums, products and
powers of such boxes, and three-valued comparisons between them, are all that the audit needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["holds", "fails", "cannot be told"]
SLACK = 1e-9  # absorbs floating-point error at the edges of closed boxes


def _at_most(a: float, b: float) -> bool:
    """Tell whether a number is no larger than another, up to floating-point error."""
    return a <= b or a - b <= SLACK


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval of real numbers.

    Comparisons return ``True``, ``False`` or ``None`` (some pairs of points satisfy them, others do not).

    Raises
    ------
    ValueError
        If an end is not a number or the lower end is above the upper one.
    """

    lower: float
    upper: float

    def __post_init__(self) -> None:
        if math.isnan(self.lower) or math.isnan(self.upper) or self.lower > self.upper:
            raise ValueError(f"not an interval: [{self.lower}, {self.upper}]")

    @classmethod
    def point(cls, value: float) -> Interval:
        """Return the interval that holds one number."""
        return cls(float(value), float(value))

    @property
    def middle(self) -> float:
        """The midpoint."""
        return 0.5 * (self.lower + self.upper)

    @property
    def width(self) -> float:
        """The distance between the ends."""
        return self.upper - self.lower

    def __add__(self, other: Interval | float) -> Interval:
        o = as_interval(other)
        return Interval(self.lower + o.lower, self.upper + o.upper)

    __radd__ = __add__

    def __neg__(self) -> Interval:
        return Interval(-self.upper, -self.lower)

    def __sub__(self, other: Interval | float) -> Interval:
        return self + (-as_interval(other))

    def __rsub__(self, other: float) -> Interval:
        return as_interval(other) - self

    def __mul__(self, other: Interval | float) -> Interval:
        o = as_interval(other)
        ends = [_product(a, b) for a in (self.lower, self.upper) for b in (o.lower, o.upper)]
        return Interval(min(ends), max(ends))

    __rmul__ = __mul__

    def __truediv__(self, other: Interval | float) -> Interval:
        """Divide; a divisor that may be zero gives the whole line."""
        o = as_interval(other)
        if o.lower <= 0 <= o.upper:
            return Interval(-math.inf, math.inf)
        return self * Interval(1 / o.upper, 1 / o.lower)

    def __rtruediv__(self, other: float) -> Interval:
        return as_interval(other) / self

    def square(self) -> Interval:
        """Return the interval of squares."""
        size = self.absolute()
        return Interval(size.lower**2, size.upper**2)

    def sqrt(self) -> Interval:
        """Return the interval of non-negative square roots; the part below zero is dropped.

        Raises
        ------
        ValueError
            If the whole interval is negative.
        """
        if self.upper < 0:
            raise ValueError(f"no square root: [{self.lower}, {self.upper}] is negative")
        return Interval(math.sqrt(max(self.lower, 0.0)), math.sqrt(self.upper))

    def absolute(self) -> Interval:
        """Return the interval of absolute values."""
        return Interval(max(0.0, self.lower, -self.upper), max(-self.lower, self.upper))

    def intersect(self, other: Interval) -> Interval | None:
        """Return the common part, or None; ends that miss by floating-point error alone still touch."""
        low, high = max(self.lower, other.lower), min(self.upper, other.upper)
        if not _at_most(low, high):
            return None
        return Interval(min(low, high), max(low, high))

    def hull(self, other: Interval) -> Interval:
        """Return the smallest interval that holds both."""
        return Interval(min(self.lower, other.lower), max(self.upper, other.upper))

    def contains(self, value: float) -> bool:
        """Tell whether a number lies inside, up to floating-point error."""
        return _at_most(self.lower, value) and _at_most(value, self.upper)

    def within(self, other: Interval) -> bool:
        """Tell whether the other interval holds all of this one."""
        return _at_most(other.lower, self.lower) and _at_most(self.upper, other.upper)

    def less(self, other: Interval | float, *, strict: bool = True) -> bool | None:
        """Compare ``self < other`` (or ``<=``) over all pairs of points."""
        o = as_interval(other)
        if strict:
            return True if self.upper < o.lower else (False if self.lower >= o.upper else None)
        return True if self.upper <= o.lower else (False if self.lower > o.upper else None)

    def equal(self, other: Interval | float) -> bool | None:
        """Compare ``self = other``: True only for two equal points, False where the intervals are apart."""
        o = as_interval(other)
        if self.intersect(o) is None:
            return False
        return True if self.width == 0 == o.width else None


def as_interval(value: Interval | float) -> Interval:
    """Return a number as an interval, and an interval as it is."""
    return value if isinstance(value, Interval) else Interval.point(value)


def total(intervals: Iterable[Interval]) -> Interval:
    """Return the sum of intervals; of none, [0, 0]."""
    result = Interval.point(0.0)
    for interval in intervals:
        result = result + interval
    return result


def verdict_of(truth: bool | None) -> Verdict:
    """Name a three-valued truth."""
    return "cannot be told" if truth is None else ("holds" if truth else "fails")


def range_over_box(
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    box: Sequence[Interval],
    *,
    max_corners: int = 12,
) -> Interval:
    """Range of a smooth function over a box of intervals.

    A function that is monotone in each argument over the box, as every smooth one is over the small boxes
    that three printed decimals leave unless the box holds a stationary point, takes its extremes at corners.
    Up to ``max_corners`` arguments all corners are tried; beyond that, the two corners that the signs of the
    derivatives at the centre point to.  The result is widened by the size of the second-order terms.

    Parameters
    ----------
    function : callable
        Takes an array (m, k) of points and returns m values.
    box : sequence of Interval
        The k arguments.
    max_corners : int
        Largest k for which all 2^k corners are tried.

    Returns
    -------
    Interval
        The whole line where the function is not finite at some point tried.
    """
    low = np.array([b.lower for b in box])
    high = np.array([b.upper for b in box])
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    k = low.size
    steps = np.concatenate([np.zeros((1, k)), np.eye(k), -np.eye(k)])
    near = function(middle + steps * half)
    if not np.all(np.isfinite(near)):
        return Interval(-math.inf, math.inf)
    up, down = near[1 : k + 1], near[k + 1 :]
    if k <= max_corners:
        signs = 2.0 * ((np.arange(2**k)[:, None] >> np.arange(k)) & 1) - 1.0
    else:
        slope = np.where(up >= down, 1.0, -1.0)
        signs = np.stack([slope, -slope])
    values = np.concatenate([near, function(middle + signs * half)])
    if not np.all(np.isfinite(values)):
        return Interval(-math.inf, math.inf)
    curvature = float(np.sum(np.abs(up + down - 2 * near[0])))
    return Interval(float(values.min()) - curvature, float(values.max()) + curvature)


def _product(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b  # 0 * inf is 0 for intervals
