"""`make screens`: every screen with real data, in each look, to build/screens for people to look at."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from desktop_lms.app import App
from desktop_lms.demo import hub, prepare
from desktop_lms.features.lesson.film.view import FilmPart
from desktop_lms.shell.palette import Palette
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.reading import LessonText
from lms_core.demo import COURSES, SAMPLES, STUDENT, sign_in
from lms_core.session import Sessions
from lms_core.sync.replica import clock
from lms_core.sync.replica.runs import note_failure
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets
from tests.films import film, sound
from tests.lessons import film_course, marked_course, online_course, rich_course
from tests.looked import looking
from tests.noted import annotate, noted
from tests.scenes import (
    DOOR,
    LEARNING,
    NEW,
    Scene,
    about,
    at,
    choosing,
    fill,
    mending,
    page_of,
    palette,
    publishing,
    report,
    rest,
    result,
    scenes,
    settle,
)
from tests.screens_desk import desk
from tests.screens_error import broken
from tests.screens_keep import keeping
from tests.screens_waiting import waiting
from tests.sequences import one_by_one
from tests.sheets import ELSEWHERE, LINKED, sheets
from tests.told import refuse, tell
from tests.viewed import viewing

OUT = Path("build/screens")


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


@contextmanager
def full(app: App) -> Iterator[dict[str, Scene]]:
    """A learner on this device alone who also writes a course."""
    workspace = app.sessions.start_local("Amara Okafor")
    data = fill(workspace)
    app.enter(workspace)
    yield {**scenes(data), **sheets(data)}


@contextmanager
def noting(app: App) -> Iterator[dict[str, Scene]]:
    """A learner who notes and highlights much."""
    workspace = app.sessions.start_local("Amara Okafor")
    data = fill(workspace)
    annotate(workspace, data)
    app.enter(workspace)
    yield noted(data)


@contextmanager
def empty(app: App) -> Iterator[dict[str, Scene]]:
    """The first minute."""
    app.enter(app.sessions.start_local("Amara Okafor"))
    yield {**LEARNING, "teach": at("teach"), "search": at("search/sample"), "import": at("import"),
           "settings": at("settings"), "palette": palette, "storage": at("storage")}  # fmt: skip


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
        "builder": at(f"builder/{bare}"), "publish": publishing(bare), "people": at(f"people/{bare}"),
        "questions": at(f"builder/{some}"),
    }  # fmt: skip


def reading(lesson: str, *, end: bool = False) -> Scene:
    """A lesson once its words stand, at its beginning or at its end."""

    def go(app: App) -> QWidget:
        window = at(f"lesson/{lesson}")(app)
        text = page_of(app).findChildren(LessonText)[0]
        while not text.toPlainText():
            settle(50)
        for _ in range(3 if end else 0):
            text.verticalScrollBar().setValue(text.verticalScrollBar().maximum())
            settle(100)
        return window

    return go


def watching(course: str, *, words: bool = False) -> Scene:
    """A lesson whose video plays, stopped in its midst; with `words` its transcript is open."""

    def go(app: App) -> QWidget:
        window = at(f"lesson/{course}-1")(app)
        while not (parts := page_of(app).findChildren(FilmPart)) or (player := parts[0].player) is None:
            settle(50)
        part = parts[0]
        if words:
            part.open_transcript()
        player.switch_captions()
        player.play()
        settle(700)
        player.pause()
        player.seek(1.5)
        settle(300)
        return window

    return go


@contextmanager
def studying(app: App) -> Iterator[dict[str, Scene]]:
    """A lesson with all that can stand in one."""
    workspace = app.sessions.start_local("Amara Okafor")
    lesson, large = rich_course(workspace), marked_course(workspace)
    film_course(workspace, film())
    film_course(workspace, sound(8), mime="audio/wav", course="sound")
    film_course(workspace, b"\x00\x00\x00\x18ftypmp42 no film", course="broken")
    app.enter(workspace)
    yield {
        "lesson-parts": reading(lesson), "lesson-files": reading(lesson, end=True), "film": at("lesson/film-1"),
        "lesson-large": reading(large), "lesson-code": reading(large, end=True),
        "film-playing": watching("film"), "film-words": watching("film", words=True),
        "film-sound": watching("sound", words=True), "film-broken": watching("broken"),
        "film-online": at(f"lesson/{online_course(workspace)}"),
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
    locked = one_by_one(workspace)
    app.enter(workspace)
    yield {
        "course-locked": at(f"course/{locked}"),
        "quiz-result": result(data.practice, receipt.attempt_id), "quiz-start": at(f"quiz/{data.graded}"),
        "course-about": about(data.course),
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
    running = workspace.assessment.start(data.graded)
    for question in running.questions:
        workspace.assessment.answer(data.graded, question.id, [question.options[0].id])
    receipt = workspace.assessment.submit(data.graded)
    app.enter(workspace)
    while app.loop is None or app.loop.trouble is None:
        settle(100)
    yield {
        **LEARNING, "course": at(f"course/{data.course}"), "lesson": at(f"lesson/{data.lesson}"),
        "quiz": at(f"quiz/{data.practice}"), "search": at("search/sample"), "settings": at("settings"),
        "teach": at("teach"), "builder": at(f"builder/{data.course}"), "publish": publishing(data.course),
        "people": at(f"people/{data.course}"), "import": at("import"), "import-report": report(SAMPLES / COURSES[0]),
        "quiz-start": at(f"quiz/{data.graded}"), "quiz-result": result(data.graded, receipt.attempt_id),
        "course-about": about(data.course), "by-file": LINKED["by-file"], "delete-account": at("delete-account"),
    }  # fmt: skip


YOURS = """Your neighbour weighed twelve others and got 4.9 g. Nobody made a mistake. The question is how far apart \
honest numbers tend to be.

