"""Everybody's accounts at the hub: what others see of them, what managers and administrators do (USR-07, USR-09)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select, update

from lms_core.accounts import personal, reading
from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.model import EMAIL, USERNAME, Caller, Origin, Registration, Session, User, key_of, refuse
from lms_core.accounts.personal_service import Profile, Skill, Social, account_faults, read_of, skills_of, write_own
from lms_core.accounts.service import AccountsService, Look
from lms_core.accounts.standing import account_row, change_active, change_role
from lms_core.accounts.tables import account, credential, login_log, profile, session
from lms_core.errors import Denied, NotFound
from lms_core.schema import Actor
from lms_core.unit import Unit

WorkAs = Callable[[Actor], AbstractContextManager[Unit]]
"""How a service begins a unit of work in somebody's name."""
STAFF = frozenset({"manager", "admin"})


class PublicProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody who is signed in may know of somebody (USR-07)."""

    id: str
    first_name: str
    last_name: str
    username: str
    role: str
    profile_picture: str | None
    bio: str
    location: str
    social: Social
    skills: list[Skill]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which accounts somebody looks for; what is empty or None does not matter."""

    search: str = ""
    role: str = ""
    cohort: str = ""
    active: bool | None = None

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """The query for these accounts alone."""
        query = query.where(account.c.role == self.role) if self.role else query
        query = query.where(account.c.cohort == self.cohort) if self.cohort else query
        query = query.where(account.c.is_active.is_(self.active)) if self.active is not None else query
        return query.where(and_(*map(_holds, self.search.split()))) if self.search else query


def _holds(word: str) -> Any:
    """Names, username or address hold a word; databases fold plain letters alone, so usual spellings are tried."""
    spellings = {word, word.lower(), word.upper(), word.capitalize()}
    names = [
        column.icontains(each, autoescape=True)
        for each in spellings
        for column in (account.c.first_name, account.c.last_name)
    ]
    keys = (credential.c.email_key, credential.c.username_key)
    return or_(*names, *(column.contains(key_of(word), autoescape=True) for column in keys))


