"""Printed t, p, standard errors, intervals and decisions, set against one another.

The p-value that goes with a printed t depends on the reference distribution, which articles seldom name.
Bootstrap programs take the normal distribution or Student's t with (resamples − 1) degrees of freedom,
which is the same to three decimals; whether p has one tail or two is read over the whole article.  A p that
only a Student t with few degrees of freedom gives is therefore neither plainly right nor plainly wrong; a p
that no such distribution gives is wrong, unless it was counted from the resamples.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from plsem.names import N_
from tableaudit.boxes import SLACK, Interval
from tableaudit.checks import Check, arrow, compare_with, judged
from tableaudit.details import Detail, say
from tableaudit.printed import INFERENCE, Cell, Published
from tableaudit.relations import Relation

__all__ = ["degrees_of_freedom", "quantile_chance", "student_quantiles"]

FloatArray = NDArray[np.float64]

MANY = 100.0  # from here on Student's t and the normal distribution are told apart by no program's default
FEWEST = 5.0  # no sample that a path model can be fitted to leaves fewer degrees of freedom
# the columns that printed tables of critical values have
TABLED = (0.75, 0.80, 0.85, 0.90, 0.95, 0.975, 0.98, 0.99, 0.995, 0.999, 0.9995)
_MOST = 1e7


@dataclass(frozen=True, slots=True)
class Effect:
    """An estimate with what is printed of its inference; a missing part is None."""

    about: str
    estimate: Cell | None
    error: Cell | None
    t: Cell | None
    p: Cell | None
    lower: Cell | None
    upper: Cell | None
    decision: Cell | None


def effects_with_inference(published: Published) -> list[Effect]:
    """Return every estimate that inference is printed of, in print order."""
    found: dict[tuple[str, str, str], None] = {}
    for cell in published:
        base, _, name = cell.statistic.rpartition(".")
        if name in INFERENCE:
            found.setdefault((base, cell.row, cell.column))
    effects = []
    for base, row, column in found:
        prefix = f"{base}." if base else ""
        cells = {n: _first(published, prefix + n, row, column) for n in INFERENCE}
        about = arrow((row, column)) if row and column else row or column
        effects.append(
            Effect(
                about,
                _first(published, base or "path_coefficient", row, column),
                cells["standard_error"],
                cells["t_statistic"],
                cells["p_value"],
                cells["ci_lower"],
                cells["ci_upper"],
                cells["decision"],
            )
        )
    return effects


def _first(published: Published, statistic: str, row: str, column: str) -> Cell | None:
    found = published.select(statistic, row, column)
    return found[0] if found else None


def inference_relations(published: Published) -> Iterator[Relation]:
    """Yield t = estimate / standard error."""
    for effect in effects_with_inference(published):
        if effect.estimate is None or effect.error is None or effect.t is None:
            continue
        if effect.error.box.lower <= 0:
            continue
        signed = effect.t.box.upper < 0

        def ratio(x: FloatArray, signed: bool = signed) -> FloatArray:
            with np.errstate(divide="ignore", invalid="ignore"):
                size = np.abs(x[:, 0]) / x[:, 1]
            return np.asarray(-size if signed else size)

        yield Relation(
            "t = |β| / standard error",
            effect.about,
            effect.t,
            (effect.estimate, effect.error),
            ratio,
            lambda t: f"|{t[0].strip('()')}| / {t[1]}",
        )


def inference_checks(published: Published, *, significance: float = 0.05, tails: int = 2) -> Iterator[Check]:
    """Yield the checks of t, p, intervals and decisions.

    Parameters
    ----------
    published : Published
    significance : float
        The level that the article's decisions are taken at.
    tails : int
        Whether the article's p-values are read as one- or two-sided.
    """
    yield from p_checks(published, tails)
    for effect in effects_with_inference(published):
        yield from _interval(published, effect, significance)
        yield from _decision(effect, significance, tails)
    pairs = [e for e in effects_with_inference(published) if e.t is not None and e.p is not None]
    if len(pairs) > 1:
        yield _one_reference(pairs)


def p_value(t: Interval, df: float, tails: int) -> Interval:
    """Range of the p-value of a t statistic, Student's t with ``df`` (``inf`` = normal), one or two tails."""
    size = t.absolute()
    return Interval(tails * float(stats.t.sf(size.upper, df)), tails * float(stats.t.sf(size.lower, df)))


