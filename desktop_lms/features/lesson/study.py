"""Count study time only while the person does something: a laptop left open is not study (PRG-06)."""

from __future__ import annotations

from lms_core.ports import Clock

IDLE_MS = 60_000


class StudyTime:
    """A stretch of active time. Whoever does nothing for `IDLE_MS` is idle from then on, and that is not counted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start: int | None = None
        self._last = 0
        self._spent_ms = 0
        self.total_ms = 0

    def touch(self) -> None:
        """Something happened: a key, the mouse, a scroll."""
        now = self._clock.monotonic_ms()
        if self._start is None:
            self._start = self._clock.ms()
        else:
            self._count(now)
        self._last = now

    def _count(self, now: int) -> None:
        passed = min(max(0, now - self._last), IDLE_MS)
        self._spent_ms += passed
        self.total_ms += passed
        self._last = now

    def take(self) -> tuple[int, int] | None:
        """Start (ms since 1970) and seconds since the last call; None without any."""
        if self._start is None:
            return None
        self._count(self._clock.monotonic_ms())
        start, seconds = self._start, self._spent_ms // 1000
        self._start, self._spent_ms = None, 0
        return (start, seconds) if seconds else None
