"""The parameters that papermill hands to a notebook."""

from __future__ import annotations

import ast
import sys

from plsem.names import nearest
from surveypls.errors import ParameterError


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
