"""What a replica offers, by domain: every service over one unit of work, and what follows from writes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lms_core.accounts.personal_service import PersonalService
from lms_core.assessment.effects import Quiz, grading
from lms_core.assessment.service import AssessmentService
from lms_core.certificates.shelf import CertificatesShelf
from lms_core.choices import Choices
from lms_core.content.model import CourseDocument
from lms_core.courses.contents import ContentsService
from lms_core.courses.installed import Fetch, InstallService
from lms_core.courses.library import LibraryService, names_of
from lms_core.courses.service import CoursesService
from lms_core.learning.activity import Activity
from lms_core.learning.days import StudyDays
from lms_core.learning.effects import COURSE_PROGRESS, reckon
from lms_core.learning.notes import NotesService
from lms_core.learning.service import LearningService
from lms_core.media.profile import ProfileMedia
from lms_core.ports import Clock
from lms_core.review import deck
from lms_core.review.service import ReviewService
from lms_core.search.service import SearchService
from lms_core.sync.conflicts import ConflictsService
from lms_core.sync.replica.client import Sync
from lms_core.unit import Unit


def _device(unit: Any) -> str:
    """A short name of this replica."""
    return str(unit.tx.segments()[-1].rep)[:8]


class Services:
    """The services of one open profile; `pack` gives a course version by name, `keep` stores a file of one's own."""

    def __init__(
        self, work: Any, *, media: ProfileMedia, clock: Clock, account: str, server: str, pack: Fetch,
        keep: Callable[[Any, bytes], str],
    ) -> None:  # fmt: skip
        self.sync = Sync(work, media, clock, called=partial(names_of, work))
        self.personal = PersonalService(work, look=work, me=account, keep=keep)
        self.conflicts = ConflictsService(work)
        self.choices = Choices(work)
        self.activity = Activity(clock, kept=bool(server))
        self.search = SearchService(work, self.activity)
        self.courses = CoursesService(work)
        self.contents = ContentsService(work, media)
        self.library = LibraryService(work, media)
        self.installed = InstallService(work, pack, self.follow_course)
        self.search.index.document = self.installed.document
        self.learning = LearningService(work, self.installed, self.activity)
        self.learning.device = _device
        self.days = StudyDays(work)
        self.notes = NotesService(work, self.installed)
        self.certificates = CertificatesShelf(work, me=account, server=server)
        self.assessment = AssessmentService(work, self.installed, self.learning)
        self.review = ReviewService(work)
        self.assessment.missed = self.review.add_missed
        self.installed.busy = self._busy
        self._effects = (COURSE_PROGRESS, grading(self._quiz), deck.MEMORY)

    def follow_course(self, unit: Unit, course: str, document: CourseDocument | None) -> None:
        """What follows when a version comes or goes: search, the deck of cards and progress go by it at once."""
        self.search.index.put_course(unit, course, document)
        self.reckon_course(unit, course, document)

    def reckon_course(self, unit: Unit, course: str, document: CourseDocument | None) -> None:
        """Bring the deck of cards and the progress in a course up to date with the version that is here."""
        deck.offer(unit, course, document)
        reckon(unit, unit.actor.account, course)

    def _busy(self, course: str) -> str | None:
        """The version that an attempt of a course goes on in."""
        return next((pack for running, _, pack in self.assessment.running() if running == course), None)

    def _quiz(self, unit: Unit, pack: str, assessment: str) -> Quiz | None:
        """A practice quiz with its key, as far as this machine has them."""
        key = self.installed.key(pack, assessment)
        if key is None:
            return None
        lessons = self.installed.open(pack).lessons()
        found = next((x.assessment for x in lessons if x.assessment and x.assessment.id == assessment), None)
        return (found, key) if found else None
