"""Accounts from a table in the app, at a real server: every line is checked first, the result can be saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication, QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.accounts.table.view import TablePage
from desktop_lms.features.admin.accounts.table.viewmodel import EXAMPLE, MOST_BYTES, TableModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner
from lms_core.rest.people import PeopleApi
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import next_mail, office, press, said, server
from tests.e2e.programs import PASSWORD, Server
from tests.server.post import PostOffice, text_of

__all__ = ["office", "server"]
TABLE = f"""email;first_name;last_name;role;password;shoe size
zola@school.example;Zola;Banda;teacher;;38
mika@school.example;Mika;Korhonen;;{PASSWORD};41
dana@school.example;Dana;Okafor;;;37
broken;No;Address;king;;40
"""


def open_page(qtbot: QtBot, workspace: Workspace, told: list[str]) -> TablePage:
    model = TableModel(InlineStore(workspace))
    page = TablePage(model, go=told.append, say=told.append)
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1100, 900)
    page.show()
    return page


def banners(page: QWidget) -> list[str]:
    QApplication.processEvents()
    return [each.accessibleName() for each in page.findChildren(Banner) if each.isVisible()]


def test_a_table_is_checked_made_and_told(qtbot: QtBot, tmp_path: Path, server: Server, office: PostOffice) -> None:
    told: list[str] = []
    desk = entered(tmp_path, server, "dana", role="admin")
    next_mail(office)
    page, file = open_page(qtbot, desk, told), tmp_path / "people.csv"
    file.write_text(TABLE, "utf-8")
    page._model.take(file)
    shown = said(page)
    for words in ("2 accounts would be made", "1 address has an account already", "1 line is left out",
                  "1 person has no password", "Line 5"):  # fmt: skip
        assert words in shown, words
    assert "E-mail address: This is not an e-mail address." in shown
    assert "Role: This is not valid." in shown
    assert any("shoe_size" in each for each in banners(page))
    people = PeopleApi(desk.online())
    assert people.people().count == 1, "nothing was made yet"
    press(page, " Make 2 accounts")
    shown = said(page)
    assert "2 accounts are made" in shown
    assert "1 invitation is on its way" in shown
    assert people.people().count == 3
    mail = next_mail(office)
    assert mail["To"] == "zola@school.example"
    assert "Dana Okafor invites you" in text_of(mail)
    page._model.save_report(tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_text("utf-8-sig").splitlines() == [
        "line,result,reason", "2,invited,", "3,created,", "4,existing,",
        "5,fault,email: This is not an e-mail address. role: This is not valid.",
    ]  # fmt: skip
    assert told == ["It is in report.csv"]
    press(page, "Another table…")
    assert "A table of your school" in said(page)
    desk.close()


def test_nobody_is_mailed_when_that_is_not_wanted(
    qtbot: QtBot, tmp_path: Path, server: Server, office: PostOffice
) -> None:
    desk = entered(tmp_path, server, "dana", role="admin")
    page, file = open_page(qtbot, desk, []), tmp_path / "people.csv"
    page._model.save_example(file)
    assert file.read_text("utf-8-sig") == EXAMPLE
    page._model.take(file)
    page.findChildren(QCheckBox)[0].setChecked(False)
    press(page, " Make 1 account")
    report = page._model.report
    assert (report.created, report.invited) == ([2], [])
    desk.close()


def test_what_is_no_table_and_a_server_that_is_away(qtbot: QtBot, tmp_path: Path, server: Server) -> None:
    desk = entered(tmp_path, server, "dana", role="admin")
    page, file = open_page(qtbot, desk, []), tmp_path / "people.csv"
    file.write_text("name,shoe\nx,y\n", "utf-8")
    page._model.take(file)
    assert any("lacks these columns" in each for each in banners(page))
    page._model.take(tmp_path / "nothing.csv")
    assert page._model.error.code == "system_refused"
    file.write_bytes(b"x" * (MOST_BYTES + 1))
    page._model.take(file)
    assert page._model.error.code == "too_large"
    file.write_text(TABLE, "utf-8")
    server.stop()
    page._model.take(file)
    assert any("The server must be reached" in each for each in banners(page))
    desk.close()
