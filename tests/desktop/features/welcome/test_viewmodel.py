"""The door: people, first steps, and everything that can go wrong there."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.address import server_address
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from lms_core.errors import Offline, UserError
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.desktop.features.doors import at_once
from tests.fakes import FakeClock, MemorySecrets


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    """The real ways in, without a server in reach."""
    return Sessions(tmp_path, secrets=MemorySecrets(), clock=FakeClock())


@pytest.fixture
def opened() -> Iterator[list[Workspace]]:
    """What the door opened, closed at the end."""
    workspaces: list[Workspace] = []
    yield workspaces
    for workspace in workspaces:
        workspace.close()


@pytest.fixture
def model(qtbot: QtBot, sessions: Sessions, opened: list[Workspace]) -> WelcomeModel:
    welcome = WelcomeModel(sessions, at_once, demo=lambda: sessions.start_local("Demo"))
    welcome.opened.connect(lambda workspace, _: opened.append(workspace))
    welcome.start()
    return welcome


def close_all(opened: list[Workspace]) -> None:
    while opened:
        opened.pop().close()


def test_a_fresh_machine_begins_with_the_look(model: WelcomeModel) -> None:
    assert (model.step, model.can_go_back) == ("look", False)
    model.set_look(language="ar", scale=1.5)
    assert (model.look.language, model.look.scale) == ("ar", 1.5)
    model.forward()
    assert model.step == "purpose"
    model.forward()
    assert model.step == "server"
    model.back()
    assert model.step == "purpose"


def test_the_demo_opens_at_once(model: WelcomeModel, qtbot: QtBot) -> None:
    model.forward()
    model.set_purpose("demo")
    with qtbot.waitSignal(model.opened) as told:
        model.forward()
    assert told.args[1] == "demo"


def test_a_local_profile_needs_a_name(model: WelcomeModel, opened: list[Workspace]) -> None:
    model.skip()
    model.start_local("  ")
    assert model.error.code == "name_needed"
    model.start_local("Noor")
    assert opened[0].person.name == "Noor"


def test_several_people_and_a_wrong_password(model: WelcomeModel, opened: list[Workspace]) -> None:
    model.start_local("Amara", "correct horse")
    model.start_local("Noor")
    close_all(opened)
    model.start()
    assert model.step == "picker"
    amara = next(p for p in model.profiles if p.display_name == "Amara")
    model.choose(amara.id)
    assert model.step == "unlock"
    model.unlock("")
    assert model.error.code == "password_needed"
    model.unlock("wrong horse")
    assert model.error.code == "wrong_password"
    model.unlock("correct horse")
    assert model.error is None
    assert [w.person.name for w in opened] == ["Amara"]
    close_all(opened)
    model.choose(next(p.id for p in model.profiles if p.display_name == "Noor"))
    assert [w.person.name for w in opened] == ["Noor"]


def test_a_forgotten_password_without_a_server_says_so(model: WelcomeModel, opened: list[Workspace]) -> None:
    model.start_local("Amara", "correct horse")
    close_all(opened)
    model.start()
    model.choose(model.profiles[0].id)
    model.forgot()
    assert model.error.code == "no_recovery"


def test_a_server_that_cannot_be_reached_leaves_a_way(model: WelcomeModel) -> None:
    model.sign_in("http://127.0.0.1:9", "a@example.org", "secret words")
    assert isinstance(model.error, Offline)
    assert model.can_work_without
    model.sign_in("not an address", "a@example.org", "secret words")
    assert model.error.code == "bad_server_address"
    model.sign_in("http://127.0.0.1:9", "", "")
    assert model.error.code == "credentials_needed"


class Answers(BaseHTTPRequestHandler):
    """A server of ours, as far as it is looked for."""

    def do_GET(self) -> None:
        body = b'{"product": "desktop-lms"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def test_one_is_told_when_the_server_answers_again(model: WelcomeModel) -> None:
    server = HTTPServer(("127.0.0.1", 0), Answers, bind_and_activate=False)
    server.server_bind()  # nobody listens yet
    model.sign_in(f"http://127.0.0.1:{server.server_address[1]}", "a@example.org", "secret words")
    assert model.can_remind
    model.remind()
    assert model.reminder is not None
    model.reminder.look()
    assert not model.reached
    server.server_activate()
    thread = Thread(target=server.handle_request)
    thread.start()
    model.reminder.look()
    thread.join()
    server.server_close()
    assert (model.reached, model.reminder, model.error) == (True, None, None)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("school.example.org/", "https://school.example.org"),
        ("localhost:8000", "http://localhost:8000"),
        ("192.168.1.7:8000", "http://192.168.1.7:8000"),
        ("hub", "http://hub"),
        ("HTTPS://x.org/lms", "HTTPS://x.org/lms"),
    ],
)
def test_addresses_as_people_type_them(typed: str, address: str) -> None:
    assert server_address(typed) == address


@pytest.mark.parametrize("typed", ["", "  ", "two words", "http://"])
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(UserError, match="address"):
        server_address(typed)
