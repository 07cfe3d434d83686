"""The examples, run from raw answers to paper, say and write what their kept lists hold."""

from __future__ import annotations

import pytest
from kept_lists import difference, kept
from whole_runs import EXAMPLES, run

PARTS = ("01", "02", "03", "04", "05", "paper", "written")


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_run_says_and_writes_what_is_kept(example):
    found = run(example)
    assert tuple(found) == PARTS
    for part in PARTS:
        assert not (said := difference(found[part], kept("runs", f"{example}_{part}"))), f"{part}: {said}"
