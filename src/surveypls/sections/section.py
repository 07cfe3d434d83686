"""What an optional section is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import pandas as pd

from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study
from tabletext.display import Display
from tabletext.tabular import Table

T = TypeVar("T")
#: Decimals of what is handed on.
DECIMALS = 9
#: The outputs that sections follow: of the estimate, the measurement model, the model's effects, and the end.
ESTIMATE, MEASUREMENT = "table_3_0_admissibility", "fig_3_2_correlations"
EFFECTS, END = "fig_4_3_effects", "fig_4_4_importance_performance"


def kept(analysis: Analysis, name: str, compute: Callable[[Analysis], T]) -> T:
    """Return what an analysis holds under a name, computed when it is first asked for."""
    if name not in analysis.kept:
        analysis.kept[name] = compute(analysis)
    return cast(T, analysis.kept[name])


@dataclass(frozen=True)
class Part:
    """A table of a section, and the figures in it.

    Parameters
    ----------
    name : str
        The figures are handed on to the paper as ``NOTEBOOK_name``.
    compute : callable
        ``compute(analysis)`` gives them; each analysis is asked once.
    make : callable
        ``make(study, frame, display=…)`` makes the table, or None.
    """

    name: str
    compute: Callable[[Analysis], pd.DataFrame]
    make: Callable[..., Table | None]

    def frame(self, analysis: Analysis) -> pd.DataFrame:
        """Return the figures, computed when they are first asked for, to the digits that every processor agrees on."""
        return kept(analysis, self.name, lambda a: self.compute(a).round(DECIMALS))


@dataclass(frozen=True)
class Drawing:
    """A figure of a section: ``draw(study, analysis, display)``, and what it shows."""

    draw: Callable[[Study, Analysis, Display], Any]
    alt: str


@dataclass(frozen=True)
class Section:
    """A section that only some studies have.

    Parameters
    ----------
    key : str
        Also the name of its sentence.
    applies : callable
        Tells of a study whether it has the section.
    prose : str
        Heading and text, in Markdown.
    tables : mapping of str to Part
        Stem → table.
    sentence : callable
        ``sentence(study, *frames, display=…)``, with the frames of ``tables`` in order.
    replaces : str
        The output in whose place it stands; that output's cell and the prose before it are left out.
    figures : mapping of str to Drawing
        Stem → figure; they stand behind the tables.
    after : str
        The output whose cell it follows, in the notebook of that output's number.
    """

    key: str
    applies: Callable[[Study], bool]
    prose: str
    tables: Mapping[str, Part]
    sentence: Callable[..., str]
    figures: Mapping[str, Drawing] = field(default_factory=dict)
    after: str = EFFECTS
    replaces: str = ""

    @property
    def notebook(self) -> str:
        """Number of its notebook."""
        return f"0{self.after.split('_')[1]}"

    @property
    def contracts(self) -> dict[str, Part]:
        """Name of what its cells hand on to the paper → its table."""
        return {f"{self.notebook}_{part.name}": part for part in self.tables.values()}

    def frames(self, analysis: Analysis) -> list[pd.DataFrame]:
        """Return the figures of its tables, in order."""
        return [part.frame(analysis) for part in self.tables.values()]

    def cells(self) -> list[str]:
        """Return the sources of its code cells."""
        shown = [f'project.show("{stem}", analysis)' for stem in (*self.tables, *self.figures)]
        handed = [f'project.hand_on("{self.key}", analysis)'] if self.tables else []
        return [*shown, f'project.say("{self.key}", analysis)', *handed]
