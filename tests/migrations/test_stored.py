"""What every release has stored opens with the program of today, and all of it is there."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from sqlalchemy import select

from lms_core.accounts.model import Origin
from lms_core.db.copies import verify
from lms_core.db.engine import read
from lms_core.db.rows import VISIBLE
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from lms_core.session import Sessions
from sync_server.config import Settings
from sync_server.database import DATABASE
from sync_server.layout import PACKS
from sync_server.opening import open_hub, prepare
from tests.e2e.programs import PASSWORD, Machine
from tests.migrations.store import COURSE, NOTE, STORED

WANTED = {"account": 3, "course_card": 1, "lesson": 3, "question": 1, "enrollment": 1, "attempt": 1, "answer": 1,
          "grade": 1, "roster_entry": 1}  # fmt: skip
RELEASES = sorted(STORED.glob("*.tar.xz"))


@pytest.fixture(params=RELEASES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folders of a release, to be upgraded."""
    with tarfile.open(request.param) as tar:
        tar.extractall(tmp_path, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return tmp_path


def test_there_is_a_release() -> None:
    assert RELEASES


def test_a_laptop_finds_all_its_work(stored: Path) -> None:
    sessions = Sessions(stored / "laptop")
    (profile,) = sessions.list()
    workspace = sessions.unlock(profile.id, PASSWORD)
    try:
        assert [note.body for note in workspace.notes.all()] == [NOTE]
        assert workspace.sync.status().waiting > 0, "the note was never sent"
        (course,) = workspace.learning.my_courses()
        assert (course.title, course.lessons_done, course.lessons_total) == (COURSE, 2, 3)
        document = workspace.installed.document(course.course_id)
        assert [lesson.title for lesson in document.lessons()] == ["Waves", "Tides", "What makes waves?"]
        assert all(workspace.media.verify(m.sha256) for m in document.media)
        attempts = workspace.assessment.attempts(document.lessons()[2].id)
        assert [(a.grade and (a.grade.percent, a.grade.final)) for a in attempts] == [(100.0, True)]
        assert workspace.search.find("waves")
    finally:
        workspace.close()


def test_a_hub_finds_all_that_it_was_given(stored: Path) -> None:
    hub = stored / "hub"
    prepare(hub)
    verify(hub / DATABASE)
    packs = MediaStore(hub / PACKS)
    assert list(packs)
    assert list(packs.damaged()) == []
    with open_hub(hub, Settings(), schema=SCHEMA, effects=hub_effects(packs)) as opened:
        opened.hub.project()
        with read(opened.hub.engine) as conn:
            found = {name: conn.execute(select(VISIBLE.tables[name])).all() for name in WANTED}
        assert {name: len(rows) for name, rows in found.items()} == WANTED
        assert [(r.name, r.status, r.best_score) for r in found["roster_entry"]] == [("Sam Moyo", "active", 100.0)]
        assert [card.pack for card in found["course_card"]] == list(packs)
        for name in ("ada", "tess", "sam"):
            assert opened.served.accounts.sign_in(f"{name}@school.example", PASSWORD, origin=Origin("", ""))


def test_a_second_sign_in_is_not_needed(stored: Path) -> None:
    assert Machine(stored / "laptop").run("status")["needs_you"] == 0
