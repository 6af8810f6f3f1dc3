"""What a part of a lesson gets from the page that it stands on: files, its place, and ways out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar, cast
from urllib.parse import quote, unquote

import msgspec
from PySide6.QtCore import QObject, Signal, SignalInstance

from desktop_lms.store import Fail, Store, Then
from lms_core.content.files import parts_of
from lms_core.content.model import ContentItem, LessonDoc, MediaRef
from lms_core.errors import LmsError
from lms_core.learning.anchors import Spot, read_spot
from lms_core.learning.model import Note
from lms_core.learning.watching import Stretch, seen_of

T = TypeVar("T")
Place = str | float | bool
"""A number that JSON knows, or a short text."""
Undo = Callable[[], None] | None
_ANCHOR = "at:anchor:"


class Host(Protocol):
    """The page of a part."""

    def keep_place(self, key: str, place: Place) -> None:
        """Keep the place of a part."""

    def active(self) -> None:
        """The person studies: watches, turns a page, answers."""

    def finish(self) -> None:
        """Mark the lesson as done."""

    def watched(self, seconds: int, total: int, position: int, film: str) -> None:
        """So many different seconds of the lesson's video were seen, of how many, and where it stands."""

    def go_on(self) -> None:
        """Open the lesson that follows."""

    def follow(self, link: str) -> None:
        """Follow a link of the text: `lesson:`, `#anchor`, or an address, which asks first."""

    def say(self, words: str, undo: Undo = None) -> None:
        """Show a toast."""


class Fetching(Protocol):
    """What brings files that are not here yet (desktop_lms/downloads.py)."""

    arrived: SignalInstance
    changed: SignalInstance

    @property
    def metered(self) -> bool:
        """Whether every byte costs."""

    def want(self, course: str, *files: str) -> None:
        """Fetch files before all others."""

    def is_wanted(self, course: str, sha256: str) -> bool:
        """Whether somebody asked for a file that is to come."""

    def state(self, course: str) -> str:
        """What a course waits for."""

    def share(self, sha256: str) -> float | None:
        """How much of a file is here, 0 to 1, while it comes."""

    def refusal(self, sha256: str) -> LmsError | None:
        """Why a file cannot be had."""


class Aside:
    """The page of a preview: nothing is kept, nothing leads anywhere."""

    def keep_place(self, key: str, place: Place) -> None:
        """Keep nothing."""

    def active(self) -> None:
        """Count nothing."""

    def finish(self) -> None:
        """Mark nothing."""

    def watched(self, seconds: int, total: int, position: int, film: str) -> None:
        """Count nothing."""

    def go_on(self) -> None:
        """Stay."""

    def follow(self, link: str) -> None:
        """Stay."""

    def say(self, words: str, undo: Undo = None) -> None:
        """Say nothing."""


