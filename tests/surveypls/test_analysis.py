"""What of an analysis is about constructs: without control variables, products and their paths."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from surveypls.compendium.synthesis import ANSWER_SHARES
from surveypls.report.printed import weight_errors
from surveypls.study.analysis import Analysis


def test_control_variables_and_products_are_no_constructs():
    study = SimpleNamespace(
        path_pairs=[("A", "B"), ("A*M", "B"), ("M", "B")],
        products={"A*M": ("A", "M")},
        controls={"AGE": "Age"},
    )
    model = SimpleNamespace(path_names=[("M", "B"), ("A", "B"), ("A*M", "B"), ("AGE", "B")])
    one = Analysis.__new__(Analysis)
    object.__setattr__(one, "study", study)
    object.__setattr__(one, "model", model)
    assert one.paths_of_constructs == [("M", "B"), ("A", "B")]
    frame = pd.DataFrame({"row": ["A", "AGE", "B"], "column": ["B", "B", "AGE"], "value": [1, 2, 3]})
    assert one.of_constructs(frame)["value"].tolist() == [1]


def test_errors_with_weights_estimated_anew_are_multiples_of_those_with_fixed_ones():
    simulated = pd.DataFrame(
        {
            "source": ["A", "A", "B"],
            "target": ["B", "B", "C"],
            "standard_error": [0.30, 0.22, 0.18],
            "fixed_weights_error": [0.20, 0.20, 0.20],
        }
    )
    assert weight_errors(simulated) == (
        "Standard error with weights estimated anew, as a multiple of that with fixed weights: A → B 1.10 to 1.50; "
        "B → C 0.90 to 0.90."
    )


def test_shares_of_answers_are_those_of_a_scale_of_five_and_add_up():
    assert [len(shares) for shares in ANSWER_SHARES] == [5] * len(ANSWER_SHARES)
    assert [sum(shares) for shares in ANSWER_SHARES] == pytest.approx([1.0] * len(ANSWER_SHARES))
