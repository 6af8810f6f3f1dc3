"""How much of the disk courses take, and making room: progress, notes and everything unsent stay in any case.

Only files that came from elsewhere go, never those that this profile made: they may not have been sent yet.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec
from sqlalchemy import delete, select

from lms_core.assessment.tables import attempt, open_attempt
from lms_core.changes import Topic
from lms_core.courses.installed import InstallService
from lms_core.courses.tables import course_card, known_pack
from lms_core.db.bulk import put
from lms_core.downloads.plan import Choice, Kind, chosen, sizes
from lms_core.downloads.service import DownloadsService
from lms_core.downloads.tables import download, unused_here
from lms_core.errors import LmsError, UserError
from lms_core.learning.model import CourseState
from lms_core.unit import Work

GRACE_MS = 30 * 86_400_000
"""How long a file that nothing uses waits: a course that was removed comes back without the network."""


class Files(Protocol):
    """The files of this profile, as `ProfileMedia` has them."""

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""

    def size(self, sha256: str) -> int:
        """Its bytes; raises NotFound."""

    def delete(self, sha256: str) -> None:
        """Let it go."""

    def fetched(self) -> Iterator[str]:
        """Names of those that came from elsewhere."""


class CourseSpace(msgspec.Struct, frozen=True):
    """What a course takes here, in bytes; a file of two courses counts in both. `opened_at` in ms."""

    course: str
    title: str
    text: int
    kinds: dict[Kind, int]
    completed: bool
    opened_at: int
    can_return: bool
    """Whether the catalogue can bring it again."""

    @property
    def media(self) -> int:
        """Bytes of all but the text."""
        return sum(self.kinds.values())

    @property
    def size(self) -> int:
        """All bytes."""
        return self.text + self.media


class Space(msgspec.Struct, frozen=True):
    """The disk as the person sees it: courses, the largest first, and bytes that nothing uses, of all, and free."""

    courses: tuple[CourseSpace, ...]
    used: int
    unused: int
    free: int
    total: int


class StorageService:
    """Tell what lies here and let go of it."""

    def __init__(
        self, work: Work, installed: InstallService, files: Files, downloads: DownloadsService,
        *, folder: Path, states: Callable[[], list[CourseState]], to_send: Callable[[], Collection[str]],
    ) -> None:  # fmt: skip
        self._work, self._installed, self._files, self._downloads = work, installed, files, downloads
        self._folder, self._states, self._to_send = folder, states, to_send

    # --- telling
    def free(self) -> int:
        """Free bytes of the disk."""
        return shutil.disk_usage(self._folder).free

    def space(self) -> Space:
        """What takes how much."""
        states = {state.course_id: state for state in self._states()}
        with self._work() as unit:
            cards = unit.all(select(course_card.c.course_id, course_card.c.pack))
        published = {row.course_id for row in cards if row.pack}
        courses, files = [], dict[str, int]()
        for here in self._installed.installed():
            media = [m for m in self._installed.open(here.pack).media if self._files.has(m.sha256)]
            files |= {m.sha256: m.size for m in media}
            state = states.get(here.course_id)
            courses.append(CourseSpace(
                here.course_id, here.title, here.size, sizes(media),
                completed=bool(state and (state.status == "completed" or state.percent >= 100)),
                opened_at=(state.last_active_at if state else None) or 0,
                can_return=here.course_id in published,
            ))  # fmt: skip
        disk = shutil.disk_usage(self._folder)
        used = sum(files.values()) + sum(each.text for each in courses)
        unused = sum(self._files.size(name) for name in self.unused())
        courses.sort(key=lambda each: (-each.size, each.title.casefold()))
        return Space(tuple(courses), used, unused, disk.free, disk.total)

    def unused(self) -> list[str]:
        """Files that came from elsewhere and that nothing here refers to: no course, no attempt, nothing on its way."""
        packs = self._packs()
        left = self._may_go() - packs
        for pack in packs:
            if not left:  # then no course need be opened
                break
            left.difference_update(each.sha256 for each in self._media_of(pack))
        return sorted(left)

    def _may_go(self) -> set[str]:
        """Files that came from elsewhere, but for those that this profile gives to the hub, too."""
        return set(self._files.fetched()).difference(self._to_send())

    def _packs(self) -> set[str]:
        """The packs of all that is used here, with those of keys."""
        with self._work() as unit:
            packs = {row.pack for row in unit.all(select(attempt.c.pack).distinct())}
            packs |= {row.pack for row in unit.all(select(open_attempt.c.pack))}
            packs |= {row.pack for row in unit.all(select(download.c.pack))}
            keys = {row.pack: row.key_pack for row in unit.all(select(known_pack.c.pack, known_pack.c.key_pack))}
            wanted = {row.course_id for row in unit.all(select(download.c.course_id).where(download.c.pack != ""))}
            cards = unit.all(select(course_card.c.course_id, course_card.c.pack))
        packs |= {row.pack for row in cards if row.course_id in wanted}
        packs |= {each.pack for each in self._installed.installed()}
        packs |= {keys[pack] for pack in packs if pack in keys}
        return packs

    def _media_of(self, pack: str) -> Iterable[Any]:
        try:
            return self._installed.open(pack).media if self._files.has(pack) else ()
        except LmsError:
            return ()

    # --- making room
    def remove_media(self, course: str) -> int:
        """Keep the text of a course alone; returns the bytes that are free again."""
        return self.narrow(course, Choice("text"))

    def narrow(self, course: str, choice: Choice) -> int:
        """Keep no more of a course than a choice takes; returns the bytes that are free again.

        Raises:
            UserError: `course_stays_away` where the catalogue cannot bring the files again.
        """
        self._check_return(course)
        self._downloads.choose(course, choice)
        document = self._installed.document(course)
        wanted = {m.sha256 for m in chosen(document, choice)}
        return self._let_go({m.sha256 for m in document.media} - wanted)

    def remove(self, course: str, *, forever: bool = False) -> int:
        """Take a course off this machine; progress, notes and attempts stay. Returns the bytes that are free again.

        Raises:
            UserError: `course_stays_away` where the catalogue cannot bring it again, but for `forever`.
        """
        if not forever:
            self._check_return(course)
        document = self._installed.document(course)
        self._downloads.forget(course)
        self._installed.remove(course)
        return self._let_go({m.sha256 for m in document.media})

    def clear_unused(self) -> int:
        """Let go of what nothing uses; returns its bytes."""
        return self._delete(self.unused())

    def sweep(self) -> int:
        """The same with what nothing has used for thirty days; to be done once in a while."""
        unused = set(self.unused())
        with self._work() as unit:
            since = {row.sha256: row.since for row in unit.all(select(unused_here))}
            for name in since.keys() - unused:
                unit.local(delete(unused_here).where(unused_here.c.sha256 == name))
            fresh = [{"sha256": name, "since": unit.now_ms} for name in sorted(unused - since.keys())]
            put(unit.conn, unused_here, fresh, ["sha256"])
            old = [name for name in unused if since.get(name, unit.now_ms) + GRACE_MS <= unit.now_ms]
        return self._delete(old)

    def evictable(self) -> list[CourseSpace]:
        """Completed courses that the catalogue can bring again, the least recently opened first: their media may go."""
        found = [each for each in self.space().courses if each.completed and each.can_return and each.media]
        return sorted(found, key=lambda each: each.opened_at)

    def make_room(self, need: int) -> int:
        """Free `need` bytes by that rule, what nothing uses first; returns how many it were, maybe fewer.

        Only with the consent of the person, or where they let it happen by itself.
        """
        done = self.clear_unused()
        for each in self.evictable():
            if done >= need:
                break
            done += self.remove_media(each.course)
        return done

    def _check_return(self, course: str) -> None:
        with self._work() as unit:
            cards = unit.all(select(course_card.c.pack).where(course_card.c.course_id == course))
        here = self._installed.find(course)
        if not any(row.pack for row in cards):
            raise UserError("course_stays_away", title=here.title if here else course)

    def _let_go(self, names: Collection[str]) -> int:
        """Delete those of the files that came from elsewhere and that no other course keeps."""
        kept = set[str]()
        for here in self._installed.installed():
            found = self._downloads.find(here.course_id)
            kept |= {m.sha256 for m in chosen(self._installed.open(here.pack), found.choice if found else Choice())}
        return self._delete((set(names) - kept) & self._may_go())

    def _delete(self, names: Iterable[str]) -> int:
        done, gone = 0, list[str]()
        for name in names:
            done += self._files.size(name)
            self._files.delete(name)
            gone.append(name)
        with self._work() as unit:
            unit.local(delete(unused_here).where(unused_here.c.sha256.in_(gone)), topic=Topic.MEDIA)
        return done
