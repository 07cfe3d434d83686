"""All that the audit says of articles of many forms is what it said when it was looked at (``kept_lists``)."""

from __future__ import annotations

import pytest
from audit_lists import ARTICLES, listed
from kept_lists import DATA, difference, kept


def test_every_list_has_its_article():
    assert {path.stem for path in (DATA / "audits").iterdir()} == set(ARTICLES)


@pytest.mark.parametrize("name", ARTICLES)
def test_the_whole_report(name):
    assert difference(listed(ARTICLES[name]()), kept("audits", name)) == ""
