"""Backups of a hub in use, and the way back, also from files that are no backup."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.errors import Busy, StorageError, UserError
from lms_core.media.store import MediaStore
from sync_server.app import create_app
from sync_server.backup import back_up, restore
from sync_server.config import Settings
from sync_server.database import Database, FileDatabase, database_of
from sync_server.layout import RESTORED, mark_restored
from sync_server.opening import Opened, open_hub, prepare
from tests.fakes import FakeClock
from tests.server.conftest import SCHEMA
from tests.server.people import Client

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
Sign = Callable[..., int]


@pytest.fixture
def database(data: Path, settings: Settings) -> Database:
    """Where the hub's tables are."""
    return database_of(data, settings.database_url)


@pytest.fixture
def other_url(settings: Settings, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the same kind."""
    if not settings.database_url:
        yield ""
        return
    with request.getfixturevalue("postgres").fresh(empty=True) as url:
        yield url


@pytest.fixture
def sign_in(settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Sign:
    """Open a folder, sign ada in, and return the hub's epoch; `url` names another database than the test's."""

    def run(data: Path, url: str | None = None) -> int:
        here = settings if url is None else replace(settings, database_url=url)
        with (
            open_hub(data, here, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as opened,
            TestClient(create_app(here, opened.served)) as http,
        ):
            Client(http).sign_in()
            return opened.served.health().epoch

    return run


@pytest.mark.postgresql
def test_a_backup_of_a_hub_in_use_brings_everything_back(
    client: Client, opened: Opened, data: Path, database: Database, other_url: str, tmp_path: Path, sign_in: Sign
) -> None:
    ada = client.join()
    blob = opened.hub.blobs.put(b"a picture")
    report = back_up(data, tmp_path / "copies", now=NOW, database=database)
    assert Path(report.path).name == "hub-20260105T080000Z.tar"
    assert Path(report.path).stat().st_mode & 0o077 == 0
    assert [p.name for p in (tmp_path / "copies").iterdir()] == ["hub-20260105T080000Z.tar"]
    client.join("eve")
    epoch = opened.served.health().epoch

    other = tmp_path / "other"
    elsewhere = database_of(other, other_url)
    restored = restore(other, Path(report.path), now=NOW, database=elsewhere)
    assert restored.files == report.files
    prepare(other, elsewhere)
    assert sign_in(other, other_url) > epoch  # laptops notice the restore by the new epoch
    assert not (other / RESTORED).exists()
    assert MediaStore(other / "blobs").read(blob) == b"a picture"
    assert ada.user["email"] == "ada@school.example"


@pytest.mark.postgresql
def test_media_can_be_left_out(opened: Opened, data: Path, database: Database, tmp_path: Path) -> None:
    opened.hub.blobs.put(b"a picture")
    all_of_it, without = (
        back_up(data, tmp_path / n, now=NOW, media=m, database=database) for n, m in (("a", True), ("b", False))
    )
    assert all_of_it.files == without.files + 1


def test_one_more_in_the_same_second_leaves_the_first(opened: Opened, data: Path, tmp_path: Path) -> None:
    made = {back_up(data, tmp_path / "copies", now=NOW).path for _ in range(3)}
    assert {path.name for path in (tmp_path / "copies").iterdir()} == {Path(path).name for path in made}
    assert len(made) == 3


def test_what_was_there_is_kept_aside(client: Client, data: Path, tmp_path: Path, sign_in: Sign) -> None:
    client.join()
    report = back_up(data, tmp_path / "copies", now=NOW)
    (data / "hub.db").write_bytes(b"damaged")
    (data / "hub.db-wal").unlink(missing_ok=True)
    restore(data, Path(report.path), now=NOW)
    assert (data / "before-restore" / "20260105T080000Z" / "hub.db").read_bytes() == b"damaged"
    sign_in(data)


@pytest.mark.postgresql
def test_a_restore_in_place_keeps_what_was_there(
    client: Client, data: Path, database: Database, tmp_path: Path, sign_in: Sign
) -> None:
    client.join()
    report = back_up(data, tmp_path / "copies", now=NOW, database=database)
    client.join("eve")
    restore(data, Path(report.path), now=NOW, database=database)
    assert (data / "before-restore" / "20260105T080000Z" / database.name).stat().st_size > 0
    prepare(data, database)
    sign_in(data)


def test_a_folder_without_a_hub_has_no_backup(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no server's data"):
        back_up(tmp_path, tmp_path / "copies", now=NOW)
    assert not (tmp_path / "copies").exists()


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with tarfile.open(source) as tar:
        parts = {m.name: file.read() for m in tar if (file := tar.extractfile(m))}
    change(parts)
    with tarfile.open(target, "w") as tar:
        for name, body in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            tar.addfile(entry, BytesIO(body))
    return target


def renamed(parts: dict[str, bytes]) -> None:
    """Let the manifest vouch for a file outside of the folder."""
    manifest = json.loads(parts["manifest.json"])
    for name in ("keys/../../evil", "/evil", "hub.db/../evil"):
        manifest["files"][name] = manifest["files"]["keys/accounts.key"]
        parts[name] = parts["keys/accounts.key"]
    parts["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.update({"hub.db": parts["hub.db"][:-1] + b"!"}),
        lambda parts: parts.pop("hub.db"),
        lambda parts: parts.pop("manifest.json"),
        lambda parts: parts.update({"manifest.json": b"[]"}),
        lambda parts: parts.update({"manifest.json": b"{"}),
        lambda parts: parts.update({"extra": b"x"}),
        renamed,
    ],
)
def test_a_changed_backup_is_refused_and_nothing_touched(
    opened: Opened, data: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    good = Path(back_up(data, tmp_path / "copies", now=NOW).path)
    bad = rewritten(good, tmp_path / "bad.tar", change)
    target = tmp_path / "target"
    with pytest.raises(UserError, match="not a backup"):
        restore(target, bad, now=NOW)
    assert not target.exists()
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("body", [b"", b"no tar", bytes(10240)])
def test_other_files_are_no_backup(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "x").write_bytes(body)
    for path in (tmp_path / "x", tmp_path / "missing", tmp_path):
        with pytest.raises(UserError, match="not a backup"):
            restore(tmp_path / "target", path, now=NOW)


@pytest.mark.postgresql
def test_a_cut_backup_is_refused(client: Client, data: Path, database: Database, tmp_path: Path, sign_in: Sign) -> None:
    client.join()
    good = Path(back_up(data, tmp_path / "copies", now=NOW, database=database).path)
    for size in (100, 3000, good.stat().st_size // 2):
        (tmp_path / "cut").write_bytes(good.read_bytes()[:size])
        with pytest.raises(UserError):
            restore(data, tmp_path / "cut", now=NOW, database=database)
    sign_in(data)  # nothing was touched


@pytest.mark.postgresql
def test_an_interrupted_restore_is_noticed_and_can_be_repeated(
    client: Client, data: Path, database: Database, other_url: str, tmp_path: Path, sign_in: Sign
) -> None:
    client.join()
    report = back_up(data, tmp_path / "copies", now=NOW, database=database)
    other = tmp_path / "other"
    elsewhere = database_of(other, other_url)
    (other / ".restoring").mkdir(parents=True)
    with pytest.raises(StorageError, match="interrupted"):
        prepare(other, elsewhere)
    restore(other, Path(report.path), now=NOW, database=elsewhere)
    prepare(other, elsewhere)
    sign_in(other, other_url)


def test_a_database_without_its_keys_stops_the_start(data: Path) -> None:  # SEC-02
    (data / "keys" / "accounts.key").unlink()
    with pytest.raises(StorageError, match=r"accounts\.key"):
        prepare(data)


def test_files_of_the_hub_are_its_users_alone(data: Path) -> None:  # SEC-02
    for path in (data / "hub.db", data / "keys" / "accounts.key", data / "keys" / "receipts.key"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_one_server_a_folder(data: Path) -> None:
    with FileDatabase(data).alone(), pytest.raises(Busy, match="server is running"), FileDatabase(data).alone():
        pass
    with FileDatabase(data).alone():
        pass
    mark_restored(data, backup="x", at="y")
