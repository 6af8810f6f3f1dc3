"""Group commit: requests that wait for the writer at the same time go into one transaction (SYNC.md section 5).

Nobody waits for company: whoever gets the turn takes along all who queued while the last commit went to the disk.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from lms_core.errors import StorageError

MOST_OPS = 600
"""In one transaction: some 45 ms of work, which would be ahead of whoever comes last anyway; more costs memory."""

Work = Callable[[Any], Any]
Batch = Callable[[], AbstractContextManager[Callable[[Work, bool], Any]]]
"""Begin a transaction; what it yields does one work in it, with a savepoint of its own when asked to."""


class Job:
    """Work that waits for its turn, and what became of it."""

    __slots__ = ("done", "error", "result", "size", "work")

    def __init__(self, work: Work, size: int) -> None:
        self.work = work
        self.size = size
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None


class Turns:
    """The one writer's turn. `lock` is held while somebody writes, also by those who write alone."""

    def __init__(self, begin: Batch) -> None:
        self.lock = threading.Lock()
        self.commits = 0
        self._begin = begin
        self._queue: deque[Job] = deque()

    @property
    def waiting(self) -> int:
        """How many have not begun."""
        return len(self._queue)

    def take(self, work: Work, *, size: int = 1) -> Any:
        """Do the work in a transaction and return what it returns once that is on the disk."""
        mine = Job(work, size)
        self._queue.append(mine)
        with self.lock:
            if not mine.done:
                self.together(self._company(mine))
        if mine.error:
            raise mine.error
        return mine.result

    def _company(self, mine: Job) -> list[Job]:
        """The one and others from the front of the queue, up to a number of ops."""
        self._queue.remove(mine)
        group, room = [mine], MOST_OPS - mine.size
        while self._queue and self._queue[0].size <= room:
            group.append(self._queue.popleft())
            room -= group[-1].size
        return group

    def together(self, group: list[Job]) -> None:
        """All in one transaction; if that fails as a whole, each in its own."""
        try:
            with self._begin() as run:
                for each in group:
                    self._one(each, run, apart=len(group) > 1)
        except Exception as error:  # noqa: BLE001 each hears of it
            for each in group if len(group) > 1 else ():
                self.together([each])
            if len(group) == 1:
                group[0].error, group[0].done = error, True
            return
        self.commits += 1
        for each in group:
            each.done = True

    def _one(self, each: Job, run: Callable[[Work, bool], Any], *, apart: bool) -> None:
        each.result = each.error = None
        try:
            each.result = run(each.work, apart)
        except StorageError:
            raise
        except Exception as error:
            if not apart:
                raise
            each.error = error
