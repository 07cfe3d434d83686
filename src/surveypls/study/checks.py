"""Whether a study's constructs, items, paths and hypotheses hold together; the model as text put in their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from plsem.names import nearest
from surveypls.study.model_text import ModelTextError, parse_model

if TYPE_CHECKING:
    from surveypls.study.definition import Hypothesis, Study

#: A name that the tables of the analysis use for something else.
RESERVED = frozenset({"respondent"})


def with_model_text(content: Mapping[str, Any]) -> dict[str, Any]:
    """Replace ``model`` by the constructs and paths that it says."""
    text, extra = content["model"], content.get("constructs") or {}
    if not isinstance(text, str):
        raise ValueError("model: expected text, written 'model: |' with the lines below it")
    problems = ["paths: stands beside model; write the paths there"] if "paths" in content else []
    if not isinstance(extra, Mapping) or not all(isinstance(body, Mapping) for body in extra.values()):
        problems.append("constructs: beside model it holds labels only, as in 'RC: {label: …}'")
        extra = {}
    found: dict[str, Any] = {"constructs": {}, "paths": []}
    try:
        found = parse_model(text)
    except ModelTextError as error:
        problems += [f"model {p}" for p in error.problems]
    for name, body in extra.items():
        if name not in found["constructs"]:
            problems.append(f"constructs.{name}: not in model{nearest(name, found['constructs'])}")
        problems += [f"constructs.{name}.{k}: is said by model" for k in ("items", "mode") if k in body]
    if problems:
        raise ValueError("\n".join(problems))
    rest = {key: value for key, value in content.items() if key != "model"}
    constructs = {name: {**body, **extra.get(name, {})} for name, body in found["constructs"].items()}
    return {**rest, "constructs": constructs, "paths": found["paths"]}


def model_problems(study: Study) -> Iterable[str]:
    """List what does not hold together: names, items in two constructs, paths, cycles, hypotheses."""
    names = list(study.construct_names)
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield f"construct {name!r} is defined twice"
    owner: dict[str, str] = {}
    for c in study.constructs:
        for item in c.items:
            if item in owner and owner[item] != c.name:
                yield f"item {item!r} stands in two constructs, {owner[item]} and {c.name}"
            owner[item] = c.name
    for name in sorted(set(names) & set(owner)):
        if study.get(name).items != (name,):
            yield f"{name!r} names both a construct and an item"
    for item in sorted(RESERVED & set(owner)):
        yield f"item {item!r} has a name that the tables of the analysis use; name it otherwise"
    seen: set[tuple[str, str]] = set()
    for path in study.paths:
        for end in (path.source, path.target):
            if end not in names:
                yield f"path '{path}' names an unknown construct {end!r}{nearest(end, names)}"
        if path.source == path.target:
            yield f"path '{path}' leads from a construct to itself"
        if (path.source, path.target) in seen:
            yield f"path '{path}' is listed twice"
        seen.add((path.source, path.target))
    for name in names:
        if not any(name in pair for pair in seen):
            yield f"construct {name!r} is on no path"
    cycle = _cycle(names, [(s, t) for s, t in seen if s != t])
    if cycle:
        yield "the paths form a cycle, " + " -> ".join(cycle) + "; PLS needs a recursive model"
    for h in study.hypotheses:
        pair = (h.path.source, h.path.target)
        if h.effect == "direct" and pair not in seen:
            yield f"hypothesis {h.id}: no path '{h.path}'{nearest(str(h.path), map(str, study.paths))}"
        for end in pair:
            if end not in names:
                yield f"hypothesis {h.id}: unknown construct {end!r}{nearest(end, names)}"
        if h.effect != "direct" and set(pair) <= set(names):
            yield from _no_way(h, seen)
    ids = [h.id for h in study.hypotheses]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        yield f"hypothesis {twice!r} is listed twice"
    for item in study.survey.reversed_items:
        if item not in owner:
            yield f"survey.reversed_items: unknown item {item!r}{nearest(item, owner)}"


def _no_way(hypothesis: Hypothesis, pairs: Iterable[tuple[str, str]]) -> Iterable[str]:
    """Say that no way leads from the source to the target: of two or more paths for an indirect effect."""
    source, target = hypothesis.path.source, hypothesis.path.target
    after: dict[str, set[str]] = {}
    for s, t in pairs:
        after.setdefault(s, set()).add(t)
    first = after.get(source, set())
    reached: set[str] = set() if hypothesis.effect == "indirect" else set(first)
    todo = [t for s in first for t in after.get(s, ())]
    while todo:
        node = todo.pop()
        if node not in reached:
            reached.add(node)
            todo += after.get(node, ())
    if target not in reached:
        way = "way of two or more paths" if hypothesis.effect == "indirect" else "way"
        yield (
            f"hypothesis {hypothesis.id}: no {way} leads from {source} to {target}, "
            f"so there is no {hypothesis.effect} effect to test"
        )


def _cycle(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return one cycle of the directed graph as a closed walk, or an empty list."""
    following: dict[str, list[str]] = {}
    for source, target in pairs:
        following.setdefault(source, []).append(target)
    done: set[str] = set()

    def visit(node: str, trail: list[str]) -> list[str]:
        if node in trail:
            return [*trail[trail.index(node) :], node]
        if node in done:
            return []
        for nxt in following.get(node, []):
            found = visit(nxt, [*trail, node])
            if found:
                return found
        done.add(node)
        return []

    for name in names:
        found = visit(name, [])
        if found:
            return found
    return []
