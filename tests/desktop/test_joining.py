"""A class is joined by its code from the app, at a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.joining.view import ask_to_join
from desktop_lms.features.joining.viewmodel import JoiningModel
from desktop_lms.store import InlineStore
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.desktop.test_mailed_codes import fields, press, said
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets


def entered(folder: Path, server: Server, name: str, *, role: str = "") -> Workspace:
    """Somebody at the server, on a laptop of their own."""
    sessions, email = Sessions(folder / name, secrets=MemorySecrets()), f"{name}@school.example"
    sessions.register(server.url, email=email, password=PASSWORD, first_name=name.title(), last_name="Okafor")
    if role:
        server.command("set-role", "--email", email, "--role", role)
    return sessions.sign_in(server.url, email, PASSWORD)


def test_a_class_is_joined_by_its_code(qtbot: QtBot, tmp_path: Path, server: Server) -> None:  # ACC-20
    desk, learner = entered(tmp_path, server, "dana", role="manager"), entered(tmp_path, server, "amara")
    line: Any = desk.transport
    made = line._told("POST", "/classes", json={"name": "8b"})["id"]
    code = line._told("POST", f"/classes/{made}/code", json={})["code"]
    window, told, synced = QWidget(), [], []
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()

    def ask() -> tuple[QWidget, JoiningModel]:
        model = JoiningModel(InlineStore(learner), lambda: synced.append(1))
        return ask_to_join(window, model, say=told.append), model

    sheet, model = ask()
    press(sheet, "Join")
    assert model.error.code == "credentials_needed"
    fields(sheet)[0].setText("AAAA-AAAA")
    press(sheet, "Join")
    assert "No class has this code" in said(sheet)
    fields(sheet)[0].setText(code.lower())
    press(sheet, "Join")
    assert (told, synced) == (["You are in 8b now"], [1])
    assert [each["name"] for each in line._told("GET", f"/classes/{made}/members")["results"]] == ["Amara Okafor"]
    server.stop()
    sheet, _ = ask()
    fields(sheet)[0].setText(code)
    press(sheet, "Join")
    assert "The server must be reached" in said(sheet)
    desk.close()
    learner.close()
