"""Callers at a steady rate: waiting counts, wrong answers count, and what is not answered counts."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from bench.load import Ask, Job, send

SLOW_S = 0.1
STATUS = {"/api/v1/fine": 200, "/api/v1/slow": 200, "/api/v1/wrong": 503}


class Answer(socketserver.StreamRequestHandler):
    """Answers by what is asked for; `gone` hangs up."""

    def handle(self) -> None:
        while head := self.rfile.readline().split():
            length = 0
            while line := self.rfile.readline().strip():
                name, _, value = line.lower().partition(b": ")
                length = int(value) if name == b"content-length" else length
            self.rfile.read(length)
            path = head[1].decode()
            if path not in STATUS:
                return
            time.sleep(SLOW_S if path.endswith("slow") else 0)
            self.wfile.write(b"HTTP/1.1 %d Said\r\nContent-Length: 4\r\n\r\nsaid" % STATUS[path])


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128  # a line that is not let in at once tries again after a second


@pytest.fixture
def url() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_answers_are_counted_by_kind_and_wrong_ones_by_status(url: str) -> None:
    asks = [Ask("fine", "/fine", "token"), Ask("wrong", "/wrong"), Ask("fine", "/fine", body=b"{}")]
    (done,) = send(Job([url], [*asks, Ask("gone", "/gone")], rate=200))
    assert {kind: len(ms) for kind, ms in done.ms.items()} == {"fine": 2, "wrong": 1, "gone": 1}
    assert done.wrong == {"503": 1, "lost": 1}


def test_what_waits_for_a_line_waits_from_when_it_was_due(url: str) -> None:
    (done,) = send(Job([url], [Ask("slow", "/slow")] * 3, rate=1000, lines=1))
    first, second, third = done.ms["slow"]
    assert first >= 1000 * SLOW_S
    assert second >= 2000 * SLOW_S - 5
    assert third >= 3000 * SLOW_S - 5


def test_the_first_seconds_do_not_count(url: str) -> None:
    (done,) = send(Job([url], [Ask("fine", "/fine")] * 20, rate=200, warm=0.05))
    assert len(done.ms["fine"]) == 10


def test_without_a_rate_each_line_asks_again_until_the_time_is_over(url: str) -> None:
    done, beside = send(
        Job([url], [Ask("fine", "/fine")] * 5, rate=100),
        Job([url], [Ask("slow", "/slow")] * 1000, rate=0, lines=2, seconds=5 * SLOW_S),
    )
    assert len(done.ms["fine"]) == 5
    assert 0 < 1000 - beside.left <= 12
