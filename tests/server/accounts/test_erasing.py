"""An account goes: nothing tells of the person any more, what was learned stays, and nothing brings the person back."""

from __future__ import annotations

import base64
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import MetaData, select

from lms_core import ops
from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.tables import ACCOUNTS
from lms_core.assessment.exams import HUB_EXAMS
from lms_core.classes.tables import CLASSES
from lms_core.courses import entities as e
from lms_core.courses.publishing import HUB_LOCAL
from lms_core.courses.rules import instructor_id
from lms_core.courses.service import CoursesService
from lms_core.db.engine import read
from lms_core.db.rows import VISIBLE
from lms_core.entities import SCHEMA, hub_effects
from lms_core.erasing import BLANKED, EMPTIED, KEPT
from lms_core.invitations.tables import INVITATIONS
from lms_core.learning.entities import ENROLLMENT, NOTE, PROGRESS
from lms_core.mail.tables import MAIL
from lms_core.media.store import MediaStore
from lms_core.media.tables import HUB_FILES
from lms_core.schema import Actor
from lms_core.sync.tables import HUB
from lms_core.sync.wire import decode_entry
from sync_server.app import create_app
from sync_server.backup import back_up, restore
from sync_server.config import Settings
from sync_server.database import database_of
from sync_server.opening import JOURNAL, PACKS, Opened, open_hub, prepare
from tests.fakes import FakeClock
from tests.server.accounts.conftest import School
from tests.server.people import PASSWORD, Client, wish

TRACES = ("ada@school.example", "Ada", "Moyo ", "Zambezi", "secret-note", "Harbour skill", "Old ThinkPad", "testclient")
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
CARD = {"replica_id": "00c0ffee00c0ffee", "public_key": base64.b64encode(bytes(32)).decode(), "name": "Old ThinkPad"}


def lived(opened: Opened, who: Client, course: str = "course") -> str:
    """Somebody says much of themselves, learns a course and writes a note; returns the device's card."""
    me = who.user["id"]
    who.ask("PATCH", "/users/me/profile", json={"bio": "Born by the Zambezi.", "phone_number": "Zambezi-1"})
    who.ask("PUT", "/users/me/social", json={"website": "https://Zambezi.example"})
    who.post("/users/me/skills", {"name": "Harbour skill"})
    with opened.hub.unit(Actor(me, "student")) as unit:
        unit.emit(ops.create(NOTE, unit.new_id(), {"user_id": me, "body": "secret-note"}))
        values = {"user_id": me, "course_id": course, "lesson_id": "l"}
        unit.emit(ops.create(PROGRESS, PROGRESS.id_for(me, "l"), {**values, "percent": 60.0}))
    with opened.hub.unit() as unit:
        joined = {"user_id": me, "course_id": course, "status": "active"}
        unit.derive(ENROLLMENT, ENROLLMENT.id_for(me, course), joined)
    return str(who.post("/replicas", CARD).json()["card"])


def course_of(opened: Opened, lead: Client, title: str = "Tides", **files: Any) -> str:
    with opened.hub.unit(Actor(lead.user["id"], "instructor")) as unit:
        return CoursesService(lambda: nullcontext(unit)).create_course(title)


def dump(opened: Opened) -> str:
    """All that the hub's tables hold, in one text."""
    found = []
    with read(opened.hub.engine) as conn:
        for metadata in (ACCOUNTS, HUB, HUB_FILES, HUB_EXAMS, HUB_LOCAL, MAIL, CLASSES, INVITATIONS, VISIBLE):
            for table in metadata.tables.values():
                if not table.name.startswith("derived_"):
                    found += [f"{table.name}: {tuple(row)!r}" for row in _rows(conn, table)]
    return "\n".join(found)


def _rows(conn: Any, table: Any) -> Any:
    from sqlalchemy.exc import DatabaseError

    try:
        return conn.execute(select(table)).all()
    except DatabaseError:  # a table of laptops
        return []


