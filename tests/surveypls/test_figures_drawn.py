"""Each figure of hand-made frames holds, at its place, what it held when it was looked at (``kept_lists``)."""

from __future__ import annotations

import pytest
from drawn import drawn
from figure_cases import LONG_NOTICE, every_drawing
from kept_lists import DATA, difference, kept

from tabletext.display import Display

DRAWINGS = every_drawing()


def test_every_list_has_its_figure():
    assert {path.stem for path in (DATA / "figures").iterdir()} == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_everything_stands_where_it_stood(name):
    figure, _ = DRAWINGS[name](display=Display("en", notice=LONG_NOTICE))
    expected = kept("figures", name)
    assert len(expected) > 10
    assert difference(drawn(figure), expected, within=2e-4) == ""
