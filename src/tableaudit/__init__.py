"""The audit of any article's printed PLS-SEM tables: what they say about each other, whatever the data were.

Begin with :func:`tableaudit.audit.audit_file`; :func:`tableaudit.cell_states.states` gives the state of each printed
figure, :mod:`tableaudit.comparison` sets printed figures beside recomputed ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tableaudit.cell_states import states as states

_LAZY = {"states": "tableaudit.cell_states"}


def __getattr__(name: str) -> Any:
    # loaded when asked for, so that importing the package stays quick
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'tableaudit' has no attribute {name!r}")
