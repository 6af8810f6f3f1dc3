"""Exchanges carried as files, over the engines alone (SYNC.md section 9); tests/core/sync/test_bundles has the files."""

from __future__ import annotations

from lms_core.sync.hub.carried import further
from tests.simulator.machines import Laptop
from tests.sync.school import School, note


def _carry(school: School, x: Laptop, rows: int = 2000) -> None:
    """One bundle there, and its answer back."""
    replies, more = [], None
    for request in x.carried(ops=1000, rows=rows):
        replies.append(school.hub.exchange(request, x.account))
        more = further(request, replies[-1])
    while more:
        replies.append(school.hub.exchange(more, x.account))
        more = further(more, replies[-1])
    for reply in replies:
        x.receive(reply)


def test_one_file_brings_all_rows() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", synced=False)
    for n in range(12):
        note(x, f"n{n}")
    school.sync(x)
    _carry(school, y, rows=2)
    assert {f"n{n}" for n in range(12)} <= y.shown.keys()
    school.settle()


def test_what_was_written_under_an_older_id_goes_along() -> None:
    school = School()
    x = school.laptop("X")
    backup = school.hub.backup()
    note(x, "n")
    school.sync(x)
    with x.open() as tx:
        segments = tx.segments()
        x.engine.fork(tx, segments, 0, segments[0].length)
    note(x, "m")
    school.sync(x)
    school.hub.restore(backup)
    for _ in range(3):  # the first is told of the restore, the second how far each id is
        _carry(school, x)
    assert {"n", "m"} <= school.hub.rows.keys()
    assert not x.overlaying()
    school.settle()
