"""What many surveys that give the same printed tables say of the hypotheses: tables and sentences over n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from plsem.choices import TESTS
from surveypls.study.terms import Hypothesis
from surveypls.tables.choices import RULE_NAMES
from tabletext.catalogue import N_
from tabletext.display import ENGLISH, Display

#: Kinds of data in the ensemble, as they are called in figures and tables.
DATA = N_({"answers": "whole-number answers", "real-valued": "real-valued data"})


def _of_hypotheses(surveys: pd.DataFrame, hypotheses: Sequence[Hypothesis]) -> pd.DataFrame:
    """Return the rows of an ensemble that are about hypotheses' paths, with the hypothesis's name, by n."""
    names = {(h.path.source, h.path.target): h.id for h in hypotheses}
    keys = surveys[["row", "column"]].itertuples(index=False, name=None)
    found = surveys.assign(hypothesis=[names.get(key, "") for key in keys])
    return found[found["hypothesis"] != ""].sort_values(["hypothesis", "n"], kind="stable", ignore_index=True)


def significant_by_size(
    surveys: pd.DataFrame, hypotheses: Sequence[Hypothesis], significance: float
) -> pd.DataFrame:
    """Count the surveys in which each hypothesis's path is significant (p from t, two-sided, signs as they fall).

    Parameters
    ----------
    surveys : DataFrame
        The figures of :class:`surveysynth.ensemble.Ensemble`.
    hypotheses : sequence of Hypothesis
    significance : float

    Returns
    -------
    DataFrame
        hypothesis, data, n, significant, surveys; both kinds of data where both have an n.
    """
    found = _of_hypotheses(surveys[surveys["statistic"] == "p_value"], hypotheses)
    grouped = found.assign(hit=found["value"] < significance).groupby(["hypothesis", "data", "n"])["hit"]
    return grouped.agg(significant="sum", surveys="count").reset_index()


def t_over_n(surveys: pd.DataFrame, hypotheses: Sequence[Hypothesis]) -> pd.DataFrame:
    """Return t of each hypothesis's path in each data set: hypothesis, data, n, t.

    ``data`` is that of the n: ``"real-valued"`` where no survey of whole numbers has it.
    """
    found = _of_hypotheses(surveys[surveys["statistic"] == "t_statistic"], hypotheses)
    whole = set(found.loc[found["data"] == "answers", "n"])
    kinds = ["answers" if n in whole else "real-valued" for n in found["n"]]
    found = found.assign(data=kinds).rename(columns={"value": "t"})
    return found[["hypothesis", "data", "n", "t"]].reset_index(drop=True)


def choices_over_n(surveys: pd.DataFrame, hypothesis: Hypothesis) -> pd.DataFrame:
    """Return the share of surveys in which a hypothesis's path is significant, by choice and n.

    Returns
    -------
    DataFrame
        sign_changes, test, and one column a number of respondents.
    """
    found = _of_hypotheses(surveys, [hypothesis])
    found = found[found["statistic"].str.startswith("significant/")]
    parts = found["statistic"].str.split("/", expand=True)
    found = found.assign(sign_changes=parts[1], test=parts[2])
    wide = found.pivot_table(index=["sign_changes", "test"], columns="n", values="value", aggfunc="mean")
    rules = [rule for rule in ("none", "construct", "individual") if rule in set(found["sign_changes"])]
    order = [(rule, test) for rule in rules for test in TESTS if (rule, test) in wide.index]
    return wide.loc[order].rename_axis(columns=None).reset_index()


def made(surveys: pd.DataFrame, attainable: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say how many surveys of which sizes were made, from how many matrices, and how far they reach.

    Parameters
    ----------
    surveys : DataFrame
        The figures of :class:`surveysynth.ensemble.Ensemble`.
    attainable : DataFrame
        The contract ``S1_attainable``.
    """
    worst = surveys[surveys["statistic"] == "worst_distance"]
    text = (
        N_(
            "{count} surveys of {least} to {most} respondents with whole-number answers, from {matrices} correlation "
            "matrices; all reach every target."
        )
        if (worst["value"] <= 1).all()
        else N_(
            "{count} surveys of {least} to {most} respondents with whole-number answers, from {matrices} correlation "
            "matrices; not all reach every target."
        )
    )
    said = [
        display(
            text,
            count=display.count(len(worst)),
            least=display.count(worst["n"].min()),
            most=display.count(worst["n"].max()),
            matrices=display.count(worst["matrix"].nunique()),
        )
    ]
    real = surveys[surveys["data"] != "answers"]
    if len(real):
        said.append(
            display(
                "Real-valued data with exactly the correlations of {matrices} other matrices, from {least} to {most} "
                "rows, carry the curve on.",
                matrices=display.count(real["matrix"].nunique()),
                least=display.count(real["n"].min()),
                most=display.count(real["n"].max()),
            )
        )
    return " ".join([*said, _alpha(surveys, attainable, display)])


