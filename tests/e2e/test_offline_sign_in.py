"""After one sign-in at the server a laptop lets its people in without one, each into a database of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_core.errors import UserError
from lms_core.session import Sessions
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets

OTHER = "purple walrus parade"


def test_two_people_share_a_laptop_without_a_network(tmp_path: Path, server: Server) -> None:  # ACC-16
    sessions = Sessions(tmp_path / "laptop", secrets=MemorySecrets())
    people = {"ada": PASSWORD, "sam": OTHER}
    profiles: dict[str, str] = {}
    for name, password in people.items():
        email = f"{name}@school.example"
        sessions.register(server.url, email=email, password=password, first_name=name.title(), last_name="Moyo")
        workspace = sessions.sign_in(server.url, email, password)
        workspace.notes.add(f"{name}'s alone")
        profiles[name] = workspace.profile.info.id
        assert sessions.sign_out(workspace) > 0
    server.stop()
    files = set()
    for name, password in people.items():
        with pytest.raises(UserError) as caught:
            sessions.unlock(profiles[name], next(each for each in people.values() if each != password))
        assert caught.value.code == "wrong_password"
        with pytest.raises(UserError) as caught:
            sessions.unlock(profiles[name])
        assert caught.value.code == "password_needed"
        workspace = sessions.unlock(profiles[name], password)
        assert [note.body for note in workspace.notes.all()] == [f"{name}'s alone"], "own data, for as long as it takes"
        files.add(workspace.profile.path)
        workspace.close()
    assert len(files) == 2
    for file in files:
        assert b"alone" not in file.read_bytes()
