"""The table of the cleaning log."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from surveypls.tables.process import frame_table
from tabletext.display import ENGLISH, Display
from tabletext.language import Language
from tabletext.tabular import Table


def cleaning_log_table(
    logs: Mapping[Language, pd.DataFrame], *, most: int | None = None, display: Display = ENGLISH
) -> Table:
    """List what screening did, one row a decision.

    Parameters
    ----------
    logs : mapping of language to DataFrame
        Columns row, respondent, what, reference, as :func:`surveypls.survey.screening.clean` writes them in
        that language.
    most : int, optional
        Only so many decisions; the note says how many there are.
    display : Display
        Language, decimal sign and notice.
    """
    log = logs[display.language]
    shown = log if most is None else log.head(most)
    frame = shown[["row", "respondent", "item", "what", "reference"]].reset_index(drop=True)
    return frame_table(
        frame,
        title=display("What screening did, row by row"),
        headings={
            "row": display("Row"),
            "respondent": display("Respondent"),
            "item": display("Item"),
            "what": display("Decision"),
            "reference": display("Reference"),
        },
        kinds={"row": "text"},
        note=""
        if len(shown) == len(log)
        else display("The first {shown} of {log} decisions.", shown=len(shown), log=len(log)),
        display=display,
    )
