"""Hand-written stand-ins for the core's ports: time, ids and secrets that a test decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class FakeClock:
    """Stand still until told otherwise. The wall may be set back, the monotonic count never goes back."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic = 0

    def now(self) -> datetime:
        return self._now

    def ms(self) -> int:
        return int(self._now.timestamp() * 1000)

    def monotonic_ms(self) -> int:
        return self._monotonic

    def advance(self, span: timedelta | None = None, *, ms: int = 0) -> None:
        """Let time pass for both clocks."""
        passed = (span or timedelta()) + timedelta(milliseconds=ms)
        if passed < timedelta():
            raise ValueError("time passes forwards; set() moves the wall clock")
        self._now += passed
        self._monotonic += int(passed.total_seconds() * 1000)

    def set(self, moment: datetime) -> None:
        """Put the wall clock somewhere else, as a user or a flat battery does."""
        self._now = moment.astimezone(UTC)


class SeqId:
    """Count ids up in the shape of a UUIDv7, so that they sort by age and read well in a failure."""

    def __init__(self, prefix: int = 0) -> None:
        self._prefix = prefix
        self._last = 0

    def __call__(self) -> str:
        self._last += 1
        return f"{self._prefix:08x}-0000-7000-8000-{self._last:012x}"


class MemorySecrets:
    """Keep secrets as long as the test lives."""

    def __init__(self, secrets: dict[str, str] | None = None) -> None:
        self.kept = dict(secrets or {})

    def get(self, name: str) -> str | None:
        return self.kept.get(name)

    def set(self, name: str, value: str) -> None:
        self.kept[name] = value

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)
