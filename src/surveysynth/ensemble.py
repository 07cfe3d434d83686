"""What the printed tables leave open: many surveys that all give them, and how far their other figures differ.

Each survey is calibrated to the same printed cells from a correlation matrix of its own, with another number of
respondents and other shares of the answers.  A figure that is nearly the same in all of them is pinned down by the
tables; the range of the others is what the article could have had and did not print.  The ranges are those of
the surveys made, and so inner bounds.  Where whole-number answers are not found, at few respondents, real-valued
data with exactly the same correlations show what the tests would say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import estimator as pls
from plsem.choices import by_choice
from plsem.model import Model
from plsem.prediction import predict
from plsem.quantities import quantities
from plsem.resampling.bootstrap import BootstrapWarning, bootstrap
from plsem.resampling.parallel import Progress, run_tasks
from plsem.solution import Estimate
from surveysynth.answer_blocks import SHARES
from surveysynth.answer_sums import choose_sums
from surveysynth.arrangement import arrange
from surveysynth.calibration import cell_table
from surveysynth.targets import CalibrationError, Target, meeting_matrix, unpacked
from tableaudit.implied_size import exact_sample

FloatArray = NDArray[np.float64]
KEY = ["matrix", "data", "n", "seed"]
LONG = [*KEY, "statistic", "row", "column", "value"]
#: Kinds of data: whole-number answers, and real-valued rows with exactly the matrix's correlations.
Data = Literal["answers", "real-valued"]
WHOLE: Data = "answers"
REAL: Data = "real-valued"
#: Steps at which a survey can be missed, in their order.
STEPS = ("matrix", "whole numbers", "respondents")
#: The decimals that are kept: well within what the search's and the estimator's tolerances support.
DECIMALS = 6
#: Half the width of the box about a varied value, and values drawn before a matrix is left out.
_VARIED_HALF = 0.004
_DRAWS = 12
#: Rounds of an arrangement: one that is not found soon is hardly found at all.
_ROUNDS = 30
#: Of the matrices and, within them, of the whole numbers, which are not found near a plane.
_MIN_EIGENVALUES = {WHOLE: 0.12, REAL: 0.02}
_MIN_SUMS = 0.05
_ALPHA = ("cronbach_alpha",)


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Surveys that give the same printed tables.

    Attributes
    ----------
    figures : DataFrame
        Long: matrix, data (``"answers"`` or ``"real-valued"``), n, seed, statistic, row, column, value.
        ``worst_distance`` is the largest distance from a printed figure in half boxes, below 1 in every survey;
        ``missed`` stands for a survey of whole numbers that was not found, with the step in ``row``.
    answers : DataFrame
        The whole-number answers: matrix and one column an item, one row a respondent.
    """

    figures: pd.DataFrame
    answers: pd.DataFrame


def _resampled(estimate: Estimate) -> tuple[pd.DataFrame, FloatArray]:
    return quantities(estimate, include=("path_coefficient", "htmt"))


def inference_figures(
    data: pd.DataFrame, model: Model, *, seed: int, n_resamples: int = 2000, significance: float = 0.05
) -> pd.DataFrame:
    """Compute what the bootstrap says of one survey: statistic, row, column, value.

    Parameters
    ----------
    data : DataFrame (n, items)
    model : Model
    seed, n_resamples
        Of the bootstrap.
    significance : float
        Level of the tests.

    Returns
    -------
    DataFrame
        t_statistic, p_value, ci_lower and ci_upper of each path (percentile); ``significant/SIGNS/TEST``, 1 or 0,
        under each two-sided choice of :func:`plsem.choices.by_choice`; htmt_upper (the upper end of the
        two-sided percentile interval).
    """
    boot = bootstrap(data, model, _resampled, seed=seed, n_resamples=n_resamples, max_failed=1.0)
    table = boot.summary(interval="percentile", confidence_level=1 - significance)
    names = table[["statistic", "row", "column"]]
    path = (table["statistic"] == "path_coefficient").to_numpy()
    renamed = {"t_statistic": "t_statistic", "p_value": "p_value", "lower": "ci_lower", "upper": "ci_upper"}
    parts = [
        names[path].assign(statistic=statistic, value=table.loc[path, column])
        for column, statistic in renamed.items()
    ]
    choices = by_choice({"none": boot}, significance=significance, alternatives=("two-sided",))
    named = "significant/" + choices["sign_changes"] + "/" + choices["test"]
    chosen = choices[["row", "column"]].assign(statistic=named, value=choices["significant"].astype(float))
    parts += [chosen, names[~path].assign(statistic="htmt_upper", value=table.loc[~path, "upper"])]
    return pd.concat(parts, ignore_index=True)[["statistic", "row", "column", "value"]]


