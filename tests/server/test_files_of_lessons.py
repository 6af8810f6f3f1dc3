"""Who gets the bytes of a lesson's files: whoever is served something that names them (RES-04, LES-09)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import event

from lms_core.accounts.passwords import PasswordHasher
from lms_core.courses.entities import COURSE_FILE
from lms_core.entities import SCHEMA, hub_effects
from lms_core.learning.entities import ENROLLMENT
from lms_core.media.store import MediaStore
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import Client
from tests.server.test_contents import PDF, give
from tests.server.test_courses import a_course, author, enrol, made, publish

MOST = 8
NUMBER = count()


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def tess(client: Client, opened: Opened) -> Client:
    return author(client, opened, "tess")


def paper(opened: Opened, who: Client) -> str:
    """A file that nobody gave before."""
    return give(opened, who, PDF + f"% {next(NUMBER)}".encode())


def hand_out(opened: Opened, who: Client, lesson: str, **more: Any) -> str:
    """A file that a lesson hands out."""
    name = paper(opened, who)
    made(who.post(f"/lessons/{lesson}/resources", {"title": "Sheet", "media": name, **more}))
    return name


def gets(who: Client, *names: str) -> list[bool]:
    """Of which of the files somebody gets the bytes."""
    said = [who.get(f"/blobs/{name}").status_code for name in names]
    assert set(said) <= {200, 404}, said
    assert [who.ask("HEAD", f"/blobs/{name}").status_code for name in names] == said
    return [each == 200 for each in said]


@pytest.mark.postgresql
def test_a_premium_file_is_for_who_has_paid(client: Client, opened: Opened, tess: Client) -> None:  # RES-04
    course, _, lesson = a_course(tess)
    plain, dear = hand_out(opened, tess, lesson), hand_out(opened, tess, lesson, premium=True)
    publish(tess, opened, course)
    sam, ola, root = client.join("sam"), client.join("ola"), client.join("root")
    opened.served.accounts.set_role(root.user["email"], "admin")
    enrol(opened, sam, course)
    for who, given in ((sam, [True, False]), (ola, [True, False]), (tess, [True, True]), (root, [True, True])):
        assert gets(who, plain, dear) == given, who.user["email"]
    with opened.hub.unit() as unit:
        unit.derive(ENROLLMENT, ENROLLMENT.id_for(sam.user["id"], course), {"payment_status": "paid"})
    assert gets(sam, plain, dear) == [True, True]


@pytest.mark.postgresql
def test_a_stranger_gets_the_files_of_a_preview_and_of_his_tier(
    client: Client, opened: Opened, tess: Client
) -> None:  # LES-09
    course, module, lesson = a_course(tess, price=5)
    film, shut = hand_out(opened, tess, lesson), paper(opened, tess)
    tier = paper(opened, tess)
    shown = made(tess.post("/lessons", {"module_id": module, "title": "Free", "body": "Look.", "preview": True}))["id"]
    texts = {"body": f"[All](media:{shut})", "registered_content": f"[Some](media:{tier})"}
    tiers = made(tess.post("/lessons", {"module_id": module, "title": "Tiers", **texts}))["id"]
    free = hand_out(opened, tess, shown)
    for name in (shut, tier):  # named so far by texts alone
        made(tess.post(f"/lessons/{tiers}/items", {"kind": "pdf", "media": name, "title": "x"}))
    for each in made(tess.get(f"/lessons/{tiers}/items"))["results"]:
        assert tess.delete(f"/lessons/{tiers}/items/{each['id']}").status_code == 204
    publish(tess, opened, course)
    sam, ola, una = client.join("sam"), client.join("ola"), client.join("una")
    enrol(opened, ola, course)
    enrol(opened, una, course, "suspended")
    assert gets(ola, film, shut, tier, free) == [True] * 4
    assert gets(sam, film, shut, tier, free) == [False, False, True, True]
    assert gets(una, film, shut, tier, free) == [False, False, True, True]
    assert client.get(f"/blobs/{free}").status_code == 401
    made(tess.post(f"/courses/{course}/unpublish", {}))
    opened.hub.project()
    assert gets(sam, film, shut, tier, free) == [False] * 4


def test_what_was_never_published_is_for_its_authors(client: Client, opened: Opened, tess: Client) -> None:
    course, _, lesson = a_course(tess)
    old = hand_out(opened, tess, lesson)
    publish(tess, opened, course)
    sam = client.join("sam")
    enrol(opened, sam, course)
    row = made(tess.get(f"/lessons/{lesson}/resources"))["results"][0]["id"]
    assert tess.delete(f"/resources/{row}").status_code == 204
    fresh = hand_out(opened, tess, lesson)
    assert gets(sam, old, fresh) == [True, False]
    publish(tess, opened, course)
    assert gets(sam, old, fresh) == [True, True], "a laptop goes on with the version that it has"


def picture(width: int = 1280, height: int = 720) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#12636f").save(out, "PNG")
    return out.getvalue()


def test_the_cover_of_a_course_is_for_everybody(client: Client, opened: Opened, tess: Client) -> None:  # RES-06
    course, _, _ = a_course(tess, price=5)
    cover = give(opened, tess, picture())
    changed = made(tess.ask("PATCH", f"/courses/{course}", json={"thumbnail": cover}))
    assert changed["thumbnail"] == cover
    sam = client.join("sam")
    assert gets(sam, cover) == [False]
    publish(tess, opened, course)
    assert gets(sam, cover) == [True]
    assert made(client.get(f"/courses/{course}"))["thumbnail"] == cover
    assert [each["thumbnail"] for each in made(client.get("/courses"))["results"]] == [cover]
    assert made(tess.ask("PATCH", f"/courses/{course}", json={"thumbnail": ""}))["thumbnail"] == ""


def test_a_cover_is_a_picture_that_its_author_gave(client: Client, opened: Opened, tess: Client) -> None:  # RES-06
    course = a_course(tess)[0]
    eve = author(client, opened, "eve")
    stolen, small, sheet = give(opened, eve, picture()), give(opened, tess, picture(20, 20)), paper(opened, tess)
    for name, code in ((stolen, "blob_missing"), (small, "thumbnail_sides"), (sheet, "thumbnail_kind")):
        answer = tess.ask("PATCH", f"/courses/{course}", json={"thumbnail": name})
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        begun = tess.post("/courses", {"title": "Another", "thumbnail": name})
        assert (begun.status_code, begun.json()["code"]) == (400, code)
    assert tess.ask("PATCH", f"/courses/{course}", json={"thumbnail": "x"}).status_code == 400
    assert made(tess.get(f"/courses/{course}"))["thumbnail"] == ""


def test_a_file_of_many_courses_asks_the_database_as_often_as_one_of_few(
    client: Client, opened: Opened, tess: Client
) -> None:  # PRF-05
    course, _, lesson = a_course(tess, price=5)
    logo = hand_out(opened, tess, lesson)
    publish(tess, opened, course)
    sam, taken, asked = client.join("sam"), [], list[str]()
    sam.get("/users/me")

    def listen(driver: Any, *_: Any) -> None:
        driver.set_trace_callback(asked.append)

    event.listen(opened.hub.engine.pool, "checkout", listen)
    for more in (0, 30):
        with opened.hub.unit() as unit:
            for n in range(more):
                row = {"course_id": f"other-{n}", "sha256": logo}
                unit.derive(COURSE_FILE, COURSE_FILE.id_for(f"other-{n}", logo), row)
        asked.clear()
        assert gets(sam, logo) == [False]
        taken.append([each for each in asked if each.lstrip().startswith("SELECT")])
    event.remove(opened.hub.engine.pool, "checkout", listen)
    assert len(taken[0]) == len(taken[1]) <= MOST, taken
