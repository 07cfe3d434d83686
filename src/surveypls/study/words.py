"""Say what is wrong with a study file in the file's own terms: the key, what was found, what was expected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from plsem.names import nearest

#: What pydantic says, in the words of a YAML file.
_WORDS = (
    (r"^Value error, ", ""),
    (r"^Assertion failed, ", ""),
    (r"Input should be a valid tuple", "expected a list, as in [a, b]"),
    (r"Input should be a valid dictionary(?: or instance of \w+| or object.*)?", "expected keys with values"),
    (r"Input should be a valid string", "expected text; put quotation marks around it"),
    (r"Input should be a valid (?:integer|number).*", "expected a number"),
    (r"Input should be a valid boolean.*", "expected true or false"),
    (
        r"String should match pattern .*",
        "expected a name: letters A–Z without accents or ñ, digits, '_' and '.', not beginning with a digit",
    ),
    (r"Input should be (.*)", r"expected \1"),
    (r"Tuple should have at most (\d+) items? after validation, not .*", r"at most \1 entries"),
    (r"Tuple should have at least (\d+) items? after validation, not .*", r"at least \1 entry is needed"),
    (r"Dictionary should have at most (\d+) items? after validation, not .*", r"at most \1 entries"),
    (
        r"Dictionary should have at least (\d+) items? after validation, not .*",
        r"at least \1 entries are needed",
    ),
    (r"String should have at most (\d+) characters?", r"at most \1 characters"),
    (r"String should have at least \d+ characters?", "expected text"),
)


_MISSING = {
    "paths": "; one a line, written '- SOURCE -> TARGET'",
    "constructs": "; written 'NAME: [ITEM, ITEM]', one a line",
}


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
        for message in _message(e, model).split("\n"):
            said = f"{place}: {message}" if loc else message
            if said not in problems:
                problems.append(said)
    return problems


def _message(error: Any, model: type[BaseModel]) -> str:
    message = str(error["msg"])
    for pattern, words in _WORDS:
        message = re.sub(pattern, words, message)
    if error["type"] == "extra_forbidden":
        return "unknown key" + nearest(str(error["loc"][-1]), _valid_keys(error["loc"], model))
    if error["type"] == "missing":
        return "missing" + _MISSING.get(".".join(map(str, error["loc"])), "")
    if error["type"] == "value_error":
        return message
    found = repr(error.get("input"))
    if error["type"] == "string_pattern_mismatch" and isinstance(error["loc"][-1], int):
        names = re.split(r"\s*[;,/|]\s*|\s+-\s+|\s+", str(error["input"]))
        if len(names) > 1 and all(re.fullmatch(r"[A-Za-z_][\w.]*", name) for name in names):
            return f"one name a place, separated by commas: [{', '.join(names)}] (found {found[:60]})"
    return f"{message} (found {found if len(found) <= 60 else found[:57] + '...'})"


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
            parts[1] = str(named) if isinstance(named, str) else f"entry {loc[1] + 1}"
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