def _alpha(surveys: pd.DataFrame, attainable: pd.DataFrame, display: Display) -> str:
    known = attainable[
        (attainable["statistic"] == "cronbach_alpha") & (attainable["verdict"] != "attainable")
    ]
    said = []
    for name, low, high in known[["row", "lower", "upper"]].itertuples(index=False, name=None):
        found = surveys[(surveys["statistic"] == "cronbach_alpha") & (surveys["row"] == name)]
        parts = [
            display(
                "{low} to {high} in {data}",
                low=display.number(part["value"].min()),
                high=display.number(part["value"].max()),
                data=display(DATA[str(data)]),
            )
            for data, part in found.groupby("data")
        ]
        said.append(
            display(
                "Alpha of {name}: attainable {low} to {high}; {parts}.",
                name=name,
                low=display.number(low),
                high=display.number(high),
                parts=display.listed(parts),
            )
        )
    return " ".join(said)


#: What was not found, by the step at which it was missed.
_MISSED = N_(
    {
        "matrix": "no matrix with the value drawn",
        "whole numbers": "no sums of whole numbers that meet every cell",
        "respondents": "sums, but no respondents with them",
    }
)


def missed(surveys: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say of each n how many surveys of whole numbers were found of those sought, and where others were missed."""
    sought = surveys[(surveys["data"] == "answers") & surveys["statistic"].isin(["worst_distance", "missed"])]
    parts = [
        display(
            "n = {n}: {found} of {count}",
            n=display.count(float(str(n))),
            found=int((part["statistic"] == "worst_distance").sum()),
            count=len(part),
        )
        for n, part in sought.groupby("n")
    ]
    steps = sought.loc[sought["statistic"] == "missed", "row"].value_counts()
    why = [
        f"{display(text)} ({display.count(int(steps[step]))})"
        for step, text in _MISSED.items()
        if steps.get(step, 0)
    ]
    text = display("Surveys found of those sought: {parts}.", parts="; ".join(parts))
    return f"{text} " + display("Missed: {why}.", why="; ".join(why)) if why else text


def pinned(surveys: pd.DataFrame, attainable: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say what the surveys of whole numbers have in common: rho_C, alpha that is out of reach, HTMT's bound.

    Parameters
    ----------
    attainable : DataFrame
        The contract ``S1_attainable``, whose printed alphas that no data give are compared.
    """
    whole = surveys[surveys["data"] == "answers"]
    count = int((whole["statistic"] == "worst_distance").sum())
    said = []
    spread = whole[whole["statistic"] == "rho_c"].groupby("row")["value"].agg(lambda v: v.max() - v.min())
    if len(spread):
        said.append(
            display(
                "rho_C differs by at most {most} between the surveys: the printed loadings fix it.",
                most=display.number(float(spread.max())),
            )
        )
    known = attainable[
        (attainable["statistic"] == "cronbach_alpha") & (attainable["verdict"] != "attainable")
    ]
    for name, printed in known[["row", "printed"]].itertuples(index=False, name=None):
        found = whole.loc[(whole["statistic"] == "cronbach_alpha") & (whole["row"] == name), "value"]
        if len(found):
            said.append(
                display(
                    "Standardised alpha of {name} is at most {most}; {printed} is printed.",
                    name=name,
                    most=display.number(found.max()),
                    printed=display.number(float(printed)),
                )
            )
    bounds = whole[whole["statistic"] == "htmt_upper"]
    for (row, column), part in bounds.groupby(["row", "column"], sort=False):
        over = int((part["value"] >= 1).sum())
        if over:
            said.append(
                display(
                    "The upper end of the two-sided percentile interval of the HTMT of {row} and {column} reaches 1 in "
                    "{over} of {count} surveys.",
                    row=row,
                    column=column,
                    over=over,
                    count=count,
                )
            )
    return " ".join(said)


def chosen_n(
    surveys: pd.DataFrame,
    hypotheses: Sequence[Hypothesis],
    printed: Mapping[str, float],
    n: int,
    *,
    display: Display = ENGLISH,
) -> str:
    """Say why the shipped survey has its number of respondents, and that its decision follows from it.

    Parameters
    ----------
    printed : mapping of str to float
        Hypothesis → its printed t; the first one's t is what the shipped survey was brought to.
    n : int
        Respondents of the shipped survey.
    """
    name, t = next(iter(printed.items()))
    sought = surveys[(surveys["data"] == "answers") & surveys["statistic"].isin(["worst_distance", "missed"])]
    found = sought.loc[sought["statistic"] == "worst_distance", "n"]
    table = t_over_n(surveys[surveys["data"] == "answers"], hypotheses)
    mine = table[table["hypothesis"] == name]
    ranges = mine.groupby("n")["t"].agg(["min", "max"])
    holding = ranges.index[(ranges["min"] <= t) & (t <= ranges["max"])]
    said = [
        display(
            "The survey's {n} respondents are a choice, not a finding.",
            n=display.count(n),
        )
    ]
    if n in set(found):
        said.append(
            display(
                "Of {sought} surveys of {n} sought, {found} were found; below, {fewer} of {fewer_sought}.",
                n=display.count(n),
                sought=np.count_nonzero(sought["n"] == n),
                found=np.count_nonzero(found == n),
                fewer=np.count_nonzero(found < n),
                fewer_sought=np.count_nonzero(sought["n"] < n),
            )
        )
    if n in ranges.index:
        said.append(
            display(
                "There t of {name} is {low} to {high} where it was not sought; in this survey it was brought to the "
                "printed {t}.",
                name=name,
                low=display.number(ranges["min"].to_dict()[n], digits=2),
                high=display.number(ranges["max"].to_dict()[n], digits=2),
                t=display.number(t),
            )
        )
    if len(holding):
        said.append(
            display(
                "The printed t of {name}, {t}, lies among those of surveys of whole numbers at n = {sizes} only.",
                name=name,
                t=display.number(t),
                sizes=display.listed(display.count(int(k)) for k in holding),
            )
        )
    said.append(
        display(
            "At another n the decision about {name} could be another: that of this survey is not the article's.",
            name=name,
        )
    )
    return " ".join(said)


def decided(
    surveys: pd.DataFrame,
    hypotheses: Sequence[Hypothesis],
    significance: float,
    *,
    display: Display = ENGLISH,
) -> str:
    """Say of each hypothesis what the printed tables decide and what they leave open, over n.

    A path that is significant in 95 % of the data sets or more at every n is decided; else the sentence says up to
    which n none is, from which n all are, and that the tables leave the rest open.
    """
    shares = significant_by_size(surveys, hypotheses, significance)
    shares = shares.groupby(["hypothesis", "n"], as_index=False)[["significant", "surveys"]].sum()
    said = []
    for name, part in shares.groupby("hypothesis"):
        part = part.sort_values("n")
        counts = {"name": str(name), "count": display.count(int(part["surveys"].sum()))}
        ends = {"least": display.count(part["n"].min()), "most": display.count(part["n"].max())}
        nearly = 0.95 * part["surveys"]
        if (part["significant"] >= nearly).all():
            text = N_(
                "**{name}** is decided by the printed tables: its path is significant in {hits} of {count} data "
                "sets, of {least} to {most} respondents, in nearly all at every n."
            )
            counts["hits"] = display.count(int(part["significant"].sum()))
        elif (part["significant"] == 0).all():
            text = N_(
                "**{name}** is decided by the printed tables: its path is significant in none of {count} data sets, "
                "of {least} to {most} respondents."
            )
        else:
            text = N_(
                "**{name}** is left open by the printed tables: {shares}. It depends on n, which is not printed."
            )
            counts["shares"] = _turning(part, display)
            ends = {}
        said.append(display(text, **counts, **ends))
    return " ".join(said)


def _turning(part: pd.DataFrame, display: Display) -> str:
    """Say up to which n no survey is significant, from which all are, and what lies between."""
    none = part["significant"] == 0
    every = part["significant"] == part["surveys"]
    low = part.loc[none.cummin(), "n"]
    high = part.loc[every[::-1].cummin()[::-1], "n"]
    said = []
    if len(low):
        said.append(display("significant in none up to n = {n}", n=display.count(low.max())))
    between = part[~part["n"].isin([*low, *high])]
    counts = between[["significant", "surveys", "n"]].to_numpy().tolist()
    said += [
        display("in {found} of {count} at n = {n}", found=int(found), count=int(count), n=display.count(n))
        for found, count, n in counts
    ]
    if len(high):
        said.append(display("in all from n = {n}", n=display.count(high.min())))
    return ", ".join(said)


def printed_t_meets(
    surveys: pd.DataFrame,
    hypotheses: Sequence[Hypothesis],
    printed: Mapping[str, float],
    *,
    display: Display = ENGLISH,
) -> str:
    """Say at which n each printed t lies among the surveys' t, and whether all do at one n.

    Parameters
    ----------
    printed : mapping of str to float
        Hypothesis → its printed t.
    """
    table = t_over_n(surveys, hypotheses)
    ranges = table.groupby(["hypothesis", "n"])["t"].agg(["min", "max"]).reset_index()
    said, sizes = [], []
    for name, t in printed.items():
        part = ranges[ranges["hypothesis"] == name]
        inside = part.loc[(part["min"] <= t) & (t <= part["max"]), "n"].tolist()
        sizes.append(set(inside))
        least = part["min"].min()
        said.append(
            display(
                "the printed t of {name}, {t}, lies among the data sets' t at n = {sizes}",
                name=name,
                t=display.number(t),
                sizes=display.listed(display.count(n) for n in inside),
            )
            if inside
            else display(
                "the printed t of {name}, {t}, lies among the data sets' t at no n (their least is {least})",
                name=name,
                t=display.number(t),
                least=display.number(least),
            )
        )
    both = sorted(set.intersection(*sizes)) if sizes else []
    last = (
        display("Both do at n = {sizes}.", sizes=display.listed(display.count(n) for n in both))
        if both
        else display("At no n do both: the two printed t never meet.")
    )
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}. {last}"


