"""The public functions and classes of all packages with their arguments' defaults, as one kept list (``kept_lists``).

A default is what everyone gets who does not name the argument: to change one is to change results, and is seen here.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from kept_lists import keep

SOURCE = Path(__file__).parents[1] / "src"


def listed() -> list[str]:
    """Return a line for each public function, class and method that has a default: its name and its arguments."""
    lines: list[str] = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        if not name.endswith("__main__"):
            lines += _of(importlib.import_module(name))
    return lines


def _of(module: ModuleType) -> Iterator[str]:
    for name, thing in sorted(vars(module).items()):
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        members = {name: thing}
        if inspect.isclass(thing):
            own = sorted(vars(thing).items())
            members |= {f"{name}.{k}": v for k, v in own if not k.startswith("_") and inspect.isfunction(v)}
        for full, member in members.items():
            if inspect.isfunction(member) or inspect.isclass(member):
                yield from _line(f"{module.__name__}.{full}", member)


def _line(name: str, member: object) -> Iterator[str]:
    try:
        parameters = inspect.signature(inspect.unwrap(member)).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):  # a class that takes what its base, written in C, takes
        return
    given = [f"{p.name}={p.default!r}" for p in parameters if p.default is not inspect.Parameter.empty]
    if given:
        yield re.sub(r" at 0x[0-9a-f]+", "", f"{name}: {', '.join(given)}")


def main() -> None:
    """Keep the list."""
    keep("faces", "defaults", listed())
