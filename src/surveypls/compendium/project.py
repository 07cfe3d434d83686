"""Where everything lives: the project's folders, the contracts between notebooks, what they show.

A notebook opens the project once (:func:`open_project`) and then reads the contract of the notebook
before it, shows figures and tables (which are saved as they are shown) and writes its own contract.
The paper itself is written to ``data/derived``, ``figures`` and ``tables``; a run under another name,
or with other settings, is written to ``build/NAME`` and never touches the paper.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from plsem.names import nearest
from surveypls.compendium.parameters import check_name, find_root, refuse_unknown, with_settings
from surveypls.errors import CompendiumError, ContractError, ParameterError
from surveypls.study.definition import Study, load_study
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.language import Language
from tabletext.storage import defused, write_atomically

if TYPE_CHECKING:
    from surveypls.study.analysis import Analysis
    from tableaudit.audit import AuditReport
    from tableaudit.printed import Published

OUTPUT_VARIABLE = "SURVEYPLS_OUTPUT"
#: Set where every format is to be written.
FORMATS_VARIABLE = "SURVEYPLS_FORMATS"
FLOAT_FORMAT = "%.12g"
Basis = Literal["survey", "printed", "simulated"]
#: What is said of figures that rest on no survey.
BASES: Mapping[Basis, str] = {
    "printed": N_("From the article's printed tables alone; no survey is read."),
    "simulated": N_("Samples simulated from stated population values; no survey is read."),
}


@dataclass(frozen=True, slots=True)
class Project:
    """One run of the compendium, as a notebook sees it.

    Attributes
    ----------
    root : Path
        The source tree.
    output : Path
        Where this run writes ``data/derived``, ``figures`` and ``tables``; ``root`` for the paper itself.
    study : Study
        The study with this run's settings.
    survey : Path
        The raw answers.
    study_file : Path
        The study file.
    name : str
        The run's name, empty for the paper.
    labels : {"en", "es"}
        Language of figures and tables.
    basis : {"survey", "printed", "simulated"}
        What the notebook's figures and tables rest on.
    """

    root: Path
    output: Path
    study: Study
    survey: Path
    study_file: Path
    name: str
    labels: Language
    basis: Basis = "survey"

    @property
    def display(self) -> Display:
        """How the run's figures and tables read, in its language."""
        return self.display_in(self.labels)

    def display_in(self, language: Language) -> Display:
        """Return how the run's figures and tables read in a language.

        Parameters
        ----------
        language : {"en", "es"}

        Returns
        -------
        Display
            Its notice is about synthetic data, or that no survey is read.
        """
        shown = self.study.display(language)
        return shown if self.basis == "survey" else replace(shown, notice=shown(BASES[self.basis]))

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages saved: the run's own first; the paper is saved in both."""
        if self.name:
            return (self.labels,)
        return ("en", "es") if self.labels == "en" else ("es", "en")

    @property
    def published(self) -> Path | None:
        """The folder of the article's printed values; None where the study names none."""
        if self.study.published is None:
            return None
        folder = self._near_study(self.study.published)
        if not folder.exists():
            raise CompendiumError(f"{self.study_file.name}: published: no folder {self.study.published!r}")
        return folder

    @property
    def codebook(self) -> Path | None:
        """The codebook file; None where the study names none."""
        if self.study.survey.codebook is None:
            return None
        return self._near_study(self.study.survey.codebook)

    def printed(self) -> Published | None:
        """Read the article's printed values.

        Returns
        -------
        Published or None
            None where the study names none.
        """
        from tableaudit.printed import load_published

        return load_published(self.published) if self.published else None

    def printed_t(self) -> dict[str, float]:
        """Return hypothesis → its printed t, without sign, of those that have one."""
        printed = self.printed()
        if printed is None:
            return {}
        cells = {
            h.id: printed.select("t_statistic", h.path.source, h.path.target) for h in self.study.hypotheses
        }
        return {name: abs(float(found[0].value)) for name, found in cells.items() if found}

    def read_codebook(self) -> pd.DataFrame | None:
        """Read the codebook.

        Returns
        -------
        DataFrame or None
            One row an item; None where the study names no codebook.
        """
        from surveypls.survey.codebook import load_codebook

        return load_codebook(self.codebook) if self.codebook else None

    def _near_study(self, relative: str) -> Path:
        return (self.study_file.parent / relative).resolve()

    # contracts -----------------------------------------------------------------------------------
    def has(self, contract: str) -> bool:
        """Tell whether a contract (a name, as for :meth:`read`) is there to be read."""
        return self._find(contract) is not None

    def _find(self, contract: str) -> Path | None:
        folders = [self.output] if self.name else [self.output, self.root]
        for folder in folders:
            path = folder / "data" / "derived" / f"{contract}.csv"
            if path.is_file():
                return path
        return None

    def read(self, contract: str, *, index: str | None = None) -> pd.DataFrame:
        """Read what another notebook handed on.

        Parameters
        ----------
        contract : str
            Name without ending, e.g. ``"02_retained_items"``; its number is the notebook's.
        index : str, optional
            Column to use as the index.

        Returns
        -------
        DataFrame

        Raises
        ------
        ContractError
            If the file is not there; the message names the notebook to run first.
        """
        path = self._find(contract)
        if path is None:
            prefix = contract.split("_", 1)[0]
            makers = sorted(p.stem for p in (self.root / "notebooks").glob(f"{prefix}_*.ipynb"))
            known = sorted(p.stem for p in (self.root / "data" / "derived").glob("*.csv"))
            hint = f"run notebooks/{makers[0]}.ipynb first" if makers else "no notebook makes it"
            where = f" of run {self.name!r}" if self.name else ""
            raise ContractError(
                f"data/derived/{contract}.csv{where} is missing: {hint}{nearest(contract, known)}"
            )
        frame = defused(pd.read_csv(path, keep_default_na=False, na_values=[""]), undo=True)
        if index is not None:
            if index not in frame.columns:
                raise ContractError(f"{path.name}: no column {index!r}{nearest(index, frame.columns)}")
            frame = frame.set_index(index)
        return frame

    def write(self, contract: str, frame: pd.DataFrame, *, index: bool = False) -> None:
        """Hand a table on to the notebooks that follow, as ``data/derived/NAME.csv``.

        A text that a spreadsheet would run as a formula stands there behind an apostrophe
        (:func:`tabletext.storage.defused`), which :meth:`read` takes away again.

        Parameters
        ----------
        contract : str
            Name without ending; its number is the notebook's.
        frame : DataFrame
        index : bool
            Whether the index is written, too.
        """
        path = self.output / "data" / "derived" / f"{contract}.csv"
        text = defused(frame).to_csv(index=index, float_format=FLOAT_FORMAT, lineterminator="\n")
        write_atomically(path, text.encode("utf-8"))

    def hand_on(self, key: str, analysis: Analysis) -> None:
        """Write the figures of an optional section for the paper.

        Parameters
        ----------
        key : str
            The section's, as its module in :mod:`surveypls.sections` has it.
        analysis : Analysis
        """
        from surveypls.sections import called

        for name, part in called(key).contracts.items():
            self.write(name, part.frame(analysis))

    # what notebooks do ---------------------------------------------------------------------------
    def analyse(self) -> Analysis:
        """Analyse the respondents by the retained items, which notebooks 1 and 2 handed on.

        Returns
        -------
        Analysis
            Model, estimate, resamples and what follows from them, each computed when it is first asked for.
        """
        from surveypls.study.analysis import Analysis

        responses = self.read("01_responses", index="respondent")
        if self.study.observed:
            responses = responses.join(self.read("01_observed", index="respondent"))
        return Analysis.of(self.study, responses, self.read("02_retained_items"))

    def audit(self) -> AuditReport:
        """Audit the article's printed tables, which needs no survey.

        Returns
        -------
        AuditReport

        Raises
        ------
        CompendiumError
            If the study names no printed values.
        """
        from tableaudit.audit import audit

        printed = self.printed()
        if printed is None:
            raise CompendiumError(
                f"{self.study_file.name} names no printed values (published), so none can be audited"
            )
        return audit(printed, significance=self.study.bootstrap.significance)

    def states(self, audited: AuditReport) -> pd.DataFrame:
        """Return the state that the other printed cells leave each printed cell in; no survey is used.

        Parameters
        ----------
        audited : AuditReport
            The article's audit (:meth:`audit`).

        Returns
        -------
        DataFrame
            As :func:`tableaudit.cell_states.states` returns it.
        """
        from tableaudit.cell_states import states

        printed = self.printed()
        assert printed is not None
        kept = self.read("S1_attainable") if self.has("S1_attainable") else None
        return states(printed, audited, kept)

    def compare(self, summary: pd.DataFrame) -> pd.DataFrame:
        """Return each printed figure beside the recomputed one, with a verdict.

        Parameters
        ----------
        summary : DataFrame
            The contract ``04_structural``.

        Returns
        -------
        DataFrame
            As :func:`tableaudit.comparison.compare` returns it.
        """
        from surveypls.compendium.synthesis import aimed_figures
        from tableaudit.comparison import compare, count_cells, inference_cells

        printed = self.printed()
        assert printed is not None
        retained = self.study.blocks(self.read("02_retained_items")["item"])
        long = summary.rename(columns={"original": "value"})[["statistic", "row", "column", "value"]]
        counted = count_cells(self.study.blocks(), retained)
        recomputed = pd.concat([long, inference_cells(summary), counted, self.read("02_efa")])
        return compare(
            printed,
            recomputed,
            aimed=aimed_figures(self.study, printed),
            significance=self.study.bootstrap.significance,
        )

    def decisions(self, summary: pd.DataFrame) -> pd.DataFrame:
        """Decide each hypothesis.

        Parameters
        ----------
        summary : DataFrame
            The contract ``04_structural``.

        Returns
        -------
        DataFrame
            As :func:`surveypls.report.narrative.hypothesis_table` returns it.
        """
        from surveypls.report.narrative import hypothesis_table

        return hypothesis_table(self.study, summary)

    def show(self, stem: str, *results: Any) -> None:
        """Make a figure or table from results, save it and show it.

        Parameters
        ----------
        stem : str
            Its name, which is its file's: one of :mod:`surveypls.compendium.outputs`.
        *results
            What it is made from, as its entry there says.

        Raises
        ------
        KeyError
            For an unknown name; the nearest is named.
        """
        from surveypls.compendium import showing

        showing.show(self, stem, results)

    def say(self, name: str, *results: Any) -> None:
        """Show a sentence that is read off results.

        Parameters
        ----------
        name : str
            One of :data:`surveypls.compendium.outputs.SENTENCES`, or a section's key.
        *results
            What it is read off, as its entry there says.

        Raises
        ------
        KeyError
            For an unknown name; the nearest is named.
        """
        from surveypls.compendium import showing

        showing.say(self, name, results)

    def cell_of(self, stem: str, language: Language) -> str:
        """Return where an output is made.

        Parameters
        ----------
        stem : str
            The output's name.
        language : {"en", "es"}

        Returns
        -------
        str
            Notebook and heading, as in ``notebooks/03_….ipynb#Reliability``; "" where no cell shows it.
        """
        from surveypls.compendium import showing

        return showing.cell_of(self, stem, language)

    @property
    def every_format(self) -> bool:
        """Whether tables and figures are written in every format: in a run on one's own survey, and where asked."""
        return bool(self.name or os.environ.get(FORMATS_VARIABLE))

    def folder(self, kind: str, language: Language) -> Path:
        """Return where files of a kind ("figures", "tables") go, in a language."""
        from surveypls.compendium import showing

        return showing.folder_of(self, kind, language)


