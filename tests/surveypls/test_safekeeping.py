"""No result is lost: one run at a time, all files or none, faults of the machine said plainly."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from toy_compendium import FIRST, SECOND, write_notebook

from surveypls.__main__ import main
from surveypls.compendium import execution, front_page, runner, safekeeping
from surveypls.compendium import project as compendium
from surveypls.compendium.parameters import find_root
from surveypls.errors import CompendiumError, NotebookError, machine_fault
from surveypls.study.definition import load_study
from tabletext.storage import write_atomically

TESTS = Path(__file__).parents[1]


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


def _killed(toy: Path, command: Callable[[Path], object], at: int) -> bool:
    """Run a command that ends at the n-th rename of its results; tell whether it came so far."""
    left = at

    def counted(real: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def rename(self: Path, target: Path) -> Path:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return real(self, target)

        return rename

    with pytest.MonkeyPatch.context() as patch:
        for name in ("promote", "replace_folder"):
            real = getattr(safekeeping, name)

            def armed(*arguments: Path, real: Callable[..., object] = real) -> object:
                patch.setattr(Path, "replace", counted(Path.replace))
                patch.setattr(Path, "rename", counted(Path.rename))
                return real(*arguments)

            patch.setattr(safekeeping, name, armed)
        try:
            command(toy)
        except Killed:
            return True
    return False


def _reproduce(toy: Path) -> list[str]:
    return runner.reproduce(toy, stream=io.StringIO())


def _results(toy: Path) -> dict[str, bytes]:
    files = [*(toy / "notebooks").iterdir(), *(toy / "data").rglob("*"), *(toy / "paper").rglob("*")]
    return {str(p.relative_to(toy)): p.read_bytes() for p in files if p.is_file()}


def test_a_killed_promotion_is_finished_by_the_next_command(
    toy: Path, no_kernel: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _reproduce(toy)
    first = _results(toy)
    write_notebook(toy / "notebooks" / "01_a.ipynb", FIRST.replace("n_resamples]", "n_resamples + 1]"))
    changed_source = _results(toy)
    seen = set()
    for at in range(20):
        killed = _killed(toy, _reproduce, at)
        found = _results(toy)
        if not killed:
            break
        if at == 0:  # the list of what to move was not there yet
            assert found == changed_source
            assert not (toy / "build/reproduce" / safekeeping.JOURNAL).exists()
        else:
            assert (toy / "build/reproduce" / safekeeping.JOURNAL).exists()
            said = io.StringIO()
            with runner.the_paper(toy, said):
                pass
            assert "in place now" in said.getvalue()
            found = _results(toy)
            assert found["data/derived/02_b.csv"] == b"v\n20002\n"
            assert found["data/derived/01_a.csv"] == b"v\n10001\n"
        seen.add(at)
        assert not (toy / "build/reproduce" / safekeeping.JOURNAL).exists()
        # back to before, for the next place to be killed at
        for place, content in {**first, **changed_source}.items():
            (toy / place).write_bytes(content)
    assert seen >= {0, 1, 2, 3}
    assert _results(toy)["data/derived/02_b.csv"] == b"v\n20002\n"


REAL = """
import os, signal, sys
from pathlib import Path
from surveypls.compendium import safekeeping
real = safekeeping._move
def move(staging, root, places):
    real(staging, root, places[:1])
    os.kill(os.getpid(), signal.SIGKILL)
