"""Packs and blobs over HTTP: parts, caching, hostile names."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from litestar.testing import TestClient

from lms_core.errors import NotFound
from lms_core.media.store import MediaStore
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened
from tests.server.people import Client

DATA = bytes(range(256)) * 4000
NAME = hashlib.sha256(DATA).hexdigest()
EMPTY = hashlib.sha256(b"").hexdigest()


@pytest.fixture
def opened(opened: Opened) -> Opened:
    """The hub with two files and all rights to read; the rights have tests of their own in test_file_rights.py."""
    for data in (DATA, b""):
        opened.hub.blobs.put(data)
    return replace(opened, served=replace(opened.served, may_read_pack=yes, may_read_blob=yes))


def yes(caller: object, name: str) -> bool:
    return True


def test_a_file_comes_down_whole(client: Client) -> None:
    ada = client.join()
    answer = ada.get(f"/blobs/{NAME}")
    assert answer.content == DATA
    assert answer.headers["etag"] == f'"{NAME}"'
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    head = ada.ask("HEAD", f"/blobs/{NAME}")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(DATA)), b"")
    assert ada.ask("HEAD", f"/blobs/{'0' * 64}").status_code == 404


def test_an_empty_file_is_a_file(client: Client) -> None:
    ada = client.join()
    assert ada.get(f"/blobs/{EMPTY}").content == b""
    assert ada.get(f"/blobs/{EMPTY}", headers={"Range": "bytes=0-"}).status_code == 416


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, DATA[:10]),
        ("bytes=1000-", 206, DATA[1000:]),
        ("bytes=-7", 206, DATA[-7:]),
        (f"bytes=5-{len(DATA) * 9}", 206, DATA[5:]),
        ("bytes=0-0", 206, DATA[:1]),
        (f"bytes={len(DATA)}-", 416, b""),
        ("bytes=9-2", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=-", 200, DATA),
        ("bytes=0-1,5-6", 200, DATA),
        ("lines=1-2", 200, DATA),
        ("bytes=" + "9" * 40 + "-", 200, DATA),
    ],
)
def test_parts(client: Client, asked: str, status: int, part: bytes) -> None:
    ada = client.join()
    answer = ada.get(f"/blobs/{NAME}", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, part)
    if status == 206:
        start = DATA.index(part) if len(part) > 300 else int(answer.headers["content-range"].split()[1].split("-")[0])
        assert answer.headers["content-range"].endswith(f"/{len(DATA)}")
        assert int(answer.headers["content-length"]) == len(part)
        assert start >= 0
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{len(DATA)}"


def test_conditional_requests(client: Client) -> None:
    ada = client.join()
    assert ada.get(f"/blobs/{NAME}", headers={"If-None-Match": f'"{NAME}"'}).status_code == 304
    assert ada.get(f"/blobs/{NAME}", headers={"If-None-Match": '"other"'}).status_code == 200
    same = {"Range": "bytes=0-3", "If-Range": f'"{NAME}"'}
    assert ada.get(f"/blobs/{NAME}", headers=same).status_code == 206
    assert ada.get(f"/blobs/{NAME}", headers=same | {"If-Range": '"other"'}).content == DATA


@pytest.mark.parametrize("name", ["x", "..%2f..%2fhub.db", NAME.upper(), NAME[:-1], "%00" * 64, "incoming", "é" * 64])
@pytest.mark.parametrize("kind", ["blobs", "packs"])
def test_hostile_names_do_not_exist(client: Client, kind: str, name: str) -> None:
    ada = client.join()
    assert ada.get(f"/{kind}/{name}").status_code == 404


def test_files_need_a_sign_in(client: Client) -> None:
    for method, path in (("GET", "blobs"), ("HEAD", "blobs"), ("GET", "packs"), ("HEAD", "packs")):
        assert client.ask(method, f"/{path}/{NAME}").status_code == 401


def test_packs_are_read_by_those_who_may(opened: Opened, settings: Settings) -> None:
    opened.served.packs.put(DATA)  # type: ignore[attr-defined]
    asked = []

    def only_ada(caller: object, name: str) -> bool:
        asked.append(name)
        return caller.email.startswith("ada")  # type: ignore[attr-defined,no-any-return]

    served = replace(opened.served, may_read_pack=only_ada, may_read_blob=only_ada)
    with TestClient(create_app(settings, served)) as http:
        ada, eve = Client(http).join("ada"), Client(http).join("eve")
        assert ada.get(f"/packs/{NAME}", headers={"Range": "bytes=4-7"}).content == DATA[4:8]
        assert eve.get(f"/packs/{NAME}").status_code == 404
        assert eve.get(f"/blobs/{NAME}").status_code == 404
    assert set(asked) == {NAME}


def test_the_store_itself(tmp_path: Path) -> None:
    store = MediaStore(tmp_path / "files")
    name = store.put(DATA)
    assert store.put(DATA) == name == NAME
    assert (store.has(name), store.size(name), list(store)) == (True, len(DATA), [name])
    assert store.read(name, 3, 4) == DATA[3:7]
    assert store.read(name, len(DATA) - 2) == DATA[-2:]
    assert list(store.damaged()) == []
    store.path(name).write_bytes(b"other")
    assert list(store.damaged()) == [name]
    with pytest.raises(NotFound):
        store.path("../x")
    store.draft().write_bytes(b"half")
    store.sweep()
    assert list((tmp_path / "files" / "incoming").iterdir()) == []
