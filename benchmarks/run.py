"""Time the bootstrap against other programs and against its own matrix product.

``python benchmarks/run.py``           this project and its peers, in turn; writes results.csv, results.md
``python benchmarks/run.py --quick``   the same without the slow peers, fewer repetitions; writes nothing
``python benchmarks/run.py --scale``   sample sizes, items, and a million resamples; writes scaling.csv
``python benchmarks/ratios.py``         what each group of statistics, folds and resamples of resamples cost
``python benchmarks/run.py --large``   100,000 respondents × 50 items × 10,000 resamples; adds to scaling.csv

Each program runs as a process of its own on one thread of the linear algebra library.  The programs
take turns within a repetition, so that a busy moment of the machine meets them all; medians are reported.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import cases
import numpy as np
import pandas as pd
from report import MACHINE, write_report

HERE = Path(__file__).parent
PEERS = HERE / "peers"
MODELS = {"this study": (cases.STUDY, 50), "ECSI mobi": (cases.MOBI, 250)}


@dataclass(frozen=True)
class Program:
    """A program to time: its command, how many resamples a run has, and how many processes it uses."""

    name: str
    command: list[str]
    resamples: int
    processes: int
    extra: tuple[str, ...] = ()


def own_environment(*packages: str) -> list[str] | None:
    """Return the command that runs Python with packages of its own, or None if they cannot be had."""
    own = HERE.parent / "build" / "uv" / "bin" / "uv"  # where `make setup` puts it
    uv = os.environ.get("UV") or shutil.which("uv") or (str(own) if own.exists() else None)
    if uv is None:
        return None
    asked = [part for package in packages for part in ("--with", package)]
    command = [
        uv,
        "run",
        "--quiet",
        "--no-project",
        "--isolated",
        "--python",
        sys.executable,
        *asked,
        "python",
    ]
    tried = subprocess.run([*command, "-c", ""], capture_output=True, text=True)
    return command if tried.returncode == 0 else None


def programs(quick: bool) -> tuple[list[Program], list[str]]:
    """Return the programs that can be timed here, and a line about each that cannot."""
    ours = [sys.executable, str(PEERS / "surveypls_run.py")]
    seminr = [sys.executable, str(PEERS / "seminr_run.py")]
    found = [
        Program("surveypls", ours, 10_000, 1),
        Program("surveypls, 2 workers", ours, 10_000, 2),
    ]
    missing = []
    if subprocess.run([sys.executable, "-c", "import seminr"], capture_output=True).returncode:
        missing.append("seminr is not installed here: skipped")
    else:
        found.append(Program("seminr (Python)", seminr, 200, 1))
        if not quick:
            found.append(Program("seminr (Python), 2 processes", seminr, 1000, 2))
    if quick:
        return found, [*missing, "plspm and openpls-engine are left out of a quick run"]
    for name, module, packages in (
        ("plspm", "plspm", ("pandas<3", "plspm")),
        ("openpls-engine", "openpls", ("openpls-engine",)),
    ):
        command = own_environment(*packages)
        if command is None:
            missing.append(f"{name}: no environment with {' and '.join(packages)} could be made: skipped")
        else:
            script = [*command, str(PEERS / "plspm_run.py")]
            found.append(Program(name, script, 100, 1, (module,)))
    return found, missing


def time_once(program: Program, data: Path, model: Path) -> dict:
    """Run a program once; return its wall and processor seconds and its path coefficients."""
    command = [*program.command, str(data), str(model), str(program.resamples), str(program.processes)]
    done = subprocess.run([*command, *program.extra], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{program.name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def own_product(model: dict, data: pd.DataFrame, resamples: int = 10_000) -> dict[str, float]:
    """Time the one matrix product that a bootstrap cannot do without, per 1,000 resamples."""
    from plsem.resampling.moments import BLOCK, item_moments

    moments = item_moments(data.to_numpy())
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 3, size=(BLOCK, len(data)))
    result = {}
    for name, dtype in (
        ("matrix product, double", np.float64),
        ("matrix product, as used", moments.items.dtype),
    ):
        left, right = moments.products(slice(0, None)).astype(dtype), counts.astype(dtype)
        times = []
        for _ in range(9):
            began = time.perf_counter()
            for _ in range(resamples // BLOCK):
                left @ right.T
            times.append((time.perf_counter() - began) / (resamples // BLOCK * BLOCK) * 1000)
        result[name] = float(np.median(times))
    return result


def compare(quick: bool) -> pd.DataFrame:
    """Time every program on every model, in turn."""
    repetitions = 3 if quick else 5
    found, missing = programs(quick)
    for line in missing:
        print(line)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for label, (model, n) in MODELS.items():
            data = cases.mobi() if label == "ECSI mobi" else cases.likert(model, n)
            data_file, model_file = Path(folder, "data.csv"), Path(folder, "model.json")
            data.to_csv(data_file, index=False)
            model_file.write_text(json.dumps(model))
            runs: dict[str, list[dict]] = {p.name: [] for p in found}
            for repetition in range(repetitions):
                for program in found:
                    print(f"{label}: {program.name}, {repetition + 1} of {repetitions}", flush=True)
                    runs[program.name].append(time_once(program, data_file, model_file))
            reference = runs["surveypls"][0]["paths"]
            for program in found:
                per_thousand = [
                    {k: run[k] / program.resamples * 1000 for k in ("wall", "cpu")}
                    for run in runs[program.name]
                ]
                rows.append(
                    {
                        "model": label,
                        "program": program.name,
                        "resamples_timed": program.resamples,
                        "repetitions": repetitions,
                        "wall_per_1000": float(np.median([t["wall"] for t in per_thousand])),
                        "cpu_per_1000": float(np.median([t["cpu"] for t in per_thousand])),
                        "path_difference": float(
                            np.max(np.abs(np.subtract(runs[program.name][0]["paths"], reference)))
                        ),
                    }
                )
            for name, seconds in own_product(model, data).items():
                rows.append(
                    {
                        "model": label,
                        "program": name,
                        "resamples_timed": 10_000,
                        "repetitions": 9,
                        "wall_per_1000": seconds,
                        "cpu_per_1000": seconds,
                    }
                )
    table = pd.DataFrame(rows)
    ours = table[table["program"] == "surveypls"].set_index("model")
    for kind in ("wall", "cpu"):
        table[f"{kind}_ratio"] = table[f"{kind}_per_1000"] / table["model"].map(ours[f"{kind}_per_1000"])
    return table


def scaling_row(what: str, p: int, n: int, resamples: int, **options) -> dict:
    """Time one bootstrap in a process of its own, so that its peak memory is its own."""
    task = json.dumps({"p": p, "n": n, "resamples": resamples, **options})
    print(f"{what}: {n:,} respondents, {p} items, {resamples:,} resamples", flush=True)
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.get("blas_threads", 1))}
    environment["OPENBLAS_NUM_THREADS"] = environment["OMP_NUM_THREADS"]
    done = subprocess.run(
        [sys.executable, str(HERE / "scaling.py"), task], stdout=subprocess.PIPE, text=True, env=environment
    )
    if done.returncode:
        raise RuntimeError(f"{what} failed")
    return {
        "what": what,
        "n": n,
        "items": p,
        "resamples": resamples,
        **json.loads(done.stdout.splitlines()[-1]),
    }


def scale() -> pd.DataFrame:
    """Time linear growth in respondents and resamples, and larger models."""
    rows = [
        scaling_row("respondents", p, n, 2000)
        for p in (11, 50, 100)
        for n in (50, 1000, 10_000, 100_000)
        if p * p * n <= 11 * 11 * 3_000_000
    ]
    rows += [scaling_row("resamples", 11, 50, b) for b in (1000, 10_000, 100_000)]
    rows.append(scaling_row("resamples", 11, 50, 1_000_000, precision="single", include="report"))
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help="a few seconds, writes nothing")
    which.add_argument("--scale", action="store_true", help="sample sizes and resamples, some minutes")
    which.add_argument("--large", action="store_true", help="100,000 × 50 × 10,000, some minutes")
    asked = parser.parse_args()
    scaling_file = HERE / "scaling.csv"
    if asked.large:
        row = pd.DataFrame([scaling_row("large", 50, 100_000, 10_000, n_jobs=2, progress=True)])
        before = pd.read_csv(scaling_file) if scaling_file.exists() else row.iloc[:0]
        pd.concat([before[before["what"] != "large"], row]).to_csv(
            scaling_file, index=False, float_format="%.4g"
        )
    elif asked.scale:
        table = scale()
        if scaling_file.exists():
            before = pd.read_csv(scaling_file)
            table = pd.concat([table, before[before["what"] == "large"]])
        table.to_csv(scaling_file, index=False, float_format="%.4g")
    else:
        table = compare(asked.quick)
        if asked.quick:
            print(table.to_string(index=False))
            return
        table.to_csv(HERE / "results.csv", index=False, float_format="%.4g")
    print(write_report(HERE))
    print(MACHINE)


if __name__ == "__main__":
    main()
