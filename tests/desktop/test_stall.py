"""The window never waits for a database: no statement runs on its thread once it is shown."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine, event

from desktop_lms.app import App
from desktop_lms.shell.stall import StallWatch
from lms_core.demo import open_sample

ROUTES = (
    "today", "courses", "course/{course}", "lesson/{lesson}", "quiz/{quiz}", "notes", "search", "search/tide",
    "syncing", "settings", "teach", "import", "builder/{course}", "people/{course}", "library", "today",
)  # fmt: skip


@contextmanager
def statements_here() -> Iterator[list[str]]:
    """Where statements came from that ran on this thread."""
    found: list[str] = []
    here = threading.get_ident()

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == here:
            calls = [f for f in traceback.extract_stack() if "desktop_lms" in f.filename]
            found.append(f"{statement[:60]} from {calls[-1].filename}:{calls[-1].lineno}" if calls else statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def answered(qtbot: QtBot, app: App, work: Any) -> Any:
    """What the workspace says in its turn, after everything that was asked before."""
    answers: list[Any] = []
    assert app.store is not None
    app.store.run(app, work, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=30_000)
    return answers[0]


def test_no_page_asks_the_database_on_the_thread_of_the_window(qtbot: QtBot, qapp: QApplication, tmp_path: Path):
    app = App(qapp, tmp_path)
    try:
        app.enter(app.sessions.start_local("Ada"))
        assert app.window is not None
        course = answered(qtbot, app, open_sample)
        lessons = answered(qtbot, app, lambda w: w.installed.document(course).lessons())
        text = next(x.id for x in lessons if x.assessment is None)
        quiz = next(x.id for x in lessons if x.assessment is not None)
        with statements_here() as found:
            for route in ROUTES:
                app.window.go(route.format(course=course, lesson=text, quiz=quiz))
                assert app.window.route
                answered(qtbot, app, lambda w: None)
            app.loop.sync_now()
            answered(qtbot, app, lambda w: None)
        assert found == []
    finally:
        app.close()


def test_a_window_that_stands_still_is_noticed_with_its_stack(qtbot: QtBot):
    watch = StallWatch(limit=0.02)
    try:
        assert watch.noticed.wait(30)  # here the window's thread stands still
    finally:
        watch.close()
    assert "test_a_window_that_stands_still" in watch.stalls[0].stack
    assert watch.stalls[0].seconds > 0.02


@pytest.mark.parametrize("wish", ["", "1"])
def test_the_watch_runs_when_it_is_wished(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wish: str
):
    monkeypatch.setenv("LMS_STALL", wish)
    app = App(qapp, tmp_path)
    assert (app.watch is not None) == bool(wish)
    app.close()
