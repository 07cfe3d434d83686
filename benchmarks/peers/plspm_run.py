"""Time the bootstrap of ``plspm`` or of its fork ``openpls`` (fifth argument)."""

import importlib
import sys

from _task import read_task, report, timed


def main():
    package = sys.argv[5]
    config = importlib.import_module(f"{package}.config")
    mode = importlib.import_module(f"{package}.mode").Mode
    plspm = importlib.import_module(f"{package}.plspm").Plspm
    scheme = importlib.import_module(f"{package}.scheme").Scheme
    data, task, resamples, processes = read_task()
    structure = config.Structure()
    for source, target in task["paths"]:
        structure.add_path([source], [target])
    setup = config.Config(structure.path(), scaled=True)
    for construct, items in task["blocks"].items():
        setup.add_lv(construct, mode.A, *[config.MV(item) for item in items])
    options = {"scheme": scheme.PATH, "iterations": 300, "tolerance": 1e-7}
    plain, model = timed(lambda: plspm(data, setup, **options))
    both, _ = timed(
        lambda: plspm(
            data, setup, **options, bootstrap=True, bootstrap_iterations=resamples, processes=processes
        )
    )
    paths = model.path_coefficients()
    report({k: both[k] - plain[k] for k in both}, [paths.loc[t, s] for s, t in task["paths"]])


if __name__ == "__main__":
    main()
