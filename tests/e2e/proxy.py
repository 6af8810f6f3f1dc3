"""A bad line between a real laptop and a real server: it drops, doubles, keeps back and reorders whole requests."""

from __future__ import annotations

import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

SYNC = "/api/v1/sync"
TROUBLES = ("pass", "pass", "request lost", "reply lost", "twice", "late")
PASSED_ON = ("authorization", "content-type", "content-encoding", "accept", "accept-encoding", "idempotency-key")


class Proxy:
    """Listens on a port of its own. `honest` lets everything through; `seen` counts what was done."""

    def __init__(self, target: str, seed: int) -> None:
        self.target, self.honest = target, True
        self.seen: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._late: list[tuple[str, str, dict[str, str], bytes]] = []
        self._lock = threading.Lock()
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

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._http.close()

    def handle(self, asked: BaseHTTPRequestHandler) -> None:
        """Pass one request on, or do something to it."""
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in asked.headers.items() if name.lower() in PASSED_ON}
        request = (asked.command, asked.path, headers, body)
        with self._lock:
            calm = self.honest or not asked.path.startswith(SYNC)
            trouble = "pass" if calm else self._chance.choice(TROUBLES)
            self.seen[trouble] += not calm
            late = self._late.pop(self._chance.randrange(len(self._late))) if self._late and not calm else None
            if trouble == "late":
                self._late.append(request)
        if late and self._chance.random() < 0.5:  # an older request comes before this one
            self._send(*late)
            late = None
        if trouble in ("request lost", "late"):
            asked.close_connection = True
            return
        answer = self._send(*request)
        if trouble == "twice":
            answer = self._send(*request)
        if late:
            self._send(*late)
        if trouble == "reply lost":
            asked.close_connection = True
            return
        self._answer(asked, answer)

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        return self._http.request(method, self.target + path, headers=headers, content=body)

    def _answer(self, asked: BaseHTTPRequestHandler, answer: httpx.Response) -> None:
        asked.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "content-encoding", "transfer-encoding", "connection", "date"):
                asked.send_header(name, value)
        asked.send_header("Content-Length", str(len(answer.content)))
        asked.end_headers()
        if asked.command != "HEAD":
            asked.wfile.write(answer.content)
