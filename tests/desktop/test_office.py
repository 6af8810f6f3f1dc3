"""The server's own affairs from the app, at a real server: backups and work behind the requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.asking import Asking
from desktop_lms.features.admin.background.view import BackgroundPage
from desktop_lms.features.admin.background.viewmodel import BackgroundModel
from desktop_lms.features.admin.backups.view import BackupsPage
from desktop_lms.features.admin.backups.viewmodel import BackupsModel
from desktop_lms.features.admin.section.view import SectionPage
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Chip
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import press, said
from tests.e2e.programs import Server

Page = TypeVar("Page", bound=SectionPage)
PATIENCE_MS = 20_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One that makes backups."""
    made = Server(tmp_path / "hub")
    made.data.mkdir()
    (made.data / "hub.toml").write_text(f'backup_folder = "{tmp_path / "copies"}"\n', "utf-8")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def desk(tmp_path: Path, server: Server) -> Iterator[Workspace]:
    """An administrator's laptop."""
    workspace = entered(tmp_path, server, "dana", role="admin")
    workspace.synchronize()
    yield workspace
    workspace.close()


def opened(
    qtbot: QtBot, workspace: Workspace, page: Callable[..., Page], model: Callable[..., Asking], told: list[str]
) -> Page:
    """A page as it is shown."""
    state = model(InlineStore(workspace))
    made = page(state, say=told.append)
    state.setParent(made)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    return made


def chips(page: SectionPage) -> list[str]:
    QApplication.processEvents()
    return [c.words for c in page.findChildren(Chip) if c.isVisibleTo(page)]


def rows(page: SectionPage) -> list[str]:
    QApplication.processEvents()
    return [r.title.words for r in page.findChildren(ListRow) if r.isVisibleTo(page)]


def banners(page: SectionPage) -> str:
    QApplication.processEvents()
    return "\n".join(b.accessibleName() for b in page.findChildren(Banner) if b.isVisibleTo(page))


def wait_for(page: SectionPage, true: Callable[[], bool]) -> None:
    """Look again until it holds."""
    for _ in range(PATIENCE_MS // 50):
        page._asking.refresh()
        if true():
            return
        QApplication.processEvents()
    raise AssertionError(said(page))


def test_backups_are_made_and_restored_on_trial(
    qtbot: QtBot, desk: Workspace, server: Server, tmp_path: Path
) -> None:  # OPS-03
    told: list[str] = []
    page = opened(qtbot, desk, BackupsPage, BackupsModel, told)
    wait_for(page, lambda: chips(page) == ["Restored on trial"])
    assert str(tmp_path / "copies") in said(page)
    assert "lms-server restore --data FOLDER" in said(page)
    press(page, " Make a backup now")
    wait_for(page, lambda: chips(page) == ["Restored on trial"] * 2)
    (first, _) = page._model.known.backups
    path = tmp_path / "copies" / first.name
    path.write_bytes(path.read_bytes()[: first.bytes // 2])
    page._model.try_out(first)
    wait_for(page, lambda: sorted(chips(page)) == ["Damaged", "Restored on trial"])
    server.stop()
    page._model.refresh()
    assert "The server must be reached" in banners(page)
    assert len(rows(page)) == 2, "what is known stays"


def test_a_server_without_a_folder_says_what_to_do(qtbot: QtBot, desk: Workspace, server: Server) -> None:
    server.stop()
    (server.data / "hub.toml").unlink()
    server.start()
    page = opened(qtbot, desk, BackupsPage, BackupsModel, [])
    assert "No backups are made" in said(page)
    assert not page._make.isVisible()
    assert banners(page) == ""


def test_work_behind_the_requests_is_seen_and_asked_for(qtbot: QtBot, desk: Workspace) -> None:  # OPS-03
    told: list[str] = []
    page = opened(qtbot, desk, BackgroundPage, BackgroundModel, told)
    wait_for(page, lambda: chips(page).count("Done") == len(page._model.jobs) - 1)
    assert "Forget old mails" in rows(page)
    job = next(each for each in page._model.jobs if each.name == "old mails")
    page._model.run(job)
    assert told == ["It begins in a moment: Forget old mails"]

    def again() -> bool:
        found = next(each for each in page._model.jobs if each.name == "old mails").last
        return found.outcome == "done" and found.started_at > job.last.started_at

    wait_for(page, again)
    desk.transport.close()


def test_others_are_refused(qtbot: QtBot, tmp_path: Path, server: Server) -> None:  # SEC-06
    manager = entered(tmp_path, server, "joseph", role="manager")
    for kind, model in ((BackupsPage, BackupsModel), (BackgroundPage, BackgroundModel)):
        page = opened(qtbot, manager, kind, model, [])
        assert page._asking.trouble.code == "denied"
        assert rows(page) == []
    manager.close()
