"""Run many tasks with progress: small ones on threads, long ones through joblib, kept as they are done.

NumPy leaves the interpreter free while it multiplies matrices and works on large arrays, so threads
share one copy of the data.  Each task writes its own part of the result; their order is of no account.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, TextIO

import joblib

Progress = Callable[[int, int], None]
Task = Callable[[int, int, threading.Event], None]


def n_threads(n_jobs: int) -> int:
    """Return the number of threads that ``n_jobs`` asks for; −1 asks for one a core.

    Raises
    ------
    ValueError
        If it is neither −1 nor at least 1.
    """
    if n_jobs == -1:
        return os.cpu_count() or 1
    if n_jobs < 1:
        raise ValueError(f"n_jobs: expected a number of threads or -1 for one a core, found {n_jobs}")
    return n_jobs


def run_ranges(
    task: Task, total: int, step: int, *, n_jobs: int = 1, progress: Progress | None = None
) -> None:
    """Call ``task(start, stop, cancelled)`` for consecutive ranges of ``step`` up to ``total``.

    Parameters
    ----------
    task : callable
        Should return early once the event ``cancelled`` is set.
    total, step : int
    n_jobs : int
        Threads; see :func:`n_threads`.
    progress : callable, optional
        Called in this thread with (done, total) after each range.

    Raises
    ------
    BaseException
        Whatever a task raises, and KeyboardInterrupt; the tasks that run are told to stop and waited
        for, the others are not begun.
    """
    cancelled = threading.Event()
    ranges = [(start, min(start + step, total)) for start in range(0, total, step)]
    workers = min(n_threads(n_jobs), len(ranges))
    done = 0
    if workers <= 1:
        for start, stop in ranges:
            task(start, stop, cancelled)
            done += stop - start
            if progress:
                progress(done, total)
        return
    with ThreadPoolExecutor(workers) as pool:
        futures = {pool.submit(task, start, stop, cancelled): stop - start for start, stop in ranges}
        try:
            for future in as_completed(futures):
                future.result()
                done += futures[future]
                if progress:
                    progress(done, total)
        except BaseException:
            cancelled.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def run_tasks(
    function: Callable[..., Any],
    tasks: Sequence[tuple[Any, ...]],
    *,
    n_jobs: int = 1,
    store: Path | None = None,
    progress: Progress | None = None,
    quiet: type[Warning] | None = None,
) -> list[Any]:
    """Call ``function(*task)`` for each task, and return the results in the tasks' order.

    Parameters
    ----------
    function : callable
        One of a module, whose result depends on its arguments alone.
    tasks : sequence of tuple
    n_jobs : int
        Workers, as ``joblib.Parallel`` takes it; the backend is joblib's current one, so that a
        ``joblib.parallel_config(backend="dask")`` takes the tasks to a cluster.
    store : path, optional
        A folder where each result is kept under its arguments (``joblib.Memory``), so that a run that was
        stopped goes on where it was; workers elsewhere must see it too.
    progress : callable, optional
        Called in this thread with (tasks done, in all).
    quiet : type of Warning, optional
        What is passed over: a few failed resamples in one of thousands of samples.
    """
    if store is not None:
        function = joblib.Memory(store, verbose=0).cache(function)
    results = []
    with warnings.catch_warnings():
        if quiet is not None:
            warnings.simplefilter("ignore", quiet)
        for result in joblib.Parallel(n_jobs=n_jobs, return_as="generator")(
            joblib.delayed(_called)(function, task, quiet) for task in tasks
        ):
            results.append(result)
            if progress is not None:
                progress(len(results), len(tasks))
    return results


def _called(function: Callable[..., Any], task: tuple[Any, ...], quiet: type[Warning] | None) -> Any:
    if quiet is not None and multiprocessing.current_process().name != "MainProcess":
        warnings.simplefilter("ignore", quiet)
    return function(*task)


def part_of(progress: Progress | None, place: int, number: int) -> Progress | None:
    """Return what tells ``progress`` of the part at ``place`` of ``number`` parts of the same length."""
    if progress is None:
        return None
    return lambda done, total: progress(place * total + done, number * total)


def progress_bar(
    label: str = "bootstrap", *, stream: TextIO | None = None, width: int = 30, every: float = 0.2
) -> Progress:
    """Return a progress callback that draws a bar, the share done and the time left on one line.

    Parameters
    ----------
    label : str
    stream : text stream, optional
        Default: standard error.
    width : int
        Characters of the bar.
    every : float
        Seconds between two drawings; the last one is always drawn.

    Returns
    -------
    callable
        For the ``progress`` of :func:`plsem.resampling.bootstrap.bootstrap`.
    """
    out = sys.stderr if stream is None else stream
    began = time.monotonic()
    last = float("-inf")

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done < total and now - last < every:
            return
        last = now
        filled = width * done // max(total, 1)
        left = (now - began) * (total - done) / max(done, 1)
        end = "\n" if done >= total else ""
        bar = "#" * filled + "." * (width - filled)
        out.write(f"\r{label} [{bar}] {done:,}/{total:,} {left:6.0f} s left{end}")
        out.flush()

    return show
