"""Ratios of processor time, taken in turn in one run: what statistics, workers and folds cost.

``python benchmarks/ratios.py``           prints the tables
``python benchmarks/ratios.py --write``   writes ratios.md as well

Processor time and the smallest of several runs in turn, because other work may share the cores; only the
rows about workers and leave-one-out need wall time, which is shown where the cores are quiet (--wall).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

if __name__ == "__main__":  # a subprocess may ask for other threads
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cases
import numpy as np
import pandas as pd
from report import markdown

from plsem.model import Model
from plsem.prediction import predict
from plsem.quantities import quantities, statistics_of
from plsem.resampling.bootstrap import bootstrap
from plsem.resampling.double import double_bootstrap
from plsem.resampling.moments import BLOCK, item_moments

HERE = Path(__file__).parent
ROUNDS = 7
LIMITS = (  # what a reader of ratios.md must know of what is left
    "What limits the rest. Three fifths of a bootstrap of paths is the iteration that finds the weights: some 30 steps "
    "of element-wise arithmetic on arrays that just fit the cache, each a NumPy call over a block of a construct's "
    "items; the product itself is one fiftieth. Fewer passes over those arrays would need compiled code or an "
    "accelerated iteration, which ends at other last digits. Threads share one interpreter, which each of "
    "these calls holds for a moment, and hardly save time: workers are processes, started where seconds of work are "
    "left; less is done by one."
)
NOTE = (  # what a reader of ratios.md must know
    "Ratios of processor time: the smallest of several runs, taken in turn in one process on one thread. "
    "Taken on shared cores; other work that fills the cache slows what is bound by memory more than the "
    "matrix product, so that on quiet cores the ratios to the product are smaller."
)


def in_turn(programs: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the smallest processor seconds of each program, run in turn."""
    best = dict.fromkeys(programs, float("inf"))
    for _ in range(rounds):
        for name, program in programs.items():
            began = time.process_time()
            program()
            best[name] = min(best[name], time.process_time() - began)
    return best


def task(label: str) -> tuple[Model, pd.DataFrame, int]:
    """Return a model, its data and how many resamples a round takes."""
    described, data, size = (
        (cases.STUDY, cases.likert(cases.STUDY, 50), 20_480)
        if label == "this study"
        else (cases.MOBI, cases.mobi(), 9_216)
    )
    return Model(described["blocks"], [tuple(p) for p in described["paths"]]), data, size


