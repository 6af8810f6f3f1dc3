"""What a commit tells those who listen: where feeds stand now, never what is in them (SYNC.md section 8)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import msgspec


class Hint(msgspec.Struct, frozen=True):
    """Heads of scopes that grew, accounts whose rights may be others now, and sessions that ended."""

    heads: dict[str, int] = {}
    accounts: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.heads or self.accounts or self.sessions)


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
