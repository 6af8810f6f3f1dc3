"""The line of the benchmarks: it counts, it is late, it breaks where it is told to."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from bench.proxy import line

BODY = b"x" * 5000


class Answer(socketserver.StreamRequestHandler):
    """Answers every request of a connection with the same body."""

    def handle(self) -> None:
        while head := self.rfile.readline():
            while self.rfile.readline().strip():
                pass
            assert head.startswith(b"GET")
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@pytest.fixture
def url() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_it_counts_keeps_connections_and_breaks_once(url: str) -> None:
    with line(url) as near, httpx.Client(base_url=near.url) as client:
        assert client.get("/").content == BODY
        once = near.counts()
        assert client.get("/").content == BODY
        counts = near.counts()
        assert (counts.up, counts.down, counts.connections) == (2 * once.up, 2 * once.down, 1)
        assert once.down > len(BODY)
        near.cut("down", 3000)
        with pytest.raises(httpx.TransportError):
            client.get("/")
        assert near.counts().down == counts.down + 3000
        assert client.get("/").content == BODY


def test_each_way_takes_its_time(url: str) -> None:
    with line(url, delay_ms=30) as far, httpx.Client(base_url=far.url) as client:
        client.get("/")
        began = time.perf_counter()
        client.get("/")
        assert time.perf_counter() - began >= 0.06
