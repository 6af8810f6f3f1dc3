"""Sign in through the system's browser: send it to a page and wait on this machine until it comes back (RFC 8252)."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lms_core.accounts.model import challenge_of
from lms_core.errors import AuthExpired, UserError

WAIT_S, LOOK_S = 300.0, 0.2
DONE = (
    "<!doctype html><meta charset=utf-8><meta name=color-scheme content='light dark'><title>Desktop LMS</title>"
    "<body style='font:1.1rem system-ui;margin:20vh auto;max-width:30rem;padding:0 1rem'>"
    "<h1>You can close this page</h1><p>Go back to the app: it has what it needs."
)

OpenPage = Callable[[str], object]
"""Show a web address in the system's browser."""


@dataclass(frozen=True)
class Back:
    """What the browser brought, with the secret that proves who sent it."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)


class Visit:
    """One way out and back; `redirect_uri`, `state` and `challenge` go along. Use as a context manager."""

    def __init__(self) -> None:
        self.state, self._verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        self.challenge = challenge_of(self._verifier)
        self._path = f"/{secrets.token_urlsafe(16)}"
        self._came: dict[str, str] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False  # closing waits until the page was sent
        self.redirect_uri = f"http://127.0.0.1:{self._server.server_port}{self._path}"
        self._arrived = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(LOOK_S,), name="sign-in", daemon=True)

    def __enter__(self) -> Visit:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, cancelled: Callable[[], bool] = lambda: False, *, seconds: float = WAIT_S) -> Back:
        """What the browser brings.

        Raises:
            UserError: `cancelled`, here or on the page.
            AuthExpired: `visit_over`, nobody came back in time.
        """
        until = time.monotonic() + seconds
        while not self._arrived.wait(LOOK_S):
            if cancelled():
                raise UserError("cancelled")
            if time.monotonic() > until:
                raise AuthExpired("visit_over")
        if self._came is None or "code" not in self._came:
            raise UserError("cancelled")
        return Back(self._came["code"], self._verifier)

    def _take(self, path: str) -> bool:
        """Whether a request is the one that is waited for: the secret path and state, once."""
        url = urlsplit(path)
        said = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path != self._path or not hmac.compare_digest(said.get("state", ""), self.state):
            return False
        if not self._arrived.is_set():
            self._came = said
            self._arrived.set()
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        visit = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                """Take the one request that is waited for."""
                known = visit._take(self.path)
                body = DONE.encode() if known else b"Nothing here."
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8" if known else "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """The address holds a code: nothing of it is logged."""

        return Handler
