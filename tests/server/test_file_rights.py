"""The routes ask for rights, and without one a file does not exist."""

from __future__ import annotations

from hashlib import sha256

from sync_server.opening import Opened
from tests.server.people import PNG, Client
from tests.server.test_files import DATA, NAME


def test_a_student_gives_no_course_files(client: Client, opened: Opened) -> None:
    answer = client.join().give(DATA)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert list(opened.hub.blobs) == []


def test_a_file_that_no_course_of_the_caller_names_does_not_exist(client: Client, opened: Opened) -> None:
    ada = client.join()
    opened.hub.blobs.put(DATA)
    for method in ("GET", "HEAD"):
        for kind in ("blobs", "packs"):
            assert ada.ask(method, f"/{kind}/{NAME}").status_code == 404


def test_an_author_gives(client: Client, opened: Opened) -> None:
    ada, eve = client.join(), client.join("eve")
    opened.served.accounts.set_role(ada.user["email"], "instructor")
    picture = PNG + DATA
    name = sha256(picture).hexdigest()
    assert ada.give(picture).status_code == 204
    assert ada.get(f"/blobs/{name}").content == picture, "who has a file may have it again"
    assert eve.ask("HEAD", f"/blobs/{name}").status_code == 404
