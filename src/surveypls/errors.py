"""What stops a command, and whose fault it is; imports next to nothing, so that a wrong command is answered at once."""

from __future__ import annotations

import errno
import re

#: Errors of the user's input, by the names that a notebook reports: a plain message, no traceback.
USER_ERRORS = frozenset(
    {
        "BootstrapError",
        "CheckError",
        "DataError",
        "EfaError",
        "ModelError",
        "ParameterError",
        "PublishedError",
        "ScaffoldError",
        "StudyError",
        "SurveyError",
    }
)

#: Faults of the machine, by the system's number: what to say of them.
MACHINE_FAULTS = {
    errno.ENOSPC: "there is no space left on the disk",
    errno.EDQUOT: "there is no space left of what you may use of the disk",
    errno.EFBIG: "a file may not grow so large",
    errno.EACCES: "there is no permission to write",
    errno.EPERM: "there is no permission to write",
    errno.EROFS: "the file system can only be read",
    errno.EMFILE: "too many files are open at once",
    errno.ENOMEM: "the memory is not enough",
}


class CompendiumError(RuntimeError):
    """The project cannot do what was asked; the message says what to do instead."""


class ContractError(CompendiumError):
    """A notebook's input is missing or not of the agreed form."""


class ParameterError(CompendiumError, ValueError):
    """A notebook or command was given a parameter that it cannot use."""


class NotebookError(CompendiumError):
    """A notebook stopped at a cell; carries what a reader needs to mend it."""

    def __init__(self, notebook: str, cell: int, source: str, name: str, value: str, traceback: str) -> None:
        super().__init__(f"{notebook}, cell {cell}: {name}: {value}")
        self.notebook, self.cell, self.source = notebook, cell, source
        self.name, self.value, self.traceback = name, value, traceback

    @property
    def is_user_error(self) -> bool:
        """Whether the input is at fault, and not the code."""
        return self.name in USER_ERRORS

    @property
    def machine_fault(self) -> str:
        """What to say where the disk, a permission or the memory stopped it; empty for anything else."""
        if self.name == "MemoryError":
            return _said(errno.ENOMEM)
        number = re.match(r"\[Errno (\d+)\] ", self.value)
        place = re.search(r": '([^']*)'$", self.value)
        return _said(int(number[1]), place[1] if place else "") if number else ""


def is_users(error: BaseException) -> bool:
    """Tell whether an error is one of the user's input.

    Examples
    --------
    >>> is_users(ParameterError("no such parameter")), is_users(CompendiumError("no project"))
    (True, False)
    """
    return any(kind.__name__ in USER_ERRORS for kind in type(error).__mro__)


def machine_fault(error: BaseException) -> str:
    """Say in plain words what of the machine stopped a command; empty where something else did.

    Examples
    --------
    >>> machine_fault(OSError(28, "No space left on device", "build/a.csv"))
    'there is no space left on the disk (build/a.csv)'
    >>> machine_fault(ValueError("no"))
    ''
    """
    if isinstance(error, MemoryError):
        return _said(errno.ENOMEM)
    if not isinstance(error, OSError) or error.errno is None:
        return ""
    return _said(error.errno, str(error.filename or ""))


def _said(number: int, place: str = "") -> str:
    words = MACHINE_FAULTS.get(number, "")
    return f"{words} ({place})" if words and place else words
