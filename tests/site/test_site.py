"""What ends a build of the site: links that lead nowhere, things from elsewhere; where the paper's links lead."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "docs" / "site"))
from links import problems
from paper_page import paper_page

from tableaudit.audit import audit
from tableaudit.findings import GRADE_NAMES
from tableaudit.report import as_text
from tableaudit.tables_in import read_article
from tabletext.catalogue import translate


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ('<a href="b.html">', []),
        ('<a href="b.html#there">', []),
        ('<a href="https://doi.org/10.1/1">', []),
        ('<a href="c.html">', ["a.html: no file for c.html"]),
        ('<a href="b.html#gone">', ["a.html: no place for b.html#gone"]),
        ('<a href="#gone">', ["a.html: no place for #gone"]),
        ('<img src="https://elsewhere.org/x.png">', ["a.html: loads https://elsewhere.org/x.png"]),
        ('<script src="//elsewhere.org/x.js"></script>', ["a.html: loads //elsewhere.org/x.js"]),
        ('<link rel="stylesheet" href="gone.css">', ["a.html: no file for gone.css"]),
    ],
)
def test_addresses(tmp_path: Path, written: str, wrong: list[str]) -> None:
    (tmp_path / "a.html").write_text(written, encoding="utf-8")
    (tmp_path / "b.html").write_text('<p id="there">', encoding="utf-8")
    assert problems(tmp_path) == wrong


def _shown(kind: str, title: str, heading: str) -> str:
    start = "<figure><figcaption>" if kind == "fig" else '<div class="table"><p>'
    link = f'<a class="source" href="../notebooks/es/03_x.ipynb#{heading}">notebook 03</a>'
    return f"{start}<em>{title}</em> {link}"


PLACES = [
    {"notebook": "03_x", "heading": "One", "stem": "table_3_1_a", "title": "A"},
    {"notebook": "03_x", "heading": "Two", "stem": "table_3_2_b", "title": "B"},
    {"notebook": "03_x", "heading": "Two", "stem": "table_3_3_c", "title": "C"},
    {"notebook": "03_x", "heading": "Two", "stem": "fig_3_1_d", "title": "D"},
]


@pytest.mark.parametrize(
    ("kind", "title", "heading", "stem", "anchored"),
    [
        ("table", "other words", "One", "table_3_1_a", True),  # alone under its heading
        ("table", "C", "Two", "table_3_3_c", True),  # found by its title
        ("fig", "other words", "Two", "fig_3_1_d", True),  # the only figure there
        ("table", "other words", "Two", "table_3_2_b", False),  # undecided: the first, and no anchor
    ],
)
def test_the_paper_leads_to_the_cell(kind: str, title: str, heading: str, stem: str, anchored: bool) -> None:
    page, stems = paper_page(f"<body><h1>T</h1>{_shown(kind, title, heading)}</body>", PLACES)
    assert f'href="notebooks/03_x.html#{stem}"' in page
    assert (f' id="{stem}"' in page) is anchored
    assert stems == ({stem} if anchored else set())


def test_a_heading_that_no_notebook_has() -> None:
    with pytest.raises(SystemExit, match=r"no output under the heading 'Gone' of 03_x\.ipynb"):
        paper_page(f"<body><h1>T</h1>{_shown('fig', 'D', 'Gone')}</body>", PLACES)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_example_of_the_audit_is_what_the_audit_says(tmp_path: Path, language: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "site" / "pages" / f"audit.{language}.md").read_text(
        encoding="utf-8"
    )
    article, report = (
        re.search(rf"```{kind}\n(.*?)```", page, flags=re.DOTALL) for kind in ("markdown", "text")
    )
    assert article is not None and report is not None
    (tmp_path / "article.md").write_text(article[1], encoding="utf-8")
    said = as_text(audit(read_article(tmp_path / "article.md").published()), language)
    assert report[1].strip() in said
    for words in GRADE_NAMES.values():
        assert f"\n| {translate(words, language)} |" in page
