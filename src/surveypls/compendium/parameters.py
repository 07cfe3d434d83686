"""What a run is told: the project's folder, its own name, its settings, what papermill hands to a notebook."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from plsem.names import nearest
from surveypls.errors import CompendiumError, ParameterError
from surveypls.study.definition import Study

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


def find_root(start: Path | None = None) -> Path:
    """Return the project's root: the nearest folder above that holds ``notebooks/`` and ``study.yaml``.

    Looked for from ``start`` (default: the working directory) upwards, then from this package's own
    place in the source tree.

    Raises
    ------
    CompendiumError
        If neither leads to a project, or to one whose own code is not the code that runs: a copied checkout
        must not silently run the original.
    """
    start = (start or Path.cwd()).resolve()
    here = Path(__file__).resolve()
    for folder in (start, *start.parents, here.parents[3]):
        if (folder / "notebooks").is_dir() and (folder / "study.yaml").is_file():
            own = folder / "src" / "surveypls"
            if own.is_dir() and own.resolve() not in here.parents:
                raise CompendiumError(
                    f"the code that runs is in {here.parents[1]}, not in {own}: this checkout has no environment "
                    "of its own yet; run `make setup` in it, and use its .venv"
                )
            return folder
    raise CompendiumError(
        "no project found: expected a folder with notebooks/ and study.yaml at or above the working directory"
    )


def check_name(name: str) -> str:
    """Return a run's name if it can be a folder of ``build/``; ParameterError otherwise."""
    if not NAME_PATTERN.fullmatch(name):
        raise ParameterError(
            f"run name {name!r}: expected 1–60 letters, digits, '-' or '_', beginning with a letter or digit"
        )
    return name


def with_settings(
    study: Study,
    *,
    labels: str | None = None,
    seed: int | None = None,
    n_resamples: int | None = None,
) -> Study:
    """Return the study with some settings replaced and checked; None keeps what it has."""
    content: dict[str, Any] = study.model_dump()
    if labels is not None:
        content["labels"] = labels
    if seed is not None:
        content["seed"] = seed
    if n_resamples is not None:
        content["bootstrap"] = {**content["bootstrap"], "n_resamples": n_resamples}
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ParameterError(f"{where}: {first['msg']} (found {first.get('input')!r})") from None


def _shell_history() -> list[str]:
    """Return the cells run so far where a notebook runs this, else nothing."""
    if "IPython" not in sys.modules:
        return []
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return [] if shell is None else [str(cell) for cell in shell.user_ns.get("In", [])]


def _injected_names(cells: list[str]) -> list[str]:
    """Return the names assigned by a cell that papermill injected (it begins with ``# Parameters``)."""
    names: list[str] = []
    for cell in cells:
        if not cell.startswith("# Parameters\n"):
            continue
        for statement in ast.parse(cell).body:
            if isinstance(statement, ast.Assign):
                names += [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return names


def refuse_unknown(notebook: str, known: list[str]) -> None:
    """Refuse a parameter that papermill injected and that the notebook does not have."""
    unknown = [name for name in _injected_names(_shell_history()) if name not in known]
    if unknown:
        listed = "; ".join(f"{name!r}{nearest(name, known)}" for name in unknown)
        raise ParameterError(f"{notebook} has no such parameter: {listed}")
