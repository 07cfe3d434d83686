"""One run at a time in a folder, and results put in place all or not at all, also where a process is killed.

A finished run's files wait under ``build/``.  The list of those that differ is written beside them; from then on they
are moved one by one, and a list that is found lying there tells the next command to move what is left.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from surveypls.errors import CompendiumError
from tabletext.storage import write_atomically

OUTPUT_FOLDERS = ("notebooks", "data/derived", "figures", "tables", "paper")
LOCKS = ".locks"
JOURNAL = ".moving.json"


# one at a time -------------------------------------------------------------------------------------
@contextmanager
def locked(root: Path, name: str, place: str) -> Iterator[None]:
    """Keep a folder to this process; the system lets go of it however the process ends.

    Parameters
    ----------
    root : Path
        The project's root.
    name : str
        The lock's name, one for each folder that is written.
    place : str
        The folder as a reader knows it, for the message.

    Raises
    ------
    CompendiumError
        If another process holds it; the message says which, and since when.
    """
    path = root / "build" / LOCKS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not _lock(file):
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise CompendiumError(f"{place} is being written by {holder}; wait until it is done, or stop it")
        file.truncate(0)
        since = time.strftime("%Y-%m-%d %H:%M")
        file.write(f"process {os.getpid()} ({shlex.join(['surveypls', *sys.argv[1:]])}), since {since}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _lock(file: TextIO) -> bool:
    """Take a lock on an open file if nobody has it; where the file system has no locks there is none to take."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(
                file.fileno(), 1 << 30, os.SEEK_SET
            )  # what is locked cannot be read, so a place beyond the text
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return sys.platform != "win32"
    return True


# many files at once --------------------------------------------------------------------------------
def promote(staging: Path, root: Path) -> list[str]:
    """Move a finished run's files into place where they differ, all or none; return those files.

    Nothing is moved before the list of them is on the disk.  A process that is killed before leaves everything as it
    was; one that is killed after leaves the list, and :func:`repair` moves the rest.
    """
    changed = []
    for folder in OUTPUT_FOLDERS:
        for path in sorted((staging / folder).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                place = path.relative_to(staging)
                target = root / place
                if not target.is_file() or target.read_bytes() != path.read_bytes():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    changed.append(place.as_posix())
    write_atomically(staging / JOURNAL, json.dumps(changed).encode("utf-8"))
    _sync_folder(staging)
    _move(staging, root, changed)
    return changed


def finish(staging: Path) -> None:
    """Note that what follows from the moved files is done, too."""
    (staging / JOURNAL).unlink()
    shutil.rmtree(staging, ignore_errors=True)


def repair(staging: Path, root: Path) -> bool:
    """Move what a killed process left to be moved; tell whether there was anything."""
    journal = staging / JOURNAL
    if not journal.is_file():
        return False
    _move(staging, root, json.loads(journal.read_text(encoding="utf-8")))
    return True


def _move(staging: Path, root: Path, places: Sequence[str]) -> None:
    for place in places:
        source, target = staging / place, root / place
        if source.is_file():  # else it was moved before
            try:
                source.replace(target)
            except OSError:
                if not source.is_file() or not _other_disk(source, target):
                    raise
                write_atomically(target, source.read_bytes())
    for folder in sorted({(root / place).parent for place in places}):
        _sync_folder(folder)


def _other_disk(source: Path, target: Path) -> bool:
    return source.stat().st_dev != target.parent.stat().st_dev


def _sync_folder(folder: Path) -> None:
    """Make sure that names in a folder are on the disk."""
    if sys.platform != "win32":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


# a whole folder ------------------------------------------------------------------------------------
def _older(final: Path) -> Path:
    return final.with_name(f".{final.name}.old")


def replace_folder(staging: Path, final: Path) -> None:
    """Put a finished folder in the place of an older one, which is only removed once replaced."""
    old = _older(final)
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        final.rename(old)
    staging.rename(final)
    _sync_folder(final.parent)
    shutil.rmtree(old, ignore_errors=True)


def repair_folder(final: Path) -> bool:
    """Put the older folder back where a process was killed between its two renames; tell whether it was."""
    old = _older(final)
    if final.exists() or not old.exists():
        return False
    old.rename(final)
    return True
