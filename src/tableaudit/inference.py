"""Printed t, p, standard errors, intervals and decisions, set against one another.

The p-value that goes with a printed t depends on the reference distribution, which articles seldom name.
Bootstrap programs take the normal distribution or Student's t with (resamples − 1) degrees of freedom,
which is the same to three decimals.  A p that only a Student t with few degrees of freedom gives is
therefore neither plainly right nor plainly wrong; a p that no such distribution gives is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product

from scipy import optimize, stats

from tableaudit.boxes import SLACK, Interval, verdict_of
from tableaudit.checks import Check, arrow, compare_with
from tableaudit.details import Detail, say
from tableaudit.printed import Cell, Published

MANY = 100.0  # from here on Student's t and the normal distribution are told apart by no program's default
FEWEST = 5.0  # no sample that a path model can be fitted to leaves fewer degrees of freedom
# the columns that printed tables of critical values have
TABLED = (0.75, 0.80, 0.85, 0.90, 0.95, 0.975, 0.98, 0.99, 0.995, 0.999, 0.9995)
_MOST = 1e7


def inference_checks(published: Published, *, significance: float = 0.05) -> Iterator[Check]:
    """Yield the checks of t, p, standard errors, intervals and decisions.

    Parameters
    ----------
    published : Published
    significance : float
        The level that the article's decisions are taken at.
    """
    pairs = [pair for pair in published.paths if _pair(published, pair) is not None]
    for pair in published.paths:
        yield from _standard_error(published, pair)
        yield from _p_from_t(published, pair)
        yield from _interval(published, pair)
        yield from _decision(published, pair, significance)
    if len(pairs) > 1:
        yield _one_reference(published, pairs)


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


def _pair(published: Published, path: tuple[str, str]) -> tuple[Cell, Cell] | None:
    t, p = (published.select(name, *path) for name in ("t_statistic", "p_value"))
    return (t[0], p[0]) if t and p else None


def _p_from_t(published: Published, path: tuple[str, str]) -> Iterator[Check]:
    found = _pair(published, path)
    if found is None:
        return
    t, p = found
    normal = p_value(t.box, math.inf, 2)
    two, one = (degrees_of_freedom(t.box, p.box, tails) for tails in (2, 1))
    truth: bool | None
    if two is not None and two.upper >= MANY:
        truth = True
        detail = Detail(
            "two-sided, as with the normal distribution or many degrees of freedom",
            "bilateral, como con la distribución normal o muchos grados de libertad",
        )
    elif two is not None and two.upper >= FEWEST:
        truth = None
        detail = _normal(normal) + _needed(two)
    else:
        truth = False
        nothing = Detail("no Student t gives it", "ninguna t de Student lo da")
        detail = _normal(normal) + (nothing if two is None else _needed(two))
    if truth is not True and one is not None:
        detail += say("; one-sided it would need {}", "; con una sola cola necesitaría {}", _df(one))
    yield Check(
        "p from t (two-sided)",
        "identity",
        arrow(path),
        p.id,
        p.printed,
        normal,
        verdict_of(truth),
        detail,
        (t.id,),
    )


def _normal(p: Interval) -> Detail:
    return say("two-sided normal p is in {}; ", "el p normal bilateral está en {}; ", p)


def _needed(df: Interval) -> Detail:
    return say("Student's t would need {}", "la t de Student necesitaría {}", _df(df))


def _df(df: Interval) -> Detail:
    first, last = f"{df.lower:.1f}", f"{df.upper:.1f}"
    if df.upper == math.inf:
        return say("{} degrees of freedom or more", "{} grados de libertad o más", first)
    return say("{} to {} degrees of freedom", "de {} a {} grados de libertad", first, last)


def _one_reference(published: Published, paths: list[tuple[str, str]]) -> Check:
    cells = [c for path in paths for c in (_pair(published, path) or ())]
    common: list[tuple[int, Interval]] = []
    for tails in (2, 1):
        shared: Interval | None = Interval(FEWEST, math.inf)
        for t, p in zip(cells[::2], cells[1::2], strict=True):
            df = degrees_of_freedom(t.box, p.box, tails)
            shared = None if shared is None or df is None else shared.intersect(df)
        if shared is not None:
            common.append((tails, shared))
    if not common:
        truth: bool | None = False
        detail = Detail(
            "no number of tails and no degrees of freedom serve all printed pairs of t and p",
            "ningún número de colas ni de grados de libertad sirve a todos los pares impresos de t y p",
        )
    else:
        tails, shared = common[0]
        truth = True if tails == 2 and shared.upper >= MANY else None
        sided = Detail("two-sided", "bilateral") if tails == 2 else Detail("one-sided", "unilateral")
        detail = say("{} with {}", "{} con {}", sided, _df(shared))
    return Check(
        "one reference distribution for all p",
        "identity",
        ", ".join(arrow(p) for p in paths),
        "",
        f"{len(paths)} pairs of t and p",
        None,
        verdict_of(truth),
        detail,
        tuple(c.id for c in cells),
    )


def _standard_error(published: Published, path: tuple[str, str]) -> Iterator[Check]:
    cells = [published.select(s, *path) for s in ("path_coefficient", "standard_error", "t_statistic")]
    if not all(cells):
        return
    beta, error, t = (found[0] for found in cells)
    if error.box.lower <= 0:
        return
    allowed = beta.box.absolute() / error.box
    if t.box.upper < 0:
        allowed = -allowed
    detail = say("β and its standard error give {}", "β y su error estándar dan {}", allowed)
    yield compare_with(t, allowed, "t = |β| / standard error", arrow(path), [beta, error], detail)


def _interval(published: Published, path: tuple[str, str]) -> Iterator[Check]:
    lower, upper = (published.select(name, *path) for name in ("ci_lower", "ci_upper"))
    if not lower or not upper:
        return
    ends = Interval(-math.inf, upper[0].box.upper)
    detail = say("the upper end is {}", "el extremo superior es {}", upper[0].printed)
    yield compare_with(lower[0], ends, "interval's ends in order", arrow(path), upper, detail)
    if lower[0].box.lower > upper[0].box.upper:
        return
    inside = Interval(lower[0].box.lower, upper[0].box.upper)
    for beta in published.select("path_coefficient", *path):
        truth = True if beta.box.intersect(inside) is not None else None
        yield Check(
            "the interval holds the estimate",
            "identity",
            arrow(path),
            beta.id,
            beta.printed,
            inside,
            verdict_of(truth),
            Detail(
                "a percentile or BCa interval leaves its estimate out only where the bias is large",
                "un intervalo de percentiles o BCa solo deja fuera su estimación si el sesgo es grande",
            ),
            (lower[0].id, upper[0].id),
        )


def _decision(published: Published, path: tuple[str, str], significance: float) -> Iterator[Check]:
    for cell in published.select("decision", *path):
        found = published.select("p_value", *path)
        ends = [published.select(name, *path) for name in ("ci_lower", "ci_upper")]
        if found:
            small = found[0].box.less(significance)
            detail = say(
                "p = {} at the level {}", "p = {} al nivel {}", found[0].printed, f"{significance:g}"
            )
            used = found[:1]
        elif all(ends):
            above, below = ends[0][0].box, ends[1][0].box
            outside = [Interval.point(0).less(above), below.less(0)]
            small = True if True in outside else (None if None in outside else False)
            detail = say(
                "interval [{}, {}] and zero",
                "intervalo [{}; {}] y cero",
                ends[0][0].printed,
                ends[1][0].printed,
            )
            used = [ends[0][0], ends[1][0]]
        else:
            continue
        truth = None if small is None else small == (cell.printed == "accepted")
        yield Check(
            "decision follows from p",
            "identity",
            arrow(path),
            cell.id,
            cell.printed,
            None,
            verdict_of(truth),
            detail,
            tuple(c.id for c in used),
        )


def student_quantiles(
    published: Published,
    *,
    probabilities: tuple[float, ...] = TABLED,
    max_df: int = 200,
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

    Returns
    -------
    float
        Between 0 and 1; NaN where fewer than two t are printed.
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
