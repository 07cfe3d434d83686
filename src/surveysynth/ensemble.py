"""What the printed tables leave open: many surveys that all give them, and how far their other figures differ.

Each survey is calibrated to the same printed cells from another seed and with another number of
respondents.  A figure that is nearly the same in all of them is pinned down by the tables; the range of the
others is what the article could have had and did not print.  The ranges are those of the surveys made,
and so inner bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from plsem import estimator as pls
from plsem.estimator import Estimate
from plsem.model import Model
from plsem.prediction import predict
from plsem.quantities import quantities
from plsem.resampling.bootstrap import bootstrap
from surveysynth.answer_sums import AnswerSums, choose_sums
from surveysynth.arrangement import arrange
from surveysynth.calibration import cell_table
from surveysynth.targets import CalibrationError, Target, meeting_matrix

FloatArray = NDArray[np.float64]
KEY = ["matrix", "arrangement", "n", "seed"]
LONG = [*KEY, "statistic", "row", "column", "value"]
#: Half the width of the box about a varied value, and values drawn before a matrix is left out.
_VARIED_HALF = 0.004
_DRAWS = 8
#: How far a matrix's next arrangement is from the one before.
_WARMTH = 0.5
#: Rounds of an arrangement: one that is not found soon is hardly found at all.
_ROUNDS = 60
_MIN_EIGENVALUE = 0.08


def _resampled(estimate: Estimate) -> tuple[pd.DataFrame, FloatArray]:
    return quantities(estimate, include=("path_coefficient", "htmt"))


def open_figures(
    answers: pd.DataFrame,
    model: Model,
    *,
    seed: int,
    n_resamples: int = 2000,
    folds: int = 10,
    repetitions: int = 3,
    significance: float = 0.05,
    include: Iterable[str] = ("rho_c", "cronbach_alpha", "outer_weight", "htmt2", "d_uls"),
) -> pd.DataFrame:
    """Compute what an article did not print from one survey: statistic, row, column, value.

    Parameters
    ----------
    answers : DataFrame (n, items)
    model : Model
    seed : int
        Of the bootstrap and the folds.
    n_resamples, folds, repetitions : int
        Of the bootstrap and of PLSpredict.
    significance : float
        Level of the tests.
    include : iterable of str
        Statistics of the estimate itself.

    Returns
    -------
    DataFrame
        Besides ``include``: t_statistic, p_value, ci_lower and ci_upper of each path (percentile), post_hoc_power
        (``Φ(t − z)``: chance of a significant path in another such sample, were the estimate true),
        htmt_upper (the interval's upper end, percentile), q2_predict of each endogenous construct.
    """
    fitted = pls.fit(answers, model)
    labels, values = quantities(fitted, include=tuple(include))
    parts = [labels.assign(value=values)]
    boot = bootstrap(
        answers, model, _resampled, seed=seed, n_resamples=n_resamples, jackknife=False, max_failed=0.5
    )
    table = boot.summary(interval="percentile", confidence_level=1 - significance)
    names = table[["statistic", "row", "column"]]
    path = (table["statistic"] == "path_coefficient").to_numpy()
    critical = stats.norm.ppf(1 - significance / 2)
    renamed = {"t_statistic": "t_statistic", "p_value": "p_value", "lower": "ci_lower", "upper": "ci_upper"}
    for column, statistic in renamed.items():
        parts.append(names[path].assign(statistic=statistic, value=table.loc[path, column]))
    parts.append(
        names[path].assign(
            statistic="post_hoc_power", value=stats.norm.cdf(table.loc[path, "t_statistic"] - critical)
        )
    )
    parts.append(names[~path].assign(statistic="htmt_upper", value=table.loc[~path, "upper"]))
    predicted = predict(answers, model, folds=folds, repetitions=repetitions, seed=seed).construct_summary()
    parts.append(
        pd.DataFrame(
            {
                "statistic": "q2_predict",
                "row": predicted.index,
                "column": "",
                "value": predicted["q2_predict"].to_numpy(),
            }
        )
    )
    return pd.concat(parts, ignore_index=True)[["statistic", "row", "column", "value"]]


def ensemble(
    target: Target,
    *,
    sizes: Sequence[int],
    n_matrices: int,
    n_arrangements: int,
    seed: int,
    vary: Mapping[tuple[str, str, str], tuple[float, float]] | None = None,
    n_resamples: int = 2000,
    significance: float = 0.05,
    store: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Calibrate many surveys to the same targets and compute what the targets leave open.

    Parameters
    ----------
    target : Target
    sizes : sequence of int
        Numbers of respondents, taken in turn.
    n_matrices, n_arrangements : int
        Correlation matrices with their whole-number sums, and surveys made of each: surveys with the same sums
        have the same estimates and differ in their sampling error.
    seed : int
        Each matrix has its own stream, so a longer run repeats a shorter one and goes on.
    vary : mapping, optional
        (statistic, row, column) → (low, high): each matrix is sought at a value drawn from there besides the
        targets, and the whole numbers come near it; another is drawn where no ordinary matrix has it.  Left to
        themselves searches end in the same corner of what is open.
    n_resamples, significance
        See :func:`open_figures`.
    store : path, optional
        A CSV to which each finished matrix is added; what it holds is not made again.
    progress : callable, optional
        Told in words how far it is.

    Returns
    -------
    DataFrame
        Long: matrix, arrangement, n, seed, statistic, row, column, value.  ``worst_distance`` is the largest
        distance from a printed figure in half boxes, below 1 in every survey.  Where whole numbers or
        respondents were not found, the matrix has fewer surveys or none, and ``progress`` is told.
    """
    tell = progress or (lambda _: None)
    made = pd.read_csv(store, keep_default_na=False) if store is not None and store.is_file() else None
    parts = [] if made is None else [made]
    for number in range(n_matrices):
        if made is not None and (made["matrix"] == number).any():
            continue
        n = sizes[number % len(sizes)]
        tell(f"matrix {number + 1} of {n_matrices}, n = {n}")
        sequence = np.random.SeedSequence([seed, number])
        rows: list[pd.DataFrame] = []
        try:
            for survey in _surveys(
                target, vary or {}, n, number, n_arrangements, sequence, n_resamples, significance
            ):
                rows.append(survey)
        except CalibrationError as error:
            tell(f"matrix {number + 1}: {len(rows)} of {n_arrangements} surveys; {error}")
            if not rows:
                continue
        new = pd.concat(rows, ignore_index=True)
        parts.append(new)
        if store is not None:
            store.parent.mkdir(parents=True, exist_ok=True)
            pd.concat(parts, ignore_index=True).to_csv(
                store, index=False, lineterminator="\n", float_format="%.12g"
            )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=LONG)


