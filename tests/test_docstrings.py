"""What the reference says of each public function: arguments, result, errors, an example, a source, the same in R."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from numpydoc.docscrape import FunctionDoc

import surveypls

SOURCE = Path(__file__).parents[1] / "src"
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
#: Packages of R that are named, and how: in a line of its own among the notes.
R_FUNCTION = re.compile(r"``(?:seminr|seminrExtras|cSEM|psych|semTools|NCA|REndo|boot|stats|naniar|norm)::")
#: Rooms that compute no statistic of a literature: models, answers, columns, words.
NO_SOURCE = {
    "plsem.controls": "columns of categories",
    "plsem.model": "models",
    "plsem.quantities": "the registry; sources stand where statistics are computed",
    "plsem.statistic": "a row of it",
}


def _modules() -> Iterator[Any]:
    for package in ("plsem", "tableaudit"):
        for path in sorted((SOURCE / package).rglob("*.py")):
            name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
            if not name.rpartition(".")[2].startswith("_"):
                yield importlib.import_module(name)


def _things() -> dict[str, Any]:
    """Return what ``__all__`` of the modules names, by the place where it stands, with the methods of its classes."""
    found: dict[str, Any] = {}
    owners = [(module, getattr(module, "__all__", ())) for module in _modules()]
    for module, names in [*owners, (surveypls, surveypls.__all__)]:
        for name in names:
            thing = getattr(module, name)
            if not inspect.isfunction(thing) and not inspect.isclass(thing):
                continue  # a table of constants
            if thing.__module__ != module.__name__ and module is not surveypls:
                continue  # handed on; it is looked at where it stands
            found[f"{thing.__module__}.{thing.__qualname__}"] = thing
            if inspect.isclass(thing) and thing.__module__.partition(".")[0] != "surveypls":
                for key, member in vars(thing).items():
                    inner = member.__func__ if isinstance(member, classmethod | staticmethod) else member
                    if inspect.isfunction(inner) and not key.startswith("_"):
                        found[f"{inner.__module__}.{inner.__qualname__}"] = inner
    return found


THINGS = _things()
FUNCTIONS = {name: thing for name, thing in THINGS.items() if inspect.isfunction(thing)}
CLASSES = {name: thing for name, thing in THINGS.items() if inspect.isclass(thing)}


def _arguments(function: Any) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name not in {"self", "cls"}]


def _is_method(function: Any) -> bool:
    return "." in function.__qualname__


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arguments_and_result(name: str) -> None:
    function = FUNCTIONS[name]
    doc = FunctionDoc(function)
    assert doc["Summary"]
    if _is_method(function) and len(_arguments(function)) < 2:
        return  # a line says what it takes and gives
    described = {part.strip(" *") for item in doc["Parameters"] for part in item.name.split(",")}
    assert described == set(_arguments(function))
    if inspect.signature(function).return_annotation not in (None, "None"):
        assert doc["Returns"] or doc["Yields"]


def _raises(function: Any) -> bool:
    """Whether a function's own lines raise something."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return any(isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) for node in ast.walk(tree))


@pytest.mark.parametrize("name", [name for name, function in FUNCTIONS.items() if _raises(function)])
def test_errors(name: str) -> None:
    assert FunctionDoc(FUNCTIONS[name])["Raises"]


@pytest.mark.parametrize("name", [name for name, function in FUNCTIONS.items() if not _is_method(function)])
def test_an_example_that_runs(name: str) -> None:
    examples = FunctionDoc(FUNCTIONS[name])["Examples"]
    assert any(re.search(r">>> .*(?<!\+SKIP)$", line) for line in examples)


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_says_what_it_holds(name: str) -> None:
    text = inspect.getdoc(CLASSES[name]) or ""
    if issubclass(CLASSES[name], Exception):
        assert text
        return
    assert re.search(r"^(Parameters|Attributes)\n-", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", THINGS)
def test_a_formula_has_a_source(name: str) -> None:
    text = inspect.getdoc(THINGS[name]) or ""
    if ":math:" in text or ".. math::" in text:
        assert YEAR.search(text)


@pytest.mark.parametrize(
    "module", sorted({f.__module__ for f in FUNCTIONS.values() if f.__module__.startswith("plsem")})
)
def test_a_room_names_its_sources(module: str) -> None:
    said = [inspect.getdoc(thing) or "" for thing in THINGS.values() if thing.__module__ == module]
    assert bool(YEAR.search("\n".join(said))) is (module not in NO_SOURCE)


@pytest.mark.parametrize("name", THINGS)
def test_the_same_in_r_has_a_line_of_its_own(name: str) -> None:
    text = inspect.getdoc(THINGS[name]) or ""
    assert not re.search(r"(?<!In )\bR: ``", text)
    notes = re.search(r"^Notes\n-----\n(.*?)(?=\n\n\w+\n---|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    for paragraph in notes[1].split("\n\n") if notes else ():
        assert not R_FUNCTION.search(paragraph) or paragraph.startswith("In R: ")
