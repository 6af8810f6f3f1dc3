"""What the interface says of itself beyond its routes: fields by name, examples, refusals (API-06, API-07, API-12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sync_server.details import KNOWN
from sync_server.glossary import FIELDS, PARAMETERS

Schema = dict[str, Any]

REFUSALS = {
    "400": "Something in the request is wrong; `details.fields` names it by field.",
    "401": "Nobody is signed in, or the sign-in has run out.",
    "403": "The caller may not do this.",
    "404": "It does not exist, or the caller may not see it.",
    "405": "There is no such method here.",
    "409": "Somebody else was first, or it cannot be done as things are.",
    "412": "It was changed since the caller saw it: `If-Match` names another state.",
    "413": "Too large, or beyond the space that there is.",
    "415": "The body is of another kind than this takes.",
    "426": "The program is too old for this server, or too new.",
    "429": "Too often; `Retry-After` says when to come again.",
    "502": "A service behind this one does not answer as it should.",
    "503": "Busy for a moment, or the database is away.",
    "507": "The disk is full; nothing was lost.",
}
PROBLEM: Schema = {
    "type": "object",
    "description": "Why a request was refused. `code` is stable, `message` is English for people.",
    "required": ["code", "message", "details", "request_id"],
    "properties": {
        "code": {"type": "string", "description": "stable name of the reason", "examples": ["invalid_fields"]},
        "message": {"type": "string", "description": "English for people", "examples": ["Please check: title."]},
        "details": {
            "type": "object",
            "description": "values of the sentence; `fields` has codes by field",
            "examples": [{"fields": {"title": ["field_required"]}, "names": "title"}],
        },
        "request_id": {"type": "string", "description": "as in the server's log", "examples": ["f2a86be3c4f14a1c"]},
    },
    "additionalProperties": False,
}
PROBLEM["examples"] = [{name: each["examples"][0] for name, each in PROBLEM["properties"].items()}]
KNOWN_ALREADY = "The caller has it already: `If-None-Match` names its tag."
NOISE = ("deprecated", "allowEmptyValue", "allowReserved", "headers")
"""What the framework says although it is the default."""

_PAGE = re.compile(r"PageOf_(?:\w+\.)*(\w+)_")
_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
    "object": (dict,),
}  # fmt: skip


def described(document: Schema) -> Schema:
    """The description of the framework, with what every field means and with which refusals each call may end."""
    schemas = {_short(name): _renamed(schema) for name, schema in document["components"]["schemas"].items()}
    document["paths"] = _renamed(document["paths"])
    document["components"]["schemas"] = schemas | {"Problem": PROBLEM}
    document["components"]["responses"] = {status: _refusal(said) for status, said in REFUSALS.items()}
    for name, schema in schemas.items():
        for field, about in schema.get("properties", {}).items():
            _explain(name, field, about)
    strict = _strict()
    for name, schema in schemas.items():
        schema["title"] = name
        schema.pop("description", None)  # the framework's: what the field says in which it happened to come first
        if name in strict:
            schema["additionalProperties"] = False
        if schema.get("properties"):
            schema["examples"] = [example(schema, schemas)]
    for methods in document["paths"].values():
        for method, operation in methods.items():
            _operation(method, operation, schemas)
    return document


def example(schema: Schema, schemas: dict[str, Schema]) -> Any:
    """A value of a schema, made of the examples of its parts."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    if "properties" in schema:
        return {name: example(each, schemas) for name, each in schema["properties"].items()}
    for choice in _choices(schema):
        return example(choice, schemas)
    if schema.get("type") == "array":
        return [example(schema["items"], schemas)]
    if isinstance(inner := schema.get("additionalProperties"), dict) and inner:
        return {"name": example(inner, schemas)}
    return schema["enum"][0] if "enum" in schema else {"string": ""}.get(schema.get("type", ""))