def degrees_of_freedom(t: Interval, p: Interval, tails: int) -> Interval | None:
    """Degrees of freedom, from 1 to infinity, at which a printed t and a printed p go together.

    The p of a given t falls as the degrees of freedom grow, so the answer is one interval.

    Parameters
    ----------
    t, p : Interval
        Boxes of the printed figures.
    tails : int
        1 or 2.

    Returns
    -------
    Interval or None
        ``upper`` is infinite where the normal distribution is among the answers; None where no degrees of
        freedom serve.

    Examples
    --------
    >>> from tableaudit.boxes import Interval
    >>> found = degrees_of_freedom(Interval(2.005, 2.015), Interval(0.0495, 0.0505), 2)
    >>> round(found.lower), round(found.upper)
    (41, 60)
    """

    def lowest(df: float) -> float:
        return p_value(t, df, tails).lower - p.upper

    def highest(df: float) -> float:
        return p_value(t, df, tails).upper - p.lower

    if lowest(math.inf) > SLACK or highest(1.0) < -SLACK:
        return None
    first = 1.0 if lowest(1.0) <= 0 else _crossing(lowest)
    last = math.inf if highest(math.inf) >= 0 else _crossing(highest)
    return Interval(min(first, last), last)


def _crossing(function: Callable[[float], float]) -> float:
    if function(_MOST) > 0:
        return _MOST
    return math.exp(optimize.brentq(lambda x: function(math.exp(x)), 0.0, math.log(_MOST), xtol=1e-12))


def t_of_p(p: Interval, tails: int) -> Interval:
    """Range of |t| for a printed p-value, normal distribution."""
    low, high = (
        float(stats.norm.isf(min(max(end, 1e-300), tails * 0.5) / tails)) for end in (p.upper, p.lower)
    )
    return Interval(min(low, high), math.inf if p.lower <= 0 else max(low, high))


def p_checks(published: Published, tails: int) -> Iterator[Check]:
    """Yield, for every printed pair of t and p, whether a usual reference distribution gives p from t."""
    for effect in effects_with_inference(published):
        if effect.t is not None and effect.p is not None:
            yield _p_from_t(effect.about, effect.t, effect.p, tails)


def _p_from_t(about: str, t: Cell, p: Cell, tails: int) -> Check:
    normal = p_value(t.box, math.inf, tails)
    own, other = (degrees_of_freedom(t.box, p.box, k) for k in (tails, 3 - tails))
    sided = "two-sided" if tails == 2 else "one-sided"
    unless: list[Detail] = [_COUNTED]
    truth: bool | None
    if own is not None and own.upper >= MANY:
        truth = True
        detail = say("{}, as with the normal distribution or many degrees of freedom", Detail(sided))
    elif own is not None and own.upper >= FEWEST:
        truth = None
        detail = _normal(normal, sided) + _needed(own)
        unless.insert(0, say("p comes from Student's t with {}", _df(own)))
    else:
        truth = False
        nothing = Detail("no Student t gives it")
        detail = _normal(normal, sided) + (nothing if own is None else _needed(own))
    if truth is not True and other is not None and tails == 2:
        detail += say("; one-sided it would need {}", _df(other))
    return judged(
        p,
        N_("p from t (two-sided)") if tails == 2 else N_("p from t (one-sided)"),
        about,
        truth,
        detail,
        [t],
        allowed=normal,
        unless=tuple(unless),
        when=(("p_value", sided),),
    )


_COUNTED = Detail("p was counted from the resamples instead of computed from t")


def _normal(p: Interval, sided: str) -> Detail:
    if sided == "two-sided":
        return say("two-sided normal p is in {}; ", p)
    return say("one-sided normal p is in {}; ", p)


def _needed(df: Interval) -> Detail:
    return say("Student's t would need {}", _df(df))


def _df(df: Interval) -> Detail:
    first, last = f"{df.lower:.1f}", f"{df.upper:.1f}"
    if df.upper == math.inf:
        return say("{} degrees of freedom or more", first)
    return say("{} to {} degrees of freedom", first, last)


def _one_reference(effects: list[Effect]) -> Check:
    pairs = [(e.t, e.p) for e in effects if e.t is not None and e.p is not None]
    common: list[tuple[int, Interval]] = []
    for tails in (2, 1):
        shared: Interval | None = Interval(FEWEST, math.inf)
        for t, p in pairs:
            df = degrees_of_freedom(t.box, p.box, tails)
            shared = None if shared is None or df is None else shared.intersect(df)
        if shared is not None:
            common.append((tails, shared))
    if not common:
        truth: bool | None = False
        detail = Detail("no number of tails and no degrees of freedom serve all printed pairs of t and p")
    else:
        tails, shared = common[0]
        truth = True if shared.upper >= MANY else None
        detail = say("{} with {}", Detail("two-sided" if tails == 2 else "one-sided"), _df(shared))
    return judged(
        f"{len(pairs)} pairs of t and p",
        "one reference distribution for all p",
        ", ".join(e.about for e in effects),
        truth,
        detail,
        (c for pair in pairs for c in pair),
        unless=(_COUNTED,),
    )


