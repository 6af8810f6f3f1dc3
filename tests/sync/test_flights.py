"""Requests that fly at once: four are on their way while replies are applied, and rows are asked for one at a time."""

from __future__ import annotations

from collections import deque
from threading import Event
from time import sleep

import pytest
from msgspec.structs import replace

from lms_core.errors import Offline
from lms_core.sync.hub.telling import MOST_VERDICTS
from lms_core.sync.replica.flights import Flights, ahead, in_flight
from lms_core.sync.wire import Request
from tests.simulator import invariants
from tests.simulator.entities import DRAFT, TALK
from tests.simulator.machines import Laptop
from tests.simulator.versions import PROGRAMS
from tests.sync.school import School, note, post, section


def test_requests_follow_one_another_without_a_pause() -> None:
    school = School()
    x = school.laptop("x")
    for n in range(10):
        note(x, f"n{n}")
    flights = Flights(x.engine, x.request(ops=1), ops=1, size=700_000)
    flying, sent, more = deque[Request](), list[Request](), True
    while more or flying:
        with x.open() as tx:
            made = flights.more(tx)
        flying, sent = flying + deque(made), sent + made
        assert len(flying) <= 4
        assert sum(r.cursors is not None for r in flying) <= 1
        reply = school.hub.exchange(flying.popleft(), x.account)
        assert x.receive(reply) == "ok"
        more = flights.answered(reply)
    assert [len(r.ops) for r in sent] == [1] * 10
    assert [n for n, r in enumerate(sent) if r.cursors is not None] == [1, 5, 9]
    assert not [piece.entries for piece in reply.slices if piece.entries]  # its own rows are told by their numbers
    school.settle()


