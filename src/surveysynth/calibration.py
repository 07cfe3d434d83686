"""Make whole-number answers whose PLS estimates are the printed figures, every one to its last digit.

Four steps, each exact where the next needs it:

1. a correlation matrix that meets every target (:func:`surveysynth.targets.meeting_matrix`),
2. counts of answers and sums of products, whole numbers, that still do (:mod:`surveysynth.answer_sums`),
3. respondents with exactly these counts and sums (:mod:`surveysynth.arrangement`),
4. other arrangements with the same sums, so that all estimates stay as they are and only their sampling
   error changes, until the bootstrap's t of one path is the printed one.

A direct search over answers stalls, because with whole numbers every correlation moves in steps some ten
times wider than a rounding box: 150 million annealed candidates reached 14 of 23 figures.  Here the
steps are solved for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.model import Model
from plsem.quantities import quantities
from plsem.resampling.bootstrap import bootstrap
from plsem.solution import Estimate
from surveysynth.answer_blocks import SHARES
from surveysynth.answer_sums import AnswerSums, choose_sums
from surveysynth.arrangement import arrange
from surveysynth.targets import CalibrationError, Target, meeting_matrix

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SamplingTarget:
    """A printed t statistic that the sampling error of one path is brought to.

    Attributes
    ----------
    source, target : str
        The path.
    t_statistic : float
        The printed |estimate| / SE.
    tolerance : float
        Largest difference left, below the Monte-Carlo error of t from 10,000 resamples (about 0.015).
    n_resamples : int
        Resamples of each bootstrap in the search; its seed is the calibration's own.
    reach : float
        Difference up to which arrangements near the last one are tried; further off it is made afresh.
    warmth : float
        How far one arrangement may be from the one before; see :func:`surveysynth.arrangement.arrange`.
    max_arrangements : int
        Arrangements tried.
    """

    source: str
    target: str
    t_statistic: float
    tolerance: float = 0.012
    n_resamples: int = 40_000
    reach: float = 0.1
    warmth: float = 0.3
    max_arrangements: int = 600


@dataclass(frozen=True, slots=True)
class Calibration:
    """Answers that meet the targets.

    Attributes
    ----------
    answers : DataFrame (n, p) of int
        One row a respondent, one column an item.
    cells : DataFrame
        One row a target: statistic, row, column, lower, upper, value, distance (in half boxes), inside.
    t_statistic : float
        The bootstrap's t of the path of :class:`SamplingTarget` in the search; NaN where none was asked.
    n, seed : int
    """

    answers: pd.DataFrame
    cells: pd.DataFrame
    t_statistic: float
    n: int
    seed: int


def calibrate(
    target: Target,
    *,
    n: int,
    seed: int,
    sampling: SamplingTarget | None = None,
    loading_range: tuple[float, float] = (0.0, float("inf")),
    shares: Sequence[float] = SHARES,
    limit: float = 0.95,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Make n respondents whose answers give every target.

    Parameters
    ----------
    target : Target
    n : int
        Respondents.
    seed : int
        Fixes every draw.
    sampling : SamplingTarget, optional
        A t statistic to reach as well.
    loading_range : (float, float)
        Smallest and largest loading of an item on its construct's one factor, so that pruning keeps all items.
    shares : sequence of float
        Shares of the answers 1, 2, … about which the counts are drawn.
    limit : float
        Largest distance from a printed figure, in half boxes; below 1 all targets round to their digits.
    checkpoint : path, optional
        A file to keep the result of each step in: a run that was stopped goes on from there, and a
        finished one is read back.  A file of other targets or settings is not used.
    progress : callable, optional
        Told in words how far it is.

    Returns
    -------
    Calibration

    Raises
    ------
    CalibrationError
        If a step fails; the message says how near it came.
    """
    tell = progress or (lambda _: None)
    seeds = np.random.SeedSequence(seed).spawn(4)
    first, second, third, fourth = (np.random.default_rng(s) for s in seeds)
    store = _Store(checkpoint, _fingerprint(target, n, seed, sampling, loading_range, shares, limit))
    if not (kept := store.read("matrix")):
        tell("looking for a correlation matrix that meets every target")
        # A little stricter than asked, to leave room for whole numbers.
        packed = meeting_matrix(
            target,
            rng=first,
            min_factor_loading=min(loading_range[0] + 0.02, 0.9) if loading_range[0] else 0.0,
        )
        kept = store.write("matrix", {"packed": packed})
    if not (sums := store.read("sums")):
        tell(f"choosing counts and sums of products of {n} respondents")
        chosen = choose_sums(
            target, kept["packed"], n, rng=second, loading_range=loading_range, shares=shares, limit=limit
        )
        sums = store.write(
            "sums", {"counts": chosen.counts, "products": chosen.products, "packed": chosen.packed}
        )
    chosen = AnswerSums(sums["counts"], sums["products"], sums["packed"], float("nan"))
    if not (rows := store.read("answers")):
        answers, t = _arranged(chosen, target, sampling, third, int(seeds[3].generate_state(1)[0]), tell)
        rows = store.write("answers", {"answers": answers, "t": np.array(t)})
    answers, t = rows["answers"].astype(np.int64), float(rows["t"])
    table = pd.DataFrame(answers[fourth.permutation(n)], columns=list(target.model.items))
    cells = cell_table(target, table)
    if not cells["inside"].all():
        off = cells[~cells["inside"]].iloc[0]
        raise CalibrationError(
            f"{off['statistic']}({off['row']}, {off['column']}) is outside its box after all"
        )
    return Calibration(table, cells, t, n, seed)


