"""The two examples run from raw answers to paper in this process, as lists of all that their cells show and write.

``kept_lists`` says what such a list is worth.  Few resamples; pictures are left out, ``drawn`` has them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from kept_lists import keep

from surveypls.compendium import project as compendium
from surveypls.compendium import showing
from surveypls.compendium.notebook_text import fitted
from surveypls.report import typeset
from surveypls.report.composer import compose
from surveypls.report.data import PaperData
from surveypls.study.definition import load_study

ROOT = Path(__file__).parents[1]
#: Example → language of its run.
EXAMPLES = {"library_app": "es", "town_bus": "en"}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
SETTINGS = {"name": "whole", "n_resamples": 100}


@contextmanager
def _hearing(output: Path) -> Iterator[list[str]]:
    """Collect what cells show; write to a folder."""
    said: list[str] = []

    def hand_over(forms: list[dict[str, Any]]) -> None:
        said.extend(line for form in forms for line in form["text/plain"].splitlines())

    with (
        mock.patch.dict(os.environ, {compendium.OUTPUT_VARIABLE: str(output)}),
        mock.patch.object(showing, "_picture", lambda *_: {}),
        mock.patch.object(showing, "_hand_over", hand_over),
        mock.patch.object(showing.export, "export"),
    ):
        yield said


@cache
def run(example: str) -> dict[str, list[str]]:
    """Return part of the run → its list."""
    folder = ROOT / "examples" / example
    study = load_study(folder / "study.yaml")
    given = {"study": str(folder / "study.yaml"), "survey": str(folder / "survey.csv"), **SETTINGS}
    given["labels"] = EXAMPLES[example]
    found: dict[str, list[str]] = {}
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        with TemporaryDirectory() as temporary, _hearing(Path(temporary)) as said:
            names: dict[str, Any] = {}
            for notebook in NOTEBOOKS:
                said.clear()
                names = {}
                for cell in fitted(notebook, study, EXAMPLES[example]).cells:
                    if cell.cell_type != "code":
                        said.extend(f"# {line}" for line in cell.source.splitlines())
                        continue
                    with redirect_stdout(StringIO()) as out:
                        exec(cell.source, names)
                    said.extend(out.getvalue().splitlines())
                    if "parameters" in cell.metadata.get("tags", []):
                        names.update(given)
                found[notebook.stem[:2]] = list(said)
            paper = compose(
                PaperData(names["project"]),
                Path(temporary) / "figures",
                display=names["project"].display,
                made_in=lambda stem: f"notebooks/03_made.ipynb#{stem}" if stem else "",
            )
            found["paper"] = typeset.to_typst(paper, {}).splitlines()
            found["written"] = _written(Path(temporary, "data", "derived"))
    finally:
        os.chdir(here)
    return found


def _written(folder: Path) -> list[str]:
    """Return the contracts to seven digits; the answers themselves are summed up in other contracts."""
    lines: list[str] = []
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in ("01_responses", "01_observed"):
            text = path.read_text(encoding="utf-8")
            lines += [path.stem, *re.sub(r"\d+\.\d{7,}", lambda d: f"{float(d[0]):.7g}", text).splitlines()]
    return lines


def main() -> None:
    """Keep the lists of both runs."""
    for example in EXAMPLES:
        for part, lines in run(example).items():
            keep("runs", f"{example}_{part}", lines)