def _operation(method: str, operation: Schema, schemas: dict[str, Schema]) -> None:
    answers = operation["responses"]
    pages = _pages(answers)
    for each in [operation, *answers.values(), *operation.get("parameters", ())]:
        for name in [name for name in NOISE if name in each and not each[name]]:
            del each[name]
    answers.get("204", {}).pop("content", None)
    for asked in operation.get("parameters", ()):
        if asked["in"] == "query":
            asked.setdefault("description", PARAMETERS.get(asked["name"], ""))
    for body in [operation.get("requestBody", {}), *answers.values()]:
        for content in body.get("content", {}).values():
            schema = content["schema"]
            if schema.get("type") == "array" or _choices(schema):
                schema["examples"] = [example(schema, schemas)]
    if any(asked["name"] == KNOWN for asked in operation.get("parameters", ())):
        answers["304"] = {"description": KNOWN_ALREADY}
    for status, said in REFUSALS.items():
        bare = method in ("head", "options")
        answers[status] = {"$ref": f"#/components/responses/{status}"}
        if bare or pages:
            answers[status] = {"description": said} if bare else _refusal(said, pages)


def _explain(body: str, field: str, about: Schema) -> None:
    """Give a field what the glossary says of its name, unless it says so itself."""
    said, *values = FIELDS.get(f"{body.rpartition('_')[2]}.{field}") or FIELDS.get(field) or ("",)
    if said:
        about.setdefault("description", said)
    fits = [value for value in values if any(_fits(value, kind) for kind in [about, *_choices(about)])]
    fits += [each["enum"][0] for each in [about, *_choices(about)] if "enum" in each]
    if fits and not about.get("examples"):
        about["examples"] = fits[:1]


def _fits(value: Any, schema: Schema) -> bool:
    """Whether a value is of a schema's type, or one of its values."""
    if "enum" in schema:
        return value in schema["enum"]
    if isinstance(value, bool) and schema.get("type") != "boolean":
        return False
    inner = schema.get("items", {})
    if isinstance(value, list):
        kinds = [inner, *_choices(inner)]
        return schema.get("type") == "array" and all(any(_fits(each, kind) for kind in kinds) for each in value)
    return isinstance(value, _KINDS.get(schema.get("type", ""), ()))


def _choices(schema: Schema) -> list[Schema]:
    # a struct that a field explains stands alone in allOf
    return [each for each in (*schema.get("allOf", ()), *schema.get("anyOf", ())) if each.get("type") != "null"]


def _refusal(said: str, pages: Schema | None = None) -> Schema:
    return {
        "description": said,
        "content": (pages or {}) | {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _pages(answers: Schema) -> Schema:
    """What people see in a browser refuses as a page."""
    kinds = {kind for said in answers.values() for kind in said.get("content", {}) if kind.startswith("text/")}
    return {kind: {"schema": {"type": "string"}} for kind in kinds}


def _strict() -> set[str]:
    """Names of bodies that refuse fields which nobody knows, with their module where two are called the same."""
    models: dict[str, list[type[Struct]]] = {}
    for model in _below(Struct):
        if model.__module__.startswith("sync_server."):  # what the app calls its own bodies is no matter here
            models.setdefault(model.__name__, []).append(model)
    strict = {name for name, same in models.items() if all(m.__struct_config__.forbid_unknown_fields for m in same)}
    parts = (m for same in models.values() for m in same if m.__struct_config__.forbid_unknown_fields)
    return strict | {f"{m.__module__.rpartition('.')[2]}_{m.__name__}" for m in parts}


def _below(model: type[Struct]) -> Iterator[type[Struct]]:
    for each in model.__subclasses__():
        yield each
        yield from _below(each)


def _short(name: str) -> str:
    return _PAGE.sub(r"\1Page", name)


def _renamed(part: Any) -> Any:
    """The same with the short names of pages; 3 is an integer and a number, so choices need not exclude each other."""
    if isinstance(part, dict):
        return {
            "anyOf" if name == "oneOf" else name: _short(each) if name == "$ref" else _renamed(each)
            for name, each in part.items()
        }
    return [_renamed(each) for each in part] if isinstance(part, list) else part
