"""Who may read packs and media: what nothing allows is refused."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest
from sqlalchemy import Connection, select

from lms_core import ops
from lms_core.accounts.personal import PHOTO_BYTES, PROFILE
from lms_core.content.model import MediaRef
from lms_core.courses import entities as e
from lms_core.courses.publishing import answer_key
from lms_core.db.engine import read
from lms_core.errors import Denied, UserError
from lms_core.learning.entities import ENROLLMENT
from lms_core.learning.file_rights import FileRule
from lms_core.learning.rights import (
    MB,
    check_author,
    check_giver,
    check_quota,
    may_read_pack,
    may_return,
    named_files,
    note_holder,
)
from tests.core.school import School, add_quiz

Rule = Callable[[Connection, str, str], bool]


class Shelf:
    """A course with a picture and a practice quiz, its teacher and somebody else."""

    def __init__(self, school: School, price: float) -> None:
        self.school = school
        self.tess = school.laptop(school.person("tess", "instructor"))
        courses = self.tess.courses
        self.course = courses.create_course("Between the tides", price=price)
        module = courses.add_module(self.course, "The shore")
        self.blob = self.file(b"a picture")
        self.lesson = courses.add_lesson(module, "Waves", body=f"![A wave](media:{self.blob})")
        add_quiz(self.tess, module, mode="practice")
        add_quiz(self.tess, module, "Graded", mode="graded")
        school.sync(self.tess)

    def file(self, data: bytes) -> str:
        """A file of the course that its teacher has given."""
        name = self.school.blobs.put(data)
        self.give(self.tess.account, name)
        self.tess.courses.add_file(self.course, MediaRef(name, f"{name[:6]}.png", "image/png", len(data)))
        return name

    def give(self, account: str, blob: str) -> None:
        with self.school.hub.unit() as unit:
            note_holder(unit, account, blob, self.school.blobs.size(blob))

    def publish(self) -> tuple[str, str]:
        self.tess.courses.publish(self.course)
        self.school.sync(self.tess)
        card = self.tess.courses.card(self.course)
        return card.pack, card.key_pack

    def may_have(self, account: str, name: str) -> bool:
        """Whether somebody may read a media file."""
        with read(self.school.engine) as conn:
            return FileRule(self.school.packs).may_read(conn, account, name)

    def allowed(self, rule: Rule, account: str, name: str) -> bool:
        with read(self.school.engine) as conn:
            return rule(conn, account, name)

    def enrol(self, account: str, status: str) -> None:
        row = ENROLLMENT.id_for(account, self.course)
        with self.school.hub.unit() as unit:
            unit.derive(ENROLLMENT, row, {"user_id": account, "course_id": self.course, "status": status})


@pytest.fixture
def free(school: School) -> Shelf:
    return Shelf(school, 0.0)


@pytest.fixture
def dear(school: School) -> Shelf:
    return Shelf(school, 20.0)


@pytest.mark.postgresql(soak=True)
def test_a_free_course_is_for_everybody_once_it_is_published(free: Shelf) -> None:
    stranger = free.school.person("sam")
    assert not free.may_have(stranger, free.blob)
    pack, key = free.publish()
    assert all(free.allowed(may_read_pack, stranger, name) for name in (pack, key))
    assert free.may_have(stranger, free.blob)
    free.tess.courses.unpublish(free.course)
    free.school.sync(free.tess)
    assert not any(free.allowed(may_read_pack, stranger, name) for name in (pack, key))
    assert not free.may_have(stranger, free.blob)


def test_who_is_suspended_gets_nothing_of_a_free_course(free: Shelf) -> None:  # ENR-09
    names, learner = free.publish(), free.school.person("ida")
    for status, right in (("active", True), ("suspended", False), ("unenrolled", True)):
        free.enrol(learner, status)
        assert [free.allowed(may_read_pack, learner, name) for name in names] == [right, right], status
        assert free.may_have(learner, free.blob) is right, status


@pytest.mark.postgresql(soak=True)
def test_a_course_with_a_price_is_for_those_who_learn_and_teach_it(dear: Shelf) -> None:
    pack, key = dear.publish()
    learner, stranger = dear.school.person("ida"), dear.school.person("sam")
    other, boss = dear.school.person("ola", "instructor"), dear.school.person("root", "admin")
    dear.enrol(learner, "active")
    dear.enrol(stranger, "none")
    for account, right in ((learner, True), (dear.tess.account, True), (boss, True), (stranger, False), (other, False)):
        assert [dear.allowed(may_read_pack, account, name) for name in (pack, key)] == [right, right]
        assert dear.may_have(account, dear.blob) is right


@pytest.mark.postgresql(soak=True)
def test_older_versions_stay_with_their_readers(dear: Shelf) -> None:
    old, _ = dear.publish()
    dear.tess.courses.change_course(dear.course, title="Below the tides")
    new, _ = dear.publish()
    learner, stranger = dear.school.person("ida"), dear.school.person("sam")
    dear.enrol(learner, "completed")
    assert old != new
    assert [dear.allowed(may_read_pack, learner, p) for p in (old, new)] == [True, True]
    assert [dear.allowed(may_read_pack, stranger, p) for p in (old, new)] == [False, False]


@pytest.mark.postgresql(soak=True)
def test_a_co_author_who_left_reads_no_more(dear: Shelf) -> None:
    pack, _ = dear.publish()
    other = dear.school.person("ola", "instructor")
    row = e.instructor_id(dear.course, other)
    for active in (True, False):
        with dear.school.hub.unit() as unit:
            values = {"course_id": dear.course, "user_id": other, "is_active": active}
            unit.derive(e.COURSE_INSTRUCTOR, row, values)
        assert dear.allowed(may_read_pack, other, pack) is active


@pytest.mark.postgresql(soak=True)
def test_what_no_course_names_is_read_by_nobody(free: Shelf) -> None:
    free.publish()
    lost = free.school.blobs.put(b"nobody's")
    for name in (lost, "", "0" * 64):
        root = free.school.person(f"root{len(name)}{lost[:3]}", "admin")
        for account in (free.tess.account, root):
            assert not free.allowed(may_read_pack, account, name)
            assert not free.may_have(account, name)


@pytest.mark.postgresql
def test_to_name_a_hash_gives_its_bytes_to_nobody(dear: Shelf) -> None:
    eve, root = dear.school.laptop(dear.school.person("eve", "instructor")), dear.school.person("root", "admin")
    thief = eve.courses.create_course("My own course")
    eve.courses.add_file(thief, MediaRef(dear.blob, "mine.png", "image/png", 9))
    dear.school.sync(eve)
    assert not dear.may_have(eve.account, dear.blob)
    dear.give(eve.account, dear.blob)
    assert dear.may_have(eve.account, dear.blob), "who proved to have it"
    lost = dear.school.blobs.put(b"lost")
    eve.courses.add_file(thief, MediaRef(lost, "lost.png", "image/png", 4))
    dear.school.sync(eve)
    dear.give(root, lost)
    assert dear.may_have(eve.account, lost), "an administrator works on every course"


@pytest.mark.postgresql(soak=True)
def test_space_is_counted_once_a_file_over_all_courses(free: Shelf) -> None:
    again = free.tess.courses.create_course("Above the tides")
    for course in (free.course, again):
        free.tess.courses.add_file(course, MediaRef("a" * 64, "a.png", "image/png", 3 * MB))
    free.school.sync(free.tess)
    with read(free.school.engine) as conn:
        check_quota(conn, free.tess.account, MB, most=5 * MB)
        with pytest.raises(UserError) as refusal:
            check_quota(conn, free.tess.account, 2 * MB, most=5 * MB)
    assert (refusal.value.code, refusal.value.values) == ("out_of_quota", {"used_mb": 3, "most_mb": 5})
    with free.school.hub.unit() as unit:
        for name, size in (("a" * 64, 3 * MB), ("b" * 64, 2 * MB)):
            note_holder(unit, free.tess.account, name, size)
    with read(free.school.engine) as conn, pytest.raises(UserError, match="5 of 5 MB"):
        check_quota(conn, free.tess.account, 1, most=5 * MB)


@pytest.mark.postgresql(soak=True)
def test_only_authors_give_files(free: Shelf) -> None:
    ada, ola = free.school.person("ada"), free.school.person("ola")
    with free.tess.work() as unit:
        values = {"course_id": free.course, "user_id": ola, "can_edit_content": True}
        unit.emit(ops.create(e.COURSE_INSTRUCTOR, e.instructor_id(free.course, ola), values))
    free.school.sync(free.tess)
    with read(free.school.engine) as conn:
        check_author(conn, free.tess.account)
        check_author(conn, ola)
        with pytest.raises(Denied):
            check_author(conn, ada)


def test_others_give_the_picture_of_their_profile_and_nothing_else(free: Shelf) -> None:  # USR-08
    ada = free.school.person("ada")
    with free.school.hub.unit() as unit:
        unit.derive(PROFILE, PROFILE.id_for(ada), {"user_id": ada, "profile_picture": "a" * 64})
    with read(free.school.engine) as conn:
        check_giver(conn, ada, "a" * 64, PHOTO_BYTES)
        check_giver(conn, free.tess.account, "b" * 64, 20 * MB)
        for who, name, size in ((ada, "a" * 64, PHOTO_BYTES + 1), (ada, "b" * 64, 1), ("eve", "a" * 64, 1)):
            with pytest.raises(Denied):
                check_giver(conn, who, name, size)


@pytest.mark.postgresql(soak=True)
def test_all_answer_keys_of_a_version_are_no_file(free: Shelf) -> None:
    free.publish()
    with read(free.school.engine) as conn:
        (body,) = conn.scalars(select(answer_key.c.body))
        name = sha256(body).hexdigest()
        assert not may_read_pack(conn, free.tess.account, name)
    assert not free.school.packs.has(name)


@pytest.mark.postgresql(soak=True)
def test_a_lost_file_comes_back_from_who_gave_it_and_from_who_reads_it(dear: Shelf) -> None:
    sam, eve = dear.school.person("sam"), dear.school.person("eve")
    dear.enrol(sam, "active")
    other, size = "0" * 64, len(b"a picture")
    with read(dear.school.engine) as conn:
        for account, found in ((dear.tess.account, {dear.blob}), (sam, {dear.blob}), (eve, set())):
            assert named_files(conn, account, [dear.blob, other]) == found
            assert may_return(conn, account, dear.blob, size) == bool(found)
        assert not may_return(conn, sam, dear.blob, size + 1), "not as a way to give something else"


def test_a_file_that_is_named_already_counts_once(dear: Shelf) -> None:
    most = len(b"a picture")
    with read(dear.school.engine) as conn:
        check_quota(conn, dear.tess.account, most, most=most, but=dear.blob)
        with pytest.raises(UserError, match="MB"):
            check_quota(conn, dear.tess.account, most, most=most)


def test_a_file_that_nobody_gave_is_not_returned_past_the_quota(dear: Shelf) -> None:
    name = "1" * 64
    dear.tess.courses.add_file(dear.course, MediaRef(name, "tide.png", "image/png", 5))
    dear.school.sync(dear.tess)
    with read(dear.school.engine) as conn:
        assert named_files(conn, dear.tess.account, [name]) == {name}
        assert not may_return(conn, dear.tess.account, name, 5)
