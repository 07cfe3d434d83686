"""No default of a public function or class changes unseen (``faces``)."""

from __future__ import annotations

from faces import listed
from kept_lists import kept


def test_the_defaults():
    assert listed() == kept("faces", "defaults")
