"""Whether a study's constructs, items, paths and hypotheses hold together; the model as text put in their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from plsem.model import problems_of
from plsem.model_text import ModelTextError, parse_model
from plsem.names import Said, nearest
from surveypls.study.words import ProblemsError

if TYPE_CHECKING:
    from surveypls.study.definition import Study
    from surveypls.study.terms import Hypothesis

#: A name that the tables of the analysis use for something else.
RESERVED = frozenset({"respondent"})


def with_model_text(content: Mapping[str, Any]) -> dict[str, Any]:
    """Replace ``model`` by the constructs and paths that it says."""
    text, extra = content["model"], content.get("constructs") or {}
    if not isinstance(text, str):
        raise ValueError(Said("model: expected text, written 'model: |' with the lines below it"))
    problems: list[str] = (
        [Said("paths: stands beside model; write the paths there")] if "paths" in content else []
    )
    if not isinstance(extra, Mapping) or not all(isinstance(body, Mapping) for body in extra.values()):
        problems.append(Said("constructs: beside model it holds labels only, as in 'RC: {label: …}'"))
        extra = {}
    found: dict[str, Any] = {"constructs": {}, "paths": []}
    try:
        found = parse_model(text)
    except ModelTextError as error:
        problems += [Said("model {line}", line=p) for p in error.problems]
    measured = {**found["constructs"], **found.get("higher_order", {})}
    for name, body in extra.items():
        if name not in measured:
            problems.append(
                Said("constructs.{name}: not in model{near}", name=name, near=nearest(name, measured))
            )
        said = [k for k in ("items", "components", "mode") if k in body]
        problems += [Said("constructs.{name}.{key}: is said by model", name=name, key=k) for k in said]
    if problems:
        raise ProblemsError(problems)
    rest = {key: value for key, value in content.items() if key != "model"}
    constructs = {name: {**body, **extra.get(name, {})} for name, body in measured.items()}
    return {**rest, "constructs": constructs, "paths": found["paths"]}


def model_problems(study: Study) -> Iterable[str]:
    """List what does not hold together: names, items in two constructs, paths, cycles, hypotheses."""
    names = list(study.construct_names)
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield Said("construct {name!r} is defined twice", name=name)
    controls = set(study.controls)  # a path that names one is told once, below
    yield from problems_of(
        study.blocks(),
        [pair for pair in study.path_pairs if not controls & {n for end in pair for n in end.split("*")}],
        study.modes,
        higher_order=study.higher_order,
        products={
            name: product for name, product in study.products.items() if not controls & {*name.split("*")}
        },
    )
    items = set(study.items)
    orders = [c for c in study.constructs if len(c.items) > 1 and set(c.items) <= set(names) - {c.name}]
    for c in orders:
        yield Said(
            "constructs.{name}.items: {items} are constructs; a second-order construct is written "
            "'components: [{items}]'",
            name=c.name,
            items=", ".join(c.items),
        )
    for name in sorted(set(names) & items - {i for c in orders for i in c.items}):
        if study.get(name).items != (name,):
            yield Said("{name!r} names both a construct and an item", name=name)
    for name, item in study.global_items.items():
        if study.items.count(item) > 1:
            yield Said(
                "constructs.{name}.global_item: {item!r} is an item of the model or asked twice; name another",
                name=name,
                item=item,
            )
    for name in sorted(controls & {*names, *items, "group", "marker"}):
        yield Said("controls.{name}: the name stands for something else; name it otherwise", name=name)
    for path in study.paths:
        for name in sorted(controls & {*path.source.split("*"), path.target}):
            yield Said(
                "path {path!r}: {name} is a control, which leads to every construct by itself; to let it moderate or "
                "to choose its paths, write it under constructs",
                path=str(path),
                name=name,
            )
    if study.pls.consistent and (
        study.products
        or any(order.mode == "B" or order.method != "two_stage" for order in study.higher_order.values())
    ):
        yield Said(
            "pls.consistent: not offered with products, nor with second-order constructs other than reflective ones by "
            "two_stage; write consistent: false"
        )
    for item in sorted((RESERVED | set(study.observed) - controls) & items):
        yield Said(
            "item {item!r} has a name that the tables of the analysis use; name it otherwise", item=item
        )
    yield from _asked_problems(study)
    for h in study.hypotheses:
        steps = list(pairwise(h.stations)) if h.via or h.effect == "direct" else []
        for source, target in steps:
            if (source, target) not in study.path_pairs:
                written = f"{source} -> {target}"
                yield Said(
                    "hypothesis {id}: no path '{path}'{near}",
                    id=h.id,
                    path=written,
                    near=nearest(written, map(str, study.paths)),
                )
        known = [*names, *study.products]
        for station in h.stations:
            if station not in known:
                yield Said(
                    "hypothesis {id}: unknown construct {end!r}{near}",
                    id=h.id,
                    end=station,
                    near=nearest(station, known),
                )
        if not steps and set(h.stations) <= set(known):
            yield from _no_way(h, study.path_pairs)
    ids = [h.id for h in study.hypotheses]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        yield Said("hypothesis {twice!r} is listed twice", twice=twice)
    for item in study.survey.reversed_items:
        if item not in items:
            yield Said(
                "survey.reversed_items: unknown item {item!r}{near}",
                item=item,
                near=nearest(item, study.items),
            )


def _asked_problems(study: Study) -> Iterable[str]:
    """List what cannot be asked of the model under ``compare``, ``necessity`` and ``marker``."""
    names = [*study.construct_names, *study.products]
    if study.marker is not None and study.marker in (
        *study.items,
        *(c.column for c in study.controls.values()),
    ):
        yield Said(
            "marker: {heading!r} is in the model already; a marker variable stands outside it",
            heading=study.marker,
        )
    own = set(study.path_pairs)
    seen = {frozenset(own): "paths"}
    for name, paths in study.compare.items():
        pairs = [(p.source, p.target) for p in paths]
        if name == "paths":
            yield Said("compare.paths: the name stands for the study's own paths; name the model otherwise")
            continue
        unknown = {
            e: None for p in pairs for end in p for e in end.split("*") if e not in study.construct_names
        }
        for end in unknown:
            yield Said(
                "compare.{name}: {end} is a control, which leads to every construct of each model by itself"
                if end in study.controls
                else "compare.{name}: unknown construct {end!r}{near}",
                name=name,
                end=end,
                near=nearest(end, study.construct_names),
            )
        if unknown:
            continue
        found = list(problems_of(**study.parts_of(paths)))
        for problem in found:
            yield Said("compare.{name}: {problem}", name=name, problem=problem)
        if found:
            continue
        if (twin := seen.setdefault(frozenset(pairs), name)) != name:
            yield Said("compare.{name}: the same paths as {twin}", name=name, twin=twin)
        elif not any(
            {s for s, t in pairs if t == end} != {s for s, t in own if t == end}
            for end in {t for _, t in pairs} & {t for _, t in own}
        ):
            yield Said(
                "compare.{name}: explains no construct by others than paths does, so there is nothing to compare",
                name=name,
            )
    for target, sources in study.conditions.items():
        ends = dict.fromkeys(t for _, t in study.path_pairs)
        if target not in names:
            yield Said("necessity: unknown construct {end!r}{near}", end=target, near=nearest(target, ends))
        elif not sources:
            yield Said(
                "necessity: no path leads to {end}, so it has no conditions{near}",
                end=target,
                near=nearest(target, ends),
            )


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
        yield Said(
            "hypothesis {id}: no way of two or more paths leads from {source} to {target}, so there is no indirect "
            "effect to test"
            if hypothesis.effect == "indirect"
            else "hypothesis {id}: no way leads from {source} to {target}, so there is no total effect to test",
            id=hypothesis.id,
            source=source,
            target=target,
        )
