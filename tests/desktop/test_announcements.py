"""Announcements from the app, at a real server: written, asked once more, told once, and found in the inbox."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.announcements.view import AnnouncementsPage
from desktop_lms.features.admin.announcements.viewmodel import AnnouncementsModel, Wish
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.rows import ListRow
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import press, said
from tests.e2e.programs import Server


def opened(qtbot: QtBot, workspace: Workspace, told: list[str]) -> AnnouncementsPage:
    workspace.synchronize()
    model = AnnouncementsModel(InlineStore(workspace))
    page = AnnouncementsPage(model, say=told.append)
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1000, 800)
    page.show()
    return page


def sheet_of(page: AnnouncementsPage) -> Sheet:
    return next(each for each in page.window().findChildren(Sheet) if each.isVisible())


def test_an_announcement_is_asked_once_more_and_told_once(
    qtbot: QtBot, tmp_path: Path, server: Server
) -> None:  # NTF-02
    told: list[str] = []
    desk, learner = entered(tmp_path, server, "dana", role="admin"), entered(tmp_path, server, "amara")
    page = opened(qtbot, desk, told)
    assert not page._send.isEnabled()
    page.title.setText("We rest on Saturday")
    page.message.setPlainText("From six to seven.")
    page.role.choose("student")
    press(page, " Tell them…")
    assert "All students will read this. It cannot be taken back." in said(sheet_of(page))
    sheet_of(page).close_sheet()
    assert page.title.text() == "We rest on Saturday"
    press(page, " Tell them…")
    first = page._model._id
    page._model.announce(page.wish())
    page._model._id = first  # the answer was lost, and it is tried again
    page._model.announce(Wish(title="We rest on Saturday", role="student"))
    assert told == ["1 person was told", "1 person was told"]
    assert page.title.text() == ""
    QApplication.processEvents()
    rows = [each for each in page.findChildren(ListRow) if each.isVisibleTo(page)]
    assert [each.title.words for each in rows] == ["We rest on Saturday"]
    learner.synchronize()
    (found,) = learner.inbox.list()[1]
    assert (found.title, found.message, found.kind) == ("We rest on Saturday", "From six to seven.", "announcement")
    desk.close()
    learner.close()


def test_what_is_typed_stays_while_the_server_is_away(qtbot: QtBot, tmp_path: Path, server: Server) -> None:
    desk = entered(tmp_path, server, "dana", role="admin")
    told: list[str] = []
    page = opened(qtbot, desk, told)
    page.title.setText("We rest on Saturday")
    server.stop()
    press(page, " Tell them…")
    press(sheet_of(page), " Tell them")
    assert told == []
    assert page._model.error is not None
    assert (page.title.text(), sheet_of(page).isVisible()) == ("We rest on Saturday", True)
    desk.close()
