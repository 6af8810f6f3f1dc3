"""Signing in through somebody else's sign-in page (ACC-14, RFC 8252): visits that are under way, and who is who there.

An app never learns what the provider says. It begins a visit with the hash of a secret of its own (PKCE, RFC 7636) and
an address on its own machine; the browser comes back there with a code that works once, with that secret alone.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import LIMITS, Caller, Origin, Tokens, User, challenge_of, handle_for, key_of
from lms_core.accounts.reading import add_account, free_username, rows_of, users
from lms_core.accounts.service import AccountsService, Look
from lms_core.accounts.tables import account, credential, identity, provider_visit, session
from lms_core.errors import AuthExpired, Conflict, Denied, LmsError, NotFound, UserError
from lms_core.ports import Clock
from lms_core.unit import Unit, Work

LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]):[1-9][0-9]{0,4}(/[A-Za-z0-9._~/-]{0,200})?")
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VISIT_MS = 10 * 60_000


class Person(msgspec.Struct, frozen=True):
    """Who somebody is at a provider; `verified` says that the provider has checked the e-mail address."""

    subject: str
    email: str
    verified: bool
    first_name: str
    last_name: str


@dataclass(frozen=True)
class Visit:
    """A visit to a provider that has begun; both are for the provider's page and come back with its answer."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One provider with which an account can sign in; `linked_at` in ms since 1970."""

    provider: str
    email: str
    linked_at: int


