"""What a person does with a mailed proof: confirm the e-mail address, set a forgotten password (ACC-09, ACC-10)."""

from __future__ import annotations

from sqlalchemy import delete

from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Origin, User, key_of, refuse
from lms_core.accounts.passwords import PasswordHasher, password_faults
from lms_core.accounts.proofs import HOUR_MS, Purpose, issue, redeem
from lms_core.accounts.reading import user_of, users
from lms_core.accounts.service import AccountsService
from lms_core.accounts.tables import credential, proof
from lms_core.errors import UserError
from lms_core.unit import Work

KEEP_MS = 30 * 24 * HOUR_MS


class RecoveryService:
    """Verification of addresses and reset of passwords, both open to everybody who has the mail."""

    def __init__(self, *, work: Work, keys: AccountKeys, hasher: PasswordHasher, accounts: AccountsService) -> None:
        self._work = work
        self._keys = keys
        self._hasher = hasher
        self._accounts = accounts

    def resend_verification(self, email: str, origin: Origin) -> None:
        """Mail another proof of the address, if the account is there and its address not confirmed yet."""
        self._ask("verification", email, origin)

    def request_reset(self, email: str, origin: Origin) -> None:
        """Mail a proof that sets a new password, if there is such an account."""
        self._ask("password_reset", email, origin)

    def _ask(self, purpose: Purpose, email: str, origin: Origin) -> None:
        with self._work() as unit:
            rows = unit.all(users().where(credential.c.email_key == key_of(email)))
            who = next((row for row in rows if row.is_active), None)
            if who is not None and purpose == "verification" and who.is_email_verified:
                who = None
            issue(unit, self._keys, purpose, who, origin)

    def verify_email(self, *, token: str = "", email: str = "", code: str = "") -> User:
        """Confirm an address by the token of the link, or by address and code.

        Raises:
            UserError: `proof_invalid`, the same for an unknown address, a wrong code and one that ran out.
        """
        with self._work() as unit:
            row = redeem(unit, self._keys, "verification", token=token, email=email, code=code, spend=True)
            if row is not None:
                held = unit.row(ACCOUNT, row.id) or {}
                changed = {n: v for n, v in held.items() if n != "id"} | {"is_email_verified": True}
                unit.derive(ACCOUNT, row.id, changed)
                row = unit.all(users().where(credential.c.account == row.id))[0]
        if row is None:
            raise UserError("proof_invalid")
        return user_of(row)

    def reset_password(self, new: str, *, token: str = "", email: str = "", code: str = "") -> None:
        """Set a new password; every session of the account ends. A password that is too weak uses nothing up.

        Raises:
            UserError: `proof_invalid`, `invalid_fields`.
        """
        given = {"token": token, "email": email, "code": code}
        with self._work() as unit:
            row = redeem(unit, self._keys, "password_reset", **given, spend=False)
        if row is None:
            raise UserError("proof_invalid")
        faults = password_faults(new, (row.email, row.username, row.first_name, row.last_name))
        refuse({"new_password": faults} if faults else {})
        hashed = self._hasher.hash(new)
        with self._work() as unit:
            row = redeem(unit, self._keys, "password_reset", **given, spend=True)
            if row is None:  # somebody else used it meanwhile
                raise UserError("proof_invalid")
            self._accounts.renew_password(unit, row, hashed)

    def sweep(self) -> None:
        """Forget proofs that ran out a month ago; once a day."""
        with self._work() as unit:
            old = delete(proof).where(proof.c.expires_at < unit.now_ms - KEEP_MS)
            unit.local(old.execution_options(journal=False))
