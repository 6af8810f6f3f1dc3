"""What the server has at hand is never anybody else's, never older than a change, and gone with a session (PRF-07)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.cache import NotAtHand, from_memory
from lms_core.courses.wish import Wish
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from lms_core.schema import Actor
from lms_core.sync.hub.hints import Hint
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.layout import PACKS
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import Client
from tests.server.test_courses import a_course, author, made, patch, publish

Open = Callable[[], Opened]


@pytest.fixture
def another(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Open]:
    """Open the hub in one process more; time stands still, so that nothing ends by itself."""
    effects = hub_effects(MediaStore(data / PACKS))
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher)
        )


@pytest.fixture
def opened(another: Open) -> Opened:
    return another()


def served(stack: ExitStack, opened: Opened, settings: Settings) -> Client:
    return Client(stack.enter_context(TestClient(create_app(settings, opened.served), raise_server_exceptions=False)))


def until(ready: Callable[[], bool]) -> None:
    late = time.monotonic() + 10
    while not ready():
        assert time.monotonic() < late, "nobody told"
        time.sleep(0.02)


@pytest.mark.postgresql
def test_a_page_is_at_hand_and_yet_each_persons_own(client: Client, opened: Opened) -> None:
    tess, ada, ben = author(client, opened, "tess"), client.join("ada"), client.join("ben")
    course, _, lesson = a_course(tess)
    publish(tess, opened, course)
    assert not ada.get(f"/courses/{course}").json()["is_enrolled"]
    made(ada.post(f"/courses/{course}/enroll"))
    opened.hub.project()
    for who, enrolled in ((ada, True), (ben, False), (ada, True)):
        assert who.get("/courses").json()["results"][0]["is_enrolled"] is enrolled
        seen = who.get(f"/courses/{course}").json()
        assert (seen["is_enrolled"], seen["can_edit"], seen["enrolled_students_count"]) == (enrolled, False, 1)
    assert tess.get(f"/courses/{course}").json()["can_edit"]
    assert client.get(f"/lessons/{lesson}").json()["missing"]["code"] == "sign_in"
    assert [who.get(f"/lessons/{lesson}").json()["body"] is None for who in (ada, ben)] == [False, True]
    find = partial(opened.served.catalogue.find, Actor(ada.user["id"], "student"), Wish())
    assert from_memory(find)[1][0].is_enrolled
    with pytest.raises(NotAtHand):
        from_memory(partial(opened.served.catalogue.find, None, Wish(search="tides")))


@pytest.mark.postgresql
def test_what_changes_is_seen_at_once(client: Client, opened: Opened) -> None:
    tess, ben = author(client, opened, "tess"), client.join("ben")
    course, module, lesson = a_course(tess)
    publish(tess, opened, course)
    made(ben.post(f"/courses/{course}/enroll"))
    opened.hub.project()
    pages = ("/courses", f"/courses/{course}", f"/modules?course={course}", f"/lessons/{lesson}")
    before = [ben.get(path).json() for path in pages]
    made(patch(tess, f"/courses/{course}", {"title": "Above the tides"}))
    made(patch(tess, f"/lessons/{lesson}", {"title": "Foam", "body": "Foam is air."}))
    assert [ben.get(path).json() for path in pages] == before  # nobody sees a draft
    publish(tess, opened, course)
    assert ben.get("/courses").json()["results"][0]["title"] == "Above the tides"
    assert ben.get(f"/courses/{course}").json()["version"] == "2.0"
    assert ben.get(f"/modules/{module}").json()["lessons"][0]["title"] == "Foam"
    assert ben.get(f"/lessons/{lesson}").json()["body"] == "Foam is air."
    made(tess.post(f"/courses/{course}/unpublish"))
    opened.hub.project()
    assert ben.get("/courses").json()["count"] == 0
    assert [client.get(path).status_code for path in pages[1:]] == [404] * 3


@pytest.mark.postgresql
def test_who_teaches_no_more_sees_no_draft(client: Client, opened: Opened) -> None:
    tess, kim = author(client, opened, "tess"), author(client, opened, "kim")
    course, _, lesson = a_course(tess)
    made(tess.post(f"/courses/{course}/instructors", {"user_id": kim.user["id"]}))
    assert kim.get(f"/lessons/{lesson}").status_code == 200
    assert tess.ask("DELETE", f"/courses/{course}/instructors/{kim.user['id']}").status_code == 204
    assert kim.get(f"/lessons/{lesson}").status_code == 404


def test_a_server_begins_with_the_catalogue_at_hand(opened: Opened, settings: Settings) -> None:  # PRF-08
    first = partial(opened.served.catalogue.find, None, Wish())
    with pytest.raises(NotAtHand):
        from_memory(first)
    with ExitStack() as stack:
        served(stack, opened, settings)
        assert from_memory(first) == (0, [])


@pytest.mark.postgresql
def test_other_processes_hear_of_it(another: Open, settings: Settings) -> None:
    if not settings.database_url:
        pytest.skip("one process serves a file")
    with ExitStack() as stack:
        one, two = another(), another()
        here, there = served(stack, one, settings), served(stack, two, settings)
        until(two.hub.store.hints.listening.is_set)  # type: ignore[attr-defined]
        tess, ben = author(here, one, "tess"), here.join("ben")
        elsewhere = Client(there.http, ben.token)
        assert elsewhere.get("/courses").json()["count"] == 0
        course, _, _ = a_course(tess)
        publish(tess, one, course)
        until(lambda: elsewhere.get("/courses").json()["count"] == 1)
        assert ben.post("/auth/logout", {}).status_code in (200, 204)
        until(lambda: elsewhere.get("/courses").status_code == 401)


def test_nothing_stands_when_a_line_was_lost(opened: Opened, client: Client) -> None:
    assert client.get("/courses").status_code == 200
    find = partial(opened.served.catalogue.find, None, Wish())
    assert from_memory(find) == (0, [])
    opened.hub.store.hints.publish(Hint(lost=True))
    with pytest.raises(NotAtHand):
        from_memory(find)
