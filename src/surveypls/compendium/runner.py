"""Run notebooks in order with papermill, show progress, and put results in place only when all is well.

A run is staged under ``build/`` and moved into place at its end, file by file and only where a file
changed, so a failure or an interrupt leaves the last good output as it was.
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
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import nbformat

from plsem.names import nearest
from surveypls.compendium import front_page, record
from surveypls.compendium.notebook_text import fitted
from surveypls.compendium.project import (
    OUTPUT_VARIABLE,
    Project,
    check_name,
    with_settings,
    write_atomically,
)
from surveypls.errors import NotebookError, ParameterError
from surveypls.report import paper
from surveypls.study.definition import Study, load_study

# small matrices: BLAS threads cost more than they give, and one thread gives the same digits everywhere
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
OUTPUT_FOLDERS = ("notebooks", "data/derived", "figures", "tables", "paper")


@dataclass(slots=True)
class Progress:
    """Prints which notebook and cell is running, on one line where the stream is a terminal.

    One for each notebook: it begins when it is made.
    """

    total: int
    stream: TextIO
    number: int
    name: str
    started: float = field(default_factory=time.monotonic)

    def cell(self, done: int, cells: int) -> None:
        """Note that a cell begins."""
        if self.stream.isatty():
            self._line(f"cell {done + 1}/{cells}", end="\r")

    def end(self, cells: int, what: str = "done") -> None:
        """Note that the notebook is finished."""
        self._line(f"{cells} cells, {what}", end="\n")

    def _line(self, text: str, end: str) -> None:
        seconds = time.monotonic() - self.started
        line = f"[{self.number}/{self.total}] {self.name:<24} {text:<18} {seconds:5.1f} s"
        self.stream.write(("\r" + line.ljust(78) if self.stream.isatty() else line) + end)
        self.stream.flush()


def notebooks(root: Path, *, supplements: bool = True) -> list[Path]:
    """Return the numbered notebooks in running order: 01 … 05, then the supplements S1 …."""
    numbered = sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    return numbered + (sorted((root / "notebooks").glob("S[0-9]_*.ipynb")) if supplements else [])


def declared_parameters(notebook: Path) -> list[str]:
    """Return the names in a notebook's ``parameters`` cell.

    Raises
    ------
    ParameterError
        If the notebook has no such cell, for papermill would then ignore every parameter.
    """
    from papermill.inspection import inspect_notebook

    cells = nbformat.read(notebook, as_version=4).cells
    if not any("parameters" in cell.metadata.get("tags", []) for cell in cells):
        raise ParameterError(f"{notebook.name} has no cell tagged 'parameters'")
    return list(inspect_notebook(str(notebook)))


def execute(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, Any],
    *,
    root: Path,
    progress: Progress | None = None,
) -> None:
    """Execute one notebook with papermill into ``output``, canonicalised.

    Parameters
    ----------
    notebook, output : Path
        Source, and the executed copy to write.
    parameters : mapping
        Values for the ``parameters`` cell; an unknown one is an error.
    root : Path
        The project's root; the notebook runs in its ``notebooks`` folder.
    progress : Progress, optional
        Told of each cell.

    Raises
    ------
    ParameterError
        For a parameter that the notebook does not declare.
    NotebookError
        If a cell raises; the failed copy is kept as ``build/failed/NAME.ipynb``.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    if parameters:
        declared = declared_parameters(notebook)
        for name in parameters:
            if name not in declared:
                raise ParameterError(f"{notebook.name} has no parameter {name!r}{nearest(name, declared)}")
    _register_engine()
    output.parent.mkdir(parents=True, exist_ok=True)
    temporary = output.with_name(f".{output.name}.tmp.ipynb")
    try:
        for tries_left in (2, 1, 0):
            try:
                papermill.execute_notebook(
                    str(notebook),
                    str(temporary),
                    parameters=dict(parameters) or None,
                    cwd=str(root / "notebooks"),
                    engine_name="surveypls",
                    progress_bar=False,
                    request_save_on_cell_execute=False,
                    kernel_name="python3",
                    start_timeout=30,
                    shutdown_kernel="immediate",
                    cell_progress=progress,
                    extra_arguments=[
                        "--log-level=CRITICAL"
                    ],  # a kernel warns of its transport, and of every stop
                )
                break
            except RuntimeError as error:  # two kernels that start at once can be given the same port
                if "Kernel didn't respond" not in str(error) or not tries_left:
                    raise
        executed = nbformat.read(temporary, as_version=4)
        write_atomically(output, canonical(executed).encode("utf-8"))
    except PapermillExecutionError as error:
        failed = root / "build" / "failed" / notebook.name
        failed.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(temporary, failed)
        raise NotebookError(
            notebook.name,
            error.exec_count or 0,
            error.source,
            error.ename,
            error.evalue,
            "\n".join(error.traceback),
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def _register_engine() -> None:
    """Register a papermill engine that tells a :class:`Progress` of every cell."""
    from papermill.engines import NBClientEngine, papermill_engines

    class ProgressEngine(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
            progress: Progress | None = options.pop("cell_progress", None)
            if progress is not None:
                begin, cells = nb_man.cell_start, len(nb_man.nb.cells)

                def cell_start(cell: Any, cell_index: int, **more: Any) -> None:
                    progress.cell(cell_index, cells)
                    begin(cell, cell_index, **more)

                nb_man.cell_start = cell_start
            return super().execute_managed_notebook(nb_man, kernel_name, **options)

    papermill_engines.register("surveypls", ProgressEngine)


def canonical(notebook: nbformat.NotebookNode) -> str:
    """Return a notebook as text without anything that changes from run to run.

    Papermill's and Jupyter's times and paths, the interpreter's version and transient metadata go;
    sources, outputs, tags and cell ids stay.
    """
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        kept: dict[str, Any] = {"tags": list(tags)} if tags else {}
        if "es" in cell.metadata:
            kept["es"] = cell.metadata["es"]
        cell.metadata = nbformat.from_dict(kept)
        if "injected-parameters" in tags or "id" not in cell:
            cell["id"] = f"cell-{number}"  # papermill gives a random one
        for out in cell.get("outputs", []):
            out.pop("transient", None)
    return str(nbformat.writes(notebook, indent=1)).rstrip("\n") + "\n"


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def reproduce(root: Path, *, stream: TextIO | None = None) -> list[str]:
    """Rebuild the paper: run every notebook, then replace what changed.

    Returns
    -------
    list of str
        The files that changed, relative to the root; empty where everything came out the same.

    Raises
    ------
    NotebookError
        If a notebook stops; the committed files are then as they were.
    """
    stream = stream or sys.stdout
    staging = root / "build" / "reproduce"
    shutil.rmtree(staging, ignore_errors=True)
    todo = notebooks(root)
    stop, ready = threading.Event(), threading.Event()

    def lane(part: Sequence[Path]) -> None:
        for notebook in part:
            if notebook in supplements and _reads_the_paper(notebook):
                ready.wait()
            if stop.is_set():
                return
            progress = Progress(len(todo), stream, todo.index(notebook) + 1, notebook.stem)
            execute(notebook, staging / "notebooks" / notebook.name, {}, root=root, progress=progress)
            progress.end(_n_cells(notebook))

    # of the paper the supplements need the cleaned answers and the retained items only, so they run beside it
    supplements = sorted(
        (notebook for notebook in todo if notebook.name.startswith("S")), key=_reads_the_paper
    )
    paper_lane = [notebook for notebook in todo if notebook not in supplements]
    with (
        _environment({**ONE_THREAD, OUTPUT_VARIABLE: str(staging.relative_to(root))}),
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        try:
            side = beside.submit(_with_own_event_loop, lane, supplements)
            lane(paper_lane[:2])
            ready.set()
            lane(paper_lane[2:])
            side.result()
        finally:
            stop.set()
            ready.set()
    study = load_study(root / "study.yaml")
    survey = root / "data" / "raw" / "survey.csv"
    write_paper(Project(root, staging, study, survey, root / "study.yaml", "", study.labels), stream)
    return promote(staging, root) + front_page.refresh(root)


def _reads_the_paper(notebook: Path) -> bool:
    """Tell whether a supplement reads a contract of the numbered notebooks."""
    cells = nbformat.read(notebook, as_version=4).cells
    return any(re.search(r"\.read\([\"']\d", cell.source) for cell in cells if cell.cell_type == "code")


def _with_own_event_loop(lane: Callable[[Sequence[Path]], None], part: Sequence[Path]) -> None:
    """Run a lane in a thread and close the event loop that the notebook client leaves in it."""
    from jupyter_core.utils import ensure_event_loop

    try:
        lane(part)
    finally:
        ensure_event_loop().close()


def write_paper(project: Project, stream: TextIO) -> None:
    """Write the paper from a finished run's contracts: HTML, and PDF where Typst is installed.

    A study whose contracts the paper needs are not there (a compendium of other notebooks) has none.
    """
    if not project.has("04_structural"):
        return
    formats: tuple[paper.PaperFormat, ...] = ("pdf", "html")
    if importlib.util.find_spec("typst") is None:
        formats = ("html",)
        stream.write("paper: HTML only; the PDF needs the extra 'documents'\n")
    started = time.monotonic()
    made = paper.build_paper(project, formats=formats)
    stream.write(f"paper: {', '.join(p.name for p in made)} {time.monotonic() - started:22.1f} s\n")


def promote(staging: Path, root: Path) -> list[str]:
    """Move a finished run's files into place where they changed; return those files."""
    changed = []
    for folder in OUTPUT_FOLDERS:
        for path in sorted((staging / folder).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                target = root / path.relative_to(staging)
                if write_atomically(target, path.read_bytes()):
                    changed.append(str(target.relative_to(root)))
    return changed


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

    Returns
    -------
    Path
        The finished run's folder.

    Notes
    -----
    A run that was stopped goes on at the notebook where it stopped, as long as its inputs, its
    settings and the code are unchanged.
    """
    stream = stream or sys.stdout
    final = root / "build" / check_name(name)
    staging = root / "build" / f".{name}.partial"
    chosen = {key: value for key, value in (settings or {}).items() if value is not None}
    todo = notebooks(root, supplements=False)
    code = [*todo, *sorted((root / "src").rglob("*.py"))]
    inputs = [survey, study_file]
    if study.survey.codebook is not None:
        inputs.append(study_file.parent / study.survey.codebook)
    fingerprint = _fingerprint([*inputs, *code], chosen)
    done = _resume(staging, fingerprint)
    chosen_study = with_settings(study, **chosen)
    made_from = record.run_record(
        chosen_study, survey=survey, study_file=study_file, name=name, settings=chosen, code=code
    )
    parameters: dict[str, Any] = {
        "study": _relative(study_file, root),
        "survey": _relative(survey, root),
        "name": name,
        **chosen,
    }
    with _environment({**ONE_THREAD, OUTPUT_VARIABLE: str(staging.relative_to(root))}):
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
            execute(source, staging / "notebooks" / notebook.name, mine, root=root, progress=progress)
            progress.end(_n_cells(notebook))
            done.append(notebook.stem)
            _note(staging, fingerprint, done)
    write_paper(Project(root, staging, chosen_study, survey, study_file, name, chosen_study.labels), stream)
    (staging / "progress.json").unlink()
    shutil.rmtree(staging / "source", ignore_errors=True)
    record.write_record(staging, made_from, study=study, study_file=study_file)
    reason = record.worth_keeping(final, made_from) if own else ""
    if reason:
        kept = record.set_aside(final)
        stream.write(f"The earlier build/{name}/ is kept as build/{kept.name}/: {reason}.\n")
    _replace_folder(staging, final)
    return final


def _n_cells(notebook: Path) -> int:
    return len(nbformat.read(notebook, as_version=4).cells)


def _relative(path: Path, root: Path) -> str:
    """Return a path from the root: what a notebook is given, and shows, tells nothing of the machine."""
    try:
        return Path(os.path.relpath(path.resolve(), root)).as_posix()
    except ValueError:  # another drive
        return str(path.resolve())


def _fingerprint(files: Sequence[Path], settings: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for path in files:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _resume(staging: Path, fingerprint: str) -> list[str]:
    """Return the notebooks that a stopped run finished on the same inputs; begin afresh otherwise."""
    note = staging / "progress.json"
    if note.is_file():
        content = json.loads(note.read_text(encoding="utf-8"))
        if content["fingerprint"] == fingerprint:
            return list(content["done"])
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    return []


def _note(staging: Path, fingerprint: str, done: list[str]) -> None:
    content = json.dumps({"fingerprint": fingerprint, "done": done})
    write_atomically(staging / "progress.json", content.encode())


def _replace_folder(staging: Path, final: Path) -> None:
    """Put a finished folder in the place of an older one, which is only removed once replaced."""
    old = final.with_name(f".{final.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        final.rename(old)
    staging.rename(final)
    shutil.rmtree(old, ignore_errors=True)
