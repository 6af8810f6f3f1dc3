"""Figures and reports in the administration, at a real server."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.overview.view import OverviewPage
from desktop_lms.features.admin.overview.viewmodel import OverviewModel
from desktop_lms.features.admin.reports.view import ReportsPage
from desktop_lms.features.admin.reports.viewmodel import ReportsModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.chart import Plot
from lms_core.errors import NotFound
from lms_core.rest.reports import ReportsApi
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import said
from tests.e2e.programs import Server


def overview(qtbot: QtBot, workspace: Workspace) -> OverviewPage:
    workspace.synchronize()
    model = OverviewModel(InlineStore(workspace))
    page = OverviewPage(model)
    return shown(qtbot, page, model)


def reports(qtbot: QtBot, workspace: Workspace, told: list[str]) -> ReportsPage:
    workspace.synchronize()
    model = ReportsModel(InlineStore(workspace))
    page = ReportsPage(model, say=told.append)
    return shown(qtbot, page, model)


def shown(qtbot: QtBot, page: Any, model: OverviewModel | ReportsModel) -> Any:
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    QApplication.processEvents()
    return page


def click(page: QWidget, name: str) -> None:
    """Press the button of this accessible name."""
    QApplication.processEvents()
    next(b for b in page.findChildren(Button) if b.accessibleName() == name and b.isVisibleTo(page)).click()


def test_the_overview_shows_figures_charts_and_the_database(qtbot: QtBot, tmp_path: Path, server: Server) -> None:
    dana = entered(tmp_path, server, "dana", role="admin")
    page = overview(qtbot, dana)
    words = said(page)
    for each in ("Accounts", "as of ", "Learners a day", "Database", "SQLite", "Last backup", "none yet"):  # fmt: skip
        assert each in words, each
    plots = [plot.accessibleName() for plot in page.findChildren(Plot)]
    assert [name.partition(".")[0] for name in plots] == ["Accounts", "Learners a day", "Hours studied a day"]
    page._model.look_back(365)
    QApplication.processEvents()
    (grown, *_) = [plot for plot in page.findChildren(Plot) if plot.isVisibleTo(page)][-3:]
    assert len(grown._values) == 365
    server.stop()
    page._model.refresh()
    QApplication.processEvents()
    assert "The server must be reached for this" in said(page)
    assert "Learners a day" in said(page), "what was shown stays"
    dana.close()


def test_a_manager_sees_no_database_and_a_student_nothing(qtbot: QtBot, tmp_path: Path, server: Server) -> None:
    manager, student = entered(tmp_path, server, "joseph", role="manager"), entered(tmp_path, server, "amara")
    page = overview(qtbot, manager)
    assert "Learners a day" in said(page)
    assert "Database" not in said(page)
    refused = overview(qtbot, student)
    assert refused._model.platform is None
    assert refused._model.trouble.code == "denied"
    for each in (manager, student):
        each.close()


def test_a_report_is_asked_for_watched_saved_and_removed(
    qtbot: QtBot, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:  # ANA-14
    told: list[str] = []
    dana = entered(tmp_path, server, "dana", role="admin")
    page = reports(qtbot, dana, told)
    model = page._model
    assert "No reports yet" in said(page)
    page.asks["users"].click()
    assert told == ["The report is being made"]
    qtbot.waitUntil(lambda: model.reports is not None and model.reports[0].status == "done", timeout=20_000)
    assert "1 row" in said(page)
    for form in ("csv", "pdf"):
        to = tmp_path / f"people.{form}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, to=to: (str(to), ""))
        click(page, f"Save “People” as {form.upper()}")
        assert model.error is None
    rows = list(csv.reader((tmp_path / "people.csv").read_text("utf-8-sig").splitlines()))
    assert [row[2] for row in rows] == ["E-mail", "dana@school.example"]
    assert (tmp_path / "people.pdf").read_bytes().startswith(b"%PDF-")
    assert told[1:] == ["Saved as people.csv", "Saved as people.pdf"]
    assert sorted(path.name for path in tmp_path.glob("people*")) == ["people.csv", "people.pdf"]
    click(page, "Remove “People”")
    assert told[-1] == "The report is gone"
    assert model.reports == ()
    room = dana.online().ask("POST", "/classes", json={"name": "8b", "term": "Spring"})["id"]
    model.refresh()
    page.cohort.choose(room)
    page._on_class(room)
    for kind in ("users", "storage"):
        page.asks[kind].click()
    assert {each.kind: each.parameters for each in model.reports} == {"users": {"cohort": room}, "storage": {}}
    assert "8b · Spring · asked for " in said(page)
    server.stop()
    model.refresh()
    QApplication.processEvents()
    assert "The server must be reached for this" in said(page)
    assert not page.asks["users"].isEnabled()
    page.leave()
    dana.close()


def test_a_file_that_did_not_come_leaves_nothing(tmp_path: Path, server: Server) -> None:
    dana = entered(tmp_path, server, "dana", role="admin")
    api = ReportsApi(dana.online())
    to = tmp_path / "people.csv"
    to.write_text("kept")
    with pytest.raises(NotFound):
        api.save("0197a3c2-7b1e-7c3a-9d55-ffffffffffff", "csv", to)
    assert (to.read_text(), [path.name for path in tmp_path.glob("*.part")]) == ("kept", [])
    dana.close()
