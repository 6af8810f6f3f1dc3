"""The screens around teaching open, say what they hold, and do what is clicked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.importer.view import ImportPage
from desktop_lms.features.importer.viewmodel import ImportModel
from desktop_lms.features.people.view import PeoplePage
from desktop_lms.features.people.viewmodel import PeopleModel
from desktop_lms.features.settings.view import SettingsPage
from desktop_lms.features.settings.viewmodel import SettingsModel
from desktop_lms.features.teach.view import TeachPage
from desktop_lms.features.teach.viewmodel import TeachModel
from desktop_lms.preferences import DEFAULTS
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Field
from tests.desktop.features.teaching import Desk
from tests.told import tell


def press(home: QWidget, name: str) -> None:
    next(b for b in home.findChildren(Button) if b.accessibleName() == name).click()


def words(home: QWidget) -> str:
    return "\n".join(label.accessibleName() or label.text() for label in home.findChildren(QLabel))


def quiet(text: str, undo: object = None) -> None:
    """Say nothing."""


def test_a_course_is_begun_by_its_title(desk: Desk, qtbot: QtBot) -> None:
    routes: list[str] = []
    page = TeachPage(TeachModel(desk.store), go=routes.append, say=quiet)
    qtbot.addWidget(page)
    page.show()
    press(page, "New course")
    sheet = page.findChild(Sheet)
    assert sheet is not None
    field = sheet.findChild(Field)
    assert field is not None
    qtbot.keyClicks(field, "Reading the sky")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    (course,) = desk.workspace.courses.my_courses()
    assert course.title == "Reading the sky"
    assert routes == [f"builder/{course.id}"]
    assert "Reading the sky" in words(page)
    press(page, "Put Reading the sky into the archive")
    assert desk.workspace.courses.draft(course.id).status == "archived"
    press(page, "Bring back")
    assert desk.workspace.courses.draft(course.id).status == "draft"


def test_an_import_is_reported_and_opened(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "sky" / "1-clouds").mkdir(parents=True)
    (tmp_path / "sky" / "1-clouds" / "1-kinds.md").write_text("# Ten kinds\n\nCirrus.\n", "utf-8")
    routes: list[str] = []
    model = ImportModel(desk.store)
    page = ImportPage(model, go=routes.append)
    qtbot.addWidget(page)
    assert page.crumbs[0] == ("Teach", "teach"), "there is a way back"
    model.scan(tmp_path / "sky")
    assert "1-clouds/1-kinds.md" in words(page)
    press(page, "Import")
    press(page, "Open in the builder")
    assert routes == [f"builder/{model.course}"]
    zipped = shutil.make_archive(str(tmp_path / "heaven"), "zip", tmp_path / "sky")
    model.scan(Path(zipped))
    assert model.title == "Heaven"
    assert "1-clouds/1-kinds.md" in words(page)
    model.scan(tmp_path / "nowhere")
    assert "Nothing was changed." in words(page)


def test_people_are_listed_or_the_way_to_them(desk: Desk, qtbot: QtBot) -> None:
    course = desk.course()
    page = PeoplePage(PeopleModel(desk.store, course), go=lambda route: None, say=quiet)
    qtbot.addWidget(page)
    assert "No learners yet" in words(page)
    tell(desk.workspace, "roster_entry", "r1", course_id=course, user_id="u1", name="Amara Okafor", email="",
         status="active", percent=62.0, seconds=7200, last_active_at=desk.clock.ms())  # fmt: skip
    page._model.refresh()
    assert page._table is not None
    assert page._table.model().index(0, 0).data() == "Amara Okafor"


class Choices:
    kept: dict[str, Any]

    def __init__(self) -> None:
        self.kept = DEFAULTS | {"theme": "light"}

    def get(self, name: str) -> Any:
        return self.kept[name]

    def set(self, name: str, value: Any) -> None:
        self.kept[name] = value


def test_settings_sign_out_says_what_waits(desk: Desk, qtbot: QtBot) -> None:
    desk.course()
    left: list[str] = []
    page = SettingsPage(SettingsModel(desk.store, Choices(), lambda: left.append("out")), say=quiet)
    qtbot.addWidget(page)
    page.show()
    page.ask_sign_out()
    sheet = page.findChild(Sheet)
    assert sheet is not None
    assert "not sent yet" in sheet.findChildren(QLabel)[1].text()
    press(sheet, "Sign out")
    assert left == ["out"]
