"""What tests of certificates share: what somebody has, how they enrol, and a server that starts again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litestar.testing import TestClient
from sqlalchemy import select

from lms_core.accounts.passwords import PasswordHasher
from lms_core.certificates.tables import signing_key
from lms_core.db.engine import read
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.layout import PACKS
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.rights import World


def listed(world: World, name: str = "student", **query: Any) -> list[dict[str, Any]]:
    """Somebody's certificates."""
    found: list[dict[str, Any]] = world.people[name].get("/certificates", params=query).json()["results"]
    return found


def enrolled(world: World, name: str, course: str) -> None:
    """Let somebody join a course."""
    assert world.people[name].post(f"/courses/{course}/enroll").status_code == 200


def keys_of(opened: Opened) -> list[str]:
    """The public keys that every laptop gets."""
    with read(opened.hub.engine) as conn:
        return list(conn.scalars(select(signing_key.c.public_key)))


@contextmanager
def reopened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Any]:
    """The server over a folder once more."""
    effects = hub_effects(MediaStore(data / PACKS))
    with (
        open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as opened,
        TestClient(create_app(settings, opened.served), raise_server_exceptions=False) as http,
    ):
        yield opened, http
