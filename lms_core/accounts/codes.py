"""Codes beside the password: time-based ones (RFC 6238) and recovery codes that work once each.

A code counts once. Five wrong ones in a row close the door for a quarter of an hour: who asks here knew the password.
"""

from __future__ import annotations

import hmac
from typing import Any, Literal

from sqlalchemy import delete, select, update

from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.tables import recovery_code, second_factor
from lms_core.errors import AuthExpired, LmsError, UserError
from lms_core.unit import Unit

STEP_MS, DRIFT = 30_000, 1
TRIES, BLOCKED_MS = 5, 15 * 60_000
LETTERS = 10

Verdict = Literal["off", "right", "needed", "wrong", "blocked"]
PASSES = frozenset({"off", "right"})


def judge(unit: Unit, keys: AccountKeys, account: str, code: str) -> Verdict:
    """Hold a code against what the account has; a right one is used up, wrong ones are counted."""
    found = unit.all(select(second_factor).where(second_factor.c.account == account))
    if not found or found[0].confirmed_at is None:
        return "off"
    row = found[0]
    given = "".join(code.split()).replace("-", "").casefold()
    if not given:
        return "needed"
    if unit.now_ms < row.blocked_until:
        return "blocked"
    step = step_of(keys.reveal(row.secret, owner=account).decode(), given, now=unit.now_ms, after=row.last_step)
    if step is not None or _recovered(unit, keys, account, given):
        note_factor(unit, account, failures=0, blocked_until=0, last_step=max(step or 0, row.last_step))
        return "right"
    failures = row.failures + 1
    blocked = unit.now_ms + BLOCKED_MS if failures % TRIES == 0 else 0
    note_factor(unit, account, failures=failures, blocked_until=blocked, last_step=row.last_step)
    return "wrong"


def step_of(secret: str, code: str, *, now: int, after: int) -> int | None:
    """The time step in which a code is right, one before and after included, if it is later than `after`."""
    import pyotp  # the server alone has it

    totp = pyotp.TOTP(secret)
    here = now // STEP_MS
    for step in range(here - DRIFT, here + DRIFT + 1):
        if step > after and hmac.compare_digest(totp.at(step * STEP_MS // 1000).encode(), code.encode()):
            return step
    return None


def _recovered(unit: Unit, keys: AccountKeys, account: str, code: str) -> bool:
    """Whether it is one of the account's recovery codes; it is none any more then."""
    if len(code) != LETTERS:
        return False
    mine = (recovery_code.c.account == account, recovery_code.c.digest == keys.digest(account, code))
    there = bool(unit.all(select(recovery_code.c.digest).where(*mine)))
    if there:
        unit.local(delete(recovery_code).where(*mine))
    return there


def note_factor(unit: Unit, account: str, **values: Any) -> None:
    """Keep what became of a second factor."""
    unit.local(update(second_factor).where(second_factor.c.account == account).values(values))


def why_not(verdict: Verdict) -> LmsError:
    """What a sign-in is refused with that the second factor does not let pass."""
    if verdict == "blocked":
        return UserError("rate_limited", seconds=BLOCKED_MS // 1000)
    return AuthExpired("second_factor_needed" if verdict == "needed" else "second_factor_wrong")
