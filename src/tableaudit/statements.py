"""Statements of an article's text, each an expression over its printed cells, with a computed verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tableaudit.boxes import Verdict, verdict_of
from tableaudit.expressions import evaluate
from tableaudit.printed import Published, PublishedError

__all__ = ["Statement", "check_statements"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its verdict.

    Attributes
    ----------
    id, where, text_en, text_es, expression : str
        As in the file of statements.
    verdict : {"holds", "fails", "cannot be told"}
    found : str
        The printed figures that decide it.
    note_en, note_es : str
    """

    id: str
    where: str
    text_en: str
    text_es: str
    expression: str
    verdict: Verdict
    found: str
    note_en: str
    note_es: str


def check_statements(
    published: Published, *, readings: Mapping[str, Sequence[str]] | None = None
) -> tuple[Statement, ...]:
    """Evaluate every statement that comes with the printed values.

    Parameters
    ----------
    published : Published
    readings : mapping, optional
        Statistic → what the audit reads it as, first choice first; for ``reading(…)``.

    Returns
    -------
    tuple of Statement
        In the file's order.

    Raises
    ------
    PublishedError
        If an expression is not in the language or names a cell or statistic that does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> stated = pd.DataFrame([("S1", "beta > 0.2", "the path is substantial")], columns=["id", "expression", "text"])
    >>> found = check_statements(from_values(pd.DataFrame(rows, columns=columns), "example", stated))
    >>> found[0].verdict, found[0].found
    ('holds', 'beta = 0.500')
    """
    statements = []
    for record in published.statements.to_dict("records"):
        text = {str(k): str(v) for k, v in record.items()}
        try:
            truth, found = evaluate(text["expression"], published, readings=readings)
        except (ValueError, KeyError) as error:
            message = error.args[0] if error.args else error
            raise PublishedError(f"statement {text['id']}: {message}") from None
        statements.append(
            Statement(
                text["id"],
                text.get("where", ""),
                text.get("text_en", "") or text.get("text_es", ""),
                text.get("text_es", "") or text.get("text_en", ""),
                text["expression"],
                verdict_of(truth),
                found,
                text.get("note_en", ""),
                text.get("note_es", ""),
            )
        )
    return tuple(statements)