A mean of twelve wanders less than a mean of three."""


BEFORE = """Your neighbour weighed twelve others and got 4.9 g. The question is how sure one can be.

A mean of twelve is better than a mean of three."""


def undecided(workspace: Workspace, course: str, *, own: bool = True) -> str:
    """A paragraph of a lesson that two people changed; returns the conflict."""
    lesson = workspace.courses.outline(course).modules[0].lessons[-1]
    body = workspace.courses.lesson_draft(lesson.id).body
    theirs = f"""Your neighbour weighed twelve others and got 4.9 g. The question is how much a mean wanders from \
sample to sample.

A mean of twelve is worth more than a mean of three.

{body}"""
    workspace.courses.edit_lesson(lesson.id, base=body, text=theirs)
    key, who = ("own", workspace.account) if own else ("others", "somebody")
    tell(workspace, "conflict", key, account_id=who, audience=[f"account/{who}"], entity="lesson", row=lesson.id,
         field="body", at=workspace.clock.ms() - 86_400_000, status="open", mine=YOURS, theirs=theirs,
         before=BEFORE, author="" if own else "Joseph Mwangi", by="tess", by_name="Tess Harbour")  # fmt: skip
    return key


REFUSED = choosing(lambda board: board.refused[0].key)


@contextmanager
def needed(app: App) -> Iterator[dict[str, Scene]]:
    """What needs a decision, what came back, what was decided, and a clock that is off."""
    workspace = app.sessions.start_local("Amara Okafor")
    data = fill(workspace)
    undecided(workspace, data.course, own=False)
    key = undecided(workspace, data.course)
    workspace.conflicts.settle(key, "A mean of twelve is worth more.\n")
    workspace.conflicts.reopen(key)
    note = workspace.notes.add("Bring the scales on Tuesday, the large ones.")
    refuse(workspace, next(op for op in workspace.sync.outbox() if op.row == note), "out_of_quota")
    lesson = workspace.courses.outline(data.course).modules[0].lessons[0].id
    body = workspace.courses.lesson_draft(lesson).body
    workspace.courses.edit_lesson(lesson, base=body, text=f"{body}\n{YOURS}\n")
    refuse(workspace, workspace.sync.outbox()[-1], "too_large")
    with workspace.work() as unit:
        clock.note(unit, unit.now_ms - 3 * 3_600_000)
        note_failure(unit, "offline")
    app.enter(workspace)
    yield {
        "syncing": at("syncing"), "syncing-refused": REFUSED, "discard": ELSEWHERE["discard"](REFUSED),
        "syncing-others": choosing(lambda board: board.elsewhere[0].item.id), "mending": mending,
    }  # fmt: skip


@contextmanager
def new(app: App) -> Iterator[dict[str, Scene]]:
    """A student who has just signed in for the first time, at a server with courses."""
    folder = app.sessions.data_dir.parent / "school"
    with hub(folder / "hub") as url:
        prepare(folder, url)
        workspace = sign_in(app.sessions, url, STUDENT)
        workspace.synchronize()
        workspace.learning.enroll(workspace.courses.catalog()[0].id)
        other = Sessions(folder / "other")
        other.secrets = other.profiles.secrets = MemorySecrets()
        sign_in(other, url, STUDENT).close()
        app.enter(workspace)
        yield {**NEW, **LINKED}


@contextmanager
def door(app: App) -> Iterator[dict[str, Scene]]:
    """Who stands before the app: three people share it, one of them with a server."""
    server = Server(app.sessions.data_dir.parent / "harbour" / "hub")
    server.data.parent.mkdir()
    server.start()
    try:
        who = "joseph@school.example"
        app.sessions.register(server.url, email=who, password=PASSWORD, first_name="Joseph", last_name="Mwangi")
        app.sessions.sign_in(server.url, who, PASSWORD).close()
    finally:
        server.stop()
    for name in ("Amara Okafor", "Tess Harbour"):
        app.sessions.start_local(name, "Lantern-and-limpet-7").close()
    yield {**DOOR, "file-password": ELSEWHERE["file-password"](DOOR["picker"])}


WORLDS = {
    "": (full, VARIANTS), "empty": (empty, SOME), "begun": (begun, SOME), "done": (handed_in, SOME),
    "study": (studying, VARIANTS),
    "keeping": (keeping, VARIANTS),
    "looking": (looking, VARIANTS),
    "view": (viewing, VARIANTS),
    "noted": (noting, VARIANTS),
    "needed": (needed, VARIANTS), "new": (new, VARIANTS), "desk": (desk, SOME), "offline": (offline, SOME),
    "error": (broken, SOME), "waiting": (waiting, SOME), "door": (door, SOME),
}  # fmt: skip


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
    parser.add_argument("--world", default="", help=", ".join(filter(None, WORLDS)))
    parser.add_argument("--variant", default="", help=", ".join(v.name for v in VARIANTS))
    given = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    qt = QApplication([])
    qt.setQuitOnLastWindowClosed(False)
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for world, (begin, variants) in WORLDS.items():
            if given.world not in world:
                continue
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
                        settle() if world == "waiting" else rest(app)
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
