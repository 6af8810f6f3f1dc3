"""What was not urgent goes by mail once a day; and the end of such mails by a link (NTF-05, RFC 8058). At the hub."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, Select, delete, or_, select, update

from lms_core.accounts import personal
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.people import WorkAs
from lms_core.accounts.personal_service import write_own
from lms_core.accounts.reading import rows_of
from lms_core.accounts.standing import account_row
from lms_core.db.bulk import chunks, upsert
from lms_core.mail.letters import call_name
from lms_core.mail.queue import post
from lms_core.notifications import tables as t
from lms_core.notifications.entities import NOTIFICATION
from lms_core.notifications.notify import listeners, wants_mail
from lms_core.notifications.service import in_language, notification_of
from lms_core.schema import Actor
from lms_core.unit import Reader, Unit, Work

DAY_MS = 86_400_000
MOST = 20
"""Notifications in one mail; the rest is in the app."""
KEEP_MS = 180 * DAY_MS
"""How long what was read or put away is kept."""
PART = 50


class Digests:
    """The day's mails: at `hour` of the clock of `zone` (None: the machine's), what is unread by then."""

    def __init__(
        self,
        work: Work,
        *,
        look: Callable[[], AbstractContextManager[Connection]],
        now_ms: Callable[[], int],
        hour: int,
        language: str = "en",
        zone: tzinfo | None = None,
    ) -> None:
        self._work, self._look, self._now_ms = work, look, now_ms
        self._hour, self._language, self._zone = hour, language, zone

    def run(self) -> dict[str, int] | None:
        """Queue the mails of today that are due; safe to repeat and in several processes at once."""
        here = datetime.fromtimestamp(self._now_ms() / 1000, UTC).astimezone(self._zone)
        due = here.replace(hour=self._hour, minute=0, second=0, microsecond=0)
        if here < due:
            return None
        until, day = int(due.timestamp() * 1000), due.date().isoformat()
        with self._look() as conn:
            people = [row.account for row in conn.execute(_waiting(until, day))]
        sent = 0
        for part in chunks(people):
            for at in range(0, len(part), PART):
                with self._work() as unit:
                    sent += sum(self._mail(unit, who, until, day) for who in listeners(unit, part[at : at + PART]))
        return {"people": len(people), "mails": sent}

    def _mail(self, unit: Unit, who: Any, until: int, day: str) -> bool:
        """Queue one person's mail; False where there is nothing to say or today's was made already."""
        done = t.digest.c
        if unit.all(select(done.day).where(done.account == who.id, done.day >= day)):
            return False
        mine, told = t.notification_mail.c, t.notification.c
        waits = (mine.account == who.id, mine.sent_at.is_(None), mine.created_at <= until)
        joined = select(t.notification).join(t.notification_mail, mine.notification == told.id).where(*waits)
        rows = unit.all(joined.order_by(told.created_at.desc(), told.id))
        switches = who.notifications or {}
        news = [row for row in rows if _is_news(row, unit.now_ms) and switches.get(row.kind, True)]
        if not news or not wants_mail(who):
            unit.local(delete(t.notification_mail).where(*waits))
            return False
        unit.local(update(t.notification_mail).where(*waits).values(sent_at=unit.now_ms))
        made = upsert(unit.conn, t.digest).values(account=who.id, day=day)
        unit.local(made.on_conflict_do_update(index_elements=["account"], set_={"day": day}))
        language = who.language or who.asked_for or self._language
        items = "\n".join(f"• {in_language(notification_of(row), language).title}" for row in news[:MOST])
        data = {"name": call_name(who.first_name), "items": items + ("\n…" if len(news) > MOST else "")}
        key = f"digest {who.id} {day}"
        post(unit, "digest", key=key, address=who.email, account=who.id, language=language, data=data)
        return True

    def sweep(self) -> dict[str, int]:
        """Remove what is out of date, and what was read or put away half a year ago (NTF-07); once a day."""
        c, now = t.notification.c, self._now_ms()
        old = c.created_at < now - KEEP_MS
        gone = or_(c.expires_at <= now, old & (c.read_at.is_not(None) | c.dismissed_at.is_not(None)))
        with self._look() as conn:
            names = [row.id for row in conn.execute(select(c.id).where(gone))]
        for part in chunks(names):
            with self._work() as unit:
                for name in part:
                    unit.derive(NOTIFICATION, name, None)
                unit.local(delete(t.notification_mail).where(t.notification_mail.c.notification.in_(part)))
        return {"removed": len(names)}


def _waiting(until: int, day: str) -> Select[Any]:
    """Accounts for whom something waits and who have had no digest on this day."""
    mine, done = t.notification_mail.c, t.digest.c
    had = select(done.account).where(done.day >= day)
    waits = (mine.sent_at.is_(None), mine.created_at <= until, mine.account.not_in(had))
    return select(mine.account).where(*waits).distinct().order_by(mine.account)


def _is_news(row: Any, now_ms: int) -> bool:
    fresh = row.expires_at is None or row.expires_at > now_ms
    return fresh and row.read_at is None and row.dismissed_at is None


def email_times(source: Reader | Connection, names: Sequence[str]) -> Mapping[str, int]:
    """When notifications went by mail, in ms; those that did not are not in it."""
    c = t.notification_mail.c
    query = select(c.notification, c.sent_at).where(c.notification.in_(names), c.sent_at.is_not(None))
    return {row.notification: row.sent_at for row in rows_of(source, query)}


class Unsubscribing:
    """End the mails to whoever has the link of one."""

    def __init__(self, work: WorkAs, keys: AccountKeys) -> None:
        self._work, self._keys = work, keys

    def unsubscribe(self, token: str) -> None:
        """Send an account no mails about notifications any more. Raises UserError `proof_invalid`, NotFound."""
        who = self._keys.read_unsubscribe(token)
        with self._work(Actor(who)) as unit:
            account_row(unit, who)
            write_own(unit, personal.PROFILE, {"receive_email_notifications": False})