def bootstraps(label: str) -> list[dict[str, object]]:
    """Time bootstraps of ever more statistics, and the matrix product that none can do without."""
    model, data, size = task(label)
    moments = item_moments(data.to_numpy())
    counts = np.random.default_rng(0).integers(0, 3, size=(BLOCK, len(data))).astype(moments.items.dtype)
    products = moments.products(slice(0, None))
    every = list(statistics_of("all"))
    sets = {
        "paths only": ["path_coefficient"],
        "without d_G, NFI, χ²": [s for s in every if s not in ("d_g", "nfi", "chi_square")],
        "without d_G": [s for s in every if s != "d_g"],
        "all statistics": every,
    }

    def run(include: list[str]) -> None:
        bootstrap(
            data,
            model,
            partial(quantities, include=include),
            seed=1,
            n_resamples=size,
            jackknife=False,
            max_failed=1.0,
        )

    programs: dict[str, Callable[[], object]] = {
        "matrix product": lambda: [products @ counts.T for _ in range(size // BLOCK)]
    }
    best = in_turn(programs | {name: partial(run, include) for name, include in sets.items()})
    base = best["without d_G, NFI, χ²"]
    return [
        {
            "model": label,
            "what": name,
            "µs a resample": seconds / size * 1e6,
            "times the product": seconds / best["matrix product"],
            "times the run without d_G, NFI, χ²": seconds / base,
        }
        for name, seconds in best.items()
    ]


def corp_rep() -> tuple[Model, pd.DataFrame]:
    """Return 344 answers to 31 items on corporate reputation, from the ``seminr`` package."""
    import importlib.resources

    with importlib.resources.files("seminr.datasets").joinpath("corp_rep_data.csv").open() as file:
        data = pd.read_csv(file).astype(float).replace(-99.0, np.nan)
    blocks = {
        "QUAL": [f"qual_{i}" for i in range(1, 9)],
        "PERF": [f"perf_{i}" for i in range(1, 6)],
        "CSOR": [f"csor_{i}" for i in range(1, 6)],
        "ATTR": [f"attr_{i}" for i in range(1, 4)],
        "COMP": [f"comp_{i}" for i in range(1, 4)],
        "LIKE": [f"like_{i}" for i in range(1, 4)],
        "CUSA": ["cusa"],
        "CUSL": [f"cusl_{i}" for i in range(1, 4)],
    }
    paths = [(s, t) for s in ("QUAL", "PERF", "CSOR", "ATTR") for t in ("COMP", "LIKE")]
    paths += [("COMP", "CUSA"), ("COMP", "CUSL"), ("LIKE", "CUSA"), ("LIKE", "CUSL"), ("CUSA", "CUSL")]
    return Model(blocks, paths), data.fillna(data.mean())


def leave_one_out() -> None:
    """Print wall and processor seconds of 344 folds, with the BLAS threads of the environment."""
    model, data = corp_rep()
    wall, cpu = time.perf_counter(), time.process_time()
    predict(data, model, folds=len(data), repetitions=1, lm_predictors="others")
    print(time.perf_counter() - wall, time.process_time() - cpu)


def folds() -> list[dict[str, object]]:
    """Time leave-one-out prediction with one and two BLAS threads, each in a process of its own."""
    rows = []
    for threads in ("1", "2"):
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, __file__, "--leave-one-out"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        wall, cpu = map(float, done.stdout.split()[-2:])
        rows.append({"BLAS threads": int(threads), "wall s": wall, "CPU s": cpu})
    return rows


def workers(sizes: tuple[int, ...]) -> list[dict[str, object]]:
    """Time one and two workers by the wall clock, in turn: only quiet cores tell anything."""
    model, data, _ = task("this study")
    rows = []
    for size in sizes:
        best = dict.fromkeys((1, 2), float("inf"))
        for _ in range(3):
            for n_jobs in best:
                began = time.perf_counter()
                bootstrap(
                    data,
                    model,
                    partial(quantities, include="report"),
                    seed=1,
                    n_resamples=size,
                    n_jobs=n_jobs,
                    precision="single",
                    max_failed=1.0,
                )
                best[n_jobs] = min(best[n_jobs], time.perf_counter() - began)
        rows.append(
            {"resamples": size, "one s": best[1], "two s": best[2], "times as fast": best[1] / best[2]}
        )
    return rows


def double() -> list[dict[str, object]]:
    """Time a double bootstrap of 1,000 × 1,000 on one thread."""
    model, data, _ = task("this study")
    began = time.process_time()
    double_bootstrap(data, model, n_resamples=1000, n_inner=1000, seed=1)
    cpu = time.process_time() - began
    return [{"outer": 1000, "inner": 1000, "CPU s": cpu, "µs an inner resample": cpu}]


def versions() -> str:
    """Return the versions that the figures depend on."""
    names = ("numpy", "scipy", "pandas", "seminr")
    found = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]  # type: ignore[index]
    return f"Python {platform.python_version()}, {found}, {blas['name']} {blas['version']}."


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write ratios.md")
    parser.add_argument("--wall", action="store_true", help="one and two workers too: wants quiet cores")
    parser.add_argument("--leave-one-out", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.leave_one_out:
        leave_one_out()
        return
    parts = ["# What statistics, folds and resamples of resamples cost", NOTE, versions()]
    tables = {
        "Bootstraps": lambda: [row for label in ("this study", "ECSI mobi") for row in bootstraps(label)],
        "Leave-one-out prediction of 344 × 31": folds,
        "Double bootstrap of this study's paths": double,
    }
    if asked.wall:
        tables["Two workers"] = lambda: workers((10_000, 100_000, 1_000_000))
    for title, rows in tables.items():
        parts += [f"## {title}", markdown(pd.DataFrame(rows()))]
        print(f"{parts[-2]}\n\n{parts[-1]}\n", flush=True)
    parts.append(LIMITS)
    if asked.write:
        (HERE / "ratios.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
