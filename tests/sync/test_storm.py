"""All laptops of a school come online at once (SYNC.md section 11)."""

from __future__ import annotations

from collections import deque

import pytest

from lms_core.errors import Busy
from lms_core.sync.wire import Reply
from tests.simulator import invariants
from tests.simulator.entities import TALK
from tests.simulator.machines import Laptop
from tests.sync.school import School, note, post


def test_a_storm_of_two_thousand_laptops_on_monday_morning() -> None:
    """Fifty requests at a time share a transaction; some of these break, find the disk busy, or their replies are lost."""
    school = School()
    for n in range(2, 200):
        school.grant(f"a{n}", TALK, True)
    laptops = [school.laptop(f"L{n}", f"a{n % 200}", synced=n % 2 == 0) for n in range(2_000)]
    for n, x in enumerate(laptops):
        note(x, f"n{n}")
        if n % 200 == 0:
            post(x, f"p{n}")
    waiting, turn = deque(laptops), 0
    while waiting:
        turn += 1
        fault = turn % 5 if turn <= 40 else 0  # the first time that each asks
        company = [waiting.popleft() for _ in range(min(50, len(waiting)))]
        if fault in (1, 2):  # they come again
            waiting.extend(company)
        if fault == 1:
            _busy(school, company)
            continue
        broken = Busy()
        if fault == 3:
            school.hub.tables.fuse, school.hub.tables.blow = 20, broken  # then each is taken alone
        school.now += 1
        replies = school.hub.exchange_all([(x.request(), x.account) for x in company])
        assert (broken.__traceback__ is not None) == (fault == 3)
        for x, reply in zip(company, replies, strict=True):
            assert isinstance(reply, Reply)
            if fault != 2:
                x.receive(reply)
    school.sync(*laptops)
    school.hub.project()
    school.sync(*laptops)
    invariants.quiet(school)
    posts = {f"p{n}" for n in range(0, 2_000, 200)}
    for n, x in enumerate(laptops):
        notes = {f"n{m}" for m in range(n % 200, 2_000, 200)}
        assert {row for row, (entity, _) in x.shown.items() if entity in ("note", "post")} == posts | notes


def _busy(school: School, laptops: list[Laptop]) -> None:
    """Let each ask while the disk of the hub is busy."""
    for x in laptops:
        school.hub.tables.fuse, school.hub.tables.blow = 0, Busy()
        with pytest.raises(Busy):
            school.hub.exchange(x.request(), x.account)
