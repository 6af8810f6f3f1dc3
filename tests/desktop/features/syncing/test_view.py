"""The sync page as a person uses it: choose paragraphs, edit, undo, and mend what was sent back."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop_lms.features.syncing.decision.view import Decision, differences
from desktop_lms.features.syncing.view import SyncPage
from desktop_lms.features.syncing.viewmodel import SyncModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.text import Elided, Label
from lms_core.errors import AuthExpired, Offline
from lms_core.sync.replica import clock
from tests.desktop.features.syncing.test_viewmodel import Control
from tests.desktop.features.teaching import Desk
from tests.told import refuse, tell

THEIRS = "It rained.\n\nWe met at the quay.\n\nNobody was late.\n"
MINE = "It rained all day.\n\nWe met at the old quay."


class Opened:
    """The page with what it said and where it led."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.said: list[str] = []
        self.edited: list[tuple[str, str, str]] = []
        self.control = Control()
        self.model = SyncModel(desk.store, self.control)
        self.page = SyncPage(
            self.model, go=lambda route: None, say=lambda text, undo=None: self.said.append(text),
            edit=lambda *what: self.edited.append(what),
        )  # fmt: skip
        qtbot.addWidget(self.page)
        self.page.resize(1216, 744)
        self.page.show()

    def press(self, name: str) -> None:
        QApplication.processEvents()
        shown = [b for b in self.page.findChildren(Button) if b.accessibleName() == name and b.isVisibleTo(self.page)]
        shown[0].click()

    @property
    def words(self) -> str:
        QApplication.processEvents()
        return "\n".join(x.words for x in self.page.findChildren(Label) if x.isVisibleTo(self.page))


def conflict(desk: Desk, account: str = "", **more: str) -> str:
    """A lesson that two people changed."""
    courses = desk.workspace.courses
    lesson = courses.add_lesson(courses.add_module(courses.create_course("The sea"), "One"), "The quay", body=THEIRS)
    me = account or desk.workspace.account
    tell(desk.workspace, "conflict", "c1", account_id=me, audience=[f"account/{me}"], entity="lesson", row=lesson,
         field="body", at=1, status="open", mine=MINE, theirs=THEIRS, **more)  # fmt: skip
    return lesson


def test_each_paragraph_is_chosen_and_the_result_follows(desk: Desk, qtbot: QtBot) -> None:
    lesson = conflict(desk)
    opened = Opened(desk, qtbot)
    decision = opened.page.findChild(Decision)
    first, second = decision.segments
    first.choose(0)
    second.choose(1)
    assert decision.result.toPlainText() == "It rained all day.\n\nWe met at the quay.\n\nNobody was late.\n"
    decision.views.choose(1)
    assert "It rained all day." in decision.seen.toPlainText()
    decision.result.setPlainText("My own words.\n")
    opened.model.refresh()
    assert opened.page.findChild(Decision) is decision, "a sync in between takes nothing from under the hands"
    opened.press("Use this result")
    assert desk.workspace.courses.lesson_draft(lesson).body == "My own words.\n"
    assert opened.said == ["Settled: The quay"]
    assert "Decided" in opened.words
    opened.press("Undo the choice for The quay")
    assert desk.workspace.courses.lesson_draft(lesson).body == THEIRS
    assert opened.model.conflict is not None


def test_what_was_before_and_whose_text_stands_is_shown(desk: Desk, qtbot: QtBot) -> None:
    conflict(desk, before="It drizzled.\n\nWe met at the pier.\n", by="tess", by_name="Tess Harbour")
    opened = Opened(desk, qtbot)
    assert "Before both changes" in opened.words
    assert "Tess Harbour" in [x.text() for x in opened.page.findChildren(Elided)]
    shown = [x.accessibleName() for x in opened.page.findChildren(QLabel)]
    assert "We met at the pier." in "\n".join(shown)


def test_what_is_chosen_is_in_view_in_a_small_window(desk: Desk, qtbot: QtBot) -> None:
    for key in ("first", "second", "third"):
        note = desk.workspace.notes.add(f"The {key} note.")
        refuse(desk.workspace, next(op for op in desk.workspace.sync.outbox() if op.row == note), "out_of_quota")
    opened = Opened(desk, qtbot)
    opened.page.resize(700, 480)
    assert opened.model.board is not None
    for item in opened.model.board.refused:
        opened.model.choose(item.key)
        qtbot.waitUntil(lambda key=item.key: opened.page._seen == key)
        row = next(each for each in opened.page.findChildren(ListRow) if each.is_selected and each.isVisible())
        seen = opened.page._list.viewport().rect()
        at = row.mapTo(opened.page._list.viewport(), row.rect().topLeft())
        assert seen.contains(at)
        assert seen.contains(at.x(), at.y() + row.height() - 1)


def test_two_devices_of_one_person_are_no_two_people(desk: Desk, qtbot: QtBot) -> None:
    conflict(desk, by=desk.workspace.account, by_name="Ada")
    opened = Opened(desk, qtbot)
    assert "You changed the same text on two devices" in opened.words
    opened.press("Keep this one")
    assert opened.model.conflict is None


def test_what_another_author_decides_is_shown_without_a_choice(desk: Desk, qtbot: QtBot) -> None:
    conflict(desk, "somebody-else")
    opened = Opened(desk, qtbot)
    assert opened.model.board.needs_you == 0
    opened.model.choose("c1")
    assert "Its author decides" in opened.words
    assert not [b for b in opened.page.findChildren(Button) if b.accessibleName() == "Use this result"]


def test_a_refused_text_is_mended_in_its_place(desk: Desk, qtbot: QtBot) -> None:
    course = desk.course()
    lesson = desk.id_of(course, "Halos")
    desk.workspace.courses.edit_lesson(lesson, base="A ring around the moon.\n", text="A bright ring.\n")
    refuse(desk.workspace, desk.workspace.sync.outbox()[-1], "forbidden")
    opened = Opened(desk, qtbot)
    opened.press("Edit…")
    assert opened.edited == [(f"builder/{course}/{lesson}", "Halos", "A bright ring.\n")]


def test_the_clock_and_a_revoked_device_are_told(desk: Desk, qtbot: QtBot) -> None:
    with desk.workspace.work() as unit:
        clock.note(unit, desk.clock.ms() + 3_600_000 * 3)
    opened = Opened(desk, qtbot)
    assert "The clock of this device is 3 h behind the server's" in opened.words
    opened.control.trouble = Offline()
    opened.model.on_sync()
    assert "Offline. Everything is saved here" in opened.words
    opened.control.networked = True
    opened.model.on_sync()
    assert "The server does not answer." in opened.words
    opened.control.trouble = AuthExpired("device_revoked")
    opened.model.on_sync()
    assert "This device was removed from your account." in opened.words
    opened.press("Sign in")


def test_differences_are_marked_by_more_than_colour(qapp: object) -> None:
    text, added, removed = differences("one two <b>", "one three <b>")
    assert (added, removed) == (1, 1)
    assert "<s " in text
    assert "<u " in text
    assert "&lt;b&gt;" in text
