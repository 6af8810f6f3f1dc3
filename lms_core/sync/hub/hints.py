"""What a commit tells those who listen: where feeds stand now, never what is in them (SYNC.md section 8)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import msgspec

from lms_core.sync.rows import Changed, RowView

MOST_EVENTS = 1000


class Event(msgspec.Struct, frozen=True, array_like=True):
    """Something that happened, for the open lines of who may read a scope; the data itself comes by sync (RT-04)."""

    scope: str
    type: str
    data: dict[str, Any]


class Hint(msgspec.Struct, frozen=True):
    """Heads of scopes that grew, accounts whose rights may be others now, sessions that ended, and what happened.

    `lost`: there may have been more, of which nobody was told.
    """

    heads: dict[str, int] = {}
    accounts: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    events: tuple[Event, ...] = ()
    lost: bool = False

    def __bool__(self) -> bool:
        return bool(self.heads or self.accounts or self.sessions or self.events or self.lost)

    def names(self) -> Iterator[str]:
        """What changed, as values at hand are named after it (lms_core/cache.py)."""
        yield from self.heads
        yield from map("account/{}".format, self.accounts)
        yield from map("session/{}".format, self.sessions)


def events_of(rows: Iterable[Changed]) -> Iterator[Event]:
    """What changed rows tell open lines."""
    for each in rows:
        entity, row = each.entity, each.row
        if entity.live is not None and not row.gone:
            changed = frozenset(name for name, cell in row.cells.items() if cell.ver == row.ver)
            yield from (Event(*told) for told in entity.live(RowView(entity, row), changed))


Told = Callable[[Hint], None]


class Hints(Protocol):
    """Carry hints from whoever commits to whoever listens, on this process or on all that share a database.

    A hint may be lost or come twice; none may hold up a commit.
    """

    def publish(self, hint: Hint) -> None:
        """Tell everybody; called after the commit, on any thread."""

    def subscribe(self, told: Told) -> Callable[[], None]:
        """Call `told` for each hint from now on, on any thread; returns what ends that."""


class LocalHints:
    """Hints within one process."""

    def __init__(self) -> None:
        self._listeners: tuple[Told, ...] = ()
        self._turn = threading.Lock()

    def publish(self, hint: Hint) -> None:
        """Tell everybody at once."""
        for told in self._listeners if hint else ():
            told(hint)

    def subscribe(self, told: Told) -> Callable[[], None]:
        """Add a listener."""

        def end() -> None:
            with self._turn:
                self._listeners = tuple(each for each in self._listeners if each is not told)

        with self._turn:
            self._listeners = (*self._listeners, told)
        return end