safekeeping._move = move
safekeeping.promote(Path("staging"), Path("root"))
"""


def test_a_real_kill_is_repaired(tmp_path: Path) -> None:
    for place in ("staging/tables", "root/tables"):
        (tmp_path / place).mkdir(parents=True)
        for name in "abc":
            (tmp_path / place / f"{name}.csv").write_text(place + name)
    done = subprocess.run([sys.executable, "-c", REAL], cwd=tmp_path, check=False)
    assert done.returncode == -signal.SIGKILL

    def there() -> list[str]:
        return [p.read_text() for p in sorted((tmp_path / "root/tables").iterdir())]

    assert there() == ["staging/tablesa", "root/tablesb", "root/tablesc"]
    assert safekeeping.repair(tmp_path / "staging", tmp_path / "root")
    assert there() == ["staging/tablesa", "staging/tablesb", "staging/tablesc"]
    safekeeping.finish(tmp_path / "staging")
    assert not safekeeping.repair(tmp_path / "staging", tmp_path / "root")


def test_a_killed_promotion_refreshes_the_front_page_too(
    toy: Path, monkeypatch: pytest.MonkeyPatch, no_kernel: None
) -> None:
    assert _killed(toy, _reproduce, 2)
    refreshed: list[Path] = []
    monkeypatch.setattr(front_page, "refresh", lambda root: refreshed.append(root) or [])
    with runner.the_paper(toy, io.StringIO()):
        pass
    assert refreshed == [toy]


def test_a_run_first_finishes_the_notebooks_that_were_being_moved(toy: Path, no_kernel: None) -> None:
    assert _killed(toy, _reproduce, 1)
    said = _run(toy)
    assert "in place now" in said
    assert (toy / "data/derived/02_b.csv").read_bytes() == b"v\n20000\n"


@pytest.mark.parametrize("at", [0, 1])
def test_a_run_killed_between_two_folders_loses_neither(toy: Path, no_kernel: None, at: int) -> None:
    _run(toy)
    before = {p.name: p.read_bytes() for p in (toy / "build/mine").rglob("*") if p.is_file()}
    assert _killed(toy, _run, at)
    assert (toy / "build/mine").exists() == (at == 0)
    said = _run(toy)
    assert ("back in its place" in said) == (at == 1)
    assert said.count("done before") == 2
    after = {p.name: p.read_bytes() for p in (toy / "build/mine").rglob("*") if p.is_file()}
    assert after == before
    assert sorted(p.name for p in (toy / "build").iterdir()) == [".locks", "mine"]


def _run(toy: Path) -> str:
    stream = io.StringIO()
    runner.run(
        toy,
        load_study(toy / "study.yaml"),
        survey=toy / "data/raw/survey.csv",
        study_file=toy / "study.yaml",
        name="mine",
        stream=stream,
    )
    return stream.getvalue()


def test_files_on_another_disk_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staging, root = tmp_path / "staging", tmp_path / "root"
    (staging / "tables").mkdir(parents=True)
    (staging / "tables" / "a.csv").write_text("new")
    (root / "tables").mkdir(parents=True)

    real = Path.replace

    def other_disk(self: Path, target: Path) -> Path:
        if self.parent.name == "tables" and target.parent.parent.name == "root" and "tmp" not in self.name:
            raise OSError(18, "Invalid cross-device link")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", other_disk)
    with pytest.raises(OSError, match="cross-device"):
        safekeeping.promote(staging, root)
    monkeypatch.setattr(safekeeping, "_other_disk", lambda source, target: True)
    assert safekeeping.repair(staging, root)
    assert (root / "tables" / "a.csv").read_text() == "new"


# one at a time -------------------------------------------------------------------------------------
HOLD = """
import sys, time
from pathlib import Path
from surveypls.compendium import safekeeping
sys.argv = ["x", "run", "my survey.csv"]
with safekeeping.locked(Path.cwd(), "mine", "build/mine/"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_run_of_a_name_says_who_runs(toy: Path, no_kernel: None) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD], cwd=toy, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        expected = (
            rf"build/mine/ is being written by process {holder.pid} \(surveypls run 'my survey.csv'\), since"
        )
        with pytest.raises(CompendiumError, match=expected):
            _run(toy)
        _reproduce(toy)  # another folder
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout:
            holder.stdout.close()
    _run(toy)  # the lock went with the process


def test_two_reproductions_do_not_meet(toy: Path, no_kernel: None) -> None:
    with (
        runner.the_paper(toy, io.StringIO()),
        pytest.raises(CompendiumError, match="the paper is being written"),
    ):
        _reproduce(toy)
    assert main(["paper"]) == 0


# faults of the machine -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
            "was killed, by someone or because the memory",
        ),
        ("import time\ntime.sleep(60)", "longer than 3 s"),
    ],
)
def test_a_dead_or_stuck_kernel_is_said_plainly(
    toy: Path, body: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_notebook(toy / "notebooks" / "01_a.ipynb", body, opens=False)
    started = time.monotonic()
    given = [str(toy / "data/raw/survey.csv"), str(toy / "study.yaml")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("surveypls.survey.check.preflight", lambda survey, study: load_study(study))
        assert main(["run", *given, "--cell-limit", "3"]) == 1
    assert time.monotonic() - started < 45
    said = capsys.readouterr().err
    assert "01_a.ipynb stopped at code cell 3" in said
    assert reason in said
    assert body.splitlines()[-1] in said
    assert "Traceback" not in said
    assert "build/failed/01_a.ipynb" in said
    assert (toy / "build" / "failed" / "01_a.ipynb").is_file()
    assert not (toy / "build" / "mine").exists()


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "soon"])
def test_a_limit_is_a_whole_number_of_seconds(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["reproduce", "--cell-limit", limit])
    assert end.value.code == 2
    assert "expected a whole number of seconds" in capsys.readouterr().err


