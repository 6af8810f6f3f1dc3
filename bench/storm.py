"""A thousand laptops back online at once, as far as the line sees them: real requests, one connection each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from argon2 import PasswordHasher as Argon2

from bench.caller import Caller, Person, Storm
from bench.crowd import check, first_of, log_of
from bench.server import PASSWORD
from lms_core.accounts.model import Origin, Registration
from lms_core.accounts.passwords import PasswordHasher
from lms_core.courses.entities import COURSE_CARD
from lms_core.entities import SCHEMA
from lms_core.sync.wire import MAX_OPS, PROTOCOL, Request, pack
from sync_server.config import Settings
from sync_server.database import database_of
from sync_server.opening import open_hub, prepare
from sync_server.serving import allow_many_lines


def settle(data: Path, people: int, cards: int, database: str = "") -> list[Person]:
    """Give a hub that does not serve yet accounts with sessions, and cards in the catalogue that all of them read.

    Passwords are hashed with the smallest settings here, so that the storm and not the signing in is measured.
    """
    prepare(data, database_of(data, database))
    hasher = PasswordHasher(argon2=Argon2(time_cost=1, memory_cost=8, parallelism=1))
    out = []
    with open_hub(data, Settings(database_url=database), schema=SCHEMA, effects=(), hasher=hasher) as opened:
        for n in range(people):
            email = f"person{n}@bench.example"
            wish = Registration(
                email=email, password=PASSWORD, password_confirm=PASSWORD, first_name="Bench", last_name=f"Person {n}"
            )
            user = opened.served.accounts.register(wish)
            tokens, _ = opened.served.accounts.sign_in(email, PASSWORD, origin=Origin("127.0.0.1", "bench"))
            out.append(Person(user.id, tokens.access))
        with opened.hub.unit() as unit:
            for n in range(cards):
                row = COURSE_CARD.id_for(f"course-{n}")
                values = {"course_id": f"course-{n}", "title": f"Course {n}", "description": "A tide table. " * 12}
                unit.derive(COURSE_CARD, row, {**values, "is_published": True})
    return out


def blow(urls: Sequence[str], people: Sequence[Person], *, ops: int, rows: int) -> Storm:
    """Let all come back at the same moment, each with `ops` to send (0: a new device) and `rows` to fetch."""
    if ops > MAX_OPS:
        raise ValueError("one request takes no more")
    bodies = [
        log_of(person.id, ops, cursors={}, batch=ops)[0] if ops else pack(first_of(person.id)) for person in people
    ]
    allow_many_lines()
    return asyncio.run(_all(urls, people, bodies, rows))


async def _all(urls: Sequence[str], people: Sequence[Person], bodies: Sequence[bytes], least: int) -> Storm:
    storm = Storm(len(people))
    began = time.perf_counter()

    async def one(url: str, person: Person, body: bytes) -> None:
        await _sync(Caller(url, person, storm), person, body, least)
        storm.done_s.append(time.perf_counter() - began)

    await asyncio.gather(*(one(*each) for each in zip(cycle(urls), people, bodies)))
    storm.seconds = time.perf_counter() - began
    return storm


async def _sync(caller: Caller, person: Person, body: bytes, least: int) -> None:
    """Send the log and fetch what there is, until both agree."""
    cursors, rows = dict[str, int](), 0
    while True:
        reply = await caller.ask(body)
        check(reply)
        rows += sum(len(s.entries) for s in reply.slices)
        cursors |= {s.scope: s.to for s in reply.slices}
        if not reply.more:
            break
        hw = reply.hw
        body = pack(Request(PROTOCOL, 1, reply.replica, person.id, hw, hw, reply.chain, hw, None, cursors))
    if rows < least:
        raise RuntimeError(f"{rows} of {least} rows arrived")
    caller.close()
