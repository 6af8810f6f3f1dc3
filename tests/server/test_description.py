"""The interface's own description: every field is explained and shown, every refusal is named (API-12)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from msgspec import Struct

from sync_server.app import description
from sync_server.describing import REFUSALS
from sync_server.glossary import FIELDS, PARAMETERS
from tests import openapi
from tests.server.people import Client

DESCRIBED = {"application/json", "application/x-www-form-urlencoded"}
"""Kinds of bodies that have a schema; files and pages have none."""


@cache
def document() -> Any:
    return json.loads(json.dumps(description()))


def schemas() -> dict[str, Any]:
    found: dict[str, Any] = document()["components"]["schemas"]
    return found


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def fields() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in schemas().items():
        for field, about in schema.get("properties", {}).items():
            yield f"{name}.{field}", about


def test_every_field_is_explained_and_shown() -> None:  # API-12
    assert [name for name, about in fields() if not about.get("description")] == [], "say it in sync_server/glossary.py"
    lacking = [name for name, about in fields() if not about.get("examples") and "$ref" not in json.dumps(about)]
    assert lacking == [], "show a value in sync_server/glossary.py"


def test_every_example_is_what_its_schema_says() -> None:  # API-12
    root = {"components": document()["components"]}
    for name, schema in schemas().items():
        validator = jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", **root})
        assert "examples" in schema or not schema.get("properties"), name
        wrong = [error.message for each in schema.get("examples", ()) for error in validator.iter_errors(each)]
        assert wrong == [], name


def test_every_body_and_reply_has_a_schema_with_an_example() -> None:  # API-12
    bare = []
    for name, operation in operations():
        told = [operation.get("requestBody", {}), *operation["responses"].values()]
        for kind, content in (pair for each in told for pair in each.get("content", {}).items()):
            schema = content["schema"]
            if kind in DESCRIBED and not (schema.get("$ref") or schema.get("examples") or schema == {"type": "null"}):
                bare.append((name, kind, schema))
    assert bare == []


def test_every_operation_names_its_refusals_and_parameters() -> None:  # API-06, API-12
    for name, operation in operations():
        assert operation["responses"].keys() >= REFUSALS.keys(), name
        assert any(status[0] in "23" for status in operation["responses"]), name
        assert operation["description"], name
        for asked in operation.get("parameters", ()):
            assert asked["in"] == "path" or asked.get("description"), (name, asked["name"])
    shared = document()["components"]["responses"]
    for status in ("401", "403", "404", "412", "413", "426", "429", "503"):
        assert shared[status]["description"]
        assert shared[status]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_a_detail_with_a_tag_says_that_it_may_be_known_already() -> None:  # API-15
    told = {name for name, operation in operations() if "304" in operation["responses"]}
    assert "get /api/v1/lessons/{lesson}" in told
    assert "get /api/v1/users/me" in told
    assert all(name.startswith("get ") for name in told)


def models(kind: type[Any] = Struct) -> Iterator[str]:
    for each in kind.__subclasses__():
        yield each.__name__
        yield from models(each)


def test_every_schema_and_every_word_of_the_glossary_is_of_a_model() -> None:  # API-12
    known = set(models()) | {"Problem"}
    names = {re.sub(r"^[a-z_]+_(?=[A-Z])", "", name) for name in schemas()}
    assert {name for name in names if not {name, name.removesuffix("Page")} & known} == set()
    pairs = [name.split(".") for name, _ in fields()]
    used = {field for _, field in pairs} | {f"{body.rpartition('_')[2]}.{field}" for body, field in pairs}
    assert sorted(FIELDS.keys() - used) == [], "no field is called so any more"
    asked = {each["name"] for _, operation in operations() for each in operation.get("parameters", ())}
    assert sorted(PARAMETERS.keys() - asked) == []


def test_the_copy_is_what_the_server_says(client: Client) -> None:  # API-12
    told = client.get("/openapi.json").json()
    assert told == document()
    said = openapi.COPY.read_text(encoding="utf-8")
    assert json.loads(said) == told, "python -m tests.openapi writes it anew"
    assert said == openapi.text(told)


@pytest.mark.parametrize("line", ['{"a": {}}', '{"paths": {"/x": {"get": {"b": [1]}}}}'])
def test_the_copy_is_json_whatever_is_in_it(line: str) -> None:
    assert json.loads(openapi.text(json.loads(line))) == json.loads(line)
