"""Tell people that something happened to them, in the unit of work in which it happens (OPS-04, NTF-01). At the hub.

    notify(unit, student, "certificate_issued", subject=certificate, values={"course": title}, action_url=...)

What is told is an event of `events.py` with its sentences in `resources/notifications`; a new one takes a line there
and a section in each of those files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lms_core.accounts.tables import account, credential, profile, user_settings
from lms_core.db.bulk import chunks, upsert
from lms_core.notifications import tables as t
from lms_core.notifications.entities import NOTIFICATION
from lms_core.notifications.events import EVENTS, Priority
from lms_core.ops import Values
from lms_core.unit import Unit

if TYPE_CHECKING:
    from lms_core.notifications.words import Said

AT_ONCE = frozenset({"high", "urgent"})
"""Priorities that are mailed at once; the rest waits for the day's digest."""
LONGEST_MESSAGE = 5000


def notify(unit: Unit, who: str, event: str, **more: Any) -> None:
    """Tell one account; `more` is that of `notify_all`."""
    notify_all(unit, [who], event, **more)


def notify_all(
    unit: Unit,
    people: Collection[str],
    event: str,
    *,
    subject: str = "",
    values: Mapping[str, str | int | float] | None = None,
    action_url: str = "",
    said: Said | None = None,
    priority: Priority | None = None,
    expires_at: int | None = None,
) -> None:
    """Tell accounts of an event; who is told already, is closed or has switched its kind off is passed over.

    Args:
        unit: a unit of the hub.
        people: ids of accounts.
        event: a name in EVENTS.
        subject: which occurrence it is, at most 200 characters: the same one again is told once. "" is a new one.
        values: what fills the gaps of the event's sentences.
        action_url: where to go from it in the app: `course/ID`, `lesson/COURSE/ID`, a place such as `teach`, or "".
        said: title and message where the event has no sentences of its own.
        priority: another one than the event's.
        expires_at: when it is out of date, in ms since 1970.
    """
    from lms_core.notifications.words import say  # a laptop starts without the words

    kind, usual = EVENTS[event]
    row: Values = {
        "event": event, "subject": subject or unit.new_id(), "kind": kind, "priority": priority or usual,
        "action_url": action_url, "metadata": dict(values or {}), "created_at": unit.now_ms, "expires_at": expires_at,
    }  # fmt: skip
    for part in chunks(sorted(set(people))):
        mails: list[Values] = []
        for person in _listening(unit, part, row):
            words = said or say(event, person.language or person.asked_for or "", row["metadata"])
            mails += _tell(unit, person, row, words)
        unit.local(upsert(unit.conn, t.notification_mail).on_conflict_do_nothing(), mails)


def _listening(unit: Unit, people: list[str], row: Values) -> list[Any]:
    """Those who are to be told, and were not yet."""
    c = t.notification.c
    same = (c.user_id.in_(people), c.event == row["event"], c.subject == row["subject"])
    told = {found.user_id for found in unit.all(select(c.user_id).where(*same))}
    urgent = row["priority"] == "urgent"
    here = (person for person in listeners(unit, people) if person.id not in told)
    return [person for person in here if urgent or (person.notifications or {}).get(row["kind"], True)]


def listeners(unit: Unit, people: Sequence[str]) -> Sequence[Any]:
    """Open accounts by id, each with its language and how it likes to be told; at most a chunk of them."""
    name, setting, about = account.c, user_settings.c, profile.c
    query = (
        select(
            name.id, name.first_name, name.email, name.is_email_verified, setting.language, setting.notifications,
            credential.c.language.label("asked_for"), about.receive_email_notifications.label("mails"),
        )
        .outerjoin(credential, credential.c.account == name.id)
        .outerjoin(user_settings, setting.user_id == name.id)
        .outerjoin(profile, about.user_id == name.id)
        .where(name.id.in_(people), name.is_active, name.deleted_at.is_(None))
        .order_by(name.id)
    )  # fmt: skip
    return unit.all(query)


def wants_mail(person: Any) -> bool:
    """Whether one of `listeners` gets mails: to a proved address, unless they said no (USR-02)."""
    return bool(person.email and person.is_email_verified and person.mails is not False)


def _tell(unit: Unit, person: Any, row: Values, words: Said) -> list[Values]:
    """Tell one person; returns what is to be told by mail."""
    from lms_core.notifications.words import clipped

    new = NOTIFICATION.id_for(person.id, row["event"], row["subject"])
    title, message = clipped(words.title), words.message[:LONGEST_MESSAGE]
    unit.derive(NOTIFICATION, new, row | {"user_id": person.id, "title": title, "message": message})
    if not wants_mail(person):
        return []
    at_once = row["priority"] in AT_ONCE
    if at_once:
        _mail(unit, person, new, title, message)
    sent = unit.now_ms if at_once else None
    return [{"account": person.id, "notification": new, "created_at": unit.now_ms, "sent_at": sent}]


def _mail(unit: Unit, person: Any, name: str, title: str, message: str) -> None:
    from lms_core.mail.letters import call_name
    from lms_core.mail.queue import post

    text = f"{title}\n\n{message}" if message else title
    post(
        unit, "notification", key=f"notification {name}", address=person.email, account=person.id,
        language=person.language or person.asked_for or "",
        data={"name": call_name(person.first_name), "title": title, "text": text},
    )  # fmt: skip
