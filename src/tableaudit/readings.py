"""How an article is read: one documented convention for each ambiguous column, searched over the whole article.

A column is read in the way that the field calls it by default, unless at least half of what can be checked
disagrees and another documented reading fits better; then all of it is read so, and that is said.  Where only a
few figures disagree, the column keeps its reading, and the finding says under which definition it would be none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tableaudit.checks import Check
from tableaudit.details import Detail, say
from tableaudit.effects import adjusted_at
from tableaudit.inference import p_checks
from tableaudit.joint import components, solve
from tableaudit.measurement import own_loadings, rho_c
from tableaudit.printed import Published
from tableaudit.relations import DEFAULTS, Relation, check_of, sources_of
from tableaudit.structure import predictors_key, sample_size

__all__ = ["Reading", "Readings"]

#: Under common-factor estimators alpha and rho_C of one block are this close: at most 0.011 apart in 22 of 23 blocks
#: of reference models (0.115 in the other, of three unlike items); with PLS composites 0.026 apart and more.
FACTOR_GAP = 0.05
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "estimator": ("PLS", "PLSc", "CFA"),
    "cronbach_alpha": ("standardised", "raw"),
    "composite_reliability": ("rho_c", "rho_a"),
    "f_squared": ("fixed", "re-estimated"),
    "r_squared": ("plain", "adjusted"),
    "p_value": ("two-sided", "one-sided"),
    "product": ("standardised", "not standardised"),
}
NAMES: Mapping[tuple[str, str], Detail] = {
    ("estimator", "PLS"): Detail("PLS composites"),
    ("estimator", "PLSc"): Detail("consistent PLS (PLSc)"),
    ("estimator", "CFA"): Detail("a common-factor model (CFA or PLSc)"),
    ("cronbach_alpha", "raw"): Detail("raw alpha, from covariances, instead of standardised alpha"),
    ("composite_reliability", "rho_c"): Detail("rho_C"),
    ("composite_reliability", "rho_a"): Detail("rho_A"),
    ("f_squared", "re-estimated"): Detail("f² of a model estimated again without the path"),
    ("r_squared", "adjusted"): Detail("adjusted R²"),
    ("p_value", "two-sided"): Detail("two-sided"),
    ("p_value", "one-sided"): Detail("one-sided"),
    ("correlations", "of scores"): Detail("correlations of scores, not of the consistent constructs"),
    ("product", "not standardised"): Detail("a product term that is not standardised again"),
}


def name_of(dimension: str, option: str) -> Detail:
    """Return the words for a reading."""
    if dimension.startswith("predictors of "):
        return say("{} has predictors that are not printed", dimension.removeprefix("predictors of "))
    if dimension == "mediators":
        return Detail("there are routes that are not printed")
    return NAMES.get((dimension, option), Detail(option))


@dataclass(frozen=True, slots=True)
class Reading:
    """What one ambiguous thing is read as.

    Parameters
    ----------
    dimension, option : str
    stated : bool
        The file's meta rows say so.
    fits, total : int
        Figures that the reading reproduces, of those that it can be tried on.
    default_fits : int
        Figures that the field's default reproduces.
    cells : tuple of str
        Figures that fit under this reading and not under the default one.
    """

    dimension: str
    option: str
    stated: bool
    fits: int
    total: int
    default_fits: int
    cells: tuple[str, ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether it is the field's default."""
        return self.option == DEFAULTS.get(self.dimension, "printed")


@dataclass(frozen=True, slots=True)
class Readings:
    """All readings, and which alternatives the printed figures leave open.

    Attributes
    ----------
    values : mapping of str to str
        What is ambiguous → what it is read as.
    found : tuple of Reading
    open_to : mapping of str to tuple of str
        What is ambiguous → the other readings that the figures leave open.
    """

    values: Mapping[str, str]
    found: tuple[Reading, ...]
    open_to: Mapping[str, tuple[str, ...]]

    def compatible(self) -> dict[str, tuple[str, ...]]:
        """Return reading → options, the chosen first."""
        return {
            name: (chosen, *(o for o in OPTIONS.get(name, ()) if o != chosen))
            for name, chosen in self.values.items()
        }


