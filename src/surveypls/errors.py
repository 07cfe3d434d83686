"""What stops a command, and whose fault it is; imports nothing, so that a wrong command is answered at once."""

from __future__ import annotations

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


def is_users(error: BaseException) -> bool:
    """Tell whether an error is one of the user's input.

    Examples
    --------
    >>> is_users(ParameterError("no such parameter")), is_users(CompendiumError("no project"))
    (True, False)
    """
    return any(kind.__name__ in USER_ERRORS for kind in type(error).__mro__)
