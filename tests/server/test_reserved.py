"""What only the server sets comes from no caller, neither by sync nor over the interface (SEC-14, ROL-12)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lms_core import ops
from lms_core.entities import SCHEMA
from lms_core.errors import UserError
from lms_core.ops import Op
from lms_core.schema import Entity
from lms_core.sync.checks import check_args
from tests.server.people import PASSWORD, Client, wish
from tests.server.test_description import document, operations, schemas
from tests.server.test_hostile import opened as opened
from tests.server.test_hostile import with_role

ID = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"
RESERVED = frozenset({
    "attempt_number", "author", "completion_date", "course_count", "created_at", "done", "done_at", "email_verified",
    "enrolled_students_count", "helpful_count", "instructor", "is_active", "is_admin", "is_approved", "is_completed",
    "is_current", "is_email_verified", "is_enrolled", "is_published", "is_suspicious", "is_valid",
    "is_verified_purchase", "max_score", "number", "over_limit", "owner", "owner_id", "pack", "passed",
    "payment_status", "percent", "progress_percentage", "published_date", "revoked_at", "role", "score", "slug", "tier",
    "updated_at", "user_id", "version",
})  # fmt: skip
ALLOWED = {
    "NewUserBody": {"role"}, "RoleBody": {"role"}, "InvitationWish": {"role"},  # administrators
    "DecisionBody": {"user_id"},  # administrators
    "NewCategory": {"is_active"}, "WholeCategory": {"is_active"}, "CategoryChange": {"is_active"},  # administrators
    "NewInstructor": {"is_active", "user_id"}, "WholeInstructor": {"is_active"},  # who leads the course, about others
    "InstructorChange": {"is_active"},
    "WholeProgress": {"is_completed", "percent"}, "ProgressChange": {"is_completed", "percent"},  # of their own reading
}  # fmt: skip
"""Bodies in which such a name is something that this caller may say."""
LOOSE = {"AcceptForm", "LoginBody", "RefreshBody", "ReplicaBody", "ResetForm", "VerifyForm"}
"""What a newer app sends to an older server, and forms of browsers: what they do not know is passed over."""


def bodies() -> Iterator[str]:
    """Names of all bodies that callers send, with those within them."""
    taken = [each.get("requestBody", {}).get("content", {}) for _, each in operations()]
    wanted = [content["schema"] for kinds in taken for content in kinds.values()]
    seen: set[str] = set()
    while wanted:
        for part in json.dumps(wanted.pop()).split("#/components/schemas/")[1:]:
            name = part.partition('"')[0]
            if name not in seen:
                seen.add(name)
                wanted.append(schemas()[name])
                yield name


def test_no_body_has_a_field_that_only_the_server_sets() -> None:  # SEC-14
    found = {name: RESERVED & schemas()[name].get("properties", {}).keys() for name in bodies()}
    assert {name: fields for name, fields in found.items() if fields} == ALLOWED
    loose = {name for name in bodies() if schemas()[name].get("additionalProperties") is not False}
    assert loose == LOOSE
    assert document()["paths"]


def hub_fields() -> Iterator[tuple[Entity, str]]:
    for entity in SCHEMA.entities.values():
        yield from ((entity, name) for name, field in entity.fields.items() if field.kind == "hub")


def made(entity: Entity, values: dict[str, Any]) -> Op:
    draft = ops.create(entity, ID, values)
    return Op(draft.entity, draft.row, draft.kind, draft.args, None, 0, 0)


def test_no_field_of_the_hub_comes_by_sync() -> None:  # SEC-14
    assert {("account", "role"), ("grade", "score"), ("grade", "passed"), ("course_card", "enrolled")} <= {
        (entity.name, name) for entity, name in hub_fields()
    }
    for entity, name in hub_fields():
        for op in (made(entity, {name: 1}), Op(entity.name, ID, "attr", {"field": name, "value": 1}, None, 0, 0)):
            with pytest.raises(UserError) as raised:
                check_args(entity, op)
            assert raised.value.code == "reserved_field", (entity.name, name, op.kind)


def test_no_row_that_the_hub_makes_comes_by_sync() -> None:  # SEC-14
    own = [entity for entity in SCHEMA.entities.values() if entity.made_by == "hub"]
    assert {"account", "grade", "course_progress", "roster_entry", "cohort_member"} <= {each.name for each in own}
    for entity in own:
        with pytest.raises(UserError) as raised:
            check_args(entity, made(entity, {}))
        assert raised.value.code == "reserved_field"


@pytest.mark.parametrize("field", sorted(RESERVED))
def test_a_reserved_field_over_rest_is_refused_by_its_name(client: Client, field: str) -> None:  # SEC-14, ROL-12
    ada = client.join()
    before = ada.get("/users/me").json()
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/auth/register", wish("bo")),
        ("PATCH", "/users/me", {"first_name": "Eve"}),
        ("PATCH", "/users/me/profile", {"bio": "x"}),
        ("POST", "/enrollments", {"course_id": ID}),
        ("POST", f"/lessons/{ID}/notes", {"body": "x"}),
        ("POST", f"/attempts/{ID}/answers", {"question_id": ID, "response": ["a"]}),
    ]
    for method, path, body in asked:
        answer = ada.ask(method, path, json=body | {field: 1})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields"), (path, answer.text)
        assert answer.json()["details"]["fields"] == {field: ["unknown_field"]}
    assert ada.get("/users/me").json() == before
    assert client.post("/auth/login", {"email": "bo@school.example", "password": PASSWORD}).status_code == 401


def test_nobody_makes_themselves_more_than_they_are(client: Client, opened: Any) -> None:  # SEC-03, SEC-14
    mina, sam = with_role(client, opened, "manager"), client.join("sam")
    for person in (mina, sam):
        own = person.user["id"]
        assert person.ask("PUT", f"/users/{own}/role", json={"role": "admin"}).status_code == 403
        assert person.ask("PATCH", f"/users/{own}", json={"role": "admin"}).status_code == 400
        assert person.post("/users", wish("eve") | {"role": "admin"}).status_code in (400, 403)
        assert person.get("/users/me").json()["role"] == person.user["role"]
