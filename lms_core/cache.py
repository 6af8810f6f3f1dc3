"""Values at hand in this process until what they were made of changes, or their time is over (PRF-07)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection
from sqlalchemy.sql import Executable

from lms_core.ops import Values

T = TypeVar("T")
Look = Callable[[], AbstractContextManager[Connection]]

MOST_NAMES = 50_000


class _Kept(NamedTuple):
    value: Any
    since: int
    of: tuple[str, ...]
    until: int
    weight: int


class Cache:
    """Values under keys, each with the names of what it was made of; to clear a name ends all that was made of it.

    `most` bounds the sum of their weights: what was not asked for the longest goes first. `kept_ms` is how long a value
    stays when nobody tells that it changed, for a hint between processes may be lost. A value that was read before a
    name was cleared never stands after it. Safe for use by several threads.
    """

    def __init__(self, now_ms: Callable[[], int], *, most: int, kept_ms: int) -> None:
        self._now_ms, self._most, self._kept_ms = now_ms, most, kept_ms
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._cleared: dict[str, int] = {}
        self._count = self._floor = self._weight = 0
        self._turn = threading.Lock()

    def find(self, key: Hashable) -> Any:
        """The value of a key; None where there is none that holds."""
        with self._turn:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if not self._holds(kept):
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return kept.value

    def _holds(self, kept: _Kept) -> bool:
        if kept.since < self._floor or not 0 < kept.until - self._now_ms() <= self._kept_ms:
            return False
        return all(self._cleared.get(name, 0) <= kept.since for name in kept.of)

    def moment(self) -> int:
        """The present; what is read by a transaction that begins after it may be kept as of it."""
        return self._count

    def keep(
        self, key: Hashable, value: Any, *, since: int, of: Iterable[str], weight: int = 1, until: int | None = None
    ) -> None:
        """Keep a value that was read after `since`, at the latest until a time in ms."""
        now = self._now_ms()
        ends = now + self._kept_ms
        with self._turn:
            self._drop(key)
            self._kept[key] = _Kept(value, since, tuple(of), ends if until is None else min(ends, until), weight)
            self._weight += weight
            while self._kept and (self._weight > self._most or next(iter(self._kept.values())).until <= now):
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        kept = self._kept.pop(key, None)
        self._weight -= kept.weight if kept else 0

    def clear(self, names: Iterable[str]) -> None:
        """Let nothing stand that was made of one of these."""
        with self._turn:
            self._count += 1
            self._cleared.update(dict.fromkeys(names, self._count))
            if len(self._cleared) > MOST_NAMES:
                self._floor, self._cleared = self._count, {}

    def clear_all(self) -> None:
        """Let nothing stand."""
        with self._turn:
            self._count += 1
            self._floor, self._cleared = self._count, {}


class NotAtHand(Exception):
    """A reader who asked for memory alone would have needed the database."""


_ALONE: ContextVar[bool] = ContextVar("memory_alone", default=False)


def from_memory(work: Callable[[], T]) -> T:
    """Do what reads by a Memory alone, without ever asking the database. Raises NotAtHand."""
    token = _ALONE.set(True)
    try:
        return work()
    finally:
        _ALONE.reset(token)


class Memory:
    """Reads of what is at hand, else of one moment of the database, begun when it is needed (implements Reader)."""

    def __init__(self, look: Look, cache: Cache, stack: ExitStack) -> None:
        self._look, self._cache, self._stack = look, cache, stack
        self._since = cache.moment()

    @cached_property
    def conn(self) -> Connection:
        """The connection."""
        if _ALONE.get():
            raise NotAtHand
        return self._stack.enter_context(self._look())

    def all(self, statement: Executable, values: Values | None = None) -> Sequence[Any]:
        """Rows of a SELECT."""
        return self.conn.execute(statement, values).all()

    def get(
        self, key: Hashable, make: Callable[[], T], *, of: Iterable[str], weigh: Callable[[T], int] = lambda made: 1
    ) -> T:
        """The value of a key, made of what is named where it is not at hand."""
        found: Any = self._cache.find(key)
        if found is None and (found := make()) is not None:
            self._cache.keep(key, found, since=self._since, of=of, weight=weigh(found))
        return found  # type: ignore[no-any-return]


@contextmanager
def remembering(look: Look, cache: Cache) -> Iterator[Memory]:
    """Read one moment, with what is at hand of it."""
    with ExitStack() as stack:
        yield Memory(look, cache, stack)
