"""Every form that a table is written in is what it was when it was looked at (``kept_lists``)."""

from __future__ import annotations

import pytest
from kept_lists import difference, kept
from table_files import TABLES, written


@pytest.mark.parametrize("name", TABLES)
def test_a_table_in_every_form(name):
    assert difference(written(name), kept("files", name)) == ""
