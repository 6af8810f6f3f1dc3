"""A small school for scenarios: a hub, laptops, a network that does what the test says."""

from __future__ import annotations

import random
from typing import Any

from lms_core import ops
from lms_core.ops import Draft, arrange
from lms_core.sync.rows import HubRow
from lms_core.sync.wire import Reply
from tests.simulator import invariants
from tests.simulator.entities import (
    ANSWER,
    ATTEMPT,
    COURSE_ROW,
    DRAFT,
    ENROLMENT,
    LESSON,
    NOTE,
    POST,
    SCHEMA,
    SECTION,
    TALK,
)
from tests.simulator.machines import Laptop
from tests.simulator.server import Hub

YEAR = 365 * 86_400_000
DAY = 86_400_000


class School:
    """Two accounts, `a0` writes drafts and talks, `a1` too unless taken away."""

    def __init__(self) -> None:
        self.now = 20 * YEAR
        self.hub = Hub(lambda: self.now)
        self.laptops: list[Laptop] = []
        self.granted: dict[tuple[str, str], bool] = {}
        self.written: set[str] = set()
        self.removed: set[str] = set()
        self.destroyed: set[str] = set()
        self.copied: set[bytes] = set()
        for account in ("a0", "a1"):
            self.grant(account, DRAFT, True)
            self.grant(account, TALK, True)

    def grant(self, account: str, scope: str, on: bool) -> None:
        """Give or take a right."""
        self.granted[account, scope] = on
        self.hub.grant(account, scope, on)

    def laptop(self, name: str, account: str = "a0", *, synced: bool = True) -> Laptop:
        """A new laptop, signed in."""
        x = Laptop(name=name, account=account, rng=random.Random(name), time=lambda: self.now)
        self.laptops.append(x)
        if synced:
            self.sync(x)
        return x

    def exchange(self, x: Laptop, **limits: int) -> Reply:
        """One exchange whose reply is handed back, not applied."""
        self.now += 1
        return self.hub.exchange(x.request(**limits), x.account)

    def sync(self, *laptops: Laptop, limit: int = 2000) -> None:
        """Exchange until both sides agree."""
        for x in laptops:
            asked: set[str] = set()
            for _ in range(100):
                self.now += 1
                request = x.request(asked, limit)
                asked.add(request.replica)
                reply = self.hub.exchange(request, x.account)
                result = x.receive(reply)
                if result not in ("ok", "upgrade"):
                    asked.clear()
                if result == "upgrade" and reply.hw == x.tx.segments()[-1].length:
                    break
                segments = x.tx.segments()
                old = any(s.offered and s.rep not in asked for s in segments[:-1])
                open_ = x.tx.staged() or x.tx.stale() or reply.more or x.tx.unsealed() or old or x.tx.healing()
                if (
                    result == "ok"
                    and reply.replica == segments[-1].rep
                    and not open_
                    and reply.hw == segments[-1].length
                ):
                    break
            else:
                raise AssertionError("sync does not end")
            invariants.visible(x, self.hub)

    def audit(self, x: Laptop) -> dict[str, int]:
        """Compare a laptop's rows with the hub's; returns the buckets that differ."""
        self.now += 1
        sums = x.sums()
        with x.open() as tx:
            request = x.engine.request(tx, audit=sums)
        reply = self.hub.exchange(request, x.account)
        x.receive(reply)
        return reply.differ

    def settle(self) -> None:
        """Let all sync until nothing moves, and check every invariant."""
        for _ in range(3):
            self.sync(*self.laptops)
            self.hub.project()
        self.sync(*self.laptops)
        invariants.quiet(self)

    def restore(self, x: Laptop, backup: Any) -> Laptop:
        """Put an old disk into a laptop."""
        y = x.twin(x.name, backup)
        self.laptops[self.laptops.index(x)] = y
        return y

    def clone(self, x: Laptop, name: str) -> Laptop:
        """Copy a laptop's disk into another machine."""
        y = x.twin(name)
        self.laptops.append(y)
        return y

    def row(self, row: str) -> HubRow:
        """A row at the hub."""
        return self.hub.rows[row]

    def value(self, row: str, field: str) -> Any:
        """A value at the hub."""
        return self.hub.rows[row].value(field)

    def conflicts(self) -> list[HubRow]:
        """What found no place."""
        return [row for row in self.hub.rows.values() if row.entity == "conflict"]


