"""What the server itself wrote after a backup comes back from the journal: accounts, roles, devices, sessions."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.errors import DiskFull
from lms_core.sync.hub import journal as journal_module
from sync_server.app import create_app
from sync_server.backup import back_up, restore
from sync_server.config import Settings
from sync_server.database import Database, database_of
from sync_server.layout import JOURNAL
from sync_server.opening import Opened, open_hub, prepare
from tests.fakes import FakeClock
from tests.server.conftest import SCHEMA
from tests.server.people import PASSWORD, Client, wish

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
Open = Callable[[Path], AbstractContextManager[tuple[Opened, Client]]]


@pytest.fixture
def database(data: Path, settings: Settings) -> Database:
    """Where the hub's tables are."""
    return database_of(data, settings.database_url)


@pytest.fixture
def opening(settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Open:
    """Open a data folder as a server does."""

    @contextmanager
    def run(data: Path) -> Iterator[tuple[Opened, Client]]:
        with (
            open_hub(data, settings, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as opened,
            TestClient(create_app(settings, opened.served)) as http,
        ):
            yield opened, Client(http)

    return run


def _records(data: Path) -> list[Path]:
    return sorted((data / JOURNAL).iterdir())


@pytest.mark.postgresql
def test_who_came_after_the_backup_is_there_after_the_restore(
    data: Path, tmp_path: Path, opening: Open, database: Database
) -> None:
    with opening(data) as (opened, client):
        client.join("ada")
        backup = back_up(data, tmp_path / "copies", now=NOW, database=database)
        eve = client.join("eve")
        opened.served.accounts.set_role("eve@school.example", "instructor")
        opened.served.accounts.set_active(eve.user["id"], active=True)
    restore(data, Path(backup.path), now=NOW, database=database)
    prepare(data, database)
    for _ in range(2):  # the second start finds nothing to do
        with opening(data) as (opened, client):
            client.sign_in("ada")
            user = client.sign_in("eve").user
            assert (user["id"], user["role"]) == (eve.user["id"], "instructor")
            assert client.ask("GET", "/users/me", headers={"Authorization": f"Bearer {eve.token}"}).status_code == 200


def test_half_a_record_is_cut_off_and_the_rest_counts(
    data: Path, tmp_path: Path, opening: Open, database: Database
) -> None:
    with opening(data) as (_, client):
        backup = back_up(data, tmp_path / "copies", now=NOW, database=database)
        client.join("eve")
    (file,) = _records(data)
    assert file.stat().st_mode & 0o077 == 0
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])
    restore(data, Path(backup.path), now=NOW, database=database)
    prepare(data, database)
    with opening(data) as (_, client):
        client.sign_in("eve")
        client.join("later")
    assert file.read_bytes().startswith(whole)
    restore(data, Path(backup.path), now=NOW.replace(hour=9), database=database)
    prepare(data, database)
    with opening(data) as (_, client):
        client.sign_in("later")


def test_a_write_that_failed_does_not_come_back(
    data: Path, tmp_path: Path, opening: Open, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opening(data) as (_, client):
        backup = back_up(data, tmp_path / "copies", now=NOW, database=database)
        with monkeypatch.context() as patch:
            patch.setattr("lms_core.sync.hub.store.SqlHubTransaction.finish", _full)
            assert client.post("/auth/register", wish("eve")).status_code == 507
        client.join("ada")
    restore(data, Path(backup.path), now=NOW, database=database)
    prepare(data, database)
    with opening(data) as (_, client):
        client.sign_in("ada")
        client.join("eve")  # the address is still free


def _full(*_: object) -> None:
    raise DiskFull


def test_months_beyond_any_backup_go(data: Path, opening: Open) -> None:
    for month in range(1, 13):
        for year in (2023, 2024):
            (data / JOURNAL / f"{year}-{month:02}.journal").touch()
    with opening(data):
        pass
    assert [p.name for p in _records(data)] == [p.name for p in sorted(_records(data))[-journal_module.KEEP_FILES :]]
    assert _records(data)[0].name == "2023-11.journal"


def _card(person: Client) -> str:
    key = base64.b64encode(bytes(32)).decode()
    answer = person.post("/replicas", {"replica_id": "00c0ffee00c0ffee", "public_key": key})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["card"])


def _login(client: Client, name: str, card: str, password: str = PASSWORD) -> httpx.Response:
    return client.post("/auth/login", {"email": f"{name}@school.example", "password": password, "card": card})


@pytest.mark.postgresql
def test_a_card_brings_an_account_back_that_nothing_else_knows(
    data: Path, tmp_path: Path, opening: Open, database: Database
) -> None:
    with opening(data) as (opened, client):
        backup = back_up(data, tmp_path / "copies", now=NOW, database=database)
        eve = client.join("eve")
        opened.served.accounts.set_role("eve@school.example", "instructor")
        card = _card(eve)
    shutil.rmtree(data / JOURNAL)
    restore(data, Path(backup.path), now=NOW, database=database)
    prepare(data, database)
    with opening(data) as (_, client):
        assert _login(client, "eve", "").status_code == 401
        assert _login(client, "eve", card[:-8] + "AAAAAAA=").status_code == 401
        assert _login(client, "ada", card).status_code == 401
        answer = _login(client, "eve", card)
        assert (answer.json()["user"]["id"], answer.json()["user"]["role"]) == (eve.user["id"], "instructor")
        assert _login(client, "eve", card, "another password of hers").status_code == 401


def test_a_card_makes_nobody_an_administrator_and_opens_no_account_that_is_there(
    data: Path, tmp_path: Path, opening: Open, database: Database
) -> None:
    with opening(data) as (opened, client):
        backup = back_up(data, tmp_path / "copies", now=NOW, database=database)
        eve = client.join("eve")
        opened.served.accounts.set_role("eve@school.example", "admin")
        card = _card(eve)
        assert _login(client, "eve", card, "another password of hers").status_code == 401
    shutil.rmtree(data / JOURNAL)
    restore(data, Path(backup.path), now=NOW, database=database)
    prepare(data, database)
    with opening(data) as (_, client):
        assert _login(client, "eve", card).json()["user"]["role"] == "student"