def cell_table(target: Target, answers: pd.DataFrame) -> pd.DataFrame:
    """Compare answers with the targets: statistic, row, column, lower, upper, value, distance, inside."""
    model = target.model
    r = np.corrcoef(answers[list(model.items)].to_numpy(dtype=float), rowvar=False)
    distance = target.errors(r[np.triu_indices(model.n_items, 1)][:, None])[:, 0]
    table = target.labels.copy()
    table["lower"], table["upper"] = target.lower, target.upper
    table["value"] = target.centre + distance * target.half
    table["distance"] = distance.round(9)  # a small difference over half a box: what is left of twelve digits
    table["inside"] = np.abs(distance) <= 1
    return table


def path_t_statistic(
    answers: IntArray, model: Model, path: tuple[str, str], *, n_resamples: int, seed: int
) -> float:
    """Bootstrap |estimate| / SE of one path, signs as the algorithm gives them."""

    def one_path(estimate: Estimate) -> tuple[pd.DataFrame, FloatArray]:
        labels, values = quantities(estimate, include=("path_coefficient",))
        row = np.flatnonzero((labels["row"] == path[0]) & (labels["column"] == path[1]))
        return labels.iloc[row], values[..., row]

    frame = pd.DataFrame(answers, columns=list(model.items))
    result = bootstrap(frame, model, one_path, seed=seed, n_resamples=n_resamples, jackknife=False)
    return float(np.abs(result.original[0]) / np.nanstd(result.draws[:, 0], ddof=1))


def _arranged(
    chosen: AnswerSums,
    target: Target,
    wanted: SamplingTarget | None,
    rng: np.random.Generator,
    seed: int,
    tell: Progress,
) -> tuple[IntArray, float]:
    """Arrange the answers, again and again until the sampling error of the wanted path is right too."""

    def find(start: IntArray | None = None, **options: Any) -> IntArray:
        return arrange(
            chosen.counts, chosen.products, chosen.packed, rng=rng, start=start,
            progress=lambda text: tell(f"arranging the answers: {text}"), **options,
        )  # fmt: skip

    answers = find()
    if wanted is None:
        return answers, float("nan")
    path = (wanted.source, wanted.target)

    def gap_of(answers: IntArray) -> float:
        t = path_t_statistic(answers, target.model, path, n_resamples=wanted.n_resamples, seed=seed)
        tell(f"t of {path[0]} -> {path[1]} is {t:.3f}, {wanted.t_statistic} is wanted")
        return t - wanted.t_statistic

    gap = gap_of(answers)
    for _ in range(wanted.max_arrangements):
        if abs(gap) <= wanted.tolerance:
            return answers, wanted.t_statistic + gap
        if abs(gap) > wanted.reach:
            answers = find()
            gap = gap_of(answers)
            continue
        try:
            candidate = find(answers, warmth=float(rng.uniform(0.0, wanted.warmth)), max_rounds=6)
        except CalibrationError:
            # Hard to settle: another is found sooner.
            continue
        new = gap_of(candidate)
        if abs(new) < abs(gap):
            answers, gap = candidate, new
    raise CalibrationError(
        f"n = {chosen.counts[0].sum()}: t of {path[0]} -> {path[1]} stays {abs(gap):.3f} from "
        f"{wanted.t_statistic} in all arrangements; another n or seed may come nearer"
    )


def _fingerprint(target: Target, *settings: object) -> str:
    text = repr(
        (target.labels.to_csv(), target.lower.tolist(), target.upper.tolist(), target.model.paths, settings)
    )
    return hashlib.sha256(text.encode()).hexdigest()


class _Store:
    """Steps kept in one file, with the fingerprint of what they belong to."""

    def __init__(self, path: Path | None, fingerprint: str) -> None:
        self.path = path
        self.content: dict[str, NDArray[Any]] = {}
        if path is not None and path.is_file():
            with np.load(path) as file:
                if str(file["fingerprint"]) == fingerprint:
                    self.content = {name: file[name] for name in file.files}
        self.content["fingerprint"] = np.array(fingerprint)

    def read(self, step: str) -> dict[str, NDArray[Any]]:
        prefix = f"{step}."
        return {k.removeprefix(prefix): v for k, v in self.content.items() if k.startswith(prefix)}

    def write(self, step: str, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        self.content |= {f"{step}.{name}": value for name, value in arrays.items()}
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            partial = self.path.with_suffix(".part.npz")
            np.savez(partial, allow_pickle=False, **self.content)
            partial.replace(self.path)
        return arrays
