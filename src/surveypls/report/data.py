"""What the paper is made of: contracts and printed values, read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from surveypls import sections
from surveypls.study.definition import Study
from tableaudit.implied_size import plausible_sizes
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


@dataclass(frozen=True, slots=True)
class PaperData:
    """Everything that the paper shows, in no language yet.

    Frames are None where their contract is missing.

    Parameters
    ----------
    study : Study
    codebook, flow, efa, factor_notes, trace, bounds, exact_fit, prediction : DataFrame or None
    retained : dict of str to tuple of str
        Construct → items analysed.
    summary : DataFrame
        The bootstrap summary of all statistics.
    n : int
        Responses analysed.
    printed : Published or None
    comparison, states, statements : DataFrame or None
        Printed against recomputed; the printed figures' states; the text against the tables.
    sizes, required, surveys : DataFrame or None
        At which sample sizes each printed t is ordinary; the sizes for enough power; the data sets that give the
        printed tables.
    analyses, left_out : DataFrame or None
        Every combination of the analyst's choices.
    printed_t : dict of str to float
        Hypothesis → its printed t.
    sections : dict of str to DataFrame
        Contract → what the cells of an optional section handed on.
    """

    study: Study
    codebook: pd.DataFrame | None
    flow: pd.DataFrame | None
    efa: pd.DataFrame | None
    trace: pd.DataFrame | None
    bounds: pd.DataFrame | None
    exact_fit: pd.DataFrame | None
    factor_notes: pd.DataFrame | None
    prediction: pd.DataFrame | None
    retained: dict[str, tuple[str, ...]]
    summary: pd.DataFrame
    n: int
    printed: Published | None
    comparison: pd.DataFrame | None
    states: pd.DataFrame | None
    statements: pd.DataFrame | None
    sizes: pd.DataFrame | None
    required: pd.DataFrame | None
    analyses: pd.DataFrame | None
    left_out: pd.DataFrame | None
    surveys: pd.DataFrame | None
    printed_t: dict[str, float]
    sections: dict[str, pd.DataFrame]


def load(project: PaperSource) -> PaperData:
    """Read what the paper is made of.

    Parameters
    ----------
    project : PaperSource

    Returns
    -------
    PaperData

    Raises
    ------
    compendium.ContractError
        If ``01_responses``, ``02_retained_items`` or ``04_structural`` is missing; the message names the notebook
        to run.
    """
    study = project.study
    responses = project.read("01_responses")
    retained = study.blocks(project.read("02_retained_items")["item"].astype(str))
    summary = _text_keys(project.read("04_structural"))
    efa = _text_keys(found) if (found := _optional(project, "02_efa")) is not None else None
    printed = project.printed()
    simulated = _optional(project, "S1_implied_size")
    return PaperData(
        study=study,
        codebook=project.read_codebook(),
        flow=_optional(project, "01_cleaning_flow"),
        efa=efa,
        factor_notes=_optional(project, "02_factor_notes"),
        trace=_optional(project, "02_pruning_trace"),
        bounds=_optional(project, "03_htmt_bounds"),
        exact_fit=_optional(project, "04_exact_fit"),
        prediction=_optional(project, "04_prediction"),
        retained=retained,
        summary=summary,
        n=len(responses),
        printed=printed,
        comparison=_printed_digits(_optional(project, "05_verdicts"), printed),
        states=_printed_digits(_optional(project, "05_states"), printed),
        statements=_optional(project, "05_statements"),
        sizes=plausible_sizes(simulated) if simulated is not None else None,
        required=_optional(project, "S3_required_n"),
        analyses=_optional(project, "S5_analyses"),
        left_out=_optional(project, "S5_left_out"),
        surveys=_optional(project, "S2_ensemble"),
        printed_t=project.printed_t(),
        sections={
            name: project.read(name)
            for section in sections.of(study)
            for name in section.contracts
            if project.has(name)
        },
    )


def _optional(project: PaperSource, contract: str) -> pd.DataFrame | None:
    return project.read(contract) if project.has(contract) else None


def _text_keys(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a long table whose empty row and column names are "" again."""
    keys: dict[str, Any] = {c: frame[c].fillna("").astype(str) for c in ("statistic", "row", "column")}
    return frame.assign(**keys)


def _printed_digits(frame: pd.DataFrame | None, printed: Published | None) -> pd.DataFrame | None:
    """Return a table about printed cells with their text as printed: a CSV reader makes 0.8 of 0.80."""
    if frame is None or printed is None or "cell" not in frame:
        return None
    texts = {cell.id: cell.printed for cell in printed}
    shown = [texts.get(str(c), old) for c, old in zip(frame["cell"], frame["printed"], strict=True)]
    return frame.assign(printed=pd.Series(shown, index=frame.index, dtype=object))
