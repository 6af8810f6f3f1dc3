"""The app says that a copy took the place of a damaged file until the person has closed the bar, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktop_lms.app import App
from desktop_lms.shell.restored import detail, title
from desktop_lms.shell.window import Window
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.words import LANGUAGES, speak
from lms_core.db.restored import Restoration
from tests.fakes import MemorySecrets


@pytest.fixture
def app(tmp_path: Path, qapp: Any) -> Iterator[App]:
    made = App(qapp, tmp_path)
    made.sessions.secrets = made.sessions.profiles.secrets = MemorySecrets()
    workspace = made.sessions.start_local("Mina")
    workspace.notes.add("before the copy")
    workspace.profile.back_up()
    workspace.notes.add("after the copy")
    workspace.close()
    yield made
    made.close()


def spoil(app: App) -> Path:
    """Lose the first page of the file; returns its folder."""
    (folder,) = app.sessions.profiles.root.iterdir()
    with (folder / "data.db").open("rb+") as file:
        file.write(b"\x5a" * 4096)
    return folder


def entered(app: App, qtbot: Any) -> Window:
    """The window, once everything it asked at its opening is answered."""
    app.start()
    assert app.window is not None
    assert app.store is not None
    done: list[None] = []
    app.store.run(app.store, lambda _: None, done.append)
    qtbot.waitUntil(lambda: bool(done))
    return app.window


def test_the_bar_stands_until_it_is_closed(app: App, qtbot: Any) -> None:
    folder = spoil(app)
    window = entered(app, qtbot)
    assert window.restored.isVisible()
    (bar,) = window.restored.findChildren(Banner)
    (aside,) = folder.glob("damaged-*")
    assert "1 unsent change was rescued." in bar.accessibleName()
    assert str(aside) in bar.accessibleName()
    app._close_window()
    window = entered(app, qtbot)
    assert window.restored.isVisible(), "nobody closed it"
    qtbot.mouseClick(window.restored.findChild(Button), Qt.MouseButton.LeftButton)
    assert not window.restored.isVisible()
    app._close_window()
    assert not entered(app, qtbot).restored.isVisible()


def test_there_is_no_bar_without_damage(app: App, qtbot: Any) -> None:
    assert not entered(app, qtbot).restored.isVisible()


def test_every_language_names_the_date_the_counts_and_the_folder() -> None:
    at = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
    many = Restoration(Path("/x/damaged-1"), at, rescued=17, lost=23)
    heard = set()
    try:
        for language in LANGUAGES:
            speak(language)
            heard |= {title(many), detail(many)}
            assert "/x/damaged-1" in detail(many)
            assert "17" in detail(many)
            assert "23" in detail(many)
            assert "14" in title(many) or "١٤" in title(many)
            unknown, empty = Restoration(Path("/x"), at), Restoration(Path("/x"), None, lost=0)
            assert len({detail(unknown), detail(empty)}) == 2
            heard |= {detail(unknown), title(empty)}
    finally:
        speak("en")
    assert len(heard) == 4 * len(LANGUAGES)
