"""Invitations from the app, at a real server: sent, sent again, called back, and by whom."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.invitations.view import InvitationsPage
from desktop_lms.features.admin.invitations.viewmodel import InvitationsModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Choice, Field, Paper
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Chip
from lms_core.rest.classes import ClassesApi
from lms_core.rest.invitations import InvitationsApi
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import next_mail, office, press, said, server
from tests.e2e.programs import Server
from tests.server.post import PostOffice, text_of

__all__ = ["office", "server"]


def open_page(qtbot: QtBot, workspace: Workspace, told: list[str]) -> InvitationsPage:
    workspace.synchronize()
    model = InvitationsModel(InlineStore(workspace))
    page = InvitationsPage(model, say=told.append)
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    return page


def shown(page: InvitationsPage) -> list[tuple[str, str]]:
    """Names and states of the rows."""
    QApplication.processEvents()
    rows = [each for each in page.findChildren(ListRow) if each.isVisibleTo(page)]
    return [(each.title.words, each.findChildren(Chip)[0].accessibleName()) for each in rows]


def ask(page: InvitationsPage) -> Sheet:
    press(page, " Invite somebody…")
    return next(each for each in page.findChildren(Sheet) if each.isVisible())


def choose(sheet: Sheet, name: str, value: str) -> None:
    next(each for each in sheet.findChildren(Choice) if each.accessibleName() == name).choose(value)


def act(page: InvitationsPage, words: str) -> None:
    """Choose something from the menu of the first row."""
    assert page._model.rows
    next(each for each in page.menu(page._model.rows[0]).actions() if each.text() == words).trigger()


def test_somebody_is_invited_again_and_called_back(
    qtbot: QtBot, tmp_path: Path, server: Server, office: PostOffice
) -> None:  # ACC-20
    told: list[str] = []
    desk = entered(tmp_path, server, "dana", role="admin")
    next_mail(office)
    room = ClassesApi(desk.online()).create(name="8b", term="Autumn")
    page = open_page(qtbot, desk, told)
    assert "Nobody is invited yet" in said(page)
    sheet = ask(page)
    press(sheet, " Send the invitation")
    assert "Type an e-mail address first." in said(sheet)
    email, first, last = sheet.findChildren(Field)
    email.setText("nobody")
    press(sheet, " Send the invitation")
    assert "not an e-mail address" in said(sheet)
    for field, text in ((email, "noor@school.example"), (first, "Noor"), (last, "Ali")):
        field.setText(text)
    for name, value in (("Role", "instructor"), ("Class", room.id), ("Language of the mail", "de")):
        choose(sheet, name, value)
    sheet.findChildren(Paper)[0].setPlainText("Welcome!")
    press(sheet, " Send the invitation")
    assert told == ["The invitation to noor@school.example is on its way"]
    ((name, state),) = shown(page)
    assert (name, state.startswith("Waits until")) == ("Noor Ali", True)
    mail = text_of(next_mail(office))
    assert all(words in mail for words in ("Dana Okafor lädt dich", "Welcome!", "in die Klasse 8b"))
    act(page, "Send it again")
    assert "Dana Okafor lädt dich" in text_of(next_mail(office))
    act(page, "Call it back")
    assert shown(page) == [("Noor Ali", "Called back")]
    assert told[1:] == [
        "Another mail to noor@school.example is on its way",
        "The invitation of Noor Ali is called back",
    ]
    desk.close()


def test_they_are_found_by_state_and_name(qtbot: QtBot, tmp_path: Path, server: Server, office: PostOffice) -> None:
    desk = entered(tmp_path, server, "dana", role="admin")
    api = InvitationsApi(desk.online())
    api.revoke(api.invite(email="noor@school.example", first_name="Noor", last_name="Ali").id)
    page = open_page(qtbot, desk, [])
    page.state.choose("open")
    page.state.chosen.emit("open")
    assert "Nobody was invited with this name and state." in said(page)
    page._model.look_for(state="", search="NOOR")
    assert [name for name, _ in shown(page)] == ["Noor Ali"]
    server.stop()
    page._model.refresh()
    QApplication.processEvents()
    (banner,) = (each.accessibleName() for each in page.findChildren(Banner) if each.isVisible())
    assert banner.startswith("The server must be reached for this")
    desk.close()


def test_a_manager_invites_students_alone(qtbot: QtBot, tmp_path: Path, server: Server, office: PostOffice) -> None:
    desk = entered(tmp_path, server, "mina", role="manager")
    page = open_page(qtbot, desk, [])
    sheet = ask(page)
    role = next(each for each in sheet.findChildren(Choice) if each.accessibleName() == "Role")
    assert [role.itemData(n) for n in range(role.count())] == ["student"]
    desk.close()
