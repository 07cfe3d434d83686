"""What `make setup` and `make test` install, and that a checkout has an environment of its own.

uv is replaced by a script that notes how it was called: the Makefile is what is tested.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(p.parent.name for p in (ROOT / "src").glob("*/__init__.py"))
UV = '#!/bin/sh\necho "$@" >> calls.txt\nmkdir -p .venv/bin\ntest ! -e fail\n'
DEV = ".venv/.synced-dev"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "with a space é"
    (folder / "build" / "uv" / "bin").mkdir(parents=True)
    uv = folder / "build" / "uv" / "bin" / "uv"
    uv.write_text(UV)
    uv.chmod(0o755)
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("pyproject.toml", "uv.lock"):
        (folder / name).write_text("")
        os.utime(folder / name, (1, 1))
    return folder


def _make(folder: Path, target: str) -> list[str]:
    """Run make and return how uv was called."""
    (folder / "calls.txt").unlink(missing_ok=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    subprocess.run(["make", "-s", target], cwd=folder, env=environment, capture_output=True)
    calls = folder / "calls.txt"
    return calls.read_text().splitlines() if calls.exists() else []


def _new_lock(folder: Path) -> None:
    """Make the lock newer than what was installed from it."""
    for stamp in (folder / ".venv").glob(".synced*"):
        os.utime(stamp, (10, 10))
    os.utime(folder / "uv.lock", (20, 20))


def test_running_and_developing_do_not_take_from_each_other(checkout: Path) -> None:
    (first,) = _make(checkout, "setup")
    assert first.startswith("sync --locked")
    assert "--all-groups" not in first
    assert _make(checkout, "setup") == []
    (second,) = _make(checkout, DEV)
    assert "--all-groups" in second
    assert _make(checkout, "setup") == _make(checkout, DEV) == []
    _new_lock(checkout)
    (third,) = _make(checkout, "setup")
    assert "--all-groups" in third  # a new lock: what developing needs stays


def test_a_copied_checkout_makes_its_own_environment(checkout: Path) -> None:
    _make(checkout, "setup")
    (checkout / ".venv" / "of_the_original").touch()
    copied = checkout.with_name("copied")
    shutil.copytree(checkout, copied, symlinks=True)
    assert len(_make(copied, "setup")) == 1
    assert not (copied / ".venv" / "of_the_original").exists()
    assert (checkout / ".venv" / "of_the_original").exists()
    assert _make(copied, "setup") == _make(checkout, "setup") == []
    moved = checkout.with_name("moved")
    copied.rename(moved)
    assert len(_make(moved, "setup")) == 1


@pytest.mark.parametrize("target", ["setup", DEV])
def test_an_interrupted_set_up_is_made_anew(checkout: Path, target: str) -> None:
    _make(checkout, "setup")
    _new_lock(checkout)
    (checkout / "fail").touch()
    assert len(_make(checkout, target)) == 1
    (checkout / ".venv" / "half").touch()
    (checkout / "fail").unlink()
    assert len(_make(checkout, target)) == 1
    assert not (checkout / ".venv" / "half").exists()
    (checkout / ".venv" / "whole").touch()
    assert _make(checkout, target) == []
    assert (checkout / ".venv" / "whole").exists()


def test_every_command_sets_up_what_it_needs() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    needs = dict(re.findall(r"^([a-z]+): (.*?)\s*##", text, flags=re.MULTILINE))
    assert {name for name, need in needs.items() if need == "$(STAMP)"} >= {
        "reproduce",
        "quick",
        "new",
        "mine",
        "lab",
    }
    assert needs["style"] == needs["unit"] == "$(DEV)"
    assert needs["test"] == "style"


def test_both_integrations_run_the_same_script() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    job, windows = workflow["jobs"]["checks"], workflow["jobs"]["windows"]
    assert "bash .ci/run" in [step.get("run") for step in job["steps"]]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    used = [step["uses"] for one in (job, windows) for step in one["steps"] if "uses" in step]
    assert len(used) == 4
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name in used)


def test_no_file_holds_what_a_merge_left_unsettled() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True).stdout.split(b"\0")
    marks = re.compile(rb"^(?:<{7}|>{7}) ", flags=re.MULTILINE)
    files = (ROOT / name.decode() for name in listed if name)
    assert [str(p.relative_to(ROOT)) for p in files if p.is_file() and marks.search(p.read_bytes())] == []


def test_a_push_runs_the_tests_of_what_changed() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (repository,) = config["repos"]
    assert repository["repo"] == "local"  # nothing is fetched
    hooks = {hook["id"]: hook for hook in repository["hooks"]}
    for package in PACKAGES:
        assert hooks[package]["entry"] == f"make unit PACKAGE={package}"
        assert re.match(hooks[package]["files"], f"src/{package}/module.py")
        assert re.match(hooks[package]["files"], f"tests/{package}/test_module.py")
        assert not re.match(hooks[package]["files"], f"src/{package}x/module.py")
