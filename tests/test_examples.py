"""Every example in a docstring, and the tutorial, run as they stand."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = re.compile(r"^\s*>>> (?!.*\+SKIP)", flags=re.MULTILINE)
WITH_EXAMPLES = sorted(
    p for p in (ROOT / "src").rglob("*.py") if EXAMPLE.search(p.read_text(encoding="utf-8"))
)


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("name", [_module(path) for path in WITH_EXAMPLES])
def test_the_examples_of_a_module(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted > 0
    assert found.failed == 0


def test_the_tutorial() -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```pycon\n(.*?)```", text, flags=re.DOTALL))
    example = doctest.DocTestParser().get_doctest(code, {}, "tutorial.md", None, None)
    assert len(example.examples) > 20
    assert doctest.DocTestRunner().run(example).failed == 0
