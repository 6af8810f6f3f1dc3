"""Every route, asked by everybody, for an own and a foreign object: who may, may, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute, WebSocketRoute
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from lms_core.permissions import PREDICATES
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.guards import GUARDS, signed_in_soon
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import API, Client
from tests.server.rights import EVERYBODY, OUTSIDE, OWNERS, Case, World

TABLES = tuple(import_module(f"tests.server.{file.stem}") for file in sorted(Path(__file__).parent.glob("rights*.py")))
CASES = {name: case for table in TABLES for name, case in table.CASES.items()}


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """A hub with all entities and what follows from them."""
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def app(settings: Settings, opened: Opened) -> Litestar:
    return create_app(settings, opened.served)


def routes(app: Litestar) -> dict[str, HTTPRoute]:
    """All that can be called, as `METHOD /path`; what the framework answers OPTIONS with by itself is left out."""
    found = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith(f"{API}/openapi/"):
            path = route.path_format.removeprefix(API)
            for handler in route.route_handlers:
                if GUARDS & set(handler.resolve_guards()):
                    found.update({f"{method} {path}": route for method in handler.http_methods})
                else:
                    assert set(handler.http_methods) == {"OPTIONS"}, f"{path} has no guard"
    own_pages = [
        name for name in found if name.endswith(" /openapi")
    ]  # of the framework: they show what is open anyway
    return {name: route for name, route in found.items() if name not in own_pages}


def test_every_route_is_in_the_table_with_its_predicate(app: Litestar) -> None:  # ROL-11, SEC-04
    assert set(routes(app)) == set(CASES), "tests/server/rights*.py say who may call a route"
    assert [name for name, case in CASES.items() if case.may not in PREDICATES.values()] == []
    lines = [r for r in app.routes if isinstance(r, WebSocketRoute)]
    assert [(r.path, r.route_handler.resolve_guards()) for r in lines] == [(f"{API}/live", [signed_in_soon])]


def test_who_may_call_what(app: Litestar, opened: Opened) -> None:  # API-13, ROL-07 to ROL-13
    with TestClient(app, raise_server_exceptions=False) as http:
        world = World(opened, Client(http))
        wrong = [
            f"{name} by {person}, {'foreign' if foreign else 'own'}: {said}"
            for name, case in CASES.items()
            for foreign in ([False] if case.foreign is None else [False, True])
            for person in sorted(EVERYBODY)
            for said in [_asked(world, name, case, person, foreign)]
            if said
        ]
    assert "\n".join(wrong) == ""


def _asked(world: World, name: str, case: Case, person: str, foreign: bool) -> str:
    """Ask once; says what is wrong with the answer."""
    may = person in ((case.foreign if foreign else case.own) or ())
    # nothing happens to what those ask for who may not: they ask for the same, but those it may belong to
    asker = person if may or person in OWNERS else ""
    if (name, foreign, asker) not in world.made:
        world.made[name, foreign, asker] = case.ask(world, person, foreign)
    values, more = world.made[name, foreign, asker]
    method, _, path = name.partition(" ")
    caller = world.fresh(person) if case.ends else world.people[person]
    answer = caller.ask(method, path.format(**values), under="" if path in OUTSIDE else API, **more)
    if case.ends:
        world.people[person] = world.fresh(person)
    if may:
        fits = answer.status_code in case.says
    elif person == "guest":
        fits = answer.status_code == 401
    elif person == "deactivated":
        fits = answer.status_code in (401, 403)
    else:
        fits = answer.status_code in case.refused
    return "" if fits else f"{answer.status_code} {answer.text[:200]}"
