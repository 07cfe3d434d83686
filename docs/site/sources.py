"""Put together what Sphinx reads for one language: the project's own pages, notebooks and files, in their own folders.

Nothing is written twice: READMEs, guides, notebooks and the paper are taken as they are committed, and only links that
lead elsewhere on the site are changed.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from paper_page import paper_page

import plsem
from surveypls.report.composer import FIGURES
from tabletext.display import Display
from tabletext.language import Language

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(__file__).parent / "pages"
DOCUMENTED = ("plsem", "tableaudit")
#: Pages of the repository that the site shows as they are: in Spanish where a page has a twin, ``NAME.es.md``.
SHOWN = (
    "docs/own_survey.md",
    "docs/definitions.md",
    "docs/tutorial.md",
    "docs/audit_identities.md",
    "docs/audit_validation.md",
    "docs/architecture.md",
    "docs/reliability.md",
    "data/README.md",
    "data/published/README.md",
    "examples/README.md",
    "benchmarks/results.md",
    "benchmarks/ratios.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
)
FILES = ("tables/*.csv", "tables/*.docx", "figures/*.csv", "paper/*.pdf")
SHOW = re.compile(r'project\.show\(\s*"([A-Za-z0-9_]+)"')
WORDS = {
    "en": {
        "only English": "",
        "notebooks": "Notebooks",
        "outputs": "Figures and tables",
        "output": "Output",
        "notebook": "Notebook cell",
        "paper": "In the paper",
        "in paper": "in the paper",
        "file": "Files",
        "all": "all figures and tables",
        "intro": "Every figure and table of the notebooks: its cell, its file, and its place in the paper.",
        "reference": "Reference",
        "reference intro": "The public functions and classes, module by module; their examples run as they stand.",
        "inside": "Inside",
        "inside intro": "Modules that no page describes: the public ones call them.",
        "from R": "From R to plsem",
        "from R intro": "What gives the same in R, or nearly; where figures differ, the definitions say how.",
        "here": "Here",
    },
    "es": {
        "only English": "Esta página está en inglés.",
        "notebooks": "Cuadernos",
        "outputs": "Figuras y tablas",
        "output": "Resultado",
        "notebook": "Celda",
        "paper": "En el artículo",
        "in paper": "en el artículo del compendio",
        "file": "Archivos",
        "all": "todas las figuras y tablas",
        "intro": "Cada figura y cada tabla de los cuadernos: su celda, su archivo y su lugar en el artículo.",
        "reference": "Referencia",
        "reference intro": "Las funciones y clases públicas, módulo por módulo, en inglés; sus ejemplos corren.",
        "inside": "Por dentro de",
        "inside intro": "Módulos que ninguna página describe: los públicos los llaman.",
        "from R": "De R a plsem",
        "from R intro": "Qué da lo mismo en R, o casi; donde las cifras difieren, las definiciones dicen en qué.",
        "here": "Aquí",
    },
}


def assemble(language: Language, target: Path) -> None:
    """Write the sources of one language into an empty folder."""
    readme = ROOT / ("README.md" if language == "en" else f"README.{language}.md")
    notebooks = sorted((ROOT / "notebooks" / ("" if language == "en" else language)).glob("*.ipynb"))
    for pattern in FILES:
        for path in ROOT.glob(pattern):
            _copy(path, target)
    shutil.copytree(ROOT / "examples" / "library_app", target / "examples" / "library_app")
    english = {name.removesuffix(".md") for name in SHOWN if _page(name, language, target)}

    for page in PAGES.glob(f"*.{language}.md"):
        if not page.name.startswith("ways."):
            _write(target / page.name.replace(f".{language}.md", ".md"), _read(page))
    _front_page(readme, language, target)

    shown = {path: json.loads(_read(path)) for path in notebooks}
    html, in_paper = paper_page(_read(ROOT / "paper" / f"paper_{language}.html"), _places(shown, language))
    title = re.search(r"<h1>(.*?)</h1>", html)
    assert title is not None
    pdf = f"[PDF](paper/paper_{language}.pdf)"
    body = html.replace(title[0], "", 1)
    _write(target / "paper.md", f'# {title[1]}\n\n{pdf}\n\n<div class="paper">\n{body}\n</div>\n')
    for path, content in shown.items():
        _write(target / "notebooks" / path.name, json.dumps(_notebook(content, language, in_paper)))
    _notebook_list(_read(readme), language, target)
    _output_list(shown, language, in_paper, target)
    reference = _reference(language, target)
    if language != "en":
        english |= reference
    (target / "english_only.txt").write_text("\n".join(sorted(english)), encoding="utf-8")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _copy(path: Path, target: Path) -> None:
    place = target / path.relative_to(ROOT)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, place)


def _linked(text: str) -> str:
    """Point links at this language's notebooks and guides, and none at a bare folder."""
    text = re.sub(r"\]\((\.\./)*notebooks/es/", lambda m: m[0].removesuffix("es/"), text)
    text = re.sub(r"\]\(([\w./]*)\.es\.md([)#])", r"](\1.md\2", text)
    return re.sub(r"\[([^\]]+)\]\(([^):]*/)\)", r"\1", text)