def own_project(root: Path, output: Path) -> Project:
    """Return the paper's own project: the study and the survey that the compendium ships, written to a folder."""
    study_file = root / "study.yaml"
    study = load_study(study_file)
    return Project(root, output, study, root / "data" / "raw" / "survey.csv", study_file, "", study.labels)


def open_project(
    notebook: str,
    *,
    study: str = "study.yaml",
    survey: str = "data/raw/survey.csv",
    name: str = "",
    labels: str | None = None,
    seed: int | None = None,
    n_resamples: int | None = None,
    basis: Basis = "survey",
    **parameters: Any,
) -> Project:
    """Open the project for one notebook with that notebook's parameters.

    Parameters
    ----------
    notebook : str
        The notebook's name, without ending.
    study, survey : str
        The study file and the raw answers, from the project's root (or absolute).
    name : str
        The run's name; empty for the paper itself, or with settings other than the study file's for ``custom``.
    labels, seed, n_resamples
        Settings that differ from the study file's; None keeps the file's.
    basis : {"survey", "printed", "simulated"}
        What the notebook's figures and tables rest on, for the notice that they carry.
    **parameters
        The notebook's further parameters (name → value), so that an unknown one is noticed.

    Returns
    -------
    Project

    Raises
    ------
    ParameterError
        For a parameter that the notebook does not have, a value that it cannot take, or another
        survey or study without a name.
    CompendiumError, StudyError
        If the project or the study file cannot be used.

    Examples
    --------
    >>> project = open_project("03_measurement_model")
    >>> project.analyse().estimate.model.constructs
    ('INFRATICS', 'FI', 'RC')
    """
    root = find_root()
    known = ["study", "survey", "name", "labels", "seed", "n_resamples", *parameters]
    refuse_unknown(notebook, known)
    study_file, survey_file = (Path(p) if Path(p).is_absolute() else root / p for p in (study, survey))
    other_data = study_file.resolve() != (root / "study.yaml").resolve() or (
        survey_file.resolve() != (root / "data" / "raw" / "survey.csv").resolve()
    )
    if name:
        check_name(name)
    elif other_data:
        raise ParameterError("a run on another survey or study needs a name: set `name`, as in name = 'mine'")
    loaded = load_study(study_file)
    settings = with_settings(loaded, labels=labels, seed=seed, n_resamples=n_resamples)
    changed = settings != loaded or any(value is not None for value in parameters.values())
    set_output = os.environ.get(OUTPUT_VARIABLE)
    if set_output:
        output = root / set_output
    elif name or changed:
        output = root / "build" / (name or "custom")
    else:
        output = root
    if changed and not name and not set_output:
        print("Settings differ from study.yaml: results go to build/custom/, the paper stays as it is.")
    return Project(root, output, settings, survey_file, study_file, name, settings.labels, basis)
