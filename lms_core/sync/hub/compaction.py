"""What the hub forgets in time: that rows left a scope, and how it answered ops (SYNC.md sections 2 and 5)."""

from __future__ import annotations

from collections.abc import Callable

from lms_core.sync.ports import HubStore, HubTransaction

DAY_MS = 86_400_000
KEEP_LEFT_MS, KEEP_LOG_MS = 400 * DAY_MS, 90 * DAY_MS
AT_ONCE = 2000
"""Entries of one transaction, so that requests in between wait for milliseconds."""


def compact(store: HubStore, now: int) -> int:
    """Forget what is old, a part at a time; returns how many entries went.

    A laptop that was away for longer is told its scopes as a whole; what it wrote meanwhile is judged as ever.
    """
    left = _all(store, lambda tx: tx.forget_left(now - KEEP_LEFT_MS, AT_ONCE))
    return left + _all(store, lambda tx: tx.forget_log(now - KEEP_LOG_MS, AT_ONCE))


def _all(store: HubStore, forget: Callable[[HubTransaction], int]) -> int:
    gone, some = 0, AT_ONCE
    while some == AT_ONCE:
        with store.write() as tx:
            some = forget(tx)
        gone += some
    return gone
