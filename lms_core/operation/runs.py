"""What the jobs behind the requests did and when: the memory by which they come round (OPS-03)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.sql import Executable

from lms_core.db.engine import read, write
from lms_core.operation.tables import job_run
from lms_core.ports import new_uuid7
from lms_core.unit import Unit

ASKED, RUNNING, DONE, FAILED, INTERRUPTED = "asked", "running", "done", "failed", "interrupted"
LONGEST = 20_000
RETRIES = 24
"""A job that failed is tried again after this part of its time."""


@dataclass(frozen=True)
class Run:
    """One time that a job ran, by `worker`. Times in ms; `said` is what it told of itself, or why it failed.

    Before it runs, `asked`, `started_at` is when somebody asked for it and `said` what it shall work on.
    """

    id: str
    name: str
    worker: str
    started_at: int
    finished_at: int | None
    outcome: str
    said: str


class Runs:
    """The history of all jobs of a database, in transactions of their own: it belongs to no unit of work."""

    def __init__(self, engine: Engine, now_ms: Callable[[], int]) -> None:
        self._engine, self._now_ms = engine, now_ms

    def begin(self, name: str, worker: str, *, asked: str = "") -> str:
        """Note that a job begins, as the run that somebody `asked` for if there is one; returns the name of the run."""
        begun = {"worker": worker, "started_at": self._now_ms(), "outcome": RUNNING, "said": ""}
        if asked:
            self._write(update(job_run).where(job_run.c.id == asked).values(begun))
            return asked
        run = new_uuid7()
        self._write(insert(job_run).values({"id": run, "name": name, **begun}))
        return run

    def last_of(self, names: Sequence[str]) -> dict[str, Run]:
        """The last time that each of some jobs ran, of those that ever did."""
        return {run.name: run for run in self.latest() if run.name in names}

    def end(self, run: str, outcome: str, said: str = "") -> None:
        """Note how it ended."""
        ended = {"finished_at": self._now_ms(), "outcome": outcome, "said": said[:LONGEST]}
        self._write(update(job_run).where(job_run.c.id == run).values(ended))

    def interrupt(self) -> None:
        """Note that nobody is at what seems to run; for the one process that may."""
        ended = {"finished_at": self._now_ms(), "outcome": INTERRUPTED}
        self._write(update(job_run).where(job_run.c.outcome == RUNNING).values(ended))

    def forget(self, *, keep_ms: int) -> None:
        """Forget what is older."""
        self._write(delete(job_run).where(job_run.c.started_at < self._now_ms() - keep_ms))

    def last(self, name: str, outcome: str | None = None) -> Run | None:
        """The last time that a job ran, or that it ended so."""
        found = self.page(0, 1, name=name, outcome=outcome)[1]
        return found[0] if found else None

    def latest(self) -> list[Run]:
        """The last run of each job, by name."""
        newest = select(func.max(job_run.c.id)).group_by(job_run.c.name)
        with read(self._engine) as conn:
            rows = conn.execute(select(job_run).where(job_run.c.id.in_(newest)).order_by(job_run.c.name)).all()
        return [Run(**row._mapping) for row in rows]

    def page(
        self, offset: int, size: int, *, name: str | None = None, outcome: str | None = None
    ) -> tuple[int, list[Run]]:
        """How many there are, and some of them, the latest first."""
        wanted = [c == v for c, v in ((job_run.c.name, name), (job_run.c.outcome, outcome)) if v is not None]
        order = (job_run.c.started_at.desc(), job_run.c.id.desc())
        with read(self._engine) as conn:
            count = conn.scalar(select(func.count()).select_from(job_run).where(*wanted)) or 0
            rows: Sequence[Any] = conn.execute(
                select(job_run).where(*wanted).order_by(*order).offset(offset).limit(size)
            ).all()
        return count, [Run(**row._mapping) for row in rows]

    def _write(self, statement: Executable) -> None:
        with write(self._engine) as conn:
            conn.execute(statement)


def ask(unit: Unit, name: str, about: str = "") -> None:
    """Ask for a job in a unit of work; whoever has the turn does it at the next look."""
    row = {"id": unit.new_id(), "name": name, "worker": "", "started_at": unit.now_ms, "outcome": ASKED, "said": about}
    unit.local(insert(job_run).values(row).execution_options(journal=False))


def due_at(every_ms: int | None, last: Run | None) -> int | None:
    """When a job is to run (ms, 0 for at once); None for one that runs when somebody asks and nobody did."""
    if last is not None and last.outcome == ASKED:
        return 0
    if every_ms is None:
        return None
    if last is None or last.outcome == INTERRUPTED:
        return 0
    return last.started_at + every_ms // (RETRIES if last.outcome == FAILED else 1)
