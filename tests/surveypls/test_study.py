"""Reading and checking study files."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from plsem.names import nearest
from surveypls.study.definition import Study, StudyError, load_study, parse_study
from surveypls.study.settings import Text

ROOT = Path(__file__).parents[2]
SMALL = """
id: small
title: A small study
constructs:
  X: [x1, x2, x3]
  M: {items: [m1, m2], mode: B}
  Y: {items: [y1], label: {es: Resultado}}
paths: [X -> M, M -> Y, X -> Y]
hypotheses:
  - {id: H1, path: X -> Y, effect: indirect, statement: X works through M}
"""


def test_the_shipped_study() -> None:
    study = load_study(ROOT / "study.yaml")
    assert [len(c.items) for c in study.constructs] == [10, 5, 6]
    assert study.path_pairs == (("INFRATICS", "FI"), ("INFRATICS", "RC"))
    assert study.synthetic is not None
    assert [h.id for h in study.hypotheses] == ["H1", "H2"]


def test_a_small_study() -> None:
    study = parse_study(SMALL)
    assert study.blocks(["x3", "x1", "y1"]) == {"X": ("x1", "x3"), "M": (), "Y": ("y1",)}
    assert study.modes == {"X": "A", "M": "B", "Y": "A"}
    assert study.label("Y", "en") == "Resultado"
    assert study.label("X", "es") == "X"
    assert study.construct_of("m2") == "M"
    assert study.title("es") == "A small study"
    assert study.bootstrap.n_resamples == 10_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("X -> M", "path 'X -> N' names an unknown construct 'N'"),
        ("M -> Y", "form a cycle"),
        ("x3", "item 'm1' stands in two constructs"),
        ("mode: B", "constructs.M.mode: expected 'A' or 'B' (found 'C')"),
        ("title:", "titel: unknown key; did you mean 'title'?"),
        ("id: small", "id: "),
        ("y1", "'M' names both a construct and an item"),
        ("effect: indirect", "hypothesis H1: no path 'Y -> X'"),
    ],
)
def test_each_fault_is_named(change: str, message: str) -> None:
    faulty = {
        "X -> M": SMALL.replace("X -> M,", "X -> N,"),
        "M -> Y": SMALL.replace("M -> Y,", "M -> Y, Y -> X,"),
        "x3": SMALL.replace("x3", "m1"),
        "mode: B": SMALL.replace("mode: B", "mode: C"),
        "title:": SMALL.replace("title:", "titel:"),
        "id: small": SMALL.replace("id: small", "id: 3 small"),
        "y1": SMALL.replace("[y1]", "[M]"),
        "effect: indirect": SMALL.replace("path: X -> Y, effect: indirect", "path: Y -> X"),
    }[change]
    with pytest.raises(StudyError) as error:
        parse_study(faulty, source="mine.yaml")
    assert message in str(error.value)
    assert "mine.yaml" in str(error.value)


def test_a_hypothesis_may_say_its_direction() -> None:
    assert parse_study(SMALL).hypotheses[0].sign is None
    signed = SMALL.replace("effect: indirect,", "effect: indirect, sign: negative,")
    assert parse_study(signed).hypotheses[0].sign == "negative"
    with pytest.raises(StudyError, match=r"hypotheses\.H1\.sign: expected 'positive' or 'negative'"):
        parse_study(signed.replace("negative", "minus"))


def test_all_faults_at_once() -> None:
    with pytest.raises(StudyError) as error:
        parse_study(SMALL.replace("title:", "titel:").replace("mode: B", "mode: C") + "labels: fr\n")
    for part in ("titel", "title: missing", "mode", "labels"):
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected keys"),
        ("- a\n- b\n", "expected keys"),
        ("id: [1", "not valid YAML"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("id: a\nid: b\n", "line 2: key 'id' stands twice"),
        ("id: !!python/object/apply:os.getcwd []\n", "not valid YAML"),
        ("? [1, 2]\n: 3\n", "a key must be plain text"),
        ("[" * 5000, "nested too deeply"),
        ("id: 2024-13-45\n", "study.yaml"),
    ],
)
def test_hostile_yaml(text: str, message: str) -> None:
    with pytest.raises(StudyError, match=r"(?s)study\.yaml") as error:
        parse_study(text)
    assert message in str(error.value)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"none\.yaml: cannot be read"):
        load_study(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("título: x".encode("latin-1"))
    with pytest.raises(StudyError, match="not UTF-8"):
        load_study(tmp_path / "latin.yaml")
    (tmp_path / "big.yaml").write_text("a" * 1_000_001)
    with pytest.raises(StudyError, match="not a study file"):
        load_study(tmp_path / "big.yaml")


def test_lookups_name_the_nearest() -> None:
    study = parse_study(SMALL)
    with pytest.raises(KeyError, match="did you mean 'X'"):
        study.get("x")
    with pytest.raises(KeyError, match="did you mean 'm2'"):
        study.construct_of("m22")
    assert nearest("zzz", ["a", "b"]) == "; valid names: a, b"


@given(st.permutations(["X", "M", "Y", "Z"]), st.integers(0, 3))
def test_any_cycle_is_found(order: list[str], extra: int) -> None:
    paths = [f"{a} -> {b}" for a, b in itertools.pairwise(order)]
    content = {
        "id": "s",
        "title": "t",
        "constructs": {n: [f"{n.lower()}{i}" for i in range(3)] for n in order},
        "paths": paths,
    }
    assert isinstance(Study.model_validate(content), Study)
    if extra:
        content["paths"] = [*paths, f"{order[extra]} -> {order[0]}"]
        with pytest.raises(StudyError, match=r"cycle|itself"):
            parse_study(yaml.safe_dump(content))


def test_text_has_a_fallback() -> None:
    assert Text(en="a")("es") == "a"
    assert Text(es="b")("en") == "b"
