"""A walk of every screen of a student: names, targets, contrast, room at 200 %, mirrored, and the keyboard alone."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.app import App
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.search.view import SearchPage
from desktop_lms.roaming import Roaming
from desktop_lms.shell.palette import Palette
from desktop_lms.shell.window import Window
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Choice, Field
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import Theme, use
from desktop_lms.words import speak
from tests import walker
from tests.fakes import MemorySecrets
from tests.lessons import rich_course
from tests.looked import catalogue, offer
from tests.noted import annotate, noted
from tests.scenes import DOOR, Pace, Scene, at, fill, page_of, rest, scenes, settle
from tests.sheets import sheets
from tests.viewed import viewed_course

ROOM, SMALL = (1280, 800), (960, 640)
TEACHING = {"teach", "builder", "questions", "publish", "people", "import", "import-report", "new-course", "library"}
MAIN = ("today", "courses", "course", "lesson-parts", "quiz", "notes-chosen", "review-cards", "progress", "inbox",
        "settings", "storage", "search")  # fmt: skip
TURNS = 6
"""Turns of the loop in which widgets that were made are laid out, one within the other."""
Rule = Callable[[Window], list[str]]


@pytest.fixture
def app(tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The app whose store works at once."""
    monkeypatch.setattr("desktop_lms.app.Store", InlineStore)
    monkeypatch.setattr(Pace, "turns", TURNS)
    gc.disable()  # what goes is cleared away at the end
    made = App(qapp, tmp_path)
    made.sessions.secrets = made.sessions.profiles.secrets = MemorySecrets()
    yield made
    made.close()
    if made.door is not None:
        made.door.close()
    speak("en")
    use(qapp, Theme())
    if made.window is not None:
        made.window.deleteLater()
    made.deleteLater()
    gc.enable()


@pytest.fixture
def screens(app: App) -> dict[str, Scene]:
    """Every screen and sheet of somebody who has learned for a while."""
    workspace = app.sessions.start_local("Amara Okafor")
    data = fill(workspace)
    annotate(workspace, data)
    offer(workspace)
    rich, _ = rich_course(workspace), viewed_course(workspace)
    app.enter(workspace)
    more = {
        "lesson-parts": at(f"lesson/{rich}"), "lesson-pdf": at("lesson/view-pdf"), "storage": at("storage"),
        "lesson-slides": at("lesson/view-slides"), "lesson-package": at("lesson/view-package"),
        "lesson-files": at("lesson/view-files"), "catalogue": catalogue(), "lesson-find": finding(rich),
        "search": answered,
    }  # fmt: skip
    every = {**scenes(data), **sheets(data), **noted(data), **more}
    return {name: scene for name, scene in every.items() if name not in TEACHING}


def finding(lesson: str) -> Scene:
    """The bar that finds words in a lesson."""

    def go(app: App) -> QWidget:
        window = at(f"lesson/{lesson}")(app)
        settle()
        page = page_of(app)
        assert isinstance(page, LessonPage)
        QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        return window

    return go


def answered(app: App) -> QWidget:
    """What a search found, counted and laid out, without the moment that it waits for another key."""
    window = at("search/sample")(app)
    page = page_of(app)
    assert isinstance(page, SearchPage)
    page._model.refresh()
    page._model._count()
    while not page._hits.cells():
        settle()
    return window


def look(app: App, *, theme: str = "light", scale: float = 1.0, language: str = "en") -> None:
    """Bring a look into force."""
    for name, value in (("theme", theme), ("text_scale", scale), ("language", language)):
        app.preferences.set(name, value)
    while app.store is None or app.store.findChild(Roaming) is None:
        settle()
    rest(app)  # the account is told, and what shows its settings is drawn anew


def visit(app: App, scene: Scene, room: tuple[int, int] = ROOM) -> Window:
    """Go to a screen and let it come to rest; nobody looks on, so that it is painted for pictures alone."""
    if app.window is not None:
        app.window.setUpdatesEnabled(False)
    window = scene(app)
    assert isinstance(window, Window)
    if window.size().toTuple() != room:
        window.resize(*room)
    settle()
    QApplication.processEvents()
    return window


def leave(window: Window) -> None:
    """Close what lies over the window."""
    for sheet in window.findChildren(Sheet):
        sheet.close_sheet()
    for palette in window.findChildren(Palette):
        palette.leave()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def found(app: App, visited: dict[str, Scene], *rules: Rule, room: tuple[int, int] = ROOM) -> list[str]:
    """What is wrong, screen by screen; the same thing once."""
    told: dict[str, str] = {}
    for name, scene in visited.items():
        window = visit(app, scene, room)
        for rule in rules:
            QCoreApplication.sendPostedEvents()  # what came meanwhile is laid out
            for each in rule(window):
                told.setdefault(each, name)
        leave(window)
    return [f"{name}: {each}" for each, name in told.items()]


def overlying(rule: Callable[[QWidget], list[str]]) -> Rule:
    """A rule for what lies over all, which is the window itself where nothing does."""
    return lambda window: rule(walker.top(window))


def faint() -> Rule:
    """Words of a window that are hard to see; what stands on several screens is looked at once."""
    known: set[tuple[object, ...]] = set()
    return lambda window: walker.faint(walker.top(window), window, known)


def unmirrored(window: Window) -> list[str]:
    """What a mirrored window leaves where it was."""
    said = [] if window.rail.x() > window.stack.x() else ["the rail does not begin the line"]
    said += [] if window.avatar.x() < window.search.x() < window.rail.x() else ["the bar is not turned"]
    return said + walker.unturned(window)


