"""What a person keeps of each course here, and the next step on the way there; a crash leaves nothing half."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace
from sqlalchemy import delete, select

from lms_core.changes import Topic
from lms_core.content.files import files_of, premium_files
from lms_core.content.model import CourseDocument, LessonDoc
from lms_core.courses.installed import InstallService
from lms_core.courses.model import Installed
from lms_core.courses.tables import course_card, lesson_change
from lms_core.db.bulk import put
from lms_core.downloads.entitlement import check_open
from lms_core.downloads.plan import KINDS, Choice, Keep, Kind, Transfer, chosen, sizes, transfers
from lms_core.downloads.tables import download
from lms_core.errors import NotFound, UserError
from lms_core.learning.activity import Activity
from lms_core.learning.joining import gets_premium
from lms_core.learning.tables import progress
from lms_core.unit import Unit, Work


class Media(Protocol):
    """The files of this machine."""

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""

    def borrow(self, sha256: str) -> bool:
        """Whether it is here now, maybe by another profile of the machine."""

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes; raises NotFound."""


class Kept(msgspec.Struct, frozen=True):
    """What was chosen for a course, and the version it is on its way to, "" for the one that is here."""

    course: str
    choice: Choice
    pack: str = ""
    paused: bool = False


class Offer(msgspec.Struct, frozen=True):
    """What each choice takes, in bytes. Before the text is here only text and media as a whole are known."""

    text: int
    kinds: dict[Kind, int]
    lessons: dict[str, int]
    """Of each lesson that has files."""
    choice: Choice
    whole: int
    known: bool = True

    def size(self, choice: Choice) -> int:
        """Bytes of a choice; of single lessons the sum, files that two of them share counted twice."""
        if choice.keep == "text":
            return self.text
        if choice.keep == "lessons":
            return self.text + sum(self.lessons.get(lesson, 0) for lesson in choice.lessons)
        return self.text + self.whole - (self.kinds["video"] if choice.keep == "no_video" else 0)


