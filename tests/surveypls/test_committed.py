"""What is committed is what the code says: the notebooks' cells, run here, give their sentences, tables and contracts.

Pictures are left out (:mod:`test_figures_drawn` has them), and the searches that take long: the continuous
integration executes the notebooks whole.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surveypls.compendium import showing
from surveypls.compendium.project import OUTPUT_VARIABLE, own_project
from surveypls.report.paper import build_paper

ROOT = Path(__file__).parents[2]
#: Notebook → text of the first cell that is left out with all that follow; nothing where all are run.
RUNS = {
    "01_survey_cleaning": None,
    "02_efa_item_pruning": None,
    "03_measurement_model": None,
    "04_structural_model": None,
    "05_conclusions": None,
    "S1_published_tables": "everything = constraints_of",
    "S2_synthetic_survey": None,
    "S4_bootstrap_coverage": None,
}
#: Lines that mention these are left out: they take long, and tests of their own hold their results.
LONG = ("tried", "table_4_7_choices")


def cells(notebook: str, folder: str = "notebooks") -> list[dict]:
    content = json.loads((ROOT / folder / f"{notebook}.ipynb").read_text(encoding="utf-8"))
    return [cell for cell in content["cells"] if cell["cell_type"] == "code"]


def said(cell: dict) -> list[str]:
    """The texts of a cell's outputs, pictures left out."""
    data = [out["data"] for out in cell["outputs"] if "data" in out]
    return ["".join(d.get("text/html", d["text/plain"])) for d in data if "image/png" not in d]


@pytest.mark.parametrize("notebook", RUNS)
def test_the_cells_say_and_write_what_is_committed(notebook, tmp_path, monkeypatch):
    shown: list[tuple[str, ...]] = []
    monkeypatch.setenv(OUTPUT_VARIABLE, str(tmp_path))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(showing, "_picture", lambda *_: {})
    monkeypatch.setattr(
        showing,
        "_hand_over",
        lambda forms: shown.append(tuple(f.get("text/html", f["text/plain"]) for f in forms)),
    )
    names: dict = {}
    both = zip(cells(notebook), cells(notebook, "notebooks/es"), strict=True)
    for cell, spanish in both:
        source = "".join(cell["source"])
        if RUNS[notebook] and source.startswith(RUNS[notebook]):
            break
        source = "".join(line for line in cell["source"] if not any(part in line for part in LONG))
        if not source:
            continue
        exec(source, names)
        assert [one for one, _ in shown] == said(cell), source
        assert [other for _, other in shown] == said(spanish), source
        shown.clear()
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv") if "es" not in path.parts]
    assert files
    for file in files:
        assert (tmp_path / file).read_bytes() == (ROOT / file).read_bytes(), file


def test_the_paper_is_what_is_committed(tmp_path):
    (path,) = build_paper(own_project(ROOT, ROOT), language="en", folder=tmp_path, formats=("html",))
    assert path.read_bytes() == (ROOT / "paper" / path.name).read_bytes()
