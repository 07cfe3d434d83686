"""A small model and answers to it, for the tests of groups and of what reviewers ask."""

from __future__ import annotations

import numpy as np
import pandas as pd

import plsem

MODEL = plsem.Model({"X": ["x1", "x2"], "M": ["m1", "m2"], "Y": ["y1"]}, [("X", "M"), ("X", "Y"), ("M", "Y")])


def answers(n: int, seed: int, slope: float = 0.5, digits: int | None = None) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    m = slope * x + rng.normal(size=n)
    y = 0.4 * m + 0.2 * x + rng.normal(size=n)
    frame = {f"x{i}": x + 0.6 * rng.normal(size=n) for i in (1, 2)}
    frame |= {f"m{i}": m + 0.6 * rng.normal(size=n) for i in (1, 2)}
    found = pd.DataFrame(frame | {"y1": y})
    return found if digits is None else (found * 1.5).round(digits)