# --- deleting
@pytest.mark.postgresql
def test_nothing_tells_of_the_person_any_more(school: School, opened: Opened, client: Client) -> None:  # ACC-19
    ada, who = school.ada, school.ada.user["id"]
    lived(opened, ada)
    client.post("/auth/login", {"email": "ada@school.example", "password": "not this one"})
    school.root.ask("PATCH", f"/users/{who}", json={"cohort": "Zambezi"})
    mine = [line for line in dump(opened).splitlines() if who in line or "ada@" in line]
    assert all(any(trace in line for line in mine) for trace in TRACES if trace != "Moyo ")
    assert ada.ask("DELETE", "/users/me", json={"password": PASSWORD}).status_code == 204
    opened.hub.project()
    after = dump(opened)
    by_admin = f"'{school.root.user['id']}', 'account.c"
    left = [line for line in after.splitlines() if (who in line or "ada@" in line) and by_admin not in line]
    for trace in ("ada@", "Ada", "Zambezi", "secret-note", "Harbour skill", "Old ThinkPad", "testclient"):
        assert [line for line in left if trace in line] == [], trace
    for trace in ("ada@", "Zambezi", "secret-note", "Harbour skill", "Old ThinkPad"):
        assert trace not in after, trace
    with read(opened.hub.engine) as conn:
        kept = {
            name: conn.execute(select(VISIBLE.tables[name])).all() for name in ("enrollment", "progress", "account")
        }
    assert [row.percent for row in kept["progress"]] == [60.0], "what was learned stays"
    assert [row.user_id for row in kept["enrollment"]] == [who]
    (gone,) = [row for row in kept["account"] if row.id == who]
    assert (gone.first_name, gone.email, gone.is_active, gone.deleted_at) == (
        "Deleted",
        "",
        False,
        opened.hub.clock.ms(),
    )
    with opened.hub.store.read() as snapshot:
        told = [decode_entry(body) for _, body in snapshot.entries(f"account/{who}", 0, 100)]
    shown = {entry.entity for entry in told if entry.doc is not None}
    assert shown - {"course_progress"} == {"account", "enrollment", "progress"}


@pytest.mark.postgresql
def test_the_person_is_out_and_hears_why(school: School, opened: Opened, client: Client) -> None:
    ada, who = school.ada, school.ada.user["id"]
    card = lived(opened, ada)
    other = client.sign_in("ada")
    assert ada.ask("DELETE", "/users/me", json={"password": PASSWORD}).status_code == 204
    for each in (ada, other):
        for answer in (each.get("/users/me"), client.post("/auth/refresh", {"refresh": each.refresh})):
            assert (answer.status_code, answer.json()["code"]) == (403, "account_deleted")
    login = {"email": "ada@school.example", "password": PASSWORD, "card": card}
    assert client.post("/auth/login", login).json()["code"] == "wrong_credentials", "a card brings nobody back"
    for path in (f"/users/{who}", f"/users/{who}/photo", f"/users/{who}/logins"):
        assert school.root.get(path).status_code == 404
    assert school.root.get("/users?search=deleted").json()["count"] == 0
    for method, path in (("DELETE", ""), ("POST", "/reactivate"), ("POST", "/deactivate")):
        assert school.root.ask(method, f"/users/{who}{path}").status_code == 404
    entry = school.root.get("/audit?action=account.deleted").json()["results"][0]
    assert (entry["actor"], entry["entity_id"], entry["before"]) == (who, who, {"role": "student"})
    fresh = client.post("/auth/register", wish("ada"))
    assert (fresh.status_code, fresh.json()["id"] == who) == (201, False), "the address is free again"


