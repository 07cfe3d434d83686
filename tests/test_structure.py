"""The house: five packages, imports downwards only, no circle, modules of readable size."""

from __future__ import annotations

import ast
import graphlib
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
#: From the ground up: a package may import only those before it.
PACKAGES = ("plsem", "tabletext", "tableaudit", "surveysynth", "surveypls")
#: The rooms of the helper, likewise.
ROOMS = ("study", "survey", "tables", "figures", "sections", "report", "compendium")
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST = 500


def _module(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {_module(path) for path in MODULES}


def _imports(path: Path, *, anywhere: bool = True) -> set[str]:
    """Return the modules of this project that a module imports; at its top only, if so asked."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree) if anywhere else tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                full if (full := f"{node.module}.{alias.name}") in NAMES else node.module
                for alias in node.names
            }
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.partition(".")[0] in PACKAGES}


def test_the_packages_are_known() -> None:
    folders = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders == set(PACKAGES)
    rooms = {p.name for p in (SOURCE / "surveypls").iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert rooms == set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=_module)
def test_imports_lead_downwards(path: Path) -> None:
    package, _, rest = _module(path).partition(".")
    allowed = set(PACKAGES[: PACKAGES.index(package) + 1])
    used = {name.partition(".")[0] for name in _imports(path)}
    assert used <= allowed, f"{path.name} imports {used - allowed}"
    room = rest.partition(".")[0]
    if package == "surveypls" and room in ROOMS:
        above = set(ROOMS[ROOMS.index(room) + 1 :])
        assert not above & {name.split(".")[1] for name in _imports(path) if name.startswith("surveypls.")}


def test_no_circle() -> None:
    graph = {_module(path): _imports(path, anywhere=False) - {_module(path)} for path in MODULES}
    list(graphlib.TopologicalSorter(graph).static_order())


def _named(path: Path) -> set[str]:
    """Return the packages that a module's strings name, as importlib.resources.files("tabletext") does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]
    pattern = re.compile(rf"\b({'|'.join(PACKAGES)})(?:[./]\w|$)")
    return {name for text in strings for name in pattern.findall(text)}


@pytest.mark.parametrize("path", MODULES, ids=_module)
def test_no_string_names_a_package_above(path: Path) -> None:
    package = _module(path).partition(".")[0]
    assert _named(path) <= set(PACKAGES[: PACKAGES.index(package) + 1])


def test_a_package_in_a_string_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""See :mod:`surveypls.report`."""\n'
        'text = resources.files("tabletext").joinpath("x.csv")\npath = "src/surveypls/figures/x.csv"\n',
        encoding="utf-8",
    )
    assert _named(module) == {"tabletext", "surveypls"}


@pytest.mark.parametrize("path", MODULES, ids=_module)
def test_modules_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("package", ["plsem", "tableaudit", "surveysynth"])
def test_the_lower_packages_load_nothing_of_the_upper_ones(package: str) -> None:
    code = (
        f"import sys, {package}\n"
        "print(sorted({'pydantic', 'yaml', 'matplotlib', 'IPython', 'statsmodels'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_page_on_the_layout_names_every_package_and_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in (*PACKAGES, *ROOMS):
        assert f"`{name}/`" in page


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").rglob("*.py")), ids=lambda p: p.name)
def test_benchmarks_import_what_there_is(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] in PACKAGES:
            there = importlib.import_module(str(node.module))
            missing = [alias.name for alias in node.names if not hasattr(there, alias.name)]
            assert not missing, f"{node.module} has no {missing}"
