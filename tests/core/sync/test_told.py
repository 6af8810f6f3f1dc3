"""What a replica tells of its contacts: how far its clock is off, and how the last exchanges went."""

from __future__ import annotations

from pathlib import Path

from lms_core.sync import clock as clocks
from lms_core.sync.runs import KEPT, note_failure
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
    for n in range(3 * KEPT):
        clock.advance(ms=1000)
        with workspace.work() as unit:
            note_failure(unit, "offline")
            if n >= KEPT:
                note_failure(unit, "server_error")
    runs = workspace.sync.runs(10 * KEPT)
    assert len(runs) == KEPT
    assert [(r.result, r.at) for r in runs[:2]] == [("server_error", clock.ms()), ("offline", clock.ms())]
    workspace.choices.set("metered", True)
    assert workspace.choices.get("metered") is True
    assert workspace.choices.get("other", 3) == 3
    workspace.close()
