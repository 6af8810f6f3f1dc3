"""How much one account may fill (SYNC.md section 10)."""

from __future__ import annotations

from tests.sync.school import School, note, post, remove


def test_growth_beyond_the_quota_is_refused_and_kept_on_the_laptop() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    school.hub.engine.quota = 3000
    note(x, "small")
    note(x, "large", "word " * 1000)
    post(x, "reply", re="large")
    note(y, "other", "word " * 100)
    school.settle()
    assert school.hub.rows.keys() & {"small", "large", "reply", "other"} == {"small", "other"}
    assert {code for _, code, _ in x.parked} == {"quota", "depends"}


def test_deleting_always_passes_and_so_does_what_was_taken_once() -> None:
    school = School()
    x = school.laptop("X")
    backup = school.hub.backup()
    note(x, "n", "word " * 100)
    school.sync(x)
    school.hub.restore(backup)
    school.hub.engine.quota = 10
    school.settle()
    assert not school.hub.rows["n"].gone
    remove(x, "n")
    school.settle()
    assert school.hub.rows["n"].gone
