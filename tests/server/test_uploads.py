"""Files in parts over HTTP: verified, gone on with, counted, proved, forgotten."""

from __future__ import annotations

import shutil
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from litestar.testing import TestClient

from lms_core.media.uploads import KEEP_MS, Proof, answer
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import PNG, Client

DATA = PNG + bytes(range(256)) * 4000
NAME = sha256(DATA).hexdigest()
HALF = 500_000


@pytest.fixture
def ada(client: Client, opened: Opened) -> Client:
    return author(client, opened, "ada")


def author(client: Client, opened: Opened, name: str) -> Client:
    person = client.join(name)
    opened.served.accounts.set_role(person.user["email"], "instructor")
    return person


def unfinished(opened: Opened) -> set[str]:
    folder = opened.hub.blobs.root / "unfinished"  # type: ignore[attr-defined]
    return {path.suffix for path in folder.glob("*")}


def checksum(data: bytes) -> str:
    return f"sha256 {b64encode(sha256(data).digest()).decode()}"


def test_a_file_goes_up_in_parts(ada: Client, opened: Opened) -> None:
    begun = ada.begin(NAME, len(DATA))
    assert (begun.status_code, begun.headers["upload-offset"], begun.headers["tus-resumable"]) == (201, "0", "1.0.0")
    where = begun.headers["location"].removeprefix("/api/v1")
    name = begun.json()["id"]
    assert where == f"/uploads/{name}"
    first = ada.part(name, 0, DATA[:HALF], **{"Upload-Checksum": checksum(DATA[:HALF])})
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(HALF))
    head = ada.ask("HEAD", where)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == (str(HALF), str(len(DATA)))
    assert not opened.hub.blobs.has(NAME)
    again = ada.begin(NAME, len(DATA))
    assert (again.json()["id"], again.json()["offset"]) == (name, HALF), "who lost the address finds it again"
    assert ada.part(name, HALF, DATA[HALF:]).status_code == 204
    assert opened.hub.blobs.read(NAME) == DATA
    told = ada.begin(NAME, len(DATA)).json()
    assert (told["done"], told["offset"]) == (True, len(DATA)), "also when the last answer was lost"
    assert unfinished(opened) == {".json"}


def test_an_empty_file_is_there_at_once(ada: Client, opened: Opened) -> None:
    assert ada.begin(sha256(b"").hexdigest(), 0).json()["done"]
    assert opened.hub.blobs.size(sha256(b"").hexdigest()) == 0


def test_a_part_that_is_damaged_or_misplaced_changes_nothing(ada: Client, opened: Opened) -> None:
    name = ada.begin(NAME, len(DATA)).json()["id"]
    bad = ada.part(name, 0, DATA[1:HALF], **{"Upload-Checksum": checksum(DATA[:HALF])})
    assert (bad.status_code, bad.json()["code"]) == (460, "part_mismatch")
    gap = ada.part(name, HALF, DATA[HALF:])
    assert (gap.status_code, gap.json()["code"], gap.json()["details"]) == (409, "upload_moved", {"offset": 0})
    assert ada.part(name, 0, DATA + b"!").json()["code"] == "too_large"
    assert ada.part(name, 0, bytes((4 << 20) + 1)).status_code == 413
    for headers in ({"Upload-Checksum": "md5 aa"}, {"Upload-Checksum": "sha256 %"}, {"Upload-Offset": "-1"}):
        assert ada.part(name, 0, DATA, **headers).status_code == 400
    assert ada.part(name, 0, DATA, **{"Content-Type": "text/plain"}).status_code == 415
    assert ada.ask("HEAD", f"/uploads/{name}").headers["upload-offset"] == "0"
    assert ada.part(name, 0, DATA).status_code == 204


def test_bytes_that_are_not_what_the_name_says_are_not_kept(ada: Client, opened: Opened) -> None:
    name = ada.begin(NAME, len(DATA)).json()["id"]
    answer = ada.part(name, 0, DATA[:-1] + b"!")
    assert (answer.status_code, answer.json()["code"]) == (400, "blob_mismatch")
    assert list(opened.hub.blobs) == []
    assert unfinished(opened) == set()
    assert ada.give(DATA).status_code == 204