class IdentitiesService:
    """Begin, finish and use visits to providers; list and remove what an account is linked to."""

    def __init__(
        self, *, work: Work, look: Look, keys: AccountKeys, accounts: AccountsService, clock: Clock, registration: bool
    ) -> None:
        self._work, self._look, self._keys, self._clock = work, look, keys, clock
        self._accounts, self._registration = accounts, registration

    # --- a visit
    def begin(
        self, provider: str, *, redirect_uri: str, state: str, challenge: str, caller: Caller | None = None
    ) -> Visit:
        """Begin a visit; with a caller it links the provider to that account.

        Raises:
            UserError: `invalid_fields` when the address is not on the app's own machine, or there is no challenge.
        """
        faults: dict[str, list[str]] = {}
        if not LOOPBACK.fullmatch(redirect_uri):
            faults["redirect_uri"] = ["loopback_needed"]
        if not CHALLENGE.fullmatch(challenge):
            faults["code_challenge"] = ["bad_value"]
        if faults:
            raise UserError("invalid_fields", fields=faults, names=", ".join(sorted(faults)))
        token = secrets.token_urlsafe(32)
        visit = self._visit(token)
        with self._work() as unit:
            old = provider_visit.c.began_at < unit.now_ms - VISIT_MS
            unit.local(delete(provider_visit).where(old).execution_options(journal=False))
            values = {
                "state": self._keys.digest(provider, token), "provider": provider, "redirect_uri": redirect_uri,
                "account": caller.account if caller else None, "app_state": state, "challenge": challenge,
                "began_at": unit.now_ms, "code": None, "facts": None,
            }  # fmt: skip
            unit.local(insert(provider_visit).values(values).execution_options(journal=False))
        return visit

    def _visit(self, token: str) -> Visit:
        """What goes with a state follows from it, so nothing of it is kept."""
        return Visit(token, self._keys.digest("nonce", token), self._keys.digest("verifier", token))

    def resume(self, provider: str, state: str) -> Visit:
        """The visit that a provider's answer belongs to. Raises AuthExpired `visit_over`."""
        with self._look() as conn:
            self._open(conn, provider_visit.c.state == self._keys.digest(provider, state))
        return self._visit(state)

    def _open(self, source: Unit | Connection, *where: Any) -> Any:
        rows = rows_of(source, select(provider_visit).where(*where))
        if not rows or rows[0].began_at < self._clock.ms() - VISIT_MS:
            raise AuthExpired("visit_over")
        return rows[0]

    def finish(self, provider: str, state: str, person: Person | None) -> str:
        """Keep who the provider says it is (None: the person said no); returns the address that the browser goes to.

        Raises:
            AuthExpired: `visit_over`.
        """
        with self._work() as unit:
            visit = self._open(unit, provider_visit.c.state == self._keys.digest(provider, state))
            mine = provider_visit.c.state == visit.state
            if person is None or visit.code is not None:
                unit.local(delete(provider_visit).where(mine).execution_options(journal=False))
                answer = {"error": "access_denied"}
            else:
                code = secrets.token_urlsafe(32)
                values = {"code": self._keys.digest("code", code), "facts": msgspec.json.encode(person)}
                unit.local(update(provider_visit).where(mine).values(values).execution_options(journal=False))
                answer = {"code": code}
        return f"{visit.redirect_uri}?{urlencode(answer | {'state': visit.app_state})}"

    # --- what comes of it
    def sign_in(
        self, provider: str, code: str, verifier: str, *, second: str = "", remember: bool, origin: Origin
    ) -> tuple[Tokens, User]:
        """Begin a session for who came back with this code; an account is made for somebody new.

        The code is used up by success alone, so that a second factor can be asked for.

        Raises:
            AuthExpired: `visit_over`; `second_factor_needed`, `second_factor_wrong`.
            Conflict: `link_first`, an account has this address and nobody has proved to be its owner.
            Denied: `account_disabled`, `registration_closed`, `email_unverified`.
        """
        with self._work() as unit:
            visit = self._came_back(unit, provider, code, verifier)
            if visit.account is not None:
                raise AuthExpired("visit_over")
            person = msgspec.json.decode(visit.facts, type=Person)
            row = self._account_of(unit, provider, person)
            if not row.is_active:
                raise Denied("account_disabled")
            entered = self._accounts.enter(
                unit, row, code=second, remember=remember, origin=origin, method=provider
            )  # fmt: skip
            if not isinstance(entered, LmsError):
                gone = delete(provider_visit).where(provider_visit.c.state == visit.state)
                unit.local(gone.execution_options(journal=False))
        if isinstance(entered, LmsError):
            raise entered
        return entered

    def _came_back(self, unit: Unit, provider: str, code: str, verifier: str) -> Any:
        visit = self._open(
            unit, provider_visit.c.code == self._keys.digest("code", code), provider_visit.c.provider == provider
        )
        if not hmac.compare_digest(challenge_of(verifier), visit.challenge):
            raise AuthExpired("visit_over")
        return visit

    def _account_of(self, unit: Unit, provider: str, person: Person) -> Any:
        """The account of a person: the linked one, one whose address both sides have checked, or a new one."""
        query = users().join(identity, identity.c.account == account.c.id)
        rows = unit.all(query.where(identity.c.provider == provider, identity.c.subject == person.subject))
        if rows:
            return rows[0]
        if not person.verified or not person.email:
            raise Denied("email_unverified")
        same = unit.all(users().where(credential.c.email_key == key_of(person.email)))
        if same and not same[0].is_email_verified:
            raise Conflict("link_first")  # whoever made that account may not be who has the address
        who = same[0].id if same else self._made(unit, person)
        self._link(unit, provider, person, who)
        return unit.all(users().where(account.c.id == who))[0]

    def _made(self, unit: Unit, person: Person) -> str:
        if not self._registration:
            raise Denied("registration_closed")
        first = person.first_name.strip()[: LIMITS["first_name"]] or person.email.partition("@")[0]
        last = person.last_name.strip()[: LIMITS["last_name"]] or first
        new = unit.new_id()
        add_account(unit, new, "", {
            "email": person.email, "username": free_username(unit, handle_for(first, last)),
            "first_name": first, "last_name": last, "role": "student", "cohort": "", "joined_at": unit.now_ms,
        }, verified=True)  # fmt: skip
        return new

    def link(self, caller: Caller, provider: str, code: str, verifier: str) -> None:
        """Link who came back to the caller's account, who had begun the visit.

        Raises:
            AuthExpired: `visit_over`.
            Conflict: `identity_taken`, that person signs in to another account.
        """
        with self._work() as unit:
            visit = self._came_back(unit, provider, code, verifier)
            if visit.account != caller.account:
                raise AuthExpired("visit_over")
            person = msgspec.json.decode(visit.facts, type=Person)
            known = (identity.c.provider == provider, identity.c.subject == person.subject)
            rows = unit.all(select(identity.c.account).where(*known))
            if rows and rows[0].account != caller.account:
                raise Conflict("identity_taken")
            if not rows:
                self._link(unit, provider, person, caller.account)
            gone = delete(provider_visit).where(provider_visit.c.state == visit.state)
            unit.local(gone.execution_options(journal=False))

    def _link(self, unit: Unit, provider: str, person: Person, who: str) -> None:
        values = {"provider": provider, "subject": person.subject, "account": who, "email": person.email}
        unit.local(insert(identity).values(values | {"linked_at": unit.now_ms}))

    # --- what is linked
    def linked(self, caller: Caller) -> list[Identity]:
        """The providers with which the caller can sign in."""
        query = select(identity).where(identity.c.account == caller.account).order_by(identity.c.provider)
        with self._look() as conn:
            rows = conn.execute(query).all()
        return [Identity(provider=r.provider, email=r.email, linked_at=r.linked_at) for r in rows]

    def unlink(self, caller: Caller, provider: str) -> None:
        """Remove a provider; sessions that began with it end.

        Raises:
            NotFound: it is not linked.
            Conflict: `last_way_in`, there is no password and no other provider.
        """
        with self._work() as unit:
            mine = identity.c.account == caller.account
            linked = {row.provider for row in unit.all(select(identity.c.provider).where(mine))}
            if provider not in linked:
                raise NotFound
            hashed = unit.all(select(credential.c.password_hash).where(credential.c.account == caller.account))
            if linked == {provider} and not hashed[0].password_hash:
                raise Conflict("last_way_in")
            unit.local(delete(identity).where(mine, identity.c.provider == provider))
            begun = select(session.c.id).where(
                session.c.account == caller.account, session.c.login_method == provider, session.c.is_active
            )
            self._accounts.end_sessions(unit, [r.id for r in unit.all(begun) if r.id != caller.session])
