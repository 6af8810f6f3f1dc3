"""Everybody's accounts from the app, at a real server: seen by managers, changed by administrators."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.accounts.view import AccountsPage
from desktop_lms.features.admin.accounts.viewmodel import AccountsModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.rows import ListRow
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import press, said
from tests.e2e.programs import Server


def open_page(qtbot: QtBot, workspace: Workspace, told: list[str]) -> AccountsPage:
    workspace.synchronize()
    model = AccountsModel(InlineStore(workspace))
    page = AccountsPage(model, go=told.append, say=told.append)
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    return page


def rows(page: AccountsPage) -> list[str]:
    QApplication.processEvents()
    return [r.title.words for r in page.findChildren(ListRow) if r.isVisibleTo(page)]


def banners(page: AccountsPage) -> list[str]:
    QApplication.processEvents()
    return [b.accessibleName() for b in page.findChildren(Banner) if b.isVisible()]


def act(page: AccountsPage, name: str, words: str) -> None:
    """Choose something from the menu of somebody."""
    assert page._model.rows is not None
    person = next(p for p in page._model.rows if p.first_name == name)
    next(a for a in page.menu(person).actions() if a.text() == words).trigger()


def test_an_administrator_finds_makes_grades_and_closes_accounts(
    qtbot: QtBot, tmp_path: Path, server: Server
) -> None:  # USR-09
    told: list[str] = []
    desk = entered(tmp_path, server, "dana", role="admin")
    entered(tmp_path, server, "amara").close()
    page = open_page(qtbot, desk, told)
    model = page._model
    assert rows(page) == ["Amara Okafor", "Dana Okafor"]
    press(page, " Add somebody…")
    sheet = next(s for s in page.findChildren(Sheet) if s.isVisible())
    press(sheet, "Make the account")
    assert "Fill in every field first." in said(sheet)
    for field, text in zip(sheet.findChildren(Field), ("Noor", "Haddad", "amara@school.example"), strict=True):
        field.setText(text)
    press(sheet, "Make the account")
    assert "already an account" in said(sheet)
    sheet.findChildren(Field)[-1].setText("noor@school.example")
    press(sheet, "Make the account")
    assert told == ["Noor Haddad has an account now"]
    page.search.setText("noor")
    page.search.tell()
    assert rows(page) == ["Noor Haddad"]
    act(page, "Noor", "Instructor")
    assert [p.role for p in model.rows] == ["instructor"]
    act(page, "Noor", "Close the account")
    assert [p.is_active for p in model.rows] == [False]
    model.look_for(state="open")
    assert rows(page) == []
    model.look_for(state="closed", role="instructor")
    act(page, "Noor", "Open the account again")
    assert told[1:] == ["Noor Haddad has another role now", "The account of Noor Haddad is closed",
                        "The account of Noor Haddad is open again"]  # fmt: skip
    model.look_for(search="", state="", role="")
    act(page, "Dana", "Student")
    assert model.error.code == "last_admin"
    server.stop()
    model.refresh()
    assert any("The server must be reached" in words for words in banners(page))
    desk.close()


def test_a_manager_sees_and_changes_nothing_and_others_are_refused(
    qtbot: QtBot, tmp_path: Path, server: Server
) -> None:  # USR-09
    manager, student = entered(tmp_path, server, "joseph", role="manager"), entered(tmp_path, server, "amara")
    page = open_page(qtbot, manager, [])
    assert rows(page) == ["Amara Okafor", "Joseph Okafor"]
    assert not page._model.may_change
    assert not page._add.isVisible()
    act(page, "Amara", "Administrator")
    assert page._model.error.code == "denied"
    refused = open_page(qtbot, student, [])
    assert refused._model.rows is None
    assert refused._model.trouble.code == "denied"
    for each in (manager, student):
        each.close()
