"""Cards of one person on one device: where they come from, what a day brings, and what becomes of them."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_key_pack, build_pack, pack_name
from lms_core.courses.drafts import from_draft
from lms_core.errors import NotFound, UserError
from lms_core.review.entities import AGAIN, EASY, GOOD, HARD
from lms_core.review.model import DAY_MS, LEECH
from lms_core.workspace import Workspace
from tests.core.school import add_quiz
from tests.fakes import FakeClock

WAVES = "Wind.\n\n```cards\nWhat makes **waves**? :: Wind\nWhat makes tides? :: The moon\n```\n"


def install(workspace: Workspace, *bodies: str, course: str = "c", version: str = "1.0") -> list[str]:
    lessons = tuple(LessonDoc(f"{course}-{n}", f"Lesson {n}", body=body) for n, body in enumerate(bodies))
    body = build_pack(CourseDocument(course, version, "Tides", modules=(ModuleDoc("m", "One", "", lessons),)))
    workspace.media.put(body)
    workspace.installed.install_pack(pack_name(body), body)
    return [each.id for each in lessons]


def fronts(workspace: Workspace) -> list[str]:
    return [each.front for each in workspace.review.queue(UTC)]


def test_a_card_of_ones_own(workspace: Workspace, clock: FakeClock) -> None:
    review = workspace.review
    assert (review.due_count().count, review.queue()) == (0, [])
    card = review.add(" Ebb ", "going *out*", tags=["sea"])
    due = review.due_count()
    assert (due.new, due.count, due.minutes) == (1, 1, 1)
    assert review.intervals(card)[2] == 2 * DAY_MS
    review.rate(card, GOOD, duration_ms=4000)
    assert review.due_count().count == 0
    clock.advance(timedelta(days=2))
    (again,) = review.queue()
    assert (again.id, again.front, again.back, again.tags, again.memory.state) == (
        card, "Ebb", "going *out*", ("sea",), "review",
    )  # fmt: skip
    review.edit(card, front="Ebb tide", back="going *out*")
    assert (review.get(card).front, review.get(card).memory.reps) == ("Ebb tide", 1)
    for front, back in (("", "x"), ("x", " ")):
        with pytest.raises(UserError, match="a front and a back"):
            review.edit(card, front=front, back=back)
        with pytest.raises(UserError, match="a front and a back"):
            review.add(front, back)
    with pytest.raises(NotFound):
        review.rate("nothing", GOOD)


def test_a_rating_is_taken_back_and_both_stay_in_the_log(workspace: Workspace, clock: FakeClock) -> None:
    review = workspace.review
    card = review.add("Ebb", "out")
    review.rate(card, GOOD)
    clock.advance(timedelta(days=2))
    before = review.get(card)
    rated = review.rate(card, AGAIN)
    assert review.get(card).memory.lapses == 1
    review.take_back(rated)
    assert review.get(card) == before
    with workspace.work() as unit:
        assert [r[0] for r in unit.conn.exec_driver_sql("SELECT rating FROM card_review ORDER BY id")] == [3, 1, 0]
    with pytest.raises(NotFound):
        review.take_back("nothing")


def test_a_day_brings_no_more_than_one_wishes(workspace: Workspace, clock: FakeClock) -> None:
    review = workspace.review
    cards = []
    for n in range(6):
        cards.append(review.add(f"Front {n}", "back"))
        clock.advance(ms=1)
    review.change_settings(new_a_day=2)
    review.change_settings(reviews_a_day=1)
    assert review.settings().new_a_day == 2
    assert (review.due_count().new, fronts(workspace)) == (2, ["Front 0", "Front 1"])
    review.rate(cards[0], GOOD)
    assert fronts(workspace) == ["Front 1"]
    review.rate(cards[1], GOOD)
    assert review.due_count().count == 0
    clock.advance(timedelta(days=2))
    due = review.due_count()
    assert (due.review, due.new) == (1, 2)
    review.take_back(review.rate(cards[0], AGAIN))
    assert review.due_count().review == 1, "what was taken back does not count"
    review.rate(cards[0], AGAIN)
    assert (review.due_count().review, review.due_count().later) == (0, 1)
    clock.advance(timedelta(minutes=10))
    assert fronts(workspace)[0] == "Front 0", "what is being learned comes first, whatever the limit"
    with pytest.raises(UserError, match="retention"):
        review.change_settings(retention=0.99)


def test_what_is_being_learned_comes_early_when_nothing_else_is_left(workspace: Workspace) -> None:
    review = workspace.review
    first, second = review.add("First", "1"), review.add("Second", "2")
    review.rate(first, AGAIN)
    assert fronts(workspace) == ["Second"]
    review.rate(second, EASY)
    assert fronts(workspace) == ["First"]
    assert (review.due_count().count, review.due_count().later) == (0, 1)


def test_cards_of_authors_wait_for_their_lesson_and_keep_their_history(workspace: Workspace, clock: FakeClock) -> None:
    review = workspace.review
    waves, shells = install(workspace, WAVES, "```cards\nShell? :: Limpet\n```")
    assert fronts(workspace) == []
    workspace.learning.open_lesson(waves)
    assert fronts(workspace) == ["What makes **waves**?", "What makes tides?"]
    card = review.queue()[0]
    assert (card.source, card.course_id, card.lesson_id) == ("author", "c", waves)
    review.rate(card.id, GOOD)
    install(workspace, "```cards\nwhat makes  **waves**? :: The wind, mostly\n```", version="2.0")
    clock.advance(timedelta(days=2))
    (kept,) = review.queue()
    assert (kept.id, kept.back, kept.memory.reps) == (card.id, "The wind, mostly", 1)
    review.edit(card.id, front="Waves come from", back="wind")
    install(workspace, WAVES, version="3.0")
    assert review.get(card.id).front == "Waves come from", "one's own words stand above the course"
    workspace.installed.remove("c")
    assert review.get(card.id).memory.reps == 1
    assert shells not in {each.lesson_id for each in review.cards()[1]}


def test_cards_rest_while_their_course_is_left(workspace: Workspace) -> None:
    review = workspace.review
    (waves,) = install(workspace, WAVES)
    workspace.learning.open_lesson(waves)
    card = review.queue()[0].id
    review.rate(card, AGAIN)
    workspace.learning.drop("c")
    assert (fronts(workspace), review.due_count().later) == ([], 0)
    assert review.get(card).paused
    workspace.learning.enroll("c")
    assert not review.get(card).paused
    assert fronts(workspace) == ["What makes tides?"]


def test_missed_questions_become_cards_where_the_key_is_here(workspace: Workspace) -> None:
    courses, taking = workspace.courses, workspace.assessment
    course = courses.create_course("Between the tides")
    module = courses.add_module(course, "One")
    practice, exam = add_quiz(workspace, module), add_quiz(workspace, module, "Graded", mode="graded")
    with workspace.work() as unit:
        document, keys = from_draft(unit, course)
    keys = {name: key for name, key in keys.items() if name == taking_id(document, practice)}
    names = [workspace.media.put(build_pack(document)), workspace.media.put(build_key_pack(keys))]
    workspace.installed.install_pack(names[0], build_pack(document), key_pack=names[1])
    for lesson in (exam, practice):
        running = taking.start(lesson)
        by_text = {q.text: q for q in running.questions}
        taking.answer(lesson, by_text["What makes waves?"].id, [by_text["What makes waves?"].options[0].id])
        taking.answer(lesson, by_text["The sea is salt."].id, [by_text["The sea is salt."].options[0].id])
        taking.submit(lesson)
    made = {each.front.splitlines()[0]: each for each in workspace.review.cards()[1]}
    assert made.keys() == {"What makes waves?", "Which live here?"}
    assert made["What makes waves?"].front == "What makes waves?\n\n- Fish\n- Wind"
    assert made["What makes waves?"].back == "Wind\n\nIt blows."
    assert made["Which live here?"].back == "- Limpets\n- Crabs"
    assert (made["What makes waves?"].course_id, made["What makes waves?"].lesson_id) == (course, practice)
    workspace.review.change(made["Which live here?"].id, removed=True)
    taking.start(practice)
    taking.submit(practice)
    assert len(workspace.review.cards()[1]) == 2, "one that was deleted does not come back by itself"


def taking_id(document: CourseDocument, lesson: str) -> str:
    found = document.lesson(lesson)
    assert found is not None
    assert found.assessment is not None
    return found.assessment.id


def test_a_highlight_is_one_card(workspace: Workspace) -> None:
    review = workspace.review
    note = workspace.notes.add("", quote="The moon makes tides.", tags=["sea"])
    card = review.add_from_note(note, "The … makes tides.", "moon")
    assert review.add_from_note(note, "again", "again") == card
    assert (review.get(card).front, review.get(card).source, review.tags()) == (
        "The … makes tides.",
        "highlight",
        ["sea"],
    )
    review.change(card, removed=True)
    assert (review.cards(), fronts(workspace), review.tags()) == ((0, []), [], [])
    assert review.add_from_note(note, "again", "again") == card
    assert fronts(workspace) == ["The … makes tides."]
    with pytest.raises(NotFound):
        review.add_from_note("nothing", "a", "b")


def test_cards_are_narrowed(workspace: Workspace, clock: FakeClock) -> None:
    review = workspace.review
    ebb, flood = review.add("Ebb", "out", tags=["sea"]), review.add("Flood 100%", "in", course="c")
    review.change(ebb, suspended=True)

    def found(**by: Any) -> list[str]:
        return [each.id for each in review.cards(**by)[1]]

    assert fronts(workspace) == []
    assert (found(state="suspended"), found(tag="sea"), found(tag="se")) == ([ebb], [ebb], [])
    assert (found(words="flood IN"), found(words="0%"), found(course="c")) == ([flood], [flood], [flood])
    assert sorted(found(state="new")) == sorted([ebb, flood])
    review.change(ebb, suspended=False)
    assert fronts(workspace) == ["Ebb"]
    for _ in range(LEECH):
        review.rate(ebb, EASY)
        clock.advance(timedelta(days=1000))
        review.rate(ebb, AGAIN)
    assert (found(state="leech"), found(state="learning"), review.get(ebb).is_leech) == ([ebb], [ebb], True)


def test_what_is_to_come_and_what_was(workspace: Workspace, clock: FakeClock) -> None:
    review = workspace.review
    assert (review.forecast(), review.statistics().retention) == ([0] * 30, None)
    cards = [review.add(f"Front {n}", "back") for n in range(3)]
    for card, rating in zip(cards, (GOOD, EASY, HARD), strict=True):
        review.rate(card, rating, duration_ms=6000)
    assert [n for n, count in enumerate(review.forecast()) for _ in range(count)] == [0, 2, 8]
    clock.advance(timedelta(days=9))
    assert review.forecast()[0] == 3, "all that waits is today's"
    review.rate(cards[0], GOOD)
    review.rate(cards[1], AGAIN)
    review.take_back(review.rate(cards[2], AGAIN))
    told = review.statistics()
    assert (told.days[-10], told.days[-1], told.retention, told.cards, told.seconds) == (3, 2, 0.5, 3, 18)


def test_the_data_of_a_person_has_cards_and_their_log(workspace: Workspace, tmp_path: Path) -> None:
    card = workspace.review.add("Ebb", "out")
    rated = workspace.review.rate(card, GOOD)
    workspace.review.change_settings(new_a_day=3)
    workspace.export_data(tmp_path / "mine.zip")
    with ZipFile(tmp_path / "mine.zip") as zipped:
        found = {
            kind: json.loads(zipped.read(f"rows/{kind}.json")) for kind in ("card", "card_review", "card_settings")
        }
    assert [(row["id"], row["asks"]) for row in found["card"]] == [(card, "Ebb")]
    assert [(row["id"], row["card_id"], row["rating"]) for row in found["card_review"]] == [(rated, card, GOOD)]
    assert [row["new_a_day"] for row in found["card_settings"]] == [3]
