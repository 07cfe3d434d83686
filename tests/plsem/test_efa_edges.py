"""Factor analysis at its edges: local minima, Heywood cases, creeping, singular and nearly singular matrices."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from plsem.efa import extraction
from plsem.efa.factorability import adequacy
from plsem.efa.pruning import prune
from plsem.efa.rules import PruningSettings
from plsem.efa.solution import factor_analysis


def hard_case(seed: int) -> tuple[np.ndarray, int]:
    """Simple structure, few rows: the likelihood often has several minima."""
    rng = np.random.default_rng(seed)
    p = int(rng.integers(5, 22))
    k = int(rng.integers(1, min(5, (p - 1) // 2) + 1))
    n = int(rng.choice([p + 3, 40, 80, 200, 500]))
    loadings = np.zeros((p, k))
    for i in range(p):
        loadings[i, i % k] = rng.uniform(0.4, 0.85) * rng.choice([1, 1, 1, -1])
        loadings[i, (i + 1) % k] += rng.uniform(-0.3, 0.3) * (rng.random() < 0.4)
    unique = np.sqrt(np.maximum(1 - (loadings**2).sum(1), 0.1))
    y = rng.normal(size=(n, k)) @ loadings.T + rng.normal(size=(n, p)) * unique
    if rng.random() < 0.5:
        y = np.clip(np.round(y * 1.2 + 4 + (rng.random() < 0.4) * 1.5), 1, 7)
    return np.corrcoef(y, rowvar=False), k


@pytest.mark.parametrize("seed", [153, 31, 46, 56])
def test_maximum_likelihood_finds_the_lowest_minimum(seed: int) -> None:
    r, k = hard_case(seed)
    found = extraction.extract(r, k, method="ml")
    rng = np.random.default_rng(99)
    lowest = min(
        extraction._newton(
            lambda x: extraction._likelihood(x, r, k),
            np.log(rng.uniform(0.05, 0.95, len(r))),
            float(np.log(extraction.MIN_UNIQUENESS)),
            0.0,
            1e-9,
            500,
        )[0].value
        for _ in range(25)
    )
    assert found.objective <= lowest + 1e-8
    assert found.converged and found.starts > 4 and found.reached < found.starts
    names = [f"i{j}" for j in range(len(r))]
    labelled = factor_analysis(pd.DataFrame(r, index=names, columns=names), k, extraction="ml")
    codes = {note.code: note for note in labelled.notes}
    assert f"{found.reached} of {found.starts} starts" in codes["several minima"]
    assert ("heywood" in codes) == bool(found.heywood.any())
    if found.heywood.any():
        assert codes["heywood"].items == labelled.heywood


def test_the_same_matrix_gives_the_same_loadings() -> None:
    r, k = hard_case(31)
    one, two = (extraction.extract(r, k, method="ml").loadings for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_an_easy_matrix_costs_no_more_starts() -> None:
    loadings = np.array([0.8, 0.7, 0.6, 0.5, 0.4, 0.7])
    r = np.outer(loadings, loadings)
    np.fill_diagonal(r, 1.0)
    assert extraction.extract(r, 1, method="ml").starts == extraction._FEW_STARTS["ml"]
    assert extraction.extract(r, 1, method="minres").starts == extraction._FEW_STARTS["minres"]


def test_principal_axis_says_that_it_creeps_and_stops() -> None:
    crept = []
    for seed in range(60):
        r, k = hard_case(seed)
        found = extraction.extract(r, k, method="principal_axis")
        if not found.converged:
            crept.append((r, k, found))
    assert len(crept) >= 3
    assert all(found.iterations < 5000 for *_, found in crept)
    r, k, found = crept[0]
    names = [f"i{j}" for j in range(len(r))]
    solution = factor_analysis(pd.DataFrame(r, index=names, columns=names), k, extraction="principal_axis")
    note = next(note for note in solution.notes if note.code == "creeping")
    assert str(found.iterations) in note
    assert not solution.converged


def heywood_answers() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    f = rng.normal(size=60)
    data = pd.DataFrame({f"a{i}": 0.5 * f + rng.normal(size=60) for i in range(3)})
    data["a3"] = f + 0.02 * rng.normal(size=60)
    data["a0"] = 0.95 * data["a3"] + 0.25 * rng.normal(size=60)
    return data


@pytest.mark.parametrize("method", ["minres", "ml", "principal_axis"])
def test_a_heywood_case_reaches_the_table_of_notes(method: str) -> None:
    data = heywood_answers()
    settings = PruningSettings(prune=False, extraction=method)
    run = prune(data, {"A": list(data.columns)}, settings)
    table = run.notes_table()
    assert list(table.columns) == ["solution", "code", "items", "text"]
    heywood = table[table["code"] == "heywood"]
    assert heywood["solution"].tolist() == ["A"]
    assert heywood["items"].tolist() == [" ".join(run.solutions["A"].heywood)]
    assert run.notes == tuple(table["solution"] + ": " + table["text"])
    note = run.solutions["A"].notes[0]
    again = pickle.loads(pickle.dumps(note))
    assert (again, again.code, again.items) == (note, note.code, note.items)


def test_nothing_to_say_is_an_empty_table() -> None:
    rng = np.random.default_rng(3)
    f = rng.normal(size=400)
    data = pd.DataFrame({f"a{i}": 0.8 * f + 0.6 * rng.normal(size=400) for i in range(5)})
    table = prune(data, {"A": list(data.columns)}).notes_table()
    assert table.empty and list(table.columns) == ["solution", "code", "items", "text"]


@pytest.mark.parametrize("smallest", [4e-5, 1e-6, 1e-8])
def test_a_positive_definite_matrix_is_not_smoothed(smallest: float) -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(300, 6))
    x[:, 5] = x[:, 0] + x[:, 1] + 2.0 * np.sqrt(smallest) * rng.normal(size=300)
    r = np.corrcoef(x, rowvar=False)
    assert 1e-10 < np.linalg.eigvalsh(r)[0] < 1e-4
    found = adequacy(pd.DataFrame(r, index=list("abcdef"), columns=list("abcdef")), 300)
    log_determinant = np.linalg.slogdet(r)[1]
    assert not found.smoothed
    assert found.determinant == pytest.approx(np.exp(log_determinant), rel=1e-6)
    chi_square = -(299 - 17 / 6) * log_determinant
    assert found.bartlett.chi_square == pytest.approx(chi_square, rel=1e-9)
    assert found.bartlett.p_value == stats.chi2.sf(chi_square, 15)


def test_a_singular_matrix_is_smoothed_and_says_so() -> None:
    x = np.random.default_rng(2).normal(size=(50, 4))
    data = pd.DataFrame(np.column_stack([x, x[:, 0] + x[:, 1]]), columns=list("abcde"))
    found = factor_analysis(data.corr(), 1)
    assert found.smoothed and "smoothed" in {note.code for note in found.notes}
    assert adequacy(data.corr(), 50).smoothed
