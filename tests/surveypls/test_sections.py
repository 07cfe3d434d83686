"""The optional sections: which studies have them, their cells, and what their sentence says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from surveypls import sections
from surveypls.compendium.notebook_text import fitted
from surveypls.study.definition import load_study
from tabletext.display import ENGLISH

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "04_structural_model.ipynb"


def test_only_a_study_with_products_has_the_section_on_moderation() -> None:
    with_products = load_study(ROOT / "examples" / "town_bus" / "study.yaml")
    without = load_study(ROOT / "study.yaml")
    assert "moderation" in [s.key for s in sections.of(with_products)]
    assert sections.of(without) == ()
    there = [cell.source for cell in fitted(NOTEBOOK, with_products, "en").cells]
    place = there.index('project.show("fig_4_3_effects", analysis)')
    assert there[place + 1].startswith("## Moderation")
    assert there[place + 2] == 'project.show("table_4_8_interactions", analysis)'
    assert not any("Moderation" in cell.source for cell in fitted(NOTEBOOK, without, "en").cells)


def test_the_sentence_on_moderation_says_both_scales_and_where_the_slope_differs() -> None:
    key = {"product": "X*M", "slope": "X -> Y", "moderator": "M"}
    effect = {"product": "X*M", "first": "X", "second": "M", "target": "Y", "path_coefficient": -0.084}
    sizes = {"interaction_effect": -0.071, "f_squared": 0.021, "size_kenny": "medium", "size_cohen": "small"}
    slopes = pd.DataFrame([key | {"level": m, "original": 0.5 - 0.071 * m} for m in (-1, 0, 1)])
    regions = pd.DataFrame(
        [
            key | {"from": -np.inf, "to": 1.25, "sign": "+", "share": 0.9},
            key | {"from": 1.25, "to": np.inf, "sign": np.nan, "share": 0.1},
        ]
    )
    section, study = sections.called("moderation"), load_study(ROOT / "study.yaml")
    text = section.sentence(study, pd.DataFrame([effect | sizes]), slopes, regions, display=ENGLISH)
    for part in ("X × M → Y", "0.021, medium by Kenny's scale and small by Cohen's", "values below 1.25 SD"):
        assert part in text, text
    assert "0.571 where M is one standard deviation below" in text
    none = section.sentence(
        load_study(ROOT / "study.yaml"),
        pd.DataFrame([effect | sizes]),
        slopes,
        regions.iloc[1:],
        display=ENGLISH,
    )
    assert "at no value of the moderator" in none
