"""Requests of one replica that arrive in another order than they were sent."""

from __future__ import annotations

import threading

import msgspec

from lms_core.ops import ROOT_CHAIN
from lms_core.sync.hub.order import Order
from lms_core.sync.wire import Reply

REPLY = Reply("ok", "r", 0, ROOT_CHAIN, 0, b"", (1, 1))


class Log:
    """What a hub has taken; a request for `at` is a gap before that."""

    def __init__(self) -> None:
        self.taken = 0
        self.asked = 0

    def exchange(self, at: int) -> Reply:
        self.asked += 1
        if at > self.taken:
            return msgspec.structs.replace(REPLY, status="gap", hw=self.taken)
        self.taken = max(self.taken, at + 1)
        return msgspec.structs.replace(REPLY, hw=self.taken)


def test_the_later_one_waits_for_the_earlier() -> None:
    order, log, replies = Order(patience_s=60), Log(), {}

    def send(at: int) -> None:
        replies[at] = order.answer("r", lambda: log.exchange(at)).status

    threads = [threading.Thread(target=send, args=(at,)) for at in (3, 2, 1, 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert replies == {0: "ok", 1: "ok", 2: "ok", 3: "ok"}
    assert log.taken == 4


def test_one_that_never_comes_is_asked_for() -> None:
    order, log = Order(patience_s=0), Log()
    assert order.answer("r", lambda: log.exchange(5)).status == "gap"
    assert log.asked == 2
    assert order.answer("other", lambda: log.exchange(0)).status == "ok"
