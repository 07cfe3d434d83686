"""The sentences that notebooks read off their results, in English and Spanish.

A number in the prose is never typed: each function takes results and returns one or two sentences of
Markdown about them, for any study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from plsem.choices import behind_the_sign
from plsem.efa.solution import FactorSolution
from plsem.resampling.result import BootstrapResult
from plsem.thresholds import threshold
from surveypls.report.measured import Long
from surveypls.study.definition import Study
from surveypls.study.terms import Hypothesis
from surveypls.survey.log import rule_name
from surveypls.survey.screening import CleaningResult
from surveypls.tables import tested
from surveypls.tables.build import interval
from surveypls.tables.decisions import Decision, decide
from surveypls.tables.values import as_values
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
from tabletext.said import into

_EFFECT_WORDS = {
    "direct": N_("direct effect"),
    "indirect": N_("indirect effect"),
    "total": N_("total effect"),
}
#: Verdict → words for one figure, and for several.
_VERDICTS = {
    "equal": (N_("**{count}** equal at the printed digits"), N_("**{count}** equal at the printed digits")),
    "close": (N_("**{count}** close"), N_("**{count}** close")),
    "differ": (N_("**{count}** differs"), N_("**{count}** differ")),
    "not recomputed": (N_("**{count}** not recomputed"), N_("**{count}** not recomputed")),
}


def submissions(n_rows: int, n_items: int, n_analysed: int, *, display: Display = ENGLISH) -> str:
    """Say what was read."""
    return display(
        "{n_rows} submissions of {n_items} items, {n_analysed} of them analysed.",
        n_rows=display.count(n_rows),
        n_items=n_items,
        n_analysed=n_analysed,
    )


def cleaning(flow: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say how many submissions came in, how many were kept, and which rules dropped rows.

    Parameters
    ----------
    flow : DataFrame
        Columns ``rule``, ``rows_in``, ``dropped``, ``rows_kept``; one row a rule in order.
    """
    first, last = int(flow["rows_in"].iloc[0]), int(flow["rows_kept"].iloc[-1])
    used = flow[flow["dropped"] > 0]
    reasons = display.listed(
        f"{rule_name(rule, display)} ({display.count(dropped)})"
        for rule, dropped in zip(used["rule"], used["dropped"], strict=True)
    )
    kept, came = display.count(last), display.count(first)
    share = display.percent(last / first) if first else ""
    if not reasons:
        return display("All **{came}** rows were kept; no rule dropped any.", came=came)
    return display(
        "**{came}** rows came in and **{kept}** ({share}) were kept. Rows left by rule: {reasons}.",
        came=came,
        kept=kept,
        share=share,
        reasons=reasons,
    )


def missing(cleaned: CleaningResult, *, display: Display = ENGLISH) -> str:
    """Say how many answers were missing, what Little's test finds, and which policy was applied."""
    table = cleaned.missing
    gone, asked = int(table["missing"].sum()), len(cleaned.screened) * len(table)
    policy = N_(
        {
            "listwise": "rows with a gap are left out",
            "mean": "gaps are filled with the item's mean",
            "em": "gaps are filled by expectation–maximisation",
        }
    )[cleaned.settings.missing]
    share = display.percent(gone / asked, digits=1)
    text = display(
        "{gone} of {asked} answers ({share}) are missing; {policy}.",
        gone=display.count(gone),
        asked=display.count(asked),
        share=share,
        policy=display(policy),
    )
    if cleaned.mcar is None:
        return text
    test = cleaned.mcar
    figures = (
        f"χ² = {display.number(test.chi_square, digits=1)}, {display('df')} = {display.count(test.df)}, "
        f"p = {display.p(test.p_value)}"
    )
    if test.p_value < threshold("p_value").acceptable:
        return f"{text} " + display(
            "Little's test rejects that they are missing completely at random ({figures}).", figures=figures
        )
    return f"{text} " + display(
        "Little's test does not reject that they are missing completely at random ({figures}).",
        figures=figures,
    )


def adequacy(kmo: float, p_value: float, *, display: Display = ENGLISH) -> str:
    """Say whether the items suit a factor analysis, by KMO and Bartlett's test."""
    line = threshold("kmo")
    good = kmo >= (line.borderline or line.acceptable)
    clear = kmo >= line.acceptable
    value, p = display.number(kmo), display.compared(p_value)
    limit = display.number(line.borderline or line.acceptable, digits=2)
    if good and p_value < threshold("p_value").acceptable:
        text = (
            N_(
                "KMO is {value}, above {limit}, and Bartlett's test rejects uncorrelated items (p {p}): the items "
                "can be factored."
            )
            if clear
            else N_(
                "KMO is {value}, above {limit}, and Bartlett's test rejects uncorrelated items (p {p}): the items "
                "can be factored, but only just."
            )
        )
        return display(text, value=value, limit=limit, p=p)
    return display(
        "KMO is {value} (limit {limit}) and Bartlett's p {p}: a factor analysis of these items rests "
        "on weak ground.",
        value=value,
        limit=limit,
        p=p,
    )


