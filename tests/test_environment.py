"""environment.yml, pyproject.toml and uv.lock must name the same packages and agree on versions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from rattler import BuildString, MatchSpec, PackageRecord

ROOT = Path(__file__).parents[1]
CHECKS = {"hypothesis", "nbval", "pre-commit", "pytest", "pytest-xdist", "ruff", "mypy"}
#: Packages that conda names otherwise: there pypandoc brings pandoc by itself.
CONDA = {"pypandoc_binary": "pypandoc"}


def _pyproject() -> dict[str, str]:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(content["project"]["dependencies"])
    for extra in content["project"]["optional-dependencies"].values():
        wanted += [d for d in extra if not d.startswith("surveypls[")]
    wanted += [d for d in content["dependency-groups"]["dev"] if re.split(r"[>=<\[]", d)[0] in CHECKS]
    split = (re.fullmatch(r"([a-z0-9_-]+)(?:\[[a-z]+\])?(.*)", d) for d in wanted)
    return {CONDA.get(m[1], m[1]): m[2] for m in split if m}


def _environment() -> dict[str, str]:
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    listed = [d for d in content["dependencies"] if isinstance(d, str)]
    listed += [d for entry in content["dependencies"] if isinstance(entry, dict) for d in entry["pip"]]
    pairs = (d.partition(" ")[::2] for d in listed)
    return {name: spec for name, spec in pairs if name not in {"python", "pip", "-e"}}


def _locked() -> dict[str, str]:
    content = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    return {p["name"]: p["version"] for p in content["package"] if "version" in p}


def test_same_packages() -> None:
    assert set(_environment()) == set(_pyproject())


@pytest.mark.parametrize("name", sorted(_pyproject()))
def test_same_versions(name: str) -> None:
    assert _environment()[name] == _pyproject()[name]


@pytest.mark.parametrize("name", sorted(_environment()))
def test_locked_version_satisfies_the_conda_spec(name: str) -> None:
    on_pypi = {conda: name for name, conda in CONDA.items()}
    version = _locked()[on_pypi.get(name, name).replace("_", "-")]
    spec = MatchSpec(f"{name} {_environment()[name]}", strict=True)
    record = PackageRecord(
        name=name, version=version, build=BuildString("0"), build_number=0, subdir="noarch"
    )
    assert spec.matches(record), f"{name} {version} is locked, environment.yml wants {spec}"
    older = PackageRecord(name=name, version="0.0.1", build=BuildString("0"), build_number=0, subdir="noarch")
    assert not spec.matches(older)


def test_lock_names_public_addresses_only() -> None:
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([^/\"]+)", text))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}
    assert "file://" not in text
