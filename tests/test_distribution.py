"""The wheel in a bare environment: engine and audit run without Jupyter, and nothing that they read is left out."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOT_NEEDED = {
    "jupyterlab",
    "ipykernel",
    "matplotlib",
    "pydantic",
    "pyyaml",
    "papermill",
    "openpyxl",
    "seaborn",
}


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _run(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run([python, *arguments], cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it declares to need, in the locked versions; uv's cache has them."""
    folder = tmp_path_factory.mktemp("bare")
    uv = ROOT / "build" / "uv" / "bin" / "uv"
    command = str(uv) if uv.exists() else shutil.which("uv")
    if command is None:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
        subprocess.run([_python(folder / "env"), "-m", "pip", "install", "-q", str(wheel)], check=True)
        return folder / "env"
    locked = folder / "locked.txt"
    export = [
        "export",
        "--frozen",
        "--no-default-groups",
        "--no-emit-project",
        "--no-hashes",
        "-o",
        str(locked),
    ]
    subprocess.run([command, *export], cwd=ROOT, check=True, capture_output=True)
    venv = [command, "venv", "--quiet", "--python", sys.executable, str(folder / "env")]
    subprocess.run(venv, check=True, capture_output=True)
    install = [
        command,
        "pip",
        "install",
        "--python",
        str(_python(folder / "env")),
        "-r",
        str(locked),
        str(wheel),
    ]
    if subprocess.run([*install, "--offline"], capture_output=True).returncode:
        subprocess.run(install, check=True, capture_output=True)
    return folder / "env"


def test_the_wheel_holds_what_its_modules_read(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    data = [p for p in (ROOT / "src").rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"}]
    assert {p.name for p in data} >= {"thresholds.csv", "messages.po", "references.csv"}
    assert {p.relative_to(ROOT / "src").as_posix() for p in data} <= held
    packages = {name.split("/")[0] for name in held if ".dist-info" not in name}
    assert packages == {"plsem", "tabletext", "tableaudit", "surveysynth", "surveypls"}


def test_the_engine_comes_without_the_notebooks(bare: Path, tmp_path: Path) -> None:
    code = (
        "import importlib.metadata as m, json; print(json.dumps([d.name.lower() for d in m.distributions()]))"
    )
    installed = set(json.loads(_run(_python(bare), "-c", code, cwd=tmp_path).stdout))
    assert {"surveypls", "numpy", "scipy", "pandas", "babel"} <= installed
    assert not installed & NOT_NEEDED


def test_the_readmes_lines_give_the_same_there(bare: Path, tmp_path: Path) -> None:
    blocks = re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    lines = "\n".join(block for block in blocks if "plsem" in block)
    assert lines, "README.md shows no lines of plsem"
    shutil.copy(ROOT / "data" / "derived" / "01_responses.csv", tmp_path / "answers.csv")
    there, here = (
        _run(python, "-c", lines, cwd=tmp_path) for python in (_python(bare), Path(sys.executable))
    )
    assert there.returncode == 0, there.stderr
    assert there.stdout == here.stdout
    assert re.search(r"0\.\d", there.stdout)


def test_the_audit_runs_there(bare: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "published", tmp_path / "published")
    module = (
        ["-m", "tableaudit"]
        if importlib.util.find_spec("tableaudit.__main__")
        else ["-m", "surveypls", "audit"]
    )
    done = _run(_python(bare), *module, "published/published_values.csv", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "published_values.csv" in done.stdout


def test_the_console_script_is_there(bare: Path, tmp_path: Path) -> None:
    done = _run(_python(bare).with_name("surveypls"), "audit", "nothing.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("nothing.csv: cannot be read")


def test_the_compendium_says_what_it_needs(bare: Path, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("x1,x2\n1,2\n")
    done = _run(_python(bare), "-m", "surveypls", "new", "answers.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "surveypls[notebooks]" in done.stderr
    assert "Traceback" not in done.stderr
