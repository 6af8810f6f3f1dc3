"""What guards an account: its password, a second step, providers and the sign-ins that hold. The server knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from desktop_lms.store import Question, Store
from lms_core.errors import LmsError, UserError
from lms_core.rest.account import AccountApi, Factor, Identity, Login, Provider, Session, Setup
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Known:
    """What the server said."""

    factor: Factor
    sessions: tuple[Session, ...]
    providers: tuple[Provider, ...]
    identities: tuple[Identity, ...]
    logins: tuple[Login, ...]


class SecurityModel(QObject):
    """State of the page; `known` is None until the server has answered, `trouble` says why it has not.

    `error` belongs to what was asked last; `done` tells what worked: setup, codes, factor_off, password_changed,
    session_ended, linked, unlinked.
    """

    changed = Signal()
    done = Signal(str)
    page_wanted = Signal(str)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.known: Known | None = None
        self.trouble: LmsError | None = None
        self.error: LmsError | None = None
        self.busy = False
        self.setup: Setup | None = None
        self.codes: list[str] = []
        self.visit: Question | None = None
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.call_off)

    def _api(self) -> AccountApi:
        return AccountApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask the server."""

        def work() -> Known:
            api = self._api()
            providers, identities = tuple(api.providers()), tuple(api.identities())
            return Known(api.factor(), tuple(api.sessions()), providers, identities, tuple(api.logins()))

        self._store.pool(self, work, self._on_known, self._on_trouble)

    def _on_known(self, known: Known) -> None:
        self.known, self.trouble = known, None
        self.changed.emit()

    def _on_trouble(self, error: LmsError) -> None:
        self.trouble = error
        self.changed.emit()

    def forget_error(self) -> None:
        """Begin anew."""
        self.error = None

    def _do(self, code: str, work: Callable[[AccountApi], Any], then: Callable[[Any], Any] = lambda _: None) -> None:
        if self.busy:
            return
        self.error, self.busy = None, True
        self.changed.emit()

        def done(result: Any) -> None:
            self.busy, self.visit = False, None
            then(result)
            self.done.emit(code)
            self.refresh()

        self._store.pool(self, lambda: work(self._api()), done, self._on_failed)

    def _on_failed(self, error: LmsError) -> None:
        self.busy, self.visit = False, None
        self.error = None if error.code == "cancelled" else error
        self.changed.emit()

    # --- password
    def change_password(self, old: str, new: str, again: str) -> None:
        """Change it at the server and, where it was the same, for the profile on this device."""
        if new != again:
            self._on_failed(UserError("password_mismatch"))
            return

        def here(workspace: Workspace) -> None:
            if workspace.profile.info.has_password:
                workspace.profile.check_password(old)
                workspace.profile.set_password(new)

        def keep(_: object) -> None:
            self._store.run(self, here, None, lambda _: None)  # the profile may have a password of its own

        self._do("password_changed", lambda api: api.change_password(old, new), keep)

    # --- second step
    def begin(self, password: str) -> None:
        """Ask for a secret for an authenticator app."""
        self._do("setup", lambda api: api.begin_factor(password), lambda made: setattr(self, "setup", made))

    def confirm(self, code: str) -> None:
        """Switch the second step on with a first code."""
        self._do("codes", lambda api: api.confirm_factor(code.strip()), self._on_codes)

    def renew_codes(self, password: str) -> None:
        """Ask for other recovery codes."""
        self._do("codes", lambda api: api.renew_codes(password), self._on_codes)

    def _on_codes(self, codes: list[str]) -> None:
        self.codes, self.setup = codes, None

    def switch_off(self, password: str) -> None:
        """Sign in by the password alone again."""
        self._do("factor_off", lambda api: api.end_factor(password))

    # --- sign-ins and providers
    def end_session(self, session: Session) -> None:
        """End a sign-in elsewhere."""
        self._do("session_ended", lambda api: api.end_session(session.id))

    def link(self, provider: str) -> None:
        """Link a provider through its page in the browser."""
        question = Question(self)
        self._do("linked", lambda api: api.link(provider, self.page_wanted.emit, question.is_over))
        self.visit = question
        self.changed.emit()

    def call_off(self) -> None:
        """Wait for the browser no longer."""
        if self.visit is not None:
            self.visit.call_off()

    def unlink(self, provider: str) -> None:
        """Sign in through it no more."""
        self._do("unlinked", lambda api: api.unlink(provider))
