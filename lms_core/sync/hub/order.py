"""Requests of one replica that overtook each other on the way: the later one waits a moment for the one before it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from lms_core.sync.wire import Reply

PATIENCE_S = 2.0


class Order:
    """Who waits for an earlier request of the same replica. Used by the threads of a server's process."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience = patience_s
        self._moved = threading.Condition()
        self._waiting: Counter[str] = Counter()
        self._turns: Counter[str] = Counter()

    def answer(self, replica: str, exchange: Callable[[], Reply]) -> Reply:
        """The reply to a request; while it says `gap`, wait for the request that is lacking, and try again."""
        reply = exchange()
        if reply.status == "gap":
            reply = self._wait(replica, exchange)
        if reply.status != "gap":
            self._tell(replica)
        return reply

    def _wait(self, replica: str, exchange: Callable[[], Reply]) -> Reply:
        with self._moved:
            self._waiting[replica] += 1
            turn = self._turns[replica]
        try:
            while True:
                reply = exchange()
                if reply.status != "gap":
                    return reply
                with self._moved:
                    if self._turns[replica] == turn and not self._moved.wait(self._patience):
                        return reply
                    turn = self._turns[replica]
        finally:
            with self._moved:
                self._waiting[replica] -= 1
                if not self._waiting[replica]:
                    del self._waiting[replica], self._turns[replica]

    def _tell(self, replica: str) -> None:
        with self._moved:
            if replica in self._waiting:
                self._turns[replica] += 1
                self._moved.notify_all()
