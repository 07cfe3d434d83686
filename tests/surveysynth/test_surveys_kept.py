"""A seed gives the survey that it gave (``kept_lists``): what is shipped can be made again."""

from __future__ import annotations

import pytest
from kept_lists import DATA, difference, kept
from synth_lists import SURVEYS


def test_every_list_has_its_survey():
    assert {path.stem for path in (DATA / "surveys").iterdir()} == set(SURVEYS)


@pytest.mark.filterwarnings("ignore:1 of 60 resamples failed")
@pytest.mark.parametrize("name", SURVEYS)
def test_the_same_survey(name):
    assert difference(SURVEYS[name](), kept("surveys", name)) == ""
