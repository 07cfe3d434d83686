"""The front pages: their verdicts and the manifest come from the contracts; their links lead somewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from surveypls.compendium import front_page
from surveypls.compendium.outputs import PICTURES, SHEETS, article_table, notebook_of
from surveypls.errors import CompendiumError
from surveypls.sections import SECTIONS
from surveypls.study.definition import load_study
from tableaudit.cell_states import states
from tableaudit.printed import load_published
from tabletext.display import Display

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "README.es.md", "docs/architecture.md", "docs/own_survey.md", "data/README.md")


STATES = pd.DataFrame(
    {"table": ["1", "1", "2"], "state": ["follows", "contradicted unless", "open"], "printed": ["0.1"] * 3,
     "statistic": ["ave", "composite_reliability", "htmt"], "row": ["X", "X", "X"], "column": ["", "", "Y"],
     "under": ["", "it is rho_A", ""], "under_es": ["", "ρA", ""]}
)  # fmt: skip


def test_states_are_counted_by_table() -> None:
    lines = front_page.state_block(STATES, Display(), ["More."]).splitlines()
    assert lines[0].startswith("- Of 3 printed figures **0** are contradicted by the others under every")
    assert lines[1] == "- In contradiction: Composite reliability (as printed) of X, unless it is rho_A."
    assert lines[2] == "- More."
    assert lines[4] == "| Table | printed | ✗ | ✗? | = | ○ | – | # |"
    assert lines[6:9] == [
        "| 1 | 2 | 0 | 1 | 1 | 0 | 0 | 0 |",
        "| 2 | 1 | 0 | 0 | 0 | 1 | 0 | 0 |",
        "| All | 3 | 0 | 1 | 1 | 1 | 0 | 0 |",
    ]
    assert "= follows from the other printed cells" in lines[-1]
    assert "se sigue de las demás" in front_page.state_block(STATES, Display("es", "point"))


def test_refresh_rewrites_only_the_block(tmp_path: Path) -> None:
    derived = tmp_path / "data" / "derived"
    derived.mkdir(parents=True)
    shutil.copy(ROOT / "data/derived/05_states.csv", derived)
    for name in ("README.md", "README.es.md"):
        (tmp_path / name).write_text("a\n<!-- states: begin -->\nold\n<!-- states: end -->\nb\n")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "study.yaml", tmp_path)
    assert front_page.refresh(tmp_path) == ["README.md", "README.es.md", "codecheck.yml"]
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("a\n<!-- states: begin -->\n- Of 62 printed figures")
    assert text.endswith("<!-- states: end -->\nb\n")
    assert "old" not in text
    assert front_page.refresh(tmp_path) == []
    (tmp_path / "README.md").write_text("no block")
    with pytest.raises(CompendiumError, match="expected one block"):
        front_page.refresh(tmp_path)


@pytest.mark.parametrize("name", list(front_page.PAGES))
def test_committed_pages_say_what_the_printed_tables_give(name: str, tmp_path: Path) -> None:
    """The states are computed anew from the printed values: no committed result is held against itself."""
    fresh = states(load_published(ROOT / "data" / "published"))
    text = (ROOT / name).read_text(encoding="utf-8")
    block = front_page.state_block(fresh, load_study(ROOT / "study.yaml").display(front_page.PAGES[name]))
    assert all(line in text for line in block.splitlines())
    surveys = pd.read_csv(ROOT / "data/derived/S2_ensemble.csv")
    t = surveys[surveys["statistic"] == "t_statistic"].groupby(["column", "n"])["value"].agg(["min", "max"])
    inside = [
        {n for (c, n), ends in t.iterrows() if c == column and ends["min"] <= printed <= ends["max"]}
        for column, printed in (("FI", 1.325), ("RC", 2.528))
    ]
    assert not set.intersection(*inside)  # as the page says
    assert ("the two printed t never meet" in text) or ("las dos t impresas nunca coinciden" in text)


def test_the_manifest_lists_what_the_article_has_and_the_paper() -> None:
    content = yaml.safe_load((ROOT / "codecheck.yml").read_text(encoding="utf-8"))
    files = [entry["file"] for entry in content["manifest"]]
    assert [re.findall(r"table_(\d)", name) for name in files[:6]] == [[str(k)] for k in range(1, 7)]
    assert files[6:] == ["figures/fig_4_1_path_diagram.svg", "paper/paper_en.pdf", "paper/paper_es.pdf"]
    assert all((ROOT / name).is_file() for name in files)
    notebooks = [re.findall(r"notebook (\d\d)", entry["comment"]) for entry in content["manifest"][:7]]
    assert notebooks == [["02"], ["03"], ["03"], ["03"], ["04"], ["04"], ["04"]]


def test_each_output_is_shown_by_the_notebook_of_its_number() -> None:
    shown: dict[str, str] = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for stem in re.findall(r'project\.show\(\\"(\w+)\\"', path.read_text(encoding="utf-8")):
            assert stem not in shown, f"{stem} is shown twice"
            shown[stem] = path.name.partition("_")[0]
    of_sections = {stem for section in SECTIONS for stem in (*section.tables, *section.figures)}
    assert shown == {stem: notebook_of(stem) for stem in (*PICTURES, *SHEETS) if stem not in of_sections}
    assert all(notebook_of(stem) == s.notebook for s in SECTIONS for stem in (*s.tables, *s.figures))
    assert [article_table(stem) for stem in ("table_6_model_quality", "table_4_1_paths")] == [6, None]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), f"{page}: {target}"


@pytest.mark.parametrize("page", ["README.md", "README.es.md", "data/README.md"])
def test_pages_say_that_the_survey_is_synthetic(page: str) -> None:
    assert re.search(r"synthetic|sintétic", (ROOT / page).read_text(encoding="utf-8"))


def test_every_table_and_figure_carries_the_notice() -> None:
    tables = [p for p in (ROOT / "tables").glob("*.csv") if not _without_data(p)]
    assert tables
    for path in tables:
        assert "data_note" in path.read_text(encoding="utf-8").splitlines()[0], path.name
    for path in (ROOT / "figures").glob("*.svg"):
        assert path.stat().st_size > 0


def _without_data(path: Path) -> bool:
    """Tables of the article alone, which use no responses."""
    return bool(re.search(r"_(states|contradicted|statements)|table_S1_|threshold", path.stem))
