"""Read YAML without its traps: no aliases, no repeated keys, no tags; ``yes``, ``no``, ``on``, ``off`` stay text."""

from __future__ import annotations

import re
from typing import Any

import yaml

from plsem.names import Said
from surveypls.study.yaml_hints import hint

MAX_DEPTH = 40


class StrictYamlError(ValueError):
    """The text is not YAML, or uses a part of YAML that is not accepted; the message names the line."""


class _StrictLoader(yaml.SafeLoader):
    """YAML's plain part, with the booleans of YAML 1.2 alone."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise StrictYamlError(
                Said("line {line}: YAML aliases (*name) are not accepted; write it out", line=line)
            )
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise StrictYamlError(Said("line {line}: nested too deeply to be a study file", line=line))
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[Any] = set()
        for key_node, _ in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag == "tag:yaml.org,2002:merge":
                raise StrictYamlError(
                    Said("line {line}: YAML merges (<<) are not accepted; write it out", line=line)
                )
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int, float, bool)):
                raise StrictYamlError(
                    Said("line {line}: a key must be plain text, found {key!r}", line=line, key=key)
                )
            if key in keys:
                raise StrictYamlError(Said("line {line}: key {key!r} stands twice", line=line, key=key))
            keys.add(key)
        return super().construct_mapping(node, deep=deep)


_BOOLEAN = "tag:yaml.org,2002:bool"
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != _BOOLEAN]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver(
    _BOOLEAN, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def load_yaml(text: str) -> Any:
    """Read one YAML document as plain Python values.

    Raises
    ------
    StrictYamlError
        With line and column where they are known.
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except StrictYamlError:
        raise
    except RecursionError:
        raise StrictYamlError(Said("nested too deeply to be a study file")) from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        plain = hint(text, mark.line if mark else None)
        if plain:
            raise StrictYamlError(Said("not valid YAML, {plain}", plain=plain)) from None
        where = (
            Said("line {line}, column {column}: ", line=mark.line + 1, column=mark.column + 1) if mark else ""
        )
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise StrictYamlError(
            Said("{where}not valid YAML: {problem}", where=where, problem=problem)
        ) from None
