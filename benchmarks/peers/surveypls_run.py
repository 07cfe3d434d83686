"""Time the project's bootstrap, with jackknife, every fast statistic and the table of BCa intervals."""

from functools import partial

from _task import read_task, report, timed

from plsem.model import Model
from plsem.quantities import quantities
from plsem.resampling.bootstrap import bootstrap


def main():
    data, task, resamples, processes = read_task()
    model = Model(task["blocks"], [tuple(p) for p in task["paths"]])
    statistics = partial(quantities, include="fast")

    def run(size):
        return bootstrap(
            data, model, statistics, seed=1, n_resamples=size, n_jobs=processes, max_failed=1.0
        ).summary(interval="bca")

    run(600)  # imports and caches
    times, table = timed(lambda: run(resamples))
    report(times, table.loc[table["statistic"] == "path_coefficient", "original"])


if __name__ == "__main__":
    main()