def pruning(
    before: Mapping[str, Sequence[str]],
    after: Mapping[str, Sequence[str]],
    trace: pd.DataFrame | None = None,
    *,
    display: Display = ENGLISH,
) -> str:
    """Say how many items each construct kept, which were dropped, and which stay although they break a rule.

    Parameters
    ----------
    before, after : mapping of construct to items
    trace : DataFrame, optional
        Columns item, action, from :func:`plsem.efa.pruning.prune`.
    """
    saved = [] if trace is None else list(dict.fromkeys(trace.loc[trace["action"] == "kept", "item"]))
    spared = (
        display(
            " Breaking a rule, but kept because their constructs have no more items to spare: {saved}.",
            saved=display.listed(saved),
        )
        if saved
        else ""
    )
    dropped = [i for name, items in before.items() for i in items if i not in after.get(name, ())]
    counts = display.listed(
        [f"{name} {len(after.get(name, ()))}/{len(items)}" for name, items in before.items()]
    )
    n_before, n_after = (sum(len(items) for items in blocks.values()) for blocks in (before, after))
    if not dropped:
        return display(
            "No item was dropped: {n_before} items stay.{spared}", n_before=n_before, spared=spared
        )
    return display(
        "**{n_after}** of {n_before} items stay ({counts}). Dropped: {dropped}.{spared}",
        n_after=n_after,
        n_before=n_before,
        counts=counts,
        dropped=display.listed(dropped),
        spared=spared,
    )


def factor_notes(found: Mapping[str, FactorSolution], *, display: Display = ENGLISH) -> str:
    """Say what a reader must know of the final factor solutions: Heywood cases, several minima, smoothing.

    Parameters
    ----------
    found : mapping of name to FactorSolution
        :attr:`plsem.efa.pruning.PruningResult.solutions`; the name is a construct's, or "joint".
    """
    said = [
        f"{display('all items together') if name == 'joint' else name}: {into(note, display.language)}"
        for name, solution in found.items()
        for note in solution.notes
    ]
    if not said:
        return display(
            "The factor solutions call for no remark: each extraction converged, no item is left without variance of "
            "its own, no correlation matrix had to be smoothed."
        )
    return display("To know of the factor solutions: {notes}.", notes="; ".join(said))


