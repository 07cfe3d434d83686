"""Mediation: each route as a quantity, the kind of mediation from one rule, and opposite routes.

The kind follows Zhao, Lynch and Chen (2010): it rests on whether the indirect and the direct effect differ from
0, by their intervals, and on whether they point the same way.  A significant total effect is not asked for.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from plsem.names import N_, nearest
from plsem.resampling.intervals import DEFAULT_INTERVAL, Alternative, Interval
from plsem.resampling.result import BootstrapResult

__all__ = ["kind_of_mediation", "mediation"]

Kind = Literal[
    "complementary", "competitive", "indirect-only", "direct-only", "no effect", "indirect", "none"
]

KINDS: dict[str, str] = {
    "complementary": N_(
        "Complementary mediation: the indirect and the direct effect differ from 0 and point the same way"
    ),
    "competitive": N_(
        "Competitive mediation: the indirect and the direct effect differ from 0 and point opposite ways"
    ),
    "indirect-only": N_(
        "Indirect-only mediation: the indirect effect differs from 0, the direct effect does not"
    ),
    "direct-only": N_(
        "Direct-only non-mediation: the direct effect differs from 0, the indirect effect does not"
    ),
    "no effect": N_("No-effect non-mediation: neither effect differs from 0"),
    "indirect": N_("The indirect effect differs from 0; the model has no direct path beside it"),
    "none": N_("The indirect effect does not differ from 0; the model has no direct path beside it"),
}
"""Kind → what it says.  The last two are for models in which no direct path is estimated, where Zhao's rule does
not apply: whether mediation is full is then assumed, not found."""


def differs_from_zero(lower: float, upper: float) -> bool:
    """Return whether an interval excludes 0; one that touches 0 does not."""
    return bool(lower > 0 or upper < 0)


def kind_of_mediation(
    indirect: float,
    indirect_interval: tuple[float, float],
    direct: float | None = None,
    direct_interval: tuple[float, float] = (np.nan, np.nan),
) -> Kind:
    """Return the kind of mediation by Zhao, Lynch and Chen (2010).

    Parameters
    ----------
    indirect : float
        The indirect effect a·b.
    indirect_interval : (float, float)
    direct : float, optional
        The direct effect c′ in the model with the mediator; None where the model has no direct path.
    direct_interval : (float, float)

    Returns
    -------
    str
        A key of :data:`KINDS`.

    References
    ----------
    Zhao, X., Lynch, J. G., & Chen, Q. (2010). Reconsidering Baron and Kenny: myths and truths about mediation
    analysis. Journal of Consumer Research, 37(2), 197–206.

    Examples
    --------
    >>> kind_of_mediation(0.2, (0.1, 0.3), -0.3, (-0.5, -0.1))
    'competitive'
    >>> kind_of_mediation(0.2, (0.0, 0.3), 0.3, (0.1, 0.5))
    'direct-only'
    """
    mediated = differs_from_zero(*indirect_interval)
    if direct is None:
        return "indirect" if mediated else "none"
    if differs_from_zero(*direct_interval):
        if not mediated:
            return "direct-only"
        return "complementary" if indirect * direct > 0 else "competitive"
    return "indirect-only" if mediated else "no effect"


def route_name(*constructs: str) -> str:
    """Return how a route is written: ``"X -> M -> Y"``."""
    return " -> ".join(constructs)


def mediation(
    boot: BootstrapResult,
    *,
    source: str | None = None,
    target: str | None = None,
    via: str | None = None,
    interval: Interval = DEFAULT_INTERVAL,
    confidence_level: float = 0.95,
    alternative: Alternative = "two-sided",
) -> pd.DataFrame:
    """Return each indirect effect with its inference, the direct and total effect, and the kind of mediation.

    Parameters
    ----------
    boot : BootstrapResult
        That holds path_coefficient, specific_indirect_effect, indirect_effect and total_effect.
    source, target : str, optional
        Only effects of or on these constructs.
    via : str, optional
        Only routes through this construct.
    interval, confidence_level, alternative
        See :meth:`plsem.resampling.result.BootstrapResult.summary`.

    Returns
    -------
    DataFrame
        One row a route, and one (``route`` empty) for all routes of a pair together where it has several:
        source, target, route, via, effect, standard_deviation, p_value, lower, upper (of the indirect
        effect), direct, direct_p_value, direct_lower, direct_upper (NaN without a direct path), total,
        total_lower, total_upper, kind (a key of :data:`KINDS`), opposed_by (what differs from 0 and points
        the other way: routes and ``"direct"``), share (of the total effect; NaN unless the direct effect and
        all routes have one sign).

    Raises
    ------
    KeyError
        For a construct that stands on no route; the message names the nearest.
    ValueError
        If the bootstrap lacks one of the statistics, or the model has no indirect effect.

    Notes
    -----
    The share (variance accounted for) of effects that cancel out can be above 1 or negative and says nothing
    then (Hair et al. 2022).

    In R: ``seminr::specific_effect_significance`` for the effects; the kind is not given there.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e, f = np.random.default_rng(1).normal(size=(3, 200))
    >>> m = 0.6 * x + 0.8 * e
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + 0.3 * x + 0.8 * f})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ X + M")
    >>> effects = ["path_coefficient", "specific_indirect_effect", "indirect_effect", "total_effect"]
    >>> boot = plsem.bootstrap(data, model, effects, seed=1, n_resamples=500)
    >>> mediation(boot)[["source", "target", "via", "effect", "kind"]].round(2)
      source target via  effect           kind
    0      X      Y   M    0.15  complementary
    """
    effects = _effects(boot, interval, confidence_level, alternative)
    routes = [tuple(name.split(" -> ")) for name in effects["specific_indirect_effect"]]
    if not routes:
        raise ValueError("the model has no indirect effect; mediation needs a route over two paths or more")
    for what, value, valid in (
        ("source", source, [r[0] for r in routes]),
        ("target", target, [r[-1] for r in routes]),
        ("via", via, [m for r in routes for m in r[1:-1]]),
    ):
        if value is not None and value not in valid:
            raise KeyError(f"{what}: no route {_WHERE[what]} {value!r}{nearest(value, dict.fromkeys(valid))}")
    rows = []
    for pair in dict.fromkeys((r[0], r[-1]) for r in routes):
        own = [r for r in routes if (r[0], r[-1]) == pair]
        if source not in (None, pair[0]) or target not in (None, pair[1]):
            continue
        for route in own:
            if via is None or via in route[1:-1]:
                rows.append(_row(effects, pair, own, route))
        if len(own) > 1 and via is None:
            rows.append(_row(effects, pair, own, None))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


_WHERE = {"source": "from", "target": "to", "via": "through"}
_NEEDED = ("path_coefficient", "specific_indirect_effect", "indirect_effect", "total_effect")
_COLUMNS = (
    "source", "target", "route", "via", "effect", "standard_deviation", "p_value", "lower", "upper",
    "direct", "direct_p_value", "direct_lower", "direct_upper", "total", "total_lower", "total_upper",
    "kind", "opposed_by", "share",
)  # fmt: skip

Effects = dict[str, dict[str, pd.Series]]


def _effects(
    boot: BootstrapResult, interval: Interval, confidence_level: float, alternative: Alternative
) -> Effects:
    held = set(boot.labels["statistic"])
    table = boot.summary(
        statistic=[name for name in _NEEDED if name in held],
        interval=interval,
        confidence_level=confidence_level,
        alternative=alternative,
    )
    found: Effects = {name: {} for name in _NEEDED}
    for _, row in table.iterrows():
        key = route_name(row["row"], row["column"]) if row["column"] else row["row"]
        found[row["statistic"]][key] = row
    if not held.issuperset({"path_coefficient", "total_effect"}) or (
        found["indirect_effect"] and not found["specific_indirect_effect"]
    ):
        raise ValueError(f"mediation needs the statistics {', '.join(_NEEDED)}; let the bootstrap draw them")
    return found


def _row(
    effects: Effects, pair: tuple[str, str], own: list[tuple[str, ...]], route: tuple[str, ...] | None
) -> dict[str, object]:
    between = route_name(*pair)
    specific = effects["specific_indirect_effect"]
    one = effects["indirect_effect"][between] if route is None else specific[route_name(*route)]
    direct = effects["path_coefficient"].get(between)
    total = effects["total_effect"][between]
    parts = [specific[route_name(*r)] for r in own] + ([] if direct is None else [direct])
    signs = {np.sign(part["original"]) for part in parts}
    opposed = [
        "direct" if part is direct else str(part["row"])
        for part in parts
        if differs_from_zero(part["lower"], part["upper"]) and part["original"] * one["original"] < 0
    ]
    share = one["original"] / total["original"] if len(signs) == 1 and 0 not in signs else np.nan
    return {
        "source": pair[0],
        "target": pair[1],
        "route": "" if route is None else route_name(*route),
        "via": "" if route is None else route_name(*route[1:-1]),
        "effect": one["original"],
        "standard_deviation": one["standard_deviation"],
        "p_value": one["p_value"],
        "lower": one["lower"],
        "upper": one["upper"],
        "direct": np.nan if direct is None else direct["original"],
        "direct_p_value": np.nan if direct is None else direct["p_value"],
        "direct_lower": np.nan if direct is None else direct["lower"],
        "direct_upper": np.nan if direct is None else direct["upper"],
        "total": total["original"],
        "total_lower": total["lower"],
        "total_upper": total["upper"],
        "kind": kind_of_mediation(
            one["original"],
            (one["lower"], one["upper"]),
            None if direct is None else direct["original"],
            (np.nan, np.nan) if direct is None else (direct["lower"], direct["upper"]),
        ),
        "opposed_by": "; ".join(opposed),
        "share": share,
    }
