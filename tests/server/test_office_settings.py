"""The settings in force and the check of the server, from the administrator's desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from sync_server.config import Settings, load_settings
from sync_server.effective import effective
from sync_server.opening import Opened
from tests.server.people import Client


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, metrics_token="hush hush", trusted_proxies=("127.0.0.1",))


@pytest.fixture
def boss(client: Client, opened: Opened) -> Iterator[Client]:
    """An administrator."""
    ada = client.join("ada")
    opened.served.accounts.set_role(ada.user["email"], "admin")
    yield client.sign_in("ada")
    opened.jobs.close()


def test_every_setting_is_shown_and_no_secret_is(boss: Client) -> None:  # OPS-05
    answer = boss.get("/system/settings")
    found = {each["name"]: each for each in answer.json()}
    assert list(found) == [each.name for each in fields(Settings)]
    assert all(each["help"] for each in found.values())
    assert "hush" not in answer.text
    token = found["metrics_token"]
    assert (token["value"], token["default"], token["is_set"], token["secret"]) == (None, None, True, True)
    assert (found["smtp_password"]["is_set"], found["smtp_password"]["value"]) == (False, None)
    assert (found["trusted_proxies"]["value"], found["largest_file_mb"]["value"]) == (["127.0.0.1"], 512)


def test_a_setting_says_where_it_comes_from_and_what_a_restart_changes(tmp_path: Path) -> None:  # OPS-05
    file = tmp_path / "hub.toml"
    file.write_text("largest_file_mb = 100\nbackup_hours = 12\nport = 9000\n", "utf-8")
    environment = {"LMS_HUB_BACKUP_HOURS": "6", "PATH": "/bin"}
    running = load_settings(tmp_path, environment, port=8123)

    def told() -> dict[str, tuple[Any, str, bool]]:
        return {e.name: (e.value, e.source, e.after_restart) for e in effective(running, tmp_path, environment)}

    first = told()
    assert first["largest_file_mb"] == (100, "file", False)
    assert first["backup_hours"] == (6, "environment", False)
    assert first["port"] == (8123, "command line", False)
    assert first["host"] == ("127.0.0.1", "default", False)
    file.write_text("backup_hours = 12\nkeep_log_days = 9\n", "utf-8")
    changed = {name: each for name, each in told().items() if each[2]}
    assert changed == {"largest_file_mb": (100, "file", True), "keep_log_days": (365, "file", True)}
    file.write_text("no toml at all", "utf-8")
    assert told()["backup_hours"] == (6, "environment", False), "a file that is broken now breaks no page"


@pytest.mark.postgresql
def test_the_server_is_checked_and_says_what_it_found(boss: Client, opened: Opened, data: Path) -> None:  # OPS-06
    never = boss.get("/system/check").json()
    assert (never["at"], never["findings"], never["job"]["every_seconds"]) == (None, [], None)
    opened.jobs.look()
    assert boss.get("/system/check").json()["at"] is None, "only when somebody asks"
    assert boss.post("/system/check").json()["last"]["outcome"] == "asked"
    opened.jobs.look()
    found = boss.get("/system/check").json()
    assert found["ok"]
    names = [(each["name"], each["state"]) for each in found["findings"]]
    assert names[0] == ("backups", "warning"), "what is worse comes first"
    assert {("database", "ok"), ("settings", "ok"), ("files", "ok")} <= set(names)
    (data / "keys" / "accounts.key").chmod(0o644)
    boss.post("/system/check")
    opened.jobs.look()
    found = boss.get("/system/check").json()
    assert (found["ok"], found["findings"][0]["name"], found["findings"][0]["state"]) == (False, "secrets", "fault")
    assert boss.get("/audit", params={"entity_id": "check"}).json()["count"] == 2
