"""Processes that die: whatever statement they stop at, their files hold all of a transaction or nothing of it.

A process leaves its database and its WAL as they are. Both are kept before each statement, each row of a statement for
many rows, and the COMMIT; a cache of a few pages lets changes reach the WAL long before they are committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlcipher3 import dbapi2

from lms_core.db.engine import connect, open_sqlite
from lms_core.entities import SCHEMA, hub_effects
from lms_core.hub import Hub
from lms_core.ops import unseal
from lms_core.sync.ports import State
from lms_core.sync.wire import unpack_reply, unpack_request
from lms_core.workspace import Workspace
from tests.core.school import Line, School

BODY = "Wind makes waves.\n\nThe moon makes tides.\n\nLimpets hold on."
PAGE, FRAMES, TORN = 4096, 8, 1024
"""Bytes of a page, how many of them must be in the WAL before the commit, and where the last one is torn."""


class Image(NamedTuple):
    """A database file and its WAL."""

    database: bytes
    wal: bytes

    def put(self, path: Path) -> None:
        """Let these be the files that a process finds."""
        path.with_name(path.name + "-shm").unlink(missing_ok=True)
        path.write_bytes(self.database)
        path.with_name(path.name + "-wal").write_bytes(self.wal)


def image(path: Path) -> Image:
    """The files as they are."""
    wal = path.with_name(path.name + "-wal")
    return Image(path.read_bytes(), wal.read_bytes() if wal.exists() else b"")


class Watch:
    """Every connection tells before each statement; while `path` is set, the files are kept as they are then."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.images: list[Image] = []

    def step(self) -> None:
        if self.path:
            self.images.append(image(self.path))

    @contextmanager
    def over(self, path: Path) -> Iterator[list[Image]]:
        """Keep the files before each statement, and at the end."""
        self.path, self.images = path, []
        yield self.images
        self.step()
        self.path = None


WATCH = Watch()


class Cursor(dbapi2.Cursor):  # type: ignore[misc]
    """Tells of each statement, and of each row of one for many."""

    def execute(self, *args: Any) -> Any:
        WATCH.step()
        return super().execute(*args)

    def executemany(self, sql: str, rows: Iterable[Any]) -> Any:
        return super().executemany(sql, map(self._told, rows))

    def _told(self, row: Any) -> Any:
        WATCH.step()
        return row


