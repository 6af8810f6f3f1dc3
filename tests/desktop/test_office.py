"""The server's own affairs from the app, at a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.asking import Asking
from desktop_lms.features.admin.background.view import BackgroundPage
from desktop_lms.features.admin.background.viewmodel import BackgroundModel
from desktop_lms.features.admin.backups.view import BackupsPage
from desktop_lms.features.admin.backups.viewmodel import BackupsModel
from desktop_lms.features.admin.devices.view import AllDevicesPage
from desktop_lms.features.admin.devices.viewmodel import AllDevicesModel
from desktop_lms.features.admin.log.view import LogPage, actions, change_words
from desktop_lms.features.admin.log.viewmodel import LogModel
from desktop_lms.features.admin.mails.view import MailsPage
from desktop_lms.features.admin.mails.viewmodel import MailsModel
from desktop_lms.features.admin.section.view import SectionPage
from desktop_lms.features.admin.server.view import ServerPage, value_words
from desktop_lms.features.admin.server.viewmodel import ServerModel, group_of
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Chip
from lms_core.accounts.audit import Action
from lms_core.errors import AuthExpired
from lms_core.rest.server import Setting
from lms_core.workspace import Workspace
from sync_server.mail import OUTBOX
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import fields, press, said
from tests.e2e.programs import Server, own_port

Page = TypeVar("Page", bound=SectionPage)
PATIENCE_MS, PAUSE_MS = 20_000, 20


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
    for _ in range(PATIENCE_MS // PAUSE_MS):
        page._asking.refresh()
        if true():
            return
        QTest.qWait(PAUSE_MS)
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
    wait_for(page, lambda: chips(page).count("Done") == sum(job.every_seconds is not None for job in page._model.jobs))
    assert "Forget old mails" in rows(page)
    job = next(each for each in page._model.jobs if each.name == "old mails")
    page._model.run(job)
    assert told == ["It begins in a moment: Forget old mails"]

    def again() -> bool:
        found = next(each for each in page._model.jobs if each.name == "old mails").last
        return found.outcome == "done" and found.started_at > job.last.started_at

    wait_for(page, again)


def test_settings_are_found_and_the_server_is_checked(qtbot: QtBot, desk: Workspace, server: Server) -> None:
    # OPS-05, OPS-06
    page = opened(qtbot, desk, ServerPage, ServerModel, [])
    assert "The server was not checked yet" in banners(page)
    press(page, " Check the server")
    wait_for(page, lambda: chips(page).count("In order") >= 5)
    assert "The database could be read through" in said(page)
    page.search.setText("BACKUP_folder")
    page.search.tell()
    assert [[each.name for each in many] for _, many in page._model.grouped] == [["backup_folder"]]
    assert chips(page)[-2:] == ["In order", "File"]
    (server.data / "hub.toml").write_text('backup_folder = "/elsewhere"\n', "utf-8")
    page._model.refresh()
    assert chips(page)[-3:] == ["In order", "After a restart", "File"]
    assert "has changed since the server was started" in banners(page)
    page._model.look_for("no such thing")
    assert "No setting found" in said(page)


def test_values_are_told_in_words_and_secrets_never() -> None:
    def words(value: object, **more: bool) -> str:
        about = {"is_set": bool(value), "secret": False, "after_restart": False} | more
        return value_words(Setting(name="x", help="", value=value, source="default", **about))

    assert [words(each) for each in (True, False, [], ["a", "b"], "", 0, "x")] == [
        "on", "off", "none", "a, b", "none", "0", "x",
    ]  # fmt: skip
    assert (words(None, secret=True, is_set=True), words(None, secret=True)) == ("is set", "not set")


def test_every_setting_has_its_group() -> None:
    groups = {name: group_of(name) for name in ("host", "tls_key", "smtp_host", "backup_hours", "mails_per_hour")}
    assert groups == {"host": "network", "tls_key": "network", "smtp_host": "mail", "backup_hours": "upkeep",
                      "mails_per_hour": "limits"}  # fmt: skip
    assert group_of("threads") == "process"


def sheet(page: SectionPage) -> Sheet:
    QApplication.processEvents()
    return next(s for s in page.window().findChildren(Sheet) if s.isVisible())


def test_a_device_is_found_and_signed_out_with_a_reason(
    qtbot: QtBot, tmp_path: Path, desk: Workspace, server: Server
) -> None:
    told: list[str] = []
    learner = entered(tmp_path, server, "amara")
    learner.synchronize()
    page = opened(qtbot, desk, AllDevicesPage, AllDevicesModel, told)
    assert page._model.count == 2
    page.search.setText("amara")
    page.search.tell()
    assert [device.person for device in page._model.rows] == ["Amara Okafor"]
    press(page, "Sign out…")
    press(sheet(page), "Sign it out")
    assert "Say why." in said(sheet(page))
    fields(sheet(page))[0].setText("Lost on the bus")
    press(sheet(page), "Sign it out")
    assert len(told) == 1
    assert "is signed out" in told[0]
    assert chips(page) == ["Signed out"]
    with pytest.raises(AuthExpired):
        learner.online().me()
    page._model.look_for(search="", state="active")
    assert len(rows(page)) == 1
    page._model.retry()
    assert told[1:] == ["Nothing is set aside any more"]
    server.stop()
    page._model.refresh()
    assert "The server must be reached" in banners(page)
    learner.close()


def test_mails_are_seen_tried_again_and_dropped(qtbot: QtBot, tmp_path: Path, desk: Workspace, server: Server) -> None:
    told: list[str] = []
    qtbot.waitUntil(lambda: any((server.data / OUTBOX).glob("*.eml")), timeout=PATIENCE_MS)  # her own mail has gone
    server.stop()
    (server.data / "hub.toml").write_text(f'smtp_host = "127.0.0.1"\nsmtp_port = {own_port()}\n', "utf-8")
    server.start()
    entered(tmp_path, server, "amara").close()
    page = opened(qtbot, desk, MailsPage, MailsModel, told)
    wait_for(page, lambda: "Connection refused" in said(page))
    assert "127.0.0.1" in said(page)
    page._model.look_for(state="waiting")
    (mail,) = page._model.rows
    assert (mail.to, chips(page)) == ("amara@school.example", ["Waiting"])
    press(page, "Try again")
    assert told == ["The mail to amara@school.example is tried again"]
    press(page, " Send a test mail to me")
    assert page._model.error.code == "mail_failed"
    assert "That did not work" in banners(page)
    press(page, "Drop…")
    press(sheet(page), "Drop it")
    assert told[1:] == ["The mail to amara@school.example is dropped"]
    assert rows(page) == []
    assert "No mails here" in said(page)


def test_the_audit_log_is_searched_and_kept_as_a_table(
    qtbot: QtBot, tmp_path: Path, desk: Workspace, server: Server
) -> None:  # SEC-12
    told: list[str] = []
    entered(tmp_path, server, "amara", role="instructor").close()
    page = opened(qtbot, desk, LogPage, LogModel, told)
    assert rows(page) == ["Role changed: Amara Okafor", "Role changed: Dana Okafor"]
    page.person.setText("amara@")
    page.person.tell()
    assert rows(page) == ["Role changed: Amara Okafor"]
    assert "role: student → instructor" in said(page)
    page._model.look_for(days="1", action="account.role")
    assert page._model.count == 1
    page._model.save(tmp_path / "audit.csv")
    assert page._model.error is None
    assert told == ["The table is in audit.csv"]
    table = (tmp_path / "audit.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert (len(table), "Amara Okafor" in table[1]) == (2, True)
    page._model.save(tmp_path / "nowhere" / "audit.csv")
    assert page._model.error.code == "disk_error"
    page._model.look_for(action="mail.dropped")
    assert "Nothing found" in said(page)


def test_every_action_has_words_and_changes_are_told_shortly() -> None:  # SEC-12
    assert set(actions()) == set(Action)
    assert change_words({"role": "student"}, {"role": "admin"}) == "role: student → admin"
    assert change_words(None, {"to": "a@b.c", "empty": ""}) == "to: a@b.c, empty: –"
    assert change_words({"bio": "x" * 100}, None) == f"bio: {'x' * 59}… → –"
    assert change_words(None, {str(n): n for n in range(9)}) == "0: 0, 1: 1, 2: 2, 3: 3 …"


def test_others_are_refused(qtbot: QtBot, tmp_path: Path, server: Server) -> None:  # SEC-06
    manager = entered(tmp_path, server, "joseph", role="manager")
    sections = {
        BackupsPage: BackupsModel, BackgroundPage: BackgroundModel, AllDevicesPage: AllDevicesModel,
        MailsPage: MailsModel, LogPage: LogModel, ServerPage: ServerModel,
    }  # fmt: skip
    for kind, model in sections.items():
        page = opened(qtbot, manager, kind, model, [])
        assert page._asking.trouble.code == "denied"
        assert rows(page) == []
    manager.close()
