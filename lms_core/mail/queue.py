"""The queue of mails: written with what causes them, sent later, tried again until they are too old."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from lms_core.db.bulk import upsert
from lms_core.errors import NotFound
from lms_core.mail.tables import mail
from lms_core.unit import Unit, Work

MINUTE_MS, DAY_MS = 60_000, 86_400_000
LEASE_MS = 10 * MINUTE_MS
"""How long a mail is left to the process that took it, should that one be killed."""

LONGEST_WAIT_MS = 6 * 60 * MINUTE_MS
GIVE_UP_MS, KEEP_MS = 5 * DAY_MS, 90 * DAY_MS
BATCH = 20
NAMES = uuid.UUID("5e2f0a54-9f0c-5d0e-8b1c-6d61696c7331")

State = Literal["waiting", "sent", "dead"]


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail; times in ms since 1970, `next_try` None once nothing more is to be done."""

    account: str
    id: str
    address: str
    language: str
    template: str
    data: dict[str, str]
    proof: str
    created_at: int
    until: int
    attempts: int
    next_try: int | None
    error: str
    sent_at: int | None

    @property
    def state(self) -> State:
        """What became of it."""
        if self.sent_at is not None:
            return "sent"
        return "dead" if self.next_try is None else "waiting"


def post(
    unit: Unit,
    template: str,
    *,
    key: str,
    address: str,
    account: str = "",
    language: str = "",
    data: Mapping[str, str] | None = None,
    proof: str = "",
    until: int | None = None,
) -> None:
    """Queue a mail in the unit of work that causes it; the same `key` again sends nothing twice.

    `data` fills the gaps of the template and holds no secret; `proof` is the id from which a code follows. An empty
    `address` is nobody's and is never sent. `until` (ms) is when it is too late, five days from now by default.
    """
    row = {
        "account": account, "id": str(uuid.uuid5(NAMES, key)), "address": address, "language": language,
        "template": template, "data": msgspec.json.encode(data or {}).decode(), "proof": proof,
        "created_at": unit.now_ms, "until": until or unit.now_ms + GIVE_UP_MS, "attempts": 0,
        "next_try": unit.now_ms if address else None, "error": "", "sent_at": None,
    }  # fmt: skip
    unit.local(upsert(unit.conn, mail).values(row).on_conflict_do_nothing())


class MailQueue:
    """What the sender and the operator do with the queue."""

    def __init__(
        self, *, work: Work, look: Callable[[], AbstractContextManager[Connection]], now_ms: Callable[[], int]
    ) -> None:
        self._work = work
        self._look = look
        self._now_ms = now_ms

    # --- sending
    def claim(self) -> list[Mail]:
        """Take up to twenty mails that are due; nobody else gets them before the lease ends."""
        due = select(mail).where(mail.c.next_try <= self._now_ms()).order_by(mail.c.next_try, mail.c.id).limit(BATCH)
        with self._look() as conn:
            if conn.execute(due.limit(1)).first() is None:
                return []
        with self._work() as unit:  # a unit of the hub has the database to itself
            taken = [_mail(row) for row in unit.all(due)]
            for each in taken:
                change = {"next_try": unit.now_ms + LEASE_MS, "attempts": each.attempts + 1}
                unit.local(_row(each).values(change).execution_options(journal=False))
        return [msgspec.structs.replace(each, attempts=each.attempts + 1) for each in taken]

    def sent(self, each: Mail) -> None:
        """Note that a mail was taken by the mail server."""
        with self._work() as unit:
            unit.local(_row(each).values(sent_at=unit.now_ms, next_try=None, error=""))

    def failed(self, each: Mail, error: str, *, for_good: bool = False) -> None:
        """Note why a mail was not taken; it is tried again, ever later, unless `for_good` or too old by then."""
        with self._work() as unit:
            next_try = unit.now_ms + backoff_ms(each.attempts)
            dead = for_good or next_try > each.until
            change = _row(each).values(error=error[:500], next_try=None if dead else next_try)
            unit.local(change.execution_options(journal=dead))

    def release(self, left: Sequence[Mail]) -> None:
        """Give back what was taken and not tried."""
        with self._work() as unit:
            for each in left:
                back = _row(each).values(next_try=unit.now_ms, attempts=each.attempts - 1)
                unit.local(back.execution_options(journal=False))

    # --- for the operator
    def all(self, *, most: int = 200) -> list[Mail]:
        """The last mails to somebody, the newest first."""
        return self.page(0, most)

    def page(self, offset: int, most: int, *, state: str = "", search: str = "") -> list[Mail]:
        """Some of them: in a state, and with some text in the address."""
        wanted = [*_in_state(state), mail.c.address.icontains(search, autoescape=True)]
        query = select(mail).where(mail.c.address != "", *wanted).order_by(mail.c.created_at.desc(), mail.c.id)
        with self._look() as conn:
            return [_mail(row) for row in conn.execute(query.offset(offset).limit(most))]

    def count(self, state: str = "", *, search: str = "") -> int:
        """How many there are."""
        wanted = [*_in_state(state), mail.c.address.icontains(search, autoescape=True)]
        query = select(func.count()).select_from(mail).where(mail.c.address != "", *wanted)
        with self._look() as conn:
            return int(conn.scalar(query) or 0)

    def find(self, name: str) -> Mail:
        """One mail by its id. Raises NotFound."""
        with self._look() as conn:
            row = conn.execute(select(mail).where(mail.c.id == name, mail.c.address != "")).first()
        if row is None:
            raise NotFound
        return _mail(row)

    def retry(self) -> int:
        """Try everything again now that was not sent, also what was given up; returns how many mails."""
        with self._work() as unit:
            left = [_mail(row) for row in unit.all(select(mail).where(mail.c.sent_at.is_(None), mail.c.address != ""))]
            for each in left:
                try_again(unit, each)
        return len(left)

    def sweep(self) -> None:
        """Forget mails of three months ago; once a day."""
        with self._work() as unit:
            old = delete(mail).where(mail.c.created_at < unit.now_ms - KEEP_MS, mail.c.next_try.is_(None))
            unit.local(old.execution_options(journal=False))


def try_again(unit: Unit, each: Mail) -> None:
    """Have a mail sent now that was not, also one that was given up."""
    unit.local(_row(each).values(next_try=unit.now_ms, until=max(each.until, unit.now_ms + DAY_MS)))


def drop(unit: Unit, each: Mail) -> None:
    """Send a mail to nobody any more."""
    unit.local(delete(mail).where(mail.c.account == each.account, mail.c.id == each.id))


def _in_state(state: str) -> list[Any]:
    waits = mail.c.next_try.is_not(None)
    sent = mail.c.sent_at.is_not(None)
    return {"": [], "waiting": [waits, ~sent], "sent": [sent], "dead": [~waits, ~sent]}[state]


def backoff_ms(attempts: int) -> int:
    """How long to wait after so many tries: 1, 3, 9, 27, 81 minutes and so on, at most six hours."""
    return int(min(MINUTE_MS * 3 ** min(attempts - 1, 10), LONGEST_WAIT_MS))


def _row(each: Mail) -> Any:
    return update(mail).where(mail.c.account == each.account, mail.c.id == each.id)


def _mail(row: Any) -> Mail:
    return Mail(**{**row._mapping, "data": msgspec.json.decode(row.data, type=dict[str, str])})
