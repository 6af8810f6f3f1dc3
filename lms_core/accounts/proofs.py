"""Proofs that go by mail: a code to type and a token in a link, good once and for a while (ACC-09, ACC-10, C-44).

Whoever asks learns nothing of who has an account: words, statements and waits are the same.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import insert, select, update

from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Origin, key_of
from lms_core.accounts.reading import language_of, users
from lms_core.accounts.tables import account, credential, proof
from lms_core.mail.letters import call_name
from lms_core.mail.queue import post
from lms_core.unit import Unit

HOUR_MS = 3_600_000
TRIES = 5
Purpose = Literal["verification", "password_reset", "instructor_application"]
"""Also the name of the mail's template."""

LIFE_MS: dict[Purpose, int] = {
    "verification": 24 * HOUR_MS, "password_reset": HOUR_MS, "instructor_application": 7 * 24 * HOUR_MS,
}  # fmt: skip


def issue(unit: Unit, keys: AccountKeys, purpose: Purpose, who: Any | None, origin: Origin) -> None:
    """Make a proof and queue its mail; `who` is a row of `users`, None does the same work for nobody."""
    name = unit.new_id()
    until = unit.now_ms + LIFE_MS[purpose]
    owner = who.id if who else ""
    unit.local(
        insert(proof).values(
            account=owner, id=name, purpose=purpose, email_key=key_of(who.email) if who else "",
            token_hash=token_hash(keys.proof_token(name)), tries=0, ip_address=origin.ip_address[:64],
            created_at=unit.now_ms, expires_at=until, used_at=None,
        )
    )  # fmt: skip
    post(
        unit, purpose, key=f"proof {name}", address=who.email if who else "", account=owner,
        language=language_of(unit, who) or origin.language,
        data={"name": call_name(who.first_name if who else "")}, proof=name, until=until,
    )  # fmt: skip


def redeem(
    unit: Unit, keys: AccountKeys, purpose: Purpose, *, token: str = "", email: str = "", code: str = "", spend: bool
) -> Any | None:
    """Whose proof this is, as a row of `users`; None for a wrong one, and a wrong code costs one of five tries.

    With `spend` it is used up, and every other one of the account for the same purpose.
    """
    usable = (proof.c.purpose == purpose, proof.c.used_at.is_(None), proof.c.expires_at > unit.now_ms)
    if token:
        query = select(proof.c.account, proof.c.email_key).where(proof.c.token_hash == token_hash(token), *usable)
        held = unit.all(query.where(proof.c.account != ""))
        owner, key = held[0] if held else ("", "")
    else:
        key = key_of(email)
        found = unit.all(select(credential.c.account).where(credential.c.email_key == key))
        owner = found[0].account if found else ""
        mine = (proof.c.account == owner, *usable)
        known = unit.all(select(proof.c.id).where(*mine, proof.c.email_key == key, proof.c.tries < TRIES))
        typed = "".join(code.split()).encode()
        if not [each for each in known if hmac.compare_digest(keys.proof_code(each.id).encode(), typed)]:
            unit.local(update(proof).where(*mine).values(tries=proof.c.tries + 1))
            return None
    active = (account.c.id == owner, account.c.is_active, credential.c.email_key == key)
    rows = unit.all(users(credential.c.password_hash).where(*active))
    if rows and spend:
        used = update(proof).where(proof.c.account == owner, proof.c.purpose == purpose, proof.c.used_at.is_(None))
        unit.local(used.values(used_at=unit.now_ms))
    return rows[0] if rows else None


def token_hash(token: str) -> str:
    """What is kept of a link's token."""
    return sha256(token.encode()).hexdigest()
