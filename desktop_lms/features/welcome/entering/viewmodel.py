"""Whom a server lets in and through whom, and a visit to their page in the system's browser."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from desktop_lms.address import server_address
from desktop_lms.features.welcome.background import Background
from desktop_lms.store import Question
from desktop_lms.timers import once
from lms_core.errors import LmsError, UserError
from lms_core.session import Greeting, Sessions

Provider = tuple[str, str]
"""The name of a provider and what people call it."""
REST_MS = 700


class EnteringModel(QObject):
    """State of the visit. `entered` hands the workspace over, `failed` says why there is none."""

    changed = Signal()
    entered = Signal(object)
    failed = Signal(object)
    page_wanted = Signal(str)
    """An address that the browser shall show."""

    def __init__(self, sessions: Sessions, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sessions, self._background = sessions, background
        self.providers: tuple[Provider, ...] = ()
        self.admits = "open"
        """Who makes an account there: anybody (open), who has a code (code), or the invited alone (closed)."""
        self.phase: Literal["", "page", "code"] = ""
        self.label = self.page = ""
        self._typed = self._address = ""
        self._question: Question | None = None
        self._rest = once(self, REST_MS, self._ask)
        self.page_wanted.connect(self._on_page, Qt.ConnectionType.QueuedConnection)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.cancel)

    # --- whom a server names
    def look(self, url: str) -> None:
        """Ask the server at an address, once nobody types there any more; an address that is none names nobody."""
        if url != self._typed:
            self._typed = url
            self._rest.start()

    def _ask(self) -> None:
        try:
            address = server_address(self._typed)
        except UserError:
            address = ""
        if address == self._address:
            return
        self._address = address
        self._show((), "open")
        if address:
            self._background(
                self, lambda: self._sessions.greeting(address), lambda found: self._on_told(address, found), self._mute
            )

    def _on_told(self, address: str, found: Greeting) -> None:
        if address == self._address:
            self._show(tuple((each["name"], each["label"]) for each in found.providers), found.admits)

    def _mute(self, _: LmsError) -> None:
        """Who signs in is told what is wrong; until then a server that does not answer names nobody."""
        self._address = ""

    def _show(self, providers: tuple[Provider, ...], admits: str) -> None:
        if (providers, admits) != (self.providers, self.admits):
            self.providers, self.admits = providers, admits
            self.changed.emit()

    # --- a visit
    def visit(self, provider: str) -> None:
        """Send the browser to a provider and wait for it; a second factor is asked for when there is one."""
        if self._question is not None:
            return
        address, question = self._address, Question(self)
        self._question = question
        question.asked.connect(self._on_asked, Qt.ConnectionType.QueuedConnection)
        self.label, self.page, self.phase = dict(self.providers)[provider], "", "page"
        self.changed.emit()
        self._background(
            self,
            lambda: self._sessions.sign_in_by(
                address, provider, self.page_wanted.emit, cancelled=question.is_over, code=question.ask
            ),
            self._on_entered,
            self._on_failed,
        )

    def _on_page(self, url: str) -> None:
        self.page = url
        self.changed.emit()

    def _on_asked(self) -> None:
        if self._question is not None:
            self.phase = "code"
            self.changed.emit()

    def give_code(self, code: str) -> None:
        """Go on with the code of the second factor."""
        if self._question is not None and self.phase == "code" and code.strip():
            self.phase = "page"
            self._question.answer(code.strip())
            self.changed.emit()

    def cancel(self) -> None:
        """Wait no longer."""
        if self._question is not None:
            self._question.call_off()

    def _end(self) -> None:
        self._question, self.phase = None, ""

    def _on_entered(self, workspace: object) -> None:
        self._end()
        self.entered.emit(workspace)

    def _on_failed(self, error: LmsError) -> None:
        self._end()
        self.failed.emit(error)
