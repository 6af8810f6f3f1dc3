"""`make screens`: every screen with real data, in each look, to build/screens for people to look at."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop_lms.app import App
from desktop_lms.features.importer.view import ImportPage
from desktop_lms.features.quiz.view import QuizPage
from desktop_lms.features.settings.view import SettingsPage
from desktop_lms.features.welcome.view import WelcomePage
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from desktop_lms.shell.palette import Palette
from desktop_lms.shell.window import Window
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.switches import Tabs
from desktop_lms.words import tr
from lms_core.demo import COURSES, SAMPLES, open_sample
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets

OUT = Path("build/screens")
SETTLE_MS = 600


@dataclass(frozen=True)
class Variant:
    """One look of a screen."""

    name: str
    theme: str = "light"
    scale: float = 1.0
    language: str = "en"
    size: tuple[int, int] = (1280, 800)


VARIANTS = (
    Variant("light"),
    Variant("dark", theme="dark"),
    Variant("contrast", theme="contrast"),
    Variant("small", size=(960, 640)),
    Variant("mirrored", language="ar"),
    Variant("german", language="de"),
    Variant("text150", scale=1.5),
)
SOME = tuple(v for v in VARIANTS if v.name in ("light", "dark", "mirrored"))


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
    for day in range(4):
        workspace.learning.record_session(lessons[0].id, start_ms=now - day * 86_400_000 - 3_600_000, seconds=1500)
    workspace.notes.add("A sample is a witness. Use this line in the report.", lesson=lessons[0].id, colour="amber",
                        quote="That is statistics, and")  # fmt: skip
    workspace.notes.add("Ask on Tuesday: why stir first?", lesson=lessons[1].id)
    running = workspace.assessment.start(practice.id)
    for question in running.questions[:2]:
        workspace.assessment.answer(practice.id, question.id, [question.options[0].id])
    workspace.learning.open_lesson(lessons[2].id)
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


def _window(app: App) -> Window:
    assert app.window is not None
    return app.window


def _report(folder: Path) -> Scene:
    def go(app: App) -> QWidget:
        window = at("import")(app)
        page = _window(app).stack.currentWidget()
        assert isinstance(page, ImportPage)
        page._model.scan(folder)
        return window

    return go


def _publishing(course: str) -> Scene:
    def go(app: App) -> QWidget:
        window = at(f"builder/{course}")(app)
        settle()
        page = _window(app).stack.currentWidget()
        next(b for b in page.findChildren(Button) if b.accessibleName() == tr("Publish…")).click()
        return window

    return go


def _about(course: str) -> Scene:
    def go(app: App) -> QWidget:
        window = at(f"course/{course}")(app)
        settle()
        tabs = next(t for t in _window(app).stack.currentWidget().findChildren(Tabs) if t.isVisible())
        tabs.choose(1)
        return window

    return go


def _result(quiz: str, attempt: str) -> Scene:
    def go(app: App) -> QWidget:
        window = at(f"quiz/{quiz}")(app)
        settle()
        page = _window(app).stack.currentWidget()
        assert isinstance(page, QuizPage)
        page._model.show_result(attempt)
        return window

    return go


def _palette(app: App) -> QWidget:
    window = at("today")(app)
    _window(app).open_palette()
    return window


def _leaving(app: App) -> QWidget:
    window = at("settings")(app)
    page = _window(app).stack.currentWidget()
    assert isinstance(page, SettingsPage)
    settle()
    page.ask_sign_out()
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


LEARNING = {"today": at("today"), "courses": at("courses"), "notes": at("notes"), "syncing": at("syncing")}


def scenes(data: Data) -> dict[str, Scene]:
    """All screens of the window."""
    learning = {
        "course": at(f"course/{data.course}"), "lesson": at(f"lesson/{data.lesson}"),
        "quiz": at(f"quiz/{data.practice}"), "search": at("search/sample"), "settings": at("settings"),
        "palette": _palette, "sign-out": _leaving,
    }  # fmt: skip
    teaching = {
        "teach": at("teach"), "builder": at(f"builder/{data.course}"), "publish": _publishing(data.course),
        "people": at(f"people/{data.course}"), "import": at("import"), "import-report": _report(SAMPLES / COURSES[0]),
    }  # fmt: skip
    return {**LEARNING, **learning, **teaching}


DOOR = {
    "first-run": _door(WelcomeModel.add_person),
    "first-purpose": _door(WelcomeModel.add_person, WelcomeModel.forward),
    "first-server": _door(WelcomeModel.add_person, WelcomeModel.forward, WelcomeModel.forward),
    "picker": _door(),
    "unlock": _door(lambda model: model.choose(model.profiles[0].id)),
    "first-unreachable": _door(
        WelcomeModel.add_person,
        WelcomeModel.forward,
        WelcomeModel.forward,
        lambda model: model.sign_in("127.0.0.1:9", "amara@school.example", PASSWORD),
    ),
    "unlock-wrong": _door(lambda model: model.choose(model.profiles[0].id), lambda model: model.unlock("Lantern")),
}


@contextmanager
def full(app: App) -> Iterator[dict[str, Scene]]:
    """A learner on this device alone who also writes a course."""
    workspace = app.sessions.start_local("Amara Okafor")
    found = scenes(fill(workspace))
    app.enter(workspace)
    yield found


@contextmanager
def empty(app: App) -> Iterator[dict[str, Scene]]:
    """The first minute."""
    app.enter(app.sessions.start_local("Amara Okafor"))
    yield {**LEARNING, "teach": at("teach"), "search": at("search/sample"), "import": at("import")}


@contextmanager
def begun(app: App) -> Iterator[dict[str, Scene]]:
    """A course that somebody has just begun to write."""
    workspace = app.sessions.start_local("Amara Okafor")
    courses = workspace.courses
    bare, some = courses.create_course("Between the tides"), courses.create_course("Shells")
    quiz = courses.add_lesson(courses.add_module(some, "Limpets"), "What stays", kind="quiz")
    courses.ensure_assessment(quiz)
    app.enter(workspace)
    yield {
        "builder": at(f"builder/{bare}"), "publish": _publishing(bare), "people": at(f"people/{bare}"),
        "questions": at(f"builder/{some}"),
    }  # fmt: skip


@contextmanager
def handed_in(app: App) -> Iterator[dict[str, Scene]]:
    """A learner who handed in what there is, and one more quiz that is not begun."""
    workspace = app.sessions.start_local("Amara Okafor")
    data = fill(workspace)
    running = workspace.assessment.start(data.practice)
    for question in running.questions:
        workspace.assessment.answer(data.practice, question.id, [question.options[0].id])
    receipt = workspace.assessment.submit(data.practice)
    app.enter(workspace)
    yield {
        "quiz-result": _result(data.practice, receipt.attempt_id), "quiz-start": at(f"quiz/{data.graded}"),
        "course-about": _about(data.course),
    }  # fmt: skip


@contextmanager
def offline(app: App) -> Iterator[dict[str, Scene]]:
    """A learner whose server does not answer, with work that waits."""
    server = Server(app.sessions.data_dir.parent / "hub")
    server.start()
    try:
        email = "amara@school.example"
        app.sessions.register(server.url, email=email, password=PASSWORD, first_name="Amara", last_name="Okafor")
        server.command("set-role", "--email", email, "--role", "instructor")
        workspace = app.sessions.sign_in(server.url, email, PASSWORD)
        workspace.synchronize()
    finally:
        server.stop()
    data = fill(workspace)
    app.enter(workspace)
    yield {
        **LEARNING, "course": at(f"course/{data.course}"), "lesson": at(f"lesson/{data.lesson}"),
        "quiz": at(f"quiz/{data.practice}"), "search": at("search/sample"), "settings": at("settings"),
        "teach": at("teach"), "builder": at(f"builder/{data.course}"), "publish": _publishing(data.course),
        "people": at(f"people/{data.course}"), "import-report": _report(SAMPLES / COURSES[0]),
    }  # fmt: skip


@contextmanager
def broken(app: App) -> Iterator[dict[str, Scene]]:
    """What is not there, and what cannot be read."""
    app.enter(app.sessions.start_local("Amara Okafor"))
    nothing, folder = "01a1fda2-0000-7000-a382-9d7d46770bf9", app.sessions.data_dir / "nothing"
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(b"no picture")
    yield {
        **{name: at(f"{name}/{nothing}") for name in ("course", "lesson", "quiz", "builder", "people")},
        "import": _report(folder),
    }


@contextmanager
def door(app: App) -> Iterator[dict[str, Scene]]:
    """Who stands before the app: two people share it."""
    for name in ("Amara Okafor", "Tess Harbour"):
        app.sessions.start_local(name, "Lantern-and-limpet-7").close()
    yield DOOR


WORLDS = {
    "": (full, VARIANTS), "empty": (empty, SOME), "begun": (begun, SOME), "done": (handed_in, SOME),
    "offline": (offline, SOME), "error": (broken, SOME), "door": (door, SOME),
}  # fmt: skip


def settle(ms: int = SETTLE_MS) -> None:
    """Let timers, threads and layouts come to rest."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def apply(app: App, variant: Variant) -> None:
    """Bring a look into force."""
    for name, value in (("theme", variant.theme), ("text_scale", variant.scale), ("language", variant.language)):
        app.preferences.set(name, value)
    if app.window is not None:
        app.window.resize(*variant.size)
    if app.door is not None:
        app.door.resize(*variant.size)


def main() -> int:
    """Render what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a picture's name")
    parser.add_argument("--variant", default="", help=", ".join(v.name for v in VARIANTS))
    given = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    qt = QApplication([])
    qt.setQuitOnLastWindowClosed(False)
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for world, (begin, variants) in WORLDS.items():
            app = App(qt, Path(folder) / (world or "full"))
            app.sessions.secrets = app.sessions.profiles.secrets = MemorySecrets()
            with begin(app) as found:
                for variant in (v for v in variants if given.variant in v.name):
                    apply(app, variant)
                    for scene, go in found.items():
                        name = "-".join(filter(None, (scene, world, variant.name)))
                        if given.only not in name:
                            continue
                        picture = go(app)
                        settle()
                        picture.grab().save(str(OUT / f"{name}.png"))
                        count += 1
                        for sheet in picture.findChildren(Sheet):
                            sheet.close_sheet()
                        for palette in picture.findChildren(Palette):
                            palette.deleteLater()
            apply(app, VARIANTS[0])
            app.close()
            if app.door is not None:
                app.door.close()
    print(f"{count} pictures in {OUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
