"""Execute one notebook with papermill, tell how far it is, and leave nothing in it that changes from run to run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import nbformat

from plsem.names import nearest
from surveypls.errors import CompendiumError, NotebookError, ParameterError
from tabletext.storage import write_atomically

#: Seconds that a cell may take, unless another limit is asked for; the longest of ours takes a minute.
CELL_LIMIT = 3600


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


def read_notebook(notebook: Path) -> nbformat.NotebookNode:
    """Read a notebook; CompendiumError where the file is damaged."""
    try:
        content: nbformat.NotebookNode = nbformat.read(notebook, as_version=4)
    except (nbformat.reader.NotJSONError, UnicodeDecodeError) as error:
        said = str(error.__cause__ or error)
        raise CompendiumError(
            f"notebooks/{notebook.name} is damaged and cannot be read as a notebook: {said}"
        ) from None
    return content


def declared_parameters(notebook: Path) -> list[str]:
    """Return the names in a notebook's ``parameters`` cell.

    Raises
    ------
    ParameterError
        If the notebook has no such cell, for papermill would then ignore every parameter.
    """
    from papermill.inspection import inspect_notebook

    cells = read_notebook(notebook).cells
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
    cell_limit: int | None = None,
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
    cell_limit : int, optional
        Seconds that a cell may take (default: an hour).

    Raises
    ------
    ParameterError
        For a parameter that the notebook does not declare.
    NotebookError
        If a cell raises, takes longer than the limit or its kernel dies; the failed copy is kept as
        ``build/failed/NAME.ipynb``.
    CompendiumError
        If no kernel starts.
    """
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if parameters:
        declared = declared_parameters(notebook)
        for name in parameters:
            if name not in declared:
                raise ParameterError(f"{notebook.name} has no parameter {name!r}{nearest(name, declared)}")
    limit = cell_limit or CELL_LIMIT
    output.parent.mkdir(parents=True, exist_ok=True)
    temporary = output.with_name(f".{output.name}.tmp.ipynb")
    watch = _Watch(progress)
    try:
        _papermill(notebook, temporary, parameters, root, watch, limit)
        executed = nbformat.read(temporary, as_version=4)
        write_atomically(output, canonical(executed).encode("utf-8"))
    except PapermillExecutionError as error:
        watch.keep(root, notebook.name)
        trace = "\n".join(error.traceback)
        raise NotebookError(
            notebook.name, error.exec_count or 0, error.source, error.ename, error.evalue, trace
        ) from None
    except CellTimeoutError:
        watch.keep(root, notebook.name)
        said = f"the cell ran longer than {limit} s and was stopped; --cell-limit SECONDS allows more"
        raise NotebookError(notebook.name, watch.number, watch.source, "TimeoutError", said, "") from None
    except DeadKernelError:
        watch.keep(root, notebook.name)
        said = "the notebook's kernel was killed, by someone or because the memory was not enough"
        raise NotebookError(notebook.name, watch.number, watch.source, "DeadKernelError", said, "") from None
    finally:
        temporary.unlink(missing_ok=True)


@dataclass(slots=True)
class _Watch:
    """The cell that runs: its number among the code cells and its source."""

    progress: Progress | None
    notebook: nbformat.NotebookNode | None = None
    number: int = 0
    source: str = ""

    def keep(self, root: Path, name: str) -> None:
        """Write the notebook as far as it came to ``build/failed``."""
        if self.notebook is not None:
            with suppress(OSError):  # what went wrong first is what a reader needs to know
                write_atomically(root / "build" / "failed" / name, nbformat.writes(self.notebook).encode())

    def begins(self, cell: Any, index: int, cells: int) -> None:
        if cell.cell_type == "code":
            self.number, self.source = self.number + 1, str(cell.source)
        if self.progress is not None:
            self.progress.cell(index, cells)


def _papermill(
    notebook: Path, output: Path, parameters: Mapping[str, Any], root: Path, watch: _Watch, cell_limit: int
) -> None:
    """Run papermill; a kernel that does not come up is tried again."""
    import papermill

    _register_engine()
    for tries_left in (2, 1, 0):
        try:
            papermill.execute_notebook(
                str(notebook),
                str(output),
                parameters=dict(parameters) or None,
                cwd=str(root / "notebooks"),
                engine_name="surveypls",
                progress_bar=False,
                request_save_on_cell_execute=False,
                kernel_name="python3",
                start_timeout=30,
                execution_timeout=cell_limit,
                shutdown_kernel="immediate",
                watch=watch,
                # a kernel warns of its transport, and of every stop
                extra_arguments=["--log-level=CRITICAL"],
            )
            return
        except RuntimeError as error:  # two kernels that start at once can be given the same port
            if "Kernel didn't respond" not in str(error):
                raise
            if not tries_left:
                raise CompendiumError(
                    f"{notebook.name}: no notebook kernel started within 30 s, three times; "
                    "the machine is too busy, or the environment is broken (make clean, make setup)"
                ) from None


def _register_engine() -> None:
    """Register a papermill engine that tells a :class:`_Watch` of every cell."""
    from papermill.engines import NBClientEngine, papermill_engines

    class WatchedEngine(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
            watch: _Watch = options.pop("watch")
            watch.notebook = nb_man.nb
            begin, cells = nb_man.cell_start, len(nb_man.nb.cells)

            def cell_start(cell: Any, cell_index: int, **more: Any) -> None:
                watch.begins(cell, cell_index, cells)
                begin(cell, cell_index, **more)

            nb_man.cell_start = cell_start
            return super().execute_managed_notebook(nb_man, kernel_name, **options)

    papermill_engines.register("surveypls", WatchedEngine)


def canonical(notebook: nbformat.NotebookNode) -> str:
    """Return a notebook as text without anything that changes from run to run.

    Papermill's and Jupyter's times and paths, the interpreter's version and transient metadata go;
    sources, outputs, tags and cell ids stay.  Neighbouring pieces of one stream are joined: where a
    stream is cut depends on how busy the machine is.
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
        cell.metadata = nbformat.from_dict(kept)
        if "injected-parameters" in tags or "id" not in cell:
            cell["id"] = f"cell-{number}"  # papermill gives a random one
        if "outputs" in cell:
            cell["outputs"] = _joined(cell["outputs"])
        for out in cell.get("outputs", []):
            out.pop("transient", None)
    return str(nbformat.writes(notebook, indent=1)).rstrip("\n") + "\n"


def _joined(outputs: list[Any]) -> list[Any]:
    """Join neighbouring outputs of one stream."""
    found: list[Any] = []
    for out in outputs:
        if found and out.output_type == "stream" == found[-1].output_type and out.name == found[-1].name:
            found[-1].text += out.text
        else:
            found.append(out)
    return found
