"""Media in a bucket that speaks S3: the promises of a folder, whole routes over it, and while it is away."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import obstore
import pytest

from lms_core.errors import Busy, Corrupt, NotFound, UserError
from lms_core.media.s3 import S3Store
from lms_core.media.store import MediaStore
from lms_core.ports import FileStore
from sync_server.checking import check
from sync_server.config import Settings
from sync_server.database import FileDatabase
from tests.server.bucket import KEY, Bucket
from tests.server.people import PNG, Client
from tests.server.test_process import run, running


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with Bucket() as each:
        yield each


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "folder":
        return MediaStore(tmp_path / "media")
    url = request.getfixturevalue("bucket").url
    return S3Store(url, tmp_path / "media", key=KEY["access_key_id"], secret=KEY["secret_access_key"])


def test_both_stores_keep_the_same_promises(store: FileStore) -> None:
    large = os.urandom(6 << 20)  # more than one part of an upload
    draft = store.draft()
    draft.write_bytes(large)
    name = sha256(large).hexdigest()
    assert not store.has(name)
    with pytest.raises(Corrupt):
        store.adopt(draft, sha256(b"other").hexdigest())
    assert draft.exists()
    store.adopt(draft, name)
    assert not draft.exists()
    assert (store.has(name), store.size(name)) == (True, len(large))
    assert store.read(name, 5_000_000, 1000) == large[5_000_000:5_001_000]
    assert store.read(name, len(large) - 2, 10) == large[-2:]
    assert store.read(name, len(large) + 5, 10) == b""
    with store.open(name) as file:
        assert sha256(file.read()).hexdigest() == name
        file.seek(-3, os.SEEK_END)
        assert file.read() == large[-3:]
    small = store.put(b"a picture")
    assert store.put(b"a picture") == small
    assert list(store) == sorted([name, small])
    assert list(store.damaged()) == []
    store.delete(small)
    store.delete(small)
    assert list(store) == [name]
    for wrong in (small, "../x", "", "a" * 63):
        assert not store.has(wrong)
        for ask in (store.size, store.read, store.open):
            with pytest.raises(NotFound):
                ask(wrong)


def test_a_file_that_is_read_whole_is_asked_for_once(bucket: Bucket, tmp_path: Path) -> None:
    store, data = (
        S3Store(bucket.url, tmp_path, key=KEY["access_key_id"], secret=KEY["secret_access_key"]),
        bytes(3 << 20),
    )
    name, asked = store.put(data), bucket.asked()
    with store.open(name) as file:
        assert (file.read(), file.read()) == (data, b"")
    assert asked == ["HEAD", "GET"]


def test_an_object_that_is_none_of_ours_is_passed_over_and_a_damaged_one_found(bucket: Bucket, tmp_path: Path) -> None:
    store = S3Store(bucket.url, tmp_path, key=KEY["access_key_id"], secret=KEY["secret_access_key"])
    name = store.put(b"a picture")
    raw = bucket.raw()
    obstore.put(raw, "school/readme.txt", b"not ours")
    obstore.put(raw, "elsewhere/" + "a" * 64, b"not ours")
    there = {each["path"] for many in obstore.list(raw) for each in many}
    assert there == {"elsewhere/" + "a" * 64, f"school/{name}", "school/readme.txt"}
    assert list(store) == [name]
    obstore.put(raw, f"school/{name}", b"another")
    assert list(store.damaged()) == [name]


@pytest.mark.parametrize("url", ["http://x/y", "s3://", "s3://me:secret@bucket", "s3://b?endpont=x"])
def test_an_address_that_is_none_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        S3Store(url, tmp_path)
    assert raised.value.values["name"] == "blob_url"


def test_a_bucket_that_is_not_there_is_no_empty_one(bucket: Bucket, tmp_path: Path) -> None:
    missing = S3Store(bucket.url.replace("media", "none"), tmp_path, key=KEY["access_key_id"], secret="x")
    for ask in (lambda: missing.put(b"x"), lambda: list(missing)):
        with pytest.raises(Busy) as raised:
            ask()
        assert raised.value.code == "store_away"


def test_a_server_keeps_its_media_there(bucket: Bucket, tmp_path: Path) -> None:
    data, picture = tmp_path / "hub", PNG + os.urandom(300_000)
    name = sha256(picture).hexdigest()
    with running(data, env=bucket.env) as server:
        tess = teacher(server.client, data)
        half = tess.begin(name, len(picture)).json()["id"]
        assert tess.part(half, 0, picture[:100_000]).status_code == 204
        assert tess.ask("HEAD", f"/uploads/{half}").headers["upload-offset"] == "100000"
        kept = PNG + os.urandom(70_000)
        assert tess.give(kept).status_code == 204
        bucket.down()
        away = tess.get(f"/blobs/{sha256(kept).hexdigest()}")
        assert (away.status_code, away.json()["code"]) == (503, "store_away"), "a fetch says so, too"
        late = tess.part(half, 100_000, picture[100_000:])
        assert (late.status_code, late.json()["code"]) == (503, "store_away")
        assert "Nothing was lost" in late.json()["message"]
        assert int(late.headers["retry-after"]) > 0
        assert server.http.get("/api/v1/health").status_code == 200, "the rest goes on"
        answer = run("check", "--data", data, "--json")
        bucket.up()
        again = tess.begin(name, len(picture))
        assert (again.status_code, again.json()["done"]) == (201, True), "no byte is sent again"
        got = tess.get(f"/blobs/{name}", headers={"Range": "bytes=1000-1999"})
        assert (got.status_code, got.content) == (206, picture[1000:2000])
        assert tess.get(f"/blobs/{name}").content == picture
        assert tess.get(f"/blobs/{sha256(kept).hexdigest()}").content == kept
        assert server.stop() == 0
    assert json.loads(answer.stdout)["ok"], "without the settings the folder counts"
    assert [p for p in (data / "blobs").rglob("*") if p.is_file() and p.stat().st_size > 10_000] == []
    assert obstore.head(bucket.raw(), f"school/{name}")["size"] == len(picture)


def teacher(client: Client, data: Path) -> Client:
    client.join("tess")
    assert run("set-role", "--data", data, "--email", "tess@school.example", "--role", "instructor").returncode == 0
    return client.sign_in("tess")


def test_a_backup_holds_them_and_a_restore_brings_them_back(
    bucket: Bucket, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket.env.items():
        monkeypatch.setenv(name, value)
    store = S3Store(bucket.url, tmp_path / "x", key=KEY["access_key_id"], secret=KEY["secret_access_key"])
    name = store.put(b"a picture")
    made = run("backup", "--data", data, "--to", tmp_path / "copies", "--json")
    assert made.returncode == 0, made.stderr
    store.delete(name)
    restored = run("restore", "--data", tmp_path / "other", json.loads(made.stdout)["path"])
    assert restored.returncode == 0, restored.stderr
    assert store.read(name) == b"a picture"
    settings = Settings(blob_url=bucket.url, blob_key=KEY["access_key_id"], blob_secret=KEY["secret_access_key"])

    def said() -> str:
        findings = check(data, settings, FileDatabase(data), lambda: 0).findings
        return next(f"{each.state}: {each.said}" for each in findings if each.name == "store")

    assert said() == "ok: The store of files answers; it has 1 files."
    bucket.down()
    assert said().startswith("fault: The store of files does not answer.")
    failed = run("backup", "--data", data, "--to", tmp_path / "later", "--json")
    assert (failed.returncode, json.loads(failed.stdout)["code"]) == (1, "store_away")
    assert list((tmp_path / "later").iterdir()) == []
