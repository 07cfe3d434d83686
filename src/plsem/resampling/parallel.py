"""Run many tasks with progress: ranges of resamples here or in forked processes, long tasks through joblib.

Each range writes its own part of the result; their order is of no account.  A resample is many short NumPy calls, for
each of which a thread waits for the interpreter, so that two threads are hardly quicker than one.  Processes are, from
some seconds of work on; where the system cannot fork, threads are all there is.
"""

from __future__ import annotations

import math
import mmap
import multiprocessing
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from multiprocessing.connection import Connection, wait
from numbers import Integral
from pathlib import Path
from typing import Any, TextIO

import joblib
import numpy as np
from numpy.typing import DTypeLike, NDArray

Progress = Callable[[int, int], None]
Task = Callable[[int, int, threading.Event], None]
Ranges = Sequence[tuple[int, int]]
#: Seconds of work beside which it costs nothing to start processes.
WORTH_FORKING = 1.5


def n_threads(n_jobs: int) -> int:
    """Return the number of threads that ``n_jobs`` asks for; −1 asks for one a core.

    Raises
    ------
    ValueError
        If it is neither −1 nor at least 1.
    """
    if n_jobs == -1:
        return os.cpu_count() or 1
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, Integral) or n_jobs < 1:
        raise ValueError(f"n_jobs: expected a number of threads or -1 for one a core, found {n_jobs!r}")
    return int(n_jobs)


def run_ranges(
    task: Task,
    total: int,
    step: int,
    *,
    n_jobs: int = 1,
    progress: Progress | None = None,
    shared: bool = False,
) -> None:
    """Call ``task(start, stop, cancelled)`` for consecutive ranges of ``step`` up to ``total``.

    Parameters
    ----------
    task : callable
        Should return early once the event ``cancelled`` is set.
    total, step : int
    n_jobs : int
        Workers; see :func:`n_threads`.
    progress : callable, optional
        Called in this thread with (done, total) after each range.
    shared : bool
        Whether a task writes into arrays of :func:`shared_empty` only, so that processes can do it.  They are started
        where the first range tells that :data:`WORTH_FORKING` seconds of work are left.

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

    def here(part: Ranges) -> None:
        nonlocal done
        for start, stop in part:
            task(start, stop, cancelled)
            done += stop - start
            if progress:
                progress(done, total)

    if shared and workers > 1 and _can_fork():
        began = time.monotonic()
        here(ranges[:1])
        left = (time.monotonic() - began) / done * (total - done)
        if left > WORTH_FORKING:
            _run_forked(task, ranges[1:], workers, done, total, progress)
            return
        workers, ranges = 1, ranges[1:]
    if workers <= 1:
        here(ranges)
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


def shared_empty(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return an array of zeros that forked processes share with this one."""
    kind, count = np.dtype(dtype), math.prod(shape)
    memory = mmap.mmap(-1, max(1, count * kind.itemsize))
    return np.frombuffer(memory, kind, count).reshape(shape)


def _can_fork() -> bool:
    """Tell whether this process may start processes that share its memory."""
    safe = sys.platform == "linux" and "fork" in multiprocessing.get_all_start_methods()
    return safe and not multiprocessing.current_process().daemon


def _run_forked(
    task: Task, ranges: Ranges, workers: int, done: int, total: int, progress: Progress | None
) -> None:
    context = multiprocessing.get_context("fork")
    processes, pipes = [], []
    try:
        for k in range(workers):
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(task, ranges[k::workers], sender), daemon=True)
            with warnings.catch_warnings():
                # Python warns of threads that hold a lock at this moment; the workers use none of theirs.
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            sender.close()  # its end in the worker is the only one, so that it is known when the worker ends
            processes.append(process)
            pipes.append(receiver)
        while pipes:
            for pipe in wait(pipes):
                assert isinstance(pipe, Connection)
                try:
                    said = pipe.recv()
                except EOFError:
                    pipes.remove(pipe)
                    continue
                if isinstance(said, BaseException):
                    raise said
                done += said
                if progress:
                    progress(done, total)
        if done < total:
            raise RuntimeError("a worker process was ended from outside, perhaps for want of memory")
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _work(task: Task, ranges: Ranges, sender: Connection) -> None:
    """Do ranges in a worker, and say after each how many resamples it had; or what went wrong."""
    try:
        for start, stop in ranges:
            task(start, stop, threading.Event())
            sender.send(stop - start)
    except BaseException as error:
        try:
            sender.send(error)
        except Exception:  # one that does not travel
            sender.send(RuntimeError(f"{type(error).__name__}: {error}"))


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
