"""What is kept of each file that somebody brings: its name, how far it is, why it was refused (RES-12)."""

from __future__ import annotations

import io
import shlex
import sys
import wave
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.db.engine import read
from lms_core.errors import UserError
from lms_core.media.uploads import KEEP_MS
from sync_server.app import create_app
from sync_server.chores import forget_sessions
from sync_server.config import Settings
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.conftest import SCHEMA
from tests.server.people import PASSWORD, PNG, Client
from tests.server.test_scanning import BAD, WATCH
from tests.server.test_uploads import author

PICTURE = PNG + bytes(range(256)) * 20
DAY_MS = 86_400_000
RECORDS = "/uploads/records"


@pytest.fixture
def ada(client: Client, opened: Opened) -> Client:
    return author(client, opened, "ada")


def sound(seconds: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(1000)
        out.writeframes(bytes(1000 * seconds))
    return file.getvalue()


def begin(who: Client, data: bytes, filename: str) -> str:
    """Begin a file that says what it was called; returns the id."""
    pairs = {"sha256": sha256(data).hexdigest(), "filename": filename}
    about = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in pairs.items())
    begun = who.post("/uploads", headers={"Upload-Length": str(len(data)), "Upload-Metadata": about})
    assert begun.status_code == 201, begun.text
    return str(begun.json()["id"])


