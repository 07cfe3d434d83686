"""The table of the cleaning log."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from surveypls.tables.process import frame_table
from tabletext.language import Language
from tabletext.tabular import Table


def cleaning_log_table(
    logs: Mapping[Language, pd.DataFrame],
    *,
    most: int | None = None,
    labels: Language = "en",
    notice: str | None = None,
) -> Table:
    """List what screening did, one row a decision.

    Parameters
    ----------
    logs : mapping of language to DataFrame
        Columns row, respondent, what, reference, as :func:`surveypls.survey.screening.clean` writes them in
        that language.
    most : int, optional
        Only so many decisions; the note says how many there are.
    labels, notice
        See :class:`tabletext.tabular.Table`.
    """
    log = logs[labels]
    shown = log if most is None else log.head(most)
    frame = shown[["row", "respondent", "item", "what", "reference"]].reset_index(drop=True)
    return frame_table(
        frame,
        title={"en": "What screening did, row by row", "es": "Lo que hizo la depuración, fila por fila"},
        headings={
            "row": {"en": "Row", "es": "Fila"},
            "respondent": {"en": "Respondent", "es": "Encuestado"},
            "item": {"en": "Item", "es": "Ítem"},
            "what": {"en": "Decision", "es": "Decisión"},
            "reference": {"en": "Reference", "es": "Referencia"},
        },
        kinds={"row": "text"},
        note=""
        if len(shown) == len(log)
        else {
            "en": f"The first {len(shown)} of {len(log)} decisions.",
            "es": f"Las primeras {len(shown)} de {len(log)} decisiones.",
        },
        labels=labels,
        notice=notice,
    )
