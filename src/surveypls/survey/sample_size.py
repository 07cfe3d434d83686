"""How many rows a PLS path model needs: the ten-times rule and the inverse square root method."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from plsem.model import Model
from tabletext.said import Said


def smallest_path(n: int, *, significance: float = 0.05, power: float = 0.80) -> float:
    r"""Return the smallest path coefficient found with the given power, :math:`(z_{1-\alpha} + z_{power}) / \sqrt n`.

    The inverse square root method (Kock & Hadaya 2018, Information Systems Journal 28(1)).
    """
    return float((norm.ppf(1 - significance) + norm.ppf(power)) / np.sqrt(n))


def minimum_n(path: float, *, significance: float = 0.05, power: float = 0.80) -> int:
    r"""Return the rows needed to find a path, the least n above :math:`((z_{1-\alpha} + z_{power}) / |p|)^2`.

    The inverse square root method (Kock & Hadaya 2018): 155 rows for a path of 0.20 at 5 % and 80 %.

    Raises
    ------
    ValueError
        If the path is not between 0 and 1 in size.
    """
    if not 0 < abs(path) < 1:
        raise ValueError(f"path coefficient {path!r}: expected a size between 0 and 1")
    return int(np.floor(smallest_path(1, significance=significance, power=power) ** 2 / path**2)) + 1


def ten_times(model: Model) -> tuple[int, str]:
    """Return the ten-times rule's rows and what they come from (Barclay, Higgins & Thompson 1995).

    Ten times the largest number of arrows at one construct: of its items in Mode B, or of paths.
    """
    arrows: list[tuple[int, str]] = [
        (len(b), Said("{n} items of {construct}", n=len(b), construct=c))
        for c, b, m in zip(model.constructs, model.blocks, model.modes, strict=True)
        if m == "B"
    ]
    for j, c in enumerate(model.constructs):
        n = sum(t == j for _, t in model.paths)
        arrows.append((n, Said("{n} paths to {construct}", n=n, construct=c)))
    most, where = max(arrows, key=lambda pair: pair[0])
    return 10 * most, where
