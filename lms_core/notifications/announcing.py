"""What administrators tell everybody on a server in their own words (NTF-02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.accounts.model import Caller, Origin, refuse
from lms_core.accounts.tables import account
from lms_core.notifications.events import PRIORITIES, SAID, Priority
from lms_core.notifications.notify import LONGEST_MESSAGE, notify_all
from lms_core.notifications.tables import notification
from lms_core.notifications.words import LONGEST, Said
from lms_core.unit import Work

DAY_MS = 86_400_000


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What is to be told: `kind` is one of SAID, to those of `roles`, to all without any, shown for some `days`.

    The same `id` again tells nobody twice.
    """

    kind: str
    title: str
    message: str = ""
    priority: Priority = "normal"
    roles: tuple[str, ...] | list[str] = ()
    days: int = 30
    id: str = ""

    def check(self) -> None:
        """Raise UserError `invalid_fields` that lists every field at fault."""
        faults: dict[str, list[str]] = {}
        title = self.title.strip()
        if not 3 <= len(title) <= LONGEST or not title.isprintable():
            faults["title"] = ["bad_length"]
        if len(self.message) > LONGEST_MESSAGE:
            faults["message"] = ["too_long"]
        if self.kind not in SAID:
            faults["kind"] = ["invalid"]
        if self.priority not in PRIORITIES:
            faults["priority"] = ["invalid"]
        if not 1 <= self.days <= 366:
            faults["days"] = ["invalid"]
        refuse(faults)


class AnnouncementsService:
    """Announcements at the hub."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def announce(self, caller: Caller, wish: Announcement, origin: Origin) -> int:
        """Tell all open accounts of the roles; returns how many there are. Raises Denied, UserError."""
        wish.check()
        by = By.of(caller, origin)
        with self._work() as unit:
            check_admin(unit, by)
            where: Any = [account.c.is_active, account.c.deleted_at.is_(None)]
            if wish.roles:
                where.append(account.c.role.in_(wish.roles))
            people = [row.id for row in unit.all(select(account.c.id).where(*where))]
            name = wish.id or unit.new_id()
            c = notification.c
            again = unit.all(select(c.id).where(c.event == wish.kind, c.subject == name).limit(1))
            notify_all(
                unit, people, wish.kind, subject=name, said=Said(wish.title, wish.message.strip()),
                priority=wish.priority, expires_at=unit.now_ms + wish.days * DAY_MS,
            )  # fmt: skip
            told = {"kind": wish.kind, "title": wish.title.strip(), "roles": list(wish.roles), "people": len(people)}
            if not again:
                note(unit, by, Action.ANNOUNCED, entity="notification", row=name, after=told)
            return len(people)
