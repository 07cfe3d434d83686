"""Data, models and reference figures that the resampling tests share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from plsem.model import Model
from plsem.quantities import quantities

REFERENCE = Path(__file__).parent / "reference" / "bootstrap"
STATISTICS = {"path": "path_coefficient", "weight": "outer_weight", "loading": "outer_loading"}

SMALL = Model(
    {"X": ["x1", "x2", "x3", "x4"], "M": ["m1", "m2", "m3", "m4"], "Y": ["y1", "y2", "y3"]},
    [("X", "M"), ("X", "Y"), ("M", "Y")],
)
MOBI = Model(
    {
        "Image": [f"IMAG{i}" for i in range(1, 6)],
        "Expectation": [f"CUEX{i}" for i in range(1, 4)],
        "Quality": [f"PERQ{i}" for i in range(1, 8)],
        "Value": ["PERV1", "PERV2"],
        "Satisfaction": ["CUSA1", "CUSA2", "CUSA3"],
        "Complaints": ["CUSCO"],
        "Loyalty": ["CUSL1", "CUSL2", "CUSL3"],
    },
    [
        ("Image", "Expectation"),
        ("Expectation", "Quality"),
        ("Expectation", "Value"),
        ("Quality", "Value"),
        ("Image", "Satisfaction"),
        ("Expectation", "Satisfaction"),
        ("Quality", "Satisfaction"),
        ("Value", "Satisfaction"),
        ("Satisfaction", "Complaints"),
        ("Image", "Loyalty"),
        ("Satisfaction", "Loyalty"),
        ("Complaints", "Loyalty"),
    ],
)
CORE = ("outer_weight", "outer_loading", "path_coefficient", "r_squared")


@cache
def small_data() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "sim3x11.csv")


@cache
def reference(name: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / f"{name}.csv.gz")


@cache
def injected(name: str) -> np.ndarray:
    """Row numbers of the reference's resamples, rebuilt from their counts."""
    counts = reference(f"{name}_counts").to_numpy()
    return np.stack([np.repeat(np.arange(counts.shape[1]), row) for row in counts])


def core(estimate):
    """Weights, loadings, paths and R²: quick, and all that most tests need."""
    return quantities(estimate, include=CORE)


def key(column: str) -> tuple[str, str, str]:
    """``path:X->M`` and the like as (statistic, row, column)."""
    kind, names = column.split(":")
    if kind == "R2":
        return "r_squared", "", names
    row, other = names.split("->")
    return STATISTICS[kind], row, other


def columns_of(labels: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Positions in ``labels`` of the reference's columns."""
    places = {k: i for i, k in enumerate(labels.itertuples(index=False, name=None))}
    return np.array([places[key(name)] for name in names])