def sensitivity(tried: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say how often other settings of the factor analysis retain the same items, by scope.

    Parameters
    ----------
    tried : DataFrame
        Columns scope, same, from :func:`plsem.efa.sensitivity.sensitivity`.
    """
    names = {
        "per_construct": N_("one construct at a time"),
        "joint": N_("all items jointly"),
    }
    parts = [
        f"{display(names.get(str(scope), str(scope)))}: "
        + display("{value} of {group}", value=int(group.sum()), group=len(group))
        for scope, group in tried.groupby("scope", sort=False)["same"]
    ]
    return display("Settings that retain exactly the items above, {value}.", value="; ".join(parts))


def hypothesis(study: Study, stated: Hypothesis, summary: Long, *, display: Display = ENGLISH) -> str:
    """Say what one hypothesis claims, the estimate with t, p and interval, and whether it is supported."""
    found = as_values(summary)
    statistic, source, target = stated.quantity
    value, t, p, lower, upper = (
        found.get(statistic, source, target, field)
        for field in ("original", "t_statistic", "p_value", "lower", "upper")
    )
    symbol = "β" if stated.effect == "direct" else display(_EFFECT_WORDS[stated.effect])
    figures = (
        f"{symbol} = {display.number(value)}, t = {display.number(t)}, p {display.compared(p)}, "
        f"{interval(study, lower, upper, display)}"
    )
    statement = stated.statement(display.language)
    claim = f", *{statement.rstrip('.')}*" if statement else ""
    verdict = _verdict(decide(study, stated, found), display)
    return f"**{stated.id}** ({stated.arrows}){claim}: {figures}: {verdict}."


def _verdict(decision: Decision | None, display: Display) -> str:
    """Say a decision, in bold, with its remarks."""
    if decision is None:
        return display("**not tested**")
    yes, no = display("supported"), display("not supported")
    said = [
        f"**{yes if decision.supported else no}**",
        *(display(coded(f"remark.{r}")) for r in decision.remarks),
    ]
    return ", ".join(said)


def turned_hypotheses(study: Study, resampled: BootstrapResult) -> dict[str, pd.DataFrame]:
    """Return, for each hypothesis with many draws of the other sign, what goes with them.

    A twentieth or more is a second hump of the distribution, for which t and p, which assume one, are poor
    summaries.  See :func:`plsem.choices.behind_the_sign`; only direct effects.
    """
    found = {}
    for h in study.claims:
        statistic, source, target = h.quantity
        if statistic != "path_coefficient":
            continue
        try:
            table = behind_the_sign(resampled, source, target)
        except (KeyError, ValueError):
            continue
        if table["draws_other"].iloc[0] >= 0.05 * resampled.n_resamples:
            found[h.id] = table
    return found


def other_sign(study: Study, resampled: BootstrapResult, *, display: Display = ENGLISH) -> str:
    """Say how many draws of each hypothesis's effect have the other sign than the estimate, where many have, and why.

    The reason is read off the draws: a construct that is turned whole, or an item whose loading turns alone.
    """
    said = []
    for name, table in turned_hypotheses(study, resampled).items():
        items, whole = table[table["item"] != ""], table.iloc[-1]
        item = items.sort_values("other", kind="stable").iloc[-1]
        counted = whole["draws_other"] / (whole["draws_other"] + whole["draws_same"])
        said.append(
            display(
                "In {share} of the resamples the effect of {name} has the other sign. In {other} of these {item} "
                "loads against its construct, in {same} of the rest; some construct is turned round as a whole in "
                "{turned} of these.",
                name=name,
                share=display.percent(counted, digits=1),
                item=item["item"],
                other=display.percent(item["other"]),
                same=display.percent(item["same"], digits=1),
                turned=display.percent(whole["other"]),
            )
            + " "
            + (
                display("The second hump is label switching: a rule for signs takes it away.")
                if whole["other"] > 0.5
                else display(
                    "The second hump is instability of the weights, not label switching: no rule for whole constructs "
                    "takes it away."
                )
            )
        )
    if not said:
        return ""
    last = display("t and p assume one hump and say less here than the interval.")
    return " ".join([*said, last])


def hypothesis_table(study: Study, summary: Long) -> pd.DataFrame:
    """Return the decision on each hypothesis with the figures that it rests on.

    Returns
    -------
    DataFrame
        Columns hypothesis, effect, source, target, original, standard_deviation, t_statistic, p_value, lower, upper,
        supported, remarks.
    """
    found = as_values(summary)
    fields = ("original", "standard_deviation", "t_statistic", "p_value", "lower", "upper")
    rows = []
    for h in study.claims:
        figures = {f: found.get(*h.quantity, f) for f in fields}
        decision = decide(study, h, found)
        rows.append(
            {"hypothesis": h.id, "effect": h.effect, "source": h.path.source, "target": h.path.target}
            | ({"via": " -> ".join(h.via)} if any(s.via for s in study.claims) else {})
            | figures
            | {
                "supported": decision is not None and decision.supported,
                "remarks": " ".join(decision.remarks) if decision is not None else "",
            }
        )
    return pd.DataFrame(rows)


def hypotheses(study: Study, summary: Long, *, display: Display = ENGLISH) -> str:
    """Return one bullet for each hypothesis; for each path where the study states none."""
    return "\n".join(f"- {hypothesis(study, h, summary, display=display)}" for h in study.claims)


def verdicts(comparison: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Count the verdicts on the printed figures that a survey was not made to give.

    Parameters
    ----------
    comparison : DataFrame
        As :func:`tableaudit.comparison.compare` returns it.
    """
    shown = comparison[tested(comparison)]
    counts = shown["verdict"].value_counts()
    parts = display.listed(
        [display.plural(*forms, int(counts[key])) for key, forms in _VERDICTS.items() if counts.get(key, 0)]
    )
    aimed = int(comparison["aimed"].sum())
    if not aimed:
        return display("Of {total} printed figures: {parts}.", total=len(shown), parts=parts)
    return display(
        "{aimed} of the {total} printed figures are what this survey was made to give, and its counts of items "
        "were set: that these agree says nothing. Of the {rest} other statistics: {parts}.",
        aimed=aimed,
        total=len(comparison),
        rest=len(shown),
        parts=parts,
    )


def statements(checked: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Count the article's statements that its own tables contradict."""
    counts = checked["verdict"].value_counts()
    against = int(counts.get("fails", 0))
    return display(
        "Of {checked} statements, the article's own tables contradict **{against}**.",
        checked=len(checked),
        against=against,
    )