def _page(name: str, language: str, target: Path) -> bool:
    """Write a page of the repository; return whether it is in English on a Spanish site."""
    own = (ROOT / name).with_suffix(f".{language}.md")
    text = re.sub(
        r"\A(# .*\n)\n\[.*\n", r"\1", _read(own if own.is_file() else ROOT / name)
    )  # the site has a switch
    alone = language != "en" and not own.is_file()
    if alone:
        note = WORDS[language]["only English"]
        text = re.sub(r"\A(# .*\n)", rf"\1\n```{{note}}\n{note}\n```\n", text, count=1)
    _write(target / name, _linked(text))
    return alone


def _front_page(readme: Path, language: str, target: Path) -> None:
    """Write the front page: the README up to its first section, and the ways in."""
    head = re.split(r"^## ", _read(readme), maxsplit=1, flags=re.MULTILINE)[0]
    head = re.sub(r"^\[(?:Léame en español|Read in English)\].*\n(?:\[.*\n)*", "", head, flags=re.MULTILINE)
    picture = re.search(r'<img src="(figures/[^"]+)"[^>]*alt="([^"]*)"[^>]*>', head)
    if picture is None:
        raise SystemExit(
            f"{readme.name}: expected the picture of the printed tables before the first section"
        )
    source = ROOT / picture[1]
    if not source.is_file():
        raise SystemExit(
            f"{picture[1]} is missing: `make reproduce` draws it (notebook S1); then `make docs` again"
        )
    _copy(source, target)
    head = head.replace(picture[0], f"![{picture[2]}]({picture[1]}){{.facsimile}}")
    head = head.replace(f"paper/paper_{language}.pdf", "paper.md")
    _write(target / "index.md", _linked(head) + "\n" + _read(PAGES / f"ways.{language}.md"))


def _notebook_list(readme: str, language: str, target: Path) -> None:
    """Write the notebooks' own page from the table of the README."""
    rows = re.search(r"^\|[^\n]*\n\|---\|---\|---\|\n(?:\|.*\.ipynb.*\n)+", readme, flags=re.MULTILINE)
    assert rows is not None, "README: no table of notebooks"
    table = re.sub(r"\]\(notebooks/(?:es/)?", "](", rows[0])
    order = re.findall(r"\]\((\w+)\.ipynb\)", table)
    tree = "\n".join(["```{toctree}", ":hidden:", "", *order, "```"])
    _write(target / "notebooks" / "index.md", f"# {WORDS[language]['notebooks']}\n\n{table}\n{tree}\n")


def _stem(cell: dict[str, Any]) -> list[str]:
    return SHOW.findall("".join(cell["source"])) if cell["cell_type"] == "code" else []


def _title(cell: dict[str, Any], stem: str, language: Language) -> str:
    """Return what a table is called, or a figure in the paper; else what a figure shows, as its output says."""
    if stem in FIGURES:
        return escape(Display(language)(FIGURES[stem]))
    for output in cell.get("outputs", []):
        html = "".join(output.get("data", {}).get("text/html", ""))
        caption = re.search(r"<caption[^>]*>.*?<em>(.*?)</em>", html, flags=re.DOTALL)
        if stem.startswith("table") and caption:
            return caption[1]
        alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
        if stem.startswith("fig") and alt:
            return escape(alt.split(". ")[0])
    return ""


def _places(shown: dict[Path, Any], language: Language) -> list[dict[str, str]]:
    """Return where each output is made: its notebook, the heading above it, its stem and title."""
    found = []
    for path, content in shown.items():
        heading = ""
        for cell in content["cells"]:
            if cell["cell_type"] == "markdown":
                lines = "".join(cell["source"]).splitlines()
                heading = next((line for line in lines if line.startswith("#")), heading)
            for stem in _stem(cell):
                place = heading.lstrip("# ").replace(" ", "-")
                title = _title(cell, stem, language)
                found.append({"notebook": path.stem, "heading": place, "stem": stem, "title": title})
    return found


def _files(stem: str) -> list[Path]:
    kind = "figures" if stem.startswith("fig") else "tables"
    return [p for ending in ("csv", "docx") if (p := ROOT / kind / f"{stem}.{ending}").is_file()]


def _notebook(content: dict[str, Any], language: str, in_paper: set[str]) -> dict[str, Any]:
    """Give each output an anchor by its stem, its alternative text, and links to its file and to the paper."""
    words = WORDS[language]
    cells: list[dict[str, Any]] = []
    for cell in content["cells"]:
        stems = _stem(cell)
        for stem in stems:
            cells.append(_markdown(f"{cell['id']}-{stem}"[:64], f'<div id="{stem}"></div>'))
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                cell["metadata"]["mystnb"] = {"image": {"alt": alt}}
        cells.append(cell)
        for stem in stems:
            links = [f"[{p.suffix[1:].upper()}](../{p.relative_to(ROOT)})" for p in _files(stem)]
            inside = [f'<a href="../paper.html#{stem}">{words["in paper"]}</a>'] if stem in in_paper else []
            back = [f'<a href="../outputs.html#{stem}">{words["all"]}</a>']
            line = " · ".join([f"`{stem}`", *links, *inside, *back])
            cells.append(_markdown(f"{cell['id']}-{stem}-made"[:64], "{.made}\n" + line))
    return {**content, "cells": cells}


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name.replace("_", "-"), "metadata": {}, "source": text}


