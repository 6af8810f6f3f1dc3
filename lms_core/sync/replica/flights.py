"""Several requests on their way at once, so that a long line costs its delay once (SYNC.md section 5)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from msgspec.structs import replace

from lms_core.sync.ports import ReplicaTransaction
from lms_core.sync.replica.engine import ReplicaEngine
from lms_core.sync.wire import Reply, Request

FLIGHTS = 4
LEAST_SHARE = 1 / 64
"""Of a whole request, for a line that dies before a whole one is through."""
CAREFUL = 4
"""So many smaller requests get through before larger ones are tried."""


class Care:
    """How much of a whole request a line bears: less after one that got no answer, and more as answers come.

    `unanswered`: one is on its way.
    """

    def __init__(self) -> None:
        self.unanswered = False
        self._share, self._left = 1.0, 0

    @property
    def whole(self) -> bool:
        """Whether requests have their full size, and may fly together."""
        return self._share == 1

    def begin(self) -> None:
        """Requests are made, a quarter of those before if one got no answer, else twice as large."""
        self._share = max(LEAST_SHARE, self._share / 4) if self.unanswered else min(1.0, self._share * 2)
        self.unanswered, self._left = True, 0 if self.whole else CAREFUL

    def of(self, most: int) -> int:
        """So many of what a whole request has; at least one."""
        return max(1, int(most * self._share))

    def answered(self) -> bool:
        """An answer came; whether larger requests are to be tried."""
        self._left -= bool(self._left)
        return not self.whole and not self._left


class Flights:
    """The requests that bring what waits, in the order of their ops; each counts on the ones before it.

    Where one is lost the hub asks again from there (`gap`). The last asks for rows, and before it each fourth, never
    two at once: so the last need not wait for one that does.
    """

    def __init__(self, engine: ReplicaEngine, first: Request, *, ops: int, size: int, most: int = FLIGHTS) -> None:
        self._engine, self._most = engine, most
        self._ops, self._size = ops, size
        self._first, self._last = first, first
        self._total, self._told = -1, first.have  # ops that there are, once the first request is made
        self._flying: deque[tuple[bool, int]] = deque()

    def more(self, tx: ReplicaTransaction, most: int = FLIGHTS) -> list[Request]:
        """Those that can fly beside the ones that do, `most` of them at once."""
        out: list[Request] = []
        while len(self._flying) < min(most, self._most) and (request := self._next(tx)):
            self._flying.append((request.cursors is not None, _end(request)))
            out.append(request)
        return out

    def ahead(self, reply: Reply) -> Request | None:
        """The request for the rows behind those of the last reply, which need not be taken in before it flies."""
        request = ahead(self._last, reply) if len(self._flying) == 1 else None
        if request:
            self._flying.append((True, _end(request)))
            self._last = request
        return request

    def answered(self, reply: Reply) -> bool:
        """The oldest was answered; whether there are more to come."""
        asked, end = self._flying.popleft() if self._flying else (False, 0)
        if asked and reply.told and not reply.more:
            self._told = end
        return bool(self._flying) or not self._is_last(self._last)

    def _next(self, tx: ReplicaTransaction) -> Request | None:
        request, asking = self._first, any(asked for asked, _ in self._flying)
        if self._total >= 0:
            end = _end(self._last)
            asks = self._asks(end + (len(self._last.ops) or self._ops))
            if self._is_last(self._last) or (asking and asks):
                return None
            main, limit = len(tx.segments()) - 1, self._first.limit
            request = self._engine.request(tx, turn=main, after=end, limit=limit, ops=self._ops, size=self._size)
            request = replace(request, have=end, echo=self._told)
        self._total = request.last_c + tx.unsealed_count()
        asks = self._asks(_end(request)) or self._is_last(request)
        if asks and asking:
            return None
        self._last = request
        return request if asks else replace(request, cursors=None, audit={}, heal={})

    def _asks(self, end: int) -> bool:
        """Whether the request that ends there asks for rows."""
        step = len(self._first.ops) or self._ops
        return -(-max(0, self._total - end) // step) % min(self._most, FLIGHTS) == 0

    def _is_last(self, request: Request) -> bool:
        return not request.ops or request.closed or _end(request) >= request.last_c


def ahead(request: Request, reply: Reply) -> Request | None:
    """What a replica will ask when it has taken in a reply that is one part of many; None when that cannot be known.

    If it does not take it in after all, the next part starts above its cursor, and is ignored.
    """
    cursors = dict(request.cursors or {})
    plain = reply.status == "ok" and reply.replica == request.replica and not (reply.expired or request.heal)
    if not (plain and reply.told and reply.more and reply.slices) or request.ops or request.cursors is None:
        return None
    if request.mark and reply.mark[0] != request.mark[0]:
        return None
    for scope in reply.lost:
        cursors.pop(scope, None)
    for piece in reply.slices:
        whole = cursors.get(piece.scope, -1) >= 0 or not piece.more
        cursors[piece.scope] = piece.to if whole else -1 - piece.to
    return replace(request, cursors=cursors, mark=reply.mark, audit={})


def _end(request: Request) -> int:
    return request.at + len(request.ops)


def in_flight(
    exchange: Callable[[bytes], bytes],
    bodies: Sequence[bytes],
    more: Callable[[], Sequence[bytes]] = tuple,
    further: Callable[[bytes], Sequence[bytes]] | None = None,
) -> Iterator[bytes]:
    """Send all and give the replies in order; raises what the first that fails raises, after those before it.

    `more` is asked for what can be sent when the first are on their way and after each reply was dealt with, `further`
    before that; nothing is sent behind one that failed, for the hub could not take it.
    """
    if len(bodies) == 1 and further is None:
        yield exchange(bodies[0])
        return
    with ThreadPoolExecutor(FLIGHTS, "exchange") as pool:
        flying = deque(pool.submit(exchange, body) for body in bodies)

        def send(make: Callable[[], Sequence[bytes]]) -> None:
            if not any(each.done() and each.exception() for each in flying):
                flying.extend(pool.submit(exchange, body) for body in make())

        send(more)
        while flying:
            reply = flying.popleft().result()
            if further:
                send(partial(further, reply))
            yield reply
            send(more)
