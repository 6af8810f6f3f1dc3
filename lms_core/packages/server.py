"""Serve one package to the system's browser, from this machine to this machine, for as long as its lesson is open.

Only 127.0.0.1, a port that nobody chose, and the files of one package. A link works once: it is exchanged for a cookie
that only this address below its own random path gets. Other names for this machine (DNS rebinding), requests that
other pages make and those without the cookie are refused.
"""

from __future__ import annotations

import html
import json
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from hmac import compare_digest
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import IO, Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from zipfile import BadZipFile

from lms_core.errors import LmsError, NotFound, UserError
from lms_core.folders import shipped
from lms_core.packages.package import Package
from lms_core.packages.scorm import ELEMENTS, Result, Run

MOST_BODY = 256 << 10
CHUNK = 1 << 16
PATIENCE_S = 15
COOKIE = "lesson"
TYPES = {
    "css": "text/css", "gif": "image/gif", "htm": "text/html", "html": "text/html", "ico": "image/x-icon",
    "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript", "json": "application/json",
    "m4a": "audio/mp4", "mjs": "text/javascript", "mp3": "audio/mpeg", "mp4": "video/mp4", "ogg": "audio/ogg",
    "otf": "font/otf", "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml", "ttf": "font/ttf",
    "txt": "text/plain", "vtt": "text/vtt", "wasm": "application/wasm", "wav": "audio/wav", "webm": "video/webm",
    "webp": "image/webp", "woff": "font/woff", "woff2": "font/woff2", "xhtml": "application/xhtml+xml",
    "xml": "text/xml",
}  # fmt: skip
_OWN = "'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
CLOSED = f"default-src {_OWN}; form-action 'self'; base-uri 'self'; frame-ancestors 'self'"
OPEN = f"default-src {_OWN} https: wss:; form-action 'self' https:; base-uri 'self'; frame-ancestors 'self'"
FRAME = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip

Keep = Callable[[Result, dict[str, str]], None]
"""Told what a lesson has come to and all that is to be kept; it returns when that is on the disk."""


