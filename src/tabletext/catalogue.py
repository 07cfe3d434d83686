"""The one gettext catalogue of Spanish: English stands in the code where it is used.

A text is marked for the catalogue by the function that shows it (:class:`tabletext.display.Display`) or by
``N_`` where it is only named; a notebook's Markdown cell is an entry as a whole.  ``python -m
tabletext.catalogue`` writes the catalogue anew: sorted, without the texts that the code has no more, and with
an empty entry for each one that is not translated yet.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from plsem.names import N_
from plsem.thresholds import THRESHOLDS
from tabletext.storage import write_atomically

__all__ = ["FILE", "N_", "spanish", "translate", "translate_plural", "used"]

FILE = "locale/es/LC_MESSAGES/messages.po"
#: Where the code is whose texts are shown.
SOURCE = Path(__file__).parents[1]
#: Names whose call shows or names a text of the code.
_MARKERS = frozenset({"display", "shown", "d", "N_", "Said", "Picture", "note"})
#: Functions whose first argument is the language.
_IN_A_LANGUAGE = frozenset({"say", "_note"})
#: Methods of a class that has a display and shows its texts by them.
_OWN_METHODS = frozenset({"say", "heading"})
#: A remark on a parameter, which stands after its value.
_REMARK = re.compile(r"(?<=  # )(.+)$", flags=re.MULTILINE)
#: A text, its plural or "", and its context or "".
Text = tuple[str, str, str]


@lru_cache(maxsize=1)
def spanish() -> Catalog:
    """Read the Spanish catalogue, once."""
    with resources.files("tabletext").joinpath(FILE).open("rb") as file:
        return read_po(file, locale="es")


def translate(text: str, language: str, *, context: str | None = None) -> str:
    """Return a text of the code in a language.

    Parameters
    ----------
    text : str
        English, as it stands in the code.
    language : {"en", "es"}
        The language.
    context : str, optional
        Tells two meanings of one English word apart.

    Returns
    -------
    str
        The English text itself where the catalogue has no entry (a test finds such texts).
    """
    if language == "en" or not text:
        return text
    message = spanish().get(text, context)
    if message is None or not message.string:
        return text
    return message.string if isinstance(message.string, str) else str(message.string[0])


def translate_plural(one: str, many: str, count: float, language: str) -> str:
    """Return the form for one thing or for several; Spanish has its own two where the catalogue has a pair."""
    english = one if count == 1 else many
    if language == "en":
        return english
    message = spanish().get(one)
    if message is not None and isinstance(message.string, (tuple, list)) and all(message.string):
        return str(message.string[int(count != 1)])
    return translate(english, language)


def used(*packages: str) -> dict[Text, str]:
    """Return every text that the code marks for the catalogue, with the file and line of one place.

    Parameters
    ----------
    *packages : str
        Packages beside this one, or folders and files in them such as ``"plsem/efa"``; by default all,
        and the notebooks.
    """
    found: dict[Text, str] = {}
    for package in packages or _packages():
        root = SOURCE / package
        for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
            where = path.relative_to(SOURCE).as_posix()
            for text, line in marked_texts(path.read_text(encoding="utf-8")):
                found.setdefault(text, f"{where}:{line}")
    if not packages:
        for path in sorted((SOURCE.parent / "notebooks").glob("*.ipynb")):
            for said in notebook_texts(path):
                found.setdefault((said, "", ""), path.name)
        for row in THRESHOLDS.values():
            for said in (row.label, row.source, row.note, row.direction, *(name for _, name in row.sizes)):
                found.setdefault((said, "", ""), f"plsem/thresholds.csv: {row.statistic}")
    return {text: where for text, where in found.items() if any(c.isalpha() for c in text[0])}


def notebook_texts(path: Path) -> Iterator[str]:
    """Return what of a notebook is translated: Markdown cells, and the remarks on its parameters."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield source
        elif "parameters" in cell["metadata"].get("tags", []):
            yield from _REMARK.findall(source)


