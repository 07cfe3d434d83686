"""One bootstrap of the scaling table, alone in its process; prints seconds and peak memory as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from functools import partial

import cases

from plsem.model import Model
from plsem.quantities import quantities
from plsem.resampling.bootstrap import bootstrap
from plsem.resampling.parallel import progress_bar


def main() -> None:
    task = json.loads(sys.argv[1])
    model, data = cases.grid(task["p"], task["n"])
    plan = Model(model["blocks"], [tuple(pair) for pair in model["paths"]])
    statistics = partial(quantities, include=task.get("include", "fast"))
    options = {
        "seed": 1,
        "n_jobs": task.get("n_jobs", 1),
        "precision": task.get("precision", "double"),
        "max_failed": 1.0,
    }
    bootstrap(data.iloc[:50], plan, statistics, n_resamples=100, **options)
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    result = bootstrap(
        data,
        plan,
        statistics,
        n_resamples=task["resamples"],
        progress=progress_bar() if task.get("progress") else None,
        **options,
    )
    drawn = time.perf_counter() - began
    result.summary()
    after = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "quantities": len(result.labels),
                "threads": options["n_jobs"],
                "wall_seconds": drawn,
                "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
                "summary_seconds": time.perf_counter() - began - drawn,
                "peak_mb": after.ru_maxrss / 1024,
                "jackknife_rows": 0 if result.jackknife is None else len(result.jackknife),
            }
        )
    )


if __name__ == "__main__":
    main()
