"""Run notebooks in order with papermill, show progress, and put results in place only when all is well.

A run is staged under ``build/`` and moved into place at its end, only where a file changed, and all of it or nothing
(:mod:`surveypls.compendium.safekeeping`); a failure or an interrupt leaves the last good output as it was.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO
from unittest import mock

import nbformat

from surveypls.compendium import front_page, record, safekeeping, showing
from surveypls.compendium.execution import Progress, canonical, declared_parameters, execute, read_notebook
from surveypls.compendium.notebook_text import fitted, for_readers_of
from surveypls.compendium.parameters import check_name, with_settings
from surveypls.compendium.project import (
    FORMATS_VARIABLE,
    OUTPUT_VARIABLE,
    Project,
    own_project,
)
from surveypls.errors import CompendiumError
from surveypls.report import paper
from surveypls.study.definition import Study, load_study
from tabletext.language import LANGUAGES, Language
from tabletext.storage import write_atomically

# small matrices: BLAS threads cost more than they give
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PROGRESS = ".progress.json"
#: The supplement that a study with ``multiverse`` has as well.
CHOICES = "S5_choices"


def notebooks(root: Path, *, supplements: bool = True) -> list[Path]:
    """Return the numbered notebooks in running order: 01 … 05, then the supplements S1 …."""
    numbered = sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    return numbered + (sorted((root / "notebooks").glob("S[0-9]_*.ipynb")) if supplements else [])


@contextmanager
def _environment(output: str, **more: str) -> Iterator[None]:
    """Tell the kernels where to write and what more, and how many threads where nobody has said it."""
    values = {
        **ONE_THREAD,
        **{k: os.environ[k] for k in ONE_THREAD if k in os.environ},
        OUTPUT_VARIABLE: output,
        **more,
    }
    with mock.patch.dict(os.environ, values):
        yield


def reproduce(root: Path, *, stream: TextIO | None = None, cell_limit: int | None = None) -> list[str]:
    """Rebuild the paper: run every notebook, then replace what changed.

    Parameters
    ----------
    root : Path
        The project's root.
    stream : text stream, optional
        Where progress is shown (default: standard output).
    cell_limit : int, optional
        Seconds that a cell may take (default: an hour).

    Returns
    -------
    list of str
        The files that changed, relative to the root; empty where everything came out the same.

    Raises
    ------
    NotebookError
        If a notebook stops; the committed files are then as they were.
    CompendiumError
        If another process is at it.
    """
    stream = stream or sys.stdout
    with the_paper(root, stream) as staging:
        shutil.rmtree(staging, ignore_errors=True)
        _run_all(root, staging, stream, cell_limit)
        project = own_project(root, staging)
        write_paper(project, stream)
        second = staging / _other(project.study.labels)
        if second.is_dir():
            safekeeping.replace_folder(second, root / "build" / second.name)
        changed = safekeeping.promote(staging, root) + front_page.refresh(root)
        safekeeping.finish(staging)
    return changed


def every_format(root: Path, *, stream: TextIO | None = None, cell_limit: int | None = None) -> Path:
    """Run every notebook and write what is not committed: each figure and table in each format and language.

    Returns
    -------
    Path
        The folder, ``build/formats``.
    """
    stream = stream or sys.stdout
    final, staging = root / "build" / "formats", root / "build" / ".formats.partial"
    with safekeeping.locked(root, "formats", "build/formats/"):
        safekeeping.repair_folder(final)
        shutil.rmtree(staging, ignore_errors=True)
        _run_all(root, staging, stream, cell_limit, **{FORMATS_VARIABLE: "all"})
        write_paper(own_project(root, staging), stream, formats=paper.FORMATS)
        safekeeping.replace_folder(staging, final)
    return final


def _other(language: Language) -> Language:
    return next(other for other in LANGUAGES if other != language)


@contextmanager
def the_paper(root: Path, stream: TextIO) -> Iterator[Path]:
    """Keep the committed outputs to this process, and end what a killed one began; yield where to stage new ones.

    Raises
    ------
    CompendiumError
        If another process writes them.
    """
    staging = root / "build" / "reproduce"
    with safekeeping.locked(root, "reproduce", "the paper"):
        if safekeeping.repair(staging, root):
            front_page.refresh(root)
            safekeeping.finish(staging)
            stream.write("An earlier run was stopped while its files were moved; they are in place now.\n")
        yield staging


def _run_all(root: Path, staging: Path, stream: TextIO, cell_limit: int | None, **environment: str) -> None:
    """Execute every notebook into a folder, the supplements beside the paper; each makes one for each language."""
    todo = notebooks(root)
    other = _other(load_study(root / "study.yaml").labels)
    stop, ready = threading.Event(), threading.Event()

    def lane(part: Sequence[Path]) -> None:
        for notebook in part:
            if notebook in supplements and _reads_the_paper(notebook):
                ready.wait()
            if stop.is_set():
                return
            progress = Progress(len(todo), stream, todo.index(notebook) + 1, notebook.stem)
            output = staging / "notebooks" / notebook.name
            execute(notebook, output, {}, root=root, progress=progress, cell_limit=cell_limit)
            _told_apart(output, other)
            progress.end(_n_cells(notebook))

    # of the paper the supplements need the cleaned answers and the retained items only, so they run beside it
    supplements = sorted(
        (notebook for notebook in todo if notebook.name.startswith("S")), key=_reads_the_paper
    )
    paper_lane = [notebook for notebook in todo if notebook not in supplements]
    place = str(staging.relative_to(root))
    more = {showing.BOTH_VARIABLE: "1", **environment}
    with _environment(place, **more), ThreadPoolExecutor(max_workers=1) as beside:
        try:
            side = beside.submit(_with_own_event_loop, lane, supplements)
            lane(paper_lane[:2])
            ready.set()
            lane(paper_lane[2:])
            side.result()
        finally:
            stop.set()
            ready.set()


def _told_apart(output: Path, other: Language) -> None:
    """Write an executed notebook in its own language, and its twin in the other beside it."""
    own, twin = showing.split(nbformat.read(output, as_version=4))
    second = output.parent / other / output.name
    write_atomically(output, canonical(own).encode("utf-8"))
    write_atomically(second, canonical(for_readers_of(twin, other)).encode("utf-8"))


def _reads_the_paper(notebook: Path) -> bool:
    """Tell whether a supplement reads a contract of the numbered notebooks."""
    cells = read_notebook(notebook).cells
    reads = re.compile(r"\.read\([\"']\d|\.analyse\(")
    return any(reads.search(cell.source) for cell in cells if cell.cell_type == "code")


def _with_own_event_loop(lane: Callable[[Sequence[Path]], None], part: Sequence[Path]) -> None:
    """Run a lane in a thread and close the event loop that the notebook client leaves in it."""
    from jupyter_core.utils import ensure_event_loop

    try:
        lane(part)
    finally:
        ensure_event_loop().close()


def write_paper(
    project: Project, stream: TextIO, *, formats: Sequence[paper.PaperFormat] = ("pdf", "html")
) -> None:
    """Write the paper from a finished run's contracts; HTML only where Typst is not installed.

    A study whose contracts the paper needs are not there (a compendium of other notebooks) has none.
    """
    if not project.has("04_structural"):
        return
    if importlib.util.find_spec("typst") is None:
        formats = ("html",)
        stream.write("paper: HTML only; PDF and Word need the extra 'documents'\n")
    started = time.monotonic()
    made = paper.build_paper(project, formats=formats)
    stream.write(f"paper: {', '.join(p.name for p in made)} {time.monotonic() - started:22.1f} s\n")


def run(
    root: Path,
    study: Study,
    *,
    survey: Path,
    study_file: Path,
    name: str,
    settings: Mapping[str, Any] | None = None,
    stream: TextIO | None = None,
    own: bool = True,
    cell_limit: int | None = None,
) -> Path:
    """Run the five notebooks on a survey and study of one's own, into ``build/NAME``.

    Parameters
    ----------
    root : Path
        The project's root.
    study : Study
        The study, already checked.
    survey, study_file : Path
        The inputs.
    name : str
        The run's name.
    settings : mapping, optional
        ``labels``, ``seed``, ``n_resamples`` to use instead of the study file's.
    own : bool
        Keep an earlier run of this name, under a dated name, if it holds anything that this one would lose.
    cell_limit : int, optional
        Seconds that a cell may take (default: an hour).

    Returns
    -------
    Path
        The finished run's folder.

    Raises
    ------
    NotebookError
        If a notebook stops; an earlier run of this name is then as it was.
    CompendiumError
        If another process writes the folder.

    Notes
    -----
    A run that was stopped goes on at the notebook where it stopped, as long as its inputs, its
    settings and the code are unchanged.
    """
    stream = stream or sys.stdout
    final = root / "build" / check_name(name)
    staging = root / "build" / f".{name}.partial"
    if (root / "build" / "reproduce" / safekeeping.JOURNAL).exists():
        with suppress(CompendiumError), the_paper(root, stream):
            pass  # notebooks that were being moved
    chosen = {key: value for key, value in (settings or {}).items() if value is not None}
    todo = notebooks(root, supplements=False)
    if study.multiverse is not None:
        todo += sorted((root / "notebooks").glob(f"{CHOICES}.ipynb"))
    code = [*todo, *_source_files(root)]
    made_from = record.run_record(
        with_settings(study, **chosen),
        survey=survey,
        study_file=study_file,
        name=name,
        settings=chosen,
        code=code,
    )
    parameters: dict[str, Any] = {
        "study": _relative(study_file, root),
        "survey": _relative(survey, root),
        "name": name,
        **chosen,
    }
    with safekeeping.locked(root, name, f"build/{name}/"):
        if safekeeping.repair_folder(final):
            stream.write(
                f"An earlier run was stopped while build/{name}/ was replaced; it is back in its place.\n"
            )
        fingerprint = _fingerprint(made_from)
        done = _resume(staging, fingerprint)
        with _environment(str(staging.relative_to(root))):
            for number, notebook in enumerate(todo, 1):
                progress = Progress(len(todo), stream, number, notebook.stem)
                if notebook.stem in done:
                    progress.end(_n_cells(notebook), "done before")
                    continue
                wanted = declared_parameters(notebook)
                mine = {key: value for key, value in parameters.items() if key in wanted}
                source = staging / "source" / notebook.name
                source.parent.mkdir(exist_ok=True)
                nbformat.write(fitted(notebook, study, study.labels), source)
                output = staging / "notebooks" / notebook.name
                execute(source, output, mine, root=root, progress=progress, cell_limit=cell_limit)
                progress.end(_n_cells(notebook))
                done.append(notebook.stem)
                _note(staging, fingerprint, done)
        chosen_study = with_settings(study, **chosen)
        write_paper(
            Project(root, staging, chosen_study, survey, study_file, name, chosen_study.labels),
            stream,
            formats=paper.FORMATS if own else ("pdf", "html"),
        )
        shutil.rmtree(staging / "source", ignore_errors=True)
        record.write_record(staging, made_from, study=study, study_file=study_file)
        reason = record.worth_keeping(final, made_from) if own else ""
        if reason:
            kept = record.set_aside(final)
            stream.write(f"The earlier build/{name}/ is kept as build/{kept.name}/: {reason}.\n")
        safekeeping.replace_folder(staging, final)
        (final / PROGRESS).unlink(missing_ok=True)
    return final


def _source_files(root: Path) -> list[Path]:
    """Return the packages' files, modules and data."""
    files = (path for path in (root / "src").rglob("*") if path.is_file())
    return sorted(path for path in files if "__pycache__" not in path.parts and not path.name.startswith("."))


