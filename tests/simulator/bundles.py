"""Requests and replies that people carry as files: late, twice, out of order, or never (SYNC.md section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from lms_core.sync.hub.carried import further
from lms_core.sync.wire import Reply, Request
from tests.simulator import invariants
from tests.simulator.invariants import Broken
from tests.simulator.machines import Laptop

if TYPE_CHECKING:
    from tests.simulator.world import World

T = TypeVar("T")
ROUNDS = 12
MOST_REPLIES = 60


class Bundles:
    """What lies on USB sticks somewhere between the laptops and the hub."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng
        self.asked: list[tuple[str, list[Request]]] = []
        self.answered: list[tuple[str, list[Reply]]] = []

    def move(self, x: Laptop) -> None:
        """Somebody writes a bundle, carries one to the hub, or brings an answer back."""
        rng = self.rng
        kind = rng.choice(("write", "carry", "bring"))
        if kind == "write":
            self.asked.append((x.account, self._requests(x)))
        elif kind == "carry" and self.asked:
            account, requests = self._some(self.asked)
            self.answered.append((requests[0].replica, self._answers(account, requests)))
        elif self.answered:
            rep, replies = self._some(self.answered)
            owners = [y for y in self.world.laptops if any(s.rep == rep for s in y.tx.segments())]
            if owners:  # a clone can read it as well
                self._take(rng.choice(owners), replies)

    def alone(self, x: Laptop) -> None:
        """A laptop that never has a line comes to an end by files alone."""
        for _ in range(ROUNDS):
            self.world.now += 3
            self._take(x, self._answers(x.account, self._requests(x)))
            if self._settled(x):
                return
        raise Broken("I5 files do not end", x.name)

    def _some(self, lying: list[tuple[str, T]]) -> tuple[str, T]:
        """One of those that lie there; a copy may stay."""
        at = self.rng.randrange(len(lying))
        return lying[at] if self.rng.random() < 0.3 else lying.pop(at)

    def _requests(self, x: Laptop) -> list[Request]:
        return x.carried(ops=self.rng.choice((3, 1000)), rows=self.rng.choice((2, 2000)))

    def _answers(self, account: str, requests: list[Request]) -> list[Reply]:
        replies: list[Reply] = []
        more: Request | None = None
        for request in requests:
            replies.append(self.world.serve(request, account))
            more = further(request, replies[-1])
        while more is not None and len(replies) < MOST_REPLIES:
            replies.append(self.world.serve(more, account))
            more = further(more, replies[-1])
        return replies

    def _take(self, x: Laptop, replies: list[Reply]) -> None:
        for reply in replies:
            result = x.receive(reply)
            self.world.log(x.name, "by file", result, reply)
            if result == "upgrade":
                x.use(self.world.hub.schema)
        invariants.visible(x)

    def _settled(self, x: Laptop) -> bool:
        hub, tx = self.world.hub, x.tx
        there = {scope: hub.tables.data["seq"].get(scope, 0) for scope in hub.scopes_of(x.account)}
        open_ = tx.unsealed() or tx.staged() or tx.stale() or tx.healing()
        asks = any(s.offered and s.hw < s.length for s in tx.segments())
        return tx.cursors() == there and not open_ and not asks and tx.segments()[-1].hw == tx.segments()[-1].length
