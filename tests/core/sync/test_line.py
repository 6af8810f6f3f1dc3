"""A line that dies again and again: every request brings something through (SYNC.md section 11)."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from msgspec.structs import replace

from lms_core.errors import Offline
from lms_core.sync.replica import client, flights
from lms_core.sync.replica.flights import CAREFUL
from lms_core.sync.wire import Reply, pack, unpack_reply, unpack_request
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
@pytest.mark.postgresql(soak=True)
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


class OnceCut(Line):
    """A line that dies once, when it is asked to."""

    def __init__(self, school: School, account: str) -> None:
        super().__init__(school, account)
        self.sizes: list[int] = []
        self.dies_at = 3

    def exchange(self, body: bytes) -> bytes:
        self.sizes.append(len(unpack_request(body).ops))
        if len(self.sizes) == self.dies_at:
            raise Offline
        return super().exchange(body)


def test_after_a_break_requests_are_small_and_grow_again(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "OPS", 40)
    sam = school.laptop(school.person("sam"))
    line = OnceCut(school, sam.account)
    with sam.work():
        for n in range(400):
            sam.notes.add(f"note {n}")
    with pytest.raises(Offline):
        sam.sync.run(line)
    line.sizes, line.dies_at = [], 0
    sam.sync.run(line)
    assert line.sizes[: 2 * CAREFUL + 1] == [10] * CAREFUL + [20] * CAREFUL + [40]
    assert sam.sync.status().waiting == 0


def test_the_smallest_request_brings_something(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "OPS", 20)
    sam = school.laptop(school.person("sam"))
    line = OnceCut(school, sam.account)
    with sam.work():
        for n in range(10):
            sam.notes.add(f"note {n}")
    for _ in range(4):
        line.sizes, line.dies_at = [], 1
        with pytest.raises(Offline):
            sam.sync.run(line, limit=10)
    line.sizes, line.dies_at = [], 0
    sam.sync.run(line, limit=10)
    assert line.sizes[:CAREFUL] == [1] * CAREFUL
    assert sam.sync.status().waiting == 0


class Silent(Line):
    """A line whose second reply tells no answers."""

    replies = 0

    def exchange(self, body: bytes) -> bytes:
        reply = unpack_reply(super().exchange(body))
        self.replies += 1
        return pack(replace(reply, verdicts=[]) if reply.hw == 80 and self.replies < 5 else reply)


def test_answers_that_a_reply_left_out_are_asked_for_in_the_same_run(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "OPS", 40)
    sam = school.laptop(school.person("sam"))
    with sam.work():
        for n in range(200):
            sam.notes.add(f"note {n}")
    line = Silent(school, sam.account)
    sam.sync.run(line)
    assert line.replies > 5
    assert sam.sync.status().waiting == 0


@pytest.mark.parametrize(("notes", "requests"), [(0, 2), (20, 7)])
def test_what_the_hub_holds_back_costs_no_request(
    school: School, monkeypatch: pytest.MonkeyPatch, notes: int, requests: int
) -> None:
    monkeypatch.setattr(client, "OPS", 4)
    monkeypatch.setattr(flights, "FLIGHTS", 1)  # replies that fly beside each other may be made in another order
    account = school.person("sam")
    one, two = school.laptop(account), school.laptop(account)
    backup = school.back_up()
    note = one.notes.add("of one")
    school.sync(one, two)
    two.notes.edit(note, base="of one", body="of two")
    school.sync(two)
    school.restore(backup)
    with two.work():
        for n in range(notes):
            two.notes.add(f"note {n}")
    line = OnceCut(school, account)
    line.dies_at = 0
    two.sync.run(line)
    assert two.sync.status().waiting == 2, "the note is not back yet"
    assert len(line.sizes) == requests
    for n in range(1, 4):
        two.sync.run(line)
        assert len(line.sizes) == requests + n
    school.sync(one, two)
    assert two.sync.status().waiting == 0
    assert two.notes.get(note).body == "of two"


class Overtaking(Line):
    """A line whose second request is overtaken: the hub says `gap`, then takes it from a copy that came late."""

    def __init__(self, school: School, account: str) -> None:
        super().__init__(school, account)
        self.first = Future[Reply]()
        self.gaps = 0

    def exchange(self, body: bytes) -> bytes:
        at = unpack_request(body).at
        reply = super().exchange(body)
        if at == 0:
            self.first.set_result(unpack_reply(reply))
        if at != 40 or self.gaps:
            return reply
        self.gaps += 1
        return pack(replace(self.first.result(10), status="gap", verdicts=[]))


def test_answers_to_an_overtaken_request_are_asked_for_when_all_that_fly_have_landed(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "OPS", 40)
    sam = school.laptop(school.person("sam"))
    with sam.work():
        for n in range(200):
            sam.notes.add(f"note {n}")
    line = Overtaking(school, sam.account)
    sam.sync.run(line)
    assert line.gaps == 1
    assert sam.sync.status().waiting == 0
