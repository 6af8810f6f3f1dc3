"""Backups that come round by themselves: proved by a restore on trial, and only then an older one goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from lms_core.errors import LmsError, UserError
from lms_core.media.store import MediaStore
from sync_server import backups
from sync_server.backups import Backups, prove
from sync_server.config import Settings
from sync_server.database import database_of
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.conftest import SCHEMA
from tests.server.people import Client
from tests.server.test_process import run

Make = Callable[..., Backups]


@pytest.fixture
def make(data: Path, settings: Settings, tmp_path: Path) -> Make:
    database, blobs = database_of(data, settings.database_url), MediaStore(data / "blobs")
    return lambda kept=2: Backups(data, tmp_path / "copies", database, blobs, kept)


@pytest.mark.postgresql
def test_a_backup_is_restored_on_trial_and_the_latest_stay(client: Client, make: Make) -> None:  # OPS-03
    client.join("ada")
    each = make()
    each.folder.mkdir()
    for name in ("hub-20200101T000000Z.tar", "hub-20200102T000000Z.tar", "hub-mine.tar", "other.txt"):
        (each.folder / name).touch()
    told = each.run()
    assert told["proved"] == "restored, 1 accounts"
    left = sorted(path.name for path in each.folder.iterdir())
    assert left == ["hub-20200102T000000Z.tar", Path(told["path"]).name, "hub-mine.tar", "other.txt"]


@pytest.mark.postgresql
def test_a_backup_that_cannot_be_made_or_proved_costs_no_older_one(
    opened: Opened, make: Make, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    each = make(1)
    first = Path(each.run()["path"])
    opened.served.runs.begin("x", "y")
    with opened.hub.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    monkeypatch.setattr(backups, "datetime", Later)
    with pytest.raises(LmsError, match="damaged"):
        each.run()
    assert first in each.found()
    body = first.read_bytes()
    first.write_bytes(body[: len(body) // 2] + b"no" + body[len(body) // 2 + 2 :])
    other = first.with_name("none.tar")
    for broken in (first, other):
        with pytest.raises(UserError, match="not a backup"):
            prove(broken, each.database)
    assert [path.name for path in each.folder.glob(".*")] == []


class Later:
    """The day after."""

    @staticmethod
    def now(zone: object) -> object:
        from datetime import UTC, datetime, timedelta

        return datetime.now(UTC) + timedelta(days=1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_role_that_makes_no_databases_reads_the_dump_through(opened: Opened, make: Make, settings: Settings) -> None:
    dump = Path(make().run()["path"])
    engine = create_engine(settings.database_url)
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE ROLE plain LOGIN")
    try:
        plain = make_url(settings.database_url).set(username="plain").render_as_string(hide_password=False)
        assert prove(dump, database_of(dump.parent, plain)) == "read"
    finally:
        with engine.begin() as conn:
            conn.exec_driver_sql("DROP ROLE plain")
        engine.dispose()


@pytest.mark.postgresql
def test_the_settings_make_it_come_round(data: Path, settings: Settings, clock: FakeClock, tmp_path: Path) -> None:
    from dataclasses import replace

    chosen = replace(settings, backup_folder=str(tmp_path / "copies"), backup_media=False)
    with open_hub(data, chosen, schema=SCHEMA, effects=(), clock=clock) as opened:
        opened.jobs.look()
        opened.jobs.close()
        last = opened.served.runs.last("backup")
    assert last
    assert json.loads(last.said)["proved"] == "restored, 0 accounts"
    assert last.outcome == "done"


def test_a_backup_by_hand_is_remembered_too(data: Path, tmp_path: Path, settings: Settings) -> None:
    assert run("backup", "--data", data, "--to", tmp_path / "copies").returncode == 0
    with open_hub(data, settings, schema=SCHEMA, effects=()) as opened:
        last = opened.served.runs.last("backup", "done")
    assert last
    assert "hub-" in json.loads(last.said)["path"]
