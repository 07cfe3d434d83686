"""What a run was made from, kept beside its results; and no earlier results lost when a run is made again.

``run.json`` holds the checksums of the inputs, the settings, the seed and the versions; ``inputs/`` a copy of the study
file, the codebook and the printed values (not of the survey, which may name people); ``SHA256SUMS`` the checksum of
every file written.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shlex
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from plsem.names import few
from surveypls.compendium.parameters import check_name
from surveypls.errors import ParameterError
from surveypls.study.definition import Study
from tabletext.storage import write_atomically

RECORD, CHECKSUMS, INPUTS = "run.json", "SHA256SUMS", "inputs"
#: Names under ``build/`` that are used for something else.
RESERVED = frozenset(
    {"uv", "failed", "quick", "formats", "reproduce", "en", "es", "custom", "nbval", "searches"}
)


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


def inputs(study: Study, *, survey: Path, study_file: Path) -> dict[str, Path]:
    """Return the files that a run is made from, by what they are: survey, study, codebook, published/NAME."""
    found = {"survey": survey, "study": study_file}
    if study.survey.codebook is not None:
        found["codebook"] = study_file.parent / study.survey.codebook
    if study.published is not None:
        place = study_file.parent / study.published
        files = sorted(place.glob("*.csv")) if place.is_dir() else [place]
        found |= {f"published/{path.name}": path for path in files if path.is_file()}
    return found


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
    words = ["python", "-m", "surveypls", "run", survey.name, study_file.name, "--name", name]
    flags = {"labels": "--labels", "seed": "--seed", "n_resamples": "--resamples"}
    words += [word for key, value in settings.items() for word in (flags[key], str(value))]
    digest = hashlib.sha256("".join(checksum(path) for path in code).encode())
    files = inputs(study, survey=survey, study_file=study_file)
    return {
        "command": shlex.join(words),
        "inputs": {role: {"file": p.name, "sha256": checksum(p)} for role, p in files.items()},
        "settings": dict(settings),
        "labels": study.labels,
        "seed": study.seed,
        "n_resamples": study.bootstrap.n_resamples,
        "versions": {**packages(), "code_sha256": digest.hexdigest()},
    }


def packages() -> dict[str, str]:
    """Return the versions of Python, of this package and of what it is declared to need, as far as installed."""
    try:
        declared = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in requires("surveypls") or ()]
    except PackageNotFoundError:  # run from a source tree that nothing was installed for
        declared = ["numpy", "scipy", "pandas"]
    found = {"python": platform.python_version()}
    for package in sorted({"surveypls", *declared}):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def write_record(folder: Path, record: Mapping[str, Any], *, study: Study, study_file: Path) -> None:
    """Put the record, copies of the inputs but the survey, and the checksums of all files into a run's folder."""
    for role, path in inputs(study, survey=folder, study_file=study_file).items():
        if role != "survey":
            place = role if role.startswith("published/") else path.name
            write_atomically(folder / INPUTS / place, path.read_bytes())
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

    A run of the same inputs, settings, code and packages whose files are as they were written can be made again.
    """
    files = _files(folder)
    if not files:
        return ""
    try:
        before = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
        written = {place: digest for digest, place in (line.split("  ", 1) for line in lines)}
        sums = [{role: i["sha256"] for role, i in r["inputs"].items()} for r in (before, record)]
        changed = [*_differences(*sums), *(["settings"] if before["settings"] != record["settings"] else [])]
        versions = _differences(before["versions"], record["versions"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "its record is missing"
    if changed:
        return f"it was made from other inputs: {', '.join(changed)}"
    if versions:
        of = ["the code" if name == "code_sha256" else name for name in versions]
        return f"it was made with other versions of {few(of, 5)}"
    touched = [p for p, path in files.items() if p != CHECKSUMS and written.get(p) != checksum(path)]
    if touched:
        return f"files were changed or added: {few(touched, 5)}"
    return ""


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [key for key in sorted({*before, *now}) if before.get(key) != now.get(key)]


def set_aside(folder: Path) -> Path:
    """Give an earlier run's folder a dated name, which no run can have; return it."""
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    target, n = folder.with_name(f"{folder.name}.old-{stamp}"), 1
    while target.exists():
        n += 1
        target = folder.with_name(f"{folder.name}.old-{stamp}-{n}")
    return folder.rename(target)
