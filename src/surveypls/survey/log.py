"""Book-keeping of a screening: which rows are still in, every decision, and the count after each rule."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabletext.catalogue import N_, translate
from tabletext.display import Display
from tabletext.language import Language

Mask = NDArray[np.bool_]


def mask_of(rows: Container[int], n: int) -> Mask:
    """Return which of ``n`` rows are among some."""
    return np.array([i in rows for i in range(n)], dtype=np.bool_)


#: Rule → (name, reference), in the order in which they are applied.
RULES: dict[str, tuple[str, str]] = {
    "received": (N_("received"), ""),
    "no_answers": (N_("no row of answers"), ""),
    "excluded": (N_("left out by the study file"), ""),
    "blank": (N_("blank form"), "AAPOR (2023)"),
    "consent": (N_("no consent"), "AAPOR (2023)"),
    "duplicate_row": (N_("whole form sent again"), "Kuriakose & Robbins (2016)"),
    "duplicate_id": (N_("same id sent again"), "Kuriakose & Robbins (2016)"),
    "duplicate_answers": (N_("same answers sent again"), "Kuriakose & Robbins (2016)"),
    "out_of_scale": (N_("answer off the scale"), "Van den Broeck et al. (2005)"),
    "completion": (N_("unfinished form"), "AAPOR (2023)"),
    "longstring": (N_("long run of one answer"), "Johnson (2005)"),
    "irv": (N_("answers hardly vary"), "Dunn et al. (2018)"),
    "person_missing": (N_("too many analysed items missing"), "Hair et al. (2022)"),
    "observed": (N_("no value of a control variable"), ""),
    "outlier": (N_("multivariate outlier"), "Tabachnick & Fidell (2019)"),
    "missing": (N_("missing answer (listwise)"), "Little & Rubin (2019)"),
    "imputed": (N_("missing answer filled in"), "Little & Rubin (2019)"),
}

_ACTIONS = N_(
    {"dropped": "dropped", "set missing": "set missing", "reported": "reported, kept", "imputed": "filled in"}
)
_LOG = ["row", "respondent", "rule", "action", "item", "found", "what", "reference"]


def rule_name(rule: str, display: Display) -> str:
    """Return what a rule is called in a language; one that is not known stays as it is."""
    return display(RULES[rule][0]) if rule in RULES else rule


class CleaningLog:
    """The rows that are still in, and what happened to the others.

    Parameters
    ----------
    rows : sequence of int
        Each submission's row in the file.
    respondents : sequence of str
        Their ids.
    labels : {"en", "es"}
        Language of the log's sentences and the flow's labels.

    left_out : sequence of (row, reason)
        Rows of the file that hold no answers.

    Attributes
    ----------
    kept : (n,) array of bool
    dropped_by : list of str
        The rule that dropped each row, empty for a kept one.
    """

    def __init__(
        self,
        rows: Sequence[int],
        respondents: Sequence[str],
        labels: Language,
        left_out: Sequence[tuple[int, str]] = (),
    ) -> None:
        self._rows, self._respondents, self.language = list(rows), list(respondents), labels
        self.kept: Mask = np.ones(len(self._rows), dtype=np.bool_)
        self.dropped_by = [""] * len(self._rows)
        self._entries: list[dict[str, object]] = []
        self._steps: list[dict[str, object]] = []
        self.step("received", left=len(left_out))
        if left_out:
            for number, why in left_out:
                self._log(number, "", "no_answers", "dropped", why, "", "")
            self.step("no_answers", dropped=len(left_out))

    def say(self, text: str) -> str:
        """Return a text of the code in the log's language."""
        return translate(text, self.language)

    def note(self, row: int, rule: str, action: str, what: str, *, item: str = "", found: str = "") -> None:
        """Write one decision about one row."""
        self._log(self._rows[row], self._respondents[row], rule, action, what, item, found)

    def _log(self, row: int, who: str, rule: str, action: str, what: str, item: str, found: str) -> None:
        self._entries.append(
            {
                "row": row,
                "respondent": who,
                "rule": rule,
                "action": action,
                "item": item,
                "found": found,
                "what": f"{self.say(_ACTIONS[action])}: {what}",
                "reference": RULES[rule][1],
            }
        )

    def step(
        self, rule: str, *, parameter: str = "", dropped: int = 0, flagged: int = 0, left: int = 0
    ) -> None:
        """Write a rule's line of the flow, after its rows were taken out of ``kept``."""
        name, reference = RULES[rule]
        rows_kept = int(self.kept.sum()) + left
        self._steps.append(
            {
                "rule": rule,
                "label": translate(name, self.language),
                "parameter": parameter,
                "rows_in": rows_kept + dropped,
                "dropped": dropped,
                "flagged": flagged,
                "rows_kept": rows_kept,
                "reference": reference,
            }
        )

    def drop(self, rule: str, broken: Mask, what: Callable[[int], str], *, parameter: str = "") -> None:
        """Drop the rows, still in, that break a rule."""
        out = [int(i) for i in np.flatnonzero(broken & self.kept)]
        for i in out:
            self.note(i, rule, "dropped", what(i))
            self.kept[i] = False
            self.dropped_by[i] = rule
        self.step(rule, parameter=parameter, dropped=len(out))

    def report(self, rule: str, flagged: Mask, what: Callable[[int], str], *, parameter: str = "") -> None:
        """Log the rows, still in, that a rule flags, and keep them."""
        rows = [int(i) for i in np.flatnonzero(flagged & self.kept)]
        for i in rows:
            self.note(i, rule, "reported", what(i))
        self.step(rule, parameter=parameter, flagged=len(rows))

    def losses(self) -> str:
        """List how many rows each rule dropped, for a message."""
        return ", ".join(f"{s['label']} {s['dropped']}" for s in self._steps if s["dropped"])

    def log(self) -> pd.DataFrame:
        """Return one row a decision."""
        return pd.DataFrame(self._entries, columns=_LOG)

    def flow(self) -> pd.DataFrame:
        """Return one row a rule."""
        return pd.DataFrame(self._steps)
