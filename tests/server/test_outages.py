"""Real servers whose database goes away and comes back: a clear answer meanwhile, nothing lost, nobody has to help."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster, cluster
from tests.server.people import API, Client, wish
from tests.server.test_process import Running, run, running

PATIENCE_S = 60


@pytest.fixture
def own() -> Iterator[Cluster]:
    """A PostgreSQL that this test may stop."""
    with cluster() as each:
        yield each


def until(enough: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not enough():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_the_database_goes_away_and_comes_back(own: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "hub"
    with own.fresh(empty=True) as url:
        monkeypatch.setenv("LMS_HUB_DATABASE_URL", url)
        with running(data, env={"LMS_HUB_JOB_SECONDS": "1"}) as server:
            ada = server.client.join("ada")
            own.stop()
            said = server.http.get(f"{API}/health")
            assert (said.status_code, said.json()["status"], said.json()["database"]) == (
                503,
                "failing",
                "database_away",
            )
            assert server.http.get("/").status_code == 503
            for refused in (server.client.post("/auth/register", wish("bo")), ada.get("/users/me")):
                assert (refused.status_code, refused.json()["code"]) == (503, "database_away")
                assert int(refused.headers["retry-after"]) > 0
                assert "Traceback" not in refused.text
            late = run("serve", "--data", data, "--port", "0", "--json")
            assert (late.returncode, json.loads(late.stdout)["code"]) == (1, "database_away")
            assert "fault   The database does not answer" in run("check", "--data", data).stdout
            own.start()
            until(lambda: server.http.get(f"{API}/health").status_code == 200)
            assert ada.get("/users/me").json()["email"] == "ada@school.example"
            server.client.join("bo")
            until(lambda: held(data))
            worked_again(server, data)
            assert server.stop() == 0
        monkeypatch.delenv("LMS_HUB_DATABASE_URL")


def held(data: Path) -> bool:
    """Whether nobody may have the database alone, as while a server works with it."""
    answer = run("migrate", "--data", data, "--json")
    return bool(answer.returncode) and json.loads(answer.stdout)["code"] == "hub_in_use"


def worked_again(server: Running, data: Path) -> None:
    """The jobs go on."""
    assert run("create-admin", "--data", data, *ROOT, password=ROOT_PASSWORD).returncode == 0
    login = server.client.post("/auth/login", {"email": ROOT[1], "password": ROOT_PASSWORD}).json()
    root = Client(server.http, login["access"])

    def done() -> bool:
        found = root.get("/system/jobs").json()["results"]
        return {each["name"] for each in found if each["outcome"] == "done"} >= {"uploads", "unused files"}

    until(done)


ROOT = ("--email", "root@school.example", "--first-name", "Grace", "--last-name", "Obi")
ROOT_PASSWORD = "seven green bicycles"
