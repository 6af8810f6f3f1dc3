"""What runs behind the requests: what follows from writes, soon after them, and the jobs that come round."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from lms_core.errors import LmsError
from lms_core.operation.desk import Plan
from lms_core.operation.runs import ASKED, DONE, FAILED, Run, Runs, due_at
from lms_core.redaction import redacted
from sync_server.turns import Turn

log = logging.getLogger(__name__)

EVERY_S = 30.0
GATHER_S = 0.5
DAY_S = 86_400.0
LOOK_S = 15.0
LOOKING = "look"


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


@dataclass(frozen=True)
class _Job:
    name: str
    work: Callable[[str], object]
    every_ms: int | None


class Jobs:
    """What comes round by itself, one at a time, in the one process whose turn it is.

    `runs` remembers when each ran, so that a start does not begin anew and another process goes on where one ended. A
    job that fails is logged and comes again after a 24th of its time; one that was interrupted at once. What an
    administrator asks for is done at the next look.
    """

    def __init__(self, runs: Runs, turn: Turn, now_ms: Callable[[], int], *, look_s: float = LOOK_S) -> None:
        self._runs, self._turn, self._now_ms, self._look_s = runs, turn, now_ms, look_s
        self._worker = f"{socket.gethostname()}:{os.getpid()}"
        self._jobs: list[_Job] = []
        self._ended = threading.Event()
        self._mine = False
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1), "watch": ThreadPoolExecutor(1)},
            # one thread each: a second look, asked for during the first, waits for its end
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
            timezone=UTC,
        )

    def add(self, name: str, work: Callable[[], object], *, every_s: float = DAY_S) -> None:
        """Do the work every so many seconds; what it returns is told by `GET /system/jobs`."""
        self._jobs.append(_Job(name, lambda _: work(), int(every_s * 1000)))

    def offer(self, name: str, work: Callable[[str], object]) -> None:
        """Do the work whenever somebody asks for it, on what they name."""
        self._jobs.append(_Job(name, work, None))

    @property
    def plan(self) -> list[Plan]:
        """All jobs by name, with how often they come round."""
        return [Plan(job.name, job.every_ms) for job in self._jobs]

    def wake(self) -> None:
        """Look now, for somebody asked for a job; another process that has the turn looks in its own time."""
        if self._scheduler.running and self._scheduler.get_job(LOOKING):
            self._scheduler.modify_job(LOOKING, next_run_time=datetime.now(UTC))

    def start(self, *, watch: Callable[[], None] | None = None, work: bool = True) -> None:
        """Begin; `watch` is called at each look beside the jobs, in every process, also in one that does no `work`."""
        for each, lane in ((watch, "watch"), (self.look if work else None, "default")):
            if each:
                now = datetime.now(UTC)
                name = LOOKING if lane == "default" else lane
                self._scheduler.add_job(
                    each, "interval", id=name, seconds=self._look_s, next_run_time=now, executor=lane
                )
        self._scheduler.start()

    def close(self) -> None:
        """Wait for the job that runs; the others are left for the next start."""
        self._ended.set()
        if self._scheduler.running:
            self._scheduler.shutdown()
        self._turn.close()

    def look(self) -> None:
        """Do what is due."""
        for job in self._jobs:
            try:
                if self._ended.is_set() or not self._is_mine():
                    return
                last = self._runs.last(job.name)
                if self._is_due(job, last):
                    self._do(job, last)
            except Exception:  # the database may be away: requests go on and the next look tries again
                log.exception("the job %s could not begin or end", job.name)

    def _is_mine(self) -> bool:
        before, self._mine = self._mine, self._turn.mine()
        if self._mine and not before:
            self._runs.interrupt()
            log.info("this process does the jobs now")
        return self._mine

    def _is_due(self, job: _Job, last: Run | None) -> bool:
        at, now = due_at(job.every_ms, last), self._now_ms()
        went_back = last is not None and now < last.started_at
        return at is not None and (at <= now or went_back)

    def _do(self, job: _Job, last: Run | None) -> None:
        asked = last if last is not None and last.outcome == ASKED else None
        run = self._runs.begin(job.name, self._worker, asked=asked.id if asked else "")
        try:
            found = job.work(asked.said if asked else "")
        except Exception as error:  # whatever it was, requests go on and the next turn tries again
            log.exception("the job %s failed", job.name)
            self._runs.end(run, FAILED, redacted(error.message if isinstance(error, LmsError) else repr(error)))
        else:
            self._runs.end(run, DONE, "" if found is None else json.dumps(found, default=str))
