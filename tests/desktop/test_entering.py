"""The door of a real server: a second factor in the form, and a provider's page in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.welcome.view import WelcomePage
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from desktop_lms.store import Errands
from desktop_lms.widgets.buttons import Button
from lms_core.browsing import Visit
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.desktop.test_mailed_codes import fields, press, said
from tests.e2e.programs import PASSWORD, Server
from tests.e2e.test_browser import ADA, Browser, hub, provider
from tests.fakes import MemorySecrets

__all__ = ["hub", "provider"]
EMAIL = str(ADA["email"])


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "laptop", secrets=MemorySecrets())


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser()
    yield made
    made.close()


@pytest.fixture
def opened() -> Iterator[list[Workspace]]:
    """What the door opened, closed at the end."""
    workspaces: list[Workspace] = []
    yield workspaces
    for workspace in workspaces:
        workspace.close()


@pytest.fixture
def page(qtbot: QtBot, sessions: Sessions, browser: Browser, opened: list[Workspace]) -> Iterator[WelcomePage]:
    """The door at the step that asks for a server."""
    errands = Errands()
    model = WelcomeModel(sessions, errands, demo=lambda: sessions.start_local("Demo"))
    model.opened.connect(lambda workspace, _: opened.append(workspace))
    model.purpose = "teach"  # nobody asks for courses
    made = WelcomePage(model, open_page=browser)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    qtbot.waitUntil(lambda: model.profiles is not None)
    model.skip()
    model.set_way("sign_in")
    yield made
    model.entering.cancel()
    errands.close()


def factor_of(workspace: Workspace) -> list[str]:
    """Switch the second factor of an account on; returns its recovery codes."""
    line: Any = workspace.transport
    secret = line._told("POST", "/auth/second-factor", json={"password": PASSWORD})["secret"]
    code = pyotp.TOTP(secret).now()
    codes: list[str] = line._told("POST", "/auth/second-factor/confirm", json={"code": code})["recovery_codes"]
    return codes


def has(page: QWidget, words: str) -> bool:
    return any(words in b.text() and b.isVisibleTo(page) for b in page.findChildren(Button))


def test_the_form_asks_for_the_code_of_an_account_that_has_one(
    qtbot: QtBot, sessions: Sessions, hub: Server, page: WelcomePage, opened: list[Workspace]
) -> None:
    sessions.register(hub.url, email=EMAIL, password=PASSWORD, first_name="Ada", last_name="Moyo")
    other = Sessions(sessions.data_dir.parent / "other", secrets=MemorySecrets())
    workspace = other.sign_in(hub.url, EMAIL, PASSWORD)
    codes = factor_of(workspace)
    workspace.close()
    model = page._model
    for field, text in zip(fields(page), (hub.url, EMAIL, PASSWORD), strict=True):
        field.setText(text)
    press(page, "Sign in")
    qtbot.waitUntil(lambda: model.asks_code and not model.busy)
    assert model.error is None
    url, email, password, code = fields(page)
    assert (url.text(), email.text(), password.text(), code.text()) == (hub.url, EMAIL, PASSWORD, "")
    assert "Your authenticator app shows it." in said(page)
    press(page, "Sign in")
    assert model.error is not None, "a code is needed now"
    fields(page)[-1].setText("000000")
    press(page, "Sign in")
    qtbot.waitUntil(lambda: not model.busy)
    assert model.error.code == "second_factor_wrong"
    fields(page)[-1].setText(codes[0])
    press(page, "Sign in")
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert opened[0].person.name == "Ada Moyo"


def test_a_provider_of_the_server_lets_in_with_a_code_and_is_called_off(
    qtbot: QtBot, sessions: Sessions, hub: Server, page: WelcomePage, browser: Browser, opened: list[Workspace]
) -> None:  # ACC-14
    first = sessions.sign_in_by(hub.url, "oidc", browser)
    first.close()
    model = page._model
    fields(page)[0].setText("not there.example/ at all")
    fields(page)[0].setText(hub.url)
    qtbot.waitUntil(lambda: has(page, "Continue with School account"))
    assert fields(page)[0].text() == hub.url
    page._model.entering.page_wanted.disconnect()  # a browser that stays on the page
    press(page, " Continue with School account")
    assert model.way == "browser"
    assert "this page goes on by itself" in said(page)
    model.back()
    qtbot.waitUntil(lambda: model.way == "sign_in" and not model.busy)
    assert model.error is None, "who cancels need not be told"
    assert opened == []


def test_a_provider_leads_in_and_asks_for_the_second_factor(
    qtbot: QtBot, sessions: Sessions, hub: Server, page: WelcomePage, browser: Browser, opened: list[Workspace]
) -> None:  # ACC-14
    sessions.register(hub.url, email=EMAIL, password=PASSWORD, first_name="Ada", last_name="Moyo")
    workspace = sessions.sign_in(hub.url, EMAIL, PASSWORD)
    codes = factor_of(workspace)
    line: Any = workspace.transport
    with Visit() as visit:
        browser(line.begin_visit("oidc", visit, linking=True))
        line.link_by("oidc", visit.wait())
    workspace.close()
    model = page._model
    fields(page)[0].setText(hub.url)
    qtbot.waitUntil(lambda: has(page, "Continue with School account"))
    press(page, " Continue with School account")
    qtbot.waitUntil(lambda: model.entering.phase == "code")
    (code,) = fields(page)
    code.setText(codes[0])
    press(page, "Sign in")
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert opened[0].person.name == "Ada Moyo"