class DownloadsService:
    """Choices of what is kept, and what is still to come; each verb is one step that may be done again."""

    def __init__(self, work: Work, installed: InstallService, media: Media, activity: Activity | None = None) -> None:
        self._work, self._installed, self._media, self._activity = work, installed, media, activity

    # --- choosing
    def choose(self, course: str, choice: Choice, *, update: bool = False) -> None:
        """Keep so much of a course, and with `update` the version that the catalogue has; fetching follows.

        An update that is on its way stays so.
        """
        with self._work() as unit:
            here, kept = self._installed.find(course), self.find(course)
            pack = (kept.pack if kept else "") if here and not update else _card(unit, course).pack
            row = {
                "course_id": course, "pack": "" if here and here.pack == pack else pack, "keep": choice.keep,
                "lessons": list(choice.lessons), "paused": False, "asked_at": unit.now_ms,
            }  # fmt: skip
            put(unit.conn, download, [row], ["course_id"])
            unit.local(_touch(course), topic=Topic.MEDIA)

    def pause(self, course: str, on: bool) -> None:
        """Let a course wait, or go on."""
        with self._work() as unit:
            change = download.update().where(download.c.course_id == course).values(paused=on)
            unit.local(change, topic=Topic.MEDIA)

    def forget(self, course: str) -> None:
        """Choose nothing for a course any more; what is here stays."""
        with self._work() as unit:
            unit.local(delete(download).where(download.c.course_id == course), topic=Topic.MEDIA)

    def kept(self) -> list[Kept]:
        """What was chosen, in the order in which it was asked for."""
        with self._work() as unit:
            rows = unit.all(select(download).order_by(download.c.asked_at, download.c.course_id))
        return [_kept(row) for row in rows]

    def find(self, course: str) -> Kept | None:
        """What was chosen for a course; None where nobody chose."""
        with self._work() as unit:
            rows = unit.all(select(download).where(download.c.course_id == course))
        return _kept(rows[0]) if rows else None

    def offer(self, course: str) -> Offer:
        """What each choice takes; raises NotFound for a course that is neither here nor in the catalogue."""
        here, kept = self._installed.find(course), self.find(course)
        choice = kept.choice if kept else Choice()
        if here is None:
            with self._work() as unit:
                card = _card(unit, course)
            kinds = dict.fromkeys(KINDS, 0)
            return Offer(card.pack_size, kinds, {}, choice, card.media_size, known=card.media_size == 0)
        document = self.allowed(self._installed.open(here.pack))
        by_name = {media.sha256: media.size for media in document.media}
        lessons = {x.id: sum(by_name[name] for name in files_of(document, x)) for x in document.lessons()}
        kinds = sizes(document.media)
        lessons = {lesson: size for lesson, size in lessons.items() if size}
        return Offer(here.size, kinds, lessons, choice, sum(kinds.values()))

    def check_open(self, course: str) -> None:
        """Raise Denied for a course on this machine that is closed to the person."""
        with self._work() as unit:
            check_open(unit, course)

    def gets_premium(self, course: str) -> bool:
        """Whether the person gets what a course hands out to those alone who have paid (RES-04)."""
        with self._work() as unit:
            return gets_premium(unit, course)

    def given(self, course: str, lesson: LessonDoc) -> LessonDoc:
        """A lesson without the resources that ask the person for more (RES-04)."""
        premium = self.gets_premium(course)
        return replace(lesson, resources=tuple(each for each in lesson.resources if premium or not each.premium))

    def allowed(self, document: CourseDocument) -> CourseDocument:
        """A version with those of its files alone that the hub gives the person, who learns it or is about to."""
        premium = premium_files(document)
        if not premium or self.gets_premium(document.course_id):
            return document
        return replace(document, media=tuple(media for media in document.media if media.sha256 not in premium))

    def outdated(self) -> list[Kept]:
        """Courses here of which the catalogue has another version that is not on its way."""
        with self._work() as unit:
            packs = {row.course_id: row.pack for row in unit.all(select(course_card.c.course_id, course_card.c.pack))}
        kept = {each.course: each for each in self.kept()}
        found = [kept.get(here.course_id, Kept(here.course_id, Choice())) for here in self._installed.installed()
                 if packs.get(here.course_id) not in (None, "", here.pack)]  # fmt: skip
        return [each for each in found if not each.pack]

    def changed_lessons(self, course: str) -> frozenset[str]:
        """Lessons that an update changed since the person last opened them."""
        with self._work() as unit:
            rows = unit.all(
                select(lesson_change.c.lesson_id)
                .join(progress, progress.c.lesson_id == lesson_change.c.lesson_id)
                .where(lesson_change.c.course_id == course, progress.c.user_id == unit.actor.account)
                .where(progress.c.opened_at < lesson_change.c.at)
            )
        return frozenset(row.lesson_id for row in rows)

    # --- on the way
    def advance(self, course: str, urgent: Collection[str] = ()) -> tuple[Transfer, ...]:
        """Do what can be done without the network; returns what has to be fetched before the next step.

        A first version is opened as soon as its text is here. A newer one takes the place of the old one only when all
        that was chosen of it is here, and no quiz goes on in the old one. Files in `urgent` come first, chosen or not.
        """
        kept, here = self.find(course), self._installed.find(course)
        if kept is None or (here is None and not kept.pack):
            return self._urgent(course, urgent)
        wanted, texts = self._wanted(kept, here)
        if texts:
            return texts
        if here is None:
            self._install(course, wanted, first=True)
        document = self.allowed(self._installed.open(wanted))
        missing = self._missing(document, chosen(document, kept.choice), urgent)
        if not missing and here is not None and here.pack != wanted:
            self._install(course, wanted, first=False)
        return missing

    def missing_of(self, course: str, lesson: str) -> tuple[Transfer, ...]:
        """Files of a lesson that are not here."""
        document = self.allowed(self._installed.document(course))
        found = document.lesson(lesson)
        names = files_of(document, found) if found else frozenset()
        return self._missing(document, [m for m in document.media if m.sha256 in names], ())

    def _urgent(self, course: str, urgent: Collection[str]) -> tuple[Transfer, ...]:
        if not urgent or self._installed.find(course) is None:
            return ()
        return self._missing(self.allowed(self._installed.document(course)), (), urgent)

    def _missing(
        self, document: CourseDocument, files: Collection[Any], urgent: Collection[str]
    ) -> tuple[Transfer, ...]:
        extra = [m for m in document.media if m.sha256 in urgent and m not in files]
        gone = {m.sha256: m for m in (*files, *extra) if not self._media.borrow(m.sha256)}
        return transfers(document.course_id, gone.values(), urgent)

    def _wanted(self, kept: Kept, here: Installed | None) -> tuple[str, tuple[Transfer, ...]]:
        """The version that is to be here, the newest where one is on its way, and its texts that are not."""
        if not kept.pack and here is not None:
            return here.pack, ()
        with self._work() as unit:
            card = _card(unit, kept.course)
        texts = [(card.pack, card.pack_size), (card.key_pack, 0)]
        missing = [(name, size) for name, size in texts if name and not self._media.has(name)]
        return card.pack, tuple(Transfer(kept.course, name, size, "text") for name, size in missing)

    def _install(self, course: str, pack: str, *, first: bool) -> None:
        with self._work() as unit:
            card = _card(unit, course)
            keys = card.key_pack if card.pack == pack else ""
            try:
                self._installed.install_pack(pack, self._media.read(pack), key_pack=keys)
            except UserError as error:
                if error.code != "attempt_open":
                    raise
                return
            unit.local(download.update().where(download.c.course_id == course).values(pack=""), topic=Topic.MEDIA)
        if first and self._activity is not None:
            self._activity.note("download", course=course)


def _card(unit: Unit, course: str) -> Any:
    found = unit.all(select(course_card).where(course_card.c.course_id == course))
    if not found or not found[0].pack:
        raise NotFound
    return found[0]


def _touch(course: str) -> Any:
    return download.update().where(download.c.course_id == course).values(course_id=course)


def _kept(row: Any) -> Kept:
    keep: Keep = row.keep
    return Kept(row.course_id, Choice(keep, tuple(row.lessons)), row.pack, row.paused)
