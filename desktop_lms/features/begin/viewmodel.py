"""The last step of the first run: which courses come along, fetched with one click and shown as they arrive."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.downloads import Downloads
from desktop_lms.store import Store
from desktop_lms.words import price_words
from lms_core.accounts.entities import ACCOUNT
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.COURSES, Topic.LEARNING, Topic.ACCOUNT})
BEGUN = "begun"


@dataclass(frozen=True)
class Offer:
    """A course that can come along; sizes in bytes."""

    id: str
    title: str
    authors: tuple[str, ...]
    lessons: int
    text_size: int
    media_size: int
    enrolled: bool
    price: str
    here: bool


@dataclass(frozen=True)
class Offers:
    """All of them, the room on this device, whether the server has told its catalogue yet, what is not confirmed."""

    rows: tuple[Offer, ...]
    free: int
    synced: bool
    begun: bool
    unconfirmed: str = ""
    """The e-mail address of the account while nobody has shown that it is theirs."""


def load(workspace: Workspace) -> Offers:
    """Read what is offered, own courses first."""
    mine = {s.course_id for s in workspace.learning.my_courses()}
    here = {each.course_id for each in workspace.installed.installed()}
    taught = {each.id for each in workspace.courses.my_courses()}
    rows = [
        Offer(
            card.id, card.title, card.authors, card.lessons, card.pack_size, card.media_size, card.id in mine,
            price_words(card.price, card.currency) if card.price and card.id not in mine | taught else "",
            card.id in here,
        )
        for card in workspace.courses.catalog() if card.pack
    ]  # fmt: skip
    rows.sort(key=lambda offer: (not offer.enrolled, bool(offer.price), offer.title.casefold()))
    free = shutil.disk_usage(workspace.profile.folder).free
    synced = workspace.sync.status().last_synced_at is not None
    with workspace.work() as unit:
        account = unit.row(ACCOUNT, workspace.account) or {"is_email_verified": True}
    unconfirmed = "" if account["is_email_verified"] else account["email"]
    return Offers(tuple(rows), free, synced, bool(workspace.choices.get(BEGUN)), unconfirmed)


class BeginModel(QObject):
    """State of the step; `offers` is None until it was read once."""

    changed = Signal()
    ready = Signal()
    """The texts of all chosen courses are here; pictures may still come."""

    def __init__(self, store: Store, downloads: Downloads, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._downloads = store, downloads
        self.offers: Offers | None = None
        self.error: LmsError | None = None
        self.phase: Literal["choose", "fetching"] = "choose"
        self.text_only = False
        self._wish: dict[str, bool] = {}
        self._fetching: tuple[str, ...] = ()
        store.changed.connect(self._on_changed)
        downloads.changed.connect(self._on_download)
        downloads.failed.connect(self._on_download_failed)

    # --- reading
    def refresh(self, _: object = None) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, offers: Offers) -> None:
        self.offers = offers
        self.changed.emit()
        if self.phase == "fetching" and self._fetching and all(o.here for o in offers.rows if o.id in self._fetching):
            self.finish()

    def _on_failed(self, error: LmsError) -> None:
        self.error, self.phase, self._fetching = error, "choose", ()
        self.changed.emit()

    # --- choosing
    def is_chosen(self, offer: Offer) -> bool:
        """Whether a course comes along: one's own do unless told otherwise."""
        return not offer.price and not offer.here and self._wish.get(offer.id, offer.enrolled)

    @property
    def chosen(self) -> tuple[Offer, ...]:
        """The courses that come along."""
        return tuple(o for o in self.offers.rows if self.is_chosen(o)) if self.offers else ()

    @property
    def size(self) -> int:
        """Bytes to be fetched."""
        return sum(o.text_size + (0 if self.text_only else o.media_size) for o in self.chosen)

    @property
    def fits(self) -> bool:
        """Whether there is room for it."""
        return self.offers is not None and self.size < self.offers.free

    def choose(self, course: str, on: bool) -> None:
        """Take a course along, or not."""
        self._wish[course] = on
        self.changed.emit()

    def set_text_only(self, on: bool) -> None:
        """Fetch the texts now and the pictures when one asks for them."""
        self.text_only = on
        self.changed.emit()

    # --- fetching
    def start(self) -> None:
        """Join what was chosen and fetch it."""
        wanted = self.chosen
        if not wanted:
            self.finish()
            return
        self.error, self.phase, self._fetching = None, "fetching", tuple(o.id for o in wanted)
        self.changed.emit()
        new = [o.id for o in wanted if not o.enrolled]
        self._store.run(self, lambda workspace: _join(workspace, new), self._on_joined, self._on_failed)

    def _on_joined(self, _: object) -> None:
        for course in self._fetching:
            self._downloads.fetch(course, media=not self.text_only)

    @property
    def progress(self) -> tuple[int, int]:
        """Bytes that are here and all, of what is being fetched."""
        rows = [o for o in self.offers.rows if o.id in self._fetching] if self.offers else []
        done = total = 0
        for offer in rows:
            size = offer.text_size + (0 if self.text_only else offer.media_size)
            now = self._downloads.progress(offer.id)
            total += size
            done += size if offer.here else min(size, now.done) if now else 0
        return done, total

    def cancel(self) -> None:
        """Stop; what is here already stays."""
        for course in self._fetching:
            self._downloads.cancel(course)
        self.phase, self._fetching = "choose", ()
        self.refresh()

    def _on_download(self, course: str) -> None:
        if course in self._fetching:
            self.changed.emit()

    def _on_download_failed(self, course: str, error: LmsError) -> None:
        if course in self._fetching:
            self._on_failed(error)

    def finish(self) -> None:
        """Go on; this step does not come again."""
        self._fetching, self.phase = (), "choose"
        self._store.run(self, lambda workspace: workspace.choices.set(BEGUN, True), lambda _: self.ready.emit())


def _join(workspace: Workspace, courses: list[str]) -> None:
    with workspace.work():
        for course in courses:
            workspace.learning.enroll(course)
