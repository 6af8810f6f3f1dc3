"""A server with something to look after: a folder for backups, laptops, a check."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from lms_core.rest.jobs import JobsApi
from lms_core.rest.server import ServerApi
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets
from tests.scenes import settle


def set_up(server: Server) -> None:
    """Write its settings."""
    server.data.mkdir(parents=True)
    (server.data / "hub.toml").write_text(f'backup_folder = "{server.data.parent / "backups"}"\n', "utf-8")


def settle_in(server: Server, workspace: Workspace, *people: str) -> None:
    """Let some people sign in on laptops of their own, and the server make a backup and look at itself."""
    for name in people:
        sessions = Sessions(server.data.parent / name, secrets=MemorySecrets())
        with closing(sessions.sign_in(server.url, f"{name}@school.example", PASSWORD)) as laptop:
            laptop.synchronize()
    line: Any = workspace.online()
    ServerApi(line).check()
    while not (JobsApi(line).backups().backups and ServerApi(line).last_check().at):
        settle(100)
