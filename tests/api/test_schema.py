"""The published JSON Schemas, their examples and the code that reads them say the same."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.events import STEPS, WORKER_TYPES, BadEvent, CaseData, parse
from dashboard.domain.fix_formats import decode

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schema"
EXAMPLES = json.loads((FOLDER / "examples.json").read_text(encoding="utf-8"))
TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
NOTES = ("$schema", "$defs", "title", "description", "then")


def schema(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


def faults(value: Any, rule: dict[str, Any], root: dict[str, Any]) -> Iterator[str]:
    """What a value breaks of a schema, for the keywords that the schemas use; any other keyword is an error."""
    for keyword, wanted in rule.items():
        if keyword not in NOTES:
            yield from CHECKS[keyword](value, wanted, rule, root)


def _fault(broken: bool, what: str) -> list[str]:
    return [what] if broken else []


def _properties(value: Any, wanted: Any, rule: Any, root: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name in value.keys() & wanted.keys():
            yield from faults(value[name], wanted[name], root)


def _if(value: Any, wanted: Any, rule: Any, root: Any) -> Iterator[str]:
    if not list(faults(value, wanted, root)):
        yield from faults(value, rule["then"], root)


CHECKS: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "type": lambda v, w, rule, root: _fault(
        not any(TYPES[name](v) for name in ([w] if isinstance(w, str) else w)), "type"
    ),
    "const": lambda v, w, rule, root: _fault(v != w, "const"),
    "enum": lambda v, w, rule, root: _fault(v not in w, "enum"),
    "required": lambda v, w, rule, root: _fault(isinstance(v, dict) and not set(w) <= set(v), "required"),
    "properties": _properties,
    "items": lambda v, w, rule, root: [x for item in v for x in faults(item, w, root)] if isinstance(v, list) else [],
    "pattern": lambda v, w, rule, root: _fault(isinstance(v, str) and re.search(w, v) is None, "pattern"),
    "minLength": lambda v, w, rule, root: _fault(isinstance(v, str) and len(v) < w, "minLength"),
    "maxLength": lambda v, w, rule, root: _fault(isinstance(v, str) and len(v) > w, "maxLength"),
    "minimum": lambda v, w, rule, root: _fault(TYPES["number"](v) and v < w, "minimum"),
    "maximum": lambda v, w, rule, root: _fault(TYPES["number"](v) and v > w, "maximum"),
    "allOf": lambda v, w, rule, root: [x for part in w for x in faults(v, part, root)],
    "anyOf": lambda v, w, rule, root: _fault(all(list(faults(v, part, root)) for part in w), "anyOf"),
    "if": _if,
    "$ref": lambda v, w, rule, root: faults(v, root["$defs"][w.rpartition("/")[2]], root),
}


def _readable(name: str, example: Any) -> bool:
    raw = json.dumps(example).encode()
    if name == "position":
        return not decode(raw).unread
    try:
        parse(raw)
    except BadEvent:
        return False
    return True


@pytest.mark.parametrize("name", ["case-event", "position"])
def test_schema_and_code_agree_on_every_example(name: str) -> None:
    for kind, good in (("valid", True), ("invalid", False)):
        for example in EXAMPLES[name][kind]:
            assert (not list(faults(example, schema(name), schema(name)))) is good, example
            assert _readable(name, example) is good, example


def test_the_schema_names_every_type_and_field_of_the_code() -> None:
    event = schema("case-event")
    assert set(event["properties"]["type"]["enum"]) == {f"case.{step}" for step in STEPS} | WORKER_TYPES
    fields = {"due" if name == "due_at" else name for name in CaseData.__struct_fields__}
    assert set(event["$defs"]["data"]["properties"]) == fields
