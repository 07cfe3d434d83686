"""Prune items by stated rules, one at a time, and keep the trace of every decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
import pandas as pd

from plsem.efa.analysis import Analyser, Blocks, filled
from plsem.efa.correlations import EfaError
from plsem.efa.items import scale_reliability, scaling_success
from plsem.efa.rules import (
    Failure,
    ItemStatistics,
    PruningSettings,
    Rule,
    active_rules,
    failures,
    first_of_each,
)
from plsem.efa.solution import FactorSolution
from plsem.names import Said

__all__ = ["PruningResult", "prune"]


@dataclass(frozen=True, slots=True)
class PruningResult:
    """What was dropped, when and why, and what remains.

    Attributes
    ----------
    retained, dropped : tuple of str
        Items in the blocks' order.
    blocks : dict
        Construct → retained items.
    trace : DataFrame
        One row a decision: ``round, item, construct, action`` ("dropped" or "kept"), ``rule,
        statistic, value, threshold, reason, reference, n_items_before, n_items_after, alpha_before,
        alpha_after, omega_before, omega_after`` (of the construct).  "kept" rows, at the end, are
        items that fail a rule and stay because their construct is at its minimum number of items.
    statistics : DataFrame
        Every remaining item at every round: ``round`` (how many items have been dropped) and the fields of
        :class:`plsem.efa.rules.ItemStatistics`.  The first round is before the rules, the
        last is the final state.
    reliability : DataFrame
        ``construct, stage`` ("before" or "after"), ``n_items, cronbach_alpha, standardized_alpha,
        mcdonald_omega, mean_correlation``.
    scaling : DataFrame
        Multitrait scaling of the retained items of reflective constructs of two items or more, see
        :func:`plsem.efa.items.scaling_success`.
    solutions_before, solutions : dict
        Factor solutions before and after: ``{"joint": …}``, or one for each construct.
    settings : PruningSettings
    notes : tuple of str
        Notes of the final solutions.
    """

    retained: tuple[str, ...]
    dropped: tuple[str, ...]
    blocks: Blocks
    trace: pd.DataFrame
    statistics: pd.DataFrame
    reliability: pd.DataFrame
    scaling: pd.DataFrame
    solutions_before: dict[str, FactorSolution]
    solutions: dict[str, FactorSolution]
    settings: PruningSettings
    notes: tuple[str, ...]

    def notes_table(self) -> pd.DataFrame:
        """Return what a reader must know of the final solutions: ``solution, code, items, text``, a row a note.

        ``solution`` is a construct or ``"joint"``, ``code`` one of :class:`plsem.efa.solution.Note`, and
        ``items`` (separated by spaces) those it is about.
        """
        rows = [
            (key, note.code, " ".join(note.items), str(note))
            for key, found in self.solutions.items()
            for note in found.notes
        ]
        return pd.DataFrame(rows, columns=["solution", "code", "items", "text"], dtype=str)

    def retained_items(self) -> pd.DataFrame:
        """Return the retained items: ``item, construct, loading, communality, msa`` of their last analysis.

        Items that no analysis touched (of Mode B or single-item constructs) have no figures.
        """
        owner = {item: name for name, block in self.blocks.items() for item in block}
        table = pd.DataFrame({"item": self.retained, "construct": [owner[i] for i in self.retained]})
        wanted = ["loading", "communality", "msa"]
        if self.statistics.empty:
            return table.assign(**dict.fromkeys(wanted, float("nan")))
        last = self.statistics.groupby("item", sort=False)[wanted].last()
        return table.join(last, on="item")

    def long_table(self) -> pd.DataFrame:
        """Return the retained items' loadings in long form: ``statistic`` (efa_loading), ``row, column, value``."""
        kept = self.retained_items().dropna(subset="loading")
        return pd.DataFrame(
            {
                "statistic": "efa_loading",
                "row": kept["item"],
                "column": kept["construct"],
                "value": kept["loading"],
            }
        ).reset_index(drop=True)


