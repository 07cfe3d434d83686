"""What respondents' answers say of the audit's findings and readings, where they are at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from plsem.conventions import CONVENTIONS
from plsem.model import Model, ModelError
from plsem.names import Said
from tableaudit.conventions import Solution, beside, named_options
from tableaudit.findings import OF_COLUMN, OF_TEXT, Finding
from tableaudit.printed import Published, PublishedError
from tableaudit.readings import Reading

__all__ = ["of_finding", "of_reading", "printed_model"]

Verdict = Literal["confirmed", "refuted", "not decided"]
#: Readings of the audit whose convention has another name, or other names of its options.
_CONVENTION: Mapping[str, str] = {"p_value": "tails", "product": "interaction"}
_OPTION: Mapping[str, str] = {
    "two-sided": "2",
    "one-sided": "1",
    "re-estimated": "reestimated",
    "not standardised": "unit",
}


def printed_model(published: Published) -> Model:
    """Return the model that loadings and paths of printed tables show.

    Parameters
    ----------
    published : Published

    Returns
    -------
    Model
        Constructs in Mode A where a loading of theirs is printed, in Mode B where only weights are.

    Raises
    ------
    PublishedError
        If they show none: no loadings or paths, a construct of a path without items.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "a", "outer_loading", "x1", "X", "0.8"), ("1", "b", "outer_loading", "x2", "X", "0.9"),
    ...         ("1", "c", "outer_loading", "y1", "Y", "1.0"), ("1", "d", "path_coefficient", "X", "Y", "0.5")]
    >>> print(printed_model(from_values(pd.DataFrame(rows, columns=columns), "example")).to_text())
    X =~ x1 + x2
    Y =~ y1
    Y ~ X
    <BLANKLINE>
    """
    loaded = {cell.column for cell in published.select("outer_loading")}
    modes = {name: "A" if name in loaded else "B" for name in published.items}
    try:
        return Model(published.items, published.paths, modes=modes)
    except ModelError as error:
        raise PublishedError(
            f"{published.source}: the printed loadings and paths are no whole model ({error}); give the model (--model)"
        ) from None


def of_finding(finding: Finding, solution: Solution) -> tuple[Verdict, Said] | None:
    """Tell whether the answers confirm that a figure of a finding is not as printed.

    Parameters
    ----------
    finding : Finding
    solution : Solution

    Returns
    -------
    tuple of (str, Said), or None
        ``confirmed``: a figure that it names is reproduced by no setting, or by another than the rest of the figures;
        ``refuted``: all are reproduced together, which confirms a finding about the article's text; ``not decided``:
        some are not judged.  None where none is judged, and of how a column is read (:func:`of_reading`).

    Examples
    --------
    >>> import pandas as pd
    >>> import tableaudit.audit as a
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.800"), ("1", "R2", "r_squared", "X", "Y", "0.520"),
    ...         ("1", "x", "outer_loading", "x", "X", "1.00"), ("1", "y", "outer_loading", "y", "Y", "1.00")]
    >>> report = a.audit(from_values(pd.DataFrame(rows, columns=columns), "example"))
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})
    >>> found = a.with_answers(report, answers)
    >>> of_finding(found.findings[0], found.solution)
    ('refuted', 'By the answers all of these figures are as printed, with R²: adjusted.')
    """
    if finding.check == OF_COLUMN:
        return None
    rows = solution.figures[solution.figures["cell"].isin([finding.cell, *finding.cells])]
    found = rows["verdict"].isin(["reproduced", "within"])
    # that a p goes with the t beside it says nothing of answers
    judged = rows[(rows["verdict"] != "not judged") & (found | ~rows["statistic"].str.endswith("p_value"))]
    wrong = judged[~judged["verdict"].isin(["reproduced", "within"])]
    if not len(judged):
        return None
    if len(wrong):
        each = [
            Said(
                "{cell} is {value}, printed {printed}",
                cell=row["cell"],
                value=beside(row["value"], row["printed"]),
                printed=row["printed"],
            )
            for _, row in wrong.iterrows()
        ]
        verdict: Verdict = "not decided" if finding.check == OF_TEXT else "confirmed"
        return verdict, Said("By the answers {each}.", each=each)
    if len(judged) < len(rows):
        return "not decided", Said("The answers give those of these figures that can be computed from them.")
    unusual = _unusual(solution, {str(name).rpartition(".")[2] for name in rows["statistic"]})
    verdict = "confirmed" if finding.check == OF_TEXT else "refuted"
    if not unusual:
        return verdict, Said("By the answers all of these figures are as printed.")
    return verdict, Said(
        "By the answers all of these figures are as printed, with {conventions}.",
        conventions=named_options(unusual),
    )


def _unusual(solution: Solution, statistics: Iterable[str]) -> list[tuple[str, str]]:
    """Return the conventions behind some statistics that are told to be others than this project's own."""
    return [
        (name, holding[0])
        for name, row in CONVENTIONS.items()
        if (not row.statistics or set(row.statistics) & set(statistics))
        and (holding := solution.holding(name))
        and next(iter(row.options)) not in holding
    ]


def of_reading(reading: Reading, solution: Solution) -> Said | None:
    """Tell whether the answers confirm how a column is read; None where they tell nothing.

    Parameters
    ----------
    reading : Reading
    solution : Solution

    Returns
    -------
    Said or None

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.conventions import solve
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})
    >>> printed = pd.DataFrame([("r_squared", "", "Y", "0.520")], columns=["statistic", "row", "column", "printed"])
    >>> found = solve(answers, Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")]), printed)
    >>> of_reading(Reading("r_squared", "plain", False, 0, 1, 0), found)
    'The answers say otherwise: R²: adjusted.'
    """
    name = _CONVENTION.get(reading.dimension, reading.dimension)
    holding = solution.holding(name)
    if name not in CONVENTIONS or not holding or len(holding) == len(solution.options(name)):
        return None
    if _OPTION.get(reading.option, reading.option) in holding:
        return Said("The answers confirm it.")
    return Said("The answers say otherwise: {chosen}.", chosen=named_options([(name, holding[0])]))
