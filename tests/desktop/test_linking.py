"""A local profile is linked to an account from the settings, with a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop_lms.app import App
from desktop_lms.features.settings.view import SettingsPage
from desktop_lms.features.settings.viewmodel import Account, SettingsModel
from desktop_lms.features.syncing.files.viewmodel import FilesModel
from lms_core.errors import AuthExpired
from lms_core.session import Sessions
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets


def test_the_window_opens_over_the_account(tmp_path: Path, server: Server, qtbot: Any, qapp: Any) -> None:
    app = App(qapp, tmp_path / "laptop")
    app.sessions.secrets = app.sessions.profiles.secrets = MemorySecrets()
    local = app.sessions.start_local("Mina Diaz")
    local.notes.add("Before there was a server.")
    app.enter(local)
    model = settings(app, qtbot)
    assert model.can_link

    model.link(Account("http://127.0.0.1:9", "mina@school.example", PASSWORD))
    qtbot.waitUntil(lambda: model.error is not None, timeout=10_000)
    assert model.error.code == "unreachable"

    with qtbot.waitSignal(app.opened, timeout=20_000):
        model.link(Account(server.url.removeprefix("http://"), "mina@school.example", PASSWORD, is_new=True))
    assert app.store is not None
    assert app.store.workspace.profile.info.server_url == server.url
    assert [n.body for n in app.store.workspace.notes.all()] == ["Before there was a server."]
    assert [p.display_name for p in app.sessions.list()] == ["Mina Diaz"]
    assert not settings(app, qtbot).can_link
    send_by_file(app, tmp_path, qtbot)
    revoke_another(app, server, tmp_path, qtbot)
    # the server gives the right to write courses, and no right means no example that could not be kept
    assert app.context is not None
    assert app.context.open_example is None
    assert "Open the sample course" not in [c.title for c in app._commands()]
    app.close()


def send_by_file(app: App, folder: Path, qtbot: Any) -> None:
    """What waits goes into a file, somebody carries it, and the answer brings all in order."""
    assert app.store is not None
    assert app.loop is not None
    app.loop.pause(True)
    app.store.workspace.notes.add("By stick.")
    model, file = FilesModel(app.store), folder / "work.lmsync"
    with qtbot.waitSignal(model.sent, timeout=10_000) as sent:
        model.send(file)
    assert sent.args[0] > 0
    with qtbot.waitSignal(model.carried, timeout=10_000) as carried:
        model.carry(file)
    with qtbot.waitSignal(model.received, timeout=10_000):
        model.receive(folder / carried.args[0])
    assert app.store.workspace.sync.status().waiting == 0
    with qtbot.waitSignal(model.failed, timeout=10_000) as failed:
        model.receive(file)
    assert failed.args[0].code == "bundle_elsewhere"
    assert not model.busy
    app.loop.pause(False)


def revoke_another(app: App, server: Server, folder: Path, qtbot: Any) -> None:
    """A second laptop is removed: it is out at once, keeps what it has not sent, and sends it after a sign-in."""
    other = Sessions(folder / "other", secrets=MemorySecrets()).sign_in(server.url, "mina@school.example", PASSWORD)
    model = settings(app, qtbot).devices
    qtbot.waitUntil(lambda: model.devices is not None and len(model.devices.all) == 2, timeout=10_000)
    assert [(d.here, d.revoked) for d in model.devices.all] == [(True, False), (False, False)]
    other.notes.add("Not sent yet.")
    with qtbot.waitSignal(model.revoked, timeout=10_000):
        model.revoke(model.devices.all[1])
    qtbot.waitUntil(lambda: model.devices.all[1].revoked, timeout=10_000)
    with pytest.raises(AuthExpired) as told:
        other.synchronize()
    assert told.value.code == "device_revoked"
    assert other.sync.status().waiting > 0
    other.online().sign_in("mina@school.example", PASSWORD)
    other.register_device()
    other.synchronize()
    assert other.sync.status().waiting == 0
    other.close()


def settings(app: App, qtbot: Any) -> SettingsModel:
    assert app.window is not None
    app.window.go("settings")
    page = app.window.stack.currentWidget()
    assert isinstance(page, SettingsPage)
    qtbot.waitUntil(lambda: page._model.profile is not None, timeout=5_000)
    return page._model