def note(x: Laptop, row: str, body: str = "one\n\ntwo\n\nthree", **values: Any) -> str:
    """Write a note."""
    x.write(ops.create(NOTE, row, {"account_id": x.account, "body": body, "star": 0, "shared": 0, **values}))
    return row


def post(x: Laptop, row: str, txt: str = "hello", re: str | None = None) -> str:
    """Post something."""
    x.write(ops.create(POST, row, {"txt": txt, "re": re}))
    return row


def section(x: Laptop, row: str, *after: str) -> str:
    """Add a section to the course."""
    x.write(ops.create(SECTION, row, {"title": row, "place": {"parent": COURSE_ROW, "after": list(after)}}))
    return row


def lesson(x: Laptop, row: str, parent: str, *after: str, body: str = "one\n\ntwo") -> str:
    """Add a lesson to a section."""
    x.write(ops.create(LESSON, row, {"title": row, "body": body, "place": {"parent": parent, "after": list(after)}}))
    return row


def shared_lesson(school: School, *laptops: Laptop) -> None:
    """A section `s` with a lesson `l` that the first one makes and all have."""
    section(laptops[0], "s")
    lesson(laptops[0], "l", "s")
    school.sync(*laptops)


def summarise(school: School, *laptops: Laptop) -> None:
    """Let each write the summary of the lesson one after the other, none having seen the others'."""
    for x in laptops:
        school.now += 1
        change(x, "l", "summary", f"A text of {x.name} that is long enough to be missed by people")


def attempt(x: Laptop) -> str:
    """Hand something in: an attempt with its answer."""
    mine = {"account_id": x.account, "txt": "t"}
    answer = ops.create(ANSWER, "answer:0", {**mine, "of": "attempt:0"})
    x.write(ops.create(ATTEMPT, "attempt:0", mine), answer, group="g")
    return "attempt:0"


def enrol(x: Laptop) -> str:
    """Open an enrolment of this account."""
    row = ENROLMENT.id_for(x.account, "0")
    x.write(ops.create(ENROLMENT, row, {"account_id": x.account, "course_id": "0", "status": "none"}))
    return row


def step(x: Laptop, row: str, verb: str) -> None:
    """Ask for a step from the state on the screen."""
    x.write(ops.act(ENROLMENT, row, verb, expect=(x.values(row) or {})["status"]))


def change(x: Laptop, row: str, field: str, value: Any) -> None:
    """Set a field."""
    x.write(ops.change(SCHEMA[x.shown[row][0]], row, field, value))


def rewrite(x: Laptop, row: str, text: str, *, base: str | None = None) -> None:
    """Replace a body."""
    entity, values = x.shown[row]
    x.write(ops.edit_text(SCHEMA[entity], row, field="body", base=values["body"] if base is None else base, text=text))


def move(x: Laptop, row: str, parent: str, *after: str) -> None:
    """Put a row elsewhere."""
    x.write(ops.place(SCHEMA[x.shown[row][0]], row, parent=parent, after=after))


def trash(x: Laptop, row: str) -> None:
    """Throw a draft row away."""
    x.write(ops.trash(SCHEMA[x.shown[row][0]], row))


def remove(x: Laptop, row: str) -> None:
    """Delete a note."""
    x.write(ops.delete(NOTE, row))


def order(x: Laptop, parent: str = COURSE_ROW) -> list[str]:
    """Siblings as the screen shows them."""
    return arrange(x.places().get(parent, {}))


def draft(entity: str, row: str, kind: str, **args: Any) -> Draft:
    """Any draft, also one that no screen would make."""
    return Draft(entity, row, kind, args)