def record(who: Client, name: str) -> dict[str, Any]:
    answer = who.get(f"{RECORDS}/{name}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def state(who: Client, name: str) -> tuple[str, str]:
    found = record(who, name)
    return found["processing_status"], found["processing_error"]


@pytest.mark.postgresql
def test_a_file_that_is_kept_is_completed(ada: Client, clock: FakeClock) -> None:
    data = sound(3)
    name = begin(ada, data, "C:\\my sounds\\wav\x00es.wav")
    begun = record(ada, name)
    assert (begun["processing_status"], begun["processing_metadata"]) == ("pending", None)
    clock.advance(ms=5000)
    assert ada.part(name, 0, data).status_code == 204
    assert record(ada, name) == begun | {
        "account": ada.user["id"], "original_filename": "waves.wav", "content_hash": sha256(data).hexdigest(),
        "processing_status": "completed", "processing_error": "", "updated_at": record(ada, name)["updated_at"],
        "processing_metadata": {"size": len(data), "mime_type": "audio/wav", "duration_seconds": 3.0},
    }  # fmt: skip
    assert record(ada, name)["updated_at"] > begun["updated_at"] == begun["created_at"]


@pytest.mark.postgresql
def test_an_interrupted_one_stays_pending(ada: Client, opened: Opened, clock: FakeClock) -> None:
    name = begin(ada, PICTURE, "n" * 300 + ".png")
    assert ada.part(name, 0, PICTURE[:100]).status_code == 204
    assert state(ada, name) == ("pending", "")
    assert record(ada, name)["original_filename"] == "n" * 255
    clock.advance(ms=KEEP_MS)
    opened.served.filing.uploads.sweep()
    assert state(ada.sign_in(), name) == ("failed", "no_upload"), "nobody went on with it"


@pytest.mark.postgresql
def test_a_forbidden_kind_is_a_failure_until_it_is_tried_again(ada: Client) -> None:
    program = b"MZ\x90\x00 a program"
    name = begin(ada, program, "waves.pdf")
    assert ada.part(name, 0, program).status_code == 415
    assert state(ada, name) == ("failed", "type_not_allowed")
    assert record(ada, name)["processing_metadata"]["mime_type"] == ""
    assert begin(ada, program, "again.pdf") == name
    assert (state(ada, name), record(ada, name)["original_filename"]) == (("pending", ""), "again.pdf")
    assert ada.get(RECORDS).json()["count"] == 1


def test_other_bytes_than_announced_and_a_file_given_up_are_failures(ada: Client) -> None:
    name = begin(ada, PICTURE, "wave.png")
    assert ada.part(name, 0, PICTURE[:-1] + b"!").status_code == 400
    assert state(ada, name) == ("failed", "blob_mismatch")
    name = begin(ada, sound(1), "wave.wav")
    assert ada.delete(f"/uploads/{name}").status_code == 204
    assert state(ada, name) == ("failed", "cancelled")


@pytest.mark.postgresql
def test_a_file_that_the_hub_has_is_completed_at_once(ada: Client, opened: Opened) -> None:
    assert ada.give(PICTURE).status_code == 204
    with opened.hub.unit() as unit:
        unit.conn.exec_driver_sql("DELETE FROM upload_record")
    for path in opened.hub.blobs.root.glob("unfinished/*"):  # type: ignore[attr-defined]
        path.unlink()
    found = record(ada, begin(ada, PICTURE, "wave.png"))
    assert (found["processing_status"], found["processing_metadata"]["mime_type"]) == ("completed", "image/png")


def test_a_file_that_comes_by_a_bundle_has_its_record(ada: Client, opened: Opened) -> None:
    uploads, name = opened.served.filing.uploads, sha256(PICTURE).hexdigest()
    with pytest.raises(UserError):
        uploads.take(ada.user["id"], name, io.BytesIO(PICTURE[:-1]), len(PICTURE))
    (found,) = ada.get(RECORDS).json()["results"]
    assert (found["processing_status"], found["processing_error"]) == ("failed", "blob_mismatch")
    uploads.take(ada.user["id"], name, io.BytesIO(PICTURE), len(PICTURE))
    assert record(ada, found["id"])["processing_status"] == "completed"


@pytest.fixture
def scanned(
    data: Path, clock: FakeClock, settings: Settings, hasher: PasswordHasher, tmp_path: Path
) -> Iterator[Client]:
    """An author at a server whose scanner is a program of its own."""
    script = tmp_path / "scan.py"
    script.write_text(WATCH)
    changed = replace(settings, scan_command=f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}")
    with (
        open_hub(data, changed, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as hub,
        TestClient(create_app(changed, hub.served), raise_server_exceptions=False) as http,
    ):
        yield author(Client(http), hub, "ada")


@pytest.mark.postgresql
def test_a_virus_is_a_failure_and_a_scanner_that_is_away_leaves_it_waiting(scanned: Client) -> None:
    name = begin(scanned, BAD, "homework.pdf")
    assert scanned.part(name, 0, BAD).json()["code"] == "infected"
    assert state(scanned, name) == ("failed", "infected")
    assert record(scanned, name)["processing_metadata"]["mime_type"] == "application/pdf"
    unsaid = b"a text with CRASH in it"
    waiting = begin(scanned, unsaid, "notes.txt")
    assert scanned.part(waiting, 0, unsaid).json()["code"] == "scanner_away"
    assert state(scanned, waiting) == ("virus_scan", "")
    found = scanned.get(f"{RECORDS}?status=virus_scan").json()
    assert [each["id"] for each in found["results"]] == [waiting]


@pytest.mark.postgresql
def test_only_its_giver_and_administrators_see_a_record(ada: Client, client: Client, opened: Opened) -> None:
    eve, root = author(client, opened, "eve"), client.join("root")
    opened.served.accounts.set_role(root.user["email"], "admin")
    mine, kept = begin(ada, PICTURE, "wave.png"), begin(eve, sound(1), "wave.wav")
    assert eve.part(kept, 0, sound(1)).status_code == 204
    assert eve.get(f"{RECORDS}/{mine}").status_code == eve.get(f"{RECORDS}/{'0' * 32}").status_code == 404
    assert client.get(RECORDS).status_code == client.get(f"{RECORDS}/{mine}").status_code == 401
    assert record(root, mine)["account"] == ada.user["id"]

    def seen(who: Client, query: str = "") -> set[str]:
        return {each["id"] for each in who.get(RECORDS + query).json()["results"]}

    assert (seen(ada), seen(eve), seen(root)) == ({mine}, {kept}, {mine, kept})
    assert (seen(root, "?status=pending"), seen(ada, "?status=completed")) == ({mine}, set())
    waves = sha256(sound(1)).hexdigest()
    assert [seen(who, f"?content_hash={waves}") for who in (ada, eve, root)] == [set(), {kept}, {kept}]
    assert ada.get(f"{RECORDS}?status=lost").status_code == 400


@pytest.mark.postgresql
def test_records_go_with_the_other_logs_and_with_the_account(
    ada: Client, client: Client, opened: Opened, clock: FakeClock, settings: Settings
) -> None:
    eve = author(client, opened, "eve")
    begin(ada, PICTURE, "wave.png")

    def rows() -> int:
        with read(opened.hub.engine) as conn:
            return int(conn.exec_driver_sql("SELECT count(*) FROM upload_record").scalar() or 0)

    def forget(days: int) -> int:
        return forget_sessions(opened.hub, opened.served.runs, replace(settings, keep_log_days=days))["upload_record"]

    clock.advance(ms=2 * DAY_MS)
    begin(eve.sign_in("eve"), PICTURE, "wave.png")
    assert (forget(0), forget(3), rows()) == (0, 0, 2)
    assert (forget(1), rows()) == (1, 1)
    assert eve.sign_in("eve").ask("DELETE", "/users/me", json={"password": PASSWORD}).status_code == 204
    assert rows() == 0