def prune(
    data: pd.DataFrame,
    blocks: Mapping[str, Sequence[str]],
    settings: PruningSettings | None = None,
    *,
    modes: Mapping[str, str] | None = None,
    seed: int = 1,
) -> PruningResult:
    """Drop items that break a rule, one at a time.

    Each round analyses the remaining items anew, asks the rules in the order of
    :func:`plsem.efa.rules.active_rules`, and drops the item, of any construct, that breaks
    the first broken rule worst.  It ends when no rule is broken, or only by items of constructs at
    ``min_items``.

    With scope "per_construct" each construct is factored alone, with one factor.  The cross-loading
    gap is that of multitrait scaling: the item's correlation with the sum of its construct's other
    items, minus its largest absolute correlation with another construct's sum.  With scope "joint"
    all items are factored together; each construct is given the factor on which its items load
    most, an item whose largest loading is on another construct's factor is dropped, and the gap is
    own minus largest other absolute loading.

    Loadings are signed: an item that loads negatively on its own factor fails, and the reason asks
    whether it is reversed.  Items that everybody answered alike go first.  Constructs in Mode B, whose
    items need not correlate, and constructs of one item are left alone.

    Parameters
    ----------
    data : DataFrame (n, items)
        Complete numeric answers, with a column for each item.
    blocks : mapping of str to sequence of str
        Construct → candidate items.
    settings : PruningSettings, optional
        Default: :class:`~plsem.efa.rules.PruningSettings` as it stands.
    modes : mapping of str to str, optional
        Construct → ``"A"`` (default) or ``"B"``; formative constructs are left alone.
    seed : int
        Of the random data of parallel analysis, where that finds the number of factors.

    Returns
    -------
    PruningResult

    Raises
    ------
    EfaError
        If an item has no column or a missing answer, or the factors cannot be extracted.

    References
    ----------
    Of the thresholds: see :class:`~plsem.efa.rules.PruningSettings`.  Multitrait scaling: Hays & Hayashi (1990).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> answers = rng.normal(size=(150, 1)) + rng.normal(size=(150, 4))
    >>> data = pd.DataFrame(answers, columns=["a", "b", "c", "d"]).assign(noise=rng.normal(size=150))
    >>> prune(data, {"X": ["a", "b", "c", "d", "noise"]}).retained
    ('a', 'b', 'c', 'd')
    """
    rules = PruningSettings() if settings is None else settings
    analyser = Analyser(data, blocks, rules, modes=modes, seed=seed)
    run = prune_blocks(analyser, rules)
    answers = analyser.answers
    ends = {"before": analyser.all_blocks, "after": run.blocks}
    reliability = pd.concat(
        [scale_reliability(answers, filled(b)).assign(stage=stage) for stage, b in ends.items()],
        ignore_index=True,
    )
    scaling = scaling_success(answers, filled(run.blocks))
    order = ["construct", "stage", *[c for c in reliability if c not in ("construct", "stage")]]
    statistics = [{"round": n} | asdict(s) for n, found in enumerate(run.history, run.start) for s in found]
    retained = tuple(i for b in run.blocks.values() for i in b)
    return PruningResult(
        retained=retained,
        dropped=tuple(i for i in answers.columns if i not in retained),
        blocks=run.blocks,
        trace=pd.DataFrame([_trace_row(d, answers) for d in run.decisions], columns=_TRACE),
        statistics=pd.DataFrame(statistics, columns=["round", *[f.name for f in fields(ItemStatistics)]]),
        reliability=reliability[order],
        scaling=scaling[scaling["construct"].isin(analyser.factored)].reset_index(drop=True),
        solutions_before=run.solutions_before,
        solutions=run.solutions,
        settings=rules,
        notes=run.notes,
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """One item dropped, or kept against a rule; with its construct's items before and after."""

    round: int
    action: str
    failure: Failure
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PruningRun:
    """The bare outcome of the rounds."""

    blocks: Blocks
    decisions: tuple[Decision, ...]
    history: tuple[tuple[ItemStatistics, ...], ...]
    start: int
    solutions_before: dict[str, FactorSolution]
    solutions: dict[str, FactorSolution]

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of the final solutions, each with the solution's name."""
        return tuple(
            Said("{file}: {line}", file=key, line=note)
            for key, found in self.solutions.items()
            for note in found.notes
        )


def prune_blocks(analyser: Analyser, settings: PruningSettings) -> PruningRun:
    """Run the rounds; ``settings`` gives the thresholds, the analyser all the rest."""
    rules = active_rules(settings) if settings.prune else ()
    blocks: Blocks = dict(analyser.all_blocks)
    owner = {item: name for name, items in blocks.items() for item in items}
    decisions: list[Decision] = []

    def drop(failure: Failure) -> None:
        before = blocks[failure.construct]
        after = tuple(i for i in before if i != failure.item)
        blocks[failure.construct] = after
        decisions.append(Decision(len(decisions) + 1, "dropped", failure, before, after))

    for item in analyser.constant:
        if not settings.prune:
            raise EfaError(f"every answer to {item} is the same: it cannot be factored (efa.prune is off)")
        rule = Rule("no variance", "sd", 0.0, "")
        drop(Failure(item, owner[item], rule, 0.0, "every answer is the same"))
    start = len(decisions)
    solutions, statistics = analyser.analyse(blocks)
    solutions_before, history = solutions, [statistics]
    while True:
        broken = failures(statistics, rules)
        free = [f for f in broken if len(blocks[f.construct]) > settings.min_items]
        if not free:
            break
        drop(free[0])
        solutions, statistics = analyser.analyse(blocks)
        history.append(statistics)
    for failure in first_of_each(broken):
        block = blocks[failure.construct]
        decisions.append(Decision(start + len(history) - 1, "kept", failure, block, block))
    return PruningRun(blocks, tuple(decisions), tuple(history), start, solutions_before, solutions)


_TRACE = [
    *(
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
    ),
    *("n_items_before", "n_items_after", "alpha_before", "alpha_after", "omega_before", "omega_after"),
]


def _trace_row(decision: Decision, answers: pd.DataFrame) -> Mapping[str, object]:
    failure = decision.failure
    row: dict[str, object] = {
        "round": decision.round,
        "item": failure.item,
        "construct": failure.construct,
        "action": decision.action,
        "rule": failure.rule.name,
        "statistic": failure.rule.statistic,
        "value": failure.value,
        "threshold": failure.rule.limit,
        "reason": failure.reason,
        "reference": failure.rule.reference,
    }
    if decision.action == "kept":
        row["reason"] = Said(
            "{reason}; kept, {construct} is at its minimum number of items",
            reason=failure.reason,
            construct=failure.construct,
        )
    for stage, block in (("before", decision.before), ("after", decision.after)):
        both = scale_reliability(answers, {"": block}) if block else None
        row[f"n_items_{stage}"] = len(block)
        row[f"alpha_{stage}"] = np.nan if both is None else both.at[0, "cronbach_alpha"]
        row[f"omega_{stage}"] = np.nan if both is None else both.at[0, "mcdonald_omega"]
    return row
