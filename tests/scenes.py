"""Scenes for `make screens`: how one gets to each screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop_lms.app import App
from desktop_lms.features.importer.view import ImportPage
from desktop_lms.features.library.view import LibraryPage
from desktop_lms.features.quiz.view import QuizPage
from desktop_lms.features.review.session.view import SessionPage
from desktop_lms.features.review.session.viewmodel import SessionModel
from desktop_lms.features.syncing.board import Board
from desktop_lms.features.syncing.view import SyncPage
from desktop_lms.features.welcome.view import WelcomePage
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from desktop_lms.shell.window import Window
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.switches import Tabs
from desktop_lms.words import tr
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.demo import COURSES, SAMPLES, open_sample
from lms_core.workspace import Workspace
from tests.certified import certify, credential_of
from tests.e2e.programs import PASSWORD
from tests.lived import deck, grades, news
from tests.told import tell

SETTLE_MS = 600


class Pace:
    """How long a scene waits: as a store with threads needs, or so many `turns` where all is done at once."""

    turns = 0


def settle(ms: int = SETTLE_MS) -> None:
    """Let timers, threads and layouts come to rest."""
    for _ in range(Pace.turns):
        QApplication.processEvents()
    if not Pace.turns:
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()


def rest(app: App) -> None:
    """Wait until the store has answered all that was asked, and what its answers asked, then for the layouts."""
    for _ in range(3 if app.store is not None else 0):
        told: list[None] = []
        app.store.run(app, lambda _: None, told.append)
        while not told:
            settle(20)
    settle()


@dataclass(frozen=True)
class Data:
    """What the screens show."""

    course: str
    lesson: str
    practice: str
    graded: str


def fill(workspace: Workspace) -> Data:
    """A learner in the middle of the sample course, who also writes one."""
    course = open_sample(workspace)
    lessons = workspace.installed.document(course).lessons()
    quizzes = [x for x in lessons if x.assessment]
    practice = next(x for x in quizzes if x.assessment and x.assessment.mode == "practice")
    graded = next((x for x in quizzes if x.assessment and x.assessment.mode == "graded"), practice)
    for lesson in lessons[:2]:
        workspace.learning.open_lesson(lesson.id)
        workspace.learning.complete(lesson.id)
    now = workspace.clock.ms()
    workspace.personal.change_settings(goal_minutes=30, goal_days=5)
    for day, minutes in enumerate((25, 35, 52, 40, 44, 0, 38, 20, 28, 51, 0, 45, 32)):
        start = now - day * 86_400_000 - 3_600_000
        workspace.learning.record_session(lessons[0].id, start_ms=start, seconds=60 * minutes)
    grades(workspace, course, practice.id)
    workspace.notes.add("A sample is a witness. Use this line in the report.", lesson=lessons[0].id, colour="amber",
                        quote="That is statistics, and")  # fmt: skip
    workspace.notes.add("Ask on Tuesday: why stir first?", lesson=lessons[1].id)
    running = workspace.assessment.start(practice.id)
    for question in running.questions[:2]:
        workspace.assessment.answer(practice.id, question.id, [question.options[0].id])
    deck(workspace, course, lessons[0].id)
    workspace.learning.open_lesson(lessons[2].id)
    workspace.personal.change_profile(bio="I weigh limpets and count what comes back.", location="Kisumu",
                                      expertise="Field statistics")  # fmt: skip
    workspace.personal.change_social(website="https://amara.example")
    for skill, level in (("Reading maps", "expert"), ("Statistics", "intermediate")):
        workspace.personal.add_skill(skill, level)
    news(workspace, course)
    certify(workspace, credential_of(workspace.account, "01a1fda2-0000-7000-a382-9d7d46770bf9", minutes=210))
    other = credential_of(workspace.account, "01a1fda2-0000-7000-a382-9d7d46770bfa", issued_at=1_761_000_000_000,
                          course_title="Shells and how to weigh them", template="v2")  # fmt: skip
    certify(workspace, other, is_valid=False, revocation_reason="A name was misspelt", revocation_date=now)
    return Data(course, lessons[2].id, practice.id, graded.id)


Scene = Callable[[App], QWidget]
"""Goes to a screen and hands over what its picture is taken of."""


def at(route: str) -> Scene:
    """A place of the window."""

    def go(app: App) -> QWidget:
        window = _window(app)
        window.go(route)
        return window

    return go


def there(route: str) -> Scene:
    """A place of the window, which is not made anew where the window shows it already."""

    def go(app: App) -> QWidget:
        return _window(app) if _window(app).route == route else at(route)(app)

    return go


def page_of(app: App) -> QWidget:
    """The page that the window shows."""
    page = _window(app).stack.currentWidget()
    assert page is not None
    return page


def button(page: QWidget, words: str) -> Button:
    """The button that is called so."""
    return next(b for b in page.findChildren(Button) if b.accessibleName() == tr(words) and b.isVisibleTo(page))


def _window(app: App) -> Window:
    assert app.window is not None
    return app.window


def report(folder: Path) -> Scene:
    def go(app: App) -> QWidget:
        window = at("import")(app)
        page = page_of(app)
        assert isinstance(page, ImportPage)
        page._model.scan(folder)
        return window

    return go


def publishing(course: str) -> Scene:
    def go(app: App) -> QWidget:
        window = at(f"builder/{course}")(app)
        settle()
        button(page_of(app), "Publish…").click()
        return window

    return go


def about(course: str) -> Scene:
    def go(app: App) -> QWidget:
        window = at(f"course/{course}")(app)
        settle()
        tabs = next(t for t in page_of(app).findChildren(Tabs) if t.isVisible())
        tabs.choose(1)
        return window

    return go


def result(quiz: str, attempt: str) -> Scene:
    def go(app: App) -> QWidget:
        window = at(f"quiz/{quiz}")(app)
        settle()
        page = page_of(app)
        assert isinstance(page, QuizPage)
        page._model.show_result(attempt)
        return window

    return go


def palette(app: App) -> QWidget:
    window = at("today")(app)
    _window(app).open_palette()
    return window


def _door(*steps: Callable[[WelcomeModel], object]) -> Scene:
    def go(app: App) -> QWidget:
        if app.door is not None:
            app.door.close()
        app.show_door()
        assert app.door is not None
        page = app.door.centralWidget()
        assert isinstance(page, WelcomePage)
        settle(300)
        for step in steps:
            step(page._model)
        return app.door

    return go


def _with_server(model: WelcomeModel) -> str:
    return next(profile.id for profile in model.profiles or () if profile.server_url)


LEARNING = {
    "today": at("today"), "courses": at("courses"), "notes": at("notes"), "inbox": at("inbox"),
    "progress": at("progress"), "review": at("review"), "syncing": at("syncing"),
}  # fmt: skip
NEW = {"begin": at("begin"), "today": at("today"), "courses": at("courses")}


def reviewing(*steps: Callable[[SessionModel], object]) -> Scene:
    """A session of review, so far."""

    def go(app: App) -> QWidget:
        window = at("review/session")(app)
        settle()
        page = page_of(app)
        assert isinstance(page, SessionPage)
        for step in steps:
            step(page._model)
            settle()
        return window

    return go


def _rate(rating: int) -> Callable[[SessionModel], object]:
    def go(model: SessionModel) -> None:
        model.reveal()
        settle()
        model.rate(rating)

    return go


def _forecast(app: App) -> QWidget:
    window = at("review")(app)
    settle()
    button(page_of(app), "Show as table").click()
    return window


def _shelf(app: App) -> QWidget:
    window = at("library")(app)
    settle()
    page = page_of(app)
    assert isinstance(page, LibraryPage)
    assert page._model.shelf is not None
    page._model.choose(next((f.sha256 for f in page._model.shelf.files if f.used), ""))
    return window


def _preview(app: App) -> QWidget:
    """A free lesson of a course that costs money and that is not joined."""
    store = app.store
    assert store is not None
    text = "The tide turns four times a day.\n\n> [!TIP]\n> Come an hour before low water.\n\n- [ ] boots\n- [ ] a lamp"
    lesson = LessonDoc("harbour-1", "Low water at night", body=text, preview=True)
    modules = (ModuleDoc("harbour-m", "The way down", lessons=(lesson,)),)
    body = build_pack(CourseDocument("harbour", "1.0", "The Harbour at Night", modules=modules))
    card = {"course_id": "harbour", "title": "The Harbour at Night", "price": 24.0, "currency": "EUR", "lessons": 1}

    def offer() -> None:
        store.workspace.installed.install_pack(store.workspace.media.put(body), body)
        tell(store.workspace, "course_card", "card-harbour", **card, is_published=True, version="1.0")

    store.in_turn(offer)
    return at("preview/harbour/harbour-1")(app)


def scenes(data: Data) -> dict[str, Scene]:
    """All screens of the window."""
    learning = {
        "course": at(f"course/{data.course}"), "lesson": at(f"lesson/{data.lesson}"),
        "quiz": at(f"quiz/{data.practice}"), "search": at("search/sample"), "settings": at("settings"),
        "profile": at("profile"), "certificates": at("certificates"), "security": at("security"), "palette": palette,
    }  # fmt: skip
    reviews = {
        "review-front": reviewing(), "review-back": reviewing(*[_rate(3)] * 5, SessionModel.reveal),
        "review-over": reviewing(_rate(3), _rate(1), _rate(4), SessionModel.stop), "review-cards": at("review/cards"),
        "review-table": _forecast,
    }  # fmt: skip
    teaching = {
        "teach": at("teach"), "builder": at(f"builder/{data.course}"),
        "questions": at(f"builder/{data.course}/{data.graded}"), "publish": publishing(data.course),
        "people": at(f"people/{data.course}"), "import": at("import"), "import-report": report(SAMPLES / COURSES[0]),
        "library": _shelf,
    }  # fmt: skip
    return {**LEARNING, **learning, **reviews, **teaching, "preview": _preview}


def _asked(model: WelcomeModel) -> None:
    """A code was asked for."""
    model.mail = "amara@school.example"
    model.set_way("code")


def _second(model: WelcomeModel) -> None:
    """The account asks for a code."""
    model.asks_code = True
    model.changed.emit()


def _away(phase: Literal["page", "code"]) -> Callable[[WelcomeModel], None]:
    def go(model: WelcomeModel) -> None:
        model.entering.label, model.entering.page, model.entering.phase = "School account", "https://", phase
        model.entering.changed.emit()

    return go


FIRST = (WelcomeModel.add_person, WelcomeModel.forward, WelcomeModel.forward)
DOOR = {
    "first-run": _door(WelcomeModel.add_person),
    "first-purpose": _door(WelcomeModel.add_person, WelcomeModel.forward),
    "first-server": _door(*FIRST),
    "first-code": _door(*FIRST, _second),
    "first-away": _door(*FIRST, _away("page")),
    "first-away-code": _door(*FIRST, _away("code")),
    "first-providers": _door(*FIRST, lambda model: model.entering._show((("oidc", "School account"),), "open")),
    "register": _door(*FIRST, lambda model: model.set_way("register")),
    "register-code": _door(
        *FIRST, lambda model: model.set_way("register"), lambda model: model.entering._show((), "code")
    ),
    "local": _door(*FIRST, lambda model: model.set_way("local")),
    "picker": _door(),
    "unlock": _door(lambda model: model.choose(model.profiles[0].id)),
    "first-unreachable": _door(
        *FIRST,
        lambda model: model.sign_in("127.0.0.1:9", "amara@school.example", PASSWORD),
    ),
    "forgot": _door(*FIRST, lambda model: model.set_way("forgot")),
    "forgot-code": _door(*FIRST, _asked),
    "forgotten": _door(lambda model: model.choose(_with_server(model)), WelcomeModel.forgot),
    "unlock-wrong": _door(lambda model: model.choose(model.profiles[0].id), lambda model: model.unlock("Lantern")),
}


def mending(app: App) -> QWidget:
    """A lesson with what was sent back of it at hand."""
    window = choosing(lambda board: board.refused[-1].key)(app)
    settle()
    button(page_of(app), "Edit…").click()
    return window


def choosing(find: Callable[[Board], str]) -> Scene:
    def go(app: App) -> QWidget:
        window = at("syncing")(app)
        settle()
        page = page_of(app)
        assert isinstance(page, SyncPage)
        assert page._model.board is not None
        page._model.choose(find(page._model.board))
        return window

    return go
