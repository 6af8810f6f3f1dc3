"""One class: its dates, its code, its people and its courses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from lms_core.permissions import is_moderator_or_up
from lms_core.rest.classes import ClassesApi, Code, Member, Offered, SchoolClass
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Room:
    """All that is known of a class; `members` are those of the pages that were asked for, of `count` in all."""

    about: SchoolClass
    code: Code | None
    courses: tuple[Offered, ...]
    members: tuple[Member, ...]
    count: int


class RoomModel(Asking):
    """State of the page; `room` is None until the server has answered, `choices` are the courses one may add.

    `done` tells saved, added, removed, offered, withdrawn, code, no-code, closed, opened or rolled; `went` says the
    class to go to.
    """

    went = Signal(str)

    def __init__(self, store: Store, name: str, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.name = name
        self.room: Room | None = None
        self.choices: tuple[tuple[str, str], ...] = ()
        self.may_lead = is_moderator_or_up(store.workspace.person)
        self._pages = 1
        self._back: Callable[[], Any] | None = None

    def _api(self) -> ClassesApi:
        return ClassesApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask the server for all of it, and this device for the catalogue."""
        name, pages = self.name, self._pages
        self._store.run(self, _published, self._on_choices)

        def work() -> Room:
            api, about, count = self._api(), self._api().one(name), 0
            members: list[Member] = []
            for page in range(1, pages + 1):
                found = api.members(name, page)
                members, count = [*members, *found.results], found.count
                if len(members) >= count:
                    break
            return Room(about, api.code(name), tuple(api.courses(name)), tuple(members), count)

        self._look(work, self._on_room)

    def _on_room(self, room: Room) -> None:
        self.room = room

    def _on_choices(self, choices: tuple[tuple[str, str], ...]) -> None:
        self.choices = choices
        self.changed.emit()

    @property
    def missing(self) -> list[tuple[str, str]]:
        """Published courses that the class does not learn yet, as (id, title)."""
        have = {course.course_id for course in self.room.courses} if self.room else set()
        return [choice for choice in self.choices if choice[0] not in have]

    def more(self) -> None:
        """Show the next page of people, too."""
        self._pages += 1
        self.refresh()

    # --- the class
    def change(self, **values: Any) -> None:
        """Change name, term or dates."""
        self._do("saved", str(values.get("name", "")), lambda: self._api().change(self.name, **values))

    def close(self, *, closed: bool = True) -> None:
        """Close the class, or open it again."""
        name = self.room.about.name if self.room else ""
        code = "closed" if closed else "opened"
        self._do(code, name, lambda: self._api().change(self.name, archived=closed))

    def roll_over(self, **values: Any) -> None:
        """Make the class of the next term and close this one."""
        self._do("rolled", values["name"], lambda: self._api().roll_over(self.name, **values), self._on_rolled)

    def _on_rolled(self, made: SchoolClass) -> None:
        self.went.emit(made.id)

    # --- the code
    def renew_code(self) -> None:
        """A fresh code; a former one ends."""
        self._do("code", "", lambda: self._api().renew_code(self.name))

    def end_code(self) -> None:
        """Let nobody join by the code any more."""
        self._do("no-code", "", lambda: self._api().end_code(self.name))

    # --- people
    def add(self, typed: str, kind: str) -> None:
        """Add accounts by the addresses in a text."""
        people = [word.strip("<>()") for word in typed.replace(",", " ").replace(";", " ").split() if "@" in word]
        self._do("added", str(len(people)), lambda: self._api().add(self.name, people, kind))

    def remove(self, member: Member) -> None:
        """Take somebody out; `take_back` adds them again."""

        def removed(_: Any) -> None:
            self._back = lambda: self._api().add(self.name, [member.user_id], member.kind)

        self._do("removed", member.name, lambda: self._api().remove(self.name, member.user_id), removed)

    # --- courses
    def offer(self, course: str) -> None:
        """Let the class learn a course; its students are enrolled."""
        title = next((title for row, title in self.choices if row == course), "")
        self._do("offered", title, lambda: self._api().offer(self.name, course))

    def withdraw(self, course: Offered) -> None:
        """Offer a course no longer; `take_back` offers it again."""

        def withdrawn(_: Any) -> None:
            self._back = lambda: self._api().offer(self.name, course.course_id)

        self._do("withdrawn", course.title, lambda: self._api().withdraw(self.name, course.course_id), withdrawn)

    def take_back(self) -> None:
        """Undo what was removed or withdrawn last."""
        if self._back is not None:
            back, self._back = self._back, None
            self._do("back", "", back)


def _published(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    return tuple((card.id, card.title) for card in workspace.courses.catalog())