def marked_texts(source: str) -> Iterator[tuple[Text, int]]:
    """Find the marked texts of one module's source.

    >>> list(marked_texts('display("Rows" if many else "Row", context="table")'))
    [(('Rows', '', 'table'), 1), (('Row', '', 'table'), 1)]
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, own = _called(node.func)
        context = next((_constant(k.value) for k in node.keywords if k.arg == "context"), "")
        if name == "plural" and len(node.args) > 1:
            one, many = (_constant(argument) for argument in node.args[:2])
            if one:
                yield (one, many, context), node.lineno
        elif name in _MARKERS or (own and name in _OWN_METHODS) or name in _IN_A_LANGUAGE:
            place = 1 if name in _IN_A_LANGUAGE and not own else 0
            for text in filter(
                None, (t for argument in node.args[place : place + 1] for t in _texts(argument))
            ):
                yield (text, "", context), node.lineno


def _called(function: ast.expr) -> tuple[str, bool]:
    """Return the name that is called, and whether it is a method of ``self``."""
    if isinstance(function, ast.Attribute):
        return function.attr, isinstance(function.value, ast.Name) and function.value.id == "self"
    return (function.id if isinstance(function, ast.Name) else ""), False


def _texts(node: ast.expr) -> list[str]:
    """Return the texts of an expression: of either branch, of a dict's values, of a sequence's members."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.Dict):
        parts = node.values
    elif isinstance(node, (ast.Tuple, ast.List)):
        parts = node.elts
    else:
        return [_constant(node)]
    return [text for part in parts for text in _texts(part)]


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def renewed(old: Catalog) -> tuple[Catalog, list[str], list[str]]:
    """Return the catalogue of the texts in use, those without a translation, and those used no more."""
    new = Catalog(locale="es", charset="utf-8", fuzzy=False)
    missing, kept = [], set()
    plurals = {message.id[1] for message in old if isinstance(message.id, (tuple, list))}
    for (text, many, context), where in used().items():
        entry = old.get(text, context or None)
        if entry is None and text in plurals:
            continue
        kept.add((text, context))
        if entry is None or not entry.string or not all(entry.string):
            missing.append(f"{where}: {text}")
        if entry is not None and (not many or isinstance(entry.string, tuple)):
            new.add(entry.id, entry.string, context=context or None)
        else:
            new.add((text, many) if many else text, ("", "") if many else "", context=context or None)
    unused = []
    for message in old:
        text = _first(message.id)
        if not text or (text, message.context or "") in kept:
            continue
        if text in _named():
            new.add(message.id, message.string, context=message.context)
        else:
            unused.append(text)
    return new, missing, unused


def _packages() -> list[str]:
    """Return the packages that stand beside this one in its source tree, and itself."""
    return sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))


@lru_cache(maxsize=1)
def _named() -> frozenset[str]:
    """Return every string that stands in the code, marked or not: one that is only named may yet be shown."""
    modules = (path for name in _packages() for path in (SOURCE / name).rglob("*.py"))
    nodes = (node for path in modules for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return frozenset(n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))


def _first(name: str | tuple[str, ...] | list[str]) -> str:
    return name if isinstance(name, str) else name[0]


def written(catalogue: Catalog) -> bytes:
    """Return the catalogue as a file, sorted."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, sort_output=True, width=120, omit_header=True)
    head = 'msgid ""\nmsgstr ""\n"Language: es\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return (head + '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n').encode() + buffer.getvalue()


def main() -> int:
    """Write the catalogue anew; 1 where a text is not translated."""
    new, missing, unused = renewed(spanish())
    write_atomically(Path(__file__).parent / FILE, written(new))
    for name, texts in (("not translated", missing), ("removed, as it is not used", unused)):
        for text in texts:
            print(f"{name}: {text}", file=sys.stderr)
    return int(bool(missing))


if __name__ == "__main__":
    raise SystemExit(main())
