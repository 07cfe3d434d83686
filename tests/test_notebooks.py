"""What nbval lacks: that the committed notebooks were run, in order, cleanly, and say what they are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MACHINE_PATH = re.compile(r"(?:/(?:home|root|tmp|work|Users|private|var/folders)/|[A-Z]:\\\\)[\w.-]+")
ADDRESS = re.compile(r"\b0x[0-9a-f]{8,}\b")

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def _cells(path: Path, kind: str = "code") -> list[nbformat.NotebookNode]:
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


def test_every_code_cell_was_run_in_order(path: Path) -> None:
    counts = [c.execution_count for c in _cells(path)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_error_and_no_stderr(path: Path) -> None:
    for cell in _cells(path):
        for out in cell.outputs:
            assert out.output_type != "error"
            assert out.get("name") != "stderr", out.get("text")


def test_one_parameters_cell_first_and_nothing_injected(path: Path) -> None:
    tags = [c.metadata.get("tags", []) for c in _cells(path)]
    assert "parameters" in tags[0]
    assert sum("parameters" in t for t in tags) == 1
    assert not any("injected-parameters" in t for t in tags)


def test_parameters_are_typed_and_commented(path: Path) -> None:
    source = _cells(path)[0].source
    for line, statement in zip(
        [text for text in source.splitlines() if text and not text.startswith("#")],
        ast.parse(source).body,
        strict=True,
    ):
        assert isinstance(statement, ast.AnnAssign), line
        assert "#" in line, line


def test_first_cell_says_that_the_survey_is_synthetic(path: Path) -> None:
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    assert "synthetic" in first.source.lower()
    assert "article" in first.source.lower()


def test_no_function_definitions(path: Path) -> None:
    for cell in _cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)), cell.source


def test_no_machine_path_and_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'"image/png": "[^"]*"', "", text)
    assert not MACHINE_PATH.findall(text)
    assert not ADDRESS.findall(text)


def test_every_figure_has_alternative_text(path: Path) -> None:
    for cell in _cells(path):
        for out in cell.outputs:
            if "image/png" in out.get("data", {}):
                assert len(out.metadata["image/png"]["alt"]) > 30


def test_metadata_is_the_same_everywhere(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}
    nbformat.validate(notebook)
