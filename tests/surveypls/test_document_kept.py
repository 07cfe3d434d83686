"""A document with every kind of block is typeset as it was when it was looked at (``kept_lists``)."""

from __future__ import annotations

from kept_lists import difference, kept
from table_files import set_in_type


def test_a_document_for_typst_the_web_and_word(tmp_path):
    assert difference(set_in_type(tmp_path), kept("files", "document")) == ""
