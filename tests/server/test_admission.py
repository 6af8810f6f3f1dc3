"""Large answers take turns, small ones go ahead, and nobody is put off for good."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bench.storm import blow, settle
from lms_core.sync.wire import Reply, pack, unpack_reply
from sync_server.admission import GRACE_MS, LARGE, LONGEST_MS, SHORTEST_MS, Admission
from tests.core.school import School, prepare_hub
from tests.fakes import FakeClock
from tests.server.test_process import running

PATIENCE_S = 20


@pytest.fixture
def school(tmp_path: Path, clock: FakeClock) -> Iterator[School]:
    (tmp_path / "new").mkdir()
    made = School(tmp_path, prepare_hub(tmp_path / "new"), clock)
    yield made
    made.close()


def test_small_answers_and_hubs_without_a_limit_never_wait(clock: FakeClock) -> None:
    door = Admission(1, clock.monotonic_ms)
    assert door.enter("large") == 0
    with door.turn("small", LARGE - 1) as wait:
        assert wait == 0
    with Admission(0, clock.monotonic_ms).turn("large", 10**9) as wait:
        assert wait == 0


def test_who_waited_is_let_in_before_who_comes_later(clock: FakeClock) -> None:
    door = Admission(1, clock.monotonic_ms)
    assert door.enter("a", held_s=0) == 0
    first, second = door.enter("b", held_s=0), door.enter("c", held_s=0)
    assert SHORTEST_MS <= first < second <= LONGEST_MS
    door.leave(100)
    clock.advance(ms=first)
    assert door.enter("newcomer", held_s=0) > 0
    assert door.enter("b", held_s=0) == 0
    door.leave(100)
    clock.advance(ms=LONGEST_MS + GRACE_MS)
    assert door.enter("newcomer", held_s=0) == 0  # those who did not come again keep no place
    door.leave(100)


def test_one_is_held_at_the_door_until_a_turn_is_given_back(clock: FakeClock) -> None:
    door = Admission(1, clock.monotonic_ms)
    assert door.enter("a") == 0
    answers: list[int] = []
    waiter = threading.Thread(target=lambda: answers.append(door.enter("b", held_s=PATIENCE_S)))
    waiter.start()
    while not door._held:
        pass
    assert door.enter("c") > 0
    door.leave(10)
    waiter.join(PATIENCE_S)
    assert answers == [0]


def test_a_thousand_laptops_all_get_their_turn(clock: FakeClock) -> None:
    """Each has five large answers of 40 ms to fetch; the clock goes from one event to the next."""
    most, laptops, pages, each = 2, 1000, 5, 40
    door = Admission(most, clock.monotonic_ms)
    left = {f"laptop{n}": pages for n in range(laptops)}
    tries = dict.fromkeys(left, 0)
    events: list[tuple[int, int, str, bool]] = [(0, n, who, False) for n, who in enumerate(left)]
    running = widest = count = 0
    heapq.heapify(events)
    while events:
        at, _, who, ends = heapq.heappop(events)
        clock.advance(ms=at - clock.monotonic_ms())
        count += 1
        if ends:
            door.leave(each)
            running -= 1
            left[who] -= 1
            if left[who]:
                heapq.heappush(events, (at, laptops + count, who, False))
            continue
        tries[who] += 1
        wait = door.enter(who, held_s=0)
        running += not wait
        widest = max(widest, running)
        heapq.heappush(events, (at + (wait or each), laptops + count, who, not wait))
    assert not any(left.values())
    assert widest == most
    assert max(tries.values()) < 60
    assert clock.monotonic_ms() < 1.8 * laptops * pages * each / most  # nobody is held at the door here


def test_a_laptop_that_must_wait_gets_its_verdicts_and_comes_again(school: School) -> None:
    ada = school.person("ada")
    laptop = school.laptop(ada)
    for n in range(3):
        laptop.notes.add(f"Note {n}")
    door = Admission(1, school.clock.monotonic_ms)
    assert door.enter("somebody else") == 0

    def ask(body: bytes) -> Reply:
        return unpack_reply(school.hub.exchange(ada, body, admission=Narrow(door)))

    laptop.sync.begin()
    reply = ask(laptop.sync.volley(flights=1)[0])
    assert reply.wait > 0
    assert (reply.told, reply.more, reply.slices) == (False, True, [])
    step = laptop.sync.apply(pack(reply))
    assert (step.more, step.sent, step.wait) == (True, 3, reply.wait)
    assert laptop.sync.status().waiting == 0
    door.leave(10)
    step = laptop.sync.apply(pack(ask(laptop.sync.volley(flights=1)[0])))
    assert (step.more, step.wait) == (False, 0)
    assert len(laptop.notes.all()) == 3


def test_new_laptops_that_come_at_once_over_http_are_put_off_and_all_get_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fetches three large answers; one is made at a time, and one request stands at the door."""
    people = settle(tmp_path / "hub", 12, 3 * 2000)
    monkeypatch.setenv("LMS_HUB_BACKFILLS_AT_ONCE", "1")
    with running(tmp_path / "hub") as server:
        storm = blow([server.url], people, ops=0, rows=3 * 2000)  # raises unless all rows come, or if one is refused
        assert server.stop() == 0
    assert storm.waits > 0
    assert (len(storm.done_s), storm.put_off) == (12, 0)


class Narrow:
    """A door at which every answer counts as a large one."""

    def __init__(self, door: Admission) -> None:
        self._door = door

    def turn(self, replica: str, rows: int) -> AbstractContextManager[int]:
        return self._door.turn(replica, rows + LARGE)
