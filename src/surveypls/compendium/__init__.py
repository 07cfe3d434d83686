"""Room 12, the compendium: folders, contracts between notebooks, running them, the front pages.

A notebook needs only :func:`open_project`.
"""

from surveypls.compendium.project import (
    CompendiumError,
    ContractError,
    ParameterError,
    Project,
    check_name,
    find_root,
    open_project,
    with_settings,
    write_atomically,
)

__all__ = [
    "CompendiumError",
    "ContractError",
    "ParameterError",
    "Project",
    "check_name",
    "find_root",
    "open_project",
    "with_settings",
    "write_atomically",
]
