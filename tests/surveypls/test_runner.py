"""Running notebooks: contracts, staging, failure, parameters, resuming."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from toy_compendium import FIRST, SECOND, STUDY, execute_here, write_notebook

from surveypls.compendium import parameters, record, runner
from surveypls.compendium.project import Project, open_project
from surveypls.errors import CompendiumError, ContractError, NotebookError, ParameterError
from surveypls.study.definition import load_study
from tabletext.storage import write_atomically


def _tree(root: Path) -> dict[str, bytes]:
    files = (p for p in root.rglob("*") if p.is_file() and "build" not in p.parts)
    return {str(p.relative_to(root)): p.read_bytes() for p in files}


def test_reproduce_twice_changes_nothing_the_second_time(toy: Path) -> None:
    stream = io.StringIO()
    changed = runner.reproduce(toy, stream=stream)
    assert set(changed) == {
        "notebooks/01_a.ipynb",
        "notebooks/02_b.ipynb",
        "notebooks/es/01_a.ipynb",
        "notebooks/es/02_b.ipynb",
        "data/derived/01_a.csv",
        "data/derived/02_b.csv",
    }
    assert pd.read_csv(toy / "data/derived/02_b.csv").v[0] == 20_000
    assert "[2/2] 02_b" in stream.getvalue()
    before = _tree(toy)
    assert runner.reproduce(toy, stream=stream) == []
    assert _tree(toy) == before


def test_supplements_run_beside_the_paper(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook(toy / "notebooks" / "03_c.ipynb", "_ = project.write('03_c', project.read('02_b'))")
    write_notebook(toy / "notebooks" / "S1_d.ipynb", "_ = project.write('S1_d', project.read('01_a'))")
    stream = io.StringIO()
    changed = runner.reproduce(toy, stream=stream)
    assert {"data/derived/S1_d.csv", "data/derived/03_c.csv"} <= set(changed)
    assert "[4/4] S1_d" in stream.getvalue()
    monkeypatch.setattr(runner, "execute", execute_here)
    write_notebook(toy / "notebooks" / "S1_d.ipynb", "1 / 0")
    before = _tree(toy)
    with pytest.raises(NotebookError, match="S1_d"):
        runner.reproduce(toy, stream=io.StringIO())
    assert _tree(toy) == before


def test_a_failing_notebook_leaves_everything_as_it_was(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(runner, "execute", execute_here)
        runner.reproduce(toy, stream=io.StringIO())
    write_notebook(toy / "notebooks" / "01_a.ipynb", FIRST.replace("n_resamples]", "n_resamples + 1]"))
    write_notebook(toy / "notebooks" / "02_b.ipynb", "project.write('02_b', project.read('01_a'))\n1 / 0")
    before = _tree(toy)
    with pytest.raises(NotebookError) as error:
        runner.reproduce(toy, stream=io.StringIO())
    assert (error.value.notebook, error.value.cell, error.value.name) == (
        "02_b.ipynb",
        3,
        "ZeroDivisionError",
    )
    assert "1 / 0" in error.value.source
    assert not error.value.is_user_error
    assert _tree(toy) == before
    assert (toy / "build" / "failed" / "02_b.ipynb").is_file()


def test_a_named_run_touches_nothing_else_and_resumes(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _tree(toy)
    study = load_study(toy / "study.yaml")
    given = {"survey": toy / "data/raw/survey.csv", "study_file": toy / "study.yaml", "name": "mine"}
    write_notebook(toy / "notebooks" / "02_b.ipynb", "1 / 0")
    broken = _tree(toy)
    with pytest.raises(NotebookError), monkeypatch.context() as patch:
        patch.setattr(runner, "execute", execute_here)
        runner.run(toy, study, **given, settings={"n_resamples": 500}, stream=io.StringIO())
    assert not (toy / "build" / "mine").exists()
    assert _tree(toy) == broken
    # the notebook is mended: the code changed, so the run begins afresh
    write_notebook(toy / "notebooks" / "02_b.ipynb", SECOND)
    stream = io.StringIO()
    folder = runner.run(toy, study, **given, settings={"n_resamples": 500}, stream=stream)
    assert "done before" not in stream.getvalue()
    assert pd.read_csv(folder / "data/derived/02_b.csv").v[0] == 1000
    assert _tree(toy) == before
    assert not (folder / "progress.json").exists()
    executed = nbformat.read(folder / "notebooks" / "01_a.ipynb", as_version=4)
    assert any("injected-parameters" in c.metadata.get("tags", []) for c in executed.cells)


def _given(toy: Path) -> dict[str, object]:
    return {"survey": toy / "data/raw/survey.csv", "study_file": toy / "study.yaml", "name": "mine"}


def _folders(toy: Path) -> list[str]:
    return sorted(p.name for p in (toy / "build").iterdir() if p.name not in {"failed", ".locks"})


def _run_again(toy: Path, **settings: object) -> str:
    stream = io.StringIO()
    study = load_study(toy / "study.yaml")
    runner.run(toy, study, **_given(toy), settings=settings, stream=stream)  # type: ignore[arg-type]
    return stream.getvalue()


@pytest.mark.usefixtures("no_kernel")
def test_the_same_run_again_replaces_the_first(toy: Path) -> None:
    _run_again(toy)
    (toy / "build" / "mine" / ".DS_Store").write_text("x")
    assert "kept as" not in _run_again(toy)
    assert _folders(toy) == ["mine"]


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda toy: (toy / "data/raw/survey.csv").write_text("x1\n2\n"), "other inputs: survey"),
        (lambda toy: (toy / "study.yaml").write_text(STUDY + "labels: es\n"), "other inputs: study"),
        (lambda toy: (toy / "src/code.py").write_text("x = 2\n"), "other versions of the code"),
        (lambda toy: (toy / "src/rules.csv").write_text("a\n"), "other versions of the code"),
        (lambda toy: _older_package(toy, "numpy"), "other versions of numpy"),
        (lambda toy: _older_package(toy, "python"), "other versions of python"),
        (lambda toy: (toy / "build/mine/note.txt").write_text("mine"), "changed or added: note.txt"),
        (lambda toy: (toy / "build/mine/data/derived/01_a.csv").write_text("v\n"), "01_a.csv"),
        (lambda toy: (toy / "build/mine/run.json").unlink(), "its record is missing"),
    ],
)
def test_what_would_be_lost_is_kept_under_a_dated_name(
    change: Callable[[Path], object], reason: str, toy: Path
) -> None:
    _run_again(toy)
    change(toy)
    before = {p.name: p.read_bytes() for p in (toy / "build/mine").rglob("*") if p.is_file()}
    said = _run_again(toy)
    new, old = _folders(toy)
    assert (new, old[:9]) == ("mine", "mine.old-")
    assert f"kept as build/{old}/" in said
    assert reason in said
    assert {p.name: p.read_bytes() for p in (toy / "build" / old).rglob("*") if p.is_file()} == before


def _older_package(toy: Path, name: str) -> None:
    """Let the record of a run say that it was made with an older version of a package."""
    path = toy / "build" / "mine" / "run.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["versions"][name] = "0.1"
    path.write_text(json.dumps(content), encoding="utf-8")


def _with_printed_values(toy: Path, folder: str) -> None:
    (toy / folder).mkdir()
    (toy / folder / "published_values.csv").write_text("statistic\n")
    (toy / "study.yaml").write_text(STUDY + f"published: {folder}\n")


@pytest.mark.usefixtures("no_kernel")
def test_other_printed_figures_keep_the_earlier_run_and_do_not_resume(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_printed_values(toy, "printed")
    _run_again(toy)
    copy = toy / "build/mine/inputs/published/published_values.csv"
    assert copy.read_text() == "statistic\n"
    values = toy / "printed" / "published_values.csv"
    values.write_text("statistic,row\n")
    with monkeypatch.context() as patch:
        patch.setattr(runner, "execute", _stops_at("02_b"))
        with pytest.raises(KeyboardInterrupt):
            _run_again(toy)
    values.write_text("statistic,row,column\n")
    said = _run_again(toy)
    assert "done before" not in said
    assert "other inputs: published/published_values.csv" in said


def _stops_at(stem: str) -> Callable[..., None]:
    def stop(notebook: Path, *more: object, **options: object) -> None:
        if notebook.stem == stem:
            raise KeyboardInterrupt
        execute_here(notebook, *more, **options)  # type: ignore[arg-type]

    return stop


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(
    ("change", "goes_on"),
    [
        (lambda toy: None, True),
        (lambda toy: (toy / "src/code.py").write_text("x = 2\n"), False),
        (lambda toy: (toy / "data/raw/survey.csv").write_text("x1\n2\n"), False),
        (lambda toy: (toy / "build/.mine.partial/.progress.json").write_text("{"), False),
    ],
)
def test_a_stopped_run_goes_on_only_with_the_same_code_and_inputs(
    change: Callable[[Path], object], goes_on: bool, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(runner, "execute", _stops_at("02_b"))
        with pytest.raises(KeyboardInterrupt):
            _run_again(toy)
    change(toy)
    assert _run_again(toy).count("done before") == goes_on
    assert {p.name for p in (toy / "build/mine/notebooks").iterdir()} == {"01_a.ipynb", "02_b.ipynb"}


def test_other_packages_do_not_go_on_with_a_stopped_run(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "execute", _stops_at("02_b"))
    with pytest.raises(KeyboardInterrupt):
        _run_again(toy)
    monkeypatch.setattr(runner, "execute", execute_here)
    monkeypatch.setattr(record, "packages", lambda: {"numpy": "0.1"})
    assert "done before" not in _run_again(toy)


@pytest.mark.usefixtures("no_kernel")
def test_other_settings_do_not_replace_a_full_run(toy: Path) -> None:
    _run_again(toy)
    assert "other inputs: settings" in _run_again(toy, n_resamples=500)


@pytest.mark.usefixtures("no_kernel")
def test_a_run_leaves_a_record_of_what_it_was_made_from(toy: Path) -> None:
    (toy / "book.csv").write_text("item\nx1\n")
    (toy / "study.yaml").write_text(STUDY + "survey: {codebook: book.csv}\n")
    _run_again(toy, n_resamples=500)
    folder = toy / "build" / "mine"
    found = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert found["inputs"]["survey"] == {
        "file": "survey.csv",
        "sha256": hashlib.sha256((toy / "data/raw/survey.csv").read_bytes()).hexdigest(),
    }
    assert (found["seed"], found["n_resamples"], found["settings"]) == (7, 500, {"n_resamples": 500})
    assert found["command"] == "python -m surveypls run survey.csv study.yaml --name mine --resamples 500"
    assert {"python", "numpy", "code_sha256"} <= set(found["versions"])
    for name in ("study.yaml", "book.csv"):
        assert (folder / "inputs" / name).read_bytes() == (toy / name).read_bytes()
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert {"run.json", "inputs/study.yaml", "notebooks/01_a.ipynb", "data/derived/02_b.csv"} <= set(sums)


def test_inputs_elsewhere_leave_no_absolute_path(toy: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("elsewhere")
    (other / "own.yaml").write_text(STUDY)
    (other / "own.csv").write_text("x1\n1\n")
    given = {**_given(toy), "survey": other / "own.csv", "study_file": other / "own.yaml"}
    folder = runner.run(toy, load_study(other / "own.yaml"), **given, stream=io.StringIO())  # type: ignore[arg-type]
    texts = [p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file()]
    assert not any(str(toy) in text or str(other) in text for text in texts)
    assert any("../" in text and "own.yaml" in text for text in texts)


@pytest.mark.parametrize("name", ["uv", "failed", "formats", "reproduce", "custom", "nbval", "es", "Quick"])
def test_names_used_otherwise_are_refused(name: str) -> None:
    with pytest.raises(ParameterError, match="used for something else"):
        record.check_own_name(name)
    assert record.check_own_name("quick_look") == "quick_look"


def test_make_clean_spares_own_runs(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parents[2] / "Makefile", tmp_path)
    kept = ["thesis", "thesis.old-2025-01-02-101112"]
    for name in (*kept, "uv", "failed", "quick", "reproduce", "custom", ".thesis.partial", ".locks"):
        (tmp_path / "build" / name).mkdir(parents=True)
    clean = ["make", "-s", "-C", str(tmp_path), "clean"]
    said = subprocess.run(clean, capture_output=True, text=True, check=True).stdout
    assert sorted(p.name for p in (tmp_path / "build").iterdir()) == kept
    assert all(f"build/{name}" in said for name in kept)
    shutil.rmtree(tmp_path / "build")
    (tmp_path / "build" / "uv").mkdir(parents=True)
    assert subprocess.run(clean, capture_output=True, text=True, check=True).stdout == ""
    assert not (tmp_path / "build").exists()


def test_unknown_parameters_are_errors(toy: Path) -> None:
    notebook = toy / "notebooks" / "01_a.ipynb"
    with pytest.raises(ParameterError, match=r"no parameter 'n_resample'; did you mean 'n_resamples'"):
        runner.execute(notebook, toy / "build/x.ipynb", {"n_resample": 5}, root=toy)
    bare = new_notebook(cells=[new_code_cell("x = 1")])
    nbformat.write(bare, toy / "notebooks" / "03_c.ipynb")
    with pytest.raises(ParameterError, match="no cell tagged"):
        runner.execute(toy / "notebooks" / "03_c.ipynb", toy / "build/x.ipynb", {"x": 5}, root=toy)


def test_plain_papermill_refuses_unknown_parameters_too(toy: Path) -> None:
    import papermill

    source, out = str(toy / "notebooks" / "01_a.ipynb"), str(toy / "out.ipynb")
    with pytest.raises(papermill.PapermillExecutionError, match="did you mean 'n_resamples'"):
        papermill.execute_notebook(source, out, {"n_resample": 5}, cwd=str(toy), progress_bar=False)


def test_plain_papermill_with_other_settings_leaves_the_paper_alone(toy: Path) -> None:
    import papermill

    source, out = str(toy / "notebooks" / "01_a.ipynb"), str(toy / "out.ipynb")
    papermill.execute_notebook(
        source, out, {"n_resamples": 500}, cwd=str(toy / "notebooks"), progress_bar=False
    )
    assert not (toy / "data" / "derived").exists()
    assert pd.read_csv(toy / "build/custom/data/derived/01_a.csv").v[0] == 500


def test_missing_contract_names_thewrite_notebook(toy: Path) -> None:
    project = open_project("02_b")
    with pytest.raises(ContractError, match=r"run notebooks/01_a\.ipynb first"):
        project.read("01_a")


def test_a_named_run_does_not_read_the_papers_contracts(toy: Path) -> None:
    open_project("01_a").write("01_a", pd.DataFrame({"v": [1.0]}))
    assert open_project("02_b").read("01_a").v[0] == 1
    assert open_project("02_b", n_resamples=500).read("01_a").v[0] == 1
    with pytest.raises(ContractError, match="of run 'mine'"):
        open_project("02_b", name="mine").read("01_a")


def test_contracts_keep_their_numbers(toy: Path) -> None:
    frame = pd.DataFrame({"a": [1 / 3, float("nan"), 1e-300], "b": ["NA", "", "x,y"]})
    project = open_project("01_a")
    project.write("01_a", frame)
    back = project.read("01_a")
    pd.testing.assert_frame_equal(back[["a"]], frame[["a"]], rtol=1e-11)
    assert back.b[0] == "NA"


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "a" * 61, "nul\0", "-x", "a b"])
def test_bad_names(name: str) -> None:
    with pytest.raises(ParameterError, match="run name"):
        parameters.check_name(name)


def test_bad_settings(toy: Path) -> None:
    with pytest.raises(ParameterError, match=r"bootstrap\.n_resamples"):
        open_project("01_a", n_resamples=0)
    with pytest.raises(ParameterError, match="labels"):
        open_project("01_a", labels="fr")
    with pytest.raises(ParameterError, match="needs a name"):
        open_project("01_a", survey="other.csv")


def test_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "__file__", str(tmp_path / "a" / "b" / "c.py"))
    with pytest.raises(CompendiumError, match="no project found"):
        parameters.find_root(tmp_path)


def test_from_elsewhere_the_project_is_the_packages_own(tmp_path: Path) -> None:
    assert parameters.find_root(tmp_path) == Path(__file__).parents[2]


def test_writing_is_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    assert write_atomically(path, b"one")
    assert not write_atomically(path, b"one")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_canonical_notebooks_hold_nothing_of_the_run() -> None:
    cell = new_code_cell("1", metadata={"papermill": {"duration": 1}, "tags": ["a"]}, execution_count=1)
    cell["id"] = "x"
    notebook = new_notebook(cells=[cell], metadata={"papermill": {"start_time": "now"}})
    content = json.loads(runner.canonical(notebook))
    assert content["cells"][0]["metadata"] == {"tags": ["a"]}
    assert set(content["metadata"]) == {"kernelspec", "language_info"}


def test_a_stream_that_was_cut_in_two_is_one() -> None:
    def notebook(*outputs: tuple[str, str]) -> nbformat.NotebookNode:
        cell = new_code_cell("1", outputs=[new_output("stream", name=n, text=t) for n, t in outputs])
        cell["id"] = "x"
        return new_notebook(cells=[cell])

    whole = runner.canonical(notebook(("stdout", "a\nb\n"), ("stderr", "c\n"), ("stdout", "d\n")))
    cut = (("stdout", "a\n"), ("stdout", "b\n"), ("stderr", "c\n"), ("stdout", "d\n"))
    assert runner.canonical(notebook(*cut)) == whole
    assert len(json.loads(whole)["cells"][0]["outputs"]) == 3


def test_project_languages(toy: Path) -> None:
    project = open_project("01_a")
    assert isinstance(project, Project)
    assert project.languages == ("en", "es")
    assert not project.display.notice
    assert open_project("01_a", labels="es").languages == ("es", "en")
    assert open_project("01_a", name="mine").languages == ("en",)
