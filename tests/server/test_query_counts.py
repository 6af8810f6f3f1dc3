"""No list asks the database once for each of its rows (PRF-05)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Connection, Integer, LargeBinary, Table, event, insert, inspect

from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.personal import INSTRUCTOR_PROFILE
from lms_core.accounts.tables import audit, credential, device, login_log, session
from lms_core.analytics.tables import report
from lms_core.certificates.entities import CERTIFICATE
from lms_core.classes import entities as k
from lms_core.content.model import (
    AssessmentDoc,
    ContentItem,
    CourseDocument,
    LessonDoc,
    ModuleDoc,
    OptionDoc,
    Prerequisite,
    QuestionDoc,
    ResourceDoc,
)
from lms_core.content.pack import build_pack
from lms_core.courses import entities as c
from lms_core.courses.naming import course_slug
from lms_core.courses.publishing import answer_key
from lms_core.db.engine import read
from lms_core.db.rows import show
from lms_core.entities import SCHEMA
from lms_core.invitations.tables import invitation
from lms_core.learning import entities as e
from lms_core.mail.tables import mail
from lms_core.media.store import MediaStore
from lms_core.media.tables import upload_record
from lms_core.notifications.entities import NOTIFICATION
from lms_core.operation.tables import job_run
from lms_core.schema import Entity
from lms_core.sync.hub.hints import Hint
from sync_server.config import Settings
from sync_server.layout import PACKS
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import Client

FEW, MANY, MOST = 2, 30, 8
COURSE, LESSON = c.COURSE.id_for("main"), c.LESSON.id_for("0")
QUIZ = c.ASSESSMENT.id_for(LESSON)
ADMINISTRATOR = (
    "/users", "/users/{me}/logins", "/sessions/suspicious", "/audit", "/system/jobs", "/invitations", "/classes",
    f"/classes/{k.COHORT.id_for('0')}/members", "/courses/main/versions", "/courses/main/instructors",
    "/instructor/approval", "/instructor/courses", "/instructor/students", "/reports", "/devices", "/system/mail",
    "/uploads/records",
)  # fmt: skip
STUDENT = (
    "/users/me/logins", "/notifications", "/categories", "/courses", "/modules?course=main", "/lessons?course=main",
    f"/lessons/{LESSON}/items", f"/lessons/{LESSON}/resources", f"/lessons/{LESSON}/notes",
    "/courses/main/prerequisites",
    f"/assessments/{QUIZ}/questions", "/enrollments", "/progress", "/notes", "/enrollments/{enrolled}/notes",
    "/enrollments/{enrolled}/bookmarks",
    "/courses/featured", "/instructors", "/certificates",
)  # fmt: skip
"""Every list of the interface, by who asks; `{me}` is the student's account and `{enrolled}` their enrolment."""