def test_who_may_delete_whom(school: School) -> None:
    ada, sam, root = school.ada, school.sam, school.root
    path = f"/users/{ada.user['id']}"
    for other in (sam, school.tess, school.mina):
        assert other.delete(path).json()["code"] == "denied"
    for body in ({}, {"password": "wrong"}, {"password": PASSWORD, "x": 1}):
        assert ada.ask("DELETE", "/users/me", json=body).status_code == 400
        assert ada.ask("DELETE", path, json=body).status_code == 400
    assert ada.delete(path).json()["details"]["fields"] == {"password": ["field_required"]}
    assert ada.get("/users/me").status_code == 200
    assert ada.ask("DELETE", path, json={"password": PASSWORD}).status_code == 204
    assert root.delete(f"/users/{sam.user['id']}").status_code == 204
    assert sam.get("/users/me").json()["code"] == "account_deleted"
    last = root.ask("DELETE", "/users/me", json={"password": PASSWORD})
    assert (last.status_code, last.json()["code"]) == (400, "last_admin")


# --- courses in the way
@pytest.mark.postgresql
def test_courses_are_handed_over_first(school: School, opened: Opened) -> None:
    tess, root, ada, heir = school.tess, school.root, school.ada, school.sam
    tides, waves = course_of(opened, tess, "Tides"), course_of(opened, tess, "Waves")
    path = f"/users/{tess.user['id']}"
    refused = root.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "owns_courses")
    led = [{"id": tides, "title": "Tides"}, {"id": waves, "title": "Waves"}]
    assert refused.json()["details"]["courses"] == led == tess.get(f"{path}/led-courses").json()
    body = {"to": heir.user["id"]}
    for other in (ada, school.mina):
        assert other.post(f"{path}/hand-over", body).json()["code"] == "denied"
        assert other.get(f"{path}/led-courses").json()["code"] == "denied"
    assert tess.post(f"{path}/hand-over", body).json()["code"] == "cannot_lead", "a student"
    opened.served.accounts.set_role(heir.user["email"], "instructor")
    assert tess.post(f"{path}/hand-over", body | {"courses": ["no-course"]}).status_code == 404
    assert tess.post(f"{path}/hand-over", {"to": tess.user["id"]}).json()["code"] == "cannot_lead"
    for nobody in ("nobody@school.example", "ada@school.example"):
        assert tess.post(f"{path}/hand-over", {"to": nobody}).json()["code"] == "cannot_lead"
    by_address = {"to": heir.user["email"].upper(), "courses": [tides]}
    assert tess.post(f"{path}/hand-over", by_address).json() == led[:1]
    assert root.delete(path).json()["details"]["courses"] == led[1:]
    assert root.post(f"{path}/hand-over", body).json() == led[1:]
    assert root.delete(path).status_code == 204
    with read(opened.hub.engine) as conn:
        lead = VISIBLE.tables["course_instructor"]
        rows = {(r.user_id, r.is_lead, r.is_active) for r in conn.execute(select(lead))}
    assert rows == {(heir.user["id"], True, True), (tess.user["id"], False, False)}
    assert school.root.get("/audit?action=course.handed_over").json()["count"] == 2


def test_who_gave_a_course_away_cannot_take_it_back(school: School, opened: Opened) -> None:
    tess, heir = school.tess.user["id"], school.sam.user["id"]
    opened.served.accounts.set_role(school.sam.user["email"], "instructor")
    course = course_of(opened, school.tess)
    school.tess.post(f"/users/{tess}/hand-over", {"to": heir})
    mine = {"course_id": course, "user_id": tess, "is_lead": True}
    from lms_core.errors import Denied

    with pytest.raises(Denied), opened.hub.unit(Actor(tess, "instructor")) as unit:
        unit.emit(ops.create(e.COURSE_INSTRUCTOR, instructor_id(course, tess), mine))


