"""A laptop for benchmarks: a fresh data folder, signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.server import PASSWORD
from lms_core.session import Sessions
from lms_core.workspace import Workspace


@contextmanager
def fresh_workspace(folder: Path, url: str, email: str) -> Iterator[Workspace]:
    """A new machine of an account."""
    workspace = Sessions(folder).sign_in(url, email, PASSWORD)
    try:
        yield workspace
    finally:
        workspace.close()


@contextmanager
def local_workspace(folder: Path) -> Iterator[Workspace]:
    """A new machine without a server."""
    workspace = Sessions(folder).start_local("Bench", PASSWORD)
    try:
        yield workspace
    finally:
        workspace.close()
