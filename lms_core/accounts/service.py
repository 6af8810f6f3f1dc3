"""Accounts at the hub: who may come in, and for how long (ACC-01 to ACC-08, ACC-12, ACC-13, ACC-15).

Slow hashes are made outside of transactions, for the hub has one writer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, select, update

from lms_core.accounts import joining
from lms_core.accounts.audit import SERVER, Action, note
from lms_core.accounts.codes import PASSES, judge, why_not
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import (
    Caller,
    Origin,
    Registration,
    Session,
    Tokens,
    User,
    key_of,
    refuse,
)
from lms_core.accounts.passwords import PasswordHasher, password_faults
from lms_core.accounts.reading import USER, add_account, rows_of, user_of, users
from lms_core.accounts.sessions import SESSION, begin_session, sessions_of
from lms_core.accounts.standing import change_active, change_role
from lms_core.accounts.tables import account, credential, session
from lms_core.accounts.watch import log_sign_in, oddities, tell_password, tell_sign_in
from lms_core.cache import Cache
from lms_core.errors import AuthExpired, Denied, LmsError, NotFound, UserError
from lms_core.ops import NIL
from lms_core.ports import Clock
from lms_core.unit import Unit, Work

Look = Callable[[], AbstractContextManager[Connection]]
"""How a service reads one moment of the database without waiting for the writer."""

REVOKED = "device revoked"
DAY_MS = 86_400_000
_KEPT = ("email", "username", "first_name", "last_name", "cohort", "joined_at")


@dataclass(frozen=True)
class Lifetimes:
    """How long tokens live (ACC-05)."""

    access_seconds: int = 15 * 60
    session_ms: int = DAY_MS
    remembered_session_ms: int = 30 * DAY_MS


class AccountsService:
    """Registration, sign-in, sessions and passwords over the hub's units of work."""

    def __init__(
        self,
        *,
        work: Work,
        look: Look,
        keys: AccountKeys,
        hasher: PasswordHasher,
        clock: Clock,
        lifetimes: Lifetimes | None = None,
        callers: Cache,
        ended: Callable[[Unit, Collection[str]], None],
    ) -> None:
        self._ended = ended
        self._work = work
        self._look = look
        self._keys = keys
        self._hasher = hasher
        self._clock = clock
        self._lifetimes = lifetimes or Lifetimes()
        self._callers = callers

    # --- getting in
    def register(
        self,
        wish: Registration,
        origin: Origin | None = None,
        then: Callable[[Unit, Any], object] = lambda unit, row: None,
    ) -> User:
        """Make a student account (ACC-02), mail a proof of its address (ACC-10), and do `then` with its row.

        Raises:
            UserError: `invalid_fields` with codes by field.
        """
        return self._create(wish, role="student", origin=origin or Origin(), then=then)

    def create_admin(self, wish: Registration) -> User:
        """Make an administrator's account; for the command line alone."""
        return self._create(wish, role="admin")

    def create(self, wish: Registration, *, role: str, new: str = "", check: joining.Check) -> User:
        """Make an account for somebody, under an id of the caller's if given; the same again gives the same.

        Without a password nobody can sign in until one is set. `check` says inside the unit of work who does this.

        Raises:
            UserError: `invalid_fields`. Conflict: `id_reused`.
        """
        return self._create(wish, role=role, new=new, check=check)

    def _create(self, wish: Registration, **how: Any) -> User:
        over: dict[str, Any] = {"work": self._work, "look": self._look, "hasher": self._hasher, "keys": self._keys}
        return joining.create(wish, **over, **how)

    def sign_in(
        self, email: str, password: str, *, remember: bool = False, origin: Origin, card: str = "", code: str = ""
    ) -> tuple[Tokens, User]:
        """Begin a session (ACC-04). With a device's `card` also for an account that a restored hub has lost.

        Raises:
            AuthExpired: `wrong_credentials`, the same for an unknown address and a wrong password;
                `second_factor_needed` and `second_factor_wrong` where the account asks for a `code` too.
            UserError: `rate_limited` after too many wrong codes.
            Denied: `account_disabled`.
        """
        row = self._found(email)
        if row is None and card and self._take_back(card, email, password):
            row = self._found(email)
        right = self._hasher.verify(row.password_hash if row else None, password)
        if row is None or not right or not row.is_active:
            with self._work() as unit:
                log_sign_in(unit, row.id if row else None, origin, ok=False)
            raise Denied("account_disabled") if right else AuthExpired("wrong_credentials")
        fresh = self._hasher.hash(password) if self._hasher.is_outdated(row.password_hash) else row.password_hash
        with self._work() as unit:
            same = (credential.c.account == row.id, credential.c.password_hash == row.password_hash)
            unit.local(update(credential).where(*same).values(password_hash=fresh))
            entered = self.enter(unit, row, code=code, remember=remember, origin=origin)
        if isinstance(entered, LmsError):
            raise entered
        return entered

    def enter(
        self, unit: Unit, row: Any, *, code: str, remember: bool, origin: Origin, method: str = "password"
    ) -> tuple[Tokens, User] | LmsError:
        """Begin a session for somebody who has proved who they are, or say what is lacking; for the unit to keep."""
        verdict, notes = judge(unit, self._keys, row.id, code), oddities(unit, row.id, origin)
        if verdict != "needed":
            log_sign_in(unit, row.id, origin, ok=verdict in PASSES)
        if verdict not in PASSES:
            return why_not(verdict)
        change = {"last_login_at": unit.now_ms, "language": origin.language or row.language}
        unit.local(update(credential).where(credential.c.account == row.id).values(change))
        span = self._span(remember)
        new = begin_session(unit, row.id, origin=origin, remember=remember, span=span, method=method, notes=notes)
        if notes:
            tell_sign_in(unit, row, new, origin)
        tokens = self._tokens(Caller(row.id, new, row.email, row.role), turn=1)
        return tokens, replace(user_of(row), last_login=unit.now_ms)

    def _found(self, email: str) -> Any:
        with self._look() as conn:
            query = users(credential.c.password_hash).where(credential.c.email_key == key_of(email))
            return conn.execute(query).first()

    def _take_back(self, card: str, email: str, password: str) -> bool:
        """Make an account anew from what this hub once signed; never one that is there, never an administrator's."""
        try:
            facts = self._keys.read_card(card)["account"]
        except UserError:
            return False
        if key_of(facts["email"]) != key_of(email):
            return False
        hashed = self._hasher.hash(password)
        with self._work() as unit:
            known = unit.stamp_of(facts["id"], "email") != list(NIL)  # also one that was erased
            if known or rows_of(unit, select(credential.c.account).where(credential.c.email_key == key_of(email))):
                return False
            role = facts["role"] if facts["role"] in ("student", "instructor") else "student"
            add_account(unit, facts["id"], hashed, {**{n: facts[n] for n in _KEPT}, "role": role})
        return True

    def _span(self, remember: bool) -> int:
        return self._lifetimes.remembered_session_ms if remember else self._lifetimes.session_ms

    def _tokens(self, caller: Caller, *, turn: int) -> Tokens:
        seconds = self._lifetimes.access_seconds
        access = self._keys.access_token(caller, now=self._clock.ms(), seconds=seconds)
        return Tokens(access, self._keys.refresh_token(caller.session, turn), seconds)

    # --- staying in
    def refresh(self, token: str, *, origin: Origin) -> Tokens:
        """Exchange a refresh token (ACC-06).

        A token stays valid until the one that replaced it was used once, so a lost reply locks nobody out. An older one
        can only come from a thief or a copied disk: the session ends.

        Raises:
            AuthExpired: `token_invalid`, `token_expired` or `token_reused`.
            Denied: `account_disabled`.
        """
        name, turn = self._keys.read_refresh(token)
        reused = False
        with self._work() as unit:
            row = self._session(unit, name)
            if turn < row.turn:
                reused = True
                self.end_sessions(unit, [name], note="refresh token used twice")
            else:
                # beyond the next turn only after the hub was restored from a backup: then the device knows better
                change = {"turn": turn, "expires_at": unit.now_ms + self._span(row.remember)}
                seen = {"last_activity": unit.now_ms, "ip_address": origin.ip_address[:64]}
                same = update(session).where(session.c.id == name)
                unit.local(same.values(change | seen).execution_options(journal=False))
        if reused:
            raise AuthExpired("token_reused")
        return self._tokens(Caller(row.account, name, row.email, row.role), turn=turn + 1)

    def authenticate(self, token: str) -> Caller:
        """Who is calling: valid token, open session, active account; the role is read anew (ACC-05).

        Raises:
            AuthExpired: `token_invalid` or `token_expired`.
            Denied: `account_disabled` (ACC-15).
        """
        if known := self.known(token):
            return known
        since = self._callers.moment()
        claims = self._keys.read_access(token, now=self._clock.ms())
        with self._look() as conn:
            row = self._session(conn, claims.session)
        caller = Caller(row.account, claims.session, row.email, row.role)
        self._callers.keep(
            _digest(token), caller, since=since, until=min(claims.expires, row.expires_at),
            of=(f"session/{caller.session}", f"account/{caller.account}"),
        )  # fmt: skip
        return caller

    def known(self, token: str) -> Caller | None:
        """The same for a token that was looked up a moment ago and still stands; asks nobody."""
        found: Caller | None = self._callers.find(_digest(token))
        return found

    def _session(self, source: Unit | Connection, name: str) -> Any:
        rows = rows_of(source, SESSION, {"row": name})
        if rows and rows[0].deleted_at is not None:
            raise Denied("account_deleted")
        if not rows or not rows[0].is_active:
            raise AuthExpired("device_revoked" if rows and rows[0].security_notes == REVOKED else "token_invalid")
        if rows[0].expires_at <= self._clock.ms():
            raise AuthExpired("token_expired")
        if not rows[0].account_active:
            raise Denied("account_disabled")
        return rows[0]

    # --- getting out
    def sign_out(self, caller: Caller) -> None:
        """End this session (ACC-07)."""
        with self._work() as unit:
            self.end_sessions(unit, [caller.session])

    def sign_out_everywhere(self, caller: Caller, *, but_this: bool = False) -> int:
        """End every session of the account, this one too unless told otherwise; returns how many."""
        with self._work() as unit:
            return self.end_all(unit, caller.account, but=caller.session if but_this else None)

    def end_session(self, caller: Caller, name: str) -> None:
        """End one of the caller's own sessions (ACC-13). Raises NotFound."""
        with self._work() as unit:
            mine = select(session.c.id).where(session.c.id == name, session.c.account == caller.account)
            if not unit.all(mine):
                raise NotFound
            self.end_sessions(unit, [name])

    def end_device(self, unit: Unit, who: str, device: str) -> None:
        """End every session of a device of an account; it is told why."""
        mine = select(session.c.id).where(session.c.account == who, session.c.device == device)
        self.end_sessions(unit, [row.id for row in unit.all(mine.where(session.c.is_active))], note=REVOKED)

    def end_all(self, unit: Unit, who: str, *, but: str | None = None) -> int:
        """End the sessions of an account in a unit of work; returns how many."""
        names = unit.all(select(session.c.id).where(session.c.account == who, session.c.is_active))
        ended = [row.id for row in names if row.id != but]
        self.end_sessions(unit, ended)
        return len(ended)

    def end_sessions(self, unit: Unit, names: Sequence[str], *, note: str = "") -> None:
        """End sessions; the note says why."""
        change: dict[str, Any] = {"is_active": False, "logout_time": unit.now_ms}
        if note:
            change |= {"is_suspicious": note != REVOKED, "security_notes": note}
        for name in names:
            unit.local(update(session).where(session.c.id == name, session.c.is_active).values(change))
        self._ended(unit, names)

    def sessions(self, caller: Caller) -> list[Session]:
        """The caller's sessions, the last used first (ACC-13)."""
        return self.sessions_of(caller.account)

    def sessions_of(self, who: str) -> list[Session]:
        """Somebody's sessions, the last used first."""
        with self._look() as conn:
            return sessions_of(conn, who)

    # --- the account itself
    def me(self, caller: Caller) -> User:
        """The caller's account (ACC-18). Raises NotFound."""
        return self.user(caller.account)

    def user(self, name: str) -> User:
        """An account by id. Raises NotFound."""
        with self._look() as conn:
            row = conn.execute(USER, {"row": name}).first()
        if row is None:
            raise NotFound
        return user_of(row)

    def change_password(self, caller: Caller, old: str, new: str) -> None:
        """Change the password; all other sessions end (ACC-08). Raises UserError `invalid_fields`."""
        row = self.prove(caller, old, field="old_password")
        self._replace_password(row, new, field="new_password", but=caller.session)

    def prove(self, caller: Caller, password: str, *, field: str = "password") -> Any:
        """The account's row, if the caller knows its password. Raises UserError `invalid_fields`."""
        with self._look() as conn:
            row = conn.execute(users(credential.c.password_hash).where(account.c.id == caller.account)).first()
        if row is None or not self._hasher.verify(row.password_hash, password):
            raise UserError("invalid_fields", fields={field: ["wrong_password"]}, names=field)
        return row

    def set_password(self, email: str, new: str) -> User:
        """Give an account another password, for the command line; all its sessions end.

        Raises:
            NotFound: `no_account`.
            UserError: `invalid_fields`.
        """
        row = self._found(email)
        if row is None:
            raise NotFound("no_account", email=email)
        self._replace_password(row, new, field="password", check=lambda unit: SERVER)
        return user_of(row)

    def replace_password(self, who: str, new: str, check: joining.Check) -> None:
        """The same by id, for those whom `check` lets do it inside the unit of work."""
        with self._look() as conn:
            row = conn.execute(users(credential.c.password_hash).where(account.c.id == who)).first()
        if row is None:
            raise NotFound
        self._replace_password(row, new, field="password", check=check)

    def _replace_password(
        self, row: Any, new: str, *, field: str, but: str | None = None, check: joining.Check | None = None
    ) -> None:
        faults = password_faults(new, (row.email, row.username, row.first_name, row.last_name))
        refuse({field: faults} if faults else {})
        hashed = self._hasher.hash(new)
        with self._work() as unit:
            if by := check(unit) if check else None:
                note(unit, by, Action.ACCOUNT_PASSWORD, entity="account", row=row.id)
            self.renew_password(unit, row, hashed, but=but)

    def renew_password(self, unit: Unit, row: Any, hashed: str, *, but: str | None = None) -> None:
        """Store another password of an account (a row of `users`), end its sessions but one, and tell its owner."""
        change = {"password_hash": hashed, "changed_at": unit.now_ms}
        unit.local(update(credential).where(credential.c.account == row.id).values(change))
        self.end_all(unit, row.id, but=but)
        tell_password(unit, row)

    def set_role(self, email: str, role: str) -> User:
        """Give an account another role, for the command line; it reaches the person's devices with their next sync.

        Raises:
            NotFound: `no_account`.
            UserError: `last_admin`, so that a server never is without one.
        """
        row = self._found(email)
        if row is None:
            raise NotFound("no_account", email=email)
        with self._work() as unit:
            change_role(unit, row.id, role, SERVER)
        return replace(user_of(row), role=role)

    def set_active(self, name: str, *, active: bool) -> None:
        """Close or open an account, for the command line; closing ends its sessions (ACC-15).

        Raises:
            NotFound, UserError: `last_admin`.
        """
        with self._work() as unit:
            change_active(unit, name, SERVER, active=active)
            if not active:
                self.end_all(unit, name)


def _digest(token: str) -> bytes:
    """What a token is remembered by: no token stays in memory."""
    return blake2b(token.encode(), digest_size=16).digest()
