"""Tables of a multiverse: where a hypothesis holds, by each option; what moves it; what was left out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from plsem.multiverse import choice_effects
from surveypls.study.choices import MISSING, SCHEMES
from surveypls.tables.build import Builder
from surveypls.tables.choices import RULE_NAMES, TEST_NAMES
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Table

#: Choice → how it is called.
CHOICE_NAMES = N_(
    {
        "screening": "Who is kept",
        "missing": "Missing answers",
        "items": "Items",
        "scheme": "Weighting scheme",
        "estimator": "Estimator",
        "sign_changes": "Signs of the resamples",
        "test": "Test",
        "alternative": "Tails",
        "survey": "Survey",
    }
)
#: Policies and schemes; other options are named in English as they read.
OPTION_NAMES = {**MISSING, **SCHEMES}


def option_name(choice: str, option: str, display: Display) -> str:
    """Return how an option of a choice reads."""
    if choice == "sign_changes":
        return display(RULE_NAMES[option])
    if choice == "test":
        return display(TEST_NAMES[option])
    if choice == "alternative":
        return display(coded(option))
    return option if choice in ("estimator", "survey") else display(OPTION_NAMES.get(option, option))


def choice_words(
    analyses: pd.DataFrame, choices: Sequence[str], display: Display
) -> dict[str, dict[str, str]]:
    """Return choice → its name (under "") and those of the options tried, of choices with several."""
    return {
        c: {"": display(CHOICE_NAMES[c])} | {o: option_name(c, o, display) for o in options}
        for c in choices
        if len(options := list(dict.fromkeys(analyses[c]))) > 1
    }


def multiverse_table(analyses: pd.DataFrame, choices: Sequence[str], *, display: Display = ENGLISH) -> Table:
    """Share of the analyses in which each hypothesis holds: over all, and with each option.

    Parameters
    ----------
    analyses : DataFrame
        hypothesis, holds, repeated and the choices.
    choices : sequence of str
    display : Display
        Language, decimal sign and notice.
    """
    own = analyses[~analyses["repeated"]]
    names = list(dict.fromkeys(own["hypothesis"]))
    b = Builder(display)
    b.text("choice", display("Choice"))
    b.text("option", display("Option"))
    b.column("count", display("Analyses"), "count")
    for name in names:
        b.column(name, name, "percent", display("Holds in"))

    def add(choice: str, option: str, part: pd.DataFrame) -> None:
        shares = part.groupby("hypothesis")["holds"].mean()
        b.add(choice=choice, option=option, count=int((part["hypothesis"] == names[0]).sum()), **shares)

    add(display("All"), "", own)
    for choice, options in choice_words(own, choices, display).items():
        for option, shown in options.items():
            if option:
                add(options[""], shown, own[own[choice] == option])
    return b.table(
        title=display("Share of the analyses in which each hypothesis holds"),
        note=display("Analyses of the same answers, items and model are counted once."),
        repeats=("choice",),
    )


def choice_effects_table(
    analyses: pd.DataFrame, choices: Sequence[str], *, display: Display = ENGLISH
) -> Table:
    """Show what each choice moves: of pairs of analyses that differ in it alone, how many decide differently.

    Parameters
    ----------
    analyses, choices, display
        See :func:`multiverse_table`.
    """
    b = Builder(display)
    b.text("hypothesis", display("Hypothesis"))
    b.text("choice", display("Choice"))
    b.column("pairs", display("Pairs"), "count")
    b.column("decisions_changed", display("Decide differently"), "percent")
    b.column("estimate_change", display("Mean change of the estimate"))
    for name, part in analyses.groupby("hypothesis", sort=False):
        effects = choice_effects(part, choices, held="holds")
        for choice, pairs, changed, moved in effects.drop(columns="options").itertuples(index=False):
            if pairs:
                b.add(
                    hypothesis=name,
                    choice=display(CHOICE_NAMES[choice]),
                    pairs=pairs,
                    decisions_changed=changed,
                    estimate_change=moved,
                )
    return b.table(
        title=display("What each choice moves"),
        note=display(
            "Pairs of analyses that differ in this choice alone; the estimate's change is absolute."
        ),
        repeats=("hypothesis",),
    )


def left_out_table(left_out: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """List the combinations that were left out, by rule.

    Parameters
    ----------
    left_out : DataFrame
        reason, analyses.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder(display)
    b.text("reason", display("Rule"))
    b.column("analyses", display("Analyses"), "count")
    for reason, count in left_out[["reason", "analyses"]].itertuples(index=False):
        b.add(reason=display(reason), analyses=count)
    return b.table(title=display("Combinations that were left out"), note="")


def over_surveys_table(analyses: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Share of the analyses in which each hypothesis holds, by the number of respondents.

    Parameters
    ----------
    analyses : DataFrame
        hypothesis, survey, n, holds.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder(display)
    b.column("n", "n", "count")
    b.column("surveys", display("Surveys"), "count")
    for name in dict.fromkeys(analyses["hypothesis"]):
        b.column(str(name), str(name), "percent", display("Holds in"))
    for n, part in analyses.groupby("n"):
        shares = part.groupby("hypothesis")["holds"].mean()
        b.add(n=n, surveys=part["survey"].nunique(), **shares)
    return b.table(
        title=display("Share of the analyses of other surveys in which each hypothesis holds, by n"),
        note=display(
            "Surveys of whole numbers that give the printed tables; their items are the retained ones."
        ),
    )
