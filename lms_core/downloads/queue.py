"""Files on their way to this machine, one after the other: any thread may ask, one thread fetches."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Literal, Protocol

import msgspec

from lms_core.downloads.plan import Transfer
from lms_core.errors import AuthExpired, Busy, Corrupt, DiskFull, LmsError, SyncError, UserError

TRIES = 2
"""How often a file comes that is not what its name says."""
KEPT_FREE = 100 << 20
"""Bytes of the disk that downloads leave for the work of the person."""
SPEED_S = 5.0
SAY_S = 0.1

State = Literal["idle", "running", "metered", "offline", "full", "signed_out"]


class Fetch(Protocol):
    """Brings one file, going on where an earlier try ended; the callback is told bytes done and all, False stops."""

    def __call__(self, transfer: Transfer, progress: Callable[[int, int], bool]) -> None:
        """Raises as the transport does; Corrupt for a file that is not what its name says."""


class Progress(msgspec.Struct, frozen=True):
    """How far a course is, in bytes."""

    done: int = 0
    total: int = 0


class Queue:
    """What waits, what comes now, and why nothing comes. `free` tells the bytes that are free on the disk."""

    def __init__(self, fetch: Fetch, *, free: Callable[[], int], seconds: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._free, self._seconds = fetch, free, seconds
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Transfer]] = {}
        self._all: dict[str, int] = {}
        self._now: tuple[Transfer, int] | None = None
        self._seen: deque[tuple[float, int]] = deque()
        self._tries: dict[str, int] = {}
        self.metered = self.paused = False
        self.trouble: LmsError | None = None
        """Why nothing comes at all: no line, no room, no rights."""
        self.refused: dict[str, LmsError] = {}
        """Files that cannot be had, and why."""

    # --- what is wanted
    def put(self, course: str, files: Iterable[Transfer]) -> None:
        """Fetch these of a course, in the place of what was to come of it; none ends it."""
        wanted = [each for each in files if each.sha256 not in self.refused]
        with self._lock:
            left = sum(each.size for each in wanted)
            if not wanted:
                self._waiting.pop(course, None)
                self._all.pop(course, None)
                return
            self._waiting[course] = wanted
            self._all[course] = max(left, self._all.get(course, 0))

    def drop(self, course: str) -> None:
        """Fetch nothing of a course any more; what came of a file stays and is gone on with."""
        self.put(course, ())

    def forgive(self) -> None:
        """Try again what was in the way."""
        with self._lock:
            self.trouble = None
            self.refused.clear()
            self._tries.clear()

    # --- what is told
    def courses(self) -> tuple[str, ...]:
        """Courses of which something is still to come."""
        with self._lock:
            return tuple(self._waiting)

    def progress(self, course: str) -> Progress | None:
        """How far a course is, None when nothing of it is to come."""
        with self._lock:
            if course not in self._waiting:
                return None
            left = sum(each.size for each in self._waiting[course])
            now = self._now[1] if self._now and self._now[0].course == course else 0
            return Progress(min(self._all[course], self._all[course] - left + now), self._all[course])

    def share(self, sha256: str) -> float | None:
        """How much of a file is here, 0 to 1; None while it does not come."""
        with self._lock:
            now = self._now
        return now[1] / max(1, now[0].size) if now and now[0].sha256 == sha256 else None

    def state(self) -> State:
        """What it does as a whole."""
        with self._lock:
            if not self._waiting:
                return "idle"
            if isinstance(self.trouble, DiskFull):
                return "full"
            if isinstance(self.trouble, AuthExpired):
                return "signed_out"
            if self.trouble is not None:
                return "offline"
            return "metered" if self.metered and self._next() is None else "running"

    def speed(self) -> float:
        """Bytes a second of the last moments, 0 while nobody can say."""
        with self._lock:
            if len(self._seen) < 2:
                return 0.0
            (start, _), (end, _) = self._seen[0], self._seen[-1]
            return sum(count for _, count in list(self._seen)[1:]) / (end - start) if end > start else 0.0

    def seconds_left(self) -> int | None:
        """How long the rest takes at this speed; None while nobody can say."""
        speed = self.speed()
        found = [self.progress(course) for course in self.courses()]
        left = sum(each.total - each.done for each in found if each)
        return round(left / speed) if speed else None

    # --- the work
    def run(self, go_on: Callable[[], bool] = lambda: True) -> Transfer | None:
        """Fetch the first file that may come; returns it once it is here, None when nothing is to be done now.

        `go_on` is asked now and then; False ends the work. What is in the way is kept in `trouble` and `refused`.
        """
        while True:
            with self._lock:
                transfer = None if self.trouble else self._next()
                self._now = (transfer, 0) if transfer else None
            if transfer is None:
                return None
            try:
                if transfer.size > self._free() - KEPT_FREE:
                    raise DiskFull
                self._fetch(transfer, self._following(transfer, go_on))
            except LmsError as error:
                if not self._failed(transfer, error) or not go_on():
                    return None
            else:
                self._arrived(transfer)
                return transfer
            finally:
                with self._lock:
                    self._now = None

    def _next(self) -> Transfer | None:
        """The first one that may come now; where every byte costs, texts and what somebody looks for."""
        if self.paused:
            return None
        may = [
            each for files in self._waiting.values() for each in files
            if not self.metered or each.kind == "text" or each.urgent
        ]  # fmt: skip
        return min(may, key=lambda each: each.rank, default=None)

    def _following(self, transfer: Transfer, go_on: Callable[[], bool]) -> Callable[[int, int], bool]:
        begun = list[int]()
        said = [0.0]

        def follow(done: int, size: int) -> bool:
            now = self._seconds()
            with self._lock:
                before = begun[-1] if begun else done
                begun[:] = [done]
                self._now = (transfer, done)
                self._seen.append((now, done - before))
                while self._seen[0][0] < now - SPEED_S:
                    self._seen.popleft()
                wanted = not self.paused and transfer in self._waiting.get(transfer.course, ())
                wanted = wanted and (not self.metered or transfer.kind == "text" or transfer.urgent)
            if now - said[0] < SAY_S:
                return wanted
            said[0] = now
            with self._lock:
                first = self._next()
            gives_way = first is not None and first.rank < transfer.rank  # what came of it stays and is gone on with
            return go_on() and wanted and not gives_way

        return follow

    def _arrived(self, transfer: Transfer) -> None:
        with self._lock:
            for course, files in list(self._waiting.items()):
                files[:] = [each for each in files if each.sha256 != transfer.sha256]
                if not files:
                    del self._waiting[course]
                    del self._all[course]

    def _failed(self, transfer: Transfer, error: LmsError) -> bool:
        """Keep what is in the way; returns whether others may come."""
        if error.code == "cancelled":
            return True
        with self._lock:
            if isinstance(error, SyncError | DiskFull | Busy):
                self.trouble = error
                return False
            tries = self._tries[transfer.sha256] = self._tries.get(transfer.sha256, 0) + 1
            if isinstance(error, Corrupt) and tries < TRIES:
                return True
            self.refused[transfer.sha256] = UserError("file_refused") if isinstance(error, Corrupt) else error
        self._arrived(transfer)
        return True
