"""Learners at a whole hub: a world with everybody in it, and laptops that sync with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from lms_core.profiles import Profiles
from lms_core.workspace import Workspace
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock, MemorySecrets, SeqId
from tests.postgres import keep, refill
from tests.server.people import Client
from tests.server.rights import World, everybody

NONE = "0197a3c2-7b1e-7c3a-9d55-ffffffffffff"


@dataclass(frozen=True)
class _Peopled:
    """A hub at which everybody has joined: its files, its database where that is no file, and everybody's sessions."""

    files: Mapping[Path, bytes]
    database: str
    people: Mapping[str, Client]


_peopled: dict[str, _Peopled] = {}
"""By settings: to let everybody join takes five times as long as to copy a hub at which they have."""


@contextmanager
def open_world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    """A hub with all entities and what follows from them, and everybody at it."""
    alike = repr((bool(settings.database_url), replace(settings, database_url="", smtp_port=0)))
    kept = _peopled.get(alike)
    if kept is None:
        with _opened(data, settings, FakeClock(), hasher) as (opened, client):
            people = everybody(opened, client)
        files = {path.relative_to(data): path.read_bytes() for path in data.rglob("*") if path.is_file()}
        database = keep(settings.database_url) if settings.database_url else ""
        _peopled[alike] = _Peopled(files, database, people)
    else:
        for path, content in kept.files.items():
            (data / path).write_bytes(content)
        if kept.database:
            refill(settings.database_url, kept.database)
        people = dict(kept.people)
    with _opened(data, settings, clock, hasher) as (opened, client):
        there = {name: each.at(client.http) for name, each in people.items() if each.token}
        yield World(opened, client, {name: there.get(name, client) for name in people})


@contextmanager
def _opened(
    data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher
) -> Iterator[tuple[Opened, Client]]:
    effects = hub_effects(MediaStore(data / PACKS))
    with (
        open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as opened,
        TestClient(create_app(settings, opened.served), raise_server_exceptions=False) as http,
    ):
        yield opened, Client(http)


class Line:
    """The way from a laptop to the hub."""

    def __init__(self, world: World, account: str) -> None:
        self._world, self._account = world, account

    def exchange(self, body: bytes) -> bytes:
        return self._world.opened.hub.exchange(self._account, body)

    def put_blob(self, *_: Any, filename: str = "") -> bool:
        raise AssertionError("learners give no files")

    def lacking(self, names: Sequence[str]) -> list[str]:
        return []


@contextmanager
def laptop_of(world: World, name: str, folder: Path, clock: FakeClock) -> Iterator[Workspace]:
    """A laptop of somebody, synced once."""
    secrets = MemorySecrets()
    profiles = Profiles(folder / "laptop", secrets, clock, new_id=SeqId(100))
    profile = profiles.create("x", server_url="http://hub.invalid", account_id=world.account(name))
    with closing(Workspace(profile, secrets=secrets, clock=clock, new_id=SeqId(101))) as workspace:
        sync(world, workspace)
        yield workspace


def sync(world: World, laptop: Workspace) -> None:
    """Exchange, let the hub do what follows, and bring that back with the packs."""
    for _ in range(2):
        laptop.sync.run(Line(world, laptop.account))
        world.opened.hub.project()
    for name in world.opened.served.packs:  # type: ignore[attr-defined]
        if not laptop.media.has(name):
            laptop.media.put(world.opened.served.packs.path(name).read_bytes())
