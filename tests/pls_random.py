"""Random models and data, drawn by hypothesis."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from plsem.model import Model

# The mutation script draws fewer examples, many times over.
EXAMPLES = int(os.environ.get("SURVEYPLS_EXAMPLES", "20"))
QUICK = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@dataclass(frozen=True)
class Case:
    model: Model
    data: pd.DataFrame


@st.composite
def cases(
    draw,
    *,
    max_constructs: int = 6,
    max_items: int = 6,
    modes: str = "AB",
    min_items: int = 1,
    min_rows: int = 60,
) -> Case:
    """Draw a recursive model and data that it might have made.

    Each construct after the first has one predecessor at least, so that all are connected; further paths
    are drawn freely.  Items are noisy copies of latent variables that follow the paths.
    """
    k = draw(st.integers(2, max_constructs))
    sizes = draw(st.lists(st.integers(min_items, max_items), min_size=k, max_size=k))
    drawn_modes = draw(st.lists(st.sampled_from(modes), min_size=k, max_size=k))
    paths = set()
    for t in range(1, k):
        paths.add((draw(st.integers(0, t - 1)), t))
        for s in range(t):
            if draw(st.booleans()) and draw(st.booleans()):
                paths.add((s, t))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(min_rows, 150))
    latent = rng.normal(size=(n, k))
    for t in range(1, k):
        for s, target in sorted(paths):
            if target == t:
                latent[:, t] += rng.uniform(0.3, 0.9) * latent[:, s]
    names = [f"C{j}" for j in range(k)]
    blocks = {c: [f"{c.lower()}_{i}" for i in range(m)] for c, m in zip(names, sizes, strict=True)}
    columns = {
        item: rng.uniform(0.6, 1.0) * latent[:, j] / latent[:, j].std()
        + rng.normal(0, 0.7, n)
        + rng.uniform(1, 5)
        for j, c in enumerate(names)
        for item in blocks[c]
    }
    model = Model(
        blocks,
        [(names[s], names[t]) for s, t in sorted(paths)],
        modes=dict(zip(names, drawn_modes, strict=True)),
    )
    return Case(model, pd.DataFrame(columns))
