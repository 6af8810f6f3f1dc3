"""Choosing what of a course lies here, and seeing what an update brings before agreeing to it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QCheckBox, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.downloads import Downloads
from desktop_lms.features.course.keep.view import ask_to_keep
from desktop_lms.features.course.keep.viewmodel import KeepModel
from desktop_lms.features.course.update.view import show_update
from desktop_lms.features.course.update.viewmodel import UpdateModel
from desktop_lms.features.course.viewmodel import load
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.text import Elided, Label
from lms_core.changes import Changes, Topic
from lms_core.content.model import AssessmentDoc, LessonDoc, ModuleDoc, QuestionDoc
from lms_core.downloads.plan import Choice, Transfer
from lms_core.workspace import Workspace
from tests.core.downloads.shelf import FILES, NAMES, Hub, shore


@pytest.fixture
def hub(workspace: Workspace) -> Hub:
    hub = Hub(workspace)
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice())
    hub.install()
    return hub


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    return made


def words(sheet: QWidget) -> str:
    QApplication.processEvents()
    labels = [x.words for x in sheet.findChildren(Label) if x.isVisibleTo(sheet)]
    return "\n".join([*labels, *(x.accessibleName() for x in sheet.findChildren(Elided) if x.isVisibleTo(sheet))])


def press(sheet: QWidget, name: str) -> None:
    QApplication.processEvents()
    next(b for b in sheet.findChildren(Button) if b.accessibleName() == name and b.isVisibleTo(sheet)).click()


def tick(sheet: QWidget, kind: type[QCheckBox | QRadioButton], name: str) -> None:
    QApplication.processEvents()
    next(b for b in sheet.findChildren(kind) if b.text() == name).click()


def test_each_choice_says_its_size_and_is_brought_about(
    window: QWidget, store: InlineStore, workspace: Workspace, hub: Hub
) -> None:
    downloads = Downloads(store)
    sheet = ask_to_keep(window, KeepModel(store, downloads, "shore"))
    assert "are free on this device" in words(sheet)
    tick(sheet, QRadioButton, "Without videos")
    press(sheet, "Free 20.0 kB")
    assert not workspace.media.has(NAMES["film"])
    assert workspace.media.has(NAMES["talk"])
    sheet = ask_to_keep(window, KeepModel(store, downloads, "shore"))
    tick(sheet, QRadioButton, "Single lessons")
    tick(sheet, QCheckBox, "Crabs")
    assert workspace.downloads.find("shore").choice == Choice("no_video"), "nothing happens before one says so"
    model = sheet.findChildren(KeepModel)[-1]
    assert (model.choice, model.fits) == (Choice("lessons", ("crabs",)), True)
    assert model.size("lessons") == model.size("text") + len(FILES["film"][0]) + len(FILES["crab"][0])


def test_sizes_of_a_course_that_is_not_here(window: QWidget, store: InlineStore, workspace: Workspace) -> None:
    Hub(workspace).offer(shore())
    sheet = ask_to_keep(window, KeepModel(store, Downloads(store), "shore"))
    assert "at most" in words(sheet), "how much of it is video comes with the text"
    tick(sheet, QRadioButton, "Text alone")
    text = workspace.downloads.offer("shore").text
    press(sheet, f"Download {text} bytes")
    assert workspace.downloads.find("shore").choice == Choice("text")


def test_an_update_is_seen_before_it_comes(window: QWidget, store: InlineStore, workspace: Workspace, hub: Hub) -> None:
    newer = hub.offer(shore("2.0", body="They walk.", more="rocks"))
    downloads = Downloads(store)
    sheet = show_update(window, UpdateModel(store, downloads, "shore"), go=print)
    assert "The list of changes comes when you are online." in words(sheet)
    press(sheet, "Later")
    hub.bring(Transfer("shore", newer, 0, "text"))
    sheet = show_update(window, UpdateModel(store, downloads, "shore"), go=print)
    said = words(sheet)
    assert [x in said for x in ("New · 1", "Rocks", "Changed · 1", "Crabs")] == [True] * 4
    workspace.learning.open_lesson("crabs")
    workspace.clock.advance(ms=60_000)
    press(sheet, "Update now")
    assert workspace.installed.find("shore").version == "2.0"
    home = load(workspace, "shore")
    assert [row.title for module in home.modules for row in module.lessons if row.changed] == ["Crabs"]


def test_an_update_leads_to_the_quiz_that_goes_on(
    window: QWidget, store: InlineStore, workspace: Workspace, hub: Hub
) -> None:
    quiz = AssessmentDoc("a", "Quiz", questions=(QuestionDoc("q", "true_false", "Is it wet?"),))
    document = shore().__class__("bay", "1.0", "The bay", modules=(
        ModuleDoc("m", "M", "", (LessonDoc("quiz", "Quiz", "quiz", assessment=quiz),)),))  # fmt: skip
    hub.offer(document)
    workspace.downloads.choose("bay", Choice())
    hub.bring(*workspace.downloads.advance("bay"))
    workspace.downloads.advance("bay")
    workspace.assessment.start("quiz")
    hub.offer(document.__class__("bay", "1.1", "The bay", modules=document.modules))
    routes: list[str] = []
    sheet = show_update(window, UpdateModel(store, Downloads(store), "bay"), go=routes.append)
    press(sheet, "Go to the quiz")
    assert routes == ["quiz/bay/quiz"]
    assert workspace.installed.find("bay").version == "1.0"


def test_an_update_waits_for_its_quiz_also_over_a_restart(
    store: InlineStore, workspace: Workspace, hub: Hub
) -> None:  # OFF-02
    quiz = AssessmentDoc("a", "Quiz", questions=(QuestionDoc("q", "true_false", "Is it wet?"),))
    lesson = LessonDoc("quiz", "Quiz", "quiz", assessment=quiz)
    document = replace(shore(), course_id="bay", modules=(ModuleDoc("m", "M", "", (lesson,)),), media=())
    hub.offer(document)
    workspace.downloads.choose("bay", Choice())
    hub.bring(*workspace.downloads.advance("bay"))
    workspace.downloads.advance("bay")
    workspace.assessment.start("quiz")
    newer = hub.offer(replace(document, version="1.1"))
    hub.bring(Transfer("bay", newer, 0, "text"))
    before = Downloads(store)
    before.fetch("bay")
    assert workspace.installed.find("bay").version == "1.0"
    store.changed.disconnect(before._on_changed)
    again = Downloads(store)
    again.wake()
    assert workspace.installed.find("bay").version == "1.0", "the quiz goes on"
    workspace.assessment.submit("quiz")
    store.changed.emit(Changes(frozenset({Topic.ASSESSMENT})))
    assert workspace.installed.find("bay").version == "1.1"
