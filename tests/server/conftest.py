"""A hub over real files and a client over the real app; only the clock stands still and passwords hash fast."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.passwords import PasswordHasher
from lms_core.notifications.entities import NOTIFICATION
from lms_core.schema import Schema
from lms_core.sync.entities import CONFLICT
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.database import FileDatabase
from sync_server.opening import Opened, open_hub, prepare
from tests.core.school import add_visible
from tests.fakes import FakeClock
from tests.server.people import Client

SCHEMA = Schema([ACCOUNT, NOTIFICATION, CONFLICT])


@pytest.fixture(scope="session")
def hasher() -> PasswordHasher:
    """Argon2id with the smallest settings it takes (tests/cheap.py)."""
    return PasswordHasher()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared, empty data folder with all tables."""
    folder = tmp_path_factory.mktemp("hub")
    prepare(folder)
    add_visible(FileDatabase(folder).open())
    return folder


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    return Path(shutil.copytree(template, tmp_path / "hub"))


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Without limits on tries; tests of limits bring their own."""
    return Settings(
        database_url=database_url,
        sign_ins_per_minute=0, sign_ins_per_address=0, registrations_per_address=0, requests_per_minute=0,
        mails_per_hour=0, mails_per_address=0,
        transfers_per_minute=0, requests_per_address=0,
    )  # fmt: skip


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """The open hub."""
    with open_hub(data, settings, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def client(opened: Opened, settings: Settings) -> Iterator[Client]:
    """A client of the app over it."""
    with TestClient(create_app(settings, opened.served), raise_server_exceptions=False) as each:
        yield Client(each)
