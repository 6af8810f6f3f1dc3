"""Certificates are kept: on laptops, through restores and a change of keys, and not for who is erased (CER)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lms_core import ops
from lms_core.accounts.passwords import PasswordHasher
from lms_core.certificates.entities import CERTIFICATE
from lms_core.certificates.model import is_genuine, read_file
from lms_core.errors import Denied, NotFound, UserError
from lms_core.schema import Actor
from sync_server.backup import back_up, restore
from sync_server.config import Settings
from sync_server.database import database_of
from sync_server.layout import JOURNAL, KEYS
from sync_server.opening import prepare
from tests.fakes import FakeClock
from tests.server.certifying import enrolled, keys_of, listed, reopened
from tests.server.learners import NONE, laptop_of, open_world, sync
from tests.server.people import Client
from tests.server.rights import World
from tests.server.rights_certificates import certified, certified_course, complete

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


# --- laptops
def test_it_comes_by_sync_and_is_proved_on_the_laptop(
    world: World, tmp_path: Path, clock: FakeClock
) -> None:  # CER-10, CER-07
    course = certified_course(world)
    enrolled(world, "student", course)
    complete(world, "student", course)
    with laptop_of(world, "student", tmp_path, clock) as laptop:
        shelf = laptop.certificates
        assert (shelf.state_of(course), shelf.own()) == ("provisional", [])
        world.opened.served.certificates.issue_due()
        sync(world, laptop)
        (own,) = shelf.own()
        assert (shelf.state_of(course), own.is_valid) == ("here", True)
        number, data = shelf.file(own.id)
        assert shelf.verify_file(data).state == "valid"
        assert read_file(data) == read_file(world.people["student"].get(f"/certificates/{own.id}/file").content)
        world.people["admin"].post(f"/certificates/{own.id}/revoke", {"reason": "A mistake"})
        assert shelf.verify_number(number).state == "valid", "without a network nobody knows yet"
        sync(world, laptop)
        assert (shelf.verify_number(number).state, shelf.state_of(course)) == ("revoked", "given")


def test_others_do_not_see_it(world: World, tmp_path: Path, clock: FakeClock) -> None:
    certified(world, "student")
    with laptop_of(world, "foreign", tmp_path, clock) as laptop:
        assert laptop.certificates.own() == []
        with pytest.raises(NotFound):
            laptop.certificates.verify_number(listed(world)[0]["certificate_number"])


def test_no_laptop_writes_one(world: World) -> None:  # SEC-14
    certificate = certified(world, "student")
    for draft in (
        ops.change(CERTIFICATE, certificate, "is_valid", False),
        ops.create(CERTIFICATE, NONE, {"user_id": world.account("student"), "is_valid": True}),
    ):
        with (
            pytest.raises((Denied, UserError)),
            world.opened.hub.unit(Actor(world.account("student"), "student")) as unit,
        ):
            unit.emit(draft)


# --- restored and moved
def test_a_restored_server_issues_the_same_number(
    data: Path, tmp_path: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher
) -> None:  # CER-03
    database = database_of(data, settings.database_url)
    with open_world(data, settings, clock, hasher) as world:
        course = certified_course(world)
        enrolled(world, "student", course)
        complete(world, "student", course)
        backup = back_up(data, tmp_path / "copies", now=NOW, database=database)
        world.opened.served.certificates.issue_due()
        (before,) = listed(world)
        student = world.people["student"]
    for day, journal in ((6, True), (7, False)):
        clock.advance(ms=86_400_000)
        if not journal:  # the disk was lost with all that was on it
            for each in (data / JOURNAL).iterdir():
                each.unlink()
        restore(data, Path(backup.path), now=NOW.replace(day=day), database=database)
        prepare(data, database)
        with reopened(data, settings, clock, hasher) as (opened, http):
            assert opened.served.certificates.sweep()["issued"] == (0 if journal else 1)
            (found,) = Client(http).sign_in("student").get("/certificates").json()["results"]
            assert found == before
    assert student.user["id"] == before["user_id"]


def test_old_certificates_hold_after_the_key_was_changed(
    data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher
) -> None:  # CER-07
    with open_world(data, settings, clock, hasher) as world:
        certificate = certified(world, "student")
        first = read_file(world.people["student"].get(f"/certificates/{certificate}/file").content)
    (data / KEYS / "accounts.key").write_bytes(b"k" * 32)
    with reopened(data, settings, clock, hasher) as (opened, http):
        admin = Client(http).sign_in("admin")
        new = admin.post(f"/certificates/{certificate}/reissue", {}).json()
        second = read_file(admin.get(f"/certificates/{new['id']}/file").content)
        keys = keys_of(opened)
    assert len(keys) == 2
    assert is_genuine(first, keys)
    assert is_genuine(second, keys)
    assert [is_genuine(first, [key]) for key in keys] == [not is_genuine(second, [key]) for key in keys]


def test_who_is_erased_is_on_no_certificate(world: World) -> None:  # ACC-19
    certified(world, "student")
    (own,) = listed(world)
    world.people["admin"].delete(f"/users/{world.account('student')}")
    said = (
        world.people["guest"]
        .get("/certificates/verify", params={"certificate_number": own["certificate_number"]})
        .json()
    )
    assert (said["is_valid"], said["student_name"]) == (False, "")
