"""When many laptops come back at once: small answers go ahead, large ones take turns (SYNC.md section 5).

A turn is never refused for good: who is told to wait keeps its place, and is let in before others who came later.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LARGE = 1_000
"""Rows from which an answer has to take its turn."""

SHORTEST_MS, LONGEST_MS = 20, 30_000
HELD_S = 1.0
SOON_MS, GRACE_MS, NEAR = 50, 10_000, 8
FIRST_GUESS_MS, LEARNED = 20.0, 0.2


@dataclass
class _Place:
    number: int
    due: int = 0


class Admission:
    """Lets `most` large answers be made at once; 0 for no limit. Used by the threads of a server's process.

    Half as many are held at the door, so that no moment is lost between two; all others are told when to come again.
    """

    def __init__(self, most: int, now_ms: Callable[[], int]) -> None:
        self._most, self._now_ms = most, now_ms
        self._most_held = (most + 1) // 2
        self._door = threading.Condition()
        self._running = self._held = 0
        self._queue: dict[str, _Place] = {}
        self._numbers = itertools.count()
        self._each_ms = FIRST_GUESS_MS

    @contextmanager
    def turn(self, replica: str, rows: int) -> Iterator[int]:
        """Hold a place while so many rows are told; yields 0, or the ms after which to ask again."""
        if not self._most or rows < LARGE:
            yield 0
            return
        wait = self.enter(replica)
        if wait:
            yield wait
            return
        began = self._now_ms()
        try:
            yield 0
        finally:
            self.leave(self._now_ms() - began)

    def enter(self, replica: str, *, held_s: float = HELD_S) -> int:
        """Take a turn, for which `leave` is owed, and return 0; else the ms after which it may be there."""
        with self._door:
            now = self._now_ms()
            self._forget(now)
            expected = self._expected(replica, now)
            if self._at_the_door(expected, held_s):
                self._queue.pop(replica, None)
                self._running += 1
                return 0
            place = self._queue.setdefault(replica, _Place(next(self._numbers)))
            first = next(iter(self._queue.values()))
            ahead = min(place.number - first.number, len(self._queue) - 1) + self._held + self._running
            wait = int(min(LONGEST_MS, max(SHORTEST_MS, (ahead // self._most + 1) * self._each_ms)))
            place.due = now + wait
            return wait

    def _forget(self, now: int) -> None:
        """Drop places at the front whose laptops did not come again."""
        while self._queue:
            who, place = next(iter(self._queue.items()))
            if now < place.due + GRACE_MS:
                return
            del self._queue[who]

    def _expected(self, replica: str, now: int) -> int:
        """How many that came earlier will be here in a moment; as far as it matters."""
        found = 0
        for who, place in itertools.islice(self._queue.items(), NEAR * self._most):
            if who == replica or found == self._most:
                break
            found += place.due <= now + SOON_MS
        return found

    def _at_the_door(self, expected: int, held_s: float) -> bool:
        """Wait a moment for a turn to be given back, unless there is one."""
        if self._running + self._held + expected < self._most:
            return True
        if self._held + expected >= self._most_held:
            return False
        self._held += 1
        try:
            return self._door.wait_for(lambda: self._running < self._most, held_s)
        finally:
            self._held -= 1

    def leave(self, ms: int) -> None:
        """Give a turn back that took so long."""
        with self._door:
            self._running -= 1
            self._each_ms += LEARNED * (ms - self._each_ms)
            self._door.notify()
