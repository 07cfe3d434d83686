"""What a run was made from, kept beside its results; and no earlier results lost when a run is made again.

``run.json`` holds the checksums of the inputs, the settings, the seed and the versions; ``inputs/`` a copy of the study
file and the codebook (not of the survey, which may name people); ``SHA256SUMS`` the checksum of every file written.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from surveypls.compendium.project import check_name, write_atomically
from surveypls.errors import ParameterError
from surveypls.study.definition import Study

RECORD, CHECKSUMS, INPUTS = "run.json", "SHA256SUMS", "inputs"
PACKAGES = ("surveypls", "numpy", "scipy", "pandas", "matplotlib", "pydantic", "papermill")
#: Names under ``build/`` that are used for something else.
RESERVED = frozenset({"uv", "failed", "quick", "reproduce", "custom", "nbval"})


def check_own_name(name: str) -> str:
    """Return the name of a run of one's own; ParameterError where ``build/`` uses it for something else."""
    if check_name(name).lower() in RESERVED:
        raise ParameterError(
            f"run name {name!r}: build/{name.lower()}/ is used for something else; choose another"
        )
    return name


def checksum(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run_record(
    study: Study,
    *,
    survey: Path,
    study_file: Path,
    name: str,
    settings: Mapping[str, Any],
    code: Sequence[Path],
) -> dict[str, Any]:
    """Describe a run: inputs by name and checksum, command, settings, versions; no place of this machine.

    Parameters
    ----------
    study : Study
        With the run's settings.
    survey, study_file : Path
    name : str
    settings : mapping
        Those given in the place of the study file's.
    code : sequence of Path
        The files that made the results.
    """
    inputs = {"survey": survey, "study": study_file}
    if study.survey.codebook is not None:
        inputs["codebook"] = study_file.parent / study.survey.codebook
    words = ["python", "-m", "surveypls", "run", survey.name, study_file.name, "--name", name]
    flags = {"labels": "--labels", "seed": "--seed", "n_resamples": "--resamples"}
    words += [word for key, value in settings.items() for word in (flags[key], str(value))]
    digest = hashlib.sha256("".join(checksum(path) for path in code).encode())
    return {
        "command": shlex.join(words),
        "inputs": {role: {"file": p.name, "sha256": checksum(p)} for role, p in inputs.items()},
        "settings": dict(settings),
        "labels": study.labels,
        "seed": study.seed,
        "n_resamples": study.bootstrap.n_resamples,
        "versions": {"python": platform.python_version(), **_versions(), "code_sha256": digest.hexdigest()},
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def write_record(folder: Path, record: Mapping[str, Any], *, study: Study, study_file: Path) -> None:
    """Put the record, copies of study file and codebook, and the checksums of all files into a run's folder."""
    write_atomically(folder / INPUTS / study_file.name, study_file.read_bytes())
    if study.survey.codebook is not None:
        book = study_file.parent / study.survey.codebook
        write_atomically(folder / INPUTS / book.name, book.read_bytes())
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    write_atomically(folder / RECORD, text.encode("utf-8"))
    lines = [f"{checksum(path)}  {place}\n" for place, path in _files(folder).items() if place != CHECKSUMS]
    write_atomically(folder / CHECKSUMS, "".join(lines).encode("utf-8"))


def _files(folder: Path) -> dict[str, Path]:
    """Return a run's files by their place in its folder, without hidden ones, which editors and systems leave."""
    found = {p.relative_to(folder): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {r.as_posix(): p for r, p in found.items() if not any(part.startswith(".") for part in r.parts)}


def worth_keeping(folder: Path, record: Mapping[str, Any]) -> str:
    """Say what of an earlier run would be lost if this one took its place; empty where it would be nothing.

    A run of the same inputs and settings whose files are as they were written can be made again.
    """
    files = _files(folder)
    if not files:
        return ""
    try:
        before = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
        written = {place: digest for digest, place in (line.split("  ", 1) for line in lines)}
        changed = [
            role
            for role in sorted({*before["inputs"], *record["inputs"]})
            if before["inputs"].get(role, {}).get("sha256") != record["inputs"].get(role, {}).get("sha256")
        ]
        if before["settings"] != record["settings"]:
            changed.append("settings")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "its record is missing"
    if changed:
        return f"it was made from other inputs: {', '.join(changed)}"
    touched = [p for p, path in files.items() if p != CHECKSUMS and written.get(p) != checksum(path)]
    if touched:
        return f"files were changed or added: {', '.join(touched[:5])}" + (", …" if len(touched) > 5 else "")
    return ""


def set_aside(folder: Path) -> Path:
    """Give an earlier run's folder a dated name, which no run can have; return it."""
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    target, n = folder.with_name(f"{folder.name}.old-{stamp}"), 1
    while target.exists():
        n += 1
        target = folder.with_name(f"{folder.name}.old-{stamp}-{n}")
    return folder.rename(target)
