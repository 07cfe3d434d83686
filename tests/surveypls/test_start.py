"""The command line answers at once: help, a wrong command and a wrong file load nothing that they do not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"numpy", "pandas", "scipy", "pydantic", "yaml", "matplotlib", "nbformat", "papermill", "IPython"}
#: What it takes to read a file of printed values.
READING = {"numpy", "pandas"}
CODE = """
import runpy, sys
sys.argv = ["surveypls", *sys.argv[1:]]
try:
    runpy.run_module("surveypls", run_name="__main__")
except SystemExit as end:
    print("\\n", end.code, *sys.modules)
"""


@pytest.mark.parametrize(
    ("arguments", "code", "said", "allowed"),
    [
        (["--help"], 0, "reproduce", set()),
        (["check", "--help"], 0, "SURVEY", set()),
        (["chek"], 2, "invalid choice: 'chek'", set()),
        ([], 2, "COMMAND", set()),
        (["audit"], 2, "FILE", set()),
        (["audit", "nothing_here.csv"], 2, "nothing_here.csv", READING),
    ],
)
def test_it_starts_without_what_it_does_not_need(
    arguments: list[str], code: int, said: str, allowed: set[str], tmp_path: Path
) -> None:
    found = subprocess.run(
        [sys.executable, "-c", CODE, *arguments], capture_output=True, text=True, cwd=tmp_path
    )
    ended, *modules = found.stdout.splitlines()[-1].split()
    assert int(ended) == code
    assert said in found.stdout + found.stderr
    assert HEAVY & set(modules) <= allowed


def test_the_console_script_is_the_same_command() -> None:
    script = Path(sys.executable).with_name("surveypls")
    direct = subprocess.run([script, "--help"], capture_output=True, text=True, check=True).stdout
    module = subprocess.run(
        [sys.executable, "-m", "surveypls", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert direct == module


def test_a_notebook_loads_none_of_what_runs_it() -> None:
    code = "import sys\nimport surveypls.compendium.showing\nprint(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"nbformat", "papermill", "jsonschema"}.isdisjoint(found.stdout.split())
