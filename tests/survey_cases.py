"""A small study and surveys written in every way that people's files are."""

import numpy as np
import pandas as pd

from surveypls.study.definition import parse_study
from surveypls.survey.files import TextTable
from surveypls.survey.reading import survey_from_table

STUDY = """
id: t
title: t
survey:
  scale: {Nunca: 1, Casi nunca: 2, A veces: 3, Casi siempre: 4, Siempre: 5}
  missing_codes: ["", NA, "-99", "No sé"]
  respondent: Folio
  consent: {column: "¿Acepta?", accept: ["Sí", "Acepto"]}
constructs:
  A: [a1, a2, a3]
  B: [b1, b2]
paths: [A -> B]
"""
ITEMS = ["a1", "a2", "a3", "b1", "b2"]
CODEBOOK = pd.DataFrame(
    {
        "position": [1, 2, 3, 4, 5, 6],
        "item": ["a1", "a2", "x1", "a3", "b1", "b2"],
        "header": [
            f"{n}. ¿Pregunta número {w}?"
            for n, w in enumerate(["uno", "dos", "tres", "cuatro", "cinco", "seis"], 1)
        ],
        "reversed": ["no", "sí", "no", "no", "no", "no"],
        "text_en": [
            f"Question about {w}" for w in ("price", "place", "people", "promotion", "pace", "pride")
        ],
    }
)


def study(text="", **cleaning):
    found = parse_study(STUDY + text)
    return found.model_copy(update={"cleaning": found.cleaning.model_copy(update=cleaning)})


def raw(rows, header=None, *, study_=None, codebook=None, **options):
    """A raw survey of rows of text."""
    header = ["Folio", "¿Acepta?", *ITEMS] if header is None else header
    rows = [tuple(str(c) for c in row) for row in rows]
    table = TextTable(tuple(header), tuple(rows), tuple(range(2, len(rows) + 2)))
    return survey_from_table(table, study_ or study(), codebook, **options)


def varied(n, p=5, seed=0):
    """Rows of answers as digits, ids and consent, no two alike."""
    answers = np.random.default_rng(seed).integers(1, 6, size=(n, p))
    return [(f"R{i}", "Sí", *map(str, row)) for i, row in enumerate(answers, 1)]
