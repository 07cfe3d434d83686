"""Tables of what a decision hangs on: the analyst's choices, n, and what turns an effect's sign."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from plsem.conventions import CONVENTIONS
from surveypls.tables.build import Builder
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Table

#: How a test is called, by its code in :mod:`plsem.choices`.
TEST_NAMES = N_(
    {
        "t": "p from t",
        "count": "p counted from the resamples",
        "percentile": "percentile interval",
        "bca": "BCa interval",
    }
)
RULE_NAMES = CONVENTIONS["sign_changes"].options


def _choice_columns(b: Builder) -> None:
    b.text("sign_changes", b.display("Signs of the resamples"))
    b.text("test", b.display("Test"))


def choices_table(choices: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Each hypothesis whose decision hangs on a choice, under each; of the first where none does.

    Parameters
    ----------
    choices : DataFrame
        hypothesis, and the columns of :func:`plsem.choices.by_choice`.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder(display)
    b.text("hypothesis", display("Hypothesis"))
    _choice_columns(b)
    for side in dict.fromkeys(choices["alternative"]):
        b.text(side, display(coded(side)))
    for (name, rule, test), part in hanging(choices).groupby(
        ["hypothesis", "sign_changes", "test"], sort=False
    ):
        cells = {}
        for side, p, hit in part[["alternative", "p_value", "significant"]].itertuples(index=False):
            of_interval = display("excludes 0") if hit else display("holds 0")
            text = f"p {display.compared(p)}" if p == p else of_interval
            cells[side] = f"{text} *" if hit else text
        row = {
            "hypothesis": name,
            "sign_changes": display(RULE_NAMES[str(rule)]),
            "test": display(TEST_NAMES[str(test)]),
        }
        b.add(**row, **cells)
    return b.table(
        title=display("Decisions that hang on the analyst's choices"),
        note=display("* significant. One-sided: in the direction of the estimate."),
        repeats=("hypothesis",),
    )


def hanging(choices: pd.DataFrame) -> pd.DataFrame:
    """Return the choices about hypotheses that are significant under some and not under others."""
    mixed = choices.groupby("hypothesis")["significant"].transform("nunique") > 1
    return choices[mixed] if mixed.any() else choices[choices["hypothesis"] == choices["hypothesis"].iloc[0]]


def choices_over_n_table(shares: pd.DataFrame, *, name: str, display: Display = ENGLISH) -> Table:
    """Share of surveys in which a path is significant, by choice and number of respondents.

    Parameters
    ----------
    shares : DataFrame
        sign_changes, test, and one column a number of respondents.
    name : str
        The hypothesis.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder(display)
    _choice_columns(b)
    sizes = [c for c in shares.columns if c not in ("sign_changes", "test")]
    for n in sizes:
        b.text(str(n), f"n = {n}")
    for row in shares.to_dict("records"):
        cells = {str(n): display.percent(row[n]) for n in sizes}
        b.add(
            sign_changes=display(RULE_NAMES[row["sign_changes"]]),
            test=display(TEST_NAMES[row["test"]]),
            **cells,
        )
    return b.table(
        title=display("Share of surveys in which {name} is significant, by n and choice", name=name),
        note=display("Two-sided. Surveys of whole numbers and real-valued data together."),
        repeats=("sign_changes",),
    )


def other_sign_table(found: Mapping[str, pd.DataFrame], *, display: Display = ENGLISH) -> Table:
    """How often the items of a path's target load against their construct, where the path turns and where not.

    Parameters
    ----------
    found : mapping of str to DataFrame
        Hypothesis → as :func:`plsem.choices.behind_the_sign` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder(display)
    b.text("hypothesis", display("Hypothesis"))
    b.text("turned", display("Turned round"))
    b.column("loading", display("Loading"), "unit")
    resamples = display("Share of the resamples in which the effect")
    b.column("other", display("has the other sign"), "percent", resamples)
    b.column("same", display("has the same sign"), "percent", resamples)
    for name, table in found.items():
        for row in table.to_dict("records"):
            item = row["item"] or display("some construct as a whole")
            cell = b.add(
                hypothesis=name, turned=item, other=row["other"], same=row["same"], loading=row["loading"]
            )
            if not row["item"]:
                b.hidden.add((cell, "loading"))
    return b.table(
        title=display("What turns round where an effect does"),
        note=display("Only effects of which a twentieth or more of the resamples have the other sign."),
        repeats=("hypothesis",),
    )
