"""The outermost layer: a request id, security headers, compressed answers and one log line for every request."""

from __future__ import annotations

import gzip
import logging
import re
import time
import uuid
from typing import Any

import zstandard
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

log = logging.getLogger("sync_server.access")

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
COMPRESS_FROM = 1024
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Edge:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; other kinds of connection go through untouched."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        began = time.perf_counter()
        try:
            await self.app(scope, receive, answer)
        finally:
            log.info(
                "request",
                extra={
                    "request_id": answer.request_id, "method": scope["method"], "path": scope["path"],
                    "status": answer.status, "ms": round((time.perf_counter() - began) * 1000, 1),
                    "bytes": answer.sent, "account": getattr(scope.get("user"), "account", None),
                },
            )  # fmt: skip


class _Answer:
    """Hold back the head of an answer until it is known whether the body is one piece that may be compressed."""

    def __init__(self, scope: Scope, send: Send) -> None:
        headers = dict(scope["headers"])
        wanted = headers.get(b"x-request-id", b"")
        self.request_id = wanted.decode() if REQUEST_ID.fullmatch(wanted) else uuid.uuid4().hex
        scope["request_id"] = self.request_id  # type: ignore[typeddict-unknown-key]
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
        extra = [(b"x-request-id", self.request_id.encode()), *SECURITY]
        if b"cache-control" not in have:
            extra.append((b"cache-control", b"no-store"))
        head["headers"] = [*head["headers"], *extra]
        await self._send(head)

    def _compressed(self, head: HTTPResponseStartEvent, body: bytes) -> bytes:
        headers: dict[bytes, Any] = {name.lower(): value for name, value in head["headers"]}
        if len(body) < COMPRESS_FROM or not headers.get(b"content-type", b"").startswith(b"application/json"):
            return body
        if b"zstd" in self._accepts:
            body, name = zstandard.ZstdCompressor(level=3).compress(body), b"zstd"
        elif b"gzip" in self._accepts:
            body, name = gzip.compress(body, 5, mtime=0), b"gzip"
        else:
            return body
        kept = [(n, v) for n, v in head["headers"] if n.lower() != b"content-length"]
        coding = [(b"content-encoding", name), (b"vary", b"accept-encoding")]
        head["headers"] = [*kept, (b"content-length", str(len(body)).encode()), *coding]
        return body