def test_no_kernel_starts(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import papermill

    tries: list[int] = []

    def silent(*arguments: object, **options: object) -> None:
        tries.append(1)
        raise RuntimeError("Kernel didn't respond in 30 seconds")

    monkeypatch.setattr(papermill, "execute_notebook", silent)
    with pytest.raises(CompendiumError, match="no notebook kernel started"):
        execution.execute(toy / "notebooks/01_a.ipynb", toy / "build/x.ipynb", {}, root=toy)
    assert len(tries) == 3


@pytest.mark.parametrize("content", [b"<<<<<<< ours\n{}\n", b"\xff\xfe"])
def test_a_damaged_notebook_is_named(toy: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (toy / "notebooks" / "S1_c.ipynb").write_bytes(content)
    assert main(["reproduce"]) == 1
    assert "notebooks/S1_c.ipynb is damaged" in capsys.readouterr().err


def _notebook_error(name: str, value: str) -> NotebookError:
    return NotebookError("01_a.ipynb", 3, "x = 1", name, value, f"Traceback\n{name}: {value}")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(28, "No space left on device", "build/a.csv"),
            "there is no space left on the disk (build/a.csv)",
        ),
        (PermissionError(13, "Permission denied", "build"), "there is no permission to write (build)"),
        (OSError(30, "Read-only file system", "build"), "the file system can only be read (build)"),
        (MemoryError(), "the memory is not enough"),
        (
            _notebook_error("OSError", "[Errno 28] No space: '/x/a.csv'"),
            "no space left on the disk (/x/a.csv)",
        ),
        (_notebook_error("OSError", "[Errno 28] No space left on device"), "no space left on the disk"),
        (_notebook_error("MemoryError", "Unable to allocate 3 GiB"), "the memory is not enough"),
    ],
)
def test_faults_of_the_machine_are_said_without_a_traceback(
    toy: Path,
    error: Exception,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(runner, "execute", fails)
    write_notebook(toy / "notebooks" / "02_b.ipynb", SECOND)
    assert main(["reproduce"]) == 1
    found = capsys.readouterr().err
    assert said in found
    assert "What was there before is as it was" in found
    assert "Traceback" not in found


def test_our_own_faults_keep_their_traceback(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "execute", lambda *a, **k: {}["x"])
    with pytest.raises(KeyError):
        main(["reproduce"])
    assert machine_fault(FileNotFoundError(2, "No such file", "a")) == ""
    assert _notebook_error("FileNotFoundError", "[Errno 2] No such file: 'a'").machine_fault == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_changes_nothing(toy: Path, no_kernel: None, capsys: pytest.CaptureFixture[str]) -> None:
    """A real fault: no file may grow beyond a few bytes, so that the first result cannot be written."""
    import resource

    _reproduce(toy)
    write_notebook(toy / "notebooks" / "01_a.ipynb", FIRST.replace("n_resamples]", "n_resamples + 1]"))
    before = _results(toy)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, hard))
        ended = main(["reproduce"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ended == 1
    said = capsys.readouterr().err
    assert "a file may not grow so large" in said
    assert "What was there before is as it was" in said
    assert _results(toy) == before


def test_an_interrupt_of_writing_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda number: order.append("fsync") or fsync(number))
    monkeypatch.setattr(
        Path, "replace", lambda self, target: order.append("replace") or replace(self, target)
    )
    write_atomically(tmp_path / "a.csv", b"one")
    assert order == ["fsync", "replace"]  # the bytes are on the disk before the name is


# a checkout is its own -----------------------------------------------------------------------------
def test_a_copied_checkout_does_not_run_the_originals_code(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (toy / "src" / "surveypls").mkdir()
    with pytest.raises(
        CompendiumError, match=r"this checkout has no environment of its own yet; run `make setup`"
    ):
        find_root(toy)
    assert main(["reproduce"]) == 1
    own = Path(compendium.__file__).parents[1]
    assert str(own) in capsys.readouterr().err
    (toy / "src" / "surveypls").rmdir()
    (toy / "src" / "surveypls").symlink_to(own)
    assert find_root(toy) == toy
