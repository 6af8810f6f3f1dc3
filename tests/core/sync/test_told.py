"""What a replica tells of its contacts: how far its clock is off, and how the last exchanges went."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_core.sync.replica import client, flights
from lms_core.sync.replica import clock as clocks
from lms_core.sync.replica.runs import KEPT, note_failure
from tests.core.school import Line, School
from tests.fakes import FakeClock
from tests.told import new_workspace


def test_a_clock_is_off_beyond_two_minutes(tmp_path: Path) -> None:
    clock = FakeClock()
    workspace = new_workspace(tmp_path, clock=clock)
    for ahead, told in ((0, 0), (119_000, 0), (121_000, 121_000), (-86_400_000, -86_400_000)):
        with workspace.work() as unit:
            clocks.note(unit, clock.ms() - ahead)
            assert clocks.offset(unit) == ahead
            assert clocks.off_by(unit) == told
    workspace.close()


def test_failures_are_kept_once_and_the_list_stays_short(tmp_path: Path) -> None:
    clock = FakeClock()
    workspace = new_workspace(tmp_path, clock=clock)
    for n in range(KEPT // 2 + 20):
        clock.advance(ms=1000)
        with workspace.work() as unit:
            note_failure(unit, "offline")
            if n > 10:
                note_failure(unit, "server_error")
    runs = workspace.sync.runs(10 * KEPT)
    assert len(runs) == KEPT
    assert [(r.result, r.at) for r in runs[:2]] == [("server_error", clock.ms()), ("offline", clock.ms())]
    workspace.choices.set("metered", True)
    assert workspace.choices.get("metered") is True
    assert workspace.choices.get("other", 3) == 3
    workspace.close()


class Slow(Line):
    """A line on which each exchange takes 600 ms; it counts the bytes."""

    up = down = 0

    def exchange(self, body: bytes) -> bytes:
        self._school.clock.advance(ms=600)
        reply = super().exchange(body)
        self.up, self.down = self.up + len(body), self.down + len(reply)
        return reply


@pytest.mark.postgresql(soak=True)
def test_a_run_tells_what_it_moved_and_what_it_cost(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "OPS", 2)
    monkeypatch.setattr(flights, "FLIGHTS", 1)  # replies that fly beside each other may be made in another order
    sam = school.laptop(school.person("sam"))
    line, before = Slow(school, sam.account), len(sam.sync.runs())
    for n in range(12):
        sam.notes.add(f"note {n}")
    sam.sync.run(line)
    (run, *_) = runs = sam.sync.runs()
    assert len(runs) == before + 1, "one run, however many requests it took"
    assert (run.result, run.sent, run.up, run.down) == ("ok", 12, line.up, line.down)
    assert run.ms >= 1200
    assert run.ms % 600 == 0
    sam.sync.run(line)
    assert sam.sync.runs() == runs, "a run that moved nothing is not worth a line"
    sam.notes.add("one more")
    sam.sync.run(line)
    assert sam.sync.runs()[0].result == "ok"


@pytest.mark.postgresql(soak=True)
def test_a_reply_in_a_file_took_no_time(school: School) -> None:
    account = school.person("sam")
    sam, other = school.laptop(account), school.laptop(account)
    other.notes.add("from afar")
    school.sync(other)
    reply = Line(school, account).exchange(sam.sync.volley()[0])
    sam.sync.apply(reply, heard=False)
    run = sam.sync.runs()[0]
    assert (run.received, run.ms, run.up, run.down) == (1, None, 0, len(reply))
