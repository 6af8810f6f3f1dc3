"""A thousand laptops back online at once, as far as the line sees them: real requests, one connection each."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from argon2 import PasswordHasher as Argon2

from bench.crowd import check, log_of
from bench.server import PASSWORD
from lms_core.accounts.model import Origin, Registration
from lms_core.accounts.passwords import PasswordHasher
from lms_core.courses.entities import COURSE_CARD
from lms_core.entities import SCHEMA
from lms_core.sync.replica.transport import API, TIMEOUT_S
from lms_core.sync.wire import MAX_OPS, PROTOCOL, Request, pack, unpack_reply
from sync_server.config import Settings
from sync_server.database import database_of
from sync_server.opening import open_hub, prepare

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
LATER = frozenset({429, 500, 502, 503, 504})


class Person(NamedTuple):
    """A signed-in account."""

    id: str
    token: str


@dataclass
class Storm:
    """What came of it: milliseconds of each exchange, bytes both ways, tries that were put off or got no answer."""

    people: int
    seconds: float = 0
    spent_ms: list[float] = field(default_factory=list)
    up: int = 0
    down: int = 0
    put_off: int = 0


class PutOff(Exception):
    """The hub asks to come again later, or gave no answer."""


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
    """Let all come back at the same moment, each with `ops` to send and `rows` of the catalogue to fetch."""
    if ops > MAX_OPS:
        raise ValueError("one request takes no more")
    bodies = [log_of(person.id, ops, cursors={}, batch=ops)[0] for person in people]
    return asyncio.run(_all(urls, people, bodies, rows))


async def _all(urls: Sequence[str], people: Sequence[Person], bodies: Sequence[bytes], least: int) -> Storm:
    storm = Storm(len(people))
    began = time.perf_counter()
    work = zip(cycle(urls), people, bodies)
    await asyncio.gather(*(_Laptop(url, person, storm).sync(body, least) for url, person, body in work))
    storm.seconds = time.perf_counter() - began
    return storm


class _Laptop:
    """One that comes again as long as it takes: after a second, two, four, each with jitter (SYNC.md section 5)."""

    def __init__(self, url: str, person: Person, storm: Storm) -> None:
        self._port = urlsplit(url).port
        self._person = person
        self._storm = storm
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def sync(self, body: bytes, least: int) -> None:
        """Send the log and fetch what there is, until both agree."""
        cursors, rows = dict[str, int](), 0
        while True:
            reply = unpack_reply(await self._ask(body))
            check(reply)
            rows += sum(len(s.entries) for s in reply.slices)
            cursors |= {s.scope: s.to for s in reply.slices}
            if not reply.more:
                break
            await asyncio.sleep(reply.wait / 1000)
            hw, account = reply.hw, self._person.id
            body = pack(Request(PROTOCOL, 1, reply.replica, account, hw, hw, reply.chain, hw, None, cursors))
        if rows < least:
            raise RuntimeError(f"{rows} of {least} rows arrived")
        if self._line:
            self._line[1].close()

    async def _ask(self, body: bytes) -> bytes:
        pause = FIRST_PAUSE_S
        while True:
            began = time.perf_counter()
            try:
                answer = await asyncio.wait_for(self._exchange(body), TIMEOUT_S)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, PutOff):
                self._storm.put_off += 1
                self._drop()
                await asyncio.sleep(pause * random.uniform(0.5, 1))
                pause = min(2 * pause, LONGEST_PAUSE_S)
                continue
            self._storm.spent_ms.append((time.perf_counter() - began) * 1000)
            return answer

    def _drop(self) -> None:
        if self._line:
            self._line[1].close()
            self._line = None

    async def _exchange(self, body: bytes) -> bytes:
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._line
        request = b"\r\n".join(self._head(len(body))) + body
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head.split(b" ", 2)[1])
        answer = await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
        self._storm.up += len(request)
        self._storm.down += len(head) + len(answer)
        if status in LATER:
            raise PutOff
        if status != 200:
            raise RuntimeError(f"refused for good: {status} {answer[:200]!r}")
        return answer

    def _head(self, length: int) -> Iterator[bytes]:
        yield f"POST {API}/sync HTTP/1.1".encode()
        yield b"Host: 127.0.0.1"
        yield f"Authorization: Bearer {self._person.token}".encode()
        yield b"Content-Type: application/msgpack"
        yield b"Content-Encoding: zstd"
        yield f"Content-Length: {length}".encode()
        yield b""
        yield b""
