"""A line that dies again and again: every request brings something through (SYNC.md section 11)."""

from __future__ import annotations

import pytest

from lms_core.errors import Offline
from tests.core.school import Line, School

DIES_AFTER = 20_000


class ShortLine(Line):
    """A line that dies when a message is longer than it lasts."""

    died = 0

    def exchange(self, body: bytes) -> bytes:
        reply = super().exchange(body)
        if len(body) > DIES_AFTER or len(reply) > DIES_AFTER:
            self.died += 1
            raise Offline
        return reply


@pytest.mark.parametrize("notes", [600])
def test_a_line_that_dies_every_twenty_kilobytes(school: School, notes: int) -> None:
    sam = school.laptop(school.person("sam"))
    rough = ShortLine(school, sam.account)
    written = {sam.notes.add(" ".join(f"word {n * k}" for k in range(40))) for n in range(notes)}
    second = school.laptop(sam.account)
    for laptop in (sam, second):
        for _ in range(200):
            try:
                laptop.sync.run(rough)
                break
            except Offline:
                continue
        else:
            raise AssertionError("it never gets through")
    assert rough.died > 2
    assert {note.id for note in second.notes.all()} == written