def test_nobody_touches_the_upload_of_another(ada: Client, client: Client, opened: Opened) -> None:
    eve = author(client, opened, "eve")
    name = ada.begin(NAME, len(DATA)).json()["id"]
    assert eve.ask("HEAD", f"/uploads/{name}").status_code == 404
    assert eve.part(name, 0, DATA).status_code == 404
    assert eve.ask("DELETE", f"/uploads/{name}").status_code == 404
    assert {client.begin(NAME, 3).status_code, client.ask("OPTIONS", "/uploads").status_code} == {401}
    assert ada.ask("DELETE", f"/uploads/{name}").status_code == 204
    assert ada.ask("HEAD", f"/uploads/{name}").status_code == 404
    assert unfinished(opened) == set()


@pytest.mark.parametrize("name", ["", "x", "../../hub.db", NAME.upper(), NAME[:-1], "é" * 64])
def test_a_name_that_is_no_hash_is_refused(ada: Client, name: str) -> None:
    assert ada.begin(name, 3).status_code == 400


def test_hostile_addresses_and_heads_do_not_exist(ada: Client) -> None:
    for name in ("x", "..%2f..%2fhub.db", "0" * 32, "%00" * 32):
        assert ada.ask("HEAD", f"/uploads/{name}").status_code == 404
    assert ada.post("/uploads").status_code == 400
    assert ada.post("/uploads", headers={"Upload-Length": "3", "Upload-Metadata": "sha256 %"}).status_code == 400
    found = ada.ask("OPTIONS", "/uploads")
    assert (found.status_code, found.headers["tus-version"]) == (204, "1.0.0")


# --- files that the hub has
def proof_of(client: Client, data: bytes) -> tuple[str, Proof]:
    begun = client.begin(sha256(data).hexdigest(), len(data)).json()
    return begun["id"], msgspec.convert(begun["proof"], Proof)


def test_who_proves_to_have_a_file_need_not_send_it(ada: Client, client: Client, opened: Opened) -> None:
    assert ada.give(DATA).status_code == 204
    eve = author(client, opened, "eve")
    name, proof = proof_of(eve, DATA)
    assert eve.get(f"/blobs/{NAME}").status_code == 404
    digest = answer(proof, lambda start, length: DATA[start : start + length])
    assert eve.post(f"/uploads/{name}/proof", {"digest": digest}).json()["done"]
    assert eve.get(f"/blobs/{NAME}").content == DATA


def test_who_knows_but_the_hash_gets_nothing(ada: Client, client: Client, opened: Opened) -> None:
    assert ada.give(DATA).status_code == 204
    eve = author(client, opened, "eve")
    name, proof = proof_of(eve, DATA)
    guess = answer(proof, lambda start, length: bytes(length))
    refused = eve.post(f"/uploads/{name}/proof", {"digest": guess})
    assert (refused.status_code, refused.json()["code"]) == (400, "proof_wrong")
    right = answer(proof, lambda start, length: DATA[start : start + length])
    assert not eve.post(f"/uploads/{name}/proof", {"digest": right}).json()["done"], "there is one guess"
    assert eve.post(f"/uploads/{name}/proof", {"other": 1}).status_code == 400
    assert eve.get(f"/blobs/{NAME}").status_code == 404
    assert eve.part(name, 0, DATA).status_code == 204, "sending it is a proof, too"
    assert eve.get(f"/blobs/{NAME}").content == DATA


def test_a_small_file_is_sent_whoever_has_it(ada: Client, client: Client, opened: Opened) -> None:
    small = DATA[:1000]
    assert ada.give(small).status_code == 204
    eve = author(client, opened, "eve")
    assert eve.begin(sha256(small).hexdigest(), 1000).json()["proof"] is None
    assert eve.begin(NAME, 7).json()["proof"] is None