class Room(QObject):
    """The files of the course, the places of the lesson, and its page, for one part after another."""

    spot_asked = Signal(object)
    """A place in a part (Spot) that a note leads to; the part that it names goes there."""
    selected = Signal(object, str, int, int)
    """Words were chosen in a part that may be highlighted: its text, the quote, its start and its end there."""
    looked = Signal(str, object)
    """A part looked for the words of highlights: its key, and by note whether they are there."""
    left = Signal()
    """The page is left, or the window is closed: what is not kept yet has to be."""
    note_asked = Signal()
    """Somebody wants to write a note about where the film stands."""

    def __init__(
        self,
        store: Store,
        lesson: LessonDoc,
        files: Mapping[str, MediaRef],
        *,
        places: Mapping[str, Place] | None = None,
        host: Host | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store, self.lesson, self.files = store, lesson, files
        self.parts = parts_of(lesson)
        self.wanted: Spot | None = None
        """A place that was asked for before its part was there."""
        self.where: Callable[[], Spot] | None = None
        """Where the film of the lesson stands, for a note that is begun; None where there is none."""
        self._places = dict(places or {})
        self._host = host or Aside()
        self.course, self.fetching = "", cast("Fetching | None", None)

    def item(self, key: str) -> ContentItem | None:
        """The item of the lesson that a part shows, by the key of its Embed; None for what stands in the text."""
        return next((item for item in self.lesson.items if item.id == key), None)

    # --- files of the course, by SHA-256; from any thread
    def name(self, sha256: str) -> str:
        """How a file is called; nothing when the course has none of that name."""
        return self.files[sha256].name if sha256 in self.files else ""

    def mime(self, sha256: str) -> str:
        """The MIME type of a file."""
        return self.files[sha256].mime if sha256 in self.files else "application/octet-stream"

    def size(self, sha256: str) -> int:
        """Bytes of a file, also of one that is not here yet."""
        return self.files[sha256].size if sha256 in self.files else 0

    def has(self, sha256: str) -> bool:
        """Whether a file is on this device."""
        return self.store.workspace.media.has(sha256)

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes of a file or a part of them, at any place; raises NotFound."""
        return self.store.workspace.media.read(sha256, start, length)

    def path(self, sha256: str) -> Path | None:
        """Where the plain bytes of a file lie; None for one that is sealed. Raises NotFound."""
        return self.store.workspace.media.plain_path(sha256)

    def later(
        self, owner: QObject, work: Callable[[], T], then: Then[T] | None = None, fail: Fail | None = None
    ) -> None:
        """Work beside the window, such as `read`; `then` is called on the window's thread while `owner` is there."""
        self.store.pool(owner, work, then, fail)

    # --- the lesson
    def recall(self, key: str) -> Place | None:
        """The place that was kept, or None."""
        return self._places.get(key)

    def seen(self, key: str) -> list[Stretch]:
        """What was seen of a film on all devices."""
        return seen_of(self._places, key)

    def keep(self, key: str, place: Place) -> None:
        """Keep a place under the key of the part: a number, or a short text; not more often than once a second."""
        if self._places.get(key) != place:
            self._places[key] = place
            self._host.keep_place(key, place)

    def seek(self, spot: Spot) -> None:
        """Ask the part that a place names to go there, now or once it is there."""
        self.wanted = spot
        self.spot_asked.emit(spot)

    def active(self) -> None:
        """The person studies: told at least once a minute while a film runs, it counts as time spent."""
        self._host.active()

    def finish(self) -> None:
        """Mark the lesson as done: the film was seen to its end."""
        self._host.finish()

    def watched(self, seconds: int, total: int, position: int, film: str) -> None:
        """So many different seconds of the lesson's video were seen, of how many, and where it stands (PRG-02)."""
        self._host.watched(seconds, total, position, film)

    def go_on(self) -> None:
        """Open the lesson that follows, if there is one."""
        self._host.go_on()

    def follow(self, link: str) -> None:
        """Follow a link of the text: `lesson:`, `#anchor`, or an address, which asks before one leaves."""
        self._host.follow(link)

    def say(self, words: str, undo: Undo = None) -> None:
        """Show a toast."""
        self._host.say(words, undo)


def route_of(link: str, course: str, here: str) -> str:
    """The route that a link of a text leads to, `#ANCHOR` within the lesson `here`; nothing for an address."""
    if link.startswith("#"):
        return link
    lesson, _, anchor = link.removeprefix("lesson:").partition("#")
    if not link.startswith("lesson:"):
        return ""
    if lesson == here and anchor:
        return f"#{anchor}"
    return f"lesson/{course}/{lesson}" + (f"/{_ANCHOR}{quote(anchor, safe='')}" if anchor else "")


def found_anchor(place: str) -> str:
    """The anchor that a route names: `at:anchor:NAME`."""
    return unquote(place.removeprefix(_ANCHOR)) if place.startswith(_ANCHOR) else ""


def spot_of(note: Note) -> Spot:
    """The place of a note in a part, with the words by which it is found there."""
    return msgspec.structs.replace(read_spot(note.anchor), quote=note.quote, start=note.start)


AT_MEMO = "at:memo"
"""The place that the route of a search names for the memo, which stands beside the text."""


def found_spot(place: str) -> Spot | None:
    """The place that the route of a search names: `at:text:WORD`, `at:video:SECOND` or `at:page:NUMBER:SHA-256`."""
    kind, _, rest = place.removeprefix("at:").partition(":")
    at, _, item = rest.partition(":")
    if not place.startswith("at:") or place == AT_MEMO:
        return None
    if kind == "text":
        return Spot(quote=at)
    number = int(at) if at.isdecimal() and at.isascii() and len(at) < 9 else 0
    return Spot(page=number, item=item) if kind == "page" else Spot(at_s=float(number))
