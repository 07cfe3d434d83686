"""The rules by which items are pruned, and what an item's statistics say to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveypls.study.definition import EfaSettings

#: A statistic that equals its limit but for rounding passes (the MSA of two items is one half).
_ROUNDING = 1e-9


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


def active_rules(settings: EfaSettings) -> tuple[Rule, ...]:
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
        return f"loads more on {s.cross_construct} than on {s.construct}"
    if rule.name == "cross-loading":
        return f"gap of {value:.2f} to {s.cross_construct} is below {limit}"
    if rule.name == "own loading" and value <= -rule.limit:
        return f"loads {value:.2f} on its own factor: reversed wording not declared?"
    words = {"msa": "MSA", "loading": "own loading", "largest_loading": "largest loading"}
    return f"{words.get(rule.statistic, rule.statistic)} {value:.2f} is below {limit}"
