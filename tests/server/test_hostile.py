"""What a hostile caller tries over the interface, and what becomes of it (SEC-08)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher as Argon2
from litestar.testing import TestClient
from sqlalchemy import event

from lms_core.accounts.passwords import PasswordHasher
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import API, PASSWORD, PNG, Client
from tests.server.test_description import document


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """A hub that knows everything."""
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


def with_role(client: Client, opened: Opened, role: str) -> Client:
    """Somebody with a role, signed in."""
    opened.served.accounts.set_role(client.join(role).user["email"], role)
    return client.sign_in(role)


def test_a_fault_that_no_future_can_carry_is_answered(opened: Opened, settings: Settings) -> None:
    def bug() -> None:
        next(iter(()))

    app = create_app(settings, replace(opened.served, health=bug))  # type: ignore[arg-type]
    with TestClient(app, raise_server_exceptions=False) as http:
        answer = http.get(f"{API}/health", timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")


TAKEN = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"
NEW = {
    "/categories": {"name": "Natural sciences"},
    "/users": {"email": "sam@school.example", "first_name": "Sam", "last_name": "Obi", "password": PASSWORD},
    "/courses": {"title": "Tides"},
    "/classes": {"name": "7b"},
}


@pytest.mark.parametrize("first", NEW)
@pytest.mark.parametrize("second", NEW)
def test_an_id_of_another_kind_of_row_is_refused(client: Client, opened: Opened, first: str, second: str) -> None:
    if first == second:
        return
    root = with_role(client, opened, "admin")
    made = root.post(first, NEW[first] | {"id": TAKEN})
    assert (made.status_code, made.json()["id"]) == (201, TAKEN)
    refused = root.post(second, NEW[second] | {"id": TAKEN})
    assert (refused.status_code, refused.json()["code"]) == (409, "id_reused"), refused.text


ODD = ("x", "..%2f..%2fetc%2fpasswd", "%00", "%ff", "é", "' OR '1'='1", "1; DROP TABLE account", "x" * 3000, "-1")
WORDS = ("' OR '1'='1", '"; DROP TABLE account; --', "%", "_", "\\", "*", "a' UNION SELECT 1 --")
METHODS = ("get", "head", "put", "patch", "delete", "post")


def test_a_part_of_a_course_under_the_id_of_another_row_is_refused_and_no_fault(client: Client, opened: Opened) -> None:
    root = with_role(client, opened, "admin")
    course = root.post("/courses", {"title": "Tides"}).json()["id"]
    assert root.post("/categories", {"name": "Shores", "id": TAKEN}).status_code == 201
    refused = root.post("/modules", {"course": course, "title": "The shore", "id": TAKEN})
    assert (refused.status_code, refused.json()["code"]) == (409, "id_reused"), refused.text
    assert opened.hub.troubles().ops == 0


def test_malformed_ids_are_not_found_wherever_they_stand(client: Client, opened: Opened) -> None:  # API-10, SEC-08
    root = with_role(client, opened, "admin")
    paths = [path.removeprefix(API) for path in document()["paths"] if "{" in path and "{provider}" not in path]
    assert len(paths) > 50
    wrong = []
    for path in paths:
        for method in METHODS:
            if method in document()["paths"][API + path]:
                for odd in ODD:
                    asked = re.sub(r"{[^}]*}", lambda _, odd=odd: odd, path)
                    answer = root.ask(method, asked, **({} if method in ("get", "head", "delete") else {"json": {}}))
                    if answer.status_code not in (400, 403, 404, 405, 413, 414, 415):
                        wrong.append((method, path, odd[:30], answer.status_code, answer.text[:100]))
    assert wrong == []


@pytest.mark.parametrize("words", WORDS)
def test_words_of_a_search_are_words(client: Client, opened: Opened, words: str) -> None:  # SEC-08
    root = with_role(client, opened, "admin")
    client.join("ada")
    for path in ("/users", "/categories", "/classes", "/notes", "/courses", "/invitations"):
        answer = root.get(path, params={"search": words})
        assert answer.status_code == 200, (path, answer.text)
        assert answer.json()["count"] == 0, (path, answer.text)
    assert root.get("/users", params={"search": "ada"}).json()["count"] == 1


def test_markup_comes_back_as_it_was_typed_and_never_as_a_page(client: Client, opened: Opened) -> None:  # SEC-08
    typed = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    ada = client.join("ada")
    assert ada.ask("PATCH", "/users/me", json={"first_name": typed, "profile": {"bio": typed}}).status_code == 200
    for path in ("/users/me", "/users/me/profile"):
        answer = ada.get(path)
        assert typed in (answer.json().get("first_name"), answer.json().get("bio"))
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_sign_in_costs_the_same_whether_or_not_there_is_an_account(
    client: Client, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:  # ACC-04, SEC-08
    client.join("ada")
    hashed: list[str] = []
    verify = Argon2.verify

    def counted(self: Argon2, *arguments: str) -> bool:
        hashed.append("hashed")
        return bool(verify(self, *arguments))

    monkeypatch.setattr(Argon2, "verify", counted)

    def work(name: str) -> tuple[str, list[str], list[str]]:
        hashed.clear()
        said: list[str] = []

        def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
            said.append(statement)

        event.listen(opened.hub.engine, "before_cursor_execute", note)
        try:
            answer = client.post("/auth/login", {"email": f"{name}@school.example", "password": "not this one"})
        finally:
            event.remove(opened.hub.engine, "before_cursor_execute", note)
        return answer.json()["message"], said, list(hashed)

    assert work("ada") == work("nobody")
    assert hashed == ["hashed"]


def gif(width: int, height: int) -> bytes:
    """A picture of a few bytes that says it is large."""
    return b"GIF89a" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\x80\0\0" + bytes(6) + b";"


def png(width: int, height: int) -> bytes:
    """The same as PNG: a row of zeros stands for all of them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1 << 20))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("bomb", [png(60_000, 60_000), gif(65_535, 65_535), png(8000, 8000)])
def test_a_picture_that_unfolds_without_end_is_refused(client: Client, opened: Opened, bomb: bytes) -> None:  # SEC-10
    ada = client.join("ada")
    answer = ada.ask("PUT", "/users/me/photo", files={"photo": ("me.png", bomb, "image/png")})
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] in ("image_too_large", "not_an_image")
    assert ada.get("/users/me").status_code == 200
    assert list(opened.hub.blobs) == []
