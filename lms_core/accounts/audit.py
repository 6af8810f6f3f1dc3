"""What those who may do more than others did with it: who, what, before and after, from where (SEC-12).

An entry is written in the unit of work of what it tells of, so that neither is without the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Select, func, insert, or_, select

from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.model import Caller, Origin
from lms_core.accounts.tables import account, audit, device
from lms_core.errors import Denied
from lms_core.permissions import is_admin
from lms_core.schema import Actor
from lms_core.unit import Unit


class Action(StrEnum):
    """Everything that is noted."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_ROLE = "account.role"
    ACCOUNT_DEACTIVATED = "account.deactivated"
    ACCOUNT_REACTIVATED = "account.reactivated"
    ACCOUNT_PASSWORD = "account.password"  # noqa: S105 - the name of an action
    ACCOUNT_DELETED = "account.deleted"
    ACCOUNT_EXPORTED = "account.exported"
    INVITATION_SENT = "invitation.sent"
    INVITATION_SENT_AGAIN = "invitation.sent_again"
    INVITATION_REVOKED = "invitation.revoked"
    SESSION_ENDED = "session.ended"
    DEVICE_REVOKED = "device.revoked"
    REPORT_ASKED = "report.asked"
    COURSE_HANDED_OVER = "course.handed_over"
    ANNOUNCED = "announced"
    COURSE_FEATURED = "course.featured"
    INSTRUCTOR_APPROVED = "instructor.approved"
    INSTRUCTOR_REJECTED = "instructor.rejected"
    INSTRUCTOR_SUSPENDED = "instructor.suspended"
    INSTRUCTOR_REACTIVATED = "instructor.reactivated"
    CERTIFICATE_REVOKED = "certificate.revoked"
    CERTIFICATE_REISSUED = "certificate.reissued"
    CERTIFICATES_ISSUED = "certificates.issued"
    JOB_ASKED = "job.asked"
    MAIL_RETRIED = "mail.retried"
    MAIL_DROPPED = "mail.dropped"
    MAIL_TESTED = "mail.tested"
    SYNC_RETRIED = "sync.retried"


@dataclass(frozen=True)
class By:
    """Who does something, and from where; `account` None is the server's own command line."""

    account: str | None = None
    ip_address: str = ""

    @staticmethod
    def of(caller: Caller, origin: Origin) -> By:
        """Somebody who is signed in."""
        return By(caller.account, origin.ip_address[:64])


SERVER = By()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that was done; `at` in ms since 1970. `subject` names the account or device that it was done to."""

    id: str
    at: int
    actor: str | None
    actor_name: str
    action: str
    entity: str
    entity_id: str
    subject: str
    before: Any
    after: Any
    ip_address: str


def check_admin(unit: Unit, by: By) -> None:
    """Raise Denied unless an administrator (now, whatever a token says) or the command line does this."""
    if by.account is None:
        return
    row = unit.row(ACCOUNT, by.account)
    if row is None or not row["is_active"] or not is_admin(Actor(by.account, row["role"])):
        raise Denied


def note(
    unit: Unit,
    by: By,
    action: Action,
    *,
    entity: str,
    row: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry with the unit of work."""
    values = {
        "id": unit.new_id(), "at": unit.now_ms, "actor": by.account, "action": action.value, "entity": entity,
        "entity_id": row, "before": _json(before), "after": _json(after), "ip_address": by.ip_address,
    }  # fmt: skip
    unit.local(insert(audit), [values])


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else msgspec.json.encode(values).decode()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries somebody looks for; what is empty does not matter, `since` and `until` are in ms.

    `person` is text of the name or address of who did it or to whose account it was done.
    """

    actor: str = ""
    person: str = ""
    action: str = ""
    entity: str = ""
    entity_id: str = ""
    since: int = 0
    until: int = 0

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """The query for these entries alone."""
        for name in ("actor", "action", "entity", "entity_id"):
            if value := getattr(self, name):
                query = query.where(audit.c[name] == value)
        if self.person:
            query = query.where(audit.c.actor.in_(_called(self.person)) | audit.c.entity_id.in_(_called(self.person)))
        query = query.where(audit.c.at >= self.since) if self.since else query
        return query.where(audit.c.at < self.until) if self.until else query


class AuditService:
    """Read the entries; for administrators."""

    def __init__(self, look: Any) -> None:
        self._look = look

    def entries(self, caller: Caller, wanted: Wanted, *, offset: int, most: int) -> tuple[int, list[Entry]]:
        """How many there are, and some of them, the newest first. Raises Denied."""
        with self._look() as conn:
            role = select(account.c.role).where(account.c.id == caller.account, account.c.is_active)
            if conn.scalar(role) != "admin":
                raise Denied
            count = conn.scalar(wanted.narrow(select(func.count()).select_from(audit))) or 0
            query = wanted.narrow(_NAMED).order_by(audit.c.at.desc(), audit.c.id.desc())
            rows = conn.execute(query.offset(offset).limit(most)).mappings()
            return int(count), [Entry(**{**row, **_read(row)}) for row in rows]


_actor, _subject = account.alias("actor_account"), account.alias("subject_account")
_NAMED = (
    select(
        audit,
        func.coalesce(_actor.c.first_name + " " + _actor.c.last_name, "").label("actor_name"),
        func.coalesce(_subject.c.first_name + " " + _subject.c.last_name, device.c.name, "").label("subject"),
    )
    .outerjoin(_actor, _actor.c.id == audit.c.actor)
    .outerjoin(_subject, _subject.c.id == audit.c.entity_id)
    .outerjoin(device, device.c.replica == audit.c.entity_id)
)
"""Entries with the names of who did it and of what it was done to."""


def _called(text: str) -> Any:
    names = (account.c.first_name + " " + account.c.last_name, account.c.email)
    return select(account.c.id).where(or_(*(name.icontains(text, autoescape=True) for name in names)))


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: msgspec.json.decode(row[name]) if row[name] else None for name in ("before", "after")}
