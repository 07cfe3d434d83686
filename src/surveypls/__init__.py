"""Re-run a published PLS-SEM survey study from raw answers to verdicts, in notebooks.

The small helper that the notebooks call.  The engine is :mod:`plsem`, the audit of printed tables
:mod:`tableaudit`, the search for surveys :mod:`surveysynth`, and how things read :mod:`tabletext`.

>>> from surveypls import open_project
>>> project = open_project("03_measurement_model")  # doctest: +SKIP
>>> analysis = project.analyse()  # doctest: +SKIP
>>> project.show("table_3_1_items", analysis)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surveypls.compendium.project import Project, open_project
    from surveypls.study.definition import load_study
    from surveypls.survey.reading import read_survey
    from surveypls.survey.screening import clean

#: Name → where it stands; loaded when it is first used, so that the command line starts at once.
_HOMES = {
    "Project": "surveypls.compendium.project",
    "clean": "surveypls.survey.screening",
    "load_study": "surveypls.study.definition",
    "open_project": "surveypls.compendium.project",
    "read_survey": "surveypls.survey.reading",
}

__all__ = ["Project", "clean", "load_study", "open_project", "read_survey"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
