"""Everybody's certificates from the app, at a real server: found, revoked, issued anew and verified."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.certificates.view import IssuedPage
from desktop_lms.features.admin.certificates.viewmodel import IssuedModel
from desktop_lms.features.certificates.viewmodel import CertificatesModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Paper
from desktop_lms.widgets.rows import ListRow
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import press, said
from tests.e2e.programs import Server


def completed(workspace: Workspace) -> str:
    """A course with a certificate that its author has completed herself."""
    courses = workspace.courses
    course = courses.create_course("Between the tides", has_certificate=True, description="A week at the shore.")
    lesson = courses.add_lesson(courses.add_module(course, "The shore"), "Waves", body="Wind makes waves.")
    courses.publish(course)
    for _ in range(100):
        workspace.synchronize()
        if courses.catalog():
            break
        time.sleep(0.1)
    workspace.install(course)
    workspace.learning.enroll(course)
    workspace.learning.complete(lesson)
    return course


def await_certificate(workspace: Workspace) -> None:
    for _ in range(150):
        workspace.synchronize()
        if workspace.certificates.own():
            return
        time.sleep(0.1)
    raise AssertionError("the server has issued no certificate")


def open_page(qtbot: QtBot, workspace: Workspace, told: list[str]) -> IssuedPage:
    model = IssuedModel(InlineStore(workspace))
    page = IssuedPage(model, say=told.append)
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    return page


def rows(page: IssuedPage) -> list[str]:
    QApplication.processEvents()
    return [r.title.words for r in page.findChildren(ListRow) if r.isVisibleTo(page)]


def act(page: IssuedPage, words: str) -> None:
    """Choose something from the menu of the newest certificate."""
    assert page._model.rows
    next(a for a in page.menu(page._model.rows[0]).actions() if a.text() == words).trigger()


def test_found_revoked_and_issued_anew(qtbot: QtBot, tmp_path: Path, server: Server) -> None:  # CER-02, CER-06, CER-08
    told: list[str] = []
    desk = entered(tmp_path, server, "dana", role="admin")
    desk.synchronize()
    course = completed(desk)
    await_certificate(desk)
    number = desk.certificates.own()[0].credential.certificate_number
    page = open_page(qtbot, desk, told)
    assert rows(page) == ["Dana Okafor"]
    asking = CertificatesModel(InlineStore(desk), page)
    asking.verify_number(number)
    assert asking.answer is not None
    assert (asking.answer.verdict.state, asking.answer.at_server) == ("valid", True)
    act(page, "Revoke…")
    sheet = next(s for s in page.findChildren(Sheet) if s.isVisible())
    press(sheet, "Revoke")
    assert "must not be empty" in said(sheet)
    sheet.findChild(Paper).setPlainText("The name is misspelt")
    press(sheet, "Revoke")
    assert told == ["The certificate of Dana Okafor is revoked"]
    asking.verify_number(number)
    assert (asking.answer.verdict.state, asking.answer.at_server) == ("revoked", True)
    act(page, "Issue anew")
    assert told[-1] == "Dana Okafor has a new certificate"
    assert [row.is_valid for row in page._model.rows or ()] == [True, False]
    page._model.issue_all(course)
    assert told[-1] == "0 certificates were issued"
    page.search.setText("nobody")
    page.search.tell()
    assert rows(page) == []
    assert "No certificate found" in said(page)
    server.stop()
    page._model.refresh()
    QApplication.processEvents()
    assert any("The server must be reached" in b.accessibleName() for b in page.findChildren(Banner) if b.isVisible())
    asking.verify_number("CERT-1")
    assert asking.error is not None, "nobody here knows this number"
    desk.close()