def under_choices(choices: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say of each hypothesis under how many of the analyst's choices it is significant, and what they share.

    Parameters
    ----------
    choices : DataFrame
        hypothesis, and the columns of :func:`plsem.choices.by_choice`.
    """
    return " ".join(
        _under_choices(part, str(name), display) for name, part in choices.groupby("hypothesis", sort=False)
    )


def _under_choices(choices: pd.DataFrame, name: str, display: Display) -> str:
    hits = choices[choices["significant"]]
    count = {"name": name, "found": str(len(hits)), "count": str(len(choices))}
    if len(hits) in (0, len(choices)):
        return display("{name} is significant under {found} of {count} choices.", **count)
    rules = [
        str(rule) for rule, part in choices.groupby("sign_changes", sort=False) if part["significant"].all()
    ]
    if not rules or len(hits) != int(choices["sign_changes"].isin(rules).sum()):
        return display("{name} is significant under {found} of {count} choices in this survey.", **count)
    text = display(
        "{name} is significant under {found} of {count} choices in this survey: those in which the resamples' signs "
        "are {rules}.",
        rules=display.listed(display(RULE_NAMES[rule]) for rule in rules),
        **count,
    )
    if rules != ["individual"]:
        return text
    return f"{text} " + display(
        "Draws that are given the estimate's sign cannot cross zero, so that this rule answers the question by itself."
    )
