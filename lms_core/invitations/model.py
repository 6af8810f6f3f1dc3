"""Values of invitations and what holds for them without looking anything up (ACC-20)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args

from lms_core.accounts.model import EMAIL, LIMITS, refuse
from lms_core.mail.letters import LANGUAGES
from lms_core.permissions import ROLES, STUDENT

DAY_MS = 86_400_000
LIFE_MS, KEEP_MS = 7 * DAY_MS, 90 * DAY_MS
MOST_MESSAGE = 1000

State = Literal["open", "accepted", "expired", "revoked"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Whom somebody invites and as what; `class_id` "" for no class, `language` "" for the server's."""

    email: str
    role: str = STUDENT
    first_name: str = ""
    last_name: str = ""
    class_id: str = ""
    message: str = ""
    language: str = ""

    def cleaned(self) -> Wish:
        """The same without stray white space, in one Unicode form."""
        tidy = {name: unicodedata.normalize("NFC", getattr(self, name)).strip() for name in self.__dataclass_fields__}
        return Wish(**tidy)

    def check(self) -> None:
        """Raise UserError `invalid_fields` that lists every field at fault."""
        faults: dict[str, list[str]] = {}
        for name in ("email", "first_name", "last_name"):
            value = getattr(self, name)
            if len(value) > LIMITS[name]:
                faults[name] = ["too_long"]
            elif not value.isprintable():
                faults[name] = ["unprintable"]
        if not EMAIL.fullmatch(self.email):
            faults.setdefault("email", ["email_invalid"])
        if self.role not in ROLES:
            faults["role"] = ["invalid"]
        if len(self.message) > MOST_MESSAGE:
            faults["message"] = ["too_long"]
        elif not self.message.replace("\n", "").isprintable():
            faults["message"] = ["unprintable"]
        if self.language and self.language not in LANGUAGES:
            faults["language"] = ["invalid"]
        refuse(faults)


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """An invitation as those who send it see it; times in ms since 1970, names "" where nobody is known."""

    id: str
    email: str
    first_name: str
    last_name: str
    role: str
    class_id: str | None
    class_name: str
    message: str
    language: str
    state: State
    invited_by: str
    made_at: int
    sent_at: int
    expires_at: int
    accepted_at: int | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which invitations somebody looks for; what is empty does not matter."""

    search: str = ""
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Key:
    """What shows that somebody got the mail: the token of its link, or the address and the code."""

    token: str = ""
    email: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What an invitation holds for who has its link; `asks` says that a password is to be chosen, and a name."""

    email: str
    first_name: str
    last_name: str
    class_name: str
    asks: bool
