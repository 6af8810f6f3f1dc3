"""A bad line between a real laptop and a real server: it drops, doubles, keeps back and reorders whole requests.

Several requests of one laptop may be on their way at once. One that is held waits for another one, never for a time.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR

import httpx

from lms_core.sync.replica.client import ROWS
from lms_core.sync.wire import unpack_reply, unpack_request

SYNC = "/api/v1/sync"
ALONE = {"pass": 2, "request lost": 1, "reply lost": 1, "twice": 1, "late": 1}
"""What is done to requests, and how often, for a laptop that sends one after the other."""
TOGETHER = {
    "pass": 8, "twice": 3, "overtaken": 5, "overtaken for long": 1, "reply kept back": 4,
    "late": 1, "reply lost": 1, "request lost": 1, "line cut": 1,
}  # fmt: skip
"""The same for one that sends several at once; the small ones that it sends one by one after a failure pass."""
NEED_ANOTHER = ("overtaken", "overtaken for long", "reply kept back")
IN_VAIN_S = 5.0
PASSED_ON = ("authorization", "content-type", "content-encoding", "accept", "accept-encoding", "idempotency-key")


@dataclass(frozen=True)
class Call:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(eq=False)
class Flight:
    """A request of a laptop to `/sync` on its way: the op behind which it begins, and what becomes of it."""

    asked: BaseHTTPRequestHandler
    call: Call
    laptop: str
    at: int
    followed: bool  # the laptop sends another one behind it and does not wait for the reply
    trouble: str
    at_once: bool  # what comes beside it, or of it again, comes now and not later
    cut: bool = False  # nobody waits for the reply any more
    broken: bool = False  # one of the same volley failed: none may follow
    done: set[str] = field(default_factory=set)  # "sent" on, "answered"
    behind: set[str] = field(default_factory=set)  # the same of those behind it


class Proxy:
    """Listens on a port of its own. `honest` lets everything through.

    What is done to requests, in the order in which they come, follows from `seed`. `seen` counts what came about,
    `most` is how many of one laptop were on their way at once.
    """

    def __init__(self, target: str, seed: int, *, together: bool = False) -> None:
        self.target, self.honest = target, True
        self.seen: Counter[str] = Counter()
        self.most = 0
        self._chance, self._together = random.Random(seed), together
        self._deck: list[str] = []
        self._flying: list[Flight] = []
        self._failed: dict[str, int] = {}  # of a laptop, where the first request of its volley that failed begins
        self._late: list[Call] = []
        self._moved = threading.Condition()
        self._http = httpx.Client(timeout=30)
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                """Stay quiet."""

            def do_GET(self) -> None:
                proxy.handle(self)

            do_POST = do_PUT = do_HEAD = do_PATCH = do_DELETE = do_GET  # noqa: N815 names of the base class

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def calm(self) -> None:
        """Be honest from now on; what was kept back comes now, long after its time."""
        self.honest = True
        with self._moved:
            late, self._late = self._late, []
        for call in late:
            self._send(call)

    def close(self) -> None:
        """Stop listening, when nothing is on its way any more."""
        with self._moved:
            self._moved.wait_for(lambda: not self._flying, IN_VAIN_S)
        self._server.shutdown()
        self._server.server_close()
        self._http.close()

    def handle(self, asked: BaseHTTPRequestHandler) -> None:
        """Pass one request on, or do something to it."""
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in asked.headers.items() if name.lower() in PASSED_ON}
        call = Call(asked.command, asked.path, headers, body)
        if asked.path != SYNC or self.honest:
            self._answer(asked, self._send(call))
            return
        flight = self._take_off(asked, call)
        try:
            answer = self._carry(flight)
        finally:
            with self._moved:
                self._flying.remove(flight)
                self._moved.notify_all()
        if answer is None or flight.cut:
            asked.close_connection = True
            return
        with suppress(OSError):
            self._answer(asked, answer)

    # --- requests on their way
    def _take_off(self, asked: BaseHTTPRequestHandler, call: Call) -> Flight:
        """Note a request as on its way, and draw what is done to it."""
        request = unpack_request(call.body)
        laptop, at, followed = request.replica, request.at, request.cursors is None
        with self._moved:
            trouble = self._draw(followed) if request.limit == ROWS or not self._together else "pass"
            flight = Flight(asked, call, laptop, at, followed, trouble, at_once=self._chance.random() < 0.5)
            if at <= self._failed.get(laptop, -1):  # the laptop begins anew there
                del self._failed[laptop]
            flight.broken = laptop in self._failed
            for each in self._beside(flight):
                if each.at > at:  # it came before this one
                    flight.behind |= each.done
            self._flying.append(flight)
            self.most = max(self.most, len(self._beside(flight)))
        return flight

    def _draw(self, followed: bool) -> str:
        """The next trouble of a shuffled deck that can happen to a request."""
        while True:
            for trouble in self._deck:
                if followed or trouble not in NEED_ANOTHER:
                    self._deck.remove(trouble)
                    return trouble
            deck = list(Counter(TOGETHER if self._together else ALONE).elements())
            self._deck += self._chance.sample(deck, len(deck))

    def _beside(self, flight: Flight) -> list[Flight]:
        """What its laptop waits for now."""
        return [each for each in self._flying if each.laptop == flight.laptop and not each.cut]

    def _carry(self, flight: Flight) -> httpx.Response | None:
        """Bring a request to the server; returns the reply, or None when it is lost."""
        trouble = flight.trouble
        if trouble in ("request lost", "line cut", "late"):
            overtaken = self._hold(flight, "sent")
            self._cut(flight, whole=trouble == "line cut")
            if trouble == "late" and not overtaken:
                self._keep(flight.call)
            if trouble != "late" or not overtaken:
                return None
        if trouble == "overtaken":
            self._hold(flight, "sent")
        if trouble == "overtaken for long":
            self._hold(flight, "answered")
        kept = self._kept()
        if kept and flight.at_once:  # an older request comes before this one
            self._send(kept)
            kept = None
        answer = self._bring(flight)
        if kept:
            self._send(kept)
        return answer

    def _bring(self, flight: Flight) -> httpx.Response:
        """Send it on; a doubled one comes a second time now or later, a reply that is kept back after a later one."""
        trouble = flight.trouble
        answer = self._send(flight.call, lambda: self._tell(flight, "sent"))
        if answer.is_success and unpack_reply(answer.content).status == "gap":
            self._end(flight)
        if trouble == "twice" and flight.at_once:
            answer = self._send(flight.call)
        elif trouble == "twice":
            self._keep(flight.call)
        if trouble == "reply kept back":
            self._hold(flight, "answered")
        if trouble == "reply lost":
            self._cut(flight)
        self._tell(flight, "answered")
        self.seen[trouble] += trouble in ("pass", "twice")
        return answer

    def _tell(self, flight: Flight, what: str) -> None:
        """Let those before it know that it is ahead of them."""
        with self._moved:
            flight.done.add(what)
            for each in self._flying:
                if each.laptop == flight.laptop and each.at < flight.at:
                    each.behind.add(what)
            self._moved.notify_all()

    def _hold(self, flight: Flight, what: str) -> bool:
        """Wait until one behind it was "sent" or "answered", if there will be one; returns whether it was."""
        with self._moved:
            gone = self._moved.wait_for(
                lambda: what in flight.behind or flight.broken or not flight.followed, IN_VAIN_S
            )
            self.seen["in vain"] += not gone
            came = what in flight.behind
            if flight.trouble in NEED_ANOTHER:
                self.seen[flight.trouble] += came
                self._deck[:0] = [] if came else [flight.trouble]
            return came

    def _cut(self, flight: Flight, *, whole: bool = False) -> None:
        """Let the laptop wait in vain for its reply, with `whole` for all that it waits for."""
        with self._moved:
            self.seen[flight.trouble] += 1
            beside = self._beside(flight)
            self.seen["lost among others"] += len(beside) > 1
            for each in beside if whole else [flight]:
                each.cut = True
                self._end(each)
                with suppress(OSError):
                    each.asked.connection.shutdown(SHUT_RDWR)

    def _end(self, flight: Flight) -> None:
        """The laptop will hear that one failed: it sends nothing behind those on their way, but begins anew."""
        with self._moved:
            for each in self._flying:
                each.broken |= each.laptop == flight.laptop
            self._failed[flight.laptop] = min(flight.at, self._failed.get(flight.laptop, flight.at))
            self._moved.notify_all()

    def _keep(self, call: Call) -> None:
        with self._moved:
            self._late.append(call)

    def _kept(self) -> Call | None:
        """One that was kept back before and comes now."""
        with self._moved:
            return self._late.pop(self._chance.randrange(len(self._late))) if self._late else None

    # --- underneath
    def _send(self, call: Call, sent: Callable[[], None] = lambda: None) -> httpx.Response:
        """Ask the server; `sent` is called when all of the request is on its way to it."""

        def trace(event: str, _: object) -> None:
            if event == "http11.send_request_body.complete":
                sent()

        url = self.target + call.path
        return self._http.request(
            call.method, url, headers=call.headers, content=call.body, extensions={"trace": trace}
        )

    def _answer(self, asked: BaseHTTPRequestHandler, answer: httpx.Response) -> None:
        asked.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "content-encoding", "transfer-encoding", "connection", "date"):
                asked.send_header(name, value)
        asked.send_header("Content-Length", str(len(answer.content)))
        asked.end_headers()
        if asked.command != "HEAD":
            asked.wfile.write(answer.content)