class Watched(dbapi2.Connection):  # type: ignore[misc]
    """Tells of each statement and of the COMMIT."""

    def cursor(self, factory: Any = Cursor) -> Any:
        if WATCH.path:
            super().cursor().execute("PRAGMA cache_size = 2")
        return super().cursor(factory)

    def commit(self) -> None:
        WATCH.step()
        super().commit()


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every connection tell of its statements."""
    bare = dbapi2.connect
    monkeypatch.setattr(dbapi2, "connect", lambda *args, **kwargs: bare(*args, factory=Watched, **kwargs))


Dump = dict[str, list[str]]
Verdicts = list[tuple[int, str, str, tuple[str, int] | None]]
EPOCHS = ("hub_state", "epoch_end", "hub_row", "feed", "scope", "taken")
"""Tables of a hub that hold versions, which name the epoch: each start begins one."""


def dump(path: Path, key: bytes | None = None) -> Dump:
    """All rows of all tables."""
    with closing(connect(path, key)) as conn:
        listed = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        names = [name for (name,) in conn.execute(listed)]
        return {name: sorted(map(repr, conn.execute(f'SELECT * FROM "{name}"'))) for name in names}


def but(found: Dump, *names: str) -> Dump:
    """Without some tables."""
    return {name: rows for name, rows in found.items() if name not in names}


class Desk:
    """An author with two laptops; the second has a reply before it that does a bit of everything."""

    def __init__(self, school: School) -> None:
        self.school = school
        tess = school.person("tess", "instructor")
        there, self.laptop = school.laptop(tess), school.laptop(tess)
        course = there.courses.create_course("Between the tides")
        module = there.courses.add_module(course, "The shore")
        lesson = there.courses.add_lesson(module, "Waves", body=BODY)
        there.courses.add_lesson(module, "Shells", body="Limpets.")
        there.courses.publish(course)
        school.sync(there, self.laptop)
        self.laptop.learning.enroll(course)
        self.laptop.installed.install(course)
        school.sync(self.laptop, there)
        there.installed.install(course)
        there.learning.complete(lesson)
        there.courses.edit_lesson(lesson, base=BODY, text=BODY.replace("waves", "high waves"))
        other = there.courses.create_course("Rocks")
        for n in range(4):
            there.courses.add_module(other, f"Rock {n}")
        school.sync(there)
        self.laptop.courses.edit_lesson(lesson, base=BODY, text=BODY.replace("tides", "spring tides"))
        self.laptop.notes.add("Ask about barnacles", lesson=lesson)

    def reply(self) -> bytes:
        """A reply with verdicts, a merge, rows, a figure that follows from one, and a part of a new scope."""
        (request,) = self.laptop.sync.volley(8)
        body = Line(self.school, self.laptop.account).exchange(request)
        told = unpack_reply(body)
        assert {"merged", "applied"} <= {verdict.verdict for verdict in told.verdicts}
        assert sum(len(piece.entries) for piece in told.slices) == 8
        assert [piece.more for piece in told.slices if piece.scope in told.gained].count(True) == 1, told.slices
        return body

    def reopened(self) -> Workspace:
        """The laptop in a new process, after one that did not end properly."""
        old = self.laptop.profile
        (old.folder / "open").touch()
        opened = old._owner.open(old.folder.name)
        assert opened.unclean
        return Workspace(opened, secrets=old._owner.secrets, clock=self.school.clock, new_id=self.laptop.new_id)

    def go_on(self, laptop: Workspace) -> tuple[Dump, State]:
        """Sync to the end; what the file holds then, besides the list of runs. A state is stored in any order."""
        while laptop.sync.run(Line(self.school, laptop.account)).more:
            pass
        with laptop.work() as unit:
            state = unit.tx.state()
        laptop.close()
        return but(dump(laptop.profile.path, laptop.profile.key), "sync_run", "sync_state"), state


def check(images: list[Image], path: Path, key: bytes | None = None) -> tuple[Dump, Dump]:
    """Every image reads as the first or, from the commit on, as the last; returns both."""
    found: list[Dump] = []
    for each in (different := list(dict.fromkeys(images))):
        each.put(path)
        found.append(dump(path, key))
    before, after = found[0], found[-1]
    done = found.index(after)
    assert before != after
    assert found == [before] * done + [after] * (len(found) - done)
    begun, last, commit = different[0], different[done - 1], different[done]
    assert len(last.wal) > len(begun.wal) + FRAMES * PAGE, "nothing was in the files before the commit"
    torn = range(len(last.wal) + TORN, len(commit.wal), TORN)
    assert torn
    for end in torn:
        commit._replace(wal=commit.wal[:end]).put(path)
        assert dump(path, key) == before
    return before, after


def changed(before: Dump, after: Dump) -> set[str]:
    """Tables that are not the same."""
    return {name for name in after if after[name] != before[name]}


def sample(images: list[Image], every: int) -> list[Image]:
    """The images from which a process starts: some of those that differ, and the last two."""
    different = list(dict.fromkeys(images))
    return list(dict.fromkeys((*different[::every], *different[-2:])))


SOME = pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.soak)])


@SOME
def test_a_laptop_that_dies_anywhere_in_taking_in_a_reply(school: School, every: int) -> None:
    desk = Desk(school)
    body, file, key = desk.reply(), desk.laptop.profile.path, desk.laptop.profile.key
    with WATCH.over(file) as images:
        desk.laptop.sync.apply(body)
    assert len(images) > 60
    wanted = desk.go_on(desk.laptop)
    told = {"oplog", "segment", "base", "stage", "cursor", "lesson", "progress", "derived_course_progress"}
    assert changed(*check(images, file, key)) > told
    for each in sample(images, every):
        each.put(file)
        assert desk.go_on(desk.reopened()) == wanted


def asked_of_the_hub(laptop: Workspace, sync: Callable[[], None]) -> bytes:
    """A request that creates, sets, writes a text, moves within a tree and deletes."""
    courses = laptop.courses
    course = courses.create_course("Between the tides")
    one, two = (courses.add_module(course, title) for title in ("One", "Two"))
    lesson = courses.add_lesson(one, "Waves", body=BODY)
    note = laptop.notes.add("Ask about barnacles", lesson=lesson)
    sync()
    courses.add_lesson(two, "Shells", body="Limpets.")
    courses.change_course(course, subtitle="A shore in a week")
    courses.edit_lesson(lesson, base=BODY, text=BODY.replace("tides", "spring tides"))
    courses.move(lesson, parent=two, after=None)
    laptop.notes.delete(note)
    (request,) = laptop.sync.volley()
    assert {unseal(op).kind for op in unpack_request(request).ops} == {"create", "attr", "text", "place", "delete"}
    return request


def restarted(school: School, account: str, request: bytes) -> tuple[Verdicts, Dump]:
    """The hub in a new process, asked the same again: what it answers, and what its file holds in the end."""
    engine = open_sqlite(school.folder / "hub.db")
    hub = Hub(
        engine, schema=SCHEMA, effects=hub_effects(school.packs), blobs=school.blobs, key=b"k" * 32,
        clock=school.clock, new_id=school.ids,
    )  # fmt: skip
    hub.start()
    reply = hub.exchange(account, request)
    hub.project()
    engine.dispose()
    return verdicts(reply), dump(school.folder / "hub.db")


def verdicts(reply: bytes) -> Verdicts:
    """What became of each op and where its effect stands, whatever the epoch."""
    return [(v.c, v.verdict, v.code, v.seen) for v in unpack_reply(reply).verdicts]


@SOME
def test_a_hub_that_dies_anywhere_in_taking_a_request(school: School, every: int) -> None:
    laptop = school.laptop(school.person("tess", "instructor"))
    file = school.folder / "hub.db"
    request = asked_of_the_hub(laptop, lambda: school.sync(laptop))
    with WATCH.over(file) as images:
        reply = school.hub.exchange(laptop.account, request)
    assert len(images) > 30
    school.hub.project()
    school.engine.dispose()
    wanted = dump(file)
    assert changed(*check(images, file)) > {"taken", "replica", "hub_row", "feed", "scope", "course", "lesson", "note"}
    again = []
    for each in sample(images, every):
        each.put(file)
        again.append(restarted(school, laptop.account, request))
    for told, end in again:
        assert told == verdicts(reply)
        assert but(end, *EPOCHS) == but(wanted, *EPOCHS)
    assert all(end == again[0][1] for _, end in again[:-1]), "each of these began before the commit"
