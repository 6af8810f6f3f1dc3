"""Buttons of the sync page, pressed in the page itself over a real workspace: by file, save data, and ways on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QWidget,
)  # fmt: skip
from pytestqt.qtbot import QtBot

from desktop_lms.features.syncing.files.viewmodel import REPLY, SUFFIX, FilesModel
from desktop_lms.features.syncing.view import SyncPage
from desktop_lms.features.syncing.viewmodel import SyncModel
from desktop_lms.shell.sync_loop import SyncLoop
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.text import Label
from lms_core.courses.entities import COURSE_INSTRUCTOR
from lms_core.courses.rules import instructor_id
from lms_core.workspace import Workspace
from tests.core.school import School, prepare_hub
from tests.core.sync.test_bundles import Post
from tests.desktop.features.syncing.test_view import MINE, THEIRS, conflict
from tests.desktop.features.teaching import Desk
from tests.fakes import FakeClock
from tests.told import refuse

LEFT = Qt.MouseButton.LeftButton
ROLES = (QDialogButtonBox.StandardButton.Save, QDialogButtonBox.StandardButton.Open)


class Hands:
    """The page with all it needs, and what a mouse does to it."""

    def __init__(self, store: InlineStore, qtbot: QtBot) -> None:
        self.qtbot, self.said = qtbot, list[str]()
        self.loop = SyncLoop(store)
        self.model, self.files = SyncModel(store, self.loop), FilesModel(store)
        self.page = SyncPage(
            self.model, go=lambda route: None, say=lambda text, undo=None: self.said.append(text), files=self.files
        )
        qtbot.addWidget(self.page)
        self.page.resize(1216, 744)
        self.page.show()

    def named(self, name: str) -> QWidget:
        """The visible button or box of this name; one on a sheet comes before those beneath."""
        QApplication.processEvents()
        places = [*(s for s in self.page.window().findChildren(Sheet) if s.isVisible()), self.page]
        found = [w for place in places for kind in (QPushButton, QCheckBox) for w in place.findChildren(kind)
                 if name in (w.accessibleName(), w.text()) and w.isVisible()]  # fmt: skip
        assert found, name
        return found[0]

    def press(self, name: str) -> None:
        self.qtbot.mouseClick(self.named(name), LEFT)

    def choose(self, name: str, path: Path) -> None:
        """Press a button that asks for a file, and name one in the dialog."""
        asked = list[str]()

        def take() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog):
                QTimer.singleShot(10, take)
                return
            asked.append(dialog.windowTitle())
            field = dialog.findChild(QLineEdit, "fileNameEdit")
            box = dialog.findChild(QDialogButtonBox)
            assert field is not None
            assert box is not None
            field.setText(str(path))
            self.qtbot.mouseClick(next(b for role in ROLES if (b := box.button(role))), LEFT)

        QTimer.singleShot(0, take)
        self.press(name)
        assert len(asked) == 1

    @property
    def words(self) -> str:
        QApplication.processEvents()
        return "\n".join(x.words for x in self.page.window().findChildren(Label) if x.isVisible())


@pytest.fixture
def post(tmp_path: Path, clock: FakeClock) -> Iterator[Post]:
    (tmp_path / "new").mkdir()
    school = School(tmp_path, prepare_hub(tmp_path / "new"), clock)
    yield Post(school, tmp_path / "stick")
    school.close()


@pytest.fixture
def sam(post: Post) -> Workspace:
    return post.laptop(post.school.person("sam"))


@pytest.fixture
def hands(sam: Workspace, qtbot: QtBot) -> Iterator[Hands]:
    store = InlineStore(sam)
    yield Hands(store, qtbot)
    store.close()


def test_work_goes_out_and_comes_back_by_file(hands: Hands, sam: Workspace, post: Post) -> None:  # OFF-13
    sam.notes.add("By stick.")
    file = post.folder / f"work{SUFFIX}"
    hands.choose("Send by file…", file)
    assert "The file is ready" in [s.accessibleName() for s in hands.page.findChildren(Sheet)]
    assert f"1 change is in {file.name}. It stays here until the answer is in." in hands.words
    assert sam.sync.status().waiting == 1
    hands.press("Close")
    post.hub.answer(file, reply := file.with_name(file.name + REPLY))
    hands.choose("Receive file…", reply)
    assert sam.sync.status().waiting == 0
    assert [said.split(":")[0] for said in hands.said] == ["The answer is in"]


def test_a_file_that_is_no_answer_is_told_and_changes_nothing(hands: Hands, sam: Workspace, post: Post) -> None:
    sam.notes.add("By stick.")
    file = post.folder / f"work{REPLY}"
    file.write_bytes(b"LMSBNDL1 and then nothing")
    hands.choose("Receive file…", file)
    assert "That did not work" in [s.accessibleName() for s in hands.page.findChildren(Sheet)]
    hands.press("Close")
    assert sam.sync.status().waiting == 1
    assert hands.named("Receive file…").isEnabled()


def test_saving_data_is_switched_and_kept(hands: Hands, sam: Workspace) -> None:
    name = "Save data on this network"
    for on in (True, False):
        box = hands.named(name)
        assert isinstance(box, QCheckBox)
        hands.qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
        assert hands.loop.metered is on
        assert sam.choices.get("metered", None) is on
        shown = hands.named(name)
        assert isinstance(shown, QCheckBox)
        assert shown.isChecked() is on


def let_edit(school: School, course: str, account: str, *, on: bool) -> None:
    """Give the right to edit a course, or take it."""
    values = {"course_id": course, "user_id": account, "is_active": on, "can_edit_content": True}
    with school.hub.unit() as unit:
        unit.derive(COURSE_INSTRUCTOR, instructor_id(course, account), values)


def test_what_was_sent_back_is_tried_again(hands: Hands, sam: Workspace, post: Post) -> None:  # OFF-06
    school = post.school
    tess = school.laptop(school.person("tess", "instructor"))
    course = tess.courses.create_course("Reading the sky")
    lesson = tess.courses.add_lesson(tess.courses.add_module(course, "Clouds"), "Halos", body="A ring.")
    school.sync(tess)
    let_edit(school, course, sam.account, on=True)
    school.sync(sam)
    sam.courses.edit_lesson(lesson, base="A ring.", text="A bright ring.")
    let_edit(school, course, sam.account, on=False)
    school.sync(sam)
    let_edit(school, course, sam.account, on=True)
    school.clock.advance(ms=1000)
    school.sync(sam)
    hands.model.refresh()
    assert hands.model.refusal is not None
    assert (hands.model.refusal.code, hands.model.refusal.text) == ("forbidden", "A bright ring.")
    hands.press("Try again")
    assert (sam.sync.status().waiting, sam.sync.status().needs_you) == (1, 0)
    assert "Nothing needs you" in hands.words
    school.sync(sam, tess)
    assert (sam.sync.status().waiting, sam.sync.status().needs_you) == (0, 0)
    assert tess.courses.lesson_draft(lesson).body == "A bright ring."


def sent_back(desk: Desk) -> None:
    """A lesson with a text that the server refused."""
    lesson = desk.id_of(desk.course(), "Halos")
    desk.workspace.courses.edit_lesson(lesson, base="A ring around the moon.\n", text="A bright ring.\n")
    refuse(desk.workspace, desk.workspace.sync.outbox()[-1], "forbidden")


def test_what_was_sent_back_is_saved_as_a_file_and_stays(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    sent_back(desk)
    hands = Hands(desk.store, qtbot)
    hands.choose("Save as a file…", tmp_path / "ring.txt")
    assert (tmp_path / "ring.txt").read_text(encoding="utf-8") == "Halos\n\nA bright ring.\n\n"
    assert hands.said == [f"Written to {tmp_path / 'ring.txt'}"]
    assert hands.model.refusal is not None


def test_what_was_sent_back_is_discarded_only_after_a_question(desk: Desk, qtbot: QtBot) -> None:
    sent_back(desk)
    hands = Hands(desk.store, qtbot)
    hands.press("Discard…")
    hands.press("Keep it")
    assert hands.model.refusal is not None
    hands.press("Discard…")
    hands.press("Discard")
    assert hands.model.refusal is None
    assert desk.workspace.sync.status().needs_you == 0
    assert "Nothing needs you" in hands.words


def test_both_texts_of_a_conflict_are_kept(desk: Desk, qtbot: QtBot) -> None:
    lesson = conflict(desk)
    hands = Hands(desk.store, qtbot)
    hands.press("Keep both")
    body = desk.workspace.courses.lesson_draft(lesson).body
    assert {part.strip() for text in (MINE, THEIRS) for part in text.split("\n\n")} <= set(body.strip().split("\n\n"))
    assert hands.said == ["Settled: The quay"]
    assert hands.model.conflict is None