def test_pictures_of_a_course_stay_readable(school: School, opened: Opened, client: Client) -> None:
    from hashlib import sha256

    from lms_core.content.model import MediaRef

    tess, root, heir = school.tess, school.root, school.sam
    opened.served.accounts.set_role(heir.user["email"], "instructor")
    course, data = course_of(opened, tess), b"a wave"
    name = sha256(data).hexdigest()
    assert tess.give(data).status_code == 204
    with opened.hub.unit(Actor(tess.user["id"], "instructor")) as unit:
        CoursesService(lambda: nullcontext(unit)).add_file(course, MediaRef(name, "wave.png", "image/png", len(data)))
    root.post(f"/users/{tess.user['id']}/hand-over", {"to": heir.user["id"]})
    assert root.delete(f"/users/{tess.user['id']}").status_code == 204
    assert heir.get(f"/blobs/{name}").content == data


# --- nothing is forgotten
def test_every_table_with_an_account_says_what_becomes_of_it() -> None:
    known = {table.name for table in (*EMPTIED, *BLANKED, *KEPT)}
    lease = {"exam_lease"}  # when somebody began an exam: what was learned
    for metadata in (ACCOUNTS, HUB, HUB_FILES, HUB_EXAMS, HUB_LOCAL, MAIL, CLASSES, INVITATIONS):
        assert isinstance(metadata, MetaData)
        for table in metadata.tables.values():
            if "account" in table.c:
                assert table.name in known | lease, f"{table.name}: erased, blanked or kept?"


def test_every_entity_of_a_person_is_erased_or_kept_by_intent() -> None:
    from lms_core.erasing import PRIVATE

    kept = {"enrollment", "progress", "study_session", "attempt", "answer", "grade", "course_progress", "roster_entry",
            "course_instructor", "cohort_member", "certificate"}  # fmt: skip
    owned = {entity.name for entity in SCHEMA.entities.values() if "user_id" in entity.fields}
    assert owned == kept | {entity.name for entity in PRIVATE}


# --- what could bring the person back
@pytest.mark.postgresql
def test_a_restore_from_before_the_deletion_deletes_again(
    data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher, tmp_path: Path
) -> None:
    database = database_of(data, settings.database_url)
    effects = hub_effects(MediaStore(data / PACKS))

    def opening() -> Any:
        return open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher)

    with opening() as opened, TestClient(create_app(settings, opened.served)) as http:
        early = back_up(data, tmp_path / "early", now=NOW, database=database)
        ada = Client(http).join("ada")
        card = lived(opened, ada)
        late = back_up(data, tmp_path / "late", now=NOW, database=database)
        assert ada.ask("DELETE", "/users/me", json={"password": PASSWORD}).status_code == 204
    login = {"email": "ada@school.example", "password": PASSWORD}
    for hour, backup in enumerate((late, early), 9):
        restore(data, Path(backup.path), now=NOW.replace(hour=hour), database=database)
        prepare(data, database)
        with opening() as opened, TestClient(create_app(settings, opened.served)) as http:
            opened.hub.project()
            again = Client(http)
            assert again.post("/auth/login", login).json()["code"] == "wrong_credentials"
            assert again.post("/auth/login", login | {"card": card}).json()["code"] == "wrong_credentials"
            told = Client(http, ada.token).get("/users/me").json()["code"]
            assert told == "account_deleted"
            assert [line for line in dump(opened).splitlines() if "Zambezi" in line or "ada@" in line] == []
    assert (data / JOURNAL).exists()


def test_the_journal_keeps_no_more_of_what_went_than_its_name(school: School, opened: Opened) -> None:
    with opened.hub._own() as unit:
        before = int(unit.tx.start.get("journal", 0))
    lived(opened, school.ada)
    with opened.hub._own() as unit:
        lived_at = int(unit.tx.start.get("journal", 0))
    school.ada.ask("DELETE", "/users/me", json={"password": PASSWORD})
    said = [record for record in opened.hub.journal.records(before) if record.n > lived_at]
    gone = [image for record in said for image in record.images if image.gone]
    assert {image.table for image in gone} >= {"credential"}
    assert all(set(image.values) == set(image.keys) for image in gone)
    for trace in ("ada@school.example", "Zambezi", "secret-note"):
        assert trace not in str(said)
