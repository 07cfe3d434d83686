"""Prune items by stated rules, one at a time, and keep the trace of every decision."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from surveypls.adequacy import kmo
from surveypls.efa import (
    EfaError,
    FactorSolution,
    choose_n_factors,
    correlation_matrix,
    factor_analysis,
    smooth,
)
from surveypls.items import scale_reliability, scaling_success
from surveypls.study import EfaSettings, Study, nearest

#: The rules in the order in which they are asked, with the statistic, its setting and why it is asked.
RULES: tuple[tuple[str, str, str, str], ...] = (
    ("sampling adequacy", "msa", "min_msa", "Kaiser (1974)"),
    ("own loading", "loading", "min_loading", "Hair et al. (2022)"),
    ("own factor", "cross_loading_gap", "", "Costello & Osborne (2005)"),
    ("cross-loading", "cross_loading_gap", "min_cross_loading_gap", "Howard (2016); Hays & Hayashi (1990)"),
    ("communality", "communality", "min_communality", "Hair et al. (2019)"),
)

_TRACE = [
    "round",
    "item",
    "construct",
    "action",
    "rule",
    "statistic",
    "value",
    "threshold",
    "reason",
    "reference",
    "n_items_before",
    "n_items_after",
    "alpha_before",
    "alpha_after",
    "omega_before",
    "omega_after",
]


@dataclass(frozen=True, slots=True)
class PruningResult:
    """What was dropped, when and why, and what remains.

    Attributes
    ----------
    retained, dropped : tuple of str
        Items in the study's order.
    blocks : dict
        Construct → retained items.
    trace : DataFrame
        One row a decision: ``round, item, construct, action ("dropped" or "kept"), rule, statistic, value,
        threshold, reason, reference, n_items_before, n_items_after, alpha_before, alpha_after,
        omega_before, omega_after``.  "kept" rows, at the end, are items that fail a rule and stay
        because their construct is at its minimum number of items.
    statistics : DataFrame
        Every item at every round: ``round, item, construct, n_items, msa, loading, cross_loading, cross_construct,
        cross_loading_gap, communality``.  Round 0 is before any pruning.
    reliability : DataFrame
        ``construct, stage ("before" or "after"), n_items, cronbach_alpha, standardized_alpha, mcdonald_omega,
        mean_correlation``.
    scaling : DataFrame
        Multitrait scaling of the retained items, see :func:`surveypls.items.scaling_success`.
    solutions_before, solutions : dict
        Factor solutions before and after: ``{"joint": …}`` or one for each construct.
    settings : EfaSettings
    notes : tuple of str
    """

    retained: tuple[str, ...]
    dropped: tuple[str, ...]
    blocks: dict[str, tuple[str, ...]]
    trace: pd.DataFrame
    statistics: pd.DataFrame
    reliability: pd.DataFrame
    scaling: pd.DataFrame
    solutions_before: dict[str, FactorSolution]
    solutions: dict[str, FactorSolution]
    settings: EfaSettings
    notes: tuple[str, ...]


def prune(
    data: pd.DataFrame,
    study: Study,
    *,
    settings: EfaSettings | None = None,
    correlations: pd.DataFrame | None = None,
) -> PruningResult:
    """Drop items that break the study's rules, one at a time.

    Each round analyses the remaining items anew, asks the rules in the order of :data:`RULES`, and drops the item
    that breaks the first broken rule worst.  It ends when no rule is broken, or only by items of
    constructs that are at ``min_items``.

    With scope "per_construct" each construct is factored alone, with one factor, and the constructs take turns in
    the study's order.  Its cross-loading gap is that of multitrait scaling: the item's correlation
    with the sum of its own construct's other items, minus its largest absolute correlation with
    another construct's sum.  With scope "joint" all items are factored together; each construct is
    given the factor on which its items load most, an item whose largest loading is on another
    construct's factor is dropped, and the gap is own minus largest other absolute loading.

    Loadings are signed: a reflective item that loads negatively on its own factor breaks the rule, and the reason
    asks whether it is reversed.  Constructs in Mode B, whose items need not correlate, and
    constructs of one item are left alone.

    Parameters
    ----------
    data : DataFrame (n, items)
        Complete numeric answers, with a column for each item of the study.
    study : Study
        Constructs, items and ``study.efa``.
    settings : EfaSettings, optional
        Used instead of ``study.efa``.
    correlations : DataFrame, optional
        Correlations of the items if already computed (the sensitivity table shares them).

    Returns
    -------
    PruningResult

    Raises
    ------
    EfaError
        If an item has no column or a missing answer, or the factors cannot be extracted.
    """
    rules = study.efa if settings is None else settings
    absent = [i for i in study.items if i not in data.columns]
    if absent:
        raise EfaError(
            "no column for " + ", ".join(f"{i}{nearest(i, map(str, data.columns))}" for i in absent)
        )
    blocks: dict[str, list[str]] = {c.name: list(c.items) for c in study.constructs}
    factored = [c.name for c in study.constructs if c.mode == "A" and len(c.items) > 1]
    answers = data[list(study.items)].astype(float)
    trace: list[dict[str, object]] = []
    if rules.prune:
        _drop_constant(answers, blocks, factored, trace)
    pool = [i for name in factored for i in blocks[name]]
    if correlations is None and pool:
        correlations = correlation_matrix(answers[pool], method=rules.correlation)
    context = _Context(answers, correlations, rules, study.seed)
    before = {c: tuple(b) for c, b in blocks.items()}
    groups = [factored] if rules.scope == "joint" else [[name] for name in factored]
    groups = [g for g in groups if g]
    solutions_before: dict[str, FactorSolution] = {}
    solutions: dict[str, FactorSolution] = {}
    statistics: list[pd.DataFrame] = []
    kept: list[dict[str, object]] = []
    notes: list[str] = []
    done = len(trace)
    for group in groups:
        key = "joint" if rules.scope == "joint" else group[0]
        first = True
        while True:
            live = [name for name in group if len(blocks[name]) > 1]
            if not live:
                break
            table, solution = context.analyse(live, blocks)
            table.insert(0, "round", 0 if first else done)
            statistics.append(table)
            if first:
                solutions_before[key] = solution
                first = False
            solutions[key] = solution
            broken = _broken(table, rules) if rules.prune else []
            free = [b for b in broken if len(blocks[str(b["construct"])]) > rules.min_items]
            if not free:
                kept += [b | {"action": "kept"} for b in _first_of_each(broken)]
                break
            done += 1
            trace.append(context.drop(free[0], blocks, done))
        notes += [f"{key}: {note}" for note in solutions[key].notes] if key in solutions else []
    for entry in kept:
        block = blocks[str(entry["construct"])]
        entry["reason"] = (
            f"{entry['reason']}; kept, the construct is at its minimum of {rules.min_items} items"
        )
        trace.append(
            entry
            | {"round": done}
            | context.reliability(block, "before")
            | context.reliability(block, "after")
        )
    retained = tuple(i for i in study.items if i in {x for b in blocks.values() for x in b})
    after = {c: tuple(b) for c, b in blocks.items()}
    reliability = pd.concat(
        [
            scale_reliability(answers, {c: b for c, b in stage.items() if b}).assign(stage=name)
            for name, stage in (("before", before), ("after", after))
        ],
        ignore_index=True,
    )
    return PruningResult(
        retained=retained,
        dropped=tuple(i for i in study.items if i not in retained),
        blocks=after,
        trace=pd.DataFrame(trace, columns=_TRACE),
        statistics=pd.concat(statistics, ignore_index=True) if statistics else pd.DataFrame(),
        reliability=reliability[
            ["construct", "stage", *[c for c in reliability.columns if c not in ("construct", "stage")]]
        ],
        scaling=scaling_success(answers, {c: b for c, b in after.items() if b}),
        solutions_before=solutions_before,
        solutions=solutions,
        settings=rules,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Context:
    """The data and rules that every round shares."""

    answers: pd.DataFrame
    correlations: pd.DataFrame | None
    rules: EfaSettings
    seed: int

    def analyse(
        self, live: Sequence[str], blocks: Mapping[str, list[str]]
    ) -> tuple[pd.DataFrame, FactorSolution]:
        """Factor the items of the live constructs: their statistics and the solution."""
        assert self.correlations is not None
        rules = self.rules
        items = [i for name in live for i in blocks[name]]
        owner = {i: name for name in live for i in blocks[name]}
        r = self.correlations.loc[items, items]
        joint = rules.scope == "joint"
        definite = smooth(r.to_numpy(dtype=float))[0]
        k = (
            choose_n_factors(
                rules.n_factors,
                self.answers[items],
                definite,
                len(live),
                n_parallel=rules.n_parallel,
                seed=self.seed,
            )
            if joint
            else 1
        )
        solution = factor_analysis(
            r,
            k,
            extraction=rules.extraction,
            rotation=rules.rotation,
            kaiser_normalization=rules.kaiser_normalization,
        )
        own_factor, solution = _assign(solution, live, blocks)
        pattern = solution.pattern
        msa = kmo(definite)[1]
        if joint:
            cross = _cross_loadings(pattern, owner, own_factor)
        else:
            scaling = scaling_success(self.answers, {c: b for c, b in blocks.items() if b}).set_index("item")
            cross = {
                i: (
                    float(scaling.at[i, "item_rest"]),
                    float(scaling.at[i, "other_correlation"]),
                    str(scaling.at[i, "other_construct"]),
                )
                for i in items
            }
        rows = []
        for position, item in enumerate(items):
            own, other, where = cross[item]
            rows.append(
                {
                    "item": item,
                    "construct": owner[item],
                    "n_items": len(items),
                    "msa": float(msa[position]),
                    "loading": float(pattern.at[item, own_factor[owner[item]]]),
                    "cross_loading": other,
                    "cross_construct": where,
                    "cross_loading_gap": abs(own) - abs(other) if joint else own - abs(other),
                    "communality": float(solution.communalities[item]),
                }
            )
        return pd.DataFrame(rows), solution

    def reliability(self, block: Sequence[str], stage: str) -> dict[str, object]:
        """Alpha, omega and the number of items of a block, keyed for the trace."""
        row = scale_reliability(self.answers, {"": list(block)}).iloc[0]
        return {
            f"n_items_{stage}": len(block),
            f"alpha_{stage}": float(row["cronbach_alpha"]),
            f"omega_{stage}": float(row["mcdonald_omega"]),
        }

    def drop(self, entry: dict[str, object], blocks: dict[str, list[str]], number: int) -> dict[str, object]:
        """Take the item out of its block and return the trace row."""
        block = blocks[str(entry["construct"])]
        row = entry | {"round": number, "action": "dropped"} | self.reliability(block, "before")
        block.remove(str(entry["item"]))
        return row | self.reliability(block, "after")


def _drop_constant(
    answers: pd.DataFrame,
    blocks: dict[str, list[str]],
    factored: Sequence[str],
    trace: list[dict[str, object]],
) -> None:
    """Drop, before all rules, the items that everybody answered alike: they correlate with nothing."""
    for name in factored:
        for item in list(blocks[name]):
            if answers[item].nunique(dropna=True) > 1:
                continue
            before = len(blocks[name])
            blocks[name].remove(item)
            trace.append(
                {
                    "round": len(trace) + 1,
                    "item": item,
                    "construct": name,
                    "action": "dropped",
                    "rule": "no variance",
                    "statistic": "sd",
                    "value": 0.0,
                    "threshold": 0.0,
                    "reason": "every answer is the same",
                    "reference": "",
                    "n_items_before": before,
                    "n_items_after": before - 1,
                }
            )


def _assign(
    solution: FactorSolution, live: Sequence[str], blocks: Mapping[str, list[str]]
) -> tuple[dict[str, str], FactorSolution]:
    """Give each construct the factor on which its items load most; name and turn the factors after them."""
    pattern = solution.pattern
    weight = np.array([(pattern.loc[blocks[name]] ** 2).sum(axis=0).to_numpy() for name in live])
    if len(live) <= pattern.shape[1]:
        rows, columns = linear_sum_assignment(-weight)
        chosen = dict(zip((live[r] for r in rows), (int(c) for c in columns), strict=True))
    else:
        # Fewer factors than constructs: some must share one.
        chosen = {name: int(np.argmax(weight[i])) for i, name in enumerate(live)}
    names = [
        "+".join(n for n in live if chosen[n] == j) or str(pattern.columns[j])
        for j in range(pattern.shape[1])
    ]
    signs = np.ones(pattern.shape[1])
    for j in range(pattern.shape[1]):
        owned = [i for n in live if chosen[n] == j for i in blocks[n]]
        if owned and float(pattern.loc[owned].iloc[:, j].sum()) < 0:
            signs[j] = -1.0
    named = solution.turned(signs).renamed(names)
    return {name: names[chosen[name]] for name in live}, named


def _cross_loadings(
    pattern: pd.DataFrame, owner: Mapping[str, str], own_factor: Mapping[str, str]
) -> dict[str, tuple[float, float, str]]:
    result = {}
    for item, construct in owner.items():
        own = own_factor[construct]
        others = pattern.loc[item].drop(own)
        where = str(others.abs().idxmax()) if len(others) else ""
        result[item] = (float(pattern.at[item, own]), float(others[where]) if where else 0.0, where)
    return result


def _broken(table: pd.DataFrame, rules: EfaSettings) -> list[dict[str, object]]:
    """Every broken rule, in the order of the rules and the worst item first."""
    found: list[dict[str, object]] = []
    for rule, statistic, setting, reference in RULES:
        if rule == "own factor" and rules.scope != "joint":
            continue
        limit = getattr(rules, setting) if setting else 0.0
        if limit is None:
            continue
        values = table[statistic]
        failing = table[values < limit].sort_values(statistic, kind="stable")
        for row in failing.to_dict("records"):
            found.append(
                {
                    "item": row["item"],
                    "construct": row["construct"],
                    "rule": rule,
                    "statistic": statistic,
                    "value": float(row[statistic]),
                    "threshold": float(limit),
                    "reason": _reason(rule, statistic, row, float(limit)),
                    "reference": reference,
                }
            )
    return found


def _reason(rule: str, statistic: str, row: Mapping[object, object], limit: float) -> str:
    value = float(str(row[statistic]))
    if rule == "own factor":
        return f"loads more on {row['cross_construct']} than on {row['construct']}"
    if rule == "cross-loading":
        return f"gap of {value:.2f} to {row['cross_construct']} is below {limit:.2f}"
    if rule == "own loading" and value < 0:
        return f"loads {value:.2f} on its own factor: reversed wording not declared?"
    return f"{statistic.replace('msa', 'MSA')} {value:.2f} is below {limit:.2f}"


def _first_of_each(broken: list[dict[str, object]]) -> list[dict[str, object]]:
    seen: set[object] = set()
    return [b for b in broken if not (b["item"] in seen or seen.add(b["item"]))]  # type: ignore[func-returns-value]


def sensitivity(
    data: pd.DataFrame,
    study: Study,
    *,
    min_loading: Sequence[float] = (0.30, 0.40, 0.50),
    min_cross_loading_gap: Sequence[float | None] = (None, 0.10, 0.20),
    extraction: Sequence[str] = ("minres", "principal_axis", "ml"),
    rotation: Sequence[str] = ("varimax", "oblimin"),
    correlation: Sequence[str] = ("pearson", "polychoric"),
    scope: Sequence[str] = ("per_construct", "joint"),
) -> pd.DataFrame:
    """Prune under every combination of settings and show which items remain.

    Parameters
    ----------
    data : DataFrame (n, items)
        Complete numeric answers.
    study : Study
        Its other settings (MSA, communality, minimum items, number of factors) stay as they are.
    min_loading, min_cross_loading_gap, extraction, rotation, correlation, scope : sequences
        The values to combine.  Rotation makes no difference with scope "per_construct", whose rows
        have "none".

    Returns
    -------
    DataFrame
        ``scope, correlation, extraction, rotation, min_loading, min_cross_loading_gap, n_retained, retained,
        added, lost, same, note``: ``added`` and ``lost`` are against the study's own settings,
        items separated by spaces; ``note`` holds the failure where a combination has no solution.
    """
    reference = prune(data, study).retained
    names = [i for c in study.constructs if c.mode == "A" and len(c.items) > 1 for i in c.items]
    names = [i for i in names if data[i].nunique() > 1]
    matrices = {m: correlation_matrix(data[names], method=m) for m in dict.fromkeys(correlation)}  # type: ignore[arg-type]
    rows = []
    grid = itertools.product(scope, correlation, extraction, rotation, min_loading, min_cross_loading_gap)
    for where, matrix, how, turn, loading, gap in grid:
        if where == "per_construct" and turn != rotation[0]:
            continue
        settings = EfaSettings.model_validate(
            study.efa.model_dump()
            | {
                "prune": True,
                "scope": where,
                "correlation": matrix,
                "extraction": how,
                "rotation": turn if where == "joint" else "none",
                "min_loading": loading,
                "min_cross_loading_gap": gap,
            }
        )
        note = ""
        retained: tuple[str, ...] = ()
        try:
            result = prune(data, study, settings=settings, correlations=matrices[matrix])
            retained, note = result.retained, "; ".join(result.notes)
        except EfaError as error:
            note = str(error)
        rows.append(
            {
                "scope": where,
                "correlation": matrix,
                "extraction": how,
                "rotation": settings.rotation,
                "min_loading": loading,
                "min_cross_loading_gap": np.nan if gap is None else gap,
                "n_retained": len(retained),
                "retained": " ".join(retained),
                "added": " ".join(i for i in retained if i not in reference),
                "lost": " ".join(i for i in reference if i not in retained),
                "same": retained == reference,
                "note": note,
            }
        )
    return pd.DataFrame(rows)
