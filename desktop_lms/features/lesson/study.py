"""Count study time only while the person does something: a laptop left open is not study (PRG-06)."""

from __future__ import annotations

from lms_core.learning.service import MIN_SESSION_S
from lms_core.ports import Clock

IDLE_MS = 60_000


class StudyTime:
    """Active time. Whoever does nothing for `IDLE_MS` is idle from then on, and that is not counted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counted = self._until = 0
        """By the monotonic clock: all before is counted, and from when on one is idle."""
        self._spent_ms = 0
        self.total_ms = 0

    @property
    def is_active(self) -> bool:
        """Whether time counts now."""
        return self._clock.monotonic_ms() < self._until

    def touch(self) -> None:
        """Something happened: a key, the mouse, a scroll."""
        self._count()
        self._counted = self._clock.monotonic_ms()
        self._until = self._counted + IDLE_MS

    def stop(self) -> None:
        """Count no longer, until the next touch."""
        self._count()
        self._until = self._counted

    def _count(self) -> None:
        end = min(self._clock.monotonic_ms(), self._until)
        self._spent_ms += end - self._counted
        self.total_ms += end - self._counted
        self._counted = end

    def take(self) -> tuple[int, int] | None:
        """Start (ms since 1970) and seconds since the last call; None, and kept, while too short for a record."""
        self._count()
        seconds, rest = divmod(self._spent_ms, 1000)
        if seconds < MIN_SESSION_S:
            return None
        idle_ms = self._clock.monotonic_ms() - self._counted
        start = self._clock.ms() - idle_ms - self._spent_ms
        self._spent_ms = rest
        return start, seconds
