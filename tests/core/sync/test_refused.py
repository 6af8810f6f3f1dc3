"""What the hub refused is told, tried again and given up as the things that a person did."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_core import ops
from lms_core.learning.entities import NOTE
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz, forge, right_answers

FULL = 1


@pytest.fixture
def pair(school: School) -> tuple[Workspace, Workspace]:
    """Two laptops of one person."""
    sam = school.person("sam")
    return school.laptop(sam), school.laptop(sam)


def refused_edit(school: School, one: Workspace, two: Workspace) -> Path:
    """Edit a note that is gone, and one that stays; returns a backup of the hub from before."""
    notes = [one.notes.add(text) for text in ("one", "two")]
    school.sync(one, two)
    two.notes.delete(notes[0])
    school.sync(two)
    backup = school.back_up()
    for note, text in zip(notes, ("one", "two"), strict=True):
        one.notes.edit(note, base=text, body=f"{text} more")
    school.sync(one)
    return backup


def test_a_refused_edit_of_a_note_is_one_thing(school: School, pair: tuple[Workspace, Workspace]) -> None:
    refused_edit(school, *pair)
    (thing,) = pair[0].sync.parked()
    assert ([op.kind for op in thing.ops], thing.code) == (["text", "max"], "gone")
    assert pair[0].sync.status().needs_you == 1


def test_what_was_given_up_is_given_up_as_a_whole_also_when_a_restored_hub_refuses_it_again(
    school: School, pair: tuple[Workspace, Workspace]
) -> None:
    backup = refused_edit(school, *pair)
    one, _ = pair
    one.sync.discard(one.sync.parked()[0].key)
    school.restore(backup)
    school.sync(*pair)
    assert (one.sync.parked(), one.sync.status().needs_you, one.sync.status().waiting) == ([], 0, 0)


@pytest.mark.postgresql(soak=True)
def test_what_is_refused_once_more_is_told_once_more(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    school.hub.exchanges.quota = FULL
    sam.notes.add("one")
    school.sync(sam)
    (thing,) = sam.sync.parked()
    sam.sync.try_again(thing.key)  # within the same millisecond
    school.sync(sam)
    (again,) = sam.sync.parked()
    assert again.key != thing.key
    school.hub.exchanges.quota = 0
    sam.sync.try_again(again.key)
    school.sync(sam)
    assert ([note.body for note in sam.notes.all()], sam.sync.parked()) == (["one"], [])


def test_a_row_and_what_was_done_with_it_before_it_was_refused_are_one_thing(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    values = {"user_id": sam.account, "body": "a", "created_at": 1, "secret": 1}
    forge(sam, ops.create(NOTE, "mine", values), ops.change(NOTE, "mine", "colour", "mint"))
    school.sync(sam)
    (thing,) = sam.sync.parked()
    assert ([op.kind for op in thing.ops], thing.code) == (["create", "attr"], "unknown_field")


@pytest.mark.postgresql(soak=True)
def test_a_refused_hand_in_is_one_thing_and_goes_again_as_a_whole(school: School) -> None:
    tess = school.laptop(school.person("tess", "instructor"))
    course = tess.courses.create_course("Between the tides")
    quiz = add_quiz(tess, tess.courses.add_module(course, "The shore"))
    tess.courses.publish(course)
    school.sync(tess)
    sam = school.laptop(school.person("sam"))
    sam.installed.install(course)
    sam.learning.enroll(course)
    school.sync(sam)
    sam.assessment.start(quiz)
    for question, right in right_answers(tess, course, quiz).items():
        sam.assessment.answer(quiz, question, right)
    school.hub.exchanges.quota = FULL
    attempt = sam.assessment.submit(quiz).attempt_id
    school.sync(sam)
    (thing,) = (each for each in sam.sync.parked() if each.op.entity == "attempt")
    assert [op.entity for op in thing.ops] == ["attempt", *["answer"] * 3]
    school.hub.exchanges.quota = 0
    sam.sync.try_again(thing.key)
    assert len({op.g for op in sam.sync.outbox()}) == 1
    school.sync(sam)
    grade = sam.assessment.attempt(attempt).grade
    assert grade is not None
    assert (grade.percent, grade.final) == (100, True)
