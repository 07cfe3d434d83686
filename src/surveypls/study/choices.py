"""The choices that an analyst could have made, and which of them a study wants tried (its key ``multiverse``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from pydantic_core import core_schema

from plsem.solution import Scheme
from surveypls.study.settings import Settings
from tabletext.catalogue import N_

AS_STATED = N_("as the study states")
#: Name → what it changes in the study's screening.
SCREENING: Mapping[str, Mapping[str, Any]] = {
    AS_STATED: {},
    N_("careless forms kept"): {"max_longstring": None, "min_irv": None},
    N_("gaps in at most 5% of the items"): {"max_person_missing": 0.05},
    N_("gaps in up to 30% of the items"): {"max_person_missing": 0.30, "min_completion": 0.70},
    N_("outliers dropped as well"): {"mahalanobis_p": 0.001, "drop_outliers": True},
}
#: Name → what it changes in the study's pruning.
ITEMS: Mapping[str, Mapping[str, Any]] = {
    AS_STATED: {},
    N_("all candidates"): {"prune": False},
    N_("loadings of at least 0.50"): {"prune": True, "min_loading": 0.50},
    N_("loadings of at least 0.60"): {"prune": True, "min_loading": 0.60},
    N_("loadings of at least 0.70"): {"prune": True, "min_loading": 0.70},
    N_("loadings of polychoric correlations"): {"prune": True, "correlation": "polychoric"},
    N_("constructs pruned together"): {"prune": True, "scope": "joint"},
    N_("pruned together, cross-loadings too"): {
        "prune": True,
        "scope": "joint",
        "min_cross_loading_gap": 0.20,
    },
}
#: Policy of the study's cleaning → how it is called.
MISSING: Mapping[str, str] = {
    "listwise": N_("rows with gaps left out"),
    "mean": N_("the item's mean"),
    "em": N_("expectation–maximisation"),
}
#: Weighting scheme → how it is called.
SCHEMES: Mapping[str, str] = {
    "path": N_("path scheme"),
    "factor": N_("factor scheme"),
    "centroid": N_("centroid scheme"),
}
ESTIMATORS = ("PLS", "PLSc")


@dataclass(frozen=True)
class OneOf:
    """One of some names: an editor offers them, and a wrong one is answered with the nearest."""

    names: Iterable[str]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.literal_schema(list(self.names))


class MultiverseSettings(Settings):
    """Which of an analyst's choices are tried; each list may be shortened."""

    n_resamples: int = Field(default=2_000, ge=100, le=1_000_000)
    """Bootstrap resamples of each analysis."""
    screening: tuple[Annotated[str, OneOf(SCREENING)], ...] = Field(default=tuple(SCREENING), min_length=1)
    """Ways to screen the respondents."""
    items: tuple[Annotated[str, OneOf(ITEMS)], ...] = Field(default=tuple(ITEMS), min_length=1)
    """Ways to choose the items."""
    missing: tuple[Annotated[str, OneOf(MISSING)], ...] = Field(default=tuple(MISSING), min_length=1)
    """What becomes of rows with gaps."""
    schemes: tuple[Annotated[Scheme, OneOf(SCHEMES)], ...] = Field(
        default=("path", "factor", "centroid"), min_length=1
    )
    """Inner weighting schemes."""
    estimators: tuple[Annotated[str, OneOf(ESTIMATORS)], ...] = Field(default=ESTIMATORS, min_length=1)
    """PLS, consistent PLS."""
