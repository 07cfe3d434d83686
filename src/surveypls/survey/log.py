"""Book-keeping of a screening: which rows are still in, every decision, and the count after each rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabletext.language import Language

Mask = NDArray[np.bool_]

#: Rule → (name in English, in Spanish, reference), in the order in which they are applied.
RULES: dict[str, tuple[str, str, str]] = {
    "received": ("received", "recibidos", ""),
    "no_answers": ("no row of answers", "fila sin respuestas", ""),
    "excluded": ("left out by the study file", "excluidos por el archivo del estudio", ""),
    "blank": ("blank form", "formulario en blanco", "AAPOR (2023)"),
    "consent": ("no consent", "sin consentimiento", "AAPOR (2023)"),
    "duplicate_row": (
        "whole form sent again",
        "formulario completo repetido",
        "Kuriakose & Robbins (2016)",
    ),
    "duplicate_id": ("same id sent again", "mismo identificador repetido", "Kuriakose & Robbins (2016)"),
    "duplicate_answers": (
        "same answers sent again",
        "mismas respuestas repetidas",
        "Kuriakose & Robbins (2016)",
    ),
    "out_of_scale": ("answer off the scale", "respuesta fuera de la escala", "Van den Broeck et al. (2005)"),
    "completion": ("unfinished form", "formulario sin terminar", "AAPOR (2023)"),
    "longstring": ("long run of one answer", "racha larga de una respuesta", "Johnson (2005)"),
    "irv": ("answers hardly vary", "respuestas casi sin variación", "Dunn et al. (2018)"),
    "person_missing": (
        "too many analysed items missing",
        "faltan demasiados ítems analizados",
        "Hair et al. (2022)",
    ),
    "observed": ("no value of a control variable", "sin valor de una variable de control", ""),
    "outlier": ("multivariate outlier", "caso atípico multivariado", "Tabachnick & Fidell (2019)"),
    "missing": ("missing answer (listwise)", "respuesta faltante (por lista)", "Little & Rubin (2019)"),
    "imputed": ("missing answer filled in", "respuesta faltante completada", "Little & Rubin (2019)"),
}

_ACTIONS = {
    "dropped": ("dropped", "descartado"),
    "set missing": ("set missing", "tratado como faltante"),
    "reported": ("reported, kept", "señalado, conservado"),
    "imputed": ("filled in", "completado"),
}
_LOG = ["row", "respondent", "rule", "action", "item", "found", "what", "reference"]


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
        self._rows, self._respondents, self._labels = list(rows), list(respondents), labels
        self.kept: Mask = np.ones(len(self._rows), dtype=np.bool_)
        self.dropped_by = [""] * len(self._rows)
        self._entries: list[dict[str, object]] = []
        self._steps: list[dict[str, object]] = []
        self.step("received", left=len(left_out))
        if left_out:
            for number, why in left_out:
                self._log(number, "", "no_answers", "dropped", why, "", "")
            self.step("no_answers", dropped=len(left_out))

    def say(self, english: str, spanish: str) -> str:
        """Choose the sentence in the log's language."""
        return spanish if self._labels == "es" else english

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
                "what": f"{self.say(*_ACTIONS[action])}: {what}",
                "reference": RULES[rule][2],
            }
        )

    def step(
        self, rule: str, *, parameter: str = "", dropped: int = 0, flagged: int = 0, left: int = 0
    ) -> None:
        """Write a rule's line of the flow, after its rows were taken out of ``kept``."""
        english, spanish, reference = RULES[rule]
        rows_kept = int(self.kept.sum()) + left
        self._steps.append(
            {
                "rule": rule,
                "label": self.say(english, spanish),
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
        return (
            ", ".join(f"{s['label']} {s['dropped']}" for s in self._steps if s["dropped"]) or "none dropped"
        )

    def log(self) -> pd.DataFrame:
        """Return one row a decision."""
        return pd.DataFrame(self._entries, columns=_LOG)

    def flow(self) -> pd.DataFrame:
        """Return one row a rule."""
        return pd.DataFrame(self._steps)