def test_answers_are_told_however_far_back_the_rows_reach_that_were_not() -> None:
    school = School()
    x = school.laptop("x")
    for n in range(MOST_VERDICTS + 100):
        note(x, f"n{n}")
    for _ in range(MOST_VERDICTS // 1000):
        x.receive(school.hub.exchange(replace(x.request(), cursors=None), "a0"))
    reply = school.hub.exchange(replace(x.request(), echo=0), "a0")
    assert [v.c for v in reply.verdicts] == [*range(MOST_VERDICTS + 1, MOST_VERDICTS + 101)]
    x.receive(reply)
    school.settle()


def test_a_lost_request_is_asked_for_again() -> None:
    school = School()
    x = school.laptop("x")
    for n in range(6):
        note(x, f"n{n}")
    flights = Flights(x.engine, x.request(ops=1), ops=1, size=700_000)
    with x.open() as tx:
        first, _, third, *_ = flights.more(tx)
    assert [x.receive(school.hub.exchange(r, x.account)) for r in (first, third)] == ["ok", "gap"]
    school.settle()


def test_what_is_not_on_its_way_may_still_coalesce() -> None:
    school = School()
    x = school.laptop("x")
    for n in range(9):
        note(x, f"n{n}")
    assert len(x.request(ops=2).ops) == 2
    assert [op.row for _, op in x.tx.unsealed()] == [f"n{n}" for n in range(4, 9)]
    school.settle()


def test_what_was_written_shows_although_the_hub_has_not_said_yet_which_scopes_are_read() -> None:
    school = School()
    x = school.laptop("x", synced=False)
    notes = {note(x, f"n{n}") for n in range(6)}
    flights = Flights(x.engine, x.request(ops=1), ops=1, size=700_000)
    with x.open() as tx:
        flying = deque(flights.more(tx))
    while flying:
        assert x.receive(school.hub.exchange(flying.popleft(), x.account)) == "ok"
        assert notes <= x.shown.keys()
    school.settle()


def _part(x: Laptop) -> None:
    """Let the laptop go on under another id."""
    with x.open() as tx:
        segments = tx.segments()
        x.engine.fork(tx, segments, 0, segments[0].length)


def test_a_first_answer_to_an_id_that_was_left_hides_nothing() -> None:
    school = School()
    x = school.laptop("x", synced=False)
    note(x, "n")
    reply = school.exchange(x)
    _part(x)
    assert x.receive(reply) == "ok"
    assert "n" in x.shown
    with x.open() as tx:
        x.engine.fork(tx, tx.segments(), 1, 0)
    assert "n" in x.shown
    invariants.visible(x)
    school.settle()


def test_an_answer_to_an_older_id_brings_back_nothing_of_a_scope_that_was_lost() -> None:
    """Found by seed 400431: what had been written there showed once more, without what others had made."""
    school = School()
    x = school.laptop("x")
    section(x, "first")
    school.sync(x)
    section(x, "second")
    school.exchange(x)  # the reply is lost
    _part(x)
    school.grant("a0", DRAFT, False)
    with x.open() as tx:
        request = x.engine.request(tx, turn=1)
    x.receive(school.hub.exchange(request, "a0"))
    assert "first" not in x.shown
    assert x.receive(school.exchange(x)) == "ok"
    assert "first" not in x.shown
    invariants.visible(x)
    school.settle()


def test_a_reply_that_says_nothing_of_rights_brings_back_none() -> None:
    """Found by seed 8465: a lost scope stays while something waits on its rows, and counted as read again."""
    school = School()
    x = school.laptop("x")
    post(x, "p")
    school.sync(x)
    note(x, "n")
    post(x, "p", "again")
    school.grant("a0", TALK, False)
    x.receive(school.hub.exchange(x.request(ops=1), "a0"))
    assert TALK not in x.tx.state().rights
    assert TALK in x.tx.cursors()
    note(x, "m")
    more = replace(x.request(ops=2), ops=[], cursors=None)
    x.receive(school.hub.exchange(more, "a0"))
    assert TALK not in x.tx.state().rights
    invariants.visible(x)
    school.settle()


def test_a_laptop_that_is_too_old_from_the_first_shows_what_was_written() -> None:
    school = School()
    x = school.laptop("x", synced=False)
    school.hub.use(PROGRAMS[2])
    note(x, "n")
    assert x.receive(school.exchange(x)) == "upgrade"
    assert school.hub.rows["n"]
    assert "n" in x.shown
    invariants.visible(x)
    x.use(PROGRAMS[2])
    school.settle()


def much_to_fetch() -> tuple[School, Laptop]:
    """A school, and a new laptop of an account that wrote six notes elsewhere."""
    school = School()
    x = school.laptop("x")
    for n in range(6):
        note(x, f"n{n}")
    school.sync(x)
    return school, school.laptop("y", synced=False)


@pytest.mark.parametrize("known", [False, True])
def test_the_next_part_is_asked_for_before_the_last_one_is_taken_in(known: bool) -> None:
    school = School()
    x, y = school.laptop("x"), school.laptop("y")
    if known:  # parts of a scope that the laptop has, not of one that it never had
        note(x, "old")
        school.sync(x, y)
    for n in range(9):
        note(x, f"n{n}")
    school.sync(x)
    if not known:
        y = school.laptop("z", synced=False)
    request, parts = y.request(limit=2), 0
    reply = school.hub.exchange(request, y.account)
    while further := ahead(request, reply):
        told = school.hub.exchange(further, y.account)
        assert y.receive(reply) == "ok"
        assert (further.cursors, further.mark) == ((mine := y.request(limit=2)).cursors, mine.mark)
        request, reply, parts = further, told, parts + 1
    assert y.receive(reply) == "ok"
    assert parts >= 4
    assert not reply.more
    assert (y.values("n8") or {})["body"]
    school.settle()


def test_a_part_behind_one_that_was_not_taken_in_changes_nothing() -> None:
    school, y = much_to_fetch()
    request = y.request(limit=2)
    further = ahead(request, school.hub.exchange(request, y.account))
    assert further
    y.receive(school.hub.exchange(further, y.account))
    assert not y.tx.staged()
    school.settle()


def test_nothing_is_asked_ahead_that_the_reply_does_not_tell() -> None:
    school, y = much_to_fetch()
    request = y.request(limit=2)
    reply = school.hub.exchange(request, y.account)
    assert ahead(request, reply)
    assert not ahead(request, replace(reply, more=False))
    assert not ahead(request, replace(reply, told=False))
    assert not ahead(request, replace(reply, status="reset"))
    assert not ahead(request, replace(reply, replica="another"))
    assert not ahead(request, replace(reply, expired=["catalog"]))
    assert not ahead(replace(request, mark=(reply.mark[0] - 1, 1)), reply)


def test_it_flies_while_the_reply_is_taken_in() -> None:
    begun = Event()

    def exchange(body: bytes) -> bytes:
        if body == b"second":
            begun.set()
        return body

    replies = in_flight(exchange, [b"first"], further=lambda reply: [b"second"] if reply == b"first" else [])
    assert next(replies) == b"first"
    assert begun.wait(10)  # nobody has dealt with the first yet
    assert list(replies) == [b"second"]


def test_nothing_is_sent_behind_a_request_that_failed() -> None:
    failed, asked = Event(), 0

    def exchange(body: bytes) -> bytes:
        if body == b"second":
            failed.set()
            raise Offline
        assert failed.wait(10)
        sleep(0.05)  # until that has come to an end
        return body

    def more() -> list[bytes]:
        nonlocal asked
        asked += 1
        return []

    replies = in_flight(exchange, [b"first", b"second"], more)
    assert next(replies) == b"first"
    before = asked
    with pytest.raises(Offline):
        next(replies)
    assert asked == before <= 1