def _interval(published: Published, effect: Effect, significance: float) -> Iterator[Check]:
    lower, upper = effect.lower, effect.upper
    if lower is None or upper is None:
        return
    ends = Interval(-math.inf, upper.box.upper)
    detail = say("the upper end is {}", upper.printed)
    yield compare_with(lower, ends, "interval's ends in order", effect.about, [upper], detail)
    if lower.box.lower > upper.box.upper:
        return
    inside = Interval(lower.box.lower, upper.box.upper)
    width = upper.box.upper - lower.box.lower
    odd = _odd_end(effect, significance)
    if effect.estimate is not None:
        box = effect.estimate.box
        outside = max(inside.lower - box.upper, box.lower - inside.upper)
        near = lower if inside.lower > box.lower else upper
        yield judged(
            near if odd else effect.estimate,
            "the interval holds the estimate",
            effect.about,
            True if outside <= 0 else (False if outside > 0.25 * width else None),
            say("estimate {}, interval [{}; {}]", effect.estimate.printed, lower.printed, upper.printed)
            + say("; a percentile or BCa interval leaves its estimate out only where the bias is large"),
            [lower, upper, effect.estimate],
            allowed=inside if odd is None else _beside(near, lower, box, Interval(0, math.inf)),
            grade="arithmetic" if outside > width else "definition",
        )
    if effect.error is not None and effect.error.box.lower > 0:
        yield _width(published, effect, upper.box - lower.box, odd)
    if effect.p is not None:
        yield _both_significant(effect, lower, upper, significance, odd)


def _odd_end(effect: Effect, significance: float) -> Cell | None:
    """Return the end that lies farther from where it should, if estimate, error and t agree with one another."""
    e, error, t, lower, upper = effect.estimate, effect.error, effect.t, effect.lower, effect.upper
    if e is None or error is None or t is None or error.box.lower <= 0 or lower is None or upper is None:
        return None
    if (e.box.absolute() * (1 / error.box)).intersect(t.box.absolute()) is None:
        return None
    reach = float(stats.norm.isf(significance / 2)) * error.value
    return lower if abs(e.value - lower.value - reach) > abs(upper.value - e.value - reach) else upper


def _beside(end: Cell, lower: Cell, other: Interval, distance: Interval) -> Interval:
    """Return where an end is that lies at a distance outside of another figure."""
    return other - distance if end is lower else other + distance


def _width(published: Published, effect: Effect, width: Interval, odd: Cell | None) -> Check:
    """Compare the interval's width with the standard error: against any distribution, and the normal one."""
    assert effect.error is not None and effect.lower is not None and effect.upper is not None
    outside = 1 - float(published.meta.get("interval_level", 0.95))
    widest = effect.error.box * (2 / math.sqrt(outside))
    usual = effect.error.box * (2 * float(stats.norm.isf(outside / 2)))
    impossible = width.lower > widest.upper
    allowed = Interval(max(width.lower, 0.0) * math.sqrt(outside) / 2, math.inf)
    if odd is not None:
        other = effect.upper if odd is effect.lower else effect.lower
        room = Interval(0, widest.upper) if impossible else Interval(0.6 * usual.lower, 1.6 * usual.upper)
        allowed = _beside(odd, effect.lower, other.box, room)
    return judged(
        odd or effect.error,
        "the interval's width and the standard error",
        effect.about,
        not impossible and 0.6 <= width.middle / usual.middle <= 1.6,
        say(
            "a normal distribution with this error would have an interval {} wide, any at most {}; printed {}",
            f"{usual.middle:.3f}",
            f"{widest.upper:.3f}",
            f"{width.middle:.3f}",
        ),
        [effect.lower, effect.upper, effect.error],
        allowed=allowed,
        unless=() if impossible else (Detail("the bootstrap distribution is far from normal"),),
        grade="arithmetic" if impossible else "definition",
    )


def _excludes_zero(lower: Cell, upper: Cell) -> bool | None:
    sides = (Interval.point(0).less(lower.box), upper.box.less(0))
    return True if True in sides else (None if None in sides else False)


