"""Signing in through a provider with real programs: server, provider, a browser that follows, a profile."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from lms_core.browsing import Visit
from lms_core.errors import AuthExpired, UserError
from lms_core.session import Sessions
from tests.e2e.programs import PASSWORD, Machine, Server
from tests.fakes import MemorySecrets
from tests.server.provider import CLIENT, SECRET, Provider

ADA = {"sub": "1", "email": "ada@school.example", "email_verified": True, "name": "Ada Moyo"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    each = Provider()
    each.person = dict(ADA)
    yield each
    each.close()


@pytest.fixture
def hub(tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    settings = {
        "PUBLIC_URL": f"http://127.0.0.1:{port}", "OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(f"LMS_HUB_{name}", value)
    made = Server(tmp_path / "hub", port=port)
    made.start()
    yield made
    made.stop()


class Browser:
    """Follow a page to where it leads, as a browser beside the app does."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []
        self.last: httpx.Response | None = None

    def __call__(self, url: str) -> None:
        self.threads.append(threading.Thread(target=self._go, args=(url,)))
        self.threads[-1].start()

    def _go(self, url: str) -> None:
        self.last = httpx.get(url, follow_redirects=True, timeout=30)

    def close(self) -> None:
        for thread in self.threads:
            thread.join()


def test_a_person_comes_in_through_the_browser_and_again_without_it(tmp_path: Path, hub: Server) -> None:  # ACC-14
    sessions, browser = Sessions(tmp_path / "laptop", secrets=MemorySecrets()), Browser()
    assert sessions.greeting(hub.url).providers == [{"name": "oidc", "label": "School account"}]
    workspace = sessions.sign_in_by(hub.url, "oidc", browser)
    browser.close()
    assert browser.last is not None
    assert "close this page" in browser.last.text
    assert workspace.person.name == "Ada Moyo"
    workspace.notes.add("written at once")
    workspace.synchronize()
    assert workspace.sync.status().waiting == 0
    profile = workspace.profile.info.id
    workspace.close()
    offline = sessions.unlock(profile)
    assert [note.body for note in offline.notes.all()] == ["written at once"]
    offline.close()


def test_an_account_with_a_password_is_linked_and_codes_are_asked_for(tmp_path: Path, hub: Server) -> None:
    machine = Machine(tmp_path / "first")
    machine.run(
        "register", "--server", hub.url, "--email", str(ADA["email"]), "--first-name", "Ada", "--last-name", "Moyo"
    )
    sessions, browser = Sessions(tmp_path / "second", secrets=MemorySecrets()), Browser()
    workspace = sessions.sign_in(hub.url, str(ADA["email"]), PASSWORD)
    line: Any = workspace.transport
    with Visit() as visit:
        browser(line.begin_visit("oidc", visit, linking=True))
        line.link_by("oidc", visit.wait())
    secret = line._told("POST", "/auth/second-factor", json={"password": PASSWORD})["secret"]
    code = pyotp.TOTP(secret).now()
    codes = line._told("POST", "/auth/second-factor/confirm", json={"code": code})["recovery_codes"]
    workspace.close()
    again = sessions.sign_in_by(hub.url, "oidc", browser, code=lambda: codes[0])
    again.close()
    browser.close()
    asked = ("sign-in", "--server", hub.url, "--email", str(ADA["email"]))
    assert machine.run(*asked, status=1)["code"] == "second_factor_needed"
    assert machine.run(*asked, "--code", codes[0], status=1)["code"] == "second_factor_wrong"
    assert machine.run(*asked, "--code", codes[1])["name"] == "Ada Moyo"


def test_the_page_on_this_machine_takes_one_answer_and_only_the_right_one() -> None:
    with Visit() as visit:
        stranger = httpx.get(visit.redirect_uri, params={"code": "theirs", "state": "guessed"})
        assert stranger.status_code == 404
        assert httpx.get(visit.redirect_uri.rsplit("/", 1)[0] + "/favicon.ico").status_code == 404
        with pytest.raises(AuthExpired):
            visit.wait(seconds=0)
        with pytest.raises(UserError) as stopped:
            visit.wait(lambda: True)
        assert stopped.value.code == "cancelled"
        for code in ("ours", "another"):
            assert httpx.get(visit.redirect_uri, params={"code": code, "state": visit.state}).status_code == 200
        assert visit.wait().code == "ours"
    with Visit() as refused:
        httpx.get(refused.redirect_uri, params={"error": "access_denied", "state": refused.state})
        with pytest.raises(UserError):
            refused.wait()
