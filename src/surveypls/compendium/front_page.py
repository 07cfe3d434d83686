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
from surveypls.errors import CompendiumError
from surveypls.report import printed
from surveypls.study.definition import Study, load_study
from tableaudit.cell_states import STATES, count_states
from tableaudit.implied_size import plausible_sizes
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
    study = load_study(root / "study.yaml")
    changed = []
    for name, language in PAGES.items():
        text = (root / name).read_text(encoding="utf-8")
        blocks = list(_BLOCK.finditer(text))
        if len(blocks) != 1:
            raise CompendiumError(f"{name}: expected one block between 'states: begin' and 'states: end'")
        (block,) = blocks
        display = study.display(language)
        shown = state_block(states, display, _sentences(path.parent, display))
        fresh = text[: block.start()] + block[1] + shown + block[2] + text[block.end() :]
        if write_atomically(root / name, fresh.encode("utf-8")):
            changed.append(name)
    if write_atomically(root / "codecheck.yml", codecheck(study).encode("utf-8")):
        changed.append("codecheck.yml")
    return changed


def _sentences(derived: Path, display: Display) -> list[str]:
    """Return what the contracts say of sample sizes."""
    said: list[str] = []
    if (path := derived / "S1_implied_size.csv").is_file():
        said.append(printed.plausible_sizes(plausible_sizes(pd.read_csv(path)), display=display))
    if (path := derived / "S3_required_n.csv").is_file():
        said.append(printed.required_sizes(pd.read_csv(path), display=display))
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
