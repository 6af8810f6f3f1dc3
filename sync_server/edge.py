"""The outermost layer: a request id, security headers, compressed answers and one log line for every request."""

from __future__ import annotations

import gzip
import logging
import re
import time
import uuid
from typing import Any

import msgspec
import zstandard
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from lms_core.errors import MESSAGES, LmsError
from sync_server.guards import NEWEST, OLDEST
from sync_server.logs import REQUEST
from sync_server.metrics import Metrics

log = logging.getLogger("sync_server.access")

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
COMPRESS_FROM = 1024
VERSIONS = f"{OLDEST}-{NEWEST}".encode()
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Edge:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics
        self._zstd = zstandard.ZstdCompressor(level=3)  # one loop has it, which does one thing at a time

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request or a WebSocket on, and log it when it is over."""
        answer = _Answer(scope, send, self._zstd) if scope["type"] == ScopeType.HTTP else _Line(scope, send)
        began = time.perf_counter()
        token = REQUEST.set(answer.request_id)
        try:
            await self.app(scope, receive, answer)
        finally:
            REQUEST.reset(token)
            seconds, route = time.perf_counter() - began, scope.get("path_template", "")
            self._metrics.answered(str(scope.get("method", "WS")), route, status=answer.status, seconds=seconds)
            log.info(
                "request",
                extra={
                    "request_id": answer.request_id, "method": scope.get("method", "WS"), "path": scope["path"],
                    "status": answer.status, "ms": round(seconds * 1000, 1),
                    "bytes": answer.sent, "account": getattr(scope.get("user"), "account", None),
                },
            )  # fmt: skip


def _request_id(scope: Scope, wanted: bytes) -> str:
    """The caller's own id for a request, or a fresh one."""
    found = wanted.decode() if REQUEST_ID.fullmatch(wanted) else uuid.uuid4().hex
    scope["request_id"] = found  # type: ignore[typeddict-unknown-key]
    return found


class _Line:
    """Count what goes over a WebSocket, and answer one that is refused as any other request."""

    __slots__ = ("_scope", "_send", "request_id", "sent", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.request_id = _request_id(scope, dict(scope["headers"]).get(b"x-request-id", b""))
        self.status = 0
        self.sent = 0
        self._scope = scope
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "websocket.accept":
            self.status = 101
        elif message["type"] == "websocket.send":
            self.sent += len(message["text"] or "")
        elif message["type"] == "websocket.close":
            code, reason = message["code"], message["reason"] or ""
            refused = self.status == 0 and 4400 <= code < 4500 and reason in MESSAGES
            self.status = code - 4000 if code >= 4400 else code
            if refused:
                await self._refuse(reason)
                return
        await self._send(message)

    async def _refuse(self, code: str) -> None:
        said = {
            "code": code,
            "message": LmsError(code, seconds=60).message,
            "details": {},
            "request_id": self.request_id,
        }
        headers = [(b"content-type", b"application/json"), (b"x-request-id", self.request_id.encode()), *SECURITY]
        start = {"type": "websocket.http.response.start", "status": self.status, "headers": headers}
        await self._send(start)  # type: ignore[arg-type]
        body = {"type": "websocket.http.response.body", "body": msgspec.json.encode(said), "more_body": False}
        await self._send(body)  # type: ignore[arg-type]


class _Answer:
    """Hold back the head of an answer until it is known whether the body is one piece that may be compressed."""

    def __init__(self, scope: Scope, send: Send, zstd: zstandard.ZstdCompressor) -> None:
        self._zstd = zstd
        headers = dict(scope["headers"])
        self.request_id = _request_id(scope, headers.get(b"x-request-id", b""))
        self.status = 0
        self.sent = 0
        self._accepts = headers.get(b"accept-encoding", b"").lower()
        self._send = send
        self._head: HTTPResponseStartEvent | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        if message["type"] == "http.response.body":
            body = message["body"]
            if self._head is not None:
                if not message.get("more_body", False):
                    body = self._compressed(self._head, body)
                await self._begin(self._head)
                self._head = None
            self.sent += len(body)
            message["body"] = body
        await self._send(message)

    async def _begin(self, head: HTTPResponseStartEvent) -> None:
        self.status = head["status"]
        have = {name.lower() for name, _ in head["headers"]}
        extra = [(b"x-request-id", self.request_id.encode()), (b"api-versions", VERSIONS), *SECURITY]
        extra.append((b"cache-control", b"no-store"))
        head["headers"] = [*head["headers"], *(each for each in extra if each[0] not in have)]
        await self._send(head)

    def _compressed(self, head: HTTPResponseStartEvent, body: bytes) -> bytes:
        headers: dict[bytes, Any] = {name.lower(): value for name, value in head["headers"]}
        if len(body) < COMPRESS_FROM or not headers.get(b"content-type", b"").startswith(b"application/json"):
            return body
        if b"zstd" in self._accepts:
            body, name = self._zstd.compress(body), b"zstd"
        elif b"gzip" in self._accepts:
            body, name = gzip.compress(body, 5, mtime=0), b"gzip"
        else:
            return body
        kept = [_weak(n, v) for n, v in head["headers"] if n.lower() != b"content-length"]
        coding = [(b"content-encoding", name), (b"vary", b"accept-encoding")]
        head["headers"] = [*kept, (b"content-length", str(len(body)).encode()), *coding]
        return body


def _weak(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A tag of a body that is sent in another coding no longer names its bytes (RFC 9110, section 8.8.1)."""
    return name, b"W/" + value if name.lower() == b"etag" and not value.startswith(b"W/") else value
