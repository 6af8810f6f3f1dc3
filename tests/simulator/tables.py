"""Tables in memory with transactions: what the engines' stores stand on in a simulation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_ABSENT: Any = object()


class Crash(BaseException):
    """The process died; no handler of the program may see it."""


class PowerLoss(Crash):
    """The machine stopped: nothing is written any more, not even to clean up."""


class Unforeseen(Exception):
    """The program fails, once, in a way that nobody thought of."""


class Tables:
    """Named dictionaries of values that are never changed in place. A transaction that fails leaves no trace.

    `fuse` counts down with every statement; at zero `blow` is raised, as if the process died or the disk was full.
    """

    def __init__(self) -> None:
        self.data: defaultdict[Hashable, dict[Any, Any]] = defaultdict(dict)
        self.fuse: int | None = None
        self.blow: BaseException = Crash()
        self.statements = 0
        self.off = False
        self._undo: list[tuple[Hashable, Any, Any]] = []
        self.mirror: Any = None

    def put(self, table: Hashable, key: Any, value: Any) -> None:
        """Insert or replace."""
        self._step()
        rows = self.data[table]
        self._undo.append((table, key, rows.get(key, _ABSENT)))
        rows[key] = value

    def drop(self, table: Hashable, key: Any) -> None:
        """Delete, if it is there."""
        self._step()
        rows = self.data[table]
        if key in rows:
            self._undo.append((table, key, rows.pop(key)))

    def clear(self, table: Hashable) -> None:
        """Delete all."""
        for key in list(self.data[table]):
            self.drop(table, key)

    def _step(self) -> None:
        self._powered()
        self.statements += 1
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.fuse = None
                if isinstance(self.blow, PowerLoss):
                    self.power_loss()
                raise self.blow

    def _powered(self) -> None:
        if self.off:
            raise RuntimeError("a machine without power writes")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens or nothing does."""
        try:
            yield
        except BaseException:
            self.end(well=False)
            raise
        self.end(well=True)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """The same within a transaction."""
        mark = len(self._undo)
        try:
            yield
        except BaseException:
            self._back(self._undo[mark:])
            del self._undo[mark:]
            raise

    def end(self, *, well: bool) -> None:
        """End a transaction; one that did not go well never was."""
        if well:
            self._powered()
        self._back(() if well else self._undo)
        self._undo.clear()
        self.fuse = None

    def _back(self, changes: Sequence[tuple[Hashable, Any, Any]]) -> None:
        for table, key, old in reversed(changes):
            if old is _ABSENT:
                self.data[table].pop(key, None)
            else:
                self.data[table][key] = old

    def power_loss(self) -> None:
        """The power fails: what was committed stays, what was begun is gone whole, and nothing is written until `on`."""
        self.end(well=False)
        self.off = True

    def on(self) -> None:
        """The power is back."""
        self.off, self.blow = False, Crash()

    def rows(self) -> dict[Hashable, dict[Any, Any]]:
        """What every table holds now."""
        return {name: dict(rows) for name, rows in self.data.items() if rows}

    def copy(self) -> Tables:
        """A backup."""
        twin = Tables()
        twin.data.update((name, dict(rows)) for name, rows in self.data.items())
        twin.mirror = self.mirror and self.mirror.copy()
        return twin