def test_every_screen_keeps_the_rules(app: App, screens: dict[str, Scene]) -> None:
    wrong = {}
    look(app, scale=2.0, theme="contrast")
    wrong["200 %, high contrast"] = found(
        app, screens, overlying(walker.nameless), walker.unreached, overlying(walker.cut), faint()
    )
    look(app, scale=2.0)
    wrong["200 %, small window"] = found(app, screens, overlying(walker.cut), room=SMALL)
    look(app)
    wrong["light"] = found(app, screens, overlying(walker.small), faint())
    look(app, language="ar", theme="dark")
    wrong["mirrored, dark"] = found(app, screens, unmirrored, overlying(walker.cut), faint())
    look(app, language="de", scale=2.0)
    wrong["German, 200 %"] = found(app, screens, overlying(walker.cut))
    look(app, language="de", scale=1.5)
    wrong["German, 150 %"] = found(app, {name: screens[name] for name in MAIN}, overlying(walker.cut))
    assert {name: each for name, each in wrong.items() if each} == {}


def test_nothing_of_the_door_is_cut_in_a_small_window(app: App) -> None:
    for name, value in (("text_scale", 2.0), ("language", "de")):
        app.preferences.set(name, value)
    wrong = {}
    for name in ("first-run", "first-purpose", "first-server", "register", "local"):
        door = DOOR[name](app)
        door.resize(*SMALL)
        settle()
        QApplication.processEvents()
        wrong[name] = walker.cut(door)
    assert {name: each for name, each in wrong.items() if each} == {}


def test_regions_go_round_with_a_ring_to_see(app: App, screens: dict[str, Scene], qtbot: QtBot) -> None:
    window = visit(app, screens["notes-chosen"])
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    qtbot.wait(300)  # until the ring looks at keys
    next(iter(window.rail.items.values())).setFocus()
    seen = []
    for _ in range(4):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F6)
        here = window.focusWidget()
        seen.append(next(name for name, region in (("rail", window.rail), ("bar", window._bar), ("page", window.stack))
                         if region.isAncestorOf(here)))  # fmt: skip
        assert window.ring.isVisible()
        around = QRect(here.mapTo(window, QPoint()), here.size()).adjusted(-4, -4, 4, 4)
        assert window.ring.geometry() == around & window.rect()
    assert seen == ["bar", "page", "rail", "bar"]


def plain(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    """A window with these below each other."""
    window = QWidget()
    box = QVBoxLayout(window)
    for each in widgets:
        box.addWidget(each)
    qtbot.addWidget(window)
    window.resize(400, 300)
    window.show()
    QApplication.processEvents()
    return window


def test_the_walker_sees_what_is_wrong(qtbot: QtBot) -> None:
    unnamed, tiny, pale, long = Field(), Clickable(name="Go"), Label("Hard to see"), QLabel("Words that need more room")
    narrow = Choice([("all", "All of a course")], name="Too narrow")
    narrow.setFixedWidth(40)
    tiny.setFixedSize(20, 20)
    pale.say("Hard to see", "hairline")
    long.setFixedWidth(40)
    skipped = QCheckBox("Only for the mouse")
    skipped.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    window = plain(qtbot, unnamed, tiny, pale, long, narrow, skipped)
    turned = plain(qtbot, QLabel("Begins at the left"))
    turned.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    turned.findChild(QLabel).setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    out = Label("Half outside")
    out.setParent(window)
    out.move(380, 0)
    out.show()
    assert [each[:8] for each in walker.nameless(window)] == ["no name:"]
    assert any("20x20" in each for each in walker.small(window))
    assert any("Hard to see" in each for each in walker.faint(window, window))
    assert not any("Go" in each for each in walker.faint(window, window))
    known: set[tuple[object, ...]] = set()
    assert [len(walker.faint(window, window, known)) for _ in range(2)] == [1, 0]
    pale.say("Hard to see", "disabled")
    assert len(walker.faint(window, window, known)) == 1, "other colours are looked at again"
    assert {"Words that", "Half outsi", "Too narrow"} <= {each.split("'")[1][:10] for each in walker.cut(window)}
    assert any("Only for the mouse" in each for each in walker.unreached(window))
    assert len(walker.unturned(turned)) == 1


class Leak(Sheet):
    """A sheet that lets the focus go behind it."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        return QWidget.focusNextPrevChild(self, forward)


def test_the_walker_sees_what_lies_behind_a_sheet(qtbot: QtBot) -> None:
    window = plain(qtbot, Button("Behind"))
    for kind, behind in ((Sheet, 0), (Leak, 1)):
        sheet = kind(window, "Sure?", buttons=(Button("Yes"), Button("No")))
        assert len(walker.unreached(window)) == behind
        sheet.close_sheet()


def test_the_walker_sees_what_overlaps_and_what_scrolls_sideways(qtbot: QtBot) -> None:
    one, other = Label("One thing"), Label("Another thing")
    wide = QScrollArea()
    wide.setWidget(QLabel("A line that is much too long for the little room that there is, and then some more"))
    window = plain(qtbot, one, other, wide)
    assert walker.cut(window) != []
    wide.setWidgetResizable(True)
    wide.widget().setWordWrap(True)
    QApplication.processEvents()
    assert walker.cut(window) == []
    other.setGeometry(one.geometry())
    assert any("overlap" in each for each in walker.cut(window))
