"""The simulations of supplements S3 and S4: populations, sizes, answers and intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any, get_args

import pandas as pd

from plsem.coverage import common_factor_correlations, coverage, pooled
from plsem.model import Model
from plsem.power import Population, power_grid
from plsem.quantities import quantities
from plsem.resampling.parallel import Progress, part_of
from surveypls.study.analysis import Analysis
from surveysynth.answer_blocks import SHARES

#: Three constructs of 5, 3 and 3 items, as many as the article retains, with an indirect effect.
MODEL = Model(
    {"X": ["x1", "x2", "x3", "x4", "x5"], "M": ["m1", "m2", "m3"], "Y": ["y1", "y2", "y3"]},
    [("X", "M"), ("X", "Y"), ("M", "Y")],
)
#: Name → loadings and paths of common factors.
POPULATIONS: Mapping[str, Mapping[str, Any]] = {
    "moderate": {"loadings": 0.8, "paths": {("X", "M"): 0.5, ("X", "Y"): 0.3, ("M", "Y"): 0.4}},
    "weak": {"loadings": 0.7, "paths": {("X", "M"): 0.35, ("X", "Y"): 0.15, ("M", "Y"): 0.15}},
}
#: Name → how often each of five answers occurs: as normal scores fall, and half of them the highest.
ANSWERS: Mapping[str, Sequence[float]] = {"normal": (0.07, 0.24, 0.38, 0.24, 0.07), "skewed": SHARES}
STATISTICS = (
    "outer_weight", "outer_loading", "cronbach_alpha", "rho_a", "rho_c", "ave", "construct_correlation", "htmt",
    "path_coefficient", "indirect_effect", "r_squared", "f_squared",
)  # fmt: skip
SIZES = (25, 45, 100)
POWER_SIZES = (12, 16, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200)
SINGLE = ("percentile", "basic", "normal", "bc", "bca")
DOUBLE = ("percentile", "bca", "studentised", "calibrated")
#: Resamples, and resamples of each, of the double bootstrap in a simulated sample.
OUTER, INNER = 200, 100
#: What the kept figures are rounded to.
DECIMALS = 6


def single_coverage(n_samples: int, *, seed: int, **how: Any) -> pd.DataFrame:
    """Simulate the coverage of the intervals of one bootstrap, on normal scores.

    Parameters
    ----------
    n_samples : int
        Of each size and population.
    seed : int
    **how
        ``n_jobs``, ``store`` and ``progress`` of :func:`plsem.resampling.parallel.run_tasks`.

    Returns
    -------
    DataFrame
        As :func:`plsem.coverage.pooled`, with ``population``.
    """
    cases = [("", name) for name in POPULATIONS]
    return _covered(cases, n_samples, seed=seed, intervals=SINGLE, **how).drop(columns="answers")


def double_coverage(
    n_samples: int,
    *,
    seed: int,
    sizes: Sequence[int] = SIZES,
    cases: Sequence[tuple[str, str]] = tuple(product(ANSWERS, POPULATIONS)),
    **how: Any,
) -> pd.DataFrame:
    """Simulate coverage and width of the double bootstrap's intervals and two others, on five-point answers.

    Parameters
    ----------
    n_samples, seed, **how
        See :func:`single_coverage`.
    sizes : sequence of int
    cases : sequence of (str, str)
        Names of :data:`ANSWERS` and :data:`POPULATIONS`.

    Returns
    -------
    DataFrame
        As :func:`plsem.coverage.pooled`, with ``answers`` and ``population``.
    """
    options = {"seed": seed, "intervals": DOUBLE, "n_outer": OUTER, "n_inner": INNER, **how}
    return _covered(cases, n_samples, sizes=sizes, **options)


def _covered(
    cases: Sequence[tuple[str, str]],
    n_samples: int,
    *,
    sizes: Sequence[int] = SIZES,
    progress: Progress | None = None,
    **options: Any,
) -> pd.DataFrame:
    found = {
        (answers, population): pooled(
            coverage(
                common_factor_correlations(MODEL, **POPULATIONS[population]),
                MODEL,
                partial(quantities, include=STATISTICS),
                n_observations=sizes,
                n_samples=n_samples,
                shares=ANSWERS.get(answers),
                progress=part_of(progress, place, len(cases)),
                **options,
            )
        )
        for place, (answers, population) in enumerate(cases)
    }
    table: pd.DataFrame = pd.concat(found, names=["answers", "population"]).round(DECIMALS)
    return table.reset_index(["answers", "population"]).reset_index(drop=True)


def simulated_power(
    analysis: Analysis, n_replications: int, *, progress: Progress | None = None, **how: Any
) -> pd.DataFrame:
    """Simulate the power of each path over the sample size, from normal scores and from the respondents.

    Parameters
    ----------
    analysis : Analysis
    n_replications : int
        Samples of each size and population.
    progress, **how
        See :func:`single_coverage`.

    Returns
    -------
    DataFrame
        As :func:`plsem.power.power_grid`, with ``population``.
    """
    found = {
        population: power_grid(
            analysis.responses,
            analysis.model,
            POWER_SIZES,
            population=population,
            n_replications=n_replications,
            n_resamples=200,
            seed=analysis.study.seed,
            significance=analysis.study.bootstrap.significance,
            progress=part_of(progress, place, len(get_args(Population))),
            **how,
        )
        for place, population in enumerate(get_args(Population))
    }
    table: pd.DataFrame = pd.concat(found, names=["population"])
    return table.reset_index("population").reset_index(drop=True)
