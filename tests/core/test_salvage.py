"""A restore keeps what only the damaged file knew: open answers, installed courses, files to be sent."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert, select

from lms_core.content.model import MediaRef
from lms_core.content.pack import build_key_pack, build_pack
from lms_core.courses.drafts import from_draft
from lms_core.profiles import Profiles
from lms_core.sync.tables import parked, upload
from lms_core.workspace import Workspace
from tests.core.school import add_quiz
from tests.fakes import FakeClock, MemorySecrets
from tests.told import new_workspace


def spoil(workspace: Workspace) -> None:
    """Close the file and damage a page that holds an index."""
    file = workspace.profile.path
    with workspace.work() as unit:
        found = unit.conn.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name LIKE 'ix_%course_id' LIMIT 1")
        page, size = (int(x.scalar_one()) for x in (found, unit.conn.exec_driver_sql("PRAGMA page_size")))
    workspace.close()
    data = bytearray(file.read_bytes())
    data[(page - 1) * size + 100] ^= 1
    file.write_bytes(data)


def restored(tmp_path: Path, workspace: Workspace, *, clock: FakeClock, secrets: MemorySecrets) -> Workspace:
    """The workspace after its file was damaged and put back from the newest copy."""
    profile = workspace.profile.info.id
    spoil(workspace)
    profiles = Profiles(tmp_path, secrets, clock)
    profiles.restore_newest_good(profile)
    return Workspace(profiles.open(profile), secrets=secrets, clock=clock)


def test_answers_courses_and_files_to_be_sent_survive(tmp_path: Path, clock: FakeClock) -> None:
    secrets = MemorySecrets()
    workspace = new_workspace(tmp_path, clock=clock, secrets=secrets)
    courses = workspace.courses
    course = courses.create_course("Between the tides")
    module = courses.add_module(course, "One")
    one, two = (add_quiz(workspace, module, name, mode="practice") for name in ("Shells", "Sand"))
    with workspace.work() as unit:
        document, keys = from_draft(unit, course)
    pack, key_pack = build_pack(document), build_key_pack(keys)
    names = workspace.media.put(pack), workspace.media.put(key_pack)
    workspace.installed.install_pack(names[0], pack, key_pack=names[1])
    handed_in = workspace.assessment.start(two)
    workspace.installed.remove(course)
    workspace.profile.back_up()

    workspace.installed.install_pack(names[0], pack, key_pack=names[1])
    attempt = workspace.assessment.start(one)
    for question in attempt.questions:
        workspace.assessment.answer(one, question.id, [question.options[0].id])
    answers = workspace.assessment.start(one).answers
    workspace.assessment.submit(two)
    picture = workspace.media.put(b"a picture")
    with workspace.work():
        courses.add_file(course, MediaRef(picture, "a.png", "image/png", 9))
        workspace.sync.offer(picture)

    again = restored(tmp_path, workspace, clock=clock, secrets=secrets)
    try:
        assert [c.title for c in again.installed.installed()] == ["Between the tides"]
        assert again.search.find("Shells")
        assert again.assessment.start(one).answers == answers
        with again.work() as unit:
            assert (picture,) in [tuple(row) for row in unit.all(select(upload.c.sha256))]
        again.assessment.submit(one)
        assert [a.id for a in again.assessment.attempts(one)] == [attempt.id]
        assert [a.id for a in again.assessment.attempts(two)] == [handed_in.id], "handed in once, and open no more"
        assert again.assessment.start(two).id != handed_in.id
    finally:
        again.close()


def test_refused_work_that_waits_for_a_person_survives(tmp_path: Path, clock: FakeClock) -> None:
    secrets = MemorySecrets()
    workspace = new_workspace(tmp_path, clock=clock, secrets=secrets)
    workspace.profile.back_up()
    row = {
        "digest": b"d", "row": "r", "body": b"b", "code": "forbidden", "cause": "", "at": 1, "settled": False,
    }  # fmt: skip
    with workspace.work() as unit:
        unit.local(insert(parked), [row])
    again = restored(tmp_path, workspace, clock=clock, secrets=secrets)
    try:
        with again.work() as unit:
            assert [dict(x) for x in unit.conn.execute(select(parked)).mappings()] == [row]
    finally:
        again.close()