class PackageServer:
    """Serves a package; `keep` is called on a thread of the server. `outside` lets the package use the network."""

    def __init__(
        self, package: Package, run: Run, *, keep: Keep, person: Mapping[str, str] | None = None, outside: bool = False
    ) -> None:
        self.package, self.run, self._keep = package, run, keep
        self.person, self.policy = dict(person or {}), OPEN if outside else CLOSED
        self.cookie, self.base = secrets.token_urlsafe(32), f"/{secrets.token_urlsafe(16)}/"
        self._tokens: set[str] = set()
        self._lock = Lock()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.packages = self
        self.host = f"127.0.0.1:{self._http.server_address[1]}"
        self._thread = Thread(target=self._http.serve_forever, args=(0.1,), name="package", daemon=True)
        self._thread.start()

    def link(self) -> str:
        """An address that opens the package once."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens.add(token)
        return f"http://{self.host}{self.base}open?token={token}"

    def end(self) -> None:
        """Begin to close without waiting for it; at once nothing is served any more."""
        self.cookie = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens.clear()
        Thread(target=self.close, name="package-end", daemon=True).start()

    def close(self) -> None:
        """End: no address works any more."""
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
        self.package.archive.close()

    def spend(self, token: str) -> bool:
        """Whether a token is good; it is not a second time."""
        with self._lock:
            good = any(compare_digest(token.encode(), each.encode()) for each in self._tokens)
            self._tokens.discard(token)
        return good

    def page(self) -> str:
        """The page around the lesson, with all that it may read."""
        with self._lock:
            values = self.run.begin(**self.person)
        manifest, standard = self.package.manifest, self.package.standard
        start = {"standard": standard, "values": values, "elements": {k: list(v) for k, v in ELEMENTS.items()}}
        path, _, query = manifest.launch.partition("?")
        launch = "content/" + quote(path) + (f"?{query}" if query else "")
        text = (shipped("resources") / "packages" / "frame.html").read_text("utf-8")
        said = {
            "{title}": html.escape(manifest.title), "{launch}": html.escape(launch),
            "{start}": json.dumps(start).replace("<", "\\u003c"),
        }  # fmt: skip
        return re.sub(r"\{(title|launch|start)\}", lambda found: said[found[0]], text)

    def commit(self, told: Any) -> None:
        """Take what a lesson wrote and keep it; raises UserError, and what keeping raises."""
        if not isinstance(told, dict) or not isinstance(told.get("values"), dict):
            raise UserError("bad_value", field="values")
        with self._lock:
            result = self.run.commit(told["values"], finished=told.get("finished") is True)
            self._keep(result, self.run.cells())


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    packages: PackageServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    server_version, sys_version = "lesson", ""
    timeout = PATIENCE_S

    def log_message(self, *args: Any) -> None:
        """Addresses hold what lets one in; nothing is logged."""

    def do_GET(self) -> None:
        served, parts = self.server.packages, urlsplit(self.path)
        if not self._is_here() or not parts.path.startswith(served.base):
            return self._refuse(HTTPStatus.FORBIDDEN)
        rest = unquote(parts.path.removeprefix(served.base))
        if rest == "open":
            return self._enter(parse_qs(parts.query).get("token", [""])[0])
        if not self._is_known():
            return self._refuse(HTTPStatus.FORBIDDEN)
        if rest == "":
            return self._send(served.page().encode(), "text/html; charset=utf-8", FRAME)
        if rest in ("api.js", "frame.css"):
            own = (shipped("resources") / "packages" / rest).read_bytes()
            return self._send(own, TYPES[rest.rpartition(".")[2]] + "; charset=utf-8", FRAME)
        if rest.startswith("content/"):
            return self._send_file(rest.removeprefix("content/"))
        return self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        served = self.server.packages
        size = self.headers.get("Content-Length", "")
        if not self._is_here() or not self._is_known() or self.headers.get("Origin") != f"http://{served.host}":
            return self._refuse(HTTPStatus.FORBIDDEN)
        if urlsplit(self.path).path != served.base + "commit":
            return self._refuse(HTTPStatus.NOT_FOUND)
        if not size.isdecimal() or int(size) > MOST_BODY:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            served.commit(json.loads(self.rfile.read(int(size))))
        except (UserError, ValueError, RecursionError):
            return self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY)
        except LmsError:
            return self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        return self._send(b"", "text/plain", FRAME)

    # --- who asks
    def _is_here(self) -> bool:
        """Whether the browser came to this address by its number, and not from another page."""
        asked = self.headers.get_all("Host") or []
        return asked == [self.server.packages.host] and self.headers.get("Sec-Fetch-Site") != "cross-site"

    def _is_known(self) -> bool:
        cookies: SimpleCookie = SimpleCookie()
        with suppress(CookieError):
            cookies.load(self.headers.get("Cookie", ""))
        said = cookies[COOKIE].value if COOKIE in cookies else ""
        return compare_digest(said.encode(), self.server.packages.cookie.encode())

    def _enter(self, token: str) -> None:
        served = self.server.packages
        if not served.spend(token):
            return self._refuse(HTTPStatus.FORBIDDEN)
        self.send_response(HTTPStatus.SEE_OTHER)
        self._headers(FRAME)
        self.send_header("Location", served.base)
        self.send_header("Set-Cookie", f"{COOKIE}={served.cookie}; Path={served.base}; HttpOnly; SameSite=Strict")
        self.send_header("Content-Length", "0")
        return self.end_headers()

    # --- answers
    def _headers(self, policy: str) -> None:
        for name, value in {**HEADERS, "Content-Security-Policy": policy}.items():
            self.send_header(name, value)

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(status.phrase.encode(), "text/plain; charset=utf-8", FRAME, status)

    def _send(self, body: bytes, kind: str, policy: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self._headers(policy)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_file(self, path: str) -> None:
        """A file of the package, or the part of it that a player asks for."""
        archive = self.server.packages.package.archive
        try:
            file, size = archive.open(path), archive.size(path)
        except (NotFound, BadZipFile, OSError, RuntimeError, NotImplementedError):
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        asked = re.fullmatch(r"bytes=(\d{1,12})-(\d{0,12})", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        end = min(size - 1, int(asked[2])) if asked and asked[2] else size - 1
        with file:
            if asked and not start <= end:
                self._refuse(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                return
            self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
            self._headers(self.server.packages.policy)
            self.send_header("Content-Type", TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream"))
            self.send_header("Content-Length", str(end - start + 1))
            self.send_header("Accept-Ranges", "bytes")
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
            self.end_headers()
            self._copy(file, start, end - start + 1)

    def _copy(self, file: IO[bytes], start: int, left: int) -> None:
        file.seek(start)
        while left and (piece := file.read(min(CHUNK, left))):
            self.wfile.write(piece)
            left -= len(piece)