def open_figures(
    answers: pd.DataFrame,
    model: Model,
    *,
    seed: int,
    n_resamples: int = 2000,
    folds: int = 10,
    repetitions: int = 3,
    significance: float = 0.05,
    include: Iterable[str] = ("rho_c", "cronbach_alpha", "htmt2"),
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
        ``include``, what :func:`inference_figures` gives, and q2_predict of each endogenous construct.
    """
    labels, values = quantities(pls.fit(answers, model), include=tuple(include))
    tested = inference_figures(answers, model, seed=seed, n_resamples=n_resamples, significance=significance)
    predicted = predict(answers, model, folds=folds, repetitions=repetitions, seed=seed).construct_summary()
    rows = {"statistic": "q2_predict", "row": predicted.index, "column": "", "value": predicted["q2_predict"]}
    parts = [labels.assign(value=values), tested, pd.DataFrame(rows)]
    return pd.concat(parts, ignore_index=True)[["statistic", "row", "column", "value"]]


def ensemble(
    target: Target,
    *,
    sizes: Sequence[int],
    n_matrices: int,
    seed: int,
    data: Data = WHOLE,
    shares: Sequence[Sequence[float]] = (SHARES,),
    vary: Mapping[tuple[str, str, str], tuple[float, float]] | None = None,
    n_resamples: int = 2000,
    significance: float = 0.05,
    n_jobs: int = 1,
    store: Path | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Calibrate many surveys to the same targets and compute what the targets leave open.

    Parameters
    ----------
    target : Target
    sizes : sequence of int
        Numbers of respondents.  Surveys of whole numbers take them in turn, one survey a matrix; real-valued data
        are made of every size from each matrix.
    n_matrices : int
        Correlation matrices.
    seed : int
        Each matrix has its own stream, so a longer run repeats a shorter one and goes on.
    data : {"answers", "real-valued"}
        Whole-number answers, or rows with exactly the matrix's correlations
        (:func:`tableaudit.implied_size.exact_sample`), for which matrices may also lie near a plane.
    shares : sequence of shares
        Shares of the answers, taken in turn; see :func:`surveysynth.answer_sums.choose_sums`.
    vary : mapping, optional
        (statistic, row, column) → (low, high): each matrix is sought at a value drawn from there besides the
        targets, and the whole numbers come near it; another is drawn where no ordinary matrix has it.  Left to
        themselves searches end in the same corner of what is open.
    n_resamples, significance
        See :func:`open_figures`.
    n_jobs, store, progress
        See :func:`plsem.resampling.parallel.run_tasks`; a task is a matrix.

    Returns
    -------
    Ensemble
    """
    tasks = [
        (
            target,
            dict(vary or {}),
            tuple(sizes) if data == REAL else (sizes[number % len(sizes)],),
            None if data == REAL else tuple(shares[number % len(shares)]),
            [seed, number],
            {"n_resamples": n_resamples, "significance": significance},
        )
        for number in range(n_matrices)
    ]
    done = run_tasks(_survey, tasks, n_jobs=n_jobs, store=store, progress=progress, quiet=BootstrapWarning)
    figures = [table.assign(matrix=number, data=data)[LONG] for number, (table, _) in enumerate(done)]
    answers = [
        survey.assign(matrix=number)[["matrix", *survey.columns]]
        for number, (_, survey) in enumerate(done)
        if survey is not None
    ]
    nothing = pd.DataFrame(columns=["matrix", *target.model.items], dtype=np.int64)
    return Ensemble(
        pd.concat(figures, ignore_index=True) if figures else pd.DataFrame(columns=LONG),
        pd.concat(answers, ignore_index=True) if answers else nothing,
    )


def _survey(
    target: Target,
    vary: Mapping[tuple[str, str, str], tuple[float, float]],
    sizes: tuple[int, ...],
    shares: tuple[float, ...] | None,
    entropy: list[int],
    tests: Mapping[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the figures of one matrix (n, seed, statistic, row, column, value), and its whole-number answers."""
    sequence = np.random.SeedSequence(entropy)
    seed = int(np.random.default_rng(sequence.spawn(1)[0]).integers(2**31))
    survey = None
    try:
        if shares is None:
            found = _real(target, vary, sizes, sequence, {"seed": seed, **tests})
        else:
            survey = _whole(target, vary, sizes[0], shares, sequence)
            found = {sizes[0]: _figures_of(target, survey, {"seed": seed, **tests})}
    except MissedError as error:
        missed = {"statistic": ["missed"], "row": [error.step], "column": [""], "value": [1.0]}
        found = {sizes[0]: pd.DataFrame(missed)}
    table = pd.concat([part.assign(n=n, seed=seed) for n, part in found.items()], ignore_index=True)
    return table.round({"value": DECIMALS}), survey


class MissedError(CalibrationError):
    """A survey was not found; ``step`` says where."""

    def __init__(self, step: str, cause: CalibrationError) -> None:
        super().__init__(str(cause))
        self.step = step


@contextmanager
def _step(name: str) -> Iterator[None]:
    try:
        yield
    except CalibrationError as error:
        raise MissedError(name, error) from error


def _whole(
    target: Target,
    vary: Mapping[tuple[str, str, str], tuple[float, float]],
    n: int,
    shares: Sequence[float],
    sequence: np.random.SeedSequence,
) -> pd.DataFrame:
    """Find n respondents whose whole-number answers meet the targets."""
    first, second, third = (np.random.default_rng(child) for child in sequence.spawn(3))
    with _step(STEPS[0]):
        whole = _matrix(target, vary, first, _MIN_EIGENVALUES[WHOLE])
    with _step(STEPS[1]):
        sums = choose_sums(target, whole, n, rng=second, shares=shares, min_eigenvalue=_MIN_SUMS)
    with _step(STEPS[2]):
        arranged = arrange(sums.counts, sums.products, sums.packed, rng=third, max_rounds=_ROUNDS)
    return pd.DataFrame(arranged, columns=list(target.model.items))


def _real(
    target: Target,
    vary: Mapping[tuple[str, str, str], tuple[float, float]],
    sizes: Sequence[int],
    sequence: np.random.SeedSequence,
    tests: Mapping[str, Any],
) -> dict[int, pd.DataFrame]:
    """Test real-valued data of every size with the correlations of one matrix."""
    rng = np.random.default_rng(sequence.spawn(1)[0])
    with _step(STEPS[0]):
        whole = _matrix(target, vary, rng, _MIN_EIGENVALUES[REAL])
    found = {}
    for n in sizes:
        rows = exact_sample(unpacked(whole, target.model.n_items), n, rng)
        data = pd.DataFrame(rows, columns=list(target.model.items))
        labels, values = quantities(pls.fit(data, target.model), include=_ALPHA)
        found[n] = pd.concat([labels.assign(value=values), inference_figures(data, target.model, **tests)])
    return found


def _figures_of(target: Target, answers: pd.DataFrame, tests: Mapping[str, Any]) -> pd.DataFrame:
    """Compute a survey's open figures, its distance from the printed ones and its share of the highest answer."""
    extra = {
        "worst_distance": float(cell_table(target, answers)["distance"].abs().max()),
        "share_of_highest": float((answers == answers.max().max()).to_numpy().mean()),
    }
    more = pd.DataFrame({"statistic": list(extra), "row": "", "column": "", "value": list(extra.values())})
    return pd.concat([open_figures(answers, target.model, **tests), more])


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
    target: Target,
    vary: Mapping[tuple[str, str, str], tuple[float, float]],
    rng: np.random.Generator,
    min_eigenvalue: float,
) -> FloatArray:
    """Find a matrix that meets the targets with drawn values of what is varied; draw again where none has them."""
    for left in reversed(range(_DRAWS if vary else 1)):
        wanted = _varied(target, vary, rng) if vary else target
        try:
            # Wide starts and loose limits: an ensemble is to reach far.
            return meeting_matrix(
                wanted,
                rng=rng,
                spread=0.15,
                block_spread=0.25,
                min_eigenvalue=min_eigenvalue,
                min_cross=-0.10,
                max_factor_loading=float("inf"),
                n_starts=3 if vary else 12,
            )
        except CalibrationError:
            if not left:
                raise
    raise AssertionError  # the last draw returns or raises


def ranges(table: pd.DataFrame) -> pd.DataFrame:
    """Summarise an ensemble's surveys of whole numbers, statistic by statistic.

    Parameters
    ----------
    table : DataFrame
        The figures of an :class:`Ensemble`.

    Returns
    -------
    DataFrame
        statistic, row, column, n_surveys, minimum, lower (5 %), median, upper (95 %), maximum.
    """
    tests = table["statistic"].str.startswith("significant/") | (table["statistic"] == "missed")
    found = table[(table["data"] == WHOLE) & ~tests]
    grouped = found.groupby(["statistic", "row", "column"], sort=False)["value"]
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
