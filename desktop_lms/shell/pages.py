"""Where routes lead: each page is made when it is first needed, so that starting loads one page only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop_lms.downloads import Downloads
from desktop_lms.preferences import Preferences
from desktop_lms.shell.administration import administration, classes
from desktop_lms.shell.keeping import Sheets
from desktop_lms.shell.lessons import LessonPages
from desktop_lms.shell.places import Place
from desktop_lms.shell.sync_loop import SyncLoop
from desktop_lms.shell.window import Window
from desktop_lms.store import Store
from desktop_lms.words import tr
from lms_core.permissions import Who, is_instructor_or_admin, is_moderator_or_up


@dataclass
class Context:
    """What pages are made of."""

    store: Store
    preferences: Preferences
    loop: SyncLoop
    downloads: Downloads
    sign_out: Callable[[], None]
    part: Callable[[bool], None]
    link: Any
    open_example: Callable[[], None] | None = None
    window: Window | None = None
    language: str = ""
    lessons: LessonPages | None = None

    def lesson(self, lesson: str, place: str = "") -> QWidget:
        """The page of a lesson."""
        self.build_ahead()
        return self.lessons.page(lesson, place) if self.lessons is not None else QWidget()

    def build_ahead(self) -> None:
        """Let the present window have pages of lessons, of which one is built before it is wanted."""
        if self.window is not None and (self.lessons is None or self.lessons.window is not self.window):
            self.lessons = LessonPages(self, self.window)

    def go(self, route: str) -> None:
        """Follow a route."""
        if self.window is not None:
            self.window.go(route)

    def edit(self, route: str, title: str, text: str) -> None:
        """Follow a route with a text at hand."""
        if self.window is not None:
            self.window.go(route)
            if text:
                self.window.kept.hold(title, text)

    def say(self, text: str, undo: Any = None) -> None:
        """Show a toast."""
        if self.window is not None:
            self.window.say(text, undo)


def places(context: Context, who: Who) -> list[Place]:
    """All places that somebody has."""

    def to(make: Callable[..., QWidget]) -> Callable[[tuple[str, ...]], QWidget]:
        return lambda rest: make(context, *rest)

    found = [
        Place("today", to(_today), tr("Today"), "sun"),
        Place("courses", to(_courses), tr("Courses"), "library-big"),
        Place("notes", to(_notes), tr("Notes"), "notebook-pen"),
        Place("review", to(_review), tr("Review"), "layers"),
        Place("inbox", to(_inbox), tr("Inbox"), "inbox"),
        Place("progress", to(_progress), tr("Progress"), "chart-no-axes-column"),
        Place("course", to(_course), tr("Course"), section="courses"),
        Place("lesson", to(_lesson), tr("Lesson"), section="courses"),
        Place("preview", to(_preview), tr("Lesson"), section="courses"),
        Place("quiz", to(_quiz), tr("Quiz"), section="courses"),
        Place("storage", to(_storage), tr("Storage"), section="courses"),
        Place("search", to(_search), tr("Search")),
        Place("syncing", to(_syncing), tr("Sync")),
        Place("begin", to(_begin), tr("Your courses"), section="today"),
        Place("profile", to(_profile), tr("Profile"), section="settings"),
        Place("certificates", to(_certificates), tr("Certificates"), section="settings"),
        Place("instructor", to(_instructor), tr("Teaching"), section="settings"),
        Place("security", to(_security), tr("Security"), section="settings"),
        Place("delete-account", to(_deleting), tr("Delete the account"), section="settings"),
        Place("settings", to(_settings), tr("Settings"), "settings", group=-1),
    ]
    if is_instructor_or_admin(who):
        teach, *rest = _teaching(to)
        found.insert([each.name for each in found].index("course"), teach)
        found += rest
    if is_moderator_or_up(who):
        found.insert(
            -1,
            Place("admin", lambda rest: administration(context, who, *rest), tr("Administration"), "shield", group=2),
        )
    return found


def _teaching(to: Callable[[Callable[..., QWidget]], Callable[[tuple[str, ...]], QWidget]]) -> list[Place]:
    """Places of those who write courses, the one in the rail first."""
    return [
        Place("teach", to(_teach), tr("Teach"), "presentation", group=1),
        Place("import", to(_import), tr("Import"), section="teach"),
        Place("builder", to(_builder), tr("Builder"), section="teach"),
        Place("people", to(_people), tr("People"), section="teach"),
        Place("library", to(_library), tr("Files"), section="teach"),
        Place("classes", to(_classes), tr("Classes"), section="teach"),
    ]


def _today(c: Context) -> QWidget:
    from desktop_lms.features.today.view import TodayPage
    from desktop_lms.features.today.viewmodel import TodayModel

    model = TodayModel(c.store)
    return _own(TodayPage(model, go=c.go, open_example=c.open_example), model)


def _begin(c: Context) -> QWidget:
    from desktop_lms.features.begin.view import BeginPage
    from desktop_lms.features.begin.viewmodel import BeginModel

    model = BeginModel(c.store, c.downloads)
    model.text_only = c.loop.metered
    c.loop.state_changed.connect(model.refresh)
    return _own(BeginPage(model, go=c.go, trouble=lambda: c.loop.trouble, join=_join(c)), model)


def _courses(c: Context) -> QWidget:
    from desktop_lms.features.courses.view import CoursesPage
    from desktop_lms.features.courses.viewmodel import CoursesModel

    model = CoursesModel(c.store)
    page = CoursesPage(model, c.downloads, go=c.go, say=c.say, open_example=c.open_example, join=_join(c))
    return _own(page, model)


def _join(c: Context) -> Callable[[], object] | None:
    """What asks for the code of a class, for somebody with a server."""
    if not c.loop.linked:
        return None

    def ask() -> None:
        from desktop_lms.features.joining.view import ask_to_join
        from desktop_lms.features.joining.viewmodel import JoiningModel

        if c.window is not None:
            ask_to_join(c.window, JoiningModel(c.store, c.loop.sync_now), say=c.say)

    return ask


def _course(c: Context, course: str) -> QWidget:
    from desktop_lms.features.course.view import CoursePage
    from desktop_lms.features.course.viewmodel import CourseModel

    model = CourseModel(c.store, course)
    return _own(CoursePage(model, c.downloads, go=c.go, say=c.say, sheets=Sheets(c)), model)


def _storage(c: Context) -> QWidget:
    from desktop_lms.features.courses.storage.view import StoragePage
    from desktop_lms.features.courses.storage.viewmodel import StorageModel

    model = StorageModel(c.store, c.downloads)
    return _own(StoragePage(model, go=c.go, say=c.say, keep=Sheets(c).keep), model)


def _lesson(c: Context, *rest: str) -> QWidget:
    lesson, place = (rest[1], rest[2]) if len(rest) > 2 else (rest[-1], "")
    return c.lesson(lesson, place)


def _preview(c: Context, course: str, lesson: str) -> QWidget:
    from desktop_lms.features.lesson.preview.view import PreviewPage
    from desktop_lms.features.lesson.preview.viewmodel import PreviewModel

    model = PreviewModel(c.store, course, lesson)
    return _own(PreviewPage(model, go=c.go), model)


def _quiz(c: Context, *rest: str) -> QWidget:
    from desktop_lms.features.quiz.view import QuizPage
    from desktop_lms.features.quiz.viewmodel import QuizModel

    model = QuizModel(c.store, rest[-1])
    return _own(QuizPage(model, go=c.go), model)


def _notes(c: Context) -> QWidget:
    from desktop_lms.features.notes.view import NotesPage
    from desktop_lms.features.notes.viewmodel import NotesModel

    model = NotesModel(c.store)
    return _own(NotesPage(model, go=c.go, say=c.say, open_example=c.open_example), model)


def _review(c: Context, part: str = "", words: str = "") -> QWidget:
    if part == "session":
        from desktop_lms.features.review.session.view import SessionPage
        from desktop_lms.features.review.session.viewmodel import SessionModel

        session = SessionModel(c.store)
        return _own(SessionPage(session, go=c.go, say=c.say), session)
    if part == "cards":
        from desktop_lms.features.review.browse.view import BrowsePage
        from desktop_lms.features.review.browse.viewmodel import BrowseModel

        cards = BrowseModel(c.store, words)
        return _own(BrowsePage(cards, go=c.go, say=c.say), cards)
    from desktop_lms.features.review.view import ReviewPage
    from desktop_lms.features.review.viewmodel import ReviewModel

    model = ReviewModel(c.store)
    return _own(ReviewPage(model, go=c.go, say=c.say, open_example=c.open_example), model)


def _inbox(c: Context) -> QWidget:
    from desktop_lms.features.inbox.view import InboxPage
    from desktop_lms.features.inbox.viewmodel import InboxModel

    model = InboxModel(c.store)
    return _own(InboxPage(model, go=c.go, say=c.say), model)


def _progress(c: Context) -> QWidget:
    from desktop_lms.features.progress.view import ProgressPage
    from desktop_lms.features.progress.viewmodel import ProgressModel

    model = ProgressModel(c.store)
    return _own(ProgressPage(model, go=c.go, say=c.say, open_example=c.open_example), model)


def _search(c: Context, *words: str) -> QWidget:
    from desktop_lms.features.search.view import SearchPage
    from desktop_lms.features.search.viewmodel import SearchModel

    model = SearchModel(c.store)
    return _own(SearchPage(model, go=c.go, words="/".join(words)), model)


def _teach(c: Context) -> QWidget:
    from desktop_lms.features.teach.view import TeachPage
    from desktop_lms.features.teach.viewmodel import TeachModel

    model = TeachModel(c.store)
    return _own(TeachPage(model, go=c.go, say=c.say, example=c.open_example, classes=c.loop.linked), model)


def _import(c: Context) -> QWidget:
    from desktop_lms.features.importer.view import ImportPage
    from desktop_lms.features.importer.viewmodel import ImportModel

    model = ImportModel(c.store)
    return _own(ImportPage(model, go=c.go), model)


def _builder(c: Context, course: str, lesson: str = "", *_: str) -> QWidget:
    from desktop_lms.features.builder.view import BuilderPage
    from desktop_lms.features.lesson.parts import make_part
    from desktop_lms.features.lesson.room import Room
    from lms_core.content.model import LessonDoc

    room = Room(c.store, LessonDoc("", ""), {})  # of no course: nothing that is done in a preview is kept
    part = partial(make_part, room=room)
    return _own(BuilderPage(c.store, course, lesson=lesson, go=c.go, say=c.say, part=part), room)


def _people(c: Context, course: str) -> QWidget:
    from desktop_lms.features.people.view import PeoplePage
    from desktop_lms.features.people.viewmodel import PeopleModel

    model = PeopleModel(c.store, course, c.loop.sync_now)
    return _own(PeoplePage(model, go=c.go, say=c.say), model)


def _library(c: Context) -> QWidget:
    from desktop_lms.features.library.view import LibraryPage
    from desktop_lms.features.library.viewmodel import LibraryModel

    model = LibraryModel(c.store)
    return _own(LibraryPage(model, go=c.go), model)


def _syncing(c: Context) -> QWidget:
    from desktop_lms.features.syncing.files.viewmodel import FilesModel
    from desktop_lms.features.syncing.view import SyncPage
    from desktop_lms.features.syncing.viewmodel import SyncModel

    model = SyncModel(c.store, c.loop)
    files = FilesModel(c.store, model)
    c.loop.state_changed.connect(model.on_sync)
    return _own(SyncPage(model, go=c.go, say=c.say, edit=c.edit, files=files), model)


def _settings(c: Context) -> QWidget:
    from desktop_lms.features.settings.view import SettingsPage
    from desktop_lms.features.settings.viewmodel import SettingsModel

    model = SettingsModel(c.store, c.preferences, c.sign_out, c.link)
    return _own(SettingsPage(model, go=c.go, say=c.say), model)


def _profile(c: Context) -> QWidget:
    from desktop_lms.features.profile.view import ProfilePage
    from desktop_lms.features.profile.viewmodel import ProfileModel

    model = ProfileModel(c.store)
    return _own(ProfilePage(model, go=c.go), model)


def _instructor(c: Context) -> QWidget:
    from desktop_lms.features.instructor.view import InstructorPage
    from desktop_lms.features.instructor.viewmodel import InstructorModel

    model = InstructorModel(c.store, c.loop.sync_now)
    return _own(InstructorPage(model, go=c.go, say=c.say), model)


def _certificates(c: Context) -> QWidget:
    from desktop_lms.features.certificates.view import CertificatesPage
    from desktop_lms.features.certificates.viewmodel import CertificatesModel

    model = CertificatesModel(c.store)
    return _own(CertificatesPage(model, go=c.go, say=c.say), model)


def _security(c: Context) -> QWidget:
    from desktop_lms.features.security.view import SecurityPage
    from desktop_lms.features.security.viewmodel import SecurityModel

    model = SecurityModel(c.store)
    return _own(SecurityPage(model, go=c.go, say=c.say), model)


def _deleting(c: Context) -> QWidget:
    from desktop_lms.features.deleting.view import DeletingPage
    from desktop_lms.features.deleting.viewmodel import DeletingModel

    model = DeletingModel(c.store, c.part)
    return _own(DeletingPage(model, go=c.go, say=c.say), model)


def _classes(c: Context, name: str = "") -> QWidget:
    page, model = classes(c, name, route="classes")
    return _own(page, model)


def _own(page: QWidget, model: Any) -> QWidget:
    """Let a model live and die with its page."""
    model.setParent(page)
    return page
