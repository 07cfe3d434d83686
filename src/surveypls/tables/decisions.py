"""Decide hypotheses: one rule for tables, sentences and contracts.

A direct or total effect is supported where its p-value is below the study's significance level, as the
re-run article decides; an indirect effect where its interval excludes 0, because the distribution of a
product of paths is skewed (Preacher & Hayes, 2008).  A hypothesis that states a sign needs that sign too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from surveypls.study.definition import Study
from surveypls.study.terms import Hypothesis
from surveypls.tables.values import Values
from tabletext.display import ENGLISH, Display

Remark = Literal["opposite", "negative", "interval_holds", "interval_excludes"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and what a reader must know beside it.

    Attributes
    ----------
    supported : bool
    remarks : tuple of str
        ``opposite``: significant, but of the other sign than stated.  ``negative``: supported, with a
        negative estimate, where no sign is stated.  ``interval_holds`` and ``interval_excludes``: the
        interval holds, or excludes, 0 and so speaks against the decision by p (or p against the
        decision by the interval).
    """

    supported: bool
    remarks: tuple[Remark, ...] = ()


def decide(study: Study, stated: Hypothesis, found: Values) -> Decision | None:
    """Decide one hypothesis.

    Parameters
    ----------
    study : Study
        Significance level, confidence level and alternative.
    stated : Hypothesis
    found : Values
        A bootstrap summary: original, p_value, lower and upper of the effect.

    Returns
    -------
    Decision or None
        None where there is no p-value.  p and interval are compared only where they answer the same
        question: two-sided, at a confidence level of 1 − significance.
    """
    key = stated.quantity
    estimate, p, lower, upper = (
        found.get(*key, field) for field in ("original", "p_value", "lower", "upper")
    )
    if p != p:
        return None
    settings = study.bootstrap
    by_p = bool(p < settings.significance)
    known = lower == lower and upper == upper
    excludes = bool(known and not lower <= 0 <= upper)
    supported = excludes if stated.effect == "indirect" and known else by_p
    remarks: list[Remark] = []
    wanted = {"positive": 1, "negative": -1}.get(stated.sign or "")
    if supported and wanted is not None and estimate * wanted < 0:
        supported = False
        remarks.append("opposite")
    elif supported and wanted is None and estimate < 0:
        remarks.append("negative")
    same_question = (
        known
        and settings.alternative == "two-sided"
        and abs(settings.confidence_level - (1 - settings.significance)) < 1e-9
    )
    if same_question and by_p != excludes:
        remarks.append("interval_excludes" if excludes else "interval_holds")
    return Decision(supported, tuple(remarks))


def rule(study: Study, display: Display = ENGLISH) -> str:
    """Return the sentence that says how :func:`decide` decides this study's hypotheses."""
    parts = [
        display("Hypotheses are decided by p < {alpha}", alpha=display.plain(study.bootstrap.significance))
    ]
    if any(h.effect == "indirect" for h in study.hypotheses):
        parts.append(
            display("indirect effects by whether the interval excludes 0 (Preacher and Hayes, 2008)")
        )
    if any(h.sign for h in study.hypotheses):
        parts.append(display("a stated sign must be met"))
    return "; ".join(parts) + "."
