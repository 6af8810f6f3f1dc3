"""What guards the caller's own account."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from lms_core.browsing import OpenPage
    from lms_core.sync.replica.transport import Transport


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that holds; times in ISO 8601."""

    id: str
    current: bool
    device_name: str = ""
    ip_address: str
    user_agent: str
    device_type: str
    login_method: str
    created_at: str
    last_activity: str
    is_active: bool = True
    is_suspicious: bool = False


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """A try to sign in; its time in ISO 8601."""

    timestamp: str
    ip_address: str
    user_agent: str
    successful: bool


class Logins(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them."""

    results: list[Login]


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a sign-in asks for a code, since when, and how many recovery codes are left."""

    on: bool
    since: str | None
    codes_left: int


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What an authenticator app is given, as text and as an address for a QR code."""

    secret: str
    uri: str


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A provider with which the account can sign in."""

    provider: str
    email: str
    linked_at: str


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """One that the hub offers: its name and what people call it."""

    name: str
    label: str


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A course that nobody else leads."""

    id: str
    title: str


class AccountApi:
    """The caller's own account at the hub. Each call raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def _ask(self, kind: Any, method: str, path: str, **body: Any) -> Any:
        said = self._line.ask(method, path, **({"json": body} if body else {}))
        return msgspec.convert(said, kind) if kind else None

    def change_password(self, old: str, new: str) -> None:
        """Change the password (ACC-08); all other sessions end. Raises UserError `invalid_fields`."""
        self._ask(None, "POST", "/auth/password/change", old_password=old, new_password=new)

    def sessions(self) -> list[Session]:
        """Where the account is signed in (ACC-13), the last used first; those that ended are left out."""
        return [each for each in self._ask(list[Session], "GET", "/auth/sessions") if each.is_active]

    def logins(self) -> list[Login]:
        """The last twenty tries to sign in (ACC-12), the newest first."""
        return self._ask(Logins, "GET", "/users/me/logins").results  # type: ignore[no-any-return]

    def end_session(self, session: str) -> None:
        """End one of them."""
        self._ask(None, "DELETE", f"/auth/sessions/{session}")

    # --- second factor
    def factor(self) -> Factor:
        """Whether a sign-in asks for a code (ACC-04)."""
        return self._ask(Factor, "GET", "/auth/second-factor")  # type: ignore[no-any-return]

    def begin_factor(self, password: str) -> Setup:
        """Make a secret; it counts once a first code has confirmed it. Raises UserError `invalid_fields`."""
        return self._ask(Setup, "POST", "/auth/second-factor", password=password)  # type: ignore[no-any-return]

    def confirm_factor(self, code: str) -> list[str]:
        """Switch it on; returns the recovery codes, which are told this once. Raises UserError `invalid_fields`."""
        return self._codes("confirm", code=code)

    def renew_codes(self, password: str) -> list[str]:
        """Other recovery codes in the place of all former ones. Raises UserError `invalid_fields`."""
        return self._codes("recovery-codes", password=password)

    def _codes(self, step: str, **body: str) -> list[str]:
        answer = self._ask(dict[str, list[str]], "POST", f"/auth/second-factor/{step}", **body)
        return answer["recovery_codes"]  # type: ignore[no-any-return]

    def end_factor(self, password: str) -> None:
        """Switch it off. Raises UserError `invalid_fields`."""
        self._ask(None, "POST", "/auth/second-factor/end", password=password)

    # --- providers
    def providers(self) -> list[Provider]:
        """Through whom one may sign in at this hub (ACC-14)."""
        return msgspec.convert(self._line.providers(), list[Provider])

    def identities(self) -> list[Identity]:
        """Those that are linked to the account."""
        return self._ask(list[Identity], "GET", "/auth/identities")  # type: ignore[no-any-return]

    def link(self, provider: str, open_page: OpenPage, cancelled: Callable[[], bool]) -> None:
        """Link one through its page in the system's browser. Raises UserError `cancelled`, Conflict, AuthExpired."""
        from lms_core.browsing import Visit  # starting the app need not wait for it

        with Visit() as visit:
            open_page(self._line.begin_visit(provider, visit, linking=True))
            back = visit.wait(cancelled)
        self._line.link_by(provider, back)

    def unlink(self, provider: str) -> None:
        """Remove one; refused when there would be no way in any more."""
        self._ask(None, "DELETE", f"/auth/identities/{provider}")

    # --- leaving
    def led_courses(self, account: str) -> list[Course]:
        """The courses that the account leads alone, which have to be handed over before it is deleted."""
        return self._ask(list[Course], "GET", f"/users/{account}/led-courses")  # type: ignore[no-any-return]

    def hand_over(self, account: str, to: str) -> None:
        """Make somebody (id or e-mail address) the lead of all of them. Raises UserError `cannot_lead`."""
        self._ask(None, "POST", f"/users/{account}/hand-over", to=to)

    def delete(self, password: str) -> None:
        """Delete the account for good (ACC-19). Raises UserError `invalid_fields`, `last_admin`, Conflict."""
        self._ask(None, "DELETE", "/users/me", password=password)
