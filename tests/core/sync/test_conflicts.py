"""What a merge could not place: seen, settled in each way, taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lms_core.courses.entities import COURSE_INSTRUCTOR
from lms_core.errors import NotFound
from lms_core.ops import Op, create
from lms_core.schema import Actor
from lms_core.sync.conflicts import Part, compose, parts_of, proposed
from lms_core.sync.entities import CONFLICT
from tests.core.school import School
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


def test_what_was_before_stands_beside_what_both_made_of_it() -> None:
    before = "Hello.\n\nThe question is how sure we are.\n\nThe end.\n"
    parts = parts_of(CURRENT, MINE + "\n\nzzz qqq 123", before)
    assert [part.before for part in parts if part.differs] == ["The question is how sure we are.", ""]
    assert {part.before for part in parts if not part.differs} == {""}


@pytest.mark.postgresql(soak=True)
def test_co_authors_see_what_was_before_and_who_wrote_what(school: School) -> None:
    ada, tess = (school.person(name, "instructor") for name in ("ada", "tess"))
    here = school.laptop(ada)
    course = here.courses.create_course("Weather")
    lesson = here.courses.add_lesson(here.courses.add_module(course, "Clouds"), "Rain", body=CURRENT)
    with here.work() as unit:
        named = {"course_id": course, "user_id": tess}
        unit.emit(create(COURSE_INSTRUCTOR, COURSE_INSTRUCTOR.id_for(course, tess), named))
    school.sync(here)
    there = school.laptop(tess)
    for laptop, verb in ((there, "may"), (here, "dare to")):
        laptop.courses.edit_lesson(lesson, base=CURRENT, text=CURRENT.replace("can be", f"{verb} be"))
    school.sync(there, here, there)
    (mine,), (hers,) = here.conflicts.open(), there.conflicts.open()
    assert (mine.mine, mine.before, mine.by, mine.own, mine.by_me) == (MINE, CURRENT, "Tess Moyo", True, False)
    assert (hers.mine, hers.before, hers.author, hers.own, hers.by_me) == (MINE, CURRENT, "Ada Moyo", False, True)


def test_states_of_one_text_that_lost_one_after_the_other_are_one_item(school: School) -> None:
    """Whoever writes on while nobody answers sends a paragraph half done and then done: that is one question."""
    ada = school.person("ada")
    first, second = school.laptop(ada), school.laptop(ada)
    note = first.notes.add("How sure can we be?\n\nThe end.")
    school.sync(first, second)
    first.notes.edit(note, base="How sure can we be?\n\nThe end.", body="How sure may we be?\n\nThe end.")
    before = "How sure can we be?\n\nThe end."
    for body in (
        "How sure dare we\n\nThe end is ne",
        "How sure dare we be?\n\nThe end is ne",
        "How sure dare we be?\n\nThe end is near.",
    ):
        second.notes.edit(note, base=before, body=body)
        second.sync.volley()  # nobody answers
        before = body
    school.sync(first)
    first.notes.edit(note, base="How sure may we be?\n\nThe end.", body="How sure may we be?\n\nThe end of it.")
    school.sync(first, second)
    (found,) = second.conflicts.open()
    assert found.mine == "How sure dare we be?\n\nThe end is near."
    assert (found.before, found.alone, found.by) == ("How sure can we be?\n\nThe end.", True, "Ada Moyo")
    assert second.sync.status().needs_you == 1
    second.conflicts.settle(found.id, found.mine)
    school.sync(second, first)
    assert [laptop.conflicts.open() for laptop in (first, second)] == [[], []]
    assert [each.id for each in second.conflicts.settled()] == [found.id]
    second.conflicts.reopen(found.id)
    school.sync(second, first)
    assert [laptop.conflicts.open()[0].mine for laptop in (first, second)] == [found.mine] * 2


def test_texts_that_have_nothing_to_do_with_each_other_are_two_items(school: School) -> None:
    ada = school.person("ada")
    first, second = school.laptop(ada), school.laptop(ada)
    was = "How sure can we be?\n\nThe end."
    note = first.notes.add(was)
    school.sync(first, second)
    first.notes.edit(note, base=was, body="How sure may we be?\n\nThe end of it.")
    for body in ("How sure dare we be?\n\nThe end.", "How sure can we be?\n\nThe end is near."):
        second.notes.edit(note, base=was, body=body)
        second.sync.volley()
    school.sync(first, second)
    assert sorted(found.mine for found in second.conflicts.open()) == ["How sure dare we be?", "The end is near."]
    assert second.sync.status().needs_you == 2


@pytest.mark.postgresql(soak=True)
def test_two_devices_of_one_person_are_told_so(school: School) -> None:
    ada = school.person("ada")
    first, second = school.laptop(ada), school.laptop(ada)
    note = first.notes.add("How sure can we be?")
    school.sync(first, second)
    for laptop, verb in ((first, "may"), (second, "dare")):
        laptop.notes.edit(note, base="How sure can we be?", body=f"How sure {verb} we be?")
    school.sync(first, second)
    (found,) = second.conflicts.open()
    assert (found.alone, found.before, found.by) == (True, "How sure can we be?", "Ada Moyo")


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
