"""Listen, say where, and stop without losing a request that has begun."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar

from lms_core.db.copies import write_durably
from lms_core.errors import UserError
from lms_core.memory import keep_loaded
from sync_server.config import Settings

log = logging.getLogger(__name__)

BACKLOG = 2048
LONGEST_HEADERS = 32 << 10
LONGEST_MESSAGE = 16 << 10
PING_S = 25
GRACE_S = 1.0


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._take_in(sockets or [])
        await super().shutdown(sockets)

    async def _take_in(self, sockets: list[socket.socket]) -> None:
        """Take nobody new, but everybody who has knocked, and wait a moment for the requests they bring."""
        loop, state = asyncio.get_running_loop(), self.server_state
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        doors = [each.dup() for each in sockets]  # those who knocked wait in the system as long as one copy is open
        for server in self.servers:
            server.close()
        for each in sockets:
            each.close()
        knocked = [conn for door in doors for conn in _accepted(door)]
        coming = [
            loop.create_task(loop.connect_accepted_socket(self._protocol, c, ssl=self.config.ssl)) for c in knocked
        ]
        await asyncio.sleep(GRACE_S / 10)  # for what was taken in a moment ago
        ends = loop.time() + GRACE_S
        while loop.time() < ends and (not all(t.done() for t in coming) or any(map(_silent, state.connections))):
            await asyncio.sleep(GRACE_S / 50)
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)

    def _protocol(self) -> asyncio.Protocol:
        make: Any = self.config.http_protocol_class
        made: asyncio.Protocol = make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        return made

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()


def _accepted(door: socket.socket) -> Iterator[socket.socket]:
    """Everybody who waits at a door, which is closed then."""
    door.setblocking(False)
    with door, suppress(BlockingIOError):
        while True:
            conn, _ = door.accept()
            conn.setblocking(False)
            yield conn


def _silent(connection: Any) -> bool:
    """Whether a connection has not brought a request yet."""
    return getattr(connection, "cycle", True) is None


def listen(host: str, port: int) -> socket.socket:
    """Take the address before anything else is opened. Raises UserError `port_in_use`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise UserError("port_in_use", host=host, port=port) from error
    # connections inherit it; without it each small answer waits 40 ms for the caller's acknowledgement
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url_of(listening: socket.socket, *, scheme: str = "http") -> str:
    """The address under which this machine reaches the server."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def serve(
    app: Litestar,
    listening: socket.socket,
    settings: Settings,
    *,
    tls: ssl.SSLContext | None = None,
    url_file: Path | None = None,
) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish those that run."""
    url = url_of(listening, scheme="https" if tls else "http")
    allow_many_lines()
    keep_loaded()

    def ready() -> None:
        if url_file:
            write_durably(url_file, url.encode())
        print(f"listening on {url}", flush=True)  # noqa: T201 - scripts wait for this line

    config = _config(app, settings)
    config.load()
    config.ssl = tls
    # uvicorn raises the signal again when it is done; by then there is nothing left to interrupt
    before = {number: signal.signal(number, _ignore) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        _Server(config, ready).run(sockets=[listening])
    finally:
        listening.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _config(app: Litestar, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",  # bounds the size of headers
        h11_max_incomplete_event_size=LONGEST_HEADERS,
        loop="asyncio",
        ws="websockets-sansio",
        ws_max_size=LONGEST_MESSAGE,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,  # hints are short, and each line would keep its own window in memory
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=settings.stop_seconds,
    )


def allow_many_lines() -> None:
    """Let this process hold as many connections as the system lets it; each is an open file."""
    if sys.platform != "win32":
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _ignore(number: int, frame: Any) -> None:
    """Leave stopping to the server."""
