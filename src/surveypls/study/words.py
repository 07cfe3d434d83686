"""Say what is wrong with a study file in the file's own terms: the key, what was found, what was expected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from plsem.names import N_, Said, nearest

_ENTRIES = r"items? after validation, not .*"
#: What pydantic says, and the same in the words of a YAML file.
_WORDS = (
    (r"Input should be a valid tuple", N_("expected a list, as in [a, b]")),
    (
        r"Input should be a valid dictionary(?: or instance of \w+| or object.*)?",
        N_("expected keys with values"),
    ),
    (r"Input should be a valid string", N_("expected text; put quotation marks around it")),
    (r"Input should be a valid (?:integer|number).*", N_("expected a number")),
    (r"Input should be a valid boolean.*", N_("expected true or false")),
    (
        r"String should match pattern .*",
        N_(
            "expected a name: letters A–Z without accents or ñ, digits, '_' and '.', not beginning with a digit"
        ),
    ),
    (
        r"Input should be greater than or equal to (?P<limit>.*)",
        N_("expected greater than or equal to {limit}"),
    ),
    (r"Input should be less than or equal to (?P<limit>.*)", N_("expected less than or equal to {limit}")),
    (r"Input should be greater than (?P<limit>.*)", N_("expected greater than {limit}")),
    (r"Input should be less than (?P<limit>.*)", N_("expected less than {limit}")),
    (r"Input should be (?P<what>.*) or (?P<other>.*)", N_("expected {what} or {other}")),
    (r"Input should be (?P<what>.*)", N_("expected {what}")),
    (rf"(?:Tuple|Dictionary) should have at most (?P<n>\d+) {_ENTRIES}", N_("at most {n} entries")),
    (rf"Tuple should have at least (?P<n>\d+) {_ENTRIES}", N_("at least {n} entry is needed")),
    (rf"Dictionary should have at least (?P<n>\d+) {_ENTRIES}", N_("at least {n} entries are needed")),
    (r"String should have at most (?P<n>\d+) characters?", N_("at most {n} characters")),
    (r"String should have at least \d+ characters?", N_("expected text")),
)
_MISSING = {
    "paths": N_("missing; one a line, written '- SOURCE -> TARGET'"),
    "constructs": N_("missing; written 'NAME: [ITEM, ITEM]', one a line"),
}


class ProblemsError(ValueError):
    """Several faults of one part of a study file, each a sentence of its own."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def explain(error: ValidationError, content: Mapping[str, Any], model: type[BaseModel]) -> list[str]:
    """Put a validation error in words, one entry for each problem, without repeating one.

    Parameters
    ----------
    error : ValidationError
        Of a :class:`surveypls.study.definition.Study`.
    content : mapping
        What was validated, to name constructs and hypotheses instead of counting them.
    model : type
        What it was validated as, to list the keys that it has.
    """
    problems: list[str] = []
    found = error.errors()
    misnamed: set[str] = set()
    for e in found:
        # A name that cannot be one is said where it stands first, not wherever it is used.
        if e["type"] == "string_pattern_mismatch":
            if str(e["input"]) in misnamed:
                continue
            misnamed.add(str(e["input"]))
        # A list all of whose entries are at fault counts as empty: the entries' own faults say more.
        if e["type"] == "too_short" and any(o["loc"][:1] == e["loc"][:1] and o is not e for o in found):
            continue
        place, loc = _place(e["loc"], content), e["loc"]
        for message in _messages(e, model):
            said = Said("{file}: {line}", file=place, line=message) if loc else message
            if said not in problems:
                problems.append(said)
    return problems


def _messages(error: Any, model: type[BaseModel]) -> list[str]:
    """Return what one error says; of our own rules the very sentences, which know other languages."""
    if error["type"] in ("value_error", "assertion_error"):
        ours = error["ctx"]["error"]
        return list(getattr(ours, "problems", ours.args[:1]))
    return [_message(error, model)]


def _message(error: Any, model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        return Said(
            "unknown key{near}", near=nearest(str(error["loc"][-1]), _valid_keys(error["loc"], model))
        )
    if error["type"] == "missing":
        return Said(_MISSING.get(".".join(map(str, error["loc"])), N_("missing")))
    found = repr(error.get("input"))
    if error["type"] == "string_pattern_mismatch" and isinstance(error["loc"][-1], int):
        names = re.split(r"\s*[;,/|]\s*|\s+-\s+|\s+", str(error["input"]))
        if len(names) > 1 and all(re.fullmatch(r"[A-Za-z_][\w.]*", name) for name in names):
            return Said(
                "one name a place, separated by commas: [{names}] (found {found})",
                names=", ".join(names),
                found=found[:60],
            )
    return Said(
        "{message} (found {found})",
        message=_translated(str(error["msg"])),
        found=found if len(found) <= 60 else found[:57] + "...",
    )


def _translated(message: str) -> str:
    for pattern, words in _WORDS:
        if match := re.fullmatch(pattern, message):
            return Said(words, **match.groupdict())
    return message


def _place(loc: Sequence[Any], content: Mapping[str, Any]) -> str:
    """Return ``constructs.RC.mode`` where pydantic counts ``constructs.2.mode``."""
    parts = [str(part) for part in loc]
    if len(loc) > 1 and isinstance(loc[1], int):
        section = content.get(str(loc[0]))
        if isinstance(section, Mapping) and loc[1] < len(section):
            parts[1] = str(list(section)[loc[1]])
        elif isinstance(section, Sequence) and loc[1] < len(section):
            entry = section[loc[1]]
            named = entry.get("name", entry.get("id")) if isinstance(entry, Mapping) else None
            if not isinstance(named, str):
                rest = "".join(f".{p}" for p in parts[2:])
                return Said("{section}.entry {n}{rest}", section=parts[0], n=loc[1] + 1, rest=rest)
            parts[1] = named
    return ".".join(parts) or "study"


def _valid_keys(loc: Sequence[Any], model: Any) -> list[str]:
    top = True
    for part in loc[:-1]:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part) if model is not None else None
        if field is None:
            return []
        arguments = (field.annotation, *getattr(field.annotation, "__args__", ()))
        model = next((t for t in arguments if isinstance(t, type) and issubclass(t, BaseModel)), None)
        top = False
    if model is None:
        return []
    return [*model.model_fields, "model"] if top else list(model.model_fields)
