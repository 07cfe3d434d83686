"""A compendium of two tiny notebooks, and an executor that needs no kernel, for tests of what surrounds execution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from surveypls.compendium import execution, runner
from surveypls.compendium import project as compendium
from surveypls.errors import NotebookError
from tabletext.storage import write_atomically

STUDY = """
id: toy
title: A toy
seed: 7
constructs: {X: [x1, x2], Y: [y1, y2]}
paths: [X -> Y]
"""
PARAMETERS = "name: str = ''  # run\nn_resamples: int = None  # how many\nstudy: str = 'study.yaml'  # file\n"
OPEN = (
    "from surveypls.compendium.project import open_project\n"
    "project = open_project('{0}', study=study, name=name, n_resamples=n_resamples)\n"
)
FIRST = (
    "import pandas as pd\n"
    "_ = project.write('01_a', pd.DataFrame({'v': [project.study.bootstrap.n_resamples]}))\n"
)
SECOND = "project.write('02_b', project.read('01_a') * 2)\nproject.read('01_a').v[0]"


def write_notebook(path: Path, body: str, *, opens: bool = True) -> None:
    cells = [
        new_markdown_cell("# Synthetic toy of an article"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        *([new_code_cell(OPEN.format(path.stem))] if opens else []),
        new_code_cell(body),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def make_toy(root: Path) -> Path:
    """Write a study, a survey and two notebooks into a folder."""
    (root / "notebooks").mkdir()
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "survey.csv").write_text("x1\n1\n")
    (root / "study.yaml").write_text(STUDY)
    (root / "src").mkdir()
    write_notebook(root / "notebooks" / "01_a.ipynb", FIRST)
    write_notebook(root / "notebooks" / "02_b.ipynb", SECOND)
    return root


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    make_toy(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(compendium.OUTPUT_VARIABLE, raising=False)
    yield tmp_path


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Execute notebooks in this process: a kernel takes seconds to start, and these tests are not about it."""
    monkeypatch.setattr(runner, "execute", execute_here)


def execute_here(
    notebook: Path, output: Path, parameters: Mapping[str, Any], *, root: Path, **options: Any
) -> None:
    """Execute a notebook's code cells one after the other, the parameters after their own cell."""
    loaded = nbformat.read(notebook, as_version=4)
    names: dict[str, Any] = {}
    for number, cell in enumerate((c for c in loaded.cells if c.cell_type == "code"), 1):
        try:
            exec(cell.source, names)
        except Exception as error:
            kind = type(error).__name__
            raise NotebookError(notebook.name, number, cell.source, kind, str(error), "") from None
        if "parameters" in cell.metadata.get("tags", []):
            names.update(parameters)
    write_atomically(output, execution.canonical(loaded).encode("utf-8"))
