"""The registry of long searches: made anew, held against what is kept, kept only when asked to."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from plsem.resampling.parallel import run_tasks
from surveypls.__main__ import main
from surveypls.compendium import searches
from surveypls.compendium.project import own_project
from surveypls.compendium.searches import SEARCHES, Search, difference, find, run
from surveypls.compendium.simulations import double_coverage
from surveypls.errors import ParameterError
from surveypls.study.definition import load_study

ROOT = Path(__file__).parents[2]
DERIVED = ROOT / "data" / "derived"


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(text)
    return path


def test_rows_are_told_apart_by_name_and_numbers_by_more_than_rounding(tmp_path):
    kept = _file(tmp_path, "kept", "k,v,w\na,1,x\nb,2,x\nc,3,x\nd,4,x\n")
    made = _file(tmp_path, "made", "k,v,w\nb,2.000001,x\na,1.5,x\nc,3,y\ne,5,x\n")
    told = difference(made, kept, ["k"])
    assert (told.rows, told.changed, told.new, told.left) == (4, 2, 1, 1)
    assert told.largest == pytest.approx(0.5) and not told.same
    assert str(told) == (
        "made.csv: 4 rows made; 2 differ, 1 are not among the kept; largest difference of a number 0.5; "
        "1 kept rows not made"
    )
    alone = difference(made, kept, ["k"], ["w"])
    assert (alone.changed, alone.largest) == (1, 0.0)
    assert difference(kept, kept, ["k"]).same


def test_rows_of_one_name_are_taken_in_order_and_columns_are_counted(tmp_path):
    kept = _file(tmp_path, "kept", "k,v\na,1\na,2\n")
    made = _file(tmp_path, "made", "k,v,extra\na,1\na,3\n")
    told = difference(made, kept, ["k"])
    assert (told.changed, told.new, told.columns) == (1, 0, ("extra",))
    part = difference(_file(tmp_path, "part", "k,v\na,1\n"), kept, ["k"])
    assert part.same and part.left == 1
    assert difference(made, tmp_path / "none.csv", ["k"]).new == 2


CALLS: list[int] = []


def _square(number: int) -> int:
    CALLS.append(number)
    return number * number


def _make(project, size, **how):
    values = run_tasks(_square, [(number,) for number in range(size)], **how)
    return {"X_squares": pd.DataFrame({"k": range(size), "v": values})}


def _sums(project, size, **how):
    return {
        "X_sum": pd.DataFrame(
            {"k": ["all"], "v": [sum(run_tasks(_square, [(n,) for n in range(size)], **how))]}
        )
    }


@pytest.fixture
def registry(toy, monkeypatch):
    CALLS.clear()
    entries = {
        "squares": Search({"X_squares": ("k",)}, "squares", 1, 4, 2, "numbers", _make),
        "sum": Search({"X_sum": ("k",)}, "a sum", 1, 4, 2, "numbers", _sums, pooled=True),
    }
    monkeypatch.setattr(searches, "SEARCHES", entries)
    return own_project(toy, toy / "build" / "searches")


def test_nothing_kept_changes_until_it_is_asked_for(registry):
    kept = registry.root / "data" / "derived" / "X_squares.csv"
    kept.parent.mkdir(parents=True)
    kept.write_text("k,v\n0,0\n1,1\n2,5\n3,9\n")
    stream = io.StringIO()
    found = run(registry, ["squares"], stream=stream)
    assert [(told.changed, told.new, told.left) for told in found] == [(1, 0, 0)]
    assert "about 1 processor minutes" in stream.getvalue() and "1 differ" in stream.getvalue()
    assert kept.read_text() == "k,v\n0,0\n1,1\n2,5\n3,9\n"
    made = registry.output / "data" / "derived" / "X_squares.csv"
    run(registry, ["squares"], keep=True, stream=stream)
    assert kept.read_bytes() == made.read_bytes() and "2,4" in kept.read_text()
    assert sorted(CALLS) == [0, 1, 2, 3]  # the second time from the store
    (registry.root / "src" / "plsem").mkdir()
    (registry.root / "src" / "plsem" / "new.py").write_text("")
    run(registry, ["squares"], stream=stream)
    assert len(CALLS) == 8  # other code, another store


def test_a_part_is_rows_of_the_whole_or_kept_beside_it(registry):
    found = {told.contract: told for told in run(registry, keep=True, stream=io.StringIO())}
    assert list(found) == ["X_squares", "X_sum", "X_sum_first"]
    quick = {told.contract: told for told in run(registry, quick=True, stream=io.StringIO())}
    assert list(quick) == ["X_squares", "X_sum_first"] and all(told.same for told in quick.values())
    assert quick["X_squares"].left == 2
    with pytest.raises(ParameterError, match="cannot be kept"):
        run(registry, quick=True, keep=True)
    with pytest.raises(ParameterError, match="no search 'square'; did you mean 'squares'"):
        run(registry, ["square"])


@pytest.mark.parametrize("name", SEARCHES)
def test_what_the_registry_names_is_kept_and_each_row_has_its_name(name):
    search = find(name)
    for contract, key in search.contracts.items():
        frame = pd.read_csv(DERIVED / f"{contract}.csv", keep_default_na=False)
        assert set(key) <= set(frame.columns)
        assert contract == "S2_answers" or not frame.duplicated(list(key)).any()
        assert (DERIVED / f"{contract}_first.csv").is_file() == search.pooled
        assert any(
            f'"{contract}"' in p.read_text(encoding="utf-8").replace("\\", "")
            for p in (ROOT / "notebooks").glob("S*.ipynb")
        )
    assert 0 < search.part < search.size


def test_the_first_samples_of_the_double_bootstrap_give_what_is_kept():
    seed = load_study(ROOT / "study.yaml").seed
    made = double_coverage(find("calibrated").part, seed=seed, sizes=[25], cases=[("normal", "moderate")])
    kept = pd.read_csv(DERIVED / "S4_double_first.csv")
    own = kept[
        (kept["answers"] == "normal") & (kept["population"] == "moderate") & (kept["n_observations"] == 25)
    ]
    pd.testing.assert_frame_equal(made, own.reset_index(drop=True), check_dtype=False, atol=2e-6, rtol=0)


def test_the_command_lists_them_and_names_an_unknown_one(capsys):
    assert main(["searches", "--list"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in SEARCHES) and "S4_double" in shown
    assert main(["searches", "calibratd"]) == 2
    assert "did you mean 'calibrated'" in capsys.readouterr().err