def _n_cells(notebook: Path) -> int:
    return len(read_notebook(notebook).cells)


def _relative(path: Path, root: Path) -> str:
    """Return a path from the root: what a notebook is given, and shows, tells nothing of the machine."""
    try:
        return Path(os.path.relpath(path.resolve(), root)).as_posix()
    except ValueError:  # another drive
        return str(path.resolve())


def _fingerprint(made_from: Mapping[str, Any]) -> str:
    """Return what a stopped run and the one that goes on with it must have in common: inputs, settings, versions."""
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode("utf-8")).hexdigest()


def _resume(staging: Path, fingerprint: str) -> list[str]:
    """Return the notebooks that a stopped run finished on the same inputs; begin afresh otherwise."""
    note = staging / PROGRESS
    if note.is_file():
        with suppress(ValueError, KeyError, TypeError):  # damaged: the run begins afresh
            content = json.loads(note.read_text(encoding="utf-8"))
            if content["fingerprint"] == fingerprint:
                return list(content["done"])
    if staging.exists():
        shutil.rmtree(staging)
    staging.mkdir(parents=True)
    return []


def _note(staging: Path, fingerprint: str, done: list[str]) -> None:
    content = json.dumps({"fingerprint": fingerprint, "done": done})
    write_atomically(staging / PROGRESS, content.encode())
