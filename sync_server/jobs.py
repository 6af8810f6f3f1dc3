"""What runs behind the requests: what follows from writes, soon after them, and the daily chores."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

EVERY_S = 30.0
GATHER_S = 0.5
DAY_S = 86_400.0


class Worker:
    """A thread that works when it is woken and every half minute; writes within half a second are taken together.

    `ended` is set when it is to end, so that long work can stop early.
    """

    def __init__(self, name: str, work: Callable[[], object], *, ended: threading.Event | None = None) -> None:
        self._name = name
        self._work = work
        self._woken = threading.Event()
        self._ended = ended or threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with what an earlier process left undone."""
        self._woken.set()
        self._thread = threading.Thread(target=self._run, name=self._name)
        self._thread.start()

    def wake(self) -> None:
        """Say that something was written."""
        self._woken.set()

    def close(self) -> None:
        """End the thread after the round it is in."""
        self._ended.set()
        self._woken.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._woken.wait(EVERY_S)
            self._woken.clear()
            try:
                self._work()
            except Exception:  # whatever it was, requests go on and the next round tries again
                log.exception("%s failed", self._name)
            self._ended.wait(GATHER_S)


class Jobs:
    """Chores that come round by themselves, one at a time; one that fails is logged and has its next turn.

    Every process that serves a folder runs them, so each must be harmless when another does the same.
    """

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )

    def add(self, name: str, work: Callable[[], object], *, every_s: float = DAY_S) -> None:
        """Do the work at the start and then every so many seconds."""
        self._scheduler.add_job(
            self._do, "interval", (name, work), id=name, seconds=every_s, next_run_time=datetime.now(UTC)
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def close(self) -> None:
        """Wait for the chore that runs; the others are left for the next start."""
        self._ended.set()
        if self._scheduler.running:
            self._scheduler.shutdown()

    def _do(self, name: str, work: Callable[[], object]) -> None:
        if self._ended.is_set():
            return
        try:
            work()
        except Exception:  # whatever it was, requests go on and the next turn tries again
            log.exception("the chore %s failed", name)
