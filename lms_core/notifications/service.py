"""The inbox of the actor: on a laptop without a network, at the hub over REST (NTF-04, NTF-07, NTF-08)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, or_, select

from lms_core import ops
from lms_core.accounts.reading import rows_of
from lms_core.errors import NotFound
from lms_core.notifications.entities import NOTIFICATION
from lms_core.notifications.events import SAID
from lms_core.notifications.model import Notification
from lms_core.notifications.tables import notification
from lms_core.notifications.words import say
from lms_core.unit import Unit, Work

Look = Callable[[], AbstractContextManager[Unit | Connection]]
"""How the service reads one moment; at the hub without waiting for the writer."""

Told = list[Notification]
Mailed = Callable[[Any, Sequence[str]], Mapping[str, int]]
"""When notifications went by mail, which only the hub knows."""


class InboxService:
    """What the actor was told; `now_ms` hides what is out of date."""

    def __init__(
        self, work: Work, *, look: Look, me: str, now_ms: Callable[[], int], mailed: Mailed = lambda source, names: {}
    ) -> None:
        self._work, self._look, self._me, self._now_ms, self._mailed = work, look, me, now_ms, mailed

    # --- read
    def list(
        self, *, unread: bool = False, kind: str = "", language: str = "", offset: int = 0, limit: int = 200
    ) -> tuple[int, Told]:
        """How many notifications there are, and a page of them, the newest first; put away ones are not among them.

        `language` (BCP 47) is that of the reader; without one they are told as they were told first.
        """
        c = notification.c
        where = [*self._shown(), *([c.read_at.is_(None)] if unread else []), *([c.kind == kind] if kind else [])]
        with self._look() as source:
            count = rows_of(source, select(func.count()).select_from(notification).where(*where))[0][0]
            query = select(notification).where(*where).order_by(c.created_at.desc(), c.id)
            found = self._told(source, rows_of(source, query.offset(offset).limit(limit)))
        return int(count), [in_language(each, language) for each in found]

    def unread(self) -> int:
        """How many are neither read nor put away."""
        where = (*self._shown(), notification.c.read_at.is_(None))
        with self._look() as source:
            return int(rows_of(source, select(func.count()).select_from(notification).where(*where))[0][0])

    def get(self, name: str, *, language: str = "") -> Notification:
        """One notification, put away or not. Raises NotFound, also for somebody else's."""
        with self._look() as source:
            return in_language(self._mine(source, name), language)

    def _shown(self) -> Sequence[Any]:
        c = notification.c
        fresh = or_(c.expires_at.is_(None), c.expires_at > self._now_ms())
        return (c.user_id == self._me, c.dismissed_at.is_(None), fresh)

    def _mine(self, source: Unit | Connection, name: str) -> Notification:
        c = notification.c
        rows = rows_of(source, select(notification).where(c.id == name, c.user_id == self._me))
        if not rows:
            raise NotFound
        return self._told(source, rows)[0]

    def _told(self, source: Unit | Connection, rows: Sequence[Any]) -> Told:
        sent = self._mailed(source, [row.id for row in rows])
        return [replace(notification_of(row), email_sent_at=sent.get(row.id)) for row in rows]

    # --- change
    def read(self, name: str) -> None:
        """Note that one is read; it stays so. Raises NotFound."""
        self._set(name, "read_at")

    def dismiss(self, name: str) -> None:
        """Put one away; it stays so. Raises NotFound."""
        self._set(name, "dismissed_at")

    def read_all(self) -> int:
        """Note that all that are shown are read; returns how many were not."""
        c = notification.c
        with self._work() as unit:
            rows = unit.all(select(c.id).where(*self._shown(), c.read_at.is_(None)))
            unit.emit(*(ops.change(NOTIFICATION, row.id, "read_at", unit.now_ms) for row in rows))
            return len(rows)

    def _set(self, name: str, field: str) -> None:
        with self._work() as unit:
            if getattr(self._mine(unit, name), field) is None:
                unit.emit(ops.change(NOTIFICATION, name, field, unit.now_ms))


def in_language(told: Notification, language: str) -> Notification:
    """The same in another language, where its event has sentences; what a person wrote stays as it is."""
    if told.event in SAID:
        return told
    try:
        said = say(told.event, language or "en", told.metadata)
    except KeyError:  # an event of a newer program
        return told
    if not language:
        return replace(told, action_text=said.action)
    return replace(told, title=said.title, message=said.message, action_text=said.action)


def notification_of(row: Any) -> Notification:
    """The notification of a row."""
    names = Notification.__dataclass_fields__.keys() & row._mapping.keys()
    values = {name: row._mapping[name] for name in names}
    return Notification(**values | {"metadata": row.metadata or {}, "action_text": "", "message": row.message or ""})
