"""What a merge could not place: seen, settled in each way, taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lms_core.errors import NotFound
from lms_core.ops import Op
from lms_core.schema import Actor
from lms_core.sync.conflicts import Part, compose, parts_of, proposed
from lms_core.sync.entities import CONFLICT
from tests.fakes import FakeClock
from tests.told import new_workspace, tell

CURRENT = "One fine day.\n\nThe question is how sure we can be.\n\nThe end.\n"
MINE = "The question is how sure we dare to be."


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        ("theirs", CURRENT),
        ("mine", "One fine day.\n\nThe question is how sure we dare to be.\n\nThe end.\n"),
        (
            "both",
            "One fine day.\n\nThe question is how sure we can be.\n\n" + MINE + "\n\nThe end.\n",
        ),
    ],
)
def test_a_choice_puts_my_paragraph_where_it_belongs(choice: str, wanted: str) -> None:
    assert proposed(CURRENT, MINE, choice) == wanted  # type: ignore[arg-type]


def test_a_paragraph_without_a_counterpart_goes_to_the_end() -> None:
    assert proposed("Rain.\n", "zzz qqq 123", "mine") == "Rain.\n\nzzz qqq 123\n"
    assert proposed("", MINE, "mine") == MINE


def test_each_paragraph_is_chosen_alone() -> None:
    current = "It rained.\n\nWe met at the quay.\n\nNobody was late.\n"
    mine = "It rained all day.\n\nWe met at the old quay.\n\nSo we sang, loudly and long, until the tide turned."
    parts = parts_of(current, mine)
    assert [part.differs for part in parts] == [True, True, False, True]
    assert parts[3] == Part("", "So we sang, loudly and long, until the tide turned.")
    choices = ("mine", "both", "theirs", "theirs")
    assert compose(parts, choices, like=current) == (
        "It rained all day.\n\nWe met at the quay.\n\nWe met at the old quay.\n\nNobody was late.\n"
    )


def test_settling_writes_the_text_and_can_be_taken_back(tmp_path: Path) -> None:
    clock = FakeClock()
    workspace = new_workspace(tmp_path, clock=clock)
    courses = workspace.courses
    course = courses.create_course("Weather")
    lesson = courses.add_lesson(courses.add_module(course, "Clouds"), "Rain", body=CURRENT)
    tell(
        workspace, "conflict", "conflict-1", account_id=workspace.account, audience=[f"account/{workspace.account}"],
        entity="lesson", row=lesson, field="body", mine=MINE, theirs=CURRENT, at=5, status="open",
    )  # fmt: skip
    (item,) = workspace.conflicts.open()
    assert (item.mine, item.current, item.own) == (MINE, CURRENT, True)
    assert workspace.sync.status().needs_you == 1
    before = workspace.conflicts.settle(item.id, "Settled.\n\nThe end.\n")
    assert courses.lesson_draft(lesson).body == "Settled.\n\nThe end.\n"
    assert before == CURRENT
    assert workspace.sync.status().needs_you == 0
    clock.advance(timedelta(days=29))
    assert [(s.id, s.row, s.field) for s in workspace.conflicts.settled()] == [(item.id, lesson, "body")]
    courses.edit_lesson(lesson, base="Settled.\n\nThe end.\n", text="Settled.\n\nThe end.\n\nWritten since.\n")
    workspace.conflicts.reopen(item.id)
    assert courses.lesson_draft(lesson).body == CURRENT + "\nWritten since.\n", "nothing written since is lost"
    assert [x.id for x in workspace.conflicts.open()] == [item.id]
    assert workspace.conflicts.settled() == []
    workspace.conflicts.settle(item.id, "Settled.")
    clock.advance(timedelta(days=31))
    assert workspace.conflicts.settled() == []
    with pytest.raises(NotFound):
        workspace.conflicts.settle("nobody", "x")
    workspace.close()


def test_what_nobody_is_known_to_have_written_is_settled_by_who_teaches() -> None:
    row = {"account_id": "", "audience": ["draft/c"]}
    op = Op("conflict", "x", "state", {"field": "status", "verb": "settle", "expect": "open"}, None, 0, 0)
    may = [CONFLICT.may(Actor("a", role), op, row, lambda _: None) for role in ("instructor", "admin", "student")]
    assert may == [True, True, False]
    assert not CONFLICT.may(Actor("a", "instructor"), op, row | {"account_id": "b"}, lambda _: None)
