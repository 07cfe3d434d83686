"""What the paper is made of: contracts and printed values, each read when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Protocol

import pandas as pd

from surveypls.study.definition import Study
from surveypls.tables.values import KEY
from tableaudit.printed import Published
from tabletext.language import Language


class PaperSource(Protocol):
    """What the paper needs of a project; :class:`surveypls.compendium.project.Project` has it."""

    @property
    def output(self) -> Path:
        """Where ``figures/`` stands and ``paper/`` is written."""

    @property
    def study(self) -> Study:
        """The study with the run's settings."""

    @property
    def languages(self) -> tuple[Language, ...]:
        """The run's own language first."""

    def cell_of(self, stem: str, language: Language) -> str:
        """Return the notebook and heading that make a figure or table; empty where none does."""

    def folder(self, kind: str, language: Language) -> Path:
        """Return where figures or tables of a language stand."""

    def has(self, contract: str) -> bool:
        """Tell whether a contract is there."""

    def read(self, contract: str) -> pd.DataFrame:
        """Read a contract; raise where it is missing."""

    def printed(self) -> Published | None:
        """Read the printed values, where there are any."""

    def printed_t(self) -> dict[str, float]:
        """Return hypothesis → its printed t, of those that have one."""

    def read_codebook(self) -> pd.DataFrame | None:
        """Read the codebook, where there is one."""


class PaperData:
    """Everything that the paper shows, in no language yet.

    Parameters
    ----------
    project : PaperSource

    Raises
    ------
    compendium.ContractError
        When ``summary``, ``retained`` or ``n`` is asked for and its contract is missing; the message names the
        notebook to run.
    """

    def __init__(self, project: PaperSource) -> None:
        self.project = project
        self.study = project.study
        self.printed = project.printed()
        self._read: dict[str, pd.DataFrame] = {}

    def get(self, contract: str) -> pd.DataFrame | None:
        """Return a contract, None where it is missing: empty names are "" again, printed figures as printed."""
        if contract not in self._read:
            if not self.project.has(contract):
                return None
            frame = self.project.read(contract)
            if set(KEY) <= set(frame):
                frame = frame.assign(**{c: frame[c].fillna("").astype(str) for c in KEY})
            if self.printed is not None and {"cell", "printed"} <= set(frame):
                # a reader of CSV makes 0.8 of 0.80
                texts = {cell.id: cell.printed for cell in self.printed}
                shown = [
                    texts.get(str(c), old) for c, old in zip(frame["cell"], frame["printed"], strict=True)
                ]
                frame = frame.assign(printed=pd.Series(shown, index=frame.index, dtype=object))
            self._read[contract] = frame
        return self._read[contract]

    def _needed(self, contract: str) -> pd.DataFrame:
        found = self.get(contract)
        return self.project.read(contract) if found is None else found

    @cached_property
    def summary(self) -> pd.DataFrame:
        """The bootstrap summary of all statistics."""
        return self._needed("04_structural")

    @cached_property
    def retained(self) -> dict[str, tuple[str, ...]]:
        """Construct → items analysed."""
        return self.study.blocks(self._needed("02_retained_items")["item"].astype(str))

    @cached_property
    def n(self) -> int:
        """Responses analysed."""
        return len(self._needed("01_responses"))
