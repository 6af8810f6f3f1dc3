"""Codes that a real server mails: a forgotten password at the door, a confirmed address in the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.settings.email.view import EmailLine
from desktop_lms.features.settings.email.viewmodel import EmailModel
from desktop_lms.features.welcome.view import WelcomePage
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.surfaces import Chip
from desktop_lms.widgets.text import Label
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.desktop.features.doors import at_once
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets
from tests.server.post import PostOffice, code_of, post_office, text_of

EMAIL, NEW = "amara@school.example", "purple walrus parade"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as each:
        yield each


@pytest.fixture
def server(tmp_path: Path, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name, value in {"HOST": "127.0.0.1", "PORT": str(office.port), "TLS": "none"}.items():
        monkeypatch.setenv(f"LMS_HUB_SMTP_{name}", value)
    made = Server(tmp_path / "hub")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def sessions(tmp_path: Path, server: Server) -> Sessions:
    made = Sessions(tmp_path / "laptop", secrets=MemorySecrets())
    made.language = "de"
    made.register(server.url, email=EMAIL, password=PASSWORD, first_name="Amara", last_name="Okafor")
    return made


@pytest.fixture
def workspace(sessions: Sessions, server: Server) -> Iterator[Workspace]:
    opened = sessions.sign_in(server.url, EMAIL, PASSWORD)
    opened.synchronize()
    yield opened
    opened.close()


def next_mail(office: PostOffice) -> EmailMessage:
    assert office.arrived.acquire(timeout=30)
    return office.mails[-1]


def press(page: QWidget, words: str) -> None:
    QApplication.processEvents()
    next(b for b in page.findChildren(Button) if b.text() == words and b.isVisibleTo(page)).click()
    QApplication.processEvents()


def fields(page: QWidget) -> list[Field]:
    QApplication.processEvents()
    return [f for f in page.findChildren(Field) if f.isVisibleTo(page)]


def said(page: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(x.words for x in page.findChildren(Label) if x.isVisibleTo(page))


def test_a_forgotten_password_opens_the_profile_again(
    qtbot: QtBot, sessions: Sessions, server: Server, office: PostOffice
) -> None:  # ACC-09
    assert "Hallo Amara," in text_of(next_mail(office)), "the mail speaks the app's language"
    before = sessions.sign_in(server.url, EMAIL, PASSWORD)
    before.notes.add("Not sent yet.")
    before.close()
    opened: list[Workspace] = []
    model = WelcomeModel(sessions, at_once, demo=lambda: sessions.start_local("Demo"))
    model.opened.connect(lambda workspace, _: opened.append(workspace))
    page = WelcomePage(model)
    qtbot.addWidget(page)
    page.show()
    model.choose(model.profiles[0].id)
    press(page, "Forgot the password?")  # of the profile: goes on to the server
    press(page, "Forgot the password?")  # of the account
    press(page, "Send the code")
    assert model.error.code == "credentials_needed"
    (email,) = fields(page)
    email.setText(EMAIL)
    press(page, "Send the code")
    assert f"If {EMAIL} has an account" in said(page)
    code, new, again = fields(page)
    code.setText(code_of(next_mail(office)))
    new.setText(NEW)
    again.setText("something else")
    press(page, "Set the password")
    assert model.error.code == "password_mismatch"
    code, new, again = fields(page)
    again.setText(NEW)
    press(page, "Set the password")
    assert model.error is None
    (workspace,) = opened
    assert [n.body for n in workspace.notes.all()] == ["Not sent yet."]
    workspace.close()
    sessions.unlock(model.profiles[0].id, NEW).close()


def test_a_wrong_code_an_unknown_address_and_the_way_back(
    qtbot: QtBot, sessions: Sessions, server: Server, office: PostOffice
) -> None:  # ACC-09
    next_mail(office)
    model = WelcomeModel(sessions, at_once, demo=lambda: sessions.start_local("Demo"))
    page = WelcomePage(model)
    qtbot.addWidget(page)
    page.show()
    model.skip()
    model.set_way("forgot")
    model.ask_code(server.url, "nobody@school.example")
    assert (model.way, model.error) == ("code", None), "nobody learns who has an account"
    model.choose_password("000000", NEW, NEW)
    assert model.error.code == "proof_invalid"
    model.back()
    assert model.way == "forgot"
    model.back()
    assert (model.way, model.step) == ("sign_in", "server")
    server.stop()
    model.ask_code(server.url, EMAIL)
    assert model.can_remind


def email_line(qtbot: QtBot, workspace: Workspace, say: Callable[[str], object]) -> tuple[EmailModel, EmailLine]:
    model = EmailModel(InlineStore(workspace))
    line = EmailLine(model, say=say)
    qtbot.addWidget(line)
    line.resize(900, 700)
    line.show()
    model.refresh()
    return model, line


def chip(line: EmailLine) -> str:
    QApplication.processEvents()
    return next(each.accessibleName() for each in line.findChildren(Chip) if each.isVisibleTo(line))


def test_an_address_is_confirmed_in_the_settings(
    qtbot: QtBot, workspace: Workspace, office: PostOffice
) -> None:  # ACC-10
    first, told = code_of(next_mail(office)), []
    model, line = email_line(qtbot, workspace, told.append)
    assert (model.open, chip(line)) == (True, "Not confirmed")
    line.ask_code()
    sheet = line.findChild(Sheet)
    assert sheet is not None
    (code,) = fields(sheet)
    code.setText("12")
    press(sheet, "Confirm")
    assert "This code or link is not right" in said(sheet), "the sheet stays and says so"
    press(sheet, "Send another code")
    second = code_of(next_mail(office))
    assert told == [f"Another code is on its way to {EMAIL}"]
    assert first != second
    code.setText(second)
    press(sheet, "Confirm")
    assert told[-1] == "The address is confirmed"
    assert (model.open, chip(line)) == (False, "Confirmed")
    workspace.synchronize()
    fresh, other = email_line(qtbot, workspace, told.append)
    assert (fresh.open, chip(other)) == (False, "Confirmed"), "the row says so, too"
