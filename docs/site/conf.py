"""How Sphinx makes the site; ``build.py`` calls it once for each language."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import FunctionType
from typing import Any

import matplotlib
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "src")]

project = "surveypls"
author = "The surveypls developers"
copyright = "The surveypls developers"
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "mathml"]
templates_path = ["templates"]
# beside the project's own style, a font that has what formulas need (roots that grow), for readers who have none
html_static_path = ["static", str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf")]
exclude_patterns = ["examples/library_app/*.md"]

# notebooks are shown as they are committed
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["attrs_block", "attrs_inline", "dollarmath"]
myst_heading_anchors = 4
myst_update_mathjax = False
html_math_renderer = "mathml"

autodoc_default_options = {"members": True, "member-order": "bysource", "ignore-module-all": True}
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
nitpicky = True
show_warning_types = True

html_theme = "pydata_sphinx_theme"
html_title = "surveypls"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options: dict[str, Any] = {
    "logo": {"text": "surveypls"},
    "navbar_persistent": ["search-button"],
    "navbar_end": ["language.html", "theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "navigation_with_keys": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def _contents(title: str, body: str) -> str:
    """Return the contents of a page whose headings stand in HTML, as Sphinx writes them."""
    sections: list[tuple[str, list[str]]] = []
    for level, anchor, words in re.findall(r'<h([23]) id="([^"]+)">(.*?)</h\1>', body):
        entry = f'<a class="reference internal" href="#{anchor}">{words}</a>'
        if level == "2":
            sections.append((entry, []))
        else:
            sections[-1][1].append(f"<li>{entry}</li>")
    inner = [f"<li>{own}{'<ul>' + ''.join(below) + '</ul>' if below else ''}</li>" for own, below in sections]
    return f'<ul><li><a class="reference internal" href="#">{title}</a><ul>{"".join(inner)}</ul></li></ul>'


def _beside_the_paper(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _tree: object
) -> None:
    """Give the paper its contents before the theme looks whether a page has any."""
    if pagename == "paper":
        context["toc"] = _contents(context["title"], context["body"])


def _page(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Give the page the address of itself in the other language, and mark text that is English on a Spanish page."""
    spanish = app.config.language == "es"
    place = context["content_root"] + ("../" if spanish else "es/")
    context["other_language"] = place + pagename + ".html"
    tree = context.get("generate_toctree_html")
    if tree is not None:  # the theme's buttons that unfold a section have no name
        name = "Mostrar u ocultar" if spanish else "Show or hide"
        context["generate_toctree_html"] = lambda *how, **options: str(tree(*how, **options)).replace(
            "<summary>", f'<summary aria-label="{name}">'
        )
    if spanish and pagename in app.config.english_only and "body" in context:
        context["body"] = f'<div lang="en">{context["body"]}</div>'


def _home(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.Element
) -> nodes.Element | None:
    """Lead a name that a package hands on, as ``plsem.fit``, to where it is documented; an attribute to its class."""
    target, module = node["reftarget"], node.get("py:module") or ""
    for name in (target, f"{module}.{target}"):
        parts = name.split(".")
        owner: Any = None
        try:
            found: Any = importlib.import_module(parts[0])
            for part in parts[1:]:
                owner, found = found, getattr(found, part, None)
        except (ImportError, ValueError):  # a name may begin with a dot
            continue
        for thing in (found, owner):
            if isinstance(thing, (type, FunctionType)):
                home = f"{thing.__module__}.{thing.__qualname__}"
                py = env.domains.python_domain
                link = py.resolve_xref(env, node["refdoc"], app.builder, "obj", home, node, shown)
                return link if link is not None else shown
        if found is not None and len(parts) > 1:
            return shown  # it exists, inside; no page describes it
    return None


def _skip(_app: Sphinx, kind: str, name: str, thing: object, skip: bool, _options: object) -> bool | None:
    """Describe what a module's ``__all__`` names, and nothing else of it."""
    if kind != "module":
        return None
    home = sys.modules.get(getattr(thing, "__module__", ""))
    return True if home is not None and name not in getattr(home, "__all__", ()) else None


def _bars(app: Sphinx, _kind: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Keep bars as they stand in docstrings: here they are absolute values, never substitutions."""
    for place, line in enumerate(lines):
        if "|" in line and ".. math::" not in line:
            parts = re.split(r"(``.*?``|:math:`.*?`)", line)  # every second part is a literal or a formula
            parts[::2] = [part.replace("|", r"\|") for part in parts[::2]]
            lines[place] = "".join(parts)


def setup(app: Sphinx) -> None:
    """Register what the pages need."""
    app.add_config_value("english_only", frozenset(), "env")
    app.connect("html-page-context", _beside_the_paper, priority=100)
    app.connect("html-page-context", _page, priority=900)
    app.connect("missing-reference", _home)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-docstring", _bars, priority=1000)
    listed = Path(app.srcdir) / "english_only.txt"
    app.connect(
        "config-inited",
        lambda _app, config: setattr(
            config, "english_only", frozenset(listed.read_text(encoding="utf-8").split())
        ),
    )
