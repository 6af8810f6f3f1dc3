"""The door of the app: who is it, and for somebody new the first steps. Works before any workspace is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.address import server_address
from desktop_lms.features.welcome.background import Background
from desktop_lms.features.welcome.entering.viewmodel import EnteringModel
from lms_core.db.record import ProfileInfo
from lms_core.errors import AuthExpired, LmsError, Offline, UserError
from lms_core.session import Sessions
from lms_core.workspace import Workspace

if TYPE_CHECKING:
    from desktop_lms.features.welcome.reminder import Reminder

Step = Literal["picker", "unlock", "look", "purpose", "server"]
Purpose = Literal["learn", "teach", "demo"]
Way = Literal["sign_in", "register", "local", "forgot", "code", "browser"]
STEPS: tuple[Step, ...] = ("look", "purpose", "server")


@dataclass(frozen=True)
class Look:
    """How the app looks and speaks."""

    language: str = "en"
    scale: float = 1.0
    scheme: Literal["system", "light", "dark", "contrast"] = "system"


class WelcomeModel(QObject):
    """State of the door. `opened` hands over what the door opened, with the purpose that decides the first place."""

    changed = Signal()
    look_changed = Signal(object)
    opened = Signal(object, str)

    def __init__(
        self,
        sessions: Sessions,
        background: Background,
        *,
        demo: Callable[[], Workspace],
        look: Look | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions = sessions
        self._demo = demo
        self._background = background
        self.look = look or Look()
        self.step: Step = "look"
        self.profiles: tuple[ProfileInfo, ...] | None = None
        self.profile: ProfileInfo | None = None
        self.purpose: Purpose = "learn"
        self.way: Way = "sign_in"
        self.healing: ProfileInfo | None = None
        self.busy = False
        self.error: LmsError | None = None
        self.reminder: Reminder | None = None
        self.reached = False
        self._address = ""
        self.mail = ""
        """Where a code went."""
        self.asks_code = False
        """Whether the account that signs in asks for a code beside the password."""
        self.entering = EnteringModel(sessions, background, self)
        self.entering.changed.connect(self._on_entering)
        self.entering.entered.connect(self._on_entered)
        self.entering.failed.connect(self._on_not_entered)

    def start(self) -> None:
        """Look who lives here."""
        self._run(self._sessions.list, self._on_listed)

    def _on_listed(self, profiles: tuple[ProfileInfo, ...]) -> None:
        self.profiles, self.busy = profiles, False
        self.step = "picker" if profiles else "look"
        self.changed.emit()

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        if self.busy:
            return
        self.busy, self.error = True, None
        self.changed.emit()
        self._background(self, work, then, self._on_failed)

    def _on_failed(self, error: LmsError) -> None:
        self.asks_code = self.asks_code or error.code == "second_factor_needed"
        self.busy, self.error = False, None if error.code == "second_factor_needed" else error
        self.changed.emit()

    # --- through the browser
    def _on_entering(self) -> None:
        if self.entering.phase:
            self.way, self.error, self.busy = "browser", None, True
            self.changed.emit()

    def _on_not_entered(self, error: LmsError) -> None:
        self.way = "sign_in"
        self.busy, self.error = False, None if error.code == "cancelled" else error
        self.changed.emit()

    def _on_opened(self, workspace: Any) -> None:
        self.busy = False
        self.changed.emit()
        self.opened.emit(workspace, self.purpose)

    # --- who is it
    def choose(self, profile_id: str) -> None:
        """Open a profile at once if its key is remembered, else ask for its password."""
        found = next((p for p in self.profiles or () if p.id == profile_id), None)
        if found is None:
            return
        self.profile, self.error = found, None
        if found.has_password and not found.remembered:
            self._show("unlock")
        else:
            self._run(lambda: self._sessions.unlock(profile_id, None), self._on_opened)

    def unlock(self, password: str) -> None:
        """Open the chosen profile, offline."""
        profile = self.profile
        if profile is None:
            return
        if not password:
            self._on_failed(UserError("password_needed"))
            return
        self._run(lambda: self._sessions.unlock(profile.id, password), self._on_opened)

    def forgot(self) -> None:
        """Go on to an online sign-in that opens the chosen profile again."""
        if self.profile and self.profile.server_url:
            self.healing, self.way = self.profile, "sign_in"
            self._show("server")
        else:
            self._on_failed(UserError("no_recovery"))

    def add_person(self) -> None:
        """Begin the first steps for somebody else."""
        self.healing = None
        self._show("look")

    # --- first steps
    def _show(self, step: Step) -> None:
        self.step, self.error = step, None
        self.changed.emit()

    def set_look(self, **values: Any) -> None:
        """Change language, text size or theme; seen at once."""
        self.look = replace(self.look, **values)
        self.look_changed.emit(self.look)
        self.changed.emit()

    def set_purpose(self, purpose: Purpose) -> None:
        """Learn, teach or try the demo."""
        self.purpose = purpose
        self.changed.emit()

    def set_way(self, way: Way) -> None:
        """Sign in, register, or begin without a server."""
        self.way, self.error, self.asks_code = way, None, False
        self.changed.emit()

    def forward(self) -> None:
        """The next step; the demo needs no server."""
        if self.step == "look":
            self._show("purpose")
        elif self.step == "purpose" and self.purpose == "demo":
            self._run(self._demo, self._on_opened)
        elif self.step == "purpose":
            self._show("server")

    def back(self) -> None:
        """The step before."""
        if self.way == "browser":
            self.entering.cancel()
        elif self.step == "server" and self.way in ("forgot", "code"):
            self.set_way("sign_in" if self.way == "forgot" else "forgot")
        elif self.step == "server" and not self.healing:
            self._show("purpose")
        elif self.step == "purpose":
            self._show("look")
        elif self.profiles:
            self.healing = None
            self._show("picker")

    @property
    def can_go_back(self) -> bool:
        """Whether there is a step before."""
        return self.step in ("purpose", "server") or (self.step in ("look", "unlock") and bool(self.profiles))

    def skip(self) -> None:
        """Begin without a server."""
        self.way, self.error = "local", None
        self._show("server")

    # --- opening
    def sign_in(self, url: str, email: str, password: str, *, remember: bool = False, code: str = "") -> None:
        """Sign in at a server; a profile whose password was forgotten opens again by that.

        `code` is that of the second factor, once `asks_code` says that the account has one.
        """
        healing = self.healing
        if not email.strip() or not password or (self.asks_code and not code.strip()):
            self._on_failed(UserError("credentials_needed"))
            return
        address = (healing.server_url or url) if healing else url
        who, second = email.strip(), code.strip()
        self._at(address, lambda at: self._sessions.sign_in(at, who, password, remember=remember, code=second))

    # --- a forgotten password
    def ask_code(self, url: str, email: str) -> None:
        """Let the server mail a code that sets a new password; it says the same for an unknown address."""
        if not email.strip():
            self._on_failed(UserError("credentials_needed"))
            return
        self.mail = email.strip()
        address = (self.healing.server_url or url) if self.healing else url
        self._at(address, lambda found: self._sessions.request_reset(found, self.mail), self._on_asked)

    def ask_again(self) -> None:
        """Ask for another code."""
        self.ask_code(self._address, self.mail)

    def _on_asked(self, _: object) -> None:
        self._forget_reminder()
        self.way, self.busy = "code", False
        self.changed.emit()

    def choose_password(self, code: str, new: str, again: str) -> None:
        """Set the password by the code and sign in with it, which opens the profile of this device again."""
        if not code.strip() or not new:
            self._on_failed(UserError("credentials_needed"))
            return
        if new != again:
            self._on_failed(UserError("password_mismatch"))
            return
        self._at(
            self._address,
            lambda found: self._sessions.reset_password(found, self.mail, code.strip(), new),
            lambda _: self._on_reset(new),
        )

    def _on_reset(self, password: str) -> None:
        """The code is used up; whatever hinders the sign-in is told where one signs in."""
        self.way, self.busy = "sign_in", False
        self.sign_in(self._address, self.mail, password)

    def register(self, url: str, *, name: str, email: str, password: str, code: str = "") -> None:
        """Make an account at a server, with the code of a class or an invitation where there is one."""
        if not name.strip() or not email.strip() or not password:
            self._on_failed(UserError("credentials_needed"))
            return
        first, _, last = name.strip().partition(" ")
        mail, typed = email.strip(), code.strip()

        def work(address: str) -> Workspace:
            self._sessions.register(
                address, email=mail, password=password, first_name=first, last_name=last or first, code=typed
            )
            return self._sessions.sign_in(address, mail, password)

        self._at(url, work)

    def start_local(self, name: str, password: str = "") -> None:
        """Begin without a server; a password is a choice."""
        if not name.strip():
            self._on_failed(UserError("name_needed"))
            return
        self._run(lambda: self._sessions.start_local(name.strip(), password or None), self._on_opened)

    def take_over(self, file: Path, password: str) -> None:
        """Open a profile that was saved as a file on another laptop."""
        self._run(lambda: self._sessions.take_over(file, password), self._on_opened)

    def _at(self, url: str, work: Callable[[str], Any], then: Callable[[Any], None] | None = None) -> None:
        try:
            address = server_address(url)
        except UserError as error:
            self._on_failed(error)
            return
        self._address, self.reached = address, False
        self._run(lambda: work(address), then or self._on_entered)

    @property
    def can_remind(self) -> bool:
        """Whether the trouble is that the server cannot be reached, and nobody watches for it yet."""
        return isinstance(self.error, Offline) and self.reminder is None

    def remind(self) -> None:
        """Say so as soon as the server answers; what was typed stays."""
        from desktop_lms.features.welcome.reminder import Reminder  # a library that the first page need not wait for

        self.reminder = Reminder(self._sessions, self._background, self._address, self)
        self.reminder.reached.connect(self._on_reached)
        self.changed.emit()

    def _on_reached(self) -> None:
        self._forget_reminder()
        self.reached, self.error = True, None
        self.changed.emit()

    def _forget_reminder(self) -> None:
        if self.reminder is not None:
            self.reminder.deleteLater()
        self.reminder = None

    @property
    def takes_courses(self) -> bool:
        """Whether a person is asked which courses come along, once signed in."""
        return self.purpose == "learn" and self.way != "local"

    def _on_entered(self, workspace: Any) -> None:
        """A learner who is new on this device chooses courses first."""
        self._forget_reminder()
        if self.takes_courses and not self.healing and not workspace.choices.get("begun"):
            self.busy = False
            self.opened.emit(workspace, "begin")
        else:
            self._on_opened(workspace)

    @property
    def can_work_without(self) -> bool:
        """Whether the trouble is one that a local profile goes around."""
        return isinstance(self.error, Offline | AuthExpired) or (
            self.error is not None and self.error.code in ("not_a_server", "server_error", "registration_closed")
        )
