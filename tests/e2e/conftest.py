"""What tests with real programs share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_server.opening import prepare
from tests.e2e.programs import Server


@pytest.fixture
def server(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A hub that serves, with its tables in the database that the test asks for."""
    if database_url:
        prepare(tmp_path / "hub")  # a database that has tables wants its keys
        monkeypatch.setenv("LMS_HUB_DATABASE_URL", database_url)
    made = Server(tmp_path / "hub")
    made.start()
    yield made
    made.stop()
