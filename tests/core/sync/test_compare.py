"""Real files on both sides: what differs is healed, what is old goes, and several requests are on their way at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from lms_core import entities
from lms_core.db.engine import read, write
from lms_core.errors import VersionMismatch
from lms_core.sync import tables as t
from lms_core.sync.replica import client
from lms_core.sync.sums import Sums, sums_of
from lms_core.sync.wire import decode_entry, unpack_request
from lms_core.workspace import Workspace
from tests.core.school import Line, School


def _notes(workspace: Workspace) -> set[str]:
    return {note.body for note in workspace.notes.all()}


def _spoil(workspace: Workspace, row: str) -> None:
    """Lose a row of the file without a trace."""
    with write(workspace.engine) as conn:
        conn.execute(delete(t.base).where(t.base.c.row == row))
    with workspace.work() as unit:
        unit.engine.refold(unit.tx, {row})


@pytest.mark.postgresql
def test_a_row_that_a_file_has_lost_comes_back_with_the_next_comparison(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    written = [sam.notes.add(f"note {n}") for n in range(30)]
    school.sync(sam)
    _spoil(sam, written[3])
    assert len(_notes(sam)) == 29
    school.sync(sam)
    assert len(_notes(sam)) == 29, "they were compared today already"
    school.clock.advance(timedelta(hours=25))
    school.sync(sam)
    assert len(_notes(sam)) == 30
    with read(sam.engine) as conn:
        assert conn.scalar(select(func.count()).select_from(t.healing)) == 0
        assert conn.scalar(select(func.count()).select_from(t.stage)) == 0


@pytest.mark.postgresql
def test_the_hub_s_sums_are_those_of_its_rows(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    note = sam.notes.add("one")
    sam.notes.add("two")
    school.sync(sam)
    sam.notes.delete(note)
    school.sync(sam)
    with read(school.engine) as conn:
        for number, packed in conn.execute(select(t.scope.c.id, t.scope.c.sums)).all():
            rows = map(decode_entry, conn.execute(select(t.feed.c.entry).where(t.feed.c.scope == number)).scalars())
            assert Sums.read(packed).values == sums_of((e.row, e.ver) for e in rows if e.doc is not None).values


@pytest.mark.postgresql
def test_sums_are_counted_after_an_upgrade(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    sam.notes.add("one")
    school.sync(sam)
    with write(school.engine) as conn:
        before = dict(conn.execute(select(t.scope.c.name, t.scope.c.sums)).tuples().all())
        conn.execute(t.scope.update().values(sums=None))
    school.hub.start()
    with read(school.engine) as conn:
        assert dict(conn.execute(select(t.scope.c.name, t.scope.c.sums)).tuples().all()) == before


@pytest.mark.postgresql
def test_both_sides_forget_in_time(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    away = school.laptop(sam.account)
    gone = sam.notes.add("to be deleted")
    school.sync(sam, away)
    sam.notes.delete(gone)
    school.sync(sam)
    away.notes.add("written far away")
    school.clock.advance(timedelta(days=401))
    sam.notes.add("today")
    school.sync(sam)
    school.hub.tidy()
    school.sync(sam)
    with read(school.engine) as conn:
        assert conn.scalar(select(func.count()).select_from(t.feed).where(t.feed.c.gone_at.is_not(None))) == 0
        assert conn.scalar(select(func.max(t.scope.c.min_seq)))
        assert conn.scalar(select(func.min(t.taken.c.c))) > 1
    with read(sam.engine) as conn:
        assert conn.scalar(select(func.min(t.oplog.c.c))) > 1
    school.sync(away)
    assert _notes(away) == {"today", "written far away"}
    school.sync(sam)
    assert _notes(sam) == _notes(away)


@pytest.mark.postgresql
def test_an_app_that_is_too_old_gives_its_work_and_says_so(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = school.laptop(school.person("sam"))
    sam.notes.add("kept")
    monkeypatch.setattr(entities.SCHEMA, "oldest", entities.SCHEMA.version + 1)
    with pytest.raises(VersionMismatch) as told:
        school.sync(sam)
    assert told.value.code == "app_too_old"
    assert sam.sync.status().waiting == 0
    assert _notes(sam) == {"kept"}


@pytest.mark.postgresql
def test_an_account_that_is_full_keeps_its_work_on_the_laptop(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    school.hub.exchanges.quota = 20_000
    for n in range(10):
        sam.notes.add(f"{n} " + "word " * 1000)
    school.sync(sam)
    assert len(_notes(sam)) == 3
    assert {refused.code for refused in sam.sync.parked()} == {"quota"}
    school.hub.exchanges.quota = 200_000
    for refused in sam.sync.parked():
        sam.sync.try_again(refused.key)
    school.sync(sam)
    assert len(_notes(sam)) == 10


class Overtaking(Line):
    """A line on which the second of the first two requests arrives before the first."""

    def __init__(self, school: School, account: str) -> None:
        super().__init__(school, account)
        self.came = 0
        self._both, self._lock, self._second = threading.Barrier(2, timeout=60), threading.Lock(), threading.Event()

    def exchange(self, body: bytes) -> bytes:
        with self._lock:
            self.came += 1
        at = unpack_request(body).at
        if at == 0:
            self._both.wait()
            self._second.wait(0.1)  # it is on its way, and cannot be answered before this one is taken
        elif at == client.OPS:
            self._both.wait()
            self._second.set()
        return super().exchange(body)


@pytest.mark.postgresql
def test_requests_that_overtake_each_other(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "OPS", 10)
    sam = school.laptop(school.person("sam"))
    for n in range(120):
        sam.notes.add(f"note {n}")
    line = Overtaking(school, sam.account)
    step = sam.sync.run(line)
    assert line.came >= 12
    assert step.sent == 120
    assert sam.sync.status().waiting == 0
    second = school.laptop(sam.account)
    assert len(_notes(second)) == 120
