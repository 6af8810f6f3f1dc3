"""Files of courses: open to those who learn, teach or keep the server, closed to everybody else."""

from __future__ import annotations

from functools import partial
from hashlib import sha256

import pytest

from lms_core import ops
from lms_core.accounts.model import Caller
from lms_core.courses import entities as e
from lms_core.courses.publishing import answer_key
from lms_core.db.engine import read
from lms_core.errors import Denied, UserError
from lms_core.learning.access import MB, FileRights
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz

PICTURE = sha256(b"picture").hexdigest()


@pytest.fixture
def tess(school: School) -> Workspace:
    return school.laptop(school.person("tess", "instructor"))


@pytest.fixture
def rights(school: School) -> FileRights:
    return FileRights(partial(read, school.hub.engine), most_mb=10)


def caller(account: str, role: str = "student") -> Caller:
    return Caller(account, "session", "x@school.example", role)


def publish(school: School, lead: Workspace, *, price: float = 0.0) -> str:
    """A course with a picture, a practice quiz and a graded one; returns its id."""
    course = lead.courses.create_course("Between the tides", price=price)
    module = lead.courses.add_module(course, "One")
    lead.courses.add_lesson(module, "Waves", body="Wind makes waves.")
    add_quiz(lead, module, "Practice", mode="practice")
    add_quiz(lead, module, "Graded", mode="graded")
    with lead.work() as unit:
        values = {"course_id": course, "sha256": PICTURE, "name": "x.png", "size": 3 * MB}
        unit.emit(ops.create(e.COURSE_FILE, e.COURSE_FILE.id_for(course, PICTURE), values))
    school.blobs.put(b"picture")
    school.sync(lead)
    lead.courses.publish(course)
    school.sync(lead)
    assert lead.sync.parked() == []
    return course


def test_nothing_is_open_before_a_course_names_it(rights: FileRights) -> None:
    for who in (caller("ada"), caller("tess", "instructor"), caller("root", "admin")):
        assert not rights.may_read_pack(who, "ab" * 32)
    assert not rights.may_read_blob(caller("ada"), "ab" * 32)


def test_a_draft_is_for_its_authors(school: School, tess: Workspace, rights: FileRights) -> None:
    course = tess.courses.create_course("Between the tides")
    with tess.work() as unit:
        unit.emit(ops.create(e.COURSE_FILE, e.COURSE_FILE.id_for(course, PICTURE),
                             {"course_id": course, "sha256": PICTURE}))  # fmt: skip
    school.sync(tess)
    assert rights.may_read_blob(caller(tess.account, "instructor"), PICTURE)
    assert rights.may_read_blob(caller("root", "admin"), PICTURE)
    assert not rights.may_read_blob(caller(school.person("ola", "instructor"), "instructor"), PICTURE)
    assert not rights.may_read_blob(caller(school.person("ada")), PICTURE)


def test_a_free_course_is_for_every_account(school: School, tess: Workspace, rights: FileRights) -> None:
    course, ada = publish(school, tess), caller(school.person("ada"))
    card = tess.courses.card(course)
    assert card.key_pack
    for name in (card.pack, card.key_pack):
        assert rights.may_read_pack(ada, name)
    assert rights.may_read_blob(ada, PICTURE)
    assert not rights.may_read_blob(ada, card.pack), "a pack is no picture"
    tess.courses.unpublish(course)
    school.sync(tess)
    assert not rights.may_read_pack(ada, card.pack)
    assert not rights.may_read_blob(ada, PICTURE)
    assert rights.may_read_pack(caller(tess.account, "instructor"), card.pack)


def test_a_course_with_a_price_is_for_who_joined(school: School, tess: Workspace, rights: FileRights) -> None:
    course = publish(school, tess, price=20.0)
    card = tess.courses.card(course)
    ada = school.laptop(school.person("ada"))
    assert not rights.may_read_pack(caller(ada.account), card.pack)
    ada.learning.enroll(course)
    school.sync(ada)
    assert rights.may_read_pack(caller(ada.account), card.pack)
    assert rights.may_read_blob(caller(ada.account), PICTURE)
    ada.learning.drop(course)
    school.sync(ada)
    assert not rights.may_read_pack(caller(ada.account), card.pack)


def test_an_earlier_version_stays_readable(school: School, tess: Workspace, rights: FileRights) -> None:
    course, ada = publish(school, tess), caller(school.person("ada"))
    first = tess.courses.card(course).pack
    module = tess.courses.outline(course).modules[0].id
    tess.courses.add_lesson(module, "Tides", body="The moon pulls.")
    school.sync(tess)
    tess.courses.publish(course)
    school.sync(tess)
    assert tess.courses.card(course).pack != first
    assert rights.may_read_pack(ada, first)


def test_all_answer_keys_of_a_version_are_no_file(school: School, tess: Workspace, rights: FileRights) -> None:
    course = publish(school, tess)
    with read(school.hub.engine) as conn:
        body = conn.execute(answer_key.select().where(answer_key.c.course_id == course)).one().body
    name = sha256(body).hexdigest()
    assert not school.packs.has(name)
    for who in (caller("ada"), caller(tess.account, "instructor"), caller("root", "admin")):
        assert not rights.may_read_pack(who, name)


def test_only_authors_give_files_and_up_to_their_space(school: School, tess: Workspace, rights: FileRights) -> None:
    course, me = publish(school, tess), caller(tess.account, "instructor")
    with pytest.raises(Denied):
        rights.check_quota(caller(school.person("ada")), 1)
    rights.check_quota(me, 7 * MB)
    with pytest.raises(UserError) as caught:
        rights.check_quota(me, 7 * MB + 1)
    assert (caught.value.code, caught.value.values) == ("out_of_quota", {"used_mb": 3, "most_mb": 10})
    FileRights(rights.look).check_quota(me, 100 * MB)
    ola = school.person("ola")
    with tess.work() as unit:
        values = {"course_id": course, "user_id": ola, "can_edit_content": True}
        unit.emit(ops.create(e.COURSE_INSTRUCTOR, e.instructor_id(course, ola), values))
    school.sync(tess)
    rights.check_quota(caller(ola), 10 * MB)
