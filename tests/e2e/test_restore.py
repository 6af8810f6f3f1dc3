"""A server that lost its disk and comes back from an old backup: laptops bring back accounts and work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lms_core.errors import AuthExpired
from lms_core.session import Sessions
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets

EMAIL = "ada@school.example"


@pytest.mark.postgresql
@pytest.mark.parametrize("journal", [pytest.param(True, marks=pytest.mark.soak), False])
def test_an_account_that_the_backup_lacks_comes_back_with_its_work(
    tmp_path: Path, server: Server, journal: bool
) -> None:
    backup = server.command("backup", "--to", str(tmp_path / "copies"))["path"]
    sessions = Sessions(tmp_path / "laptop", secrets=MemorySecrets())
    sessions.register(server.url, email=EMAIL, password=PASSWORD, first_name="Ada", last_name="L")
    workspace = sessions.sign_in(server.url, EMAIL, PASSWORD)
    account = workspace.account
    workspace.notes.add("written before the disk died")
    workspace.synchronize()
    workspace.close()
    server.stop()
    if not journal:
        shutil.rmtree(server.data / "journal")
    server.command("restore", backup)
    server.start()
    stranger = Sessions(tmp_path / "stranger", secrets=MemorySecrets())
    if not journal:
        with pytest.raises(AuthExpired):
            stranger.sign_in(server.url, EMAIL, PASSWORD)
    workspace = sessions.sign_in(server.url, EMAIL, PASSWORD)
    assert workspace.account == account
    workspace.synchronize()
    workspace.close()
    other = stranger.sign_in(server.url, EMAIL, PASSWORD)
    other.synchronize()
    assert [note.body for note in other.notes.all()] == ["written before the disk died"]
    other.close()
