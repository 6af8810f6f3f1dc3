"""The sync route with the real engine: both encodings, and bodies that mean harm."""

from __future__ import annotations

import base64
import json
from functools import cache

import msgspec
import pytest
import zstandard

from lms_core.ops import ROOT_CHAIN
from lms_core.sync.wire import MAX_COMPRESSED, PROTOCOL, Request, pack, unpack_reply
from tests.server.people import Client

REPLICA = "00c0ffee00c0ffee"
ZSTD = {"Content-Type": "application/msgpack", "Content-Encoding": "zstd"}
PLAIN = {"Content-Type": "application/msgpack"}


def first(account: str) -> Request:
    """What a fresh replica asks."""
    return Request(PROTOCOL, 1, REPLICA, account, 0, 0, ROOT_CHAIN, 0, None, {})


@pytest.mark.postgresql
def test_a_fresh_replica_gets_its_account(client: Client) -> None:
    ada = client.join()
    answer = ada.ask("POST", "/sync", content=pack(first(ada.user["id"])), headers=ZSTD)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zstd")
    reply = unpack_reply(answer.content)
    assert reply.status == "ok"
    assert f"account/{ada.user['id']}" in reply.gained
    assert len(reply.slices[0].entries) == 1


@pytest.mark.postgresql
def test_plain_msgpack_is_taken_too(client: Client) -> None:
    ada = client.join()
    body = msgspec.msgpack.encode(first(ada.user["id"]))
    assert unpack_reply(ada.ask("POST", "/sync", content=body, headers=PLAIN).content).status == "ok"


@pytest.mark.postgresql
def test_json_by_field_names(client: Client) -> None:
    ada = client.join()
    body = {
        "protocol": PROTOCOL, "schema": 1, "replica": REPLICA, "account": ada.user["id"], "last_c": 0, "at": 0,
        "chain": base64.b64encode(ROOT_CHAIN).decode(), "have": 0, "mark": None, "cursors": {},
    }  # fmt: skip
    plain = ada.post("/sync", body)
    assert (plain.status_code, plain.headers["content-type"]) == (200, "application/json")
    entry = plain.json()["slices"][0]["entries"][0]
    assert "ada@school.example" in json.dumps(entry)
    packed = zstandard.ZstdCompressor().compress(json.dumps(body).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "zstd"}
    assert ada.ask("POST", "/sync", content=packed, headers=headers).status_code == 200
    for wrong in ({**body, "chain": 5}, {**body, "ops": ["%"]}, {**body, "extra": 1}, {"protocol": 1}, [], {"ops": 1}):
        assert ada.post("/sync", wrong).json()["code"] == "bad_request", wrong


@cache
def bomb() -> bytes:
    """A few kilobytes that become 64 MB; made when it is needed, for that takes a while."""
    return zstandard.ZstdCompressor(level=19).compress(bytes(64 << 20))


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", ZSTD, 400, "bad_request"),
        (b"\xc1" * 100, ZSTD, 400, "bad_request"),
        (b"\xc1" * 100, PLAIN, 400, "bad_request"),
        (b"\x93\x01\x02\x03", PLAIN, 400, "bad_request"),
        (b"\x91" * 5000, PLAIN, 400, "bad_request"),
        (None, ZSTD, 400, None),
        (bytes(MAX_COMPRESSED + 1), ZSTD, 413, "too_large"),
        (None, {"Content-Type": "application/json", "Content-Encoding": "zstd"}, 413, "too_large"),
        (b"{" * 5000, {"Content-Type": "application/json"}, 400, "bad_request"),
        (b"\xff\xfe", {"Content-Type": "application/json"}, 400, "bad_request"),
        (b"<x/>", {"Content-Type": "application/xml"}, 415, "wrong_media_type"),
        (b"x", {"Content-Encoding": "gzip"}, 415, "wrong_media_type"),
    ],
)
def test_harmful_bodies(
    client: Client, body: bytes | None, headers: dict[str, str], status: int, code: str | None
) -> None:
    ada = client.join()
    answer = ada.ask("POST", "/sync", content=bomb() if body is None else body, headers=headers)
    said = answer.json()["code"]
    assert code in (None, said)
    assert answer.status_code == status or (code is None and said == "too_large"), answer.text
    assert ada.get("/users/me").status_code == 200


def test_too_much_without_a_length(client: Client) -> None:
    ada = client.join()
    answer = ada.ask("POST", "/sync", content=(bytes(65536) for _ in range(17)), headers=ZSTD)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.postgresql
def test_nobody_speaks_for_another_account(client: Client) -> None:
    ada, eve = client.join("ada"), client.join("eve")
    stolen = eve.ask("POST", "/sync", content=pack(first(ada.user["id"])), headers=ZSTD)
    assert (stolen.status_code, stolen.json()["code"]) == (403, "foreign_replica")
    assert client.ask("POST", "/sync", content=pack(first(ada.user["id"])), headers=ZSTD).status_code == 401
