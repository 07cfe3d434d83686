"""The second worked example: made anew byte for byte, and run from end to end as anybody would run it."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import jsonschema
import nbformat
import numpy as np
import pandas as pd
import pytest

from surveypls.__main__ import main
from surveypls.study.definition import load_study
from surveypls.study.schema import SCHEMA_FILE, schema_text, study_schema
from surveypls.study.strict_yaml import load_yaml
from surveypls.survey.check import check

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "library_app"
COMMITTED = ("notebooks", "data", "figures", "tables")


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_survey", EXAMPLE / "make_survey.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_survey_is_made_anew_byte_for_byte() -> None:
    for name, content in _generator().files().items():
        assert (EXAMPLE / name).read_bytes() == content, name


def test_the_example_is_what_it_says() -> None:
    study = load_study(EXAMPLE / "study.yaml")
    assert len(study.constructs) == 5
    assert sorted(study.modes.values()) == ["A", "A", "A", "A", "B"]
    assert [c.name for c in study.constructs if len(c.items) == 1] == ["REC"]
    assert study.published is None
    report = check(EXAMPLE / "survey.csv", EXAMPLE / "study.yaml")
    assert report.errors == ()
    assert "300 rows" in report.facts[0]


def _digest() -> dict[str, str]:
    files = [p for folder in COMMITTED for p in (ROOT / folder).rglob("*") if p.is_file()]
    return {
        str(p): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in files
        if ".ipynb_checkpoints" not in p.parts
    }


@pytest.fixture(scope="module")
def run() -> Iterator[Path]:
    """Run the example with few resamples; nothing of the paper may change."""
    folder = ROOT / "build" / "example_test"
    before = _digest()
    arguments = ["--name", "example_test", "--resamples", "100"]
    assert main(["run", str(EXAMPLE / "survey.csv"), str(EXAMPLE / "study.yaml"), *arguments]) == 0
    assert _digest() == before
    yield folder
    shutil.rmtree(folder)


@pytest.mark.slow
def test_every_notebook_ran(run: Path) -> None:
    names = sorted(p.name for p in (run / "notebooks").glob("*.ipynb"))
    assert [n[:2] for n in names] == ["01", "02", "03", "04", "05"]
    for name in names:
        notebook = nbformat.read(run / "notebooks" / name, as_version=4)
        counts = [c.execution_count for c in notebook.cells if c.cell_type == "code"]
        assert counts == list(range(1, len(counts) + 1)), name
        assert not any(o.output_type == "error" for c in notebook.cells for o in c.get("outputs", []))


@pytest.mark.slow
def test_the_notebooks_speak_of_this_study_only(run: Path) -> None:
    for path in (run / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        shown = [c.source for c in notebook.cells if c.cell_type == "markdown"]
        for cell in notebook.cells:
            for out in cell.get("outputs", []):
                data = out.get("data", {})
                shown += [str(v) for kind, v in data.items() if not kind.startswith("image/")]
                shown.append(out.get("text", ""))
        text = "\n".join(shown)
        assert not re.search(r"\barticle|INFRATICS|Valle de|calibrated|\bNone\b|\bnan\b", text), path.name
        assert "What makes students go on" in text
        assert "No student was asked" in text


@pytest.mark.slow
def test_figures_and_tables_are_there(run: Path) -> None:
    stems = {p.stem for p in (run / "figures").glob("*.png")}
    for stem in (
        "fig_1_3_responses",
        "fig_2_1_scree",
        "fig_3_1_htmt",
        "fig_4_1_path_diagram",
        "fig_4_3_effects",
    ):
        assert stem in stems
    assert all((run / "figures" / f"{stem}.svg").is_file() for stem in stems)
    assert {"table_4_12_mediation", "table_3_1_items"} <= {p.stem for p in (run / "tables").glob("*.xlsx")}
    assert not list(run.rglob("*.tmp*"))


@pytest.mark.slow
def test_results_find_the_population_model(run: Path) -> None:
    table = pd.read_csv(run / "data" / "derived" / "04_structural.csv", keep_default_na=False, na_values=[""])
    values = table.fillna({"row": "", "column": ""}).set_index(["statistic", "row", "column"])["original"]
    made = _generator()
    for target, sources in made.PATHS.items():
        for source, true in sources.items():
            # Composites of noisy items are correlated less than the constructs themselves.
            assert values["path_coefficient", source, target] == pytest.approx(true, abs=0.17)
    a, b = values["path_coefficient", "EASE", "SAT"], values["path_coefficient", "SAT", "USE"]
    assert values["indirect_effect", "EASE", "USE"] == pytest.approx(a * b, abs=1e-9)
    weights = [values["outer_weight", f"SERV{i}", "SERV"] for i in (1, 2, 3, 4)]
    assert weights[0] == max(weights)
    assert all(1 < values["outer_vif", f"SERV{i}", "SERV"] < 2 for i in (1, 2, 3, 4))
    assert values["outer_loading", "SAT4", "SAT"] > 0.7
    retained = pd.read_csv(run / "data" / "derived" / "02_retained_items.csv")["item"].tolist()
    assert retained == [i for i in made.ITEMS if i != "EASE5"]


# the schema ----------------------------------------------------------------------------------------
def test_the_schema_is_in_step() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run python -m surveypls.study.schema"


@pytest.mark.parametrize(
    "path",
    [ROOT / "study.yaml", EXAMPLE / "study.yaml", ROOT / "examples" / "town_bus" / "study.yaml"],
    ids=["paper", "example", "all terms"],
)
def test_study_files_fit_the_schema_and_name_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named is not None
    assert (path.parent / named[1]).resolve() == SCHEMA_FILE
    jsonschema.Draft202012Validator.check_schema(study_schema())
    jsonschema.validate(load_yaml(text), study_schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 20250303", "sed: 20250303"),
        ("n_resamples: 5000", "n_resamples: 5"),
        ("missing: mean", "missing: median"),
        ("title: What", "titel: What"),
        ("effect: indirect", "effect: sideways"),
        ("model: |", "paths: [A -> B]\nmodel: |"),
        ("EASE: {label", "EASE: {lable"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(old: str, new: str) -> None:
    text = (EXAMPLE / "study.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(load_yaml(text.replace(old, new)), study_schema())


def test_the_population_is_a_correlation_matrix() -> None:
    r = _generator().population()
    assert np.allclose(r, r.T)
    assert np.allclose(np.diag(r), 1)
    assert np.linalg.eigvalsh(r).min() > 0.1
