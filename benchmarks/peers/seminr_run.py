"""Time ``seminr.bootstrap_model``."""

import seminr
from _task import read_task, report, timed


def main():
    data, task, resamples, processes = read_task()
    measurement = seminr.constructs(*[seminr.composite(c, items) for c, items in task["blocks"].items()])
    structural = seminr.relationships(*[seminr.paths(s, t) for s, t in task["paths"]])
    model = seminr.estimate_pls(data, measurement, structural)
    times, _ = timed(lambda: seminr.bootstrap_model(model, nboot=resamples, seed=123, cores=processes))
    report(times, [model.path_coef.get(s, t) for s, t in task["paths"]])


if __name__ == "__main__":
    main()
