"""The package's layout: rooms in one order, imports in one direction, modules of readable size."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "surveypls"
ORDER = (
    "study",
    "survey",
    "efa",
    "pls",
    "bootstrap",
    "published",
    "synthetic",
    "tables",
    "figures",
    "report",
    "own_survey",
    "compendium",
)
# words.py is shared by whatever is shown; its rule for stars is the bootstrap's
SHOWN = ("published", "synthetic", "tables", "figures", "report", "own_survey", "compendium")
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST = 500


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts[0] == "surveypls":
                found |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("surveypls.")}
    return found


def test_every_folder_is_a_known_room() -> None:
    folders = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders == set(ORDER)
    assert {p.name for p in SOURCE.glob("*.py")} == {"__init__.py", "__main__.py", "words.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_only_earlier_rooms(path: Path) -> None:
    room = path.relative_to(SOURCE).parts[0]
    if room not in ORDER:
        return
    allowed = {*ORDER[: ORDER.index(room) + 1], *(("words",) if room in SHOWN else ())}
    assert _imports(path) <= allowed, f"{path.name} imports {_imports(path) - allowed}"


def _named(path: Path) -> set[str]:
    """Return the rooms that a module's strings name, as importlib.resources.files("surveypls.tables") does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]
    return {room for text in strings for room in re.findall(r"surveypls[./](\w+)", text) if room in ORDER}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_string_names_a_later_room(path: Path) -> None:
    room = path.relative_to(SOURCE).parts[0]
    if room in ORDER:
        assert _named(path) <= set(ORDER[: ORDER.index(room) + 1])


def test_a_later_room_in_a_string_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""See :mod:`surveypls.report`."""\n'
        'text = resources.files("surveypls.tables").joinpath("x.csv")\npath = "src/surveypls/figures/x.csv"\n',
        encoding="utf-8",
    )
    assert _named(module) == {"tables", "figures"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_modules_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_page_on_the_layout_names_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for room in ORDER:
        assert f"`{room}/`" in page
