"""Models of several forms with hand-made values, and the path diagrams drawn from them."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from plsem.composition import HigherOrder
from plsem.model import Model
from surveypls.figures.path_diagram import path_diagram


def values_for(model: Model, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for construct, block in zip(model.constructs, model.blocks, strict=True):
        for i in block:
            rows.append(("outer_loading", model.items[i], construct, rng.uniform(0.4, 0.95)))
            rows.append(("outer_weight", model.items[i], construct, rng.uniform(-0.3, 0.6)))
        rows.append(("ave", construct, "", rng.uniform(0.4, 0.8)))
    rows += [("path_coefficient", s, t, rng.uniform(-0.6, 0.8)) for s, t in model.path_names]
    rows += [
        ("r_squared", "", t, rng.uniform(0.1, 0.8)) for t in dict.fromkeys(t for _, t in model.path_names)
    ]
    return pd.DataFrame(rows, columns=["statistic", "row", "column", "value"])


STUDY = Model(
    {
        "INFRATICS": [f"INFRATICS{i}" for i in (2, 3, 5, 7, 8)],
        "FI": ["FI2", "FI3", "FI4"],
        "RC": ["RC2", "RC3", "RC4"],
    },
    [("INFRATICS", "FI"), ("INFRATICS", "RC")],
)
LABELS = {
    "FI": {"en": "Sources of income", "es": "Fuentes de ingreso"},
    "INFRATICS": "Technological infrastructure",
}
LARGE = Model(
    {f"A_LONG_CONSTRUCT_{i}": [f"A_RATHER_LONG_ITEM_NAME_{i}_{j}" for j in range(10)] for i in range(8)},
    [
        (f"A_LONG_CONSTRUCT_{a}", f"A_LONG_CONSTRUCT_{b}")
        for a, b in itertools.combinations(range(8), 2)
        if a + b < 9
    ],
)
COMPONENTS = ("COMP", "LIKE")


def second_order(mode: str = "A") -> Model:
    blocks = {"SC": ["sc1", "sc2"], "CUSA": ["cusa"], "CUSL": ["cusl1", "cusl2"]}
    return Model(
        {c: [f"{c.lower()}{i}" for i in (1, 2)] for c in COMPONENTS} | blocks,
        [("REPU", "CUSA"), ("REPU", "CUSL"), ("CUSA", "CUSL"), ("SC", "CUSL"), ("CUSA*SC", "CUSL")],
        higher_order={"REPU": HigherOrder(COMPONENTS, mode)},
        products={"CUSA*SC": ("CUSA", "SC")},
    )


def second_order_values() -> pd.DataFrame:
    own = [("outer_loading", c, "REPU", 0.8) for c in COMPONENTS]
    own += [("outer_weight", c, "REPU", 0.55) for c in COMPONENTS]
    found = values_for(second_order())
    found.loc[found["row"] == "CUSA*SC", "value"] = -0.071
    return pd.concat([found, pd.DataFrame(own, columns=found.columns)], ignore_index=True)


MIXED = Model(
    {"X": ["x1", "x2", "x3"], "M": ["m1"], "Y": ["y1", "y$2", "y_3"]},
    [("X", "M"), ("M", "Y"), ("X", "Y")],
    modes={"X": "B"},
)


DIAGRAMS = {
    "path_diagram": lambda **k: path_diagram(
        STUDY, values_for(STUDY).assign(p_value=0.03), construct_labels=LABELS, **k
    ),
    "path_diagram_mixed": lambda **k: path_diagram(MIXED, values_for(MIXED), **k),
    "path_diagram_higher_order": lambda **k: path_diagram(second_order(), second_order_values(), **k),
    "path_diagram_paths_only": lambda **k: path_diagram(LARGE, values_for(LARGE), items=False, **k),
}
