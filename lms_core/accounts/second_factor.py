"""Switch a second proof beside the password on and off; what its codes are worth at a sign-in, codes.py says."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import pyotp
from sqlalchemy import delete, func, insert, select

from lms_core.accounts.codes import LETTERS, note_factor, step_of
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Caller, refuse
from lms_core.accounts.service import AccountsService, Look
from lms_core.accounts.tables import recovery_code, second_factor
from lms_core.errors import Conflict, NotFound
from lms_core.unit import Unit, Work

CODES, ALPHABET = 10, "abcdefghjkmnpqrstuvwxyz23456789"
ISSUER = "Desktop LMS"


@dataclass(frozen=True)
class Setup:
    """What an authenticator app is given: the secret in base32 and the same as an `otpauth:` address for a QR code."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True)
class State:
    """Whether codes are asked for, since when (ms since 1970), and how many recovery codes are left."""

    on: bool
    since: int | None
    codes_left: int


class SecondFactorService:
    """Switch the second factor on and off; each step is proved by the password or a code."""

    def __init__(self, *, work: Work, look: Look, keys: AccountKeys, accounts: AccountsService) -> None:
        self._work, self._look, self._keys, self._accounts = work, look, keys, accounts

    def state(self, caller: Caller) -> State:
        """Whether codes are asked for."""
        with self._look() as conn:
            since = conn.scalar(select(second_factor.c.confirmed_at).where(second_factor.c.account == caller.account))
            left = select(func.count()).select_from(recovery_code).where(recovery_code.c.account == caller.account)
            return State(since is not None, since, conn.scalar(left) or 0)

    def begin(self, caller: Caller, password: str) -> Setup:
        """Make a secret that counts once it was confirmed.

        Raises:
            UserError: `invalid_fields`, the password is not right.
            Conflict: `second_factor_on`.
        """
        self._accounts.prove(caller, password)
        secret = pyotp.random_base32()
        hidden = self._keys.hide(secret.encode(), owner=caller.account)
        with self._work() as unit:
            mine = second_factor.c.account == caller.account
            if unit.all(select(second_factor.c.account).where(mine, second_factor.c.confirmed_at.is_not(None))):
                raise Conflict("second_factor_on")
            unit.local(delete(second_factor).where(mine))
            values = {"account": caller.account, "secret": hidden, "confirmed_at": None, "last_step": 0}
            unit.local(insert(second_factor).values(values | {"failures": 0, "blocked_until": 0}))
        return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=caller.email, issuer_name=ISSUER))

    def confirm(self, caller: Caller, code: str) -> list[str]:
        """Switch it on with a first code; returns the recovery codes, which are told this once.

        Raises:
            NotFound: nothing was begun.
            UserError: `invalid_fields`, the code is not right.
        """
        with self._work() as unit:
            mine = (second_factor.c.account == caller.account, second_factor.c.confirmed_at.is_(None))
            rows = unit.all(select(second_factor).where(*mine))
            if not rows:
                raise NotFound
            secret = self._keys.reveal(rows[0].secret, owner=caller.account).decode()
            step = step_of(secret, "".join(code.split()), now=unit.now_ms, after=0)
            refuse({} if step is not None else {"code": ["code_wrong"]})
            note_factor(unit, caller.account, confirmed_at=unit.now_ms, last_step=step)
            return self._fresh_codes(unit, caller.account)

    def renew_codes(self, caller: Caller, password: str) -> list[str]:
        """Other recovery codes in the place of all former ones. Raises UserError; NotFound when it is off."""
        self._accounts.prove(caller, password)
        with self._work() as unit:
            on = (second_factor.c.account == caller.account, second_factor.c.confirmed_at.is_not(None))
            if not unit.all(select(second_factor.c.account).where(*on)):
                raise NotFound
            return self._fresh_codes(unit, caller.account)

    def end(self, caller: Caller, password: str) -> None:
        """Switch it off. Raises UserError `invalid_fields`."""
        self._accounts.prove(caller, password)
        self.forget(caller.account)

    def forget(self, account: str) -> None:
        """Switch it off for somebody who lost everything; for administrators."""
        with self._work() as unit:
            for table in (second_factor, recovery_code):
                unit.local(delete(table).where(table.c.account == account))

    def _fresh_codes(self, unit: Unit, account: str) -> list[str]:
        codes = ["".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(CODES)]
        unit.local(delete(recovery_code).where(recovery_code.c.account == account))
        rows = [{"account": account, "digest": self._keys.digest(account, code)} for code in codes]
        unit.local(insert(recovery_code), rows)
        half = LETTERS // 2
        return [f"{code[:half]}-{code[half:]}" for code in codes]
