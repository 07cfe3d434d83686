"""One table of thresholds: what counts as acceptable or borderline, and who says so.

The table itself is ``thresholds.csv`` beside this file.  A threshold is a convention, not a test.
Each line gives its source, so that a reader who prefers another value can pass it to :func:`judge`.
Marks are text (✓ ~ ✗) because colour is lost in print and on some web sites.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Literal, cast, get_args

from plsem.names import nearest

__all__ = ["THRESHOLDS", "Threshold", "judge", "threshold"]

GOOD, BORDERLINE, BAD = "✓", "~", "✗"
MARKS = (GOOD, BORDERLINE, BAD)
Direction = Literal["at least", "above", "below", "at most"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One convention.

    Parameters
    ----------
    statistic : str
        Name as in the long format.
    label : str
        Name as readers know it.
    direction : {"at least", "above", "below", "at most"}
        On which side of ``acceptable`` a value passes.
    acceptable : float
    borderline : float or None
        Up to here (on the other side of ``acceptable``, inclusive) a value is borderline; None
        where the convention knows no middle.
    too_high : float or None
        Values above are borderline although they pass (reliability that points to redundant items).
    source : str
    note : str
    sizes : tuple of (float, str)
        Lower bounds of named effect sizes, ascending.
    """

    statistic: str
    label: str
    direction: Direction
    acceptable: float
    borderline: float | None = None
    too_high: float | None = None
    source: str = ""
    note: str = ""
    sizes: tuple[tuple[float, str], ...] = ()

    def judge(self, value: float, lower: float = math.nan, upper: float = math.nan) -> str:
        """Return ✓, ~ or ✗, or "" for a missing value.

        With an interval, ✓ needs that its less favourable end is acceptable, too; else ~.

        Parameters
        ----------
        value, lower, upper : float

        Returns
        -------
        str
        """
        if value is None or math.isnan(value):
            return ""
        if self._passes(value, self.acceptable):
            end = lower if self._minimum else upper
            supported = math.isnan(end) or self._passes(end, self.acceptable)
            too_high = self.too_high is not None and value > self.too_high
            return GOOD if supported and not too_high else BORDERLINE
        if self.borderline is None:
            return BAD
        reached = value >= self.borderline if self._minimum else value <= self.borderline
        return BORDERLINE if reached else BAD

    @property
    def _minimum(self) -> bool:
        return self.direction in ("at least", "above")

    def _passes(self, value: float, bound: float) -> bool:
        if self.direction == "at least":
            return value >= bound
        if self.direction == "above":
            return value > bound
        return value < bound if self.direction == "below" else value <= bound

    def size(self, value: float) -> str:
        """Return the named size of an effect, or "" where the convention names none."""
        if not self.sizes or value is None or math.isnan(value):
            return ""
        name = "none"
        for bound, label in self.sizes:
            if value >= bound:
                name = label
        return name


def _load() -> tuple[Threshold, ...]:
    """Read ``thresholds.csv``, which stands beside this module."""
    text = resources.files("plsem").joinpath("thresholds.csv").read_text(encoding="utf-8")
    return tuple(_threshold(row) for row in csv.DictReader(text.splitlines()))


def _threshold(row: Mapping[str, str]) -> Threshold:
    if row["direction"] not in get_args(Direction):
        raise ValueError(
            f"thresholds.csv, {row['statistic']}: direction {row['direction']!r} "
            f"is not one of {list(get_args(Direction))}"
        )
    return Threshold(
        statistic=row["statistic"],
        label=row["label"],
        direction=cast(Direction, row["direction"]),
        acceptable=float(row["acceptable"]),
        borderline=float(row["borderline"]) if row["borderline"] else None,
        too_high=float(row["too_high"]) if row["too_high"] else None,
        source=row["source"],
        note=row["note"],
        sizes=tuple(_sizes(row["sizes"])),
    )


def _sizes(text: str) -> Iterator[tuple[float, str]]:
    for part in filter(None, text.split("; ")):
        bound, name = part.split(" ", 1)
        yield float(bound), name


THRESHOLDS: Mapping[str, Threshold] = {t.statistic: t for t in _load()}


def threshold(statistic: str, **changes: float | str | None) -> Threshold:
    """Return the threshold of a statistic, with fields replaced where given.

    Parameters
    ----------
    statistic : str
    **changes
        Fields of :class:`Threshold` to replace.

    Returns
    -------
    Threshold

    Raises
    ------
    KeyError
        If the table has no line of that name; the message gives the nearest.

    Examples
    --------
    >>> threshold("rho_c").acceptable
    0.7
    """
    if statistic not in THRESHOLDS:
        raise KeyError(f"no threshold for {statistic!r}{nearest(statistic, THRESHOLDS)}")
    return replace(THRESHOLDS[statistic], **changes)  # type: ignore[arg-type]


def threshold_of(statistic: str, source: str) -> Threshold:
    """Return the threshold of a path's figure: the f² of a product, written ``"X*M"``, has Kenny's (2018) scale.

    Examples
    --------
    >>> [threshold_of("f_squared", source).size(0.03) for source in ("X", "X*M")]
    ['small', 'large']
    """
    own = statistic == "f_squared" and "*" in source
    return threshold("f_squared_interaction" if own else statistic)


def judge(statistic: str, value: float, **changes: float | str | None) -> str:
    """Return the mark ✓, ~ or ✗ of a value ("" where it is missing).

    Parameters
    ----------
    statistic : str
        A name in ``THRESHOLDS``.
    value : float
    **changes
        Fields of :class:`Threshold` to replace, such as ``acceptable=0.90``.

    Returns
    -------
    str

    References
    ----------
    Each line of ``thresholds.csv`` names its own, such as Hair et al. (2019).

    Examples
    --------
    >>> judge("rho_c", 0.83), judge("htmt", 0.95)
    ('✓', '✗')
    """
    return threshold(statistic, **changes).judge(value)
