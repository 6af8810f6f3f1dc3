"""Scenes for `make screens`: how one gets to each screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from desktop_lms.app import App
from desktop_lms.features.importer.view import ImportPage
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
from lms_core import ops
from lms_core.demo import COURSES, SAMPLES, open_sample
from lms_core.notifications.events import EVENTS, SAID
from lms_core.notifications.words import say
from lms_core.review.entities import CARD_REVIEW
from lms_core.workspace import Workspace
from tests.certified import certify, credential_of
from tests.e2e.programs import PASSWORD
from tests.told import tell

SETTLE_MS = 600


def settle(ms: int = SETTLE_MS) -> None:
    """Let timers, threads and layouts come to rest."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


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


def grades(workspace: Workspace, course: str, lesson: str) -> None:
    """What came of quizzes in the last weeks."""
    now, me = workspace.clock.ms(), workspace.account
    for n, percent in enumerate((55, 62, 58, 74, 81, 78, 90)):
        keys = {"user_id": me, "course_id": course, "lesson_id": lesson, "assessment_id": f"earlier-{n}"}
        at = now - (30 - 4 * n) * 86_400_000
        tell(workspace, "attempt", f"a{n}", **keys, pack="earlier", started_at=at, submitted_at=at + 600_000)
        tell(workspace, "grade", f"g{n}", **keys, attempt_id=f"a{n}", percent=percent, passed=percent >= 60,
             graded_at=at)  # fmt: skip


CARDS = (
    ("What is a *sample*?", "The part of a whole that one looks at: twelve limpets stand for all on the slipway."),
    (
        "The mean of $x_1, \\dots, x_n$ is …",
        "$$\\bar{x} = \\frac{1}{n} \\sum_{i=1}^{n} x_i$$\n\nOne odd value moves it.",
    ),
    ("What does this print?\n\n```python\nprint(sorted([3, 1, 2])[1])\n```", "`2`, the **median** of three."),
    ("Why weigh more than once?", "Scales differ a little each time; the mean of several is nearer to the truth."),
    ("What makes small samples surprising?", "- They differ more from each other\n- Extreme means are common"),
    ("Spread in one word?", "Variance, or its root: the standard deviation."),
    ("When is a sample biased?", "When some had a better chance to get in than others."),
    ("Mean of 4, 6 and 11?", "7"),
    ("Median of 4, 6 and 11?", "6"),
    ("Range of 4, 6 and 11?", "7, from 4 to 11"),
    ("Mode of 2, 3, 3 and 9?", "3"),
    ("Half of all values lie …", "below the *median*"),
    ("A quarter of all values lie …", "below the first *quartile*"),
    ("Error of a mean?", "It shrinks with √n."),
)


def deck(workspace: Workspace, course: str, lesson: str) -> None:
    """Cards in all states: some known for weeks, some new, one at rest, one often forgotten."""
    review, day, now = workspace.review, 86_400_000, workspace.clock.ms()
    cards = [
        review.add(front, back, course=course, lesson=lesson, tags=["means"] if n % 3 == 1 else [])
        for n, (front, back) in enumerate(CARDS)
    ]
    for n, card in enumerate(cards[6:]):
        log(workspace, card, 3 if n % 3 == 1 else 4, now - n * day)
    for n, card in enumerate(cards[3:5]):
        for ago in (25, 22 - n, 15):
            log(workspace, card, 3, now - ago * day)
    for ago in range(30, 0, -2):
        log(workspace, cards[5], 1 if ago % 4 else 3, now - ago * day)
    review.change(cards[6], suspended=True)


def log(workspace: Workspace, card: str, rating: int, at: int) -> None:
    """A review of an earlier day."""
    values = {"user_id": workspace.account, "card_id": card, "rating": rating, "reviewed_at": at, "duration_ms": 9000}
    with workspace.work() as unit:
        unit.emit(ops.create(CARD_REVIEW, unit.new_id(), values))


def news(workspace: Workspace, course: str) -> None:
    """An inbox of three days."""
    hour, title = 3_600_000, "Sampling and small numbers"
    told = (
        (0.2, "course_updated", "course_update", f"course/{course}", {"course": title, "note": "Lesson 4 has a worked "
         "example, and the table of weights is larger."}, None),
        (1, "announcement", "announcement", "", {}, None),
        (26, "graded", "grade", f"course/{course}", {"quiz": "Weighing limpets", "percent": 83}, 20),
        (27, "class_joined", "enrollment", "courses", {"class": "8b"}, 20),
        (75, "role_changed", "system", "", {"role": "instructor"}, None),
    )  # fmt: skip
    for ago, event, kind, url, values, read in told:
        said = {"title": "The server rests on Saturday", "message": "From six to seven. Go on without a network."}
        words = said if event in SAID else say(event, "en", values)._asdict()
        now = workspace.clock.ms()
        tell(workspace, "notification", event, user_id=workspace.account, event=event, subject="1", kind=kind,
             priority=EVENTS[event].priority, title=words["title"], message=words["message"], action_url=url,
             metadata=values, created_at=int(now - ago * hour), expires_at=None,
             read_at=now - read * hour if read else None, dismissed_at=None)  # fmt: skip


Scene = Callable[[App], QWidget]
"""Goes to a screen and hands over what its picture is taken of."""


def at(route: str) -> Scene:
    """A place of the window."""

    def go(app: App) -> QWidget:
        window = _window(app)
        window.go(route)
        return window

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
    }  # fmt: skip
    return {**LEARNING, **learning, **reviews, **teaching}


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
