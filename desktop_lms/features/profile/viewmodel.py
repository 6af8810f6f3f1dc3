"""What a person tells of themselves: photo, words, links and skills; kept here and sent with the next sync."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.accounts.personal import PHOTO_BYTES
from lms_core.accounts.personal_service import Profile, Skill, Social
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError, StorageError, UserError
from lms_core.permissions import is_instructor_or_admin, is_student
from lms_core.schema import Actor
from lms_core.workspace import Workspace

Part = Literal["profile", "social"]


@dataclass(frozen=True)
class Told:
    """All of it; `photo` holds the bytes of the picture when they are on this device.

    `teaching`: whether one teaches at a server, None for who cannot apply for it: without one, or beyond a student.
    """

    name: str
    profile: Profile
    social: Social
    skills: tuple[Skill, ...]
    photo: bytes | None
    teaching: bool | None = None


def load(workspace: Workspace) -> Told:
    """Read it."""
    personal, media = workspace.personal, workspace.media
    profile = personal.profile()
    picture = profile.profile_picture
    photo = media.read(picture) if picture and media.has(picture) else None
    who = Actor(workspace.account, workspace.person.role)
    teaches = is_instructor_or_admin(who)
    teaching = teaches if workspace.transport and (teaches or is_student(who)) else None
    return Told(workspace.person.name, profile, personal.social(), tuple(personal.skills()), photo, teaching)


class ProfileModel(QObject):
    """State of the page; `told` is None until it was read once, `faults` names the fields that were refused."""

    changed = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.told: Told | None = None
        self.error: LmsError | None = None
        self.faults: frozenset[str] = frozenset()
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.ACCOUNT in changes.topics:
            self.refresh()

    def _on_loaded(self, told: Told) -> None:
        if self.told is None:
            self.error = None
        self.told = told
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        fields = error.values.get("fields")
        self.error, self.faults = error, frozenset(fields if isinstance(fields, dict) else ())
        self.changed.emit()

    def _do(self, work: Callable[[Workspace], Any]) -> None:
        self.error, self.faults = None, frozenset()
        self._store.run(self, work, lambda _: self.refresh(), self._on_failed)

    def write(self, part: Part, name: str, value: str | None) -> None:
        """Store what was typed into a field."""
        if part == "profile":
            self._do(lambda w: w.personal.change_profile(**{name: value}))
        else:
            self._do(lambda w: w.personal.change_social(**{name: (value or "").strip()}))

    def write_years(self, years: int) -> None:
        """Store for how long somebody has been teaching."""
        self._do(lambda w: w.personal.change_profile(teaching_experience=years))

    # --- photo
    def take_photo(self, path: Path) -> None:
        """Show a picture from a file, made small."""
        self._do(lambda w: w.personal.set_photo(_read(path)))

    def remove_photo(self) -> None:
        """Show none any more."""
        self._do(lambda w: w.personal.remove_photo())

    # --- skills
    def add_skill(self, name: str) -> None:
        """Add a skill for beginners, or do nothing without a name."""
        if name.strip():
            self._do(lambda w: w.personal.add_skill(name))

    def grade(self, skill: Skill, level: str) -> None:
        """Say how well one can do it."""
        self._do(lambda w: w.personal.add_skill(skill.name, level))

    def remove_skill(self, skill: Skill) -> None:
        """Say no more that one can do it."""
        self._do(lambda w: w.personal.remove_skill(skill.id))


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > PHOTO_BYTES:
            raise UserError("image_too_large", name=path.name)
        return path.read_bytes()
    except OSError as error:
        raise StorageError("disk_error", path=path.name) from error