def _varied(
    target: Target, vary: Mapping[tuple[str, str, str], tuple[float, float]], rng: np.random.Generator
) -> Target:
    """Add a narrow box about a value drawn for each varied statistic."""
    drawn = np.array([rng.uniform(*bounds) for bounds in vary.values()])
    extra = pd.DataFrame(list(vary), columns=["statistic", "row", "column"])
    return replace(
        target,
        labels=pd.concat([target.labels, extra], ignore_index=True),
        lower=np.concatenate([target.lower, drawn - _VARIED_HALF]),
        upper=np.concatenate([target.upper, drawn + _VARIED_HALF]),
        include=tuple(dict.fromkeys([*target.include, *extra["statistic"]])),
    )


def _matrix(
    target: Target, vary: Mapping[tuple[str, str, str], tuple[float, float]], rng: np.random.Generator
) -> FloatArray:
    """Find a matrix that meets the targets with drawn values of what is varied; draw again where none has them."""
    for left in reversed(range(_DRAWS if vary else 1)):
        wanted = _varied(target, vary, rng) if vary else target
        try:
            # Wide starts and loose limits: an ensemble is to reach far.  But whole numbers cannot lie near a plane,
            # so respondents of nearly singular matrices are not found.
            whole = meeting_matrix(
                wanted,
                rng=rng,
                spread=0.15,
                block_spread=0.25,
                min_eigenvalue=0.12,
                min_cross=-0.10,
                max_factor_loading=float("inf"),
                n_starts=3 if vary else 12,
            )
        except CalibrationError:
            if not left:
                raise
        else:
            break
    return whole


def _surveys(
    target: Target,
    vary: Mapping[tuple[str, str, str], tuple[float, float]],
    n: int,
    number: int,
    n_arrangements: int,
    sequence: np.random.SeedSequence,
    n_resamples: int,
    significance: float,
) -> Iterable[pd.DataFrame]:
    first, second, *others = sequence.spawn(2 + n_arrangements)
    whole = _matrix(target, vary, np.random.default_rng(first))
    sums: AnswerSums = choose_sums(
        target, whole, n, rng=np.random.default_rng(second), min_eigenvalue=_MIN_EIGENVALUE
    )
    found = None
    for place, child in enumerate(others):
        rng = np.random.default_rng(child)
        found = arrange(
            sums.counts, sums.products, sums.packed, rng=rng, start=found, warmth=_WARMTH, max_rounds=_ROUNDS
        )
        answers = pd.DataFrame(found, columns=list(target.model.items))
        survey_seed = int(rng.integers(2**31))
        table = open_figures(
            answers, target.model, seed=survey_seed, n_resamples=n_resamples, significance=significance
        )
        extra = {
            "worst_distance": float(cell_table(target, answers)["distance"].abs().max()),
            "share_of_highest": float((answers == answers.max().max()).to_numpy().mean()),
        }
        more = pd.DataFrame(
            {"statistic": list(extra), "row": "", "column": "", "value": list(extra.values())}
        )
        table = pd.concat([table, more], ignore_index=True)
        for name, value in zip(KEY, (number, place, n, survey_seed), strict=True):
            table[name] = value
        yield table[LONG]


def ranges(table: pd.DataFrame) -> pd.DataFrame:
    """Summarise an ensemble: statistic, row, column, n_surveys, minimum, lower (5 %), median, upper (95 %), maximum."""
    grouped = table.groupby(["statistic", "row", "column"], sort=False)["value"]
    result = pd.DataFrame(
        {
            "n_surveys": grouped.count(),
            "minimum": grouped.min(),
            "lower": grouped.quantile(0.05),
            "median": grouped.median(),
            "upper": grouped.quantile(0.95),
            "maximum": grouped.max(),
        }
    )
    return result.reset_index()
