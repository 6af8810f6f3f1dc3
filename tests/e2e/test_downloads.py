"""A download that dies with its process goes on behind its last byte, and a version comes whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx
import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.downloads import Downloads
from desktop_lms.store import Store
from lms_core.content.model import MediaRef
from lms_core.downloads.plan import Choice
from lms_core.errors import NotFound
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.forks import Program
from tests.server.people import PNG, Client

HALF, WHOLE = 1_500_000, 3_000_000


def sign_in(folder: Path, server: Server, name: str) -> Workspace:
    sessions = Sessions(folder)
    email = f"{name}@school.example"
    sessions.register(server.url, email=email, password=PASSWORD, first_name=name.title(), last_name="Moyo")
    if name == "tess":
        server.command("set-role", "--email", email, "--role", "instructor")
    workspace = sessions.sign_in(server.url, email, PASSWORD)
    workspace.synchronize()
    return workspace


def publish(teacher: Workspace, course: str, lesson: str, data: bytes) -> None:
    """A version in which the lesson shows another picture."""
    picture = teacher.media.put(PNG + data)
    with teacher.work() as unit:
        teacher.sync.offer_in(unit, [picture])
        teacher.courses.add_file(course, MediaRef(picture, "crab.png", "image/png", len(PNG + data)))
        draft = teacher.courses.lesson_draft(lesson)
        teacher.courses.edit_lesson(lesson, base=draft.body, text=f"![A crab](media:{picture})")
    teacher.synchronize()
    before = [card.pack for card in teacher.courses.catalog()]
    teacher.courses.publish(course)
    teacher.synchronize()
    assert teacher.sync.parked() == []
    for _ in range(100):
        if [card.pack for card in teacher.courses.catalog()] != before:
            return
        teacher.synchronize()
    raise AssertionError("it was not published")


def recorded(server: Server, name: str) -> set[str]:
    """What the files are called that somebody gave, in the records of the hub."""
    with httpx.Client(base_url=server.url) as http:
        body = {"email": f"{name}@school.example", "password": PASSWORD}
        who = Client(http, Client(http).post("/auth/login", body).json()["access"])
        return {each["original_filename"] for each in who.get("/uploads/records").json()["results"]}


def fetch(folder: Path, profile: str, course: str, most: int) -> list[str]:
    """Let a process fetch, and kill it where it stands still; returns what it said."""
    env = {**os.environ, "LMS_PASSWORD": PASSWORD}
    with Program("tests.e2e.victims:fetcher", str(folder), profile, course, str(most), env=env) as process:
        said = list[str]()
        for line in process.stdout:
            said.append(line.strip())
            if line == "half\n":
                process.kill()
        assert said, process.stderr.read()
    return said


def begun(said: list[str]) -> int:
    """Where the picture was gone on with: bytes that were here when the first piece came."""
    return next(done for kind, done in (json.loads(line) for line in said if line[0] == "[") if kind == "image")


def write_course(teacher: Workspace) -> tuple[str, str]:
    """A draft with one lesson; returns both ids."""
    course = teacher.courses.create_course("The shore", description="Crabs.", short_description="Crabs.")
    return course, teacher.courses.add_lesson(teacher.courses.add_module(course, "One"), "Crabs", body="Crabs walk.")


def test_the_app_waits_for_a_line_and_mends_a_damaged_part(qtbot: QtBot, server: Server, tmp_path: Path) -> None:
    teacher = sign_in(tmp_path / "teacher", server, "tess")
    course, lesson = write_course(teacher)
    publish(teacher, course, lesson, os.urandom(WHOLE))
    (picture,) = (m.sha256 for m in teacher.courses.document(course).media)
    teacher.close()
    pupil = sign_in(tmp_path / "laptop", server, "sam")
    server.stop()
    store = Store(pupil)
    try:
        downloads = Downloads(store, store)
        with qtbot.waitSignal(downloads.failed) as told:
            downloads.fetch(course)
        assert told.args[1].code == "offline"
        assert downloads.state(course) == "offline"
        server.start()
        part = pupil.profile.folder / "incoming" / picture
        part.write_bytes(b"damaged on the disk" * 1000)
        with qtbot.waitSignal(downloads.arrived, check_params_cb=lambda name: name == picture):
            downloads.wake()
        qtbot.waitUntil(lambda: downloads.state(course) == "")
        assert pupil.media.verify(picture)
        assert not part.exists()
    finally:
        store.close()


def test_a_laptop_gets_what_its_person_may_have_and_no_more(server: Server, tmp_path: Path) -> None:  # RES-04, RES-12
    teacher = sign_in(tmp_path / "teacher", server, "tess")
    course, lesson = write_course(teacher)
    sheet = teacher.media.put(PNG + b"for those who have paid")
    with teacher.work() as unit:
        teacher.sync.offer_in(unit, [sheet])
        file = MediaRef(sheet, "sheet.png", "image/png", teacher.media.size(sheet))
        teacher.contents.add_resource(lesson, "Sheet", file=file, kind="image", premium=True)
    publish(teacher, course, lesson, os.urandom(100))
    teacher.close()
    assert recorded(server, "tess") == {"crab.png", "sheet.png"}, "as its author calls it"
    folder = tmp_path / "laptop"
    pupil = sign_in(folder, server, "sam")
    profile = pupil.profile.info.id
    pupil.learning.enroll(course)
    pupil.synchronize()
    pupil.downloads.choose(course, Choice())
    pupil.close()
    assert fetch(folder, profile, course, WHOLE)[-1] == "done"
    pupil = Sessions(folder).unlock(profile, PASSWORD)
    try:
        (picture,) = (m.sha256 for m in pupil.installed.document(course).media if m.sha256 != sheet)
        assert (pupil.media.has(picture), pupil.media.has(sheet), pupil.missing_files()) == (True, False, [])
        with pytest.raises(NotFound):
            pupil.fetch_blob(sheet)
    finally:
        pupil.close()


def test_a_killed_download_goes_on_and_a_version_comes_whole(server: Server, tmp_path: Path) -> None:
    teacher, folder = sign_in(tmp_path / "teacher", server, "tess"), tmp_path / "laptop"
    course, lesson = write_course(teacher)
    publish(teacher, course, lesson, os.urandom(WHOLE))
    pupil = sign_in(folder, server, "sam")
    profile = pupil.profile.info.id
    pupil.learning.enroll(course)
    pupil.downloads.choose(course, Choice())
    pupil.close()

    assert fetch(folder, profile, course, HALF)[-1] == "half"
    said = fetch(folder, profile, course, WHOLE * 2)
    assert said[-1] == "done"
    assert begun(said) > HALF, "nothing comes twice"

    publish(teacher, course, lesson, os.urandom(WHOLE))
    teacher.close()
    pupil = Sessions(folder).unlock(profile, PASSWORD)
    pupil.synchronize()
    before = pupil.installed.find(course)
    pupil.downloads.choose(course, Choice(), update=True)
    pupil.close()
    assert fetch(folder, profile, course, HALF)[-1] == "half"
    pupil = Sessions(folder).unlock(profile, PASSWORD)
    assert pupil.installed.find(course) == before
    assert pupil.missing_files() == [], "the old version is whole"
    pupil.close()
    said = fetch(folder, profile, course, WHOLE * 2)
    assert begun(said) > HALF
    pupil = Sessions(folder).unlock(profile, PASSWORD)
    try:
        assert pupil.installed.find(course).version != before.version
        assert pupil.missing_files() == []
        assert all(pupil.media.verify(name) for name in pupil.media)
    finally:
        pupil.close()
