"""A line between laptop and server that is slow, breaks and counts; a program of its own, so that nobody waits for it.

`python -m bench.proxy PORT --delay-ms 50` forwards to a port of this machine and prints its own port. It takes two
commands on standard input: `counts`, and `cut up|down BYTES`, which breaks every connection once after so many more
bytes that way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

HOST, PIECE = "127.0.0.1", 1 << 16


@dataclass(frozen=True)
class Counts:
    """What went over the line until now, in bytes of TCP payload: heads, bodies, everything."""

    up: int
    down: int
    connections: int


class Line:
    """A running proxy; `url` is where the server is reached through it."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        self.url = url
        self._process = process

    def counts(self) -> Counts:
        """What went over the line until now."""
        return Counts(**json.loads(self._ask("counts")))

    def cut(self, way: str, after: int) -> None:
        """Break all connections once, after so many more bytes `up` or `down`."""
        self._ask(f"cut {way} {after}")

    def _ask(self, command: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def line(url: str, *, delay_ms: float = 0) -> Iterator[Line]:
    """Run a proxy before a server of this machine; each way takes `delay_ms`, a new connection a round trip more."""
    command = [sys.executable, "-m", "bench.proxy", str(urlsplit(url).port), "--delay-ms", str(delay_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Line(f"http://{HOST}:{int(process.stdout.readline())}", process)
        finally:
            process.stdin.close()  # which ends it
            process.wait(30)


class _Proxy:
    def __init__(self, port: int, delay: float) -> None:
        self._port = port
        self._delay = delay
        self._passed = {"up": 0, "down": 0}
        self._room: dict[str, int] = {}
        self._open: set[asyncio.StreamWriter] = set()
        self._connections = 0

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join a caller to the server until either hangs up."""
        self._connections += 1
        with suppress(OSError, asyncio.CancelledError):
            there, back = await asyncio.open_connection(HOST, self._port)
            self._open |= {writer, back}
            ways = (self._pump(reader, back, "up", 2 * self._delay), self._pump(there, writer, "down", 0))
            await asyncio.gather(*ways)
            self._open -= {writer, back}
            back.close()
        writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str, late: float) -> None:
        """Pass bytes on, each piece a fixed time after it came; nothing waits for the reader on the other side."""
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        passing = asyncio.create_task(self._pass(pieces, writer, way))
        with suppress(OSError):
            first = asyncio.get_running_loop().time() + late
            while True:
                piece = await reader.read(PIECE)
                now = asyncio.get_running_loop().time()
                pieces.put_nowait((max(now, first) + self._delay, piece))
                if not piece:
                    break
        if not reader.at_eof():
            pieces.put_nowait((0, b""))
        await passing

    async def _pass(self, pieces: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, way: str) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while True:
                due, piece = await pieces.get()
                if due > loop.time():
                    await asyncio.sleep(due - loop.time())
                if not piece:
                    writer.close()
                    return
                writer.write(self._let(way, piece))
                if self._room.get(way) == 0:
                    self._break(way)

    def _let(self, way: str, piece: bytes) -> bytes:
        """Count a piece, and shorten it where the line breaks."""
        if way in self._room:
            piece = piece[: self._room[way]]
            self._room[way] -= len(piece)
        self._passed[way] += len(piece)
        return piece

    def _break(self, way: str) -> None:
        del self._room[way]
        for writer in self._open:
            writer.close()

    def answer(self, command: str) -> str:
        """Do what a line of standard input says."""
        name, *words = command.split()
        if name == "cut":
            self._room[words[0]] = int(words[1])
        return json.dumps({**self._passed, "connections": self._connections})


async def serve(port: int, delay: float) -> None:
    """Forward until standard input ends."""
    proxy = _Proxy(port, delay)
    server = await asyncio.start_server(proxy.connect, HOST, 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    while command := await asyncio.to_thread(sys.stdin.readline):
        print(proxy.answer(command), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench.proxy", description="Stand between a laptop and its server.")
    parser.add_argument("port", type=int)
    parser.add_argument("--delay-ms", type=float, default=0)
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.delay_ms / 1000))
