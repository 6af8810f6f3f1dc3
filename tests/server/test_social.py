"""Signing in through a provider: a real one on loopback, a browser that follows, and what must not work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from litestar.testing import TestClient

from lms_core.accounts.model import challenge_of
from lms_core.accounts.passwords import PasswordHasher
from lms_core.errors import UserError
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.conftest import SCHEMA
from tests.server.people import API, PASSWORD, Client
from tests.server.provider import CLIENT, SECRET, Provider, key

BACK = "http://127.0.0.1:49152/back"
VERIFIER = "a-secret-of-the-app-that-is-forty-three-letters-long"
ADA = {
    "sub": "ada-1", "email": "ada@school.example", "email_verified": True, "given_name": "Ada", "family_name": "Moyo"
}  # fmt: skip


@pytest.fixture
def provider() -> Iterator[Provider]:
    each = Provider()
    each.person = dict(ADA)
    yield each
    each.close()


@pytest.fixture
def set_up(settings: Settings, provider: Provider) -> Settings:
    return replace(
        settings, public_url="http://hub.example", oidc_issuer=provider.issuer, oidc_client_id=CLIENT,
        oidc_client_secret=SECRET, oidc_label="School account",
    )  # fmt: skip


@pytest.fixture
def hub(data: Path, set_up: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    with open_hub(data, set_up, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def app(hub: Opened, set_up: Settings) -> Iterator[Client]:
    with TestClient(create_app(set_up, hub.served), raise_server_exceptions=False) as each:
        yield Client(each)


def wish(**changes: str) -> dict[str, str]:
    return {"redirect_uri": BACK, "state": "mine", "code_challenge": challenge_of(VERIFIER)} | changes


def visit(app: Client, *, path: str = "/auth/social/oidc/visits", follow: bool = True) -> dict[str, str]:
    """Go where a browser goes; returns what comes back to the app."""
    begun = app.post(path, wish())
    assert begun.status_code == 201, begun.text
    answer = httpx.get(begun.json()["url"])
    location = urlsplit(answer.headers["Location"])
    assert location.hostname == "hub.example"
    back = app.http.get(f"{location.path}?{location.query}", follow_redirects=False)
    if not follow:
        return {"status": str(back.status_code), "text": back.text}
    assert back.status_code == 302, back.text
    assert back.headers["Location"].startswith(f"{BACK}?")
    return {n: v[0] for n, v in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def came_back(app: Client, said: dict[str, str], **more: Any) -> httpx.Response:
    return app.post("/auth/social/oidc", {"code": said["code"], "code_verifier": VERIFIER} | more)


@pytest.mark.postgresql(soak=True)
def test_somebody_new_gets_an_account_and_finds_it_again(app: Client) -> None:  # ACC-14
    assert app.get("/auth/providers").json() == [{"name": "oidc", "label": "School account"}]
    said = visit(app)
    assert said["state"] == "mine"
    first = came_back(app, said).json()
    assert first["user"]["role"] == "student"
    assert first["user"]["is_email_verified"]
    assert (first["user"]["first_name"], first["user"]["username"]) == ("Ada", "ada.moyo")
    again = came_back(app, visit(app)).json()
    assert again["user"]["id"] == first["user"]["id"]
    me = Client(app.http, again["access"])
    assert {s["login_method"] for s in me.get("/auth/sessions").json()} == {"oidc"}
    assert [i["provider"] for i in me.get("/auth/identities").json()] == ["oidc"]
    assert me.delete("/auth/identities/oidc").json()["code"] == "last_way_in"
    assert app.post("/auth/login", {"email": ADA["email"], "password": ""}).status_code == 401


def test_a_code_works_once_soon_and_with_the_secret_of_who_asked(app: Client, clock: FakeClock) -> None:
    said = visit(app)
    thief = app.post("/auth/social/oidc", {"code": said["code"], "code_verifier": "another secret of some length"})
    assert (thief.status_code, thief.json()["code"]) == (401, "visit_over")
    assert came_back(app, {"code": "made up"}).status_code == 401
    assert app.post("/auth/social/google", {"code": said["code"], "code_verifier": VERIFIER}).status_code == 401
    assert came_back(app, said).status_code == 200
    assert came_back(app, said).json()["code"] == "visit_over"
    late = visit(app)
    clock.advance(timedelta(minutes=11))
    assert came_back(app, late).status_code == 401


def test_an_account_whose_address_nobody_proved_is_not_taken_over(app: Client) -> None:
    bo = app.join("ada")  # a stranger registered with Ada's address
    refused = came_back(app, visit(app))
    assert (refused.status_code, refused.json()["code"]) == (409, "link_first")
    said = visit(bo, path="/auth/social/oidc/links")
    assert came_back(app, said).json()["code"] == "visit_over", "a visit to link is no sign-in"
    other = app.join("cy")
    body = {"code": said["code"], "code_verifier": VERIFIER}
    assert other.post("/auth/social/oidc/link", body).status_code == 401
    assert bo.post("/auth/social/oidc/link", body).status_code == 204
    assert came_back(app, visit(app)).json()["user"]["id"] == bo.user["id"]
    again = visit(other, path="/auth/social/oidc/links")
    taken = other.post("/auth/social/oidc/link", {"code": again["code"], "code_verifier": VERIFIER})
    assert (taken.status_code, taken.json()["code"]) == (409, "identity_taken")
    assert bo.delete("/auth/identities/oidc").status_code == 204
    assert bo.delete("/auth/identities/oidc").status_code == 404


@pytest.mark.parametrize(
    "spoil",
    [
        {"aud": "somebody else"},
        {"iss": "http://evil.example"},
        {"nonce": "of another visit"},
        {"exp": 1},
        {"sub": None},
        {"exp": None},
    ],
    ids=lambda spoil: next(iter(spoil)),
)
def test_a_token_that_is_not_for_us_is_refused(app: Client, provider: Provider, spoil: dict[str, Any]) -> None:
    provider.spoil = spoil
    assert visit(app, follow=False)["status"] == "502"


def test_a_token_that_another_key_signed_is_refused(app: Client, provider: Provider) -> None:
    provider.signer = key(1)
    assert visit(app, follow=False)["status"] == "502"
    provider.signer = provider.key = key(1)
    assert came_back(app, visit(app)).status_code == 200, "providers change their keys"


def test_an_address_that_the_provider_did_not_check_stands_for_nobody(app: Client, provider: Provider) -> None:
    provider.person["email_verified"] = False
    refused = came_back(app, visit(app))
    assert (refused.status_code, refused.json()["code"]) == (403, "email_unverified")


def test_who_says_no_comes_back_without_a_code(app: Client) -> None:
    begun = app.post("/auth/social/oidc/visits", wish())
    state = parse_qs(urlsplit(begun.json()["url"]).query)["state"][0]
    back = app.http.get(f"{API}/auth/social/oidc/callback?error=access_denied&state={state}", follow_redirects=False)
    assert parse_qs(urlsplit(back.headers["Location"]).query) == {"error": ["access_denied"], "state": ["mine"]}
    again = app.http.get(f"{API}/auth/social/oidc/callback?code=x&state={state}", follow_redirects=False)
    assert again.status_code == 401
    assert again.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/back", "http://localhost:1/back", "http://127.0.0.1/back", "http://127.0.0.1:80@evil/x",
        "http://127.0.0.1:80/b?x=1", "http://127.0.0.1:80/b#x", "lms://back", "",
    ],
)  # fmt: skip
def test_the_browser_comes_back_to_the_own_machine_alone(app: Client, address: str) -> None:  # RFC 8252, 7.3
    refused = app.post("/auth/social/oidc/visits", wish(redirect_uri=address))
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_fields")
    assert app.post("/auth/social/oidc/visits", wish(code_challenge="short")).status_code == 400
    assert app.post("/auth/social/nobody/visits", wish()).status_code == 404


def test_codes_are_asked_for_here_too(app: Client, clock: FakeClock, hub: Opened) -> None:
    ada = app.join("ada")
    said = visit(ada, path="/auth/social/oidc/links")
    ada.post("/auth/social/oidc/link", {"code": said["code"], "code_verifier": VERIFIER})
    secret = ada.post("/auth/second-factor", {"password": PASSWORD}).json()["secret"]
    ada.post("/auth/second-factor/confirm", {"code": pyotp.TOTP(secret).at(clock.ms() // 1000)})
    said = visit(app)
    assert came_back(app, said).json()["code"] == "second_factor_needed"
    clock.advance(timedelta(seconds=30))
    code = pyotp.TOTP(secret).at(clock.ms() // 1000)
    assert came_back(app, said, second_factor=code).status_code == 200


def test_a_closed_account_and_closed_registration(app: Client, hub: Opened) -> None:  # ACC-15
    user = came_back(app, visit(app)).json()["user"]
    hub.served.accounts.set_active(user["id"], active=False)
    assert came_back(app, visit(app)).json()["code"] == "account_disabled"


def test_a_provider_that_is_away_or_answers_nonsense(app: Client, provider: Provider) -> None:
    provider.close()
    away = app.post("/auth/social/oidc/visits", wish())
    assert (away.status_code, away.json()["code"]) == (502, "provider_away")


def test_a_provider_needs_the_server_to_know_its_own_address() -> None:
    with pytest.raises(UserError) as refused:
        Settings(google_client_id="x")
    assert refused.value.code == "setting_needed"
