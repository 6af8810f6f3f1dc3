"""An account is made at the door of a real server that takes the invited alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.welcome.view import WelcomePage
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from lms_core.rest.invitations import InvitationsApi
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.desktop.features.doors import at_once
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import fields, next_mail, office, press, said, server
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets
from tests.server.post import PostOffice, code_of

__all__ = ["office", "server"]
WISH = {"email": "noor@school.example", "first_name": "Noor", "last_name": "Ali", "role": "instructor"}


@pytest.fixture
def code(tmp_path: Path, server: Server, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> str:
    """The code of somebody's invitation; the server takes nobody else from now on."""
    desk = entered(tmp_path, server, "dana", role="admin")
    next_mail(office)
    InvitationsApi(desk.online()).invite(**WISH)
    made = code_of(next_mail(office))
    desk.close()
    server.stop()
    monkeypatch.setenv("LMS_HUB_REGISTRATION", "closed")
    server.start()
    return made


def test_an_invited_person_gets_an_account_by_the_code_of_the_mail(
    qtbot: QtBot, tmp_path: Path, server: Server, code: str
) -> None:  # ACC-02, ACC-20
    sessions, opened = Sessions(tmp_path / "laptop", secrets=MemorySecrets()), list[Workspace]()
    model = WelcomeModel(sessions, at_once, demo=lambda: sessions.start_local("Demo"))
    model.opened.connect(lambda workspace, _: opened.append(workspace))
    page = WelcomePage(model)
    model.setParent(page)
    qtbot.addWidget(page)
    page.show()
    model.purpose = "teach"
    model.skip()
    model.set_way("register")
    assert "If you have one." in said(page)
    _fill(page, server.url, "Noor Ali", WISH["email"], PASSWORD)
    qtbot.waitUntil(lambda: model.entering.admits == "closed")
    assert "takes only people it has invited" in said(page), "before anything was sent"
    press(page, "Make the account")
    assert model.error.code == "registration_closed"
    _fill(page, server.url, "Noor Ali", WISH["email"], PASSWORD, "000000")
    press(page, "Make the account")
    assert model.error.code == "proof_invalid"
    assert "takes only people it has invited" in said(page)
    _fill(page, server.url, "Noor Ali", WISH["email"], PASSWORD, f"{code[:3]} {code[3:]}")
    press(page, "Make the account")
    (workspace,) = opened
    workspace.synchronize()
    assert (workspace.person.name, workspace.person.role) == ("Noor Ali", "instructor")
    workspace.close()


def _fill(page: QWidget, *texts: str) -> None:
    for field, text in zip(fields(page), texts, strict=False):
        field.setText(text)
