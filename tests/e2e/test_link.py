"""Somebody begins without a server and links the profile to an account later: nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_core.demo import open_sample
from lms_core.errors import AuthExpired
from lms_core.linking import carry_over
from lms_core.session import Sessions
from tests.e2e.programs import PASSWORD, Server


def test_work_of_a_local_profile_comes_under_the_account(tmp_path: Path, server: Server) -> None:
    sessions = Sessions(tmp_path / "laptop")
    local = sessions.start_local("Mina")
    course = open_sample(local)
    lesson = local.installed.document(course).lessons()[0].id
    note = local.notes.add("Written before there was a server.", lesson=lesson)
    local.learning.complete(lesson)
    before = local.learning.course_state(course)
    sessions.register(server.url, email="mina@school.example", password=PASSWORD, first_name="Mina", last_name="Diaz")
    server.command("set-role", "--email", "mina@school.example", "--role", "instructor")

    with pytest.raises(AuthExpired):
        sessions.link(local, server.url, "mina@school.example", "not the password")
    assert [n.id for n in local.notes.all()] == [note]

    linked = sessions.link(local, server.url, "mina@school.example", PASSWORD)
    assert [p.display_name for p in sessions.list()] == ["Mina Diaz"]
    assert [n.id for n in linked.notes.all()] == [note]
    assert linked.learning.course_state(course).percent == before.percent > 0
    assert linked.installed.document(course).lessons()[0].id == lesson
    linked.synchronize()
    assert linked.sync.status().waiting == 0
    assert not linked.sync.parked()
    linked.close()

    other = Sessions(tmp_path / "other").sign_in(server.url, "mina@school.example", PASSWORD)
    other.synchronize()
    assert [n.body for n in other.notes.all()] == ["Written before there was a server."]
    assert [c.id for c in other.courses.my_courses()] == [course]
    other.close()


def test_linking_twice_brings_everything_once(tmp_path: Path, server: Server) -> None:
    """A crash between the move and the end of the local profile leads here."""
    sessions = Sessions(tmp_path / "laptop")
    local = sessions.start_local("Mina")
    local.notes.add("Once.")
    folder = local.profile.folder
    sessions.register(server.url, email="mina@school.example", password=PASSWORD, first_name="Mina", last_name="Diaz")
    account = sessions.sign_in(server.url, "mina@school.example", PASSWORD)
    assert carry_over(local, account) > 0
    assert carry_over(local, account) == 0
    account.synchronize()
    assert carry_over(local, account) == 0
    account.close()
    linked = sessions.link(local, server.url, "mina@school.example", PASSWORD)
    linked.synchronize()
    assert [n.body for n in linked.notes.all()] == ["Once."]
    assert not folder.exists()
    linked.close()
