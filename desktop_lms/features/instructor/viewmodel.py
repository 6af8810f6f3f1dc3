"""What a person tells as an instructor, kept here as it is typed, and the application that goes to the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.personal import INSTRUCTOR_PROFILE, PHOTO_BYTES
from lms_core.accounts.personal_service import InstructorProfile
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError, StorageError, UserError
from lms_core.rest.instructors import Application, InstructorApi
from lms_core.workspace import Workspace

Stage = Literal["draft", "unconfirmed", "waiting", "active", "rejected", "suspended", "inactive"]
SENT = (
    "display_name", "bio", "expertise_areas", "title", "organization", "years_experience", "website",
    "linkedin_profile", "twitter_handle",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """The profile, categories by id, and whose it is; `confirmed` is the account's e-mail address."""

    profile: InstructorProfile
    areas: dict[str, str]
    email: str
    confirmed: bool
    role: str
    signature: bytes | None


def load(workspace: Workspace) -> Told:
    """Read it."""
    with workspace.work() as unit:
        account = unit.row(ACCOUNT, workspace.account) or {}
        said = unit.row(INSTRUCTOR_PROFILE, INSTRUCTOR_PROFILE.id_for(workspace.account)) or {}
    name = said.get("signature_image") or ""
    signature = workspace.media.read(name) if name and workspace.media.has(name) else None
    areas = {each.id: each.name for each in workspace.courses.categories() if each.is_active}
    email, confirmed = account.get("email") or "", bool(account.get("is_email_verified"))
    return Told(workspace.personal.instructor(), areas, email, confirmed, workspace.person.role, signature)


class InstructorModel(QObject):
    """State of the page; `told` is None until it was read once, `faults` names the fields that were refused.

    `done` tells sent or confirmed; `sync_now` brings what the server has made of it.
    """

    changed = Signal()
    done = Signal(str)

    def __init__(self, store: Store, sync_now: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._sync_now = store, sync_now
        self.told: Told | None = None
        self.error: LmsError | None = None
        self.faults: frozenset[str] = frozenset()
        self.busy = False
        self._answer: Application | None = None
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.ACCOUNT in changes.topics:
            self.refresh()

    def _on_loaded(self, told: Told) -> None:
        self.told = told
        answer, profile = self._answer, told.profile
        if answer and (answer.status, answer.is_verified) == (profile.status, profile.is_verified):
            self._answer = None  # the row has come; from now on it tells
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        fields = error.values.get("fields")
        self.error, self.busy = error, False
        self.faults = frozenset(fields if isinstance(fields, dict) else ())
        self.changed.emit()

    @property
    def stage(self) -> Stage:
        """How far the application is, by what the server said last."""
        if self.told is None:
            return "draft"
        said = self._answer or self.told.profile
        if said.status == "pending":
            return "draft" if said.applied_at is None else "waiting" if said.is_verified else "unconfirmed"
        return said.status  # type: ignore[return-value]

    @property
    def reason(self) -> str:
        """Why it was rejected or suspended."""
        said = self._answer or (self.told.profile if self.told else None)
        return said.suspension_reason if said else ""

    # --- what is told
    def write(self, name: str, value: Any) -> None:
        """Store a field."""
        self.error, self.faults = None, frozenset()
        self._store.run(
            self, lambda w: w.personal.change_instructor(**{name: value}), lambda _: self.refresh(), self._on_failed
        )

    def sign(self, path: Path) -> None:
        """Let the picture of a signature stand on certificates."""
        self.error, self.faults = None, frozenset()
        self._store.run(
            self, lambda w: w.personal.set_signature(_read(path)), lambda _: self.refresh(), self._on_failed
        )

    def add_area(self, area: str) -> None:
        """Name another category that one knows well."""
        known = self.told.profile.expertise_areas if self.told else []
        if area and area not in known:
            self.write("expertise_areas", [*known, area])

    def remove_area(self, area: str) -> None:
        """Name it no more."""
        known = self.told.profile.expertise_areas if self.told else []
        self.write("expertise_areas", [each for each in known if each != area])

    # --- the application
    def send(self) -> None:
        """Send it, or have the mail sent again."""
        if self.told is None:
            return
        fields = {name: getattr(self.told.profile, name) for name in SENT}
        self._ask("sent", lambda api: api.apply(**fields))

    def confirm(self, code: str) -> None:
        """Give the code of the mail to the server."""
        if not code.strip():
            self._on_failed(UserError("credentials_needed"))
            return
        self._ask("confirmed", lambda api: api.confirm(code.strip()))

    def forget_error(self) -> None:
        """Begin anew."""
        self.error, self.faults = None, frozenset()

    def _ask(self, code: str, act: Callable[[InstructorApi], Application]) -> None:
        if self.busy:
            return
        self.forget_error()
        self.busy = True
        self.changed.emit()

        def came(answer: Application) -> None:
            self._answer, self.busy = answer, False
            self._sync_now()
            self.changed.emit()
            self.done.emit(code)

        workspace = self._store.workspace
        self._store.pool(self, lambda: act(InstructorApi(workspace.online())), came, self._on_failed)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > PHOTO_BYTES:
            raise UserError("image_too_large", name=path.name)
        return path.read_bytes()
    except OSError as error:
        raise StorageError("disk_error", path=path.name) from error
