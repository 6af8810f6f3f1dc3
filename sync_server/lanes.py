"""Threads of the server: the event loop never hashes a password, reads a disk or waits for the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from lms_core.cache import NotAtHand, from_memory

P = ParamSpec("P")
T = TypeVar("T")


class Lanes:
    """Two pools, so that a rush of sign-ins does not hold up those who are in.

    `waiting` counts what each has to do, what it is doing included.
    """

    def __init__(self, *, threads: int, password_threads: int) -> None:
        self._work = ThreadPoolExecutor(threads, "work")
        self._slow = ThreadPoolExecutor(password_threads, "password")
        self.waiting = {"work": 0, "password": 0}

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read or write something."""
        return await self._in("work", self._work, partial(work, *args, **kwargs))

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read what may be in memory (lms_core/cache.py), which needs no thread."""
        try:
            return from_memory(partial(work, *args, **kwargs))
        except NotAtHand:
            return await self.run(work, *args, **kwargs)

    async def slow(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what hashes a password."""
        return await self._in("password", self._slow, partial(work, *args, **kwargs))

    async def _in(self, name: str, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        """Do it in a thread that knows for which request it works."""
        self.waiting[name] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, copy_context().run, _told, work)
        finally:
            self.waiting[name] -= 1

    def close(self) -> None:
        """Wait for what runs and end the threads."""
        self._work.shutdown()
        self._slow.shutdown()


def _told(work: Callable[[], T]) -> T:
    """Do it; a StopIteration, which no future can carry, would leave the request without an answer for ever."""
    try:
        return work()
    except StopIteration as error:
        raise RuntimeError("StopIteration") from error
