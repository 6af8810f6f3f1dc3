"""What an administrator does with the jobs behind the requests: see when each is due, have one run now (OPS-03)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.errors import Conflict, NotFound
from lms_core.operation.runs import ASKED, RUNNING, Run, Runs, ask, due_at
from lms_core.unit import Work


@dataclass(frozen=True)
class Plan:
    """A job and how often it comes round, in ms; None: only when somebody asks."""

    name: str
    every_ms: int | None


@dataclass(frozen=True)
class Planned:
    """A job with its last run, and when (ms) the next is due; 0 is at once, None not by itself."""

    name: str
    every_ms: int | None
    last: Run | None
    next_at: int | None


class JobsDesk:
    """The jobs of a hub; `wake` lets them be looked at before their time."""

    def __init__(
        self, *, work: Work, runs: Runs, plan: Callable[[], Sequence[Plan]], wake: Callable[[], object]
    ) -> None:
        self._work, self._runs, self._plan, self._wake = work, runs, plan, wake

    def all(self) -> list[Planned]:
        """All jobs, in the order in which they are looked at."""
        plan = self._plan()
        last = self._runs.last_of([each.name for each in plan])
        return [
            Planned(each.name, each.every_ms, last.get(each.name), due_at(each.every_ms, last.get(each.name)))
            for each in plan
        ]

    def find(self, name: str) -> Planned:
        """One of them. Raises NotFound."""
        for each in self.all():
            if each.name == name:
                return each
        raise NotFound

    def ask(self, by: By, name: str, about: str = "") -> Planned:
        """Have a job run now, on what is named; returns it as it waits.

        Raises:
            NotFound. Conflict: `job_busy` while it runs or waits already. Denied.
        """
        with self._work() as unit:
            check_admin(unit, by)
            last = self.find(name).last
            if last is not None and last.outcome in (ASKED, RUNNING):
                raise Conflict("job_busy")
            note(unit, by, Action.JOB_ASKED, entity="job", row=name, after={"about": about} if about else None)
            ask(unit, name, about)
        self._wake()
        return self.find(name)
