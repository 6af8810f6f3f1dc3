"""A profile without any network: words, links, skills and a photo, stored as they are typed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QApplication, QCalendarWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.profile.view import ProfilePage
from desktop_lms.features.profile.viewmodel import ProfileModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.dates import DateField
from desktop_lms.widgets.inputs import Choice, Field, Paper
from desktop_lms.words import speak
from lms_core.workspace import Workspace


@pytest.fixture
def page(qtbot: QtBot, store: InlineStore) -> ProfilePage:
    model = ProfileModel(store)
    made = ProfilePage(model, go=lambda route: None)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    return made


def named(page: QWidget, kind: type[QWidget], name: str) -> QWidget:
    QApplication.processEvents()
    return next(w for w in page.findChildren(kind) if w.accessibleName() == name and w.isVisibleTo(page))


def write(page: QWidget, name: str, text: str) -> None:
    field = named(page, Field, name)
    assert isinstance(field, Field)
    field.setText(text)
    field.tell()


def test_words_and_links_are_stored_as_they_are_typed(page: ProfilePage, workspace: Workspace) -> None:
    write(page, "Where you are", "Kisumu")
    write(page, "Web site", "https://amara.example")
    paper = named(page, Paper, "About you")
    assert isinstance(paper, Paper)
    paper.setPlainText("I measure things.")
    paper.tell()
    assert workspace.personal.profile().location == "Kisumu"
    assert workspace.personal.profile().bio == "I measure things."
    assert workspace.personal.social().website == "https://amara.example"
    write(page, "Web site", "amara")
    assert page._model.error.code == "invalid_fields"
    assert page._model.faults == {"website"}
    assert workspace.personal.social().website == "https://amara.example"
    assert named(page, Field, "Web site").property("bad")
    write(page, "Web site", "https://amara.example/notes")
    assert page._model.error is None


def test_what_the_office_asks_is_typed_or_picked(page: ProfilePage, workspace: Workspace) -> None:  # USR-01, USR-11
    for words, text in (("Telephone", "+254 700 000000"), ("Town", "Kisumu"), ("Country", "Kenya")):
        write(page, words, text)
    day = named(page, DateField, "Date of birth")
    assert isinstance(day, DateField)
    assert day.placeholderText() == QLocale("en").toString(QDate(2026, 12, 31), day._form)
    day.setText("never")
    day.tell()
    assert (day.property("bad"), workspace.personal.profile().date_of_birth) == (True, None)
    day.setText("1999-04-03")
    day.tell()
    profile = workspace.personal.profile()
    told = (profile.phone_number, profile.city, profile.country, profile.date_of_birth)
    assert told == ("+254 700 000000", "Kisumu", "Kenya", "1999-04-03")
    day = named(page, DateField, "Date of birth")
    assert isinstance(day, DateField)
    assert day.text() == QLocale("en").toString(QDate(1999, 4, 3), day._form)
    day.open_calendar()
    calendar = day.findChild(QCalendarWidget)
    assert calendar.selectedDate() == QDate(1999, 4, 3)
    assert calendar.maximumDate() == QDate.currentDate()
    calendar.clicked.emit(QDate(2001, 1, 2))
    assert workspace.personal.profile().date_of_birth == "2001-01-02"
    day = named(page, DateField, "Date of birth")
    assert isinstance(day, DateField)
    day.setText("")
    day.tell()
    assert workspace.personal.profile().date_of_birth is None


@pytest.mark.parametrize("language", ["en", "de", "es", "ar"])
def test_a_day_is_written_as_the_language_does(qtbot: QtBot, language: str) -> None:  # USR-11
    speak(language)
    try:
        field = DateField(name="Day")
        qtbot.addWidget(field)
        field.show_day("2027-02-01")
        shown = field.text()
        field.show_day("")
        field.setText(shown)
        assert (field.day, len(shown) >= 8) == ("2027-02-01", True)
        field.setText("2027-02-01")
        assert field.day == "2027-02-01"
    finally:
        speak("en")


def test_a_day_is_typed_in_either_digits_and_without_the_marks_of_direction(qtbot: QtBot) -> None:
    speak("ar")
    try:
        field = DateField(name="Day")
        qtbot.addWidget(field)
        for typed in ("1/2/2027", "١/٢/٢٠٢٧"):
            field.setText(typed)
            assert field.day == "2027-02-01"
    finally:
        speak("en")


def test_skills_come_are_graded_and_go(page: ProfilePage, workspace: Workspace) -> None:
    field = named(page, Field, "New skill")
    assert isinstance(field, Field)
    field.setText("Reading maps")
    field.returnPressed.emit()
    (skill,) = workspace.personal.skills()
    assert (skill.name, skill.level) == ("Reading maps", "beginner")
    level = named(page, Choice, "How well you know Reading maps")
    assert isinstance(level, Choice)
    level.chosen.emit("expert")
    assert [s.level for s in workspace.personal.skills()] == ["expert"]
    page._model.remove_skill(skill)
    assert workspace.personal.skills() == []
    page._model.add_skill("  ")
    assert (workspace.personal.skills(), page._model.error) == ([], None)


def test_a_photo_is_taken_from_a_file_and_removed(page: ProfilePage, workspace: Workspace, tmp_path: Path) -> None:
    body = io.BytesIO()
    Image.new("RGB", (900, 700), "teal").save(body, "PNG")
    picture, other = tmp_path / "me.png", tmp_path / "notes.png"
    picture.write_bytes(body.getvalue())
    other.write_bytes(b"words")
    page._model.take_photo(picture)
    assert page._model.error is None
    assert page._model.told.photo is not None
    with Image.open(io.BytesIO(page._model.told.photo)) as small:
        assert max(small.size) == 512
    page._model.take_photo(other)
    assert page._model.error.code == "not_an_image"
    page._model.take_photo(tmp_path / "missing.png")
    assert page._model.error.code == "disk_error"
    with other.open("wb") as file:
        file.truncate(3 << 20)
    page._model.take_photo(other)
    assert page._model.error.code == "image_too_large"
    page._model.remove_photo()
    assert page._model.told.photo is None
    assert workspace.personal.profile().profile_picture is None