def _output_list(shown: dict[Path, Any], language: Language, in_paper: set[str], target: Path) -> None:
    """Write the page of all outputs."""
    words = WORDS[language]
    head = "".join(f'<th scope="col">{words[w]}</th>' for w in ("output", "notebook", "file", "paper"))
    rows = []
    for place in _places(shown, language):
        stem, book = place["stem"], place["notebook"]
        for path in _files(stem):
            _copy(path, target)
        files = " ".join(f"[{p.suffix[1:].upper()}]({p.relative_to(ROOT)})" for p in _files(stem))
        paper = f'<a href="paper.html#{stem}">{words["in paper"]}</a>' if stem in in_paper else ""
        cell = f'<a href="notebooks/{book}.html#{stem}">{book}</a>'
        rows.append(
            f'<tr id="{stem}"><td>{place["title"]}<br><code>{stem}</code></td><td>{cell}</td>'
            f"<td>\n\n{files}\n\n</td><td>{paper}</td></tr>"
        )
    table = f'<div class="wide" tabindex="0"><table class="outputs"><thead><tr>{head}</tr></thead><tbody>\n'
    text = (
        f"# {words['outputs']}\n\n{words['intro']}\n\n{table}"
        + "\n".join(rows)
        + "\n</tbody></table></div>\n"
    )
    _write(target / "outputs.md", text)


def _modules(package: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules of a package, by name, as they parse."""
    for path in sorted((ROOT / "src" / package).rglob("*.py")):
        parts = path.relative_to(ROOT / "src").with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if not any(part.startswith("_") for part in parts):
            yield ".".join(parts), ast.parse(_read(path))


def _public(tree: ast.Module) -> list[ast.FunctionDef | ast.ClassDef]:
    """Return the functions and classes that stand in a module and that its ``__all__`` names."""
    named: set[str] = set()
    for node in tree.body:
        listed = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        if listed and isinstance(node.value, ast.List):
            named = set(ast.literal_eval(node.value))
    return [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name in named]


def _in_r(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Return what a docstring says of the same in R."""
    found = re.search(
        r"^In R: (.*?)(?:\n\n|\Z)", ast.get_docstring(node) or "", flags=re.MULTILINE | re.DOTALL
    )
    return " ".join(found[1].split()) if found else ""


def _reference(language: Language, target: Path) -> set[str]:
    """Write a page for each module with public names, the list of all, and a table from R; return the pages."""
    words, written = WORDS[language], {"api/from_r"}
    index, from_r = [words["reference"], "=" * len(words["reference"]), ""], []
    names = ["from_r"]
    index += [words["reference intro"], "", "- :doc:`from_r`", ""]
    for package in DOCUMENTED:
        pages, inside = [], []
        for name, tree in _modules(package):
            said = (ast.get_docstring(tree) or "").partition("\n")[0]
            public = _public(tree)
            if not public and name not in DOCUMENTED:
                inside.append(f"- ``{name}``: {said}")
                continue
            text = [name, "=" * len(name), "", f".. automodule:: {name}", ""]
            if name == "plsem":
                doors = [f"- :py:obj:`plsem.{door}`" for door in plsem.__all__]
                text[-1:] = ["   :no-members:", "", *doors, ""]
            _write(target / "api" / f"{name}.rst", "\n".join(text))
            written.add(f"api/{name}")
            names.append(name)
            pages.append(f"- :doc:`{name} <{name}>`: {said}")
            from_r += [(f"{name}.{node.name}", told) for node in public if (told := _in_r(node))]
        english = [".. raw:: html", "", '   <div lang="en">', ""]
        end = ["", ".. raw:: html", "", "   </div>", ""]
        index += [package, "-" * len(package), "", *english, *pages, *end]
        heading = f"{words['inside']} {package}"
        index += [heading, "~" * len(heading), "", words["inside intro"], "", *english, *inside, *end]
    index += [".. toctree::", "   :hidden:", "", *(f"   {name}" for name in names), ""]
    _write(target / "api" / "index.rst", "\n".join(index))
    table = [words["from R"], "=" * len(words["from R"]), "", words["from R intro"], ""]
    table += [
        ".. list-table::",
        "   :header-rows: 1",
        "   :class: from-r",
        "",
        f"   * - {words['here']}",
        "     - R",
    ]
    table += [f"   * - :py:obj:`{name}`\n     - {told}" for name, told in from_r]
    _write(target / "api" / "from_r.rst", "\n".join([*table, ""]))
    return written