def choose(published: Published, relations: Sequence[Relation]) -> Readings:
    """Search the readings of an article.

    Parameters
    ----------
    published : Published
    relations : sequence of Relation
        Under every reading.

    Returns
    -------
    Readings
    """
    search = _Search(published, relations)
    for step in (
        search.composite_reliability,
        search.estimator,
        search.tails,
        search.r_squared,
        search.f_squared,
        search.predictors,
        search.mediators,
        search.alpha,
    ):
        step()
    return Readings(search.values, tuple(search.found), search.open_to)


class _Search:
    def __init__(self, published: Published, relations: Sequence[Relation]) -> None:
        self.published = published
        self.relations = relations
        self.stated = _stated(published)
        self.values: dict[str, str] = {**DEFAULTS, **self.stated}
        self.found: list[Reading] = []
        self.open_to: dict[str, tuple[str, ...]] = {}
        self.cache: dict[int, Check] = {}

    def check(self, relation: Relation) -> Check:
        if id(relation) not in self.cache:
            self.cache[id(relation)] = check_of(relation)
        return self.cache[id(relation)]

    def tried(
        self, dimension: str, option: str, only: Callable[[Relation], bool] | None = None
    ) -> list[Check]:
        """Return the decided checks that rest on a reading, the other readings as chosen so far."""
        values = {**self.values, dimension: option}
        return [
            self.check(r)
            for r in self.relations
            if (dimension, option) in r.when
            and r.holds_under(values)
            and r.kind == "identity"
            and (only is None or only(r))
            and self.check(r).verdict != "cannot be told"
        ]

    def settle(
        self,
        dimension: str,
        option: str,
        checks: Sequence[Check],
        default_fits: int,
        *,
        explained: bool = False,
    ) -> None:
        """Read a dimension so; ``explained`` checks are failed ones of the default that the reading accounts for."""
        fitting = tuple(c.cell for c in checks if explained or c.verdict == "holds")
        self.values[dimension] = option
        stated = dimension in self.stated
        self.found.append(
            Reading(dimension, option, stated, len(fitting), len(checks), default_fits, fitting)
        )

    def composite_reliability(self) -> None:
        checks = [
            c
            for c in self.tried("composite_reliability", "rho_c")
            if c.check.startswith("composite reliability") and len(own_loadings(self.published, c.about)) > 1
        ]
        agree = sum(c.verdict == "holds" for c in checks)
        if not self.published.select("composite_reliability"):
            return
        coarse = bool(checks) and all(self.published[c.cell].decimals <= 2 for c in checks)
        most = len(checks) if coarse else len(checks) - 1  # beyond two decimals few agree by chance
        option = self.stated.get("composite_reliability") or (
            "rho_a" if checks and 2 * agree <= most else "rho_c"
        )
        cells = tuple(c.cell for c in checks if (c.verdict == "holds") == (option == "rho_c"))
        self.values["composite_reliability"] = option
        stated = "composite_reliability" in self.stated
        if option == "rho_c" and coarse:
            self.open_to["composite_reliability"] = ("rho_a",)
        self.found.append(
            Reading("composite_reliability", option, stated, len(cells), len(checks), agree, cells)
        )

    def estimator(self) -> None:
        if "estimator" in self.stated:
            self.settle("estimator", self.stated["estimator"], [], 0)
            if self.stated["estimator"] == "PLSc":
                self.consistent_correlations()
            return
        consistent = self.tried("estimator", "PLSc")
        if len(consistent) == 1 and not self.published.select("rho_a"):
            consistent = []  # one composite reliability that is not rho_C is too little to tell an estimator by
        agree = sum(c.verdict == "holds" for c in consistent)
        plain = self.tried("estimator", "PLS")
        fits = sum(c.verdict == "holds" for c in plain)
        if consistent and (
            agree == len(consistent) or (len(consistent) >= 4 and agree >= len(consistent) - 1)
        ):
            self.settle("estimator", "PLSc", consistent, fits)
            self.consistent_correlations()
            return
        if len(consistent) > 1 and agree <= len(consistent) / 2:
            return  # rho_A is not that of consistent loadings: PLS composites
        near, apart = self._factor_like()
        failed = [c for c in plain if c.verdict == "fails"]
        if near > apart:
            if failed and 2 * len(failed) >= len(plain):
                self.settle("estimator", "CFA", failed, fits, explained=True)
                return
            self.open_to["estimator"] = ("CFA",)

    def consistent_correlations(self) -> None:
        """Settle, under PLSc, whether printed correlations and VIF are those of scores, as some programs print."""
        fits = {}
        for option in ("as printed", "of scores"):
            checks = self.tried("correlations", option)
            fits[option] = (sum(c.verdict == "holds" for c in checks), len(checks), checks)
        if fits["of scores"][0] > fits["as printed"][0]:
            self.settle("correlations", "of scores", fits["of scores"][2], fits["as printed"][0])
            self.values["vif of the paths"] = "other"
            return
        vif = self.tried("vif", "as printed")
        if vif and 2 * sum(c.verdict == "holds" for c in vif) < len(vif):
            self.values["vif"] = self.values["vif of the paths"] = "other"

    def _factor_like(self) -> tuple[int, int]:
        """Count the constructs whose alpha is near rho_C, as under a common-factor model, and those where not."""
        near = apart = 0
        for construct in self.published.constructs:
            loadings = own_loadings(self.published, construct)
            alphas = self.published.select("cronbach_alpha", construct)
            if len(loadings) < 2 or not alphas:
                continue
            value = float(rho_c(np.array([[c.box.middle for c in loadings]]))[0])
            if abs(alphas[0].value - value) <= FACTOR_GAP:
                near += 1
            else:
                apart += 1
        return near, apart

    def tails(self) -> None:
        by_tails = {
            option: [c for c in p_checks(self.published, tails) if c.verdict != "cannot be told"]
            for option, tails in (("two-sided", 2), ("one-sided", 1))
        }
        two, one = by_tails["two-sided"], by_tails["one-sided"]
        fits = {o: sum(c.verdict == "holds" for c in cs) for o, cs in by_tails.items()}
        if "p_value" in self.stated:
            option = self.stated["p_value"]
        else:
            # pairs that both serve, such as p = 0.000, say nothing
            better = fits["one-sided"] > fits["two-sided"]
            all_served = fits["one-sided"] == len(one) and len(one) > 1
            half_failed = 2 * (len(two) - fits["two-sided"]) >= len(two) and len(one) > 1
            option = "one-sided" if better and (all_served or half_failed) else "two-sided"
        if by_tails[option]:
            self.settle("p_value", option, by_tails[option], fits["two-sided"])

    def f_squared(self) -> None:
        fixed = self.tried("f_squared", "fixed")
        failed = [c for c in fixed if c.verdict == "fails"]
        again = self.tried("f_squared", "re-estimated")
        if "f_squared" in self.stated:
            self.settle("f_squared", self.stated["f_squared"], fixed, len(fixed) - len(failed))
            return
        if self.values["estimator"] == "PLSc" and 2 * len(failed) >= len(fixed):
            # consistent f² of a model estimated again is not bounded by anything printed
            self.values["f_squared"] = "free"
            return
        still = {c.cell for c in again if c.verdict == "fails"}
        excused = [c for c in failed if c.cell not in still]
        if len(excused) >= 2:
            self.settle("f_squared", "re-estimated", again, len(fixed) - len(failed))
        else:
            if fixed:
                self.settle("f_squared", "fixed", fixed, len(fixed) - len(failed))
            self.open_to["f_squared"] = ("re-estimated",)

    def r_squared(self) -> None:
        plain = self.tried("r_squared", "plain", lambda r: r.sense == "=")
        failed = [c for c in plain if c.verdict == "fails"]
        if "r_squared" in self.stated:
            self.settle("r_squared", self.stated["r_squared"], plain, len(plain) - len(failed))
            return
        about_r2 = [c for c in plain if self.published[c.cell].statistic == "r_squared"]
        failed = [c for c in about_r2 if c.verdict == "fails"]
        printed_too = self.published.select("adjusted_r_squared")
        if printed_too or not about_r2 or not all(map(self._adjusted, about_r2)):
            return
        known = sample_size(self.published) is not None  # else a slip in one would make it of all
        if failed and (known or len(failed) == len(about_r2) > 1):
            self.settle("r_squared", "adjusted", about_r2, len(about_r2) - len(failed), explained=True)
        else:
            self.open_to["r_squared"] = ("adjusted",)

    def _adjusted(self, check: Check) -> bool:
        """Tell whether a printed R² can be the adjusted one of that which the others give."""
        cell, allowed = self.published[check.cell], check.allowed
        assert allowed is not None
        n, k = sample_size(self.published, cell.column), len(sources_of(self.published, cell.column))
        if n is None or n <= k + 1:
            return allowed.lower - 0.08 < cell.box.upper and cell.box.middle <= allowed.upper
        return adjusted_at(allowed, n, k).intersect(cell.box) is not None

    def predictors(self) -> None:
        if self.published.meta.get("complete_paths") == "yes":
            return
        for target in dict.fromkeys(t for _, t in self.published.paths):
            key = predictors_key(target)
            self.values.setdefault(key, "printed")
            if self.published.meta.get("complete_paths") == "no":
                self.values[key] = "more"
                continue
            tried = self.tried(key, "printed", lambda r: bool(r.inputs))
            grows = [
                (self.published[c.cell].box, c.allowed)
                for c in tried
                if self.published[c.cell].statistic in ("r_squared", "inner_vif")
                and c.verdict == "fails"
                and c.allowed is not None
                and c.check != "two predictors have one VIF"
            ]
            # further predictors raise R² and VIF, and never lower them
            more = bool(grows) and all(box.lower > allowed.upper for box, allowed in grows)
            exact = self.tried(key, "printed", lambda r: r.sense == "=" and bool(r.inputs))
            exact = [c for c in exact if not c.check.startswith("adjusted")]
            failed = [c for c in exact if c.verdict == "fails"]
            if not more:
                continue
            several = len(grows) > 1 or 2 * len(failed) > len(exact)
            if len(failed) > 1 and several and not self._one_slip(key, failed):
                self.settle(key, "more", failed, len(exact) - len(failed), explained=True)
            elif len(failed) == len(exact):
                self.open_to[key] = ("more",)

    def _one_slip(self, key: str, failed: Sequence[Check]) -> bool:
        """Tell whether a single figure, were it another, would make all figures of a regression agree."""
        shared = set.intersection(*({c.cell, *c.cells} for c in failed))
        values = {**self.values, key: "printed"}
        mine = [
            r
            for r in self.relations
            if (key, "printed") in r.when
            and r.holds_under(values)
            and r.joint
            and r.kind == "identity"
            and r.inputs
        ]
        return any(
            solve(component, free=[name]).consistent
            for component in components(mine)
            for name in sorted(shared & set(component.index))
        )

    def mediators(self) -> None:
        self.values.setdefault("mediators", "printed")
        checks = self.tried("mediators", "printed")
        failed = [c for c in checks if c.verdict == "fails"]
        if len(failed) > 1 and 2 * len(failed) > len(checks):
            self.settle("mediators", "more", failed, len(checks) - len(failed), explained=True)

    def alpha(self) -> None:
        if "cronbach_alpha" in self.stated:
            self.settle("cronbach_alpha", self.stated["cronbach_alpha"], [], 0)
        elif self.published.select("cronbach_alpha"):
            self.open_to["cronbach_alpha"] = ("raw",)


def _stated(published: Published) -> dict[str, str]:
    meta = published.meta
    found = {name: meta[name] for name in OPTIONS if name in meta}
    if "tails" in meta:
        found["p_value"] = "one-sided" if meta["tails"] == "1" else "two-sided"
    return found


def with_reliability(readings: Readings, checks: Sequence[Check]) -> Readings:
    """Return the readings with what the blocks say of a composite reliability column that is read as rho_A."""
    failed = {c.cell for c in checks if c.verdict == "fails" and c.kind == "attainable"}
    found = []
    for reading in readings.found:
        if reading.dimension == "composite_reliability" and reading.option == "rho_a":
            cells = tuple(c for c in reading.cells if c not in failed)
            reading = replace(reading, cells=cells, fits=len(cells))
        found.append(reading)
    return replace(readings, found=tuple(found))
