"""How often somebody may try (SEC-07), and who somebody is behind a reverse proxy."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Any

from litestar.connection import ASGIConnection

from lms_core.errors import UserError
from sync_server.config import Settings

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
MOST_KEYS = 50_000


class Limit:
    """At most `most` in a span (ms) for each key; 0 is no limit. Each span begins with the first try of its key."""

    def __init__(self, most: int, now_ms: Callable[[], int], *, span: int = MINUTE_MS) -> None:
        self._most = most
        self._span = span
        self._now_ms = now_ms
        self._seen: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._turn = threading.Lock()

    def take(self, key: str) -> None:
        """Count one try. Raises UserError `rate_limited` with the seconds to wait."""
        if not self._most:
            return
        now = self._now_ms()
        with self._turn:
            begun, count = self._seen.get(key, (now, 0))
            if not 0 <= now - begun < self._span:
                begun, count = now, 0
                self._seen.pop(key, None)
            if count >= self._most:
                raise UserError("rate_limited", seconds=(begun + self._span - now + 999) // 1000)
            self._seen[key] = (begun, count + 1)
            while len(self._seen) > MOST_KEYS:
                self._seen.popitem(last=False)


class Limits:
    """All limits of one server."""

    def __init__(self, settings: Settings, now_ms: Callable[[], int]) -> None:
        self.sign_in = Limit(settings.sign_ins_per_minute, now_ms)
        self.sign_in_address = Limit(settings.sign_ins_per_address, now_ms)
        self.register = Limit(settings.registrations_per_address, now_ms)
        self.mail = Limit(settings.mails_per_hour, now_ms, span=HOUR_MS)
        self.mail_address = Limit(settings.mails_per_address, now_ms, span=HOUR_MS)
        self.requests = Limit(settings.requests_per_minute, now_ms)
        self.transfers = Limit(settings.transfers_per_minute, now_ms)
        self.verifications = Limit(settings.verifications_per_address, now_ms)
        self.address = Limit(settings.requests_per_address, now_ms)


def address_of(connection: ASGIConnection[Any, Any, Any, Any], trusted: Collection[str]) -> str:
    """The network address of the caller: what the last trusted proxy saw, else the peer itself."""
    address = connection.client.host if connection.client else ""
    for hop in reversed(connection.headers.get("x-forwarded-for", "").split(",")):
        if address not in trusted or not hop.strip():
            break
        address = hop.strip()
    return address
