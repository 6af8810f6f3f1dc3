"""Becoming an instructor from the app, at a real server: written offline, sent, confirmed, decided by the desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.instructors.view import InstructorsPage
from desktop_lms.features.admin.instructors.viewmodel import InstructorsModel
from desktop_lms.features.instructor.view import InstructorPage
from desktop_lms.features.instructor.viewmodel import InstructorModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Field, Paper
from desktop_lms.widgets.rows import ListRow
from lms_core.errors import Denied
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import next_mail, office, press, said, server
from tests.e2e.programs import Server
from tests.server.post import PostOffice, code_of

__all__ = ["office", "server"]


@pytest.fixture
def amara(tmp_path: Path, server: Server, office: PostOffice) -> Iterator[Workspace]:
    """A student whose address is confirmed."""
    workspace = entered(tmp_path, server, "amara")
    workspace.online().verify_email("amara@school.example", code_of(next_mail(office)))
    workspace.synchronize()
    yield workspace
    workspace.close()


def applying(qtbot: QtBot, workspace: Workspace, told: list[str]) -> InstructorPage:
    model = InstructorModel(InlineStore(workspace), workspace.synchronize)
    page = InstructorPage(model, go=told.append, say=told.append)
    return shown(qtbot, page, model)


def shown(qtbot: QtBot, page: QWidget, model: object) -> QWidget:
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1100, 900)
    page.show()
    return page


def desk_of(qtbot: QtBot, workspace: Workspace, told: list[str]) -> InstructorsPage:
    workspace.synchronize()
    model = InstructorsModel(InlineStore(workspace))
    return shown(qtbot, InstructorsPage(model, say=told.append), model)


def write(page: QWidget, name: str, text: str) -> None:
    QApplication.processEvents()
    field = next(f for f in page.findChildren(Field) if f.accessibleName() == name and f.isVisibleTo(page))
    field.setText(text)
    field.tell()


def open_sheet(page: QWidget) -> Sheet:
    QApplication.processEvents()
    return next(s for s in page.window().findChildren(Sheet) if s.isVisible())


def rows(page: QWidget) -> list[str]:
    QApplication.processEvents()
    return [r.title.words for r in page.findChildren(ListRow) if r.isVisibleTo(page)]


def decide(page: InstructorsPage, words: str, why: str) -> None:
    """Press a button of the card and say why."""
    press(page, f" {words}…")
    sheet = open_sheet(page)
    sheet.findChildren(Paper)[0].setPlainText(why)
    press(sheet, words)


def seen(page: InstructorPage, workspace: Workspace) -> str:
    """The stage after the next sync."""
    workspace.synchronize()
    page._model.refresh()
    return page._model.stage


def test_what_is_written_offline_is_sent_and_confirmed(
    qtbot: QtBot, office: PostOffice, amara: Workspace
) -> None:  # INS-01, INS-06
    told: list[str] = []
    page = applying(qtbot, amara, told)
    write(page, "What you are", "Diver")
    write(page, "Years of teaching", "4")
    write(page, "Web site", "amara")
    assert page._model.faults == {"website"}
    write(page, "Web site", "https://amara.example")
    assert page._model.stage == "draft"
    press(page, " Send the application")
    assert (page._model.stage, told[-1]) == ("unconfirmed", "The mail is on its way")
    code = code_of(next_mail(office))
    page.ask_code()
    sheet = open_sheet(page)
    press(sheet, "Confirm")
    assert "Fill in every field first." in said(sheet)
    sheet.findChildren(Field)[0].setText("nothing")
    press(sheet, "Confirm")
    assert "is not right" in said(sheet)
    sheet.findChildren(Field)[0].setText(code)
    press(sheet, "Confirm")
    assert (page._model.stage, told[-1]) == ("waiting", "Your application is confirmed")
    told_by_hub = amara.online().ask("GET", "/instructor/status")
    assert (told_by_hub["title"], told_by_hub["years_experience"]) == ("Diver", 4)


def test_the_desk_rejects_approves_and_suspends(
    qtbot: QtBot, tmp_path: Path, server: Server, office: PostOffice, amara: Workspace
) -> None:  # INS-03, INS-06
    heard: list[str] = []
    page = applying(qtbot, amara, [])
    write(page, "What you are", "Diver")
    page._model.send()
    page._model.confirm(code_of(next_mail(office)))
    boss = entered(tmp_path, server, "dana", role="admin")
    next_mail(office)
    desk = desk_of(qtbot, boss, heard)
    assert rows(desk) == ["Amara Okafor"]
    assert "Diver" in said(desk)
    decide(desk, "Reject", " ")
    assert desk._model.error is not None
    open_sheet(desk).close_sheet()
    decide(desk, "Reject", "Tell us where you dived.")
    assert (heard[-1], rows(desk)) == ("The application of Amara Okafor is rejected", [])
    next_mail(office)
    assert seen(page, amara) == "rejected"
    assert "Tell us where you dived." in said(page)
    press(page, " Send the application")
    page._model.confirm(code_of(next_mail(office)))
    desk._model.refresh()
    press(desk, " Approve")
    assert heard[-1] == "Amara Okafor may teach now"
    next_mail(office)
    assert (seen(page, amara), amara.person.role) == ("active", "instructor")
    amara.courses.create_course("Reefs")
    desk._model.look_for(status="active")
    desk._model.choose(amara.account)
    decide(desk, "Suspend", "Until we have talked.")
    assert seen(page, amara) == "suspended"
    assert "Until we have talked." in said(page)
    with pytest.raises(Denied, match="active instructors"):
        amara.courses.create_course("Kelp")
    boss.close()


def test_without_the_server_or_a_confirmed_address(
    qtbot: QtBot, tmp_path: Path, server: Server, office: PostOffice, amara: Workspace
) -> None:
    told: list[str] = []
    noor = entered(tmp_path, server, "noor")
    noor.synchronize()
    page = applying(qtbot, noor, told)
    press(page, " Confirm the address in the settings")
    assert told == ["settings"]
    page._model.send()
    assert page._model.error.code == "address_unconfirmed"
    noor.close()
    server.stop()
    page = applying(qtbot, amara, told)
    write(page, "What you are", "Diver")
    press(page, " Send the application")
    QApplication.processEvents()
    banners = [b.accessibleName() for b in page.findChildren(Banner) if b.isVisible()]
    assert any("The server must be reached" in words for words in banners)
    assert amara.personal.instructor().title == "Diver"


def test_the_desk_of_somebody_who_may_not(qtbot: QtBot, amara: Workspace) -> None:  # ROL-14
    desk = desk_of(qtbot, amara, [])
    assert desk._model.rows is None
    assert desk._model.trouble.code == "denied"
    QApplication.processEvents()
    assert [b for b in desk.findChildren(Banner) if b.isVisible()]
