"""All that the audit says of articles of many forms is what it said when it was looked at (``kept_lists``)."""

from __future__ import annotations

import pytest
from audit_lists import ARTICLES, listed, shown
from kept_lists import DATA, difference, kept


def test_every_list_has_its_article():
    assert {path.stem for path in (DATA / "audits").iterdir()} == {*ARTICLES, "forms_of_the_report"}


@pytest.mark.parametrize("name", ARTICLES)
def test_the_whole_report(name):
    assert difference(listed(ARTICLES[name]()), kept("audits", name)) == ""


def test_the_forms_of_a_report():
    assert difference(shown(), kept("audits", "forms_of_the_report")) == ""
