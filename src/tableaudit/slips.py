"""How plausible a slip of a printed figure is: which neighbouring figures would agree, and how near they are.

A figure is mistyped in one digit, two digits change places, the decimal point or the sign slips; anything else
is rarer.  Among the figures that could be wrong, the one that such a slip explains best is named first.
"""

from __future__ import annotations

import math
from itertools import pairwise

from tableaudit.boxes import Interval
from tableaudit.printed import Cell

ONE_DIGIT, TRANSPOSED, SIGN, SHIFTED, OTHER = 1.0, 0.7, 0.5, 0.3, 0.02
_MOST_VALUES = 5_000
_MOST_SHOWN = 200  # a wider range is shown as an interval


def neighbours(cell: Cell) -> dict[float, float]:
    """Return the figures that one slip turns into the printed one, with the weight of the slip."""
    digits = f"{abs(cell.value):.{cell.decimals}f}"
    sign = -1.0 if cell.value < 0 else 1.0
    found: dict[float, float] = {}

    def add(text: str, weight: float, turned: float = sign) -> None:
        value = round(turned * float(text), cell.decimals)
        if value != round(cell.value, cell.decimals):
            found[value] = max(found.get(value, 0.0), weight)

    for i, ch in enumerate(digits):
        if ch.isdigit():
            for other in "0123456789":
                add(digits[:i] + other + digits[i + 1 :], ONE_DIGIT)
    places = [i for i, ch in enumerate(digits) if ch.isdigit()]
    for a, b in pairwise(places):
        swapped = list(digits)
        swapped[a], swapped[b] = swapped[b], swapped[a]
        add("".join(swapped), TRANSPOSED)
    add(digits, SIGN, -sign)
    for power in (-1, 1):
        add(f"{abs(cell.value) * 10.0**power:.{cell.decimals}f}", SHIFTED)
    return found


def repaired_values(cell: Cell, could_be: Interval) -> list[float]:
    """Return the figures, at the printed decimals, whose boxes meet an interval."""
    unit = 10.0**-cell.decimals
    if math.isinf(could_be.width) or could_be.width > _MOST_VALUES * unit:
        return []
    low = math.ceil((could_be.lower - 0.5 * unit) / unit - 1e-6)
    high = math.floor((could_be.upper + 0.5 * unit) / unit + 1e-6)
    return [round(k * unit, cell.decimals) for k in range(low, high + 1)]


def plausibility(cell: Cell, could_be: Interval) -> float:
    """Score a cell as the wrong one: the mean weight of the slips from the figures that it could be.

    Parameters
    ----------
    cell : Cell
    could_be : Interval
        What the other figures allow.

    Returns
    -------
    float
        Between 0 and 1.
    """
    if math.isnan(cell.value):
        return 0.0
    values = repaired_values(cell, could_be)
    if not values:
        return OTHER / (1.0 + min(_MOST_VALUES, could_be.width * 10.0**cell.decimals))
    near = neighbours(cell)
    return sum(near.get(v, OTHER) for v in values) / len(values)


def suggestion(cell: Cell, could_be: Interval) -> str:
    """Write what a cell could be, at its printed decimals: one figure or two ends."""
    values = repaired_values(cell, could_be)
    if not values or len(values) > _MOST_SHOWN:
        return ""
    ends = [f"{v:.{cell.decimals}f}" for v in (values[0], values[-1])]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"