# --- limits
@pytest.fixture
def small(data: Path, clock: FakeClock, opened: Opened) -> Iterator[Client]:
    """A server that takes files up to 1 MB, 2 MB an author."""
    settings = Settings(largest_file_mb=1, author_mb=2)
    with (
        open_hub(data, settings, schema=opened.hub.schema, effects=(), begin=False, clock=clock) as other,
        TestClient(create_app(settings, other.served)) as http,
    ):
        yield author(Client(http), other, "ida")


def test_too_large_files_are_refused_at_the_beginning(small: Client) -> None:
    assert small.begin(NAME, (1 << 20) + 1).json()["code"] == "too_large"


def test_the_quota_counts_what_is_there_and_what_is_on_its_way(small: Client) -> None:
    assert small.give(DATA).status_code == 204
    assert small.begin("1" * 64, 1 << 19).status_code == 201
    answer = small.begin("2" * 64, 1 << 20)
    assert (answer.status_code, answer.json()["code"]) == (413, "out_of_quota")
    assert "of 2 MB" in answer.json()["message"]


def test_a_nearly_full_disk_takes_no_files(data: Path, clock: FakeClock, opened: Opened) -> None:
    settings = Settings(keep_free_mb=(shutil.disk_usage(data).free >> 20) + 10_000)
    with (
        open_hub(data, settings, schema=opened.hub.schema, effects=(), begin=False, clock=clock) as other,
        TestClient(create_app(settings, other.served)) as http,
    ):
        answer = author(Client(http), other, "ida").begin(NAME, 3)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")


def test_what_nobody_goes_on_with_is_forgotten_after_a_week(ada: Client, opened: Opened, clock: FakeClock) -> None:
    name = ada.begin(NAME, len(DATA)).json()["id"]
    ada.part(name, 0, DATA[:HALF])
    opened.served.filing.uploads.sweep()
    assert unfinished(opened) == {"", ".json"}
    clock.advance(ms=KEEP_MS)
    opened.served.filing.uploads.sweep()
    assert unfinished(opened) == set()


def test_what_a_crash_interrupted_is_gone_on_with(ada: Client, opened: Opened) -> None:
    folder = opened.hub.blobs.root / "unfinished"  # type: ignore[attr-defined]
    name = ada.begin(NAME, len(DATA)).json()["id"]
    (folder / name).write_bytes(DATA)  # the last part was written, then the plug was pulled
    assert ada.begin(NAME, len(DATA)).json()["done"]
    other = DATA[:-1]
    name = ada.begin(sha256(other).hexdigest(), len(other)).json()["id"]
    (folder / name).unlink()
    opened.hub.blobs.put(other)  # it was taken in, then the plug was pulled
    assert ada.begin(sha256(other).hexdigest(), len(other)).json()["done"]
    lost = ada.begin("3" * 64, 9).json()["id"]
    (folder / lost).unlink()
    again = ada.begin("3" * 64, 9)
    assert (again.status_code, again.json()["offset"]) == (201, 0), "what the power loss took is sent anew"


# --- files that the hub lost
def test_the_hub_says_what_it_lacks_and_takes_it_again(ada: Client, client: Client, opened: Opened) -> None:
    ada.give(DATA)
    asked = {"names": [NAME, "0" * 64]}
    assert ada.post("/files/lacking", asked).json() == {"names": []}
    opened.hub.blobs.delete(NAME)  # type: ignore[attr-defined]
    assert ada.post("/files/lacking", asked).json() == {"names": [NAME]}
    assert client.join("eve").post("/files/lacking", asked).json() == {"names": []}, "a name tells nobody anything"
    assert ada.give(DATA).status_code == 204
    assert opened.hub.blobs.read(NAME) == DATA


def test_questions_about_files_that_are_none(ada: Client) -> None:
    for wrong in ({"names": 5}, {"names": ["0"] * 5001}, {}):
        assert ada.post("/files/lacking", wrong).status_code in (400, 413)
