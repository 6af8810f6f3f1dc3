"""What a hostile caller tries over the interface, and what becomes of it (SEC-08)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import API, PASSWORD, Client


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """A hub that knows everything."""
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


def with_role(client: Client, opened: Opened, role: str) -> Client:
    """Somebody with a role, signed in."""
    opened.served.accounts.set_role(client.join(role).user["email"], role)
    return client.sign_in(role)


def test_a_fault_that_no_future_can_carry_is_answered(opened: Opened, settings: Settings) -> None:
    def bug() -> None:
        next(iter(()))

    app = create_app(settings, replace(opened.served, health=bug))  # type: ignore[arg-type]
    with TestClient(app, raise_server_exceptions=False) as http:
        answer = http.get(f"{API}/health", timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")


TAKEN = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"
NEW = {
    "/categories": {"name": "Natural sciences"},
    "/users": {"email": "sam@school.example", "first_name": "Sam", "last_name": "Obi", "password": PASSWORD},
    "/courses": {"title": "Tides"},
    "/classes": {"name": "7b"},
}


@pytest.mark.parametrize("first", NEW)
@pytest.mark.parametrize("second", NEW)
def test_an_id_of_another_kind_of_row_is_refused(client: Client, opened: Opened, first: str, second: str) -> None:
    if first == second:
        return
    root = with_role(client, opened, "admin")
    made = root.post(first, NEW[first] | {"id": TAKEN})
    assert (made.status_code, made.json()["id"]) == (201, TAKEN)
    refused = root.post(second, NEW[second] | {"id": TAKEN})
    assert (refused.status_code, refused.json()["code"]) == (409, "id_reused"), refused.text
