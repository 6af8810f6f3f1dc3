"""What guards an account, from the app and at a real server: password, second step, providers, sign-ins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.security.view import SecurityPage
from desktop_lms.features.security.viewmodel import SecurityModel
from desktop_lms.store import InlineStore, Store
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.qr import QrCode
from lms_core.errors import AuthExpired
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.desktop.test_mailed_codes import press, said
from tests.e2e.programs import PASSWORD, Server
from tests.e2e.test_browser import ADA, Browser, hub, provider
from tests.fakes import MemorySecrets

__all__ = ["hub", "provider"]
EMAIL, NEW = str(ADA["email"]), "purple walrus parade"


@pytest.fixture
def sessions(tmp_path: Path, hub: Server) -> Sessions:
    made = Sessions(tmp_path / "laptop", secrets=MemorySecrets())
    made.register(hub.url, email=EMAIL, password=PASSWORD, first_name="Ada", last_name="Moyo")
    return made


@pytest.fixture
def workspace(sessions: Sessions, hub: Server) -> Iterator[Workspace]:
    opened = sessions.sign_in(hub.url, EMAIL, PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace, told: list[str]) -> SecurityPage:
    model = SecurityModel(InlineStore(workspace))
    made = SecurityPage(model, go=told.append, say=told.append)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(1000, 900)
    made.show()
    return made


def sheet_of(page: SecurityPage) -> Sheet:
    QApplication.processEvents()
    return next(s for s in page.findChildren(Sheet) if s.isVisible())


def answer(page: SecurityPage, verb: str, *texts: str) -> None:
    """Fill the sheet in and press its button."""
    sheet = sheet_of(page)
    for field, text in zip(sheet.findChildren(Field), texts, strict=True):
        field.setText(text)
    press(sheet, verb)


def test_a_second_step_is_switched_on_renewed_and_off(
    page: SecurityPage, sessions: Sessions, hub: Server, tmp_path: Path, told: list[str]
) -> None:
    model = page._model
    assert model.known is not None
    assert not model.known.factor.on
    press(page, " Switch on…")
    answer(page, "Go on", "not my password")
    assert "password" in said(sheet_of(page)).lower()
    assert model.error is not None
    answer(page, "Go on", PASSWORD)
    assert sheet_of(page).findChildren(QrCode)
    assert model.setup is not None
    secret = model.setup.secret
    answer(page, "Switch on", "12")
    assert model.error is not None
    answer(page, "Switch on", pyotp.TOTP(secret).now())
    codes = list(model.codes)
    assert len(codes) == 10
    assert all(code in said(sheet_of(page)) for code in codes)
    page.save_codes(tmp_path / "codes.txt")
    assert (tmp_path / "codes.txt").read_text().split() == codes
    page.save_codes(tmp_path / "missing" / "codes.txt")
    assert told == ["They are in codes.txt", "They could not be written to codes.txt"]
    press(sheet_of(page), "Done")
    assert (model.known.factor.on, model.known.factor.codes_left) == (True, 10)
    with pytest.raises(AuthExpired) as needed:
        sessions.sign_in(hub.url, EMAIL, PASSWORD)
    assert needed.value.code == "second_factor_needed"
    press(page, "New recovery codes…")
    answer(page, "Make them", PASSWORD)
    assert not set(codes) & set(model.codes)
    press(sheet_of(page), "Done")
    press(page, "Switch off…")
    answer(page, "Switch off", PASSWORD)
    assert told[-1] == "The second step is off"
    assert not model.known.factor.on


def test_the_password_changes_at_the_server_and_here(
    page: SecurityPage, workspace: Workspace, sessions: Sessions, hub: Server, told: list[str]
) -> None:
    press(page, " Change password…")
    answer(page, "Change password", PASSWORD, NEW, "another")
    assert page._model.error.code == "password_mismatch"
    answer(page, "Change password", PASSWORD, NEW, NEW)
    assert told == ["The password is changed"]
    workspace.profile.check_password(NEW)
    other = Sessions(sessions.data_dir.parent / "other", secrets=MemorySecrets())
    with pytest.raises(AuthExpired):
        other.sign_in(hub.url, EMAIL, PASSWORD)
    other.sign_in(hub.url, EMAIL, NEW).close()


def test_sign_ins_elsewhere_are_seen_and_ended_and_offline_says_so(
    page: SecurityPage, sessions: Sessions, hub: Server, told: list[str]
) -> None:
    other = Sessions(sessions.data_dir.parent / "other", secrets=MemorySecrets())
    elsewhere = other.sign_in(hub.url, EMAIL, PASSWORD)
    page._model.refresh()
    assert page._model.known is not None
    assert [s.current for s in page._model.known.sessions].count(True) == 1
    assert len(page._model.known.sessions) == 2
    press(page, "End")
    assert told == ["That sign-in has ended"]
    assert len(page._model.known.sessions) == 1
    assert [each.successful for each in page._model.known.logins] == [True, True]
    with pytest.raises(AuthExpired):
        sessions.sign_in(hub.url, EMAIL, "not my password")
    page._model.refresh()
    assert [each.successful for each in page._model.known.logins] == [False, True, True]
    with pytest.raises(AuthExpired):
        elsewhere.online().me()
    elsewhere.close()
    hub.stop()
    page._model.refresh()
    QApplication.processEvents()
    (banner,) = [b for b in page.findChildren(Banner) if b.isVisible()]
    assert "The server must be reached for this" in banner.accessibleName()


def test_a_provider_is_linked_in_the_browser_and_unlinked(
    qtbot: QtBot, workspace: Workspace, told: list[str]
) -> None:  # ACC-14
    browser, store = Browser(), Store(workspace)
    model = SecurityModel(store)
    page = SecurityPage(model, go=told.append, say=told.append, open_page=browser)
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1000, 900)
    page.show()
    qtbot.waitUntil(lambda: model.known is not None)
    press(page, "Link…")
    qtbot.waitUntil(lambda: told == ["The account is linked"])
    qtbot.waitUntil(lambda: bool(model.known and model.known.identities))
    assert EMAIL in rows(page)
    press(page, "Unlink")
    qtbot.waitUntil(lambda: told[-1] == "The account is linked no more")
    qtbot.waitUntil(lambda: not (model.known and model.known.identities))
    browser.close()
    store.close()


def rows(page: QWidget) -> str:
    from desktop_lms.widgets.rows import ListRow

    QApplication.processEvents()
    return "\n".join(r.accessibleName() for r in page.findChildren(ListRow) if r.isVisibleTo(page))
