"""Several requests on their way at once, so that a long line costs its delay once (SYNC.md section 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

FLIGHTS = 4


def in_flight(exchange: Callable[[bytes], bytes], bodies: Sequence[bytes]) -> Iterator[bytes]:
    """Send all and give the replies in order; raises what the first that fails raises, after those before it."""
    if len(bodies) == 1:
        yield exchange(bodies[0])
        return
    with ThreadPoolExecutor(len(bodies), "exchange") as pool:
        flying = [pool.submit(exchange, body) for body in bodies]
        for each in flying:
            yield each.result()
