"""What is searched for is told to the hub by those who agree, and shown to nobody by name (SRC-07, ANA-15)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lms_core import ops
from lms_core.analytics.searches import LEAST_PEOPLE, searched
from lms_core.db.engine import read
from lms_core.learning.entities import SEARCH_LOG
from lms_core.learning.tables import search_log
from lms_core.search.model import Question
from lms_core.workspace import Workspace
from tests.core.school import School
from tests.fakes import FakeClock


def told(school: School) -> list[Any]:
    """Searches that the hub knows, in their order."""
    with read(school.engine) as conn:
        return list(conn.execute(select(search_log).order_by(search_log.c.occurred_at, search_log.c.id)))


def look_for(workspace: Workspace, words: str, *, open_first: bool = False) -> None:
    """Type words letter by letter, and open the first hit of them."""
    for end in range(1, len(words) + 1):
        answer = workspace.search.ask(Question(words[:end]))
    if open_first:
        workspace.search.led_to(answer.hits[0])


@pytest.mark.postgresql
def test_a_search_is_told_once_with_what_it_led_to(school: School, clock: FakeClock) -> None:
    sam = school.laptop(school.person("sam"))
    sam.notes.add("The limpet clings.")
    look_for(sam, "limpet", open_first=True)
    clock.advance(ms=1000)
    look_for(sam, "Zebra  fish")
    sam.search.ask(Question("limpet", {"kind": ("note",)}))
    sam.notes.add("Ask about fish.")
    school.sync(sam)
    rows = told(school)
    assert [(r.query, r.result_count, r.clicked, r.filters) for r in rows] == [
        ("limpet", 1, "note", {}), ("Zebra fish", 0, "", {}), ("limpet", 1, "", {"kind": "note"}),
    ]  # fmt: skip
    assert all(r.duration_ms >= 0 and r.user_id == sam.account for r in rows)


@pytest.mark.postgresql
def test_who_does_not_agree_tells_nothing(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    look_for(sam, "limpet")
    sam.notes.add("One.")
    school.sync(sam)
    assert len(told(school)) == 1
    sam.personal.change_settings(analytics_enabled=False)
    look_for(sam, "crab")
    sam.notes.add("Two.")
    school.sync(sam)
    assert told(school) == []


@pytest.mark.postgresql
def test_figures_name_only_what_several_people_search_for(school: School, clock: FakeClock) -> None:
    for n in range(LEAST_PEOPLE):
        who = school.laptop(school.person(f"p{n}"))
        who.notes.add("The limpet clings.")
        look_for(who, "Limpet" if n else "limpet", open_first=n == 0)
        look_for(who, "kelp")
        if n:
            look_for(who, "my private trouble")
        who.notes.add("Done.")
        school.sync(who)
    with read(school.engine) as conn:
        charts = searched(conn, 0)
        assert searched(conn, clock.ms() + 1) == {}
    often, empty, figures = (charts[name] for name in ("searches", "empty_searches", "search_figures"))
    assert list(often.data.labels) == ["kelp", "limpet"]
    rows = {each.label: list(each.data) for each in often.data.datasets}
    assert rows == {"count": [3, 3], "opened": [0, 1]}
    assert list(empty.data.labels) == ["kelp"]
    values = dict(zip(figures.data.labels, figures.data.datasets[0].data, strict=True))
    assert (values["searches"], values["opened"], values["empty"]) == (8, 12.5, 62.5)


@pytest.mark.postgresql
def test_a_search_without_figures_is_counted(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    with sam.work() as unit:
        bare = {"user_id": sam.account, "query": "kelp", "occurred_at": unit.now_ms}
        unit.emit(ops.create(SEARCH_LOG, unit.new_id(), {**bare, "duration_ms": None, "result_count": None}))
        unit.emit(ops.create(SEARCH_LOG, unit.new_id(), {**bare, "duration_ms": 4, "result_count": 1}))
    school.sync(sam)
    with read(school.engine) as conn:
        figures = searched(conn, 0)["search_figures"].data
    assert dict(zip(figures.labels, figures.datasets[0].data, strict=True))["searches"] == 2
