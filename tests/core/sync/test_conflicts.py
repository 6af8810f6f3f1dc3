"""What a merge could not place: seen, settled in each way, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_core.errors import NotFound
from lms_core.sync.conflicts import proposed
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


def test_settling_writes_the_text_and_can_be_taken_back(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    courses = workspace.courses
    course = courses.create_course("Weather")
    lesson = courses.add_lesson(courses.add_module(course, "Clouds"), "Rain", body=CURRENT)
    tell(
        workspace, "conflict", "conflict-1", account_id=workspace.account, audience=[f"account/{workspace.account}"],
        entity="lesson", row=lesson, field="body", mine=MINE, theirs=CURRENT, at=5, status="open",
    )  # fmt: skip
    (item,) = workspace.conflicts.open()
    assert (item.mine, item.current, item.own) == (MINE, CURRENT, True)
    before = workspace.conflicts.settle(item.id, "Settled.")
    assert courses.lesson_draft(lesson).body == "Settled."
    assert before == CURRENT
    workspace.conflicts.reopen(item.id, before)
    assert courses.lesson_draft(lesson).body == CURRENT
    with pytest.raises(NotFound):
        workspace.conflicts.settle("nobody", "x")
    workspace.close()
