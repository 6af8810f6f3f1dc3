"""Passwords that cost tests next to nothing: a real one takes 160 ms of a processor each time it is made or tried.

What they cost outside of tests is named here too, and `tests/server/test_passwords.py` looks at it.
"""

from argon2 import PasswordHasher as Argon2

from lms_core.db.keys import Cost
from lms_core.profiles import Profiles

REAL = Argon2()
CHEAP = Cost(1, 8, 1)


def hash_cheaply() -> None:
    """Take the smallest settings that there are wherever none are asked for, in this process and its forks."""
    named = Argon2.__init__.__defaults__ or ()
    Argon2.__init__.__defaults__ = (CHEAP.passes, CHEAP.memory_kib, CHEAP.lanes, *named[3:])  # type: ignore[misc]
    Profiles.__init__.__kwdefaults__["cost"] = CHEAP  # type: ignore[index]
