"""What an administrator sees of the server itself, on both kinds of database, and nobody else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from litestar.testing import TestClient

from lms_core.operation.runs import DONE, FAILED
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened
from tests.server.people import Client

PATHS = ("/system/db-status", "/system/db-stats", "/system/jobs")


@pytest.fixture
def boss(client: Client, opened: Opened) -> Client:
    """An administrator."""
    ada = client.join("ada")
    opened.served.accounts.set_role(ada.user["email"], "admin")
    return client.sign_in("ada")


def test_only_administrators_see_it(client: Client, opened: Opened) -> None:  # SEC-06
    bo = client.join("bo")
    for path in PATHS:
        assert client.get(path).status_code == 401
        for role in ("student", "instructor", "manager"):
            opened.served.accounts.set_role(bo.user["email"], role)
            answer = bo.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "denied")
        assert bo.post(path, {}).status_code == 405


@pytest.mark.postgresql
def test_the_database(boss: Client, opened: Opened, settings: Settings) -> None:  # OPS-02
    said = boss.get(PATHS[0]).json()
    assert (said["reachable"], said["kind"]) == (True, "postgresql" if settings.database_url else "sqlite")
    assert said["layout"] == said["newest_layout"] > "0008"
    assert said["wal_bytes"] > 0
    stats = boss.get(PATHS[1]).json()
    assert (stats["rows"]["credential"], stats["estimated"], stats["last_backup"]) == (1, [], None)
    assert stats["bytes"] > 10_000
    assert stats["wal_bytes"] > 0
    runs = opened.served.runs
    runs.end(runs.begin("backup", "one"), DONE, "/backup/hub.tar")
    runs.end(runs.begin("backup", "one"), FAILED, "The disk is full.")
    assert boss.get(PATHS[1]).json()["last_backup"] == {"at": "2026-01-05T08:00:00.000Z", "said": "/backup/hub.tar"}


@pytest.mark.postgresql
def test_what_the_jobs_did(boss: Client, opened: Opened) -> None:
    runs = opened.served.runs
    for number in range(25):
        runs.end(runs.begin("clean" if number % 5 else "backup", "host:1"), DONE if number else FAILED, str(number))
    running = runs.begin("clean", "host:2")
    first = boss.get(PATHS[2]).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (26, 20, None)
    assert first["results"][0] == {
        "id": running, "name": "clean", "worker": "host:2", "outcome": "running", "said": "",
        "started_at": "2026-01-05T08:00:00.000Z", "finished_at": None,
    }  # fmt: skip
    second = boss.http.get(first["next"], headers={"Authorization": f"Bearer {boss.token}"}).json()
    assert (len(second["results"]), second["next"]) == (6, None)
    chosen = boss.get(PATHS[2], params={"name": "backup", "outcome": "failed"}).json()
    assert [each["said"] for each in chosen["results"]] == ["0"]
    for wrong in ({"page": "0"}, {"page": "x"}, {"page_size": "101"}):
        assert boss.get(PATHS[2], params=wrong).status_code == 400


def test_a_server_without_its_database_says_so(data: Path, opened: Opened, settings: Settings) -> None:
    from dataclasses import replace

    from lms_core.errors import Busy

    def away() -> None:
        raise Busy("database_away")

    with TestClient(create_app(settings, replace(opened.served, status=away))) as http:  # type: ignore[arg-type]
        ada = Client(http).join("ada")
        opened.served.accounts.set_role(ada.user["email"], "admin")
        answer = ada.get(PATHS[0])
    assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
    assert int(answer.headers["retry-after"]) > 0
