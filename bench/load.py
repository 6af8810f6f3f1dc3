"""Callers of the interface at a steady rate, in a process of their own that costs a small part of what a server does.

The schedule is open: a request is due at its time whether those before it were answered or not, and what it took is
counted from then, so that waiting in a queue counts. Without a rate each line asks again when it was answered.
Connections are kept open; one carries one request at a time.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from itertools import cycle
from urllib.parse import urlsplit

import msgspec

LINES = 64
PATIENCE_S = 30
HEAD_END = b"\r\n\r\n"


class Ask(msgspec.Struct, array_like=True, frozen=True):
    """One request: what it is counted as, its path, and the header of who asks (empty: nobody)."""

    kind: str
    path: str
    token: str = ""
    body: bytes = b""


class Job(msgspec.Struct, array_like=True, frozen=True):
    """Send these, `rate` a second, shared out between servers; those of the first `warm` seconds do not count.

    At a rate of 0 they are sent as fast as they are answered, for `seconds` at the most.
    """

    urls: list[str]
    asks: list[Ask]
    rate: float
    warm: float = 0.0
    lines: int = LINES
    seconds: float = 0.0


class Done(msgspec.Struct, array_like=True):
    """What came of it: ms by kind, answers that were not 200 (status or what broke), and how busy the caller was.

    `late_ms` are delays of the caller's own clock, `cpu_s` its seconds of processor, `left` what was not sent in time.
    """

    ms: dict[str, list[float]] = {}
    wrong: dict[str, int] = {}
    late_ms: list[float] = []
    cpu_s: float = 0.0
    left: int = 0


def send(job: Job, *beside: Job) -> list[Done]:
    """Do it in a process of its own, and others beside it."""
    words = [sys.executable, "-m", "bench.load"]
    every = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in (job, *beside)]
    for process, each in zip(every, (job, *beside), strict=True):
        assert process.stdin is not None
        process.stdin.write(msgspec.msgpack.encode(each))
        process.stdin.close()
        process.stdin = None
    return [msgspec.msgpack.decode(process.communicate()[0], type=Done) for process in every]


class _Line(asyncio.Protocol):
    """One kept connection."""

    def __init__(self, crowd: _Crowd) -> None:
        self._crowd = crowd
        self._read = bytearray()
        self._ask: tuple[Ask, float] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, ask: Ask, due: float) -> None:
        """Send a request that was due then."""
        assert self._transport is not None
        self._ask = (ask, due)
        self._transport.write(_request(ask))

    def data_received(self, data: bytes) -> None:
        read = self._read
        read += data
        end = read.find(HEAD_END)
        if end < 0:
            return
        head = bytes(read[:end]).lower()
        said = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        if len(read) < end + len(HEAD_END) + int(said or 0):
            return
        read.clear()
        self._over(head[9:12].decode())

    def connection_lost(self, _: Exception | None) -> None:
        if self._ask:
            self._over("lost")
        self._crowd.lost(self)

    def _over(self, status: str) -> None:
        assert self._ask is not None
        (ask, due), self._ask = self._ask, None
        self._crowd.answered(self, ask, due, status)


def _request(ask: Ask) -> bytes:
    head = f"{'POST' if ask.body else 'GET'} /api/v1{ask.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    head += "Accept: */*\r\nAccept-Encoding: gzip, deflate, zstd\r\nUser-Agent: bench\r\n"
    if ask.token:
        head += f"Authorization: Bearer {ask.token}\r\n"
    if ask.body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(ask.body)}\r\n"
    return head.encode() + b"\r\n" + ask.body


class _Crowd:
    """All lines to the servers and what waits for a free one."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._free: deque[_Line] = deque()
        self._waiting: deque[tuple[Ask, float]] = deque()
        self._left = len(job.asks)
        self._all = asyncio.Event()
        self.done = Done()

    async def run(self) -> Done:
        """Send everything and wait for the last answer."""
        loop, job = asyncio.get_running_loop(), self._job
        for _, url in zip(range(job.lines), cycle(job.urls), strict=False):
            _, line = await loop.create_connection(lambda: _Line(self), "127.0.0.1", urlsplit(url).port or 80)
            self._free.append(line)
        busy = time.process_time()
        await (self._steadily() if job.rate else self._gladly())
        self.done.cpu_s = time.process_time() - busy
        return self.done

    async def _steadily(self) -> None:
        loop, job = asyncio.get_running_loop(), self._job
        began = loop.time() + 0.1
        for n, ask in enumerate(job.asks):
            due = began + n / job.rate
            if (rest := due - loop.time()) > 0:
                await asyncio.sleep(rest)
            self.done.late_ms.append((loop.time() - due) * 1000)
            self._send(ask, due if n >= job.warm * job.rate else 0)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all.wait(), PATIENCE_S)
        if self._left:
            self.done.wrong["no answer"] = self._left

    async def _gladly(self) -> None:
        """As fast as they are answered."""
        for ask in self._job.asks:
            self._send(ask, 0)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all.wait(), self._job.seconds)
        self.done.left = self._left

    def _send(self, ask: Ask, due: float) -> None:
        if self._free:
            self._free.popleft().ask(ask, due)
        else:
            self._waiting.append((ask, due))

    def answered(self, line: _Line, ask: Ask, due: float, status: str) -> None:
        """Count an answer, and let the line carry what waits."""
        if status != "200":
            self.done.wrong[status] = self.done.wrong.get(status, 0) + 1
        if due:
            took = (asyncio.get_running_loop().time() - due) * 1000
            self.done.ms.setdefault(ask.kind, []).append(took)
        self._left -= 1
        if not self._left:
            self._all.set()
        if status == "lost":
            return
        if self._waiting:
            line.ask(*self._waiting.popleft())
        else:
            self._free.append(line)

    def lost(self, line: _Line) -> None:
        """A server hung up."""
        if line in self._free:
            self._free.remove(line)


if __name__ == "__main__":
    wanted = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.msgpack.encode(asyncio.run(_Crowd(wanted).run())))
