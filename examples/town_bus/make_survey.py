"""Make the survey of this example: 400 simulated answers to a questionnaire about a town's buses.

The population model is below, in full; one seed fixes every draw.  Run it from anywhere::

    python examples/town_bus/make_survey.py

It writes ``survey.csv`` beside itself, byte for byte the same each time.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from scipy.stats import norm

SEED = 20_25_06_11
N_ROWS = 400
#: Upper ends of all answers but the highest on the standard normal scale, of seven answers and of five.
CUTS_7 = norm.ppf([0.05, 0.13, 0.25, 0.43, 0.66, 0.87])
CUTS_5 = norm.ppf([0.12, 0.32, 0.60, 0.86])
#: construct → its items' population loadings
LOADINGS = {
    "TIME": (0.86, 0.82, 0.78),
    "RIDE": (0.84, 0.80, 0.78),
    "STAFF": (0.88, 0.80, 0.76),
    "SAT": (0.88, 0.84, 0.80),
    "TRUST": (0.86, 0.82, 0.78),
    "HABIT": (0.84, 0.82, 0.76),
    "LOYAL": (0.88, 0.84, 0.80),
}
#: Loadings of the parts of service quality on it: the second order.
PARTS = {"TIME": 0.84, "RIDE": 0.78, "STAFF": 0.74}
#: Weights of what makes up the value for money, and how closely the global item follows it.
VALUE_WEIGHTS, VALUE_GLOBAL = (0.5, 0.4, 0.4), 0.85
#: target: {source: coefficient on standardised scores}
PATHS = {
    "SAT": {"QUAL": 0.45, "VALUE": 0.30, "AGE": 0.10},
    "TRUST": {"QUAL": 0.50, "AGE": 0.05},
    "LOYAL": {"SAT": 0.35, "TRUST": 0.25, "HABIT": 0.20, "SAT*HABIT": 0.20, "AGE": 0.08},
}


def table() -> list[list[str]]:
    """Return the export as a form tool writes it: a heading for each question, a row for each submission."""
    rng = np.random.default_rng(SEED)

    def noise() -> np.ndarray:
        return rng.standard_normal(N_ROWS)

    age, woman = rng.integers(18, 76, N_ROWS), rng.random(N_ROWS) < 0.55
    y = {"AGE": (age - age.mean()) / age.std(), "QUAL": noise()}
    causes = [0.25 * y["QUAL"] + np.sqrt(1 - 0.0625) * noise() for _ in VALUE_WEIGHTS]
    value = sum(w * x for w, x in zip(VALUE_WEIGHTS, causes, strict=True))
    y["VALUE"] = value / value.std()
    y["HABIT"] = 0.3 * y["QUAL"] + np.sqrt(1 - 0.09) * noise()
    for part, loading in PARTS.items():
        y[part] = loading * y["QUAL"] + np.sqrt(1 - loading**2) * noise()
    for target, sources in PATHS.items():
        terms = {s: np.prod([y[f] for f in s.split("*")], axis=0) for s in sources}
        known = sum(beta * terms[s] for s, beta in sources.items())
        y[target] = known + np.sqrt(max(1 - known.var(), 0.1)) * noise()
    answers: dict[str, np.ndarray] = {}
    for construct, loadings in LOADINGS.items():
        for k, loading in enumerate(loadings, 1):
            latent = loading * y[construct] + np.sqrt(1 - loading**2) * noise()
            cuts = CUTS_5 if construct == "HABIT" else CUTS_7
            answers[f"{construct}{k}"] = 1 + np.searchsorted(cuts, latent)
    for k, cause in enumerate(causes, 1):
        answers[f"VALUE{k}"] = 1 + np.searchsorted(CUTS_7, cause)
    whole = VALUE_GLOBAL * y["VALUE"] + np.sqrt(1 - VALUE_GLOBAL**2) * noise()
    answers["VALUE_ALL"] = 1 + np.searchsorted(CUTS_7, whole)
    town = rng.choice(["North", "South"], N_ROWS, p=[0.5, 0.5])
    answers["COLOUR"] = 1 + np.searchsorted(CUTS_7, noise())  # what nothing in the model has to do with
    rows = [["id", "Age", "Gender", "Part of town", *answers]]
    rows += [
        [f"B{i + 1:03d}", str(age[i]), "woman" if woman[i] else "man", str(town[i])]
        + [str(int(column[i])) for column in answers.values()]
        for i in range(N_ROWS)
    ]
    return rows


def files() -> dict[str, bytes]:
    """Return the file of the example, by name."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(table())
    return {"survey.csv": buffer.getvalue().encode("utf-8")}


if __name__ == "__main__":
    for name, content in files().items():
        Path(__file__).with_name(name).write_bytes(content)
