"""Values of accounts and the rules that need nothing but the input (ACC-01 to ACC-05)."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from lms_core.accounts.passwords import password_faults
from lms_core.errors import UserError

EMAIL = re.compile(r"[^\s@\"(),:;<>\[\]\\]{1,64}@(localhost|[^\s@.\"(),:;<>\[\]\\]+(\.[^\s@.\"(),:;<>\[\]\\]+)+)")
SYSTEMS = {
    "windows": "Windows", "android": "Android", "iphone": "iOS", "ipad": "iOS", "darwin": "macOS", "mac": "macOS",
    "linux": "Linux",
}  # fmt: skip
USERNAME = re.compile(r"[\w.+-]{2,150}")
LIMITS = {"email": 254, "username": 150, "first_name": 150, "last_name": 150, "cohort": 100}


@dataclass(frozen=True)
class Origin:
    """Where a request came from, for the login log (ACC-12), and the language it asks for, "" for none."""

    ip_address: str = ""
    user_agent: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What a person enters to get an account (ACC-02)."""

    email: str
    password: str = field(repr=False)
    password_confirm: str = field(repr=False)
    first_name: str
    last_name: str
    username: str = ""
    cohort: str = ""

    def cleaned(self) -> Registration:
        """The same without stray white space, in one Unicode form."""
        tidy = {name: unicodedata.normalize("NFC", getattr(self, name)).strip() for name in LIMITS}
        return Registration(password=self.password, password_confirm=self.password_confirm, **tidy)

    def check(self, *, with_password: bool = True) -> None:
        """Raise UserError `invalid_fields` that lists every field at fault."""
        faults: dict[str, list[str]] = {}
        for name, most in LIMITS.items():
            value = getattr(self, name)
            if not value and name not in ("username", "cohort"):
                faults[name] = ["field_required"]
            elif len(value) > most:
                faults[name] = ["too_long"]
            elif not value.isprintable():
                faults[name] = ["unprintable"]
        if not EMAIL.fullmatch(self.email):
            faults.setdefault("email", ["email_invalid"])
        if self.username and not USERNAME.fullmatch(self.username):
            faults.setdefault("username", ["username_invalid"])
        about = (self.email, self.username, self.first_name, self.last_name)
        if with_password and (found := password_faults(self.password, about)):
            faults["password"] = found
        if self.password != self.password_confirm:
            faults["password_confirm"] = ["password_mismatch"]
        refuse(faults)


@dataclass(frozen=True, kw_only=True)
class User:
    """An account as its owner sees it (ACC-18); times in ms since 1970."""

    id: str
    email: str
    username: str
    first_name: str
    last_name: str
    role: str
    cohort: str
    is_active: bool
    is_email_verified: bool
    date_joined: int
    last_login: int | None = None


@dataclass(frozen=True)
class Caller:
    """Who stands behind a valid access token, with the role as the hub knows it now."""

    account: str
    session: str
    email: str
    role: str


@dataclass(frozen=True)
class Tokens:
    """What a device gets: a short access token and the refresh token that follows (ACC-05)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, kw_only=True)
class Session:
    """One signed-in device as its owner sees it (ACC-13); times in ms since 1970.

    `device_name` is what its app called it when it was registered, "" before.
    """

    id: str
    device: str | None
    device_name: str
    ip_address: str
    user_agent: str
    device_type: str
    location: str
    login_method: str
    created_at: int
    expires_at: int
    last_activity: int
    is_active: bool
    is_suspicious: bool
    security_notes: str


def refuse(faults: Mapping[str, list[str]]) -> None:
    """Raise UserError `invalid_fields` when there are faults: codes by field."""
    if faults:
        raise UserError("invalid_fields", fields=dict(faults), names=", ".join(sorted(faults)))


def key_of(name: str) -> str:
    """The form in which an e-mail address or username is unique: case-folded (ACC-01)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def handle_for(first_name: str, last_name: str) -> str:
    """A username made from a name, not from the e-mail address, for it is public (ACC-01)."""
    plain = unicodedata.normalize("NFKD", f"{first_name}.{last_name}").casefold()
    kept = re.sub(r"[^\w.]+", "", "".join(c for c in plain if not unicodedata.combining(c))).strip("._")
    return kept[:40] if len(kept) >= 2 else "user"


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a secret that is shown later (RFC 7636, section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def device_type(user_agent: str) -> str:
    """desktop, mobile, tablet or unknown, from what the client says of itself."""
    said = user_agent.casefold()
    if "tablet" in said or "ipad" in said:
        return "tablet"
    if "mobile" in said or "android" in said or "iphone" in said:
        return "mobile"
    return "desktop" if re.search(r"desktop-lms|windows|linux|darwin|macintosh|x11", said) else "unknown"


def device_class(user_agent: str) -> str:
    """The kind of device and its system, as "desktop, Linux"; the system is left out where it is not told."""
    said = user_agent.casefold()
    system = next((shown for word, shown in SYSTEMS.items() if word in said), "")
    return ", ".join(filter(None, (device_type(user_agent), system)))
