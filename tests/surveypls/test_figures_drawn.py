"""Each figure of hand-made frames holds, at its place, what it held when it was looked at (``tests/drawn.py``)."""

from __future__ import annotations

import pytest
from drawn import EXPECTED, difference, drawn
from figure_cases import LONG_NOTICE, every_drawing

from tabletext.display import Display

DRAWINGS = every_drawing()


def test_every_list_has_its_figure():
    assert {path.stem for path in EXPECTED.iterdir()} == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_everything_stands_where_it_stood(name):
    figure, _ = DRAWINGS[name](display=Display("en", notice=LONG_NOTICE))
    expected = (EXPECTED / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert len(expected) > 10
    assert difference(drawn(figure), expected) == ""
