"""A hub with all entities and all that follows from them, and the people of a small school."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lms_core.accounts.passwords import PasswordHasher
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import Client


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """A hub that knows everything."""
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


@dataclass(frozen=True)
class School:
    """An administrator, a manager, an instructor and two students, all signed in."""

    root: Client
    mina: Client
    tess: Client
    ada: Client
    sam: Client

    @property
    def roles(self) -> dict[str, Client]:
        """One of each role."""
        return {"admin": self.root, "manager": self.mina, "instructor": self.tess, "student": self.ada}


@pytest.fixture
def school(client: Client, opened: Opened) -> School:
    """Everybody has joined."""
    people = [client.join(name) for name in ("root", "mina", "tess", "ada", "sam")]
    for person, role in zip(people, ("admin", "manager", "instructor"), strict=False):
        opened.served.accounts.set_role(person.user["email"], role)
    return School(*people)
