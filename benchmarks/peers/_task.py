"""What every timed program reads (data, model, resamples, processes) and prints (times, paths)."""

import json
import resource
import sys
import time
from pathlib import Path

import pandas as pd


def read_task():
    data, model, resamples, processes = sys.argv[1:5]
    return pd.read_csv(data), json.loads(Path(model).read_text()), int(resamples), int(processes)


def cpu_seconds():
    """Processor time of this process and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(function):
    wall, cpu = time.perf_counter(), cpu_seconds()
    result = function()
    return {"wall": time.perf_counter() - wall, "cpu": cpu_seconds() - cpu}, result


def report(times, paths):
    print(json.dumps({**times, "paths": [float(p) for p in paths]}))
