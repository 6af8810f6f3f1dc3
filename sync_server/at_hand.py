"""What a process of the server has at hand, until it or another over the same database has changed it (PRF-07)."""

from __future__ import annotations

from lms_core.cache import Cache
from lms_core.hub import Hub

CALLERS, CALLERS_MS = 20_000, 10_000
"""How many tokens are known without being looked up, and for how long."""
CATALOGUE_BYTES, CATALOGUE_MS = 32 << 20, 30_000
"""The same of the catalogue and of what its readers learn."""


def callers_of(hub: Hub) -> Cache:
    """Who calls, by token."""
    return _told(hub, Cache(hub.clock.ms, most=CALLERS, kept_ms=CALLERS_MS))


def catalogue_of(hub: Hub) -> Cache:
    """What everybody sees of the catalogue, and what those who ask learn."""
    return _told(hub, Cache(hub.clock.ms, most=CATALOGUE_BYTES, kept_ms=CATALOGUE_MS))


def _told(hub: Hub, cache: Cache) -> Cache:
    hub.store.hints.subscribe(lambda hint: cache.clear_all() if hint.lost else cache.clear(hint.names()))
    return cache
