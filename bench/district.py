"""A school district on a hub: courses of a whole catalogue and accounts with sessions, enrolments, progress and notes.

What reads look at is filled, set by set: the tables of entities, sessions, packs. Feeds stay empty, for nobody syncs.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from bench.caller import Person
from bench.server import PASSWORD
from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Caller, key_of
from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.tables import credential, session
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.courses import entities as c
from lms_core.courses.naming import course_slug
from lms_core.db.bulk import put
from lms_core.db.rows import show
from lms_core.entities import SCHEMA
from lms_core.hub import load_key
from lms_core.learning import entities as e
from lms_core.media.store import MediaStore
from lms_core.ops import Place, Values
from lms_core.ports import v5_id
from lms_core.schema import Entity
from sync_server.config import Settings
from sync_server.database import database_of
from sync_server.layout import KEYS, PACKS
from sync_server.opening import open_hub, prepare

MODULES, LESSONS, JOINED, NOTES = 4, 3, 3, 2
CATEGORIES = ("Science", "Mathematics", "History", "Languages", "Music")
BEGAN_MS = 1_767_600_000_000
DAY_MS = 86_400_000
TEXT = "What a spring tide is, and why it comes twice a month: the sun and the moon pull along one line. " * 12


class District(NamedTuple):
    """Accounts that are signed in, and how many courses there are; what follows from a number is found by it."""

    people: list[Person]
    courses: int

    def joined(self, person: int) -> list[int]:
        """The courses that a person learns."""
        return _joined(person, self.courses)


def course_id(n: int) -> str:
    """The id of a course."""
    return v5_id("course", str(n))


def module_id(n: int, m: int) -> str:
    """The id of one of its modules."""
    return v5_id("module", str(n), str(m))


def lesson_id(n: int, m: int, x: int) -> str:
    """The id of a lesson in it."""
    return v5_id("lesson", str(n), str(m), str(x))


def enrollment_id(person: Person, n: int) -> str:
    """The id of a person's enrolment."""
    return e.ENROLLMENT.id_for(person.id, course_id(n))


def fill(data: Path, *, courses: int, accounts: int, database: str = "") -> District:
    """Fill a hub that does not serve yet, in a process of its own that knows no other tables than a server does."""
    words = [sys.executable, "-m", "bench.district", str(data), str(courses), str(accounts), database]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    return District(msgspec.msgpack.decode(done.stdout, type=list[Person]), courses)


def _fill(data: Path, courses: int, accounts: int, database: str) -> list[Person]:
    prepare(data, database_of(data, database))
    settings = Settings(database_url=database)
    with open_hub(data, settings, schema=SCHEMA, effects=()) as opened, opened.hub.store.alone() as conn:
        _courses(conn, MediaStore(data / PACKS), courses)
        people = _people(conn, AccountKeys(load_key(data / KEYS, "accounts.key")), accounts)
        for start in range(0, accounts, 2_000):
            _learning(conn, list(enumerate(people[start : start + 2_000], start)), courses)
        if database:
            conn.exec_driver_sql("ANALYZE")
    return people


def _joined(person: int, courses: int) -> list[int]:
    return sorted({(person * 7 + k * 311) % courses for k in range(JOINED)})


