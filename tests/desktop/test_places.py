"""What the window offers to whom: places and sections that a role does not have are not there."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop_lms.shell.administration import sections
from desktop_lms.shell.errors import show_error
from desktop_lms.shell.pages import places
from desktop_lms.shell.palette import Palette
from desktop_lms.shell.places import Place
from desktop_lms.shell.rail import WIDE, Rail
from desktop_lms.shell.window import MOST_GONE, Crumb, Window
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.nav import ICON
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import Theme, current, use
from lms_core.errors import Denied, DiskFull
from lms_core.workspace import Person
from tests import walker

AUTHORING = {"teach", "import", "builder", "people", "classes", "library"}


def here(role: str) -> set[str]:
    return {place.name for place in places(cast("Any", None), Person("tess", "Tess", role=role))}


def test_each_role_has_its_places() -> None:  # ROL-03 to ROL-06, ROL-14
    student = here("student")
    assert not student & {*AUTHORING, "admin"}
    assert here("instructor") == student | AUTHORING
    assert not here("manager") & AUTHORING
    assert "admin" in here("manager")
    assert here("admin") >= student | AUTHORING | {"admin"}


@pytest.mark.parametrize("role", ["student", "instructor", "manager", "admin"])
def test_each_role_has_its_sections(role: str) -> None:  # ROL-05, ROL-06, ROL-14
    mine = {section.name for section in sections() if section.may(Person("tess", "Tess", role=role))}
    if role == "admin":
        assert mine == {section.name for section in sections()}
    elif role == "manager":
        assert "accounts" in mine
        assert not mine & {"instructors", "categories"}
    else:
        assert mine == set()


def test_a_refusal_is_a_sentence(qtbot: QtBot) -> None:  # ROL-14
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    sheet = show_error(window, Denied())
    said = [label.words for label in sheet.findChildren(Label)]
    assert "You do not have the right to do this." in said
    sheet = show_error(window, DiskFull())
    said = [label.words for label in sheet.findChildren(Label)]
    assert sum("free some space" in words.lower() for words in said) == 1


def test_the_rail_folds_without_being_made_anew(qtbot: QtBot) -> None:
    rail = Rail(lambda route: None)
    qtbot.addWidget(rail)
    rail.show_places([Place("notes", lambda _: rail, "Notes", "notebook-pen")])
    item, wide = rail.items["notes"], rail.width()
    rail.show_here("notes", compact=True)
    assert (rail.width() < wide, item.toolTip()) == (True, "Notes")
    rail.show_here("notes", compact=False)
    assert (rail.width(), item.toolTip(), rail.items["notes"]) == (wide, "", item)


def test_the_rail_folds_as_the_text_grows(qtbot: QtBot, qapp: QApplication) -> None:
    window = Window(name="Mina", places=[Place("notes", lambda _: QWidget(), "Notes", "notebook-pen")])
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.go("notes")
    assert window.rail.width() == WIDE
    use(qapp, Theme(scale=2.0))
    folded, sought = window.rail.items["notes"].toolTip(), window.search.isVisible()
    qtbot.addWidget(Window(name="Mina"))  # in a language that was chosen at that size
    use(qapp, Theme())
    assert (folded, sought) == ("Notes", False)
    assert (window.rail.items["notes"].toolTip(), window.search.isVisible()) == ("", True)


@pytest.mark.parametrize("count", [7, 12])
def test_a_low_window_at_large_text_cuts_no_place(qtbot: QtBot, qapp: QApplication, count: int) -> None:
    use(qapp, Theme(scale=2.0))
    some = [Place(f"notes{n}", lambda _: QWidget(), "Notes", "notebook-pen") for n in range(count)]
    window = Window(name="Mina", places=some)
    qtbot.addWidget(window)
    window.resize(640, 480)
    window.show()
    QApplication.processEvents()
    window.go(f"notes{count - 1}")
    QApplication.processEvents()
    rail, items = window.rail, list(window.rail.items.values())
    whole = rail.rect().contains(QRect(items[-1].mapTo(rail, QPoint()), items[-1].size()))
    sizes = {(item.width() >= current().px(ICON), item.height() >= current().px(ICON)) for item in items}
    apart = all(above.geometry().bottom() < item.y() for above, item in pairwise(items))
    use(qapp, Theme())
    assert (window.size(), whole, sizes, apart) == (QSize(640, 480), True, {(True, True)}, True)


def test_the_keyboard_stays_on_a_page_whose_button_goes(qtbot: QtBot) -> None:
    start = Button("Start")
    page = Page(start)
    window = Window(name="Mina", places=[Place("course", lambda _: page, "Course")])
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.go("course")
    start.setFocus()
    page.show_items(Button("Go on"))
    assert window.focusWidget() is page


def test_the_keyboard_goes_along_the_trail_and_from_the_palette_into_the_page(qtbot: QtBot) -> None:
    course, lesson = Page(Button("Start")), Page(Button("Done"))
    lesson.crumbs = [("Shells", "course"), ("Limpets", "")]  # type: ignore[attr-defined]
    places = [Place("course", lambda _: course, "Course"), Place("lesson", lambda _: lesson, "Lesson", "house")]
    window = Window(name="Mina", places=places)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.go("lesson")
    crumb = window.findChild(Crumb)
    crumb.setFocus()
    qtbot.keyClick(crumb, Qt.Key.Key_Return)
    focus = window.focusWidget()
    assert window.route == "course"
    assert focus is not None
    assert focus is course or course.isAncestorOf(focus)
    window.search.setFocus()
    window.open_palette()
    palette = window.findChild(Palette)
    qtbot.keyClicks(palette.field, "lesson")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    focus = window.focusWidget()
    assert window.route == "lesson"
    assert focus is not None
    assert focus is lesson or lesson.isAncestorOf(focus)


@pytest.mark.parametrize(("width", "scale"), [(1280, 1.5), (960, 2.0), (640, 2.0)])
def test_the_bar_gives_way_in_a_narrow_window(qtbot: QtBot, qapp: QApplication, width: int, scale: float) -> None:
    trail = [("Meine Kurse", "courses"), ("Statistik für alltägliche Fragen", "course"), ("Wer fehlt hier?", "")]
    page = QWidget()
    page.crumbs = trail  # type: ignore[attr-defined]
    use(qapp, Theme(scale=scale))
    window = Window(name="Mina", places=[Place("lesson", lambda _: page, "Lesson")])
    qtbot.addWidget(window)
    window.show()
    window.go("lesson")
    window.resize(width, 800)
    QApplication.processEvents()
    wrong, chip = walker.cut(window._bar), (window.chip.toolTip(), window.chip.accessibleName())
    use(qapp, Theme())
    assert wrong == []
    assert chip == ("Saved on this device" if width < 1000 else "", "Saved on this device")
    assert (window.chip.toolTip(), [each.accessibleName() for each in window.findChildren(Crumb)]) == (
        "", ["Meine Kurse", "Statistik für alltägliche Fragen"],
    )  # fmt: skip


def test_pages_that_were_left_do_not_gather(qtbot: QtBot) -> None:
    made: list[QWidget] = []

    def make(_: tuple[str, ...]) -> QWidget:
        made.append(QWidget())
        return made[-1]

    window = Window(name="Mina", places=[Place("notes", make, "Notes", "notebook-pen")])
    qtbot.addWidget(window)
    window.show()
    for _ in range(10 * MOST_GONE):
        window.go("notes")
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert sum(map(isValid, made)) <= MOST_GONE + 1, "however quickly one goes on"
    qtbot.waitUntil(lambda: sum(map(isValid, made)) == 1)
