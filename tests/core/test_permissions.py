"""The named predicates, and that every op, guard of a route and command asks one of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import pytest

from lms_core import permissions as p
from lms_core.accounts.personal import STANDINGS
from lms_core.cli import _parser
from lms_core.entities import SCHEMA
from lms_core.ops import Op
from lms_core.permissions import ADMIN, INSTRUCTOR, MANAGER, PREDICATES, ROLES, STUDENT
from lms_core.schema import Actor, nobody
from sync_server.guards import GUARDS

ME = "me"


def me(role: str = STUDENT) -> Actor:
    return Actor(ME, role)


def who_passes(predicate: Callable[..., bool], *more: Any, **named: Any) -> set[str]:
    """Roles, and `guest`, that pass."""
    people = {"guest": None, **{role: me(role) for role in ROLES}}
    return {name for name, who in people.items() if predicate(who, *more, **named)}


@pytest.mark.parametrize(
    ("predicate", "roles"),
    [
        (p.is_anyone, {"guest", *ROLES}),
        (p.is_authenticated, {*ROLES}),
        (p.is_student, {STUDENT}),
        (p.is_instructor, {INSTRUCTOR}),
        (p.is_instructor_or_admin, {INSTRUCTOR, ADMIN}),
        (p.is_admin, {ADMIN}),
        (p.is_moderator_or_up, {MANAGER, ADMIN}),
    ],
)
def test_roles(predicate: Callable[..., bool], roles: set[str]) -> None:  # ROL-01, ROL-07
    assert who_passes(predicate) == roles


def test_who_invites_whom() -> None:  # ACC-20
    for role in ROLES:
        assert who_passes(p.can_invite, role) == ({MANAGER, ADMIN} if role == STUDENT else {ADMIN})


def test_what_only_reads_passes() -> None:  # ROL-07, ROL-09
    for predicate, row in (
        (p.is_instructor_or_read_only, ()), (p.is_owner_or_read_only, ("other",)), (p.is_enrolled_or_read_only, (None,))
    ):  # fmt: skip
        assert who_passes(predicate, *row, reading=True) == {"guest", *ROLES}
    assert who_passes(p.is_instructor_or_read_only, reading=False) == {INSTRUCTOR, ADMIN}
    assert who_passes(p.is_owner_or_read_only, "other", reading=False) == set()
    assert who_passes(p.is_owner_or_read_only, ME, reading=False) == {*ROLES}
    assert who_passes(p.is_enrolled_or_read_only, None, reading=False) == set()


def test_owners() -> None:
    for foreign in ("other", "", None):
        assert who_passes(p.is_owner, foreign) == set()
        assert who_passes(p.is_owner_or_admin, foreign) == {ADMIN}
    assert who_passes(p.is_owner, ME) == {*ROLES}
    person = {"id": ME, "is_email_verified": True}
    assert who_passes(p.is_verified_user, person) == {*ROLES}
    for wrong in (person | {"is_email_verified": False}, person | {"id": "other"}, None):
        assert who_passes(p.is_verified_user, wrong) == set()


@pytest.mark.parametrize(
    ("status", "learns"),
    [("active", True), ("completed", True), ("dropped", False), ("suspended", False), ("none", False)],
)
def test_who_learns_a_course(status: str, learns: bool) -> None:  # ROL-09
    row = {"user_id": ME, "status": status}
    assert who_passes(p.is_enrolled, row) == ({*ROLES} if learns else set())
    assert who_passes(p.is_enrolled, row | {"user_id": "other"}) == set()


def test_who_manages_a_course() -> None:  # ROL-08, ROL-10
    rights = {"can_edit_content": True, "can_manage_students": True, "can_view_analytics": True}
    row = {"user_id": ME, "is_active": True, "is_lead": False, **rights}
    for right in rights:
        assert who_passes(p.can_manage_course, row, right) == {*ROLES}
        assert who_passes(p.can_manage_course, row | {right: False}, right) == {ADMIN}
    for wrong in (row | {"is_active": False}, row | {"user_id": "other"}, None):
        assert who_passes(p.can_manage_course, wrong) == {ADMIN}
        assert who_passes(p.is_course_instructor, wrong) == set()
        assert who_passes(p.is_moderator_or_up, wrong) == {MANAGER, ADMIN}
    assert who_passes(p.is_moderator_or_up, row) == {*ROLES}
    assert who_passes(p.is_lead_instructor, row) == set()
    assert who_passes(p.is_lead_instructor, row | {"is_lead": True}) == {*ROLES}


def test_who_begins_and_publishes_courses() -> None:  # INS-03
    profile = {"user_id": ME, "status": "active"}
    for given in (profile, None):
        assert who_passes(p.is_active_instructor, given) == {INSTRUCTOR, ADMIN}
    for wrong in (*({"status": each} for each in STANDINGS - {"active"}), {"user_id": "other"}):
        assert who_passes(p.is_active_instructor, profile | wrong) == {ADMIN}


def test_who_reads_a_course() -> None:
    nothing: dict[str, Any] = {"card": None, "enrollment": None, "membership": None}
    card = {"is_published": True, "price": 0}
    assert who_passes(p.can_read_course, **nothing) == {ADMIN}
    assert who_passes(p.can_read_course, **nothing | {"card": card}) == {*ROLES}
    for wrong in (card | {"price": 5}, card | {"is_published": False}):
        assert who_passes(p.can_read_course, **nothing | {"card": wrong}) == {ADMIN}
    joined = {"user_id": ME, "status": "dropped"}
    assert who_passes(p.can_read_course, **nothing | {"enrollment": joined}) == {*ROLES}
    for outside in ("none", "suspended"):
        assert who_passes(p.can_read_course, **nothing | {"enrollment": joined | {"status": outside}}) == {ADMIN}
    assert who_passes(p.can_read_course, **nothing | {"membership": {"user_id": ME, "is_active": True}}) == {*ROLES}


@pytest.mark.parametrize(
    ("change", "premium"),
    [({}, True), ({"ends_at": None}, True), ({"ends_at": 10}, False), ({"tier": "registered"}, False),
     ({"status": "cancelled"}, False), ({"user_id": "other"}, False)],
)  # fmt: skip
def test_who_is_premium(change: dict[str, Any], premium: bool) -> None:
    row = {"user_id": ME, "tier": "premium", "status": "active", "ends_at": 11} | change
    assert p.is_premium_user(me(), row, now_ms=10) is premium
    assert not p.is_premium_user(None, row, now_ms=10)
    assert not p.is_premium_user(me(), None, now_ms=10)


# --- everything that asks
def asked(function: Any, deep: int = 3) -> set[str]:
    """Predicates that a function asks, also through functions of ours that it calls."""
    function = getattr(function, "__wrapped__", function)
    if not isinstance(function, FunctionType):
        return set()
    names = _names(function.__code__)
    found = {name for name in names if PREDICATES.get(name) and function.__globals__.get(name) is PREDICATES[name]}
    for name in names if deep else ():
        other = function.__globals__.get(name)
        if isinstance(other, FunctionType) and other.__module__.split(".")[0] in ("lms_core", "sync_server"):
            found |= asked(other, deep - 1)
    return found


def _names(code: CodeType) -> set[str]:
    return {*code.co_names}.union(*(_names(each) for each in code.co_consts if isinstance(each, CodeType)))


def test_every_op_asks_a_named_predicate() -> None:  # ROL-11
    for entity in SCHEMA.entities.values():
        hub_only = all(field.kind == "hub" for field in entity.fields.values())
        assert (entity.may is nobody) == hub_only, entity.name
        assert hub_only or asked(entity.may), f"{entity.name} asks no predicate"
    assert asked(SCHEMA["course"].may) >= {"can_manage_course", "is_instructor_or_admin"}
    assert asked(nobody) == set()


def test_every_guard_asks_a_named_predicate() -> None:  # ROL-11
    assert {guard.__name__: asked(guard) for guard in GUARDS if not asked(guard)} == {}


def test_every_command_names_a_predicate() -> None:  # ROL-11
    commands = next(a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    named = {name: made.get_default("may") for name, made in commands.items()}
    assert [name for name, may in named.items() if may not in PREDICATES.values()] == []
    without = {name for name, may in named.items() if may is p.is_anyone}
    assert without == {"register", "sign-in", "start", "link", "profiles", "restore", "import"}, (
        "these open a profile themselves"
    )


def test_premium_content_holds_thirty_days_without_a_network() -> None:  # ACC-16
    day, heard = 86_400_000, 1_000_000_000_000
    row = {"user_id": ME, "tier": "premium", "status": "active", "ends_at": None}
    for days, holds in ((0, True), (30, True), (30.01, False), (-400, True)):
        passes = who_passes(p.is_premium_offline, row, heard_ms=heard, now_ms=heard + int(days * day))
        assert passes == ({*ROLES} if holds else set()), days
    ended = row | {"ends_at": heard - 1}
    assert who_passes(p.is_premium_offline, ended, heard_ms=heard, now_ms=heard - 400 * day) == set(), "clock set back"
    ends = row | {"ends_at": heard + day}
    assert who_passes(p.is_premium_offline, ends, heard_ms=heard, now_ms=heard + 2 * day) == set()
    assert who_passes(p.is_premium_offline, None, heard_ms=heard, now_ms=heard) == set()


# --- ops
OTHERS = {
    "user_id": "other", "created_by": "other", "account_id": "other", "audience": ["account/other"],
    "course_id": "course", "status": "none", "attempt_id": "attempt",
}  # fmt: skip


OPS: dict[str, dict[str, Any]] = {
    "attr": {"field": "x", "value": 1}, "state": {"field": "status", "verb": "suspend"}, "text": {"field": "x"},
    "trash": {}, "delete": {}, "place": {"parent": "p"},
}  # fmt: skip


@pytest.mark.parametrize("role", [STUDENT, INSTRUCTOR, MANAGER])
def test_a_role_alone_writes_no_foreign_row(role: str) -> None:  # ROL-03, ROL-04, ROL-05, ROL-13
    """Rows of others, and of courses in which one has no part, are open to administrators at most."""
    wrong = []
    for entity in SCHEMA.entities.values():
        row = {**{name: field.default for name, field in entity.fields.items()}, **OTHERS, "id": "row"}
        for kind, args in OPS.items():
            if entity.may(me(role), Op(entity.name, "row", kind, args, None, 0, 0), row, lambda name: None):
                wrong.append(f"{entity.name} {kind}")
    assert wrong == []


@pytest.mark.parametrize("role", [STUDENT, INSTRUCTOR, MANAGER])
def test_a_role_alone_makes_no_row_for_others(role: str) -> None:  # ROL-12, ROL-13
    made = []
    for entity in SCHEMA.entities.values():
        op = Op(entity.name, "row", "create", dict(OTHERS), None, 0, 0)
        owned = entity.owner is not None and op.args.get(entity.owner) != ME  # the hub asks that first
        if not owned and entity.may(me(role), op, None, lambda name: None):
            made.append(entity.name)
    assert made == []