# --- courses
def _courses(conn: Connection, packs: MediaStore, count: int) -> None:
    categories = {name: v5_id("category", name) for name in CATEGORIES}
    _show(conn, c.CATEGORY, (
        {"id": row, "name": name, "slug": name.lower(), "course_count": count // len(CATEGORIES)}
        for name, row in categories.items()
    ))  # fmt: skip
    for start in range(0, count, 500):
        some = range(start, min(start + 500, count))
        _show(conn, c.COURSE, ({"id": course_id(n), "title": _title(n), "status": "published"} for n in some))
        slugs: list[Values] = [{"course_id": course_id(n), "slug": f"course-{n}"} for n in some]
        put(conn, course_slug, slugs, ["course_id"])
        _show(conn, c.MODULE, (
            {"id": module_id(n, m), "course_id": course_id(n), "title": f"Module {m}", "place": Place(course_id(n), m)}
            for n in some for m in range(MODULES)
        ))  # fmt: skip
        _show(conn, c.LESSON, (
            {"id": lesson_id(n, m, x), "course_id": course_id(n), "title": f"Lesson {x}",
             "place": Place(module_id(n, m), x)}
            for n in some for m in range(MODULES) for x in range(LESSONS)
        ))  # fmt: skip
        _show(conn, c.COURSE_CARD, (_card(n, packs, categories) for n in some))


def _title(n: int) -> str:
    return f"{('Tides', 'Numbers', 'Empires', 'Verbs', 'Scales')[n % 5]} {n}: a course for everybody"


def _card(n: int, packs: MediaStore, categories: dict[str, str]) -> Values:
    document = CourseDocument(
        course_id(n), "1.0", _title(n), description=TEXT[:600],
        modules=tuple(
            ModuleDoc(module_id(n, m), f"Module {m}", "What it is about.", tuple(
                LessonDoc(lesson_id(n, m, x), f"Lesson {x}", body=TEXT, minutes=7) for x in range(LESSONS)
            )) for m in range(MODULES)
        ),
    )  # fmt: skip
    body = build_pack(document)
    pack = sha256(body).hexdigest()
    place = packs.place(pack)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(body)  # not waiting for the disk, as publishing does
    name = CATEGORIES[n % len(CATEGORIES)]
    return {
        "id": c.COURSE_CARD.id_for(course_id(n)), "course_id": course_id(n), "slug": f"course-{n}",
        "title": _title(n), "subtitle": "Between the tides" if n % 9 == 0 else "For beginners and others",
        "short_description": "What it is about, for whom, and what you can do after it.", "description": TEXT[:600],
        "category": name, "category_id": categories[name], "level": "beginner" if n % 3 == 0 else "advanced",
        "language": "fr" if n % 5 == 0 else "en", "authors": ["Ada Marsh"], "price": float(n % 20), "modules": MODULES,
        "lessons": MODULES * LESSONS, "minutes": 7 * MODULES * LESSONS, "version": "1.0", "pack": pack,
        "pack_size": len(body), "published_at": BEGAN_MS + n, "is_published": True, "enrolled": JOINED * 10,
    }  # fmt: skip


# --- people
def _people(conn: Connection, keys: AccountKeys, count: int) -> list[Person]:
    hashed = PasswordHasher().hash(PASSWORD)
    now = time.time_ns() // 1_000_000
    people = []
    for start in range(0, count, 2_000):
        some = range(start, min(start + 2_000, count))
        ids = {n: v5_id("account", str(n)) for n in some}
        _show(conn, ACCOUNT, (
            {"id": row, "email": _email(n), "username": f"person{n}", "first_name": "Bench",
             "last_name": f"Person {n}", "role": "student", "is_active": True, "joined_at": BEGAN_MS}
            for n, row in ids.items()
        ))  # fmt: skip
        put(conn, credential, [
            {"account": row, "email_key": key_of(_email(n)), "username_key": key_of(f"person{n}"),
             "password_hash": hashed, "changed_at": BEGAN_MS, "language": ""}
            for n, row in ids.items()
        ], ["account"])  # fmt: skip
        put(conn, session, [_session(row, now) for row in ids.values()], ["id"])
        people += [Person(row, _token(keys, row, n, now)) for n, row in ids.items()]
    return people


def _email(n: int) -> str:
    return f"person{n}@bench.example"


def _session(account: str, now: int) -> Values:
    return {
        "id": v5_id("session", account), "account": account, "device": None, "turn": 0, "remember": False,
        "ip_address": "127.0.0.1", "user_agent": "bench", "device_type": "", "location": "",
        "login_method": "password", "created_at": now, "expires_at": now + DAY_MS, "last_activity": now,
        "logout_time": None, "is_active": True, "is_suspicious": False, "security_notes": "",
    }  # fmt: skip


def _token(keys: AccountKeys, account: str, n: int, now: int) -> str:
    caller = Caller(account, v5_id("session", account), _email(n), "student")
    return keys.access_token(caller, now=now, seconds=DAY_MS // 1000)


def _learning(conn: Connection, people: list[tuple[int, Person]], courses: int) -> None:
    joined = [(person, n) for at, person in people for n in _joined(at, courses)]
    common = [(p, n, {"user_id": p.id, "course_id": course_id(n)}) for p, n in joined]
    _show(conn, e.ENROLLMENT, (
        {"id": enrollment_id(p, n), **both, "status": "active", "enrolled_at": BEGAN_MS} for p, n, both in common
    ))  # fmt: skip
    _show(conn, e.COURSE_PROGRESS, (
        {"id": e.COURSE_PROGRESS.id_for(p.id, course_id(n)), **both, "percent": 8.3, "lessons_done": 1,
         "lessons_total": MODULES * LESSONS, "seconds": 420, "last_active_at": BEGAN_MS + n}
        for p, n, both in common
    ))  # fmt: skip
    _show(conn, e.PROGRESS, (
        {"id": e.PROGRESS.id_for(p.id, lesson_id(n, 0, x)), **both, "lesson_id": lesson_id(n, 0, x),
         "percent": 100.0, "opened_at": BEGAN_MS + x, "done_at": BEGAN_MS + x}
        for p, n, both in common for x in range(2)
    ))  # fmt: skip
    _show(conn, e.NOTE, (
        {"id": v5_id("note", person.id, str(k)), "user_id": person.id, "body": TEXT[:200], "tags": ["tides"],
         "created_at": BEGAN_MS + k, "edited_at": BEGAN_MS + k}
        for _, person in people for k in range(NOTES)
    ))  # fmt: skip


def _show(conn: Connection, entity: Entity, rows: Iterator[Values]) -> None:
    show(conn, entity, {str(row["id"]): {n: v for n, v in row.items() if n != "id"} for row in rows})


if __name__ == "__main__":
    folder, wanted_courses, wanted_accounts, url = sys.argv[1:]
    filled = _fill(Path(folder), int(wanted_courses), int(wanted_accounts), url)
    sys.stdout.buffer.write(msgspec.msgpack.encode(filled))
