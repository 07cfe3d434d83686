"""Models as text in lavaan's notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plsem.model_text import ModelTextError, parse_model, write_model
from surveypls.study.definition import Study, StudyError, parse_study

HEAD = "id: a\ntitle: A\n"
TEXT = """
# measurement
X =~ x1 + x2
   + x3            # goes on
M <~ m1 +
     m2
Y =~ y1; X =~ x4
! structure
M ~ X
Y ~ X + M
"""


def test_a_model() -> None:
    assert parse_model(TEXT) == {
        "constructs": {
            "X": {"items": ["x1", "x2", "x3", "x4"], "mode": "A"},
            "M": {"items": ["m1", "m2"], "mode": "B"},
            "Y": {"items": ["y1"], "mode": "A"},
        },
        "paths": ["X -> M", "X -> Y", "M -> Y"],
    }


def test_several_targets_share_sources() -> None:
    assert parse_model("A =~ a\nB =~ b\nC =~ c\nB + C ~ A")["paths"] == ["A -> B", "A -> C"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("X = a", "line 1: 'X = a': expected CONSTRUCT =~"),
        ("X =~ a\nX ~~ Y", "line 2: 'X ~~ Y': covariances are not part"),
        ("X =~ a\ni := a*b", "indirect and total effects are computed by themselves"),
        ("X -> Y", "write the target first"),
        ("X =~ 1*a", "fixed or labelled coefficients"),
        ("Y ~ X:Z", "'X' is no construct"),
        ("X =~ a b", "names are joined by +"),
        ("X =~ a, b", "names are joined by +"),
        ("X =~ 2a", "'2a' is not a name"),
        ("X =~ a + + b", "a name is missing"),
        ("X =~", "a name is missing"),
        ("=~ a", "a name is missing"),
        ("X =~ a + a", "a stands twice"),
        ("X + Y =~ a", "one construct stands before =~, found 'X', 'Y'"),
        ("X =~ a\nX <~ b", "line 2: construct 'X' is measured by =~ and by <~"),
        ("X =~ a =~ b", "several statements"),
        ("hello", "no operator"),
        ("", "no measurement"),
        ("# nothing", "no measurement"),
        ("X =~ a", "no path"),
        ("x" * 100_001, "this is not a model"),
    ],
)
def test_each_fault_is_named(text: str, message: str) -> None:
    with pytest.raises(ModelTextError) as error:
        parse_model(text)
    assert message in str(error.value)


def test_all_lines_at_fault_are_listed() -> None:
    with pytest.raises(ModelTextError) as error:
        parse_model("X = a\nY =~ b\nZ ~~ Y\nY ~ 3")
    assert [p.split(":")[0] for p in error.value.problems] == ["line 1", "line 3", "line 4"]


def test_a_study_with_a_model_equals_one_written_out() -> None:
    long = parse_study(
        HEAD + "constructs:\n  X: {items: [x1, x2], label: Cause}\n  M: {items: [m1, m2], mode: B}\n"
        "  Y: {items: [y1], sign_item: y1}\npaths: [X -> M, X -> Y, M -> Y]\n"
    )
    short = parse_study(
        HEAD + "model: |\n  X =~ x1 + x2\n  M <~ m1 + m2\n  Y =~ y1\n  M ~ X\n  Y ~ X + M\n"
        "constructs: {X: {label: Cause}, Y: {sign_item: y1}}\n"
    )
    assert short == long
    assert Study.model_validate(short.model_dump()) == short


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("paths: [X -> Y]\n", "paths: stands beside model"),
        ("constructs: {X: [x1]}\n", "constructs: beside model it holds labels only"),
        ("constructs: {X: {items: [x1]}}\n", "constructs.X.items: is said by model"),
        ("constructs: {Xx: {label: a}}\n", "constructs.Xx: not in model; did you mean 'X'?"),
    ],
)
def test_model_and_constructs_agree(more: str, message: str) -> None:
    with pytest.raises(StudyError) as error:
        parse_study(HEAD + "model: |\n  X =~ x1\n  Y =~ y1\n  Y ~ X\n" + more)
    assert message in str(error.value)


def test_model_is_checked_like_any_other() -> None:
    with pytest.raises(StudyError, match="form a cycle"):
        parse_study(HEAD + "model: |\n  X =~ x1\n  Y =~ y1\n  Y ~ X\n  X ~ Y\n")
    with pytest.raises(StudyError, match="unknown construct 'Z'"):
        parse_study(HEAD + "model: |\n  X =~ x1\n  Y =~ y1\n  Y ~ X + Z\n")
    with pytest.raises(StudyError, match="model: expected text"):
        parse_study(HEAD + "model: [1]\n")


@given(
    st.dictionaries(
        st.from_regex(r"[A-Z][A-Za-z_]{0,8}", fullmatch=True), st.tuples(st.integers(1, 4), st.sampled_from("AB")),
        min_size=2, max_size=6,
    ),
    st.data(),
)  # fmt: skip
def test_writing_and_reading_are_inverse(shape: dict[str, tuple[int, str]], data: st.DataObject) -> None:
    names = list(shape)
    blocks = {c: [f"i{k}_{n}" for n in range(size)] for k, (c, (size, _)) in enumerate(shape.items())}
    modes = {c: mode for c, (_, mode) in shape.items()}
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    chosen = data.draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    found = parse_model(write_model(blocks, chosen, modes))
    assert {c: body["items"] for c, body in found["constructs"].items()} == blocks
    assert {c: body["mode"] for c, body in found["constructs"].items()} == modes
    assert sorted(found["paths"]) == sorted(f"{a} -> {b}" for a, b in chosen)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_model(text)
    except ModelTextError as error:
        assert error.problems
