"""`make screens`: every screen with real data, in each look, to build/screens for people to look at."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEventLoop
from PySide6.QtWidgets import QApplication

from desktop_lms.app import App
from lms_core.demo import open_sample
from lms_core.workspace import Workspace
from tests.fakes import MemorySecrets

OUT = Path("build/screens")
SETTLE_MS = 900


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


def scenes(data: Data) -> dict[str, str]:
    """Screens by name, with the route to each."""
    return {
        "today": "today", "courses": "courses", "course": f"course/{data.course}", "lesson": f"lesson/{data.lesson}",
        "quiz": f"quiz/{data.practice}", "notes": "notes", "search": "search/sample", "syncing": "syncing",
        "settings": "settings", "teach": "teach", "builder": f"builder/{data.course}",
        "people": f"people/{data.course}", "import": "import",
    }  # fmt: skip


def settle(ms: int = SETTLE_MS) -> None:
    """Let timers, threads and layouts come to rest."""
    timer = QElapsedTimer()
    timer.start()
    while timer.elapsed() < ms:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def apply(app: App, variant: Variant) -> None:
    """Bring a look into force."""
    for name, value in (("theme", variant.theme), ("text_scale", variant.scale), ("language", variant.language)):
        app.preferences.set(name, value)
    if app.window is not None:
        app.window.resize(*variant.size)


def shots(app: App, routes: dict[str, str], *, suffix: str = "") -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each scene, settled, with what takes its picture."""
    window = app.window
    assert window is not None
    for name, route in routes.items():
        window.go(route)
        settle()
        yield f"{name}{suffix}", window.grab


def main() -> int:
    """Render what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a screen's name")
    parser.add_argument("--variant", default="", help="light, dark, contrast, small, mirrored, german, text150")
    given = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    qt = QApplication([])
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for empty in (False, True):
            app = App(qt, Path(folder) / ("empty" if empty else "full"))
            app.sessions.secrets = app.sessions.profiles.secrets = MemorySecrets()
            workspace = app.sessions.start_local("Amara Okafor")
            routes = (
                {"today": "today", "courses": "courses", "notes": "notes", "teach": "teach"}
                if empty
                else scenes(fill(workspace))
            )
            app.enter(workspace)
            variants = VARIANTS[:2] if empty else VARIANTS
            for variant in (v for v in variants if given.variant in v.name):
                apply(app, variant)
                wanted = {n: r for n, r in routes.items() if given.only in n}
                for name, take in shots(app, wanted, suffix="-empty" if empty else ""):
                    take().save(str(OUT / f"{name}-{variant.name}.png"))
                    count += 1
            app.close()
    print(f"{count} pictures in {OUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
