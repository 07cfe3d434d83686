"""What the front page says of the results: the states of the printed figures in the READMEs and the CODECHECK manifest.

Both are rewritten by ``make reproduce`` from the contracts, so that no number in them is typed by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import yaml

from surveypls.compendium.outputs import PICTURES, SHEETS, article_table, notebook_of
from surveypls.compendium.project import Project, own_project
from surveypls.errors import CompendiumError
from surveypls.report import over_surveys, printed
from surveypls.study.definition import Study
from tableaudit.cell_states import STATES, count_states
from tabletext.display import Display
from tabletext.language import Language
from tabletext.storage import write_atomically

_BLOCK = re.compile(r"(<!-- states: begin -->\n).*?(<!-- states: end -->)", flags=re.DOTALL)
PAGES: dict[str, Language] = {"README.md": "en", "README.es.md": "es"}
#: The article's one figure, redrawn.
ARTICLE_FIGURE = "fig_4_1_path_diagram"


def state_block(states: pd.DataFrame, display: Display, sentences: Sequence[str] = ()) -> str:
    """Return what the front page says of the printed figures: what holds, and the states in each table.

    Parameters
    ----------
    states : DataFrame
        As :func:`tableaudit.cell_states.states` returns them.
    display : Display
        The page's language.
    sentences : sequence of str
        What else holds.
    """
    counts = count_states(states)
    rows = [(name, row) for name, row in counts.iterrows()] + [(display("All"), counts.sum())]
    signs = [sign for sign, *_ in STATES.values()]
    said = (
        printed.states(states, display=display),
        printed.contradictions(states, display=display),
        *sentences,
    )
    lines = [
        *(f"- {text}" for text in filter(None, said)),
        "",
        f"| {display('Table')} | {display('printed')} | {' | '.join(signs)} |",
        "|---|" + "---:|" * (len(signs) + 1),
        *(f"| {name} | {row.sum()} | {' | '.join(map(str, row))} |" for name, row in rows),
        "",
        " · ".join(f"{sign} {display(text)}" for sign, _, text in STATES.values()),
    ]
    return "\n".join(lines) + "\n"


def refresh(root: Path) -> list[str]:
    """Rewrite the states in the READMEs and ``codecheck.yml``; return the files that changed.

    Without states (a study with no printed values) there is nothing to rewrite.
    """
    path = root / "data" / "derived" / "05_states.csv"
    if not path.is_file():
        return []
    states = pd.read_csv(path, dtype={"table": str})
    project = own_project(root, root)
    study = project.study
    changed = []
    for name, language in PAGES.items():
        text = (root / name).read_text(encoding="utf-8")
        blocks = list(_BLOCK.finditer(text))
        if len(blocks) != 1:
            raise CompendiumError(f"{name}: expected one block between 'states: begin' and 'states: end'")
        (block,) = blocks
        display = study.display(language)
        shown = state_block(states, display, _sentences(project, display))
        fresh = text[: block.start()] + block[1] + shown + block[2] + text[block.end() :]
        if write_atomically(root / name, fresh.encode("utf-8")):
            changed.append(name)
    if write_atomically(root / "codecheck.yml", codecheck(study).encode("utf-8")):
        changed.append("codecheck.yml")
    return changed


def _sentences(project: Project, display: Display) -> list[str]:
    """Return what the kept results say of the hypotheses over n."""
    study = project.study
    said: list[str] = []
    if project.has("S2_ensemble"):
        surveys = project.read("S2_ensemble")
        alpha = study.bootstrap.significance
        said.append(over_surveys.decided(surveys, study.hypotheses, alpha, display=display))
        said.append(
            over_surveys.printed_t_meets(surveys, study.hypotheses, project.printed_t(), display=display)
        )
    if project.has("S3_required_n"):
        needed = project.read("S3_required_n")
        said.append(printed.required_n(needed, study.hypotheses, display=display))
    return said


def codecheck(study: Study) -> str:
    """Return the CODECHECK manifest (https://codecheck.org.uk/spec/config/1.0/).

    It lists what the article has: its tables and figure, recomputed, and the paper about them.
    """
    entries = [
        {
            "file": f"tables/{stem}.csv",
            "comment": f"the article's Table {article_table(stem)}, recomputed in notebook {notebook_of(stem)}",
        }
        for stem in sorted(filter(article_table, SHEETS), key=lambda stem: article_table(stem) or 0)
    ]
    assert ARTICLE_FIGURE in PICTURES
    entries.append(
        {
            "file": f"figures/{ARTICLE_FIGURE}.svg",
            "comment": f"the article's Figure 1, recomputed in notebook {notebook_of(ARTICLE_FIGURE)}",
        }
    )
    entries += [
        {
            "file": f"paper/paper_{language}.pdf",
            "comment": "the paper, made from the contracts of all notebooks",
        }
        for language in ("en", "es")
    ]
    content = {
        "version": "https://codecheck.org.uk/spec/config/1.0/",
        "paper": {"title": study.title("en"), "authors": [{"name": "The surveypls developers"}]},
        "summary": "make reproduce rebuilds every file below from data/raw/survey.csv (synthetic, calibrated to the "
        "article's printed tables).",
        "manifest": entries,
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
