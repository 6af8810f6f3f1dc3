"""Content items, resources and prerequisites over the interface, and what of a lesson is served to whom."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from lms_core.accounts.passwords import PasswordHasher
from lms_core.content.model import RESOURCE_KINDS
from lms_core.courses.drafts import from_draft
from lms_core.entities import SCHEMA, hub_effects
from lms_core.learning.entities import ENROLLMENT
from lms_core.learning.rights import note_holder
from lms_core.media import kinds
from lms_core.media.store import MediaStore
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import PNG, Client
from tests.server.test_courses import a_course, author, enrol, made, publish

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def tess(client: Client, opened: Opened) -> Client:
    return author(client, opened, "tess")


def give(opened: Opened, who: Client, data: bytes) -> str:
    """A file that somebody has uploaded."""
    name = opened.hub.blobs.put(data)
    with opened.hub.unit() as unit:
        note_holder(unit, who.user["id"], name, len(data))
    return name


@pytest.mark.postgresql
def test_items_and_files_of_a_lesson(client: Client, opened: Opened, tess: Client) -> None:  # LES-03, RES-01, RES-05
    course, _, lesson = a_course(tess, price=5)
    paper = give(opened, tess, PDF)
    pdf = made(tess.post(f"/lessons/{lesson}/pdf", {"media": paper, "title": "Tables", "page_count": 3}))
    assert (pdf["is_primary"], pdf["media"], pdf["page_count"]) == (True, paper, 3)
    again = made(tess.post(f"/lessons/{lesson}/pdf", {"title": "Tide tables"}))
    assert (again["id"], again["title"], again["media"]) == (pdf["id"], "Tide tables", paper)
    second = made(tess.post(f"/lessons/{lesson}/items", {"kind": "pdf", "url": "https://example.org/a.pdf"}))
    assert not second["is_primary"], "one PDF stands above the text"
    made(tess.ask("PUT", f"/lessons/{lesson}/items/{second['id']}", json={"is_primary": True, "url": second["url"]}))
    assert [x["is_primary"] for x in tess.get(f"/lessons/{lesson}/items").json()["results"]] == [False, True]
    film = {"url": "https://vimeo.com/1", "duration_seconds": 61, "captions": [{"language": "de", "media": paper}],
            "thumbnail": give(opened, tess, PNG), "quality": "720p"}  # fmt: skip
    video = made(tess.post(f"/lessons/{lesson}/video", film))
    assert {name: video[name] for name in film} == film
    strange = opened.hub.blobs.put(b"a picture of somebody else")
    assert tess.post(f"/lessons/{lesson}/video", {"thumbnail": strange}).json()["code"] == "blob_missing"
    file = made(tess.post(f"/lessons/{lesson}/resources", {"title": "Tables", "media": paper, "type": "document"}))
    assert (file["file_size"], file["mime_type"], file["uploaded"]) == (len(PDF), "application/pdf", True)
    link = made(tess.post(f"/lessons/{lesson}/resources", {"title": "Maps", "url": "https://maps.example.org"}))
    assert (link["type"], link["file_size"]) == ("link", None)
    publish(tess, opened, course)
    ola, sam = client.join("ola"), client.join("sam")
    enrol(opened, ola, course)
    assert [x["title"] for x in ola.get(f"/lessons/{lesson}/resources").json()["results"]] == ["Tables", "Maps"]
    assert len(ola.get(f"/lessons/{lesson}/items").json()["results"]) == 3
    for who in (client, sam):
        assert who.get(f"/lessons/{lesson}/items").json()["results"] == []
        assert who.get(f"/lessons/{lesson}/resources").json()["results"] == []
    assert tess.delete(f"/resources/{link['id']}").status_code == 204
    assert tess.delete(f"/lessons/{lesson}/items/{second['id']}").status_code == 204
    assert tess.get(f"/resources/{link['id']}").status_code == 404
    assert len(made(tess.get(f"/lessons/{lesson}"))["items"]) == 2


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [("items", {"kind": "pdf", "media": "0" * 64}, "blob_missing"), ("items", {"kind": "pdf", "media": "x"}, None),
     ("items", {"kind": "poem"}, "invalid_fields"), ("resources", {"title": "x"}, "invalid_fields"),
     ("resources", {"title": "Maps"}, "resource_empty"), ("items", {"kind": "video", "url": "file:///etc"}, None),
     ("resources", {"title": "Maps", "url": "javascript:1"}, None),
     ("resources", {"title": "Maps", "url": "https://x.org", "file_size": 1}, None)],
)  # fmt: skip
def test_what_is_no_item(tess: Client, path: str, body: dict[str, Any], code: str | None) -> None:  # RES-03, ROL-12
    _, _, lesson = a_course(tess)
    answer = tess.post(f"/lessons/{lesson}/{path}", body)
    assert answer.status_code == 400, answer.text
    assert code in (None, answer.json()["code"])


def test_a_resource_has_one_of_nine_types(opened: Opened, tess: Client) -> None:  # RES-02, RES-03
    lesson, paper = a_course(tess)[2], give(opened, tess, PDF)
    for kind in RESOURCE_KINDS:
        body = {"title": "Tide tables", "type": kind}
        given = {"url": "https://example.org/tides"} if kind == "link" else {"media": paper}
        assert made(tess.post(f"/lessons/{lesson}/resources", {**body, **given}))["type"] == kind
        assert tess.post(f"/lessons/{lesson}/resources", body).status_code == 400, "neither a file nor an address"
    answer = tess.post(f"/lessons/{lesson}/resources", {"title": "Tide tables", "type": "poem", "media": paper})
    assert answer.status_code == 400


def test_a_file_of_a_lesson_has_its_limit(
    opened: Opened, tess: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # RES-07
    lesson, paper = a_course(tess)[2], give(opened, tess, PDF)
    monkeypatch.setattr(kinds, "MOST_OTHER", len(PDF) - 1)
    for path, kind in (("items", {"kind": "pdf"}), ("resources", {"type": "document"})):
        answer = tess.post(f"/lessons/{lesson}/{path}", {"media": paper, "title": "Tables", **kind})
        assert (answer.status_code, answer.json()["code"]) == (400, "file_too_large")


def test_nobody_gets_a_file_by_its_hash_alone(client: Client, opened: Opened, tess: Client) -> None:  # SEC
    lesson = a_course(tess)[2]
    other = give(opened, client.join("sam"), PDF)
    assert sha256(PDF).hexdigest() == other
    answer = tess.post(f"/lessons/{lesson}/resources", {"title": "Mine now", "media": other})
    assert answer.json()["code"] == "blob_missing"


@pytest.mark.postgresql
def test_each_reader_gets_the_text_of_their_tier(client: Client, opened: Opened, tess: Client) -> None:  # LES-09
    course, module, _ = a_course(tess, price=5)
    texts = {"body": "All of it.", "guest_content": "For guests.", "registered_content": "For members."}
    row = made(tess.post("/lessons", {"module_id": module, "title": "Tiers", "access_level": "premium", **texts}))["id"]
    told = {"access_denied_message": "Come to the harbour office."}
    shut = made(tess.post("/lessons", {"module_id": module, "title": "Shut", "body": "Inside.", **told}))["id"]
    publish(tess, opened, course)
    sam, ola = client.join("sam"), client.join("ola")
    enrol(opened, ola, course)
    found = {name: made(who.get(f"/lessons/{row}")) for name, who in (("guest", client), ("sam", sam), ("ola", ola))}
    assert {name: view["body"] for name, view in found.items()} == {
        "guest": "For guests.", "sam": "For members.", "ola": "All of it.",
    }  # fmt: skip
    needs = {name: view["missing"] and view["missing"]["code"] for name, view in found.items()}
    assert needs == {"guest": "sign_in", "sam": "subscribe", "ola": None}
    assert [found[name]["is_preview"] for name in ("guest", "sam", "ola")] == [True, True, False]
    assert all(view["guest_content"] is None for view in found.values()), "tiers are for those who edit"
    denied = made(sam.get(f"/lessons/{shut}"))
    assert (denied["body"], denied["missing"]["message"]) == (None, "Come to the harbour office.")
    listed = client.get(f"/lessons?course={course}&access_level=premium").json()["results"]
    assert [x["title"] for x in listed] == ["Tiers"]


def test_what_is_learned_is_what_was_published(client: Client, opened: Opened, tess: Client) -> None:  # PRG-08
    course, module, _ = a_course(tess)
    film = made(tess.post("/lessons", {"module_id": module, "title": "Tide", "kind": "video", "body": "Look."}))["id"]
    publish(tess, opened, course)
    made(tess.ask("PATCH", f"/lessons/{film}", json={"kind": "reading"}))
    sam = client.join("sam")
    enrol(opened, sam, course)
    seen = {"watched": {"watched_seconds": 95, "total_seconds": 100}}
    assert made(sam.post(f"/lessons/{film}/progress", seen))["status"] == "done", "a draft changes nothing for learners"


def test_who_has_paid_gets_premium_files(client: Client, opened: Opened, tess: Client) -> None:  # RES-04
    course, _, lesson = a_course(tess)
    sheet = {"title": "Sheet", "url": "https://example.org/sheet", "premium": True}
    made(tess.post(f"/lessons/{lesson}/resources", sheet))
    publish(tess, opened, course)
    sam = client.join("sam")
    enrol(opened, sam, course)
    assert sam.get(f"/lessons/{lesson}/resources").json()["results"] == []
    with opened.hub.unit() as unit:
        unit.derive(ENROLLMENT, ENROLLMENT.id_for(sam.user["id"], course), {"payment_status": "paid"})
    assert [x["title"] for x in sam.get(f"/lessons/{lesson}/resources").json()["results"]] == ["Sheet"]


@pytest.mark.postgresql
def test_courses_that_come_before(client: Client, opened: Opened, tess: Client) -> None:  # CRS-17
    first, second = a_course(tess, "The shore")[0], a_course(tess, "The sea")[0]
    for course in (first, second):
        publish(tess, opened, course)
    path = f"/courses/{second}/prerequisites"
    assert made(tess.ask("PUT", f"{path}/{first}", json={}))["mandatory"]
    assert not made(tess.ask("PUT", f"{path}/{first}", json={"mandatory": False}))["mandatory"]
    turned = tess.ask("PUT", f"/courses/{first}/prerequisites/{second}", json={})
    assert (turned.status_code, turned.json()["code"]) == (400, "prerequisite_cycle")
    publish(tess, opened, second)
    assert [x["title"] for x in client.get(path).json()["results"]] == ["The shore"]
    assert tess.delete(f"{path}/{first}").status_code == 204
    assert tess.delete(f"{path}/{first}").status_code == 404


def test_what_was_never_published_comes_before_nothing(client: Client, opened: Opened, tess: Client) -> None:
    hidden, sea = a_course(tess, "Not yet")[0], a_course(tess, "The sea")[0]
    path = f"/courses/{sea}/prerequisites/{hidden}"
    assert tess.ask("PUT", path, json={}).status_code == 404
    assert tess.delete(path).status_code == 404, "a refusal leaves nothing behind"


def test_words_of_a_video_are_files_that_its_author_gave(client: Client, opened: Opened, tess: Client) -> None:
    course, _, lesson = a_course(tess)
    words = give(opened, tess, b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n")
    other = opened.hub.blobs.put(b"WEBVTT\n\n00:01.000 --> 00:02.000\nSecret\n")
    film = {"url": "https://example.org/tide.mp4", "captions": [{"language": "en", "media": other}]}
    for path, body in (("video", film), ("items", {"kind": "video", **film})):
        assert tess.post(f"/lessons/{lesson}/{path}", body).json()["code"] == "blob_missing"
    film["captions"] = [{"language": "en", "media": words}]
    assert made(tess.post(f"/lessons/{lesson}/video", film))["captions"] == film["captions"]
    with opened.hub.unit() as unit:
        assert words in {m.sha256 for m in from_draft(unit, course)[0].media}
