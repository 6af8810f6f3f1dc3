"""Sign-ins that do not look like their owner's (SEC-11): another class of device, or after many failures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select

from lms_core.accounts.model import Origin, device_class
from lms_core.accounts.reading import language_of
from lms_core.accounts.tables import login_log, session
from lms_core.mail.letters import call_name
from lms_core.mail.queue import post
from lms_core.unit import Unit

MANY_FAILURES = 5
DAY_MS = 86_400_000


def log_sign_in(unit: Unit, who: str | None, origin: Origin, *, ok: bool) -> None:
    """Note a try to sign in (ACC-12); `who` is None for an unknown address."""
    values = {"id": unit.new_id(), "account": who, "timestamp": unit.now_ms, "successful": ok}
    where = {"ip_address": origin.ip_address[:64], "user_agent": origin.user_agent[:500]}
    unit.local(insert(login_log).values(values | where).execution_options(journal=False))


def oddities(unit: Unit, who: str, origin: Origin) -> str:
    """Notes on what is odd about a sign-in that is right, "" for nothing; an account's first one is not odd."""
    notes = []
    before = unit.all(select(session.c.user_agent).where(session.c.account == who).distinct())
    here = device_class(origin.user_agent)
    if before and here not in {device_class(row.user_agent) for row in before}:
        notes.append(f"new device class: {here}")
    mine = login_log.c.account == who
    last = select(func.max(login_log.c.timestamp)).where(mine, login_log.c.successful).scalar_subquery()
    recent = (login_log.c.timestamp > func.coalesce(last, 0), login_log.c.timestamp > unit.now_ms - DAY_MS)
    failures = unit.all(select(func.count()).where(mine, login_log.c.successful.is_(False), *recent))[0][0]
    if failures >= MANY_FAILURES:
        notes.append(f"{failures} failed sign-ins before")
    return "; ".join(notes)


def tell_sign_in(unit: Unit, who: Any, name: str, origin: Origin) -> None:
    """Mail the owner of an account (a row of `users`) that the session `name` began in an odd way."""
    data = {"device": device_class(origin.user_agent), "address": origin.ip_address}
    _tell(unit, "new_sign_in", who, key=f"sign-in {name}", data=data)


def tell_password(unit: Unit, who: Any) -> None:
    """Mail the owner of an account that its password is another one now."""
    _tell(unit, "password_changed", who, key=f"password {who.id} {unit.new_id()}", data={})


def _tell(unit: Unit, template: str, who: Any, *, key: str, data: dict[str, str]) -> None:
    when = datetime.fromtimestamp(unit.now_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    facts = {"name": call_name(who.first_name), "when": when, **data}
    post(unit, template, key=key, address=who.email, account=who.id, language=language_of(unit, who), data=facts)
