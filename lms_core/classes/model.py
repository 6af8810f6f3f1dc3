"""Values of classes and what holds for them without looking anything up."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date

from lms_core.accounts.model import refuse

ALPHABET, LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 8
CODE_DAYS, CODE_USES, MOST_DAYS, MOST_USES = 30, 200, 366, 10_000
MOST_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a class shall be called and when it runs; dates as YYYY-MM-DD, "" for none."""

    name: str
    term: str = ""
    starts_on: str = ""
    ends_on: str = ""

    def check(self) -> None:
        """Raise UserError `invalid_fields` that lists every field at fault."""
        faults: dict[str, list[str]] = {}
        if not 2 <= len(self.name.strip()) <= 100 or not self.name.isprintable():
            faults["name"] = ["bad_length"]
        if len(self.term) > 50 or not self.term.isprintable():
            faults["term"] = ["too_long"]
        days = {name: getattr(self, name) for name in ("starts_on", "ends_on")}
        for name, said in days.items():
            if said and not is_day(said):
                faults[name] = ["date_invalid"]
        if not faults and all(days.values()) and days["ends_on"] < days["starts_on"]:
            faults["ends_on"] = ["ends_before_start"]
        refuse(faults)


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """A class as its list shows it; `mine` is what the caller is in it, None for nothing; times in ms since 1970."""

    id: str
    name: str
    term: str
    starts_on: str | None
    ends_on: str | None
    archived_at: int | None
    came_from: str | None
    students: int
    instructors: int
    courses: int
    mine: str | None


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody in a class."""

    user_id: str
    name: str
    email: str
    kind: str
    joined_at: int | None


@dataclass(frozen=True, kw_only=True)
class Code:
    """What people type to join a class, until when (ms since 1970) and how many more may."""

    code: str
    expires_at: int
    uses_left: int


def is_day(said: str) -> bool:
    """Whether it is a date as YYYY-MM-DD."""
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", said)) and bool(date.fromisoformat(said))
    except ValueError:
        return False


def new_code() -> str:
    """A code that is easy to read out: two times four letters and figures that nobody mistakes."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
    return f"{drawn[:4]}-{drawn[4:]}"


def code_key(typed: str) -> str:
    """A typed code in the form in which it is kept."""
    plain = re.sub(r"[^A-Z0-9]", "", typed.upper())
    return f"{plain[:4]}-{plain[4:]}" if len(plain) == LETTERS else plain
