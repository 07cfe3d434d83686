"""The rules by which items are pruned, and what an item's statistics say to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from plsem.names import N_, Said, nearest
from plsem.thresholds import threshold

__all__ = ["PruningSettings"]

Scope = Literal["per_construct", "joint"]
Correlation = Literal["pearson", "polychoric"]
Extraction = Literal["minres", "principal_axis", "ml"]
Rotation = Literal["none", "varimax", "oblimin"]
NumberRule = Literal["constructs", "parallel", "kaiser", "map"]

#: A statistic that equals its limit but for rounding passes (the MSA of two items is one half).
_ROUNDING = 1e-9


@dataclass(frozen=True)
class PruningSettings:
    """How items are factored, and the rules by which they are pruned; ``None`` switches a rule off.

    With scope "per_construct" each construct's items are factored alone, with one factor, and
    ``n_factors`` and ``rotation`` only serve the description of all items together.

    Attributes
    ----------
    prune : bool
        Drop items that break a rule; False keeps every item.
    scope : {"per_construct", "joint"}
        Factor each construct's items alone, or all items together.
    correlation : {"pearson", "polychoric"}
        Correlations that are factored.
    n_factors : {"constructs", "parallel", "kaiser", "map"} or int
        Number of factors of a joint solution, or the rule that finds it.
    extraction : {"minres", "principal_axis", "ml"}
    rotation : {"none", "varimax", "oblimin", "promax", "promax_r", "promax_spss"}
        Rotation of a joint solution.
    kaiser_normalization : bool
        Rotate with Kaiser's normalisation.
    min_msa : float or None
        Least measure of sampling adequacy (Kaiser 1974).
    min_loading : float or None
        Least loading on the own factor (Hair et al. 2022).
    min_cross_loading_gap : float or None
        Least distance of the own loading from the largest other one.
    min_communality : float or None
        Least communality.
    min_items : int
        No construct falls below this many items.
    n_parallel : int
        Random data sets of parallel analysis.

    Raises
    ------
    ValueError
        For a value that a setting cannot have; the nearest valid one is named.
    """

    prune: bool = True
    scope: Scope = "per_construct"
    correlation: Correlation = "pearson"
    n_factors: NumberRule | int = "constructs"
    extraction: Extraction = "minres"
    rotation: Rotation = "oblimin"
    kaiser_normalization: bool = True
    min_msa: float | None = threshold("msa").borderline
    min_loading: float | None = threshold("efa_loading").borderline
    min_cross_loading_gap: float | None = None
    min_communality: float | None = None
    min_items: int = 3
    n_parallel: int = 1000

    def __post_init__(self) -> None:
        words = {
            "scope": get_args(Scope),
            "correlation": get_args(Correlation),
            "extraction": get_args(Extraction),
            "rotation": get_args(Rotation),
        }
        if isinstance(self.n_factors, str):
            words["n_factors"] = get_args(NumberRule)
        for name, valid in words.items():
            if getattr(self, name) not in valid:
                raise ValueError(
                    f"{name}: unknown {getattr(self, name)!r}{nearest(str(getattr(self, name)), valid)}"
                )
        for name in ("min_msa", "min_loading", "min_cross_loading_gap", "min_communality"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"{name}: expected a number from 0 to 1, found {value!r}")

    @property
    def without_thresholds(self) -> PruningSettings:
        """What the factor solutions of a set of items depend on."""
        none: dict[str, Any] = dict.fromkeys(
            ("min_msa", "min_loading", "min_cross_loading_gap", "min_communality")
        )
        return replace(self, prune=True, min_items=1, **none)


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """One item in one analysis.

    Attributes
    ----------
    item, construct : str
    n_items : int
        Items in the analysis.
    msa : float
        Measure of sampling adequacy.
    loading : float
        Signed loading on the own factor.
    largest_loading : float
        Largest absolute loading on any factor.
    cross_loading : float
        Joint: the other loading that is largest in absolute value.  Per construct: likewise the
        correlation with another construct's sum.
    cross_construct : str
        Where that is.
    cross_loading_gap : float
        Joint: own minus other absolute loading.  Per construct: correlation with the sum of the
        construct's other items, minus the absolute one with the other construct's sum.
    communality : float
    """

    item: str
    construct: str
    n_items: int
    msa: float
    loading: float
    largest_loading: float
    cross_loading: float
    cross_construct: str
    cross_loading_gap: float
    communality: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: an item fails where ``statistic`` is below ``limit``."""

    name: str
    statistic: str
    limit: float
    reference: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that breaks a rule."""

    item: str
    construct: str
    rule: Rule
    value: float
    reason: str


def active_rules(settings: PruningSettings) -> tuple[Rule, ...]:
    """Return the rules that are switched on, in the order in which they are asked.

    What loads on nothing goes before what loads on the wrong factor: noise items bend the factors
    that the others are judged by.
    """
    joint = settings.scope == "joint"
    listed = (
        ("sampling adequacy", "msa", settings.min_msa, "Kaiser (1974)"),
        (
            "no salient loading",
            "largest_loading",
            settings.min_loading if joint else None,
            "Hair et al. (2019)",
        ),
        ("own factor", "cross_loading_gap", 0.0 if joint else None, "Costello & Osborne (2005)"),
        ("own loading", "loading", settings.min_loading, "Hair et al. (2022)"),
        (
            "cross-loading",
            "cross_loading_gap",
            settings.min_cross_loading_gap,
            "Howard (2016)" if joint else "Hays & Hayashi (1990)",
        ),
        ("communality", "communality", settings.min_communality, "Hair et al. (2019)"),
    )
    return tuple(Rule(n, s, limit, reference) for n, s, limit, reference in listed if limit is not None)


def failures(statistics: Sequence[ItemStatistics], rules: Sequence[Rule]) -> list[Failure]:
    """List every failure, rule by rule in order and the worst item first; ties go by the items' order."""
    found = []
    for rule in rules:
        failing = [s for s in statistics if getattr(s, rule.statistic) < rule.limit - _ROUNDING]
        for s in sorted(failing, key=lambda s: float(getattr(s, rule.statistic))):
            value = float(getattr(s, rule.statistic))
            found.append(Failure(s.item, s.construct, rule, value, _reason(rule, s, value)))
    return found


def first_of_each(found: Sequence[Failure]) -> list[Failure]:
    """Return each item's first failure."""
    return list({f.item: f for f in reversed(found)}.values())[::-1]


def _reason(rule: Rule, s: ItemStatistics, value: float) -> str:
    limit = f"{rule.limit:.2f}"
    if rule.name == "own factor":
        return Said("loads more on {other} than on {own}", other=s.cross_construct, own=s.construct)
    if rule.name == "cross-loading":
        return Said(
            "gap of {value:.2f} to {other} is below {limit}",
            value=value,
            other=s.cross_construct,
            limit=limit,
        )
    if rule.name == "own loading" and value <= -rule.limit:
        return Said("loads {value:.2f} on its own factor: reversed wording not declared?", value=value)
    words = N_({"loading": "own loading", "largest_loading": "largest loading", "communality": "communality"})
    name = Said(words[rule.statistic]) if rule.statistic in words else rule.statistic.upper()
    return Said("{name} {value:.2f} is below {limit}", name=name, value=value, limit=limit)
