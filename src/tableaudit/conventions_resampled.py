"""Printed standard errors, t and ends of intervals beside a bootstrap of one's own: within Monte Carlo error or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from plsem.convention_values import named_under
from plsem.conventions import CONVENTIONS
from plsem.model import Model
from plsem.names import N_
from plsem.quantities import QUANTITIES
from plsem.resampling import intervals
from plsem.resampling.bootstrap import BootstrapError
from plsem.resampling.result import BootstrapResult
from plsem.under_conventions import resampled
from tableaudit.boxes import SLACK, Interval
from tableaudit.comparison import find_key
from tableaudit.conventions_search import NO_SUCH, evidence_of, not_judged
from tableaudit.printed import Cell, Published

__all__ = ["Judged", "judge_resampled", "limit_of", "monte_carlo_error"]

FloatArray = NDArray[np.float64]
#: The chance that any figure is called outside although all come from the same model and answers.
CHANCE = 0.01
#: Our draws are read in so many parts, whose figures scatter by the Monte Carlo error of a part.
PARTS = 50
#: A standard error whose Monte Carlo error is this many times that of normal draws has tails too heavy to settle.
HEAVY = 5.0
LEAST, MOST = 10_000, 40_000
CONFIDENCE = 0.95
NUMBER_NOT_KNOWN = N_("from how many resamples is not known")
NOT_RESAMPLED = N_("resamples are not drawn under the setting found")
NOT_SETTLED = N_("it does not settle: draws with heavy tails, or without any spread")
NOT_COMPUTED = N_("it is not computed here")


@dataclass(frozen=True)
class Judged:
    """What resamples say of the figures that come from resamples.

    Parameters
    ----------
    evidence : DataFrame
        As of :class:`tableaudit.conventions.Solution`.
    figures : dict of str to tuple
        Cell → the end of its row in the table of figures.
    n_resamples : int
        Of our own; 0 where none were drawn.
    """

    evidence: pd.DataFrame
    figures: dict[str, tuple[object, ...]]
    n_resamples: int = 0


def limit_of(count: int) -> float:
    """Return how many Monte Carlo errors away a figure may be among so many that are judged.

    Parameters
    ----------
    count : int

    Returns
    -------
    float
        Student's t for the errors of as many parts, by Bonferroni.

    Examples
    --------
    >>> round(limit_of(1), 1), round(limit_of(100), 1)
    (2.7, 4.2)
    """
    return float(stats.t.isf(CHANCE / (2 * count), PARTS - 1))


def base_of(cell: Cell) -> str:
    """Return the statistic that a figure of inference is about; without a name it is a path."""
    return cell.statistic.rpartition(".")[0] or "path_coefficient"


def monte_carlo_error(parts: FloatArray, size: int, *numbers: int) -> FloatArray:
    r"""Return the standard error of the difference between figures of independent bootstraps.

    Parameters
    ----------
    parts : ndarray (K, ...)
        The figure in K parts of one bootstrap.
    size : int
        Resamples in a part.
    *numbers : int
        Resamples in each of the bootstraps compared.

    Returns
    -------
    ndarray (...)
        :math:`s \sqrt{b (1/B_1 + 1/B_2)}`, where :math:`s` is the standard deviation over parts of :math:`b` resamples.

    References
    ----------
    Batch means: Koehler, E., Brown, E., & Haneuse, S. J.-P. A. (2009). On the assessment of Monte Carlo error in
    simulation-based statistical analyses. The American Statistician, 63(2), 155–162.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> deviations = rng.normal(size=(50, 400)).std(axis=1, ddof=1)
    >>> bool(abs(monte_carlo_error(deviations, 400, 1000) - 1 / np.sqrt(2 * 1000)) < 0.005)  # σ / sqrt(2 B)
    True
    """
    spread = np.nanstd(parts, axis=0, ddof=1)
    return np.asarray(spread * np.sqrt(size * sum(1 / n for n in numbers)))


def judge_resampled(
    published: Published,
    cells: Sequence[Cell],
    settings: Sequence[Mapping[str, str]],
    data: pd.DataFrame,
    model: Model,
    resamples: int | None,
) -> Judged:
    """Hold figures that come from resamples against resamples of one's own.

    Parameters
    ----------
    published : Published
    cells : sequence of Cell
        Standard errors, t and ends of intervals.
    settings : sequence of mapping
        Convention → option, of settings that reproduce the other figures; the first whose resamples can be had serves.
    data : DataFrame
    model : Model
    resamples : int or None
        Behind the printed figures.

    Returns
    -------
    Judged

    Examples
    --------
    >>> from tableaudit.conventions import solve  # calls it
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})
    >>> printed = pd.DataFrame(
    ...     [("r_squared", "", "Y", "0.640"), ("standard_error", "X", "Y", "0.5")],
    ...     columns=["statistic", "row", "column", "printed"])
    >>> solve(answers, Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")]), printed).figures["otherwise"][1]
    'from how many resamples is not known'
    """
    why = NUMBER_NOT_KNOWN if resamples is None else NOT_RESAMPLED
    for chosen in settings if cells else ():
        if resamples is None:
            break
        products = dict(model.products)
        names = {cell.id: named_under(base_of(cell), chosen, cell.row in products) for cell in cells}
        wanted = sorted({name for name in names.values() if name in QUANTITIES})
        knife = any(cell.statistic.endswith(("ci_lower", "ci_upper")) for cell in cells)
        own = min(max(4 * resamples, LEAST), MOST)
        try:
            drawn = wanted and resampled(data, model, chosen, wanted, n_resamples=own, jackknife=knife)
        except BootstrapError as error:
            why = error.args[0]
            break
        if drawn:
            return _judged(published, cells, names, drawn, resamples)
    return Judged(evidence_of({}), {cell.id: not_judged(why) for cell in cells})


def _judged(
    published: Published,
    cells: Sequence[Cell],
    names: Mapping[str, str],
    drawn: Mapping[tuple[str, str], BootstrapResult],
    resamples: int,
) -> Judged:
    level = float(published.meta.get("interval_level", CONFIDENCE))
    first = next(iter(drawn.values()))
    keys = {key: i for i, key in enumerate(first.labels.itertuples(index=False, name=None))}
    found = {cell.id: find_key(cell, keys, names[cell.id], "") for cell in cells}
    known = [cell for cell in cells if found[cell.id] is not None]
    places = {cell.id: keys[key] for cell in cells if (key := found[cell.id]) is not None}
    used = sorted(set(places.values()))
    figures: dict[str, tuple[object, ...]] = {
        cell.id: not_judged(NO_SUCH if names[cell.id] in QUANTITIES else NOT_COMPUTED) for cell in cells
    }
    if not known:
        return Judged(evidence_of({}), figures)
    kinds = tuple(CONVENTIONS["interval"].options) if first.jackknife is not None else ()
    before: list[tuple[FloatArray, dict[str, tuple[FloatArray, FloatArray]]]] = []
    rows = []
    for result in drawn.values():
        draws = np.asarray(result.draws[:, used], dtype=float)
        table = next((t for d, t in before if np.array_equal(d, draws, equal_nan=True)), None)
        if table is None:
            table = _with_errors(result, used, draws, kinds, level, resamples)
            before.append((draws, table))
        rows += [
            [_away(published, c, used.index(places[c.id]), kind, table) for c in known]
            for kind in kinds or ("",)
        ]
    told = np.array(rows)
    inside = told[..., 2] <= limit_of(len(known))
    counts = inside.sum(axis=1)
    names_of = ("sign_changes", "inadmissible", "interval")
    options = [(*key, kind) for key in drawn for kind in kinds or ("",)]
    best = int(counts.argmax())
    for m, cell in enumerate(known):
        value, error, away = told[best, m].tolist()
        if np.isnan(away):
            figures[cell.id] = not_judged(NOT_SETTLED)
            continue
        serving = [o for o, serves in zip(options, inside[:, m], strict=True) if serves] or [options[best]]
        apart = [
            tuple((n, o) for n, o, b in zip(names_of, one, options[best], strict=True) if o != b)
            for one in serving
        ]
        verdict = "within" if inside[best, m] else "outside"
        figures[cell.id] = (verdict, value, np.nan, error, away, min(apart, key=len))
    most: dict[tuple[str, str], int] = {}
    for one, count in zip(options, counts.tolist(), strict=True):
        most |= {key: max(most.get(key, 0), count) for key in zip(names_of, one, strict=True)}
    return Judged(evidence_of(most), figures, first.n_resamples)


def _with_errors(
    result: BootstrapResult,
    used: list[int],
    draws: FloatArray,
    kinds: tuple[str, ...],
    level: float,
    resamples: int,
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return each figure of inference of the quantities used with its Monte Carlo error, (q,) each."""
    size = len(draws) // PARTS
    parts = draws[: size * PARTS].reshape(PARTS, size, -1).transpose(0, 2, 1)
    original = result.original[used]
    bends = None if result.accelerations is None else result.accelerations[used]

    def of(some: FloatArray) -> dict[str, FloatArray]:
        shape = some.shape[:-1]
        out = {"standard_error": intervals.standard_deviation(some)}
        for kind in kinds:
            ends = intervals.interval_bounds(
                some,
                np.broadcast_to(original, shape),
                interval=kind,  # type: ignore[arg-type]
                confidence_level=level,
                accelerations=None if bends is None else np.broadcast_to(bends, shape),
            )
            out |= {f"ci_lower {kind}": ends[0], f"ci_upper {kind}": ends[1]}
        return out

    whole, scattered = of(np.ascontiguousarray(draws.T)), of(np.ascontiguousarray(parts))
    found = {n: (whole[n], monte_carlo_error(scattered[n], size, resamples, len(draws))) for n in whole}
    value, error = found["standard_error"]
    heavy = error > HEAVY * value * np.sqrt((1 / resamples + 1 / len(draws)) / 2)
    return found | {
        "standard_error": (np.where(heavy, np.nan, value), error),
        "original": (original, original),
    }


def _away(
    published: Published,
    cell: Cell,
    place: int,
    kind: str,
    table: Mapping[str, tuple[FloatArray, FloatArray]],
) -> tuple[float, float, float]:
    """Return our figure, its Monte Carlo error, and how many of these the printed one is away."""
    what = cell.statistic.rpartition(".")[2]
    name = f"{what} {kind}" if what.startswith("ci_") else "standard_error"
    value, error = (float(part[place]) for part in table[name])
    if np.isnan(value) or (what == "t_statistic" and value <= 0):
        return np.nan, np.nan, np.nan
    ours, box = Interval.point(value), cell.box
    if what == "t_statistic":
        estimates = published.select(base_of(cell), cell.row, cell.column)
        original = float(table["original"][0][place])
        estimate = Interval.point(original)
        if estimates and not estimates[0].box.contains(original):
            estimate = estimates[0].box
        size, box = estimate.absolute(), box.absolute()
        ours = Interval(size.lower / value, size.upper / value)
        value, error = ours.middle, ours.middle * error / value
    gap = max(box.lower - ours.upper, ours.lower - box.upper, 0.0)
    if gap <= SLACK:
        return value, error, 0.0
    return value, error, gap / error if error > 0 else np.inf