INDEXED = (
    ("enrollment", ["user_id", "course_id"]), ("enrollment", ["course_id"]), ("progress", ["user_id", "opened_at"]),
    ("course_progress", ["user_id", "last_active_at"]), ("attempt", ["user_id", "assessment_id"]),
    ("note", ["user_id", "created_at"]), ("bookmark", ["user_id", "created_at"]), ("category", ["name"]),
    ("course_card", ["published_at"]), ("course_card", ["category_id"]), ("course_instructor", ["user_id"]),
    ("module", ["course_id"]), ("lesson", ["course_id"]), ("question", ["course_id"]), ("session", ["account"]),
    ("login_log", ["account", "timestamp"]), ("login_log", ["timestamp"]), ("audit", ["actor", "at"]),
    ("invitation", ["token_hash"]),
)  # fmt: skip
UNIQUE = (("course_slug", ["slug"]), ("credential", ["email_key"]), ("credential", ["username_key"]))
"""That somebody is enrolled once in a course, and has one progress in a lesson, follows from the ids of those rows."""


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """A hub with all entities, on which nothing follows."""
    with open_hub(data, settings, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def asked(opened: Opened) -> Iterator[list[str]]:
    """What is asked of the database, as it is asked."""
    said: list[str] = []

    def listen(driver: Any, *_: Any) -> None:
        driver.set_trace_callback(said.append)

    event.listen(opened.hub.engine.pool, "checkout", listen)
    yield said
    event.remove(opened.hub.engine.pool, "checkout", listen)


class World:
    """Rows for every list, as many as one likes."""

    def __init__(self, opened: Opened, packs: MediaStore, me: str, boss: str = "") -> None:
        self._opened, self._packs, self._me, self._boss = opened, packs, me, boss
        self._made = 0

    def grow(self, count: int) -> None:
        """Let there be so many rows in each list."""
        with self._opened.hub.store.alone() as conn:
            for n in range(self._made, count):
                self._people(conn, n)
                self._classes(conn, n)
                self._courses(conn, n)
                self._learning(conn, n)
                self._desk(conn, n)
            self._publish(conn, count)
        self._made = count
        self._opened.hub.store.hints.publish(Hint(lost=True))

    def _people(self, conn: Connection, n: int) -> None:
        _show(conn, ACCOUNT, str(n), email=f"p{n}@school.example", username=f"p{n}", first_name="P", last_name=f"{n}",
              role="student", is_active=True, joined_at=n)  # fmt: skip
        _put(conn, credential, n, account=ACCOUNT.id_for(str(n)))
        _put(conn, login_log, n, account=self._me)
        _put(conn, session, n, account=self._me, is_suspicious=True)
        _put(conn, audit, n, actor=self._me, before="{}", after="{}", action="account_created")
        _put(conn, job_run, n, said="{}", outcome="done")
        _put(conn, invitation, n, account=ACCOUNT.id_for(str(n)), role="student", language="")
        _show(conn, NOTIFICATION, str(n), user_id=self._me, event="welcome", title="Hello", created_at=n)

    def _desk(self, conn: Connection, n: int) -> None:
        person, mine = ACCOUNT.id_for(str(n)), {"user_id": self._me, "course_id": f"other-{n}"}
        _show(conn, INSTRUCTOR_PROFILE, str(n), user_id=person, display_name=f"P {n}", status="active", applied_at=n)
        _show(conn, c.COURSE, f"taught-{n}", title=f"Taught {n}")
        taught = {"course_id": c.COURSE.id_for(f"taught-{n}"), "user_id": self._boss}
        _show(conn, c.COURSE_INSTRUCTOR, f"taught-{n}", **taught)
        _show(conn, e.ROSTER_ENTRY, str(n), course_id=c.COURSE.id_for("taught-0"), user_id=person, name=f"P {n}")
        _show(conn, CERTIFICATE, str(n), **mine, is_released=True, issued_at=n, certificate_number=f"C-{n}")
        _put(conn, report, n, requested_by=self._boss, kind="students", parameters="{}", status="done", reason="")
        _put(conn, device, n, account=person)
        _put(conn, mail, n, account=person, data="{}")
        _put(conn, upload_record, n, account=person, processing_status="pending", processing_metadata="null")

    def _classes(self, conn: Connection, n: int) -> None:
        _show(conn, k.COHORT, str(n), name=f"Class {n}", created_by=self._me, created_at=n)
        person = ACCOUNT.id_for(str(n))
        _show(conn, k.COHORT_MEMBER, str(n), cohort_id=k.COHORT.id_for("0"), user_id=person, name=f"P {n}", joined_at=n)

    def _courses(self, conn: Connection, n: int) -> None:
        _show(conn, c.CATEGORY, str(n), name=f"Category {n}", slug=f"category-{n}")
        card = {
            "course_id": f"other-{n}",
            "title": f"Other {n}",
            "is_published": True,
            "is_featured": True,
            "published_at": n,
        }
        _show(conn, c.COURSE_CARD, str(n), **card)
        _show(conn, c.COURSE_INSTRUCTOR, str(n), course_id=COURSE, user_id=ACCOUNT.id_for(str(n)))
        _show(conn, c.MODULE, str(n), course_id=COURSE, title=f"Module {n}")
        lesson = c.LESSON.id_for(str(n))
        _show(conn, c.LESSON, str(n), course_id=COURSE, title=f"Lesson {n}")
        _show(conn, c.ASSESSMENT, lesson, course_id=COURSE, lesson_id=lesson)

    def _learning(self, conn: Connection, n: int) -> None:
        mine = {"user_id": self._me, "course_id": COURSE}
        _show(conn, e.ENROLLMENT, str(n), user_id=self._me, course_id=f"other-{n}", status="active", enrolled_at=n)
        _show(conn, e.PROGRESS, str(n), **mine, lesson_id=c.LESSON.id_for(str(n)), opened_at=n)
        _show(conn, e.NOTE, str(n), **mine, body=f"Note {n}", created_at=n)
        shared = {"user_id": ACCOUNT.id_for(str(n)), "course_id": COURSE}
        _show(conn, e.NOTE, f"shared {n}", **shared, lesson_id=LESSON, body="Ours", is_private=False, created_at=n)
        show(conn, e.CONTRIBUTOR, {e.CONTRIBUTOR.id_for(COURSE, shared["user_id"]): {**shared, "name": f"P {n}"}})
        _show(conn, e.BOOKMARK, str(n), **mine, lesson_id=LESSON, title=f"Place {n}", created_at=n)

    def _publish(self, conn: Connection, count: int) -> None:
        """The main course with so many modules, lessons, questions and versions."""
        packs = [self._packs.put(build_pack(_document(f"{n + 1}.0", count))) for n in range(self._made, count)]
        for n, pack in enumerate(packs, self._made):
            _put(conn, answer_key, n, pack=pack, course_id=COURSE)
        if not self._made:
            _show(conn, c.COURSE, "main", title="Main", created_by=ACCOUNT.id_for("0"), status="published")
            conn.execute(insert(course_slug).values(course_id=COURSE, slug="main"))
            both = {"user_id": self._me, "course_id": COURSE}
            joined = {**both, "status": "active", "enrolled_at": 0}
            show(conn, e.ENROLLMENT, {e.ENROLLMENT.id_for(self._me, COURSE): joined})
        card = {"course_id": COURSE, "title": "Main", "is_published": True, "pack": packs[-1], "published_at": 1}
        show(conn, c.COURSE_CARD, {c.COURSE_CARD.id_for(COURSE): card})


def _document(version: str, count: int) -> CourseDocument:
    options = (OptionDoc("a", "Yes"), OptionDoc("b", "No"))
    questions = tuple(QuestionDoc(str(n), "single", f"Question {n}?", 1.0, options) for n in range(count))
    lessons = [c.LESSON.id_for(str(n)) for n in range(count)]
    items = tuple(ContentItem(id=f"item {n}", kind="text") for n in range(count))
    files = tuple(ResourceDoc(id=f"file {n}", title="Tides", url="https://tides.example.org") for n in range(count))
    quiz = AssessmentDoc(QUIZ, "Quiz", questions=questions)
    return CourseDocument(COURSE, version, "Main", modules=tuple(
        ModuleDoc(c.MODULE.id_for(str(n)), f"Module {n}", lessons=(
            LessonDoc(lesson, f"Lesson {n}", body="Text", assessment=None if n else quiz, items=items, resources=files),
        )) for n, lesson in enumerate(lessons)
    ), prerequisites=tuple(Prerequisite(f"other-{n}", f"Other {n}") for n in range(count)))  # fmt: skip


def _show(conn: Connection, entity: Entity, key: str, **values: Any) -> None:
    show(conn, entity, {entity.id_for(key): values})


def _put(conn: Connection, table: Table, n: int, **values: Any) -> None:
    """A row with something in every column that needs it."""
    for column in table.columns:
        if column.name not in values and not column.nullable:
            kind = column.type
            plain = isinstance(kind, BigInteger | Integer) and not isinstance(kind, Boolean)
            values[column.name] = (
                False if isinstance(kind, Boolean) else n if plain else b"" if isinstance(kind, LargeBinary)
                else f"{column.name} {n} {sha256(bytes([n])).hexdigest()[:8]}"
            )  # fmt: skip
    conn.execute(insert(table).prefix_with("OR REPLACE"), [values])


def _taken(paths: Sequence[str], who: Client, me: str, asked: list[str]) -> dict[str, tuple[int, list[str]]]:
    """By path how many rows came, and what the database was asked for them."""
    found = {}
    who.get("/users/me")  # who asks is known from here on
    for path in paths:
        named = path.format(me=me, enrolled=e.ENROLLMENT.id_for(me, COURSE))
        asked.clear()
        answer = who.get(named + ("&" if "?" in named else "?") + "page_size=100")
        assert answer.status_code == 200, (path, answer.text)
        questions = [each for each in asked if each.lstrip().startswith(("SELECT", "WITH"))]
        found[path] = (len(answer.json()["results"]), questions)
    return found


def test_a_list_asks_as_often_for_many_rows_as_for_few(
    client: Client, opened: Opened, data: Path, asked: list[str]
) -> None:
    ada, ben = client.join("ada"), client.join("ben")
    opened.served.accounts.set_role("ada@school.example", "admin")
    me = ben.user["id"]
    world, taken = World(opened, MediaStore(data / PACKS), me, ada.user["id"]), []
    for count in (FEW, MANY):
        world.grow(count)
        taken.append(_taken(ADMINISTRATOR, ada, me, asked) | _taken(STUDENT, ben, me, asked))
    for path, (few, once) in taken[0].items():
        many, again = taken[1][path]
        assert many - few == MANY - FEW, f"{path}: {few} rows, then {many}"
        assert len(again) == len(once) <= MOST, "\n".join([path, *again])


def test_what_is_one_persons_is_found_by_an_index(
    client: Client, opened: Opened, data: Path, asked: list[str]
) -> None:  # PRF-01, PRF-03, PRF-04
    ben = client.join("ben")
    me = ben.user["id"]
    World(opened, MediaStore(data / PACKS), me).grow(FEW)
    paths = ("/users/me/logins", "/notifications", "/enrollments", "/progress", "/notes", *STUDENT[-5:-3], STUDENT[-1])
    taken = _taken(paths, ben, me, asked)
    with read(opened.hub.engine) as conn:
        for path, (_, questions) in taken.items():
            for each in questions:
                plan = [row[-1] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {each.replace('%', '%%')}")]
                assert not [step for step in plan if step.startswith("SCAN")], (path, each, plan)


def test_what_is_looked_for_often_has_its_index(opened: Opened) -> None:  # PRF-01 to PRF-04
    at = inspect(opened.hub.engine)
    for table, columns in INDEXED:
        found = [list(each["column_names"]) for each in at.get_indexes(table)]
        assert any(each[: len(columns)] == columns for each in found), (table, columns, found)
    for table, columns in UNIQUE:
        unique = [list(each["column_names"]) for each in at.get_unique_constraints(table)]
        assert columns in unique, (table, columns, unique)


def test_every_list_is_asked(client: Client) -> None:
    """A new list belongs into the test above."""
    description = client.get("/openapi.json").json()
    lists = {
        re.sub(r"{.*?}", "{}", path.removeprefix("/api/v1"))
        for path, item in description["paths"].items()
        if any(each["name"] == "page_size" for each in item.get("get", {}).get("parameters", ()))
    }
    known = {
        re.sub(r"{.*?}|(?<=/)(main|[0-9a-f]{8}-[0-9a-f-]{27})", "{}", p).partition("?")[0]
        for p in (*ADMINISTRATOR, *STUDENT)
    }
    assert lists == known