@dataclass(frozen=True, kw_only=True)
class Login:
    """One try to sign in (ACC-12); `timestamp` in ms since 1970."""

    id: str
    timestamp: int
    ip_address: str
    user_agent: str
    successful: bool


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A session that deserves a second look (SEC-11); times in ms since 1970."""

    id: str
    account: str
    email: str
    ip_address: str
    user_agent: str
    device_type: str
    created_at: int
    last_activity: int
    is_active: bool
    security_notes: str


class PeopleService:
    """Accounts of others; each verb asks whether the caller may."""

    def __init__(self, *, work: WorkAs, look: Look, accounts: AccountsService) -> None:
        self._work, self._look, self._accounts = work, look, accounts

    def _as(self, caller: Caller) -> AbstractContextManager[Unit]:
        return self._work(Actor(caller.account, caller.role))

    # --- reading
    def all(self, caller: Caller, wanted: Filter, *, offset: int, most: int) -> tuple[int, list[User]]:
        """How many accounts there are, and some of them by name; for managers and administrators."""
        with self._look() as conn:
            _check_role(conn, caller, STAFF)
            joined = select(func.count()).select_from(account).join(credential, credential.c.account == account.c.id)
            count = conn.scalar(wanted.narrow(joined)) or 0
            by_name = wanted.narrow(reading.users()).order_by(account.c.last_name, account.c.first_name, account.c.id)
            return int(count), [reading.user_of(row) for row in conn.execute(by_name.offset(offset).limit(most))]

    def get(self, caller: Caller, who: str) -> tuple[User, Profile]:
        """An account and what its owner says of it, for the owner and administrators. Raises NotFound, Denied."""
        with self._look() as conn:
            _check_owner(conn, caller, who)
            row = conn.execute(reading.USER, {"row": who}).one()
            return reading.user_of(row), read_of(conn, personal.PROFILE, who, Profile)

    def public(self, who: str) -> PublicProfile:
        """What everybody may know of somebody. Raises NotFound."""
        user = self._accounts.user(who)
        with self._look() as conn:
            said = read_of(conn, personal.PROFILE, who, Profile)
            social, skills = read_of(conn, personal.USER_SOCIAL, who, Social), skills_of(conn, who)
        return PublicProfile(
            id=who, first_name=user.first_name, last_name=user.last_name, username=user.username, role=user.role,
            profile_picture=said.profile_picture, bio=said.bio, location=said.location, social=social, skills=skills,
        )  # fmt: skip

    def photo(self, who: str) -> str:
        """The SHA-256 of somebody's picture. Raises NotFound."""
        query = select(profile.c.profile_picture).where(profile.c.user_id == who)
        with self._look() as conn:
            name = conn.scalar(query.join(credential, credential.c.account == profile.c.user_id))
        if not name:
            raise NotFound
        return str(name)

    def logins(self, caller: Caller, who: str, *, offset: int, most: int) -> tuple[int, list[Login]]:
        """How often somebody tried to sign in, and some tries, the newest first; for owner and administrators."""
        log = login_log.c
        with self._look() as conn:
            _check_owner(conn, caller, who)
            count = conn.scalar(select(func.count()).select_from(login_log).where(log.account == who)) or 0
            columns = (log.id, log.timestamp, log.ip_address, log.user_agent, log.successful)
            query = select(*columns).where(log.account == who).order_by(log.timestamp.desc(), log.id.desc())
            return int(count), [Login(**row) for row in conn.execute(query.offset(offset).limit(most)).mappings()]

    def sessions(self, caller: Caller, who: str) -> list[Session]:
        """Somebody's sessions, the last used first; for owner and administrators."""
        with self._look() as conn:
            _check_owner(conn, caller, who)
        return self._accounts.sessions_of(who)

    def suspects(self, caller: Caller, *, offset: int, most: int) -> tuple[int, list[Suspect]]:
        """Suspicious sessions, the newest first; for administrators."""
        odd = session.c.is_suspicious
        names = [session.c[name] for name in Suspect.__dataclass_fields__ if name != "email"]
        query = select(*names, account.c.email).join(account, account.c.id == session.c.account).where(odd)
        with self._look() as conn:
            _check_role(conn, caller, {"admin"})
            count = conn.scalar(select(func.count()).select_from(session).where(odd)) or 0
            rows = conn.execute(
                query.order_by(session.c.created_at.desc(), session.c.id.desc()).offset(offset).limit(most)
            )
            return int(count), [Suspect(**row) for row in rows.mappings()]

    # --- changing
    def create(self, caller: Caller, wish: Registration, *, role: str, new: str = "", origin: Origin) -> User:
        """Make an account for somebody; for administrators. Raises as `AccountsService.create`."""
        return self._accounts.create(wish, role=role, new=new, check=_admin(By.of(caller, origin)))

    def change(
        self,
        caller: Caller,
        who: str,
        fields: Mapping[str, Any],
        *,
        about: Mapping[str, Any] | None = None,
        origin: Origin,
    ) -> User:
        """Change names, username, cohort and, for administrators, the e-mail address; `about` is of the own profile.

        Raises:
            NotFound, Denied, UserError: `invalid_fields`.
        """
        by = By.of(caller, origin)
        with self._as(caller) as unit:
            if who != caller.account:
                check_admin(unit, by)
            row = account_row(unit, who)
            tidy = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
            refuse(self._faults(unit, who, tidy, by_admin=who != caller.account) | _own_faults(unit, about))
            changed = {name: value for name, value in tidy.items() if row[name] != value}
            self._rename(unit, who, changed)
            unit.derive(ACCOUNT, who, row | changed)
            if about:
                write_own(unit, personal.PROFILE, about)
            if changed and who != caller.account:
                before = {name: row[name] for name in changed}
                note(unit, by, Action.ACCOUNT_CHANGED, entity="account", row=who, before=before, after=changed)
            return reading.user_of(unit.all(reading.users().where(account.c.id == who))[0])

    def _faults(self, unit: Unit, who: str, fields: Mapping[str, Any], *, by_admin: bool) -> dict[str, list[str]]:
        own = ("username", "email") if by_admin else ("username",)
        found = account_faults({name: value for name, value in fields.items() if name not in own})
        for name, form, column in (
            ("username", USERNAME, credential.c.username_key),
            ("email", EMAIL, credential.c.email_key),
        ):
            if name not in fields or name not in own:
                continue
            value = fields[name]
            if not form.fullmatch(value) or len(value) > (ACCOUNT.fields[name].most or 0):
                found[name] = [f"{name}_invalid"]
            elif unit.all(select(credential.c.account).where(column == key_of(value), credential.c.account != who)):
                found[name] = [f"{name}_taken"]
        return found

    def _rename(self, unit: Unit, who: str, changed: Mapping[str, str]) -> None:
        keys = {f"{name}_key": key_of(changed[name]) for name in ("email", "username") if name in changed}
        if keys:
            unit.local(update(credential).where(credential.c.account == who).values(keys))

    def set_role(self, caller: Caller, who: str, role: str, *, origin: Origin) -> User:
        """Give an account another role; for administrators. Raises NotFound, UserError `last_admin`."""
        by = By.of(caller, origin)
        with self._as(caller) as unit:
            check_admin(unit, by)
            change_role(unit, who, role, by)
        return self._accounts.user(who)

    def set_active(self, caller: Caller, who: str, *, active: bool, origin: Origin) -> User:
        """Close or open an account; closing ends its sessions; for administrators."""
        by = By.of(caller, origin)
        with self._as(caller) as unit:
            check_admin(unit, by)
            change_active(unit, who, by, active=active)
            if not active:
                self._accounts.end_all(unit, who)
        return self._accounts.user(who)

    def set_password(self, caller: Caller, who: str, new: str, *, origin: Origin) -> None:
        """Give an account another password; all its sessions end; for administrators."""
        self._accounts.replace_password(who, new, _admin(By.of(caller, origin)))

    def end_session(self, caller: Caller, who: str, name: str, *, origin: Origin) -> None:
        """End a session of somebody; for administrators. Raises NotFound."""
        by = By.of(caller, origin)
        with self._as(caller) as unit:
            check_admin(unit, by)
            if not unit.all(select(session.c.id).where(session.c.id == name, session.c.account == who)):
                raise NotFound
            self._accounts.end_sessions(unit, [name])
            note(unit, by, Action.SESSION_ENDED, entity="session", row=name, before={"account": who})


def _admin(by: By) -> Callable[[Unit], By]:
    """Let administrators do it, as they are when it is done."""

    def check(unit: Unit) -> By:
        check_admin(unit, by)
        return by

    return check


def _check_role(conn: Connection, caller: Caller, roles: frozenset[str] | set[str]) -> None:
    """Raise Denied unless the caller has one of these roles now."""
    role = conn.scalar(select(account.c.role).where(account.c.id == caller.account, account.c.is_active))
    if role not in roles:
        raise Denied


_THERE = select(credential.c.account).where(credential.c.account == bindparam("row"))


def _check_owner(conn: Connection, caller: Caller, who: str) -> None:
    """Raise Denied for whoever is neither the owner nor an administrator, NotFound for an account that is not there."""
    if who != caller.account:
        _check_role(conn, caller, {"admin"})
    if conn.scalar(_THERE, {"row": who}) is None:
        raise NotFound


def _own_faults(unit: Unit, about: Mapping[str, Any] | None) -> dict[str, list[str]]:
    if not about:
        return {}
    reserved = {name: ["reserved_field"] for name in about.keys() & {"user_id", "profile_picture"}}
    return personal.faults(personal.PROFILE, about, unit.now_ms) | reserved
