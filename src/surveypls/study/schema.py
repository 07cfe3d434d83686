"""The JSON schema of a study file, made from its model, so that editors complete and explain each key.

``python -m surveypls.study.schema`` writes it to ``docs/study.schema.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from surveypls.study.definition import Study

SCHEMA_FILE = Path(__file__).resolve().parents[3] / "docs" / "study.schema.json"
_MODEL = {
    "type": "string",
    "description": "The model in lavaan's notation, instead of paths and of the constructs' items: "
    "RC =~ RC2 + RC3 (reflective), SERV <~ S1 + S2 (formed by its items), RC ~ INFRATICS (path), "
    "QUAL =~ EASE + SERV (second order), USE ~ SAT*HABIT (moderation).",
}


def study_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a study file as a person writes it.

    The model's own schema describes what is stored; the shorter forms that a file may use (one text for
    both languages, a list of items for a construct, ``A -> B`` for a path, ``model``) are added here.
    """
    schema = Study.model_json_schema()
    parts = schema["$defs"]
    parts["Text"] = {
        **_either({"type": "string"}, parts["Text"]),
        "description": parts["Text"]["description"],
    }
    name = r"[A-Za-z_][\w.]*"
    source = rf"\s*{name}(\s*[*×:]\s*{name})?"
    arrow = {"type": "string", "pattern": rf"^{source}\s*->\s*{name}\s*$"}
    route = {"type": "string", "pattern": rf"^{source}(\s*->\s*{name})+\s*$"}
    stated = parts["Hypothesis"]["properties"]
    stated["path"] = {**_either(route, stated["path"]), "description": stated["path"]["description"]}
    stated["via"] = {
        **_either({"type": "string"}, stated["via"]),
        "description": stated["via"]["description"],
    }
    parts["Path"] = {**_either(arrow, parts["Path"]), "description": parts["Path"]["description"]}
    construct = parts["Construct"]
    named = {
        **construct,
        "properties": {k: v for k, v in construct["properties"].items() if k != "name"},
        "required": [],
    }
    body = _either({**construct["properties"]["items"], "minItems": 1}, named)
    by_name = {
        "type": "object",
        "propertyNames": {
            k: v for k, v in construct["properties"]["name"].items() if k in ("pattern", "maxLength")
        },
        "additionalProperties": body,
        "minProperties": 1,
    }
    fields = schema["properties"]
    fields["constructs"] = {
        **_either(by_name, fields["constructs"]),
        "description": fields["constructs"]["description"],
    }
    fields["model"] = _MODEL
    ends = {"type": "string", "pattern": r"^\s*-?\d{1,4}\s*(-|–|to|\.\.|…)\s*-?\d{1,4}\s*$"}
    survey = parts["SurveySettings"]["properties"]
    survey["scale"] = {**_either(ends, survey["scale"]), "description": survey["scale"]["description"]}
    ((names, own),) = survey["scales"].pop("patternProperties").items()
    survey["scales"]["patternProperties"] = {names: _either(ends, own)}
    parts["Control"] = {
        **_either({"type": "string"}, parts["Control"]),
        "description": parts["Control"]["description"],
    }
    fields["necessity"] = {
        "anyOf": [
            {"type": "boolean"},
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
            {"$ref": "#/$defs/Necessity"},
        ],
        "description": fields["necessity"]["description"],
    }
    # A code or an answer may be written as a number or a truth value; it is read as text.
    parts["SurveySettings"]["properties"]["missing_codes"]["items"] = {"type": ["string", "number", "null"]}
    schema["required"] = [k for k in schema["required"] if k not in ("constructs", "paths")]
    schema["oneOf"] = [
        {"required": ["constructs", "paths"], "not": {"required": ["model"]}},
        {"required": ["model"], "not": {"required": ["paths"]}},
    ]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_untitled(schema)}


def _untitled(part: Any) -> Any:
    """Leave out the titles that are nothing but the key written again."""
    if isinstance(part, dict):
        return {k: _untitled(v) for k, v in part.items() if k != "title" or not isinstance(v, str)}
    return [_untitled(v) for v in part] if isinstance(part, list) else part


def _either(short: dict[str, Any], long: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [short, {k: v for k, v in long.items() if k not in ("default", "description")}]}


def schema_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(study_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    print(f"Written: {SCHEMA_FILE.name}")