def _both_significant(
    effect: Effect, lower: Cell, upper: Cell, significance: float, odd: Cell | None
) -> Check:
    assert effect.p is not None
    small = effect.p.box.less(significance)
    outside = _excludes_zero(lower, upper)
    truth = None if small is None or outside is None else small == outside
    t = effect.t.box if effect.t is not None else Interval(0, 0)
    if not any(p_value(t, math.inf, tails).intersect(effect.p.box) for tails in (1, 2)):
        odd = None  # p is what does not follow from t
    return judged(
        odd or effect.p,
        "p and the interval agree about zero",
        effect.about,
        truth,
        say("p = {}, interval [{}; {}]", effect.p.printed, lower.printed, upper.printed),
        [lower, upper, effect.p],
        unless=(Detail("p is computed from t and the interval from percentiles"),),
        grade="definition",
    )


def _decision(effect: Effect, significance: float, tails: int) -> Iterator[Check]:
    cell, lower, upper = effect.decision, effect.lower, effect.upper
    if cell is None:
        return
    if effect.p is not None:
        small = effect.p.box.less(significance)
        detail = say("p = {} at the level {}", effect.p.printed, f"{significance:g}")
        used = [effect.p]
    elif lower is not None and upper is not None:
        small = _excludes_zero(lower, upper)
        detail = say("interval [{}; {}] and zero", lower.printed, upper.printed)
        used = [lower, upper]
    elif effect.t is not None:
        p = p_value(effect.t.box, math.inf, tails)
        small = p.less(significance)
        detail = say("t = {} gives p in {}", effect.t.printed, p)
        used = [effect.t]
    else:
        return
    truth = None if small is None else small == (cell.printed == "accepted")
    yield judged(cell, "decision follows from p", effect.about, truth, detail, used, grade="decision")


def student_quantiles(
    published: Published, *, probabilities: tuple[float, ...] = TABLED, max_df: int = 200
) -> list[tuple[int, tuple[float, ...]]]:
    """Degrees of freedom at which every printed t is a tabled quantile of Student's t.

    Parameters
    ----------
    published : Published
    probabilities : tuple of float
        The columns that printed tables of critical values have.
    max_df : int
        Degrees of freedom from 1 to this are scanned.

    Returns
    -------
    list of (int, tuple of float)
        Degrees of freedom, and the probability that each printed t is the quantile of, in print order.
        Empty where fewer than two t are printed.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> more = [("2", "t2", "t_statistic", "X", "Z", "1.734")]
    >>> student_quantiles(from_values(pd.DataFrame(rows + more, columns=columns), "example"))
    [(18, (0.975, 0.95))]
    """
    cells = published.select("t_statistic")
    if len(cells) < 2:
        return []
    found = []
    for df in range(1, max_df + 1):
        columns = [(q, float(stats.t.ppf(q, df))) for q in probabilities]
        hits = [[q for q, value in columns if c.box.absolute().contains(value)] for c in cells]
        found += [(df, combination) for combination in product(*hits)]
    return found


def quantile_chance(
    published: Published,
    *,
    spread: float = 0.25,
    probabilities: tuple[float, ...] = TABLED,
    max_df: int = 200,
) -> float:
    """Share of other t values near the printed ones that would coincide as in :func:`student_quantiles`.

    Every combination of values at the printed digits within ± ``spread`` (a share of each t) counts the
    same.  For each degrees of freedom the share of values that are quantiles is exact; the chance that some
    degrees of freedom serve all t is bounded by the sum over them.

    Parameters
    ----------
    published : Published
    spread : float
        Share of each t.
    probabilities, max_df
        As for :func:`student_quantiles`.

    Returns
    -------
    float
        Between 0 and 1; NaN where fewer than two t are printed.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> more = [("2", "t2", "t_statistic", "X", "Z", "1.734")]
    >>> published = from_values(pd.DataFrame(rows + more, columns=columns), "example")
    >>> quantile_chance(published) < 0.01
    True
    """
    cells = published.select("t_statistic")
    if len(cells) < 2:
        return math.nan
    expected = 0.0
    for df in range(1, max_df + 1):
        values = [float(stats.t.ppf(q, df)) for q in probabilities]
        share = 1.0
        for c in cells:
            size, unit = abs(c.value), 10.0**-c.decimals
            near = {round(v / unit) for v in values if abs(v - size) <= spread * size}
            share *= len(near) / (2 * math.floor(spread * size / unit) + 1)
        expected += share
    return min(expected, 1.0)
