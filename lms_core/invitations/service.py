"""Invitations: mailed with a link and a code, good once and for a week; who accepts comes in as what they were invited.

Who asks with a wrong code or link learns nothing of who has an account or was invited. Managers invite students,
administrators everybody; neither sees the invitations that are not theirs to send.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from lms_core.accounts.audit import Action, By, note
from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.joining import make
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Caller, Origin, Registration, User, key_of, refuse
from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.proofs import TRIES, token_hash
from lms_core.accounts.reading import rows_of, user_of, users
from lms_core.accounts.service import AccountsService, Look
from lms_core.accounts.tables import account, credential, identity
from lms_core.classes.joining import is_class_code, join_by_code, join_class
from lms_core.classes.tables import cohort
from lms_core.errors import Conflict, Denied, NotFound, UserError
from lms_core.invitations.model import KEEP_MS, LIFE_MS, Invitation, Key, Offer, Wanted, Wish
from lms_core.invitations.tables import invitation
from lms_core.mail.letters import call_name
from lms_core.mail.queue import post
from lms_core.permissions import AUTHORS, STUDENT, can_invite, is_admin, is_moderator_or_up
from lms_core.ports import Clock
from lms_core.schema import Actor
from lms_core.unit import Unit, Work

_SHOWN = ("id", "email", "first_name", "last_name", "role", "class_id", "message", "language", "made_at", "sent_at",
          "expires_at", "accepted_at")  # fmt: skip


class InvitationsService:
    """Send, list and end invitations; accept one; make an account with a code."""

    def __init__(
        self,
        *,
        work: Work,
        look: Look,
        keys: AccountKeys,
        hasher: PasswordHasher,
        accounts: AccountsService,
        clock: Clock,
    ) -> None:
        self._work, self._look, self._keys, self._hasher = work, look, keys, hasher
        self._accounts, self._clock = accounts, clock

    # --- for those who invite
    def list(self, caller: Caller, wanted: Wanted, *, offset: int, most: int) -> tuple[int, list[Invitation]]:
        """How many invitations the caller may handle, and some of them, the newest first. Raises Denied."""
        with self._look() as conn:
            who = _actor(conn, caller)
            if not is_moderator_or_up(who):
                raise Denied
            where = [*_narrowed(wanted, self._clock.ms()), *(() if is_admin(who) else [invitation.c.role == STUDENT])]
            count = conn.scalar(select(func.count()).select_from(invitation).where(*where)) or 0
            newest = _invitations().where(*where).order_by(invitation.c.sent_at.desc(), invitation.c.id.desc())
            rows = conn.execute(newest.offset(offset).limit(most))
            return int(count), [_invitation(row, self._clock.ms()) for row in rows]

    def invite(self, caller: Caller, wish: Wish, *, new: str = "", origin: Origin) -> Invitation:
        """Invite somebody by mail; the same id again gives the same invitation.

        Somebody who has an account can be invited into a class alone, as what the account is.

        Raises:
            Denied. UserError: `invalid_fields`. Conflict: `id_reused`.
        """
        wish = wish.cleaned()
        wish.check()
        with self._work() as unit:
            who = _actor(unit, caller)
            if not can_invite(who, wish.role):
                raise Denied
            there = unit.all(select(invitation).where(invitation.c.id == new)) if new else []
            if there and (there[0].email_key != key_of(wish.email) or not can_invite(who, there[0].role)):
                raise Conflict("id_reused")
            if not there:
                new = new or unit.new_id()
                wish = _checked(unit, wish)
                if not can_invite(who, wish.role):
                    raise Denied
                self._add(unit, new, wish, By.of(caller, origin))
            return _read(unit, new)

    def invite_made(self, unit: Unit, row: Any, by: By) -> None:
        """Invite whom an account was just made for, whose row of `users` this is, to choose a password."""
        names = {"first_name": row.first_name, "last_name": row.last_name}
        self._add(unit, unit.new_id(), Wish(email=row.email, role=row.role, **names), by)

    def _add(self, unit: Unit, new: str, wish: Wish, by: By) -> None:
        values: dict[str, Any] = {name: getattr(wish, name) for name in wish.__dataclass_fields__}
        values |= {"id": new, "account": "", "email_key": key_of(wish.email), "class_id": wish.class_id or None}
        values |= {"made_by": by.account, "made_at": unit.now_ms, "accepted_at": None, "revoked_at": None}
        unit.local(insert(invitation).values(values | self._sent(unit, values)))
        after = {"role": wish.role, "class": wish.class_id or None}
        note(unit, by, Action.INVITATION_SENT, entity="invitation", row=new, after=after)

    def _sent(self, unit: Unit, values: Mapping[str, Any]) -> dict[str, Any]:
        """Queue the mail of an invitation; returns what its row holds of it. A former link and code work no more."""
        proof, until = unit.new_id(), unit.now_ms + LIFE_MS
        data = {"message": values["message"], "class": _class_name(unit, values["class_id"])}
        if inviter := _called(unit, values["made_by"]):
            data["inviter"] = inviter
        post(unit, "invitation", key=f"invitation {proof}", address=values["email"], language=values["language"],
             data=data, proof=proof, until=until)  # fmt: skip
        hashed = token_hash(self._keys.proof_token(proof))
        return {"proof": proof, "token_hash": hashed, "tries": 0, "sent_at": unit.now_ms, "expires_at": until}

    def resend(self, caller: Caller, name: str, *, origin: Origin) -> Invitation:
        """Mail it once more with another link and code, good for another week.

        Raises:
            NotFound, Denied. Conflict: `invitation_over`, it was accepted or revoked.
        """
        with self._work() as unit:
            row = self._own(unit, caller, name)
            sent = self._sent(unit, row._mapping)
            unit.local(update(invitation).where(invitation.c.id == name).values(sent))
            note(unit, By.of(caller, origin), Action.INVITATION_SENT_AGAIN, entity="invitation", row=name)
            return _read(unit, name)

    def revoke(self, caller: Caller, name: str, *, origin: Origin) -> None:
        """Let nobody come in by it any more. Raises as `resend`."""
        with self._work() as unit:
            self._own(unit, caller, name)
            unit.local(update(invitation).where(invitation.c.id == name).values(revoked_at=unit.now_ms))
            note(unit, By.of(caller, origin), Action.INVITATION_REVOKED, entity="invitation", row=name)

    def _own(self, unit: Unit, caller: Caller, name: str) -> Any:
        """The row of an invitation that the caller may handle and that nobody has accepted or revoked."""
        who, rows = _actor(unit, caller), unit.all(select(invitation).where(invitation.c.id == name))
        if not is_moderator_or_up(who):
            raise Denied
        if not rows or not can_invite(who, rows[0].role):
            raise NotFound
        if rows[0].accepted_at is not None or rows[0].revoked_at is not None:
            raise Conflict("invitation_over")
        return rows[0]

    # --- for those who were invited
    def offer(self, token: str) -> Offer:
        """What the link of a mail leads to. Raises UserError `proof_invalid`."""
        with self._look() as conn:
            held = rows_of(conn, _open(self._clock.ms()).where(invitation.c.token_hash == token_hash(token)))
            if not held:
                raise UserError("proof_invalid")
            row, known = held[0], _account_of(conn, held[0])
            named = known or row
            return Offer(email=row.email, first_name=named.first_name, last_name=named.last_name,
                         class_name=_class_name(conn, row.class_id), asks=_asks(known))  # fmt: skip

    def accept(self, key: Key, answer: Registration, *, origin: Origin) -> User:
        """Come in: make the account that is offered, or join the class with the account that there is.

        An account whose address nobody has proved, or that has no password, gets the password of the answer, and all
        its former sessions and linked providers end: who made it may not be who has the address. The answer's own
        address does not count; its names may be empty where the invitation has some.

        Raises:
            UserError: `proof_invalid`, the same whatever is wrong with it; `invalid_fields`.
            Denied: `account_disabled`.
        """
        with self._work() as unit:
            row = self._usable(unit, key)
            known = _account_of(unit, row) if row else None
        if row is None:
            raise UserError("proof_invalid")
        wish, hashed = _answered(answer, row, known), ""
        if _asks(known):
            wish.check()
            hashed = self._hasher.hash(wish.password)
        with self._work() as unit:
            row = self._usable(unit, key)
            known = _account_of(unit, row) if row else None
            if row is None or (_asks(known) and not hashed):  # somebody else was first
                raise UserError("proof_invalid")
            person = self._entered(unit, row, known, wish, hashed, origin)
            self._accepted(unit, row, person)
        return user_of(person)

    def _accepted(self, unit: Unit, row: Any, person: Any) -> None:
        """Use an invitation up, and put the person into its class if that is open."""
        done = {"accepted_at": unit.now_ms, "account": person.id}
        unit.local(update(invitation).where(invitation.c.id == row.id).values(done))
        if row.class_id and _class_name(unit, row.class_id):
            kind = "instructor" if person.role in AUTHORS else "student"
            join_class(unit, row.class_id, person.id, f"{person.first_name} {person.last_name}", kind)

    def _entered(self, unit: Unit, row: Any, known: Any, wish: Registration, hashed: str, origin: Origin) -> Any:
        if known is None:
            language = origin.language or row.language
            return make(unit, wish, hashed, role=row.role, by=By(row.made_by), language=language, verified=True)
        if not known.is_active:
            raise Denied("account_disabled")
        if _asks(known):
            unit.local(delete(identity).where(identity.c.account == known.id))
            if known.password_hash:
                self._accounts.renew_password(unit, known, hashed)
            else:
                change = {"password_hash": hashed, "changed_at": unit.now_ms}
                unit.local(update(credential).where(credential.c.account == known.id).values(change))
            held = {n: v for n, v in (unit.row(ACCOUNT, known.id) or {}).items() if n != "id"}
            unit.derive(ACCOUNT, known.id, held | {"is_email_verified": True})
        return unit.all(users().where(account.c.id == known.id))[0]

    def _usable(self, unit: Unit, key: Key) -> Any | None:
        """The open invitation that a key fits; a wrong code costs one of its five tries."""
        here = _open(unit.now_ms)
        if key.token:
            rows = unit.all(here.where(invitation.c.token_hash == token_hash(key.token)))
            return rows[0] if rows else None
        typed, mine = "".join(key.code.split()).encode(), invitation.c.email_key == key_of(key.email)
        for row in unit.all(here.where(mine, invitation.c.tries < TRIES)):
            if hmac.compare_digest(self._keys.proof_code(row.proof).encode(), typed):
                return row
        unit.local(update(invitation).where(mine).values(tries=invitation.c.tries + 1))
        return None

    # --- making an account
    def register(self, wish: Registration, code: str, *, admits: str, origin: Origin) -> User:
        """Make an account for oneself (ACC-02), with the code of a class or an invitation where one is needed.

        `admits` says who may: open (anybody), code (who has one), closed (the invited alone).

        Raises:
            Denied: `registration_closed`, `code_needed`.
            UserError: `proof_invalid` for a wrong code, whoever has an account; `invalid_fields`.
        """
        if not code.strip():
            if admits != "open":
                raise Denied("code_needed" if admits == "code" else "registration_closed")
            return self._accounts.register(wish, origin)
        with self._look() as conn:
            of_class = admits != "closed" and is_class_code(conn, code, now=self._clock.ms())
        if of_class:
            return self._accounts.register(wish, origin, lambda unit, row: join_by_code(unit, code, row))
        return self.accept(Key(email=wish.email, code=code), wish, origin=origin)

    def join(self, caller: Caller, code: str) -> str:
        """Join a class by its code, or by that of an invitation to the caller's address; returns the class.

        Raises:
            NotFound: `class_code_unknown`, the same for one that has run out.
        """
        with self._work() as unit:
            person = unit.all(users().where(account.c.id == caller.account))[0]
            if is_class_code(unit, code, now=unit.now_ms):
                return join_by_code(unit, code, person)
            row = self._usable(unit, Key(email=person.email, code=code))
            if row is not None and row.class_id:
                self._accepted(unit, row, person)
                return str(row.class_id)
        raise NotFound("class_code_unknown")

    def sweep(self) -> None:
        """Forget invitations that ran out or ended three months ago; once a day."""
        with self._work() as unit:
            old = delete(invitation).where(invitation.c.expires_at < unit.now_ms - KEEP_MS)
            unit.local(old.execution_options(journal=False))


def _actor(source: Unit | Connection, caller: Caller) -> Actor:
    """The caller with the role of this moment. Raises Denied for a closed account."""
    rows = rows_of(source, select(account.c.role).where(account.c.id == caller.account, account.c.is_active))
    if not rows:
        raise Denied
    return Actor(caller.account, rows[0].role)


def _checked(unit: Unit, wish: Wish) -> Wish:
    """The wish as it can be granted: an account that is there keeps its role. Raises UserError `invalid_fields`."""
    faults: dict[str, list[str]] = {}
    if wish.class_id and not _class_name(unit, wish.class_id):
        faults["class_id"] = ["class_unknown"]
    if unit.all(_open(unit.now_ms).where(invitation.c.email_key == key_of(wish.email))):
        faults["email"] = ["already_invited"]
    known = unit.all(users().where(credential.c.email_key == key_of(wish.email)))
    if known and not wish.class_id:
        faults["email"] = ["email_taken"]
    refuse(faults)
    return replace(wish, role=known[0].role) if known else wish


def _open(now: int) -> Any:
    c = invitation.c
    return select(invitation).where(c.accepted_at.is_(None), c.revoked_at.is_(None), c.expires_at > now)


def _narrowed(wanted: Wanted, now: int) -> list[Any]:
    c = invitation.c
    waiting = and_(c.accepted_at.is_(None), c.revoked_at.is_(None))
    states = {
        "accepted": c.accepted_at.is_not(None), "revoked": c.revoked_at.is_not(None),
        "open": and_(waiting, c.expires_at > now), "expired": and_(waiting, c.expires_at <= now),
    }  # fmt: skip
    where = [states[wanted.state]] if wanted.state else []
    for word in wanted.search.split():
        names = [column.icontains(word, autoescape=True) for column in (c.first_name, c.last_name)]
        where.append(or_(c.email_key.contains(key_of(word), autoescape=True), *names))
    return where


def _account_of(source: Unit | Connection, row: Any) -> Any | None:
    """The account of the address that was invited, as a row of `users`."""
    query = users(credential.c.password_hash).where(credential.c.email_key == row.email_key)
    rows = rows_of(source, query)
    return rows[0] if rows else None


def _asks(known: Any | None) -> bool:
    """Whether who accepts chooses a password: there is no account, or nobody has proved that it is theirs."""
    return known is None or not known.password_hash or not known.is_email_verified


def _answered(answer: Registration, row: Any, known: Any | None) -> Registration:
    """What is made of an answer: the invited address, and the names of the account, else said, else invited."""
    named = known or row
    first = named.first_name if known else answer.first_name.strip() or row.first_name
    last = named.last_name if known else answer.last_name.strip() or row.last_name
    more = {"username": "", "cohort": ""} if known else {}
    return replace(answer, email=row.email, first_name=first, last_name=last, **more).cleaned()


def _called(source: Unit | Connection, who: str | None) -> str:
    names = select(account.c.first_name, account.c.last_name).where(account.c.id == who, account.c.is_active)
    rows = rows_of(source, names)
    return call_name(f"{rows[0].first_name} {rows[0].last_name}") if rows else ""


def _class_name(source: Unit | Connection, name: str | None) -> str:
    """The name of a class that is open, "" for none."""
    rows = rows_of(source, select(cohort.c.name).where(cohort.c.id == (name or ""), cohort.c.archived_at.is_(None)))
    return str(rows[0].name) if rows else ""


def _invitations() -> Any:
    """Invitations with the class and who sent them."""
    by = account.alias("by")
    names = (cohort.c.name.label("class_name"), by.c.first_name.label("by_first"), by.c.last_name.label("by_last"))
    query = select(invitation, *names).outerjoin(cohort, cohort.c.id == invitation.c.class_id)
    return query.outerjoin(by, by.c.id == invitation.c.made_by)


def _read(unit: Unit, name: str) -> Invitation:
    return _invitation(unit.all(_invitations().where(invitation.c.id == name))[0], unit.now_ms)


def _invitation(row: Any, now: int) -> Invitation:
    over = "revoked" if row.revoked_at is not None else "expired" if row.expires_at <= now else "open"
    return Invitation(
        **{name: getattr(row, name) for name in _SHOWN},
        class_name=row.class_name or "",
        state="accepted" if row.accepted_at is not None else over,  # type: ignore[arg-type]
        invited_by=f"{row.by_first or ''} {row.by_last or ''}".strip(),
    )
