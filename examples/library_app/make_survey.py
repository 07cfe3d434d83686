"""Make the survey of this example: 300 synthetic answers to a questionnaire about a library's app.

The population model is below, in full; one seed fixes every draw.  Run it from anywhere::

    python examples/library_app/make_survey.py

It writes ``survey.csv`` and ``codebook.csv`` beside itself, byte for byte the same each time.
"""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

import numpy as np
from scipy.stats import norm

SEED = 30_07_19
N_ROWS = 300
QUESTION = "How far do you agree with each statement?"
SCALE = (
    "Strongly disagree",
    "Disagree",
    "Somewhat disagree",
    "Neither agree nor disagree",
    "Somewhat agree",
    "Agree",
    "Strongly agree",
)
#: Upper ends of the answers 1 … 6 on the standard normal scale: most people agree somewhat.
CUTS = norm.ppf([0.04, 0.11, 0.22, 0.40, 0.64, 0.87])

#: item: (construct, population loading or weight, statement); EASE5 stands apart from the rest of its scale.
ITEMS = {
    "EASE1": ("EASE", 0.84, "Learning to use the app was easy for me"),
    "EASE2": ("EASE", 0.80, "I find what I look for in a few steps"),
    "EASE3": ("EASE", 0.77, "The app says clearly what each button does"),
    "EASE4": ("EASE", 0.72, "I seldom need help with the app"),
    "EASE5": ("EASE", 0.15, "I use many apps every day"),
    "SERV1": ("SERV", 0.55, "The titles that I want are available"),
    "SERV2": ("SERV", 0.40, "Loans are ready when the app says so"),
    "SERV3": ("SERV", 0.30, "Staff answer messages in the app quickly"),
    "SERV4": ("SERV", 0.20, "Opening hours in the app are right"),
    "SAT1": ("SAT", 0.88, "All in all I am content with the app"),
    "SAT2": ("SAT", 0.84, "The app does what I hoped for"),
    "SAT3": ("SAT", 0.80, "I enjoy using the app"),
    "SAT4": ("SAT", 0.76, "The app often annoys me"),
    "USE1": ("USE", 0.86, "I will go on using the app next term"),
    "USE2": ("USE", 0.82, "I will use the app more often than now"),
    "USE3": ("USE", 0.78, "I would miss the app if it were gone"),
    "REC1": ("REC", 1.00, "I would recommend the app to a friend"),
}
#: Asks the opposite: whoever is content answers low.
REVERSED = ("SAT4",)
#: target: {source: standardised path}
PATHS = {
    "SAT": {"EASE": 0.35, "SERV": 0.45},
    "USE": {"EASE": 0.20, "SAT": 0.50},
    "REC": {"SAT": 0.30, "USE": 0.45},
}
#: Correlation of EASE with SERV, and of the causes of SERV with each other.
R_EXOGENOUS, R_CAUSES = 0.40, 0.25


def population() -> np.ndarray:
    """Return the items' population correlations, in the order of ``ITEMS``.

    SERV is the weighted sum of its four causes, so every other construct reaches them through it; a
    reflective item correlates with the rest only through its construct.
    """
    causes = [i for i, (construct, _, _) in ITEMS.items() if construct == "SERV"]
    weights = np.array([ITEMS[i][1] for i in causes])
    r_causes = np.full((4, 4), R_CAUSES) + (1 - R_CAUSES) * np.eye(4)
    weights = weights / np.sqrt(weights @ r_causes @ weights)
    names = ["EASE", "SERV", *PATHS]
    r = np.eye(len(names))
    r[0, 1] = r[1, 0] = R_EXOGENOUS
    for target, sources in PATHS.items():
        j = names.index(target)
        beta = np.zeros(len(names))
        beta[[names.index(s) for s in sources]] = list(sources.values())
        r[j, :j] = r[:j, j] = r[:j, :j] @ beta[:j]
    # Each item's correlation with each construct.
    lam = np.empty((len(ITEMS), len(names)))
    for i, (item, (construct, loading, _)) in enumerate(ITEMS.items()):
        own = (r_causes @ weights)[causes.index(item)] if construct == "SERV" else loading
        lam[i] = own * r[names.index(construct)]
    owner = [names.index(construct) for construct, _, _ in ITEMS.values()]
    result = np.array(
        [[lam[i, owner[j]] * lam[j, owner[j]] for j in range(len(ITEMS))] for i in range(len(ITEMS))]
    )
    at = [list(ITEMS).index(i) for i in causes]
    result[np.ix_(at, at)] = r_causes
    np.fill_diagonal(result, 1.0)
    return result


def answers(rng: np.random.Generator) -> np.ndarray:
    """Draw the respondents' answers, 1 … 7, shape (rows, items)."""
    latent = rng.multivariate_normal(np.zeros(len(ITEMS)), population(), size=N_ROWS, method="cholesky")
    given = 1 + np.searchsorted(CUTS, latent)
    turned = [list(ITEMS).index(i) for i in REVERSED]
    given[:, turned] = 8 - given[:, turned]
    return given


def table() -> list[list[str]]:
    """Return the export as a form tool writes it: a heading for each question, a row for each submission."""
    rng = np.random.default_rng(SEED)
    given = answers(rng)
    texts = [[SCALE[a - 1] for a in row] for row in given]
    for row, column in zip(
        rng.choice(N_ROWS, 12, replace=False), rng.integers(len(ITEMS), size=12), strict=True
    ):
        texts[row][column] = ""
    for row in rng.choice(np.arange(20, N_ROWS), 4, replace=False):
        texts[row] = [SCALE[int(rng.integers(7))]] * len(ITEMS)
    for row in rng.choice(np.arange(20, N_ROWS), 3, replace=False):
        texts[row][6:] = [""] * (len(ITEMS) - 6)
    consent = ["Yes"] * N_ROWS
    for row in rng.choice(N_ROWS, 2, replace=False):
        consent[row], texts[row] = "No", [""] * len(ITEMS)
    start, minutes = datetime.datetime(2025, 3, 3, 9, 0), np.cumsum(rng.integers(2, 90, size=N_ROWS))
    times = [start + datetime.timedelta(minutes=int(m)) for m in minutes]
    heading = ["Timestamp", "Response ID", "I agree to take part", "Age group"]
    groups = rng.choice(["18–21", "22–25", "26 or more"], size=N_ROWS, p=[0.5, 0.3, 0.2])
    rows = [heading + [f"{QUESTION} [{text}]" for _, _, text in ITEMS.values()]]
    rows += [
        [f"{time:%Y/%m/%d %H:%M}", f"R{i:03d}", agreed, str(group), *row]
        for i, (time, agreed, group, row) in enumerate(zip(times, consent, groups, texts, strict=True), 1)
    ]
    return rows


def codebook() -> list[list[str]]:
    """Return the codebook: each item's construct, heading and text."""
    rows = [["position", "item", "construct", "reversed", "header", "text_en"]]
    return rows + [
        [str(n), item, construct, "yes" if item in REVERSED else "no", f"{QUESTION} [{text}]", text]
        for n, (item, (construct, _, text)) in enumerate(ITEMS.items(), 1)
    ]


def as_csv(rows: list[list[str]]) -> bytes:
    """Return rows as the bytes of a CSV file."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode("utf-8")


def files() -> dict[str, bytes]:
    """Return the two files of the example, by name."""
    return {"survey.csv": as_csv(table()), "codebook.csv": as_csv(codebook())}


if __name__ == "__main__":
    for name, content in files().items():
        Path(__file__).with_name(name).write_bytes(content)
