"""Callers of a storm: real requests of one connection each, who know the protocol and come again until answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from lms_core.sync.replica.transport import API, TIMEOUT_S
from lms_core.sync.wire import Reply, Request, pack, unpack_reply

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
LATER = frozenset({429, 500, 502, 503, 504})


class Person(NamedTuple):
    """A signed-in account."""

    id: str
    token: str


@dataclass
class Storm:
    """What came of it.

    `spent_ms` are milliseconds of each exchange, `done_s` seconds until each caller had all, `up` and `down` bytes,
    `waits` answers whose rows were put off by admission, `put_off` tries that were refused for now or got no answer.
    """

    people: int
    seconds: float = 0
    spent_ms: list[float] = field(default_factory=list)
    done_s: list[float] = field(default_factory=list)
    up: int = 0
    down: int = 0
    waits: int = 0
    put_off: int = 0


class PutOff(Exception):
    """The hub asks to come again later, or gave no answer."""


class Caller:
    """One that comes again as long as it takes: after a second, two, four, each with jitter (SYNC.md section 5)."""

    def __init__(self, url: str, person: Person, storm: Storm) -> None:
        self._port = urlsplit(url).port
        self._person = person
        self._storm = storm
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: Request | bytes) -> Reply:
        """The answer, and before it is given the time that it asks to let pass."""
        body = request if isinstance(request, bytes) else pack(request)
        reply = unpack_reply(await self._ask(body))
        if reply.wait:
            self._storm.waits += 1
            await asyncio.sleep(reply.wait / 1000)
        return reply

    def close(self) -> None:
        """Hang up."""
        if self._line:
            self._line[1].close()
            self._line = None

    async def _ask(self, body: bytes) -> bytes:
        pause = FIRST_PAUSE_S
        while True:
            began = time.perf_counter()
            try:
                answer = await asyncio.wait_for(self._exchange(body), TIMEOUT_S)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, PutOff):
                self._storm.put_off += 1
                self.close()
                await asyncio.sleep(pause * random.uniform(0.5, 1))
                pause = min(2 * pause, LONGEST_PAUSE_S)
                continue
            self._storm.spent_ms.append((time.perf_counter() - began) * 1000)
            return answer

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
